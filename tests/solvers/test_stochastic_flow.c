/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/stochastic_flow.h"
#include "tests/support.h"

#include "solvers/correlation.h"
#include "solvers/flow_days.h"
#include "solvers/flow_statistics.h"
#include "solvers/philox.h"

#include <gsl/gsl_errno.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SITES = 3, YEARS = 90, MADE_YEARS = 4000, DAYS_MAX = 12000 };

static double record_flow[YEARS * MONTHS * SITES];
static const char *const site_names[] = {"a", "b", "c"};
static struct error err;

/* Log-normal months about a season, autoregressive and correlated between the sites. */
static struct flow_record
make_record(int year_count, double common)
{
    double z[SITES] = {0.0};
    for (int t = 0; t < year_count * MONTHS; t++) {
        struct philox_key all = {.seed = 5};
        double shared = philox_normal(&all, (uint32_t)t);
        for (int s = 0; s < SITES; s++) {
            struct philox_key own = {.seed = 5, .site = (uint32_t)s + 1};
            double noise =
                common * shared + sqrt(1.0 - common * common) * philox_normal(&own, (uint32_t)t);
            z[s] = 0.6 * z[s] + 0.8 * noise;
            double season = 1.0 + cos(2.0 * M_PI * (t % MONTHS - 7) / 12.0);
            record_flow[t * SITES + s] = exp(season + 0.5 * s + 0.5 * z[s]);
        }
    }
    return (struct flow_record){year_count, SITES, record_flow};
}

static double *
generate(const struct flow_model *model, uint32_t member, int year_count)
{
    double *flow = malloc((size_t)(year_count * MONTHS * model->site_count) * sizeof *flow);
    double *workspace = malloc((size_t)flow_model_workspace(model, year_count) * sizeof *workspace);
    assert_non_null(flow);
    assert_non_null(workspace);
    flow_model_generate(model, 17, member, year_count, workspace, flow);
    free(workspace);
    return flow;
}

/* Largest errors against the bounds: log-mean in sd, log-sd relative, lag-one, between sites. */
static void
largest_errors(const struct flow_record *record, const double *made, int year_count,
               double error[4])
{
    double floor[SITES] = {1e-300, 1e-300, 1e-300}, threshold[MONTHS * SITES];
    const struct flow_sample source = {1, record->year_count, SITES, record->flow};
    const struct flow_sample synthetic = {1, year_count, SITES, made};
    struct flow_statistics a, b;
    assert_int_equal(flow_thresholds(&source, threshold, &err), STATUS_OK);
    assert_int_equal(flow_statistics_compute(&a, &source, floor, threshold, 30, &err), STATUS_OK);
    assert_int_equal(flow_statistics_compute(&b, &synthetic, floor, threshold, 30, &err),
                     STATUS_OK);
    memset(error, 0, 4 * sizeof *error);
    for (int i = 0; i < MONTHS * SITES; i++) {
        error[0] = fmax(error[0], fabs(b.log_mean[i] - a.log_mean[i]) / a.log_sd[i]);
        error[1] = fmax(error[1], fabs(b.log_sd[i] / a.log_sd[i] - 1.0));
        error[2] = fmax(error[2], fabs(b.lag1[i] - a.lag1[i]));
        for (int o = 0; o < SITES; o++)
            error[3] = fmax(error[3], fabs(b.cross[i * SITES + o] - a.cross[i * SITES + o]));
    }
    flow_statistics_finish(&a);
    flow_statistics_finish(&b);
}

/* The bounds of the reference implementation, which also had some 80 years and four sites; the
   sampling error of 4,000 years stands beside the method's. */
static void
statistics_of_the_record_are_kept(void **state)
{
    (void)state;
    struct flow_record record = make_record(YEARS, 0.95);
    for (int method = FLOW_KIRSCH; method <= FLOW_PAR; method++) {
        struct flow_model model;
        double error[4];
        assert_int_equal(flow_model_fit(&model, (enum flow_method)method, &record, site_names,
                                        &monsoon_unchanged, &err),
                         STATUS_OK);
        assert_int_equal(model.repaired_count, 0);
        assert_int_equal(model.floored_count, 0);
        double *made = generate(&model, 0, MADE_YEARS);
        largest_errors(&record, made, MADE_YEARS, error);
        assert_true(error[0] <= 0.055);
        assert_true(error[1] <= 0.040);
        assert_true(error[2] <= (method == FLOW_PAR ? 0.045 : 0.100));
        assert_true(error[3] <= (method == FLOW_PAR ? 0.040 : 0.119));
        free(made);
        flow_model_finish(&model);
    }
}

/* Nearest neighbours put out months of the record and nothing else. */
static void
neighbours_are_months_of_the_record(void **state)
{
    (void)state;
    struct flow_record record = make_record(30, 0.7);
    struct flow_model model;
    assert_int_equal(
        flow_model_fit(&model, FLOW_KNN, &record, site_names, &monsoon_unchanged, &err), STATUS_OK);
    double *made = generate(&model, 2, 50);
    int jumps = 0, before = -1;
    for (int t = 0; t < 50 * MONTHS; t++) {
        int found = -1;
        for (int y = 0; y < 30 && found < 0; y++) {
            const double *of = record_flow + (y * MONTHS + t % MONTHS) * SITES;
            bool same = true;
            for (int s = 0; s < SITES; s++)
                same = same && fabs(made[t * SITES + s] / of[s] - 1.0) < 1e-12;
            found = same ? y : -1;
        }
        assert_true(found >= 0);
        jumps += t % MONTHS > 0 && found != before;
        before = found;
    }
    assert_true(jumps > 200 && jumps < 540); /* neither the record again nor lots */
    free(made);
    flow_model_finish(&model);
}

static void
members_differ_and_repeat(void **state)
{
    (void)state;
    struct flow_record record = make_record(40, 0.7);
    for (int method = 0; method < FLOW_METHOD_COUNT; method++) {
        struct flow_model model;
        assert_int_equal(flow_model_fit(&model, (enum flow_method)method, &record, site_names,
                                        &monsoon_unchanged, &err),
                         STATUS_OK);
        double *a = generate(&model, 3, 20), *b = generate(&model, 4, 20);
        double *again = generate(&model, 3, 20), *longer = generate(&model, 3, 25);
        size_t size = 20 * MONTHS * SITES * sizeof *a;
        assert_memory_equal(a, again, size);
        assert_memory_equal(a, longer, size); /* a longer member begins with the same years */
        assert_true(memcmp(a, b, size) != 0);
        free(a);
        free(b);
        free(again);
        free(longer);
        flow_model_finish(&model);
    }
}

/* ---- change of the season ---------------------------------------------------------------------
 */

static void
season_changes_as_asked(void **state)
{
    (void)state;
    struct flow_record record = make_record(60, 0.5);
    struct flow_model plain, model;
    struct monsoon_change change = monsoon_unchanged;
    assert_int_equal(
        flow_model_fit(&plain, FLOW_PAR, &record, site_names, &monsoon_unchanged, &err), STATUS_OK);
    for (int i = 0; i < MONTHS * SITES; i++)
        assert_close(plain.new_mean[i], plain.log_mean[i], 1e-12, 1e-12);
    change.log_sd = 1.3;
    change.log_mean = 1.1;
    assert_int_equal(flow_model_fit(&model, FLOW_PAR, &record, site_names, &change, &err),
                     STATUS_OK);
    for (int s = 0; s < SITES; s++) {
        double before = 0.0, after = 0.0;
        for (int m = 0; m < MONTHS; m++) {
            before += plain.new_mean[m * SITES + s] / MONTHS;
            after += model.new_mean[m * SITES + s] / MONTHS;
            assert_close(model.new_sd[m * SITES + s], 1.3 * plain.log_sd[m * SITES + s], 1e-12,
                         0.0);
        }
        assert_close(after, 1.1 * before, 1e-12, 0.0);
    }
    flow_model_finish(&model);
    /* half a year later turns the first harmonic over: its part of the means changes sign */
    change = monsoon_unchanged;
    change.phase_days[0] = 365.2425 / 2.0;
    assert_int_equal(flow_model_fit(&model, FLOW_PAR, &record, site_names, &change, &err),
                     STATUS_OK);
    for (int s = 0; s < SITES; s++) {
        double cos_before = 0.0, cos_after = 0.0;
        for (int m = 0; m < MONTHS; m++) {
            double angle = 2.0 * M_PI * (m + 0.5) / MONTHS;
            cos_before += plain.new_mean[m * SITES + s] * cos(angle);
            cos_after += model.new_mean[m * SITES + s] * cos(angle);
        }
        assert_close(cos_after, -cos_before, 1e-10, 0.0);
    }
    flow_model_finish(&model);
    change = monsoon_unchanged;
    change.amplitude[0] = 0.0; /* without the year's harmonic little of this season is left */
    assert_int_equal(flow_model_fit(&model, FLOW_PAR, &record, site_names, &change, &err),
                     STATUS_OK);
    double most = 0.0;
    for (int m = 0; m < MONTHS; m++)
        most = fmax(most, fabs(model.new_mean[m * SITES] - model.new_mean[0]));
    assert_true(most < 0.5);
    flow_model_finish(&model);
    flow_model_finish(&plain);
}

/* ---- records that are hard --------------------------------------------------------------------
 */

static void
short_records_are_repaired_and_stay_finite(void **state)
{
    (void)state;
    struct flow_record record = make_record(6, 0.99);
    for (int method = FLOW_KIRSCH; method <= FLOW_PAR; method++) {
        struct flow_model model;
        assert_int_equal(flow_model_fit(&model, (enum flow_method)method, &record, site_names,
                                        &monsoon_unchanged, &err),
                         STATUS_OK);
        if (method == FLOW_KIRSCH)
            assert_true(model.repaired_count > 0); /* twelve months of six years */
        double *made = generate(&model, 0, 200);
        for (int i = 0; i < 200 * MONTHS * SITES; i++)
            assert_true(isfinite(made[i]) && made[i] > 0.0);
        free(made);
        flow_model_finish(&model);
    }
}

static void
two_equal_sites_are_repaired_and_said(void **state)
{
    (void)state;
    struct flow_record record = make_record(40, 0.5);
    struct flow_model model;
    for (int t = 0; t < 40 * MONTHS; t++)
        record_flow[t * SITES + 1] = 2.0 * record_flow[t * SITES];
    assert_int_equal(
        flow_model_fit(&model, FLOW_PAR, &record, site_names, &monsoon_unchanged, &err), STATUS_OK);
    assert_true(model.repaired_count >= MONTHS);
    double *made = generate(&model, 0, 100);
    for (int t = 0; t < 100 * MONTHS; t++)
        assert_close(made[t * SITES + 1], 2.0 * made[t * SITES], 0.01, 0.0);
    free(made);
    flow_model_finish(&model);
}

static void
hopeless_records_are_refused(void **state)
{
    (void)state;
    struct flow_model model;
    struct flow_record record = make_record(4, 0.5);
    err = (struct error){0};
    assert_int_equal(
        flow_model_fit(&model, FLOW_PAR, &record, site_names, &monsoon_unchanged, &err),
        STATUS_INPUT);
    assert_non_null(strstr(err.text, "4 whole years, 5 are needed"));
    record = make_record(10, 0.5);
    for (int y = 0; y < 10; y++)
        record_flow[(y * MONTHS + 2) * SITES + 1] = 3.0;
    err = (struct error){0};
    assert_int_equal(
        flow_model_fit(&model, FLOW_PAR, &record, site_names, &monsoon_unchanged, &err),
        STATUS_INPUT);
    assert_non_null(strstr(err.text, "site 'b': the flow of March is the same in all 10 years"));
    for (int t = 0; t < 10 * MONTHS; t++)
        record_flow[t * SITES + 2] = 0.0;
    record_flow[2 * SITES + 1] = 4.0;
    err = (struct error){0};
    assert_int_equal(
        flow_model_fit(&model, FLOW_PAR, &record, site_names, &monsoon_unchanged, &err),
        STATUS_INPUT);
    assert_non_null(strstr(err.text, "site 'c' never has a flow above 0"));
}

static void
months_without_flow_are_floored_and_counted(void **state)
{
    (void)state;
    struct flow_record record = make_record(20, 0.5);
    struct flow_model model;
    record_flow[0] = record_flow[24 * SITES] = 0.0;
    assert_int_equal(
        flow_model_fit(&model, FLOW_KIRSCH, &record, site_names, &monsoon_unchanged, &err),
        STATUS_OK);
    assert_int_equal(model.floored_count, 2);
    flow_model_finish(&model);
}

/* ---- days -------------------------------------------------------------------------------------
 */

static double daily[DAYS_MAX * SITES];

static int
make_days(int first_year, int year_count)
{
    int count = 0;
    for (int y = 0; y < year_count; y++)
        count += (first_year + y) % 4 == 0 ? 366 : 365;
    for (int t = 0; t < count; t++) {
        struct philox_key key = {.seed = 9};
        double shared = -log(philox_uniform(&key, (uint32_t)t));
        for (int s = 0; s < SITES; s++)
            daily[t * SITES + s] = (1.0 + s) * shared * (1.5 + sin(t / 58.0));
    }
    return count;
}

static void
days_keep_the_mean_of_their_month(void **state)
{
    (void)state;
    struct day_model model;
    static const int lengths[] = {31, 28, 29, 30};
    static const int months[] = {0, 1, 1, 10};
    const double mean[SITES] = {2.0, 4.5, 5.5};
    float days[31 * SITES];
    int count = make_days(1990, 20);
    assert_int_equal(day_model_init(&model, SITES, 1990, 20, count, daily, 7, &err), STATUS_OK);
    double *workspace = malloc((size_t)day_model_workspace(&model) * sizeof *workspace);
    assert_non_null(workspace);
    for (int place = 0; place < 400; place++) {
        int i = place % 4;
        double sum[SITES] = {0.0};
        day_model_fill(&model, 1, 0, place, months[i], lengths[i], mean, workspace, days);
        for (int d = 0; d < lengths[i]; d++)
            for (int s = 0; s < SITES; s++) {
                assert_true(days[d * SITES + s] >= 0.0F);
                sum[s] += (double)days[d * SITES + s] / lengths[i];
                /* sites of one shape keep it: their ratio is that of the means every day */
                assert_close((double)days[d * SITES + s] / mean[s],
                             (double)days[d * SITES] / mean[0], 1e-5, 1e-6);
            }
        for (int s = 0; s < SITES; s++)
            assert_close(sum[s], mean[s], 1e-5, 0.0);
    }
    free(workspace);
    day_model_finish(&model);
}

/* A month with the means of a stretch of the record is filled with like ones; the stretch itself
   is taken most often of all. */
static void
days_come_from_months_that_are_alike(void **state)
{
    (void)state;
    struct day_model model;
    float days[31 * SITES];
    int count = make_days(1990, 20), itself = 0;
    assert_int_equal(day_model_init(&model, SITES, 1990, 20, count, daily, 0, &err), STATUS_OK);
    assert_int_equal(model.table[0].candidate_count, 20);
    double *workspace = malloc((size_t)day_model_workspace(&model) * sizeof *workspace);
    assert_non_null(workspace);
    double mean[SITES] = {0.0};
    const double *january = daily + (long)model.table[0].first[7] * SITES;
    for (int d = 0; d < 31; d++)
        for (int s = 0; s < SITES; s++)
            mean[s] += january[d * SITES + s] / 31.0;
    for (int place = 0; place < 2000; place++) {
        bool same = true;
        day_model_fill(&model, 1, 0, place, 0, 31, mean, workspace, days);
        for (int d = 0; d < 31; d++)
            same = same && fabs((double)days[d * SITES] - january[d * SITES]) < 1e-5;
        itself += same;
    }
    /* K = sqrt(20) rounded, 4: the nearest has weight 1/(1 + 1/2 + 1/3 + 1/4) = 0.48 */
    assert_close(itself / 2000.0, 0.48, 0.08, 0.0);
    free(workspace);
    day_model_finish(&model);
}

/* ---- matrices ---------------------------------------------------------------------------------
 */

static void
matrices_by_hand(void **state)
{
    (void)state;
    const double matrix[] = {4.0, 2.0, 2.0, 5.0};
    double lower[4], inverse[4];
    assert_int_equal(cholesky_lower(2, matrix, lower, &err), STATUS_OK);
    assert_close(lower[0], 2.0, 1e-15, 0.0);
    assert_close(lower[1], 0.0, 0.0, 0.0);
    assert_close(lower[2], 1.0, 1e-15, 0.0);
    assert_close(lower[3], 2.0, 1e-15, 0.0);
    assert_int_equal(invert_positive_definite(2, matrix, inverse, &err), STATUS_OK);
    assert_close(inverse[0], 5.0 / 16.0, 1e-14, 0.0);
    assert_close(inverse[1], -2.0 / 16.0, 1e-14, 0.0);
    const double x[] = {1.0, 2.0, 3.0}, y[] = {1.0, 3.0, 2.0};
    assert_close(correlation(3, x, 1, y, 1), 0.5, 1e-14, 0.0);
    const double same[] = {2.0, 2.0, 2.0};
    assert_close(correlation(3, x, 1, same, 1), 0.0, 0.0, 0.0);
}

static void
impossible_correlations_are_repaired(void **state)
{
    (void)state;
    /* a goes with b and with c, which go against each other: eigenvalue 1 - 2 x 0.9 < 0 */
    double matrix[] = {1.0, 0.9, 0.9, 0.9, 1.0, -0.9, 0.9, -0.9, 1.0}, lower[9];
    bool repaired;
    assert_int_equal(cholesky_lower(3, matrix, lower, &err), STATUS_NUMERIC);
    assert_int_equal(make_positive_definite(3, matrix, &repaired, &err), STATUS_OK);
    assert_true(repaired);
    assert_int_equal(cholesky_lower(3, matrix, lower, &err), STATUS_OK);
    for (int i = 0; i < 3; i++) {
        assert_close(matrix[4 * i], 1.0, 0.0, 0.0);
        for (int j = 0; j < 3; j++)
            assert_true(fabs(matrix[3 * i + j]) <= 1.0 + 1e-12);
    }
    assert_true(matrix[1] > 0.4 && matrix[5] < -0.4); /* still like what was asked */
    double fine[] = {1.0, 0.5, 0.5, 1.0};
    assert_int_equal(make_positive_definite(2, fine, &repaired, &err), STATUS_OK);
    assert_false(repaired);
    assert_close(fine[1], 0.5, 0.0, 0.0);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_of_the_record_are_kept),
        cmocka_unit_test(neighbours_are_months_of_the_record),
        cmocka_unit_test(members_differ_and_repeat),
        cmocka_unit_test(season_changes_as_asked),
        cmocka_unit_test(short_records_are_repaired_and_stay_finite),
        cmocka_unit_test(two_equal_sites_are_repaired_and_said),
        cmocka_unit_test(hopeless_records_are_refused),
        cmocka_unit_test(months_without_flow_are_floored_and_counted),
        cmocka_unit_test(days_keep_the_mean_of_their_month),
        cmocka_unit_test(days_come_from_months_that_are_alike),
        cmocka_unit_test(matrices_by_hand),
        cmocka_unit_test(impossible_correlations_are_repaired),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
