/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <signal.h>
#include <time.h>

/* The program as a user runs it: what it prints, its exit code, what it leaves behind. */

static const char good_basin[] =
    "nguon: 1\n"
    "name: Hồ Mẫu\n"
    "run: {start: 2021-01-01, end: 2022-12-31, demand_year: 2022}\n"
    "catchments:\n"
    "  hills: {area: \"30 km2 [S map]\", to: lake, subsystem: north, inflow: {generate: {\n"
    "    mean: 900 mm/year, cv: 0.3, lag1: 0.3, recession: 6 d, base: 40 %, region: north,\n"
    "    region_correlation: 0.5, monthly: [2, 2, 3, 5, 8, 15, 20, 20, 13, 6, 4, 2]}}}\n"
    "reservoirs:\n"
    "  lake: {capacity: 9 hm3, dead_storage: 1 hm3, table: {level: [10, 20, 35],\n"
    "    area: [0.1, 0.6, 1.4], storage: [0, 3, 12], units: [m, km2, hm3]}, initial: 60 %,\n"
    "    spill_to: sea}\n"
    "seas: {sea: {}}\n"
    "demands:\n"
    "  town: {class: domestic, population: {years: {2022: 50000 person, 2030: 70000 person}},\n"
    "    norm: 150 L/person/d, floor: 60 L/person/d}\n"
    "  farm: {class: irrigation, area: 1500 ha, norm: 45 m3/ha/d}\n"
    "links:\n"
    "  main: {kind: pipe, from: lake, to: town, capacity: 0.07 m3/s, loss: 5 %}\n"
    "  canal: {kind: canal, from: lake, to: farm}\n"
    "scenarios: {axes: {weather: {realisations: 4}}}\n";

/* ---- help and usage ----------------------------------------------------------------------------
 */

static void
help_is_given_with_an_example(void **state)
{
    (void)state;
    static const char *const verbs[] = {"check", "run", "schema", "show", "why"};
    char arguments[64];
    assert_run("--help", 0, "out.txt", "check");
    assert_run("--version", 0, "out.txt", "nguon 0.");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        snprintf(arguments, sizeof arguments, "%s --help", verbs[i]);
        assert_run(arguments, 0, "out.txt", "Example:");
        assert_says("out.txt", "Usage: nguon ");
    }
}

static void
bad_usage_ends_with_2(void **state)
{
    (void)state;
    write_text("good.yaml", good_basin);
    assert_run("", 2, "err.txt", "Usage");
    assert_run("rnu good.yaml", 2, "err.txt", "did you mean 'run'?");
    assert_run("run", 2, "err.txt", "no basin file");
    assert_run("run good.yaml other.yaml", 2, "err.txt", "'other.yaml' is one too many");
    assert_run("run good.yaml --threads 0", 2, "err.txt", "--threads takes");
    assert_run("run good.yaml --threads 2x", 2, "err.txt", "--threads takes");
    assert_run("run good.yaml --solver cplex", 2, "err.txt", "simplex or glpk");
    assert_run("run good.yaml --save storage,leval", 2, "err.txt", "'leval'");
    assert_run("run good.yaml --set reservoirs.lak.capacity='7 hm3'", 2, "err.txt", "lake");
    assert_run("run good.yaml --set reservoirs.lake.capacity='7 m'", 2, "err.txt", "capacity");
    assert_run("run good.yaml --seed many", 2, "err.txt", "seed");
    assert_run("show", 2, "err.txt", "no results file");
    assert_run("run good.yaml --no-such-option", 2, "err.txt", "unrecognized option");
}

/* ---- check -------------------------------------------------------------------------------------
 */

static void
check_prints_what_was_understood(void **state)
{
    (void)state;
    write_text("good.yaml", good_basin);
    assert_run("check good.yaml", 0, "out.txt",
               "Hồ Mẫu: 2021-01-01 to 2022-12-31, daily, 730 steps");
    assert_says("out.txt", "1 reservoir");
    assert_says("out.txt", "9.00"); /* capacity */
    assert_says("out.txt", "domestic");
    assert_says("out.txt", "S (sourced) 1");
    assert_says("out.txt", "4 scenarios: weather 4");
    /* 50,000 x 150 L/d over 365.2425 d */
    assert_says("out.txt", "2.74");
    /* 0.0868 m3/s are wanted, 0.07 less 5 % get there */
    assert_says("out.txt", "1 demand that the works cannot serve whole");
    assert_says("out.txt", "76.61");
    assert_run("check good.yaml --set 'links.main.capacity=1 m3/s'", 0, "out.txt",
               "the works can serve every demand whole");
    assert_run("check good.yaml --set demand_year=2030", 0, "out.txt", "3.84");
    assert_says("out.txt", "demand year 2030");
    /* 3.835 net of the 5 % that the main loses */
    assert_says("out.txt", "4.04");
    /* the figures stay those asked for when an axis has demand years of its own */
    write_text("years.yaml",
               "scenarios: {axes: {demand: {values: [2022, 2026], path: demand_year}}}\n");
    assert_run("check good.yaml -s years.yaml --set demand_year=2030", 0, "out.txt", "3.84");
    assert_says("out.txt", "2 scenarios: demand 2");
}

/* ---- schema ------------------------------------------------------------------------------------
 */

static const char schema_check[] =
    "import json, sys\n"
    "schema = json.load(open('out.txt'))\n"
    "keys = schema['properties']['reservoirs']['additionalProperties']['properties']\n"
    "assert 'domestic_reserve' in keys and 'subsystem' in keys\n"
    "try:\n"
    "    import jsonschema, yaml\n"
    "except ImportError:\n"
    "    sys.exit(0)\n"
    "class Loader(yaml.SafeLoader): pass\n"
    "Loader.yaml_implicit_resolvers = {k: [r for r in v if not r[0].endswith('timestamp')]\n"
    "    for k, v in Loader.yaml_implicit_resolvers.items()}\n"
    "check = jsonschema.Draft7Validator(schema)\n"
    "basin = yaml.load(open('good.yaml'), Loader)\n"
    "assert not list(check.iter_errors(basin))\n"
    "basin['reservoirs']['lake']['capcity'] = '1 hm3'\n"
    "assert len(list(check.iter_errors(basin))) == 1\n";

/* The rules of the schema beside the reader's, where Python and its packages are there. */
static void
the_schema_accepts_what_the_reader_does(void **state)
{
    (void)state;
    write_text("good.yaml", good_basin);
    write_text("check.py", schema_check);
    assert_run("schema", 0, "out.txt", "\"$schema\"");
    if (system("/usr/bin/python3 -c pass 2> err.txt") != 0) {
        print_message("skipped: python3 is not installed\n");
        skip();
    }
    assert_int_equal(system("env -u LD_PRELOAD /usr/bin/python3 check.py"), 0);
    assert_run("schema too", 2, "err.txt", "one argument too many");
}

/* ---- bad input ---------------------------------------------------------------------------------
 */

static void
bad_input_ends_with_2_and_says_where(void **state)
{
    (void)state;
    assert_int_equal(mkdir("a_folder", 0777), 0);
    write_text("empty.yaml", "");
    write_text("broken.yaml", "nguon: 1\nrun: {start: 2021-01-01, end: 2021-02-30}\nlnks: {}\n");
    static const char *const verbs[] = {"check", "run"};
    for (int i = 0; i < 2; i++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "%s absent.yaml", verbs[i]);
        assert_run(arguments, 2, "err.txt", "absent.yaml");
        snprintf(arguments, sizeof arguments, "%s a_folder", verbs[i]);
        assert_run(arguments, 2, "err.txt", "a_folder");
        snprintf(arguments, sizeof arguments, "%s empty.yaml", verbs[i]);
        assert_run(arguments, 2, "err.txt", "empty.yaml");
        snprintf(arguments, sizeof arguments, "%s broken.yaml", verbs[i]);
        assert_run(arguments, 2, "err.txt", "broken.yaml:2:");
        assert_says("err.txt", "broken.yaml:3:1: error: unknown");
        assert_says("err.txt", "did you mean 'links'?");
    }
    assert_run("show absent.h5", 4, "err.txt", "absent.h5");
    assert_run("show empty.yaml", 2, "err.txt", "not an HDF5 file");
}

/* ---- run ---------------------------------------------------------------------------------------
 */

static void
a_run_prints_its_tables_and_leaves_one_file(void **state)
{
    (void)state;
    assert_int_equal(mkdir("clean", 0777), 0);
    write_text("clean/good.yaml", good_basin);
    assert_int_equal(chdir("clean"), 0);
    assert_run("run good.yaml", 0, "out.txt", "4 scenarios, seed 1");
    assert_says("out.txt", "town");
    assert_says("out.txt", "residual");
    assert_int_equal(access("good.h5", R_OK), 0);
    assert_run("run good.yaml -o other.h5 -q", 0, NULL, NULL);
    char *text = read_text("out.txt");
    assert_string_equal(text, "");
    free(text);
    assert_int_equal(system("test \"$(ls | tr '\\n' ' ')\" = "
                            "'err.txt good.h5 good.yaml other.h5 out.txt '"),
                     0);
    assert_run("show other.h5 classes --csv", 0, "out.txt", "class,need hm3/y");
    assert_run("show other.h5 series:supply:town --csv --scenario weather=3", 0, "out.txt",
               "weather=3,2021-01-01,0.0665");
    assert_int_equal(chdir(".."), 0);
}

static void
a_lake_that_never_serves_has_no_lowest_level(void **state)
{
    (void)state;
    char text[sizeof good_basin + 64];
    const char *place = strstr(good_basin, "capacity: 9 hm3");
    snprintf(text, sizeof text, "%.*sin_service: {from: 2030-01-01}, %s", (int)(place - good_basin),
             good_basin, place);
    write_text("later.yaml", text);
    assert_run("run later.yaml -q -o later.h5", 0, NULL, NULL);
    assert_run("show later.h5 reservoirs --csv", 0, "out.txt", "\nlake,9,,,-,-,");
}

static void
threads_and_solvers_change_no_figure(void **state)
{
    (void)state;
    write_text("good.yaml", good_basin);
    assert_run("run good.yaml -q -o one.h5 --threads 1", 0, NULL, NULL);
    assert_run("run good.yaml -q -o two.h5 --threads 2", 0, NULL, NULL);
    assert_run("run good.yaml -q -o glpk.h5 --solver glpk", 0, NULL, NULL);
    static const char *const whats[] = {"demands", "reservoirs", "scenarios",
                                        "series:storage:lake"};
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        char arguments[64];
        char *text[3];
        static const char *const files[] = {"one.h5", "two.h5", "glpk.h5"};
        for (int f = 0; f < 3; f++) {
            snprintf(arguments, sizeof arguments, "show %s %s --csv", files[f], whats[i]);
            assert_run(arguments, 0, NULL, NULL);
            text[f] = read_text("out.txt");
        }
        assert_string_equal(text[0], text[1]);
        assert_string_equal(text[0], text[2]);
        for (int f = 0; f < 3; f++)
            free(text[f]);
    }
}

static void
seed_and_set_change_the_run(void **state)
{
    (void)state;
    write_text("good.yaml", good_basin);
    assert_run("run good.yaml -q -o a.h5", 0, NULL, NULL);
    assert_run("run good.yaml -q -o b.h5 --seed 99", 0, NULL, NULL);
    assert_run("show a.h5 reservoirs --csv", 0, NULL, NULL);
    char *first = read_text("out.txt");
    assert_run("show b.h5 reservoirs --csv", 0, NULL, NULL);
    char *second = read_text("out.txt");
    assert_string_not_equal(first, second);
    free(first);
    free(second);
    assert_run("show b.h5", 0, "out.txt", "seed 99");
    assert_run("run good.yaml -o c.h5 --set 'reservoirs.lake.capacity=7 hm3'", 0, "out.txt",
               "7.00");
    write_text("scenarios.yaml",
               "scenarios: {axes: {farm: {values: [100 %, 50 %], path: demands.farm.area,"
               " change: scale}}}\n");
    assert_run("run good.yaml -s scenarios.yaml -o d.h5", 0, "out.txt", "2 scenarios");
}

static void
places_that_cannot_be_written_end_with_4(void **state)
{
    (void)state;
    write_text("good.yaml", good_basin);
    assert_run("run good.yaml -o nowhere/out.h5", 4, "err.txt", "nowhere/out.h5");
    assert_run("run good.yaml -o a_folder", 4, "err.txt", "is a directory");
    assert_run("run good.yaml -q -o /dev/full", 4, "err.txt", "not an ordinary file");
    assert_int_equal(system("test -c /dev/full"), 0);
    write_text("target.h5", "earlier");
    assert_int_equal(symlink("target.h5", "link.h5"), 0);
    assert_run("run good.yaml -q -o link.h5", 0, NULL, NULL);
    assert_int_equal(system("test -L link.h5"), 0); /* the link stays, its target is new */
    assert_run("show target.h5 balance", 0, "out.txt", "residual");
    write_text("keep.h5", "earlier");
    /* no file may grow beyond 20 kB: as on a full disk */
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command,
             "(trap '' XFSZ; ulimit -f 40; '%s' run good.yaml -o keep.h5 > out.txt 2> err.txt)",
             program);
    int result = system(command);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 4);
    assert_says("err.txt", "keep.h5");
    char *text = read_text("keep.h5");
    assert_string_equal(text, "earlier");
    free(text);
    assert_int_equal(system("! ls | grep keep.h5.tmp"), 0);
    assert_int_equal(system("rm -f keep.h5.part1"), 0);
}

static void
an_interrupt_leaves_earlier_results(void **state)
{
    (void)state;
    write_text("good.yaml", good_basin);
    write_text("keep.h5", "earlier");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (freopen("out.txt", "w", stdout) == NULL || freopen("err.txt", "w", stderr) == NULL)
            _exit(99);
        execl(program, program, "run", "good.yaml", "-o", "keep.h5", "--set", "scenarios.none=1",
              (char *)NULL);
        _exit(98);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(WEXITSTATUS(result), 2); /* no such path: nothing was begun */
    write_text("many.yaml", "scenarios: {axes: {weather: {realisations: 100000}}}\n");
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (freopen("out.txt", "w", stdout) == NULL || freopen("err.txt", "w", stderr) == NULL)
            _exit(99);
        execl(program, program, "run", "good.yaml", "-s", "many.yaml", "-o", "keep.h5", "--save",
              "none", (char *)NULL);
        _exit(98);
    }
    nanosleep(&(struct timespec){1, 0}, NULL);
    assert_int_equal(kill(child, SIGINT), 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 128 + SIGINT);
    assert_says("err.txt", "nguon: interrupted");
    assert_says("err.txt", "of 100000 scenarios are kept in 'keep.h5.part1'");
    assert_says("err.txt", "nguon run good.yaml -s many.yaml -o keep.h5 --save none --resume\n");
    char *text = read_text("keep.h5");
    assert_string_equal(text, "earlier");
    free(text);
    assert_int_equal(system("! ls | grep keep.h5.tmp"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_given_with_an_example),
        cmocka_unit_test(bad_usage_ends_with_2),
        cmocka_unit_test(check_prints_what_was_understood),
        cmocka_unit_test(the_schema_accepts_what_the_reader_does),
        cmocka_unit_test(bad_input_ends_with_2_and_says_where),
        cmocka_unit_test(a_run_prints_its_tables_and_leaves_one_file),
        cmocka_unit_test(a_lake_that_never_serves_has_no_lowest_level),
        cmocka_unit_test(threads_and_solvers_change_no_figure),
        cmocka_unit_test(seed_and_set_change_the_run),
        cmocka_unit_test(places_that_cannot_be_written_end_with_4),
        cmocka_unit_test(an_interrupt_leaves_earlier_results),
    };
    return cmocka_run_group_tests_name("cli", tests, make_folder, remove_folder);
}
