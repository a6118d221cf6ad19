/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_lanes.h"

#include "solvers/fit_kernel.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, CHUNK_STEPS = 256 };

struct catchment_lanes {
    const struct catchment_model *model;
    const struct kernel_table *kernels;
    int width;
    double *constant; /* [constant_count][width] */
    double *state;    /* [state_count][width] */
    int span[CATCHMENT_LANES_MAX][CATCHMENT_REGISTER_MAX];
};

/* ---- widths ---------------------------------------------------------------------------------- */

const struct kernel_table *
catchment_kernels(int width)
{
    if (!lanes_available(width))
        return NULL;
#if HAVE_WIDE_LANES
    if (width == 4)
        return &kernel_table_4;
    if (width == 8)
        return &kernel_table_8;
#endif
    return &kernel_table_1;
}

int
catchment_lanes_widest(void)
{
    for (int width = CATCHMENT_LANES_MAX; width > 1; width /= 2)
        if (catchment_kernels(width) != NULL)
            return width;
    return 1;
}

/* ---- workspace ------------------------------------------------------------------------------- */

static double *
aligned_doubles(size_t count)
{
    size_t size = (count * sizeof(double) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    double *doubles = aligned_alloc(ALIGNMENT, size > 0 ? size : ALIGNMENT);
    if (doubles != NULL)
        memset(doubles, 0, size);
    return doubles;
}

enum status
catchment_lanes_create(const struct catchment_model *model, int width, struct catchment_lanes **out,
                       struct error *err)
{
    *out = NULL;
    if (width == 0)
        width = catchment_lanes_widest();
    const struct kernel_table *kernels = catchment_kernels(width);
    if (kernels == NULL)
        return error_set(err, STATUS_INPUT, "this processor or build has no %d lanes", width);
    struct catchment_lanes *lanes = calloc(1, sizeof *lanes);
    if (lanes == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for a catchment model");
    lanes->model = model;
    lanes->kernels = kernels;
    lanes->width = width;
    lanes->constant = aligned_doubles((size_t)model->constant_count * (size_t)width);
    lanes->state = aligned_doubles((size_t)model->state_count * (size_t)width);
    if (lanes->constant == NULL || lanes->state == NULL) {
        catchment_lanes_destroy(lanes);
        return error_set(err, STATUS_MEMORY, "out of memory for a catchment model");
    }
    *out = lanes;
    return STATUS_OK;
}

void
catchment_lanes_destroy(struct catchment_lanes *lanes)
{
    if (lanes == NULL)
        return;
    free(lanes->constant);
    free(lanes->state);
    free(lanes);
}

int
catchment_lanes_width(const struct catchment_lanes *lanes)
{
    return lanes->width;
}

/* One lane's figures into an array with the lanes innermost; lane 0 into all of them. */
static void
scatter(double *to, const double *from, int count, int width, int lane_i)
{
    for (int i = 0; i < count; i++) {
        if (lane_i > 0) {
            to[i * width + lane_i] = from[i];
            continue;
        }
        for (int lane = 0; lane < width; lane++)
            to[i * width + lane] = from[i];
    }
}

void
catchment_lanes_put_state(struct catchment_lanes *lanes, int lane_i, const double *used,
                          const double *state)
{
    double constant[CATCHMENT_CONSTANT_MAX];
    const struct catchment_model *model = lanes->model;
    int *span = lanes->span[lane_i];
    model->set_constants(used, constant, span);
    catchment_spans(model, state, span);
    scatter(lanes->constant, constant, model->constant_count, lanes->width, lane_i);
    scatter(lanes->state, state, model->state_count, lanes->width, lane_i);
    for (int lane = 1; lane < lanes->width && lane_i == 0; lane++)
        memcpy(lanes->span[lane], span, sizeof lanes->span[lane]);
}

void
catchment_lanes_put(struct catchment_lanes *lanes, int lane_i, const double *used,
                    const double *initial)
{
    double state[CATCHMENT_STATE_MAX];
    catchment_start(lanes->model, used, initial, state);
    catchment_lanes_put_state(lanes, lane_i, used, state);
}

void
catchment_lanes_state(const struct catchment_lanes *lanes, int lane_i, double *state)
{
    for (int i = 0; i < lanes->model->state_count; i++)
        state[i] = lanes->state[i * lanes->width + lane_i];
}

void
catchment_lanes_run(struct catchment_lanes *lanes, int step_count, const double *rain_mm,
                    const double *pet_mm, bool own_weather, double *flow_mm)
{
    int span[CATCHMENT_REGISTER_MAX] = {0};
    for (int lane = 0; lane < lanes->width; lane++)
        for (int r = 0; r < lanes->model->register_count; r++)
            span[r] = lanes->span[lane][r] > span[r] ? lanes->span[lane][r] : span[r];
    struct kernel_run run = {.step_count = step_count,
                             .weather_stride = own_weather ? lanes->width : 0,
                             .rain_mm = rain_mm,
                             .pet_mm = pet_mm,
                             .constant = lanes->constant,
                             .span = span,
                             .state = lanes->state,
                             .flow_mm = flow_mm};
    lanes->kernels->run[lanes->model->kernel](&run);
}

/* ---- batches --------------------------------------------------------------------------------- */

struct batch_order {
    double length; /* of the registers a set needs */
    int set_i;
};

static int
compare_order(const void *a, const void *b)
{
    const struct batch_order *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return (x->set_i > y->set_i) - (x->set_i < y->set_i);
}

/* Buffers of a batch, one chunk of steps each. */
struct batch_work {
    struct catchment_lanes *lanes;
    struct batch_order *order;
    double *used;                   /* [set_count][parameter_count] */
    double *flow_mm;                /* [CHUNK_STEPS][width] */
    double *rain_mm, *pet_mm;       /* [CHUNK_STEPS][width] */
    int set_i[CATCHMENT_LANES_MAX]; /* of the group under way */
    int used_lanes;
};

static void
batch_finish(struct batch_work *work)
{
    catchment_lanes_destroy(work->lanes);
    free(work->order);
    free(work->used);
    free(work->flow_mm);
    free(work->rain_mm);
    free(work->pet_mm);
}

static enum status
batch_setup(const struct catchment_batch *batch, struct batch_work *work, struct error *err)
{
    enum status status = STATUS_OK;
    const struct catchment_model *model = batch->model;
    size_t parameters = (size_t)model->parameter_count;
    TRY(catchment_initial_check(model, batch->initial, err));
    TRY(catchment_lanes_create(model, batch->width, &work->lanes, err));
    size_t chunk = (size_t)work->lanes->width * CHUNK_STEPS;
    work->order = calloc((size_t)batch->set_count + 1, sizeof *work->order);
    work->used = calloc((size_t)batch->set_count * parameters + 1, sizeof(double));
    work->flow_mm = aligned_doubles(chunk);
    work->rain_mm = aligned_doubles(chunk);
    work->pet_mm = aligned_doubles(chunk);
    if (work->order == NULL || work->used == NULL || work->flow_mm == NULL ||
        work->rain_mm == NULL || work->pet_mm == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for a batch of catchments"));
    for (int s = 0; s < batch->set_count; s++) {
        double *used = work->used + (size_t)s * parameters;
        TRY(catchment_parameters_use(model, batch->parameter + (size_t)s * parameters, used, err));
        if (s == 0 || batch->own_weather)
            TRY(catchment_weather_check(batch->step_count, batch->rain_mm[s], batch->pet_mm[s],
                                        err));
        work->order[s].set_i = s;
        if (model->length_parameter >= 0)
            work->order[s].length = used[model->length_parameter];
    }
    /* neighbours in length share lanes, so that short ones do not wait for long ones */
    qsort(work->order, (size_t)batch->set_count, sizeof *work->order, compare_order);
out:
    return status;
}

/* The group's weather of a chunk, lanes innermost; lanes not in use repeat the last set. */
static void
gather_weather(const struct catchment_batch *batch, struct batch_work *work, int from, int count)
{
    int width = work->lanes->width;
    for (int lane = 0; lane < width; lane++) {
        int set_i = work->set_i[lane < work->used_lanes ? lane : work->used_lanes - 1];
        const double *rain_mm = batch->rain_mm[set_i] + from, *pet_mm = batch->pet_mm[set_i] + from;
        for (int t = 0; t < count; t++) {
            work->rain_mm[t * width + lane] = rain_mm[t];
            work->pet_mm[t * width + lane] = pet_mm[t];
        }
    }
}

static void
run_group(const struct catchment_batch *batch, struct batch_work *work, double *flow_mm)
{
    int width = work->lanes->width;
    size_t kept_count = (size_t)(batch->step_count - batch->warmup_count);
    for (int from = 0; from < batch->step_count; from += CHUNK_STEPS) {
        int left = batch->step_count - from;
        int count = left < CHUNK_STEPS ? left : CHUNK_STEPS;
        const double *rain_mm = batch->rain_mm[0] + from, *pet_mm = batch->pet_mm[0] + from;
        if (batch->own_weather) {
            gather_weather(batch, work, from, count);
            rain_mm = work->rain_mm;
            pet_mm = work->pet_mm;
        }
        catchment_lanes_run(work->lanes, count, rain_mm, pet_mm, batch->own_weather, work->flow_mm);
        for (int lane = 0; lane < work->used_lanes; lane++) {
            double *kept = flow_mm + (size_t)work->set_i[lane] * kept_count;
            for (int t = 0; t < count; t++)
                if (from + t >= batch->warmup_count)
                    kept[from + t - batch->warmup_count] = work->flow_mm[t * width + lane];
        }
    }
}

enum status
catchment_batch_run(const struct catchment_batch *batch, double *flow_mm, struct error *err)
{
    struct batch_work work = {0};
    size_t parameters = (size_t)batch->model->parameter_count;
    enum status status = batch_setup(batch, &work, err);
    for (int first = 0; first < batch->set_count && status == STATUS_OK;
         first += work.lanes->width) {
        int left = batch->set_count - first;
        work.used_lanes = left < work.lanes->width ? left : work.lanes->width;
        for (int lane = 0; lane < work.used_lanes; lane++) {
            work.set_i[lane] = work.order[first + lane].set_i;
            catchment_lanes_put(work.lanes, lane, work.used + (size_t)work.set_i[lane] * parameters,
                                batch->initial);
        }
        run_group(batch, &work, flow_mm);
    }
    batch_finish(&work);
    return status;
}
