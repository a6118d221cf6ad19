/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

/* `nguon scorecard` on a basin whose scores are worked out by hand. */

/* Of 20,000 people of A 90 % are connected and have all they need; the 10,000 of B always get 43.2
   L of 100. One of two lakes of 5 hm3 has a minimum flow and keeps it; the third is small. */
static const char basin_text[] =
    "nguon: 1\nname: Scores\n"
    "run: {start: 2025-01-01, end: 2025-12-31, step: monthly, demand_year: 2025}\n"
    "sources:\n"
    "  well_a: {capacity: 0.05 m3/s}\n"
    "  well_b: {capacity: 432 m3/d}\n"
    "reservoirs:\n";

static void
write_basin(void)
{
    static const char lake[] = "{table: {level: [0, 10], area: [1, 1], storage: [0, %s], units: "
                               "[m, km2, hm3]}, capacity: %s hm3, spill_to: sea}\n";
    FILE *file = fopen("scores.yaml", "w");
    assert_non_null(file);
    fputs(basin_text, file);
    fprintf(file, "  upper: ");
    fprintf(file, lake, "50", "50");
    fprintf(file, "  lower: ");
    fprintf(file, lake, "5", "5");
    fprintf(file, "  pond: ");
    fprintf(file, lake, "1", "1");
    fputs("seas:\n  sea: {}\n"
          "wastewater:\n  works: {spill_to: sea}\n"
          "demands:\n"
          "  a: {class: domestic, district: Alpha, population: 20000 person, coverage: 90 %, norm: "
          "80 L/person/d, people: {urban: 75 %, rural: 25 %}, returns: {works: 40 %}}\n"
          "  b: {class: domestic, district: Beta, population: 10000 person, norm: 100 L/person/d, "
          "people: {rural: 100 %}}\n"
          "links:\n"
          "  pipe_a: {kind: pipe, from: well_a, to: a}\n"
          "  pipe_b: {kind: pipe, from: well_b, to: b}\n"
          "  river: {kind: river, from: upper, to: sea, minimum_flow: 0.1 m3/s}\n",
          file);
    assert_int_equal(fclose(file), 0);
}

static const char heads[] =
    "id,indicator,year,measure,of,parameter,reliability,relation,target,flag,source\n";

static void
scores_are_those_by_hand(void **state)
{
    (void)state;
    char table[4096];
    write_basin();
    assert_run("run scores.yaml -o s.h5 -q", 0, NULL, NULL);
    snprintf(table, sizeof table, "%s%s", heads,
             "u,urban,2025,people_served,urban,,95,at_least,90,S,x\n"
             "r,rural,2025,people_served,rural,,95,at_least,80,S,x\n"
             "e,everyone,2025,people_served,all,,0,above,93,S,x\n"
             "p,litres,2025,person_days,all,60,,at_least,100,S,x\n"
             "b,litres of Beta,2025,person_days,Beta,60,,at_least,0,S,x\n"
             "f,flow,2025,minimum_flow,all,5,95,at_least,50,S,x\n"
             "w,waste,2025,wastewater_collected,Alpha,80,,above,50,S,x\n"
             "v,waste too,2025,wastewater_collected,Alpha,80,,at_least,50,S,x\n"
             "n,waste of Beta,2025,wastewater_collected,Beta,80,,at_least,50,S,x\n"
             "o,forest,2025,forest_cover,all,,,at_least,50,S,x\n"
             "l,later,2030,people_served,all,,95,at_least,50,S,x\n"
             "z,losses,2025,not_modelled,,,,at_least,30,S,x\n");
    write_text("t.csv", table);
    assert_run("scorecard s.h5 --targets t.csv --csv", 0, NULL, NULL);
    assert_says("out.txt", "u,urban,2025,at_least,0.9,0.9,0.9,base,met,1,S,x");
    assert_says("out.txt", "r,rural,2025,at_least,0.8,0.3,0.3,base,missed,1,S,x");
    assert_says("out.txt", "e,everyone,2025,above,0.93,0.933333333,0.933333333,base,met,1,S,x");
    assert_says("out.txt", "p,litres,2025,at_least,1,0.642857143,0.642857143,base,missed,1,S,x");
    assert_says("out.txt", "b,litres of Beta,2025,at_least,0,0,0,base,met,1,S,x");
    assert_says("out.txt", "f,flow,2025,at_least,0.5,0.5,0.5,base,met,1,S,x");
    assert_says("out.txt", "w,waste,2025,above,0.5,0.5,0.5,base,missed,1,S,x");
    assert_says("out.txt", "v,waste too,2025,at_least,0.5,0.5,0.5,base,met,1,S,x");
    assert_says("out.txt", "n,waste of Beta,2025,at_least,0.5,,,,not modelled here,1,S,x");
    assert_says("out.txt", "o,forest,2025,at_least,0.5,,,,not modelled here,1,S,x");
    assert_says("out.txt", "l,later,2030,at_least,0.5,,,,no scenario of the year,0,S,x");
    assert_says("out.txt", "z,losses,2025,at_least,0.3,,,,not modelled,1,S,x");
    assert_run("scorecard s.h5 --targets t.csv", 0, "out.txt",
               "5 met, 0 met on average, 3 missed, 1 not modelled, 2 not modelled here, 1 no "
               "scenario of the year");
}

static void
the_resolution_is_the_usual_table(void **state)
{
    (void)state;
    assert_run("scorecard s.h5", 0, "out.txt", "households reached by early warning");
}

static void
faults_of_a_table_are_named(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"u,urban,2025,people_severd,urban,,95,at_least,90,S,x\n", "did you mean 'people_served'"},
        {"u,urban,2025,people_served,urban,,,at_least,90,S,x\n", "needs a reliability"},
        {"u,urban,2025,person_days,all,,,at_least,90,S,x\n", "needs a parameter"},
        {"u,urban,soon,people_served,urban,,95,at_least,90,S,x\n", "t.csv:2: 'year' is 'soon'"},
        {"u,urban,2025,people_served,urban,,95,at_least,190,S,x\n", "from 0 to 100"},
        {"u,urban,2025,people_served,urban,,95,more,90,S,x\n", "at_least or above"},
        {"", "no targets"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char table[1024];
        snprintf(table, sizeof table, "%s%s", heads, rows[i][0]);
        write_text("t.csv", table);
        assert_run("scorecard s.h5 --targets t.csv", 2, "err.txt", rows[i][1]);
    }
    write_text("t.csv", "id,year\nx,2025\n");
    assert_run("scorecard s.h5 --targets t.csv", 2, "err.txt", "there is no column 'indicator'");
    assert_run("scorecard s.h5 --targets none.csv", 2, "err.txt", "none.csv");
    assert_run("scorecard s.h5 --class none", 2, "err.txt", "no demand of class 'none'");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_by_hand),
        cmocka_unit_test(the_resolution_is_the_usual_table),
        cmocka_unit_test(faults_of_a_table_are_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
