/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include "output/svg.h"

#include <math.h>
#include <stdlib.h>

static const double width_px = 1000.0, height_px = 720.0, left_px = 70.0, right_px = 975.0;
static const double level_top_px = 60.0, level_bottom_px = 360.0;
static const double flow_top_px = 420.0, flow_bottom_px = 660.0, font_px = 11.0;
static const char ink[] = "#333333", pale[] = "#e3e3e3", inflow_colour[] = "#888888";
static const char *const colours[] = {"#1f6fb4", "#c0392b", "#2e8b57", "#8e44ad",
                                      "#d68910", "#16a085", "#7f5539", "#5d6d7e"};
enum { COLOURS = 8, DAY_S = 86400, HOUR_S = 3600 };

/* Room for one curve. */
struct curve {
    int count;
    double *x, *y, *low;
};

static void
draw_days(FILE *out, const struct operation_plan *plan, const struct svg_axis *x, double top,
          double bottom)
{
    double length_s = (double)plan->request.step_s * plan->request.step_count;
    int64_t every_s = length_s <= 2.0 * DAY_S    ? 6 * HOUR_S
                      : length_s <= 16.0 * DAY_S ? DAY_S
                                                 : 10 * DAY_S;
    int64_t first_s = (plan->request.start_s / every_s + 1) * every_s;
    for (int64_t at_s = first_s; at_s < plan->request.start_s + (int64_t)length_s;
         at_s += every_s) {
        char text[24];
        double at = svg_place(x, (double)(at_s - plan->request.start_s));
        instant_format(at_s, text, sizeof text);
        svg_line(out, at, top, at, bottom + 4.0, pale, 1.0);
        svg_text(out, at, bottom + 17.0, font_px, SVG_MIDDLE, ink,
                 every_s < DAY_S ? text + 5 : (text[10] = '\0', text + 5));
    }
}

/* A level that holds for the whole run, with its name so far from the right that names of levels
 * near each other do not meet. */
static void
draw_level(FILE *out, const struct svg_axis *x, const struct svg_axis *y, double level_m,
           const char *name, const char *colour, double from_right_px)
{
    if (!(level_m >= y->low && level_m <= y->high))
        return;
    double at = svg_place(y, level_m);
    svg_line(out, x->at_low, at, x->at_high, at, colour, 1.0);
    svg_text(out, x->at_high - from_right_px, at - 4.0, font_px, SVG_END, colour, name);
}

/* Name of a line of the year, above its beginning. */
static void
draw_name(FILE *out, const struct svg_axis *x, const struct svg_axis *y, const double *level_m,
          const struct operation_plan *plan, const char *name, const char *colour)
{
    double first_m = level_m[plan->axis_offset_s / HOUR_S];
    if (first_m >= y->low && first_m <= y->high)
        svg_text(out, x->at_low + 4.0, svg_place(y, first_m) - 4.0, font_px, SVG_START, colour,
                 name);
}

static void
draw_hours(FILE *out, const struct operation_plan *plan, const struct svg_axis *x,
           const struct svg_axis *y, const double *level_m, const char *colour, struct curve *curve)
{
    int count = 0;
    for (int t = 0; t < curve->count; t++) {
        double at_s = (double)plan->request.step_s * t;
        int h = (int)(((double)plan->axis_offset_s + at_s) / HOUR_S);
        h = h < plan->hour_count ? h : plan->hour_count - 1;
        bool inside = level_m[h] >= y->low && level_m[h] <= y->high;
        curve->x[count] = svg_place(x, at_s);
        curve->y[count++] = inside ? svg_place(y, level_m[h]) : NAN;
    }
    svg_path(out, count, curve->x, curve->y, colour, 1.0);
}

/* Lowest and highest of what the level plot shows. */
static void
find_range(const struct operation_results *results, double *low, double *high, double *most)
{
    int steps = results->plan->request.step_count;
    const struct dam *dam = &results->plan->reservoir->dam;
    *low = INFINITY;
    *high = -INFINITY;
    *most = 0.0;
    for (int v = 0; v < results->variant_count; v++) {
        if (results->ensemble != NULL)
            continue;
        const struct operation_run *run = results->run[v];
        *low = fmin(*low, run->summary.lowest_m);
        *high = fmax(*high, run->summary.highest_m);
        *most =
            fmax(*most, fmax(run->summary.largest_inflow_m3s, run->summary.largest_outflow_m3s));
    }
    if (results->ensemble != NULL) {
        const struct operation_ensemble *ensemble = results->ensemble;
        for (int i = 0; i < ensemble->variant_count * ensemble->member_count; i++) {
            *low = fmin(*low, ensemble->summary[i].lowest_m);
            *high = fmax(*high, ensemble->summary[i].highest_m);
            for (int t = 0; t < steps; t++)
                *most = fmax(*most, (double)ensemble->release_m3s[i * steps + t]);
        }
    }
    if (dam->given && dam->crest_level_m < *high + 3.0 * (*high - *low))
        *high = fmax(*high, dam->crest_level_m);
    double room = fmax(0.05 * (*high - *low), 0.05);
    *low -= room;
    *high += room;
}

static void
draw_lines(FILE *out, const struct operation_plan *plan, const struct svg_axis *x,
           const struct svg_axis *y, struct curve *curve)
{
    const struct reservoir *reservoir = plan->reservoir;
    draw_hours(out, plan, x, y, plan->upper_m, "#6c8ebf", curve);
    draw_hours(out, plan, x, y, plan->restriction_m, "#b9770e", curve);
    draw_hours(out, plan, x, y, plan->flood_limit_m, "#27ae60", curve);
    draw_name(out, x, y, plan->flood_limit_m, plan, "flood limit", "#27ae60");
    draw_name(out, x, y, plan->upper_m, plan, "upper line", "#6c8ebf");
    draw_name(out, x, y, plan->restriction_m, plan, "restriction line", "#b9770e");
    if (!reservoir->dam.given)
        return;
    draw_level(out, x, y, reservoir->dam.crest_level_m, "crest of the dam", "#922b21", 4.0);
    draw_level(out, x, y, plan->freeboard_level_m, "required freeboard", "#cd6155", 110.0);
    draw_level(out, x, y, reservoir->dam.check_level_m, "check flood", "#a04000", 230.0);
    draw_level(out, x, y, reservoir->dam.design_level_m, "design flood", "#ca6f1e", 310.0);
}

static void
draw_run(FILE *out, const struct operation_results *results, int v, const struct svg_axis *x,
         const struct svg_axis *y, const struct svg_axis *flow, struct curve *curve)
{
    const struct operation_run *run = results->run[v];
    const char *colour = colours[v % COLOURS];
    double step_s = results->plan->request.step_s;
    for (int t = 0; t < curve->count; t++) {
        curve->x[t] = svg_place(x, step_s * t);
        curve->y[t] = svg_place(y, run->level_m[t]);
    }
    svg_path(out, curve->count, curve->x, curve->y, colour, 1.8);
    if (v == 0) {
        for (int t = 0; t + 1 < curve->count; t++)
            curve->y[t] = svg_place(flow, run->inflow_m3s[t]);
        svg_path(out, curve->count - 1, curve->x, curve->y, inflow_colour, 1.2);
    }
    for (int t = 0; t + 1 < curve->count; t++)
        curve->y[t] = svg_place(flow, run->release_m3s[t]);
    svg_path(out, curve->count - 1, curve->x, curve->y, colour, 1.8);
}

static int
compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* Band of 5 to 95 % of the members and the median, of one value of every step. */
static void
draw_members(FILE *out, const struct operation_results *results, int v, const float *value,
             int count, const struct svg_axis *x, const struct svg_axis *y, struct curve *curve,
             double *scratch)
{
    int members = results->ensemble->member_count;
    double step_s = results->plan->request.step_s;
    static const double shares[] = {0.05, 0.95, 0.5};
    for (int part = 1; part < 3; part++) {
        for (int t = 0; t < count; t++) {
            for (int m = 0; m < members; m++)
                scratch[m] = (double)value[(v * members + m) * count + t];
            qsort(scratch, (size_t)members, sizeof *scratch, compare_doubles);
            curve->x[t] = svg_place(x, step_s * t);
            curve->low[t] = svg_place(y, scratch[(int)(shares[0] * (members - 1))]);
            curve->y[t] = svg_place(y, scratch[(int)(shares[part] * (members - 1) + 0.5)]);
        }
        if (part == 1) {
            svg_path(out, count, curve->x, curve->y, colours[v % COLOURS], 0.7);
            svg_path(out, count, curve->x, curve->low, colours[v % COLOURS], 0.7);
        } else {
            svg_path(out, count, curve->x, curve->y, colours[v % COLOURS], 2.0);
        }
    }
}

static void
draw_key(FILE *out, const struct operation_results *results)
{
    double at = left_px;
    svg_text(out, at, 42.0, font_px, SVG_START, inflow_colour,
             results->ensemble != NULL ? "median and 5-95 % of members:" : "grey: inflow");
    at += results->ensemble != NULL ? 190.0 : 90.0;
    for (int v = 0; v < results->variant_count; v++) {
        svg_line(out, at, 38.0, at + 18.0, 38.0, colours[v % COLOURS], 3.0);
        svg_text(out, at + 23.0, 42.0, font_px, SVG_START, ink, results->variant[v].name);
        at += 190.0;
    }
}

static void
draw(FILE *out, const struct operation_results *results, struct curve *curve, double *scratch)
{
    const struct operation_plan *plan = results->plan;
    double low, high, most;
    double end_s = (double)plan->request.step_s * plan->request.step_count;
    find_range(results, &low, &high, &most);
    struct svg_axis x = {0.0, end_s, left_px, right_px, false};
    struct svg_axis y = {low, high, level_bottom_px, level_top_px, false};
    struct svg_axis flow = {0.0, most > 0.0 ? 1.05 * most : 1.0, flow_bottom_px, flow_top_px,
                            false};
    const struct node *node = &plan->request.basin->node[plan->reservoir->node_i];
    svg_begin(out, width_px, height_px, node->name);
    svg_text(out, left_px, 24.0, 15.0, SVG_START, ink, node->name);
    draw_key(out, results);
    svg_frame(out, &x, &y, false, "", "level, m");
    svg_frame(out, &x, &flow, false, "", "flow, m3/s");
    draw_days(out, plan, &x, level_top_px, level_bottom_px);
    draw_days(out, plan, &x, flow_top_px, flow_bottom_px);
    draw_lines(out, plan, &x, &y, curve);
    for (int v = 0; v < results->variant_count; v++) {
        if (results->ensemble == NULL) {
            draw_run(out, results, v, &x, &y, &flow, curve);
            continue;
        }
        draw_members(out, results, v, results->ensemble->level_m, plan->request.step_count + 1, &x,
                     &y, curve, scratch);
        draw_members(out, results, v, results->ensemble->release_m3s, plan->request.step_count, &x,
                     &flow, curve, scratch);
    }
    svg_end(out);
}

bool
operation_draw(FILE *out, const struct operation_results *results)
{
    size_t points = (size_t)results->plan->request.step_count + 1;
    size_t members = results->ensemble != NULL ? (size_t)results->ensemble->member_count : 0;
    double *room = calloc(3 * points + members, sizeof *room);
    if (room == NULL)
        return false;
    struct curve curve = {(int)points, room, room + points, room + 2 * points};
    draw(out, results, &curve, room + 3 * points);
    free(room);
    return true;
}

enum status
operation_write_svg(const char *path, const struct operation_results *results, struct error *err)
{
    char temporary[4096];
    FILE *out = operation_open(path, temporary, sizeof temporary, err);
    if (out == NULL)
        return STATUS_FILE_WRITE;
    bool drawn = operation_draw(out, results);
    enum status status = operation_close(out, temporary, path, err);
    return drawn ? status : error_set(err, STATUS_MEMORY, "out of memory for the picture");
}
