/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/cell_statistics.h"

#include "solvers/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a cell beside its values or its histogram. */
struct cell {
    double sum;
    float minimum, maximum;
    uint32_t count;
    int32_t exponent; /* of the width of a bin; without meaning while all values are the same */
};

struct cell_statistics {
    size_t cell_count;
    int value_count, value_count_max;
    struct cell *cell;
    float *value; /* [value_count_max][cell_count], or NULL with histograms */
    uint32_t
        *bin; /* [cell_count][CELL_BINS]: bin k, from k to k + 1 widths, at k modulo CELL_BINS */
};

enum status
cell_statistics_create(size_t count, int value_count_max, struct cell_statistics **out,
                       struct error *err)
{
    struct cell_statistics *statistics = calloc(1, sizeof *statistics);
    bool good = statistics != NULL;
    *out = NULL;
    if (good) {
        statistics->cell_count = count;
        statistics->value_count_max = value_count_max;
        statistics->cell = calloc(count + 1, sizeof *statistics->cell);
        if (value_count_max <= CELL_BINS)
            statistics->value = calloc(count * (size_t)value_count_max + 1, sizeof(float));
        else
            statistics->bin = calloc(count * CELL_BINS + 1, sizeof(uint32_t));
        good = statistics->cell != NULL && (statistics->value != NULL || statistics->bin != NULL);
    }
    if (!good) {
        cell_statistics_destroy(statistics);
        return error_set(err, STATUS_MEMORY, "out of memory for statistics over scenarios");
    }
    *out = statistics;
    return STATUS_OK;
}

void
cell_statistics_destroy(struct cell_statistics *statistics)
{
    if (statistics == NULL)
        return;
    free(statistics->cell);
    free(statistics->value);
    free(statistics->bin);
    free(statistics);
}

/* ---- adding ------------------------------------------------------------------------------------
 */

/* The bin of a value. A float over a power of two is exact as a double. */
static int64_t
bin_of(float value, int exponent)
{
    return (int64_t)floor(ldexp((double)value, -exponent));
}

static uint32_t *
bin_at(uint32_t *bin, int64_t k)
{
    return &bin[(uint64_t)k % CELL_BINS]; /* also below 0: 2^64 is a multiple */
}

/* Whether all values fit into the bins. */
static bool
fits(float minimum, float maximum, int exponent)
{
    /* as doubles: extremes that are far too wide have no number as integers */
    return floor(ldexp((double)maximum, -exponent)) - floor(ldexp((double)minimum, -exponent)) <
           (double)CELL_BINS;
}

/* Every two bins become one, until all values up to the new extremes have a bin. */
static void
widen(struct cell *cell, uint32_t *bin, float minimum, float maximum)
{
    uint32_t old[CELL_BINS];
    while (!fits(minimum, maximum, cell->exponent)) {
        int64_t first = bin_of(cell->minimum, cell->exponent);
        int64_t last = bin_of(cell->maximum, cell->exponent);
        memcpy(old, bin, sizeof old);
        memset(bin, 0, sizeof old);
        for (int64_t k = first; k <= last; k++) /* the shift rounds down, also below 0 */
            *bin_at(bin, k >> 1) += *bin_at(old, k);
        cell->exponent++;
    }
}

/* A second value that differs: all before it were the same. */
static void
begin_histogram(struct cell *cell, uint32_t *bin, float minimum, float maximum)
{
    enum { BITS = 8 };                                                    /* of CELL_BINS */
    cell->exponent = ilogb((double)maximum - (double)minimum) - BITS - 1; /* too fine */
    while (!fits(minimum, maximum, cell->exponent))
        cell->exponent++;
    *bin_at(bin, bin_of(cell->minimum, cell->exponent)) = cell->count;
}

static void
add_to_histogram(struct cell *cell, uint32_t *bin, float value)
{
    float minimum = value < cell->minimum ? value : cell->minimum;
    float maximum = value > cell->maximum ? value : cell->maximum;
    if (minimum < cell->minimum || maximum > cell->maximum) {
        if (cell->minimum < cell->maximum)
            widen(cell, bin, minimum, maximum);
        else
            begin_histogram(cell, bin, minimum, maximum);
    }
    if (minimum < maximum)
        ++*bin_at(bin, bin_of(value, cell->exponent));
}

void
cell_statistics_add(struct cell_statistics *statistics, const float *value)
{
    if (statistics->value != NULL)
        memcpy(statistics->value + (size_t)statistics->value_count * statistics->cell_count, value,
               statistics->cell_count * sizeof *value);
    for (size_t i = 0; i < statistics->cell_count; i++) {
        struct cell *cell = &statistics->cell[i];
        if (!isfinite(value[i]))
            continue;
        if (cell->count == 0)
            cell->minimum = cell->maximum = value[i];
        else if (statistics->bin != NULL)
            add_to_histogram(cell, statistics->bin + i * CELL_BINS, value[i]);
        cell->minimum = value[i] < cell->minimum ? value[i] : cell->minimum;
        cell->maximum = value[i] > cell->maximum ? value[i] : cell->maximum;
        cell->sum += (double)value[i];
        cell->count++;
    }
    statistics->value_count++;
}

/* ---- results -----------------------------------------------------------------------------------
 */

int
cell_count(const struct cell_statistics *statistics, size_t cell_i)
{
    return (int)statistics->cell[cell_i].count;
}

double
cell_mean(const struct cell_statistics *statistics, size_t cell_i)
{
    const struct cell *cell = &statistics->cell[cell_i];
    return cell->count > 0 ? cell->sum / cell->count : (double)NAN;
}

double
cell_minimum(const struct cell_statistics *statistics, size_t cell_i)
{
    const struct cell *cell = &statistics->cell[cell_i];
    return cell->count > 0 ? (double)cell->minimum : (double)NAN;
}

double
cell_maximum(const struct cell_statistics *statistics, size_t cell_i)
{
    const struct cell *cell = &statistics->cell[cell_i];
    return cell->count > 0 ? (double)cell->maximum : (double)NAN;
}

/* The value of a rank, from 0: those of a bin lie evenly in it. */
static double
value_of_rank(const struct cell *cell, const uint32_t *bin, uint32_t rank)
{
    int64_t k = bin_of(cell->minimum, cell->exponent);
    int64_t last = bin_of(cell->maximum, cell->exponent);
    if (rank == 0)
        return (double)cell->minimum;
    if (rank + 1 == cell->count)
        return (double)cell->maximum;
    for (; k < last; k++) {
        uint32_t here = bin[(uint64_t)k % CELL_BINS];
        if (rank < here)
            break;
        rank -= here;
    }
    double share = (rank + 0.5) / bin[(uint64_t)k % CELL_BINS];
    double value = ldexp((double)k + share, cell->exponent);
    return fmin(fmax(value, (double)cell->minimum), (double)cell->maximum);
}

static double
histogram_quantile(const struct cell *cell, const uint32_t *bin, double probability)
{
    if (!(cell->minimum < cell->maximum))
        return (double)cell->minimum;
    double place = probability * (cell->count - 1);
    uint32_t rank = (uint32_t)floor(place);
    double below = value_of_rank(cell, bin, rank), beyond = place - rank;
    return beyond > 0.0 ? below + beyond * (value_of_rank(cell, bin, rank + 1) - below) : below;
}

void
cell_quantiles(const struct cell_statistics *statistics, size_t cell_i, const double *probability,
               int count, double *value)
{
    const struct cell *cell = &statistics->cell[cell_i];
    double sample[CELL_BINS];
    int found = 0;
    for (int v = 0; v < statistics->value_count && statistics->value != NULL; v++) {
        float one = statistics->value[(size_t)v * statistics->cell_count + cell_i];
        if (isfinite(one))
            sample[found++] = (double)one;
    }
    quantile_sort(sample, found);
    for (int q = 0; q < count; q++)
        if (cell->count == 0)
            value[q] = (double)NAN;
        else if (statistics->value != NULL)
            value[q] = quantile_of_sorted(sample, found, probability[q]);
        else
            value[q] =
                histogram_quantile(cell, statistics->bin + cell_i * CELL_BINS, probability[q]);
}
