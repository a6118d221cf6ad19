/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/* What a step may do with the storages as they are: lines, zones, and the bounds of all columns. */

static double
clamp(double value, double low, double high)
{
    return value < low ? low : value < high ? value : high;
}

/* ---- lakes ----------------------------------------------------------------------------------- */

static void
look_up_lines(struct simulation *simulation, int reservoir_r)
{
    const struct reservoir *reservoir = &simulation->basin->reservoir[reservoir_r];
    const struct moment *moment = &simulation->moment;
    struct lake *lake = &simulation->lake[reservoir_r];
    if (is_due(simulation, lake->flood_refresh))
        lake->flood_m3 = reservoir_line_m3(reservoir, &reservoir->flood_limit, moment);
    if (reservoir->target.kind == VARYING_ABSENT)
        lake->target_m3 = lake->flood_m3;
    if (!is_due(simulation, lake->lines_refresh))
        return;
    if (reservoir->target.kind != VARYING_ABSENT)
        lake->target_m3 = reservoir_line_m3(reservoir, &reservoir->target, moment);
    lake->reserve_m3 = reservoir->domestic_reserve.kind == VARYING_ABSENT
                           ? 0.0
                           : reservoir_line_m3(reservoir, &reservoir->domestic_reserve, moment);
    lake->carry_m3 = reservoir->carry_over.kind == VARYING_ABSENT
                         ? 0.0
                         : reservoir_line_m3(reservoir, &reservoir->carry_over, moment);
    for (int zone_i = 0; zone_i < reservoir->zone_count; zone_i++)
        lake->zone_m3[zone_i] =
            reservoir_line_m3(reservoir, &reservoir->zone[zone_i].below, moment);
}

/* Exchange with air and ground; seepage that other nodes receive is forced water there. */
static void
exchange_lakes(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        struct lake *lake = &simulation->lake[r];
        lake->exchange = (struct lake_exchange){0};
        if (lake->in_service)
            lake->exchange =
                reservoir_exchange(reservoir, &simulation->moment, lake->storage_m3, lake->area_m2,
                                   simulation->known_m3[reservoir->node_i]);
        lake->forced_m3 = simulation->known_m3[reservoir->node_i];
    }
    for (int r = 0; r < basin->reservoir_count; r++) {
        int node_i = basin->reservoir[r].seepage_to;
        double seepage_m3 = simulation->lake[r].exchange.seepage_m3;
        if (node_i < 0)
            continue;
        const struct node *node = &basin->node[node_i];
        if (node->kind == NODE_RESERVOIR)
            simulation->lake[node->kind_i].forced_m3 += seepage_m3;
        else
            simulation->held_m3[node_i] += seepage_m3; /* added to what the node receives */
    }
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct lake *lake = &simulation->lake[r];
        double available_m3 = lake->storage_m3 + lake->forced_m3 + lake->exchange.rain_m3 -
                              lake->exchange.evaporation_m3 - lake->exchange.seepage_m3;
        lake->available_m3 = available_m3 > 0.0 ? available_m3 : 0.0; /* below zero by rounding */
    }
}

/* More than any lake could come to hold in the step. */
static double
all_water_m3(const struct simulation *simulation)
{
    double sum_m3 = 0.0;
    for (int i = 0; i < simulation->basin->node_count; i++)
        sum_m3 += simulation->known_m3[i];
    for (int r = 0; r < simulation->basin->reservoir_count; r++)
        sum_m3 += simulation->lake[r].available_m3;
    return sum_m3;
}

static void
bound_lake(struct simulation *simulation, int reservoir_r)
{
    const struct reservoir *reservoir = &simulation->basin->reservoir[reservoir_r];
    const struct lake *lake = &simulation->lake[reservoir_r];
    struct allocation *allocation = simulation->allocation;
    const int *column = allocation->network->band_column[reservoir_r];
    allocation_known(allocation, allocation->network->node_row[reservoir->node_i],
                     lake->available_m3);
    if (!lake->in_service) {
        for (int band = 0; band < BAND_COUNT; band++)
            allocation_bounds(allocation, column[band], 0.0, 0.0);
        return;
    }
    double flood_m3 = lake->flood_m3;
    double base_m3 = clamp(reservoir->dead_storage_m3, 0.0, flood_m3);
    /* the line of the higher rank lies below, the other one holds what goes beyond it */
    bool carry_first = allocation->network->carry_first;
    double first_m3 = clamp(carry_first ? lake->carry_m3 : lake->reserve_m3, base_m3, flood_m3);
    double kept_m3 = clamp(carry_first ? lake->reserve_m3 : lake->carry_m3, first_m3, flood_m3);
    double target_m3 = clamp(lake->target_m3, kept_m3, flood_m3);
    /* below dead level only air and ground draw the lake, unless it is an emergency source */
    double left_m3 = lake->available_m3; /* for others than the gates */
    if (lake->in_window && !isnan(lake->gate_m3))
        left_m3 = fmax(0.0, left_m3 - lake->gate_m3);
    double least_m3 = reservoir->emergency_for_rank >= 0 ? 0.0 : fmin(base_m3, left_m3);
    allocation_bounds(allocation, column[BAND_BASE], least_m3, base_m3);
    allocation_bounds(allocation, column[carry_first ? BAND_CARRY : BAND_RESERVE], 0.0,
                      first_m3 - base_m3);
    allocation_bounds(allocation, column[carry_first ? BAND_RESERVE : BAND_CARRY], 0.0,
                      kept_m3 - first_m3);
    allocation_bounds(allocation, column[BAND_TARGET], 0.0, target_m3 - kept_m3);
    /* what gates do not let out stays, above the flood limit as well */
    allocation_bounds(allocation, column[BAND_HOLD], 0.0,
                      flood_m3 - target_m3 + (lake->in_window ? all_water_m3(simulation) : 0.0));
}

/* ---- demands --------------------------------------------------------------------------------- */

/* Mean of the caps of the lakes that restrict the demand, weighted by their storage. */
static double
cap_of(const struct simulation *simulation, const struct demand *demand)
{
    double weighted = 0.0, storage_m3 = 0.0, plain = 0.0;
    int count = 0;
    bool capped = false; /* only a lake in restriction has a zone that caps anything */
    for (int i = 0; i < demand->restricted_by_count; i++)
        capped = capped || simulation->lake[demand->restricted_by[i]].restricted;
    if (!capped)
        return 1.0;
    for (int i = 0; i < demand->restricted_by_count; i++) {
        int r = demand->restricted_by[i];
        const struct lake *lake = &simulation->lake[r];
        if (!lake->in_service)
            continue;
        double cap = reservoir_class_cap(&simulation->basin->reservoir[r], lake->zone_m3,
                                         lake->storage_m3, demand->class_i);
        weighted += cap * lake->storage_m3;
        storage_m3 += lake->storage_m3;
        plain += cap;
        count++;
    }
    if (count == 0)
        return 1.0;
    /* Rounding of the mean must not cut a demand that no lake restricts. */
    double cap = storage_m3 > 0.0 ? weighted / storage_m3 : plain / count;
    return cap < 1.0 - 1e-12 ? cap : 1.0;
}

static void
bound_demand(struct simulation *simulation, int demand_d)
{
    const struct demand *demand = &simulation->basin->demand[demand_d];
    struct allocation *allocation = simulation->allocation;
    const int *column = allocation->network->demand_column[demand_d];
    struct want *want = &simulation->want[demand_d];
    double cap = demand->restricted_by_count > 0 ? cap_of(simulation, demand) : 1.0;
    cap = least_of(cap, want->plan_cap);
    double floor_m3 = want->floor_m3s * simulation->dt_s;
    if (!simulation->all_due && cap == want->cap && want->need_m3 == want->split_need_m3 &&
        floor_m3 == want->split_floor_m3 && want->head_share == want->split_head_share)
        return; /* its parts and their bounds are as they were */
    want->cap = cap;
    want->split_need_m3 = want->need_m3;
    want->split_floor_m3 = floor_m3;
    want->split_head_share = want->head_share;
    want->allowed_m3 = least_of(want->need_m3, most_of(want->cap * want->need_m3, floor_m3));
    double head_m3 =
        clamp(want->head_share * want->allowed_m3 - floor_m3, 0.0, want->allowed_m3 - floor_m3);
    want->part_m3[PART_FLOOR] = least_of(floor_m3, want->allowed_m3);
    want->part_m3[PART_HEAD] = head_m3;
    want->part_m3[PART_MAIN] = most_of(0.0, want->allowed_m3 - floor_m3 - head_m3);
    want->part_m3[PART_CUT] = want->need_m3 - want->allowed_m3;
    for (int part = 0; part < PART_COUNT; part++)
        allocation_bounds(allocation, column[part], 0.0, want->part_m3[part]);
}

/* ---- links ----------------------------------------------------------------------------------- */

/* No water of the lake can leave by the link once the lake stands at its lower edge or below; how
 * much may leave before it sinks there is a row of its own (network_rules.c). */
static bool
stands_too_low(const struct simulation *simulation, int link_l)
{
    double lowest_m3 = simulation->way[link_l].lowest_m3;
    if (!(lowest_m3 > 0.0))
        return false;
    const struct basin *basin = simulation->basin;
    const struct lake *lake = &simulation->lake[basin->node[basin->link[link_l].from].kind_i];
    return lake->in_service && lake->storage_m3 <= lowest_m3 && lake->available_m3 <= lowest_m3;
}

/* The spillway of a lake that is worked by its gates carries what they let out; false for others.
 */
static bool
bound_gates(struct simulation *simulation, int link_l)
{
    const struct node *node = &simulation->basin->node[simulation->basin->link[link_l].from];
    if (node->kind != NODE_RESERVOIR)
        return false;
    const struct lake *lake = &simulation->lake[node->kind_i];
    if (!lake->in_window || isnan(lake->gate_m3))
        return false;
    allocation_bounds(simulation->allocation, simulation->allocation->network->link_column[link_l],
                      lake->gate_m3, lake->gate_m3);
    return true;
}

static void
bound_link(struct simulation *simulation, int link_l)
{
    const struct link *link = &simulation->basin->link[link_l];
    struct allocation *allocation = simulation->allocation;
    const struct network *network = allocation->network;
    struct way *way = &simulation->way[link_l];
    double most_m3 = 0.0;
    if (way->open) {
        double capacity_m3s = way->capacity_m3s;
        if (link->capacity.kind == VARYING_BY_LEVEL && !way->is_set) {
            const struct node *node = &simulation->basin->node[link->from];
            capacity_m3s =
                varying_at(&link->capacity, simulation->axis, simulation->moment.step_t,
                           simulation->moment.demand_year, simulation->moment.series_value,
                           simulation->lake[node->kind_i].level_m);
            capacity_m3s = capacity_m3s > 0.0 ? capacity_m3s : 0.0;
        }
        if (way->open_share < 1.0)
            capacity_m3s = way->open_share > 0.0 ? way->open_share * capacity_m3s : 0.0;
        most_m3 = stands_too_low(simulation, link_l) ? 0.0 : capacity_m3s * simulation->dt_s;
    }
    double minimum_m3 = 0.0;
    if (network->link_minimum_column[link_l] >= 0) {
        minimum_m3 = least_of(way->minimum_m3, most_m3);
        allocation_bounds(allocation, network->link_minimum_column[link_l], 0.0, minimum_m3);
    }
    if (link->is_spill && simulation->flood_count > 0 && bound_gates(simulation, link_l))
        return;
    allocation_bounds(allocation, network->link_column[link_l], 0.0, most_m3 - minimum_m3);
}

/* ---- aquifers, works, sources ---------------------------------------------------------------- */

static void
bound_aquifer(struct simulation *simulation, int aquifer_a)
{
    const struct aquifer *aquifer = &simulation->basin->aquifer[aquifer_a];
    struct allocation *allocation = simulation->allocation;
    const struct network *network = allocation->network;
    const struct ground *ground = &simulation->ground[aquifer_a];
    double known_m3 = simulation->known_m3[aquifer->node_i] + simulation->held_m3[aquifer->node_i] +
                      ground->storage_m3;
    double least_m3 = fmin(aquifer->minimum_storage_m3, known_m3);
    allocation_known(allocation, network->node_row[aquifer->node_i], known_m3);
    allocation_bounds(allocation, network->aquifer_band_column[aquifer_a][0], least_m3,
                      aquifer->minimum_storage_m3);
    allocation_bounds(allocation, network->aquifer_band_column[aquifer_a][1], 0.0,
                      aquifer->capacity_m3 - aquifer->minimum_storage_m3);
    double yield_m3 = ground->in_service ? ground->yield_m3 : 0.0;
    double left_m3 = fmax(0.0, ground->licence_left_m3);
    double free_m3 = fmin(yield_m3, fmax(0.0, left_m3 - aquifer->licence_reserved_m3));
    double reserved_m3 = fmin(yield_m3 - free_m3, fmin(left_m3, aquifer->licence_reserved_m3));
    if (isinf(free_m3))
        reserved_m3 = 0.0;
    allocation_bounds(allocation, network->aquifer_free_column[aquifer_a], 0.0, free_m3);
    allocation_bounds(allocation, network->aquifer_reserved_column[aquifer_a], 0.0, reserved_m3);
    allocation_bounds(allocation, network->aquifer_rejected_column[aquifer_a], 0.0,
                      (double)INFINITY);
}

static void
bound_others(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct allocation *allocation = simulation->allocation;
    for (int p = 0; p < basin->passage_count; p++) {
        const struct works *works = &simulation->works[p];
        allocation_bounds(allocation, allocation->network->passage_column[p], 0.0,
                          works->in_service ? works->capacity_m3s * simulation->dt_s : 0.0);
    }
    for (int s = 0; s < basin->source_count; s++)
        allocation_bounds(allocation, allocation->network->source_column[s], 0.0,
                          simulation->supply[s].available_m3);
}

/* Lakes and aquifers, whose storage is known water too, are left to bound_lake and bound_aquifer.
 */
static void
set_known_water(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct allocation *allocation = simulation->allocation;
    const int *node_row = allocation->network->node_row;
    for (int node_i = 0; node_i < basin->node_count; node_i++)
        if (basin->node[node_i].kind != NODE_RESERVOIR && basin->node[node_i].kind != NODE_AQUIFER)
            allocation_known(allocation, node_row[node_i],
                             simulation->known_m3[node_i] + simulation->held_m3[node_i]);
}

void
bound_step(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int node_i = 0; node_i < basin->node_count; node_i++)
        simulation->held_m3[node_i] = 0.0;
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct lake *lake = &simulation->lake[r];
        look_up_lines(simulation, r);
        lake->restricted =
            lake->in_service &&
            reservoir_in_restriction(&basin->reservoir[r], lake->zone_m3, lake->storage_m3);
    }
    limit_minimum_flows(simulation);
    exchange_lakes(simulation);
    set_known_water(simulation);
    for (int r = 0; r < basin->reservoir_count; r++)
        bound_lake(simulation, r);
    for (int d = 0; d < basin->demand_count; d++)
        bound_demand(simulation, d);
    for (int l = 0; l < basin->link_count; l++)
        bound_link(simulation, l);
    for (int a = 0; a < basin->aquifer_count; a++)
        bound_aquifer(simulation, a);
    bound_others(simulation);
    bound_rules(simulation);
}
