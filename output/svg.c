/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/svg.h"

#include <math.h>

static const char ink[] = "#333333", grid[] = "#e3e3e3";
static const double font_px = 11.0;

void
svg_escape(FILE *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '&')
            fputs("&amp;", out);
        else if (*c == '<')
            fputs("&lt;", out);
        else if (*c == '>')
            fputs("&gt;", out);
        else if (*c == '"')
            fputs("&quot;", out);
        else if (*c == '\'')
            fputs("&#39;", out);
        else
            fputc(*c, out);
    }
}

void
svg_begin(FILE *out, double width, double height, const char *title)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" "
            "viewBox=\"0 0 %g %g\" font-family=\"sans-serif\">\n<title>",
            width, height, width, height);
    svg_escape(out, title);
    fputs("</title>\n", out);
    svg_rect(out, 0.0, 0.0, width, height, "#ffffff");
}

void
svg_end(FILE *out)
{
    fputs("</svg>\n", out);
}

void
svg_rect(FILE *out, double x, double y, double width, double height, const char *fill)
{
    fprintf(out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>\n", x, y,
            width, height, fill);
}

void
svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *stroke, double width)
{
    fprintf(out,
            "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" stroke=\"%s\" "
            "stroke-width=\"%g\"/>\n",
            x1, y1, x2, y2, stroke, width);
}

void
svg_circle(FILE *out, double x, double y, double radius, const char *fill)
{
    fprintf(out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%g\" fill=\"%s\"/>\n", x, y, radius, fill);
}

void
svg_text(FILE *out, double x, double y, double size, enum svg_anchor anchor, const char *fill,
         const char *text)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    fprintf(out, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%g\" text-anchor=\"%s\" fill=\"%s\">", x,
            y, size, anchors[anchor], fill);
    svg_escape(out, text);
    fputs("</text>\n", out);
}

void
svg_text_upright(FILE *out, double x, double y, double size, const char *fill, const char *text)
{
    fprintf(out,
            "<text transform=\"translate(%.2f %.2f) rotate(-90)\" font-size=\"%g\" "
            "text-anchor=\"middle\" fill=\"%s\">",
            x, y, size, fill);
    svg_escape(out, text);
    fputs("</text>\n", out);
}

void
svg_path(FILE *out, int count, const double *x, const double *y, const char *stroke, double width)
{
    bool down = false;
    fputs("<path d=\"", out);
    for (int i = 0; i < count; i++) {
        if (!isfinite(y[i])) {
            down = false;
            continue;
        }
        fprintf(out, "%c%.1f %.1f", down ? 'L' : 'M', x[i], y[i]);
        down = true;
    }
    fprintf(out, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"%g\" stroke-linejoin=\"round\"/>\n",
            stroke, width);
}

void
svg_band(FILE *out, int count, const double *x, const double *low, const double *high,
         const char *fill)
{
    for (int from = 0; from < count; from++) {
        int to = from;
        while (to < count && isfinite(low[to]) && isfinite(high[to]))
            to++;
        if (to == from)
            continue;
        fputs("<path d=\"", out);
        for (int i = from; i < to; i++)
            fprintf(out, "%c%.1f %.1f", i == from ? 'M' : 'L', x[i], high[i]);
        for (int i = to - 1; i >= from; i--)
            fprintf(out, "L%.1f %.1f", x[i], low[i]);
        fprintf(out, "Z\" fill=\"%s\"/>\n", fill);
        from = to;
    }
}

double
svg_place(const struct svg_axis *axis, double value)
{
    double share = (value - axis->low) / (axis->high - axis->low);
    if (isnan(value))
        return value;
    if (axis->is_log)
        share = value > axis->low ? log(value / axis->low) / log(axis->high / axis->low) : 0.0;
    return axis->at_low + share * (axis->at_high - axis->at_low);
}

static int
log_ticks(const struct svg_axis *axis, int most, double *tick)
{
    int first = (int)ceil(log10(axis->low) - 1e-9), last = (int)floor(log10(axis->high) + 1e-9);
    int count = 0, every = (last - first) / most + 1;
    for (int power = first; power <= last; power += every)
        tick[count++] = pow(10.0, power);
    return count;
}

int
svg_ticks(const struct svg_axis *axis, int most, double *tick)
{
    static const double steps[] = {1.0, 2.0, 5.0, 10.0};
    if (axis->is_log)
        return log_ticks(axis, most, tick);
    double range = axis->high - axis->low;
    double power = pow(10.0, floor(log10(range / most))), step = power;
    for (int i = 0; i < 4 && floor(range / step) + 1.0 > most; i++)
        step = steps[i] * power;
    int count = 0;
    for (double i = ceil(axis->low / step - 1e-9); count < most; i++) {
        double value = i * step;
        if (value > axis->high + 1e-9 * range)
            break;
        tick[count++] = value == 0.0 ? 0.0 : value;
    }
    return count;
}

void
svg_frame(FILE *out, const struct svg_axis *x, const struct svg_axis *y, bool x_ticks,
          const char *x_label, const char *y_label)
{
    enum { TICKS = 8 };
    double tick[TICKS];
    char text[32];
    double left = x->at_low, right = x->at_high, top = y->at_high, bottom = y->at_low;
    int count = svg_ticks(y, 6, tick);
    for (int i = 0; i < count; i++) {
        double at = svg_place(y, tick[i]);
        snprintf(text, sizeof text, "%g", tick[i]);
        svg_line(out, left, at, right, at, grid, 1.0);
        svg_text(out, left - 6.0, at + 4.0, font_px, SVG_END, ink, text);
    }
    count = x_ticks ? svg_ticks(x, TICKS - 1, tick) : 0;
    for (int i = 0; i < count; i++) {
        double at = svg_place(x, tick[i]);
        snprintf(text, sizeof text, "%g", tick[i]);
        svg_line(out, at, top, at, bottom, grid, 1.0);
        svg_text(out, at, bottom + 15.0, font_px, SVG_MIDDLE, ink, text);
    }
    svg_line(out, left, bottom, right, bottom, ink, 1.0);
    svg_line(out, left, top, left, bottom, ink, 1.0);
    svg_text(out, 0.5 * (left + right), bottom + 31.0, font_px, SVG_MIDDLE, ink, x_label);
    svg_text_upright(out, left - 42.0, 0.5 * (top + bottom), font_px, ink, y_label);
}
