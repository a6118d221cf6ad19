/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/estuary.h"
#include "tests/support.h"

#include <math.h>

/* An estuary as the basin has it: the level of the sea, the lag, the flow that repels salt. */

static struct salt_reach
reach(double depth_m, double convergence_m)
{
    return (struct salt_reach){.mouth_area_m2 = 4000.0,
                               .convergence_m = convergence_m,
                               .depth_m = depth_m,
                               .length_m = 80e3,
                               .cell_count = 200,
                               .van_der_burgh = 0.5,
                               .form = DISPERSION_TIDAL_AVERAGE,
                               .velocity_ms = 0.7,
                               .period_s = 24.84 * 3600.0,
                               .lag_factor = 6.0};
}

static struct estuary_view
view_of(const struct salt_reach *salt, double sea_level_m, double flow_m3s)
{
    const struct estuary_moment moment = {sea_level_m, 1.0, 30.0};
    struct estuary_view view;
    estuary_view(salt, &moment, &view);
    estuary_set_flow(salt, flow_m3s, &view);
    return view;
}

/* A rise of a metre lengthens the intrusion in four branches of the Red River delta by 31 to 52 %
 * (Nguyen, Tran & Nakayama 2014, IAHR-APD), which are 5 to 7 m deep and narrow slowly. */
static void
a_metre_of_sea_lengthens_the_intrusion(void **state)
{
    (void)state;
    for (double depth_m = 4.6; depth_m < 6.6; depth_m += 0.4) {
        struct salt_reach salt = reach(depth_m, 120e3);
        struct estuary_view before = view_of(&salt, 0.0, 120.0), after = view_of(&salt, 1.0, 120.0);
        double rise = estuary_length_m(&salt, &after) / estuary_length_m(&salt, &before) - 1.0;
        assert_true(rise > 0.28 && rise < 0.53);
    }
}

static void
a_level_given_twice_is_the_same(void **state)
{
    (void)state;
    struct salt_reach shallow = reach(5.0, 20e3), deep = reach(6.0, 20e3);
    deep.mouth_area_m2 = 4000.0 * 6.0 / 5.0;
    struct estuary_view a = view_of(&shallow, 1.0, 50.0), b = view_of(&deep, 0.0, 50.0);
    assert_close(estuary_length_m(&shallow, &a), estuary_length_m(&deep, &b), 1e-12, 0);
    assert_close(estuary_salinity_kgm3(&a, 9e3, TIDE_HIGH_WATER),
                 estuary_salinity_kgm3(&b, 9e3, TIDE_HIGH_WATER), 1e-12, 0);
}

static void
phases_are_half_an_excursion_apart(void **state)
{
    (void)state;
    for (int form = DISPERSION_TIDAL_AVERAGE; form <= DISPERSION_HIGH_WATER; form++) {
        struct salt_reach salt = reach(5.0, 20e3);
        salt.form = (enum dispersion_form)form;
        struct estuary_view view = view_of(&salt, 0.0, 80.0);
        double half_m = 0.5 * tide_excursion_m(&view.tide), place_m = estuary_limit_m(&view, 1.0);
        assert_close(estuary_salinity_kgm3(&view, place_m, TIDE_AVERAGE), 1.0, 1e-9, 0);
        assert_close(estuary_salinity_kgm3(&view, place_m + half_m, TIDE_HIGH_WATER), 1.0, 1e-9, 0);
        assert_close(estuary_salinity_kgm3(&view, place_m - half_m, TIDE_LOW_WATER), 1.0, 1e-9, 0);
        double repels = estuary_repelling_flow_m3s(&view, 30e3, 1.0, TIDE_HIGH_WATER);
        estuary_set_flow(&salt, repels, &view);
        assert_close(estuary_salinity_kgm3(&view, 30e3, TIDE_HIGH_WATER), 1.0, 1e-9, 0);
    }
}

static void
the_lag_goes_to_the_steady_length(void **state)
{
    (void)state;
    struct salt_reach salt = reach(5.0, 20e3);
    struct estuary_view wet = view_of(&salt, 0.0, 300.0), dry = view_of(&salt, 0.0, 30.0);
    double short_m = estuary_length_m(&salt, &wet), long_m = estuary_length_m(&salt, &dry);
    double length_m = short_m;
    int to_dry = 0, to_wet = 0;
    for (; length_m < 0.5 * (short_m + long_m) && to_dry < 1000; to_dry++) {
        double next_m = estuary_lagged_length_m(&salt, &dry, length_m, 3600.0);
        assert_true(next_m > length_m && next_m < long_m);
        length_m = next_m;
    }
    length_m = long_m;
    for (; length_m > 0.5 * (short_m + long_m) && to_wet < 1000; to_wet++)
        length_m = estuary_lagged_length_m(&salt, &wet, length_m, 3600.0);
    assert_true(to_wet > 0 && to_wet < to_dry); /* floods flush faster than droughts fill */
    assert_close(estuary_lagged_length_m(&salt, &dry, short_m, 1e12), long_m, 1e-12, 0);
    /* the steady state of the equivalent flow has that length */
    struct estuary_view same = dry;
    estuary_set_flow(&salt, estuary_flow_of_length_m3s(&salt, &dry, 18e3), &same);
    assert_close(estuary_length_m(&salt, &same), 18e3, 1e-10, 0);
}

static void
no_flow_is_the_least_flow(void **state)
{
    (void)state;
    struct salt_reach salt = reach(5.0, 20e3);
    struct estuary_view none = view_of(&salt, 0.0, 0.0), back = view_of(&salt, 0.0, -40.0);
    assert_close(none.state.flow_m3s, estuary_least_flow_m3s(&salt), 0, 0);
    assert_close(back.state.flow_m3s, estuary_least_flow_m3s(&salt), 0, 0);
    assert_true(estuary_length_m(&salt, &back) <= salt.length_m);
}

static void
fresh_and_salt_seas(void **state)
{
    (void)state;
    struct salt_reach salt = reach(5.0, 20e3);
    struct estuary_view view = view_of(&salt, 0.0, 40.0);
    assert_true(isinf(estuary_limit_m(&view, 40.0)) && estuary_limit_m(&view, 40.0) < 0.0);
    salt.river_kgm3 = 0.5;
    view = view_of(&salt, 0.0, 40.0);
    assert_true(estuary_limit_m(&view, 0.4) > 1e9); /* the river alone is too salt */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_metre_of_sea_lengthens_the_intrusion),
        cmocka_unit_test(a_level_given_twice_is_the_same),
        cmocka_unit_test(phases_are_half_an_excursion_apart),
        cmocka_unit_test(the_lag_goes_to_the_steady_length),
        cmocka_unit_test(no_flow_is_the_least_flow),
        cmocka_unit_test(fresh_and_salt_seas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
