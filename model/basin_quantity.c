/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Append to a buffer that always stays a string. */
static void
append(char *buffer, size_t size, const char *text)
{
    size_t used = strlen(buffer);
    snprintf(buffer + used, size - used, "%s", text);
}

const char *
expected_text(unsigned dimensions, char *buffer, size_t size)
{
    buffer[0] = '\0';
    int left = __builtin_popcount(dimensions);
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        if ((dimensions & 1u << i) == 0)
            continue;
        append(buffer, size, dimension_name((enum dimension)i));
        append(buffer, size, " such as ");
        append(buffer, size, dimension_example((enum dimension)i));
        left--;
        append(buffer, size, left > 1 ? ", " : left == 1 ? " or " : "");
    }
    return buffer;
}

/* Whether a figure has one of the field's dimensions; if not, what would be right. */
bool
figure_has_dimension(struct basin_reader *reader, const struct yaml_node *at,
                     const struct field *field, const struct quantity *quantity)
{
    char expected[512];
    if ((field->dimensions & 1u << quantity->unit.dimension) == 0) {
        expected_text(field->dimensions, expected, sizeof expected);
        if (quantity->has_unit)
            fault(reader, at, "'%s' is '%s', %s; it takes %s", field->key, at->text,
                  dimension_name(quantity->unit.dimension), expected);
        else
            fault(reader, at, "'%s' is '%s', without a unit; it takes %s", field->key, at->text,
                  expected);
        return false;
    }
    if ((field->flags & FIELD_PER_YEAR) != 0 && quantity->unit.basis != BASIS_YEAR) {
        fault(reader, at, "'%s' is '%s'; it must be per year, such as 2 %%/year", field->key,
              at->text);
        return false;
    }
    if (field->kind == FIELD_NUMBER && (field->flags & FIELD_PER_YEAR) == 0 &&
        quantity->unit.basis != BASIS_SECOND) {
        fault(reader, at, "'%s' is '%s'; it cannot be per month or per year (write per day)",
              field->key, at->text);
        return false;
    }
    return true;
}

/* Name of the SI unit of a dimension for messages about limits. */
static const char *
si_name(enum dimension dimension)
{
    static const char *const names[DIMENSION_COUNT] = {
        "",        " m3",          " m3/s", " m",         " m2",    " m/s",  " per s", " s",
        " person", " m3/person/s", " head", " m3/head/s", " kg/m3", " degC", " per K",
    };
    return names[dimension];
}

const char *
range_text(const struct field *field, enum dimension dimension, double value, char *buffer,
           size_t size)
{
    const char *unit = si_name(dimension);
    bool above = (field->flags & FIELD_ABOVE_MIN) != 0;
    bool below = (field->flags & FIELD_BELOW_MAX) != 0;
    if (fabs(value) > FIGURE_MAX)
        snprintf(buffer, size, "at most %g%s in size", FIGURE_MAX, unit);
    else if (isinf(field->max))
        snprintf(buffer, size, "%s %g%s", above ? "above" : "at least", field->min, unit);
    else if (isinf(field->min))
        snprintf(buffer, size, "%s %g%s", below ? "below" : "at most", field->max, unit);
    else
        snprintf(buffer, size, "%s %g and %s %g%s", above ? "above" : "at least", field->min,
                 below ? "below" : "at most", field->max, unit);
    return buffer;
}

bool
value_in_range(const struct field *field, double value)
{
    bool low = (field->flags & FIELD_ABOVE_MIN) != 0 ? value > field->min : value >= field->min;
    bool high = (field->flags & FIELD_BELOW_MAX) != 0 ? value < field->max : value <= field->max;
    return low && high && fabs(value) <= FIGURE_MAX;
}

bool
figure_in_range(struct basin_reader *reader, const struct yaml_node *at, const struct field *field,
                double value)
{
    if (value_in_range(field, value))
        return true;
    enum dimension dimension = DIMENSION_NONE;
    while (dimension < DIMENSION_COUNT - 1 && (field->dimensions & 1u << dimension) == 0)
        dimension++;
    char range[128];
    fault(reader, at, "'%s' is '%s', which is out of range: it must be %s", field->key, at->text,
          range_text(field, dimension, value, range, sizeof range));
    return false;
}

/* Note a flag, for the count of sourced and unsourced figures. */
static void
count_flag(struct basin_reader *reader, char flag)
{
    static const char letters[] = "SREM";
    const char *place = flag == '\0' ? NULL : strchr(letters, flag);
    if (place == NULL)
        return;
    reader->basin->flag_count[place - letters]++;
    reader->flagged++;
}

/* A text that could hold a figure, or a fault. */
static bool
require_figure(struct basin_reader *reader, const struct yaml_node *value,
               const struct field *field)
{
    char expected[512];
    if (value->kind == YAML_TEXT && value->text[0] != '\0' && !yaml_is_empty(value))
        return true;
    expected_text(field->dimensions, expected, sizeof expected);
    if (value->kind == YAML_TEXT)
        fault(reader, value, "'%s' has no value; it takes %s", field->key, expected);
    else
        fault(reader, value, "'%s' must be one figure (%s), not %s", field->key, expected,
              yaml_kind_name(value->kind));
    return false;
}

bool
read_figure(struct basin_reader *reader, const struct yaml_node *value, const struct field *field,
            struct quantity *out)
{
    if (!require_figure(reader, value, field))
        return false;
    struct error err = {0};
    if (quantity_parse(value->text, out, &err) != STATUS_OK) {
        char expected[512];
        fault(reader, value, "'%s': %s; it takes %s", field->key, err.text,
              expected_text(field->dimensions, expected, sizeof expected));
        return false;
    }
    count_flag(reader, out->flag);
    return figure_has_dimension(reader, value, field, out) &&
           figure_in_range(reader, value, field, out->value);
}

bool
read_unit(struct basin_reader *reader, const struct yaml_node *value, const struct field *field,
          struct unit *out)
{
    if (!require_text(reader, "unit", value))
        return false;
    struct error err = {0};
    size_t length;
    char flag;
    enum status status = flag_split(value->text, &length, &flag, &err);
    char *text = arena_text_part(reader->scratch, value->text, length);
    if (status == STATUS_OK && text != NULL)
        status = unit_parse(text, out, &err);
    if (status != STATUS_OK || text == NULL) {
        fault(reader, value, "'%s': %s", field->key, err.text);
        return false;
    }
    count_flag(reader, flag);
    if ((field->dimensions & 1u << out->dimension) != 0)
        return true;
    char expected[512];
    fault(reader, value, "'%s': unit '%s' is that of %s; it takes %s", field->key, text,
          dimension_name(out->dimension),
          expected_text(field->dimensions, expected, sizeof expected));
    return false;
}

bool
read_figure_in_unit(struct basin_reader *reader, const struct yaml_node *value,
                    const struct field *field, const struct unit *unit, double *out)
{
    if (!require_figure(reader, value, field))
        return false;
    struct error err = {0};
    if (number_parse(value->text, out, &err) != STATUS_OK) {
        fault(reader, value, "'%s': %s; here the key 'unit' gives the unit of every number",
              field->key, err.text);
        return false;
    }
    *out = *out * unit->scale + unit->offset;
    return figure_in_range(reader, value, field, *out);
}

bool
read_bare_list(struct basin_reader *reader, const char *what, const struct yaml_node *value,
               int count, double *out)
{
    if (value->kind != YAML_LIST || value->count != count) {
        fault(reader, value, "'%s' must be a list of %d numbers, not %s of %d", what, count,
              yaml_kind_name(value->kind), value->kind == YAML_TEXT ? 1 : value->count);
        return false;
    }
    bool good = true;
    for (int i = 0; i < count; i++) {
        struct error err = {0};
        const struct yaml_node *entry = &value->value[i];
        if (entry->kind != YAML_TEXT) {
            fault(reader, entry, "'%s' must be a list of numbers, not of %s", what,
                  yaml_kind_name(entry->kind));
            good = false;
        } else if (number_parse(entry->text, &out[i], &err) != STATUS_OK) {
            fault(reader, entry, "'%s': %s", what, err.text);
            good = false;
        } else if (out[i] < 0.0) {
            fault(reader, entry, "'%s': '%s' is negative", what, entry->text);
            good = false;
        }
    }
    return good;
}
