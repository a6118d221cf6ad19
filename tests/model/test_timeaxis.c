/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/timeaxis.h"
#include "tests/random.h"
#include "tests/support.h"

#include <string.h>
#include <time.h>

static const int64_t day_s = 86400;

static struct date
date_of(int year, int month, int day)
{
    return (struct date){.year = year, .month = month, .day = day};
}

/* Days since 1970-01-01 by arithmetic alone (Hinnant 2021, chrono-compatible date algorithms). */
static int64_t
civil_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
every_day_goes_to_seconds_and_back(void **state)
{
    (void)state;
    int64_t count = civil_days(1600, 1, 1);
    for (int year = 1600; year <= 2401; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in_month(year, month); day++, count++) {
                struct date date = date_of(year, month, day);
                int64_t instant_s = date_to_seconds(date);
                assert_true(instant_s == count * day_s);
                struct date back = date_from_seconds(instant_s + day_s - 1);
                assert_true(back.year == year && back.month == month && back.day == day);
                assert_int_equal(back.hour, 23);
            }
    assert_true(count == civil_days(2402, 1, 1));
}

static void
hours_go_to_seconds_and_back(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 100000; i++) {
        int year = 1600 + random_below(&seed, 8400);
        int month = 1 + random_below(&seed, 12);
        struct date date = {.year = year,
                            .month = month,
                            .day = 1 + random_below(&seed, days_in_month(year, month)),
                            .hour = random_below(&seed, 24)};
        assert_true(date_is_valid(date));
        struct tm tm = {.tm_year = date.year - 1900,
                        .tm_mon = date.month - 1,
                        .tm_mday = date.day,
                        .tm_hour = date.hour};
        int64_t instant_s = date_to_seconds(date);
        assert_true(instant_s == (int64_t)timegm(&tm));
        struct date back = date_from_seconds(instant_s);
        assert_memory_equal(&back, &date, sizeof date);
    }
    struct date none = date_from_seconds(INT64_MAX);
    assert_false(date_is_valid(none));
}

static void
leap_years_and_month_lengths_are_gregorian(void **state)
{
    (void)state;
    static const int leap[] = {1600, 1996, 2000, 2004, 2020, 2400};
    static const int common[] = {1700, 1800, 1900, 1999, 2001, 2100, 2200, 2300};
    for (size_t i = 0; i < sizeof leap / sizeof leap[0]; i++) {
        assert_true(is_leap_year(leap[i]));
        assert_int_equal(days_in_month(leap[i], 2), 29);
    }
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        assert_false(is_leap_year(common[i]));
        assert_int_equal(days_in_month(common[i], 2), 28);
    }
    for (int year = 1999; year <= 2000; year++) {
        int sum = 0;
        for (int month = 1; month <= 12; month++)
            sum += days_in_month(year, month);
        assert_int_equal(sum, is_leap_year(year) ? 366 : 365);
    }
    assert_int_equal(days_in_month(2000, 0), 0);
    assert_int_equal(days_in_month(2000, 13), 0);
}

static void
a_date_has_one_number_in_every_year(void **state)
{
    (void)state;
    int64_t first = civil_days(2000, 1, 1);
    for (int month = 1; month <= 12; month++)
        for (int day = 1; day <= days_in_month(2000, month); day++)
            assert_int_equal(day_of_leap_year(month, day),
                             civil_days(2000, month, day) - first + 1);
    assert_int_equal(day_of_leap_year(3, 1), 61);
    assert_int_equal(day_of_leap_year(12, 31), 366);
    assert_int_equal(day_of_leap_year(0, 1), 0);
    assert_int_equal(day_of_leap_year(13, 1), 0);
}

/* Every field of every step against gmtime and the rules of the calendar. */
static void
check_axis(const struct timeaxis *axis, struct date first, struct date last)
{
    int count = axis->step_count;
    assert_true(axis->start_s[0] == date_to_seconds(first));
    assert_true(axis->start_s[count] > date_to_seconds(last));
    assert_true(axis->start_s[count - 1] <= date_to_seconds(last) + 23 * 3600);
    for (int t = 0; t < count; t++) {
        time_t start = (time_t)axis->start_s[t];
        struct tm tm;
        assert_non_null(gmtime_r(&start, &tm));
        assert_close(axis->dt_s[t], (double)(axis->start_s[t + 1] - axis->start_s[t]), 0, 0);
        assert_int_equal(axis->year[t], tm.tm_year + 1900);
        assert_int_equal(axis->month[t], tm.tm_mon + 1);
        assert_int_equal(axis->day[t], tm.tm_mday);
        assert_int_equal(axis->weekday[t], (tm.tm_wday + 6) % 7);
        assert_int_equal(axis->day_of_year[t], day_of_leap_year(tm.tm_mon + 1, tm.tm_mday));
        assert_int_equal(axis->days_in_month[t], days_in_month(tm.tm_year + 1900, tm.tm_mon + 1));
        assert_int_equal(axis->days_in_year[t], is_leap_year(tm.tm_year + 1900) ? 366 : 365);
        struct date date = timeaxis_date(axis, t);
        assert_int_equal(date.hour, tm.tm_hour);
        assert_true(date_to_seconds(date) == axis->start_s[t]);
        struct tm next;
        time_t end = (time_t)axis->start_s[t + 1];
        assert_non_null(gmtime_r(&end, &next));
        if (axis->step == STEP_MONTHLY)
            assert_true(tm.tm_mday == 1 && next.tm_mday == 1 &&
                        (tm.tm_mon + 1) % 12 == next.tm_mon);
        if (axis->step == STEP_TENDAY)
            assert_true(next.tm_mday == 1 || next.tm_mday == 11 || next.tm_mday == 21);
    }
}

static void
steps_follow_the_calendar(void **state)
{
    (void)state;
    static const enum step_kind kinds[] = {STEP_HOURLY, STEP_DAILY, STEP_TENDAY, STEP_MONTHLY};
    static const int years[][2] = {{1600, 1601}, {1896, 1905}, {1968, 1972},
                                   {1999, 2001}, {2019, 2024}, {9998, 9999}};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++)
        for (int kind = 0; kind < 4; kind++) {
            struct timeaxis axis;
            struct date first = date_of(years[i][0], 1, 1);
            struct date last = date_of(years[i][1], 12, 31);
            assert_int_equal(timeaxis_init(&axis, kinds[kind], first, last, NULL), STATUS_OK);
            int64_t days = civil_days(years[i][1] + 1, 1, 1) - civil_days(years[i][0], 1, 1);
            int64_t months = 12 * (years[i][1] - years[i][0] + 1);
            int64_t counts[] = {24 * days, days, 3 * months, months};
            assert_int_equal(axis.step_count, counts[kind]);
            assert_true(axis.start_s[axis.step_count] - axis.start_s[0] == days * day_s);
            check_axis(&axis, first, last);
            timeaxis_finish(&axis);
        }
}

static void
a_run_may_begin_and_end_inside_a_year(void **state)
{
    (void)state;
    uint64_t seed = 99;
    for (int i = 0; i < 400; i++) {
        struct timeaxis axis;
        enum step_kind kind = (enum step_kind)(i % 4);
        int day = kind == STEP_MONTHLY  ? 1
                  : kind == STEP_TENDAY ? 1 + 10 * random_below(&seed, 3)
                                        : 1 + random_below(&seed, 28);
        struct date first =
            date_of(1950 + random_below(&seed, 100), 1 + random_below(&seed, 12), day);
        struct date last = date_from_seconds(date_to_seconds(first) +
                                             day_s * random_below(&seed, kind == 0 ? 40 : 900));
        assert_int_equal(timeaxis_init(&axis, kind, first, last, NULL), STATUS_OK);
        check_axis(&axis, first, last);
        timeaxis_finish(&axis);
    }
}

static void
the_last_day_is_included(void **state)
{
    (void)state;
    static const struct {
        enum step_kind step;
        int count;
        int end_month, end_day; /* of the instant after the run */
    } runs[] = {{STEP_HOURLY, 49 * 24, 2, 19},
                {STEP_DAILY, 49, 2, 19},
                {STEP_TENDAY, 5, 2, 21},
                {STEP_MONTHLY, 2, 3, 1}};
    for (int i = 0; i < 4; i++) {
        struct timeaxis axis;
        assert_int_equal(
            timeaxis_init(&axis, runs[i].step, date_of(2021, 1, 1), date_of(2021, 2, 18), NULL),
            STATUS_OK);
        assert_int_equal(axis.step_count, runs[i].count);
        assert_true(axis.start_s[axis.step_count] ==
                    date_to_seconds(date_of(2021, runs[i].end_month, runs[i].end_day)));
        timeaxis_finish(&axis);
    }
}

static void
a_tenday_period_has_eight_to_eleven_days(void **state)
{
    (void)state;
    struct timeaxis axis;
    assert_int_equal(
        timeaxis_init(&axis, STEP_TENDAY, date_of(2019, 1, 1), date_of(2020, 12, 31), NULL),
        STATUS_OK);
    static const int last_thirds[24] = {11, 8, 11, 10, 11, 10, 11, 11, 10, 11, 10, 11,
                                        11, 9, 11, 10, 11, 10, 11, 11, 10, 11, 10, 11};
    for (int month = 0; month < 24; month++)
        for (int third = 0; third < 3; third++) {
            double days = axis.dt_s[3 * month + third] / 86400.0;
            assert_close(days, third < 2 ? 10 : last_thirds[month], 0, 0);
        }
    timeaxis_finish(&axis);
}

static void
the_step_of_an_instant_is_found(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int kind = 0; kind < 4; kind++) {
        struct timeaxis axis;
        assert_int_equal(timeaxis_init(&axis, (enum step_kind)kind, date_of(1969, 11, 1),
                                       date_of(1970, 3, 31), NULL),
                         STATUS_OK);
        int count = axis.step_count;
        for (int t = 0; t < count; t++) {
            assert_int_equal(timeaxis_find(&axis, axis.start_s[t]), t);
            assert_int_equal(timeaxis_find(&axis, axis.start_s[t + 1] - 1), t);
            int64_t inside = axis.start_s[t] + random_below(&seed, (int)axis.dt_s[t]);
            assert_int_equal(timeaxis_find(&axis, inside), t);
        }
        assert_int_equal(timeaxis_find(&axis, axis.start_s[0] - 1), -1);
        assert_int_equal(timeaxis_find(&axis, axis.start_s[count]), -1);
        assert_int_equal(timeaxis_find(&axis, INT64_MIN), -1);
        assert_int_equal(timeaxis_find(&axis, INT64_MAX), -1);
        timeaxis_finish(&axis);
        assert_int_equal(timeaxis_find(&axis, 0), -1);
    }
}

static void
a_period_knows_its_length(void **state)
{
    (void)state;
    assert_true(period_length_s(STEP_HOURLY, date_of(2020, 2, 1)) == 3600);
    assert_true(period_length_s(STEP_DAILY, date_of(2020, 2, 1)) == day_s);
    assert_true(period_length_s(STEP_TENDAY, date_of(2020, 2, 11)) == 10 * day_s);
    assert_true(period_length_s(STEP_TENDAY, date_of(2020, 2, 21)) == 9 * day_s);
    assert_true(period_length_s(STEP_TENDAY, date_of(2021, 2, 21)) == 8 * day_s);
    assert_true(period_length_s(STEP_MONTHLY, date_of(2021, 2, 1)) == 28 * day_s);
    assert_true(period_length_s(STEP_MONTHLY, date_of(2020, 2, 1)) == 29 * day_s);
}

static void
runs_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum step_kind step;
        struct date first, last;
        const char *words;
    } refused[] = {
        {STEP_DAILY, {2021, 2, 29, 0}, {2021, 3, 1, 0}, "the start of the run is no date"},
        {STEP_DAILY, {2021, 2, 1, 0}, {2021, 2, 29, 0}, "the end of the run is no date"},
        {STEP_DAILY, {1599, 12, 31, 0}, {2021, 2, 1, 0}, "of the years 1600 to 9999"},
        {STEP_DAILY, {2021, 2, 1, 0}, {10000, 1, 1, 0}, "of the years 1600 to 9999"},
        {STEP_DAILY, {2021, 2, 1, 7}, {2021, 3, 1, 0}, "2021-02-01 07:00 has an hour"},
        {STEP_HOURLY, {2021, 2, 1, 0}, {2021, 3, 1, 23}, "2021-03-01 23:00 has an hour"},
        {STEP_DAILY,
         {2021, 2, 2, 0},
         {2021, 2, 1, 0},
         "2021-02-01, is before its start, 2021-02-02"},
        {STEP_MONTHLY, {2021, 2, 2, 0}, {2021, 3, 1, 0}, "day 1 of a month, not on 2021-02-02"},
        {STEP_TENDAY, {2021, 2, 2, 0}, {2021, 3, 1, 0}, "day 1, 11 or 21 of a month"},
        {STEP_HOURLY, {1600, 1, 1, 0}, {9999, 12, 31, 0}, "has 73632888 steps"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct timeaxis axis;
        struct error err = {0};
        assert_int_equal(
            timeaxis_init(&axis, refused[i].step, refused[i].first, refused[i].last, &err),
            STATUS_INPUT);
        if (strstr(err.text, refused[i].words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, refused[i].words);
        assert_int_equal(axis.step_count, 0);
        assert_null(axis.start_s);
    }
}

static void
dates_are_read_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct date date;
    } good[] = {
        {"1991-01-01", {1991, 1, 1, 0}},        {"2020-02-29", {2020, 2, 29, 0}},
        {"1991-12", {1991, 12, 1, 0}},          {"1991-01-01 07:00", {1991, 1, 1, 7}},
        {"1991-01-01T23:00", {1991, 1, 1, 23}}, {"1991-01-01 00:00:00", {1991, 1, 1, 0}},
        {"1600-01-01", {1600, 1, 1, 0}},        {"9999-12-31", {9999, 12, 31, 0}},
    };
    static const char *const bad[] = {
        "",
        "1991",
        "1991-1-1",
        "91-01-01",
        "1991-13-01",
        "1991-00-01",
        "1991-01-00",
        "1991-01-32",
        "2021-02-29",
        "1900-02-29",
        "1991/01/01",
        "01-01-1991",
        "1991-01-01 7:00",
        "1991-01-01 24:00",
        "1991-01-01 07:30",
        "1991-01-01 07:00:01",
        "1991-01-01x",
        "1991-01-01 ",
        " 1991-01-01",
        "1991-01-",
        "1991-",
        "1991-01-01 07",
        "1599-12-31",
        "1991-01-01 07:00:00Z",
        "-991-01-01",
        "1991-01-01\n",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct date date = {0};
        assert_true(date_parse(good[i].text, &date));
        assert_memory_equal(&date, &good[i].date, sizeof date);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct date date = {.year = 1, .month = 2, .day = 3, .hour = 4};
        if (date_parse(bad[i], &date))
            fail_msg("'%s' was read as a date", bad[i]);
        assert_true(date.year == 1 && date.month == 2 && date.day == 3 && date.hour == 4);
    }
}

static void
dates_are_written_as_they_are_read(void **state)
{
    (void)state;
    char buffer[24];
    struct date date = {1991, 1, 2, 7};
    assert_string_equal(date_format(date, true, buffer, sizeof buffer), "1991-01-02 07:00");
    assert_string_equal(date_format(date, false, buffer, sizeof buffer), "1991-01-02");
    assert_string_equal(date_format_short(date_to_seconds(date), buffer, sizeof buffer),
                        "1991-01-02 07:00");
    date.hour = 0;
    assert_string_equal(date_format(date, true, buffer, sizeof buffer), "1991-01-02 00:00");
    assert_string_equal(date_format_short(date_to_seconds(date), buffer, sizeof buffer),
                        "1991-01-02");
    assert_string_equal(date_format(date, true, buffer, 5), "1991");
    struct date wild = {-2147483647 - 1, -2147483647 - 1, -2147483647 - 1, 23};
    assert_int_equal(strlen(date_format(wild, true, buffer, 20)), 19);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_goes_to_seconds_and_back),
        cmocka_unit_test(hours_go_to_seconds_and_back),
        cmocka_unit_test(leap_years_and_month_lengths_are_gregorian),
        cmocka_unit_test(a_date_has_one_number_in_every_year),
        cmocka_unit_test(steps_follow_the_calendar),
        cmocka_unit_test(a_run_may_begin_and_end_inside_a_year),
        cmocka_unit_test(the_last_day_is_included),
        cmocka_unit_test(a_tenday_period_has_eight_to_eleven_days),
        cmocka_unit_test(the_step_of_an_instant_is_found),
        cmocka_unit_test(a_period_knows_its_length),
        cmocka_unit_test(runs_that_make_no_sense_are_refused),
        cmocka_unit_test(dates_are_read_as_they_are_written),
        cmocka_unit_test(dates_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
