/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex.h"

#include <math.h>
#include <string.h>

/*
 * Costs of all levels as digits, which the simplex compares one after the other. In general every
 * level with any cost is a digit, scaled to a largest cost in [1, 2).
 *
 * On a network without gains with whole costs several levels share a digit. There the reduced cost
 * of an arc is the sum of costs round the cycle that it closes with the tree, which meets each arc
 * at most once and at most two of those to or from the ground (columns of one entry). So on level k
 * it is a whole number of size r_k at most, and the sum of d_k w_k, w_k the product of 2 r_l + 1
 * over the later levels l of the digit, has the sign of the first d_k that is not zero. Sums of
 * such numbers below 2^53 are exact.
 */

/** A cost of a level scaled to [1, 2) below this is zero; rounding over a hundred pivots stays four
 *  orders below. */
#define LEVEL_ZERO 1e-9

/** Digits of several levels are whole numbers. */
#define WHOLE_ZERO 0.5

/** Whole numbers up to twice this are exact. */
#define WHOLE_MAX 4503599627370496.0

/** The levels that share a digit while they are gathered. */
struct digit {
    int first, end;  /**< levels first .. end - 1 */
    double capacity; /**< product of 2 r + 1 */
};

static const double *
level_costs(const struct lp *lp, const double *cost, int level)
{
    return cost + (size_t)level * (size_t)lp->column_count;
}

/** Largest size of a reduced cost of the level; INFINITY if its costs are not whole numbers. */
static double
largest_reduced(const struct lp *lp, int level)
{
    const double *cost = level_costs(lp, lp->cost, level);
    const double *step_cost = level_costs(lp, lp->step_cost, level);
    double links = 0.0;
    double grounds = 0.0;
    for (int j = 0; j < lp->column_count; j++) {
        double last = cost[j] + (lp->step_count[j] - 1) * step_cost[j];
        double size = fmax(fabs(cost[j]), fabs(last));
        if (cost[j] != floor(cost[j]) || step_cost[j] != floor(step_cost[j]))
            return (double)INFINITY;
        if (lp->column_start[j + 1] - lp->column_start[j] > 1)
            links += size;
        else
            grounds = fmax(grounds, size);
    }
    return links + 2.0 * grounds;
}

/** Adds factor times the costs of a level to a digit. */
static void
add_level(struct simplex *s, int level, int digit, double factor)
{
    const struct lp *lp = s->lp;
    const double *cost = level_costs(lp, lp->cost, level);
    const double *step_cost = level_costs(lp, lp->step_cost, level);
    size_t stride = (size_t)s->digit_stride;
    for (int j = 0; j < s->column_count; j++) {
        s->cost[(size_t)j * stride + (size_t)digit] += factor * cost[j];
        if (s->step_row[j] >= 0)
            s->step_cost[(size_t)s->step_row[j] * stride + (size_t)digit] += factor * step_cost[j];
    }
}

/** Levels from `first` on that can share a digit: at least that one. Capacity 1: none has a cost.
 */
static struct digit
gather_levels(const struct simplex *s, int first)
{
    const struct lp *lp = s->lp;
    struct digit digit = {first, first + 1, 2.0 * largest_reduced(lp, first) + 1.0};
    for (; digit.end < lp->level_count && s->is_exact; digit.end++) {
        double capacity = digit.capacity * (2.0 * largest_reduced(lp, digit.end) + 1.0);
        if (!(capacity < WHOLE_MAX))
            break;
        digit.capacity = capacity;
    }
    return digit;
}

/** A digit of its own for one level; nothing for a level without costs. */
static void
place_level(struct simplex *s, int level)
{
    double scale = lp_level_scale(s->lp, level);
    s->held_digit[level + 1] = s->digit_count;
    s->held_size[level + 1] = 0.0;
    if (!(scale > 0.0)) {
        s->held_digit[level + 1] = s->held_digit[level];
        s->held_size[level + 1] = s->held_size[level];
        return;
    }
    add_level(s, level, s->digit_count, scale);
    s->digit_zero[s->digit_count++] = LEVEL_ZERO;
}

/** Several levels in one digit. */
static void
place_levels(struct simplex *s, const struct digit *digit)
{
    double weight = 1.0;
    for (int level = digit->end - 1; level >= digit->first; level--) {
        add_level(s, level, s->digit_count, weight);
        s->held_digit[level + 1] = s->digit_count;
        s->held_size[level + 1] = 0.5 * (weight - 1.0);
        weight *= 2.0 * largest_reduced(s->lp, level) + 1.0;
    }
    s->digit_zero[s->digit_count++] = WHOLE_ZERO;
}

static void
clear_costs(struct simplex *s)
{
    size_t digits = (size_t)s->digit_max + 1;
    int stepped = 0;
    for (int j = 0; j < s->column_count; j++)
        s->step_row[j] = s->lp->step_count[j] > 1 ? stepped++ : -1;
    memset(s->cost, 0, (size_t)s->column_count * digits * sizeof(double));
    memset(s->step_cost, 0, (size_t)s->stepped_count * digits * sizeof(double));
    s->held_digit[0] = -1;
    s->held_size[0] = (double)INFINITY;
}

/** Digits for all levels; counts them only if place is false. */
static void
make_digits(struct simplex *s, bool place)
{
    s->digit_count = 0;
    for (int level = 0; level < s->lp->level_count;) {
        struct digit digit = gather_levels(s, level);
        bool shared = s->is_exact && digit.capacity > 1.0 && digit.capacity < WHOLE_MAX;
        if (!place)
            s->digit_count += shared || lp_level_scale(s->lp, level) > 0.0;
        else if (shared)
            place_levels(s, &digit);
        else
            for (int k = digit.first; k < digit.end; k++)
                place_level(s, k);
        level = digit.end;
    }
}

void
simplex_load_costs(struct simplex *s)
{
    clear_costs(s);
    make_digits(s, false);
    s->digit_stride = s->digit_count;
    make_digits(s, true);
}
