/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SIMPLEX_H
#define NGUON_SOLVERS_SIMPLEX_H

#include "solvers/simplex_basis.h"

#include <math.h>

/*
 * Bounded dual simplex with a lexicographic objective, behind lp.h.
 *
 * The levels are the terms of one cost c_0 + e c_1 + e^2 c_2 + ... with e infinitely small (the
 * lexicographic ordering of Dantzig, Orden & Wolfe 1955, here on the costs), so that one dual
 * simplex in that ordered field serves all levels at once: prices and reduced costs are vectors,
 * compared lexicographically, digit by digit (simplex_cost.c). A basis stays dual feasible whatever
 * happens to bounds and right-hand sides. Only the prices of the rows are kept; a reduced cost is
 * worked out when it is asked for.
 *
 * A stepped column (lp.h) stands for its parts as if each were a column of its own. At most one of
 * them is basic, those below it are at their upper bounds and those above at their lower ones, so
 * that the number of that part (segment) says everything. To go on to the next part is a step of
 * the ratio test that leaves the basis as it is.
 *
 * The values of the basic variables follow the changes of bounds and right-hand sides one by one;
 * they are summed afresh, and A x = b checked against the matrix, now and then (SIMPLEX_DRIFT_MAX).
 *
 * Each row has a logical variable fixed to 0. It may leave the basis and never comes back; a row
 * that depends on others keeps its logical. A basic logical always sits in the position of its row.
 */

enum column_state {
    COLUMN_BASIC,
    COLUMN_FIXED, /**< nonbasic, its bounds are equal */
    COLUMN_LOWER, /**< nonbasic at its lower bound */
    COLUMN_UPPER, /**< nonbasic at its upper bound */
    COLUMN_STEP,  /**< stepped and nonbasic where part number `segment` begins, 0 < segment */
    COLUMN_FREE   /**< nonbasic at 0 without any bound; its reduced cost is 0 */
};

/** Entry of simplex.basic that stands for the logical of the row. */
#define SIMPLEX_LOGICAL (-1)

/** Entries of a tableau row below this part of its terms are rounding of zero. */
#define SIMPLEX_ALPHA_ZERO 1e-11

/** Rounding of a basic variable, relative to the terms it was summed from: ten units in the last.
 */
#define SIMPLEX_NOISE 2e-15

/** Violations below this part of the activity are rounding; about a thousand units in the last. */
#define SIMPLEX_FEASIBLE 2e-13

/** Solves and pivots after which values are summed afresh: each may add a rounding. */
#define SIMPLEX_DRIFT_MAX 100

/** What shrinks below this part leaves its rounding behind in x, which is then summed afresh. */
#define SIMPLEX_SHRUNK 1e-5

/** A column that the ratio test can move. */
struct candidate {
    int column;
    int segment; /**< part in which it would move; for the leaving column how many parts further */
    int lead;    /**< first digit of its reduced cost, digit_count if that is zero */
    double cost; /**< size of that digit */
    int move;    /**< 1 up, -1 down */
    double size; /**< |entry of the tableau row| */
};

/** A column that passes one part, or a plain one that goes to its other bound. */
struct flip {
    int column;
    int move;
};

struct simplex {
    struct lp *lp; /**< the problem; set at each solve */
    int row_count;
    int column_count;
    int digit_count;   /**< digits of a cost, see simplex_cost.c */
    int digit_max;     /**< levels with any cost, the most digits there can be */
    int digit_stride;  /**< doubles from one column's costs to the next */
    int part_count;    /**< parts of all columns together */
    int stepped_count; /**< columns of more than one part */
    bool is_exact;     /**< a network without gains: entries of the inverse are -1, 0 and 1 */

    double *digit_zero; /**< [digit_max] a digit below this is rounding of zero */
    int *held_digit; /**< [lp level_count + 1] last digit with any of the levels before that one */
    double *held_size; /**< [lp level_count + 1] what that digit exceeds if they are not all zero */

    int *row_start;          /**< [row_count + 1] matrix by rows */
    int *row_column;         /**< [nonzero_count] */
    double *row_coefficient; /**< [nonzero_count] */
    double *row_size;        /**< [row_count] largest coefficient of the row, at least 1 */

    double *cost;         /**< [column_count][digit_stride] */
    double *step_cost;    /**< [stepped columns][digit_stride] */
    int *step_row;        /**< [column_count] row of step_cost, -1 for a plain column */
    double *price;        /**< [row_count][digit_stride] multipliers of the rows: B^T price = c_B */
    double *dual_step;    /**< [digit_stride] reduced cost of the entering column / its pivot */
    unsigned char *state; /**< [column_count] enum column_state */
    int *segment;         /**< [column_count] part of a stepped column, 0 for others */

    struct basis basis;
    int *basic;             /**< [row_count] column in each position, or SIMPLEX_LOGICAL */
    int *position;          /**< [column_count] place in the basis of a basic column */
    double *x;              /**< [row_count] values of the basic variables */
    double *activity;       /**< [row_count] size of the terms that x was summed from */
    double *basic_lower;    /**< [row_count] of the present part of a stepped column */
    double *basic_upper;    /**< [row_count] */
    unsigned char *settled; /**< [row_count] infeasible by a tolerable amount, nothing to be done */
    int settled_count;

    double *x_rhs;          /**< [row_count] right-hand sides that x stands for */
    double *peak_rhs;       /**< [row_count] largest of their sizes since x was summed afresh */
    double *shift;          /**< [row_count] changes of right-hand sides that x does not know yet */
    int *shift_row;         /**< [row_count] where shift may be other than 0 */
    unsigned char *shifted; /**< [row_count] 1 for rows in that list */
    int shift_count;
    int *moved;              /**< [row_count] positions whose value or bounds are new */
    unsigned char *is_moved; /**< [row_count] 1 for positions in that list */
    int moved_count;
    int drift;    /**< solves and pivots since the values were summed afresh */
    bool check;   /**< this solve ends with a fresh sum and a check of A x = b */
    bool shrunk;  /**< a right-hand side or value has become far smaller than it was */
    bool pivoted; /**< this solve has exchanged columns */
    bool summed;  /**< the values have just been summed afresh */

    double *alpha_row;   /**< [column_count] tableau row over the nonbasic columns not fixed */
    unsigned char *mark; /**< [column_count] 1 for columns in row_list */
    int *row_list;       /**< [column_count] */
    int row_list_count;
    double alpha_scale;        /**< largest term of the tableau row: the scale of its noise */
    const double *inverse_row; /**< row of the inverse that belongs to it */
    int *inverse_index;        /**< [row_count] non-zeros of that row */
    int inverse_count;
    struct sparse column; /**< [row_count] tableau column of the entering variable */
    double *rest;         /**< [row_count] b - N x_N, nonbasic columns on their bounds */
    double *rest_size;    /**< [row_count] sum of its absolute terms */
    double *residual;     /**< [row_count] b - A x */
    double *magnitude;    /**< [row_count] sum of the absolute terms of the residual */
    double *correction;   /**< [row_count] scratch */
    double *scratch;      /**< [row_count] scratch */
    int *rank;            /**< [column_count] scratch of the refactorisation */
    int *queue;           /**< [row_count] scratch of the refactorisation */
    double *multiplier;   /**< [column_count] scratch: the combined rows of a certificate */

    int leaving; /**< column of the row that is being improved, or SIMPLEX_LOGICAL */
    struct candidate *candidate; /**< [column_count + 1] columns of the dual ratio test */
    int candidate_count;
    struct flip *flip; /**< [part_count] parts passed by the ratio test, in order */
    int flip_count;

    bool ready;      /**< basis, prices and inverse are valid */
    bool bland;      /**< smallest index rule, after many degenerate pivots */
    int stall_count; /**< degenerate pivots in a row */
    int age;         /**< pivots since the last refactorisation */

    void *arrays; /**< the block that holds all arrays above */
    size_t array_size;
};

/** What the dual ratio test found. */
struct entering {
    bool found;                /**< false: the row cannot be made feasible */
    struct candidate chosen;   /**< enters; its column may be the leaving one: it only steps on */
    bool has_fallback;         /**< some column was passed over */
    struct candidate fallback; /**< the one with the largest pivot */
    int fallback_flip;         /**< flips that belong to the fallback */
    double shortfall;          /**< infeasibility left after all flips, when nothing was found */
};

/* simplex.c */
enum status simplex_create(const struct lp *lp, struct simplex **out, struct error *err);
void simplex_destroy(struct simplex *simplex);
enum lp_outcome simplex_solve(struct simplex *simplex, struct lp *lp,
                              struct lp_certificate *certificate);
void simplex_forget_basis(struct simplex *simplex);
bool simplex_is_held(const struct simplex *simplex, int column_j, int level_count);
void simplex_carry(struct simplex *simplex, struct snapshot *snapshot);

/* simplex_cost.c: costs of all levels as digits */
void simplex_load_costs(struct simplex *simplex);

/* simplex_factor.c: memory, matrix by rows, inverse */
void simplex_layout(struct simplex *simplex, const struct lp *lp, struct lp_pool *pool);
void simplex_load_matrix(struct simplex *simplex);
bool simplex_refactor(struct simplex *simplex);

/* simplex_values.c: values of the basic variables */
void simplex_sum_values(struct simplex *simplex);
double simplex_residual(struct simplex *simplex);
void simplex_shift_row(struct simplex *simplex, int row_i, double amount);
void simplex_shift_column(struct simplex *simplex, int column_j, double change);
void simplex_apply_shifts(struct simplex *simplex);
void simplex_bound_position(struct simplex *simplex, int position);
void simplex_store_all(struct simplex *simplex);
bool simplex_store_moved(struct simplex *simplex);

/* simplex_price.c: prices, reduced costs and the side of nonbasic columns */
void simplex_prices(struct simplex *simplex);
void simplex_update_prices(struct simplex *simplex, const struct candidate *entering, double alpha);
bool simplex_place(struct simplex *simplex, int column_j);

/* simplex_ratio.c: the choice of the entering column */
void simplex_tableau_row(struct simplex *simplex, int position);
struct entering simplex_ratio_test(struct simplex *simplex, double direction, double infeasibility,
                                   double tolerance);

/**
 * One digit of the reduced cost of a unit in the given part of a column: c - A^T price. What is
 * only rounding is exactly 0, so that comparisons are exact.
 */
static inline double
simplex_reduced(const struct simplex *s, int column_j, int segment, int digit)
{
    const struct lp *lp = s->lp;
    size_t stride = (size_t)s->digit_stride;
    const double *price = s->price + digit;
    double sum = s->cost[(size_t)column_j * stride + (size_t)digit];
    if (segment > 0)
        sum += segment * s->step_cost[(size_t)s->step_row[column_j] * stride + (size_t)digit];
    for (int e = lp->column_start[column_j]; e < lp->column_start[column_j + 1]; e++)
        sum -= lp->coefficient[e] * price[(size_t)lp->row_index[e] * stride];
    return fabs(sum) > s->digit_zero[digit] ? sum : 0.0;
}

/** First digit of the reduced cost that is not zero, with its value; digit_count if all are zero.
 *  What simplex_reduced would give, the entries of an arc being looked up once for all digits. */
static inline int
simplex_lead(const struct simplex *s, int column_j, int segment, double *value)
{
    const struct lp *lp = s->lp;
    size_t stride = (size_t)s->digit_stride;
    int start = lp->column_start[column_j];
    bool arc = lp->column_start[column_j + 1] - start == 2 && segment == 0;
    const double *cost = s->cost + (size_t)column_j * stride;
    const double *coefficient = lp->coefficient + start;
    const double *from = s->price + (arc ? (size_t)lp->row_index[start] * stride : 0);
    const double *to = s->price + (arc ? (size_t)lp->row_index[start + 1] * stride : 0);
    for (int digit = 0; digit < s->digit_count; digit++) {
        double sum;
        if (arc) {
            sum = cost[digit] - coefficient[0] * from[digit] - coefficient[1] * to[digit];
            sum = fabs(sum) > s->digit_zero[digit] ? sum : 0.0;
        } else {
            sum = simplex_reduced(s, column_j, segment, digit);
        }
        *value = sum;
        if (sum != 0.0)
            return digit;
    }
    *value = 0.0;
    return s->digit_count;
}

static inline bool
simplex_is_fixed(const struct simplex *simplex, int column_j)
{
    return !(simplex->lp->lower[column_j] < simplex->lp->upper[column_j]);
}

/** Distance from one breakpoint of a column to the next. */
static inline double
simplex_part_width(const struct simplex *simplex, int column_j)
{
    const struct lp *lp = simplex->lp;
    return (lp->upper[column_j] - lp->lower[column_j]) / lp->step_count[column_j];
}

/** Value where part number segment begins; the last one ends at the upper bound exactly. */
static inline double
simplex_breakpoint(const struct simplex *simplex, int column_j, int segment)
{
    const struct lp *lp = simplex->lp;
    if (segment == 0)
        return lp->lower[column_j];
    if (segment == lp->step_count[column_j])
        return lp->upper[column_j];
    return lp->lower[column_j] + segment * simplex_part_width(simplex, column_j);
}

/** The position's value or bounds are new in this solve. */
static inline void
simplex_touch(struct simplex *simplex, int position)
{
    simplex->moved[simplex->moved_count] = position;
    simplex->moved_count += !simplex->is_moved[position];
    simplex->is_moved[position] = 1;
}

#endif
