/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"
#include "tests/random.h"

#include <hdf5.h>

/*
 * Every verb that reads results, on files that are not whole results files of a known format: bad
 * input, exit code 2, and words that name the file. What the system refuses is 4.
 */

static const char basin_text[] =
    "nguon: 1\nname: Bad\nrun: {start: 2001-01-01, end: 2002-12-31, seed: 3}\n"
    "catchments: {hills: {area: 60 km2, to: lake, inflow: {generate: {mean: 1.0 m3/s, monthly: "
    "[3, 3, 4, 5, 8, 13, 17, 17, 12, 8, 6, 4], cv: 0.4, lag1: 0.5, recession: 8 d, base: 60 "
    "%}}}}\n"
    "reservoirs: {lake: {table: {level: [0, 20], area: [1, 1], storage: [0, 9], units: [m, km2, "
    "hm3]}, capacity: 9 hm3, spill_to: sea}}\n"
    "seas: {sea: {}}\n"
    "demands: {town: {class: domestic, need: 0.3 m3/s}}\n"
    "links: {main: {kind: pipe, from: lake, to: town}}\n"
    "scenarios: {axes: {weather: {realisations: 2}}}\n";

static const char *const verbs[] = {
    "show %s",
    "verify %s",
    "show %s series:supply:town --csv",
    "report %s -o page.html",
    "compare %s %s",
    "compare good.h5 %s",
    "export %s --csv series.csv --series supply",
    "plot %s storage:lake -o plot.svg",
    "why %s --demand town --date 2001-03-01",
    "scorecard %s",
    "drought access %s",
    "drought performance %s",
    "drought warn %s",
    "run basin.yaml --fork %s@2001-06-01 -o forked.h5 -q",
};
enum { VERBS = sizeof verbs / sizeof *verbs };

/* The first so many verbs on a file. */
static void
refuse(const char *path, size_t verb_count, const char *wanted)
{
    for (size_t i = 0; i < verb_count; i++) {
        char arguments[PATH_LENGTH];
        snprintf(arguments, sizeof arguments, verbs[i], path, path);
        assert_run(arguments, 2, "err.txt", wanted);
        assert_says("err.txt", path);
    }
}

static int
setup(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", basin_text);
    return run("run basin.yaml -o good.h5 -q --save all,audit");
}

static void
foreign_files_are_bad_input(void **state)
{
    (void)state;
    refuse("basin.yaml", 2, "is not an HDF5 file, or not a whole one");
    write_text("empty.h5", "");
    refuse("empty.h5", 2, "is not an HDF5 file, or not a whole one");
    hid_t file = H5Fcreate("foreign.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0 && H5Fclose(file) >= 0);
    refuse("foreign.h5", 2, "foreign.h5");
}

static void
files_that_are_not_whole_are_bad_input(void **state)
{
    (void)state;
    assert_int_equal(system("head -c -1000 good.h5 > cut.h5; head -c 900 good.h5 > stump.h5"), 0);
    refuse("cut.h5", VERBS, "is not an HDF5 file, or not a whole one");
    refuse("stump.h5", 2, "is not an HDF5 file, or not a whole one");
    /* what a run leaves that has not ended */
    assert_run("run basin.yaml -o half.h5 -q --part 1/2", 0, NULL, NULL);
    refuse("half.h5.part1", 2, "is not an HDF5 file, or not a whole one");
    /* and a results file without its scenarios */
    assert_int_equal(system("cp good.h5 less.h5"), 0);
    hid_t file = H5Fopen("less.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, "scenario", H5P_DEFAULT) >= 0);
    assert_true(H5Fclose(file) >= 0);
    refuse("less.h5", 2, "is damaged: scenarios or times are missing");
}

static void
newer_files_are_bad_input(void **state)
{
    (void)state;
    char format[64] = "";
    assert_int_equal(system("cp good.h5 newer.h5"), 0);
    hid_t file = H5Fopen("newer.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t attribute = H5Aopen(file, "format", H5P_DEFAULT), type = H5Aget_type(attribute);
    assert_true(H5Aread(attribute, type, format) >= 0);
    assert_true(strncmp(format, "nguon-results 1.", strlen("nguon-results 1.")) == 0);
    format[strlen("nguon-results ")] = '2';
    assert_true(H5Awrite(attribute, type, format) >= 0);
    H5Tclose(type);
    H5Aclose(attribute);
    assert_true(H5Fclose(file) >= 0);
    refuse("newer.h5", VERBS, "newer format 'nguon-results 2.");
}

/* Wherever bytes are wrong, it is the file that is to blame: never the disk. */
static void
damaged_files_are_no_failure_of_the_disk(void **state)
{
    (void)state;
    enum { TRIALS = 20, SPOILT = 40 };
    static const size_t some[] = {0, 1, 6}; /* overview, verify, export */
    uint64_t seed = 20261125;
    for (int trial = 0; trial < TRIALS; trial++) {
        assert_int_equal(system("cp good.h5 spoilt.h5"), 0);
        FILE *file = fopen("spoilt.h5", "r+");
        assert_non_null(file);
        assert_int_equal(fseek(file, 0, SEEK_END), 0);
        long size = ftell(file);
        for (int i = 0; i < SPOILT; i++) {
            fseek(file, (long)((double)size * random_uniform(&seed)), SEEK_SET);
            fputc((int)random_below(&seed, 256), file);
        }
        assert_int_equal(fclose(file), 0);
        char arguments[PATH_LENGTH];
        snprintf(arguments, sizeof arguments, verbs[some[trial % 3]], "spoilt.h5");
        int code = run(arguments);
        if (code != 0 && code != 2 && code != 3)
            fail_msg("`nguon %s` ended with %d in trial %d", arguments, code, trial);
    }
}

static void
what_the_system_refuses_is_no_bad_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < VERBS; i++) {
        char arguments[PATH_LENGTH];
        snprintf(arguments, sizeof arguments, verbs[i], "absent.h5", "absent.h5");
        assert_run(arguments, 4, "err.txt", "cannot read 'absent.h5': No such file or directory");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_files_are_bad_input),
        cmocka_unit_test(files_that_are_not_whole_are_bad_input),
        cmocka_unit_test(newer_files_are_bad_input),
        cmocka_unit_test(damaged_files_are_no_failure_of_the_disk),
        cmocka_unit_test(what_the_system_refuses_is_no_bad_input),
    };
    return cmocka_run_group_tests_name("bad results", tests, setup, remove_folder);
}
