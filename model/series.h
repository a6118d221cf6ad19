/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_SERIES_H
#define NGUON_MODEL_SERIES_H

#include "model/diagnostics.h"
#include "model/timeaxis.h"

/** What to do where the record has no value. */
enum fill_rule {
    FILL_NONE, /**< a gap is an error */
    FILL_ZERO,
    FILL_PREVIOUS,    /**< last value before the gap */
    FILL_INTERPOLATE, /**< straight line between the neighbours */
    FILL_CLIMATOLOGY, /**< mean of the same calendar month in the record */
    FILL_KEEP         /**< leave it missing (NaN); never in a basin file */
};

/**
 * A record read from a file: values over regular intervals (hour, day, tuần or month, found from
 * the dates), already converted to the unit of its use by `scale` and `offset`.
 */
struct record {
    enum step_kind step;
    int count;
    int64_t *start_s; /**< [count + 1] */
    double *value;    /**< [count], NaN where missing and not filled */
    int *line;        /**< [count] line of the file each stands on, 0 for none */
    int filled_count;
    double largest; /**< of the values */
};

/**
 * Read one named column of a CSV file (RFC 4180 quoting; first line the names; the first column, or
 * one called date, time or datetime, holds the dates; '#' lines are comments; '.' decimal point;
 * empty, NA, NaN and -9999 cells are missing).
 *
 * Every fault is added to diagnostics with file and line: unreadable file, a directory, no such
 * column (with the nearest name), a date that does not parse, reversed or duplicate dates,
 * irregular intervals, a cell that is no number, infinities, and, with FILL_NONE, each gap with its
 * first and last date (at most 5 are listed, the rest counted).
 *
 * @param[in] offset, scale  stored value = file value * scale + offset
 * @return STATUS_OK or STATUS_INPUT (see diagnostics), STATUS_MEMORY
 */
enum status record_read_csv(struct record *record, const char *path, const char *column,
                            double scale, double offset, enum fill_rule fill,
                            struct diagnostics *diagnostics);

/** The same with the dates in a named column; NULL: found as above. */
enum status record_read_csv_dated(struct record *record, const char *path, const char *date_column,
                                  const char *column, double scale, double offset,
                                  enum fill_rule fill, struct diagnostics *diagnostics);
void record_finish(struct record *record);

/** Called for a gap that the rule does not fill: intervals from up to, not including, to. */
typedef void record_gap_report(void *context, const struct record *record, int from, int to,
                               const char *reason);

/**
 * Fill the intervals without a value by the rule; each gap that stays is reported.
 *
 * @param[in] zero  what FILL_ZERO puts: 0 in the unit of the file, as stored
 */
void record_fill(struct record *record, enum fill_rule fill, double zero, record_gap_report *report,
                 void *context);

/**
 * Mean of the record over each step of the axis (time-weighted over the overlap), so that a daily
 * record serves an hourly or monthly run. A record that does not cover the run, or a missing value
 * inside it, is an error that names the first step without data.
 *
 * @param[out] value [axis->step_count]
 */
enum status record_on_axis(const struct record *record, const struct timeaxis *axis, double *value,
                           struct error *err);

#endif
