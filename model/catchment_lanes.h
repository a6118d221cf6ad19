/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CATCHMENT_LANES_H
#define NGUON_MODEL_CATCHMENT_LANES_H

#include "model/catchment_model.h"

#include <stdbool.h>

/*
 * Several runs of one catchment model side by side in the lanes of the processor: parameter sets on
 * one weather, or catchments (scenarios) each with its own. A lane gives the same bits whatever the
 * width and whatever runs beside it.
 */

enum { CATCHMENT_LANES_MAX = 8 };

/** Widest number of lanes that this build and processor have: 8 (AVX-512), 4 (AVX2) or 1. */
int catchment_lanes_widest(void);

/** Kernels of a width, NULL if this build or processor has not got it. */
const struct kernel_table *catchment_kernels(int width);

/** Workspace of one thread. */
struct catchment_lanes;

/**
 * @param[in] width  1, 4, 8, or 0 for the widest
 * @return STATUS_OK, STATUS_INPUT (not on this processor), STATUS_MEMORY
 */
enum status catchment_lanes_create(const struct catchment_model *model, int width,
                                   struct catchment_lanes **out, struct error *err);
void catchment_lanes_destroy(struct catchment_lanes *lanes);
int catchment_lanes_width(const struct catchment_lanes *lanes);

/**
 * Put a catchment into a lane, its stores filled as given. Lane 0 is put first: it fills all the
 * others, so that unused lanes cost nothing and hold no wild figures.
 *
 * @param[in] used     [parameter_count] as from catchment_parameters_use
 * @param[in] initial  [initial_count] checked
 */
void catchment_lanes_put(struct catchment_lanes *lanes, int lane_i, const double *used,
                         const double *initial);

/** The same with a whole state, [state_count]. */
void catchment_lanes_put_state(struct catchment_lanes *lanes, int lane_i, const double *used,
                               const double *state);

/** State of a lane after a run, [state_count]. */
void catchment_lanes_state(const struct catchment_lanes *lanes, int lane_i, double *state);

/**
 * Run all lanes. Weather must have been checked (catchment_weather_check). Nothing is allocated.
 *
 * @param[in]  own_weather  each lane has its own: rain_mm and pet_mm are [step_count][width] and
 *                          aligned to 64 bytes; else [step_count]
 * @param[out] flow_mm      [step_count][width], aligned to 64 bytes
 */
void catchment_lanes_run(struct catchment_lanes *lanes, int step_count, const double *rain_mm,
                         const double *pet_mm, bool own_weather, double *flow_mm);

/** Many runs of one model over the same steps. */
struct catchment_batch {
    const struct catchment_model *model;
    int width;               /**< lanes, 0 the widest */
    int set_count;           /**< runs */
    const double *parameter; /**< [set_count][parameter_count] */
    const double *initial;   /**< [initial_count], the same for all */
    int step_count;
    int warmup_count;             /**< steps at the head whose flow is not kept */
    bool own_weather;             /**< rain_mm[set_i]; else rain_mm[0] for all */
    const double *const *rain_mm; /**< -> [step_count] */
    const double *const *pet_mm;
};

/**
 * @param[out] flow_mm  [set_count][step_count - warmup_count]
 * @return STATUS_OK, STATUS_INPUT, STATUS_NOT_FINITE (weather), STATUS_MEMORY
 */
enum status catchment_batch_run(const struct catchment_batch *batch, double *flow_mm,
                                struct error *err);

#endif
