/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_NETWORK_BUILD_H
#define NGUON_SCENARIOS_NETWORK_BUILD_H

#include "scenarios/network.h"

/*
 * Private to the network: a builder that collects columns, entries and costs in growing arrays
 * before they are split into programs.
 */

/** Cost levels are ordered by key; each rank owns a span of keys. */
enum {
    KEY_RANK_SPAN = 10000000,
    KEY_BEFORE = 0,     /**< pumping that would only fill storage */
    KEY_HEAD = 1,       /**< floors and minimum shares, + position for share: order */
    KEY_MAIN = 4000000, /**< + position for share: order */
    KEY_EMERGENCY = 9000000
};

/** Goals after all ranks. */
enum after_key { AFTER_HOLD, AFTER_CUT, AFTER_PUMPING = 10000, AFTER_BALANCE, AFTER_TIE };

struct cost_entry {
    long key;
    int column_j;
    double cost;
    double step_cost; /**< the same in every step of the column, if it has steps */
    int step_count;
};

struct group_entry {
    long key;
    int column_j;
    int rank_i;
    double weight;
    enum share_rule share;
};

struct builder {
    const struct basin *basin;
    struct network *network;
    int *column_start; /**< growing */
    int column_capacity;
    int *row_index;
    double *coefficient;
    int entry_count, entry_capacity;
    struct cost_entry *cost;
    int cost_count, cost_capacity;
    struct group_entry *group;
    int group_count, group_capacity;
    int *node_order, *link_order; /**< lexical order of ids */
    bool failed;                  /**< out of memory somewhere */
};

int builder_column(struct builder *builder);
void builder_entry(struct builder *builder, int row_i, double coefficient);
void builder_cost(struct builder *builder, long key, int column_j, double cost);
/** A cost that rises: cost, 2 cost ... in step_count equal steps of the column. */
void builder_steps(struct builder *builder, long key, int column_j, double cost, int step_count);
void builder_group(struct builder *builder, long key, int column_j, int rank_i, double weight,
                   enum share_rule share);

/** Rows, columns and entries of splits, blends, licences and outlets. (network_rules.c) */
bool builder_allocate_rules(struct builder *builder);
void builder_number_rules(struct builder *builder);
void builder_rules(struct builder *builder);
/** Entries of the last column, that of a link, in the rows of the rules that hold for it. */
void builder_rule_entries(struct builder *builder, int link_l);

/** Entries of the last column, which brings water to the node, in the rows of its outlets. */
void builder_outlet_entries(struct builder *builder, int node_i);

/** Key of water kept for a rank and those above it. */
long emergency_key(const struct basin *basin, int emergency_for_rank);

/** Key of a goal after all ranks. */
long after_rank_key(const struct basin *basin, int which);

/** Split what was collected into independent programs and create their solvers. */
enum status builder_split(struct builder *builder, enum lp_method method, struct error *err);

/** Memory owned by the network. NULL (and builder->failed) when there is none. */
void *network_alloc(struct network *network, size_t count, size_t size);

#endif
