/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/indicators.h"
#include "output/writer_private.h"

#include <stdio.h>
#include <stdlib.h>

/* The coordinates of time: steps, and months and years of series that are put together over them.
 */

static const struct {
    const char *name, *long_name;
    enum h5_dimension dimension;
} times[PERIOD_COUNT] = {{"time", "start of the step", DIMENSION_TIME_AXIS},
                         {"month", "start of the month in the run", DIMENSION_MONTH},
                         {"year", "start of the calendar year in the run", DIMENSION_YEAR}};

enum h5_dimension
writer_time_dimension(enum result_period period)
{
    return times[period].dimension;
}

/* The share of a whole month or year that the run covers: the first and the last may be cut. */
static void
put_coverage(struct writer *writer, enum result_period period, const struct kept_time *time,
             double *value)
{
    static const char *const long_name[PERIOD_COUNT] = {
        "", "share of the month that the run covers", "share of the year that the run covers"};
    const struct timeaxis *axis = writer->info->axis;
    char name[32];
    for (int p = 0; p < time->count; p++) {
        int first = time->first_t[p], next = time->first_t[p + 1];
        int days = period == PERIOD_MONTH ? axis->days_in_month[first] : axis->days_in_year[first];
        value[p] = (double)(axis->start_s[next] - axis->start_s[first]) / (days * 86400.0);
    }
    snprintf(name, sizeof name, "%s_coverage", times[period].name);
    writer_put_numbers(writer, writer->file.file, name, long_name[period], "1",
                       times[period].dimension, value);
}

static void
put_time(struct writer *writer, enum result_period period)
{
    const struct timeaxis *axis = writer->info->axis;
    const struct kept_time *time = &writer->encoding.kept.time[period];
    struct h5file *file = &writer->file;
    size_t count = (size_t)time->count;
    double *value = calloc(2 * count + 1, sizeof *value);
    char bounds_name[32];
    const struct h5shape shape = {1, {times[period].dimension}, {0}};
    const struct h5shape bounds = {2, {times[period].dimension, DIMENSION_BOUNDS}, {0}};
    if (value == NULL) {
        file->failed = true;
        return;
    }
    for (size_t p = 0; p < count; p++)
        value[p] = time_of_step(axis, time->first_t[p]);
    snprintf(bounds_name, sizeof bounds_name, "%s_bnds", times[period].name);
    file->length[times[period].dimension] = count;
    hid_t variable =
        h5file_variable(file, file->file, times[period].name, H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_set_scale(file, variable, times[period].name, times[period].dimension);
    h5file_text_attribute(file, variable, "standard_name", "time");
    h5file_text_attribute(file, variable, "long_name", times[period].long_name);
    h5file_text_attribute(file, variable, "units", time_units(axis));
    h5file_text_attribute(file, variable, "calendar", "proleptic_gregorian");
    h5file_text_attribute(file, variable, "axis", "T");
    h5file_text_attribute(file, variable, "bounds", bounds_name);
    h5file_write(file, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
    if (file->scale[DIMENSION_BOUNDS] < 0)
        h5file_bare_dimension(file, "bnds", DIMENSION_BOUNDS, 2);
    for (size_t p = 0; p < count; p++) {
        value[2 * p] = time_of_step(axis, time->first_t[p]);
        value[2 * p + 1] = time_of_step(axis, time->first_t[p + 1]);
    }
    variable = h5file_variable(file, file->file, bounds_name, H5T_NATIVE_DOUBLE, &bounds, NULL);
    h5file_write(file, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
    if (period != PERIOD_STEP)
        put_coverage(writer, period, time, value);
    free(value);
}

void
writer_lay_out_times(struct writer *writer)
{
    const struct kept *kept = &writer->encoding.kept;
    bool is_used[PERIOD_COUNT] = {[PERIOD_STEP] = true};
    for (int i = 0; i < kept->count; i++)
        is_used[kept->series[i].period] = true;
    for (int p = 0; p < PERIOD_COUNT; p++)
        if (is_used[p])
            put_time(writer, (enum result_period)p);
}
