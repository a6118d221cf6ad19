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

static void
destroy_plans(struct operation_plan **plan, int count)
{
    for (int m = 0; m < count && plan != NULL; m++)
        operation_plan_destroy(plan[m]);
    free(plan);
}

/* A plan for each member, where members have a lake of their own. */
static enum status
make_plans(const struct operation_plan *plan, struct operation_plan ***out, struct error *err)
{
    int members = plan->request.inflow->member_count;
    struct operation_plan **made = calloc((size_t)members + 1, sizeof *made);
    *out = made;
    if (made == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d members", members);
    for (int m = 0; m < members; m++) {
        struct operation_request request = plan->request;
        struct error cause = {0};
        request.reservoir = &plan->request.member_case[m].reservoir;
        request.start_level_m = plan->request.member_case[m].start_level_m;
        enum status status = operation_plan_create(&request, &made[m], &cause);
        if (status != STATUS_OK)
            return error_set(err, status, "member %s: %s", plan->request.inflow->label[m],
                             cause.text);
    }
    return STATUS_OK;
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
    struct operation_plan **own_plan = NULL;
    if (first_status != STATUS_OK)
        error_set(&first, first_status, "out of memory for %d members", members);
    else if (plan->request.member_case != NULL)
        first_status = make_plans(plan, &own_plan, &first);
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
                run->plan = own_plan != NULL ? own_plan[member_i] : plan;
                status = operation_simulate(run, &variant[i / members], member_i,
                                            run->plan->start_storage_m3, &own);
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
    destroy_plans(own_plan, members);
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
