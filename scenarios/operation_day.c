/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_day.h"

#include "scenarios/operation_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_HOURS = 24, DAY_SECONDS = 86400, KNOTS = 3, DRAW_COUNT = 2 };

/* ---- life cycle ------------------------------------------------------------------------------ */

static enum status
out_of_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the flood windows");
}

/* Times at which the inflow of a day is given, and its shape there, scaled to the mean 1 since the
 * times are whole seconds. */
static enum status
create_inflow(struct operation_day *day, const struct flood_window *window, struct error *err)
{
    int count = window->shape_count > 0 ? window->shape_count : KNOTS;
    double sum = 0.0;
    if (inflow_allocate(&day->inflow, count, 1) != STATUS_OK)
        return out_of_memory(err);
    for (int i = 0; i < count; i++)
        day->inflow.time_s[i] = (int64_t)DAY_SECONDS * i / (count - 1);
    if (window->shape_count == 0)
        return STATUS_OK;
    day->shape = calloc((size_t)count, sizeof *day->shape);
    if (day->shape == NULL)
        return out_of_memory(err);
    for (int i = 0; i + 1 < count; i++)
        sum += 0.5 * (window->shape[i] + window->shape[i + 1]) *
               (double)(day->inflow.time_s[i + 1] - day->inflow.time_s[i]);
    for (int i = 0; i < count; i++)
        day->shape[i] = window->shape[i] * DAY_SECONDS / sum;
    return STATUS_OK;
}

/* Lines and needs of the hours; a day has the same in each. Two draws: what links take, and what
 * air and ground take; neither is cut by zones. */
static enum status
create_hours(struct operation_plan *plan, struct error *err)
{
    enum { ARRAYS = 7 };
    plan->hour_count = DAY_HOURS;
    plan->flood_limit_m = calloc((size_t)ARRAYS * DAY_HOURS, sizeof(double)); /* the block */
    plan->zone_m3 =
        calloc((size_t)DAY_HOURS * (size_t)(plan->reservoir->zone_count + 1), sizeof(double));
    plan->draw = calloc(DRAW_COUNT, sizeof *plan->draw);
    if (plan->flood_limit_m == NULL || plan->zone_m3 == NULL || plan->draw == NULL)
        return out_of_memory(err);
    plan->restriction_m = plan->flood_limit_m + DAY_HOURS;
    plan->upper_m = plan->flood_limit_m + 2 * DAY_HOURS;
    plan->minimum_m3s = plan->flood_limit_m + 3 * DAY_HOURS;
    plan->evaporation_ms = plan->flood_limit_m + 4 * DAY_HOURS;
    plan->rain_ms = plan->flood_limit_m + 5 * DAY_HOURS;
    plan->seepage = plan->flood_limit_m + 6 * DAY_HOURS;
    for (int h = 0; h < DAY_HOURS; h++)
        plan->restriction_m[h] = plan->upper_m[h] = NAN;
    for (int i = 0; i < DRAW_COUNT; i++) {
        plan->draw[i].want_m3s = calloc(DAY_HOURS, sizeof(double));
        if (plan->draw[i].want_m3s == NULL)
            return out_of_memory(err);
        plan->draw_count = i + 1;
    }
    return STATUS_OK;
}

static enum status
create_plan(struct operation_day *day, const struct basin *basin, int reservoir_i,
            struct error *err)
{
    const struct flood_window *window = &basin->reservoir[reservoir_i].flood_window;
    struct operation_plan *plan = calloc(1, sizeof *plan);
    enum status status = STATUS_OK;
    day->plan = plan;
    if (plan == NULL)
        return out_of_memory(err);
    plan->request = (struct operation_request){.basin = basin,
                                               .reservoir_i = reservoir_i,
                                               .step_s = (int)window->step_s,
                                               .step_count = DAY_SECONDS / (int)window->step_s,
                                               .control_s = (int)window->control_s,
                                               .extrapolate = window->extrapolate,
                                               .with_supply = true,
                                               .method = POOL_TRBDF2,
                                               .inflow = &day->inflow};
    plan->reservoir = &basin->reservoir[reservoir_i];
    TRY(operation_set_up_lake(plan, err));
    plan->extrapolate_by = "flood_window.extrapolate: true";
    TRY(operation_find_breaks(plan, err));
    TRY(create_hours(plan, err));
    plan->part_count = plan->gate_count + 1 + plan->draw_count + 1;
    plan->draws_end_m3 = 0.0; /* the allocation has seen to dead storage */
out:
    return status;
}

enum status
operation_day_create(const struct basin *basin, int reservoir_i, struct operation_day **out,
                     struct error *err)
{
    enum status status = STATUS_OK;
    struct operation_day *day = calloc(1, sizeof *day);
    *out = NULL;
    if (day == NULL)
        return out_of_memory(err);
    day->variant.name = "by rule";
    TRY(create_inflow(day, &basin->reservoir[reservoir_i].flood_window, err));
    TRY(create_plan(day, basin, reservoir_i, err));
    TRY(operation_run_create(day->plan, &day->run, err));
    day->opening = calloc((size_t)day->plan->gate_count + 1, sizeof *day->opening);
    if (day->opening == NULL)
        TRY(out_of_memory(err));
    day->plan->request.start_opening = day->opening;
    *out = day;
    day = NULL;
out:
    operation_day_destroy(day);
    return status;
}

void
operation_day_destroy(struct operation_day *day)
{
    if (day == NULL)
        return;
    operation_run_destroy(day->run);
    operation_plan_destroy(day->plan);
    inflow_members_finish(&day->inflow);
    free(day->opening);
    free(day->shape);
    free(day);
}

/* ---- gates ----------------------------------------------------------------------------------- */

void
operation_day_set_gates(struct operation_day *day)
{
    const struct operation_plan *plan = day->plan;
    for (int g = 0; g < plan->gate_count; g++)
        day->opening[g] = plan->reservoir->outlet[plan->gate_outlet[g]].initial_opening;
}

void
operation_day_keep_gates(struct operation_day *day)
{
    for (int g = 0; g < day->plan->gate_count; g++)
        day->opening[g] = day->run->now_opening[g];
}

/* ---- a day ----------------------------------------------------------------------------------- */

/* Flow where two days meet: their mean, but no more than makes the noon of either nothing. */
static double
meeting_m3s(double a, double b)
{
    return fmin(0.5 * (a + b), 2.0 * fmin(a, b));
}

static void
set_inflow(struct operation_day *day, const struct day_water *water)
{
    struct inflow_members *inflow = &day->inflow;
    int64_t shift_s = water->start_s - inflow->time_s[0];
    double mean_m3s = water->direct_m3s[1];
    for (int i = 0; i < inflow->time_count; i++)
        inflow->time_s[i] += shift_s;
    if (day->shape != NULL) {
        for (int i = 0; i < inflow->time_count; i++)
            inflow->flow_m3s[i] = water->steady_m3s + mean_m3s * day->shape[i];
        return;
    }
    double start_m3s = meeting_m3s(water->direct_m3s[0], mean_m3s);
    double end_m3s = meeting_m3s(mean_m3s, water->direct_m3s[2]);
    inflow->flow_m3s[0] = water->steady_m3s + start_m3s;
    inflow->flow_m3s[1] = water->steady_m3s + 2.0 * mean_m3s - 0.5 * (start_m3s + end_m3s);
    inflow->flow_m3s[2] = water->steady_m3s + end_m3s;
}

enum status
operation_day_pass(struct operation_day *day, const struct day_water *water, struct error *err)
{
    struct operation_plan *plan = day->plan;
    plan->request.start_s = water->start_s;
    set_inflow(day, water);
    for (int h = 0; h < DAY_HOURS; h++) {
        plan->flood_limit_m[h] = water->flood_limit_m;
        plan->minimum_m3s[h] = water->minimum_m3s;
        plan->draw[0].want_m3s[h] = water->drawn_m3s;
        plan->draw[1].want_m3s[h] = water->lost_m3s;
    }
    return operation_simulate(day->run, &day->variant, 0, water->start_m3, err);
}

double
operation_day_release_m3(const struct operation_day *day)
{
    return day->run->summary.release_m3;
}
