/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_SCENARIOS_RUN_FIXTURE_H
#define NGUON_TESTS_SCENARIOS_RUN_FIXTURE_H

#include "scenarios/simulate.h"
#include "scenarios/verify.h"
#include "tests/scenarios/random_basin.h"

/*
 * One scenario of a basin from the file to its results, and the seeds of the random basins that a
 * test goes through: `test_x [rich] FIRST [COUNT]` for these seeds, else as many as the test's
 * default, or NGUON_TEST_NETWORKS if that is set.
 */

/** A basin that is simulated as it stands, all series kept. */
struct test_run {
    struct basin *basin;
    struct timeaxis axis;
    struct records *records;
    struct runoff *runoff;
    struct verification *verification; /**< set it to have every step verified */
    struct scenario_result result;
    struct error err;
};

/** Takes the basin over. false (and a message) where records or runoff fail; NULL basin likewise.
 */
bool run_open(struct test_run *run, struct basin *basin);
/** The same with the series of `--save`. */
bool run_open_keeping(struct test_run *run, struct basin *basin, const char *save);
void run_close(struct test_run *run);

/** Simulate all steps; the message of a failure is in run->err. */
enum status run_simulate(struct test_run *run, enum lp_method method);

/** Value of a kept series. */
double run_series(const struct test_run *run, enum result_variable variable, int element, int t);

/** Basin from the text of a file, written to the folder with a weather file if that is not NULL. */
struct basin *basin_of_text(const char *folder, const char *text, const char *weather);

/** Folder for the files of a test, removed with all that it holds by folder_remove. */
const char *folder_create(void);
void folder_remove(const char *folder);

/** Which random basins to go through. */
struct seed_range {
    bool rich;
    uint64_t first;
    uint64_t count;
};
struct seed_range seed_range_of(int argc, char **argv, uint64_t default_count);

#endif
