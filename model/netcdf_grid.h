/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_GRID_H
#define NGUON_MODEL_NETCDF_GRID_H

#include "model/netcdf_file.h"

/** How a catchment's figure is taken from a grid. */
enum netcdf_pick {
    PICK_SERIES,   /**< the file has no grid */
    PICK_NEAREST,  /**< the cell nearest to a point */
    PICK_BILINEAR, /**< between the four centres around a point */
    PICK_BOX,      /**< mean over a box of latitude and longitude, by area */
    PICK_WEIGHTS   /**< mean over listed cells, by weight */
};

struct netcdf_place {
    enum netcdf_pick pick;
    double latitude_deg, longitude_deg; /**< of a point */
    double south_deg, west_deg, north_deg, east_deg;
    int weight_count; /**< PICK_WEIGHTS: centres of cells, each nearer to its cell than half
                           the spacing of the grid */
    double *weight_latitude_deg, *weight_longitude_deg, *weight;
};

/** One cell and its share of the mean. */
struct netcdf_cell {
    size_t row, column;
    double weight; /**< all sum to 1 */
};

/**
 * Cells of a grid that make up a place, sorted by row and column.
 *
 * A regular grid covers the span of its cells' edges, half a spacing beyond the outer centres; a
 * box is weighed by the exact area it shares with each cell (of the sphere). On a grid by cell
 * (rotated pole) a box takes the cells whose centres lie in it, by their area, and bilinear places
 * the point inside the four centres around it.
 *
 * @param[out] cell  allocated; free it
 * @return STATUS_OK; STATUS_INPUT if the grid does not cover the place (with the span of the
 *         grid), or a listed cell is none of the grid's; STATUS_MEMORY
 */
enum status netcdf_grid_cells(const struct netcdf_grid *grid, const struct netcdf_place *place,
                              struct netcdf_cell **cell, int *cell_count, struct error *err);

#endif
