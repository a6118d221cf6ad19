/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/outlet.h"
#include "solvers/philox.h"
#include "tests/support.h"

/* Flows over and under gates against figures worked out by hand, and what must hold for all. */

static const double no_tailwater = -INFINITY;

static double
uniform(uint32_t draw_i, double low, double high)
{
    const struct philox_key key = {.seed = 2014, .variable = 10};
    return low + (high - low) * philox_uniform(&key, draw_i);
}

static struct outlet
ogee(void)
{
    return (struct outlet){.kind = OUTLET_OGEE,
                           .gate_count = 1,
                           .sill_m = 100.0,
                           .width_m = 8.0,
                           .height_m = NAN,
                           .coefficient = 0.48,
                           .orifice = 0.65,
                           .transition_low = 0.5,
                           .transition_high = 0.75};
}

static void
free_ogee_by_hand(void **unused)
{
    (void)unused;
    struct outlet outlet = ogee();
    /* 0.48 x 8 x sqrt(19.6133) x 2^1.5 = 0.48 x 8 x 4.428690 x 2.828427 */
    assert_close(outlet_flow_m3s(&outlet, 102.0, no_tailwater, 0.0), 48.100717, 1e-6, 0);
    assert_true(outlet_flow_m3s(&outlet, 100.0, no_tailwater, 0.0) == 0.0);
    assert_true(outlet_flow_m3s(&outlet, 90.0, no_tailwater, 0.0) == 0.0);
    /* three bays, Kp 0.02 and Ka 0.1: L' = 24 - 2 (2 x 0.02 + 0.1) 2 = 23.44 m in all */
    outlet.gate_count = 3;
    outlet.pier_contraction = 0.02;
    outlet.abutment_contraction = 0.1;
    assert_close(3.0 * outlet_flow_m3s(&outlet, 102.0, no_tailwater, 0.0), 48.100717 * 23.44 / 8.0,
                 1e-6, 0);
}

/* USBR, Design of Small Dams: C0 = 3.95 ft^0.5/s at design head is 2.18 m^0.5/s, m = 0.492. */
static void
usbr_coefficient_is_the_same_crest(void **unused)
{
    (void)unused;
    struct outlet outlet = ogee();
    double c_metric = 3.95 * sqrt(0.3048);
    outlet.coefficient = c_metric / sqrt(2.0 * 9.80665);
    assert_close(c_metric, 2.18, 0, 0.005);
    assert_close(outlet.coefficient, 0.4924, 0, 1e-4);
    double feet = 10.0; /* Q = C L H^1.5 in feet: 3.95 x 20 x 31.62 = 2498 cfs */
    outlet.width_m = 20.0 * 0.3048;
    double cfs = outlet_flow_m3s(&outlet, 100.0 + feet * 0.3048, no_tailwater, 0.0) /
                 (0.3048 * 0.3048 * 0.3048);
    assert_close(cfs, 2498.2, 1e-4, 0);
}

static void
coefficient_by_head_is_straight_between(void **unused)
{
    (void)unused;
    struct outlet outlet = ogee();
    struct head_factor factor[] = {{0.05, 0.8}, {1.0, 1.0}, {1.6, 1.07}};
    outlet.design_head_m = 4.0;
    outlet.factor_count = 3;
    outlet.factor = factor;
    assert_close(outlet_flow_m3s(&outlet, 104.0, no_tailwater, 0.0), crest_flow_m3s(0.48, 8.0, 4.0),
                 1e-14, 0);
    assert_close(outlet_flow_m3s(&outlet, 100.1, no_tailwater, 0.0),
                 crest_flow_m3s(0.8 * 0.48, 8.0, 0.1), 1e-11, 0);
    assert_close(outlet_flow_m3s(&outlet, 105.2, no_tailwater, 0.0),
                 crest_flow_m3s(1.035 * 0.48, 8.0, 5.2), 1e-11, 0);
}

/* Critical flow over a broad crest: (2/3)^1.5 sqrt(g) H^1.5 = 1.7049 H^1.5, m = 0.3849. */
static void
broad_crest_by_theory(void **unused)
{
    (void)unused;
    struct outlet outlet = ogee();
    outlet.kind = OUTLET_BROAD_CREST;
    outlet.coefficient = 2.0 / (3.0 * sqrt(3.0));
    outlet.modular_limit = 0.8;
    double critical = pow(2.0 / 3.0, 1.5) * sqrt(9.80665);
    assert_close(critical, 1.7049, 0, 1e-3);
    assert_close(outlet_flow_m3s(&outlet, 103.0, no_tailwater, 0.0), 8.0 * critical * pow(3.0, 1.5),
                 1e-12, 0);
    /* not submerged up to 0.8 of the head, nothing at 1 */
    assert_close(outlet_flow_m3s(&outlet, 103.0, 102.4, 0.0),
                 outlet_flow_m3s(&outlet, 103.0, no_tailwater, 0.0), 1e-14, 0);
    assert_true(outlet_flow_m3s(&outlet, 103.0, 103.0, 0.0) == 0.0);
}

/* Villemonte 1947: (1 - 0.5^1.5)^0.385 = 0.64645^0.385 = 0.8454. */
static void
submerged_ogee_by_hand(void **unused)
{
    (void)unused;
    struct outlet outlet = ogee();
    double free_m3s = outlet_flow_m3s(&outlet, 102.0, no_tailwater, 0.0);
    assert_close(outlet_flow_m3s(&outlet, 102.0, 101.0, 0.0) / free_m3s, 0.845386, 0, 1e-6);
}

static void
gate_by_hand(void **unused)
{
    (void)unused;
    struct outlet outlet = ogee();
    outlet.height_m = 5.0;
    /* 0.65 x 8 x 1 x sqrt(19.6133 x 5.5) = 5.2 x 10.386218 */
    assert_close(outlet_flow_m3s(&outlet, 106.0, no_tailwater, 1.0), 54.008240, 1e-6, 0);
    /* tailwater 2 m above the sill: 5.2 x sqrt(19.6133 x 4) = 5.2 x 8.857381 */
    assert_close(outlet_flow_m3s(&outlet, 106.0, 102.0, 1.0), 46.058382, 1e-6, 0);
    /* head 1 m under a gate 1 m open: it hangs free */
    assert_close(outlet_flow_m3s(&outlet, 101.0, no_tailwater, 1.0), crest_flow_m3s(0.48, 8.0, 1.0),
                 1e-14, 0);
    assert_true(outlet_flow_m3s(&outlet, 106.0, no_tailwater, 0.0) == 0.0);
    assert_close(outlet_flow_m3s(&outlet, 106.0, no_tailwater, 99.0), /* cut to the height */
                 outlet_flow_m3s(&outlet, 106.0, no_tailwater, 5.0), 1e-15, 0);
}

static void
sluice_by_hand(void **unused)
{
    (void)unused;
    struct outlet outlet = {.kind = OUTLET_SLUICE,
                            .gate_count = 1,
                            .sill_m = 20.0,
                            .width_m = 2.0,
                            .height_m = 2.0,
                            .coefficient = 0.6};
    /* 0.6 x 2 x 2 x sqrt(19.6133 x 9) = 2.4 x 13.286072 */
    assert_close(outlet_flow_m3s(&outlet, 30.0, no_tailwater, 2.0), 31.886572, 1e-6, 0);
    /* tailwater 5 m above the floor: 2.4 x sqrt(19.6133 x 5) */
    assert_close(outlet_flow_m3s(&outlet, 30.0, 25.0, 2.0), 23.766848, 1e-6, 0);
    assert_true(outlet_flow_m3s(&outlet, 20.0, no_tailwater, 2.0) == 0.0);
}

static void
pipe_by_hand(void **unused)
{
    (void)unused;
    struct outlet outlet = {.kind = OUTLET_PIPE,
                            .gate_count = 1,
                            .sill_m = 3.0,
                            .diameter_m = 1.2,
                            .loss = 2.5,
                            .axis_m = 1.0,
                            .height_m = NAN};
    /* 1.130973 m2 x sqrt(19.6133 x 14 / 2.5) = 1.130973 x 10.480228 m/s */
    assert_close(outlet_flow_m3s(&outlet, 15.0, no_tailwater, 1.0), 11.852821, 1e-6, 0);
    assert_close(outlet_flow_m3s(&outlet, 15.0, no_tailwater, 0.4), 0.4 * 11.852821, 1e-6, 0);
    assert_close(outlet_flow_m3s(&outlet, 15.0, 8.0, 1.0), 11.852821 * sqrt(0.5), 1e-6, 0);
}

static void
tables_are_straight_between_their_rows(void **unused)
{
    (void)unused;
    double level[] = {10.0, 12.0, 15.0}, opening[] = {1.0, 3.0};
    double flow[] = {0.0, 0.0, 4.0, 6.0, 10.0, 20.0}, single[] = {0.0, 6.0, 20.0};
    struct outlet outlet = {.kind = OUTLET_TABLE,
                            .gate_count = 1,
                            .height_m = 3.0,
                            .table = {3, 2, level, opening, flow}};
    assert_close(outlet_flow_m3s(&outlet, 11.0, no_tailwater, 1.0), 2.0, 1e-14, 0);
    assert_close(outlet_flow_m3s(&outlet, 13.5, no_tailwater, 2.0), 10.0, 1e-14, 0);
    assert_close(outlet_flow_m3s(&outlet, 12.0, no_tailwater, 0.5), 2.0, 1e-14, 0);
    assert_close(outlet_flow_m3s(&outlet, 16.0, no_tailwater, 3.0), 20.0 + 14.0 / 3.0, 1e-14, 0);
    assert_close(outlet_table_top_m(&outlet), 15.0, 0, 0);
    outlet.table = (struct outlet_table){3, 0, level, NULL, single};
    outlet.height_m = NAN;
    outlet.kind = OUTLET_SIPHON;
    assert_close(outlet_flow_m3s(&outlet, 13.5, no_tailwater, 1.0), 13.0, 1e-14, 0);
    assert_close(outlet_flow_m3s(&outlet, 13.5, no_tailwater, 0.5), 6.5, 1e-14, 0);
    assert_true(outlet_flow_m3s(&outlet, 9.0, no_tailwater, 1.0) == 0.0);
}

/* A random gate, sluice or pipe. */
static struct outlet
random_outlet(uint32_t i)
{
    struct outlet outlet = ogee();
    int kind = (int)(i % 4);
    outlet.kind = kind == 0   ? OUTLET_OGEE
                  : kind == 1 ? OUTLET_BROAD_CREST
                  : kind == 2 ? OUTLET_SLUICE
                              : OUTLET_PIPE;
    outlet.coefficient = kind == 2 ? uniform(10 * i, 0.5, 0.8) : uniform(10 * i, 0.32, 0.5);
    outlet.orifice = uniform(10 * i + 1, 0.5, 0.75);
    outlet.height_m = kind == 3 ? NAN : uniform(10 * i + 2, 0.5, 6.0);
    outlet.modular_limit = kind == 1 ? 0.8 : 0.0;
    outlet.transition_low = uniform(10 * i + 3, 0.3, 0.6);
    outlet.transition_high = uniform(10 * i + 4, 0.65, 1.0);
    outlet.diameter_m = 1.5;
    outlet.loss = 2.0;
    outlet.axis_m = 99.0;
    return outlet;
}

static void
flow_is_continuous_and_rises_with_level_and_opening(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 400; i++) {
        struct outlet outlet = random_outlet(i);
        double opening = uniform(10 * i + 5, 0.0, 1.0) * outlet_full_opening(&outlet);
        double tail = i % 3 == 0 ? no_tailwater : uniform(10 * i + 6, 97.0, 106.0);
        double before = 0.0, largest = outlet_flow_m3s(&outlet, 110.0, tail, opening);
        for (double level = 99.0; level <= 110.0; level += 1e-3) {
            double flow = outlet_flow_m3s(&outlet, level, tail, opening);
            assert_true(flow >= before * (1.0 - 1e-13));
            /* just above a tailwater the flow rises with a root of the head, however steep */
            bool at_tail = fabs(level - tail) < 0.1;
            assert_true(flow - before <= (at_tail ? 0.2 : 0.02) * (largest + 0.1));
            before = flow;
        }
        before = 0.0; /* by opening: where no tailwater drowns it */
        for (int part = 0; part <= 1000; part++) {
            double flow =
                outlet_flow_m3s(&outlet, 104.0, tail, part / 1000.0 * outlet_full_opening(&outlet));
            assert_true(i % 3 != 0 || flow >= before * (1.0 - 1e-12));
            before = flow;
        }
    }
}

static void
flow_falls_with_the_tailwater(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 400; i++) {
        struct outlet outlet = random_outlet(i);
        double opening = uniform(10 * i + 5, 0.1, 1.0) * outlet_full_opening(&outlet);
        double before = outlet_flow_m3s(&outlet, 105.0, no_tailwater, opening);
        for (double tail = 97.0; tail <= 106.0; tail += 1e-3) {
            double flow = outlet_flow_m3s(&outlet, 105.0, tail, opening);
            assert_true(flow <= before * (1.0 + 1e-13));
            before = flow;
        }
        assert_true(before == 0.0);
    }
}

static void
rule_is_straight_between_its_rows(void **unused)
{
    (void)unused;
    double level[] = {28.0, 29.0, 30.0}, opening[] = {0.0, 1.0, 4.0};
    struct outlet outlet = {
        .rule_count = 3, .rule_level_m = level, .rule_opening = opening, .initial_opening = 9.0};
    assert_close(outlet_rule_opening(&outlet, 27.0), 0.0, 0, 0);
    assert_close(outlet_rule_opening(&outlet, 28.5), 0.5, 1e-14, 0);
    assert_close(outlet_rule_opening(&outlet, 29.5), 2.5, 1e-14, 0);
    assert_close(outlet_rule_opening(&outlet, 31.0), 4.0, 0, 0);
    outlet.rule_count = 0;
    assert_close(outlet_rule_opening(&outlet, 31.0), 9.0, 0, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_ogee_by_hand),
        cmocka_unit_test(usbr_coefficient_is_the_same_crest),
        cmocka_unit_test(coefficient_by_head_is_straight_between),
        cmocka_unit_test(broad_crest_by_theory),
        cmocka_unit_test(submerged_ogee_by_hand),
        cmocka_unit_test(gate_by_hand),
        cmocka_unit_test(sluice_by_hand),
        cmocka_unit_test(pipe_by_hand),
        cmocka_unit_test(tables_are_straight_between_their_rows),
        cmocka_unit_test(flow_is_continuous_and_rises_with_level_and_opening),
        cmocka_unit_test(flow_falls_with_the_tailwater),
        cmocka_unit_test(rule_is_straight_between_its_rows),
    };
    return cmocka_run_group_tests_name("outlet", tests, NULL, NULL);
}
