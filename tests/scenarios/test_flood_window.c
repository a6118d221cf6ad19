/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Days of a daily run on which a lake is worked by its gates, against `operate` over the same days,
 * closed forms of a prism, and the run without windows. Every step is verified against GLPK.
 */

static const char *folder;
static const double day_s = 86400.0;

/* A prism of 1 km2: levels and volumes follow from each other by hand. */
#define BASIN(lake, rest)                                                                          \
    "nguon: 1\n"                                                                                   \
    "run: {start: 2024-09-01, end: 2024-09-12}\n"                                                  \
    "ranks: [domestic, irrigation, storage_target]\n"                                              \
    "series: {q: {file: weather.csv, column: q, unit: m3/s}}\n"                                    \
    "catchments: {hills: {area: 50 km2, to: lake, inflow: {series: q}}}\n"                         \
    "reservoirs:\n"                                                                                \
    "  lake:\n"                                                                                    \
    "    table: {level: [0, 10, 20], area: [1, 1, 1], storage: [0, 10, 20], units: [m, km2, "      \
    "hm3]}\n"                                                                                      \
    "    normal_level: 12 m\n"                                                                     \
    "    dead_level: 4 m\n"                                                                        \
    "    initial: 11 m\n"                                                                          \
    "    spill_to: river\n"                                                                        \
    "    dam: {crest_level: 15 m, crest_length: 80 m, crest_coefficient: 0.34, freeboard: 1 m}\n"  \
    "    outlets:\n"                                                                               \
    "      crest: {kind: broad_crest, sill: 12 m, width: 12 m, coefficient: 0.36}\n"               \
    "      gates: {kind: ogee, gates: 2, sill: 8 m, width: 3 m, height: 2 m, coefficient: 0.48,\n" \
    "              orifice_coefficient: 0.65, rule: [[11.5 m, 0 m], [12.5 m, 2 m]]}\n" lake        \
    "junctions: {river: {}}\n"                                                                     \
    "seas: {sea: {}}\n"                                                                            \
    "demands:\n"                                                                                   \
    "  town: {class: domestic, need: 2 m3/s, returns: {lake: 0.25}}\n"                             \
    "  farm: {class: irrigation, need: 6 m3/s}\n"                                                  \
    "links:\n"                                                                                     \
    "  pipe: {kind: pipe, from: lake, to: town, loss: 0.1}\n"                                      \
    "  canal: {kind: canal, from: river, to: farm, capacity: 5 m3/s}\n"                            \
    "  outlet: {kind: river, from: lake, to: river, capacity: 3 m3/s}\n"                           \
    "  mouth: {kind: river, from: river, to: sea}\n" rest

#define WINDOW(keys) "    flood_window: {" keys "}\n"

static const double storm_m3s[12] = {5, 5, 8, 60, 240, 300, 120, 40, 15, 8, 6, 5};

static void
open_run(struct test_run *run, const char *text, const double *flow_m3s)
{
    char weather[1024] = "date,q\n";
    for (int t = 0; t < 12; t++)
        snprintf(weather + strlen(weather), sizeof weather - strlen(weather), "2024-09-%02d,%g\n",
                 t + 1, flow_m3s[t]);
    struct verification found = {0};
    assert_true(run_open(run, basin_of_text(folder, text, weather)));
    run->verification = &found;
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
    run->verification = NULL;
    if (!verification_passed(&found))
        fail_msg("difference %g (%s), violation %g (%s), invariant %g (%s), %ld unsolved",
                 found.difference.size, found.difference.where, found.violation.size,
                 found.violation.where, found.invariant.size, found.invariant.where,
                 found.unsolved_count);
    assert_int_equal(run->result.basin.unsettled_flood_count, 0);
}

static double
flow_of(const struct test_run *run, const char *link, int t)
{
    int link_l = basin_find_link(run->basin, link);
    assert_true(link_l >= 0);
    return run_series(run, RESULT_LINK_FLOW, link_l, t);
}

/* Figure of a step inside a window, by the rows before it. */
static double
substep(const struct test_run *run, size_t row, int column)
{
    const struct substeps *substeps = &run->result.substeps;
    assert_true(row < substeps->count);
    return (double)substeps->value[row * (size_t)substeps->width + (size_t)column];
}

/* The days that were worked by gates, "0110" of the first steps. */
static void
assert_days(const struct test_run *run, const char *expected)
{
    char found[16] = "000000000000";
    for (size_t i = 0; i < run->result.substeps.count; i++)
        found[(int)substep(run, i, SUBSTEP_DAY)] = '1';
    assert_string_equal(found, expected);
}

/* ---- triggers -------------------------------------------------------------------------------- */

/* By inflow alone the window holds through the days at or above 100 m3/s, and on while the lake
 * stands above its flood limit, 12 m. */
static void
inflow_opens_a_window_that_lasts_until_the_lake_is_down(void **unused)
{
    struct test_run run;
    (void)unused;
    open_run(&run, BASIN(WINDOW("inflow: 100 m3/s"), ""), storm_m3s);
    size_t count = run.result.substeps.count;
    const struct flood_indicators *flood = &run.result.flood[0];
    assert_int_equal(flood->window_count, 1);
    assert_int_equal((int)flood->hours, (int)count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal((int)substep(&run, i, SUBSTEP_DAY), 4 + (int)(i / 24));
    /* the day before the last of the window ended above the limit, the last did not */
    int days = (int)count / 24;
    assert_true(days >= 3 && days < 8);
    assert_true(run_series(&run, RESULT_LEVEL, 0, 4 + days - 2) > 12.0);
    assert_true(run_series(&run, RESULT_LEVEL, 0, 4 + days - 1) <= 12.0 + 1e-6);
    run_close(&run);
}

static void
forecast_and_level_open_a_window_and_until_ends_it(void **unused)
{
    struct test_run run;
    (void)unused;
    /* 240 m3/s of the fifth day are seen two days before; 20 m3/s and 11.4 m end it */
    open_run(
        &run,
        BASIN(WINDOW("forecast_inflow: 200 m3/s, forecast_days: 2, until_inflow: 20 m3/s"), ""),
        storm_m3s);
    assert_int_equal((int)substep(&run, 0, SUBSTEP_DAY), 2);
    int last = (int)substep(&run, run.result.substeps.count - 1, SUBSTEP_DAY);
    assert_true(storm_m3s[last] >= 20.0 || run_series(&run, RESULT_LEVEL, 0, last - 1) > 12.0);
    run_close(&run);
    open_run(&run, BASIN(WINDOW("level: 11.8 m, until_level: 11.4 m"), ""), storm_m3s);
    int first = (int)substep(&run, 0, SUBSTEP_DAY);
    assert_true(run_series(&run, RESULT_LEVEL, 0, first - 1) >= 11.8);
    assert_true(run_series(&run, RESULT_LEVEL, 0, first - 2) < 11.8);
    run_close(&run);
}

/* The same bits as without the key, in every series and indicator. */
static void
trigger_that_never_fires_changes_no_bit(void **unused)
{
    struct test_run with, without;
    (void)unused;
    open_run(&without, BASIN("", ""), storm_m3s);
    open_run(&with, BASIN(WINDOW("inflow: 1000 m3/s, step: 15 min, control: 5 min"), ""),
             storm_m3s);
    assert_int_equal(with.result.substeps.count, 0);
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        size_t count = 12 * (size_t)result_element_count(with.basin, result_describe(v)->element);
        assert_memory_equal(with.result.series[v], without.result.series[v], count * sizeof(float));
    }
    assert_memory_equal(with.result.reservoir, without.result.reservoir,
                        sizeof *with.result.reservoir);
    assert_memory_equal(with.result.demand, without.result.demand, 2 * sizeof *with.result.demand);
    assert_close(with.result.basin.worst_residual_m3, without.result.basin.worst_residual_m3, 0, 0);
    run_close(&with);
    run_close(&without);
}

/* ---- mass ------------------------------------------------------------------------------------ */

/* Inflow, release and level of both time scales, day by day, with water that the lake's own user
 * returns to it, a user below that the spillway serves, and evaporation. */
static void
both_time_scales_have_the_same_water(void **unused)
{
    static const char *const shapes[] = {
        "inflow: 50 m3/s", "inflow: 50 m3/s, inflow_shape: [1, 2, 5, 9, 4, 2, 1]",
        "inflow: 50 m3/s, step: 5 min, control: 5 min, inflow_shape: [0, 1, 0]"};
    (void)unused;
    for (int i = 0; i < 3; i++) {
        char text[8192], lake[512];
        struct test_run run;
        snprintf(lake, sizeof lake,
                 "    evaporation: 6 mm/d\n    rain: 20 mm/d\n    seepage: 1 %%/month\n"
                 "    flood_window: {%s}\n",
                 shapes[i]);
        snprintf(text, sizeof text, BASIN("%s", ""), lake);
        open_run(&run, text, storm_m3s);
        size_t a_day = i == 2 ? 288 : 24, rows = run.result.substeps.count;
        double step_s = day_s / (double)a_day;
        assert_true(rows > 3 * a_day);
        assert_close(run.result.basin.worst_residual_ratio, 0.0, 0, 1.0);
        for (size_t first = 0; first < rows; first += a_day) {
            int t = (int)substep(&run, first, SUBSTEP_DAY);
            double release_m3 = 0.0, inflow_m3 = 0.0, drawn_m3 = 0.0;
            for (size_t k = first; k < first + a_day; k++) {
                release_m3 += step_s * substep(&run, k, SUBSTEP_RELEASE);
                inflow_m3 += step_s * substep(&run, k, SUBSTEP_INFLOW);
                drawn_m3 += step_s * substep(&run, k, SUBSTEP_DRAWN);
                double sum = substep(&run, k, SUBSTEP_OVERTOPPING);
                for (int g = 0; g < 3; g++)
                    sum += substep(&run, k, SUBSTEP_GATES + g);
                assert_close(sum, substep(&run, k, SUBSTEP_RELEASE), 1e-6, 1e-6);
            }
            assert_close(release_m3, day_s * flow_of(&run, "lake_spill", t), 3e-7, 1.0);
            double drawn = flow_of(&run, "pipe", t) + flow_of(&run, "outlet", t);
            assert_close(drawn_m3, day_s * drawn, 3e-7, 1.0);
            double in = storm_m3s[t] + run_series(&run, RESULT_RAIN_ON_LAKE, 0, t) +
                        0.25 * run_series(&run, RESULT_SUPPLY, 0, t);
            assert_close(inflow_m3, day_s * in, 3e-7, 1.0);
            assert_close(substep(&run, first + a_day - 1, SUBSTEP_LEVEL),
                         run_series(&run, RESULT_LEVEL, 0, t), 0, 2e-6);
        }
        run_close(&run);
    }
}

/* ---- against operate ------------------------------------------------------------------------- */

/* Days of one inflow each, the same throughout: `operate` carried by hand over the same days with
 * the same inflow and no draws gives the same levels and gates. */
static void
constant_days_are_those_of_operate(void **unused)
{
    static const double flow_m3s[12] = {5, 5, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200};
    struct test_run run;
    struct error err = {0};
    (void)unused;
    open_run(&run,
             BASIN(WINDOW("inflow: 100 m3/s, step: 30 min, control: 10 min, inflow_shape: [1, 1]"),
                   "") "  # none\n",
             flow_m3s);
    assert_days(&run, "001111111111");
    /* what the lake gives and takes beside its gates is constant, too: part of the inflow */
    double drawn = flow_of(&run, "pipe", 3) + flow_of(&run, "outlet", 3);
    double returned = 0.25 * run_series(&run, RESULT_SUPPLY, 0, 3);
    struct inflow_members inflow;
    assert_int_equal(inflow_allocate(&inflow, 2, 1), STATUS_OK);
    inflow.time_s[0] = run.axis.start_s[2];
    inflow.time_s[1] = run.axis.start_s[2] + 10 * (int64_t)day_s;
    inflow.flow_m3s[0] = inflow.flow_m3s[1] = 200.0 + returned - drawn;
    const struct operation_request request = {.basin = run.basin,
                                              .start_s = run.axis.start_s[2],
                                              .step_s = 1800,
                                              .step_count = 480,
                                              .control_s = 600,
                                              .start_level_m = run_series(&run, RESULT_LEVEL, 0, 1),
                                              .inflow = &inflow};
    const struct operation_variant variant = {.name = "by rule"};
    struct operation_plan *plan = NULL;
    struct operation_run *operated = NULL;
    if (operation_plan_create(&request, &plan, &err) != STATUS_OK ||
        operation_run_create(plan, &operated, &err) != STATUS_OK ||
        operation_simulate(operated, &variant, 0, plan->start_storage_m3, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    assert_true(operated->summary.highest_m > 13.0);
    for (size_t i = 0; i < 480; i++) {
        assert_close(substep(&run, i, SUBSTEP_LEVEL), operated->level_m[i + 1], 0, 1e-4);
        assert_close(substep(&run, i, SUBSTEP_GATES + 4), operated->opening[481 + i + 1], 0, 2e-4);
    }
    assert_close(run.result.flood[0].highest_level_m, operated->summary.highest_m, 0, 1e-4);
    operation_run_destroy(operated);
    operation_plan_destroy(plan);
    inflow_members_finish(&inflow);
    run_close(&run);
}

/* ---- overtopping ----------------------------------------------------------------------------- */

/* 900 m3/s against a crest and a dam that take it at a level found by hand. */
static void
dam_is_overtopped_to_the_level_of_its_rating(void **unused)
{
    static const double flow_m3s[12] = {5, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900};
    struct test_run run;
    (void)unused;
    open_run(&run, BASIN(WINDOW("inflow: 100 m3/s, inflow_shape: [1, 1]"), ""), flow_m3s);
    const struct flood_indicators *flood = &run.result.flood[0];
    double out = flow_of(&run, "pipe", 11) + flow_of(&run, "outlet", 11) -
                 0.25 * run_series(&run, RESULT_SUPPLY, 0, 11);
    double root = sqrt(2.0 * 9.80665), low = 15.0, high = 20.0;
    for (int i = 0; i < 60; i++) {
        double level = 0.5 * (low + high);
        double crest = 0.36 * 12.0 * root * pow(level - 12.0, 1.5);
        double gates = 2.0 * 0.65 * 3.0 * 2.0 * root * sqrt(level - 8.0 - 1.0);
        double dam = 0.34 * 80.0 * root * pow(level - 15.0, 1.5);
        *(crest + gates + dam + out > 900.0 ? &high : &low) = level;
    }
    size_t last = run.result.substeps.count - 1;
    assert_close(substep(&run, last, SUBSTEP_LEVEL), low, 0, 1e-4);
    assert_close(flood->highest_level_m, low, 0, 1e-3);
    assert_close(substep(&run, last, SUBSTEP_OVERTOPPING),
                 0.34 * 80.0 * root * pow(low - 15.0, 1.5), 1e-3, 0);
    double over_m3 = 0.0;
    int over = 0;
    for (size_t i = 0; i <= last; i++) {
        over_m3 += 3600.0 * substep(&run, i, SUBSTEP_OVERTOPPING);
        over += substep(&run, i, SUBSTEP_OVERTOPPING) > 0.0;
    }
    assert_close(flood->overtopped_m3, over_m3, 1e-5, 0);
    assert_close(flood->overtopped_hours, over, 0, 1.0);
    assert_true(over > 200);
    run_close(&run);
}

/* A level beyond the last row of a table ends the run, unless that is allowed. */
static void
level_beyond_the_table_needs_leave(void **unused)
{
    static const double flow_m3s[12] = {5, 9000, 9000, 5, 5, 5, 5, 5, 5, 5, 5, 5};
    struct test_run run;
    (void)unused;
    const char *weather = "date,q\n2024-09-01,5\n2024-09-02,9000\n2024-09-03,9000\n"
                          "2024-09-04,5\n2024-09-05,5\n2024-09-06,5\n2024-09-07,5\n2024-09-08,5\n"
                          "2024-09-09,5\n2024-09-10,5\n2024-09-11,5\n2024-09-12,5\n";
    assert_true(
        run_open(&run, basin_of_text(folder, BASIN(WINDOW("inflow: 100 m3/s"), ""), weather)));
    assert_int_equal(run_simulate(&run, LP_SIMPLEX), STATUS_INPUT);
    assert_non_null(strstr(run.err.text, "rises above the table of 'lake'"));
    assert_non_null(strstr(run.err.text, "2024-09-02"));
    run_close(&run);
    open_run(&run, BASIN(WINDOW("inflow: 100 m3/s, extrapolate: true"), ""), flow_m3s);
    assert_true(run.result.flood[0].above_table_m > 0.5);
    assert_close(run.result.flood[0].above_table_m, run.result.flood[0].highest_level_m - 20.0, 0,
                 0.05);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inflow_opens_a_window_that_lasts_until_the_lake_is_down),
        cmocka_unit_test(forecast_and_level_open_a_window_and_until_ends_it),
        cmocka_unit_test(trigger_that_never_fires_changes_no_bit),
        cmocka_unit_test(both_time_scales_have_the_same_water),
        cmocka_unit_test(constant_days_are_those_of_operate),
        cmocka_unit_test(dam_is_overtopped_to_the_level_of_its_rating),
        cmocka_unit_test(level_beyond_the_table_needs_leave),
    };
    folder = folder_create();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
