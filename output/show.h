/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SHOW_H
#define NGUON_OUTPUT_SHOW_H

#include "output/table.h"
#include "solvers/status.h"

#include <stdbool.h>
#include <stdio.h>

struct show_options {
    const char *what;     /**< classes, districts, demands, reservoirs, links, intakes, licences,
                             scenarios,     balance,     climate, series:VARIABLE:ID, members:...,
                             surface:...     (docs/climate.md),     or NULL: the overview */
    const char *scenario; /**< id of the one scenario to show; NULL: all together */
    enum table_format format; /**< TABLE_TEXT, TABLE_CSV or TABLE_JSON */
    const char *svg;          /**< members, surface: draw a picture to this file; NULL: none */
    const char *overlay;      /**< surface: CSV file of projections laid over it; NULL: none */
};

/**
 * Print tables of a results file. Volumes are means over the scenarios shown; worst figures come
 * with their date and scenario.
 * @return STATUS_OK; STATUS_USAGE (no such table, scenario, series: the nearest is named);
 *         STATUS_FILE, STATUS_INPUT (see reader_open); STATUS_FILE_WRITE
 */
enum status show_results(FILE *out, const char *path, const struct show_options *options,
                         struct error *err);

#endif
