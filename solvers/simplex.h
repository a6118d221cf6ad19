/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SIMPLEX_H
#define NGUON_SOLVERS_SIMPLEX_H

#include "solvers/simplex_basis.h"

/*
 * Bounded dual simplex with a lexicographic objective, behind lp.h.
 *
 * The levels are the digits of one cost c_0 + e c_1 + e^2 c_2 + ... with e infinitely small (the
 * lexicographic ordering of Dantzig, Orden & Wolfe 1955, here on the costs), so that one dual
 * simplex in that ordered field serves all levels at once: reduced costs are vectors, compared
 * lexicographically. A basis stays dual feasible whatever happens to bounds and right-hand sides.
 *
 * Each row has a logical variable fixed to 0. It may leave the basis and never comes back; a row
 * that depends on others keeps its logical. A basic logical always sits in the position of its row.
 */

enum column_state {
    COLUMN_BASIC,
    COLUMN_LOWER, /**< nonbasic at its lower bound; fixed columns too */
    COLUMN_UPPER, /**< nonbasic at its upper bound */
    COLUMN_FREE   /**< nonbasic at 0 without any bound; its reduced cost is 0 */
};

/** Entry of simplex.basic that stands for the logical of the row. */
#define SIMPLEX_LOGICAL (-1)

/** Entries of a tableau row below this part of its terms are rounding of zero. */
#define SIMPLEX_ALPHA_ZERO 1e-11

/** Rounding of a basic variable, relative to the terms it was summed from: ten units in the last.
 */
#define SIMPLEX_NOISE 2e-15

struct simplex {
    struct lp *lp; /**< the problem; set at each solve */
    int row_count;
    int column_count;
    int level_count;  /**< levels with any cost */
    int level_stride; /**< doubles from one column's reduced costs to the next */

    int *levels_before; /**< [lp level_count + 1] levels with any cost before that one */

    int *row_start;          /**< [row_count + 1] matrix by rows */
    int *row_column;         /**< [nonzero_count] */
    double *row_coefficient; /**< [nonzero_count] */
    double *row_size;        /**< [row_count] largest coefficient of the row, at least 1 */

    double *cost;         /**< [column_count][level_stride], levels scaled to largest cost 1..2 */
    double *reduced;      /**< [column_count][level_stride] reduced costs; 0 for basic columns */
    int *lead;            /**< [column_count] first level with a non-zero reduced cost */
    double *dual_step;    /**< [level_stride] reduced cost of the entering column / its pivot */
    double *price;        /**< [row_count][level_stride] scratch for fresh reduced costs */
    unsigned char *state; /**< [column_count] enum column_state */

    struct basis basis;
    int *basic;             /**< [row_count] column in each position, or SIMPLEX_LOGICAL */
    double *x;              /**< [row_count] values of the basic variables */
    double *activity;       /**< [row_count] size of the terms that x was summed from */
    double *basic_lower;    /**< [row_count] */
    double *basic_upper;    /**< [row_count] */
    unsigned char *settled; /**< [row_count] infeasible by a tolerable amount, nothing to be done */

    double *alpha_row;   /**< [column_count] tableau row, 0 outside row_list */
    unsigned char *mark; /**< [column_count] 1 for columns in row_list */
    int *row_list;       /**< [column_count] */
    int row_list_count;
    double alpha_scale;   /**< largest term of the tableau row: the scale of its noise */
    int *inverse_index;   /**< [row_count] non-zeros of the row of the inverse */
    struct sparse column; /**< [row_count] tableau column of the entering variable */
    struct sparse shift;  /**< [row_count] B^-1 of a right-hand side change */
    double *rest;         /**< [row_count] b - N x_N, nonbasic columns on their bounds */
    double *rest_size;    /**< [row_count] sum of its absolute terms */
    double *residual;     /**< [row_count] b - A x */
    double *magnitude;    /**< [row_count] sum of the absolute terms of the residual */
    double *correction;   /**< [row_count] scratch */
    double *scratch;      /**< [row_count] scratch */
    int *rank;            /**< [column_count] scratch of the refactorisation */
    int *queue;           /**< [row_count] scratch of the refactorisation */
    double *multiplier;   /**< [column_count] scratch: the combined rows of a certificate */

    int *candidate; /**< [column_count] columns of the dual ratio test */
    int candidate_count;
    int *flip; /**< [column_count] columns that go to their other bound */
    int flip_count;

    bool moved;      /**< pivots since the basic values were last summed afresh */
    bool ready;      /**< basis, reduced costs and inverse are valid */
    bool bland;      /**< smallest index rule, after many degenerate pivots */
    int stall_count; /**< degenerate pivots in a row */
    int age;         /**< pivots since the last refactorisation */
};

/** What the dual ratio test found. */
struct entering {
    int column;        /**< -1: the row cannot be made feasible */
    int fallback;      /**< a column passed over with the largest pivot, or -1 */
    int fallback_flip; /**< flips that belong to the fallback */
    double shortfall;  /**< infeasibility left after all flips, when column is -1 */
};

/* simplex.c */
enum status simplex_create(const struct lp *lp, struct simplex **out, struct error *err);
void simplex_destroy(struct simplex *simplex);
enum lp_outcome simplex_solve(struct simplex *simplex, struct lp *lp,
                              struct lp_certificate *certificate);
void simplex_forget_basis(struct simplex *simplex);
bool simplex_is_held(const struct simplex *simplex, int column_j, int level_count);

/* simplex_factor.c: matrix by rows, inverse, values of the basic variables */
void simplex_layout(struct simplex *simplex, const struct lp *lp, struct lp_pool *pool);
void simplex_load_matrix(struct simplex *simplex);
void simplex_load_costs(struct simplex *simplex);
bool simplex_refactor(struct simplex *simplex);
void simplex_basic_values(struct simplex *simplex);
double simplex_residual(struct simplex *simplex);

/* simplex_price.c: reduced costs and the choice of the entering column */
void simplex_reduced_costs(struct simplex *simplex);
bool simplex_place(struct simplex *simplex, int column_j);
void simplex_tableau_row(struct simplex *simplex, int position);
struct entering simplex_ratio_test(struct simplex *simplex, double direction, double infeasibility,
                                   double tolerance);
void simplex_update_costs(struct simplex *simplex, int entering_q, int leaving_p);

static inline bool
simplex_is_fixed(const struct simplex *simplex, int column_j)
{
    return !(simplex->lp->lower[column_j] < simplex->lp->upper[column_j]);
}

#endif
