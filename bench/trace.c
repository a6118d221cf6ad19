/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/trace.h"

#include "bench/clock.h"
#include "scenarios/simulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- recording --------------------------------------------------------------------------------
 */

static bool
reserve(void **array, size_t count, size_t *capacity, size_t size)
{
    if (count <= *capacity)
        return true;
    size_t wanted = 2 * count + 1024;
    void *larger = realloc(*array, wanted * size);
    if (larger == NULL)
        return false;
    *array = larger;
    *capacity = wanted;
    return true;
}

struct previous {
    double *lower, *upper, *known_m3;
};

/* What is new in this step against the one before. */
static bool
record_changes(struct trace *trace, const struct allocation *allocation, struct previous *previous,
               int step_t)
{
    const struct network *network = allocation->network;
    size_t columns = (size_t)network->column_count, rows = (size_t)network->row_count;
    if (!reserve((void **)&trace->bound, trace->bound_count + columns, &trace->bound_capacity,
                 sizeof *trace->bound) ||
        !reserve((void **)&trace->known, trace->known_count + rows, &trace->known_capacity,
                 sizeof *trace->known))
        return false;
    for (int j = 0; j < network->column_count; j++)
        if (step_t == 0 || allocation->lower[j] != previous->lower[j] ||
            allocation->upper[j] != previous->upper[j])
            trace->bound[trace->bound_count++] =
                (struct trace_bound){j, allocation->lower[j], allocation->upper[j]};
    for (int i = 0; i < network->row_count; i++)
        if (step_t == 0 || allocation->known_m3[i] != previous->known_m3[i])
            trace->known[trace->known_count++] = (struct trace_known){i, allocation->known_m3[i]};
    memcpy(previous->lower, allocation->lower, columns * sizeof(double));
    memcpy(previous->upper, allocation->upper, columns * sizeof(double));
    memcpy(previous->known_m3, allocation->known_m3, rows * sizeof(double));
    trace->bound_start[step_t + 1] = trace->bound_count;
    trace->known_start[step_t + 1] = trace->known_count;
    return true;
}

static double
supply_of(const struct basin *basin, const struct network *network, const double *value)
{
    double supply_m3 = 0.0;
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++)
            if (network->demand_column[d][part] >= 0)
                supply_m3 += value[network->demand_column[d][part]];
    return supply_m3;
}

static bool
is_short(const struct simulation *simulation)
{
    for (int d = 0; d < simulation->basin->demand_count; d++)
        if (simulation->want[d].need_m3 - simulation->want[d].supply_m3 >
            1e-6 * simulation->want[d].need_m3)
            return true;
    return false;
}

static enum status
record_step(struct trace *trace, struct simulation *simulation, struct previous *previous, int t,
            struct error *err)
{
    enum status status = STATUS_OK;
    struct allocation *allocation = simulation->allocation;
    look_up_step(simulation, t);
    TRY(set_coefficients(simulation, allocation));
    bound_step(simulation);
    if (!record_changes(trace, allocation, previous, t))
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the trace"));
    TRY(allocation_solve(allocation));
    take_flows(simulation);
    TRY(check_balance(simulation, err));
    trace->supply_m3[t] = supply_of(simulation->basin, allocation->network, allocation->value);
    trace->short_count += is_short(simulation);
    account_step(simulation);
out:
    return status;
}

static bool
allocate(struct trace *trace, struct previous *previous, const struct network *network)
{
    size_t steps = (size_t)trace->step_count, columns = (size_t)network->column_count;
    trace->bound_start = calloc(steps + 1, sizeof *trace->bound_start);
    trace->known_start = calloc(steps + 1, sizeof *trace->known_start);
    trace->supply_m3 = calloc(steps, sizeof(double));
    trace->coefficient = calloc((size_t)network->column_start[columns], sizeof(double));
    previous->lower = calloc(columns, sizeof(double));
    previous->upper = calloc(columns, sizeof(double));
    previous->known_m3 = calloc((size_t)network->row_count, sizeof(double));
    return trace->bound_start != NULL && trace->known_start != NULL && trace->supply_m3 != NULL &&
           trace->coefficient != NULL && previous->lower != NULL && previous->upper != NULL &&
           previous->known_m3 != NULL;
}

struct trace *
trace_record(const struct simulation_input *input)
{
    const struct result_selection nothing = {0};
    struct scenario_result result = {0};
    struct simulation *simulation = NULL;
    struct previous previous = {0};
    struct error err = {0};
    enum status status = STATUS_OK;
    struct trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL)
        return NULL;
    trace->basin = input->basin;
    trace->step_count = input->axis->step_count;
    TRY(scenario_result_init(&result, input->basin, trace->step_count, &nothing));
    TRY(simulation_create(input, &result, &simulation, &err));
    const struct network *network = simulation->allocation->network;
    if (!allocate(trace, &previous, network))
        TRY(error_set(&err, STATUS_MEMORY, "out of memory for the trace"));
    for (int t = 0; t < trace->step_count; t++)
        TRY(record_step(trace, simulation, &previous, t, &err));
    memcpy(trace->coefficient, network->coefficient,
           (size_t)network->column_start[network->column_count] * sizeof(double));
out:
    simulation_destroy(simulation);
    scenario_result_finish(&result);
    free(previous.lower);
    free(previous.upper);
    free(previous.known_m3);
    if (status == STATUS_OK)
        return trace;
    fprintf(stderr, "recording failed: %s\n", err.text);
    trace_destroy(trace);
    return NULL;
}

void
trace_destroy(struct trace *trace)
{
    if (trace == NULL)
        return;
    free(trace->bound_start);
    free(trace->bound);
    free(trace->known_start);
    free(trace->known);
    free(trace->coefficient);
    free(trace->supply_m3);
    free(trace);
}

/* ---- ours -------------------------------------------------------------------------------------
 */

static bool
take_coefficients(const struct trace *trace, struct network *network)
{
    for (int j = 0; j < network->column_count; j++)
        for (int e = network->column_start[j]; e < network->column_start[j + 1]; e++)
            if (network_set_coefficient(network, j, network->row_index[e], trace->coefficient[e]) !=
                STATUS_OK)
                return false;
    return true;
}

static enum status
replay_step(const struct trace *trace, struct allocation *allocation, int t)
{
    for (size_t k = trace->bound_start[t]; k < trace->bound_start[t + 1]; k++)
        allocation_bounds(allocation, trace->bound[k].column_j, trace->bound[k].lower_m3,
                          trace->bound[k].upper_m3);
    for (size_t k = trace->known_start[t]; k < trace->known_start[t + 1]; k++)
        allocation_known(allocation, trace->known[k].row_i, trace->known[k].volume_m3);
    return allocation_solve(allocation);
}

static long
pivots_of(const struct network *network)
{
    long count = 0;
    for (int p = 0; p < network->program_count; p++)
        count += lp_info(network->lp[p])->pivot_count;
    return count;
}

bool
trace_replay(const struct trace *trace, int step_count, struct replay *replay)
{
    struct allocation *allocation = NULL;
    struct error err = {0};
    enum status status = allocation_create(trace->basin, LP_SIMPLEX, &allocation, &err);
    if (status != STATUS_OK || !take_coefficients(trace, allocation->network)) {
        fprintf(stderr, "replay failed: %s\n", err.text);
        allocation_destroy(allocation);
        return false;
    }
    *replay = (struct replay){.step_count = step_count};
    double start = thread_seconds();
    for (int t = 0; t < step_count && status == STATUS_OK; t++)
        status = replay_step(trace, allocation, t);
    replay->seconds = thread_seconds() - start;
    replay->pivots = (double)pivots_of(allocation->network) / step_count;
    replay->fairness_share = (double)allocation->fairness_count / step_count;
    if (status == STATUS_OK)
        replay->worst_difference =
            fabs(supply_of(trace->basin, allocation->network, allocation->value) /
                     trace->supply_m3[step_count - 1] -
                 1.0);
    allocation_destroy(allocation);
    return status == STATUS_OK;
}
