/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/export.h"
#include "output/json.h"
#include "output/operation.h"
#include "output/show_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The network on the map. */

/* A file on its way out, with the figures of the results beside it. */
struct map {
    FILE *out;
    const struct basin *basin;
    struct view *view; /* NULL: the basin alone */
    bool first;        /* of the features, then of the properties of one */
    struct figures need, supply, short_steps, steps, worst_share;
    struct figures lowest, spill, reserve_short;
    struct figures volume, flow_steps, flow_short;
};

/* ---- values ------------------------------------------------------------------------------------
 */

static void
put_key(struct map *map, const char *key)
{
    fputs(map->first ? "" : ", ", map->out);
    json_text(map->out, key);
    fputs(": ", map->out);
    map->first = false;
}

static void
put_text(struct map *map, const char *key, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    put_key(map, key);
    json_text(map->out, text);
}

static void
put_number(struct map *map, const char *key, double value)
{
    put_key(map, key);
    json_number(map->out, value, 9);
}

static double
mean_of(const struct map *map, const struct figures *figures, int element)
{
    return figures->value != NULL ? figure_mean(map->view, figures, element) : (double)NAN;
}

static double
least_of_all(const struct map *map, const struct figures *figures, int element)
{
    double least = (double)NAN;
    for (int i = 0; figures->value != NULL && i < map->view->shown_count; i++) {
        double value = figure(figures, map->view->scenario_s[i], element);
        if (!(least <= value))
            least = value;
    }
    return least;
}

/* ---- features ----------------------------------------------------------------------------------
 */

static bool
is_placed(const struct node *node)
{
    return isfinite(node->longitude_deg) && isfinite(node->latitude_deg);
}

/* Longitude first (RFC 7946, 3.1.1). */
static void
put_position(FILE *out, const struct node *node)
{
    fprintf(out, "[%.9g, %.9g]", node->longitude_deg, node->latitude_deg);
}

static void
begin_feature(struct map *map, const char *kind, const char *id)
{
    fprintf(map->out, "%s{\"type\": \"Feature\", \"id\": ", map->first ? "\n" : ",\n");
    char *whole = NULL;
    if (asprintf(&whole, "%s/%s", kind, id) >= 0)
        json_text(map->out, whole);
    free(whole);
    fputs(", \"geometry\": ", map->out);
}

static void
put_demand(struct map *map, int demand_d)
{
    const struct demand *demand = &map->basin->demand[demand_d];
    put_text(map, "class", map->basin->class[demand->class_i].id);
    if (map->view == NULL)
        return;
    double need_m3 = mean_of(map, &map->need, demand_d);
    double met = need_m3 > 0.0 ? mean_of(map, &map->supply, demand_d) / need_m3 : (double)NAN;
    double steps = mean_of(map, &map->steps, demand_d);
    put_number(map, "need_hm3_per_year", need_m3 / 1e6 / map->view->years);
    put_number(map, "met_share", met);
    put_number(map, "reliability",
               steps > 0.0 ? 1.0 - mean_of(map, &map->short_steps, demand_d) / steps : (double)NAN);
    put_number(map, "worst_share", least_of_all(map, &map->worst_share, demand_d));
    put_number(map, "stress", 1.0 - met);
}

static void
put_reservoir(struct map *map, int reservoir_r)
{
    const struct reservoir *reservoir = &map->basin->reservoir[reservoir_r];
    put_number(map, "capacity_m3", reservoir->capacity_m3);
    put_number(map, "dead_storage_m3", reservoir->dead_storage_m3);
    if (map->view == NULL)
        return;
    double years = map->view->years, steps = map->view->reader->step_count;
    put_number(map, "lowest_storage_m3", least_of_all(map, &map->lowest, reservoir_r));
    put_number(map, "spill_hm3_per_year", mean_of(map, &map->spill, reservoir_r) / 1e6 / years);
    put_number(map, "stress", mean_of(map, &map->reserve_short, reservoir_r) / steps);
}

static void
put_node(struct map *map, const struct node *node)
{
    begin_feature(map, "node", node->id);
    if (is_placed(node)) {
        fputs("{\"type\": \"Point\", \"coordinates\": ", map->out);
        put_position(map->out, node);
        fputs("}", map->out);
    } else {
        fputs("null", map->out);
    }
    fputs(", \"properties\": {", map->out);
    map->first = true;
    put_text(map, "id", node->id);
    put_text(map, "name", node->name);
    put_text(map, "kind", node_kind_name(node->kind));
    put_text(map, "district", node->district);
    put_text(map, "subsystem", node->subsystem);
    if (node->kind == NODE_DEMAND)
        put_demand(map, node->kind_i);
    if (node->kind == NODE_RESERVOIR)
        put_reservoir(map, node->kind_i);
    if (node->kind == NODE_CATCHMENT)
        put_number(map, "area_m2", map->basin->catchment[node->kind_i].area_m2);
    fputs("}}", map->out);
    map->first = false;
}

static void
put_link(struct map *map, int link_l)
{
    const struct link *link = &map->basin->link[link_l];
    const struct node *from = &map->basin->node[link->from], *to = &map->basin->node[link->to];
    begin_feature(map, "link", link->id);
    if (is_placed(from) && is_placed(to)) {
        fputs("{\"type\": \"LineString\", \"coordinates\": [", map->out);
        put_position(map->out, from);
        fputs(", ", map->out);
        put_position(map->out, to);
        fputs("]}", map->out);
    } else {
        fputs("null", map->out);
    }
    fputs(", \"properties\": {", map->out);
    map->first = true;
    put_text(map, "id", link->id);
    put_text(map, "kind", link->is_spill ? "spill" : link_kind_name(link->kind));
    put_text(map, "from", from->id);
    put_text(map, "to", to->id);
    if (map->view != NULL) {
        double steps = mean_of(map, &map->flow_steps, link_l);
        put_number(map, "volume_hm3_per_year",
                   mean_of(map, &map->volume, link_l) / 1e6 / map->view->years);
        put_number(map, "stress",
                   steps > 0.0 ? mean_of(map, &map->flow_short, link_l) / steps : (double)NAN);
    }
    fputs("}}", map->out);
    map->first = false;
}

/* ---- the file ----------------------------------------------------------------------------------
 */

static struct {
    const char *name;
    size_t offset;
} const wanted[] = {{"demand_demand_m3", offsetof(struct map, need)},
                    {"demand_supply_m3", offsetof(struct map, supply)},
                    {"demand_steps_short", offsetof(struct map, short_steps)},
                    {"demand_steps_with_demand", offsetof(struct map, steps)},
                    {"demand_worst_share", offsetof(struct map, worst_share)},
                    {"reservoir_minimum_storage_m3", offsetof(struct map, lowest)},
                    {"reservoir_spill_m3", offsetof(struct map, spill)},
                    {"reservoir_steps_reserve_short", offsetof(struct map, reserve_short)},
                    {"link_volume_m3", offsetof(struct map, volume)},
                    {"link_steps_minimum_flow", offsetof(struct map, flow_steps)},
                    {"link_steps_minimum_flow_short", offsetof(struct map, flow_short)}};
enum { WANTED_COUNT = sizeof wanted / sizeof *wanted };

static struct figures *
slot_of(struct map *map, int i)
{
    return (struct figures *)(void *)((char *)map + wanted[i].offset);
}

/* Figures as in `nguon show`, of the scenarios that did not fail. */
static enum status
read_figures(struct map *map, struct error *err)
{
    struct view *view = map->view;
    int count;
    view->failed_time = reader_numbers(view->reader, "indicators/basin_failed_step", &count);
    view->scenario_s = calloc((size_t)view->reader->scenario_count, sizeof *view->scenario_s);
    if (view->scenario_s == NULL || view->failed_time == NULL)
        return error_set(err, STATUS_INPUT, "'%s' is damaged: part of the results is missing",
                         view->reader->path);
    for (int s = 0; s < view->reader->scenario_count && s < count; s++)
        if (isnan(view->failed_time[s]))
            view->scenario_s[view->shown_count++] = s;
    view->years = (view->reader->time[view->reader->step_count] - view->reader->time[0]) *
                  view->reader->time_unit_s / seconds_per_year;
    for (int i = 0; i < WANTED_COUNT; i++) {
        int elements = i < 5   ? map->basin->demand_count
                       : i < 8 ? map->basin->reservoir_count
                               : map->basin->link_count;
        if (elements > 0)
            *slot_of(map, i) = view_figures(view, wanted[i].name, elements);
    }
    return STATUS_OK;
}

static enum status
put_map(struct map *map, struct export_unplaced *unplaced, struct error *err)
{
    const struct basin *basin = map->basin;
    unplaced->node = calloc((size_t)basin->node_count + 1, sizeof *unplaced->node);
    if (unplaced->node == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the map");
    fputs("{\"type\": \"FeatureCollection\", \"name\": ", map->out);
    json_text(map->out, basin->name != NULL ? basin->name : "");
    fputs(", \"features\": [", map->out);
    map->first = true;
    for (int n = 0; n < basin->node_count; n++) {
        put_node(map, &basin->node[n]);
        if (!is_placed(&basin->node[n]))
            unplaced->node[unplaced->node_count++] = basin->node[n].id;
    }
    for (int l = 0; l < basin->link_count; l++) {
        put_link(map, l);
        unplaced->link_count += !is_placed(&basin->node[basin->link[l].from]) ||
                                !is_placed(&basin->node[basin->link[l].to]);
    }
    fputs("\n]}\n", map->out);
    return STATUS_OK;
}

enum status
export_geojson(const char *path, const struct basin *basin, const char *results_path,
               struct export_unplaced *unplaced, struct error *err)
{
    enum status status = STATUS_OK;
    struct reader reader = {.file = -1};
    struct view view = {.reader = &reader};
    struct map map = {.basin = basin, .view = results_path != NULL ? &view : NULL};
    char temporary[4096];
    *unplaced = (struct export_unplaced){0};
    if (results_path != NULL) {
        TRY(reader_open(&reader, results_path, err));
        TRY(read_figures(&map, err));
    }
    map.out = operation_open(path, temporary, sizeof temporary, err);
    if (map.out == NULL)
        TRY(STATUS_FILE_WRITE);
    status = put_map(&map, unplaced, err);
    enum status closed = operation_close(map.out, temporary, path, err);
    status = status != STATUS_OK ? status : closed;
out:
    for (int i = 0; i < WANTED_COUNT; i++)
        free(slot_of(&map, i)->value);
    free(view.scenario_s);
    free(view.failed_time);
    if (results_path != NULL)
        reader_close(&reader);
    return status;
}
