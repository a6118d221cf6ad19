/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_LMOMENTS_H
#define NGUON_SOLVERS_LMOMENTS_H

/** How probability-weighted moments of a sample are found. */
enum pwm_rule {
    PWM_UNBIASED, /**< Landwehr et al. 1979; Hosking & Wallis 1997, eq. 2.59 */
    PWM_PLOTTING  /**< plotting position (i - 0.35)/n, Hosking 1990, eq. 3.1 */
};

/** L-moments of a sample or a distribution (Hosking 1990, J. R. Stat. Soc. B 52:105). */
struct lmoments {
    double mean;     /**< lambda_1 */
    double l_scale;  /**< lambda_2 */
    double skew;     /**< tau_3 = lambda_3/lambda_2; NAN where lambda_2 is 0 */
    double kurtosis; /**< tau_4; likewise */
};

/**
 * L-moments of a sample.
 *
 * @param[in] sorted  [count] in rising order, count >= 4
 */
struct lmoments lmoments_of_sorted(const double *sorted, int count, enum pwm_rule rule);

#endif
