/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/drought_outlook.h"

#include "model/demand.h"
#include "solvers/standardised_index.h"

#include <math.h>

/* As `nguon drought index` has them by default. */
static const double index_clip = 3.09;
enum { INDEX_YEARS_LEAST = 10 };

static const double seconds_per_day = 86400.0, mm_per_m = 1000.0, hm3_per_m3 = 1e-6;

/* ---- index ------------------------------------------------------------------------------------
 */

/* Place of a step's month, counted from the first month of the run. */
static int
month_place(const struct timeaxis *axis, int step_t)
{
    return 12 * (axis->year[step_t] - axis->year[0]) + axis->month[step_t] - axis->month[0];
}

/* What an index is of: a quantity of the basin, or the runoff to the lakes of the plan. */
struct index_source {
    const char *name;
    const struct varying *given; /* NULL: the runoff to the nodes that reach the lakes */
    const bool *reaches;
    double per_m; /* of a rate in m/s, mm; of a flow, hm3 for m3 */
    int scale, reference_first, reference_last;
    enum distribution distribution;
    enum estimator estimator;
};

static double flow_m3s(const struct simulation_input *input, const struct varying *given,
                       const bool *reaches, int step_t);

/* Amounts of the months of the run; NAN in months that the run does not hold whole. */
static void
sum_months(const struct simulation_input *input, const struct index_source *source,
           const struct varying *given, int month_count, double *amount)
{
    const struct timeaxis *axis = input->axis;
    double length_s = 0.0;
    for (int m = 0; m < month_count; m++)
        amount[m] = 0.0;
    for (int t = 0; t < axis->step_count; t++) {
        int m = month_place(axis, t);
        if (t == 0 || m != month_place(axis, t - 1))
            length_s = 0.0;
        length_s += axis->dt_s[t];
        amount[m] += flow_m3s(input, given, source->reaches, t) * axis->dt_s[t] * source->per_m;
        bool last = t + 1 == axis->step_count || month_place(axis, t + 1) != m;
        if (last && length_s < ((double)axis->days_in_month[t] - 0.5) * seconds_per_day)
            amount[m] = (double)NAN;
    }
}

/* The reference period as places of months, those of the run by default. */
static void
find_reference(const struct index_source *source, const struct timeaxis *axis, int month_count,
               struct index_options *options)
{
    options->reference_first = 0;
    options->reference_last = month_count - 1;
    if (source->reference_first == 0)
        return;
    int first = 12 * (source->reference_first - axis->year[0]) + 1 - axis->month[0];
    int last = 12 * (source->reference_last - axis->year[0]) + 12 - axis->month[0];
    options->reference_first = first > 0 ? first : 0;
    options->reference_last = last < month_count ? last : month_count - 1;
}

static enum status
check_fits(const struct drought_plan *plan, const char *name, const struct index_fit *fit,
           struct error *err)
{
    for (int m = 0; m < CALENDAR_MONTHS; m++)
        if (!fit[m].fitted)
            return error_set(err, STATUS_INPUT,
                             "%s:%d: drought plan '%s': the %s of month %d cannot be fitted: %s",
                             plan->file, plan->line, plan->id, name, m + 1, fit[m].fault);
    return STATUS_OK;
}

/*
 * The months as recorded stand before those of the scenario, so that one call fits the ones and
 * scores the others; sums that reach over the seam are none. A scenario that changes nothing has
 * its months once.
 */
static enum status
find_index(const struct simulation_input *input, const struct drought_plan *plan,
           const struct index_source *source, struct arena *memory, double *index,
           struct error *err)
{
    const struct timeaxis *axis = input->axis;
    int month_count = month_place(axis, axis->step_count - 1) + 1;
    bool is_changed = source->given != NULL && source->given->adjustment_count > 0;
    int seam = is_changed ? month_count : 0, count = seam + month_count;
    double *amount = arena_alloc(memory, (size_t)count, sizeof *amount);
    double *sum = arena_alloc(memory, (size_t)count, sizeof *sum);
    double *score = arena_alloc(memory, (size_t)count, sizeof *score);
    int8_t *month = arena_alloc(memory, (size_t)count, sizeof *month);
    struct index_options options = {.scale = source->scale,
                                    .distribution = source->distribution,
                                    .estimator = source->estimator,
                                    .zero_rule = ZERO_SHARE,
                                    .clip = index_clip,
                                    .least_count = INDEX_YEARS_LEAST};
    struct index_fit fit[CALENDAR_MONTHS];
    struct varying recorded;
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the index of a drought plan");
    for (int m = 0; m < count; m++)
        month[m] = (int8_t)(1 + (axis->month[0] - 1 + m % month_count) % 12);
    if (is_changed) {
        recorded = *source->given;
        recorded.adjustment_count = 0;
        sum_months(input, source, &recorded, month_count, amount);
    }
    sum_months(input, source, source->given, month_count, amount + seam);
    find_reference(source, axis, month_count, &options);
    enum status status = standardised_index(count, amount, month, &options, sum, score, fit, err);
    if (status == STATUS_OK)
        status = check_fits(plan, source->name, fit, err);
    for (int t = 0; t < axis->step_count && status == STATUS_OK; t++) {
        int ended = month_place(axis, t) - 1;
        index[t] = ended >= source->scale - 1 ? score[seam + ended] : (double)NAN;
    }
    return status;
}

/* Indices of rain and of streamflow, as far as the plan has them. */
static enum status
find_indices(const struct simulation_input *input, const struct drought_plan *plan,
             struct arena *memory, struct drought_outlook *out, struct error *err)
{
    size_t steps = (size_t)input->axis->step_count;
    bool *reaches = arena_alloc(memory, (size_t)input->basin->node_count, sizeof *reaches);
    const struct index_source rain = {"index",
                                      &plan->rain,
                                      NULL,
                                      mm_per_m,
                                      plan->scale,
                                      plan->reference_first,
                                      plan->reference_last,
                                      DISTRIBUTION_GAMMA,
                                      ESTIMATOR_THOM};
    const struct index_source flow = {"index of streamflow",
                                      plan->flow.kind != VARYING_ABSENT ? &plan->flow : NULL,
                                      reaches,
                                      hm3_per_m3,
                                      plan->flow_scale,
                                      plan->flow_reference_first,
                                      plan->flow_reference_last,
                                      DISTRIBUTION_LOGLOGISTIC,
                                      ESTIMATOR_LMOMENTS};
    enum status status = STATUS_OK;
    if (plan->rain.kind != VARYING_ABSENT)
        out->index = arena_alloc(memory, steps, sizeof(double));
    if (plan->flow_scale > 0)
        out->flow_index = arena_alloc(memory, steps, sizeof(double));
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the index of a plan");
    drought_outlook_nodes(input->basin, plan, reaches);
    if (out->index != NULL)
        status = find_index(input, plan, &rain, memory, out->index, err);
    if (out->flow_index != NULL && status == STATUS_OK)
        status = find_index(input, plan, &flow, memory, out->flow_index, err);
    return status;
}

/* ---- forecast ---------------------------------------------------------------------------------
 */

static void
mark_above(const struct basin *basin, int node_i, bool *reaches)
{
    if (reaches[node_i])
        return;
    reaches[node_i] = true;
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].to == node_i &&
            (basin->link[l].is_spill || basin->link[l].kind == LINK_RIVER))
            mark_above(basin, basin->link[l].from, reaches);
}

void
drought_outlook_nodes(const struct basin *basin, const struct drought_plan *plan, bool *reaches)
{
    for (int i = 0; i < basin->node_count; i++)
        reaches[i] = false;
    for (int i = 0; i < plan->lake_count; i++)
        mark_above(basin, basin->reservoir[plan->lake_r[i]].node_i, reaches);
}

/* Runoff of a step to the plan's lakes, or the flow of a given quantity, m3/s. */
static double
flow_m3s(const struct simulation_input *input, const struct varying *given, const bool *reaches,
         int step_t)
{
    const struct basin *basin = input->basin;
    const struct moment moment = {input->axis, step_t, basin->run.demand_year,
                                  input->records->on_steps};
    double sum_m3s = 0.0;
    if (given != NULL)
        return fmax(0.0, moment_value(&moment, given));
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++) {
            const struct share *to = &basin->catchment[c].to[i];
            if (reaches[to->node_i])
                sum_m3s += fmin(fmax(moment_value(&moment, &to->fraction), 0.0), 1.0) *
                           input->runoff->flow_m3s[c][step_t];
        }
    return sum_m3s;
}

/* Volume of the window that begins with each step, from the sums since the start of the run. */
static enum status
sum_ahead(const struct simulation_input *input, const struct drought_plan *plan,
          const struct varying *given, const bool *reaches, struct arena *memory, double *ahead_m3,
          struct error *err)
{
    const struct timeaxis *axis = input->axis;
    int count = axis->step_count, end_t = 0;
    double *sum_m3 = arena_alloc(memory, (size_t)count + 1, sizeof *sum_m3);
    if (sum_m3 == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the forecast of a drought plan");
    for (int t = 0; t < count; t++)
        sum_m3[t + 1] = sum_m3[t] + flow_m3s(input, given, reaches, t) * axis->dt_s[t];
    for (int t = 0; t < count; t++) {
        double end_s = (double)axis->start_s[t] + plan->window_s;
        while (end_t < count && (double)axis->start_s[end_t + 1] <= end_s)
            end_t++;
        double rest_s = end_s - (double)axis->start_s[end_t];
        if (end_t == count && rest_s > 0.0) {
            ahead_m3[t] = (double)NAN;
            continue;
        }
        ahead_m3[t] = sum_m3[end_t] - sum_m3[t];
        if (rest_s > 0.0)
            ahead_m3[t] += (sum_m3[end_t + 1] - sum_m3[end_t]) * rest_s / axis->dt_s[end_t];
    }
    return STATUS_OK;
}

static enum status
find_forecast(const struct simulation_input *input, const struct drought_plan *plan,
              struct arena *memory, struct drought_outlook *out, struct error *err)
{
    size_t steps = (size_t)input->axis->step_count;
    bool is_given = plan->forecast.kind != VARYING_ABSENT;
    bool *reaches = arena_alloc(memory, (size_t)input->basin->node_count, sizeof *reaches);
    out->ahead_m3 = arena_alloc(memory, steps, sizeof(double));
    out->normal_m3 = arena_alloc(memory, steps, sizeof(double));
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the forecast of a drought plan");
    drought_outlook_nodes(input->basin, plan, reaches);
    enum status status = sum_ahead(input, plan, is_given ? &plan->forecast : NULL, reaches, memory,
                                   out->ahead_m3, err);
    for (size_t t = 0; t < steps; t++)
        out->normal_m3[t] = (double)NAN;
    if (status == STATUS_OK && plan->normal.kind != VARYING_ABSENT)
        status = sum_ahead(input, plan, &plan->normal, reaches, memory, out->normal_m3, err);
    return status;
}

enum status
drought_outlook_create(const struct simulation_input *input, const struct drought_plan *plan,
                       struct arena *memory, struct drought_outlook *out, struct error *err)
{
    enum status status = STATUS_OK;
    *out = (struct drought_outlook){0};
    if (!plan->enabled)
        return STATUS_OK;
    status = find_indices(input, plan, memory, out, err);
    if (status == STATUS_OK && plan->window_s > 0.0)
        status = find_forecast(input, plan, memory, out, err);
    return status;
}
