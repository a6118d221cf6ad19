/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/forcing.h"

#include "model/estuary.h"
#include "model/inflow_generator.h"
#include "scenarios/catchment_runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double seconds_per_day = 86400.0;

/* ---- records --------------------------------------------------------------------------------- */

static bool
runs_by_the_day(const struct basin *basin)
{
    for (int c = 0; c < basin->catchment_count; c++)
        if (basin->catchment[c].inflow_kind == INFLOW_MODEL &&
            basin->catchment[c].model->step == STEP_DAILY)
            return true;
    return false;
}

/* The days of the run, whatever its step. */
static enum status
make_day_axis(const struct timeaxis *axis, struct timeaxis *day_axis, struct error *err)
{
    struct date first = date_from_seconds(axis->start_s[0]);
    struct date last = date_from_seconds(axis->start_s[axis->step_count] - 1);
    last.hour = 0;
    return timeaxis_init(day_axis, STEP_DAILY, first, last, err);
}

static enum status
put_on_axes(const struct basin *basin, struct records *records, int series_i, struct error *err)
{
    const struct series_input *series = &basin->series[series_i];
    size_t step_count = (size_t)records->axis->step_count;
    size_t day_count = (size_t)records->day_axis.step_count;
    struct error cause = {0};
    records->on_steps[series_i] = calloc(step_count, sizeof(double));
    if (records->on_steps[series_i] == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for series '%s'", series->id);
    enum status status =
        record_on_axis(&series->record, records->axis, records->on_steps[series_i], &cause);
    if (status == STATUS_OK && day_count > 0) {
        if (records->axis->step == STEP_DAILY) {
            records->on_days[series_i] = records->on_steps[series_i];
        } else {
            records->on_days[series_i] = calloc(day_count, sizeof(double));
            if (records->on_days[series_i] == NULL)
                return error_set(err, STATUS_MEMORY, "out of memory for series '%s'", series->id);
            status = record_on_axis(&series->record, &records->day_axis, records->on_days[series_i],
                                    &cause);
        }
    }
    if (status != STATUS_OK)
        return error_set(err, status, "%s:%d: series '%s': %s", series->file, series->line,
                         series->id, cause.text);
    return STATUS_OK;
}

/* The shares of an estuary before this one that has the same tide, or NULL. */
static const double *
tide_of_another(const struct basin *basin, const struct records *records, int passage_p)
{
    const struct tide *tide = basin->passage[passage_p].salt.tide;
    for (int p = 0; p < passage_p && tide != NULL; p++) {
        const struct tide *other = basin->passage[p].salt.tide;
        if (records->tide_share[p] != NULL && other != NULL && other->count == tide->count &&
            memcmp(other->part, tide->part, (size_t)tide->count * sizeof *tide->part) == 0)
            return records->tide_share[p];
    }
    return NULL;
}

static enum status
put_tides(const struct basin *basin, struct records *records, struct error *err)
{
    records->passage_count = basin->passage_count;
    records->tide_share = calloc((size_t)basin->passage_count + 1, sizeof *records->tide_share);
    if (records->tide_share == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the tides");
    for (int p = 0; p < basin->passage_count; p++) {
        const struct salt_reach *salt = &basin->passage[p].salt;
        if (!(salt->mouth_area_m2 > 0.0) && !(basin->passage[p].bay.volume_m3 > 0.0))
            continue;
        records->tide_share[p] = calloc((size_t)records->axis->step_count, sizeof(double));
        if (records->tide_share[p] == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for the tides");
        const double *same = tide_of_another(basin, records, p);
        if (same != NULL)
            memcpy(records->tide_share[p], same,
                   (size_t)records->axis->step_count * sizeof(double));
        else
            estuary_tide_shares(salt, records->axis, records->tide_share[p]);
    }
    return STATUS_OK;
}

enum status
records_create(const struct basin *basin, const struct timeaxis *axis, struct records **out,
               struct error *err)
{
    enum status status = STATUS_OK;
    struct records *records = calloc(1, sizeof *records);
    *out = NULL;
    if (records == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the records");
    records->axis = axis;
    records->series_count = basin->series_count;
    records->on_steps = calloc((size_t)basin->series_count + 1, sizeof *records->on_steps);
    records->on_days = calloc((size_t)basin->series_count + 1, sizeof *records->on_days);
    if (records->on_steps == NULL || records->on_days == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the records"));
    if (runs_by_the_day(basin))
        TRY(make_day_axis(axis, &records->day_axis, err));
    for (int i = 0; i < basin->series_count; i++)
        if (basin->series[i].used)
            TRY(put_on_axes(basin, records, i, err));
    TRY(put_tides(basin, records, err));
    *out = records;
    records = NULL;
out:
    records_destroy(records);
    return status;
}

void
records_destroy(struct records *records)
{
    if (records == NULL)
        return;
    for (int i = 0; i < records->series_count; i++) {
        if (records->on_days != NULL && records->on_days[i] != records->on_steps[i])
            free(records->on_days[i]);
        if (records->on_steps != NULL)
            free(records->on_steps[i]);
    }
    for (int p = 0; p < records->passage_count && records->tide_share != NULL; p++)
        free(records->tide_share[p]);
    free(records->tide_share);
    free(records->on_steps);
    free(records->on_days);
    timeaxis_finish(&records->day_axis);
    free(records);
}

/* ---- runoff ---------------------------------------------------------------------------------- */

enum status
runoff_create(const struct basin *basin, const struct records *records, struct runoff **out,
              struct error *err)
{
    size_t catchments = (size_t)basin->catchment_count;
    size_t steps = (size_t)records->axis->step_count;
    struct runoff *runoff = calloc(1, sizeof *runoff);
    *out = NULL;
    if (runoff == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the inflows");
    runoff->catchment_count = basin->catchment_count;
    runoff->flow_m3s = calloc(catchments + 1, sizeof *runoff->flow_m3s);
    runoff->model_m3s = calloc(catchments + 1, sizeof *runoff->model_m3s);
    runoff->model_realisation = calloc(catchments + 1, sizeof *runoff->model_realisation);
    runoff->due_i = calloc(catchments + 1, sizeof *runoff->due_i);
    runoff->weather = calloc(catchments + 1, sizeof *runoff->weather);
    bool good = runoff->flow_m3s != NULL && runoff->model_m3s != NULL &&
                runoff->model_realisation != NULL && runoff->due_i != NULL &&
                runoff->weather != NULL;
    for (size_t c = 0; c < catchments && good; c++) {
        runoff->flow_m3s[c] = calloc(steps, sizeof(double));
        runoff->model_m3s[c] = calloc(steps, sizeof(double));
        good = runoff->flow_m3s[c] != NULL && runoff->model_m3s[c] != NULL;
    }
    if (!good) {
        runoff_destroy(runoff);
        return error_set(err, STATUS_MEMORY, "out of memory for the inflows");
    }
    enum status status = catchment_runner_create(basin, records, &runoff->runner, err);
    if (status != STATUS_OK) {
        runoff_destroy(runoff);
        return status;
    }
    *out = runoff;
    return STATUS_OK;
}

void
runoff_destroy(struct runoff *runoff)
{
    if (runoff == NULL)
        return;
    for (int c = 0; c < runoff->catchment_count; c++) {
        if (runoff->flow_m3s != NULL)
            free(runoff->flow_m3s[c]);
        if (runoff->model_m3s != NULL)
            free(runoff->model_m3s[c]);
    }
    free(runoff->flow_m3s);
    free(runoff->model_m3s);
    free(runoff->model_realisation);
    free(runoff->due_i);
    free(runoff->weather);
    catchment_runner_destroy(runoff->runner);
    free(runoff);
}

static enum status
run_generator(const struct basin *basin, const struct catchment *catchment,
              const struct timeaxis *axis, int realisation, double *flow_m3s, struct error *err)
{
    struct inflow_generator generator = {.cv = catchment->cv,
                                         .lag1 = catchment->lag1,
                                         .recession_days = catchment->recession_s / seconds_per_day,
                                         .base_fraction = catchment->base_fraction,
                                         .region_correlation = catchment->region_correlation,
                                         .site = basin->node[catchment->node_i].id,
                                         .region = catchment->region};
    double mean = varying_long_term(&catchment->mean);
    generator.mean_m3s =
        catchment->mean.dimension == DIMENSION_SPEED ? mean * catchment->area_m2 : mean;
    memcpy(generator.monthly_fraction, catchment->monthly_fraction,
           sizeof generator.monthly_fraction);
    return inflow_generate(&generator, basin->run.seed, (uint32_t)realisation, axis, flow_m3s, err);
}

static bool
same_varying(const struct varying *a, const struct varying *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Whether a scenario left alone all that the model or generator reads. */
static bool
same_model(const struct catchment *a, const struct catchment *b)
{
    return a->inflow_kind == b->inflow_kind && a->area_m2 == b->area_m2 && a->model == b->model &&
           memcmp(a->parameter, b->parameter, sizeof a->parameter) == 0 &&
           memcmp(a->initial, b->initial, sizeof a->initial) == 0 && a->warmup_s == b->warmup_s &&
           same_varying(&a->rain, &b->rain) && same_varying(&a->pet, &b->pet) &&
           a->pet_source == b->pet_source && a->hargreaves == b->hargreaves &&
           same_varying(&a->temperature, &b->temperature) &&
           same_varying(&a->min_temperature, &b->min_temperature) &&
           same_varying(&a->max_temperature, &b->max_temperature) &&
           same_varying(&a->mean, &b->mean) &&
           memcmp(a->monthly_fraction, b->monthly_fraction, sizeof a->monthly_fraction) == 0 &&
           a->cv == b->cv && a->lag1 == b->lag1 && a->recession_s == b->recession_s &&
           a->base_fraction == b->base_fraction && a->region_correlation == b->region_correlation;
}

/* Run the models and generators whose output is not that of the last scenario still. */
static enum status
run_models(struct runoff *runoff, const struct basin *base, const struct basin *scenario,
           const struct records *records, int realisation, struct error *err)
{
    enum status status = STATUS_OK;
    int due_count = 0;
    for (int c = 0; c < scenario->catchment_count; c++) {
        const struct catchment *catchment = &scenario->catchment[c];
        bool usual =
            same_model(catchment, &base->catchment[c]) && scenario->run.seed == base->run.seed;
        if (catchment->inflow_kind == INFLOW_SERIES || catchment->inflow_kind == INFLOW_DONOR ||
            (usual && runoff->model_realisation[c] == realisation))
            continue;
        runoff->model_realisation[c] = usual ? realisation : 0;
        if (catchment->inflow_kind == INFLOW_MODEL) {
            runoff->due_i[due_count++] = c;
            continue;
        }
        struct error cause = {0};
        status = run_generator(scenario, catchment, records->axis, realisation,
                               runoff->model_m3s[c], &cause);
        if (status != STATUS_OK)
            error_set(err, status, "catchment '%s': %s", scenario->node[catchment->node_i].id,
                      cause.text);
        TRY(status);
    }
    TRY(catchment_runner_run(runoff->runner, scenario, records, runoff->due_i, due_count,
                             runoff->model_m3s, runoff->weather, err));
out:
    if (status != STATUS_OK) /* nothing of it is to be taken for a finished run */
        memset(runoff->model_realisation, 0,
               (size_t)runoff->catchment_count * sizeof *runoff->model_realisation);
    return status;
}

/* Flow of a catchment but for the changes that a scenario makes of it, m3/s. */
static double
unchanged_m3s(const struct runoff *runoff, const struct catchment *catchment, int catchment_c,
              int adjustment_count, const struct records *records, int t)
{
    struct varying inflow = catchment->inflow;
    inflow.adjustment_count =
        adjustment_count < inflow.adjustment_count ? adjustment_count : inflow.adjustment_count;
    if (catchment->inflow_kind != INFLOW_SERIES)
        return varying_adjust(&inflow, records->axis, t, runoff->model_m3s[catchment_c][t]);
    double flow = varying_at(&inflow, records->axis, t, 0, records->on_steps, NAN);
    return inflow.dimension == DIMENSION_SPEED ? flow * catchment->area_m2 : flow;
}

/* The flow of the donor by area and rain. What a scenario changes of the donor's inflow is the
 * donor's alone: a change of all inflows is made of this one too. */
static void
take_from_donor(struct runoff *runoff, const struct basin *base, const struct basin *scenario,
                const struct records *records, int catchment_c)
{
    const struct catchment *catchment = &scenario->catchment[catchment_c];
    int donor_c = scenario->node[catchment->donor_node_i].kind_i;
    const struct catchment *donor = &scenario->catchment[donor_c];
    double factor = catchment->donor_rain * catchment->area_m2 / donor->area_m2;
    for (int t = 0; t < records->axis->step_count; t++)
        runoff->model_m3s[catchment_c][t] =
            factor * unchanged_m3s(runoff, donor, donor_c,
                                   base->catchment[donor_c].inflow.adjustment_count, records, t);
}

/*
 * The factor that gives the months of a design drought their flow: of all affected catchments
 * together, before the scenario's changes of inflows, which act on the drought too.
 */
static enum status
find_drought_factor(const struct runoff *runoff, const struct basin *base,
                    const struct basin *scenario, const struct records *records, double *factor,
                    struct error *err)
{
    const struct design_drought *drought = scenario->drought;
    const struct timeaxis *axis = records->axis;
    const struct drought_region *region = &scenario->design->region[drought->region_r];
    double volume_m3 = 0.0, length_s = 0.0;
    for (int t = 0; t < axis->step_count; t++) {
        if (axis->start_s[t] < drought->from_s || axis->start_s[t] >= drought->to_s)
            continue;
        length_s += axis->dt_s[t];
        for (int i = 0; i < region->catchment_count; i++) {
            int c = region->catchment_c[i];
            volume_m3 +=
                axis->dt_s[t] *
                fmax(0.0, unchanged_m3s(runoff, &scenario->catchment[c], c,
                                        base->catchment[c].inflow.adjustment_count, records, t));
        }
    }
    *factor = drought->mean_m3s * length_s / volume_m3;
    if (!isfinite(*factor))
        return error_set(err, STATUS_INPUT,
                         isnan(drought->mean_m3s)
                             ? "the design droughts have not been found"
                             : "there is no flow in the months of the design drought to scale");
    return STATUS_OK;
}

static void
scale_drought(struct runoff *runoff, const struct basin *scenario, const struct timeaxis *axis,
              double factor)
{
    const struct design_drought *drought = scenario->drought;
    const struct drought_region *region = &scenario->design->region[drought->region_r];
    for (int i = 0; i < region->catchment_count; i++)
        for (int t = 0; t < axis->step_count; t++)
            if (axis->start_s[t] >= drought->from_s && axis->start_s[t] < drought->to_s)
                runoff->flow_m3s[region->catchment_c[i]][t] *= factor;
}

enum status
runoff_compute(struct runoff *runoff, const struct basin *base, const struct basin *scenario,
               const struct records *records, int realisation, struct error *err)
{
    const struct timeaxis *axis = records->axis;
    enum status status = run_models(runoff, base, scenario, records, realisation, err);
    for (int c = 0; c < scenario->catchment_count && status == STATUS_OK; c++)
        if (scenario->catchment[c].inflow_kind == INFLOW_DONOR)
            take_from_donor(runoff, base, scenario, records, c);
    for (int c = 0; c < scenario->catchment_count && status == STATUS_OK; c++) {
        const struct catchment *catchment = &scenario->catchment[c];
        const struct varying *inflow = &catchment->inflow;
        bool modelled = catchment->inflow_kind != INFLOW_SERIES;
        double depth_area_m2 =
            !modelled && inflow->dimension == DIMENSION_SPEED ? catchment->area_m2 : 1.0;
        for (int t = 0; t < axis->step_count; t++) {
            double flow = modelled ? varying_adjust(inflow, axis, t, runoff->model_m3s[c][t])
                                   : varying_at(inflow, axis, t, 0, records->on_steps, NAN);
            flow *= depth_area_m2;
            runoff->flow_m3s[c][t] = flow > 0.0 ? flow : 0.0;
        }
    }
    if (status == STATUS_OK && scenario->drought != NULL) {
        double factor;
        status = find_drought_factor(runoff, base, scenario, records, &factor, err);
        if (status == STATUS_OK)
            scale_drought(runoff, scenario, axis, factor);
    }
    for (int c = 0; c < scenario->catchment_count && status == STATUS_OK; c++)
        if (!isnan(scenario->catchment[c].forest.annual_rain_m))
            forest_change_flow(&scenario->catchment[c].forest, axis, runoff->flow_m3s[c]);
    return status;
}
