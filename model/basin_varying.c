/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 4096, YEAR_MIN = 1600, YEAR_MAX = 9999 };

static const char *const form_words[] = {"value",    "monthly", "curve", "years", "series",
                                         "by_level", "tenday",  "daily", NULL};
static const enum varying_kind form_kinds[] = {VARYING_CONSTANT, VARYING_MONTHLY, VARYING_CURVE,
                                               VARYING_YEARS,    VARYING_SERIES,  VARYING_BY_LEVEL,
                                               VARYING_CURVE,    VARYING_CURVE};
static const char *const side_words[] = {"unit", "interpolate", "scale", "shift", NULL};

static const struct field scale_field = {
    .key = "scale", .dimensions = 1 << DIMENSION_NONE, .min = 0, .max = INFINITY};
static const struct field level_field = {
    .key = "by_level", .dimensions = 1 << DIMENSION_LENGTH, .min = -INFINITY, .max = INFINITY};

/* State of reading one varying quantity. */
struct form_reader {
    struct basin_reader *reader;
    const struct field *field;
    const struct yaml_node *map;
    const struct unit *unit; /* of the key `unit`, or NULL */
    struct varying *out;
    bool has_dimension; /* out->dimension and basis are settled by the first figure */
};

/* One figure, in the common unit if there is one; all figures must be of one kind. */
static bool
read_point_value(struct form_reader *form, const struct yaml_node *value, double *out)
{
    if (form->unit != NULL)
        return read_figure_in_unit(form->reader, value, form->field, form->unit, out);
    struct quantity quantity;
    if (!read_figure(form->reader, value, form->field, &quantity))
        return false;
    *out = quantity.value;
    if (form->has_dimension && (form->out->dimension != quantity.unit.dimension ||
                                form->out->basis != quantity.unit.basis)) {
        fault(form->reader, value, "'%s': '%s' is not of the same kind as the figures before it",
              form->field->key, value->text);
        return false;
    }
    form->has_dimension = true;
    form->out->dimension = quantity.unit.dimension;
    form->out->basis = quantity.unit.basis;
    return true;
}

/* Room for the points of the quantity. */
static bool
allocate_points(struct form_reader *form, int count, bool has_x)
{
    struct varying *out = form->out;
    out->count = count;
    out->value = arena_alloc(form->reader->arena, (size_t)count, sizeof *out->value);
    if (has_x)
        out->x = arena_alloc(form->reader->arena, (size_t)count, sizeof *out->x);
    return out->value != NULL && (!has_x || out->x != NULL);
}

static bool
read_monthly(struct form_reader *form, const struct yaml_node *list)
{
    if (list->kind != YAML_LIST || list->count != 12) {
        fault(form->reader, list, "'%s': 'monthly' must be a list of 12 figures, not %s of %d",
              form->field->key, yaml_kind_name(list->kind),
              list->kind == YAML_TEXT ? 1 : list->count);
        return false;
    }
    bool good = allocate_points(form, 12, false);
    for (int i = 0; i < 12 && form->out->value != NULL; i++)
        if (!read_point_value(form, &list->value[i], &form->out->value[i]))
            good = false;
    return good;
}

bool
read_month_day(struct basin_reader *reader, const struct yaml_node *value, int *month, int *day)
{
    const char *text = value->text;
    bool shaped = value->kind == YAML_TEXT && strlen(text) == 5 && text[2] == '-' &&
                  strspn(text, "0123456789") == 2 && strspn(text + 3, "0123456789") == 2;
    if (shaped) {
        *month = (text[0] - '0') * 10 + text[1] - '0';
        *day = (text[3] - '0') * 10 + text[4] - '0';
        struct date date = {.year = 2000, .month = *month, .day = *day}; /* a leap year */
        if (date_is_valid(date))
            return true;
    }
    fault(reader, value, "'%s' is not a day of the year; it is written MM-DD, such as 06-15",
          value->kind == YAML_TEXT ? text : yaml_kind_name(value->kind));
    return false;
}

static bool
read_day(struct basin_reader *reader, const struct yaml_node *key, double *x)
{
    int month;
    int day;
    if (!read_month_day(reader, key, &month, &day))
        return false;
    *x = day_of_leap_year(month, day);
    return true;
}

static bool
read_year(struct basin_reader *reader, const struct yaml_node *key, double *x)
{
    static const struct field year_field = {.key = "years", .min = YEAR_MIN, .max = YEAR_MAX};
    int year;
    if (!read_integer(reader, &year_field, key, &year))
        return false;
    *x = year;
    return true;
}

/* Bring points into rising order of x; two of one x are a fault. */
static bool
sort_points(struct form_reader *form, const struct yaml_node *at)
{
    struct varying *out = form->out;
    for (int i = 1; i < out->count; i++) {
        double x = out->x[i];
        double value = out->value[i];
        int j = i;
        for (; j > 0 && out->x[j - 1] > x; j--) {
            out->x[j] = out->x[j - 1];
            out->value[j] = out->value[j - 1];
        }
        out->x[j] = x;
        out->value[j] = value;
    }
    for (int i = 1; i < out->count; i++)
        if (!(out->x[i] > out->x[i - 1])) {
            fault(form->reader, at, "'%s': two points stand at the same place", form->field->key);
            return false;
        }
    return true;
}

/* {MM-DD: figure ...} or {year: figure ...}. */
static bool
read_points(struct form_reader *form, const struct yaml_node *map, const char *what,
            bool (*read_x)(struct basin_reader *, const struct yaml_node *, double *))
{
    if (map->kind != YAML_MAP || map->count == 0 || map->count > POINTS_MAX) {
        fault(form->reader, map, "'%s': '%s' must be a map of 1 to %d points, not %s",
              form->field->key, what, POINTS_MAX,
              map->kind == YAML_MAP ? "this" : yaml_kind_name(map->kind));
        return false;
    }
    if (!allocate_points(form, map->count, true))
        return false;
    bool good = true;
    for (int i = 0; i < map->count; i++)
        if (!read_x(form->reader, &map->key[i], &form->out->x[i]) ||
            !read_point_value(form, &map->value[i], &form->out->value[i]))
            good = false;
    return good && sort_points(form, map);
}

/* 36 figures by ten-day period (1-10, 11-20, 21-end of each month), held through each. */
static bool
read_tendays(struct form_reader *form, const struct yaml_node *list)
{
    if (list->kind != YAML_LIST || list->count != 36) {
        fault(form->reader, list, "'%s': 'tenday' must be a list of 36 figures, not %s of %d",
              form->field->key, yaml_kind_name(list->kind),
              list->kind == YAML_TEXT ? 1 : list->count);
        return false;
    }
    if (!allocate_points(form, 36, true))
        return false;
    bool good = true;
    form->out->stepped = true;
    for (int i = 0; i < 36; i++) {
        form->out->x[i] = day_of_leap_year(i / 3 + 1, 10 * (i % 3) + 1);
        good = read_point_value(form, &list->value[i], &form->out->value[i]) && good;
    }
    return good;
}

/* 365 or 366 figures by day of the year, held through each; of 365 the 28 February stands for the
 * 29th too. */
static bool
read_days(struct form_reader *form, const struct yaml_node *list)
{
    enum { DAYS = 365, LAST_OF_FEBRUARY = 59 };
    if (list->kind != YAML_LIST || (list->count != DAYS && list->count != DAYS + 1)) {
        fault(form->reader, list,
              "'%s': 'daily' must be a list of 365 or 366 figures, not %s of %d", form->field->key,
              yaml_kind_name(list->kind), list->kind == YAML_TEXT ? 1 : list->count);
        return false;
    }
    if (!allocate_points(form, list->count, true))
        return false;
    bool good = true;
    form->out->stepped = true;
    for (int i = 0; i < list->count; i++) {
        form->out->x[i] = i + 1 + (list->count == DAYS && i >= LAST_OF_FEBRUARY ? 1 : 0);
        good = read_point_value(form, &list->value[i], &form->out->value[i]) && good;
    }
    return good;
}

/* [[level, flow] ...] with rising levels. */
static bool
read_levels(struct form_reader *form, const struct yaml_node *list)
{
    if (list->kind != YAML_LIST || list->count < 2 || list->count > POINTS_MAX) {
        fault(form->reader, list,
              "'%s': 'by_level' must be a list of at least two pairs [level, figure]",
              form->field->key);
        return false;
    }
    if (!allocate_points(form, list->count, true))
        return false;
    bool good = true;
    for (int i = 0; i < list->count; i++) {
        const struct yaml_node *pair = &list->value[i];
        struct quantity level;
        if (pair->kind != YAML_LIST || pair->count != 2) {
            fault(form->reader, pair, "'%s': a point of 'by_level' is a pair [level, figure]",
                  form->field->key);
            good = false;
            continue;
        }
        if (!read_figure(form->reader, &pair->value[0], &level_field, &level) ||
            !read_point_value(form, &pair->value[1], &form->out->value[i])) {
            good = false;
            continue;
        }
        form->out->x[i] = level.value;
        if (good && i > 0 && !(level.value > form->out->x[i - 1])) {
            fault(form->reader, &pair->value[0], "'%s': the levels of 'by_level' must rise",
                  form->field->key);
            good = false;
        }
    }
    return good;
}

static bool
read_series_form(struct form_reader *form, const struct yaml_node *value)
{
    struct basin_reader *reader = form->reader;
    int series_i = find_series(reader, value);
    if (series_i < 0)
        return false;
    const struct series_input *series = &reader->basin->series[series_i];
    if (series->file == NULL)
        return false; /* itself faulty, which is reported there */
    bool allowed = (form->field->dimensions & 1u << series->dimension) != 0;
    form->out->dimension = series->dimension;
    form->out->basis = series->basis;
    form->out->series_i = series_i;
    form->has_dimension = true;
    if (reader->given != NULL && series->climate != NULL && !allowed) {
        /* its files, which state the unit, are not read again: it was right when they were */
        form->out->dimension = (enum dimension)__builtin_ctz(form->field->dimensions);
        allowed = true;
    }
    if (!allowed) {
        char expected[512];
        fault(reader, value, "'%s': series '%s' is in the unit of %s; it takes %s",
              form->field->key, value->text, dimension_name(series->dimension),
              expected_text(form->field->dimensions, expected, sizeof expected));
        return false;
    }
    struct series_use *use = arena_grow(reader->scratch, reader->use, reader->use_count,
                                        &reader->use_capacity, sizeof *use);
    if (use == NULL)
        return false;
    reader->use = use;
    reader->use[reader->use_count++] =
        (struct series_use){.series_i = series_i, .at = value, .field = form->field};
    return true;
}

/* The key that says which form it is; its index in form_words, or -1 with a fault. */
static int
find_form(struct form_reader *form)
{
    const struct yaml_node *map = form->map;
    int found = -1;
    for (int i = 0; i < map->count; i++) {
        const char *known[16];
        int known_count = 0;
        bool is_known = false;
        for (int j = 0; form_words[j] != NULL; j++) {
            known[known_count++] = form_words[j];
            if (strcmp(map->key[i].text, form_words[j]) != 0)
                continue;
            is_known = true;
            if (found >= 0)
                fault(form->reader, &map->key[i], "'%s' has both '%s' and '%s'; it takes one form",
                      form->field->key, form_words[found], form_words[j]);
            found = found < 0 ? j : found;
        }
        for (int j = 0; side_words[j] != NULL; j++) {
            known[known_count++] = side_words[j];
            is_known = is_known || strcmp(map->key[i].text, side_words[j]) == 0;
        }
        if (!is_known)
            unknown_key(form->reader, &map->key[i], form->field->key, known, known_count);
    }
    if (found < 0)
        fault(form->reader, map,
              "'%s' lacks its form: one of value, monthly, curve, tenday, "
              "daily, years, series, by_level",
              form->field->key);
    else if ((form->field->forms & 1u << form_kinds[found]) == 0) {
        fault(form->reader, yaml_find_key(map, form_words[found]), "'%s' cannot be given '%s'",
              form->field->key, form_words[found]);
        found = -1;
    }
    return found;
}

static bool
read_form(struct form_reader *form, enum varying_kind kind, const struct yaml_node *value)
{
    static const char *const interpolate_words[] = {"linear", "step", NULL};
    const struct yaml_node *interpolate = yaml_find(form->map, "interpolate");
    if (interpolate != NULL && value != yaml_find(form->map, "curve"))
        fault(form->reader, interpolate, "'interpolate' goes only with 'curve'");
    switch (kind) {
    case VARYING_MONTHLY:
        return read_monthly(form, value);
    case VARYING_CURVE:
        if (value == yaml_find(form->map, "tenday"))
            return read_tendays(form, value);
        if (value == yaml_find(form->map, "daily"))
            return read_days(form, value);
        if (interpolate != NULL)
            form->out->stepped =
                find_word(form->reader, "interpolate", interpolate, interpolate_words) == 1;
        return read_points(form, value, "curve", read_day);
    case VARYING_YEARS:
        form->reader->depends_on_year = true;
        return read_points(form, value, "years", read_year);
    case VARYING_SERIES:
        return read_series_form(form, value);
    case VARYING_BY_LEVEL:
        return read_levels(form, value);
    case VARYING_ABSENT:
    case VARYING_CONSTANT:
        break;
    }
    return allocate_points(form, 1, false) && read_point_value(form, value, form->out->value);
}

/* scale and shift beside the form: scale acts first. */
static bool
read_adjustments(struct form_reader *form)
{
    struct varying *out = form->out;
    struct adjustment open = {.from_s = INT64_MIN, .to_s = INT64_MAX, .month_mask = 0xfff};
    const struct yaml_node *scale = yaml_find(form->map, "scale");
    const struct yaml_node *shift = yaml_find(form->map, "shift");
    struct quantity quantity;
    if (scale != NULL) {
        if (!read_figure(form->reader, scale, &scale_field, &quantity))
            return false;
        open.operation = CHANGE_SCALE;
        open.value = quantity.value;
        out->adjustment[out->adjustment_count++] = open;
    }
    if (shift != NULL) {
        struct field shift_field = {
            .key = "shift", .dimensions = 1u << out->dimension, .min = -INFINITY, .max = INFINITY};
        if (!read_figure(form->reader, shift, &shift_field, &quantity))
            return false;
        open.operation = CHANGE_SHIFT;
        open.value = quantity.value - quantity.unit.offset; /* a difference */
        open.basis = quantity.unit.basis;
        out->adjustment[out->adjustment_count++] = open;
    }
    return true;
}

bool
read_varying(struct basin_reader *reader, const struct yaml_node *value, const struct field *field,
             struct varying *out)
{
    *out = (struct varying){.kind = VARYING_ABSENT};
    struct varying result = {.series_i = -1};
    struct form_reader form = {.reader = reader, .field = field, .map = value, .out = &result};
    if (value->kind == YAML_TEXT) {
        if (!allocate_points(&form, 1, false) || !read_point_value(&form, value, result.value))
            return false;
        result.kind = VARYING_CONSTANT;
        *out = result;
        return true;
    }
    if (value->kind == YAML_LIST) {
        fault(reader, value,
              "'%s' cannot be a list; 12 months are written {monthly: [...], "
              "unit: ...}",
              field->key);
        return false;
    }
    int found = find_form(&form);
    if (found < 0)
        return false;
    struct unit unit;
    const struct yaml_node *unit_node = yaml_find(value, "unit");
    if (unit_node != NULL && form_kinds[found] == VARYING_SERIES) {
        fault(reader, unit_node, "'%s': 'unit' does not go with 'series', which has its own",
              field->key);
        return false;
    }
    if (unit_node != NULL) {
        if (!read_unit(reader, unit_node, field, &unit))
            return false;
        form.unit = &unit;
        form.has_dimension = true;
        result.dimension = unit.dimension;
        result.basis = unit.basis;
    }
    result.kind = form_kinds[found];
    if (!read_form(&form, result.kind, yaml_find(value, form_words[found])) ||
        !read_adjustments(&form))
        return false;
    *out = result;
    return true;
}
