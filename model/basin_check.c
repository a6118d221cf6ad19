/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"
#include "model/reservoir.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Sets of kinds of node, as bits. */
enum {
    LAKES = 1 << NODE_RESERVOIR,
    STREAM = 1 << NODE_JUNCTION | 1 << NODE_WEIR | 1 << NODE_ESTUARY,
    WORKS = 1 << NODE_PLANT | 1 << NODE_WASTEWATER,
    SEA = 1 << NODE_SEA,
    USERS = 1 << NODE_DEMAND,
    GROUND = 1 << NODE_AQUIFER,
    LINK_FROM = LAKES | STREAM | WORKS | GROUND | 1 << NODE_SOURCE,
    RIVER_TO = LAKES | STREAM | WORKS | SEA,
    LINK_TO = RIVER_TO | USERS,
    RETURN_TO = LINK_TO | GROUND,
    SEEPAGE_TO = RIVER_TO | GROUND
};

const struct yaml_node *
node_place(const struct basin_reader *reader, int node_i, const char *key)
{
    const struct yaml_node *yaml = reader->node_yaml[node_i];
    const struct yaml_node *found = key != NULL ? yaml_find(yaml, key) : NULL;
    return found != NULL ? found : reader->node_key[node_i];
}

const struct yaml_node *
link_place(const struct basin_reader *reader, int link_i, const char *key)
{
    if (link_i >= reader->file_link_count)
        return node_place(reader, reader->basin->link[link_i].from, "spill_to");
    const struct yaml_node *found = key != NULL ? yaml_find(reader->link_yaml[link_i], key) : NULL;
    return found != NULL ? found : reader->link_key[link_i];
}

/* "reservoir, junction or sea" */
static const char *
kind_list(unsigned kinds, char *buffer, size_t size)
{
    int left = __builtin_popcount(kinds);
    buffer[0] = '\0';
    for (int kind = 0; kind < NODE_KIND_COUNT; kind++) {
        if ((kinds & 1u << kind) == 0)
            continue;
        left--;
        size_t used = strlen(buffer);
        snprintf(buffer + used, size - used, "%s%s", node_kind_name((enum node_kind)kind),
                 left > 1    ? ", "
                 : left == 1 ? " or "
                             : "");
    }
    return buffer;
}

/* A node at the end of something must be of a kind that fits there. */
static void
require_kind(struct basin_reader *reader, const struct yaml_node *at, const char *what, int node_i,
             unsigned kinds)
{
    if (node_i < 0)
        return;
    const struct node *node = &reader->basin->node[node_i];
    char list[256];
    if ((kinds & 1u << node->kind) == 0)
        fault(reader, at, "%s is '%s', a %s; it must be a %s", what, node->id,
              node_kind_name(node->kind), kind_list(kinds, list, sizeof list));
}

static void
check_routing(struct basin_reader *reader, int link_i)
{
    const struct link *link = &reader->basin->link[link_i];
    if (yaml_find(reader->link_yaml[link_i], "routing") == NULL)
        return;
    const struct yaml_node *at = link_place(reader, link_i, "routing");
    if (link->kind != LINK_RIVER)
        fault(reader, at, "'routing' goes only with a river, not with a %s",
              link_kind_name(link->kind));
    else if (link->capacity.kind != VARYING_ABSENT)
        fault(reader, link_place(reader, link_i, "capacity"),
              "a river with 'routing' has no capacity");
    if (at->kind == YAML_MAP && yaml_find(at, "lag") == NULL &&
        yaml_find(at, "muskingum") == NULL && yaml_find(at, "muskingum_cunge") == NULL)
        fault(reader, at, "'routing' needs one of lag, muskingum and muskingum_cunge");
}

static void
check_link(struct basin_reader *reader, int link_i)
{
    const struct link *link = &reader->basin->link[link_i];
    if (link->is_spill) {
        require_kind(reader, link_place(reader, link_i, NULL), "'spill_to'", link->to, RIVER_TO);
    } else {
        unsigned from = link->kind == LINK_WELL ? GROUND : LINK_FROM;
        unsigned to = link->kind == LINK_RIVER ? RIVER_TO : LINK_TO;
        char what[64];
        snprintf(what, sizeof what, "'from' of a %s", link_kind_name(link->kind));
        require_kind(reader, link_place(reader, link_i, "from"), what, link->from, from);
        snprintf(what, sizeof what, "'to' of a %s", link_kind_name(link->kind));
        require_kind(reader, link_place(reader, link_i, "to"), what, link->to, to);
    }
    if (link->from < 0 || link->to < 0)
        return;
    if (link->from == link->to)
        fault(reader, link_place(reader, link_i, "to"), "link '%s' goes from '%s' to itself",
              link->id, reader->basin->node[link->from].id);
    bool from_lake = reader->basin->node[link->from].kind == NODE_RESERVOIR;
    if (!from_lake && link->capacity.kind == VARYING_BY_LEVEL)
        fault(reader, link_place(reader, link_i, "capacity"),
              "'by_level' needs a reservoir upstream, not '%s'",
              reader->basin->node[link->from].id);
    if (!from_lake && !isnan(link->lowest_level_m))
        fault(reader, link_place(reader, link_i, "lowest_level"),
              "'lowest_level' needs a reservoir upstream, not '%s'",
              reader->basin->node[link->from].id);
    if (!link->is_spill)
        check_routing(reader, link_i);
    if (link->fills && link->kind != LINK_PUMP && link->kind != LINK_WELL)
        fault(reader, link_place(reader, link_i, "fills"),
              "'fills' goes only with a pump or a well, not with a %s", link_kind_name(link->kind));
}

/* Nodes named outside links: catchment.to, returns, seepage_to. */
static void
check_targets(struct basin_reader *reader)
{
    const struct basin *basin = reader->basin;
    for (int i = 0; i < basin->catchment_count; i++) {
        const struct catchment *catchment = &basin->catchment[i];
        for (int j = 0; j < catchment->to_count; j++)
            require_kind(reader, node_place(reader, catchment->node_i, "to"), "'to'",
                         catchment->to[j].node_i, RIVER_TO);
    }
    for (int i = 0; i < basin->reservoir_count; i++)
        require_kind(reader, node_place(reader, basin->reservoir[i].node_i, "seepage_to"),
                     "'seepage_to'", basin->reservoir[i].seepage_to, SEEPAGE_TO);
    for (int i = 0; i < basin->demand_count; i++) {
        const struct demand *demand = &basin->demand[i];
        const struct yaml_node *at = node_place(reader, demand->node_i, "returns");
        for (int j = 0; j < demand->return_count; j++) {
            require_kind(reader, at, "a node of 'returns'", demand->returns[j].node_i, RETURN_TO);
            if (demand->returns[j].node_i == demand->node_i)
                fault(reader, at, "'%s' returns its water to itself",
                      basin->node[demand->node_i].id);
        }
    }
}

/* Every demand has something that brings it water. */
static void
check_supplied(struct basin_reader *reader)
{
    const struct basin *basin = reader->basin;
    bool *supplied = arena_alloc(reader->scratch, (size_t)basin->node_count, sizeof *supplied);
    if (supplied == NULL || reader->network_broken)
        return;
    for (int i = 0; i < basin->link_count; i++)
        supplied[basin->link[i].to] = true;
    for (int i = 0; i < basin->demand_count; i++)
        for (int j = 0; j < basin->demand[i].return_count; j++)
            supplied[basin->demand[i].returns[j].node_i] = true;
    for (int i = 0; i < basin->demand_count; i++) {
        int node_i = basin->demand[i].node_i;
        if (!supplied[node_i])
            fault(reader, node_place(reader, node_i, NULL), "no link brings water to demand '%s'",
                  basin->node[node_i].id);
    }
}

bool
line_is_rule(const struct varying *line)
{
    return line->kind == VARYING_CONSTANT || line->kind == VARYING_MONTHLY ||
           line->kind == VARYING_CURVE;
}

/* The lines of the zones of one lake never cross, on any day of the year. */
static void
check_zone_order(struct basin_reader *reader, const struct reservoir *reservoir,
                 const struct timeaxis *year)
{
    for (int i = 1; i < reservoir->zone_count; i++) {
        const struct zone *upper = &reservoir->zone[i - 1];
        const struct zone *lower = &reservoir->zone[i];
        if (!line_is_rule(&upper->below) || !line_is_rule(&lower->below))
            continue;
        for (int t = 0; t < year->step_count; t++) {
            struct moment moment = {.axis = year, .step_t = t};
            double upper_m3 = reservoir_line_m3(reservoir, &upper->below, &moment);
            double lower_m3 = reservoir_line_m3(reservoir, &lower->below, &moment);
            if (lower_m3 <= upper_m3 + 1e-6)
                continue;
            fault(reader, node_place(reader, reservoir->node_i, "zones"),
                  "zones must be listed from the highest line to the lowest: on %02d-%02d '%s' "
                  "(%g hm3) lies above '%s' (%g hm3)",
                  year->month[t], year->day[t], lower->id, lower_m3 / 1e6, upper->id,
                  upper_m3 / 1e6);
            break;
        }
    }
}

static void
check_zones(struct basin_reader *reader)
{
    struct timeaxis year = {0};
    const struct date first = {.year = 2000, .month = 1, .day = 1};
    const struct date last = {.year = 2000, .month = 12, .day = 31};
    if (timeaxis_init(&year, STEP_DAILY, first, last, NULL) != STATUS_OK) {
        reader->arena->failed = true;
        timeaxis_finish(&year);
        return;
    }
    for (int i = 0; i < reader->basin->reservoir_count; i++)
        if (reader->basin->reservoir[i].table_count > 0)
            check_zone_order(reader, &reader->basin->reservoir[i], &year);
    timeaxis_finish(&year);
}

void
report_at_key(void *context, enum section section, int element_i, const char *key,
              const char *message)
{
    struct basin_reader *reader = context;
    const struct node *node = section_node(reader->basin, section, element_i);
    const struct yaml_node *at =
        node != NULL               ? node_place(reader, (int)(node - reader->basin->node), key)
        : section == SECTION_LINKS ? link_place(reader, element_i, key)
                                   : rule_place(reader, section, element_i, key);
    fault(reader, at, "%s", message);
}

/* As report_at_key, for ranges: what was out of range as written has been reported already. */
static void
report_adjusted(void *context, enum section section, int element_i, const char *key,
                const char *message)
{
    struct basin_reader *reader = context;
    const struct field *field = find_key(section_table[section].table, key);
    if (field == NULL || field->kind != FIELD_VARYING)
        return;
    const struct varying *varying = field_address(reader->basin, section, element_i, field);
    if (varying->adjustment_count > 0)
        report_at_key(context, section, element_i, key, message);
}

void
check_network(struct basin_reader *reader)
{
    for (int i = 0; i < reader->basin->link_count; i++)
        check_link(reader, i);
    check_targets(reader);
    check_salt(reader);
    check_bays(reader);
    check_quality(reader);
    check_supplied(reader);
    check_zones(reader);
    check_limits(reader->basin, report_at_key, reader);
    check_ranges(reader->basin, false, report_adjusted, reader);
}

void
check_records(struct basin_reader *reader)
{
    check_ranges(reader->basin, true, report_adjusted, reader);
}
