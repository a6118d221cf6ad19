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

/* One day of the drawdown below: the fractions of the zone between dead storage and target. */
static void
fractions_of_zones(const struct test_run *run, int t, double *fraction)
{
    static const double dead_hm3[3] = {1.0, 6.0, 2.0}, target_hm3[3] = {8.0, 60.0, 27.0};
    for (int r = 0; r < 3; r++) {
        double storage_hm3 = run_series(run, RESULT_STORAGE, r, t) / 1e6;
        fraction[r] = (storage_hm3 - dead_hm3[r]) / (target_hm3[r] - dead_hm3[r]);
    }
}

/*
 * Lakes of unlike size that begin at unlike fractions and can stand in for each other: the fullest
 * gives first, and once their fractions have met they stay within 2 % of the zone, day by day, down
 * to dead storage.
 */
static void
lakes_are_drawn_down_side_by_side(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, "nguon: 1\nname: side\nrun: {start: 2021-01-01, end: 2021-12-31}\n"
                    "reservoirs:\n"
                    "  small: {table: {level: [0, 10], area: [0, 0], storage: [0, 10], "
                    "units: [m, km2, hm3]}, capacity: 10 hm3, dead_storage: 1 hm3, "
                    "target: 8 hm3, initial: 7.5 hm3, spill_to: sea}\n"
                    "  large: {table: {level: [0, 10], area: [0, 0], storage: [0, 80], "
                    "units: [m, km2, hm3]}, capacity: 80 hm3, dead_storage: 6 hm3, "
                    "target: 60 hm3, initial: 50 hm3, spill_to: sea}\n"
                    "  middle: {table: {level: [0, 10], area: [0, 0], storage: [0, 30], "
                    "units: [m, km2, hm3]}, capacity: 30 hm3, dead_storage: 2 hm3, "
                    "target: 27 hm3, initial: 15 hm3, spill_to: sea}\n"
                    "seas:\n  sea: {}\n"
                    "junctions:\n  j: {spill_to: sea}\n"
                    "demands:\n  town: {class: domestic, need: 2.4 m3/s}\n"
                    "links:\n"
                    "  a: {kind: pipe, from: middle, to: j}\n"
                    "  b: {kind: pipe, from: small, to: j}\n"
                    "  c: {kind: pipe, from: large, to: j}\n"
                    "  d: {kind: pipe, from: j, to: town}\n");
    const double need_hm3 = 2.4 * day_s / 1e6;
    bool met = false;
    int side_by_side = 0;
    for (int t = 0; t < run.axis.step_count; t++) {
        double fraction[3], spread;
        fractions_of_zones(&run, t, fraction);
        spread = fmax(fmax(fraction[0], fraction[1]), fraction[2]) -
                 fmin(fmin(fraction[0], fraction[1]), fraction[2]);
        if (met)
            assert_true(spread <= 0.02 + 1e-6);
        if (met && fraction[2] > 0.02)
            side_by_side++;
        met = met || spread <= 0.02;
    }
    assert_true(met);
    /* The lakes hold 63.5 hm3 above dead storage; they meet once middle's 0.52 is reached by all.
     */
    double together_hm3 = 13.0 / 25.0 * (7.0 + 54.0 + 25.0);
    assert_close(side_by_side, together_hm3 / need_hm3, 0.06, 2.0);
    assert_close(run.result.demand[0].supply_m3, 63.5e6, 1e-9, 0.0);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fair_shares_leave_the_ranks_above_alone),
                                       cmocka_unit_test(the_reserve_is_a_total_volume),
                                       cmocka_unit_test(listed_order_holds_for_every_part),
                                       cmocka_unit_test(lakes_are_drawn_down_side_by_side)};
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
