/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/autonomy.h"
#include "scenarios/reserve.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/* The domestic reserve against the simulation of years it has not seen; autonomy by arithmetic. */

static const char *folder;

/* One lake and a town that takes nearly all that dry winters bring; %d: first year, %s: last day,
   initial volume. */
static const char lake_text[] =
    "nguon: 1\nname: reserve\nrun: {start: %s, end: %s, seed: 5, demand_year: 2001}\n"
    "catchments:\n"
    "  hills: {area: 60 km2, to: lake, inflow: {generate: {mean: 1.6 m3/s, monthly: "
    "[3, 3, 4, 5, 8, 13, 17, 17, 12, 8, 6, 4], cv: 0.35, lag1: 0.5, recession: 8 d, base: 60 "
    "%%}}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 10, 20], area: [0.2, 1, 3], storage: [0, 6, 26], units: [m, km2, "
    "hm3]}, capacity: 26 hm3, dead_storage: 1 hm3, initial: %.9g m3, spill_to: sea,\n"
    "    evaporation: 3 mm/d, rain: {monthly: [20, 25, 40, 80, 190, 255, 305, 355, 245, 130, 35, "
    "20], unit: mm/month}, seepage: 1 %%/month}\n"
    "seas:\n  sea: {}\n"
    "demands:\n  town: {class: domestic, population: 500000 person, norm: 150 L/person/d, floor: "
    "60 L/person/d, profile: summer, district: d}\n"
    "profiles: {summer: {monthly: [7.8, 7.2, 7.9, 8.1, 8.7, 9.0, 9.3, 9.0, 8.6, 8.4, 8.0, 8.0]}}\n"
    "links:\n  main: {kind: pipe, from: lake, to: town, loss: 10 %%}\n";

static struct basin *
lake_basin(const char *start, const char *end, double initial_m3)
{
    char text[4096];
    snprintf(text, sizeof text, lake_text, start, end, initial_m3);
    struct basin *basin = basin_of_text(folder, text, NULL);
    assert_non_null(basin);
    return basin;
}

/* Share of a century's dry seasons, from November on, in which the town runs short within nine
   months if the lake holds the volume at their beginning. */
static double
share_that_fails(double volume_m3)
{
    enum { YEARS = 100 };
    int failed = 0;
    for (int y = 0; y < YEARS; y++) {
        char start[32], end[32];
        struct test_run run;
        snprintf(start, sizeof start, "%d-11-01", 1700 + y);
        snprintf(end, sizeof end, "%d-07-31", 1701 + y);
        assert_true(run_open(&run, lake_basin(start, end, volume_m3)));
        assert_int_equal(run_simulate(&run, LP_SIMPLEX), STATUS_OK);
        failed += run.result.demand[0].steps_short > 0;
        run_close(&run);
    }
    return (double)failed / YEARS;
}

/* The reserve of one in five fails in about a fifth of other years' dry seasons (binomial spread
   4 %, and the record's); a smaller one in more, a larger one in fewer. */
static void
the_reserve_carries_all_but_one_of_t_years(void **state)
{
    (void)state;
    const struct reserve_request request = {5.0, 9, 10000, "domestic"};
    struct reserve found;
    struct error err = {0};
    struct basin *basin = lake_basin("1901-01-01", "2000-12-31", 10e6);
    if (reserve_find(&found, basin, &request, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    assert_int_equal(found.lake_count, 1);
    double whole_m3 = found.lake[0].reserve_m3[RESERVE_WHOLE][10];
    double floor_m3 = found.lake[0].reserve_m3[RESERVE_FLOOR][10];
    assert_true(1e6 <= floor_m3 && floor_m3 < whole_m3 && whole_m3 < 26e6);
    double fails = share_that_fails(whole_m3);
    if (!(fails > 0.08 && fails < 0.34))
        fail_msg("%g of the years fail with %g hm3", fails, whole_m3 / 1e6);
    assert_true(share_that_fails(1e6 + 0.6 * (whole_m3 - 1e6)) > fails + 0.1);
    assert_true(share_that_fails(1e6 + 1.5 * (whole_m3 - 1e6)) < fails);
    assert_close(found.lake[0].draw_m3s[RESERVE_FLOOR][3], 500000 * 0.060 / 86400.0 / 0.9, 1e-12,
                 0.0);
    assert_int_equal(found.district_count, 1);
    for (int m = 0; m < RESERVE_MONTHS; m++)
        assert_close(found.district[0].active_m3[RESERVE_WHOLE][m],
                     found.lake[0].reserve_m3[RESERVE_WHOLE][m] - 1e6, 1e-12, 1e-6);
    reserve_finish(&found);
    basin_destroy(basin);
}

/* ---- a network with a lake for two towns ------------------------------------------------------
 */

/* No water comes in: lakes last as long as they hold; %s: `initial` of the western lake. */
static const char districts_text[] =
    "nguon: 1\nname: autonomy\nrun: {start: 2001-01-01, end: 2005-12-31}\n"
    "reservoirs:\n"
    "  west_lake: {table: {level: [0, 10], area: [0.1, 0.1], storage: [0, 20], units: [m, km2, "
    "hm3]}, capacity: 20 hm3, dead_storage: 2 hm3, initial: %s, spill_to: sea, district: West}\n"
    "  east_lake: {table: {level: [0, 10], area: [0.1, 0.1], storage: [0, 10], units: [m, km2, "
    "hm3]}, capacity: 10 hm3, initial: 4 hm3, spill_to: sea, district: East}\n"
    "junctions:\n  fork: {}\n"
    "sources:\n  boats: {capacity: 0.01 m3/s, emergency: true, district: Island}\n"
    "seas:\n  sea: {}\n"
    "demands:\n"
    "  west_town: {class: domestic, population: 432000 person, norm: 20 L/person/d, district: "
    "West}\n"
    "  east_town: {class: domestic, population: 864000 person, norm: 10 L/person/d, floor: 5 "
    "L/person/d, district: East}\n"
    "  island_town: {class: domestic, population: 10000 person, norm: 60 L/person/d, district: "
    "Island}\n"
    "  east_fields: {class: irrigation, need: 0.1 m3/s, district: East}\n"
    "links:\n"
    "  to_fork: {kind: canal, from: west_lake, to: fork}\n"
    "  to_west: {kind: pipe, from: fork, to: west_town, loss: 20 %%}\n"
    "  to_east: {kind: pipe, from: fork, to: east_town}\n"
    "  east_main: {kind: pipe, from: east_lake, to: east_town}\n"
    "  east_canal: {kind: canal, from: east_lake, to: east_fields}\n"
    "  landing: {kind: pipe, from: boats, to: island_town}\n";

static struct autonomy
find_autonomy(struct basin *basin, bool people_only)
{
    struct autonomy_request request = {date_to_seconds((struct date){2001, 1, 11, 0}), 1000,
                                       "domestic", people_only};
    struct plan plan;
    struct autonomy found;
    struct error err = {0};
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_OK);
    if (autonomy_find(&found, basin, &plan, &request, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    plan_finish(&plan);
    return found;
}

static struct basin *
districts_basin(const char *initial)
{
    char text[4096];
    snprintf(text, sizeof text, districts_text, initial);
    struct basin *basin = basin_of_text(folder, text, NULL);
    assert_non_null(basin);
    return basin;
}

/* The western lake gives its own town 0.125 m3/s; the eastern one both its town and its fields
   0.1 m3/s each once the west no longer helps, or the town alone if the fields stop. */
static void
autonomy_is_storage_over_draw(void **state)
{
    (void)state;
    struct basin *basin = districts_basin("9 hm3");
    for (int people_only = 0; people_only < 2; people_only++) {
        struct autonomy found = find_autonomy(basin, people_only);
        assert_int_equal(found.district_count, 3);
        assert_int_equal(found.emergency_count, 1);
        assert_string_equal(found.district[0], "West");
        assert_int_equal(found.cut_count[0], 0);
        assert_int_equal(found.cut_count[1], 1); /* through the fork, which has no district */
        const struct district_autonomy *west = &found.found[0], *east = &found.found[1];
        const struct district_autonomy *island = &found.found[2];
        assert_close(west->need_m3s, 0.1, 1e-6, 0.0);
        assert_true(isnan(west->floor_days));
        /* all draw both lakes for ten days first: 0.325 m3/s of them together, or 0.225 */
        double drawn_m3 = 10.0 * 86400.0 * (0.125 + 0.1 + 0.1);
        double before_m3 = 9e6 - 2e6 + 4e6 - drawn_m3;
        double west_m3 = west->need_days * 0.125 * 86400.0;
        double east_m3 = east->need_days * (people_only ? 0.1 : 0.2) * 86400.0;
        assert_close(west_m3 + east_m3, before_m3, 0.0, 0.33 * 86400.0);
        /* fields yield to people: the floor lasts as long as the need, but for the last day */
        assert_true(east->floor_days >= east->need_days &&
                    east->floor_days <= east->need_days + 1.0);
        assert_close(island->need_days, 0.0, 0.0, 0.0);
        autonomy_finish(&found);
    }
    basin_destroy(basin);
}

static void
a_date_outside_the_run_is_refused(void **state)
{
    (void)state;
    struct basin *basin = districts_basin("9 hm3");
    struct autonomy_request request = {date_to_seconds((struct date){2011, 1, 1, 0}), 60,
                                       "domestic", false};
    struct plan plan;
    struct autonomy found;
    struct error err = {0};
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_OK);
    assert_int_equal(autonomy_find(&found, basin, &plan, &request, &err), STATUS_USAGE);
    assert_non_null(strstr(err.text, "not in the run"));
    autonomy_finish(&found);
    request.class_id = "nobody";
    assert_int_equal(autonomy_find(&found, basin, &plan, &request, &err), STATUS_USAGE);
    autonomy_finish(&found);
    plan_finish(&plan);
    basin_destroy(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reserve_carries_all_but_one_of_t_years),
        cmocka_unit_test(autonomy_is_storage_over_draw),
        cmocka_unit_test(a_date_outside_the_run_is_refused),
    };
    folder = folder_create();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
