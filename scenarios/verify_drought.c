/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify_private.h"

#include <math.h>

/*
 * Stages of drought plans, followed again from the storages that the steps left behind: forecasts
 * are summed anew step by step, only the indices are taken as drought_outlook_create finds them.
 */

static double
joint_storage(const struct verifier *verifier, const struct drought_plan *plan, bool as_share)
{
    const struct basin *basin = verifier->basin;
    double volume_m3 = 0.0, capacity_m3 = 0.0;
    for (int i = 0; i < plan->lake_count; i++) {
        int r = plan->lake_r[i];
        const struct node *node = &basin->node[basin->reservoir[r].node_i];
        if (date_range_holds(&node->in_service, verifier->moment.axis, verifier->moment.step_t,
                             verifier->moment.demand_year)) {
            volume_m3 += verifier->state.lake_m3[r];
            capacity_m3 += basin->reservoir[r].capacity_m3;
        }
    }
    return as_share ? volume_m3 / capacity_m3 : volume_m3;
}

/* Flow to the plan's lakes in a step, as given or as it will run off, m3/s. */
static double
inflow_m3s(const struct verifier *verifier, const struct drought_plan *plan, const bool *reaches,
           const struct moment *moment)
{
    const struct basin *basin = verifier->basin;
    double sum_m3s = 0.0;
    if (plan->forecast.kind != VARYING_ABSENT)
        return fmax(0.0, moment_value(moment, &plan->forecast));
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++)
            if (reaches[basin->catchment[c].to[i].node_i])
                sum_m3s += moment_value(moment, &basin->catchment[c].to[i].fraction) *
                           verifier->input->runoff->flow_m3s[c][moment->step_t];
    return sum_m3s;
}

/* Inflow of the time ahead, or its share of the normal one; NAN beyond the end of the run. */
static double
inflow_ahead(const struct verifier *verifier, int plan_p, bool as_share)
{
    const struct drought_plan *plan = &verifier->basin->drought_plan[plan_p];
    const struct timeaxis *axis = verifier->moment.axis;
    struct moment moment = verifier->moment;
    double left_s = plan->window_s, volume_m3 = 0.0, normal_m3 = 0.0;
    for (; moment.step_t < axis->step_count && left_s > 0.0; moment.step_t++) {
        double length_s = fmin(left_s, axis->dt_s[moment.step_t]);
        volume_m3 +=
            length_s * inflow_m3s(verifier, plan, verifier->drought[plan_p].reaches, &moment);
        if (as_share)
            normal_m3 += length_s * fmax(0.0, moment_value(&moment, &plan->normal));
        left_s -= length_s;
    }
    if (left_s > 0.0)
        return (double)NAN;
    return as_share ? volume_m3 / normal_m3 : volume_m3;
}

/* Whether any of the lines lies above what it looks at. */
static bool
is_below(const struct verifier *verifier, int plan_p, const struct varying *line)
{
    const struct drought_plan *plan = &verifier->basin->drought_plan[plan_p];
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        bool as_share = line[trigger].dimension == DIMENSION_NONE;
        double value = (double)NAN;
        if (line[trigger].kind == VARYING_ABSENT)
            continue;
        if (trigger == TRIGGER_STORAGE)
            value = joint_storage(verifier, plan, as_share);
        else if (trigger == TRIGGER_INDEX)
            value = verifier->drought[plan_p].outlook.index[verifier->moment.step_t];
        else if (trigger == TRIGGER_FLOW)
            value = verifier->drought[plan_p].outlook.flow_index[verifier->moment.step_t];
        else
            value = inflow_ahead(verifier, plan_p, as_share);
        if (value < moment_value(&verifier->moment, &line[trigger]))
            return true;
    }
    return false;
}

void
verify_drought_step(struct verifier *verifier)
{
    const int64_t *start_s = verifier->moment.axis->start_s;
    int t = verifier->moment.step_t;
    for (int p = 0; p < verifier->basin->drought_plan_count; p++) {
        const struct drought_plan *plan = &verifier->basin->drought_plan[p];
        struct verified_plan *state = &verifier->drought[p];
        int stage = plan->enabled ? plan->stage_count : 0;
        while (stage > state->stage && !is_below(verifier, p, plan->stage[stage - 1].enter))
            stage--;
        if (stage == state->stage && stage > 0 &&
            (double)(start_s[t] - state->since_s) >= plan->stage[stage - 1].hold_s &&
            !is_below(verifier, p, plan->stage[stage - 1].leave))
            stage--;
        if (stage != state->stage)
            state->since_s = start_s[t];
        state->stage = stage;
    }
}

double
verify_drought_cap(const struct verifier *verifier, int demand_d)
{
    double cap = 1.0;
    for (int p = 0; p < verifier->basin->drought_plan_count; p++)
        cap = fmin(cap, drought_plan_cap(verifier->basin, p, verifier->drought[p].stage, demand_d));
    return cap;
}

bool
verify_drought_opens(const struct verifier *verifier, int link_l)
{
    bool is_staged = false;
    for (int p = 0; p < verifier->basin->drought_plan_count; p++) {
        int stage;
        if (!drought_plan_names(verifier->basin, p, link_l, &stage))
            continue;
        is_staged = true;
        if (verifier->drought[p].stage >= stage)
            return true;
    }
    return !is_staged;
}

enum status
verify_drought_create(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct arena *memory = verifier->memory;
    enum status status = STATUS_OK;
    struct error err;
    verifier->drought =
        arena_alloc(memory, (size_t)basin->drought_plan_count, sizeof *verifier->drought);
    for (int p = 0; p < basin->drought_plan_count && status == STATUS_OK; p++) {
        struct verified_plan *state = verifier->drought == NULL ? NULL : &verifier->drought[p];
        bool *reaches = arena_alloc(memory, (size_t)basin->node_count, sizeof *reaches);
        if (state == NULL || reaches == NULL)
            return STATUS_MEMORY;
        state->reaches = reaches;
        drought_outlook_nodes(basin, &basin->drought_plan[p], reaches);
        status = drought_outlook_create(verifier->input, &basin->drought_plan[p], memory,
                                        &state->outlook, &err);
    }
    return status;
}
