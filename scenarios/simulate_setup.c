/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"
#include "scenarios/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first state of a scenario, and what need not be looked up again in every step. */

/* ---- how often quantities change ------------------------------------------------------------- */

static enum refresh
more_often(enum refresh a, enum refresh b)
{
    return a > b ? a : b;
}

static enum refresh
varying_refresh(const struct varying *varying)
{
    enum refresh refresh = REFRESH_ONCE;
    if (varying->kind == VARYING_CURVE || varying->kind == VARYING_SERIES ||
        varying->kind == VARYING_BY_LEVEL)
        return REFRESH_STEP;
    if (varying->kind == VARYING_MONTHLY || varying->kind == VARYING_YEARS ||
        varying->basis != BASIS_SECOND)
        refresh = REFRESH_MONTH;
    for (int i = 0; i < varying->adjustment_count; i++) {
        const struct adjustment *adjustment = &varying->adjustment[i];
        if (adjustment->from_s != INT64_MIN || adjustment->to_s != INT64_MAX)
            return REFRESH_STEP;
        if (adjustment->month_mask != 0xfffU || adjustment->basis != BASIS_SECOND ||
            adjustment->monthly != NULL)
            refresh = REFRESH_MONTH;
    }
    return refresh;
}

static enum refresh
range_refresh(const struct date_range *range)
{
    bool always = range->from_s == INT64_MIN && range->to_s == INT64_MAX;
    return always ? REFRESH_ONCE : REFRESH_STEP;
}

static enum refresh
node_refresh(const struct simulation *simulation, int node_i)
{
    return range_refresh(&simulation->basin->node[node_i].in_service);
}

static enum refresh
demand_refresh(const struct simulation *simulation, const struct demand *demand)
{
    const struct varying *part[] = {
        &demand->need,       &demand->population,    &demand->norm,
        &demand->coverage,   &demand->area,          &demand->heads,
        &demand->floor_norm, &demand->minimum_share, &demand->temperature};
    enum refresh refresh = node_refresh(simulation, demand->node_i);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        refresh = more_often(refresh, varying_refresh(part[i]));
    if (demand->growth_per_year != 0.0 || demand->profile_i >= 0)
        refresh = more_often(refresh, REFRESH_MONTH);
    if (demand->profile_i >= 0)
        for (int day = 0; day < 7; day++)
            if (simulation->basin->profile[demand->profile_i].weekly[day] != 1.0)
                refresh = REFRESH_STEP;
    return refresh;
}

/* Coefficients of splits and blends; losses are counted with the links. */
static enum refresh
rule_refresh(const struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    enum refresh refresh = REFRESH_ONCE;
    for (int s = 0; s < basin->split_count; s++)
        for (int i = 0; i < basin->split[s].link_count; i++) {
            int l = basin->split[s].link_i[i];
            refresh = more_often(refresh, more_often(varying_refresh(&basin->split[s].share[i]),
                                                     simulation->way[l].service_refresh));
        }
    for (int b = 0; b < basin->blend_count; b++) {
        if (basin->blend[b].is_followed)
            return REFRESH_STEP;
        refresh = more_often(refresh, varying_refresh(&basin->blend[b].at_most));
        for (int i = 0; i < basin->blend[b].link_count; i++)
            refresh = more_often(refresh, varying_refresh(&basin->blend[b].content[i]));
    }
    return refresh;
}

static void
set_refresh(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    enum refresh coefficients = REFRESH_ONCE;
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        simulation->want[d].refresh = demand_refresh(simulation, demand);
        for (int i = 0; i < demand->return_count; i++)
            coefficients = more_often(coefficients, varying_refresh(&demand->returns[i].fraction));
    }
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        struct way *way = &simulation->way[l];
        way->service_refresh = range_refresh(&link->in_service);
        if (link->outage_count > 0 || way->is_staged ||
            node_refresh(simulation, link->from) != REFRESH_ONCE ||
            node_refresh(simulation, link->to) != REFRESH_ONCE)
            way->service_refresh = REFRESH_STEP;
        way->capacity_refresh = varying_refresh(&link->capacity);
        way->share = way->open_share = 1.0;
        way->loss_refresh = varying_refresh(&link->loss);
        /* the share that a reach passes depends on the length of the step */
        if (basin->run.step >= STEP_TENDAY && reaches_find(&simulation->reaches, l) != NULL)
            way->loss_refresh = REFRESH_STEP;
        coefficients = more_often(coefficients, way->loss_refresh);
        simulation->ways_refresh = more_often(
            simulation->ways_refresh,
            more_often(way->service_refresh, more_often(way->capacity_refresh, way->loss_refresh)));
        if (!network_lowest_m3(basin, link, &way->lowest_m3))
            way->lowest_m3 = 0.0;
    }
    for (int p = 0; p < basin->passage_count; p++) {
        const struct passage *passage = &basin->passage[p];
        simulation->works[p].refresh = more_often(
            more_often(node_refresh(simulation, passage->node_i),
                       varying_refresh(&passage->turn_down)),
            more_often(varying_refresh(&passage->capacity), varying_refresh(&passage->loss)));
        coefficients = more_often(coefficients, varying_refresh(&passage->loss));
    }
    for (int s = 0; s < basin->source_count; s++)
        simulation->supply[s].refresh =
            more_often(node_refresh(simulation, basin->source[s].node_i),
                       varying_refresh(&basin->source[s].capacity));
    simulation->coefficient_refresh = more_often(coefficients, rule_refresh(simulation));
}

static void
set_lines_refresh(struct simulation *simulation, int reservoir_r)
{
    const struct reservoir *reservoir = &simulation->basin->reservoir[reservoir_r];
    enum refresh refresh = more_often(varying_refresh(&reservoir->target),
                                      more_often(varying_refresh(&reservoir->domestic_reserve),
                                                 varying_refresh(&reservoir->carry_over)));
    for (int i = 0; i < reservoir->zone_count; i++)
        refresh = more_often(refresh, varying_refresh(&reservoir->zone[i].below));
    simulation->lake[reservoir_r].flood_refresh = varying_refresh(&reservoir->flood_limit);
    simulation->lake[reservoir_r].lines_refresh = refresh;
}

/* Plants with a turn-down in the lexical order of ids. */
static enum status
list_turn_downs(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    const struct network *network = simulation->allocation->network;
    int level_count = 0;
    for (int p = 0; p < network->program_count; p++)
        if (network->program[p].level_count > level_count)
            level_count = network->program[p].level_count;
    simulation->turn_down_p =
        arena_alloc(simulation->memory, (size_t)basin->passage_count, sizeof(int));
    simulation->level_value = arena_alloc(simulation->memory, (size_t)level_count, sizeof(double));
    if (simulation->turn_down_p == NULL || simulation->level_value == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the simulation");
    for (int i = 0; i < basin->node_count; i++) {
        const struct node *node = &basin->node[basin->node_by_id[i]];
        if (node->kind == NODE_PLANT &&
            basin->passage[node->kind_i].turn_down.kind != VARYING_ABSENT)
            simulation->turn_down_p[simulation->turn_down_count++] = node->kind_i;
    }
    return STATUS_OK;
}

/* ---- where the natural flow of a link comes from --------------------------------------------- */

static void
add_catchments(const struct simulation *simulation, int node_i, struct upstream *upstream)
{
    const struct basin *basin = simulation->basin;
    int entry = 0;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++, entry++)
            if (basin->catchment[c].to[i].node_i == node_i) {
                upstream->catchment_c[upstream->catchment_count] = c;
                upstream->entry[upstream->catchment_count++] = entry;
            }
}

static bool
has_boundary(const struct basin *basin, const struct node *node)
{
    return (node->kind == NODE_JUNCTION || node->kind == NODE_ESTUARY) &&
           basin->passage[node->kind_i].boundary_inflow.kind != VARYING_ABSENT;
}

static bool
runs_down(const struct link *link)
{
    return link->is_spill || link->kind == LINK_RIVER;
}

/* All natural water above a node, up the rivers and spillways. */
static void
climb(const struct simulation *simulation, int node_i, bool *seen, struct upstream *upstream)
{
    const struct basin *basin = simulation->basin;
    if (seen[node_i])
        return;
    seen[node_i] = true;
    if (has_boundary(basin, &basin->node[node_i]))
        upstream->node_i[upstream->node_count++] = node_i;
    add_catchments(simulation, node_i, upstream);
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].to == node_i && runs_down(&basin->link[l]))
            climb(simulation, basin->link[l].from, seen, upstream);
}

/* The lakes next above a node: those beyond another lake do not restrict it. */
static void
climb_to_lakes(const struct simulation *simulation, int node_i, bool *seen,
               struct upstream *upstream)
{
    const struct basin *basin = simulation->basin;
    if (seen[node_i])
        return;
    seen[node_i] = true;
    if (basin->node[node_i].kind == NODE_RESERVOIR) {
        upstream->reservoir_r[upstream->reservoir_count++] = basin->node[node_i].kind_i;
        return;
    }
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].to == node_i && runs_down(&basin->link[l]))
            climb_to_lakes(simulation, basin->link[l].from, seen, upstream);
}

static enum status
find_upstream(struct simulation *simulation, int entry_count, struct error *err)
{
    const struct basin *basin = simulation->basin;
    struct arena *memory = simulation->memory;
    size_t nodes = (size_t)basin->node_count;
    bool *seen = arena_alloc(memory, nodes, sizeof *seen);
    for (int l = 0; l < basin->link_count && !memory->failed; l++) {
        struct upstream *upstream = &simulation->way[l].upstream;
        if (basin->link[l].minimum_flow.kind == VARYING_ABSENT)
            continue;
        upstream->catchment_c = arena_alloc(memory, (size_t)entry_count, sizeof(int));
        upstream->entry = arena_alloc(memory, (size_t)entry_count, sizeof(int));
        upstream->node_i = arena_alloc(memory, nodes, sizeof(int));
        upstream->reservoir_r = arena_alloc(memory, (size_t)basin->reservoir_count, sizeof(int));
        if (memory->failed)
            break;
        memset(seen, 0, nodes * sizeof *seen);
        climb(simulation, basin->link[l].from, seen, upstream);
        memset(seen, 0, nodes * sizeof *seen);
        climb_to_lakes(simulation, basin->link[l].from, seen, upstream);
    }
    return memory->failed ? error_set(err, STATUS_MEMORY, "out of memory for the simulation")
                          : STATUS_OK;
}

/* ---- first state ------------------------------------------------------------------------------
 */

static void
fill_lakes(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        struct lake *lake = &simulation->lake[r];
        const struct varying *line = &reservoir->initial;
        if (line->kind == VARYING_ABSENT)
            line = reservoir->target.kind == VARYING_ABSENT ? &reservoir->flood_limit
                                                            : &reservoir->target;
        const struct node *node = &basin->node[reservoir->node_i];
        if (date_range_holds(&node->in_service, simulation->axis, 0,
                             simulation->moment.demand_year))
            lake->storage_m3 = reservoir_line_m3(reservoir, line, &simulation->moment);
        lake->level_m = reservoir_level_m(reservoir, lake->storage_m3);
        lake->area_m2 = reservoir_area_m2(reservoir, lake->storage_m3);
        simulation->result->reservoir[r].start_storage_m3 = lake->storage_m3;
        set_lines_refresh(simulation, r);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct aquifer *aquifer = &basin->aquifer[a];
        double storage_m3 = aquifer->capacity_m3;
        if (aquifer->initial.kind != VARYING_ABSENT) {
            storage_m3 = moment_value(&simulation->moment, &aquifer->initial);
            if (aquifer->initial.dimension == DIMENSION_NONE)
                storage_m3 *= aquifer->capacity_m3;
        }
        simulation->ground[a].storage_m3 = fmin(fmax(storage_m3, 0.0), aquifer->capacity_m3);
    }
}

static int
count_entries(const struct basin *basin)
{
    int count = 0;
    for (int c = 0; c < basin->catchment_count; c++)
        count += basin->catchment[c].to_count;
    return count;
}

/* Steps that a window of a licence can hold, the present one with them. */
static int
window_steps(const struct timeaxis *axis, double window_s)
{
    double shortest_s = axis->dt_s[0];
    for (int t = 1; t < axis->step_count; t++)
        shortest_s = axis->dt_s[t] < shortest_s ? axis->dt_s[t] : shortest_s;
    double steps = window_s / shortest_s + 2.0;
    return steps < axis->step_count ? (int)steps : axis->step_count;
}

static enum status
allocate(struct simulation *simulation, int entry_count, struct error *err)
{
    const struct basin *basin = simulation->basin;
    struct arena *memory = simulation->memory;
    size_t nodes = (size_t)basin->node_count;
    simulation->known_m3 = arena_alloc(memory, nodes, sizeof(double));
    simulation->plenty_m3 = arena_alloc(memory, nodes, sizeof(double));
    simulation->held_m3 = arena_alloc(memory, nodes, sizeof(double));
    simulation->residual_m3 = arena_alloc(memory, nodes, sizeof(double));
    simulation->throughput_m3 = arena_alloc(memory, nodes, sizeof(double));
    simulation->share = arena_alloc(memory, (size_t)entry_count, sizeof(double));
    simulation->lake =
        arena_alloc(memory, (size_t)basin->reservoir_count, sizeof *simulation->lake);
    simulation->ground =
        arena_alloc(memory, (size_t)basin->aquifer_count, sizeof *simulation->ground);
    simulation->want = arena_alloc(memory, (size_t)basin->demand_count, sizeof *simulation->want);
    simulation->way = arena_alloc(memory, (size_t)basin->link_count, sizeof *simulation->way);
    simulation->works =
        arena_alloc(memory, (size_t)basin->passage_count, sizeof *simulation->works);
    simulation->supply =
        arena_alloc(memory, (size_t)basin->source_count, sizeof *simulation->supply);
    simulation->permit =
        arena_alloc(memory, (size_t)basin->licence_count, sizeof *simulation->permit);
    for (int c = 0; c < basin->licence_count && !memory->failed; c++) {
        struct permit *permit = &simulation->permit[c];
        permit->step_capacity = window_steps(simulation->axis, basin->licence[c].rolling_s);
        permit->drawn_m3 = arena_alloc(memory, (size_t)permit->step_capacity, sizeof(double));
    }
    for (int r = 0; r < basin->reservoir_count && !memory->failed; r++)
        simulation->lake[r].zone_m3 =
            arena_alloc(memory, (size_t)basin->reservoir[r].zone_count, sizeof(double));
    return memory->failed ? error_set(err, STATUS_MEMORY, "out of memory for the simulation")
                          : STATUS_OK;
}

static enum status
prepare_delivery(struct simulation *simulation, struct error *err)
{
    const struct network *network = simulation->delivery->network;
    size_t entries = (size_t)network->column_start[network->column_count];
    struct arena *memory = simulation->memory;
    for (int month_i = 0; month_i < 12; month_i++) {
        struct delivered_month *month = &simulation->delivered[month_i];
        month->upper_m3 = arena_alloc(memory, (size_t)network->column_count, sizeof(double));
        month->known_m3 = arena_alloc(memory, (size_t)network->row_count, sizeof(double));
        month->coefficient = arena_alloc(memory, entries, sizeof(double));
        month->share = arena_alloc(memory, (size_t)simulation->basin->demand_count, sizeof(double));
    }
    return memory->failed ? error_set(err, STATUS_MEMORY, "out of memory for the simulation")
                          : STATUS_OK;
}

static enum status
prepare_verification(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    struct arena *memory = simulation->memory;
    struct decisions *decided = &simulation->decided;
    decided->link_flow_m3 = arena_alloc(memory, (size_t)basin->link_count, sizeof(double));
    decided->supplied_m3 =
        arena_alloc(memory, (size_t)basin->demand_count, sizeof *decided->supplied_m3);
    decided->link_open_share = arena_alloc(memory, (size_t)basin->link_count, sizeof(double));
    decided->link_repelling_m3 = arena_alloc(memory, (size_t)basin->link_count, sizeof(double));
    decided->link_sea_kgm3 = arena_alloc(memory, (size_t)basin->link_count, sizeof(double));
    decided->content = arena_alloc(
        memory, (size_t)basin->substance_count * (size_t)basin->node_count, sizeof(double));
    decided->lake_end_m3 = arena_alloc(memory, (size_t)basin->reservoir_count, sizeof(double));
    decided->lake_area_m2 = arena_alloc(memory, (size_t)basin->reservoir_count, sizeof(double));
    decided->lake_gate_m3 = arena_alloc(memory, (size_t)basin->reservoir_count, sizeof(double));
    decided->aquifer_end_m3 = arena_alloc(memory, (size_t)basin->aquifer_count, sizeof(double));
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the verification");
    return verifier_create(simulation->input, &simulation->verifier, err);
}

enum status
simulation_create(const struct simulation_input *input, struct scenario_result *result,
                  struct simulation **out, struct error *err)
{
    enum status status = STATUS_OK;
    struct simulation *simulation = calloc(1, sizeof *simulation);
    *out = NULL;
    if (simulation == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the simulation");
    const struct basin *basin = input->basin;
    simulation->input = input;
    simulation->basin = basin;
    simulation->axis = input->axis;
    simulation->result = result;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
        simulation->keeps_series = simulation->keeps_series || result->series[v] != NULL;
    simulation->moment = (struct moment){.axis = input->axis,
                                         .demand_year = basin->run.demand_year,
                                         .series_value = input->records->on_steps};
    int entry_count = count_entries(basin);
    simulation->memory = arena_create();
    if (simulation->memory == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the simulation"));
    TRY(allocate(simulation, entry_count, err));
    TRY(find_upstream(simulation, entry_count, err));
    TRY(reaches_create(&simulation->reaches, basin, simulation->memory, err));
    TRY(allocation_create(basin, input->method, &simulation->allocation, err));
    TRY(allocation_create(basin, input->method, &simulation->delivery, err));
    TRY(prepare_delivery(simulation, err));
    TRY(list_turn_downs(simulation, err));
    TRY(flood_create(simulation, err));
    TRY(salt_create(simulation, err));
    TRY(drought_create(simulation, err));
    TRY(quality_create(simulation, err));
    TRY(bays_create(simulation, err));
    set_refresh(simulation);
    if (input->verification != NULL)
        TRY(prepare_verification(simulation, err));
    scenario_result_clear(result, basin);
    fill_lakes(simulation);
    for (int d = 0; d < basin->demand_count; d++)
        simulation->want[d].event_start = -1;
    *out = simulation;
    simulation = NULL;
out:
    simulation_destroy(simulation);
    return status;
}

void
simulation_destroy(struct simulation *simulation)
{
    if (simulation == NULL)
        return;
    if (simulation->verifier != NULL)
        verification_add(simulation->input->verification, verifier_result(simulation->verifier));
    verifier_destroy(simulation->verifier);
    allocation_destroy(simulation->allocation);
    allocation_destroy(simulation->delivery);
    flood_destroy(simulation);
    salt_destroy(simulation);
    quality_destroy(simulation);
    arena_destroy(simulation->memory);
    free(simulation);
}
