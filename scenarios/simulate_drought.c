/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/*
 * Stages of drought plans. The stage of a step follows from the storages at its start and from the
 * weather up to then; a plan climbs over any number of stages at once and comes down one by one.
 */

/* What a trigger shows in the present step, in the dimension of a line: a volume or index, or a
 * share. NAN where it says nothing. */
static double
seen(const struct simulation *simulation, int plan_p, int trigger, enum dimension dimension)
{
    const struct drought_plan *plan = &simulation->basin->drought_plan[plan_p];
    const struct drought_outlook *outlook = &simulation->drought[plan_p].outlook;
    int t = simulation->moment.step_t;
    double whole_m3 = 0.0, volume_m3 = 0.0;
    if (trigger == TRIGGER_INDEX)
        return outlook->index[t];
    if (trigger == TRIGGER_FLOW)
        return outlook->flow_index[t];
    if (trigger == TRIGGER_FORECAST) {
        volume_m3 = outlook->ahead_m3[t];
        whole_m3 = outlook->normal_m3[t];
    } else {
        for (int i = 0; i < plan->lake_count; i++) {
            const struct reservoir *reservoir = &simulation->basin->reservoir[plan->lake_r[i]];
            const struct date_range *range = &simulation->basin->node[reservoir->node_i].in_service;
            if (!date_range_holds(range, simulation->axis, t, simulation->moment.demand_year))
                continue;
            volume_m3 += simulation->lake[plan->lake_r[i]].storage_m3;
            whole_m3 += reservoir->capacity_m3;
        }
    }
    if (dimension == DIMENSION_VOLUME)
        return volume_m3;
    return whole_m3 > 0.0 ? volume_m3 / whole_m3 : (double)NAN;
}

/* Triggers that lie below their lines, as bits. */
static int
triggers_below(const struct simulation *simulation, int plan_p, const struct varying *line)
{
    int below = 0;
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++)
        if (line[trigger].kind != VARYING_ABSENT &&
            seen(simulation, plan_p, trigger, line[trigger].dimension) <
                moment_value(&simulation->moment, &line[trigger]))
            below |= 1 << trigger;
    return below;
}

/* Move the plan to its stage of the step; whether it moved. */
static bool
follow_plan(struct simulation *simulation, int plan_p)
{
    const struct drought_plan *plan = &simulation->basin->drought_plan[plan_p];
    struct drought_watch *watch = &simulation->drought[plan_p];
    const int64_t *start_s = simulation->axis->start_s;
    int t = simulation->moment.step_t, before = watch->stage;
    watch->cause = 0;
    for (int i = plan->stage_count; i > watch->stage && watch->cause == 0; i--) {
        watch->cause = triggers_below(simulation, plan_p, plan->stage[i - 1].enter);
        if (watch->cause != 0)
            watch->stage = i;
    }
    if (watch->cause == 0 && watch->stage > 0) {
        const struct drought_stage *stage = &plan->stage[watch->stage - 1];
        double held_s = (double)(start_s[t] - start_s[watch->entered_step]);
        if (held_s >= stage->hold_s && triggers_below(simulation, plan_p, stage->leave) == 0)
            watch->stage--;
    }
    if (watch->stage == before)
        return false;
    watch->entered_step = t;
    if (watch->stage > before) {
        struct stage_indicators *sum =
            &simulation->result->stage[watch->first_stage + watch->stage - 1];
        sum->entered_count++;
        sum->first_step = sum->first_step < 0 ? t : sum->first_step;
    } else {
        watch->cause = DROUGHT_CAUSE_RECOVERY;
    }
    return true;
}

/* Smallest share that the plans allow a demand. */
static double
plan_cap(const struct simulation *simulation, int demand_d)
{
    double cap = 1.0;
    for (int p = 0; p < simulation->basin->drought_plan_count; p++)
        cap = least_of(
            cap, drought_plan_cap(simulation->basin, p, simulation->drought[p].stage, demand_d));
    return cap;
}

static void
take_measures(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int d = 0; d < basin->demand_count; d++)
        simulation->want[d].plan_cap = plan_cap(simulation, d);
    for (int l = 0; l < basin->link_count; l++)
        simulation->way[l].is_opened = false;
    for (int p = 0; p < basin->drought_plan_count; p++)
        for (int s = 0; s < simulation->drought[p].stage; s++)
            for (int i = 0; i < basin->drought_plan[p].stage[s].link_count; i++)
                simulation->way[basin->drought_plan[p].stage[s].link_i[i]].is_opened = true;
}

void
drought_follow(struct simulation *simulation)
{
    bool moved = simulation->all_due;
    for (int p = 0; p < simulation->basin->drought_plan_count; p++)
        if (simulation->basin->drought_plan[p].enabled && follow_plan(simulation, p))
            moved = true;
    if (moved)
        take_measures(simulation);
}

void
drought_account(struct simulation *simulation)
{
    for (int p = 0; p < simulation->basin->drought_plan_count; p++) {
        const struct drought_watch *watch = &simulation->drought[p];
        if (watch->stage > 0)
            simulation->result->stage[watch->first_stage + watch->stage - 1].steps++;
    }
}

void
drought_keep(const struct simulation *simulation, keep_value *keep)
{
    for (int p = 0; p < simulation->basin->drought_plan_count; p++) {
        keep(simulation, RESULT_DROUGHT_STAGE, p, simulation->drought[p].stage);
        keep(simulation, RESULT_DROUGHT_CAUSE, p, simulation->drought[p].cause);
    }
}

enum status
drought_create(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    size_t count = (size_t)basin->drought_plan_count;
    int first_stage = 0, stage;
    simulation->drought = arena_alloc(simulation->memory, count, sizeof *simulation->drought);
    if (simulation->drought == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the simulation");
    for (int d = 0; d < basin->demand_count; d++)
        simulation->want[d].plan_cap = 1.0;
    for (int p = 0; p < basin->drought_plan_count; p++) {
        enum status status =
            drought_outlook_create(simulation->input, &basin->drought_plan[p], simulation->memory,
                                   &simulation->drought[p].outlook, err);
        if (status != STATUS_OK)
            return status;
        simulation->drought[p].first_stage = first_stage;
        first_stage += basin->drought_plan[p].stage_count;
        for (int l = 0; l < basin->link_count; l++)
            if (drought_plan_names(basin, p, l, &stage))
                simulation->way[l].is_staged = true;
    }
    return STATUS_OK;
}
