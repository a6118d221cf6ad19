/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"
#include "tests/random.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

/*
 * Runs that end before their time: whatever happens, no half file bears the final name, and
 * --resume makes the very file of a run that was left alone. Both are made by the same command, so
 * that not a byte may differ.
 *
 * The argument is how many kills, at random moments, must have met the program at work.
 */

static const char basin_text[] =
    "nguon: 1\nname: Resumed\nrun: {start: 2001-01-01, end: 2002-12-31, seed: 3}\n"
    "series:\n  extra: {file: extra.csv, column: q, unit: m3/s}\n"
    "catchments:\n"
    "  hills: {area: 60 km2, to: lake, inflow: {generate: {mean: 1.0 m3/s, monthly: "
    "[3, 3, 4, 5, 8, 13, 17, 17, 12, 8, 6, 4], cv: 0.4, lag1: 0.5, recession: 8 d, base: 60 %}}}\n"
    "  side: {area: 1 km2, to: lake, inflow: {series: extra}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 20], area: [1, 1], storage: [0, 9], units: [m, km2, hm3]}, "
    "capacity: 9 hm3, spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "demands:\n"
    "  town: {class: domestic, need: 0.3 m3/s}\n"
    "  fields: {class: irrigation, need: 0.6 m3/s}\n"
    "links:\n"
    "  main: {kind: pipe, from: lake, to: town}\n"
    "  canal: {kind: canal, from: lake, to: fields}\n"
    "scenarios:\n"
    "  axes:\n"
    "    weather: {realisations: 100}\n"
    "    need: {values: [100 %, 120 %], path: demands.fields.need, change: scale}\n";

static int kills_wanted = 2;

/* One step a day, all alike; the last figure may be another. */
static void
write_inputs(double last)
{
    FILE *file = fopen("extra.csv", "w");
    assert_non_null(file);
    fputs("date,q\n", file);
    for (int year = 2001; year <= 2002; year++)
        for (int month = 1; month <= 12; month++) {
            static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
            for (int day = 1; day <= days[month - 1]; day++)
                fprintf(file, "%d-%02d-%02d,%g\n", year, month, day,
                        year == 2002 && month == 12 && day == 31 ? last : 0.01);
        }
    assert_int_equal(fclose(file), 0);
    write_text("basin.yaml", basin_text);
}

static int
setup(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_inputs(0.01);
    return 0;
}

static void
remove_results(void)
{
    assert_int_equal(system("rm -f out.h5 out.h5.*"), 0);
}

static bool
exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static void
assert_same(const char *path, const char *reference)
{
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command, "cmp '%s' '%s'", path, reference);
    assert_int_equal(system(command), 0);
}

/* Only the results file is left. */
static void
assert_complete(const char *reference)
{
    assert_same("out.h5", reference);
    assert_int_equal(system("test \"$(ls out.h5*)\" = out.h5"), 0);
}

/* ---- a run that is ended by a signal -----------------------------------------------------------
 */

static const char whole_run[] = "run basin.yaml -o out.h5 -q --threads 2 --resume";

static pid_t
start(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (freopen("out.txt", "w", stdout) == NULL || freopen("err.txt", "w", stderr) == NULL)
            _exit(99);
        execl(program, program, "run", "basin.yaml", "-o", "out.h5", "-q", "--threads", "2",
              "--resume", (char *)NULL);
        _exit(98);
    }
    return child;
}

static double
now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* @return exit code, or minus the signal that ended it */
static int
start_and_signal(double after_s, int number)
{
    int result;
    pid_t child = start();
    long whole_s = (long)after_s;
    nanosleep(&(struct timespec){whole_s, (long)(1e9 * (after_s - (double)whole_s))}, NULL);
    assert_int_equal(kill(child, number), 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -WTERMSIG(result);
}

/* The file of a run that is left alone; how long it takes. */
static double
make_reference(void)
{
    remove_results();
    double began_s = now_s();
    assert_run(whole_run, 0, NULL, NULL);
    double taken_s = now_s() - began_s;
    assert_int_equal(rename("out.h5", "reference.h5"), 0);
    return taken_s;
}

static void
killed_at_any_moment_it_completes_to_the_same_file(void **state)
{
    (void)state;
    uint64_t seed = 20261125;
    int with_scenarios = 0, at_work = 0, kills = 0, trial = 0;
    double taken_s = make_reference();
    /* on a busy machine runs take very unequal times, and many a kill comes too late */
    for (; trial < 20 * kills_wanted && (at_work < kills_wanted || with_scenarios == 0); trial++) {
        remove_results();
        /* one in three is killed a second time while it goes on */
        for (int again = 0; again <= (trial % 3 == 2 ? 1 : 0); again++) {
            int outcome = start_and_signal(1.05 * taken_s * random_uniform(&seed), SIGKILL);
            kills++;
            at_work += outcome == -SIGKILL;
            assert_true(outcome == -SIGKILL || outcome == 0);
            if (exists("out.h5"))
                assert_same("out.h5", "reference.h5");
        }
        with_scenarios += system("find . -name out.h5.part1 -size +20k | grep -q .") == 0;
        assert_run(whole_run, 0, NULL, NULL);
        assert_complete("reference.h5");
    }
    print_message("%d of %d kills met the program at work; %d of %d runs had scenarios kept\n",
                  at_work, kills, with_scenarios, trial);
    assert_true(at_work >= kills_wanted && with_scenarios > 0);
}

static void
a_signal_ends_it_well_and_names_the_command(void **state)
{
    (void)state;
    static const int numbers[] = {SIGINT, SIGTERM};
    double taken_s = make_reference();
    for (int i = 0; i < 2; i++) {
        int outcome = 0;
        for (double share = 0.6; outcome == 0 && share > 0.05; share *= 0.7) {
            remove_results();
            outcome = start_and_signal(share * taken_s, numbers[i]);
            assert_true(outcome == 0 || outcome == 128 + numbers[i] || outcome == -numbers[i]);
        }
        if (outcome == 128 + numbers[i]) { /* else it had not begun */
            assert_says("err.txt", "nguon: interrupted");
            assert_says("err.txt", "of 200 scenarios are kept in 'out.h5.part1'");
            assert_says("err.txt", "nguon run basin.yaml -o out.h5 -q --threads 2 --resume\n");
            assert_false(exists("out.h5"));
            assert_false(exists("out.h5.tmp"));
        }
        assert_run(whole_run, 0, NULL, NULL);
        assert_complete("reference.h5");
    }
}

/* ---- a part file that is there -----------------------------------------------------------------
 */

/* Leave a part file with some scenarios: a disk that is full after so many kilobytes. */
static void
fill_disk(const char *arguments, int kilobytes)
{
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command, "(ulimit -f %d; '%s' %s > out.txt 2> err.txt)", 2 * kilobytes,
             program, arguments);
    int result = system(command);
    assert_true(WIFEXITED(result));
    if (WEXITSTATUS(result) != 4)
        fail_msg("with %d kB the run ended with %d", kilobytes, WEXITSTATUS(result));
    assert_says("err.txt", "File too large");
    assert_false(exists("out.h5"));
    assert_false(exists("out.h5.tmp"));
}

static void
a_full_disk_keeps_what_is_finished(void **state)
{
    (void)state;
    make_reference();
    static const int kilobytes[] = {1, 100};
    for (size_t i = 0; i < sizeof kilobytes / sizeof *kilobytes; i++) {
        remove_results();
        fill_disk(whole_run, kilobytes[i]);
        if (kilobytes[i] >= 100)
            assert_says("err.txt", "of 200 scenarios are kept in 'out.h5.part1'");
        assert_run(whole_run, 0, NULL, NULL);
        assert_complete("reference.h5");
    }
}

static void
it_is_not_begun_anew_by_mistake(void **state)
{
    (void)state;
    remove_results();
    fill_disk("run basin.yaml -o out.h5 -q", 250);
    assert_run("run basin.yaml -o out.h5 -q", 2, "err.txt",
               "finished scenarios of a run that was ended: complete it with --resume, or remove "
               "the file to begin anew");
    assert_true(exists("out.h5.part1"));
    /* nothing but what another run has left is looked at */
    write_text("out.h5.partial", "mine");
    write_text("out.h5.part", "mine");
    write_text("out.h5.part07", "mine");
    assert_run("run basin.yaml -o out.h5 -q --resume", 0, NULL, NULL);
    assert_true(exists("out.h5") && exists("out.h5.partial") && exists("out.h5.part") &&
                exists("out.h5.part07"));
    assert_false(exists("out.h5.part1"));
    remove_results();
    write_text("out.h5.part1", "a text of somebody, longer than the head of a part file");
    assert_run("run basin.yaml -o out.h5 -q", 2, "err.txt", "is no part file of nguon");
    assert_run("run basin.yaml -o out.h5 -q --resume", 2, "err.txt", "is no part file of nguon");
    assert_true(exists("out.h5.part1"));
}

static void
another_run_is_not_completed(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *wanted;
    } cases[] = {
        {"--seed 4", "the seed was 3 and is 4"},
        {"--save all", "what is kept (--save) was storage,level,need,"},
        {"--solver glpk", "the solver was simplex and is glpk"},
        {"--set demands.town.need='0.31 m3/s'", "--set was nothing and is demands.town.need=0.31"},
        {"-s few.yaml", "the number of scenarios was 200 and is 2; the plan of scenarios has "
                        "changed"},
        {"-s few.yaml", "the basin file, or what it includes, has changed"},
    };
    char arguments[PATH_LENGTH];
    write_text("few.yaml", "scenarios: {axes: {weather: {realisations: 2}}}\n");
    make_reference();
    fill_disk(whole_run, 100);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(arguments, sizeof arguments, "%s %s", whole_run, cases[i].arguments);
        assert_run(arguments, 2, "err.txt", cases[i].wanted);
        assert_says("err.txt", "'out.h5.part1' is of another run");
    }
    write_inputs(0.02);
    assert_run(whole_run, 2, "err.txt", "the input extra.csv has changed");
    write_inputs(0.01);
    FILE *file = fopen("basin.yaml", "a");
    assert_non_null(file);
    fputs("# a remark\n", file);
    assert_int_equal(fclose(file), 0);
    assert_run(whole_run, 2, "err.txt", "the basin file, or what it includes, has changed");
    write_inputs(0.01);
    assert_run(whole_run, 0, NULL, NULL);
    assert_complete("reference.h5");
}

static void
only_one_run_writes(void **state)
{
    (void)state;
    remove_results();
    fill_disk(whole_run, 250);
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command, "flock out.h5.part1 '%s' %s > out.txt 2> err.txt", program,
             whole_run);
    int result = system(command);
    assert_int_equal(WEXITSTATUS(result), 2);
    assert_says("err.txt", "another run is writing 'out.h5.part1'");
}

/* By processes that know nothing of each other, in any order. */
static void
a_run_may_be_done_in_parts(void **state)
{
    (void)state;
    make_reference();
    remove_results();
    assert_run("run basin.yaml -o out.h5 --threads 1 --part 3/3", 0, "err.txt",
               "66 of the 66 scenarios of part 3 are in 'out.h5.part3'; when all parts are done");
    assert_run("run basin.yaml -o out.h5 --part 3/3", 2, "err.txt", "complete it with --resume");
    assert_run("run basin.yaml -o out.h5 --part 3/3 --seed 4 --resume", 2, "err.txt",
               "the seed was 3 and is 4");
    fill_disk("run basin.yaml -o out.h5 --part 1/3", 100);
    assert_says("err.txt", "the same command with --resume completes the part");
    assert_run("run basin.yaml -o out.h5 --part 1/3 --resume", 0, "err.txt",
               "67 of the 67 scenarios of part 1");
    assert_run("run basin.yaml -o out.h5 -q --part 2/3", 0, NULL, NULL);
    assert_false(exists("out.h5") || exists("out.h5.tmp"));
    assert_run(whole_run, 0, NULL, NULL);
    assert_complete("reference.h5");
    /* what no part has done is done at the end */
    remove_results();
    assert_run("run basin.yaml -o out.h5 -q --part 150/150", 0, NULL, NULL);
    assert_run(whole_run, 0, NULL, NULL);
    assert_complete("reference.h5");
    assert_run("run basin.yaml --part 4/3", 2, "err.txt", "N from 1 to M, not '4/3'");
    assert_run("run basin.yaml --part 3", 2, "err.txt", "N from 1 to M, not '3'");
    assert_run("run basin.yaml --part 1/3 --until 'irrigation.reliability +-3 %'", 2, "err.txt",
               "--until is asked of all scenarios");
}

/* ---- other ways to end -------------------------------------------------------------------------
 */

static void
a_stopping_rule_comes_to_the_same_end(void **state)
{
    (void)state;
    static const char until[] = "run basin.yaml -o out.h5 --threads 2 --resume "
                                "--until 'irrigation.reliability +-3.5 %'";
    remove_results();
    assert_run(until, 0, "out.txt", "draws of the weather");
    char *said = read_text("out.txt");
    assert_null(strstr(said, "(200 scenarios)")); /* it has not needed all */
    assert_int_equal(rename("out.h5", "reference.h5"), 0);
    fill_disk(until, 100);
    assert_run(until, 0, NULL, NULL);
    char *again = read_text("out.txt");
    assert_string_equal(again, said);
    assert_complete("reference.h5");
    free(again);
    free(said);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment_it_completes_to_the_same_file),
        cmocka_unit_test(a_signal_ends_it_well_and_names_the_command),
        cmocka_unit_test(a_full_disk_keeps_what_is_finished),
        cmocka_unit_test(it_is_not_begun_anew_by_mistake),
        cmocka_unit_test(another_run_is_not_completed),
        cmocka_unit_test(only_one_run_writes),
        cmocka_unit_test(a_run_may_be_done_in_parts),
        cmocka_unit_test(a_stopping_rule_comes_to_the_same_end),
    };
    if (argc > 1)
        kills_wanted = atoi(argv[1]);
    return cmocka_run_group_tests_name("resume", tests, setup, remove_folder);
}
