/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_lanes.h"
#include "scenarios/calibration.h"
#include "solvers/fit_kernel.h"
#include "solvers/philox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Speed of the catchment models on one core: catchment-steps a second for batches of 1,000
 * parameter sets, or 1,000 scenarios with their own weather, at every width of the processor; then
 * the time of 100,000 model runs of a calibration over 27 years, on all cores. Prints tables; give
 * a model's name to run it alone.
 */

enum { STEPS = 3653, SETS = 1000, SCENARIOS = 40, REPEATS = 3 };

static double
draw(uint32_t stream, uint32_t i)
{
    struct philox_key key = {.seed = 5, .variable = stream};
    return philox_uniform(&key, i);
}

static double
now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void
make_weather(uint32_t stream, double *rain_mm, double *pet_mm)
{
    for (uint32_t t = 0; t < STEPS; t++) {
        rain_mm[t] = draw(stream, 2 * t) < 0.55 ? 0.0 : -9.0 * log(draw(stream, 2 * t + 1));
        pet_mm[t] = 3.0 + 2.0 * sin(t / 58.0);
    }
}

/* Parameter sets as calibration meets them: within a factor of two of the usual figures. */
static void
make_parameters(const struct catchment_model *model, double *parameter)
{
    for (uint32_t s = 0; s < SETS; s++)
        for (int i = 0; i < model->parameter_count; i++) {
            const struct catchment_parameter *p = &model->parameter[i];
            double u = 2.0 * draw(100 + s, (uint32_t)i) - 1.0;
            double value = p->usual * exp(u * log(2.0));
            if (p->scale != SEARCH_LOG)
                value = p->usual + 0.1 * u * (p->high - p->low);
            if (p->scale == SEARCH_ASINH)
                value = 2.0 * u;
            value = fmin(fmax(value, p->low), p->high);
            parameter[(int)s * model->parameter_count + i] = value;
        }
}

/* Best of a few repeats, in million catchment-steps a second. */
static double
measure(const struct catchment_batch *batch, double *flow_mm)
{
    double best_s = INFINITY;
    struct error err = {0};
    for (int i = 0; i < REPEATS; i++) {
        double start_s = now_s();
        if (catchment_batch_run(batch, flow_mm, &err) != STATUS_OK) {
            fprintf(stderr, "%s\n", err.text);
            exit(1);
        }
        best_s = fmin(best_s, now_s() - start_s);
    }
    return 1e-6 * batch->set_count * (double)batch->step_count / best_s;
}

static void
bench_model(const struct catchment_model *model, const double *const *rain,
            const double *const *pet, double *parameter, double *flow_mm)
{
    make_parameters(model, parameter);
    for (int width = 1; width <= CATCHMENT_LANES_MAX; width *= width == 1 ? 4 : 2) {
        struct catchment_batch batch = {.model = model,
                                        .width = width,
                                        .set_count = SETS,
                                        .parameter = parameter,
                                        .initial = model->initial,
                                        .step_count = STEPS,
                                        .rain_mm = rain,
                                        .pet_mm = pet};
        if (!lanes_available(width))
            continue;
        double sets = measure(&batch, flow_mm);
        batch.own_weather = true;
        double scenarios = measure(&batch, flow_mm);
        printf("%-11s %5d %17.1f %17.1f\n", model->name, width, sets, scenarios);
    }
}

/* ---- calibration -------------------------------------------------------------------------------
 */

enum { YEARS = 28, EVALUATIONS = 100000 };

static double
wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* 28 years of weather, the first to warm up, and a flow that the model made, with some noise. */
static void
make_record(const struct catchment_model *model, struct catchment_series *series)
{
    double parameter[CATCHMENT_PARAMETER_MAX], state[CATCHMENT_STATE_MAX];
    for (int t = 0; t < series->count; t++) {
        double u = draw(1, (uint32_t)t);
        series->start_s[t] = (int64_t)86400 * t;
        series->rain_mm[t] = u < 0.55 ? 0.0 : -9.0 * log((u - 0.55) / 0.45 + 1e-9);
        series->pet_mm[t] = 3.0 + 2.0 * sin(t / 58.0);
    }
    for (int i = 0; i < model->parameter_count; i++)
        parameter[i] = model->parameter[i].usual;
    catchment_start(model, parameter, model->initial, state);
    catchment_run(model, parameter, state, series->count, series->rain_mm, series->pet_mm,
                  series->flow_mm, NULL, NULL);
    for (int t = 0; t < series->count; t++)
        series->flow_mm[t] *= 0.8 + 0.4 * draw(2, (uint32_t)t);
}

static void
bench_calibration(const struct catchment_model *model)
{
    int count = YEARS * 365 + 7, runs = 0;
    struct catchment_series series = {.step = STEP_DAILY,
                                      .count = count,
                                      .start_s = malloc(((size_t)count + 1) * sizeof(int64_t)),
                                      .rain_mm = malloc((size_t)count * sizeof(double)),
                                      .pet_mm = malloc((size_t)count * sizeof(double)),
                                      .flow_mm = malloc((size_t)count * sizeof(double))};
    struct catchment_period period = {0, 365, count - 365};
    struct calibration_settings settings = {.model = model, .series = &series};
    struct error err = {0};
    struct calibration *calibration;
    if (series.start_s == NULL || series.rain_mm == NULL || series.pet_mm == NULL ||
        series.flow_mm == NULL)
        exit(4);
    make_record(model, &series);
    memcpy(settings.initial, model->initial, sizeof settings.initial);
    objective_parse("KGE", &settings.objective, &err);
    calibration_ranges_usual(model, settings.range);
    double start_s = wall_s(), cpu_start_s = now_s();
    for (uint64_t seed = 1; runs < EVALUATIONS; seed++) {
        struct calibration_result result;
        settings.search = search_settings_usual(seed);
        settings.search.evaluation_max = EVALUATIONS - runs > 200 ? EVALUATIONS - runs : 200;
        if (calibration_create(&settings, &period, &calibration, &err) != STATUS_OK)
            exit(1);
        calibration_run(calibration, &result, NULL);
        calibration_destroy(calibration);
        runs += result.evaluation_count;
    }
    double spent_s = wall_s() - start_s, cpu_s = now_s() - cpu_start_s;
    printf("%-11s %10d %8.2f %8.2f %26.1f\n", model->name, runs, spent_s, cpu_s,
           1e-6 * runs * (double)count / cpu_s);
    free(series.start_s);
    free(series.rain_mm);
    free(series.pet_mm);
    free(series.flow_mm);
}

int
main(int argc, char **argv)
{
    static double weather_mm[2 * SCENARIOS][STEPS];
    const double *rain[SETS], *pet[SETS];
    double *parameter = malloc(sizeof(double) * SETS * CATCHMENT_PARAMETER_MAX);
    double *flow_mm = malloc(sizeof(double) * SETS * STEPS);
    if (parameter == NULL || flow_mm == NULL) {
        free(parameter);
        free(flow_mm);
        return 4;
    }
    for (uint32_t i = 0; i < SCENARIOS; i++)
        make_weather(i, weather_mm[2 * i], weather_mm[2 * i + 1]);
    for (int s = 0; s < SETS; s++) {
        rain[s] = weather_mm[2 * (s % SCENARIOS)];
        pet[s] = weather_mm[2 * (s % SCENARIOS) + 1];
    }
    puts("Million catchment-steps a second on one core, best of three");
    puts("model       lanes    1000 par. sets    1000 scenarios");
    for (int m = 0; m < CATCHMENT_MODEL_COUNT; m++)
        if (argc < 2 || strcmp(argv[1], catchment_models[m]->name) == 0)
            bench_model(catchment_models[m], rain, pet, parameter, flow_mm);
    free(parameter);
    free(flow_mm);
    puts("\nCalibration over 27 years after one of warm-up, all cores");
    puts("model       model runs   wall s    CPU s  million steps/s of a core");
    for (int m = 0; m < CATCHMENT_MODEL_COUNT; m++)
        if (catchment_models[m]->step == STEP_DAILY &&
            (argc < 2 || strcmp(argv[1], catchment_models[m]->name) == 0))
            bench_calibration(catchment_models[m]);
    return 0;
}
