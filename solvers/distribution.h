/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_DISTRIBUTION_H
#define NGUON_SOLVERS_DISTRIBUTION_H

#include "solvers/lmoments.h"
#include "solvers/status.h"

/*
 * Probability distributions of hydrology: fitted to a sample, distribution function and quantile.
 * Forms and fits by L-moments follow Hosking & Wallis (1997), Regional Frequency Analysis,
 * appendix.
 */

enum distribution {
    DISTRIBUTION_GAMMA,       /**< shape, scale */
    DISTRIBUTION_LOGNORMAL,   /**< mean and standard deviation of the logarithm */
    DISTRIBUTION_PEARSON3,    /**< mean, standard deviation, skew */
    DISTRIBUTION_LOGLOGISTIC, /**< generalised logistic: location, scale, shape */
    DISTRIBUTION_GEV,         /**< generalised extreme value: location, scale, shape */
    DISTRIBUTION_LOGNORMAL3,  /**< generalised normal: location, scale, shape */
    DISTRIBUTION_PARETO,      /**< generalised Pareto: location, scale, shape */
    DISTRIBUTION_WEIBULL,     /**< location, scale, shape */
    DISTRIBUTION_COUNT
};

enum { DISTRIBUTION_PARAMETERS_MAX = 3 };

enum estimator {
    ESTIMATOR_THOM,         /**< gamma: Thom's (1958) approximation of maximum likelihood */
    ESTIMATOR_LOG_MOMENTS,  /**< lognormal: maximum likelihood, moments of the logarithms */
    ESTIMATOR_LMOMENTS,     /**< L-moments from unbiased probability-weighted moments (ub-pwm) */
    ESTIMATOR_PLOTTING_PWM, /**< L-moments from plotting positions (pp-pwm) */
    ESTIMATOR_COUNT
};

struct fitted_distribution {
    enum distribution distribution;
    double parameter[DISTRIBUTION_PARAMETERS_MAX];
};

/** Names as users write them: "pearson3", "thom" ..., and of each parameter (NULL past the last).
 */
const char *distribution_name(enum distribution distribution);
const char *distribution_parameter_name(enum distribution distribution, int parameter_i);
const char *estimator_name(enum estimator estimator);

/** Whether the estimator is made for the distribution. */
int estimator_suits(enum estimator estimator, enum distribution distribution);

/**
 * Fit a distribution to a sample.
 *
 * L-moments of the gamma and Pearson type III distributions use the rational approximations of
 * Hosking & Wallis (1997, A.9), as the usual software does; the other fits solve their equations.
 *
 * @param[in] sorted  [count] in rising order, count >= 4
 * @return STATUS_OK; STATUS_INPUT with the reason: a constant sample, a figure <= 0 for the
 *         two-parameter distributions, L-moment ratios that the distribution cannot have
 */
enum status distribution_fit(enum distribution distribution, enum estimator estimator,
                             const double *sorted, int count, struct fitted_distribution *out,
                             struct error *err);

/**
 * Distribution of three parameters with the given L-moments.
 * @return STATUS_OK; STATUS_INPUT with the reason
 */
enum status distribution_from_lmoments(enum distribution distribution,
                                       const struct lmoments *moments,
                                       struct fitted_distribution *out, struct error *err);

/** Probability of a value <= x. */
double distribution_cdf(const struct fitted_distribution *fitted, double x);

/** Value of a probability in (0, 1). */
double distribution_quantile(const struct fitted_distribution *fitted, double probability);

/**
 * L-moment ratio tau_4 of a distribution, by quadrature of its quantile function.
 * @return NAN if it does not exist
 */
double distribution_l_kurtosis(const struct fitted_distribution *fitted);

#endif
