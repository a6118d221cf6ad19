/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_BENCH_TRACE_H
#define NGUON_BENCH_TRACE_H

#include "scenarios/simulate.h"

#include <stddef.h>

/*
 * What a simulation asked of the allocation, step by step, so that the allocation alone can be
 * carried out again and timed: by ours and by GLPK, on exactly the same programs.
 */

struct trace_bound {
    int column_j;
    double lower_m3, upper_m3;
};

struct trace_known {
    int row_i;
    double volume_m3;
};

struct trace {
    const struct basin *basin;
    int step_count;
    size_t *bound_start; /**< [step_count + 1] */
    struct trace_bound *bound;
    size_t *known_start; /**< [step_count + 1] */
    struct trace_known *known;
    double *coefficient; /**< [entries of the network] as in the first step */
    double *supply_m3;   /**< [step_count] supplied to all demands together */
    int short_count;     /**< steps in which some demand lacks more than 1e-6 of its need */
    size_t bound_count, bound_capacity, known_count, known_capacity;
};

/** What one pass through a trace took. */
struct replay {
    int step_count;
    double seconds;          /**< processor time of the thread */
    double pivots;           /**< per step; NAN if unknown */
    double fairness_share;   /**< share of the steps with a fairness pass */
    double worst_difference; /**< largest difference of a step's supply to the trace, relative */
};

/** Simulate and record. NULL after a message. */
struct trace *trace_record(const struct simulation_input *input);
void trace_destroy(struct trace *trace);

/** Ours, from a cold start, over the first step_count steps. False after a message. */
bool trace_replay(const struct trace *trace, int step_count, struct replay *replay);

/**
 * Bare GLPK: one program with weights in place of ranks for each step, dual simplex from the last
 * basis. No fair sharing inside a rank.
 */
bool trace_replay_glpk(const struct trace *trace, int step_count, struct replay *replay);

#endif
