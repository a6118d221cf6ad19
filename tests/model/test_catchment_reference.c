/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_model.h"
#include "solvers/fit.h"
#include "tests/model/airgr_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs of the GR models against airGR 1.7.6. It writes 0.9, 0.4 and 1/3 in single precision, which
   moves its flows by up to 3.3e-7 mm and its stores by a little over 1e-6 mm: hence the tolerances.
 */
static const double tolerance_mm = 1e-6, store_tolerance_mm = 2e-6;

/* A run and what came of it. */
struct outcome {
    double state[CATCHMENT_STATE_MAX];
    double *flow_mm, *column; /* from the first step after the warm-up */
};

static struct outcome
run(const char *name, const struct weather *weather, int first, int warmup, int count,
    const double *parameter, const double *initial)
{
    const struct catchment_model *model = catchment_model_find(name);
    struct outcome out = {0};
    double *before_mm = malloc((size_t)(warmup + 1) * sizeof(double));
    out.flow_mm = malloc((size_t)count * sizeof(double));
    out.column = malloc((size_t)count * (size_t)model->column_count * sizeof(double));
    assert_true(before_mm != NULL && out.flow_mm != NULL && out.column != NULL);
    double used[CATCHMENT_PARAMETER_MAX];
    struct error err = {0};
    assert_int_equal(catchment_parameters_use(model, parameter, used, &err), STATUS_OK);
    catchment_start(model, used, initial != NULL ? initial : model->initial, out.state);
    int from = first - warmup;
    assert_int_equal(catchment_run(model, used, out.state, warmup, weather->rain_mm + from,
                                   weather->pet_mm + from, before_mm, NULL, &err),
                     STATUS_OK);
    assert_int_equal(catchment_run(model, used, out.state, count, weather->rain_mm + first,
                                   weather->pet_mm + first, out.flow_mm, out.column, &err),
                     STATUS_OK);
    free(before_mm);
    return out;
}

static void
finish(struct outcome *out)
{
    free(out->flow_mm);
    free(out->column);
}

static int
place_of(const struct catchment_model *model, const char *name)
{
    for (int i = 0; i < model->shown_count; i++)
        if (strcmp(model->column[i].name, name) == 0)
            return model->column[i].place;
    return -1;
}

/* All columns that the reference file and the model share, day by day. */
static void
compare(const char *name, const struct sheet *sheet, const struct outcome *out)
{
    const struct catchment_model *model = catchment_model_find(name);
    int compared = 0;
    for (int c = 0; c < sheet->column_count; c++) {
        const char *title = sheet->cell[c];
        int place = place_of(model, title);
        bool flow = strcmp(title, "Qsim") == 0;
        if (place < 0 && !flow)
            continue;
        bool is_store = strcmp(title, "Prod") == 0 || strcmp(title, "Rout") == 0;
        double *expected = sheet_numbers(sheet, title);
        for (int t = 0; t < sheet->row_count; t++) {
            double actual =
                flow ? out->flow_mm[t]
                     : out->column[(size_t)t * (size_t)model->column_count + (size_t)place];
            if (!(fabs(actual - expected[t]) <= (is_store ? store_tolerance_mm : tolerance_mm)))
                fail_msg("%s: %s of %s is %.12g, expected %.12g", name, title,
                         sheet->cell[(t + 1) * sheet->column_count], actual, expected[t]);
        }
        free(expected);
        compared++;
    }
    assert_true(compared >= 8);
}

static void
check_doc_run(const char *name, const char *upper, const double *parameter, bool monthly)
{
    char file[64];
    if (!airgr_is_there())
        skip();
    snprintf(file, sizeof file, "ref_%s_L0123001_doc.csv", upper);
    struct sheet sheet = sheet_read(file);
    struct weather days = weather_read("L0123001");
    struct weather months = weather_by_month(&days);
    const struct weather *weather = monthly ? &months : &days;
    int first = weather_row(weather, "1990-01");
    struct outcome out =
        run(name, weather, first, monthly ? 12 : 365, sheet.row_count, parameter, NULL);
    compare(name, &sheet, &out);
    finish(&out);
    weather_finish(&months);
    weather_finish(&days);
    sheet_finish(&sheet);
}

static void
gr4j_matches_the_reference_day_by_day(void **state)
{
    (void)state;
    check_doc_run("gr4j", "GR4J", (double[]){257.238, 1.012, 88.235, 2.208}, false);
}

static void
gr5j_matches_the_reference_day_by_day(void **state)
{
    (void)state;
    check_doc_run("gr5j", "GR5J", (double[]){245.918, 1.027, 90.017, 2.198, 0.434}, false);
}

static void
gr6j_matches_the_reference_day_by_day(void **state)
{
    (void)state;
    check_doc_run("gr6j", "GR6J", (double[]){242.257, 0.637, 53.517, 2.218, 0.424, 4.759}, false);
}

static void
gr2m_matches_the_reference_month_by_month(void **state)
{
    (void)state;
    check_doc_run("gr2m", "GR2M", (double[]){265.072, 1.040}, true);
}

/* ---- states ---------------------------------------------------------------------------------- */

static void
check_end_state(const char *name, const char *upper, const double *parameter)
{
    char file[64], cell[32];
    if (!airgr_is_there())
        skip();
    snprintf(file, sizeof file, "state_%s_L0123001_doc.csv", upper);
    const struct catchment_model *model = catchment_model_find(name);
    struct sheet sheet = sheet_read(file);
    double *value = sheet_numbers(&sheet, "value");
    struct weather weather = weather_read("L0123001");
    int first = weather_row(&weather, "1990-01-01");
    int count = weather_row(&weather, "1999-12-31") + 1 - first;
    struct outcome out = run(name, &weather, first, 365, count, parameter, NULL);
    for (int p = 0; p < model->part_count; p++) {
        const struct catchment_state_part *part = &model->part[p];
        for (int i = 0; i < part->count; i++) {
            snprintf(cell, sizeof cell, part->count > 1 ? "%s%d" : "Store.%s", part->name, i + 1);
            int row_i = sheet_row(&sheet, cell);
            if (row_i < 0) {
                snprintf(cell, sizeof cell, "UH.%s%d", part->name, i + 1);
                row_i = sheet_row(&sheet, cell);
            }
            assert_true(row_i >= 0);
            assert_close(out.state[part->place + i], value[row_i], 0.0, tolerance_mm);
        }
    }
    finish(&out);
    weather_finish(&weather);
    free(value);
    sheet_finish(&sheet);
}

static void
end_state_of_gr4j_matches_the_reference(void **state)
{
    (void)state;
    check_end_state("gr4j", "GR4J", (double[]){257.238, 1.012, 88.235, 2.208});
}

static void
end_state_of_gr6j_matches_the_reference(void **state)
{
    (void)state;
    check_end_state("gr6j", "GR6J", (double[]){242.257, 0.637, 53.517, 2.218, 0.424, 4.759});
}

static void
warm_up_flow_matches_the_reference(void **state)
{
    (void)state;
    if (!airgr_is_there())
        skip();
    struct sheet sheet = sheet_read("warmupQ_GR4J_L0123001_doc.csv");
    double *expected = sheet_numbers(&sheet, "Qsim");
    struct weather weather = weather_read("L0123001");
    struct outcome out = run("gr4j", &weather, weather_row(&weather, "1989-01-01"), 0,
                             sheet.row_count, (double[]){257.238, 1.012, 88.235, 2.208}, NULL);
    for (int t = 0; t < sheet.row_count; t++)
        assert_close(out.flow_mm[t], expected[t], 0.0, tolerance_mm);
    finish(&out);
    weather_finish(&weather);
    free(expected);
    sheet_finish(&sheet);
}

/* ---- criteria of every reference run ----------------------------------------------------------
 */

/* Steps run before the period, as the reference did; by the name of the case. */
static int
warmup_of(const char *name, const char *model, int first)
{
    if (strstr(name, "nowarm") != NULL || strstr(name, "edge") != NULL ||
        strstr(name, "restart_A") != NULL)
        return 0;
    if (strcmp(model, "gr4h") == 0)
        return first; /* all that comes before */
    return strcmp(model, "gr2m") == 0 ? 12 : 365;
}

static void
check_case(const struct sheet *sheet, int row_i)
{
    char model[16] = {0}, first_date[20] = {0}, last_date[20] = {0};
    double parameter[CATCHMENT_PARAMETER_MAX];
    const char *name = sheet_text(sheet, row_i, "case");
    const char *period = sheet_text(sheet, row_i, "period");
    snprintf(model, sizeof model, "%s", sheet_text(sheet, row_i, "model"));
    for (char *c = model; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    const char *slash = strchr(period, '/');
    snprintf(first_date, sizeof first_date, "%.*s", (int)(slash - period), period);
    snprintf(last_date, sizeof last_date, "%s", slash + 1);
    parse_numbers(sheet_text(sheet, row_i, "X"), parameter, CATCHMENT_PARAMETER_MAX);
    struct weather weather = weather_read(sheet_text(sheet, row_i, "basin"));
    if (strcmp(model, "gr2m") == 0) {
        struct weather months = weather_by_month(&weather);
        weather_finish(&weather);
        weather = months;
    }
    int first = weather_row(&weather, first_date);
    int count = weather_row(&weather, last_date) + 1 - first;
    static const double empty[] = {0.0, 0.0, 0.0}, below_zero[] = {0.3, 0.5, -1.0};
    const double *initial = strstr(name, "emptystores") != NULL ? empty
                            : strstr(name, "expneg") != NULL    ? below_zero
                                                                : NULL;
    bool is_restart = strstr(name, "restart_B") != NULL;
    int warmup = is_restart ? first : warmup_of(name, model, first);
    struct outcome out = run(model, &weather, first, warmup, count, parameter, initial);
    struct fit_target target;
    struct error err = {0};
    assert_int_equal(fit_target_init(&target, FIT_PLAIN, count, weather.flow_mm + first, &err),
                     STATUS_OK);
    struct fit_score score = fit_series(&target, out.flow_mm);
    static const char *const titles[] = {"n",     "NSE",   "KGE2009", "KGE2012", "r",
                                         "alpha", "gamma", "beta",    "RMSE"};
    double actual[] = {score.used_count, score.nse,   score.kge2009, score.kge2012, score.r,
                       score.alpha,      score.gamma, score.beta,    score.rmse};
    for (int i = 0; i < 9; i++) {
        double expected = strtod(sheet_text(sheet, row_i, titles[i]), NULL);
        if (!(fabs(actual[i] - expected) <= 2e-7 * fmax(1.0, fabs(expected))))
            fail_msg("%s: %s is %.12g, expected %.12g", name, titles[i], actual[i], expected);
    }
    fit_target_finish(&target);
    if (strcmp(sheet_text(sheet, row_i, "NSEsqrt"), "NA") != 0) {
        assert_int_equal(fit_target_init(&target, FIT_ROOT, count, weather.flow_mm + first, &err),
                         STATUS_OK);
        assert_close(fit_series(&target, out.flow_mm).nse,
                     strtod(sheet_text(sheet, row_i, "NSEsqrt"), NULL), 2e-7, 2e-7);
        fit_target_finish(&target);
    }
    finish(&out);
    weather_finish(&weather);
}

static void
criteria_of_all_reference_runs_match(void **state)
{
    (void)state;
    if (!airgr_is_there())
        skip();
    struct sheet sheet = sheet_read("criteria.csv");
    for (int row_i = 0; row_i < sheet.row_count; row_i++)
        check_case(&sheet, row_i);
    sheet_finish(&sheet);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gr4j_matches_the_reference_day_by_day),
        cmocka_unit_test(gr5j_matches_the_reference_day_by_day),
        cmocka_unit_test(gr6j_matches_the_reference_day_by_day),
        cmocka_unit_test(gr2m_matches_the_reference_month_by_month),
        cmocka_unit_test(end_state_of_gr4j_matches_the_reference),
        cmocka_unit_test(end_state_of_gr6j_matches_the_reference),
        cmocka_unit_test(warm_up_flow_matches_the_reference),
        cmocka_unit_test(criteria_of_all_reference_runs_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
