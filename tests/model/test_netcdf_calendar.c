/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_calendar.h"
#include "tests/random.h"
#include "tests/support.h"

#include <string.h>

/* Instants as the Python package cftime 1.6.2 (num2date) gives them. */
static const struct {
    const char *unit;
    double value;
    const char *calendar;
    const char *date;
} cftime_table[] = {
    {"days since 1850-01-01", 60225.5, "noleap", "2015-01-01 12:00"},
    {"days since 1850-01-01", 59400.5, "360_day", "2015-01-01 12:00"},
    {"days since 1850-01-01", 60265.5, "standard", "2015-01-01 12:00"},
    {"days since 0001-01-01", 577738.25, "gregorian", "1582-10-16 06:00"},
    {"days since 0001-01-01", 577737.25, "gregorian", "1582-10-15 06:00"},
    {"days since 0001-01-01", 735600, "standard", "2015-01-01"},
    {"days since 0001-01-01", 735600, "proleptic_gregorian", "2015-01-03"},
    {"hours since 1900-01-01 06:00:00", 1006000, "standard", "2014-10-06 22:00"},
    {"days since 1949-12-01", 54786.5, "julian", "2099-11-30 12:00"},
    {"days since 2000-02-28", 1, "all_leap", "2000-02-29"},
    {"days since 2001-02-28", 1, "366_day", "2001-02-29"},
    {"days since 2000-02-28 12:00", 1, "365_day", "2000-03-01 12:00"},
    {"days since 1850-1-1 0:0:0", -0.25, "360_day", "1849-12-30 18:00"},
    {"minutes since 1970-01-01 00:00:00 UTC", 1e7, "PROLEPTIC_GREGORIAN", "1989-01-05 10:40"},
    {"seconds since 1582-10-15T00:00:00Z", -60, "standard", "1582-10-04 23:59"},
    {"days since 1600-03-01", -1, "julian", "1600-02-29"},
    {"days since 1600-03-01", -1, "noleap", "1600-02-28"},
    {"months since 2000-01-01", 14, "360_day", "2001-03-01"},
};

static void
instants_are_those_of_cftime(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cftime_table / sizeof cftime_table[0]; i++) {
        enum netcdf_calendar calendar;
        struct netcdf_time_unit unit;
        char text[32];
        assert_int_equal(netcdf_calendar_parse(cftime_table[i].calendar, &calendar, NULL),
                         STATUS_OK);
        assert_int_equal(netcdf_time_unit_parse(cftime_table[i].unit, calendar, &unit, NULL),
                         STATUS_OK);
        netcdf_instant_text(calendar, netcdf_instant_s(&unit, cftime_table[i].value), text,
                            sizeof text);
        assert_string_equal(text, cftime_table[i].date);
    }
}

/* Walking day by day from the calendar's own lengths of months visits every day number once. */
static void
days_follow_one_another(void **unused)
{
    (void)unused;
    for (int c = CALENDAR_STANDARD; c <= CALENDAR_360_DAY; c++) {
        enum netcdf_calendar calendar = (enum netcdf_calendar)c;
        struct netcdf_date date = {1583, 1, 1};
        int64_t number = netcdf_day_number(calendar, date);
        for (int i = 0; i < 300000; i++, number++) {
            struct netcdf_date found = netcdf_date_of(calendar, number);
            if (found.year != date.year || found.month != date.month || found.day != date.day ||
                netcdf_day_number(calendar, date) != number)
                fail_msg("%s %d: %d-%d-%d", netcdf_calendar_name(calendar), i, date.year,
                         date.month, date.day);
            if (++date.day > netcdf_days_in_month(calendar, date.year, date.month)) {
                date.day = 1;
                date.month = date.month % 12 + 1;
                date.year += date.month == 1;
            }
        }
    }
}

/* Any number of any sign has a date whose number it is. */
static void
numbers_and_dates_are_one_to_one(void **unused)
{
    uint64_t seed = 17;
    (void)unused;
    for (int i = 0; i < 200000; i++) {
        enum netcdf_calendar calendar = (enum netcdf_calendar)random_below(&seed, 6);
        int64_t number = random_below(&seed, 8000000) - 1000000;
        struct netcdf_date date = netcdf_date_of(calendar, number);
        assert_in_range(date.month, 1, 12);
        assert_in_range(date.day, 1, netcdf_days_in_month(calendar, date.year, date.month));
        assert_int_equal(netcdf_day_number(calendar, date), number);
    }
}

static void
unknown_calendars_and_units_are_refused(void **unused)
{
    static const struct {
        const char *unit;
        enum netcdf_calendar calendar;
    } bad[] = {
        {"days", CALENDAR_STANDARD},
        {"fortnights since 2000-01-01", CALENDAR_STANDARD},
        {"months since 2000-01-01", CALENDAR_STANDARD},
        {"years since 2000-01-01", CALENDAR_NOLEAP},
        {"days since 2000-02-30", CALENDAR_NOLEAP},
        {"days since 2000-13-01", CALENDAR_360_DAY},
        {"days since yesterday", CALENDAR_STANDARD},
        {"days since 2000-01-01 25:00", CALENDAR_STANDARD},
        {"days since 2000-01-01 00:00 +07:00", CALENDAR_STANDARD},
        {"days since 2000-01-01 noon", CALENDAR_STANDARD},
        {"", CALENDAR_STANDARD},
    };
    enum netcdf_calendar calendar;
    struct error err = {0};
    (void)unused;
    assert_int_equal(netcdf_calendar_parse("lunar", &calendar, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "'lunar' is not known; known are standard, gregorian"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct netcdf_time_unit unit;
        if (netcdf_time_unit_parse(bad[i].unit, bad[i].calendar, &unit, NULL) != STATUS_INPUT)
            fail_msg("'%s' was accepted", bad[i].unit);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_those_of_cftime),
        cmocka_unit_test(days_follow_one_another),
        cmocka_unit_test(numbers_and_dates_are_one_to_one),
        cmocka_unit_test(unknown_calendars_and_units_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
