/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/solvers/test_lp_support.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The rank invariant by another method. In a network without losses and returns, what the first r
 * ranks get together is the largest flow to their users: were it less, a path of unused or
 * lower-ranking water would lead to one of them (Ford & Fulkerson 1956). One-day runs of random
 * networks are compared with a plain augmenting-path algorithm on a graph drawn beside the file.
 */

enum { NODES_MAX = 40, ARCS_MAX = 160, TEXT_MAX = 16384, RANKS = 6 };

static struct seed_range seeds;
static const char *folder;
static const double day_s = 86400.0;
static const double without_limit_m3 = 1e12;

/* ---- largest flow -----------------------------------------------------------------------------
 */

/* Arc 2k goes forward, 2k + 1 back: rest is what each can still carry. */
struct graph {
    int node_count, arc_count;
    int from[2 * ARCS_MAX], to[2 * ARCS_MAX];
    double rest_m3[2 * ARCS_MAX];
};

enum { SOURCE, SINK, FIRST_NODE };

static void
add_arc(struct graph *graph, int from, int to, double capacity_m3)
{
    int arc = 2 * graph->arc_count++;
    graph->from[arc] = graph->to[arc + 1] = from;
    graph->to[arc] = graph->from[arc + 1] = to;
    graph->rest_m3[arc] = capacity_m3;
    graph->rest_m3[arc + 1] = 0.0;
}

/* A shortest path with room: the arc by which each node is reached, or false. */
static bool
find_path(const struct graph *graph, int *reached_by)
{
    int queue[NODES_MAX], head = 0, tail = 0;
    for (int i = 0; i < graph->node_count; i++)
        reached_by[i] = -1;
    queue[tail++] = SOURCE;
    while (head < tail) {
        int node = queue[head++];
        for (int arc = 0; arc < 2 * graph->arc_count; arc++) {
            int to = graph->to[arc];
            if (graph->from[arc] != node || to == SOURCE || reached_by[to] >= 0 ||
                !(graph->rest_m3[arc] > 1e-7))
                continue;
            reached_by[to] = arc;
            queue[tail++] = to;
        }
    }
    return reached_by[SINK] >= 0;
}

static double
largest_flow(struct graph *graph)
{
    int reached_by[NODES_MAX];
    double total_m3 = 0.0;
    while (find_path(graph, reached_by)) {
        double room_m3 = (double)INFINITY;
        for (int node = SINK; node != SOURCE; node = graph->from[reached_by[node]])
            room_m3 = fmin(room_m3, graph->rest_m3[reached_by[node]]);
        for (int node = SINK; node != SOURCE; node = graph->from[reached_by[node]]) {
            graph->rest_m3[reached_by[node]] -= room_m3;
            graph->rest_m3[reached_by[node] ^ 1] += room_m3;
        }
        total_m3 += room_m3;
    }
    return total_m3;
}

/* ---- networks ---------------------------------------------------------------------------------
 */

/* A basin file and its graph, drawn together. Users by the rank that they belong to. */
struct sketch {
    struct random random;
    char text[TEXT_MAX];
    size_t used;
    struct graph graph;
    int river_count, lake_count, demand_count;
    int demand_rank[NODES_MAX], demand_node[NODES_MAX];
    double need_m3[NODES_MAX];
    int lake_node[NODES_MAX];
    double reserve_m3[NODES_MAX], base_m3[NODES_MAX]; /* by lake */
};

/* Ranks whose users are compared, in order; the reserve of lakes is one of them. */
enum { DOMESTIC, RESERVE, INDUSTRY, TOURISM, IRRIGATION, TARGET };
static const char *const class_of_rank[RANKS] = {"domestic", "",           "industry",
                                                 "tourism",  "irrigation", ""};

static void __attribute__((format(printf, 2, 3)))
say(struct sketch *sketch, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(sketch->text + sketch->used, TEXT_MAX - sketch->used, format, arguments);
    va_end(arguments);
    sketch->used += (size_t)length;
    assert_true(sketch->used < TEXT_MAX);
}

static double
uniform(struct sketch *sketch, double low, double high)
{
    return random_uniform(&sketch->random, low, high);
}

static int
new_node(struct sketch *sketch)
{
    return sketch->graph.node_count++;
}

/* Rivers from the springs to the sea, some of them lakes; each has an unlimited way down. */
static void
draw_rivers(struct sketch *sketch)
{
    static const double hm3 = 1e6;
    int count = sketch->river_count;
    say(sketch, "reservoirs:\n");
    for (int i = 0; i < sketch->lake_count; i++) { /* the first ones are lakes */
        double capacity = uniform(sketch, 0.2, 2.0), dead = capacity * uniform(sketch, 0.0, 0.3);
        double reserve = dead + (capacity - dead) * uniform(sketch, 0.0, 0.6);
        double initial = capacity * uniform(sketch, 0.0, 1.0);
        int next = i + 1 + random_below(&sketch->random, count - i);
        char below[16];
        snprintf(below, sizeof below, next < count ? "n%d" : "sea", next);
        say(sketch,
            "  n%d: {table: {level: [0, 9], area: [1, 1], storage: [0, %.17g], units: [m, km2, "
            "hm3]}, capacity: %.17g hm3, dead_storage: %.17g hm3, domestic_reserve: %.17g hm3, "
            "initial: %.17g hm3, spill_to: %s}\n",
            i, 2.0 * capacity, capacity, dead, reserve, initial, below);
        /* water below dead level is kept; filling up to it ranks just above the reserve */
        sketch->base_m3[i] = fmin(dead, initial) * hm3;
        sketch->reserve_m3[i] = (reserve - fmin(dead, initial)) * hm3;
        add_arc(&sketch->graph, SOURCE, FIRST_NODE + i, fmax(0.0, initial - dead) * hm3);
        if (next < count)
            add_arc(&sketch->graph, FIRST_NODE + i, FIRST_NODE + next, without_limit_m3);
    }
    say(sketch, "junctions:\n");
    for (int i = sketch->lake_count; i < count; i++) {
        double inflow_m3s = random_chance(&sketch->random, 0.4) ? 0.0 : uniform(sketch, 0.0, 2.0);
        int next = i + 1 + random_below(&sketch->random, count - i);
        char below[16];
        snprintf(below, sizeof below, next < count ? "n%d" : "sea", next);
        say(sketch, "  n%d: {boundary_inflow: %.17g m3/s, spill_to: %s}\n", i, inflow_m3s, below);
        add_arc(&sketch->graph, SOURCE, FIRST_NODE + i, inflow_m3s * day_s);
        if (next < count)
            add_arc(&sketch->graph, FIRST_NODE + i, FIRST_NODE + next, without_limit_m3);
    }
    say(sketch, "seas:\n  sea: {}\n");
}

static void
draw_demands(struct sketch *sketch)
{
    say(sketch, "demands:\n");
    for (int d = 0; d < sketch->demand_count; d++) {
        static const int ranks[] = {DOMESTIC, INDUSTRY, TOURISM, IRRIGATION};
        double need_m3s = uniform(sketch, 0.05, 2.0);
        sketch->demand_rank[d] = ranks[random_below(&sketch->random, 4)];
        sketch->demand_node[d] = new_node(sketch);
        sketch->need_m3[d] = need_m3s * day_s;
        say(sketch, "  u%d: {class: %s, need: %.17g m3/s}\n", d,
            class_of_rank[sketch->demand_rank[d]], need_m3s);
    }
}

static void
draw_link(struct sketch *sketch, int number, const char *to, int to_node)
{
    int from = random_below(&sketch->random, sketch->river_count);
    double capacity_m3s = uniform(sketch, 0.02, 1.5);
    bool limited = random_chance(&sketch->random, 0.7);
    say(sketch, "  l%d: {kind: pipe, from: n%d, to: %s", number, from, to);
    if (limited)
        say(sketch, ", capacity: %.17g m3/s", capacity_m3s);
    say(sketch, "}\n");
    add_arc(&sketch->graph, FIRST_NODE + from, to_node,
            limited ? capacity_m3s * day_s : without_limit_m3);
}

static void
draw_links(struct sketch *sketch)
{
    int number = 0;
    char to[16];
    say(sketch, "links:\n");
    for (int d = 0; d < sketch->demand_count; d++) {
        int count = 1 + random_below(&sketch->random, 3);
        snprintf(to, sizeof to, "u%d", d);
        for (int i = 0; i < count; i++)
            draw_link(sketch, number++, to, sketch->demand_node[d]);
    }
    for (int i = random_below(&sketch->random, 5); i > 0; i--) { /* circles too, not into lakes */
        int other = sketch->lake_count +
                    random_below(&sketch->random, sketch->river_count - sketch->lake_count);
        int from_before = number;
        snprintf(to, sizeof to, "n%d", other);
        size_t mark = sketch->used;
        int arcs = sketch->graph.arc_count;
        draw_link(sketch, number++, to, FIRST_NODE + other);
        if (sketch->graph.from[2 * arcs] == FIRST_NODE + other) { /* from itself to itself */
            sketch->used = mark;
            sketch->text[mark] = '\0';
            sketch->graph.arc_count = arcs;
            number = from_before;
        }
    }
}

static void
draw(struct sketch *sketch, uint64_t seed)
{
    *sketch = (struct sketch){.random = {seed * 0x9e3779b97f4a7c15U + 5}};
    say(sketch, "nguon: 1\nname: flow\nrun: {start: 2021-01-01, end: 2021-01-01, share: %s}\n",
        seed % 2 == 0 ? "fair" : "total");
    sketch->lake_count = 1 + random_below(&sketch->random, 4);
    sketch->river_count = sketch->lake_count + 1 + random_below(&sketch->random, 5);
    sketch->demand_count = 2 + random_below(&sketch->random, 9);
    sketch->graph.node_count = FIRST_NODE + sketch->river_count;
    draw_rivers(sketch);
    draw_demands(sketch);
    draw_links(sketch);
}

/* ---- comparison -------------------------------------------------------------------------------
 */

/* What a rank got, from the results of the run. */
static double
got_m3(const struct sketch *sketch, const struct test_run *run, int rank)
{
    double sum_m3 = 0.0;
    for (int d = 0; d < sketch->demand_count; d++) {
        char id[16];
        snprintf(id, sizeof id, "u%d", d);
        if (sketch->demand_rank[d] == rank)
            sum_m3 += run->result.demand[run->basin->node[basin_find_node(run->basin, id)].kind_i]
                          .supply_m3;
    }
    for (int r = 0; r < sketch->lake_count && rank == RESERVE; r++) {
        char id[16];
        snprintf(id, sizeof id, "n%d", r);
        const struct node *node = &run->basin->node[basin_find_node(run->basin, id)];
        double above_m3 = run->result.reservoir[node->kind_i].end_storage_m3 - sketch->base_m3[r];
        sum_m3 += fmin(fmax(above_m3, 0.0), sketch->reserve_m3[r]);
    }
    return sum_m3;
}

/* Largest flow to the users of all ranks up to this one. */
static double
could_get_m3(const struct sketch *sketch, int rank)
{
    static struct graph graph;
    graph = sketch->graph;
    for (int d = 0; d < sketch->demand_count; d++)
        if (sketch->demand_rank[d] <= rank)
            add_arc(&graph, sketch->demand_node[d], SINK, sketch->need_m3[d]);
    for (int r = 0; r < sketch->lake_count && rank >= RESERVE; r++)
        add_arc(&graph, FIRST_NODE + r, SINK, sketch->reserve_m3[r]);
    return largest_flow(&graph);
}

static bool
seed_holds(uint64_t seed, long *compared)
{
    static struct sketch sketch;
    struct test_run run;
    bool good = true;
    double sum_m3 = 0.0;
    draw(&sketch, seed);
    if (!run_open(&run, basin_of_text(folder, sketch.text, NULL)))
        return false;
    if (run_simulate(&run, LP_SIMPLEX) != STATUS_OK) {
        print_error("seed %llu: %s\n", (unsigned long long)seed, run.err.text);
        good = false;
    }
    for (int rank = DOMESTIC; rank < TARGET && good; rank++) {
        sum_m3 += got_m3(&sketch, &run, rank);
        double could_m3 = could_get_m3(&sketch, rank);
        ++*compared;
        if (fabs(sum_m3 - could_m3) > 1e-9 * could_m3 + 1e-3) {
            print_error("seed %llu: ranks up to %d get %.9g m3, the largest flow is %.9g m3\n",
                        (unsigned long long)seed, rank, sum_m3, could_m3);
            good = false;
        }
    }
    run_close(&run);
    return good;
}

static void
the_first_ranks_get_the_largest_flow(void **state)
{
    (void)state;
    int failures = 0;
    long compared = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++)
        failures += !seed_holds(seed, &compared);
    print_message("seeds %llu to %llu: %ld ranks compared\n", (unsigned long long)seeds.first,
                  (unsigned long long)(seeds.first + seeds.count - 1), compared);
    assert_int_equal(failures, 0);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_ranks_get_the_largest_flow)};
    seeds = seed_range_of(argc, argv, 2000);
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
