/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/why_private.h"

#include "scenarios/network_names.h"

#include <math.h>

/* The answer as one JSON object (RFC 8259): volumes in m3 of the step, null for what is not so. */

const char *
why_kind_word(enum why_kind kind)
{
    static const char *const words[WHY_KIND_COUNT] = {
        [WHY_WATER] = "water",         [WHY_LINK] = "link",         [WHY_LINK_SHUT] = "link_shut",
        [WHY_LINK_LEVEL] = "level",    [WHY_WORKS] = "works",       [WHY_YIELD] = "yield",
        [WHY_LICENCE] = "licence",     [WHY_SOURCE] = "source",     [WHY_RETURN] = "return",
        [WHY_SPARED] = "spared",       [WHY_DEMAND] = "demand",     [WHY_FLOW] = "minimum_flow",
        [WHY_STORAGE] = "storage",     [WHY_DEAD] = "dead_storage", [WHY_PERMIT] = "link_licence",
        [WHY_SPLIT] = "split",         [WHY_BLEND] = "blend",       [WHY_OUTLET] = "outlet",
        [WHY_TURN_DOWN] = "turn_down", [WHY_KEPT_ON] = "kept_on"};
    return words[kind];
}

const char *
why_rule(const struct basin *basin, const struct why_item *item)
{
    if (item->rule_i < 0)
        return NULL;
    if (item->kind == WHY_SPLIT)
        return basin->split[item->rule_i].id;
    return item->kind == WHY_BLEND ? basin->blend[item->rule_i].id
                                   : basin->licence[item->rule_i].id;
}

const char *
why_rank(const struct basin *basin, int rank_i)
{
    return rank_i >= 0 ? basin->rank[rank_i].id : "after all ranks";
}

static void
text(FILE *out, const char *key, const char *value, const char *end)
{
    fprintf(out, "\"%s\": \"", key);
    for (const unsigned char *c = (const unsigned char *)value; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fprintf(out, "\"%s", end);
}

static void
number(FILE *out, const char *key, double value, const char *end)
{
    if (isfinite(value))
        fprintf(out, "\"%s\": %.17g%s", key, value, end);
    else
        fprintf(out, "\"%s\": null%s", key, end);
}

static void
json_item(FILE *out, const struct explanation *is, const struct why_item *item)
{
    static const char *const shut[] = {
        [SHUT_OUTAGE] = "outage", [SHUT_SERVICE] = "out of service", [SHUT_STAGE] = "stage",
        [SHUT_SALT] = "salt",     [SHUT_QUALITY] = "quality",        [SHUT_CAPACITY] = "capacity"};
    const struct basin *basin = is->basin;
    fputs("    {", out);
    text(out, "kind", why_kind_word(item->kind), ", ");
    if (item->link_l >= 0)
        text(out, "link", basin->link[item->link_l].id, ", ");
    if (item->node_i >= 0)
        text(out, "node", basin->node[item->node_i].id, ", ");
    if (why_rule(basin, item) != NULL)
        text(out, "rule", why_rule(basin, item), ", ");
    if (item->part >= 0)
        text(out, "part", demand_part_name(item->part), ", ");
    if (item->kind == WHY_LINK_SHUT)
        text(out, "because", shut[item->shut], ", ");
    if (item->rank_i >= 0)
        text(out, "rank", basin->rank[item->rank_i].id, ", ");
    number(out, "volume_m3", item->volume_m3, ", ");
    number(out, "worth", item->worth, ", ");
    number(out, "restoring_m3", item->extra_m3, ", ");
    number(out, "gain_m3", item->gain_m3, "}");
}

static void
json_items(FILE *out, const struct explanation *is, const char *key, const struct why_item *item,
           int count)
{
    fprintf(out, "  \"%s\": [", key);
    for (int i = 0; i < count; i++) {
        fputs(i > 0 ? ",\n" : "\n", out);
        json_item(out, is, &item[i]);
    }
    fputs("],\n", out);
}

static void
json_parts(FILE *out, const struct explanation *is)
{
    fputs("  \"parts\": [", out);
    for (int part = 0; part < PART_COUNT; part++) {
        fprintf(out, "%s{", part > 0 ? ", " : "");
        text(out, "part", demand_part_name(part), ", ");
        number(out, "need_m3", is->answer.part_need_m3[part], ", ");
        number(out, "supply_m3", is->answer.part_supply_m3[part], "}");
    }
    fputs("],\n", out);
}

static void
json_stages(FILE *out, const struct explanation *is)
{
    fputs("  \"stages\": [", out);
    for (int i = 0; i < is->answer.stage_count; i++) {
        const struct why_stage *stage = &is->answer.stage[i];
        const struct drought_plan *plan = &is->basin->drought_plan[stage->plan_p];
        fprintf(out, "%s{", i > 0 ? ", " : "");
        text(out, "drought_plan", plan->id, ", ");
        text(out, "stage", plan->stage[stage->stage - 1].id, ", ");
        number(out, "cap", stage->cap, "}");
    }
    fputs("],\n", out);
}

static void
json_zones(FILE *out, const struct explanation *is)
{
    fputs("  \"zones\": [", out);
    for (int i = 0; i < is->answer.zone_count; i++) {
        const struct why_zone *zone = &is->answer.zone[i];
        const struct reservoir *reservoir = &is->basin->reservoir[zone->reservoir_r];
        fprintf(out, "%s{", i > 0 ? ", " : "");
        text(out, "reservoir", is->basin->node[reservoir->node_i].id, ", ");
        text(out, "zone", reservoir->zone[zone->zone_i].id, ", ");
        number(out, "cap", zone->cap, ", ");
        number(out, "below_m3", zone->below_m3, ", ");
        number(out, "restoring_m3", zone->extra_m3, "}");
    }
    fputs("],\n", out);
}

static void
json_values(FILE *out, const struct explanation *is)
{
    fputs("  \"values\": [", out);
    for (int i = 0; i < is->value_count; i++) {
        const struct why_value *value = &is->value[i];
        fprintf(out, "%s    {", i > 0 ? ",\n" : "\n");
        text(out, "at", is->basin->node[value->node_i].id, ", ");
        text(out, "to", why_kind_word(value->kind), ", ");
        text(out, "id",
             value->kind == WHY_FLOW ? is->basin->link[value->owner_i].id
                                     : is->basin->node[value->owner_i].id,
             ", ");
        text(out, "rank", why_rank(is->basin, value->rank_i), ", ");
        number(out, "gain", value->gain, "}");
    }
    fputs("],\n", out);
}

void
explanation_json(FILE *out, const struct explanation *is)
{
    const struct why_answer *answer = &is->answer;
    char date[32];
    fputs("{\n  ", out);
    text(out, "demand", is->basin->node[is->basin->demand[is->demand_d].node_i].id, ",\n  ");
    text(out, "date",
         date_format(timeaxis_date(is->axis, is->step_t), is->axis->step == STEP_HOURLY, date,
                     sizeof date),
         ",\n  ");
    text(out, "scenario", is->scenario, ",\n  ");
    number(out, "step_s", is->dt_s, ",\n  ");
    number(out, "need_m3", answer->need_m3, ",\n  ");
    number(out, "supply_m3", answer->supply_m3, ",\n  ");
    number(out, "short_by_rule_m3", answer->rule_m3, ",\n  ");
    number(out, "short_of_water_m3", answer->water_m3, ",\n");
    json_parts(out, is);
    json_zones(out, is);
    json_stages(out, is);
    if (answer->part >= 0) {
        fputs("  ", out);
        text(out, "cut_of_part", demand_part_name(answer->part), ",\n  ");
        text(out, "rank", why_rank(is->basin, answer->rank_i), ",\n  ");
        number(out, "cut_m3", answer->cut_m3, ",\n");
    }
    json_items(out, is, "cut", answer->item, answer->item_count);
    json_items(out, is, "together", answer->together, answer->together_count);
    if (is->value != NULL)
        json_values(out, is);
    fprintf(out, "  \"smallest\": ");
    if (answer->smallest_i >= 0)
        fprintf(out, "%d\n}\n", answer->smallest_i);
    else
        fputs("null\n}\n", out);
}
