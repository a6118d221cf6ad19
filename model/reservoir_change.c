/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reservoir_change.h"

#include "model/basin_fields.h"
#include "model/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum status
reservoir_copy(const struct reservoir *from, struct reservoir *out)
{
    *out = *from;
    out->outlet = calloc((size_t)from->outlet_count + 1, sizeof *out->outlet);
    if (out->outlet == NULL)
        return STATUS_MEMORY;
    if (from->outlet_count > 0)
        memcpy(out->outlet, from->outlet, (size_t)from->outlet_count * sizeof *out->outlet);
    return STATUS_OK;
}

void
reservoir_copy_finish(struct reservoir *copy)
{
    free(copy->outlet);
    copy->outlet = NULL;
}

/* A figure of a table of keys, also of a map inside: "wind.speed". */
static const struct field *
find_figure(const struct field_table *table, const char *key)
{
    size_t length = strcspn(key, ".");
    for (int i = 0; i < table->count; i++) {
        const struct field *field = &table->field[i];
        if (strlen(field->key) != length || strncmp(field->key, key, length) != 0)
            continue;
        if (key[length] == '.')
            return field->kind == FIELD_MAP ? find_figure(field->inside, key + length + 1) : NULL;
        return field->kind == FIELD_NUMBER ? field : NULL;
    }
    return NULL;
}

/* What a path names: the struct that holds it and its field. */
static const struct field *
find_path(struct reservoir *copy, const char *path, void **base)
{
    if (strncmp(path, "dam.", 4) == 0) {
        *base = &copy->dam;
        return copy->dam.given ? find_figure(&dam_keys, path + 4) : NULL;
    }
    if (strncmp(path, "outlets.", 8) != 0)
        return NULL;
    const char *id = path + 8;
    size_t length = strcspn(id, ".");
    for (int o = 0; o < copy->outlet_count; o++)
        if (strlen(copy->outlet[o].id) == length && strncmp(copy->outlet[o].id, id, length) == 0) {
            *base = &copy->outlet[o];
            return id[length] == '.' ? find_figure(&outlet_keys, id + length + 1) : NULL;
        }
    return NULL;
}

enum status
reservoir_change(struct reservoir *copy, const char *path, const char *value, struct error *err)
{
    void *base = NULL;
    const struct field *field = find_path(copy, path, &base);
    struct quantity quantity;
    struct error cause = {0};
    if (field == NULL)
        return error_set(err, STATUS_INPUT,
                         "'%s' is no figure of the dam or its outlets, such as dam.crest_level or "
                         "outlets.spillway.width",
                         path);
    if (quantity_parse(value, &quantity, &cause) != STATUS_OK)
        return error_set(err, STATUS_INPUT, "%s is '%s': %s", path, value, cause.text);
    if (quantity.has_unit && (field->dimensions & 1u << quantity.unit.dimension) == 0)
        return error_set(err, STATUS_INPUT, "%s is '%s': a wrong unit", path, value);
    double *address = (double *)((char *)base + field->offset);
    if (isnan(*address))
        return error_set(err, STATUS_INPUT, "'%s' is not in the basin file and cannot be changed",
                         path);
    if (!(quantity.value >= field->min && quantity.value <= field->max) ||
        ((field->flags & FIELD_ABOVE_MIN) != 0 && !(quantity.value > field->min)) ||
        ((field->flags & FIELD_BELOW_MAX) != 0 && !(quantity.value < field->max)))
        return error_set(err, STATUS_INPUT, "%s is '%s': out of range", path, value);
    *address = quantity.value;
    const struct dam *dam = &copy->dam;
    if (dam->given &&
        (dam->design_level_m >= dam->crest_level_m || dam->check_level_m >= dam->crest_level_m))
        return error_set(err, STATUS_INPUT,
                         "%s is '%s': the levels of the design and check floods must lie below "
                         "the crest",
                         path, value);
    return STATUS_OK;
}
