/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_SERIES_H
#define NGUON_MODEL_NETCDF_SERIES_H

#include "model/month_days.h"
#include "model/netcdf_grid.h"
#include "model/netcdf_unit.h"
#include "model/series.h"

/** What to read from netCDF files, as one record. */
struct netcdf_source {
    const char *pattern; /**< path, in which *, ? and [...] stand for names of files */
    const char *variable;
    bool unit_given;         /**< unit replaces that of the files */
    struct netcdf_unit unit; /**< of the files if not given: set by netcdf_source_probe */
};

/**
 * Look into the first file: is the variable there, and what is its unit. Of several files those
 * that lack the variable are left out, unless all do.
 * @return STATUS_OK, STATUS_INPUT, STATUS_FILE, STATUS_MEMORY, each with file and variable named
 */
enum status netcdf_source_probe(struct netcdf_source *source, struct error *err);

/** Global texts of the first file of a pattern; false if it lacks one of them. */
bool netcdf_global_texts(const struct netcdf_source *source, const char *const *attributes,
                         char (*text)[NETCDF_TEXT_MAX], int count);

/** One place, and the record found there. */
struct netcdf_request {
    const struct netcdf_place *place;
    enum fill_rule fill;
    const char *file; /**< place of the basin file that faults are put to; NULL and 0 for none */
    int line;
    enum month_rule rule; /**< out: how the figures go to months of other length */
    struct record record; /**< out: empty after a fault, else finished by the caller */
};

/**
 * Read a variable at several places from one or several files (CMIP6, CORDEX and the like) as
 * records on the run's calendar, in the unit that is stored (SI, degrees Celsius). Each file is
 * read once for all places.
 *
 * Files are put in order by their times. Figures that two files share must agree; where they do
 * not, or where calendar or grid make no sense, that is an error with file, variable and date. What
 * no file has is a gap, filled by the rule as for a CSV record.
 *
 * Hours, days and months are read, also 2, 3, 4, 6, 8 or 12 hours (each hour holds the figure).
 * From calendars with months of other lengths (360_day, noleap ...) days go month by month, and no
 * day is dropped:
 *  - rain: each day falls whole on the day of the month that holds its middle, so that storms keep
 *    their size; where two fall on one day they add up, a day that gets none is dry;
 *  - other fluxes (evaporation, flow) are stretched over the month and keep its sum;
 *  - states (temperature) are stretched over the month and keep its mean.
 * Months keep their sum (fluxes) or mean (states) in the same way.
 *
 * A fault of one place leaves the records of the others; one of the files leaves none.
 *
 * @return STATUS_OK or STATUS_INPUT (see diagnostics), STATUS_MEMORY
 */
enum status records_read_netcdf(const struct netcdf_source *source, struct netcdf_request *request,
                                int request_count, struct diagnostics *diagnostics);

/**
 * Weights of a catchment over cells from a CSV file with columns lat, lon and the one named.
 * The arrays of the place are allocated; netcdf_place_finish frees them.
 */
enum status netcdf_weights_read(struct netcdf_place *place, const char *path, const char *column,
                                struct error *err);
void netcdf_place_finish(struct netcdf_place *place);

#endif
