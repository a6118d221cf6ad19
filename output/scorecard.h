/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SCORECARD_H
#define NGUON_OUTPUT_SCORECARD_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stdio.h>

/**
 * Score a run against a table of targets, each for the scenarios of its year (their demand_year):
 * mean and worst of them, and whether the target is met in all. What the run does not know, and
 * years without a scenario, are said to be so.
 *
 * The table is a CSV file with the columns id, indicator, year, measure, of, parameter,
 * reliability, relation, target, flag, source, and perhaps indicator_vi;
 * data/scorecard_quang_ninh.csv explains them.
 *
 * @param[in] targets_path  the table
 * @param[in] class_id      the class of the demands of people
 * @return STATUS_OK; STATUS_INPUT (a fault of the table, with its line); what domestic_open
 *         returns; STATUS_FILE_WRITE
 */
enum status scorecard_print(FILE *out, const char *path, const char *targets_path,
                            const char *class_id, bool csv, struct error *err);

/** What every scenario of a run makes of every target. */
struct scorecard_values {
    int target_count, scenario_count;
    char **id;     /**< [target_count] */
    double *value; /**< [scenario_count][target_count] 0..1; NAN: another year, failed, unknown */
};

/**
 * The figures behind a scorecard, scenario by scenario. Freed by scorecard_values_free.
 * @return as scorecard_print
 */
enum status scorecard_measure(const char *path, const char *targets_path, const char *class_id,
                              struct scorecard_values *values, struct error *err);
void scorecard_values_free(struct scorecard_values *values);

enum scorecard_verdict {
    SCORECARD_MET,
    SCORECARD_MET_ON_AVERAGE,
    SCORECARD_MISSED,
    SCORECARD_NOT_MODELLED,
    SCORECARD_NOT_MODELLED_HERE,
    SCORECARD_NO_YEAR, /**< no scenario of the year */
    SCORECARD_VERDICT_COUNT
};

/** A target and what the scenarios of its year make of it. */
struct scorecard_row {
    char *indicator, *indicator_vi; /**< the second "" if the table has none */
    int year;
    bool above;                 /**< more than the target, not just as much */
    double target, mean, worst; /**< 0..1; NAN without a figure */
    enum scorecard_verdict verdict;
    int worst_s; /**< scenario of the worst figure, -1 without one */
};

/** The rows that scorecard_print prints. Freed by scorecard_rows_free. @return as scorecard_print
 */
enum status scorecard_rows(const char *path, const char *targets_path, const char *class_id,
                           struct scorecard_row **rows, int *count, struct error *err);
void scorecard_rows_free(struct scorecard_row *rows, int count);

#endif
