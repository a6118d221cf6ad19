/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>

/* The keys of a reservoir's `flood_window`. What they mean together: basin_limits.c. */

enum { SHAPE_MAX = 1441, DAYS_MAX = 30 };

#define AT(member) .offset = offsetof(struct reservoir, flood_window.member)
#define NUMBER(unit, low, high)                                                                    \
    .kind = FIELD_NUMBER, .dimensions = 1 << (unit), .min = low, .max = high
#define LINE                                                                                       \
    .kind = FIELD_VARYING,                                                                         \
    .dimensions = 1 << DIMENSION_VOLUME | 1 << DIMENSION_LENGTH | 1 << DIMENSION_NONE,             \
    .forms = FORM_ANY, .min = -INFINITY, .max = INFINITY

static const struct field flood_window_rows[] = {
    {"level", LINE, AT(level), .doc = "a day that begins at this line or above opens a window"},
    {"inflow", NUMBER(DIMENSION_FLOW, 0, INFINITY), AT(inflow_m3s),
     .doc = "so does a day with this mean inflow or more"},
    {"forecast_inflow", NUMBER(DIMENSION_FLOW, 0, INFINITY), AT(forecast_m3s),
     .doc = "so does such a day among the coming forecast_days"},
    {"forecast_days", .kind = FIELD_INTEGER, .min = 1, .max = DAYS_MAX, AT(forecast_days),
     .flags = FIELD_FIXED, .doc = "days ahead that are looked at"},
    {"until_level", LINE, AT(until_level),
     .doc = "a window ends on a day that begins at this line or below, default that of level"},
    {"until_inflow", NUMBER(DIMENSION_FLOW, 0, INFINITY), AT(until_inflow_m3s),
     .doc = "and that has less inflow, default that of inflow"},
    {"step", NUMBER(DIMENSION_TIME, 60, 86400), AT(step_s), .fallback = "1 h", .flags = FIELD_FIXED,
     .doc = "step of the results within a window"},
    {"control", NUMBER(DIMENSION_TIME, 60, 86400), AT(control_s), .fallback = "15 min",
     .doc = "how often gates are set"},
    {"inflow_shape", .kind = FIELD_SPECIAL, .read = read_inflow_shape, .flags = FIELD_FIXED,
     .doc = "inflow of a day at equal times from its start to its end, in proportion; default "
            "from the days before and after"},
    {"extrapolate", .kind = FIELD_YES_NO, AT(extrapolate), .fallback = "false",
     .doc = "go on above the last rows of tables"},
};
const struct field_table flood_window_keys = {"flood_window", flood_window_rows,
                                              sizeof flood_window_rows / sizeof *flood_window_rows};

void
read_inflow_shape(struct basin_reader *reader, const struct element *element,
                  const struct field *field, const struct yaml_node *value)
{
    static const struct field ordinate = {
        .key = "inflow_shape", .dimensions = 1 << DIMENSION_NONE, .min = 0, .max = 1e6};
    struct flood_window *window = &((struct reservoir *)element->base)->flood_window;
    double sum = 0.0;
    if (value->kind != YAML_LIST || value->count < 2 || value->count > SHAPE_MAX) {
        fault(reader, value,
              "'%s' must be a list of 2 to %d figures, at equal times from the start "
              "of a day to its end",
              field->key, SHAPE_MAX);
        return;
    }
    window->shape = arena_alloc(reader->arena, (size_t)value->count, sizeof *window->shape);
    if (window->shape == NULL)
        return;
    for (int i = 0; i < value->count; i++) {
        struct quantity quantity;
        if (!read_figure(reader, &value->value[i], &ordinate, &quantity))
            return;
        bool at_end = i == 0 || i + 1 == value->count;
        window->shape[i] = quantity.value;
        sum += (at_end ? 0.5 : 1.0) * quantity.value;
    }
    if (!(sum > 0.0)) {
        fault(reader, value, "'%s' must not be nothing throughout", field->key);
        return;
    }
    for (int i = 0; i < value->count; i++) /* the mean of straight lines between becomes 1 */
        window->shape[i] *= (value->count - 1) / sum;
    window->shape_count = value->count;
}
