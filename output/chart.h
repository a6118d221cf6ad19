/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_CHART_H
#define NGUON_OUTPUT_CHART_H

#include "model/chart.h"

#include <stdio.h>

/** The chart by ten-day period, each with the lines of its first day. @return false: out of memory
 */
bool chart_print(const struct chart *chart, bool csv, FILE *out);

/** Picture of the chart: lines over the year with the zones between them, minimum release below. */
enum status chart_write_svg(const char *path, const char *title, const struct chart *chart,
                            struct error *err);

#endif
