/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_private.h"
#include "model/data_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Reading the key `weather` of a member of a scenario axis: a projection from netCDF files, the
 * rows of a table, or plain changes of rain and temperature.
 */

const char *const weather_keys[WEATHER_COUNT] = {"rain", "temperature", "min_temperature",
                                                 "max_temperature"};
static const char *const weather_names[WEATHER_COUNT] = {"pr", "tas", "tasmin", "tasmax"};

static const char *const model_keys[] = {"rain",
                                         "temperature",
                                         "min_temperature",
                                         "max_temperature",
                                         "netcdf",
                                         "historical",
                                         "method",
                                         "reference",
                                         "period",
                                         "trace",
                                         "at",
                                         "box",
                                         "weights",
                                         "interpolation",
                                         "pet_per_degree",
                                         "runoff_elasticity",
                                         "label"};
static const char *const table_keys[] = {
    "table",    "id",    "scenario",       "period",
    "estimate", "label", "pet_per_degree", "runoff_elasticity"};
static const char *const file_keys[] = {"netcdf", "historical", "variable", "unit", "fill"};
static const char *const estimate_words[] = {"central", "low", "high", NULL};

static bool
keys_are_among(struct weather_spec *spec, const struct yaml_node *map, const char *where,
               const char *const *known, int known_count)
{
    bool good = true;
    for (int i = 0; i < map->count; i++) {
        int k = 0;
        while (k < known_count && strcmp(known[k], map->key[i].text) != 0)
            k++;
        if (k < known_count)
            continue;
        unknown_key(spec->reader, &map->key[i], where, known, known_count);
        good = false;
    }
    return good;
}

/* A coefficient that is off unless it is given. */
static double
read_coefficient(struct weather_spec *spec, const char *key, enum dimension dimension)
{
    const struct yaml_node *value = yaml_find(spec->map, key);
    const struct field field = {
        .key = key, .kind = FIELD_NUMBER, .dimensions = 1u << dimension, .min = 0.0, .max = 10.0};
    struct quantity quantity;
    if (value == NULL)
        return (double)NAN;
    if (read_figure(spec->reader, value, &field, &quantity))
        return quantity.value;
    spec->good = false;
    return (double)NAN;
}

/* Template of a variable's series; its place and method are those of the member. */
static struct climate_series *
read_files(struct weather_spec *spec, enum weather_variable variable, const struct yaml_node *map)
{
    struct basin_reader *reader = spec->reader;
    struct climate_series *climate = arena_alloc(reader->arena, 1, sizeof *climate);
    struct series_input *unit = &spec->unit[variable];
    struct climate_reader files = {reader, map, map, spec->name, unit, climate, true};
    struct climate_reader rules = files;
    const struct yaml_node *name = yaml_find(map, "variable");
    if (climate == NULL || !require_map(reader, weather_keys[variable], map) ||
        (map != spec->map && !keys_are_among(spec, map, weather_keys[variable], file_keys, 5)))
        return NULL;
    rules.map = spec->map;
    climate->observed_i = -1;
    climate->ratio = variable == WEATHER_RAIN;
    climate_read_pattern(&files, "netcdf", &climate->model);
    climate_read_pattern(&files, "historical", &climate->historical);
    if (yaml_find(map, "netcdf") == NULL) {
        fault(reader, map, "%s: '%s' lacks the key 'netcdf'", spec->name, weather_keys[variable]);
        return NULL;
    }
    climate->model.variable = weather_names[variable];
    if (name != NULL && require_text(reader, "variable", name))
        climate->model.variable = arena_text(reader->arena, name->text);
    unit->fill = (enum fill_rule)climate_read_word(&files, "fill", fill_words, 0);
    climate_read_years(&rules, "reference", &climate->reference);
    climate_read_years(&rules, "period", &climate->period);
    climate->use = (enum climate_use)climate_read_word(&rules, "method", climate_method_words,
                                                       CLIMATE_USE_DELTA);
    if (files.good && rules.good)
        climate_read_unit(&files);
    enum dimension right = variable == WEATHER_RAIN ? DIMENSION_SPEED : DIMENSION_TEMPERATURE;
    if (files.good && rules.good && unit->dimension != right) {
        fault(reader, map, "%s: variable '%s' is %s, not %s", spec->name, climate->model.variable,
              dimension_name(unit->dimension), dimension_name(right));
        return NULL;
    }
    climate_read_trace(&rules);
    if (variable != WEATHER_RAIN)
        climate->trace = 0.0;
    return files.good && rules.good ? climate : NULL;
}

/* `netcdf: "*.nc"` for all variables: temperature only where the files have it. */
static void
read_common_files(struct weather_spec *spec)
{
    struct basin_reader *reader = spec->reader;
    struct netcdf_source source = {.variable = weather_names[WEATHER_MEAN]};
    struct climate_reader one = {
        .reader = reader, .map = spec->map, .name = spec->name, .good = true};
    spec->files[WEATHER_RAIN] = read_files(spec, WEATHER_RAIN, spec->map);
    climate_read_pattern(&one, "netcdf", &source);
    if (source.pattern != NULL && netcdf_source_probe(&source, NULL) == STATUS_OK)
        spec->files[WEATHER_MEAN] = read_files(spec, WEATHER_MEAN, spec->map);
}

static void
read_places(struct weather_spec *spec)
{
    struct climate_series place_holder = {.observed_i = -1};
    struct climate_reader one = {.reader = spec->reader,
                                 .map = spec->map,
                                 .name = spec->name,
                                 .climate = &place_holder,
                                 .good = true};
    spec->weights = yaml_find(spec->map, "weights");
    if (spec->weights != NULL)
        return;
    climate_read_place(&one);
    spec->good = spec->good && one.good;
    spec->place_given = place_holder.place.pick != PICK_SERIES;
    for (int v = 0; v < WEATHER_COUNT; v++)
        if (spec->files[v] != NULL)
            spec->files[v]->place = place_holder.place;
}

static void
read_model(struct weather_spec *spec)
{
    struct basin_reader *reader = spec->reader;
    int faults = reader->diagnostics->error_count;
    if (!keys_are_among(spec, spec->map, "weather", model_keys, 17))
        spec->good = false;
    if (yaml_find(spec->map, "period") == NULL) {
        fault(reader, spec->map, "%s lacks the key 'period', the years of the projection",
              spec->name);
        spec->good = false;
    }
    if (yaml_find(spec->map, "netcdf") != NULL)
        read_common_files(spec);
    for (int v = 0; v < WEATHER_COUNT; v++) {
        const struct yaml_node *value = yaml_find(spec->map, weather_keys[v]);
        if (value != NULL && yaml_find(spec->map, "netcdf") != NULL)
            fault(reader, value, "%s has both 'netcdf' and '%s'", spec->name, weather_keys[v]);
        else if (value != NULL)
            spec->files[v] = read_files(spec, (enum weather_variable)v, value);
    }
    read_places(spec);
    for (int v = 0; v < WEATHER_COUNT; v++) {
        const struct climate_series *files = spec->files[v];
        if (files != NULL && files->use == CLIMATE_USE_DELTA && files->reference.first == 0 &&
            files->historical.pattern == NULL)
            fault(reader, spec->map,
                  "%s needs 'reference', years of the past that the files hold, or files "
                  "'historical'",
                  spec->name);
        if (files != NULL && files->use == CLIMATE_USE_AS_IS)
            fault(reader, spec->map, "%s: a member needs a method, not 'none'", spec->name);
    }
    spec->good = spec->good && reader->diagnostics->error_count == faults;
}

/* Beside the basin file, in the folder NGUON_DATA, or where the program's tables are installed. */
static char *
find_table(struct weather_spec *spec, const struct yaml_node *value)
{
    struct arena *arena = spec->reader->arena;
    char *path = path_beside(spec->reader, value), found[4096];
    if (path != NULL && access(path, R_OK) != 0 && data_file_find(value->text, found, sizeof found))
        path = arena_text(arena, found);
    if (path != NULL)
        note_input(spec->reader, path);
    return path;
}

static void
read_published(struct weather_spec *spec)
{
    static const char *const needed[] = {"table", "id", "scenario", "period"};
    struct basin_reader *reader = spec->reader;
    struct climate_table_query query = {0};
    const char **texts[] = {&query.path, &query.id, &query.scenario, &query.period};
    struct climate_reader one = {
        .reader = reader, .map = spec->map, .name = spec->name, .good = true};
    struct error err = {0};
    spec->is_table = true;
    spec->good = keys_are_among(spec, spec->map, "weather from a table", table_keys, 8);
    for (int i = 0; i < 4; i++) {
        const struct yaml_node *value = yaml_find(spec->map, needed[i]);
        if (value == NULL)
            fault(reader, spec->map, "%s lacks the key '%s'", spec->name, needed[i]);
        if (value == NULL || !require_text(reader, needed[i], value)) {
            spec->good = false;
            continue;
        }
        *texts[i] = i == 0 ? find_table(spec, value) : value->text;
    }
    query.estimate = (enum climate_estimate)climate_read_word(&one, "estimate", estimate_words, 0);
    spec->good = spec->good && one.good && query.path != NULL;
    if (!spec->good)
        return;
    enum status status = climate_table_read(&query, &spec->table, &err);
    if (status == STATUS_MEMORY)
        reader->arena->failed = true;
    if (status != STATUS_OK) {
        fault(reader, yaml_find(spec->map, "table"), "%s: %s", spec->name, err.text);
        spec->good = false;
    }
    for (int i = 0; i < 4; i++)
        reader->basin->flag_count[i] += spec->table.flag_count[i];
}

/* ---- plain changes --------------------------------------------------------------------------- */

void
climate_read_plain(struct weather_spec *spec, enum weather_variable variable,
                   const struct yaml_node *value)
{
    bool is_rain = variable == WEATHER_RAIN;
    const struct field field = {.key = weather_keys[variable],
                                .kind = FIELD_VARYING,
                                .dimensions =
                                    is_rain ? 1u << DIMENSION_NONE : 1u << DIMENSION_TEMPERATURE,
                                .min = is_rain ? 0.0 : -INFINITY,
                                .max = INFINITY};
    struct quantity quantity;
    if (!read_figure(spec->reader, value, &field, &quantity)) {
        spec->good = false;
        return;
    }
    for (int m = 0; m < 12; m++) {
        if (is_rain)
            spec->table.rain_factor[m] = quantity.value;
        else /* a difference: 2 K and 2 degC are the same */
            spec->table.temperature_K[m] = quantity.value - quantity.unit.offset;
    }
    spec->table.has_rain = spec->table.has_rain || is_rain;
    spec->table.has_temperature = spec->table.has_temperature || !is_rain;
}

/* Whether rain or temperature is a figure in place of files. */
static bool
is_plain(const struct weather_spec *spec)
{
    for (int v = WEATHER_RAIN; v <= WEATHER_MEAN; v++) {
        const struct yaml_node *value = yaml_find(spec->map, weather_keys[v]);
        if (value != NULL && value->kind == YAML_TEXT)
            return true;
    }
    return false;
}

static void
read_plain_changes(struct weather_spec *spec)
{
    static const char *const known[] = {"rain", "temperature", "pet_per_degree",
                                        "runoff_elasticity", "label"};
    spec->is_table = true;
    spec->good = keys_are_among(spec, spec->map, "plain changes of weather", known, 5);
    for (int v = WEATHER_RAIN; v <= WEATHER_MEAN; v++) {
        const struct yaml_node *value = yaml_find(spec->map, weather_keys[v]);
        if (value != NULL)
            climate_read_plain(spec, (enum weather_variable)v, value);
    }
}

void
climate_read_coefficients(struct weather_spec *spec)
{
    spec->pet_per_degree = read_coefficient(spec, "pet_per_degree", DIMENSION_PER_DEGREE);
    spec->runoff_elasticity = read_coefficient(spec, "runoff_elasticity", DIMENSION_NONE);
    for (int m = 0; m < 12; m++)
        spec->table.rain_factor[m] = 1.0;
}

void
climate_read_weather(struct weather_spec *spec)
{
    climate_read_coefficients(spec);
    if (yaml_find(spec->map, "table") != NULL)
        read_published(spec);
    else if (is_plain(spec))
        read_plain_changes(spec);
    else
        read_model(spec);
}
