/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bench_basin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LAST_YEAR = 2020, TRANSFER_REACH = 5 };

static const char *const monthly_share = "[2, 2, 3, 5, 9, 14, 18, 20, 13, 8, 4, 2]";

const char *
bench_kind_name(enum bench_kind kind)
{
    static const char *const name[BENCH_KIND_COUNT] = {"free", "gains", "dry"};
    return name[kind];
}

/* Some spread between lakes, the same in every run: a number from 0 to 1. */
static double
spread(int lake_i, int which)
{
    unsigned hash = (unsigned)(lake_i * 7919 + which * 104729 + 12345);
    hash ^= hash >> 7;
    hash *= 2654435761U;
    return (hash >> 8) / 16777216.0;
}

static double
mean_inflow_m3s(int lake_i)
{
    return 2.0 + 4.0 * spread(lake_i, 0);
}

/* ---- files ------------------------------------------------------------------------------------
 */

static FILE *
open_temporary(char *path)
{
    int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file == NULL)
        fprintf(stderr, "cannot write '%s'\n", path);
    return file;
}

struct basin *
bench_load(const char *path, const char *scenarios)
{
    char scenario_path[] = "/tmp/nguon_bench_scenarios_XXXXXX";
    struct basin *basin = NULL;
    struct diagnostics diagnostics;
    char text[2048];
    if (scenarios != NULL) {
        FILE *file = open_temporary(scenario_path);
        if (file == NULL)
            return NULL;
        fputs(scenarios, file);
        fclose(file);
    }
    diagnostics_init(&diagnostics);
    if (basin_load(path, scenarios == NULL ? NULL : scenario_path, &basin, &diagnostics) !=
        STATUS_OK)
        for (int i = 0; i < diagnostics.count; i++)
            fprintf(stderr, "%s\n", diagnostic_format(&diagnostics.item[i], text, sizeof text));
    diagnostics_finish(&diagnostics);
    if (scenarios != NULL)
        unlink(scenario_path);
    return basin;
}

static void
write_head(FILE *file, const char *name, int year_count)
{
    fprintf(file, "nguon: 1\nname: %s\nrun: {start: %d-01-01, end: %d-12-31, seed: 7}\n", name,
            LAST_YEAR - year_count + 1, LAST_YEAR);
    fputs(
        "profiles:\n  town: {monthly_factors: [0.9, 0.9, 0.95, 1, 1.05, 1.15, 1.15, 1.1, 1, 0.95, "
        "0.95, 0.9]}\n  ponds: {monthly_factors: [0.4, 1, 1.4, 1.6, 1.6, 1.2, 0.8, 0.6, 0.8, 1, "
        "0.9, 0.7]}\n",
        file);
}

/* ---- N lakes ----------------------------------------------------------------------------------
 */

static void
downstream(int lake_i, int lake_count, char *id, size_t size)
{
    if (lake_i % 4 == 3 || lake_i + 1 == lake_count)
        snprintf(id, size, "sea");
    else
        snprintf(id, size, "lake%03d", lake_i + 1);
}

static void
write_lakes(FILE *file, int lake_count)
{
    fputs("catchments:\n", file);
    for (int i = 0; i < lake_count; i++)
        fprintf(file,
                "  land%03d: {area: 100 km2, to: lake%03d, inflow: {generate: {mean: %.4f m3/s, "
                "monthly: %s, cv: 0.3, lag1: 0.4, recession: 6 d, base: 40 %%, region: r%d, "
                "region_correlation: 0.7}}}\n",
                i, i, mean_inflow_m3s(i), monthly_share, i / 8);
    fputs("reservoirs:\n", file);
    for (int i = 0; i < lake_count; i++) {
        double capacity_hm3 = mean_inflow_m3s(i) * 31.5 * (0.45 + 0.4 * spread(i, 1));
        char below[16];
        downstream(i, lake_count, below, sizeof below);
        fprintf(file,
                "  lake%03d:\n    table: {level: [5, 11, 19.7, 29.5, 32], area: [0, %.2f, %.2f, "
                "%.2f, %.2f], storage: [0, %.3f, %.3f, %.3f, %.3f], units: [m, km2, hm3]}\n",
                i, capacity_hm3 * 0.02, capacity_hm3 * 0.05, capacity_hm3 * 0.09,
                capacity_hm3 * 0.11, capacity_hm3 * 0.07, capacity_hm3 * 0.3, capacity_hm3,
                capacity_hm3 * 1.2);
        fprintf(file,
                "    capacity: %.3f hm3\n    dead_storage: %.3f hm3\n    initial: 80 %%\n"
                "    flood_limit: {curve: {06-15: 90 %%, 10-15: 100 %%}, interpolate: step}\n"
                "    target: {monthly: [95, 92, 90, 85, 80, 80, 85, 88, 90, 95, 100, 98], unit: "
                "'%%'}\n    domestic_reserve: 20 %%\n    zones:\n"
                "      - {id: alert, below: 40 %%, caps: {aquaculture: 80 %%}}\n"
                "      - {id: restriction, below: 28 %%, caps: {aquaculture: 40 %%, tourism: 70 "
                "%%}}\n    evaporation: {monthly: [62, 50, 55, 70, 100, 110, 120, 110, 100, 90, "
                "80, 70], unit: mm/month}\n    spill_to: %s\n",
                capacity_hm3, capacity_hm3 * 0.07, below);
    }
}

/* How much of the mean inflow the four demands of a lake ask for together. */
static double
demand_ratio(enum bench_kind kind)
{
    return kind == BENCH_DRY ? 0.88 : 0.5;
}

static void
write_demands(FILE *file, enum bench_kind kind, int lake_count)
{
    static const char *const class[] = {"domestic", "industry", "tourism", "aquaculture"};
    static const double part[] = {0.35, 0.3, 0.1, 0.25};
    fputs("demands:\n", file);
    for (int i = 0; i < lake_count; i++)
        for (int c = 0; c < 4; c++) {
            double need_m3s = mean_inflow_m3s(i) * demand_ratio(kind) * part[c] *
                              (0.85 + 0.3 * spread(i, 10 + c));
            char below[16], extra[96] = "";
            downstream(i, lake_count, below, sizeof below);
            if (kind == BENCH_GAINS && c < 2)
                snprintf(extra, sizeof extra, ", returns: {%s: %d %%}", below, c == 0 ? 50 : 30);
            if (c == 0)
                fprintf(file,
                        "  %s%03d: {class: %s, population: %.0f person, norm: 150 L/person/d, "
                        "floor: 60 L/person/d, profile: town%s}\n",
                        class[c], i, class[c], need_m3s * 86400.0 / 0.15, extra);
            else
                fprintf(file, "  %s%03d: {class: %s, need: %.5f m3/s, profile: %s%s}\n", class[c],
                        i, class[c], need_m3s, c == 3 ? "ponds" : "town", extra);
        }
}

static void
write_links(FILE *file, enum bench_kind kind, int lake_count)
{
    static const char *const class[] = {"domestic", "industry", "tourism", "aquaculture"};
    const char *loss = kind == BENCH_GAINS ? ", loss: 12 %" : "";
    const char *river_loss = kind == BENCH_GAINS ? ", loss: 3 %" : "";
    fputs("links:\n", file);
    for (int i = 0; i < lake_count; i++) {
        char below[16];
        downstream(i, lake_count, below, sizeof below);
        fprintf(file,
                "  outlet%03d: {kind: river, from: lake%03d, to: %s, minimum_flow: %.4f m3/s%s}\n",
                i, i, below, 0.1 * mean_inflow_m3s(i), river_loss);
        for (int c = 0; c < 4; c++)
            fprintf(file,
                    "  pipe_%s%03d: {kind: pipe, from: lake%03d, to: %s%03d, capacity: %.4f "
                    "m3/s%s}\n",
                    class[c], i, i, class[c], i, mean_inflow_m3s(i) * 1.2, loss);
        if (i % 4 != 0 && lake_count > 1)
            fprintf(file,
                    "  transfer%03d: {kind: %s, from: lake%03d, to: industry%03d, capacity: %.4f "
                    "m3/s%s}\n",
                    i, i % 2 == 0 ? "pump" : "pipe", i, (i + TRANSFER_REACH) % lake_count,
                    0.08 * mean_inflow_m3s(i), loss);
    }
}

struct basin *
bench_basin(enum bench_kind kind, int lake_count, int year_count)
{
    char path[] = "/tmp/nguon_bench_XXXXXX";
    FILE *file = open_temporary(path);
    if (file == NULL)
        return NULL;
    write_head(file, bench_kind_name(kind), year_count);
    write_lakes(file, lake_count);
    fputs("seas:\n  sea: {name: sea}\n", file);
    write_demands(file, kind, lake_count);
    write_links(file, kind, lake_count);
    fclose(file);
    struct basin *basin = bench_load(path, NULL);
    unlink(path);
    return basin;
}

/* ---- 53 nodes ---------------------------------------------------------------------------------
 */

/*
 * Ten storages of which four lie in the upper branches, six on the main stem; under each of the
 * first six a diversion and a confluence, four more junctions for the towns.
 */
struct basin *
bench_regulated(int year_count)
{
    char path[] = "/tmp/nguon_bench_XXXXXX";
    FILE *file = open_temporary(path);
    if (file == NULL)
        return NULL;
    write_head(file, "regulated", year_count);
    write_lakes(file, 10);
    fputs("seas:\n  sea: {name: sea}\njunctions:\n", file);
    for (int j = 0; j < 16; j++)
        fprintf(file, "  node%03d: {name: offtake}\n", j);
    fputs("demands:\n", file);
    for (int j = 0; j < 16; j++)
        fprintf(file, "  user%03d: {class: %s, need: %.4f m3/s, profile: %s}\n", j,
                j % 2 == 0 ? "domestic" : "irrigation", 0.25 * mean_inflow_m3s(j % 10),
                j % 2 == 0 ? "town" : "ponds");
    fputs("links:\n", file);
    for (int j = 0; j < 16; j++) {
        int lake_i = j % 10;
        char below[16];
        downstream(lake_i, 10, below, sizeof below);
        fprintf(file, "  release%03d: {kind: river, from: lake%03d, to: node%03d}\n", j, lake_i, j);
        fprintf(file,
                "  reach%03d: {kind: river, from: node%03d, to: %s, minimum_flow: %.4f m3/s}\n", j,
                j, below, 0.05 * mean_inflow_m3s(lake_i));
        fprintf(file, "  canal%03d: {kind: canal, from: node%03d, to: user%03d}\n", j, j, j);
    }
    fclose(file);
    struct basin *basin = bench_load(path, NULL);
    unlink(path);
    return basin;
}

/* ---- a sink that keeps nothing ----------------------------------------------------------------
 */

static enum status
begin_nothing(void *self, const struct run_info *info, struct error *err)
{
    (void)self, (void)info, (void)err;
    return STATUS_OK;
}

static enum status
encode_nothing(void *self, const struct scenario_result *result, void **encoded, struct error *err)
{
    (void)self, (void)result, (void)err;
    *encoded = NULL;
    return STATUS_OK;
}

static enum status
write_nothing(void *self, int scenario_s, void *encoded, struct error *err)
{
    (void)self, (void)scenario_s, (void)encoded, (void)err;
    return STATUS_OK;
}

static void
drop_nothing(void *self, void *encoded)
{
    (void)self, (void)encoded;
}

static enum status
end_nothing(void *self, struct error *err)
{
    (void)self, (void)err;
    return STATUS_OK;
}

static void
discard_nothing(void *self)
{
    (void)self;
}

const struct sink bench_sink_nothing = {NULL,         begin_nothing, encode_nothing,  write_nothing,
                                        drop_nothing, end_nothing,   discard_nothing, NULL};
