/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_OPERATION_CASCADE_H
#define NGUON_SCENARIOS_OPERATION_CASCADE_H

#include "scenarios/operation.h"
#include "solvers/routing.h"

/*
 * Several dams of one river system operated together: what the gates of one let out runs down the
 * rivers of the basin, with their routing and loss, into the lake of the next. Dams may stand in a
 * row or side by side. A step's mean release becomes even inflow of steps below, so that no water
 * is made or lost between them.
 */

enum { CASCADE_LAKES_MAX = 16, CASCADE_LINKS_MAX = 64 };

/** Where the release of a dam goes: links from its spillway on, down to the next dam of the
 *  cascade, or to the end of the rivers. */
struct cascade_way {
    int lake_i; /**< the next dam, -1 for none */
    int link_count;
    int link_l[CASCADE_LINKS_MAX];
    struct routing routing[CASCADE_LINKS_MAX];
    double gain[CASCADE_LINKS_MAX]; /**< share that is not lost on the link */
    double *state[CASCADE_LINKS_MAX];
};

struct cascade {
    int lake_count;
    const struct operation_plan *plan[CASCADE_LAKES_MAX];
    int order[CASCADE_LAKES_MAX]; /**< upper dams before lower ones */
    struct cascade_way way[CASCADE_LAKES_MAX];
    int common_node_i; /**< first node that the water of all dams passes; -1 none */
    double *upstream_m3s[CASCADE_LAKES_MAX]; /**< [step_count] what comes of dams above */
    double *below_m3s;                       /**< [step_count] flow at the common node */
};

/** Figures of one way of operating, beside those of each lake. */
struct cascade_summary {
    double largest_m3s, largest_s; /**< at the common node, mean of a step */
    double on_the_way_m3;          /**< in the rivers at the end */
    double lost_m3;                /**< on them */
};

/**
 * Find the ways between dams whose plans have the same start and steps.
 * @return STATUS_OK; STATUS_INPUT: a lake that is not operated lies between two that are, or the
 *         river parts above one; STATUS_MEMORY. cascade_finish is due in every case
 */
enum status cascade_init(struct cascade *cascade, const struct operation_plan *const *plan,
                         int lake_count, struct error *err);
void cascade_finish(struct cascade *cascade);

/**
 * Carry all lakes through the run, each with its own variant (the same schedule), upper ones first.
 * @param[in,out] run [lake_count] of the plans; their upstream_m3s stays set until the next call
 * @return as operation_simulate, the message with the lake's id
 */
enum status cascade_simulate(struct cascade *cascade, struct operation_run *const *run,
                             const struct operation_variant *const *variant,
                             struct cascade_summary *summary, struct error *err);

#endif
