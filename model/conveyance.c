/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/conveyance.h"

#include <math.h>

/* Whether water is drawn at the node, rather than handed on. */
static bool
is_origin(const struct basin *basin, const struct node *node)
{
    switch (node->kind) {
    case NODE_RESERVOIR:
    case NODE_WEIR:
    case NODE_ESTUARY:
    case NODE_AQUIFER:
    case NODE_SOURCE:
    case NODE_WASTEWATER:
        return true;
    case NODE_JUNCTION:
        return basin->passage[node->kind_i].boundary_inflow.kind != VARYING_ABSENT;
    default:
        return false;
    }
}

static double
share_kept(const struct moment *moment, const struct varying *loss)
{
    if (loss->kind == VARYING_ABSENT)
        return 1.0;
    return 1.0 - fmin(1.0, fmax(0.0, moment_value(moment, loss)));
}

/* Share of what the link takes that its lower node can hand on. */
static double
link_gain(const struct basin *basin, const struct moment *moment, const struct link *link)
{
    const struct node *to = &basin->node[link->to];
    double gain = share_kept(moment, &link->loss);
    if (to->kind == NODE_PLANT)
        gain *= share_kept(moment, &basin->passage[to->kind_i].loss);
    return gain;
}

/* Whether the link may be used by what comes from one lake: in service, no spillway, and not out of
   another lake. */
static bool
serves(const struct basin *basin, const struct moment *moment, const struct link *link, int node_i)
{
    const struct node *from = &basin->node[link->from], *to = &basin->node[link->to];
    return !link->is_spill && (from->kind != NODE_RESERVOIR || link->from == node_i) &&
           date_range_holds(&link->in_service, moment->axis, moment->step_t, moment->demand_year) &&
           date_range_holds(&to->in_service, moment->axis, moment->step_t, moment->demand_year);
}

/* Pass the gains on; from one node alone unless that is -1. */
static void
spread(const struct basin *basin, const struct moment *moment, int node_i, double *gain)
{
    /* no way passes more nodes than there are; circles only lose */
    bool changed = true;
    for (int round = 0; round < basin->node_count && changed; round++) {
        changed = false;
        for (int l = 0; l < basin->link_count; l++) {
            const struct link *link = &basin->link[l];
            double reached = gain[link->from] * link_gain(basin, moment, link);
            if (reached <= gain[link->to] || (node_i >= 0 && !serves(basin, moment, link, node_i)))
                continue;
            gain[link->to] = reached;
            changed = true;
        }
    }
}

void
conveyance_gains(const struct basin *basin, const struct moment *moment, double *gain)
{
    for (int i = 0; i < basin->node_count; i++)
        gain[i] = is_origin(basin, &basin->node[i]) ? 1.0 : 0.0;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++)
            gain[basin->catchment[c].to[i].node_i] = 1.0;
    spread(basin, moment, -1, gain);
}

void
conveyance_gains_from(const struct basin *basin, const struct moment *moment, int node_i,
                      double *gain)
{
    for (int i = 0; i < basin->node_count; i++)
        gain[i] = i == node_i ? 1.0 : 0.0;
    spread(basin, moment, node_i, gain);
}
