/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_calendar.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SECONDS_PER_DAY = 86400, YEAR_LIMIT = 100000 };

static const struct {
    const char *name;
    enum netcdf_calendar calendar;
} calendar_table[] = {
    {"standard", CALENDAR_STANDARD},
    {"gregorian", CALENDAR_STANDARD},
    {"proleptic_gregorian", CALENDAR_PROLEPTIC_GREGORIAN},
    {"julian", CALENDAR_JULIAN},
    {"noleap", CALENDAR_NOLEAP},
    {"365_day", CALENDAR_NOLEAP},
    {"all_leap", CALENDAR_ALL_LEAP},
    {"366_day", CALENDAR_ALL_LEAP},
    {"360_day", CALENDAR_360_DAY},
};

enum { CALENDAR_NAMES = sizeof calendar_table / sizeof calendar_table[0] };

static const int days_before_month[13] = {0,   31,  59,  90,  120, 151, 181,
                                          212, 243, 273, 304, 334, 365};

/* First day of the Gregorian calendar, 15 October 1582, as a Julian day number. */
static const int64_t first_gregorian_day = 2299161;

enum status
netcdf_calendar_parse(const char *name, enum netcdf_calendar *out, struct error *err)
{
    for (int i = 0; i < CALENDAR_NAMES; i++)
        if (strcasecmp(name, calendar_table[i].name) == 0) {
            *out = calendar_table[i].calendar;
            return STATUS_OK;
        }
    return error_set(err, STATUS_INPUT,
                     "the calendar '%.40s' is not known; known are standard, gregorian, "
                     "proleptic_gregorian, julian, noleap, 365_day, all_leap, 366_day and 360_day",
                     name);
}

const char *
netcdf_calendar_name(enum netcdf_calendar calendar)
{
    for (int i = 0; i < CALENDAR_NAMES; i++)
        if (calendar_table[i].calendar == calendar)
            return calendar_table[i].name;
    return "unknown";
}

bool
netcdf_calendar_is_real(enum netcdf_calendar calendar)
{
    return calendar == CALENDAR_STANDARD || calendar == CALENDAR_PROLEPTIC_GREGORIAN;
}

/* Whole division towards minus infinity. */
static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static bool
is_leap(enum netcdf_calendar calendar, int year)
{
    switch (calendar) {
    case CALENDAR_NOLEAP:
    case CALENDAR_360_DAY:
        return false;
    case CALENDAR_ALL_LEAP:
        return true;
    case CALENDAR_JULIAN:
        return year % 4 == 0;
    case CALENDAR_STANDARD:
        if (year <= 1582)
            return year % 4 == 0;
        break;
    case CALENDAR_PROLEPTIC_GREGORIAN:
        break;
    }
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
netcdf_days_in_month(enum netcdf_calendar calendar, int year, int month)
{
    if (calendar == CALENDAR_360_DAY)
        return 30;
    return days_before_month[month] - days_before_month[month - 1] +
           (month == 2 && is_leap(calendar, year));
}

/* Days from the first of the calendar's year 0 to the date, where a year has a fixed length. */
static int64_t
fixed_day_number(enum netcdf_calendar calendar, struct netcdf_date date)
{
    if (calendar == CALENDAR_360_DAY)
        return (int64_t)date.year * 360 + (date.month - 1) * 30 + date.day - 1;
    int leap_day = calendar == CALENDAR_ALL_LEAP;
    return (int64_t)date.year * (365 + leap_day) + days_before_month[date.month - 1] +
           (date.month > 2 ? leap_day : 0) + date.day - 1;
}

/*
 * Julian day number of a date at noon (Fliegel & Van Flandern 1968, Comm. ACM 11:657, in the form
 * for years that begin in March, with floor division so that any year will do).
 */
static int64_t
julian_day_number(struct netcdf_date date, bool gregorian)
{
    int64_t shift = date.month <= 2; /* January and February belong to the year before */
    int64_t year = date.year + 4800 - shift;
    int64_t month = date.month + 12 * shift - 3;
    int64_t day = date.day + (153 * month + 2) / 5 + 365 * year + floor_div(year, 4);
    if (!gregorian)
        return day - 32083;
    return day - floor_div(year, 100) + floor_div(year, 400) - 32045;
}

int64_t
netcdf_day_number(enum netcdf_calendar calendar, struct netcdf_date date)
{
    switch (calendar) {
    case CALENDAR_PROLEPTIC_GREGORIAN:
        return julian_day_number(date, true);
    case CALENDAR_JULIAN:
        return julian_day_number(date, false);
    case CALENDAR_STANDARD: {
        int64_t day = julian_day_number(date, true);
        return day >= first_gregorian_day ? day : julian_day_number(date, false);
    }
    case CALENDAR_NOLEAP:
    case CALENDAR_ALL_LEAP:
    case CALENDAR_360_DAY:
        break;
    }
    return fixed_day_number(calendar, date);
}

/* The date of a Julian day number (inverse of julian_day_number, Richards 2013). */
static struct netcdf_date
date_of_julian_day(int64_t day, bool gregorian)
{
    int64_t shifted = day + 32082; /* days since 1 March 4801 BC of the Julian calendar */
    int64_t century = 0;
    if (gregorian) {
        int64_t since = day + 32044;
        century = floor_div(4 * since + 3, 146097);
        shifted = since - floor_div(146097 * century, 4);
    }
    int64_t year = floor_div(4 * shifted + 3, 1461);
    int64_t rest = shifted - floor_div(1461 * year, 4);
    int64_t month = (5 * rest + 2) / 153;
    return (struct netcdf_date){.day = (int)(rest - (153 * month + 2) / 5 + 1),
                                .month = (int)(month + 3 - 12 * (month / 10)),
                                .year = (int)(100 * century + year - 4800 + month / 10)};
}

static struct netcdf_date
date_of_fixed_day(enum netcdf_calendar calendar, int64_t day_number)
{
    int year_days = calendar == CALENDAR_360_DAY ? 360 : calendar == CALENDAR_ALL_LEAP ? 366 : 365;
    struct netcdf_date date = {.year = (int)floor_div(day_number, year_days), .month = 1};
    int rest = (int)(day_number - (int64_t)date.year * year_days);
    while (rest >= netcdf_days_in_month(calendar, date.year, date.month))
        rest -= netcdf_days_in_month(calendar, date.year, date.month++);
    date.day = rest + 1;
    return date;
}

struct netcdf_date
netcdf_date_of(enum netcdf_calendar calendar, int64_t day_number)
{
    switch (calendar) {
    case CALENDAR_PROLEPTIC_GREGORIAN:
        return date_of_julian_day(day_number, true);
    case CALENDAR_JULIAN:
        return date_of_julian_day(day_number, false);
    case CALENDAR_STANDARD:
        return date_of_julian_day(day_number, day_number >= first_gregorian_day);
    case CALENDAR_NOLEAP:
    case CALENDAR_ALL_LEAP:
    case CALENDAR_360_DAY:
        break;
    }
    return date_of_fixed_day(calendar, day_number);
}

/* ---- units of time --------------------------------------------------------------------------- */

static bool
find_time_unit(const char *word, size_t length, enum netcdf_calendar calendar, double *unit_s)
{
    static const struct {
        const char *word;
        double unit_s;
        bool needs_360_day;
    } table[] = {
        {"days", 86400, false},
        {"day", 86400, false},
        {"d", 86400, false},
        {"hours", 3600, false},
        {"hour", 3600, false},
        {"hrs", 3600, false},
        {"hr", 3600, false},
        {"h", 3600, false},
        {"minutes", 60, false},
        {"minute", 60, false},
        {"mins", 60, false},
        {"min", 60, false},
        {"seconds", 1, false},
        {"second", 1, false},
        {"secs", 1, false},
        {"sec", 1, false},
        {"s", 1, false},
        {"months", 30 * 86400.0, true},
        {"month", 30 * 86400.0, true},
        {"years", 360 * 86400.0, true},
        {"year", 360 * 86400.0, true},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strlen(table[i].word) == length && strncasecmp(word, table[i].word, length) == 0 &&
            (!table[i].needs_360_day || calendar == CALENDAR_360_DAY)) {
            *unit_s = table[i].unit_s;
            return true;
        }
    return false;
}

/* "00:00:00.0", "12", "6:30 UTC", "T00:00:00Z" after the date. */
static bool
read_time_of_day(const char *text, int64_t *seconds)
{
    int hour = 0;
    int minute = 0;
    double second = 0.0;
    int length = 0;
    *seconds = 0;
    if (*text == 'T' || *text == 't')
        text++;
    while (isspace((unsigned char)*text))
        text++;
    if (isdigit((unsigned char)*text)) {
        if (sscanf(text, "%2d%n", &hour, &length) < 1)
            return false;
        text += length;
        if (sscanf(text, ":%2d%n", &minute, &length) == 1) {
            text += length;
            if (sscanf(text, ":%lf%n", &second, &length) == 1)
                text += length;
        }
    }
    while (isspace((unsigned char)*text))
        text++;
    static const char *const zones[] = {"", "Z", "UTC", "GMT", "+00:00", "00:00", "+0:00", "0:00"};
    bool known = false;
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        known = known || strcasecmp(text, zones[i]) == 0;
    *seconds = hour * 3600 + minute * 60 + (int64_t)second;
    return known && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0.0 &&
           second < 60.0;
}

enum status
netcdf_time_unit_parse(const char *text, enum netcdf_calendar calendar,
                       struct netcdf_time_unit *out, struct error *err)
{
    const char *since = strstr(text, " since ");
    struct netcdf_date date;
    int64_t seconds;
    int length = 0;
    size_t word_length = 0;
    while (isalpha((unsigned char)text[word_length]))
        word_length++;
    if (since == NULL || text + word_length != since ||
        !find_time_unit(text, word_length, calendar, &out->unit_s))
        return error_set(err, STATUS_INPUT,
                         "the time is in '%.60s'; it must be days, hours, minutes or seconds since "
                         "a date",
                         text);
    const char *origin = since + strlen(" since ");
    if (sscanf(origin, "%d-%d-%d%n", &date.year, &date.month, &date.day, &length) != 3 ||
        date.year < -YEAR_LIMIT || date.year > YEAR_LIMIT || date.month < 1 || date.month > 12 ||
        date.day < 1 || date.day > netcdf_days_in_month(calendar, date.year, date.month) ||
        !read_time_of_day(origin + length, &seconds))
        return error_set(err, STATUS_INPUT,
                         "the time is in '%.60s': no date of the calendar %s, in UTC, was found "
                         "after 'since'",
                         text, netcdf_calendar_name(calendar));
    out->calendar = calendar;
    out->origin_s = netcdf_day_number(calendar, date) * SECONDS_PER_DAY + seconds;
    return STATUS_OK;
}

int64_t
netcdf_instant_s(const struct netcdf_time_unit *unit, double value)
{
    return unit->origin_s + llround(value * unit->unit_s);
}

const char *
netcdf_instant_text(enum netcdf_calendar calendar, int64_t instant_s, char *buffer, size_t size)
{
    int64_t day = floor_div(instant_s, SECONDS_PER_DAY);
    int rest_s = (int)(instant_s - day * SECONDS_PER_DAY);
    struct netcdf_date date = netcdf_date_of(calendar, day);
    if (rest_s == 0)
        snprintf(buffer, size, "%04d-%02d-%02d", date.year, date.month, date.day);
    else
        snprintf(buffer, size, "%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day,
                 rest_s / 3600, rest_s / 60 % 60);
    return buffer;
}
