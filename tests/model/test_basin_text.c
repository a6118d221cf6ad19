/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "basin_fixture.h"

#include <unistd.h>

/* A basin made again from the texts that its results keep, with no file to be read. */

static const char scenario_path[] = TEST_DATA_DIR "/basin/drought.yaml";

/* Texts of a basin as a results file holds them: cut out of the one text. */
static struct basin *
again(const struct basin *original)
{
    struct diagnostics diagnostics;
    struct basin *copy = NULL;
    const char *name[16], *text[16];
    assert_in_range(original->part_count, 1, 16);
    for (int i = 0; i < original->part_count; i++) {
        const struct basin_part *part = &original->part[i];
        name[i] = part->name;
        text[i] = strndup(original->text + part->start, part->length);
    }
    struct basin_text given = {.file_count = original->part_count,
                               .name = name,
                               .text = text,
                               .has_scenario_file = original->has_scenario_file,
                               .set_count = original->set_count,
                               .set = (const char *const *)original->set};
    assert_int_equal(chdir("/"), 0); /* where no relative path leads anywhere */
    diagnostics_init(&diagnostics);
    if (basin_load_text(&given, &copy, &diagnostics) != STATUS_OK)
        fail_with(&diagnostics);
    diagnostics_finish(&diagnostics);
    for (int i = 0; i < original->part_count; i++)
        free((void *)(uintptr_t)text[i]);
    assert_non_null(copy);
    return copy;
}

static void
assert_same(const struct basin *one, const struct basin *other)
{
    assert_string_equal(one->text, other->text);
    assert_int_equal(one->node_count, other->node_count);
    for (int i = 0; i < one->node_count; i++)
        assert_string_equal(one->node[i].id, other->node[i].id);
    assert_int_equal(one->link_count, other->link_count);
    for (int i = 0; i < one->link_count; i++)
        assert_string_equal(one->link[i].id, other->link[i].id);
    assert_int_equal(one->scenarios.axis_count, other->scenarios.axis_count);
    for (int a = 0; a < one->scenarios.axis_count; a++)
        assert_int_equal(one->scenarios.axis[a].member_count,
                         other->scenarios.axis[a].member_count);
    for (int r = 0; r < one->reservoir_count; r++)
        assert_close(one->reservoir[r].capacity_m3, other->reservoir[r].capacity_m3, 0.0, 0.0);
    assert_int_equal(one->run.demand_year, other->run.demand_year);
}

static void
texts_make_the_same_basin(void **state)
{
    (void)state;
    assert_int_equal(basin->part_count, 2); /* it includes another */
    struct basin *copy = again(basin);
    assert_same(basin, copy);
    assert_false(copy->has_scenario_file);
    for (int i = 0; i < copy->series_count; i++)
        assert_int_equal(copy->series[i].record.count, 0);
    basin_destroy(copy);
}

static void
the_scenario_file_and_changes_are_kept(void **state)
{
    (void)state;
    struct diagnostics diagnostics;
    struct basin *changed = load(scenario_path);
    assert_non_null(changed);
    diagnostics_init(&diagnostics);
    char set[128];
    snprintf(set, sizeof set, "reservoirs.%s.capacity=125 hm3",
             changed->node[changed->reservoir[0].node_i].id);
    if (basin_set(changed, set, &diagnostics) != STATUS_OK)
        fail_with(&diagnostics);
    assert_int_equal(basin_set(changed, "reservoirs.no_such.capacity=5 hm3", &diagnostics),
                     STATUS_INPUT);
    diagnostics_finish(&diagnostics);
    assert_int_equal(changed->set_count, 1); /* what failed is not kept */
    assert_true(changed->has_scenario_file);
    assert_int_equal(changed->part_count, 3);
    struct basin *copy = again(changed);
    assert_same(changed, copy);
    assert_close(copy->reservoir[0].capacity_m3, 125e6, 1e-12, 0.0);
    basin_destroy(copy);
    basin_destroy(changed);
}

static void
a_text_that_was_not_kept_is_missed(void **state)
{
    (void)state;
    struct diagnostics diagnostics;
    struct basin *copy = NULL;
    char *text = strndup(basin->text + basin->part[0].start, basin->part[0].length);
    const char *const name_list[] = {basin->part[0].name}, *const text_list[] = {text};
    struct basin_text given = {.file_count = 1, .name = name_list, .text = text_list};
    diagnostics_init(&diagnostics);
    assert_int_equal(basin_load_text(&given, &copy, &diagnostics), STATUS_INPUT);
    assert_true(diagnostics.error_count > 0);
    diagnostics_finish(&diagnostics);
    free(text);
}

static const char climate_text[] =
    "nguon: 1\n"
    "name: climate\n"
    "run: {start: 2041-01-01, end: 2041-12-31}\n"
    "series:\n"
    "  warm: {netcdf: \"absent_*.nc\", variable: tas, at: [21, 107]}\n"
    "  rain: {netcdf: \"absent_*.nc\", variable: pr, weights: absent.csv}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 9], area: [1, 2], storage: [0, 9], units: [m, km2, hm3]},\n"
    "    capacity: 9 hm3, spill_to: sea, rain: {series: rain}}\n"
    "seas: {sea: {}}\n"
    "demands: {town: {class: domestic, need: 1 m3/s}}\n"
    "links: {pipe: {kind: pipe, from: lake, to: town}}\n"
    "scenarios:\n"
    "  axes:\n"
    "    climate:\n"
    "      members:\n"
    "        historical: {}\n"
    "        future: {weather: {rain: {netcdf: \"absent_ssp_*.nc\", variable: pr},\n"
    "          reference: 1985-2014, period: 2041-2070}}\n"
    "        table: {weather: {table: absent.csv, id: x, scenario: rcp45, period: 2046-2065}}\n";

/* Files of weather that are no longer there are not missed. */
static void
weather_is_not_read_again(void **state)
{
    (void)state;
    struct diagnostics diagnostics;
    struct basin *copy = NULL;
    const char *const name_list[] = {"climate.yaml"}, *const text_list[] = {climate_text};
    struct basin_text given = {.file_count = 1, .name = name_list, .text = text_list};
    diagnostics_init(&diagnostics);
    if (basin_load_text(&given, &copy, &diagnostics) != STATUS_OK)
        fail_with(&diagnostics);
    diagnostics_finish(&diagnostics);
    assert_non_null(copy);
    assert_int_equal(copy->scenarios.axis[0].member_count, 3);
    assert_int_equal(copy->reservoir[0].rain.kind, VARYING_SERIES);
    assert_int_equal(copy->reservoir[0].rain.dimension, DIMENSION_SPEED);
    basin_destroy(copy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_make_the_same_basin),
                                       cmocka_unit_test(the_scenario_file_and_changes_are_kept),
                                       cmocka_unit_test(a_text_that_was_not_kept_is_missed),
                                       cmocka_unit_test(weather_is_not_read_again)};
    return cmocka_run_group_tests_name("basin_text", tests, setup, teardown);
}
