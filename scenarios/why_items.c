/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/why_private.h"

#include <math.h>
#include <stdlib.h>

/* The items of a cut, from the multipliers that prove it. */

/* ---- items -------------------------------------------------------------------------------------
 */

/* Add an item, or its volume to one of the same element and worth. */
static void
add_item(struct item_list *list, const struct why_item *item)
{
    for (int i = 0; i < list->count; i++) {
        struct why_item *other = &list->item[i];
        if (other->kind == item->kind && other->node_i == item->node_i &&
            other->link_l == item->link_l && other->rule_i == item->rule_i &&
            other->part == item->part && other->rank_i == item->rank_i &&
            fabs(other->worth - item->worth) <= WHY_ROUNDING * fabs(item->worth)) {
            other->volume_m3 += item->volume_m3;
            return;
        }
    }
    if (list->count == list->capacity) {
        int capacity = list->capacity == 0 ? 32 : 2 * list->capacity;
        struct why_item *larger = realloc(list->item, (size_t)capacity * sizeof *larger);
        if (larger == NULL) {
            list->failed = true;
            return;
        }
        list->item = larger;
        list->capacity = capacity;
    }
    list->item[list->count++] = *item;
}

static struct why_item
new_item(enum why_kind kind, int node_i, int link_l, double worth, double volume_m3)
{
    return (struct why_item){.kind = kind,
                             .node_i = node_i,
                             .link_l = link_l,
                             .rule_i = -1,
                             .part = -1,
                             .rank_i = -1,
                             .volume_m3 = volume_m3,
                             .worth = worth,
                             .extra_m3 = (double)NAN,
                             .gain_m3 = (double)NAN};
}

static bool
is_in_outage(const struct study *study, const struct link *link)
{
    int64_t start_s = study->question->axis->start_s[study->question->step_t];
    for (int i = 0; i < link->outage_count; i++)
        if (start_s >= link->outage[i].from_s && start_s < link->outage[i].to_s)
            return true;
    return false;
}

static bool
is_out_of_service(const struct study *study, const struct date_range *range)
{
    return !date_range_holds(range, study->question->axis, study->question->step_t,
                             study->basin->run.demand_year);
}

/* Whether drought plans keep the link shut at the stages of the step. */
static bool
waits_for_stage(const struct study *study, int link_l)
{
    bool is_staged = false;
    for (int p = 0; p < study->basin->drought_plan_count; p++) {
        int stage;
        if (!drought_plan_names(study->basin, p, link_l, &stage))
            continue;
        is_staged = true;
        if (study->record->value[AUDIT_PLAN_STAGE][p] >= stage)
            return false;
    }
    return is_staged;
}

static enum why_shut
why_shut(const struct study *study, const struct link *link)
{
    const struct node *node = study->basin->node;
    if (is_in_outage(study, link))
        return SHUT_OUTAGE;
    if (is_out_of_service(study, &link->in_service) ||
        is_out_of_service(study, &node[link->from].in_service) ||
        is_out_of_service(study, &node[link->to].in_service))
        return SHUT_SERVICE;
    if (waits_for_stage(study, (int)(link - study->basin->link)))
        return SHUT_STAGE;
    if (isfinite(link->from_mouth_m))
        return SHUT_SALT;
    const struct node *to = &node[link->to];
    return to->kind == NODE_DEMAND &&
                   quality_guards(study->basin, &study->basin->demand[to->kind_i])
               ? SHUT_QUALITY
               : SHUT_CAPACITY;
}

static void
add_link(const struct study *study, int link_l, int column_j, double worth, struct item_list *list)
{
    const struct audit_step *record = study->record;
    double minimum_m3 = record->value[AUDIT_LINK_MINIMUM][link_l];
    double limit_m3 = record->value[AUDIT_LINK_LIMIT][link_l];
    struct why_item item = new_item(WHY_LINK, -1, link_l, worth, study->high[column_j]);
    if (study->high[column_j] < study->allocation->upper[column_j]) {
        item.kind = WHY_SPARED;
        item.rank_i = study->held_for[column_j];
    } else if (!(limit_m3 > 0.0) && !(minimum_m3 > 0.0)) {
        bool low = record->value[AUDIT_LINK_CAPACITY][link_l] > 0.0;
        item.kind = low ? WHY_LINK_LEVEL : WHY_LINK_SHUT;
        item.shut = low ? SHUT_CAPACITY : why_shut(study, &study->basin->link[link_l]);
    }
    add_item(list, &item);
}

/* Whether the yield, as raised, limits the abstraction in all, or what the licence leaves. */
static bool
yield_binds(const struct study *study, const struct aquifer *aquifer, int aquifer_a)
{
    const struct allocation *allocation = study->allocation;
    int free_j = allocation->network->aquifer_free_column[aquifer_a];
    int reserved_j = allocation->network->aquifer_reserved_column[aquifer_a];
    double most_m3 =
        allocation->upper[free_j] + (reserved_j >= 0 ? allocation->upper[reserved_j] : 0.0);
    double yield_m3 =
        study->record->value[AUDIT_YIELD][aquifer_a] + study->extra_yield_m3[aquifer->node_i];
    return most_m3 >= yield_m3 * (1.0 - WHY_ROUNDING);
}

static void
add_abstraction(const struct study *study, int column_j, double worth, struct item_list *list)
{
    const struct column_meaning *meaning = &study->meaning[column_j];
    const struct aquifer *aquifer = &study->basin->aquifer[meaning->element_i];
    bool by_yield = yield_binds(study, aquifer, meaning->element_i);
    struct why_item item = new_item(by_yield ? WHY_YIELD : WHY_LICENCE, meaning->node_i, -1, worth,
                                    study->high[column_j]);
    if (study->high[column_j] < study->allocation->upper[column_j]) {
        item.kind = WHY_SPARED;
        item.rank_i = study->held_for[column_j];
    }
    add_item(list, &item);
}

/* A plant that is off, if it is so for its turn-down; else full. */
static enum why_kind
works_kind(const struct study *study, int node_i)
{
    const struct audit_step *record = study->record;
    bool off = record->value[AUDIT_WORKS_TURN_DOWN][node_i] > 0.0 &&
               record->value[AUDIT_WORKS_CAPACITY][node_i] > 0.0 &&
               !(record->value[AUDIT_WORKS_LIMIT][node_i] > 0.0);
    return off ? WHY_TURN_DOWN : WHY_WORKS;
}

/* A column at its upper bound: water that enters the cut. */
static void
add_entering(const struct study *study, int column_j, double worth, struct item_list *list)
{
    const struct column_meaning *meaning = &study->meaning[column_j];
    struct why_item item = new_item(WHY_WORKS, meaning->node_i, -1, worth, study->high[column_j]);
    switch (meaning->kind) {
    case COLUMN_LINK:
    case COLUMN_MINIMUM:
        add_link(study, meaning->element_i, column_j, worth, list);
        return;
    case COLUMN_FREE:
    case COLUMN_RESERVED:
        add_abstraction(study, column_j, worth, list);
        return;
    case COLUMN_DRAW:
        item.kind = WHY_SOURCE;
        break;
    case COLUMN_PART:
        item.kind = WHY_RETURN;
        if (!(item.volume_m3 > 0.0))
            return;
        break;
    case COLUMN_PERMIT:
        item.kind = WHY_PERMIT;
        item.rule_i = meaning->element_i;
        break;
    case COLUMN_WORKS:
        item.kind = works_kind(study, meaning->node_i);
        break;
    case COLUMN_SPLIT: /* without an upper bound */
    case COLUMN_BLEND:
    case COLUMN_OUTLET:
        return;
    case COLUMN_BAND:
    case COLUMN_GROUND:
    case COLUMN_REJECTED:
        item.kind = WHY_STORAGE; /* worth negative: no more fits */
        item.worth = -worth;
        item.volume_m3 = -item.volume_m3;
        break;
    }
    if (item.kind != WHY_STORAGE && study->high[column_j] < study->allocation->upper[column_j]) {
        item.kind = WHY_SPARED;
        item.rank_i = study->held_for[column_j];
    }
    add_item(list, &item);
}

/* A column at its lower bound: water taken from the cut, for a goal that is held or by the rules.
 */
static void
add_taken(const struct study *study, int column_j, double worth, struct item_list *list)
{
    const struct column_meaning *meaning = &study->meaning[column_j];
    double least_m3 = study->allocation->lower[column_j];
    struct why_item item = new_item(WHY_STORAGE, meaning->node_i, -1, worth, study->low[column_j]);
    item.rank_i = study->held_for[column_j] != NOT_HELD ? study->held_for[column_j] : -1;
    if (meaning->kind == COLUMN_PART) {
        item.kind = WHY_DEMAND;
        item.part = meaning->which;
    } else if (meaning->kind == COLUMN_LINK || meaning->kind == COLUMN_MINIMUM) {
        item.kind = WHY_FLOW;
        item.link_l = meaning->element_i;
    } else if (meaning->kind == COLUMN_WORKS) {
        item.kind = WHY_KEPT_ON;
    } else if (meaning->kind == COLUMN_GROUND || meaning->which == BAND_BASE) {
        /* below the lowest line: what nobody may have, and what is kept for emergencies */
        struct why_item dead = new_item(WHY_DEAD, meaning->node_i, -1, worth, least_m3);
        if (least_m3 > 0.0)
            add_item(list, &dead);
        item.volume_m3 -= least_m3;
        if (meaning->which == 0)
            item.kind = WHY_DEAD;
    }
    if (item.volume_m3 > 0.0)
        add_item(list, &item);
}

/* The known water of a node; a storage is named even if it is empty. */
static void
add_water(const struct study *study, int row_i, double worth, struct item_list *list)
{
    const struct network *network = study->allocation->network;
    for (int node_i = 0; node_i < study->basin->node_count; node_i++) {
        enum node_kind kind = study->basin->node[node_i].kind;
        if (network->node_row[node_i] != row_i)
            continue;
        double water_m3 = study->allocation->known_m3[row_i];
        if (water_m3 != 0.0 || kind == NODE_RESERVOIR || kind == NODE_AQUIFER) {
            struct why_item item = new_item(WHY_WATER, node_i, -1, worth, water_m3);
            add_item(list, &item);
        }
    }
}

/* ---- rules of links ----------------------------------------------------------------------------
 */

/* Worth of one m3 more on the left side of a row, if the row is of the program. */
static double
row_worth(const struct study *study, int program_p, int row_i)
{
    const struct network *network = study->allocation->network;
    return network->row_program[row_i] == program_p
               ? -study->row_multiplier[network->row_local[row_i]]
               : 0.0;
}

/* A split that the proof needs is named by the link that it holds back most. */
static void
add_split(const struct study *study, int program_p, int split_s, struct item_list *list)
{
    const struct split *split = &study->basin->split[split_s];
    int first_row = study->allocation->network->split_row[split_s];
    double most = WHY_ROUNDING;
    struct why_item item = new_item(WHY_SPLIT, -1, -1, 0.0, 0.0);
    for (int i = 0; i < split->link_count; i++) {
        double worth = row_worth(study, program_p, first_row + i);
        if (worth <= most)
            continue;
        most = worth;
        item.link_l = split->link_i[i];
        item.worth = worth;
    }
    item.rule_i = split_s;
    if (item.link_l >= 0)
        add_item(list, &item);
}

static void
add_blend(const struct study *study, int program_p, int blend_b, struct item_list *list)
{
    int row_i = study->allocation->network->blend_row[blend_b];
    double worth = row_worth(study, program_p, row_i);
    struct why_item item = new_item(WHY_BLEND, study->basin->blend[blend_b].node_i, -1, worth,
                                    0.0 - study->allocation->known_m3[row_i]);
    item.rule_i = blend_b;
    if (worth > WHY_ROUNDING)
        add_item(list, &item);
}

/* Outlets are named by the lowest of the links that their row holds, the first in the file. */
static void
add_outlet(const struct study *study, int program_p, int draw_i, struct item_list *list)
{
    const struct network *network = study->allocation->network;
    const struct draw *draw = &network->draw[draw_i];
    double worth = row_worth(study, program_p, draw->row_i);
    int link_l = 0;
    if (!(worth > WHY_ROUNDING))
        return;
    while (network_draw_of(network, link_l) != draw_i)
        link_l++;
    struct why_item item = new_item(WHY_OUTLET, study->basin->reservoir[draw->reservoir_r].node_i,
                                    link_l, worth, -study->allocation->known_m3[draw->row_i]);
    add_item(list, &item);
}

/* ---- all ---------------------------------------------------------------------------------------
 */

void
study_items(const struct study *study, const struct program *program, int own_j,
            struct item_list *list)
{
    const struct network *network = study->allocation->network;
    int program_p = network->column_program[own_j];
    for (int i = 0; i < program->row_count; i++)
        if (fabs(study->row_multiplier[i]) > WHY_ROUNDING)
            add_water(study, program->row_of[i], study->row_multiplier[i], list);
    for (int local_j = 0; local_j < program->column_count; local_j++) {
        int j = program->column_of[local_j];
        double worth = study->multiplier[local_j];
        if (j != own_j && worth > WHY_ROUNDING)
            add_entering(study, j, worth, list);
        else if (j != own_j && worth < -WHY_ROUNDING && study->low[j] > 0.0)
            add_taken(study, j, -worth, list);
    }
    for (int s = 0; s < study->basin->split_count; s++)
        add_split(study, program_p, s, list);
    for (int b = 0; b < study->basin->blend_count; b++)
        add_blend(study, program_p, b, list);
    for (int i = 0; i < network->draw_count; i++)
        add_outlet(study, program_p, i, list);
}
