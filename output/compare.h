/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_COMPARE_H
#define NGUON_OUTPUT_COMPARE_H

#include "output/table.h"
#include "solvers/status.h"

/** What is compared, and how it is shown. */
struct compare_options {
    int path_count;
    const char *const *path; /**< results files; the first is what the others are compared with */
    const char *axis;        /**< compare the members of this axis too; NULL: the files alone */
    const char *by;          /**< demands, classes, districts, reservoirs or targets; NULL: all */
    bool all;                /**< every row, not only those with the largest changes */
    int satisfy_count;
    const char *const *satisfy; /**< thresholds, "domestic.reliability >= 99 %" */
    const char *targets_path;   /**< table of targets (scorecard.h); NULL: no targets */
    const char *class_id;       /**< class of the demands of people, for the targets */
    enum table_format format;
    const char *page_path; /**< also written as a page of HTML; NULL: none */
};

/**
 * Print what changed from the first run to the others, by demand, class, district, reservoir and
 * target; and how robust the runs are as policies.
 *
 * A run is a file, or with an axis one of its members in a file. Scenarios of different runs are
 * paired by their places on all (other) axes and their realisation of the weather; what is in all
 * runs is compared, the rest is listed. Figures are as in `nguon show`. Of a threshold every run
 * has its satisficing share, the share of scenarios that keep it (the domain criterion of Starr
 * 1963 as in Herman et al. 2015, J. Water Resour. Plann. Manage. 141(10):04015012), its regret in
 * every scenario, how far it stays behind the best run there, of which the largest counts (Savage
 * 1951, J. Am. Stat. Assoc. 46:55), and its rank by both.
 *
 * @return STATUS_OK; STATUS_USAGE (no such axis, measure or id); STATUS_INPUT (nothing in common);
 *         as reader_open; STATUS_FILE_WRITE; STATUS_MEMORY
 */
enum status compare_results(FILE *out, const struct compare_options *options, struct error *err);

/**
 * Measure the scenarios of a results file: "ID.MEASURE" or "INDICATOR/ID", as the left side of a
 * threshold.
 *
 * @param[out] id     [count] of the scenarios, freed by texts_free (output/reader.h)
 * @param[out] value  [count] NAN where a scenario has failed, freed by free
 * @return STATUS_OK; STATUS_USAGE (no such measure or id); as reader_open; STATUS_MEMORY
 */
enum status compare_measure(const char *path, const char *measure, int *count, char ***id,
                            double **value, struct error *err);

#endif
