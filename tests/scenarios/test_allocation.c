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

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fair_shares_leave_the_ranks_above_alone)};
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
