/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_INFLOW_GENERATOR_H
#define NGUON_MODEL_INFLOW_GENERATOR_H

#include "model/timeaxis.h"
#include "solvers/status.h"

#include <stdint.h>

/**
 * Seeded monthly statistical generator for catchments without a gauge.
 *
 * Monthly flows are log-normal about their monthly means, with a first-order autoregressive
 * standard score (Thomas & Fiering 1962 in logarithms; Loucks & van Beek 2017, section 6.9):
 *     Q_m = mean_m exp(sigma z_m - sigma^2/2),  z_m = rho z_{m-1} + sqrt(1 - rho^2) e_m.
 * sigma is one number for all months, found such that the coefficient of variation of the ANNUAL
 * flow equals cv: sum_ij mu_i mu_j (exp(rho^|i-j| sigma^2) - 1) = cv^2 (sum mu)^2.
 * The noise of sites of one region is correlated: e = sqrt(c) e_region + sqrt(1-c) e_site.
 *
 * Within a month the volume is spread over the days by a shot-noise hydrograph: storm pulses whose
 * chance on a day is 0.15 times the month's share of the year over a twelfth, of exponential size,
 * receding with the stated constant, over a base flow share; scaled to the month's volume exactly.
 * The pulses of a region are correlated in the same way. Monthly and ten-day runs aggregate the
 * daily series, hourly runs hold it.
 */
struct inflow_generator {
    double mean_m3s;             /**< long-term mean flow, > 0 (over a year of 365.2425 d) */
    double monthly_fraction[12]; /**< share of the year's volume in each month, sums to 1 */
    double cv;                   /**< coefficient of variation of annual flow, 0 <= cv <= 3 */
    double lag1;           /**< rho, lag-one correlation of the monthly scores, 0 <= rho < 1 */
    double recession_days; /**< e-folding time of a pulse, > 0 */
    double base_fraction;  /**< share of a month's volume that is even through the month, 0..1 */
    double region_correlation; /**< c, 0..1 */
    const char *site;          /**< id that keys the streams */
    const char *region;        /**< id that keys the shared stream, or NULL */
};

/** sigma of the scores for the given annual cv (root by GSL). @return STATUS_INPUT if out of range
 */
enum status inflow_generator_sigma(const struct inflow_generator *generator, double *sigma,
                                   struct error *err);

/**
 * Flow of every step, m3/s, a pure function of (generator, seed, realisation, calendar): the same
 * date has the same flow whatever the start, end or step of the run (the recursion for z begins in
 * January 1600, that of the pulses a fixed time before each month).
 *
 * @param[out] flow_m3s [axis->step_count]
 */
enum status inflow_generate(const struct inflow_generator *generator, uint64_t seed,
                            uint32_t realisation, const struct timeaxis *axis, double *flow_m3s,
                            struct error *err);

#endif
