/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/salt_intrusion.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/*
 * Estuaries in a run: the intake is open for the share of the tide that the flow of the step before
 * leaves it, worked out here from the results and the closed forms alone; what the three models
 * have in common; that the verifier agrees with every step.
 */

static const char *folder;

struct scene {
    const char *model;     /* and other keys of salt */
    const char *sea_level; /* of the estuary */
    const char *repels;
    const char *inflow;
    double at_km, limit_kgm3;
};

static const char scene_text[] =
    "nguon: 1\nname: tidal\nrun: {start: 2021-01-01, end: 2021-12-31}\n"
    "junctions:\n  spring: {boundary_inflow: %s, spill_to: lake}\n"
    "reservoirs:\n  lake: {table: {level: [0, 20], area: [1, 3], storage: [0, 40], units: [m, km2, "
    "hm3]}, capacity: 40 hm3, initial: 50 %%, spill_to: estuary}\n"
    "estuaries:\n  estuary:\n    spill_to: sea\n    mean_sea_level: %s\n    salt: {mouth_area: "
    "2600 "
    "m2, convergence: 14 km, depth: 5.5 m, length: 50 km, mouth_salinity: 30 kg/m3, "
    "river_salinity: 0.05 kg/m3, van_der_burgh: 0.45, tidal_velocity: 0.55 m/s, tidal_period: "
    "24.84 h, initial_flow: 6 m3/s%s}\n"
    "seas: {sea: {}}\n"
    "demands:\n  town: {class: domestic, population: 288000 person, norm: 150 L/person/d}\n"
    "  fields: {class: irrigation, need: {monthly: [2, 3, 2, 1, 1, 0, 0, 0, 0, 1, 1, 2], unit: "
    "m3/s}}\n"
    "links:\n  river: {kind: river, from: lake, to: estuary, minimum_flow: 0.5 m3/s}\n"
    "  canal: {kind: canal, from: lake, to: fields}\n"
    "  to_sea: {kind: river, from: estuary, to: sea, minimum_flow: 0.2 m3/s, repels: %s}\n"
    "  intake: {kind: intake, from: estuary, to: town, capacity: 1 m3/s, from_mouth: %g km, "
    "max_salinity: "
    "%g kg/m3}\n";

static const char seasons[] = "{monthly: [1.5, 1.2, 1, 2, 5, 30, 70, 90, 40, 6, 3, 2], unit: m3/s}";

static void
open_scene(struct test_run *run, const struct scene *scene)
{
    char text[4096];
    snprintf(text, sizeof text, scene_text, scene->inflow != NULL ? scene->inflow : seasons,
             scene->sea_level != NULL ? scene->sea_level : "0 m",
             scene->model != NULL ? scene->model : "",
             scene->repels != NULL ? scene->repels : "false", scene->at_km, scene->limit_kgm3);
    assert_true(run_open(run, basin_of_text(folder, text, NULL)));
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
}

static int
link_of(const struct test_run *run, const char *id)
{
    int l = basin_find_link(run->basin, id);
    assert_true(l >= 0);
    return l;
}

static double
flow_to_sea(const struct test_run *run, int t)
{
    return run_series(run, RESULT_LINK_FLOW, link_of(run, "to_sea"), t) +
           run_series(run, RESULT_LINK_FLOW, link_of(run, "estuary_spill"), t);
}

/* Place of a limit in the mean of the tide for a flow, from the closed forms. */
static double
limit_m(double flow_m3s, double limit_kgm3, struct estuary_tide *tide)
{
    struct channel channel = {1, {{0.0, 2600.0, 14e3}}};
    *tide = (struct estuary_tide){5.5, 0.55, 24.84 * 3600.0, 0.02};
    double d0 = 26.0 * 5.5 * sqrt(9.81 * 5.5 * M_PI * flow_m3s / (2600.0 * 0.55));
    struct salt_intrusion state = {flow_m3s, d0, 0.45, 30.0, 0.05};
    return salt_intrusion_distance(&channel, &state, limit_kgm3);
}

static void
intakes_follow_the_flow_of_the_step_before(void **state)
{
    (void)state;
    struct scene scene = {.at_km = 26.0, .limit_kgm3 = 0.45};
    struct test_run run;
    open_scene(&run, &scene);
    int intake_l = link_of(&run, "intake"), open = 0, partly = 0, shut = 0, longest = 0, length = 0;
    double most_people = 0.0, person_days = 0.0;
    for (int t = 0; t < run.axis.step_count; t++) {
        struct estuary_tide tide;
        double flow_m3s = fmax(t == 0 ? 6.0 : flow_to_sea(&run, t - 1), 2.6);
        double acts_kgm3 = length > 0 ? 0.9 * 0.45 : 0.45; /* once shut it opens later */
        double place_m = limit_m(flow_m3s, acts_kgm3, &tide);
        double share = tide_open_share(&tide, 26e3, place_m);
        double told = run_series(&run, RESULT_OPEN_SHARE, intake_l, t);
        assert_close(told, share, 0, 2e-5); /* series are of single precision */
        assert_true(run_series(&run, RESULT_LINK_FLOW, intake_l, t) <= told * (1 + 1e-6));
        length = told > 0.0 ? 0 : length + 1;
        longest = length > longest ? length : longest;
        open += told == 1.0;
        shut += told == 0.0;
        partly += told > 0.0 && told < 1.0;
        double people =
            told < 1.0 ? 288e3 * (1.0 - run_series(&run, RESULT_SUPPLY, 0, t) / 0.5) : 0;
        most_people = fmax(most_people, people);
        person_days += people;
    }
    const struct link_indicators *sum = &run.result.link[intake_l];
    print_message("    %d open, %d partly, %d shut\n", open, partly, shut);
    assert_true(open > 20 && shut > 5 && partly > 20);
    assert_int_equal(sum->steps_shut, shut);
    assert_int_equal(sum->steps_partly_shut, partly);
    assert_int_equal(sum->longest_shut_steps, longest);
    assert_close(sum->people_short, most_people, 1e-6, 0);
    assert_close(sum->person_days_short, person_days, 1e-5, 0);
    run_close(&run);
}

/* The series along the estuary is the closed form of the flow before the step. */
static void
sections_have_the_profile(void **state)
{
    (void)state;
    struct scene scene = {.at_km = 26.0, .limit_kgm3 = 0.45};
    struct test_run run;
    open_scene(&run, &scene);
    assert_int_equal(result_element_count(run.basin, ELEMENT_SECTION), SALT_SECTIONS);
    for (int t = 1; t < run.axis.step_count; t += 30)
        for (int k = 0; k < SALT_SECTIONS; k++) {
            double distance_m, flow_m3s = fmax(flow_to_sea(&run, t - 1), 2.6);
            result_section(run.basin, k, &distance_m);
            assert_close(distance_m, 1000.0 * k, 1e-12, 1e-9);
            struct channel channel = {1, {{0.0, 2600.0, 14e3}}};
            double d0 = 26.0 * 5.5 * sqrt(9.81 * 5.5 * M_PI * flow_m3s / (2600.0 * 0.55));
            struct salt_intrusion state_of = {flow_m3s, d0, 0.45, 30.0, 0.05};
            assert_close(run_series(&run, RESULT_ESTUARY_SALINITY, k, t),
                         salt_intrusion_salinity(&channel, &state_of, distance_m), 1e-4, 1e-4);
        }
    run_close(&run);
}

/* With rounds each step's shares are those of the flow that it leaves itself; where a step says
 * that it has settled, it has. */
static void
rounds_bring_intakes_and_flow_together(void **state)
{
    (void)state;
    struct scene scene = {.model = ", iterate: 60", .at_km = 26.0, .limit_kgm3 = 0.45};
    struct test_run run;
    open_scene(&run, &scene);
    int intake_l = link_of(&run, "intake"), apart = 0, moved = 0;
    bool was_shut = false;
    for (int t = 0; t < run.axis.step_count; t++) {
        struct estuary_tide tide;
        double acts_kgm3 = was_shut ? 0.9 * 0.45 : 0.45;
        double share = tide_open_share(&tide, 26e3,
                                       limit_m(fmax(flow_to_sea(&run, t), 2.6), acts_kgm3, &tide));
        double before = tide_open_share(
            &tide, 26e3,
            limit_m(fmax(t == 0 ? 6.0 : flow_to_sea(&run, t - 1), 2.6), acts_kgm3, &tide));
        double told = run_series(&run, RESULT_OPEN_SHARE, intake_l, t);
        apart += fabs(told - share) > 0.0101;
        moved += fabs(before - share) > 0.02;
        was_shut = !(told > 0.0);
    }
    print_message("    %d moved, %d apart\n", moved, apart);
    assert_true(moved > 5);
    assert_int_equal(run.result.basin.unsettled_salt_count, apart);
    assert_true(apart <= 3); /* where a shut intake would open and an open one shut */
    run_close(&run);
}

static double
withheld_hm3(const struct scene *scene)
{
    struct test_run run;
    open_scene(&run, scene);
    double withheld = run.result.link[link_of(&run, "intake")].withheld_m3 / 1e6;
    run_close(&run);
    return withheld;
}

static void
more_salt_shuts_more(void **state)
{
    (void)state;
    static const char *const models[] = {"", ", model: lag", ", model: unsteady, cells: 60"};
    static const char *const levels[] = {"-30 cm", "0 cm", "50 cm", "1 m"};
    for (int m = 0; m < 3; m++) {
        double before = -1.0;
        for (int i = 0; i < 4; i++) {
            struct scene scene = {
                .model = models[m], .sea_level = levels[i], .at_km = 28.0, .limit_kgm3 = 0.45};
            double withheld = withheld_hm3(&scene);
            assert_true(withheld > before);
            before = withheld;
        }
        struct scene near = {.model = models[m], .at_km = 24.0, .limit_kgm3 = 0.45};
        struct scene far = {.model = models[m], .at_km = 34.0, .limit_kgm3 = 0.45};
        struct scene strict = {.model = models[m], .at_km = 34.0, .limit_kgm3 = 0.25};
        assert_true(withheld_hm3(&near) > withheld_hm3(&far));
        assert_true(withheld_hm3(&strict) > withheld_hm3(&far));
    }
}

/* Under a flow that never changes all three models come to the same place. */
static void
models_agree_in_the_long_run(void **state)
{
    (void)state;
    static const char *const models[] = {"", ", model: lag", ", model: unsteady, cells: 400"};
    double front_m[3];
    for (int m = 0; m < 3; m++) {
        struct scene scene = {
            .model = models[m], .inflow = "7.5 m3/s", .at_km = 40.0, .limit_kgm3 = 0.45};
        struct test_run run;
        open_scene(&run, &scene);
        int node_i = basin_find_node(run.basin, "estuary");
        /* July: the fields ask for nothing and the lake is full; the last days of September */
        front_m[m] = run_series(&run, RESULT_SALT_FRONT_4, node_i, 270);
        run_close(&run);
    }
    assert_close(front_m[1], front_m[0], 1e-3, 0);
    assert_close(front_m[2], front_m[0], 0.02, 0);
}

/* The flow that repels the salt is a minimum flow of its rank: where it is kept, the intake stays
 * open for half of the tide and more. */
static void
repelling_keeps_the_intake_fresh(void **state)
{
    (void)state;
    struct scene scene = {.repels = "true", .inflow = "9 m3/s", .at_km = 32.0, .limit_kgm3 = 0.45};
    struct test_run run;
    open_scene(&run, &scene);
    int intake_l = link_of(&run, "intake"), sea_l = link_of(&run, "to_sea");
    assert_true(run.result.link[sea_l].minimum_flow_m3 > 2.0 * 0.2 * 365 * 86400);
    assert_int_equal(run.result.link[sea_l].steps_minimum_flow_short, 0);
    for (int t = 1; t < run.axis.step_count; t++)
        assert_true(run_series(&run, RESULT_OPEN_SHARE, intake_l, t) >= 0.5 - 1e-5);
    run_close(&run);
}

/* A row of a table of changes raises the sea above what the estuary has. */
static void
a_table_raises_the_sea(void **state)
{
    (void)state;
    static const char table[] =
        "id,scenario,period,variable,months,central,low,high,unit,baseline,region,flag,source\n"
        "here,high,2050,sea_level,1-12,24,19,31,cm,1995-2014,coast,E,invented\n";
    char path[512], text[4096], scene[3072];
    snprintf(path, sizeof path, "%s/table.csv", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(table, file) >= 0 && fclose(file) == 0);
    snprintf(scene, sizeof scene, scene_text, seasons, "20 cm", "", "false", 28.0, 0.45);
    snprintf(
        text, sizeof text,
        "%sscenarios: {axes: {sea: {members: {now: {}, later: {weather: {table: table.csv, id: "
        "here, scenario: high, period: 2050, estimate: high}}}}}}\n",
        scene);
    struct test_run run;
    struct plan plan = {0};
    struct error err = {0};
    assert_true(run_open(&run, basin_of_text(folder, text, NULL)));
    assert_int_equal(plan_expand(run.basin, &plan, &err), STATUS_OK);
    assert_int_equal(plan.scenario_count, 2);
    const struct node *node = &run.basin->node[basin_find_node(run.basin, "estuary")];
    for (int s = 0; s < 2; s++) {
        struct basin *seen = NULL;
        assert_int_equal(plan_scenario_basin(&plan, run.basin, s, &seen, &err), STATUS_OK);
        assert_close(
            varying_at(&seen->passage[node->kind_i].mean_sea_level, &run.axis, 40, 0, NULL, 0.0),
            s == 0 ? 0.20 : 0.51, 1e-12, 0);
        basin_destroy(seen);
    }
    plan_finish(&plan);
    run_close(&run);
}

static void
the_verifier_agrees(void **state)
{
    (void)state;
    static const char *const models[] = {"",
                                         ", model: lag",
                                         ", model: unsteady, cells: 40",
                                         ", iterate: 20",
                                         ", model: lag, iterate: 20",
                                         ", model: unsteady, cells: 40, iterate: 20"};
    for (int m = 0; m < 6; m++) {
        struct verification found = {0};
        struct test_run run;
        char text[4096];
        snprintf(text, sizeof text, scene_text, seasons, "20 cm", models[m], "true", 28.0, 0.45);
        assert_true(run_open(&run, basin_of_text(folder, text, NULL)));
        run.verification = &found;
        assert_int_equal(run_simulate(&run, LP_SIMPLEX), STATUS_OK);
        if (!verification_passed(&found))
            fail_msg("difference %g %s", found.difference.size, found.difference.where);
        assert_int_equal(found.step_count, run.axis.step_count);
        run_close(&run);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intakes_follow_the_flow_of_the_step_before),
        cmocka_unit_test(sections_have_the_profile),
        cmocka_unit_test(rounds_bring_intakes_and_flow_together),
        cmocka_unit_test(more_salt_shuts_more),
        cmocka_unit_test(models_agree_in_the_long_run),
        cmocka_unit_test(repelling_keeps_the_intake_fresh),
        cmocka_unit_test(a_table_raises_the_sea),
        cmocka_unit_test(the_verifier_agrees),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
