/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* Lists and tables inside the keys of an outlet. */

enum { ROWS_MAX = 1000 };

static const struct field level_figure = {
    .key = "level", .dimensions = 1 << DIMENSION_LENGTH, .min = -INFINITY, .max = INFINITY};
static const struct field flow_figure = {
    .key = "flow", .dimensions = 1 << DIMENSION_FLOW, .min = 0, .max = INFINITY};
static const struct field bare_figure = {
    .key = "ratio", .dimensions = 1 << DIMENSION_NONE, .min = 0, .max = 100};
static const struct field opening_figure = {.key = "opening",
                                            .dimensions =
                                                1 << DIMENSION_LENGTH | 1 << DIMENSION_NONE,
                                            .min = 0,
                                            .max = INFINITY};

bool
read_pairs(struct basin_reader *reader, const char *what, const struct yaml_node *list,
           const struct field *x_field, const struct field *y_field, int *count, double **x,
           double **y)
{
    if (list->kind != YAML_LIST || list->count < 2 || list->count > ROWS_MAX) {
        fault(reader, list, "'%s' must be a list of 2 to %d pairs [%s, %s]", what, ROWS_MAX,
              x_field->key, y_field->key);
        return false;
    }
    *x = arena_alloc(reader->arena, (size_t)list->count, sizeof **x);
    *y = arena_alloc(reader->arena, (size_t)list->count, sizeof **y);
    if (*x == NULL || *y == NULL)
        return false;
    for (int i = 0; i < list->count; i++) {
        const struct yaml_node *pair = &list->value[i];
        struct quantity first, second;
        if (pair->kind != YAML_LIST || pair->count != 2) {
            fault(reader, pair, "'%s': a point is a pair [%s, %s]", what, x_field->key,
                  y_field->key);
            return false;
        }
        if (!read_figure(reader, &pair->value[0], x_field, &first) ||
            !read_figure(reader, &pair->value[1], y_field, &second))
            return false;
        (*x)[i] = first.value;
        (*y)[i] = second.value;
        if (i > 0 && !((*x)[i] > (*x)[i - 1])) {
            fault(reader, &pair->value[0], "'%s' must rise: %s comes after %s", what,
                  pair->value[0].text, list->value[i - 1].value[0].text);
            return false;
        }
    }
    *count = list->count;
    return true;
}

void
read_tailwater(struct basin_reader *reader, const struct element *element,
               const struct field *field, const struct yaml_node *value)
{
    struct reservoir *reservoir = element->base;
    int count = 0;
    if (!read_pairs(reader, field->key, value, &flow_figure, &level_figure, &count,
                    &reservoir->tailwater_m3s, &reservoir->tailwater_m))
        return;
    for (int i = 1; i < count; i++)
        if (reservoir->tailwater_m[i] < reservoir->tailwater_m[i - 1]) {
            fault(reader, &value->value[i].value[1],
                  "'tailwater' must not fall: the level %s comes after %s",
                  value->value[i].value[1].text, value->value[i - 1].value[1].text);
            return;
        }
    if (reservoir->tailwater_m3s[0] != 0.0) {
        fault(reader, &value->value[0].value[0], "'tailwater' must begin with the flow 0 m3/s");
        return;
    }
    reservoir->tailwater_count = count;
}

void
read_flood_peaks(struct basin_reader *reader, const struct element *element,
                 const struct field *field, const struct yaml_node *value)
{
    static const struct field years = {
        .key = "return period", .dimensions = 1 << DIMENSION_NONE, .min = 1.01, .max = 1e6};
    struct design_flood *flood = element->base;
    int count = 0;
    if (!read_pairs(reader, field->key, value, &years, &flow_figure, &count, &flood->return_period,
                    &flood->peak_m3s))
        return;
    for (int i = 1; i < count; i++)
        if (!(flood->peak_m3s[i] > flood->peak_m3s[i - 1])) {
            fault(reader, &value->value[i].value[1], "'%s' must rise: %s comes after %s",
                  field->key, value->value[i].value[1].text, value->value[i - 1].value[1].text);
            return;
        }
    flood->peak_count = count;
}

/* An opening in the unit of the outlet: metres, or a share of fully open for either. */
static bool
opening_value(struct basin_reader *reader, const struct element *element,
              const struct yaml_node *value, double *out)
{
    const struct outlet *outlet = element->base;
    struct quantity quantity;
    if (!read_figure(reader, value, &opening_figure, &quantity))
        return false;
    bool in_metres = outlet_opens_in_metres(outlet);
    double full = outlet_full_opening(outlet);
    if (quantity.unit.dimension == DIMENSION_LENGTH && !in_metres) {
        fault(reader, value, "the opening '%s' of a valve must be a share such as 40 %%",
              value->text);
        return false;
    }
    *out = quantity.value * (quantity.unit.dimension == DIMENSION_NONE ? full : 1.0);
    if (*out <= full * (1.0 + 1e-12))
        return true;
    fault(reader, value, "the opening '%s' is above the height of the gate, %g%s", value->text,
          in_metres ? full : 100.0, in_metres ? " m" : " %");
    return false;
}

void
read_opening(struct basin_reader *reader, const struct element *element, const struct field *field,
             const struct yaml_node *value)
{
    struct outlet *outlet = element->base;
    (void)field;
    opening_value(reader, element, value, &outlet->initial_opening);
}

void
read_outlet_rule(struct basin_reader *reader, const struct element *element,
                 const struct field *field, const struct yaml_node *value)
{
    struct outlet *outlet = element->base;
    int count = 0;
    if (!read_pairs(reader, field->key, value, &level_figure, &opening_figure, &count,
                    &outlet->rule_level_m, &outlet->rule_opening))
        return;
    for (int i = 0; i < count; i++) {
        if (!opening_value(reader, element, &value->value[i].value[1], &outlet->rule_opening[i]))
            return;
        if (i > 0 && outlet->rule_opening[i] < outlet->rule_opening[i - 1]) {
            fault(reader, &value->value[i].value[1],
                  "'rule' must not fall: the opening %s comes after %s",
                  value->value[i].value[1].text, value->value[i - 1].value[1].text);
            return;
        }
    }
    outlet->rule_count = count;
}

void
read_head_factors(struct basin_reader *reader, const struct element *element,
                  const struct field *field, const struct yaml_node *value)
{
    struct outlet *outlet = element->base;
    int count = 0;
    double *ratio, *factor;
    if (!read_pairs(reader, field->key, value, &bare_figure, &bare_figure, &count, &ratio, &factor))
        return;
    outlet->factor = arena_alloc(reader->arena, (size_t)count, sizeof *outlet->factor);
    if (outlet->factor == NULL)
        return;
    for (int i = 0; i < count; i++) {
        outlet->factor[i] = (struct head_factor){ratio[i], factor[i]};
        if (i > 0 && factor[i] * pow(ratio[i], 1.5) < factor[i - 1] * pow(ratio[i - 1], 1.5)) {
            fault(reader, &value->value[i].value[1],
                  "'%s': the flow would fall as the head rises to %s", field->key,
                  value->value[i].value[0].text);
            return;
        }
    }
    outlet->factor_count = count;
}

void
read_transition(struct basin_reader *reader, const struct element *element,
                const struct field *field, const struct yaml_node *value)
{
    struct outlet *outlet = element->base;
    double ratio[2];
    if (!read_bare_list(reader, field->key, value, 2, ratio))
        return;
    if (!(ratio[0] > 0.0 && ratio[0] < ratio[1] && ratio[1] <= 1.0)) {
        fault(reader, value, "'%s' must be two rising shares of the head within 0 and 1",
              field->key);
        return;
    }
    outlet->transition_low = ratio[0];
    outlet->transition_high = ratio[1];
}

/* One list of rising figures of a rating. */
static bool
read_rating_list(struct basin_reader *reader, const struct yaml_node *list, const char *what,
                 int least, const struct field *figure, const struct yaml_node *unit_node,
                 int *count, double **out)
{
    struct unit unit;
    if (list->kind != YAML_LIST || list->count < least || list->count > ROWS_MAX) {
        fault(reader, list, "'%s' must be a list of %d to %d numbers", what, least, ROWS_MAX);
        return false;
    }
    if (!read_unit(reader, unit_node, figure, &unit))
        return false;
    *out = arena_alloc(reader->arena, (size_t)list->count, sizeof **out);
    if (*out == NULL)
        return false;
    for (int i = 0; i < list->count; i++) {
        if (!read_figure_in_unit(reader, &list->value[i], figure, &unit, &(*out)[i]))
            return false;
        if (i > 0 && !((*out)[i] > (*out)[i - 1])) {
            fault(reader, &list->value[i], "'%s' must rise: %s comes after %s", what,
                  list->value[i].text, list->value[i - 1].text);
            return false;
        }
    }
    *count = list->count;
    return true;
}

/* Flows, a number or a list by opening for each level: none may fall with level or opening. */
static bool
read_flows(struct basin_reader *reader, const struct yaml_node *list,
           const struct yaml_node *unit_node, struct outlet_table *table)
{
    struct unit unit;
    int columns = table->opening_count > 0 ? table->opening_count : 1;
    if (list->kind != YAML_LIST || list->count != table->level_count) {
        fault(reader, list, "'flow' must have one entry for each of the %d levels",
              table->level_count);
        return false;
    }
    if (!read_unit(reader, unit_node, &flow_figure, &unit))
        return false;
    size_t cells = (size_t)table->level_count * (size_t)columns;
    table->flow_m3s = arena_alloc(reader->arena, cells, sizeof *table->flow_m3s);
    if (table->flow_m3s == NULL)
        return false;
    for (int row = 0; row < table->level_count; row++) {
        const struct yaml_node *entry = &list->value[row];
        if (table->opening_count > 0 && (entry->kind != YAML_LIST || entry->count != columns)) {
            fault(reader, entry,
                  "each entry of 'flow' must be a list of %d flows, one for each "
                  "opening",
                  columns);
            return false;
        }
        for (int column = 0; column < columns; column++) {
            const struct yaml_node *cell = table->opening_count > 0 ? &entry->value[column] : entry;
            double *flow = &table->flow_m3s[row * columns + column];
            if (!read_figure_in_unit(reader, cell, &flow_figure, &unit, flow))
                return false;
            if ((row > 0 && *flow < flow[-columns]) || (column > 0 && *flow < flow[-1])) {
                fault(reader, cell, "'table': the rating falls: %s comes after a greater flow",
                      cell->text);
                return false;
            }
            if (row == 0 && *flow != 0.0) {
                fault(reader, cell,
                      "'table' must begin with the level at which the flow is 0, "
                      "not %s",
                      cell->text);
                return false;
            }
        }
    }
    return true;
}

void
read_outlet_table(struct basin_reader *reader, const struct element *element,
                  const struct field *field, const struct yaml_node *value)
{
    static const char *const known[] = {"level", "opening", "flow", "units"};
    struct outlet *outlet = element->base;
    struct outlet_table table = {0};
    if (!require_map(reader, field->key, value))
        return;
    for (int i = 0; i < value->count; i++) {
        bool is_known = false;
        for (int j = 0; j < 4; j++)
            is_known = is_known || strcmp(known[j], value->key[i].text) == 0;
        if (!is_known)
            unknown_key(reader, &value->key[i], field->key, known, 4);
    }
    const struct yaml_node *level = yaml_find(value, "level");
    const struct yaml_node *opening = yaml_find(value, "opening");
    const struct yaml_node *flow = yaml_find(value, "flow");
    const struct yaml_node *units = yaml_find(value, "units");
    int unit_count = opening != NULL ? 3 : 2;
    if (level == NULL || flow == NULL || units == NULL || units->kind != YAML_LIST ||
        units->count != unit_count) {
        fault(reader, value, "'table' needs 'level', 'flow' and 'units', a list such as %s",
              opening != NULL ? "[m, m, m3/s]" : "[m, m3/s]");
        return;
    }
    if (!read_rating_list(reader, level, "level", 2, &level_figure, &units->value[0],
                          &table.level_count, &table.level_m))
        return;
    if (opening != NULL &&
        !read_rating_list(reader, opening, "opening", 1, &opening_figure, &units->value[1],
                          &table.opening_count, &table.opening))
        return;
    if (!read_flows(reader, flow, &units->value[unit_count - 1], &table))
        return;
    outlet->table = table;
    if (opening != NULL) { /* the last column is fully open */
        struct unit unit;
        bool in_metres = read_unit(reader, &units->value[1], &opening_figure, &unit) &&
                         unit.dimension == DIMENSION_LENGTH;
        outlet->height_m = in_metres ? table.opening[table.opening_count - 1] : NAN;
    }
}
