/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_ensemble.h"

#include <math.h>
#include <stdlib.h>

static enum status
allocate(const struct operation_plan *plan, int variant_count, struct operation_ensemble **out)
{
    struct operation_ensemble *ensemble = calloc(1, sizeof *ensemble);
    if (ensemble == NULL)
        return STATUS_MEMORY;
    *out = ensemble;
    ensemble->variant_count = variant_count;
    ensemble->member_count = plan->request.inflow->member_count;
    ensemble->step_count = plan->request.step_count;
    size_t runs = (size_t)variant_count * (size_t)ensemble->member_count;
    size_t steps = (size_t)ensemble->step_count;
    ensemble->summary = calloc(runs + 1, sizeof *ensemble->summary);
    ensemble->level_m = calloc(runs * (steps + 1) + 1, sizeof *ensemble->level_m);
    ensemble->release_m3s = calloc(runs * steps + 1, sizeof *ensemble->release_m3s);
    return ensemble->summary != NULL && ensemble->level_m != NULL && ensemble->release_m3s != NULL
               ? STATUS_OK
               : STATUS_MEMORY;
}

static void
keep(const struct operation_run *run, struct operation_ensemble *ensemble, size_t run_i)
{
    size_t steps = (size_t)ensemble->step_count;
    ensemble->summary[run_i] = run->summary;
    for (size_t t = 0; t <= steps; t++)
        ensemble->level_m[run_i * (steps + 1) + t] = (float)run->level_m[t];
    for (size_t t = 0; t < steps; t++)
        ensemble->release_m3s[run_i * steps + t] = (float)run->release_m3s[t];
}

enum status
operation_ensemble_run(const struct operation_plan *plan, const struct operation_variant *variant,
                       int variant_count, struct operation_ensemble **out, struct error *err)
{
    struct operation_ensemble *ensemble = NULL;
    enum status first_status = allocate(plan, variant_count, &ensemble);
    int members = plan->request.inflow->member_count;
    int run_count = variant_count * members, first_i = run_count;
    struct error first = {0};
    if (first_status != STATUS_OK)
        error_set(&first, first_status, "out of memory for %d members", members);
#pragma omp parallel if (first_status == STATUS_OK)
    {
        struct operation_run *run = NULL;
        struct error own = {0};
        enum status status = operation_run_create(plan, &run, &own);
#pragma omp for schedule(dynamic, 4)
        for (int i = 0; i < run_count; i++) {
            int member_i = i % members;
            if (run != NULL && first_status == STATUS_OK) {
                own = (struct error){0};
                status = operation_simulate(run, &variant[i / members], member_i,
                                            plan->start_storage_m3, &own);
            }
            if (run != NULL && status == STATUS_OK) {
                keep(run, ensemble, (size_t)i);
                continue;
            }
#pragma omp critical(operation_ensemble_failure)
            if (i < first_i) { /* the first in order, whichever thread met it */
                first_i = i;
                first = (struct error){0};
                error_set(&first, status, "%s, inflow member %s: %s", variant[i / members].name,
                          plan->request.inflow->label[member_i], own.text);
            }
        }
        operation_run_destroy(run);
    }
    if (first.status != STATUS_OK) {
        operation_ensemble_destroy(ensemble);
        *out = NULL;
        return error_set(err, first.status, "%s", first.text);
    }
    *out = ensemble;
    return STATUS_OK;
}

void
operation_ensemble_destroy(struct operation_ensemble *ensemble)
{
    if (ensemble == NULL)
        return;
    free(ensemble->summary);
    free(ensemble->level_m);
    free(ensemble->release_m3s);
    free(ensemble);
}

int
operation_ensemble_broken(const struct operation_ensemble *ensemble, int variant_i,
                          enum operation_rule rule)
{
    int count = 0;
    for (int m = 0; m < ensemble->member_count; m++)
        count += isfinite(ensemble->summary[variant_i * ensemble->member_count + m].first_s[rule]);
    return count;
}

void
operation_interval(int count, int n, double *low, double *high)
{
    const double z = 1.6448536269514722; /* 95 % of the normal distribution */
    double p = (double)count / n, z2 = z * z / n;
    double middle = (p + 0.5 * z2) / (1.0 + z2);
    double half = z * sqrt(p * (1.0 - p) / n + 0.25 * z2 / n) / (1.0 + z2);
    *low = fmax(0.0, middle - half);
    *high = fmin(1.0, middle + half);
}
