/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/network_build.h"

#include "model/reservoir.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Rows beside the balances of nodes: links in fixed proportion, limits on a mix, volumes that links
 * may draw together, outlets that end above the bottom of their lake. All hold with no flow at all,
 * so that no rule can leave a step without a solution.
 */

enum rule_kind { RULE_SPLIT, RULE_BLEND, RULE_LICENCE };

static int
rule_count(const struct basin *basin, enum rule_kind kind)
{
    return kind == RULE_SPLIT   ? basin->split_count
           : kind == RULE_BLEND ? basin->blend_count
                                : basin->licence_count;
}

static const char *
rule_id(const struct basin *basin, enum rule_kind kind, int i)
{
    return kind == RULE_SPLIT   ? basin->split[i].id
           : kind == RULE_BLEND ? basin->blend[i].id
                                : basin->licence[i].id;
}

/* The rule that comes next after `last` in the lexical order of ids, -1 after all. */
static int
next_rule(const struct basin *basin, enum rule_kind kind, int last_i)
{
    int best_i = -1;
    for (int i = 0; i < rule_count(basin, kind); i++) {
        bool after =
            last_i < 0 || strcmp(rule_id(basin, kind, i), rule_id(basin, kind, last_i)) > 0;
        if (after &&
            (best_i < 0 || strcmp(rule_id(basin, kind, i), rule_id(basin, kind, best_i)) < 0))
            best_i = i;
    }
    return best_i;
}

/* ---- outlets ----------------------------------------------------------------------------------
 */

bool
network_lowest_m3(const struct basin *basin, const struct link *link, double *lowest_m3)
{
    const struct node *node = &basin->node[link->from];
    if (node->kind != NODE_RESERVOIR || link->is_spill)
        return false;
    const struct reservoir *reservoir = &basin->reservoir[node->kind_i];
    if (!isnan(link->lowest_level_m))
        *lowest_m3 = reservoir_storage_m3(reservoir, link->lowest_level_m);
    else if (reservoir->emergency_for_rank >= 0)
        *lowest_m3 = reservoir->dead_storage_m3; /* an ordinary outlet */
    else
        return false; /* held by the lower bound of the lake itself */
    return true;
}

/* A lake that nobody draws below dead storage needs no row for outlets that end there or lower. */
static bool
needs_row(const struct basin *basin, const struct link *link, double *lowest_m3)
{
    if (!network_lowest_m3(basin, link, lowest_m3) || !(*lowest_m3 > 0.0))
        return false;
    const struct reservoir *reservoir = &basin->reservoir[basin->node[link->from].kind_i];
    return reservoir->emergency_for_rank >= 0 || *lowest_m3 > reservoir->dead_storage_m3;
}

static int
compare_draws(const void *a, const void *b)
{
    const struct draw *x = a, *y = b;
    if (x->reservoir_r != y->reservoir_r)
        return x->reservoir_r < y->reservoir_r ? -1 : 1;
    return (x->lowest_m3 > y->lowest_m3) - (x->lowest_m3 < y->lowest_m3);
}

/* One row for every lake and volume at which an outlet ends; rows of lakes in lexical order. */
static bool
find_draws(struct builder *builder)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    network->draw = network_alloc(network, (size_t)basin->link_count, sizeof *network->draw);
    if (network->draw == NULL)
        return false;
    for (int l = 0; l < basin->link_count; l++) {
        double lowest_m3;
        if (needs_row(basin, &basin->link[l], &lowest_m3))
            network->draw[network->draw_count++] = (struct draw){
                .reservoir_r = basin->node[basin->link[l].from].kind_i, .lowest_m3 = lowest_m3};
    }
    if (network->draw_count > 1)
        qsort(network->draw, (size_t)network->draw_count, sizeof *network->draw, compare_draws);
    int kept = 0;
    for (int i = 0; i < network->draw_count; i++)
        if (kept == 0 || compare_draws(&network->draw[kept - 1], &network->draw[i]) != 0)
            network->draw[kept++] = network->draw[i];
    network->draw_count = kept;
    return true;
}

int
network_draw_of(const struct network *network, int link_l)
{
    const struct basin *basin = network->basin;
    struct draw wanted;
    if (network->draw_count == 0 || !needs_row(basin, &basin->link[link_l], &wanted.lowest_m3))
        return -1;
    wanted.reservoir_r = basin->node[basin->link[link_l].from].kind_i;
    for (int i = 0; i < network->draw_count; i++)
        if (compare_draws(&network->draw[i], &wanted) == 0)
            return i;
    return -1;
}

static void
number_draws(struct builder *builder)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    for (int n = 0; n < basin->node_count && network->draw_count > 0; n++) {
        const struct node *node = &basin->node[builder->node_order[n]];
        for (int i = 0; i < network->draw_count; i++)
            if (node->kind == NODE_RESERVOIR && network->draw[i].reservoir_r == node->kind_i)
                network->draw[i].row_i = network->row_count++;
    }
}

void
builder_outlet_entries(struct builder *builder, int node_i)
{
    const struct network *network = builder->network;
    for (int i = 0; i < network->draw_count; i++)
        if (builder->basin->reservoir[network->draw[i].reservoir_r].node_i == node_i)
            builder_entry(builder, network->draw[i].row_i, -1.0);
}

/* Entries of a link that leaves or fills the lake of an outlet. */
static void
draw_entries(struct builder *builder, int link_l)
{
    const struct basin *basin = builder->basin;
    const struct network *network = builder->network;
    const struct link *link = &basin->link[link_l];
    double lowest_m3 = 0.0;
    bool ends = network->draw_count > 0 && network_lowest_m3(basin, link, &lowest_m3);
    for (int i = 0; i < network->draw_count; i++) {
        const struct draw *draw = &network->draw[i];
        int lake_i = basin->reservoir[draw->reservoir_r].node_i;
        if (link->from == lake_i && ends && lowest_m3 >= draw->lowest_m3)
            builder_entry(builder, draw->row_i, 1.0);
    }
    builder_outlet_entries(builder, link->to);
}

/* ---- all rules --------------------------------------------------------------------------------
 */

bool
builder_allocate_rules(struct builder *builder)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
#define ALLOC(field, count)                                                                        \
    ((network->field = network_alloc(network, (size_t)(count), sizeof *network->field)) != NULL)
    return ALLOC(split_row, basin->split_count) && ALLOC(split_column, basin->split_count) &&
           ALLOC(blend_row, basin->blend_count) && ALLOC(blend_column, basin->blend_count) &&
           ALLOC(licence_row, basin->licence_count) &&
           ALLOC(licence_column, basin->licence_count) &&
           ALLOC(licence_reserved_column, basin->licence_count) && find_draws(builder);
#undef ALLOC
}

void
builder_number_rules(struct builder *builder)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    for (int s = next_rule(basin, RULE_SPLIT, -1); s >= 0; s = next_rule(basin, RULE_SPLIT, s)) {
        network->split_row[s] = network->row_count;
        network->row_count += basin->split[s].link_count;
    }
    for (int b = next_rule(basin, RULE_BLEND, -1); b >= 0; b = next_rule(basin, RULE_BLEND, b))
        network->blend_row[b] = network->row_count++;
    for (int c = next_rule(basin, RULE_LICENCE, -1); c >= 0; c = next_rule(basin, RULE_LICENCE, c))
        network->licence_row[c] = network->row_count++;
    number_draws(builder);
}

void
builder_rule_entries(struct builder *builder, int link_l)
{
    const struct basin *basin = builder->basin;
    const struct network *network = builder->network;
    for (int s = 0; s < basin->split_count; s++)
        for (int i = 0; i < basin->split[s].link_count; i++)
            if (basin->split[s].link_i[i] == link_l)
                builder_entry(builder, network->split_row[s] + i, 1.0);
    for (int b = 0; b < basin->blend_count; b++)
        for (int i = 0; i < basin->blend[b].link_count; i++)
            if (basin->blend[b].link_i[i] == link_l)
                builder_entry(builder, network->blend_row[b], 0.0);
    for (int c = 0; c < basin->licence_count; c++)
        for (int i = 0; i < basin->licence[c].link_count; i++)
            if (basin->licence[c].link_i[i] == link_l)
                builder_entry(builder, network->licence_row[c], 1.0);
    draw_entries(builder, link_l);
}

static void
build_licence(struct builder *builder, int licence_c)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    const struct licence *licence = &basin->licence[licence_c];
    network->licence_column[licence_c] = builder_column(builder);
    builder_entry(builder, network->licence_row[licence_c], -1.0);
    network->licence_reserved_column[licence_c] = -1;
    if (!(licence->reserved_m3 > 0.0))
        return;
    int column_j = builder_column(builder);
    network->licence_reserved_column[licence_c] = column_j;
    builder_entry(builder, network->licence_row[licence_c], -1.0);
    builder_cost(builder, emergency_key(basin, licence->reserved_rank), column_j, 1.0);
}

void
builder_rules(struct builder *builder)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    for (int s = next_rule(basin, RULE_SPLIT, -1); s >= 0; s = next_rule(basin, RULE_SPLIT, s)) {
        network->split_column[s] = builder_column(builder);
        for (int i = 0; i < basin->split[s].link_count; i++)
            builder_entry(builder, network->split_row[s] + i, 0.0);
    }
    for (int b = next_rule(basin, RULE_BLEND, -1); b >= 0; b = next_rule(basin, RULE_BLEND, b)) {
        network->blend_column[b] = builder_column(builder);
        builder_entry(builder, network->blend_row[b], 1.0);
    }
    for (int c = next_rule(basin, RULE_LICENCE, -1); c >= 0; c = next_rule(basin, RULE_LICENCE, c))
        build_licence(builder, c);
    for (int i = 0; i < network->draw_count; i++) {
        network->draw[i].slack_column_j = builder_column(builder);
        builder_entry(builder, network->draw[i].row_i, 1.0);
    }
}
