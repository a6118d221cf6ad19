/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/*
 * What links keep together, against figures worked out by hand: splits, blends, licences, plants
 * with a turn-down, outlets above the bottom of a lake, water to be carried over.
 */

static const char *folder;

/* Run a basin of this text to its end; every step is verified against GLPK too. */
static void
open_run(struct test_run *run, struct verification *found, const char *text)
{
    *found = (struct verification){0};
    assert_true(run_open(run, basin_of_text(folder, text, NULL)));
    run->verification = found;
    if (run_simulate(run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run->err.text);
    if (!verification_passed(found))
        fail_msg("difference %g (%s), violation %g (%s), invariant %g (%s), %ld unsolved",
                 found->difference.size, found->difference.where, found->violation.size,
                 found->violation.where, found->invariant.size, found->invariant.where,
                 found->unsolved_count);
}

static double
flow_of(const struct test_run *run, const char *link, int t)
{
    int link_l = basin_find_link(run->basin, link);
    assert_true(link_l >= 0);
    return run_series(run, RESULT_LINK_FLOW, link_l, t);
}

static double
supply_of(const struct test_run *run, const char *demand, int t)
{
    int node_i = basin_find_node(run->basin, demand);
    assert_true(node_i >= 0);
    return run_series(run, RESULT_SUPPLY, run->basin->node[node_i].kind_i, t);
}

static void
assert_flow(const struct test_run *run, const char *link, int t, double expected)
{
    assert_close(flow_of(run, link, t), expected, 1e-6, 1e-7); /* kept as float */
}

static void
assert_supply(const struct test_run *run, const char *demand, int t, double expected)
{
    assert_close(supply_of(run, demand, t), expected, 1e-6, 1e-7);
}

/* ---- splits -----------------------------------------------------------------------------------
 */

#define SPLIT_BASIN(sharing)                                                                       \
    "nguon: 1\n"                                                                                   \
    "run: {start: 2021-01-01, end: 2021-02-28}\n"                                                  \
    "junctions:\n"                                                                                 \
    "  head: {boundary_inflow: 10 m3/s, spill_to: sea}\n"                                          \
    "  left_pond: {spill_to: sea}\n"                                                               \
    "seas: {sea: {}}\n"                                                                            \
    "demands:\n"                                                                                   \
    "  left: {class: irrigation, need: 3 m3/s}\n"                                                  \
    "  right: {class: domestic, need: 4 m3/s}\n"                                                   \
    "links:\n"                                                                                     \
    "  left_canal: {kind: canal, from: head, to: left_pond, outages: [{from: 2021-02-10,\n"        \
    "    to: 2021-02-12}]}\n"                                                                      \
    "  left_gate: {kind: canal, from: left_pond, to: left}\n"                                      \
    "  right_canal: {kind: canal, from: head, to: right}\n"                                        \
    "splits: {divider: {links: " sharing "}}\n"

/* To bring 4 to the right, 6 have to go to the left, though 3 are used there. */
static void
a_split_keeps_its_proportion(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found, SPLIT_BASIN("{left_canal: 60 %, right_canal: 40 %}"));
    assert_flow(&run, "right_canal", 0, 4.0);
    assert_flow(&run, "left_canal", 0, 6.0);
    assert_supply(&run, "left", 0, 3.0);
    assert_flow(&run, "head_spill", 0, 0.0);
    run_close(&run);
}

/* A link that is out leaves its share to the others: the right takes what it needs. */
static void
links_out_of_service_leave_their_share(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found, SPLIT_BASIN("{left_canal: 60 %, right_canal: 40 %}"));
    int out = 31 + 9; /* 10 February */
    assert_flow(&run, "left_canal", out, 0.0);
    assert_flow(&run, "right_canal", out, 4.0);
    assert_flow(&run, "left_canal", out + 3, 6.0);
    run_close(&run);
}

/* January: 20 % to the left, 3 of 15; February: 75 %, so that the right gets a quarter of 10. */
static void
a_split_changes_at_its_declared_points(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             SPLIT_BASIN("{left_canal: {monthly: [20, 75, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50],"
                         " unit: \"%\"}, right_canal: {monthly: [80, 25, 50, 50, 50, 50, 50, 50,"
                         " 50, 50, 50, 50], unit: \"%\"}}"));
    assert_flow(&run, "right_canal", 30, 4.0);
    assert_flow(&run, "left_canal", 30, 1.0);
    assert_flow(&run, "right_canal", 31, 2.5);
    assert_flow(&run, "left_canal", 31, 7.5);
    run_close(&run);
}

/* ---- blends -----------------------------------------------------------------------------------
 */

#define BLEND_BASIN(mine_loss, rule)                                                               \
    "nguon: 1\n"                                                                                   \
    "run: {start: 2021-01-01, end: 2021-01-03}\n"                                                  \
    "seas: {sea: {}}\n"                                                                            \
    "sources:\n"                                                                                   \
    "  spring: {capacity: 9 m3/s}\n"                                                               \
    "  mine: {capacity: 9 m3/s}\n"                                                                 \
    "junctions: {works: {}}\n"                                                                     \
    "demands: {town: {class: domestic, need: 1 m3/s}}\n"                                           \
    "links:\n"                                                                                     \
    "  clean: {kind: pipe, from: spring, to: works, capacity: 0.5 m3/s}\n"                         \
    "  dirty: {kind: pipe, from: mine, to: works, loss: " mine_loss "}\n"                          \
    "  main: {kind: pipe, from: works, to: town}\n"                                                \
    "blends: {mix: " rule "}\n"

/* Share: mine <= 30 % of mine + 0.5, that is 0.15 / 0.7. */
static void
a_blend_limits_the_share_of_a_link(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found, BLEND_BASIN("0 %", "{links: dirty, at_most: 30 %}"));
    assert_flow(&run, "dirty", 0, 0.15 / 0.7);
    assert_supply(&run, "town", 0, 0.5 + 0.15 / 0.7);
    run_close(&run);
}

/* It is the water that arrives that mixes: twice as much sets out when half is lost. */
static void
a_blend_sees_what_arrives(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found, BLEND_BASIN("50 %", "{links: dirty, at_most: 30 %}"));
    assert_flow(&run, "dirty", 0, 2.0 * 0.15 / 0.7);
    run_close(&run);
}

/* Content: (1.2 - 0.5) mine <= (0.5 - 0.1) 0.5, mine <= 0.2 / 0.7. */
static void
a_blend_limits_a_concentration(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             BLEND_BASIN("0 %", "{content: {clean: 0.1 g/L, dirty: 1.2 g/L}, at_most: 0.5 g/L}"));
    assert_flow(&run, "dirty", 0, 0.2 / 0.7);
    run_close(&run);
}

/* ---- licences ---------------------------------------------------------------------------------
 */

#define LICENCE_BASIN(run, farm, licence)                                                          \
    "nguon: 1\n"                                                                                   \
    "run: {" run "}\n"                                                                             \
    "seas: {sea: {}}\n"                                                                            \
    "sources: {river: {capacity: 9 m3/s}}\n"                                                       \
    "demands:\n"                                                                                   \
    "  town: {class: domestic, need: 1 m3/s}\n"                                                    \
    "  farm: {class: irrigation, need: " farm "}\n"                                                \
    "links:\n"                                                                                     \
    "  town_pump: {kind: pump, from: river, to: town}\n"                                           \
    "  farm_pump: {kind: pump, from: river, to: farm}\n"                                           \
    "licences: {permit: {links: [town_pump, farm_pump], " licence "}}\n"

/* 1.5 days of the town's water a day: the farm, of lower rank, gets what it leaves. */
static void
a_daily_licence_goes_by_rank(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             LICENCE_BASIN("start: 2021-01-01, end: 2021-01-03", "2 m3/s", "daily: 129600 m3"));
    assert_supply(&run, "town", 0, 1.0);
    assert_supply(&run, "farm", 0, 0.5);
    assert_supply(&run, "farm", 2, 0.5);
    assert_int_equal(run.result.licence[0].steps_exhausted, 3);
    assert_close(run.result.licence[0].volume_m3, 3 * 129600.0, 1e-9, 0);
    run_close(&run);
}

/* By the hour a day's volume lasts 12 hours at 3 m3/s, and comes back at midnight. */
static void
a_daily_licence_lasts_over_the_hours(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             LICENCE_BASIN("start: 2021-01-01, end: 2021-01-02, step: hourly", "2 m3/s",
                           "daily: 129600 m3"));
    assert_supply(&run, "farm", 11, 2.0);
    assert_supply(&run, "town", 11, 1.0);
    assert_supply(&run, "town", 12, 0.0);
    assert_supply(&run, "town", 23, 0.0);
    assert_supply(&run, "farm", 24, 2.0);
    run_close(&run);
}

/* 20 days of the town's water a month, in months that begin on the 10th: the first nine days are of
 * the month before, whose rest is lost. */
static void
a_monthly_licence_begins_on_its_day(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             LICENCE_BASIN("start: 2021-01-01, end: 2021-02-28", "0 m3/s",
                           "monthly: 1728000 m3, reset: 01-10"));
    for (int day = 1; day <= 59; day++) {
        bool runs = day <= 9 + 20 || (day >= 31 + 10 && day < 31 + 10 + 20);
        assert_supply(&run, "town", day - 1, runs ? 1.0 : 0.0);
    }
    run_close(&run);
}

/* In months of 28 days and leap years the 31st is the last day. */
static void
a_month_without_the_day_begins_on_its_last(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             LICENCE_BASIN("start: 2021-02-01, end: 2021-03-31", "0 m3/s",
                           "monthly: 86400 m3, reset: 01-31"));
    assert_supply(&run, "town", 0, 1.0);  /* 1 February: of the month that began on 31 January */
    assert_supply(&run, "town", 26, 0.0); /* 27 February */
    assert_supply(&run, "town", 27, 1.0); /* 28 February */
    assert_supply(&run, "town", 28, 0.0); /* 1 March */
    assert_supply(&run, "town", 58, 1.0); /* 31 March */
    run_close(&run);
}

/* One day's water in any three days. */
static void
a_rolling_licence_looks_back(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             LICENCE_BASIN("start: 2021-01-01, end: 2021-01-10", "0 m3/s",
                           "rolling: {volume: 86400 m3, window: 3 d}"));
    for (int t = 0; t < 10; t++)
        assert_supply(&run, "town", t, t % 3 == 0 ? 1.0 : 0.0);
    run_close(&run);
}

/* 30 days of 1 m3/s a year of which 10 are kept for the town: both take 1 m3/s, so that the open
 * part lasts 10 days; then the town alone goes on for 10 days. Next year the licence is half. */
static void
a_yearly_licence_keeps_a_part_and_changes_by_year(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             LICENCE_BASIN("start: 2021-12-01, end: 2022-01-31, demand_year: calendar", "1 m3/s",
                           "yearly: {years: {2021: 2592000 m3, 2022: 1728000 m3}},\n"
                           "    reserved: 864000 m3, reserved_for: domestic"));
    for (int t = 0; t < 62; t++) {
        int day = t < 31 ? t : t - 31;
        int both = t < 31 ? 10 : 5; /* days for which the open part lasts */
        assert_supply(&run, "farm", t, day < both ? 1.0 : 0.0);
        assert_supply(&run, "town", t, day < both + 10 ? 1.0 : 0.0);
    }
    assert_close(run.result.licence[0].largest_year_m3, 2592000.0, 1e-9, 0);
    run_close(&run);
}

/* ---- turn-down --------------------------------------------------------------------------------
 */

#define PLANT_BASIN(need, a_capacity, b_rule)                                                      \
    "nguon: 1\n"                                                                                   \
    "run: {start: 2021-01-01, end: 2021-01-03}\n"                                                  \
    "seas: {sea: {}}\n"                                                                            \
    "sources: {river: {capacity: 9 m3/s}}\n"                                                       \
    "plants:\n"                                                                                    \
    "  a: {capacity: " a_capacity "}\n"                                                            \
    "  b: {capacity: 1 m3/s, turn_down: " b_rule "}\n"                                             \
    "demands: {town: {class: domestic, need: " need "}}\n"                                         \
    "links:\n"                                                                                     \
    "  a_in: {kind: pipe, from: river, to: a}\n"                                                   \
    "  a_out: {kind: pipe, from: a, to: town}\n"                                                   \
    "  b_in: {kind: pipe, from: river, to: b}\n"                                                   \
    "  b_out: {kind: pipe, from: b, to: town}\n"

/* 0.1 would do, 0.4 is too much for the town alone: the plant stays off. */
static void
a_plant_below_its_turn_down_is_off(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found, PLANT_BASIN("0.3 m3/s", "0.2 m3/s", "0.4 m3/s"));
    assert_flow(&run, "a_out", 0, 0.2);
    assert_flow(&run, "b_out", 0, 0.0);
    assert_int_equal(run.result.basin.turned_off_count, 3);
    assert_int_equal(run.result.basin.kept_on_count, 0);
    run_close(&run);
}

/* The first plant makes room, so that the second can run at its turn-down and the town is served
 * whole; a turn-down may be a share of the capacity. */
static void
a_plant_is_kept_at_its_turn_down_where_that_serves_more(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found, PLANT_BASIN("1 m3/s", "0.9 m3/s", "40 %"));
    assert_supply(&run, "town", 0, 1.0);
    assert_flow(&run, "b_out", 0, 0.4);
    assert_flow(&run, "a_out", 0, 0.6);
    assert_int_equal(run.result.basin.kept_on_count, 3);
    run_close(&run);
}

static void
a_plant_above_its_turn_down_is_left_alone(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found, PLANT_BASIN("1.4 m3/s", "0.9 m3/s", "0.4 m3/s"));
    assert_flow(&run, "b_out", 0, 0.5);
    assert_int_equal(run.result.basin.turned_off_count + run.result.basin.kept_on_count, 0);
    run_close(&run);
}

/* The first plant runs into the second, whose rest a drain takes: once the first is on, the second
 * cannot be off. It runs at 0.35 m3/s as well where the river has that; else neither runs. */
static void
plants_in_a_row_are_settled_together(void **state)
{
    (void)state;
    static const char *const river[] = {"0.5 m3/s", "0.32 m3/s"};
    for (int i = 0; i < 2; i++) {
        struct test_run run;
        struct verification found = {0};
        char text[1024];
        snprintf(text, sizeof text,
                 "nguon: 1\nname: row\nrun: {start: 2021-01-01, end: 2021-01-02}\n"
                 "junctions: {j: {boundary_inflow: %s, spill_to: sea}}\nseas: {sea: {}}\n"
                 "plants: {a_works: {turn_down: 0.3 m3/s}, b_works: {turn_down: 0.35 m3/s}}\n"
                 "demands: {town: {class: domestic, need: 0.28 m3/s}}\n"
                 "links:\n  raw: {kind: pump, from: j, to: a_works}\n"
                 "  half: {kind: pump, from: a_works, to: b_works}\n"
                 "  main: {kind: pump, from: b_works, to: town}\n"
                 "  drain: {kind: pump, from: b_works, to: sea}\n",
                 river[i]);
        open_run(&run, &found, text);
        assert_supply(&run, "town", 1, i == 0 ? 0.28 : 0.0);
        assert_flow(&run, "raw", 1, i == 0 ? 0.35 : 0.0);
        assert_int_equal(run.result.basin.kept_on_count, i == 0 ? 4 : 0);
        assert_int_equal(run.result.basin.turned_off_count, i == 0 ? 0 : 4);
        run_close(&run);
    }
}

/* ---- lakes ------------------------------------------------------------------------------------
 */

#define LAKE                                                                                       \
    "table: {level: [0, 100], area: [1, 1], storage: [0, 100], units: [m, km2, hm3]},\n"           \
    "    capacity: 100 hm3, spill_to: sea"

/* A month draws the lake from 50 hm3 to the lower edge of the pump at 30 m, 30 hm3, and with it
 * what runs in, 31 x 0.0864 hm3; the canal below goes on. */
static void
a_pump_stops_at_its_lowest_level_within_the_step(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             "nguon: 1\n"
             "run: {start: 2021-01-01, end: 2021-02-28, step: monthly}\n"
             "junctions: {brook: {boundary_inflow: 1 m3/s, spill_to: lake}}\n"
             "reservoirs:\n"
             "  lake: {" LAKE ", initial: 50 hm3}\n"
             "seas: {sea: {}}\n"
             "demands:\n"
             "  town: {class: domestic, need: 100 m3/s}\n"
             "  farm: {class: irrigation, need: 1 m3/s}\n"
             "links:\n"
             "  pump: {kind: pump, from: lake, to: town, lowest_level: 30 m}\n"
             "  canal: {kind: canal, from: lake, to: farm}\n");
    double month_s = 31 * 86400.0;
    assert_supply(&run, "town", 0, (20e6 + month_s) / month_s);
    assert_supply(&run, "farm", 0, 1.0);
    assert_supply(&run, "town", 1, 0.0);
    assert_supply(&run, "farm", 1, 1.0);
    run_close(&run);
}

/* Fields stop at 40 hm3, people go on; the rank of what is carried over stands between them. */
static void
water_is_carried_over_by_rank(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             "nguon: 1\n"
             "run: {start: 2021-01-01, end: 2021-03-31, step: monthly}\n"
             "ranks: [domestic, carry_over, irrigation, storage_target]\n"
             "reservoirs:\n"
             "  lake: {" LAKE ", initial: 50 hm3, carry_over: {monthly: [40, 40, 20, 20, 20, 20,"
             " 20, 20, 20, 20, 20, 20], unit: hm3}}\n"
             "seas: {sea: {}}\n"
             "demands:\n"
             "  town: {class: domestic, need: 1 m3/s}\n"
             "  farm: {class: irrigation, need: 100 m3/s}\n"
             "links:\n"
             "  pipe: {kind: pipe, from: lake, to: town}\n"
             "  canal: {kind: canal, from: lake, to: farm}\n");
    double january_s = 31 * 86400.0, february_s = 28 * 86400.0;
    assert_supply(&run, "town", 0, 1.0);
    assert_supply(&run, "farm", 0, (10e6 - january_s) / january_s);
    assert_supply(&run, "town", 1, 1.0);
    assert_supply(&run, "farm", 1, 0.0);
    assert_close(run_series(&run, RESULT_STORAGE, 0, 1), 40e6 - february_s, 1e-6, 0);
    assert_close(run_series(&run, RESULT_STORAGE, 0, 2), 20e6, 1e-6, 0);
    run_close(&run);
}

/* Reserve of 30 hm3 above fields, 50 hm3 to carry over above people's own rank or below the
 * reserve: the line of the higher rank holds first, whichever lies higher. */
static void
lines_of_two_ranks_hold_in_their_order(void **state)
{
    (void)state;
    static const char *const ranks[] = {"domestic_reserve, irrigation, carry_over, other",
                                        "carry_over, irrigation, domestic_reserve, other"};
    for (int i = 0; i < 2; i++) {
        char text[2048];
        snprintf(text, sizeof text,
                 "nguon: 1\n"
                 "run: {start: 2021-01-01, end: 2021-01-31, step: monthly}\n"
                 "ranks: [%s, storage_target]\n"
                 "reservoirs:\n"
                 "  lake: {" LAKE ", initial: 60 hm3, domestic_reserve: %s, carry_over: %s}\n"
                 "seas: {sea: {}}\n"
                 "demands:\n"
                 "  farm: {class: irrigation, need: 15 hm3/month}\n"
                 "  golf: {class: other, need: 100 hm3/month}\n"
                 "links:\n"
                 "  canal: {kind: canal, from: lake, to: farm}\n"
                 "  pipe: {kind: pipe, from: lake, to: golf}\n",
                 ranks[i], i == 0 ? "30 hm3" : "50 hm3", i == 0 ? "50 hm3" : "30 hm3");
        struct test_run run;
        struct verification found;
        open_run(&run, &found, text);
        /* 60 - 15 for the farm; the golf course gets nothing below 50 */
        assert_supply(&run, "farm", 0, 15e6 / (31 * 86400.0));
        assert_supply(&run, "golf", 0, 0.0);
        assert_close(run_series(&run, RESULT_STORAGE, 0, 0), 45e6, 1e-6, 0);
        run_close(&run);
    }
}

/* Area 1 km2 at the bottom, 3 km2 at 100 hm3 (a straight line): evaporation e of a month from the
 * mean of start and end, S1 = 90 - e (A(90) + A(S1)) / 2 with A = 1 + 0.02 S and e = 1 m. */
static void
the_mean_area_of_the_step_evaporates(void **state)
{
    (void)state;
    struct test_run run;
    struct verification found;
    open_run(&run, &found,
             "nguon: 1\n"
             "run: {start: 2021-01-01, end: 2021-01-31, step: monthly, evaporation_area: mean}\n"
             "reservoirs:\n"
             "  lake: {table: {level: [0, 50, 100], area: [1, 2, 3], storage: [0, 50, 100],\n"
             "    units: [m, km2, hm3]}, capacity: 100 hm3, spill_to: sea, initial: 90 hm3,\n"
             "    evaporation: 1000 mm/month}\n"
             "seas: {sea: {}}\n");
    double end_hm3 = (90.0 - 0.5 * (1.0 + 0.02 * 90.0 + 1.0)) / 1.01;
    assert_close(run_series(&run, RESULT_STORAGE, 0, 0), 1e6 * end_hm3, 1e-6, 0);
    assert_int_equal(run.result.basin.unsettled_area_count, 0);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_keeps_its_proportion),
        cmocka_unit_test(links_out_of_service_leave_their_share),
        cmocka_unit_test(a_split_changes_at_its_declared_points),
        cmocka_unit_test(a_blend_limits_the_share_of_a_link),
        cmocka_unit_test(a_blend_sees_what_arrives),
        cmocka_unit_test(a_blend_limits_a_concentration),
        cmocka_unit_test(a_daily_licence_goes_by_rank),
        cmocka_unit_test(a_daily_licence_lasts_over_the_hours),
        cmocka_unit_test(a_monthly_licence_begins_on_its_day),
        cmocka_unit_test(a_month_without_the_day_begins_on_its_last),
        cmocka_unit_test(a_rolling_licence_looks_back),
        cmocka_unit_test(a_yearly_licence_keeps_a_part_and_changes_by_year),
        cmocka_unit_test(a_plant_below_its_turn_down_is_off),
        cmocka_unit_test(a_plant_is_kept_at_its_turn_down_where_that_serves_more),
        cmocka_unit_test(a_plant_above_its_turn_down_is_left_alone),
        cmocka_unit_test(plants_in_a_row_are_settled_together),
        cmocka_unit_test(a_pump_stops_at_its_lowest_level_within_the_step),
        cmocka_unit_test(water_is_carried_over_by_rank),
        cmocka_unit_test(lines_of_two_ranks_hold_in_their_order),
        cmocka_unit_test(the_mean_area_of_the_step_evaporates),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
