/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_PLAN_H
#define NGUON_SCENARIOS_PLAN_H

#include "model/basin.h"

/** One scenario: which member (or which value of a range) of each axis it takes. */
struct scenario {
    char *id;            /**< "drought=normal,demand=2030"; "base" where there is no axis */
    int realisation;     /**< weather realisation, 1 without such an axis */
    int *member_i;       /**< [axis_count], -1 for a range axis */
    double *range_value; /**< [axis_count], NAN for an axis of members */
};

/** The scenarios of a run, in their order in the results. */
struct plan {
    int axis_count;
    const struct axis *axis; /**< of the basin */
    int scenario_count;
    struct scenario *scenario;
};

/**
 * Expand the axes of a basin into scenarios: the product (last axis fastest), the zip, or a sample
 * (Latin hypercube on Philox streams, or Sobol through GSL; members are taken by equal shares of
 * the unit interval). Depends on the file and the seed only.
 *
 * @return STATUS_OK, STATUS_INPUT (zip of unequal lengths, more than a million scenarios)
 */
enum status plan_expand(const struct basin *basin, struct plan *plan, struct error *err);
void plan_finish(struct plan *plan);

/** Keep some of the scenarios, in their order. @param[in] keep  [scenario_count] */
void plan_keep(struct plan *plan, const bool *keep);

/** The basin as one scenario sees it: a copy with all its changes applied and checked. */
enum status plan_scenario_basin(const struct plan *plan, const struct basin *basin, int scenario_s,
                                struct basin **out, struct error *err);

#endif
