/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/calibration.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_STEPS = 512, ALIGNMENT = 64 };

/* Workspace of one thread. */
struct worker {
    struct catchment_lanes *lanes;
    double *flow_mm; /* [CHUNK_STEPS][width] */
    double *sums;    /* [FIT_TRANSFORM_COUNT][FIT_SUM_COUNT][width] */
};

struct calibration {
    struct calibration_settings settings;
    struct catchment_period period;
    int width, thread_count;
    fit_function *add;
    bool uses[FIT_TRANSFORM_COUNT];
    struct fit_target target[FIT_TRANSFORM_COUNT];
    int free_count;
    int free_i[CATCHMENT_PARAMETER_MAX]; /* parameter of each searched dimension */
    double low[CATCHMENT_PARAMETER_MAX], high[CATCHMENT_PARAMETER_MAX]; /* scaled */
    struct worker *worker;                                              /* [thread_count] */
    /* of the points under way, grown as needed */
    int capacity;
    double *used; /* [capacity][parameter_count] */
    int *order;   /* [capacity] */
};

/* ---- scales ------------------------------------------------------------------------------------
 */

double
search_scaled(enum search_scale scale, double value)
{
    if (scale == SEARCH_LOG)
        return log(value);
    return scale == SEARCH_ASINH ? asinh(value) : value;
}

double
search_unscaled(enum search_scale scale, double scaled)
{
    if (scale == SEARCH_LOG)
        return exp(scaled);
    return scale == SEARCH_ASINH ? sinh(scaled) : scaled;
}

void
calibration_ranges_usual(const struct catchment_model *model, struct calibration_range *range)
{
    for (int i = 0; i < model->parameter_count; i++)
        range[i] = (struct calibration_range){model->parameter[i].low, model->parameter[i].high};
}

/* ---- setup -------------------------------------------------------------------------------------
 */

static enum status
set_ranges(struct calibration *calibration, struct error *err)
{
    const struct catchment_model *model = calibration->settings.model;
    for (int i = 0; i < model->parameter_count; i++) {
        const struct catchment_parameter *parameter = &model->parameter[i];
        const struct calibration_range *range = &calibration->settings.range[i];
        double least = parameter->least;
        if (!(range->low <= range->high) || range->low < least || range->high > parameter->most ||
            !isfinite(range->low) || !isfinite(range->high))
            return error_set(err, STATUS_INPUT,
                             "the range of %s is %g to %g; it must rise, within %g and %g",
                             parameter->name, range->low, range->high, least, parameter->most);
        if (range->low == range->high)
            continue;
        int d = calibration->free_count++;
        calibration->free_i[d] = i;
        calibration->low[d] = search_scaled(parameter->scale, range->low);
        calibration->high[d] = search_scaled(parameter->scale, range->high);
        if (parameter->scale == SEARCH_LOG && !(range->low > 0.0))
            return error_set(err, STATUS_INPUT,
                             "the range of %s begins at %g; it is searched by its logarithm and "
                             "must begin above 0",
                             parameter->name, range->low);
    }
    if (calibration->free_count == 0)
        return error_set(err, STATUS_INPUT, "every parameter is fixed: nothing is left to search");
    return STATUS_OK;
}

static enum status
set_targets(struct calibration *calibration, struct error *err)
{
    const struct objective *objective = &calibration->settings.objective;
    const struct catchment_series *series = calibration->settings.series;
    for (int i = 0; i < objective->term_count; i++) {
        enum fit_transform transform = objective->term[i].transform;
        if (calibration->uses[transform])
            continue;
        enum status status =
            fit_target_init(&calibration->target[transform], transform, calibration->period.count,
                            series->flow_mm + calibration->period.first, err);
        if (status != STATUS_OK)
            return status;
        calibration->uses[transform] = true;
    }
    return STATUS_OK;
}

static double *
aligned_doubles(size_t count)
{
    size_t size = (count * sizeof(double) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return aligned_alloc(ALIGNMENT, size);
}

static enum status
set_workers(struct calibration *calibration, struct error *err)
{
    size_t width = (size_t)calibration->width;
    int threads = calibration->settings.threads;
    calibration->thread_count = threads > 0 ? threads : omp_get_max_threads();
    calibration->worker = calloc((size_t)calibration->thread_count, sizeof *calibration->worker);
    if (calibration->worker == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the calibration");
    for (int i = 0; i < calibration->thread_count; i++) {
        struct worker *worker = &calibration->worker[i];
        enum status status = catchment_lanes_create(calibration->settings.model, calibration->width,
                                                    &worker->lanes, err);
        if (status != STATUS_OK)
            return status;
        worker->flow_mm = aligned_doubles(CHUNK_STEPS * width);
        worker->sums = aligned_doubles(FIT_TRANSFORM_COUNT * FIT_SUM_COUNT * width);
        if (worker->flow_mm == NULL || worker->sums == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for the calibration");
    }
    return STATUS_OK;
}

enum status
calibration_create(const struct calibration_settings *settings,
                   const struct catchment_period *period, struct calibration **out,
                   struct error *err)
{
    enum status status = STATUS_OK;
    struct calibration *calibration = calloc(1, sizeof *calibration);
    int from = period->warmup_first, count = period->first + period->count - from;
    *out = NULL;
    if (calibration == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the calibration");
    calibration->settings = *settings;
    calibration->period = *period;
    calibration->width = settings->width > 0 ? settings->width : catchment_lanes_widest();
    calibration->add = fit_kernel(calibration->width);
    TRY(catchment_initial_check(settings->model, settings->initial, err));
    TRY(catchment_weather_check(count, settings->series->rain_mm + from,
                                settings->series->pet_mm + from, err));
    TRY(set_ranges(calibration, err));
    TRY(set_targets(calibration, err));
    TRY(set_workers(calibration, err));
    *out = calibration;
    calibration = NULL;
out:
    calibration_destroy(calibration);
    return status;
}

void
calibration_destroy(struct calibration *calibration)
{
    if (calibration == NULL)
        return;
    for (int i = 0; i < calibration->thread_count && calibration->worker != NULL; i++) {
        catchment_lanes_destroy(calibration->worker[i].lanes);
        free(calibration->worker[i].flow_mm);
        free(calibration->worker[i].sums);
    }
    for (int i = 0; i < FIT_TRANSFORM_COUNT; i++)
        fit_target_finish(&calibration->target[i]);
    free(calibration->worker);
    free(calibration->used);
    free(calibration->order);
    free(calibration);
}

int
calibration_observation_count(const struct calibration *calibration)
{
    return calibration->target[calibration->settings.objective.term[0].transform].used_count;
}

int
calibration_free_count(const struct calibration *calibration)
{
    return calibration->free_count;
}

/* ---- scores ------------------------------------------------------------------------------------
 */

/* Run the lanes over a stretch of steps; with sums, what is simulated counts. */
static void
run_steps(const struct calibration *calibration, struct worker *worker, int from, int count,
          bool counts)
{
    const struct catchment_series *series = calibration->settings.series;
    int width = calibration->width;
    for (int done = 0; done < count; done += CHUNK_STEPS) {
        int steps = count - done < CHUNK_STEPS ? count - done : CHUNK_STEPS;
        catchment_lanes_run(worker->lanes, steps, series->rain_mm + from + done,
                            series->pet_mm + from + done, false, worker->flow_mm);
        for (int i = 0; i < FIT_TRANSFORM_COUNT && counts; i++) {
            const struct fit_target *target = &calibration->target[i];
            struct fit_run run = {.transform = (enum fit_transform)i,
                                  .step_count = steps,
                                  .simulated = worker->flow_mm,
                                  .offset = target->offset,
                                  .centre = target->mean,
                                  .sums = worker->sums + i * FIT_SUM_COUNT * width};
            if (!calibration->uses[i])
                continue;
            run.observed = target->observed + done;
            calibration->add(&run);
        }
    }
}

static double
lane_score(const struct calibration *calibration, const struct worker *worker, int lane_i)
{
    const struct objective *objective = &calibration->settings.objective;
    double sum = 0.0, weights = 0.0;
    for (int i = 0; i < objective->term_count; i++) {
        const struct objective_term *term = &objective->term[i];
        double sums[FIT_SUM_COUNT];
        for (int j = 0; j < FIT_SUM_COUNT; j++)
            sums[j] = worker->sums[((int)term->transform * FIT_SUM_COUNT + j) * calibration->width +
                                   lane_i];
        struct fit_score score = fit_score(&calibration->target[term->transform], sums);
        sum += term->weight * fit_measure(&score, term->measure);
        weights += term->weight;
    }
    return sum / weights;
}

static void
score_group(const struct calibration *calibration, struct worker *worker, int first, int count,
            double *score)
{
    int width = calibration->width;
    const struct catchment_period *period = &calibration->period;
    size_t parameters = (size_t)calibration->settings.model->parameter_count;
    for (int lane = 0; lane < count; lane++)
        catchment_lanes_put(worker->lanes, lane,
                            calibration->used +
                                (size_t)calibration->order[first + lane] * parameters,
                            calibration->settings.initial);
    memset(worker->sums, 0, sizeof(double) * (size_t)(FIT_TRANSFORM_COUNT * FIT_SUM_COUNT * width));
    run_steps(calibration, worker, period->warmup_first, period->first - period->warmup_first,
              false);
    run_steps(calibration, worker, period->first, period->count, true);
    for (int lane = 0; lane < count; lane++)
        score[calibration->order[first + lane]] = lane_score(calibration, worker, lane);
}

static enum status
reserve(struct calibration *calibration, int count, struct error *err)
{
    size_t parameters = (size_t)calibration->settings.model->parameter_count;
    if (count <= calibration->capacity)
        return STATUS_OK;
    double *used = realloc(calibration->used, (size_t)count * parameters * sizeof(double));
    if (used != NULL)
        calibration->used = used;
    int *order = realloc(calibration->order, (size_t)count * sizeof *order);
    if (order != NULL)
        calibration->order = order;
    if (used == NULL || order == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the calibration");
    calibration->capacity = count;
    return STATUS_OK;
}

/* Sets in order of the length of their registers, so that short ones share lanes (heapless shell
   sort; ties keep their order by number). */
static void
order_by_length(struct calibration *calibration, int count)
{
    const struct catchment_model *model = calibration->settings.model;
    int place = model->length_parameter, parameters = model->parameter_count;
    int *order = calibration->order;
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int gap = count / 2; gap > 0 && place >= 0; gap /= 2)
        for (int i = gap; i < count; i++) {
            int kept = order[i], j = i;
            double length = calibration->used[kept * parameters + place];
            for (; j >= gap; j -= gap) {
                double other = calibration->used[order[j - gap] * parameters + place];
                if (other < length || (other == length && order[j - gap] < kept))
                    break;
                order[j] = order[j - gap];
            }
            order[j] = kept;
        }
}

enum status
calibration_score(struct calibration *calibration, int count, const double *parameter,
                  double *score, struct error *err)
{
    const struct catchment_model *model = calibration->settings.model;
    int parameters = model->parameter_count, width = calibration->width;
    enum status status = reserve(calibration, count, err);
    for (int i = 0; i < count && status == STATUS_OK; i++)
        status = catchment_parameters_use(model, parameter + i * parameters,
                                          calibration->used + i * parameters, err);
    if (status != STATUS_OK)
        return status;
    order_by_length(calibration, count);
    int group_count = (count + width - 1) / width;
#pragma omp parallel for schedule(dynamic)                                                         \
    num_threads(calibration->thread_count) if (group_count > 1)
    for (int group = 0; group < group_count; group++) {
        int left = count - group * width;
        score_group(calibration, &calibration->worker[omp_get_thread_num()], group * width,
                    left < width ? left : width, score);
    }
    return STATUS_OK;
}

/* ---- search ------------------------------------------------------------------------------------
 */

/* A point of the search as parameters; fixed ones from their range. */
static void
point_to_parameters(const struct calibration *calibration, const double *point, double *parameter)
{
    const struct catchment_model *model = calibration->settings.model;
    const struct calibration_range *range = calibration->settings.range;
    for (int i = 0; i < model->parameter_count; i++)
        parameter[i] = range[i].low;
    for (int d = 0; d < calibration->free_count; d++) {
        int i = calibration->free_i[d];
        double value = search_unscaled(model->parameter[i].scale, point[d]);
        /* rounding of the scale may step over the range */
        parameter[i] = value < range[i].low    ? range[i].low
                       : value > range[i].high ? range[i].high
                                               : value;
    }
}

/* What the search minimises: one minus the objective. */
static enum status
evaluate(void *context, int count, const double *point, double *value, struct error *err)
{
    struct calibration *calibration = context;
    int parameters = calibration->settings.model->parameter_count;
    double *parameter = calloc((size_t)count * (size_t)parameters, sizeof(double));
    if (parameter == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the calibration");
    for (int i = 0; i < count; i++)
        point_to_parameters(calibration, point + i * calibration->free_count,
                            parameter + i * parameters);
    enum status status = calibration_score(calibration, count, parameter, value, err);
    for (int i = 0; i < count && status == STATUS_OK; i++)
        value[i] = 1.0 - value[i];
    free(parameter);
    return status;
}

static struct search_problem
make_problem(struct calibration *calibration)
{
    return (struct search_problem){.dimension = calibration->free_count,
                                   .low = calibration->low,
                                   .high = calibration->high,
                                   .evaluate = evaluate,
                                   .context = calibration};
}

enum status
calibration_run(struct calibration *calibration, struct calibration_result *result,
                struct error *err)
{
    struct search_problem problem = make_problem(calibration);
    struct search_result found;
    enum status status = global_search(&problem, &calibration->settings.search, &found, err);
    *result = (struct calibration_result){.score = 1.0 - found.value,
                                          .evaluation_count = found.evaluation_count,
                                          .population_count = found.population_count,
                                          .agreeing_count = found.agreeing_count};
    if (isfinite(found.value))
        point_to_parameters(calibration, found.point, result->parameter);
    else if (status == STATUS_OK)
        status = error_set(err, STATUS_NOT_FINITE, "no parameter set has a finite objective");
    return status;
}

/* ---- near-optimal sets --------------------------------------------------------------------------
 */

enum { SAMPLE_ROUNDS = 100, LEAST_CHAINS = 64 };

void
near_optimal_finish(struct near_optimal *sets)
{
    free(sets->parameter);
    free(sets->score);
    *sets = (struct near_optimal){0};
}

enum status
calibration_near_optimal(struct calibration *calibration, const struct calibration_result *best,
                         double tolerance, struct near_optimal *out, struct error *err)
{
    const struct catchment_model *model = calibration->settings.model;
    struct search_problem problem = make_problem(calibration);
    size_t dimension = (size_t)calibration->free_count;
    int wanted = 8 * calibration->free_count;
    int chains = wanted > LEAST_CHAINS ? wanted : LEAST_CHAINS;
    double start[CATCHMENT_PARAMETER_MAX];
    *out = (struct near_optimal){.count = chains * SAMPLE_ROUNDS};
    size_t count = (size_t)out->count;
    double *point = malloc(count * dimension * sizeof(double));
    out->parameter = malloc(count * (size_t)model->parameter_count * sizeof(double));
    out->score = malloc(count * sizeof(double));
    enum status status = STATUS_OK;
    if (point == NULL || out->parameter == NULL || out->score == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the near-optimal sets"));
    for (int d = 0; d < calibration->free_count; d++) {
        int i = calibration->free_i[d];
        start[d] = search_scaled(model->parameter[i].scale, best->parameter[i]);
        start[d] = fmin(fmax(start[d], calibration->low[d]), calibration->high[d]);
    }
    TRY(level_set_sample(&problem, start, 1.0 - best->score + tolerance, chains, SAMPLE_ROUNDS,
                         calibration->settings.search.seed, point, out->score, err));
    for (size_t i = 0; i < count; i++) {
        out->score[i] = 1.0 - out->score[i];
        point_to_parameters(calibration, point + i * dimension,
                            out->parameter + i * (size_t)model->parameter_count);
    }
out:
    free(point);
    if (status != STATUS_OK)
        near_optimal_finish(out);
    return status;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Correlation of two columns of scaled figures, [count] each. */
static double
correlate(const double *x, const double *y, int count)
{
    double mean_x = 0.0, mean_y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
    for (int i = 0; i < count; i++) {
        mean_x += x[i] / count;
        mean_y += y[i] / count;
    }
    for (int i = 0; i < count; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return xx > 0.0 && yy > 0.0 ? xy / sqrt(xx * yy) : 0.0;
}

static void
identify_one(const struct calibration *calibration, const struct calibration_result *best, int d,
             const double *scaled, double *sorted, int count, struct identifiability *out)
{
    int i = calibration->free_i[d];
    enum search_scale scale = calibration->settings.model->parameter[i].scale;
    double range = calibration->high[d] - calibration->low[d];
    memcpy(sorted, scaled + (long)d * count, sizeof(double) * (size_t)count);
    qsort(sorted, (size_t)count, sizeof(double), compare_doubles);
    double p05 = sorted[(int)(0.05 * (count - 1))], p95 = sorted[(int)(0.95 * (count - 1))];
    double at = search_scaled(scale, best->parameter[i]);
    *out = (struct identifiability){.least = search_unscaled(scale, sorted[0]),
                                    .p05 = search_unscaled(scale, p05),
                                    .median = search_unscaled(scale, sorted[count / 2]),
                                    .p95 = search_unscaled(scale, p95),
                                    .most = search_unscaled(scale, sorted[count - 1]),
                                    .share = (p95 - p05) / range,
                                    .partner_i = -1};
    out->at_edge =
        at - calibration->low[d] < 1e-4 * range || calibration->high[d] - at < 1e-4 * range;
    for (int other = 0; other < calibration->free_count; other++) {
        double r = other == d
                       ? 0.0
                       : correlate(scaled + (long)d * count, scaled + (long)other * count, count);
        if (fabs(r) > fabs(out->correlation)) {
            out->correlation = r;
            out->partner_i = calibration->free_i[other];
        }
    }
}

enum status
calibration_identify(const struct calibration *calibration, const struct calibration_result *best,
                     const struct near_optimal *sets, struct identifiability *out,
                     struct error *err)
{
    const struct catchment_model *model = calibration->settings.model;
    size_t count = (size_t)sets->count;
    double *scaled = malloc(count * (size_t)calibration->free_count * sizeof(double));
    double *sorted = malloc(count * sizeof(double));
    enum status status = STATUS_OK;
    for (int i = 0; i < model->parameter_count; i++)
        out[i] = (struct identifiability){.least = best->parameter[i],
                                          .p05 = best->parameter[i],
                                          .median = best->parameter[i],
                                          .p95 = best->parameter[i],
                                          .most = best->parameter[i],
                                          .partner_i = -1};
    if (scaled == NULL || sorted == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the near-optimal sets");
    for (int d = 0; d < calibration->free_count && status == STATUS_OK; d++)
        for (int s = 0; s < sets->count; s++) {
            int i = calibration->free_i[d];
            scaled[(long)d * sets->count + s] = search_scaled(
                model->parameter[i].scale, sets->parameter[(long)s * model->parameter_count + i]);
        }
    for (int d = 0; d < calibration->free_count && status == STATUS_OK; d++)
        identify_one(calibration, best, d, scaled, sorted, sets->count,
                     &out[calibration->free_i[d]]);
    free(scaled);
    free(sorted);
    return status;
}
