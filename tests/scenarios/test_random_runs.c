/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Properties of whole runs of random basins: no step fails, the water balance closes at every node
 * (checked by the simulation itself and again here over the whole run), and no volume is
 * below nothing, not even by rounding.
 */

static struct seed_range seeds;
static const char *folder;

static bool with_rules;

static struct random_basin_options
options_of(uint64_t seed)
{
    static const char *const shares[] = {"fair", "total", "order"};
    static const char *const steps[] = {"daily", "daily", "daily", "tenday", "monthly", "hourly"};
    return (struct random_basin_options){.seed = seed,
                                         .share = shares[seed % 3],
                                         .step = steps[seed % 6],
                                         .step_count = 30,
                                         .rich = seeds.rich,
                                         .with_rules = with_rules};
}

/* The balance of the whole run from its sums alone. */
static double
balance_error(const struct basin_indicators *sum)
{
    double in_m3 = sum->inflow_m3 + sum->rain_m3 + sum->source_m3;
    double out_m3 = sum->evaporation_m3 + sum->seepage_m3 + sum->loss_m3 + sum->consumption_m3 +
                    sum->outflow_m3 + sum->storage_change_m3;
    return fabs(in_m3 - out_m3) / (fabs(in_m3) + fabs(sum->storage_change_m3) + 1.0);
}

/* The least figure of flows, supplies and storages in the results. */
static double
least_volume(const struct test_run *run)
{
    const struct scenario_result *result = &run->result;
    double least = 0.0;
    for (int d = 0; d < run->basin->demand_count; d++)
        least = fmin(least, result->demand[d].supply_m3);
    for (int l = 0; l < run->basin->link_count; l++)
        least = fmin(least, result->link[l].volume_m3);
    for (int r = 0; r < run->basin->reservoir_count; r++)
        least = fmin(least, fmin(result->reservoir[r].end_storage_m3,
                                 result->reservoir[r].minimum_storage_m3));
    for (int t = 0; t < run->axis.step_count; t++) {
        for (int d = 0; d < run->basin->demand_count; d++)
            least = fmin(least, run_series(run, RESULT_SUPPLY, d, t));
        for (int l = 0; l < run->basin->link_count; l++)
            least = fmin(least, run_series(run, RESULT_LINK_FLOW, l, t));
        for (int r = 0; r < run->basin->reservoir_count; r++)
            least = fmin(least, run_series(run, RESULT_STORAGE, r, t));
    }
    return least;
}

static bool
seed_closes(uint64_t seed, double *worst_ratio)
{
    struct random_basin_options options = options_of(seed);
    struct test_run run;
    if (!run_open(&run, random_basin(&options, folder))) {
        print_error("seed %llu: no basin\n", (unsigned long long)seed);
        return false;
    }
    bool solved = run_simulate(&run, LP_SIMPLEX) == STATUS_OK;
    const struct basin_indicators *sum = &run.result.basin;
    bool good = solved && sum->worst_residual_ratio <= 1.0 && balance_error(sum) <= 1e-9;
    double least_m3 = good ? least_volume(&run) : 0.0;
    if (!good || least_m3 < 0.0)
        print_error("seed %llu (%s, %s): %s; balance off by %g; least volume %g m3\n",
                    (unsigned long long)seed, options.share, options.step,
                    solved ? "run" : run.err.text, balance_error(sum), least_m3);
    *worst_ratio = fmax(*worst_ratio, sum->worst_residual_ratio);
    run_close(&run);
    return good && !(least_m3 < 0.0);
}

static void
every_step_is_solved_and_closes(void **state)
{
    (void)state;
    int failures = 0;
    double worst_ratio = 0.0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++)
        failures += !seed_closes(seed, &worst_ratio);
    print_message("seeds %llu to %llu: worst residual %.2g of what is tolerated\n",
                  (unsigned long long)seeds.first,
                  (unsigned long long)(seeds.first + seeds.count - 1), worst_ratio);
    assert_int_equal(failures, 0);
}

/* The same with splits, blends, licences of links, turn-downs, lowest levels and carry-over, for a
 * quarter of the seeds. */
static void
every_step_with_rules_is_solved_and_closes(void **state)
{
    struct seed_range all = seeds;
    seeds.count = (seeds.count + 3) / 4;
    with_rules = true;
    every_step_is_solved_and_closes(state);
    with_rules = false;
    seeds = all;
}

/* Seeds that found a fault: shares that did not settle (17139). */
static void
seeds_that_failed_once_close(void **state)
{
    (void)state;
    double worst_ratio = 0.0;
    assert_true(seed_closes(17139, &worst_ratio));
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_step_is_solved_and_closes),
                                       cmocka_unit_test(every_step_with_rules_is_solved_and_closes),
                                       cmocka_unit_test(seeds_that_failed_once_close)};
    seeds = seed_range_of(argc, argv, 2000);
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
