/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_private.h"

#include <math.h>
#include <netcdf.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Finding the horizontal grid of a variable: CF 1.10, sections 4.1, 4.2 and 5. */

enum axis_kind { AXIS_OTHER, AXIS_LATITUDE, AXIS_LONGITUDE };

static bool
is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcasecmp(text, *words) == 0)
            return true;
    return false;
}

/* Whether a variable holds latitudes or longitudes: by standard name, unit, or else its name. */
static enum axis_kind
kind_of_axis(int file_id, int variable_id)
{
    static const char *const north[] = {"degrees_north", "degree_north", "degree_N", "degrees_N",
                                        "degreeN",       "degreesN",     NULL};
    static const char *const east[] = {"degrees_east", "degree_east", "degree_E", "degrees_E",
                                       "degreeE",      "degreesE",    NULL};
    static const char *const latitude_names[] = {"lat", "latitude", "nav_lat", NULL};
    static const char *const longitude_names[] = {"lon", "longitude", "long", "nav_lon", NULL};
    char text[NETCDF_TEXT_MAX];
    char name[NC_MAX_NAME + 1] = "";
    if (netcdf_text(file_id, variable_id, "standard_name", text, sizeof text))
        return strcmp(text, "latitude") == 0    ? AXIS_LATITUDE
               : strcmp(text, "longitude") == 0 ? AXIS_LONGITUDE
                                                : AXIS_OTHER;
    netcdf_text(file_id, variable_id, "units", text, sizeof text);
    nc_inq_varname(file_id, variable_id, name);
    if (is_one_of(text, north) || is_one_of(name, latitude_names))
        return AXIS_LATITUDE;
    if (is_one_of(text, east) || is_one_of(name, longitude_names))
        return AXIS_LONGITUDE;
    return AXIS_OTHER;
}

/* Latitude and longitude as axes of the variable itself. */
static bool
find_axes(struct netcdf_variable *variable, int coordinate[2])
{
    for (int d = 0; d < variable->rank; d++) {
        char name[NC_MAX_NAME + 1];
        int dimension_id;
        if (d == variable->time_d ||
            nc_inq_dimname(variable->file_id, variable->dimension_id[d], name) != NC_NOERR)
            continue;
        int found = netcdf_find_variable(variable->file_id, name, 1, &dimension_id);
        enum axis_kind kind = found < 0 ? AXIS_OTHER : kind_of_axis(variable->file_id, found);
        if (kind == AXIS_LATITUDE && variable->row_d < 0) {
            variable->row_d = d;
            coordinate[0] = found;
        } else if (kind == AXIS_LONGITUDE && variable->column_d < 0) {
            variable->column_d = d;
            coordinate[1] = found;
        }
    }
    if (variable->row_d >= 0 && variable->column_d >= 0)
        return true;
    variable->row_d = -1;
    variable->column_d = -1;
    return false;
}

/* Which dimension of the variable has the id; -1 for none. */
static int
dimension_place(const struct netcdf_variable *variable, int dimension_id)
{
    for (int d = 0; d < variable->rank; d++)
        if (variable->dimension_id[d] == dimension_id && d != variable->time_d)
            return d;
    return -1;
}

/* Latitude and longitude by cell: two variables over the same one or two of its dimensions. */
static bool
find_cell_coordinates(struct netcdf_variable *variable, int coordinate[2])
{
    int count = 0;
    int shape[2][2] = {{-1, -1}, {-1, -1}};
    coordinate[0] = coordinate[1] = -1;
    nc_inq_nvars(variable->file_id, &count);
    for (int i = 0; i < count; i++) {
        int rank = 0;
        int dimension_id[NC_MAX_VAR_DIMS];
        enum axis_kind kind = kind_of_axis(variable->file_id, i);
        if (kind == AXIS_OTHER || nc_inq_varndims(variable->file_id, i, &rank) != NC_NOERR ||
            rank < 1 || rank > 2 || nc_inq_vardimid(variable->file_id, i, dimension_id) != NC_NOERR)
            continue;
        int row_d = rank == 2 ? dimension_place(variable, dimension_id[0]) : -1;
        int column_d = dimension_place(variable, dimension_id[rank - 1]);
        int which = kind == AXIS_LONGITUDE;
        if (column_d < 0 || (rank == 2 && row_d < 0) || coordinate[which] >= 0)
            continue;
        coordinate[which] = i;
        shape[which][0] = row_d;
        shape[which][1] = column_d;
    }
    if (coordinate[0] < 0 || coordinate[1] < 0 || shape[0][0] != shape[1][0] ||
        shape[0][1] != shape[1][1])
        return false;
    variable->row_d = shape[0][0];
    variable->column_d = shape[0][1];
    return true;
}

static enum status
read_degrees(const struct netcdf_variable *variable, int coordinate, size_t count, double limit,
             double **out, struct error *err)
{
    *out = malloc((count + 1) * sizeof **out);
    if (*out == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", variable->path);
    int status = nc_get_var_double(variable->file_id, coordinate, *out);
    if (status != NC_NOERR)
        return netcdf_library_fail(variable, err, status, "its coordinates cannot be read");
    for (size_t i = 0; i < count; i++)
        if (!(fabs((*out)[i]) <= limit + 1e-6))
            return netcdf_fail(variable, err, STATUS_INPUT,
                               "its coordinates are no degrees: entry %zu is %g", i + 1, (*out)[i]);
    return STATUS_OK;
}

/* Axes rise or fall throughout. A longitude that jumps by a whole turn is brought back. */
static enum status
check_axis(const struct netcdf_variable *variable, const char *what, double *degrees, size_t count,
           bool is_longitude, struct error *err)
{
    for (size_t i = 1; is_longitude && i < count; i++)
        degrees[i] += 360.0 * round((degrees[i - 1] - degrees[i]) / 360.0);
    for (size_t i = 1; i < count; i++)
        if (degrees[i] == degrees[i - 1] ||
            (degrees[i] > degrees[i - 1]) != (degrees[1] > degrees[0]))
            return netcdf_fail(variable, err, STATUS_INPUT,
                               "its %s does not rise or fall throughout: %g stands beside %g", what,
                               degrees[i - 1], degrees[i]);
    return STATUS_OK;
}

static bool
goes_round(const double *degrees, size_t count)
{
    if (count < 3)
        return false;
    double span = fabs(degrees[count - 1] - degrees[0]);
    double spacing = span / (double)(count - 1);
    return fabs(span + spacing - 360.0) < 0.01 * spacing;
}

enum status
netcdf_read_grid(struct netcdf_variable *variable, struct error *err)
{
    struct netcdf_grid *grid = &variable->grid;
    enum status status = STATUS_OK;
    int coordinate[2];
    grid->regular = find_axes(variable, coordinate);
    grid->row_count = grid->column_count = 1;
    if (!grid->regular && !find_cell_coordinates(variable, coordinate))
        return STATUS_OK; /* a series, unless another dimension is found fault with later */
    grid->exists = true;
    if (variable->row_d >= 0)
        grid->row_count = variable->length[variable->row_d];
    grid->column_count = variable->length[variable->column_d];
    if (grid->row_count == 0 || grid->column_count == 0)
        return netcdf_fail(variable, err, STATUS_INPUT, "its grid has no cells");
    size_t cells = grid->row_count * grid->column_count;
    TRY(read_degrees(variable, coordinate[0], grid->regular ? grid->row_count : cells, 90.0,
                     &grid->latitude_deg, err));
    TRY(read_degrees(variable, coordinate[1], grid->regular ? grid->column_count : cells, 540.0,
                     &grid->longitude_deg, err));
    if (!grid->regular)
        return STATUS_OK;
    TRY(check_axis(variable, "latitude", grid->latitude_deg, grid->row_count, false, err));
    TRY(check_axis(variable, "longitude", grid->longitude_deg, grid->column_count, true, err));
    grid->wraps = goes_round(grid->longitude_deg, grid->column_count);
out:
    return status;
}
