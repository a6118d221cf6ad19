/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/foresight.h"

#include "model/demand.h"
#include "model/reservoir.h"
#include "solvers/lp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_MAX = 40000 };

/** A program under construction: columns one after the other. */
struct program {
    const struct foresight_request *request;
    int block_count, block_months;
    int *block_of;    /* [step_count] */
    int *first_step;  /* [block_count + 1] */
    unsigned *months; /* [block_count] bit 0 January ... */
    int rows_of_block, columns_of_block;
    int *second_row; /* [node_count] row where water leaves, its own row where there is one only */
    int column_count, nonzero_count, nonzero_capacity;
    int *column_start, *row_index;
    double *coefficient, *cost, *upper, *lower; /* [columns] */
    double *rhs;                                /* [rows] water that comes of itself, negative */
    double *limit, *factor;                     /* of each block's columns, before they are built */
};

/* What a column of a block is. */
static int
first_demand(const struct basin *basin)
{
    return basin->link_count;
}

static int
first_lake(const struct basin *basin)
{
    return first_demand(basin) + basin->demand_count;
}

static int
first_aquifer(const struct basin *basin)
{
    return first_lake(basin) + basin->reservoir_count;
}

static int
first_through(const struct basin *basin)
{
    return first_aquifer(basin) + basin->aquifer_count;
}

/* Columns from one row of a node to its second, then draws of sources, then water thrown away. */
static int
first_waste(const struct basin *basin)
{
    return first_through(basin) + basin->node_count;
}

static bool
has_works(const struct basin *basin, int node_i)
{
    enum node_kind kind = basin->node[node_i].kind;
    return kind == NODE_PLANT || kind == NODE_WASTEWATER || kind == NODE_AQUIFER;
}

static enum status
no_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the bound by perfect foresight");
}

/* ---- figures of the blocks --------------------------------------------------------------------
 */

static struct moment
moment_of(const struct foresight_request *request, int step_t)
{
    return (struct moment){request->axis, step_t, request->basin->run.demand_year,
                           request->records->on_steps};
}

/* The largest a capacity is in a step whatever the level, m3. */
static double
capacity_m3(const struct foresight_request *request, const struct varying *capacity, int step_t)
{
    const struct moment moment = moment_of(request, step_t);
    double most = 0.0;
    if (capacity->kind == VARYING_ABSENT)
        return (double)INFINITY;
    if (capacity->kind != VARYING_BY_LEVEL)
        return fmax(0.0, moment_value(&moment, capacity)) * request->axis->dt_s[step_t];
    for (int i = 0; i < capacity->count; i++)
        most = fmax(most, varying_at(capacity, request->axis, step_t, moment.demand_year,
                                     moment.series_value, capacity->x[i]));
    return most * request->axis->dt_s[step_t];
}

static bool
serves(const struct foresight_request *request, const struct date_range *range, int step_t)
{
    return date_range_holds(range, request->axis, step_t, request->basin->run.demand_year);
}

/* Whether a link can carry water; a node out of service lets reservoirs' water through only. */
static bool
link_is_open(const struct foresight_request *request, const struct link *link, int step_t)
{
    int64_t start_s = request->axis->start_s[step_t];
    if (!serves(request, &link->in_service, step_t))
        return false;
    for (int i = 0; i < link->outage_count; i++)
        if (start_s >= link->outage[i].from_s && start_s < link->outage[i].to_s)
            return false;
    return true;
}

/* Limits and the best shares that arrive, of the columns of a block: [block][column]. */
static void
sum_limits(struct program *program, int step_t)
{
    const struct foresight_request *request = program->request;
    const struct basin *basin = request->basin;
    const struct moment moment = moment_of(request, step_t);
    double dt_s = request->axis->dt_s[step_t];
    size_t first = (size_t)program->block_of[step_t] * (size_t)program->columns_of_block;
    double *limit = program->limit + first, *factor = program->factor + first;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        if (!link_is_open(request, link, step_t))
            continue;
        limit[l] += capacity_m3(request, &link->capacity, step_t);
        factor[l] = fmax(factor[l], 1.0 - fmin(1.0, fmax(0.0, moment_value(&moment, &link->loss))));
    }
    for (int d = 0; d < basin->demand_count; d++)
        limit[first_demand(basin) + d] += demand_need_m3s(basin, &basin->demand[d], &moment) * dt_s;
    for (int p = 0; p < basin->passage_count; p++) {
        const struct passage *passage = &basin->passage[p];
        int column = first_through(basin) + passage->node_i;
        if (!serves(request, &basin->node[passage->node_i].in_service, step_t))
            continue;
        limit[column] += capacity_m3(request, &passage->capacity, step_t);
        factor[column] =
            fmax(factor[column], 1.0 - fmin(1.0, fmax(0.0, moment_value(&moment, &passage->loss))));
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        int column = first_through(basin) + basin->aquifer[a].node_i;
        limit[column] += capacity_m3(request, &basin->aquifer[a].yield, step_t);
        factor[column] = 1.0;
    }
    for (int s = 0; s < basin->source_count; s++)
        if (serves(request, &basin->node[basin->source[s].node_i].in_service, step_t))
            limit[first_through(basin) + basin->source[s].node_i] +=
                capacity_m3(request, &basin->source[s].capacity, step_t);
}

/* Water that comes of itself, by row. */
static void
sum_inflows(struct program *program, int step_t)
{
    const struct foresight_request *request = program->request;
    const struct basin *basin = request->basin;
    const struct moment moment = moment_of(request, step_t);
    double dt_s = request->axis->dt_s[step_t];
    double *rhs = program->rhs + (size_t)program->block_of[step_t] * (size_t)program->rows_of_block;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++) {
            const struct share *to = &basin->catchment[c].to[i];
            rhs[to->node_i] -= fmin(1.0, fmax(0.0, moment_value(&moment, &to->fraction))) *
                               request->runoff->flow_m3s[c][step_t] * dt_s;
        }
    for (int p = 0; p < basin->passage_count; p++)
        if (basin->passage[p].boundary_inflow.kind != VARYING_ABSENT)
            rhs[basin->passage[p].node_i] -=
                fmax(0.0, moment_value(&moment, &basin->passage[p].boundary_inflow)) * dt_s;
    for (int a = 0; a < basin->aquifer_count; a++)
        if (basin->aquifer[a].recharge.kind != VARYING_ABSENT)
            rhs[basin->aquifer[a].node_i] -=
                fmax(0.0, moment_value(&moment, &basin->aquifer[a].recharge)) * dt_s;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *lake = &basin->reservoir[r];
        if (lake->rain.kind != VARYING_ABSENT)
            rhs[lake->node_i] -= fmax(0.0, moment_value(&moment, &lake->rain)) * dt_s *
                                 reservoir_area_m2(lake, lake->capacity_m3);
    }
}

/* Storage at the start of the run, m3. */
static double
initial_lake_m3(const struct foresight_request *request, const struct reservoir *lake)
{
    const struct moment moment = moment_of(request, 0);
    const struct varying *line = lake->initial.kind != VARYING_ABSENT  ? &lake->initial
                                 : lake->target.kind != VARYING_ABSENT ? &lake->target
                                                                       : &lake->flood_limit;
    return reservoir_line_m3(lake, line, &moment);
}

static double
initial_aquifer_m3(const struct foresight_request *request, const struct aquifer *aquifer)
{
    const struct moment moment = moment_of(request, 0);
    if (aquifer->initial.kind == VARYING_ABSENT)
        return aquifer->capacity_m3;
    double value = moment_value(&moment, &aquifer->initial);
    value *= aquifer->initial.dimension == DIMENSION_NONE ? aquifer->capacity_m3 : 1.0;
    return fmin(fmax(0.0, value), aquifer->capacity_m3);
}

/* ---- columns ----------------------------------------------------------------------------------
 */

static void
entry(struct program *program, int block_b, int row, double coefficient)
{
    program->row_index[program->nonzero_count] = block_b * program->rows_of_block + row;
    program->coefficient[program->nonzero_count++] = coefficient;
}

static void
end_column(struct program *program, double lower, double upper, double cost)
{
    program->lower[program->column_count] = lower;
    program->upper[program->column_count] = upper;
    program->cost[program->column_count++] = cost;
    program->column_start[program->column_count] = program->nonzero_count;
}

/* Worth of a m3 in a block: the best of its months; as a cost, smaller is better. */
static double
cost_of(const struct program *program, const double worth[12], int block_b)
{
    const struct foresight_request *request = program->request;
    double best = -INFINITY, sign = request->minimise ? -1.0 : 1.0;
    for (int m = 0; m < 12; m++)
        if ((program->months[block_b] & 1u << m) != 0)
            best = fmax(best, sign * worth[m]);
    return -best;
}

static void
add_links(struct program *program, int block_b, double most_m3)
{
    const struct basin *basin = program->request->basin;
    size_t first = (size_t)block_b * (size_t)program->columns_of_block;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        double cost = cost_of(program, program->request->link_worth[l], block_b);
        double limit = program->limit[first + (size_t)l];
        entry(program, block_b, program->second_row[link->from], -1.0);
        entry(program, block_b, link->to, program->factor[first + (size_t)l]);
        end_column(program, 0.0, fabs(cost) > 0.0 ? fmin(limit, most_m3) : limit, cost);
    }
}

static void
add_demands(struct program *program, int block_b)
{
    const struct foresight_request *request = program->request;
    const struct basin *basin = request->basin;
    size_t first = (size_t)block_b * (size_t)program->columns_of_block;
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        entry(program, block_b, demand->node_i, -1.0);
        for (int i = 0; i < demand->return_count; i++) {
            double most = 0.0;
            for (int t = program->first_step[block_b]; t < program->first_step[block_b + 1]; t++) {
                const struct moment moment = moment_of(request, t);
                most = fmax(most, moment_value(&moment, &demand->returns[i].fraction));
            }
            entry(program, block_b, demand->returns[i].node_i, most);
        }
        end_column(program, 0.0, program->limit[first + (size_t)(first_demand(basin) + d)],
                   cost_of(program, request->demand_worth[d], block_b));
    }
}

/* Storages at the end of the block: they leave it and enter the next. */
static void
add_storage(struct program *program, int block_b, int node_i, double lower, double upper)
{
    entry(program, block_b, node_i, -1.0);
    if (block_b + 1 < program->block_count)
        entry(program, block_b + 1, node_i, 1.0);
    end_column(program, lower, upper, 0.0);
}

/* The least that a lake may hold at the end of a block. */
static double
least_lake_m3(const struct program *program, int reservoir_r, int block_b)
{
    const struct foresight_request *request = program->request;
    const struct reservoir *lake = &request->basin->reservoir[reservoir_r];
    bool to_the_bottom = lake->emergency_for_rank >= 0 ||
                         lake->evaporation.kind != VARYING_ABSENT ||
                         lake->seepage.kind != VARYING_ABSENT;
    double least_m3 =
        to_the_bottom ? 0.0 : fmin(initial_lake_m3(request, lake), lake->dead_storage_m3);
    if (request->least_m3 != NULL && !isnan(request->least_m3[reservoir_r]))
        least_m3 = fmax(least_m3, request->least_m3[reservoir_r]);
    if (request->end_m3 != NULL && !isnan(request->end_m3[reservoir_r]) &&
        block_b + 1 == program->block_count)
        least_m3 = fmax(least_m3, request->end_m3[reservoir_r]);
    return fmin(least_m3, lake->capacity_m3);
}

static void
add_storages(struct program *program, int block_b)
{
    const struct foresight_request *request = program->request;
    const struct basin *basin = request->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *lake = &basin->reservoir[r];
        add_storage(program, block_b, lake->node_i, least_lake_m3(program, r, block_b),
                    lake->capacity_m3);
        if (block_b == 0)
            program->rhs[lake->node_i] -= initial_lake_m3(request, lake);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct aquifer *aquifer = &basin->aquifer[a];
        add_storage(program, block_b, aquifer->node_i, 0.0, aquifer->capacity_m3);
        if (block_b == 0)
            program->rhs[aquifer->node_i] -= initial_aquifer_m3(request, aquifer);
    }
}

/* Throughput of works and abstraction of aquifers, draws of sources, and water thrown away. */
static void
add_nodes(struct program *program, int block_b)
{
    const struct basin *basin = program->request->basin;
    size_t first =
        (size_t)block_b * (size_t)program->columns_of_block + (size_t)first_through(basin);
    for (int i = 0; i < basin->node_count; i++) {
        bool works = has_works(basin, i);
        bool source = basin->node[i].kind == NODE_SOURCE;
        double limit = program->limit[first + (size_t)i];
        if (works) {
            entry(program, block_b, i, -1.0);
            entry(program, block_b, program->second_row[i], program->factor[first + (size_t)i]);
        } else if (source) {
            entry(program, block_b, i, 1.0);
        }
        end_column(program, 0.0, works || source ? limit : 0.0, 0.0);
    }
    for (int row = 0; row < program->rows_of_block; row++) {
        entry(program, block_b, row, -1.0);
        end_column(program, 0.0, INFINITY, 0.0);
    }
}

/* ---- the whole --------------------------------------------------------------------------------
 */

/* Blocks of as many months as keep the program within its size. */
static enum status
choose_blocks(struct program *program, struct error *err)
{
    static const int lengths[] = {1, 2, 3, 6, 12};
    const struct foresight_request *request = program->request;
    const struct timeaxis *axis = request->axis;
    int last = axis->step_count - 1;
    int months = 12 * (axis->year[last] - axis->year[0]) + axis->month[last] - axis->month[0] + 1;
    int most = request->column_max > 0 ? request->column_max : COLUMN_MAX;
    for (int i = 0; i < 5; i++) {
        program->block_months = lengths[i];
        program->block_count = (months + lengths[i] - 1) / lengths[i];
        if (program->block_count * program->columns_of_block > most)
            continue;
        for (int t = 0; t < axis->step_count; t++)
            program->block_of[t] =
                (12 * (axis->year[t] - axis->year[0]) + axis->month[t] - axis->month[0]) /
                lengths[i];
        return STATUS_OK;
    }
    return error_set(err, STATUS_INPUT,
                     "no bound by perfect foresight: %d blocks of a year are %d columns, more than "
                     "%d",
                     program->block_count, program->block_count * program->columns_of_block, most);
}

static enum status
check_basin(const struct basin *basin, struct error *err)
{
    for (int l = 0; l < basin->link_count; l++)
        if (river_routing_method_count(&basin->link[l].routing) > 0)
            return error_set(err, STATUS_INPUT,
                             "no bound by perfect foresight: river '%s' holds water back",
                             basin->link[l].id);
    return STATUS_OK;
}

static void
lay_out(struct program *program)
{
    const struct basin *basin = program->request->basin;
    program->rows_of_block = basin->node_count;
    for (int i = 0; i < basin->node_count; i++)
        program->second_row[i] = has_works(basin, i) ? program->rows_of_block++ : i;
    program->columns_of_block = first_waste(basin) + program->rows_of_block;
}

static enum status
allocate(struct program *program, struct error *err)
{
    const struct basin *basin = program->request->basin;
    size_t columns = (size_t)program->block_count * (size_t)program->columns_of_block;
    size_t nonzeros = 2 * columns;
    for (int d = 0; d < basin->demand_count; d++)
        nonzeros += (size_t)basin->demand[d].return_count * (size_t)program->block_count;
    program->first_step = calloc((size_t)program->block_count + 1, sizeof(int));
    program->months = calloc((size_t)program->block_count, sizeof(unsigned));
    program->column_start = calloc(columns + 1, sizeof(int));
    program->row_index = calloc(nonzeros, sizeof(int));
    program->coefficient = calloc(nonzeros + 5 * columns, sizeof(double));
    program->rhs =
        calloc((size_t)program->block_count * (size_t)program->rows_of_block, sizeof(double));
    if (program->first_step == NULL || program->months == NULL || program->column_start == NULL ||
        program->row_index == NULL || program->coefficient == NULL || program->rhs == NULL)
        return no_memory(err);
    program->cost = program->coefficient + nonzeros;
    program->upper = program->cost + columns;
    program->lower = program->upper + columns;
    program->limit = program->lower + columns;
    program->factor = program->limit + columns;
    return STATUS_OK;
}

static void
build(struct program *program, double *need_worth)
{
    const struct foresight_request *request = program->request;
    const struct basin *basin = request->basin;
    double most_m3 = 0.0;
    for (int t = 0; t < request->axis->step_count; t++) {
        program->first_step[program->block_of[t] + 1] = t + 1;
        program->months[program->block_of[t]] |= 1u << (request->axis->month[t] - 1);
        sum_limits(program, t);
        sum_inflows(program, t);
    }
    for (int i = 0; i < program->block_count * program->rows_of_block; i++)
        most_m3 -= program->rhs[i];
    for (int r = 0; r < basin->reservoir_count; r++)
        most_m3 += basin->reservoir[r].capacity_m3;
    for (int a = 0; a < basin->aquifer_count; a++)
        most_m3 += basin->aquifer[a].capacity_m3;
    *need_worth = 0.0;
    for (int b = 0; b < program->block_count; b++) {
        add_links(program, b, most_m3);
        add_demands(program, b);
        for (int d = 0; d < basin->demand_count; d++) {
            int column = program->column_count - basin->demand_count + d;
            *need_worth -= program->cost[column] * program->upper[column];
        }
        add_storages(program, b);
        add_nodes(program, b);
    }
}

static enum status
solve(const struct program *program, double *worth, struct error *err)
{
    const struct lp_problem problem = {.row_count = program->block_count * program->rows_of_block,
                                       .column_count = program->column_count,
                                       .level_count = 1,
                                       .column_start = program->column_start,
                                       .row_index = program->row_index,
                                       .coefficient = program->coefficient,
                                       .cost = program->cost};
    struct lp *lp = NULL;
    double size;
    enum status status = lp_create(&problem, LP_GLPK, &lp, err);
    if (status != STATUS_OK)
        return status;
    for (int j = 0; j < program->column_count; j++)
        lp_set_bounds(lp, j, program->lower[j], fmax(program->lower[j], program->upper[j]));
    for (int i = 0; i < problem.row_count; i++)
        lp_set_rhs(lp, i, program->rhs[i]);
    enum lp_outcome outcome = lp_solve(lp, NULL);
    if (outcome == LP_OPTIMAL)
        *worth = -lp_level_value(lp, 0, &size);
    else
        status = error_set(err, STATUS_NO_CONVERGENCE,
                           "no bound by perfect foresight: GLPK did not solve its program");
    lp_destroy(lp);
    return status;
}

enum status
foresight_bound(const struct foresight_request *request, struct foresight *out, struct error *err)
{
    struct program program = {.request = request};
    enum status status = STATUS_OK;
    double sign = request->minimise ? -1.0 : 1.0;
    program.second_row = calloc((size_t)request->basin->node_count, sizeof(int));
    program.block_of = calloc((size_t)request->axis->step_count, sizeof(int));
    if (program.second_row == NULL || program.block_of == NULL)
        TRY(no_memory(err));
    TRY(check_basin(request->basin, err));
    lay_out(&program);
    TRY(choose_blocks(&program, err));
    TRY(allocate(&program, err));
    build(&program, &out->need_worth);
    TRY(solve(&program, &out->worth, err));
    out->worth *= sign;
    out->need_worth *= sign;
    out->block_months = program.block_months;
    out->column_count = program.column_count;
    out->row_count = program.block_count * program.rows_of_block;
out:
    free(program.second_row);
    free(program.block_of);
    free(program.first_step);
    free(program.months);
    free(program.column_start);
    free(program.row_index);
    free(program.coefficient);
    free(program.rhs);
    return status;
}
