/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library/nguon.h"
#include "tests/support.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The library from outside: only nguon.h is used. What is set by a call must give the results of a
 * file that says so, a state must go on to the same bits, and nothing but the public names may be
 * exported.
 */

#define ONE_RESERVOIR EXAMPLE_DIR "/one-reservoir/basin.yaml"

static struct nguon_error err;

static void
must(int status)
{
    if (status != NGUON_OK)
        fail_msg("%s", err.text);
}

static struct nguon_basin *
load_with(const char *change)
{
    struct nguon_basin *basin = NULL;
    must(nguon_basin_load(ONE_RESERVOIR, NULL, &change, change != NULL ? 1 : 0, &basin, &err));
    return basin;
}

static struct nguon_simulation *
begin(const struct nguon_basin *basin, int scenario_i)
{
    struct nguon_simulation *simulation = NULL;
    must(nguon_simulation_begin(basin, scenario_i, "all", &simulation, &err));
    return simulation;
}

static void
step_all(const struct nguon_basin *basin, struct nguon_simulation *simulation)
{
    while (nguon_simulation_next_step(simulation) < nguon_basin_step_count(basin))
        must(nguon_simulation_step(simulation, &err));
}

/* Every series and the totals of two simulations of the basin, bit for bit. */
static void
assert_same(const struct nguon_basin *basin, struct nguon_simulation *a, struct nguon_simulation *b)
{
    static const char *const series[] = {"storage",        "level",     "need",  "supply",
                                         "shortage_water", "link_flow", "spill", "evaporation"};
    static const enum nguon_kind kind[] = {NGUON_RESERVOIR, NGUON_RESERVOIR, NGUON_DEMAND,
                                           NGUON_DEMAND,    NGUON_DEMAND,    NGUON_LINK,
                                           NGUON_RESERVOIR, NGUON_RESERVOIR};
    static const char *const totals[] = {"demand_supply_m3", "demand_demand_m3",
                                         "basin_outflow_m3"};
    int count = nguon_basin_step_count(basin), x_count, y_count;
    double *x = calloc((size_t)count, sizeof *x), *y = calloc((size_t)count, sizeof *y);
    for (size_t s = 0; s < sizeof series / sizeof *series; s++)
        for (int e = 0; e < nguon_basin_count(basin, kind[s]); e++) {
            must(nguon_simulation_series(a, series[s], e, x, count, &err));
            must(nguon_simulation_series(b, series[s], e, y, count, &err));
            assert_memory_equal(x, y, (size_t)count * sizeof *x);
        }
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        must(nguon_simulation_indicator(a, totals[i], x, count, &x_count, &err));
        must(nguon_simulation_indicator(b, totals[i], y, count, &y_count, &err));
        assert_int_equal(x_count, y_count);
        assert_memory_equal(x, y, (size_t)x_count * sizeof *x);
    }
    free(x);
    free(y);
}

/* ---- what is there -----------------------------------------------------------------------------
 */

static void
elements_have_ids_and_places(void **state)
{
    (void)state;
    struct nguon_basin *basin = load_with(NULL);
    assert_int_equal(nguon_basin_count(basin, NGUON_RESERVOIR), 1);
    assert_int_equal(nguon_basin_count(basin, NGUON_DEMAND), 2);
    assert_int_equal(nguon_basin_count(basin, NGUON_SCENARIO), 4);
    assert_int_equal(nguon_basin_step_count(basin), 120);
    assert_string_equal(nguon_basin_id(basin, NGUON_RESERVOIR, 0), "lake");
    assert_true(nguon_basin_find(basin, NGUON_LINK, "canal") >= 0);
    assert_int_equal(nguon_basin_find(basin, NGUON_LINK, "town"), -1);
    assert_null(nguon_basin_id(basin, NGUON_DEMAND, 2));
    assert_null(nguon_basin_id(basin, NGUON_DEMAND, -1));
    int from, to, canal = nguon_basin_find(basin, NGUON_LINK, "canal");
    assert_true(nguon_basin_link_ends(basin, canal, &from, &to));
    assert_string_equal(nguon_basin_id(basin, NGUON_NODE, from), "lake");
    assert_string_equal(nguon_basin_id(basin, NGUON_NODE, to), "fields");
    assert_false(nguon_basin_link_ends(basin, -1, &from, &to));
    assert_close(nguon_basin_step_start_s(basin, 1) - nguon_basin_step_start_s(basin, 0),
                 31 * 86400.0, 0.0, 0.0);
    nguon_basin_free(basin);
}

static void
faults_of_a_file_are_all_told(void **state)
{
    (void)state;
    struct nguon_basin *basin = NULL;
    static const char *const wrong[] = {"demands.town.population=many"};
    assert_int_equal(nguon_basin_load("/nowhere/basin.yaml", NULL, NULL, 0, &basin, &err),
                     NGUON_INPUT);
    assert_non_null(strstr(err.text, "/nowhere/basin.yaml"));
    assert_int_equal(nguon_basin_load(ONE_RESERVOIR, NULL, wrong, 1, &basin, &err), NGUON_INPUT);
    assert_non_null(strstr(err.text, "many"));
    assert_null(basin);
    assert_int_equal(nguon_basin_load(NULL, NULL, NULL, 0, &basin, NULL), NGUON_USAGE);
}

/* ---- setting is as good as writing it into the file --------------------------------------------
 */

/* A constant of one element from the first step on. */
static void
setting_is_writing(const char *change, const char *name, enum nguon_kind kind, const char *id,
                   double value)
{
    struct nguon_basin *written = load_with(change), *plain = load_with(NULL);
    struct nguon_simulation *a = begin(written, 1), *b = begin(plain, 1), *c = begin(plain, 1);
    int i = nguon_basin_find(plain, kind, id);
    assert_true(i >= 0);
    must(nguon_simulation_set_one(b, name, i, value, &err));
    nguon_simulation_values(c, name)[i] = value; /* through the pointer */
    step_all(written, a);
    step_all(plain, b);
    step_all(plain, c);
    assert_same(plain, a, b);
    assert_same(plain, a, c);
    nguon_simulation_free(a);
    nguon_simulation_free(b);
    nguon_simulation_free(c);
    nguon_basin_free(written);
    nguon_basin_free(plain);
}

static void
setting_is_as_good_as_writing(void **state)
{
    (void)state;
    struct nguon_basin *more = load_with("demands.town.norm=200 L/person/d");
    struct nguon_simulation *simulation = begin(more, 1);
    double need[2];
    must(nguon_simulation_step(simulation, &err));
    must(nguon_simulation_get(simulation, "need", need, 2, &err));
    nguon_simulation_free(simulation);
    nguon_basin_free(more);
    assert_close(need[0], 180000 * 0.2 / 86400, 1e-12, 0.0);
    setting_is_writing("demands.town.norm=200 L/person/d", "need", NGUON_DEMAND, "town", need[0]);
    setting_is_writing("links.canal.capacity=0.25 m3/s", "link_capacity", NGUON_LINK, "canal",
                       0.25);
    setting_is_writing("links.river_below.minimum_flow=0.6 m3/s", "link_minimum", NGUON_LINK,
                       "river_below", 0.6);
    setting_is_writing("reservoirs.lake.initial=9 hm3", "storage", NGUON_RESERVOIR, "lake", 9e6);
}

/* Runoff that is set in every step: 70 % of what it would be is the scenario river=70 %. */
static void
runoff_is_taken_over_step_by_step(void **state)
{
    (void)state;
    struct nguon_basin *basin = load_with(NULL);
    int less = nguon_basin_find(basin, NGUON_SCENARIO, "river=70 %,town=90000 person");
    assert_true(less >= 0);
    struct nguon_simulation *a = begin(basin, less), *b = begin(basin, 0);
    step_all(basin, a);
    while (nguon_simulation_next_step(b) < nguon_basin_step_count(basin)) {
        double runoff_m3s;
        must(nguon_simulation_set_one(b, "runoff", 0, NAN, &err)); /* what the file says again */
        must(nguon_simulation_get(b, "runoff", &runoff_m3s, 1, &err));
        runoff_m3s *= 70 * 0.01; /* as the unit reads it */
        must(nguon_simulation_set(b, "catchment_outlet_water__volume_flow_rate", &runoff_m3s, 1,
                                  &err));
        must(nguon_simulation_step(b, &err));
    }
    assert_same(basin, a, b);
    nguon_simulation_free(a);
    nguon_simulation_free(b);
    nguon_basin_free(basin);
}

static void
what_is_set_can_be_given_back(void **state)
{
    (void)state;
    struct nguon_basin *basin = load_with(NULL);
    struct nguon_simulation *simulation = begin(basin, 0);
    double need[2], before[2];
    must(nguon_simulation_step(simulation, &err));
    must(nguon_simulation_get(simulation, "need", before, 2, &err));
    must(nguon_simulation_set_one(simulation, "need", 0, 0.01, &err));
    must(nguon_simulation_step(simulation, &err));
    must(nguon_simulation_get(simulation, "need", need, 2, &err));
    assert_close(need[0], 0.01, 0.0, 0.0);
    must(nguon_simulation_set_one(simulation, "need", 0, NAN, &err));
    must(nguon_simulation_step(simulation, &err));
    must(nguon_simulation_get(simulation, "need", need, 2, &err));
    assert_close(need[0], before[0], 1e-12, 0.0);
    nguon_simulation_free(simulation);
    nguon_basin_free(basin);
}

/* ---- states ------------------------------------------------------------------------------------
 */

static void
a_state_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    struct nguon_basin *basin = load_with(NULL);
    struct nguon_simulation *whole = begin(basin, 3), *rest = begin(basin, 3);
    void *bytes = NULL, *wrong = NULL;
    size_t size, wrong_size;
    must(nguon_simulation_set_one(whole, "need", 0, 0.3, &err)); /* what is set goes along */
    for (int t = 0; t < 50; t++)
        must(nguon_simulation_step(whole, &err));
    must(nguon_simulation_save(whole, &bytes, &size, &err));
    step_all(basin, whole);
    must(nguon_simulation_restore(rest, bytes, size, &err));
    assert_int_equal(nguon_simulation_next_step(rest), 50);
    double early[120];
    must(nguon_simulation_series(rest, "storage", 0, early, 120, &err));
    assert_true(isnan(early[0]) && isnan(early[49]) && isnan(early[50]));
    step_all(basin, rest);
    /* back to the state: the series of the whole run are there again */
    must(nguon_simulation_restore(whole, bytes, size, &err));
    step_all(basin, whole);
    double x[120], y[120];
    must(nguon_simulation_series(whole, "storage", 0, x, 120, &err));
    must(nguon_simulation_series(rest, "storage", 0, y, 120, &err));
    assert_true(x[0] > 0.0);
    assert_memory_equal(x + 50, y + 50, 70 * sizeof *x);
    int count;
    must(nguon_simulation_indicator(whole, "demand_supply_m3", x, 120, &count, &err));
    must(nguon_simulation_indicator(rest, "demand_supply_m3", y, 120, &count, &err));
    assert_memory_equal(x, y, (size_t)count * sizeof *x);

    struct nguon_simulation *other = begin(basin, 0);
    assert_int_equal(nguon_simulation_restore(other, bytes, size, &err), NGUON_INPUT);
    assert_non_null(strstr(err.text, "the scenario was river=70 %,town=180000 person and is "
                                     "river=100 %,town=90000 person"));
    struct nguon_basin *changed = load_with("demands.fields.need=0.7 m3/s");
    struct nguon_simulation *foreign = begin(changed, 3);
    assert_int_equal(nguon_simulation_restore(foreign, bytes, size, &err), NGUON_INPUT);
    assert_non_null(strstr(err.text, "--set was nothing and is demands.fields.need=0.7 m3/s"));
    assert_int_equal(nguon_simulation_save(foreign, &wrong, &wrong_size, &err), NGUON_USAGE);
    for (size_t cut = 0; cut < size; cut += 1 + size / 40)
        assert_int_equal(nguon_simulation_restore(rest, bytes, cut, &err), NGUON_INPUT);
    nguon_bytes_free(bytes);
    nguon_simulation_free(whole);
    nguon_simulation_free(rest);
    nguon_simulation_free(other);
    nguon_simulation_free(foreign);
    nguon_basin_free(changed);
    nguon_basin_free(basin);
}

/* ---- bad calls ---------------------------------------------------------------------------------
 */

static void
bad_calls_are_refused_in_words(void **state)
{
    (void)state;
    struct nguon_basin *basin = load_with(NULL);
    struct nguon_simulation *simulation = NULL;
    double value[8] = {0};
    int count;
    assert_int_equal(nguon_simulation_begin(basin, 9, NULL, &simulation, &err), NGUON_USAGE);
    assert_null(simulation);
    assert_int_equal(nguon_simulation_begin(basin, 0, "nothing_such", &simulation, &err),
                     NGUON_USAGE);
    simulation = begin(basin, 0);
    assert_int_equal(nguon_simulation_get(simulation, "depth", value, 1, &err), NGUON_USAGE);
    assert_string_equal(err.text, "there is no variable called 'depth'");
    assert_int_equal(nguon_simulation_get(simulation, "need", value, 1, &err), NGUON_USAGE);
    assert_string_equal(err.text, "need has 2 values, not 1");
    assert_int_equal(nguon_simulation_set_one(simulation, "supply", 0, 1.0, &err), NGUON_USAGE);
    assert_non_null(strstr(err.text, "cannot be set"));
    assert_int_equal(nguon_simulation_set_one(simulation, "need", 2, 1.0, &err), NGUON_USAGE);
    assert_int_equal(nguon_simulation_set_one(simulation, "need", 0, -1.0, &err), NGUON_INPUT);
    assert_string_equal(err.text, "need of 'town' cannot be -1 m3 s-1");
    assert_int_equal(nguon_simulation_set_one(simulation, "storage", 0, 1e12, &err), NGUON_INPUT);
    assert_non_null(strstr(err.text, "'lake' holds from 0 to"));
    assert_int_equal(nguon_simulation_set_one(simulation, "storage", 0, NAN, &err), NGUON_INPUT);
    int canal = nguon_basin_find(basin, NGUON_LINK, "canal");
    assert_int_equal(nguon_simulation_set_one(simulation, "link_minimum", canal, 1.0, &err),
                     NGUON_INPUT);
    assert_non_null(strstr(err.text, "link 'canal' has no minimum_flow"));
    assert_int_equal(
        nguon_simulation_indicator(simulation, "demand_supply_m3", value, 8, &count, &err),
        NGUON_USAGE);
    nguon_simulation_values(simulation, "need")[0] = -5.0;
    assert_int_equal(nguon_simulation_step(simulation, &err), NGUON_INPUT);
    assert_string_equal(err.text, "need of 'town' cannot be -5 m3 s-1");
    nguon_simulation_values(simulation, "need")[0] = 0.1;
    step_all(basin, simulation);
    assert_int_equal(nguon_simulation_step(simulation, &err), NGUON_USAGE);
    assert_null(nguon_simulation_values(simulation, "depth"));
    assert_null(nguon_variable_of(-1));
    nguon_simulation_free(simulation);
    nguon_basin_free(basin);
}

/* ---- threads -----------------------------------------------------------------------------------
 */

/* All from loading to the last step; the supply of the two demands. */
static void *
run_alone(void *out)
{
    static const char *const change[] = {"demands.town.population=120000 person"};
    struct nguon_error own;
    struct nguon_basin *basin = NULL;
    struct nguon_simulation *simulation = NULL;
    double *supply_m3 = out;
    int count;
    if (nguon_basin_load(ONE_RESERVOIR, NULL, change, 1, &basin, &own) != NGUON_OK ||
        nguon_simulation_begin(basin, 2, NULL, &simulation, &own) != NGUON_OK)
        return NULL;
    while (nguon_simulation_next_step(simulation) < nguon_basin_step_count(basin) &&
           nguon_simulation_step(simulation, &own) == NGUON_OK)
        ;
    nguon_simulation_indicator(simulation, "demand_supply_m3", supply_m3, 2, &count, &own);
    nguon_simulation_free(simulation);
    nguon_basin_free(basin);
    return NULL;
}

static void
handles_do_not_disturb_each_other(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t thread[THREADS];
    double alone[2] = {0}, supply_m3[THREADS][2] = {{0}};
    run_alone(alone);
    assert_true(alone[0] > 0.0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, run_alone, supply_m3[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_memory_equal(supply_m3[i], alone, sizeof alone);
    }
}

/* ---- names -------------------------------------------------------------------------------------
 */

static void
only_the_public_names_are_exported(void **state)
{
    (void)state;
    void *library = dlopen(getenv("NGUON_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        fail_msg("%s", dlerror());
    assert_non_null(dlsym(library, "nguon_basin_load"));
    assert_non_null(dlsym(library, "nguon_bmi_register"));
    static const char *const inner[] = {"basin_load",   "simulate",  "simulation_step",
                                        "lp_solve",     "error_set", "library_status",
                                        "writer_create"};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        assert_null(dlsym(library, inner[i]));
    dlclose(library);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_have_ids_and_places),
        cmocka_unit_test(faults_of_a_file_are_all_told),
        cmocka_unit_test(setting_is_as_good_as_writing),
        cmocka_unit_test(runoff_is_taken_over_step_by_step),
        cmocka_unit_test(what_is_set_can_be_given_back),
        cmocka_unit_test(a_state_goes_on_to_the_same_bits),
        cmocka_unit_test(bad_calls_are_refused_in_words),
        cmocka_unit_test(handles_do_not_disturb_each_other),
        cmocka_unit_test(only_the_public_names_are_exported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
