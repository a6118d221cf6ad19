/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify_private.h"

#include <math.h>

/*
 * What a step allows, worked out anew in every step from the basin, the weather and the storages at
 * its start (docs/basin-file.md), without the simulation's own look-ups.
 */

static double
value_now(const struct verifier *verifier, const struct varying *varying)
{
    return moment_value(&verifier->moment, varying);
}

static double
flow_now(const struct verifier *verifier, const struct varying *varying, double level_m)
{
    const struct moment *moment = &verifier->moment;
    if (varying->kind == VARYING_ABSENT)
        return (double)INFINITY;
    return fmax(0.0, varying_at(varying, moment->axis, moment->step_t, moment->demand_year,
                                moment->series_value, level_m));
}

static double
part_now(const struct verifier *verifier, const struct varying *varying)
{
    if (varying->kind == VARYING_ABSENT)
        return 0.0;
    return fmin(fmax(value_now(verifier, varying), 0.0), 1.0);
}

static bool
in_service(const struct verifier *verifier, const struct date_range *range)
{
    return date_range_holds(range, verifier->moment.axis, verifier->moment.step_t,
                            verifier->moment.demand_year);
}

static bool
node_in_service(const struct verifier *verifier, int node_i)
{
    return in_service(verifier, &verifier->basin->node[node_i].in_service);
}

static double
dt_s(const struct verifier *verifier)
{
    return verifier->moment.axis->dt_s[verifier->moment.step_t];
}

static double
clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* ---- which waters lie above a link ------------------------------------------------------------
 */

static bool
runs_down(const struct link *link)
{
    return link->is_spill || link->kind == LINK_RIVER;
}

/* All nodes from which water runs to node_i by rivers and spillways. */
static void
mark_above(const struct basin *basin, int node_i, bool *is_above)
{
    if (is_above[node_i])
        return;
    is_above[node_i] = true;
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].to == node_i && runs_down(&basin->link[l]))
            mark_above(basin, basin->link[l].from, is_above);
}

/* Lakes from which water runs to node_i through no other lake. */
static void
mark_restricting(const struct basin *basin, int node_i, bool *seen, bool *restricts)
{
    if (seen[node_i])
        return;
    seen[node_i] = true;
    const struct node *node = &basin->node[node_i];
    if (node->kind == NODE_RESERVOIR) {
        restricts[node->kind_i] = true;
        return;
    }
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].to == node_i && runs_down(&basin->link[l]))
            mark_restricting(basin, basin->link[l].from, seen, restricts);
}

static double
natural_inflow_m3(const struct verifier *verifier, int link_l)
{
    const struct basin *basin = verifier->basin;
    const bool *is_above = verifier->natural.is_above + (size_t)link_l * (size_t)basin->node_count;
    int t = verifier->moment.step_t;
    double flow_m3s = 0.0;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++)
            if (is_above[basin->catchment[c].to[i].node_i])
                flow_m3s += part_now(verifier, &basin->catchment[c].to[i].fraction) *
                            verifier->input->runoff->flow_m3s[c][t];
    for (int p = 0; p < basin->passage_count; p++)
        if (is_above[basin->passage[p].node_i] &&
            basin->passage[p].boundary_inflow.kind != VARYING_ABSENT)
            flow_m3s += fmax(0.0, value_now(verifier, &basin->passage[p].boundary_inflow));
    return flow_m3s * dt_s(verifier);
}

/* ---- inflows and storages ---------------------------------------------------------------------
 */

static void
find_inflows(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    double *inflow_m3 = verifier->limits.inflow_m3;
    int t = verifier->moment.step_t;
    for (int i = 0; i < basin->node_count; i++)
        inflow_m3[i] = 0.0;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++)
            inflow_m3[basin->catchment[c].to[i].node_i] +=
                part_now(verifier, &basin->catchment[c].to[i].fraction) *
                verifier->input->runoff->flow_m3s[c][t] * dt_s(verifier);
    for (int p = 0; p < basin->passage_count; p++)
        if (basin->passage[p].boundary_inflow.kind != VARYING_ABSENT)
            inflow_m3[basin->passage[p].node_i] +=
                fmax(0.0, value_now(verifier, &basin->passage[p].boundary_inflow)) * dt_s(verifier);
    for (int s = 0; s < basin->source_count; s++) {
        const struct source *source = &basin->source[s];
        double most_m3 = node_in_service(verifier, source->node_i)
                             ? flow_now(verifier, &source->capacity, NAN) * dt_s(verifier)
                             : 0.0;
        verifier->limits.source_m3[s] = source->forced ? 0.0 : most_m3;
        if (source->forced)
            inflow_m3[source->node_i] += most_m3;
    }
    for (int a = 0; a < basin->aquifer_count; a++)
        if (basin->aquifer[a].recharge.kind != VARYING_ABSENT)
            inflow_m3[basin->aquifer[a].node_i] +=
                fmax(0.0, value_now(verifier, &basin->aquifer[a].recharge)) * dt_s(verifier);
    for (int i = 0; i < verifier->state.reaches.count; i++) {
        struct reach *reach = &verifier->state.reaches.reach[i];
        const struct link *link = &basin->link[reach->link_l];
        reach_start_step(reach, dt_s(verifier));
        inflow_m3[link->to] += (1.0 - part_now(verifier, &link->loss)) * reach->known_m3;
    }
}

static void
find_lines(struct verifier *verifier, int reservoir_r)
{
    const struct reservoir *reservoir = &verifier->basin->reservoir[reservoir_r];
    const struct moment *moment = &verifier->moment;
    struct lake_limits *lake = &verifier->limits.lake[reservoir_r];
    double flood_m3 = reservoir_line_m3(reservoir, &reservoir->flood_limit, moment);
    double target_m3 = flood_m3, reserve_m3 = 0.0;
    if (reservoir->target.kind != VARYING_ABSENT)
        target_m3 = reservoir_line_m3(reservoir, &reservoir->target, moment);
    if (reservoir->domestic_reserve.kind != VARYING_ABSENT)
        reserve_m3 = reservoir_line_m3(reservoir, &reservoir->domestic_reserve, moment);
    lake->flood_m3 = flood_m3;
    lake->base_m3 = fmin(reservoir->dead_storage_m3, flood_m3);
    double carry_m3 = 0.0;
    if (reservoir->carry_over.kind != VARYING_ABSENT)
        carry_m3 = reservoir_line_m3(reservoir, &reservoir->carry_over, moment);
    lake->reserve_m3 = clamp(reserve_m3, lake->base_m3, flood_m3);
    lake->carry_m3 = clamp(carry_m3, lake->base_m3, flood_m3);
    double both_m3 = fmax(lake->reserve_m3, lake->carry_m3);
    if (verifier->carry_first)
        lake->reserve_m3 = both_m3;
    else
        lake->carry_m3 = both_m3;
    lake->target_m3 = clamp(target_m3, both_m3, flood_m3);
}

/* Smallest cap of a class among the zones that hold; whether any zone with caps holds. */
static double
zone_cap(const struct verifier *verifier, int reservoir_r, int class_i, bool *restricted)
{
    const struct reservoir *reservoir = &verifier->basin->reservoir[reservoir_r];
    double storage_m3 = verifier->state.lake_m3[reservoir_r], cap = 1.0;
    for (int z = 0; z < reservoir->zone_count; z++) {
        const struct zone *zone = &reservoir->zone[z];
        double line_m3 = reservoir_line_m3(reservoir, &zone->below, &verifier->moment);
        if (zone->cap_count > 0 && storage_m3 <= line_m3)
            *restricted = true;
        for (int i = 0; i < zone->cap_count && storage_m3 < line_m3; i++)
            if (zone->cap_class_i[i] == class_i)
                cap = fmin(cap, zone->cap[i]);
    }
    return cap;
}

/* Exchange with air and ground, from the area at the start or its mean over the step. */
static void
find_lakes(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    struct step_limits *limits = &verifier->limits;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        struct lake_limits *lake = &limits->lake[r];
        double start_m3 = verifier->state.lake_m3[r];
        double area_m2 = reservoir_area_m2(reservoir, start_m3);
        if (basin->run.mean_area_evaporation)
            area_m2 = outcome->lake_area_m2[r];
        lake->in_service = node_in_service(verifier, reservoir->node_i);
        lake->restricted = false;
        if (lake->in_service)
            zone_cap(verifier, r, -1, &lake->restricted);
        find_lines(verifier, r);
        struct lake_exchange exchange = {0};
        if (lake->in_service)
            exchange = reservoir_exchange(reservoir, &verifier->moment, start_m3, area_m2,
                                          limits->inflow_m3[reservoir->node_i]);
        lake->seepage_m3 = exchange.seepage_m3;
        lake->available_m3 =
            start_m3 + exchange.rain_m3 - exchange.evaporation_m3 - exchange.seepage_m3;
        if (reservoir->seepage_to >= 0 && basin->node[reservoir->seepage_to].kind != NODE_RESERVOIR)
            limits->inflow_m3[reservoir->seepage_to] += exchange.seepage_m3;
        else if (reservoir->seepage_to >= 0)
            limits->lake[basin->node[reservoir->seepage_to].kind_i].received_m3 +=
                exchange.seepage_m3;
    }
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        struct lake_limits *lake = &limits->lake[r];
        lake->available_m3 = fmax(0.0, lake->available_m3 + lake->received_m3 +
                                           limits->inflow_m3[reservoir->node_i]);
        limits->inflow_m3[reservoir->node_i] = 0.0; /* it is in what is available */
        if (!lake->in_service)
            lake->base_m3 = lake->reserve_m3 = lake->carry_m3 = lake->target_m3 = lake->flood_m3 =
                0.0;
        double gate_m3 = outcome->lake_gate_m3[r]; /* NAN unless it is worked by its gates */
        double left_m3 = isnan(gate_m3) ? lake->available_m3 : lake->available_m3 - gate_m3;
        lake->least_m3 =
            reservoir->emergency_for_rank >= 0 ? 0.0 : fmin(lake->base_m3, fmax(0.0, left_m3));
        if (!isnan(gate_m3)) /* it may stand above its flood limit */
            lake->flood_m3 = (double)INFINITY;
    }
}

/* ---- needs ------------------------------------------------------------------------------------
 */

static double
cap_of_demand(const struct verifier *verifier, const struct demand *demand)
{
    double weighted = 0.0, storage_m3 = 0.0, sum = 0.0, count = 0.0;
    for (int i = 0; i < demand->restricted_by_count; i++) {
        int r = demand->restricted_by[i];
        bool restricted = false;
        if (!verifier->limits.lake[r].in_service)
            continue;
        double cap = zone_cap(verifier, r, demand->class_i, &restricted);
        weighted += cap * verifier->state.lake_m3[r];
        storage_m3 += verifier->state.lake_m3[r];
        sum += cap;
        count += 1.0;
    }
    if (!(count > 0.0))
        return 1.0;
    double cap = storage_m3 > 0.0 ? weighted / storage_m3 : sum / count;
    return cap > 1.0 - 1e-12 ? 1.0 : cap;
}

static void
find_needs(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        double *part_m3 = verifier->limits.part_m3[d];
        double need_m3s = demand_need_m3s(basin, demand, &verifier->moment);
        double need_m3 = need_m3s * dt_s(verifier);
        double floor_m3 = demand_floor_m3s(demand, &verifier->moment, need_m3s) * dt_s(verifier);
        double cap = fmin(cap_of_demand(verifier, demand), verify_drought_cap(verifier, d));
        double allowed_m3 = fmin(need_m3, fmax(cap * need_m3, floor_m3));
        double head_m3 = part_now(verifier, &demand->minimum_share) * allowed_m3;
        part_m3[PART_FLOOR] = fmin(floor_m3, allowed_m3);
        part_m3[PART_HEAD] =
            clamp(head_m3 - part_m3[PART_FLOOR], 0.0, allowed_m3 - part_m3[PART_FLOOR]);
        part_m3[PART_MAIN] = fmax(0.0, allowed_m3 - part_m3[PART_FLOOR] - part_m3[PART_HEAD]);
        part_m3[PART_CUT] = need_m3 - allowed_m3;
    }
}

/* ---- links, works, ground ---------------------------------------------------------------------
 */

bool
verify_link_is_open(const struct verifier *verifier, const struct link *link)
{
    const struct basin *basin = verifier->basin;
    int64_t start_s = verifier->moment.axis->start_s[verifier->moment.step_t];
    for (int i = 0; i < link->outage_count; i++)
        if (start_s >= link->outage[i].from_s && start_s < link->outage[i].to_s)
            return false;
    if (!in_service(verifier, &link->in_service) ||
        !verify_drought_opens(verifier, (int)(link - basin->link)))
        return false;
    if (runs_down(link))
        return true;
    bool from_serves =
        basin->node[link->from].kind == NODE_RESERVOIR || node_in_service(verifier, link->from);
    bool to_serves =
        basin->node[link->to].kind == NODE_RESERVOIR || node_in_service(verifier, link->to);
    return from_serves && to_serves;
}

double
verify_edge_m3(const struct verifier *verifier, const struct link *link)
{
    const struct node *node = &verifier->basin->node[link->from];
    if (node->kind != NODE_RESERVOIR || link->is_spill ||
        !verifier->limits.lake[node->kind_i].in_service)
        return 0.0;
    const struct reservoir *reservoir = &verifier->basin->reservoir[node->kind_i];
    if (!isnan(link->lowest_level_m))
        return reservoir_storage_m3(reservoir, link->lowest_level_m);
    return reservoir->emergency_for_rank >= 0 ? reservoir->dead_storage_m3 : 0.0;
}

/* Whether the lake stands too low for the link. */
static bool
lies_too_high(const struct verifier *verifier, const struct link *link)
{
    const struct node *node = &verifier->basin->node[link->from];
    double edge_m3 = verify_edge_m3(verifier, link);
    return edge_m3 > 0.0 && verifier->state.lake_m3[node->kind_i] <= edge_m3 &&
           verifier->limits.lake[node->kind_i].available_m3 <= edge_m3;
}

static void
find_links(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        const struct node *from = &basin->node[link->from];
        struct link_limits *limits = &verifier->limits.link[l];
        double level_m = (double)NAN;
        if (from->kind == NODE_RESERVOIR)
            level_m = reservoir_level_m(&basin->reservoir[from->kind_i],
                                        verifier->state.lake_m3[from->kind_i]);
        bool open = verify_link_is_open(verifier, link);
        const struct reach *reach = reaches_find(&verifier->state.reaches, l);
        limits->gain = 1.0 - part_now(verifier, &link->loss);
        if (reach != NULL)
            limits->gain *= reach->share;
        limits->most_m3 = 0.0;
        if (open && !lies_too_high(verifier, link))
            limits->most_m3 = flow_now(verifier, &link->capacity, level_m) * dt_s(verifier);
        if (!verify_quality_opens(verifier, l))
            limits->most_m3 = 0.0;
        if (isfinite(link->from_mouth_m))
            limits->most_m3 *= outcome->link_open_share[l];
        limits->minimum_m3 = limits->gate_m3 = 0.0;
        if (link->is_spill && from->kind == NODE_RESERVOIR &&
            !isnan(outcome->lake_gate_m3[from->kind_i]))
            limits->gate_m3 = limits->most_m3 = outcome->lake_gate_m3[from->kind_i];
        if (link->minimum_flow.kind == VARYING_ABSENT || !open)
            continue;
        bool natural = link->minimum_flow_natural;
        for (int r = 0; r < basin->reservoir_count; r++)
            natural = natural ||
                      (verifier->natural
                           .restricts[(size_t)l * (size_t)basin->reservoir_count + (size_t)r] &&
                       verifier->limits.lake[r].restricted);
        double minimum_m3 = fmax(0.0, value_now(verifier, &link->minimum_flow)) * dt_s(verifier);
        minimum_m3 = fmax(minimum_m3, outcome->link_repelling_m3[l]);
        if (natural)
            minimum_m3 = fmin(minimum_m3, natural_inflow_m3(verifier, l));
        limits->minimum_m3 = fmin(minimum_m3, limits->most_m3);
    }
}

static void
find_works(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    for (int p = 0; p < basin->passage_count; p++) {
        const struct passage *passage = &basin->passage[p];
        struct works_limits *works = &verifier->limits.works[p];
        works->gain = 1.0 - part_now(verifier, &passage->loss);
        works->most_m3 = node_in_service(verifier, passage->node_i)
                             ? flow_now(verifier, &passage->capacity, NAN) * dt_s(verifier)
                             : 0.0;
        works->turn_down_m3 = 0.0;
        if (passage->turn_down.kind == VARYING_ABSENT)
            continue;
        double least = fmax(0.0, value_now(verifier, &passage->turn_down));
        works->turn_down_m3 = passage->turn_down.dimension == DIMENSION_FLOW
                                  ? least * dt_s(verifier)
                                  : least * works->most_m3;
    }
}

/* A licence year begins on the day of reset. */
static void
renew_licence(struct verifier *verifier, int aquifer_a)
{
    const struct aquifer *aquifer = &verifier->basin->aquifer[aquifer_a];
    const struct timeaxis *axis = verifier->moment.axis;
    int t = verifier->moment.step_t;
    int today = 100 * axis->month[t] + axis->day[t];
    int reset = 100 * aquifer->licence_reset_month + aquifer->licence_reset_day;
    int year = axis->year[t] - (today < reset);
    if (t > 0 && year == verifier->state.licence_year[aquifer_a])
        return;
    verifier->state.licence_year[aquifer_a] = year;
    verifier->state.licence_left_m3[aquifer_a] = flow_now(verifier, &aquifer->licence, NAN);
}

static void
find_ground(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct aquifer *aquifer = &basin->aquifer[a];
        struct ground_limits *ground = &verifier->limits.ground[a];
        renew_licence(verifier, a);
        double *inflow_m3 = &verifier->limits.inflow_m3[aquifer->node_i];
        ground->available_m3 = verifier->state.ground_m3[a] + *inflow_m3;
        *inflow_m3 = 0.0;
        ground->least_m3 = fmin(aquifer->minimum_storage_m3, ground->available_m3);
        double yield_m3 = node_in_service(verifier, aquifer->node_i)
                              ? flow_now(verifier, &aquifer->yield, NAN) * dt_s(verifier)
                              : 0.0;
        double left_m3 = verifier->state.licence_left_m3[a];
        double kept_m3 = fmin(left_m3, aquifer->licence_reserved_m3);
        ground->free_m3 = fmin(yield_m3, isinf(left_m3) ? left_m3 : left_m3 - kept_m3);
        ground->reserved_m3 =
            isinf(ground->free_m3) ? 0.0 : fmin(kept_m3, yield_m3 - ground->free_m3);
    }
}

/* ---- the step ---------------------------------------------------------------------------------
 */

static void
find_size(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct step_limits *limits = &verifier->limits;
    limits->volume_m3 = 0.0;
    for (int i = 0; i < basin->node_count; i++)
        limits->volume_m3 += limits->inflow_m3[i];
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++)
            limits->volume_m3 += limits->part_m3[d][part];
    for (int r = 0; r < basin->reservoir_count; r++)
        limits->volume_m3 += fmax(0.0, limits->lake[r].available_m3 - verifier->state.lake_m3[r]);
}

void
verify_inputs_step(struct verifier *verifier, const struct step_outcome *outcome)
{
    verifier->moment.step_t = outcome->step_t;
    for (int r = 0; r < verifier->basin->reservoir_count; r++)
        verifier->limits.lake[r].received_m3 = 0.0;
    verify_drought_step(verifier);
    find_inflows(verifier);
    find_lakes(verifier, outcome);
    find_needs(verifier);
    verify_quality_start(verifier);
    find_links(verifier, outcome);
    find_works(verifier);
    find_ground(verifier);
    find_size(verifier);
}

void
verify_inputs_advance(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    verify_quality_advance(verifier, outcome);
    for (int r = 0; r < basin->reservoir_count; r++)
        verifier->state.lake_m3[r] = outcome->lake_end_m3[r];
    for (int a = 0; a < basin->aquifer_count; a++) {
        double *left_m3 = &verifier->state.licence_left_m3[a];
        verifier->state.ground_m3[a] = outcome->aquifer_end_m3[a];
        for (int l = 0; l < basin->link_count; l++)
            if (basin->link[l].from == basin->aquifer[a].node_i && !basin->link[l].is_spill)
                *left_m3 = fmax(0.0, *left_m3 - outcome->link_flow_m3[l]);
    }
    for (int i = 0; i < verifier->state.reaches.count; i++) {
        struct reach *reach = &verifier->state.reaches.reach[i];
        reach_pass(reach, outcome->link_flow_m3[reach->link_l], dt_s(verifier));
        reach_move_on(reach);
    }
    verify_rules_advance(verifier, outcome);
}

static void
set_first_state(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        const struct varying *line = &reservoir->flood_limit;
        if (reservoir->target.kind != VARYING_ABSENT)
            line = &reservoir->target;
        if (reservoir->initial.kind != VARYING_ABSENT)
            line = &reservoir->initial;
        if (node_in_service(verifier, reservoir->node_i))
            verifier->state.lake_m3[r] = reservoir_line_m3(reservoir, line, &verifier->moment);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct aquifer *aquifer = &basin->aquifer[a];
        double storage_m3 = aquifer->capacity_m3;
        if (aquifer->initial.kind != VARYING_ABSENT)
            storage_m3 =
                value_now(verifier, &aquifer->initial) *
                (aquifer->initial.dimension == DIMENSION_NONE ? aquifer->capacity_m3 : 1.0);
        verifier->state.ground_m3[a] = clamp(storage_m3, 0.0, aquifer->capacity_m3);
    }
}

enum status
verify_inputs_create(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct arena *memory = verifier->memory;
    struct step_limits *limits = &verifier->limits;
    struct verified_state *state = &verifier->state;
    size_t nodes = (size_t)basin->node_count, links = (size_t)basin->link_count;
    size_t lakes = (size_t)basin->reservoir_count, grounds = (size_t)basin->aquifer_count;
    limits->inflow_m3 = arena_alloc(memory, nodes, sizeof(double));
    limits->lake = arena_alloc(memory, lakes, sizeof *limits->lake);
    limits->link = arena_alloc(memory, links, sizeof *limits->link);
    limits->works = arena_alloc(memory, (size_t)basin->passage_count, sizeof *limits->works);
    limits->ground = arena_alloc(memory, grounds, sizeof *limits->ground);
    limits->source_m3 = arena_alloc(memory, (size_t)basin->source_count, sizeof(double));
    limits->part_m3 = arena_alloc(memory, (size_t)basin->demand_count, sizeof *limits->part_m3);
    state->lake_m3 = arena_alloc(memory, lakes, sizeof(double));
    state->ground_m3 = arena_alloc(memory, grounds, sizeof(double));
    state->licence_left_m3 = arena_alloc(memory, grounds, sizeof(double));
    state->licence_year = arena_alloc(memory, grounds, sizeof(int));
    verifier->natural.is_above = arena_alloc(memory, links * nodes, sizeof(bool));
    verifier->natural.restricts = arena_alloc(memory, links * lakes, sizeof(bool));
    bool *seen = arena_alloc(memory, links * nodes, sizeof(bool));
    if (memory->failed)
        return STATUS_MEMORY;
    for (size_t l = 0; l < links; l++)
        if (basin->link[l].minimum_flow.kind != VARYING_ABSENT) {
            mark_above(basin, basin->link[l].from, verifier->natural.is_above + l * nodes);
            mark_restricting(basin, basin->link[l].from, seen + l * nodes,
                             verifier->natural.restricts + l * lakes);
        }
    set_first_state(verifier);
    enum status status = verify_rules_create(verifier);
    if (status == STATUS_OK)
        status = verify_drought_create(verifier);
    if (status == STATUS_OK)
        status = reaches_create(&state->reaches, basin, memory, NULL);
    return status == STATUS_OK ? verify_quality_create(verifier) : status;
}
