/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/trigger_lab.h"

#include "scenarios/drought_outlook.h"
#include "scenarios/simulate.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_MOST = 19, SIGNALS = 3 };

/* The triggers that are tried, and their levels. */
static const enum drought_trigger tried[SIGNALS] = {TRIGGER_STORAGE, TRIGGER_INDEX, TRIGGER_FLOW};
static const double storage_step = 0.05, index_first = -2.5, index_step = 0.25;
enum { INDEX_LEVELS = 13 };

/* A supply that lacks more than a part in 1e6 is short, as in the indicators of a run. */
static const double short_share = 1e-6;
static const double seconds_per_year = 365.2425 * 86400.0;

/** What all runs share. */
struct lab {
    const struct trigger_request *request;
    struct records *records;
    struct runoff **runoff;         /* [scenario_count] */
    struct scenario_result *result; /* [thread_count] */
    int thread_count;
    double *signal[SIGNALS]; /* [scenario_count][step_count], NULL: not looked at */
    bool *dry;               /* [scenario_count][step_count] */
    double *lacking_m3;      /* [scenario_count] with nobody acting */
};

static bool
is_tried(const struct drought_plan *plan, enum drought_trigger trigger)
{
    return trigger == TRIGGER_INDEX  ? plan->rain.kind != VARYING_ABSENT
           : trigger == TRIGGER_FLOW ? plan->flow_scale > 0
                                     : plan->lake_count > 0;
}

/* ---- one run ----------------------------------------------------------------------------------
 */

/* Joint storage of the lakes of the plan at the start of each step, as a share. */
static void
storage_signal(const struct lab *lab, const struct basin *basin,
               const struct scenario_result *result, double *signal)
{
    const struct trigger_request *request = lab->request;
    const struct drought_plan *plan = &basin->drought_plan[request->plan_p];
    int steps = request->axis->step_count;
    for (int t = 0; t < steps; t++) {
        double volume_m3 = 0.0, whole_m3 = 0.0;
        for (int i = 0; i < plan->lake_count; i++) {
            int r = plan->lake_r[i];
            const float *storage_m3 = result->series[RESULT_STORAGE] + (size_t)r * (size_t)steps;
            const struct node *node = &basin->node[basin->reservoir[r].node_i];
            if (!date_range_holds(&node->in_service, request->axis, t, basin->run.demand_year))
                continue;
            volume_m3 += t > 0 ? (double)storage_m3[t - 1] : result->reservoir[r].start_storage_m3;
            whole_m3 += basin->reservoir[r].capacity_m3;
        }
        signal[t] = whole_m3 > 0.0 ? volume_m3 / whole_m3 : (double)NAN;
    }
}

/* Steps in which the class is short, or the storage is below the line. */
static void
mark_dry(const struct lab *lab, const struct basin *basin, const struct scenario_result *result,
         const double *storage, bool *dry)
{
    const struct trigger_request *request = lab->request;
    size_t steps = (size_t)request->axis->step_count;
    for (size_t t = 0; t < steps; t++)
        dry[t] = request->class_i < 0 && storage[t] < request->below_share;
    for (int d = 0; d < basin->demand_count && request->class_i >= 0; d++) {
        const float *need = result->series[RESULT_NEED] + (size_t)d * steps;
        const float *supply = result->series[RESULT_SUPPLY] + (size_t)d * steps;
        if (basin->demand[d].class_i != request->class_i)
            continue;
        for (size_t t = 0; t < steps; t++)
            dry[t] = dry[t] || (double)supply[t] < (double)need[t] * (1.0 - short_share);
    }
}

/*
 * The plan follows one trigger at one level by one stage; the other stages are never entered, and
 * left at once on the way back. With no level no plan acts.
 */
static void
set_trigger(struct basin *basin, const struct trigger_request *request,
            enum drought_trigger trigger, double *level)
{
    struct drought_plan *plan = &basin->drought_plan[request->plan_p];
    for (int p = 0; p < basin->drought_plan_count; p++)
        basin->drought_plan[p].enabled = false;
    if (level == NULL)
        return;
    for (int s = 0; s < plan->stage_count; s++) {
        struct drought_stage *stage = &plan->stage[s];
        for (int i = 0; i < TRIGGER_COUNT; i++)
            stage->enter[i] = stage->leave[i] = (struct varying){.kind = VARYING_ABSENT};
        if (s != request->stage) {
            stage->hold_s = 0.0;
            continue;
        }
        stage->enter[trigger] = stage->leave[trigger] =
            (struct varying){.kind = VARYING_CONSTANT, .count = 1, .value = level};
    }
    plan->enabled = true;
}

static enum status
run_scenario(const struct lab *lab, int s, enum drought_trigger trigger, double *level,
             struct scenario_result *result, struct basin **basin, struct error *err)
{
    const struct trigger_request *request = lab->request;
    enum status status = plan_scenario_basin(request->plan, request->basin, s, basin, err);
    if (status != STATUS_OK)
        return status;
    set_trigger(*basin, request, trigger, level);
    const struct simulation_input input = {
        .basin = *basin, .axis = request->axis, .records = lab->records, .runoff = lab->runoff[s]};
    result->scenario_s = s;
    return simulate(&input, result, err);
}

/* Signals and dry steps of a scenario in which nobody acts. */
static enum status
watch_scenario(struct lab *lab, int s, struct error *err)
{
    const struct trigger_request *request = lab->request;
    struct scenario_result *result = &lab->result[omp_get_thread_num()];
    size_t steps = (size_t)request->axis->step_count, first = (size_t)s * steps;
    struct basin *basin = NULL;
    struct arena *memory = arena_create();
    struct drought_outlook outlook = {0};
    enum status status = STATUS_OK;
    if (memory == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the signals of a scenario"));
    TRY(run_scenario(lab, s, TRIGGER_STORAGE, NULL, result, &basin, err));
    basin->drought_plan[request->plan_p].enabled = true;
    const struct simulation_input input = {
        .basin = basin, .axis = request->axis, .records = lab->records, .runoff = lab->runoff[s]};
    TRY(drought_outlook_create(&input, &basin->drought_plan[request->plan_p], memory, &outlook,
                               err));
    storage_signal(lab, basin, result, lab->signal[0] + first);
    const double *const index[SIGNALS] = {NULL, outlook.index, outlook.flow_index};
    for (int i = 1; i < SIGNALS; i++)
        if (index[i] != NULL)
            memcpy(lab->signal[i] + first, index[i], steps * sizeof(double));
    mark_dry(lab, basin, result, lab->signal[0] + first, lab->dry + first);
    for (int d = 0; d < basin->demand_count; d++)
        lab->lacking_m3[s] += result->demand[d].shortage_water_m3;
out:
    arena_destroy(memory);
    basin_destroy(basin);
    return status;
}

/* ---- all runs ---------------------------------------------------------------------------------
 */

static double
years_of(const struct timeaxis *axis)
{
    return (double)(axis->start_s[axis->step_count] - axis->start_s[0]) / seconds_per_year;
}

/* Runs at one level of a trigger in all scenarios; sums in their order. */
static enum status
act(struct lab *lab, enum drought_trigger trigger, double level, struct trigger_action *action,
    struct error *err)
{
    const struct trigger_request *request = lab->request;
    int count = request->plan->scenario_count, steps = request->axis->step_count;
    struct trigger_action *own = calloc((size_t)count, sizeof *own);
    enum status worst = own == NULL ? STATUS_MEMORY : STATUS_OK;
    if (own == NULL)
        return error_set(err, worst, "out of memory for the runs of a trigger");
#pragma omp parallel for schedule(dynamic, 1) num_threads(lab->thread_count)
    for (int s = 0; s < count; s++) {
        struct scenario_result *result = &lab->result[omp_get_thread_num()];
        struct basin *basin = NULL;
        struct error failure = {0};
        double line = level;
        double *storage = calloc((size_t)steps, sizeof *storage);
        bool *dry = calloc((size_t)steps, sizeof *dry);
        enum status status = storage == NULL || dry == NULL
                                 ? error_set(&failure, STATUS_MEMORY, "out of memory")
                                 : run_scenario(lab, s, trigger, &line, result, &basin, &failure);
        if (status == STATUS_OK) {
            storage_signal(lab, basin, result, storage);
            mark_dry(lab, basin, result, storage, dry);
            for (int t = 0; t < steps; t++) {
                own[s].dry_steps += dry[t];
                own[s].stage_share +=
                    result->series[RESULT_DROUGHT_STAGE]
                                  [(size_t)request->plan_p * (size_t)steps + (size_t)t] > 0.0f;
            }
            for (int d = 0; d < basin->demand_count; d++) {
                own[s].cut_m3_per_year += result->demand[d].shortage_rule_m3;
                own[s].lacking_m3_per_year += result->demand[d].shortage_water_m3;
            }
        }
        free(storage);
        free(dry);
        basin_destroy(basin);
        if (status != STATUS_OK) {
#pragma omp critical(trigger_failure)
            {
                worst = status;
                error_set(err, status, "%s", failure.text);
            }
        }
    }
    double years = years_of(request->axis) * count;
    for (int s = 0; s < count; s++) {
        action->dry_steps += own[s].dry_steps;
        action->stage_share += own[s].stage_share / ((double)steps * count);
        action->cut_m3_per_year += own[s].cut_m3_per_year / years;
        action->lacking_m3_per_year += own[s].lacking_m3_per_year / years;
    }
    free(own);
    return worst;
}

/* The level with the fewest dry steps and, of these, the smallest cut. */
static int
cheapest(const struct trigger_result *result)
{
    int best_i = 0;
    for (int i = 1; i < result->level_count; i++) {
        const struct trigger_action *a = &result->level[i].action;
        const struct trigger_action *b = &result->level[best_i].action;
        if (a->dry_steps < b->dry_steps ||
            (a->dry_steps == b->dry_steps && a->cut_m3_per_year < b->cut_m3_per_year))
            best_i = i;
    }
    return best_i;
}

/* Scores of a trigger at all levels, and what acting by it comes to. */
static enum status
try_trigger(struct lab *lab, int signal_i, const struct alarm_record *record,
            const struct alarm_options *options, struct trigger_result *out, struct error *err)
{
    enum drought_trigger trigger = tried[signal_i];
    bool is_share = trigger == TRIGGER_STORAGE;
    int count = lab->request->plan->scenario_count;
    enum status status = STATUS_OK;
    out->is_there = true;
    out->best_i = -1;
    out->level = calloc(LEVELS_MOST, sizeof *out->level);
    if (out->level == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the scores of a trigger");
    out->level_count = is_share ? LEVELS_MOST : INDEX_LEVELS;
    TRY(alarm_roc_area(count, record, options->ahead, &out->roc_area, err));
    for (int i = 0; i < out->level_count; i++) {
        double level = is_share ? storage_step * (i + 1) : index_first + index_step * i;
        out->level[i].score = alarm_score(count, record, options, level);
        if (lab->request->stage >= 0)
            TRY(act(lab, trigger, level, &out->level[i].action, err));
    }
    if (lab->request->stage >= 0)
        out->best_i = cheapest(out);
out:
    return status;
}

static int
steps_of(const struct timeaxis *axis, double length_s)
{
    double step_s = (double)(axis->start_s[axis->step_count] - axis->start_s[0]) / axis->step_count;
    return (int)fmax(1.0, floor(length_s / step_s + 0.5));
}

static enum status
try_all(struct lab *lab, struct trigger_lab *out, struct error *err)
{
    const struct trigger_request *request = lab->request;
    int count = request->plan->scenario_count, steps = request->axis->step_count;
    const struct alarm_options options = {.ahead = steps_of(request->axis, request->ahead_s),
                                          .gap = steps_of(request->axis, request->gap_s)};
    struct alarm_record *record = calloc((size_t)count, sizeof *record);
    enum status status = STATUS_OK;
    if (record == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the scores of a trigger");
    for (int i = 0; i < SIGNALS && status == STATUS_OK; i++) {
        if (!is_tried(&request->basin->drought_plan[request->plan_p], tried[i]))
            continue;
        for (int s = 0; s < count; s++)
            record[s] = (struct alarm_record){steps, lab->signal[i] + (size_t)s * (size_t)steps,
                                              lab->dry + (size_t)s * (size_t)steps};
        status = try_trigger(lab, i, record, &options, &out->trigger[tried[i]], err);
    }
    free(record);
    return status;
}

static enum status
lab_create(struct lab *lab, struct error *err)
{
    const struct trigger_request *request = lab->request;
    size_t scenarios = (size_t)request->plan->scenario_count;
    size_t all = scenarios * (size_t)request->axis->step_count;
    struct result_selection selection = {.audit = false};
    enum status status = STATUS_OK;
    selection.keep[RESULT_NEED] = selection.keep[RESULT_SUPPLY] = true;
    selection.keep[RESULT_STORAGE] = selection.keep[RESULT_DROUGHT_STAGE] = true;
    lab->thread_count = request->threads > 0 ? request->threads : omp_get_num_procs();
    lab->runoff = calloc(scenarios, sizeof *lab->runoff);
    lab->result = calloc((size_t)lab->thread_count, sizeof *lab->result);
    lab->dry = calloc(all, sizeof *lab->dry);
    lab->lacking_m3 = calloc(scenarios, sizeof *lab->lacking_m3);
    bool good =
        lab->runoff != NULL && lab->result != NULL && lab->dry != NULL && lab->lacking_m3 != NULL;
    for (int i = 0; i < SIGNALS && good; i++) {
        lab->signal[i] = calloc(all, sizeof(double));
        good = lab->signal[i] != NULL;
    }
    for (int i = 0; i < lab->thread_count && good; i++)
        good = scenario_result_init(&lab->result[i], request->basin, request->axis->step_count,
                                    &selection) == STATUS_OK;
    if (!good)
        return error_set(err, STATUS_MEMORY, "out of memory for the signals of the scenarios");
    TRY(records_create(request->basin, request->axis, &lab->records, err));
    for (int s = 0; s < request->plan->scenario_count; s++) {
        struct basin *basin = NULL;
        status = plan_scenario_basin(request->plan, request->basin, s, &basin, err);
        if (status == STATUS_OK)
            status = runoff_create(request->basin, lab->records, &lab->runoff[s], err);
        if (status == STATUS_OK)
            status = runoff_compute(lab->runoff[s], request->basin, basin, lab->records,
                                    request->plan->scenario[s].realisation, err);
        basin_destroy(basin);
        TRY(status);
    }
out:
    return status;
}

static void
lab_destroy(struct lab *lab)
{
    for (int s = 0; lab->runoff != NULL && s < lab->request->plan->scenario_count; s++)
        runoff_destroy(lab->runoff[s]);
    for (int i = 0; lab->result != NULL && i < lab->thread_count; i++)
        scenario_result_finish(&lab->result[i]);
    for (int i = 0; i < SIGNALS; i++)
        free(lab->signal[i]);
    free(lab->runoff);
    free(lab->result);
    free(lab->dry);
    free(lab->lacking_m3);
    records_destroy(lab->records);
}

enum status
trigger_lab_run(const struct trigger_request *request, struct trigger_lab *out, struct error *err)
{
    struct lab lab = {.request = request};
    int count = request->plan->scenario_count, steps = request->axis->step_count;
    enum status status = STATUS_OK, worst = STATUS_OK;
    *out = (struct trigger_lab){
        .plan_p = request->plan_p, .step_count = steps, .scenario_count = count};
    TRY(lab_create(&lab, err));
#pragma omp parallel for schedule(dynamic, 1) num_threads(lab.thread_count)
    for (int s = 0; s < count; s++) {
        struct error failure = {0};
        enum status own = watch_scenario(&lab, s, &failure);
        if (own != STATUS_OK) {
#pragma omp critical(trigger_failure)
            {
                worst = own;
                error_set(err, own, "%s", failure.text);
            }
        }
    }
    TRY(worst);
    for (int s = 0; s < count; s++)
        out->lacking_m3_per_year += lab.lacking_m3[s] / (years_of(request->axis) * count);
    for (size_t i = 0; i < (size_t)count * (size_t)steps; i++)
        out->dry_steps += lab.dry[i];
    TRY(try_all(&lab, out, err));
out:
    lab_destroy(&lab);
    if (status != STATUS_OK)
        trigger_lab_finish(out);
    return status;
}

void
trigger_lab_finish(struct trigger_lab *lab)
{
    for (int i = 0; i < TRIGGER_COUNT; i++) {
        free(lab->trigger[i].level);
        lab->trigger[i].level = NULL;
    }
}
