/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_OUTPUT_OUTPUT_FIXTURE_H
#define NGUON_TESTS_OUTPUT_OUTPUT_FIXTURE_H

/* A small basin run into a results file in a folder of the test's own. */

#include "output/writer.h"
#include "scenarios/ensemble.h"

enum { PATH_LENGTH = 512 };

/** The folder, made by fixture_setup and removed with its files by fixture_teardown. */
extern char fixture_folder[];
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** Path of a file of the folder. */
const char *fixture_path(const char *name, char *path);

/**
 * Run the basin (two lakes of one river, a town and a farm, two axes) into a results file.
 * @param[in] step       daily | hourly | tenday | monthly
 * @param[in] save       as for --save
 * @param[in] sink_also  receives every result beside the file; NULL for none
 */
enum status fixture_run(const char *step, const char *save, int threads, const char *path,
                        void (*sink_also)(void *context, const struct scenario_result *result),
                        void *context, struct error *err);

/** Complete such a run of daily steps; sink_also sees what is simulated now. */
enum status fixture_resume(const char *save, const char *path,
                           void (*sink_also)(void *context, const struct scenario_result *result),
                           void *context, struct error *err);

/** The basin of the last fixture_run. */
const struct basin *fixture_basin(void);

#endif
