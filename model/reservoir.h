/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_RESERVOIR_H
#define NGUON_MODEL_RESERVOIR_H

#include "model/demand.h"

/** Level of a volume and area of a volume by the lake's table (monotone PCHIP). */
double reservoir_level_m(const struct reservoir *reservoir, double storage_m3);
double reservoir_area_m2(const struct reservoir *reservoir, double storage_m3);

/** Volume at a level: the inverse of reservoir_level_m. */
double reservoir_storage_m3(const struct reservoir *reservoir, double level_m);

/**
 * Volume of a line of the rule curves at the moment, m3, within [0, capacity]. A line may be given
 * as a volume, a level or a share of capacity.
 */
double reservoir_line_m3(const struct reservoir *reservoir, const struct varying *line,
                         const struct moment *moment);

/** Exchange of the lake with air and ground over one step, volumes in m3. */
struct lake_exchange {
    double rain_m3;
    double evaporation_m3; /**< at most the water there is */
    double seepage_m3;     /**< at most what evaporation leaves */
};

/**
 * Rain, evaporation and seepage of a step from the area and storage given (those of its start by
 * default). They may empty the lake, never more: evaporation is taken first, then seepage, out of
 * storage_m3 + inflow_m3 + rain.
 */
struct lake_exchange reservoir_exchange(const struct reservoir *reservoir,
                                        const struct moment *moment, double storage_m3,
                                        double area_m2, double inflow_m3);

/**
 * Share of a class's demand that the zones allow at a storage: the smallest cap of all zones whose
 * line lies above it, 1 if none. in_restriction is set when any zone with caps holds.
 */
double reservoir_class_cap(const struct reservoir *reservoir, const double *zone_line_m3,
                           double storage_m3, int class_i);
bool reservoir_in_restriction(const struct reservoir *reservoir, const double *zone_line_m3,
                              double storage_m3);

#endif
