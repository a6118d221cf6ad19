/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/calibration_plot.h"

#include "model/catchment_series.h"
#include "output/catchment_file.h"
#include "output/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DURATION_POINTS = 260 };

static const double pi = 3.14159265358979323846;
static const double width_px = 1000.0, height_px = 830.0, font_px = 11.0;
static const char observed_colour[] = "#222222", simulated_colour[] = "#1f6fb4";
static const char band_colour[] = "#b9d7f0", rain_colour[] = "#7aa6c9", ink[] = "#333333";
static const char pale[] = "#e3e3e3", warning_colour[] = "#c0392b";

/* The hydrograph shows the last years of the period. */
static const double shown_years = 4.0;
static const double seconds_per_year = 365.2425 * 86400.0;

/* Room for the points of one curve in pixels. */
struct curves {
    double *x, *y, *z;
};

/* ---- hydrograph --------------------------------------------------------------------------------
 */

static double
largest(const double *value, int from, int to)
{
    double most = 0.0;
    for (int t = from; t < to; t++)
        most = value[t] > most ? value[t] : most; /* NaN is not larger */
    return most;
}

static void
draw_years(FILE *out, const struct calibration_plot *plot, int from, const struct svg_axis *x,
           double top, double bottom)
{
    struct date first = date_from_seconds(plot->start_s[from]);
    for (int year = first.year; year <= 9999; year++) {
        int64_t at_s = date_to_seconds((struct date){year, 1, 1, 0});
        char text[16];
        if (at_s >= plot->start_s[plot->count])
            break;
        if (at_s < plot->start_s[from])
            continue;
        double at = svg_place(x, (double)at_s);
        snprintf(text, sizeof text, "%d", year);
        svg_line(out, at, top, at, bottom + 4.0, pale, 1.0);
        svg_text(out, at, bottom + 17.0, font_px, SVG_MIDDLE, ink, text);
    }
}

static void
draw_rain(FILE *out, const struct calibration_plot *plot, int from, const struct svg_axis *x,
          double top, double depth)
{
    char text[64];
    double most = largest(plot->rain_mm, from, plot->count);
    if (!(most > 0.0))
        return;
    for (int t = from; t < plot->count; t++) {
        if (!(plot->rain_mm[t] > 0.0))
            continue;
        double at = svg_place(x, (double)plot->start_s[t]);
        svg_line(out, at, top, at, top + depth * plot->rain_mm[t] / most, rain_colour, 0.8);
    }
    snprintf(text, sizeof text, "rain, up to %.0f mm", most);
    svg_text(out, x->at_high, top - 18.0, font_px, SVG_END, rain_colour, text);
}

static void
place_curve(const struct calibration_plot *plot, int from, const struct svg_axis *x,
            const struct svg_axis *y, const double *value, double *at_x, double *at_y)
{
    for (int t = from; t < plot->count; t++) {
        at_x[t - from] = svg_place(x, (double)plot->start_s[t]);
        at_y[t - from] = svg_place(y, value[t]);
    }
}

static void
draw_hydrograph(FILE *out, const struct calibration_plot *plot, const struct curves *curves)
{
    static const char *const units[] = {"flow, mm/h", "flow, mm/d", "flow, mm/10 d",
                                        "flow, mm/month"};
    const double top = 70.0, rain_depth = 60.0, bottom = 390.0;
    int from = plot->count - 1;
    double begin_s = (double)plot->start_s[plot->count] - shown_years * seconds_per_year;
    while (from > 0 && (double)plot->start_s[from] > begin_s)
        from--;
    int count = plot->count - from;
    double most = fmax(largest(plot->observed_mm, from, plot->count),
                       largest(plot->simulated_mm, from, plot->count));
    if (plot->high_mm != NULL)
        most = fmax(most, largest(plot->high_mm, from, plot->count));
    struct svg_axis x = {(double)plot->start_s[from], (double)plot->start_s[plot->count], 70.0,
                         width_px - 25.0, false};
    struct svg_axis y = {0.0, most > 0.0 ? 1.05 * most : 1.0, bottom, top + rain_depth + 10.0,
                         false};
    svg_frame(out, &x, &y, false, "", units[plot->step]);
    draw_years(out, plot, from, &x, top, bottom);
    draw_rain(out, plot, from, &x, top, rain_depth);
    if (plot->low_mm != NULL) {
        place_curve(plot, from, &x, &y, plot->low_mm, curves->x, curves->y);
        place_curve(plot, from, &x, &y, plot->high_mm, curves->x, curves->z);
        svg_band(out, count, curves->x, curves->y, curves->z, band_colour);
    }
    place_curve(plot, from, &x, &y, plot->observed_mm, curves->x, curves->y);
    svg_path(out, count, curves->x, curves->y, observed_colour, 1.0);
    place_curve(plot, from, &x, &y, plot->simulated_mm, curves->x, curves->y);
    svg_path(out, count, curves->x, curves->y, simulated_colour, 1.0);
}

static void
draw_key(FILE *out, const struct calibration_plot *plot)
{
    const double y = 52.0;
    svg_line(out, 70.0, y - 4.0, 95.0, y - 4.0, observed_colour, 2.0);
    svg_text(out, 100.0, y, font_px, SVG_START, ink, "observed");
    svg_line(out, 175.0, y - 4.0, 200.0, y - 4.0, simulated_colour, 2.0);
    svg_text(out, 205.0, y, font_px, SVG_START, ink, "simulated, best set");
    if (plot->low_mm != NULL) {
        svg_rect(out, 340.0, y - 9.0, 25.0, 10.0, band_colour);
        svg_text(out, 370.0, y, font_px, SVG_START, ink, "span of near-optimal sets");
    }
}

/* ---- flow duration -----------------------------------------------------------------------------
 */

static int
compare_falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Flows where there is an observation, the largest first. @return how many */
static int
sort_flows(const struct calibration_plot *plot, const double *value, double *sorted)
{
    int count = 0;
    for (int t = 0; t < plot->count; t++)
        if (!isnan(plot->observed_mm[t]))
            sorted[count++] = value[t];
    qsort(sorted, (size_t)count, sizeof *sorted, compare_falling);
    return count;
}

static void
draw_duration(FILE *out, const struct calibration_plot *plot, const struct curves *curves)
{
    int count = sort_flows(plot, plot->observed_mm, curves->z);
    double most = curves->z[0], least = curves->z[(int)(0.98 * (count - 1))];
    most = fmax(most, largest(plot->simulated_mm, 0, plot->count));
    least = fmax(least, 1e-4 * most);
    struct svg_axis x = {0.0, 100.0, 70.0, 330.0, false};
    struct svg_axis y = {pow(10.0, floor(log10(least))), pow(10.0, ceil(log10(most))), 770.0, 470.0,
                         true};
    svg_text(out, 70.0, 455.0, 13.0, SVG_START, ink, "Flow duration");
    svg_frame(out, &x, &y, true, "share of the time exceeded, %", "flow, mm");
    for (int curve = 0; curve < 2; curve++) {
        count = sort_flows(plot, curve == 0 ? plot->observed_mm : plot->simulated_mm, curves->z);
        /* no more points than pixels, closer together at the two ends */
        int shown = count < DURATION_POINTS ? count : DURATION_POINTS;
        for (int i = 0; i < shown; i++) {
            double share = 0.5 - 0.5 * cos(pi * i / (shown > 1 ? shown - 1 : 1));
            int rank = (int)(share * (count - 1) + 0.5);
            curves->x[i] = svg_place(&x, 100.0 * (rank + 0.5) / count);
            curves->y[i] = svg_place(&y, curves->z[rank]);
        }
        svg_path(out, shown, curves->x, curves->y, curve == 0 ? observed_colour : simulated_colour,
                 1.5);
    }
}

/* ---- mean year ---------------------------------------------------------------------------------
 */

static void
mean_year(const struct calibration_plot *plot, const double *value, double mean_mm_d[12])
{
    double sum_mm[12] = {0}, sum_d[12] = {0};
    for (int t = 0; t < plot->count; t++) {
        int month_i = date_from_seconds(plot->start_s[t]).month - 1;
        if (isnan(plot->observed_mm[t]))
            continue;
        sum_mm[month_i] += value[t];
        sum_d[month_i] += (double)(plot->start_s[t + 1] - plot->start_s[t]) / 86400.0;
    }
    for (int m = 0; m < 12; m++)
        mean_mm_d[m] = sum_d[m] > 0.0 ? sum_mm[m] / sum_d[m] : (double)NAN;
}

static void
draw_year(FILE *out, const struct calibration_plot *plot)
{
    static const char *const letters[] = {"J", "F", "M", "A", "M", "J",
                                          "J", "A", "S", "O", "N", "D"};
    double observed[12], simulated[12], at_x[12], at_y[12];
    mean_year(plot, plot->observed_mm, observed);
    mean_year(plot, plot->simulated_mm, simulated);
    double most = fmax(largest(observed, 0, 12), largest(simulated, 0, 12));
    struct svg_axis x = {0.0, 12.0, 410.0, 640.0, false};
    struct svg_axis y = {0.0, most > 0.0 ? 1.1 * most : 1.0, 770.0, 470.0, false};
    svg_text(out, 410.0, 455.0, 13.0, SVG_START, ink, "Mean year");
    svg_frame(out, &x, &y, false, "month", "flow, mm/d");
    for (int m = 0; m < 12; m++) {
        at_x[m] = svg_place(&x, m + 0.5);
        svg_text(out, at_x[m], 785.0, font_px, SVG_MIDDLE, ink, letters[m]);
    }
    for (int curve = 0; curve < 2; curve++) {
        const char *colour = curve == 0 ? observed_colour : simulated_colour;
        for (int m = 0; m < 12; m++)
            at_y[m] = svg_place(&y, curve == 0 ? observed[m] : simulated[m]);
        svg_path(out, 12, at_x, at_y, colour, 1.5);
        for (int m = 0; m < 12; m++)
            if (isfinite(at_y[m]))
                svg_circle(out, at_x[m], at_y[m], 2.5, colour);
    }
}

/* ---- parameters --------------------------------------------------------------------------------
 */

static void
draw_parameter(FILE *out, const struct calibration_plot *plot, int i, double y)
{
    const struct catchment_parameter *row = &plot->model->parameter[i];
    const struct calibration_range *range = &plot->range[i];
    const struct identifiability *found = &plot->found[i];
    char text[96];
    bool has_unit = strcmp(row->unit, "1") != 0;
    snprintf(text, sizeof text, "%s %.4g%s%s", row->name, plot->parameter[i], has_unit ? " " : "",
             has_unit ? row->unit : "");
    svg_text(out, 700.0, y - 7.0, font_px, SVG_START, ink, text);
    if (range->low == range->high) {
        svg_text(out, width_px - 25.0, y - 7.0, font_px, SVG_END, ink, "fixed");
        return;
    }
    struct svg_axis axis = {search_scaled(row->scale, range->low),
                            search_scaled(row->scale, range->high), 700.0, width_px - 25.0, false};
    double from = svg_place(&axis, search_scaled(row->scale, found->p05));
    double to = svg_place(&axis, search_scaled(row->scale, found->p95));
    snprintf(text, sizeof text, "%.3g to %.3g", found->p05, found->p95);
    svg_text(out, width_px - 25.0, y - 7.0, font_px, SVG_END, found->at_edge ? warning_colour : ink,
             text);
    svg_rect(out, axis.at_low, y - 1.5, axis.at_high - axis.at_low, 3.0, pale);
    svg_rect(out, from, y - 3.0, to - from > 1.0 ? to - from : 1.0, 6.0, band_colour);
    svg_circle(out, svg_place(&axis, search_scaled(row->scale, plot->parameter[i])), y, 3.0,
               found->at_edge ? warning_colour : simulated_colour);
}

static void
draw_parameters(FILE *out, const struct calibration_plot *plot)
{
    const double top = 485.0, bottom = 780.0;
    int count = plot->model->parameter_count;
    double step = (bottom - top) / count;
    if (step > 36.0)
        step = 36.0;
    svg_text(out, 700.0, 455.0, 13.0, SVG_START, ink, "Parameters, middle 90 % of the sets");
    for (int i = 0; i < count; i++)
        draw_parameter(out, plot, i, top + step * i);
    svg_text(out, 700.0, 805.0, font_px - 1.0, SVG_START, ink,
             "bars: searched range; red: the best lies at its end");
}

enum status
calibration_plot_write(const char *path, const struct calibration_plot *plot, struct error *err)
{
    struct text_file file;
    size_t count = (size_t)plot->count + 1;
    struct curves curves = {malloc(count * sizeof(double)), malloc(count * sizeof(double)),
                            malloc(count * sizeof(double))};
    enum status status = STATUS_OK;
    if (curves.x == NULL || curves.y == NULL || curves.z == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the picture");
    if (status == STATUS_OK)
        status = text_file_open(&file, path, err);
    if (status == STATUS_OK) {
        svg_begin(file.out, width_px, height_px, plot->title);
        svg_text(file.out, 70.0, 22.0, 15.0, SVG_START, ink, plot->title);
        svg_text(file.out, 70.0, 38.0, font_px, SVG_START, ink, plot->subtitle);
        draw_key(file.out, plot);
        draw_hydrograph(file.out, plot, &curves);
        draw_duration(file.out, plot, &curves);
        draw_year(file.out, plot);
        draw_parameters(file.out, plot);
        svg_end(file.out);
        status = text_file_close(&file, true, err);
    }
    free(curves.x);
    free(curves.y);
    free(curves.z);
    return status;
}
