/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <string.h>

/* The verifier finds what is wrong with decisions made by hand. */

static const char *folder;

/* 2 m3/s come to a junction; towns want 1 and 3 m3/s (weight 1), a farm 1 m3/s of a lower rank. */
static const char text[] = "nguon: 1\nname: hand\nrun: {start: 2021-01-01, end: 2021-01-02}\n"
                           "junctions:\n  j: {boundary_inflow: 2 m3/s, spill_to: sea}\n"
                           "seas:\n  sea: {}\n"
                           "demands:\n"
                           "  a: {class: domestic, need: 1 m3/s}\n"
                           "  b: {class: domestic, need: 3 m3/s}\n"
                           "  farm: {class: irrigation, need: 1 m3/s}\n"
                           "links:\n"
                           "  to_a: {kind: pipe, from: j, to: a, capacity: 0.9 m3/s}\n"
                           "  to_b: {kind: pipe, from: j, to: b}\n"
                           "  to_farm: {kind: canal, from: j, to: farm, loss: 50 %}\n";

/* Judge one step in which the three demands get these flows, and the sea the rest but for lost. */
static struct verification
judge(double a_m3s, double b_m3s, double farm_m3s, double lost_m3s)
{
    const double day_s = 86400.0;
    struct test_run run;
    struct verifier *verifier;
    assert_true(run_open(&run, basin_of_text(folder, text, NULL)));
    const struct basin *basin = run.basin;
    double flow_m3[8] = {0}, supplied_m3[3][PART_COUNT] = {{0}};
    const double supply_m3s[3] = {a_m3s, b_m3s, farm_m3s};
    static const char *const ids[3] = {"a", "b", "farm"};
    static const char *const link_ids[3] = {"to_a", "to_b", "to_farm"};
    double used_m3s = 0.0;
    assert_true(basin->link_count <= 8);
    for (int i = 0; i < 3; i++) {
        double gain = i == 2 ? 0.5 : 1.0;
        flow_m3[basin_find_link(basin, link_ids[i])] = supply_m3s[i] / gain * day_s;
        used_m3s += supply_m3s[i] / gain;
        supplied_m3[basin->node[basin_find_node(basin, ids[i])].kind_i][PART_MAIN] =
            supply_m3s[i] * day_s;
    }
    flow_m3[basin_find_link(basin, "j_spill")] = (2.0 - used_m3s - lost_m3s) * day_s;
    struct simulation_input input = {
        .basin = basin, .axis = &run.axis, .records = run.records, .runoff = run.runoff};
    assert_int_equal(verifier_create(&input, &verifier, &run.err), STATUS_OK);
    struct step_outcome outcome = {.step_t = 0,
                                   .link_flow_m3 = flow_m3,
                                   .supplied_m3 = (const double(*)[PART_COUNT])supplied_m3};
    verifier_step(verifier, &outcome);
    struct verification found = *verifier_result(verifier);
    verifier_destroy(verifier);
    run_close(&run);
    assert_int_equal(found.step_count, 1);
    return found;
}

static void
right_decisions_pass(void **state)
{
    (void)state;
    struct verification found = judge(0.5, 1.5, 0.0, 0.0);
    assert_true(verification_passed(&found));
    assert_true(found.goal_count > 3 && found.invariant_count > 2 && found.fairness_count > 1);
    assert_int_equal(found.unsolved_count, 0);
}

static void
unequal_shares_are_found(void **state)
{
    (void)state;
    struct verification found = judge(0.49, 1.51, 0.0, 0.0);
    assert_close(found.difference.size, 0.01, 1e-9, 0.0);
    /* b has the larger share and may be lowered until the pipe of a is full */
    assert_close(found.unfairness.size, 0.9 - 0.49, 1e-9, 0.0);
    assert_non_null(strstr(found.unfairness.where, "a"));
    assert_true(found.invariant.size <= VERIFY_TOLERANCE);
    assert_false(verification_passed(&found));
}

/* Town b lacks what the farm gets: 0.1 m3/s at the farm are 0.2 m3/s at the junction. */
static void
water_for_a_lower_rank_is_found(void **state)
{
    (void)state;
    struct verification found = judge(0.5, 1.3, 0.1, 0.0);
    assert_close(found.invariant.size, 0.2 / 4.0, 1e-9, 0.0);
    assert_non_null(strstr(found.invariant.where, "domestic"));
    assert_false(verification_passed(&found));
}

static void
water_for_the_sea_is_found(void **state)
{
    (void)state;
    struct verification found = judge(0.475, 1.425, 0.0, 0.0);
    assert_close(found.difference.size, 0.025, 1e-9, 0.0);
    assert_close(found.invariant.size, 0.1 * 0.5 / 1.0, 1e-9, 0.0); /* of the farm's need */
    assert_false(verification_passed(&found));
}

static void
a_limit_overstepped_is_found(void **state)
{
    (void)state;
    struct verification found = judge(0.95, 1.05, 0.0, 0.0);
    assert_close(found.violation.size, 0.05 / 0.95, 1e-9, 0.0);
    assert_string_equal(found.violation.where, "flow of 'to_a'");
    assert_false(verification_passed(&found));
}

static void
water_that_vanishes_is_found(void **state)
{
    (void)state;
    struct verification found = judge(0.45, 1.35, 0.0, 1e-3);
    assert_true(found.violation.size > 1e-4);
    assert_string_equal(found.violation.where, "balance of 'j'");
    assert_false(verification_passed(&found));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(right_decisions_pass),
                                       cmocka_unit_test(unequal_shares_are_found),
                                       cmocka_unit_test(water_for_a_lower_rank_is_found),
                                       cmocka_unit_test(water_for_the_sea_is_found),
                                       cmocka_unit_test(a_limit_overstepped_is_found),
                                       cmocka_unit_test(water_that_vanishes_is_found)};
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
