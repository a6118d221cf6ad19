/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/foresight.h"
#include "scenarios/rule_search.h"
#include "solvers/global_search.h"
#include "tests/random.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Search of rules against optima that are known: the four-reservoir benchmark, hedging of one lake
 * worked out by hand, and the linear program of perfect foresight against volumes by hand.
 */

static const char *folder;
static const double m3_per_hm3 = 1e6;

/* ---- four reservoirs --------------------------------------------------------------------------
 */

enum { STEPS = 12, LAKES = 4 };

struct four {
    double worth[STEPS][LAKES];
};

static struct four
read_four(void)
{
    struct four four;
    char line[256];
    FILE *file = fopen(EXAMPLE_DIR "/four-reservoirs/benefits.csv", "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_non_null(fgets(line, sizeof line, file));
    for (int t = 0; t < STEPS; t++) {
        int month;
        double *w = four.worth[t];
        assert_int_equal(fscanf(file, "%d,%lf,%lf,%lf,%lf", &month, &w[0], &w[1], &w[2], &w[3]), 5);
        assert_int_equal(month, t + 1);
    }
    fclose(file);
    return four;
}

/* Releases of the four lakes, what they bring and what is missed at the end (science of the
 * problem: Larson 1968). Water that no lake can hold is lost. */
static enum status
play(void *context, int count, const double *point, double *value, struct error *err)
{
    static const double capacity[LAKES] = {10, 10, 10, 15}, wanted[LAKES] = {5, 5, 5, 7};
    const struct four *four = context;
    (void)err;
    for (int k = 0; k < count; k++, point += STEPS * LAKES) {
        double storage[LAKES] = {5, 5, 5, 5}, benefit = 0.0, missed = 0.0;
        for (int t = 0; t < STEPS; t++) {
            double release[LAKES], inflow[LAKES] = {2, 3, 0, 0};
            for (int i = 0; i < LAKES; i++) {
                inflow[2] = i > 1 ? release[1] : 0.0;
                inflow[3] = i > 2 ? release[0] + release[2] : 0.0;
                double water = storage[i] + inflow[i];
                release[i] = fmin(point[STEPS * i + t], water);
                storage[i] = fmin(water - release[i], capacity[i]);
                benefit += four->worth[t][i] * release[i];
            }
        }
        for (int i = 0; i < LAKES; i++)
            missed += fmax(0.0, wanted[i] - storage[i]);
        value[k] = missed > 1e-9 ? 1e6 * (1.0 + missed) : -benefit;
    }
    return STATUS_OK;
}

static void
the_four_reservoirs_are_solved(void **state)
{
    (void)state;
    static const double largest[LAKES] = {3, 4, 4, 7};
    struct four four = read_four();
    double low[STEPS * LAKES] = {0}, high[STEPS * LAKES], best = 0.0;
    struct error err = {0};
    for (int v = 0; v < STEPS * LAKES; v++)
        high[v] = largest[v / STEPS];
    const struct search_problem problem = {
        .dimension = STEPS * LAKES, .low = low, .high = high, .evaluate = play, .context = &four};
    for (uint64_t seed = 3; seed <= 4; seed++) {
        struct search_settings settings = search_settings_usual(seed);
        struct search_result found;
        settings.evaluation_max = 400000;
        settings.population_size = 200;
        assert_int_equal(covariance_search(&problem, &settings, &found, &err), STATUS_OK);
        assert_true(found.evaluation_count <= settings.evaluation_max);
        best = fmax(best, -found.value);
    }
    /* the optimum that is published, and that two linear programs confirm */
    assert_true(best <= 401.3 + 1e-6);
    if (best < 401.2)
        fail_msg("the best found is %.4f", best);
}

/* ---- what is varied ---------------------------------------------------------------------------
 */

static void
bounds_stand_in_values(void **state)
{
    (void)state;
    struct rule_space space = {0};
    struct error err = {0};
    const double point[] = {0.25, 1, 2, 3, -1.5};
    assert_int_equal(rule_space_add(&space, "reservoirs.a.domestic_reserve=0..1 hm3", &err),
                     STATUS_OK);
    assert_int_equal(rule_space_add(&space,
                                    "reservoirs.a.target={curve: {01-01: 1..5 hm3, 07-01: 2*1..3}}",
                                    &err),
                     STATUS_OK);
    assert_int_equal(rule_space_add(&space, "drought_plans.p.stages.s.enter.spi=-2..-0.5", &err),
                     STATUS_OK);
    assert_int_equal(space.variable_count, 5);
    assert_close(space.low[4], -2.0, 0, 0);
    assert_close(space.high[4], -0.5, 0, 0);
    char *value = rule_space_value(&space, 0, point);
    assert_string_equal(value, "0.25 hm3");
    free(value);
    value = rule_space_value(&space, 1, point);
    assert_string_equal(value, "{curve: {01-01: 1 hm3, 07-01: 2, 3}}");
    free(value);
    value = rule_space_value(&space, 2, point);
    assert_string_equal(value, "-1.5");
    free(value);
    rule_space_finish(&space);
}

static void
bad_bounds_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"reservoirs.a.target",
                                      "reservoirs.a.target=3 hm3",
                                      "reservoirs.a.target=3..2 hm3",
                                      "reservoirs.a.target=99*1..2",
                                      "=1..2",
                                      "reservoirs.a.target=1..inf"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct rule_space space = {0};
        struct error err = {0};
        if (rule_space_add(&space, bad[i], &err) != STATUS_USAGE)
            fail_msg("'%s' was taken", bad[i]);
        assert_non_null(strstr(err.text, "--vary"));
        rule_space_finish(&space);
    }
}

/* ---- hedging of one lake ----------------------------------------------------------------------
 */

/* 60 hm3 and no inflow for two months that ask for 40 hm3 each. */
#define LAKE(initial, scenarios)                                                                   \
    "nguon: 1\n"                                                                                   \
    "run: {start: 2021-01-01, end: 2021-02-28, step: monthly, demand_year: 2021}\n"                \
    "reservoirs:\n"                                                                                \
    "  lake: {table: {level: [0, 20], area: [1, 9], storage: [0, 100], units: [m, km2, hm3]},\n"   \
    "         capacity: 100 hm3, initial: " initial ", spill_to: sea,\n"                           \
    "         zones: [{id: saving, below: 100 %, caps: {irrigation: 100 %}}]}\n"                   \
    "seas: {sea: {}}\n"                                                                            \
    "demands: {fields: {class: irrigation, need: 40 hm3/month}}\n"                                 \
    "links: {canal: {kind: canal, from: lake, to: fields}}\n" scenarios

static double
squared_deficits(const void *context, const struct scenario_result *result)
{
    const struct timeaxis *axis = context;
    double sum = 0.0;
    for (int t = 0; t < axis->step_count; t++) {
        double lacking_hm3 =
            ((double)result->series[RESULT_NEED][t] - (double)result->series[RESULT_SUPPLY][t]) *
            axis->dt_s[t] / m3_per_hm3;
        sum += lacking_hm3 * lacking_hm3;
    }
    return sum;
}

static double
first_supply(const void *context, const struct scenario_result *result)
{
    const struct timeaxis *axis = context;
    return (double)result->series[RESULT_SUPPLY][0] * axis->dt_s[0];
}

/* Search for the cap that leaves the smallest sum of squared deficits. */
static void
search_cap(const char *text, double least_first_m3, int threads, struct rule_search_result *result)
{
    struct basin *basin = basin_of_text(folder, text, NULL);
    struct timeaxis axis = {0};
    struct plan plan = {0};
    struct rule_space space = {0};
    struct error err = {0};
    assert_non_null(basin);
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, NULL),
                     STATUS_OK);
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_OK);
    assert_int_equal(
        rule_space_add(&space, "reservoirs.lake.zones.saving.caps.irrigation=10..100 %", &err),
        STATUS_OK);
    const struct rule_measure measures[] = {
        {.text = "deficits", .of = squared_deficits, .context = &axis, .low_is_good = true},
        {.text = "first",
         .of = first_supply,
         .context = &axis,
         .statistic = RULE_WORST,
         .has_limit = true,
         .limit = least_first_m3}};
    struct rule_search_request request = {.basin = basin,
                                          .axis = &axis,
                                          .plan = &plan,
                                          .space = &space,
                                          .measure = measures,
                                          .measure_count = least_first_m3 > 0.0 ? 2 : 1,
                                          .seed = 1,
                                          .seed_count = 2,
                                          .evaluation_max = 150,
                                          .threads = threads};
    request.selection.keep[RESULT_NEED] = request.selection.keep[RESULT_SUPPLY] = true;
    if (rule_search(&request, result, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    rule_space_finish(&space);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    basin_destroy(basin);
}

/* As the rules are, the lake gives 40 and 20: 20^2. Hedged, 30 and 30: 10^2 + 10^2. */
static void
hedging_is_found(void **state)
{
    (void)state;
    struct rule_search_result result;
    search_cap(LAKE("60 hm3", ""), 0.0, 1, &result);
    assert_close(result.baseline.measure[0], 400.0, 1e-6, 0);
    for (int i = 0; i < 2; i++) {
        assert_close(result.seed[i].measure[0], 200.0, 1e-4, 0);
        assert_close(result.seed[i].point[0], 75.0, 1e-3, 0);
        assert_true(result.seed[i].evaluation_count <= 150);
    }
    assert_int_equal(result.failed_count, 0);
    rule_search_finish(&result);
}

/* 34 hm3 in the first month leave 26: 6^2 + 14^2. */
static void
a_constraint_holds(void **state)
{
    (void)state;
    struct rule_search_result result;
    search_cap(LAKE("60 hm3", ""), 34.0 * m3_per_hm3, 1, &result);
    assert_true(result.baseline.feasible);
    const struct rule_outcome *best = &result.seed[result.best_i];
    assert_true(best->feasible);
    assert_close(best->measure[1], 34.0 * m3_per_hm3, 1e-4, 0);
    assert_close(best->measure[0], 232.0, 1e-3, 0);
    rule_search_finish(&result);
}

/* Storages of 60 and 30 hm3 and a cap of u/40: where u < 30, the first gives u and u, the other u
 * and 30 - u; 3 (40-u)^2 + (10+u)^2 is smallest at u = 27.5. */
static void
all_scenarios_count_and_threads_do_not(void **state)
{
    (void)state;
    static const char axes[] = "scenarios: {axes: {start: {values: [60 hm3, 30 hm3], "
                               "path: reservoirs.lake.initial}}}\n";
    char text[2048];
    struct rule_search_result one, three;
    snprintf(text, sizeof text, "%s%s", LAKE("50 hm3", ""), axes);
    search_cap(text, 0.0, 1, &one);
    search_cap(text, 0.0, 3, &three);
    const struct rule_outcome *best = &one.seed[one.best_i];
    assert_close(best->point[0], 100.0 * 27.5 / 40.0, 1e-3, 0);
    for (int i = 0; i < 2; i++) {
        assert_memory_equal(one.seed[i].point, three.seed[i].point, sizeof(double));
        assert_memory_equal(one.seed[i].measure, three.seed[i].measure, sizeof(double));
    }
    rule_search_finish(&one);
    rule_search_finish(&three);
}

/* ---- perfect foresight ------------------------------------------------------------------------
 */

/* Most that the demands can get of their need, with programs of at most so many columns. */
static struct foresight
bound_of(const char *text, int column_max)
{
    static const double worth[4][12] = {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                                        {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
    static const double nothing[16][12] = {{0}};
    struct test_run run = {0};
    struct foresight found = {0};
    struct error err = {0};
    assert_true(run_open(&run, basin_of_text(folder, text, NULL)));
    const struct foresight_request request = {.basin = run.basin,
                                              .axis = &run.axis,
                                              .records = run.records,
                                              .runoff = run.runoff,
                                              .demand_worth = worth,
                                              .link_worth = nothing,
                                              .column_max = column_max};
    if (foresight_bound(&request, &found, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    run_close(&run);
    return found;
}

/* 20 of at most 20 hm3, 40 hm3 that come in January, 30 hm3 asked for each month: 10 are lost. */
#define POND                                                                                       \
    "nguon: 1\n"                                                                                   \
    "run: {start: 2021-01-01, end: 2021-02-28, step: monthly, demand_year: 2021}\n"                \
    "junctions: {spring: {spill_to: lake, boundary_inflow: {monthly: [40, 0, 0, 0, 0, 0, 0, 0, "   \
    "0, 0, 0, 0], unit: hm3/month}}}\n"                                                            \
    "reservoirs:\n"                                                                                \
    "  lake: {table: {level: [0, 20], area: [1, 9], storage: [0, 100], units: [m, km2, hm3]},\n"   \
    "         capacity: 20 hm3, initial: 20 hm3, spill_to: sea}\n"                                 \
    "seas: {sea: {}}\n"                                                                            \
    "demands: {fields: {class: irrigation, need: 30 hm3/month}}\n"                                 \
    "links: {canal: {kind: canal, from: lake, to: fields, loss: 0 %}}\n"

static void
foresight_knows_what_a_lake_can_hold(void **state)
{
    (void)state;
    struct foresight lake = bound_of(LAKE("60 hm3", ""), 0), pond = bound_of(POND, 0);
    assert_close(lake.worth, 60.0 * m3_per_hm3, 1e-9, 0);
    assert_close(lake.need_worth, 80.0 * m3_per_hm3, 1e-9, 0);
    assert_close(pond.worth, 50.0 * m3_per_hm3, 1e-9, 0);
    assert_int_equal(pond.block_months, 1);
    /* two months taken as one know nothing of the spill: a looser bound, but a bound */
    struct foresight coarse = bound_of(POND, pond.column_count / 2);
    assert_int_equal(coarse.block_months, 2);
    assert_close(coarse.worth, 60.0 * m3_per_hm3, 1e-9, 0);
}

/* No run of a random basin supplies more than perfect foresight could. */
static void
no_run_exceeds_foresight(void **state)
{
    (void)state;
    int compared = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        const struct random_basin_options options = {.seed = seed,
                                                     .share = "fair",
                                                     .step = "daily",
                                                     .step_count = 60,
                                                     .rich = seed % 2 == 0};
        struct basin *basin = random_basin(&options, folder);
        struct test_run run = {0};
        struct error err = {0};
        struct foresight found = {0};
        if (basin == NULL || !run_open(&run, basin))
            continue;
        double(*worth)[12] =
            calloc((size_t)(run.basin->demand_count + run.basin->link_count + 1), sizeof *worth);
        assert_non_null(worth);
        for (int d = 0; d < run.basin->demand_count; d++)
            for (int m = 0; m < 12; m++)
                worth[d][m] = 1.0;
        const struct foresight_request request = {
            .basin = run.basin,
            .axis = &run.axis,
            .records = run.records,
            .runoff = run.runoff,
            .demand_worth = (const double(*)[12])worth,
            .link_worth = (const double(*)[12])(worth + run.basin->demand_count)};
        if (run_simulate(&run, LP_SIMPLEX) == STATUS_OK &&
            foresight_bound(&request, &found, &err) == STATUS_OK) {
            double supplied_m3 = 0.0;
            for (int d = 0; d < run.basin->demand_count; d++)
                supplied_m3 += run.result.demand[d].supply_m3;
            compared++;
            if (supplied_m3 > found.worth * (1.0 + 1e-7) + 1.0)
                fail_msg("seed %d: %g m3 supplied, bound %g m3", (int)seed, supplied_m3,
                         found.worth);
            assert_true(found.worth <= found.need_worth * (1.0 + 1e-7) + 1.0);
        }
        free(worth);
        run_close(&run);
    }
    assert_true(compared >= 10);
}

/* ---- paths of zones and stages ----------------------------------------------------------------
 */

#define PLAN                                                                                       \
    "drought_plans:\n"                                                                             \
    "  p:\n"                                                                                       \
    "    stages:\n"                                                                                \
    "      - {id: watch, enter: {storage: 50 %}, caps: {irrigation: 80 %}}\n"                      \
    "      - {id: alert, enter: {storage: 30 %}, leave: {storage: 40 %}, hold: 3 d,\n"             \
    "         caps: {irrigation: 50 %}}\n"

static void
paths_reach_zones_and_stages(void **state)
{
    (void)state;
    static const char *const good[] = {"drought_plans.p.stages.watch.enter.storage=70 %",
                                       "drought_plans.p.stages.alert.leave.storage=45 %",
                                       "drought_plans.p.stages.alert.hold=9 d",
                                       "drought_plans.*.stages.*.caps.irrigation=25 %",
                                       "reservoirs.lake.zones.saving.below=80 hm3"};
    struct basin *basin = basin_of_text(folder, LAKE("60 hm3", PLAN), NULL), *copy = NULL;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_non_null(basin);
    assert_int_equal(basin_copy(basin, &copy), STATUS_OK);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (basin_set(copy, good[i], &diagnostics) != STATUS_OK)
            fail_msg("%s: %s", good[i], diagnostics.item[0].message);
    const struct drought_stage *stage = copy->drought_plan[0].stage;
    assert_close(stage[0].enter[TRIGGER_STORAGE].value[0], 0.7, 1e-15, 0);
    assert_close(stage[0].leave[TRIGGER_STORAGE].value[0], 0.7, 1e-15, 0); /* as it is entered */
    assert_close(stage[1].leave[TRIGGER_STORAGE].value[0], 0.45, 1e-15, 0);
    assert_close(stage[1].hold_s, 9.0 * 86400.0, 0, 0);
    assert_close(stage[0].cap[0], 0.25, 0, 0);
    assert_close(stage[1].cap[0], 0.25, 0, 0);
    assert_close(copy->reservoir[0].zone[0].below.value[0], 80e6, 0, 0);
    /* the basin itself is as it was */
    stage = basin->drought_plan[0].stage;
    assert_close(stage[0].enter[TRIGGER_STORAGE].value[0], 0.5, 0, 0);
    assert_close(stage[0].cap[0], 0.8, 0, 0);
    assert_close(basin->reservoir[0].zone[0].below.value[0], 1.0, 0, 0);
    basin_destroy(copy);
    basin_destroy(basin);
    diagnostics_finish(&diagnostics);
}

static void
bad_paths_of_items_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *assignment, *message;
    } bad[] = {{"drought_plans.p.stages.wach.hold=3 d", "there is no 'wach'"},
               {"drought_plans.p.stages.watch.entr.storage=3 %", "have no key 'entr.storage'"},
               {"drought_plans.p.stages.watch=3 d", "come the id"},
               {"drought_plans.p.stages.watch.caps.industry=3 %", "there is no 'watch'"},
               {"drought_plans.p.stages.watch.caps.irrigation=120 %", "at least 0 and at most 1"},
               {"drought_plans.p.stages.alert.enter.storage=60 %", "before it is entered"},
               {"reservoirs.lake.zones.saving.below=500 hm3", "the lake has"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct basin *basin = basin_of_text(folder, LAKE("60 hm3", PLAN), NULL);
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        assert_non_null(basin);
        assert_int_equal(basin_set(basin, bad[i].assignment, &diagnostics), STATUS_INPUT);
        if (strstr(diagnostics.item[0].message, bad[i].message) == NULL)
            fail_msg("%s: %s", bad[i].assignment, diagnostics.item[0].message);
        diagnostics_finish(&diagnostics);
        basin_destroy(basin);
    }
}

static int
set_up(void **state)
{
    (void)state;
    folder = folder_create();
    return folder == NULL;
}

static int
tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_reservoirs_are_solved),
        cmocka_unit_test(bounds_stand_in_values),
        cmocka_unit_test(bad_bounds_are_refused),
        cmocka_unit_test(hedging_is_found),
        cmocka_unit_test(a_constraint_holds),
        cmocka_unit_test(all_scenarios_count_and_threads_do_not),
        cmocka_unit_test(foresight_knows_what_a_lake_can_hold),
        cmocka_unit_test(no_run_exceeds_foresight),
        cmocka_unit_test(paths_reach_zones_and_stages),
        cmocka_unit_test(bad_paths_of_items_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
