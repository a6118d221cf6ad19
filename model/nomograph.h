/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NOMOGRAPH_H
#define NGUON_MODEL_NOMOGRAPH_H

#include "model/outlet.h"
#include "solvers/status.h"

/**
 * Setting of the gates of an outlet by level and inflow, as operators have it on a sheet. The file
 * is CSV: `level_m` and the inflows in m3/s in the first row, then a level and its openings.
 */
struct nomograph {
    int level_count, inflow_count;
    double *level_m;    /**< [level_count] rising */
    double *inflow_m3s; /**< [inflow_count] rising */
    double *opening;    /**< [level_count][inflow_count] of each gate, in the unit of the outlet */
};

enum status nomograph_allocate(struct nomograph *out, int level_count, int inflow_count);
void nomograph_finish(struct nomograph *nomograph);

/** Straight between levels and between inflows; that of the edge outside. */
double nomograph_opening(const struct nomograph *nomograph, double level_m, double inflow_m3s);

/**
 * @return STATUS_OK; STATUS_INPUT with file and line: a first column that is not level_m, levels or
 *         inflows that do not rise, a cell that is no number, an opening above that of the outlet
 */
enum status nomograph_read(const char *path, const struct outlet *outlet, struct nomograph *out,
                           struct error *err);
enum status nomograph_write(const char *path, const struct nomograph *nomograph, struct error *err);

#endif
