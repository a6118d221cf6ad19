/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/plan.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Axes become scenarios: product, zip, samples, and what each scenario's basin looks like. */

static const char *folder;

/* A lake, a town and a farm; %s stands for the section of scenarios. */
static const char frame[] =
    "nguon: 1\nname: axes\nrun: {start: 2021-01-01, end: 2021-01-10, seed: 7, demand_year: 2021}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 10], area: [1, 1], storage: [0, 10], units: [m, km2, hm3]}, "
    "capacity: 10 hm3, spill_to: sea}\n"
    "junctions:\n  j: {boundary_inflow: 2 m3/s, spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "demands:\n"
    "  town: {class: domestic, need: {years: {2021: 1 m3/s, 2031: 2 m3/s}}}\n"
    "  farm: {class: irrigation, need: 1 m3/s}\n"
    "links:\n"
    "  to_town: {kind: pipe, from: lake, to: town}\n"
    "  to_farm: {kind: canal, from: j, to: farm}\n"
    "scenarios:\n%s";

static struct basin *
basin_with(const char *scenarios)
{
    char text[4096];
    snprintf(text, sizeof text, frame, scenarios);
    struct basin *basin = basin_of_text(folder, text, NULL);
    assert_non_null(basin);
    return basin;
}

static struct plan
expand(const struct basin *basin)
{
    struct plan plan;
    struct error err = {0};
    if (plan_expand(basin, &plan, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    return plan;
}

/* ---- product and zip --------------------------------------------------------------------------
 */

static void
product_turns_its_last_axis_fastest(void **state)
{
    (void)state;
    struct basin *basin =
        basin_with("  axes:\n"
                   "    year: {values: [2021, 2026, 2031], path: demand_year}\n"
                   "    dry: {members: {no: {}, yes: {junctions.j.boundary_inflow: 1 m3/s}}}\n");
    struct plan plan = expand(basin);
    static const char *const ids[] = {"year=2021,dry=no", "year=2021,dry=yes",
                                      "year=2026,dry=no", "year=2026,dry=yes",
                                      "year=2031,dry=no", "year=2031,dry=yes"};
    assert_int_equal(plan.scenario_count, 6);
    for (int s = 0; s < 6; s++) {
        struct basin *copy;
        struct error err = {0};
        assert_string_equal(plan.scenario[s].id, ids[s]);
        assert_int_equal(plan.scenario[s].realisation, 1);
        assert_int_equal(plan_scenario_basin(&plan, basin, s, &copy, &err), STATUS_OK);
        assert_int_equal(copy->run.demand_year, 2021 + 5 * (s / 2));
        const struct passage *j = &copy->passage[copy->node[basin_find_node(copy, "j")].kind_i];
        struct timeaxis axis;
        assert_int_equal(timeaxis_init(&axis, copy->run.step, copy->run.start, copy->run.end, &err),
                         STATUS_OK);
        assert_close(varying_at(&j->boundary_inflow, &axis, 0, 0, NULL, NAN),
                     s % 2 == 0 ? 2.0 : 1.0, 1e-15, 0.0);
        timeaxis_finish(&axis);
        basin_destroy(copy);
    }
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
zip_takes_members_together(void **state)
{
    (void)state;
    struct basin *basin = basin_with("  combine: zip\n"
                                     "  axes:\n"
                                     "    year: {values: [2021, 2031], path: demand_year}\n"
                                     "    weather: {realisations: [4, 9]}\n");
    struct plan plan = expand(basin);
    assert_int_equal(plan.scenario_count, 2);
    assert_string_equal(plan.scenario[0].id, "year=2021,weather=4");
    assert_string_equal(plan.scenario[1].id, "year=2031,weather=9");
    assert_int_equal(plan.scenario[0].realisation, 4);
    assert_int_equal(plan.scenario[1].realisation, 9);
    plan_finish(&plan);
    basin_destroy(basin);
}

/* The reader of the file refuses it too; plan_expand does not rely on that. */
static void
zip_of_unequal_lengths_is_refused(void **state)
{
    (void)state;
    struct basin *basin = basin_with("  combine: zip\n"
                                     "  axes:\n"
                                     "    year: {values: [2021, 2026, 2031], path: demand_year}\n"
                                     "    weather: {realisations: 3}\n");
    struct plan plan;
    struct error err = {0};
    basin->scenarios.axis[1].member_count = 2;
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "'year' (3 members)"));
    assert_non_null(strstr(err.text, "'weather' (2)"));
    basin_destroy(basin);
}

static void
no_axis_makes_one_scenario(void **state)
{
    (void)state;
    struct basin *basin = basin_with("  axes: {}\n");
    struct plan plan = expand(basin);
    assert_int_equal(plan.scenario_count, 1);
    assert_string_equal(plan.scenario[0].id, "base");
    assert_int_equal(plan.scenario[0].realisation, 1);
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
a_product_too_large_is_refused(void **state)
{
    (void)state;
    struct basin *basin = basin_with("  axes:\n"
                                     "    weather: {realisations: 2000}\n"
                                     "    year: {values: [2021, 2031], path: demand_year}\n");
    struct plan plan;
    struct error err = {0};
    basin->scenarios.axis[0].member_count = 600000;
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "1200000"));
    basin_destroy(basin);
}

/* ---- samples ----------------------------------------------------------------------------------
 */

enum { SAMPLE_SIZE = 32 };

static struct basin *
basin_with_sample(const char *method)
{
    char text[1024];
    snprintf(
        text, sizeof text,
        "  combine: {sample: {method: %s, size: %d}}\n"
        "  axes:\n"
        "    reserve: {range: [2 hm3, 6 hm3], path: reservoirs.lake.domestic_reserve}\n"
        "    flow: {range: [50 %%, 150 %%], path: junctions.j.boundary_inflow, change: scale}\n"
        "    year: {values: [2021, 2026, 2031, 2036], path: demand_year}\n",
        method, SAMPLE_SIZE);
    return basin_with(text);
}

/* Each of the equal strata of an axis holds exactly one value. */
static void
assert_one_each(const struct plan *plan, int axis_a, double low, double high)
{
    int held[SAMPLE_SIZE] = {0};
    for (int s = 0; s < SAMPLE_SIZE; s++) {
        double place = (plan->scenario[s].range_value[axis_a] - low) / (high - low);
        assert_true(place >= 0.0 && place < 1.0);
        held[(int)(place * SAMPLE_SIZE)]++;
    }
    for (int i = 0; i < SAMPLE_SIZE; i++)
        assert_int_equal(held[i], 1);
}

static void
assert_members_in_equal_shares(const struct plan *plan, int axis_a, int member_count)
{
    int held[8] = {0};
    for (int s = 0; s < SAMPLE_SIZE; s++)
        held[plan->scenario[s].member_i[axis_a]]++;
    for (int i = 0; i < member_count; i++)
        assert_int_equal(held[i], SAMPLE_SIZE / member_count);
}

static void
latin_hypercube_has_one_value_in_each_stratum(void **state)
{
    (void)state;
    struct basin *basin = basin_with_sample("latin_hypercube");
    struct plan plan = expand(basin), again = expand(basin);
    assert_int_equal(plan.scenario_count, SAMPLE_SIZE);
    assert_one_each(&plan, 0, 2e6, 6e6);
    assert_one_each(&plan, 1, 0.5, 1.5);
    assert_members_in_equal_shares(&plan, 2, 4);
    /* the axes are shuffled apart: not every scenario has the same rank in both */
    int same = 0;
    for (int s = 0; s < SAMPLE_SIZE; s++) {
        const double *value = plan.scenario[s].range_value;
        same +=
            (int)((value[0] - 2e6) / 4e6 * SAMPLE_SIZE) == (int)((value[1] - 0.5) * SAMPLE_SIZE);
        assert_true(memcmp(value, again.scenario[s].range_value, 2 * sizeof *value) == 0);
    }
    assert_true(same < SAMPLE_SIZE / 4);
    plan_finish(&plan);
    plan_finish(&again);
    basin_destroy(basin);
}

/* A Sobol sequence puts the first 2^k points one into each of 2^k intervals of every axis. GSL
 * leaves out the origin, so that the first point is the centre and one interval holds no point of
 * 2^k. */
static void
sobol_fills_every_interval(void **state)
{
    (void)state;
    struct basin *basin = basin_with_sample("sobol");
    struct plan plan = expand(basin);
    assert_int_equal(plan.scenario_count, SAMPLE_SIZE);
    assert_close(plan.scenario[0].range_value[0], 4e6, 1e-15, 0.0);
    assert_close(plan.scenario[0].range_value[1], 1.0, 1e-15, 0.0);
    for (int axis_a = 0; axis_a < 2; axis_a++) {
        double low = axis_a == 0 ? 2e6 : 0.5, size = axis_a == 0 ? 4e6 : 1.0;
        int held[SAMPLE_SIZE] = {0};
        for (int s = 0; s < SAMPLE_SIZE - 1; s++)
            held[(int)((plan.scenario[s].range_value[axis_a] - low) / size * SAMPLE_SIZE)]++;
        assert_int_equal(held[0], 0); /* the origin's */
        for (int i = 1; i < SAMPLE_SIZE; i++)
            assert_int_equal(held[i], 1);
    }
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
a_sampled_value_reaches_the_basin(void **state)
{
    (void)state;
    struct basin *basin = basin_with_sample("latin_hypercube");
    struct plan plan = expand(basin);
    struct timeaxis axis;
    struct error err = {0};
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, &err),
                     STATUS_OK);
    for (int s = 0; s < SAMPLE_SIZE; s++) {
        struct basin *copy;
        assert_int_equal(plan_scenario_basin(&plan, basin, s, &copy, &err), STATUS_OK);
        const struct passage *j = &copy->passage[copy->node[basin_find_node(copy, "j")].kind_i];
        const double *value = plan.scenario[s].range_value;
        assert_close(varying_at(&copy->reservoir[0].domestic_reserve, &axis, 0, 0, NULL, NAN),
                     value[0], 1e-15, 0.0);
        assert_close(varying_at(&j->boundary_inflow, &axis, 0, 0, NULL, NAN), 2.0 * value[1], 1e-15,
                     0.0);
        basin_destroy(copy);
    }
    timeaxis_finish(&axis);
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
a_range_outside_a_sample_is_refused(void **state)
{
    (void)state;
    struct basin *basin = basin_with_sample("sobol");
    struct plan plan;
    struct error err = {0};
    basin->scenarios.combine = COMBINE_PRODUCT;
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "'reserve'"));
    basin_destroy(basin);
}

/* ---- changes ----------------------------------------------------------------------------------
 */

static void
two_sets_of_one_quantity_are_refused(void **state)
{
    (void)state;
    struct basin *basin =
        basin_with("  axes:\n"
                   "    a: {members: {x: {junctions.j.boundary_inflow: 1 m3/s}}}\n"
                   "    b: {members: {y: {junctions.*.boundary_inflow: 3 m3/s}}}\n");
    struct plan plan = expand(basin);
    struct basin *copy = NULL;
    struct error err = {0};
    assert_int_not_equal(plan_scenario_basin(&plan, basin, 0, &copy, &err), STATUS_OK);
    assert_null(copy);
    assert_non_null(strstr(err.text, "scenario 'a=x,b=y'"));
    assert_non_null(strstr(err.text, "boundary_inflow"));
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
axes_act_in_the_order_of_the_file(void **state)
{
    (void)state;
    struct basin *basin =
        basin_with("  axes:\n"
                   "    a: {members: {x: {junctions.j.boundary_inflow: {shift: 1 m3/s}}}}\n"
                   "    b: {members: {y: {junctions.j.boundary_inflow: {scale: 50 %}}}}\n");
    struct plan plan = expand(basin);
    struct basin *copy;
    struct timeaxis axis;
    struct error err = {0};
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, &err),
                     STATUS_OK);
    assert_int_equal(plan_scenario_basin(&plan, basin, 0, &copy, &err), STATUS_OK);
    const struct passage *j = &copy->passage[copy->node[basin_find_node(copy, "j")].kind_i];
    assert_close(varying_at(&j->boundary_inflow, &axis, 0, 0, NULL, NAN), (2.0 + 1.0) * 0.5, 1e-15,
                 0.0);
    basin_destroy(copy);
    timeaxis_finish(&axis);
    plan_finish(&plan);
    basin_destroy(basin);
}

static void
a_change_that_makes_no_sense_names_its_scenario(void **state)
{
    (void)state;
    struct basin *basin =
        basin_with("  axes:\n"
                   "    dam: {members: {low: {}, raised: {reservoirs.lake.dead_storage: "
                   "{shift: 20 hm3}}}}\n");
    struct plan plan = expand(basin);
    struct basin *copy = NULL;
    struct error err = {0};
    assert_int_equal(plan_scenario_basin(&plan, basin, 0, &copy, &err), STATUS_OK);
    basin_destroy(copy);
    assert_int_not_equal(plan_scenario_basin(&plan, basin, 1, &copy, &err), STATUS_OK);
    assert_non_null(strstr(err.text, "scenario 'dam=raised'"));
    assert_non_null(strstr(err.text, "dead storage"));
    plan_finish(&plan);
    basin_destroy(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(product_turns_its_last_axis_fastest),
        cmocka_unit_test(zip_takes_members_together),
        cmocka_unit_test(zip_of_unequal_lengths_is_refused),
        cmocka_unit_test(no_axis_makes_one_scenario),
        cmocka_unit_test(a_product_too_large_is_refused),
        cmocka_unit_test(latin_hypercube_has_one_value_in_each_stratum),
        cmocka_unit_test(sobol_fills_every_interval),
        cmocka_unit_test(a_sampled_value_reaches_the_basin),
        cmocka_unit_test(a_range_outside_a_sample_is_refused),
        cmocka_unit_test(two_sets_of_one_quantity_are_refused),
        cmocka_unit_test(axes_act_in_the_order_of_the_file),
        cmocka_unit_test(a_change_that_makes_no_sense_names_its_scenario),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
