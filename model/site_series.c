/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/site_series.h"

#include "model/series.h"
#include "model/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double seconds_per_day = 86400.0;
static const double mm_per_m = 1000.0;

enum { LISTED_MAX = 5 };

const char *
site_series_date(const struct site_series *series, int step_t, char *buffer, size_t size)
{
    date_format(date_from_seconds(series->start_s[step_t]), series->step == STEP_HOURLY, buffer,
                size);
    if (series->step == STEP_MONTHLY && strlen(buffer) > 7)
        buffer[7] = '\0';
    return buffer;
}

/* What the unit makes of the numbers, and whether they are per time. */
static enum status
measure_of(const struct site_source *source, struct unit *unit, enum site_measure *measure,
           struct diagnostics *diagnostics)
{
    const char *text = source->unit != NULL ? source->unit : source->usual_unit;
    struct error err = {0};
    *measure = SITE_NUMBER;
    if (text == NULL)
        return STATUS_OK;
    if (unit_parse(text, unit, &err) != STATUS_OK) {
        diagnostics_add(diagnostics, false, source->path, 1, 0, "column '%s': %s", source->column,
                        err.text);
        return STATUS_INPUT;
    }
    switch (unit->dimension) {
    case DIMENSION_LENGTH:
    case DIMENSION_SPEED:
        *measure = SITE_DEPTH_MM;
        return STATUS_OK;
    case DIMENSION_VOLUME:
    case DIMENSION_FLOW:
        *measure = SITE_VOLUME_M3;
        return STATUS_OK;
    case DIMENSION_NONE:
        return STATUS_OK;
    default:
        diagnostics_add(diagnostics, false, source->path, 1, 0,
                        "column '%s' is in %s; it must be a depth (mm, mm/d), a flow (m3/s) or a "
                        "volume in the interval (m3, hm3)",
                        source->column, text);
        return STATUS_INPUT;
    }
}

/* Turn rates into amounts in each interval, in mm or m3. */
static void
to_amounts(struct site_series *series, const struct unit *unit)
{
    bool is_rate = unit->dimension == DIMENSION_SPEED || unit->dimension == DIMENSION_FLOW;
    double scale = unit->scale * (series->measure == SITE_DEPTH_MM ? mm_per_m : 1.0);
    for (int t = 0; t < series->count; t++) {
        double length_s = (double)(series->start_s[t + 1] - series->start_s[t]), factor = scale;
        struct date date = date_from_seconds(series->start_s[t]);
        if (is_rate && unit->basis == BASIS_SECOND)
            factor *= length_s;
        else if (is_rate)
            factor *= length_s / seconds_per_day /
                      (unit->basis == BASIS_MONTH ? days_in_month(date.year, date.month)
                       : is_leap_year(date.year)  ? 366.0
                                                  : 365.0);
        series->value[t] *= factor;
    }
}

/* Each of the first few negative amounts. */
static enum status
refuse_negative(const struct site_series *series, struct diagnostics *diagnostics)
{
    int count = 0;
    for (int t = 0; t < series->count; t++) {
        char date[32];
        if (!(series->value[t] < 0.0))
            continue;
        if (count++ < LISTED_MAX)
            diagnostics_add(diagnostics, false, series->path, series->line[t], 0,
                            "column '%s' is negative on %s; an amount of water is 0 or more",
                            series->column, site_series_date(series, t, date, sizeof date));
    }
    if (count > LISTED_MAX)
        diagnostics_add(diagnostics, false, series->path, 0, 0,
                        "column '%s': %d more negative values", series->column, count - LISTED_MAX);
    return count > 0 ? STATUS_INPUT : STATUS_OK;
}

enum status
site_series_read(struct site_series *series, const struct site_source *source,
                 struct diagnostics *diagnostics)
{
    struct record record = {0};
    struct unit unit = {0};
    enum status status = STATUS_OK;
    *series = (struct site_series){.path = strdup(source->path), .column = strdup(source->column)};
    if (series->path == NULL || series->column == NULL)
        TRY(STATUS_MEMORY);
    TRY(measure_of(source, &unit, &series->measure, diagnostics));
    TRY(record_read_csv_dated(&record, source->path, source->date_column, source->column, 1.0, 0.0,
                              FILL_KEEP, diagnostics));
    series->step = record.step;
    series->count = record.count;
    series->start_s = record.start_s;
    series->value = record.value;
    series->line = record.line;
    record = (struct record){0}; /* the series owns the arrays now */
    if (series->measure != SITE_NUMBER)
        to_amounts(series, &unit);
    if (!source->may_be_negative)
        TRY(refuse_negative(series, diagnostics));
out:
    record_finish(&record);
    if (status != STATUS_OK)
        site_series_finish(series);
    return status;
}

void
site_series_finish(struct site_series *series)
{
    free(series->path);
    free(series->column);
    free(series->start_s);
    free(series->value);
    free(series->line);
    *series = (struct site_series){0};
}

/* Add up the whole months of the record. */
static void
sum_months(const struct site_series *series, struct site_series *months)
{
    int t = 0;
    while (t < series->count) {
        struct date date = date_from_seconds(series->start_s[t]);
        int64_t end_s = series->start_s[t] + period_length_s(STEP_MONTHLY, date);
        bool whole = date.day == 1 && date.hour == 0;
        if (!whole) {
            t++;
            continue;
        }
        double sum = 0.0;
        int first = t;
        for (; t < series->count && series->start_s[t] < end_s; t++)
            sum += series->value[t];
        if (series->start_s[t] != end_s)
            return; /* the record ends within the month */
        months->start_s[months->count] = series->start_s[first];
        months->line[months->count] = series->line[first];
        months->value[months->count] = sum;
        months->start_s[++months->count] = end_s;
    }
}

enum status
site_series_months(const struct site_series *series, struct site_series *months, struct error *err)
{
    size_t room = (size_t)series->count + 1;
    enum status status = STATUS_OK;
    *months = (struct site_series){.path = strdup(series->path),
                                   .column = strdup(series->column),
                                   .measure = series->measure,
                                   .step = STEP_MONTHLY,
                                   .start_s = malloc(room * sizeof *months->start_s),
                                   .value = malloc(room * sizeof *months->value),
                                   .line = malloc(room * sizeof *months->line)};
    if (months->path == NULL || months->column == NULL || months->start_s == NULL ||
        months->value == NULL || months->line == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the months of %s", series->path));
    if (series->measure == SITE_NUMBER && series->step != STEP_MONTHLY)
        TRY(error_set(err, STATUS_INPUT,
                      "%s: column '%s' has no unit, so that its values cannot be summed over "
                      "months; give one, for example '%s:mm'",
                      series->path, series->column, series->column));
    sum_months(series, months);
    if (months->count == 0)
        TRY(error_set(err, STATUS_INPUT, "%s: the record covers no whole month", series->path));
out:
    if (status != STATUS_OK)
        site_series_finish(months);
    return status;
}

/* ---- periods ----------------------------------------------------------------------------------
 */

static enum status
find_date(const struct site_series *series, const char *option, const char *text, bool is_end,
          int *step_t, struct error *err)
{
    struct date date;
    char first[32], last[32];
    if (!date_parse(text, &date))
        return error_set(err, STATUS_INPUT, "%s: '%s' is no date: write 1991-12-31 or 1991-12",
                         option, text);
    int64_t instant_s = date_to_seconds(date);
    if (is_end && strlen(text) <= 7)
        instant_s += (int64_t)86400 * (days_in_month(date.year, date.month) - 1);
    if (is_end && strlen(text) <= 10)
        instant_s += 86400 - 1;
    int low = 0, high = series->count;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (series->start_s[middle] <= instant_s)
            low = middle;
        else
            high = middle;
    }
    *step_t = low;
    if (instant_s < series->start_s[0] || instant_s >= series->start_s[series->count])
        return error_set(err, STATUS_INPUT, "%s %s is outside the record of %s, %s to %s", option,
                         text, series->path, site_series_date(series, 0, first, sizeof first),
                         site_series_date(series, series->count - 1, last, sizeof last));
    return STATUS_OK;
}

enum status
site_series_period(const struct site_series *series, const char *option, const char *from,
                   const char *to, int *first, int *last, struct error *err)
{
    enum status status = STATUS_OK;
    *first = 0;
    *last = series->count - 1;
    if (from != NULL)
        status = find_date(series, option, from, false, first, err);
    if (status == STATUS_OK && to != NULL)
        status = find_date(series, option, to, true, last, err);
    if (status == STATUS_OK && *last < *first)
        status = error_set(err, STATUS_INPUT, "%s ends on %s, before it begins on %s", option, to,
                           from != NULL ? from : "the first of the record");
    return status;
}
