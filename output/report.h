/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_REPORT_H
#define NGUON_OUTPUT_REPORT_H

#include "output/report_words.h"
#include "solvers/status.h"

struct report_options {
    enum language language;
    const char *targets_path; /**< table of targets for the scorecard; NULL: no scorecard */
    const char *version;      /**< of the program */
};

/**
 * Write a page about a results file: one file of HTML that fetches nothing, to read, search, zoom
 * and print (docs/report.md). An earlier file of that name is replaced only by a whole one.
 *
 * @return STATUS_OK; STATUS_FILE, STATUS_INPUT (see reader_open); STATUS_FILE_WRITE; STATUS_MEMORY
 */
enum status report_write(const char *path, const char *results_path,
                         const struct report_options *options, struct error *err);

#endif
