/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/quality.h"

#include <math.h>

/*
 * Substances that the water carries: their contents, and which links a demand may not draw on
 * because of what their water held when the step began.
 */

static const double rounding = 1e-9;

/* ---- memory ---------------------------------------------------------------------------------- */

static enum status
find_arcs(struct simulation *simulation, struct quality *quality, struct error *err)
{
    const struct basin *basin = simulation->basin;
    struct arena *memory = simulation->memory;
    int most = basin->link_count + simulation->reaches.count + basin->reservoir_count, count = 0;
    for (int d = 0; d < basin->demand_count; d++)
        most += basin->demand[d].return_count;
    struct mixing_arc *arc = arena_alloc(memory, (size_t)most, sizeof *arc);
    quality->link_arc = arena_alloc(memory, (size_t)basin->link_count, sizeof(int));
    quality->return_arc = arena_alloc(memory, (size_t)basin->demand_count, sizeof(int));
    quality->seepage_arc = arena_alloc(memory, (size_t)basin->reservoir_count, sizeof(int));
    quality->share = arena_alloc(memory, (size_t)most, sizeof(double));
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the quality of water");
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        const struct reach *reach = reaches_find(&simulation->reaches, l);
        int reach_i =
            reach == NULL ? link->to : basin->node_count + (int)(reach - simulation->reaches.reach);
        quality->link_arc[l] = count;
        arc[count++] = (struct mixing_arc){link->from, reach_i};
        if (reach != NULL)
            arc[count++] = (struct mixing_arc){reach_i, link->to};
    }
    for (int d = 0; d < basin->demand_count; d++) {
        quality->return_arc[d] = count;
        for (int i = 0; i < basin->demand[d].return_count; i++)
            arc[count++] =
                (struct mixing_arc){basin->demand[d].node_i, basin->demand[d].returns[i].node_i};
    }
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        quality->seepage_arc[r] = reservoir->seepage_to >= 0 ? count : -1;
        if (reservoir->seepage_to >= 0)
            arc[count++] = (struct mixing_arc){reservoir->node_i, reservoir->seepage_to};
    }
    quality->arc_count = count;
    return mixing_create(quality->element_count, count, arc, &quality->mixing, err);
}

static void
find_gates(const struct basin *basin, struct quality *quality)
{
    for (int l = 0; l < basin->link_count; l++) {
        const struct node *to = &basin->node[basin->link[l].to];
        if (to->kind != NODE_DEMAND)
            continue;
        const struct demand *demand = &basin->demand[to->kind_i];
        quality->has_limits = quality->has_limits || quality_limits(basin, demand);
        if (quality_guards(basin, demand))
            quality->gate[quality->gate_count++] =
                (struct gate){.link_l = l, .demand_d = to->kind_i};
    }
}

enum status
quality_create(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    struct arena *memory = simulation->memory;
    if (basin->substance_count == 0)
        return STATUS_OK;
    struct quality *quality = arena_alloc(memory, 1, sizeof *quality);
    if (quality == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the quality of water");
    simulation->quality = quality;
    quality->element_count = basin->node_count + simulation->reaches.count;
    quality->salt_s = substance_salt(basin);
    size_t elements = (size_t)quality->element_count;
    quality->out_m3 = arena_alloc(memory, elements, sizeof(double));
    quality->pass = arena_alloc(memory, elements, sizeof(double));
    quality->keeps = arena_alloc(memory, elements, sizeof(double));
    quality->is_known = arena_alloc(memory, (size_t)basin->node_count, sizeof(bool));
    quality->gate = arena_alloc(memory, (size_t)basin->link_count, sizeof *quality->gate);
    quality->carried =
        arena_alloc(memory, (size_t)basin->substance_count, sizeof *quality->carried);
    for (int s = 0; s < basin->substance_count && !memory->failed; s++) {
        struct carried *carried = &quality->carried[s];
        carried->enters_with =
            arena_alloc(memory, (size_t)basin->node_count, sizeof *carried->enters_with);
        double **const arrays[] = {&carried->mass, &carried->content, &carried->enters,
                                   &carried->own, &carried->leaves};
        for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
            *arrays[i] = arena_alloc(memory, elements, sizeof(double));
        for (int node_i = 0; node_i < basin->node_count && !memory->failed; node_i++)
            carried->enters_with[node_i] = substance_content(&basin->substance[s], node_i);
    }
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the quality of water");
    find_gates(basin, quality);
    return find_arcs(simulation, quality, err);
}

void
quality_destroy(struct simulation *simulation)
{
    if (simulation->quality != NULL)
        mixing_destroy(simulation->quality->mixing);
}

/* ---- the start of a step --------------------------------------------------------------------- */

double
quality_value(const struct simulation *simulation, int substance_s, const struct varying *content)
{
    if (content == NULL)
        content = &simulation->basin->substance[substance_s].background;
    return most_of(0.0, moment_value(&simulation->moment, content));
}

/* The water of all storages before the first step. */
static void
begin(struct simulation *simulation, int substance_s)
{
    const struct basin *basin = simulation->basin;
    struct carried *carried = &simulation->quality->carried[substance_s];
    for (int node_i = 0; node_i < basin->node_count; node_i++) {
        const struct node *node = &basin->node[node_i];
        bool is_lake = node->kind == NODE_RESERVOIR, is_ground = node->kind == NODE_AQUIFER;
        const struct varying *content =
            is_lake || is_ground ? substance_initial(&basin->substance[substance_s], node_i)
                                 : carried->enters_with[node_i];
        carried->content[node_i] = quality_value(simulation, substance_s, content);
        double volume_m3 = is_lake     ? simulation->lake[node->kind_i].storage_m3
                           : is_ground ? simulation->ground[node->kind_i].storage_m3
                                       : 0.0;
        carried->mass[node_i] = volume_m3 * carried->content[node_i];
    }
    for (int i = 0; i < simulation->reaches.count; i++) {
        int element = basin->node_count + i;
        carried->content[element] = quality_value(simulation, substance_s, NULL);
        carried->mass[element] = simulation->reaches.reach[i].start_m3 * carried->content[element];
    }
}

double
quality_node_content(const struct simulation *simulation, int substance_s, int node_i)
{
    return simulation->quality->carried[substance_s].content[node_i];
}

double
quality_content(const struct simulation *simulation, int substance_s, int link_l)
{
    const struct quality *quality = simulation->quality;
    double content = quality->carried[substance_s].content[simulation->basin->link[link_l].from];
    return substance_s == quality->salt_s ? content + simulation->way[link_l].sea_kgm3 : content;
}

static bool
is_within_limits(const struct simulation *simulation, const struct gate *gate)
{
    const struct basin *basin = simulation->basin;
    const struct demand *demand = &basin->demand[gate->demand_d];
    for (int s = 0; s < basin->substance_count; s++) {
        const struct varying *most = substance_limit(basin, s, demand, LIMIT_MOST);
        const struct varying *least = substance_limit(basin, s, demand, LIMIT_LEAST);
        double content = quality_content(simulation, s, gate->link_l);
        if (most != NULL &&
            content > quality_value(simulation, s, most) * (1.0 + rounding) + rounding * rounding)
            return false;
        if (least != NULL && content < quality_value(simulation, s, least) * (1.0 - rounding))
            return false;
    }
    return true;
}

void
quality_begin(struct simulation *simulation)
{
    for (int s = 0; s < simulation->basin->substance_count && simulation->first_step; s++)
        begin(simulation, s);
}

void
quality_look_up(struct simulation *simulation)
{
    const struct quality *quality = simulation->quality;
    for (int g = 0; quality != NULL && g < quality->gate_count; g++) {
        struct way *way = &simulation->way[quality->gate[g].link_l];
        bool opens = is_within_limits(simulation, &quality->gate[g]);
        bool is_intake = isfinite(simulation->basin->link[quality->gate[g].link_l].from_mouth_m);
        if (!opens || !is_intake) /* an intake has its share of the tide already */
            way->open_share = opens ? 1.0 : 0.0;
    }
}

/* ---- the end of a step ---- */

static double
volume_of(const struct simulation *simulation, int element)
{
    const struct basin *basin = simulation->basin;
    if (element >= basin->node_count)
        return simulation->reaches.reach[element - basin->node_count].end_m3;
    const struct node *node = &basin->node[element];
    if (node->kind == NODE_RESERVOIR)
        return simulation->lake[node->kind_i].end_m3;
    return node->kind == NODE_AQUIFER ? simulation->ground[node->kind_i].end_m3 : 0.0;
}

/* Whether the element holds water or passes some, so that it has a content of its own. */
static bool
is_wet(const struct simulation *simulation, int element)
{
    return volume_of(simulation, element) > QUALITY_NOISE_M3 ||
           simulation->quality->out_m3[element] > QUALITY_NOISE_M3;
}

/* The freshest that a link could bring to a node, INFINITY if none is known. */
static double
freshest(const struct simulation *simulation, int substance_s, int node_i)
{
    const struct basin *basin = simulation->basin;
    double least = (double)INFINITY;
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].to == node_i && simulation->way[l].open)
            least = least_of(least, quality_content(simulation, substance_s, l));
    return least;
}

/* Where nothing flows water is what could come next: the freshest that a link would bring, so that
 * no gate stays shut for water that has gone. */
static void
set_standing(struct simulation *simulation, int substance_s)
{
    const struct basin *basin = simulation->basin;
    struct carried *carried = &simulation->quality->carried[substance_s];
    for (int i = 0; i < basin->node_count; i++) {
        enum node_kind kind = basin->node[i].kind;
        carried->own[i] = carried->content[i];
        if (is_wet(simulation, i))
            continue;
        if (kind == NODE_SOURCE || kind == NODE_CATCHMENT)
            carried->content[i] = quality_value(simulation, substance_s, carried->enters_with[i]);
        else
            carried->content[i] = (double)INFINITY;
    }
    for (bool moves = true; moves;) {
        moves = false;
        for (int i = 0; i < basin->node_count; i++) {
            enum node_kind kind = basin->node[i].kind;
            if (is_wet(simulation, i) || kind == NODE_SOURCE || kind == NODE_CATCHMENT)
                continue;
            double content = freshest(simulation, substance_s, i);
            moves = moves || content < carried->content[i];
            carried->content[i] = least_of(carried->content[i], content);
        }
    }
    for (int i = 0; i < basin->node_count; i++)
        if (isinf(carried->content[i]))
            carried->content[i] = carried->own[i];
}

static void
set_contents(struct simulation *simulation, int substance_s)
{
    struct quality *quality = simulation->quality;
    struct carried *carried = &quality->carried[substance_s];
    for (int i = 0; i < quality->element_count; i++) {
        double volume_m3 = volume_of(simulation, i);
        if (volume_m3 > QUALITY_NOISE_M3)
            carried->content[i] = most_of(0.0, carried->mass[i]) / volume_m3;
        else if (quality->out_m3[i] > QUALITY_NOISE_M3)
            carried->content[i] = most_of(0.0, carried->leaves[i]) / quality->out_m3[i];
    }
    if (quality->has_limits)
        set_standing(simulation, substance_s);
}

enum status
quality_advance(struct simulation *simulation, struct error *err)
{
    struct quality *quality = simulation->quality;
    if (quality == NULL)
        return STATUS_OK;
    quality_set_passes(simulation);
    mixing_order(quality->mixing, quality->share);
    for (int i = 0; i < simulation->basin->node_count; i++)
        quality->is_known[i] = is_wet(simulation, i) && simulation->basin->node[i].kind != NODE_SEA;
    for (int s = 0; s < simulation->basin->substance_count; s++) {
        struct carried *carried = &quality->carried[s];
        quality_add_inflows(simulation, s);
        if (mixing_solve(quality->mixing, quality->share, quality->pass, carried->own,
                         carried->enters, carried->leaves) != STATUS_OK)
            return error_set(err, STATUS_MEMORY, "out of memory for the quality of water");
        quality_move_mass(simulation, s);
        set_contents(simulation, s);
    }
    return STATUS_OK;
}

/* ---- results --------------------------------------------------------------------------------- */

void
quality_account(struct simulation *simulation)
{
    struct quality *quality = simulation->quality;
    for (int g = 0; quality != NULL && g < quality->gate_count; g++) {
        struct gate *gate = &quality->gate[g];
        if (!isfinite(simulation->basin->link[gate->link_l].from_mouth_m)) /* salt_account's */
            account_shut(simulation, gate->link_l, &gate->shut_steps);
    }
}

void
quality_carry(struct simulation *simulation, struct snapshot *snapshot)
{
    struct quality *quality = simulation->quality;
    if (quality == NULL)
        return;
    for (int s = 0; s < simulation->basin->substance_count; s++) {
        size_t size = (size_t)quality->element_count * sizeof(double);
        snapshot_carry(snapshot, quality->carried[s].mass, size);
        snapshot_carry(snapshot, quality->carried[s].content, size);
    }
    for (int g = 0; g < quality->gate_count; g++)
        snapshot_carry(snapshot, &quality->gate[g].shut_steps, sizeof quality->gate[g].shut_steps);
}

void
quality_keep(const struct simulation *simulation, keep_value *keep)
{
    const struct quality *quality = simulation->quality;
    const struct basin *basin = simulation->basin;
    if (quality == NULL)
        return;
    for (int g = 0; g < quality->gate_count; g++)
        keep(simulation, RESULT_OPEN_SHARE, quality->gate[g].link_l,
             simulation->way[quality->gate[g].link_l].open_share);
    for (int s = 0, other = 0; s < basin->substance_count; s++) {
        const double *content = quality->carried[s].content;
        for (int i = 0; i < basin->node_count; i++)
            if (quality->is_known[i] && s == quality->salt_s)
                keep(simulation, RESULT_SALINITY, i, content[i]);
            else if (quality->is_known[i])
                keep(simulation, RESULT_CONTENT, other * basin->node_count + i, content[i]);
        other += s != quality->salt_s;
    }
}
