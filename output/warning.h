/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WARNING_H
#define NGUON_OUTPUT_WARNING_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** What `nguon drought warn` prints. */
struct warning_options {
    const char *class_id; /**< the demands of people */
    int64_t from_s;       /**< today; INT64_MIN: the start of the run */
    int day_limit;        /**< days looked ahead; 0: to the end of the run */
    bool csv;
};

/**
 * Early warning from an ensemble that begins with today's storages: how likely each reservoir falls
 * below each of its lines, and people of each district run short, and how long before.
 *
 * A line is crossed in the first step at whose end the lake is below it; people are short when they
 * lack more than a part in 1e6. Lines of the basin kept in the file: zones, domestic reserve, dead
 * storage; lines that follow a record are left out, and said.
 *
 * @return STATUS_OK; STATUS_USAGE (a date outside the run, series that were not kept); as
 *         reader_open; STATUS_FILE_WRITE; STATUS_MEMORY
 */
enum status warning_print(FILE *out, const char *path, const struct warning_options *options,
                          struct error *err);

#endif
