/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/ensemble.h"

#include "scenarios/simulate.h"
#include "scenarios/verify.h"

#include <omp.h>

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
};

/* What one thread keeps from scenario to scenario. */
struct worker {
    struct runoff *runoff;
    struct scenario_result result;
    struct verification verification; /**< of the present scenario */
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
    if (status != STATUS_OK)
        return error_set(err, status, "%s", worker->err.text);
    TRY(plan_scenario_basin(run->plan, run->basin, scenario_s, &basin, err));
    TRY(runoff_compute(worker->runoff, run->basin, basin, run->records,
                       run->plan->scenario[scenario_s].realisation, err));
    struct simulation_input input = {.basin = basin,
                                     .axis = run->axis,
                                     .records = run->records,
                                     .runoff = worker->runoff,
                                     .method = run->settings->method};
    if (run->settings->verification != NULL)
        input.verification = &worker->verification;
    worker->result.scenario_s = scenario_s;
    status = simulate(&input, &worker->result, err);
    verification_set_scenario(&worker->verification, scenario_s);
    TRY(status);
    TRY(run->sink->encode(run->sink->self, &worker->result, encoded, err));
out:
    basin_destroy(basin);
    return status;
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
    if (status == STATUS_OK)
        status = run->sink->write(run->sink->self, scenario_s, encoded, &err);
    if (status == STATUS_OK && settings->progress != NULL &&
        !settings->progress(settings->progress_context, scenario_s + 1, run->plan->scenario_count))
        status = error_set(&err, STATUS_INTERRUPTED, "interrupted");
    if (status == STATUS_OK)
        return;
#pragma omp atomic write
    run->status = status;
    error_set(run->err, status, "scenario '%s': %s", run->plan->scenario[scenario_s].id, err.text);
}

static bool
has_stopped(struct run *run)
{
    enum status status;
#pragma omp atomic read
    status = run->status;
    return status != STATUS_OK;
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

enum status
ensemble_run(const struct basin *basin, const struct timeaxis *axis, const struct plan *plan,
             const struct run_info *info, const struct ensemble_settings *settings,
             struct sink *sink, struct error *err)
{
    enum status status = STATUS_OK;
    struct records *records = NULL;
    bool begun = false;
    int thread_count = settings->threads > 0 ? settings->threads : omp_get_num_procs();
    if (thread_count > plan->scenario_count)
        thread_count = plan->scenario_count;
    TRY(records_create(basin, axis, &records, err));
    begun = true;
    TRY(sink->begin(sink->self, info, err));
    struct run run = {basin, axis, plan, info, settings, records, sink, STATUS_OK, err};
    run_scenarios(&run, thread_count);
    TRY(run.status);
    status = sink->end(sink->self, err);
out:
    if (status != STATUS_OK && begun)
        sink->discard(sink->self);
    records_destroy(records);
    return status;
}
