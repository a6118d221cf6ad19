/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/why_private.h"

#include "scenarios/network_names.h"

#include <math.h>
#include <string.h>

/* The answer in sentences. Volumes are of the step; flows its mean. */

static const double whole = 1e-9; /* two shares nearer than this are the same to a reader */

/* "1234.5 m3 (0.0143 m3/s)" */
static const char *
volume(const struct explanation *is, double volume_m3, char *buffer, size_t size)
{
    if (fabs(volume_m3) >= 1e6)
        snprintf(buffer, size, "%.6g hm3 (%.4g m3/s)", volume_m3 / 1e6, volume_m3 / is->dt_s);
    else
        snprintf(buffer, size, "%.6g m3 (%.4g m3/s)", volume_m3, volume_m3 / is->dt_s);
    return buffer;
}

/* "1234.5 m3" */
static const char *
amount(double volume_m3, char *buffer, size_t size)
{
    if (fabs(volume_m3) >= 1e6)
        snprintf(buffer, size, "%.6g hm3", volume_m3 / 1e6);
    else
        snprintf(buffer, size, "%.6g m3", volume_m3);
    return buffer;
}

static const char *
id_of(const struct explanation *is, int node_i)
{
    return is->basin->node[node_i].id;
}

static const char *
kind_of(const struct explanation *is, int node_i)
{
    return node_kind_name(is->basin->node[node_i].kind);
}

/* "pipe 'main' from lake to town" */
static void
name_link(FILE *out, const struct explanation *is, int link_l)
{
    const struct link *link = &is->basin->link[link_l];
    fprintf(out, "%s '%s' from %s to %s", link->is_spill ? "spillway" : link_kind_name(link->kind),
            link->id, id_of(is, link->from), id_of(is, link->to));
}

/* ---- head --------------------------------------------------------------------------------------
 */

static const char *
part_words(int part)
{
    static const char *const words[PART_COUNT] = {
        "its floor", "its minimum share", "the rest of what it may have", "what the zones cut"};
    return words[part];
}

static void
print_head(FILE *out, const struct explanation *is)
{
    const struct why_answer *answer = &is->answer;
    const struct demand *demand = &is->basin->demand[is->demand_d];
    const struct node *node = &is->basin->node[demand->node_i];
    bool hourly = is->axis->step == STEP_HOURLY;
    char date[32], a[64], b[64];
    fprintf(out, "%s", node->id);
    if (strcmp(node->id, node->name) != 0)
        fprintf(out, " (%s)", node->name);
    fprintf(out, ", class %s, %s, scenario '%s'\n", is->basin->class[demand->class_i].id,
            date_format(timeaxis_date(is->axis, is->step_t), hourly, date, sizeof date),
            is->scenario);
    fprintf(out, "It asked for %s and got %s", volume(is, answer->need_m3, a, sizeof a),
            volume(is, answer->supply_m3, b, sizeof b));
    if (answer->need_m3 > 0.0)
        fprintf(out, ": %.4g %%", 100.0 * answer->supply_m3 / answer->need_m3);
    fputs(".\n", out);
    if (answer->rule_m3 > 0.0)
        fprintf(out, "It lacked %s by rule.\n", volume(is, answer->rule_m3, a, sizeof a));
    if (answer->water_m3 > 0.0)
        fprintf(out, "It lacked %s for want of water or of capacity.\n",
                volume(is, answer->water_m3, a, sizeof a));
    if (!(answer->rule_m3 > 0.0) && !(answer->water_m3 > 0.0))
        fputs("Nothing was lacking.\n", out);
}

/* ---- the rule ----------------------------------------------------------------------------------
 */

static void
print_rule(FILE *out, const struct explanation *is)
{
    const struct why_answer *answer = &is->answer;
    const struct demand *demand = &is->basin->demand[is->demand_d];
    char a[64];
    if (!(answer->rule_m3 > 0.0))
        return;
    fputs("\nThe rule that cut it\n", out);
    for (int i = 0; i < answer->zone_count; i++) {
        const struct why_zone *zone = &answer->zone[i];
        const struct reservoir *reservoir = &is->basin->reservoir[zone->reservoir_r];
        fprintf(out,
                "  zone '%s' of %s allows class %s %.4g %%: the lake began the step %s below "
                "its line.\n",
                reservoir->zone[zone->zone_i].id, id_of(is, reservoir->node_i),
                is->basin->class[demand->class_i].id, 100.0 * zone->cap,
                amount(zone->below_m3, a, sizeof a));
    }
    for (int i = 0; i < answer->stage_count; i++) {
        const struct drought_plan *plan = &is->basin->drought_plan[answer->stage[i].plan_p];
        fprintf(out, "  drought plan '%s', in stage '%s', allows class %s %.4g %%.\n", plan->id,
                plan->stage[answer->stage[i].stage - 1].id, is->basin->class[demand->class_i].id,
                100.0 * answer->stage[i].cap);
    }
    for (int i = 0; i < answer->zone_count; i++) {
        const struct why_zone *zone = &answer->zone[i];
        const char *id = id_of(is, is->basin->reservoir[zone->reservoir_r].node_i);
        if (isnan(zone->extra_m3))
            fprintf(out, "  More water in %s alone would not have given it all it asked for.\n",
                    id);
        else
            fprintf(out, "  With %s more in %s at the start it would have had all it asked for.\n",
                    amount(zone->extra_m3, a, sizeof a), id);
    }
}

/* ---- what binds --------------------------------------------------------------------------------
 */

static void
print_water(FILE *out, const struct explanation *is, const struct why_item *item)
{
    enum node_kind kind = is->basin->node[item->node_i].kind;
    char a[64];
    const char *stored =
        kind == NODE_RESERVOIR || kind == NODE_AQUIFER ? "storage and inflow" : "inflow";
    fprintf(out, "the water of %s %s, %s: %s", kind_of(is, item->node_i), id_of(is, item->node_i),
            stored, amount(item->volume_m3, a, sizeof a));
}

static void
print_shut(FILE *out, const struct explanation *is, const struct why_item *item)
{
    static const char *const words[] = {[SHUT_OUTAGE] = "closed by an outage",
                                        [SHUT_SERVICE] = "out of service",
                                        [SHUT_STAGE] =
                                            "shut until a later stage of its drought plan",
                                        [SHUT_SALT] = "shut, for the water there is too salt",
                                        [SHUT_QUALITY] = "shut, for its water is beyond a limit",
                                        [SHUT_CAPACITY] = "without any capacity"};
    name_link(out, is, item->link_l);
    fprintf(out, ": %s", words[item->shut]);
}

static bool
returns_water(const struct explanation *is, const struct why_item *item)
{
    const struct node *node = &is->basin->node[item->node_i];
    return is->basin->demand[node->kind_i].return_count > 0;
}

/* Unit of what exceeds the limit of a blend. */
static const char *
excess_unit(const struct explanation *is, const struct why_item *item)
{
    return is->basin->blend[item->rule_i].is_concentration ? "kg" : "m3";
}

static void
print_split(FILE *out, const struct explanation *is, const struct why_item *item)
{
    const struct split *split = &is->basin->split[item->rule_i];
    double share = 0.0;
    int first = 0;
    for (int s = 0; s < item->rule_i; s++)
        first += is->basin->split[s].link_count;
    for (int i = 0; i < split->link_count; i++)
        if (split->link_i[i] == item->link_l)
            share = is->record->value[AUDIT_SPLIT_SHARE][first + i];
    fprintf(out, "split '%s': no more than %.4g %% for ", split->id, 100.0 * share);
    name_link(out, is, item->link_l);
}

static void
print_turn_down(FILE *out, const struct explanation *is, const struct why_item *item)
{
    char a[64];
    fprintf(out, "%s %s: off, since it could only run below its turn-down of %s",
            kind_of(is, item->node_i), id_of(is, item->node_i),
            volume(is, is->record->value[AUDIT_WORKS_TURN_DOWN][item->node_i], a, sizeof a));
}

/* What rules of links let in. */
static void
print_rule_of_links(FILE *out, const struct explanation *is, const struct why_item *item)
{
    char a[64];
    switch (item->kind) {
    case WHY_PERMIT:
        fprintf(out, "licence '%s' of links: it leaves them %s", why_rule(is->basin, item),
                volume(is, item->volume_m3, a, sizeof a));
        break;
    case WHY_SPLIT:
        print_split(out, is, item);
        break;
    case WHY_BLEND:
        fprintf(out, "blend '%s' at %s: what comes there is at its limit",
                why_rule(is->basin, item), id_of(is, item->node_i));
        break;
    case WHY_OUTLET:
        name_link(out, is, item->link_l);
        fprintf(out, ": the lake had %s above its lower edge",
                amount(item->volume_m3, a, sizeof a));
        break;
    case WHY_TURN_DOWN:
        print_turn_down(out, is, item);
        break;
    default:
        break;
    }
}

static void
print_spared(FILE *out, const struct explanation *is, const struct why_item *item)
{
    char a[64];
    if (item->link_l >= 0)
        name_link(out, is, item->link_l);
    else if (item->rule_i >= 0)
        fprintf(out, "licence '%s' of links", why_rule(is->basin, item));
    else
        fprintf(out, "%s %s", kind_of(is, item->node_i), id_of(is, item->node_i));
    fprintf(out, ": not used beyond %s, for the sake of rank %s",
            volume(is, item->volume_m3, a, sizeof a), why_rank(is->basin, item->rank_i));
}

static void
print_entering(FILE *out, const struct explanation *is, const struct why_item *item)
{
    char a[64];
    const char *what = volume(is, item->volume_m3, a, sizeof a);
    fputs("  ", out);
    switch (item->kind) {
    case WHY_WATER:
        print_water(out, is, item);
        break;
    case WHY_LINK:
        name_link(out, is, item->link_l);
        fprintf(out, ": full at %s", what);
        break;
    case WHY_LINK_SHUT:
        print_shut(out, is, item);
        break;
    case WHY_LINK_LEVEL:
        name_link(out, is, item->link_l);
        fputs(": the water stands below its intake", out);
        break;
    case WHY_WORKS:
        fprintf(out, "%s %s: its works pass no more than %s", kind_of(is, item->node_i),
                id_of(is, item->node_i), what);
        break;
    case WHY_YIELD:
        fprintf(out, "aquifer %s: its yield of %s", id_of(is, item->node_i), what);
        break;
    case WHY_LICENCE:
        fprintf(out, "aquifer %s: its licence leaves %s", id_of(is, item->node_i), what);
        break;
    case WHY_SOURCE:
        fprintf(out, "source %s: it has %s", id_of(is, item->node_i), what);
        break;
    case WHY_RETURN:
        fprintf(out,
                returns_water(is, item) ? "what comes back from %s, which has its %s"
                                        : "what goes to %s as well, which has its %s",
                id_of(is, item->node_i), what);
        break;
    case WHY_SPARED:
        print_spared(out, is, item);
        break;
    default:
        print_rule_of_links(out, is, item);
        break;
    }
    if (item->kind == WHY_BLEND)
        fprintf(out, "; of each %s more in it %.4g m3 would arrive", excess_unit(is, item),
                item->worth);
    else if (fabs(item->worth - 1.0) > whole)
        fprintf(out, "; of each m3 there %.4g m3 would arrive", item->worth);
    fputs("\n", out);
}

static void
print_taken(FILE *out, const struct explanation *is, const struct why_item *item)
{
    const struct basin *basin = is->basin;
    int own_node_i = basin->demand[is->demand_d].node_i;
    char a[64];
    const char *what = volume(is, item->volume_m3, a, sizeof a);
    const char *ahead = item->rank_i == is->answer.rank_i ? "of the same rank" : "ahead";
    switch (item->kind) {
    case WHY_DEMAND:
        if (item->node_i == own_node_i)
            fprintf(out, "  %s itself for %s", id_of(is, item->node_i), part_words(item->part));
        else
            fprintf(out, "  demand %s for %s (class %s)", id_of(is, item->node_i),
                    part_words(item->part),
                    basin->class[basin->demand[basin->node[item->node_i].kind_i].class_i].id);
        break;
    case WHY_FLOW:
        fputs("  the minimum flow of ", out);
        name_link(out, is, item->link_l);
        break;
    case WHY_STORAGE:
        fprintf(out, "  storage of %s, kept", id_of(is, item->node_i));
        break;
    case WHY_DEAD:
        fprintf(out, "  storage of %s that %s: %s", id_of(is, item->node_i),
                item->rank_i < 0 ? "no user may draw upon"
                                 : "is kept for emergencies of higher ranks",
                amount(item->volume_m3, a, sizeof a));
        break;
    case WHY_KEPT_ON:
        fprintf(out, "  plant %s, kept at its turn-down: %s", id_of(is, item->node_i), what);
        break;
    default:
        break;
    }
    if (item->kind != WHY_DEAD && item->kind != WHY_KEPT_ON)
        fprintf(out, ", rank %s, %s: %s", why_rank(basin, item->rank_i), ahead, what);
    if (fabs(item->worth - 1.0) > whole)
        fprintf(out, "; of each m3 of it %.4g m3 would have come here", item->worth);
    fputs("\n", out);
}

static void
print_cut(FILE *out, const struct explanation *is)
{
    const struct why_answer *answer = &is->answer;
    int entering = 0;
    char a[64];
    for (int i = 0; i < answer->item_count; i++)
        entering += !why_is_taken(answer->item[i].kind);
    fprintf(out, "\nWhat binds: %s is served at rank %s; all the water it can have comes from\n",
            part_words(answer->part), why_rank(is->basin, answer->rank_i));
    for (int i = 0; i < answer->item_count; i++)
        if (!why_is_taken(answer->item[i].kind))
            print_entering(out, is, &answer->item[i]);
    if (entering == 0)
        fputs("  nowhere: no way leads to it\n", out);
    if (entering < answer->item_count) {
        fputs("Out of this others had\n", out);
        for (int i = 0; i < answer->item_count; i++)
            if (why_is_taken(answer->item[i].kind))
                print_taken(out, is, &answer->item[i]);
    }
    double left_m3 = answer->cut_m3 > whole * answer->need_m3 ? answer->cut_m3 : 0.0;
    fprintf(out, "That leaves %s for it.\n", volume(is, left_m3, a, sizeof a));
}

/* ---- what would have helped
 * ----------------------------------------------------------------------
 */

static void
name_raise(FILE *out, const struct explanation *is, const struct why_item *item)
{
    switch (item->kind) {
    case WHY_WATER:
        fprintf(out, "more water in %s %s", kind_of(is, item->node_i), id_of(is, item->node_i));
        break;
    case WHY_LINK:
    case WHY_LINK_SHUT:
        fputs("more capacity of ", out);
        name_link(out, is, item->link_l);
        break;
    case WHY_LINK_LEVEL:
        fprintf(out, "more water in %s, up to the intake of ",
                id_of(is, is->basin->link[item->link_l].from));
        name_link(out, is, item->link_l);
        break;
    case WHY_WORKS:
        fprintf(out, "more capacity of %s %s", kind_of(is, item->node_i), id_of(is, item->node_i));
        break;
    case WHY_YIELD:
        fprintf(out, "more yield of aquifer %s", id_of(is, item->node_i));
        break;
    case WHY_LICENCE:
        fprintf(out, "more licence of aquifer %s", id_of(is, item->node_i));
        break;
    case WHY_SOURCE:
        fprintf(out, "more from source %s", id_of(is, item->node_i));
        break;
    case WHY_PERMIT:
        fprintf(out, "more licence '%s' of links", why_rule(is->basin, item));
        break;
    case WHY_BLEND:
        fprintf(out, "a higher limit of blend '%s'", why_rule(is->basin, item));
        break;
    case WHY_OUTLET:
        fprintf(out, "more water in %s, above the lower edge of ", id_of(is, item->node_i));
        name_link(out, is, item->link_l);
        break;
    case WHY_TURN_DOWN:
        fprintf(out, "a lower turn-down of plant %s, which could run at", id_of(is, item->node_i));
        break;
    default:
        break;
    }
}

/* By how much: m3, or kg of what a mix contains. */
static const char *
raise_amount(const struct explanation *is, const struct why_item *item, char *buffer, size_t size)
{
    if (item->kind != WHY_BLEND || strcmp(excess_unit(is, item), "m3") == 0)
        return volume(is, item->extra_m3, buffer, size);
    snprintf(buffer, size, "%.6g kg", item->extra_m3);
    return buffer;
}

/* The raises that bring nothing by themselves, in one line. */
static void
print_useless(FILE *out, const struct explanation *is)
{
    const struct why_answer *answer = &is->answer;
    int count = 0;
    for (int i = 0; i < answer->item_count; i++) {
        const struct why_item *item = &answer->item[i];
        if (isnan(item->gain_m3) || !isnan(item->extra_m3) || item->gain_m3 > 0.0)
            continue;
        fputs(count++ == 0 ? "  Of no use alone: " : ", ", out);
        fputs(item->rule_i >= 0   ? why_rule(is->basin, item)
              : item->link_l >= 0 ? is->basin->link[item->link_l].id
                                  : id_of(is, item->node_i),
              out);
    }
    if (count > 0)
        fputs("\n", out);
}

static void
print_alone(FILE *out, const struct explanation *is)
{
    const struct why_answer *answer = &is->answer;
    char a[64];
    for (int i = 0; i < answer->item_count; i++) {
        const struct why_item *item = &answer->item[i];
        if (isnan(item->gain_m3) || (isnan(item->extra_m3) && !(item->gain_m3 > 0.0)))
            continue;
        fputs("  ", out);
        name_raise(out, is, item);
        if (!isnan(item->extra_m3))
            fprintf(out, ": %s%s\n", raise_amount(is, item, a, sizeof a),
                    i == answer->smallest_i ? ", the smallest" : "");
        else
            fprintf(out, ": not enough, it brings at most %s\n",
                    volume(is, item->gain_m3, a, sizeof a));
    }
}

static void
print_restoring(FILE *out, const struct explanation *is)
{
    const struct why_answer *answer = &is->answer;
    char a[64];
    bool any = false;
    for (int i = 0; i < answer->item_count; i++)
        any = any || !isnan(answer->item[i].gain_m3);
    if (any) {
        fputs("\nWhat would have restored it in that step, each alone\n", out);
        print_alone(out, is);
        print_useless(out, is);
    }
    if (!any && answer->part >= 0)
        fputs("\nNo more water, storage or capacity would have restored it in that step.\n", out);
    if (answer->together_count == 0)
        return;
    fputs("No single one is enough; these together are, and none of them can be less\n", out);
    for (int i = 0; i < answer->together_count; i++) {
        fputs("  ", out);
        name_raise(out, is, &answer->together[i]);
        fprintf(out, ": %s\n", raise_amount(is, &answer->together[i], a, sizeof a));
    }
}

/* ---- values ------------------------------------------------------------------------------------
 */

static void
print_values(FILE *out, const struct explanation *is)
{
    const struct basin *basin = is->basin;
    int at = -1;
    if (is->value == NULL)
        return;
    fputs("\nWho gets one m3 more at each node\n", out);
    for (int i = 0; i < is->value_count; i++) {
        const struct why_value *value = &is->value[i];
        if (value->node_i != at)
            fprintf(out, "  %s\n", id_of(is, value->node_i));
        at = value->node_i;
        const char *what = value->kind == WHY_DEMAND ? "demand"
                           : value->kind == WHY_FLOW ? "minimum flow of"
                                                     : "storage of";
        const char *id =
            value->kind == WHY_FLOW ? basin->link[value->owner_i].id : id_of(is, value->owner_i);
        fprintf(out, "    %+.4g m3  %s %s, rank %s\n", value->gain, what, id,
                why_rank(basin, value->rank_i));
    }
}

void
explanation_print(FILE *out, const struct explanation *is)
{
    print_head(out, is);
    print_rule(out, is);
    if (is->answer.part >= 0) {
        print_cut(out, is);
        print_restoring(out, is);
    }
    print_values(out, is);
}
