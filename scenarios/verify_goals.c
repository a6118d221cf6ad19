/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify_private.h"

#include <string.h>

/*
 * The goals of a step in the order in which they are served, from the ranks of the basin: inside a
 * class rank the floors and minimum shares at its head, then the rest; after the rank the water
 * kept for it and those above it; before storage targets no more pumping than the ranks above need.
 */

enum { EVERY = -1 };

/* One more goal with room for size columns; NULL without memory. */
static struct goal *
add_goal(struct verifier *verifier, const char *name, int rank_i, int size)
{
    struct arena *memory = verifier->memory;
    struct goal *list = arena_grow(memory, verifier->goal, verifier->goal_count,
                                   &verifier->goal_capacity, sizeof *verifier->goal);
    if (list == NULL)
        return NULL;
    verifier->goal = list;
    struct goal *goal = &list[verifier->goal_count++];
    *goal = (struct goal){.name = name, .rank_i = rank_i};
    goal->column = arena_alloc(memory, (size_t)size, sizeof(int));
    goal->sign = arena_alloc(memory, (size_t)size, sizeof(double));
    goal->weight = arena_alloc(memory, (size_t)size, sizeof(double));
    goal->id = arena_alloc(memory, (size_t)size, sizeof(char *));
    return memory->failed ? NULL : goal;
}

static void
add_to_goal(struct goal *goal, int column, double sign, double weight, const char *id)
{
    if (column == 0)
        return;
    goal->column[goal->count] = column;
    goal->sign[goal->count] = sign;
    goal->weight[goal->count] = weight;
    goal->id[goal->count++] = id;
}

static const char *
node_id(const struct verifier *verifier, int node_i)
{
    return verifier->basin->node[node_i].id;
}

/* ---- class ranks ------------------------------------------------------------------------------
 */

static bool
rank_holds(const struct rank *rank, int class_i)
{
    for (int i = 0; i < rank->class_count; i++)
        if (rank->class_i[i] == class_i)
            return true;
    return false;
}

static int
rank_of_class(const struct basin *basin, int class_i, enum rank_kind kind)
{
    for (int i = 0; i < basin->rank_count; i++)
        if (basin->rank[i].kind == kind && rank_holds(&basin->rank[i], class_i))
            return i;
    return -1;
}

static bool
has_floor_rank(const struct basin *basin, int class_i)
{
    return rank_of_class(basin, class_i, RANK_FLOOR) >= 0;
}

/* Demands of a rank with two parts (or one twice), all of them or the one at place `position`. */
static bool
add_demands(struct verifier *verifier, int rank_i, const char *name, enum demand_part first,
            enum demand_part second, int only_d)
{
    const struct basin *basin = verifier->basin;
    const struct rank *rank = &basin->rank[rank_i];
    struct goal *goal = add_goal(verifier, name, rank_i, 2 * basin->demand_count);
    if (goal == NULL)
        return false;
    goal->is_fair = rank->share == SHARE_FAIR;
    goal->is_use = true;
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        if (!rank_holds(rank, demand->class_i) || (only_d != EVERY && only_d != d))
            continue;
        bool floors_apart = rank->kind == RANK_DEMAND && has_floor_rank(basin, demand->class_i);
        for (int i = 0; i < (first == second ? 1 : 2); i++) {
            enum demand_part part = i == 0 ? first : second;
            if (part == PART_FLOOR && floors_apart)
                continue;
            add_to_goal(goal, verifier->column.part[d][part], 1.0, demand->weight,
                        node_id(verifier, demand->node_i));
        }
    }
    return true;
}

/* The demand that comes next after `last` by `order`, then by its place in the file; -1 at the end.
 */
static int
next_listed(const struct basin *basin, int last_d)
{
    int best_d = -1;
    for (int d = 0; d < basin->demand_count; d++) {
        int order = basin->demand[d].order;
        bool after = last_d < 0 || order > basin->demand[last_d].order ||
                     (order == basin->demand[last_d].order && d > last_d);
        if (after && (best_d < 0 || order < basin->demand[best_d].order))
            best_d = d;
    }
    return best_d;
}

static bool
add_parts(struct verifier *verifier, int rank_i, const char *name, enum demand_part first,
          enum demand_part second)
{
    const struct basin *basin = verifier->basin;
    if (basin->rank[rank_i].share != SHARE_ORDER)
        return add_demands(verifier, rank_i, name, first, second, EVERY);
    for (int d = next_listed(basin, -1); d >= 0; d = next_listed(basin, d))
        if (!add_demands(verifier, rank_i, name, first, second, d))
            return false;
    return true;
}

static bool
add_minimum_flow(struct verifier *verifier, int rank_i, const char *name, int only_l)
{
    const struct basin *basin = verifier->basin;
    struct goal *goal = add_goal(verifier, name, rank_i, basin->link_count);
    if (goal == NULL)
        return false;
    goal->is_fair = basin->rank[rank_i].share == SHARE_FAIR;
    goal->is_use = true;
    for (int l = 0; l < basin->link_count; l++)
        if (only_l == EVERY || only_l == l)
            add_to_goal(goal, verifier->column.minimum[l], 1.0, 1.0, basin->link[l].id);
    return true;
}

static bool
add_minimum_flows(struct verifier *verifier, int rank_i, const char *name)
{
    const struct basin *basin = verifier->basin;
    if (basin->rank[rank_i].share != SHARE_ORDER)
        return add_minimum_flow(verifier, rank_i, name, EVERY);
    for (int l = 0; l < basin->link_count; l++)
        if (verifier->column.minimum[l] > 0 && !add_minimum_flow(verifier, rank_i, name, l))
            return false;
    return true;
}

/* ---- storage ----------------------------------------------------------------------------------
 */

/* Whether water can run on from the node, by any link or after use, into a storage. */
static bool
reaches_storage(const struct basin *basin, int node_i, bool *seen)
{
    const struct node *node = &basin->node[node_i];
    if (node->kind == NODE_RESERVOIR || node->kind == NODE_AQUIFER)
        return true;
    if (seen[node_i])
        return false;
    seen[node_i] = true;
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].from == node_i && reaches_storage(basin, basin->link[l].to, seen))
            return true;
    if (node->kind == NODE_DEMAND)
        for (int i = 0; i < basin->demand[node->kind_i].return_count; i++)
            if (reaches_storage(basin, basin->demand[node->kind_i].returns[i].node_i, seen))
                return true;
    return false;
}

static bool
is_pumped(const struct link *link)
{
    return link->kind == LINK_PUMP || link->kind == LINK_WELL;
}

/* Storage is filled by gravity and by links that are marked for it. */
static bool
add_before_storage(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct goal *goal = add_goal(verifier, "no pumping to fill storage", -1,
                                 basin->link_count + basin->source_count);
    bool *seen = arena_alloc(verifier->memory, (size_t)basin->node_count, sizeof *seen);
    if (goal == NULL || seen == NULL)
        return false;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        memset(seen, 0, (size_t)basin->node_count * sizeof *seen);
        if (is_pumped(link) && !link->fills && reaches_storage(basin, link->to, seen))
            add_to_goal(goal, verifier->column.link[l], -1.0, 1.0, link->id);
    }
    for (int s = 0; s < basin->source_count; s++)
        if (!basin->source[s].emergency && basin->source[s].cost > 0.0)
            add_to_goal(goal, verifier->column.source[s], -1.0, 1.0,
                        node_id(verifier, basin->source[s].node_i));
    return true;
}

/* The line below another one, LINE_COUNT below the lowest: of the reserve and what is carried over
 * the one of the higher rank lies lower. */
static enum verified_line
next_lower(const struct verifier *verifier, enum verified_line line)
{
    static const enum verified_line usual[] = {LINE_FULL,    LINE_TARGET, LINE_CARRY,
                                               LINE_RESERVE, LINE_BASE,   LINE_COUNT};
    static const enum verified_line swapped[] = {LINE_FULL,  LINE_TARGET, LINE_RESERVE,
                                                 LINE_CARRY, LINE_BASE,   LINE_COUNT};
    const enum verified_line *order = verifier->carry_first ? swapped : usual;
    while (*order != line)
        order++;
    return order[1];
}

/* Volumes below a line, of which goals before have counted what lies below a lower line. */
static bool
add_storages(struct verifier *verifier, const char *name, int rank_i, enum verified_line line,
             bool with_ground)
{
    const struct basin *basin = verifier->basin;
    struct goal *goal =
        add_goal(verifier, name, rank_i, 2 * basin->reservoir_count + basin->aquifer_count);
    if (goal == NULL)
        return false;
    goal->is_use = rank_i >= 0;
    const int *column_of[] = {verifier->column.base, verifier->column.reserve,
                              verifier->column.carry, verifier->column.target,
                              verifier->column.lake};
    for (int r = 0; r < basin->reservoir_count; r++) {
        const char *id = node_id(verifier, basin->reservoir[r].node_i);
        if (basin->reservoir[r].reserve ||
            (line == LINE_CARRY && basin->reservoir[r].carry_over.kind == VARYING_ABSENT))
            continue;
        add_to_goal(goal, column_of[line][r], 1.0, 1.0, id);
        for (enum verified_line lower = next_lower(verifier, line); lower != LINE_COUNT;
             lower = next_lower(verifier, lower))
            if (verifier->counted[r][lower]) {
                add_to_goal(goal, column_of[lower][r], -1.0, 1.0, id);
                break;
            }
        verifier->counted[r][line] = true;
    }
    for (int a = 0; a < basin->aquifer_count && with_ground; a++)
        add_to_goal(goal, verifier->column.ground[a], 1.0, 1.0,
                    node_id(verifier, basin->aquifer[a].node_i));
    return true;
}

/* Rank below which water is kept when the file names none: that of the domestic class. */
static int
default_rank(const struct basin *basin)
{
    for (int class_i = 0; class_i < basin->class_count; class_i++)
        if (strcmp(basin->class[class_i].id, "domestic") == 0) {
            int rank_i = rank_of_class(basin, class_i, RANK_DEMAND);
            return rank_i >= 0 ? rank_i : 0;
        }
    return 0;
}

/* Water below dead level, in standby lakes, of emergency sources and of the reserved part of a
 * licence ranks just after the last rank entitled to it. */
static bool
add_emergency(struct verifier *verifier, int rank_i)
{
    const struct basin *basin = verifier->basin;
    const struct columns *column = &verifier->column;
    struct goal *goal = add_goal(verifier, "water kept for emergencies", rank_i,
                                 basin->reservoir_count + 2 * basin->aquifer_count +
                                     basin->source_count + basin->licence_count);
    if (goal == NULL)
        return false;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        int for_rank_i = reservoir->emergency_for_rank >= 0 ? reservoir->emergency_for_rank
                                                            : default_rank(basin);
        if (for_rank_i != rank_i)
            continue;
        add_to_goal(goal, reservoir->reserve ? column->lake[r] : column->base[r], 1.0, 1.0,
                    node_id(verifier, reservoir->node_i));
        verifier->counted[r][LINE_BASE] = true;
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct aquifer *aquifer = &basin->aquifer[a];
        if (rank_i == default_rank(basin))
            add_to_goal(goal, column->ground_base[a], 1.0, 1.0, node_id(verifier, aquifer->node_i));
        if (rank_i == aquifer->licence_reserved_rank && aquifer->licence_reserved_m3 > 0.0)
            add_to_goal(goal, column->reserved[a], -1.0, 1.0, node_id(verifier, aquifer->node_i));
    }
    for (int s = 0; s < basin->source_count; s++)
        if (basin->source[s].emergency && basin->source[s].emergency_for_rank == rank_i)
            add_to_goal(goal, column->source[s], -1.0, 1.0,
                        node_id(verifier, basin->source[s].node_i));
    for (int c = 0; c < basin->licence_count; c++)
        if (basin->licence[c].reserved_rank == rank_i && basin->licence[c].reserved_m3 > 0.0)
            add_to_goal(goal, column->licence[c], -1.0, 1.0, basin->licence[c].id);
    return true;
}

/* ---- after all ranks --------------------------------------------------------------------------
 */

static bool
add_cut_parts(struct verifier *verifier, int rank_i)
{
    const struct basin *basin = verifier->basin;
    struct goal *goal = add_goal(verifier, "what the zones cut", rank_i, basin->demand_count);
    if (goal == NULL)
        return false;
    for (int d = 0; d < basin->demand_count; d++)
        if (rank_holds(&basin->rank[rank_i], basin->demand[d].class_i))
            add_to_goal(goal, verifier->column.part[d][PART_CUT], 1.0, 1.0,
                        node_id(verifier, basin->demand[d].node_i));
    return true;
}

static bool
add_pumping(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct goal *goal =
        add_goal(verifier, "least pumping", -1, basin->link_count + basin->source_count);
    if (goal == NULL)
        return false;
    for (int l = 0; l < basin->link_count; l++)
        if (is_pumped(&basin->link[l]))
            add_to_goal(goal, verifier->column.link[l], -1.0, 1.0, basin->link[l].id);
    for (int s = 0; s < basin->source_count; s++)
        if (!basin->source[s].emergency && !(basin->source[s].cost > 0.0))
            add_to_goal(goal, verifier->column.source[s], -1.0, 1.0,
                        node_id(verifier, basin->source[s].node_i));
    return true;
}

static bool
add_rank(struct verifier *verifier, int rank_i)
{
    const struct rank *rank = &verifier->basin->rank[rank_i];
    switch (rank->kind) {
    case RANK_FLOOR:
        return add_parts(verifier, rank_i, rank->id, PART_FLOOR, PART_FLOOR);
    case RANK_DEMAND:
        return add_parts(verifier, rank_i, "head of the rank", PART_FLOOR, PART_HEAD) &&
               add_parts(verifier, rank_i, rank->id, PART_MAIN, PART_MAIN);
    case RANK_MINIMUM_FLOW:
        return add_minimum_flows(verifier, rank_i, rank->id);
    case RANK_DOMESTIC_RESERVE:
        return add_storages(verifier, rank->id, rank_i, LINE_RESERVE, false);
    case RANK_CARRY_OVER:
        return add_storages(verifier, rank->id, rank_i, LINE_CARRY, false);
    case RANK_STORAGE_TARGET:
        return add_before_storage(verifier) &&
               add_storages(verifier, rank->id, rank_i, LINE_TARGET, true);
    }
    return false;
}

bool
verify_goals_create(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    bool has_target = false, good = true;
    for (int i = 0; i < basin->rank_count && good; i++) {
        has_target = has_target || basin->rank[i].kind == RANK_STORAGE_TARGET;
        good = add_rank(verifier, i) && add_emergency(verifier, i);
    }
    good = good && (has_target || add_before_storage(verifier)) &&
           add_storages(verifier, "storage", -1, LINE_FULL, !has_target);
    for (int i = 0; i < basin->rank_count && good; i++)
        if (basin->rank[i].kind == RANK_DEMAND)
            good = add_cut_parts(verifier, i);
    return good && add_pumping(verifier);
}
