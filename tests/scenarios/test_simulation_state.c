/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/random.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Splitting a run changes nothing. The whole run is stepped once and its state kept at some steps;
 * a new simulation that is given the state of one of them must come to the very bytes of the next
 * one, the solver's and the indicators' among them, and to the same series between; the last one to
 * the whole run's results.
 */

enum { SPLITS = 5 };

static const char *folder;

/* ---- a run in pieces --------------------------------------------------------------------------
 */

/* A run of a scenario of the basin, or of the basin as it is. */
struct scene {
    struct test_run run;
    struct basin *seen; /**< as the scenario sees it */
};

static struct simulation_input
input_of(const struct scene *scene)
{
    const struct test_run *run = &scene->run;
    return (struct simulation_input){.basin = scene->seen,
                                     .axis = &run->axis,
                                     .records = run->records,
                                     .runoff = run->runoff,
                                     .method = LP_SIMPLEX};
}

static void
close_scene(struct scene *scene)
{
    if (scene->seen != scene->run.basin)
        basin_destroy(scene->seen);
    run_close(&scene->run);
}

static void
step_to(struct simulation *simulation, int t)
{
    struct error err = {0};
    while (simulation_next_step(simulation) < t)
        if (simulation_step(simulation, &err) != STATUS_OK)
            fail_msg("%s", err.text);
}

static void
keep(struct simulation *simulation, struct simulation_state *state)
{
    struct error err = {0};
    if (simulation_state_save(simulation, state, &err) != STATUS_OK)
        fail_msg("%s", err.text);
}

static void
go_on(struct simulation *simulation, const struct simulation_state *state)
{
    struct error err = {0};
    if (simulation_state_load(simulation, state, false, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    assert_int_equal(simulation_next_step(simulation), state->step_t);
}

static int
compare_steps(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* A step in the middle of some shortage, or any step where there is none. */
static int
short_step(const struct test_run *run, uint64_t *seed)
{
    int steps = run->axis.step_count;
    for (int attempt = 0; attempt < 200; attempt++) {
        int t = 1 + random_below(seed, steps - 1);
        for (int d = 0; d < run->basin->demand_count; d++)
            if (run_series(run, RESULT_SHORTAGE_WATER, d, t) +
                    run_series(run, RESULT_SHORTAGE_RULE, d, t) >
                0.0)
                return t;
    }
    return 1 + random_below(seed, steps - 1);
}

static void
choose_splits(const struct test_run *run, uint64_t seed, int *split)
{
    for (int i = 0; i < SPLITS; i++)
        split[i] =
            i % 2 == 0 ? short_step(run, &seed) : 1 + random_below(&seed, run->axis.step_count - 1);
    qsort(split, SPLITS, sizeof *split, compare_steps);
}

static void
series_are_equal(const struct test_run *whole, const struct test_run *part, int from_t, int to_t)
{
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        int count = result_element_count(whole->basin, result_describe(v)->element);
        for (int e = 0; e < count; e++) {
            size_t first = (size_t)e * (size_t)whole->axis.step_count + (size_t)from_t;
            if (memcmp(whole->result.series[v] + first, part->result.series[v] + first,
                       (size_t)(to_t - from_t) * sizeof(float)) != 0)
                fail_msg("%s of element %d differs between steps %d and %d",
                         result_describe(v)->name, e, from_t, to_t);
        }
    }
}

static void
indicators_are_equal(const struct test_run *a, const struct test_run *b)
{
    const struct basin *basin = a->basin;
    const struct scenario_result *x = &a->result, *y = &b->result;
#define SAME(field, count) assert_memory_equal(x->field, y->field, (count) * sizeof *x->field)
    SAME(demand, (size_t)basin->demand_count);
    SAME(reservoir, (size_t)basin->reservoir_count);
    SAME(link, (size_t)basin->link_count);
    SAME(licence, (size_t)basin->licence_count);
    SAME(stage, (size_t)result_element_count(basin, ELEMENT_DROUGHT_STAGE));
    SAME(substance, (size_t)basin->substance_count);
#undef SAME
    assert_memory_equal(&x->basin, &y->basin, sizeof x->basin);
}

/* Each piece begins in a simulation that knows nothing but the state; the first one is then sent
 * back to an earlier state, to find that what it has done since leaves no trace. */
static void
pieces_give_the_whole(const struct scene *whole, struct scene *part, const int *split,
                      const struct simulation_state *state)
{
    struct simulation_input input = input_of(part);
    struct simulation_state again = {0};
    struct error err = {0};
    for (int i = 0; i < SPLITS; i++) {
        struct simulation *simulation = NULL;
        int to_t = i + 1 < SPLITS ? split[i + 1] : part->run.axis.step_count;
        assert_int_equal(simulation_create(&input, &part->run.result, &simulation, &err),
                         STATUS_OK);
        for (int pass = 0; pass < (i == 0 ? 2 : 1); pass++) {
            go_on(simulation, &state[i]);
            step_to(simulation, to_t);
            series_are_equal(&whole->run, &part->run, split[i], to_t);
        }
        if (i + 1 < SPLITS) {
            keep(simulation, &again);
            assert_int_equal(again.size, state[i + 1].size);
            if (memcmp(again.bytes, state[i + 1].bytes, again.size) != 0)
                fail_msg("from step %d to %d the states differ", split[i], to_t);
        } else {
            simulation_end(simulation);
            indicators_are_equal(&whole->run, &part->run);
        }
        simulation_destroy(simulation);
    }
    simulation_state_finish(&again);
}

/* The whole run once more, step by step, for its states. */
static void
keep_states(const struct scene *whole, struct scene *stepped, const int *split,
            struct simulation_state *state)
{
    struct simulation_input input = input_of(stepped);
    struct simulation *simulation = NULL;
    struct error err = {0};
    int step_count = stepped->run.axis.step_count;
    assert_int_equal(simulation_create(&input, &stepped->run.result, &simulation, &err), STATUS_OK);
    for (int i = 0; i < SPLITS; i++) {
        step_to(simulation, split[i]);
        keep(simulation, &state[i]);
    }
    step_to(simulation, step_count);
    simulation_end(simulation);
    series_are_equal(&whole->run, &stepped->run, 0, step_count);
    indicators_are_equal(&whole->run, &stepped->run);
    simulation_destroy(simulation);
}

/* Two scenes of the same scenario, which are closed. */
static void
splitting_changes_nothing(struct scene *whole, struct scene *part, uint64_t seed)
{
    struct simulation_state state[SPLITS] = {0};
    struct simulation_input input = input_of(whole);
    struct error err = {0};
    int split[SPLITS];
    if (simulate(&input, &whole->run.result, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    choose_splits(&whole->run, seed, split);
    keep_states(whole, part, split, state);
    scenario_result_fill(&part->run.result, part->seen, part->run.axis.step_count, 0.0);
    pieces_give_the_whole(whole, part, split, state);
    for (int i = 0; i < SPLITS; i++)
        simulation_state_finish(&state[i]);
    close_scene(whole);
    close_scene(part);
}

/* A basin without scenarios, from whatever made it. */
static void
open_basin(struct scene *scene, struct basin *basin)
{
    assert_true(run_open(&scene->run, basin));
    scene->seen = scene->run.basin;
}

/* ---- examples ---------------------------------------------------------------------------------
 */

struct example {
    const char *path, *scenarios; /**< of the examples' folder; NULL: none */
    int scenario_s;
    const char *end; /**< of the run, if not that of the file */
};

/* One scenario of an example. */
static void
open_example(struct scene *scene, const struct example *example)
{
    char path[512], scenarios[512], end[64];
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    struct plan plan = {0};
    struct error err = {0};
    diagnostics_init(&diagnostics);
    snprintf(path, sizeof path, EXAMPLE_DIR "/%s", example->path);
    if (example->scenarios != NULL)
        snprintf(scenarios, sizeof scenarios, EXAMPLE_DIR "/%s", example->scenarios);
    if (basin_load(path, example->scenarios != NULL ? scenarios : NULL, &basin, &diagnostics) !=
        STATUS_OK)
        fail_msg("%s: %s", path, diagnostics.item[0].message);
    snprintf(end, sizeof end, "end=%s", example->end != NULL ? example->end : "");
    if (example->end != NULL && basin_set(basin, end, &diagnostics) != STATUS_OK)
        fail_msg("%s: %s", end, diagnostics.item[0].message);
    diagnostics_finish(&diagnostics);
    assert_true(run_open(&scene->run, basin));
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_OK);
    assert_true(example->scenario_s < plan.scenario_count);
    if (plan_scenario_basin(&plan, basin, example->scenario_s, &scene->seen, &err) != STATUS_OK ||
        runoff_compute(scene->run.runoff, basin, scene->seen, scene->run.records,
                       plan.scenario[example->scenario_s].realisation, &err) != STATUS_OK)
        fail_msg("%s: %s", path, err.text);
    plan_finish(&plan);
}

/* All but those whose weather a script or the program itself makes first. */
static void
every_example_can_be_split_anywhere(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"one-reservoir/basin.yaml", NULL, 0, NULL},
        {"two-towns/basin.yaml", NULL, 0, NULL},
        {"blending/basin.yaml", NULL, 0, NULL},
        {"rules-of-links/basin.yaml", NULL, 0, NULL},
        {"red-river/basin.yaml", NULL, 0, NULL},
        {"estuary/basin.yaml", NULL, 0, "2013-12-31"},
        {"bays/basin.yaml", NULL, 0, "2012-12-31"},
        {"dam/yen_lap.yaml", NULL, 0, NULL},
        {"dam/dam_ha_dong.yaml", NULL, 0, NULL},
        {"quang-ninh/basin.yaml", NULL, 0, "1993-12-31"},
        {"quang-ninh/basin.yaml", "quang-ninh/scenarios/salt.yaml", 3, "1992-12-31"},
        {"quang-ninh/drought_plan.yaml", "quang-ninh/scenarios/drought_plan.yaml", 1, "2001-12-31"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct scene whole, part;
        open_example(&whole, &examples[i]);
        open_example(&part, &examples[i]);
        splitting_changes_nothing(&whole, &part, i + 1);
    }
}

/* ---- what examples lack ------------------------------------------------------------------------
 */

static const char tidal_text[] =
    "nguon: 1\nname: tidal\nrun: {start: 2021-01-01, end: 2021-12-31}\n"
    "junctions:\n  spring: {boundary_inflow: {monthly: [1.5, 1.2, 1, 2, 5, 30, 70, 90, 40, 6, 3, "
    "2], unit: m3/s}, spill_to: lake}\n"
    "reservoirs:\n  lake: {table: {level: [0, 20], area: [1, 3], storage: [0, 40], units: [m, km2, "
    "hm3]}, capacity: 40 hm3, initial: 50 %%, spill_to: estuary}\n"
    "estuaries:\n  estuary:\n    spill_to: sea\n    salt: {mouth_area: 2600 "
    "m2, convergence: 14 km, depth: 5.5 m, length: 50 km, mouth_salinity: 30 kg/m3, "
    "river_salinity: 0.05 kg/m3, van_der_burgh: 0.45, tidal_velocity: 0.55 m/s, tidal_period: "
    "24.84 h, initial_flow: 6 m3/s, model: %s}\n"
    "seas: {sea: {}}\n"
    "demands:\n  town: {class: domestic, need: 0.5 m3/s}\n"
    "  fields: {class: irrigation, need: {monthly: [2, 3, 2, 1, 1, 0, 0, 0, 0, 1, 1, 2], unit: "
    "m3/s}}\n"
    "links:\n  river: {kind: river, from: lake, to: estuary, minimum_flow: 0.5 m3/s}\n"
    "  canal: {kind: canal, from: lake, to: fields}\n"
    "  to_sea: {kind: river, from: estuary, to: sea, minimum_flow: 0.2 m3/s, repels: true}\n"
    "  intake: {kind: intake, from: estuary, to: town, capacity: 1 m3/s, from_mouth: 17 km, "
    "max_salinity: 0.5 kg/m3, reopen: 80 %%}\n"
    "licences:\n  farms: {links: [canal], rolling: {volume: 3 hm3, window: 45 d}}\n";

static void
salt_and_a_rolling_licence_are_remembered(void **state)
{
    (void)state;
    static const char *const models[] = {"lag", "unsteady, cells: 60", "steady"};
    char text[4096];
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        snprintf(text, sizeof text, tidal_text, models[i]);
        struct scene whole, part;
        open_basin(&whole, basin_of_text(folder, text, NULL));
        open_basin(&part, basin_of_text(folder, text, NULL));
        splitting_changes_nothing(&whole, &part, 77 + i);
    }
}

static void
random_basins_can_be_split_anywhere(void **state)
{
    (void)state;
    static const char *const steps[] = {"daily", "tenday", "monthly", "hourly"};
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct random_basin_options options = {.seed = seed,
                                               .share = seed % 4 == 0 ? "total" : "fair",
                                               .step = steps[seed % 4],
                                               .step_count = 60,
                                               .rich = seed % 3 != 0,
                                               .with_rules = seed % 2 == 0,
                                               .with_quality = seed % 4 < 2};
        struct scene whole, part;
        open_basin(&whole, random_basin(&options, folder));
        open_basin(&part, random_basin(&options, folder));
        splitting_changes_nothing(&whole, &part, seed);
    }
}

/* ---- water alone -------------------------------------------------------------------------------
 */

/* Flows are unique, so that a solver without a basis comes to the same ones but for rounding. */
static void
series_are_close(const struct test_run *a, const struct test_run *b, int from_t)
{
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        int count = result_element_count(a->basin, result_describe(v)->element);
        for (int e = 0; e < count; e++)
            for (int t = from_t; t < a->axis.step_count; t++) {
                double x = run_series(a, (enum result_variable)v, e, t);
                double y = run_series(b, (enum result_variable)v, e, t);
                if (!isnan(x) || !isnan(y))
                    assert_close(y, x, 1e-4, 1e-5);
            }
    }
}

static void
water_alone_gives_the_same_flows(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"one-reservoir/basin.yaml", NULL, 0, NULL},
        {"rules-of-links/basin.yaml", NULL, 0, NULL},
        {"blending/basin.yaml", NULL, 0, NULL},
        {"estuary/basin.yaml", NULL, 0, "2012-12-31"},
        {"red-river/basin.yaml", NULL, 0, NULL},
        {"quang-ninh/basin.yaml", NULL, 0, "1992-06-30"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct scene whole, part;
        struct error err = {0};
        open_example(&whole, &examples[i]);
        open_example(&part, &examples[i]);
        struct simulation_input input = input_of(&whole);
        input.save_before_t = whole.run.axis.step_count / 3;
        assert_int_equal(simulate(&input, &whole.run.result, &err), STATUS_OK);
        assert_int_equal(whole.run.result.state.step_t, input.save_before_t);
        struct simulation_input rest = input_of(&part);
        rest.from = &whole.run.result.state;
        rest.from_water = true;
        if (simulate(&rest, &part.run.result, &err) != STATUS_OK)
            fail_msg("%s: %s", examples[i].path, err.text);
        series_are_close(&whole.run, &part.run, input.save_before_t);
        for (int d = 0; d < whole.seen->demand_count; d++)
            assert_close(part.run.result.demand[d].supply_m3, whole.run.result.demand[d].supply_m3,
                         1e-6, 1.0);
        close_scene(&whole);
        close_scene(&part);
    }
}

/* A rule that is changed where the run is split holds from there on and not before. */
static void
a_rule_can_change_at_the_split(void **state)
{
    (void)state;
    static const struct example example = {"one-reservoir/basin.yaml", NULL, 0, NULL};
    struct scene before, after;
    struct error err = {0};
    open_example(&before, &example);
    open_example(&after, &example);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(basin_set(after.seen, "demands.town.population=10000 person", &diagnostics),
                     STATUS_OK);
    diagnostics_finish(&diagnostics);
    struct simulation_input input = input_of(&before);
    input.save_before_t = 60;
    assert_int_equal(simulate(&input, &before.run.result, &err), STATUS_OK);
    struct simulation_input rest = input_of(&after);
    rest.from = &before.run.result.state;
    rest.from_water = true;
    assert_int_equal(simulate(&rest, &after.run.result, &err), STATUS_OK);
    int town = after.seen->node[basin_find_node(after.seen, "town")].kind_i;
    for (int t = 60; t < after.run.axis.step_count; t++)
        assert_close(run_series(&after.run, RESULT_NEED, town, t), 10000.0 * 0.150 / 86400.0, 1e-6,
                     0.0);
    /* the balance of the whole run closes over the split */
    const struct basin_indicators *sum = &after.run.result.basin;
    assert_close(sum->inflow_m3 + sum->rain_m3,
                 sum->evaporation_m3 + sum->seepage_m3 + sum->loss_m3 + sum->consumption_m3 +
                     sum->outflow_m3 + sum->storage_change_m3,
                 1e-9, 0.0);
    close_scene(&before);
    close_scene(&after);
}

/* ---- refusals ----------------------------------------------------------------------------------
 */

static void
is_refused(const struct simulation_input *input, struct scenario_result *result,
           const struct simulation_state *from, enum status expected, const char *words)
{
    struct simulation_input copy = *input;
    struct error err = {0};
    copy.from = from;
    assert_int_equal(simulate(&copy, result, &err), expected);
    if (strstr(err.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, words);
}

static void
a_state_that_does_not_fit_is_refused_by_name(void **state)
{
    (void)state;
    static const struct example example = {"one-reservoir/basin.yaml", NULL, 0, NULL};
    static const struct example shorter = {"one-reservoir/basin.yaml", NULL, 0, "2011-06-30"};
    static const struct example other = {"two-towns/basin.yaml", NULL, 0, NULL};
    struct scene a, b, c;
    struct error err = {0};
    struct verification verification = {0};
    open_example(&a, &example);
    open_example(&b, &shorter);
    open_example(&c, &other);
    struct simulation_input input = input_of(&a), end = input_of(&b), foreign = input_of(&c);
    input.save_before_t = 12;
    assert_int_equal(simulate(&input, &a.run.result, &err), STATUS_OK);
    struct simulation_state kept = a.run.result.state;
    input.save_before_t = 0;
    is_refused(&end, &b.run.result, &kept, STATUS_INPUT, "after the run");
    is_refused(&foreign, &c.run.result, &kept, STATUS_INPUT, "steps from 2011-01-01'");
    foreign.from_water = true;
    is_refused(&foreign, &c.run.result, &kept, STATUS_INPUT, "steps from 2022-01-01'");
    input.verification = &verification;
    is_refused(&input, &a.run.result, &kept, STATUS_USAGE, "verified");
    input.verification = NULL;
    input.method = LP_GLPK;
    is_refused(&input, &a.run.result, &kept, STATUS_USAGE, "simplex");
    input.method = LP_SIMPLEX;
    uint64_t seed = 5;
    for (int i = 0; i < 200; i++) { /* one bit of damage anywhere */
        unsigned char *byte = &kept.bytes[random_below(&seed, (int)kept.size)];
        unsigned char was = *byte;
        *byte ^= (unsigned char)(1U << random_below(&seed, 8));
        is_refused(&input, &a.run.result, &kept, STATUS_INPUT, "state");
        *byte = was;
    }
    for (size_t size = 0; size < kept.size; size += 1 + kept.size / 50) {
        struct simulation_state torn = {kept.step_t, size, kept.bytes};
        is_refused(&input, &a.run.result, &torn, STATUS_INPUT, "damaged");
    }
    struct simulation *simulation = NULL;
    assert_int_equal(simulation_create(&input, &a.run.result, &simulation, &err), STATUS_OK);
    assert_int_equal(simulation_state_save(simulation, &kept, &err), STATUS_USAGE);
    simulation_destroy(simulation);
    close_scene(&a);
    close_scene(&b);
    close_scene(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_can_be_split_anywhere),
        cmocka_unit_test(salt_and_a_rolling_licence_are_remembered),
        cmocka_unit_test(random_basins_can_be_split_anywhere),
        cmocka_unit_test(water_alone_gives_the_same_flows),
        cmocka_unit_test(a_rule_can_change_at_the_split),
        cmocka_unit_test(a_state_that_does_not_fit_is_refused_by_name),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
