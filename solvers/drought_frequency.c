/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/drought_frequency.h"

#include "solvers/quantile.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf_debye.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const copula_names[COPULA_FAMILY_COUNT] = {"gumbel", "clayton", "frank",
                                                              "independence"};

const char *
copula_name(enum copula_family family)
{
    return copula_names[family];
}

const char *
marginal_name(const struct marginal *marginal, char *buffer, size_t size)
{
    if (marginal->kind == MARGINAL_FITTED)
        snprintf(buffer, size, "%s by %s", distribution_name(marginal->distribution),
                 estimator_name(marginal->estimator));
    else
        snprintf(buffer, size, "%s by its mean",
                 marginal->kind == MARGINAL_EXPONENTIAL ? "exponential" : "geometric");
    return buffer;
}

/* ---- marginals --------------------------------------------------------------------------------
 */

double
marginal_cdf(const struct marginal *marginal, double x)
{
    switch (marginal->kind) {
    case MARGINAL_EXPONENTIAL:
        return -expm1(-x / marginal->mean);
    case MARGINAL_GEOMETRIC:
        return marginal->mean <= 1.0 ? (x > 1.0 ? 1.0 : 0.0)
                                     : -expm1((x - 1.0) * log1p(-1.0 / marginal->mean));
    default:
        return distribution_cdf(&marginal->fitted, x);
    }
}

double
marginal_quantile(const struct marginal *marginal, double p)
{
    if (p >= 1.0)
        return (double)INFINITY;
    double inside = p > 0.0 ? p : 0.0;
    switch (marginal->kind) {
    case MARGINAL_EXPONENTIAL:
        return -marginal->mean * log1p(-inside);
    case MARGINAL_GEOMETRIC:
        return marginal->mean <= 1.0 ? 1.0 : 1.0 + log1p(-inside) / log1p(-1.0 / marginal->mean);
    default:
        return inside > 0.0 ? distribution_quantile(&marginal->fitted, inside) : 0.0;
    }
}

/* Largest distance of F from the steps of the empirical distribution. Ties are one step. */
static double
largest_distance(const struct marginal *marginal, int count, const double *sorted)
{
    double largest = 0.0;
    for (int i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && sorted[next] <= sorted[i];)
            next++;
        double f = marginal_cdf(marginal, sorted[i]), below = (double)i / count;
        double above = marginal->kind == MARGINAL_GEOMETRIC ? below : (double)next / count;
        largest = fmax(largest, fmax(fabs(f - below), fabs(f - above)));
    }
    return largest;
}

enum status
marginal_fit(struct marginal *marginal, int count, const double *value, struct error *err)
{
    double *sorted = malloc(((size_t)count + 1) * sizeof *sorted);
    enum status status = STATUS_OK;
    if (sorted == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d events", count);
    memcpy(sorted, value, (size_t)count * sizeof *sorted);
    quantile_sort(sorted, count);
    marginal->mean = 0.0;
    for (int i = 0; i < count; i++)
        marginal->mean += sorted[i] / count;
    if (marginal->kind == MARGINAL_FITTED)
        TRY(distribution_fit(marginal->distribution, marginal->estimator, sorted, count,
                             &marginal->fitted, err));
    marginal->distance = largest_distance(marginal, count, sorted);
out:
    free(sorted);
    return status;
}

/* ---- copulas ----------------------------------------------------------------------------------
 */

double
kendall_tau(int count, const double *x, const double *y)
{
    double agree = 0.0, x_pairs = 0.0, y_pairs = 0.0;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++) {
            int sign_x = (x[i] > x[j]) - (x[i] < x[j]), sign_y = (y[i] > y[j]) - (y[i] < y[j]);
            agree += sign_x * sign_y;
            x_pairs += sign_x != 0;
            y_pairs += sign_y != 0;
        }
    return x_pairs > 0.0 && y_pairs > 0.0 ? agree / sqrt(x_pairs * y_pairs) : 0.0;
}

/* Kendall's tau of Frank's copula, less the one wanted; Nelsen (2006), exercise 5.9. */
static double
frank_tau(double theta, void *wanted)
{
    return 1.0 - 4.0 / theta * (1.0 - gsl_sf_debye_1(theta)) - *(double *)wanted;
}

static double
frank_theta(double tau)
{
    static const double least = 1e-6, most = 500.0; /* tau 1e-7 to 0.992 */
    gsl_function equation = {frank_tau, &tau};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double theta = (double)NAN;
    if (solver == NULL)
        return theta;
    if (frank_tau(least, &tau) < 0.0 && frank_tau(most, &tau) > 0.0 &&
        gsl_root_fsolver_set(solver, &equation, least, most) == GSL_SUCCESS)
        for (int i = 0; i < 200; i++) {
            gsl_root_fsolver_iterate(solver);
            theta = gsl_root_fsolver_root(solver);
            if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                       gsl_root_fsolver_x_upper(solver), 0.0, 1e-12) == GSL_SUCCESS)
                break;
        }
    gsl_root_fsolver_free(solver);
    return theta;
}

/* theta of tau; Nelsen (2006), An Introduction to Copulas, table 4.1 and section 5.1. */
static double
theta_of(enum copula_family family, double tau)
{
    switch (family) {
    case COPULA_GUMBEL:
        return 1.0 / (1.0 - tau);
    case COPULA_CLAYTON:
        return 2.0 * tau / (1.0 - tau);
    case COPULA_FRANK:
        return frank_theta(tau);
    default:
        return (double)NAN;
    }
}

double
copula_cdf(const struct copula *copula, double u, double v)
{
    double theta = copula->theta;
    if (u <= 0.0 || v <= 0.0)
        return 0.0;
    if (u >= 1.0 || v >= 1.0)
        return u >= 1.0 ? fmin(v, 1.0) : u;
    switch (copula->family) {
    case COPULA_GUMBEL:
        return exp(-pow(pow(-log(u), theta) + pow(-log(v), theta), 1.0 / theta));
    case COPULA_CLAYTON:
        return pow(pow(u, -theta) + pow(v, -theta) - 1.0, -1.0 / theta);
    case COPULA_FRANK:
        return -log1p(expm1(-theta * u) * expm1(-theta * v) / expm1(-theta)) / theta;
    default:
        return u * v;
    }
}

/* Root mean square of C - C_n at the sample; ranks are of the share at or below, over n + 1. */
static enum status
measure_distance(struct copula *copula, int count, const double *x, const double *y,
                 struct error *err)
{
    double *u = malloc(2 * ((size_t)count + 1) * sizeof *u), *v = u + count, sum = 0.0;
    if (u == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d events", count);
    for (int i = 0; i < count; i++) {
        u[i] = v[i] = 0.0;
        for (int j = 0; j < count; j++) {
            u[i] += (x[j] <= x[i]) / (count + 1.0);
            v[i] += (y[j] <= y[i]) / (count + 1.0);
        }
    }
    for (int i = 0; i < count; i++) {
        double both = 0.0;
        for (int j = 0; j < count; j++)
            both += (x[j] <= x[i] && y[j] <= y[i]) / (double)count;
        double difference = copula_cdf(copula, u[i], v[i]) - both;
        sum += difference * difference / count;
    }
    copula->distance = sqrt(sum);
    free(u);
    return STATUS_OK;
}

enum status
copula_fit(struct copula *copula, enum copula_family family, int count, const double *x,
           const double *y, struct error *err)
{
    static const double tau_most = 0.99; /* beyond it the two are one within the sampling error */
    double tau = kendall_tau(count, x, y);
    struct copula best = {.family = COPULA_INDEPENDENT, .tau = tau, .theta = (double)NAN};
    enum status status = measure_distance(&best, count, x, y, err);
    best.distance = tau > 0.0 ? (double)INFINITY : best.distance;
    for (int f = 0; f < COPULA_INDEPENDENT && tau > 0.0 && status == STATUS_OK; f++) {
        struct copula tried = {.family = (enum copula_family)f, .tau = tau};
        tried.theta = theta_of(tried.family, fmin(tau, tau_most));
        if (family != COPULA_FAMILY_COUNT && family != tried.family)
            continue;
        status = measure_distance(&tried, count, x, y, err);
        if (tried.distance < best.distance)
            best = tried;
    }
    if (family == COPULA_INDEPENDENT && status == STATUS_OK)
        status = measure_distance(&best, count, x, y, err);
    *copula = best;
    return status;
}

/* ---- return periods ---------------------------------------------------------------------------
 */

struct return_periods
drought_return_periods(const struct drought_frequency *frequency, double duration, double severity)
{
    double f_d = marginal_cdf(&frequency->duration, duration);
    double f_s = marginal_cdf(&frequency->severity, severity);
    double c = copula_cdf(&frequency->copula, f_d, f_s), mean = frequency->interarrival;
    return (struct return_periods){.duration = mean / (1.0 - f_d),
                                   .severity = mean / (1.0 - f_s),
                                   .both = mean / (1.0 - f_d - f_s + c),
                                   .either = mean / (1.0 - c)};
}
