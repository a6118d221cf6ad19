/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SIMPLEX_BASIS_H
#define NGUON_SOLVERS_SIMPLEX_BASIS_H

#include "solvers/lp_private.h"

#include <stdint.h>

/*
 * The inverse of the basis matrix, explicit, with the pattern of its non-zeros as bits by rows and
 * by columns: the basis of a network is close to a tree, its inverse holds the paths to the root,
 * so that most entries are zero and a pivot touches few of them. Nothing outside simplex_basis.c
 * knows this form; an LU factorisation could take its place behind the same functions.
 *
 * Position i of the basis holds one variable; row i of the inverse belongs to it.
 */
struct basis {
    int row_count;
    int stride;               /**< doubles from one row of the inverse to the next */
    int word_count;           /**< 64-bit words of one pattern */
    double *inverse;          /**< [row_count][stride]; exactly 0 outside the pattern */
    uint64_t *row_pattern;    /**< [row_count][word_count] non-zeros of each row */
    uint64_t *column_pattern; /**< [row_count][word_count] the same by columns */
    double *weight;           /**< [row_count] squared norm of each row: steepest edge weights */
    uint64_t *mask;           /**< [word_count] scratch */
    int *pivot_index;         /**< [row_count] scratch */
    double *pivot_value;      /**< [row_count] scratch */
};

/** Sparse vector over dense storage: value is 0 wherever index[0..count-1] does not point. */
struct sparse {
    int count;
    int *index;
    double *value;
};

/** Take the arrays from the pool. */
void basis_layout(struct basis *basis, int row_count, struct lp_pool *pool);

/** Identity: every position holds the logical of its row. */
void basis_reset(struct basis *basis);

/** Row of the inverse: fills index, returns how many; *row points at the dense row. (btran) */
int basis_row(const struct basis *basis, int position, int *index, const double **row);

/** out = B^-1 a for a sparse column a; out must be all zero on entry. (ftran) */
void basis_column(const struct basis *basis, int entry_count, const int *row_index,
                  const double *coefficient, struct sparse *out);

/**
 * x += B^-1 e_row * amount. size keeps the largest term that ever went into an entry; the positions
 * touched are added to list, where marked tells which are in it. Returns the new length; list needs
 * one place to spare.
 */
int basis_shift(const struct basis *basis, int row_i, double amount, double *x, double *size,
                int *list, unsigned char *marked, int count);

/** x = B^-1 r, and magnitude = |B^-1| s with s >= |r|, the scale against which x is noise. */
void basis_apply(const struct basis *basis, const double *r, const double *s, double *x,
                 double *magnitude);

/** Column alpha = B^-1 a_q takes over position r. */
void basis_pivot(struct basis *basis, int position, const struct sparse *alpha);

/** Squared row norms afresh, after many pivots. */
void basis_weights(struct basis *basis);

#endif
