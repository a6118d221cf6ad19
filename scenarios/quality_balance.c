/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/quality.h"

#include <math.h>

/* The masses of substances: what enters, where flows take it, what is left. */

static const double throughput_tolerance = 1e-10, storage_tolerance = 1e-14, noise = 1e-15;

/* ---- where water goes ------------------------------------------------------------------------ */

static void
add_up_outflows(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    double *out_m3 = simulation->quality->out_m3;
    for (int i = 0; i < simulation->quality->element_count; i++)
        out_m3[i] = 0.0;
    for (int l = 0; l < basin->link_count; l++)
        out_m3[basin->link[l].from] += simulation->way[l].flow_m3;
    for (int i = 0; i < simulation->reaches.count; i++)
        out_m3[basin->node_count + i] = simulation->reaches.reach[i].outflow_m3;
    for (int r = 0; r < basin->reservoir_count; r++)
        out_m3[basin->reservoir[r].node_i] += simulation->lake[r].exchange.seepage_m3;
    for (int a = 0; a < basin->aquifer_count; a++)
        out_m3[basin->aquifer[a].node_i] += simulation->ground[a].rejected_m3;
    for (int d = 0; d < basin->demand_count; d++)
        out_m3[basin->demand[d].node_i] += simulation->want[d].supply_m3;
    for (int p = 0; p < basin->passage_count; p++)
        if (simulation->allocation->network->passage_column[p] >= 0)
            out_m3[basin->passage[p].node_i] +=
                simulation->works[p].loss * simulation->works[p].flow_m3;
}

static double
part_of(const struct quality *quality, double volume_m3, int element)
{
    return quality->out_m3[element] > 0.0 ? volume_m3 / quality->out_m3[element] : 0.0;
}

static void
set_shares(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct quality *quality = simulation->quality;
    for (int l = 0; l < basin->link_count; l++) {
        const struct way *way = &simulation->way[l];
        double *share = &quality->share[quality->link_arc[l]];
        share[0] = part_of(quality, way->flow_m3, basin->link[l].from);
        if (reaches_find(&simulation->reaches, l) != NULL)
            share[1] = 1.0 - way->loss;
        else
            share[0] *= 1.0 - way->loss;
    }
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        double supplied = part_of(quality, simulation->want[d].supply_m3, demand->node_i);
        for (int i = 0; i < demand->return_count; i++)
            quality->share[quality->return_arc[d] + i] =
                supplied * share_now(simulation, &demand->returns[i].fraction);
    }
    for (int r = 0; r < basin->reservoir_count; r++)
        if (quality->seepage_arc[r] >= 0)
            quality->share[quality->seepage_arc[r]] = part_of(
                quality, simulation->lake[r].exchange.seepage_m3, basin->reservoir[r].node_i);
}

/* What part of the mass passes each element in the step, and what it keeps of its own. */
void
quality_set_passes(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct quality *quality = simulation->quality;
    add_up_outflows(simulation);
    set_shares(simulation);
    for (int i = 0; i < quality->element_count; i++) {
        const struct node *node = i < basin->node_count ? &basin->node[i] : NULL;
        double out_m3 = quality->out_m3[i], start_m3, end_m3, stays;
        if (node == NULL) {
            start_m3 = simulation->reaches.reach[i - basin->node_count].start_m3;
            end_m3 = simulation->reaches.reach[i - basin->node_count].end_m3;
        } else if (node->kind == NODE_RESERVOIR) {
            start_m3 = simulation->lake[node->kind_i].storage_m3;
            end_m3 = simulation->lake[node->kind_i].end_m3;
        } else if (node->kind == NODE_AQUIFER) {
            start_m3 = simulation->ground[node->kind_i].storage_m3;
            end_m3 = simulation->ground[node->kind_i].end_m3;
        } else {
            double mixed_m3 = most_of(simulation->throughput_m3[i], out_m3);
            quality->pass[i] = mixed_m3 > 0.0 ? out_m3 / mixed_m3 : 0.0;
            quality->keeps[i] = 1.0 - quality->pass[i];
            continue;
        }
        mixing_storage(start_m3, end_m3, out_m3, &quality->keeps[i], &stays);
        quality->pass[i] = 1.0 - stays;
    }
}

/* ---- what the water brings ------------------------------------------------------------------- */

static void
add_runoff(struct simulation *simulation, int substance_s)
{
    const struct basin *basin = simulation->basin;
    struct carried *carried = &simulation->quality->carried[substance_s];
    int t = simulation->moment.step_t, entry = 0;
    for (int c = 0; c < basin->catchment_count; c++) {
        const struct catchment *catchment = &basin->catchment[c];
        double content =
            quality_value(simulation, substance_s, carried->enters_with[catchment->node_i]);
        double mass = content * simulation->input->runoff->flow_m3s[c][t] * simulation->dt_s;
        for (int i = 0; i < catchment->to_count; i++, entry++)
            carried->enters[catchment->to[i].node_i] += simulation->share[entry] * mass;
    }
}

/* A volume that comes to a node from outside with what is said of the node. */
static void
add_inflow(struct simulation *simulation, int substance_s, int node_i, double volume_m3)
{
    struct carried *carried = &simulation->quality->carried[substance_s];
    if (volume_m3 > 0.0)
        carried->enters[node_i] +=
            volume_m3 * quality_value(simulation, substance_s, carried->enters_with[node_i]);
}

/* What use adds to the water that comes back; nothing where nothing is said. */
static void
add_use(struct simulation *simulation, int substance_s, int demand_d)
{
    const struct demand *demand = &simulation->basin->demand[demand_d];
    struct carried *carried = &simulation->quality->carried[substance_s];
    const struct varying *adds = carried->enters_with[demand->node_i];
    if (adds == NULL)
        return;
    double mass =
        quality_value(simulation, substance_s, adds) * simulation->want[demand_d].supply_m3;
    for (int i = 0; i < demand->return_count; i++)
        carried->enters[demand->returns[i].node_i] +=
            share_now(simulation, &demand->returns[i].fraction) * mass;
}

void
quality_add_inflows(struct simulation *simulation, int substance_s)
{
    const struct basin *basin = simulation->basin;
    struct quality *quality = simulation->quality;
    struct carried *carried = &quality->carried[substance_s];
    for (int i = 0; i < quality->element_count; i++) {
        carried->enters[i] = 0.0;
        carried->own[i] = (1.0 - quality->keeps[i]) * carried->mass[i];
    }
    add_runoff(simulation, substance_s);
    for (int p = 0; p < basin->passage_count; p++)
        add_inflow(simulation, substance_s, basin->passage[p].node_i,
                   simulation->works[p].boundary_m3);
    for (int a = 0; a < basin->aquifer_count; a++)
        add_inflow(simulation, substance_s, basin->aquifer[a].node_i,
                   simulation->ground[a].recharge_m3);
    for (int s = 0; s < basin->source_count; s++)
        add_inflow(simulation, substance_s, basin->source[s].node_i, simulation->supply[s].used_m3);
    for (int d = 0; d < basin->demand_count; d++)
        add_use(simulation, substance_s, d);
    for (int l = 0; l < basin->link_count && substance_s == quality->salt_s; l++) {
        const struct way *way = &simulation->way[l];
        if (way->sea_kgm3 > 0.0)
            carried->enters[basin->link[l].to] += way->sea_kgm3 * (1.0 - way->loss) * way->flow_m3;
    }
}

/* ---- the end of a step ----------------------------------------------------------------------- */

/* Mass that leaves the basin by a link's or a node's loss, seepage, use, rejected recharge. */
static void
account_losses(struct simulation *simulation, int substance_s, struct substance_indicators *step)
{
    const struct basin *basin = simulation->basin;
    const struct quality *quality = simulation->quality;
    const double *leaves = quality->carried[substance_s].leaves;
    for (int l = 0; l < basin->link_count; l++) {
        const struct way *way = &simulation->way[l];
        int from = basin->link[l].from;
        const struct reach *reach = reaches_find(&simulation->reaches, l);
        if (reach != NULL)
            step->lost +=
                way->loss * leaves[basin->node_count + (int)(reach - simulation->reaches.reach)];
        else
            step->lost += way->loss * part_of(quality, way->flow_m3, from) * leaves[from];
    }
    for (int p = 0; p < basin->passage_count; p++)
        if (simulation->allocation->network->passage_column[p] >= 0)
            step->lost += part_of(quality, simulation->works[p].loss * simulation->works[p].flow_m3,
                                  basin->passage[p].node_i) *
                          leaves[basin->passage[p].node_i];
    for (int r = 0; r < basin->reservoir_count; r++)
        if (quality->seepage_arc[r] < 0)
            step->lost += part_of(quality, simulation->lake[r].exchange.seepage_m3,
                                  basin->reservoir[r].node_i) *
                          leaves[basin->reservoir[r].node_i];
    for (int a = 0; a < basin->aquifer_count; a++)
        step->lost +=
            part_of(quality, simulation->ground[a].rejected_m3, basin->aquifer[a].node_i) *
            leaves[basin->aquifer[a].node_i];
    for (int d = 0; d < basin->demand_count; d++) {
        int node_i = basin->demand[d].node_i;
        double used = part_of(quality, simulation->want[d].supply_m3, node_i);
        for (int i = 0; i < basin->demand[d].return_count; i++)
            used -= quality->share[quality->return_arc[d] + i];
        step->used += used * leaves[node_i];
    }
}

/* What each element holds at the end: what it held and received less what it gave. */
static void
move_mass(struct simulation *simulation, int substance_s, struct substance_indicators *step,
          double *held)
{
    const struct basin *basin = simulation->basin;
    struct quality *quality = simulation->quality;
    struct carried *carried = &quality->carried[substance_s];
    for (int i = 0; i < quality->element_count; i++) {
        step->entered += carried->enters[i];
        carried->own[i] = carried->mass[i] + carried->enters[i] - carried->leaves[i];
    }
    mixing_add_arrivals(quality->mixing, quality->share, carried->leaves, carried->own);
    for (int i = 0; i < quality->element_count; i++) {
        if (i < basin->node_count && basin->node[i].kind == NODE_SEA) {
            step->to_sea += carried->own[i];
            continue;
        }
        *held += carried->mass[i];
        step->storage_change += carried->own[i] - carried->mass[i];
        carried->mass[i] = carried->own[i];
    }
}

static void
add_indicators(struct simulation *simulation, int substance_s,
               const struct substance_indicators *step, double held)
{
    struct substance_indicators *sum = &simulation->result->substance[substance_s];
    double out = step->to_sea + step->lost + step->used;
    double residual = fabs(step->entered - out - step->storage_change);
    double tolerance = most_of(throughput_tolerance * most_of(step->entered, out),
                               most_of(storage_tolerance * held, noise));
    sum->entered += step->entered;
    sum->to_sea += step->to_sea;
    sum->lost += step->lost;
    sum->used += step->used;
    sum->storage_change += step->storage_change;
    if (residual / tolerance > sum->worst_residual_ratio) {
        sum->worst_residual_ratio = residual / tolerance;
        sum->worst_residual_step = simulation->moment.step_t;
    }
}

void
quality_move_mass(struct simulation *simulation, int substance_s)
{
    struct substance_indicators step = {0};
    double held = 0.0;
    account_losses(simulation, substance_s, &step);
    move_mass(simulation, substance_s, &step, &held);
    add_indicators(simulation, substance_s, &step, held);
}
