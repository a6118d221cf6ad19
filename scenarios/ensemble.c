/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/ensemble.h"

#include "scenarios/simulate.h"
#include "scenarios/stopping.h"
#include "scenarios/verify.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What all workers share. */
struct run {
    const struct basin *basin;
    const struct timeaxis *axis;
    const struct plan *plan;
    const struct run_info *info;
    const struct ensemble_settings *settings;
    const struct records *records;
    struct sink *sink;
    enum status status; /**< of the first failing scenario, in scenario order */
    struct error *err;
    int failed_count;           /**< scenarios that failed while the run went on */
    enum status failure_status; /**< of the first of them */
    int enough;                 /**< the stopping rule holds: no further scenario is wanted */
};

/* What one thread keeps from scenario to scenario. */
struct worker {
    struct runoff *runoff;
    struct scenario_result result;
    struct simulation_state origin;   /**< of the present scenario, if it does not begin */
    struct verification verification; /**< of the present scenario */
    struct error failure;             /**< of the present scenario, if the run goes on after it */
    enum status status;               /**< of its own preparation */
    struct error err;
};

static enum status
worker_init(struct worker *worker, const struct run *run)
{
    enum status status = scenario_result_init(&worker->result, run->basin, run->axis->step_count,
                                              &run->info->selection);
    if (status != STATUS_OK)
        return error_set(&worker->err, status, "out of memory for the results of a scenario");
    return runoff_create(run->basin, run->records, &worker->runoff, &worker->err);
}

static void
worker_finish(struct worker *worker)
{
    runoff_destroy(worker->runoff);
    scenario_result_finish(&worker->result);
    simulation_state_finish(&worker->origin);
}

/* "out.failed-demand=2030,policy=today-", with '_' for what a file's name should not hold; NULL if
 * no file is wanted. */
static const char *
name_dump(const struct run *run, int scenario_s, char *prefix, size_t size)
{
    enum { ID_MAX = 120 };
    const char *id = run->plan->scenario[scenario_s].id;
    char name[ID_MAX + 32];
    if (run->settings->dump_path == NULL)
        return NULL;
    snprintf(name, sizeof name, "%.*s", ID_MAX, id);
    for (char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || strchr("/\\:*?\"<>|'`$&;()[]{}!~#%^", *c) != NULL)
            *c = '_';
    if (strcmp(name, id) != 0) /* no longer different from all others, perhaps */
        snprintf(name + strlen(name), sizeof name - strlen(name), "-%d", scenario_s + 1);
    snprintf(prefix, size, "%s.failed-%s-", run->settings->dump_path, name);
    return prefix;
}

/* A step that failed leaves nothing of its scenario; the others may go on. */
static enum status
give_up(const struct run *run, struct worker *worker, enum status status, struct error *err)
{
    bool numerical = status_exit_code(status) == status_exit_code(STATUS_NUMERIC);
    if (status == STATUS_OK || !numerical || !run->settings->go_on)
        return status;
    worker->failure = *err;
    *err = (struct error){0};
    scenario_result_fill(&worker->result, run->basin, run->axis->step_count, (double)NAN);
    return STATUS_OK;
}

/* What an earlier run has made of the scenario, if there is one. */
static enum status
recall(const struct run *run, struct worker *worker, void **encoded, struct error *err)
{
    const struct sink *sink = run->sink;
    enum status status = STATUS_OK;
    if (sink->recall == NULL)
        return STATUS_OK;
    TRY(sink->recall(sink->self, &worker->result, run->settings->stopping != NULL, encoded, err));
    if (*encoded == NULL || worker->result.status == STATUS_OK)
        return STATUS_OK;
    if (run->settings->go_on) {
        error_set(&worker->failure, worker->result.status, "failed before the run was resumed");
        return STATUS_OK;
    }
    sink->drop(sink->self, *encoded); /* it will fail again, and say why */
    *encoded = NULL;
    scenario_result_fill(&worker->result, run->basin, run->axis->step_count, 0.0);
out:
    return status;
}

static enum status
simulate_from_origin(const struct run *run, struct worker *worker, struct simulation_input *input,
                     struct error *err)
{
    const struct run_origin *origin = run->settings->origin;
    enum status status = STATUS_OK;
    input->save_before_t = run->info->save_before_t;
    if (origin == NULL)
        return simulate(input, &worker->result, err);
    TRY(origin->state(origin->self, worker->result.scenario_s, &worker->origin, err));
    input->from = &worker->origin;
    input->from_water = origin->from_water;
    TRY(simulate(input, &worker->result, err));
    TRY(origin->past(origin->self, &worker->result, worker->origin.step_t, err));
out:
    return status;
}

/* One scenario from its changes to its encoded results. */
static enum status
carry_out(const struct run *run, struct worker *worker, int scenario_s, void **encoded,
          struct error *err)
{
    struct basin *basin = NULL;
    enum status status = worker->status;
    *encoded = NULL;
    worker->verification = (struct verification){0};
    worker->failure = (struct error){0};
    char prefix[4096];
    if (status != STATUS_OK)
        return error_set(err, status, "%s", worker->err.text);
    worker->result.scenario_s = scenario_s;
    if (worker->result.status != STATUS_OK)
        scenario_result_fill(&worker->result, run->basin, run->axis->step_count, 0.0);
    TRY(recall(run, worker, encoded, err));
    if (*encoded != NULL)
        goto out;
    TRY(plan_scenario_basin(run->plan, run->basin, scenario_s, &basin, err));
    TRY(runoff_compute(worker->runoff, run->basin, basin, run->records,
                       run->plan->scenario[scenario_s].realisation, err));
    struct simulation_input input = {.basin = basin,
                                     .axis = run->axis,
                                     .records = run->records,
                                     .runoff = worker->runoff,
                                     .method = run->settings->method,
                                     .dump_prefix =
                                         name_dump(run, scenario_s, prefix, sizeof prefix)};
    if (run->settings->verification != NULL)
        input.verification = &worker->verification;
    status = simulate_from_origin(run, worker, &input, err);
    verification_set_scenario(&worker->verification, scenario_s);
    TRY(give_up(run, worker, status, err));
    TRY(run->sink->encode(run->sink->self, &worker->result, encoded, err));
out:
    basin_destroy(basin);
    return status;
}

/* Count a scenario that failed while the run goes on, and tell of it. */
static void
report_failed(struct run *run, int scenario_s, const struct error *failure)
{
    char message[sizeof failure->text + 256];
    if (run->failed_count++ == 0)
        run->failure_status = failure->status;
    snprintf(message, sizeof message, "scenario '%s': %s", run->plan->scenario[scenario_s].id,
             failure->text);
    if (run->settings->failed != NULL)
        run->settings->failed(run->settings->progress_context, message);
}

/* In scenario order, one thread at a time: hand over, or remember the first failure. */
static void
hand_over(struct run *run, int scenario_s, enum status status, const struct error *cause,
          const struct worker *worker, void *encoded)
{
    const struct ensemble_settings *settings = run->settings;
    struct error err = *cause;
    if (settings->verification != NULL)
        verification_add(settings->verification, &worker->verification);
    if (status == STATUS_OK && worker->failure.status != STATUS_OK)
        report_failed(run, scenario_s, &worker->failure);
    if (status == STATUS_OK)
        status = run->sink->write(run->sink->self, scenario_s, encoded, &err);
    if (status == STATUS_OK && settings->progress != NULL &&
        !settings->progress(settings->progress_context, scenario_s + 1, run->plan->scenario_count))
        status = error_set(&err, STATUS_INTERRUPTED, "interrupted");
    if (status == STATUS_OK && settings->stopping != NULL) {
        *settings->scenario_count = scenario_s + 1;
        if (stopping_add(settings->stopping, stopping_value(settings->stopping, &worker->result))) {
#pragma omp atomic write
            run->enough = 1;
        }
    }
    if (status == STATUS_OK)
        return;
#pragma omp atomic write
    run->status = status;
    if (status == STATUS_INTERRUPTED)
        error_set(run->err, status, "interrupted");
    else
        error_set(run->err, status, "scenario '%s': %s", run->plan->scenario[scenario_s].id,
                  err.text);
}

static bool
has_stopped(struct run *run)
{
    enum status status;
    int enough;
#pragma omp atomic read
    status = run->status;
#pragma omp atomic read
    enough = run->enough;
    return status != STATUS_OK || enough;
}

static void
run_scenarios(struct run *run, int thread_count)
{
#pragma omp parallel num_threads(thread_count)
    {
        struct worker worker = {0};
        worker.status = worker_init(&worker, run);
#pragma omp for ordered schedule(dynamic, 1)
        for (int s = 0; s < run->plan->scenario_count; s++) {
            void *encoded = NULL;
            struct error err = {0};
            enum status status = STATUS_OK;
            bool skipped = has_stopped(run);
            if (!skipped)
                status = carry_out(run, &worker, s, &encoded, &err);
#pragma omp ordered
            {
                if (skipped || has_stopped(run))
                    run->sink->drop(run->sink->self, encoded);
                else
                    hand_over(run, s, status, &err, &worker, encoded);
            }
        }
        worker_finish(&worker);
    }
}

static int
count_threads(const struct ensemble_settings *settings, const struct plan *plan)
{
    int count = settings->threads > 0 ? settings->threads : omp_get_num_procs();
    return count < plan->scenario_count ? count : plan->scenario_count;
}

enum status
ensemble_run(const struct basin *basin, const struct timeaxis *axis, const struct plan *plan,
             const struct run_info *info, const struct ensemble_settings *settings,
             struct sink *sink, struct error *err)
{
    enum status status = STATUS_OK;
    struct records *records = NULL;
    bool begun = false;
    TRY(records_create(basin, axis, &records, err));
    begun = true;
    TRY(sink->begin(sink->self, info, err));
    struct run run = {.basin = basin,
                      .axis = axis,
                      .plan = plan,
                      .info = info,
                      .settings = settings,
                      .records = records,
                      .sink = sink,
                      .status = STATUS_OK,
                      .err = err};
    run_scenarios(&run, count_threads(settings, plan));
    TRY(run.status);
    TRY(sink->end(sink->self, err));
    begun = false;
    if (run.failed_count > 0)
        status = error_set(err, run.failure_status,
                           "%d of %d scenarios failed; there are no results of them (NaN)",
                           run.failed_count, plan->scenario_count);
out:
    if (status != STATUS_OK && begun)
        sink->discard(sink->self);
    records_destroy(records);
    return status;
}

/* ---- shared among processes --------------------------------------------------------------------
 */

/* What a scenario has come to, one thread at a time. */
static void
take_in(struct run *run, const struct team *team, int scenario_s, enum status status,
        const struct error *cause, struct worker *worker)
{
    const struct ensemble_settings *settings = run->settings;
    if (settings->verification != NULL)
        verification_add(settings->verification, &worker->verification);
    if (status == STATUS_OK) {
        if (worker->failure.status != STATUS_OK)
            report_failed(run, scenario_s, &worker->failure);
        double value =
            settings->stopping != NULL ? stopping_value(settings->stopping, &worker->result) : 0.0;
        team->done(team->self, scenario_s, value);
        return;
    }
    if (run->status == STATUS_OK)
        error_set(run->err, status, "scenario '%s': %s", run->plan->scenario[scenario_s].id,
                  cause->text);
    run->status = run->status != STATUS_OK ? run->status : status;
    team->stop(team->self);
}

/* Scenarios as long as there are any. */
static void
work(struct run *run, const struct team *team, struct worker *worker)
{
    for (;;) {
        int scenario_s = -1;
#pragma omp critical(team)
        {
            if (run->status == STATUS_OK)
                scenario_s = team->next(team->self);
        }
        if (scenario_s < 0)
            return;
        void *encoded = NULL;
        struct error err = {0};
        enum status status = carry_out(run, worker, scenario_s, &encoded, &err);
#pragma omp critical(team)
        take_in(run, team, scenario_s, status, &err, worker);
        run->sink->drop(run->sink->self, encoded);
    }
}

enum status
ensemble_share(const struct run_info *info, const struct ensemble_settings *settings,
               struct sink *sink, const struct team *team, struct error *err)
{
    enum status status = STATUS_OK;
    struct records *records = NULL;
    int thread_count = count_threads(settings, info->plan);
    struct worker *worker = calloc((size_t)thread_count, sizeof *worker);
    if (worker == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for %d threads", thread_count);
    if (status == STATUS_OK)
        status = records_create(info->basin, info->axis, &records, err);
    if (status == STATUS_OK)
        status = sink->begin(sink->self, info, err);
    struct run run = {.basin = info->basin,
                      .axis = info->axis,
                      .plan = info->plan,
                      .info = info,
                      .settings = settings,
                      .records = records,
                      .sink = sink,
                      .status = status,
                      .err = err};
    for (int w = 0; w < thread_count && status == STATUS_OK; w++)
        worker[w].status = worker_init(&worker[w], &run);
    while (team->another_round(team->self, &run.status, err)) {
#pragma omp parallel num_threads(thread_count)
        work(&run, team, &worker[omp_get_thread_num()]);
    }
    for (int w = 0; w < thread_count && worker != NULL; w++)
        worker_finish(&worker[w]);
    free(worker);
    sink->discard(sink->self);
    records_destroy(records);
    return run.status;
}
