/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/allocation.h"

#include "scenarios/network_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum status
allocation_create(const struct basin *basin, enum lp_method method, struct allocation **out,
                  struct error *err)
{
    *out = NULL;
    struct allocation *allocation = calloc(1, sizeof *allocation);
    if (allocation == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the allocation");
    enum status status = network_create(basin, method, &allocation->network, err);
    if (status != STATUS_OK) {
        free(allocation);
        return status;
    }
    struct network *network = allocation->network;
    size_t columns = (size_t)network->column_count;
    allocation->lower = network_alloc(network, columns, sizeof(double));
    allocation->upper = network_alloc(network, columns, sizeof(double));
    allocation->value = network_alloc(network, columns, sizeof(double));
    allocation->known_m3 = network_alloc(network, (size_t)network->row_count, sizeof(double));
    allocation->changed = network_alloc(network, columns, sizeof(bool));
    allocation->multiplier = network_alloc(network, columns, sizeof(double));
    allocation->cap = network_alloc(network, columns, sizeof(double));
    allocation->state = network_alloc(network, columns, sizeof(int));
    if (allocation->lower == NULL || allocation->upper == NULL || allocation->value == NULL ||
        allocation->known_m3 == NULL || allocation->changed == NULL ||
        allocation->multiplier == NULL || allocation->cap == NULL || allocation->state == NULL) {
        allocation_destroy(allocation);
        return error_set(err, STATUS_MEMORY, "out of memory for the allocation");
    }
    for (size_t j = 0; j < columns; j++)
        allocation->changed[j] = true;
    *out = allocation;
    return STATUS_OK;
}

void
allocation_destroy(struct allocation *allocation)
{
    if (allocation == NULL)
        return;
    network_destroy(allocation->network);
    free(allocation);
}

void
allocation_bounds(struct allocation *allocation, int column_j, double lower_m3, double upper_m3)
{
    if (column_j < 0 ||
        (allocation->lower[column_j] == lower_m3 && allocation->upper[column_j] == upper_m3))
        return;
    allocation->lower[column_j] = lower_m3;
    allocation->upper[column_j] = upper_m3;
    allocation->changed[column_j] = true;
}

void
allocation_hold(struct allocation *allocation, int column_j, double lower_m3, double upper_m3)
{
    const struct network *network = allocation->network;
    lp_set_bounds(network->lp[network->column_program[column_j]], network->column_local[column_j],
                  lower_m3, upper_m3);
    allocation->changed[column_j] = true; /* so that the next step restores its own bounds */
}

/* Hand over what the step changed; columns held by the last fairness pass get their bounds back. */
static void
push_step(struct allocation *allocation)
{
    struct network *network = allocation->network;
    for (int j = 0; j < network->column_count; j++)
        if (allocation->changed[j]) {
            allocation->changed[j] = false;
            lp_set_bounds(network->lp[network->column_program[j]], network->column_local[j],
                          allocation->lower[j], allocation->upper[j]);
        }
    for (int i = 0; i < network->row_count; i++)
        lp_set_rhs(network->lp[network->row_program[i]], network->row_local[i],
                   -allocation->known_m3[i]);
}

static void
read_values(struct allocation *allocation, int p)
{
    const struct program *program = &allocation->network->program[p];
    const double *value = lp_values(allocation->network->lp[p]);
    for (int j = 0; j < program->column_count; j++)
        allocation->value[program->column_of[j]] = value[j];
}

static bool
group_is_short(const struct allocation *allocation, const struct use_group *group)
{
    const int *local = allocation->network->column_local;
    const double *value = lp_values(allocation->network->lp[group->program_p]);
    double need_m3 = 0.0, missing_m3 = 0.0;
    for (int i = 0; i < group->part_count; i++) {
        int j = group->column_j[i];
        need_m3 += allocation->upper[j];
        missing_m3 += allocation->upper[j] - value[local[j]];
    }
    return missing_m3 > 1e-9 * need_m3;
}

enum status
allocation_solve(struct allocation *allocation)
{
    struct network *network = allocation->network;
    push_step(allocation);
    allocation->fairness_used = false;
    int group_i = 0;
    for (int p = 0; p < network->program_count; p++) {
        enum lp_outcome outcome = lp_solve(network->lp[p], NULL);
        for (; outcome == LP_OPTIMAL && group_i < network->group_count &&
               network->group[group_i].program_p == p;
             group_i++) {
            const struct use_group *group = &network->group[group_i];
            if (group->share != SHARE_FAIR || group->part_count < 2 ||
                !group_is_short(allocation, group))
                continue;
            outcome = fairness_solve(allocation, group);
            allocation->fairness_used = true;
        }
        if (outcome != LP_OPTIMAL) {
            allocation->failed_program = p;
            return outcome == LP_INFEASIBLE ? STATUS_INFEASIBLE : STATUS_NO_CONVERGENCE;
        }
        read_values(allocation, p);
    }
    allocation->fairness_count += allocation->fairness_used;
    return STATUS_OK;
}
