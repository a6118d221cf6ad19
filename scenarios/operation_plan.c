/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_private.h"

#include "model/dam.h"
#include "model/reservoir.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, DAY_S = 86400 };

/* ---- moments --------------------------------------------------------------------------------- */

static int
compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* Ends of steps, moments at which gates are set, and those of inflows and schedules, in order. */
enum status
operation_find_breaks(struct operation_plan *plan, struct error *err)
{
    const struct operation_request *request = &plan->request;
    double end_s = (double)request->step_s * request->step_count;
    size_t most = (size_t)(request->step_s / request->control_s + 1) * (size_t)request->step_count +
                  (size_t)(end_s / HOUR_S) + (size_t)request->inflow->time_count + 8;
    for (int s = 0; s < request->schedule_count; s++)
        most += (size_t)request->schedule[s].count;
    double *at_s = calloc(most, sizeof *at_s);
    if (at_s == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the moments of the run");
    size_t count = 0;
    for (int step = 0; step < request->step_count; step++)
        for (int at = 0; at < request->step_s; at += request->control_s)
            at_s[count++] = (double)step * request->step_s + at;
    at_s[count++] = end_s;
    int to_hour_s = HOUR_S - (int)(request->start_s % HOUR_S);
    for (int64_t at = to_hour_s; at < (int64_t)end_s; at += HOUR_S)
        at_s[count++] = (double)at; /* lines and needs change by the hour */
    for (int i = 0; i < request->inflow->time_count; i++)
        at_s[count++] = (double)(request->inflow->time_s[i] - request->start_s);
    for (int s = 0; s < request->schedule_count; s++)
        for (int i = 0; i < request->schedule[s].count; i++)
            at_s[count++] = (double)(request->schedule[s].command[i].at_s - request->start_s);
    qsort(at_s, count, sizeof *at_s, compare_doubles);
    plan->break_s = at_s;
    for (size_t i = 0; i < count; i++)
        if (at_s[i] >= 0.0 && at_s[i] <= end_s &&
            (plan->break_count == 0 || at_s[i] > at_s[plan->break_count - 1] + 0.5))
            plan->break_s[plan->break_count++] = at_s[i];
    return STATUS_OK;
}

/* ---- records and lines ----------------------------------------------------------------------- */

static enum status
make_axis(struct operation_plan *plan, struct error *err)
{
    const struct operation_request *request = &plan->request;
    int64_t end_s = request->start_s + (int64_t)request->step_s * request->step_count;
    struct date first = date_from_seconds(request->start_s);
    struct date last = date_from_seconds(end_s - 1);
    first.hour = last.hour = 0;
    enum status status = timeaxis_init(&plan->axis, STEP_HOURLY, first, last, err);
    if (status != STATUS_OK)
        return status;
    plan->axis_offset_s = request->start_s - plan->axis.start_s[0];
    plan->hour_count = plan->axis.step_count;
    return STATUS_OK;
}

/* Records on the hours; NULL for those that do not cover them. */
static double **
read_records(const struct operation_plan *plan)
{
    const struct basin *basin = plan->request.basin;
    double **value = calloc((size_t)basin->series_count + 1, sizeof *value);
    for (int i = 0; i < basin->series_count && value != NULL; i++) {
        struct error ignored = {0};
        if (basin->series[i].record.count == 0)
            continue;
        value[i] = calloc((size_t)plan->hour_count, sizeof(double));
        if (value[i] != NULL && record_on_axis(&basin->series[i].record, &plan->axis, value[i],
                                               &ignored) != STATUS_OK) {
            free(value[i]);
            value[i] = NULL;
        }
    }
    return value;
}

/* A quantity of the lake hour by hour; absent: `absent` throughout. */
static enum status
fill_hours(const struct operation_plan *plan, const char *key, const struct varying *varying,
           double *const *series_value, double absent, double *out, struct error *err)
{
    const struct basin *basin = plan->request.basin;
    if (varying->kind == VARYING_SERIES && series_value[varying->series_i] == NULL)
        return error_set(err, STATUS_INPUT,
                         "'%s' of the lake comes from series '%s', which does not cover the run; "
                         "choose another --start",
                         key, basin->series[varying->series_i].id);
    for (int h = 0; h < plan->hour_count; h++) {
        const struct moment moment = {&plan->axis, h, basin->run.demand_year, series_value};
        out[h] = varying->kind == VARYING_ABSENT ? absent : moment_value(&moment, varying);
    }
    return STATUS_OK;
}

/* A line of the chart as levels. */
static enum status
fill_line(const struct operation_plan *plan, const char *key, const struct varying *line,
          double *const *series_value, double *level_m, struct error *err)
{
    const struct reservoir *reservoir = plan->reservoir;
    enum status status = fill_hours(plan, key, line, series_value, NAN, level_m, err);
    for (int h = 0; h < plan->hour_count && status == STATUS_OK; h++) {
        const struct moment moment = {&plan->axis, h, plan->request.basin->run.demand_year,
                                      series_value};
        if (line->kind != VARYING_ABSENT && line->dimension != DIMENSION_LENGTH)
            level_m[h] = reservoir_level_m(reservoir, reservoir_line_m3(reservoir, line, &moment));
    }
    return status;
}

static enum status
fill_zones(struct operation_plan *plan, double *const *series_value, struct error *err)
{
    const struct reservoir *reservoir = plan->reservoir;
    int zones = reservoir->zone_count;
    plan->zone_m3 = calloc((size_t)plan->hour_count * ((size_t)zones + 1), sizeof(double));
    if (plan->zone_m3 == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the zones");
    for (int z = 0; z < zones; z++) {
        const struct varying *below = &reservoir->zone[z].below;
        if (below->kind == VARYING_SERIES && series_value[below->series_i] == NULL)
            return error_set(err, STATUS_INPUT,
                             "zone '%s' comes from a series that does not cover the run",
                             reservoir->zone[z].id);
        for (int h = 0; h < plan->hour_count; h++) {
            const struct moment moment = {&plan->axis, h, plan->request.basin->run.demand_year,
                                          series_value};
            plan->zone_m3[h * zones + z] = reservoir_line_m3(reservoir, below, &moment);
        }
    }
    return STATUS_OK;
}

static enum status
fill_lake(struct operation_plan *plan, double *const *series_value, struct error *err)
{
    const struct reservoir *lake = plan->reservoir;
    enum { ARRAYS = 7 };
    size_t hours = (size_t)plan->hour_count;
    double *block = calloc(ARRAYS * hours, sizeof *block);
    enum status status = STATUS_OK;
    plan->flood_limit_m = block; /* owner of the block */
    if (block == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the lines of the lake");
    plan->restriction_m = block + hours;
    plan->upper_m = block + 2 * hours;
    plan->minimum_m3s = block + 3 * hours;
    plan->evaporation_ms = block + 4 * hours;
    plan->rain_ms = block + 5 * hours;
    plan->seepage = block + 6 * hours;
    TRY(fill_line(plan, "flood_limit", &lake->flood_limit, series_value, plan->flood_limit_m, err));
    TRY(fill_line(plan, "restriction_line", &lake->restriction_line, series_value,
                  plan->restriction_m, err));
    TRY(fill_line(plan, "upper_line", &lake->upper_line, series_value, plan->upper_m, err));
    TRY(fill_hours(plan, "minimum_release", &lake->minimum_release, series_value, NAN,
                   plan->minimum_m3s, err));
    TRY(fill_hours(plan, "evaporation", &lake->evaporation, series_value, 0.0, plan->evaporation_ms,
                   err));
    TRY(fill_hours(plan, "rain", &lake->rain, series_value, 0.0, plan->rain_ms, err));
    TRY(fill_hours(plan, "seepage", &lake->seepage, series_value, 0.0, plan->seepage, err));
    TRY(fill_zones(plan, series_value, err));
out:
    return status;
}

/* ---- checks of what is asked ----------------------------------------------------------------- */

static enum status
check_start(const struct operation_plan *plan, struct error *err)
{
    const struct operation_request *request = &plan->request;
    const struct reservoir *lake = plan->reservoir;
    const char *id = request->basin->node[lake->node_i].id;
    double level_m = request->start_level_m;
    if (level_m < lake->table_level_m[0])
        return error_set(err, STATUS_INPUT,
                         "the start level %g m lies below the table of '%s', which begins at %g m",
                         level_m, id, lake->table_level_m[0]);
    if (lake->dam.given && level_m >= lake->dam.crest_level_m)
        return error_set(err, STATUS_INPUT,
                         "the start level %g m is not below the crest of the dam of '%s', %g m",
                         level_m, id, lake->dam.crest_level_m);
    if (level_m > plan->top_level_m && !request->extrapolate)
        return error_set(err, STATUS_INPUT,
                         "the start level %g m lies above the table of '%s', which ends at %g m; "
                         "extend the table, or ask for --extrapolate",
                         level_m, id, plan->top_level_m);
    return STATUS_OK;
}

static enum status
check_inflow(const struct operation_request *request, struct error *err)
{
    const struct inflow_members *inflow = request->inflow;
    int64_t end_s = request->start_s + (int64_t)request->step_s * request->step_count;
    char first[24], last[24], start[24], end[24];
    if (inflow->time_s[0] <= request->start_s && inflow->time_s[inflow->time_count - 1] >= end_s)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT,
                     "the inflow is from %s to %s and does not cover the run, %s to %s",
                     instant_format(inflow->time_s[0], first, sizeof first),
                     instant_format(inflow->time_s[inflow->time_count - 1], last, sizeof last),
                     instant_format(request->start_s, start, sizeof start),
                     instant_format(end_s, end, sizeof end));
}

enum status
operation_set_up_lake(struct operation_plan *plan, struct error *err)
{
    const struct reservoir *lake = plan->reservoir;
    int last = lake->table_count - 1;
    plan->top_level_m = lake->table_level_m[last];
    plan->top_storage_m3 = lake->table_storage_m3[last];
    plan->top_area_m2 = fmax(1.0, lake->table_area_m2[last]);
    plan->freeboard_level_m =
        lake->dam.given ? lake->dam.crest_level_m - dam_required_freeboard_m(&lake->dam) : NAN;
    plan->dead_level_m = reservoir_level_m(lake, lake->dead_storage_m3);
    plan->gate_count = reservoir_gate_count(lake);
    plan->gate_outlet = calloc((size_t)plan->gate_count + 1, sizeof *plan->gate_outlet);
    if (plan->gate_outlet == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the gates");
    for (int g = 0; g < plan->gate_count; g++) {
        int number;
        plan->gate_outlet[g] = reservoir_gate_outlet(lake, g, &number);
    }
    plan->start_storage_m3 = operation_storage_m3(plan, plan->request.start_level_m);
    plan->draws_end_m3 = lake->dead_storage_m3;
    plan->extrapolate_by = "--extrapolate";
    return STATUS_OK;
}

enum status
operation_plan_create(const struct operation_request *request, struct operation_plan **out,
                      struct error *err)
{
    struct operation_plan *plan = calloc(1, sizeof *plan);
    double **series_value = NULL;
    enum status status = STATUS_OK;
    *out = NULL;
    if (plan == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the run");
    plan->request = *request;
    plan->reservoir = request->reservoir != NULL ? request->reservoir
                                                 : &request->basin->reservoir[request->reservoir_i];
    if (plan->reservoir->outlet_count == 0) {
        status = error_set(err, STATUS_INPUT,
                           "reservoir '%s' has no outlets: give it the key 'outlets' "
                           "(docs/basin-file.md)",
                           request->basin->node[plan->reservoir->node_i].id);
        goto out;
    }
    TRY(operation_set_up_lake(plan, err));
    TRY(check_start(plan, err));
    TRY(check_inflow(request, err));
    TRY(operation_find_breaks(plan, err));
    TRY(make_axis(plan, err));
    series_value = read_records(plan);
    if (series_value == NULL) {
        status = error_set(err, STATUS_MEMORY, "out of memory for the series");
        goto out;
    }
    TRY(fill_lake(plan, series_value, err));
    TRY(operation_find_draws(plan, series_value, err));
    plan->part_count = plan->gate_count + 1 + plan->draw_count + 1;
    *out = plan;
    plan = NULL;
out:
    if (series_value != NULL)
        for (int i = 0; i < request->basin->series_count; i++)
            free(series_value[i]);
    free(series_value);
    operation_plan_destroy(plan);
    return status;
}

void
operation_plan_destroy(struct operation_plan *plan)
{
    if (plan == NULL)
        return;
    for (int d = 0; d < plan->draw_count; d++)
        free(plan->draw[d].want_m3s);
    free(plan->draw);
    free(plan->break_s);
    free(plan->gate_outlet);
    free(plan->flood_limit_m);
    free(plan->zone_m3);
    timeaxis_finish(&plan->axis);
    free(plan);
}
