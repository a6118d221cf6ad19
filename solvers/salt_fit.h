/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SALT_FIT_H
#define NGUON_SOLVERS_SALT_FIT_H

#include "solvers/status.h"

/*
 * A steady profile S = S0 [1 - beta (e^(x/a) - 1)]^(1/K) laid through observed salinities by least
 * squares (solvers/salt_intrusion.h has the theory). With the convergence length a given, a profile
 * tells beta and, less surely, K: for each K the best beta is found, so that what the data cannot
 * tell apart is seen.
 */

enum { SALT_FIT_KS = 96 }; /* 0.05, 0.06 ... 1.00 */

struct salt_fit {
    double sea_kgm3;       /**< S0, given or found */
    double van_der_burgh;  /**< K of the least error, among 0.05 ... 1 */
    double beta;           /**< K a Q / (D0 A0) */
    double length_m;       /**< a ln(1 + 1 / beta) */
    double rmse_kgm3, nse; /**< Nash & Sutcliffe against the mean of the points */
    double rmse_of_k[SALT_FIT_KS];
    double k_low, k_high; /**< K whose error is within a tenth of the least */
};

/** K of an entry of rmse_of_k. */
double salt_fit_k(int entry);

/** Fitted salinity at a place. */
double salt_fit_salinity(const struct salt_fit *fit, double convergence_m, double x_m);

/**
 * @param[in] x_m, salinity_kgm3  [count] places from the mouth, 0 or more, and salinities
 * @param[in] convergence_m       a, above 0
 * @param[in] sea_kgm3            S0; 0: found with the rest
 * @return STATUS_OK; STATUS_INPUT for fewer than 4 points, a place or salinity below 0 or not
 *         finite, points that are all the same, a convergence that is not above 0
 */
enum status salt_fit(const double *x_m, const double *salinity_kgm3, int count,
                     double convergence_m, double sea_kgm3, struct salt_fit *fit,
                     struct error *err);

#endif
