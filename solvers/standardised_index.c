/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/standardised_index.h"

#include "solvers/quantile.h"

#include <gsl/gsl_cdf.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const double index_clip_none = 8.0;

/* Sums of the last `scale` months; each is added up afresh, so that no rounding is carried on. */
static void
sum_months(int count, const double *value, int scale, double *sum)
{
    for (int t = 0; t < count; t++) {
        sum[t] = t + 1 < scale ? (double)NAN : 0.0;
        for (int i = t - scale + 1; i <= t && t + 1 >= scale; i++)
            sum[t] += value[i];
    }
}

/* The distribution of three parameters nearest to the sample in L-kurtosis. */
static enum status
choose_distribution(enum estimator estimator, const double *sorted, int count,
                    struct fitted_distribution *out, struct error *err)
{
    struct lmoments moments = lmoments_of_sorted(
        sorted, count, estimator == ESTIMATOR_PLOTTING_PWM ? PWM_PLOTTING : PWM_UNBIASED);
    double least = (double)INFINITY;
    struct error first = {0};
    for (int d = DISTRIBUTION_PEARSON3; d < DISTRIBUTION_COUNT; d++) {
        struct fitted_distribution fitted;
        if (distribution_fit((enum distribution)d, estimator, sorted, count, &fitted, &first) !=
            STATUS_OK)
            continue;
        double distance = fabs(distribution_l_kurtosis(&fitted) - moments.kurtosis);
        if (distance < least) {
            least = distance;
            *out = fitted;
        }
    }
    if (isfinite(least))
        return STATUS_OK;
    return error_set(err, STATUS_INPUT, "no distribution fits: %s", first.text);
}

/* Fit one calendar month to the sums gathered in `sample`, which are sorted here. */
static void
fit_month(const struct index_options *options, double *sample, int count, struct index_fit *fit)
{
    struct error err = {0};
    enum status status = STATUS_OK;
    int zero_count = 0;
    quantile_sort(sample, count);
    if (options->zero_rule != ZERO_PLAIN)
        while (zero_count < count && sample[zero_count] <= 0.0)
            zero_count++;
    fit->value_count = count;
    fit->zero_count = zero_count;
    int used = count - zero_count;
    if (used < options->least_count && zero_count == 0)
        status = error_set(&err, STATUS_INPUT, "%d values in the reference period, %d are needed",
                           count, options->least_count);
    else if (used < options->least_count)
        status = error_set(&err, STATUS_INPUT,
                           "%d of %d values in the reference period are above 0, %d are needed",
                           used, count, options->least_count);
    else if (options->choose)
        status = choose_distribution(options->estimator, sample + zero_count, used,
                                     &fit->distribution, &err);
    else
        status = distribution_fit(options->distribution, options->estimator, sample + zero_count,
                                  used, &fit->distribution, &err);
    fit->fitted = status == STATUS_OK;
    fit->zero_probability =
        count == 0 ? 0.0
                   : zero_count / (options->zero_rule == ZERO_CENTRE ? count + 1.0 : (double)count);
    snprintf(fit->fault, sizeof fit->fault, "%.*s", (int)sizeof fit->fault - 1, err.text);
}

static double
score(const struct index_options *options, const struct index_fit *fit, double sum)
{
    double probability;
    if (options->zero_rule != ZERO_PLAIN && sum <= 0.0)
        probability = options->zero_rule == ZERO_CENTRE
                          ? (fit->zero_count + 1.0) / (2.0 * (fit->value_count + 1.0))
                          : fit->zero_probability;
    else
        probability = fit->zero_probability +
                      (1.0 - fit->zero_probability) * distribution_cdf(&fit->distribution, sum);
    double z = probability <= 0.0   ? -options->clip
               : probability >= 1.0 ? options->clip
                                    : gsl_cdf_ugaussian_Pinv(probability);
    return fmax(-options->clip, fmin(options->clip, z));
}

enum status
standardised_index(int count, const double *value, const int8_t *month,
                   const struct index_options *options, double *sum, double *index,
                   struct index_fit *fit, struct error *err)
{
    double *sample = malloc(((size_t)count + 1) * sizeof *sample);
    if (sample == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d months", count);
    sum_months(count, value, options->scale, sum);
    for (int m = 0; m < CALENDAR_MONTHS; m++) {
        int sample_count = 0;
        fit[m] = (struct index_fit){0};
        for (int t = options->reference_first; t <= options->reference_last; t++)
            if (month[t] == m + 1 && !isnan(sum[t]))
                sample[sample_count++] = sum[t];
        fit_month(options, sample, sample_count, &fit[m]);
    }
    for (int t = 0; t < count; t++) {
        const struct index_fit *of_month = &fit[month[t] - 1];
        index[t] =
            isnan(sum[t]) || !of_month->fitted ? (double)NAN : score(options, of_month, sum[t]);
    }
    free(sample);
    return STATUS_OK;
}
