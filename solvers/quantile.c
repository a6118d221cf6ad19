/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/quantile.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Figures of one member, before they are averaged by model. */
struct vote {
    int model;
    int order; /* of the member, so that equal models are summed in a fixed order */
    double value[2];
};

static int
compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

void
quantile_sort(double *value, int count)
{
    qsort(value, (size_t)count, sizeof *value, compare_doubles);
}

double
quantile_of_sorted(const double *sorted, int count, double probability)
{
    if (count == 0)
        return NAN;
    return gsl_stats_quantile_from_sorted_data(sorted, 1, (size_t)count, probability);
}

static int
compare_votes(const void *left, const void *right)
{
    const struct vote *a = left;
    const struct vote *b = right;
    if (a->model != b->model)
        return a->model < b->model ? -1 : 1;
    return a->order - b->order;
}

/* One vote for each model: the mean of its members, in place. @return number of models */
static int
average_models(struct vote *vote, int vote_count)
{
    int models = 0;
    qsort(vote, (size_t)vote_count, sizeof *vote, compare_votes);
    for (int i = 0, next; i < vote_count; i = next) {
        struct vote mean = vote[i];
        for (next = i + 1; next < vote_count && vote[next].model == mean.model; next++)
            for (int k = 0; k < 2; k++)
                mean.value[k] += vote[next].value[k];
        for (int k = 0; k < 2; k++)
            mean.value[k] /= next - i;
        vote[models++] = mean;
    }
    return models;
}

static void
describe(double *value, int count, struct member_statistics *out)
{
    double sum = 0.0;
    int agreeing = 0;
    for (int i = 0; i < count; i++)
        sum += value[i];
    quantile_sort(value, count);
    out->vote_count = count;
    out->mean = sum / count;
    out->median = quantile_of_sorted(value, count, 0.5);
    out->p10 = quantile_of_sorted(value, count, 0.10);
    out->p90 = quantile_of_sorted(value, count, 0.90);
    out->p17 = quantile_of_sorted(value, count, 0.17);
    out->p83 = quantile_of_sorted(value, count, 0.83);
    out->minimum = value[0];
    out->maximum = value[count - 1];
    for (int i = 0; i < count; i++)
        agreeing += value[i] * out->median > 0.0;
    out->sign_agreement = (double)agreeing / count;
}

/* What a model says: its figure, or its change from the figure before. NAN for no vote. */
static double
opinion(const struct vote *vote, bool is_change, bool relative)
{
    if (!is_change)
        return vote->value[0];
    if (relative && vote->value[0] == 0.0)
        return NAN;
    double change = vote->value[1] - vote->value[0];
    return relative ? change / vote->value[0] : change;
}

static enum status
count_votes(const double *first, const double *second, const int *model, int member_count,
            bool relative, struct member_statistics *out, struct error *err)
{
    enum status status = STATUS_OK;
    struct vote *vote = calloc((size_t)member_count + 1, sizeof *vote);
    double *value = calloc((size_t)member_count + 1, sizeof *value);
    int count = 0;
    *out = (struct member_statistics){0, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (vote == NULL || value == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for %d members", member_count));
    for (int i = 0; i < member_count; i++) {
        double other = second != NULL ? second[i] : 0.0;
        if (isnan(first[i]) || isnan(other))
            continue;
        if (isinf(first[i]) || isinf(other))
            TRY(error_set(err, STATUS_NOT_FINITE, "member %d is infinite", i + 1));
        vote[count++] = (struct vote){model != NULL ? model[i] : i, i, {first[i], other}};
    }
    out->member_count = count;
    int model_count = average_models(vote, count);
    int used = 0;
    for (int i = 0; i < model_count; i++) {
        value[used] = opinion(&vote[i], second != NULL, relative);
        used += !isnan(value[used]);
    }
    if (used > 0)
        describe(value, used, out);
out:
    free(vote);
    free(value);
    return status;
}

enum status
member_statistics(const double *value, const int *model, int member_count,
                  struct member_statistics *out, struct error *err)
{
    return count_votes(value, NULL, model, member_count, false, out, err);
}

enum status
member_change(const double *before, const double *after, const int *model, int member_count,
              bool relative, struct member_statistics *out, struct error *err)
{
    return count_votes(before, after, model, member_count, relative, out, err);
}
