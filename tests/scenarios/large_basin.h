/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_SCENARIOS_LARGE_BASIN_H
#define NGUON_TESTS_SCENARIOS_LARGE_BASIN_H

#include "model/basin.h"

/** Size of a large basin and how scarce its water is. */
struct large_basin_options {
    uint64_t seed;
    int node_count;    /**< at least 60; nodes of all kinds */
    int step_count;    /**< days */
    double wetness;    /**< 1: about as much water as is asked for */
    const char *share; /**< fair | total | order */
};

/**
 * A basin whose towns hang on one grid of mains: every main is joined to its neighbours by pipes
 * both ways, so that the ways from a works to a town are beyond counting (engines that list routes
 * end here). Of its nodes about a tenth are lakes and their catchments, a few works and aquifers, a
 * quarter towns, factories and farms; the rest are the grid. Written to a folder and read back.
 *
 * @return the basin, or NULL after printing every fault found in the file
 */
struct basin *large_basin(const struct large_basin_options *options, const char *folder);

#endif
