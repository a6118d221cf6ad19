/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/distribution.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf_gamma.h>

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static const double pi = 3.14159265358979323846;

/* A shape nearer to 0 than this is the limit at 0: what is lost is below the rounding of F. */
static const double shape_tiny = 1e-9;

static const struct {
    const char *name;
    const char *parameter[DISTRIBUTION_PARAMETERS_MAX];
} names[DISTRIBUTION_COUNT] = {
    [DISTRIBUTION_GAMMA] = {"gamma", {"shape", "scale", NULL}},
    [DISTRIBUTION_LOGNORMAL] = {"lognormal", {"log_mean", "log_sd", NULL}},
    [DISTRIBUTION_PEARSON3] = {"pearson3", {"mean", "sd", "skew"}},
    [DISTRIBUTION_LOGLOGISTIC] = {"loglogistic", {"location", "scale", "shape"}},
    [DISTRIBUTION_GEV] = {"gev", {"location", "scale", "shape"}},
    [DISTRIBUTION_LOGNORMAL3] = {"lognormal3", {"location", "scale", "shape"}},
    [DISTRIBUTION_PARETO] = {"pareto", {"location", "scale", "shape"}},
    [DISTRIBUTION_WEIBULL] = {"weibull", {"location", "scale", "shape"}},
};

static const char *const estimator_names[ESTIMATOR_COUNT] = {
    [ESTIMATOR_THOM] = "thom",
    [ESTIMATOR_LOG_MOMENTS] = "log-moments",
    [ESTIMATOR_LMOMENTS] = "ub-pwm",
    [ESTIMATOR_PLOTTING_PWM] = "pp-pwm",
};

const char *
distribution_name(enum distribution distribution)
{
    return names[distribution].name;
}

const char *
distribution_parameter_name(enum distribution distribution, int parameter_i)
{
    return names[distribution].parameter[parameter_i];
}

const char *
estimator_name(enum estimator estimator)
{
    return estimator_names[estimator];
}

int
estimator_suits(enum estimator estimator, enum distribution distribution)
{
    if (estimator == ESTIMATOR_THOM)
        return distribution == DISTRIBUTION_GAMMA;
    return (estimator == ESTIMATOR_LOG_MOMENTS) == (distribution == DISTRIBUTION_LOGNORMAL);
}

/* ---- fits -------------------------------------------------------------------------------------
 */

/* Thom (1958), Mon. Weather Rev. 86:117, eq. 22. */
static void
fit_thom(const double *sorted, int count, double *parameter)
{
    double sum = 0.0, log_sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += sorted[i];
        log_sum += log(sorted[i]);
    }
    double mean = sum / count, a = log(mean) - log_sum / count;
    parameter[0] = (1.0 + sqrt(1.0 + 4.0 * a / 3.0)) / (4.0 * a);
    parameter[1] = mean / parameter[0];
}

static void
fit_lognormal(const double *sorted, int count, double *parameter)
{
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < count; i++)
        sum += log(sorted[i]);
    parameter[0] = sum / count;
    for (int i = 0; i < count; i++) {
        double deviation = log(sorted[i]) - parameter[0];
        squares += deviation * deviation;
    }
    parameter[1] = sqrt(squares / count);
}

/* Gamma of two parameters by L-moments: the shape that has the coefficient of L-variation;
   Hosking (1996), IBM Research Report RC20525, routine PELGAM. */
static enum status
fit_gamma(const struct lmoments *moments, double *parameter, struct error *err)
{
    double cv = moments->l_scale / moments->mean, shape;
    if (!(cv > 0.0 && cv < 1.0))
        return error_set(err, STATUS_INPUT, "the coefficient of L-variation %.4g is not in (0, 1)",
                         cv);
    if (cv >= 0.5) {
        double t = 1.0 - cv;
        shape = t * (0.7213 + t * -0.5947) / (1.0 + t * (-2.1817 + t * 1.2113));
    } else {
        double t = pi * cv * cv;
        shape = (1.0 - 0.3080 * t) / (t * (1.0 + t * (-0.05812 + t * 0.01765)));
    }
    parameter[0] = shape;
    parameter[1] = moments->mean / shape;
    return STATUS_OK;
}

/* Hosking & Wallis (1997), A.9: shape of the gamma distribution from tau_3. */
static void
fit_pearson3(const struct lmoments *moments, double *parameter)
{
    double skew = fabs(moments->skew), shape;
    parameter[0] = moments->mean;
    if (skew <= 1e-6) {
        parameter[1] = moments->l_scale * sqrt(pi);
        parameter[2] = 0.0;
        return;
    }
    if (skew >= 1.0 / 3.0) {
        double t = 1.0 - skew;
        shape = t * (0.36067 + t * (-0.59567 + t * 0.25361)) /
                (1.0 + t * (-2.78861 + t * (2.56096 + t * -0.77045)));
    } else {
        double t = 3.0 * pi * skew * skew;
        shape = (1.0 + 0.2906 * t) / (t * (1.0 + t * (0.1882 + t * 0.0442)));
    }
    double root = sqrt(shape);
    parameter[1] = sqrt(pi) * moments->l_scale * root *
                   exp(gsl_sf_lngamma(shape) - gsl_sf_lngamma(shape + 0.5));
    parameter[2] = copysign(2.0 / root, moments->skew);
}

static void
fit_loglogistic(const struct lmoments *moments, double *parameter)
{
    double k = -moments->skew;
    if (fabs(k) < shape_tiny) {
        parameter[0] = moments->mean;
        parameter[1] = moments->l_scale;
        parameter[2] = 0.0;
        return;
    }
    double angle = pi * k;
    parameter[1] = moments->l_scale * sin(angle) / angle;
    parameter[0] = moments->mean - parameter[1] * (1.0 / k - pi / sin(angle));
    parameter[2] = k;
}

static void
fit_pareto(const struct lmoments *moments, double *parameter)
{
    double k = (1.0 - 3.0 * moments->skew) / (1.0 + moments->skew);
    parameter[2] = k;
    parameter[1] = (1.0 + k) * (2.0 + k) * moments->l_scale;
    parameter[0] = moments->mean - (2.0 + k) * moments->l_scale;
}

/* tau_3 of the generalised extreme value distribution, less the one wanted. */
static double
gev_skew(double k, void *wanted)
{
    double skew = fabs(k) < shape_tiny ? 2.0 * log(3.0) / log(2.0) - 3.0
                                       : 2.0 * expm1(-k * log(3.0)) / expm1(-k * log(2.0)) - 3.0;
    return skew - *(double *)wanted;
}

/* tau_3 of the generalised normal distribution of unit scale, by Gauss-Legendre over the score;
   lambda_2 and lambda_3 from the definition, E[x P*(F)]. */
static double
lognormal3_skew(double k, void *wanted)
{
    enum { PIECES = 4000 };
    static const double reach = 12.0;
    double l2 = 0.0, l3 = 0.0, h = 2.0 * reach / PIECES;
    for (int i = 0; i <= PIECES; i++) { /* trapezium: spectral for a bell-shaped integrand */
        double z = -reach + i * h, f = gsl_cdf_ugaussian_P(z);
        double x = fabs(k) < shape_tiny ? z : -expm1(-k * z) / k;
        double weight = exp(-0.5 * z * z) * x;
        l2 += weight * (2.0 * f - 1.0);
        l3 += weight * (6.0 * f * f - 6.0 * f + 1.0);
    }
    return l3 / l2 - *(double *)wanted;
}

static enum status
solve_shape(double (*function)(double, void *), double wanted, double low, double high, double *k)
{
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_function equation = {function, &wanted};
    enum status status = STATUS_NUMERIC;
    if (solver == NULL)
        return STATUS_MEMORY;
    if (function(low, &wanted) * function(high, &wanted) < 0.0 &&
        gsl_root_fsolver_set(solver, &equation, low, high) == GSL_SUCCESS)
        for (int i = 0; i < 200 && status != STATUS_OK; i++) {
            gsl_root_fsolver_iterate(solver);
            double x0 = gsl_root_fsolver_x_lower(solver), x1 = gsl_root_fsolver_x_upper(solver);
            if (gsl_root_test_interval(x0, x1, 1e-12, 1e-12) == GSL_SUCCESS)
                status = STATUS_OK;
        }
    *k = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    return status;
}

static enum status
fit_gev(const struct lmoments *moments, double *parameter, struct error *err)
{
    double k;
    if (solve_shape(gev_skew, moments->skew, -0.98, 20.0, &k) != STATUS_OK)
        return error_set(err, STATUS_INPUT,
                         "no extreme value distribution has an L-skewness of %.4g", moments->skew);
    if (fabs(k) < shape_tiny) {
        static const double euler = 0.57721566490153286061;
        parameter[1] = moments->l_scale / log(2.0);
        parameter[0] = moments->mean - euler * parameter[1];
    } else {
        double gamma = gsl_sf_gamma(1.0 + k);
        parameter[1] = moments->l_scale * k / (-expm1(-k * log(2.0)) * gamma);
        parameter[0] = moments->mean - parameter[1] * (1.0 - gamma) / k;
    }
    parameter[2] = k;
    return STATUS_OK;
}

static enum status
fit_lognormal3(const struct lmoments *moments, double *parameter, struct error *err)
{
    double k;
    if (solve_shape(lognormal3_skew, moments->skew, -4.0, 4.0, &k) != STATUS_OK)
        return error_set(err, STATUS_INPUT, "no log-normal distribution has an L-skewness of %.4g",
                         moments->skew);
    if (fabs(k) < shape_tiny) {
        parameter[1] = moments->l_scale * sqrt(pi);
        parameter[0] = moments->mean;
    } else {
        double rise = exp(0.5 * k * k);
        parameter[1] = moments->l_scale * k / (rise * erf(0.5 * k));
        parameter[0] = moments->mean - parameter[1] / k * (1.0 - rise);
    }
    parameter[2] = k;
    return STATUS_OK;
}

/* -X of a Weibull variable is generalised extreme value with shape 1/delta. */
static enum status
fit_weibull(const struct lmoments *moments, double *parameter, struct error *err)
{
    struct lmoments mirrored = *moments;
    double gev[DISTRIBUTION_PARAMETERS_MAX];
    mirrored.mean = -moments->mean;
    mirrored.skew = -moments->skew;
    enum status status = fit_gev(&mirrored, gev, err);
    if (status != STATUS_OK)
        return status;
    if (!(gev[2] > shape_tiny))
        return error_set(err, STATUS_INPUT, "no Weibull distribution has an L-skewness of %.4g",
                         moments->skew);
    parameter[2] = 1.0 / gev[2];
    parameter[1] = gev[1] / gev[2];
    parameter[0] = -gev[0] - parameter[1];
    return STATUS_OK;
}

enum status
distribution_from_lmoments(enum distribution distribution, const struct lmoments *moments,
                           struct fitted_distribution *out, struct error *err)
{
    double *parameter = out->parameter;
    out->distribution = distribution;
    parameter[2] = 0.0;
    if (!(moments->l_scale > 0.0))
        return error_set(err, STATUS_INPUT, "all values are the same");
    if (!(fabs(moments->skew) < 1.0))
        return error_set(err, STATUS_INPUT, "the L-skewness %.4g is not in (-1, 1)", moments->skew);
    switch (distribution) {
    case DISTRIBUTION_GAMMA:
        return fit_gamma(moments, parameter, err);
    case DISTRIBUTION_PEARSON3:
        fit_pearson3(moments, parameter);
        return STATUS_OK;
    case DISTRIBUTION_LOGLOGISTIC:
        fit_loglogistic(moments, parameter);
        return STATUS_OK;
    case DISTRIBUTION_PARETO:
        fit_pareto(moments, parameter);
        return STATUS_OK;
    case DISTRIBUTION_GEV:
        return fit_gev(moments, parameter, err);
    case DISTRIBUTION_LOGNORMAL3:
        return fit_lognormal3(moments, parameter, err);
    case DISTRIBUTION_WEIBULL:
        return fit_weibull(moments, parameter, err);
    default:
        return error_set(err, STATUS_INPUT, "%s is not fitted by L-moments",
                         distribution_name(distribution));
    }
}

enum status
distribution_fit(enum distribution distribution, enum estimator estimator, const double *sorted,
                 int count, struct fitted_distribution *out, struct error *err)
{
    static const double spread_least = 1e-12; /* of the values, relative: below it they are one */
    double size = fmax(fabs(sorted[0]), fabs(sorted[count - 1]));
    bool positive = sorted[0] > 0.0;
    out->distribution = distribution;
    out->parameter[2] = 0.0;
    if (!(sorted[count - 1] - sorted[0] > spread_least * size))
        return error_set(err, STATUS_INPUT, "all values are the same (%.6g)", sorted[0]);
    if (!positive && (distribution == DISTRIBUTION_GAMMA || distribution == DISTRIBUTION_LOGNORMAL))
        return error_set(err, STATUS_INPUT, "%s takes values above 0 only, not %.6g",
                         distribution_name(distribution), sorted[0]);
    if (estimator == ESTIMATOR_THOM) {
        fit_thom(sorted, count, out->parameter);
        return STATUS_OK;
    }
    if (estimator == ESTIMATOR_LOG_MOMENTS) {
        fit_lognormal(sorted, count, out->parameter);
        return STATUS_OK;
    }
    struct lmoments moments = lmoments_of_sorted(
        sorted, count, estimator == ESTIMATOR_PLOTTING_PWM ? PWM_PLOTTING : PWM_UNBIASED);
    return distribution_from_lmoments(distribution, &moments, out, err);
}

/* ---- distribution functions -------------------------------------------------------------------
 */

/* The reduced variate y = -ln(1 - k (x - location)/scale)/k; infinite beyond the bound. */
static double
reduced(const double *parameter, double x)
{
    double y = (x - parameter[0]) / parameter[1], k = parameter[2];
    if (fabs(k) < shape_tiny)
        return y;
    if (k * y >= 1.0)
        return copysign((double)INFINITY, k);
    return -log1p(-k * y) / k;
}

static double
pearson3_cdf(const double *parameter, double x)
{
    double skew = parameter[2], z = (x - parameter[0]) / parameter[1];
    if (fabs(skew) <= shape_tiny)
        return gsl_cdf_ugaussian_P(z);
    double shape = 4.0 / (skew * skew), at = 2.0 * z / skew + shape;
    if (at <= 0.0)
        return skew > 0.0 ? 0.0 : 1.0;
    return skew > 0.0 ? gsl_cdf_gamma_P(at, shape, 1.0) : gsl_cdf_gamma_Q(at, shape, 1.0);
}

double
distribution_cdf(const struct fitted_distribution *fitted, double x)
{
    const double *p = fitted->parameter;
    switch (fitted->distribution) {
    case DISTRIBUTION_GAMMA:
        return x <= 0.0 ? 0.0 : gsl_cdf_gamma_P(x, p[0], p[1]);
    case DISTRIBUTION_LOGNORMAL:
        return x <= 0.0 ? 0.0 : gsl_cdf_ugaussian_P((log(x) - p[0]) / p[1]);
    case DISTRIBUTION_PEARSON3:
        return pearson3_cdf(p, x);
    case DISTRIBUTION_LOGLOGISTIC:
        return 1.0 / (1.0 + exp(-reduced(p, x)));
    case DISTRIBUTION_GEV:
        return exp(-exp(-reduced(p, x)));
    case DISTRIBUTION_LOGNORMAL3:
        return gsl_cdf_ugaussian_P(reduced(p, x));
    case DISTRIBUTION_PARETO:
        return x <= p[0] ? 0.0 : -expm1(-reduced(p, x));
    case DISTRIBUTION_WEIBULL:
        return x <= p[0] ? 0.0 : -expm1(-pow((x - p[0]) / p[1], p[2]));
    default:
        return (double)NAN;
    }
}

/* x of a reduced variate. */
static double
unreduced(const double *parameter, double y)
{
    double k = parameter[2];
    double rise = fabs(k) < shape_tiny ? y : -expm1(-k * y) / k;
    return parameter[0] + parameter[1] * rise;
}

double
distribution_quantile(const struct fitted_distribution *fitted, double probability)
{
    const double *p = fitted->parameter;
    switch (fitted->distribution) {
    case DISTRIBUTION_GAMMA:
        return gsl_cdf_gamma_Pinv(probability, p[0], p[1]);
    case DISTRIBUTION_LOGNORMAL:
        return exp(p[0] + p[1] * gsl_cdf_ugaussian_Pinv(probability));
    case DISTRIBUTION_PEARSON3: {
        if (fabs(p[2]) <= shape_tiny)
            return p[0] + p[1] * gsl_cdf_ugaussian_Pinv(probability);
        double shape = 4.0 / (p[2] * p[2]);
        double at = p[2] > 0.0 ? gsl_cdf_gamma_Pinv(probability, shape, 1.0)
                               : gsl_cdf_gamma_Qinv(probability, shape, 1.0);
        return p[0] + p[1] * p[2] / 2.0 * (at - shape);
    }
    case DISTRIBUTION_LOGLOGISTIC:
        return unreduced(p, log(probability) - log1p(-probability));
    case DISTRIBUTION_GEV:
        return unreduced(p, -log(-log(probability)));
    case DISTRIBUTION_LOGNORMAL3:
        return unreduced(p, gsl_cdf_ugaussian_Pinv(probability));
    case DISTRIBUTION_PARETO:
        return unreduced(p, -log1p(-probability));
    case DISTRIBUTION_WEIBULL:
        return p[0] + p[1] * pow(-log1p(-probability), 1.0 / p[2]);
    default:
        return (double)NAN;
    }
}

/* ---- L-kurtosis -------------------------------------------------------------------------------
 */

/* Integrand of lambda_2 or lambda_4 over the probability. */
struct l_integrand {
    const struct fitted_distribution *fitted;
    int order;
};

static double
l_integrand(double f, void *context)
{
    const struct l_integrand *integrand = context;
    double polynomial =
        integrand->order == 2 ? 2.0 * f - 1.0 : ((20.0 * f - 30.0) * f + 12.0) * f - 1.0;
    return distribution_quantile(integrand->fitted, f) * polynomial;
}

double
distribution_l_kurtosis(const struct fitted_distribution *fitted)
{
    enum { INTERVALS = 400 };
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(INTERVALS);
    double moment[2] = {(double)NAN, (double)NAN}, error;
    for (int i = 0; i < 2 && workspace != NULL; i++) {
        struct l_integrand context = {fitted, i == 0 ? 2 : 4};
        gsl_function function = {l_integrand, &context};
        int code = gsl_integration_qags(&function, 0.0, 1.0, 0.0, 1e-7, INTERVALS, workspace,
                                        &moment[i], &error);
        if (code != GSL_SUCCESS && code != GSL_EROUND)
            moment[i] = (double)NAN;
    }
    if (workspace != NULL)
        gsl_integration_workspace_free(workspace);
    return moment[1] / moment[0];
}
