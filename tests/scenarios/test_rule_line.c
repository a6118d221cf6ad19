/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reservoir.h"
#include "scenarios/rule_line.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * A prism of 10 km2 that gives a town 3 m3/s over a pipe that loses a quarter: 4 m3/s at the lake,
 * and 1 m3/s below the dam. The record: years of 20 m3/s in the wet half and of y/10 m3/s in the
 * dry half, November to April, y the year's number.
 */
static const char basin_text[] =
    "nguon: 1\n"
    "run: {start: 2000-01-01, end: 2000-12-31, demand_year: 2000}\n"
    "ranks: [domestic, storage_target]\n"
    "reservoirs:\n"
    "  lake:\n"
    "    table: {level: [0, 20], area: [10, 10], storage: [0, 200], units: [m, km2, hm3]}\n"
    "    normal_level: 18 m\n"
    "    dead_level: 2 m\n"
    "    minimum_release: 1 m3/s\n"
    "    spill_to: sea\n"
    "seas: {sea: }\n"
    "demands: {town: {class: domestic, need: 3 m3/s}}\n"
    "links: {pipe: {kind: pipe, from: lake, to: town, loss: 25 %}}\n";

enum { FIRST_YEAR = 2001, YEARS = 9 };

static bool
is_dry(int month)
{
    return month >= 11 || month <= 4;
}

/* The season from November on belongs to the year that begins in May. */
static double
inflow_at_month(int year, int month)
{
    int season = month >= 5 ? year : year - 1;
    return is_dry(month) ? 0.1 * (season - FIRST_YEAR + 1) : 20.0;
}

static void
write_record(const char *path, int years)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("time,inflow_m3s\n", file);
    for (int year = FIRST_YEAR; year <= FIRST_YEAR + years; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in_month(year, month); day++)
                fprintf(file, "%04d-%02d-%02d,%.3f\n", year, month, day,
                        inflow_at_month(year, month));
    fclose(file);
}

static struct basin *
load(const char *folder, int years, struct record *inflow)
{
    char path[512];
    struct basin *basin = NULL;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    snprintf(path, sizeof path, "%s/basin.yaml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(basin_text, file);
    fclose(file);
    assert_int_equal(basin_load(path, NULL, &basin, &diagnostics), STATUS_OK);
    unlink(path);
    snprintf(path, sizeof path, "%s/inflow.csv", folder);
    write_record(path, years);
    assert_int_equal(record_read_csv(inflow, path, "inflow_m3s", 1.0, 0.0, FILL_NONE, &diagnostics),
                     STATUS_OK);
    unlink(path);
    diagnostics_finish(&diagnostics);
    return basin;
}

static char folder[] = "/tmp/nguon_rule_line_XXXXXX";

/* Of nine years the shares are 10, 20 ... 90 %, the driest 90: 2001 has 0.1 m3/s, 2002 0.2 m3/s. */
static void
lines_by_hand(void **unused)
{
    (void)unused;
    struct record inflow = {0};
    struct basin *basin = load(folder, YEARS, &inflow);
    struct rule_lines lines;
    const struct rule_line_request request = {.basin = basin,
                                              .inflow = &inflow,
                                              .dry_end = 11, /* 21 to 30 April */
                                              .from_share = 0.75,
                                              .to_share = 0.9};
    assert_int_equal(rule_lines_derive(&request, &lines, NULL), STATUS_OK);
    assert_int_equal(lines.year_count, YEARS);
    assert_int_equal(lines.chosen_count, 2);
    assert_int_equal(lines.chosen[0], 2001);
    assert_int_equal(lines.chosen[1], 2002);
    /* 21 April: ten days of 5 - 0.1 and of 5 - 0.2 m3/s above 2 m, over 1e7 m2 */
    assert_close(lines.upper_m[11], 2.0 + 864000.0 * 4.9 / 1e7, 1e-9, 0);
    assert_close(lines.lower_m[11], 2.0 + 864000.0 * 4.8 / 1e7, 1e-9, 0);
    /* 1 November: 181 days, from November 2001 and 2002 to April, no leap year */
    assert_close(lines.upper_m[30], 2.0 + 181 * 86400.0 * 4.9 / 1e7, 1e-9, 0);
    assert_close(lines.lower_m[30], 2.0 + 181 * 86400.0 * 4.8 / 1e7, 1e-9, 0);
    /* a wet month before needs less by 15 m3/s, down to dead level */
    assert_close(lines.upper_m[27], 2.0 + 86400.0 * (181 * 4.9 - 31 * 15.0) / 1e7, 1e-9, 0);
    assert_close(lines.upper_m[12], 2.0, 1e-9, 0);
    record_finish(&inflow);
    basin_destroy(basin);
}

/* Forward from the line of a single year, the lake gives all and ends at dead level. */
static void
a_year_from_its_line_just_does(void **unused)
{
    (void)unused;
    struct record inflow = {0};
    struct basin *basin = load(folder, YEARS, &inflow);
    struct rule_lines lines;
    const struct rule_line_request request = {
        .basin = basin, .inflow = &inflow, .dry_end = 11, .from_share = 0.9, .to_share = 0.9};
    assert_int_equal(rule_lines_derive(&request, &lines, NULL), STATUS_OK);
    for (int start_month = 10; start_month <= 15; start_month++) { /* to March of the next year */
        double level_m = lines.upper_m[3 * ((start_month - 1) % 12)];
        for (int month = start_month; month <= 16; month++) {
            int year = 2001 + (month - 1) / 12, calendar = (month - 1) % 12 + 1;
            level_m += days_in_month(year, calendar) * 86400.0 *
                       (inflow_at_month(year, calendar) - 5.0) / 1e7;
            assert_true(level_m > 2.0 - 1e-9);
        }
        assert_close(level_m, 2.0, 0, 1e-9);
    }
    record_finish(&inflow);
    basin_destroy(basin);
}

static void
what_cannot_be_derived_is_refused(void **unused)
{
    (void)unused;
    struct record inflow = {0}, brief = {0};
    struct basin *basin = load(folder, YEARS, &inflow), *other = load(folder, 3, &brief);
    struct rule_lines lines;
    struct error err = {0};
    struct rule_line_request request = {
        .basin = basin, .inflow = &inflow, .dry_end = 11, .from_share = 0.91, .to_share = 0.95};
    assert_int_equal(rule_lines_derive(&request, &lines, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "none of the 9 years"));
    err = (struct error){0};
    request.inflow = &brief;
    assert_int_equal(rule_lines_derive(&request, &lines, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "holds 3 whole years"));
    record_finish(&inflow);
    record_finish(&brief);
    basin_destroy(basin);
    basin_destroy(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_by_hand),
        cmocka_unit_test(a_year_from_its_line_just_does),
        cmocka_unit_test(what_cannot_be_derived_is_refused),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
