/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/salt_intrusion.h"
#include "tests/support.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>

/* The closed forms against the differential equations, published figures and brute force. */

static const struct channel one_segment = {1, {{0.0, 2500.0, 15e3}}};
static const struct channel two_segments = {2, {{0.0, 9000.0, 8e3}, {6e3, 4200.0, 40e3}}};
static const struct channel prismatic = {1, {{0.0, 1200.0, INFINITY}}};
static const struct channel widening = {2, {{0.0, 2000.0, 20e3}, {12e3, 1100.0, -60e3}}};

struct case_of {
    const struct channel *channel;
    struct salt_intrusion state;
};

static const struct case_of cases[] = {
    {&one_segment, {20.0, 250.0, 0.3, 32.0, 0.0}},  {&one_segment, {5.0, 300.0, 0.75, 30.0, 0.5}},
    {&two_segments, {80.0, 600.0, 0.2, 28.0, 0.1}}, {&two_segments, {10.0, 120.0, 1.0, 33.0, 0.0}},
    {&prismatic, {30.0, 200.0, 0.5, 31.0, 0.05}},   {&prismatic, {30.0, 200.0, 0.0, 31.0, 0.05}},
    {&widening, {12.0, 150.0, 0.4, 25.0, 0.0}},     {&one_segment, {20.0, 250.0, 1e-9, 32.0, 0.0}},
};
enum { CASES = sizeof cases / sizeof *cases };

/* y = excess salinity, D */
static int
slope(double x_m, const double y[], double out[], void *context)
{
    const struct case_of *c = context;
    double area_m2 = channel_area_m2(c->channel, x_m);
    out[0] = -y[0] * c->state.flow_m3s / (area_m2 * y[1]);
    out[1] = -c->state.van_der_burgh * c->state.flow_m3s / area_m2;
    return GSL_SUCCESS;
}

/* From the mouth to x, from bend to bend of the channel. */
static void
integrate(struct case_of *c, double to_m, double y[2])
{
    gsl_odeiv2_system system = {slope, NULL, 2, c};
    y[0] = c->state.sea_kgm3 - c->state.river_kgm3;
    y[1] = c->state.dispersion_m2s;
    double x_m = 0.0;
    for (int i = 0; i < c->channel->segment_count && x_m < to_m; i++) {
        double end_m = i + 1 < c->channel->segment_count
                           ? fmin(to_m, c->channel->segment[i + 1].from_m - 1e-9)
                           : to_m;
        gsl_odeiv2_driver *driver =
            gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 10.0, 1e-14, 1e-13);
        assert_int_equal(gsl_odeiv2_driver_apply(driver, &x_m, end_m, y), GSL_SUCCESS);
        gsl_odeiv2_driver_free(driver);
    }
}

static void
closed_forms_solve_the_equations(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct case_of c = cases[i];
        double length_m = fmin(60e3, salt_intrusion_length(c.channel, &c.state));
        for (int k = 1; k <= 18; k++) {
            double x_m = 0.05 * k * length_m, y[2];
            integrate(&c, x_m, y);
            assert_close(salt_intrusion_salinity(c.channel, &c.state, x_m),
                         c.state.river_kgm3 + y[0], 1e-8, 1e-8);
            assert_close(salt_intrusion_dispersion(c.channel, &c.state, x_m), y[1], 1e-8, 1e-8);
        }
    }
}

/* Computed to ten digits and more from the closed forms by another program. */
static void
published_figures_are_met(void **state)
{
    (void)state;
    struct salt_intrusion b = cases[0].state;
    assert_close(salt_intrusion_length(&one_segment, &b) / 1e3, 31.087, 2e-5, 0);
    assert_close(salt_intrusion_distance(&one_segment, &b, 4.0) / 1e3, 21.6082, 5e-6, 0);
    assert_close(salt_intrusion_distance(&one_segment, &b, 1.0) / 1e3, 25.5418, 5e-6, 0);
    assert_close(salt_intrusion_distance(&one_segment, &b, 0.25) / 1e3, 27.6667, 5e-6, 0);
    struct channel channel = {1, {{0.0, 1500.0, 12e3}}};
    struct salt_intrusion r = {
        .flow_m3s = 1, .dispersion_m2s = 1, .van_der_burgh = 0.4, .sea_kgm3 = 32};
    assert_close(salt_repelling_flow_m3s(&channel, &r, 120.0, 8e3, 0.45), 1048.5094776, 1e-10, 0);
}

static void
distance_is_the_inverse_of_salinity(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++) {
        const struct case_of *c = &cases[i];
        double range = c->state.sea_kgm3 - c->state.river_kgm3;
        for (int k = 1; k < 10; k++) {
            double salinity_kgm3 = c->state.river_kgm3 + 0.1 * k * range;
            double x_m = salt_intrusion_distance(c->channel, &c->state, salinity_kgm3);
            assert_close(salt_intrusion_salinity(c->channel, &c->state, x_m), salinity_kgm3, 1e-11,
                         0);
            assert_close(channel_distance(c->channel, channel_resistance(c->channel, x_m)), x_m,
                         1e-11, 0);
        }
        assert_close(salt_intrusion_distance(c->channel, &c->state, c->state.sea_kgm3 + 1), 0, 0,
                     0);
    }
    assert_true(isinf(salt_intrusion_length(&prismatic, &cases[5].state)));
    assert_close(salt_intrusion_salinity(&one_segment, &cases[0].state, 40e3), 0.0, 0, 0);
}

/* With the least flow the limit lies at the intake; with less water it lies beyond. */
static void
repelling_flow_holds_the_limit(void **state)
{
    (void)state;
    const double limit_kgm3 = 0.452, intake_m = 18e3;
    for (int i = 0; i < CASES; i++) {
        struct case_of c = cases[i];
        for (int predicted = 0; predicted < 2; predicted++) {
            double root = predicted ? 40.0 : 0.0;
            if (c.state.river_kgm3 > limit_kgm3)
                continue;
            double q_m3s = salt_repelling_flow_m3s(c.channel, &c.state, root, intake_m, limit_kgm3);
            c.state.flow_m3s = q_m3s;
            if (predicted)
                c.state.dispersion_m2s = root * sqrt(q_m3s);
            assert_close(salt_intrusion_distance(c.channel, &c.state, limit_kgm3), intake_m, 1e-10,
                         0);
        }
    }
}

static void
tide_scales_with_its_period(void **state)
{
    (void)state;
    struct estuary_tide half = {6.0, 0.8, 12.42 * 3600, 0.024}, whole = half;
    whole.period_s = 24.84 * 3600;
    assert_close(tide_excursion_m(&whole), 2.0 * tide_excursion_m(&half), 1e-15, 0);
    assert_close(tide_canter_cremers(&whole, 2500, 20), M_PI * 20 / 2000.0, 1e-15, 0);
    assert_close(tide_richardson(&whole, 2500, 20), 0.024 * 9.81 * 6 / 0.64 * M_PI * 20 / 2000.0,
                 1e-14, 0);
    /* 26 h sqrt(g h N), and 1400 (E v h / a) sqrt(N_R), by hand at Q = 20 m3/s */
    double root = dispersion_per_root_flow(DISPERSION_TIDAL_AVERAGE, 26.0, &one_segment, &half);
    assert_close(root * sqrt(20.0), 26 * 6 * sqrt(9.81 * 6 * M_PI * 20 / 2000.0), 1e-13, 0);
    root = dispersion_per_root_flow(DISPERSION_HIGH_WATER, 1400.0, &one_segment, &half);
    assert_close(root * sqrt(20.0),
                 1400 * tide_excursion_m(&half) * 0.8 * 6 / 15e3 *
                     sqrt(tide_richardson(&half, 2500, 20)),
                 1e-13, 0);
    assert_close(tide_shift_m(&half, TIDE_AVERAGE, TIDE_HIGH_WATER),
                 0.5 * 0.8 * 12.42 * 3600 / M_PI, 1e-15, 0);
    assert_close(tide_shift_m(&half, TIDE_HIGH_WATER, TIDE_LOW_WATER), -tide_excursion_m(&half),
                 1e-15, 0);
}

/* Count the moments of a tide at which the limit lies seaward of the intake. */
static void
open_share_is_the_share_of_the_tide(void **state)
{
    (void)state;
    struct estuary_tide tide = {5.0, 0.6, 24.84 * 3600, 0.02};
    double half_m = 0.5 * tide_excursion_m(&tide);
    for (int k = -12; k <= 12; k++) {
        double gap_m = 0.1 * k * half_m;
        int open = 0, moments = 100000;
        for (int i = 0; i < moments; i++)
            open += half_m * cos(2 * M_PI * (i + 0.5) / moments) < gap_m;
        assert_close(tide_open_share(&tide, 20e3 + gap_m, 20e3), (double)open / moments, 0, 2e-5);
    }
    assert_close(tide_open_share(&tide, 20e3, INFINITY), 0, 0, 0);
}

static void
area_and_volume_agree(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++) {
        double sum = 0.0, dx_m = 25.0;
        for (int k = 0; k < 1600; k++)
            sum += dx_m * channel_area_m2(cases[i].channel, (k + 0.5) * dx_m);
        assert_close(channel_volume_m3(cases[i].channel, 40e3), sum, 2e-6, 0);
    }
}

static void
shape_gives_k(void **state)
{
    (void)state;
    assert_close(van_der_burgh_of_shape(7.0, 1500.0, 30e3),
                 4.38 * pow(7, .36) * pow(1500, -.21) * pow(30e3, -.14), 1e-15, 0);
    assert_close(van_der_burgh_of_shape(60.0, 1.0, 1.0), 0.99, 0, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms_solve_the_equations),
        cmocka_unit_test(published_figures_are_met),
        cmocka_unit_test(distance_is_the_inverse_of_salinity),
        cmocka_unit_test(repelling_flow_holds_the_limit),
        cmocka_unit_test(tide_scales_with_its_period),
        cmocka_unit_test(open_share_is_the_share_of_the_tide),
        cmocka_unit_test(area_and_volume_agree),
        cmocka_unit_test(shape_gives_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
