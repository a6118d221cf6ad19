/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_grid.h"

#include <math.h>
#include <stdlib.h>

/* Which cells of a grid make up a place. */

static const double radians_per_degree = 0.017453292519943295;

/* Room for the edges of decimal degrees in binary. */
static const double slack_deg = 1e-6;

struct cell_list {
    struct netcdf_cell *cell;
    int count;
    int capacity;
    bool failed;
};

static void
add_cell(struct cell_list *list, size_t row, size_t column, double weight)
{
    if (!(weight > 0.0))
        return;
    if (list->count == list->capacity) {
        int capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        struct netcdf_cell *grown = realloc(list->cell, (size_t)capacity * sizeof *grown);
        if (grown == NULL) {
            list->failed = true;
            return;
        }
        list->cell = grown;
        list->capacity = capacity;
    }
    list->cell[list->count++] = (struct netcdf_cell){row, column, weight};
}

/* ---- regular grids --------------------------------------------------------------------------- */

/* Edge of an axis before entry i (0..count): half way between centres, half a spacing outside. */
static double
edge(const double *centre, size_t count, size_t i)
{
    if (count == 1) /* no spacing is known: half a degree on either side */
        return centre[0] + (i == 0 ? -0.5 : 0.5);
    if (i == 0)
        return centre[0] - 0.5 * (centre[1] - centre[0]);
    if (i == count)
        return centre[count - 1] + 0.5 * (centre[count - 1] - centre[count - 2]);
    return 0.5 * (centre[i - 1] + centre[i]);
}

static void
span_of(const double *centre, size_t count, double *low, double *high)
{
    double first = edge(centre, count, 0);
    double last = edge(centre, count, count);
    *low = first < last ? first : last;
    *high = first < last ? last : first;
}

/* A longitude moved by whole turns so that it is not more than a turn above low. */
static double
turned(double longitude_deg, double low)
{
    return longitude_deg - 360.0 * floor((longitude_deg - low + slack_deg) / 360.0);
}

static enum status
not_covered(const struct netcdf_grid *grid, double latitude_deg, double longitude_deg,
            struct error *err)
{
    double south = 90.0;
    double north = -90.0;
    double west = INFINITY;
    double east = -INFINITY;
    size_t cells = grid->row_count * grid->column_count;
    if (grid->regular) {
        span_of(grid->latitude_deg, grid->row_count, &south, &north);
        span_of(grid->longitude_deg, grid->column_count, &west, &east);
    }
    for (size_t i = 0; !grid->regular && i < cells; i++) {
        south = fmin(south, grid->latitude_deg[i]);
        north = fmax(north, grid->latitude_deg[i]);
        west = fmin(west, grid->longitude_deg[i]);
        east = fmax(east, grid->longitude_deg[i]);
    }
    return error_set(err, STATUS_INPUT,
                     "its grid does not cover latitude %g, longitude %g: it spans latitudes %g to "
                     "%g and longitudes %g to %g",
                     latitude_deg, longitude_deg, south, north, west, east);
}

/* Whether a regular grid covers a point; the longitude is turned to the grid's own count. */
static bool
covers(const struct netcdf_grid *grid, double latitude_deg, double *longitude_deg)
{
    double low;
    double high;
    span_of(grid->latitude_deg, grid->row_count, &low, &high);
    if (latitude_deg < low - slack_deg || latitude_deg > high + slack_deg)
        return false;
    span_of(grid->longitude_deg, grid->column_count, &low, &high);
    *longitude_deg = turned(*longitude_deg, low);
    return grid->wraps || *longitude_deg <= high + slack_deg;
}

/* Entry of an axis nearest to a value; on a grid around the Earth by the shorter way. */
static size_t
nearest_entry(const double *centre, size_t count, double value, bool wraps)
{
    size_t best = 0;
    double best_distance = INFINITY;
    for (size_t i = 0; i < count; i++) {
        double distance = fabs(centre[i] - value);
        if (wraps && distance > 180.0)
            distance = fabs(distance - 360.0);
        if (distance < best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    return best;
}

/* Entries on either side of a value and the share of the second; the outer half cell is held. */
static double
between(const double *centre, size_t count, double value, bool wraps, size_t *first, size_t *second)
{
    double sign = count > 1 && centre[1] < centre[0] ? -1.0 : 1.0;
    size_t i = 0;
    while (i < count && sign * centre[i] <= sign * value)
        i++;
    *first = i == 0 ? (wraps ? count - 1 : 0) : i - 1;
    *second = i == count ? (wraps ? 0 : count - 1) : i;
    if (*first == *second)
        return 0.0;
    double a = centre[*first] - (i == 0 ? sign * 360.0 : 0.0);
    double b = centre[*second] + (i == count ? sign * 360.0 : 0.0);
    return (value - a) / (b - a);
}

static void
add_regular_point(const struct netcdf_grid *grid, const struct netcdf_place *place,
                  double longitude_deg, struct cell_list *list)
{
    if (place->pick != PICK_BILINEAR) {
        add_cell(list,
                 nearest_entry(grid->latitude_deg, grid->row_count, place->latitude_deg, false),
                 nearest_entry(grid->longitude_deg, grid->column_count, longitude_deg, grid->wraps),
                 1.0);
        return;
    }
    size_t row[2];
    size_t column[2];
    double up =
        between(grid->latitude_deg, grid->row_count, place->latitude_deg, false, &row[0], &row[1]);
    double right = between(grid->longitude_deg, grid->column_count, longitude_deg, grid->wraps,
                           &column[0], &column[1]);
    add_cell(list, row[0], column[0], (1.0 - up) * (1.0 - right));
    add_cell(list, row[0], column[1], (1.0 - up) * right);
    add_cell(list, row[1], column[0], up * (1.0 - right));
    add_cell(list, row[1], column[1], up * right);
}

/* Length that two spans share. */
static double
shared(double a0, double a1, double b0, double b1)
{
    double low = fmax(fmin(a0, a1), fmin(b0, b1));
    double high = fmin(fmax(a0, a1), fmax(b0, b1));
    return high > low ? high - low : 0.0;
}

static double
sine(double degrees)
{
    return sin(radians_per_degree * fmax(-90.0, fmin(90.0, degrees)));
}

static void
add_regular_box(const struct netcdf_grid *grid, const struct netcdf_place *place, double west,
                struct cell_list *list)
{
    double width = place->east_deg - place->west_deg;
    for (size_t row = 0; row < grid->row_count; row++) {
        double height = shared(sine(edge(grid->latitude_deg, grid->row_count, row)),
                               sine(edge(grid->latitude_deg, grid->row_count, row + 1)),
                               sine(place->south_deg), sine(place->north_deg));
        for (size_t column = 0; height > 0.0 && column < grid->column_count; column++) {
            double left = edge(grid->longitude_deg, grid->column_count, column);
            double right = edge(grid->longitude_deg, grid->column_count, column + 1);
            double length = shared(left, right, west, west + width);
            for (int turn = -1; grid->wraps && turn <= 1; turn += 2)
                length += shared(left, right, west + 360.0 * turn, west + width + 360.0 * turn);
            add_cell(list, row, column, height * length);
        }
    }
}

/* ---- grids by cell --------------------------------------------------------------------------- */

/* Distance in degrees of arc on a plane that touches the Earth at the first point. */
static double
plane_distance(const struct netcdf_grid *grid, size_t cell, double latitude_deg,
               double longitude_deg, double *x, double *y)
{
    double turn = remainder(grid->longitude_deg[cell] - longitude_deg, 360.0);
    double dx = turn * cos(radians_per_degree * latitude_deg);
    double dy = grid->latitude_deg[cell] - latitude_deg;
    if (x != NULL)
        *x = dx;
    if (y != NULL)
        *y = dy;
    return hypot(dx, dy);
}

static size_t
nearest_cell(const struct netcdf_grid *grid, double latitude_deg, double longitude_deg,
             double *distance)
{
    size_t cells = grid->row_count * grid->column_count;
    size_t best = 0;
    *distance = INFINITY;
    for (size_t i = 0; i < cells; i++) {
        double away = plane_distance(grid, i, latitude_deg, longitude_deg, NULL, NULL);
        if (away < *distance) {
            *distance = away;
            best = i;
        }
    }
    return best;
}

/* Centre of the next cell along a row (by 1) or a column, or of the one before at an edge. */
static void
neighbour_offset(const struct netcdf_grid *grid, size_t cell, bool along_row, double *x, double *y)
{
    size_t row = cell / grid->column_count;
    size_t column = cell % grid->column_count;
    size_t step = along_row ? 1 : grid->column_count;
    size_t at = along_row ? column : row;
    size_t count = along_row ? grid->column_count : grid->row_count;
    *x = *y = 0.0;
    if (count > 1)
        plane_distance(grid, at + 1 < count ? cell + step : cell - step, grid->latitude_deg[cell],
                       grid->longitude_deg[cell], x, y);
}

/* Largest distance from a cell to its neighbours; a degree where it has none. */
static double
spacing(const struct netcdf_grid *grid, size_t cell)
{
    double x[2];
    double y[2];
    neighbour_offset(grid, cell, true, &x[0], &y[0]);
    neighbour_offset(grid, cell, false, &x[1], &y[1]);
    double largest = fmax(hypot(x[0], y[0]), hypot(x[1], y[1]));
    return largest > 0.0 ? largest : 1.0;
}

static double
cell_area(const struct netcdf_grid *grid, size_t cell)
{
    double x[2];
    double y[2];
    neighbour_offset(grid, cell, true, &x[0], &y[0]);
    neighbour_offset(grid, cell, false, &x[1], &y[1]);
    double area = fabs(x[0] * y[1] - x[1] * y[0]);
    return area > 0.0 ? area : cos(radians_per_degree * grid->latitude_deg[cell]);
}

/*
 * Place of the origin in a quadrilateral as (u, v) in the unit square, by Newton's method on the
 * bilinear map. False if it lies outside.
 */
static bool
invert_bilinear(const double x[4], const double y[4], double *u, double *v)
{
    *u = *v = 0.5;
    for (int i = 0; i < 50; i++) {
        double fx = (1 - *u) * (1 - *v) * x[0] + *u * (1 - *v) * x[1] + (1 - *u) * *v * x[2] +
                    *u * *v * x[3];
        double fy = (1 - *u) * (1 - *v) * y[0] + *u * (1 - *v) * y[1] + (1 - *u) * *v * y[2] +
                    *u * *v * y[3];
        double xu = (1 - *v) * (x[1] - x[0]) + *v * (x[3] - x[2]);
        double yu = (1 - *v) * (y[1] - y[0]) + *v * (y[3] - y[2]);
        double xv = (1 - *u) * (x[2] - x[0]) + *u * (x[3] - x[1]);
        double yv = (1 - *u) * (y[2] - y[0]) + *u * (y[3] - y[1]);
        double determinant = xu * yv - xv * yu;
        if (determinant == 0.0)
            return false;
        double du = (fx * yv - fy * xv) / determinant;
        double dv = (fy * xu - fx * yu) / determinant;
        *u -= du;
        *v -= dv;
        if (fabs(du) + fabs(dv) < 1e-13)
            break;
    }
    return *u >= -slack_deg && *u <= 1 + slack_deg && *v >= -slack_deg && *v <= 1 + slack_deg;
}

/* The four centres around the point: one of the quadrilaterals that touch the nearest cell. */
static bool
add_bilinear_cells(const struct netcdf_grid *grid, const struct netcdf_place *place, size_t nearest,
                   struct cell_list *list)
{
    size_t row = nearest / grid->column_count;
    size_t column = nearest % grid->column_count;
    for (size_t i = 0; i < 4; i++) {
        if (row + i / 2 < 1 || column + i % 2 < 1)
            continue;
        size_t row0 = row + i / 2 - 1;
        size_t column0 = column + i % 2 - 1;
        if (row0 + 1 >= grid->row_count || column0 + 1 >= grid->column_count)
            continue;
        double x[4];
        double y[4];
        double u;
        double v;
        for (size_t k = 0; k < 4; k++)
            plane_distance(grid, (row0 + k / 2) * grid->column_count + column0 + k % 2,
                           place->latitude_deg, place->longitude_deg, &x[k], &y[k]);
        if (!invert_bilinear(x, y, &u, &v))
            continue;
        add_cell(list, row0, column0, (1 - u) * (1 - v));
        add_cell(list, row0, column0 + 1, u * (1 - v));
        add_cell(list, row0 + 1, column0, (1 - u) * v);
        add_cell(list, row0 + 1, column0 + 1, u * v);
        return true;
    }
    return false;
}

static enum status
add_irregular_point(const struct netcdf_grid *grid, const struct netcdf_place *place,
                    struct cell_list *list, struct error *err)
{
    /* half the diagonal of a square cell of the largest spacing, as the corner of the grid */
    const double reach = 0.75;
    double distance;
    size_t nearest = nearest_cell(grid, place->latitude_deg, place->longitude_deg, &distance);
    bool inside = distance <= reach * spacing(grid, nearest);
    if (place->pick == PICK_BILINEAR)
        inside = inside && add_bilinear_cells(grid, place, nearest, list);
    else if (inside)
        add_cell(list, nearest / grid->column_count, nearest % grid->column_count, 1.0);
    return inside ? STATUS_OK : not_covered(grid, place->latitude_deg, place->longitude_deg, err);
}

static enum status
add_irregular_box(const struct netcdf_grid *grid, const struct netcdf_place *place,
                  struct cell_list *list, struct error *err)
{
    struct netcdf_place corner = {.pick = PICK_NEAREST};
    struct cell_list unused = {0};
    enum status status = STATUS_OK;
    double width = place->east_deg - place->west_deg;
    for (int i = 0; i < 4 && status == STATUS_OK; i++) {
        corner.latitude_deg = i < 2 ? place->south_deg : place->north_deg;
        corner.longitude_deg = i % 2 == 0 ? place->west_deg : place->east_deg;
        status = add_irregular_point(grid, &corner, &unused, err);
    }
    free(unused.cell);
    for (size_t i = 0; status == STATUS_OK && i < grid->row_count * grid->column_count; i++)
        if (grid->latitude_deg[i] >= place->south_deg &&
            grid->latitude_deg[i] <= place->north_deg &&
            turned(grid->longitude_deg[i], place->west_deg) - place->west_deg <= width)
            add_cell(list, i / grid->column_count, i % grid->column_count, cell_area(grid, i));
    if (status == STATUS_OK && list->count == 0) { /* a box smaller than a cell */
        corner.latitude_deg = 0.5 * (place->south_deg + place->north_deg);
        corner.longitude_deg = 0.5 * (place->west_deg + place->east_deg);
        status = add_irregular_point(grid, &corner, list, err);
    }
    return status;
}

/* ---- any grid -------------------------------------------------------------------------------- */

static enum status
add_point(const struct netcdf_grid *grid, const struct netcdf_place *place, struct cell_list *list,
          struct error *err)
{
    double longitude_deg = place->longitude_deg;
    if (!grid->regular)
        return add_irregular_point(grid, place, list, err);
    if (!covers(grid, place->latitude_deg, &longitude_deg))
        return not_covered(grid, place->latitude_deg, place->longitude_deg, err);
    add_regular_point(grid, place, longitude_deg, list);
    return STATUS_OK;
}

static enum status
add_box(const struct netcdf_grid *grid, const struct netcdf_place *place, struct cell_list *list,
        struct error *err)
{
    if (!grid->regular)
        return add_irregular_box(grid, place, list, err);
    double west = place->west_deg;
    double low;
    double high;
    if (!covers(grid, place->south_deg, &west))
        return not_covered(grid, place->south_deg, place->west_deg, err);
    span_of(grid->longitude_deg, grid->column_count, &low, &high);
    double east = west + (place->east_deg - place->west_deg);
    double unturned = place->east_deg;
    if (!covers(grid, place->north_deg, &unturned) || (!grid->wraps && east > high + slack_deg))
        return not_covered(grid, place->north_deg, place->east_deg, err);
    add_regular_box(grid, place, west, list);
    return STATUS_OK;
}

/* A listed cell: its centre is within half a spacing of a centre of the grid. */
static enum status
add_listed(const struct netcdf_grid *grid, const struct netcdf_place *place, int i,
           struct cell_list *list, struct error *err)
{
    struct netcdf_place point = {.pick = PICK_NEAREST,
                                 .latitude_deg = place->weight_latitude_deg[i],
                                 .longitude_deg = place->weight_longitude_deg[i]};
    int before = list->count;
    enum status status = add_point(grid, &point, list, err);
    if (status == STATUS_OK && list->count > before)
        list->cell[before].weight = place->weight[i];
    return status;
}

static int
compare_cells(const void *left, const void *right)
{
    const struct netcdf_cell *a = left;
    const struct netcdf_cell *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->column == b->column ? 0 : a->column < b->column ? -1 : 1;
}

/* Sort, add up what stands for one cell, and make the weights sum to 1. */
static enum status
normalise(struct cell_list *list, struct error *err)
{
    double sum = 0.0;
    int kept = 0;
    qsort(list->cell, (size_t)list->count, sizeof *list->cell, compare_cells);
    for (int i = 0; i < list->count; i++) {
        if (kept > 0 && compare_cells(&list->cell[kept - 1], &list->cell[i]) == 0)
            list->cell[kept - 1].weight += list->cell[i].weight;
        else
            list->cell[kept++] = list->cell[i];
        sum += list->cell[i].weight;
    }
    list->count = kept;
    if (!(sum > 0.0))
        return error_set(err, STATUS_INPUT, "no cell of its grid has a weight");
    for (int i = 0; i < kept; i++)
        list->cell[i].weight /= sum;
    return STATUS_OK;
}

enum status
netcdf_grid_cells(const struct netcdf_grid *grid, const struct netcdf_place *place,
                  struct netcdf_cell **cell, int *cell_count, struct error *err)
{
    struct cell_list list = {0};
    enum status status = STATUS_OK;
    *cell = NULL;
    *cell_count = 0;
    if (!grid->exists)
        add_cell(&list, 0, 0, 1.0);
    else if (place->pick == PICK_SERIES)
        status = error_set(err, STATUS_INPUT,
                           "it has a grid of %zu x %zu cells; give the place by at, box or weights",
                           grid->row_count, grid->column_count);
    else if (place->pick == PICK_BOX)
        status = add_box(grid, place, &list, err);
    else if (place->pick != PICK_WEIGHTS)
        status = add_point(grid, place, &list, err);
    for (int i = 0; grid->exists && place->pick == PICK_WEIGHTS && i < place->weight_count &&
                    status == STATUS_OK;
         i++)
        status = add_listed(grid, place, i, &list, err);
    if (list.failed)
        status = error_set(err, STATUS_MEMORY, "out of memory for the cells of a grid");
    if (status == STATUS_OK)
        status = normalise(&list, err);
    if (status != STATUS_OK) {
        free(list.cell);
        return status;
    }
    *cell = list.cell;
    *cell_count = list.count;
    return STATUS_OK;
}
