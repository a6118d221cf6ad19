/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/calibration.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Calibration against the known global optima of catchment L0123001, 1986-2012, warmed up over 1985
   (differential evolution from several seeds with another program agrees on them to 1e-8). */

static struct catchment_series series;
static bool has_series;

static int
read_series(void **state)
{
    (void)state;
    char path[1024];
    struct diagnostics diagnostics;
    const char *shared = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/airgr/basin_L0123001_daily.csv",
             shared != NULL ? shared : "../shared");
    if (access(path, R_OK) != 0)
        return 0;
    struct catchment_request request = {.path = path,
                                        .rain = {"P_mm", NULL},
                                        .pet = {"PE_mm", NULL},
                                        .flow = {"Qobs_mm", NULL},
                                        .needs_weather = true,
                                        .needs_flow = true,
                                        .latitude_deg = (double)NAN,
                                        .area_m2 = (double)NAN,
                                        .step = STEP_DAILY};
    diagnostics_init(&diagnostics);
    has_series = catchment_series_read(&series, &request, &diagnostics) == STATUS_OK;
    diagnostics_finish(&diagnostics);
    return has_series ? 0 : -1;
}

static int
free_series(void **state)
{
    (void)state;
    catchment_series_finish(&series);
    return 0;
}

static struct calibration_settings
settings_of(const char *model, const char *objective, uint64_t seed)
{
    struct calibration_settings settings = {.model = catchment_model_find(model),
                                            .series = &series};
    struct error err = {0};
    memcpy(settings.initial, settings.model->initial, sizeof settings.initial);
    assert_int_equal(objective_parse(objective, &settings.objective, &err), STATUS_OK);
    calibration_ranges_usual(settings.model, settings.range);
    settings.search = search_settings_usual(seed);
    return settings;
}

static struct calibration *
create(const struct calibration_settings *settings, const char *from, const char *to)
{
    struct catchment_period period;
    struct calibration *calibration;
    struct error err = {0};
    assert_int_equal(catchment_period_find(&series, from, to, 365, &period, &err), STATUS_OK);
    assert_int_equal(calibration_create(settings, &period, &calibration, &err), STATUS_OK);
    return calibration;
}

static void
check_optimum(const char *model, const char *objective, uint64_t seed, int populations,
              double expected)
{
    if (!has_series) {
        print_message("the reference basin is not there\n");
        skip();
    }
    struct calibration_settings settings = settings_of(model, objective, seed);
    struct calibration_result result;
    struct error err = {0};
    settings.search.population_max = populations;
    struct calibration *calibration = create(&settings, "1986-01-01", "2012-12-31");
    assert_int_equal(calibration_run(calibration, &result, &err), STATUS_OK);
    assert_close(result.score, expected, 0.0, 1e-5);
    assert_int_equal(calibration_observation_count(calibration), 9090);
    calibration_destroy(calibration);
}

static void
gr4j_reaches_the_best_nse(void **state)
{
    (void)state;
    check_optimum("gr4j", "NSE", 1, 6, 0.79705477);
}

static void
gr4j_reaches_the_best_kge(void **state)
{
    (void)state;
    check_optimum("gr4j", "KGE", 2, 1, 0.85505163);
}

static void
gr6j_reaches_the_best_nse(void **state)
{
    (void)state;
    check_optimum("gr6j", "NSE", 3, 1, 0.80052138);
}

static void
gr6j_reaches_the_best_kge(void **state)
{
    (void)state;
    check_optimum("gr6j", "KGE", 4, 1, 0.89316342);
}

/* Two short searches; the figures must not know about threads and lanes. */
static void
threads_and_lanes_change_no_bit(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 3}, widths[] = {8, 4, 1};
    struct calibration_result results[3];
    if (!has_series)
        skip();
    for (int i = 0; i < 3; i++) {
        struct calibration_settings settings = settings_of("gr5j", "0.4*KGE(sqrt)+0.6*NSE(log)", 8);
        settings.threads = threads[i];
        settings.width = fit_kernel(widths[i]) != NULL ? widths[i] : 1;
        settings.search.evaluation_max = 1500;
        settings.search.population_max = 1;
        struct calibration *calibration = create(&settings, "1990-01-01", "1993-12-31");
        calibration_run(calibration, &results[i], NULL);
        calibration_destroy(calibration);
    }
    for (int i = 1; i < 3; i++) {
        assert_memory_equal(results[i].parameter, results[0].parameter,
                            sizeof results[0].parameter);
        assert_true(results[i].score == results[0].score);
        assert_int_equal(results[i].evaluation_count, results[0].evaluation_count);
    }
    assert_true(results[0].score > 0.7);
}

static void
a_mix_is_the_weighted_mean_of_its_measures(void **state)
{
    (void)state;
    static const char *const texts[] = {"KGE", "NSE(log)", "0.25*KGE+0.75*NSE(log)",
                                        "kge2012(sqrt)", "nse( 1/q )"};
    double score[5], parameter[] = {257.238, 1.012, 88.235, 2.208};
    if (!has_series)
        skip();
    for (int i = 0; i < 5; i++) {
        struct calibration_settings settings = settings_of("gr4j", texts[i], 1);
        struct calibration *calibration = create(&settings, "1990-01-01", "1999-12-31");
        assert_int_equal(calibration_score(calibration, 1, parameter, &score[i], NULL), STATUS_OK);
        calibration_destroy(calibration);
    }
    assert_close(score[0], 0.7854052500, 0.0, 1e-7);
    assert_close(score[2], 0.25 * score[0] + 0.75 * score[1], 1e-14, 0.0);
    assert_true(score[3] > 0.7 && score[3] < 0.9 && score[4] < 0.6);
}

static void
near_optimal_sets_keep_their_promise(void **state)
{
    (void)state;
    if (!has_series)
        skip();
    struct calibration_settings settings = settings_of("gr4j", "NSE", 1);
    struct calibration_result best;
    struct near_optimal sets;
    struct identifiability found[CATCHMENT_PARAMETER_MAX];
    settings.search.population_max = 1;
    settings.range[1] = (struct calibration_range){0.5, 0.5}; /* fixed */
    struct calibration *calibration = create(&settings, "1990-01-01", "1994-12-31");
    assert_int_equal(calibration_free_count(calibration), 3);
    assert_int_equal(calibration_run(calibration, &best, NULL), STATUS_OK);
    assert_true(best.parameter[1] == 0.5);
    assert_int_equal(calibration_near_optimal(calibration, &best, 0.02, &sets, NULL), STATUS_OK);
    double *score = malloc((size_t)sets.count * sizeof *score);
    assert_non_null(score);
    assert_int_equal(calibration_score(calibration, sets.count, sets.parameter, score, NULL),
                     STATUS_OK);
    for (int i = 0; i < sets.count; i++) {
        assert_true(score[i] == sets.score[i] || fabs(score[i] - sets.score[i]) < 1e-15);
        assert_true(score[i] >= best.score - 0.02 - 1e-12 && score[i] <= best.score + 1e-6);
    }
    assert_int_equal(calibration_identify(calibration, &best, &sets, found, NULL), STATUS_OK);
    for (int i = 0; i < 4; i++) {
        assert_true(found[i].least <= found[i].p05 && found[i].p05 <= found[i].median &&
                    found[i].median <= found[i].p95 && found[i].p95 <= found[i].most);
        assert_true(found[i].least <= best.parameter[i] * (1 + 1e-9) &&
                    found[i].most >= best.parameter[i] * (1 - 1e-9));
        assert_true(i == 1 ? found[i].share == 0.0 : found[i].share > 0.001);
    }
    free(score);
    near_optimal_finish(&sets);
    calibration_destroy(calibration);
}

static void
objectives_are_read_and_written(void **state)
{
    (void)state;
    static const char *const bad[] = {"",       "rmse", "KGE(",    "KGE(cube)", "2KGE",
                                      "-1*KGE", "KGE+", "KGE KGE", "0*NSE"};
    struct objective objective;
    char text[256];
    assert_int_equal(objective_parse(" 0.5 * kge' + NSE(ln)", &objective, NULL), STATUS_OK);
    assert_string_equal(objective_format(&objective, text, sizeof text),
                        "0.5*KGE2012 + 1*NSE(log)");
    assert_int_equal(objective_parse("KGE", &objective, NULL), STATUS_OK);
    assert_string_equal(objective_format(&objective, text, sizeof text), "KGE");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        if (objective_parse(bad[i], &objective, &err) != STATUS_USAGE)
            fail_msg("'%s' was taken", bad[i]);
        assert_true(err.text[0] != '\0');
    }
}

static void
bad_ranges_and_periods_are_refused(void **state)
{
    (void)state;
    struct calibration *calibration;
    struct catchment_period period;
    struct error err = {0};
    if (!has_series)
        skip();
    struct calibration_settings settings = settings_of("gr4j", "NSE", 1);
    assert_int_equal(catchment_period_find(&series, "1990-01-01", "1990-12-31", 365, &period, &err),
                     STATUS_OK);
    settings.range[3] = (struct calibration_range){0.1, 30.0};
    assert_int_equal(calibration_create(&settings, &period, &calibration, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "the range of x4 is 0.1 to 30"));
    for (int i = 0; i < 4; i++)
        settings.range[i] = (struct calibration_range){1.0, 1.0};
    assert_int_equal(calibration_create(&settings, &period, &calibration, NULL), STATUS_INPUT);
    settings = settings_of("gr4j", "NSE", 1);
    period.count = 1;
    assert_int_equal(calibration_create(&settings, &period, &calibration, NULL), STATUS_INPUT);
    assert_null(calibration);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gr4j_reaches_the_best_nse),
        cmocka_unit_test(gr4j_reaches_the_best_kge),
        cmocka_unit_test(gr6j_reaches_the_best_nse),
        cmocka_unit_test(gr6j_reaches_the_best_kge),
        cmocka_unit_test(threads_and_lanes_change_no_bit),
        cmocka_unit_test(a_mix_is_the_weighted_mean_of_its_measures),
        cmocka_unit_test(near_optimal_sets_keep_their_promise),
        cmocka_unit_test(objectives_are_read_and_written),
        cmocka_unit_test(bad_ranges_and_periods_are_refused),
    };
    return cmocka_run_group_tests(tests, read_series, free_series);
}
