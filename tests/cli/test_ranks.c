/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <signal.h>
#include <stdbool.h>
#include <time.h>

/*
 * A run that several processes share: the same bytes as one process makes, whatever their number
 * and whatever happens to them. NGUON_MPIRUN launches them; without it nothing is tested.
 */

#define BASIN(end, realisations)                                                                   \
    "nguon: 1\nname: Ranks\nrun: {start: 2001-01-01, end: " end ", seed: 3}\n"                     \
    "series:\n  extra: {file: extra.csv, column: q, unit: m3/s}\n"                                 \
    "catchments:\n"                                                                                \
    "  hills: {area: 60 km2, to: lake, inflow: {generate: {mean: 1.0 m3/s, monthly: "              \
    "[3, 3, 4, 5, 8, 13, 17, 17, 12, 8, 6, 4], cv: 0.4, lag1: 0.5, recession: 8 d, base: 60 "      \
    "%}}}\n"                                                                                       \
    "  side: {area: 1 km2, to: lake, inflow: {series: extra}}\n"                                   \
    "reservoirs:\n"                                                                                \
    "  lake: {table: {level: [0, 20], area: [1, 1], storage: [0, 9], units: [m, km2, hm3]}, "      \
    "capacity: 9 hm3, spill_to: sea}\n"                                                            \
    "seas:\n  sea: {}\n"                                                                           \
    "demands:\n"                                                                                   \
    "  town: {class: domestic, need: 0.3 m3/s}\n"                                                  \
    "  fields: {class: irrigation, need: 0.6 m3/s}\n"                                              \
    "links:\n"                                                                                     \
    "  main: {kind: pipe, from: lake, to: town}\n"                                                 \
    "  canal: {kind: canal, from: lake, to: fields}\n"                                             \
    "scenarios:\n"                                                                                 \
    "  axes:\n"                                                                                    \
    "    weather: {realisations: " realisations "}\n"                                              \
    "    need: {values: [100 %, 120 %], path: demands.fields.need, change: scale}\n"

static const char *mpirun;

static void
write_inputs(const char *path, double second)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("date,q\n", file);
    enum { DAYS = 7305, FIRST = 978307200 }; /* 2001 to 2020 */
    for (int day = 0; day < DAYS; day++) {
        char date[16];
        time_t moment = FIRST + 86400 * (time_t)day;
        strftime(date, sizeof date, "%Y-%m-%d", gmtime(&moment));
        fprintf(file, "%s,%g\n", date, day == 1 ? second : 0.01);
    }
    assert_int_equal(fclose(file), 0);
}

static int
setup(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", BASIN("2002-12-31", "50"));
    write_text("short.yaml", BASIN("2001-01-31", "2"));
    write_text("long.yaml", BASIN("2010-12-31", "200"));
    write_inputs("extra.csv", 0.02);
    return 0;
}

static bool
exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static void
remove_results(void)
{
    assert_int_equal(system("rm -f out.h5 out.h5.* out.failed-*"), 0);
}

/* Only the results file is left. */
static void
assert_complete(const char *reference)
{
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command, "cmp out.h5 '%s'", reference);
    assert_int_equal(system(command), 0);
    assert_int_equal(system("test \"$(ls -d out.h5*)\" = out.h5"), 0);
}

/* `mpirun RANKS`, where @ is for the program; out.txt and err.txt hold what was printed. */
static void
assert_ranks(const char *ranks, int exit_code)
{
    char command[COMMAND_LENGTH];
    size_t used = (size_t)snprintf(command, sizeof command,
                                   "timeout 100 '%s' --allow-run-as-root --oversubscribe ", mpirun);
    for (const char *c = ranks; *c != '\0'; c++)
        used +=
            (size_t)(*c == '@' ? snprintf(command + used, sizeof command - used, "'%s'", program)
                               : snprintf(command + used, sizeof command - used, "%c", *c));
    snprintf(command + used, sizeof command - used, " > out.txt 2> err.txt");
    int result = system(command);
    assert_true(WIFEXITED(result));
    if (WEXITSTATUS(result) == exit_code)
        return;
    char *text = read_text("err.txt");
    print_error("%s\n", text);
    free(text);
    fail_msg("`mpirun %s` ended with %d, not %d", ranks, WEXITSTATUS(result), exit_code);
}

/* The same arguments for one process; its file is what the ranks have to make. */
static void
make_reference(const char *arguments, int exit_code)
{
    remove_results();
    assert_run(arguments, exit_code, NULL, NULL);
    assert_int_equal(rename("out.h5", "reference.h5"), 0);
    remove_results();
}

/* How often a text is in a file. */
static int
count_text(const char *path, const char *wanted)
{
    char *text = read_text(path);
    int count = 0;
    for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted))
        count++;
    free(text);
    return count;
}

/* ---- ranks that do well ------------------------------------------------------------------------
 */

static void
any_number_of_ranks_makes_the_same_file(void **state)
{
    (void)state;
    static const char arguments[] = "run basin.yaml -o out.h5 --save all,audit --threads 2";
    static const char *const ranks[] = {
        "-n 2 @ run basin.yaml -o out.h5 --save all,audit --threads 2",
        "-n 4 @ run basin.yaml -o out.h5 --save all,audit --threads 2",
        /* threads of each rank are its own; the file tells those of the first */
        "-n 1 @ run basin.yaml -o out.h5 --save all,audit --threads 2 : "
        "-n 1 @ run basin.yaml -o out.h5 --save all,audit --threads 1 : "
        "-n 1 @ run basin.yaml -o out.h5 --save all,audit --threads 3",
    };
    make_reference(arguments, 0);
    char *said = read_text("out.txt");
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        remove_results();
        assert_ranks(ranks[i], 0);
        assert_complete("reference.h5");
        char *now = read_text("out.txt");
        assert_string_equal(now, said);
        free(now);
        assert_int_equal(count_text("err.txt", ""), 0);
    }
    free(said);
}

static void
more_ranks_than_scenarios(void **state)
{
    (void)state;
    make_reference("run short.yaml -o out.h5 -q --threads 1", 0);
    assert_ranks("-n 4 @ run short.yaml -o out.h5 -q --threads 1", 0);
    assert_complete("reference.h5");
}

static void
a_stopping_rule_comes_to_the_same_end(void **state)
{
    (void)state;
    static const char *const rules[] = {"+-6 %", "+-0.01 %"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        char arguments[256], ranks[300];
        snprintf(arguments, sizeof arguments,
                 "run basin.yaml -o out.h5 --threads 1 --resume --until "
                 "'irrigation.reliability %s'",
                 rules[i]);
        snprintf(ranks, sizeof ranks, "-n 2 @ %s", arguments);
        make_reference(arguments, 0);
        char *said = read_text("out.txt");
        assert_non_null(strstr(said, "draws of the weather"));
        assert_int_equal(strstr(said, "(100 scenarios)") != NULL, i == 1);
        assert_ranks(ranks, 0);
        assert_complete("reference.h5");
        char *now = read_text("out.txt");
        assert_string_equal(now, said);
        free(now);
        free(said);
    }
}

static void
every_step_is_verified(void **state)
{
    (void)state;
    static const char arguments[] = "run short.yaml -o out.h5 -q --threads 1 --verify";
    make_reference(arguments, 0);
    char *said = read_text("out.txt"), ranks[128];
    assert_non_null(strstr(said, "Verified 124 steps"));
    snprintf(ranks, sizeof ranks, "-n 2 @ %s", arguments);
    assert_ranks(ranks, 0);
    assert_complete("reference.h5");
    char *now = read_text("out.txt");
    assert_string_equal(now, said);
    free(now);
    free(said);
}

/* ---- what goes wrong ---------------------------------------------------------------------------
 */

static void
bad_usage_and_bad_input_are_told_once(void **state)
{
    (void)state;
    assert_ranks("-n 2 @ run basin.yaml -o out.h5 --threads 0", 2);
    assert_int_equal(count_text("err.txt", "--threads takes a number"), 1);
    assert_ranks("-n 2 @ run nothing.yaml -o out.h5", 2);
    assert_int_equal(count_text("err.txt", "nothing.yaml: error: there is no such file"), 1);
    assert_ranks("-n 2 @ run basin.yaml -o nowhere/out.h5", 4);
    assert_int_equal(count_text("err.txt", "nguon: cannot write 'nowhere/out.h5.part1'"), 1);
}

static void
a_rank_that_reads_another_version_is_named(void **state)
{
    (void)state;
    char ranks[2 * PATH_LENGTH];
    remove_results();
    assert_int_equal(system("mkdir -p other && cp basin.yaml other"), 0);
    snprintf(ranks, sizeof ranks,
             "-n 1 @ run basin.yaml -o %s/out.h5 : -n 1 --wdir '%s/other' @ run basin.yaml -o "
             "%s/out.h5",
             folder, folder, folder);
    assert_ranks(ranks, 2); /* there is no extra.csv */
    assert_says("err.txt", "rank 1 on ");
    assert_says("err.txt", "extra.csv");
    write_inputs("other/extra.csv", 0.03);
    assert_ranks(ranks, 2);
    assert_says("err.txt", "rank 1 on ");
    assert_says("err.txt", "this is not what rank 0 runs: the input extra.csv has changed");
    assert_false(exists("out.h5") || exists("out.h5.part1") || exists("out.h5.part2"));
    write_inputs("other/extra.csv", 0.02);
    assert_ranks(ranks, 0);
}

/* As on machines that do not share the folder of the results. */
static void
parts_that_rank_0_does_not_see_are_missed(void **state)
{
    (void)state;
    remove_results();
    assert_int_equal(system("mkdir -p far && cp basin.yaml extra.csv far"), 0);
    assert_ranks("-n 1 @ run basin.yaml -o out.h5 -q --threads 1 : -n 1 --wdir far @ run "
                 "basin.yaml -o out.h5 -q --threads 1",
                 4);
    assert_says("err.txt", "nguon: 100 scenarios are finished, but only ");
    assert_says("err.txt", "'out.h5': its folder must be one that all processes share");
    assert_false(exists("out.h5"));
    assert_true(exists("far/out.h5.part2"));
}

/* Scenario dry has a step that failing_solver.c cannot solve. */
static void
a_scenario_that_fails(void **state)
{
    (void)state;
    const char *whole = program;
    program = getenv("NGUON_FAILING");
    write_text("fails.yaml", "nguon: 1\nname: fails\nrun: {start: 2021-02-20, end: 2021-04-10}\n"
                             "junctions: {j: {boundary_inflow: 1 m3/s, spill_to: sea}}\n"
                             "seas: {sea: {}}\n"
                             "demands: {farm: {class: irrigation, need: 40000 m3/d}}\n"
                             "links: {canal: {kind: canal, from: j, to: farm}}\n"
                             "scenarios: {axes: {year: {members: {wet: {}, usual: {}, dry: "
                             "{demands.farm.need: {set: 77777 m3/d, from: 2021-03-03, to: "
                             "2021-03-03}}, cold: {}}}}}\n");
    make_reference("run fails.yaml -o out.h5 --threads 1 -q --on-failure continue", 3);
    assert_ranks("-n 3 @ run fails.yaml -o out.h5 --threads 1 -q --on-failure continue", 3);
    assert_int_equal(count_text("err.txt", "scenario 'year=dry': 2021-03-03: the allocation"), 1);
    assert_says("err.txt", "1 of 4 scenarios failed; there are no results of them");
    assert_true(exists("out.failed-year=dry-2021-03-03.lp"));
    assert_int_equal(system("rm out.failed-*"), 0);
    assert_complete("reference.h5");
    remove_results();
    assert_ranks("-n 3 @ run fails.yaml -o out.h5 --threads 1 -q", 3);
    assert_int_equal(count_text("err.txt", "scenario 'year=dry': 2021-03-03: the allocation"), 1);
    assert_false(exists("out.h5"));
    assert_run("run fails.yaml -o out.h5 --threads 1 -q --on-failure continue --resume", 3, NULL,
               NULL);
    assert_true(exists("out.h5"));
    program = whole;
}

/* ---- ranks that are lost -----------------------------------------------------------------------
 */

static void
wait_a_little(void)
{
    nanosleep(&(struct timespec){0, 5000000}, NULL);
}

static pid_t
start_ranks(const char *count)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (freopen("out.txt", "w", stdout) == NULL || freopen("err.txt", "w", stderr) == NULL)
            _exit(99);
        execl(mpirun, mpirun, "--allow-run-as-root", "--oversubscribe", "-n", count, program, "run",
              "long.yaml", "-o", "out.h5", "-q", "--threads", "1", "--resume", (char *)NULL);
        _exit(98);
    }
    return child;
}

/* Send a signal to the last rank once it has finished a scenario. @return exit code */
static int
signal_a_rank(int number)
{
    enum { TRIES = 4000 };
    int status = 0, rank = 0;
    char path[64], command[128];
    pid_t launcher = start_ranks("3");
    for (int i = 0; i < TRIES; i++) {
        struct stat part;
        if (stat("out.h5.part3", &part) == 0 && part.st_size > 20000)
            break;
        wait_a_little();
    }
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)launcher, (int)launcher);
    FILE *children = fopen(path, "r");
    assert_non_null(children);
    for (int child; fscanf(children, "%d", &child) == 1;) {
        snprintf(command, sizeof command,
                 "tr '\\0' ' ' < /proc/%d/environ | grep -q "
                 "OMPI_COMM_WORLD_RANK=2",
                 child);
        if (system(command) == 0)
            rank = child;
    }
    fclose(children);
    assert_true(rank > 0);
    assert_int_equal(kill(rank, number), 0);
    assert_int_equal(waitpid(launcher, &status, 0), launcher);
    assert_true(WIFEXITED(status));
    assert_false(exists("out.h5"));
    return WEXITSTATUS(status);
}

static const char whole_run[] = "run long.yaml -o out.h5 -q --threads 1 --resume";

static void
a_lost_rank_loses_nothing_that_is_finished(void **state)
{
    (void)state;
    make_reference(whole_run, 0);
    assert_int_not_equal(signal_a_rank(SIGKILL), 0);
    assert_true(exists("out.h5.part1") && exists("out.h5.part2") && exists("out.h5.part3"));
    assert_run("run long.yaml -o out.h5 -q --threads 1", 2, "err.txt",
               "of a run that was ended: complete it with --resume");
    assert_run(whole_run, 0, NULL, NULL);
    assert_complete("reference.h5");
}

static void
a_signal_to_one_rank_ends_all_well(void **state)
{
    (void)state; /* the reference is that of the test before */
    remove_results();
    assert_int_equal(signal_a_rank(SIGTERM), 128 + SIGTERM);
    assert_says("err.txt", "nguon: rank 2 on ");
    assert_says("err.txt", ": interrupted\n");
    assert_says("err.txt", "of 400 scenarios are kept in 'out.h5.part1' to '.part3'; this, by any "
                           "number of ranks, completes the run:\n");
    assert_ranks("-n 4 @ run long.yaml -o out.h5 -q --threads 1 --resume", 0);
    assert_complete("reference.h5");
}

static void
without_mpi_mpirun_is_refused(void **state)
{
    (void)state;
    assert_int_equal(setenv("OMPI_COMM_WORLD_SIZE", "4", 1), 0);
    assert_run("run basin.yaml -o out.h5", 2, "err.txt",
               "mpirun has started 4 processes, but this nguon is built without MPI");
    assert_false(exists("out.h5"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_ranks_makes_the_same_file),
        cmocka_unit_test(more_ranks_than_scenarios),
        cmocka_unit_test(a_stopping_rule_comes_to_the_same_end),
        cmocka_unit_test(every_step_is_verified),
        cmocka_unit_test(bad_usage_and_bad_input_are_told_once),
        cmocka_unit_test(a_rank_that_reads_another_version_is_named),
        cmocka_unit_test(parts_that_rank_0_does_not_see_are_missed),
        cmocka_unit_test(a_scenario_that_fails),
        cmocka_unit_test(a_lost_rank_loses_nothing_that_is_finished),
        cmocka_unit_test(a_signal_to_one_rank_ends_all_well),
    };
    mpirun = getenv("NGUON_MPIRUN");
    if (mpirun == NULL) {
        const struct CMUnitTest without[] = {cmocka_unit_test(without_mpi_mpirun_is_refused)};
        int failed = cmocka_run_group_tests_name("ranks", without, setup, remove_folder);
        puts("nguon is built without MPI (meson option mpi): all else is skipped");
        return failed == 0 ? 77 : failed;
    }
    return cmocka_run_group_tests_name("ranks", tests, setup, remove_folder);
}
