/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/series_plot.h"

#include "output/operation.h"
#include "output/report_private.h"
#include "output/series_kept.h"
#include "output/svg.h"
#include "scenarios/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 800 };
static const double width_px = 900.0, height_px = 420.0, left_px = 70.0, right_px = 865.0;
static const double top_px = 62.0, bottom_px = 370.0, font_px = 11.0;
static const char ink[] = "#333333", grid[] = "#eeeeee";
static const char all_colour[] = "#c3e2f5", most_colour[] = "#86b9dd", middle_colour[] = "#0b5394";

/* By role, as in output/report/report.js; zones follow each other. */
static const char *const line_colours[] = {"#444444", "#888888", "#7b3294", "#009e73", "#d55e00",
                                           "#b58900", "#d55e00", "#cc79a7", "#aa3377", "#663311"};
enum { COLOUR_COUNT = sizeof line_colours / sizeof *line_colours };

/* ---- what is asked for -------------------------------------------------------------------------
 */

/* Place of a text; else a message with the nearest. */
static int
find(char *const *text, int count, const char *what, const char *wanted, struct error *err)
{
    for (int i = 0; i < count; i++)
        if (strcmp(text[i], wanted) == 0)
            return i;
    const char *nearest = nearest_name(wanted, (const char *const *)text, count);
    error_set(err, STATUS_USAGE, "the results hold no %s '%s'%s%s%s", what, wanted,
              nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
              nearest != NULL ? "'?" : "");
    return -1;
}

/* Leave only the scenario asked for. */
static enum status
choose(struct report *report, const char *scenario, struct error *err)
{
    struct view *view = &report->view;
    const struct reader *reader = &report->reader;
    char date[32];
    if (scenario != NULL) {
        int s = find(reader->scenario, reader->scenario_count, "scenario", scenario, err);
        if (s < 0)
            return STATUS_USAGE;
        if (!isnan(view->failed_time[s]))
            return error_set(err, STATUS_INPUT,
                             "scenario '%s' failed on %s: there is nothing of it", scenario,
                             reader_date(reader, view->failed_time[s], date, sizeof date));
        view->scenario_s[0] = s;
        view->shown_count = 1;
    }
    if (view->shown_count == 0)
        return error_set(err, STATUS_INPUT, "every scenario of '%s' failed", reader->path);
    return STATUS_OK;
}

/* The times of the series, and how long its steps are. */
static enum status
take_time(struct report *report, const char *series, struct error *err)
{
    struct reader *reader = &report->reader;
    enum status status = reader_take_time(reader, series, err);
    if (status != STATUS_OK)
        return status;
    free(report->length_s);
    report->length_s = calloc((size_t)reader->step_count + 1, sizeof *report->length_s);
    if (report->length_s == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the picture");
    for (int t = 0; t < reader->step_count; t++)
        report->length_s[t] = (reader->time[t + 1] - reader->time[t]) * reader->time_unit_s;
    return STATUS_OK;
}

static enum status
read_one(struct report *report, const struct series_plot_options *options, struct error *err)
{
    enum status status = STATUS_OK;
    char names_of[64];
    char **id = NULL, **name = NULL, *units = NULL;
    int count = 0, name_count = 0;
    char *ids = reader_element_ids(&report->reader, options->series);
    if (ids == NULL)
        TRY(series_not_kept(&report->reader, options->series, NULL, err));
    TRY(take_time(report, options->series, err));
    id = reader_texts(&report->reader, ids, &count);
    snprintf(names_of, sizeof names_of, "%s_name", ids);
    name = reader_texts(&report->reader, names_of, &name_count);
    int element = find(id, count, ids, options->id, err);
    if (element < 0)
        TRY(STATUS_USAGE);
    if (!reader_keeps(&report->reader, options->series, element))
        TRY(series_not_kept(&report->reader, options->series, options->id, err));
    units = reader_attribute(&report->reader, options->series, "units");
    bool is_volume = units != NULL && strcmp(units, "m3") == 0;
    bool is_flow = units != NULL && strcmp(units, "m3 s-1") == 0;
    TRY(report_read_one(report, options->series, element,
                        name != NULL && name_count == count ? name[element] : id[element],
                        is_volume       ? report_word(report, WORD_HM3)
                        : is_flow       ? report_word(report, WORD_M3S)
                        : units == NULL ? ""
                                        : units,
                        is_volume ? 1e-6 : 1.0, err));
out:
    free(ids);
    free(units);
    texts_free(id, count);
    texts_free(name, name_count);
    return status;
}

/* ---- the picture -------------------------------------------------------------------------------
 */

/* The scales: time in seconds, and the figures with 0 unless they stay far from it. */
static void
find_scales(const struct report *report, struct svg_axis *x, struct svg_axis *y)
{
    const struct report_chart *chart = &report->chart[0];
    const struct reader *reader = &report->reader;
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (int b = 0; b < chart->band.bucket_count; b++) {
        double least = chart->band.line[BAND_MIN][b] * chart->to_unit;
        double largest = chart->band.line[BAND_MAX][b] * chart->to_unit;
        low = least < low ? least : low;
        high = largest > high ? largest : high;
    }
    for (int l = 0; l < chart->line_count; l++)
        for (int b = 0; b < chart->band.bucket_count; b++) {
            low = chart->line[l][b] < low ? chart->line[l][b] : low;
            high = chart->line[l][b] > high ? chart->line[l][b] : high;
        }
    if (!(high >= low)) /* nothing but missing values */
        low = high = 0.0;
    if (low > 0.0 && low < 0.7 * high)
        low = 0.0;
    double room = high > low ? 0.04 * (high - low) : 1.0;
    *x = (struct svg_axis){reader->time[0] * reader->time_unit_s,
                           reader->time[reader->step_count] * reader->time_unit_s, left_px,
                           right_px, false};
    *y = (struct svg_axis){low < 0.0 || low > 0.0 ? low - room : low, high + room, bottom_px,
                           top_px, false};
}

/* Dates below the picture: as many months or days apart as leaves room for them. */
static void
put_dates(FILE *out, const struct svg_axis *x)
{
    static const int month_steps[] = {1, 2, 3, 6, 12, 24, 60, 120, 240, 1200};
    enum { MOST = 9, STEP_COUNT = sizeof month_steps / sizeof *month_steps };
    struct date first = date_from_seconds((int64_t)x->low);
    double months = (x->high - x->low) / (30.4 * 86400.0);
    char text[32];
    if (months < 2.0) { /* days */
        int every = (int)ceil((x->high - x->low) / 86400.0 / MOST);
        int first_day = (int)ceil(x->low / 86400.0), last_day = (int)floor(x->high / 86400.0);
        for (int day = first_day; day <= last_day; day += every) {
            double at = 86400.0 * day;
            date_format(date_from_seconds((int64_t)at), false, text, sizeof text);
            svg_line(out, svg_place(x, at), top_px, svg_place(x, at), bottom_px, grid, 1.0);
            svg_text(out, svg_place(x, at), bottom_px + 16.0, font_px, SVG_MIDDLE, ink, text);
        }
        return;
    }
    int choice = 0;
    while (choice < STEP_COUNT - 1 && months / month_steps[choice] > MOST)
        choice++;
    int every = month_steps[choice];
    int month = (first.year * 12 + first.month - 1 + every - 1) / every * every;
    for (;; month += every) {
        struct date date = {.year = month / 12, .month = month % 12 + 1, .day = 1};
        double at = (double)date_to_seconds(date);
        if (at > x->high)
            break;
        if (at < x->low)
            continue;
        snprintf(text, sizeof text, every >= 12 ? "%d" : "%d-%02d", date.year, date.month);
        svg_line(out, svg_place(x, at), top_px, svg_place(x, at), bottom_px, grid, 1.0);
        svg_text(out, svg_place(x, at), bottom_px + 16.0, font_px, SVG_MIDDLE, ink, text);
    }
}

/* One entry of the key; where the next begins. */
static double
put_key(FILE *out, double at, const char *colour, bool is_area, const char *text)
{
    static const double y = 46.0, letter = 6.3;
    if (is_area)
        svg_rect(out, at, y - 9.0, 16.0, 10.0, colour);
    else
        svg_line(out, at, y - 4.0, at + 16.0, y - 4.0, colour, 2.5);
    svg_text(out, at + 21.0, y, font_px, SVG_START, ink, text);
    return at + 21.0 + letter * text_width(text) + 14.0;
}

static void
put_lines(const struct report *report, FILE *out, const struct svg_axis *x,
          const struct svg_axis *y, double *room)
{
    const struct report_chart *chart = &report->chart[0];
    const struct band *band = &chart->band;
    int count = band->bucket_count;
    bool one = report->view.shown_count == 1;
    double *at = room, *low = room + count, *high = room + 2 * (size_t)count, key = left_px;
    for (int b = 0; b < count; b++) { /* in the middle of the bucket */
        int from = b * band->bucket_steps, to = from + band->bucket_steps;
        to = to < band->step_count ? to : band->step_count;
        at[b] = svg_place(x, 0.5 * (report->reader.time[from] + report->reader.time[to]) *
                                 report->reader.time_unit_s);
    }
    static const struct {
        int low, high;
        const char *colour;
        enum word name;
    } areas[] = {{BAND_MIN, BAND_MAX, all_colour, WORD_BAND_ALL},
                 {BAND_P10, BAND_P90, most_colour, WORD_BAND_80}};
    for (int a = 0; a < (one ? 1 : 2); a++) {
        for (int b = 0; b < count; b++) {
            low[b] = svg_place(y, band->line[areas[a].low][b] * chart->to_unit);
            high[b] = svg_place(y, band->line[areas[a].high][b] * chart->to_unit);
        }
        svg_band(out, count, at, low, high, areas[a].colour);
        key = put_key(out, key, areas[a].colour, true, report_word(report, areas[a].name));
    }
    for (int b = 0; b < count; b++)
        low[b] = svg_place(y, band->line[BAND_P50][b] * chart->to_unit);
    svg_path(out, count, at, low, middle_colour, 1.5);
    key =
        put_key(out, key, middle_colour, false, report_word(report, one ? WORD_MEAN : WORD_MEDIAN));
    for (int l = 0; l < chart->line_count; l++) {
        const char *colour = line_colours[(unsigned)chart->role[l] % COLOUR_COUNT];
        for (int b = 0; b < count; b++)
            low[b] = svg_place(y, chart->line[l][b]);
        svg_path(out, count, at, low, colour, 1.2);
        key = put_key(out, key, colour, false, chart->line_name[l]);
    }
}

static bool
draw(const struct report *report, FILE *out, const struct series_plot_options *options)
{
    const struct report_chart *chart = &report->chart[0];
    struct svg_axis x, y;
    char title[512], steps[64];
    double *room = malloc(3 * (size_t)chart->band.bucket_count * sizeof *room);
    if (room == NULL)
        return false;
    snprintf(title, sizeof title, "%s: %s %s%s%s", report->reader.title, options->series,
             chart->title, options->scenario != NULL ? ", " : "",
             options->scenario != NULL ? options->scenario : "");
    find_scales(report, &x, &y);
    svg_begin(out, width_px, height_px, title);
    svg_text(out, left_px, 24.0, 15.0, SVG_START, ink, title);
    svg_frame(out, &x, &y, false, "", chart->units);
    put_dates(out, &x);
    put_lines(report, out, &x, &y, room);
    if (chart->band.bucket_steps > 1) {
        report_steps(report, chart->band.bucket_steps, steps, sizeof steps);
        svg_text(out, right_px, height_px - 12.0, 10.0, SVG_END, ink, steps);
    }
    svg_end(out);
    free(room);
    return true;
}

enum status
series_plot_write(const char *path, const char *results_path,
                  const struct series_plot_options *options, struct error *err)
{
    char temporary[4096];
    const struct report_options none = {.language = options->language};
    struct report report = {.options = &none, .language = options->language};
    enum status status = report_load(&report, results_path, err);
    report.bucket_max = BUCKETS;
    report.detail_max = 0;
    if (status == STATUS_OK)
        status = choose(&report, options->scenario, err);
    if (status == STATUS_OK)
        status = read_one(&report, options, err);
    FILE *out = status == STATUS_OK ? operation_open(path, temporary, sizeof temporary, err) : NULL;
    if (status == STATUS_OK && out == NULL)
        status = STATUS_FILE_WRITE;
    if (out != NULL) {
        bool good = draw(&report, out, options);
        status = operation_close(out, temporary, path, err);
        if (!good)
            status = error_set(err, STATUS_MEMORY, "out of memory for the picture");
    }
    report_unload(&report);
    return status;
}
