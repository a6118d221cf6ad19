/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/network_names.h"

#include <stdio.h>

static void
mean(struct column_meaning *meaning, int column_j, enum column_kind kind, int element_i, int node_i,
     int which)
{
    if (column_j >= 0)
        meaning[column_j] = (struct column_meaning){kind, element_i, node_i, which};
}

void
network_meanings(const struct network *network, struct column_meaning *meaning)
{
    const struct basin *basin = network->basin;
    for (int l = 0; l < basin->link_count; l++) {
        mean(meaning, network->link_column[l], COLUMN_LINK, l, -1, 0);
        mean(meaning, network->link_minimum_column[l], COLUMN_MINIMUM, l, -1, 0);
    }
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++)
            mean(meaning, network->demand_column[d][part], COLUMN_PART, d, basin->demand[d].node_i,
                 part);
    for (int r = 0; r < basin->reservoir_count; r++)
        for (int band = 0; band < BAND_COUNT; band++)
            mean(meaning, network->band_column[r][band], COLUMN_BAND, r, basin->reservoir[r].node_i,
                 band);
    for (int a = 0; a < basin->aquifer_count; a++) {
        int node_i = basin->aquifer[a].node_i;
        for (int band = 0; band < 2; band++)
            mean(meaning, network->aquifer_band_column[a][band], COLUMN_GROUND, a, node_i, band);
        mean(meaning, network->aquifer_free_column[a], COLUMN_FREE, a, node_i, 0);
        mean(meaning, network->aquifer_reserved_column[a], COLUMN_RESERVED, a, node_i, 0);
        mean(meaning, network->aquifer_rejected_column[a], COLUMN_REJECTED, a, node_i, 0);
    }
    for (int p = 0; p < basin->passage_count; p++)
        mean(meaning, network->passage_column[p], COLUMN_WORKS, p, basin->passage[p].node_i, 0);
    for (int s = 0; s < basin->source_count; s++)
        mean(meaning, network->source_column[s], COLUMN_DRAW, s, basin->source[s].node_i, 0);
    for (int s = 0; s < basin->split_count; s++)
        mean(meaning, network->split_column[s], COLUMN_SPLIT, s, -1, 0);
    for (int b = 0; b < basin->blend_count; b++)
        mean(meaning, network->blend_column[b], COLUMN_BLEND, b, -1, 0);
    for (int c = 0; c < basin->licence_count; c++) {
        mean(meaning, network->licence_column[c], COLUMN_PERMIT, c, -1, 0);
        mean(meaning, network->licence_reserved_column[c], COLUMN_PERMIT, c, -1, 1);
    }
    for (int i = 0; i < network->draw_count; i++)
        mean(meaning, network->draw[i].slack_column_j, COLUMN_OUTLET, i,
             basin->reservoir[network->draw[i].reservoir_r].node_i, 0);
}

int
network_works_column(const struct network *network, int node_i)
{
    const struct node *node = &network->basin->node[node_i];
    switch (node->kind) {
    case NODE_JUNCTION:
    case NODE_WEIR:
    case NODE_PLANT:
    case NODE_WASTEWATER:
    case NODE_ESTUARY:
    case NODE_SEA:
        return network->passage_column[node->kind_i];
    case NODE_SOURCE:
        return network->source_column[node->kind_i];
    case NODE_CATCHMENT:
    case NODE_RESERVOIR:
    case NODE_DEMAND:
    case NODE_AQUIFER:
    case NODE_KIND_COUNT:
        break;
    }
    return -1;
}

const char *
demand_part_name(int part)
{
    static const char *const names[PART_COUNT] = {"floor", "head", "main", "cut"};
    return part >= 0 && part < PART_COUNT ? names[part] : "";
}

static const char *
band_name(int band)
{
    static const char *const names[BAND_COUNT] = {"base", "reserve", "carry", "target", "hold"};
    return band >= 0 && band < BAND_COUNT ? names[band] : "";
}

/* Id of what owns the column, and a letter for its kind: a link and a node may have the same id,
 * and no name may look like a number. */
static const char *
owner_id(const struct basin *basin, const struct column_meaning *meaning, char *letter)
{
    *letter = 'n';
    if (meaning->node_i >= 0)
        return basin->node[meaning->node_i].id;
    switch (meaning->kind) {
    case COLUMN_SPLIT:
        *letter = 's';
        return basin->split[meaning->element_i].id;
    case COLUMN_BLEND:
        *letter = 'b';
        return basin->blend[meaning->element_i].id;
    case COLUMN_PERMIT:
        *letter = 'c';
        return basin->licence[meaning->element_i].id;
    default:
        *letter = 'l';
        return basin->link[meaning->element_i].id;
    }
}

static const char *
column_word(const struct column_meaning *meaning, char *buffer, size_t size)
{
    switch (meaning->kind) {
    case COLUMN_LINK:
        return "flow";
    case COLUMN_MINIMUM:
        return "minimum";
    case COLUMN_PART:
        return demand_part_name(meaning->which);
    case COLUMN_BAND:
        return band_name(meaning->which);
    case COLUMN_GROUND:
        return meaning->which == 0 ? "base" : "upper";
    case COLUMN_FREE:
    case COLUMN_DRAW:
        return "drawn";
    case COLUMN_RESERVED:
        return "reserved";
    case COLUMN_REJECTED:
        return "rejected";
    case COLUMN_WORKS:
        return "works";
    case COLUMN_SPLIT:
        return "total";
    case COLUMN_BLEND:
        return "rest";
    case COLUMN_PERMIT:
        return meaning->which == 0 ? "drawn" : "reserved";
    case COLUMN_OUTLET:
        snprintf(buffer, size, "outlet%d", meaning->element_i);
        return buffer;
    }
    return "";
}

const char *
network_column_name(const struct network *network, const struct column_meaning *meaning,
                    char *buffer, size_t size)
{
    char word[24], letter;
    const char *id = owner_id(network->basin, meaning, &letter);
    snprintf(buffer, size, "%c.%s.%s", letter, id, column_word(meaning, word, sizeof word));
    return buffer;
}
