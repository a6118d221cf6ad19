/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/model/netcdf_fixture.h"

#include "tests/support.h"

#include <netcdf.h>
#include <stdlib.h>
#include <string.h>

/* A file while it is written. */
struct writing {
    const struct netcdf_fixture *fixture;
    int id;
    int time_d, row_d, column_d, height_d;
    int time_v, bounds_v, latitude_v, longitude_v, variable_v;
};

static void
good(int status)
{
    if (status != NC_NOERR)
        fail_msg("netCDF: %s", nc_strerror(status));
}

static void
put_text(const struct writing *file, int variable, const char *name, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    if (file->fixture->string_attributes)
        good(nc_put_att_string(file->id, variable, name, 1, &text));
    else
        good(nc_put_att_text(file->id, variable, name, strlen(text), text));
}

static void
define_place(struct writing *file)
{
    const struct netcdf_fixture *fixture = file->fixture;
    bool rotated = fixture->rotated;
    if (fixture->row_count == 0)
        return;
    good(nc_def_dim(file->id, rotated ? "rlat" : "lat", (size_t)fixture->row_count, &file->row_d));
    good(nc_def_dim(file->id, rotated ? "rlon" : "lon", (size_t)fixture->column_count,
                    &file->column_d));
    const int both[2] = {file->row_d, file->column_d};
    good(nc_def_var(file->id, "lat", NC_DOUBLE, rotated ? 2 : 1, both, &file->latitude_v));
    good(nc_def_var(file->id, "lon", NC_DOUBLE, rotated ? 2 : 1, rotated ? both : both + 1,
                    &file->longitude_v));
    put_text(file, file->latitude_v, "units", "degrees_north");
    put_text(file, file->latitude_v, "standard_name", "latitude");
    put_text(file, file->longitude_v, "units", "degrees_east");
    put_text(file, file->longitude_v, "standard_name", "longitude");
}

static void
define_variable(struct writing *file)
{
    const struct netcdf_fixture *fixture = file->fixture;
    int dimension[4];
    int rank = 0;
    int packed_fill = -32768;
    double fill = fixture->fill != 0.0 ? fixture->fill : 1e20;
    if (fixture->column_first) {
        dimension[rank++] = file->column_d;
        dimension[rank++] = file->row_d;
        dimension[rank++] = file->time_d;
    } else {
        dimension[rank++] = file->time_d;
        if (fixture->height)
            dimension[rank++] = file->height_d;
        if (fixture->row_count > 0) {
            dimension[rank++] = file->row_d;
            dimension[rank++] = file->column_d;
        }
    }
    bool packed = fixture->scale != 0.0;
    good(nc_def_var(file->id, fixture->variable != NULL ? fixture->variable : "pr",
                    packed ? NC_SHORT : NC_FLOAT, rank, dimension, &file->variable_v));
    int v = file->variable_v;
    put_text(file, v, "units", fixture->unit != NULL ? fixture->unit : "kg m-2 s-1");
    put_text(file, v, "standard_name", fixture->standard_name);
    put_text(file, v, "cell_methods", fixture->cell_methods);
    if (packed) {
        good(nc_put_att_double(file->id, v, "scale_factor", NC_DOUBLE, 1, &fixture->scale));
        good(nc_put_att_double(file->id, v, "add_offset", NC_DOUBLE, 1, &fixture->offset));
        good(nc_put_att_int(file->id, v, "_FillValue", NC_SHORT, 1, &packed_fill));
    } else {
        good(nc_put_att_double(file->id, v, "_FillValue", NC_FLOAT, 1, &fill));
        good(nc_put_att_double(file->id, v, "missing_value", NC_DOUBLE, 1, &fill));
    }
}

static void
define(struct writing *file)
{
    const struct netcdf_fixture *fixture = file->fixture;
    int pair;
    good(nc_def_dim(file->id, "time", NC_UNLIMITED, &file->time_d));
    if (fixture->column_first) { /* only the first dimension may be unlimited */
        good(nc_rename_dim(file->id, file->time_d, "unused"));
        good(nc_def_dim(file->id, "time", (size_t)fixture->time_count, &file->time_d));
    }
    if (fixture->height)
        good(nc_def_dim(file->id, "plev", 2, &file->height_d));
    good(nc_def_var(file->id, "time", NC_DOUBLE, 1, &file->time_d, &file->time_v));
    put_text(file, file->time_v, "units",
             fixture->time_unit != NULL ? fixture->time_unit : "days since 2000-01-01");
    put_text(file, file->time_v, "calendar", fixture->calendar);
    if (fixture->bounds) {
        good(nc_def_dim(file->id, "bnds", 2, &pair));
        const int both[2] = {file->time_d, pair};
        good(nc_def_var(file->id, "time_bnds", NC_DOUBLE, 2, both, &file->bounds_v));
        put_text(file, file->time_v, "bounds", "time_bnds");
    }
    define_place(file);
    define_variable(file);
}

static void
write_figures(const struct writing *file)
{
    const struct netcdf_fixture *fixture = file->fixture;
    int rows = fixture->row_count > 0 ? fixture->row_count : 1;
    int columns = fixture->row_count > 0 ? fixture->column_count : 1;
    double fill = fixture->scale != 0.0 ? -32768 : fixture->fill != 0.0 ? fixture->fill : 1e20;
    for (int t = 0; t < fixture->time_count; t++)
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) {
                size_t at[4] = {(size_t)t, (size_t)row, (size_t)column, 0};
                if (fixture->column_first) {
                    at[0] = (size_t)column;
                    at[2] = (size_t)t;
                } else if (fixture->height) {
                    at[3] = at[2];
                    at[2] = at[1];
                    at[1] = 0;
                }
                double figure = fixture->figure(t, row, column);
                if (fixture->scale != 0.0)
                    figure = round((figure - fixture->offset) / fixture->scale);
                figure = isnan(figure) ? fill : figure;
                good(nc_put_var1_double(file->id, file->variable_v, at, &figure));
            }
}

void
netcdf_fixture_write(const struct netcdf_fixture *fixture)
{
    struct writing file = {.fixture = fixture};
    int mode = fixture->format == 0   ? NC_NETCDF4
               : fixture->format == 2 ? NC_64BIT_OFFSET
               : fixture->format == 5 ? NC_64BIT_DATA
                                      : 0;
    double step = fixture->time_step != 0.0 ? fixture->time_step : 1.0;
    good(nc_create(fixture->path, mode | NC_CLOBBER, &file.id));
    define(&file);
    good(nc_enddef(file.id));
    for (size_t t = 0; t < (size_t)fixture->time_count; t++) {
        double value =
            fixture->time != NULL ? fixture->time[t] : fixture->time_first + step * (double)t;
        good(nc_put_var1_double(file.id, file.time_v, &t, &value));
        for (size_t side = 0; fixture->bounds && side < 2; side++) {
            const size_t at[2] = {t, side};
            double bound = value + step * ((double)side - 0.5);
            good(nc_put_var1_double(file.id, file.bounds_v, at, &bound));
        }
    }
    if (fixture->row_count > 0) {
        good(nc_put_var_double(file.id, file.latitude_v, fixture->latitude));
        good(nc_put_var_double(file.id, file.longitude_v, fixture->longitude));
    }
    write_figures(&file);
    good(nc_close(file.id));
}
