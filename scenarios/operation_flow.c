/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_private.h"

#include "model/reservoir.h"

#include <math.h>

/* The last water above dead level, and the last of the lake, leave over this time: below it draws
 * and losses are cut in proportion to what is left. */
static const double last_water_s = 300.0;
enum { TAIL_ITERATIONS = 60 };

double
operation_level_m(const struct operation_plan *plan, double storage_m3)
{
    if (storage_m3 <= plan->top_storage_m3)
        return reservoir_level_m(plan->reservoir, storage_m3);
    return plan->top_level_m + (storage_m3 - plan->top_storage_m3) / plan->top_area_m2;
}

double
operation_storage_m3(const struct operation_plan *plan, double level_m)
{
    if (level_m <= plan->top_level_m)
        return reservoir_storage_m3(plan->reservoir, level_m);
    return plan->top_storage_m3 + (level_m - plan->top_level_m) * plan->top_area_m2;
}

/* Straight between the rows of the rating below the dam, straight on above the last. */
double
operation_tailwater_m(const struct reservoir *reservoir, double release_m3s)
{
    int count = reservoir->tailwater_count;
    if (count == 0)
        return -INFINITY;
    int i = 1;
    while (i + 1 < count && release_m3s > reservoir->tailwater_m3s[i])
        i++;
    double share = (release_m3s - reservoir->tailwater_m3s[i - 1]) /
                   (reservoir->tailwater_m3s[i] - reservoir->tailwater_m3s[i - 1]);
    return reservoir->tailwater_m[i - 1] +
           share * (reservoir->tailwater_m[i] - reservoir->tailwater_m[i - 1]);
}

/* All gates at one tailwater. Gates of an outlet that stand alike are worked out once. */
static double
gates_at(const struct flow_context *context, double time_s, double level_m, double tailwater_m,
         double *part_m3s)
{
    const struct reservoir *reservoir = context->plan->reservoir;
    double sum_m3s = 0.0;
    int gate_i = 0;
    for (int o = 0; o < reservoir->outlet_count; o++) {
        const struct outlet *outlet = &reservoir->outlet[o];
        double before = -1.0, flow_before = 0.0;
        for (int g = 0; g < outlet->gate_count; g++, gate_i++) {
            const struct gate_motion *motion = &context->motion[gate_i];
            double opening = motion->by_flow ? outlet_full_opening(outlet)
                                             : motion->opening + motion->opening_rate * time_s;
            double flow = opening == before
                              ? flow_before
                              : outlet_flow_m3s(outlet, level_m, tailwater_m, opening);
            before = opening;
            flow_before = flow;
            if (motion->by_flow)
                flow = fmin(flow, fmax(0.0, motion->flow_m3s + motion->flow_rate * time_s));
            part_m3s[gate_i] = flow;
            sum_m3s += flow;
        }
    }
    return sum_m3s;
}

/* Level below which the tailwater touches no outlet. */
static double
lowest_sill(const struct reservoir *reservoir)
{
    double lowest_m = INFINITY;
    for (int o = 0; o < reservoir->outlet_count; o++) {
        const struct outlet *outlet = &reservoir->outlet[o];
        if (outlet->kind == OUTLET_PIPE)
            lowest_m = fmin(lowest_m, outlet->axis_m);
        else if (outlet->kind != OUTLET_SIPHON && outlet->kind != OUTLET_TABLE)
            lowest_m = fmin(lowest_m, outlet->sill_m);
    }
    return lowest_m;
}

double
operation_release(struct flow_context *context, double time_s, double level_m, double *part_m3s)
{
    const struct operation_plan *plan = context->plan;
    const struct reservoir *reservoir = plan->reservoir;
    double crest_m3s = 0.0;
    if (reservoir->dam.given && reservoir->dam.crest_length_m > 0.0)
        crest_m3s = crest_flow_m3s(reservoir->dam.crest_coefficient, reservoir->dam.crest_length_m,
                                   level_m - reservoir->dam.crest_level_m);
    part_m3s[plan->gate_count] = crest_m3s;
    double release = gates_at(context, time_s, level_m, -INFINITY, part_m3s);
    context->tailwater_m = operation_tailwater_m(reservoir, release + crest_m3s);
    if (reservoir->tailwater_count == 0 || context->tailwater_m <= lowest_sill(reservoir))
        return release + crest_m3s;
    /* more release, higher tailwater, less flow: one release at which both agree */
    double low = 0.0, high = release;
    for (int i = 0; i < TAIL_ITERATIONS && high - low > 1e-12 * high; i++) {
        double middle = low + 0.5 * (high - low);
        context->tailwater_m = operation_tailwater_m(reservoir, middle + crest_m3s);
        if (gates_at(context, time_s, level_m, context->tailwater_m, part_m3s) > middle)
            low = middle;
        else
            high = middle;
    }
    return gates_at(context, time_s, level_m, context->tailwater_m, part_m3s) + crest_m3s;
}

double
operation_outflow(void *argument, double time_s, double storage_m3, double *part_m3s)
{
    struct flow_context *context = argument;
    const struct operation_plan *plan = context->plan;
    double sum_m3s =
        operation_release(context, time_s, operation_level_m(plan, storage_m3), part_m3s);
    double *draw = part_m3s + plan->gate_count + 1;
    double left_m3s = fmax(0.0, storage_m3 - plan->draws_end_m3) / last_water_s;
    for (int i = 0; i < plan->draw_count; i++) { /* the highest rank first */
        draw[i] = fmin(context->allowed_m3s[i], left_m3s);
        left_m3s -= draw[i];
        sum_m3s += draw[i];
    }
    draw[plan->draw_count] = fmin(context->loss_m3s, fmax(0.0, storage_m3) / last_water_s);
    return sum_m3s + draw[plan->draw_count];
}
