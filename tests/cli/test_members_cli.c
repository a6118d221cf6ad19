/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <math.h>
#include <stdbool.h>

/* Statistics over members and response surfaces of runs whose figures are plain arithmetic: a town
 * that needs n m3/s of a river that brings 1 m3/s has 1/n of its need. */

static const char basin_head[] = "nguon: 1\n"
                                 "run: {start: 2001-01-01, end: 2001-01-03}\n"
                                 "junctions:\n"
                                 "  head: {boundary_inflow: 1 m3/s}\n"
                                 "seas:\n"
                                 "  bay:\n"
                                 "demands:\n"
                                 "  town: {class: domestic, need: 2 m3/s}\n"
                                 "links:\n"
                                 "  past: {kind: river, from: head, to: bay}\n"
                                 "  pipe: {kind: pipe, from: head, to: town}\n"
                                 "scenarios:\n"
                                 "  axes:\n";

static void
make_run(const char *axes)
{
    char text[4096];
    snprintf(text, sizeof text, "%s%s", basin_head, axes);
    write_text("basin.yaml", text);
    assert_run("run basin.yaml -o out.h5", 0, NULL, NULL);
}

/* Cell of the CSV in out.txt by the number of its row (0 the first under the heads) and column. */
static double
cell(int row, int column)
{
    char *text = read_text("out.txt");
    const char *at = text;
    for (int i = 0; i <= row; i++) {
        at = strchr(at, '\n');
        assert_non_null(at);
        at++;
    }
    for (int i = 0; i < column; i++) {
        at += strcspn(at, ",\n");
        assert_true(*at == ',');
        at++;
    }
    double value = *at == ',' || *at == '\n' ? (double)NAN : strtod(at, NULL);
    free(text);
    return value;
}

enum { MODELS = 2, MEMBERS, REFERENCE, MEDIAN, P10, P90, P17, P83, MEAN, LEAST, MOST, AGREE };

static const char members_axis[] = "    climate:\n"
                                   "      members:\n"
                                   "        base: {}\n"
                                   "        A/r1: {demands.town.need: 4 m3/s}\n"
                                   "        A/r2: {demands.town.need: 1 m3/s}\n"
                                   "        B/r1: {demands.town.need: 2.5 m3/s}\n";

/* A has (25 + 100)/2 = 62.5 %, B 40 %, the reference 50 %. */
static void
one_model_has_one_vote(void **state)
{
    (void)state;
    make_run(members_axis);
    assert_run("show out.h5 members:met/town --csv", 0, NULL, NULL);
    assert_close(cell(0, MODELS), 2, 0, 0);
    assert_close(cell(0, MEMBERS), 3, 0, 0);
    assert_close(cell(0, REFERENCE), 50, 1e-7, 0);
    assert_close(cell(0, MEDIAN), 51.25, 1e-7, 0);
    assert_close(cell(0, P10), 42.25, 1e-7, 0); /* type 7: 40 + 0.1 x 22.5 */
    assert_close(cell(0, P90), 60.25, 1e-7, 0);
    assert_close(cell(0, P17), 43.825, 1e-7, 0);
    assert_close(cell(0, P83), 58.675, 1e-7, 0);
    assert_close(cell(0, LEAST), 40, 1e-7, 0);
    assert_close(cell(0, MOST), 62.5, 1e-7, 0);
    assert_close(cell(1, MEDIAN), 1.25, 1e-6, 0); /* +12.5 and -10 */
    assert_close(cell(1, AGREE), 50, 1e-7, 0);
    assert_run("show out.h5 members:demand_supply_m3/town:climate --csv", 0, NULL, NULL);
    assert_close(cell(0, MOST), 86400 * 3, 1e-7, 0);
    assert_run("show out.h5 members:met --svg members.svg", 0, "out.txt", "one model one vote");
    assert_says("members.svg", "</svg>");
}

/* From one period to the next each model by itself: A 25 -> 50, B 40 -> 20. */
static void
change_between_periods_is_of_each_model(void **state)
{
    (void)state;
    make_run("    climate:\n"
             "      members:\n"
             "        base: {}\n"
             "        A/2035: {demands.town.need: 4 m3/s}\n"
             "        B/2035: {demands.town.need: 2.5 m3/s}\n"
             "        A/2055: {demands.town.need: 2 m3/s}\n"
             "        B/2055: {demands.town.need: 5 m3/s}\n");
    assert_run("show out.h5 'members:met:climate:*2035:*2055' --csv", 0, NULL, NULL);
    assert_close(cell(0, LEAST), 20, 1e-7, 0);
    assert_close(cell(0, MOST), 50, 1e-7, 0);
    assert_close(cell(1, LEAST), -20, 1e-7, 0);
    assert_close(cell(1, MOST), 25, 1e-7, 0);
    assert_close(cell(1, MEDIAN), 2.5, 1e-6, 0);
    assert_run("show out.h5 'members:met:climate:*2035:*2085'", 2, "err.txt",
               "called like '*2085'");
}

/* Other axes make a line for each of their places. */
static void
other_axes_stand_beside(void **state)
{
    (void)state;
    char axes[1024];
    snprintf(axes, sizeof axes,
             "%s    wish: {values: [100 %%, 50 %%], path: demands.town.need, "
             "change: scale}\n",
             members_axis);
    make_run(axes);
    assert_run("show out.h5 members:met/domestic:climate --csv", 0, "out.txt", "wish=50 %");
    assert_close(cell(0, MEDIAN), 51.25, 1e-7, 0);
    assert_close(cell(2, REFERENCE), 100, 1e-7, 0);
    assert_close(cell(2, LEAST), 75, 1e-7, 0); /* A: (50 + 100)/2; B: 80 */
}

static const char surface_axes[] =
    "    need: {values: [1 m3/s, 2 m3/s, 4 m3/s], path: demands.town.need}\n"
    "    river: {values: [50 %, 100 %], path: junctions.head.boundary_inflow, change: scale}\n";

static void
surface_has_the_figures_and_the_line(void **state)
{
    (void)state;
    make_run(surface_axes);
    assert_run("show out.h5 surface:met:need:river:0.4 --csv", 0, NULL, NULL);
    static const double met[2][3] = {{50, 25, 12.5}, {100, 50, 25}};
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 3; i++)
            assert_close(cell(3 * j + i, 4), met[j][i], 1e-7, 0);
    /* 40 % lies at 1.4 m3/s of half a river and at 2.8 m3/s of a whole one */
    assert_run("show out.h5 surface:met:need:river:40%", 0, "out.txt", "   50   1.4  to the right");
    assert_says("out.txt", "  100   2.8  to the right");
    assert_says("out.txt", "25.00*");
}

static void
projections_lie_on_the_surface(void **state)
{
    (void)state;
    make_run(surface_axes);
    write_text("points.csv", "label,need,river\nM1,1.5,100 %\nM2,3,75\nM3,9,60\n");
    assert_run("show out.h5 surface:met:need:river:0.4 --overlay points.csv --svg s.svg", 0,
               "out.txt", "1 of 2 projections inside the grid break the target");
    assert_says("out.txt", "outside the grid");
    assert_says("out.txt", "75.00  kept");   /* between 100 and 50 */
    assert_says("out.txt", "28.12  broken"); /* the mean of 25, 12.5, 50, 25 */
    assert_says("s.svg", "points: projections");
    write_text("points.csv", "label,need,rain\nM1,1.5,100\n");
    assert_run("show out.h5 surface:met:need:river --overlay points.csv", 2, "err.txt",
               "points.csv: there is no column 'river'");
    write_text("points.csv", "label,need,river\nM1,1.5,much\n");
    assert_run("show out.h5 surface:met:need:river --overlay points.csv", 2, "err.txt",
               "points.csv:2: column 'river' holds 'much', which is no number");
}

static void
wrong_requests_say_what_there_is(void **state)
{
    (void)state;
    make_run(surface_axes);
    static const struct {
        const char *arguments, *message;
    } cases[] = {
        {"show out.h5 members:met:climate", "the run has no axis 'climate'; it has need, river"},
        {"show out.h5 members:mett:need", "there is no indicator 'mett'"},
        {"show out.h5 members:met/twn:need", "no demand, class or district 'twn'"},
        {"show out.h5 members:demand_supply_m3:need", NULL},
        {"show out.h5 members:", "members:INDICATOR"},
        {"show out.h5 surface:met:need", "surface:INDICATOR:AXIS:AXIS"},
        {"show out.h5 surface:met:need:need", "two different axes"},
        {"show out.h5 surface:met:need:river:high", "the threshold 'high' is no number"},
        {"show out.h5 surface:link_volume_m3/pip:need:river", "did you mean pipe"},
        {"show out.h5 classes --svg x.svg", "--svg goes with members: or surface:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].message != NULL)
            assert_run(cases[i].arguments, 2, "err.txt", cases[i].message);
        else
            assert_run(cases[i].arguments, 0, NULL, NULL); /* there is one demand only */
    make_run(members_axis);
    assert_run("show out.h5 surface:met:climate:climate", 2, "err.txt", "two different axes");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_model_has_one_vote),
        cmocka_unit_test(change_between_periods_is_of_each_model),
        cmocka_unit_test(other_axes_stand_beside),
        cmocka_unit_test(surface_has_the_figures_and_the_line),
        cmocka_unit_test(projections_lie_on_the_surface),
        cmocka_unit_test(wrong_requests_say_what_there_is),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
