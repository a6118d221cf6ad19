/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/synthetic_flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_MEMBERS = 32, WEEK = 7 };

static const double batch_bytes_most = 256e6;

/* ---- the record -------------------------------------------------------------------------------
 */

/* Steps of the whole calendar years. */
static enum status
find_years(const struct site_series *series, int *first, int *last, struct synthetic_source *source,
           struct error *err)
{
    int t = 0, end = series->count;
    struct date date;
    while (t < end &&
           (date = date_from_seconds(series->start_s[t]), date.month != 1 || date.day != 1))
        t++;
    date = date_from_seconds(series->start_s[t < end ? t : 0]);
    source->first_year = date.year;
    *first = t;
    *last = t;
    for (; t < end; t++) {
        struct date next = date_from_seconds(series->start_s[t + 1]);
        if (next.month == 1 && next.day == 1) {
            source->year_count = next.year - source->first_year;
            *last = t + 1;
        }
    }
    if (source->year_count == 0)
        return error_set(err, STATUS_INPUT, "%s: the record covers no whole calendar year",
                         series->path);
    return STATUS_OK;
}

static enum status
take_site(struct synthetic_source *source, const struct site_series *series, int site_i, int first,
          int last, struct error *err)
{
    int sites = source->site_count;
    for (int t = first; t < last; t++) {
        struct date date = date_from_seconds(series->start_s[t]);
        double length_s = (double)(series->start_s[t + 1] - series->start_s[t]);
        double flow_m3s = series->value[t] / length_s;
        if (isnan(flow_m3s)) {
            char text[32];
            return error_set(err, STATUS_INPUT,
                             "%s:%d: column '%s' is missing on %s; a generator needs every step of "
                             "its whole years",
                             series->path, series->line[t], series->column,
                             site_series_date(series, t, text, sizeof text));
        }
        long month = (long)(date.year - source->first_year) * MONTHS + date.month - 1;
        double share = length_s / (86400.0 * days_in_month(date.year, date.month));
        source->month_m3s[month * sites + site_i] += flow_m3s * share;
        if (source->day_m3s != NULL)
            source->day_m3s[(long)(t - first) * sites + site_i] = flow_m3s;
    }
    return STATUS_OK;
}

enum status
synthetic_source_init(struct synthetic_source *source, int site_count,
                      const struct site_series *series, struct error *err)
{
    int first, last;
    enum status status = STATUS_OK;
    *source = (struct synthetic_source){.site_count = site_count};
    if (series[0].step != STEP_DAILY && series[0].step != STEP_MONTHLY)
        TRY(error_set(err, STATUS_INPUT, "%s: the record must have days or months",
                      series[0].path));
    TRY(find_years(&series[0], &first, &last, source, err));
    source->day_count = series[0].step == STEP_DAILY ? last - first : 0;
    source->month_m3s =
        calloc((size_t)source->year_count * MONTHS * (size_t)site_count, sizeof *source->month_m3s);
    if (source->day_count > 0)
        source->day_m3s =
            malloc((size_t)source->day_count * (size_t)site_count * sizeof *source->day_m3s);
    if (source->month_m3s == NULL || (source->day_count > 0 && source->day_m3s == NULL))
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the record of %s", series[0].path));
    for (int s = 0; s < site_count; s++) {
        source->name[s] = series[s].column;
        if (series[s].count != series[0].count || series[s].start_s[0] != series[0].start_s[0])
            TRY(error_set(err, STATUS_INPUT, "%s: columns '%s' and '%s' cover other steps",
                          series[0].path, series[0].column, series[s].column));
        TRY(take_site(source, &series[s], s, first, last, err));
    }
out:
    if (status != STATUS_OK)
        synthetic_source_finish(source);
    return status;
}

void
synthetic_source_finish(struct synthetic_source *source)
{
    free(source->month_m3s);
    free(source->day_m3s);
    source->month_m3s = source->day_m3s = NULL;
}

/* ---- generation -------------------------------------------------------------------------------
 */

/* All that members share, and what each of a batch works in. */
struct batch {
    const struct synthetic_source *source;
    const struct synthetic_request *request;
    struct synthetic_flow *out;
    struct flow_model model;
    struct day_model days;
    int member_count; /* of a batch */
    long workspace_size;
    double *workspace; /* [member_count][workspace_size] */
    float *flow_m3s;   /* [member_count][step_count][site_count] */
};

/* Least mean of seven days within each year. */
static void
find_weeks(const float *flow_m3s, int year_count, int start_year, int sites, float *week_m3s)
{
    for (int y = 0; y < year_count; y++) {
        int days = is_leap_year(start_year + y) ? 366 : 365;
        for (int s = 0; s < sites; s++) {
            double sum = 0.0, least = (double)INFINITY;
            for (int d = 0; d < days; d++) {
                sum += (double)flow_m3s[(long)d * sites + s];
                if (d >= WEEK)
                    sum -= (double)flow_m3s[(long)(d - WEEK) * sites + s];
                if (d >= WEEK - 1)
                    least = fmin(least, sum / WEEK);
            }
            week_m3s[(long)y * sites + s] = (float)fmax(0.0, least);
        }
        flow_m3s += (long)days * sites;
    }
}

static void
generate_member(struct batch *batch, int member_i, int slot)
{
    const struct synthetic_request *request = batch->request;
    int sites = batch->source->site_count;
    long months = (long)request->year_count * MONTHS;
    double *workspace = batch->workspace + slot * batch->workspace_size;
    double *month_m3s = batch->out->month_m3s + member_i * months * sites;
    float *flow_m3s = batch->flow_m3s + (long)slot * batch->out->step_count * sites;
    flow_model_generate(&batch->model, request->seed, (uint32_t)member_i, request->year_count,
                        workspace, month_m3s);
    if (!request->daily) {
        for (long i = 0; i < months * sites; i++)
            flow_m3s[i] = (float)month_m3s[i];
        return;
    }
    float *at = flow_m3s;
    for (int t = 0; t < months; t++) {
        int month = t % MONTHS;
        int length = days_in_month(request->start_year + t / MONTHS, month + 1);
        day_model_fill(&batch->days, request->seed, (uint32_t)member_i, t, month, length,
                       month_m3s + (long)t * sites, workspace, at);
        at += (long)length * sites;
    }
    find_weeks(flow_m3s, request->year_count, request->start_year, sites,
               batch->out->week_m3s + (long)member_i * request->year_count * sites);
}

static enum status
run_batches(struct batch *batch, synthetic_sink *sink, void *context, struct error *err)
{
    int count = batch->request->member_count;
    long member_size = (long)batch->out->step_count * batch->source->site_count;
    for (int first = 0; first < count; first += batch->member_count) {
        int last = first + batch->member_count < count ? first + batch->member_count : count;
#pragma omp parallel for schedule(dynamic)
        for (int i = first; i < last; i++)
            generate_member(batch, i, i - first);
        for (int i = first; i < last && sink != NULL; i++) {
            enum status status = sink(context, i, batch->flow_m3s + (i - first) * member_size, err);
            if (status != STATUS_OK)
                return status;
        }
    }
    return STATUS_OK;
}

/* The calendar of a member. */
static enum status
lay_out_steps(struct synthetic_flow *out, const struct synthetic_request *request,
              struct error *err)
{
    struct timeaxis axis;
    enum status status =
        timeaxis_init(&axis, request->daily ? STEP_DAILY : STEP_MONTHLY,
                      (struct date){request->start_year, 1, 1, 0},
                      (struct date){request->start_year + request->year_count - 1, 12, 31, 0}, err);
    if (status != STATUS_OK)
        return status;
    out->step_count = axis.step_count;
    size_t size = ((size_t)axis.step_count + 1) * sizeof *out->start_s;
    out->start_s = malloc(size);
    if (out->start_s != NULL)
        memcpy(out->start_s, axis.start_s, size);
    timeaxis_finish(&axis);
    return out->start_s != NULL ? STATUS_OK : error_set(err, STATUS_MEMORY, "out of memory");
}

/* The same least weeks of the record. */
static enum status
measure_source_weeks(struct synthetic_flow *out, const struct synthetic_source *source,
                     struct error *err)
{
    size_t sites = (size_t)source->site_count, years = (size_t)source->year_count;
    size_t day_size = (size_t)source->day_count * sites;
    float *days = malloc(day_size * sizeof *days), *week = calloc(years * sites, sizeof *week);
    out->source_week_m3s = malloc(years * sites * sizeof *out->source_week_m3s);
    bool there = days != NULL && week != NULL && out->source_week_m3s != NULL;
    for (size_t i = 0; i < day_size && there; i++)
        days[i] = (float)source->day_m3s[i];
    if (there)
        find_weeks(days, source->year_count, source->first_year, source->site_count, week);
    for (size_t i = 0; i < years * sites && there; i++)
        out->source_week_m3s[i] = (double)week[i];
    free(days);
    free(week);
    return there ? STATUS_OK : error_set(err, STATUS_MEMORY, "out of memory for the record");
}

static enum status
allocate(struct batch *batch, struct error *err)
{
    const struct synthetic_request *request = batch->request;
    struct synthetic_flow *out = batch->out;
    size_t sites = (size_t)batch->source->site_count, members = (size_t)request->member_count;
    size_t years = (size_t)request->year_count, step_size = (size_t)out->step_count * sites;
    double fitting = batch_bytes_most / (double)(step_size * sizeof(float));
    batch->member_count = fitting < 1.0             ? 1
                          : fitting > BATCH_MEMBERS ? BATCH_MEMBERS
                                                    : (int)fitting;
    batch->workspace_size = flow_model_workspace(&batch->model, request->year_count);
    if (request->daily && day_model_workspace(&batch->days) > batch->workspace_size)
        batch->workspace_size = day_model_workspace(&batch->days);
    batch->workspace =
        malloc((size_t)batch->member_count * (size_t)batch->workspace_size * sizeof(double));
    batch->flow_m3s = malloc((size_t)batch->member_count * step_size * sizeof(float));
    out->month_m3s = malloc(members * years * MONTHS * sites * sizeof(double));
    if (request->daily)
        out->week_m3s = malloc(members * years * sites * sizeof(float));
    if (batch->workspace == NULL || batch->flow_m3s == NULL || out->month_m3s == NULL ||
        (request->daily && out->week_m3s == NULL))
        return error_set(err, STATUS_MEMORY, "out of memory for %zu members of %zu years", members,
                         years);
    return STATUS_OK;
}

enum status
synthetic_flow_generate(struct synthetic_flow *out, const struct synthetic_source *source,
                        const struct synthetic_request *request, synthetic_sink *sink,
                        void *context, struct error *err)
{
    struct batch batch = {.source = source, .request = request, .out = out};
    const struct flow_record record = {source->year_count, source->site_count, source->month_m3s};
    enum status status = STATUS_OK;
    *out = (struct synthetic_flow){0};
    if (request->daily && source->day_m3s == NULL)
        TRY(error_set(err, STATUS_INPUT, "the record has months only: days cannot be made of it"));
    TRY(flow_model_fit(&batch.model, request->method, &record, source->name, &request->change,
                       err));
    out->repaired_count = batch.model.repaired_count;
    out->floored_count = batch.model.floored_count;
    if (request->daily) {
        TRY(day_model_init(&batch.days, source->site_count, source->first_year, source->year_count,
                           source->day_count, source->day_m3s, request->window_days, err));
        TRY(measure_source_weeks(out, source, err));
    }
    TRY(lay_out_steps(out, request, err));
    TRY(allocate(&batch, err));
    TRY(run_batches(&batch, sink, context, err));
out:
    flow_model_finish(&batch.model);
    day_model_finish(&batch.days);
    free(batch.workspace);
    free(batch.flow_m3s);
    if (status != STATUS_OK)
        synthetic_flow_finish(out);
    return status;
}

void
synthetic_flow_finish(struct synthetic_flow *flow)
{
    free(flow->start_s);
    free(flow->month_m3s);
    free(flow->week_m3s);
    free(flow->source_week_m3s);
    *flow = (struct synthetic_flow){0};
}

/* ---- the report -------------------------------------------------------------------------------
 */

enum status
synthetic_report_make(struct synthetic_report *report, const struct synthetic_source *source,
                      const struct synthetic_request *request, const struct synthetic_flow *flow,
                      struct error *err)
{
    int sites = source->site_count;
    long months = (long)source->year_count * MONTHS;
    int stretch =
        source->year_count < request->year_count ? source->year_count : request->year_count;
    const struct flow_sample record = {1, source->year_count, sites, source->month_m3s};
    const struct flow_sample made = {request->member_count, request->year_count, sites,
                                     flow->month_m3s};
    double floor_m3s[FLOW_SITES_MAX];
    double *threshold = malloc((size_t)MONTHS * (size_t)sites * sizeof *threshold);
    enum status status = STATUS_OK;
    *report = (struct synthetic_report){0};
    if (threshold == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the report");
    for (int s = 0; s < sites; s++) { /* as the model floors them */
        floor_m3s[s] = (double)INFINITY;
        for (long t = 0; t < months; t++)
            if (source->month_m3s[t * sites + s] > 0.0)
                floor_m3s[s] = fmin(floor_m3s[s], 0.5 * source->month_m3s[t * sites + s]);
    }
    TRY(flow_thresholds(&record, threshold, err));
    TRY(flow_statistics_compute(&report->source, &record, floor_m3s, threshold, stretch, err));
    for (int s = 0; s < sites; s++)
        floor_m3s[s] = 1e-300; /* what is generated is above 0 */
    TRY(flow_statistics_compute(&report->synthetic, &made, floor_m3s, threshold, stretch, err));
out:
    free(threshold);
    if (status != STATUS_OK)
        synthetic_report_finish(report);
    return status;
}

void
synthetic_report_finish(struct synthetic_report *report)
{
    flow_statistics_finish(&report->source);
    flow_statistics_finish(&report->synthetic);
}
