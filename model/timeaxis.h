/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_TIMEAXIS_H
#define NGUON_MODEL_TIMEAXIS_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Length of a step on the calendar. A tuần is the Vietnamese ten-day period: 1-10, 11-20, 21-end.
 */
enum step_kind { STEP_HOURLY, STEP_DAILY, STEP_TENDAY, STEP_MONTHLY };

/** A calendar date and time of day, proleptic Gregorian, no time zone. */
struct date {
    int year;
    int month; /**< 1..12 */
    int day;   /**< 1..31 */
    int hour;  /**< 0..23 */
};

/**
 * The run's calendar: steps [start_s[t], start_s[t] + dt_s[t]). All arrays have step_count entries,
 * start_s one more (the end of the run).
 */
struct timeaxis {
    enum step_kind step;
    int step_count;
    int64_t *start_s; /**< seconds since 1970-01-01 00:00, [step_count + 1] */
    double *dt_s;     /**< true length of the step, s */
    int16_t *year;
    int8_t *month;        /**< 1..12 */
    int8_t *day;          /**< 1..31 */
    int16_t *day_of_year; /**< 1..366 on a leap-year calendar: 1 March is always 61 */
    int8_t *days_in_month;
    int16_t *days_in_year;
    int8_t *weekday; /**< 0 Monday .. 6 Sunday */
};

/**
 * Build the axis from first to last, both included: for a daily run last is the last day simulated,
 * for months and ten-day periods any day of the last period, hourly runs take whole days.
 *
 * @return STATUS_OK; STATUS_INPUT if last < first, if the first day does not begin a period, if
 *         either date does not exist or has an hour, or if there are more than 10 million steps;
 *         STATUS_MEMORY. On failure the axis is empty.
 */
enum status timeaxis_init(struct timeaxis *axis, enum step_kind step, struct date first,
                          struct date last, struct error *err);
void timeaxis_finish(struct timeaxis *axis);

/** Date of the start of a step. */
struct date timeaxis_date(const struct timeaxis *axis, int step_t);

/** Step that holds the instant, or -1 outside the run. */
int timeaxis_find(const struct timeaxis *axis, int64_t instant_s);

bool is_leap_year(int year);
int days_in_month(int year, int month);

/** 1..366 on a leap-year calendar, so that a date has one number in every year. */
int day_of_leap_year(int month, int day);

/** Whether the date exists, within years 1600..9999. */
bool date_is_valid(struct date date);
int64_t date_to_seconds(struct date date);

/** Date and hour that hold the instant; all zero (no valid date) beyond the range of the C library.
 */
struct date date_from_seconds(int64_t instant_s);

/** Seconds from the start of a period to the start of the next; start must begin a period. */
int64_t period_length_s(enum step_kind step, struct date start);

/**
 * Read "1991-01-01", "1991-01" (the first), "1991-01-01 07:00" or "1991-01-01T07:00"; ":00" seconds
 * may follow. Whole hours only.
 * @return true if the whole text is such a date and the date exists; otherwise *out is unchanged
 */
bool date_parse(const char *text, struct date *out);

/** "1991-01-01", or "1991-01-01 07:00" when with_hour. Buffer of >= 20 bytes. */
const char *date_format(struct date date, bool with_hour, char *buffer, size_t size);

/** An instant for a message: the hour is written only where it is not 0. Buffer of >= 20 bytes. */
const char *date_format_short(int64_t instant_s, char *buffer, size_t size);

#endif
