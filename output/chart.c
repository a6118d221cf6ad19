/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/chart.h"

#include "output/operation.h"
#include "output/svg.h"
#include "output/table.h"

#include <math.h>
#include <stdlib.h>

enum { TENDAYS = 36, MONTHS = 12, TEMPORARY_BYTES = 4096 };
static const double width_px = 1000.0, height_px = 640.0, left_px = 70.0, right_px = 860.0;
static const double level_top_px = 50.0, level_bottom_px = 420.0;
static const double flow_top_px = 470.0, flow_bottom_px = 590.0, font_px = 11.0;
static const char ink[] = "#333333", pale[] = "#e3e3e3";
static const char *const colours[CHART_LINE_COUNT] = {"#27ae60", "#1f6fb4", "#c0392b"};

/* Day of the leap year, from 0, on which a ten-day period begins. */
static int
first_day(int tenday_i)
{
    return day_of_leap_year(tenday_i / 3 + 1, 10 * (tenday_i % 3) + 1) - 1;
}

bool
chart_print(const struct chart *chart, bool csv, FILE *out)
{
    static const char *const heads[] = {"<from",           "flood limit m", "upper m",
                                        "restriction m",   "normal m",      "dead m",
                                        "min release m3/s"};
    struct table table;
    table_init(&table, csv, sizeof heads / sizeof *heads, heads);
    for (int i = 0; i < TENDAYS; i++) {
        int day = first_day(i);
        table_cell(&table, "%02d-%02d", i / 3 + 1, 10 * (i % 3) + 1);
        for (int line = 0; line < CHART_LINE_COUNT; line++)
            table_number(&table, chart->level_m[line][day]);
        table_number(&table, chart->normal_m);
        table_number(&table, chart->dead_m);
        table_number(&table, chart->minimum_m3s[day]);
    }
    return table_print(&table, out);
}

/* A line that holds through each day: its points in pixels, twice a day. */
static void
place_steps(const struct svg_axis *x, const struct svg_axis *y, const double *value, double *at_x,
            double *at_y)
{
    for (int day = 0; day < CHART_DAYS; day++)
        for (int end = 0; end < 2; end++) {
            at_x[2 * day + end] = svg_place(x, day + end);
            at_y[2 * day + end] = svg_place(y, value[day]);
        }
}

static void
draw_months(FILE *out, const struct svg_axis *x, double top, double bottom)
{
    char text[8];
    for (int month = 1; month <= MONTHS; month++) {
        double at = svg_place(x, first_day(3 * (month - 1)));
        svg_line(out, at, top, at, bottom, pale, 1.0);
        snprintf(text, sizeof text, "%d", month);
        svg_text(out, at + 0.5 * (x->at_high - x->at_low) / MONTHS, bottom + 16.0, font_px,
                 SVG_MIDDLE, ink, text);
    }
}

static void
draw_flat(FILE *out, const struct svg_axis *x, const struct svg_axis *y, double level_m,
          const char *name)
{
    double at = svg_place(y, level_m);
    svg_line(out, x->at_low, at, x->at_high, at, ink, 1.2);
    svg_text(out, x->at_high + 6.0, at + 4.0, font_px, SVG_START, ink, name);
}

static void
draw_levels(FILE *out, const struct chart *chart, const struct svg_axis *x, double *room)
{
    double low = chart->dead_m, high = chart->normal_m;
    for (int line = 0; line < CHART_LINE_COUNT; line++)
        for (int day = 0; day < CHART_DAYS; day++) {
            low = fmin(low, chart->level_m[line][day]); /* NaN is passed over */
            high = fmax(high, chart->level_m[line][day]);
        }
    double margin = 0.06 * fmax(high - low, 0.1);
    struct svg_axis y = {low - margin, high + margin, level_bottom_px, level_top_px, false};
    double *at_x = room, *at_y = room + 2 * CHART_DAYS, *below = room + 4 * CHART_DAYS;
    /* zones: restricted, normal, more than normal */
    static const char *const zones[] = {"#fdecea", "#eef6ee"};
    place_steps(x, &y, chart->level_m[CHART_RESTRICTION], at_x, at_y);
    for (int i = 0; i < 2 * CHART_DAYS; i++)
        below[i] = svg_place(&y, chart->dead_m);
    svg_band(out, 2 * CHART_DAYS, at_x, below, at_y, zones[0]);
    for (int i = 0; i < 2 * CHART_DAYS; i++)
        below[i] = at_y[i];
    place_steps(x, &y, chart->level_m[CHART_UPPER], at_x, at_y);
    svg_band(out, 2 * CHART_DAYS, at_x, below, at_y, zones[1]);
    svg_frame(out, x, &y, false, "", "level, m");
    draw_months(out, x, level_top_px, level_bottom_px);
    draw_flat(out, x, &y, chart->normal_m, "normal level");
    draw_flat(out, x, &y, chart->dead_m, "dead level");
    double key = level_top_px - 14.0;
    for (int line = 0; line < CHART_LINE_COUNT; line++) {
        place_steps(x, &y, chart->level_m[line], at_x, at_y);
        svg_path(out, 2 * CHART_DAYS, at_x, at_y, colours[line], 2.0);
        if (isnan(chart->level_m[line][0]))
            continue;
        double at = x->at_low + 320.0 + 160.0 * line;
        svg_line(out, at, key - 4.0, at + 20.0, key - 4.0, colours[line], 3.0);
        svg_text(out, at + 26.0, key, font_px, SVG_START, ink,
                 chart_line_name((enum chart_line)line));
    }
}

static void
draw_release(FILE *out, const struct chart *chart, const struct svg_axis *x, double *room)
{
    double most = 0.0;
    for (int day = 0; day < CHART_DAYS; day++)
        most = fmax(most, chart->minimum_m3s[day]);
    struct svg_axis y = {0.0, most > 0.0 ? 1.1 * most : 1.0, flow_bottom_px, flow_top_px, false};
    svg_frame(out, x, &y, false, "", "min. release, m3/s");
    draw_months(out, x, flow_top_px, flow_bottom_px);
    place_steps(x, &y, chart->minimum_m3s, room, room + 2 * CHART_DAYS);
    svg_path(out, 2 * CHART_DAYS, room, room + 2 * CHART_DAYS, colours[1], 2.0);
}

enum status
chart_write_svg(const char *path, const char *title, const struct chart *chart, struct error *err)
{
    enum { ROOM = 6 * CHART_DAYS };
    char temporary[TEMPORARY_BYTES];
    double *room = calloc(ROOM, sizeof *room);
    if (room == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the picture");
    FILE *out = operation_open(path, temporary, sizeof temporary, err);
    enum status status = STATUS_FILE_WRITE;
    if (out != NULL) {
        const struct svg_axis x = {0.0, CHART_DAYS, left_px, right_px, false};
        svg_begin(out, width_px, height_px, title);
        svg_text(out, left_px, 30.0, 15.0, SVG_START, ink, title);
        draw_levels(out, chart, &x, room);
        draw_release(out, chart, &x, room);
        svg_end(out);
        status = operation_close(out, temporary, path, err);
    }
    free(room);
    return status;
}
