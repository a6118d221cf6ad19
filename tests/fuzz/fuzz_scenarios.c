/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario file, over the basin of examples/one-reservoir: axes, changes, plan. */
#include "model/basin.h"
#include "scenarios/plan.h"
#include "tests/fuzz/fuzz.h"

enum { APPLIED_MAX = 4 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    struct plan plan = {0};
    struct error err = {0};
    diagnostics_init(&diagnostics);
    const char *path = fuzz_file("scenarios.yaml", data, size);
    if (basin_load(SOURCE_ROOT "/examples/one-reservoir/basin.yaml", path, &basin, &diagnostics) ==
        STATUS_OK) {
        if (plan_expand(basin, &plan, &err) == STATUS_OK) {
            for (int s = 0; s < plan.scenario_count && s < APPLIED_MAX; s++) {
                struct basin *changed = NULL;
                if (plan_scenario_basin(&plan, basin, s, &changed, &err) == STATUS_OK)
                    basin_destroy(changed);
            }
            plan_finish(&plan);
        }
        basin_destroy(basin);
    }
    diagnostics_finish(&diagnostics);
    return 0;
}
