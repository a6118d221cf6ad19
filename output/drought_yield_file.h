/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_DROUGHT_YIELD_FILE_H
#define NGUON_OUTPUT_DROUGHT_YIELD_FILE_H

#include "model/site_series.h"
#include "solvers/storage_yield.h"

#include <stdio.h>

/** Yields of one reservoir over storages and reliabilities. */
struct yield_curve {
    int storage_count, reliability_count;
    const double *storage_m3;  /**< [storage_count] active */
    const double *reliability; /**< [reliability_count] */
    const double *yield_m3s;   /**< [storage_count][reliability_count] */
    double mean_inflow_m3s;
    const char *measure; /**< "time", "volume" ... */
};

/** Lines of '#' that say what made a file of a storage problem. */
struct yield_source {
    const char *input, *column, *version, *command;
};

/**
 * Write the curve: storage, its share of a mean year's inflow, and for each reliability the yield
 * in m3/s and as a share of the mean inflow.
 */
enum status yield_curve_write(const char *path, const struct yield_source *source,
                              const struct yield_curve *curve, struct error *err);

/** Write a simulation step by step: inflow, demand, supply, spill, evaporation (m3/s), storage
 *  (hm3, active, at the end of the step). */
enum status yield_trace_write(const char *path, const struct yield_source *source,
                              const struct site_series *series, int first,
                              const struct storage_problem *problem,
                              const struct storage_trace *trace, struct error *err);

#endif
