/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* Splits, blends and licences: what links have to keep together. Drought plans, which stand in a
 * section of the same kind, have their own file. */

enum { RULE_LINKS_MAX = 10000 };

static const struct field share_field = {
    .key = "share", .dimensions = 1 << DIMENSION_NONE, .forms = FORM_ANY, .min = 0, .max = 1};
static const struct field content_field = {.key = "content",
                                           .dimensions = 1 << DIMENSION_SALINITY,
                                           .forms = FORM_ANY,
                                           .min = 0,
                                           .max = INFINITY};

const struct yaml_node *
rule_place(const struct basin_reader *reader, enum section section, int element_i, const char *key)
{
    const struct yaml_node *yaml = reader->rule_yaml[section][element_i];
    const struct yaml_node *found = key != NULL ? yaml_find(yaml, key) : NULL;
    return found != NULL ? found : reader->rule_key[section][element_i];
}

/* ---- links of a rule --------------------------------------------------------------------------
 */

static bool
holds(const int *link_i, int count, int wanted_i)
{
    for (int i = 0; i < count; i++)
        if (link_i[i] == wanted_i)
            return true;
    return false;
}

/* Add the link that the value names, unless it is unknown or there already. A spillway takes all
 * surplus, so that no rule may hold it back; a blend only asks what it carries. */
static bool
add_link(struct basin_reader *reader, const char *key, const struct yaml_node *value,
         bool may_be_spill, int *link_i, int *count)
{
    int found_i = find_link(reader, key, value);
    if (found_i < 0)
        return false;
    const struct link *link = &reader->basin->link[found_i];
    if (link->is_spill && !may_be_spill) {
        fault(reader, value, "'%s' names '%s', a spillway, which takes all surplus without limit",
              key, link->id);
        return false;
    }
    if (holds(link_i, *count, found_i)) {
        fault(reader, value, "link '%s' stands twice in '%s'", link->id, key);
        return false;
    }
    link_i[(*count)++] = found_i;
    return true;
}

/* A list of links, or one of them. */
static void
read_link_list(struct basin_reader *reader, const char *key, const struct yaml_node *value,
               int **link_i, int *count)
{
    bool is_list = value->kind == YAML_LIST;
    int length = is_list ? value->count : 1;
    if (value->kind == YAML_MAP || length == 0 || length > RULE_LINKS_MAX) {
        fault(reader, value, "'%s' must be a list of links", key);
        return;
    }
    *count = 0;
    *link_i = arena_alloc(reader->arena, (size_t)length, sizeof **link_i);
    for (int i = 0; i < length && *link_i != NULL; i++)
        add_link(reader, key, is_list ? &value->value[i] : value, false, *link_i, count);
}

/* {link: figure}; *count is the number read whole. */
static void
read_link_map(struct basin_reader *reader, const char *key, const struct field *of_value,
              const struct yaml_node *value, int **link_i, struct varying **out, int *count)
{
    if (value->kind != YAML_MAP || value->count == 0 || value->count > RULE_LINKS_MAX) {
        fault(reader, value, "'%s' must be a map of links: {link: %s}", key, of_value->key);
        return;
    }
    *count = 0;
    *link_i = arena_alloc(reader->arena, (size_t)value->count, sizeof **link_i);
    *out = arena_alloc(reader->arena, (size_t)value->count, sizeof **out);
    for (int i = 0; i < value->count && *link_i != NULL && *out != NULL; i++) {
        if (!add_link(reader, key, &value->key[i], of_value == &content_field, *link_i, count))
            continue;
        if (!read_varying(reader, &value->value[i], of_value, &(*out)[*count - 1]))
            (*count)--;
    }
}

void
read_split_links(struct basin_reader *reader, const struct element *element,
                 const struct field *field, const struct yaml_node *value)
{
    struct split *split = element->base;
    read_link_map(reader, field->key, &share_field, value, &split->link_i, &split->share,
                  &split->link_count);
}

void
read_blend_links(struct basin_reader *reader, const struct element *element,
                 const struct field *field, const struct yaml_node *value)
{
    struct blend *blend = element->base;
    read_link_list(reader, field->key, value, &blend->named_link_i, &blend->named_count);
}

void
read_blend_content(struct basin_reader *reader, const struct element *element,
                   const struct field *field, const struct yaml_node *value)
{
    struct blend *blend = element->base;
    blend->is_concentration = true;
    read_link_map(reader, field->key, &content_field, value, &blend->named_link_i,
                  &blend->named_content, &blend->named_count);
}

void
read_licence_links(struct basin_reader *reader, const struct element *element,
                   const struct field *field, const struct yaml_node *value)
{
    struct licence *licence = element->base;
    read_link_list(reader, field->key, value, &licence->link_i, &licence->link_count);
}

void
read_permit_reset(struct basin_reader *reader, const struct element *element,
                  const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct licence *licence = element->base;
    read_month_day(reader, value, &licence->reset_month, &licence->reset_day);
}

/* ---- each rule as a whole ---------------------------------------------------------------------
 */

/* All links of a rule have one end in common: its node, -1 with a fault if not. */
static int
common_node(struct basin_reader *reader, const struct yaml_node *at, const int *link_i, int count,
            bool upstream)
{
    const struct basin *basin = reader->basin;
    int node_i = -1;
    for (int i = 0; i < count; i++) {
        const struct link *link = &basin->link[link_i[i]];
        int end_i = upstream ? link->from : link->to;
        if (end_i < 0)
            return -1; /* reported where the link is read */
        if (node_i >= 0 && end_i != node_i) {
            const struct link *first = &basin->link[link_i[0]];
            fault(reader, at, "link '%s' %s '%s', but link '%s' %s '%s'", first->id,
                  upstream ? "leaves" : "comes to", basin->node[node_i].id, link->id,
                  upstream ? "leaves" : "comes to", basin->node[end_i].id);
            return -1;
        }
        node_i = end_i;
    }
    return node_i;
}

static void
complete_split(struct basin_reader *reader, const struct element *element, int split_s)
{
    struct split *split = element->base;
    const struct yaml_node *at = rule_place(reader, SECTION_SPLITS, split_s, "links");
    split->node_i = common_node(reader, at, split->link_i, split->link_count, true);
    if (yaml_find(element->yaml, "links") == NULL || split->link_count == 0)
        return;
    if (split->link_count == 1)
        fault(reader, at, "a split needs two links or more");
    for (int s = 0; s < split_s; s++)
        for (int i = 0; i < split->link_count; i++)
            if (holds(reader->basin->split[s].link_i, reader->basin->split[s].link_count,
                      split->link_i[i]))
                fault(reader, at, "link '%s' is in split '%s' already",
                      reader->basin->link[split->link_i[i]].id, reader->basin->split[s].id);
    double sum = 0.0;
    for (int i = 0; i < split->link_count; i++) {
        if (split->share[i].kind != VARYING_CONSTANT || split->share[i].adjustment_count > 0)
            return;
        sum += split->share[i].value[0];
    }
    if (fabs(sum - 1.0) > 1e-6 && split->link_count > 1)
        fault(reader, at, "the shares of the split sum to %.6g %%, not 100 %%", 100.0 * sum);
}

/* What a blend knows of the i-th link that it names. */
static const struct varying *
named_content(const struct blend *blend, int link_i)
{
    for (int i = 0; i < blend->named_count; i++)
        if (blend->named_link_i[i] == link_i)
            return &blend->named_content[i];
    return NULL;
}

/* The limit holds for all that comes to the node by links: those that are not named, too. */
static void
take_all_links(struct basin_reader *reader, struct blend *blend, const struct yaml_node *at)
{
    static double whole = 1.0, nothing = 0.0;
    const struct basin *basin = reader->basin;
    blend->link_i = arena_alloc(reader->arena, (size_t)basin->link_count, sizeof(int));
    blend->content = arena_alloc(reader->arena, (size_t)basin->link_count, sizeof *blend->content);
    for (int l = 0; l < basin->link_count && blend->content != NULL && blend->link_i != NULL; l++) {
        if (basin->link[l].to != blend->node_i)
            continue;
        struct varying content = {.kind = VARYING_CONSTANT, .count = 1};
        bool named = holds(blend->named_link_i, blend->named_count, l);
        content.value = named ? &whole : &nothing;
        if (blend->is_concentration && !named)
            fault(reader, at, "'content' lacks link '%s', which comes to '%s' too",
                  basin->link[l].id, basin->node[blend->node_i].id);
        else if (blend->is_concentration)
            content = *named_content(blend, l);
        blend->content[blend->link_count] = content;
        blend->link_i[blend->link_count++] = l;
    }
}

static void
complete_blend(struct basin_reader *reader, const struct element *element, int blend_b)
{
    struct blend *blend = element->base;
    bool has_links = yaml_find(element->yaml, "links") != NULL;
    bool has_content = yaml_find(element->yaml, "content") != NULL;
    if (has_links == has_content) {
        fault(reader, rule_place(reader, SECTION_BLENDS, blend_b, "content"),
              "'%s' needs either 'links' or 'content'%s", element->id,
              has_links ? ", not both" : "");
        return;
    }
    const struct yaml_node *at =
        rule_place(reader, SECTION_BLENDS, blend_b, has_links ? "links" : "content");
    blend->node_i = common_node(reader, at, blend->named_link_i, blend->named_count, false);
    enum dimension wanted = has_links ? DIMENSION_NONE : DIMENSION_SALINITY;
    if (blend->at_most.kind != VARYING_ABSENT && blend->at_most.dimension != wanted)
        fault(reader, rule_place(reader, SECTION_BLENDS, blend_b, "at_most"),
              "'at_most' is %s; with '%s' it must be %s such as %s",
              dimension_name(blend->at_most.dimension), has_links ? "links" : "content",
              dimension_name(wanted), dimension_example(wanted));
    if (blend->node_i >= 0 && blend->named_count > 0)
        take_all_links(reader, blend, at);
}

static void
complete_licence(struct basin_reader *reader, const struct element *element, int licence_i)
{
    struct licence *licence = element->base;
    const struct yaml_node *map = element->yaml;
    const struct yaml_node *at = rule_place(reader, SECTION_LICENCES, licence_i, NULL);
    if (yaml_find(map, "daily") == NULL && yaml_find(map, "monthly") == NULL &&
        yaml_find(map, "yearly") == NULL && yaml_find(map, "rolling") == NULL)
        fault(reader, at, "'%s' needs a volume: 'daily', 'monthly', 'yearly' or 'rolling'",
              element->id);
    if (yaml_find(map, "reserved") != NULL && yaml_find(map, "yearly") == NULL)
        fault(reader, yaml_find(map, "reserved"),
              "'reserved' is a part of 'yearly', which is not given");
    if (yaml_find(map, "reserved") == NULL && yaml_find(map, "reserved_for") != NULL)
        fault(reader, yaml_find(map, "reserved_for"), "'reserved_for' without 'reserved'");
    if (yaml_find(map, "reserved") != NULL && yaml_find(map, "reserved_for") == NULL) {
        licence->reserved_rank = rank_of_word(reader->basin, "domestic");
        if (licence->reserved_rank < 0)
            fault(reader, at,
                  "'%s' lacks the key 'reserved_for', since there is no rank 'domestic'",
                  element->id);
    }
}

/* ---- sections ----------------------------------------------------------------------------------
 */

bool
allocate_rules(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    bool good = true;
    for (enum section section = SECTION_SPLITS; section < SECTION_COUNT; section++) {
        const struct section_info *info = &section_table[section];
        size_t count = (size_t)count_entries(reader, info->name);
        void *array = arena_alloc(reader->arena, count, info->element_size);
        memcpy((char *)basin + info->array_offset, &array, sizeof array);
        reader->rule_yaml[section] =
            arena_alloc(reader->scratch, count, sizeof *reader->rule_yaml[section]);
        reader->rule_key[section] =
            arena_alloc(reader->scratch, count, sizeof *reader->rule_key[section]);
        good = good && array != NULL && reader->rule_yaml[section] != NULL &&
               reader->rule_key[section] != NULL;
    }
    return good;
}

/* An element's place among those of its section, -1 with a fault if its id is not good. */
static int
declare_rule(struct basin_reader *reader, enum section section, const struct yaml_node *key)
{
    struct basin *basin = reader->basin;
    int count = section_array_count(basin, section);
    if (!id_is_valid(key->text)) {
        fault(reader, key, "id '%s' may only hold a-z, 0-9 and _ (at most 64)", key->text);
        return -1;
    }
    for (int i = 0; i < count; i++)
        if (strcmp(section_id(basin, section, i), key->text) == 0) {
            fault(reader, key, "id '%s' stands twice in section '%s'", key->text,
                  section_table[section].name);
            return -1;
        }
    int grown = count + 1;
    memcpy((char *)basin + section_table[section].count_offset, &grown, sizeof grown);
    return count;
}

/* Put the id and the place in the file where the struct of the section keeps them. */
static void
name_rule(struct basin_reader *reader, enum section section, void *base,
          const struct yaml_node *key)
{
    char *id = arena_text(reader->arena, key->text);
    if (section == SECTION_SPLITS)
        *(struct split *)base = (struct split){.id = id, .line = key->line, .file = key->file};
    else if (section == SECTION_BLENDS)
        *(struct blend *)base = (struct blend){.id = id, .line = key->line, .file = key->file};
    else if (section == SECTION_LICENCES)
        *(struct licence *)base = (struct licence){.id = id, .line = key->line, .file = key->file};
    else if (section == SECTION_DROUGHT_PLANS)
        *(struct drought_plan *)base =
            (struct drought_plan){.id = id, .line = key->line, .file = key->file};
    else
        *(struct substance *)base =
            (struct substance){.id = id, .line = key->line, .file = key->file};
}

static void
read_rule(struct basin_reader *reader, enum section section, const struct yaml_node *key,
          const struct yaml_node *value)
{
    static const struct yaml_node empty = {.kind = YAML_MAP, .text = ""};
    int element_i = declare_rule(reader, section, key);
    if (element_i < 0)
        return;
    void *base = section_element(reader->basin, section, element_i);
    reader->rule_key[section][element_i] = key;
    reader->rule_yaml[section][element_i] = value->kind == YAML_MAP ? value : &empty;
    name_rule(reader, section, base, key);
    struct element element = {.section = section,
                              .element_i = element_i,
                              .id = key->text,
                              .base = base,
                              .at = key,
                              .yaml = value};
    read_element(reader, &element);
    if (reader->arena->failed)
        return;
    element.yaml = reader->rule_yaml[section][element_i];
    if (section == SECTION_SPLITS)
        complete_split(reader, &element, element_i);
    else if (section == SECTION_BLENDS)
        complete_blend(reader, &element, element_i);
    else if (section == SECTION_LICENCES)
        complete_licence(reader, &element, element_i);
    else if (section == SECTION_DROUGHT_PLANS)
        complete_drought_plan(reader, &element);
    else
        complete_substance(reader, &element, element_i);
}

void
read_rules(struct basin_reader *reader)
{
    for (enum section section = SECTION_SPLITS; section < SECTION_COUNT; section++) {
        int file_i = 0, entry_i = -1;
        const struct yaml_node *key, *value;
        while (!reader->arena->failed &&
               next_entry(reader, section_table[section].name, &file_i, &entry_i, &key, &value))
            read_rule(reader, section, key, value);
    }
}

bool
link_is_ruled(const struct basin *basin, int link_l)
{
    for (int i = 0; i < basin->split_count; i++)
        if (holds(basin->split[i].link_i, basin->split[i].link_count, link_l))
            return true;
    for (int i = 0; i < basin->blend_count; i++)
        if (holds(basin->blend[i].named_link_i, basin->blend[i].named_count, link_l))
            return true;
    for (int i = 0; i < basin->licence_count; i++)
        if (holds(basin->licence[i].link_i, basin->licence[i].link_count, link_l))
            return true;
    return false;
}
