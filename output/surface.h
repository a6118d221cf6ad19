/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SURFACE_H
#define NGUON_OUTPUT_SURFACE_H

#include "output/show_axes.h"

/* A figure over a grid of two quantities, and what is laid over it. */

enum { SURFACE_POINTS_MAX = 10000 };

/** A projection: its place on the two axes. */
struct surface_point {
    char label[96];
    double x, y;
};

/** A piece of the line on which the figure has the threshold. */
struct surface_segment {
    double x[2], y[2];
};

struct surface {
    char name[224];               /**< of the figure, with its unit */
    char group[SHOW_GROUP_BYTES]; /**< place on the other axes */
    const char *x_name, *y_name;
    int x_count, y_count;
    double *x, *y;    /**< rising */
    double *value;    /**< [y_count][x_count], NAN where there is none */
    double threshold; /**< NAN: none */
    int segment_count;
    struct surface_segment *segment; /**< room for 2 a cell */
    int point_count;
    struct surface_point *point;
};

/** Figure at a place of the grid, straight between its nodes; NAN outside. */
double surface_at(const struct surface *surface, double x, double y);

/** Find the line of the threshold, by marching squares: straight pieces, at most two a cell. */
void surface_find_line(struct surface *surface);

/** Draw the surface as SVG. @return STATUS_OK, STATUS_FILE_WRITE */
enum status surface_draw(const struct surface *surface, const char *path, struct error *err);

#endif
