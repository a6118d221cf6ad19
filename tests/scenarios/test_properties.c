/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <string.h>

/*
 * What must hold of every basin: the unit of volume does not matter (a power of two changes no bit
 * of any share), more water never lowers the first rank, GLPK behind the same allocation gives the
 * same figures, and a run of one step is the first step of a longer run.
 */

static struct seed_range seeds;
static const char *folder;

static struct random_basin_options
options_of(uint64_t seed, const char *step, int step_count)
{
    return (struct random_basin_options){.seed = seed,
                                         .share = seed % 4 == 0 ? "total" : "fair",
                                         .step = step,
                                         .step_count = step_count,
                                         .rich = seeds.rich};
}

static bool
open_random(struct test_run *run, uint64_t seed, const char *step, int step_count)
{
    struct random_basin_options options = options_of(seed, step, step_count);
    return run_open(run, random_basin(&options, folder));
}

/* ---- another unit of volume -------------------------------------------------------------------
 */

static void
scale_varying(struct varying *varying, double factor)
{
    bool has_volume =
        varying->dimension == DIMENSION_VOLUME || varying->dimension == DIMENSION_FLOW ||
        varying->dimension == DIMENSION_AREA || varying->dimension == DIMENSION_PERSONS;
    for (int i = 0; i < varying->count && has_volume; i++)
        varying->value[i] *= factor;
    for (int i = 0; i < varying->adjustment_count && varying->kind == VARYING_SERIES; i++)
        if (varying->adjustment[i].operation == CHANGE_SCALE)
            varying->adjustment[i].value *= factor; /* a series itself stays as it is */
}

static void
scale_values(double *value, int count, double factor)
{
    for (int i = 0; i < count; i++)
        value[i] *= factor;
}

static void
scale_reservoir(struct reservoir *reservoir, double factor)
{
    scale_values(reservoir->table_area_m2, reservoir->table_count, factor);
    scale_values(reservoir->table_storage_m3, reservoir->table_count, factor);
    scale_values(reservoir->level_of_storage.x, reservoir->level_of_storage.count, factor);
    scale_values(reservoir->level_of_storage.slope, reservoir->level_of_storage.count,
                 1.0 / factor);
    scale_values(reservoir->area_of_storage.x, reservoir->area_of_storage.count, factor);
    scale_values(reservoir->area_of_storage.y, reservoir->area_of_storage.count, factor);
    reservoir->capacity_m3 *= factor;
    reservoir->dead_storage_m3 *= factor;
    scale_varying(&reservoir->flood_limit, factor);
    scale_varying(&reservoir->target, factor);
    scale_varying(&reservoir->domestic_reserve, factor);
    scale_varying(&reservoir->initial, factor);
    scale_varying(&reservoir->seepage, factor);
    for (int z = 0; z < reservoir->zone_count; z++)
        scale_varying(&reservoir->zone[z].below, factor);
}

/* All volumes, flows and areas of the basin, and its runoff. */
static void
scale_run(struct test_run *run, double factor)
{
    struct basin *basin = run->basin;
    for (int r = 0; r < basin->reservoir_count; r++)
        scale_reservoir(&basin->reservoir[r], factor);
    for (int p = 0; p < basin->passage_count; p++) {
        scale_varying(&basin->passage[p].capacity, factor);
        scale_varying(&basin->passage[p].boundary_inflow, factor);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        struct aquifer *aquifer = &basin->aquifer[a];
        aquifer->capacity_m3 *= factor;
        aquifer->minimum_storage_m3 *= factor;
        aquifer->licence_reserved_m3 *= factor;
        scale_varying(&aquifer->initial, factor);
        scale_varying(&aquifer->recharge, factor);
        scale_varying(&aquifer->yield, factor);
        scale_varying(&aquifer->licence, factor);
    }
    for (int s = 0; s < basin->source_count; s++)
        scale_varying(&basin->source[s].capacity, factor);
    for (int d = 0; d < basin->demand_count; d++) {
        scale_varying(&basin->demand[d].need, factor);
        scale_varying(&basin->demand[d].population, factor);
    }
    for (int l = 0; l < basin->link_count; l++) {
        scale_varying(&basin->link[l].capacity, factor);
        scale_varying(&basin->link[l].minimum_flow, factor);
        basin->link[l].routing.initial_m3s *= factor;
    }
    for (int c = 0; c < basin->catchment_count; c++)
        scale_values(run->runoff->flow_m3s[c], run->axis.step_count, factor);
}

/** Limits of a balance and of a solver are absolute in part, so that last digits may differ. */
static bool
unlike(double a, double b)
{
    return fabs(a - b) > fmax(1e-9, 1e-12 * fmax(fabs(a), fabs(b)));
}

static int
count_unlike(const struct test_run *a, const struct test_run *b, double factor)
{
    int count = 0;
    for (int d = 0; d < a->basin->demand_count; d++) {
        const struct demand_indicators *x = &a->result.demand[d], *y = &b->result.demand[d];
        count += unlike(x->supply_m3 * factor, y->supply_m3);
        count += unlike(x->worst_share, y->worst_share);
    }
    for (int r = 0; r < a->basin->reservoir_count; r++)
        count += unlike(a->result.reservoir[r].end_storage_m3 * factor,
                        b->result.reservoir[r].end_storage_m3);
    for (int l = 0; l < a->basin->link_count; l++)
        count += unlike(a->result.link[l].volume_m3 * factor, b->result.link[l].volume_m3);
    return count;
}

static void
the_unit_of_volume_changes_nothing(void **state)
{
    (void)state;
    int failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++)
        for (int power = -10; power <= 10; power += 20) {
            struct test_run run, scaled;
            double factor = ldexp(1.0, power);
            bool good = open_random(&run, seed, "daily", 15);
            good = open_random(&scaled, seed, "daily", 15) && good;
            if (good)
                scale_run(&scaled, factor);
            good = good && run_simulate(&run, LP_SIMPLEX) == STATUS_OK &&
                   run_simulate(&scaled, LP_SIMPLEX) == STATUS_OK;
            int differing = good ? count_unlike(&run, &scaled, factor) : -1;
            if (differing != 0) {
                print_error("seed %llu: %d figures differ with volumes times 2^%d; %s\n",
                            (unsigned long long)seed, differing, power, scaled.err.text);
                failures++;
            }
            run_close(&run);
            run_close(&scaled);
        }
    assert_int_equal(failures, 0);
}

/* ---- more water -------------------------------------------------------------------------------
 */

/* Smallest share and sum of the floors, which rank first, in a run of one step. */
struct first_rank {
    double smallest_share, sum_m3;
};

static struct first_rank
first_rank_of(const struct test_run *run)
{
    struct first_rank first = {.smallest_share = 1.0};
    for (int d = 0; d < run->basin->demand_count; d++) {
        const struct demand_indicators *demand = &run->result.demand[d];
        first.sum_m3 += demand->floor_supply_m3;
        if (demand->floor_demand_m3 > 0.0)
            first.smallest_share =
                fmin(first.smallest_share, demand->floor_supply_m3 / demand->floor_demand_m3 /
                                               run->basin->demand[d].weight);
    }
    return first;
}

static void
more_inflow_never_lowers_the_first_rank(void **state)
{
    (void)state;
    int failures = 0, shorts = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
        struct first_rank last = {0};
        for (int more = 0; more < 4; more++) {
            struct test_run run;
            if (!open_random(&run, seed, "daily", 1)) {
                failures++;
                continue;
            }
            for (int c = 0; c < run.basin->catchment_count; c++)
                run.runoff->flow_m3s[c][0] *= more; /* none, as drawn, twice and three times */
            bool good = run_simulate(&run, LP_SIMPLEX) == STATUS_OK;
            struct first_rank first = first_rank_of(&run);
            bool is_total = seed % 4 == 0;
            bool lower = is_total ? first.sum_m3 < last.sum_m3 * (1.0 - 1e-9)
                                  : first.smallest_share < last.smallest_share * (1.0 - 1e-9);
            if (!good || (more > 0 && lower && !seeds.rich)) {
                print_error(
                    "seed %llu: inflow times %d lowers the first rank from %.12g to %.12g\n",
                    (unsigned long long)seed, more, is_total ? last.sum_m3 : last.smallest_share,
                    is_total ? first.sum_m3 : first.smallest_share);
                failures++;
            }
            shorts += more == 0 && first.smallest_share < 0.999;
            last = first;
            run_close(&run);
        }
    }
    print_message("%d basins short of floors without inflow\n", shorts);
    assert_int_equal(failures, 0);
    assert_true(seeds.count < 100 || shorts > 5);
}

/* ---- methods and lengths ----------------------------------------------------------------------
 */

static double
worst_difference(const struct test_run *a, const struct test_run *b)
{
    double worst = 0.0;
    for (int d = 0; d < a->basin->demand_count; d++)
        worst = fmax(worst, fabs(a->result.demand[d].supply_m3 - b->result.demand[d].supply_m3) /
                                (a->result.demand[d].demand_m3 + 1.0));
    for (int r = 0; r < a->basin->reservoir_count; r++)
        worst = fmax(worst, fabs(a->result.reservoir[r].end_storage_m3 -
                                 b->result.reservoir[r].end_storage_m3) /
                                a->basin->reservoir[r].capacity_m3);
    return worst;
}

static void
glpk_behind_the_allocation_gives_the_same(void **state)
{
    (void)state;
    int failures = 0;
    double worst = 0.0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count / 4 + 1; seed++) {
        struct test_run run, other;
        bool good = open_random(&run, seed, "daily", 10);
        good = open_random(&other, seed, "daily", 10) && good;
        good = good && run_simulate(&run, LP_SIMPLEX) == STATUS_OK &&
               run_simulate(&other, LP_GLPK) == STATUS_OK;
        double difference = good ? worst_difference(&run, &other) : 1.0;
        if (!(difference <= 1e-7)) {
            print_error("seed %llu: %.2g apart; %s\n", (unsigned long long)seed, difference,
                        other.err.text);
            failures++;
        }
        worst = fmax(worst, difference);
        run_close(&run);
        run_close(&other);
    }
    print_message("worst difference %.2g\n", worst);
    assert_int_equal(failures, 0);
}

/* The first steps do not know how long the run will be, nor what the solver has seen before. */
static void
a_short_run_begins_a_long_one(void **state)
{
    (void)state;
    int failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
        struct test_run brief, whole;
        bool good = open_random(&brief, seed, "daily", 8);
        good = open_random(&whole, seed, "daily", 24) && good;
        good = good && run_simulate(&brief, LP_SIMPLEX) == STATUS_OK &&
               run_simulate(&whole, LP_SIMPLEX) == STATUS_OK;
        bool same = good;
        for (int r = 0; same && r < brief.basin->reservoir_count; r++)
            for (int t = 0; t < 8; t++)
                same = same && run_series(&brief, RESULT_STORAGE, r, t) ==
                                   run_series(&whole, RESULT_STORAGE, r, t);
        for (int l = 0; same && l < brief.basin->link_count; l++)
            for (int t = 0; t < 8; t++)
                same = same && run_series(&brief, RESULT_LINK_FLOW, l, t) ==
                                   run_series(&whole, RESULT_LINK_FLOW, l, t);
        if (!same) {
            print_error("seed %llu: the first days of 24 are not those of 8\n",
                        (unsigned long long)seed);
            failures++;
        }
        run_close(&brief);
        run_close(&whole);
    }
    assert_int_equal(failures, 0);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_unit_of_volume_changes_nothing),
        cmocka_unit_test(more_inflow_never_lowers_the_first_rank),
        cmocka_unit_test(glpk_behind_the_allocation_gives_the_same),
        cmocka_unit_test(a_short_run_begins_a_long_one),
    };
    seeds = seed_range_of(argc, argv, 200);
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
