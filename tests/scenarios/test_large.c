/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/network.h"
#include "tests/scenarios/large_basin.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

/*
 * Networks with more ways from the lakes to a demand than can be counted: a grid of pipes that may
 * run either way. What is solved is small enough to be judged rank by rank by GLPK; a network of a
 * thousand nodes is solved and keeps its balance.
 */

static const char *folder;

static void
verify_size(int node_count, double wetness, const char *share)
{
    struct large_basin_options options = {
        .seed = 3, .node_count = node_count, .wetness = wetness, .step_count = 2, .share = share};
    struct verification found = {0};
    struct test_run run;
    assert_true(run_open(&run, large_basin(&options, folder)));
    run.verification = &found;
    enum status status = run_simulate(&run, LP_SIMPLEX);
    if (status != STATUS_OK || !verification_passed(&found))
        print_error("%d nodes, %g, %s: %s; difference %g %s, unfairness %g %s\n", node_count,
                    wetness, share, run.err.text, found.difference.size, found.difference.where,
                    found.unfairness.size, found.unfairness.where);
    assert_int_equal(status, STATUS_OK);
    assert_true(verification_passed(&found));
    run_close(&run);
}

static void
grids_agree_with_the_reference(void **state)
{
    (void)state;
    verify_size(60, 1.0, "fair");
    verify_size(60, 0.3, "total");
    verify_size(150, 0.5, "fair");
}

/* Every node's balance is checked at every step of a run, which fails where it does not close. */
static void
a_thousand_nodes_are_solved(void **state)
{
    (void)state;
    struct large_basin_options options = {
        .seed = 1, .node_count = 1000, .wetness = 0.4, .step_count = 5, .share = "fair"};
    struct test_run run;
    assert_true(run_open(&run, large_basin(&options, folder)));
    assert_true(run.basin->node_count > 950);
    enum status status = run_simulate(&run, LP_SIMPLEX);
    if (status != STATUS_OK)
        print_error("%s\n", run.err.text);
    assert_int_equal(status, STATUS_OK);
    assert_true(run.result.basin.fairness_step_count > 0);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids_agree_with_the_reference),
        cmocka_unit_test(a_thousand_nodes_are_solved),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
