/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/routing.h"
#include "tests/solvers/reference_file.h"
#include "tests/support.h"

#include "solvers/philox.h"

#include <string.h>

enum { STATE_MAX = 4096 };

static double state[STATE_MAX];
static double scratch[STATE_MAX];

static double
uniform(uint32_t draw_i, double low, double high)
{
    const struct philox_key key = {.seed = 841, .variable = 1};
    return low + (high - low) * philox_uniform(&key, draw_i);
}

/* Chow, Maidment & Mays 1988, example 8.4.1: the outflows printed in the book, cfs. */
static void
muskingum_gives_the_figures_of_chow_8_4_1(void **unused)
{
    static const double inflow[] = {93,  137, 208, 320, 442, 546, 630, 678, 691, 675,
                                    634, 571, 477, 390, 329, 247, 184, 134, 108, 90};
    static const double book[] = {85,  91,  114, 159, 233, 324, 420, 509, 578, 623,
                                  642, 635, 603, 546, 479, 413, 341, 274, 215, 170};
    (void)unused;
    struct routing routing;
    assert_int_equal(routing_muskingum(&routing, 2.3 * 3600, 0.15, 3600, NULL), STATUS_OK);
    assert_int_equal(routing.reach_count, 1);
    assert_int_equal(routing.substeps_per_base, 1);
    assert_close(routing.c1, 0.0631, 0, 5e-5);
    assert_close(routing.c2, 0.3442, 0, 5e-5);
    assert_close(routing.c3, 0.5927, 0, 5e-5);
    state[0] = inflow[0];
    state[1] = book[0];
    /* The book rounds its coefficients to four digits, so its last figures are off by up to 0.9. */
    for (int i = 1; i < 20; i++)
        assert_close(routing_step(&routing, state, inflow[i], 3600), book[i], 0, 0.9);
}

static void
muskingum_gives_the_reference_column_of_chow_8_4_1(void **unused)
{
    static double inflow[REFERENCE_MAX];
    static double outflow[REFERENCE_MAX];
    (void)unused;
    int count = reference_column("routing/muskingum_chow_841.csv", 1, inflow);
    reference_column("routing/muskingum_chow_841.csv", 2, outflow);
    if (count == 0) {
        print_message("reference/routing is not there: skipped\n");
        skip();
    }
    struct routing routing;
    assert_int_equal(routing_muskingum(&routing, 2.3 * 3600, 0.15, 3600, NULL), STATUS_OK);
    state[0] = inflow[0];
    state[1] = outflow[0];
    for (int i = 1; i < count; i++)
        assert_close(routing_step(&routing, state, inflow[i], 3600), outflow[i], 0, 6e-7);
}

/* Ponce 1989, example 9-8 as recomputed: c = 4 m/s, C = 1, D = 0.2. */
static void
muskingum_cunge_gives_the_figures_of_ponce(void **unused)
{
    static const double inflow[] = {0, 200, 400, 600, 800, 1000, 800, 600, 400, 200, 0, 0};
    static const double outflow[] = {0,      18.18,  201.65, 400.15, 600.01, 800.0,
                                     963.63, 796.69, 599.70, 399.97, 200.0,  18.18};
    const struct routing_channel channel = {.length_m = 14400,
                                            .slope = 0.000868,
                                            .celerity_ms = 1.6 * 1000.0 / 400.0,
                                            .reference_m3s = 1000,
                                            .top_width_m = 100};
    (void)unused;
    struct routing routing;
    assert_int_equal(routing_muskingum_cunge(&routing, &channel, 3600, NULL), STATUS_OK);
    assert_int_equal(routing.reach_count, 1);
    assert_int_equal(routing.substeps_per_base, 1);
    assert_close(routing.c1, 0.0909, 0, 5e-5);
    assert_close(routing.c2, 0.8182, 0, 5e-5);
    assert_close(routing.c3, 0.0909, 0, 5e-5);
    routing_set_steady(&routing, state, 0);
    for (int i = 0; i < 12; i++) /* printed to five figures with D rounded to 0.2 */
        assert_close(routing_step(&routing, state, inflow[i], 3600), outflow[i], 0, 0.05);
}

/* Manning in a wide channel: the depth found carries the flow, and c = dQ/dA by difference. */
static void
celerity_of_a_wide_channel_is_the_slope_of_the_rating(void **unused)
{
    (void)unused;
    struct routing_channel channel = {
        .length_m = 20e3, .slope = 0.0004, .reference_m3s = 350, .top_width_m = 80};
    const double n = 0.032;
    assert_int_equal(routing_wide_channel(&channel, n, NULL), STATUS_OK);
    double depth_m = 5.0 / 3.0 * 350 / 80 / channel.celerity_ms;
    double flow[2];
    for (int i = 0; i < 2; i++) {
        double y = depth_m + (i == 0 ? -1e-5 : 1e-5);
        flow[i] = 80 * y * pow(y, 2.0 / 3.0) * sqrt(0.0004) / n;
    }
    assert_close(0.5 * (flow[0] + flow[1]), 350, 1e-9, 0);
    assert_close(channel.celerity_ms, (flow[1] - flow[0]) / (80 * 2e-5), 1e-7, 0);
}

static struct routing
random_routing(uint32_t case_i, double base_s)
{
    struct routing routing;
    struct error err = {0};
    double hours = pow(10.0, uniform(10 * case_i, -1.0, 2.2));
    enum status status;
    if (case_i % 3 == 0) {
        status = routing_lag(&routing, hours * 3600, base_s, &err);
    } else if (case_i % 3 == 1) {
        status = routing_muskingum(&routing, hours * 3600, uniform(10 * case_i + 1, 0.0, 0.48),
                                   base_s, &err);
    } else {
        struct routing_channel channel = {.length_m = uniform(10 * case_i + 2, 1e3, 2e5),
                                          .slope = pow(10.0, uniform(10 * case_i + 3, -4.5, -2.0)),
                                          .reference_m3s = uniform(10 * case_i + 4, 1.0, 3000.0),
                                          .top_width_m = uniform(10 * case_i + 5, 20.0, 400.0),
                                          .celerity_ms = uniform(10 * case_i + 6, 0.3, 5.0)};
        status = routing_muskingum_cunge(&routing, &channel, base_s, &err);
    }
    if (status != STATUS_OK)
        fail_msg("case %u: %s", case_i, err.text);
    assert_true(routing.state_count <= STATE_MAX);
    return routing;
}

/* Days of steps: hours, days, or months of true length. */
static double
step_s(int kind, int t)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return kind == 0 ? 3600.0 : kind == 1 ? 86400.0 : 86400.0 * days[t % 12];
}

static void
water_is_conserved_and_no_flow_is_negative(void **unused)
{
    (void)unused;
    for (uint32_t case_i = 0; case_i < 600; case_i++) {
        int kind = (int)(case_i / 3 % 3);
        double shortest_s = kind == 2 && case_i % 3 == 0 ? 28 * 86400.0 : step_s(kind, 0);
        struct routing routing =
            random_routing(case_i, kind == 2 && case_i % 3 != 0 ? 86400.0 : shortest_s);
        routing_set_steady(&routing, state, uniform(case_i, 0, 50));
        double start_m3 = routing_storage_m3(&routing, state);
        double in_m3 = 0.0;
        double out_m3 = 0.0;
        for (int t = 0; t < 60; t++) {
            double dt_s = step_s(kind, t);
            double inflow = t % 7 == 3 ? uniform(case_i * 100 + (uint32_t)t, 0, 900) : 0.0;
            double share = routing_share(&routing, dt_s, scratch);
            double known = routing_known_m3s(&routing, state, dt_s, scratch);
            double before_m3 = routing_storage_m3(&routing, state);
            double outflow = routing_step(&routing, state, inflow, dt_s);
            double after_m3 = routing_storage_m3(&routing, state);
            double through_m3 = before_m3 + inflow * dt_s;
            assert_true(share >= 0.0 && share <= 1.0 + 1e-15);
            assert_true(known >= 0.0 && outflow >= 0.0 && after_m3 >= 0.0);
            assert_close(outflow, known + share * inflow, 1e-12, 1e-12);
            assert_close(after_m3 - before_m3, (inflow - outflow) * dt_s, 0,
                         1e-12 * through_m3 + 1e-100);
            in_m3 += inflow * dt_s;
            out_m3 += outflow * dt_s;
        }
        double end_m3 = routing_storage_m3(&routing, state);
        assert_close(end_m3 - start_m3, in_m3 - out_m3, 0, 1e-12 * (start_m3 + in_m3));
    }
}

static void
steady_flow_stays_steady(void **unused)
{
    (void)unused;
    for (uint32_t case_i = 0; case_i < 90; case_i++) {
        struct routing routing = random_routing(case_i, 86400.0);
        routing_set_steady(&routing, state, 12.5);
        for (int t = 0; t < 5; t++)
            assert_close(routing_step(&routing, state, 12.5, 86400.0), 12.5, 1e-12, 0);
    }
}

/* A lag of 1.3 steps is 70 % of the step before and 30 % of the one before that. */
static void
lag_splits_between_two_steps(void **unused)
{
    static const double inflow[] = {0, 10, 40, 7, 0, 0};
    (void)unused;
    struct routing routing;
    assert_int_equal(routing_lag(&routing, 1.3 * 3600, 3600, NULL), STATUS_OK);
    routing_set_steady(&routing, state, 0);
    for (int t = 0; t < 6; t++) {
        double one = t >= 1 ? inflow[t - 1] : 0.0;
        double two = t >= 2 ? inflow[t - 2] : 0.0;
        assert_close(routing_step(&routing, state, inflow[t], 3600), 0.7 * one + 0.3 * two, 1e-14,
                     1e-14);
    }
}

static void
lag_shorter_than_a_step_passes_its_share(void **unused)
{
    (void)unused;
    struct routing routing;
    assert_int_equal(routing_lag(&routing, 6 * 3600, 86400, NULL), STATUS_OK);
    assert_close(routing_share(&routing, 86400, scratch), 0.75, 1e-15, 0);
    routing_set_steady(&routing, state, 0);
    assert_close(routing_step(&routing, state, 8, 86400), 6, 1e-15, 0);
    assert_close(routing_storage_m3(&routing, state), 2 * 86400.0, 1e-15, 0);
    assert_close(routing_known_m3s(&routing, state, 86400, scratch), 2, 1e-15, 0);
}

/* With x = 0 a reach is a linear reservoir: after a long dry time outflow falls by exp(-dt/k). */
static void
muskingum_without_x_is_a_linear_reservoir(void **unused)
{
    (void)unused;
    struct routing routing;
    const double k_s = 50 * 3600.0;
    assert_int_equal(routing_muskingum(&routing, k_s, 0.0, 3600, NULL), STATUS_OK);
    assert_int_equal(routing.reach_count, 1);
    routing_set_steady(&routing, state, 100);
    double outflow = 0.0;
    for (int t = 0; t < 100; t++)
        outflow = routing_step(&routing, state, 0, 3600);
    /* mean of the 100th hour; the rule is the trapezium, of error (dt/k)^3/12 a step */
    double mean = 100 * 50.0 * (exp(-99 / 50.0) - exp(-100 / 50.0));
    assert_close(outflow, mean, 2e-4, 0);
}

static void
unstable_steps_are_split(void **unused)
{
    (void)unused;
    struct routing routing;
    /* dt < 2 k x: sub-reaches; dt > 2 k (1 - x): sub-steps */
    assert_int_equal(routing_muskingum(&routing, 30 * 3600, 0.3, 3600, NULL), STATUS_OK);
    assert_int_equal(routing.reach_count, 18);
    assert_int_equal(routing.substeps_per_base, 1);
    assert_int_equal(routing_muskingum(&routing, 2.3 * 3600, 0.15, 86400, NULL), STATUS_OK);
    assert_int_equal(routing.reach_count, 1);
    assert_int_equal(routing.substeps_per_base, 7);
    assert_true(routing.c1 >= 0 && routing.c2 >= 0 && routing.c3 >= 0);
}

/* x = 0.5 with a whole number of steps is pure translation. */
static void
muskingum_with_x_of_a_half_is_a_lag(void **unused)
{
    (void)unused;
    struct routing routing;
    assert_int_equal(routing_muskingum(&routing, 3 * 3600, 0.5, 3600, NULL), STATUS_OK);
    routing_set_steady(&routing, state, 0);
    for (int t = 0; t < 8; t++)
        assert_close(routing_step(&routing, state, t == 0 ? 5 : 0, 3600), t == 3 ? 5 : 0, 0, 1e-14);
}

static void
bad_parameters_are_refused(void **unused)
{
    (void)unused;
    struct routing routing;
    struct routing_channel channel = {10e3, 0.001, 2, 100, 50};
    struct error err = {0};
    assert_int_equal(routing_muskingum(&routing, 0, 0.2, 3600, NULL), STATUS_INPUT);
    assert_int_equal(routing_muskingum(&routing, NAN, 0.2, 3600, NULL), STATUS_INPUT);
    assert_int_equal(routing_muskingum(&routing, 3600, 0.51, 3600, NULL), STATUS_INPUT);
    assert_int_equal(routing_muskingum(&routing, 3600, -0.1, 3600, NULL), STATUS_INPUT);
    assert_int_equal(routing_muskingum(&routing, 3600 * sqrt(2.0), 0.5, 3600, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "give the lag instead"));
    assert_int_equal(routing_lag(&routing, -1, 3600, NULL), STATUS_INPUT);
    assert_int_equal(routing_lag(&routing, INFINITY, 3600, NULL), STATUS_INPUT);
    channel.slope = 0;
    err = (struct error){0};
    assert_int_equal(routing_muskingum_cunge(&routing, &channel, 3600, &err), STATUS_INPUT);
    assert_string_equal(err.text, "the slope is 0; it must be above 0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(muskingum_gives_the_figures_of_chow_8_4_1),
        cmocka_unit_test(muskingum_gives_the_reference_column_of_chow_8_4_1),
        cmocka_unit_test(muskingum_cunge_gives_the_figures_of_ponce),
        cmocka_unit_test(celerity_of_a_wide_channel_is_the_slope_of_the_rating),
        cmocka_unit_test(water_is_conserved_and_no_flow_is_negative),
        cmocka_unit_test(steady_flow_stays_steady),
        cmocka_unit_test(lag_splits_between_two_steps),
        cmocka_unit_test(lag_shorter_than_a_step_passes_its_share),
        cmocka_unit_test(muskingum_without_x_is_a_linear_reservoir),
        cmocka_unit_test(unstable_steps_are_split),
        cmocka_unit_test(muskingum_with_x_of_a_half_is_a_lag),
        cmocka_unit_test(bad_parameters_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
