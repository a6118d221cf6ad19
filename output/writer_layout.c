/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/design_drought_table.h"
#include "output/element_text.h"
#include "output/indicators.h"
#include "output/input_hash.h"
#include "output/reader.h"
#include "output/writer_private.h"
#include "scenarios/audit.h"
#include "scenarios/design_drought.h"

#include <math.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The empty results file: what is in it and what each variable says of itself. */

static const float missing = NAN;
static const double missing_double = NAN;

/* Names of the dimension an element's series run over, and of the descriptions that go with it. */
static const struct {
    enum h5_dimension dimension;
    const char *name;
    const char *coordinates;
} axis_of[] = {
    [ELEMENT_RESERVOIR] = {DIMENSION_RESERVOIR, "reservoir", "reservoir_name reservoir_district"},
    [ELEMENT_AQUIFER] = {DIMENSION_AQUIFER, "aquifer", "aquifer_name"},
    [ELEMENT_DEMAND] = {DIMENSION_DEMAND, "demand",
                        "demand_name demand_class demand_district demand_people"},
    [ELEMENT_LINK] = {DIMENSION_LINK, "link", "link_kind link_from link_to"},
    [ELEMENT_NODE] = {DIMENSION_NODE, "node", "node_name node_kind node_district"},
    [ELEMENT_RETURN] = {DIMENSION_RETURN, "return", ""},
    [ELEMENT_ZONE] = {DIMENSION_ZONE, "zone", ""},
    [ELEMENT_SPLIT] = {DIMENSION_SPLIT, "split", ""},
    [ELEMENT_BLEND] = {DIMENSION_BLEND, "blend", ""},
    [ELEMENT_LICENCE] = {DIMENSION_LICENCE, "licence", ""},
    [ELEMENT_DROUGHT_PLAN] = {DIMENSION_DROUGHT_PLAN, "plan", "plan"},
    [ELEMENT_DROUGHT_STAGE] = {DIMENSION_DROUGHT_STAGE, "stage", ""},
    [ELEMENT_CONTENT] = {DIMENSION_CONTENT, "substance_node", ""},
    [ELEMENT_SECTION] = {DIMENSION_SECTION, "section", "section_estuary section_distance"},
};

enum h5_dimension
writer_dimension(enum result_element element)
{
    return axis_of[element].dimension;
}

const char *
writer_coordinates(enum result_element element)
{
    return axis_of[element].coordinates;
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* ---- descriptions of elements ------------------------------------------------------------------
 */

/* Text of one element. */
typedef const char *text_of(const struct basin *basin, int i);

static const struct node *
reservoir_node(const struct basin *basin, int i)
{
    return &basin->node[basin->reservoir[i].node_i];
}

static const struct node *
demand_node(const struct basin *basin, int i)
{
    return &basin->node[basin->demand[i].node_i];
}

#define TEXT_OF(function, expression)                                                              \
    static const char *function(const struct basin *basin, int i)                                  \
    {                                                                                              \
        return or_empty(expression);                                                               \
    }
TEXT_OF(reservoir_id, reservoir_node(basin, i)->id)
TEXT_OF(reservoir_name, reservoir_node(basin, i)->name)
TEXT_OF(reservoir_district, reservoir_node(basin, i)->district)
TEXT_OF(aquifer_id, basin->node[basin->aquifer[i].node_i].id)
TEXT_OF(aquifer_name, basin->node[basin->aquifer[i].node_i].name)
TEXT_OF(demand_id, demand_node(basin, i)->id)
TEXT_OF(demand_name, demand_node(basin, i)->name)
TEXT_OF(demand_district, demand_node(basin, i)->district)
TEXT_OF(demand_class, basin->class[basin->demand[i].class_i].id)
TEXT_OF(link_id, basin->link[i].id)
TEXT_OF(link_kind, basin->link[i].is_spill ? "spill" : link_kind_name(basin->link[i].kind))
TEXT_OF(link_from, basin->node[basin->link[i].from].id)
TEXT_OF(link_to, basin->node[basin->link[i].to].id)
TEXT_OF(licence_id, basin->licence[i].id)
TEXT_OF(drought_plan_id, basin->drought_plan[i].id)
TEXT_OF(substance_id, basin->substance[i].id)
TEXT_OF(bay_id, basin->node[basin->passage[basin->bay_passage_p[i]].node_i].id)
TEXT_OF(node_id, basin->node[i].id)
TEXT_OF(node_name, basin->node[i].name)
TEXT_OF(node_kind, node_kind_name(basin->node[i].kind))
TEXT_OF(node_district, basin->node[i].district)
TEXT_OF(input_path, basin->input[i])
#undef TEXT_OF

static const char *
demand_people(const struct basin *basin, int i)
{
    static const char *const tags[] = {"urban", "rural", "mountain", "border", "island"};
    static _Thread_local char text[64];
    text[0] = '\0';
    for (size_t tag = 0; tag < sizeof tags / sizeof *tags; tag++)
        if (basin->demand[i].people_tags & (1U << tag)) {
            strcat(text, text[0] != '\0' ? " " : "");
            strcat(text, tags[tag]);
        }
    return text;
}

static const char *
part_name(const struct basin *basin, int i)
{
    return basin->part[i].name;
}

static const char *
set_text(const struct basin *basin, int i)
{
    return basin->set[i];
}

/* A variable of texts over the elements; each text is copied, as some are made on the spot. */
static void
texts(struct writer *writer, hid_t group, const char *name, const char *long_name,
      enum h5_dimension dimension, int count, text_of *text)
{
    char **copy = calloc((size_t)count + 1, sizeof *copy);
    bool good = copy != NULL && count > 0;
    for (int i = 0; i < count && good; i++)
        good = (copy[i] = strdup(text(writer->info->basin, i))) != NULL;
    if (good) {
        hid_t variable = h5file_strings(&writer->file, group, name, dimension, (hsize_t)count,
                                        (const char *const *)copy);
        h5file_text_attribute(&writer->file, variable, "long_name", long_name);
        if (writer->file.scale[dimension] < 0)
            h5file_set_scale(&writer->file, variable, name, dimension);
        if (variable >= 0)
            H5Dclose(variable);
    } else if (count > 0) {
        writer->file.failed = true;
    }
    for (int i = 0; i < count && copy != NULL; i++)
        free(copy[i]);
    free(copy);
}

void
writer_put_numbers(struct writer *writer, hid_t group, const char *name, const char *long_name,
                   const char *units, enum h5_dimension dimension, const double *value)
{
    const struct h5shape shape = {1, {dimension}, {0}};
    hid_t variable = h5file_variable(&writer->file, group, name, H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_text_attribute(&writer->file, variable, "long_name", long_name);
    if (units[0] != '\0')
        h5file_text_attribute(&writer->file, variable, "units", units);
    h5file_write(&writer->file, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
}

static const char *
section_estuary(const struct basin *basin, int i)
{
    double distance_m;
    return basin->node[result_section(basin, i, &distance_m)->node_i].id;
}

/* Places along the estuaries: which one, and how far from its mouth. */
static void
lay_out_sections(struct writer *writer)
{
    const struct basin *basin = writer->info->basin;
    hid_t root = writer->file.file;
    int count = result_element_count(basin, ELEMENT_SECTION);
    double *distance_m = calloc((size_t)count + 1, sizeof *distance_m);
    texts(writer, root, "section", "place along an estuary", DIMENSION_SECTION, count, place_id);
    texts(writer, root, "section_estuary", "id of the estuary", DIMENSION_SECTION, count,
          section_estuary);
    if (distance_m == NULL)
        writer->file.failed = true;
    for (int i = 0; i < count && distance_m != NULL; i++)
        result_section(basin, i, &distance_m[i]);
    if (count > 0 && distance_m != NULL)
        writer_put_numbers(writer, root, "section_distance", "distance from the mouth", "m",
                           DIMENSION_SECTION, distance_m);
    free(distance_m);
}

static void
lay_out_elements(struct writer *writer)
{
    const struct basin *basin = writer->info->basin;
    hid_t root = writer->file.file;
    int r = basin->reservoir_count, a = basin->aquifer_count, d = basin->demand_count;
    int l = basin->link_count, n = basin->node_count;
    texts(writer, root, "reservoir", "id of the reservoir", DIMENSION_RESERVOIR, r, reservoir_id);
    texts(writer, root, "aquifer", "id of the aquifer", DIMENSION_AQUIFER, a, aquifer_id);
    texts(writer, root, "demand", "id of the demand", DIMENSION_DEMAND, d, demand_id);
    texts(writer, root, "link", "id of the link", DIMENSION_LINK, l, link_id);
    texts(writer, root, "licence", "id of the licence", DIMENSION_LICENCE, basin->licence_count,
          licence_id);
    texts(writer, root, "plan", "id of the drought plan", DIMENSION_DROUGHT_PLAN,
          basin->drought_plan_count, drought_plan_id);
    texts(writer, root, "stage", "stage of a drought plan", DIMENSION_DROUGHT_STAGE,
          result_element_count(basin, ELEMENT_DROUGHT_STAGE), stage_id);
    texts(writer, root, "substance", "id of the substance", DIMENSION_SUBSTANCE,
          basin->substance_count, substance_id);
    texts(writer, root, "bay", "id of the bay", DIMENSION_BAY, basin->bay_count, bay_id);
    texts(writer, root, "substance_node", "substance and node", DIMENSION_CONTENT,
          result_element_count(basin, ELEMENT_CONTENT), content_id);
    lay_out_sections(writer);
    texts(writer, root, "node", "id of the node", DIMENSION_NODE, n, node_id);
    texts(writer, root, "reservoir_name", "name", DIMENSION_RESERVOIR, r, reservoir_name);
    texts(writer, root, "reservoir_district", "district", DIMENSION_RESERVOIR, r,
          reservoir_district);
    texts(writer, root, "aquifer_name", "name", DIMENSION_AQUIFER, a, aquifer_name);
    texts(writer, root, "demand_name", "name", DIMENSION_DEMAND, d, demand_name);
    texts(writer, root, "demand_class", "class of use", DIMENSION_DEMAND, d, demand_class);
    texts(writer, root, "demand_district", "district", DIMENSION_DEMAND, d, demand_district);
    texts(writer, root, "demand_people", "people served", DIMENSION_DEMAND, d, demand_people);
    texts(writer, root, "link_kind", "kind", DIMENSION_LINK, l, link_kind);
    texts(writer, root, "link_from", "node upstream", DIMENSION_LINK, l, link_from);
    texts(writer, root, "link_to", "node downstream", DIMENSION_LINK, l, link_to);
    texts(writer, root, "node_name", "name", DIMENSION_NODE, n, node_name);
    texts(writer, root, "node_kind", "kind", DIMENSION_NODE, n, node_kind);
    texts(writer, root, "node_district", "district", DIMENSION_NODE, n, node_district);
    double *capacity = calloc((size_t)r + 1, sizeof(double));
    double *dead = calloc((size_t)r + 1, sizeof(double));
    if (capacity == NULL || dead == NULL)
        writer->file.failed = true;
    for (int i = 0; i < r && !writer->file.failed; i++) {
        capacity[i] = basin->reservoir[i].capacity_m3;
        dead[i] = basin->reservoir[i].dead_storage_m3;
    }
    if (r > 0) {
        writer_put_numbers(writer, root, "reservoir_capacity",
                           "full supply storage in the basin file", "m3", DIMENSION_RESERVOIR,
                           capacity);
        writer_put_numbers(writer, root, "reservoir_dead_storage", "dead storage in the basin file",
                           "m3", DIMENSION_RESERVOIR, dead);
    }
    free(capacity);
    free(dead);
}

/* ---- time and scenarios ------------------------------------------------------------------------
 */

/* What each scenario takes of one axis: labels, or the numbers of a range. */
static void
lay_out_axis(struct writer *writer, int axis_a)
{
    const struct plan *plan = writer->info->plan;
    const struct axis *axis = &plan->axis[axis_a];
    size_t count = (size_t)plan->scenario_count;
    char name[128];
    snprintf(name, sizeof name, "axis_%s", axis->id);
    if (axis->is_range) {
        double *value = calloc(count, sizeof(double));
        if (value == NULL) {
            writer->file.failed = true;
            return;
        }
        for (size_t s = 0; s < count; s++)
            value[s] = plan->scenario[s].range_value[axis_a];
        writer_put_numbers(writer, writer->file.file, name, axis->range_change.path, "",
                           DIMENSION_SCENARIO_AXIS, value);
        free(value);
        return;
    }
    const char **label = calloc(count, sizeof *label);
    if (label == NULL) {
        writer->file.failed = true;
        return;
    }
    for (size_t s = 0; s < count; s++)
        label[s] = axis->member[plan->scenario[s].member_i[axis_a]].label;
    hid_t variable = h5file_strings(&writer->file, writer->file.file, name, DIMENSION_SCENARIO_AXIS,
                                    count, label);
    h5file_text_attribute(&writer->file, variable, "long_name", "member of the axis");
    if (variable >= 0)
        H5Dclose(variable);
    free(label);
}

static void
lay_out_scenarios(struct writer *writer)
{
    const struct plan *plan = writer->info->plan;
    struct h5file *file = &writer->file;
    size_t count = (size_t)plan->scenario_count;
    const char **id = calloc(count, sizeof *id);
    double *realisation = calloc(count, sizeof *realisation);
    if (id == NULL || realisation == NULL) {
        file->failed = true;
        goto out;
    }
    for (size_t s = 0; s < count; s++) {
        id[s] = plan->scenario[s].id;
        realisation[s] = plan->scenario[s].realisation;
    }
    hid_t variable =
        h5file_strings(file, file->file, "scenario", DIMENSION_SCENARIO_AXIS, count, id);
    h5file_set_scale(file, variable, "scenario", DIMENSION_SCENARIO_AXIS);
    h5file_text_attribute(file, variable, "long_name", "scenario by its place on every axis");
    if (variable >= 0)
        H5Dclose(variable);
    writer_put_numbers(writer, file->file, "realisation", "weather realisation", "1",
                       DIMENSION_SCENARIO_AXIS, realisation);
    for (int axis_a = 0; axis_a < plan->axis_count; axis_a++)
        lay_out_axis(writer, axis_a);
out:
    free(id);
    free(realisation);
}

/* ---- variables ---------------------------------------------------------------------------------
 */

/* How the values of a series belong to the cells of its time. */
static void
print_cell_methods(const struct kept_series *series, char *text, size_t size)
{
    static const char *const method[HOW_COUNT] = {"point", "mean", "sum", "minimum", "maximum"};
    static const char *const dimension[PERIOD_COUNT] = {"time", "month", "year"};
    if (series->period == PERIOD_STEP)
        snprintf(text, size, "%s", result_describe(series->variable)->cell_methods);
    else
        snprintf(text, size, "%s: %s", dimension[series->period], method[series->how]);
}

void
writer_describe_series(struct writer *writer, hid_t variable, const struct kept_series *series,
                       const char *of, const char *further, const char *coordinates)
{
    struct h5file *file = &writer->file;
    const struct result_description *is = result_describe(series->variable);
    char text[512];
    snprintf(text, sizeof text, "%s%s", of, is->long_name);
    h5file_text_attribute(file, variable, "long_name", text);
    h5file_text_attribute(file, variable, "units", series->units);
    print_cell_methods(series, text, sizeof text);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s", further);
    h5file_text_attribute(file, variable, "cell_methods", text);
    if (is->standard_name[0] != '\0')
        h5file_text_attribute(file, variable, "standard_name", is->standard_name);
    if (coordinates[0] != '\0')
        h5file_text_attribute(file, variable, "coordinates", coordinates);
    if (series->kept_count == series->element_count)
        return;
    char *ids = kept_ids(series, writer->info->basin);
    h5file_text_attribute(file, variable, KEPT_ATTRIBUTE, ids != NULL ? ids : "");
    free(ids);
}

static void
lay_out_series(struct writer *writer)
{
    struct h5file *file = &writer->file;
    const struct kept *kept = &writer->encoding.kept;
    for (int i = 0; i < kept->count; i++) {
        const struct kept_series *series = &kept->series[i];
        enum result_element element = result_describe(series->variable)->element;
        char coordinates[256];
        const struct h5shape shape = {3,
                                      {DIMENSION_SCENARIO_AXIS,
                                       writer_time_dimension(series->period),
                                       axis_of[element].dimension},
                                      {1, (hsize_t)writer->encoding.column[i].chunk_length, 1}};
        if (series->statistics)
            continue;
        hid_t variable =
            h5file_variable(file, file->file, series->name, H5T_NATIVE_FLOAT, &shape, &missing);
        snprintf(coordinates, sizeof coordinates, "realisation %s", axis_of[element].coordinates);
        writer_describe_series(writer, variable, series, "", "", coordinates);
        writer->column[i] = variable;
    }
}

/* What every step was made from, for `why`. */
static void
lay_out_audit(struct writer *writer)
{
    struct h5file *file = &writer->file;
    const struct basin *basin = writer->info->basin;
    int kept_count = writer->encoding.kept.count;
    if (!writer->info->selection.audit)
        return;
    hid_t group = h5file_group(file, "audit");
    texts(writer, group, "return", "demand and node that its water comes back to", DIMENSION_RETURN,
          result_element_count(basin, ELEMENT_RETURN), return_id);
    texts(writer, group, "zone", "zone of a reservoir", DIMENSION_ZONE,
          result_element_count(basin, ELEMENT_ZONE), zone_id);
    texts(writer, group, "split", "link of a split", DIMENSION_SPLIT,
          result_element_count(basin, ELEMENT_SPLIT), split_link_id);
    texts(writer, group, "blend", "link of a blend", DIMENSION_BLEND,
          result_element_count(basin, ELEMENT_BLEND), blend_link_id);
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        const struct result_description *is = audit_describe(v);
        if (result_element_count(basin, is->element) == 0)
            continue;
        const struct h5shape shape = {
            3,
            {DIMENSION_SCENARIO_AXIS, DIMENSION_TIME_AXIS, axis_of[is->element].dimension},
            {1, (hsize_t)writer->encoding.column[kept_count + v].chunk_length, 1}};
        hid_t variable =
            h5file_variable(file, group, is->name, H5T_NATIVE_DOUBLE, &shape, &missing_double);
        h5file_text_attribute(file, variable, "long_name", is->long_name);
        h5file_text_attribute(file, variable, "units", is->units);
        if (is->cell_methods[0] != '\0')
            h5file_text_attribute(file, variable, "cell_methods", is->cell_methods);
        writer->column[kept_count + v] = variable;
    }
    if (group >= 0)
        H5Gclose(group);
}

static void
lay_out_indicators(struct writer *writer)
{
    static const enum h5_dimension dimension_of[OWNER_COUNT] = {
        DIMENSION_DEMAND,        DIMENSION_RESERVOIR, DIMENSION_LINK, DIMENSION_LICENCE,
        DIMENSION_DROUGHT_STAGE, DIMENSION_SUBSTANCE, DIMENSION_BAY,  DIMENSION_RESERVOIR,
        DIMENSION_NOTHING,       DIMENSION_NOTHING};
    const double not_reached = (double)NAN;
    struct h5file *file = &writer->file;
    const struct timeaxis *axis = writer->info->axis;
    hid_t group = h5file_group(file, "indicators");
    for (int i = 0; i < indicator_count; i++) {
        const struct indicator *is = &indicators[i];
        bool of_basin = is->owner == OWNER_BASIN || is->owner == OWNER_SCENARIO;
        const struct h5shape shape = {
            of_basin ? 1 : 2, {DIMENSION_SCENARIO_AXIS, dimension_of[is->owner]}, {0}};
        if (!of_basin && indicator_length(writer->info->basin, is->owner) == 0)
            continue;
        hid_t variable =
            h5file_variable(file, group, is->name, H5T_NATIVE_DOUBLE, &shape, &not_reached);
        h5file_text_attribute(file, variable, "long_name", is->long_name);
        h5file_text_attribute(file, variable, "units",
                              is->type == INDICATOR_STEP ? time_units(axis) : is->units);
        if (is->type == INDICATOR_STEP)
            h5file_text_attribute(file, variable, "calendar", "proleptic_gregorian");
        writer->indicator[i] = variable;
    }
    if (group >= 0)
        H5Gclose(group);
}

/* ---- provenance --------------------------------------------------------------------------------
 */

/* Where each file stands in the text, and the changes of the command line: all that is needed to
 * make the basin again. */
static void
lay_out_parts(struct writer *writer, hid_t group)
{
    const struct basin *basin = writer->info->basin;
    size_t count = (size_t)basin->part_count;
    double *number = calloc(2 * count + 1, sizeof *number);
    if (number == NULL) {
        writer->file.failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        number[i] = (double)basin->part[i].start;
        number[count + i] = (double)basin->part[i].length;
    }
    texts(writer, group, "basin_file", "file of the basin, in the order read", DIMENSION_FILE,
          basin->part_count, part_name);
    if (count > 0) {
        writer_put_numbers(writer, group, "basin_file_start",
                           "first byte of the file in basin_text", "1", DIMENSION_FILE, number);
        writer_put_numbers(writer, group, "basin_file_length", "bytes of the file in basin_text",
                           "1", DIMENSION_FILE, number + count);
    }
    free(number);
    h5file_text_attribute(&writer->file, group, "scenario_file",
                          basin->has_scenario_file ? "the last" : "none");
    texts(writer, group, "set", "change by the command line", DIMENSION_SET, basin->set_count,
          set_text);
}

/* How dry the design droughts of an axis are, as CSV. */
static void
lay_out_droughts(struct writer *writer, hid_t group)
{
    const struct axis *axis = design_drought_axis(writer->info->basin);
    char *text = axis != NULL ? design_drought_text(axis) : NULL;
    const char *kept = text;
    writer->file.failed = writer->file.failed || (axis != NULL && text == NULL);
    if (text == NULL)
        return;
    hid_t variable =
        h5file_strings(&writer->file, group, "design_droughts", DIMENSION_NOTHING, 1, &kept);
    if (variable >= 0)
        H5Dclose(variable);
    free(text);
}

static void
lay_out_digests(struct writer *writer, hid_t group)
{
    size_t count = (size_t)writer->info->basin->input_count;
    const char **text = calloc(count + 1, sizeof *text);
    writer->file.failed = writer->file.failed || text == NULL;
    for (size_t i = 0; i < count && text != NULL; i++)
        text[i] = writer->input_digest[i];
    if (count > 0 && text != NULL) {
        hid_t variable =
            h5file_strings(&writer->file, group, "input_sha256", DIMENSION_INPUT, count, text);
        h5file_text_attribute(&writer->file, variable, "long_name", "SHA-256 of that file");
        if (variable >= 0)
            H5Dclose(variable);
    }
    free(text);
}

static void
lay_out_provenance(struct writer *writer)
{
    const struct run_info *info = writer->info;
    struct h5file *file = &writer->file;
    char digest[SHA256_DIGEST_STRING_LENGTH], seed[32], threads[32];
    hid_t group = h5file_group(file, "provenance");
    h5file_text_attribute(file, group, "program", "nguon");
    h5file_text_attribute(file, group, "version", info->program_version);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)info->basin->run.seed);
    h5file_text_attribute(file, group, "seed", seed);
    SHA256Data((const uint8_t *)info->basin->text, strlen(info->basin->text), digest);
    h5file_text_attribute(file, group, "basin_sha256", digest);
    const char *text = info->basin->text;
    hid_t variable = h5file_strings(file, group, "basin_text", DIMENSION_NOTHING, 1, &text);
    h5file_text_attribute(file, variable, "long_name", "the basin file with all it includes");
    if (variable >= 0)
        H5Dclose(variable);
    lay_out_parts(writer, group);
    lay_out_droughts(writer, group);
    texts(writer, group, "input", "file that was read", DIMENSION_INPUT, info->basin->input_count,
          input_path);
    lay_out_digests(writer, group);
    if (group >= 0)
        H5Gclose(group);
    group = h5file_group(file, "provenance/run");
    h5file_text_attribute(file, group, "command", or_empty(info->command));
    h5file_text_attribute(file, group, "solver", info->solver);
    snprintf(threads, sizeof threads, "%d", info->threads);
    h5file_text_attribute(file, group, "threads", threads);
    if (group >= 0)
        H5Gclose(group);
}

void
writer_lay_out(struct writer *writer)
{
    const struct run_info *info = writer->info;
    struct h5file *file = &writer->file;
    char source[96];
    snprintf(source, sizeof source, "nguon %s", info->program_version);
    h5file_text_attribute(file, file->file, "Conventions", "CF-1.10");
    h5file_text_attribute(file, file->file, "title", or_empty(info->basin->name));
    h5file_text_attribute(file, file->file, "source", source);
    h5file_text_attribute(file, file->file, "format", RESULTS_FORMAT);
    h5file_text_attribute(file, file->file, "step", step_kind_name(info->axis->step));
    lay_out_scenarios(writer);
    writer_lay_out_times(writer);
    lay_out_elements(writer);
    writer_lay_out_statistics(writer);
    lay_out_series(writer);
    lay_out_audit(writer);
    lay_out_indicators(writer);
    lay_out_provenance(writer);
    writer_lay_out_states(writer);
}
