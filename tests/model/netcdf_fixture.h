/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_NETCDF_FIXTURE_H
#define NGUON_TESTS_MODEL_NETCDF_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

/** A netCDF file to be written in the manner of CMIP6. Zero means the usual choice. */
struct netcdf_fixture {
    const char *path;
    int format;           /**< NC_NETCDF4 (0), NC_CLASSIC_MODEL as 1, 5 for CDF-5, 2 for CDF-2 */
    const char *variable; /**< "pr" */
    const char *unit;     /**< "kg m-2 s-1"; "" for none */
    const char *standard_name;
    const char *cell_methods;
    const char *calendar;  /**< "noleap" ... ; NULL: no attribute */
    const char *time_unit; /**< "days since 2000-01-01" */
    int time_count;
    double time_first, time_step; /**< step 1 */
    const double *time;           /**< [time_count], in place of first and step */
    bool bounds;                  /**< time_bnds half a step on either side */
    int row_count, column_count;
    const double *latitude, *longitude; /**< by axis, or [row][column] with rotated; NULL: none */
    bool rotated;                       /**< coordinates by cell, axes rlat and rlon */
    bool string_attributes;             /**< type string in place of char */
    bool column_first;                  /**< order lon, lat, time */
    double scale, offset;               /**< packed in 16 bits with these where scale is not 0 */
    double fill;                        /**< _FillValue and missing_value, 1e20 (packed: -32768) */
    bool height;                        /**< a further dimension of two entries */
    /** Figure of a cell; NAN becomes the fill value. */
    double (*figure)(int time_t, int row, int column);
};

/** Write the file; a failure is that of the test. */
void netcdf_fixture_write(const struct netcdf_fixture *fixture);

#endif
