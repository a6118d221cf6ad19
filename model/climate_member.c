/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_private.h"

#include <math.h>
#include <string.h>

/*
 * A climate projection as a member of a scenario axis: what it does to the rain, temperature,
 * evaporation and inflow of every catchment, lake and user.
 */

/* One catchment, lake or user that is looked at. */
struct weather_element {
    enum section section;
    int element_i;
    int node_i;
    bool has_place, place_looked_for;
    struct netcdf_place place;
    struct climate_point *point[WEATHER_COUNT];
};

/* ---- changes --------------------------------------------------------------------------------- */

/* The field of a section that is stored at an offset, as a change names it. */
static int
field_code(enum section section, size_t offset)
{
    const struct field_table *const *tables = section_table[section].table;
    for (int i = 0; tables[i] != NULL; i++)
        for (int j = 0; j < tables[i]->count; j++)
            if (tables[i]->field[j].offset == offset && field_varies(&tables[i]->field[j]))
                return i << 16 | j;
    return -1;
}

static struct change *
add_change(struct weather_spec *spec, const struct weather_element *element, size_t offset,
           enum change_operation operation)
{
    struct arena *arena = spec->reader->arena;
    struct axis_member *member = spec->member;
    struct change *grown = arena_grow(arena, member->change, member->change_count,
                                      &spec->change_capacity, sizeof *grown);
    int *element_i = arena_copy(arena, &element->element_i, 1, sizeof *element_i);
    if (grown == NULL || element_i == NULL)
        return NULL;
    member->change = grown;
    struct change *change = &grown[member->change_count++];
    *change = (struct change){.operation = operation,
                              .section = (int)element->section,
                              .field = field_code(element->section, offset),
                              .element_count = 1,
                              .element_i = element_i,
                              .line = spec->map->line,
                              .file = arena_text(arena, spec->map->file)};
    change->path =
        arena_format(arena, "weather of %s",
                     section_id(spec->reader->basin, element->section, element->element_i));
    change->text = arena_text(arena, spec->member->label);
    change->window = (struct adjustment){.operation = operation,
                                         .from_s = INT64_MIN,
                                         .to_s = INT64_MAX,
                                         .month_mask = 0xfff,
                                         .value = operation == CHANGE_SCALE ? 1.0 : 0.0};
    spec->changed++;
    return change;
}

/* Twelve figures that scale or shift a quantity. */
static double *
add_monthly(struct weather_spec *spec, const struct weather_element *element, size_t offset,
            enum change_operation operation)
{
    double *monthly = arena_alloc(spec->reader->arena, 12, sizeof *monthly);
    struct change *change = add_change(spec, element, offset, operation);
    if (monthly == NULL || change == NULL)
        return NULL;
    change->window.monthly = monthly;
    return monthly;
}

/* The place of an element: the member's, its own, or that of the catchment that flows into it. */
static bool
find_place(struct weather_spec *spec, struct weather_element *element)
{
    struct basin_reader *reader = spec->reader;
    const struct basin *basin = reader->basin;
    const struct node *node = &basin->node[element->node_i];
    if (element->place_looked_for)
        return element->has_place;
    element->place_looked_for = true;
    if (spec->weights != NULL) {
        struct climate_reader one = {.reader = reader, .map = spec->map, .name = spec->name};
        element->has_place = climate_read_weights(&one, spec->weights, node->id, &element->place);
        return element->has_place;
    }
    for (int v = 0; v < WEATHER_COUNT && spec->place_given; v++)
        if (spec->files[v] != NULL) {
            element->place = spec->files[v]->place;
            element->has_place = true;
            return true;
        }
    double latitude_deg = node->latitude_deg;
    double longitude_deg = node->longitude_deg;
    for (int c = 0; c < basin->catchment_count && isnan(latitude_deg); c++)
        for (int k = 0; k < basin->catchment[c].to_count && isnan(latitude_deg); k++)
            if (basin->catchment[c].to[k].node_i == element->node_i) {
                latitude_deg = basin->node[basin->catchment[c].node_i].latitude_deg;
                longitude_deg = basin->node[basin->catchment[c].node_i].longitude_deg;
            }
    if (isnan(latitude_deg)) {
        fault(reader, spec->map,
              "%s: where is '%s'? Give it at: [latitude, longitude], or the member at, box or "
              "weights",
              spec->name, node->id);
        spec->good = false;
        return false;
    }
    const struct yaml_node *rule = yaml_find(spec->map, "interpolation");
    bool bilinear = rule != NULL && strcmp(rule->text, "bilinear") == 0;
    element->place = (struct netcdf_place){.pick = bilinear ? PICK_BILINEAR : PICK_NEAREST,
                                           .latitude_deg = latitude_deg,
                                           .longitude_deg = longitude_deg};
    element->has_place = true;
    return true;
}

/* The files of a variable; the mean stands in for the extremes of temperature. */
static enum weather_variable
source_of(const struct weather_spec *spec, enum weather_variable variable)
{
    return variable > WEATHER_MEAN && spec->files[variable] == NULL ? WEATHER_MEAN : variable;
}

/* The model's months at an element, to be found when the files are read. */
static struct climate_point *
find_point(struct weather_spec *spec, struct weather_element *element,
           enum weather_variable variable)
{
    struct basin_reader *reader = spec->reader;
    variable = source_of(spec, variable);
    if (spec->files[variable] == NULL || !find_place(spec, element))
        return NULL;
    if (element->point[variable] != NULL)
        return element->point[variable];
    struct climate_point *point = arena_alloc(reader->arena, 1, sizeof *point);
    struct climate_point **grown =
        arena_grow(reader->scratch, reader->climate_point, reader->climate_point_count,
                   &reader->climate_point_capacity, sizeof *grown);
    if (point == NULL || grown == NULL)
        return NULL;
    *point = (struct climate_point){.climate = spec->files[variable],
                                    .place = element->place,
                                    .fill = spec->unit[variable].fill,
                                    .file = arena_text(reader->arena, spec->map->file),
                                    .line = spec->map->line};
    reader->climate_point = grown;
    reader->climate_point[reader->climate_point_count++] = point;
    element->point[variable] = point;
    return point;
}

/* Figures of a change that follow from the model's months. */
static void
add_job(struct weather_spec *spec, struct weather_element *element, enum weather_variable variable,
        const struct climate_job *wanted)
{
    struct basin_reader *reader = spec->reader;
    struct climate_point *point = find_point(spec, element, variable);
    struct climate_job *grown =
        point == NULL ? NULL
                      : arena_grow(reader->scratch, reader->climate_job, reader->climate_job_count,
                                   &reader->climate_job_capacity, sizeof *grown);
    if (grown == NULL)
        return;
    reader->climate_job = grown;
    grown[reader->climate_job_count] = *wanted;
    grown[reader->climate_job_count++].point = point;
}

/* A series of the basin's own making: the model's period corrected by the record in use. */
static void
add_corrected_series(struct weather_spec *spec, struct weather_element *element, size_t offset,
                     const struct varying *varying, enum weather_variable variable)
{
    struct basin_reader *reader = spec->reader;
    struct basin *basin = reader->basin;
    struct climate_series *climate =
        arena_copy(reader->arena, spec->files[variable], 1, sizeof *climate);
    if (climate == NULL || !find_place(spec, element))
        return;
    const struct series_input *observed = &basin->series[varying->series_i];
    climate->place = element->place;
    climate->observed = observed->id;
    climate->observed_i = varying->series_i;
    struct series_input made = {.climate = climate,
                                .dimension = observed->dimension,
                                .basis = BASIS_SECOND,
                                .scale = spec->unit[variable].scale,
                                .offset = spec->unit[variable].offset,
                                .fill = spec->unit[variable].fill,
                                .line = spec->map->line,
                                .file = arena_text(reader->arena, spec->map->file),
                                .path = arena_text(reader->arena, climate->model.pattern)};
    made.id = arena_format(reader->arena, "%s.%s.%s.%s", spec->axis->id, spec->member->label,
                           section_id(basin, element->section, element->element_i),
                           weather_keys[variable]);
    struct series_input *grown = arena_grow(reader->arena, basin->series, basin->series_count,
                                            &reader->series_capacity, sizeof *grown);
    struct change *change = add_change(spec, element, offset, CHANGE_SET);
    struct series_use *use = arena_grow(reader->scratch, reader->use, reader->use_count,
                                        &reader->use_capacity, sizeof *use);
    if (grown == NULL || change == NULL || use == NULL || made.id == NULL)
        return;
    basin->series = grown;
    basin->series[basin->series_count] = made;
    change->value = *varying;
    change->value.series_i = basin->series_count++;
    const struct field_table *table;
    reader->use = use;
    reader->use[reader->use_count++] = (struct series_use){
        .series_i = change->value.series_i, .at = spec->map, .field = change_field(change, &table)};
}

/* Whether a quantity is an observed record that a quantile method can correct. */
static bool
is_corrected(const struct weather_spec *spec, const struct varying *varying,
             enum weather_variable variable)
{
    const struct climate_series *files = spec->files[variable];
    return files != NULL && files->use != CLIMATE_USE_DELTA && varying->kind == VARYING_SERIES &&
           varying->basis == BASIS_SECOND;
}

/* Rain or a temperature of an element. */
static void
change_weather(struct weather_spec *spec, struct weather_element *element, size_t offset,
               const struct varying *varying, enum weather_variable variable)
{
    bool is_rain = variable == WEATHER_RAIN;
    enum change_operation operation = is_rain ? CHANGE_SCALE : CHANGE_SHIFT;
    struct climate_job job = {.kind = is_rain ? JOB_FACTOR : JOB_SHIFT, .observed_i = -1};
    if (varying->kind == VARYING_ABSENT)
        return;
    if (spec->is_table) {
        if (!(is_rain ? spec->table.has_rain : spec->table.has_temperature))
            return;
        double *monthly = add_monthly(spec, element, offset, operation);
        if (monthly != NULL)
            memcpy(monthly, is_rain ? spec->table.rain_factor : spec->table.temperature_K,
                   12 * sizeof *monthly);
        return;
    }
    if (is_corrected(spec, varying, variable)) {
        add_corrected_series(spec, element, offset, varying, variable);
        return;
    }
    if (spec->files[source_of(spec, variable)] == NULL)
        return;
    if (varying->kind == VARYING_SERIES && varying->basis == BASIS_SECOND)
        job.observed_i = varying->series_i;
    job.monthly = add_monthly(spec, element, offset, operation);
    if (job.monthly != NULL)
        add_job(spec, element, variable, &job);
}

/* Evapotranspiration or inflow: a factor that the change of temperature or rain carries over. */
static void
change_by_coefficient(struct weather_spec *spec, struct weather_element *element, size_t offset,
                      const struct varying *varying, enum climate_job_kind kind, double coefficient)
{
    bool by_rain = kind == JOB_RUNOFF;
    enum weather_variable variable = by_rain ? WEATHER_RAIN : WEATHER_MEAN;
    struct climate_job job = {.kind = kind, .coefficient = coefficient, .observed_i = -1};
    bool known = spec->is_table ? (by_rain ? spec->table.has_rain : spec->table.has_temperature)
                                : spec->files[variable] != NULL;
    bool derived = by_rain; /* an inflow is there though its quantity is absent */
    if (isnan(coefficient) || !known || (varying->kind == VARYING_ABSENT && !derived))
        return;
    job.monthly = add_monthly(spec, element, offset, CHANGE_SCALE);
    if (job.monthly == NULL)
        return;
    for (int m = 0; m < 12 && spec->is_table; m++) {
        double change = by_rain ? spec->table.rain_factor[m] - 1.0 : spec->table.temperature_K[m];
        double factor = 1.0 + coefficient * change;
        job.monthly[m] = factor > 0.0 ? factor : 0.0;
    }
    if (!spec->is_table)
        add_job(spec, element, variable, &job);
}

/* The flow of a donor that runs a model changes with the donor's rain. */
static bool
follows_rain(const struct basin *basin, const struct catchment *catchment)
{
    return catchment->inflow_kind == INFLOW_DONOR &&
           basin->catchment[basin->node[catchment->donor_node_i].kind_i].inflow_kind ==
               INFLOW_MODEL;
}

static void
change_catchments(struct weather_spec *spec)
{
    const struct basin *basin = spec->reader->basin;
    int kept = 0;
    bool rain_known = spec->is_table ? spec->table.has_rain : spec->files[WEATHER_RAIN] != NULL;
    for (int c = 0; c < basin->catchment_count; c++) {
        const struct catchment *catchment = &basin->catchment[c];
        struct weather_element element = {SECTION_CATCHMENTS, c, .node_i = catchment->node_i};
#define AT(member) offsetof(struct catchment, member), &catchment->member
        if (catchment->inflow_kind == INFLOW_MODEL) {
            change_weather(spec, &element, AT(rain), WEATHER_RAIN);
            change_weather(spec, &element, AT(temperature), WEATHER_MEAN);
            change_weather(spec, &element, AT(min_temperature), WEATHER_MIN);
            change_weather(spec, &element, AT(max_temperature), WEATHER_MAX);
            if (catchment->pet_source == PET_GIVEN)
                change_by_coefficient(spec, &element, AT(pet), JOB_WARM, spec->pet_per_degree);
        } else {
            if (follows_rain(basin, catchment))
                continue;
            change_by_coefficient(spec, &element, AT(inflow), JOB_RUNOFF, spec->runoff_elasticity);
            kept += rain_known && isnan(spec->runoff_elasticity);
        }
#undef AT
    }
    if (kept > 0)
        warn(spec->reader, spec->map,
             "%s leaves the inflow of %d catchments as it is: they run no model of rain; give "
             "'runoff_elasticity' to change it",
             spec->name, kept);
}

static void
change_lakes_and_users(struct weather_spec *spec)
{
    const struct basin *basin = spec->reader->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        struct weather_element element = {SECTION_RESERVOIRS, r, .node_i = reservoir->node_i};
#define AT(member) offsetof(struct reservoir, member), &reservoir->member
        change_weather(spec, &element, AT(rain), WEATHER_RAIN);
        change_by_coefficient(spec, &element, AT(evaporation), JOB_WARM, spec->pet_per_degree);
#undef AT
    }
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        struct weather_element element = {SECTION_DEMANDS, d, .node_i = demand->node_i};
        change_weather(spec, &element, offsetof(struct demand, temperature), &demand->temperature,
                       WEATHER_MEAN);
    }
}

/* The sea of a table rises on top of what each estuary has. */
static void
raise_sea(struct weather_spec *spec)
{
    const struct basin *basin = spec->reader->basin;
    for (int p = 0; p < basin->passage_count && spec->table.has_sea_level; p++) {
        const struct passage *passage = &basin->passage[p];
        struct weather_element element = {SECTION_ESTUARIES, p, .node_i = passage->node_i};
        if (!(passage->salt.mouth_area_m2 > 0.0))
            continue;
        double *monthly =
            add_monthly(spec, &element, offsetof(struct passage, mean_sea_level), CHANGE_SHIFT);
        for (int m = 0; m < 12 && monthly != NULL; m++)
            monthly[m] = spec->table.sea_level_m;
    }
}

/* The changes that a member's weather makes. */
static void
make_changes(struct weather_spec *spec)
{
    if (!spec->good || spec->reader->arena->failed)
        return;
    change_catchments(spec);
    change_lakes_and_users(spec);
    raise_sea(spec);
    if (spec->good && spec->changed == 0)
        fault(spec->reader, spec->map, "%s changes nothing in this basin", spec->name);
}

static struct weather_spec
start_spec(struct basin_reader *reader, const struct axis *axis, struct axis_member *member,
           const struct yaml_node *map)
{
    struct weather_spec spec = {
        .reader = reader, .map = map, .axis = axis, .member = member, .good = true};
    spec.name = arena_format(reader->scratch, "member '%s' of axis '%s'", member->label, axis->id);
    spec.good = spec.name != NULL;
    return spec;
}

void
read_weather(struct basin_reader *reader, const struct axis *axis, struct axis_member *member,
             const struct yaml_node *map)
{
    struct weather_spec spec = start_spec(reader, axis, member, map);
    if (reader->given != NULL) /* weather is not read again */
        return;
    if (!spec.good || !require_map(reader, "weather", map))
        return;
    climate_read_weather(&spec);
    make_changes(&spec);
}

bool
read_weather_value(struct basin_reader *reader, const struct axis *axis, struct axis_member *member,
                   const struct yaml_node *axis_map, const struct yaml_node *value)
{
    static const char prefix[] = "weather.";
    const struct yaml_node *path = yaml_find(axis_map, "path");
    struct weather_spec spec = start_spec(reader, axis, member, axis_map);
    const char *word = path->text + strlen(prefix);
    bool is_rain = strcmp(word, weather_keys[WEATHER_RAIN]) == 0;
    if (!is_rain && strcmp(word, weather_keys[WEATHER_MEAN]) != 0) {
        fault(reader, path, "'%s': weather has no key '%s'; it has rain and temperature",
              path->text, word);
        return false;
    }
    if (reader->given != NULL || !spec.good)
        return spec.good;
    spec.is_table = true;
    climate_read_coefficients(&spec);
    climate_read_plain(&spec, is_rain ? WEATHER_RAIN : WEATHER_MEAN, value);
    make_changes(&spec);
    return spec.good;
}

/* "EC-Earth3 ssp245 r1i1p1f1" from the first file of a pattern, or the pattern's name. */
char *
weather_label(struct basin_reader *reader, const struct yaml_node *map)
{
    static const char *const attributes[] = {"source_id", "experiment_id", "variant_label"};
    const struct yaml_node *label = yaml_find(map, "label");
    const struct yaml_node *pattern = yaml_find(map, "netcdf");
    struct netcdf_source source = {0};
    char text[3][NETCDF_TEXT_MAX];
    if (label != NULL)
        return require_text(reader, "label", label) ? arena_text(reader->arena, label->text) : NULL;
    if (pattern == NULL || !require_text(reader, "netcdf", pattern))
        return NULL;
    source.pattern = reader->given == NULL ? resolve_path(reader, pattern) : NULL;
    if (source.pattern != NULL && netcdf_global_texts(&source, attributes, text, 3))
        return arena_format(reader->arena, "%s/%s %s", text[0], text[1], text[2]);
    return arena_text(reader->arena, pattern->text);
}
