/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex.h"

#include <math.h>
#include <string.h>

/* Values of the basic variables: summed afresh, or moved by what has changed. */

/* ---- summed afresh ----------------------------------------------------------------------- */

/** rest = b - N x_N and the size of its terms. */
static void
subtract_nonbasic(struct simplex *s)
{
    const struct lp *lp = s->lp;
    double *restrict rest = s->rest;
    double *restrict rest_size = s->rest_size;
    for (int i = 0; i < s->row_count; i++) {
        rest[i] = lp->rhs[i];
        rest_size[i] = fabs(lp->rhs[i]);
        s->x_rhs[i] = lp->rhs[i];
        s->peak_rhs[i] = fabs(lp->rhs[i]);
    }
    for (int j = 0; j < s->column_count; j++) {
        double value = lp->value[j];
        if (!(value < 0.0 || value > 0.0) || s->state[j] == COLUMN_BASIC)
            continue;
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++) {
            double term = lp->coefficient[e] * value;
            rest[lp->row_index[e]] -= term;
            rest_size[lp->row_index[e]] += fabs(term);
        }
    }
}

/** Bounds of a basic variable as they are now. */
void
simplex_bound_position(struct simplex *s, int position)
{
    int j = s->basic[position];
    bool logical = j == SIMPLEX_LOGICAL;
    s->basic_lower[position] = logical ? 0.0 : simplex_breakpoint(s, j, s->segment[j]);
    s->basic_upper[position] = logical ? 0.0 : simplex_breakpoint(s, j, s->segment[j] + 1);
}

/** x_B = B^-1 (b - N x_N), and the bounds of the basic variables. */
void
simplex_sum_values(struct simplex *s)
{
    subtract_nonbasic(s);
    basis_apply(&s->basis, s->rest, s->rest_size, s->x, s->activity);
    for (int c = 0; c < s->shift_count; c++) {
        s->shift[s->shift_row[c]] = 0.0;
        s->shifted[s->shift_row[c]] = 0;
    }
    s->shift_count = 0;
    s->drift = 0;
    s->shrunk = false;
    s->summed = true;
    s->settled_count = 0;
    for (int i = 0; i < s->row_count; i++) {
        s->settled[i] = 0;
        simplex_bound_position(s, i);
        simplex_touch(s, i);
    }
}

/** residual = rest - B x_B, with the size of its terms and the rounding that x brings along. */
static void
subtract_basic(struct simplex *s)
{
    const struct lp *lp = s->lp;
    double *restrict residual = s->residual;
    double *restrict magnitude = s->magnitude;
    double *restrict noise = s->scratch;
    size_t size = (size_t)s->row_count * sizeof(double);
    memcpy(residual, s->rest, size);
    memcpy(magnitude, s->rest_size, size);
    memset(noise, 0, size);
    for (int i = 0; i < s->row_count; i++) {
        int j = s->basic[i];
        double value = s->x[i];
        double rounding = SIMPLEX_NOISE * s->activity[i];
        if (j == SIMPLEX_LOGICAL) {
            residual[i] -= value;
            magnitude[i] += fabs(value);
            noise[i] += rounding;
            continue;
        }
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++) {
            double term = lp->coefficient[e] * value;
            residual[lp->row_index[e]] -= term;
            magnitude[lp->row_index[e]] += fabs(term);
            noise[lp->row_index[e]] += fabs(lp->coefficient[e]) * rounding;
        }
    }
}

/**
 * b - A x - (logicals) to residual. Returns the worst relative entry, where the rounding that B^-1
 * left in x (SIMPLEX_NOISE of its activity) is not held against a row. Nothing but refinement may
 * lie between simplex_sum_values and this.
 */
double
simplex_residual(struct simplex *s)
{
    subtract_basic(s);
    double worst = 0.0;
    for (int i = 0; i < s->row_count; i++) {
        double size = fabs(s->residual[i]);
        double noise = s->scratch[i];
        if (!(size <= worst * s->magnitude[i] + noise)) /* also true for NaN */
            worst = (size - noise) / s->magnitude[i];
    }
    return worst;
}

/* ---- moved along ------------------------------------------------------------------------- */

/** The right-hand side of a row, less the nonbasic columns, changes by amount. */
void
simplex_shift_row(struct simplex *s, int row_i, double amount)
{
    s->shift[row_i] += amount;
    s->shift_row[s->shift_count] = row_i;
    s->shift_count += !s->shifted[row_i];
    s->shifted[row_i] = 1;
}

/** A nonbasic column changes by this much. */
void
simplex_shift_column(struct simplex *s, int column_j, double change)
{
    const struct lp *lp = s->lp;
    for (int e = lp->column_start[column_j]; e < lp->column_start[column_j + 1]; e++)
        simplex_shift_row(s, lp->row_index[e], -change * lp->coefficient[e]);
}

/** x += B^-1 shift; the list is empty afterwards. */
void
simplex_apply_shifts(struct simplex *s)
{
    for (int c = 0; c < s->shift_count; c++) {
        int row_i = s->shift_row[c];
        double amount = s->shift[row_i];
        s->shift[row_i] = 0.0;
        s->shifted[row_i] = 0;
        if (!(amount < 0.0 || amount > 0.0))
            continue;
        s->moved_count = basis_shift(&s->basis, row_i, amount, s->x, s->activity, s->moved,
                                     s->is_moved, s->moved_count);
        s->summed = false;
    }
    s->shift_count = 0;
}

/* ---- handed out -------------------------------------------------------------------------- */

/** Where a basic value belongs: on a bound that it violates or misses by rounding. */
static double
snap_target(const struct simplex *s, int position, int column_j)
{
    double value = s->x[position];
    double lower = s->lp->lower[column_j];
    double upper = s->lp->upper[column_j];
    double noise = SIMPLEX_NOISE * s->activity[position];
    if (value < lower + noise)
        return lower;
    return value > upper - noise ? upper : value;
}

/** Whether every row that meets the column bears the change within LP_TOLERATED of its activity. */
static bool
rows_bear(const struct simplex *s, int column_j, double change)
{
    const struct lp *lp = s->lp;
    for (int e = lp->column_start[column_j]; e < lp->column_start[column_j + 1]; e++)
        if (!(fabs(change * lp->coefficient[e]) <= LP_TOLERATED * s->magnitude[lp->row_index[e]]))
            return false;
    return true;
}

static void
forget_moved(struct simplex *s)
{
    for (int c = 0; c < s->moved_count; c++)
        s->is_moved[s->moved[c]] = 0;
    s->moved_count = 0;
}

/**
 * A basic value outside its bound is put on the bound when that is within rounding or no row it
 * meets then misses its right-hand side by more than 1e-12 of the row's activity; otherwise it
 * stays: the balance of water is worth more than a bound. Follows simplex_residual.
 */
void
simplex_store_all(struct simplex *s)
{
    struct lp *lp = s->lp;
    for (int i = 0; i < s->row_count; i++) {
        int j = s->basic[i];
        if (j == SIMPLEX_LOGICAL) {
            s->residual[i] += s->x[i];
            continue;
        }
        double target = snap_target(s, i, j);
        double change = target - s->x[i];
        if (fabs(change) > SIMPLEX_NOISE * s->activity[i] && !rows_bear(s, j, change))
            change = 0.0;
        lp_put_value(lp, j, change < 0.0 || change > 0.0 ? target : s->x[i]);
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++)
            s->residual[lp->row_index[e]] -= change * lp->coefficient[e];
    }
    for (int i = 0; i < s->row_count; i++) {
        double relative = fabs(s->residual[i]) / fmax(1.0, s->magnitude[i]);
        if (relative > lp->info.worst_residual)
            lp->info.worst_residual = relative;
    }
    forget_moved(s);
}

/**
 * A value that only a fresh sum can tell: so small against what pivots have moved through it that
 * their rounding may be all that is left, or beyond its bound by more than the rounding of its
 * terms (up to SIMPLEX_FEASIBLE counts as feasible), so that its rows would miss what is cut off.
 */
static bool
is_doubtful(const struct simplex *s, int position, double value)
{
    double x = s->x[position];
    double activity = s->activity[position];
    if (value != x)
        return fabs(value - x) > SIMPLEX_NOISE * activity;
    return s->pivoted && fabs(x) < SIMPLEX_SHRUNK * activity;
}

/**
 * The same for the positions that have moved; no value is off by more than SIMPLEX_NOISE. False:
 * some value is in doubt and has to be summed afresh; nothing is lost then.
 */
bool
simplex_store_moved(struct simplex *s)
{
    for (int c = 0; c < s->moved_count; c++) {
        int i = s->moved[c];
        if (s->basic[i] == SIMPLEX_LOGICAL)
            continue;
        double value = snap_target(s, i, s->basic[i]);
        if (is_doubtful(s, i, value))
            return false;
        lp_put_value(s->lp, s->basic[i], value);
    }
    forget_moved(s);
    return true;
}
