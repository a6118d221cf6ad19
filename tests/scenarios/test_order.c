/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/*
 * The same basin with its sections, nodes and links written in another order gives the same
 * figures: all decisions are the same, and only sums that are taken in another order differ in
 * their last digits. Under share: order the file's order is meant where `order` is equal, so that
 * only fair and total shares are tried.
 */

static struct seed_range seeds;
static const char *folder;

static struct random_basin_options
options_of(uint64_t seed, uint64_t order_seed)
{
    static const char *const steps[] = {"daily", "monthly", "daily", "tenday", "daily", "hourly"};
    return (struct random_basin_options){.seed = seed,
                                         .order_seed = order_seed,
                                         .share = seed % 4 == 0 ? "total" : "fair",
                                         .step = steps[seed % 6],
                                         .step_count = 20,
                                         .rich = seeds.rich};
}

/** What sums in another order may make of it; a decision that differs is far larger. Of figures
 * below one of their unit (a share, m³/s, the water of a day at 1 m³/s) it is the difference itself
 * that counts: what is left of a sum that should come to nothing has no digits of its own. */
static const double rounding = 1e-12;
static const double unit_flow_m3 = 86400.0;

/* What differs of two figures that should be the same. */
struct mismatch {
    int count;
    double worst; /* relative */
    char where[128];
};

static void
match(struct mismatch *mismatch, double a, double b, double unit, const char *what, const char *id)
{
    double relative = fabs(a - b) / fmax(fmax(fabs(a), fabs(b)), unit);
    if (relative <= rounding || memcmp(&a, &b, sizeof a) == 0)
        return;
    mismatch->count++;
    if (!(relative <= mismatch->worst)) {
        mismatch->worst = relative;
        snprintf(mismatch->where, sizeof mismatch->where, "%s of '%s': %.17g and %.17g", what, id,
                 a, b);
    }
}

static void
match_series(struct mismatch *mismatch, const struct test_run *a, const struct test_run *b,
             enum result_variable variable, int element_a, int element_b, const char *id)
{
    bool is_volume = variable == RESULT_STORAGE || variable == RESULT_AQUIFER_STORAGE;
    for (int t = 0; t < a->axis.step_count; t++)
        match(mismatch, run_series(a, variable, element_a, t),
              run_series(b, variable, element_b, t), is_volume ? unit_flow_m3 : 1.0,
              result_describe((int)variable)->name, id);
}

static void
match_demand(struct mismatch *mismatch, const struct test_run *a, const struct test_run *b, int d_a)
{
    const char *id = a->basin->node[a->basin->demand[d_a].node_i].id;
    int d_b = b->basin->node[basin_find_node(b->basin, id)].kind_i;
    const struct demand_indicators *x = &a->result.demand[d_a], *y = &b->result.demand[d_b];
    match(mismatch, x->supply_m3, y->supply_m3, unit_flow_m3, "supply", id);
    match(mismatch, x->floor_supply_m3, y->floor_supply_m3, unit_flow_m3, "floor", id);
    match(mismatch, x->shortage_rule_m3, y->shortage_rule_m3, unit_flow_m3, "rule", id);
    match(mismatch, x->shortage_structural_m3, y->shortage_structural_m3, unit_flow_m3,
          "structural", id);
    match(mismatch, x->worst_share, y->worst_share, 1.0, "worst share", id);
    match_series(mismatch, a, b, RESULT_SUPPLY, d_a, d_b, id);
}

static void
match_reservoir(struct mismatch *mismatch, const struct test_run *a, const struct test_run *b,
                int r_a)
{
    const char *id = a->basin->node[a->basin->reservoir[r_a].node_i].id;
    int r_b = b->basin->node[basin_find_node(b->basin, id)].kind_i;
    const struct reservoir_indicators *x = &a->result.reservoir[r_a];
    const struct reservoir_indicators *y = &b->result.reservoir[r_b];
    match(mismatch, x->end_storage_m3, y->end_storage_m3, unit_flow_m3, "storage", id);
    match(mismatch, x->minimum_storage_m3, y->minimum_storage_m3, unit_flow_m3, "minimum storage",
          id);
    match(mismatch, x->spill_m3, y->spill_m3, unit_flow_m3, "spill", id);
    match(mismatch, x->release_m3, y->release_m3, unit_flow_m3, "release", id);
    match(mismatch, x->inflow_m3, y->inflow_m3, unit_flow_m3, "inflow", id);
    match_series(mismatch, a, b, RESULT_STORAGE, r_a, r_b, id);
}

static void
match_link(struct mismatch *mismatch, const struct test_run *a, const struct test_run *b, int l_a)
{
    const char *id = a->basin->link[l_a].id;
    int l_b = basin_find_link(b->basin, id);
    const struct link_indicators *x = &a->result.link[l_a], *y = &b->result.link[l_b];
    match(mismatch, x->volume_m3, y->volume_m3, unit_flow_m3, "flow", id);
    match(mismatch, x->minimum_flow_m3, y->minimum_flow_m3, unit_flow_m3, "minimum flow", id);
    match(mismatch, x->minimum_flow_met_m3, y->minimum_flow_met_m3, unit_flow_m3,
          "minimum flow met", id);
    match_series(mismatch, a, b, RESULT_LINK_FLOW, l_a, l_b, id);
}

static struct mismatch
compare(const struct test_run *a, const struct test_run *b)
{
    struct mismatch mismatch = {0};
    for (int d = 0; d < a->basin->demand_count; d++)
        match_demand(&mismatch, a, b, d);
    for (int r = 0; r < a->basin->reservoir_count; r++)
        match_reservoir(&mismatch, a, b, r);
    for (int l = 0; l < a->basin->link_count; l++)
        match_link(&mismatch, a, b, l);
    for (int i = 0; i < a->basin->aquifer_count; i++)
        match_series(&mismatch, a, b, RESULT_AQUIFER_STORAGE, i, i, "aquifer"); /* one at most */
    return mismatch;
}

static bool
open_and_run(struct test_run *run, uint64_t seed, uint64_t order_seed)
{
    struct random_basin_options options = options_of(seed, order_seed);
    return run_open(run, random_basin(&options, folder)) &&
           run_simulate(run, LP_SIMPLEX) == STATUS_OK;
}

static void
no_figure_depends_on_the_order_of_the_file(void **state)
{
    (void)state;
    int failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
        struct test_run plain, mixed;
        bool good = open_and_run(&plain, seed, 0);
        good = open_and_run(&mixed, seed, seed + 77) && good;
        struct mismatch mismatch = {0};
        if (good)
            mismatch = compare(&plain, &mixed);
        if (!good || mismatch.count > 0) {
            print_error("seed %llu: %s%d figures differ, by %.2g: %s\n", (unsigned long long)seed,
                        good ? "" : "not run; ", mismatch.count, mismatch.worst, mismatch.where);
            failures++;
        }
        run_close(&plain);
        run_close(&mixed);
    }
    assert_int_equal(failures, 0);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_figure_depends_on_the_order_of_the_file)};
    seeds = seed_range_of(argc, argv, 300);
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
