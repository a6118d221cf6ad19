/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_OPERATION_PRIVATE_H
#define NGUON_SCENARIOS_OPERATION_PRIVATE_H

#include "scenarios/operation.h"

/** How a gate moves through an interval: an opening, or a flow as far as the gate can give it. */
struct gate_motion {
    bool by_flow;
    double opening, opening_rate; /**< at the start of the interval, and per second */
    double flow_m3s, flow_rate;
};

/** What the outflow of an interval depends on. */
struct flow_context {
    const struct operation_plan *plan;
    const struct gate_motion *motion;
    const double *allowed_m3s; /**< [draw_count] */
    double loss_m3s;
    double tailwater_m; /**< out: at the last call */
};

/** pool_outflow of a lake with its gates, crest, draws and losses. */
double operation_outflow(void *context, double time_s, double storage_m3, double *part_m3s);

/** Flow of all gates and the crest, m3/s, at a level; parts likewise. */
double operation_release(struct flow_context *context, double time_s, double level_m,
                         double *part_m3s);

/** Level below the dam by the release, -INFINITY without a rating. */
double operation_tailwater_m(const struct reservoir *reservoir, double release_m3s);

/** Note whether a rule is broken through [from_s, to_s]. */
void operation_note(struct operation_run *run, enum operation_rule rule, int gate_i, bool broken,
                    double from_s, double to_s, double size, double volume_m3);

/** Rules looked at after an interval. */
void operation_check(struct operation_run *run, int interval_i, double level_m, int hour_i,
                     double release_mean_m3s);

/* operation_plan.c: figures of the lake and its gates; moments at which anything changes */
enum status operation_set_up_lake(struct operation_plan *plan, struct error *err);
enum status operation_find_breaks(struct operation_plan *plan, struct error *err);

/* operation_supply.c */
enum status operation_find_draws(struct operation_plan *plan, double *const *series_value,
                                 struct error *err);

#endif
