/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/* What a step brings whatever the storages are: runoff, needs, capacities, losses. */

static double
now(const struct simulation *simulation, const struct varying *varying)
{
    return moment_value(&simulation->moment, varying);
}

/* Value of a capacity that may be absent. */
static double
limit_now(const struct simulation *simulation, const struct varying *varying, double level_m)
{
    if (varying->kind == VARYING_ABSENT)
        return (double)INFINITY;
    double limit =
        varying_at(varying, simulation->axis, simulation->moment.step_t,
                   simulation->moment.demand_year, simulation->moment.series_value, level_m);
    return limit > 0.0 ? limit : 0.0;
}

double
share_now(const struct simulation *simulation, const struct varying *varying)
{
    double share = now(simulation, varying);
    return share < 0.0 ? 0.0 : share < 1.0 ? share : 1.0;
}

static bool
serves(const struct simulation *simulation, const struct date_range *range)
{
    return date_range_holds(range, simulation->axis, simulation->moment.step_t,
                            simulation->moment.demand_year);
}

static bool
node_serves(const struct simulation *simulation, int node_i)
{
    return serves(simulation, &simulation->basin->node[node_i].in_service);
}

static void
look_up_demands(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    const struct overrides *overrides = simulation->input->overrides;
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        struct want *want = &simulation->want[d];
        if (is_due(simulation, want->refresh)) {
            want->need_m3s = overrides != NULL && !isnan(overrides->need_m3s[d])
                                 ? overrides->need_m3s[d]
                                 : demand_need_m3s(basin, demand, &simulation->moment);
            want->floor_m3s = demand_floor_m3s(demand, &simulation->moment, want->need_m3s);
            want->head_share = demand->minimum_share.kind == VARYING_ABSENT
                                   ? 0.0
                                   : share_now(simulation, &demand->minimum_share);
        }
        want->need_m3 = want->need_m3s * simulation->dt_s;
    }
}

/* At a node that is not in service a river and a spillway go on, and so does a lake. */
bool
link_serves(const struct simulation *simulation, const struct link *link)
{
    const struct basin *basin = simulation->basin;
    if (!serves(simulation, &link->in_service))
        return false;
    if (link->is_spill || link->kind == LINK_RIVER)
        return true;
    for (int end = 0; end < 2; end++) {
        int node_i = end == 0 ? link->from : link->to;
        if (basin->node[node_i].kind != NODE_RESERVOIR && !node_serves(simulation, node_i))
            return false;
    }
    return true;
}

static bool
in_outage(const struct simulation *simulation, const struct link *link)
{
    int64_t start_s = simulation->axis->start_s[simulation->moment.step_t];
    for (int i = 0; i < link->outage_count; i++)
        if (start_s >= link->outage[i].from_s && start_s < link->outage[i].to_s)
            return true;
    return false;
}

static double
top_level_m(const struct simulation *simulation, const struct link *link)
{
    const struct node *node = &simulation->basin->node[link->from];
    if (node->kind != NODE_RESERVOIR)
        return (double)NAN;
    const struct reservoir *reservoir = &simulation->basin->reservoir[node->kind_i];
    return reservoir_level_m(reservoir, reservoir->capacity_m3);
}

static void
look_up_links(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    const struct overrides *overrides = simulation->input->overrides;
    if (!is_due(simulation, simulation->ways_refresh))
        return;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        struct way *way = &simulation->way[l];
        if (is_due(simulation, way->service_refresh))
            way->open = link_serves(simulation, link) && !in_outage(simulation, link) &&
                        (!way->is_staged || way->is_opened);
        if (is_due(simulation, way->loss_refresh))
            way->loss = share_now(simulation, &link->loss);
        if (!is_due(simulation, way->capacity_refresh))
            continue;
        way->capacity_m3s = limit_now(simulation, &link->capacity, NAN);
        way->full_capacity_m3s = way->capacity_m3s;
        if (link->capacity.kind == VARYING_BY_LEVEL)
            way->full_capacity_m3s =
                limit_now(simulation, &link->capacity, top_level_m(simulation, link));
        way->is_set = overrides != NULL && !isnan(overrides->capacity_m3s[l]);
        if (way->is_set)
            way->capacity_m3s = way->full_capacity_m3s = overrides->capacity_m3s[l];
    }
}

/* Water that is on its way in the reaches and arrives in this step, less what is lost. */
static void
look_up_reaches(struct simulation *simulation)
{
    for (int i = 0; i < simulation->reaches.count; i++) {
        struct reach *reach = &simulation->reaches.reach[i];
        struct way *way = &simulation->way[reach->link_l];
        reach_start_step(reach, simulation->dt_s);
        way->share = reach->share;
        simulation->known_m3[simulation->basin->link[reach->link_l].to] +=
            (1.0 - way->loss) * reach->known_m3;
    }
}

static void
look_up_works(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int p = 0; p < basin->passage_count; p++) {
        const struct passage *passage = &basin->passage[p];
        struct works *works = &simulation->works[p];
        if (is_due(simulation, works->refresh)) {
            works->in_service = node_serves(simulation, passage->node_i);
            works->capacity_m3s = limit_now(simulation, &passage->capacity, NAN);
            works->loss = share_now(simulation, &passage->loss);
            works->turn_down_m3s = 0.0;
            if (passage->turn_down.kind != VARYING_ABSENT)
                works->turn_down_m3s = fmax(0.0, now(simulation, &passage->turn_down));
            if (passage->turn_down.dimension == DIMENSION_NONE && works->turn_down_m3s > 0.0)
                works->turn_down_m3s *= works->capacity_m3s;
        }
        works->boundary_m3 = 0.0;
        if (passage->boundary_inflow.kind != VARYING_ABSENT)
            works->boundary_m3 =
                fmax(0.0, now(simulation, &passage->boundary_inflow)) * simulation->dt_s;
        simulation->known_m3[passage->node_i] += works->boundary_m3;
    }
}

static void
look_up_sources(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int s = 0; s < basin->source_count; s++) {
        const struct source *source = &basin->source[s];
        struct supply *supply = &simulation->supply[s];
        if (is_due(simulation, supply->refresh)) {
            supply->in_service = node_serves(simulation, source->node_i);
            supply->capacity_m3s = limit_now(simulation, &source->capacity, NAN);
        }
        supply->available_m3 = supply->in_service ? supply->capacity_m3s * simulation->dt_s : 0.0;
        if (source->forced)
            simulation->known_m3[source->node_i] += supply->available_m3;
    }
}

/* Year of the licence that holds on a date: it begins on the day of reset. */
static int
licence_year(const struct aquifer *aquifer, const struct timeaxis *axis, int step_t)
{
    int month = axis->month[step_t], day = axis->day[step_t];
    bool begun = month > aquifer->licence_reset_month ||
                 (month == aquifer->licence_reset_month && day >= aquifer->licence_reset_day);
    return axis->year[step_t] - (begun ? 0 : 1);
}

static void
look_up_aquifers(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    int t = simulation->moment.step_t;
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct aquifer *aquifer = &basin->aquifer[a];
        struct ground *ground = &simulation->ground[a];
        ground->in_service = node_serves(simulation, aquifer->node_i);
        ground->recharge_m3 = fmax(0.0, now(simulation, &aquifer->recharge)) * simulation->dt_s;
        ground->yield_m3 = limit_now(simulation, &aquifer->yield, NAN) * simulation->dt_s;
        simulation->known_m3[aquifer->node_i] += ground->recharge_m3;
        int year = licence_year(aquifer, simulation->axis, t);
        if (simulation->first_step || year != ground->licence_year) {
            ground->licence_year = year;
            ground->licence_left_m3 = limit_now(simulation, &aquifer->licence, NAN);
        }
    }
}

static void
look_up_runoff(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    int t = simulation->moment.step_t;
    int entry = 0;
    for (int c = 0; c < basin->catchment_count; c++) {
        const struct catchment *catchment = &basin->catchment[c];
        double volume_m3 = simulation->input->runoff->flow_m3s[c][t] * simulation->dt_s;
        double rest = 1.0;
        for (int i = 0; i < catchment->to_count; i++, entry++) {
            bool last = i + 1 == catchment->to_count;
            /* the last target takes the rest, so that no drop is lost to rounding */
            double share = last ? rest : share_now(simulation, &catchment->to[i].fraction);
            share = share < rest ? share : rest;
            rest -= share;
            simulation->share[entry] = share;
            simulation->known_m3[catchment->to[i].node_i] += share * volume_m3;
        }
    }
}

static double
natural_flow_m3(const struct simulation *simulation, const struct upstream *upstream)
{
    double volume_m3 = 0.0;
    int t = simulation->moment.step_t;
    for (int i = 0; i < upstream->catchment_count; i++)
        volume_m3 += simulation->share[upstream->entry[i]] *
                     simulation->input->runoff->flow_m3s[upstream->catchment_c[i]][t] *
                     simulation->dt_s;
    for (int i = 0; i < upstream->node_count; i++) {
        const struct node *node = &simulation->basin->node[upstream->node_i[i]];
        volume_m3 += simulation->works[node->kind_i].boundary_m3;
    }
    return volume_m3;
}

static void
look_up_minimum_flows(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    const struct overrides *overrides = simulation->input->overrides;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        struct way *way = &simulation->way[l];
        if (link->minimum_flow.kind == VARYING_ABSENT)
            continue;
        double minimum_m3s = overrides != NULL && !isnan(overrides->minimum_m3s[l])
                                 ? overrides->minimum_m3s[l]
                                 : now(simulation, &link->minimum_flow);
        way->required_m3 = fmax(0.0, minimum_m3s) * simulation->dt_s;
        way->minimum_m3 = way->required_m3;
        if (!way->open)
            way->required_m3 = way->minimum_m3 = 0.0;
    }
}

void
look_up_step(struct simulation *simulation, int step_t)
{
    const struct basin *basin = simulation->basin;
    const struct timeaxis *axis = simulation->axis;
    simulation->moment.step_t = step_t;
    simulation->dt_s = axis->dt_s[step_t];
    simulation->first_step = step_t == 0;
    bool begins = simulation->first_step || simulation->is_resumed;
    simulation->all_due = begins || simulation->input->overrides != NULL;
    simulation->is_resumed = false;
    simulation->new_month = begins || axis->month[step_t] != axis->month[step_t - 1];
    for (int i = 0; i < basin->node_count; i++)
        simulation->known_m3[i] = 0.0;
    if (basin->drought_plan_count > 0)
        drought_follow(simulation);
    look_up_runoff(simulation);
    look_up_works(simulation);
    look_up_sources(simulation);
    look_up_aquifers(simulation);
    look_up_demands(simulation);
    look_up_links(simulation);
    look_up_reaches(simulation);
    look_up_minimum_flows(simulation);
    for (int r = 0; r < basin->reservoir_count; r++)
        simulation->lake[r].in_service = node_serves(simulation, basin->reservoir[r].node_i);
    look_up_rules(simulation);
}

void
limit_minimum_flows(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        struct way *way = &simulation->way[l];
        if (link->minimum_flow.kind == VARYING_ABSENT || !(way->minimum_m3 > 0.0))
            continue;
        bool limited = link->minimum_flow_natural;
        for (int i = 0; i < way->upstream.reservoir_count && !limited; i++)
            limited = simulation->lake[way->upstream.reservoir_r[i]].restricted;
        if (limited)
            way->minimum_m3 = fmin(way->minimum_m3, natural_flow_m3(simulation, &way->upstream));
    }
}

/* ---- coefficients ---------------------------------------------------------------------------- */

/* What can be delivered in the long run does not depend on when it arrives: is_delivery. */
static enum status
set_link_coefficients(struct simulation *simulation, struct network *network, bool is_delivery)
{
    const struct basin *basin = simulation->basin;
    for (int l = 0; l < basin->link_count; l++) {
        int row_i = network->node_row[basin->link[l].to];
        if (row_i < 0 || !is_due(simulation, simulation->way[l].loss_refresh))
            continue;
        double gain = 1.0 - simulation->way[l].loss;
        if (!is_delivery)
            gain *= simulation->way[l].share;
        enum status status = network_set_coefficient(network, network->link_column[l], row_i, gain);
        if (status == STATUS_OK && network->link_minimum_column[l] >= 0)
            status = network_set_coefficient(network, network->link_minimum_column[l], row_i, gain);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Several shares may come back to one row (an aquifer's, say): their sum is the coefficient. */
static enum status
set_return_coefficients(struct simulation *simulation, struct network *network, int demand_d)
{
    const struct demand *demand = &simulation->basin->demand[demand_d];
    for (int i = 0; i < demand->return_count; i++) {
        int row_i = network_entry_row(network, demand->returns[i].node_i);
        if (row_i < 0)
            continue;
        double sum = 0.0;
        for (int k = 0; k < demand->return_count; k++)
            if (network_entry_row(network, demand->returns[k].node_i) == row_i)
                sum += share_now(simulation, &demand->returns[k].fraction);
        for (int part = 0; part < PART_COUNT; part++) {
            int column_j = network->demand_column[demand_d][part];
            if (column_j < 0)
                continue;
            enum status status = network_set_coefficient(network, column_j, row_i, sum);
            if (status != STATUS_OK)
                return status;
        }
    }
    return STATUS_OK;
}

enum status
set_coefficients(struct simulation *simulation, struct allocation *allocation)
{
    const struct basin *basin = simulation->basin;
    struct network *network = allocation->network;
    enum status status = STATUS_OK;
    if (!is_due(simulation, simulation->coefficient_refresh))
        return STATUS_OK;
    TRY(set_link_coefficients(simulation, network, allocation == simulation->delivery));
    for (int d = 0; d < basin->demand_count; d++)
        if (basin->demand[d].return_count > 0)
            TRY(set_return_coefficients(simulation, network, d));
    for (int p = 0; p < basin->passage_count; p++) {
        int column_j = network->passage_column[p];
        if (column_j >= 0)
            TRY(network_set_coefficient(network, column_j,
                                        network->node_row_out[basin->passage[p].node_i],
                                        1.0 - simulation->works[p].loss));
    }
    TRY(set_rule_coefficients(simulation, allocation));
out:
    return status;
}
