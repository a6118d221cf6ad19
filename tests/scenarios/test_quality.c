/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/*
 * Substances carried through the network: a mixed tank, evaporation, junctions, losses and reuse
 * against their closed forms; gates and mixes of demands against the contents in the results; the
 * verifier, which solves all contents again, in every run.
 */

static const char *folder;

static void
open_basin(struct test_run *run, const char *text)
{
    static struct verification verification;
    verification = (struct verification){0};
    assert_true(run_open(run, basin_of_text(folder, text, NULL)));
    run->verification = &verification;
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
    if (!verification_passed(&verification))
        fail_msg("difference %g (%s), violation %g (%s), invariant %g, unsolved %ld",
                 verification.difference.size, verification.difference.where,
                 verification.violation.size, verification.violation.where,
                 verification.invariant.size, verification.unsolved_count);
    for (int s = 0; s < run->basin->substance_count; s++)
        assert_true(run->result.substance[s].worst_residual_ratio <= 1.0);
}

static double
salinity(const struct test_run *run, const char *node, int t)
{
    int node_i = basin_find_node(run->basin, node);
    assert_true(node_i >= 0);
    return run_series(run, RESULT_SALINITY, node_i, t);
}

static double
flow(const struct test_run *run, const char *link, int t)
{
    int l = basin_find_link(run->basin, link);
    assert_true(l >= 0);
    return run_series(run, RESULT_LINK_FLOW, l, t);
}

#define RUN(days) "nguon: 1\nname: quality\nrun: {start: 2021-01-01, end: 2021-01-" days "}\n"
#define LAKE                                                                                       \
    "{table: {level: [0, 20], area: [1, 1], storage: [0, 20], units: [m, km2, hm3]}, capacity: "   \
    "20 "                                                                                          \
    "hm3, spill_to: river"

static void
a_mixed_lake_goes_exponentially_to_its_inflow(void **state)
{
    (void)state;
    struct test_run run;
    open_basin(&run, RUN("31") "junctions: {spring: {boundary_inflow: 20 m3/s}, river: {}}\n"
                               "reservoirs: {lake: " LAKE ", initial: 100 %}}\nseas: {sea: {}}\n"
                               "links:\n  brook: {kind: river, from: spring, to: lake}\n"
                               "  mouth: {kind: river, from: river, to: sea}\n"
                               "quality: {salt: {content: {spring: 2 kg/m3}, initial: {lake: 0.5 "
                               "kg/m3}}}\n");
    for (int t = 0; t < run.axis.step_count; t++) {
        double days = t + 1.0, turns = 20.0 * 86400.0 * days / 20e6;
        assert_close(salinity(&run, "lake", t), 2.0 - 1.5 * exp(-turns), 1e-6, 0);
        /* what leaves in the step: the mean over it */
        double before = exp(-turns + 20.0 * 86400.0 / 20e6), after = exp(-turns);
        double mean = 2.0 - 1.5 * (before - after) / (20.0 * 86400.0 / 20e6);
        assert_close(salinity(&run, "river", t), mean, 1e-6, 0);
    }
    run_close(&run);
}

static void
evaporation_leaves_the_salt(void **state)
{
    (void)state;
    struct test_run run;
    open_basin(&run, RUN("31") "junctions: {river: {}}\nreservoirs: {lake: " LAKE
                               ", initial: 50 %, evaporation: 100 mm/d}}\nseas: {sea: {}}\n"
                               "links: {mouth: {kind: river, from: river, to: sea}}\n"
                               "quality: {salt: {background: 0.5 kg/m3}}\n");
    for (int t = 0; t < run.axis.step_count; t++) {
        double volume_m3 = run_series(&run, RESULT_STORAGE, 0, t);
        assert_close(volume_m3, 10e6 - 0.1e6 * (t + 1), 1e-6, 0);
        assert_close(salinity(&run, "lake", t), 0.5 * 10e6 / volume_m3, 1e-6, 0);
    }
    const struct substance_indicators *sum = &run.result.substance[0];
    assert_close(sum->storage_change, 0, 0, 1e-3);
    run_close(&run);
}

/* Two springs, a canal with losses, a town whose waste water comes back above its own intake: with
 * q supplied, r returned and c what the intake holds, c (Q1 + Q2' + r) = mass of both + (c + a) r.
 */
static void
water_that_is_used_again_closes_its_loop(void **state)
{
    (void)state;
    struct test_run run;
    open_basin(
        &run,
        RUN("05") "junctions:\n  upper: {boundary_inflow: 3 m3/s}\n  side: "
                  "{boundary_inflow: 2 m3/s}\n  weir: {}\nwastewater: {works: {spill_to: "
                  "weir, loss: 10 %}}\nseas: {sea: {}}\n"
                  "demands: {town: {class: domestic, need: 4 m3/s, returns: {works: 80 %}}}\n"
                  "links:\n  main: {kind: river, from: upper, to: weir}\n"
                  "  effluent: {kind: canal, from: works, to: weir}\n"
                  "  leaky: {kind: river, from: side, to: weir, loss: 25 %}\n"
                  "  take: {kind: pipe, from: weir, to: town}\n"
                  "  mouth: {kind: river, from: weir, to: sea}\n"
                  "quality: {salt: {background: 0.1 kg/m3, content: {side: 1 kg/m3, town: 0.3 "
                  "kg/m3}}}\n");
    double supplied = 4.0, back = 0.8 * supplied; /* with 0.9 of its mass */
    double mass = 3.0 * 0.1 + 1.5 * 1.0 + 0.9 * back * 0.3;
    double content = mass / (4.5 + 0.9 * back - 0.9 * back);
    for (int t = 0; t < run.axis.step_count; t++) {
        assert_close(flow(&run, "take", t), supplied, 1e-6, 0);
        assert_close(salinity(&run, "weir", t), content, 1e-6, 0);
        assert_close(salinity(&run, "works", t), content + 0.3, 1e-6, 0);
        assert_close(salinity(&run, "upper", t), 0.1, 1e-6, 0);
    }
    const struct substance_indicators *sum = &run.result.substance[0];
    double seconds = 86400.0 * run.axis.step_count;
    assert_close(sum->entered, (3.0 * 0.1 + 2.0 + back * 0.3) * seconds, 1e-9, 0);
    assert_close(sum->used, 0.2 * supplied * content * seconds, 1e-9, 0);
    assert_close(sum->lost, (0.5 + 0.1 * back * (content + 0.3)) * seconds, 1e-9, 0);
    assert_close(sum->to_sea, (4.5 + 0.9 * back - supplied) * content * seconds, 1e-9, 0);
    run_close(&run);
}

static const char two_sources[] =
    RUN("31") "reservoirs:\n  brackish: " LAKE ", initial: 100 %%}\n  fresh: " LAKE
              ", initial: 10 %%}\njunctions: {rain: {boundary_inflow: 30 m3/s}, river: {}}\nseas: "
              "{sea: {}}\n"
              "demands: {town: {class: domestic, need: 3 m3/s%s}}\n"
              "links:\n  brook: {kind: river, from: rain, to: brackish}\n"
              "  a: {kind: pipe, from: brackish, to: town}\n"
              "  b: {kind: pipe, from: fresh, to: town, capacity: 1 m3/s}\n"
              "  mouth: {kind: river, from: river, to: sea}\n"
              "quality: {salt: {background: 0.1 kg/m3, initial: {brackish: 2 kg/m3}%s}}\n";

/* The brackish lake freshens as rain passes it: its pipe opens on the day after it falls to the
 * limit, and no day before. */
static void
a_gate_keeps_a_demand_to_its_limit(void **state)
{
    (void)state;
    static const char *const ways[][2] = {{", max_salinity: 0.6 kg/m3", ""},
                                          {"", ", limits: {domestic: 0.6 kg/m3}"}};
    for (int way = 0; way < 2; way++) {
        char text[4096];
        snprintf(text, sizeof text, two_sources, ways[way][0], ways[way][1]);
        struct test_run run;
        open_basin(&run, text);
        int opened = -1;
        for (int t = 0; t < run.axis.step_count; t++) {
            double start = t == 0 ? 2.0 : salinity(&run, "brackish", t - 1);
            bool open = start <= 0.6;
            opened = open && opened < 0 ? t : opened;
            assert_true(open ? flow(&run, "a", t) > 0.1 : flow(&run, "a", t) == 0.0);
            assert_true(salinity(&run, "town", t) <= 0.6 * (1 + 1e-6));
        }
        assert_true(opened > 3 && opened < 25);
        run_close(&run);
    }
}

/* With fresh water f of content 0.1 and a limit of 0.6 the mix takes brackish water b up to
 * (c - 0.6) b = 0.5 f. */
static void
a_blend_mixes_to_the_limit(void **state)
{
    (void)state;
    char text[4096];
    snprintf(text, sizeof text, two_sources, ", max_salinity: 0.6 kg/m3, blend: true", "");
    struct test_run run;
    open_basin(&run, text);
    int mixed = 0;
    for (int t = 0; t < run.axis.step_count; t++) {
        double start = t == 0 ? 2.0 : salinity(&run, "brackish", t - 1);
        double fresh = flow(&run, "b", t), brackish = flow(&run, "a", t);
        double most = start > 0.6 ? 0.5 * fresh / (start - 0.6) : 3.0;
        assert_close(fresh + brackish, fmin(3.0, 1.0 + most), 2e-6, 0);
        mixed += start > 0.6 && brackish > 0.0;
        if (most < 2.0) /* the share of each is then settled */
            assert_close(brackish, most, 2e-6, 0);
    }
    assert_true(mixed > 3);
    run_close(&run);
}

static void
a_label_keeps_mine_water_from_homes(void **state)
{
    (void)state;
    struct test_run run;
    open_basin(&run,
               RUN("31") "sources: {mine: {capacity: 2 m3/s, forced: true, spill_to: pond}}\n"
                         "junctions: {pond: {}, hills: {boundary_inflow: 1 m3/s}, mix: {}}\n"
                         "seas: {sea: {}}\ndemands:\n"
                         "  homes: {class: domestic, need: 1.5 m3/s}\n"
                         "  washery: {class: industry, need: 2 m3/s}\n"
                         "links:\n  p: {kind: river, from: pond, to: mix}\n"
                         "  h: {kind: river, from: hills, to: mix, capacity: 0.4 m3/s}\n"
                         "  town_pipe: {kind: pipe, from: hills, to: homes}\n"
                         "  mixed_pipe: {kind: pipe, from: mix, to: homes}\n"
                         "  mine_pipe: {kind: pipe, from: mix, to: washery}\n"
                         "  rest: {kind: river, from: mix, to: sea}\n"
                         "  hills_rest: {kind: river, from: hills, to: sea}\n"
                         "quality: {mine_water: {content: {mine: 100 %}, limits: {domestic: 0 "
                         "%}}}\n");
    for (int t = 1; t < run.axis.step_count; t++) {
        assert_close(flow(&run, "mixed_pipe", t), 0, 0, 0);
        assert_close(flow(&run, "town_pipe", t), 1.0, 1e-6, 0);
        assert_close(flow(&run, "mine_pipe", t), 2.0, 1e-6, 0);
    }
    run_close(&run);
}

/* A substance without limits decides nothing: all flows are the same, bit for bit. */
static void
a_substance_without_limits_changes_no_flow(void **state)
{
    (void)state;
    char text[4096], *quality;
    snprintf(text, sizeof text, two_sources, "", "");
    struct test_run with, without;
    open_basin(&with, text);
    quality = strstr(text, "quality:");
    *quality = '\0';
    open_basin(&without, text);
    for (int l = 0; l < with.basin->link_count; l++)
        for (int t = 0; t < with.axis.step_count; t++)
            assert_true(run_series(&with, RESULT_LINK_FLOW, l, t) ==
                        run_series(&without, RESULT_LINK_FLOW, l, t));
    for (int t = 0; t < with.axis.step_count; t++)
        assert_true(isnan(salinity(&without, "town", t)));
    run_close(&with);
    run_close(&without);
}

/* The intake draws less than its limit, and the salt it draws comes from the sea. */
static void
an_intake_brings_the_salt_it_draws(void **state)
{
    (void)state;
    struct test_run run;
    open_basin(
        &run,
        RUN("31") "estuaries: {estuary: {boundary_inflow: 4 m3/s, spill_to: sea, salt: "
                  "{mouth_area: 2600 m2, convergence: 14 km, depth: 5.5 m, length: 50 km, "
                  "mouth_salinity: 30 kg/m3, river_salinity: 0.05 kg/m3, van_der_burgh: 0.45, "
                  "tidal_velocity: 0.55 m/s, tidal_period: 24.84 h, initial_flow: 4 m3/s}}}\n"
                  "seas: {sea: {}}\ndemands: {town: {class: domestic, need: 0.8 m3/s}}\n"
                  "links:\n  intake: {kind: intake, from: estuary, to: town, capacity: 1 m3/s, "
                  "from_mouth: 30 km, max_salinity: 0.45 kg/m3}\n"
                  "quality: {salt: {background: 0.05 kg/m3}}\n");
    int salted = 0;
    for (int t = 0; t < run.axis.step_count; t++) {
        if (flow(&run, "intake", t) < 1e-6)
            continue;
        double drawn = salinity(&run, "town", t);
        assert_true(drawn >= 0.05 - 1e-6 && drawn <= 0.45);
        salted += drawn > 0.051;
    }
    assert_true(salted > 10);
    assert_close(salinity(&run, "estuary", 5), 0.05, 1e-6, 0);
    run_close(&run);
}

/* Random networks, with all that links keep together: the verifier agrees with every step, no
 * content leaves the range of what comes in but for evaporation and use, no mass is lost. */
static void
random_networks_are_verified(void **state)
{
    (void)state;
    int gated = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct random_basin_options options = {.seed = seed,
                                               .share = "fair",
                                               .step = seed % 3 == 0 ? "tenday" : "daily",
                                               .step_count = 12,
                                               .rich = seed % 2 == 0,
                                               .with_rules = seed % 4 > 1,
                                               .with_quality = true};
        struct verification verification = {0};
        struct test_run run;
        assert_true(run_open(&run, random_basin(&options, folder)));
        run.verification = &verification;
        if (run_simulate(&run, LP_SIMPLEX) != STATUS_OK)
            fail_msg("seed %d: %s", (int)seed, run.err.text);
        if (!verification_passed(&verification))
            fail_msg("seed %d: difference %g (%s), violation %g (%s), invariant %g (%s)", (int)seed,
                     verification.difference.size, verification.difference.where,
                     verification.violation.size, verification.violation.where,
                     verification.invariant.size, verification.invariant.where);
        assert_int_equal(run.basin->substance_count, 2);
        for (int s = 0; s < 2; s++)
            assert_true(run.result.substance[s].worst_residual_ratio <= 1.0);
        for (int l = 0; l < run.basin->link_count; l++)
            for (int t = 0; t < run.axis.step_count; t++)
                gated += run_series(&run, RESULT_OPEN_SHARE, l, t) == 0.0;
        run_close(&run);
    }
    print_message("    %d links shut in a step\n", gated);
    assert_true(gated > 100);
}

int
main(void)
{
    folder = folder_create();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixed_lake_goes_exponentially_to_its_inflow),
        cmocka_unit_test(evaporation_leaves_the_salt),
        cmocka_unit_test(water_that_is_used_again_closes_its_loop),
        cmocka_unit_test(a_gate_keeps_a_demand_to_its_limit),
        cmocka_unit_test(a_blend_mixes_to_the_limit),
        cmocka_unit_test(a_label_keeps_mine_water_from_homes),
        cmocka_unit_test(a_substance_without_limits_changes_no_flow),
        cmocka_unit_test(an_intake_brings_the_salt_it_draws),
        cmocka_unit_test(random_networks_are_verified),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
