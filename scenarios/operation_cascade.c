/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_cascade.h"

#include "model/demand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- ways ------------------------------------------------------------------------------------ */

static const struct basin *
basin_of(const struct cascade *cascade)
{
    return cascade->plan[0]->request.basin;
}

/* Place of a node among the dams of the cascade, -1. */
static int
lake_at(const struct cascade *cascade, int node_i)
{
    for (int i = 0; i < cascade->lake_count; i++)
        if (cascade->plan[i]->reservoir->node_i == node_i)
            return i;
    return -1;
}

static bool
runs_down(const struct link *link)
{
    return link->is_spill || link->kind == LINK_RIVER;
}

/* Whether a dam of the cascade lies at the node or below it. */
static bool
leads_to_lake(const struct cascade *cascade, int node_i)
{
    const struct basin *basin = basin_of(cascade);
    if (lake_at(cascade, node_i) >= 0)
        return true;
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].from == node_i && runs_down(&basin->link[l]) &&
            leads_to_lake(cascade, basin->link[l].to))
            return true;
    return false;
}

/* The link by which water leaves a node: its one river, else its spillway; -1 at the end. Several
 * rivers end the way, since nothing says how a release divides among them. */
static enum status
next_link(const struct cascade *cascade, int node_i, int *link_l, struct error *err)
{
    const struct basin *basin = basin_of(cascade);
    int rivers = 0, spill_l = -1;
    *link_l = -1;
    for (int l = 0; l < basin->link_count; l++) {
        if (basin->link[l].from != node_i || !runs_down(&basin->link[l]))
            continue;
        if (basin->link[l].is_spill) {
            spill_l = l;
            continue;
        }
        *link_l = l;
        rivers++;
    }
    if (rivers > 1 && leads_to_lake(cascade, node_i))
        return error_set(err, STATUS_INPUT,
                         "the river parts at '%s', above a dam that is operated: nothing says how "
                         "a release divides",
                         basin->node[node_i].id);
    if (rivers > 1)
        *link_l = -1;
    if (rivers == 0)
        *link_l = spill_l;
    return STATUS_OK;
}

static int
spill_of(const struct basin *basin, int node_i)
{
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].is_spill && basin->link[l].from == node_i)
            return l;
    return -1;
}

/* Follow the release of a dam down the rivers. */
static enum status
find_way(struct cascade *cascade, int lake_i, struct error *err)
{
    const struct basin *basin = basin_of(cascade);
    struct cascade_way *way = &cascade->way[lake_i];
    int link_l = spill_of(basin, cascade->plan[lake_i]->reservoir->node_i);
    enum status status = STATUS_OK;
    way->lake_i = -1;
    while (link_l >= 0 && way->link_count < CASCADE_LINKS_MAX) {
        int to = basin->link[link_l].to;
        way->link_l[way->link_count++] = link_l;
        way->lake_i = lake_at(cascade, to);
        if (way->lake_i >= 0)
            break;
        if (basin->node[to].kind == NODE_RESERVOIR) {
            if (leads_to_lake(cascade, to))
                return error_set(
                    err, STATUS_INPUT,
                    "the lake '%s' lies between '%s' and a dam below that is operated; "
                    "name it with --reservoir, too",
                    basin->node[to].id, basin->node[cascade->plan[lake_i]->reservoir->node_i].id);
            break;
        }
        TRY(next_link(cascade, to, &link_l, err));
    }
    if (way->lake_i < 0 && way->link_count == CASCADE_LINKS_MAX)
        return error_set(err, STATUS_INPUT, "the way below '%s' has more than %d rivers",
                         basin->node[cascade->plan[lake_i]->reservoir->node_i].id,
                         CASCADE_LINKS_MAX);
out:
    return status;
}

/* Share that a river does not lose, at the start of the run. */
static enum status
find_gain(const struct operation_plan *plan, const struct link *link, double *gain,
          struct error *err)
{
    *gain = 1.0;
    if (link->loss.kind == VARYING_ABSENT)
        return STATUS_OK;
    if (link->loss.kind == VARYING_SERIES)
        return error_set(err, STATUS_INPUT,
                         "the loss of '%s' comes from a series; several dams need a figure or a "
                         "rule of the year",
                         link->id);
    const struct moment moment = {&plan->axis, 0, plan->request.basin->run.demand_year, NULL};
    *gain = 1.0 - fmax(0.0, fmin(1.0, moment_value(&moment, &link->loss)));
    return STATUS_OK;
}

static enum status
prepare_way(struct cascade *cascade, int lake_i, struct error *err)
{
    const struct operation_plan *plan = cascade->plan[lake_i];
    struct cascade_way *way = &cascade->way[lake_i];
    enum status status = STATUS_OK;
    for (int i = 0; i < way->link_count; i++) {
        const struct link *link = &basin_of(cascade)->link[way->link_l[i]];
        if (link->is_spill)
            routing_none(&way->routing[i]);
        else
            TRY(river_routing_prepare_steps(&link->routing, plan->request.step_s, &way->routing[i],
                                            err));
        TRY(find_gain(plan, link, &way->gain[i], err));
        way->state[i] = calloc((size_t)way->routing[i].state_count + 1, sizeof(double));
        if (way->state[i] == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the rivers"));
    }
out:
    return status;
}

/* Upper dams before those that they run to. */
static void
find_order(struct cascade *cascade)
{
    int depth[CASCADE_LAKES_MAX] = {0}, count = 0;
    for (int i = 0; i < cascade->lake_count; i++)
        for (int below = cascade->way[i].lake_i; below >= 0; below = cascade->way[below].lake_i)
            depth[i]++; /* dams below this one */
    for (int level = cascade->lake_count; level >= 0; level--)
        for (int i = 0; i < cascade->lake_count; i++)
            if (depth[i] == level)
                cascade->order[count++] = i;
}

/* Whether the water of a dam passes the node, on its own way or below dams further down. */
static bool
passes(const struct cascade *cascade, int lake_i, int node_i)
{
    for (; lake_i >= 0; lake_i = cascade->way[lake_i].lake_i)
        for (int i = 0; i < cascade->way[lake_i].link_count; i++)
            if (basin_of(cascade)->link[cascade->way[lake_i].link_l[i]].to == node_i)
                return true;
    return false;
}

/* The first node below the last dam of the first one's river that the water of all dams passes. */
static void
find_common(struct cascade *cascade)
{
    int last = 0;
    while (cascade->way[last].lake_i >= 0)
        last = cascade->way[last].lake_i;
    cascade->common_node_i = -1;
    for (int i = 0; i < cascade->way[last].link_count; i++) {
        int node_i = basin_of(cascade)->link[cascade->way[last].link_l[i]].to;
        bool all = true;
        for (int k = 0; k < cascade->lake_count; k++)
            all = all && passes(cascade, k, node_i);
        if (all) {
            cascade->common_node_i = node_i;
            return;
        }
    }
}

enum status
cascade_init(struct cascade *cascade, const struct operation_plan *const *plan, int lake_count,
             struct error *err)
{
    enum status status = STATUS_OK;
    *cascade = (struct cascade){.lake_count = lake_count, .common_node_i = -1};
    for (int i = 0; i < lake_count; i++)
        cascade->plan[i] = plan[i];
    size_t steps = (size_t)plan[0]->request.step_count;
    for (int i = 0; i < lake_count; i++) {
        TRY(find_way(cascade, i, err));
        TRY(prepare_way(cascade, i, err));
        cascade->upstream_m3s[i] = calloc(steps, sizeof(double));
        if (cascade->upstream_m3s[i] == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the rivers"));
    }
    cascade->below_m3s = calloc(steps, sizeof(double));
    if (cascade->below_m3s == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the rivers"));
    find_order(cascade);
    find_common(cascade);
out:
    return status;
}

void
cascade_finish(struct cascade *cascade)
{
    for (int i = 0; i < cascade->lake_count; i++) {
        for (int k = 0; k < cascade->way[i].link_count; k++)
            free(cascade->way[i].state[k]);
        free(cascade->upstream_m3s[i]);
    }
    free(cascade->below_m3s);
    *cascade = (struct cascade){0};
}

/* ---- a run ----------------------------------------------------------------------------------- */

/* Send the release of a dam down its way; what arrives is added where it arrives. */
static void
send_down(struct cascade *cascade, int lake_i, const struct operation_run *run,
          struct cascade_summary *summary)
{
    const struct operation_request *request = &cascade->plan[lake_i]->request;
    struct cascade_way *way = &cascade->way[lake_i];
    const struct basin *basin = basin_of(cascade);
    for (int i = 0; i < way->link_count; i++)
        routing_set_steady(&way->routing[i], way->state[i],
                           basin->link[way->link_l[i]].routing.initial_m3s);
    for (int t = 0; t < request->step_count; t++) {
        double flow_m3s = run->release_m3s[t];
        for (int i = 0; i < way->link_count; i++) {
            flow_m3s = routing_step(&way->routing[i], way->state[i], flow_m3s, request->step_s);
            summary->lost_m3 += (1.0 - way->gain[i]) * flow_m3s * request->step_s;
            flow_m3s *= way->gain[i];
            if (basin->link[way->link_l[i]].to == cascade->common_node_i)
                cascade->below_m3s[t] += flow_m3s;
        }
        if (way->lake_i >= 0)
            cascade->upstream_m3s[way->lake_i][t] += flow_m3s;
    }
    for (int i = 0; i < way->link_count; i++)
        summary->on_the_way_m3 += routing_storage_m3(&way->routing[i], way->state[i]);
}

enum status
cascade_simulate(struct cascade *cascade, struct operation_run *const *run,
                 const struct operation_variant *const *variant, struct cascade_summary *summary,
                 struct error *err)
{
    const struct operation_request *request = &cascade->plan[0]->request;
    size_t bytes = (size_t)request->step_count * sizeof(double);
    *summary = (struct cascade_summary){0};
    memset(cascade->below_m3s, 0, bytes);
    for (int i = 0; i < cascade->lake_count; i++)
        memset(cascade->upstream_m3s[i], 0, bytes);
    for (int k = 0; k < cascade->lake_count; k++) {
        int i = cascade->order[k];
        struct error cause = {0};
        run[i]->upstream_m3s = cascade->upstream_m3s[i];
        enum status status =
            operation_simulate(run[i], variant[i], 0, cascade->plan[i]->start_storage_m3, &cause);
        if (status != STATUS_OK)
            return error_set(err, status, "%s, %s: %s",
                             request->basin->node[cascade->plan[i]->reservoir->node_i].id,
                             variant[i]->name, cause.text);
        send_down(cascade, i, run[i], summary);
    }
    for (int t = 0; t < request->step_count; t++)
        if (cascade->below_m3s[t] > summary->largest_m3s) {
            summary->largest_m3s = cascade->below_m3s[t];
            summary->largest_s = (double)request->step_s * t;
        }
    return STATUS_OK;
}
