/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CHART_H
#define NGUON_MODEL_CHART_H

#include "model/basin.h"

enum { CHART_DAYS = 366 };

/** Lines of the chart of regulation. */
enum chart_line { CHART_FLOOD_LIMIT, CHART_UPPER, CHART_RESTRICTION, CHART_LINE_COUNT };

/** A chart of regulation (biểu đồ điều phối) by day of the leap year; NAN where there is no line.
 */
struct chart {
    double level_m[CHART_LINE_COUNT][CHART_DAYS];
    double minimum_m3s[CHART_DAYS];
    double normal_m, dead_m;
};

/** Name of a line for people. */
const char *chart_line_name(enum chart_line line);

/**
 * The chart of a reservoir: its lines as levels.
 * @return STATUS_OK; STATUS_INPUT if a line is a record, which has no year of its own, or if the
 *         restriction line lies above the upper line on some day (named)
 */
enum status chart_fill(const struct basin *basin, const struct reservoir *reservoir,
                       struct chart *out, struct error *err);

#endif
