/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/rule_search.h"

#include "scenarios/simulate.h"
#include "solvers/global_search.h"
#include "solvers/quantile.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond any figure: what misses a constraint, and what no run could be made of. */
static const double infeasible_from = 1e30;

/** What all evaluations share. */
struct evaluator {
    const struct rule_search_request *request;
    struct records *records;
    struct runoff **runoff;         /* [scenario_count], the same weather for all candidates */
    struct scenario_result *result; /* [thread_count] */
    int thread_count;
    struct basin **candidate; /* [capacity] of the present call */
    double *measure;          /* [capacity][scenario_count][measure_count] */
    int capacity;
    double *sorted; /* [scenario_count] */
    int done_count, all_count;
    struct rule_search_result *out;
};

double
rule_statistic_of(const struct rule_measure *measure, int count, double *value)
{
    int known = 0;
    double sum = 0.0;
    for (int i = 0; i < count; i++)
        if (!isnan(value[i])) {
            value[known++] = value[i];
            sum += value[known - 1];
        }
    if (known == 0)
        return (double)NAN;
    if (measure->statistic == RULE_MEAN)
        return sum / known;
    if (measure->statistic == RULE_QUANTILE) {
        quantile_sort(value, known);
        return quantile_of_sorted(value, known, measure->quantile);
    }
    double worst = value[0];
    for (int i = 1; i < known; i++)
        worst = measure->low_is_good ? fmax(worst, value[i]) : fmin(worst, value[i]);
    return worst;
}

/* ---- candidates -------------------------------------------------------------------------------
 */

/* Keep the first reason why a candidate is none. */
static void
note_failure(struct evaluator *evaluator, const char *reason)
{
    struct rule_search_result *out = evaluator->out;
    if (out->failed_count++ == 0)
        snprintf(out->failure, sizeof out->failure, "%s", reason);
}

/* The basin with the figures of a point; *out is NULL where they make no sense together. */
static enum status
make_candidate(struct evaluator *evaluator, const double *point, struct basin **out,
               struct error *err)
{
    const struct rule_space *space = evaluator->request->space;
    struct diagnostics diagnostics;
    enum status status = basin_copy(evaluator->request->basin, out);
    if (status != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for a set of rules");
    diagnostics_init(&diagnostics);
    for (int a = 0; a < space->assignment_count && point != NULL && status == STATUS_OK; a++) {
        char *value = rule_space_value(space, a, point), *text = NULL;
        if (value == NULL || asprintf(&text, "%s=%s", space->path[a], value) < 0)
            status = error_set(err, STATUS_MEMORY, "out of memory for a set of rules");
        else
            status = basin_set(*out, text, &diagnostics);
        if (text != NULL)
            free(text);
        free(value);
    }
    if (status == STATUS_INPUT) {
        note_failure(evaluator, diagnostics.count > 0 ? diagnostics.item[0].message : "no basin");
        basin_destroy(*out);
        *out = NULL;
        status = STATUS_OK;
    }
    diagnostics_finish(&diagnostics);
    return status;
}

/* One candidate in one scenario. A step that is not solved leaves no figures. */
static enum status
run_candidate(const struct evaluator *evaluator, int c, int s, struct scenario_result *result,
              struct error *err)
{
    const struct rule_search_request *request = evaluator->request;
    double *measure =
        evaluator->measure + ((size_t)c * (size_t)request->plan->scenario_count + (size_t)s) *
                                 (size_t)request->measure_count;
    struct basin *basin = NULL;
    struct error failure = {0};
    enum status status =
        plan_scenario_basin(request->plan, evaluator->candidate[c], s, &basin, &failure);
    struct simulation_input input = {.basin = basin,
                                     .axis = request->axis,
                                     .records = evaluator->records,
                                     .runoff = evaluator->runoff[s]};
    if (status == STATUS_OK) {
        result->scenario_s = s;
        status = simulate(&input, result, &failure);
    }
    for (int m = 0; m < request->measure_count; m++)
        measure[m] = status == STATUS_OK
                         ? request->measure[m].of(request->measure[m].context, result)
                         : (double)INFINITY;
    if (status != STATUS_OK)
        scenario_result_fill(result, request->basin, request->axis->step_count, 0.0);
    basin_destroy(basin);
    if (status == STATUS_MEMORY)
        return error_set(err, status, "%s", failure.text);
    return STATUS_OK;
}

/* Every candidate in every scenario, in any order: each has its own place. */
static enum status
run_all(struct evaluator *evaluator, int count, struct error *err)
{
    int scenario_count = evaluator->request->plan->scenario_count;
    enum status worst = STATUS_OK;
#pragma omp parallel for schedule(dynamic, 1) num_threads(evaluator->thread_count)
    for (int job = 0; job < count * scenario_count; job++) {
        struct error failure = {0};
        int c = job / scenario_count;
        if (evaluator->candidate[c] == NULL)
            continue;
        enum status status = run_candidate(evaluator, c, job % scenario_count,
                                           &evaluator->result[omp_get_thread_num()], &failure);
        if (status == STATUS_OK)
            continue;
#pragma omp critical(rule_status)
        {
            worst = status;
            error_set(err, status, "%s", failure.text);
        }
    }
    return worst;
}

/* The statistics of a candidate, and what the search makes of them: smaller is better. */
static double
judge(struct evaluator *evaluator, int c, double *measure)
{
    const struct rule_search_request *request = evaluator->request;
    int scenario_count = request->plan->scenario_count, measures = request->measure_count;
    const double *all = evaluator->measure + (size_t)c * (size_t)scenario_count * (size_t)measures;
    double missed = 0.0;
    for (int m = 0; m < measures; m++) {
        const struct rule_measure *of = &request->measure[m];
        for (int s = 0; s < scenario_count; s++)
            evaluator->sorted[s] = all[s * measures + m];
        measure[m] = rule_statistic_of(of, scenario_count, evaluator->sorted);
        double over = of->low_is_good ? measure[m] - of->limit : of->limit - measure[m];
        if (of->has_limit && !(over <= 1e-9 * fmax(1.0, fabs(of->limit))))
            missed += isnan(over) ? 1.0 : over / fmax(1e-12, fabs(of->limit));
    }
    if (evaluator->candidate[c] == NULL)
        return (double)INFINITY;
    if (!isfinite(measure[0])) {
        note_failure(evaluator, "a scenario was not solved, or has no figure of the objective");
        return (double)INFINITY;
    }
    if (missed > 0.0)
        return infeasible_from * (1.0 + missed);
    return request->measure[0].low_is_good ? measure[0] : -measure[0];
}

/* The function that the search calls. */
static enum status
evaluate(void *context, int count, const double *point, double *value, struct error *err)
{
    struct evaluator *evaluator = context;
    int dimension = evaluator->request->space->variable_count;
    enum status status = STATUS_OK;
    double *measure = calloc((size_t)evaluator->request->measure_count, sizeof(double));
    if (measure == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the search");
    for (int first = 0; first < count && status == STATUS_OK; first += evaluator->capacity) {
        int part = count - first < evaluator->capacity ? count - first : evaluator->capacity;
        for (int c = 0; c < part && status == STATUS_OK; c++)
            status = make_candidate(
                evaluator, point != NULL ? point + (size_t)(first + c) * (size_t)dimension : NULL,
                &evaluator->candidate[c], err);
        if (status == STATUS_OK)
            status = run_all(evaluator, part, err);
        for (int c = 0; c < part; c++) {
            if (status == STATUS_OK)
                value[first + c] = judge(evaluator, c, measure);
            basin_destroy(evaluator->candidate[c]);
            evaluator->candidate[c] = NULL;
        }
    }
    free(measure);
    return status;
}

/* ---- the whole --------------------------------------------------------------------------------
 */

static bool
show_progress(void *context, int evaluation_count, double best)
{
    (void)best;
    struct evaluator *evaluator = context;
    const struct rule_search_request *request = evaluator->request;
    return request->progress == NULL ||
           request->progress(request->progress_context, evaluator->done_count + evaluation_count,
                             evaluator->all_count);
}

/* A set of rules once more, for its figures. */
static enum status
look_at(struct evaluator *evaluator, const double *point, struct rule_outcome *out,
        struct error *err)
{
    const struct rule_search_request *request = evaluator->request;
    size_t n = (size_t)request->space->variable_count;
    enum status status = STATUS_OK;
    out->measure = calloc((size_t)request->measure_count, sizeof(double));
    out->point = point != NULL ? calloc(n, sizeof(double)) : NULL;
    if (out->measure == NULL || (point != NULL && out->point == NULL))
        return error_set(err, STATUS_MEMORY, "out of memory for the search");
    if (point != NULL)
        memcpy(out->point, point, n * sizeof(double));
    TRY(make_candidate(evaluator, point, &evaluator->candidate[0], err));
    TRY(run_all(evaluator, 1, err));
    out->feasible = judge(evaluator, 0, out->measure) < infeasible_from;
out:
    basin_destroy(evaluator->candidate[0]);
    evaluator->candidate[0] = NULL;
    return status;
}

/* Runoff of every scenario, once. */
static enum status
prepare_weather(struct evaluator *evaluator, struct error *err)
{
    const struct rule_search_request *request = evaluator->request;
    enum status status = STATUS_OK;
    for (int s = 0; s < request->plan->scenario_count && status == STATUS_OK; s++) {
        struct basin *basin = NULL;
        status = plan_scenario_basin(request->plan, request->basin, s, &basin, err);
        if (status == STATUS_OK)
            status = runoff_create(request->basin, evaluator->records, &evaluator->runoff[s], err);
        if (status == STATUS_OK)
            status = runoff_compute(evaluator->runoff[s], request->basin, basin, evaluator->records,
                                    request->plan->scenario[s].realisation, err);
        basin_destroy(basin);
    }
    return status;
}

static enum status
evaluator_create(struct evaluator *evaluator, struct error *err)
{
    const struct rule_search_request *request = evaluator->request;
    size_t scenarios = (size_t)request->plan->scenario_count;
    enum status status = STATUS_OK;
    evaluator->thread_count = request->threads > 0 ? request->threads : omp_get_num_procs();
    evaluator->capacity = 64;
    evaluator->all_count = request->seed_count * request->evaluation_max;
    evaluator->runoff = calloc(scenarios, sizeof *evaluator->runoff);
    evaluator->result = calloc((size_t)evaluator->thread_count, sizeof *evaluator->result);
    evaluator->candidate = calloc((size_t)evaluator->capacity, sizeof *evaluator->candidate);
    evaluator->measure = calloc(
        (size_t)evaluator->capacity * scenarios * (size_t)request->measure_count, sizeof(double));
    evaluator->sorted = calloc(scenarios, sizeof(double));
    if (evaluator->runoff == NULL || evaluator->result == NULL || evaluator->candidate == NULL ||
        evaluator->measure == NULL || evaluator->sorted == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the search");
    for (int i = 0; i < evaluator->thread_count && status == STATUS_OK; i++)
        status = scenario_result_init(&evaluator->result[i], request->basin,
                                      request->axis->step_count, &request->selection);
    if (status != STATUS_OK)
        return error_set(err, status, "out of memory for the results of a scenario");
    TRY(records_create(request->basin, request->axis, &evaluator->records, err));
    TRY(prepare_weather(evaluator, err));
out:
    return status;
}

static void
evaluator_destroy(struct evaluator *evaluator)
{
    for (int s = 0; evaluator->runoff != NULL && s < evaluator->request->plan->scenario_count; s++)
        runoff_destroy(evaluator->runoff[s]);
    for (int i = 0; evaluator->result != NULL && i < evaluator->thread_count; i++)
        scenario_result_finish(&evaluator->result[i]);
    free(evaluator->runoff);
    free(evaluator->result);
    free(evaluator->candidate);
    free(evaluator->measure);
    free(evaluator->sorted);
    records_destroy(evaluator->records);
}

/* The weather is that of the scenarios: it is prepared once and is no rule. */
static enum status
check_space(const struct rule_space *space, struct error *err)
{
    for (int a = 0; a < space->assignment_count; a++)
        if (strncmp(space->path[a], "catchments.", strlen("catchments.")) == 0 ||
            strchr(space->path[a], '.') == NULL || strncmp(space->path[a], "run.", 4) == 0)
            return error_set(err, STATUS_USAGE,
                             "--vary: '%s' is weather or a setting of the run, not a rule",
                             space->path[a]);
    return STATUS_OK;
}

/* Whether a is better than b. */
static bool
is_better(const struct rule_search_request *request, const struct rule_outcome *a,
          const struct rule_outcome *b)
{
    if (a->feasible != b->feasible)
        return a->feasible;
    return request->measure[0].low_is_good ? a->measure[0] < b->measure[0]
                                           : a->measure[0] > b->measure[0];
}

static enum status
search_seed(struct evaluator *evaluator, int seed_i, struct rule_outcome *out, struct error *err)
{
    const struct rule_search_request *request = evaluator->request;
    const struct search_problem problem = {.dimension = request->space->variable_count,
                                           .low = request->space->low,
                                           .high = request->space->high,
                                           .evaluate = evaluate,
                                           .context = evaluator};
    struct search_settings settings = search_settings_usual(request->seed + (uint64_t)seed_i);
    struct search_result found;
    enum status status = STATUS_OK;
    settings.evaluation_max = request->evaluation_max;
    settings.population_size = request->population;
    settings.population_max = 16;
    settings.progress = show_progress;
    settings.progress_context = evaluator;
    TRY(covariance_search(&problem, &settings, &found, err));
    evaluator->done_count += found.evaluation_count;
    if (!isfinite(found.value))
        return error_set(err, STATUS_INPUT, "no candidate makes sense: %s",
                         evaluator->out->failure);
    TRY(look_at(evaluator, found.point, out, err));
    out->evaluation_count = found.evaluation_count;
out:
    return status;
}

enum status
rule_search(const struct rule_search_request *request, struct rule_search_result *result,
            struct error *err)
{
    struct evaluator evaluator = {.request = request, .out = result};
    enum status status = STATUS_OK;
    *result = (struct rule_search_result){.seed_count = request->seed_count};
    TRY(check_space(request->space, err));
    result->seed = calloc((size_t)request->seed_count, sizeof *result->seed);
    if (result->seed == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the search"));
    TRY(evaluator_create(&evaluator, err));
    TRY(look_at(&evaluator, NULL, &result->baseline, err));
    for (int i = 0; i < request->seed_count; i++) {
        TRY(search_seed(&evaluator, i, &result->seed[i], err));
        if (is_better(request, &result->seed[i], &result->seed[result->best_i]))
            result->best_i = i;
    }
out:
    evaluator_destroy(&evaluator);
    if (status != STATUS_OK)
        rule_search_finish(result);
    return status;
}

void
rule_search_finish(struct rule_search_result *result)
{
    free(result->baseline.measure);
    for (int i = 0; result->seed != NULL && i < result->seed_count; i++) {
        free(result->seed[i].measure);
        free(result->seed[i].point);
    }
    free(result->seed);
    result->seed = NULL;
    result->baseline = (struct rule_outcome){0};
}
