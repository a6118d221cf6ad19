/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_CELL_STATISTICS_H
#define NGUON_SOLVERS_CELL_STATISTICS_H

#include "solvers/status.h"

#include <stddef.h>

/*
 * Count, mean, extremes and quantiles of many samples at once: one value of each cell comes at a
 * time, and no more memory is held than for CELL_BINS values of each cell.
 *
 * As long as there is room for all values they are kept and quantiles are exact (type 7 of Hyndman
 * & Fan, as in solvers/quantile.h). Where more are to come each cell has a histogram whose edges
 * are the multiples of a power of two, the smallest one with which CELL_BINS bins hold the smallest
 * and the largest value. So the counts depend on the values alone, whatever their order, and two
 * histograms of a cell could be added. A quantile is then off by less than the width of a bin,
 * which is below 2 / (CELL_BINS - 1) of the range between the smallest and the largest value.
 */
struct cell_statistics;

enum { CELL_BINS = 256 };

/**
 * @param[in] value_count_max  how many values of a cell will come at most
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status cell_statistics_create(size_t cell_count, int value_count_max,
                                   struct cell_statistics **out, struct error *err);
void cell_statistics_destroy(struct cell_statistics *statistics);

/** Add one value to each cell. @param[in] value  [cell_count]; one that is not finite is missing */
void cell_statistics_add(struct cell_statistics *statistics, const float *value);

/** How many values of a cell are there. */
int cell_count(const struct cell_statistics *statistics, size_t cell_i);

/** Mean of the values (summed in the order in which they came), extremes. NAN without any. */
double cell_mean(const struct cell_statistics *statistics, size_t cell_i);
double cell_minimum(const struct cell_statistics *statistics, size_t cell_i);
double cell_maximum(const struct cell_statistics *statistics, size_t cell_i);

/** Quantiles. @param[in] probability  [count] 0..1 @param[out] value  [count], NAN without any */
void cell_quantiles(const struct cell_statistics *statistics, size_t cell_i,
                    const double *probability, int count, double *value);

#endif
