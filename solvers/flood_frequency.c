/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/flood_frequency.h"

#include "solvers/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT_MIN = 4 };
static const double euler = 0.57721566490153286061;

const char *const flood_distribution_names[] = {"pearson3", "gev", "gumbel", "log_normal", NULL};

enum status
flood_distribution_find(const char *name, enum flood_distribution *out, struct error *err)
{
    for (int i = 0; flood_distribution_names[i] != NULL; i++)
        if (strcmp(name, flood_distribution_names[i]) == 0) {
            *out = (enum flood_distribution)i;
            return STATUS_OK;
        }
    return error_set(err, STATUS_USAGE,
                     "a distribution of floods is pearson3, gev, gumbel or log_normal, not '%s'",
                     name);
}

static int
compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* Gumbel's distribution has two parameters: location and scale from the first two L-moments. */
static enum status
gumbel_peak(const double *sorted, int count, double return_period, double *out, struct error *err)
{
    struct lmoments moments = lmoments_of_sorted(sorted, count, PWM_UNBIASED);
    if (!(moments.l_scale > 0.0))
        return error_set(err, STATUS_INPUT, "the peaks are all alike");
    double scale = moments.l_scale / log(2.0);
    double location = moments.mean - euler * scale;
    *out = location - scale * log(-log1p(-1.0 / return_period));
    return STATUS_OK;
}

enum status
flood_peak(enum flood_distribution distribution, int count, const double *peak,
           double return_period, double *out, struct error *err)
{
    static const enum distribution kinds[] = {DISTRIBUTION_PEARSON3, DISTRIBUTION_GEV,
                                              DISTRIBUTION_GEV, DISTRIBUTION_LOGNORMAL};
    if (count < COUNT_MIN)
        return error_set(err, STATUS_INPUT, "%d annual peaks are too few; at least %d", count,
                         COUNT_MIN);
    double *sorted = malloc((size_t)count * sizeof *sorted);
    if (sorted == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d annual peaks", count);
    memcpy(sorted, peak, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_doubles);
    struct fitted_distribution fitted;
    enum status status;
    if (distribution == FLOOD_GUMBEL) {
        status = gumbel_peak(sorted, count, return_period, out, err);
    } else {
        status = distribution_fit(kinds[distribution],
                                  distribution == FLOOD_LOG_NORMAL ? ESTIMATOR_LOG_MOMENTS
                                                                   : ESTIMATOR_LMOMENTS,
                                  sorted, count, &fitted, err);
        if (status == STATUS_OK)
            *out = distribution_quantile(&fitted, 1.0 - 1.0 / return_period);
    }
    free(sorted);
    return status;
}
