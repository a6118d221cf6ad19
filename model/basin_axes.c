/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCENARIOS_MAX = 1000000, AXES_MAX = 64, LABEL_MAX = 128 };

static const char *const operation_words[] = {"set", "scale", "shift", NULL};

/* One axis while it is read. */
struct axis_reader {
    struct basin_reader *reader;
    const struct yaml_node *key;
    const struct yaml_node *map;
    struct axis *axis;
};

bool
read_window(struct basin_reader *reader, const struct yaml_node *map, struct adjustment *out)
{
    static const struct field month_field = {.key = "months", .min = 1, .max = 12};
    *out = (struct adjustment){.from_s = INT64_MIN, .to_s = INT64_MAX, .month_mask = 0xfff};
    struct yaml_node key[2];
    struct yaml_node value[2];
    struct yaml_node dates = *map;
    dates.key = key;
    dates.value = value;
    dates.count = 0;
    for (int i = 0; i < map->count; i++) {
        const char *name = map->key[i].text;
        if (strcmp(name, "from") != 0 && strcmp(name, "to") != 0)
            continue;
        key[dates.count] = map->key[i];
        value[dates.count++] = map->value[i];
    }
    struct date_range range;
    if (dates.count > 0) {
        if (!read_date_range(reader, "from and to", &dates, &range))
            return false;
        out->from_s = range.from_s;
        out->to_s = range.to_s;
    }
    const struct yaml_node *months = yaml_find(map, "months");
    if (months == NULL)
        return true;
    if (months->kind != YAML_LIST || months->count == 0) {
        fault(reader, months, "'months' must be a list of months, such as [11, 12, 1]");
        return false;
    }
    out->month_mask = 0;
    for (int i = 0; i < months->count; i++) {
        int month;
        if (!read_integer(reader, &month_field, &months->value[i], &month))
            return false;
        out->month_mask |= 1u << (month - 1);
    }
    return true;
}

/* Label of a member: it becomes part of names such as "demand=2030,drought=normal". */
static char *
read_label(struct axis_reader *axis, const struct yaml_node *at, size_t length)
{
    const char *text = at->text;
    bool good = length > 0 && length <= LABEL_MAX;
    for (size_t i = 0; i < length && good; i++)
        good = text[i] != ',' && text[i] != '=' && (unsigned char)text[i] >= ' ';
    if (!good) {
        fault(axis->reader, at,
              "a label of axis '%s' must have 1 to %d characters and no ',' or '='",
              axis->key->text, LABEL_MAX);
        return NULL;
    }
    return arena_text_part(axis->reader->arena, text, length);
}

static int
compare_members(const void *left, const void *right)
{
    const struct axis_member *const *a = left;
    const struct axis_member *const *b = right;
    return strcmp((*a)->label, (*b)->label);
}

void
check_axis_labels(struct basin_reader *reader, const struct axis *axis, const struct yaml_node *at)
{
    size_t count = (size_t)axis->member_count;
    const struct axis_member **sorted = malloc((count + 1) * sizeof *sorted);
    if (sorted == NULL) {
        reader->arena->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = &axis->member[i];
    qsort(sorted, count, sizeof *sorted, compare_members);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->label, sorted[i]->label) == 0)
            fault(reader, at, "axis '%s' has '%s' twice", axis->id, sorted[i]->label);
    free(sorted);
}

static bool
allocate_members(struct axis_reader *axis, int count)
{
    axis->axis->member =
        arena_alloc(axis->reader->arena, (size_t)count, sizeof *axis->axis->member);
    return axis->axis->member != NULL;
}

/* realisations: 20, or a list of their numbers. */
static void
read_realisations(struct axis_reader *axis, const struct yaml_node *value)
{
    static const struct field field = {.key = "realisations", .min = 1, .max = SCENARIOS_MAX};
    struct basin_reader *reader = axis->reader;
    bool is_list = value->kind == YAML_LIST;
    int count = value->count;
    if (!is_list && !read_integer(reader, &field, value, &count))
        return;
    if (count == 0)
        fault(reader, value, "axis '%s' is empty", axis->key->text);
    if (!allocate_members(axis, count))
        return;
    for (int i = 0; i < count; i++) {
        struct axis_member *member = &axis->axis->member[axis->axis->member_count];
        member->realisation = i + 1;
        if (is_list && !read_integer(reader, &field, &value->value[i], &member->realisation))
            continue;
        member->label = arena_format(reader->arena, "%d", member->realisation);
        if (member->label == NULL)
            return;
        axis->axis->member_count++;
    }
    if (is_list)
        check_axis_labels(reader, axis->axis, value);
}

/* The operation named by `change`, set by default. */
static bool
read_operation(struct axis_reader *axis, enum change_operation *out)
{
    const struct yaml_node *value = yaml_find(axis->map, "change");
    *out = CHANGE_SET;
    if (value == NULL)
        return true;
    int operation = find_word(axis->reader, "change", value, operation_words);
    *out = operation < 0 ? CHANGE_SET : (enum change_operation)operation;
    return operation >= 0;
}

/* path, change and window of an axis of values or of a range. */
static bool
read_axis_target(struct axis_reader *axis, const struct yaml_node **path,
                 enum change_operation *operation, struct adjustment *window)
{
    *path = yaml_find(axis->map, "path");
    if (*path == NULL) {
        fault(axis->reader, axis->key, "axis '%s' lacks the key 'path'", axis->key->text);
        return false;
    }
    return require_text(axis->reader, "path", *path) && check_path(axis->reader, *path) &&
           read_operation(axis, operation) && read_window(axis->reader, axis->map, window);
}

/* values: [...], path: ..., change: ... */
static void
read_values(struct axis_reader *axis, const struct yaml_node *value)
{
    struct basin_reader *reader = axis->reader;
    const struct yaml_node *path;
    enum change_operation operation;
    struct adjustment window;
    if (value->kind != YAML_LIST || value->count == 0) {
        fault(reader, value, "axis '%s' is empty: 'values' must be a list", axis->key->text);
        return;
    }
    path = yaml_find(axis->map, "path");
    bool is_weather = path != NULL && strncmp(path->text, "weather.", 8) == 0;
    if ((!is_weather && !read_axis_target(axis, &path, &operation, &window)) ||
        !allocate_members(axis, value->count))
        return;
    for (int i = 0; i < value->count && !reader->arena->failed; i++) {
        const struct yaml_node *entry = &value->value[i];
        struct axis_member *member = &axis->axis->member[axis->axis->member_count];
        struct error err = {0};
        size_t length = 0;
        char flag;
        if (entry->kind != YAML_TEXT) {
            fault(reader, entry, "a value of axis '%s' must be a single value; use 'members'",
                  axis->key->text);
            continue;
        }
        if (flag_split(entry->text, &length, &flag, &err) != STATUS_OK)
            length = strlen(entry->text);
        member->label = read_label(axis, entry, length);
        if (member->label == NULL)
            continue;
        if (is_weather) {
            read_weather_value(reader, axis->axis, member, axis->map, entry);
            axis->axis->member_count++;
            continue;
        }
        member->change = arena_alloc(reader->arena, 1, sizeof *member->change);
        if (member->change == NULL)
            continue;
        if (read_change(reader, path->text, path, entry, operation, &window, member->change))
            member->change_count = 1;
        axis->axis->member_count++;
    }
    check_axis_labels(reader, axis->axis, value);
}

/* Whether a map is a quantity in one of its forms, rather than {set|scale|shift: ...}. */
static bool
is_quantity_map(const struct yaml_node *map)
{
    static const char *const forms[] = {"value", "monthly", "curve", "years", "series", "by_level"};
    for (int i = 0; i < 6; i++)
        if (yaml_find_key(map, forms[i]) != NULL)
            return true;
    return yaml_find_key(map, "set") == NULL && yaml_find_key(map, "scale") == NULL &&
           yaml_find_key(map, "shift") == NULL;
}

/* One `path: change` of a member; a bare value is a set. */
static bool
read_member_change(struct basin_reader *reader, const struct yaml_node *key,
                   const struct yaml_node *value, struct change *out)
{
    static const char *const known[] = {"set", "scale", "shift", "from", "to", "months"};
    struct adjustment window = {.from_s = INT64_MIN, .to_s = INT64_MAX, .month_mask = 0xfff};
    if (value->kind != YAML_MAP || is_quantity_map(value))
        return read_change(reader, key->text, key, value, CHANGE_SET, &window, out);
    int operation = -1;
    for (int i = 0; i < value->count; i++) {
        int known_i = 0;
        while (known_i < 6 && strcmp(known[known_i], value->key[i].text) != 0)
            known_i++;
        if (known_i == 6) {
            unknown_key(reader, &value->key[i], "a change", known, 6);
            return false;
        }
        if (known_i < 3 && operation >= 0) {
            fault(reader, value, "a change is one of set, scale and shift, not two");
            return false;
        }
        operation = known_i < 3 ? known_i : operation;
    }
    if (operation < 0) { /* only a window: is_quantity_map has not taken it for a figure */
        fault(reader, value, "a change says set, scale or shift");
        return false;
    }
    return read_window(reader, value, &window) &&
           read_change(reader, key->text, key, yaml_find(value, operation_words[operation]),
                       (enum change_operation)operation, &window, out);
}

/*
 * Changes of one member: its weather first, then those of paths; a path has one change, or a list
 * of them that are made in turn.
 */
static void
read_member_changes(struct axis_reader *axis, const struct yaml_node *changes,
                    struct axis_member *member)
{
    struct basin_reader *reader = axis->reader;
    const struct yaml_node *weather = yaml_find(changes, "weather");
    if (weather != NULL)
        read_weather(reader, axis->axis, member, weather);
    int count = member->change_count;
    for (int i = 0; i < changes->count; i++)
        count += changes->value[i].kind == YAML_LIST ? changes->value[i].count : 1;
    struct change *all = arena_alloc(reader->arena, (size_t)count, sizeof *all);
    if (all != NULL && member->change_count > 0)
        memcpy(all, member->change, (size_t)member->change_count * sizeof *all);
    member->change = all;
    for (int i = 0; i < changes->count && member->change != NULL; i++) {
        const struct yaml_node *value = &changes->value[i];
        bool is_list = value->kind == YAML_LIST;
        if (value == weather)
            continue;
        if (is_list && value->count == 0)
            fault(reader, value, "'%s' has an empty list of changes", changes->key[i].text);
        for (int j = 0; j < (is_list ? value->count : 1); j++)
            if (read_member_change(reader, &changes->key[i], is_list ? &value->value[j] : value,
                                   &member->change[member->change_count]))
                member->change_count++;
    }
}

/* members: [historical, {netcdf: ..., period: ...}]: a label without a change, or a projection. */
static void
read_member_list(struct axis_reader *axis, const struct yaml_node *list)
{
    struct basin_reader *reader = axis->reader;
    for (int i = 0; i < list->count; i++) {
        const struct yaml_node *entry = &list->value[i];
        struct axis_member *member = &axis->axis->member[axis->axis->member_count];
        struct yaml_node label = *entry;
        label.text = entry->text;
        if (entry->kind == YAML_MAP)
            label.text = weather_label(reader, entry);
        if (entry->kind == YAML_LIST || label.text == NULL) {
            fault(reader, entry,
                  "an entry of 'members' is a label, or a projection {netcdf: ..., period: ...}");
            continue;
        }
        member->label = read_label(axis, &label, strlen(label.text));
        if (member->label == NULL)
            continue;
        axis->axis->member_count++;
        if (entry->kind == YAML_MAP)
            read_weather(reader, axis->axis, member, entry);
    }
    check_axis_labels(reader, axis->axis, list);
}

/* members: {label: {path: change ...} ...} */
static void
read_members(struct axis_reader *axis, const struct yaml_node *value)
{
    struct basin_reader *reader = axis->reader;
    if (value->kind == YAML_TEXT || value->count == 0) {
        fault(reader, value, "axis '%s' is empty: 'members' must be {label: {path: change}}",
              axis->key->text);
        return;
    }
    if (!allocate_members(axis, value->count))
        return;
    if (value->kind == YAML_LIST) {
        read_member_list(axis, value);
        return;
    }
    for (int i = 0; i < value->count; i++) {
        const struct yaml_node *changes = &value->value[i];
        struct axis_member *member = &axis->axis->member[axis->axis->member_count];
        member->label = read_label(axis, &value->key[i], strlen(value->key[i].text));
        if (member->label == NULL || !require_map(reader, member->label, changes))
            continue;
        axis->axis->member_count++;
        read_member_changes(axis, changes, member);
    }
}

/* range: [low, high], sampled. */
static void
read_range(struct axis_reader *axis, const struct yaml_node *value)
{
    struct basin_reader *reader = axis->reader;
    struct axis *out = axis->axis;
    const struct yaml_node *path;
    enum change_operation operation;
    struct adjustment window;
    struct change high;
    out->is_range = true;
    if (value->kind != YAML_LIST || value->count != 2) {
        fault(reader, value, "'range' must be [low, high]");
        return;
    }
    if (!read_axis_target(axis, &path, &operation, &window) ||
        !read_change(reader, path->text, path, &value->value[0], operation, &window,
                     &out->range_change) ||
        !read_change(reader, path->text, path, &value->value[1], operation, &window, &high))
        return;
    const struct varying *ends[2] = {&out->range_change.value, &high.value};
    if (ends[0]->kind != VARYING_CONSTANT || ends[1]->kind != VARYING_CONSTANT ||
        ends[0]->dimension != ends[1]->dimension || ends[0]->basis != ends[1]->basis) {
        fault(reader, value, "both ends of 'range' must be figures of one kind");
        return;
    }
    out->low = ends[0]->value[0];
    out->high = ends[1]->value[0];
    if (!(out->high > out->low))
        fault(reader, value, "'range' must rise from its low end to its high end");
}

/* generate: {return_period: ...}: design droughts. */
static void
read_generated(struct axis_reader *axis, const struct yaml_node *value)
{
    read_design_droughts(axis->reader, value, axis->axis);
}

static void
read_axis(struct axis_reader *axis)
{
    static const char *const known[] = {
        "realisations", "values", "members", "range",  "generate",       "path",
        "change",       "from",   "to",      "months", "pet_per_degree", "runoff_elasticity"};
    enum { KNOWN_COUNT = sizeof known / sizeof known[0], FORM_COUNT = 5, FORM_GENERATE = 4 };
    struct basin_reader *reader = axis->reader;
    axis->axis->id = arena_text(reader->arena, axis->key->text);
    if (!id_is_valid(axis->key->text))
        fault(reader, axis->key, "axis id '%s' may only hold a-z, 0-9 and _", axis->key->text);
    if (axis->map->kind != YAML_MAP) {
        fault(reader, axis->map, "axis '%s' must be a map, not %s", axis->key->text,
              yaml_kind_name(axis->map->kind));
        return;
    }
    int form = -1;
    for (int i = 0; i < axis->map->count; i++) {
        int known_i = 0;
        while (known_i < KNOWN_COUNT && strcmp(known[known_i], axis->map->key[i].text) != 0)
            known_i++;
        if (known_i == KNOWN_COUNT)
            unknown_key(reader, &axis->map->key[i], "an axis", known, KNOWN_COUNT);
        else if (known_i < FORM_COUNT && form >= 0)
            fault(reader, &axis->map->key[i], "axis '%s' has both '%s' and '%s'", axis->key->text,
                  known[form], known[known_i]);
        else if (known_i < FORM_COUNT)
            form = known_i;
    }
    if (form < 0) {
        fault(reader, axis->key,
              "axis '%s' needs one of realisations, values, members, range and generate",
              axis->key->text);
        return;
    }
    if ((form == 0 || form == 2 || form == FORM_GENERATE) && axis->map->count > 1)
        for (int i = FORM_COUNT; i < KNOWN_COUNT; i++)
            if (yaml_find_key(axis->map, known[i]) != NULL)
                fault(reader, yaml_find_key(axis->map, known[i]), "'%s' does not go with '%s'",
                      known[i], known[form]);
    void (*const readers[])(struct axis_reader *, const struct yaml_node *) = {
        read_realisations, read_values, read_members, read_range, read_generated};
    readers[form](axis, yaml_find(axis->map, known[form]));
}

/* combine: product | zip | {sample: {method, size}} */
static void
read_combine(struct basin_reader *reader, const struct yaml_node *value, struct scenario_spec *spec)
{
    static const char *const words[] = {"product", "zip", NULL};
    static const char *const known[] = {"method", "size"};
    static const char *const methods[] = {"latin_hypercube", "sobol", NULL};
    static const struct field size_field = {.key = "size", .min = 1, .max = SCENARIOS_MAX};
    if (value == NULL)
        return;
    if (value->kind == YAML_TEXT) {
        int word = find_word(reader, "combine", value, words);
        spec->combine = word == 1 ? COMBINE_ZIP : COMBINE_PRODUCT;
        return;
    }
    const struct yaml_node *sample = yaml_find(value, "sample");
    spec->combine = COMBINE_SAMPLE;
    if (sample == NULL || sample->kind != YAML_MAP || value->count != 1) {
        fault(reader, value,
              "'combine' must be product, zip or {sample: {method: sobol, size: 500}}");
        return;
    }
    for (int i = 0; i < sample->count; i++)
        if (strcmp(sample->key[i].text, "method") != 0 && strcmp(sample->key[i].text, "size") != 0)
            unknown_key(reader, &sample->key[i], "sample", known, 2);
    const struct yaml_node *method = yaml_find(sample, "method");
    const struct yaml_node *size = yaml_find(sample, "size");
    if (method != NULL && find_word(reader, "method", method, methods) == 1)
        spec->method = SAMPLE_SOBOL;
    if (size == NULL)
        fault(reader, sample, "'sample' lacks the key 'size'");
    else
        read_integer(reader, &size_field, size, &spec->sample_size);
}

/* How the axes go together. */
static void
check_axes(struct basin_reader *reader, const struct yaml_node *axes,
           const struct scenario_spec *spec)
{
    double product = 1.0;
    int weather_count = 0, design_count = 0;
    for (int i = 0; i < spec->axis_count; i++) {
        const struct axis *axis = &spec->axis[i];
        const struct yaml_node *key = &axes->key[i];
        if (axis->member_count > 0 && axis->member[0].realisation > 0 && weather_count++ > 0)
            fault(reader, key, "axis '%s' is a second axis of realisations", axis->id);
        if (axis->design != NULL && design_count++ > 0)
            fault(reader, key, "axis '%s' is a second axis of design droughts", axis->id);
        if (axis->is_range && spec->combine != COMBINE_SAMPLE)
            fault(reader, key, "axis '%s' is a range, which needs 'combine: {sample: ...}'",
                  axis->id);
        product *= axis->member_count > 0 ? axis->member_count : 1;
        if (spec->combine == COMBINE_ZIP && axis->member_count != spec->axis[0].member_count)
            fault(reader, key,
                  "axes of a zip must be of one length: '%s' has %d members, '%s' has %d", axis->id,
                  axis->member_count, spec->axis[0].id, spec->axis[0].member_count);
    }
    if (spec->combine == COMBINE_PRODUCT && product > SCENARIOS_MAX)
        fault(reader, axes, "the product of the axes has %.0f scenarios, more than %d", product,
              SCENARIOS_MAX);
}

void
read_scenarios(struct basin_reader *reader, const struct yaml_node *value)
{
    static const char *const known[] = {"combine", "axes"};
    struct scenario_spec *spec = &reader->basin->scenarios;
    if (!require_map(reader, "scenarios", value) || value->kind != YAML_MAP)
        return;
    for (int i = 0; i < value->count; i++)
        if (strcmp(value->key[i].text, "combine") != 0 && strcmp(value->key[i].text, "axes") != 0)
            unknown_key(reader, &value->key[i], "scenarios", known, 2);
    read_combine(reader, yaml_find(value, "combine"), spec);
    const struct yaml_node *axes = yaml_find(value, "axes");
    if (axes == NULL || !require_map(reader, "axes", axes) || axes->kind != YAML_MAP)
        return;
    if (axes->count > AXES_MAX) {
        fault(reader, axes, "more than %d axes", AXES_MAX);
        return;
    }
    spec->axis = arena_alloc(reader->arena, (size_t)axes->count, sizeof *spec->axis);
    if (spec->axis == NULL)
        return;
    int faults = reader->diagnostics->error_count;
    for (int i = 0; i < axes->count && !reader->arena->failed; i++) {
        struct axis_reader axis = {reader, &axes->key[i], &axes->value[i], &spec->axis[i]};
        read_axis(&axis);
        spec->axis_count++;
    }
    if (reader->diagnostics->error_count == faults)
        check_axes(reader, axes, spec);
}
