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

/** Residual, relative to the row, that asks for refinement. */
#define RESIDUAL_GOOD 1e-12

/** Residual that is accepted when refinement does not help. */
#define RESIDUAL_WORST 1e-9

/**
 * Pivots between refactorisations. A residual asks for one earlier when the inverse has lost
 * digits. The inverse of a network without gains holds -1, 0 and 1 only and loses none: there only
 * the prices gather rounding.
 */
#define AGE_MAX 200
#define AGE_MAX_EXACT 5000

/** A pivot below this part of its row or column is only taken from a fresh inverse. */
#define PIVOT_UNSTABLE 1e-7

/** A pivot below this part of its row is a reason to check A x = b at the end of the solve. */
#define PIVOT_DOUBTFUL 1e-2

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
    struct simplex sizes = {.row_count = lp->row_count, .column_count = lp->column_count};
    for (int k = 0; k < lp->level_count; k++)
        sizes.digit_max += lp_level_scale(lp, k) > 0.0;
    for (int j = 0; j < lp->column_count; j++) {
        sizes.part_count += lp->step_count[j];
        sizes.stepped_count += lp->step_count[j] > 1;
    }
    struct lp_pool pool = {NULL, 0};
    (void)lp_pool_take(&pool, 1, sizeof sizes);
    simplex_layout(&sizes, lp, &pool);
    char *memory = lp_pool_allocate(pool.used);
    if (memory == NULL)
        return error_set(err, STATUS_MEMORY, "LP: no memory for %zu bytes", pool.used);

    pool = (struct lp_pool){memory, 0};
    struct simplex *s = lp_pool_take(&pool, 1, sizeof sizes);
    *s = sizes;
    size_t before = pool.used;
    simplex_layout(s, lp, &pool);
    s->arrays = memory + before;
    s->array_size = pool.used - before;
    *out = s;
    return STATUS_OK;
}

void
simplex_destroy(struct simplex *s)
{
    free(s);
}

/* What is found by a solve for itself alone is among the arrays too, but for what points into them.
 */
void
simplex_carry(struct simplex *s, struct snapshot *snapshot)
{
    int *const number[] = {&s->digit_count, &s->digit_stride, &s->settled_count,  &s->shift_count,
                           &s->moved_count, &s->drift,        &s->row_list_count, &s->stall_count,
                           &s->age,         &s->flip_count,   &s->column.count};
    bool *const mark[] = {&s->is_exact, &s->check, &s->shrunk, &s->pivoted,
                          &s->summed,   &s->ready, &s->bland};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        snapshot_carry(snapshot, number[i], sizeof *number[i]);
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
        snapshot_carry(snapshot, mark[i], sizeof *mark[i]);
    snapshot_carry(snapshot, s->arrays, s->array_size);
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
    lp_forget_changes(s->lp);
    simplex_load_matrix(s);
    simplex_load_costs(s);
    s->lp->matrix_changed = false;
    basis_reset(&s->basis);
    s->age = 0;
    for (int i = 0; i < s->row_count; i++)
        s->basic[i] = SIMPLEX_LOGICAL;
    simplex_prices(s);
    s->ready = true;
    for (int j = 0; j < s->column_count; j++) {
        s->state[j] = COLUMN_LOWER;
        if (!simplex_place(s, j))
            s->ready = false;
    }
    simplex_sum_values(s);
    s->check = true;
    return s->ready;
}

/** New inverse and prices. False: singular, or no side suits a column any more. */
static bool
refresh(struct simplex *s)
{
    if (!simplex_refactor(s))
        return false;
    simplex_prices(s);
    for (int j = 0; j < s->column_count; j++) {
        if (s->state[j] != COLUMN_BASIC && !simplex_place(s, j))
            return false;
    }
    simplex_sum_values(s);
    s->check = true;
    return true;
}

/** A column has new bounds: it stays on its side if it can. False: no side suits it any more. */
static bool
follow_bounds(struct simplex *s, int column_j)
{
    struct lp *lp = s->lp;
    double before = lp->value[column_j];
    double side = (double)NAN;
    if (s->state[column_j] == COLUMN_BASIC) {
        simplex_bound_position(s, s->position[column_j]);
        simplex_touch(s, s->position[column_j]);
        return true;
    }
    if (s->state[column_j] == COLUMN_LOWER)
        side = lp->lower[column_j];
    else if (s->state[column_j] == COLUMN_UPPER)
        side = lp->upper[column_j];
    else if (s->state[column_j] == COLUMN_STEP)
        side = simplex_breakpoint(s, column_j, s->segment[column_j]);
    if (isfinite(side) && !simplex_is_fixed(s, column_j))
        lp_put_value(lp, column_j, side);
    else if (!simplex_place(s, column_j))
        return false;
    double change = lp->value[column_j] - before;
    if (change < 0.0 || change > 0.0)
        simplex_shift_column(s, column_j, change);
    s->shrunk = s->shrunk || fabs(lp->value[column_j]) < SIMPLEX_SHRUNK * fabs(before);
    return true;
}

/** A row has a new right-hand side. */
static void
follow_rhs(struct simplex *s, int row_i)
{
    double rhs = s->lp->rhs[row_i];
    double size = fabs(rhs);
    simplex_shift_row(s, row_i, rhs - s->x_rhs[row_i]);
    s->x_rhs[row_i] = rhs;
    s->shrunk = s->shrunk || size < SIMPLEX_SHRUNK * s->peak_rhs[row_i];
    s->peak_rhs[row_i] = size > s->peak_rhs[row_i] ? size : s->peak_rhs[row_i];
}

static void
forget_settled(struct simplex *s)
{
    if (s->settled_count > 0)
        memset(s->settled, 0, (size_t)s->row_count);
    s->settled_count = 0;
}

/** Take up the changes since the last solve on the old basis. False: it no longer serves. */
static bool
start_warm(struct simplex *s)
{
    struct lp *lp = s->lp;
    if (!s->ready)
        return false;
    if (lp->matrix_changed) {
        bool was_exact = s->is_exact;
        simplex_load_matrix(s);
        if (was_exact != s->is_exact)
            simplex_load_costs(s);
        lp->matrix_changed = false;
        lp_forget_changes(lp);
        return refresh(s);
    }
    bool placed = true;
    for (int c = 0; c < lp->changed_count; c++)
        placed = follow_bounds(s, lp->changed[c]) && placed;
    for (int c = 0; c < lp->changed_row_count; c++)
        follow_rhs(s, lp->changed_row[c]);
    lp_forget_changes(lp);
    forget_settled(s);
    s->drift++;
    if (s->shrunk || 2 * s->shift_count > s->row_count)
        simplex_sum_values(s);
    else
        simplex_apply_shifts(s);
    return placed;
}

/* ---- one iteration ----------------------------------------------------------------------- */

/** By how much a position violates its bounds, 0 if only by rounding or for good. */
static double
violation_of(const struct simplex *s, int position)
{
    double below = s->basic_lower[position] - s->x[position];
    double above = s->x[position] - s->basic_upper[position];
    double violation = below > above ? below : above;
    bool real = violation > SIMPLEX_FEASIBLE * s->activity[position] && !s->settled[position];
    return real ? violation : 0.0;
}

/**
 * Largest infeasibility in the steepest edge norm among the positions that have moved (the others
 * were feasible), lowest position among equals; -1: feasible.
 */
static int
choose_row(const struct simplex *s)
{
    int best = -1;
    double best_score = 0.0;
    for (int c = 0; c < s->moved_count; c++) {
        int i = s->moved[c];
        double violation = violation_of(s, i);
        if (!(violation > 0.0))
            continue;
        double score = violation * violation / s->basis.weight[i];
        if (score > best_score || (!(score < best_score) && i < best)) {
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
    for (int c = 0; c < s->moved_count; c++) {
        int i = s->moved[c];
        if (!(violation_of(s, i) > 0.0))
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
        simplex_touch(s, i);
    }
    vector->count = 0;
}

/** A nonbasic column goes to a breakpoint, counted from its lower bound. */
static void
stand_at(struct simplex *s, int column_j, int breakpoint)
{
    int parts = s->lp->step_count[column_j];
    enum column_state state = COLUMN_STEP;
    if (simplex_is_fixed(s, column_j))
        state = COLUMN_FIXED;
    else if (breakpoint == 0)
        state = COLUMN_LOWER;
    else if (breakpoint == parts)
        state = COLUMN_UPPER;
    s->state[column_j] = (unsigned char)state;
    s->segment[column_j] = state == COLUMN_STEP ? breakpoint : 0;
    lp_put_value(s->lp, column_j, simplex_breakpoint(s, column_j, breakpoint));
}

/**
 * Columns in flip pass their parts, the basic variables follow. Empties the list; returns how many
 * parts the leaving column itself passes.
 */
static int
apply_flips(struct simplex *s)
{
    struct lp *lp = s->lp;
    int passed = 0;
    for (int c = 0; c < s->flip_count; c++) {
        int j = s->flip[c].column;
        if (j == s->leaving) {
            passed++;
            continue;
        }
        int from = s->state[j] == COLUMN_UPPER ? lp->step_count[j] : s->segment[j];
        double before = lp->value[j];
        stand_at(s, j, from + s->flip[c].move);
        simplex_shift_column(s, j, lp->value[j] - before);
    }
    lp->info.bound_flip_count += s->flip_count;
    s->flip_count = 0;
    simplex_apply_shifts(s);
    return passed;
}

/** The leaving column goes on by some parts and stays in the basis. */
static void
step_on(struct simplex *s, int r, const struct candidate *chosen)
{
    int p = s->leaving;
    simplex_update_prices(s, chosen, 1.0);
    (void)apply_flips(s);
    s->segment[p] += chosen->move * chosen->segment;
    simplex_bound_position(s, r);
    simplex_touch(s, r);
    s->lp->info.step_count++;
    s->stall_count = 0;
}

/** After an exchange: what it means for accuracy, for cycling and for the counters. */
static void
count_pivot(struct simplex *s, bool degenerate, double size)
{
    forget_settled(s);
    s->lp->info.pivot_count++;
    s->age++;
    s->drift++;
    s->check = s->check || size < PIVOT_DOUBTFUL * s->alpha_scale;
    s->stall_count = degenerate ? s->stall_count + 1 : 0;
    s->bland = s->stall_count > 2 * s->row_count + 100;
}

/** The chosen column enters in position r, whose variable goes to the bound that direction tells.
 */
static bool
exchange(struct simplex *s, int r, const struct candidate *chosen, double direction)
{
    struct lp *lp = s->lp;
    int p = s->basic[r];
    int q = chosen->column;
    simplex_update_prices(s, chosen, s->alpha_row[q]);
    int passed = apply_flips(s);

    int start = lp->column_start[q];
    basis_column(&s->basis, lp->column_start[q + 1] - start, lp->row_index + start,
                 lp->coefficient + start, &s->column);
    double pivot = s->column.value[r];
    if (!(fabs(pivot) > 0.0))
        return false;
    double target = 0.0;
    if (p != SIMPLEX_LOGICAL) {
        stand_at(s, p, direction < 0.0 ? s->segment[p] + 1 + passed : s->segment[p] - passed);
        target = lp->value[p];
    }
    double step = (s->x[r] - target) / pivot;
    double activity = s->activity[r] / fabs(pivot) + fabs(lp->value[q]);
    basis_pivot(&s->basis, r, &s->column);
    move_basic(s, &s->column, -step);

    s->basic[r] = q;
    s->position[q] = r;
    s->state[q] = COLUMN_BASIC;
    s->segment[q] = chosen->segment;
    s->x[r] = lp->value[q] + step;
    s->activity[r] = activity;
    simplex_bound_position(s, r);
    s->summed = false;
    s->pivoted = true;
    count_pivot(s, chosen->lead == s->digit_count, chosen->size);
    return true;
}

/**
 * The tableau row says x_p + sum alpha_j x_j = value for every solution of A x = b. Turned so that
 * the bounds keep the left side below the right one, it is the certificate; being a combination of
 * rows of A computed afresh, it is a proof even if the inverse is not accurate. Rows that only
 * rounding has brought into it are left out: their right-hand sides may be large.
 */
static bool
proves_infeasible(struct simplex *s, double direction, struct lp_certificate *certificate)
{
    double value = 0.0, size = 0.0;
    double zero = SIMPLEX_ALPHA_ZERO * s->alpha_scale;
    double *multiplier = certificate == NULL ? s->multiplier : certificate->multiplier;
    double *row_multiplier = certificate == NULL ? NULL : certificate->row_multiplier;
    memset(multiplier, 0, (size_t)s->column_count * sizeof(double));
    if (row_multiplier != NULL)
        memset(row_multiplier, 0, (size_t)s->row_count * sizeof(double));
    for (int c = 0; c < s->inverse_count; c++) {
        int i = s->inverse_index[c];
        double factor = -direction * s->inverse_row[i];
        if (!(fabs(factor) * s->row_size[i] > zero))
            continue;
        value += factor * s->lp->rhs[i];
        size += fabs(factor * s->lp->rhs[i]);
        for (int e = s->row_start[i]; e < s->row_start[i + 1]; e++)
            multiplier[s->row_column[e]] += factor * s->row_coefficient[e];
        if (row_multiplier != NULL)
            row_multiplier[i] = factor;
    }
    if (certificate != NULL)
        certificate->value = value;
    return lp_certificate_proves(s->lp, multiplier, value, size, s->alpha_scale);
}

static enum progress
improve_row(struct simplex *s, int r, struct lp_certificate *certificate)
{
    double below = s->basic_lower[r] - s->x[r];
    double above = s->x[r] - s->basic_upper[r];
    double direction = below > above ? 1.0 : -1.0;
    double violation = below > above ? below : above;
    simplex_tableau_row(s, r);
    struct entering entering =
        simplex_ratio_test(s, direction, violation, SIMPLEX_FEASIBLE * s->activity[r]);
    if (!entering.found) {
        if (proves_infeasible(s, direction, certificate))
            return INFEASIBLE;
        if (s->age > 0 && entering.shortfall > LP_TOLERATED * fmax(1.0, s->activity[r]))
            return refresh(s) ? GO_ON : BROKEN;
        /* Off by rounding of the data only: leave the rest of the violation, see snap_target. */
        entering.chosen = entering.fallback;
        s->flip_count = entering.fallback_flip;
        s->check = true;
        if (!entering.has_fallback) {
            s->settled[r] = 1;
            s->settled_count++;
            return GO_ON;
        }
    }
    if (entering.chosen.column == s->leaving) {
        step_on(s, r, &entering.chosen);
        return GO_ON;
    }
    if (s->age > 0 && entering.chosen.size < PIVOT_UNSTABLE * s->alpha_scale)
        return refresh(s) ? GO_ON : BROKEN;
    return exchange(s, r, &entering.chosen, direction) ? GO_ON : BROKEN;
}

/* ---- end --------------------------------------------------------------------------------- */

/**
 * All rows look feasible. Most solves end here. Now and then, and when in doubt, x is summed
 * afresh: it then depends on the basis alone, not on the way there, and activity is that of the
 * present values. Then A x = b is checked against the matrix itself. The first bad residual is
 * refined, the second refactorised, the third refined again; then the feasibility test repeats.
 */
static enum progress
finish(struct simplex *s, int *repair)
{
    if (!s->check && s->drift < SIMPLEX_DRIFT_MAX && simplex_store_moved(s))
        return SOLVED;
    s->check = true;
    if (!s->summed) {
        simplex_sum_values(s);
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
    simplex_store_all(s);
    s->check = false;
    return SOLVED;
}

/** Dual pivots until primal feasible, infeasible or out of iterations. */
static enum progress
iterate(struct simplex *s, struct lp_certificate *certificate)
{
    long limit = 1000 + 20 * ((long)s->row_count + (long)s->column_count);
    int age_max = s->is_exact ? AGE_MAX_EXACT : AGE_MAX;
    int repair = 0;
    s->bland = false;
    s->stall_count = 0;
    s->pivoted = false;
    for (long iteration = 0; iteration < limit; iteration++) {
        enum progress progress = GO_ON;
        if (s->age >= age_max && !refresh(s))
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

/** Whether one of the first levels tells a unit in this part of the column from none. */
static bool
costs_on(const struct simplex *s, int column_j, int segment, int level_count)
{
    double value;
    int lead = simplex_lead(s, column_j, segment, &value);
    int last = s->held_digit[level_count];
    return lead < last || (lead == last && fabs(value) > s->held_size[level_count]);
}

bool
simplex_is_held(const struct simplex *s, int column_j, int level_count)
{
    int parts = s->lp->step_count[column_j];
    int segment = s->segment[column_j];
    switch (s->state[column_j]) {
    case COLUMN_BASIC:
        return false;
    case COLUMN_STEP:
        return costs_on(s, column_j, segment - 1, level_count) &&
               costs_on(s, column_j, segment, level_count);
    case COLUMN_UPPER:
        return costs_on(s, column_j, parts - 1, level_count);
    default:
        return costs_on(s, column_j, segment, level_count);
    }
}
