/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_RECHECK_H
#define NGUON_OUTPUT_RECHECK_H

#include "output/table.h"
#include "solvers/lp.h"
#include "solvers/status.h"

/** How a results file is checked again. */
struct recheck_options {
    const char *scenario;        /**< id of the one scenario; NULL: all */
    enum lp_method method;       /**< that solves the steps again */
    const char *program_version; /**< of the program that checks */
    enum table_format format;    /**< TABLE_TEXT, TABLE_CSV or TABLE_JSON */
};

/**
 * Check a results file again without the model run (docs/verify.md): texts and inputs by their
 * hashes, scenarios and calendar by the basin kept in the file, the water of every node in every
 * step, bounds, ranks and indicators by its series. Prints what was checked with the worst figure
 * of each check, what was not and why, and where checks failed.
 *
 * @return STATUS_OK if nothing failed; STATUS_NUMERIC if a check failed; STATUS_USAGE (no such
 *         scenario); as reader_open; STATUS_FILE_WRITE; STATUS_MEMORY
 */
enum status recheck_results(FILE *out, const char *path, const struct recheck_options *options,
                            struct error *err);

#endif
