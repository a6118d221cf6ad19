/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "basin_fixture.h"

#include <unistd.h>

static void
axes_are_read(void **state)
{
    (void)state;
    const struct scenario_spec *spec = &basin->scenarios;
    assert_int_equal(spec->combine, COMBINE_PRODUCT);
    assert_int_equal(spec->axis_count, 4);
    assert_string_equal(spec->axis[0].id, "weather");
    assert_int_equal(spec->axis[0].member[1].realisation, 7);
    assert_string_equal(spec->axis[0].member[1].label, "7");
    assert_string_equal(spec->axis[1].member[1].label, "2030");
    assert_int_equal(spec->axis[1].member[1].change[0].choice, 2030);
    assert_string_equal(spec->axis[2].member[1].label, "80 %");
    assert_int_equal(spec->axis[2].member[1].change[0].element_count, 3);
    const struct axis_member *dry = &spec->axis[3].member[1];
    assert_string_equal(dry->label, "dry");
    assert_int_equal(dry->change_count, 5);
    assert_int_equal(spec->axis[3].member[0].change_count, 0);
    /* only the lake has rain, so that only it is scaled */
    assert_int_equal(dry->change[1].element_count, 1);
    assert_int_equal(dry->change[1].window.month_mask, 0xc07);
}

static void
a_scenario_changes_its_own_copy_only(void **state)
{
    (void)state;
    struct basin *copy = NULL;
    struct error err = {0};
    const struct axis *axes = basin->scenarios.axis;
    assert_int_equal(basin_copy(basin, &copy), STATUS_OK);
    assert_int_equal(basin_apply(copy, &axes[1].member[1].change[0], &err), STATUS_OK);
    assert_int_equal(basin_apply(copy, &axes[2].member[1].change[0], &err), STATUS_OK);
    for (int i = 0; i < axes[3].member[1].change_count; i++)
        assert_int_equal(basin_apply(copy, &axes[3].member[1].change[i], &err), STATUS_OK);
    assert_int_equal(basin_check_values(copy, &err), STATUS_OK);
    assert_int_equal(copy->run.demand_year, 2030);
    /* a modelled inflow of 2: shift 0.1 of the file, x 0.8, and x 0.45 from March to July */
    const struct varying *inflow = &copy->catchment[1].inflow;
    assert_close(varying_adjust(inflow, &axis, step_of(2, 29), 2.0), 2.1 * 0.8, 1e-14, 0);
    assert_close(varying_adjust(inflow, &axis, step_of(3, 1), 2.0), 2.1 * 0.8 * 0.45, 1e-14, 0);
    assert_close(varying_adjust(inflow, &axis, step_of(7, 31), 2.0), 2.1 * 0.8 * 0.45, 1e-14, 0);
    assert_close(varying_adjust(inflow, &axis, step_of(8, 1), 2.0), 2.1 * 0.8, 1e-14, 0);
    assert_close(value_on(&copy->link[1].loss, 1, 1), 0.2, 1e-15, 0);
    assert_close(value_on(&copy->reservoir[0].domestic_reserve, 12, 1), 12e6, 0, 0);
    assert_true(date_range_holds(&copy->node[4].in_service, &axis, 0, 0));
    assert_int_equal(basin->run.demand_year, 2024);
    assert_int_equal(basin->catchment[1].inflow.adjustment_count, 1);
    assert_close(value_on(&basin->link[1].loss, 1, 1), 0.15, 1e-15, 0);
    assert_false(date_range_holds(&basin->node[4].in_service, &axis, 0, 0));
    basin_destroy(copy);
}

static void
two_sets_of_one_quantity_are_refused(void **state)
{
    (void)state;
    struct basin *copy = NULL;
    struct error err = {0};
    assert_int_equal(basin_copy(basin, &copy), STATUS_OK);
    const struct change *year = basin->scenarios.axis[1].member[0].change;
    assert_int_equal(basin_apply(copy, year, &err), STATUS_OK);
    assert_int_equal(basin_apply(copy, &basin->scenarios.axis[1].member[1].change[0], &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "is set twice in one scenario: by 'demand_year'"));
    basin_destroy(copy);
}

static void
too_many_changes_of_one_quantity_are_refused(void **state)
{
    (void)state;
    struct basin *copy = NULL;
    struct error err = {0};
    assert_int_equal(basin_copy(basin, &copy), STATUS_OK);
    const struct change *scale = basin->scenarios.axis[2].member[1].change;
    for (int i = 0; i < ADJUSTMENT_MAX - 1; i++) /* the file has one already */
        assert_int_equal(basin_apply(copy, scale, &err), STATUS_OK);
    assert_int_equal(basin_apply(copy, scale, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "more than 8 changes"));
    basin_destroy(copy);
}

/* Set on a fresh basin; returns what the faults say, or "" on success. */
static const char *
set(struct basin *of, const char *assignment)
{
    static char text[2048];
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = basin_set(of, assignment, &diagnostics);
    text[0] = '\0';
    if (diagnostics.count > 0) {
        assert_string_equal(diagnostics.item[0].file, "--set");
        snprintf(text, sizeof text, "%s", diagnostics.item[0].message);
    }
    assert_true((status == STATUS_OK) == (diagnostics.error_count == 0));
    assert_true(status == STATUS_OK || status == STATUS_INPUT);
    diagnostics_finish(&diagnostics);
    return text;
}

static void
the_command_line_sets_values(void **state)
{
    (void)state;
    struct basin *own = load(NULL);
    assert_non_null(own);
    assert_string_equal(set(own, "demand_year=2030"), "");
    assert_int_equal(own->run.demand_year, 2030);
    assert_string_equal(set(own, "run.demand_year=calendar"), "");
    assert_int_equal(own->run.demand_year, 0);
    assert_string_equal(set(own, "seed=7"), "");
    assert_true(own->run.seed == 7);
    assert_string_equal(set(own, "share=total"), "");
    assert_int_equal(own->rank[1].share, SHARE_TOTAL);
    assert_string_equal(set(own, "end=2020-06-30"), "");
    assert_int_equal(own->run.end.month, 6);
    assert_string_equal(set(own, "reservoirs.lake.domestic_reserve=45 hm3"), "");
    assert_close(value_on(&own->reservoir[0].domestic_reserve, 1, 1), 45e6, 0, 0);
    assert_string_equal(set(own, "reservoirs.lake.capacity=100 hm3"), "");
    assert_close(own->reservoir[0].capacity_m3, 100e6, 0, 0);
    assert_true(isnan(own->reservoir[0].normal_level_m));
    assert_string_equal(set(own, "reservoirs.lake.normal_level=19.7 m"), "");
    assert_close(own->reservoir[0].capacity_m3, 40e6, 1e-9, 0);
    assert_string_equal(set(own, "reservoirs.pit.emergency_for=domestic"), "");
    assert_string_equal(own->rank[own->reservoir[1].emergency_for_rank].id, "domestic");
    assert_string_equal(set(own, "reservoirs.lake.net_evaporation=true"), "");
    assert_true(own->reservoir[0].net_evaporation);
    assert_string_equal(set(own, "plants.works.capacity={monthly: [1, 1, 1, 1, 1, 1, 2, 1, 1, 1, "
                                 "1, 1], unit: m3/s}"),
                        "");
    assert_close(value_on(&own->passage[2].capacity, 7, 1), 2.0, 0, 0);
    assert_string_equal(set(own, "catchments.c_model.x1=400 mm"), "");
    assert_close(own->catchment[1].parameter[0], 400, 1e-14, 0);
    assert_string_equal(set(own, "catchments.c_gauge.inflow=3 m3/s"), "");
    assert_int_equal(own->catchment[0].inflow.kind, VARYING_CONSTANT);
    assert_string_equal(set(own, "demands.town.need=0.2 m3/s"), "");
    assert_int_equal(own->demand[0].basis, DEMAND_CONSTANT);
    assert_string_equal(set(own, "aquifers.ground.licence.yearly=6 hm3"), "");
    assert_string_equal(set(own, "links.*.loss=1 %"), "");
    assert_close(value_on(&own->link[4].loss, 1, 1), 0.01, 0, 0);
    basin_destroy(own);
}

static void
the_command_line_refuses_what_a_file_would(void **state)
{
    (void)state;
    static const struct {
        const char *assignment;
        const char *words;
    } refused[] = {
        {"demand_year", "must be path=value"},
        {"=2030", "must be path=value"},
        {"demand_yaer=2030", "did you mean 'demand_year'"},
        {"demand_year=soon", "whole number"},
        {"reservoir.lake.capacity=3 hm3", "did you mean 'reservoirs'"},
        {"reservoirs.lacke.capacity=3 hm3", "did you mean 'lake'"},
        {"reservoirs.lake.capacitty=3 hm3", "did you mean 'capacity'"},
        {"reservoirs.lake=3 hm3", "is written section.id.key"},
        {"reservoirs.lake.table=3", "cannot be changed by --set"},
        {"reservoirs.lake.capacity=3 m", "it takes a volume"},
        {"reservoirs.lake.capacity=300 hm3", "lies above the table"},
        {"reservoirs.lake.normal_level=300 m", "outside the lake's table"},
        {"demands.town.returns=3", "cannot be changed"},
        {"demands.farm.norm=50 L/person/d", "but 'norm' of 'farm' is"},
        {"demands.farm.population=50 person", "has no 'population' to change"},
        {"catchments.c_made.x1=400 mm", "has no 'x1' to change"},
        {"links.canal_a.loss=120 %", "out of range"},
        {"plants.works.capacity={monthly: [1]}", "12 figures"},
        {"plants.works.capacity=[1", "not valid YAML"},
        {"plants.works.capacity=", "must be path=value"},
        {"plants.works.capacity=~", "has no value"},
        {"end=2020-02-30", "not a date"},
        {"end=2019-02-01", "run:"},
        {"end=2022-02-01", "does not serve the run"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct basin *own = load(NULL);
        assert_non_null(own);
        const char *said = set(own, refused[i].assignment);
        if (strstr(said, refused[i].words) == NULL)
            fail_msg("%s: \"%s\" lacks \"%s\"", refused[i].assignment, said, refused[i].words);
        basin_destroy(own);
    }
}

static void
values_that_break_each_other_are_found(void **state)
{
    (void)state;
    struct basin *copy = NULL;
    struct error err = {0};
    assert_int_equal(basin_copy(basin, &copy), STATUS_OK);
    assert_int_equal(basin_check_values(copy, &err), STATUS_OK);
    copy->reservoir[0].capacity_m3 = 9e6;
    assert_int_equal(basin_check_values(copy, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "reservoirs.lake: the dead storage"));
    basin_destroy(copy);
    basin_destroy(NULL);
}

static void
a_scenario_file_replaces_the_section(void **state)
{
    (void)state;
    struct basin *own = load(TEST_DATA_DIR "/basin/sample.yaml");
    assert_non_null(own);
    assert_int_equal(own->scenarios.combine, COMBINE_SAMPLE);
    assert_int_equal(own->scenarios.method, SAMPLE_SOBOL);
    assert_int_equal(own->scenarios.sample_size, 64);
    assert_int_equal(own->scenarios.axis_count, 2);
    const struct axis *reserve = &own->scenarios.axis[0];
    assert_true(reserve->is_range);
    assert_int_equal(reserve->member_count, 0);
    assert_close(reserve->low, 1e6, 0, 0);
    assert_close(reserve->high, 35e6, 0, 0);
    assert_int_equal(reserve->range_change.operation, CHANGE_SET);
    assert_close(reserve->range_change.value.value[0], 1e6, 0, 0);
    assert_int_equal(own->scenarios.axis[1].range_change.operation, CHANGE_SCALE);
    assert_non_null(strstr(own->text, "method: sobol"));
    basin_destroy(own);
}

static void
a_path_may_have_several_changes_made_in_turn(void **state)
{
    (void)state;
    struct basin *own = load(TEST_DATA_DIR "/basin/drought.yaml");
    assert_non_null(own);
    struct error err = {0};
    const struct axis_member *member = &own->scenarios.axis[0].member[0];
    assert_int_equal(member->change_count, 3);
    assert_int_equal(member->change[2].choice, 2025);
    struct basin *copy = NULL;
    assert_int_equal(basin_copy(own, &copy), STATUS_OK);
    for (int i = 0; i < member->change_count; i++)
        assert_int_equal(basin_apply(copy, &member->change[i], &err), STATUS_OK);
    const struct varying *inflow = &copy->catchment[1].inflow; /* the file shifts it by 0.1 */
    assert_close(varying_adjust(inflow, &axis, step_of(1, 31), 2.0), 2.1, 1e-14, 0);
    assert_close(varying_adjust(inflow, &axis, step_of(2, 29), 2.0), 2.1 * 0.8, 1e-14, 0);
    assert_close(varying_adjust(inflow, &axis, step_of(3, 1), 2.0), 2.1 * 0.5, 1e-14, 0);
    assert_close(varying_adjust(inflow, &axis, step_of(8, 1), 2.0), 2.1, 1e-14, 0);
    basin_destroy(copy);
    basin_destroy(own);
}

/* ---- scenarios written for one test ---------------------------------------------------------- */

static char scenario_path[] = "/tmp/nguon_scenario_XXXXXX";

/* Load with one member 'm' of one axis, its changes in flow style; says what the faults say. */
static struct basin *
load_changes(const char *changes, char *said, size_t size)
{
    struct diagnostics diagnostics;
    struct basin *own = NULL;
    FILE *file = fopen(scenario_path, "w");
    assert_non_null(file);
    fprintf(file, "scenarios: {axes: {x: {members: {m: {%s}}}}}\n", changes);
    fclose(file);
    diagnostics_init(&diagnostics);
    basin_load(path, scenario_path, &own, &diagnostics);
    snprintf(said, size, "%s", diagnostics.count > 0 ? diagnostics.item[0].message : "");
    diagnostics_finish(&diagnostics);
    return own;
}

/* A copy of a basin that was loaded so, with the changes made. */
static struct basin *
changed_copy(const struct basin *own)
{
    struct basin *copy = NULL;
    struct error err = {0};
    const struct axis_member *member = &own->scenarios.axis[0].member[0];
    assert_int_equal(basin_copy(own, &copy), STATUS_OK);
    for (int i = 0; i < member->change_count; i++)
        if (basin_apply(copy, &member->change[i], &err) != STATUS_OK)
            fail_msg("%s", err.text);
    return copy;
}

static void
a_scenario_may_not_dam_forced_water(void **state)
{
    (void)state;
    char said[512];
    static const char *const dams[] = {"junctions.fork.in_service: {from: 2021-01-01}",
                                       "weirs.*.in_service: {to: 2020-06-30}",
                                       "estuaries.mouth.in_service: {set: {from: 2020-02-01}}"};
    for (int i = 0; i < 3; i++) {
        struct basin *own = load_changes(dams[i], said, sizeof said);
        struct error err = {0};
        assert_string_equal(said, "");
        struct basin *copy = changed_copy(own);
        assert_int_equal(basin_check_values(own, &err), STATUS_OK);
        assert_int_equal(basin_check_values(copy, &err), STATUS_INPUT);
        assert_non_null(strstr(err.text, "has no unlimited way to a sea"));
        basin_destroy(copy);
        basin_destroy(own);
    }
}

static void
a_lake_made_a_reserve_is_kept_for_the_household(void **state)
{
    (void)state;
    char said[512];
    struct basin *own = load_changes("reservoirs.lake.reserve: true", said, sizeof said);
    assert_string_equal(said, "");
    struct basin *copy = changed_copy(own);
    assert_true(copy->reservoir[0].reserve);
    assert_string_equal(copy->rank[copy->reservoir[0].emergency_for_rank].id, "domestic");
    basin_destroy(copy);
    basin_destroy(own);
}

static void
long_term_means_take_changes_of_the_whole_run_only(void **state)
{
    (void)state;
    char said[512];
    const double year_s = 365.2425 * 86400;
    struct basin *own = load_changes(
        "catchments.c_made.mean: [{scale: 0.5}, {shift: 100 mm/month}]", said, sizeof said);
    assert_string_equal(said, "");
    struct basin *copy = changed_copy(own);
    assert_close(varying_long_term(&own->catchment[2].mean), 1.05 / year_s, 1e-15, 0);
    assert_close(varying_long_term(&copy->catchment[2].mean), (0.525 + 1.2) / year_s, 1e-14, 0);
    basin_destroy(copy);
    basin_destroy(own);
    static const char *const parts[] = {
        "catchments.c_made.mean: {scale: 0.5, months: [1]}",
        "reservoirs.lake.initial: {set: 50 %, from: 2020-02-01}",
        "aquifers.ground.initial: {shift: 1 %, to: 2020-02-01}",
    };
    for (int i = 0; i < 3; i++) {
        assert_null(load_changes(parts[i], said, sizeof said));
        if (strstr(said, "holds for the whole run") == NULL)
            fail_msg("%s: \"%s\"", parts[i], said);
    }
}

static int
setup_all(void **state)
{
    int descriptor = mkstemp(scenario_path);
    if (descriptor < 0 || close(descriptor) != 0)
        return -1;
    return setup(state);
}

static int
teardown_all(void **state)
{
    unlink(scenario_path);
    return teardown(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_are_read),
        cmocka_unit_test(a_scenario_changes_its_own_copy_only),
        cmocka_unit_test(two_sets_of_one_quantity_are_refused),
        cmocka_unit_test(too_many_changes_of_one_quantity_are_refused),
        cmocka_unit_test(the_command_line_sets_values),
        cmocka_unit_test(the_command_line_refuses_what_a_file_would),
        cmocka_unit_test(values_that_break_each_other_are_found),
        cmocka_unit_test(a_scenario_file_replaces_the_section),
        cmocka_unit_test(a_path_may_have_several_changes_made_in_turn),
        cmocka_unit_test(a_scenario_may_not_dam_forced_water),
        cmocka_unit_test(a_lake_made_a_reserve_is_kept_for_the_household),
        cmocka_unit_test(long_term_means_take_changes_of_the_whole_run_only),
    };
    return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
