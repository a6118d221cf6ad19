/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_PERFORMANCE_TABLE_H
#define NGUON_OUTPUT_PERFORMANCE_TABLE_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** What the demands are added up by. */
enum performance_group { GROUP_DEMAND, GROUP_CLASS, GROUP_DISTRICT, GROUP_ALL, GROUP_COUNT };

struct performance_options {
    enum performance_group group;
    const char *scenario; /**< id of the one scenario; NULL: all */
    bool csv;             /**< a row for each scenario and group, with intervals */
    int block_years;      /**< of the bootstrap; 0: the cube root of the years */
    int sample_count;     /**< bootstrap samples; 0: no intervals */
    uint64_t seed;
};

/**
 * Print how well demands were met, from the series `need` and `supply` of a results file: a table
 * over the scenarios (mean, 10 and 90 % of them, and the worst), or CSV. A group fails in a step if
 * its demands together lack more than a part in 1e6.
 *
 * @return STATUS_OK; STATUS_USAGE (no such scenario, the series were not kept); STATUS_FILE,
 *         STATUS_INPUT (see reader_open); STATUS_FILE_WRITE; STATUS_MEMORY
 */
enum status performance_print(FILE *out, const char *path,
                              const struct performance_options *options, struct error *err);

#endif
