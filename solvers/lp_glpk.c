/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/lp_private.h"

#include <glpk.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

/*
 * The reference backend. A stepped column becomes a column of GLPK for each of its parts. Levels
 * are solved in turn; after each, every nonbasic column whose reduced cost is not zero is fixed
 * where it stands. By complementary slackness the points that remain are exactly the optima of that
 * level, so no tolerance row is needed and no digit is lost (rows are equalities: their auxiliary
 * variables are fixed from the start).
 *
 * GLPK keeps its memory in one environment per thread, hence an object has to be created, used and
 * destroyed by the same thread. GLPK allocates inside a solve.
 */

/** Reduced costs and bounds: the tightest that GLPK still resolves. */
#define GLPK_TOLERANCE 1e-9

/** Bounds where rows that share their water miss each other by rounding alone: GLPK's default. */
#define GLPK_BOUND_TOLERANCE 1e-7

/** Value of held_by for a column that no level holds. */
#define NOT_HELD INT_MAX

struct lp_glpk {
    glp_prob *problem;
    double *level_scale; /**< [level_count] */
    double *multiplier;  /**< [column_count] for a proof that nobody asked to see */
    double *residual;    /**< [row_count] */
    double *magnitude;   /**< [row_count] sum of the absolute terms of the residual */
    int *first_part;     /**< [column_count + 1] columns of GLPK for each of ours, from 0 */
    int *held_by;        /**< [parts] level that holds the part, NOT_HELD if none */
    int *index;          /**< [max(row, column) + 1] 1-based scratch */
    double *number;      /**< [max(row, column) + 1] 1-based scratch */
    double unit;         /**< power of two that divides bounds and right-hand sides */
    double bound_tolerance;
    bool cold;
    char *memory;
};

static void
layout(struct lp_glpk *g, const struct lp *lp, struct lp_pool *pool)
{
    size_t columns = (size_t)lp->column_count;
    size_t rows = (size_t)lp->row_count;
    size_t longest = (columns > rows ? columns : rows) + 1;
    size_t parts = 0;
    for (int j = 0; j < lp->column_count; j++)
        parts += (size_t)lp->step_count[j];
    g->first_part = lp_pool_take(pool, columns + 1, sizeof(int));
    g->level_scale = lp_pool_take(pool, (size_t)lp->level_count, sizeof(double));
    g->multiplier = lp_pool_take(pool, columns, sizeof(double));
    g->residual = lp_pool_take(pool, rows, sizeof(double));
    g->magnitude = lp_pool_take(pool, rows, sizeof(double));
    g->held_by = lp_pool_take(pool, parts, sizeof(int));
    g->index = lp_pool_take(pool, longest, sizeof(int));
    g->number = lp_pool_take(pool, longest, sizeof(double));
}

/** Copies one column; entries that are 0 only hold a place and are left out. */
static void
load_column(struct lp_glpk *g, const struct lp *lp, int column_j)
{
    int count = 0;
    for (int e = lp->column_start[column_j]; e < lp->column_start[column_j + 1]; e++) {
        if (!(fabs(lp->coefficient[e]) > 0.0))
            continue;
        count++;
        g->index[count] = lp->row_index[e] + 1;
        g->number[count] = lp->coefficient[e];
    }
    for (int part = g->first_part[column_j]; part < g->first_part[column_j + 1]; part++)
        glp_set_mat_col(g->problem, part + 1, count, g->index, g->number);
}

enum status
lp_glpk_create(const struct lp *lp, struct lp_glpk **out, struct error *err)
{
    struct lp_glpk *g = calloc(1, sizeof *g);
    if (g == NULL)
        return error_set(err, STATUS_MEMORY, "LP: no memory");
    struct lp_pool pool = {NULL, 0};
    layout(g, lp, &pool);
    g->memory = lp_pool_allocate(pool.used);
    if (g->memory == NULL) {
        free(g);
        return error_set(err, STATUS_MEMORY, "LP: no memory for %zu bytes", pool.used);
    }
    pool = (struct lp_pool){g->memory, 0};
    layout(g, lp, &pool);
    for (int k = 0; k < lp->level_count; k++)
        g->level_scale[k] = lp_level_scale(lp, k);
    for (int j = 0; j < lp->column_count; j++)
        g->first_part[j + 1] = g->first_part[j] + lp->step_count[j];

    glp_term_out(GLP_OFF);
    g->problem = glp_create_prob();
    glp_set_obj_dir(g->problem, GLP_MIN);
    glp_add_rows(g->problem, lp->row_count);
    glp_add_cols(g->problem, g->first_part[lp->column_count]);
    for (int j = 0; j < lp->column_count; j++)
        load_column(g, lp, j);
    g->cold = true;
    *out = g;
    return STATUS_OK;
}

void
lp_glpk_destroy(struct lp_glpk *g)
{
    if (g == NULL)
        return;
    glp_delete_prob(g->problem);
    free(g->memory);
    free(g);
}

void
lp_glpk_forget_basis(struct lp_glpk *g)
{
    g->cold = true;
}

static void
bound_part(struct lp_glpk *g, int part, double lower, double upper)
{
    int type = GLP_FR;
    if (!(lower < upper))
        type = GLP_FX;
    else if (isfinite(lower))
        type = isfinite(upper) ? GLP_DB : GLP_LO;
    else if (isfinite(upper))
        type = GLP_UP;
    glp_set_col_bnds(g->problem, part + 1, type, lower / g->unit, upper / g->unit);
}

/** Bounds of one part of a column: the first one carries the lower bound of the whole. */
static void
part_bounds(const struct lp_glpk *g, const struct lp *lp, int column_j, int part, double *lower,
            double *upper)
{
    *lower = part == g->first_part[column_j] ? lp->lower[column_j] : 0.0;
    *upper = lp->upper[column_j];
    if (lp->step_count[column_j] > 1)
        *upper = *lower + (lp->upper[column_j] - lp->lower[column_j]) / lp->step_count[column_j];
}

static void
add_exponent(double number, long *sum, long *count)
{
    int exponent;
    if (!isfinite(number) || !(fabs(number) > 0.0))
        return;
    (void)frexp(number, &exponent);
    *sum += exponent;
    ++*count;
}

/** GLPK has absolute tolerances: bring the typical volume near 1 by a power of two, exactly. */
static double
typical_unit(const struct lp *lp)
{
    long sum = 0;
    long count = 0;
    for (int i = 0; i < lp->row_count; i++)
        add_exponent(lp->rhs[i], &sum, &count);
    for (int j = 0; j < lp->column_count; j++) {
        add_exponent(lp->lower[j], &sum, &count);
        add_exponent(lp->upper[j], &sum, &count);
    }
    return count == 0 ? 1.0 : ldexp(1.0, (int)(sum / count));
}

static void
load_bounds(struct lp_glpk *g, struct lp *lp)
{
    g->unit = typical_unit(lp);
    if (lp->matrix_changed)
        g->cold = true; /* a basis with an empty column trips an assertion of GLPK 5.0 */
    for (int j = 0; j < lp->column_count; j++) {
        if (lp->matrix_changed)
            load_column(g, lp, j);
        for (int part = g->first_part[j]; part < g->first_part[j + 1]; part++) {
            double lower, upper;
            part_bounds(g, lp, j, part, &lower, &upper);
            bound_part(g, part, lower, upper);
            g->held_by[part] = NOT_HELD;
        }
    }
    for (int i = 0; i < lp->row_count; i++) {
        double rhs = lp->rhs[i] / g->unit;
        glp_set_row_bnds(g->problem, i + 1, GLP_FX, rhs, rhs);
    }
    lp->matrix_changed = false;
    lp_forget_changes(lp);
}

/** One call of GLPK's simplex, from a fresh basis if the present one is not accepted. */
static int
run_simplex(struct lp_glpk *g, struct lp *lp, int method)
{
    glp_smcp parameter;
    glp_init_smcp(&parameter);
    parameter.msg_lev = GLP_MSG_OFF;
    parameter.meth = method;
    parameter.tol_bnd = g->bound_tolerance;
    parameter.tol_dj = GLPK_TOLERANCE;
    parameter.it_lim = 1000 + 20 * (lp->row_count + lp->column_count); /* it may go in circles */
    for (int attempt = 0; attempt < 3; attempt++) {
        int before = glp_get_it_cnt(g->problem);
        int code = glp_simplex(g->problem, &parameter);
        lp->info.pivot_count += glp_get_it_cnt(g->problem) - before;
        int status = glp_get_status(g->problem);
        if (code == 0 && status != GLP_UNDEF && status != GLP_INFEAS && status != GLP_FEAS)
            return status;
        if (code == 0 && glp_get_prim_stat(g->problem) == GLP_NOFEAS)
            return GLP_NOFEAS;
        lp->info.restart_count++;
        parameter.meth = code == GLP_EITLIM && attempt == 0 ? GLP_DUALP : GLP_PRIMAL;
        if (attempt == 0)
            glp_adv_basis(g->problem, 0);
        else
            glp_std_basis(g->problem);
    }
    return GLP_UNDEF;
}

static void
hold_part(struct lp_glpk *g, const struct lp *lp, int column_j, int part, int level)
{
    double lower, upper;
    int status = glp_get_col_stat(g->problem, part + 1);
    if (g->held_by[part] != NOT_HELD || status == GLP_BS || status == GLP_NS)
        return;
    if (!(fabs(glp_get_col_dual(g->problem, part + 1)) > GLPK_TOLERANCE))
        return;
    part_bounds(g, lp, column_j, part, &lower, &upper);
    double value = status == GLP_NU ? upper : lower;
    bound_part(g, part, value, value);
    g->held_by[part] = level;
}

/** Restrict the problem to the optima of the level just solved. */
static void
hold_level(struct lp_glpk *g, const struct lp *lp, int level)
{
    for (int j = 0; j < lp->column_count; j++)
        for (int part = g->first_part[j]; part < g->first_part[j + 1]; part++)
            hold_part(g, lp, j, part, level);
}

/** A pair of columns for each row that makes up for what it lacks or has too much, at cost 1. */
static void
add_elastic_columns(struct lp_glpk *g, int rows, int columns)
{
    for (int j = 0; j < columns; j++)
        glp_set_obj_coef(g->problem, j + 1, 0.0);
    glp_add_cols(g->problem, 2 * rows);
    for (int a = 0; a < 2 * rows; a++) {
        int column = columns + 1 + a;
        g->index[1] = a % rows + 1;
        g->number[1] = a < rows ? 1.0 : -1.0;
        glp_set_mat_col(g->problem, column, 1, g->index, g->number);
        glp_set_col_bnds(g->problem, column, GLP_LO, 0.0, 0.0);
        glp_set_obj_coef(g->problem, column, 1.0);
    }
    glp_std_basis(g->problem);
}

static void
remove_elastic_columns(struct lp_glpk *g, int rows, int columns)
{
    for (int half = 1; half >= 0; half--) {
        for (int i = 0; i < rows; i++)
            g->index[i + 1] = columns + 1 + half * rows + i;
        glp_del_cols(g->problem, rows, g->index);
    }
    g->cold = true;
}

/*
 * Certificate from phase 1: the duals y of the least total of the elastic columns combine the rows;
 * y^T b exceeds every y^T A x within the bounds by that least total.
 */
static bool
prove_infeasible(struct lp_glpk *g, struct lp *lp, struct lp_certificate *certificate)
{
    add_elastic_columns(g, lp->row_count, g->first_part[lp->column_count]);
    int status = run_simplex(g, lp, GLP_PRIMAL);
    double value = 0.0, size = 0.0;
    double largest = 0.0;
    for (int i = 0; i < lp->row_count; i++) {
        g->number[i + 1] = glp_get_row_dual(g->problem, i + 1);
        value += g->number[i + 1] * lp->rhs[i];
        size += fabs(g->number[i + 1] * lp->rhs[i]);
        largest = fmax(largest, fabs(g->number[i + 1]));
    }
    double *multiplier = certificate == NULL ? g->multiplier : certificate->multiplier;
    for (int j = 0; j < lp->column_count; j++) {
        multiplier[j] = 0.0;
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++)
            multiplier[j] += g->number[lp->row_index[e] + 1] * lp->coefficient[e];
    }
    for (int i = 0; i < lp->row_count && certificate != NULL && certificate->row_multiplier != NULL;
         i++)
        certificate->row_multiplier[i] = g->number[i + 1];
    remove_elastic_columns(g, lp->row_count, g->first_part[lp->column_count]);
    if (certificate != NULL)
        certificate->value = value;
    return status == GLP_OPT && lp_certificate_proves(lp, multiplier, value, size, largest);
}

static void
set_level(struct lp_glpk *g, const struct lp *lp, int level)
{
    const double *cost = lp->cost + (size_t)level * (size_t)lp->column_count;
    const double *step_cost = lp->step_cost + (size_t)level * (size_t)lp->column_count;
    for (int j = 0; j < lp->column_count; j++)
        for (int k = 0; k < lp->step_count[j]; k++)
            glp_set_obj_coef(g->problem, g->first_part[j] + k + 1,
                             (cost[j] + k * step_cost[j]) * g->level_scale[level]);
}

static void
store_values(struct lp_glpk *g, struct lp *lp)
{
    for (int i = 0; i < lp->row_count; i++) {
        g->residual[i] = lp->rhs[i];
        g->magnitude[i] = fabs(lp->rhs[i]);
    }
    for (int j = 0; j < lp->column_count; j++) {
        double value = 0.0;
        for (int part = g->first_part[j]; part < g->first_part[j + 1]; part++)
            value += glp_get_col_prim(g->problem, part + 1);
        lp_put_value(lp, j, g->unit * value);
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++) {
            double term = lp->coefficient[e] * lp->value[j];
            g->residual[lp->row_index[e]] -= term;
            g->magnitude[lp->row_index[e]] += fabs(term);
        }
    }
    for (int i = 0; i < lp->row_count; i++) {
        double relative = fabs(g->residual[i]) / fmax(1.0, g->magnitude[i]);
        lp->info.worst_residual = fmax(lp->info.worst_residual, relative);
    }
}

/** All levels in turn, with the present tolerance of bounds. */
static enum lp_outcome
solve_levels(struct lp_glpk *g, struct lp *lp, struct lp_certificate *certificate)
{
    load_bounds(g, lp);
    if (g->cold)
        glp_adv_basis(g->problem, 0);
    g->cold = false;
    bool solved_one = false;
    for (int k = 0; k < lp->level_count || !solved_one; k++) {
        bool feasibility_only = k >= lp->level_count;
        if (!feasibility_only && !(g->level_scale[k] > 0.0))
            continue;
        if (!feasibility_only)
            set_level(g, lp, k);
        int status = run_simplex(g, lp, solved_one ? GLP_PRIMAL : GLP_DUALP);
        if (status == GLP_NOFEAS && !solved_one)
            return prove_infeasible(g, lp, certificate) ? LP_INFEASIBLE : LP_FAILED;
        if (status == GLP_UNBND)
            return LP_UNBOUNDED;
        if (status != GLP_OPT)
            return LP_FAILED;
        solved_one = true;
        hold_level(g, lp, k);
    }
    store_values(g, lp);
    return LP_OPTIMAL;
}

/*
 * What cannot be met to the last digit, and cannot be proved to be out of reach either, differs by
 * rounding: bounds that come from an earlier solution, such as shares already settled, may miss one
 * another by that much.
 */
enum lp_outcome
lp_glpk_solve(struct lp_glpk *g, struct lp *lp, struct lp_certificate *certificate)
{
    glp_term_out(GLP_OFF);
    g->bound_tolerance = GLPK_TOLERANCE;
    enum lp_outcome outcome = solve_levels(g, lp, certificate);
    if (outcome != LP_FAILED)
        return outcome;
    g->bound_tolerance = GLPK_BOUND_TOLERANCE;
    g->cold = true;
    lp->info.restart_count++;
    return solve_levels(g, lp, certificate);
}

bool
lp_glpk_is_held(const struct lp_glpk *g, int column_j, int level_count)
{
    for (int part = g->first_part[column_j]; part < g->first_part[column_j + 1]; part++)
        if (g->held_by[part] >= level_count)
            return false;
    return true;
}
