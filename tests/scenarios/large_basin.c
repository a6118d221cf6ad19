/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/large_basin.h"

#include "tests/scenarios/run_fixture.h"
#include "tests/solvers/test_lp_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What is drawn: counts of each kind, the grid, and the file while it is written. */
struct plan_of_town {
    FILE *file;
    struct random random;
    int lake_count, works_count, aquifer_count, demand_count, rows, columns;
    double need_m3s; /* of all demands */
};

static double
uniform(struct plan_of_town *town, double low, double high)
{
    return random_uniform(&town->random, low, high);
}

static int
below(struct plan_of_town *town, int count)
{
    return random_below(&town->random, count);
}

/* A lake and its catchment are two nodes. */
static void
size_parts(struct plan_of_town *town, int node_count)
{
    town->lake_count = node_count / 20;
    town->works_count = node_count / 50;
    town->aquifer_count = node_count / 100;
    town->demand_count = node_count / 4;
    int rest = node_count - 2 * town->lake_count - town->works_count - town->aquifer_count -
               town->demand_count - 1;
    town->columns = (int)sqrt((double)rest);
    town->rows = rest / town->columns;
}

/* Rivers of four lakes each; every lake feeds the next, the last the sea. */
static void
write_lakes(struct plan_of_town *town, double wetness)
{
    double inflow_m3s = wetness * town->need_m3s / town->lake_count;
    fputs("catchments:\n", town->file);
    for (int i = 0; i < town->lake_count; i++)
        fprintf(town->file,
                "  land%d: {area: 10 km2, to: lake%d, subsystem: r%d, inflow: {generate: {\n"
                "    mean: %.6f m3/s, cv: 0.3, lag1: 0.3, recession: 6 d, base: 40 %%,\n"
                "    region: r%d, region_correlation: 0.5,\n"
                "    monthly: [2, 2, 3, 5, 8, 15, 20, 20, 13, 6, 4, 2]}}}\n",
                i, i, i / 4, inflow_m3s * uniform(town, 0.3, 1.7), i / 4);
    fputs("reservoirs:\n", town->file);
    for (int i = 0; i < town->lake_count; i++) {
        double capacity_hm3 = inflow_m3s * 86400.0 * 60.0 / 1e6 * uniform(town, 0.3, 2.0) + 0.01;
        bool last = i % 4 == 3 || i + 1 == town->lake_count;
        char next[32] = "sea";
        if (!last)
            snprintf(next, sizeof next, "lake%d", i + 1);
        fprintf(town->file,
                "  lake%d: {table: {level: [0, 10, 20], area: [0.1, 0.5, 1], storage: [0, %.6f, "
                "%.6f], units: [m, km2, hm3]}, capacity: %.6f hm3, dead_storage: %.6f hm3, "
                "initial: %.1f %%, evaporation: 3 mm/d, domestic_reserve: 20 %%,\n"
                "    zones: [{id: low, below: 30 %%, caps: {irrigation: 50 %%}}], spill_to: %s}\n",
                i, 0.3 * capacity_hm3, 1.2 * capacity_hm3, capacity_hm3, 0.1 * capacity_hm3,
                uniform(town, 10.0, 80.0), next);
    }
}

static void
write_nodes(struct plan_of_town *town)
{
    static const char *const classes[] = {"domestic", "domestic",   "industry",
                                          "tourism",  "irrigation", "aquaculture"};
    double each_m3s = town->need_m3s / town->demand_count;
    fputs("plants:\n", town->file);
    for (int i = 0; i < town->works_count; i++)
        fprintf(town->file, "  works%d: {capacity: %.6f m3/s, loss: %.1f %%}\n", i,
                town->need_m3s / town->works_count * uniform(town, 0.4, 1.6),
                uniform(town, 0.0, 6.0));
    fputs("aquifers:\n", town->file);
    for (int i = 0; i < town->aquifer_count; i++)
        fprintf(town->file,
                "  ground%d: {capacity: 5 hm3, recharge: 0.01 m3/s, yield: %.6f m3/s}\n", i,
                each_m3s * uniform(town, 0.5, 4.0));
    fputs("junctions:\n", town->file);
    for (int i = 0; i < town->rows * town->columns; i++)
        fprintf(town->file, "  main%d: {}\n", i);
    fputs("seas: {sea: {}}\ndemands:\n", town->file);
    for (int i = 0; i < town->demand_count; i++) {
        const char *class = classes[below(town, 6)];
        double need_m3s = each_m3s * uniform(town, 0.2, 1.8);
        fprintf(town->file, "  use%d: {class: %s, need: %.6f m3/s", i, class, need_m3s);
        if (class[0] == 'd')
            fprintf(town->file, ", population: %.0f person, floor: 60 L/person/d",
                    need_m3s * 86400.0 / 0.06 * 0.4);
        if (below(town, 4) == 0)
            fprintf(town->file, ", weight: %.2f", uniform(town, 0.5, 2.0));
        fputs("}\n", town->file);
    }
}

/* Two pipes, one each way; some lose water on the way. */
static void
join(struct plan_of_town *town, int from, int to)
{
    double capacity_m3s = town->need_m3s / town->works_count * uniform(town, 0.1, 1.2);
    double loss_percent = below(town, 3) == 0 ? uniform(town, 0.0, 3.0) : 0.0;
    for (int way = 0; way < 2; way++)
        fprintf(town->file,
                "  pipe%d_%d: {kind: pipe, from: main%d, to: main%d, capacity: %.6f m3/s, "
                "loss: %.2f %%}\n",
                way == 0 ? from : to, way == 0 ? to : from, way == 0 ? from : to,
                way == 0 ? to : from, capacity_m3s, loss_percent);
}

static void
write_links(struct plan_of_town *town)
{
    int main_count = town->rows * town->columns;
    fputs("links:\n", town->file);
    for (int i = 0; i < town->lake_count; i++) {
        int works = i % town->works_count;
        bool last = i % 4 == 3 || i + 1 == town->lake_count;
        fprintf(town->file, "  raw%d: {kind: canal, from: lake%d, to: works%d}\n", i, i, works);
        if (last)
            fprintf(town->file,
                    "  river%d: {kind: river, from: lake%d, to: sea, minimum_flow: "
                    "%.6f m3/s, limit: natural_inflow}\n",
                    i, i, 0.05 * town->need_m3s / town->lake_count);
        else
            fprintf(town->file, "  river%d: {kind: river, from: lake%d, to: lake%d}\n", i, i,
                    i + 1);
    }
    for (int i = 0; i < town->works_count; i++)
        for (int k = 0; k < 3; k++)
            fprintf(town->file, "  feed%d_%d: {kind: pump, from: works%d, to: main%d}\n", i, k, i,
                    below(town, main_count));
    for (int i = 0; i < town->aquifer_count; i++)
        fprintf(town->file, "  well%d: {kind: well, from: ground%d, to: main%d}\n", i, i,
                below(town, main_count));
    for (int row = 0; row < town->rows; row++)
        for (int column = 0; column < town->columns; column++) {
            int here = row * town->columns + column;
            if (column + 1 < town->columns)
                join(town, here, here + 1);
            if (row + 1 < town->rows)
                join(town, here, here + town->columns);
        }
    for (int i = 0; i < town->demand_count; i++)
        fprintf(town->file, "  tap%d: {kind: pipe, from: main%d, to: use%d}\n", i,
                below(town, main_count), i);
}

struct basin *
large_basin(const struct large_basin_options *options, const char *folder)
{
    struct plan_of_town town = {.random = {options->seed * 0x9e3779b97f4a7c15U + 1},
                                .need_m3s = 0.05 * options->node_count};
    char *text = NULL, end[32];
    size_t size = 0;
    size_parts(&town, options->node_count);
    town.file = open_memstream(&text, &size);
    if (town.file == NULL)
        return NULL;
    struct date last = date_from_seconds(date_to_seconds((struct date){2021, 1, 1, 0}) +
                                         86400 * (int64_t)(options->step_count - 1));
    fprintf(town.file, "nguon: 1\nname: large\nrun: {start: 2021-01-01, end: %s, share: %s}\n",
            date_format(last, false, end, sizeof end), options->share);
    write_lakes(&town, options->wetness);
    write_nodes(&town);
    write_links(&town);
    struct basin *basin = fclose(town.file) == 0 ? basin_of_text(folder, text, NULL) : NULL;
    free(text);
    return basin;
}
