/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex.h"

#include <math.h>
#include <string.h>

/* Reduced costs on all levels, the side of nonbasic columns and the dual ratio test. */

/**
 * Reduced costs below this are zero. Levels are scaled to a largest cost in [1, 2), so this is
 * relative to the level; rounding over a hundred pivots stays four orders below.
 */
#define COST_ZERO 1e-9

/** A pivot below this part of its row is avoided when a passed-over column offers a better one. */
#define PIVOT_POOR 1e-6

static inline double *
reduced_of(const struct simplex *s, int column_j)
{
    return s->reduced + (size_t)column_j * (size_t)s->level_stride;
}

static int
first_level(const double *cost, int from, int level_count)
{
    int k = from;
    while (k < level_count && !(cost[k] < 0.0 || cost[k] > 0.0))
        k++;
    return k;
}

/** y += factor * x over the levels from..count-1. Plain arrays, so that it vectorises. */
static void
add_levels(double *restrict y, const double *restrict x, double factor, int from, int count)
{
    for (int k = from; k < count; k++)
        y[k] += factor * x[k];
}

/** The same, and what is only rounding becomes exactly 0: comparisons stay exact later. */
static void
add_levels_clean(double *restrict y, const double *restrict x, double factor, int from, int count)
{
    for (int k = from; k < count; k++) {
        double sum = y[k] + factor * x[k];
        y[k] = fabs(sum) > COST_ZERO ? sum : 0.0;
    }
}

/** d = c - A^T B^-T c_B on every level. */
void
simplex_reduced_costs(struct simplex *s)
{
    const struct lp *lp = s->lp;
    int levels = s->level_count;
    size_t stride = (size_t)s->level_stride;
    memset(s->price, 0, (size_t)s->row_count * stride * sizeof(double));
    for (int i = 0; i < s->row_count; i++) {
        if (s->basic[i] == SIMPLEX_LOGICAL)
            continue;
        const double *cost = s->cost + (size_t)s->basic[i] * stride;
        int from = first_level(cost, 0, levels);
        if (from == levels)
            continue;
        const double *row;
        int count = basis_row(&s->basis, i, s->inverse_index, &row);
        for (int c = 0; c < count; c++) {
            int k = s->inverse_index[c];
            add_levels(s->price + (size_t)k * stride, cost, row[k], from, levels);
        }
    }
    for (int j = 0; j < s->column_count; j++) {
        double *reduced = reduced_of(s, j);
        s->lead[j] = levels;
        memset(reduced, 0, stride * sizeof(double));
        if (s->state[j] == COLUMN_BASIC)
            continue;
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++)
            add_levels(reduced, s->price + (size_t)lp->row_index[e] * stride, -lp->coefficient[e],
                       0, levels);
        add_levels_clean(reduced, s->cost + (size_t)j * stride, 1.0, 0, levels);
        s->lead[j] = first_level(reduced, 0, levels);
    }
}

/** Lexicographic sign of the reduced cost: -1, 0, 1. */
static int
cost_sign(const struct simplex *s, int column_j)
{
    if (s->lead[column_j] == s->level_count)
        return 0;
    return reduced_of(s, column_j)[s->lead[column_j]] > 0.0 ? 1 : -1;
}

/** Side that keeps the column dual feasible, or COLUMN_BASIC when there is none. */
static enum column_state
feasible_state(const struct simplex *s, int column_j)
{
    bool has_lower = s->lp->lower[column_j] > -(double)INFINITY;
    bool has_upper = s->lp->upper[column_j] < (double)INFINITY;
    if (simplex_is_fixed(s, column_j))
        return COLUMN_LOWER;
    switch (cost_sign(s, column_j)) {
    case 1:
        return has_lower ? COLUMN_LOWER : COLUMN_BASIC;
    case -1:
        return has_upper ? COLUMN_UPPER : COLUMN_BASIC;
    default:
        break;
    }
    if (has_upper && (s->state[column_j] == COLUMN_UPPER || !has_lower))
        return COLUMN_UPPER;
    return has_lower ? COLUMN_LOWER : COLUMN_FREE;
}

static double
state_value(const struct simplex *s, int column_j)
{
    switch (s->state[column_j]) {
    case COLUMN_LOWER:
        return s->lp->lower[column_j];
    case COLUMN_UPPER:
        return s->lp->upper[column_j];
    default:
        return 0.0;
    }
}

/** Put a nonbasic column on the bound its reduced cost asks for. False: dual infeasible. */
bool
simplex_place(struct simplex *s, int column_j)
{
    enum column_state state = feasible_state(s, column_j);
    if (state == COLUMN_BASIC)
        return false;
    s->state[column_j] = (unsigned char)state;
    s->lp->value[column_j] = state_value(s, column_j);
    return true;
}

/* ---- ratio test -------------------------------------------------------------------------- */

/** Row of B^-1 A through the non-zeros of the row of B^-1 only. Basic columns are included. */
void
simplex_tableau_row(struct simplex *s, int position)
{
    for (int c = 0; c < s->row_list_count; c++) {
        s->alpha_row[s->row_list[c]] = 0.0;
        s->mark[s->row_list[c]] = 0;
    }
    const double *row;
    int count = basis_row(&s->basis, position, s->inverse_index, &row);
    int list_count = 0;
    double scale = 0.0;
    for (int c = 0; c < count; c++) {
        int i = s->inverse_index[c];
        double factor = row[i];
        double size = fabs(factor) * s->row_size[i];
        scale = size > scale ? size : scale;
        for (int e = s->row_start[i]; e < s->row_start[i + 1]; e++) {
            int j = s->row_column[e];
            s->alpha_row[j] += factor * s->row_coefficient[e];
            s->row_list[list_count] = j;
            list_count += !s->mark[j];
            s->mark[j] = 1;
        }
    }
    s->row_list_count = list_count;
    s->alpha_scale = scale;
}

/** Columns that can push the leaving variable towards its bound and stay dual feasible. */
static void
gather_candidates(struct simplex *s, double direction)
{
    double zero = SIMPLEX_ALPHA_ZERO * s->alpha_scale;
    int count = 0;
    for (int c = 0; c < s->row_list_count; c++) {
        int j = s->row_list[c];
        double push = -direction * s->alpha_row[j];
        bool useful = (s->state[j] == COLUMN_LOWER && push > zero) ||
                      (s->state[j] == COLUMN_UPPER && push < -zero) ||
                      (s->state[j] == COLUMN_FREE && fabs(push) > zero);
        if (useful && !simplex_is_fixed(s, j))
            s->candidate[count++] = j;
    }
    s->candidate_count = count;
}

/**
 * Lexicographic order of |d_j| / |alpha_j| against |d_q| / |alpha_q|. Two ratios are equal on a
 * level when the reduced cost that j would keep after q enters counts as zero, so that this test
 * and the update of the reduced costs never disagree.
 */
static int
compare_ratio(const struct simplex *s, int j, int q)
{
    if (s->lead[j] != s->lead[q])
        return s->lead[j] > s->lead[q] ? -1 : 1;
    const double *reduced_j = reduced_of(s, j);
    const double *reduced_q = reduced_of(s, q);
    double factor = s->alpha_row[j] / s->alpha_row[q];
    double sign = s->state[j] == COLUMN_UPPER ? -1.0 : 1.0;
    for (int k = s->lead[q]; k < s->level_count; k++) {
        double rest = sign * (reduced_j[k] - factor * reduced_q[k]);
        if (rest > COST_ZERO)
            return 1;
        if (rest < -COST_ZERO)
            return -1;
    }
    return 0;
}

/** Moves the columns with the smallest ratio to the end of the list; returns where they begin. */
static int
smallest_group(struct simplex *s)
{
    int *candidate = s->candidate;
    int best = candidate[0];
    for (int c = 1; c < s->candidate_count; c++) {
        if (compare_ratio(s, candidate[c], best) < 0)
            best = candidate[c];
    }
    int begin = s->candidate_count;
    for (int c = 0; c < begin;) {
        if (candidate[c] != best && compare_ratio(s, candidate[c], best) > 0) {
            c++;
            continue;
        }
        begin--;
        int swap = candidate[begin];
        candidate[begin] = candidate[c];
        candidate[c] = swap;
    }
    return begin;
}

/** Largest pivot of a group, the lowest column among equals; under Bland's rule the lowest. */
static int
best_of_group(const struct simplex *s, int begin)
{
    int best = s->candidate[begin];
    for (int c = begin + 1; c < s->candidate_count; c++) {
        int j = s->candidate[c];
        double size = s->bland ? 0.0 : fabs(s->alpha_row[j]);
        double best_size = s->bland ? 0.0 : fabs(s->alpha_row[best]);
        if (size > best_size || (!(size < best_size) && j < best))
            best = j;
    }
    return best;
}

/** Infeasibility that the flips of a group would remove. */
static double
group_slope(const struct simplex *s, int begin)
{
    double slope = 0.0;
    for (int c = begin; c < s->candidate_count; c++) {
        int j = s->candidate[c];
        slope += fabs(s->alpha_row[j]) * (s->lp->upper[j] - s->lp->lower[j]);
    }
    return slope;
}

/*
 * Long-step (bound flipping) ratio test, Maros 2003 and Koberstein 2005: go
 * through the breakpoints in lexicographic order; as long as flipping a group of boxed columns
 * leaves the row infeasible on the same side, flip it and go on. The step ends in the group that
 * would overshoot.
 */
struct entering
simplex_ratio_test(struct simplex *s, double direction, double infeasibility, double tolerance)
{
    struct entering found = {-1, -1, 0, infeasibility};
    s->flip_count = 0;
    gather_candidates(s, direction);
    while (s->candidate_count > 0) {
        int begin = smallest_group(s);
        int best = best_of_group(s, begin);
        double slope = s->bland ? (double)INFINITY : group_slope(s, begin);
        double fallback_size = found.fallback < 0 ? 0.0 : fabs(s->alpha_row[found.fallback]);
        double size = fabs(s->alpha_row[best]);
        if (!(found.shortfall - slope > tolerance)) {
            found.column = best;
            if (size < PIVOT_POOR * s->alpha_scale && fallback_size > size / PIVOT_POOR) {
                found.column = found.fallback;
                s->flip_count = found.fallback_flip;
            }
            return found;
        }
        if (size >= fallback_size) {
            found.fallback = best;
            found.fallback_flip = s->flip_count;
        }
        for (int c = begin; c < s->candidate_count; c++)
            s->flip[s->flip_count++] = s->candidate[c];
        s->candidate_count = begin;
        found.shortfall -= slope;
    }
    return found;
}

/* ---- update ------------------------------------------------------------------------------ */

/**
 * The reduced cost of column j has changed; where its sign no longer suits its side, a boxed column
 * flips, any other is off by rounding only and the cost is shifted to zero (Koberstein 2005);
 * the next refactorisation starts from the true costs again.
 */
static void
mend_sign(struct simplex *s, int column_j)
{
    if (simplex_is_fixed(s, column_j))
        return;
    double *reduced = reduced_of(s, column_j);
    for (;;) {
        int sign = cost_sign(s, column_j);
        bool wrong = (s->state[column_j] == COLUMN_LOWER && sign < 0) ||
                     (s->state[column_j] == COLUMN_UPPER && sign > 0) ||
                     (s->state[column_j] == COLUMN_FREE && sign != 0);
        if (!wrong)
            return;
        if (s->lp->upper[column_j] - s->lp->lower[column_j] < (double)INFINITY) {
            s->flip[s->flip_count++] = column_j;
            return;
        }
        reduced[s->lead[column_j]] = 0.0;
        s->lead[column_j] = first_level(reduced, s->lead[column_j], s->level_count);
    }
}

/**
 * Reduced costs after column q takes the place of p (a column or SIMPLEX_LOGICAL). The columns in
 * flip must already carry their new side; columns that mend_sign adds to the list do not.
 */
void
simplex_update_costs(struct simplex *s, int q, int p)
{
    int levels = s->level_count;
    int from = s->lead[q];
    double zero = SIMPLEX_ALPHA_ZERO * s->alpha_scale;
    double *reduced_q = reduced_of(s, q);
    for (int k = from; k < levels; k++) {
        s->dual_step[k] = reduced_q[k] / s->alpha_row[q];
        reduced_q[k] = 0.0;
    }
    s->lead[q] = levels;
    if (from == levels)
        return;
    for (int c = 0; c < s->row_list_count; c++) {
        int j = s->row_list[c];
        double alpha = s->alpha_row[j];
        if (s->state[j] == COLUMN_BASIC || j == q || !(fabs(alpha) > zero))
            continue;
        add_levels_clean(reduced_of(s, j), s->dual_step, -alpha, from, levels);
        if (s->lead[j] >= from) {
            s->lead[j] = first_level(reduced_of(s, j), from, levels);
            mend_sign(s, j);
        }
    }
    if (p != SIMPLEX_LOGICAL) {
        add_levels_clean(reduced_of(s, p), s->dual_step, -1.0, from, levels);
        s->lead[p] = first_level(reduced_of(s, p), from, levels);
    }
}
