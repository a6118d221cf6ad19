/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/network_layout.h"

#include <math.h>
#include <stdlib.h>

static const double margin = 30.0;

int
network_layout_next(const struct basin *basin, int node_i)
{
    if (basin->node[node_i].kind != NODE_CATCHMENT)
        return -1;
    const struct catchment *catchment = &basin->catchment[basin->node[node_i].kind_i];
    return catchment->to_count > 0 ? catchment->to[0].node_i : -1;
}

/* ---- by coordinates ----------------------------------------------------------------------------
 */

static bool
has_place(const struct basin *basin, int node_i)
{
    return isfinite(basin->node[node_i].latitude_deg) &&
           isfinite(basin->node[node_i].longitude_deg);
}

/* Put a node that has no place beside the mean of its neighbours that have one. */
static bool
put_beside(const struct basin *basin, struct network_layout *layout, int node_i)
{
    static const double golden_angle = 2.399963229728653; /* spreads neighbours of one node */
    static const double beside = 12.0;
    double x = 0.0, y = 0.0;
    int count = 0;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        int other = link->from == node_i ? link->to : link->to == node_i ? link->from : -1;
        if (other < 0 || isnan(layout->x[other]))
            continue;
        x += layout->x[other];
        y += layout->y[other];
        count++;
    }
    int next = network_layout_next(basin, node_i);
    if (next >= 0 && !isnan(layout->x[next])) {
        x += layout->x[next];
        y += layout->y[next];
        count++;
    }
    if (count == 0)
        return false;
    layout->x[node_i] = x / count + beside * cos(golden_angle * node_i);
    layout->y[node_i] = y / count + beside * sin(golden_angle * node_i);
    return true;
}

static void
place_by_coordinates(const struct basin *basin, struct network_layout *layout)
{
    double north = -90.0, south = 90.0, east = -360.0, west = 360.0;
    static const double radian = 0.017453292519943295;
    for (int i = 0; i < basin->node_count; i++) {
        if (!has_place(basin, i))
            continue;
        north = fmax(north, basin->node[i].latitude_deg);
        south = fmin(south, basin->node[i].latitude_deg);
        east = fmax(east, basin->node[i].longitude_deg);
        west = fmin(west, basin->node[i].longitude_deg);
    }
    double along = cos(0.5 * (north + south) * radian);
    double span_x = fmax((east - west) * along, 1e-6), span_y = fmax(north - south, 1e-6);
    double scale = fmin((layout->width - 2.0 * margin) / span_x,
                        0.7 * layout->width / span_y); /* a long valley keeps its shape, smaller */
    double left = 0.5 * (layout->width - scale * span_x);
    layout->height = scale * span_y + 2.0 * margin;
    for (int i = 0; i < basin->node_count; i++) {
        bool known = has_place(basin, i);
        layout->x[i] =
            known ? left + scale * along * (basin->node[i].longitude_deg - west) : (double)NAN;
        layout->y[i] = known ? margin + scale * (north - basin->node[i].latitude_deg) : (double)NAN;
        layout->guessed_count += !known;
    }
    bool again = true;
    while (again) { /* each round places one node or is the last */
        again = false;
        for (int i = 0; i < basin->node_count; i++)
            if (isnan(layout->x[i]) && put_beside(basin, layout, i))
                again = true;
    }
    for (int i = 0; i < basin->node_count; i++)
        if (isnan(layout->x[i])) {
            layout->x[i] = margin;
            layout->y[i] = layout->height - margin;
        }
}

/* ---- by the way of the water -------------------------------------------------------------------
 */

/* Longest way from a spring to each node; rounds are bounded for the sake of two-way pipes. */
static int
find_layers(const struct basin *basin, int *layer)
{
    int deepest = 0;
    for (int round = 0; round < basin->node_count; round++) {
        bool moved = false;
        for (int i = 0; i < basin->node_count; i++) {
            int next = network_layout_next(basin, i);
            if (next >= 0 && layer[next] < layer[i] + 1) {
                layer[next] = layer[i] + 1;
                moved = true;
            }
        }
        for (int l = 0; l < basin->link_count; l++) {
            const struct link *link = &basin->link[l];
            if (link->is_spill || layer[link->to] > layer[link->from] ||
                layer[link->from] + 1 >= basin->node_count)
                continue;
            layer[link->to] = layer[link->from] + 1;
            moved = true;
        }
        if (!moved)
            break;
    }
    for (int i = 0; i < basin->node_count; i++)
        deepest = layer[i] > deepest ? layer[i] : deepest;
    return deepest;
}

static void
place_by_layers(const struct basin *basin, struct network_layout *layout, int *layer, int *used)
{
    enum { ROW = 46 };
    int deepest = find_layers(basin, layer), most = 1;
    for (int i = 0; i < basin->node_count; i++) {
        used[layer[i]]++;
        most = used[layer[i]] > most ? used[layer[i]] : most;
    }
    layout->height = 2.0 * margin + ROW * most;
    double column = (layout->width - 4.0 * margin) / (deepest > 0 ? deepest : 1);
    for (int at = 0; at <= deepest; at++) {
        int row = 0;
        for (int i = 0; i < basin->node_count; i++) {
            if (layer[i] != at)
                continue;
            layout->x[i] = 2.0 * margin + column * at;
            layout->y[i] = margin + (layout->height - 2.0 * margin) * (row + 0.5) / used[at];
            row++;
        }
    }
}

/* Move nodes off those that stand at the same place: outwards on a spiral until there is room. */
static void
spread(const struct basin *basin, struct network_layout *layout)
{
    static const double apart = 13.0, golden_angle = 2.399963229728653;
    enum { TRIES = 400 };
    for (int i = 1; i < basin->node_count; i++) {
        double x = layout->x[i], y = layout->y[i];
        for (int try = 0; try < TRIES; try++) {
            double from = 5.0 * sqrt(try), px = x + from * cos(golden_angle * try);
            double py = y + from * sin(golden_angle * try);
            bool clear = px > 0.0 && px < layout->width && py > 0.0 && py < layout->height;
            for (int j = 0; j < i && clear; j++)
                clear = hypot(layout->x[j] - px, layout->y[j] - py) >= apart;
            layout->x[i] = clear ? px : x;
            layout->y[i] = clear ? py : y;
            if (clear)
                break;
        }
    }
}

enum status
network_layout_init(const struct basin *basin, double width, struct network_layout *layout,
                    struct error *err)
{
    size_t count = (size_t)basin->node_count + 1;
    int placed = 0;
    *layout = (struct network_layout){.width = width};
    layout->x = calloc(count, sizeof *layout->x);
    layout->y = calloc(count, sizeof *layout->y);
    int *layer = calloc(2 * count, sizeof *layer);
    if (layout->x == NULL || layout->y == NULL || layer == NULL) {
        free(layer);
        network_layout_finish(layout);
        return error_set(err, STATUS_MEMORY, "out of memory for the map");
    }
    for (int i = 0; i < basin->node_count; i++)
        placed += has_place(basin, i);
    layout->is_layered = placed < 2;
    if (layout->is_layered)
        place_by_layers(basin, layout, layer, layer + count);
    else
        place_by_coordinates(basin, layout);
    spread(basin, layout);
    free(layer);
    return STATUS_OK;
}

void
network_layout_finish(struct network_layout *layout)
{
    free(layout->x);
    free(layout->y);
    layout->x = layout->y = NULL;
}
