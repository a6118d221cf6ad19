/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/design_drought.h"

#include "scenarios/monthly_runoff.h"
#include "solvers/distribution.h"
#include "solvers/philox.h"
#include "solvers/quantile.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_COUNT = 200, SAMPLE_YEARS = 5000 };

static const double interval_level = 0.95;

/* The affected catchments together, month by month. */
struct region_flow {
    struct monthly_source source;
    int first_year;
    double *flow_m3s; /* of the source, owned */
};

const struct axis *
design_drought_axis(const struct basin *basin)
{
    for (int i = 0; i < basin->scenarios.axis_count; i++)
        if (basin->scenarios.axis[i].design != NULL)
            return &basin->scenarios.axis[i];
    return NULL;
}

/* ---- the record -------------------------------------------------------------------------------
 */

static enum status
read_record(const struct basin *basin, struct drought_design *design,
            struct region_flow *region_flow, struct error *err)
{
    enum status status = STATUS_OK;
    struct monthly_runoff runoff;
    TRY(monthly_runoff_read(&runoff, basin, design->record, err));
    int months = runoff.year_count * MONTHS;
    design->record =
        (struct year_span){runoff.first_year, runoff.first_year + runoff.year_count - 1};
    for (int r = 0; r < design->region_count; r++) {
        const struct drought_region *region = &design->region[r];
        double *sum_m3s = calloc((size_t)months, sizeof *sum_m3s);
        region_flow[r].first_year = runoff.first_year;
        region_flow[r].source.year_count = runoff.year_count;
        region_flow[r].source.flow_m3s = region_flow[r].flow_m3s = sum_m3s;
        if (sum_m3s == NULL)
            TRY(STATUS_MEMORY);
        for (int i = 0; i < region->catchment_count; i++)
            for (int m = 0; m < months; m++)
                sum_m3s[m] += runoff.flow_m3s[(long)region->catchment_c[i] * months + m];
    }
out:
    monthly_runoff_finish(&runoff);
    return status;
}

/* ---- the months of a drought ------------------------------------------------------------------
 */

/* How many such stretches lie in a sequence of years. */
static int
stretch_count(const struct design_drought *drought, int year_count)
{
    int count = year_count -
                (drought->onset_month - 1 + drought->duration_months + MONTHS - 1) / MONTHS + 1;
    return count > 0 ? count : 0;
}

/* Mean flow of one stretch of months; @return its length, s. */
static double
stretch_mean(const struct design_drought *drought, const double *flow_m3s, int year_y, double *mean)
{
    double sum = 0.0, days = 0.0;
    for (int i = 0; i < drought->duration_months; i++) {
        int month = drought->onset_month - 1 + i;
        sum += flow_m3s[(long)year_y * MONTHS + month] * month_days_mean[month % MONTHS];
        days += month_days_mean[month % MONTHS];
    }
    *mean = sum / days;
    return days * 86400.0;
}

/* How many stretches of a sequence are as dry as the drought. */
static int
count_dry(const struct design_drought *drought, const double *flow_m3s, int year_count)
{
    int dry = 0;
    double mean;
    for (int y = 0; y < stretch_count(drought, year_count); y++) {
        stretch_mean(drought, flow_m3s, y, &mean);
        dry += mean <= drought->mean_m3s;
    }
    return dry;
}

/* The flow that Pearson III of the record gives for an assurance. */
static enum status
assured_flow(struct design_drought *drought, const double *sorted, int count, struct error *err)
{
    struct fitted_distribution fitted;
    struct error cause = {0};
    enum status status = count < 4 ? STATUS_INPUT
                                   : distribution_fit(DISTRIBUTION_PEARSON3, ESTIMATOR_LMOMENTS,
                                                      sorted, count, &fitted, &cause);
    if (status != STATUS_OK)
        return error_set(err, status, "Pearson III of the record: %s",
                         count < 4 ? "too few years" : cause.text);
    drought->mean_m3s = fmax(0.0, distribution_quantile(&fitted, 1.0 - drought->figure));
    return STATUS_OK;
}

/* What the record says, and the flow that the drought is to have. */
static enum status
find_flow(struct design_drought *drought, const struct region_flow *record,
          const double *synthetic_m3s, int synthetic_years, double *work, struct error *err)
{
    double mean, sum = 0.0, length_s = 0.0, driest = (double)INFINITY;
    int count = stretch_count(drought, record->source.year_count);
    for (int y = 0; y < count; y++) {
        length_s = stretch_mean(drought, record->flow_m3s, y, &work[y]);
        sum += work[y];
        if (work[y] < driest) {
            driest = work[y];
            drought->driest_year = record->first_year + y;
        }
    }
    if (count == 0 || !(sum > 0.0))
        return error_set(err, STATUS_INPUT, "%s in the months of the drought",
                         count == 0 ? "the record is too short" : "there is no flow");
    quantile_sort(work, count);
    if (drought->size == DROUGHT_SHARE)
        drought->mean_m3s = drought->figure * sum / count;
    if (drought->size == DROUGHT_ASSURANCE) {
        enum status status = assured_flow(drought, work, count, err);
        if (status != STATUS_OK)
            return status;
    }
    drought->driest_share = driest / (sum / count);
    double record_mean = sum / count;
    count = stretch_count(drought, synthetic_years);
    for (int y = 0; y < count && drought->size == DROUGHT_RETURN_PERIOD; y++) {
        stretch_mean(drought, synthetic_m3s, y, &mean);
        work[y] = mean;
    }
    if (drought->size == DROUGHT_RETURN_PERIOD) {
        quantile_sort(work, count);
        drought->mean_m3s = quantile_of_sorted(work, count, 1.0 / drought->figure);
    }
    drought->share = drought->mean_m3s / record_mean;
    drought->volume_m3 = drought->mean_m3s * length_s;
    return STATUS_OK;
}

/* Quantile of a beta distribution, by bisection: the inverse of GSL does not converge for all. */
static double
beta_quantile(double probability, double a, double b)
{
    double low = 0.0, high = 1.0;
    for (int i = 0; i < 200; i++) {
        double middle = 0.5 * (low + high);
        if (gsl_cdf_beta_P(middle, a, b) < probability)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Return period and its interval by the count of synthetic years that are as dry. */
static void
find_years(struct design_drought *drought, const double *synthetic_m3s, int synthetic_years)
{
    double count = stretch_count(drought, synthetic_years);
    double dry = count_dry(drought, synthetic_m3s, synthetic_years);
    double tail = (1.0 - interval_level) / 2.0;
    drought->years = dry > 0.0 ? count / dry : (double)INFINITY;
    drought->years_low =
        dry < count ? 1.0 / beta_quantile(1.0 - tail, dry + 1.0, count - dry) : 1.0;
    drought->years_high =
        dry > 0.0 ? 1.0 / beta_quantile(tail, dry, count - dry + 1.0) : (double)INFINITY;
}

/* ---- how much the record knows ---------------------------------------------------------------
 */

/* The years of the record drawn again with replacement, in blocks of the cube root of the years. */
static void
draw_years(const struct region_flow *record, int sample_i, double *out_m3s)
{
    struct philox_key key = {.seed = record->source.seed,
                             .realisation = (uint32_t)sample_i,
                             .site = philox_hash("design drought")};
    int years = record->source.year_count, block = (int)lround(cbrt(years)), start = 0;
    for (int y = 0; y < years; y++) {
        if (y % block == 0)
            start = (int)(philox_uniform(&key, (uint32_t)(y / block)) * years);
        memcpy(out_m3s + (long)y * MONTHS,
               record->flow_m3s + (long)((start + y % block) % years) * MONTHS,
               MONTHS * sizeof *out_m3s);
    }
}

/* Return period of each drought of the region by one sample of the record; NAN if it cannot be
   fitted. */
static enum status
sample_record(const struct drought_design *design, const struct region_flow *record, int region_r,
              int sample_i, double *years)
{
    struct error unused = {0};
    double *drawn = malloc((size_t)record->source.year_count * MONTHS * sizeof *drawn);
    double *synthetic = malloc((size_t)SAMPLE_YEARS * MONTHS * sizeof *synthetic);
    enum status status = drawn != NULL && synthetic != NULL ? STATUS_OK : STATUS_MEMORY;
    if (status == STATUS_OK) {
        struct monthly_source source = record->source;
        source.flow_m3s = drawn;
        draw_years(record, sample_i, drawn);
        status = monthly_flow_generate(&source, (uint32_t)sample_i + 1, SAMPLE_YEARS, synthetic,
                                       &unused);
    }
    for (int d = 0; d < design->drought_count; d++) {
        const struct design_drought *drought = &design->drought[d];
        double *out = &years[(long)d * SAMPLE_COUNT + sample_i];
        if (drought->region_r != region_r)
            continue;
        *out = (double)NAN;
        if (status != STATUS_OK)
            continue;
        int dry = count_dry(drought, synthetic, SAMPLE_YEARS);
        *out = dry > 0 ? (double)stretch_count(drought, SAMPLE_YEARS) / dry : (double)INFINITY;
    }
    free(drawn);
    free(synthetic);
    return status == STATUS_INPUT ? STATUS_OK : status;
}

/* Percentiles of the samples; those that could not be fitted have no say. */
static void
take_interval(struct design_drought *drought, double *years)
{
    int count = 0;
    double tail = (1.0 - interval_level) / 2.0;
    for (int i = 0; i < SAMPLE_COUNT; i++)
        if (!isnan(years[i]))
            years[count++] = years[i];
    if (count == 0)
        return;
    quantile_sort(years, count);
    drought->record_low = years[(int)floor(tail * (count - 1))];
    drought->record_high = years[(int)ceil((1.0 - tail) * (count - 1))];
}

static enum status
find_record_intervals(struct drought_design *design, const struct region_flow *region_flow)
{
    int failed = 0;
    double *years = malloc((size_t)design->drought_count * SAMPLE_COUNT * sizeof *years);
    if (years == NULL)
        return STATUS_MEMORY;
#pragma omp parallel for schedule(dynamic) reduction(| : failed)
    for (int i = 0; i < SAMPLE_COUNT; i++)
        for (int r = 0; r < design->region_count; r++)
            failed |= sample_record(design, &region_flow[r], r, i, years) != STATUS_OK;
    for (int d = 0; d < design->drought_count && !failed; d++)
        take_interval(&design->drought[d], &years[(long)d * SAMPLE_COUNT]);
    free(years);
    return failed ? STATUS_MEMORY : STATUS_OK;
}

/* ---- the axis ---------------------------------------------------------------------------------
 */

static enum status
find_region(struct drought_design *design, const struct region_flow *record, int region_r,
            struct error *err)
{
    enum status status = STATUS_OK;
    int years = design->synthetic_years;
    double *synthetic = malloc((size_t)years * MONTHS * sizeof *synthetic);
    double *work = malloc((size_t)(years + record->source.year_count) * sizeof *work);
    if (synthetic == NULL || work == NULL)
        TRY(STATUS_MEMORY);
    TRY(monthly_flow_generate(&record->source, 0, years, synthetic, err));
    for (int d = 0; d < design->drought_count; d++) {
        struct design_drought *drought = &design->drought[d];
        if (drought->region_r != region_r)
            continue;
        TRY(find_flow(drought, record, synthetic, years, work, err));
        find_years(drought, synthetic, years);
    }
out:
    free(synthetic);
    free(work);
    return status;
}

/* The share of the drought for what else is scaled by it. */
static void
pass_on_shares(const struct axis *axis)
{
    for (int i = 0; i < axis->member_count; i++)
        for (int j = 0; axis->member[i].drought != NULL && j < axis->member[i].change_count; j++)
            axis->member[i].change[j].window.value = axis->member[i].drought->share;
}

enum status
design_droughts_find(struct basin *basin, struct error *err)
{
    const struct axis *axis = design_drought_axis(basin);
    if (axis == NULL)
        return STATUS_OK;
    struct drought_design *design = axis->design;
    struct error cause = {0};
    enum status status = STATUS_OK;
    struct region_flow *flow = calloc((size_t)design->region_count + 1, sizeof *flow);
    if (flow == NULL)
        TRY(STATUS_MEMORY);
    for (int r = 0; r < design->region_count; r++)
        flow[r].source = (struct monthly_source){.name = "the affected catchments",
                                                 .method = (enum flow_method)design->method,
                                                 .seed = basin->run.seed};
    design->sample_years = SAMPLE_YEARS;
    TRY(read_record(basin, design, flow, &cause));
    for (int r = 0; r < design->region_count; r++)
        TRY(find_region(design, &flow[r], r, &cause));
    TRY(find_record_intervals(design, flow));
    pass_on_shares(axis);
out:
    if (status != STATUS_OK)
        error_set(err, status, "axis '%s': %s", axis->id,
                  cause.text[0] != '\0' ? cause.text : status_text(status));
    for (int r = 0; flow != NULL && r < design->region_count; r++)
        free(flow[r].flow_m3s);
    free(flow);
    return status;
}
