/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SALT_PLOT_H
#define NGUON_OUTPUT_SALT_PLOT_H

#include "solvers/status.h"

/* Salinity along an estuary as an SVG picture: lines, and points where there are any. */

struct salt_line {
    const char *name;
    const double *salinity_kgm3; /**< [point_count] */
};

struct salt_plot {
    const char *title;
    int point_count;
    const double *x_km; /**< [point_count] from the mouth, rising */
    int line_count;     /**< at most 3 */
    const struct salt_line *line;
    int observed_count;
    const double *observed_x_km, *observed_kgm3; /**< [observed_count] */
};

/** @return STATUS_OK, STATUS_MEMORY, STATUS_FILE_WRITE; a file of that name is replaced only when
 *          the new one is whole */
enum status salt_plot_write(const char *path, const struct salt_plot *plot, struct error *err);

#endif
