/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Every step of random basins against the reference of scenarios/verify.h: GLPK rank by rank with
 * the ranks above fixed, the rank invariant, the definition of fair shares.
 */

static struct seed_range seeds;
static const char *folder;

static bool with_rules;

static struct random_basin_options
options_of(uint64_t seed)
{
    static const char *const shares[] = {"fair", "fair", "total", "order"};
    static const char *const steps[] = {"daily", "monthly", "daily", "tenday", "daily", "hourly"};
    return (struct random_basin_options){.seed = seed,
                                         .share = shares[seed % 4],
                                         .step = steps[seed % 6],
                                         .step_count = 4,
                                         .rich = seeds.rich,
                                         .with_rules = with_rules};
}

static void
print_found(uint64_t seed, const struct test_run *run, const char *what,
            const struct verified_worst *worst)
{
    char date[32];
    if (worst->size > 0.0)
        print_message(
            "    seed %llu: %s %.2g, %s, %s\n", (unsigned long long)seed, what, worst->size,
            date_format(timeaxis_date(&run->axis, worst->step_t), false, date, sizeof date),
            worst->where);
}

static void
print_verification(uint64_t seed, const struct test_run *run, const struct verification *found)
{
    print_found(seed, run, "difference", &found->difference);
    print_found(seed, run, "violation", &found->violation);
    print_found(seed, run, "invariant", &found->invariant);
    print_found(seed, run, "unfairness", &found->unfairness);
    if (found->unsolved_count > 0)
        print_message("    seed %llu: %ld programs not solved by GLPK\n", (unsigned long long)seed,
                      found->unsolved_count);
}

/* Simulate and verify one random basin; what is found is added. */
static bool
seed_passes(uint64_t seed, struct verification *all)
{
    struct random_basin_options options = options_of(seed);
    struct verification found = {0};
    struct test_run run;
    if (!run_open(&run, random_basin(&options, folder))) {
        print_error("seed %llu: no basin\n", (unsigned long long)seed);
        return false;
    }
    run.verification = &found;
    bool good = run_simulate(&run, LP_SIMPLEX) == STATUS_OK && verification_passed(&found);
    if (!good) {
        print_error("seed %llu (%s, %s): %s\n", (unsigned long long)seed, options.share,
                    options.step, run.err.text);
        print_verification(seed, &run, &found);
    }
    verification_add(all, &found);
    run_close(&run);
    return good;
}

static void
every_rank_equals_the_reference(void **state)
{
    (void)state;
    int failures = 0;
    struct verification all = {0};
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++)
        failures += !seed_passes(seed, &all);
    print_message("seeds %llu to %llu: %ld steps, %ld goals compared, largest difference %.2g; "
                  "%ld ranks probed, largest breach %.2g; %ld shares probed, largest gain %.2g; "
                  "largest violation %.2g\n",
                  (unsigned long long)seeds.first,
                  (unsigned long long)(seeds.first + seeds.count - 1), all.step_count,
                  all.goal_count, all.difference.size, all.invariant_count, all.invariant.size,
                  all.fairness_count, all.unfairness.size, all.violation.size);
    assert_int_equal(failures, 0);
}

/* The same with splits, blends, licences of links, turn-downs, lowest levels and carry-over, for
 * half of the seeds. */
static void
rules_of_links_equal_the_reference(void **state)
{
    struct seed_range all = seeds;
    seeds.count = (seeds.count + 1) / 2;
    with_rules = true;
    every_rank_equals_the_reference(state);
    with_rules = false;
    seeds = all;
}

/*
 * Seeds that found a fault: lakes above a minimum flow missed where two ways lead to one of them
 * (2582 .. 8796), shares as coarse as 1e-9 of a full lake (9245). Among the rich ones: lines of
 * lakes that rank above the water below them (42 .. 1930), a mean area that does not settle (6985).
 * With rules: a proof of infeasibility out of rounding alone (223).
 */
static void
seeds_that_failed_once_pass(void **state)
{
    (void)state;
    static const uint64_t plain[] = {2582, 3842, 3845, 5552, 6204, 8796, 9245, 0};
    static const uint64_t rich[] = {42, 271, 557, 774, 1415, 1930, 6985, 0};
    int failures = 0;
    struct verification all = {0};
    for (const uint64_t *seed = seeds.rich ? rich : plain; *seed != 0; seed++)
        failures += !seed_passes(*seed, &all);
    with_rules = true;
    if (!seeds.rich)
        failures += !seed_passes(223, &all);
    with_rules = false;
    assert_int_equal(failures, 0);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_rank_equals_the_reference),
                                       cmocka_unit_test(rules_of_links_equal_the_reference),
                                       cmocka_unit_test(seeds_that_failed_once_pass)};
    seeds = seed_range_of(argc, argv, 500);
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
