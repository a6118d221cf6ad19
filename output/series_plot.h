/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SERIES_PLOT_H
#define NGUON_OUTPUT_SERIES_PLOT_H

#include "output/report_words.h"
#include "solvers/status.h"

struct series_plot_options {
    const char *series;   /**< name of a series, "storage" */
    const char *id;       /**< of its element */
    const char *scenario; /**< id of the one scenario; NULL: bands of all */
    enum language language;
};

/**
 * Draw a series of a results file into an SVG file: bands over the scenarios or one scenario, for
 * storage with the lines of the lake. A long series is drawn by the least, the mean and the largest
 * of buckets of steps (output/band.h).
 *
 * @return STATUS_OK; STATUS_USAGE (no such series, element, scenario: the nearest is named); as
 *         reader_open; STATUS_FILE_WRITE; STATUS_MEMORY
 */
enum status series_plot_write(const char *path, const char *results_path,
                              const struct series_plot_options *options, struct error *err);

#endif
