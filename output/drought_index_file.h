/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_DROUGHT_INDEX_FILE_H
#define NGUON_OUTPUT_DROUGHT_INDEX_FILE_H

#include "model/site_series.h"
#include "solvers/standardised_index.h"

enum { INDEX_SCALES_MAX = SCALE_MAX };

/** A drought index on several scales, with all that says how it was made. */
struct drought_index {
    const char *name;    /**< "spi", "spei", "ssi" */
    const char *input;   /**< path of the series */
    const char *source;  /**< what was summed, for example "rain P_mm" */
    const char *version; /**< "nguon 0.1.0" */
    const char *command;
    const struct site_series *months;
    struct index_options options; /**< scale: not used */
    int scale_count;
    int scale[INDEX_SCALES_MAX];
    int first, last;                 /**< months that are written */
    double *value[INDEX_SCALES_MAX]; /**< [scale_count][months->count] */
    struct index_fit fit[INDEX_SCALES_MAX][CALENDAR_MONTHS];
};

/**
 * Write the index: lines of '#' that name source, distribution, estimator, reference period, rule
 * for zeros and limits; then `date,spi_1,spi_3 ...`, an empty cell where there is no value.
 *
 * @param[in] path  NULL: standard output
 */
enum status drought_index_write(const char *path, const struct drought_index *index,
                                struct error *err);

/** Write what was fitted: a row for each scale and calendar month. */
enum status drought_index_write_fits(const char *path, const struct drought_index *index,
                                     struct error *err);

#endif
