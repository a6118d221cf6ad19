/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/*
 * What the allocation decided, as flows and storages, and whether no water was made or lost. The
 * balance follows the links of the basin, not the rows of the linear programs, so that a fault in
 * building them cannot hide itself.
 */

static const double throughput_tolerance = 1e-9;
static const double storage_tolerance = 1e-14;
static const double volume_tolerance_m3 = 1e-6;

/* Beyond its tolerance a residual is told with the results; beyond this many times it (a millionth
 * of what passes) the run stops. What the solver leaves of a bound is relative to the water of all
 * that is connected, so that beside a large lake a small user can be off by more than 1e-9. */
static const double stops_at = 1000.0;

/* A volume that the solver leaves below nothing by rounding is nothing. */
static double
value_of(const struct allocation *allocation, int column_j)
{
    return column_j >= 0 ? most_of(allocation->value[column_j], 0.0) : 0.0;
}

void
take_flows(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    const struct allocation *allocation = simulation->allocation;
    const struct network *network = allocation->network;
    for (int l = 0; l < basin->link_count; l++)
        simulation->way[l].flow_m3 = value_of(allocation, network->link_column[l]) +
                                     value_of(allocation, network->link_minimum_column[l]);
    for (int i = 0; i < simulation->reaches.count; i++) {
        struct reach *reach = &simulation->reaches.reach[i];
        reach_pass(reach, simulation->way[reach->link_l].flow_m3, simulation->dt_s);
    }
    for (int r = 0; r < basin->reservoir_count; r++) {
        simulation->lake[r].end_m3 = 0.0;
        for (int band = 0; band < BAND_COUNT; band++)
            simulation->lake[r].end_m3 += value_of(allocation, network->band_column[r][band]);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        struct ground *ground = &simulation->ground[a];
        ground->end_m3 = value_of(allocation, network->aquifer_band_column[a][0]) +
                         value_of(allocation, network->aquifer_band_column[a][1]);
        ground->abstracted_m3 = value_of(allocation, network->aquifer_free_column[a]) +
                                value_of(allocation, network->aquifer_reserved_column[a]);
        ground->rejected_m3 = value_of(allocation, network->aquifer_rejected_column[a]);
    }
    for (int d = 0; d < basin->demand_count; d++) {
        struct want *want = &simulation->want[d];
        want->supply_m3 = 0.0;
        for (int part = 0; part < PART_COUNT; part++) {
            want->supplied_m3[part] = value_of(allocation, network->demand_column[d][part]);
            want->supply_m3 += want->supplied_m3[part];
        }
    }
    for (int p = 0; p < basin->passage_count; p++)
        simulation->works[p].flow_m3 = value_of(allocation, network->passage_column[p]);
    for (int s = 0; s < basin->source_count; s++)
        simulation->supply[s].used_m3 = basin->source[s].forced
                                            ? simulation->supply[s].available_m3
                                            : value_of(allocation, network->source_column[s]);
}

/* Sums of one step over the whole basin, m3. */
struct totals {
    double inflow, rain, evaporation, seepage, loss, consumption, outflow, source, storage_change;
};

static void
enters(struct simulation *simulation, int node_i, double volume_m3)
{
    simulation->residual_m3[node_i] += volume_m3;
    simulation->throughput_m3[node_i] += fabs(volume_m3);
}

static void
leaves(struct simulation *simulation, int node_i, double volume_m3)
{
    simulation->residual_m3[node_i] -= volume_m3;
}

static bool
is_sea(const struct basin *basin, int node_i)
{
    return basin->node[node_i].kind == NODE_SEA;
}

static void
balance_storages(struct simulation *simulation, struct totals *total)
{
    const struct basin *basin = simulation->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct lake *lake = &simulation->lake[r];
        int node_i = basin->reservoir[r].node_i, seepage_to = basin->reservoir[r].seepage_to;
        enters(simulation, node_i, lake->storage_m3 + lake->exchange.rain_m3);
        leaves(simulation, node_i,
               lake->end_m3 + lake->exchange.evaporation_m3 + lake->exchange.seepage_m3);
        if (seepage_to >= 0)
            enters(simulation, seepage_to, lake->exchange.seepage_m3);
        if (seepage_to >= 0 && is_sea(basin, seepage_to))
            total->outflow += lake->exchange.seepage_m3;
        if (seepage_to < 0)
            total->seepage += lake->exchange.seepage_m3;
        total->rain += lake->exchange.rain_m3;
        total->evaporation += lake->exchange.evaporation_m3;
        total->storage_change += lake->end_m3 - lake->storage_m3;
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct ground *ground = &simulation->ground[a];
        enters(simulation, basin->aquifer[a].node_i, ground->storage_m3);
        leaves(simulation, basin->aquifer[a].node_i, ground->end_m3 + ground->rejected_m3);
        total->storage_change += ground->end_m3 - ground->storage_m3;
        total->outflow += ground->rejected_m3;
    }
}

static void
balance_flows(struct simulation *simulation, struct totals *total)
{
    const struct basin *basin = simulation->basin;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        const struct way *way = &simulation->way[l];
        double lost_m3 = way->loss * way->flow_m3;
        leaves(simulation, link->from, way->flow_m3);
        if (reaches_find(&simulation->reaches, l) != NULL)
            continue; /* what enters it and what leaves it differ */
        enters(simulation, link->to, way->flow_m3 - lost_m3);
        total->loss += lost_m3;
        if (is_sea(basin, link->to))
            total->outflow += way->flow_m3 - lost_m3;
    }
    for (int p = 0; p < basin->passage_count; p++) {
        const struct works *works = &simulation->works[p];
        if (simulation->allocation->network->passage_column[p] < 0)
            continue;
        leaves(simulation, basin->passage[p].node_i, works->loss * works->flow_m3);
        total->loss += works->loss * works->flow_m3;
    }
}

/* Water of past steps that arrives is among the known inflows of its node; in the balance of the
 * basin it comes out of the reach. */
static void
balance_reaches(struct simulation *simulation, struct totals *total)
{
    for (int i = 0; i < simulation->reaches.count; i++) {
        const struct reach *reach = &simulation->reaches.reach[i];
        double loss = simulation->way[reach->link_l].loss;
        double lost_m3 = loss * reach->outflow_m3, known_m3 = (1.0 - loss) * reach->known_m3;
        double arrives_m3 = reach->outflow_m3 - lost_m3 - known_m3;
        int to = simulation->basin->link[reach->link_l].to;
        enters(simulation, to, arrives_m3);
        if (is_sea(simulation->basin, to))
            total->outflow += arrives_m3;
        total->inflow -= known_m3;
        total->loss += lost_m3;
        total->storage_change += reach->end_m3 - reach->start_m3;
    }
}

static void
balance_uses(struct simulation *simulation, struct totals *total)
{
    const struct basin *basin = simulation->basin;
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        double supply_m3 = simulation->want[d].supply_m3, consumed_m3 = supply_m3;
        leaves(simulation, demand->node_i, supply_m3);
        for (int i = 0; i < demand->return_count; i++) {
            int node_i = demand->returns[i].node_i;
            double returned_m3 = share_now(simulation, &demand->returns[i].fraction) * supply_m3;
            enters(simulation, node_i, returned_m3);
            consumed_m3 -= returned_m3;
            if (is_sea(basin, node_i))
                total->outflow += returned_m3;
        }
        total->consumption += consumed_m3;
    }
    for (int s = 0; s < basin->source_count; s++) {
        if (basin->source[s].forced)
            continue; /* among the known inflows */
        enters(simulation, basin->source[s].node_i, simulation->supply[s].used_m3);
        total->source += simulation->supply[s].used_m3;
    }
}

/* The largest residual of the scenario so far, against its tolerance. */
static enum status
weigh_residual(struct simulation *simulation, int node_i, double residual_m3, double throughput_m3,
               double storage_m3, struct error *err)
{
    struct basin_indicators *worst = &simulation->result->basin;
    if (residual_m3 == 0.0)
        return STATUS_OK;
    double tolerance_m3 = most_of(volume_tolerance_m3, most_of(throughput_tolerance * throughput_m3,
                                                               storage_tolerance * storage_m3));
    residual_m3 = fabs(residual_m3);
    if (residual_m3 / tolerance_m3 > worst->worst_residual_ratio) {
        worst->worst_residual_ratio = residual_m3 / tolerance_m3;
        worst->worst_residual_m3 = residual_m3;
        worst->worst_residual_node_i = node_i;
        worst->worst_residual_step = simulation->moment.step_t;
    }
    if (residual_m3 <= stops_at * tolerance_m3)
        return STATUS_OK;
    char date[32];
    return error_set(err, STATUS_BALANCE,
                     "%s: the water balance of '%s' is off by %g m3, more than %g m3",
                     step_date(simulation, date, sizeof date),
                     node_i >= 0 ? simulation->basin->node[node_i].id : "the whole basin",
                     residual_m3, stops_at * tolerance_m3);
}

static double
storage_of(const struct simulation *simulation, const struct node *node)
{
    if (node->kind == NODE_RESERVOIR)
        return simulation->lake[node->kind_i].storage_m3;
    return node->kind == NODE_AQUIFER ? simulation->ground[node->kind_i].storage_m3 : 0.0;
}

static void
add_totals(struct basin_indicators *sum, const struct totals *total)
{
    sum->inflow_m3 += total->inflow;
    sum->rain_m3 += total->rain;
    sum->evaporation_m3 += total->evaporation;
    sum->seepage_m3 += total->seepage;
    sum->loss_m3 += total->loss;
    sum->consumption_m3 += total->consumption;
    sum->outflow_m3 += total->outflow;
    sum->source_m3 += total->source;
    sum->storage_change_m3 += total->storage_change;
}

/* Runoff that a catchment sends to its nodes, which known_m3 holds with the boundary inflows, the
 * recharge and the forced sources. */
static void
balance_inflows(struct simulation *simulation, struct totals *total)
{
    const struct basin *basin = simulation->basin;
    for (int node_i = 0; node_i < basin->node_count; node_i++) {
        double known_m3 = simulation->known_m3[node_i];
        simulation->residual_m3[node_i] = known_m3;
        simulation->throughput_m3[node_i] = fabs(known_m3);
        total->inflow += known_m3;
        if (is_sea(basin, node_i))
            total->outflow += known_m3;
    }
}

enum status
check_balance(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    enum status status = STATUS_OK;
    struct totals total = {0};
    balance_inflows(simulation, &total);
    balance_storages(simulation, &total);
    balance_flows(simulation, &total);
    balance_reaches(simulation, &total);
    balance_uses(simulation, &total);
    double storage_m3 = 0.0;
    for (int i = 0; i < simulation->reaches.count; i++)
        storage_m3 += simulation->reaches.reach[i].start_m3;
    for (int node_i = 0; node_i < basin->node_count; node_i++) {
        const struct node *node = &basin->node[node_i];
        double own_m3 = storage_of(simulation, node);
        storage_m3 += own_m3;
        if (node->kind == NODE_SEA || node->kind == NODE_CATCHMENT)
            continue;
        TRY(weigh_residual(simulation, node_i, simulation->residual_m3[node_i],
                           simulation->throughput_m3[node_i] - own_m3, own_m3, err));
    }
    double in_m3 = total.inflow + total.rain + total.source;
    double out_m3 = total.evaporation + total.seepage + total.loss + total.consumption +
                    total.outflow + total.storage_change;
    TRY(weigh_residual(simulation, -1, in_m3 - out_m3, in_m3, storage_m3, err));
    add_totals(&simulation->result->basin, &total);
out:
    return status;
}
