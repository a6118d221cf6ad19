/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_DROUGHT_EVENTS_FILE_H
#define NGUON_OUTPUT_DROUGHT_EVENTS_FILE_H

#include "model/site_series.h"
#include "solvers/drought_frequency.h"
#include "solvers/run_theory.h"

/** The droughts of a series, with all that says how they were found. */
struct drought_events {
    const char *input;
    const char *version;
    const char *command;
    const char *threshold_text; /**< "Q80 of each calendar month, 1981-01 to 2010-12" */
    const struct site_series *series;
    const struct event_rule *rule;
    int count;
    const struct drought_event *event;
    const struct drought_frequency *frequency; /**< NULL: not fitted */
};

/** "days", "months", "ten-day periods", "hours". */
const char *step_unit(enum step_kind step);

/** Unit of a severity as written, "hm3", "mm", "1", and what divides the internal one. */
const char *severity_unit(enum site_measure measure);
double severity_divisor(enum site_measure measure);

/**
 * Write the events: lines of '#' that name threshold, pooling and fits, then a row an event.
 * @param[in] path  NULL: standard output
 */
enum status drought_events_write(const char *path, const struct drought_events *events,
                                 struct error *err);

#endif
