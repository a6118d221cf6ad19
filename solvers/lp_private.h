/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_LP_PRIVATE_H
#define NGUON_SOLVERS_LP_PRIVATE_H

#include "solvers/lp.h"

#include <stddef.h>

/*
 * What lp.c keeps for both backends. A backend reads the problem here, writes value and info, and
 * empties the list of changed columns when it has taken note of them.
 */

struct simplex;
struct lp_glpk;

struct lp {
    enum lp_method method;
    int row_count;
    int column_count;
    int level_count;
    int nonzero_count;
    int *column_start;      /**< [column_count + 1] */
    int *row_index;         /**< [nonzero_count] */
    double *coefficient;    /**< [nonzero_count] */
    double *cost;           /**< [level_count][column_count] as given */
    double *step_cost;      /**< [level_count][column_count] as given, or 0 */
    int *step_count;        /**< [column_count] as given, or 1 */
    double *lower;          /**< [column_count] */
    double *upper;          /**< [column_count] */
    double *rhs;            /**< [row_count] */
    double *value;          /**< [column_count] last optimum */
    int *changed;           /**< [column_count] columns with new bounds since the last solve */
    unsigned char *touched; /**< [column_count] 1 when the column is in that list */
    int changed_count;
    int *changed_row; /**< [row_count] rows with a new right-hand side since the last solve */
    unsigned char *touched_row; /**< [row_count] 1 when the row is in that list */
    int changed_row_count;
    int *moved;              /**< [column_count] columns with a new value since lp_take_moved */
    unsigned char *is_moved; /**< [column_count] 1 when the column is in that list */
    int moved_count;
    bool is_optimal;     /**< value is the optimum as of the last solve */
    bool matrix_changed; /**< lp_set_coefficient was called since the last solve */
    struct lp_info info;
    struct simplex *simplex; /**< LP_SIMPLEX, else NULL */
    struct lp_glpk *glpk;    /**< LP_GLPK, else NULL */
    char *memory;            /**< the block that holds all arrays above */
    size_t memory_size;
};

/**
 * Hands out 64-byte aligned pieces of one block. With base == NULL it only counts, so that one
 * layout function both measures and places.
 */
struct lp_pool {
    char *base;
    size_t used;
};

void *lp_pool_take(struct lp_pool *pool, size_t count, size_t size);

/** Zeroed, 64-byte aligned, NULL when memory is short; release with free(). */
char *lp_pool_allocate(size_t size);

/** New value of a column, for lp_values and lp_take_moved. */
static inline void
lp_put_value(struct lp *lp, int column_j, double value)
{
    if (lp->value[column_j] == value)
        return;
    lp->value[column_j] = value;
    if (!lp->is_moved[column_j]) {
        lp->is_moved[column_j] = 1;
        lp->moved[lp->moved_count++] = column_j;
    }
}

/** Empty the lists of changed columns and rows. */
void lp_forget_changes(struct lp *lp);

/**
 * Power-of-two factor 2^-e that brings the largest cost of a level into [1, 2); 0 when the level
 * has no cost at all. Reduced costs of all levels can then share one zero tolerance.
 */
double lp_level_scale(const struct lp *lp, int level);

/** What the bounds and rows may miss together, relative to max(1, activity), before it counts. */
#define LP_TOLERATED 1e-12

/**
 * Set multipliers below 1e-11 of the largest (of them and of reference, the largest row multiplier)
 * to zero, then tell whether value exceeds the largest left side that the bounds allow by more than
 * is tolerated: a proof of infeasibility. value_size is the sum of the sizes of the terms of value.
 */
bool lp_certificate_proves(const struct lp *lp, double *multiplier, double value, double value_size,
                           double reference);

enum status lp_glpk_create(const struct lp *lp, struct lp_glpk **out, struct error *err);
void lp_glpk_destroy(struct lp_glpk *glpk);
enum lp_outcome lp_glpk_solve(struct lp_glpk *glpk, struct lp *lp,
                              struct lp_certificate *certificate);
bool lp_glpk_is_held(const struct lp_glpk *glpk, int column_j, int level_count);
void lp_glpk_forget_basis(struct lp_glpk *glpk);

#endif
