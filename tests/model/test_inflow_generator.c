/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/inflow_generator.h"
#include "tests/random.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

/*
 * The generator against the moments its formulas promise. The limits are five standard errors of
 * each estimate, from the theory of log-normal variables and first-order autoregression, never from
 * the generator itself. Seeds are fixed: a test fails always or never.
 */

enum { FIRST_YEAR = 1601, YEARS = 4000, MONTHS = 12 * YEARS };

static const double year_s = 365.2425 * 86400;
static const double errors_allowed = 5.0;

static const struct inflow_generator monsoon = {
    .mean_m3s = 3.2,
    .monthly_fraction = {.02, .02, .03, .05, .09, .14, .18, .20, .13, .08, .04, .02},
    .cv = 0.35,
    .lag1 = 0.4,
    .recession_days = 6,
    .base_fraction = 0.4,
    .region_correlation = 0.6,
    .site = "yen_lap",
    .region = "west"};

static void
make_axis(struct timeaxis *axis, enum step_kind step, int from_year, int to_year)
{
    struct date first = {.year = from_year, .month = 1, .day = 1};
    struct date last = {.year = to_year, .month = 12, .day = 31};
    assert_int_equal(timeaxis_init(axis, step, first, last, NULL), STATUS_OK);
}

static double *
generate(const struct inflow_generator *generator, uint64_t seed, uint32_t realisation,
         const struct timeaxis *axis)
{
    double *flow_m3s = calloc((size_t)axis->step_count, sizeof *flow_m3s);
    struct error err = {0};
    assert_non_null(flow_m3s);
    if (inflow_generate(generator, seed, realisation, axis, flow_m3s, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    return flow_m3s;
}

/* Standard scores of the months, from their volumes. */
static double *
scores_of(const struct inflow_generator *generator, uint64_t seed, uint32_t realisation,
          const struct timeaxis *axis)
{
    double sigma;
    double *score = generate(generator, seed, realisation, axis);
    assert_int_equal(inflow_generator_sigma(generator, &sigma, NULL), STATUS_OK);
    for (int t = 0; t < axis->step_count; t++) {
        double mean_m3 = generator->mean_m3s * year_s * generator->monthly_fraction[t % 12];
        score[t] = (log(score[t] * axis->dt_s[t] / mean_m3) + 0.5 * sigma * sigma) / sigma;
    }
    return score;
}

static double
mean_product(const double *a, const double *b, int count)
{
    double sum = 0.0;
    for (int i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum / count;
}

/* ---- months and years ------------------------------------------------------------------------ */

static void
months_have_their_means(void **state)
{
    (void)state;
    struct timeaxis axis;
    double sigma;
    make_axis(&axis, STEP_MONTHLY, FIRST_YEAR, FIRST_YEAR + YEARS - 1);
    double *flow_m3s = generate(&monsoon, 2022, 1, &axis);
    assert_int_equal(inflow_generator_sigma(&monsoon, &sigma, NULL), STATUS_OK);
    double year_m3 = monsoon.mean_m3s * year_s;
    double total_m3 = 0.0;
    for (int m = 0; m < 12; m++) {
        double sum_m3 = 0.0;
        for (int t = m; t < MONTHS; t += 12)
            sum_m3 += flow_m3s[t] * axis.dt_s[t];
        double wanted_m3 = year_m3 * monsoon.monthly_fraction[m];
        /* twelve months apart the scores are as good as independent: 0.4^12 is 2e-5 */
        double error_m3 = wanted_m3 * sqrt(expm1(sigma * sigma) / YEARS);
        assert_close(sum_m3 / YEARS, wanted_m3, 0, errors_allowed * error_m3);
        total_m3 += sum_m3;
    }
    assert_close(total_m3 / YEARS, year_m3, 0, errors_allowed * year_m3 * monsoon.cv / sqrt(YEARS));
    free(flow_m3s);
    timeaxis_finish(&axis);
}

/* k-th moment about zero of the annual flow, in units of its mean, by summing over all months. */
static double
annual_moment(const struct inflow_generator *g, double sigma, int k)
{
    double power[12], sum = 0.0;
    for (int lag = 0; lag < 12; lag++)
        power[lag] = pow(g->lag1, lag) * sigma * sigma;
    int cells = 1;
    for (int i = 0; i < k; i++)
        cells *= 12;
    for (int cell = 0; cell < cells; cell++) {
        int month[4] = {cell % 12, cell / 12 % 12, cell / 144 % 12, cell / 1728};
        double mean = 1.0, exponent = 0.0;
        for (int i = 0; i < k; i++) {
            mean *= g->monthly_fraction[month[i]];
            for (int j = 0; j < i; j++)
                exponent += power[abs(month[i] - month[j])];
        }
        sum += mean * exp(exponent);
    }
    return sum;
}

static void
years_vary_as_asked(void **state)
{
    (void)state;
    static const double cvs[] = {0.1, 0.25, 0.5};
    static const double lags[] = {0.0, 0.4, 0.7};
    struct timeaxis axis;
    make_axis(&axis, STEP_MONTHLY, FIRST_YEAR, FIRST_YEAR + YEARS - 1);
    for (int i = 0; i < 3; i++) {
        struct inflow_generator g = monsoon;
        double sigma;
        g.cv = cvs[i];
        g.lag1 = lags[i];
        assert_int_equal(inflow_generator_sigma(&g, &sigma, NULL), STATUS_OK);
        double m2 = annual_moment(&g, sigma, 2), m3 = annual_moment(&g, sigma, 3);
        assert_close(m2 - 1.0, g.cv * g.cv, 1e-9, 0);
        double central4 = annual_moment(&g, sigma, 4) - 4 * m3 + 6 * m2 - 3;
        double *flow_m3s = generate(&g, 77, 3, &axis);
        double variance = 0.0;
        for (int year = 0; year < YEARS; year++) {
            double sum_m3 = 0.0;
            for (int t = 12 * year; t < 12 * year + 12; t++)
                sum_m3 += flow_m3s[t] * axis.dt_s[t];
            double departure = sum_m3 / (g.mean_m3s * year_s) - 1.0;
            variance += departure * departure / YEARS;
        }
        double error = sqrt((central4 - pow(g.cv, 4)) / YEARS);
        assert_close(variance, g.cv * g.cv, 0, errors_allowed * error);
        free(flow_m3s);
    }
    timeaxis_finish(&axis);
}

static void
scores_are_normal_and_remember_the_month_before(void **state)
{
    (void)state;
    struct timeaxis axis;
    make_axis(&axis, STEP_MONTHLY, FIRST_YEAR, FIRST_YEAR + YEARS - 1);
    for (int i = 0; i < 3; i++) {
        struct inflow_generator g = monsoon;
        double rho = g.lag1 = (const double[]){0.0, 0.4, 0.8}[i];
        double *z = scores_of(&g, 5, 1, &axis);
        double mean = 0.0, cube = 0.0, tail = 0.0;
        for (int t = 0; t < MONTHS; t++) {
            mean += z[t] / MONTHS;
            cube += z[t] * z[t] * z[t] / MONTHS;
            tail += (fabs(z[t]) > 1.959963984540054) / (double)MONTHS;
        }
        double n = MONTHS, rho2 = rho * rho, rho3 = rho2 * rho;
        assert_close(mean, 0, 0, errors_allowed * sqrt((1 + rho) / (1 - rho) / n));
        double variance_error = sqrt(2 * (1 + rho2) / (1 - rho2) / n);
        assert_close(mean_product(z, z, MONTHS), 1, 0, errors_allowed * variance_error);
        /* third powers: 9 rho + 6 rho^3 is their covariance a month apart */
        double cube_error = sqrt((9 * (1 + rho) / (1 - rho) + 6 * (1 + rho3) / (1 - rho3)) / n);
        assert_close(cube, 0, 0, errors_allowed * cube_error);
        assert_close(tail, 0.05, 0, errors_allowed * sqrt(0.05 * 0.95 / n * (1 + rho) / (1 - rho)));
        for (int lag = 1; lag <= 3; lag++) {
            /* Bartlett's formula is at most (1 + rho^2) / (1 - rho^2) for the products */
            double error = sqrt((1 + pow(rho, 2 * lag)) * (1 + rho2) / (1 - rho2) / n);
            assert_close(mean_product(z, z + lag, MONTHS - lag), pow(rho, lag), 0,
                         errors_allowed * error);
        }
        free(z);
    }
    timeaxis_finish(&axis);
}

static void
sites_of_a_region_share_their_weather(void **state)
{
    (void)state;
    struct timeaxis axis;
    make_axis(&axis, STEP_MONTHLY, FIRST_YEAR, FIRST_YEAR + YEARS - 1);
    struct inflow_generator other = monsoon, elsewhere = monsoon, alone = monsoon, twin = monsoon;
    other.site = "dam_ha";
    other.cv = 0.2; /* another spread, another mean: the scores correlate all the same */
    other.mean_m3s = 11;
    elsewhere.site = "tien_yen";
    elsewhere.region = "east";
    alone.site = "cua_ong";
    alone.region = NULL;
    twin.site = "mong_cai";
    twin.region_correlation = 1.0;
    struct inflow_generator twin2 = twin;
    twin2.site = "van_don";
    const struct inflow_generator *const sites[] = {&monsoon, &other, &elsewhere,
                                                    &alone,   &twin,  &twin2};
    double *z[6];
    for (int i = 0; i < 6; i++)
        z[i] = scores_of(sites[i], 9, 2, &axis);
    double rho2 = monsoon.lag1 * monsoon.lag1;
    double error = sqrt((1 + rho2) / (1 - rho2) / MONTHS); /* of uncorrelated series */
    double c = monsoon.region_correlation;
    assert_close(mean_product(z[0], z[1], MONTHS), c, 0, errors_allowed * error * sqrt(1 + c * c));
    assert_close(mean_product(z[0], z[2], MONTHS), 0, 0, errors_allowed * error);
    assert_close(mean_product(z[0], z[3], MONTHS), 0, 0, errors_allowed * error);
    assert_close(mean_product(z[2], z[3], MONTHS), 0, 0, errors_allowed * error);
    /* a site wholly of its region: sqrt(c) with those partly so, the same as another such */
    assert_close(mean_product(z[0], z[4], MONTHS), sqrt(c), 0,
                 errors_allowed * error * sqrt(1 + c));
    for (int t = 0; t < MONTHS; t++)
        assert_close(z[4][t], z[5][t], 0, 1e-9);
    for (int i = 0; i < 6; i++)
        free(z[i]);
    timeaxis_finish(&axis);
}

static void
realisations_seeds_and_sites_are_independent(void **state)
{
    (void)state;
    struct timeaxis axis;
    make_axis(&axis, STEP_MONTHLY, FIRST_YEAR, FIRST_YEAR + YEARS - 1);
    struct inflow_generator other = monsoon;
    other.region = NULL;
    other.site = "west"; /* the id of the other's region: still another stream */
    double *z[5] = {scores_of(&monsoon, 1, 1, &axis), scores_of(&monsoon, 1, 2, &axis),
                    scores_of(&monsoon, 2, 1, &axis), scores_of(&monsoon, 1ull << 32, 1, &axis),
                    scores_of(&other, 1, 1, &axis)};
    double rho2 = monsoon.lag1 * monsoon.lag1;
    double error = sqrt((1 + rho2) / (1 - rho2) / MONTHS);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < i; j++)
            assert_close(mean_product(z[i], z[j], MONTHS), 0, 0, errors_allowed * error);
    for (int i = 0; i < 5; i++)
        free(z[i]);
    timeaxis_finish(&axis);
}

/* ---- calendar -------------------------------------------------------------------------------- */

static void
a_date_has_its_flow_in_every_run(void **state)
{
    (void)state;
    struct timeaxis whole;
    make_axis(&whole, STEP_DAILY, 1995, 2004);
    double *flow_m3s = generate(&monsoon, 4, 1, &whole);
    double *again_m3s = generate(&monsoon, 4, 1, &whole);
    assert_memory_equal(flow_m3s, again_m3s, (size_t)whole.step_count * sizeof *flow_m3s);
    free(again_m3s);
    uint64_t seed = 12;
    for (int run = 0; run < 60; run++) {
        struct timeaxis part;
        enum step_kind step = (enum step_kind)(run % 4);
        struct date first = {
            .year = 1995 + random_below(&seed, 8), .month = 1 + random_below(&seed, 12), .day = 1};
        if (step == STEP_HOURLY || step == STEP_DAILY)
            first.day += random_below(&seed, 28);
        struct date last =
            date_from_seconds(date_to_seconds(first) + 86400 * (int64_t)random_below(&seed, 500));
        assert_int_equal(timeaxis_init(&part, step, first, last, NULL), STATUS_OK);
        double *part_m3s = generate(&monsoon, 4, 1, &part);
        for (int t = 0; t < part.step_count; t++) {
            int from_d = timeaxis_find(&whole, part.start_s[t]);
            int to_d = timeaxis_find(&whole, part.start_s[t + 1] - 1);
            assert_true(from_d >= 0 && to_d >= 0);
            double sum = 0.0;
            for (int d = from_d; d <= to_d; d++)
                sum += flow_m3s[d];
            if (from_d == to_d) /* bit for bit */
                assert_true(part_m3s[t] == flow_m3s[from_d]);
            else
                assert_close(part_m3s[t], sum / (to_d - from_d + 1), 1e-14, 0);
        }
        free(part_m3s);
        timeaxis_finish(&part);
    }
    free(flow_m3s);
    timeaxis_finish(&whole);
}

static void
without_spread_each_month_has_its_share_of_the_mean_year(void **state)
{
    (void)state;
    struct timeaxis axis;
    struct inflow_generator g = monsoon;
    g.cv = 0.0;
    make_axis(&axis, STEP_DAILY, 1999, 2004); /* with leap years: the volume stays */
    double *flow_m3s = generate(&g, 4, 1, &axis);
    double month_m3 = 0.0;
    bool varies = false;
    for (int t = 0; t < axis.step_count; t++) {
        month_m3 += flow_m3s[t] * axis.dt_s[t];
        varies = varies || (t > 0 && flow_m3s[t] != flow_m3s[t - 1] && axis.day[t] > 1);
        if (axis.day[t] < axis.days_in_month[t])
            continue;
        assert_close(month_m3, g.mean_m3s * year_s * g.monthly_fraction[axis.month[t] - 1], 1e-13,
                     0);
        month_m3 = 0.0;
    }
    assert_true(varies); /* storms still spread a month over its days */
    free(flow_m3s);
    timeaxis_finish(&axis);
}

static void
the_days_of_a_month_hold_its_volume(void **state)
{
    (void)state;
    struct timeaxis days, months;
    make_axis(&days, STEP_DAILY, 1901, 1999);
    make_axis(&months, STEP_MONTHLY, 1901, 1999);
    double *daily_m3s = generate(&monsoon, 31, 7, &days);
    double *z = scores_of(&monsoon, 31, 7, &months);
    double sigma;
    assert_int_equal(inflow_generator_sigma(&monsoon, &sigma, NULL), STATUS_OK);
    int d = 0;
    for (int t = 0; t < months.step_count; t++) {
        double volume_m3 = 0.0;
        double least_m3s = (double)INFINITY;
        for (; d < days.step_count && days.start_s[d] < months.start_s[t + 1]; d++) {
            volume_m3 += daily_m3s[d] * days.dt_s[d];
            least_m3s = fmin(least_m3s, daily_m3s[d]);
        }
        double wanted_m3 = monsoon.mean_m3s * year_s * monsoon.monthly_fraction[t % 12] *
                           exp(sigma * z[t] - 0.5 * sigma * sigma);
        assert_close(volume_m3, wanted_m3, 1e-12, 0);
        assert_true(least_m3s >=
                    monsoon.base_fraction * volume_m3 / months.dt_s[t] * (1.0 - 1e-12));
    }
    free(daily_m3s);
    free(z);
    timeaxis_finish(&days);
    timeaxis_finish(&months);
}

/* ---- days ------------------------------------------------------------------------------------ */

static void
floods_come_as_often_as_their_month_is_wet_and_recede(void **state)
{
    (void)state;
    struct timeaxis axis;
    make_axis(&axis, STEP_DAILY, 1601, 2000);
    struct inflow_generator g = monsoon;
    g.base_fraction = 0.0;
    double *flow_m3s = generate(&g, 3, 1, &axis);
    double keep = exp(-1.0 / g.recession_days);
    int rises[12] = {0}, count[12] = {0};
    for (int t = 1; t < axis.step_count; t++) {
        int m = axis.month[t] - 1;
        if (axis.day[t] == 1 || flow_m3s[t - 1] <= 0.0)
            continue; /* another month has another volume */
        double ratio = flow_m3s[t] / flow_m3s[t - 1];
        assert_true(ratio >= keep * (1.0 - 1e-9)); /* never faster than the recession */
        count[m]++;
        bool stormless = fabs(ratio - 1.0) < 1e-12; /* such a month is even */
        rises[m] += ratio > keep * (1.0 + 1e-9) && !stormless;
    }
    for (int m = 0; m < 12; m++) {
        double chance = fmin(0.95, 0.15 * 12.0 * g.monthly_fraction[m]);
        double error = sqrt(chance * (1.0 - chance) / count[m]);
        assert_close((double)rises[m] / count[m], chance, 0, errors_allowed * error);
    }
    free(flow_m3s);
    timeaxis_finish(&axis);
}

static void
a_base_of_all_flow_is_even(void **state)
{
    (void)state;
    struct timeaxis axis;
    struct inflow_generator g = monsoon;
    g.base_fraction = 1.0;
    make_axis(&axis, STEP_DAILY, 2000, 2003);
    double *flow_m3s = generate(&g, 3, 1, &axis);
    for (int t = 1; t < axis.step_count; t++)
        if (axis.day[t] > 1)
            assert_true(flow_m3s[t] == flow_m3s[t - 1]);
    free(flow_m3s);
    timeaxis_finish(&axis);
}

static void
dry_months_and_long_recessions_are_no_trouble(void **state)
{
    (void)state;
    struct timeaxis axis;
    struct inflow_generator g = monsoon;
    memset(g.monthly_fraction, 0, sizeof g.monthly_fraction);
    g.monthly_fraction[7] = 1.0;
    g.recession_days = 1e6;
    g.cv = 3.0;
    g.lag1 = 0.99;
    make_axis(&axis, STEP_DAILY, 1600, 1604);
    double *flow_m3s = generate(&g, 3, 1, &axis);
    for (int t = 0; t < axis.step_count; t++) {
        assert_true(isfinite(flow_m3s[t]) && flow_m3s[t] >= 0.0);
        assert_true((flow_m3s[t] > 0.0) == (axis.month[t] == 8));
    }
    free(flow_m3s);
    g.mean_m3s = 0.0;
    flow_m3s = generate(&g, 3, 1, &axis);
    for (int t = 0; t < axis.step_count; t++)
        assert_true(flow_m3s[t] == 0.0);
    free(flow_m3s);
    timeaxis_finish(&axis);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static void
the_spread_of_months_follows_from_that_of_years(void **state)
{
    (void)state;
    struct inflow_generator g = monsoon;
    double sigma;
    for (int i = 1; i <= 30; i++) {
        g.cv = 0.1 * i;
        /* all in one month: the year is that month */
        memset(g.monthly_fraction, 0, sizeof g.monthly_fraction);
        g.monthly_fraction[3] = 1.0;
        assert_int_equal(inflow_generator_sigma(&g, &sigma, NULL), STATUS_OK);
        assert_close(sigma, sqrt(log1p(g.cv * g.cv)), 1e-10, 0);
        /* twelve equal and independent months */
        g.lag1 = 0.0;
        for (int m = 0; m < 12; m++)
            g.monthly_fraction[m] = 1 / 12.0;
        assert_int_equal(inflow_generator_sigma(&g, &sigma, NULL), STATUS_OK);
        assert_close(sigma, sqrt(log1p(12 * g.cv * g.cv)), 1e-10, 0);
        g.lag1 = 0.4;
    }
    g.cv = 0.0;
    assert_int_equal(inflow_generator_sigma(&g, &sigma, NULL), STATUS_OK);
    assert_close(sigma, 0, 0, 0);
}

static void
parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    struct inflow_generator bad[16];
    int count = 0;
    struct timeaxis axis;
    double sigma, flow_m3s[12];
    for (int i = 0; i < 16; i++)
        bad[i] = monsoon;
    bad[count++].cv = -0.1;
    bad[count++].cv = 3.1;
    bad[count++].cv = NAN;
    bad[count++].lag1 = 1.0;
    bad[count++].lag1 = -0.1;
    bad[count++].lag1 = NAN;
    bad[count++].monthly_fraction[2] = -0.03;
    bad[count++].monthly_fraction[2] = 0.04;
    bad[count++].monthly_fraction[2] = NAN;
    bad[count++].recession_days = 0;
    bad[count++].recession_days = (double)INFINITY;
    bad[count++].base_fraction = 1.1;
    bad[count++].region_correlation = -0.1;
    bad[count++].mean_m3s = -1;
    bad[count++].mean_m3s = NAN;
    bad[count++].mean_m3s = (double)INFINITY;
    make_axis(&axis, STEP_MONTHLY, 2000, 2000);
    for (int i = 0; i < count; i++) {
        struct error err = {0};
        assert_int_equal(inflow_generator_sigma(&bad[i], &sigma, &err), STATUS_INPUT);
        assert_true(err.text[0] != '\0');
        assert_int_equal(inflow_generate(&bad[i], 1, 1, &axis, flow_m3s, NULL), STATUS_INPUT);
    }
    timeaxis_finish(&axis);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_have_their_means),
        cmocka_unit_test(years_vary_as_asked),
        cmocka_unit_test(scores_are_normal_and_remember_the_month_before),
        cmocka_unit_test(sites_of_a_region_share_their_weather),
        cmocka_unit_test(realisations_seeds_and_sites_are_independent),
        cmocka_unit_test(a_date_has_its_flow_in_every_run),
        cmocka_unit_test(without_spread_each_month_has_its_share_of_the_mean_year),
        cmocka_unit_test(the_days_of_a_month_hold_its_volume),
        cmocka_unit_test(floods_come_as_often_as_their_month_is_wet_and_recede),
        cmocka_unit_test(a_base_of_all_flow_is_even),
        cmocka_unit_test(dry_months_and_long_recessions_are_no_trouble),
        cmocka_unit_test(the_spread_of_months_follows_from_that_of_years),
        cmocka_unit_test(parameters_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
