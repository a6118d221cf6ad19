/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/standardised_index.h"
#include "tests/random.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Drought plans against stages worked out by hand: when a stage begins and ends, what it cuts and
 * opens, what the index of rain and the forecast say. Every step is verified against GLPK, whose
 * side follows the stages by itself.
 */

static const char *folder;

/* Run a basin of this text to its end, verified. */
static void
open_run(struct test_run *run, const char *text, const char *weather)
{
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
}

static double
supply_of(const struct test_run *run, const char *demand, int t)
{
    int node_i = basin_find_node(run->basin, demand);
    assert_true(node_i >= 0);
    return run_series(run, RESULT_SUPPLY, run->basin->node[node_i].kind_i, t);
}

static double
flow_of(const struct test_run *run, const char *link, int t)
{
    int link_l = basin_find_link(run->basin, link);
    assert_true(link_l >= 0);
    return run_series(run, RESULT_LINK_FLOW, link_l, t);
}

/* "0011..." of the stages of a plan from the first step on. */
static void
assert_stages(const struct test_run *run, int plan_p, const char *expected)
{
    char found[512];
    int count = run->axis.step_count;
    assert_true(count < (int)sizeof found);
    for (int t = 0; t < count; t++)
        found[t] = (char)('0' + (int)run_series(run, RESULT_DROUGHT_STAGE, plan_p, t));
    found[count] = '\0';
    assert_string_equal(found, expected);
}

static const double hm3_per_day = 1e6 / 86400.0;

/* ---- storage ----------------------------------------------------------------------------------
 */

#define LAKE_BASIN(plans)                                                                          \
    "nguon: 1\n"                                                                                   \
    "run: {start: 2021-01-01, end: 2021-01-22}\n"                                                  \
    "junctions: {spring: {spill_to: lake, boundary_inflow: {curve: {01-01: 0 hm3/d,\n"             \
    "  01-12: 25 hm3/d}, interpolate: step}}}\n"                                                   \
    "reservoirs:\n"                                                                                \
    "  lake: {table: {level: [0, 20], area: [1, 9], storage: [0, 100], units: [m, km2, hm3]},\n"   \
    "         capacity: 100 hm3, initial: 71 hm3, spill_to: sea, district: west}\n"                \
    "  standby: {table: {level: [0, 9], area: [1, 9], storage: [0, 50], units: [m, km2, hm3]},\n"  \
    "            capacity: 50 hm3, initial: 50 %, spill_to: sea, kind: pit_lake,\n"                \
    "            reserve: true}\n"                                                                 \
    "seas: {sea: {}}\n"                                                                            \
    "sources: {tanker: {capacity: 1 hm3/d}}\n"                                                     \
    "demands:\n"                                                                                   \
    "  fields: {class: irrigation, need: 10 hm3/d, district: west}\n"                              \
    "  village: {class: domestic, need: 3 hm3/d, district: east}\n"                                \
    "links:\n"                                                                                     \
    "  canal: {kind: canal, from: lake, to: fields}\n"                                             \
    "  truck: {kind: pipe, from: tanker, to: village}\n"                                           \
    "  pump: {kind: pump, from: standby, to: village}\n" plans

#define PROVINCE                                                                                   \
    "    stages:\n"                                                                                \
    "      - {id: watch, enter: {storage: 60 %}, leave: {storage: 70 %}, hold: 5 d,\n"             \
    "         caps: {irrigation: 50 %}}\n"                                                         \
    "      - {id: alert, enter: {storage: 40 hm3}, leave: {storage: 50 hm3},\n"                    \
    "         caps: {irrigation: 20 %}, opens: [sources.tanker, reservoirs.standby]}\n"

/*
 * The lake falls 71, 61, 51 (watch: half is drawn) 46, 41, 36 (alert: 2 a day) 34 ... 24 on the
 * 12th, when the flood begins: 47 on the 13th, 70 on the 14th (above 50: watch), 90 on the 15th,
 * but the stage is held for 5 days, to the 19th. From the 15th on the lake is full and would spill:
 * what is cut is then served from water that no storage holds.
 */
static void
stages_follow_the_storage_with_hysteresis(void **state)
{
    (void)state;
    static const double used_hm3[] = {10, 10, 5, 5,  5,  2,  2,  2,  2,  2,  2,
                                      2,  2,  5, 10, 10, 10, 10, 10, 10, 10, 10};
    struct test_run run;
    open_run(&run, LAKE_BASIN("drought_plans:\n  province:\n" PROVINCE), NULL);
    assert_stages(&run, 0, "0011122222222111110000");
    for (int t = 0; t < run.axis.step_count; t++) {
        assert_close(supply_of(&run, "fields", t), used_hm3[t] * hm3_per_day, 1e-6, 0);
        int cause = t == 2 || t == 5     ? 1 << TRIGGER_STORAGE
                    : t == 13 || t == 18 ? DROUGHT_CAUSE_RECOVERY
                                         : 0;
        assert_int_equal((int)run_series(&run, RESULT_DROUGHT_CAUSE, 0, t), cause);
    }
    /* all that the stages cut is cut by rule */
    const struct demand_indicators *fields =
        &run.result.demand[run.basin->node[basin_find_node(run.basin, "fields")].kind_i];
    assert_close(fields->shortage_rule_m3, (4 * 5.0 + 8 * 8.0) * 1e6, 1e-9, 0);
    assert_close(fields->shortage_water_m3, 0, 0, 1.0);
    assert_int_equal(run.result.stage[0].steps, 8);
    assert_int_equal(run.result.stage[1].steps, 8);
    assert_int_equal(run.result.stage[0].entered_count, 1);
    assert_int_equal(run.result.stage[1].first_step, 5);
    run_close(&run);
}

/* The tanker and the standby lake serve the village on the days of alert and on no others, and are
 * no part of the works that deliver in the long run. */
static void
a_stage_opens_its_links(void **state)
{
    (void)state;
    struct test_run run;
    open_run(&run, LAKE_BASIN("drought_plans:\n  province:\n" PROVINCE), NULL);
    for (int t = 0; t < run.axis.step_count; t++) {
        bool alert = t >= 5 && t < 13;
        assert_close(supply_of(&run, "village", t), alert ? 3.0 * hm3_per_day : 0.0, 1e-6, 1e-9);
        assert_close(flow_of(&run, "truck", t) + flow_of(&run, "pump", t),
                     alert ? 3.0 * hm3_per_day : 0.0, 1e-6, 1e-9);
    }
    const struct demand_indicators *village =
        &run.result.demand[run.basin->node[basin_find_node(run.basin, "village")].kind_i];
    assert_close(village->shortage_structural_m3, village->shortage_water_m3, 1e-9, 0);
    run_close(&run);
}

/* Caps fall on the demands of the districts named; a plan of a district without lakes looks at the
 * lakes that it names. */
static void
a_plan_holds_for_its_districts(void **state)
{
    (void)state;
    struct test_run run;
    open_run(&run,
             LAKE_BASIN("drought_plans:\n  province:\n    districts: [east]\n"
                        "    storage_of: lake\n" PROVINCE),
             NULL);
    assert_close(supply_of(&run, "fields", 3), 10.0 * hm3_per_day, 1e-6, 0);
    /* 71, 61, 51, 41, 31, 21, 11, 1, 0 */
    assert_int_equal((int)run_series(&run, RESULT_DROUGHT_STAGE, 0, 2), 1);
    assert_int_equal((int)run_series(&run, RESULT_DROUGHT_STAGE, 0, 3), 1);
    assert_int_equal((int)run_series(&run, RESULT_DROUGHT_STAGE, 0, 4), 2);
    run_close(&run);
}

/* A plan that has all stages skipped climbs over them: 24 hm3 in the first step. */
static void
a_plan_climbs_at_once_and_comes_down_one_by_one(void **state)
{
    (void)state;
    struct test_run run;
    assert_true(run_open(
        &run, basin_of_text(folder, LAKE_BASIN("drought_plans:\n  province:\n" PROVINCE), NULL)));
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(basin_set(run.basin, "reservoirs.lake.initial=24 hm3", &diagnostics),
                     STATUS_OK);
    diagnostics_finish(&diagnostics);
    assert_int_equal(run_simulate(&run, LP_SIMPLEX), STATUS_OK);
    assert_stages(&run, 0, "2222222222222211111000");
    run_close(&run);
}

/* ---- no plan ----------------------------------------------------------------------------------
 */

static void
assert_same_series(const struct test_run *a, const struct test_run *b)
{
    for (int v = 0; v < RESULT_DROUGHT_STAGE; v++) {
        size_t count = (size_t)result_element_count(a->basin, result_describe(v)->element) *
                       (size_t)a->axis.step_count;
        assert_memory_equal(a->result.series[v], b->result.series[v], count * sizeof(float));
    }
}

/* With a plan that no storage reaches, every figure has the bits that it has without a plan. */
static void
a_plan_that_never_acts_changes_no_bit(void **state)
{
    (void)state;
    struct test_run without, with;
    open_run(&without, LAKE_BASIN(""), NULL);
    open_run(&with,
             LAKE_BASIN("drought_plans: {idle: {stages: [{id: watch, enter: {storage: 0 hm3},\n"
                        "  caps: {irrigation: 0 %}}]}}\n"),
             NULL);
    assert_same_series(&without, &with);
    run_close(&without);
    run_close(&with);
}

/* A scenario can do without the plan: no cap, and what the plan opens stays shut. */
static void
a_plan_can_be_disabled(void **state)
{
    (void)state;
    struct test_run run;
    assert_true(run_open(
        &run, basin_of_text(folder, LAKE_BASIN("drought_plans:\n  province:\n" PROVINCE), NULL)));
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(basin_set(run.basin, "drought_plans.province.enabled=false", &diagnostics),
                     STATUS_OK);
    diagnostics_finish(&diagnostics);
    assert_int_equal(run_simulate(&run, LP_SIMPLEX), STATUS_OK);
    assert_stages(&run, 0, "0000000000000000000000");
    assert_close(supply_of(&run, "fields", 6), 10.0 * hm3_per_day, 1e-6, 0);
    for (int t = 0; t < run.axis.step_count; t++)
        assert_close(supply_of(&run, "village", t), 0, 0, 0);
    run_close(&run);
}

/* Two plans that cut one demand: the smaller cap holds, in whatever order they stand. */
static void
the_order_of_plans_does_not_matter(void **state)
{
    (void)state;
#define STRICT                                                                                     \
    "  strict: {demands: fields, stages: [{id: low, enter: {storage: 55 %},\n"                     \
    "           caps: {irrigation: 30 %}, opens: links.pump}]}\n"
    struct test_run a, b;
    open_run(&a, LAKE_BASIN("drought_plans:\n" STRICT "  province:\n" PROVINCE), NULL);
    open_run(&b, LAKE_BASIN("drought_plans:\n  province:\n" PROVINCE STRICT), NULL);
    assert_same_series(&a, &b);
    assert_close(supply_of(&a, "fields", 2), 3.0 * hm3_per_day, 1e-6, 0); /* 51 < 55 */
    run_close(&a);
    run_close(&b);
#undef STRICT
}

/* ---- index of rain ----------------------------------------------------------------------------
 */

enum { FIRST_YEAR = 1991, YEARS = 20, MONTHS_OF_RUN = 12 * YEARS };

/* Monthly rain, mm/d over the month as a record of months. */
static char *
rain_record(double *rain_mm_d)
{
    uint64_t seed = 99;
    size_t room = 64 + 32 * MONTHS_OF_RUN, used = 0;
    char *text = malloc(room);
    assert_non_null(text);
    used += (size_t)snprintf(text, room, "date,P\n");
    for (int m = 0; m < MONTHS_OF_RUN; m++) {
        double wet = m % 12 >= 4 && m % 12 <= 8 ? 12.0 : 2.0, drawn = random_uniform(&seed);
        rain_mm_d[m] = drawn < 0.05 ? 0.0 : round(1000.0 * wet * drawn * drawn) / 1000.0;
        used += (size_t)snprintf(text + used, room - used, "%d-%02d,%.3f\n", FIRST_YEAR + m / 12,
                                 m % 12 + 1, rain_mm_d[m]);
    }
    return text;
}

#define RAIN_BASIN(plan)                                                                           \
    "nguon: 1\n"                                                                                   \
    "run: {start: 1991-01-01, end: 2010-12-31, step: monthly}\n"                                   \
    "series: {rain: {file: weather.csv, column: P, unit: mm/d}}\n"                                 \
    "seas: {sea: {}}\n"                                                                            \
    "sources: {spring: {capacity: 2 m3/s, cost: 1}}\n"                                             \
    "demands: {fields: {class: irrigation, need: 1 m3/s}}\n"                                       \
    "links: {canal: {kind: canal, from: spring, to: fields}}\n"                                    \
    "drought_plans:\n  rainy: {" plan ", stages: [{id: dry, enter: {spi: -0.8},\n"                 \
    "    leave: {spi: 0.1}, caps: {irrigation: 50 %}}]}\n"

/* Index of each month of the run with the options of `nguon drought index`. */
static void
find_index_of(const double *rain_mm_d, double factor, enum distribution distribution,
              enum estimator estimator, double *index)
{
    double rain_mm[2 * MONTHS_OF_RUN], sum[2 * MONTHS_OF_RUN], score[2 * MONTHS_OF_RUN];
    int8_t month[2 * MONTHS_OF_RUN];
    struct index_fit fit[CALENDAR_MONTHS];
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int m = 0; m < 2 * MONTHS_OF_RUN; m++) {
        int i = m % MONTHS_OF_RUN, year = FIRST_YEAR + i / 12;
        int length = days[i % 12] + (i % 12 == 1 && year % 4 == 0);
        rain_mm[m] = rain_mm_d[i] * length * (m >= MONTHS_OF_RUN ? factor : 1.0);
        month[m] = (int8_t)(i % 12 + 1);
    }
    struct index_options options = {.scale = 3,
                                    .distribution = distribution,
                                    .estimator = estimator,
                                    .zero_rule = ZERO_SHARE,
                                    .clip = 3.09,
                                    .reference_last = MONTHS_OF_RUN - 1,
                                    .least_count = 10};
    struct error err;
    assert_int_equal(
        standardised_index(2 * MONTHS_OF_RUN, rain_mm, month, &options, sum, score, fit, &err),
        STATUS_OK);
    for (int m = 0; m < MONTHS_OF_RUN; m++)
        index[m] = score[MONTHS_OF_RUN + m];
    index[0] = index[1] = (double)NAN;
}

static void
find_index(const double *rain_mm_d, double factor, double *index)
{
    find_index_of(rain_mm_d, factor, DISTRIBUTION_GAMMA, ESTIMATOR_THOM, index);
}

/* The stage of a month follows the index of the month before it. */
static void
assert_stages_of_index(const struct test_run *run, const double *index)
{
    int stage = 0, dry = 0;
    for (int m = 0; m < MONTHS_OF_RUN; m++) {
        double seen = m > 0 ? index[m - 1] : (double)NAN;
        if (stage == 0 && seen < -0.8)
            stage = 1;
        else if (stage == 1 && !(seen < 0.1))
            stage = 0;
        assert_int_equal((int)run_series(run, RESULT_DROUGHT_STAGE, 0, m), stage);
        assert_close(supply_of(run, "fields", m), stage > 0 ? 0.5 : 1.0, 1e-6, 0);
        dry += stage;
    }
    assert_true(dry > 20 && dry < 200);
}

static void
the_index_is_that_of_the_record(void **state)
{
    (void)state;
    double rain_mm_d[MONTHS_OF_RUN], index[MONTHS_OF_RUN];
    char *weather = rain_record(rain_mm_d);
    struct test_run run;
    find_index(rain_mm_d, 1.0, index);
    open_run(&run, RAIN_BASIN("spi: {rain: {series: rain}, scale: 3}"), weather);
    assert_stages_of_index(&run, index);
    run_close(&run);
    free(weather);
}

/* What a scenario makes of the rain is judged by the rain as recorded. */
static void
a_drier_scenario_is_judged_by_the_record(void **state)
{
    (void)state;
    double rain_mm_d[MONTHS_OF_RUN], index[MONTHS_OF_RUN];
    char *weather = rain_record(rain_mm_d);
    struct test_run run;
    find_index(rain_mm_d, 0.8, index);
    open_run(&run, RAIN_BASIN("spi: {rain: {series: rain, scale: 0.8}, scale: 3}"), weather);
    assert_stages_of_index(&run, index);
    run_close(&run);
    free(weather);
}

#define FLOW_BASIN(plan)                                                                           \
    "nguon: 1\n"                                                                                   \
    "run: {start: 1991-01-01, end: 2010-12-31, step: monthly}\n"                                   \
    "series: {river: {file: weather.csv, column: P, unit: m3/s}}\n"                                \
    "catchments: {hills: {area: 10 km2, to: lake, inflow: {series: river}}}\n"                     \
    "reservoirs: {lake: {table: {level: [0, 20], area: [1, 9], storage: [0, 100], units: [m, "     \
    "km2, hm3]}, capacity: 100 hm3, spill_to: sea}}\n"                                             \
    "seas: {sea: {}}\n"                                                                            \
    "sources: {spring: {capacity: 2 m3/s, cost: 1}}\n"                                             \
    "demands: {fields: {class: irrigation, need: 1 m3/s}}\n"                                       \
    "links: {canal: {kind: canal, from: spring, to: fields}}\n"                                    \
    "drought_plans:\n  rivers: {" plan ", stages: [{id: dry, enter: {ssi: -0.8},\n"                \
    "    leave: {ssi: 0.1}, caps: {irrigation: 50 %}}]}\n"

/* The index of streamflow of a series, as recorded and in a scenario, and of the run's own runoff
 * to the lakes; a volume in any unit has the same index. */
static void
the_index_of_streamflow_is_that_of_the_flow(void **state)
{
    (void)state;
    double flow_m3s[MONTHS_OF_RUN], index[MONTHS_OF_RUN];
    char *weather = rain_record(flow_m3s);
    struct test_run run;
    find_index_of(flow_m3s, 1.0, DISTRIBUTION_LOGLOGISTIC, ESTIMATOR_LMOMENTS, index);
    open_run(&run, FLOW_BASIN("ssi: {scale: 3}"), weather);
    assert_stages_of_index(&run, index);
    assert_int_equal((int)run_series(&run, RESULT_DROUGHT_CAUSE, 0, 0), 0);
    run_close(&run);
    open_run(&run, FLOW_BASIN("ssi: {flow: {series: river}, scale: 3}"), weather);
    assert_stages_of_index(&run, index);
    run_close(&run);
    find_index_of(flow_m3s, 0.8, DISTRIBUTION_LOGLOGISTIC, ESTIMATOR_LMOMENTS, index);
    open_run(&run, FLOW_BASIN("ssi: {flow: {series: river, scale: 0.8}, scale: 3}"), weather);
    assert_stages_of_index(&run, index);
    run_close(&run);
    free(weather);
}

/* ---- forecast ---------------------------------------------------------------------------------
 */

/* Three days ahead at 1 hm3/d, then 5 from the 12th: on the 9th 3 hm3 are ahead (the 9th to the
 * 11th), on the 10th 7, on the 11th 11. From the 21st on the window goes beyond the run. */
static void
a_forecast_sees_the_time_ahead(void **state)
{
    (void)state;
    static const char text[] =
        "nguon: 1\n"
        "run: {start: 2021-01-01, end: 2021-01-22}\n"
        "series: {q: {file: weather.csv, column: Q, unit: hm3/d}}\n"
        "catchments: {hills: {area: 100 km2, to: weir, inflow: {series: q}}}\n"
        "weirs: {weir: {spill_to: lake}}\n"
        "reservoirs:\n"
        "  lake: {table: {level: [0, 20], area: [1, 9], storage: [0, 100], units: [m, km2, hm3]},\n"
        "         capacity: 100 hm3, spill_to: sea}\n"
        "seas: {sea: {}}\n"
        "demands: {fields: {class: irrigation, need: 1 hm3/d}}\n"
        "links: {canal: {kind: canal, from: lake, to: fields}}\n"
        "drought_plans:\n"
        "  ahead: {forecast: {window: 3 d, normal: 2 hm3/d}, stages: [\n"
        "    {id: dry, enter: {forecast: 60 %}, leave: {forecast: 150 %},\n"
        "     caps: {irrigation: 50 %}}]}\n";
    char weather[1024];
    size_t used = (size_t)snprintf(weather, sizeof weather, "date,Q\n");
    for (int day = 1; day <= 22; day++)
        used += (size_t)snprintf(weather + used, sizeof weather - used, "2021-01-%02d,%d\n", day,
                                 day < 12 ? 1 : 5);
    struct test_run run;
    open_run(&run, text, weather);
    /* 3 of 6 is below 60 %; 7 of 6 is not yet 150 %; 11 of 6 is */
    assert_stages(&run, 0, "1111111111000000000000");
    assert_int_equal((int)run_series(&run, RESULT_DROUGHT_CAUSE, 0, 0), 1 << TRIGGER_FORECAST);
    run_close(&run);
}

/* ---- a property -------------------------------------------------------------------------------
 */

/* Where one lake serves all, caps on lower classes never cost the domestic class a drop. */
static void
caps_on_lower_classes_never_harm_domestic_supply(void **state)
{
    (void)state;
    uint64_t seed = 7;
    int helped = 0;
    for (int i = 0; i < 40; i++) {
        char text[4096];
        double figure[8];
        for (int k = 0; k < 8; k++)
            figure[k] = random_uniform(&seed);
        struct test_run run[2];
        for (int with = 0; with < 2; with++) {
            snprintf(text, sizeof text,
                     "nguon: 1\n"
                     "run: {start: 2021-01-01, end: 2022-12-31, step: tenday}\n"
                     "junctions: {spring: {spill_to: lake, boundary_inflow: {monthly: [0.2, 0.1,\n"
                     "  0.1, %.2f, 1, %.2f, 5, 6, %.2f, 1, 0.5, 0.3], unit: m3/s}}}\n"
                     "reservoirs:\n"
                     "  lake: {table: {level: [0, 20], area: [1, 9], storage: [0, 60],\n"
                     "         units: [m, km2, hm3]}, capacity: 60 hm3, initial: %.1f %%,\n"
                     "         evaporation: 4 mm/d, spill_to: sea}\n"
                     "seas: {sea: {}}\n"
                     "demands: {town: {class: domestic, need: 0.7 m3/s},\n"
                     "  fields: {class: irrigation, need: %.2f m3/s}}\n"
                     "links: {pipe: {kind: pipe, from: lake, to: town},\n"
                     "  canal: {kind: canal, from: lake, to: fields}}\n"
                     "drought_plans: {p: {enabled: %s, stages: [\n"
                     "  {id: watch, enter: {storage: 60 %%}, leave: {storage: 65 %%},\n"
                     "   caps: {irrigation: %.1f %%}},\n"
                     "  {id: alert, enter: {storage: %.1f %%}, caps: {irrigation: 0 %%},\n"
                     "   hold: 30 d}]}}\n",
                     2 * figure[0], 5 * figure[1], 6 * figure[2], 30 + 70 * figure[3],
                     1 + 3 * figure[4], with ? "true" : "false", 100 * figure[5],
                     10 + 40 * figure[6]);
            assert_true(run_open(&run[with], basin_of_text(folder, text, NULL)));
            assert_int_equal(run_simulate(&run[with], LP_SIMPLEX), STATUS_OK);
        }
        for (int t = 0; t < run[0].axis.step_count; t++)
            assert_true(supply_of(&run[1], "town", t) >= supply_of(&run[0], "town", t) - 1e-6);
        double without_m3 = run[0].result.demand[0].supply_m3;
        helped += run[1].result.demand[0].supply_m3 > without_m3 + 1e3;
        run_close(&run[0]);
        run_close(&run[1]);
    }
    assert_true(helped >= 10);
}

static int
make_folder(void **state)
{
    (void)state;
    folder = folder_create();
    return folder == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_follow_the_storage_with_hysteresis),
        cmocka_unit_test(a_stage_opens_its_links),
        cmocka_unit_test(a_plan_holds_for_its_districts),
        cmocka_unit_test(a_plan_climbs_at_once_and_comes_down_one_by_one),
        cmocka_unit_test(a_plan_that_never_acts_changes_no_bit),
        cmocka_unit_test(a_plan_can_be_disabled),
        cmocka_unit_test(the_order_of_plans_does_not_matter),
        cmocka_unit_test(the_index_is_that_of_the_record),
        cmocka_unit_test(the_index_of_streamflow_is_that_of_the_flow),
        cmocka_unit_test(a_drier_scenario_is_judged_by_the_record),
        cmocka_unit_test(a_forecast_sees_the_time_ahead),
        cmocka_unit_test(caps_on_lower_classes_never_harm_domestic_supply),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
