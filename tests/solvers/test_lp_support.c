/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test_lp_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- random numbers ---------------------------------------------------------------------- */

static uint64_t
random_word(struct random *random)
{
    uint64_t z = (random->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double
random_uniform(struct random *random, double low, double high)
{
    return low + (high - low) * (double)(random_word(random) >> 11) * 0x1p-53;
}

int
random_below(struct random *random, int count)
{
    return (int)(random_word(random) % (uint64_t)count);
}

bool
random_chance(struct random *random, double probability)
{
    return random_uniform(random, 0.0, 1.0) < probability;
}

static double
random_volume(struct random *random, const struct sample_shape *shape)
{
    if (shape->degenerate)
        return shape->unit * random_below(random, 3);
    return shape->unit * pow(10.0, random_uniform(random, -shape->spread, 0.0));
}

/* ---- building ---------------------------------------------------------------------------- */

static void
begin_column(struct sample *sample)
{
    int column_j = sample->problem.column_count++;
    sample->column_start[column_j] = sample->nonzero_count;
    sample->column_start[column_j + 1] = sample->nonzero_count;
}

static void
add_entry(struct sample *sample, int row_i, double coefficient)
{
    int *end = &sample->column_start[sample->problem.column_count];
    for (int e = sample->column_start[sample->problem.column_count - 1]; e < *end; e++) {
        if (sample->row_index[e] == row_i)
            return;
    }
    sample->row_index[*end] = row_i;
    sample->coefficient[*end] = coefficient;
    ++*end;
    sample->nonzero_count = *end;
}

/** Side rows take a term of a column by chance, copies repeat what their row gets. */
static void
end_column(struct sample *sample, const struct sample_shape *shape, struct random *random)
{
    int column_j = sample->problem.column_count - 1;
    for (int i = 0; i < shape->side_count; i++) {
        if (random_chance(random, 0.15))
            add_entry(sample, shape->node_count + i, random_uniform(random, -1.0, 2.0));
    }
    for (int i = 0; i < sample->problem.row_count; i++) {
        if (sample->copied_row[i] < 0)
            continue;
        for (int e = sample->column_start[column_j]; e < sample->column_start[column_j + 1]; e++) {
            if (sample->row_index[e] == sample->copied_row[i]) {
                add_entry(sample, i, sample->coefficient[e]);
                break;
            }
        }
    }
}

static void
draw_bounds(struct sample *sample, const struct sample_shape *shape, int column_j,
            struct random *random)
{
    double lower = 0.0;
    double upper = random_volume(random, shape);
    int kind = random_below(random, 12);
    if (kind == 0)
        upper = 0.0;
    if (kind == 1)
        lower = 0.5 * upper;
    if (kind == 2 && shape->may_fail)
        lower = upper;
    if (kind == 3)
        lower = -random_volume(random, shape);
    if (sample->is_spill[column_j]) {
        lower = 0.0;
        upper = (double)INFINITY;
    }
    sample->lower[column_j] = lower;
    sample->upper[column_j] = upper;
}

static double *
cost_of(const struct sample *sample, int level, int column_j)
{
    return &sample->cost[(size_t)level * (size_t)sample->problem.column_count + (size_t)column_j];
}

/** Opens a side to infinity where the first cost that is not zero does not pull to it. */
static void
maybe_open(struct sample *sample, const struct sample_shape *shape, int column_j,
           struct random *random)
{
    double pull = 0.0;
    if (sample->is_spill[column_j] || sample->step_count[column_j] > 1)
        return;
    for (int k = 0; k < shape->level_count; k++) {
        double cost = *cost_of(sample, k, column_j);
        if (cost < 0.0 || cost > 0.0) {
            pull = cost;
            break;
        }
    }
    if (pull >= 0.0 && random_chance(random, 0.25))
        sample->upper[column_j] = (double)INFINITY;
    else if (pull <= 0.0 && random_chance(random, 0.1))
        sample->lower[column_j] = -(double)INFINITY;
}

static void
draw_costs(struct sample *sample, const struct sample_shape *shape, struct random *random)
{
    for (int k = 0; k < shape->level_count; k++) {
        bool generic = shape->tie_free && k == shape->level_count - 1;
        for (int j = 0; j < sample->problem.column_count; j++) {
            double cost = 0.0;
            if (generic)
                cost = random_uniform(random, -1.0, 1.0);
            else if (random_chance(random, 0.2))
                cost = random_below(random, 5) - 2;
            if (sample->is_spill[j])
                cost = fabs(cost);
            *cost_of(sample, k, j) = cost;
        }
    }
}

/** A third of the columns rise in cost by some steps on one level, a few on two. */
static void
draw_steps(struct sample *sample, const struct sample_shape *shape, struct random *random)
{
    size_t columns = (size_t)sample->problem.column_count;
    for (int j = 0; j < sample->problem.column_count; j++) {
        bool stepped = shape->stepped && !sample->is_spill[j] && random_chance(random, 0.33);
        sample->step_count[j] = stepped ? 2 + random_below(random, 6) : 1;
        int level_draws = stepped ? 1 + random_below(random, 5) / 4 : 0;
        for (int draw = 0; draw < level_draws; draw++) {
            int level = random_below(random, shape->level_count);
            sample->step_cost[(size_t)level * columns + (size_t)j] =
                shape->plain || random_chance(random, 0.5) ? 1 + random_below(random, 2)
                                                           : random_uniform(random, 0.05, 1.0);
        }
    }
}

static void
build_columns(struct sample *sample, const struct sample_shape *shape, struct random *random)
{
    int nodes = shape->node_count;
    for (int a = 0; a < shape->arc_count; a++) {
        int from = random_below(random, nodes);
        int to = (from + 1 + random_below(random, nodes > 1 ? nodes - 1 : 1)) % nodes;
        begin_column(sample);
        add_entry(sample, from, -1.0);
        if (to != from)
            add_entry(sample, to,
                      shape->plain || random_chance(random, 0.5)
                          ? 1.0
                          : random_uniform(random, 0.5, 1.0));
        end_column(sample, shape, random);
    }
    for (int i = 0; i < nodes; i++) {
        int store_count = 1 + random_below(random, 2);
        for (int c = 0; c < store_count; c++) {
            begin_column(sample);
            add_entry(sample, i, random_chance(random, 0.8) ? -1.0 : 1.0);
            end_column(sample, shape, random);
        }
        begin_column(sample);
        sample->is_spill[sample->problem.column_count - 1] = !shape->may_fail;
        add_entry(sample, i, -1.0);
        end_column(sample, shape, random);
    }
    for (int i = 0; i < shape->side_count; i++) {
        begin_column(sample);
        add_entry(sample, nodes + i, 1.0);
        end_column(sample, shape, random);
    }
}

static void
allocate(struct sample *sample, const struct sample_shape *shape)
{
    int rows = shape->node_count + shape->side_count + shape->copy_count;
    size_t columns = (size_t)(shape->arc_count + 3 * shape->node_count + shape->side_count);
    size_t per_column = (size_t)(4 + shape->side_count + shape->copy_count);
    memset(sample, 0, sizeof *sample);
    sample->problem.row_count = rows;
    sample->problem.level_count = shape->level_count;
    sample->unit = shape->unit;
    sample->column_start = calloc(columns + 1, sizeof(int));
    sample->row_index = calloc(columns * per_column, sizeof(int));
    sample->coefficient = calloc(columns * per_column, sizeof(double));
    sample->cost = calloc(columns * (size_t)shape->level_count + 1, sizeof(double));
    sample->step_count = calloc(columns, sizeof(int));
    sample->step_cost = calloc(columns * (size_t)shape->level_count + 1, sizeof(double));
    sample->lower = calloc(columns, sizeof(double));
    sample->upper = calloc(columns, sizeof(double));
    sample->rhs = calloc((size_t)rows, sizeof(double));
    sample->copied_row = calloc((size_t)rows, sizeof(int));
    sample->is_spill = calloc(columns, 1);
}

void
sample_create(struct sample *sample, const struct sample_shape *shape, struct random *random)
{
    allocate(sample, shape);
    int first_copy = shape->node_count + shape->side_count;
    for (int i = 0; i < sample->problem.row_count; i++)
        sample->copied_row[i] = i < first_copy ? -1 : random_below(random, first_copy);
    build_columns(sample, shape, random);
    draw_costs(sample, shape, random);
    draw_steps(sample, shape, random);
    sample_change(sample, shape, 1.0, random);
    sample->problem.column_start = sample->column_start;
    sample->problem.row_index = sample->row_index;
    sample->problem.coefficient = sample->coefficient;
    sample->problem.cost = sample->cost;
    sample->problem.step_count = sample->step_count;
    sample->problem.step_cost = sample->step_cost;
}

void
sample_destroy(struct sample *sample)
{
    free(sample->column_start);
    free(sample->row_index);
    free(sample->coefficient);
    free(sample->cost);
    free(sample->step_count);
    free(sample->step_cost);
    free(sample->lower);
    free(sample->upper);
    free(sample->rhs);
    free(sample->copied_row);
    free(sample->is_spill);
}

void
sample_change(struct sample *sample, const struct sample_shape *shape, double part,
              struct random *random)
{
    for (int j = 0; j < sample->problem.column_count; j++) {
        if (!random_chance(random, part))
            continue;
        double lower = sample->lower[j];
        double upper = sample->upper[j];
        bool first = sample->problem.column_start == NULL;
        draw_bounds(sample, shape, j, random);
        if (first || !shape->sides_stay)
            maybe_open(sample, shape, j, random);
        if (shape->sides_stay && isinf(lower))
            sample->lower[j] = lower;
        if (shape->sides_stay && isinf(upper))
            sample->upper[j] = upper;
        if (isinf(sample->lower[j]) && isinf(sample->upper[j]))
            sample->has_free = true;
    }
    for (int i = 0; i < sample->problem.row_count; i++) {
        if (!random_chance(random, part))
            continue;
        double inflow = random_chance(random, 0.3) ? 0.0 : random_volume(random, shape);
        sample->rhs[i] = i < shape->node_count ? -inflow : inflow;
        if (shape->may_fail && random_chance(random, 0.1))
            sample->rhs[i] = -sample->rhs[i];
    }
    for (int i = 0; i < sample->problem.row_count; i++) {
        if (sample->copied_row[i] >= 0)
            sample->rhs[i] = sample->rhs[sample->copied_row[i]];
        if (sample->copied_row[i] >= 0 && shape->may_fail && random_chance(random, 0.02))
            sample->rhs[i] += sample->unit;
    }
}

void
sample_load(const struct sample *sample, struct lp *lp)
{
    for (int j = 0; j < sample->problem.column_count; j++)
        lp_set_bounds(lp, j, sample->lower[j], sample->upper[j]);
    for (int i = 0; i < sample->problem.row_count; i++)
        lp_set_rhs(lp, i, sample->rhs[i]);
}

struct sample_shape
sample_shape_draw(struct random *random)
{
    struct sample_shape shape = {0};
    shape.node_count = 1 + random_below(random, 9);
    shape.arc_count = random_below(random, 3 * shape.node_count + 1);
    shape.side_count = random_below(random, 3);
    shape.copy_count = random_below(random, 4) / 2;
    shape.level_count = 1 + random_below(random, 8);
    shape.unit = pow(10.0, random_uniform(random, -6.0, 9.0));
    shape.spread = random_chance(random, 0.5) ? 0.5 : 3.0;
    shape.tie_free = random_chance(random, 0.5);
    shape.degenerate = random_chance(random, 0.3);
    shape.stepped = random_chance(random, 0.4);
    shape.plain = random_chance(random, 0.4);
    if (shape.plain)
        shape.side_count = shape.copy_count = 0;
    shape.may_fail = random_chance(random, 0.4);
    return shape;
}

/* ---- checks ------------------------------------------------------------------------------ */

/** Cost of a column on a level beyond that of its first part. */
static double
step_objective(const struct sample *sample, int level, int column_j, double x)
{
    int parts = sample->step_count[column_j];
    double step =
        sample->step_cost[(size_t)level * (size_t)sample->problem.column_count + (size_t)column_j];
    double width = (sample->upper[column_j] - sample->lower[column_j]) / parts;
    double sum = 0.0;
    for (int part = 1; part < parts && step > 0.0; part++) {
        double above = x - (sample->lower[column_j] + part * width);
        sum += part * step * (above < 0.0 ? 0.0 : above < width ? above : width);
    }
    return sum;
}

double
sample_objective(const struct sample *sample, int level, const double *x, double *size)
{
    double sum = 0.0;
    *size = 0.0;
    for (int j = 0; j < sample->problem.column_count; j++) {
        double term = *cost_of(sample, level, j) * x[j] + step_objective(sample, level, j, x[j]);
        sum += term;
        *size += fabs(term);
    }
    return sum;
}

double
sample_violation(const struct sample *sample, const double *x)
{
    int rows = sample->problem.row_count;
    double *residual = calloc((size_t)rows, sizeof *residual);
    double *size = calloc((size_t)rows, sizeof *size);
    double worst = 0.0;
    for (int i = 0; i < rows; i++) {
        residual[i] = sample->rhs[i];
        size[i] = fabs(sample->rhs[i]);
    }
    for (int j = 0; j < sample->problem.column_count; j++) {
        for (int e = sample->column_start[j]; e < sample->column_start[j + 1]; e++) {
            double term = sample->coefficient[e] * x[j];
            residual[sample->row_index[e]] -= term;
            size[sample->row_index[e]] += fabs(term);
        }
        double outside = fmax(sample->lower[j] - x[j], x[j] - sample->upper[j]);
        worst = fmax(worst, outside / fmax(fabs(x[j]), sample->unit));
        if (!isfinite(x[j]))
            worst = (double)INFINITY;
    }
    for (int i = 0; i < rows; i++)
        worst = fmax(worst, fabs(residual[i]) / fmax(size[i], 1e-3 * sample->unit));
    free(residual);
    free(size);
    return worst;
}

double
sample_certificate_gap(const struct sample *sample, const struct lp_certificate *certificate)
{
    double attainable = 0.0;
    double largest = 0.0;
    for (int j = 0; j < sample->problem.column_count; j++) {
        double multiplier = certificate->multiplier[j];
        largest = fmax(largest, fabs(multiplier));
        if (multiplier < 0.0 || multiplier > 0.0)
            attainable += multiplier * (multiplier > 0.0 ? sample->upper[j] : sample->lower[j]);
    }
    return (certificate->value - attainable) / fmax(largest, 1e-3);
}

/** Subtracts multiples of the rows of [A | b] from target until nothing should be left of it. */
static void
eliminate(double *matrix, int rows, int width, double *target)
{
    unsigned char *used = calloc((size_t)rows, 1);
    for (int column = 0; column < width; column++) {
        int best = -1;
        for (int i = 0; i < rows; i++) {
            double size = fabs(matrix[i * width + column]);
            if (!used[i] && size > 1e-9 && (best < 0 || size > fabs(matrix[best * width + column])))
                best = i;
        }
        if (best < 0)
            continue;
        used[best] = 1;
        const double *pivot_row = &matrix[best * width];
        for (int i = 0; i <= rows; i++) {
            double *row = i < rows ? &matrix[i * width] : target;
            if (i < rows && used[i])
                continue;
            double factor = row[column] / pivot_row[column];
            for (int c = column; c < width; c++)
                row[c] -= factor * pivot_row[c];
            row[column] = 0.0;
        }
    }
    free(used);
}

/* Whether the multipliers of the rows make those of the columns and the value. */
static bool
rows_make_columns(const struct sample *sample, const struct lp_certificate *certificate)
{
    const struct lp_problem *problem = &sample->problem;
    double rest = certificate->value, size = fabs(rest), largest = 0.0;
    for (int i = 0; i < problem->row_count; i++) {
        double term = certificate->row_multiplier[i] * sample->rhs[i];
        rest -= term;
        size += fabs(term);
        largest = fmax(largest, fabs(certificate->row_multiplier[i]));
    }
    bool good = fabs(rest) <= 1e-9 * size;
    for (int j = 0; j < problem->column_count; j++) {
        double sum = 0.0;
        for (int e = problem->column_start[j]; e < problem->column_start[j + 1]; e++)
            sum += certificate->row_multiplier[problem->row_index[e]] * problem->coefficient[e];
        good = good && fabs(sum - certificate->multiplier[j]) <= 1e-9 * largest;
    }
    return good;
}

bool
sample_certificate_holds(const struct sample *sample, const struct lp_certificate *certificate)
{
    if (certificate->row_multiplier != NULL && !rows_make_columns(sample, certificate))
        return false;
    int rows = sample->problem.row_count;
    int columns = sample->problem.column_count;
    int width = columns + 1;
    double *matrix = calloc((size_t)(rows * width), sizeof *matrix);
    double *target = calloc((size_t)width, sizeof *target);
    double largest = 0.0;
    for (int j = 0; j < columns; j++) {
        for (int e = sample->column_start[j]; e < sample->column_start[j + 1]; e++)
            matrix[sample->row_index[e] * width + j] = sample->coefficient[e];
        double multiplier = certificate->multiplier[j];
        target[j] = multiplier;
        largest = fmax(largest, fabs(multiplier));
    }
    for (int i = 0; i < rows; i++)
        matrix[i * width + columns] = sample->rhs[i] / sample->unit;
    target[columns] = certificate->value / sample->unit;
    eliminate(matrix, rows, width, target);
    double rest = 0.0;
    for (int c = 0; c < width; c++)
        rest = fmax(rest, fabs(target[c]));
    free(matrix);
    free(target);
    return sample_certificate_gap(sample, certificate) > 0.0 && rest <= 1e-8 * fmax(largest, 1.0);
}
