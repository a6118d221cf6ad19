/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/surface.h"

#include "output/svg.h"

#include <math.h>
#include <string.h>

/* ---- the line of the threshold -----------------------------------------------------------------
 */

/* Where an edge between two nodes crosses the threshold. */
static bool
cross_edge(double a, double b, double *part)
{
    if ((a < 0.0) == (b < 0.0))
        return false;
    *part = a / (a - b);
    return true;
}

/* Crossings of the four edges of a cell, in turn round it. @return how many */
static int
cross_cell(const struct surface *surface, int i, int j, double *x, double *y)
{
    static const int corner[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    double above[5];
    int count = 0;
    for (int k = 0; k < 5; k++) {
        above[k] = surface->value[(j + corner[k][1]) * surface->x_count + i + corner[k][0]] -
                   surface->threshold;
        if (isnan(above[k]))
            return 0;
    }
    for (int k = 0; k < 4; k++) {
        double part;
        if (!cross_edge(above[k], above[k + 1], &part))
            continue;
        double x0 = surface->x[i + corner[k][0]], x1 = surface->x[i + corner[k + 1][0]];
        double y0 = surface->y[j + corner[k][1]], y1 = surface->y[j + corner[k + 1][1]];
        x[count] = x0 + part * (x1 - x0);
        y[count++] = y0 + part * (y1 - y0);
    }
    return count;
}

void
surface_find_line(struct surface *surface)
{
    surface->segment_count = 0;
    for (int j = 0; j + 1 < surface->y_count; j++)
        for (int i = 0; i + 1 < surface->x_count; i++) {
            double x[4], y[4];
            int count = cross_cell(surface, i, j, x, y);
            for (int k = 0; k + 1 < count; k += 2)
                surface->segment[surface->segment_count++] =
                    (struct surface_segment){{x[k], x[k + 1]}, {y[k], y[k + 1]}};
        }
}

/* ---- picture -----------------------------------------------------------------------------------
 */

static const char ink[] = "#333333", line_colour[] = "#111111", point_colour[] = "#ffffff";

/* From brown (low) over pale to green-blue (high). */
static const char *
colour_of(double share, char buffer[16])
{
    static const double stop[3][3] = {{166, 97, 26}, {245, 245, 235}, {1, 102, 94}};
    double at = 2.0 * fmin(fmax(share, 0.0), 1.0);
    int k = at < 1.0 ? 0 : 1;
    int part[3];
    for (int c = 0; c < 3; c++)
        part[c] = (int)lround(stop[k][c] + (at - k) * (stop[k + 1][c] - stop[k][c]));
    snprintf(buffer, 16, "#%02x%02x%02x", (unsigned)part[0], (unsigned)part[1], (unsigned)part[2]);
    return buffer;
}

static void
find_span(const struct surface *surface, double *low, double *high)
{
    *low = (double)INFINITY;
    *high = -(double)INFINITY;
    for (int i = 0; i < surface->x_count * surface->y_count; i++) {
        *low = fmin(*low, surface->value[i]);
        *high = fmax(*high, surface->value[i]);
    }
    if (!(*high > *low)) {
        *low -= 1.0;
        *high += 1.0;
    }
}

static void
draw_ground(FILE *out, const struct surface *surface, const struct svg_axis *x,
            const struct svg_axis *y)
{
    enum { TILES = 36 };
    char colour[16];
    double low, high;
    find_span(surface, &low, &high);
    double width = (x->at_high - x->at_low) / TILES, height = (y->at_low - y->at_high) / TILES;
    for (int j = 0; j < TILES; j++)
        for (int i = 0; i < TILES; i++) {
            double value = surface_at(surface, x->low + (x->high - x->low) * (i + 0.5) / TILES,
                                      y->low + (y->high - y->low) * (j + 0.5) / TILES);
            if (isfinite(value))
                svg_rect(out, x->at_low + i * width, y->at_low - (j + 1) * height, width + 0.5,
                         height + 0.5, colour_of((value - low) / (high - low), colour));
        }
    for (int k = 0; k < TILES; k++) {
        svg_rect(out, 580.0, 430.0 - (k + 1) * 360.0 / TILES, 16.0, 360.0 / TILES + 0.5,
                 colour_of((k + 0.5) / TILES, colour));
    }
    for (int k = 0; k <= 4; k++) {
        char text[32];
        snprintf(text, sizeof text, "%.4g", low + (high - low) * k / 4.0);
        svg_text(out, 602.0, 434.0 - 90.0 * k, 11.0, SVG_START, ink, text);
    }
}

static void
draw_over(FILE *out, const struct surface *surface, const struct svg_axis *x,
          const struct svg_axis *y)
{
    for (int k = 0; k < surface->segment_count; k++) {
        const struct surface_segment *segment = &surface->segment[k];
        svg_line(out, svg_place(x, segment->x[0]), svg_place(y, segment->y[0]),
                 svg_place(x, segment->x[1]), svg_place(y, segment->y[1]), line_colour, 2.5);
    }
    for (int i = 0; i < surface->point_count; i++) {
        const struct surface_point *point = &surface->point[i];
        if (isnan(surface_at(surface, point->x, point->y)))
            continue;
        svg_circle(out, svg_place(x, point->x), svg_place(y, point->y), 4.5, line_colour);
        svg_circle(out, svg_place(x, point->x), svg_place(y, point->y), 3.0, point_colour);
    }
}

enum status
surface_draw(const struct surface *surface, const char *path, struct error *err)
{
    struct svg_axis x = {surface->x[0], surface->x[surface->x_count - 1], 70.0, 560.0, false};
    struct svg_axis y = {surface->y[0], surface->y[surface->y_count - 1], 430.0, 70.0, false};
    char note[384] = "";
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    if (!isnan(surface->threshold))
        snprintf(note, sizeof note, "line: %.4g; ", surface->threshold);
    size_t used = strlen(note);
    snprintf(note + used, sizeof note - used, "%s%s", surface->group,
             surface->point_count > 0 ? "; points: projections" : "");
    svg_begin(out, 660.0, 490.0, surface->name);
    svg_text(out, 70.0, 26.0, 14.0, SVG_START, ink, surface->name);
    svg_text(out, 70.0, 46.0, 11.0, SVG_START, ink, note);
    draw_ground(out, surface, &x, &y);
    svg_frame(out, &x, &y, true, surface->x_name, surface->y_name);
    draw_over(out, surface, &x, &y);
    svg_end(out);
    bool broken = ferror(out) != 0;
    if (fclose(out) != 0 || broken)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    return STATUS_OK;
}
