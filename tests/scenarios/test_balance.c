/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/*
 * Where several ways of serving the ranks are equally good the choice is stated
 * (docs/allocation.md): least pumping, then lakes that can stand in for each other drawn to equal
 * fractions of their zone, then link ids. It does not swing from step to step.
 */

static const char *folder;

/* As a share of the zone between dead storage and target. */
static const double even_enough = 0.02;

enum { LAKES_MAX = 4 };

/* Parallel lakes above one junction, a town below it; no inflow unless asked for. */
struct scene {
    const char *step;
    int lake_count;
    double capacity_hm3[LAKES_MAX], dead_hm3[LAKES_MAX], initial[LAKES_MAX]; /* of the capacity */
    const char *id[LAKES_MAX];
    double inflow_m3s[LAKES_MAX];
    double need_m3s;
    const char *link_kind[LAKES_MAX];
};

static void
open_scene(struct test_run *run, const struct scene *scene)
{
    char text[8192];
    size_t used = 0;
#define SAY(...) used += (size_t)snprintf(text + used, sizeof text - used, __VA_ARGS__)
    SAY("nguon: 1\nname: parallel\nrun: {start: 2021-01-01, end: 2021-12-31, step: %s}\n",
        scene->step);
    SAY("reservoirs:\n");
    for (int i = 0; i < scene->lake_count; i++)
        SAY("  %s: {table: {level: [0, 10], area: [1, 1], storage: [0, %.6f], units: [m, km2, "
            "hm3]}, capacity: %.6f hm3, dead_storage: %.6f hm3, initial: %.6f %%, spill_to: sea}\n",
            scene->id[i], scene->capacity_hm3[i], scene->capacity_hm3[i], scene->dead_hm3[i],
            100.0 * scene->initial[i]);
    SAY("junctions:\n  fork: {}\n");
    for (int i = 0; i < scene->lake_count; i++)
        if (scene->inflow_m3s[i] > 0.0)
            SAY("  spring%d: {boundary_inflow: %.6f m3/s, spill_to: %s}\n", i, scene->inflow_m3s[i],
                scene->id[i]);
    SAY("seas:\n  sea: {}\ndemands:\n  town: {class: domestic, need: %.6f m3/s}\nlinks:\n",
        scene->need_m3s);
    for (int i = 0; i < scene->lake_count; i++)
        SAY("  from_%s: {kind: %s, from: %s, to: fork}\n", scene->id[i],
            scene->link_kind[i] != NULL ? scene->link_kind[i] : "canal", scene->id[i]);
    SAY("  main: {kind: pipe, from: fork, to: town}\n");
#undef SAY
    assert_true(run_open(run, basin_of_text(folder, text, NULL)));
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
}

static int
lake_of(const struct test_run *run, const char *id)
{
    return run->basin->node[basin_find_node(run->basin, id)].kind_i;
}

/* Fraction of its zone that a lake holds at the end of step t. */
static double
fraction(const struct test_run *run, const char *id, int t)
{
    int r = lake_of(run, id);
    const struct reservoir *reservoir = &run->basin->reservoir[r];
    return (run_series(run, RESULT_STORAGE, r, t) - reservoir->dead_storage_m3) /
           (reservoir->capacity_m3 - reservoir->dead_storage_m3);
}

static double
link_flow(const struct test_run *run, const char *id, int t)
{
    return run_series(run, RESULT_LINK_FLOW, basin_find_link(run->basin, id), t);
}

/* Largest difference of the lakes' fractions after the first step at which they are even. */
static double
unevenness(const struct test_run *run, const struct scene *scene, int from_step)
{
    double worst = 0.0;
    for (int t = from_step; t < run->axis.step_count; t++) {
        double low = 1.0, high = 0.0;
        for (int i = 0; i < scene->lake_count; i++) {
            low = fmin(low, fraction(run, scene->id[i], t));
            high = fmax(high, fraction(run, scene->id[i], t));
        }
        worst = fmax(worst, high - low);
    }
    return worst;
}

static void
equal_lakes_are_drawn_evenly(void **state)
{
    (void)state;
    static const char *const steps[] = {"daily", "tenday", "monthly"};
    for (int i = 0; i < 3; i++) {
        struct scene scene = {.step = steps[i],
                              .lake_count = 2,
                              .capacity_hm3 = {20.0, 20.0},
                              .dead_hm3 = {1.0, 1.0},
                              .initial = {1.0, 1.0},
                              .id = {"east", "west"},
                              .need_m3s = 1.1};
        struct test_run run;
        open_scene(&run, &scene);
        assert_true(run.result.demand[0].shortage_water_m3 == 0.0);
        assert_true(unevenness(&run, &scene, 0) <= even_enough + 1e-6);
        assert_true(fraction(&run, "east", run.axis.step_count - 1) < 0.2);
        run_close(&run);
    }
}

static void
lakes_of_different_sizes_keep_equal_fractions(void **state)
{
    (void)state;
    struct scene scene = {.step = "daily",
                          .lake_count = 4,
                          .capacity_hm3 = {5.0, 40.0, 12.0, 0.8},
                          .dead_hm3 = {0.5, 8.0, 0.0, 0.1},
                          .initial = {1.0, 1.0, 1.0, 1.0},
                          .id = {"b", "d", "a", "c"},
                          .need_m3s = 1.4};
    struct test_run run;
    open_scene(&run, &scene);
    assert_true(run.result.demand[0].shortage_water_m3 == 0.0);
    assert_true(unevenness(&run, &scene, 0) <= even_enough + 1e-6);
    run_close(&run);
}

static void
inflows_do_not_unbalance(void **state)
{
    (void)state;
    struct scene scene = {.step = "daily",
                          .lake_count = 3,
                          .capacity_hm3 = {20.0, 30.0, 10.0},
                          .dead_hm3 = {1.0, 1.0, 1.0},
                          .initial = {0.9, 0.9, 0.9},
                          .id = {"one", "two", "three"},
                          .inflow_m3s = {0.4, 0.1, 0.0},
                          .need_m3s = 2.0};
    struct test_run run;
    open_scene(&run, &scene);
    assert_true(run.result.demand[0].shortage_water_m3 == 0.0);
    assert_true(unevenness(&run, &scene, 20) <= even_enough + 1e-6);
    run_close(&run);
}

/* The fuller lake serves alone until they are even; from then on they stay so. */
static void
uneven_lakes_come_together(void **state)
{
    (void)state;
    struct scene scene = {.step = "daily",
                          .lake_count = 2,
                          .capacity_hm3 = {20.0, 20.0},
                          .dead_hm3 = {0.0, 0.0},
                          .initial = {0.4, 0.9},
                          .id = {"low", "high"},
                          .need_m3s = 0.5};
    struct test_run run;
    open_scene(&run, &scene);
    int met = -1;
    for (int t = 0; t < run.axis.step_count; t++) {
        double gap = fraction(&run, "high", t) - fraction(&run, "low", t);
        assert_true(gap >= -even_enough - 1e-6);
        if (met < 0 && gap <= even_enough)
            met = t;
        else if (met < 0)
            assert_close(link_flow(&run, "from_high", t), 0.5, 1e-6, 0.0);
    }
    /* 10 hm3 between them at 0.5 m3/s are 231 days, less what one step of the band is worth */
    assert_true(met > 200 && met <= 232);
    assert_true(unevenness(&run, &scene, met) <= even_enough + 1e-6);
    run_close(&run);
}

/* How often the lake that gives more is another than the step before. */
static int
count_swings(const struct test_run *run, const char *a, const char *b)
{
    int swings = 0, last = 0;
    for (int t = 0; t < run->axis.step_count; t++) {
        double gap = link_flow(run, a, t) - link_flow(run, b, t);
        int now = gap > 1e-6 ? 1 : gap < -1e-6 ? -1 : 0;
        swings += now != 0 && last != 0 && now != last;
        last = now != 0 ? now : last;
    }
    return swings;
}

/* Two equal lakes may take turns, each for as long as it takes to draw it down by what is even
 * enough, but they do not swing from step to step. */
static void
equal_lakes_do_not_swing(void **state)
{
    (void)state;
    struct scene scene = {.step = "daily",
                          .lake_count = 2,
                          .capacity_hm3 = {40.0, 40.0},
                          .dead_hm3 = {0.0, 0.0},
                          .initial = {1.0, 1.0},
                          .id = {"east", "west"},
                          .need_m3s = 1.0};
    struct test_run run;
    open_scene(&run, &scene);
    double drawn = 1.0 - fraction(&run, "east", run.axis.step_count - 1);
    assert_true(drawn > 0.3);
    assert_true(count_swings(&run, "from_east", "from_west") <= 2.0 * drawn / even_enough + 2.0);
    run_close(&run);
}

/* Names decide ties, never places in the file: mirrored names give mirrored flows. */
static void
names_decide_ties(void **state)
{
    (void)state;
    struct scene scene = {.step = "daily",
                          .lake_count = 2,
                          .capacity_hm3 = {20.0, 20.0},
                          .dead_hm3 = {0.0, 0.0},
                          .initial = {1.0, 1.0},
                          .id = {"east", "west"},
                          .need_m3s = 0.6};
    struct scene turned = scene;
    turned.id[0] = "west";
    turned.id[1] = "east";
    struct test_run run, other;
    open_scene(&run, &scene);
    open_scene(&other, &turned);
    for (int t = 0; t < run.axis.step_count; t++) {
        assert_true(link_flow(&run, "from_east", t) == link_flow(&other, "from_east", t));
        assert_true(link_flow(&run, "from_west", t) == link_flow(&other, "from_west", t));
    }
    run_close(&run);
    run_close(&other);
}

/* Least pumping comes before even drawdown: the pumped lake serves when the other is empty. */
static void
gravity_comes_before_pumps(void **state)
{
    (void)state;
    struct scene scene = {.step = "daily",
                          .lake_count = 2,
                          .capacity_hm3 = {8.0, 20.0},
                          .dead_hm3 = {1.0, 1.0},
                          .initial = {1.0, 1.0},
                          .id = {"hill", "valley"},
                          .need_m3s = 0.5,
                          .link_kind = {"canal", "pump"}};
    struct test_run run;
    open_scene(&run, &scene);
    int pumped = 0;
    for (int t = 0; t < run.axis.step_count; t++) {
        double flow_m3s = link_flow(&run, "from_valley", t);
        pumped += flow_m3s > 1e-9;
        if (flow_m3s > 1e-9)
            assert_close(fraction(&run, "hill", t), 0.0, 0.0, 1e-9);
    }
    assert_true(pumped > 100);
    run_close(&run);
}

/* Of two equal ways the one whose name comes first carries the water, up to its capacity. */
static void
the_first_name_carries_the_water(void **state)
{
    (void)state;
    struct test_run run;
    const char *text = "nguon: 1\nname: ways\nrun: {start: 2021-01-01, end: 2021-01-31}\n"
                       "junctions:\n  j: {boundary_inflow: 5 m3/s, spill_to: sea}\n"
                       "seas:\n  sea: {}\n"
                       "demands:\n  town: {class: domestic, need: 1 m3/s}\n"
                       "links:\n"
                       "  b: {kind: pipe, from: j, to: town}\n"
                       "  c: {kind: pipe, from: j, to: town}\n"
                       "  a: {kind: pipe, from: j, to: town, capacity: 0.4 m3/s}\n";
    assert_true(run_open(&run, basin_of_text(folder, text, NULL)));
    assert_int_equal(run_simulate(&run, LP_SIMPLEX), STATUS_OK);
    for (int t = 0; t < run.axis.step_count; t++) {
        assert_close(link_flow(&run, "a", t), 0.4, 1e-6, 0.0);
        assert_close(link_flow(&run, "b", t), 0.6, 1e-6, 0.0);
        assert_close(link_flow(&run, "c", t), 0.0, 0.0, 1e-9);
    }
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_lakes_are_drawn_evenly),
        cmocka_unit_test(lakes_of_different_sizes_keep_equal_fractions),
        cmocka_unit_test(inflows_do_not_unbalance),
        cmocka_unit_test(uneven_lakes_come_together),
        cmocka_unit_test(equal_lakes_do_not_swing),
        cmocka_unit_test(names_decide_ties),
        cmocka_unit_test(gravity_comes_before_pumps),
        cmocka_unit_test(the_first_name_carries_the_water),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
