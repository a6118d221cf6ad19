/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/why_fixture.h"

#include <stdlib.h>

bool
open_audited(struct test_run *run, struct basin *basin)
{
    struct result_selection selection;
    if (!run_open(run, basin) || result_select("all,audit", &selection, &run->err) != STATUS_OK)
        return false;
    scenario_result_finish(&run->result);
    return scenario_result_init(&run->result, run->basin, run->axis.step_count, &selection) ==
               STATUS_OK &&
           run_simulate(run, LP_SIMPLEX) == STATUS_OK;
}

struct audit_step
record_of(const struct test_run *run, int t)
{
    struct audit_step step;
    if (audit_step_init(&step, run->basin) != STATUS_OK)
        abort();
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        int count = result_element_count(run->basin, audit_describe(v)->element);
        for (int i = 0; i < count; i++)
            step.value[v][i] =
                run->result.audit[v][(size_t)i * (size_t)run->axis.step_count + (size_t)t];
    }
    return step;
}
