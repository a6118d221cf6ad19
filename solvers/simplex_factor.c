/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex.h"

#include <math.h>
#include <string.h>

/* Memory, matrix by rows and refactorisation. */

/** A pivot of the refactorisation below this part of its column makes the basis singular. */
#define SINGULAR 1e-10

static void
layout_sparse(struct sparse *sparse, size_t size, struct lp_pool *pool)
{
    sparse->index = lp_pool_take(pool, size, sizeof(int));
    sparse->value = lp_pool_take(pool, size, sizeof(double));
}

static void
layout_rows(struct simplex *s, size_t rows, struct lp_pool *pool)
{
    s->row_start = lp_pool_take(pool, rows + 1, sizeof(int));
    s->row_size = lp_pool_take(pool, rows, sizeof(double));
    s->basic = lp_pool_take(pool, rows, sizeof(int));
    s->x = lp_pool_take(pool, rows, sizeof(double));
    s->activity = lp_pool_take(pool, rows, sizeof(double));
    s->basic_lower = lp_pool_take(pool, rows, sizeof(double));
    s->basic_upper = lp_pool_take(pool, rows, sizeof(double));
    s->settled = lp_pool_take(pool, rows, sizeof(unsigned char));
    s->inverse_index = lp_pool_take(pool, rows, sizeof(int));
    s->rest = lp_pool_take(pool, rows, sizeof(double));
    s->rest_size = lp_pool_take(pool, rows, sizeof(double));
    s->residual = lp_pool_take(pool, rows, sizeof(double));
    s->magnitude = lp_pool_take(pool, rows, sizeof(double));
    s->correction = lp_pool_take(pool, rows, sizeof(double));
    s->scratch = lp_pool_take(pool, rows, sizeof(double));
    s->queue = lp_pool_take(pool, rows, sizeof(int));
    layout_sparse(&s->column, rows, pool);
    /* lists with one spare for the writer */
    s->x_rhs = lp_pool_take(pool, rows, sizeof(double));
    s->peak_rhs = lp_pool_take(pool, rows, sizeof(double));
    s->shift = lp_pool_take(pool, rows, sizeof(double));
    s->shift_row = lp_pool_take(pool, rows + 1, sizeof(int));
    s->shifted = lp_pool_take(pool, rows, sizeof(unsigned char));
    s->moved = lp_pool_take(pool, rows + 1, sizeof(int));
    s->is_moved = lp_pool_take(pool, rows, sizeof(unsigned char));
}

void
simplex_layout(struct simplex *s, const struct lp *lp, struct lp_pool *pool)
{
    size_t rows = (size_t)s->row_count;
    size_t columns = (size_t)s->column_count;
    size_t nonzeros = (size_t)lp->nonzero_count;
    size_t digits = (size_t)s->digit_max + 1;
    layout_rows(s, rows, pool);
    s->row_column = lp_pool_take(pool, nonzeros, sizeof(int));
    s->row_coefficient = lp_pool_take(pool, nonzeros, sizeof(double));
    s->cost = lp_pool_take(pool, columns * digits, sizeof(double));
    s->step_cost = lp_pool_take(pool, (size_t)s->stepped_count * digits, sizeof(double));
    s->step_row = lp_pool_take(pool, columns, sizeof(int));
    s->dual_step = lp_pool_take(pool, digits, sizeof(double));
    s->price = lp_pool_take(pool, rows * digits, sizeof(double));
    s->digit_zero = lp_pool_take(pool, digits, sizeof(double));
    s->held_digit = lp_pool_take(pool, (size_t)lp->level_count + 1, sizeof(int));
    s->held_size = lp_pool_take(pool, (size_t)lp->level_count + 1, sizeof(double));
    s->position = lp_pool_take(pool, columns, sizeof(int));
    s->segment = lp_pool_take(pool, columns, sizeof(int));
    s->state = lp_pool_take(pool, columns, sizeof(unsigned char));
    s->alpha_row = lp_pool_take(pool, columns, sizeof(double));
    s->mark = lp_pool_take(pool, columns, sizeof(unsigned char));
    s->row_list = lp_pool_take(pool, columns + 1, sizeof(int)); /* one spare for the writer */
    s->rank = lp_pool_take(pool, columns, sizeof(int));
    s->multiplier = lp_pool_take(pool, columns, sizeof(double));
    s->candidate = lp_pool_take(pool, columns + 1, sizeof *s->candidate);
    s->flip = lp_pool_take(pool, (size_t)s->part_count, sizeof *s->flip);
    basis_layout(&s->basis, s->row_count, pool);
}

/** Whether every column has one entry of -1 or 1, or one of each sign. */
static bool
is_plain_network(const struct lp *lp)
{
    for (int j = 0; j < lp->column_count; j++) {
        double sum = 0.0;
        int count = lp->column_start[j + 1] - lp->column_start[j];
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++) {
            sum += lp->coefficient[e];
            if (fabs(lp->coefficient[e]) != 1.0)
                return false;
        }
        if (count > 2 || (count == 2 && sum != 0.0))
            return false;
    }
    return true;
}

void
simplex_load_matrix(struct simplex *s)
{
    const struct lp *lp = s->lp;
    s->is_exact = is_plain_network(lp);
    memset(s->row_start, 0, ((size_t)s->row_count + 1) * sizeof(int));
    for (int e = 0; e < lp->nonzero_count; e++)
        s->row_start[lp->row_index[e] + 1]++;
    for (int i = 0; i < s->row_count; i++) {
        s->row_start[i + 1] += s->row_start[i];
        s->queue[i] = s->row_start[i];
        s->row_size[i] = 1.0;
    }
    for (int j = 0; j < s->column_count; j++) {
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++) {
            int i = lp->row_index[e];
            s->row_column[s->queue[i]] = j;
            s->row_coefficient[s->queue[i]++] = lp->coefficient[e];
            s->row_size[i] = fmax(s->row_size[i], fabs(lp->coefficient[e]));
        }
    }
}

/* ---- refactorisation --------------------------------------------------------------------- */

/** Counts the entries of each basic column in rows that still await a pivot; lists singletons. */
static int
count_entries(struct simplex *s)
{
    const struct lp *lp = s->lp;
    int queue_count = 0;
    for (int j = 0; j < s->column_count; j++) {
        s->rank[j] = 0;
        if (s->state[j] != COLUMN_BASIC)
            continue;
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++) {
            if (s->basic[lp->row_index[e]] != SIMPLEX_LOGICAL && fabs(lp->coefficient[e]) > 0.0)
                s->rank[j]++;
        }
        if (s->rank[j] == 1)
            s->queue[queue_count++] = j;
    }
    return queue_count;
}

/**
 * Column with the fewest entries left, where no singleton remains. None may be left of its own and
 * yet some fill by earlier pivots.
 */
static int
shortest_column(const struct simplex *s)
{
    int best = -1;
    for (int j = 0; j < s->column_count; j++) {
        if (s->state[j] == COLUMN_BASIC && s->rank[j] >= 0 &&
            (best < 0 || s->rank[j] < s->rank[best]))
            best = j;
    }
    return best;
}

/** Largest entry among positions that await a pivot (they are marked by settled). */
static int
pivot_position(const struct simplex *s)
{
    int best = -1;
    double best_size = 0.0;
    double largest = 0.0;
    for (int c = 0; c < s->column.count; c++) {
        int i = s->column.index[c];
        double size = fabs(s->column.value[i]);
        largest = fmax(largest, size);
        if (s->settled[i] && size > best_size) {
            best = i;
            best_size = size;
        }
    }
    return best_size > SINGULAR * largest ? best : -1;
}

/** Row i has its pivot: columns that meet it get shorter. */
static int
shorten_columns(struct simplex *s, int row_i, int queue_count)
{
    for (int e = s->row_start[row_i]; e < s->row_start[row_i + 1]; e++) {
        int j = s->row_column[e];
        if (s->state[j] != COLUMN_BASIC || s->rank[j] <= 0 || !(fabs(s->row_coefficient[e]) > 0.0))
            continue;
        s->rank[j]--;
        if (s->rank[j] == 1)
            s->queue[queue_count++] = j;
    }
    return queue_count;
}

/*
 * Gauss-Jordan from the identity, one basic column after the other. Columns with a single entry in
 * the rows that remain go first: on a tree that is every column, and then no entry is ever changed
 * by subtraction. The remaining nucleus takes the shortest column and its largest entry.
 * False when the basis is singular.
 */
bool
simplex_refactor(struct simplex *s)
{
    const struct lp *lp = s->lp;
    int remaining = 0;
    int queue_count = count_entries(s);
    for (int i = 0; i < s->row_count; i++) {
        s->settled[i] = s->basic[i] != SIMPLEX_LOGICAL;
        remaining += s->settled[i];
    }
    basis_reset(&s->basis);
    s->lp->info.refactor_count++;
    for (; remaining > 0; remaining--) {
        int j = -1;
        while (queue_count > 0 && j < 0) {
            j = s->queue[--queue_count];
            if (s->rank[j] != 1)
                j = -1;
        }
        if (j < 0)
            j = shortest_column(s);
        if (j < 0)
            return false;
        int start = lp->column_start[j];
        basis_column(&s->basis, lp->column_start[j + 1] - start, lp->row_index + start,
                     lp->coefficient + start, &s->column);
        int position = pivot_position(s);
        if (position >= 0) {
            basis_pivot(&s->basis, position, &s->column);
            s->basic[position] = j;
            s->position[j] = position;
            s->settled[position] = 0;
            s->rank[j] = -1;
            queue_count = shorten_columns(s, position, queue_count);
        }
        for (int c = 0; c < s->column.count; c++)
            s->column.value[s->column.index[c]] = 0.0;
        if (position < 0)
            return false;
    }
    basis_weights(&s->basis);
    s->age = 0;
    return true;
}
