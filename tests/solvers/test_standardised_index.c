/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/standardised_index.h"
#include "tests/support.h"

#include "solvers/philox.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS_MAX = 2000 };

static double value[MONTHS_MAX], sum[MONTHS_MAX], score[MONTHS_MAX], reference[MONTHS_MAX];
static int8_t month[MONTHS_MAX];
static struct index_fit fit[CALENDAR_MONTHS];
static struct error err;

static const struct index_options spi = {.scale = 1,
                                         .distribution = DISTRIBUTION_GAMMA,
                                         .estimator = ESTIMATOR_THOM,
                                         .zero_rule = ZERO_SHARE,
                                         .clip = 3.09,
                                         .least_count = 4};

static void
lay_months(int count)
{
    for (int t = 0; t < count; t++)
        month[t] = (int8_t)(t % 12 + 1);
}

/* A column of the reference; cells that are empty or NA are NaN, not the 0 of strtod. */
static int
column(const char *name, const char *heading, double *out)
{
    char path[1024], line[4096];
    const char *folder = getenv("NGUON_SHARED");
    int count = 0, place = 0;
    snprintf(path, sizeof path, "%s/reference/drought/%s",
             folder != NULL ? folder : NGUON_SHARED_DEFAULT, name);
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    line[strcspn(line, "\r\n")] = '\0';
    char *rest = line, *cell;
    while ((cell = strsep(&rest, ",")) != NULL && strcmp(cell, heading) != 0)
        place++;
    assert_non_null(cell);
    while (fgets(line, sizeof line, file) != NULL) {
        char *end;
        line[strcspn(line, "\r\n")] = '\0';
        rest = line;
        for (int i = 0; i <= place; i++)
            cell = strsep(&rest, ",");
        out[count] = strtod(cell, &end);
        if (end == cell)
            out[count] = (double)NAN;
        count++;
    }
    fclose(file);
    return count;
}

/* Largest distance from a column of the reference where both are there; at least 0.9 of it is. */
static double
largest_difference(int count, const struct index_options *options, const double *expected)
{
    double largest = 0.0;
    int compared = 0;
    assert_int_equal(standardised_index(count, value, month, options, sum, score, fit, &err),
                     STATUS_OK);
    for (int t = 0; t < count; t++)
        if (!isnan(expected[t]) && isfinite(expected[t])) {
            assert_true(isfinite(score[t]));
            largest = fmax(largest, fabs(score[t] - expected[t]));
            compared++;
        }
    assert_true(compared > count * 9 / 10);
    return largest;
}

/* ---- references -------------------------------------------------------------------------------
 */

static void
spi_by_thom_matches_climate_indices(void **state)
{
    (void)state;
    struct index_options options = spi;
    int count = column("ref_climate_indices_monthly.csv", "precip_mm", value);
    lay_months(count);
    options.reference_last = count - 1;
    column("ref_climate_indices_monthly.csv", "spi_01_gamma", reference);
    assert_true(largest_difference(count, &options, reference) < 1e-6);
    options.scale = 6;
    column("ref_climate_indices_monthly.csv", "spi_06_gamma", reference);
    assert_true(largest_difference(count, &options, reference) < 1e-6);
}

static void
check_r(const char *input, const char *name, int scale, struct index_options options, int first,
        int last)
{
    int count = column("ref_SPEI_wichita.csv", input, value);
    lay_months(count);
    options.scale = scale;
    options.clip = index_clip_none;
    options.reference_first = first;
    options.reference_last = last < 0 ? count - 1 : last;
    column("ref_SPEI_wichita.csv", name, reference);
    double largest = largest_difference(count, &options, reference);
    if (!(largest < 1e-6))
        fail_msg("%s differs by %g", name, largest);
}

static void
indices_by_l_moments_match_r(void **state)
{
    (void)state;
    static const int scales[] = {1, 3, 6, 12, 24};
    struct index_options options = spi;
    options.estimator = ESTIMATOR_LMOMENTS;
    for (int i = 0; i < 5; i++) {
        char name[64];
        if (scales[i] > 1) { /* see spi_of_months_with_zeros... for the fault of the reference */
            options.zero_rule = ZERO_SHARE;
            options.distribution = DISTRIBUTION_GAMMA;
            snprintf(name, sizeof name, "SPI_gamma_%d", scales[i]);
            check_r("PRCP", name, scales[i], options, 0, -1);
            options.distribution = DISTRIBUTION_PEARSON3;
            snprintf(name, sizeof name, "SPI_PE3_%d", scales[i]);
            check_r("PRCP", name, scales[i], options, 0, -1);
        }
        options.zero_rule = ZERO_PLAIN;
        options.distribution = DISTRIBUTION_LOGLOGISTIC;
        snprintf(name, sizeof name, "SPEI_ll_%d", scales[i]);
        check_r("BAL", name, scales[i], options, 0, -1);
        snprintf(name, sizeof name, "SPEI_ll_ref8100_%d", scales[i]);
        check_r("BAL", name, scales[i], options, 12, 251);
    }
}

/*
 * The reference loses the probability of zero (SPEI 1.8.1 computes it before it is assigned), so
 * that its score of a month with rain is that of G alone: G = (H - q)/(1 - q) of ours.
 */
static void
months_with_zeros_match_r_without_its_fault(void **state)
{
    (void)state;
    struct index_options options = spi;
    int zero_count = 0, with_zeros_count = 0;
    int count = column("ref_SPEI_wichita.csv", "PRCP", value);
    lay_months(count);
    options.estimator = ESTIMATOR_LMOMENTS;
    options.clip = index_clip_none;
    options.reference_last = count - 1;
    column("ref_SPEI_wichita.csv", "SPI_gamma_1", reference);
    standardised_index(count, value, month, &options, sum, score, fit, &err);
    for (int t = 0; t < count; t++) {
        double q = fit[month[t] - 1].zero_probability;
        if (value[t] == 0.0) {
            zero_count++;
            assert_close(gsl_cdf_ugaussian_P(score[t]), q, 1e-12, 0.0);
            continue;
        }
        with_zeros_count += q > 0.0;
        double g = (gsl_cdf_ugaussian_P(score[t]) - q) / (1.0 - q);
        assert_close(gsl_cdf_ugaussian_Pinv(g), reference[t], 0.0, 1e-6);
    }
    assert_int_equal(zero_count, 4);
    assert_true(with_zeros_count > 50);
}

/* ---- figures by hand --------------------------------------------------------------------------
 */

/* Four Januaries of 1, 2, 4, 8: A = ln(15/4) - ln(64)/4 = 0.282035, by hand. */
static void
thom_matches_figures_by_hand(void **state)
{
    (void)state;
    static const double sample[] = {1.0, 2.0, 4.0, 8.0};
    struct fitted_distribution fitted;
    double a = log(3.75) - 1.5 * log(2.0);
    assert_close(a, 0.28203511, 0.0, 1e-7);
    assert_int_equal(distribution_fit(DISTRIBUTION_GAMMA, ESTIMATOR_THOM, sample, 4, &fitted, &err),
                     STATUS_OK);
    assert_close(fitted.parameter[0], (1.0 + sqrt(1.0 + 4.0 * a / 3.0)) / (4.0 * a), 1e-14, 0.0);
    assert_close(fitted.parameter[0] * fitted.parameter[1], 3.75, 1e-14, 0.0);
}

/* Of 1, 2, 3, 4 every pair, triple and quadruple can be written out: lambda_2 is half the mean
   difference of pairs, 5/6; lambda_3 and lambda_4 are 0 for even spacing. */
static void
l_moments_match_figures_by_hand(void **state)
{
    (void)state;
    static const double even[] = {1.0, 2.0, 3.0, 4.0}, skewed[] = {0.0, 0.0, 0.0, 12.0};
    struct lmoments moments = lmoments_of_sorted(even, 4, PWM_UNBIASED);
    assert_close(moments.mean, 2.5, 1e-15, 0.0);
    assert_close(moments.l_scale, 5.0 / 6.0, 1e-15, 0.0);
    assert_close(moments.skew, 0.0, 0.0, 1e-15);
    assert_close(moments.kurtosis, 0.0, 0.0, 1e-15);
    moments = lmoments_of_sorted(skewed, 4, PWM_UNBIASED);
    assert_close(moments.l_scale, 3.0, 1e-15, 0.0);
    assert_close(moments.skew, 1.0, 1e-15, 0.0);
    assert_close(moments.kurtosis, 1.0, 1e-15, 0.0);
}

/* ---- distributions ----------------------------------------------------------------------------
 */

static const double typical[DISTRIBUTION_COUNT][3] = {
    {2.5, 40.0, 0.0},   {4.0, 0.6, 0.0},    {100.0, 50.0, 1.2}, {90.0, 20.0, -0.2},
    {90.0, 20.0, 0.15}, {90.0, 20.0, -0.4}, {10.0, 60.0, 0.3},  {5.0, 80.0, 1.6}};

static void
quantiles_invert_distribution_functions(void **state)
{
    (void)state;
    for (int d = 0; d < DISTRIBUTION_COUNT; d++) {
        struct fitted_distribution of = {(enum distribution)d,
                                         {typical[d][0], typical[d][1], typical[d][2]}};
        double before = -INFINITY;
        for (int i = 1; i < 100; i++) {
            double x = distribution_quantile(&of, i / 100.0);
            assert_true(x > before);
            assert_close(distribution_cdf(&of, x), i / 100.0, 1e-10, 0.0);
            before = x;
        }
    }
}

/* A large sample at the quantiles (i + 1/2)/n gives the parameters back. */
static void
fits_find_the_parameters_of_a_dense_sample(void **state)
{
    (void)state;
    enum { DENSE = 8000 };
    double *sample = malloc(DENSE * sizeof *sample);
    assert_non_null(sample);
    for (int d = 0; d < DISTRIBUTION_COUNT; d++) {
        struct fitted_distribution of = {(enum distribution)d,
                                         {typical[d][0], typical[d][1], typical[d][2]}};
        struct fitted_distribution found;
        for (int i = 0; i < DENSE; i++)
            sample[i] = distribution_quantile(&of, (i + 0.5) / DENSE);
        enum estimator estimator =
            d == DISTRIBUTION_LOGNORMAL ? ESTIMATOR_LOG_MOMENTS : ESTIMATOR_LMOMENTS;
        assert_int_equal(
            distribution_fit((enum distribution)d, estimator, sample, DENSE, &found, &err),
            STATUS_OK);
        for (int p = 0; p < 3; p++)
            assert_close(found.parameter[p], of.parameter[p], 5e-3, 5e-3);
        struct lmoments moments = lmoments_of_sorted(sample, DENSE, PWM_UNBIASED);
        assert_close(distribution_l_kurtosis(&of), moments.kurtosis, 0.0, 4e-3);
    }
    free(sample);
}

/* The approximations for the gamma family against its exact tau_3 and L-CV, by quadrature. */
static void
gamma_fits_reproduce_their_l_moments(void **state)
{
    (void)state;
    enum { PIECES = 20000 };
    for (double ratio = 0.05; ratio < 0.6; ratio += 0.1) {
        struct lmoments wanted = {100.0, 100.0 * ratio, ratio, 0.1};
        for (int d = DISTRIBUTION_GAMMA; d <= DISTRIBUTION_PEARSON3; d += DISTRIBUTION_PEARSON3) {
            struct fitted_distribution fitted;
            double l2 = 0.0, l3 = 0.0;
            assert_int_equal(
                distribution_from_lmoments((enum distribution)d, &wanted, &fitted, &err),
                STATUS_OK);
            for (int i = 0; i < PIECES; i++) {
                double f = (i + 0.5) / PIECES, x = distribution_quantile(&fitted, f);
                l2 += x * (2.0 * f - 1.0) / PIECES;
                l3 += x * (6.0 * f * f - 6.0 * f + 1.0) / PIECES;
            }
            assert_close(l2, wanted.l_scale, 5e-4, 0.0);
            if (d == DISTRIBUTION_PEARSON3)
                assert_close(l3 / l2, ratio, 1e-3, 0.0);
        }
    }
}

/* ---- properties -------------------------------------------------------------------------------
 */

static int
make_series(double zero_share)
{
    struct philox_key key = {.seed = 7};
    lay_months(1200);
    for (uint32_t t = 0; t < 1200; t++) {
        double u = philox_uniform(&key, t);
        value[t] = u < zero_share ? 0.0 : -50.0 * (1.0 + 0.3 * sin(t)) * log(1.0 - u + 1e-12);
    }
    return 1200;
}

static void
index_is_standard_and_keeps_order(void **state)
{
    (void)state;
    struct index_options options = spi;
    int count = make_series(0.0);
    options.reference_last = count - 1;
    for (int scale = 1; scale <= 48; scale += 47) {
        double mean = 0.0, square = 0.0;
        options.scale = scale;
        standardised_index(count, value, month, &options, sum, score, fit, &err);
        for (int t = 0; t < scale - 1; t++)
            assert_true(isnan(score[t]));
        for (int t = scale - 1; t < count; t++) {
            mean += score[t] / (count - scale + 1);
            square += score[t] * score[t] / (count - scale + 1);
            for (int u = t + 12; u < count; u += 12)
                assert_true((sum[t] < sum[u]) == (score[t] < score[u]) || sum[t] == sum[u]);
        }
        assert_close(mean, 0.0, 0.0, 0.02);
        assert_close(square, 1.0, 0.03, 0.0);
    }
}

static void
change_of_unit_changes_nothing(void **state)
{
    (void)state;
    static double before[MONTHS_MAX];
    struct index_options options = spi;
    int count = make_series(0.1);
    options.reference_last = count - 1;
    for (int d = 0; d < DISTRIBUTION_COUNT; d++) {
        options.distribution = (enum distribution)d;
        options.estimator =
            d == DISTRIBUTION_LOGNORMAL ? ESTIMATOR_LOG_MOMENTS : ESTIMATOR_LMOMENTS;
        make_series(0.1);
        standardised_index(count, value, month, &options, sum, before, fit, &err);
        for (int t = 0; t < count; t++)
            value[t] *= 25.4;
        standardised_index(count, value, month, &options, sum, score, fit, &err);
        for (int t = 0; t < count; t++)
            assert_close(score[t], before[t], 1e-6, 1e-6);
    }
}

static void
centred_zeros_keep_the_mean_at_0(void **state)
{
    (void)state;
    struct index_options options = spi;
    int count = make_series(0.4);
    double share = 0.0, centre = 0.0;
    options.reference_last = count - 1;
    standardised_index(count, value, month, &options, sum, score, fit, &err);
    for (int t = 0; t < count; t++)
        share += score[t] / count;
    options.zero_rule = ZERO_CENTRE;
    standardised_index(count, value, month, &options, sum, score, fit, &err);
    for (int t = 0; t < count; t++)
        centre += score[t] / count;
    assert_true(share > 0.15);
    assert_true(fabs(centre) < 0.07);
    /* the rule itself: n0 zeros of n give (n0 + 1)/(2 (n + 1)) */
    for (int t = 0; t < count; t++)
        if (value[t] == 0.0) {
            const struct index_fit *of = &fit[month[t] - 1];
            assert_close(gsl_cdf_ugaussian_P(score[t]), (of->zero_count + 1.0) / 202.0, 1e-12, 0.0);
        }
}

static void
best_distribution_is_the_one_that_made_the_sample(void **state)
{
    (void)state;
    struct index_options options = spi;
    struct fitted_distribution made = {DISTRIBUTION_WEIBULL, {20.0, 30.0, 1.3}};
    lay_months(1920);
    for (int t = 0; t < 1920; t++)
        value[t] = distribution_quantile(&made, (t / 12 + 0.5) / 160.0);
    options.choose = true;
    options.estimator = ESTIMATOR_LMOMENTS;
    options.reference_last = 1919;
    standardised_index(1920, value, month, &options, sum, score, fit, &err);
    /* Pearson type III is very near to Weibull; the others are not */
    for (int m = 0; m < 12; m++)
        assert_true(fit[m].distribution.distribution == DISTRIBUTION_WEIBULL ||
                    fit[m].distribution.distribution == DISTRIBUTION_PEARSON3);
}

/* ---- what cannot be fitted --------------------------------------------------------------------
 */

static void
months_that_cannot_be_fitted_say_why(void **state)
{
    (void)state;
    struct index_options options = spi;
    int count = make_series(0.0);
    options.least_count = 10;
    options.reference_last = count - 1;
    for (int t = 0; t < count; t++) {
        if (month[t] == 1)
            value[t] = 0.0;
        if (month[t] == 2)
            value[t] = 7.0;
        if (month[t] == 3)
            value[t] = (double)NAN;
    }
    value[24] = 3.0;
    standardised_index(count, value, month, &options, sum, score, fit, &err);
    assert_non_null(strstr(fit[0].fault, "1 of 100 values"));
    assert_non_null(strstr(fit[1].fault, "all values are the same (7)"));
    assert_non_null(strstr(fit[2].fault, "0 values in the reference period, 10 are needed"));
    for (int t = 0; t < count; t++)
        assert_true(month[t] <= 3 ? isnan(score[t]) : isfinite(score[t]));
}

/* Outside the reference period values may be beyond anything that was fitted. */
static void
values_beyond_the_fit_stop_at_the_limit(void **state)
{
    (void)state;
    struct index_options options = spi;
    int count = make_series(0.0);
    options.reference_last = 599;
    value[1000] = 0.0;
    value[1001] = 1e9;
    standardised_index(count, value, month, &options, sum, score, fit, &err);
    assert_close(score[1000], -3.09, 0.0, 0.0);
    assert_close(score[1001], 3.09, 0.0, 0.0);
    options.clip = index_clip_none;
    options.distribution = DISTRIBUTION_LOGLOGISTIC;
    options.estimator = ESTIMATOR_LMOMENTS;
    options.zero_rule = ZERO_PLAIN;
    value[1000] = -1e9;
    standardised_index(count, value, month, &options, sum, score, fit, &err);
    for (int t = 0; t < count; t++)
        assert_true(isfinite(score[t]));
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(spi_by_thom_matches_climate_indices),
        cmocka_unit_test(indices_by_l_moments_match_r),
        cmocka_unit_test(months_with_zeros_match_r_without_its_fault),
        cmocka_unit_test(thom_matches_figures_by_hand),
        cmocka_unit_test(l_moments_match_figures_by_hand),
        cmocka_unit_test(quantiles_invert_distribution_functions),
        cmocka_unit_test(fits_find_the_parameters_of_a_dense_sample),
        cmocka_unit_test(gamma_fits_reproduce_their_l_moments),
        cmocka_unit_test(index_is_standard_and_keeps_order),
        cmocka_unit_test(change_of_unit_changes_nothing),
        cmocka_unit_test(centred_zeros_keep_the_mean_at_0),
        cmocka_unit_test(best_distribution_is_the_one_that_made_the_sample),
        cmocka_unit_test(months_that_cannot_be_fitted_say_why),
        cmocka_unit_test(values_beyond_the_fit_stop_at_the_limit),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
