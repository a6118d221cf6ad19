/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_stretch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_PER_HOUR = 3600, SECONDS_PER_DAY = 86400, DAYS_MAX = 31, RECORD_MAX = 20000000 };

/* What the intervals of a file are. */
enum interval { INTERVAL_HOURS, INTERVAL_DAY, INTERVAL_MONTH, INTERVAL_NONE };

bool
netcdf_stretch_add(struct netcdf_stretch *stretch, int64_t start_s, int64_t end_s, double value)
{
    if (stretch->count == stretch->capacity) {
        size_t capacity = stretch->capacity == 0 ? 1024 : 2 * (size_t)stretch->capacity;
        int64_t *starts = realloc(stretch->start_s, capacity * sizeof *starts);
        stretch->start_s = starts != NULL ? starts : stretch->start_s;
        int64_t *ends = realloc(stretch->end_s, capacity * sizeof *ends);
        stretch->end_s = ends != NULL ? ends : stretch->end_s;
        double *values = realloc(stretch->value, capacity * sizeof *values);
        stretch->value = values != NULL ? values : stretch->value;
        if (starts == NULL || ends == NULL || values == NULL || capacity > INT32_MAX)
            return false;
        stretch->capacity = (int)capacity;
    }
    stretch->start_s[stretch->count] = start_s;
    stretch->end_s[stretch->count] = end_s;
    stretch->value[stretch->count++] = value;
    return true;
}

void
netcdf_stretch_finish(struct netcdf_stretch *stretch)
{
    free(stretch->start_s);
    free(stretch->end_s);
    free(stretch->value);
    *stretch = (struct netcdf_stretch){0};
}

/* ---- intervals ------------------------------------------------------------------------------- */

static int64_t
day_of(int64_t instant_s)
{
    int64_t rest = instant_s % SECONDS_PER_DAY;
    return (instant_s - (rest < 0 ? rest + SECONDS_PER_DAY : rest)) / SECONDS_PER_DAY;
}

/* The day that holds the middle of an interval. */
static int64_t
middle_day(const struct netcdf_stretch *stretch, int i)
{
    return day_of(stretch->start_s[i] + (stretch->end_s[i] - stretch->start_s[i]) / 2);
}

static enum interval
interval_of(const struct netcdf_stretch *stretch, int i)
{
    int64_t length_s = stretch->end_s[i] - stretch->start_s[i];
    if (length_s == SECONDS_PER_DAY)
        return INTERVAL_DAY;
    if (length_s < SECONDS_PER_DAY && length_s % SECONDS_PER_HOUR == 0 &&
        SECONDS_PER_DAY % length_s == 0 && stretch->start_s[i] % SECONDS_PER_HOUR == 0)
        return INTERVAL_HOURS;
    struct netcdf_date first = netcdf_date_of(stretch->calendar, day_of(stretch->start_s[i]));
    int64_t days = netcdf_days_in_month(stretch->calendar, first.year, first.month);
    return first.day == 1 && length_s == days * SECONDS_PER_DAY ? INTERVAL_MONTH : INTERVAL_NONE;
}

/* The one kind of interval that all figures have. */
static enum status
find_interval(const struct netcdf_stretch *stretch, enum interval *out, struct error *err)
{
    char date[32];
    *out = interval_of(stretch, 0);
    int64_t length_s = stretch->end_s[0] - stretch->start_s[0];
    for (int i = 0; i < stretch->count; i++) {
        bool same = interval_of(stretch, i) == *out &&
                    (*out == INTERVAL_MONTH || stretch->end_s[i] - stretch->start_s[i] == length_s);
        if (same && *out != INTERVAL_NONE)
            continue;
        return error_set(
            err, STATUS_INPUT, "the figure of %s is of %g hours; %s",
            netcdf_instant_text(stretch->calendar, stretch->start_s[i], date, sizeof date),
            (double)(stretch->end_s[i] - stretch->start_s[i]) / SECONDS_PER_HOUR,
            same ? "hours, 2, 3, 4, 6, 8 or 12 hours, days and months are read"
                 : "the figures before it are not");
    }
    return STATUS_OK;
}

/* Start of a calendar's day in the run's calendar, by its date. */
static enum status
run_instant(enum netcdf_calendar calendar, int64_t day, int64_t *out_s, struct error *err)
{
    struct netcdf_date found = netcdf_date_of(calendar, day);
    struct date date = {.year = found.year, .month = found.month, .day = found.day};
    if (!date_is_valid(date))
        return error_set(err, STATUS_INPUT, "%04d-%02d-%02d is no date of a run", date.year,
                         date.month, date.day);
    *out_s = date_to_seconds(date);
    return STATUS_OK;
}

/* ---- records --------------------------------------------------------------------------------- */

/* A record of count empty intervals from an instant on. */
static enum status
make_record(struct record *record, enum step_kind step, int64_t origin_s, int64_t count,
            struct error *err)
{
    if (count < 1 || count > RECORD_MAX)
        return error_set(err, STATUS_INPUT, "the files span %jd intervals; at most %d are read",
                         (intmax_t)count, (int)RECORD_MAX);
    record->step = step;
    record->count = (int)count;
    record->start_s = malloc(((size_t)count + 1) * sizeof *record->start_s);
    record->value = malloc((size_t)count * sizeof *record->value);
    record->line = calloc((size_t)count, sizeof *record->line); /* no lines: all 0 */
    if (record->start_s == NULL || record->value == NULL || record->line == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the record");
    record->start_s[0] = origin_s;
    for (int i = 0; i < record->count; i++) {
        record->value[i] = NAN;
        if (step == STEP_MONTHLY)
            record->start_s[i + 1] =
                record->start_s[i] + period_length_s(step, date_from_seconds(record->start_s[i]));
        else
            record->start_s[i + 1] =
                record->start_s[i] + (step == STEP_HOURLY ? SECONDS_PER_HOUR : SECONDS_PER_DAY);
    }
    return STATUS_OK;
}

static enum status
hours_to_record(const struct netcdf_stretch *stretch, struct record *record, struct error *err)
{
    int last = stretch->count - 1;
    int64_t first_day = day_of(stretch->start_s[0]);
    int64_t origin_s = 0;
    enum status status = run_instant(stretch->calendar, first_day, &origin_s, err);
    int64_t begin_s = stretch->start_s[0];
    if (status == STATUS_OK)
        status =
            make_record(record, STEP_HOURLY, origin_s + (begin_s - first_day * SECONDS_PER_DAY),
                        (stretch->end_s[last] - begin_s) / SECONDS_PER_HOUR, err);
    for (int i = 0; status == STATUS_OK && i < stretch->count; i++)
        for (int64_t at_s = stretch->start_s[i]; at_s < stretch->end_s[i]; at_s += SECONDS_PER_HOUR)
            record->value[(at_s - begin_s) / SECONDS_PER_HOUR] = stretch->value[i];
    return status;
}

static enum status
days_to_record(const struct netcdf_stretch *stretch, struct record *record, struct error *err)
{
    int64_t first_day = middle_day(stretch, 0);
    int64_t origin_s = 0;
    enum status status = run_instant(stretch->calendar, first_day, &origin_s, err);
    if (status == STATUS_OK)
        status = make_record(record, STEP_DAILY, origin_s,
                             middle_day(stretch, stretch->count - 1) - first_day + 1, err);
    for (int i = 0; status == STATUS_OK && i < stretch->count; i++)
        record->value[middle_day(stretch, i) - first_day] = stretch->value[i];
    return status;
}

static int
month_number(struct netcdf_date date)
{
    return 12 * date.year + date.month - 1;
}

static int
run_days_in_month(int month_number)
{
    return days_in_month(month_number / 12, month_number % 12 + 1);
}

static enum status
months_to_record(const struct netcdf_stretch *stretch, struct record *record, struct error *err)
{
    struct netcdf_date first = netcdf_date_of(stretch->calendar, day_of(stretch->start_s[0]));
    struct netcdf_date last =
        netcdf_date_of(stretch->calendar, day_of(stretch->start_s[stretch->count - 1]));
    int first_month = month_number(first);
    int64_t origin_s = 0;
    enum status status =
        run_instant(stretch->calendar, day_of(stretch->start_s[0]), &origin_s, err);
    if (status == STATUS_OK)
        status =
            make_record(record, STEP_MONTHLY, origin_s, month_number(last) - first_month + 1, err);
    for (int i = 0; status == STATUS_OK && i < stretch->count; i++) {
        int month = month_number(netcdf_date_of(stretch->calendar, day_of(stretch->start_s[i])));
        double own_days = (double)(stretch->end_s[i] - stretch->start_s[i]) / SECONDS_PER_DAY;
        double ratio = stretch->rule == MONTH_STATE ? 1.0 : own_days / run_days_in_month(month);
        record->value[month - first_month] = stretch->value[i] * ratio;
    }
    return status;
}

/* ---- months of other lengths ----------------------------------------------------------------- */

/* Empty days before the first figure and after the last are no part of the record. */
static void
trim(struct record *record)
{
    int first = 0;
    int count = record->count;
    while (count > 1 && isnan(record->value[count - 1]))
        count--;
    while (first < count - 1 && isnan(record->value[first]))
        first++;
    record->count = count - first;
    memmove(record->value, record->value + first, (size_t)record->count * sizeof *record->value);
    memmove(record->start_s, record->start_s + first,
            ((size_t)record->count + 1) * sizeof *record->start_s);
}

/* Days of a calendar that is not the run's, month by month. */
static enum status
map_days(const struct netcdf_stretch *stretch, struct record *record, struct error *err)
{
    enum netcdf_calendar calendar = stretch->calendar;
    struct netcdf_date first = netcdf_date_of(calendar, middle_day(stretch, 0));
    struct netcdf_date last = netcdf_date_of(calendar, middle_day(stretch, stretch->count - 1));
    int month_count = month_number(last) - month_number(first) + 1;
    int64_t day_count = 0;
    int64_t origin_s = 0;
    first.day = 1;
    enum status status = run_instant(calendar, netcdf_day_number(calendar, first), &origin_s, err);
    for (int m = 0; m < month_count; m++)
        day_count += run_days_in_month(month_number(first) + m);
    if (status == STATUS_OK)
        status = make_record(record, STEP_DAILY, origin_s, day_count, err);
    int i = 0;
    double *to = record->value;
    for (int m = 0; status == STATUS_OK && m < month_count; m++) {
        double from[DAYS_MAX];
        int month = month_number(first) + m;
        struct netcdf_date begin = {month / 12, month % 12 + 1, 1};
        int from_count = netcdf_days_in_month(calendar, begin.year, begin.month);
        int64_t from_day = netcdf_day_number(calendar, begin);
        for (int day = 0; day < from_count; day++)
            from[day] = NAN;
        for (; i < stretch->count && middle_day(stretch, i) < from_day + from_count; i++)
            from[middle_day(stretch, i) - from_day] = stretch->value[i];
        month_days_move(stretch->rule, from, from_count, to, run_days_in_month(month));
        to += run_days_in_month(month);
    }
    if (status == STATUS_OK)
        trim(record);
    return status;
}

/* Means of whole days; a day without all its hours has none. */
static enum status
hours_to_days(const struct netcdf_stretch *hours, struct netcdf_stretch *days, struct error *err)
{
    days->calendar = hours->calendar;
    days->rule = hours->rule;
    for (int i = 0; i < hours->count;) {
        int64_t day = day_of(hours->start_s[i]);
        int64_t begin_s = day * SECONDS_PER_DAY;
        int64_t covered_s = 0;
        double sum = 0.0;
        for (; i < hours->count && day_of(hours->start_s[i]) == day; i++) {
            covered_s += hours->end_s[i] - hours->start_s[i];
            sum += hours->value[i] * (double)(hours->end_s[i] - hours->start_s[i]);
        }
        if (!netcdf_stretch_add(days, begin_s, begin_s + SECONDS_PER_DAY,
                                covered_s == SECONDS_PER_DAY ? sum / SECONDS_PER_DAY : NAN))
            return error_set(err, STATUS_MEMORY, "out of memory for the record");
    }
    return STATUS_OK;
}

enum status
netcdf_stretch_to_record(const struct netcdf_stretch *stretch, struct record *record,
                         struct error *err)
{
    enum interval interval;
    struct netcdf_stretch days = {0};
    bool real = netcdf_calendar_is_real(stretch->calendar);
    *record = (struct record){0};
    enum status status = find_interval(stretch, &interval, err);
    if (status != STATUS_OK)
        return status;
    if (interval == INTERVAL_MONTH) {
        status = months_to_record(stretch, record, err);
    } else if (real) {
        status = interval == INTERVAL_HOURS ? hours_to_record(stretch, record, err)
                                            : days_to_record(stretch, record, err);
    } else if (interval == INTERVAL_DAY) {
        status = map_days(stretch, record, err);
    } else {
        status = hours_to_days(stretch, &days, err);
        if (status == STATUS_OK)
            status = map_days(&days, record, err);
        netcdf_stretch_finish(&days);
    }
    if (status != STATUS_OK)
        record_finish(record);
    return status;
}
