/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_PRIVATE_H
#define NGUON_MODEL_NETCDF_PRIVATE_H

#include "model/netcdf_file.h"

/* What the files that read netCDF share; no one else includes this. */

/** An error that names file and variable. */
enum status netcdf_fail(const struct netcdf_variable *variable, struct error *err,
                        enum status status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** The same for an error of the library. */
enum status netcdf_library_fail(const struct netcdf_variable *variable, struct error *err,
                                int library_status, const char *doing);

/** Text of an attribute of type char or string; false and "" where there is none. */
bool netcdf_text(int file_id, int variable_id, const char *attribute, char *buffer, size_t size);

/** First figure of a numeric attribute (text that holds a number counts); false if none. */
bool netcdf_number(int file_id, int variable_id, const char *attribute, double *out);

/** The variable with the name, if it has that rank; -1 if not. Its dimensions go to dimension_id.
 */
int netcdf_find_variable(int file_id, const char *name, int rank, int *dimension_id);

/** netcdf_time.c: the time axis. */
enum status netcdf_read_times(struct netcdf_variable *variable, struct error *err);
/** Whether a coordinate variable holds times. */
bool netcdf_is_time(int file_id, int variable_id);

/** netcdf_grid.c: the horizontal grid; sets row_d and column_d. */
enum status netcdf_read_grid(struct netcdf_variable *variable, struct error *err);

#endif
