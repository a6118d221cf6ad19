/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/quantile_mapping.h"

#include "solvers/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Streams of the draws that stand for figures below trace / 2. */
enum { STREAM_OBSERVED, STREAM_HISTORICAL, STREAM_FIGURES };

/* Distribution functions at equally spaced probabilities, and the figures with their draws. */
struct workspace {
    int count;
    double *observed;   /* [count] quantiles */
    double *historical; /* [count] */
    double *future;     /* [count] of the figures to be mapped */
    double *figure;     /* [figures.count] with draws for what is below trace / 2 */
    double *block;
};

struct quantile_mapping
quantile_mapping_rain(double trace)
{
    const double nearly_dry = 10.0; /* traces; Cannon 2015 and MBC 0.10 */
    return (struct quantile_mapping){
        .ratio = true, .trace = trace, .ratio_max = 2.0, .ratio_max_below = nearly_dry * trace};
}

struct quantile_mapping
quantile_mapping_difference(void)
{
    return (struct quantile_mapping){.ratio = false};
}

static enum status
check_sample(const struct quantile_mapping *mapping, const char *name, struct sample sample,
             struct error *err)
{
    if (sample.count <= 0)
        return error_set(err, STATUS_INPUT, "the %s sample is empty", name);
    for (int i = 0; i < sample.count; i++) {
        if (!isfinite(sample.value[i]))
            return error_set(err, STATUS_NOT_FINITE, "figure %d of the %s sample is %g", i + 1,
                             name, sample.value[i]);
        if (mapping->ratio && sample.value[i] < 0.0)
            return error_set(err, STATUS_INPUT,
                             "figure %d of the %s sample is %g; ratios need figures of 0 or more",
                             i + 1, name, sample.value[i]);
    }
    return STATUS_OK;
}

/* Copy with a draw from (0, trace / 2) for what is below, so that dry days have an order. */
static void
copy_with_draws(const struct quantile_mapping *mapping, struct sample sample, unsigned stream,
                double *out)
{
    double censored_below = 0.5 * mapping->trace;
    struct philox_key key = mapping->key;
    key.variable += stream;
    for (int i = 0; i < sample.count; i++)
        out[i] = mapping->ratio && sample.value[i] < censored_below
                     ? censored_below * philox_uniform(&key, (uint32_t)i)
                     : sample.value[i];
}

/* Quantiles of a sample at count equally spaced probabilities; sorts the sample. */
static void
set_quantiles(double *sample, int sample_count, int count, double *quantile)
{
    quantile_sort(sample, sample_count);
    for (int i = 0; i < count; i++)
        quantile[i] = quantile_of_sorted(sample, sample_count, (double)i / (count - 1));
}

static enum status
set_up(const struct quantile_mapping *mapping, struct sample observed, struct sample historical,
       struct sample figures, struct workspace *work, struct error *err)
{
    enum status status = STATUS_OK;
    size_t longest = (size_t)figures.count;
    TRY(check_sample(mapping, "observed", observed, err));
    TRY(check_sample(mapping, "historical", historical, err));
    TRY(check_sample(mapping, "future", figures, err));
    if (longest < (size_t)observed.count)
        longest = (size_t)observed.count;
    if (longest < (size_t)historical.count)
        longest = (size_t)historical.count;
    work->count = mapping->quantile_count > 0 ? mapping->quantile_count : figures.count;
    work->count = work->count < 2 ? 2 : work->count;
    size_t count = (size_t)work->count;
    work->block = malloc((3 * count + longest + (size_t)figures.count) * sizeof(double));
    if (work->block == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the quantiles");
    work->observed = work->block;
    work->historical = work->block + count;
    work->future = work->block + 2 * count;
    work->figure = work->block + 3 * count;
    double *sorted = work->figure + figures.count;
    copy_with_draws(mapping, observed, STREAM_OBSERVED, sorted);
    set_quantiles(sorted, observed.count, work->count, work->observed);
    copy_with_draws(mapping, historical, STREAM_HISTORICAL, sorted);
    set_quantiles(sorted, historical.count, work->count, work->historical);
    copy_with_draws(mapping, figures, STREAM_FIGURES, work->figure);
    memcpy(sorted, work->figure, (size_t)figures.count * sizeof(double));
    set_quantiles(sorted, figures.count, work->count, work->future);
out:
    return status;
}

/* Number of sorted values below x, or below and equal to x. */
static int
count_below(const double *sorted, int count, double x, bool with_equal)
{
    int low = 0;
    int high = count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (sorted[middle] < x || (with_equal && sorted[middle] == x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * Place of x among the quantiles as a real index in [0, count - 1], straight between them; the
 * middle of a run of equal quantiles, the ends beyond the ends.
 */
static double
place_of(const double *quantile, int count, double x)
{
    int below = count_below(quantile, count, x, false);
    int not_above = count_below(quantile, count, x, true);
    if (not_above > below) /* x is one of them */
        return 0.5 * (below + not_above - 1);
    if (below == 0)
        return 0.0;
    if (below == count)
        return count - 1;
    double low = quantile[below - 1];
    return below - 1 + (x - low) / (quantile[below] - low);
}

/* Value at a real index. */
static double
value_at(const double *quantile, int count, double place)
{
    int i = (int)place;
    if (i >= count - 1)
        return quantile[count - 1];
    double rest = place - i;
    return rest == 0.0 ? quantile[i] : quantile[i] + rest * (quantile[i + 1] - quantile[i]);
}

static double
cut_trace(const struct quantile_mapping *mapping, double value)
{
    return mapping->ratio && value < mapping->trace ? 0.0 : value;
}

enum status
quantile_delta_map(const struct quantile_mapping *mapping, struct sample observed,
                   struct sample historical, struct sample future, double *mapped,
                   struct error *err)
{
    struct workspace work = {0};
    enum status status = set_up(mapping, observed, historical, future, &work, err);
    for (int i = 0; status == STATUS_OK && i < future.count; i++) {
        double x = work.figure[i];
        double place = place_of(work.future, work.count, x);
        double past = value_at(work.historical, work.count, place);
        double base = value_at(work.observed, work.count, place);
        if (!mapping->ratio) {
            mapped[i] = base + (x - past);
            continue;
        }
        /* both are dry for the whole of their records: no change can be told */
        double ratio = past > 0.0 ? x / past : x > 0.0 ? mapping->ratio_max : 1.0;
        if (ratio > mapping->ratio_max && past < mapping->ratio_max_below)
            ratio = mapping->ratio_max;
        mapped[i] = cut_trace(mapping, base * ratio);
    }
    free(work.block);
    return status;
}

/* The correction of an end of the past, kept beyond it. */
static double
beyond(const struct quantile_mapping *mapping, double x, double past, double base)
{
    if (!mapping->ratio)
        return base + (x - past);
    return past > 0.0 ? base * (x / past) : base;
}

enum status
quantile_map(const struct quantile_mapping *mapping, struct sample observed,
             struct sample historical, struct sample figures, double *mapped, struct error *err)
{
    struct workspace work = {0};
    enum status status = set_up(mapping, observed, historical, figures, &work, err);
    for (int i = 0; status == STATUS_OK && i < figures.count; i++) {
        double x = work.figure[i];
        int last = work.count - 1;
        double value;
        if (x < work.historical[0])
            value = beyond(mapping, x, work.historical[0], work.observed[0]);
        else if (x > work.historical[last])
            value = beyond(mapping, x, work.historical[last], work.observed[last]);
        else
            value = value_at(work.observed, work.count, place_of(work.historical, work.count, x));
        mapped[i] = cut_trace(mapping, value);
    }
    free(work.block);
    return status;
}
