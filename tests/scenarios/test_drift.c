/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>

/*
 * A thousand years of days: what went into a lake and came out of it, summed apart from its
 * storage, still leaves the storage at the end. A rounding fault of each step would add up.
 */

static const char basin_text[] =
    "nguon: 1\n"
    "name: A thousand years\n"
    "run: {start: 1600-01-01, end: 2599-12-31, step: daily, seed: 5}\n"
    "ranks: [domestic, minimum_flow, irrigation, storage_target]\n"
    "catchments:\n"
    "  hills: {area: 40 km2, to: upper, inflow: {generate: {mean: 900 mm/year, cv: 0.3, lag1: "
    "0.3,\n"
    "    recession: 6 d, base: 40 %, region: north, region_correlation: 0.5,\n"
    "    monthly: [2, 2, 3, 5, 8, 15, 20, 20, 13, 6, 4, 2]}}}\n"
    "reservoirs:\n"
    "  upper: {capacity: 9 hm3, dead_storage: 1 hm3, initial: 60 %, evaporation: 3 mm/d,\n"
    "    rain: 2 mm/d, seepage: 1 %/month, seepage_to: lower, spill_to: lower,\n"
    "    table: {level: [10, 20, 35], area: [0.1, 0.6, 1.4], storage: [0, 3, 12],\n"
    "            units: [m, km2, hm3]}, zones: [{id: low, below: 30 %, caps: {irrigation: 50 "
    "%}}]}\n"
    "  lower: {capacity: 2 hm3, initial: 1 hm3, evaporation: 3 mm/d, spill_to: sea,\n"
    "    table: {level: [1, 9], area: [0.1, 0.9], storage: [0, 3], units: [m, km2, hm3]}}\n"
    "seas: {sea: {}}\n"
    "demands:\n"
    "  town: {class: domestic, population: 50000 person, norm: 150 L/person/d,\n"
    "    returns: {lower: 60 %}}\n"
    "  farm: {class: irrigation, area: 1500 ha, norm: 45 m3/ha/d}\n"
    "links:\n"
    "  river: {kind: river, from: upper, to: lower, minimum_flow: 0.05 m3/s}\n"
    "  main: {kind: pipe, from: upper, to: town, loss: 5 %}\n"
    "  canal: {kind: canal, from: lower, to: farm, loss: 20 %}\n";

static void
a_thousand_years_do_not_drift(void **state)
{
    (void)state;
    const char *folder = folder_create();
    struct test_run run;
    assert_non_null(folder);
    struct basin *basin = basin_of_text(folder, basin_text, NULL);
    folder_remove(folder);
    assert_non_null(basin);
    assert_true(run_open_keeping(&run, basin, "none"));
    assert_int_equal(run.axis.step_count, 365243);
    if (run_simulate(&run, LP_SIMPLEX) != STATUS_OK)
        fail_msg("%s", run.err.text);
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir_indicators *lake = &run.result.reservoir[r];
        double in_m3 = lake->inflow_m3 + lake->rain_m3;
        double out_m3 = lake->release_m3 + lake->spill_m3 + lake->evaporation_m3 + lake->seepage_m3;
        assert_true(in_m3 > 1e9 && lake->steps_in_zone_below_target >= 0);
        double drift = lake->start_storage_m3 + in_m3 - out_m3 - lake->end_storage_m3;
        if (fabs(drift) > 1e-9 * in_m3)
            fail_msg("lake %d: %g m3 of %g m3 have gone", r, drift, in_m3);
    }
    const struct basin_indicators *all = &run.result.basin;
    double drift = all->inflow_m3 + all->rain_m3 + all->source_m3 - all->evaporation_m3 -
                   all->seepage_m3 - all->loss_m3 - all->consumption_m3 - all->outflow_m3 -
                   all->storage_change_m3;
    assert_close(drift, 0.0, 0.0, 1e-9 * all->inflow_m3);
    printf("drift of the basin in 1,000 years: %.2g of its inflow\n", drift / all->inflow_m3);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_thousand_years_do_not_drift)};
    return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
