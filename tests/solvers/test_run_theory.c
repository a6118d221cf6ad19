/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/run_theory.h"
#include "tests/support.h"

#include "solvers/drought_frequency.h"
#include "solvers/philox.h"

#include <gsl/gsl_errno.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 20000 };

static double value[STEPS_MAX], threshold[STEPS_MAX];
static struct drought_event event[STEPS_MAX];
static struct error err;
static const struct event_rule plain = {.reach = (double)NAN};

static void
set_threshold(int count, double limit)
{
    for (int t = 0; t < count; t++)
        threshold[t] = limit;
}

/* ---- reference --------------------------------------------------------------------------------
 */

static FILE *
open_reference(const char *name)
{
    char path[1024], line[4096];
    const char *folder = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/drought/%s",
             folder != NULL ? folder : NGUON_SHARED_DEFAULT, name);
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    return file;
}

/* SPI-3 of the record of R SPEI, 15th column, from January 1980. */
static int
read_spi(void)
{
    char line[4096];
    FILE *file = open_reference("ref_SPEI_wichita.csv");
    int count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line, *cell = NULL, *end;
        for (int i = 0; i < 15; i++)
            cell = strsep(&rest, ",");
        assert_non_null(cell);
        value[count] = strtod(cell, &end);
        if (end == cell)
            value[count] = (double)NAN;
        count++;
    }
    fclose(file);
    return count;
}

static int
month_number(const char *text)
{
    int year, month;
    assert_int_equal(sscanf(text, "%d-%d", &year, &month), 2);
    return 12 * (year - 1980) + month - 1;
}

/* Every row of one definition: start, end, duration, severity, intensity, least, inter-arrival. */
static void
compare_events(const char *definition, double limit, double reach, int expected_count)
{
    char line[4096];
    struct event_rule rule = plain;
    int count = read_spi(), row = 0;
    rule.reach = reach;
    set_threshold(count, limit);
    int found = run_events(count, value, threshold, &rule, event);
    FILE *file = open_reference("ref_run_theory_SPI3.csv");
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line, *cell[8];
        for (int i = 0; i < 8; i++)
            cell[i] = strsep(&rest, ",");
        if (strcmp(cell[0], definition) != 0)
            continue;
        const struct drought_event *of = &event[row];
        assert_true(row < found);
        assert_int_equal(of->first, month_number(cell[1]));
        assert_int_equal(of->last, month_number(cell[2]));
        assert_int_equal(of->duration, atoi(cell[3]));
        assert_close(of->severity, strtod(cell[4], NULL), 1e-8, 0.0);
        assert_close(of->severity / of->duration, strtod(cell[5], NULL), 1e-8, 0.0);
        assert_close(of->least, strtod(cell[6], NULL), 1e-8, 0.0);
        if (row > 0)
            assert_close(of->interarrival, strtod(cell[7], NULL), 0.0, 0.0);
        else
            assert_true(isnan(of->interarrival));
        row++;
    }
    fclose(file);
    assert_int_equal(row, expected_count);
    assert_int_equal(found, expected_count);
}

static void
events_match_the_reference(void **state)
{
    (void)state;
    compare_events("yevjevich_thr_-1", -1.0, (double)NAN, 31);
    compare_events("yevjevich_thr_0", 0.0, (double)NAN, 44);
    compare_events("mckee_wmo_neg_run_reaching_-1", 0.0, -1.0, 22);
}

/* ---- by hand ----------------------------------------------------------------------------------
 */

static int
events_of(int count, const double *series, double limit, const struct event_rule *rule)
{
    memcpy(value, series, (size_t)count * sizeof *value);
    set_threshold(count, limit);
    return run_events(count, value, threshold, rule, event);
}

static void
events_by_hand(void **state)
{
    (void)state;
    static const double series[] = {5, 3, 1, 5, 4, 4, 6, 2, 5, 0};
    assert_int_equal(events_of(10, series, 4.0, &plain), 3); /* 4 itself is not below 4 */
    assert_int_equal(event[0].first, 1);
    assert_int_equal(event[0].duration, 2);
    assert_close(event[0].severity, 4.0, 0.0, 0.0);
    assert_close(event[0].largest, 3.0, 0.0, 0.0);
    assert_close(event[0].least, 1.0, 0.0, 0.0);
    assert_false(event[0].cut);
    assert_int_equal(event[1].first, 7);
    assert_close(event[1].interarrival, 6.0, 0.0, 0.0);
    assert_true(event[2].cut);
}

static void
gaps_cut_events_and_are_no_drought(void **state)
{
    (void)state;
    static const double series[] = {5, 1, NAN, 1, 5};
    struct event_rule pooling = {.reach = (double)NAN, .pool_gap = 5, .pool_ratio = 10.0};
    assert_int_equal(events_of(5, series, 4.0, &pooling), 2); /* what a gap hides is not pooled */
    assert_true(event[0].cut && event[1].cut);
}

/* Deficits 3+2 | excess 0.4 over two steps | deficit 1 | excess 3 over one step | deficit 2. */
static void
pooling_by_hand(void **state)
{
    (void)state;
    static const double series[] = {9, 1, 2, 4.2, 4.2, 3, 7, 2, 9};
    struct event_rule rule = {.reach = (double)NAN, .pool_gap = 2, .pool_ratio = 0.1};
    assert_int_equal(events_of(9, series, 4.0, &rule), 2);
    assert_int_equal(event[0].first, 1);
    assert_int_equal(event[0].last, 5);
    assert_int_equal(event[0].duration, 5);
    assert_int_equal(event[0].pooled_count, 2);
    assert_close(event[0].severity, 5.0 + 1.0 - 0.4, 1e-14, 0.0);
    rule.pool_gap = 1; /* two steps are too far now */
    assert_int_equal(events_of(9, series, 4.0, &rule), 3);
    rule.pool_gap = 2;
    rule.pool_ratio = 0.07; /* 0.4 of 5 is 0.08 */
    assert_int_equal(events_of(9, series, 4.0, &rule), 3);
    rule.pool_ratio = 1.0;
    assert_int_equal(events_of(9, series, 4.0, &rule), 1);
    rule = (struct event_rule){.reach = (double)NAN, .least_duration = 2};
    assert_int_equal(events_of(9, series, 4.0, &rule), 1);
    rule = (struct event_rule){.reach = (double)NAN, .least_severity = 1.5};
    assert_int_equal(events_of(9, series, 4.0, &rule), 2);
}

static void
thresholds_are_quantiles_of_the_season(void **state)
{
    (void)state;
    double of_season[4];
    int season[40];
    for (int t = 0; t < 40; t++) {
        season[t] = t % 4;
        value[t] = 100.0 * (t % 4) + t / 4;
    }
    assert_int_equal(run_thresholds(40, value, season, 4, 0, 0.8, of_season, &err), STATUS_OK);
    for (int s = 0; s < 4; s++)
        assert_close(of_season[s], 100.0 * s + 0.2 * 9.0, 1e-14, 0.0); /* of 0..9, type 7 */
    /* a window of 1 around season 0 takes seasons 3, 0 and 1: 0-9, 100-109 and 300-309 */
    assert_int_equal(run_thresholds(40, value, season, 4, 1, 0.8, of_season, &err), STATUS_OK);
    assert_close(of_season[0], 0.2 * 29.0, 1e-14, 0.0);
}

/* ---- frequency --------------------------------------------------------------------------------
 */

/* Runs of an independent series: durations are geometric of mean 1/(1 - p), and begin every
   1/(p (1 - p)) steps. */
static void
runs_of_independent_steps_are_geometric(void **state)
{
    (void)state;
    static const double p = 0.3;
    struct philox_key key = {.seed = 11};
    double duration[STEPS_MAX], mean = 0.0, interarrival = 0.0;
    for (uint32_t t = 0; t < STEPS_MAX; t++)
        value[t] = philox_uniform(&key, t);
    set_threshold(STEPS_MAX, p);
    int count = run_events(STEPS_MAX, value, threshold, &plain, event);
    for (int e = 0; e < count; e++) {
        duration[e] = event[e].duration;
        mean += duration[e] / count;
        if (e > 0)
            interarrival += event[e].interarrival / (count - 1);
    }
    assert_close(mean, 1.0 / (1.0 - p), 0.02, 0.0);
    assert_close(interarrival, 1.0 / (p * (1.0 - p)), 0.02, 0.0);
    struct marginal geometric = {.kind = MARGINAL_GEOMETRIC};
    assert_int_equal(marginal_fit(&geometric, count, duration, &err), STATUS_OK);
    assert_true(geometric.distance < 0.02);
    assert_close(1.0 - marginal_cdf(&geometric, 3.0), p * p, 0.06, 0.0); /* P(D >= 3) */
    struct marginal exponential = {.kind = MARGINAL_EXPONENTIAL};
    assert_int_equal(marginal_fit(&exponential, count, duration, &err), STATUS_OK);
    assert_true(exponential.distance > 0.2); /* what is whole is not continuous */
}

static void
kendall_tau_by_hand(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3, 4}, y[] = {1, 3, 2, 4}, tied[] = {1, 1, 2, 2};
    assert_close(kendall_tau(4, x, y), 4.0 / 6.0, 1e-15, 0.0); /* 5 agree, 1 does not */
    assert_close(kendall_tau(4, x, tied), 4.0 / sqrt(6.0 * 4.0), 1e-15, 0.0);
}

/* tau of a copula is 4 E[C(U,V)] - 1: integrated over its density by second differences of C. */
static void
copulas_have_the_tau_they_were_made_for(void **state)
{
    (void)state;
    enum { GRID = 400 };
    double x[40], y[40];
    for (int i = 0; i < 40; i++) {
        x[i] = i;
        y[i] = (i * 17) % 40 + 2.0 * i;
    }
    for (int f = COPULA_GUMBEL; f <= COPULA_FRANK; f++) {
        struct copula copula;
        assert_int_equal(copula_fit(&copula, (enum copula_family)f, 40, x, y, &err), STATUS_OK);
        assert_int_equal(copula.family, f);
        double sum = 0.0, h = 1.0 / GRID;
        for (int i = 0; i < GRID; i++)
            for (int j = 0; j < GRID; j++) {
                double u = i * h, v = j * h;
                double mass = copula_cdf(&copula, u + h, v + h) - copula_cdf(&copula, u, v + h) -
                              copula_cdf(&copula, u + h, v) + copula_cdf(&copula, u, v);
                assert_true(mass > -1e-12);
                sum += mass * copula_cdf(&copula, u + 0.5 * h, v + 0.5 * h);
            }
        assert_close(4.0 * sum - 1.0, copula.tau, 0.0, 0.01);
        assert_true(copula.tau > 0.3 && copula.tau < 0.8);
    }
}

static void
falling_samples_are_taken_as_independent(void **state)
{
    (void)state;
    double x[20], y[20];
    struct copula copula;
    for (int i = 0; i < 20; i++) {
        x[i] = i;
        y[i] = -i;
    }
    assert_int_equal(copula_fit(&copula, COPULA_GUMBEL, 20, x, y, &err), STATUS_OK);
    assert_int_equal(copula.family, COPULA_INDEPENDENT);
    assert_close(copula.tau, -1.0, 1e-15, 0.0);
}

/* Exponential marginals of mean 2 and 5, independent, a drought every 1.5 years: closed forms. */
static void
return_periods_match_closed_forms(void **state)
{
    (void)state;
    struct drought_frequency frequency = {.interarrival = 1.5,
                                          .duration = {.kind = MARGINAL_EXPONENTIAL, .mean = 2.0},
                                          .severity = {.kind = MARGINAL_EXPONENTIAL, .mean = 5.0},
                                          .copula = {.family = COPULA_INDEPENDENT}};
    struct return_periods periods = drought_return_periods(&frequency, 6.0, 10.0);
    assert_close(periods.duration, 1.5 * exp(3.0), 1e-12, 0.0);
    assert_close(periods.severity, 1.5 * exp(2.0), 1e-12, 0.0);
    assert_close(periods.both, 1.5 * exp(5.0), 1e-10, 0.0);
    assert_close(periods.either, 1.5 / (1.0 - (1.0 - exp(-3.0)) * (1.0 - exp(-2.0))), 1e-12, 0.0);
    /* the two together come no more often than either, no less often than apart */
    for (int f = COPULA_GUMBEL; f <= COPULA_FRANK; f++) {
        frequency.copula = (struct copula){.family = (enum copula_family)f, .theta = 2.5};
        periods = drought_return_periods(&frequency, 6.0, 10.0);
        assert_true(periods.both >= periods.duration && periods.both <= 1.5 * exp(5.0));
        assert_true(periods.either <= periods.severity);
        assert_close(1.0 / periods.both + 1.0 / periods.either,
                     1.0 / periods.duration + 1.0 / periods.severity, 1e-10, 0.0);
    }
}

static void
quantiles_invert_marginals(void **state)
{
    (void)state;
    struct marginal marginals[] = {
        {.kind = MARGINAL_EXPONENTIAL, .mean = 3.0},
        {.kind = MARGINAL_GEOMETRIC, .mean = 3.0},
        {.kind = MARGINAL_FITTED, .fitted = {DISTRIBUTION_GAMMA, {1.5, 2.0}}}};
    for (int i = 0; i < 3; i++)
        for (double p = 0.05; p < 1.0; p += 0.1)
            assert_close(marginal_cdf(&marginals[i], marginal_quantile(&marginals[i], p)), p, 1e-9,
                         0.0);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_match_the_reference),
        cmocka_unit_test(events_by_hand),
        cmocka_unit_test(gaps_cut_events_and_are_no_drought),
        cmocka_unit_test(pooling_by_hand),
        cmocka_unit_test(thresholds_are_quantiles_of_the_season),
        cmocka_unit_test(runs_of_independent_steps_are_geometric),
        cmocka_unit_test(kendall_tau_by_hand),
        cmocka_unit_test(copulas_have_the_tau_they_were_made_for),
        cmocka_unit_test(falling_samples_are_taken_as_independent),
        cmocka_unit_test(return_periods_match_closed_forms),
        cmocka_unit_test(quantiles_invert_marginals),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
