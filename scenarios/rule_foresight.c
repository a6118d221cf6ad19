/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/rule_search.h"

#include <omp.h>
#include <stdlib.h>

/* The bound by perfect foresight of one scenario. */
static enum status
bound_scenario(const struct rule_search_request *request, struct records *records,
               const struct foresight_request *common, int scenario_s, struct foresight *out,
               struct error *err)
{
    struct foresight_request own = *common;
    struct basin *basin = NULL;
    struct runoff *runoff = NULL;
    enum status status = STATUS_OK;
    TRY(plan_scenario_basin(request->plan, request->basin, scenario_s, &basin, err));
    TRY(runoff_create(request->basin, records, &runoff, err));
    TRY(runoff_compute(runoff, request->basin, basin, records,
                       request->plan->scenario[scenario_s].realisation, err));
    own.basin = basin;
    own.runoff = runoff;
    TRY(foresight_bound(&own, out, err));
out:
    runoff_destroy(runoff);
    basin_destroy(basin);
    return status;
}

enum status
rule_foresight(const struct rule_search_request *request, const struct foresight_request *linear,
               bool share_of_need, double *bound, int *block_months, struct error *err)
{
    int count = request->plan->scenario_count;
    struct foresight_request common = *linear;
    struct records *records = NULL;
    double *value = calloc((size_t)count, sizeof *value);
    enum status status = STATUS_OK, worst = STATUS_OK;
    if (value == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the bound by perfect foresight"));
    TRY(records_create(request->basin, request->axis, &records, err));
    common.axis = request->axis;
    common.records = records;
    common.minimise = request->measure[0].low_is_good;
#pragma omp parallel for schedule(dynamic, 1)                                                      \
    num_threads(request->threads > 0 ? request->threads : omp_get_num_procs())
    for (int s = 0; s < count; s++) {
        struct foresight found = {0};
        struct error failure = {0};
        enum status own = bound_scenario(request, records, &common, s, &found, &failure);
        value[s] = share_of_need ? found.worth / found.need_worth : found.worth;
#pragma omp critical(rule_foresight)
        {
            if (own != STATUS_OK && worst == STATUS_OK) {
                worst = own;
                error_set(err, own, "%s", failure.text);
            }
            if (own == STATUS_OK)
                *block_months = found.block_months;
        }
    }
    TRY(worst);
    *bound = rule_statistic_of(&request->measure[0], count, value);
out:
    records_destroy(records);
    free(value);
    return status;
}
