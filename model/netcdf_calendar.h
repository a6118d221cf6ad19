/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_CALENDAR_H
#define NGUON_MODEL_NETCDF_CALENDAR_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stdint.h>

/** Calendars of the CF conventions (version 1.10, section 4.4.1). */
enum netcdf_calendar {
    CALENDAR_STANDARD,            /**< Julian to 4 October 1582, Gregorian from the next day */
    CALENDAR_PROLEPTIC_GREGORIAN, /**< that of a run */
    CALENDAR_JULIAN,
    CALENDAR_NOLEAP,   /**< 365 days in every year */
    CALENDAR_ALL_LEAP, /**< 366 days in every year */
    CALENDAR_360_DAY   /**< twelve months of 30 days */
};

/** A day of some calendar. */
struct netcdf_date {
    int year;
    int month; /**< 1..12 */
    int day;   /**< 1..31 */
};

/**
 * Calendar by its name, "noleap" or "365_day" and so on, in any case.
 * @return STATUS_OK; STATUS_INPUT with the names that are known
 */
enum status netcdf_calendar_parse(const char *name, enum netcdf_calendar *out, struct error *err);
const char *netcdf_calendar_name(enum netcdf_calendar calendar);

/** Whether dates from 1583 on are those of a run's calendar. */
bool netcdf_calendar_is_real(enum netcdf_calendar calendar);

int netcdf_days_in_month(enum netcdf_calendar calendar, int year, int month);

/** Number of the day in its calendar; rises by one a day. The origin differs by calendar. */
int64_t netcdf_day_number(enum netcdf_calendar calendar, struct netcdf_date date);
struct netcdf_date netcdf_date_of(enum netcdf_calendar calendar, int64_t day_number);

/** What "days since 1850-01-01 12:00" means: instant of a value x = origin_s + x * unit_s. */
struct netcdf_time_unit {
    enum netcdf_calendar calendar;
    double unit_s;
    int64_t origin_s; /**< day number x 86400 + seconds of the day */
};

/**
 * Read the units of a time axis: days, hours, minutes or seconds (and their usual short forms)
 * since a date with or without a time of day, in UTC. Months and years are refused but in the
 * 360_day calendar, where a month has one length.
 */
enum status netcdf_time_unit_parse(const char *text, enum netcdf_calendar calendar,
                                   struct netcdf_time_unit *out, struct error *err);

/** Instant of a value of the time axis, to the second. */
int64_t netcdf_instant_s(const struct netcdf_time_unit *unit, double value);

/** "2015-01-01", with the time of day where it is not midnight. Buffer of >= 32 bytes. */
const char *netcdf_instant_text(enum netcdf_calendar calendar, int64_t instant_s, char *buffer,
                                size_t size);

#endif
