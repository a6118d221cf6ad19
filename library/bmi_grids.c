/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library/bmi_model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Grids of the Basic Model Interface: one of points for each kind of element, and the network. */

static const enum nguon_kind kind_of_grid[GRID_COUNT] = {
    NGUON_BASIN, NGUON_RESERVOIR, NGUON_AQUIFER, NGUON_CATCHMENT, NGUON_DEMAND, NGUON_NODE};

/* The model if there is such a grid. */
static const struct bmi_model *
grid_of(struct Bmi *self, int grid)
{
    const struct bmi_model *model = bmi_ready(self);
    if (model != NULL && grid >= 0 && grid < GRID_COUNT)
        return model;
    if (model != NULL)
        bmi_refuse(self, "there is no grid %d; they are 0 to %d", grid, GRID_COUNT - 1);
    return NULL;
}

static int
get_grid_rank(struct Bmi *self, int grid, int *rank)
{
    if (grid_of(self, grid) == NULL)
        return BMI_FAILURE;
    *rank = grid == GRID_BASIN ? 0 : grid == GRID_NETWORK ? 2 : 1;
    return BMI_SUCCESS;
}

static int
get_grid_size(struct Bmi *self, int grid, int *size)
{
    const struct bmi_model *model = grid_of(self, grid);
    if (model == NULL)
        return BMI_FAILURE;
    *size = nguon_basin_count(model->basin, kind_of_grid[grid]);
    return BMI_SUCCESS;
}

static int
get_grid_type(struct Bmi *self, int grid, char *type)
{
    if (grid_of(self, grid) == NULL)
        return BMI_FAILURE;
    snprintf(type, BMI_MAX_TYPE_NAME, "%s",
             grid == GRID_BASIN     ? "scalar"
             : grid == GRID_NETWORK ? "unstructured"
                                    : "points");
    return BMI_SUCCESS;
}

/* ---- what such grids do not have ---------------------------------------------------------------
 */

static int
refuse_structured(struct Bmi *self, int grid, const char *what)
{
    if (grid_of(self, grid) == NULL)
        return BMI_FAILURE;
    return bmi_refuse(self, "grid %d is not structured: it has no %s", grid, what);
}

static int
get_grid_shape(struct Bmi *self, int grid, int *shape)
{
    (void)shape;
    return refuse_structured(self, grid, "shape");
}

static int
get_grid_spacing(struct Bmi *self, int grid, double *spacing)
{
    (void)spacing;
    return refuse_structured(self, grid, "spacing");
}

static int
get_grid_origin(struct Bmi *self, int grid, double *origin)
{
    (void)origin;
    return refuse_structured(self, grid, "origin");
}

/* ---- places ------------------------------------------------------------------------------------
 */

static int
get_places(struct Bmi *self, int grid, bool is_longitude, double *out)
{
    const struct bmi_model *model = grid_of(self, grid);
    if (model == NULL)
        return BMI_FAILURE;
    if (grid == GRID_BASIN)
        return bmi_refuse(self, "grid %d is a scalar: it has no coordinates", grid);
    for (int i = 0; i < nguon_basin_count(model->basin, kind_of_grid[grid]); i++) {
        double latitude = NAN, longitude = NAN;
        nguon_basin_place(model->basin, nguon_basin_node_of(model->basin, kind_of_grid[grid], i),
                          &latitude, &longitude);
        out[i] = is_longitude ? longitude : latitude;
    }
    return BMI_SUCCESS;
}

static int
get_grid_x(struct Bmi *self, int grid, double *x)
{
    return get_places(self, grid, true, x);
}

static int
get_grid_y(struct Bmi *self, int grid, double *y)
{
    return get_places(self, grid, false, y);
}

static int
get_grid_z(struct Bmi *self, int grid, double *z)
{
    (void)z;
    return grid_of(self, grid) == NULL ? BMI_FAILURE
                                       : bmi_refuse(self, "grid %d has no heights", grid);
}

/* ---- nodes, edges, faces -----------------------------------------------------------------------
 */

static int
get_grid_node_count(struct Bmi *self, int grid, int *count)
{
    return get_grid_size(self, grid, count);
}

static int
get_grid_edge_count(struct Bmi *self, int grid, int *count)
{
    const struct bmi_model *model = grid_of(self, grid);
    if (model == NULL)
        return BMI_FAILURE;
    *count = grid == GRID_NETWORK ? nguon_basin_count(model->basin, NGUON_LINK) : 0;
    return BMI_SUCCESS;
}

static int
get_grid_face_count(struct Bmi *self, int grid, int *count)
{
    if (grid_of(self, grid) == NULL)
        return BMI_FAILURE;
    *count = 0;
    return BMI_SUCCESS;
}

static int
get_grid_edge_nodes(struct Bmi *self, int grid, int *edge_nodes)
{
    const struct bmi_model *model = grid_of(self, grid);
    if (model == NULL)
        return BMI_FAILURE;
    if (grid != GRID_NETWORK)
        return bmi_refuse(self, "grid %d has no edges", grid);
    for (int l = 0; l < nguon_basin_count(model->basin, NGUON_LINK); l++)
        nguon_basin_link_ends(model->basin, l, &edge_nodes[2 * l], &edge_nodes[2 * l + 1]);
    return BMI_SUCCESS;
}

static int
refuse_faces(struct Bmi *self, int grid)
{
    return grid_of(self, grid) == NULL ? BMI_FAILURE
                                       : bmi_refuse(self, "grid %d has no faces", grid);
}

static int
get_grid_face_edges(struct Bmi *self, int grid, int *face_edges)
{
    (void)face_edges;
    return refuse_faces(self, grid);
}

static int
get_grid_face_nodes(struct Bmi *self, int grid, int *face_nodes)
{
    (void)face_nodes;
    return refuse_faces(self, grid);
}

static int
get_grid_nodes_per_face(struct Bmi *self, int grid, int *nodes_per_face)
{
    (void)nodes_per_face;
    return refuse_faces(self, grid);
}

void
bmi_register_grids(struct Bmi *model)
{
    model->get_grid_rank = get_grid_rank;
    model->get_grid_size = get_grid_size;
    model->get_grid_type = get_grid_type;
    model->get_grid_shape = get_grid_shape;
    model->get_grid_spacing = get_grid_spacing;
    model->get_grid_origin = get_grid_origin;
    model->get_grid_x = get_grid_x;
    model->get_grid_y = get_grid_y;
    model->get_grid_z = get_grid_z;
    model->get_grid_node_count = get_grid_node_count;
    model->get_grid_edge_count = get_grid_edge_count;
    model->get_grid_face_count = get_grid_face_count;
    model->get_grid_edge_nodes = get_grid_edge_nodes;
    model->get_grid_face_edges = get_grid_face_edges;
    model->get_grid_face_nodes = get_grid_face_nodes;
    model->get_grid_nodes_per_face = get_grid_nodes_per_face;
}
