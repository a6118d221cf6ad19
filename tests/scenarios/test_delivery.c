/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/* One lake on one river; the canal to the farm is as wide as asked, the lake stands when asked. */
static const char basin_text[] =
    "nguon: 1\n"
    "run: {start: 2020-01-01, end: 2020-12-31, demand_year: 2022}\n"
    "catchments:\n"
    "  hills: {area: 10 km2, to: lake, inflow: {generate: {mean: 0.01 mm/d, cv: 0.3,\n"
    "          monthly: [0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0]}}}\n"
    "reservoirs:\n"
    "  lake:\n"
    "    table: {level: [0, 10], area: [0.1, 0.2], storage: [0, 1], units: [m, km2, hm3]}\n"
    "    capacity: 1 hm3\n"
    "    in_service: {%s}\n"
    "    spill_to: bay\n"
    "seas:\n"
    "  bay:\n"
    "demands:\n"
    "  farm: {class: irrigation, need: 2 m3/s}\n"
    "links:\n"
    "  canal: {kind: canal, from: lake, to: farm, capacity: %s}\n";

static double
share_of_farm(const char *in_service, const char *capacity)
{
    char text[sizeof basin_text + 64];
    snprintf(text, sizeof text, basin_text, in_service, capacity);
    const char *folder = folder_create();
    struct test_run run;
    assert_true(run_open(&run, basin_of_text(folder, text, NULL)));
    struct simulation_input input = {.basin = run.basin,
                                     .axis = &run.axis,
                                     .records = run.records,
                                     .runoff = run.runoff,
                                     .method = LP_SIMPLEX};
    struct delivery delivery;
    assert_int_equal(simulate_delivery(&input, &delivery, &run.err), STATUS_OK);
    assert_close(delivery.peak_need_m3s, 2.0, 1e-12, 0);
    run_close(&run);
    folder_remove(folder);
    return delivery.least_share;
}

/* However dry the river and empty the lake, only the canal may be found too small. */
static void
a_lake_in_service_is_full(void **state)
{
    (void)state;
    assert_close(share_of_farm("from: 2000-01-01", "2 m3/s"), 1.0, 0, 0);
    assert_close(share_of_farm("from: 2000-01-01", "0.5 m3/s"), 0.25, 1e-9, 0);
}

static void
a_lake_not_yet_built_lets_its_river_pass(void **state)
{
    (void)state;
    assert_close(share_of_farm("from: 2025-01-01", "2 m3/s"), 1.0, 0, 0);
    assert_close(share_of_farm("from: 2025-01-01", "0.5 m3/s"), 0.25, 1e-9, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lake_in_service_is_full),
        cmocka_unit_test(a_lake_not_yet_built_lets_its_river_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
