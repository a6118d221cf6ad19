/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_DROUGHT_FREQUENCY_H
#define NGUON_SOLVERS_DROUGHT_FREQUENCY_H

#include "solvers/distribution.h"

/*
 * How often droughts of a duration and a severity come: a distribution of each, a copula of the
 * two, and the return periods of Shiau & Shen (2001) and Shiau (2006, Water Resour. Manag. 20:795).
 */

enum marginal_kind {
    MARGINAL_EXPONENTIAL, /**< F = 1 - exp(-x/mean) */
    MARGINAL_GEOMETRIC,   /**< whole steps; P(D > d) = (1 - 1/mean)^d */
    MARGINAL_FITTED       /**< a distribution of distribution.h */
};

struct marginal {
    enum marginal_kind kind;
    enum distribution distribution; /**< if fitted */
    enum estimator estimator;       /**< if fitted */
    double mean;
    struct fitted_distribution fitted;
    double distance; /**< Kolmogorov-Smirnov: largest distance from the empirical distribution */
};

enum copula_family {
    COPULA_GUMBEL,
    COPULA_CLAYTON,
    COPULA_FRANK,
    COPULA_INDEPENDENT,
    COPULA_FAMILY_COUNT
};

struct copula {
    enum copula_family family;
    double tau;      /**< Kendall's tau-b */
    double theta;    /**< parameter, from tau; NAN for independence */
    double distance; /**< root mean square distance from the empirical copula */
};

/** Events of a record and how often they come. */
struct drought_frequency {
    int event_count;
    double interarrival; /**< E(L), mean time between the beginnings of events, years */
    struct marginal duration, severity;
    struct copula copula;
};

const char *copula_name(enum copula_family family);

/** "exponential by moments", "gamma by thom". Buffer of >= 40 bytes. */
const char *marginal_name(const struct marginal *marginal, char *buffer, size_t size);

/**
 * Fit a marginal of kind, distribution and estimator as they stand.
 * @return STATUS_OK; STATUS_INPUT with the reason; STATUS_MEMORY
 */
enum status marginal_fit(struct marginal *marginal, int count, const double *value,
                         struct error *err);

/** P(X <= x). For a geometric duration P(D < x), so that its complement is P(D >= x). */
double marginal_cdf(const struct marginal *marginal, double x);

/** Value that is reached or exceeded with probability 1 - p; p <= 0 gives the least one. */
double marginal_quantile(const struct marginal *marginal, double p);

/** Kendall's tau-b, with its correction for ties; 0 if one of the two never changes. */
double kendall_tau(int count, const double *x, const double *y);

/**
 * Copula of two samples by inversion of Kendall's tau.
 *
 * @param[in] family  COPULA_FAMILY_COUNT: the one nearest to the empirical copula. A tau at or
 *                    below 0 makes the copula of independence (see the result's family).
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status copula_fit(struct copula *copula, enum copula_family family, int count, const double *x,
                       const double *y, struct error *err);

/** C(u, v), u and v within 0..1. */
double copula_cdf(const struct copula *copula, double u, double v);

/** Return periods, years, of events that reach or exceed ... */
struct return_periods {
    double duration; /**< ... the duration: E(L)/(1 - F_D) */
    double severity; /**< ... the severity: E(L)/(1 - F_S) */
    double both;     /**< ... both: E(L)/(1 - F_D - F_S + C(F_D, F_S)) */
    double either;   /**< ... at least one of the two: E(L)/(1 - C(F_D, F_S)) */
};

struct return_periods drought_return_periods(const struct drought_frequency *frequency,
                                             double duration, double severity);

#endif
