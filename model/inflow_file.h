/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_INFLOW_FILE_H
#define NGUON_MODEL_INFLOW_FILE_H

#include "model/diagnostics.h"
#include "model/instant.h"

/** Inflow hydrographs at common times, one a member; straight between the times. */
struct inflow_members {
    int time_count, member_count;
    int64_t *time_s;  /**< [time_count] rising */
    double *flow_m3s; /**< [member_count][time_count] */
    char **label;     /**< [member_count] */
    bool has_zone;
    struct instant zone;
};

/**
 * Read inflows from a CSV file with a column of times (the first, or `time`), flows in m3/s in
 * `column`. With column NULL every other column is a member.
 *
 * Faults with file and line: a time that is none, that does not rise, of another zone; a cell that
 * is no number or negative; no such column.
 *
 * @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY; inflow_members_finish is due in every case
 */
enum status inflow_read_csv(const char *path, const char *column, struct inflow_members *out,
                            struct diagnostics *diagnostics);

/**
 * Read an ensemble from a netCDF file: a variable of time and one more dimension (the members), in
 * either order, in m3/s, with a CF time axis of the real calendar. Name NULL: the only such
 * variable of the file.
 */
enum status inflow_read_netcdf(const char *path, const char *name, struct inflow_members *out,
                               struct diagnostics *diagnostics);

/** One member straight from points; times in seconds. */
enum status inflow_allocate(struct inflow_members *out, int time_count, int member_count);
void inflow_members_finish(struct inflow_members *inflow);

/** Inflow of a member at an instant, within its times. *hint speeds repeats; start with 0. */
double inflow_at(const struct inflow_members *inflow, int member_i, double at_s, int *hint);

#endif
