/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/drought_outlook.h"
#include "scenarios/trigger_lab.h"
#include "tests/random.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The trigger laboratory against runs of the basin by themselves: scores from the storages of a run
 * in which nobody acts, and what acting comes to from runs with the level in the file. */

static const char *folder;
static const double seconds_per_year = 365.2425 * 86400.0;

enum { YEARS = 20, MONTHS = 12 * YEARS };

/* Flow of months with dry and wet years. */
static char *
flow_record(void)
{
    uint64_t seed = 7;
    size_t room = 64 + 32 * MONTHS, used = 0;
    char *text = malloc(room);
    double year = 1.0;
    assert_non_null(text);
    used += (size_t)snprintf(text, room, "date,Q\n");
    for (int m = 0; m < MONTHS; m++) {
        year = m % 12 == 0 ? 0.4 + 1.2 * random_uniform(&seed) : year;
        double wet = m % 12 >= 5 && m % 12 <= 9 ? 6.0 : 1.0;
        used += (size_t)snprintf(text + used, room - used, "%d-%02d,%.4f\n", 1991 + m / 12,
                                 m % 12 + 1, wet * year * (0.5 + random_uniform(&seed)));
    }
    return text;
}

#define BASIN                                                                                      \
    "nguon: 1\n"                                                                                   \
    "run: {start: 1991-01-01, end: 2010-12-31, step: monthly}\n"                                   \
    "ranks: [domestic, irrigation, storage_target]\n"                                              \
    "series: {river: {file: weather.csv, column: Q, unit: m3/s}}\n"                                \
    "catchments: {hills: {area: 10 km2, to: lake, inflow: {series: river}}}\n"                     \
    "reservoirs: {lake: {table: {level: [0, 20], area: [1, 9], storage: [0, 100], units: [m, "     \
    "km2, hm3]}, capacity: 40 hm3, initial: 60 %, spill_to: sea}}\n"                               \
    "seas: {sea: {}}\n"                                                                            \
    "demands: {fields: {class: irrigation, need: 1.6 m3/s}, town: {class: domestic, "              \
    "need: 0.9 m3/s}}\n"                                                                           \
    "links: {canal: {kind: canal, from: lake, to: fields}, main: {kind: pipe, from: lake, "        \
    "to: town}}\n"                                                                                 \
    "drought_plans:\n  p: {ssi: {scale: 3}, stages: [{id: save, enter: {storage: 50 %, ssi: -1},"  \
    "\n    caps: {irrigation: 30 %}}]}\n"

struct opened {
    struct basin *basin;
    struct timeaxis axis;
    struct plan plan;
    struct trigger_lab lab;
};

static void
open_lab(struct opened *opened, const char *weather, bool below, bool acts, int threads)
{
    struct error err = {0};
    opened->basin = basin_of_text(folder, BASIN, weather);
    assert_non_null(opened->basin);
    const struct run_settings *run = &opened->basin->run;
    assert_int_equal(timeaxis_init(&opened->axis, run->step, run->start, run->end, NULL),
                     STATUS_OK);
    assert_int_equal(plan_expand(opened->basin, &opened->plan, &err), STATUS_OK);
    struct trigger_request request = {.basin = opened->basin,
                                      .axis = &opened->axis,
                                      .plan = &opened->plan,
                                      .class_i = -1,
                                      .below_share = 0.2,
                                      .ahead_s = 91 * 86400.0,
                                      .gap_s = 61 * 86400.0,
                                      .stage = acts ? 0 : -1,
                                      .threads = threads};
    for (int c = 0; c < opened->basin->class_count && !below; c++)
        if (strcmp(opened->basin->class[c].id, "domestic") == 0)
            request.class_i = c;
    if (trigger_lab_run(&request, &opened->lab, &err) != STATUS_OK)
        fail_msg("%s", err.text);
}

static void
close_lab(struct opened *opened)
{
    trigger_lab_finish(&opened->lab);
    plan_finish(&opened->plan);
    timeaxis_finish(&opened->axis);
    basin_destroy(opened->basin);
}

/* A run of the basin with these assignments. */
static void
open_run(struct test_run *run, const char *weather, const char *const *sets, int count)
{
    struct basin *basin = basin_of_text(folder, BASIN, weather);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_non_null(basin);
    for (int i = 0; i < count; i++)
        if (basin_set(basin, sets[i], &diagnostics) != STATUS_OK)
            fail_msg("%s: %s", sets[i], diagnostics.item[0].message);
    diagnostics_finish(&diagnostics);
    assert_true(run_open(run, basin));
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
}

static int
index_of(const struct basin *basin, const char *demand)
{
    return basin->node[basin_find_node(basin, demand)].kind_i;
}

static bool
is_short(const struct test_run *run, int t)
{
    int town_d = index_of(run->basin, "town");
    return run_series(run, RESULT_SUPPLY, town_d, t) <
           run_series(run, RESULT_NEED, town_d, t) * (1.0 - 1e-6);
}

static void
scores_are_those_of_a_run_without_the_plan(void **state)
{
    (void)state;
    static const char *const rest[] = {"drought_plans.p.enabled=false"};
    static double storage[MONTHS];
    static bool dry[MONTHS], low[MONTHS];
    const struct alarm_record of_town = {MONTHS, storage, dry}, of_lake = {MONTHS, storage, low};
    const struct alarm_options options = {.ahead = 3, .gap = 2};
    char *weather = flow_record();
    struct test_run run = {0};
    struct opened town = {0}, lake = {0};
    open_run(&run, weather, rest, 1);
    for (int t = 0; t < MONTHS; t++) {
        storage[t] = t > 0 ? run_series(&run, RESULT_STORAGE, 0, t - 1) / 40e6 : 0.6;
        dry[t] = is_short(&run, t);
        low[t] = storage[t] < 0.2;
    }
    open_lab(&town, weather, false, false, 1);
    open_lab(&lake, weather, true, false, 1);
    for (int i = 0; i < 19; i++) {
        double level = 0.05 * (i + 1);
        struct alarm_score wanted = alarm_score(1, &of_town, &options, level);
        const struct alarm_score *got = &town.lab.trigger[TRIGGER_STORAGE].level[i].score;
        assert_int_equal(got->hits, wanted.hits);
        assert_int_equal(got->false_alarms, wanted.false_alarms);
        assert_int_equal(got->misses, wanted.misses);
        assert_int_equal(got->warned_count, wanted.warned_count);
        wanted = alarm_score(1, &of_lake, &options, level);
        assert_int_equal(lake.lab.trigger[TRIGGER_STORAGE].level[i].score.hits, wanted.hits);
    }
    assert_true(town.lab.dry_steps > 5 && town.lab.trigger[TRIGGER_FLOW].is_there);
    assert_false(town.lab.trigger[TRIGGER_INDEX].is_there);
    /* an empty lake is what leaves the town short: its storage tells */
    assert_true(town.lab.trigger[TRIGGER_STORAGE].roc_area > 0.9);
    run_close(&run);
    close_lab(&town);
    close_lab(&lake);
    free(weather);
}

static void
acting_is_what_the_level_in_the_file_does(void **state)
{
    (void)state;
    static const char *const levels[][2] = {{"drought_plans.p.stages.save.enter.storage=30 %",
                                             "drought_plans.p.stages.save.enter.ssi=-9"},
                                            {"drought_plans.p.stages.save.enter.storage=70 %",
                                             "drought_plans.p.stages.save.enter.ssi=-9"},
                                            {"drought_plans.p.stages.save.enter.storage=0 %",
                                             "drought_plans.p.stages.save.enter.ssi=-0.5"}};
    static const int trigger[] = {TRIGGER_STORAGE, TRIGGER_STORAGE, TRIGGER_FLOW};
    static const int level_i[] = {5, 13, 8};
    char *weather = flow_record();
    struct opened lab = {0};
    open_lab(&lab, weather, false, true, 1);
    for (int i = 0; i < 3; i++) {
        struct test_run run = {0};
        long dry = 0;
        double cut_m3 = 0.0, lacking_m3 = 0.0;
        open_run(&run, weather, levels[i], 2);
        double years = (double)(run.axis.start_s[MONTHS] - run.axis.start_s[0]) / seconds_per_year;
        for (int t = 0; t < MONTHS; t++)
            dry += is_short(&run, t);
        for (int d = 0; d < 2; d++) {
            cut_m3 += run.result.demand[d].shortage_rule_m3;
            lacking_m3 += run.result.demand[d].shortage_water_m3;
        }
        const struct trigger_action *got = &lab.lab.trigger[trigger[i]].level[level_i[i]].action;
        assert_int_equal(got->dry_steps, dry);
        assert_close(got->cut_m3_per_year, cut_m3 / years, 1e-12, 0);
        assert_close(got->lacking_m3_per_year, lacking_m3 / years, 1e-9, 1e-3);
        run_close(&run);
    }
    /* the level that is named leaves fewest short steps, and no cheaper one does */
    const struct trigger_result *storage = &lab.lab.trigger[TRIGGER_STORAGE];
    const struct trigger_action *best = &storage->level[storage->best_i].action;
    for (int i = 0; i < storage->level_count; i++) {
        const struct trigger_action *other = &storage->level[i].action;
        assert_true(other->dry_steps > best->dry_steps ||
                    (other->dry_steps == best->dry_steps &&
                     other->cut_m3_per_year >= best->cut_m3_per_year));
    }
    assert_true(best->dry_steps < lab.lab.dry_steps);
    close_lab(&lab);
    free(weather);
}

static void
threads_change_nothing(void **state)
{
    (void)state;
    char *weather = flow_record();
    struct opened one = {0}, three = {0};
    open_lab(&one, weather, false, true, 1);
    open_lab(&three, weather, false, true, 3);
    for (int i = 0; i < TRIGGER_COUNT; i++)
        for (int j = 0; j < one.lab.trigger[i].level_count; j++)
            assert_memory_equal(&one.lab.trigger[i].level[j], &three.lab.trigger[i].level[j],
                                sizeof(struct trigger_level));
    close_lab(&one);
    close_lab(&three);
    free(weather);
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
        cmocka_unit_test(scores_are_those_of_a_run_without_the_plan),
        cmocka_unit_test(acting_is_what_the_level_in_the_file_does),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
