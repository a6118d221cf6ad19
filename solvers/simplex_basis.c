/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex_basis.h"

#include <math.h>

#define WORD_BITS 64

/** A difference this small against its terms is rounding of a true zero (both are ~1e-16). */
#define CANCELLED 1e-13

/** Weights come from a difference; below this part of their terms only the order is lost. */
#define WEIGHT_FLOOR 1e-8

void
basis_layout(struct basis *basis, int row_count, struct lp_pool *pool)
{
    size_t rows = (size_t)row_count;
    basis->row_count = row_count;
    basis->stride = (row_count + 7) / 8 * 8;
    basis->word_count = (row_count + WORD_BITS - 1) / WORD_BITS;
    size_t words = rows * (size_t)basis->word_count;
    basis->inverse = lp_pool_take(pool, rows * (size_t)basis->stride, sizeof(double));
    basis->row_pattern = lp_pool_take(pool, words, sizeof(uint64_t));
    basis->column_pattern = lp_pool_take(pool, words, sizeof(uint64_t));
    basis->weight = lp_pool_take(pool, rows, sizeof(double));
    basis->mask = lp_pool_take(pool, (size_t)basis->word_count, sizeof(uint64_t));
    basis->pivot_index = lp_pool_take(pool, rows, sizeof(int));
    basis->pivot_value = lp_pool_take(pool, rows, sizeof(double));
}

static inline double *
inverse_row(const struct basis *basis, int position)
{
    return basis->inverse + (size_t)position * (size_t)basis->stride;
}

static inline uint64_t *
row_bits(const struct basis *basis, int position)
{
    return basis->row_pattern + (size_t)position * (size_t)basis->word_count;
}

static inline uint64_t *
column_bits(const struct basis *basis, int row_i)
{
    return basis->column_pattern + (size_t)row_i * (size_t)basis->word_count;
}

static inline void
set_bit(uint64_t *bits, int i)
{
    bits[i / WORD_BITS] |= UINT64_C(1) << (i % WORD_BITS);
}

static inline void
clear_bit(uint64_t *bits, int i)
{
    bits[i / WORD_BITS] &= ~(UINT64_C(1) << (i % WORD_BITS));
}

int
basis_row(const struct basis *basis, int position, int *index, const double **row)
{
    const uint64_t *bits = row_bits(basis, position);
    int count = 0;
    for (int w = 0; w < basis->word_count; w++) {
        for (uint64_t rest = bits[w]; rest != 0; rest &= rest - 1)
            index[count++] = w * WORD_BITS + __builtin_ctzll(rest);
    }
    *row = inverse_row(basis, position);
    return count;
}

void
basis_reset(struct basis *basis)
{
    for (int i = 0; i < basis->row_count; i++) {
        const double *row;
        int count = basis_row(basis, i, basis->pivot_index, &row);
        double *entries = inverse_row(basis, i);
        for (int c = 0; c < count; c++)
            entries[basis->pivot_index[c]] = 0.0;
        for (int w = 0; w < basis->word_count; w++) {
            row_bits(basis, i)[w] = 0;
            column_bits(basis, i)[w] = 0;
        }
        entries[i] = 1.0;
        set_bit(row_bits(basis, i), i);
        set_bit(column_bits(basis, i), i);
        basis->weight[i] = 1.0;
    }
}

/** One entry of B^-1 a; a sum that is only rounding of its terms counts as zero. */
static inline double
dot_entry(const double *row, int entry_count, const int *row_index, const double *coefficient)
{
    double sum = 0.0;
    double largest = 0.0;
    for (int e = 0; e < entry_count; e++) {
        double term = row[row_index[e]] * coefficient[e];
        double size = fabs(term);
        sum += term;
        largest = size > largest ? size : largest;
    }
    return fabs(sum) > CANCELLED * largest ? sum : 0.0;
}

void
basis_column(const struct basis *basis, int entry_count, const int *row_index,
             const double *coefficient, struct sparse *out)
{
    int count = 0;
    for (int w = 0; w < basis->word_count; w++) {
        uint64_t rest = 0;
        for (int e = 0; e < entry_count; e++)
            rest |= column_bits(basis, row_index[e])[w];
        for (; rest != 0; rest &= rest - 1) {
            int i = w * WORD_BITS + __builtin_ctzll(rest);
            double sum = dot_entry(inverse_row(basis, i), entry_count, row_index, coefficient);
            out->value[i] = sum;
            out->index[count] = i;
            count += sum < 0.0 || sum > 0.0;
        }
    }
    out->count = count;
}

int
basis_shift(const struct basis *basis, int row_i, double amount, double *x, double *size, int *list,
            unsigned char *marked, int count)
{
    const uint64_t *bits = column_bits(basis, row_i);
    for (int w = 0; w < basis->word_count; w++) {
        for (uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) {
            int i = w * WORD_BITS + __builtin_ctzll(rest);
            double term = inverse_row(basis, i)[row_i] * amount;
            double term_size = fabs(term);
            x[i] += term;
            size[i] = term_size > size[i] ? term_size : size[i];
            list[count] = i;
            count += !marked[i];
            marked[i] = 1;
        }
    }
    return count;
}

void
basis_apply(const struct basis *basis, const double *r, const double *s, double *x,
            double *magnitude)
{
    for (int i = 0; i < basis->row_count; i++) {
        const double *row = inverse_row(basis, i);
        const uint64_t *bits = row_bits(basis, i);
        double sum = 0.0;
        double size = 0.0;
        for (int w = 0; w < basis->word_count; w++) {
            for (uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) {
                int k = w * WORD_BITS + __builtin_ctzll(rest);
                sum += row[k] * r[k];
                size += fabs(row[k]) * s[k];
            }
        }
        x[i] = sum;
        magnitude[i] = size;
    }
}

/** row -= factor * pivot row over the pivot row's non-zeros; returns the old rows' dot product. */
static double
eliminate(struct basis *basis, int position, double factor, int count)
{
    double *restrict row = inverse_row(basis, position);
    uint64_t *bits = row_bits(basis, position);
    const int *restrict index = basis->pivot_index;
    const double *restrict value = basis->pivot_value;
    double dot = 0.0;
    for (int c = 0; c < count; c++) {
        int k = index[c];
        double old = row[k];
        double term = factor * value[c];
        double now = old - term;
        dot += old * value[c];
        if (fabs(now) <= CANCELLED * fabs(term)) {
            now = 0.0;
            clear_bit(bits, k);
            clear_bit(column_bits(basis, k), position);
        }
        row[k] = now;
    }
    return dot;
}

/** Divide row r by the pivot and list its non-zeros in the scratch. */
static int
scale_pivot_row(struct basis *basis, int position, double pivot)
{
    const double *unused;
    int count = basis_row(basis, position, basis->pivot_index, &unused);
    double *row = inverse_row(basis, position);
    for (int c = 0; c < count; c++) {
        row[basis->pivot_index[c]] /= pivot;
        basis->pivot_value[c] = row[basis->pivot_index[c]];
    }
    return count;
}

/*
 * Gauss-Jordan step. The pattern of the pivot row is joined to each touched row and cancelled
 * entries are taken out again. The exact dual steepest edge weights come along: explicit rows make
 * the inner product of Forrest & Goldfarb (1992) available at no cost, where a factorised
 * code has to solve one more system (Koberstein 2005).
 */
void
basis_pivot(struct basis *basis, int position, const struct sparse *alpha)
{
    double pivot = alpha->value[position];
    int count = scale_pivot_row(basis, position, pivot);
    double pivot_weight = basis->weight[position] / (pivot * pivot);
    const uint64_t *pivot_bits = row_bits(basis, position);

    for (int w = 0; w < basis->word_count; w++)
        basis->mask[w] = 0;
    for (int a = 0; a < alpha->count; a++)
        set_bit(basis->mask, alpha->index[a]);
    for (int c = 0; c < count; c++) {
        uint64_t *bits = column_bits(basis, basis->pivot_index[c]);
        for (int w = 0; w < basis->word_count; w++)
            bits[w] |= basis->mask[w];
    }
    for (int a = 0; a < alpha->count; a++) {
        int i = alpha->index[a];
        if (i == position)
            continue;
        double factor = alpha->value[i];
        uint64_t *bits = row_bits(basis, i);
        for (int w = 0; w < basis->word_count; w++)
            bits[w] |= pivot_bits[w];
        double dot = eliminate(basis, i, factor, count);
        double square = factor * factor * pivot_weight;
        double weight = basis->weight[i] - 2.0 * factor * dot + square;
        double least = WEIGHT_FLOOR * (basis->weight[i] + square);
        basis->weight[i] = weight > least ? weight : least;
    }
    basis->weight[position] = pivot_weight;
}

void
basis_weights(struct basis *basis)
{
    for (int i = 0; i < basis->row_count; i++) {
        const double *row;
        int count = basis_row(basis, i, basis->pivot_index, &row);
        double sum = 0.0;
        for (int c = 0; c < count; c++)
            sum += row[basis->pivot_index[c]] * row[basis->pivot_index[c]];
        basis->weight[i] = sum;
    }
}
