/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* The section `quality`: substances, what waters hold of them and what classes can use. */

enum { ENTRIES_MAX = 10000 };
#define CONTENT (1 << DIMENSION_SALINITY | 1 << DIMENSION_NONE)

static const struct field content_field = {
    .key = "content", .dimensions = CONTENT, .forms = FORM_ANY, .min = 0, .max = INFINITY};
static const struct field initial_field = {
    .key = "initial", .dimensions = CONTENT, .forms = FORM_CONSTANT, .min = 0, .max = INFINITY};
static const struct field limit_field[LIMIT_SIDES] = {
    {.key = "limits", .dimensions = CONTENT, .forms = FORM_ANY, .min = 0, .max = INFINITY},
    {.key = "at_least", .dimensions = CONTENT, .forms = FORM_ANY, .min = 0, .max = INFINITY}};

static const struct field substance_rows[] = {
    {"background", .kind = FIELD_VARYING, .dimensions = CONTENT, .forms = FORM_ANY, .min = 0,
     .max = INFINITY, .offset = offsetof(struct substance, background),
     .doc = "content of all water that nothing else is said of, default 0"},
    {"content", .kind = FIELD_SPECIAL, .read = read_substance_content, .flags = FIELD_FIXED,
     .doc = "{node: content} of what enters there; of a demand: what use adds to what returns"},
    {"initial", .kind = FIELD_SPECIAL, .read = read_substance_initial, .flags = FIELD_FIXED,
     .doc = "{node: content} of reservoirs and aquifers at the start, default the background"},
    {"limits", .kind = FIELD_SPECIAL, .read = read_substance_limits, .flags = FIELD_FIXED,
     .doc = "{class: largest content that it can use}, or a table of section `standards`"},
    {"at_least", .kind = FIELD_SPECIAL, .read = read_substance_least, .flags = FIELD_FIXED,
     .doc = "{class: least content that it can use}"},
    {"note", .kind = FIELD_TEXT, .offset = offsetof(struct substance, note), .flags = FIELD_FIXED,
     .doc = "free text"},
    {"flags", .kind = FIELD_SPECIAL, .read = read_flags, .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "where the figures of keys come from"},
};
const struct field_table substance_keys = {"", substance_rows,
                                           sizeof substance_rows / sizeof *substance_rows};

/* ---- lookup -----------------------------------------------------------------------------------
 */

int
substance_salt(const struct basin *basin)
{
    for (int s = 0; s < basin->substance_count; s++)
        if (strcmp(basin->substance[s].id, "salt") == 0)
            return s;
    return -1;
}

const struct varying *
substance_limit(const struct basin *basin, int substance_s, const struct demand *demand,
                enum limit_side side)
{
    const struct substance *substance = &basin->substance[substance_s];
    const struct varying *own = side == LIMIT_MOST ? &demand->max_salinity : &demand->min_salinity;
    if (own->kind != VARYING_ABSENT && strcmp(substance->id, "salt") == 0)
        return own;
    for (int i = 0; i < substance->limit_count[side]; i++)
        if (substance->limit_class_i[side][i] == demand->class_i)
            return &substance->limit[side][i];
    return NULL;
}

bool
quality_limits(const struct basin *basin, const struct demand *demand)
{
    for (int s = 0; s < basin->substance_count; s++)
        if (substance_limit(basin, s, demand, LIMIT_MOST) != NULL ||
            substance_limit(basin, s, demand, LIMIT_LEAST) != NULL)
            return true;
    return false;
}

bool
quality_guards(const struct basin *basin, const struct demand *demand)
{
    return !demand->blend && quality_limits(basin, demand);
}

static const struct varying *
find_entry(const int *number, const struct varying *value, int count, int wanted)
{
    for (int i = 0; i < count; i++)
        if (number[i] == wanted)
            return &value[i];
    return NULL;
}

const struct varying *
substance_content(const struct substance *substance, int node_i)
{
    return find_entry(substance->content_node_i, substance->content, substance->content_count,
                      node_i);
}

const struct varying *
substance_initial(const struct substance *substance, int node_i)
{
    return find_entry(substance->initial_node_i, substance->initial, substance->initial_count,
                      node_i);
}

/* ---- keys -------------------------------------------------------------------------------------
 */

/* Why a content cannot be said of a node, or NULL. */
static const char *
no_content(const struct basin *basin, int node_i)
{
    const struct node *node = &basin->node[node_i];
    const struct passage *passage = &basin->passage[node->kind_i];
    switch (node->kind) {
    case NODE_CATCHMENT:
    case NODE_SOURCE:
    case NODE_AQUIFER:
        return NULL;
    case NODE_JUNCTION:
    case NODE_ESTUARY:
        return passage->boundary_inflow.kind != VARYING_ABSENT ? NULL : "has no 'boundary_inflow'";
    case NODE_DEMAND:
        return basin->demand[node->kind_i].return_count > 0 ? NULL : "has no 'returns'";
    case NODE_RESERVOIR:
        return "is a reservoir, whose first content is named in 'initial'";
    case NODE_WEIR:
    case NODE_PLANT:
    case NODE_WASTEWATER:
    case NODE_SEA:
    case NODE_KIND_COUNT:
        break;
    }
    return "has no inflow of its own";
}

static const char *
no_initial(const struct basin *basin, int node_i)
{
    enum node_kind kind = basin->node[node_i].kind;
    return kind == NODE_RESERVOIR || kind == NODE_AQUIFER ? NULL : "stores no water";
}

static bool
is_there(struct basin_reader *reader, const struct field *field, const struct yaml_node *key,
         const int *number, int count, int wanted)
{
    for (int i = 0; i < count; i++)
        if (number[i] == wanted) {
            fault(reader, key, "'%s' stands twice in '%s'", key->text, field->key);
            return true;
        }
    return false;
}

static bool
is_limit(const struct field *of_value)
{
    return of_value == &limit_field[LIMIT_MOST] || of_value == &limit_field[LIMIT_LEAST];
}

/* Number of the node or class that a key names, -1 with a fault. */
static int
named(struct basin_reader *reader, const struct field *of_value, const struct yaml_node *key)
{
    if (is_limit(of_value))
        return find_class(reader, key);
    int node_i = find_node(reader, of_value->key, key);
    if (node_i < 0)
        return -1;
    const char *why = of_value == &content_field ? no_content(reader->basin, node_i)
                                                 : no_initial(reader->basin, node_i);
    if (why == NULL)
        return node_i;
    fault(reader, key, "'%s' names '%s', which %s", of_value->key, key->text, why);
    return -1;
}

/* {node or class: figure}; known_only: what a table says of classes that the basin lacks is left
 * out */
static void
read_entries(struct basin_reader *reader, const struct field *of_value,
             const struct yaml_node *value, bool known_only, int **number, struct varying **out,
             int *count)
{
    if (value->kind != YAML_MAP || value->count == 0 || value->count > ENTRIES_MAX) {
        fault(reader, value, "'%s' must be a map {%s: content}", of_value->key,
              is_limit(of_value) ? "class" : "node");
        return;
    }
    *number = arena_alloc(reader->arena, (size_t)value->count, sizeof **number);
    *out = arena_alloc(reader->arena, (size_t)value->count, sizeof **out);
    for (int i = 0; i < value->count && *number != NULL && *out != NULL; i++) {
        if (known_only && name_index_find(&reader->class_index, value->key[i].text) < 0)
            continue;
        int wanted = named(reader, of_value, &value->key[i]);
        if (wanted < 0 || is_there(reader, of_value, &value->key[i], *number, *count, wanted) ||
            !read_varying(reader, &value->value[i], of_value, &(*out)[*count]))
            continue;
        (*number)[(*count)++] = wanted;
    }
}

void
read_substance_content(struct basin_reader *reader, const struct element *element,
                       const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct substance *substance = element->base;
    read_entries(reader, &content_field, value, false, &substance->content_node_i,
                 &substance->content, &substance->content_count);
}

void
read_substance_initial(struct basin_reader *reader, const struct element *element,
                       const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct substance *substance = element->base;
    read_entries(reader, &initial_field, value, false, &substance->initial_node_i,
                 &substance->initial, &substance->initial_count);
}

static void
read_limits(struct basin_reader *reader, struct substance *substance, enum limit_side side,
            const struct yaml_node *value, bool known_only)
{
    read_entries(reader, &limit_field[side], value, known_only, &substance->limit_class_i[side],
                 &substance->limit[side], &substance->limit_count[side]);
}

/* The limits of a table of section `standards`, of the classes that the basin has. */
static void
read_standard(struct basin_reader *reader, struct substance *substance,
              const struct yaml_node *name)
{
    static const char *const known[] = {"limits", "at_least", "note", "flags"};
    const struct yaml_node *table = find_map_entry(reader, "standards", name->text);
    if (table == NULL) {
        fault(reader, name, "there is no table '%s' in section 'standards'", name->text);
        return;
    }
    if (!require_map(reader, name->text, table))
        return;
    for (int i = 0; i < table->count; i++) {
        const struct yaml_node *value = &table->value[i];
        if (strcmp(table->key[i].text, "limits") == 0)
            read_limits(reader, substance, LIMIT_MOST, value, true);
        else if (strcmp(table->key[i].text, "at_least") == 0)
            read_limits(reader, substance, LIMIT_LEAST, value, true);
        else if (strcmp(table->key[i].text, "note") != 0 &&
                 strcmp(table->key[i].text, "flags") != 0)
            unknown_key(reader, &table->key[i], name->text, known, 4);
    }
}

void
read_substance_limits(struct basin_reader *reader, const struct element *element,
                      const struct field *field, const struct yaml_node *value)
{
    (void)field;
    if (value->kind == YAML_TEXT)
        read_standard(reader, element->base, value);
    else
        read_limits(reader, element->base, LIMIT_MOST, value, false);
}

void
read_substance_least(struct basin_reader *reader, const struct element *element,
                     const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct substance *substance = element->base;
    if (substance->limit_count[LIMIT_LEAST] > 0)
        fault(reader, value, "'at_least' stands in the table that 'limits' names as well");
    else
        read_limits(reader, substance, LIMIT_LEAST, value, false);
}

/* ---- each substance as a whole ----------------------------------------------------------------
 */

/* All figures of a substance are of one dimension, that of salt kg/m3. */
static void
check_kind(struct basin_reader *reader, const struct yaml_node *at, const char *key,
           const struct varying *value, enum dimension *kind)
{
    if (value->kind == VARYING_ABSENT)
        return;
    if (*kind == DIMENSION_COUNT)
        *kind = value->dimension;
    if (value->dimension != *kind)
        fault(reader, at, "'%s' is %s here, other figures of the substance are %s", key,
              dimension_name(value->dimension), dimension_name(*kind));
}

void
complete_substance(struct basin_reader *reader, const struct element *element, int substance_s)
{
    const struct substance *substance = element->base;
    enum dimension kind = strcmp(element->id, "salt") == 0 ? DIMENSION_SALINITY : DIMENSION_COUNT;
    const struct {
        const char *key;
        const struct varying *value;
        int count;
    } given[] = {{"background", &substance->background, 1},
                 {"content", substance->content, substance->content_count},
                 {"initial", substance->initial, substance->initial_count},
                 {"limits", substance->limit[LIMIT_MOST], substance->limit_count[LIMIT_MOST]},
                 {"at_least", substance->limit[LIMIT_LEAST], substance->limit_count[LIMIT_LEAST]}};
    for (size_t g = 0; g < sizeof given / sizeof *given; g++)
        for (int i = 0; i < given[g].count; i++)
            check_kind(reader, rule_place(reader, SECTION_QUALITY, substance_s, given[g].key),
                       given[g].key, &given[g].value[i], &kind);
}

/* ---- demands that blend -----------------------------------------------------------------------
 */

static struct blend
blend_of(struct basin_reader *reader, int demand_d, int substance_s, enum limit_side side)
{
    const struct basin *basin = reader->basin;
    const struct node *node = &basin->node[basin->demand[demand_d].node_i];
    struct blend blend = {.id = arena_format(reader->arena, "%s_%s%s", node->id,
                                             basin->substance[substance_s].id,
                                             side == LIMIT_LEAST ? "_least" : ""),
                          .node_i = node->kind == NODE_DEMAND ? basin->demand[demand_d].node_i : -1,
                          .is_concentration = true,
                          .is_followed = true,
                          .substance_s = substance_s,
                          .demand_d = demand_d,
                          .side = side,
                          .line = node->line,
                          .file = node->file};
    blend.link_i = arena_alloc(reader->arena, (size_t)basin->link_count, sizeof *blend.link_i);
    for (int l = 0; l < basin->link_count && blend.link_i != NULL; l++)
        if (basin->link[l].to == blend.node_i)
            blend.link_i[blend.link_count++] = l;
    return blend;
}

/* A limit on the mix of each demand with `blend` and each substance that it has a limit of, after
 * the blends of the file. */
void
add_followed_blends(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    int count = basin->blend_count, more = 0;
    for (int d = 0; d < basin->demand_count; d++)
        more += basin->demand[d].blend;
    if (more == 0 || basin->substance_count == 0)
        return;
    int room = count + LIMIT_SIDES * more * basin->substance_count;
    struct blend *blend = arena_alloc(reader->arena, (size_t)room, sizeof *blend);
    if (blend == NULL)
        return;
    if (count > 0)
        memcpy(blend, basin->blend, (size_t)count * sizeof *blend);
    for (int d = 0; d < basin->demand_count; d++)
        for (int s = 0; s < basin->substance_count && basin->demand[d].blend; s++)
            for (enum limit_side side = 0; side < LIMIT_SIDES; side++)
                if (substance_limit(basin, s, &basin->demand[d], side) != NULL)
                    blend[count++] = blend_of(reader, d, s, side);
    basin->blend = blend;
    basin->blend_count = count;
}

void
check_quality(struct basin_reader *reader)
{
    const struct basin *basin = reader->basin;
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        bool has_most = demand->max_salinity.kind != VARYING_ABSENT;
        const char *key = has_most ? "max_salinity" : "min_salinity";
        if ((has_most || demand->min_salinity.kind != VARYING_ABSENT) && substance_salt(basin) < 0)
            fault(reader, node_place(reader, demand->node_i, key),
                  "'%s' needs the substance 'salt' in section 'quality'", key);
        else if (demand->blend && !quality_limits(basin, demand))
            fault(reader, node_place(reader, demand->node_i, "blend"),
                  "'blend' needs a limit: 'max_salinity', or one of the class in 'quality'");
    }
}
