/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_PERFORMANCE_H
#define NGUON_SOLVERS_PERFORMANCE_H

#include "solvers/status.h"

#include <stdint.h>

/** How well a demand was met, step by step. A step fails if it lacks more than a part in 1e6, as in
 *  the indicators of a run. */
struct performance {
    int step_count, failure_count;  /**< steps with a demand, and those that fail */
    int event_count;                /**< runs of failures */
    int year_count, bad_year_count; /**< years with a demand, and those with a failure */
    double demand_m3, supply_m3;
    double time_reliability;   /**< share of steps that do not fail */
    double volume_reliability; /**< supply / demand */
    double annual_reliability; /**< share of years without a failure */
    double assurance;          /**< years without a failure / (years + 1), as design standards do */
    double resilience; /**< events / failures: how likely a step after a failure is a success
                            (Hashimoto et al. 1982, WRR 18:14); 1 without failures */
    double vulnerability_peak; /**< mean over events of the largest share that lacked in a step */
    double vulnerability_mean; /**< mean over events of deficit / demand within the event */
    double largest_share;      /**< largest share that lacked in a step */
    double shortage_index;     /**< 100/n sum over years of (deficit/demand)^2 (HEC 1966) */
    double sustainability_loucks;    /**< reliability x resilience x (1 - vulnerability_peak), of
                                          time (Loucks 1997, Hydrol. Sci. J. 42:513) */
    double sustainability_sandoval;  /**< geometric mean of the three (Sandoval-Solis et al. 2011,
                                          J. Water Resour. Plann. Manage. 137:381) */
    int longest_first, longest_last; /**< longest run of failures, -1 without */
    int deepest_first, deepest_last; /**< run with the largest deficit, -1 without */
    double deepest_m3;               /**< its deficit */
};

/**
 * Measure a supply against its demand.
 *
 * @param[in] year  [count] number of the year of each step, rising
 */
struct performance performance_measure(int count, const double *demand_m3, const double *supply_m3,
                                       const int16_t *year);

/** Limits of a confidence interval. */
struct confidence {
    double low, high;
};

/** The figures that have an interval. */
struct performance_confidence {
    struct confidence time_reliability, volume_reliability, annual_reliability;
    struct confidence resilience, vulnerability_peak, vulnerability_mean;
};

/**
 * Confidence intervals from a bootstrap of blocks of whole years: the years are drawn again with
 * replacement, in blocks that keep the droughts of several years together, and measured afresh
 * (Künsch 1989; percentile interval of Efron & Tibshirani 1993, section 13.3).
 *
 * @param[in] block_years    years in a block, at least 1
 * @param[in] sample_count   bootstrap samples, for example 2000
 * @param[in] level          0.95
 * @return STATUS_OK; STATUS_INPUT with fewer than 5 years; STATUS_MEMORY
 */
enum status performance_bootstrap(int count, const double *demand_m3, const double *supply_m3,
                                  const int16_t *year, int block_years, int sample_count,
                                  double level, uint64_t seed, struct performance_confidence *out,
                                  struct error *err);

#endif
