/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex.h"

#include <math.h>
#include <string.h>

/* Prices of the rows and the side of nonbasic columns. */

/** y += factor * x over the digits from..count-1. Plain arrays, so that it vectorises. */
static void
add_digits(double *restrict y, const double *restrict x, double factor, int from, int count)
{
    for (int k = from; k < count; k++)
        y[k] += factor * x[k];
}

static inline const double *
cost_of(const struct simplex *s, int column_j)
{
    return s->cost + (size_t)column_j * (size_t)s->digit_stride;
}

static inline const double *
step_cost_of(const struct simplex *s, int column_j)
{
    return s->step_cost + (size_t)s->step_row[column_j] * (size_t)s->digit_stride;
}

/** price = B^-T c_B on every digit. */
void
simplex_prices(struct simplex *s)
{
    int digits = s->digit_count;
    size_t stride = (size_t)s->digit_stride;
    memset(s->price, 0, (size_t)s->row_count * stride * sizeof(double));
    for (int i = 0; i < s->row_count; i++) {
        int j = s->basic[i];
        if (j == SIMPLEX_LOGICAL)
            continue;
        const double *row;
        int count = basis_row(&s->basis, i, s->inverse_index, &row);
        for (int c = 0; c < count; c++) {
            double *price = s->price + (size_t)s->inverse_index[c] * stride;
            add_digits(price, cost_of(s, j), row[s->inverse_index[c]], 0, digits);
            if (s->segment[j] > 0)
                add_digits(price, step_cost_of(s, j), s->segment[j] * row[s->inverse_index[c]], 0,
                           digits);
        }
    }
}

/**
 * Prices after a candidate with the given entry of the tableau row has entered: its reduced cost
 * becomes 0. For the leaving column itself, which steps on, the entry is 1 and its "reduced cost"
 * the step of its cost. Uses the row of the inverse as it was.
 */
void
simplex_update_prices(struct simplex *s, const struct candidate *entering, double alpha)
{
    int digits = s->digit_count;
    int from = entering->lead;
    size_t stride = (size_t)s->digit_stride;
    for (int k = from; k < digits; k++) {
        double reduced = entering->column == s->leaving
                             ? entering->move * entering->segment * step_cost_of(s, s->leaving)[k]
                             : simplex_reduced(s, entering->column, entering->segment, k);
        s->dual_step[k] = reduced / alpha;
    }
    for (int c = 0; c < s->inverse_count && from < digits; c++) {
        int i = s->inverse_index[c];
        add_digits(s->price + (size_t)i * stride, s->dual_step, s->inverse_row[i], from, digits);
    }
}

/* ---- sides ------------------------------------------------------------------------------- */

/** Lexicographic sign of the reduced cost of a part: -1, 0, 1. */
static int
cost_sign(const struct simplex *s, int column_j, int segment)
{
    double value;
    if (simplex_lead(s, column_j, segment, &value) == s->digit_count)
        return 0;
    return value > 0.0 ? 1 : -1;
}

/** How many parts of a stepped column the prices fill: the first part that costs, by bisection. */
static int
filled_parts(const struct simplex *s, int column_j)
{
    int low = 0;
    int high = s->lp->step_count[column_j];
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (cost_sign(s, column_j, middle) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/** A plain column's side that keeps it dual feasible, COLUMN_BASIC when there is none. */
static enum column_state
plain_side(const struct simplex *s, int column_j)
{
    bool has_lower = s->lp->lower[column_j] > -(double)INFINITY;
    bool has_upper = s->lp->upper[column_j] < (double)INFINITY;
    switch (cost_sign(s, column_j, 0)) {
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

static enum column_state
side(struct simplex *s, int column_j)
{
    int parts = s->lp->step_count[column_j];
    s->segment[column_j] = 0;
    if (simplex_is_fixed(s, column_j))
        return COLUMN_FIXED;
    if (parts == 1)
        return plain_side(s, column_j);
    int filled = filled_parts(s, column_j);
    if (filled == 0)
        return COLUMN_LOWER;
    if (filled == parts)
        return COLUMN_UPPER;
    s->segment[column_j] = filled;
    return COLUMN_STEP;
}

/** Put a nonbasic column where its reduced cost asks for. False: dual infeasible. */
bool
simplex_place(struct simplex *s, int column_j)
{
    struct lp *lp = s->lp;
    enum column_state state = side(s, column_j);
    if (state == COLUMN_BASIC)
        return false;
    double value = 0.0;
    if (state == COLUMN_UPPER)
        value = lp->upper[column_j];
    else if (state != COLUMN_FREE)
        value = simplex_breakpoint(s, column_j, s->segment[column_j]);
    s->state[column_j] = (unsigned char)state;
    lp_put_value(lp, column_j, value);
    return true;
}
