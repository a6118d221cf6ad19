/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * The dual simplex loop. See simplex.h for the idea, A. Koberstein, "The dual simplex method,
 * techniques for a fast and stable implementation" (thesis, Paderborn 2005) and I. Maros,
 * "Computational techniques of the simplex method" (2003) for the parts.
 *
 * Tolerances have no absolute size of their own, because volumes from 1e-6 to 1e12 meet in one LP:
 * each basic variable carries the size of the terms it was summed from (activity).
 */

/** Violations below this part of the activity are rounding; about a thousand units in the last. */
#define FEASIBLE 2e-13

/** Residual, relative to the row, that asks for refinement. */
#define RESIDUAL_GOOD 1e-12

/** Residual that is accepted when refinement does not help. */
#define RESIDUAL_WORST 1e-9

/**
 * Pivots between refactorisations. The residual of each solution asks for one earlier when the
 * inverse has lost digits; 100 or 1000 give the same residuals on networks, so speed decides.
 */
#define AGE_MAX 200

/** A pivot below this part of its row or column is only taken from a fresh inverse. */
#define PIVOT_UNSTABLE 1e-7

enum progress {
    GO_ON,
    SOLVED,
    INFEASIBLE,
    BROKEN /**< numerical trouble: begin again from the logical basis */
};

/* ---- life cycle -------------------------------------------------------------------------- */

enum status
simplex_create(const struct lp *lp, struct simplex **out, struct error *err)
{
    int level_count = 0;
    for (int k = 0; k < lp->level_count; k++)
        level_count += lp_level_scale(lp, k) > 0.0;
    struct simplex sizes = {.row_count = lp->row_count,
                            .column_count = lp->column_count,
                            .level_count = level_count,
                            .level_stride = (level_count + 3) / 4 * 4};
    struct lp_pool pool = {NULL, 0};
    (void)lp_pool_take(&pool, 1, sizeof sizes);
    simplex_layout(&sizes, lp, &pool);
    char *memory = lp_pool_allocate(pool.used);
    if (memory == NULL)
        return error_set(err, STATUS_MEMORY, "LP: no memory for %zu bytes", pool.used);

    pool = (struct lp_pool){memory, 0};
    struct simplex *s = lp_pool_take(&pool, 1, sizeof sizes);
    *s = sizes;
    simplex_layout(s, lp, &pool);
    *out = s;
    return STATUS_OK;
}

void
simplex_destroy(struct simplex *s)
{
    free(s);
}

void
simplex_forget_basis(struct simplex *s)
{
    s->ready = false;
}

/* ---- start ------------------------------------------------------------------------------- */

/** Logical basis, columns where their costs pull them. False: a cost pulls to infinity. */
static bool
start_cold(struct simplex *s)
{
    size_t cost_count = (size_t)s->column_count * (size_t)s->level_stride;
    lp_forget_changes(s->lp);
    simplex_load_matrix(s);
    simplex_load_costs(s);
    s->lp->matrix_changed = false;
    basis_reset(&s->basis);
    s->age = 0;
    for (int i = 0; i < s->row_count; i++)
        s->basic[i] = SIMPLEX_LOGICAL;
    if (cost_count > 0)
        memcpy(s->reduced, s->cost, cost_count * sizeof(double));
    s->ready = true;
    for (int j = 0; j < s->column_count; j++) {
        const double *reduced = s->reduced + (size_t)j * (size_t)s->level_stride;
        int k = 0;
        while (k < s->level_count && !(reduced[k] < 0.0 || reduced[k] > 0.0))
            k++;
        s->lead[j] = k;
        s->state[j] = COLUMN_LOWER;
        if (!simplex_place(s, j))
            s->ready = false;
    }
    simplex_basic_values(s);
    return s->ready;
}

/** New inverse and reduced costs. False: singular, or no side suits a column any more. */
static bool
refresh(struct simplex *s)
{
    if (!simplex_refactor(s))
        return false;
    simplex_reduced_costs(s);
    for (int j = 0; j < s->column_count; j++) {
        if (s->state[j] != COLUMN_BASIC && !simplex_place(s, j))
            return false;
    }
    simplex_basic_values(s);
    return true;
}

/** Take up the changes since the last solve on the old basis. False: it no longer serves. */
static bool
start_warm(struct simplex *s)
{
    struct lp *lp = s->lp;
    if (!s->ready)
        return false;
    if (lp->matrix_changed || s->age >= AGE_MAX) {
        if (lp->matrix_changed)
            simplex_load_matrix(s);
        lp->matrix_changed = false;
        lp_forget_changes(lp);
        return refresh(s);
    }
    bool placed = true;
    for (int c = 0; c < lp->changed_count; c++) {
        int j = lp->changed[c];
        if (s->state[j] != COLUMN_BASIC)
            placed = simplex_place(s, j) && placed;
    }
    lp_forget_changes(lp);
    if (placed)
        simplex_basic_values(s);
    return placed;
}

/* ---- one iteration ----------------------------------------------------------------------- */

/** Largest infeasibility in the steepest edge norm, lowest position among equals; -1: feasible. */
static int
choose_row(const struct simplex *s)
{
    int best = -1;
    double best_score = 0.0;
    for (int i = 0; i < s->row_count; i++) {
        double below = s->basic_lower[i] - s->x[i];
        double above = s->x[i] - s->basic_upper[i];
        double violation = below > above ? below : above;
        if (!(violation > FEASIBLE * s->activity[i]) || s->settled[i])
            continue;
        double score = violation * violation / s->basis.weight[i];
        if (score > best_score) {
            best = i;
            best_score = score;
        }
    }
    return best;
}

/** Bland's rule: the infeasible variable with the lowest index; logicals come last. */
static int
choose_row_bland(const struct simplex *s)
{
    int best = -1;
    int best_index = 0;
    for (int i = 0; i < s->row_count; i++) {
        double below = s->basic_lower[i] - s->x[i];
        double above = s->x[i] - s->basic_upper[i];
        double violation = below > above ? below : above;
        if (!(violation > FEASIBLE * s->activity[i]) || s->settled[i])
            continue;
        int index = s->basic[i] == SIMPLEX_LOGICAL ? s->column_count + i : s->basic[i];
        if (best < 0 || index < best_index) {
            best = i;
            best_index = index;
        }
    }
    return best;
}

/** x_i += step * value for the positions of a sparse vector, which is cleared. */
static void
move_basic(struct simplex *s, struct sparse *vector, double step)
{
    for (int c = 0; c < vector->count; c++) {
        int i = vector->index[c];
        double term = step * vector->value[i];
        double size = fabs(term);
        s->x[i] += term;
        s->activity[i] = size > s->activity[i] ? size : s->activity[i];
        vector->value[i] = 0.0;
    }
    vector->count = 0;
}

/** Columns in flip go to their other bound, the basic variables follow. Empties the list. */
static void
apply_flips(struct simplex *s)
{
    struct lp *lp = s->lp;
    for (int c = 0; c < s->flip_count; c++) {
        int j = s->flip[c];
        int start = lp->column_start[j];
        bool to_upper = s->state[j] == COLUMN_LOWER;
        double step = to_upper ? lp->upper[j] - lp->lower[j] : lp->lower[j] - lp->upper[j];
        s->state[j] = to_upper ? COLUMN_UPPER : COLUMN_LOWER;
        lp->value[j] = to_upper ? lp->upper[j] : lp->lower[j];
        basis_column(&s->basis, lp->column_start[j + 1] - start, lp->row_index + start,
                     lp->coefficient + start, &s->shift);
        move_basic(s, &s->shift, -step);
    }
    lp->info.bound_flip_count += s->flip_count;
    s->flip_count = 0;
}

/** Column q enters in position r, whose variable goes to the bound that direction tells. */
static bool
exchange(struct simplex *s, int r, int q, double direction)
{
    struct lp *lp = s->lp;
    int p = s->basic[r];
    bool degenerate = s->lead[q] == s->level_count;
    apply_flips(s);
    simplex_update_costs(s, q, p);
    apply_flips(s);

    int start = lp->column_start[q];
    basis_column(&s->basis, lp->column_start[q + 1] - start, lp->row_index + start,
                 lp->coefficient + start, &s->column);
    double pivot = s->column.value[r];
    if (!(fabs(pivot) > 0.0))
        return false;
    double target = direction > 0.0 ? s->basic_lower[r] : s->basic_upper[r];
    double step = (s->x[r] - target) / pivot;
    double activity = s->activity[r] / fabs(pivot) + fabs(lp->value[q]);
    basis_pivot(&s->basis, r, &s->column);
    move_basic(s, &s->column, -step);

    if (p != SIMPLEX_LOGICAL) {
        s->state[p] = direction > 0.0 ? COLUMN_LOWER : COLUMN_UPPER;
        if (simplex_is_fixed(s, p))
            s->state[p] = COLUMN_LOWER;
        lp->value[p] = target;
    }
    s->basic[r] = q;
    s->state[q] = COLUMN_BASIC;
    s->x[r] = lp->value[q] + step;
    s->activity[r] = activity;
    s->basic_lower[r] = lp->lower[q];
    s->basic_upper[r] = lp->upper[q];
    memset(s->settled, 0, (size_t)s->row_count);

    s->moved = true;
    lp->info.pivot_count++;
    s->age++;
    s->stall_count = degenerate ? s->stall_count + 1 : 0;
    s->bland = s->stall_count > 2 * s->row_count + 100;
    return true;
}

/**
 * The tableau row says x_p + sum alpha_j x_j = value for every solution of A x = b. Turned so that
 * the bounds keep the left side below the right one, it is the certificate; being a combination of
 * rows of A computed afresh, it is a proof even if the inverse is not accurate.
 */
static bool
proves_infeasible(struct simplex *s, int r, double direction, struct lp_certificate *certificate)
{
    const double *row;
    int count = basis_row(&s->basis, r, s->inverse_index, &row);
    double value = 0.0;
    for (int c = 0; c < count; c++)
        value -= direction * row[s->inverse_index[c]] * s->lp->rhs[s->inverse_index[c]];
    double *multiplier = certificate == NULL ? s->multiplier : certificate->multiplier;
    for (int j = 0; j < s->column_count; j++)
        multiplier[j] = -direction * s->alpha_row[j];
    if (certificate != NULL)
        certificate->value = value;
    return lp_certificate_proves(s->lp, multiplier, value, s->alpha_scale);
}

static enum progress
improve_row(struct simplex *s, int r, struct lp_certificate *certificate)
{
    double below = s->basic_lower[r] - s->x[r];
    double above = s->x[r] - s->basic_upper[r];
    double direction = below > above ? 1.0 : -1.0;
    double violation = below > above ? below : above;
    simplex_tableau_row(s, r);
    struct entering found = simplex_ratio_test(s, direction, violation, FEASIBLE * s->activity[r]);
    int q = found.column;
    if (q < 0) {
        if (proves_infeasible(s, r, direction, certificate))
            return INFEASIBLE;
        if (s->age > 0 && found.shortfall > LP_TOLERATED * fmax(1.0, s->activity[r]))
            return refresh(s) ? GO_ON : BROKEN;
        /* Off by rounding of the data only: leave the rest of the violation, see snap(). */
        q = found.fallback;
        s->flip_count = found.fallback_flip;
        s->settled[r] = q < 0;
        if (q < 0)
            return GO_ON;
    }
    if (s->age > 0 && fabs(s->alpha_row[q]) < PIVOT_UNSTABLE * s->alpha_scale)
        return refresh(s) ? GO_ON : BROKEN;
    return exchange(s, r, q, direction) ? GO_ON : BROKEN;
}

/* ---- end --------------------------------------------------------------------------------- */

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

/**
 * A basic value outside its bound is put on the bound when that is within rounding or no row it
 * meets then misses its right-hand side by more than 1e-12 of the row's activity; otherwise it
 * stays: the balance of water is worth more than a bound. Follows simplex_residual.
 */
static void
snap(struct simplex *s)
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
        bool small = fabs(change) <= SIMPLEX_NOISE * s->activity[i];
        if (!small) {
            small = true;
            for (int e = lp->column_start[j]; e < lp->column_start[j + 1] && small; e++)
                small = fabs(change * lp->coefficient[e]) <=
                        LP_TOLERATED * s->magnitude[lp->row_index[e]];
        }
        if (!small || !(change < 0.0 || change > 0.0))
            continue;
        lp->value[j] = target;
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++)
            s->residual[lp->row_index[e]] -= change * lp->coefficient[e];
    }
    for (int i = 0; i < s->row_count; i++) {
        double relative = fabs(s->residual[i]) / fmax(1.0, s->magnitude[i]);
        if (relative > lp->info.worst_residual)
            lp->info.worst_residual = relative;
    }
}

/**
 * All rows look feasible. After pivots, x still carries the rounding of values that have long gone,
 * so it is summed afresh: it then depends on the basis alone, not on the way there, and activity
 * is that of the present values. Then check A x = b against the matrix itself. The first bad
 * residual is refined, the second refactorised, the third refined again; then the feasibility test
 * repeats.
 */
static enum progress
finish(struct simplex *s, int *repair)
{
    if (s->moved) {
        simplex_basic_values(s);
        return GO_ON;
    }
    double worst = simplex_residual(s);
    if (!(worst <= RESIDUAL_GOOD) && *repair < 3) {
        bool refine = *repair != 1 || s->age == 0;
        ++*repair;
        if (!refine)
            return refresh(s) ? GO_ON : BROKEN;
        basis_apply(&s->basis, s->residual, s->magnitude, s->correction, s->scratch);
        for (int i = 0; i < s->row_count; i++)
            s->x[i] += s->correction[i];
        return GO_ON;
    }
    if (!(worst <= RESIDUAL_WORST))
        return BROKEN;
    snap(s);
    return SOLVED;
}

/** Dual pivots until primal feasible, infeasible or out of iterations. */
static enum progress
iterate(struct simplex *s, struct lp_certificate *certificate)
{
    long limit = 1000 + 20 * ((long)s->row_count + (long)s->column_count);
    int repair = 0;
    s->bland = false;
    s->stall_count = 0;
    for (long iteration = 0; iteration < limit; iteration++) {
        enum progress progress = GO_ON;
        if (s->age >= AGE_MAX && !refresh(s))
            return BROKEN;
        int r = s->bland ? choose_row_bland(s) : choose_row(s);
        progress = r < 0 ? finish(s, &repair) : improve_row(s, r, certificate);
        if (progress != GO_ON)
            return progress;
    }
    return BROKEN;
}

enum lp_outcome
simplex_solve(struct simplex *s, struct lp *lp, struct lp_certificate *certificate)
{
    s->lp = lp;
    bool warm = start_warm(s);
    bool again = s->ready && !warm;
    for (int attempt = 0; attempt < 2; attempt++) {
        if (again)
            lp->info.restart_count++;
        if (!warm && !start_cold(s))
            return LP_UNBOUNDED;
        switch (iterate(s, certificate)) {
        case SOLVED:
            return LP_OPTIMAL;
        case INFEASIBLE:
            return LP_INFEASIBLE;
        default:
            break;
        }
        s->ready = false;
        if (!warm)
            break;
        warm = false;
        again = true;
    }
    return LP_FAILED;
}

bool
simplex_is_held(const struct simplex *s, int column_j, int level_count)
{
    return s->state[column_j] != COLUMN_BASIC && s->lead[column_j] < s->levels_before[level_count];
}
