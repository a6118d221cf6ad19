/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/clock.h"
#include "scenarios/operation_ensemble.h"
#include "solvers/philox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Hourly, 15 days, 1000 members, one lake with three gates:
 * operate examples/dam/yen_lap.yaml [MEMBERS]
 */

enum { HOURS = 360, MEMBERS = 1000, HOUR_S = 3600 };

/* A flood on each member, of random size and time. */
static enum status
make_members(int members, int64_t start_s, struct inflow_members *out)
{
    enum status status = inflow_allocate(out, HOURS + 1, members);
    for (int m = 0; m < members && status == STATUS_OK; m++) {
        const struct philox_key key = {.seed = 15, .variable = (uint32_t)m};
        double peak = 200.0 + 1000.0 * philox_uniform(&key, 0);
        double at = 40.0 + 200.0 * philox_uniform(&key, 1);
        out->label[m] = strdup("member");
        for (int h = 0; h <= HOURS; h++) {
            double x = (h - at) / 14.0 + 1.0;
            double share = x > 0.0 ? exp(3.7 * (log(x) + 1.0 - x)) : 0.0;
            out->time_s[h] = start_s + (int64_t)h * HOUR_S;
            out->flow_m3s[m * (HOURS + 1) + h] = 12.0 + (peak - 12.0) * share;
        }
    }
    return status;
}

int
main(int argc, char **argv)
{
    int members = argc > 2 ? atoi(argv[2]) : MEMBERS;
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    struct inflow_members inflow;
    struct operation_plan *plan = NULL;
    struct operation_ensemble *ensemble = NULL;
    struct error err = {0};
    diagnostics_init(&diagnostics);
    if (argc < 2 || members < 1 || basin_load(argv[1], NULL, &basin, &diagnostics) != STATUS_OK) {
        fputs("usage: operate BASIN [MEMBERS]\n", stderr);
        return 2;
    }
    const struct operation_variant variant = {.name = "by rule"};
    struct operation_request request = {.basin = basin,
                                        .start_s = date_to_seconds(basin->run.start),
                                        .step_s = HOUR_S,
                                        .step_count = HOURS,
                                        .control_s = HOUR_S,
                                        .start_level_m = 28.4,
                                        .extrapolate = true,
                                        .with_supply = true,
                                        .inflow = &inflow};
    int exit_code = 3;
    if (make_members(members, request.start_s, &inflow) == STATUS_OK &&
        operation_plan_create(&request, &plan, &err) == STATUS_OK) {
        double wall_s = wall_seconds(), processor_s = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (operation_ensemble_run(plan, &variant, 1, &ensemble, &err) == STATUS_OK) {
            wall_s = wall_seconds() - wall_s;
            processor_s = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - processor_s;
            printf("%d members x %d h: %.2f s, %.2f s of processors, %.3g member-hours/s\n",
                   members, HOURS, wall_s, processor_s, members * (double)HOURS / wall_s);
            exit_code = 0;
        }
    }
    if (exit_code != 0)
        fprintf(stderr, "%s\n", err.text);
    operation_ensemble_destroy(ensemble);
    operation_plan_destroy(plan);
    inflow_members_finish(&inflow);
    basin_destroy(basin);
    diagnostics_finish(&diagnostics);
    return exit_code;
}
