/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sections that stand once, and those that are maps of ids, in the order of the documentation. */
static const char *const once_sections[] = {"nguon", "name",  "description", "include",
                                            "run",   "ranks", "scenarios"};
static const char *const map_sections[] = {
    "series",     "profiles",  "catchments", "reservoirs",    "junctions", "weirs",    "plants",
    "wastewater", "estuaries", "seas",       "aquifers",      "sources",   "demands",  "links",
    "splits",     "blends",    "licences",   "drought_plans", "quality",   "standards"};

enum { ONCE_COUNT = sizeof once_sections / sizeof once_sections[0] };
enum { MAP_COUNT = sizeof map_sections / sizeof map_sections[0] };

const struct yaml_node *
find_section(struct basin_reader *reader, const char *name)
{
    for (int i = 0; i < reader->file_count; i++) {
        const struct yaml_node *found = yaml_find(reader->file[i].root, name);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* The key of a section, for its place. */
static const struct yaml_node *
find_section_key(struct basin_reader *reader, const char *name)
{
    for (int i = 0; i < reader->file_count; i++) {
        const struct yaml_node *found = yaml_find_key(reader->file[i].root, name);
        if (found != NULL)
            return found;
    }
    return reader->file[0].root;
}

bool
next_entry(struct basin_reader *reader, const char *section, int *file_i, int *entry_i,
           const struct yaml_node **key, const struct yaml_node **value)
{
    for (; *file_i < reader->file_count; (*file_i)++, *entry_i = -1) {
        const struct yaml_node *map = yaml_find(reader->file[*file_i].root, section);
        if (map == NULL || map->kind != YAML_MAP || ++*entry_i >= map->count)
            continue;
        *key = &map->key[*entry_i];
        *value = &map->value[*entry_i];
        return true;
    }
    return false;
}

const struct yaml_node *
find_map_entry(struct basin_reader *reader, const char *section, const char *id)
{
    int file_i = 0, entry_i = -1;
    const struct yaml_node *key, *value;
    while (next_entry(reader, section, &file_i, &entry_i, &key, &value))
        if (strcmp(key->text, id) == 0)
            return value;
    return NULL;
}

int
count_entries(struct basin_reader *reader, const char *section)
{
    int count = 0;
    for (int i = 0; i < reader->file_count; i++) {
        const struct yaml_node *map = yaml_find(reader->file[i].root, section);
        count += map != NULL && map->kind == YAML_MAP ? map->count : 0;
    }
    return count;
}

void
check_version(struct basin_reader *reader, const struct yaml_node *root, bool is_required)
{
    const struct yaml_node *version = yaml_find(root, "nguon");
    if (version == NULL && is_required)
        fault(reader, root, "the file lacks the key 'nguon', the version of its format (1)");
    else if (version != NULL && (version->kind != YAML_TEXT || strcmp(version->text, "1") != 0))
        fault(reader, version, "'nguon' is '%s'; this program reads version 1 of the format",
              version->text);
}

/* Unknown sections, sections that are no maps, and single ones given by two files. */
static void
check_roots(struct basin_reader *reader)
{
    const char *known[ONCE_COUNT + MAP_COUNT];
    memcpy(known, once_sections, sizeof once_sections);
    memcpy(known + ONCE_COUNT, map_sections, sizeof map_sections);
    for (int file_i = 0; file_i < reader->file_count; file_i++) {
        const struct yaml_node *root = reader->file[file_i].root;
        check_version(reader, root, file_i == 0);
        for (int i = 0; i < root->count; i++) {
            const struct yaml_node *key = &root->key[i];
            int section = 0;
            while (section < ONCE_COUNT + MAP_COUNT && strcmp(known[section], key->text) != 0)
                section++;
            if (section == ONCE_COUNT + MAP_COUNT)
                fault(reader, key, "unknown section '%s'%s", key->text,
                      did_you_mean(reader, key->text, known, ONCE_COUNT + MAP_COUNT));
            else if (section >= ONCE_COUNT)
                require_map(reader, key->text, &root->value[i]);
            else if (section >= 1 && section != 3 && /* nguon and include may stand in each */
                     find_section(reader, key->text) != &root->value[i])
                fault(reader, key, "section '%s' stands in two files; it is already in %s",
                      key->text, find_section(reader, key->text)->file);
        }
    }
}

/* Section of nodes with this name, or SECTION_COUNT. */
static enum section
node_section(const char *name)
{
    for (enum section section = SECTION_CATCHMENTS; section < SECTION_LINKS; section++)
        if (strcmp(section_table[section].name, name) == 0)
            return section;
    return SECTION_COUNT;
}

/* Room for the nodes of every kind, the links and their indexes. */
static bool
allocate_nodes(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    int count[SECTION_COUNT] = {0};
    int node_count = 0;
    int passage_count = 0;
    for (enum section section = SECTION_CATCHMENTS; section <= SECTION_LINKS; section++) {
        count[section] = count_entries(reader, section_table[section].name);
        node_count += section != SECTION_LINKS ? count[section] : 0;
        if (section_table[section].array_offset == offsetof(struct basin, passage))
            passage_count += count[section];
    }
    int link_count = count[SECTION_LINKS];
    struct arena *arena = reader->arena;
#define ROOM(array, n)                                                                             \
    ((basin->array = arena_alloc(arena, (size_t)(n), sizeof *basin->array)) != NULL)
    bool good = ROOM(node, node_count) && ROOM(node_by_id, node_count) &&
                ROOM(catchment, count[SECTION_CATCHMENTS]) &&
                ROOM(reservoir, count[SECTION_RESERVOIRS]) && ROOM(passage, passage_count) &&
                ROOM(demand, count[SECTION_DEMANDS]) && ROOM(aquifer, count[SECTION_AQUIFERS]) &&
                ROOM(source, count[SECTION_SOURCES]) && ROOM(link, link_count + node_count);
#undef ROOM
    reader->node_yaml = arena_alloc(reader->scratch, (size_t)node_count, sizeof *reader->node_yaml);
    reader->node_key = arena_alloc(reader->scratch, (size_t)node_count, sizeof *reader->node_key);
    reader->link_yaml = arena_alloc(reader->scratch, (size_t)link_count, sizeof *reader->link_yaml);
    reader->link_key = arena_alloc(reader->scratch, (size_t)link_count, sizeof *reader->link_key);
    return good && name_index_init(&reader->node_index, reader->scratch, node_count) &&
           name_index_init(&reader->link_index, reader->scratch, link_count + node_count) &&
           !reader->scratch->failed && allocate_rules(reader);
}

/* Marks of absence that are not zero, for what no key sets. */
static void
set_defaults(struct basin *basin, struct node *node)
{
    node->latitude_deg = NAN;
    node->longitude_deg = NAN;
    node->in_service = (struct date_range){INT64_MIN, INT64_MAX};
    switch (node->kind) {
    case NODE_CATCHMENT:
        basin->catchment[node->kind_i].donor_node_i = -1;
        basin->catchment[node->kind_i].forest.annual_rain_m = NAN;
        break;
    case NODE_DEMAND:
        basin->demand[node->kind_i].profile_i = -1;
        basin->demand[node->kind_i].class_i = -1;
        break;
    case NODE_AQUIFER:
        basin->aquifer[node->kind_i].licence_reset_month = 1;
        basin->aquifer[node->kind_i].licence_reset_day = 1;
        basin->aquifer[node->kind_i].licence_reserved_rank = -1;
        basin->aquifer[node->kind_i].spill_to = -1;
        break;
    case NODE_RESERVOIR:
        basin->reservoir[node->kind_i].spill_to = -1;
        basin->reservoir[node->kind_i].seepage_to = -1;
        break;
    case NODE_SOURCE:
        basin->source[node->kind_i].spill_to = -1;
        break;
    case NODE_JUNCTION:
    case NODE_WEIR:
    case NODE_PLANT:
    case NODE_WASTEWATER:
    case NODE_ESTUARY:
    case NODE_SEA:
        basin->passage[node->kind_i].spill_to = -1;
        break;
    case NODE_KIND_COUNT:
        break;
    }
}

/* Give a node its number and its place in the array of its kind. */
static void
declare_node(struct basin_reader *reader, enum section section, const struct yaml_node *key,
             const struct yaml_node *value)
{
    struct basin *basin = reader->basin;
    const struct section_info *info = &section_table[section];
    if (!id_is_valid(key->text)) {
        fault(reader, key, "id '%s' may only hold a-z, 0-9 and _ (at most 64)", key->text);
        reader->network_broken = true;
        return;
    }
    int node_i = basin->node_count;
    int old_i = name_index_add(&reader->node_index, key->text, node_i);
    if (old_i >= 0) {
        fault(reader, key, "id '%s' is taken by the %s in %s, line %d", key->text,
              node_kind_name(basin->node[old_i].kind), basin->node[old_i].file,
              basin->node[old_i].line);
        return;
    }
    struct node *node = &basin->node[basin->node_count++];
    int kind_i = section_array_count(basin, section);
    int kind_count = kind_i + 1;
    memcpy((char *)basin + info->count_offset, &kind_count, sizeof kind_count);
    memcpy(section_element(basin, section, kind_i), &node_i, sizeof node_i);
    node->kind = info->kind;
    node->kind_i = kind_i;
    node->id = arena_text(reader->arena, key->text);
    node->line = key->line;
    node->file = key->file;
    reader->node_yaml[node_i] = value;
    reader->node_key[node_i] = key;
    set_defaults(basin, node);
}

static void
declare_nodes(struct basin_reader *reader)
{
    for (int file_i = 0; file_i < reader->file_count; file_i++) {
        const struct yaml_node *root = reader->file[file_i].root;
        for (int i = 0; i < root->count; i++) {
            enum section section = node_section(root->key[i].text);
            const struct yaml_node *map = &root->value[i];
            for (int j = 0; section != SECTION_COUNT && map->kind == YAML_MAP && j < map->count;
                 j++)
                declare_node(reader, section, &map->key[j], &map->value[j]);
        }
    }
}

static int
compare_ids(const void *left, const void *right, void *context)
{
    const struct basin *basin = context;
    return strcmp(basin->node[*(const int *)left].id, basin->node[*(const int *)right].id);
}

void
read_element(struct basin_reader *reader, const struct element *element)
{
    const struct field_table *tables[SECTION_TABLES_MAX + 1] = {NULL};
    int count = 0;
    for (int i = 0; section_table[element->section].table[i] != NULL; i++)
        if (section_table[element->section].table[i]->prefix[0] == '\0')
            tables[count++] = section_table[element->section].table[i];
    static const struct yaml_node empty = {.kind = YAML_MAP, .text = ""};
    if (!require_map(reader, element->id, element->yaml)) {
        reader->network_broken = true;
        return;
    }
    struct element mapped = *element;
    if (element->yaml->kind != YAML_MAP)
        mapped.yaml = &empty;
    read_fields(reader, &mapped, tables, mapped.yaml);
}

static void
read_nodes(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    for (int node_i = 0; node_i < basin->node_count; node_i++) {
        struct node *node = &basin->node[node_i];
        enum section section = SECTION_CATCHMENTS;
        while (section_table[section].kind != node->kind)
            section++;
        struct element element = {
            .section = section,
            .element_i = node->kind_i,
            .id = node->id,
            .base = section_element(basin, section, node->kind_i),
            .node = node,
            .at = reader->node_key[node_i],
            .yaml = reader->node_yaml[node_i],
        };
        read_element(reader, &element);
        if (node->name == NULL || node->name[0] == '\0')
            node->name = node->id;
        if (reader->arena->failed)
            return;
        complete_element(reader, &element);
    }
}

static void
read_links(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    int file_i = 0;
    int entry_i = -1;
    const struct yaml_node *key;
    const struct yaml_node *value;
    while (next_entry(reader, "links", &file_i, &entry_i, &key, &value)) {
        if (!id_is_valid(key->text)) {
            fault(reader, key, "id '%s' may only hold a-z, 0-9 and _ (at most 64)", key->text);
            reader->network_broken = true;
            continue;
        }
        int old_i = name_index_add(&reader->link_index, key->text, basin->link_count);
        if (old_i >= 0) {
            fault(reader, key, "link '%s' is defined twice; it is already in %s, line %d",
                  key->text, basin->link[old_i].file, basin->link[old_i].line);
            continue;
        }
        reader->link_yaml[basin->link_count] = value;
        reader->link_key[basin->link_count] = key;
        struct link *link = &basin->link[basin->link_count];
        link->id = arena_text(reader->arena, key->text);
        link->line = key->line;
        link->file = key->file;
        link->from = link->to = -1;
        link->lowest_level_m = link->from_mouth_m = NAN;
        link->routing = river_routing_absent();
        link->in_service = (struct date_range){INT64_MIN, INT64_MAX};
        struct element element = {.section = SECTION_LINKS,
                                  .element_i = basin->link_count++,
                                  .id = link->id,
                                  .base = link,
                                  .at = key,
                                  .yaml = value};
        read_element(reader, &element);
        if (link->name == NULL || link->name[0] == '\0')
            link->name = link->id;
        if (reader->arena->failed)
            return;
    }
}

/* Node that takes a node's surplus, or -1. */
static int
spill_target(const struct basin *basin, const struct node *node)
{
    switch (node->kind) {
    case NODE_RESERVOIR:
        return basin->reservoir[node->kind_i].spill_to;
    case NODE_AQUIFER:
        return basin->aquifer[node->kind_i].spill_to;
    case NODE_SOURCE:
        return basin->source[node->kind_i].spill_to;
    case NODE_JUNCTION:
    case NODE_WEIR:
    case NODE_PLANT:
    case NODE_WASTEWATER:
    case NODE_ESTUARY:
        return basin->passage[node->kind_i].spill_to;
    case NODE_CATCHMENT:
    case NODE_DEMAND:
    case NODE_SEA:
    case NODE_KIND_COUNT:
        break;
    }
    return -1;
}

/* The link `<id>_spill` of every node with spill_to, by order of id. */
static void
add_spill_links(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    for (int i = 0; i < basin->node_count; i++) {
        int node_i = basin->node_by_id[i];
        const struct node *node = &basin->node[node_i];
        int to = spill_target(basin, node);
        char *id = to < 0 ? NULL : arena_format(reader->arena, "%s_spill", node->id);
        if (id == NULL)
            continue;
        if (name_index_add(&reader->link_index, id, basin->link_count) >= 0) {
            fault(reader, reader->node_key[node_i],
                  "the spill of '%s' is the link '%s', but a link of the file has that id",
                  node->id, id);
            reader->network_broken = true;
            continue;
        }
        basin->link[basin->link_count++] = (struct link){.id = id,
                                                         .name = id,
                                                         .kind = LINK_RIVER,
                                                         .is_spill = true,
                                                         .from = node_i,
                                                         .to = to,
                                                         .lowest_level_m = NAN,
                                                         .from_mouth_m = NAN,
                                                         .routing = river_routing_absent(),
                                                         .in_service = {INT64_MIN, INT64_MAX},
                                                         .file = node->file};
    }
}

/* A text section such as name and description. */
static void
read_text_section(struct basin_reader *reader, const char *section, char **out)
{
    const struct yaml_node *value = find_section(reader, section);
    if (value != NULL && value->kind != YAML_TEXT)
        fault(reader, value, "'%s' must be a text, not %s", section, yaml_kind_name(value->kind));
    *out = arena_text(reader->arena, value != NULL ? value->text : "");
}

static void
read_run(struct basin_reader *reader)
{
    const struct yaml_node *map = find_section(reader, "run");
    if (map == NULL) {
        fault(reader, reader->file[0].root,
              "the section 'run' is missing, with the dates 'start' and 'end'");
        return;
    }
    struct element element = {.section = SECTION_RUN,
                              .id = "run",
                              .base = &reader->basin->run,
                              .at = find_section_key(reader, "run"),
                              .yaml = map};
    read_element(reader, &element);
    for (int i = 0; i < reader->basin->rank_count; i++)
        if (!reader->basin->rank[i].share_given)
            reader->basin->rank[i].share = reader->basin->run.share;
}

void
check_demand_year(struct basin_reader *reader)
{
    const struct yaml_node *run = find_section(reader, "run");
    if (reader->depends_on_year && run != NULL && run->kind == YAML_MAP &&
        yaml_find(run, "demand_year") == NULL)
        fault(reader, find_section_key(reader, "run"),
              "'run' lacks the key 'demand_year' (a year, or calendar), which figures by year, "
              "growth or in_service depend on");
}

void
read_sections(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    check_roots(reader);
    read_text_section(reader, "name", &basin->name);
    read_text_section(reader, "description", &basin->description);
    read_ranks(reader, find_section(reader, "ranks"));
    read_run(reader);
    read_series(reader);
    read_profiles(reader);
    if (reader->arena->failed || reader->scratch->failed || !allocate_nodes(reader))
        return;
    declare_nodes(reader);
    if (reader->arena->failed)
        return;
    for (int i = 0; i < basin->node_count; i++)
        basin->node_by_id[i] = i;
    qsort_r(basin->node_by_id, (size_t)basin->node_count, sizeof *basin->node_by_id, compare_ids,
            basin);
    read_nodes(reader);
    adopt_donors(reader);
    read_links(reader);
    if (reader->arena->failed)
        return;
    reader->file_link_count = basin->link_count;
    add_spill_links(reader);
    read_rules(reader);
    add_followed_blends(reader);
}
