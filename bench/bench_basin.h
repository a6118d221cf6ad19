/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_BENCH_BENCH_BASIN_H
#define NGUON_BENCH_BENCH_BASIN_H

#include "model/basin.h"
#include "scenarios/result.h"

/** What makes a network easy or hard to allocate. */
enum bench_kind {
    BENCH_FREE,  /**< no losses, water for nearly every step */
    BENCH_GAINS, /**< losses on pipes and rivers, part of the water supplied comes back */
    BENCH_DRY,   /**< no losses, demands above the inflow: about half of the steps are short */
    BENCH_KIND_COUNT
};

const char *bench_kind_name(enum bench_kind kind);

/**
 * A basin of N lakes in cascades of four, each with a catchment, a spillway, an outlet with a
 * minimum flow, rule curves with zones and a domestic reserve, evaporation and four demands of four
 * classes; three lakes of four also send water (by pipe or pump in turn) to the industry of another
 * lake, so that the whole is one network from N = 4 on.
 *
 * Written to a temporary file and read back; prints the faults and returns NULL if that fails.
 */
struct basin *bench_basin(enum bench_kind kind, int lake_count, int year_count);

/** A system of 53 nodes: 10 catchments, 10 storages, 16 users, 16 junctions and the sea. */
struct basin *bench_regulated(int year_count);

/** Read any basin; scenarios, if not NULL, is the text of a file of scenarios. */
struct basin *bench_load(const char *path, const char *scenarios);

/** Takes results and throws them away. */
extern const struct sink bench_sink_nothing;

#endif
