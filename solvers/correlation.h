/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_CORRELATION_H
#define NGUON_SOLVERS_CORRELATION_H

#include "solvers/status.h"

#include <stdbool.h>

/*
 * Small symmetric matrices of correlations, stored row by row.
 */

/** Pearson's correlation of count pairs, each stride apart; 0 if one of the two never changes. */
double correlation(int count, const double *x, int x_stride, const double *y, int y_stride);

/**
 * Make a symmetric matrix positive definite: eigenvalues below 1e-8 of the largest are raised to
 * it, and the diagonal is scaled back to what it was (Rebonato & Jaeckel 2000, section 3).
 *
 * @param[in,out] matrix    [size][size]
 * @param[out]    repaired  whether it was changed
 */
enum status make_positive_definite(int size, double *matrix, bool *repaired, struct error *err);

/** Factor of a positive definite matrix: lower L with L L' = matrix. STATUS_NUMERIC if it is not.
 */
enum status cholesky_lower(int size, const double *matrix, double *lower, struct error *err);

/** Inverse of a positive definite matrix. */
enum status invert_positive_definite(int size, const double *matrix, double *inverse,
                                     struct error *err);

#endif
