/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <math.h>
#include <stdbool.h>

/* Rivers with `routing` as a user runs them: tables of textbooks, balance, verification, faults. */

enum { STEPS_MAX = 64 };

/* An hourly or daily basin of one routed river between a gauge and the sea. */
static void
write_basin(const char *run_keys, const char *unit, const char *routing, const double *inflow,
            int count)
{
    char text[2048];
    FILE *file = fopen("q.csv", "w");
    assert_non_null(file);
    bool hourly = strstr(run_keys, "hourly") != NULL;
    fputs("date,Q\n", file);
    for (int t = 0; t < (hourly ? 24 * ((count + 23) / 24) : count); t++) {
        double flow = inflow[t < count ? t : count - 1];
        if (hourly)
            fprintf(file, "2000-01-%02d %02d:00,%g\n", 1 + t / 24, t % 24, flow);
        else
            fprintf(file, "2000-01-%02d,%g\n", 1 + t, flow);
    }
    fclose(file);
    snprintf(text, sizeof text,
             "nguon: 1\n"
             "name: reach\n"
             "run: {%s}\n"
             "series:\n"
             "  q: {file: q.csv, column: Q, unit: %s}\n"
             "junctions:\n"
             "  head: {boundary_inflow: {series: q}}\n"
             "  foot:\n"
             "seas:\n"
             "  bay:\n"
             "links:\n"
             "  reach: {kind: river, from: head, to: foot%s}\n"
             "  below: {kind: river, from: foot, to: bay}\n",
             run_keys, unit, routing);
    write_text("basin.yaml", text);
}

/* Figures of a series, the last column of its CSV. */
static int
read_flow(const char *link, double *value)
{
    char arguments[128], line[256];
    int count = 0;
    snprintf(arguments, sizeof arguments, "show out.h5 series:link_flow:%s --csv", link);
    assert_run(arguments, 0, NULL, NULL);
    FILE *file = fopen("out.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL && count < STEPS_MAX)
        if (strncmp(line, "scenario", 8) != 0)
            value[count++] = atof(strrchr(line, ',') + 1);
    fclose(file);
    return count;
}

/* Chow, Maidment & Mays 1988, example 8.4.1: outflows of the book, cfs. The book knows the outflow
 * of the first hour; it is that of a reach through which 84.4567 cfs ran before. */
static void
muskingum_gives_the_table_of_chow_8_4_1(void **state)
{
    (void)state;
    static const double inflow[] = {93,  137, 208, 320, 442, 546, 630, 678, 691, 675,
                                    634, 571, 477, 390, 329, 247, 184, 134, 108, 90};
    static const double book[] = {85,  91,  114, 159, 233, 324, 420, 509, 578, 623,
                                  642, 635, 603, 546, 479, 413, 341, 274, 215, 170};
    static const double m3s_per_cfs = 0.028316846592;
    double out_m3s[STEPS_MAX];
    write_basin("start: 2000-01-01, end: 2000-01-01, step: hourly", "ft3/s",
                ", routing: {muskingum: {k: 2.3 h, x: 0.15}, initial: 84.4567 ft3/s}", inflow, 20);
    assert_run("run basin.yaml -o out.h5 --save all --verify", 0, "out.txt", "passed");
    assert_int_equal(read_flow("below", out_m3s), 24);
    assert_close(out_m3s[0] / m3s_per_cfs, 85, 0, 0.01);
    for (int t = 1; t < 20; t++)
        assert_close(out_m3s[t] / m3s_per_cfs, book[t], 0, 0.9);
}

/* Ponce 1989, example 9-8, as recomputed with C = 1 and D = 0.2. */
static void
muskingum_cunge_gives_the_table_of_ponce(void **state)
{
    (void)state;
    static const double inflow[] = {0, 200, 400, 600, 800, 1000, 800, 600, 400, 200, 0, 0};
    static const double outflow[] = {0,      18.18,  201.65, 400.15, 600.01, 800.0,
                                     963.63, 796.69, 599.70, 399.97, 200.0,  18.18};
    double out_m3s[STEPS_MAX];
    write_basin("start: 2000-01-01, end: 2000-01-01, step: hourly", "m3/s",
                ", routing: {muskingum_cunge: {length: 14.4 km, slope: 0.000868, width: 100 m, "
                "reference_flow: 1000 m3/s, celerity: 4 m/s}}",
                inflow, 12);
    assert_run("run basin.yaml -o out.h5 --save all --verify", 0, "out.txt", "passed");
    assert_int_equal(read_flow("below", out_m3s), 24);
    for (int t = 0; t < 12; t++)
        assert_close(out_m3s[t], outflow[t], 0, 0.05);
}

/* Three days of 10, 20 and 30 m3/s through 1.5 days, of which a tenth is lost. */
static void
lag_splits_days_and_loses_what_arrives(void **state)
{
    (void)state;
    static const double inflow[] = {10, 20, 30, 0, 0, 0};
    static const double outflow[] = {0, 4.5, 13.5, 22.5, 13.5, 0};
    double out_m3s[STEPS_MAX];
    write_basin("start: 2000-01-01, end: 2000-01-06", "m3/s", ", loss: 10 %, routing: {lag: 36 h}",
                inflow, 6);
    assert_run("run basin.yaml -o out.h5 --save all,audit --verify", 0, "out.txt", "passed");
    assert_int_equal(read_flow("below", out_m3s), 6);
    for (int t = 0; t < 6; t++)
        assert_close(out_m3s[t], outflow[t], 1e-8, 1e-12);
}

/* What entered is what left and what is still in the reach. */
static void
water_is_kept_to_rounding(void **state)
{
    (void)state;
    static const double inflow[] = {80, 20, 300, 0, 5, 90, 90, 2, 0, 0, 0, 7};
    static const char *const routing[] = {
        ", routing: {lag: 31 h}",
        ", routing: {muskingum: {k: 3 d, x: 0.2}}",
        (", loss: 8 %, routing: {muskingum_cunge: {length: 90 km, slope: 0.0004, width: 60 m, "
         "reference_flow: 100 m3/s, roughness: 0.035}, initial: 40 m3/s}"),
    };
    for (int i = 0; i < 3; i++) {
        write_basin("start: 2000-01-01, end: 2000-01-12", "m3/s", routing[i], inflow, 12);
        assert_run("run basin.yaml -o out.h5 --verify", 0, "out.txt", "passed");
        assert_run("show out.h5 balance --csv", 0, NULL, NULL);
        char *text = read_text("out.txt");
        const char *kept = strstr(text, "kept in storage,"), *rest = strstr(text, "residual,");
        assert_non_null(kept);
        assert_non_null(rest);
        assert_true(fabs(atof(kept + 16)) > 1e-3); /* there is water left in the reach */
        assert_true(atof(rest + 9) < 1e-12 * 1600.0);
        free(text);
    }
}

/* Days of months differ in length, and so does the share of a month that arrives within it. */
static void
months_route_by_their_true_length(void **state)
{
    (void)state;
    double out_m3s[STEPS_MAX];
    write_text("basin.yaml", "nguon: 1\n"
                             "run: {start: 2001-01-01, end: 2001-03-31, step: monthly}\n"
                             "junctions:\n"
                             "  head: {boundary_inflow: 31 m3/s}\n"
                             "  foot:\n"
                             "seas:\n"
                             "  bay:\n"
                             "links:\n"
                             "  reach: {kind: river, from: head, to: foot, routing: {lag: 7 d}}\n"
                             "  below: {kind: river, from: foot, to: bay}\n");
    assert_run("run basin.yaml -o out.h5 --save all --verify", 0, "out.txt", "passed");
    assert_int_equal(read_flow("below", out_m3s), 3);
    assert_close(out_m3s[0], 24, 1e-8, 0);
    assert_close(out_m3s[1], 31, 1e-8, 0);
    assert_close(out_m3s[2], 31, 1e-8, 0);
}

/* The first days of a run are those of a longer one; a scenario may change the reach. */
static void
state_belongs_to_the_scenario_and_the_step(void **state)
{
    (void)state;
    static const double inflow[] = {10, 20, 30, 5, 60, 0, 9, 9};
    double whole[STEPS_MAX], part[STEPS_MAX];
    write_basin("start: 2000-01-01, end: 2000-01-08", "m3/s",
                ", routing: {muskingum: {k: 2 d, x: 0.1}}", inflow, 8);
    assert_run("run basin.yaml -o out.h5 --save all", 0, NULL, NULL);
    assert_int_equal(read_flow("below", whole), 8);
    assert_run("run basin.yaml -o out.h5 --save all --set run.end=2000-01-05", 0, NULL, NULL);
    assert_int_equal(read_flow("below", part), 5);
    for (int t = 0; t < 5; t++)
        assert_close(part[t], whole[t], 0, 0);
    assert_run("run basin.yaml -o out.h5 --save all --set links.reach.routing.muskingum.k=4d", 0,
               NULL, NULL);
    read_flow("below", part);
    assert_true(part[0] < whole[0]);
    FILE *file = fopen("basin.yaml", "a");
    fputs("scenarios:\n  axes:\n    k: {values: [2 d, 4 d], path: links.reach.k}\n", file);
    fclose(file);
    double both[2 * STEPS_MAX];
    assert_run("run basin.yaml -o out.h5 --save all --threads 2 --verify", 0, "out.txt", "passed");
    assert_int_equal(read_flow("below", both), 16);
    for (int t = 0; t < 8; t++) {
        assert_close(both[t], whole[t], 0, 0);
        assert_close(both[8 + t], part[t], 0, 0);
    }
}

/* A town below a reach gets what is on its way; `why` makes the step again. */
static void
a_town_drinks_what_arrives(void **state)
{
    (void)state;
    write_text("basin.yaml", "nguon: 1\n"
                             "run: {start: 2001-01-01, end: 2001-01-04}\n"
                             "junctions:\n"
                             "  head: {boundary_inflow: 2 m3/s}\n"
                             "  foot:\n"
                             "seas:\n"
                             "  bay:\n"
                             "demands:\n"
                             "  town: {class: domestic, need: 1.5 m3/s}\n"
                             "links:\n"
                             "  reach: {kind: river, from: head, to: foot, routing: {lag: 12 h}}\n"
                             "  below: {kind: river, from: foot, to: bay}\n"
                             "  pipe: {kind: pipe, from: foot, to: town}\n");
    assert_run("run basin.yaml -o out.h5 --save all,audit --verify", 0, "out.txt", "passed");
    assert_run("show out.h5 series:supply:town --csv", 0, "out.txt", "base,2001-01-01,1\n");
    assert_says("out.txt", "base,2001-01-02,1.5\n");
    assert_run("why out.h5 --demand town --date 2001-01-01", 0, "out.txt", "town");
}

static void
faults_are_named_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *routing, *fault;
    } cases[] = {
        {", routing: {}", "basin.yaml:12:55: error: 'routing' needs one of lag, muskingum and "},
        {", routing: {lag: 5}", "without a unit; it takes a time"},
        {", routing: {lag: -5 h}", "basin.yaml:12:61: error: "},
        {", routing: {lag: 3 m}", "basin.yaml:12:61: error: "},
        {", routing: {lg: 3 h}", "did you mean 'lag'"},
        {", routing: {muskingum: {k: 2 h}}", "lacks the key 'x'"},
        {", routing: {muskingum: {k: 2 h, x: 0.6}}", "basin.yaml:12:79: error: 'x' is '0.6'"},
        {", routing: {lag: 1 h, muskingum: {k: 2 h, x: 0.2}}", "'routing' has 2 methods"},
        {", routing: {muskingum: {k: 84.853 min, x: 0.5}}", "give the lag instead"},
        {", routing: {muskingum_cunge: {length: 9 km, slope: 0.001, width: 10 m, "
         "reference_flow: 5 m3/s}}",
         "needs one of celerity and roughness, not neither"},
        {", capacity: 3 m3/s, routing: {lag: 1 h}",
         "basin.yaml:12:56: error: a river with 'routing' has no capacity"},
    };
    static const double inflow[] = {1};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_basin("start: 2000-01-01, end: 2000-01-01, step: hourly", "m3/s", cases[i].routing,
                    inflow, 1);
        assert_run("check basin.yaml", 2, "err.txt", cases[i].fault);
    }
    write_basin("start: 2000-01-01, end: 2000-01-01", "m3/s",
                "}\n  pipe: {kind: canal, from: head, to: foot, routing: {lag: 2 h}", inflow, 1);
    assert_run("check basin.yaml", 2, "err.txt", "'routing' goes only with a river, not with a ");
}

/* Water that is on its way cannot be refused: it needs a way out like any forced water. */
static void
a_reach_that_ends_in_a_pipe_is_refused(void **state)
{
    (void)state;
    write_text("basin.yaml", "nguon: 1\n"
                             "run: {start: 2001-01-01, end: 2001-01-04}\n"
                             "junctions:\n"
                             "  head: {boundary_inflow: 2 m3/s}\n"
                             "  foot:\n"
                             "seas:\n"
                             "  bay:\n"
                             "demands:\n"
                             "  town: {class: domestic, need: 1.5 m3/s}\n"
                             "links:\n"
                             "  past: {kind: river, from: head, to: bay}\n"
                             "  reach: {kind: river, from: head, to: foot, routing: {lag: 12 h}}\n"
                             "  pipe: {kind: pipe, from: foot, to: town}\n");
    assert_run("check basin.yaml", 2, "err.txt", "has no unlimited way to a sea");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(muskingum_gives_the_table_of_chow_8_4_1),
        cmocka_unit_test(muskingum_cunge_gives_the_table_of_ponce),
        cmocka_unit_test(lag_splits_days_and_loses_what_arrives),
        cmocka_unit_test(water_is_kept_to_rounding),
        cmocka_unit_test(months_route_by_their_true_length),
        cmocka_unit_test(state_belongs_to_the_scenario_and_the_step),
        cmocka_unit_test(a_town_drinks_what_arrives),
        cmocka_unit_test(faults_are_named_with_their_place),
        cmocka_unit_test(a_reach_that_ends_in_a_pipe_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
