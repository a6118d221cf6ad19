/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/why_private.h"

#include "model/diagnostics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From a results file to the question, and the answer to a stream. */

static enum status
not_found(const char *what, const char *wanted, const char *const *known, int count,
          struct error *err)
{
    const char *nearest = nearest_name(wanted, known, count);
    if (nearest == NULL)
        return error_set(err, STATUS_USAGE, "the results hold no %s '%s'", what, wanted);
    return error_set(err, STATUS_USAGE, "the results hold no %s '%s'; did you mean '%s'?", what,
                     wanted, nearest);
}

enum status
reader_audit(struct reader *reader, const struct basin *basin, int scenario_s, int step_t,
             struct audit_step *step, struct error *err)
{
    enum status status = STATUS_OK;
    bool found = false;
    if (audit_step_init(step, basin) != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for the record of a step");
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        const struct result_description *is = audit_describe(v);
        int wanted = result_element_count(basin, is->element), count;
        char name[128];
        if (wanted == 0)
            continue;
        snprintf(name, sizeof name, "audit/%s", is->name);
        double *value = reader_step(reader, name, scenario_s, step_t, &count);
        if (value == NULL && !found)
            status = error_set(err, STATUS_USAGE,
                               "'%s' does not say what its steps were made from; run it again "
                               "with --save audit",
                               reader->path);
        else if (count != wanted)
            status =
                error_set(err, STATUS_INPUT, "'%s' (made by %s) holds no %s that fits its basin",
                          reader->path, reader->source, name);
        if (status == STATUS_OK)
            memcpy(step->value[v], value, (size_t)count * sizeof *value);
        found = true;
        free(value);
        if (status != STATUS_OK)
            break;
    }
    if (status != STATUS_OK)
        audit_step_finish(step);
    return status;
}

static enum status
find_demand(const struct basin *basin, const char *id, int *demand_d, struct error *err)
{
    int node_i = basin_find_node(basin, id);
    enum status status = STATUS_OK;
    if (node_i >= 0 && basin->node[node_i].kind == NODE_DEMAND) {
        *demand_d = basin->node[node_i].kind_i;
        return STATUS_OK;
    }
    const char **known = calloc((size_t)basin->demand_count + 1, sizeof *known);
    if (known == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the demands");
    for (int d = 0; d < basin->demand_count; d++)
        known[d] = basin->node[basin->demand[d].node_i].id;
    status = not_found("demand", id, known, basin->demand_count, err);
    free(known);
    return status;
}

static enum status
find_step(const struct timeaxis *axis, const char *text, int *step_t, struct error *err)
{
    struct date date;
    char first[32], last[32];
    bool hourly = axis->step == STEP_HOURLY;
    if (!date_parse(text, &date))
        return error_set(err, STATUS_USAGE, "'%s' is no date such as 2020-03-01%s", text,
                         hourly ? " or 2020-03-01T07:00" : "");
    *step_t = timeaxis_find(axis, date_to_seconds(date));
    if (*step_t >= 0)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "%s is outside the run, which goes from %s to %s", text,
                     date_format(timeaxis_date(axis, 0), hourly, first, sizeof first),
                     date_format(date_from_seconds(axis->start_s[axis->step_count] - 1), hourly,
                                 last, sizeof last));
}

/* The scenario asked for, or the one in which the demand lacks most in the step. */
static enum status
find_scenario(struct reader *reader, const char *id, int demand_d, int step_t, int *scenario_s,
              struct error *err)
{
    double worst = -1.0;
    *scenario_s = 0;
    for (int s = 0; s < reader->scenario_count; s++) {
        if (id != NULL && strcmp(reader->scenario[s], id) == 0) {
            *scenario_s = s;
            return STATUS_OK;
        }
        if (id != NULL || reader->scenario_count == 1)
            continue;
        int need_count, supply_count;
        double *need = reader_step(reader, "need", s, step_t, &need_count);
        double *supply = reader_step(reader, "supply", s, step_t, &supply_count);
        if (need != NULL && supply != NULL && demand_d < need_count && demand_d < supply_count &&
            need[demand_d] - supply[demand_d] > worst) {
            worst = need[demand_d] - supply[demand_d];
            *scenario_s = s;
        }
        free(need);
        free(supply);
    }
    return id == NULL ? STATUS_OK
                      : not_found("scenario", id, (const char *const *)reader->scenario,
                                  reader->scenario_count, err);
}

/* Of a scenario that failed there is nothing to explain. */
static enum status
check_failed(struct reader *reader, int scenario_s, struct error *err)
{
    int count;
    char date[32];
    double *failed = reader_numbers(reader, "indicators/basin_failed_step", &count);
    enum status status = STATUS_OK;
    if (failed != NULL && scenario_s < count && !isnan(failed[scenario_s]))
        status =
            error_set(err, STATUS_USAGE, "scenario '%s' failed on %s: there are no results of it",
                      reader->scenario[scenario_s],
                      reader_date(reader, failed[scenario_s], date, sizeof date));
    free(failed);
    return status;
}

/* The basin as one scenario sees it; *base must outlive it. */
static enum status
scenario_basin(struct reader *reader, const struct basin *base, int scenario_s, struct basin **out,
               struct error *err)
{
    struct plan plan = {0};
    enum status status = STATUS_OK;
    TRY(plan_expand(base, &plan, err));
    /* ids may name what is only in weather files, which are not read again: the place counts */
    if (plan.scenario_count < reader->scenario_count) /* --until may have ended it early */
        TRY(error_set(err, STATUS_INPUT, "the basin kept in '%s' has %d scenarios, not %d",
                      reader->path, plan.scenario_count, reader->scenario_count));
    TRY(plan_scenario_basin(&plan, base, scenario_s, out, err));
out:
    plan_finish(&plan);
    return status;
}

/* The step made again must be the one that was recorded. */
static enum status
check_supply(struct reader *reader, const struct explanation *is, int scenario_s, struct error *err)
{
    int count;
    double *supply = reader_step(reader, "supply", scenario_s, is->step_t, &count);
    enum status status = STATUS_OK;
    if (supply != NULL && is->demand_d < count) {
        double recorded_m3 = supply[is->demand_d] * is->dt_s;
        if (!(fabs(recorded_m3 - is->answer.supply_m3) <= 1e-6 * is->answer.need_m3 + 1e-6))
            status = error_set(err, STATUS_NUMERIC,
                               "the step made again from the record supplies %g m3, but %g m3 "
                               "are in '%s' (made by %s)",
                               is->answer.supply_m3, recorded_m3, reader->path, reader->source);
    }
    free(supply);
    return status;
}

static enum status
explain(struct reader *reader, const struct why_options *options, const struct basin *base,
        FILE *out, struct error *err)
{
    enum status status = STATUS_OK;
    struct timeaxis axis = {0};
    struct basin *basin = NULL;
    struct audit_step record = {0};
    struct explanation is = {.axis = &axis, .record = &record};
    int scenario_s;
    TRY(timeaxis_init(&axis, base->run.step, base->run.start, base->run.end, err));
    TRY(find_demand(base, options->demand, &is.demand_d, err));
    TRY(find_step(&axis, options->date, &is.step_t, err));
    TRY(find_scenario(reader, options->scenario, is.demand_d, is.step_t, &scenario_s, err));
    TRY(check_failed(reader, scenario_s, err));
    TRY(scenario_basin(reader, base, scenario_s, &basin, err));
    TRY(reader_audit(reader, basin, scenario_s, is.step_t, &record, err));
    is.basin = basin;
    is.scenario = reader->scenario[scenario_s];
    is.dt_s = axis.dt_s[is.step_t];
    struct why_question question = {basin, &axis, is.step_t, is.demand_d, &record};
    TRY(why_ask(&question, &is.answer, err));
    TRY(check_supply(reader, &is, scenario_s, err));
    if (options->values)
        TRY(why_values(&question, &is.value, &is.value_count, err));
    if (options->json)
        explanation_json(out, &is);
    else
        explanation_print(out, &is);
    if (fflush(out) != 0 || ferror(out))
        status = error_set(err, STATUS_FILE_WRITE, "cannot write the explanation");
out:
    why_finish(&is.answer);
    free(is.value);
    audit_step_finish(&record);
    basin_destroy(basin);
    timeaxis_finish(&axis);
    return status;
}

enum status
why_results(FILE *out, const char *path, const struct why_options *options, struct error *err)
{
    struct reader reader;
    struct basin *base = NULL;
    enum status status = reader_open(&reader, path, err);
    if (status != STATUS_OK)
        return status;
    TRY(reader_basin(&reader, &base, err));
    TRY(explain(&reader, options, base, out, err));
out:
    basin_destroy(base);
    reader_close(&reader);
    return status;
}
