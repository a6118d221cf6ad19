/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/flow_statistics.h"

#include "solvers/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double drought_exceedance = 0.8;

enum { MONTHLY_FIGURES = 6, SITE_FIGURES = 7 };

/* The flows, and their logarithms in the same order. */
struct work {
    const struct flow_sample *sample;
    double *log_flow;
    double *column; /* values of one site, for quantiles */
};

static long
place_of(const struct flow_sample *sample, int sequence, int year, int month, int site)
{
    long months = (long)sample->year_count * MONTHS;
    return ((long)sequence * months + (long)year * MONTHS + month) * sample->site_count + site;
}

/* ---- moments ----------------------------------------------------------------------------------
 */

struct moments {
    double mean, sd, skew;
};

static struct moments
moments_of(const struct flow_sample *sample, const double *value, int month, int site)
{
    double n = (double)sample->sequence_count * sample->year_count, sum = 0.0, m2 = 0.0, m3 = 0.0;
    for (int q = 0; q < sample->sequence_count; q++)
        for (int y = 0; y < sample->year_count; y++)
            sum += value[place_of(sample, q, y, month, site)];
    struct moments out = {.mean = sum / n};
    for (int q = 0; q < sample->sequence_count; q++)
        for (int y = 0; y < sample->year_count; y++) {
            double deviation = value[place_of(sample, q, y, month, site)] - out.mean;
            m2 += deviation * deviation;
            m3 += deviation * deviation * deviation;
        }
    out.sd = sqrt(m2 / (n - 1.0));
    out.skew = m2 > 0.0 ? m3 / n / pow(m2 / n, 1.5) : 0.0;
    return out;
}

/* Correlation of a month at one site with another month and site, a year before or of the same. */
static double
pooled_correlation(const struct work *work, int month, int site, int other_month, int other_site,
                   int year_back)
{
    const struct flow_sample *sample = work->sample;
    double sx = 0.0, sy = 0.0, n = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
    for (int q = 0; q < sample->sequence_count; q++)
        for (int y = year_back; y < sample->year_count; y++, n++) {
            sx += work->log_flow[place_of(sample, q, y, month, site)];
            sy += work->log_flow[place_of(sample, q, y - year_back, other_month, other_site)];
        }
    for (int q = 0; q < sample->sequence_count; q++)
        for (int y = year_back; y < sample->year_count; y++) {
            double dx = work->log_flow[place_of(sample, q, y, month, site)] - sx / n;
            double dy =
                work->log_flow[place_of(sample, q, y - year_back, other_month, other_site)] -
                sy / n;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
    return xx > 0.0 && yy > 0.0 ? xy / sqrt(xx * yy) : 0.0;
}

/* ---- years and droughts -----------------------------------------------------------------------
 */

static double
annual_flow(const struct flow_sample *sample, int sequence, int year, int site)
{
    double sum = 0.0;
    for (int m = 0; m < MONTHS; m++)
        sum += sample->flow[place_of(sample, sequence, year, m, site)] / MONTHS;
    return sum;
}

static void
measure_years(const struct flow_sample *sample, int site, struct flow_statistics *out)
{
    double n = (double)sample->sequence_count * sample->year_count, mean = 0.0;
    double squares = 0.0, products = 0.0;
    for (int q = 0; q < sample->sequence_count; q++)
        for (int y = 0; y < sample->year_count; y++)
            mean += annual_flow(sample, q, y, site) / n;
    for (int q = 0; q < sample->sequence_count; q++) {
        double before = 0.0;
        for (int y = 0; y < sample->year_count; y++) {
            double deviation = annual_flow(sample, q, y, site) - mean;
            squares += deviation * deviation;
            products += deviation * before;
            before = deviation;
        }
    }
    out->annual_mean[site] = mean;
    out->annual_sd[site] = sqrt(squares / (n - 1.0));
    out->annual_lag1[site] = squares > 0.0 ? products / squares : 0.0;
}

/* Runs below the threshold; a run goes on over the end of a stretch and counts where it ends. */
static void
measure_droughts(const struct flow_sample *sample, const double *threshold, int stretch, int site,
                 struct flow_statistics *out)
{
    double dry = 0.0, events = 0.0, longest_sum = 0.0, stretches = 0.0;
    for (int q = 0; q < sample->sequence_count; q++) {
        int run = 0, longest = 0;
        for (int t = 0; t < sample->year_count * MONTHS; t++) {
            double flow = sample->flow[place_of(sample, q, 0, t, site)];
            bool is_dry = flow < threshold[t % MONTHS * sample->site_count + site];
            run = is_dry ? run + 1 : 0;
            dry += is_dry;
            events += run == 1;
            longest = run > longest ? run : longest;
            if ((t + 1) % (stretch * MONTHS) == 0) {
                longest_sum += longest;
                stretches++;
                longest = 0;
            }
        }
    }
    out->drought_mean[site] = events > 0.0 ? dry / events : 0.0;
    out->drought_longest[site] = stretches > 0.0 ? longest_sum / stretches : 0.0;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static enum status
allocate(struct flow_statistics *out, int site_count, struct error *err)
{
    size_t sites = (size_t)site_count, monthly = MONTHS * sites;
    double *room = malloc((MONTHLY_FIGURES * monthly + monthly * sites + SITE_FIGURES * sites) *
                          sizeof(double));
    if (room == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for statistics of %d sites",
                         site_count);
    out->site_count = site_count;
    double **monthly_figure[MONTHLY_FIGURES] = {&out->mean,     &out->sd,     &out->skew,
                                                &out->log_mean, &out->log_sd, &out->lag1};
    double **site_figure[SITE_FIGURES] = {
        &out->annual_mean, &out->annual_sd,    &out->annual_lag1,    &out->q90,
        &out->q95,         &out->drought_mean, &out->drought_longest};
    for (int i = 0; i < MONTHLY_FIGURES; i++, room += monthly)
        *monthly_figure[i] = room;
    for (int i = 0; i < SITE_FIGURES; i++, room += sites)
        *site_figure[i] = room;
    out->cross = room;
    return STATUS_OK;
}

static void
measure_site(const struct work *work, const double *threshold, int stretch, int site,
             struct flow_statistics *out)
{
    const struct flow_sample *sample = work->sample;
    int sites = sample->site_count;
    long count = (long)sample->sequence_count * sample->year_count * MONTHS;
    for (int m = 0; m < MONTHS; m++) {
        int at = m * sites + site;
        struct moments plain = moments_of(sample, sample->flow, m, site);
        struct moments logs = moments_of(sample, work->log_flow, m, site);
        out->mean[at] = plain.mean;
        out->sd[at] = plain.sd;
        out->skew[at] = plain.skew;
        out->log_mean[at] = logs.mean;
        out->log_sd[at] = logs.sd;
        out->lag1[at] = pooled_correlation(work, m, site, (m + MONTHS - 1) % MONTHS, site, m == 0);
        for (int other = 0; other < sites; other++)
            out->cross[(long)at * sites + other] =
                other == site  ? 1.0
                : other < site ? out->cross[((long)m * sites + other) * sites + site]
                               : pooled_correlation(work, m, site, m, other, 0);
    }
    for (long i = 0; i < count; i++)
        work->column[i] = sample->flow[i * sites + site];
    quantile_sort(work->column, (int)count);
    out->q90[site] = quantile_of_sorted(work->column, (int)count, 0.10);
    out->q95[site] = quantile_of_sorted(work->column, (int)count, 0.05);
    measure_years(sample, site, out);
    measure_droughts(sample, threshold, stretch, site, out);
}

enum status
flow_statistics_compute(struct flow_statistics *out, const struct flow_sample *sample,
                        const double *floor, const double *threshold, int stretch,
                        struct error *err)
{
    long count = (long)sample->sequence_count * sample->year_count * MONTHS;
    int sites = sample->site_count;
    struct work work = {sample, malloc((size_t)(count * sites) * sizeof(double)),
                        malloc((size_t)count * sizeof(double))};
    enum status status = STATUS_OK;
    *out = (struct flow_statistics){0};
    if (work.log_flow == NULL || work.column == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for statistics of %ld months", count));
    TRY(allocate(out, sites, err));
    for (long i = 0; i < count * sites; i++)
        work.log_flow[i] = log(fmax(sample->flow[i], floor[i % sites]));
    for (int s = 0; s < sites; s++)
        measure_site(&work, threshold, stretch, s, out);
out:
    free(work.log_flow);
    free(work.column);
    return status;
}

void
flow_statistics_finish(struct flow_statistics *statistics)
{
    free(statistics->mean); /* the block that holds them all */
    *statistics = (struct flow_statistics){0};
}

enum status
flow_thresholds(const struct flow_sample *sample, double *threshold, struct error *err)
{
    int count = sample->sequence_count * sample->year_count;
    double *column = malloc(((size_t)count + 1) * sizeof *column);
    if (column == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for thresholds");
    for (int s = 0; s < sample->site_count; s++)
        for (int m = 0; m < MONTHS; m++) {
            for (int q = 0; q < sample->sequence_count; q++)
                for (int y = 0; y < sample->year_count; y++)
                    column[q * sample->year_count + y] = sample->flow[place_of(sample, q, y, m, s)];
            quantile_sort(column, count);
            threshold[m * sample->site_count + s] =
                quantile_of_sorted(column, count, 1.0 - drought_exceedance);
        }
    free(column);
    return STATUS_OK;
}
