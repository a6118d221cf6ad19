/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_series.h"

#include "model/csv.h"
#include "model/pet.h"
#include "model/plausible.h"
#include "model/series.h"
#include "model/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double seconds_per_day = 86400.0;
static const double mm_per_m = 1000.0;
static const double kelvin_at_0_degC = 273.15;
static const double pi = 3.14159265358979323846;
static const double mark_of_missing = -99.0; /* and below: no depth, but a mark */

enum { LISTED_MAX = 5 };

#define FAULT(series, at_line, ...)                                                                \
    diagnostics_add(diagnostics, false, (series)->path, at_line, 0, __VA_ARGS__)
#define WARN(series, ...) diagnostics_add(diagnostics, true, (series)->path, 0, 0, __VA_ARGS__)

const char *
catchment_date(enum step_kind step, int64_t start_s, char *buffer, size_t size)
{
    date_format(date_from_seconds(start_s), step == STEP_HOURLY, buffer, size);
    if (step == STEP_MONTHLY && strlen(buffer) > 7)
        buffer[7] = '\0';
    return buffer;
}

/* ---- columns of the file ----------------------------------------------------------------------
 */

/* Whether the file has a column; a file that cannot be read is said to have it, so that the reader
   of the record finds the fault. */
static bool
has_column(const char *path, const char *column)
{
    struct csv_reader csv;
    bool found = true;
    if (column == NULL)
        return false;
    if (csv_open(&csv, path) == CSV_ROW && csv_next(&csv) == CSV_ROW) {
        found = false;
        for (int i = 0; i < csv.cell_count; i++)
            found = found || strcmp(csv_cell(&csv, i), column) == 0;
    }
    csv_close(&csv);
    return found;
}

static enum status
read_column(const struct catchment_request *request, const char *column, struct record *record,
            struct diagnostics *diagnostics)
{
    return record_read_csv_dated(record, request->path, request->date_column, column, 1.0, 0.0,
                                 FILL_KEEP, diagnostics);
}

/* Turn a record of depths or flows into mm in each interval. */
static enum status
to_depths(const struct catchment_request *request, const struct catchment_source *source,
          struct record *record, struct diagnostics *diagnostics)
{
    struct unit unit;
    struct error err = {0};
    if (source->unit == NULL)
        return STATUS_OK;
    const char *column = source->column;
    if (unit_parse(source->unit, &unit, &err) != STATUS_OK) {
        diagnostics_add(diagnostics, false, request->path, 1, 0, "column '%s': %s", column,
                        err.text);
        return STATUS_INPUT;
    }
    if (unit.dimension == DIMENSION_FLOW && isnan(request->area_m2)) {
        diagnostics_add(diagnostics, false, request->path, 1, 0,
                        "column '%s' is a flow in %s: give --area to make it a depth", column,
                        source->unit);
        return STATUS_INPUT;
    }
    if (unit.dimension != DIMENSION_FLOW && unit.dimension != DIMENSION_SPEED &&
        unit.dimension != DIMENSION_LENGTH) {
        diagnostics_add(diagnostics, false, request->path, 1, 0,
                        "column '%s' is in %s; it must be a depth (mm), a depth per time (mm/d) "
                        "or a flow (m3/s)",
                        column, source->unit);
        return STATUS_INPUT;
    }
    for (int i = 0; i < record->count; i++) {
        double length_s = (double)(record->start_s[i + 1] - record->start_s[i]);
        double factor = unit.scale * mm_per_m;
        struct date date = date_from_seconds(record->start_s[i]);
        if (unit.dimension == DIMENSION_FLOW)
            factor /= request->area_m2;
        if (unit.dimension != DIMENSION_LENGTH && unit.basis == BASIS_SECOND)
            factor *= length_s;
        else if (unit.dimension != DIMENSION_LENGTH)
            factor *= length_s / seconds_per_day /
                      (unit.basis == BASIS_MONTH ? days_in_month(date.year, date.month)
                       : is_leap_year(date.year) ? 366.0
                                                 : 365.0);
        record->value[i] *= factor;
    }
    return STATUS_OK;
}

static enum status
to_celsius(const struct catchment_request *request, const struct catchment_source *source,
           struct record *record, struct diagnostics *diagnostics)
{
    double shift = 0.0;
    if (source->unit != NULL) {
        if (strcmp(source->unit, "K") == 0) {
            shift = -kelvin_at_0_degC;
        } else if (strcmp(source->unit, "degC") != 0) {
            diagnostics_add(diagnostics, false, request->path, 1, 0,
                            "column '%s' is in '%s'; temperatures are in degC or K", source->column,
                            source->unit);
            return STATUS_INPUT;
        }
    }
    for (int i = 0; i < record->count; i++) {
        record->value[i] += shift;
        if (record->value[i] > 60.0 || record->value[i] < -90.0) {
            char date[32];
            diagnostics_add(diagnostics, false, request->path, record->line[i], 0,
                            "column '%s' is %g degC on %s: no temperature of the air (is it in "
                            "kelvin? write '%s:K')",
                            source->column, record->value[i],
                            catchment_date(record->step, record->start_s[i], date, sizeof date),
                            source->column);
            return STATUS_INPUT;
        }
    }
    return STATUS_OK;
}

/* ---- onto the model's steps -------------------------------------------------------------------
 */

static bool
begins_step(enum step_kind step, int64_t start_s)
{
    struct date date = date_from_seconds(start_s);
    return step == STEP_HOURLY || (date.hour == 0 && (step == STEP_DAILY || date.day == 1));
}

static int64_t
step_end(enum step_kind step, int64_t start_s)
{
    if (step == STEP_HOURLY)
        return start_s + 3600;
    if (step == STEP_DAILY)
        return start_s + 86400;
    return start_s + period_length_s(step, date_from_seconds(start_s));
}

/* The whole steps that the record covers. */
static enum status
lay_out_steps(struct catchment_series *series, const struct catchment_request *request,
              const struct record *record, struct diagnostics *diagnostics)
{
    static const char *const names[] = {"hours", "days", "periods of ten days", "months"};
    series->step = request->any_step ? record->step : request->step;
    if (record->step > series->step ||
        (record->step == STEP_TENDAY && series->step != STEP_TENDAY)) {
        FAULT(series, 0, "the file has %s; the model needs %s", names[record->step],
              names[series->step]);
        return STATUS_INPUT;
    }
    int first = 0;
    while (first < record->count && !begins_step(series->step, record->start_s[first]) &&
           record->step != series->step)
        first++;
    series->start_s = malloc(((size_t)record->count + 2) * sizeof *series->start_s);
    series->line = malloc(((size_t)record->count + 1) * sizeof *series->line);
    if (series->start_s == NULL || series->line == NULL)
        return STATUS_MEMORY;
    int64_t start_s = record->start_s[first];
    series->start_s[0] = start_s;
    for (int i = first; i < record->count; i++) {
        if (record->step == series->step) {
            series->line[series->count++] = record->line[i];
            series->start_s[series->count] = record->start_s[i + 1];
            continue;
        }
        if (record->start_s[i] == start_s)
            series->line[series->count] = record->line[i];
        if (record->start_s[i + 1] == step_end(series->step, start_s)) {
            start_s = record->start_s[i + 1];
            series->start_s[++series->count] = start_s;
        }
    }
    if (series->count > 0)
        return STATUS_OK;
    FAULT(series, 0, "the file covers no whole step: the model needs %s", names[series->step]);
    return STATUS_INPUT;
}

/* Sums of the record over the steps; NaN where a part is missing. */
static double *
sum_steps(const struct catchment_series *series, const struct record *record)
{
    double *sum = malloc((size_t)series->count * sizeof *sum);
    int i = 0;
    for (int t = 0; t < series->count && sum != NULL; t++) {
        sum[t] = NAN;
        while (i < record->count && record->start_s[i] < series->start_s[t])
            i++;
        for (bool begun = false; i < record->count && record->start_s[i] < series->start_s[t + 1];
             i++, begun = true)
            sum[t] = begun ? sum[t] + record->value[i] : record->value[i];
    }
    return sum;
}

/* Each of the first few negative depths of a column. */
static enum status
refuse_negative(const struct catchment_series *series, const char *column,
                const struct record *record, struct diagnostics *diagnostics)
{
    int count = 0;
    for (int i = 0; i < record->count; i++) {
        char date[32];
        if (!(record->value[i] < 0.0))
            continue;
        if (count++ < LISTED_MAX)
            FAULT(series, record->line[i], "column '%s' is negative on %s: %g mm%s", column,
                  catchment_date(record->step, record->start_s[i], date, sizeof date),
                  record->value[i],
                  record->value[i] <= mark_of_missing
                      ? " (a missing value is an empty cell, NA or -9999)"
                      : "");
    }
    if (count > LISTED_MAX)
        FAULT(series, 0, "column '%s': %d more negative values", column, count - LISTED_MAX);
    return count > 0 ? STATUS_INPUT : STATUS_OK;
}

/* Warn of what no climate has: most likely a wrong unit. */
static void
warn_implausible(const struct catchment_series *series, const char *column,
                 enum plausible_kind kind, const double *value_mm, struct diagnostics *diagnostics)
{
    char text[160];
    struct plausible_record record = {.kind = kind,
                                      .count = series->count,
                                      .start_s = series->start_s,
                                      .value = value_mm,
                                      .mm = 1.0};
    if (!record_is_plausible(&record, text, sizeof text))
        WARN(series, "column '%s': %s", column, text);
}

/* One column of depths: read, convert, check, sum. The first one lays out the steps. */
static enum status
read_depths(struct catchment_series *series, const struct catchment_request *request,
            const struct catchment_source *source, double **out, struct diagnostics *diagnostics)
{
    struct record record = {0};
    enum status status = STATUS_OK;
    TRY(read_column(request, source->column, &record, diagnostics));
    TRY(to_depths(request, source, &record, diagnostics));
    TRY(refuse_negative(series, source->column, &record, diagnostics));
    if (series->start_s == NULL)
        TRY(lay_out_steps(series, request, &record, diagnostics));
    *out = sum_steps(series, &record);
    if (*out == NULL)
        status = STATUS_MEMORY;
out:
    record_finish(&record);
    return status;
}

/* ---- potential evapotranspiration from temperature --------------------------------------------
 */

/* Temperatures of the days, from a record of days or hours; NaN where a part is missing. */
static double
mean_over(const struct record *record, int64_t from_s, int64_t to_s, int *i)
{
    double sum = 0.0;
    int count = 0;
    while (*i < record->count && record->start_s[*i] < from_s)
        (*i)++;
    for (int j = *i; j < record->count && record->start_s[j] < to_s; j++, count++)
        sum += record->value[j];
    return count > 0 ? sum / count : (double)NAN;
}

struct temperatures {
    struct record mean, min, max;
};

static double
day_pet_mm(const struct catchment_request *request, const struct temperatures *temperatures,
           int64_t from_s, int64_t to_s, int place[3])
{
    double latitude_rad = request->latitude_deg * pi / 180.0;
    int day_of_year = pet_day_of_year(date_from_seconds(from_s + (to_s - from_s) / 2));
    if (request->pet_method == PET_HARGREAVES) {
        double min = mean_over(&temperatures->min, from_s, to_s, &place[0]);
        double max = mean_over(&temperatures->max, from_s, to_s, &place[1]);
        return isnan(min + max)
                   ? (double)NAN
                   : pet_hargreaves_mm(latitude_rad, day_of_year, min, max, request->hargreaves);
    }
    double mean = mean_over(&temperatures->mean, from_s, to_s, &place[2]);
    return isnan(mean) ? (double)NAN : pet_oudin_mm(latitude_rad, day_of_year, mean);
}

/* Potential evapotranspiration of each interval of the temperatures (a month at its middle day
   times its length), hours by the height of the sun; then summed over the steps. */
static double *
pet_of_steps(const struct catchment_series *series, const struct catchment_request *request,
             const struct temperatures *temperatures)
{
    const struct record *known =
        request->pet_method == PET_HARGREAVES ? &temperatures->min : &temperatures->mean;
    struct record pet = *known;
    int place[3] = {0};
    double *sum = NULL;
    pet.value = malloc((size_t)known->count * sizeof(double));
    for (int i = 0; i < known->count && pet.value != NULL; i++) {
        int64_t from_s = known->start_s[i], to_s = known->start_s[i + 1];
        double length_d = (double)(to_s - from_s) / seconds_per_day;
        if (known->step == STEP_HOURLY) {
            struct date date = date_from_seconds(from_s);
            int64_t day_s = from_s - 3600 * (int64_t)date.hour;
            double share = pet_hour_share(request->latitude_deg * pi / 180.0, pet_day_of_year(date),
                                          date.hour);
            int begin[3] = {place[0], place[1], place[2]};
            pet.value[i] = share * day_pet_mm(request, temperatures, day_s, day_s + 86400, begin);
            memcpy(place, begin, sizeof place);
        } else {
            pet.value[i] = length_d * day_pet_mm(request, temperatures, from_s, to_s, place);
        }
    }
    if (pet.value != NULL)
        sum = sum_steps(series, &pet);
    free(pet.value);
    return sum;
}

static enum status
read_temperature(const struct catchment_request *request, const struct catchment_source *source,
                 struct record *record, struct diagnostics *diagnostics)
{
    enum status status = read_column(request, source->column, record, diagnostics);
    return status == STATUS_OK ? to_celsius(request, source, record, diagnostics) : status;
}

static enum status
compute_pet(struct catchment_series *series, const struct catchment_request *request,
            struct diagnostics *diagnostics)
{
    struct temperatures temperatures = {0};
    enum status status = STATUS_OK;
    if (request->pet_method == PET_HARGREAVES) {
        TRY(read_temperature(request, &request->min_temperature, &temperatures.min, diagnostics));
        TRY(read_temperature(request, &request->max_temperature, &temperatures.max, diagnostics));
    } else {
        TRY(read_temperature(request, &request->mean_temperature, &temperatures.mean, diagnostics));
    }
    series->pet_mm = pet_of_steps(series, request, &temperatures);
    series->pet_computed = true;
    if (series->pet_mm == NULL)
        status = STATUS_MEMORY;
out:
    record_finish(&temperatures.mean);
    record_finish(&temperatures.min);
    record_finish(&temperatures.max);
    return status;
}

/* ---- the whole file ---------------------------------------------------------------------------
 */

/* From a column if it is there or was named, else from temperature and latitude. */
static enum status
read_pet(struct catchment_series *series, const struct catchment_request *request,
         struct diagnostics *diagnostics)
{
    bool has_temperature = has_column(request->path, request->pet_method == PET_HARGREAVES
                                                         ? request->min_temperature.column
                                                         : request->mean_temperature.column);
    series->pet_name = request->pet.column;
    if (request->pet_given || has_column(request->path, request->pet.column))
        return read_depths(series, request, &request->pet, &series->pet_mm, diagnostics);
    if (isnan(request->latitude_deg) || !has_temperature) {
        FAULT(
            series, 1,
            "there is no column '%s' of potential evapotranspiration: name it with --pet, or give "
            "--latitude%s to compute it from temperature",
            request->pet.column,
            has_temperature ? "" : " and the column of temperature (--temperature)");
        return STATUS_INPUT;
    }
    series->pet_name = request->pet_method == PET_HARGREAVES ? request->min_temperature.column
                                                             : request->mean_temperature.column;
    return compute_pet(series, request, diagnostics);
}

enum status
catchment_series_read(struct catchment_series *series, const struct catchment_request *request,
                      struct diagnostics *diagnostics)
{
    enum status status = STATUS_OK;
    *series = (struct catchment_series){.path = strdup(request->path)};
    if (series->path == NULL)
        return STATUS_MEMORY;
    series->rain_name = request->rain.column;
    series->flow_name = request->flow.column;
    if (request->needs_weather) {
        TRY(read_depths(series, request, &request->rain, &series->rain_mm, diagnostics));
        TRY(read_pet(series, request, diagnostics));
        warn_implausible(series, series->rain_name, PLAUSIBLE_RAIN, series->rain_mm, diagnostics);
        warn_implausible(series, series->pet_name, PLAUSIBLE_PET, series->pet_mm, diagnostics);
    }
    if (request->needs_flow || request->flow_given ||
        has_column(request->path, request->flow.column))
        TRY(read_depths(series, request, &request->flow, &series->flow_mm, diagnostics));
out:
    if (status != STATUS_OK)
        catchment_series_finish(series);
    return status;
}

void
catchment_series_finish(struct catchment_series *series)
{
    free(series->path);
    free(series->start_s);
    free(series->rain_mm);
    free(series->pet_mm);
    free(series->flow_mm);
    free(series->line);
    *series = (struct catchment_series){0};
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static int
find_step(const struct catchment_series *series, int64_t instant_s)
{
    int low = 0, high = series->count;
    if (instant_s < series->start_s[0] || instant_s >= series->start_s[series->count])
        return -1;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (series->start_s[middle] <= instant_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static enum status
find_date(const struct catchment_series *series, const char *option, const char *text, bool is_end,
          int *step_t, struct error *err)
{
    struct date date;
    char first[32], last[32];
    if (!date_parse(text, &date))
        return error_set(err, STATUS_INPUT,
                         "%s: '%s' is no date: write 1991-12-31, 1991-12 or '1991-12-31 07:00'",
                         option, text);
    int64_t instant_s = date_to_seconds(date);
    if (is_end && strlen(text) <= 7)
        instant_s += (int64_t)86400 * (days_in_month(date.year, date.month) - 1);
    if (is_end && strlen(text) <= 10)
        instant_s += 86400 - 1;
    *step_t = find_step(series, instant_s);
    if (*step_t < 0)
        return error_set(
            err, STATUS_INPUT, "%s %s is outside the record of %s, %s to %s", option, text,
            series->path, catchment_date(series->step, series->start_s[0], first, sizeof first),
            catchment_date(series->step, series->start_s[series->count - 1], last, sizeof last));
    return STATUS_OK;
}

enum status
catchment_period_find(const struct catchment_series *series, const char *from, const char *to,
                      int warmup, struct catchment_period *period, struct error *err)
{
    static const char *const names[] = {"hours", "days", "periods", "months"};
    int first = warmup > 0 ? warmup : 0, last = series->count - 1;
    enum status status = STATUS_OK;
    char date[32], other[32];
    if (from != NULL)
        status = find_date(series, "--from", from, false, &first, err);
    if (status == STATUS_OK && to != NULL)
        status = find_date(series, "--to", to, true, &last, err);
    if (status != STATUS_OK)
        return status;
    const int64_t *start_s = series->start_s;
    if (first < warmup)
        return error_set(
            err, STATUS_INPUT,
            "the warm-up needs %d %s before %s, but the record of %s begins on %s", warmup,
            names[series->step], catchment_date(series->step, start_s[first], date, sizeof date),
            series->path, catchment_date(series->step, start_s[0], other, sizeof other));
    if (first >= series->count)
        return error_set(err, STATUS_INPUT,
                         "the warm-up of %d %s takes the whole record of %s (%d)", warmup,
                         names[series->step], series->path, series->count);
    if (last < first)
        return error_set(err, STATUS_INPUT, "the run ends on %s, before it begins on %s",
                         catchment_date(series->step, start_s[last], date, sizeof date),
                         catchment_date(series->step, start_s[first], other, sizeof other));
    *period = (struct catchment_period){.warmup_first = first - (warmup > 0 ? warmup : 0),
                                        .first = first,
                                        .count = last + 1 - first};
    return STATUS_OK;
}

static int
report_gaps(const struct catchment_series *series, const struct catchment_period *period,
            const char *column, const double *value, struct diagnostics *diagnostics)
{
    int gap_count = 0, end = period->first + period->count;
    for (int t = period->warmup_first; t < end; t++) {
        int from = t;
        char first[32], last[32];
        while (t < end && isnan(value[t]))
            t++;
        if (t == from)
            continue;
        if (gap_count++ < LISTED_MAX)
            FAULT(series, series->line[from], "column '%s' has no value from %s to %s (%d missing)",
                  column, catchment_date(series->step, series->start_s[from], first, sizeof first),
                  catchment_date(series->step, series->start_s[t - 1], last, sizeof last),
                  t - from);
    }
    if (gap_count > LISTED_MAX)
        FAULT(series, 0, "column '%s': %d more gaps", column, gap_count - LISTED_MAX);
    return gap_count;
}

enum status
catchment_series_check(const struct catchment_series *series, const struct catchment_period *period,
                       struct diagnostics *diagnostics)
{
    int gaps = report_gaps(series, period, series->rain_name, series->rain_mm, diagnostics) +
               report_gaps(series, period, series->pet_name, series->pet_mm, diagnostics);
    return gaps > 0 ? STATUS_INPUT : STATUS_OK;
}
