/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>

/* Bays in a run against closed forms: one flushed box, two in a row at rest, one that evaporates
 * more than its river brings; what is drawn from them; the balance of their salt. */

static const char *folder;

static const char head[] = "nguon: 1\nname: bays\nrun: {start: 2021-01-01, end: 2021-12-31}\n"
                           "seas: {sea: {}}\n";

static void
open_run(struct test_run *run, const char *text)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s%s", head, text);
    assert_true(run_open(run, basin_of_text(folder, whole, NULL)));
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
    for (int b = 0; b < run->basin->bay_count; b++)
        assert_true(run->result.bay[b].worst_residual_ratio < 1.0);
}

static double
salinity(const struct test_run *run, const char *id, int t)
{
    return run_series(run, RESULT_SALINITY, basin_find_node(run->basin, id), t);
}

/* V dS/dt = Q Sr - Q S + E (Ss - S): an exponential of V / (Q + E). */
static void
one_bay_is_flushed(void **state)
{
    (void)state;
    struct test_run run;
    open_run(&run, "estuaries:\n  bay: {boundary_inflow: 20 m3/s, spill_to: sea, bay: {volume: 100 "
                   "hm3, initial_salinity: 10 kg/m3, river_salinity: 0.5 kg/m3, sea_salinity: 32 "
                   "kg/m3, exchange: {sea: 60 m3/s}, suits_from: 20 kg/m3, suits_to: 24 kg/m3}}\n");
    double rate = 80.0 / 100e6, rest = (20.0 * 0.5 + 60.0 * 32.0) / 80.0;
    int fresh = 0, salt = 0;
    for (int t = 0; t < run.axis.step_count; t++) {
        double expected = rest + (10.0 - rest) * exp(-rate * 86400.0 * (t + 1));
        assert_close(salinity(&run, "bay", t), expected, 1e-6, 0); /* single precision */
        fresh += expected < 20.0;
        salt += expected > 24.0;
    }
    const struct bay_indicators *sum = &run.result.bay[0];
    assert_true(fresh > 3 && salt > 3);
    assert_int_equal(sum->steps_too_fresh, fresh);
    assert_int_equal(sum->longest_too_fresh_steps, fresh);
    assert_int_equal(sum->longest_too_fresh_start, 0);
    assert_int_equal(sum->steps_too_salt, salt);
    assert_close(sum->flushing_s, 100e6 / 80.0, 1e-12, 0);
    double length_s = 365 * 86400.0, decay = 1.0 - exp(-rate * length_s);
    assert_close(sum->mean_kgm3, rest + (10.0 - rest) * decay / (rate * length_s), 1e-12, 0);
    assert_close(sum->change_kg, 100e6 * (rest - 10.0) * decay, 1e-12, 0);
    assert_close(sum->exchanged_kg + sum->carried_kg, sum->change_kg, 1e-10, 0);
    run_close(&run);
}

/* Rivers into both, an inner bay that spills through the outer one and swaps water with it by the
 * tide: at rest what each gains it loses. */
static void
two_bays_come_to_rest(void **state)
{
    (void)state;
    struct test_run run;
    open_run(&run,
             "estuaries:\n"
             "  inner: {boundary_inflow: 5 m3/s, spill_to: outer, bay: {volume: 20 hm3, area: 8 "
             "km2, initial_salinity: 1 kg/m3, tidal_range: 1.5 m, tidal_period: 12.42 h, returns: "
             "80 %}}\n"
             "  outer: {boundary_inflow: 11 m3/s, spill_to: sea, bay: {volume: 90 hm3, "
             "initial_salinity: 1 kg/m3, sea_salinity: 30 kg/m3, exchange: {sea: 40 m3/s}}}\n");
    double swaps = 0.2 * 8e6 * 1.5 / (12.42 * 3600.0);
    /* outer: (5 + 11) So = 40 (30 - So) by the balance of both together */
    double outer = 40.0 * 30.0 / (16.0 + 40.0), inner = swaps * outer / (5.0 + swaps);
    int last = run.axis.step_count - 1;
    assert_close(salinity(&run, "outer", last), outer, 1e-5, 0);
    assert_close(salinity(&run, "inner", last), inner, 1e-5, 0);
    run_close(&run);
}

/* More evaporates than flows in: the sea brings the rest, and its salt stays. */
static void
a_bay_that_evaporates_is_brine(void **state)
{
    (void)state;
    struct test_run run;
    open_run(&run,
             "estuaries:\n  bay: {spill_to: sea, bay: {volume: 30 hm3, area: 20 km2, "
             "initial_salinity: 33 kg/m3, sea_salinity: 33 kg/m3, evaporation: 6 mm/d, rain: 1 "
             "mm/d, exchange: {sea: 25 m3/s}}}\n");
    double lost_m3s = 0.005 * 20e6 / 86400.0;
    assert_close(salinity(&run, "bay", run.axis.step_count - 1), 33.0 * (1.0 + lost_m3s / 25.0),
                 1e-5, 0);
    run_close(&run);
}

/* With salt in the network the bay adds to it what is above the river's, and a limit shuts on it.
 */
static void
users_draw_the_bay(void **state)
{
    (void)state;
    struct test_run run;
    char whole[2048];
    for (int limited = 0; limited < 2; limited++) {
        struct verification found = {0};
        snprintf(whole, sizeof whole,
                 "junctions: {spring: {boundary_inflow: 12 m3/s, spill_to: bay}, drain: {spill_to: "
                 "sea}}\n"
                 "estuaries:\n  bay: {spill_to: sea, bay: {volume: 40 hm3, initial_salinity: 2 "
                 "kg/m3, sea_salinity: 30 kg/m3, exchange: {sea: 30 m3/s}}}\n"
                 "demands:\n  ponds: {class: aquaculture, need: 0.5 m3/s, returns: {drain: 100 "
                 "%%}}\n"
                 "links:\n  pump: {kind: pump, from: bay, to: ponds, capacity: 1 m3/s}\n"
                 "quality: {salt: {content: {spring: 0.4 kg/m3}%s}}\n",
                 limited ? ", limits: {aquaculture: 15 kg/m3}, at_least: {aquaculture: 6 kg/m3}"
                         : "");
        char file[4096];
        snprintf(file, sizeof file, "%s%s", head, whole);
        assert_true(run_open(&run, basin_of_text(folder, file, NULL)));
        run.verification = &found;
        assert_int_equal(run_simulate(&run, LP_SIMPLEX), STATUS_OK);
        assert_true(verification_passed(&found));
        int pump_l = basin_find_link(run.basin, "pump"), shut = limited; /* on the first day */
        for (int t = 1; t < run.axis.step_count; t++) {
            double before = salinity(&run, "bay", t - 1);
            bool opens = !limited || (before <= 15.0 && before >= 6.0);
            assert_close(run_series(&run, RESULT_LINK_FLOW, pump_l, t), opens ? 0.5 : 0.0, 1e-6,
                         1e-9);
            if (opens)
                assert_close(salinity(&run, "ponds", t), before, 1e-5, 0);
            shut += !opens;
        }
        assert_int_equal(run.result.link[pump_l].steps_shut, shut);
        assert_true(limited == (shut > 100));
        run_close(&run);
    }
}

/* Ponds that want neither fresh water nor brine, and mix what they draw: all of their need, within
 * their range whatever the bay is. The range is that of a table. */
static void
ponds_mix_to_their_range(void **state)
{
    (void)state;
    static const char text[] =
        "nguon: 1\nname: ponds\nrun: {start: 2021-01-01, end: 2021-12-31}\nseas: {sea: {}}\n"
        "junctions: {spring: {boundary_inflow: {monthly: [3, 2, 2, 3, 9, 40, 60, 90, 40, 9, 5, 3], "
        "unit: m3/s}, spill_to: bay}}\n"
        "estuaries:\n  bay: {spill_to: sea, bay: {volume: 4 hm3, initial_salinity: 20 kg/m3, "
        "sea_salinity: 34 kg/m3, exchange: {sea: 30 m3/s}}}\n"
        "demands:\n  ponds: {class: aquaculture, need: 0.5 m3/s, blend: true}\n"
        "links:\n  pump: {kind: pump, from: bay, to: ponds, capacity: 1 m3/s}\n"
        "  fresh: {kind: canal, from: spring, to: ponds, capacity: 1 m3/s}\n"
        "standards: {shrimp: {limits: {aquaculture: 25 kg/m3, livestock_of_none: 3 kg/m3}, "
        "at_least: {aquaculture: 12 kg/m3}, note: a table}}\n"
        "quality: {salt: {limits: shrimp}}\n";
    struct test_run run;
    struct verification found = {0};
    assert_true(run_open(&run, basin_of_text(folder, text, NULL)));
    run.verification = &found;
    if (run_simulate(&run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run.err.text);
    assert_true(verification_passed(&found));
    int pump_l = basin_find_link(run.basin, "pump"), fresh_l = basin_find_link(run.basin, "fresh");
    int mixed = 0, unmet = 0;
    for (int t = 1; t < run.axis.step_count; t++) {
        double bay = salinity(&run, "bay", t - 1);
        double salt = run_series(&run, RESULT_LINK_FLOW, pump_l, t);
        double sum = salt + run_series(&run, RESULT_LINK_FLOW, fresh_l, t);
        double mix = bay * salt / fmax(sum, 1e-9);
        if (bay < 12.0) { /* no mix is salt enough */
            assert_close(sum, 0.0, 0, 1e-6);
            unmet++;
            continue;
        }
        assert_close(sum, 0.5, 1e-5, 0);
        assert_true(mix > 12.0 - 1e-3 && mix < 25.0 + 1e-3);
        mixed += bay > 25.0;
    }
    assert_true(mixed > 50 && unmet > 20);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bay_is_flushed),
        cmocka_unit_test(two_bays_come_to_rest),
        cmocka_unit_test(a_bay_that_evaporates_is_brine),
        cmocka_unit_test(users_draw_the_bay),
        cmocka_unit_test(ponds_mix_to_their_range),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
