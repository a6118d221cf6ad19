/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

/* examples/estuary as a user runs it, and `nguon estuary` alone. */

static char example[PATH_LENGTH]; /* examples/estuary */

static int
make_results(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    const char *folder_name = getenv("NGUON_EXAMPLE");
    if (folder_name == NULL) {
        print_error("NGUON_EXAMPLE does not name the example\n");
        return -1;
    }
    snprintf(example, sizeof example, "%s", folder_name);
    char command[2 * PATH_LENGTH];
    snprintf(command, sizeof command, "run '%s/basin.yaml' -o out.h5 --save audit -q", example);
    return run(command);
}

static void
intakes_are_shown_and_explained(void **state)
{
    (void)state;
    char command[4 * PATH_LENGTH];
    snprintf(command, sizeof command,
             "run '%s/basin.yaml' -o first.h5 --set run.end=2011-12-31 --verify", example);
    assert_int_equal(run(command), 0);
    /* the files beside the basin may be gone when the results are looked at */
    snprintf(command, sizeof command,
             "cp '%s/basin.yaml' '%s/hon_dau.csv' . && '%s' run basin.yaml -o moved.h5 --set "
             "run.end=2011-03-31 --save audit -q && rm basin.yaml hon_dau.csv",
             example, example, program);
    assert_int_equal(system(command), 0);
    assert_run("why moved.h5 --demand town --date 2011-03-01 --scenario 'sea_level=50 "
               "cm,policy=no_repelling'",
               0, "out.txt", "town, class domestic");
    assert_run("show out.h5 intakes", 0, "out.txt", "longest shut, steps");
    assert_says("out.txt", "estuary");
    assert_run("why out.h5 --demand town --date 2016-03-22 --scenario 'sea_level=50 "
               "cm,policy=no_repelling'",
               0, "out.txt", "shut, for the water there is too salt");
    snprintf(command, sizeof command,
             "run '%s/basin.yaml' -o all.h5 --save "
             "open_share,intake_salinity,salt_front_1,salt_front_4 -q",
             example);
    assert_int_equal(run(command), 0);
    assert_run("show all.h5 series:salt_front_1:estuary --csv", 0, "out.txt", "2011-01-01");
}

static void
profile_is_printed(void **state)
{
    (void)state;
    char command[2 * PATH_LENGTH];
    snprintf(command, sizeof command,
             "estuary profile '%s/basin.yaml' --flow '4 m3/s' --sea-level '22 cm' --svg p.svg",
             example);
    assert_run(command, 0, "out.txt", "intrusion length 34.77 km");
    assert_says("out.txt", "repels, high water m3/s");
    assert_says("p.svg", "</svg>");
    snprintf(command, sizeof command, "estuary profile '%s/basin.yaml' --sea-level '-6 m'",
             example);
    assert_run(command, 2, "err.txt", "leaves no water");
    snprintf(command, sizeof command, "estuary profile '%s/basin.yaml' --flow '0 m3/s'", example);
    assert_run(command, 2, "err.txt", "must be above 0");
    snprintf(command, sizeof command, "estuary profile '%s/basin.yaml' --flow '4 m'", example);
    assert_run(command, 2, "err.txt", "--flow takes a flow such as");
    snprintf(command, sizeof command, "estuary profile '%s/basin.yaml' --mouth '0 kg/m3'", example);
    assert_run(command, 2, "err.txt", "no saltier than the river");
    snprintf(command, sizeof command, "estuary profile '%s/basin.yaml' -e lake", example);
    assert_run(command, 2, "err.txt", "no estuary 'lake'");
}

static void
tide_is_printed(void **state)
{
    (void)state;
    char command[2 * PATH_LENGTH];
    snprintf(command, sizeof command,
             "estuary tide '%s/hon_dau.csv' --from 2026-01-01 --mean-level '1.714 m' --days 3",
             example);
    assert_run(command, 0, "out.txt", "diurnal, 24.84 h");
    assert_says("out.txt", "2026-01-03");
    snprintf(command, sizeof command,
             "estuary tide '%s/hon_dau.csv' --from 2026-01-01 --days 1 --hourly --csv", example);
    assert_run(command, 0, "out.txt", "2026-01-01 23:00");
    assert_run("estuary tide none.csv --from 2026-01-01", 2, "err.txt", "none.csv");
    assert_run("estuary tide out.h5 --from 2026-02-30", 2, "err.txt", "--from takes a date");
    assert_run("estuary tides", 2, "err.txt", "did you mean 'tide'");
}

static void
a_profile_is_fitted(void **state)
{
    (void)state;
    write_text("s.csv", "x_km,salinity_kgm3\n0,32\n5,26.4655\n10,20.3041\n20,8.371\n30,1.4903\n");
    assert_run("estuary fit s.csv --convergence '15 km' --svg f.svg", 0, "out.txt", "NSE 1.000");
    assert_says("f.svg", "observed");
    write_text("bad.csv", "x_km,salinity_kgm3\n0,32\n5,salt\n");
    assert_run("estuary fit bad.csv -a '15 km'", 2, "err.txt",
               "bad.csv:3: 'salinity_kgm3' is 'salt'");
    assert_run("estuary fit s.csv", 2, "err.txt", "--convergence is needed");
    assert_run("estuary fit s.csv -a '15 km' --where branch=x", 2, "err.txt", "no column 'branch'");
    write_text("few.csv", "x_km,salinity_kgm3\n0,32\n5,20\n");
    assert_run("estuary fit few.csv -a '15 km'", 2, "err.txt", "needs 4 or more");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intakes_are_shown_and_explained),
        cmocka_unit_test(profile_is_printed),
        cmocka_unit_test(tide_is_printed),
        cmocka_unit_test(a_profile_is_fitted),
    };
    return cmocka_run_group_tests(tests, make_results, remove_folder);
}
