/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_REACHES_H
#define NGUON_SCENARIOS_REACHES_H

#include "model/arena.h"
#include "model/basin.h"

/*
 * The rivers of a basin that delay their water (docs/routing.md), as they stand in one scenario.
 * Volumes are of the present step and before the link's loss, which the water suffers as it
 * arrives.
 *
 * A share below REACH_SHARE_LEAST would have a lake let out a hundred times what a user lacks, and
 * the linear programs lose digits: such a share is 0, and the little water of it leaves with that
 * of the next step.
 */

#define REACH_SHARE_LEAST 0.01

struct reach {
    int link_l;
    struct routing routing;
    double *state, *end_state;   /**< [state_count] at the start and the end of the step */
    double *scratch;             /**< [state_count] */
    double step_s;               /**< length of the step that share is of, 0 none */
    double share;                /**< of what enters, the part that leaves in the same step */
    double known_m3;             /**< leaves, out of what has entered before */
    double routed_m3;            /**< the part of it that the reach gives */
    double held_m3, end_held_m3; /**< has passed the reach but leaves a step later: see share */
    double outflow_m3;           /**< leaves in all */
    double start_m3, end_m3;     /**< water in the reach */
};

struct reaches {
    int count;
    struct reach *reach; /**< by link */
    int *of_link;        /**< [link_count] place in reach, -1 none; NULL without any reach */
};

/** Memory and the first state of all reaches. @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY */
enum status reaches_create(struct reaches *reaches, const struct basin *basin, struct arena *memory,
                           struct error *err);

/** The reach of a link, NULL if it has none. */
struct reach *reaches_find(const struct reaches *reaches, int link_l);

/** Share and known water of a step. */
void reach_start_step(struct reach *reach, double dt_s);

/** What leaves, and what the reach holds at the end of the step, for a volume that enters. The
 *  state at the start stays: a step may be tried more than once. */
void reach_pass(struct reach *reach, double inflow_m3, double dt_s);

/** From the end of this step to the start of the next. */
void reach_move_on(struct reach *reach);

#endif
