/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/synthetic_flow.h"
#include "tests/support.h"

#include "solvers/philox.h"

#include <gsl/gsl_errno.h>

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { SITES = 2, DAYS_MAX = 9000 };

static double value[SITES][DAYS_MAX];
static int64_t start_s[DAYS_MAX + 1];
static int line[DAYS_MAX];
static char path[] = "record.csv", names[SITES][8] = {"east", "west"};
static struct site_series series[SITES];
static struct error err;

/* Days from a date on; volumes of a season with noise that the sites share in part. */
static void
make_days(struct date first, int count)
{
    for (int t = 0; t <= count; t++)
        start_s[t] = date_to_seconds(first) + (int64_t)86400 * t;
    for (int t = 0; t < count; t++) {
        line[t] = t + 2;
        for (uint32_t s = 0; s < SITES; s++) {
            struct philox_key own = {.seed = 3, .site = s}, all = {.seed = 3, .site = 9};
            double noise = exp(0.3 * philox_normal(&own, (uint32_t)t / 20) +
                               0.6 * philox_normal(&all, (uint32_t)t / 20));
            value[s][t] = 86400.0 * noise * (2.0 + sin(2.0 * M_PI * t / 365.25));
        }
    }
    for (int s = 0; s < SITES; s++)
        series[s] = (struct site_series){path,  names[s], SITE_VOLUME_M3, STEP_DAILY,
                                         count, start_s,  value[s],       line};
}

static const struct synthetic_request usual = {.method = FLOW_KIRSCH,
                                               .change = {1.0, {1.0, 1.0}, {0.0, 0.0}, 1.0},
                                               .seed = 42,
                                               .member_count = 5,
                                               .year_count = 8,
                                               .start_year = 2003,
                                               .daily = true,
                                               .window_days = 7};

/* Keeps all members one after another. */
struct kept {
    float *flow_m3s;
    long member_size;
    int next;
};

static enum status
keep(void *context, int member_i, const float *flow_m3s, struct error *error)
{
    struct kept *kept = context;
    (void)error;
    assert_int_equal(member_i, kept->next++);
    memcpy(kept->flow_m3s + member_i * kept->member_size, flow_m3s,
           (size_t)kept->member_size * sizeof *flow_m3s);
    return STATUS_OK;
}

static float *
generate(const struct synthetic_source *source, const struct synthetic_request *request,
         struct synthetic_flow *made)
{
    int days = 0;
    for (int y = 0; y < request->year_count; y++)
        days += is_leap_year(request->start_year + y) ? 366 : 365;
    long steps = request->daily ? days : request->year_count * 12L;
    struct kept kept = {malloc((size_t)(steps * SITES * request->member_count) * sizeof(float)),
                        steps * SITES, 0};
    assert_non_null(kept.flow_m3s);
    assert_int_equal(synthetic_flow_generate(made, source, request, keep, &kept, &err), STATUS_OK);
    assert_int_equal(made->step_count, steps);
    assert_int_equal(kept.next, request->member_count);
    return kept.flow_m3s;
}

/* ---- the record -------------------------------------------------------------------------------
 */

static void
only_whole_years_are_taken(void **state)
{
    (void)state;
    struct synthetic_source source;
    make_days((struct date){1990, 11, 20, 0}, 3700); /* to 6 January 2001 */
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_OK);
    assert_int_equal(source.first_year, 1991);
    assert_int_equal(source.year_count, 10);
    assert_int_equal(source.day_count, 3653);
    int first = 42; /* 1 January 1991 */
    double mean = 0.0;
    for (int d = 0; d < 31; d++)
        mean += value[1][first + d] / 86400.0 / 31.0;
    assert_close(source.month_m3s[1], mean, 1e-12, 0.0);
    assert_close(source.day_m3s[1], value[1][first] / 86400.0, 1e-12, 0.0);
    synthetic_source_finish(&source);
}

static void
hard_records_are_refused(void **state)
{
    (void)state;
    struct synthetic_source source;
    make_days((struct date){1990, 1, 2, 0}, 363);
    err = (struct error){0};
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "covers no whole calendar year"));
    make_days((struct date){1990, 1, 1, 0}, 3652);
    value[1][31] = (double)NAN;
    err = (struct error){0};
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "record.csv:33: column 'west' is missing on 1990-02-01"));
    make_days((struct date){1990, 1, 1, 0}, 3652);
    series[1].count = 3000;
    err = (struct error){0};
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "cover other steps"));
}

/* ---- members ----------------------------------------------------------------------------------
 */

static void
members_are_the_same_in_any_ensemble_on_any_threads(void **state)
{
    (void)state;
    struct synthetic_source source;
    struct synthetic_flow made, other;
    struct synthetic_request more = usual;
    make_days((struct date){1985, 1, 1, 0}, 7305);
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_OK);
    for (int method = 0; method < FLOW_METHOD_COUNT; method++) {
        struct synthetic_request request = usual;
        request.method = more.method = (enum flow_method)method;
        more.member_count = 40; /* more than one batch */
        omp_set_num_threads(1);
        float *a = generate(&source, &request, &made);
        omp_set_num_threads(4);
        float *b = generate(&source, &more, &other);
        assert_memory_equal(a, b,
                            (size_t)made.step_count * SITES * 5 * sizeof *a); /* its first five */
        assert_true(memcmp(a, a + (long)made.step_count * SITES, 100) != 0);
        free(a);
        free(b);
        synthetic_flow_finish(&made);
        synthetic_flow_finish(&other);
    }
    synthetic_source_finish(&source);
}

static void
days_make_up_their_months_in_leap_years_too(void **state)
{
    (void)state;
    struct synthetic_source source;
    struct synthetic_flow made;
    make_days((struct date){1985, 1, 1, 0}, 7305);
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_OK);
    float *flow = generate(&source, &usual, &made);
    const float *at = flow;
    for (int i = 0; i < usual.member_count; i++)
        for (int t = 0; t < usual.year_count * 12; t++) {
            int length = days_in_month(2003 + t / 12, t % 12 + 1);
            for (int s = 0; s < SITES; s++) {
                double sum = 0.0;
                for (int d = 0; d < length; d++)
                    sum += (double)at[d * SITES + s];
                assert_close(sum / length,
                             made.month_m3s[(i * usual.year_count * 12L + t) * SITES + s], 1e-5,
                             0.0);
            }
            at += length * SITES;
        }
    /* the least week of the first year, by hand */
    double least = (double)INFINITY;
    for (int d = 0; d + 7 <= 365; d++) {
        double sum = 0.0;
        for (int k = 0; k < 7; k++)
            sum += (double)flow[(d + k) * SITES];
        least = fmin(least, sum / 7.0);
    }
    assert_close((double)made.week_m3s[0], least, 1e-5, 0.0);
    free(flow);
    synthetic_flow_finish(&made);
    synthetic_source_finish(&source);
}

static enum status
refuse(void *context, int member_i, const float *flow_m3s, struct error *error)
{
    (void)context;
    (void)flow_m3s;
    return member_i < 2 ? STATUS_OK : error_set(error, STATUS_FILE_WRITE, "the disk is full");
}

static void
a_sink_that_fails_stops_the_run(void **state)
{
    (void)state;
    struct synthetic_source source;
    struct synthetic_flow made;
    make_days((struct date){1985, 1, 1, 0}, 7305);
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_OK);
    err = (struct error){0};
    assert_int_equal(synthetic_flow_generate(&made, &source, &usual, refuse, NULL, &err),
                     STATUS_FILE_WRITE);
    assert_string_equal(err.text, "the disk is full");
    assert_null(made.month_m3s);
    synthetic_source_finish(&source);
}

static void
report_compares_source_and_synthetic(void **state)
{
    (void)state;
    struct synthetic_source source;
    struct synthetic_flow made;
    struct synthetic_report report;
    struct synthetic_request request = usual;
    request.method = FLOW_PAR;
    request.daily = false;
    request.member_count = 60;
    request.year_count = 50;
    make_days((struct date){1985, 1, 1, 0}, 7305);
    assert_int_equal(synthetic_source_init(&source, SITES, series, &err), STATUS_OK);
    assert_int_equal(synthetic_flow_generate(&made, &source, &request, NULL, NULL, &err),
                     STATUS_OK);
    assert_int_equal(synthetic_report_make(&report, &source, &request, &made, &err), STATUS_OK);
    const struct flow_statistics *a = &report.source, *b = &report.synthetic;
    for (int s = 0; s < SITES; s++) {
        double mean = 0.0;
        for (int t = 0; t < 20 * 12; t++)
            mean += source.month_m3s[t * SITES + s] / 240.0;
        assert_close(a->annual_mean[s], mean, 1e-12, 0.0);
        assert_close(b->annual_mean[s], mean, 0.05, 0.0);
        assert_true(a->q95[s] < a->q90[s]);
        assert_close(b->q90[s], a->q90[s], 0.2, 0.0);
        assert_true(a->drought_mean[s] >= 1.0 && a->drought_longest[s] >= a->drought_mean[s]);
    }
    synthetic_report_finish(&report);
    synthetic_flow_finish(&made);
    synthetic_source_finish(&source);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_whole_years_are_taken),
        cmocka_unit_test(hard_records_are_refused),
        cmocka_unit_test(members_are_the_same_in_any_ensemble_on_any_threads),
        cmocka_unit_test(days_make_up_their_months_in_leap_years_too),
        cmocka_unit_test(a_sink_that_fails_stops_the_run),
        cmocka_unit_test(report_compares_source_and_synthetic),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
