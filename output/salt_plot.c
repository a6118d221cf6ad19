/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/salt_plot.h"

#include "output/operation.h"
#include "output/svg.h"

#include <math.h>
#include <stdlib.h>

enum { TEMPORARY_BYTES = 4096 };
static const double width_px = 900.0, height_px = 520.0, left_px = 70.0, right_px = 870.0;
static const double top_px = 60.0, bottom_px = 460.0, font_px = 12.0;
static const char ink[] = "#333333";
static const char *const colours[] = {"#1f6fb4", "#333333", "#c0392b"};

static double
highest(const struct salt_plot *plot)
{
    double most = 1.0;
    for (int l = 0; l < plot->line_count; l++)
        for (int i = 0; i < plot->point_count; i++)
            most = fmax(most, plot->line[l].salinity_kgm3[i]);
    for (int i = 0; i < plot->observed_count; i++)
        most = fmax(most, plot->observed_kgm3[i]);
    return most;
}

static void
draw(FILE *out, const struct salt_plot *plot, double *room)
{
    const struct svg_axis x = {0.0, plot->x_km[plot->point_count - 1], left_px, right_px, false};
    const struct svg_axis y = {0.0, 1.05 * highest(plot), bottom_px, top_px, false};
    svg_begin(out, width_px, height_px, plot->title);
    svg_text(out, left_px, 28.0, 15.0, SVG_START, ink, plot->title);
    svg_frame(out, &x, &y, true, "distance from the mouth, km", "salinity, kg/m3");
    for (int l = 0; l < plot->line_count; l++) {
        double *at_x = room, *at_y = room + plot->point_count, at = left_px + 20.0 + 150.0 * l;
        for (int i = 0; i < plot->point_count; i++) {
            at_x[i] = svg_place(&x, plot->x_km[i]);
            at_y[i] = svg_place(&y, plot->line[l].salinity_kgm3[i]);
        }
        svg_path(out, plot->point_count, at_x, at_y, colours[l], 2.0);
        svg_line(out, at, 46.0, at + 24.0, 46.0, colours[l], 3.0);
        svg_text(out, at + 30.0, 50.0, font_px, SVG_START, ink, plot->line[l].name);
    }
    for (int i = 0; i < plot->observed_count; i++)
        svg_circle(out, svg_place(&x, plot->observed_x_km[i]),
                   svg_place(&y, plot->observed_kgm3[i]), 4.0, colours[2]);
    if (plot->observed_count > 0) {
        svg_circle(out, right_px - 110.0, 46.0, 4.0, colours[2]);
        svg_text(out, right_px - 98.0, 50.0, font_px, SVG_START, ink, "observed");
    }
    svg_end(out);
}

enum status
salt_plot_write(const char *path, const struct salt_plot *plot, struct error *err)
{
    char temporary[TEMPORARY_BYTES];
    double *room = calloc(2 * (size_t)plot->point_count + 1, sizeof *room);
    if (room == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the picture");
    FILE *out = operation_open(path, temporary, sizeof temporary, err);
    enum status status = STATUS_FILE_WRITE;
    if (out != NULL) {
        draw(out, plot, room);
        status = operation_close(out, temporary, path, err);
    }
    free(room);
    return status;
}
