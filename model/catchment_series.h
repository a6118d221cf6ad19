/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CATCHMENT_SERIES_H
#define NGUON_MODEL_CATCHMENT_SERIES_H

#include "model/diagnostics.h"
#include "model/timeaxis.h"

#include <stdbool.h>

/*
 * Weather and flow of one catchment from a CSV file, on the step of a rainfall-runoff model: what
 * `nguon catchment` reads.
 */

/** Where a series stands: a column and its unit, "P_mm" or "P_mm:mm/d". */
struct catchment_source {
    const char *column;
    const char *unit; /**< NULL: mm in the interval of the file, degC for temperatures */
};

/** How potential evapotranspiration is found where the file has none. */
enum pet_method { PET_OUDIN, PET_HARGREAVES };

/** What to read. A column that is NULL is not looked for. */
struct catchment_request {
    const char *path;
    const char *date_column; /**< NULL: the first, or one called date, time or datetime */
    struct catchment_source rain, pet, flow;
    struct catchment_source mean_temperature, min_temperature, max_temperature;
    bool pet_given;     /**< the user named the column: it must be there */
    bool flow_given;    /**< likewise */
    bool needs_weather; /**< rain and potential evapotranspiration */
    bool needs_flow;
    enum pet_method pet_method;
    double latitude_deg; /**< NAN: not given */
    double hargreaves;   /**< coefficient, usually 0.0023 */
    double area_m2;      /**< NAN: not given; for flows in m3/s */
    enum step_kind step; /**< of the model; a finer file is summed */
    bool any_step;       /**< take the file's own step instead */
};

/** Series over regular steps without a break; a missing value is NaN. */
struct catchment_series {
    char *path;
    enum step_kind step;
    int count;
    int64_t *start_s; /**< [count + 1] */
    double *rain_mm;  /**< [count] in the step, NULL if not read */
    double *pet_mm;   /**< [count] in the step, NULL if not read */
    double *flow_mm;  /**< [count] in the step, NULL if not read */
    int *line;        /**< [count] line of the file on which the step begins, 0 unknown */
    const char *rain_name, *pet_name, *flow_name; /**< columns, for messages */
    bool pet_computed;
};

/**
 * Read the file. Every fault is added to diagnostics with its place: see record_read_csv, and a
 * column that is not there, a unit of another kind, a negative depth, a step coarser than the
 * model's. Implausible magnitudes (a wrong unit) are warnings.
 *
 * @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY
 */
enum status catchment_series_read(struct catchment_series *series,
                                  const struct catchment_request *request,
                                  struct diagnostics *diagnostics);
void catchment_series_finish(struct catchment_series *series);

/** A stretch of steps. */
struct catchment_period {
    int warmup_first; /**< first step of the warm-up */
    int first;        /**< first step after it */
    int count;        /**< steps after it */
};

/**
 * Steps of a run.
 *
 * @param[in] from, to  dates ("1990-01-01", "1990-01", with an hour for hourly series), NULL: the
 *                      record's first (after the warm-up) and last; a `to` without an hour takes in
 *                      its whole day or month
 * @param[in] warmup    steps before `from`; negative: none, from the start of the record on
 * @return STATUS_OK, STATUS_INPUT (no date, outside the record, no steps left)
 */
enum status catchment_period_find(const struct catchment_series *series, const char *from,
                                  const char *to, int warmup, struct catchment_period *period,
                                  struct error *err);

/**
 * Whether rain and potential evapotranspiration are there in all steps of the run, warm-up
 * included. Each gap is added to diagnostics with its first and last date.
 */
enum status catchment_series_check(const struct catchment_series *series,
                                   const struct catchment_period *period,
                                   struct diagnostics *diagnostics);

/** Date of a step as its kind is written: "1990-01-01", "1990-01-01 07:00", "1990-01". */
const char *catchment_date(enum step_kind step, int64_t start_s, char *buffer, size_t size);

#endif
