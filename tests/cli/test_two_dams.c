/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <hdf5.h>

/* Several dams at once from the command line: the example of two dams in a row and one beside them.
 */

static const char *example;

static void
operate_dams(const char *options, int exit_code, const char *path, const char *wanted)
{
    char arguments[COMMAND_LENGTH / 2];
    snprintf(arguments, sizeof arguments,
             "operate '%s/two_dams.yaml' -r upper -r lower -r side --inflow "
             "'%s/two_dams_storm.csv' -l upper=123.5 -l lower=53 -l side=63.5 %s",
             example, example, options);
    assert_run(arguments, exit_code, path, wanted);
}

/* Means of steps of a variable of one way of operating. */
static void
read_steps(const char *path, const char *name, double *value, int count)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(variable >= 0);
    hid_t space = H5Dget_space(variable);
    assert_int_equal((int)H5Sget_simple_extent_npoints(space), count);
    assert_true(H5Dread(variable, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Sclose(space);
    H5Dclose(variable);
    H5Fclose(file);
}

/* What the upper dam lets out, less its part that is still on the way, is in the inflow of the
 * lower one besides its own; each dam has its files. */
static void
release_of_the_upper_dam_is_inflow_of_the_lower(void **state)
{
    enum { STEPS = 72 };
    double release[STEPS], inflow[STEPS], released_m3 = 0.0, arrived_m3 = 0.0;
    char *local;
    (void)state;
    operate_dams("--csv -o out.h5 --log log.csv", 0, "out.txt", "upper: highest level, m");
    assert_says("out.txt", "largest flow at 'meeting', mean of a step, m3/s");
    read_steps("out-upper.h5", "release", release, STEPS);
    read_steps("out-lower.h5", "inflow", inflow, STEPS);
    for (int t = 0; t < STEPS; t++) {
        released_m3 += 3600.0 * release[t];
        arrived_m3 += 3600.0 * inflow[t];
    }
    char path[PATH_LENGTH];
    snprintf(path, sizeof path, "%s/two_dams_storm.csv", example);
    local = read_text(path);
    double own_m3 = 0.0, before = 0.0;
    int rows = 0;
    for (char *line = strchr(local, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n'), rows++) {
        double upper, lower;
        assert_int_equal(sscanf(line + 1, "%*[^,],%lf,%lf", &upper, &lower), 2);
        own_m3 += rows > 0 ? 1800.0 * (before + lower) : 0.0; /* straight between the hours */
        before = lower;
    }
    free(local);
    /* the river held 8 m3/s for 2.5 h at the start, 0.072 hm3 as at the end */
    assert_close(arrived_m3 - own_m3, released_m3, 1e-3, 0);
    assert_true(access("log-upper.csv", R_OK) == 0 && access("log-side.csv", R_OK) == 0);
}

/* A schedule may name its dams before the gate or in a column; a dam that none names goes by rule.
 */
static void
schedules_name_their_dams(void **state)
{
    (void)state;
    write_text("before.csv", "time,gate,opening_m\n2024-09-06,lower.spillway.2,3\n");
    write_text("column.csv", "time,reservoir,gate,opening_m\n2024-09-06,lower,spillway.2,3\n");
    operate_dams("-a before.csv --csv --log a.csv", 0, NULL, NULL);
    operate_dams("-a column.csv --csv --log b.csv", 0, NULL, NULL);
    assert_int_equal(system("sed s/before/column/ a-lower.csv | cmp - b-lower.csv"), 0);
    assert_says(
        "a-lower.csv",
        "1 x 0.000 + 1 x 3.000 + 2 x 0.000"); /* the others stay shut by their rule at first */
    write_text("bad.csv", "time,gate,opening_m\n2024-09-06,spillway,3\n");
    operate_dams("-a bad.csv", 2, "err.txt",
                 "bad.csv:2: error: 'spillway' names none of the reservoirs upper, lower, side");
    write_text("bad.csv", "time,gate,opening_m\n2024-09-06,lower.spilway,3\n");
    operate_dams("-a bad.csv", 2, "err.txt", "there is no gate or outlet 'spilway'");
    write_text("bad.csv", "time,gate,opening_m\n2024-09-06 01:00Z,lower.spillway,3\n");
    operate_dams("-a bad.csv", 2, "err.txt", "time zones are mixed");
}

static void
bad_words_are_refused(void **state)
{
    (void)state;
    operate_dams("-l 20", 2, "err.txt", "--start-level '20' must be ID=LEVEL");
    operate_dams("-l uper=20", 2, "err.txt", "--start-level 'uper=20' must be ID=LEVEL");
    operate_dams("-r lower", 2, "err.txt", "--reservoir 'lower' is given twice");
    operate_dams("-r lowr", 2, "err.txt", "(did you mean 'lower'?)");
    operate_dams("--jam spillway.1", 2, "err.txt", "--jam goes with one reservoir");
    write_text("inflow.csv", "time,upper,lower\n2024-09-06,5,5\n2024-09-07,5,5\n");
    char arguments[COMMAND_LENGTH / 2];
    snprintf(arguments, sizeof arguments,
             "operate '%s/two_dams.yaml' -r upper -r lower -r side --inflow inflow.csv", example);
    assert_run(arguments, 2, "err.txt", "there is no column 'side' of inflows");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(release_of_the_upper_dam_is_inflow_of_the_lower),
        cmocka_unit_test(schedules_name_their_dams),
        cmocka_unit_test(bad_words_are_refused),
    };
    example = getenv("NGUON_EXAMPLE");
    if (example == NULL)
        return 1;
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
