/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_LP_H
#define NGUON_SOLVERS_LP_H

#include "solvers/snapshot.h"
#include "solvers/status.h"

#include <stdbool.h>

/*
 * Linear programs with bounded variables and a lexicographic objective, solved again and again
 * while only bounds and right-hand sides change:
 *
 *     lex-minimise (c_0 x, c_1 x, ..., c_{L-1} x)   subject to   A x = b,   lower <= x <= upper.
 *
 * The levels are strict: level k is optimised over all optima of levels 0..k-1, never traded
 * against them by weights. Every row carries an equality; a slack is a column like any other.
 *
 * Life cycle: lp_create -> (lp_set_bounds, lp_set_rhs, lp_solve, lp_value ...)* -> lp_destroy.
 * No allocation after lp_create. One object belongs to one thread at a time.
 */

/** Matrix by columns; the caller keeps it, lp_create copies it. */
struct lp_problem {
    int row_count;
    int column_count;
    int level_count;
    const int *column_start;   /**< [column_count + 1] offsets into row_index and coefficient */
    const int *row_index;      /**< [nonzero_count] */
    const double *coefficient; /**< [nonzero_count], finite; 0 keeps a place in the pattern */
    const double *cost;        /**< [level_count][column_count] */
    /**
     * [column_count] or NULL: a column of n = step_count > 1 steps has a convex cost. The distance
     * between its bounds, which must then be finite, is cut into n equal parts; a unit in part
     * k = 0 .. n-1, counted from the lower bound, costs cost + k * step_cost.
     */
    const int *step_count;
    const double *step_cost; /**< [level_count][column_count] >= 0, > 0 on some level where n > 1 */
};

/** Which method carries out the solves. */
enum lp_method {
    LP_SIMPLEX, /**< our warm-started bounded dual simplex */
    LP_GLPK     /**< GLPK, level by level with the earlier levels held: the reference */
};

enum lp_outcome {
    LP_OPTIMAL,
    LP_INFEASIBLE,
    LP_UNBOUNDED, /**< also: a cost pulls to an infinite bound, which lp_create rules out */
    LP_FAILED     /**< iteration limit or a singular basis that a fresh start did not mend */
};

/**
 * Proof that no x within the bounds satisfies A x = b. For every solution of A x = b, whatever the
 * bounds, sum_j multiplier[j] x_j = value, because the left side is a combination of the rows. Yet
 * its maximum over the bounds (x_j at its upper bound where multiplier[j] > 0, at its lower one
 * where < 0, any value where 0) is smaller than value. Multipliers that are only rounding are 0.
 */
struct lp_certificate {
    double *multiplier; /**< [column_count], owned by the caller; scratch if not infeasible */
    double value;
    double *row_multiplier; /**< [row_count] of the combination itself; NULL if not wanted */
};

/** Counters since lp_create; data, never an error. */
struct lp_info {
    long solve_count;
    long pivot_count;
    long step_count; /**< times a basic stepped column went on to other parts of its own */
    long bound_flip_count;
    long refactor_count;
    long restart_count;    /**< solves begun again from the logical or crash basis */
    double worst_residual; /**< largest |A x - b| after a solve, relative to max(1, activity) */
};

struct lp;

/**
 * Copy the problem and allocate all memory that any later call needs.
 *
 * Every column with a non-zero cost on some level must have finite bounds on the side that the cost
 * pulls to, at every later lp_solve; free columns (-INFINITY, INFINITY) are allowed where all costs
 * are zero. Rows need no slack column of their own: linear dependence is handled.
 * Until they are set, bounds are [0, INFINITY) and right-hand sides 0. Costs that differ by less
 * than 1e-9 of the largest cost of their level count as equal. GLPK keeps its memory by thread: an
 * LP_GLPK object is created, used and destroyed by one and the same thread, and allocates in
 * solves.
 *
 * @return STATUS_OK, STATUS_INPUT (bad index, coefficient not finite), STATUS_MEMORY
 */
enum status lp_create(const struct lp_problem *problem, enum lp_method method, struct lp **out,
                      struct error *err);

/** Free; NULL is legal. */
void lp_destroy(struct lp *lp);

/** Bounds of one column. Requires lower <= upper; equal means fixed. */
void lp_set_bounds(struct lp *lp, int column_j, double lower, double upper);

/** Right-hand side of one row. */
void lp_set_rhs(struct lp *lp, int row_i, double rhs);

/**
 * New value of a structural non-zero (or a zero of its pattern); refactorises at the next solve.
 * @return STATUS_OK, STATUS_INPUT (outside the pattern, not finite)
 */
enum status lp_set_coefficient(struct lp *lp, int row_i, int column_j, double coefficient);

/**
 * Lexicographic optimum for the present bounds and right-hand sides, warm-started from the last
 * basis. When certificate is not NULL and the outcome is LP_INFEASIBLE, it is filled.
 *
 * Rows hold to 1e-9 of their activity sum_j |a_ij x_j| (usually to 1e-12), and a violation of
 * bounds and rows together counts as infeasible beyond 1e-12 of max(1, activity).
 */
enum lp_outcome lp_solve(struct lp *lp, struct lp_certificate *certificate);

/** Values [column_count] after LP_OPTIMAL; valid until the next call that changes the object. */
const double *lp_values(const struct lp *lp);

/**
 * Columns whose values have changed since the last call of this function (all values are 0 at the
 * beginning), each once. The list is valid until the next call that changes the object.
 */
int lp_take_moved(struct lp *lp, const int **column_j);

/**
 * Objective of one level at the present values, after LP_OPTIMAL. *size is the sum of its absolute
 * terms, to weigh a difference against.
 */
double lp_level_value(const struct lp *lp, int level, double *size);

/**
 * After LP_OPTIMAL: whether every optimum of levels 0 .. level_count-1 has the column where it
 * stands now, because it is nonbasic with a reduced cost on one of these levels. Fixing all such
 * columns leaves exactly the optima of these levels (complementary slackness).
 */
bool lp_is_held(const struct lp *lp, int column_j, int level_count);

/** Present bounds of one column. */
void lp_get_bounds(const struct lp *lp, int column_j, double *lower, double *upper);

/** Throw the basis away: the next solve starts cold. Results do not change, only the work. */
void lp_forget_basis(struct lp *lp);

/** Counters. */
const struct lp_info *lp_info(const struct lp *lp);

/**
 * All that changes: an object of the same problem that loads what another has saved goes on as that
 * one would have, bit for bit. LP_SIMPLEX only: GLPK does not give its factors away.
 */
void lp_carry(struct lp *lp, struct snapshot *snapshot);

/**
 * Write the present problem, one level's objective, in CPLEX LP format for GLPK and others to read.
 * Names are supplied by the caller or NULL for x0, x1, ...; they must be distinct, of letters,
 * digits and !"#$%&(),.;?@_`'{}~, not like a number. The steps of a column become columns of their
 * own after all others. Else STATUS_INPUT; STATUS_FILE_WRITE if the
 * file cannot be written.
 */
enum status lp_write(const struct lp *lp, int level, const char *path,
                     const char *const *column_names, struct error *err);

#endif
