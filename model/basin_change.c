/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reading one change: what a path names, and the value it gets. Applying is in basin_apply.c. */

enum { PATH_MAX_BYTES = 256 };

/* A path taken apart. */
struct change_target {
    enum section section;
    const char *id; /* "*" for all */
    const struct field_table *table;
    const struct field *field;
    int code;                            /* of the field, for struct change */
    bool serves;                         /* an element that the path names has the key */
    const struct catchment_model *model; /* that the path names, NULL: any */
    struct item_target item;             /* its item is NULL where the path names none */
};

const struct field *
change_field(const struct change *change, const struct field_table **table)
{
    *table = section_table_of((enum section)change->section, change->field >> 16);
    return &(*table)->field[change->field & 0xffff];
}

/* Section by its name, with a fault if there is none. */
static bool
find_target_section(struct basin_reader *reader, const char *name, const struct yaml_node *at,
                    enum section *out)
{
    const char *known[SECTION_COUNT];
    for (int i = 0; i < SECTION_COUNT; i++) {
        known[i] = section_table[i].name;
        if (strcmp(known[i], name) == 0) {
            *out = (enum section)i;
            return true;
        }
    }
    fault(reader, at, "'%s': there is no section '%s'%s; a path is section.id.key or a key of run",
          at->text, name, did_you_mean(reader, name, known, SECTION_COUNT));
    return false;
}

/* Whether any element that the path names has the keys of a table. */
static bool
serves_any(const struct basin *basin, const struct change_target *target,
           const struct field_table *table)
{
    bool all = strcmp(target->id, "*") == 0;
    int count = section_array_count(basin, target->section);
    for (int i = 0; i < count; i++)
        if (section_holds(basin, target->section, i) &&
            (all || strcmp(section_id(basin, target->section, i), target->id) == 0) &&
            table_holds(basin, target->section, i, table))
            return true;
    return false;
}

/* Keep the key of a table as the target if it is the first of its name or, unlike the one before,
   serves an element. A key that means two things for the elements of one path is a fault. */
static bool
take_key(struct basin_reader *reader, const struct yaml_node *at, struct change_target *target,
         int table_i, int field_i)
{
    const struct field_table *table = section_table[target->section].table[table_i];
    const struct field *field = &table->field[field_i];
    bool serves = target->section == SECTION_RUN || serves_any(reader->basin, target, table);
    if (target->field != NULL && !serves)
        return true;
    if (target->field != NULL && target->serves) {
        fault(reader, at, "'%s': '%s' is a key of several models; name one: %s.%s or %s.%s",
              at->text, field->key, target->table->prefix, field->key, table->prefix, field->key);
        return false;
    }
    target->table = table;
    target->field = field;
    target->code = table_i << 16 | field_i;
    target->serves = serves;
    return true;
}

/* The key at the end of a path, "capacity" or "inflow.gr4j.rain" or its last word "rain". */
static bool
find_target_key(struct basin_reader *reader, const char *key, const struct yaml_node *at,
                struct change_target *target)
{
    const char *dot = strrchr(key, '.');
    const char *word = dot != NULL ? dot + 1 : key;
    size_t prefix_length = dot != NULL ? (size_t)(dot - key) : 0;
    const struct section_info *info = &section_table[target->section];
    const char *known[128];
    int known_count = 0;
    for (int i = 0; info->table[i] != NULL; i++) {
        const struct field_table *table = info->table[i];
        for (int j = 0; j < table->count; j++) {
            if (known_count < 128)
                known[known_count++] = table->field[j].key;
            if (strcmp(table->field[j].key, word) != 0 ||
                (prefix_length > 0 && !prefix_matches(table->prefix, key, prefix_length)))
                continue;
            if (!take_key(reader, at, target, i, j))
                return false;
        }
    }
    if (target->field != NULL) {
        /* a model that the path names narrows keys that all models share */
        const char *model = strchr(key, '.');
        for (int i = 0; i < CATCHMENT_MODEL_COUNT && model != NULL; i++) {
            const char *name = catchment_models[i]->name;
            size_t length = strlen(name);
            if (strncmp(model + 1, name, length) == 0 && model[1 + length] == '.')
                target->model = catchment_models[i];
        }
        return true;
    }
    fault(reader, at, "'%s': %s have no key '%s'%s", at->text,
          target->section == SECTION_RUN ? "the settings of run" : info->name, key,
          did_you_mean(reader, word, known, known_count));
    return false;
}

/* Whether this kind of key can be changed at all. */
static bool
require_changeable(struct basin_reader *reader, const struct yaml_node *at,
                   const struct field *field)
{
    bool can = (field->flags & FIELD_FIXED) == 0 &&
               (field->kind != FIELD_SPECIAL || field_varies(field)) &&
               ((field->flags & FIELD_RUN_ONLY) == 0 || reader->by_command);
    if (!can)
        fault(reader, at, "'%s': '%s' cannot be changed %s", at->text, field->key,
              reader->by_command ? "by --set" : "by a scenario");
    return can;
}

static bool
find_target(struct basin_reader *reader, const char *path, const struct yaml_node *at,
            struct change_target *target)
{
    if (strlen(path) >= PATH_MAX_BYTES) {
        fault(reader, at, "the path is too long");
        return false;
    }
    char *copy = arena_text(reader->scratch, path);
    if (copy == NULL)
        return false;
    char *dot = strchr(copy, '.');
    if (dot == NULL || strncmp(copy, "run.", 4) == 0) {
        target->section = SECTION_RUN;
        target->id = "run";
        return find_target_key(reader, dot == NULL ? copy : dot + 1, at, target) &&
               require_changeable(reader, at, target->field);
    }
    *dot = '\0';
    char *id = dot + 1;
    char *end = strchr(id, '.');
    if (!find_target_section(reader, copy, at, &target->section))
        return false;
    if (end == NULL || end == id || end[1] == '\0') {
        fault(reader, at, "'%s' is no path: it is written section.id.key, with * for all ids",
              at->text);
        return false;
    }
    *end = '\0';
    target->id = id;
    if (!find_item_key(reader, end + 1, at, target->section, &target->item))
        return false;
    if (target->item.item != NULL) {
        target->table = target->item.table;
        target->field = target->item.field;
        target->code = target->item.code;
        return true;
    }
    return find_target_key(reader, end + 1, at, target) &&
           require_changeable(reader, at, target->field);
}

/* Whether the key has something to change in an element; sizes are not made out of nothing. */
static bool
is_present(const struct basin *basin, const struct change_target *target, int element_i,
           bool needs_value)
{
    const struct field *field = target->field;
    bool is_item = target->item.item != NULL;
    if ((!is_item && !table_holds(basin, target->section, element_i, target->table)) ||
        (target->model != NULL && basin->catchment[element_i].model != target->model))
        return false;
    if (!needs_value || (field->flags & FIELD_DERIVED) != 0)
        return true;
    const void *address = field_address(basin, target->section, element_i, field);
    if (field->offset == offsetof(struct demand, growth_per_year) &&
        target->section == SECTION_DEMANDS) /* without a year to start from it means nothing */
        return basin->demand[element_i].growth_base_year != 0;
    if (field->kind == FIELD_VARYING)
        return ((const struct varying *)address)->kind != VARYING_ABSENT;
    return field->kind != FIELD_NUMBER || !isnan(*(const double *)address);
}

/* Fault for an id that no element of the section has. */
static void
unknown_id(struct basin_reader *reader, const struct yaml_node *at,
           const struct change_target *target)
{
    const struct basin *basin = reader->basin;
    int count = section_array_count(basin, target->section);
    const char **known = arena_alloc(reader->scratch, (size_t)count, sizeof *known);
    int known_count = 0;
    for (int i = 0; i < count && known != NULL; i++)
        if (section_holds(basin, target->section, i))
            known[known_count++] = section_id(basin, target->section, i);
    fault(reader, at, "'%s': section '%s' has no '%s'%s", at->text,
          section_table[target->section].name, target->id,
          did_you_mean(reader, target->id, known, known_count));
}

static int
compare_numbers(const void *left, const void *right)
{
    int a = *(const int *)left, b = *(const int *)right;
    return (a > b) - (a < b);
}

/* The items of an element that a path names. */
static void
find_items(const struct basin *basin, const struct change_target *target, int element_i,
           bool needs_value, struct change *out)
{
    const struct item_target *item = &target->item;
    for (int j = 0; j < item_count(basin, target->section, element_i); j++) {
        const char *id = item_id(basin, target->section, element_i, j);
        int cap_i =
            item->class_i >= 0 ? item_cap(basin, target->section, element_i, j, item->class_i) : 0;
        if (cap_i < 0 || (strcmp(item->item, "*") != 0 && strcmp(item->item, id) != 0))
            continue;
        int number = item_number(element_i, j, cap_i);
        if (is_present(basin, target, number, needs_value))
            out->element_i[out->element_count++] = number;
    }
}

/* How many numbers the elements of a section may take. */
static size_t
count_targets(const struct basin *basin, const struct change_target *target)
{
    size_t count = 1;
    for (int i = 0; i < section_array_count(basin, target->section); i++)
        count += target->item.item != NULL ? (size_t)item_count(basin, target->section, i) : 1;
    return count;
}

/* The elements a path names: the one with the id, or with * all that have the key. */
static bool
find_elements(struct basin_reader *reader, const struct yaml_node *at,
              const struct change_target *target, bool needs_value, struct change *out)
{
    const struct basin *basin = reader->basin;
    int count = section_array_count(basin, target->section);
    bool all = strcmp(target->id, "*") == 0;
    bool known = all;
    bool is_item = target->item.item != NULL;
    out->element_i = arena_alloc(reader->arena, all || is_item ? count_targets(basin, target) : 1,
                                 sizeof *out->element_i);
    if (out->element_i == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        if (!section_holds(basin, target->section, i) ||
            (!all && strcmp(section_id(basin, target->section, i), target->id) != 0))
            continue;
        known = true;
        if (is_item)
            find_items(basin, target, i, needs_value, out);
        else if (is_present(basin, target, i, needs_value))
            out->element_i[out->element_count++] = i;
    }
    qsort(out->element_i, (size_t)out->element_count, sizeof *out->element_i, compare_numbers);
    if (!known)
        unknown_id(reader, at, target);
    else if (out->element_count == 0 && is_item)
        fault(reader, at, "'%s': there is no '%s' with this key among the %s", at->text,
              target->item.item, item_table[target->section].word);
    else if (out->element_count == 0)
        fault(reader, at, "'%s': %s '%s' to change", at->text,
              all ? "no element has" : "the element has no", target->field->key);
    return known && out->element_count > 0;
}

/* A window makes sense only where a quantity may differ from step to step. */
static bool
is_windowed(const struct adjustment *window)
{
    return window->from_s != INT64_MIN || window->to_s != INT64_MAX || window->month_mask != 0xfff;
}

/* Whether the key is stored as a varying quantity. */
bool
field_varies(const struct field *field)
{
    return field->kind == FIELD_VARYING || field->read == read_inflow || field->read == read_pet;
}

/* Every element's quantity must be of the dimension of a shift, or of a set in a window. */
static bool
require_same_dimension(struct basin_reader *reader, const struct yaml_node *value,
                       const struct change_target *target, const struct change *change,
                       enum dimension dimension)
{
    for (int i = 0; i < change->element_count; i++) {
        const struct varying *varying =
            field_address(reader->basin, target->section, change->element_i[i], target->field);
        enum dimension derived = target->field->read == read_pet ? DIMENSION_SPEED : DIMENSION_FLOW;
        enum dimension own = varying->kind != VARYING_ABSENT ? varying->dimension : derived;
        if (own == dimension)
            continue;
        fault(reader, value, "'%s' is %s, but '%s' of '%s' is %s", value->text,
              dimension_name(dimension), target->field->key,
              section_id(reader->basin, target->section,
                         element_of(target->field, change->element_i[i])),
              dimension_name(own));
        return false;
    }
    return true;
}

/* A single figure: of a scale, a shift, or a set of a number or inside a window. */
static bool
read_change_figure(struct basin_reader *reader, const struct yaml_node *value,
                   const struct change_target *target, struct change *out)
{
    struct field field = *target->field;
    if (out->operation == CHANGE_SCALE)
        field = (struct field){
            .key = "scale", .dimensions = 1u << DIMENSION_NONE, .min = 0, .max = INFINITY};
    else if (out->operation == CHANGE_SHIFT) {
        field.min = -INFINITY;
        field.max = INFINITY;
        field.flags &= ~(unsigned)(FIELD_ABOVE_MIN | FIELD_BELOW_MAX);
    }
    struct quantity quantity;
    if (!read_figure(reader, value, &field, &quantity))
        return false;
    if (out->operation == CHANGE_SHIFT) /* a difference: +2 degC is not +275.15 K */
        quantity.value -= quantity.unit.offset;
    out->window.value = quantity.value;
    out->window.basis = quantity.unit.basis;
    out->value.kind = VARYING_CONSTANT;
    out->value.dimension = quantity.unit.dimension;
    out->value.basis = quantity.unit.basis;
    out->value.count = 1;
    out->value.value = arena_copy(reader->arena, &quantity.value, 1, sizeof quantity.value);
    return out->value.value != NULL &&
           (out->operation == CHANGE_SCALE || !field_varies(target->field) ||
            require_same_dimension(reader, value, target, out, quantity.unit.dimension));
}

/* A new size must be of the dimension of the old: a norm per person stays per person. */
static bool
require_same_norm(struct basin_reader *reader, const struct yaml_node *value,
                  const struct change_target *target, const struct change *change)
{
    return (target->field->flags & FIELD_SIZE) == 0 ||
           require_same_dimension(reader, value, target, change, change->value.dimension);
}

/* What a link can only be or have where its ends allow it. */
static bool
require_sense(struct basin_reader *reader, const struct yaml_node *value,
              const struct change_target *target, const struct change *change)
{
    const struct basin *basin = reader->basin;
    const char *key = target->field->key;
    bool by_level = change->value.kind == VARYING_BY_LEVEL;
    bool needs_lake = by_level || strcmp(key, "lowest_level") == 0;
    bool fills = strcmp(key, "fills") == 0 && change->choice != 0;
    for (int i = 0; i < change->element_count && target->section == SECTION_LINKS; i++) {
        const struct link *link = &basin->link[change->element_i[i]];
        if (needs_lake && basin->node[link->from].kind != NODE_RESERVOIR) {
            fault(reader, value, "'%s' needs a reservoir upstream of '%s', not '%s'",
                  by_level ? "by_level" : key, link->id, basin->node[link->from].id);
            return false;
        }
        if (fills && link->kind != LINK_PUMP && link->kind != LINK_WELL) {
            fault(reader, value, "'fills' goes only with a pump or a well; '%s' is a %s", link->id,
                  link_kind_name(link->kind));
            return false;
        }
    }
    return true;
}

/* The value of a set, by the kind of the key. */
static bool
read_set_value(struct basin_reader *reader, const struct yaml_node *value,
               const struct change_target *target, struct change *out)
{
    const struct field *field = target->field;
    if (field_varies(field) && is_windowed(&out->window))
        return read_change_figure(reader, value, target, out);
    if (field_varies(field))
        return read_varying(reader, value, field, &out->value) &&
               require_same_norm(reader, value, target, out);
    if (field->kind == FIELD_NUMBER)
        return read_change_figure(reader, value, target, out);
    if (field->kind == FIELD_RANGE) {
        reader->depends_on_year = true;
        return read_date_range(reader, field->key, value, &out->range);
    }
    /* Words, yes or no, years, nodes and ranks are read into a number of their own. */
    struct {
        int number;
        bool yes;
    } slot = {.number = -1};
    int faults = reader->diagnostics->error_count;
    struct field to_slot = *field;
    to_slot.flags &= ~(unsigned)FIELD_OF_NODE;
    bool is_bool = field->kind == FIELD_YES_NO || field->kind == FIELD_WORD_BOOL;
    to_slot.offset = is_bool ? (size_t)((char *)&slot.yes - (char *)&slot) : 0;
    struct element element = {.base = &slot, .id = target->id, .at = value, .yaml = value};
    read_field(reader, &element, &to_slot, value);
    out->choice = is_bool ? slot.yes : slot.number;
    return reader->diagnostics->error_count == faults;
}

bool
check_path(struct basin_reader *reader, const struct yaml_node *path)
{
    struct change_target target = {0};
    struct change unused = {0};
    return find_target(reader, path->text, path, &target) &&
           find_elements(reader, path, &target, false, &unused);
}

bool
read_change(struct basin_reader *reader, const char *path, const struct yaml_node *at,
            const struct yaml_node *value, enum change_operation operation,
            const struct adjustment *window, struct change *out)
{
    static const char *const names[] = {"set", "scale", "shift"};
    struct change_target target = {0};
    struct yaml_node named = *at; /* messages show the path, wherever it was written */
    named.text = path;
    *out = (struct change){.operation = operation, .window = *window, .line = at->line};
    out->window.operation = operation;
    out->path = arena_text(reader->arena, path);
    out->file = arena_text(reader->arena, at->file);
    out->text = arena_text(reader->arena, value->text);
    if (reader->arena->failed || !find_target(reader, path, &named, &target))
        return false;
    const struct field *field = target.field;
    out->section = (int)target.section;
    out->field = target.code;
    bool varies = field_varies(field);
    if (operation != CHANGE_SET && !varies && field->kind != FIELD_NUMBER) {
        fault(reader, value, "'%s' can only be set, not changed by %s", path, names[operation]);
        return false;
    }
    bool is_whole = !varies || field->forms == FORM_CONSTANT;
    if (is_whole && is_windowed(window)) {
        fault(reader, value, "'%s' holds for the whole run; it takes no from, to or months", path);
        return false;
    }
    bool needs_value =
        operation != CHANGE_SET || is_windowed(window) || (field->flags & FIELD_SIZE) != 0;
    if (!find_elements(reader, &named, &target, needs_value, out))
        return false;
    if (operation != CHANGE_SET)
        return read_change_figure(reader, value, &target, out);
    return read_set_value(reader, value, &target, out) &&
           (reader->network_broken || require_sense(reader, value, &target, out));
}
