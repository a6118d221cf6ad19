/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/salt_fit.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>
#include <stdbool.h>

enum { BETA_STEPS = 240, ROUNDS = 200 };
static const double least_k = 0.05, k_step = 0.01;
static const double least_log_beta = -16.0, most_log_beta = 8.0;

struct points {
    const double *x_m, *salinity_kgm3;
    int count;
    double a_m, k, sea_kgm3; /* sea_kgm3 0: free */
};

double
salt_fit_k(int entry)
{
    return least_k + k_step * entry;
}

static double
shape(double k, double beta, double a_m, double x_m)
{
    double left = 1.0 - beta * expm1(x_m / a_m);
    return left > 0.0 ? exp(log(left) / k) : 0.0;
}

double
salt_fit_salinity(const struct salt_fit *fit, double convergence_m, double x_m)
{
    return fit->sea_kgm3 * shape(fit->van_der_burgh, fit->beta, convergence_m, x_m);
}

/* Sum of squares; the salinity of the sea enters linearly. */
static double
misfit(const struct points *points, double log_beta, double *sea_kgm3)
{
    double beta = exp(log_beta), up = 0.0, down = 0.0, sum = 0.0;
    *sea_kgm3 = points->sea_kgm3;
    if (!(*sea_kgm3 > 0.0)) {
        for (int i = 0; i < points->count; i++) {
            double g = shape(points->k, beta, points->a_m, points->x_m[i]);
            up += g * points->salinity_kgm3[i];
            down += g * g;
        }
        *sea_kgm3 = down > 0.0 ? up / down : 0.0;
    }
    for (int i = 0; i < points->count; i++) {
        double gap = *sea_kgm3 * shape(points->k, beta, points->a_m, points->x_m[i]) -
                     points->salinity_kgm3[i];
        sum += gap * gap;
    }
    return sum;
}

static double
misfit_of_beta(double log_beta, void *context)
{
    double sea_kgm3;
    return misfit(context, log_beta, &sea_kgm3);
}

/* Best log beta of a K: the best of a row of values, then Brent's method between its neighbours. */
static double
best_log_beta(struct points *points)
{
    double step = (most_log_beta - least_log_beta) / BETA_STEPS;
    double best = least_log_beta, least = (double)INFINITY;
    for (int i = 0; i <= BETA_STEPS; i++) {
        double value = misfit_of_beta(least_log_beta + step * i, points);
        if (value < least) {
            least = value;
            best = least_log_beta + step * i;
        }
    }
    gsl_function function = {misfit_of_beta, points};
    gsl_min_fminimizer *search = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (search == NULL)
        return best;
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    if (gsl_min_fminimizer_set(search, &function, best, best - step, best + step) == GSL_SUCCESS) {
        for (int i = 0; i < ROUNDS; i++)
            if (gsl_min_fminimizer_iterate(search) != GSL_SUCCESS ||
                gsl_min_test_interval(gsl_min_fminimizer_x_lower(search),
                                      gsl_min_fminimizer_x_upper(search), 1e-10,
                                      0.0) == GSL_SUCCESS)
                break;
        best = gsl_min_fminimizer_x_minimum(search);
    }
    gsl_set_error_handler(handler);
    gsl_min_fminimizer_free(search);
    return best;
}

static enum status
check_points(const struct points *points, struct error *err)
{
    bool differ = false;
    if (points->count < 4)
        return error_set(err, STATUS_INPUT, "%d points; a fit of a profile needs 4 or more",
                         points->count);
    if (!(points->a_m > 0.0) || !isfinite(points->a_m))
        return error_set(err, STATUS_INPUT, "a convergence length of %g m; it must be above 0",
                         points->a_m);
    for (int i = 0; i < points->count; i++) {
        double x_m = points->x_m[i], s = points->salinity_kgm3[i];
        if (!(x_m >= 0.0) || !(s >= 0.0) || !isfinite(x_m) || !isfinite(s))
            return error_set(err, STATUS_INPUT,
                             "point %d: %g kg/m3 at %g m; both must be 0 or more", i + 1, s, x_m);
        differ = differ || s != points->salinity_kgm3[0];
    }
    if (!differ)
        return error_set(err, STATUS_INPUT, "all points have the same salinity");
    return STATUS_OK;
}

static double
variation(const struct points *points)
{
    double mean = 0.0, sum = 0.0;
    for (int i = 0; i < points->count; i++)
        mean += points->salinity_kgm3[i] / points->count;
    for (int i = 0; i < points->count; i++)
        sum += pow(points->salinity_kgm3[i] - mean, 2.0);
    return sum;
}

enum status
salt_fit(const double *x_m, const double *salinity_kgm3, int count, double convergence_m,
         double sea_kgm3, struct salt_fit *fit, struct error *err)
{
    struct points points = {x_m, salinity_kgm3, count, convergence_m, 0.0, sea_kgm3};
    enum status status = check_points(&points, err);
    if (status != STATUS_OK)
        return status;
    *fit = (struct salt_fit){.rmse_kgm3 = (double)INFINITY};
    for (int entry = 0; entry < SALT_FIT_KS; entry++) {
        points.k = salt_fit_k(entry);
        double log_beta = best_log_beta(&points), sea;
        double rmse = sqrt(misfit(&points, log_beta, &sea) / count);
        fit->rmse_of_k[entry] = rmse;
        if (!(rmse < fit->rmse_kgm3))
            continue;
        fit->rmse_kgm3 = rmse;
        fit->van_der_burgh = points.k;
        fit->beta = exp(log_beta);
        fit->sea_kgm3 = sea;
    }
    fit->nse = 1.0 - fit->rmse_kgm3 * fit->rmse_kgm3 * count / variation(&points);
    fit->length_m = convergence_m * log1p(1.0 / fit->beta);
    fit->k_low = fit->k_high = fit->van_der_burgh;
    for (int entry = 0; entry < SALT_FIT_KS; entry++)
        if (fit->rmse_of_k[entry] <= 1.1 * fit->rmse_kgm3) {
            fit->k_low = fmin(fit->k_low, salt_fit_k(entry));
            fit->k_high = fmax(fit->k_high, salt_fit_k(entry));
        }
    return STATUS_OK;
}
