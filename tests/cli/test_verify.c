/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <hdf5.h>
#include <math.h>

/* `nguon verify`: a sound file passes, every kind of damage is caught and named. */

/* Of a river of 0.4 m3/s a town takes 0.3 first, a farm would like 0.5. The lake above helps until
 * it is empty; from then on the farm has 0.1. */
static const char basin_text[] =
    "nguon: 1\nname: Town and farm\n"
    "run: {start: 2020-01-01, end: 2020-03-31, step: daily, seed: 5}\n"
    "ranks: [domestic, irrigation, storage_target]\n"
    "series:\n  river: {file: inflow.csv, column: q, unit: m3/s}\n"
    "catchments:\n  hills: {area: 60 km2, to: lake, inflow: {series: river}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [10, 20], area: [0.1, 0.2], storage: [0, 2], units: [m, km2, hm3]},"
    " capacity: 2 hm3, initial: 50 %, evaporation: 3 mm/d, spill_to: weir}\n"
    "weirs:\n  weir: {spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "aquifers:\n"
    "  sand: {capacity: 3 hm3, initial: 90 %, recharge: 0.05 m3/s, yield: 0.02 m3/s}\n"
    "wastewater:\n  works: {spill_to: sea, loss: 5 %}\n"
    "demands:\n"
    "  town: {class: domestic, need: 0.3 m3/s, returns: {works: 70 %}}\n"
    "  farm: {class: irrigation, need: 0.5 m3/s}\n"
    "  mill: {class: irrigation, need: 0.03 m3/s}\n"
    "links:\n"
    "  outlet: {kind: river, from: lake, to: weir}\n"
    "  main: {kind: pipe, from: weir, to: town, loss: 10 %}\n"
    "  canal: {kind: canal, from: weir, to: farm}\n"
    "  bore: {kind: pipe, from: sand, to: mill}\n"
    "scenarios:\n  axes:\n"
    "    flow: {values: [100 %, 95 %], path: catchments.hills.inflow, change: scale}\n";

static void
write_inflow(double last)
{
    FILE *file = fopen("inflow.csv", "w");
    assert_non_null(file);
    fputs("date,q\n", file);
    for (int d = 1; d <= 91; d++) {
        int month = d <= 31   ? 1
                    : d <= 60 ? 2
                              : 3,
            day = d - (month == 1   ? 0
                       : month == 2 ? 31
                                    : 60);
        fprintf(file, "2020-%02d-%02d,%g\n", month, day, d == 91 ? last : 0.4);
    }
    assert_int_equal(fclose(file), 0);
}

static int
make_results(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", basin_text);
    write_inflow(0.4);
    return run("run basin.yaml --save audit,aquifer_storage -o sound.h5 -q");
}

/* One value of a copy of the sound file; returns what it was. */
static double
change(const char *name, int rank, hsize_t s, hsize_t t, hsize_t i, double add)
{
    hid_t file = H5Fopen("bad.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t variable = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(variable);
    hsize_t start[3] = {s, rank == 3 ? t : i, i}, one[3] = {1, 1, 1};
    double value;
    hid_t memory = H5Screate_simple(rank, one, NULL);
    assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, one, NULL) >= 0);
    assert_true(H5Dread(variable, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &value) >= 0);
    double changed = value + add;
    assert_true(H5Dwrite(variable, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &changed) >= 0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(variable);
    assert_true(H5Fclose(file) >= 0);
    return value;
}

static void
copy_sound(void)
{
    assert_int_equal(system("cp sound.h5 bad.h5"), 0);
}

static void
a_sound_file_passes(void **state)
{
    (void)state;
    assert_run("verify sound.h5", 0, "out.txt", "All that could be checked holds.");
    static const char *const passed[] = {"inputs by their hashes", "water of every node",
                                         "ranks: supply by the step solved again",
                                         "indicators by the series", "totals of the basin"};
    char *text = read_text("out.txt");
    assert_null(strstr(text, "FAILED"));
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        const char *row = strstr(text, passed[i]);
        assert_non_null(row);
        assert_int_equal(strncmp(row + strcspn(row, "\n") - 1, "\n", 0), 0);
        assert_true(strstr(row, "passed") - row < 60);
    }
    free(text);
    assert_run("verify sound.h5 --solver glpk --scenario 'flow=95 %'", 0, "out.txt", "holds.");
    assert_run("verify sound.h5 --json", 0, NULL, NULL);
    if (system("/usr/bin/python3 -c pass 2> err.txt") == 0)
        assert_int_equal(
            system("env -u LD_PRELOAD /usr/bin/python3 -c 'import json; d = {r[\"check\"]: r for r "
                   "in json.load(open(\"out.txt\"))}; r = d[\"water of every node\"]; assert "
                   "r[\"result\"] == \"passed\" and r[\"compared\"] == 2 * 91 * 7 and r[\"of "
                   "limit\"] < 1, r'"),
            0);
}

static void
what_is_not_kept_is_said(void **state)
{
    (void)state;
    assert_run("run basin.yaml -o plain.h5 -q", 0, NULL, NULL);
    assert_run("verify plain.h5", 0, "out.txt",
               "water of every node: the file does not keep what its steps were made from; --save "
               "audit does");
    assert_says("out.txt", "need = supply + shortage");
    assert_run("run basin.yaml -o none.h5 --save none -q", 0, NULL, NULL);
    assert_run("verify none.h5", 0, "out.txt", "the series need and supply are not kept");
    assert_run("verify sound.h5 --scenario base", 2, "err.txt", "holds no scenario 'base'");
    assert_run("verify basin.yaml", 2, "err.txt", "not an HDF5 file");
    assert_run("verify sound.h5 --solver cplex", 2, "err.txt", "simplex or glpk");
}

static void
altered_series_are_caught(void **state)
{
    (void)state;
    copy_sound();
    change("storage", 3, 1, 10, 0, 1000.0);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED water of every node: node 'lake', 2020-01-11, scenario flow=95 %: what "
               "enters is not what leaves and what is stored");
    assert_says("out.txt", "FAILED storage goes on from step to step: reservoir 'lake', "
                           "2020-01-12, scenario flow=95 %");
    assert_says("out.txt",
                "FAILED levels by the tables of the lakes: reservoir 'lake', 2020-01-11");
    assert_says("err.txt", "checks of 'bad.h5' failed");
    copy_sound();
    change("supply", 3, 0, 80, 1, 0.01);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED water of every node: node 'farm', 2020-03-21, scenario flow=100 %");
    assert_says("out.txt", "FAILED need = supply + shortage: demand 'farm', 2020-03-21, scenario "
                           "flow=100 %");
    assert_says("out.txt", "FAILED ranks: supply by the step solved again: demand 'farm' (rank "
                           "irrigation), 2020-03-21");
    copy_sound();
    change("link_flow", 3, 0, 5, 2, -1.0);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED bounds: link 'canal', 2020-01-06, scenario flow=100 %: flow below nothing");
    copy_sound();
    change("supply", 3, 0, 5, 2, (double)NAN);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED series are numbers: demand 'mill', 2020-01-06, scenario flow=100 %");
    copy_sound();
    change("aquifer_storage", 3, 0, 5, 0, 500.0);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED water of every node: node 'sand', 2020-01-06");
}

/* In a step in which the farm is short the town gives it 0.1 m3/s: every balance still closes. */
static void
swapped_ranks_are_caught(void **state)
{
    (void)state;
    copy_sound();
    change("supply", 3, 0, 80, 0, -0.09);
    change("shortage_water", 3, 0, 80, 0, 0.09);
    change("link_flow", 3, 0, 80, 1, -0.1);
    change("supply", 3, 0, 80, 1, 0.1);
    change("shortage_water", 3, 0, 80, 1, -0.1);
    change("link_flow", 3, 0, 80, 2, 0.1);
    /* the town's water comes back to the works, which have no outlet but their spill */
    double back = 0.09 * 0.7;
    int spill = 0;
    assert_run("show sound.h5 links --csv", 0, NULL, NULL);
    char *text = read_text("out.txt"), *row = strchr(text, '\n');
    for (int l = 0; row != NULL && row[1] != '\0'; l++, row = strchr(row + 1, '\n'))
        if (strncmp(row + 1, "works", 5) == 0)
            spill = l;
    free(text);
    assert_true(spill > 0);
    change("link_flow", 3, 0, 80, (hsize_t)spill, -back);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED ranks: supply by the step solved again: demand 'town' (rank domestic), "
               "2020-03-21, scenario flow=100 %: 18144 m3 supplied, 25920 m3 by the ranks; 'farm' "
               "(rank irrigation) has more than its rank gives it");
    text = read_text("out.txt");
    assert_null(strstr(text, "FAILED water of every node"));
    assert_null(strstr(text, "FAILED need"));
    free(text);
}

static void
altered_indicators_are_caught(void **state)
{
    (void)state;
    copy_sound();
    change("indicators/demand_steps_short", 2, 0, 0, 1, 1.0);
    assert_run(
        "verify bad.h5", 3, "out.txt",
        "FAILED indicators by the series: demand_steps_short of 'farm', scenario flow=100 %");
    copy_sound();
    change("indicators/reservoir_minimum_storage_m3", 2, 1, 0, 0, 5000.0);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED indicators by the series: reservoir_minimum_storage_m3 of 'lake', scenario "
               "flow=95 %");
}

/* Change one letter of the basin's text in the file. */
static void
alter_text(void)
{
    hid_t file = H5Fopen("bad.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t variable = H5Dopen2(file, "provenance/basin_text", H5P_DEFAULT);
    hid_t type = H5Dget_type(variable);
    char *text[1];
    assert_true(H5Dread(variable, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
    char *place = strstr(text[0], "loss: 10 %");
    assert_non_null(place);
    place[6] = '2';
    assert_true(H5Dwrite(variable, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
    H5free_memory(text[0]);
    H5Tclose(type);
    H5Dclose(variable);
    assert_true(H5Fclose(file) >= 0);
}

static void
altered_texts_and_inputs_are_caught(void **state)
{
    (void)state;
    copy_sound();
    alter_text();
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED text of the basin by its hash: the text of the basin has SHA-256");
    write_inflow(0.5);
    assert_run("verify sound.h5", 3, "out.txt",
               "FAILED inputs by their hashes: input 'inflow.csv' has SHA-256");
    assert_int_equal(unlink("inflow.csv"), 0);
    assert_run("verify sound.h5", 0, "out.txt",
               "inputs by their hashes: 1 of 1 inputs are not here, such as 'inflow.csv'");
    write_inflow(0.4);
    assert_run("verify sound.h5", 0, NULL, NULL);
    copy_sound();
    hid_t file = H5Fopen("bad.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t group = H5Gopen2(file, "provenance", H5P_DEFAULT);
    hid_t attribute = H5Aopen(group, "seed", H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute);
    assert_true(H5Awrite(attribute, type, "6") >= 0);
    H5Tclose(type);
    H5Aclose(attribute);
    H5Gclose(group);
    assert_true(H5Fclose(file) >= 0);
    assert_run("verify bad.h5", 3, "out.txt",
               "FAILED seed: the seed kept is 6, that of the basin 5");
}

#define TIDAL_RUN "run tidal/basin.yaml --set run.end=2011-01-31 -o tidal.h5 -q"

/* The tide of an estuary, read at the beginning of a run. */
static void
a_tide_that_changes_is_named(void **state)
{
    (void)state;
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command, "cp -r '%s/estuary' tidal", getenv("NGUON_EXAMPLES"));
    assert_int_equal(system(command), 0);
    assert_run(TIDAL_RUN, 0, NULL, NULL);
    assert_run("verify tidal.h5", 0, NULL, NULL);
    assert_int_equal(rename("tidal.h5", "kept.h5"), 0);
    assert_run(TIDAL_RUN " --part 1/1", 0, NULL, NULL);
    assert_int_equal(system("chmod u+w tidal/hon_dau.csv && sed -i 's/^M2,.*/M2,0.05,1/' "
                            "tidal/hon_dau.csv"),
                     0);
    assert_run("verify kept.h5", 3, "out.txt",
               "FAILED inputs by their hashes: input 'tidal/hon_dau.csv' has SHA-256");
    assert_run(TIDAL_RUN " --resume", 2, "err.txt", "the input hon_dau.csv has changed");
    /* the same run, seen from the folder of the basin */
    snprintf(command, sizeof command, "cp '%s/estuary/hon_dau.csv' tidal",
             getenv("NGUON_EXAMPLES"));
    assert_int_equal(system(command), 0);
    assert_int_equal(chdir("tidal"), 0);
    assert_run("run basin.yaml --set run.end=2011-01-31 -o ../tidal.h5 -q --resume", 0, NULL, NULL);
    assert_int_equal(chdir(".."), 0);
}

static void
a_truncated_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(system("head -c 20000 sound.h5 > bad.h5"), 0);
    assert_run("verify bad.h5", 2, "err.txt",
               "cannot read 'bad.h5': it is not an HDF5 file, or not a whole one");
}

/* What the examples hold besides: salt, rules of links, sharing. */
static void
examples_hold(void **state)
{
    (void)state;
    const char *examples = getenv("NGUON_EXAMPLES");
    static const char *const some[][2] = {{"estuary", "--save all,audit --set run.end=2012-12-31"},
                                          {"two-towns", "--save all,audit"},
                                          {"rules-of-links", "--save all,audit"},
                                          {"one-reservoir", "--save all,audit"}};
    assert_non_null(examples);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        char arguments[PATH_LENGTH];
        snprintf(arguments, sizeof arguments, "run %s/%s/basin.yaml %s -o example.h5 -q", examples,
                 some[i][0], some[i][1]);
        assert_run(arguments, 0, NULL, NULL);
        if (run("verify example.h5") != 0) {
            char *text = read_text("out.txt");
            print_error("%s: %s\n", some[i][0], text);
            free(text);
            fail();
        }
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_file_passes),
        cmocka_unit_test(what_is_not_kept_is_said),
        cmocka_unit_test(altered_series_are_caught),
        cmocka_unit_test(swapped_ranks_are_caught),
        cmocka_unit_test(altered_indicators_are_caught),
        cmocka_unit_test(altered_texts_and_inputs_are_caught),
        cmocka_unit_test(a_tide_that_changes_is_named),
        cmocka_unit_test(a_truncated_file_is_refused),
        cmocka_unit_test(examples_hold),
    };
    return cmocka_run_group_tests(tests, make_results, remove_folder);
}
