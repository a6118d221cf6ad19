/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_EXPORT_H
#define NGUON_OUTPUT_EXPORT_H

#include "model/basin.h"
#include "solvers/status.h"

/** Files for other programs, made from a results file or a basin. */

/** Nodes and links that have no place on the map, and so no geometry. */
struct export_unplaced {
    int node_count, link_count;
    const char **node; /**< [node_count] ids, of the basin; freed by the caller */
};

/**
 * The network as GeoJSON (RFC 7946, WGS 84): a point a node, a line a link from node to node, null
 * where coordinates are missing. From results also how well demands were supplied, how low lakes
 * fell, what links carried; `stress` is the share of the need that lacked, of the steps in which a
 * minimum flow was short, or of those that ended below a lake's domestic reserve.
 *
 * @param[in]  results_path  results of that basin, or NULL
 * @param[out] unplaced      what has no place
 * @return STATUS_OK, STATUS_FILE_WRITE, STATUS_MEMORY; as reader_open
 */
enum status export_geojson(const char *path, const struct basin *basin, const char *results_path,
                           struct export_unplaced *unplaced, struct error *err);

/** Series to be written: "VARIABLE:ID", or "VARIABLE" for all elements. */
struct export_series {
    const char *results_path;
    int wanted_count;
    const char *const *wanted;
    const char *scenario; /**< id; NULL: all */
};

/**
 * Series as tidy CSV: a row a value with the columns scenario, variable, id, units, start, end,
 * value; no value where it is NaN.
 * @return STATUS_OK; STATUS_USAGE names what there is not; as reader_open; STATUS_FILE_WRITE
 */
enum status export_csv(const char *path, const struct export_series *series, struct error *err);

/**
 * Series as WaterML 2.0 part 1 (OGC 10-126r4): an observation a series and scenario, its result a
 * MeasurementTimeseries with UCUM units; a value with the time of the end of its step, of which it
 * is the mean, or of that instant. A value that is NaN is nil, "missing".
 */
enum status export_waterml(const char *path, const struct export_series *series, struct error *err);

#endif
