/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_SITE_SERIES_H
#define NGUON_MODEL_SITE_SERIES_H

#include "model/diagnostics.h"
#include "model/timeaxis.h"

#include <stdbool.h>

/*
 * One series of a site from a CSV file for the analysis of droughts: rain, flow or an index, as
 * amounts in each interval, and the months made of it.
 */

/** What the numbers are. */
enum site_measure {
    SITE_DEPTH_MM,  /**< mm in the interval */
    SITE_VOLUME_M3, /**< m3 in the interval */
    SITE_NUMBER     /**< without a unit: an index */
};

/** A column and its unit, "Q" or "Q:m3/s". */
struct site_source {
    const char *path;
    const char *date_column; /**< NULL: the first, or one called date, time or datetime */
    const char *column;
    const char *unit;       /**< NULL: the usual one */
    const char *usual_unit; /**< "mm" (in the interval), "m3/s" ...; NULL: a number */
    bool may_be_negative;   /**< a balance, an index */
};

/** A series over regular intervals; a missing value is NAN. */
struct site_series {
    char *path;
    char *column;
    enum site_measure measure;
    enum step_kind step;
    int count;
    int64_t *start_s; /**< [count + 1] */
    double *value;    /**< [count] */
    int *line;        /**< [count] line of the file, 0 unknown */
};

/**
 * Read a column. Depths and volumes in the interval are taken as they are, depths and flows per
 * time multiplied by the true length of the interval. Every fault is added to diagnostics with its
 * place: see record_read_csv, and a unit that is no depth, volume or flow, and negative amounts.
 *
 * @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY; the series is empty unless STATUS_OK
 */
enum status site_series_read(struct site_series *series, const struct site_source *source,
                             struct diagnostics *diagnostics);
void site_series_finish(struct site_series *series);

/**
 * Sum a series of amounts over calendar months. A month that the record covers in part only, at
 * either end, is left out; one with a missing value is missing.
 *
 * @return STATUS_OK (also for a series of months, which is copied), STATUS_INPUT (no whole month, a
 *         series of numbers that is not monthly), STATUS_MEMORY
 */
enum status site_series_months(const struct site_series *series, struct site_series *months,
                               struct error *err);

/**
 * Steps from one date to another, both included.
 *
 * @param[in] from, to  "1990-01-01" or "1990-01"; NULL: the first and the last of the series
 * @param[in] option    what to call them in messages, for example "--reference"
 * @return STATUS_OK, STATUS_INPUT (no date, outside the record, reversed)
 */
enum status site_series_period(const struct site_series *series, const char *option,
                               const char *from, const char *to, int *first, int *last,
                               struct error *err);

/** Date of a step as its kind is written: "1990-01-01", "1990-01". Buffer of >= 20 bytes. */
const char *site_series_date(const struct site_series *series, int step_t, char *buffer,
                             size_t size);

#endif
