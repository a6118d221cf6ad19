/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify.h"

#include "scenarios/verify_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What a probe leaves to the decisions it holds, relative to the size of the step. */
static const double probe_slack = 1e-13;
/* Below this part of all water and needs of the step a volume is rounding. */
static const double rounding = 1e-9;

static const double volume_noise_m3 = 1e-6;
/* A limit that is smaller than this part of them is measured against this part. */
static const double limit_scale = 1e-3;

/* ---- what was found ---------------------------------------------------------------------------
 */

static const char *
goal_name(const struct verifier *verifier, const struct goal *goal, char *buffer, size_t size)
{
    const char *rank = goal->rank_i >= 0 ? verifier->basin->rank[goal->rank_i].id : NULL;
    if (rank == NULL || rank == goal->name)
        snprintf(buffer, size, "%s", goal->name);
    else
        snprintf(buffer, size, "%s, %s", rank, goal->name);
    return buffer;
}

static void
note(struct verifier *verifier, struct verified_worst *worst, double size, const struct goal *goal,
     const char *id)
{
    if (!(size > worst->size) && !isnan(size))
        return;
    char name[64];
    worst->size = size;
    worst->step_t = verifier->moment.step_t;
    snprintf(worst->where, sizeof worst->where, "%s%s%s",
             goal != NULL ? goal_name(verifier, goal, name, sizeof name) : "",
             goal != NULL && id != NULL ? ": " : "", id != NULL ? id : "");
}

/* ---- limits and balances ----------------------------------------------------------------------
 */

static void
check_limits_kept(struct verifier *verifier)
{
    struct verified_worst *worst = &verifier->result.violation;
    const struct columns *column = &verifier->column;
    double smallest_m3 = limit_scale * verifier->limits.volume_m3 + 1.0;
    char where[112];
    for (int j = 1; j <= column->count; j++) {
        double value_m3 = verifier->actual[j];
        double outside_m3 = fmax(verifier->lower[j] - value_m3, value_m3 - verifier->upper[j]);
        double size = outside_m3 / fmax(fabs(value_m3), smallest_m3);
        if (!(size > worst->size) && !isnan(size))
            continue;
        snprintf(where, sizeof where, "%s '%s'", column->what[j], column->id[j]);
        note(verifier, worst, size, NULL, where);
    }
    for (int row = verifier->first_rule_row; row <= verifier->balance_row_count; row++) {
        double size_m3, value_m3 = verify_program_activity(verifier, row, &size_m3);
        double outside_m3 =
            fmax(verifier->row_lower[row] - value_m3, value_m3 - verifier->row_upper[row]);
        double size = outside_m3 / fmax(size_m3, smallest_m3);
        if (size > worst->size || isnan(size))
            note(verifier, worst, size, NULL, "a rule of links");
    }
    for (int node_i = 0; node_i < verifier->basin->node_count; node_i++)
        for (int row = verifier->row_in[node_i]; row > 0 && row <= verifier->row_out[node_i];
             row++) {
            double size_m3;
            double rest_m3 = verify_program_rest(verifier, row, &size_m3);
            double size = fabs(rest_m3) / fmax(size_m3, 1.0);
            if (!(size > worst->size) && !isnan(size))
                continue;
            snprintf(where, sizeof where, "balance of '%s'", verifier->basin->node[node_i].id);
            note(verifier, worst, size, NULL, where);
        }
}

/* ---- the reference ----------------------------------------------------------------------------
 */

static double
share_scale(const struct verifier *verifier, const struct goal *goal, int i)
{
    return goal->weight[i] * verifier->upper[goal->column[i]];
}

static void
aim_at_share(struct verifier *verifier)
{
    glp_set_obj_dir(verifier->program, GLP_MAX);
    for (int j = 1; j <= verifier->column.count; j++)
        glp_set_obj_coef(verifier->program, j, j == verifier->column.share ? 1.0 : 0.0);
}

/* The largest share that a part can still have as a common one; rows part >= scale x share. */
static double
start_round(struct verifier *verifier, const struct goal *goal)
{
    double most = (double)INFINITY;
    for (int i = 0; i < goal->count; i++) {
        int column = goal->column[i], row = goal->first_share_row + i;
        if (verifier->settled[column]) {
            glp_set_row_bnds(verifier->program, row, GLP_FR, 0.0, 0.0);
            continue;
        }
        int index[3] = {0, column, verifier->column.share};
        double number[3] = {0.0, 1.0, -share_scale(verifier, goal, i) / verifier->unit_m3};
        glp_set_mat_row(verifier->program, row, 2, index, number);
        glp_set_row_bnds(verifier->program, row, GLP_LO, 0.0, 0.0);
        most = fmin(most, 1.0 / goal->weight[i]);
    }
    if (isfinite(most))
        glp_set_col_bnds(verifier->program, verifier->column.share, GLP_DB, 0.0, most);
    return most;
}

/* Settle the parts that hold the share down: those whole, and those whose row has a price. */
static int
settle_parts(struct verifier *verifier, const struct goal *goal, double share)
{
    glp_prob *program = verifier->program;
    int count = 0;
    for (int i = 0; i < goal->count; i++) {
        int column = goal->column[i], row = goal->first_share_row + i;
        if (verifier->settled[column])
            continue;
        double scale_m3 = share_scale(verifier, goal, i), whole_m3 = verifier->upper[column];
        bool is_whole = scale_m3 * share >= whole_m3 * (1.0 - 1e-12);
        double price = fabs(glp_get_row_dual(program, row)) * scale_m3 / verifier->unit_m3;
        if (!is_whole && !(glp_get_row_stat(program, row) == GLP_NL && price > 1e-9))
            continue;
        double volume_m3 = is_whole ? whole_m3 : scale_m3 * share;
        verify_program_bound(verifier, column, volume_m3, volume_m3);
        verifier->settled[column] = true;
        count++;
    }
    return count;
}

/* Leximin by successive programs: raise the smallest share, fix what blocks it, raise the next. */
static bool
solve_fair(struct verifier *verifier, const struct goal *goal)
{
    int open = 0;
    for (int i = 0; i < goal->count; i++) {
        verifier->settled[goal->column[i]] = !(verifier->upper[goal->column[i]] > 0.0);
        open += !verifier->settled[goal->column[i]];
    }
    aim_at_share(verifier);
    while (open > 0) {
        start_round(verifier, goal);
        if (!verify_program_solve(verifier))
            return false;
        double share = glp_get_col_prim(verifier->program, verifier->column.share);
        int settled = settle_parts(verifier, goal, share);
        if (settled == 0)
            return false;
        open -= settled;
    }
    for (int i = 0; i < goal->count; i++)
        glp_set_row_bnds(verifier->program, goal->first_share_row + i, GLP_FR, 0.0, 0.0);
    glp_set_col_bnds(verifier->program, verifier->column.share, GLP_FX, 0.0, 0.0);
    return true;
}

static double
sum_of(const struct goal *goal, const double *value)
{
    double sum = 0.0;
    for (int i = 0; i < goal->count; i++)
        sum += goal->sign[i] * value[goal->column[i]];
    return sum;
}

/* Volume that a difference of the goal is measured against; GLPK resolves 1e-9 of the unit. */
static double
size_of_goal(const struct verifier *verifier, const struct goal *goal)
{
    double size_m3 = 0.0;
    for (int i = 0; i < goal->count; i++)
        if (isfinite(verifier->upper[goal->column[i]]))
            size_m3 += verifier->upper[goal->column[i]];
    return fmax(size_m3, fmax(1e-3 * verifier->limits.volume_m3, 1e-2 * verifier->unit_m3)) +
           volume_noise_m3;
}

static double
optimum_of(const struct verifier *verifier, const struct goal *goal)
{
    double sum_m3 = 0.0;
    for (int i = 0; i < goal->count; i++)
        sum_m3 += goal->sign[i] * glp_get_col_prim(verifier->program, goal->column[i]);
    return sum_m3 * verifier->unit_m3;
}

/* Parts of a fair goal that is met in full need no shares. */
static bool
is_whole(const struct verifier *verifier, const struct goal *goal)
{
    for (int i = 0; i < goal->count; i++) {
        double whole_m3 = verifier->upper[goal->column[i]];
        double value_m3 = glp_get_col_prim(verifier->program, goal->column[i]) * verifier->unit_m3;
        if (value_m3 < whole_m3 * (1.0 - 1e-9))
            return false;
    }
    return true;
}

static void
compare_parts(struct verifier *verifier, const struct goal *goal)
{
    double smallest_m3 = rounding * verifier->limits.volume_m3;
    for (int i = 0; i < goal->count; i++) {
        int column = goal->column[i];
        double whole_m3 = verifier->upper[column];
        double value_m3 = glp_get_col_prim(verifier->program, column) * verifier->unit_m3;
        if (whole_m3 > 0.0)
            note(verifier, &verifier->result.difference,
                 fabs(verifier->actual[column] - value_m3) /
                     (fmax(whole_m3, smallest_m3) + volume_noise_m3),
                 goal, goal->id[i]);
    }
}

static bool
compare_goal(struct verifier *verifier, const struct goal *goal)
{
    verify_program_aim(verifier, goal);
    if (!verify_program_solve(verifier))
        return false;
    verifier->result.goal_count++;
    if (goal->is_fair) {
        if (is_whole(verifier, goal)) {
            for (int i = 0; i < goal->count; i++)
                verify_program_bound(verifier, goal->column[i], verifier->upper[goal->column[i]],
                                     verifier->upper[goal->column[i]]);
        } else if (!solve_fair(verifier, goal)) {
            return false;
        }
        compare_parts(verifier, goal);
        return true;
    }
    double optimum_m3 = optimum_of(verifier, goal);
    note(verifier, &verifier->result.difference,
         fabs(optimum_m3 - sum_of(goal, verifier->actual)) / size_of_goal(verifier, goal), goal,
         goal->count == 1 ? goal->id[0] : NULL);
    verify_program_hold(verifier);
    return true;
}

/* ---- probes of the decisions as they stand ----------------------------------------------------
 */

/* Keep what the step decided for a goal, part by part or in sum. */
static void
hold_actual(struct verifier *verifier, const struct goal *goal)
{
    double slack_m3 = probe_slack * verifier->limits.volume_m3;
    if (!goal->is_fair) {
        verify_program_bound_row(verifier, goal->row, sum_of(goal, verifier->actual) - slack_m3,
                                 (double)INFINITY);
        return;
    }
    for (int i = 0; i < goal->count; i++) {
        int column = goal->column[i];
        double least_m3 = fmax(0.0, verifier->actual[column] - slack_m3);
        verify_program_bound(verifier, column, fmin(least_m3, verifier->upper[column]),
                             verifier->upper[column]);
    }
}

/* Whether the goal could have had more, though all goals above it and each of its parts keep what
 * they have: then water went to a lower rank, or nowhere, that it could reach. */
static bool
probe_invariant(struct verifier *verifier, int goal_g)
{
    const struct goal *goal = &verifier->goal[goal_g];
    double slack_m3 = probe_slack * verifier->limits.volume_m3;
    verify_program_reset(verifier);
    for (int g = 0; g < goal_g; g++)
        hold_actual(verifier, &verifier->goal[g]);
    for (int i = 0; i < goal->count; i++) {
        int column = goal->column[i];
        double least_m3 = fmax(verifier->lower[column], verifier->actual[column] - slack_m3);
        verify_program_bound(verifier, column, fmin(least_m3, verifier->upper[column]),
                             verifier->upper[column]);
    }
    verify_program_aim(verifier, goal);
    if (!verify_program_solve(verifier))
        return false;
    double more_m3 = optimum_of(verifier, goal) - sum_of(goal, verifier->actual);
    if (more_m3 > VERIFY_TOLERANCE * size_of_goal(verifier, goal) &&
        verify_program_solve_exactly(
            verifier)) /* GLPK's own tolerance, seen through large losses */
        more_m3 = optimum_of(verifier, goal) - sum_of(goal, verifier->actual);
    verifier->result.invariant_count++;
    note(verifier, &verifier->result.invariant, more_m3 / size_of_goal(verifier, goal), goal, NULL);
    return true;
}

static double
raised_by(const struct verifier *verifier, int column)
{
    return glp_get_col_prim(verifier->program, column) * verifier->unit_m3 -
           verifier->actual[column];
}

/* Whether one part's share could be raised though no part keeps less whose share is no larger. */
static bool
probe_share(struct verifier *verifier, int goal_g, int part_i)
{
    const struct goal *goal = &verifier->goal[goal_g];
    double slack_m3 = probe_slack * verifier->limits.volume_m3;
    double share = verifier->actual[goal->column[part_i]] / share_scale(verifier, goal, part_i);
    verify_program_reset(verifier);
    for (int g = 0; g < goal_g; g++)
        hold_actual(verifier, &verifier->goal[g]);
    for (int i = 0; i < goal->count; i++) {
        int column = goal->column[i];
        double scale_m3 = share_scale(verifier, goal, i);
        if (scale_m3 > 0.0 &&
            verifier->actual[column] / scale_m3 <= share + VERIFY_FAIRNESS_TOLERANCE)
            verify_program_bound(
                verifier, column,
                fmax(0.0, fmin(verifier->actual[column] - slack_m3, verifier->upper[column])),
                verifier->upper[column]);
    }
    for (int j = 1; j <= verifier->column.count; j++)
        glp_set_obj_coef(verifier->program, j, j == goal->column[part_i] ? 1.0 : 0.0);
    if (!verify_program_solve(verifier))
        return false;
    double need_m3 = fmax(verifier->upper[goal->column[part_i]], 1e-6 * verifier->limits.volume_m3);
    double raised_m3 = raised_by(verifier, goal->column[part_i]);
    if (raised_m3 > VERIFY_FAIRNESS_TOLERANCE * need_m3 && verify_program_solve_exactly(verifier))
        raised_m3 = raised_by(verifier, goal->column[part_i]);
    verifier->result.fairness_count++;
    note(verifier, &verifier->result.unfairness, raised_m3 / need_m3, goal, goal->id[part_i]);
    return true;
}

static void
probe_goal(struct verifier *verifier, int goal_g)
{
    const struct goal *goal = &verifier->goal[goal_g];
    if (!probe_invariant(verifier, goal_g))
        verifier->result.unsolved_count++;
    for (int i = 0; i < goal->count && goal->is_fair; i++) {
        double whole_m3 = verifier->upper[goal->column[i]];
        if (verifier->actual[goal->column[i]] < whole_m3 * (1.0 - VERIFY_FAIRNESS_TOLERANCE) &&
            !probe_share(verifier, goal_g, i))
            verifier->result.unsolved_count++;
    }
}

/* ---- life cycle -------------------------------------------------------------------------------
 */

void
verifier_step(struct verifier *verifier, const struct step_outcome *outcome)
{
    verifier->outcome = outcome;
    verify_inputs_step(verifier, outcome);
    verify_program_load(verifier);
    verify_program_take_actual(verifier, outcome);
    check_limits_kept(verifier);
    for (int g = 0; g < verifier->goal_count; g++)
        if (verifier->goal[g].count > 0 && !compare_goal(verifier, &verifier->goal[g])) {
            verifier->result.unsolved_count++;
            break;
        }
    for (int g = 0; g < verifier->goal_count; g++)
        if (verifier->goal[g].count > 0 && verifier->goal[g].is_use)
            probe_goal(verifier, g);
    verifier->result.step_count++;
    verify_inputs_advance(verifier, outcome);
    if (verifier->basin->substance_count > 0) {
        char where[112];
        snprintf(where, sizeof where, "content of '%s'",
                 verifier->basin->node[verifier->quality.worst_i].id);
        note(verifier, &verifier->result.difference, verifier->quality.worst, NULL, where);
    }
}

enum status
verifier_create(const struct simulation_input *input, struct verifier **out, struct error *err)
{
    *out = NULL;
    struct verifier *verifier = calloc(1, sizeof *verifier);
    if (verifier == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the verification");
    verifier->input = input;
    verifier->basin = input->basin;
    verifier->moment = (struct moment){.axis = input->axis,
                                       .demand_year = input->basin->run.demand_year,
                                       .series_value = input->records->on_steps};
    for (int i = input->basin->rank_count - 1; i >= 0; i--)
        if (input->basin->rank[i].kind == RANK_CARRY_OVER)
            verifier->carry_first = true;
        else if (input->basin->rank[i].kind == RANK_DOMESTIC_RESERVE)
            verifier->carry_first = false;
    verifier->memory = arena_create();
    if (verifier->memory == NULL || verify_inputs_create(verifier) != STATUS_OK ||
        !verify_program_create(verifier)) {
        verifier_destroy(verifier);
        return error_set(err, STATUS_MEMORY, "out of memory for the verification");
    }
    *out = verifier;
    return STATUS_OK;
}

void
verifier_destroy(struct verifier *verifier)
{
    if (verifier == NULL)
        return;
    if (verifier->program != NULL)
        glp_delete_prob(verifier->program);
    verify_quality_finish(verifier);
    arena_destroy(verifier->memory);
    free(verifier);
}

const struct verification *
verifier_result(const struct verifier *verifier)
{
    return &verifier->result;
}

bool
verification_passed(const struct verification *verification)
{
    return verification->unsolved_count == 0 && verification->difference.size <= VERIFY_TOLERANCE &&
           verification->violation.size <= VERIFY_TOLERANCE &&
           verification->invariant.size <= VERIFY_TOLERANCE &&
           verification->unfairness.size <= VERIFY_FAIRNESS_TOLERANCE;
}

/* Of equals the first, in whatever order they come. */
static void
keep_worse(struct verified_worst *worst, const struct verified_worst *other)
{
    bool first =
        other->size == worst->size && other->size > 0.0 && other->scenario_s < worst->scenario_s;
    if (other->size > worst->size || isnan(other->size) || first)
        *worst = *other;
}

void
verification_add(struct verification *sum, const struct verification *more)
{
    sum->step_count += more->step_count;
    sum->goal_count += more->goal_count;
    sum->invariant_count += more->invariant_count;
    sum->fairness_count += more->fairness_count;
    sum->unsolved_count += more->unsolved_count;
    keep_worse(&sum->difference, &more->difference);
    keep_worse(&sum->violation, &more->violation);
    keep_worse(&sum->invariant, &more->invariant);
    keep_worse(&sum->unfairness, &more->unfairness);
}

void
verification_set_scenario(struct verification *verification, int scenario_s)
{
    verification->difference.scenario_s = scenario_s;
    verification->violation.scenario_s = scenario_s;
    verification->invariant.scenario_s = scenario_s;
    verification->unfairness.scenario_s = scenario_s;
}
