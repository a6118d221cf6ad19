/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/allocation.h"

#include "scenarios/network_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool
allocate(struct allocation *allocation)
{
    struct network *network = allocation->network;
    size_t columns = (size_t)network->column_count, rows = (size_t)network->row_count;
    size_t groups = (size_t)network->group_count, programs = (size_t)network->program_count;
#define ALLOC(field, count)                                                                        \
    ((allocation->field = network_alloc(network, count, sizeof *allocation->field)) != NULL)
    return ALLOC(lower, columns) && ALLOC(upper, columns) && ALLOC(value, columns) &&
           ALLOC(known_m3, rows) && ALLOC(moved, columns) && ALLOC(is_moved, columns) &&
           ALLOC(waiting, columns) && ALLOC(is_waiting, columns) && ALLOC(group_of, columns) &&
           ALLOC(group_changed, groups) && ALLOC(group_short, groups) &&
           ALLOC(program_changed, programs) && ALLOC(multiplier, columns) && ALLOC(cap, columns) &&
           ALLOC(state, columns);
#undef ALLOC
}

static inline void
let_wait(struct allocation *allocation, int column_j)
{
    if (!allocation->is_waiting[column_j])
        allocation->waiting[allocation->waiting_count++] = column_j;
    allocation->is_waiting[column_j] = true;
}

/* The solver begins with bounds from 0 up, we with 0 to 0. */
static void
start_bounds(struct allocation *allocation)
{
    struct network *network = allocation->network;
    for (int j = 0; j < network->column_count; j++) {
        allocation->group_of[j] = -1;
        let_wait(allocation, j);
    }
    for (int g = 0; g < network->group_count; g++)
        for (int i = 0; i < network->group[g].part_count; i++)
            allocation->group_of[network->group[g].column_j[i]] = g;
}

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
    if (!allocate(allocation)) {
        allocation_destroy(allocation);
        return error_set(err, STATUS_MEMORY, "out of memory for the allocation");
    }
    start_bounds(allocation);
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

/* ---- what is new ------------------------------------------------------------------------------
 */

static inline void
look_again(struct allocation *allocation, int column_j)
{
    int group_g = allocation->group_of[column_j];
    if (group_g < 0)
        return;
    allocation->group_changed[group_g] = true;
    allocation->program_changed[allocation->network->group[group_g].program_p] = true;
}

void
allocation_change_bounds(struct allocation *allocation, int column_j, double lower_m3,
                         double upper_m3)
{
    allocation->lower[column_j] = lower_m3;
    allocation->upper[column_j] = upper_m3;
    let_wait(allocation, column_j);
}

void
allocation_change_known(struct allocation *allocation, int row_i, double volume_m3)
{
    const struct network *network = allocation->network;
    allocation->known_m3[row_i] = volume_m3;
    lp_set_rhs(network->lp[network->row_program[row_i]], network->row_local[row_i], -volume_m3);
}

void
allocation_hold(struct allocation *allocation, int column_j, double lower_m3, double upper_m3)
{
    const struct network *network = allocation->network;
    lp_set_bounds(network->lp[network->column_program[column_j]], network->column_local[column_j],
                  lower_m3, upper_m3);
    let_wait(allocation, column_j); /* the next step begins with its own bounds again */
}

/* Hand over what is new; columns held by the last fairness pass get their own bounds back. */
static void
push_bounds(struct allocation *allocation)
{
    struct network *network = allocation->network;
    for (int i = 0; i < allocation->waiting_count; i++) {
        int j = allocation->waiting[i];
        allocation->is_waiting[j] = false;
        look_again(allocation, j);
        lp_set_bounds(network->lp[network->column_program[j]], network->column_local[j],
                      allocation->lower[j], allocation->upper[j]);
    }
    allocation->waiting_count = 0;
}

/* ---- solving ----------------------------------------------------------------------------------
 */

/* Values of a program that have changed since they were last read. */
static void
read_values(struct allocation *allocation, int p)
{
    const struct network *network = allocation->network;
    const int *column_of = network->program[p].column_of;
    const double *value = lp_values(network->lp[p]);
    const int *moved;
    int count = lp_take_moved(network->lp[p], &moved);
    for (int i = 0; i < count; i++) {
        int j = column_of[moved[i]];
        if (allocation->value[j] == value[moved[i]])
            continue;
        allocation->value[j] = value[moved[i]];
        if (!allocation->is_moved[j])
            allocation->moved[allocation->moved_count++] = j;
        allocation->is_moved[j] = true;
        look_again(allocation, j);
    }
}

static bool
group_is_short(const struct allocation *allocation, const struct use_group *group)
{
    double need_m3 = 0.0, missing_m3 = 0.0;
    for (int i = 0; i < group->part_count; i++) {
        int j = group->column_j[i];
        need_m3 += allocation->upper[j];
        missing_m3 += allocation->upper[j] - allocation->value[j];
    }
    return missing_m3 > 1e-9 * need_m3;
}

/* Share out the ranks of a program that are short, from the highest down. */
static enum lp_outcome
share_out(struct allocation *allocation, int p)
{
    const struct network *network = allocation->network;
    const struct program *program = &network->program[p];
    enum lp_outcome outcome = LP_OPTIMAL;
    bool any_short = false;
    allocation->program_changed[p] = false;
    for (int i = 0; i < program->group_count && outcome == LP_OPTIMAL; i++) {
        int g = program->first_group + i;
        const struct use_group *group = &network->group[g];
        if (group->share != SHARE_FAIR || group->part_count < 2)
            continue;
        if (allocation->group_changed[g])
            allocation->group_short[g] = group_is_short(allocation, group);
        allocation->group_changed[g] = false;
        if (!allocation->group_short[g])
            continue;
        any_short = true;
        outcome = fairness_solve(allocation, group);
        read_values(allocation, p);
    }
    if (any_short)
        allocation->program_changed[p] = true; /* the next step begins without what is held now */
    allocation->fairness_used = allocation->fairness_used || any_short;
    return outcome;
}

enum status
allocation_solve(struct allocation *allocation)
{
    struct network *network = allocation->network;
    push_bounds(allocation);
    for (int i = 0; i < allocation->moved_count; i++)
        allocation->is_moved[allocation->moved[i]] = false;
    allocation->moved_count = 0;
    allocation->fairness_used = false;
    for (int p = 0; p < network->program_count; p++) {
        enum lp_outcome outcome = lp_solve(network->lp[p], NULL);
        if (outcome == LP_OPTIMAL)
            read_values(allocation, p);
        if (outcome == LP_OPTIMAL && allocation->program_changed[p])
            outcome = share_out(allocation, p);
        if (outcome != LP_OPTIMAL) {
            allocation->failed_program = p;
            return outcome == LP_INFEASIBLE ? STATUS_INFEASIBLE : STATUS_NO_CONVERGENCE;
        }
    }
    allocation->fairness_count += allocation->fairness_used;
    return STATUS_OK;
}

/* ---- state ------------------------------------------------------------------------------------
 */

void
allocation_carry(struct allocation *allocation, struct snapshot *snapshot)
{
    struct network *network = allocation->network;
    size_t columns = (size_t)network->column_count;
    const struct {
        void *data;
        size_t size;
    } piece[] = {
        {allocation->lower, columns * sizeof(double)},
        {allocation->upper, columns * sizeof(double)},
        {allocation->value, columns * sizeof(double)},
        {allocation->known_m3, (size_t)network->row_count * sizeof(double)},
        {allocation->moved, columns * sizeof(int)},
        {allocation->is_moved, columns * sizeof(bool)},
        {&allocation->moved_count, sizeof allocation->moved_count},
        {allocation->waiting, columns * sizeof(int)},
        {allocation->is_waiting, columns * sizeof(bool)},
        {&allocation->waiting_count, sizeof allocation->waiting_count},
        {allocation->group_changed, (size_t)network->group_count * sizeof(bool)},
        {allocation->group_short, (size_t)network->group_count * sizeof(bool)},
        {allocation->program_changed, (size_t)network->program_count * sizeof(bool)},
        {&allocation->fairness_count, sizeof allocation->fairness_count},
        {network->coefficient, (size_t)network->column_start[columns] * sizeof(double)},
    };
    for (size_t i = 0; i < sizeof piece / sizeof *piece; i++)
        snapshot_carry(snapshot, piece[i].data, piece[i].size);
    for (int p = 0; p < network->program_count; p++)
        lp_carry(network->lp[p], snapshot);
}

void
allocation_forget(struct allocation *allocation)
{
    for (int p = 0; p < allocation->network->program_count; p++)
        lp_forget_basis(allocation->network->lp[p]);
}
