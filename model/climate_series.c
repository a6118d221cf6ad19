/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_series.h"

#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* Series from netCDF files, as they are or corrected: {netcdf: "pr_*.nc", variable: pr, ...}. */

static const char *const keys[] = {
    "netcdf",         "variable", "at",     "interpolation", "box",    "weights",
    "weights_column", "unit",     "fill",   "historical",    "method", "observed",
    "reference",      "period",   "change", "trace",         NULL};
static const char *const method_words[] = {"none", "delta", "quantile_delta", "quantile_mapping",
                                           NULL};
static const char *const change_words[] = {"ratio", "difference", NULL};
static const char *const interpolation_words[] = {"nearest", "bilinear", NULL};

/* Days below 0.05 mm count as dry (Cannon et al. 2015). */
static const double trace_ms = 0.05e-3 / 86400.0;

static const double days_per_year = 365.2425;

/* One series while it is read. */
struct climate_reader {
    struct basin_reader *reader;
    const struct yaml_node *key, *map;
    struct series_input *series;
    struct climate_series *climate;
    bool good;
};

/* ---- the place ------------------------------------------------------------------------------- */

/* A list of bare degrees. */
static bool
read_degrees(struct climate_reader *one, const struct yaml_node *list, const char *what, int count,
             double *out)
{
    bool good = list->kind == YAML_LIST && list->count == count;
    for (int i = 0; i < count && good; i++)
        good = list->value[i].kind == YAML_TEXT &&
               number_parse(list->value[i].text, &out[i], NULL) == STATUS_OK;
    if (!good)
        fault(one->reader, list, "series '%s': %s", one->key->text, what);
    return good;
}

static void
read_point(struct climate_reader *one, const struct yaml_node *value)
{
    struct netcdf_place *place = &one->climate->place;
    double degrees[2];
    const struct yaml_node *rule = yaml_find(one->map, "interpolation");
    int word =
        rule != NULL ? find_word(one->reader, "interpolation", rule, interpolation_words) : 0;
    place->pick = word == 1 ? PICK_BILINEAR : PICK_NEAREST;
    one->good = word >= 0 &&
                read_degrees(one, value, "'at' is [latitude, longitude] in degrees", 2, degrees) &&
                one->good;
    if (!one->good)
        return;
    place->latitude_deg = degrees[0];
    place->longitude_deg = degrees[1];
    if (fabs(degrees[0]) > 90.0 || fabs(degrees[1]) > 360.0) {
        fault(one->reader, value,
              "series '%s': 'at' is [latitude, longitude] in degrees, not %g, %g", one->key->text,
              degrees[0], degrees[1]);
        one->good = false;
    }
}

static void
read_box(struct climate_reader *one, const struct yaml_node *value)
{
    struct netcdf_place *place = &one->climate->place;
    double degrees[4];
    place->pick = PICK_BOX;
    one->good =
        read_degrees(one, value, "'box' is [south, west, north, east] in degrees", 4, degrees) &&
        one->good;
    if (!one->good)
        return;
    place->south_deg = degrees[0];
    place->west_deg = degrees[1];
    place->north_deg = degrees[2];
    place->east_deg = degrees[3];
    if (!(degrees[0] < degrees[2]) || !(degrees[1] < degrees[3]) || degrees[0] < -90.0 ||
        degrees[2] > 90.0 || degrees[3] - degrees[1] > 360.0) {
        fault(one->reader, value,
              "series '%s': 'box' is [south, west, north, east], south below north and west below "
              "east",
              one->key->text);
        one->good = false;
    }
}

/* Weights live in the basin's memory, like all that the basin holds. */
static void
read_weights(struct climate_reader *one, const struct yaml_node *value)
{
    struct basin_reader *reader = one->reader;
    const struct yaml_node *column = yaml_find(one->map, "weights_column");
    struct netcdf_place read = {0};
    struct netcdf_place *place = &one->climate->place;
    struct error err = {0};
    one->good = require_text(reader, "weights", value) &&
                (column == NULL || require_text(reader, "weights_column", column)) && one->good;
    char *path = one->good ? resolve_path(reader, value) : NULL;
    if (path == NULL)
        return;
    enum status status =
        netcdf_weights_read(&read, path, column != NULL ? column->text : "weight", &err);
    if (status != STATUS_OK) {
        fault(reader, value, "series '%s': %s", one->key->text, err.text);
        one->good = false;
        return;
    }
    size_t count = (size_t)read.weight_count;
    *place = (struct netcdf_place){.pick = PICK_WEIGHTS, .weight_count = read.weight_count};
    place->weight_latitude_deg =
        arena_copy(reader->arena, read.weight_latitude_deg, count, sizeof(double));
    place->weight_longitude_deg =
        arena_copy(reader->arena, read.weight_longitude_deg, count, sizeof(double));
    place->weight = arena_copy(reader->arena, read.weight, count, sizeof(double));
    netcdf_place_finish(&read);
}

static void
read_place(struct climate_reader *one)
{
    static const char *const forms[] = {"at", "box", "weights"};
    void (*const readers[])(struct climate_reader *,
                            const struct yaml_node *) = {read_point, read_box, read_weights};
    int found = -1;
    for (int i = 0; i < 3; i++) {
        const struct yaml_node *value = yaml_find(one->map, forms[i]);
        if (value == NULL)
            continue;
        if (found >= 0) {
            fault(one->reader, value, "series '%s' has both '%s' and '%s'", one->key->text,
                  forms[found], forms[i]);
            one->good = false;
            return;
        }
        found = i;
        readers[i](one, value);
    }
    if (found < 0)
        one->climate->place.pick = PICK_SERIES; /* the file says whether it needs a place */
}

/* ---- the other keys -------------------------------------------------------------------------- */

static bool
read_text(struct climate_reader *one, const char *name, const char **out)
{
    const struct yaml_node *value = yaml_find(one->map, name);
    if (value == NULL)
        return true;
    if (!require_text(one->reader, name, value))
        return false;
    *out = arena_text(one->reader->arena, value->text);
    return *out != NULL;
}

static bool
read_years(struct climate_reader *one, const char *name, struct year_span *out)
{
    const struct yaml_node *value = yaml_find(one->map, name);
    if (value == NULL || (value->kind == YAML_TEXT && year_span_parse(value->text, out)))
        return true;
    fault(one->reader, value, "'%s' must be a span of years such as 2041-2070", name);
    return false;
}

static int
read_choice(struct climate_reader *one, const char *name, const char *const *words, int fallback)
{
    const struct yaml_node *value = yaml_find(one->map, name);
    if (value == NULL)
        return fallback;
    int word = find_word(one->reader, name, value, words);
    one->good = one->good && word >= 0;
    return word;
}

/* Files of a key; the pattern is resolved like any path. */
static bool
read_pattern(struct climate_reader *one, const char *name, struct netcdf_source *out)
{
    const struct yaml_node *value = yaml_find(one->map, name);
    if (value == NULL)
        return true;
    if (!require_text(one->reader, name, value))
        return false;
    out->pattern = resolve_path(one->reader, value);
    return out->pattern != NULL;
}

/* The unit of the files, or that of the key `unit` where it stands. */
static void
read_unit_of_files(struct climate_reader *one)
{
    struct series_input *series = one->series;
    struct climate_series *climate = one->climate;
    const struct yaml_node *unit = yaml_find(one->map, "unit");
    struct error err = {0};
    if (unit != NULL) {
        one->good = read_series_unit(one->reader, unit, series) && one->good;
        climate->model.unit =
            (struct netcdf_unit){series->dimension, series->scale, series->offset, false};
        climate->model.unit_given = true;
    }
    struct netcdf_source *sources[2] = {&climate->model, &climate->historical};
    climate->historical.variable = climate->model.variable;
    climate->historical.unit = climate->model.unit;
    climate->historical.unit_given = climate->model.unit_given;
    for (int i = 0; i < 2 && one->good; i++) {
        if (sources[i]->pattern == NULL || netcdf_source_probe(sources[i], &err) == STATUS_OK)
            continue;
        fault(one->reader, yaml_find(one->map, i == 0 ? "netcdf" : "historical"), "series '%s': %s",
              one->key->text, err.text);
        one->good = false;
    }
    if (unit == NULL) {
        series->dimension = climate->model.unit.dimension;
        series->basis = BASIS_SECOND;
        series->scale = climate->model.unit.scale;
        series->offset = climate->model.unit.offset;
    }
}

/* How many seconds the record's figures are per: 1, or a mean month or year. */
static double
basis_s(enum rate_basis basis)
{
    double year_s = days_per_year * 86400.0;
    return basis == BASIS_YEAR ? year_s : basis == BASIS_MONTH ? year_s / 12.0 : 1.0;
}

static void
read_trace(struct climate_reader *one)
{
    static const struct field trace_field = {.key = "trace",
                                             .kind = FIELD_VARYING,
                                             .dimensions = 1u << DIMENSION_SPEED,
                                             .max = INFINITY};
    struct climate_series *climate = one->climate;
    const struct yaml_node *value = yaml_find(one->map, "trace");
    struct quantity quantity;
    if (one->series->dimension == DIMENSION_SPEED)
        climate->trace = trace_ms * basis_s(one->series->basis);
    if (value == NULL)
        return;
    one->good = read_figure(one->reader, value, &trace_field, &quantity) && one->good;
    if (one->good)
        climate->trace =
            quantity.value / basis_s(quantity.unit.basis) * basis_s(one->series->basis);
}

/* What goes with a method and what does not. */
static void
check_method(struct climate_reader *one)
{
    struct climate_series *climate = one->climate;
    bool corrected = climate->use != CLIMATE_USE_AS_IS;
    static const char *const needed[] = {"observed", "period"};
    static const char *const extra[] = {"observed", "historical", "reference", "change", "trace"};
    for (int i = 0; i < 2 && corrected; i++)
        if (yaml_find(one->map, needed[i]) == NULL) {
            fault(one->reader, one->key, "series '%s' lacks the key '%s', which its method needs",
                  one->key->text, needed[i]);
            one->good = false;
        }
    for (int i = 0; i < 5 && !corrected; i++)
        if (yaml_find(one->map, extra[i]) != NULL) {
            fault(one->reader, yaml_find_key(one->map, extra[i]),
                  "'%s' goes only with a method: delta, quantile_delta or quantile_mapping",
                  extra[i]);
            one->good = false;
        }
    if (yaml_find(one->map, "interpolation") != NULL && yaml_find(one->map, "at") == NULL) {
        fault(one->reader, yaml_find_key(one->map, "interpolation"),
              "'interpolation' goes only with 'at'");
        one->good = false;
    }
}

static bool
keys_are_known(struct climate_reader *one)
{
    bool good = true;
    int known_count = 0;
    while (keys[known_count] != NULL)
        known_count++;
    for (int i = 0; i < one->map->count; i++) {
        int k = 0;
        while (keys[k] != NULL && strcmp(keys[k], one->map->key[i].text) != 0)
            k++;
        if (keys[k] != NULL)
            continue;
        unknown_key(one->reader, &one->map->key[i], "a series from netCDF files", keys,
                    known_count);
        good = false;
    }
    if (yaml_find(one->map, "variable") == NULL) {
        fault(one->reader, one->key, "series '%s' lacks the key 'variable'", one->key->text);
        good = false;
    }
    return good;
}

void
read_climate_series(struct basin_reader *reader, const struct yaml_node *key,
                    const struct yaml_node *map, struct series_input *series)
{
    struct climate_series *climate = arena_alloc(reader->arena, 1, sizeof *climate);
    struct climate_reader one = {reader, key, map, series, climate, true};
    if (climate == NULL)
        return;
    series->climate = climate;
    climate->observed_i = -1;
    one.good = keys_are_known(&one);
    one.good = read_pattern(&one, "netcdf", &climate->model) && one.good;
    one.good = read_pattern(&one, "historical", &climate->historical) && one.good;
    one.good = read_text(&one, "variable", &climate->model.variable) && one.good;
    one.good = read_text(&one, "observed", &climate->observed) && one.good;
    one.good = read_years(&one, "reference", &climate->reference) && one.good;
    one.good = read_years(&one, "period", &climate->period) && one.good;
    climate->use = (enum climate_use)read_choice(&one, "method", method_words, 0);
    series->fill = (enum fill_rule)read_choice(&one, "fill", fill_words, 0);
    read_place(&one);
    check_method(&one);
    if (one.good)
        read_unit_of_files(&one);
    bool state =
        series->dimension == DIMENSION_TEMPERATURE || series->dimension == DIMENSION_LENGTH;
    climate->ratio = read_choice(&one, "change", change_words, state) == 0;
    read_trace(&one);
    if (!one.good || reader->arena->failed)
        return;
    series->path = arena_text(reader->arena, climate->model.pattern);
    series->file = arena_text(reader->arena, key->file);
}
