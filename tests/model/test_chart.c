/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/chart.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The official curves of the Red River: the example against the published daily values, and the
 * values themselves as a line by day. */

enum { DAYS = 365, LAST_OF_FEBRUARY = 59, TEXT_BYTES = 16384 };

/* Daily values of a published curve; false if they are not there. */
static bool
read_days(const char *name, double value[DAYS])
{
    char path[1024];
    const char *shared = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/vietnam/redriver_targets/%s.txt",
             shared != NULL ? shared : SOURCE_ROOT "/../shared", name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    int count = 0;
    while (count < DAYS && fscanf(file, "%lf", &value[count]) == 1)
        count++;
    fclose(file);
    return count == DAYS;
}

static struct basin *
load(const char *path)
{
    struct basin *basin = NULL;
    struct diagnostics diagnostics;
    char text[2048];
    diagnostics_init(&diagnostics);
    if (basin_load(path, NULL, &basin, &diagnostics) != STATUS_OK)
        fail_msg("%s", diagnostic_format(&diagnostics.item[0], text, sizeof text));
    diagnostics_finish(&diagnostics);
    return basin;
}

static void
compare_line(const struct chart *chart, const double *line, const char *file)
{
    double published[DAYS];
    (void)chart;
    if (!read_days(file, published)) {
        print_message("reference/vietnam is not there: skipped\n");
        skip();
    }
    for (int day = 0; day < CHART_DAYS; day++) /* 29 February as the 28th */
        assert_close(line[day], published[day < LAST_OF_FEBRUARY ? day : day - 1], 1e-12, 0);
}

static void
example_holds_the_published_curves(void **unused)
{
    static const struct {
        const char *id, *upper, *lower, *minimum;
    } lakes[] = {{"hoa_binh", "HB_lev_Utarget", "HB_lev_Ltarget", "HB_min_rel"},
                 {"son_la", "SL_lev_Utarget", NULL, NULL},
                 {"tuyen_quang", "TQ_lev_Utarget", "TQ_lev_Ltarget", "TQ_min_rel"},
                 {"thac_ba", NULL, "TB_lev_Ltarget", "TB_min_rel"}};
    static struct chart chart;
    (void)unused;
    struct basin *basin = load(SOURCE_ROOT "/examples/red-river/basin.yaml");
    for (int i = 0; i < 4; i++) {
        int node_i = basin_find_node(basin, lakes[i].id);
        assert_true(node_i >= 0);
        assert_int_equal(
            chart_fill(basin, &basin->reservoir[basin->node[node_i].kind_i], &chart, NULL),
            STATUS_OK);
        if (lakes[i].upper != NULL)
            compare_line(&chart, chart.level_m[CHART_UPPER], lakes[i].upper);
        if (lakes[i].lower != NULL)
            compare_line(&chart, chart.level_m[CHART_RESTRICTION], lakes[i].lower);
        if (lakes[i].minimum != NULL)
            compare_line(&chart, chart.minimum_m3s, lakes[i].minimum);
    }
    basin_destroy(basin);
}

/* A basin of one lake with the given upper line. */
static struct basin *
lake_with(const char *upper)
{
    static char text[TEXT_BYTES];
    char path[] = "/tmp/nguon_chart_XXXXXX";
    snprintf(text, sizeof text,
             "nguon: 1\nrun: {start: 2023-01-01, end: 2023-12-31}\nranks: [domestic]\n"
             "reservoirs:\n  lake:\n    table: {level: [60, 120], area: [1, 1], storage: [0, 60],\n"
             "            units: [m, km2, hm3]}\n    normal_level: 118 m\n    spill_to: sea\n"
             "    upper_line: %s\n    restriction_line: 70 m\nseas: {sea: }\n",
             upper);
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    struct basin *basin = load(path);
    unlink(path);
    return basin;
}

static void
daily_values_load_as_they_are(void **unused)
{
    static struct chart chart;
    static char line[TEXT_BYTES / 2] = "{unit: m, daily: [";
    double published[DAYS];
    (void)unused;
    if (!read_days("HB_lev_Utarget", published)) {
        print_message("reference/vietnam is not there: skipped\n");
        skip();
    }
    for (int day = 0; day < DAYS; day++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s%g",
                 day == 0       ? ""
                 : day % 20 > 0 ? ", "
                                : ",\n      ",
                 published[day]);
    strcat(line, "]}");
    struct basin *basin = lake_with(line);
    assert_int_equal(chart_fill(basin, &basin->reservoir[0], &chart, NULL), STATUS_OK);
    compare_line(&chart, chart.level_m[CHART_UPPER], "HB_lev_Utarget");
    basin_destroy(basin);
}

/* The nth ten-day period holds 80 + n m from its first day to the day before the next. */
static void
ten_day_periods_hold_through(void **unused)
{
    static struct chart chart;
    char line[1024] = "{unit: m, tenday: [80";
    (void)unused;
    for (int i = 1; i < 36; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), ", %d", 80 + i);
    strcat(line, "]}");
    struct basin *basin = lake_with(line);
    assert_int_equal(chart_fill(basin, &basin->reservoir[0], &chart, NULL), STATUS_OK);
    for (int month = 1; month <= 12; month++)
        for (int day = 1; day <= days_in_month(2024, month); day++) {
            int period = day > 20 ? 2 : (day - 1) / 10;
            assert_close(chart.level_m[CHART_UPPER][day_of_leap_year(month, day) - 1],
                         80 + 3 * (month - 1) + period, 0, 0);
        }
    assert_close(chart.normal_m, 118.0, 1e-12, 0);
    basin_destroy(basin);
}

static void
lines_that_cross_are_refused(void **unused)
{
    static struct chart chart;
    struct error err = {0};
    (void)unused;
    struct basin *basin =
        lake_with("{curve: {01-01: 90 m, 03-05: 69 m, 04-01: 90 m}, interpolate: step}");
    assert_int_equal(chart_fill(basin, &basin->reservoir[0], &chart, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "lies above its upper line on 03-05: 70 m and 69 m"));
    basin_destroy(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_holds_the_published_curves),
        cmocka_unit_test(daily_values_load_as_they_are),
        cmocka_unit_test(ten_day_periods_hold_through),
        cmocka_unit_test(lines_that_cross_are_refused),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
