/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_fixture.h"
#include "tests/support.h"

#include <stdio.h>

/*
 * Short runs of the province's example under many weathers, without mine water, so that several
 * ranks of small users are short at once beside a lake 10,000 times as large.
 */

static const char path[] = EXAMPLE_DIR "/quang-ninh/basin.yaml";

static void
set(struct basin *basin, const char *assignment)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    if (basin_set(basin, assignment, &diagnostics) != STATUS_OK)
        fail_msg("%s: %s", assignment, diagnostics.item[0].message);
    diagnostics_finish(&diagnostics);
}

static struct basin *
load(int seed)
{
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    char assignment[32];
    diagnostics_init(&diagnostics);
    if (basin_load(path, NULL, &basin, &diagnostics) != STATUS_OK)
        fail_msg("%s cannot be read: %s", path, diagnostics.item[0].message);
    diagnostics_finish(&diagnostics);
    snprintf(assignment, sizeof assignment, "seed=%d", seed);
    set(basin, assignment);
    set(basin, "end=1993-12-31");
    set(basin, "demand_year=2030");
    set(basin, "plants.mao_khe_mine_works.capacity=0 m3/s");
    set(basin, "plants.hon_gai_mine_works.capacity=0 m3/s");
    return basin;
}

static void
every_step_has_an_allocation(void **state)
{
    (void)state;
    static const int seed[] = {19, 22, 1, 3, 8, 13}; /* the first two once stopped the run */
    for (size_t i = 0; i < sizeof seed / sizeof *seed; i++) {
        struct test_run run;
        assert_true(run_open(&run, load(seed[i])));
        if (run_simulate(&run, LP_SIMPLEX) != STATUS_OK)
            fail_msg("seed %d: %s", seed[i], run.err.text);
        run_close(&run);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_step_has_an_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
