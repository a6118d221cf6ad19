/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/* What a step leaves behind: indicators of the scenario and the series that are kept. */

static const double short_share = 1e-6;    /* less of a need missing is no shortage */
static const double rounding_share = 1e-9; /* less of a need missing is rounding */
static const double volume_noise_m3 = 1e-6;

/* Shortage of one demand in one step, m3. */
struct shortage {
    double rule_m3, water_m3;
};

static struct shortage
shortage_of(const struct want *want)
{
    double cut_m3 = want->part_m3[PART_CUT] - want->supplied_m3[PART_CUT];
    double water_m3 = want->allowed_m3 - (want->supply_m3 - want->supplied_m3[PART_CUT]);
    double rounding_m3 = rounding_share * want->need_m3;
    return (struct shortage){cut_m3 > rounding_m3 ? cut_m3 : 0.0,
                             water_m3 > rounding_m3 ? water_m3 : 0.0};
}

/* ---- events -----------------------------------------------------------------------------------
 */

static void
end_event(struct want *want, struct demand_indicators *sum, int step_t)
{
    if (want->event_start < 0)
        return;
    int length = step_t - want->event_start;
    sum->event_count++;
    if (length > sum->longest_event_steps) {
        sum->longest_event_steps = length;
        sum->longest_event_start = want->event_start;
        sum->longest_event_m3 = want->event_m3;
    }
    want->event_start = -1;
}

static void
follow_event(struct want *want, struct demand_indicators *sum, bool is_short, double missing_m3,
             int step_t)
{
    if (!is_short) {
        end_event(want, sum, step_t);
        return;
    }
    if (want->event_start < 0) {
        want->event_start = step_t;
        want->event_m3 = 0.0;
    }
    want->event_m3 += missing_m3;
}

/* ---- sums -------------------------------------------------------------------------------------
 */

static void
account_demand(struct simulation *simulation, int demand_d)
{
    struct want *want = &simulation->want[demand_d];
    struct demand_indicators *sum = &simulation->result->demand[demand_d];
    int t = simulation->moment.step_t;
    struct shortage shortage = shortage_of(want);
    double missing_m3 = shortage.rule_m3 + shortage.water_m3;
    double floor_m3 = want->part_m3[PART_FLOOR], floor_supply_m3 = want->supplied_m3[PART_FLOOR];
    double undeliverable_m3 = (1.0 - want->deliverable_share) * want->need_m3;
    bool is_short = want->need_m3 > 0.0 && missing_m3 > short_share * want->need_m3;

    sum->demand_m3 += want->need_m3;
    sum->supply_m3 += want->supply_m3;
    sum->floor_demand_m3 += floor_m3;
    sum->floor_supply_m3 += floor_supply_m3;
    sum->steps_floor_short += floor_m3 - floor_supply_m3 > short_share * floor_m3;
    sum->steps_with_demand += want->need_m3 > 0.0;
    if (missing_m3 == 0.0 && want->event_start < 0)
        return;
    sum->shortage_rule_m3 += shortage.rule_m3;
    sum->shortage_water_m3 += shortage.water_m3;
    sum->shortage_structural_m3 += least_of(shortage.water_m3, undeliverable_m3);
    sum->steps_short += is_short;
    if (want->need_m3 > 0.0) {
        double share = 1.0 - missing_m3 / want->need_m3;
        double missing_m3s = missing_m3 / simulation->dt_s;
        sum->worst_share = least_of(sum->worst_share, share > 0.0 ? share : 0.0);
        if (is_short && missing_m3s > sum->worst_shortage_m3s) {
            sum->worst_shortage_m3s = missing_m3s;
            sum->worst_step = t;
        }
    }
    follow_event(want, sum, is_short, missing_m3, t);
}

static void
account_link(struct simulation *simulation, int link_l)
{
    const struct link *link = &simulation->basin->link[link_l];
    const struct way *way = &simulation->way[link_l];
    struct link_indicators *sum = &simulation->result->link[link_l];
    sum->volume_m3 += way->flow_m3;
    if (link->minimum_flow.kind != VARYING_ABSENT && way->minimum_m3 > 0.0) {
        sum->minimum_flow_m3 += way->minimum_m3;
        sum->minimum_flow_met_m3 += least_of(way->minimum_m3, way->flow_m3);
        sum->steps_minimum_flow++;
        sum->steps_minimum_flow_short +=
            way->minimum_m3 - way->flow_m3 > short_share * way->minimum_m3;
    }
    const struct node *from = &simulation->basin->node[link->from];
    if (from->kind == NODE_RESERVOIR) {
        struct reservoir_indicators *lake = &simulation->result->reservoir[from->kind_i];
        if (link->is_spill) {
            lake->spill_m3 += way->flow_m3;
            lake->steps_spilling += way->flow_m3 > volume_noise_m3;
        } else {
            lake->release_m3 += way->flow_m3;
        }
    }
}

static void
account_reservoir(struct simulation *simulation, int reservoir_r)
{
    const struct reservoir *reservoir = &simulation->basin->reservoir[reservoir_r];
    const struct lake *lake = &simulation->lake[reservoir_r];
    struct reservoir_indicators *sum = &simulation->result->reservoir[reservoir_r];
    /* the balance collected all that entered, with the storage and the rain */
    sum->inflow_m3 +=
        simulation->throughput_m3[reservoir->node_i] - (lake->storage_m3 + lake->exchange.rain_m3);
    sum->rain_m3 += lake->exchange.rain_m3;
    sum->evaporation_m3 += lake->exchange.evaporation_m3;
    sum->seepage_m3 += lake->exchange.seepage_m3;
    if (!lake->in_service)
        return;
    if (lake->end_m3 < sum->minimum_storage_m3) {
        sum->minimum_storage_m3 = lake->end_m3;
        sum->minimum_step = simulation->moment.step_t;
    }
    sum->maximum_storage_m3 = most_of(sum->maximum_storage_m3, lake->end_m3);
    sum->steps_in_zone_below_target += lake->restricted;
    sum->steps_below_dead += lake->end_m3 < reservoir->dead_storage_m3 * (1.0 - rounding_share);
    sum->steps_reserve_short += lake->end_m3 < lake->reserve_m3 * (1.0 - rounding_share);
}

/* ---- series -----------------------------------------------------------------------------------
 */

static void
keep(const struct simulation *simulation, enum result_variable variable, int element, double value)
{
    float *series = simulation->result->series[variable];
    if (series != NULL)
        series[(size_t)element * (size_t)simulation->axis->step_count +
               (size_t)simulation->moment.step_t] = (float)value;
}

static void
keep_lakes(const struct simulation *simulation)
{
    double dt_s = simulation->dt_s;
    for (int r = 0; r < simulation->basin->reservoir_count; r++) {
        const struct lake *lake = &simulation->lake[r];
        keep(simulation, RESULT_STORAGE, r, lake->storage_m3);
        keep(simulation, RESULT_LEVEL, r, lake->level_m);
        keep(simulation, RESULT_EVAPORATION, r, lake->exchange.evaporation_m3 / dt_s);
        keep(simulation, RESULT_RAIN_ON_LAKE, r, lake->exchange.rain_m3 / dt_s);
        keep(simulation, RESULT_SEEPAGE, r, lake->exchange.seepage_m3 / dt_s);
    }
    for (int a = 0; a < simulation->basin->aquifer_count; a++)
        keep(simulation, RESULT_AQUIFER_STORAGE, a, simulation->ground[a].storage_m3);
}

static void
keep_demands(const struct simulation *simulation)
{
    double dt_s = simulation->dt_s;
    for (int d = 0; d < simulation->basin->demand_count; d++) {
        const struct want *want = &simulation->want[d];
        struct shortage shortage = shortage_of(want);
        keep(simulation, RESULT_NEED, d, want->need_m3s);
        keep(simulation, RESULT_SUPPLY, d, want->supply_m3 / dt_s);
        keep(simulation, RESULT_SHORTAGE_RULE, d, shortage.rule_m3 / dt_s);
        keep(simulation, RESULT_SHORTAGE_WATER, d, shortage.water_m3 / dt_s);
        keep(simulation, RESULT_CAP, d, want->cap);
    }
}

static void
keep_links(const struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        double flow_m3s = simulation->way[l].flow_m3 / simulation->dt_s;
        keep(simulation, RESULT_LINK_FLOW, l, flow_m3s);
        if (link->is_spill && basin->node[link->from].kind == NODE_RESERVOIR)
            keep(simulation, RESULT_SPILL, basin->node[link->from].kind_i, flow_m3s);
    }
}

/* Each drop where it enters: runoff at its catchment, not at the node it runs to. */
static void
keep_inflows(const struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    double dt_s = simulation->dt_s;
    int t = simulation->moment.step_t;
    for (int c = 0; c < basin->catchment_count; c++)
        keep(simulation, RESULT_INFLOW, basin->catchment[c].node_i,
             simulation->input->runoff->flow_m3s[c][t]);
    for (int p = 0; p < basin->passage_count; p++)
        keep(simulation, RESULT_INFLOW, basin->passage[p].node_i,
             simulation->works[p].boundary_m3 / dt_s);
    for (int a = 0; a < basin->aquifer_count; a++)
        keep(simulation, RESULT_INFLOW, basin->aquifer[a].node_i,
             simulation->ground[a].recharge_m3 / dt_s);
    for (int s = 0; s < basin->source_count; s++)
        keep(simulation, RESULT_INFLOW, basin->source[s].node_i,
             simulation->supply[s].used_m3 / dt_s);
}

/* ---- the step ---------------------------------------------------------------------------------
 */

static void
move_on(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct lake *lake = &simulation->lake[r];
        lake->storage_m3 = lake->end_m3;
        lake->level_m = reservoir_level_m(&basin->reservoir[r], lake->storage_m3);
        lake->area_m2 = reservoir_area_m2(&basin->reservoir[r], lake->storage_m3);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        struct ground *ground = &simulation->ground[a];
        ground->storage_m3 = ground->end_m3;
        ground->licence_left_m3 = most_of(0.0, ground->licence_left_m3 - ground->abstracted_m3);
    }
    for (int i = 0; i < simulation->reaches.count; i++)
        reach_move_on(&simulation->reaches.reach[i]);
}

void
account_step(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int d = 0; d < basin->demand_count; d++)
        account_demand(simulation, d);
    for (int r = 0; r < basin->reservoir_count; r++)
        account_reservoir(simulation, r);
    for (int l = 0; l < basin->link_count; l++)
        account_link(simulation, l);
    account_rules(simulation);
    salt_account(simulation);
    drought_account(simulation);
    quality_account(simulation);
    flood_account(simulation);
    move_on(simulation);
    if (!simulation->keeps_series)
        return;
    keep_lakes(simulation);
    keep_demands(simulation);
    keep_links(simulation);
    salt_keep(simulation, keep);
    drought_keep(simulation, keep);
    quality_keep(simulation, keep);
    bays_keep(simulation, keep);
    if (simulation->result->series[RESULT_INFLOW] != NULL)
        keep_inflows(simulation);
}

/* The weather of the catchments that run a model. */
static void
account_weather(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct basin_indicators *sum = &simulation->result->basin;
    double warm_m2 = 0.0, warm_degCm2 = 0.0;
    for (int c = 0; c < basin->catchment_count; c++) {
        const struct catchment *catchment = &basin->catchment[c];
        const struct catchment_weather *weather = &simulation->input->runoff->weather[c];
        if (catchment->inflow_kind != INFLOW_MODEL)
            continue;
        sum->catchment_rain_m3 += weather->rain_m3;
        if (isnan(weather->mean_degC))
            continue;
        warm_m2 += catchment->area_m2;
        warm_degCm2 += catchment->area_m2 * weather->mean_degC;
    }
    sum->catchment_mean_degC = warm_m2 > 0.0 ? warm_degCm2 / warm_m2 : (double)NAN;
}

void
account_end(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct scenario_result *result = simulation->result;
    for (int d = 0; d < basin->demand_count; d++)
        end_event(&simulation->want[d], &result->demand[d], simulation->axis->step_count);
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct reservoir_indicators *sum = &result->reservoir[r];
        sum->end_storage_m3 = simulation->lake[r].storage_m3;
        bool served = sum->minimum_step >= 0;
        if (!served)
            sum->minimum_storage_m3 = sum->maximum_storage_m3 = (double)NAN;
        sum->minimum_level_m =
            served ? reservoir_level_m(&basin->reservoir[r], sum->minimum_storage_m3) : (double)NAN;
    }
    for (int r = 0; r < basin->reservoir_count; r++) {
        if (result->flood[r].highest_step < 0)
            result->flood[r].highest_level_m = (double)NAN;
        if (!(basin->reservoir[r].flood_window.step_s > 0.0)) /* not looked at */
            result->flood[r].hours = (double)NAN;
    }
    account_weather(simulation);
    bays_account_end(simulation);
    const struct network *network = simulation->allocation->network;
    for (int p = 0; p < network->program_count; p++)
        result->basin.pivot_count += lp_info(network->lp[p])->pivot_count;
    result->basin.fairness_step_count = simulation->allocation->fairness_count;
}
