/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int
lanes_available(int width)
{
#if HAVE_WIDE_LANES
    if (width == 4)
        return __builtin_cpu_supports("avx2") != 0;
    if (width == 8)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
#endif
    return width == 1;
}

fit_function *
fit_kernel(int width)
{
    if (!lanes_available(width))
        return NULL;
#if HAVE_WIDE_LANES
    if (width == 4)
        return fit_add_4;
    if (width == 8)
        return fit_add_8;
#endif
    return fit_add_1;
}

static double
transformed(enum fit_transform transform, double value, double offset)
{
    switch (transform) {
    case FIT_ROOT:
        return sqrt(value);
    case FIT_INVERSE:
        return 1.0 / (value + offset);
    case FIT_LOG:
        return log(value + offset);
    default:
        return value;
    }
}

static double
mean_of(const double *value, int count, int used_count)
{
    double sum = 0.0;
    for (int t = 0; t < count; t++)
        sum += isnan(value[t]) ? 0.0 : value[t];
    return sum / used_count;
}

enum status
fit_target_init(struct fit_target *target, enum fit_transform transform, int count,
                const double *observed, struct error *err)
{
    *target = (struct fit_target){.transform = transform, .count = count};
    for (int t = 0; t < count; t++) {
        if (isnan(observed[t]))
            continue;
        if (observed[t] < 0.0 || isinf(observed[t]))
            return error_set(err, STATUS_INPUT, "observation %d is %g; a flow may not be that",
                             t + 1, observed[t]);
        target->used_count++;
    }
    if (target->used_count < 2)
        return error_set(err, STATUS_INPUT, "there are %d observations; two are needed at least",
                         target->used_count);
    target->observed = malloc((size_t)count * sizeof(double));
    if (target->observed == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the observations");
    target->offset = mean_of(observed, count, target->used_count) / 100.0;
    for (int t = 0; t < count; t++)
        target->observed[t] =
            isnan(observed[t]) ? NAN : transformed(transform, observed[t], target->offset);
    target->mean = mean_of(target->observed, count, target->used_count);
    for (int t = 0; t < count; t++) {
        double deviation = target->observed[t] - target->mean;
        target->deviations += isnan(deviation) ? 0.0 : deviation * deviation;
    }
    if (target->deviations > 0.0)
        return STATUS_OK;
    fit_target_finish(target);
    return error_set(err, STATUS_INPUT, "all observations are equal: no fit can be measured");
}

void
fit_target_finish(struct fit_target *target)
{
    free(target->observed);
    *target = (struct fit_target){0};
}

struct fit_score
fit_score(const struct fit_target *target, const double *sums)
{
    double n = target->used_count;
    double shift = sums[FIT_SUM_SHIFTED] / n;
    double mean = target->mean + shift;
    double squares = sums[FIT_SUM_SQUARES] - n * shift * shift;
    struct fit_score score = {.used_count = target->used_count};
    score.nse = 1.0 - sums[FIT_SUM_ERRORS] / target->deviations;
    score.r = sums[FIT_SUM_CROSS] / sqrt(squares * target->deviations);
    score.alpha = sqrt(squares / target->deviations);
    score.beta = mean / target->mean;
    score.gamma = score.alpha / score.beta;
    score.rmse = sqrt(sums[FIT_SUM_ERRORS] / n);
    double r = score.r - 1.0, a = score.alpha - 1.0, b = score.beta - 1.0, g = score.gamma - 1.0;
    score.kge2009 = 1.0 - sqrt(r * r + a * a + b * b);
    score.kge2012 = 1.0 - sqrt(r * r + g * g + b * b);
    return score;
}

struct fit_score
fit_series(const struct fit_target *target, const double *simulated)
{
    double sums[FIT_SUM_COUNT] = {0};
    struct fit_run run = {.transform = target->transform,
                          .step_count = target->count,
                          .simulated = simulated,
                          .observed = target->observed,
                          .offset = target->offset,
                          .centre = target->mean,
                          .sums = sums};
    fit_add_1(&run);
    return fit_score(target, sums);
}

double
fit_measure(const struct fit_score *score, enum fit_measure measure)
{
    double value = measure == FIT_NSE       ? score->nse
                   : measure == FIT_KGE2009 ? score->kge2009
                                            : score->kge2012;
    return isfinite(value) ? value : -(double)INFINITY;
}

const char *
fit_measure_name(enum fit_measure measure)
{
    static const char *const names[] = {"NSE", "KGE", "KGE'"};
    return names[measure];
}

const char *
fit_transform_name(enum fit_transform transform)
{
    static const char *const names[] = {"Q", "sqrt Q", "1/Q", "log Q"};
    return names[transform];
}
