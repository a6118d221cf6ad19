/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/forcing.h"
#include "scenarios/plan.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scenario_path[] = "/tmp/nguon_plan_XXXXXX";

static int
make_file(void **state)
{
    (void)state;
    int descriptor = mkstemp(scenario_path);
    return descriptor >= 0 && close(descriptor) == 0 ? 0 : -1;
}

static int
remove_file(void **state)
{
    (void)state;
    return unlink(scenario_path);
}

/* The basin of the tests of model/ with a section `scenarios` of its own, and its plan. */
static struct basin *
load(const char *scenarios, struct plan *plan)
{
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    struct error err = {0};
    FILE *file = fopen(scenario_path, "w");
    assert_non_null(file);
    fprintf(file, "scenarios: %s\n", scenarios);
    fclose(file);
    diagnostics_init(&diagnostics);
    if (basin_load(TEST_DATA_DIR "/basin/good.yaml", scenario_path, &basin, &diagnostics) !=
        STATUS_OK)
        fail_msg("%s", diagnostics.count > 0 ? diagnostics.item[0].message : "no message");
    diagnostics_finish(&diagnostics);
    if (plan_expand(basin, plan, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    return basin;
}

static struct basin *
scenario_of(const struct plan *plan, const struct basin *basin, int scenario_s)
{
    struct basin *copy = NULL;
    struct error err = {0};
    if (plan_scenario_basin(plan, basin, scenario_s, &copy, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    return copy;
}

/* Ranges act as a set of a number, a set in a window, a scale and a shift. */
static const char ranges[] =
    "{combine: {sample: {method: %s, size: 64}}, axes: {"
    "capacity: {range: [100 hm3, 130 hm3], path: reservoirs.lake.capacity}, "
    "april: {range: [0.5 m3/s, 4.5 m3/s], path: catchments.c_gauge.inflow, months: [4]}, "
    "need: {range: [80 %%, 120 %%], path: demands.town.need, change: scale}, "
    "rain: {range: [1 mm/d, 3 mm/d], path: reservoirs.lake.rain, change: shift, months: [5]}}}";

static void
check_sample(const char *method, bool stratified)
{
    char text[1024];
    struct plan plan;
    int seen[4][64] = {{0}};
    static const double low[4] = {100e6, 0.5, 0.8, 0.001 / 86400};
    static const double high[4] = {130e6, 4.5, 1.2, 0.003 / 86400};
    snprintf(text, sizeof text, ranges, method);
    struct basin *basin = load(text, &plan);
    assert_int_equal(plan.scenario_count, 64);
    for (int s = 0; s < 64; s++) {
        struct basin *copy = scenario_of(&plan, basin, s);
        const struct varying *inflow = &copy->catchment[0].inflow;
        const struct varying *rain = &copy->reservoir[0].rain;
        const struct varying *need = &copy->demand[0].need;
        double value[4] = {copy->reservoir[0].capacity_m3,
                           inflow->adjustment[inflow->adjustment_count - 1].value,
                           need->adjustment[need->adjustment_count - 1].value,
                           rain->adjustment[rain->adjustment_count - 1].value};
        for (int a = 0; a < 4; a++) {
            double place = (value[a] - low[a]) / (high[a] - low[a]);
            assert_close(plan.scenario[s].range_value[a], value[a], 1e-15, 0);
            assert_true(place >= 0.0 && place < 1.0);
            seen[a][(int)(place * 64.0 + 1e-9)]++;
        }
        basin_destroy(copy);
    }
    /* a Latin hypercube has each stratum once; Sobol's first 63 points differ from all halves */
    for (int a = 0; a < 4; a++)
        for (int i = 0; i < 64; i++)
            assert_true(stratified ? seen[a][i] == 1 : seen[a][i] <= 2);
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
samples_spread_over_their_ranges(void **state)
{
    (void)state;
    check_sample("latin_hypercube", true);
    check_sample("sobol", false);
}

/* Runoff of a catchment in a scenario, m3/s. */
static void
runoff_of(const struct basin *basin, const struct basin *scenario, const char *id, double *flow_m3s,
          const struct timeaxis *axis)
{
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    int catchment_c = basin->node[basin_find_node(basin, id)].kind_i;
    assert_int_equal(records_create(basin, axis, &records, NULL), STATUS_OK);
    assert_int_equal(runoff_create(basin, records, &runoff, NULL), STATUS_OK);
    assert_int_equal(runoff_compute(runoff, basin, scenario, records, 1, NULL), STATUS_OK);
    memcpy(flow_m3s, runoff->flow_m3s[catchment_c], (size_t)axis->step_count * sizeof *flow_m3s);
    runoff_destroy(runoff);
    records_destroy(records);
}

static void
a_scaled_mean_scales_the_generated_flow(void **state)
{
    (void)state;
    enum { DAYS = 366 };
    static double flow_m3s[3][DAYS];
    struct plan plan;
    struct timeaxis axis;
    struct basin *basin = load("{axes: {wet: {values: [100 %, 50 %, 200 %], path: "
                               "catchments.c_made.mean, change: scale}}}",
                               &plan);
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, NULL),
                     STATUS_OK);
    assert_int_equal(axis.step_count, DAYS);
    for (int s = 0; s < 3; s++) {
        struct basin *copy = scenario_of(&plan, basin, s);
        runoff_of(basin, copy, "c_made", flow_m3s[s], &axis);
        basin_destroy(copy);
    }
    for (int t = 0; t < DAYS; t++) {
        assert_true(flow_m3s[0][t] > 0.0);
        assert_close(flow_m3s[1][t], 0.5 * flow_m3s[0][t], 1e-14, 0);
        assert_close(flow_m3s[2][t], 2.0 * flow_m3s[0][t], 1e-14, 0);
    }
    timeaxis_finish(&axis);
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
scenarios_that_break_the_basin_are_named(void **state)
{
    (void)state;
    struct plan plan;
    struct basin *copy = NULL;
    struct error err = {0};
    struct basin *basin = load("{axes: {small: {values: [20 hm3, 9 hm3], path: "
                               "reservoirs.lake.capacity}}}",
                               &plan);
    assert_int_equal(plan_scenario_basin(&plan, basin, 1, &copy, &err), STATUS_INPUT);
    assert_null(copy);
    assert_non_null(strstr(err.text, "scenario 'small=9 hm3': reservoirs.lake: the dead storage"));
    plan_finish(&plan);
    basin_destroy(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_spread_over_their_ranges),
        cmocka_unit_test(a_scaled_mean_scales_the_generated_flow),
        cmocka_unit_test(scenarios_that_break_the_basin_are_named),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
