/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/design_drought.h"

#include "scenarios/forcing.h"
#include "solvers/distribution.h"
#include "solvers/philox.h"
#include "solvers/quantile.h"
#include "solvers/stochastic_flow.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_COUNT = 200, SAMPLE_YEARS = 5000 };

static const double interval_level = 0.95;
/* of a month, which no drought of the same length has more or fewer of from year to year */
static const double month_days[MONTHS] = {31, 28.2425, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/* The affected catchments together, month by month. */
struct region_flow {
    const struct drought_region *region;
    uint64_t seed;
    enum flow_method method;
    int first_year, year_count;
    double *flow_m3s; /* [year_count * MONTHS] */
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

/* Days, ten-day periods or hours as the means of whole months. */
static void
add_months(const struct timeaxis *axis, const double *flow_m3s, struct region_flow *out)
{
    for (int t = 0; t < axis->step_count; t++) {
        long month = (long)(axis->year[t] - out->first_year) * MONTHS + axis->month[t] - 1;
        out->flow_m3s[month] +=
            flow_m3s[t] * axis->dt_s[t] / (86400.0 * (double)axis->days_in_month[t]);
    }
}

/* Whole calendar years of the run, or those that the file names. */
static enum status
find_record(const struct basin *basin, const struct drought_design *design, struct year_span *out,
            struct error *err)
{
    const struct run_settings *run = &basin->run;
    bool from_january = run->start.month == 1 && run->start.day == 1;
    bool to_december = run->end.month == 12 && run->end.day == 31;
    *out = design->record;
    if (out->first == 0)
        *out = (struct year_span){run->start.year + !from_january, run->end.year - !to_december};
    if (out->last - out->first + 1 < 5)
        return error_set(err, STATUS_INPUT,
                         "design droughts are fitted to whole years of runoff, at least 5, and the "
                         "run has %d: name more with 'record: 1991-2020'",
                         out->last < out->first ? 0 : out->last - out->first + 1);
    return STATUS_OK;
}

static enum status
read_record(const struct basin *basin, const struct drought_design *design,
            struct region_flow *region_flow, struct error *err)
{
    enum status status = STATUS_OK;
    struct timeaxis axis = {0};
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    struct basin *plain = NULL;
    struct year_span years;
    TRY(find_record(basin, design, &years, err));
    TRY(timeaxis_init(&axis, basin->run.step, (struct date){years.first, 1, 1, 0},
                      (struct date){years.last, 12, 31, 0}, err));
    TRY(basin_copy(basin, &plain));
    for (int c = 0; c < plain->catchment_count; c++) /* what changes of it acts on the drought */
        plain->catchment[c].forest.annual_rain_m = (double)NAN;
    TRY(records_create(plain, &axis, &records, err));
    TRY(runoff_create(plain, records, &runoff, err));
    TRY(runoff_compute(runoff, plain, plain, records, 1, err));
    for (int r = 0; r < design->region_count; r++) {
        struct region_flow *one = &region_flow[r];
        one->first_year = years.first;
        one->year_count = years.last - years.first + 1;
        one->flow_m3s = calloc((size_t)one->year_count * MONTHS, sizeof *one->flow_m3s);
        if (one->flow_m3s == NULL)
            TRY(STATUS_MEMORY);
        for (int i = 0; i < one->region->catchment_count; i++)
            add_months(&axis, runoff->flow_m3s[one->region->catchment_c[i]], one);
    }
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for the design droughts");
    runoff_destroy(runoff);
    records_destroy(records);
    basin_destroy(plain);
    timeaxis_finish(&axis);
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
        sum += flow_m3s[(long)year_y * MONTHS + month] * month_days[month % MONTHS];
        days += month_days[month % MONTHS];
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
    int count = stretch_count(drought, record->year_count);
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

static enum status
generate(const struct region_flow *record, const double *flow_m3s, uint32_t member, int year_count,
         double *out, struct error *err)
{
    const struct flow_record source = {record->year_count, 1, flow_m3s};
    static const char *const name = "the affected catchments";
    struct flow_model model = {0};
    enum status status =
        flow_model_fit(&model, record->method, &source, &name, &monsoon_unchanged, err);
    double *work = NULL;
    if (status == STATUS_OK) {
        work = malloc((size_t)flow_model_workspace(&model, year_count) * sizeof *work);
        status = work == NULL ? STATUS_MEMORY : STATUS_OK;
    }
    if (status == STATUS_OK)
        flow_model_generate(&model, record->seed, member, year_count, work, out);
    free(work);
    flow_model_finish(&model);
    return status;
}

/* The years of the record drawn again with replacement, in blocks of the cube root of the years. */
static void
draw_years(const struct region_flow *record, int sample_i, double *out_m3s)
{
    struct philox_key key = {.seed = record->seed,
                             .realisation = (uint32_t)sample_i,
                             .site = philox_hash("design drought")};
    int years = record->year_count, block = (int)lround(cbrt(years)), start = 0;
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
    double *drawn = malloc((size_t)record->year_count * MONTHS * sizeof *drawn);
    double *synthetic = malloc((size_t)SAMPLE_YEARS * MONTHS * sizeof *synthetic);
    enum status status = drawn != NULL && synthetic != NULL ? STATUS_OK : STATUS_MEMORY;
    if (status == STATUS_OK) {
        draw_years(record, sample_i, drawn);
        status = generate(record, drawn, (uint32_t)sample_i + 1, SAMPLE_YEARS, synthetic, &unused);
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
    double *work = malloc((size_t)(years + record->year_count) * sizeof *work);
    if (synthetic == NULL || work == NULL)
        TRY(STATUS_MEMORY);
    TRY(generate(record, record->flow_m3s, 0, years, synthetic, err));
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
        flow[r] = (struct region_flow){.region = &design->region[r],
                                       .seed = basin->run.seed,
                                       .method = (enum flow_method)design->method};
    design->sample_years = SAMPLE_YEARS;
    TRY(read_record(basin, design, flow, &cause));
    if (design->record.first == 0)
        design->record =
            (struct year_span){flow[0].first_year, flow[0].first_year + flow[0].year_count - 1};
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
