/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SVG_H
#define NGUON_OUTPUT_SVG_H

#include <stdbool.h>
#include <stdio.h>

/*
 * A small writer of SVG pictures: shapes in pixels, and plots with axes. Texts are UTF-8 and
 * escaped; colours are as in CSS.
 */

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/** Begin a picture with a white ground, and end it. */
void svg_begin(FILE *out, double width, double height, const char *title);
void svg_end(FILE *out);

/** A text with the signs of markup and quotes escaped, for SVG and HTML and their attributes. */
void svg_escape(FILE *out, const char *text);

void svg_rect(FILE *out, double x, double y, double width, double height, const char *fill);
void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *stroke,
              double width);
void svg_circle(FILE *out, double x, double y, double radius, const char *fill);
void svg_text(FILE *out, double x, double y, double size, enum svg_anchor anchor, const char *fill,
              const char *text);

/** A text turned a quarter to the left about its point. */
void svg_text_upright(FILE *out, double x, double y, double size, const char *fill,
                      const char *text);

/** A line through points; a NaN breaks it. */
void svg_path(FILE *out, int count, const double *x, const double *y, const char *stroke,
              double width);

/** The area between two lines over the same x; NaN breaks it. */
void svg_band(FILE *out, int count, const double *x, const double *low, const double *high,
              const char *fill);

/** A scale of a plot: figures low to high lie at pixels at_low to at_high. */
struct svg_axis {
    double low, high;
    double at_low, at_high;
    bool is_log; /**< low above 0 */
};

/** Pixel of a figure; figures below the end of a logarithmic axis lie at its end. */
double svg_place(const struct svg_axis *axis, double value);

/** Round figures for ticks, at most `most`; the step between two is 1, 2 or 5 times a power of ten,
 *  or a power of ten on a logarithmic axis. @return how many */
int svg_ticks(const struct svg_axis *axis, int most, double *tick);

/** Frame, ticks and labels of a plot; the x axis may be left without ticks. */
void svg_frame(FILE *out, const struct svg_axis *x, const struct svg_axis *y, bool x_ticks,
               const char *x_label, const char *y_label);

#endif
