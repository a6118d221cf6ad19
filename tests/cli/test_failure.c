/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/reader.h"
#include "tests/cli/cli_fixture.h"

#include <glpk.h>
#include <math.h>

/*
 * A step that cannot be solved, by a program whose solver fails on purpose (failing_solver.c): in
 * scenario dry there is no solution on 3 March, scenario odd is given up on 5 April.
 */

static const char basin[] =
    "nguon: 1\n"
    "name: fails\n"
    "run: {start: 2021-02-20, end: 2021-04-10}\n"
    "junctions: {j: {boundary_inflow: 1 m3/s, spill_to: sea}}\n"
    "seas: {sea: {}}\n"
    "demands:\n"
    "  town: {class: domestic, need: 0.5 m3/s}\n"
    "  farm: {class: irrigation, need: 40000 m3/d}\n"
    "links:\n"
    "  main: {kind: pipe, from: j, to: town}\n"
    "  canal: {kind: canal, from: j, to: farm}\n"
    "scenarios:\n"
    "  axes:\n"
    "    year:\n"
    "      members:\n"
    "        wet: {}\n"
    "        dry: {demands.farm.need: {set: 77777 m3/d, from: 2021-03-03, to: 2021-03-03}}\n"
    "        usual: {}\n"
    "        odd: {demands.farm.need: {set: 88888 m3/d, from: 2021-04-05, to: 2021-04-05}}\n";

static bool
exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static int
setup(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", basin);
    return 0;
}

/* What GLPK makes of the file: whether it has a feasible solution. */
static bool
is_feasible(const char *path)
{
    glp_term_out(GLP_OFF);
    glp_prob *problem = glp_create_prob();
    if (glp_read_lp(problem, NULL, path) != 0)
        fail_msg("GLPK cannot read %s", path);
    glp_create_index(problem);
    assert_true(glp_find_col(problem, "n.farm.main") > 0);
    assert_true(glp_find_col(problem, "l.canal.flow") > 0);
    glp_adv_basis(problem, 0);
    assert_int_equal(glp_simplex(problem, NULL), 0);
    bool feasible = glp_get_status(problem) == GLP_OPT;
    glp_delete_prob(problem);
    return feasible;
}

static void
a_failed_step_stops_the_run(void **state)
{
    (void)state;
    assert_run("run basin.yaml -o stop.h5", 3, "err.txt",
               "scenario 'year=dry': 2021-03-03: the allocation of the part of the basin with "
               "'j' has no solution; its linear program is in "
               "'stop.failed-year=dry-2021-03-03.lp'");
    assert_false(exists("stop.h5"));
    assert_false(is_feasible("stop.failed-year=dry-2021-03-03.lp"));
}

static void
the_run_goes_on_if_that_is_wanted(void **state)
{
    (void)state;
    assert_run("run basin.yaml -o on.h5 --on-failure continue", 3, "err.txt",
               "scenario 'year=dry': 2021-03-03: ");
    assert_says("err.txt", "scenario 'year=odd': 2021-04-05: the allocation of the part of the "
                           "basin with 'j' has not been solved");
    assert_says("err.txt", "2 of 4 scenarios failed; there are no results of them (NaN)");
    assert_true(exists("on.h5"));
    assert_false(is_feasible("on.failed-year=dry-2021-03-03.lp"));
    assert_true(is_feasible("on.failed-year=odd-2021-04-05.lp"));
    /* the tables are of the others */
    assert_says("out.txt", "2 of 4 scenarios failed; there are no results of");
    assert_says("out.txt", "year=dry, failed on 2021-03-03");
    assert_run("show on.h5 demands --csv", 0, "out.txt", "town,domestic");
    assert_run("show on.h5 scenarios", 0, "out.txt", "failed");
    assert_run("show on.h5 balance --scenario year=dry", 2, "err.txt",
               "scenario 'year=dry' failed on 2021-03-03: there are no results of it");
    assert_run("show on.h5 --scenario year=dry", 0, "out.txt", "1 of 1 scenario failed");
}

static void
results_of_a_failed_scenario_are_missing(void **state)
{
    (void)state;
    struct reader reader;
    struct error err = {0};
    int count;
    assert_run("run basin.yaml -o nan.h5 --on-failure continue --save all,audit -q", 3, NULL, NULL);
    assert_int_equal(reader_open(&reader, "nan.h5", &err), STATUS_OK);
    static const char *const series[] = {"supply", "link_flow", "storage", "inflow",
                                         "audit/need_main"};
    for (size_t i = 0; i < sizeof series / sizeof *series; i++)
        for (int s = 0; s < 4; s++) {
            double *value = reader_series(&reader, series[i], s, 1);
            if (value == NULL)
                continue;
            for (int t = 0; t < reader.step_count; t++)
                assert_true(isnan(value[t]) == (s == 1 || s == 3));
            free(value);
        }
    double *total = reader_numbers(&reader, "indicators/demand_supply_m3", &count);
    assert_int_equal(count, 8);
    for (int i = 0; i < count; i++)
        assert_true(isnan(total[i]) == (i / 2 == 1 || i / 2 == 3));
    free(total);
    double *failed = reader_numbers(&reader, "indicators/basin_failed_step", &count);
    char date[32];
    assert_true(isnan(failed[0]) && isnan(failed[2]));
    assert_string_equal(reader_date(&reader, failed[3], date, sizeof date), "2021-04-05");
    free(failed);
    reader_close(&reader);
    assert_run("why nan.h5 --demand farm --date 2021-03-01 --scenario year=dry", 2, "err.txt",
               "scenario 'year=dry' failed on 2021-03-03");
}

static void
threads_change_no_result_of_the_others(void **state)
{
    (void)state;
    assert_run("run basin.yaml -o one.h5 --on-failure continue --threads 1 --save all -q", 3, NULL,
               NULL);
    assert_run("run basin.yaml -o four.h5 --on-failure continue --threads 4 --save all -q", 3, NULL,
               NULL);
    assert_run("show one.h5 series:inflow:j --csv", 0, NULL, NULL);
    char *one = read_text("out.txt");
    assert_run("show four.h5 series:inflow:j --csv", 0, NULL, NULL);
    char *four = read_text("out.txt");
    assert_string_equal(one, four);
    assert_non_null(strstr(one, "year=usual,2021-03-03,1"));
    free(one);
    free(four);
}

static void
usage_is_checked(void **state)
{
    (void)state;
    assert_run("run basin.yaml --on-failure go", 2, "err.txt", "stop or continue, not 'go'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_step_stops_the_run),
        cmocka_unit_test(the_run_goes_on_if_that_is_wanted),
        cmocka_unit_test(results_of_a_failed_scenario_are_missing),
        cmocka_unit_test(threads_change_no_result_of_the_others),
        cmocka_unit_test(usage_is_checked),
    };
    return cmocka_run_group_tests_name("failure", tests, setup, remove_folder);
}
