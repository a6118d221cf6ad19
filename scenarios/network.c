/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/network.h"

#include "scenarios/network_build.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Only one comparison at a time needs the basin; qsort has no context argument, qsort_r has. */
static int
compare_nodes(const void *a, const void *b, void *context)
{
    const struct basin *basin = context;
    return strcmp(basin->node[*(const int *)a].id, basin->node[*(const int *)b].id);
}

static int
compare_links(const void *a, const void *b, void *context)
{
    const struct basin *basin = context;
    return strcmp(basin->link[*(const int *)a].id, basin->link[*(const int *)b].id);
}

static int *
lexical_order(struct builder *builder, int count,
              int (*compare)(const void *, const void *, void *))
{
    int *order = network_alloc(builder->network, (size_t)count, sizeof *order);
    if (order == NULL) {
        builder->failed = true;
        return NULL;
    }
    for (int i = 0; i < count; i++)
        order[i] = i;
    struct basin *basin;
    memcpy(&basin, &builder->basin, sizeof basin);
    qsort_r(order, (size_t)count, sizeof *order, compare, basin);
    return order;
}

/* A node with a throughput limit or a loss is two rows with one column between them. */
static bool
has_throughput(const struct basin *basin, const struct node *node)
{
    if (node->kind == NODE_AQUIFER)
        return true;
    if (node->kind != NODE_PLANT && node->kind != NODE_WASTEWATER)
        return false;
    const struct passage *passage = &basin->passage[node->kind_i];
    return passage->capacity.kind != VARYING_ABSENT || passage->loss.kind != VARYING_ABSENT ||
           passage->turn_down.kind != VARYING_ABSENT || node->in_service.from_s != INT64_MIN ||
           node->in_service.to_s != INT64_MAX;
}

static void
number_rows(struct builder *builder)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    for (int i = 0; i < basin->node_count; i++) {
        int node_i = builder->node_order[i];
        const struct node *node = &basin->node[node_i];
        network->node_row[node_i] = -1;
        network->node_row_out[node_i] = -1;
        if (node->kind == NODE_CATCHMENT || node->kind == NODE_SEA)
            continue;
        network->node_row[node_i] = network->row_count++;
        network->node_row_out[node_i] =
            has_throughput(basin, node) ? network->row_count++ : network->node_row[node_i];
    }
}

static int
rank_of_class(const struct basin *basin, int class_i, enum rank_kind kind)
{
    for (int rank_i = 0; rank_i < basin->rank_count; rank_i++)
        for (int i = 0; basin->rank[rank_i].kind == kind && i < basin->rank[rank_i].class_count;
             i++)
            if (basin->rank[rank_i].class_i[i] == class_i)
                return rank_i;
    return -1;
}

static int
rank_of_kind(const struct basin *basin, enum rank_kind kind)
{
    for (int rank_i = 0; rank_i < basin->rank_count; rank_i++)
        if (basin->rank[rank_i].kind == kind)
            return rank_i;
    return -1;
}

static long
rank_key(int rank_i, int offset)
{
    return (long)rank_i * KEY_RANK_SPAN + offset;
}

long
after_rank_key(const struct basin *basin, int which)
{
    return (long)basin->rank_count * KEY_RANK_SPAN + which;
}

/* Water kept back for people when the file names no rank: just below the rank of class domestic. */
static int
default_emergency_rank(const struct basin *basin)
{
    for (int class_i = 0; class_i < basin->class_count; class_i++)
        if (strcmp(basin->class[class_i].id, "domestic") == 0) {
            int rank_i = rank_of_class(basin, class_i, RANK_DEMAND);
            if (rank_i >= 0)
                return rank_i;
        }
    return 0;
}

long
emergency_key(const struct basin *basin, int emergency_for_rank)
{
    int rank_i = emergency_for_rank >= 0 ? emergency_for_rank : default_emergency_rank(basin);
    return rank_key(rank_i, KEY_EMERGENCY);
}

/* One part of a demand: out of its node's row, with the shares that come back elsewhere. */
static int
part_column(struct builder *builder, const struct demand *demand)
{
    const struct network *network = builder->network;
    int column_j = builder_column(builder);
    builder_entry(builder, network->node_row[demand->node_i], -1.0);
    for (int i = 0; i < demand->return_count; i++) {
        int row_i = network_entry_row(network, demand->returns[i].node_i);
        if (row_i >= 0)
            builder_entry(builder, row_i, 1.0);
        builder_outlet_entries(builder, demand->returns[i].node_i);
    }
    return column_j;
}

/* Place of a demand among all in the order of `order`, then of the file. */
static int
listed_position(const struct basin *basin, int demand_d)
{
    int position = 0;
    for (int other_d = 0; other_d < basin->demand_count; other_d++) {
        int order = basin->demand[other_d].order, own = basin->demand[demand_d].order;
        position += order < own || (order == own && other_d < demand_d);
    }
    return position;
}

/* Level of a demand's floor in a rank of floors. */
static long
floor_key(const struct basin *basin, int floor_rank_i, int demand_d)
{
    int order =
        basin->rank[floor_rank_i].share == SHARE_ORDER ? listed_position(basin, demand_d) : 0;
    return rank_key(floor_rank_i, KEY_MAIN + order);
}

static void
build_demand(struct builder *builder, int demand_d)
{
    const struct basin *basin = builder->basin;
    const struct demand *demand = &basin->demand[demand_d];
    int *column = builder->network->demand_column[demand_d];
    for (int part = 0; part < PART_COUNT; part++)
        column[part] = -1;
    int rank_i = rank_of_class(basin, demand->class_i, RANK_DEMAND);
    int floor_rank_i = rank_of_class(basin, demand->class_i, RANK_FLOOR);
    enum share_rule share = basin->rank[rank_i].share;
    /* share: order gives every demand a level of its own, in the listed order */
    int order = share == SHARE_ORDER ? listed_position(basin, demand_d) : 0;
    long main_key = rank_key(rank_i, KEY_MAIN + order);
    long head_key = rank_key(rank_i, KEY_HEAD + order);

    if (demand->floor_norm.kind != VARYING_ABSENT) {
        int of_rank_i = floor_rank_i >= 0 ? floor_rank_i : rank_i;
        long key = floor_rank_i >= 0 ? floor_key(basin, floor_rank_i, demand_d) : head_key;
        column[PART_FLOOR] = part_column(builder, demand);
        builder_group(builder, key, column[PART_FLOOR], of_rank_i, demand->weight,
                      basin->rank[of_rank_i].share);
    }
    if (demand->minimum_share.kind != VARYING_ABSENT) {
        column[PART_HEAD] = part_column(builder, demand);
        builder_group(builder, head_key, column[PART_HEAD], rank_i, demand->weight, share);
    }
    column[PART_MAIN] = part_column(builder, demand);
    builder_group(builder, main_key, column[PART_MAIN], rank_i, demand->weight, share);
    if (demand->restricted_by_count > 0 || drought_plans_cut(basin, demand_d)) {
        column[PART_CUT] = part_column(builder, demand);
        builder_cost(builder, after_rank_key(basin, AFTER_CUT + rank_i), column[PART_CUT], -1.0);
    }
}

/* Bands from the bottom up: of the reserve and what is carried over the one of the higher rank lies
 * lower. */
static const int *
network_bands(const struct network *network)
{
    static const int usual[BAND_COUNT] = {BAND_BASE, BAND_RESERVE, BAND_CARRY, BAND_TARGET,
                                          BAND_HOLD};
    static const int swapped[BAND_COUNT] = {BAND_BASE, BAND_CARRY, BAND_RESERVE, BAND_TARGET,
                                            BAND_HOLD};
    return network->carry_first ? swapped : usual;
}

/** Key of a band that a lake does not have. */
#define NO_LINE LONG_MAX

/*
 * The line above each band is a goal, to have the lake filled up to it. Whether the goal of a line
 * counts the band below another (both by their place in the order): a line counts from the bottom,
 * less what goals before it have counted up to a lower line. Goals of one level are that of the
 * highest line.
 */
static bool
line_counts(const int *order, const long *key, int goal, int counted)
{
    long goal_key = key[order[goal]];
    for (int other = 0; other < BAND_COUNT; other++) {
        if (other > goal && key[order[other]] == goal_key)
            return false;
        if (other >= counted && other < goal && key[order[other]] < goal_key)
            return false;
    }
    return counted <= goal && goal_key != NO_LINE;
}

static void
build_reservoir(struct builder *builder, int reservoir_r)
{
    const struct basin *basin = builder->basin;
    const struct reservoir *reservoir = &basin->reservoir[reservoir_r];
    int *column = builder->network->band_column[reservoir_r];
    int row_i = builder->network->node_row[reservoir->node_i];
    int target_rank_i = rank_of_kind(basin, RANK_STORAGE_TARGET);
    int reserve_rank_i = rank_of_kind(basin, RANK_DOMESTIC_RESERVE);
    int carry_rank_i = rank_of_kind(basin, RANK_CARRY_OVER);
    long key[BAND_COUNT];
    key[BAND_HOLD] = after_rank_key(basin, AFTER_HOLD);
    key[BAND_TARGET] = target_rank_i >= 0 ? rank_key(target_rank_i, KEY_MAIN) : key[BAND_HOLD];
    key[BAND_RESERVE] = reserve_rank_i >= 0 ? rank_key(reserve_rank_i, KEY_MAIN) : key[BAND_TARGET];
    key[BAND_CARRY] = carry_rank_i >= 0 ? rank_key(carry_rank_i, KEY_MAIN) : key[BAND_TARGET];
    key[BAND_BASE] = emergency_key(basin, reservoir->emergency_for_rank);
    if (reservoir->reserve)
        key[BAND_RESERVE] = key[BAND_CARRY] = key[BAND_TARGET] = key[BAND_HOLD] = key[BAND_BASE];
    if (reservoir->carry_over.kind == VARYING_ABSENT)
        key[BAND_CARRY] = NO_LINE;

    const int *order = network_bands(builder->network);
    for (int i = 0; i < BAND_COUNT; i++) {
        int band = order[i];
        column[band] = -1;
        if (key[band] == NO_LINE)
            continue;
        column[band] = builder_column(builder);
        builder_entry(builder, row_i, -1.0);
        for (int place = 0; place < BAND_COUNT; place++)
            if (line_counts(order, key, place, i))
                builder_cost(builder, key[order[place]], column[band], -1.0);
        /* Filling the lower steps of every lake before the higher steps of any: equal fractions. */
        if (band == BAND_TARGET)
            builder_steps(builder, after_rank_key(basin, AFTER_BALANCE), column[band], 1.0,
                          TARGET_STEP_COUNT);
    }
}

static void
build_aquifer(struct builder *builder, int aquifer_a)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    const struct aquifer *aquifer = &basin->aquifer[aquifer_a];
    int row_i = network->node_row[aquifer->node_i];
    int out_row_i = network->node_row_out[aquifer->node_i];
    int target_rank_i = rank_of_kind(basin, RANK_STORAGE_TARGET);
    long key =
        target_rank_i >= 0 ? rank_key(target_rank_i, KEY_MAIN) : after_rank_key(basin, AFTER_HOLD);
    long kept_key = emergency_key(basin, -1);
    for (int band = 0; band < 2; band++) {
        network->aquifer_band_column[aquifer_a][band] = builder_column(builder);
        builder_entry(builder, row_i, -1.0);
        int column_j = network->aquifer_band_column[aquifer_a][band];
        builder_cost(builder, band == 0 ? kept_key : key, column_j, -1.0);
        if (band == 0 && key < kept_key)
            builder_cost(builder, key, column_j, -1.0);
    }
    network->aquifer_free_column[aquifer_a] = builder_column(builder);
    builder_entry(builder, row_i, -1.0);
    builder_entry(builder, out_row_i, 1.0);
    network->aquifer_rejected_column[aquifer_a] = -1;
    if (aquifer->spill_to < 0) {
        network->aquifer_rejected_column[aquifer_a] = builder_column(builder);
        builder_entry(builder, row_i, -1.0);
        builder_cost(builder, after_rank_key(basin, AFTER_BALANCE),
                     network->aquifer_rejected_column[aquifer_a], 1.0);
    }
    network->aquifer_reserved_column[aquifer_a] = -1;
    if (aquifer->licence_reserved_m3 > 0.0) {
        int column_j = builder_column(builder);
        network->aquifer_reserved_column[aquifer_a] = column_j;
        builder_entry(builder, row_i, -1.0);
        builder_entry(builder, out_row_i, 1.0);
        builder_cost(builder, rank_key(aquifer->licence_reserved_rank, KEY_EMERGENCY), column_j,
                     1.0);
    }
}

/* Whether water that leaves through the link can end up in a storage. */
static void
mark_reachable(const struct basin *basin, int node_i, bool *seen)
{
    if (seen[node_i])
        return;
    seen[node_i] = true;
    const struct node *node = &basin->node[node_i];
    if (node->kind == NODE_DEMAND) {
        const struct demand *demand = &basin->demand[node->kind_i];
        for (int i = 0; i < demand->return_count; i++)
            mark_reachable(basin, demand->returns[i].node_i, seen);
    }
    for (int link_l = 0; link_l < basin->link_count; link_l++)
        if (basin->link[link_l].from == node_i)
            mark_reachable(basin, basin->link[link_l].to, seen);
}

static bool
can_fill_storage(struct builder *builder, int node_i)
{
    const struct basin *basin = builder->basin;
    bool *seen = calloc((size_t)basin->node_count, sizeof *seen);
    if (seen == NULL) {
        builder->failed = true;
        return false;
    }
    mark_reachable(basin, node_i, seen);
    bool found = false;
    for (int i = 0; i < basin->node_count && !found; i++)
        found = seen[i] &&
                (basin->node[i].kind == NODE_RESERVOIR || basin->node[i].kind == NODE_AQUIFER);
    free(seen);
    return found;
}

static long
before_storage_key(const struct basin *basin)
{
    int rank_i = rank_of_kind(basin, RANK_STORAGE_TARGET);
    return rank_i >= 0 ? rank_key(rank_i, KEY_BEFORE) : after_rank_key(basin, AFTER_HOLD) - 1;
}

/*
 * Weight of the last tie-break for the i-th link in lexical order: square roots of successive
 * primes, which no combination with small whole factors makes equal, so that the optimum is unique
 * and does not depend on the order of the file.
 */
static double
next_tie_weight(int *prime)
{
    for (;;) {
        (*prime)++;
        bool is_prime = true;
        for (int factor = 2; factor * factor <= *prime && is_prime; factor++)
            is_prime = *prime % factor != 0;
        if (is_prime)
            return sqrt((double)*prime);
    }
}

static void
build_link(struct builder *builder, int link_l, double tie_weight)
{
    const struct basin *basin = builder->basin;
    struct network *network = builder->network;
    const struct link *link = &basin->link[link_l];
    int rank_i = rank_of_kind(basin, RANK_MINIMUM_FLOW);
    bool has_minimum = link->minimum_flow.kind != VARYING_ABSENT && rank_i >= 0;
    bool pumped = link->kind == LINK_PUMP || link->kind == LINK_WELL;
    bool avoid_filling = pumped && !link->fills && can_fill_storage(builder, link->to);
    /* The spill of a throughput node leaves before its works, so that it can always pass. */
    int from_row =
        link->is_spill ? network->node_row[link->from] : network->node_row_out[link->from];
    int to_row = network->node_row[link->to];

    network->link_minimum_column[link_l] = -1;
    for (int copy = 0; copy < (has_minimum ? 2 : 1); copy++) {
        int column_j = builder_column(builder);
        builder_entry(builder, from_row, -1.0);
        if (to_row >= 0)
            builder_entry(builder, to_row, 1.0);
        builder_rule_entries(builder, link_l);
        builder_cost(builder, after_rank_key(basin, AFTER_TIE), column_j, tie_weight);
        if (pumped)
            builder_cost(builder, after_rank_key(basin, AFTER_PUMPING), column_j, 1.0);
        if (avoid_filling)
            builder_cost(builder, before_storage_key(basin), column_j, 1.0);
        if (copy == 0) {
            network->link_column[link_l] = column_j;
        } else {
            network->link_minimum_column[link_l] = column_j;
            int order = basin->rank[rank_i].share == SHARE_ORDER ? link_l : 0;
            builder_group(builder, rank_key(rank_i, KEY_MAIN + order), column_j, rank_i, 1.0,
                          basin->rank[rank_i].share);
        }
    }
}

static void
build_source(struct builder *builder, int source_s)
{
    const struct basin *basin = builder->basin;
    const struct source *source = &basin->source[source_s];
    struct network *network = builder->network;
    network->source_column[source_s] = -1;
    if (source->forced)
        return;
    int column_j = builder_column(builder);
    network->source_column[source_s] = column_j;
    builder_entry(builder, network->node_row[source->node_i], 1.0);
    if (source->emergency)
        builder_cost(builder, emergency_key(basin, source->emergency_for_rank), column_j, 1.0);
    else if (source->cost > 0.0)
        builder_cost(builder, before_storage_key(basin), column_j, 1.0);
    else
        builder_cost(builder, after_rank_key(basin, AFTER_PUMPING), column_j, 1.0);
}

static void
build_node(struct builder *builder, int node_i)
{
    const struct node *node = &builder->basin->node[node_i];
    struct network *network = builder->network;
    switch (node->kind) {
    case NODE_RESERVOIR:
        build_reservoir(builder, node->kind_i);
        break;
    case NODE_DEMAND:
        build_demand(builder, node->kind_i);
        break;
    case NODE_AQUIFER:
        build_aquifer(builder, node->kind_i);
        break;
    case NODE_SOURCE:
        build_source(builder, node->kind_i);
        break;
    case NODE_JUNCTION:
    case NODE_WEIR:
    case NODE_PLANT:
    case NODE_WASTEWATER:
    case NODE_ESTUARY:
    case NODE_SEA:
        network->passage_column[node->kind_i] = -1;
        if (network->node_row[node_i] != network->node_row_out[node_i]) {
            network->passage_column[node->kind_i] = builder_column(builder);
            builder_entry(builder, network->node_row[node_i], -1.0);
            builder_entry(builder, network->node_row_out[node_i], 1.0);
        }
        break;
    case NODE_CATCHMENT:
    case NODE_KIND_COUNT:
        break;
    }
}

static bool
allocate_maps(struct network *network, const struct basin *basin)
{
#define ALLOC(field, count)                                                                        \
    ((network->field = network_alloc(network, (size_t)(count), sizeof *network->field)) != NULL)
    return ALLOC(node_row, basin->node_count) && ALLOC(node_row_out, basin->node_count) &&
           ALLOC(link_column, basin->link_count) && ALLOC(link_minimum_column, basin->link_count) &&
           ALLOC(demand_column, basin->demand_count) &&
           ALLOC(band_column, basin->reservoir_count) &&
           ALLOC(aquifer_band_column, basin->aquifer_count) &&
           ALLOC(aquifer_free_column, basin->aquifer_count) &&
           ALLOC(aquifer_reserved_column, basin->aquifer_count) &&
           ALLOC(aquifer_rejected_column, basin->aquifer_count) &&
           ALLOC(passage_column, basin->passage_count) && ALLOC(source_column, basin->source_count);
#undef ALLOC
}

int
network_entry_row(const struct network *network, int node_i)
{
    return network->node_row[node_i];
}

enum status
network_create(const struct basin *basin, enum lp_method method, struct network **out,
               struct error *err)
{
    enum status status = STATUS_OK;
    struct builder builder = {.basin = basin};
    struct network *network = calloc(1, sizeof *network);
    *out = NULL;
    if (network == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the network");
    network->basin = basin;
    builder.network = network;
    if (!allocate_maps(network, basin) || !builder_allocate_rules(&builder))
        builder.failed = true;
    if (!builder.failed)
        builder.node_order = lexical_order(&builder, basin->node_count, compare_nodes);
    if (!builder.failed)
        builder.link_order = lexical_order(&builder, basin->link_count, compare_links);
    int carry_rank_i = rank_of_kind(basin, RANK_CARRY_OVER);
    int reserve_rank_i = rank_of_kind(basin, RANK_DOMESTIC_RESERVE);
    network->carry_first =
        carry_rank_i >= 0 && (reserve_rank_i < 0 || carry_rank_i < reserve_rank_i);
    if (!builder.failed) {
        number_rows(&builder);
        builder_number_rules(&builder);
        for (int i = 0; i < basin->node_count; i++)
            build_node(&builder, builder.node_order[i]);
        int prime = 1;
        for (int i = 0; i < basin->link_count; i++)
            build_link(&builder, builder.link_order[i], next_tie_weight(&prime));
        builder_rules(&builder);
    }
    status = builder.failed ? error_set(err, STATUS_MEMORY, "out of memory for the network")
                            : builder_split(&builder, method, err);
    free(builder.column_start);
    free(builder.row_index);
    free(builder.coefficient);
    free(builder.cost);
    free(builder.group);
    if (status != STATUS_OK) {
        network_destroy(network);
        return status;
    }
    *out = network;
    return STATUS_OK;
}
