/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"
#include "model/plausible.h"

#include <math.h>
#include <string.h>

/* Reading and checking of a catchment's `inflow`. */

static const double mm_per_m = 1000.0, seconds_per_day = 86400.0;

/* ---- reading -----------------------------------------------------------------------------------
 */

/* scale and shift of a figure that is computed, beside the key that says how. */
static void
read_adjustments(struct basin_reader *reader, const struct field *field,
                 const struct yaml_node *map, const char *nothing, struct varying *out)
{
    struct yaml_node key[3] = {{.kind = YAML_TEXT, .text = "value"}};
    struct yaml_node value[3] = {{.kind = YAML_TEXT, .text = nothing, .file = map->file}};
    struct yaml_node beside = *map;
    beside.key = key;
    beside.value = value;
    beside.count = 1;
    for (int i = 0; i < map->count; i++) {
        const char *name = map->key[i].text;
        if (strcmp(name, "scale") == 0 || strcmp(name, "shift") == 0) {
            key[beside.count] = map->key[i];
            value[beside.count++] = map->value[i];
        }
    }
    read_varying(reader, &beside, field, out);
    out->kind = VARYING_ABSENT;
}

/* Every key of a map but the one that says how must be scale or shift. */
static void
refuse_other_keys(struct basin_reader *reader, const struct yaml_node *map, const char *where,
                  const struct yaml_node *chosen, const char *const *known, int known_count)
{
    for (int i = 0; i < map->count; i++)
        if (&map->value[i] != chosen && strcmp(map->key[i].text, "scale") != 0 &&
            strcmp(map->key[i].text, "shift") != 0)
            unknown_key(reader, &map->key[i], where, known, known_count);
}

void
read_pet(struct basin_reader *reader, const struct element *element, const struct field *field,
         const struct yaml_node *value)
{
    static const char *const known[] = {"oudin", "hargreaves", "scale", "shift"};
    struct catchment *catchment = element->base;
    const struct yaml_node *map = yaml_find(value, "oudin");
    const struct field_table *inside[] = {&oudin_keys, NULL};
    catchment->pet_source = PET_FROM_MEAN;
    if (map == NULL) {
        map = yaml_find(value, "hargreaves");
        inside[0] = &hargreaves_keys;
        catchment->pet_source = PET_FROM_RANGE;
    }
    if (map == NULL) {
        catchment->pet_source = PET_GIVEN;
        read_varying(reader, value, field, &catchment->pet);
        return;
    }
    refuse_other_keys(reader, value, "pet", map, known, 4);
    read_adjustments(reader, field, value, "0 mm/d", &catchment->pet);
    if (!require_map(reader, inside[0]->prefix, map))
        return;
    read_fields(reader, element, inside, map);
    if (yaml_find(map, "latitude") == NULL)
        catchment->pet_latitude_deg = NAN;
}

/* Place of the model that a map of `inflow` names, -1 if none. */
static int
find_model(const struct yaml_node *value, const struct yaml_node **map)
{
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++) {
        *map = yaml_find(value, catchment_models[i]->name);
        if (*map != NULL)
            return i;
    }
    return -1;
}

void
read_inflow(struct basin_reader *reader, const struct element *element, const struct field *field,
            const struct yaml_node *value)
{
    const char *known[CATCHMENT_MODEL_COUNT + 5] = {"generate", "series", "scale", "shift",
                                                    "donor"};
    struct catchment *catchment = element->base;
    const struct field_table *inside[] = {NULL, NULL, NULL};
    const struct yaml_node *map;
    int model_i = find_model(value, &map);
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++)
        known[5 + i] = catchment_models[i]->name;
    if (model_i >= 0) {
        catchment->inflow_kind = INFLOW_MODEL;
        catchment->model = catchment_models[model_i];
        inside[0] = &catchment_model_keys[model_i];
        inside[1] = &shared_model_keys;
    } else if ((map = yaml_find(value, "generate")) != NULL) {
        catchment->inflow_kind = INFLOW_GENERATOR;
        inside[0] = &generate_keys;
    } else if ((map = yaml_find(value, "donor")) != NULL) {
        catchment->inflow_kind = INFLOW_DONOR;
        inside[0] = &donor_keys;
    } else {
        catchment->inflow_kind = INFLOW_SERIES;
        read_varying(reader, value, field, &catchment->inflow);
        return;
    }
    refuse_other_keys(reader, value, "inflow", map, known, CATCHMENT_MODEL_COUNT + 5);
    read_adjustments(reader, field, value, "0 m3/s", &catchment->inflow);
    if (!require_map(reader, inside[0]->prefix, map))
        return;
    read_fields(reader, element, inside, map);
    if (catchment->region == NULL)
        catchment->region_correlation = 0.0;
}

/* Take the model of the donor, with all but its rain. */
static void
adopt_model(struct catchment *catchment, const struct catchment *donor)
{
    catchment->inflow_kind = INFLOW_MODEL;
    catchment->model = donor->model;
    memcpy(catchment->parameter, donor->parameter, sizeof catchment->parameter);
    memcpy(catchment->initial, donor->initial, sizeof catchment->initial);
    catchment->pet = donor->pet;
    catchment->pet_source = donor->pet_source;
    catchment->temperature = donor->temperature;
    catchment->min_temperature = donor->min_temperature;
    catchment->max_temperature = donor->max_temperature;
    catchment->pet_latitude_deg = donor->pet_latitude_deg;
    catchment->hargreaves = donor->hargreaves;
    catchment->warmup_s = donor->warmup_s;
}

static void
check_donor(struct basin_reader *reader, struct catchment *catchment)
{
    const struct basin *basin = reader->basin;
    const struct yaml_node *at = node_place(reader, catchment->node_i, "inflow");
    const struct node *donor_node = &basin->node[catchment->donor_node_i];
    const char *id = basin->node[catchment->node_i].id;
    if (donor_node->kind != NODE_CATCHMENT) {
        fault(reader, at, "the donor of '%s' is '%s', a %s; it must be a catchment", id,
              donor_node->id, node_kind_name(donor_node->kind));
        return;
    }
    const struct catchment *donor = &basin->catchment[donor_node->kind_i];
    if (donor->inflow_kind == INFLOW_DONOR)
        fault(reader, at, "the donor of '%s', '%s', has itself a donor: name that", id,
              donor_node->id);
    else if (catchment->rain.kind == VARYING_ABSENT)
        return;
    else if (donor->inflow_kind != INFLOW_MODEL)
        fault(reader, at,
              "'%s' has rain for a model, but its donor '%s' runs none: leave out 'rain' and its "
              "flow is taken",
              id, donor_node->id);
    else if (catchment->donor_rain < 1.0 || catchment->donor_rain > 1.0)
        fault(reader, at, "'%s' has both 'rain' and 'rain_ratio'", id);
}

void
adopt_donors(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    for (int c = 0; c < basin->catchment_count; c++)
        if (basin->catchment[c].inflow_kind == INFLOW_DONOR &&
            basin->catchment[c].donor_node_i >= 0)
            check_donor(reader, &basin->catchment[c]);
    for (int c = 0; c < basin->catchment_count; c++) {
        struct catchment *catchment = &basin->catchment[c];
        if (catchment->inflow_kind != INFLOW_DONOR || catchment->donor_node_i < 0)
            continue;
        const struct node *donor = &basin->node[catchment->donor_node_i];
        if (catchment->rain.kind != VARYING_ABSENT && donor->kind == NODE_CATCHMENT &&
            basin->catchment[donor->kind_i].model != NULL)
            adopt_model(catchment, &basin->catchment[donor->kind_i]);
    }
}

/* ---- tables and paths --------------------------------------------------------------------------
 */

bool
catchment_table_holds(const struct catchment *catchment, const struct field_table *table)
{
    if (table == &generate_keys)
        return catchment->inflow_kind == INFLOW_GENERATOR;
    if (table == &donor_keys)
        return catchment->inflow_kind == INFLOW_DONOR;
    if (table == &forest_keys)
        return !isnan(catchment->forest.annual_rain_m);
    bool is_model = catchment->inflow_kind == INFLOW_MODEL;
    if (table == &shared_model_keys)
        return is_model;
    if (table == &oudin_keys)
        return is_model && catchment->pet_source == PET_FROM_MEAN;
    if (table == &hargreaves_keys)
        return is_model && catchment->pet_source == PET_FROM_RANGE;
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++)
        if (table == &catchment_model_keys[i])
            return is_model && catchment->model == catchment_models[i];
    return true;
}

bool
prefix_matches(const char *prefix, const char *path, size_t length)
{
    const char *word = strstr(prefix, MODEL_WORD);
    if (word == NULL)
        return strlen(prefix) == length && strncmp(prefix, path, length) == 0;
    size_t before = (size_t)(word - prefix);
    const char *after = word + strlen(MODEL_WORD);
    if (length < before || strncmp(prefix, path, before) != 0)
        return false;
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++) {
        const char *name = catchment_models[i]->name;
        size_t taken = before + strlen(name);
        if (length >= taken && strncmp(path + before, name, strlen(name)) == 0 &&
            length - taken == strlen(after) && strncmp(path + taken, after, strlen(after)) == 0)
            return true;
    }
    return false;
}

/* ---- checks of the whole -----------------------------------------------------------------------
 */

/* The warm-up needs that much record. */
static void
check_warmup(struct basin_reader *reader, const struct catchment *catchment)
{
    const struct basin *basin = reader->basin;
    const struct varying *input[] = {&catchment->rain, &catchment->pet, &catchment->temperature,
                                     &catchment->min_temperature, &catchment->max_temperature};
    for (int j = 0; j < 5; j++) {
        if (input[j]->kind != VARYING_SERIES)
            continue;
        const struct series_input *series = &basin->series[input[j]->series_i];
        const struct record *record = &series->record;
        if (record->count == 0)
            continue;
        double span_s = (double)(record->start_s[record->count] - record->start_s[0]);
        if (span_s < catchment->warmup_s)
            fault(reader, reader->node_yaml[catchment->node_i],
                  "catchment '%s' warms up for %.0f d, but series '%s' has only %.0f d",
                  basin->node[catchment->node_i].id, catchment->warmup_s / 86400.0, series->id,
                  span_s / 86400.0);
    }
}

/* Warn of a series of rain or evapotranspiration that no climate has. */
static void
check_magnitude(struct basin_reader *reader, const struct catchment *catchment,
                const struct varying *input, enum plausible_kind kind)
{
    const struct yaml_node *at = reader->node_yaml[catchment->node_i];
    char text[160];
    if (input->kind != VARYING_SERIES || input->basis != BASIS_SECOND ||
        input->adjustment_count > 0)
        return;
    const struct series_input *series = &reader->basin->series[input->series_i];
    struct plausible_record record = {.kind = kind,
                                      .count = series->record.count,
                                      .start_s = series->record.start_s,
                                      .value = series->record.value,
                                      .mm = mm_per_m * seconds_per_day,
                                      .is_rate = true};
    if (!record_is_plausible(&record, text, sizeof text))
        diagnostics_add(reader->diagnostics, true, at->file, at->line, at->column,
                        "catchment '%s', series '%s': %s",
                        reader->basin->node[catchment->node_i].id, series->id, text);
}

/* A model of hours runs by the hour, one of months by the month; days serve longer steps too. */
static void
check_model_step(struct basin_reader *reader, const struct catchment *catchment)
{
    enum step_kind run = reader->basin->run.step, own = catchment->model->step;
    const struct yaml_node *at = reader->node_yaml[catchment->node_i];
    const char *id = reader->basin->node[catchment->node_i].id;
    if (own == STEP_DAILY && run == STEP_HOURLY)
        diagnostics_add(reader->diagnostics, true, at->file, at->line, at->column,
                        "catchment '%s': %s runs by the day, so that every hour takes the flow of "
                        "its day; gr4h runs by the hour",
                        id, catchment->model->name);
    else if (own != STEP_DAILY && own != run)
        fault(reader, at, "catchment '%s': %s needs run.step %s, not %s", id,
              catchment->model->name, step_kind_name(own), step_kind_name(run));
}

void
check_catchment_models(struct basin_reader *reader)
{
    const struct basin *basin = reader->basin;
    for (int i = 0; i < basin->catchment_count; i++) {
        const struct catchment *catchment = &basin->catchment[i];
        const struct node *node = &basin->node[catchment->node_i];
        if (catchment->inflow_kind != INFLOW_MODEL)
            continue;
        check_warmup(reader, catchment);
        check_magnitude(reader, catchment, &catchment->rain, PLAUSIBLE_RAIN);
        check_magnitude(reader, catchment, &catchment->pet, PLAUSIBLE_PET);
        check_model_step(reader, catchment);
        if (catchment->pet_source != PET_GIVEN && isnan(catchment->pet_latitude_deg) &&
            isnan(node->latitude_deg))
            fault(reader, reader->node_yaml[catchment->node_i],
                  "catchment '%s' computes its evapotranspiration from temperature: say where it "
                  "lies, at: [latitude, longitude], or give pet a latitude",
                  node->id);
    }
}
