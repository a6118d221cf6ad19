/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/trace.h"

#include "bench/clock.h"
#include "scenarios/allocation.h"
#include "solvers/lp_private.h"

#include <glpk.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * How today's engines solve the step: ranks become weights of one objective, GLPK solves one
 * program a step and starts from the basis that it has just left.
 */

/** Weight of a level over the next. On a network without gains the costs of one level change by at
 *  most two units round any cycle, so that this keeps the ranks apart. */
static const double weight_base = 3.0;

struct glpk_run {
    const struct trace *trace;
    struct allocation *allocation; /* for its network only */
    glp_prob **program;            /* [program_count] */
    glp_smcp control;
};

static void
load_program(glp_prob *problem, const struct lp *lp)
{
    int index[64];
    double number[64];
    glp_set_obj_dir(problem, GLP_MIN);
    glp_add_rows(problem, lp->row_count);
    glp_add_cols(problem, lp->column_count);
    for (int j = 0; j < lp->column_count; j++) {
        int count = 0;
        for (int e = lp->column_start[j]; e < lp->column_start[j + 1] && count < 63; e++)
            if (fabs(lp->coefficient[e]) > 0.0) {
                index[++count] = lp->row_index[e] + 1;
                number[count] = lp->coefficient[e];
            }
        glp_set_mat_col(problem, j + 1, count, index, number);
        double cost = 0.0;
        for (int k = 0; k < lp->level_count; k++)
            cost =
                weight_base * cost +
                lp_level_scale(lp, k) * lp->cost[(size_t)k * (size_t)lp->column_count + (size_t)j];
        glp_set_obj_coef(problem, j + 1, cost);
    }
    for (int i = 0; i < lp->row_count; i++)
        glp_set_row_bnds(problem, i + 1, GLP_FX, 0.0, 0.0);
    glp_adv_basis(problem, 0);
}

static void
set_bounds(glp_prob *problem, int column, double lower, double upper)
{
    int type = isinf(upper) ? GLP_LO : lower < upper ? GLP_DB : GLP_FX;
    glp_set_col_bnds(problem, column, type, lower, upper);
}

static void
take_step(struct glpk_run *run, int t)
{
    const struct trace *trace = run->trace;
    const struct network *network = run->allocation->network;
    for (size_t k = trace->bound_start[t]; k < trace->bound_start[t + 1]; k++) {
        const struct trace_bound *bound = &trace->bound[k];
        set_bounds(run->program[network->column_program[bound->column_j]],
                   network->column_local[bound->column_j] + 1, bound->lower_m3, bound->upper_m3);
    }
    for (size_t k = trace->known_start[t]; k < trace->known_start[t + 1]; k++) {
        int row_i = trace->known[k].row_i;
        double rhs = -trace->known[k].volume_m3;
        glp_set_row_bnds(run->program[network->row_program[row_i]], network->row_local[row_i] + 1,
                         GLP_FX, rhs, rhs);
    }
}

static bool
solve_step(struct glpk_run *run)
{
    for (int p = 0; p < run->allocation->network->program_count; p++) {
        int code = glp_simplex(run->program[p], &run->control);
        if (code != 0 || glp_get_status(run->program[p]) != GLP_OPT) {
            glp_adv_basis(run->program[p], 0); /* numerical trouble: once more from scratch */
            code = glp_simplex(run->program[p], &run->control);
            if (code != 0 || glp_get_status(run->program[p]) != GLP_OPT)
                return false;
        }
    }
    return true;
}

static double
supply_of(const struct glpk_run *run)
{
    const struct network *network = run->allocation->network;
    double supply_m3 = 0.0;
    for (int d = 0; d < run->trace->basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++) {
            int j = network->demand_column[d][part];
            if (j >= 0)
                supply_m3 += glp_get_col_prim(run->program[network->column_program[j]],
                                              network->column_local[j] + 1);
        }
    return supply_m3;
}

static bool
load(struct glpk_run *run, const struct trace *trace)
{
    struct error err = {0};
    if (allocation_create(trace->basin, LP_SIMPLEX, &run->allocation, &err) != STATUS_OK) {
        fprintf(stderr, "replay failed: %s\n", err.text);
        return false;
    }
    struct network *network = run->allocation->network;
    for (int j = 0; j < network->column_count; j++)
        for (int e = network->column_start[j]; e < network->column_start[j + 1]; e++)
            network_set_coefficient(network, j, network->row_index[e], trace->coefficient[e]);
    run->program = calloc((size_t)network->program_count, sizeof(glp_prob *));
    if (run->program == NULL)
        return false;
    glp_term_out(GLP_OFF);
    for (int p = 0; p < network->program_count; p++) {
        run->program[p] = glp_create_prob();
        load_program(run->program[p], network->lp[p]);
    }
    glp_init_smcp(&run->control);
    run->control.meth = GLP_DUALP;
    run->control.msg_lev = GLP_MSG_OFF;
    return true;
}

static void
unload(struct glpk_run *run)
{
    for (int p = 0; run->program != NULL && p < run->allocation->network->program_count; p++)
        glp_delete_prob(run->program[p]);
    free(run->program);
    allocation_destroy(run->allocation);
    glp_free_env();
}

bool
trace_replay_glpk(const struct trace *trace, int step_count, struct replay *replay)
{
    struct glpk_run run = {.trace = trace};
    bool good = load(&run, trace);
    *replay = (struct replay){.step_count = step_count, .pivots = NAN};
    double start = thread_seconds();
    for (int t = 0; t < step_count && good; t++) {
        take_step(&run, t);
        good = solve_step(&run);
        double difference = fabs(supply_of(&run) / trace->supply_m3[t] - 1.0);
        if (difference > replay->worst_difference)
            replay->worst_difference = difference;
    }
    replay->seconds = thread_seconds() - start;
    unload(&run);
    return good;
}
