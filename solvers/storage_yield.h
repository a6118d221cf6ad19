/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_STORAGE_YIELD_H
#define NGUON_SOLVERS_STORAGE_YIELD_H

#include "solvers/performance.h"

/*
 * What one reservoir can promise: the storage that a yield needs, the yield of a storage, and how
 * surely.
 */

/** A reservoir and its inflow. Storage counts from the dead storage up. */
struct storage_problem {
    int count;
    const double *inflow_m3; /**< [count] */
    const double *share;     /**< [count] demand of a step = yield x share; mean 1 over the record
                                  for a yield per mean step */
    const int16_t *year;     /**< [count] */
    double capacity_m3;      /**< active storage */
    double initial_m3;       /**< at the start, at most the capacity */
    const double *evaporation_m; /**< [count] depth of evaporation less rain, may be < 0; NULL: none
                                  */
    double surface_m2;           /**< water surface when full */
    double exponent;             /**< surface = surface_m2 (storage/total)^exponent */
    double dead_m3;              /**< below the active storage; counts for the surface only */
};

/** What a step of the standard operating policy does; all arrays [count] or NULL. */
struct storage_trace {
    double *demand_m3, *supply_m3, *storage_m3, *spill_m3, *evaporation_m3;
};

/**
 * Standard operating policy: a step gives what is asked, or all there is; what is above the
 * capacity is spilled. Order: inflow, evaporation (from the surface at the start of the step),
 * supply, spill.
 *
 * @param[in]  yield_m3  demand of a step of share 1
 * @param[out] trace     demand_m3 and supply_m3 must be there
 */
void storage_simulate(const struct storage_problem *problem, double yield_m3,
                      const struct storage_trace *trace);

/** Which reliability is promised. */
enum reliability_kind {
    RELIABILITY_TIME,
    RELIABILITY_VOLUME,
    RELIABILITY_ANNUAL,
    RELIABILITY_ASSURANCE, /**< years without a failure / (years + 1) */
    RELIABILITY_KIND_COUNT
};

double reliability_of(const struct performance *performance, enum reliability_kind kind);

/**
 * Largest yield that keeps a reliability, by bisection on the simulation: no measure rises with
 * the yield under the standard operating policy.
 *
 * @param[out] trace     of the yield found; demand_m3 and supply_m3 must be there
 * @param[out] yield_m3  per step of share 1; 0 if even the smallest yield fails too often
 * @return STATUS_OK, STATUS_MEMORY, STATUS_NO_CONVERGENCE
 */
enum status firm_yield(const struct storage_problem *problem, enum reliability_kind kind,
                       double reliability, const struct storage_trace *trace, double *yield_m3,
                       struct error *err);

/**
 * Smallest active storage that keeps a reliability for a yield, by bisection; the reservoir begins
 * at the same share of its storage as in the problem (full if its capacity is 0).
 *
 * @param[out] capacity_m3  INFINITY if no storage does
 * @return as firm_yield
 */
enum status storage_for_yield(const struct storage_problem *problem, double yield_m3,
                              enum reliability_kind kind, double reliability,
                              const struct storage_trace *trace, double *capacity_m3,
                              struct error *err);

/** The storage without a failure, and the stretch that asks for it. */
struct sequent_peak {
    double capacity_m3; /**< INFINITY if the demand is above the inflow of the whole record */
    int critical_first; /**< first step that draws the storage down from full, in the record */
    int critical_last;  /**< step that leaves it lowest; before critical_first if the stretch goes
                             from the end of the record to its beginning */
};

/**
 * Sequent peak (Thomas & Burden 1963): K_t = max(0, K_(t-1) + demand_t - inflow_t) over the record
 * twice, so that a drought at its end runs on into its beginning.
 */
struct sequent_peak sequent_peak(int count, const double *inflow_m3, const double *demand_m3);

#endif
