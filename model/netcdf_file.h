/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_FILE_H
#define NGUON_MODEL_NETCDF_FILE_H

#include "model/netcdf_calendar.h"
#include "solvers/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { NETCDF_RANK_MAX = 8, NETCDF_TEXT_MAX = 256, NETCDF_MISSING_MAX = 3 };

/** Where the cells of a file lie. */
struct netcdf_grid {
    bool exists;  /**< false: the variable is a series without a place */
    bool regular; /**< latitude by row and longitude by column; else both by cell */
    bool wraps;   /**< a regular grid around the whole Earth */
    size_t row_count, column_count;
    double *latitude_deg;  /**< [row_count], or [row_count][column_count]; in file order */
    double *longitude_deg; /**< [column_count], or [row_count][column_count]; -180..360 */
};

/** A variable of an open netCDF file: what it means and where its figures stand. */
struct netcdf_variable {
    int file_id; /**< -1 when closed */
    int variable_id;
    char path[1024];
    char name[NETCDF_TEXT_MAX];
    char unit[NETCDF_TEXT_MAX];          /**< "" if it has none */
    char standard_name[NETCDF_TEXT_MAX]; /**< likewise */
    char cell_methods[NETCDF_TEXT_MAX];
    int rank;
    int dimension_id[NETCDF_RANK_MAX];
    size_t length[NETCDF_RANK_MAX];
    int time_d, row_d, column_d; /**< which of its dimensions these are, -1 for none */
    double packed_scale, packed_offset;
    bool is_single; /**< stored as 32-bit floats: fill values are compared as such */
    int missing_count;
    double missing[NETCDF_MISSING_MAX]; /**< figures, as stored, that stand for none */
    double valid_min, valid_max;        /**< as stored */
    struct netcdf_grid grid;
    enum netcdf_calendar calendar;
    int time_count;
    int64_t *start_s, *end_s; /**< [time_count] of each figure, in the calendar */
};

/**
 * Open a file of any netCDF format and find a variable in it by the CF conventions: its time axis
 * with bounds, its horizontal grid (latitude and longitude by axis, or by cell as for a rotated
 * pole), packing, fill values and unit. Attributes may be of type char or string. Dimensions other
 * than time and the grid must have one entry.
 *
 * Messages name the file and the variable. *out may be closed in every case.
 *
 * @return STATUS_OK; STATUS_INPUT (cut off, no such variable with the nearest name, no time axis,
 *         unknown calendar, times that do not rise, a grid that makes no sense); STATUS_FILE;
 *         STATUS_MEMORY
 */
enum status netcdf_variable_open(const char *path, const char *name, struct netcdf_variable *out,
                                 struct error *err);
void netcdf_variable_close(struct netcdf_variable *variable);

/** A part of a variable: times, rows and columns. */
struct netcdf_block {
    size_t time_from, time_count;
    size_t row_from, row_count;
    size_t column_from, column_count;
};

/**
 * Read a block, unpacked, in the file's unit; NAN for what is missing.
 * @param[out] value [time_count][row_count][column_count]
 */
enum status netcdf_read_block(const struct netcdf_variable *variable,
                              const struct netcdf_block *block, double *value, struct error *err);

#endif
