/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_OPERATION_ENSEMBLE_H
#define NGUON_SCENARIOS_OPERATION_ENSEMBLE_H

#include "scenarios/operation.h"

/** Every way of operating under every member of an inflow ensemble. */
struct operation_ensemble {
    int variant_count, member_count, step_count;
    struct operation_summary *summary; /**< [variant_count][member_count] */
    float *level_m;                    /**< [variant_count][member_count][step_count + 1] */
    float *release_m3s;                /**< [variant_count][member_count][step_count] */
};

/**
 * Run all members of the plan's inflow on all threads.
 * @return as operation_simulate, of the first member in order that fails
 * @note The same bits for any number of threads.
 */
enum status operation_ensemble_run(const struct operation_plan *plan,
                                   const struct operation_variant *variant, int variant_count,
                                   struct operation_ensemble **out, struct error *err);
void operation_ensemble_destroy(struct operation_ensemble *ensemble);

/** Members in which a rule is broken at some time. */
int operation_ensemble_broken(const struct operation_ensemble *ensemble, int variant_i,
                              enum operation_rule rule);

/** Wilson's interval of a share seen in count of n, at 90 %. */
void operation_interval(int count, int n, double *low, double *high);

#endif
