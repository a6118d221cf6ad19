/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_cascade.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Dams in a row and side by side, against an integration of their equations by another method
 * (Runge-Kutta 4 in steps of 5 s, with the delay kept as a history).
 */

enum { HOURS = 96, PER_HOUR = 6, STEPS = HOURS * PER_HOUR, FINE = 5, LAG = 7200 };

/* Prisms of 1 and 0.5 km2 with free crests, 2 h apart; a third beside them. */
static const char basin_text[] =
    "nguon: 1\n"
    "run: {start: 2024-09-01, end: 2024-09-30, demand_year: 2024}\n"
    "ranks: [domestic, storage_target]\n"
    "reservoirs:\n"
    "  lower: {table: {level: [0, 30], area: [0.5, 0.5], storage: [0, 15], units: [m, km2, hm3]},\n"
    "    normal_level: 20 m, dead_level: 2 m, spill_to: meeting,\n"
    "    outlets: {crest: {kind: broad_crest, sill: 10 m, width: 15 m, coefficient: 0.36}}}\n"
    "  upper: {table: {level: [0, 30], area: [1, 1], storage: [0, 30], units: [m, km2, hm3]},\n"
    "    normal_level: 20 m, dead_level: 2 m, spill_to: gorge,\n"
    "    outlets: {crest: {kind: broad_crest, sill: 10 m, width: 20 m, coefficient: 0.36}}}\n"
    "  side: {table: {level: [0, 30], area: [1, 1], storage: [0, 30], units: [m, km2, hm3]},\n"
    "    normal_level: 20 m, dead_level: 2 m, spill_to: meeting,\n"
    "    outlets: {crest: {kind: broad_crest, sill: 10 m, width: 20 m, coefficient: 0.36}}}\n"
    "  pond: {table: {level: [0, 30], area: [1, 1], storage: [0, 30], units: [m, km2, hm3]},\n"
    "    normal_level: 20 m, spill_to: upper}\n"
    "  top: {table: {level: [0, 30], area: [1, 1], storage: [0, 30], units: [m, km2, hm3]},\n"
    "    normal_level: 20 m, spill_to: pond,\n"
    "    outlets: {crest: {kind: broad_crest, sill: 10 m, width: 20 m, coefficient: 0.36}}}\n"
    "  fork: {table: {level: [0, 30], area: [1, 1], storage: [0, 30], units: [m, km2, hm3]},\n"
    "    normal_level: 20 m, spill_to: parting,\n"
    "    outlets: {crest: {kind: broad_crest, sill: 10 m, width: 20 m, coefficient: 0.36}}}\n"
    "junctions: {gorge: {}, meeting: {}, parting: {}}\n"
    "seas: {sea: {}}\n"
    "links:\n"
    "  reach: {kind: river, from: gorge, to: lower, loss: 0.1, routing: {lag: 2 h}}\n"
    "  mouth: {kind: river, from: meeting, to: sea}\n"
    "  left: {kind: river, from: parting, to: upper}\n"
    "  right: {kind: river, from: parting, to: sea}\n";

struct fixture {
    const char *folder;
    struct basin *basin;
    struct inflow_members inflow[CASCADE_LAKES_MAX];
    struct operation_plan *plan[CASCADE_LAKES_MAX];
    struct operation_run *run[CASCADE_LAKES_MAX];
    const struct operation_variant *variant[CASCADE_LAKES_MAX];
    int count;
    struct cascade cascade;
    struct cascade_summary summary;
};

static const struct operation_variant by_rule = {.name = "by rule"};
static const double g_root = 4.4287694; /* sqrt(2 x 9.80665) */

static double
storm_m3s(double at_s)
{
    double hour = at_s / 3600.0;
    return hour < 12.0 ? 20.0 + 25.0 * hour : fmax(20.0, 320.0 - 10.0 * (hour - 12.0));
}

static enum status
open_cascade(struct fixture *fixture, const char *const *id, int count, struct error *err)
{
    *fixture = (struct fixture){.folder = folder_create(), .count = count};
    fixture->basin = basin_of_text(fixture->folder, basin_text, NULL);
    assert_non_null(fixture->basin);
    int64_t start_s = date_to_seconds((struct date){2024, 9, 6, 0});
    for (int i = 0; i < count; i++) {
        struct inflow_members *inflow = &fixture->inflow[i];
        bool stormy = strcmp(id[i], "lower") != 0;
        assert_int_equal(inflow_allocate(inflow, HOURS + 1, 1), STATUS_OK);
        for (int h = 0; h <= HOURS; h++) {
            inflow->time_s[h] = start_s + 3600 * (int64_t)h;
            inflow->flow_m3s[h] = stormy ? storm_m3s(3600.0 * h) : 5.0;
        }
        int node_i = basin_find_node(fixture->basin, id[i]);
        const struct operation_request request = {.basin = fixture->basin,
                                                  .reservoir_i =
                                                      fixture->basin->node[node_i].kind_i,
                                                  .start_s = start_s,
                                                  .step_s = 3600 / PER_HOUR,
                                                  .step_count = STEPS,
                                                  .control_s = 3600 / PER_HOUR,
                                                  .start_level_m = 10.0,
                                                  .inflow = inflow};
        assert_int_equal(operation_plan_create(&request, &fixture->plan[i], err), STATUS_OK);
        assert_int_equal(operation_run_create(fixture->plan[i], &fixture->run[i], err), STATUS_OK);
        fixture->variant[i] = &by_rule;
    }
    return cascade_init(&fixture->cascade, (const struct operation_plan *const *)fixture->plan,
                        count, err);
}

static void
close_cascade(struct fixture *fixture)
{
    cascade_finish(&fixture->cascade);
    for (int i = 0; i < fixture->count; i++) {
        operation_run_destroy(fixture->run[i]);
        operation_plan_destroy(fixture->plan[i]);
        inflow_members_finish(&fixture->inflow[i]);
    }
    basin_destroy(fixture->basin);
    folder_remove(fixture->folder);
}

static void
simulate_cascade(struct fixture *fixture)
{
    struct error err = {0};
    if (cascade_simulate(&fixture->cascade, fixture->run, fixture->variant, &fixture->summary,
                         &err) != STATUS_OK)
        fail_msg("%s", err.text);
}

/* ---- the other method ------------------------------------------------------------------------ */

static double
crest_m3s(double level_m, double width_m)
{
    return level_m > 10.0 ? 0.36 * width_m * g_root * pow(level_m - 10.0, 1.5) : 0.0;
}

/* One Runge-Kutta step of a lake with straight inflow. */
static double
advance(double level_m, double area_m2, double width_m, double in0, double in1, double dt_s)
{
    double middle = 0.5 * (in0 + in1);
    double k1 = (in0 - crest_m3s(level_m, width_m)) / area_m2;
    double k2 = (middle - crest_m3s(level_m + 0.5 * dt_s * k1, width_m)) / area_m2;
    double k3 = (middle - crest_m3s(level_m + 0.5 * dt_s * k2, width_m)) / area_m2;
    double k4 = (in1 - crest_m3s(level_m + dt_s * k3, width_m)) / area_m2;
    return level_m + dt_s / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
}

/* Levels of two lakes on the steps; what the upper one lets out arrives two hours later less a
 * tenth. */
static void
integrate(double *upper_m, double *lower_m, double *below_m3s)
{
    enum { COUNT = HOURS * 3600 / FINE, DELAY = LAG / FINE };
    double *out = calloc(COUNT + 1, sizeof *out);
    double upper = 10.0, lower = 10.0;
    assert_non_null(out);
    upper_m[0] = lower_m[0] = 10.0;
    for (int i = 0; i < COUNT; i++) {
        double at_s = FINE * (double)i;
        double before = i >= DELAY ? 0.9 * out[i - DELAY] : 0.0;
        double after = i + 1 >= DELAY ? 0.9 * out[i + 1 - DELAY] : 0.0;
        upper = advance(upper, 1e6, 20.0, storm_m3s(at_s), storm_m3s(at_s + FINE), FINE);
        lower = advance(lower, 5e5, 15.0, 5.0 + before, 5.0 + after, FINE);
        out[i + 1] = crest_m3s(upper, 20.0);
        if ((i + 1) * FINE % (3600 / PER_HOUR) == 0) {
            int step = (i + 1) * FINE / (3600 / PER_HOUR);
            upper_m[step] = upper;
            lower_m[step] = lower;
            below_m3s[step] = crest_m3s(lower, 15.0);
        }
    }
    free(out);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void
dams_in_a_row_agree_with_runge_kutta(void **unused)
{
    static const char *const id[] = {"lower", "upper"}; /* the order named does not matter */
    static double upper_m[STEPS + 1], lower_m[STEPS + 1], below_m3s[STEPS + 1];
    struct fixture fixture;
    struct error err = {0};
    (void)unused;
    assert_int_equal(open_cascade(&fixture, id, 2, &err), STATUS_OK);
    assert_int_equal(fixture.cascade.order[0], 1);
    simulate_cascade(&fixture);
    integrate(upper_m, lower_m, below_m3s);
    double largest = 0.0;
    for (int t = 0; t <= STEPS; t++) {
        assert_close(fixture.run[1]->level_m[t], upper_m[t], 0, 1e-4);
        assert_close(fixture.run[0]->level_m[t], lower_m[t], 0, 2e-3); /* even over 10 minutes */
        largest = fmax(largest, below_m3s[t]);
    }
    assert_true(largest > 150.0);
    assert_close(fixture.summary.largest_m3s, largest, 1e-3, 0);
    /* no drop made or lost: what the upper lake let out is in the lower one, lost or on its way */
    double arrived_m3 = 0.0;
    for (int t = 0; t < STEPS; t++)
        arrived_m3 += 600.0 * fixture.cascade.upstream_m3s[0][t];
    double released_m3 = fixture.run[1]->summary.release_m3;
    assert_close(arrived_m3 + fixture.summary.lost_m3 + fixture.summary.on_the_way_m3, released_m3,
                 1e-12, 0);
    assert_close(fixture.run[0]->summary.inflow_m3, arrived_m3 + 5.0 * 3600.0 * HOURS, 1e-12, 0);
    assert_close(fixture.run[0]->summary.balance_m3, 0, 0, 1e-9 * released_m3);
    close_cascade(&fixture);
}

/* Two alike lakes side by side give twice the flow of one where they meet, and the lower one of
 * another river adds to it. */
static void
dams_side_by_side_meet_below(void **unused)
{
    static const char *const id[] = {"side", "lower", "upper"};
    struct fixture fixture;
    struct error err = {0};
    (void)unused;
    assert_int_equal(open_cascade(&fixture, id, 3, &err), STATUS_OK);
    assert_string_equal(fixture.basin->node[fixture.cascade.common_node_i].id, "meeting");
    simulate_cascade(&fixture);
    for (int t = 0; t < STEPS; t++)
        assert_close(fixture.cascade.below_m3s[t],
                     fixture.run[0]->release_m3s[t] + fixture.run[1]->release_m3s[t], 1e-12, 1e-9);
    close_cascade(&fixture);
}

static void
ways_that_cannot_be_followed_are_named(void **unused)
{
    static const char *const between[] = {"top", "upper"};
    static const char *const parting[] = {"fork", "upper"};
    struct fixture fixture;
    struct error err = {0}, other = {0};
    (void)unused;
    assert_int_equal(open_cascade(&fixture, between, 2, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "the lake 'pond' lies between 'top' and a dam below"));
    close_cascade(&fixture);
    assert_int_equal(open_cascade(&fixture, parting, 2, &other), STATUS_INPUT);
    assert_non_null(strstr(other.text, "the river parts at 'parting'"));
    close_cascade(&fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dams_in_a_row_agree_with_runge_kutta),
        cmocka_unit_test(dams_side_by_side_meet_below),
        cmocka_unit_test(ways_that_cannot_be_followed_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
