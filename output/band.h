/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_BAND_H
#define NGUON_OUTPUT_BAND_H

#include "output/reader.h"

/*
 * A series of many scenarios as bands over time, thin enough to be drawn. Time is cut into buckets
 * of equally many steps. For each bucket: the least and the largest value of any step in any
 * scenario, so that no extreme is lost, and quantiles over the scenarios of their means in the
 * bucket.
 */

enum { BAND_MIN, BAND_P10, BAND_P50, BAND_P90, BAND_MAX, BAND_LINE_COUNT };

struct band {
    int step_count, scenario_count;
    const double *length; /**< [step_count] of the steps, for means; not owned */
    int bucket_steps, bucket_count;
    double *line[BAND_LINE_COUNT];  /**< [bucket_count], NAN where no scenario has a value */
    float *mean;                    /**< [bucket_count][scenario_count] */
    int detail_every, detail_count; /**< buckets of one coarser bucket; how many of these */
    float *detail[3];               /**< [scenario_count][detail_count] least, mean, largest */
};

/**
 * @param[in] bucket_max  at most so many buckets, at least 1
 * @param[in] detail_max  at most so many coarser ones for single scenarios; 0: none are kept
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status band_init(struct band *band, int step_count, const double *length, int bucket_max,
                      int scenario_count, int detail_max, struct error *err);
void band_finish(struct band *band);

/** Add a scenario. @param[in] value  [step_count], NAN where there is none */
void band_add(struct band *band, int scenario_i, const float *value);

/** Once all scenarios are added: the quantiles. @return STATUS_OK, STATUS_MEMORY */
enum status band_close(struct band *band, struct error *err);

/** A variable (scenario, time, element) of a results file, open for reading. */
struct series_variable {
    hid_t variable, space, memory;
    int step_count, element_count;
};

/** @return false if the file keeps no such series */
bool series_open(struct series_variable *series, struct reader *reader, const char *name);
void series_close(struct series_variable *series);

/** One element in one scenario. @return false if it cannot be read */
bool series_read(struct series_variable *series, int scenario_s, int element_i, float *value);

#endif
