/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WHY_H
#define NGUON_OUTPUT_WHY_H

#include "output/reader.h"
#include "scenarios/why.h"

#include <stdbool.h>
#include <stdio.h>

/** What is asked of a results file that holds an audit. */
struct why_options {
    const char *demand;
    const char *date;     /**< a date, or date and hour, within the run */
    const char *scenario; /**< id; NULL: the one where the demand is shortest in that step */
    bool json;            /**< for machines, in place of sentences */
    bool values;          /**< also who gets one m3 more at each node */
};

/**
 * Print why a demand was cut in a step: what binds, who had the water, what would have restored it.
 * @return STATUS_OK; STATUS_USAGE (no such demand, date, scenario; no audit: says which option
 * saves it); STATUS_FILE, STATUS_INPUT (see reader_open); STATUS_FILE_WRITE; STATUS_NUMERIC
 */
enum status why_results(FILE *out, const char *path, const struct why_options *options,
                        struct error *err);

/** The record of a step; audit_step_finish frees it. @return STATUS_USAGE without an audit */
enum status reader_audit(struct reader *reader, const struct basin *basin, int scenario_s,
                         int step_t, struct audit_step *step, struct error *err);

#endif
