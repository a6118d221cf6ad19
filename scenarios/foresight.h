/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_FORESIGHT_H
#define NGUON_SCENARIOS_FORESIGHT_H

#include "scenarios/forcing.h"

/*
 * What no rule can exceed: the linear program over the whole horizon that knows all inflows to
 * come, solved with GLPK.
 *
 * It is a relaxation of the simulation, so that its optimum is a bound whatever the rules: it knows
 * no ranks, zones, plans, licences, splits, blends, salt and lower edges of outlets; works lose and
 * links lose the least of the block; lakes lose nothing to evaporation and seepage and get rain on
 * the area of the full lake; water may be thrown away anywhere. Steps are taken together in blocks
 * of whole months, as many as keep the program small, which relaxes it further. A basin whose
 * storages neither evaporate nor get rain, in monthly steps, is bounded exactly.
 */

struct foresight_request {
    const struct basin *basin; /**< as the scenario sees it */
    const struct timeaxis *axis;
    const struct records *records;
    const struct runoff *runoff;
    const double (*demand_worth)[12]; /**< [demand_count] of a m3 supplied, by month */
    const double (*link_worth)[12];   /**< [link_count] of a m3 through the link */
    const double *least_m3; /**< [reservoir_count] that lakes must hold, NAN none; or NULL */
    const double *end_m3;   /**< [reservoir_count] at the end of the run, likewise; or NULL */
    bool minimise;
    int column_max; /**< size of the program that is allowed; 0: 40,000 */
};

struct foresight {
    double worth;      /**< the most (or least) that all supplies and flows can be worth */
    double need_worth; /**< that of all needs */
    int block_months;  /**< months taken together */
    int column_count, row_count;
};

/**
 * @return STATUS_OK; STATUS_INPUT with the reason why there is no such bound (rivers that hold
 * water back, more columns than allowed in blocks of a year); STATUS_NO_CONVERGENCE; STATUS_MEMORY
 */
enum status foresight_bound(const struct foresight_request *request, struct foresight *out,
                            struct error *err);

#endif
