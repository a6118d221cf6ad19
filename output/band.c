/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/band.h"

#include "solvers/quantile.h"

#include <math.h>
#include <stdlib.h>

enum status
band_init(struct band *band, int step_count, const double *length, int bucket_max,
          int scenario_count, int detail_max, struct error *err)
{
    *band =
        (struct band){.step_count = step_count, .scenario_count = scenario_count, .length = length};
    band->bucket_steps = (step_count + bucket_max - 1) / bucket_max;
    band->bucket_count = (step_count + band->bucket_steps - 1) / band->bucket_steps;
    size_t buckets = (size_t)band->bucket_count, scenarios = (size_t)scenario_count;
    bool good = true;
    for (int i = 0; i < BAND_LINE_COUNT; i++) {
        band->line[i] = malloc(buckets * sizeof(double));
        good = good && band->line[i] != NULL;
    }
    band->mean = malloc((buckets * scenarios + 1) * sizeof(float));
    if (detail_max > 0) {
        band->detail_every = (band->bucket_count + detail_max - 1) / detail_max;
        band->detail_count = (band->bucket_count + band->detail_every - 1) / band->detail_every;
        for (int i = 0; i < 3; i++) {
            band->detail[i] = malloc((scenarios * (size_t)band->detail_count + 1) * sizeof(float));
            good = good && band->detail[i] != NULL;
        }
    }
    if (!good || band->mean == NULL) {
        band_finish(band);
        return error_set(err, STATUS_MEMORY, "out of memory for the bands of a series");
    }
    for (int b = 0; b < band->bucket_count; b++)
        band->line[BAND_MIN][b] = band->line[BAND_MAX][b] = (double)NAN;
    return STATUS_OK;
}

void
band_finish(struct band *band)
{
    for (int i = 0; i < BAND_LINE_COUNT; i++)
        free(band->line[i]);
    for (int i = 0; i < 3; i++)
        free(band->detail[i]);
    free(band->mean);
    *band = (struct band){0};
}

/* Least, largest and mean of a stretch of steps; NAN without a value. */
struct stretch {
    double least, mean, largest;
};

static struct stretch
look_at(const struct band *band, const float *value, int from, int to)
{
    double sum = 0.0, length = 0.0;
    struct stretch found = {(double)NAN, (double)NAN, (double)NAN};
    for (int t = from; t < to; t++) {
        double at = (double)value[t];
        if (isnan(at))
            continue;
        sum += at * band->length[t];
        length += band->length[t];
        found.least = found.least <= at ? found.least : at;
        found.largest = found.largest >= at ? found.largest : at;
    }
    found.mean = sum / length;
    return found;
}

static void
keep_detail(struct band *band, int scenario_i, const float *value)
{
    int steps = band->detail_every * band->bucket_steps;
    for (int d = 0; d < band->detail_count; d++) {
        int from = d * steps,
            to = from + steps < band->step_count ? from + steps : band->step_count;
        struct stretch found = look_at(band, value, from, to);
        size_t at = (size_t)scenario_i * (size_t)band->detail_count + (size_t)d;
        band->detail[0][at] = (float)found.least;
        band->detail[1][at] = (float)found.mean;
        band->detail[2][at] = (float)found.largest;
    }
}

void
band_add(struct band *band, int scenario_i, const float *value)
{
    for (int b = 0; b < band->bucket_count; b++) {
        int from = b * band->bucket_steps, to = from + band->bucket_steps;
        struct stretch found =
            look_at(band, value, from, to < band->step_count ? to : band->step_count);
        double *least = &band->line[BAND_MIN][b], *largest = &band->line[BAND_MAX][b];
        *least = *least <= found.least || isnan(found.least) ? *least : found.least;
        *largest = *largest >= found.largest || isnan(found.largest) ? *largest : found.largest;
        band->mean[(size_t)b * (size_t)band->scenario_count + (size_t)scenario_i] =
            (float)found.mean;
    }
    if (band->detail_count > 0)
        keep_detail(band, scenario_i, value);
}

enum status
band_close(struct band *band, struct error *err)
{
    double *sample = malloc(((size_t)band->scenario_count + 1) * sizeof *sample);
    if (sample == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the bands of a series");
    for (int b = 0; b < band->bucket_count; b++) {
        int count = 0;
        for (int s = 0; s < band->scenario_count; s++) {
            float mean = band->mean[(size_t)b * (size_t)band->scenario_count + (size_t)s];
            if (!isnan(mean))
                sample[count++] = (double)mean;
        }
        quantile_sort(sample, count);
        band->line[BAND_P10][b] = quantile_of_sorted(sample, count, 0.1);
        band->line[BAND_P50][b] = quantile_of_sorted(sample, count, 0.5);
        band->line[BAND_P90][b] = quantile_of_sorted(sample, count, 0.9);
    }
    free(sample);
    return STATUS_OK;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

bool
series_open(struct series_variable *series, struct reader *reader, const char *name)
{
    *series = (struct series_variable){-1, -1, -1, reader->step_count, 0};
    hsize_t extent[3] = {0}, length = (hsize_t)reader->step_count;
    if (H5Lexists(reader->file, name, H5P_DEFAULT) <= 0)
        return false;
    series->variable = H5Dopen2(reader->file, name, H5P_DEFAULT);
    if (series->variable < 0)
        return false;
    series->space = H5Dget_space(series->variable);
    const hsize_t slab[3] = {1, length, 1}; /* of the rank of the file: far faster than a line */
    series->memory = H5Screate_simple(3, slab, NULL);
    if (H5Sget_simple_extent_ndims(series->space) != 3 ||
        H5Sget_simple_extent_dims(series->space, extent, NULL) != 3 || extent[1] != length ||
        extent[0] != (hsize_t)reader->scenario_count) {
        series_close(series);
        return false;
    }
    series->element_count = (int)extent[2];
    return true;
}

void
series_close(struct series_variable *series)
{
    if (series->memory >= 0)
        H5Sclose(series->memory);
    if (series->space >= 0)
        H5Sclose(series->space);
    if (series->variable >= 0)
        H5Dclose(series->variable);
    *series = (struct series_variable){-1, -1, -1, 0, 0};
}

bool
series_read(struct series_variable *series, int scenario_s, int element_i, float *value)
{
    const hsize_t start[3] = {(hsize_t)scenario_s, 0, (hsize_t)element_i};
    const hsize_t count[3] = {1, (hsize_t)series->step_count, 1};
    return element_i < series->element_count &&
           H5Sselect_hyperslab(series->space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
           H5Dread(series->variable, H5T_NATIVE_FLOAT, series->memory, series->space, H5P_DEFAULT,
                   value) >= 0;
}
