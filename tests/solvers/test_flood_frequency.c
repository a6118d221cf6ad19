/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/flood_frequency.h"
#include "tests/solvers/reference_file.h"
#include "tests/support.h"

/*
 * Reference figures of the annual maxima of L0123001 (23 years, mm/d) by the package lmom 3.2 of
 * Hosking.
 */

static const double peaks[] = {4.296, 9.816, 19.08, 11.928,  12.84,   7.272,   7.08,    14.52,
                               13.2,  9.696, 23.88, 9.36,    9.048,   20.16,   6.144,   12.96,
                               5.688, 12.12, 4.776, 7.62552, 9.76968, 8.27904, 14.37336};
enum { PEAKS = sizeof peaks / sizeof *peaks };

static double
quantile(enum flood_distribution distribution, double years)
{
    double peak;
    assert_int_equal(flood_peak(distribution, PEAKS, peaks, years, &peak, NULL), STATUS_OK);
    return peak;
}

static void
quantiles_of_the_reference(void **unused)
{
    (void)unused;
    assert_close(quantile(FLOOD_PEARSON3, 100), 27.36144, 1e-6, 0);
    assert_close(quantile(FLOOD_GEV, 100), 28.38263, 1e-6, 0);
    assert_close(quantile(FLOOD_GUMBEL, 100), 27.16222, 1e-6, 0);
    assert_close(quantile(FLOOD_PEARSON3, 1000), 36.04925, 1e-6, 0);
    assert_close(quantile(FLOOD_GEV, 1000), 40.12450, 1e-6, 0);
    assert_close(quantile(FLOOD_GUMBEL, 1000), 36.40833, 1e-6, 0);
}

/* exp(mean + 2.3263 standard deviations) of the logarithms, by hand. */
static void
log_normal_is_that_of_the_logarithms(void **unused)
{
    (void)unused;
    double mean = 0.0, square = 0.0;
    for (int i = 0; i < PEAKS; i++)
        mean += log(peaks[i]) / PEAKS;
    for (int i = 0; i < PEAKS; i++)
        square += (log(peaks[i]) - mean) * (log(peaks[i]) - mean);
    double with_n = exp(mean + 2.3263478740408408 * sqrt(square / PEAKS));
    double with_n_1 = exp(mean + 2.3263478740408408 * sqrt(square / (PEAKS - 1)));
    double q100 = quantile(FLOOD_LOG_NORMAL, 100);
    assert_true(fabs(q100 - with_n) < 1e-6 || fabs(q100 - with_n_1) < 1e-6);
}

static void
the_figures_are_those_of_the_file(void **unused)
{
    static double value[REFERENCE_MAX];
    (void)unused;
    int count = reference_column("routing/flood_amax_L0123001.csv", 1, value);
    if (count == 0) {
        print_message("reference/routing is not there: skipped\n");
        skip();
    }
    assert_int_equal(count, PEAKS);
    for (int i = 0; i < count; i++)
        assert_close(value[i], peaks[i], 0, 0);
}

static void
what_cannot_be_fitted_is_refused(void **unused)
{
    (void)unused;
    static const double alike[] = {5, 5, 5, 5, 5}, zero[] = {0, 1, 2, 3, 4};
    double peak;
    enum flood_distribution distribution;
    struct error err = {0};
    assert_int_equal(flood_peak(FLOOD_GEV, 3, peaks, 100, &peak, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "too few"));
    assert_int_equal(flood_peak(FLOOD_GEV, 5, alike, 100, &peak, NULL), STATUS_INPUT);
    assert_int_equal(flood_peak(FLOOD_GUMBEL, 5, alike, 100, &peak, NULL), STATUS_INPUT);
    assert_int_equal(flood_peak(FLOOD_LOG_NORMAL, 5, zero, 100, &peak, NULL), STATUS_INPUT);
    err = (struct error){0};
    assert_int_equal(flood_distribution_find("gumble", &distribution, &err), STATUS_USAGE);
    assert_non_null(strstr(err.text, "pearson3, gev, gumbel or log_normal"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_the_reference),
        cmocka_unit_test(the_figures_are_those_of_the_file),
        cmocka_unit_test(log_normal_is_that_of_the_logarithms),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
    };
    return cmocka_run_group_tests_name("flood_frequency", tests, NULL, NULL);
}
