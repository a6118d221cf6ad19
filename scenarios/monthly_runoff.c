/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/monthly_runoff.h"

#include "scenarios/forcing.h"

#include <math.h>
#include <stdlib.h>

const double month_days_mean[MONTHS] = {31, 28.2425, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/* Whole calendar years of the run, or those that are asked for. */
static enum status
find_years(const struct run_settings *run, struct year_span *years, struct error *err)
{
    bool from_january = run->start.month == 1 && run->start.day == 1;
    bool to_december = run->end.month == 12 && run->end.day == 31;
    if (years->first == 0)
        *years = (struct year_span){run->start.year + !from_january, run->end.year - !to_december};
    int count = years->last < years->first ? 0 : years->last - years->first + 1;
    if (count < 5)
        return error_set(err, STATUS_INPUT,
                         "droughts are fitted to whole years of runoff, at least 5, and here are "
                         "%d: name more, such as record: 1991-2020",
                         count);
    return STATUS_OK;
}

/* Days, ten-day periods or hours as the means of whole months. */
static void
add_months(const struct timeaxis *axis, const double *flow_m3s, int first_year, double *out_m3s)
{
    for (int t = 0; t < axis->step_count; t++) {
        long month = (long)(axis->year[t] - first_year) * MONTHS + axis->month[t] - 1;
        out_m3s[month] += flow_m3s[t] * axis->dt_s[t] / (86400.0 * (double)axis->days_in_month[t]);
    }
}

enum status
monthly_runoff_read(struct monthly_runoff *out, const struct basin *basin, struct year_span record,
                    struct error *err)
{
    enum status status = STATUS_OK;
    struct timeaxis axis = {0};
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    struct basin *plain = NULL;
    *out = (struct monthly_runoff){.catchment_count = basin->catchment_count};
    TRY(find_years(&basin->run, &record, err));
    out->first_year = record.first;
    out->year_count = record.last - record.first + 1;
    size_t months = (size_t)out->year_count * MONTHS;
    out->flow_m3s = calloc(months * (size_t)out->catchment_count + 1, sizeof *out->flow_m3s);
    if (out->flow_m3s == NULL)
        TRY(STATUS_MEMORY);
    TRY(timeaxis_init(&axis, basin->run.step, (struct date){record.first, 1, 1, 0},
                      (struct date){record.last, 12, 31, 0}, err));
    TRY(basin_copy(basin, &plain));
    for (int c = 0; c < plain->catchment_count; c++)
        plain->catchment[c].forest.annual_rain_m = (double)NAN;
    TRY(records_create(plain, &axis, &records, err));
    TRY(runoff_create(plain, records, &runoff, err));
    TRY(runoff_compute(runoff, plain, plain, records, 1, err));
    for (int c = 0; c < out->catchment_count; c++)
        add_months(&axis, runoff->flow_m3s[c], record.first, out->flow_m3s + (size_t)c * months);
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for the monthly runoff");
    if (status != STATUS_OK)
        monthly_runoff_finish(out);
    runoff_destroy(runoff);
    records_destroy(records);
    basin_destroy(plain);
    timeaxis_finish(&axis);
    return status;
}

void
monthly_runoff_finish(struct monthly_runoff *runoff)
{
    free(runoff->flow_m3s);
    runoff->flow_m3s = NULL;
}

enum status
monthly_flow_generate(const struct monthly_source *source, uint32_t member, int year_count,
                      double *flow_m3s, struct error *err)
{
    const struct flow_record record = {source->year_count, 1, source->flow_m3s};
    struct flow_model model = {0};
    double *work = NULL;
    enum status status =
        flow_model_fit(&model, source->method, &record, &source->name, &monsoon_unchanged, err);
    if (status != STATUS_OK)
        return status;
    work = malloc((size_t)flow_model_workspace(&model, year_count) * sizeof *work);
    if (work == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the synthetic years");
    else
        flow_model_generate(&model, source->seed, member, year_count, work, flow_m3s);
    free(work);
    flow_model_finish(&model);
    return status;
}
