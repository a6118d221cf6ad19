/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_FLOOD_FREQUENCY_H
#define NGUON_SOLVERS_FLOOD_FREQUENCY_H

#include "solvers/status.h"

/** Distributions of annual flood peaks. */
enum flood_distribution {
    FLOOD_PEARSON3,
    FLOOD_GEV,
    FLOOD_GUMBEL,
    FLOOD_LOG_NORMAL /**< by the moments of the logarithms; the others by L-moments */
};

/** "pearson3", "gev", "gumbel", "log_normal", NULL. */
extern const char *const flood_distribution_names[];

/** @return STATUS_OK; STATUS_USAGE with the names that are known */
enum status flood_distribution_find(const char *name, enum flood_distribution *out,
                                    struct error *err);

/**
 * Peak exceeded once in return_period (> 1) years on average, from a sample of annual peaks
 * (Hosking & Wallis 1997).
 *
 * @return STATUS_OK; STATUS_INPUT for fewer than 4 peaks or a sample the distribution cannot have
 */
enum status flood_peak(enum flood_distribution distribution, int count, const double *peak,
                       double return_period, double *out, struct error *err);

#endif
