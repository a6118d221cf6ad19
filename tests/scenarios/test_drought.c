/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * No step is ever without a solution: scenario-years without a drop of runoff, with dead storage,
 * emptied lakes and aquifers, lakes out of service, minimum flows and floors that contradict each
 * other, outages, licences that run out. NGUON_TEST_YEARS sets how many scenario-years are run.
 */

static const char *folder;
static long wanted_years = 20000;
static uint64_t only_seed;

enum { YEARS_PER_RUN = 200 };

/* What all runs came to. */
struct tally {
    long years, short_steps, floor_short_steps;
    double worst_residual_ratio;
};

static bool
run_dry(uint64_t seed, struct tally *tally)
{
    static const char *const shares[] = {"fair", "total", "fair", "order"};
    struct random_basin_options options = {.seed = seed,
                                           .share = shares[seed % 4],
                                           .step = "monthly",
                                           .rich = seed % 2 == 0,
                                           .dry_years = YEARS_PER_RUN};
    struct test_run run;
    if (!run_open(&run, random_basin(&options, folder))) {
        print_error("seed %llu: no basin\n", (unsigned long long)seed);
        return false;
    }
    bool good = run_simulate(&run, LP_SIMPLEX) == STATUS_OK;
    if (!good)
        print_error("seed %llu: %s\n", (unsigned long long)seed, run.err.text);
    for (int d = 0; d < run.basin->demand_count; d++) {
        tally->short_steps += run.result.demand[d].steps_short;
        tally->floor_short_steps += run.result.demand[d].steps_floor_short;
    }
    tally->years += YEARS_PER_RUN;
    tally->worst_residual_ratio =
        fmax(tally->worst_residual_ratio, run.result.basin.worst_residual_ratio);
    run_close(&run);
    return good;
}

static void
no_dry_step_is_without_a_solution(void **state)
{
    (void)state;
    struct tally tally = {0};
    int failures = 0;
    uint64_t seed = only_seed != 0 ? only_seed : 1;
    do {
        failures += !run_dry(seed++, &tally);
    } while (only_seed == 0 && tally.years < wanted_years);
    print_message("%ld scenario-years without runoff: %ld short steps of demands, %ld of them of "
                  "floors; worst residual %.2g of what is tolerated\n",
                  tally.years, tally.short_steps, tally.floor_short_steps,
                  tally.worst_residual_ratio);
    assert_int_equal(failures, 0);
    assert_true(tally.short_steps > 0);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_dry_step_is_without_a_solution)};
    const char *years = getenv("NGUON_TEST_YEARS");
    if (years != NULL)
        wanted_years = strtol(years, NULL, 10);
    if (argc > 1)
        only_seed = strtoull(argv[1], NULL, 10);
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
