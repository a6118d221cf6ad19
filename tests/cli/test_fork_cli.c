/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <hdf5.h>
#include <math.h>
#include <stdbool.h>

/*
 * `nguon run --save-state DATE` and `--fork OUT.h5@DATE`: the two halves make the file of the whole
 * run, and a state that does not belong to the run is refused by name.
 */

static const char basin_text[] =
    "nguon: 1\nname: Forked\nrun: {start: 2001-10-01, end: 2002-03-31, seed: 3}\n"
    "catchments:\n"
    "  hills: {area: 60 km2, to: lake, inflow: {generate: {mean: 1.0 m3/s, monthly: "
    "[3, 3, 4, 5, 8, 13, 17, 17, 12, 8, 6, 4], cv: 0.4, lag1: 0.5, recession: 8 d, base: 60 %}}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 20], area: [1, 1], storage: [0, 9], units: [m, km2, hm3]}, "
    "capacity: 9 hm3, spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "demands:\n"
    "  town: {class: domestic, need: 0.3 m3/s}\n"
    "  fields: {class: irrigation, need: 0.8 m3/s}\n"
    "links:\n"
    "  main: {kind: pipe, from: lake, to: town}\n"
    "  river: {kind: river, from: lake, to: sea, minimum_flow: 0.05 m3/s, routing: {lag: 3 d}}\n"
    "  canal: {kind: canal, from: lake, to: fields}\n"
    "scenarios:\n"
    "  axes:\n"
    "    weather: {realisations: 2}\n"
    "    need: {values: [100 %, 130 %], path: demands.fields.need, change: scale}\n";

static int
setup(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", basin_text);
    return 0;
}

static void
must_run(const char *arguments)
{
    if (run(arguments) != 0) {
        char *text = read_text("err.txt");
        fail_msg("`nguon %s`: %s", arguments, text);
    }
}

/* ---- two files ---------------------------------------------------------------------------------
 */

static hid_t other_file;
static int compared;

/* Every variable of numbers of the one file is the same in the other, bit for bit. */
static herr_t
is_equal(hid_t root, const char *name, const H5O_info_t *info, void *unused)
{
    (void)unused;
    if (info->type != H5O_TYPE_DATASET || strncmp(name, "state/", strlen("state/")) == 0)
        return 0;
    hid_t a = H5Dopen2(root, name, H5P_DEFAULT), b = H5Dopen2(other_file, name, H5P_DEFAULT);
    assert_true(a >= 0);
    if (b < 0)
        fail_msg("%s is in one file only", name);
    hid_t type = H5Dget_type(a), space = H5Dget_space(a), other_space = H5Dget_space(b);
    size_t count = (size_t)H5Sget_simple_extent_npoints(space), size = H5Tget_size(type);
    assert_int_equal(H5Sget_simple_extent_npoints(other_space), count);
    if (H5Tget_class(type) != H5T_STRING) {
        unsigned char *x = calloc(count + 1, size), *y = calloc(count + 1, size);
        assert_true(H5Dread(a, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0);
        assert_true(H5Dread(b, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, y) >= 0);
        if (memcmp(x, y, count * size) != 0)
            fail_msg("%s is not the same", name);
        compared++;
        free(x);
        free(y);
    }
    H5Sclose(other_space);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(a);
    H5Dclose(b);
    return 0;
}

static void
assert_same_results(const char *path, const char *reference)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file = H5Fopen(reference, H5F_ACC_RDONLY, H5P_DEFAULT);
    other_file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0 && other_file >= 0);
    compared = 0;
    H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, is_equal, NULL, H5O_INFO_BASIC);
    assert_true(compared > 40); /* series, audit, indicators, coordinates */
    H5Fclose(file);
    H5Fclose(other_file);
}

/* ---- tests -------------------------------------------------------------------------------------
 */

static void
halves_make_the_whole(void **state)
{
    (void)state;
    static const char *const dates[] = {"2001-10-02", "2001-12-05", "2002-04-01"};
    char arguments[PATH_LENGTH];
    must_run("run basin.yaml -q --save all,audit -o whole.h5");
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        snprintf(arguments, sizeof arguments,
                 "run basin.yaml -q --save all,audit -o first.h5 --save-state %s", dates[i]);
        must_run(arguments);
        assert_same_results("first.h5", "whole.h5");
        snprintf(arguments, sizeof arguments,
                 "run basin.yaml -q --save all,audit -o second.h5 --threads 2 --fork first.h5@%s",
                 dates[i]);
        must_run(arguments);
        assert_same_results("second.h5", "whole.h5");
    }
    assert_int_equal(run("verify second.h5"), 0);
}

static void
a_fork_can_be_forked(void **state)
{
    (void)state;
    must_run("run basin.yaml -q --save all,audit -o whole.h5");
    must_run("run basin.yaml -q --save all,audit -o a.h5 --save-state 2001-11-01");
    must_run("run basin.yaml -q --save all,audit -o b.h5 --fork a.h5@2001-11-01 --save-state "
             "2002-03-01");
    must_run("run basin.yaml -q --save all,audit -o c.h5 --fork b.h5@2002-03-01");
    assert_same_results("c.h5", "whole.h5");
}

/* What the first half did not keep is missing before the date and there after it. */
static void
what_was_not_kept_is_missing(void **state)
{
    (void)state;
    must_run("run basin.yaml -q --save none -o a.h5 --save-state 2002-01-01");
    must_run("run basin.yaml -q --save storage -o b.h5 --fork a.h5@2002-01-01");
    enum { STEPS = 182, BEFORE = 92 };
    float value[STEPS];
    hsize_t start[3] = {3, 0, 0}, length[3] = {1, STEPS, 1};
    hid_t file = H5Fopen("b.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t variable = H5Dopen2(file, "storage", H5P_DEFAULT), space = H5Dget_space(variable);
    hid_t memory = H5Screate_simple(3, length, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, length, NULL);
    assert_true(H5Dread(variable, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, value) >= 0);
    for (int t = 0; t < STEPS; t++)
        assert_true(t < BEFORE ? isnan(value[t]) : value[t] >= 0.0F);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(variable);
    H5Fclose(file);
}

static void
is_refused(const char *arguments, const char *words)
{
    assert_int_equal(run(arguments), 2);
    assert_says("err.txt", words);
}

/* A series of a file, [4 scenarios][182 steps][2 demands]. */
static void
read_supply(const char *path, float *value)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t variable = H5Dopen2(file, "supply", H5P_DEFAULT);
    assert_true(H5Dread(variable, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Dclose(variable);
    H5Fclose(file);
}

/* A branch whose need changes is the whole run in which it changes on that date; before it, and
 * without a change, it is the run that it comes from. */
static void
a_branch_is_the_run_whose_rules_change_then(void **state)
{
    enum { VALUES = 4 * 182 * 2 };
    static float whole[VALUES], branch[VALUES];
    (void)state;
    must_run("run basin.yaml -q -o parent.h5 --save-state 2002-01-01");
    write_text("later.yaml", basin_text);
    assert_int_equal(system("sed -i 's/^    need: .*//' later.yaml"), 0);
    FILE *file = fopen("later.yaml", "a");
    assert_non_null(file);
    fputs("    need:\n      members:\n        100 %: {demands.town.need: {scale: 0.5, from: "
          "2002-01-01}}\n        130 %: {demands.fields.need: {scale: 1.3}, demands.town.need: "
          "{scale: 0.5, from: 2002-01-01}}\n",
          file);
    fclose(file);
    must_run("run later.yaml -q -o whole.h5");
    must_run("run basin.yaml -q -o branch.h5 --set demands.town.need='0.15 m3/s' --branch "
             "parent.h5@2002-01-01");
    read_supply("whole.h5", whole);
    read_supply("branch.h5", branch);
    for (int i = 0; i < VALUES; i++)
        assert_close(branch[i], whole[i], 1e-6, 1e-7);
    must_run("run basin.yaml -q -o same.h5 --branch parent.h5@2002-01-01");
    read_supply("parent.h5", whole);
    read_supply("same.h5", branch);
    for (int i = 0; i < VALUES; i++)
        assert_close(branch[i], whole[i], 1e-6, 1e-7);
    assert_int_equal(run("compare parent.h5 branch.h5"), 0);
    assert_says("out.txt", "town");
    is_refused("run basin.yaml -q -o no.h5 --branch parent.h5@2002-01-02",
               "holds the states of 2002-01-01, not of 2002-01-02");
}

static void
what_does_not_belong_is_refused_by_name(void **state)
{
    (void)state;
    must_run("run basin.yaml -q -o plain.h5");
    must_run("run basin.yaml -q -o a.h5 --save-state 2002-01-01");
    is_refused("run basin.yaml -q -o no.h5 --fork plain.h5@2002-01-01", "holds no states");
    is_refused("run basin.yaml -q -o no.h5 --fork a.h5@2002-01-02",
               "holds the states of 2002-01-01, not of 2002-01-02");
    is_refused("run basin.yaml -q -o no.h5 --fork a.h5", "takes OUT.h5@DATE");
    is_refused("run basin.yaml -q -o no.h5 --fork a.h5@soon", "'soon' is no date");
    is_refused("run basin.yaml -q -o no.h5 --fork a.h5@2002-01-01 --seed 4",
               "the seed was 3 and is 4");
    is_refused("run basin.yaml -q -o no.h5 --fork a.h5@2002-01-01 --set demands.town.need='1 m3/s'",
               "--set was nothing and is demands.town.need=1 m3/s");
    is_refused("run basin.yaml -q -o no.h5 --fork a.h5@2002-01-01 --verify", "--verify");
    is_refused("run basin.yaml -q -o no.h5 --save-state 2001-10-01", "no step of the run ends");
    is_refused("run basin.yaml -q -o no.h5 --save-state 2004-01-01", "no step of the run ends");
    is_refused("run basin.yaml -q -o no.h5 --save-state never", "not 'never'");
    is_refused("run basin.yaml -q -o no.h5 --save-state 2002-01-01 --solver glpk", "simplex");
    write_text("other.yaml", strstr(basin_text, "nguon"));
    assert_int_equal(system("sed -i 's/cv: 0.4/cv: 0.5/' other.yaml"), 0);
    is_refused("run other.yaml -q -o no.h5 --fork a.h5@2002-01-01",
               "the basin file, or what it includes, has changed");
    assert_int_equal(access("no.h5", F_OK), -1);
}

/* The driest of a run are those with the least inflow; the choice is of the run that is gone on
 * from, and of scenarios that both have. */
static void
the_driest_can_be_branched_alone(void **state)
{
    (void)state;
    must_run("run basin.yaml -q -o parent.h5 --save-state 2002-01-01");
    must_run("run basin.yaml -q -o dry.h5 --set demands.town.need='0.15 m3/s' --branch "
             "parent.h5@2002-01-01 --members least:2:basin_inflow_m3");
    must_run("run basin.yaml -q -o wet.h5 --branch parent.h5@2002-01-01 --members "
             "most:2:basin_inflow_m3");
    int count;
    hid_t file = H5Fopen("parent.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t inflow = H5Dopen2(file, "indicators/basin_inflow_m3", H5P_DEFAULT);
    hid_t space = H5Dget_space(inflow);
    double all[16], least = (double)INFINITY, most = 0.0;
    count = (int)H5Sget_simple_extent_npoints(space);
    assert_true(count == 4);
    assert_true(H5Dread(inflow, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all) >= 0);
    H5Sclose(space);
    H5Dclose(inflow);
    H5Fclose(file);
    for (int s = 0; s < count; s++) {
        least = fmin(least, all[s]);
        most = fmax(most, all[s]);
    }
    for (int wet = 0; wet < 2; wet++) {
        double found[2];
        file = H5Fopen(wet ? "wet.h5" : "dry.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
        inflow = H5Dopen2(file, "indicators/basin_inflow_m3", H5P_DEFAULT);
        space = H5Dget_space(inflow);
        assert_int_equal(H5Sget_simple_extent_npoints(space), 2);
        H5Sclose(space);
        assert_true(H5Dread(inflow, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, found) >= 0);
        H5Dclose(inflow);
        H5Fclose(file);
        assert_true(wet ? fmax(found[0], found[1]) == most : fmin(found[0], found[1]) == least);
    }
    is_refused("run basin.yaml -q -o no.h5 --branch parent.h5@2002-01-01 --members "
               "least:9:basin_inflow_m3",
               "asks for 9 scenarios; the earlier run has finished 4");
    is_refused("run basin.yaml -q -o no.h5 --branch parent.h5@2002-01-01 --members driest:2",
               "least:N:MEASURE");
    is_refused("run basin.yaml -q -o no.h5 --members least:2:basin_inflow_m3",
               "among the scenarios of --fork or --branch");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_make_the_whole),
        cmocka_unit_test(a_fork_can_be_forked),
        cmocka_unit_test(a_branch_is_the_run_whose_rules_change_then),
        cmocka_unit_test(the_driest_can_be_branched_alone),
        cmocka_unit_test(what_was_not_kept_is_missing),
        cmocka_unit_test(what_does_not_belong_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, setup, remove_folder);
}
