/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/lp_private.h"
#include "solvers/simplex.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ------------------------------------------------------------------------------ */

#define ALIGNMENT 64

void *
lp_pool_take(struct lp_pool *pool, size_t count, size_t size)
{
    size_t offset = pool->used;
    pool->used += (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return pool->base == NULL ? NULL : pool->base + offset;
}

char *
lp_pool_allocate(size_t size)
{
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded == 0)
        rounded = ALIGNMENT;
    char *block = aligned_alloc(ALIGNMENT, rounded);
    if (block != NULL)
        memset(block, 0, rounded);
    return block;
}

static void
layout(struct lp *lp, struct lp_pool *pool)
{
    size_t rows = (size_t)lp->row_count;
    size_t columns = (size_t)lp->column_count;
    size_t nonzeros = (size_t)lp->nonzero_count;
    lp->column_start = lp_pool_take(pool, columns + 1, sizeof(int));
    lp->row_index = lp_pool_take(pool, nonzeros, sizeof(int));
    lp->coefficient = lp_pool_take(pool, nonzeros, sizeof(double));
    lp->cost = lp_pool_take(pool, (size_t)lp->level_count * columns, sizeof(double));
    lp->step_cost = lp_pool_take(pool, (size_t)lp->level_count * columns, sizeof(double));
    lp->step_count = lp_pool_take(pool, columns, sizeof(int));
    lp->lower = lp_pool_take(pool, columns, sizeof(double));
    lp->upper = lp_pool_take(pool, columns, sizeof(double));
    lp->rhs = lp_pool_take(pool, rows, sizeof(double));
    lp->value = lp_pool_take(pool, columns, sizeof(double));
    lp->changed = lp_pool_take(pool, columns, sizeof(int));
    lp->touched = lp_pool_take(pool, columns, sizeof(unsigned char));
    lp->changed_row = lp_pool_take(pool, rows, sizeof(int));
    lp->touched_row = lp_pool_take(pool, rows, sizeof(unsigned char));
    lp->moved = lp_pool_take(pool, columns, sizeof(int));
    lp->is_moved = lp_pool_take(pool, columns, sizeof(unsigned char));
}

/* ---- checks ------------------------------------------------------------------------------ */

static enum status
check_shape(const struct lp_problem *problem, struct error *err)
{
    if (problem->row_count < 1 || problem->column_count < 1 || problem->level_count < 0)
        return error_set(err, STATUS_INPUT, "LP: %d rows, %d columns and %d levels",
                         problem->row_count, problem->column_count, problem->level_count);
    if (problem->column_start == NULL || problem->column_start[0] != 0)
        return error_set(err, STATUS_INPUT, "LP: column offsets must begin with 0");
    for (int j = 0; j < problem->column_count; j++) {
        if (problem->column_start[j + 1] < problem->column_start[j])
            return error_set(err, STATUS_INPUT, "LP: offset of column %d decreases", j);
    }
    if (problem->column_start[problem->column_count] > 0 &&
        (problem->row_index == NULL || problem->coefficient == NULL))
        return error_set(err, STATUS_INPUT, "LP: no coefficients given");
    if (problem->level_count > 0 && problem->cost == NULL)
        return error_set(err, STATUS_INPUT, "LP: no costs given");
    return STATUS_OK;
}

/** last_column [row_count] scratch: finds a row that a column names twice. */
static enum status
check_entries(const struct lp_problem *problem, int *last_column, struct error *err)
{
    for (int i = 0; i < problem->row_count; i++)
        last_column[i] = -1;
    for (int j = 0; j < problem->column_count; j++) {
        for (int e = problem->column_start[j]; e < problem->column_start[j + 1]; e++) {
            int row_i = problem->row_index[e];
            if (row_i < 0 || row_i >= problem->row_count)
                return error_set(err, STATUS_INPUT, "LP: column %d names row %d of %d", j, row_i,
                                 problem->row_count);
            if (last_column[row_i] == j)
                return error_set(err, STATUS_INPUT, "LP: column %d names row %d twice", j, row_i);
            last_column[row_i] = j;
            if (!isfinite(problem->coefficient[e]))
                return error_set(err, STATUS_INPUT, "LP: coefficient (%d,%d) is not finite", row_i,
                                 j);
        }
    }
    for (int k = 0; k < problem->level_count; k++) {
        for (int j = 0; j < problem->column_count; j++) {
            if (!isfinite(problem->cost[(size_t)k * (size_t)problem->column_count + (size_t)j]))
                return error_set(err, STATUS_INPUT, "LP: cost of column %d on level %d", j, k);
        }
    }
    return STATUS_OK;
}

/** Steps make a cost convex: none is negative and one is not zero. */
static enum status
check_steps(const struct lp_problem *problem, struct error *err)
{
    for (int j = 0; j < problem->column_count && problem->step_count != NULL; j++) {
        double sum = 0.0;
        bool stepped = problem->step_count[j] > 1;
        if (problem->step_count[j] < 1 || (stepped && problem->step_cost == NULL))
            return error_set(err, STATUS_INPUT, "LP: column %d has %d steps", j,
                             problem->step_count[j]);
        for (int k = 0; k < problem->level_count && stepped; k++) {
            double cost = problem->step_cost[(size_t)k * (size_t)problem->column_count + (size_t)j];
            if (!isfinite(cost) || cost < 0.0)
                return error_set(err, STATUS_INPUT, "LP: step cost of column %d on level %d", j, k);
            sum += cost;
        }
        if (stepped && !(sum > 0.0))
            return error_set(err, STATUS_INPUT, "LP: the cost of column %d does not rise", j);
    }
    return STATUS_OK;
}

static enum status
check_problem(const struct lp_problem *problem, struct error *err)
{
    enum status status = check_shape(problem, err);
    if (status != STATUS_OK)
        return status;
    int *last_column = malloc((size_t)problem->row_count * sizeof *last_column);
    if (last_column == NULL)
        return error_set(err, STATUS_MEMORY, "LP: no memory");
    status = check_entries(problem, last_column, err);
    free(last_column);
    return status == STATUS_OK ? check_steps(problem, err) : status;
}

/* ---- life cycle -------------------------------------------------------------------------- */

static void
copy_problem(struct lp *lp, const struct lp_problem *problem)
{
    size_t columns = (size_t)lp->column_count;
    size_t nonzeros = (size_t)lp->nonzero_count;
    memcpy(lp->column_start, problem->column_start, (columns + 1) * sizeof(int));
    if (nonzeros > 0) {
        memcpy(lp->row_index, problem->row_index, nonzeros * sizeof(int));
        memcpy(lp->coefficient, problem->coefficient, nonzeros * sizeof(double));
    }
    size_t cost_size = (size_t)lp->level_count * columns * sizeof(double);
    if (lp->level_count > 0)
        memcpy(lp->cost, problem->cost, cost_size);
    if (lp->level_count > 0 && problem->step_count != NULL && problem->step_cost != NULL)
        memcpy(lp->step_cost, problem->step_cost, cost_size);
    for (int j = 0; j < lp->column_count; j++) {
        lp->step_count[j] = problem->step_count != NULL ? problem->step_count[j] : 1;
        lp->lower[j] = 0.0;
        lp->upper[j] = (double)INFINITY;
        lp->changed[j] = j;
        lp->touched[j] = 1;
    }
    lp->changed_count = lp->column_count;
}

enum status
lp_create(const struct lp_problem *problem, enum lp_method method, struct lp **out,
          struct error *err)
{
    enum status status = STATUS_OK;
    struct lp *lp = NULL;
    if (out == NULL || problem == NULL || (method != LP_SIMPLEX && method != LP_GLPK))
        return error_set(err, STATUS_INPUT, "LP: no problem, no result or no such method");
    *out = NULL;
    TRY(check_problem(problem, err));

    lp = calloc(1, sizeof *lp);
    if (lp == NULL)
        return error_set(err, STATUS_MEMORY, "LP: no memory");
    lp->method = method;
    lp->row_count = problem->row_count;
    lp->column_count = problem->column_count;
    lp->level_count = problem->level_count;
    lp->nonzero_count = problem->column_start[problem->column_count];
    struct lp_pool pool = {NULL, 0};
    layout(lp, &pool);
    lp->memory_size = pool.used;
    lp->memory = lp_pool_allocate(pool.used);
    if (lp->memory == NULL) {
        status = error_set(err, STATUS_MEMORY, "LP: no memory for %zu bytes", pool.used);
        goto out;
    }
    pool = (struct lp_pool){lp->memory, 0};
    layout(lp, &pool);
    copy_problem(lp, problem);
    if (method == LP_SIMPLEX)
        TRY(simplex_create(lp, &lp->simplex, err));
    else
        TRY(lp_glpk_create(lp, &lp->glpk, err));
    *out = lp;
    lp = NULL;
out:
    lp_destroy(lp);
    return status;
}

void
lp_destroy(struct lp *lp)
{
    if (lp == NULL)
        return;
    simplex_destroy(lp->simplex);
    lp_glpk_destroy(lp->glpk);
    free(lp->memory);
    free(lp);
}

/* ---- changes ----------------------------------------------------------------------------- */

void
lp_set_bounds(struct lp *lp, int column_j, double lower, double upper)
{
    assert(column_j >= 0 && column_j < lp->column_count);
    assert(lower <= upper); /* also false for NaN */
    assert(lower < (double)INFINITY && upper > -(double)INFINITY);
    bool same = !(lower < lp->lower[column_j] || lower > lp->lower[column_j] ||
                  upper < lp->upper[column_j] || upper > lp->upper[column_j]);
    if (same)
        return;
    lp->lower[column_j] = lower;
    lp->upper[column_j] = upper;
    if (!lp->touched[column_j]) {
        lp->touched[column_j] = 1;
        lp->changed[lp->changed_count++] = column_j;
    }
}

void
lp_set_rhs(struct lp *lp, int row_i, double rhs)
{
    assert(row_i >= 0 && row_i < lp->row_count);
    assert(isfinite(rhs));
    if (lp->rhs[row_i] == rhs)
        return;
    lp->rhs[row_i] = rhs;
    if (!lp->touched_row[row_i]) {
        lp->touched_row[row_i] = 1;
        lp->changed_row[lp->changed_row_count++] = row_i;
    }
}

enum status
lp_set_coefficient(struct lp *lp, int row_i, int column_j, double coefficient)
{
    if (column_j < 0 || column_j >= lp->column_count || !isfinite(coefficient))
        return STATUS_INPUT;
    for (int e = lp->column_start[column_j]; e < lp->column_start[column_j + 1]; e++) {
        if (lp->row_index[e] != row_i)
            continue;
        if (lp->coefficient[e] < coefficient || lp->coefficient[e] > coefficient) {
            lp->coefficient[e] = coefficient;
            lp->matrix_changed = true;
        }
        return STATUS_OK;
    }
    return STATUS_INPUT;
}

void
lp_forget_changes(struct lp *lp)
{
    for (int c = 0; c < lp->changed_count; c++)
        lp->touched[lp->changed[c]] = 0;
    lp->changed_count = 0;
    for (int c = 0; c < lp->changed_row_count; c++)
        lp->touched_row[lp->changed_row[c]] = 0;
    lp->changed_row_count = 0;
}

/* ---- solve ------------------------------------------------------------------------------- */

enum lp_outcome
lp_solve(struct lp *lp, struct lp_certificate *certificate)
{
    lp->info.solve_count++;
    bool changed = lp->changed_count > 0 || lp->changed_row_count > 0 || lp->matrix_changed;
    if (!changed && lp->is_optimal)
        return LP_OPTIMAL;
    enum lp_outcome outcome = lp->method == LP_SIMPLEX ? simplex_solve(lp->simplex, lp, certificate)
                                                       : lp_glpk_solve(lp->glpk, lp, certificate);
    lp->is_optimal = outcome == LP_OPTIMAL;
    return outcome;
}

const double *
lp_values(const struct lp *lp)
{
    return lp->value;
}

int
lp_take_moved(struct lp *lp, const int **column_j)
{
    int count = lp->moved_count;
    for (int c = 0; c < count; c++)
        lp->is_moved[lp->moved[c]] = 0;
    lp->moved_count = 0;
    *column_j = lp->moved;
    return count;
}

/* Cost of a column beyond cost[j] * x[j]: its parts above the first cost one step more each. */
static double
stepped_cost(const struct lp *lp, int level, int column_j)
{
    int count = lp->step_count[column_j];
    double part = (lp->upper[column_j] - lp->lower[column_j]) / count;
    if (count <= 1 || !(part > 0.0))
        return 0.0;
    double step_cost = lp->step_cost[(size_t)level * (size_t)lp->column_count + (size_t)column_j];
    double left = lp->value[column_j] - lp->lower[column_j], sum = 0.0;
    for (int k = 1; k < count && left > k * part; k++)
        sum += step_cost * (left - k * part);
    return sum;
}

double
lp_level_value(const struct lp *lp, int level, double *size)
{
    assert(level >= 0 && level < lp->level_count);
    const double *cost = lp->cost + (size_t)level * (size_t)lp->column_count;
    double value = 0.0;
    *size = 0.0;
    for (int j = 0; j < lp->column_count; j++) {
        double term = cost[j] * lp->value[j] + stepped_cost(lp, level, j);
        value += term;
        *size += fabs(term);
    }
    return value;
}

bool
lp_is_held(const struct lp *lp, int column_j, int level_count)
{
    assert(column_j >= 0 && column_j < lp->column_count);
    if (lp->method == LP_SIMPLEX)
        return simplex_is_held(lp->simplex, column_j, level_count);
    return lp_glpk_is_held(lp->glpk, column_j, level_count);
}

void
lp_get_bounds(const struct lp *lp, int column_j, double *lower, double *upper)
{
    assert(column_j >= 0 && column_j < lp->column_count);
    *lower = lp->lower[column_j];
    *upper = lp->upper[column_j];
}

void
lp_forget_basis(struct lp *lp)
{
    lp->is_optimal = false;
    if (lp->method == LP_SIMPLEX)
        simplex_forget_basis(lp->simplex);
    else
        lp_glpk_forget_basis(lp->glpk);
}

const struct lp_info *
lp_info(const struct lp *lp)
{
    return &lp->info;
}

void
lp_carry(struct lp *lp, struct snapshot *snapshot)
{
    assert(lp->method == LP_SIMPLEX);
    int *const count[] = {&lp->changed_count, &lp->changed_row_count, &lp->moved_count};
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        snapshot_carry(snapshot, count[i], sizeof *count[i]);
    snapshot_carry(snapshot, &lp->is_optimal, sizeof lp->is_optimal);
    snapshot_carry(snapshot, &lp->matrix_changed, sizeof lp->matrix_changed);
    snapshot_carry(snapshot, &lp->info, sizeof lp->info);
    snapshot_carry(snapshot, lp->memory, lp->memory_size);
    simplex_carry(lp->simplex, snapshot);
    lp->simplex->lp = lp;
}

/* ---- shared by the backends -------------------------------------------------------------- */

double
lp_level_scale(const struct lp *lp, int level)
{
    const double *cost = lp->cost + (size_t)level * (size_t)lp->column_count;
    const double *step_cost = lp->step_cost + (size_t)level * (size_t)lp->column_count;
    double largest = 0.0;
    for (int j = 0; j < lp->column_count; j++) {
        double last = cost[j] + (lp->step_count[j] - 1) * step_cost[j];
        largest = fmax(largest, fmax(fabs(cost[j]), fabs(last)));
    }
    if (!(largest > 0.0))
        return 0.0;
    int exponent;
    (void)frexp(largest, &exponent); /* largest = f 2^exponent with f in [0.5, 1) */
    return ldexp(1.0, 1 - exponent);
}

/** Noise of the products y^T A, relative to the largest; far below any coefficient that acts. */
#define MULTIPLIER_ZERO 1e-11

bool
lp_certificate_proves(const struct lp *lp, double *multiplier, double value, double value_size,
                      double reference)
{
    double largest = reference;
    for (int j = 0; j < lp->column_count; j++)
        largest = fmax(largest, fabs(multiplier[j]));
    double attainable = 0.0;
    double activity = value_size;
    for (int j = 0; j < lp->column_count; j++) {
        if (fabs(multiplier[j]) <= MULTIPLIER_ZERO * largest) {
            multiplier[j] = 0.0;
            continue;
        }
        double term = multiplier[j] * (multiplier[j] > 0.0 ? lp->upper[j] : lp->lower[j]);
        attainable += term;
        activity += fabs(term);
    }
    return value - attainable > LP_TOLERATED * fmax(largest, activity);
}
