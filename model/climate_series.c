/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_private.h"

#include <math.h>
#include <string.h>

/* Series from netCDF files, as they are or corrected: {netcdf: "pr_*.nc", variable: pr, ...}. */

static const char *const keys[] = {
    "netcdf",         "variable", "at",     "interpolation", "box",    "weights",
    "weights_column", "unit",     "fill",   "historical",    "method", "observed",
    "reference",      "period",   "change", "trace",         NULL};
const char *const climate_method_words[] = {"none", "delta", "quantile_delta", "quantile_mapping",
                                            NULL};
static const char *const change_words[] = {"ratio", "difference", NULL};
static const char *const interpolation_words[] = {"nearest", "bilinear", NULL};

/* Days below 0.05 mm count as dry (Cannon et al. 2015). */
static const double trace_ms = 0.05e-3 / 86400.0;

static const double days_per_year = 365.2425;

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
        fault(one->reader, list, "%s: %s", one->name, what);
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
        fault(one->reader, value, "%s: 'at' is [latitude, longitude] in degrees, not %g, %g",
              one->name, degrees[0], degrees[1]);
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
              "%s: 'box' is [south, west, north, east], south below north and west below "
              "east",
              one->name);
        one->good = false;
    }
}

/* Weights live in the basin's memory, like all that the basin holds. */
bool
climate_read_weights(struct climate_reader *one, const struct yaml_node *value, const char *column,
                     struct netcdf_place *out)
{
    struct arena *arena = one->reader->arena;
    struct netcdf_place read = {0};
    struct error err = {0};
    char *path =
        require_text(one->reader, "weights", value) ? resolve_path(one->reader, value) : NULL;
    if (path == NULL)
        return false;
    if (one->reader->given != NULL) {
        *out = (struct netcdf_place){.pick = PICK_WEIGHTS};
        return true;
    }
    if (netcdf_weights_read(&read, path, column, &err) != STATUS_OK) {
        fault(one->reader, value, "%s: %s", one->name, err.text);
        return false;
    }
    size_t count = (size_t)read.weight_count;
    *out = (struct netcdf_place){.pick = PICK_WEIGHTS, .weight_count = read.weight_count};
    out->weight_latitude_deg = arena_copy(arena, read.weight_latitude_deg, count, sizeof(double));
    out->weight_longitude_deg = arena_copy(arena, read.weight_longitude_deg, count, sizeof(double));
    out->weight = arena_copy(arena, read.weight, count, sizeof(double));
    netcdf_place_finish(&read);
    return !arena->failed;
}

static void
read_weights(struct climate_reader *one, const struct yaml_node *value)
{
    const struct yaml_node *column = yaml_find(one->map, "weights_column");
    one->good =
        (column == NULL || require_text(one->reader, "weights_column", column)) && one->good;
    one->good =
        one->good && climate_read_weights(one, value, column != NULL ? column->text : "weight",
                                          &one->climate->place);
}

void
climate_read_place(struct climate_reader *one)
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
            fault(one->reader, value, "%s has both '%s' and '%s'", one->name, forms[found],
                  forms[i]);
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

void
climate_read_years(struct climate_reader *one, const char *key, struct year_span *out)
{
    const struct yaml_node *value = yaml_find(one->map, key);
    if (value == NULL || (value->kind == YAML_TEXT && year_span_parse(value->text, out)))
        return;
    fault(one->reader, value, "'%s' must be a span of years such as 2041-2070", key);
    one->good = false;
}

int
climate_read_word(struct climate_reader *one, const char *key, const char *const *words,
                  int fallback)
{
    const struct yaml_node *value = yaml_find(one->map, key);
    if (value == NULL)
        return fallback;
    int word = find_word(one->reader, key, value, words);
    one->good = one->good && word >= 0;
    return word;
}

/* Files of a key; the pattern is resolved like any path. */
void
climate_read_pattern(struct climate_reader *one, const char *key, struct netcdf_source *out)
{
    const struct yaml_node *value = yaml_find(one->map, key);
    if (value == NULL)
        return;
    if (require_text(one->reader, key, value))
        out->pattern = resolve_path(one->reader, value);
    one->good = one->good && out->pattern != NULL;
}

/* The unit of the files, or that of the key `unit` where it stands. */
void
climate_read_unit(struct climate_reader *one)
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
    for (int i = 0; i < 2 && one->good && one->reader->given == NULL; i++) {
        if (sources[i]->pattern == NULL || netcdf_source_probe(sources[i], &err) == STATUS_OK)
            continue;
        fault(one->reader, yaml_find(one->map, i == 0 ? "netcdf" : "historical"), "%s: %s",
              one->name, err.text);
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

void
climate_read_trace(struct climate_reader *one)
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
            fault(one->reader, one->key, "%s lacks the key '%s', which its method needs", one->name,
                  needed[i]);
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
        fault(one->reader, one->key, "%s lacks the key 'variable'", one->name);
        good = false;
    }
    return good;
}

void
read_climate_series(struct basin_reader *reader, const struct yaml_node *key,
                    const struct yaml_node *map, struct series_input *series)
{
    struct climate_series *climate = arena_alloc(reader->arena, 1, sizeof *climate);
    const char *name = arena_format(reader->scratch, "series '%s'", key->text);
    struct climate_reader one = {reader, key, map, name, series, climate, true};
    if (climate == NULL || name == NULL)
        return;
    series->climate = climate;
    climate->observed_i = -1;
    one.good = keys_are_known(&one);
    climate_read_pattern(&one, "netcdf", &climate->model);
    climate_read_pattern(&one, "historical", &climate->historical);
    one.good = read_text(&one, "variable", &climate->model.variable) && one.good;
    one.good = read_text(&one, "observed", &climate->observed) && one.good;
    climate_read_years(&one, "reference", &climate->reference);
    climate_read_years(&one, "period", &climate->period);
    climate->use = (enum climate_use)climate_read_word(&one, "method", climate_method_words, 0);
    series->fill = (enum fill_rule)climate_read_word(&one, "fill", fill_words, 0);
    climate_read_place(&one);
    check_method(&one);
    if (one.good)
        climate_read_unit(&one);
    bool state =
        series->dimension == DIMENSION_TEMPERATURE || series->dimension == DIMENSION_LENGTH;
    climate->ratio = climate_read_word(&one, "change", change_words, state) == 0;
    climate_read_trace(&one);
    if (!one.good || reader->arena->failed)
        return;
    series->path = arena_text(reader->arena, climate->model.pattern);
    series->file = arena_text(reader->arena, key->file);
}
