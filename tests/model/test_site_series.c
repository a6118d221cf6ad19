/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/site_series.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/nguon_site_XXXXXX";
static struct site_series series, months;
static struct diagnostics diagnostics;
static struct error err;

static int
make_file(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor >= 0 ? close(descriptor) : -1;
}

static int
remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void
write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static enum status
read_as(const char *column, const char *unit, const char *usual)
{
    struct site_source source = {.path = path, .column = column, .unit = unit, .usual_unit = usual};
    err = (struct error){0};
    diagnostics_init(&diagnostics);
    return site_series_read(&series, &source, &diagnostics);
}

/* Days from 30 January to 2 March 1991, the flow being the number of the day. */
static void
write_days(void)
{
    char text[4096] = "date,Q\n";
    int day = 1;
    for (int m = 1; m <= 3; m++)
        for (int d = m == 1 ? 30 : 1; d <= (m == 1 ? 31 : m == 2 ? 28 : 2); d++) {
            char row[64];
            snprintf(row, sizeof row, "1991-%02d-%02d,%d\n", m, d, day++);
            strcat(text, row);
        }
    write_file(text);
}

static void
whole_months_are_summed_with_true_lengths(void **state)
{
    (void)state;
    char date[32];
    write_days();
    assert_int_equal(read_as("Q", NULL, "m3/s"), STATUS_OK);
    assert_int_equal(series.measure, SITE_VOLUME_M3);
    assert_close(series.value[0], 86400.0, 1e-15, 0.0);
    assert_int_equal(site_series_months(&series, &months, &err), STATUS_OK);
    assert_int_equal(months.count, 1); /* only February is whole: days 3 to 30 */
    assert_string_equal(site_series_date(&months, 0, date, sizeof date), "1991-02");
    assert_close(months.value[0], 86400.0 * (3 + 30) * 28 / 2, 1e-14, 0.0);
    site_series_finish(&months);
    site_series_finish(&series);
    diagnostics_finish(&diagnostics);
}

static void
monthly_units_become_amounts(void **state)
{
    (void)state;
    write_file("date,v\n1992-01,1\n1992-02,1\n");
    static const struct {
        const char *unit;
        enum site_measure measure;
        double february;
    } cases[] = {
        {"mm", SITE_DEPTH_MM, 1.0},         {"mm/d", SITE_DEPTH_MM, 29.0},
        {"hm3", SITE_VOLUME_M3, 1e6},       {"m3/s", SITE_VOLUME_M3, 29.0 * 86400.0},
        {"hm3/month", SITE_VOLUME_M3, 1e6}, {"hm3/year", SITE_VOLUME_M3, 1e6 * 29.0 / 366.0},
        {"inch", SITE_DEPTH_MM, 25.4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_as("v", cases[i].unit, "mm"), STATUS_OK);
        assert_int_equal(series.measure, cases[i].measure);
        assert_close(series.value[1], cases[i].february, 1e-12, 0.0);
        site_series_finish(&series);
        diagnostics_finish(&diagnostics);
    }
}

static void
missing_days_make_the_month_missing(void **state)
{
    (void)state;
    char text[4096] = "date,P\n";
    for (int d = 1; d <= 30; d++) {
        char row[64];
        snprintf(row, sizeof row, d == 9 ? "1991-04-%02d,\n" : "1991-04-%02d,1\n", d);
        strcat(text, row);
    }
    write_file(text);
    assert_int_equal(read_as("P", NULL, "mm"), STATUS_OK);
    assert_int_equal(site_series_months(&series, &months, &err), STATUS_OK);
    assert_int_equal(months.count, 1);
    assert_true(isnan(months.value[0]));
    site_series_finish(&months);
    site_series_finish(&series);
    diagnostics_finish(&diagnostics);
}

static void
bad_columns_are_refused_with_their_place(void **state)
{
    (void)state;
    write_file("date,P\n1991-01,3\n1991-02,-3\n1991-03,1\n");
    assert_int_equal(read_as("P", NULL, "mm"), STATUS_INPUT);
    assert_int_equal(diagnostics.item[0].line, 3);
    assert_non_null(strstr(diagnostics.item[0].message, "negative on 1991-02"));
    diagnostics_finish(&diagnostics);
    assert_int_equal(read_as("P", "degC", "mm"), STATUS_INPUT);
    assert_non_null(strstr(diagnostics.item[0].message, "must be a depth"));
    diagnostics_finish(&diagnostics);
    assert_int_equal(read_as("rain", NULL, "mm"), STATUS_INPUT);
    diagnostics_finish(&diagnostics);
}

static void
periods_outside_the_record_are_refused(void **state)
{
    (void)state;
    int first, last;
    write_file("date,P\n1991-01,3\n1991-02,3\n1991-03,1\n1991-04,2\n");
    assert_int_equal(read_as("P", NULL, "mm"), STATUS_OK);
    assert_int_equal(site_series_period(&series, "-x", "1991-02", "1991-03", &first, &last, &err),
                     STATUS_OK);
    assert_int_equal(first, 1);
    assert_int_equal(last, 2);
    assert_int_equal(site_series_period(&series, "-x", "1990-12", NULL, &first, &last, &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "-x 1990-12 is outside the record"));
    err = (struct error){0};
    assert_int_equal(site_series_period(&series, "-x", NULL, "1991-05", &first, &last, &err),
                     STATUS_INPUT);
    err = (struct error){0};
    assert_int_equal(site_series_period(&series, "-x", "1991-03", "1991-02", &first, &last, &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "before it begins"));
    err = (struct error){0};
    assert_int_equal(site_series_period(&series, "-x", "1991-13", NULL, &first, &last, &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "is no date"));
    site_series_finish(&series);
    diagnostics_finish(&diagnostics);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_months_are_summed_with_true_lengths),
        cmocka_unit_test(monthly_units_become_amounts),
        cmocka_unit_test(missing_days_make_the_month_missing),
        cmocka_unit_test(bad_columns_are_refused_with_their_place),
        cmocka_unit_test(periods_outside_the_record_are_refused),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
