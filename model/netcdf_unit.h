/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_UNIT_H
#define NGUON_MODEL_NETCDF_UNIT_H

#include "model/basin.h"

/** What a file's unit means here: stored value = figure * scale + offset. */
struct netcdf_unit {
    enum dimension dimension;
    double scale, offset;
    bool per_interval; /**< a depth of each interval: divided by its length in seconds */
};

/**
 * Understand the unit of a variable by UDUNITS-2 as it stands ("kg m-2 s-1", "mm day-1", "K").
 * A mass of water per area is a depth at 1000 kg/m3. A depth with a name or cell method of an
 * amount ("thickness_of_rainfall_amount", "time: sum") is the depth of each interval.
 *
 * @param[in] standard_name, cell_methods  as in the file, "" if absent
 * @return STATUS_OK; STATUS_INPUT if the unit is unknown or of no kind of quantity used here
 * @note Safe to call from several threads.
 */
enum status netcdf_unit_parse(const char *unit, const char *standard_name, const char *cell_methods,
                              struct netcdf_unit *out, struct error *err);

#endif
