/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/series.h"
#include "tests/random.h"

#include "text_file.h"

#include <locale.h>

static struct date
date_of(int year, int month, int day)
{
    return (struct date){.year = year, .month = month, .day = day};
}

/* What reading column Q of a text with a fill rule says, faults joined by '/'; record kept. */
static const char *
read_as(struct record *record, const char *text, const char *column, enum fill_rule fill,
        enum status *status)
{
    static char said[8192];
    struct diagnostics diagnostics;
    size_t used = 0;
    diagnostics_init(&diagnostics);
    *status = record_read_csv(record, write_text(text), column, 2.0, 0.5, fill, &diagnostics);
    said[0] = '\0';
    for (int i = 0; i < diagnostics.count; i++) {
        const struct diagnostic *item = &diagnostics.item[i];
        assert_string_equal(item->file, text_path);
        used += (size_t)snprintf(said + used, sizeof said - used, "%s%d: %s", i > 0 ? "/" : "",
                                 item->line, item->message);
        assert_true(used < sizeof said);
    }
    diagnostics_finish(&diagnostics);
    return said;
}

/* Read a good text; 2 x + 0.5 of each figure is wanted. */
static void
read_good(struct record *record, const char *text, enum fill_rule fill)
{
    enum status status;
    const char *said = read_as(record, text, "Q", fill, &status);
    if (status != STATUS_OK || said[0] != '\0')
        fail_msg("%s", said);
}

static void
expect_values(const struct record *record, enum step_kind step, int count, const double *file_value)
{
    assert_int_equal(record->step, step);
    assert_int_equal(record->count, count);
    for (int i = 0; i < count; i++)
        assert_close(record->value[i], 2.0 * file_value[i] + 0.5, 1e-15, 0);
}

static void
days_are_read_with_their_scale(void **state)
{
    (void)state;
    struct record record;
    read_good(&record, "date,P,Q\n2020-02-28,9,1\n2020-02-29,9,-2.5\n2020-03-01,9,3e2\n",
              FILL_NONE);
    expect_values(&record, STEP_DAILY, 3, (const double[]){1, -2.5, 300});
    assert_true(record.start_s[0] == date_to_seconds(date_of(2020, 2, 28)));
    assert_true(record.start_s[3] == date_to_seconds(date_of(2020, 3, 2)));
    assert_int_equal(record.filled_count, 0);
    record_finish(&record);
    assert_null(record.value);
}

static void
the_interval_is_found_from_the_dates(void **state)
{
    (void)state;
    struct record record;
    read_good(&record, "t,Q\n2020-02-29 23:00,1\n2020-03-01 00:00,2\n2020-03-01T01:00:00,3\n",
              FILL_NONE);
    expect_values(&record, STEP_HOURLY, 3, (const double[]){1, 2, 3});
    record_finish(&record);
    read_good(&record, "t,Q\n2020-02-11,1\n2020-02-21,2\n2020-03-01,3\n2020-03-11,4\n", FILL_NONE);
    expect_values(&record, STEP_TENDAY, 4, (const double[]){1, 2, 3, 4});
    assert_true(record.start_s[4] == date_to_seconds(date_of(2020, 3, 21)));
    record_finish(&record);
    read_good(&record, "t,Q\n2019-12,1\n2020-01,2\n2020-02-01,3\n", FILL_NONE);
    expect_values(&record, STEP_MONTHLY, 3, (const double[]){1, 2, 3});
    assert_true(record.start_s[3] == date_to_seconds(date_of(2020, 3, 1)));
    record_finish(&record);
    /* a day of rain from 7 to 7 o'clock is a day */
    read_good(&record, "t,Q\n2019-12-31 07:00,1\n2020-01-01 07:00,2\n", FILL_NONE);
    expect_values(&record, STEP_DAILY, 2, (const double[]){1, 2});
    record_finish(&record);
}

static void
the_date_column_is_found_by_name_or_comes_first(void **state)
{
    (void)state;
    struct record record;
    static const char *const texts[] = {
        "Ngày,Q\n2020-01-01,1\n2020-01-02,2\n",
        "station,Q,Date\n7,1,2020-01-01\n7,2,2020-01-02\n",
        "Q,datetime\n1,2020-01-01\n2,2020-01-02\n",
        "TIME,Q\r\n2020-01-01,1\r\n2020-01-02,2",
        "\xEF\xBB\xBF# from the station\ndate,\"Q\"\n\n\"2020-01-01\",\"1\"\n2020-01-02, 2 \n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        read_good(&record, texts[i], FILL_NONE);
        expect_values(&record, STEP_DAILY, 2, (const double[]){1, 2});
        record_finish(&record);
    }
}

static void
the_decimal_point_does_not_depend_on_the_locale(void **state)
{
    (void)state;
    struct record record;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL &&
        setlocale(LC_NUMERIC, "vi_VN.UTF-8") == NULL)
        print_message("no locale with a decimal comma is installed; only C is tried\n");
    read_good(&record, "date,Q\n2020-01-01,1.25\n2020-01-02,.5\n", FILL_NONE);
    expect_values(&record, STEP_DAILY, 2, (const double[]){1.25, 0.5});
    record_finish(&record);
    setlocale(LC_NUMERIC, "C");
}

/* Nine days; those of 3, 4 and 7 January are missing: no row, an empty cell, a code. */
static const char gappy[] = "date,Q\n2020-01-01,1\n2020-01-02,4\n2020-01-04,\n2020-01-05,10\n"
                            "2020-01-06,12\n2020-01-07,-9999\n2020-01-08,16\n2020-01-09,20\n";

static void
gaps_are_filled_as_asked(void **state)
{
    (void)state;
    struct record record;
    read_good(&record, gappy, FILL_PREVIOUS);
    expect_values(&record, STEP_DAILY, 9, (const double[]){1, 4, 4, 4, 10, 12, 12, 16, 20});
    assert_int_equal(record.filled_count, 3);
    record_finish(&record);
    read_good(&record, gappy, FILL_INTERPOLATE);
    expect_values(&record, STEP_DAILY, 9, (const double[]){1, 4, 6, 8, 10, 12, 14, 16, 20});
    record_finish(&record);
    read_good(&record, gappy, FILL_ZERO);
    expect_values(&record, STEP_DAILY, 9, (const double[]){1, 4, 0, 0, 10, 12, 0, 16, 20});
    record_finish(&record);
    read_good(&record, gappy, FILL_CLIMATOLOGY);
    double mean = (1 + 4 + 10 + 12 + 16 + 20) / 6.0;
    expect_values(&record, STEP_DAILY, 9, (const double[]){1, 4, mean, mean, 10, 12, mean, 16, 20});
    assert_int_equal(record.filled_count, 3);
    record_finish(&record);
}

static void
a_line_between_months_follows_their_middles(void **state)
{
    (void)state;
    struct record record;
    read_good(&record, "date,Q\n2021-01,0\n2021-02,NA\n2021-03,29.5\n2021-04,7\n",
              FILL_INTERPOLATE);
    /* middles: 16 January noon, 15 February, 16 March noon: 29.5 days, then 29.5 days */
    expect_values(&record, STEP_MONTHLY, 4, (const double[]){0, 14.75, 29.5, 7});
    record_finish(&record);
}

static void
climatology_takes_the_month_of_other_years(void **state)
{
    (void)state;
    struct record record;
    read_good(&record,
              "date,Q\n2019-01,1\n2019-02,10\n2019-03,5\n2019-04,5\n2019-05,5\n2019-06,5\n"
              "2019-07,5\n2019-08,5\n2019-09,5\n2019-10,5\n2019-11,5\n2019-12,5\n2020-01,3\n"
              "2020-02,nan\n2020-03,5\n2020-04,5\n2020-05,5\n2020-06,5\n2020-07,5\n2020-08,5\n"
              "2020-09,5\n2020-10,5\n2020-11,5\n2020-12,5\n2021-01,\n2021-02,30\n",
              FILL_CLIMATOLOGY);
    assert_close(record.value[13], 2 * 20 + 0.5, 1e-15, 0);
    assert_close(record.value[24], 2 * 2 + 0.5, 1e-15, 0);
    record_finish(&record);
}

static void
gaps_that_cannot_be_filled_are_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum fill_rule fill;
        const char *said;
    } cases[] = {
        {gappy, FILL_NONE,
         "4: column 'Q' has no value from 2020-01-03 to 2020-01-04 (2 missing)/"
         "7: column 'Q' has no value from 2020-01-07 to 2020-01-07 (1 missing)"},
        {"date,Q\n2020-01-01,\n2020-01-02,4\n", FILL_PREVIOUS,
         "2: column 'Q' has no value from 2020-01-01 to 2020-01-01 (1 missing), and nothing before "
         "to hold on"},
        {"date,Q\n2020-01-01,1\n2020-01-02,\n", FILL_INTERPOLATE,
         "3: column 'Q' has no value from 2020-01-02 to 2020-01-02 (1 missing), and nothing on one "
         "side to draw a line from"},
        {"date,Q\n2020-01-31,1\n2020-02-01,\n", FILL_CLIMATOLOGY,
         "3: column 'Q' has no value from 2020-02-01 to 2020-02-01 (1 missing), and a calendar "
         "month of it has no value at all"},
        {"date,Q\n2020-01-01 00:00,1\n2020-01-01 01:00,\n2020-01-01 02:00,2\n", FILL_NONE,
         "3: column 'Q' has no value from 2020-01-01 01:00 to 2020-01-01 01:00 (1 missing)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct record record;
        enum status status;
        const char *said = read_as(&record, cases[i].text, "Q", cases[i].fill, &status);
        assert_int_equal(status, STATUS_INPUT);
        assert_string_equal(said, cases[i].said);
        assert_null(record.value);
    }
}

static void
faulty_files_are_told_line_by_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *column, *said;
    } cases[] = {
        {"date,Qa\n2020-01-01,1\n", "Q", "1: there is no column 'Q' (did you mean 'Qa'?)"},
        {"date;Q\n2020-01-01;1\n", "Q",
         "1: there is no column 'Q': the cells are separated by semicolons, not by commas"},
        {"date\tQ\n2020-01-01\t1\n", "Q",
         "1: there is no column 'Q': the cells are separated by tabs, not by commas"},
        {"date,rain,flow\n2020-01-01,1,2\n", "Q",
         "1: there is no column 'Q' among the 3 columns of 'date'..."},
        {"date,Q,Q\n2020-01-01,1,2\n", "Q", "1: columns 2 and 3 are both named 'Q'"},
        {"x,date,time,Q\n2020-01-01,1,2,3\n", "Q",
         "1: columns 2 and 3 are both named as dates ('date' and 'time')"},
        {"date,Q\n2020-01-01,1\n", "date", "1: column 'date' holds the dates, not the values"},
        {"date,Q\n", "Q", "0: the file has no row with a date"},
        {"# nothing\n", "Q", "0: the file has no line with the names of the columns"},
        {"date,Q\n2020-01-01,1\n", "Q",
         "2: the only row is of 2020-01-01: the interval is found from two dates or more"},
        {"date,Q\n2020-01-01,1\n2020-01-04,2\n", "Q",
         "3: the interval from 2020-01-01 to 2020-01-04 is none that is read: an hour, a day, ten "
         "days (on day 1, 11 and 21) or a month (on day 1)"},
        {"date,Q\n2020-01-02,1\n2020-01-01,2\n2020-01-03,2\n", "Q",
         "3: 2020-01-01 is before the date of line 2"},
        {"date,Q\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n2020-01-03,4\n", "Q",
         "4: 2020-01-02 repeats the date of line 3"},
        {"date,Q\n2020-01-01,1\n2020-01-02,2\n2020-01-02 05:00,3\n2020-01-03,4\n", "Q",
         "4: 2020-01-02 05:00 stands off the interval of the other rows"},
        {"date,Q\n2020-01,1\n2020-02,2\n2020-02-15,3\n2020-03,4\n", "Q",
         "4: 2020-02-15 stands off the interval of the other rows"},
        {"date,Q\n2020-01-01,1\n2020-01-02,x2\n2020-01-03,1\n", "Q",
         "3: column 'Q', 2020-01-02: 'x2' is no number"},
        {"date,Q\n2020-01-01,1\n2020-01-02,\"2,5\"\n2020-01-03,1\n", "Q",
         "3: column 'Q', 2020-01-02: '2,5' is no number (the decimal sign is a point)"},
        {"date,Q\n2020-01-01,1\n2020-01-02,inf\n2020-01-03,1\n", "Q",
         "3: column 'Q', 2020-01-02: 'inf' is no number"},
        {"date,Q\n2020-01-01,1\n2020-01-02,0x10\n2020-01-03,1\n", "Q",
         "3: column 'Q', 2020-01-02: '0x10' is no number"},
        {"date,Q\n2020-01-01,1\n2020-01-02,1e999\n2020-01-03,1\n", "Q",
         "3: column 'Q', 2020-01-02: '1e999' is beyond all figures"},
        {"date,Q\n2020-01-01,1\n2020-01-02,1e308\n2020-01-03,1\n", "Q",
         "3: column 'Q', 2020-01-02: '1e308' is beyond all figures"}, /* the scale is 2 */
        {"date,Q\n2020-01-01,1\n2020-01-02\n2020-01-03,1\n", "Q",
         "3: the row has 1 cells, the first line has 2"},
        {"date,Q\n2020-01-01,1\n2020-01-02,2,5\n2020-01-03,1\n", "Q",
         "3: the row has 3 cells, the first line has 2"},
        {"date,Q\n2020-01-01,1\n2021-02-29,2\n2020-01-02,1\n", "Q",
         "3: '2021-02-29' is no date: write 1991-12-31, 1991-12 or 1991-12-31 07:00"},
        {"date,Q\n2020-01-01,1\n2020-01-02,\"2\n", "Q",
         "3: the quote opened on line 3 is not closed"},
        {"date,Q\n1600-01-01,1\n1600-01-01 01:00,2\n9999-12-31 23:00,3\n", "Q",
         "4: the dates leave more than 1000000 intervals without a row, most of them between "
         "1600-01-01 01:00 and 9999-12-31 23:00: is one of these dates wrong?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct record record;
        enum status status;
        const char *said = read_as(&record, cases[i].text, cases[i].column, FILL_NONE, &status);
        assert_string_equal(said, cases[i].said);
        assert_int_equal(status, STATUS_INPUT);
        assert_int_equal(record.count, 0);
    }
}

static void
many_faults_of_a_kind_are_counted(void **state)
{
    (void)state;
    char text[4096] = "date,Q\n";
    size_t size = strlen(text);
    for (int day = 1; day <= 28; day++)
        size += (size_t)snprintf(text + size, sizeof text - size, "2020-01-%02d,%s\n", day,
                                 day % 4 == 0 ? "?" : "1");
    struct record record;
    enum status status;
    const char *said = read_as(&record, text, "Q", FILL_NONE, &status);
    assert_non_null(strstr(said, "21: column 'Q', 2020-01-20: '?' is no number"));
    assert_null(strstr(said, "25: "));
    assert_non_null(strstr(said, "/0: 2 more cells are no numbers"));
}

static void
files_that_are_none_are_faults(void **state)
{
    (void)state;
    static const char *const paths[] = {"/nowhere/at/all.csv", "/tmp", "/dev/null"};
    for (int i = 0; i < 3; i++) {
        struct record record;
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        assert_int_equal(record_read_csv(&record, paths[i], "Q", 1, 0, FILL_NONE, &diagnostics),
                         STATUS_INPUT);
        assert_int_equal(diagnostics.error_count, 1);
        assert_string_equal(diagnostics.item[0].file, paths[i]);
        diagnostics_finish(&diagnostics);
    }
}

/* A record in memory with random figures. */
static void
make_record(struct record *record, enum step_kind step, struct date first, struct date last,
            uint64_t *seed)
{
    struct timeaxis axis;
    assert_int_equal(timeaxis_init(&axis, step, first, last, NULL), STATUS_OK);
    *record = (struct record){.step = step, .count = axis.step_count};
    record->start_s = malloc(((size_t)axis.step_count + 1) * sizeof *record->start_s);
    record->value = malloc((size_t)axis.step_count * sizeof *record->value);
    assert_non_null(record->start_s);
    assert_non_null(record->value);
    memcpy(record->start_s, axis.start_s, ((size_t)axis.step_count + 1) * sizeof *record->start_s);
    for (int i = 0; i < record->count; i++)
        record->value[i] = random_uniform(seed);
    timeaxis_finish(&axis);
}

/* Mean over an interval, hour by hour. */
static double
mean_by_hours(const struct record *record, int64_t from_s, int64_t to_s)
{
    double sum = 0.0;
    int i = 0;
    for (int64_t hour_s = from_s; hour_s < to_s; hour_s += 3600) {
        while (record->start_s[i + 1] <= hour_s)
            i++;
        sum += record->value[i];
    }
    return sum * 3600.0 / (double)(to_s - from_s);
}

static void
every_step_has_the_mean_of_its_hours(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int from_kind = 0; from_kind < 4; from_kind++)
        for (int to_kind = 0; to_kind < 4; to_kind++) {
            struct record record;
            struct timeaxis axis;
            make_record(&record, (enum step_kind)from_kind, date_of(2019, 11, 1),
                        date_of(2020, 4, 30), &seed);
            assert_int_equal(timeaxis_init(&axis, (enum step_kind)to_kind, date_of(2019, 12, 1),
                                           date_of(2020, 3, 31), NULL),
                             STATUS_OK);
            double *value = malloc((size_t)axis.step_count * sizeof *value);
            assert_non_null(value);
            assert_int_equal(record_on_axis(&record, &axis, value, NULL), STATUS_OK);
            for (int t = 0; t < axis.step_count; t++)
                assert_close(value[t], mean_by_hours(&record, axis.start_s[t], axis.start_s[t + 1]),
                             1e-13, 0);
            if (from_kind == to_kind) /* no rounding where nothing is averaged */
                assert_memory_equal(value,
                                    record.value + (from_kind == STEP_HOURLY   ? 720
                                                    : from_kind == STEP_DAILY  ? 30
                                                    : from_kind == STEP_TENDAY ? 3
                                                                               : 1),
                                    (size_t)axis.step_count * sizeof *value);
            free(value);
            timeaxis_finish(&axis);
            record_finish(&record);
        }
}

static double
volume(const struct timeaxis *axis, const double *value)
{
    double sum = 0.0;
    for (int t = 0; t < axis->step_count; t++)
        sum += value[t] * axis->dt_s[t];
    return sum;
}

static void
hours_to_days_to_months_keep_the_volume(void **state)
{
    (void)state;
    uint64_t seed = 17;
    struct record record;
    make_record(&record, STEP_HOURLY, date_of(2019, 1, 1), date_of(2020, 12, 31), &seed);
    double hourly = 0.0;
    for (int i = 0; i < record.count; i++)
        hourly += record.value[i] * 3600.0;
    for (int kind = 0; kind < 4; kind++) {
        struct timeaxis axis;
        assert_int_equal(timeaxis_init(&axis, (enum step_kind)kind, date_of(2019, 1, 1),
                                       date_of(2020, 12, 31), NULL),
                         STATUS_OK);
        double *value = malloc((size_t)axis.step_count * sizeof *value);
        assert_non_null(value);
        assert_int_equal(record_on_axis(&record, &axis, value, NULL), STATUS_OK);
        assert_close(volume(&axis, value), hourly, 1e-12, 0);
        /* and those steps as a record of their own, by month */
        struct record coarser = {.step = (enum step_kind)kind,
                                 .count = axis.step_count,
                                 .start_s = axis.start_s,
                                 .value = value};
        struct timeaxis months;
        double by_month[24];
        assert_int_equal(
            timeaxis_init(&months, STEP_MONTHLY, date_of(2019, 1, 1), date_of(2020, 12, 31), NULL),
            STATUS_OK);
        assert_int_equal(record_on_axis(&coarser, &months, by_month, NULL), STATUS_OK);
        assert_close(volume(&months, by_month), hourly, 1e-12, 0);
        timeaxis_finish(&months);
        free(value);
        timeaxis_finish(&axis);
    }
    record_finish(&record);
}

static void
days_from_seven_to_seven_are_shared_by_the_hour(void **state)
{
    (void)state;
    struct record record;
    struct timeaxis axis;
    double value[2];
    read_good(&record, "t,Q\n2019-12-31 07:00,0\n2020-01-01 07:00,24\n2020-01-02 07:00,48\n",
              FILL_NONE);
    assert_int_equal(
        timeaxis_init(&axis, STEP_DAILY, date_of(2020, 1, 1), date_of(2020, 1, 2), NULL),
        STATUS_OK);
    assert_int_equal(record_on_axis(&record, &axis, value, NULL), STATUS_OK);
    assert_close(value[0], 2 * 17 + 0.5, 1e-14, 0);
    assert_close(value[1], 2 * (24 + 17) + 0.5, 1e-14, 0);
    timeaxis_finish(&axis);
    record_finish(&record);
}

static void
a_record_that_does_not_cover_the_run_says_where(void **state)
{
    (void)state;
    static const struct {
        struct date first, last;
        enum step_kind step;
        const char *said;
    } cases[] = {
        {{2019, 12, 31, 0},
         {2020, 1, 3, 0},
         STEP_DAILY,
         "it has no value for 2019-12-31 (it covers 2020-01-01 to 2020-02-02)"},
        {{2020, 1, 1, 0},
         {2020, 2, 5, 0},
         STEP_DAILY,
         "it has no value for 2020-02-03 (it covers 2020-01-01 to 2020-02-02)"},
        {{2020, 2, 2, 0},
         {2020, 2, 3, 0},
         STEP_HOURLY,
         "it has no value for 2020-02-03 (it covers 2020-01-01 to 2020-02-02)"},
        {{2020, 1, 1, 0},
         {2020, 2, 1, 0},
         STEP_MONTHLY,
         "it has no value for 2020-02-01 (it covers 2020-01-01 to 2020-02-02)"},
        {{2030, 1, 1, 0},
         {2030, 2, 1, 0},
         STEP_MONTHLY,
         "it has no value for 2030-01-01 (it covers 2020-01-01 to 2020-02-02)"},
    };
    uint64_t seed = 1;
    struct record record;
    make_record(&record, STEP_DAILY, date_of(2020, 1, 1), date_of(2020, 2, 2), &seed);
    double value[2000];
    struct timeaxis axis;
    struct error err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        err = (struct error){0};
        assert_int_equal(timeaxis_init(&axis, cases[i].step, cases[i].first, cases[i].last, NULL),
                         STATUS_OK);
        assert_int_equal(record_on_axis(&record, &axis, value, &err), STATUS_INPUT);
        assert_string_equal(err.text, cases[i].said);
        timeaxis_finish(&axis);
    }
    record.value[10] = NAN;
    err = (struct error){0};
    assert_int_equal(
        timeaxis_init(&axis, STEP_DAILY, date_of(2020, 1, 1), date_of(2020, 2, 2), NULL),
        STATUS_OK);
    assert_int_equal(record_on_axis(&record, &axis, value, &err), STATUS_INPUT);
    assert_string_equal(err.text, "it has no value for 2020-01-11");
    struct record empty = {0};
    err = (struct error){0};
    assert_int_equal(record_on_axis(&empty, &axis, value, &err), STATUS_INPUT);
    assert_string_equal(err.text, "the record is empty");
    timeaxis_finish(&axis);
    record_finish(&record);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_read_with_their_scale),
        cmocka_unit_test(the_interval_is_found_from_the_dates),
        cmocka_unit_test(the_date_column_is_found_by_name_or_comes_first),
        cmocka_unit_test(the_decimal_point_does_not_depend_on_the_locale),
        cmocka_unit_test(gaps_are_filled_as_asked),
        cmocka_unit_test(a_line_between_months_follows_their_middles),
        cmocka_unit_test(climatology_takes_the_month_of_other_years),
        cmocka_unit_test(gaps_that_cannot_be_filled_are_faults),
        cmocka_unit_test(faulty_files_are_told_line_by_line),
        cmocka_unit_test(many_faults_of_a_kind_are_counted),
        cmocka_unit_test(files_that_are_none_are_faults),
        cmocka_unit_test(every_step_has_the_mean_of_its_hours),
        cmocka_unit_test(hours_to_days_to_months_keep_the_volume),
        cmocka_unit_test(days_from_seven_to_seven_are_shared_by_the_hour),
        cmocka_unit_test(a_record_that_does_not_cover_the_run_says_where),
    };
    return cmocka_run_group_tests(tests, make_text_folder, remove_text_folder);
}
