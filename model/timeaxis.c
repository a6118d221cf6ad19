/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/timeaxis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SECONDS_PER_HOUR = 3600,
    SECONDS_PER_DAY = 86400,
    HOURS_PER_DAY = 24,
    FIRST_YEAR = 1600, /* the Gregorian calendar began in October 1582 */
    LAST_YEAR = 9999,  /* four digits */
    TENDAYS_PER_MONTH = 3,
    EPOCH_WEEKDAY = 3, /* 1970-01-01 was a Thursday, with Monday as 0 */
    STEP_COUNT_MAX = 10000000
};

/* ---- dates --------------------------------------------------------------------------------- */

bool
is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int
days_in_month(int year, int month)
{
    static const int length[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    return month == 2 && is_leap_year(year) ? 29 : length[month - 1];
}

int
day_of_leap_year(int month, int day)
{
    static const int before[12] = {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335};
    if (month < 1 || month > 12)
        return 0;
    return before[month - 1] + day;
}

bool
date_is_valid(struct date date)
{
    return date.year >= FIRST_YEAR && date.year <= LAST_YEAR && date.month >= 1 &&
           date.month <= 12 && date.day >= 1 && date.day <= days_in_month(date.year, date.month) &&
           date.hour >= 0 && date.hour < HOURS_PER_DAY;
}

int64_t
date_to_seconds(struct date date)
{
    struct tm tm = {.tm_year = date.year - 1900,
                    .tm_mon = date.month - 1,
                    .tm_mday = date.day,
                    .tm_hour = date.hour};
    return (int64_t)timegm(&tm);
}

struct date
date_from_seconds(int64_t instant_s)
{
    time_t instant = (time_t)instant_s;
    struct tm tm;
    if (gmtime_r(&instant, &tm) == NULL)
        return (struct date){0};
    return (struct date){
        .year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday, .hour = tm.tm_hour};
}

/* Read exactly digit_count digits; the place after them, or NULL. */
static const char *
read_digits(const char *text, int digit_count, int *out)
{
    int value = 0;
    for (int i = 0; i < digit_count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return NULL;
        value = 10 * value + (text[i] - '0');
    }
    *out = value;
    return text + digit_count;
}

/* " 07:00", "T07:00" or with ":00" seconds, as spreadsheets and pandas write; whole hours only. */
static bool
parse_hour(const char *text, int *hour)
{
    if (text[0] != ' ' && text[0] != 'T')
        return false;
    const char *rest = read_digits(text + 1, 2, hour);
    return rest != NULL && (strcmp(rest, ":00") == 0 || strcmp(rest, ":00:00") == 0);
}

bool
date_parse(const char *text, struct date *out)
{
    struct date date = {.day = 1};
    const char *rest = read_digits(text, 4, &date.year);
    if (rest == NULL || *rest != '-')
        return false;
    rest = read_digits(rest + 1, 2, &date.month);
    if (rest == NULL)
        return false;
    if (*rest == '-') {
        rest = read_digits(rest + 1, 2, &date.day);
        if (rest == NULL || (*rest != '\0' && !parse_hour(rest, &date.hour)))
            return false;
    } else if (*rest != '\0') {
        return false;
    }
    if (!date_is_valid(date))
        return false;
    *out = date;
    return true;
}

const char *
date_format(struct date date, bool with_hour, char *buffer, size_t size)
{
    /* wide enough for any figures, so that a date that is none is cut rather than spilt */
    char text[64];
    if (with_hour)
        snprintf(text, sizeof text, "%04d-%02d-%02d %02d:00", date.year, date.month, date.day,
                 date.hour);
    else
        snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
    size_t length = strlen(text) < size ? strlen(text) : size - 1;
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return buffer;
}

const char *
date_format_short(int64_t instant_s, char *buffer, size_t size)
{
    struct date date = date_from_seconds(instant_s);
    return date_format(date, date.hour != 0, buffer, size);
}

/* ---- the axis ------------------------------------------------------------------------------ */

/* Day number, 0 on 1970-01-01. */
static int64_t
day_number(struct date date)
{
    date.hour = 0;
    return date_to_seconds(date) / SECONDS_PER_DAY; /* whole days: exact before 1970 too */
}

static int64_t
tenday_number(struct date date)
{
    int third = (date.day - 1) / 10;
    int64_t month_number = (int64_t)date.year * 12 + date.month - 1;
    return month_number * TENDAYS_PER_MONTH + (third < 2 ? third : 2);
}

static int64_t
period_count(enum step_kind step, struct date first, struct date last)
{
    switch (step) {
    case STEP_HOURLY:
        return (day_number(last) - day_number(first) + 1) * HOURS_PER_DAY;
    case STEP_DAILY:
        return day_number(last) - day_number(first) + 1;
    case STEP_TENDAY:
        return tenday_number(last) - tenday_number(first) + 1;
    case STEP_MONTHLY:
        return (int64_t)(last.year - first.year) * 12 + last.month - first.month + 1;
    }
    return 0;
}

int64_t
period_length_s(enum step_kind step, struct date start)
{
    int month_days = days_in_month(start.year, start.month);
    switch (step) {
    case STEP_HOURLY:
        return SECONDS_PER_HOUR;
    case STEP_DAILY:
        return SECONDS_PER_DAY;
    case STEP_TENDAY:
        return (int64_t)SECONDS_PER_DAY * (start.day == 21 ? month_days - 20 : 10);
    case STEP_MONTHLY:
        return (int64_t)SECONDS_PER_DAY * month_days;
    }
    return 0;
}

/* Move on by a period that does not leave the month other than to its end. */
static void
date_advance(struct date *date, int64_t length_s)
{
    int hours = date->hour + (int)(length_s / SECONDS_PER_HOUR);
    date->hour = hours % HOURS_PER_DAY;
    date->day += hours / HOURS_PER_DAY;
    if (date->day <= days_in_month(date->year, date->month))
        return;
    date->day = 1;
    date->month++;
    if (date->month > 12) {
        date->month = 1;
        date->year++;
    }
}

static enum status
check_run(enum step_kind step, struct date first, struct date last, struct error *err)
{
    if (!date_is_valid(first) || !date_is_valid(last))
        return error_set(err, STATUS_INPUT, "the %s of the run is no date of the years %d to %d",
                         date_is_valid(first) ? "end" : "start", (int)FIRST_YEAR, (int)LAST_YEAR);
    char start[24];
    char end[24];
    date_format(first, first.hour != 0, start, sizeof start);
    date_format(last, last.hour != 0, end, sizeof end);
    if (first.hour != 0 || last.hour != 0)
        return error_set(err, STATUS_INPUT, "a run takes whole days: %s has an hour",
                         first.hour != 0 ? start : end);
    if (date_to_seconds(last) < date_to_seconds(first))
        return error_set(err, STATUS_INPUT, "the end of the run, %s, is before its start, %s", end,
                         start);
    if (step == STEP_MONTHLY && first.day != 1)
        return error_set(err, STATUS_INPUT, "a monthly run starts on day 1 of a month, not on %s",
                         start);
    if (step == STEP_TENDAY && first.day != 1 && first.day != 11 && first.day != 21)
        return error_set(err, STATUS_INPUT,
                         "a ten-day run starts on day 1, 11 or 21 of a month, not on %s", start);
    int64_t count = period_count(step, first, last);
    if (count > STEP_COUNT_MAX)
        return error_set(err, STATUS_INPUT, "the run has %lld steps; at most %d are simulated",
                         (long long)count, (int)STEP_COUNT_MAX);
    return STATUS_OK;
}

static bool
allocate(struct timeaxis *axis)
{
    size_t count = (size_t)axis->step_count;
    axis->start_s = malloc((count + 1) * sizeof *axis->start_s);
    axis->dt_s = malloc(count * sizeof *axis->dt_s);
    axis->year = malloc(count * sizeof *axis->year);
    axis->month = malloc(count * sizeof *axis->month);
    axis->day = malloc(count * sizeof *axis->day);
    axis->day_of_year = malloc(count * sizeof *axis->day_of_year);
    axis->days_in_month = malloc(count * sizeof *axis->days_in_month);
    axis->days_in_year = malloc(count * sizeof *axis->days_in_year);
    axis->weekday = malloc(count * sizeof *axis->weekday);
    return axis->start_s != NULL && axis->dt_s != NULL && axis->year != NULL &&
           axis->month != NULL && axis->day != NULL && axis->day_of_year != NULL &&
           axis->days_in_month != NULL && axis->days_in_year != NULL && axis->weekday != NULL;
}

static void
set_step(struct timeaxis *axis, int step_t, struct date date, int64_t length_s)
{
    axis->dt_s[step_t] = (double)length_s;
    axis->year[step_t] = (int16_t)date.year;
    axis->month[step_t] = (int8_t)date.month;
    axis->day[step_t] = (int8_t)date.day;
    axis->day_of_year[step_t] = (int16_t)day_of_leap_year(date.month, date.day);
    axis->days_in_month[step_t] = (int8_t)days_in_month(date.year, date.month);
    axis->days_in_year[step_t] = is_leap_year(date.year) ? 366 : 365;
    int64_t start_s = axis->start_s[step_t];
    int64_t day = (start_s - date.hour * (int64_t)SECONDS_PER_HOUR) / SECONDS_PER_DAY;
    int64_t weekday = (day + EPOCH_WEEKDAY) % 7;
    axis->weekday[step_t] = (int8_t)(weekday < 0 ? weekday + 7 : weekday);
}

enum status
timeaxis_init(struct timeaxis *axis, enum step_kind step, struct date first, struct date last,
              struct error *err)
{
    *axis = (struct timeaxis){.step = step};
    enum status status = check_run(step, first, last, err);
    if (status != STATUS_OK)
        return status;
    axis->step_count = (int)period_count(step, first, last);
    if (!allocate(axis)) {
        timeaxis_finish(axis);
        return error_set(err, STATUS_MEMORY, "no memory for the calendar of the run");
    }
    struct date date = first;
    axis->start_s[0] = date_to_seconds(first);
    for (int step_t = 0; step_t < axis->step_count; step_t++) {
        int64_t length_s = period_length_s(step, date);
        set_step(axis, step_t, date, length_s);
        axis->start_s[step_t + 1] = axis->start_s[step_t] + length_s;
        date_advance(&date, length_s);
    }
    return STATUS_OK;
}

void
timeaxis_finish(struct timeaxis *axis)
{
    free(axis->start_s);
    free(axis->dt_s);
    free(axis->year);
    free(axis->month);
    free(axis->day);
    free(axis->day_of_year);
    free(axis->days_in_month);
    free(axis->days_in_year);
    free(axis->weekday);
    *axis = (struct timeaxis){0};
}

struct date
timeaxis_date(const struct timeaxis *axis, int step_t)
{
    int hour = 0;
    if (axis->step == STEP_HOURLY)
        hour = (int)((axis->start_s[step_t] - axis->start_s[0]) / SECONDS_PER_HOUR) % HOURS_PER_DAY;
    return (struct date){.year = axis->year[step_t],
                         .month = axis->month[step_t],
                         .day = axis->day[step_t],
                         .hour = hour};
}

int
timeaxis_find(const struct timeaxis *axis, int64_t instant_s)
{
    int low = 0;
    int high = axis->step_count;
    if (high == 0 || instant_s < axis->start_s[0] || instant_s >= axis->start_s[high])
        return -1;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (axis->start_s[middle] <= instant_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}
