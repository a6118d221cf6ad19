/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/catchment_runner.h"

#include "model/catchment_lanes.h"
#include "model/pet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_STEPS = 512, ALIGNMENT = 64, HOURS_PER_DAY = 24 };

static const double seconds_per_day = 86400.0;
static const double mm_per_m = 1000.0;
static const double radians_per_degree = 3.14159265358979323846 / 180.0;

/* One catchment in its lane. */
struct runner_lane {
    int catchment_i;
    int day_i;         /* first hour of the day whose evapotranspiration is known, -1 none */
    double day_pet_mm; /* of that day */
    double rain_mm;    /* of the run, the warm-up left out */
    double degC_sum;   /* of the temperatures that gave the evapotranspiration */
    int degC_count;
};

struct catchment_runner {
    struct catchment_lanes *lanes[CATCHMENT_MODEL_COUNT]; /* NULL where no catchment runs it */
    int width;
    double *rain_mm, *pet_mm, *chunk_mm; /* [CHUNK_STEPS][width] */
    double *flow_mm;                     /* [width][steps of the model] */
    size_t flow_count;
    struct runner_lane lane[CATCHMENT_LANES_MAX];
    int lane_count;
};

/* ---- workspace ---------------------------------------------------------------------------------
 */

static double *
aligned_doubles(size_t count)
{
    size_t size = (count * sizeof(double) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return aligned_alloc(ALIGNMENT, size > 0 ? size : ALIGNMENT);
}

static int
model_place(const struct catchment_model *model)
{
    int place = 0;
    while (catchment_models[place] != model)
        place++;
    return place;
}

enum status
catchment_runner_create(const struct basin *basin, const struct records *records,
                        struct catchment_runner **out, struct error *err)
{
    struct catchment_runner *runner = calloc(1, sizeof *runner);
    enum status status = STATUS_OK;
    int days = records->day_axis.step_count, steps = records->axis->step_count;
    *out = NULL;
    if (runner == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the catchments");
    runner->width = catchment_lanes_widest();
    size_t width = (size_t)runner->width;
    runner->flow_count = (size_t)(days > steps ? days : steps);
    for (int c = 0; c < basin->catchment_count; c++) {
        const struct catchment *catchment = &basin->catchment[c];
        if (catchment->inflow_kind != INFLOW_MODEL)
            continue;
        int place = model_place(catchment->model);
        if (runner->lanes[place] == NULL)
            TRY(catchment_lanes_create(catchment->model, runner->width, &runner->lanes[place],
                                       err));
        if (runner->flow_mm == NULL)
            runner->flow_mm = malloc(width * runner->flow_count * sizeof(double));
        if (runner->flow_mm == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the catchments"));
    }
    runner->rain_mm = aligned_doubles(CHUNK_STEPS * width);
    runner->pet_mm = aligned_doubles(CHUNK_STEPS * width);
    runner->chunk_mm = aligned_doubles(CHUNK_STEPS * width);
    if (runner->rain_mm == NULL || runner->pet_mm == NULL || runner->chunk_mm == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the catchments"));
    *out = runner;
    runner = NULL;
out:
    catchment_runner_destroy(runner);
    return status;
}

void
catchment_runner_destroy(struct catchment_runner *runner)
{
    if (runner == NULL)
        return;
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++)
        catchment_lanes_destroy(runner->lanes[i]);
    free(runner->rain_mm);
    free(runner->pet_mm);
    free(runner->chunk_mm);
    free(runner->flow_mm);
    free(runner);
}

/* ---- weather -----------------------------------------------------------------------------------
 */

/* The steps a model runs on, and the records on them. */
struct model_axis {
    const struct timeaxis *axis;
    double *const *value;
};

static struct model_axis
axis_of(const struct records *records, const struct catchment_model *model)
{
    if (model->step == STEP_DAILY)
        return (struct model_axis){&records->day_axis, records->on_days};
    return (struct model_axis){records->axis, records->on_steps};
}

/* Mean over steps from..to of a temperature. */
static double
mean_degC(const struct varying *varying, const struct model_axis *on, int from, int to)
{
    double sum = 0.0;
    for (int t = from; t < to; t++)
        sum += varying_at(varying, on->axis, t, 0, on->value, NAN);
    return sum / (to - from);
}

/* Evapotranspiration of a day, or of the middle day of a longer step, from its temperature. */
static double
computed_day_mm(const struct basin *basin, struct runner_lane *lane, const struct model_axis *on,
                int from, int to)
{
    const struct catchment *catchment = &basin->catchment[lane->catchment_i];
    const struct timeaxis *axis = on->axis;
    double latitude_deg = isnan(catchment->pet_latitude_deg)
                              ? basin->node[catchment->node_i].latitude_deg
                              : catchment->pet_latitude_deg;
    int64_t middle_s = axis->start_s[from] + (axis->start_s[to] - axis->start_s[from]) / 2;
    int day_of_year = pet_day_of_year(date_from_seconds(middle_s));
    bool by_mean = catchment->pet_source == PET_FROM_MEAN;
    double low_degC =
        mean_degC(by_mean ? &catchment->temperature : &catchment->min_temperature, on, from, to);
    double high_degC = by_mean ? low_degC : mean_degC(&catchment->max_temperature, on, from, to);
    lane->degC_sum += 0.5 * (low_degC + high_degC);
    lane->degC_count++;
    if (by_mean)
        return pet_oudin_mm(latitude_deg * radians_per_degree, day_of_year, low_degC);
    return pet_hargreaves_mm(latitude_deg * radians_per_degree, day_of_year, low_degC, high_degC,
                             catchment->hargreaves);
}

/* Potential evapotranspiration of a step, mm; hours share that of their day by the sun's height. */
static double
step_pet_mm(const struct basin *basin, struct runner_lane *lane, const struct model_axis *on, int t)
{
    const struct catchment *catchment = &basin->catchment[lane->catchment_i];
    const struct timeaxis *axis = on->axis;
    double per_ms = mm_per_m * axis->dt_s[t];
    if (catchment->pet_source == PET_GIVEN)
        return per_ms * varying_at(&catchment->pet, axis, t, 0, on->value, NAN);
    double pet_mm;
    if (axis->step == STEP_HOURLY) {
        struct date date = date_from_seconds(axis->start_s[t]);
        double latitude_deg = isnan(catchment->pet_latitude_deg)
                                  ? basin->node[catchment->node_i].latitude_deg
                                  : catchment->pet_latitude_deg;
        int day_i = t - date.hour; /* hourly runs take whole days */
        if (lane->day_i != day_i)
            lane->day_pet_mm = computed_day_mm(basin, lane, on, day_i, day_i + HOURS_PER_DAY);
        lane->day_i = day_i;
        pet_mm = lane->day_pet_mm * pet_hour_share(latitude_deg * radians_per_degree,
                                                   pet_day_of_year(date), date.hour);
    } else {
        pet_mm = computed_day_mm(basin, lane, on, t, t + 1) * axis->dt_s[t] / seconds_per_day;
    }
    return per_ms * varying_adjust(&catchment->pet, axis, t, pet_mm / per_ms);
}

static enum status
step_weather(const struct basin *basin, struct runner_lane *lane, const struct model_axis *on,
             int t, double *rain_mm, double *pet_mm, struct error *err)
{
    const struct catchment *catchment = &basin->catchment[lane->catchment_i];
    *rain_mm =
        mm_per_m * on->axis->dt_s[t] * varying_at(&catchment->rain, on->axis, t, 0, on->value, NAN);
    *pet_mm = step_pet_mm(basin, lane, on, t);
    if (!isfinite(*rain_mm) || !isfinite(*pet_mm))
        return error_set(err, STATUS_NOT_FINITE,
                         "catchment '%s': step %d has rain %g mm and potential evapotranspiration "
                         "%g mm",
                         basin->node[catchment->node_i].id, t + 1, *rain_mm, *pet_mm);
    /* a shift may ask for less than none */
    *rain_mm = *rain_mm > 0.0 ? *rain_mm : 0.0;
    *pet_mm = *pet_mm > 0.0 ? *pet_mm : 0.0;
    return STATUS_OK;
}

enum status
catchment_weather_series(const struct basin *basin, const struct records *records, int catchment_i,
                         const struct timeaxis **axis, double **rain_mm, double **pet_mm,
                         struct error *err)
{
    struct model_axis on = axis_of(records, basin->catchment[catchment_i].model);
    struct runner_lane lane = {.catchment_i = catchment_i, .day_i = -1};
    size_t size = (size_t)on.axis->step_count * sizeof(double);
    enum status status = STATUS_OK;
    *axis = on.axis;
    *rain_mm = malloc(size);
    *pet_mm = malloc(size);
    if (*rain_mm == NULL || *pet_mm == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the weather");
    for (int t = 0; t < on.axis->step_count && status == STATUS_OK; t++)
        status = step_weather(basin, &lane, &on, t, &(*rain_mm)[t], &(*pet_mm)[t], err);
    return status;
}

/* The weather of a chunk, lanes innermost; lanes not in use repeat the last one. */
static enum status
gather(struct catchment_runner *runner, const struct basin *basin, const struct model_axis *on,
       int from, int count, struct error *err)
{
    int width = runner->width;
    for (int i = 0; i < width; i++) {
        int used_i = i < runner->lane_count ? i : runner->lane_count - 1;
        for (int t = 0; t < count; t++) {
            double *rain_mm = &runner->rain_mm[t * width + i];
            double *pet_mm = &runner->pet_mm[t * width + i];
            if (used_i != i) {
                *rain_mm = runner->rain_mm[t * width + used_i];
                *pet_mm = runner->pet_mm[t * width + used_i];
                continue;
            }
            enum status status =
                step_weather(basin, &runner->lane[i], on, from + t, rain_mm, pet_mm, err);
            if (status != STATUS_OK)
                return status;
        }
    }
    return STATUS_OK;
}

/* ---- runs --------------------------------------------------------------------------------------
 */

/* Run the lanes over the first steps of the model's axis; keep the flow if wanted. */
static enum status
run_steps(struct catchment_runner *runner, struct catchment_lanes *lanes, const struct basin *basin,
          const struct model_axis *on, int count, bool keeps, struct error *err)
{
    int width = runner->width;
    for (int from = 0; from < count; from += CHUNK_STEPS) {
        int steps = count - from < CHUNK_STEPS ? count - from : CHUNK_STEPS;
        enum status status = gather(runner, basin, on, from, steps, err);
        if (status != STATUS_OK)
            return status;
        catchment_lanes_run(lanes, steps, runner->rain_mm, runner->pet_mm, true, runner->chunk_mm);
        for (int i = 0; i < runner->lane_count && keeps; i++)
            for (int t = 0; t < steps; t++) {
                runner->flow_mm[(size_t)i * runner->flow_count + (size_t)(from + t)] =
                    runner->chunk_mm[t * width + i];
                runner->lane[i].rain_mm += runner->rain_mm[t * width + i];
            }
    }
    return STATUS_OK;
}

/* Mean of the days over each step; hours take the value of their day. */
static void
days_to_steps(const struct timeaxis *days, const double *flow_mm, const struct timeaxis *axis,
              double factor, double *flow_m3s)
{
    int day_i = 0;
    for (int t = 0; t < axis->step_count; t++) {
        double sum = 0.0;
        int count = 0;
        while (day_i + 1 < days->step_count && days->start_s[day_i + 1] <= axis->start_s[t])
            day_i++;
        for (int d = day_i; d < days->step_count && days->start_s[d] < axis->start_s[t + 1]; d++) {
            sum += flow_mm[d];
            count++;
        }
        flow_m3s[t] = factor * sum / count;
    }
}

static void
to_flow(const struct catchment *catchment, const struct records *records, const double *flow_mm,
        double *flow_m3s)
{
    const struct timeaxis *axis = records->axis;
    double m3_per_mm = catchment->area_m2 / mm_per_m;
    if (catchment->model->step == STEP_DAILY) {
        days_to_steps(&records->day_axis, flow_mm, axis, m3_per_mm / seconds_per_day, flow_m3s);
        return;
    }
    for (int t = 0; t < axis->step_count; t++)
        flow_m3s[t] = m3_per_mm * flow_mm[t] / axis->dt_s[t];
}

/* Steps of the warm-up: not more than the run has. */
static int
warmup_steps(const struct catchment *catchment, const struct timeaxis *axis)
{
    static const double length_s[] = {3600.0, 86400.0, 864000.0, 30.436875 * 86400.0};
    double steps = ceil(catchment->warmup_s / length_s[catchment->model->step]);
    return steps < axis->step_count ? (int)steps : axis->step_count;
}

static enum status
put_lane(struct catchment_runner *runner, struct catchment_lanes *lanes, const struct basin *basin,
         int catchment_i, struct error *err)
{
    const struct catchment *catchment = &basin->catchment[catchment_i];
    double used[CATCHMENT_PARAMETER_MAX];
    struct error cause = {0};
    enum status status =
        catchment_parameters_use(catchment->model, catchment->parameter, used, &cause);
    if (status == STATUS_OK)
        status = catchment_initial_check(catchment->model, catchment->initial, &cause);
    if (status != STATUS_OK)
        return error_set(err, status, "catchment '%s': %s", basin->node[catchment->node_i].id,
                         cause.text);
    runner->lane[runner->lane_count] =
        (struct runner_lane){.catchment_i = catchment_i, .day_i = -1};
    catchment_lanes_put(lanes, runner->lane_count, used, catchment->initial);
    runner->lane_count++;
    return STATUS_OK;
}

/* Put the catchment and those after it that may run beside it: same model, same warm-up. */
static enum status
put_group(struct catchment_runner *runner, struct catchment_lanes *lanes, const struct basin *basin,
          const int *catchment_i, int count, double *const *flow_m3s, struct error *err)
{
    const struct catchment *first = &basin->catchment[catchment_i[0]];
    runner->lane_count = 0;
    for (int j = 0; j < count && runner->lane_count < runner->width; j++) {
        const struct catchment *catchment = &basin->catchment[catchment_i[j]];
        double *flow = flow_m3s[catchment_i[j]];
        if (catchment->model != first->model || catchment->warmup_s != first->warmup_s ||
            !isnan(flow[0]))
            continue;
        enum status status = put_lane(runner, lanes, basin, catchment_i[j], err);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status
catchment_runner_run(struct catchment_runner *runner, const struct basin *basin,
                     const struct records *records, const int *catchment_i, int count,
                     double *const *flow_m3s, struct catchment_weather *weather, struct error *err)
{
    for (int j = 0; j < count; j++)
        flow_m3s[catchment_i[j]][0] = NAN; /* not yet run */
    for (int j = 0; j < count; j++) {
        const struct catchment *catchment = &basin->catchment[catchment_i[j]];
        struct catchment_lanes *lanes = runner->lanes[model_place(catchment->model)];
        struct model_axis on = axis_of(records, catchment->model);
        if (!isnan(flow_m3s[catchment_i[j]][0]))
            continue; /* ran beside an earlier one */
        enum status status =
            put_group(runner, lanes, basin, catchment_i + j, count - j, flow_m3s, err);
        if (status == STATUS_OK)
            status =
                run_steps(runner, lanes, basin, &on, warmup_steps(catchment, on.axis), false, err);
        for (int i = 0; i < runner->lane_count; i++)
            runner->lane[i] = (struct runner_lane){runner->lane[i].catchment_i, .day_i = -1};
        if (status == STATUS_OK)
            status = run_steps(runner, lanes, basin, &on, on.axis->step_count, true, err);
        if (status != STATUS_OK)
            return status;
        for (int i = 0; i < runner->lane_count; i++) {
            int c = runner->lane[i].catchment_i;
            to_flow(&basin->catchment[c], records, runner->flow_mm + (size_t)i * runner->flow_count,
                    flow_m3s[c]);
            const struct runner_lane *lane = &runner->lane[i];
            weather[c].rain_m3 = lane->rain_mm / mm_per_m * basin->catchment[c].area_m2;
            weather[c].mean_degC =
                lane->degC_count > 0 ? lane->degC_sum / lane->degC_count : (double)NAN;
        }
    }
    return STATUS_OK;
}
