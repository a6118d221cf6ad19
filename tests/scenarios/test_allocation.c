/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

/* Small basins whose shares can be worked out by hand. */

static const char *folder;

static const double day_s = 86400.0;

static void
open_text(struct test_run *run, const char *text)
{
    assert_true(run_open(run, basin_of_text(folder, text, NULL)));
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
}

static int
demand_of(const struct test_run *run, const char *id)
{
    int node_i = basin_find_node(run->basin, id);
    assert_true(node_i >= 0);
    return run->basin->node[node_i].kind_i;
}

/* A pipe that cannot carry a floor in full: the rank of the rest may not take from it. */
static void
fair_shares_leave_the_ranks_above_alone(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, "nguon: 1\nname: floor\nrun: {start: 2021-01-01, end: 2021-01-01}\n"
                    "junctions:\n  j: {boundary_inflow: 2 m3/s, spill_to: sea}\n"
                    "seas:\n  sea: {}\n"
                    "demands:\n"
                    "  a: {class: domestic, need: 0.6 m3/s, population: 648000 person, "
                    "floor: 60 L/person/d}\n"
                    "  b: {class: domestic, need: 5 m3/s}\n"
                    "links:\n"
                    "  to_a: {kind: pipe, from: j, to: a, capacity: 0.43 m3/s}\n"
                    "  to_b: {kind: pipe, from: j, to: b}\n");
    const struct demand_indicators *a = &run.result.demand[demand_of(&run, "a")];
    const struct demand_indicators *b = &run.result.demand[demand_of(&run, "b")];
    assert_close(a->floor_supply_m3, 0.43 * day_s, 1e-12, 0.0);
    assert_close(a->supply_m3, 0.43 * day_s, 1e-12, 0.0);
    assert_close(b->supply_m3, 1.57 * day_s, 1e-12, 0.0);
    run_close(&run);
}

/* The reserve counts from the bottom of the lake, though industry may draw below dead level. */
static void
the_reserve_is_a_total_volume(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, "nguon: 1\nname: reserve\nrun: {start: 2021-01-01, end: 2021-01-01}\n"
                    "reservoirs:\n"
                    "  lake: {table: {level: [0, 10], area: [1, 1], storage: [0, 10], "
                    "units: [m, km2, hm3]}, capacity: 10 hm3, dead_storage: 1 hm3, "
                    "emergency_for: industry, domestic_reserve: 3 hm3, initial: 3.5 hm3, "
                    "spill_to: sea}\n"
                    "seas:\n  sea: {}\n"
                    "demands:\n  mill: {class: industry, need: 20 m3/s}\n"
                    "links:\n"
                    "  to_mill: {kind: pipe, from: lake, to: mill, lowest_level: 0 m}\n");
    assert_close(run.result.reservoir[0].end_storage_m3, 3.0e6, 1e-12, 0.0);
    assert_close(run.result.demand[0].supply_m3, 0.5e6, 1e-12, 0.0);
    run_close(&run);
}

/* share: order holds for floors, heads of a rank and minimum flows too. */
static void
listed_order_holds_for_every_part(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, "nguon: 1\nname: order\nrun: {start: 2021-01-01, end: 2021-01-01, "
                    "share: order}\n"
                    "junctions:\n  j: {boundary_inflow: 2 m3/s, spill_to: sea}\n"
                    "seas:\n  sea: {}\n"
                    "demands:\n"
                    "  a: {class: domestic, need: 2 m3/s, population: 1440000 person, "
                    "floor: 60 L/person/d, order: 3}\n"
                    "  b: {class: domestic, need: 2 m3/s, population: 1440000 person, "
                    "floor: 60 L/person/d, order: 1}\n"
                    "  c: {class: domestic, need: 2 m3/s, population: 1440000 person, "
                    "floor: 60 L/person/d, order: 2}\n"
                    "links:\n"
                    "  to_a: {kind: pipe, from: j, to: a}\n"
                    "  to_b: {kind: pipe, from: j, to: b, capacity: 1.5 m3/s}\n"
                    "  to_c: {kind: pipe, from: j, to: c}\n");
    const struct demand_indicators *demand = run.result.demand;
    assert_close(demand[demand_of(&run, "b")].supply_m3, 1.0 * day_s, 1e-12, 0.0);
    assert_close(demand[demand_of(&run, "c")].supply_m3, 1.0 * day_s, 1e-12, 0.0);
    assert_close(demand[demand_of(&run, "a")].supply_m3, 0.0, 0.0, 1e-6);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fair_shares_leave_the_ranks_above_alone),
                                       cmocka_unit_test(the_reserve_is_a_total_volume),
                                       cmocka_unit_test(listed_order_holds_for_every_part)};
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
