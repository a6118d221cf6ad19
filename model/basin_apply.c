/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Copies of a basin, and changes made to them. */

/** What is remembered of a change made to a copy, to find two sets of one quantity. */
struct applied_change {
    int section;
    size_t offset;
    bool of_node;
    int element_count;
    const int *element_i;
    int64_t from_s, to_s;
    unsigned month_mask;
    const char *path;
};

enum status
basin_copy(const struct basin *basin, struct basin **out)
{
    struct arena *arena = arena_create();
    struct basin *copy = arena == NULL ? NULL : arena_copy(arena, basin, 1, sizeof *copy);
    if (copy == NULL) {
        arena_destroy(arena);
        return STATUS_MEMORY;
    }
    copy->arena = arena;
    copy->is_copy = true;
#define COPY(array)                                                                                \
    copy->array = arena_copy(arena, basin->array, (size_t)basin->array##_count, sizeof *copy->array)
    COPY(rank);
    COPY(node);
    COPY(catchment);
    COPY(reservoir);
    COPY(passage);
    COPY(demand);
    COPY(aquifer);
    COPY(source);
    COPY(link);
    COPY(split);
    COPY(blend);
    COPY(licence);
    COPY(drought_plan);
    COPY(substance);
    COPY(applied);
#undef COPY
    copy->applied_capacity = copy->applied_count;
    if (arena->failed || !copy_items(copy, arena)) {
        arena_destroy(arena);
        return STATUS_MEMORY;
    }
    *out = copy;
    return STATUS_OK;
}

/* Add a scale, a shift or a set in a window to a quantity. */
static enum status
add_adjustment(struct varying *varying, const struct change *change, struct error *err)
{
    if (varying->adjustment_count == ADJUSTMENT_MAX)
        return error_set(err, STATUS_INPUT, "%s: more than %d changes of one quantity",
                         change->path, ADJUSTMENT_MAX);
    struct adjustment *adjustment = &varying->adjustment[varying->adjustment_count++];
    *adjustment = change->window;
    adjustment->operation = change->operation;
    return STATUS_OK;
}

/* A set for the whole run replaces the quantity, earlier scales and shifts with it. */
static void
set_varying(struct basin *basin, const struct change *change, const struct field *field,
            int element_i, const struct varying *value)
{
    struct varying *varying = field_address(basin, (enum section)change->section, element_i, field);
    *varying = *value;
    if (field->read == read_inflow)
        basin->catchment[element_i].inflow_kind = INFLOW_SERIES;
    if (field->read == read_pet)
        basin->catchment[element_i].pet_source = PET_GIVEN;
    if (change->section == SECTION_DEMANDS && varying == &basin->demand[element_i].need)
        basin->demand[element_i].basis = DEMAND_CONSTANT;
}

/* The level or the volume that was given last holds. */
static enum status
follow_number(struct reservoir *reservoir, const double *number, const struct change *change,
              struct error *err)
{
    if (number == &reservoir->capacity_m3)
        reservoir->normal_level_m = NAN;
    if (number == &reservoir->dead_storage_m3)
        reservoir->dead_level_m = NAN;
    if (!reservoir_derive(reservoir))
        return error_set(err, STATUS_INPUT, "%s: the level lies outside the lake's table",
                         change->path);
    return STATUS_OK;
}

static enum status
change_number(struct basin *basin, const struct change *change, const struct field *field,
              int element_i, struct error *err)
{
    enum section section = (enum section)change->section;
    double *number = field_address(basin, section, element_i, field);
    double per_si = field->per_si != 0.0 ? field->per_si : 1.0;
    if (change->operation == CHANGE_SCALE)
        *number *= change->window.value;
    else if (change->operation == CHANGE_SHIFT)
        *number += change->window.value * per_si;
    else
        *number = change->value.value[0] * per_si;
    if (section == SECTION_RESERVOIRS && (field->flags & FIELD_OF_ITEM) == 0)
        return follow_number(&basin->reservoir[element_i], number, change, err);
    return STATUS_OK;
}

/* Keys that hold a number of their own: words, yes or no, years, nodes, ranks. */
static void
set_choice(struct basin *basin, const struct change *change, const struct field *field,
           int element_i)
{
    void *address = field_address(basin, (enum section)change->section, element_i, field);
    if (field->kind == FIELD_YES_NO || field->kind == FIELD_WORD_BOOL)
        *(bool *)address = change->choice != 0;
    else
        *(int *)address = change->choice;
    if (change->section == SECTION_RESERVOIRS && field->kind == FIELD_YES_NO) {
        struct reservoir *reservoir = &basin->reservoir[element_i];
        if (reservoir->reserve && reservoir->emergency_for_rank < 0) /* as when it is read */
            reservoir->emergency_for_rank = rank_of_word(basin, "domestic");
    }
    if (address != &basin->run.share)
        return;
    for (int i = 0; i < basin->rank_count; i++)
        if (!basin->rank[i].share_given)
            basin->rank[i].share = basin->run.share;
}

/* Make the change to one element. */
static enum status
change_element(struct basin *basin, const struct change *change, const struct field *field,
               int element_i, const struct varying *value, struct error *err)
{
    enum section section = (enum section)change->section;
    const struct adjustment *window = &change->window;
    bool whole_run =
        window->from_s == INT64_MIN && window->to_s == INT64_MAX && window->month_mask == 0xfff;
    if (field_varies(field)) {
        if (change->operation != CHANGE_SET || !whole_run)
            return add_adjustment(field_address(basin, section, element_i, field), change, err);
        set_varying(basin, change, field, element_i, value);
    } else if (field->kind == FIELD_NUMBER) {
        return change_number(basin, change, field, element_i, err);
    } else if (field->kind == FIELD_RANGE) {
        *(struct date_range *)field_address(basin, section, element_i, field) = change->range;
    } else {
        set_choice(basin, change, field, element_i);
    }
    return STATUS_OK;
}

/* Capacity and normal level are one quantity, dead storage and dead level another. */
static size_t
quantity_offset(const struct change *change, const struct field *field)
{
    if ((field->flags & FIELD_OF_ITEM) != 0)
        return field->offset;
    if (change->section == SECTION_RESERVOIRS &&
        field->offset == offsetof(struct reservoir, normal_level_m))
        return offsetof(struct reservoir, capacity_m3);
    if (change->section == SECTION_RESERVOIRS &&
        field->offset == offsetof(struct reservoir, dead_level_m))
        return offsetof(struct reservoir, dead_storage_m3);
    return field->offset;
}

/* Whether two sets meet in an element (both lists rise) and in time. */
static bool
sets_meet(const struct applied_change *a, const struct applied_change *b, int *element_i)
{
    if (a->section != b->section || a->offset != b->offset || a->of_node != b->of_node ||
        a->from_s >= b->to_s || b->from_s >= a->to_s || (a->month_mask & b->month_mask) == 0)
        return false;
    for (int i = 0, j = 0; i < a->element_count && j < b->element_count;) {
        if (a->element_i[i] == b->element_i[j]) {
            *element_i = a->element_i[i];
            return true;
        }
        if (a->element_i[i] < b->element_i[j])
            i++;
        else
            j++;
    }
    return false;
}

/* Remember a set, or refuse it if it meets an earlier one. */
static enum status
remember_set(struct basin *basin, const struct change *change, const struct field *field,
             struct error *err)
{
    struct applied_change set = {.section = change->section,
                                 .offset = quantity_offset(change, field),
                                 .of_node = (field->flags & FIELD_OF_NODE) != 0,
                                 .element_count = change->element_count,
                                 .from_s = change->window.from_s,
                                 .to_s = change->window.to_s,
                                 .month_mask = change->window.month_mask};
    set.element_i = change->element_i;
    for (int i = 0; i < basin->applied_count; i++) {
        int element_i;
        if (!sets_meet(&basin->applied[i], &set, &element_i))
            continue;
        return error_set(
            err, STATUS_INPUT, "'%s' of '%s' is set twice in one scenario: by '%s' and by '%s'",
            field->key,
            section_id(basin, (enum section)change->section, element_of(field, element_i)),
            basin->applied[i].path, change->path);
    }
    set.path = arena_text(basin->arena, change->path);
    set.element_i = arena_copy(basin->arena, change->element_i, (size_t)change->element_count,
                               sizeof *change->element_i);
    struct applied_change *grown = arena_grow(basin->arena, basin->applied, basin->applied_count,
                                              &basin->applied_capacity, sizeof *grown);
    if (grown == NULL || set.path == NULL || set.element_i == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory");
    basin->applied = grown;
    basin->applied[basin->applied_count++] = set;
    return STATUS_OK;
}

/* The change itself, without a look at other changes. */
static enum status
make_change(struct basin *basin, const struct change *change, const struct field *field,
            struct error *err)
{
    struct varying value = change->value;
    size_t count = (size_t)value.count;
    if (value.value != NULL) /* the change may be of a passing sample */
        value.value = arena_copy(basin->arena, value.value, count, sizeof *value.value);
    if (value.x != NULL)
        value.x = arena_copy(basin->arena, value.x, count, sizeof *value.x);
    if (((struct arena *)basin->arena)->failed)
        return error_set(err, STATUS_MEMORY, "out of memory");
    for (int i = 0; i < change->element_count; i++) {
        enum status status =
            change_element(basin, change, field, change->element_i[i], &value, err);
        if (status != STATUS_OK)
            return status;
        follow_item(basin, (enum section)change->section, change->element_i[i], field);
    }
    return STATUS_OK;
}

enum status
basin_apply(struct basin *basin, const struct change *change, struct error *err)
{
    const struct field_table *table;
    const struct field *field = change_field(change, &table);
    enum status status = STATUS_OK;
    if (change->operation == CHANGE_SET)
        TRY(remember_set(basin, change, field, err));
    TRY(make_change(basin, change, field, err));
out:
    return status;
}

/* Set a key of run that no scenario may change; such keys are read straight into the basin. */
static void
set_run_key(struct basin_reader *reader, const struct field *field, const struct yaml_node *value)
{
    struct element element = {.section = SECTION_RUN,
                              .id = "run",
                              .base = &reader->basin->run,
                              .at = value,
                              .yaml = value};
    read_field(reader, &element, field, value);
}

/* Read the value and put it in place. Faults go to the reader's diagnostics. */
static enum status
set_value(struct basin_reader *reader, const char *path, const struct yaml_node *value)
{
    const struct adjustment whole = {.from_s = INT64_MIN, .to_s = INT64_MAX, .month_mask = 0xfff};
    struct change change;
    struct yaml_node at = {.kind = YAML_TEXT, .text = path, .file = "--set"};
    const struct field *run_field =
        find_key(section_table[SECTION_RUN].table, strncmp(path, "run.", 4) == 0 ? path + 4 : path);
    if (run_field != NULL && (run_field->flags & FIELD_RUN_ONLY) != 0) {
        set_run_key(reader, run_field, value);
        return STATUS_OK;
    }
    if (!read_change(reader, path, &at, value, CHANGE_SET, &whole, &change))
        return STATUS_OK;
    struct error err = {0};
    const struct field_table *table;
    enum status status = make_change(reader->basin, &change, change_field(&change, &table), &err);
    if (status == STATUS_INPUT)
        fault(reader, &at, "%s", err.text);
    return status == STATUS_MEMORY ? status : STATUS_OK;
}

/* What the new value breaks elsewhere in the basin. */
static void
check_after_set(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    struct yaml_node at = {.kind = YAML_TEXT, .text = "", .file = "--set"};
    struct error err = {0};
    if (basin_check_values(basin, &err) != STATUS_OK)
        fault(reader, &at, "%s", err.text);
    for (int i = 0; i < reader->use_count; i++)
        basin->series[reader->use[i].series_i].used = true;
    check_calendar(reader, &at);
}

/* For the provenance of results. */
static void
keep_assignment(struct basin *basin, const char *assignment)
{
    char **grown =
        arena_grow(basin->arena, basin->set, basin->set_count, &basin->set_capacity, sizeof *grown);
    if (grown == NULL)
        return;
    basin->set = grown;
    basin->set[basin->set_count++] = arena_text(basin->arena, assignment);
}

enum status
basin_set(struct basin *basin, const char *assignment, struct diagnostics *diagnostics)
{
    int errors_before = diagnostics->error_count;
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment || equals[1] == '\0') {
        diagnostics_add(diagnostics, false, "--set", 0, 0,
                        "'%s' must be path=value, such as demand_year=2030", assignment);
        return STATUS_INPUT;
    }
    struct basin_reader reader;
    if (!reader_init(&reader, basin, diagnostics))
        return STATUS_MEMORY;
    reader.by_command = true;
    char *path = arena_text_part(reader.scratch, assignment, (size_t)(equals - assignment));
    struct yaml_node *value = NULL;
    enum status status = path != NULL && reader_index(&reader) ? STATUS_OK : STATUS_MEMORY;
    if (status == STATUS_OK)
        status = yaml_parse(equals + 1, strlen(equals + 1), "--set", reader.scratch, &value,
                            diagnostics);
    if (status == STATUS_OK)
        status = set_value(&reader, path, value);
    if (status == STATUS_OK && diagnostics->error_count == errors_before)
        check_after_set(&reader);
    if (status == STATUS_OK && diagnostics->error_count == errors_before)
        keep_assignment(basin, assignment);
    if (reader.arena->failed || reader.scratch->failed)
        status = STATUS_MEMORY;
    reader_finish(&reader);
    return status == STATUS_OK && diagnostics->error_count > errors_before ? STATUS_INPUT : status;
}
