/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/inflow_generator.h"

#include "solvers/philox.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>

static const double seconds_per_day = 86400.0;
static const double seconds_per_year = 365.2425 * 86400.0;
static const double pulses_per_day = 0.15; /* mean chance of a storm pulse */
static const double chance_max = 0.95;
static const double memory_recessions = 12; /* after these a pulse has fallen to 6e-6 */
static const double sigma_max = 6.0;

enum { FIRST_YEAR = 1600, MEMORY_DAYS_MAX = 366 };

/* Random streams: the region's are apart from those of a site of the same name. */
enum { STREAM_SITE_MONTH = 3, STREAM_REGION_MONTH, STREAM_SITE_DAY, STREAM_REGION_DAY };

/* ---- parameters -------------------------------------------------------------------------------
 */

static enum status
check(const struct inflow_generator *generator, struct error *err)
{
    double sum = 0.0;
    for (int m = 0; m < 12; m++) {
        if (!(generator->monthly_fraction[m] >= 0.0))
            return error_set(err, STATUS_INPUT, "the share of month %d is negative", m + 1);
        sum += generator->monthly_fraction[m];
    }
    if (!(fabs(sum - 1.0) < 1e-6))
        return error_set(err, STATUS_INPUT, "the monthly shares add up to %g, not to 1", sum);
    if (!(generator->mean_m3s >= 0.0) || !isfinite(generator->mean_m3s))
        return error_set(err, STATUS_INPUT, "the mean flow is %g m3/s", generator->mean_m3s);
    if (!(generator->cv >= 0.0 && generator->cv <= 3.0))
        return error_set(err, STATUS_INPUT, "cv is %g, and has to be within 0 and 3",
                         generator->cv);
    if (!(generator->lag1 >= 0.0 && generator->lag1 < 1.0))
        return error_set(err, STATUS_INPUT, "lag1 is %g, and has to be within 0 and 1",
                         generator->lag1);
    if (!(generator->recession_days > 0.0) || !isfinite(generator->recession_days))
        return error_set(err, STATUS_INPUT, "the recession takes %g d, and has to take more",
                         generator->recession_days);
    if (!(generator->base_fraction >= 0.0 && generator->base_fraction <= 1.0) ||
        !(generator->region_correlation >= 0.0 && generator->region_correlation <= 1.0))
        return error_set(err, STATUS_INPUT,
                         "the base flow share and the correlation have to be within 0 and 1");
    return STATUS_OK;
}

/* Squared coefficient of variation of annual flow for a sigma, less the one wanted. */
static double
excess_variance(double sigma, void *context)
{
    const struct inflow_generator *generator = context;
    double sum = 0.0;
    for (int i = 0; i < 12; i++)
        for (int j = 0; j < 12; j++)
            sum += generator->monthly_fraction[i] * generator->monthly_fraction[j] *
                   expm1(pow(generator->lag1, abs(i - j)) * sigma * sigma);
    return sum - generator->cv * generator->cv;
}

enum status
inflow_generator_sigma(const struct inflow_generator *generator, double *sigma, struct error *err)
{
    enum status status = check(generator, err);
    *sigma = 0.0;
    if (status != STATUS_OK || generator->cv == 0.0)
        return status;
    struct inflow_generator copy = *generator;
    gsl_function function = {excess_variance, &copy};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (solver == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the inflow generator");
    status = STATUS_NO_CONVERGENCE;
    gsl_root_fsolver_set(solver, &function, 0.0, sigma_max);
    for (int round = 0; round < 200 && status != STATUS_OK; round++) {
        gsl_root_fsolver_iterate(solver);
        if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                   gsl_root_fsolver_x_upper(solver), 1e-13, 1e-13) == GSL_SUCCESS)
            status = STATUS_OK;
    }
    *sigma = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    if (status != STATUS_OK)
        return error_set(err, status, "no spread of the months gives the wanted cv");
    return STATUS_OK;
}

/* ---- noise -------------------------------------------------------------------------------------
 */

/* Streams of a site and of its region, and how they mix. */
struct noise {
    struct philox_key site, region;
    double site_weight, region_weight;
};

static struct noise
noise_of(const struct inflow_generator *generator, uint64_t seed, uint32_t realisation,
         uint32_t site_stream, uint32_t region_stream)
{
    double c = generator->region != NULL ? generator->region_correlation : 0.0;
    struct noise noise = {{seed, realisation, philox_hash(generator->site), site_stream},
                          {seed, realisation,
                           generator->region != NULL ? philox_hash(generator->region) : 0,
                           region_stream},
                          sqrt(1.0 - c),
                          sqrt(c)};
    return noise;
}

static double
draw(const struct noise *noise, uint32_t draw_i)
{
    double score = 0.0;
    if (noise->site_weight > 0.0)
        score += noise->site_weight * philox_normal(&noise->site, draw_i);
    if (noise->region_weight > 0.0)
        score += noise->region_weight * philox_normal(&noise->region, draw_i);
    return score;
}

/* ---- days --------------------------------------------------------------------------------------
 */

/* The days of the run and those before it whose pulses it still feels. */
struct days {
    int64_t first_s; /* start of the first day of the first month of the run, less the memory */
    int memory_count;
    int count;
    double *pulse;    /* [count] */
    double *flow_m3s; /* [count] */
};

static void
draw_pulses(const struct inflow_generator *generator, uint64_t seed, uint32_t realisation,
            struct days *days)
{
    struct noise noise = noise_of(generator, seed, realisation, STREAM_SITE_DAY, STREAM_REGION_DAY);
    int64_t origin_s = date_to_seconds((struct date){FIRST_YEAR, 1, 1, 0});
    double chance[12], threshold[12];
    for (int m = 0; m < 12; m++) {
        chance[m] = fmin(chance_max, pulses_per_day * 12.0 * generator->monthly_fraction[m]);
        threshold[m] = chance[m] > 0.0 ? gsl_cdf_ugaussian_Qinv(chance[m]) : (double)INFINITY;
    }
    struct date date = date_from_seconds(days->first_s);
    int64_t day_number = (days->first_s - origin_s) / 86400;
    for (int d = 0; d < days->count; d++) {
        int m = date.month - 1;
        double score = draw(&noise, (uint32_t)(day_number + d));
        /* given that it is above the threshold, its chance of being above is uniform */
        days->pulse[d] = score > threshold[m] ? -log(gsl_cdf_ugaussian_Q(score) / chance[m]) : 0.0;
        if (++date.day > days_in_month(date.year, date.month)) {
            date.day = 1;
            date.month = date.month % 12 + 1;
            date.year += date.month == 1;
        }
    }
}

/* Spread a month's mean flow over its days. */
static void
shape_month(const struct inflow_generator *generator, struct days *days, int first_d, int count,
            double mean_m3s)
{
    double keep = exp(-1.0 / generator->recession_days), store = 0.0, sum = 0.0;
    for (int d = first_d - days->memory_count; d < first_d + count; d++) {
        store = store * keep + days->pulse[d];
        if (d >= first_d) {
            days->flow_m3s[d] = store;
            sum += store;
        }
    }
    double base = sum > 0.0 ? generator->base_fraction : 1.0;
    double factor = sum > 0.0 ? (1.0 - base) * count / sum : 0.0;
    for (int d = first_d; d < first_d + count; d++)
        days->flow_m3s[d] = mean_m3s * (base + factor * days->flow_m3s[d]);
}

/* Flows of all months from the first of the run to its last. */
static void
draw_months(const struct inflow_generator *generator, uint64_t seed, uint32_t realisation,
            double sigma, struct date first, struct days *days)
{
    struct noise noise =
        noise_of(generator, seed, realisation, STREAM_SITE_MONTH, STREAM_REGION_MONTH);
    int first_month = (first.year - FIRST_YEAR) * 12 + first.month - 1;
    double rho = generator->lag1, rest = sqrt(1.0 - rho * rho);
    double score = draw(&noise, 0);
    for (int month = 1; month <= first_month; month++)
        score = rho * score + rest * draw(&noise, (uint32_t)month);
    int d = days->memory_count;
    for (int month = first_month; d < days->count; month++) {
        int year = FIRST_YEAR + month / 12, m = month % 12;
        int count = days_in_month(year, m + 1);
        if (month > first_month)
            score = rho * score + rest * draw(&noise, (uint32_t)month);
        double mean_m3s = generator->mean_m3s * generator->monthly_fraction[m] * seconds_per_year /
                          (count * seconds_per_day);
        shape_month(generator, days, d, count, mean_m3s * exp(sigma * score - 0.5 * sigma * sigma));
        d += count;
    }
}

/* Whole months about the run, so that a month's shape does not depend on where the run begins. */
static enum status
days_init(struct days *days, const struct inflow_generator *generator, const struct timeaxis *axis,
          struct date *first, struct error *err)
{
    struct date last = date_from_seconds(axis->start_s[axis->step_count] - 1);
    *first = date_from_seconds(axis->start_s[0]);
    first->day = 1;
    first->hour = 0;
    last.day = days_in_month(last.year, last.month);
    last.hour = 0;
    double memory = ceil(memory_recessions * generator->recession_days);
    days->memory_count = memory < MEMORY_DAYS_MAX ? (int)memory : MEMORY_DAYS_MAX;
    days->first_s = date_to_seconds(*first) - 86400 * (int64_t)days->memory_count;
    days->count = (int)((date_to_seconds(last) - days->first_s) / 86400) + 1;
    days->pulse = calloc((size_t)days->count, sizeof(double));
    days->flow_m3s = calloc((size_t)days->count, sizeof(double));
    if (days->pulse == NULL || days->flow_m3s == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the inflow generator");
    return STATUS_OK;
}

enum status
inflow_generate(const struct inflow_generator *generator, uint64_t seed, uint32_t realisation,
                const struct timeaxis *axis, double *flow_m3s, struct error *err)
{
    enum status status = STATUS_OK;
    struct days days = {0};
    struct date first;
    double sigma;
    TRY(inflow_generator_sigma(generator, &sigma, err));
    TRY(days_init(&days, generator, axis, &first, err));
    draw_pulses(generator, seed, realisation, &days);
    draw_months(generator, seed, realisation, sigma, first, &days);
    for (int t = 0; t < axis->step_count; t++) {
        int from_d = (int)((axis->start_s[t] - days.first_s) / 86400);
        int to_d = (int)((axis->start_s[t + 1] - 1 - days.first_s) / 86400);
        double sum = 0.0;
        for (int d = from_d; d <= to_d; d++)
            sum += days.flow_m3s[d];
        flow_m3s[t] = sum / (to_d - from_d + 1);
    }
out:
    free(days.pulse);
    free(days.flow_m3s);
    return status;
}
