/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The basin file: read, its scenarios expanded, and the first one simulated where it is small. */
#include "scenarios/plan.h"
#include "tests/fuzz/fuzz.h"
#include "tests/scenarios/run_fixture.h"

#include <stdlib.h>

enum { STEPS_MAX = 64, NODES_MAX = 64 };

static void
simulate_small(const struct basin *basin, const struct plan *plan)
{
    struct timeaxis axis = {0};
    struct error err = {0};
    struct basin *scenario = NULL;
    struct test_run run;
    bool small = basin->node_count <= NODES_MAX &&
                 timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, &err) ==
                     STATUS_OK &&
                 axis.step_count <= STEPS_MAX;
    timeaxis_finish(&axis);
    if (!small || plan_scenario_basin(plan, basin, 0, &scenario, &err) != STATUS_OK)
        return;
    if (run_open(&run, scenario)) {
        run_simulate(&run, LP_SIMPLEX);
        run_close(&run);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    struct error err = {0};
    diagnostics_init(&diagnostics);
    if (basin_load(fuzz_file("basin.yaml", data, size), NULL, &basin, &diagnostics) == STATUS_OK) {
        struct plan plan = {0};
        if (plan_expand(basin, &plan, &err) == STATUS_OK) {
            simulate_small(basin, &plan);
            plan_finish(&plan);
        }
        basin_destroy(basin);
    }
    diagnostics_finish(&diagnostics);
    return 0;
}
