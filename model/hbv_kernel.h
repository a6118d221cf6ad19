/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_HBV_KERNEL_H
#define NGUON_MODEL_HBV_KERNEL_H

#include "model/gr_kernel.h"
#include "model/hbv.h"

/*
 * HBV without snow (Bergström 1976; response and transfer of Parajka, Merz, Blöschl 2007, Hydrol.
 * Process. 21:435-446), many catchments at once. docs/catchment-hbv.md has the equations.
 */

struct hbv_step {
    vec moisture, upper, lower; /* SM, SUZ, SLZ, mm */
    vec evaporation, recharge, percolation, q0, q1, q2;
};

#define HBV(name) vec_load(constant + HBV_##name * LANES)

static inline __attribute__((always_inline)) void
hbv_soil(const double *constant, vec rain, vec pet, struct hbv_step *step)
{
    const vec one = vec_all(1.0), fc = HBV(FC);
    vec wetness = vec_min(step->moisture * HBV(INVERSE_FC), one);
    vec recharge = rain * vec_pow_share(wetness, HBV(BETA));
    vec moisture = step->moisture + (rain - recharge);
    vec excess = vec_max(moisture - fc, vec_all(0.0));
    moisture = moisture - excess;
    step->recharge = recharge + excess;
    step->evaporation = vec_min(pet * vec_min(moisture * HBV(INVERSE_LIMIT), one), moisture);
    step->moisture = moisture - step->evaporation;
}

/* Two linear stores, each emptied over the step as by the solution of its equation. */
static inline __attribute__((always_inline)) void
hbv_respond(const double *constant, struct hbv_step *step)
{
    const vec zero = vec_all(0.0), rate = HBV(CPERC);
    vec upper = step->upper + step->recharge;
    step->q0 = vec_max(upper - HBV(LSUZ), zero) * HBV(SHARE0);
    upper = upper - step->q0;
    step->q1 = vec_max((rate + upper * HBV(INVERSE_K1)) * HBV(DECAY1) - rate, zero);
    upper = upper - step->q1;
    step->percolation = vec_min(rate, upper);
    step->upper = upper - step->percolation;
    vec in = step->percolation, lower = step->lower + in;
    vec q2 = vec_max(in - (in - step->lower * HBV(INVERSE_K2)) * HBV(DECAY2), zero);
    step->q2 = vec_min(q2, lower);
    step->lower = lower - step->q2;
}

/* Spread the flow over a triangle whose base shrinks as the flow grows. */
static inline __attribute__((always_inline)) vec
hbv_transfer(const double *constant, double *under_way, int span, vec flow)
{
    const vec half = vec_all(0.5);
    vec base = vec_floor(vec_max(HBV(BMAX) - HBV(CROUTE) * flow, vec_all(1.0)));
    vec middle = base * half + half;
    vec unit = vec_all(4.0) * flow / (base * base);
    for (int j = 0; j < span; j++) {
        vec place = vec_all(j + 1);
        vec rising = place - half, falling = (base - place) + half;
        vec height = vec_max(vec_min(rising, falling), vec_all(0.0));
        vec off = place - middle;
        height = vec_if_less(off * off, vec_all(0.01), place - vec_all(0.75), height);
        vec next = j + 1 < span ? vec_load(under_way + (j + 1) * LANES) : vec_all(0.0);
        vec_store(under_way + j * LANES, next + height * unit);
    }
    return vec_load(under_way);
}

static inline __attribute__((always_inline)) void
hbv_run(const struct kernel_run *run, bool with_columns)
{
    const double *constant = run->constant;
    double *transfer = run->state + HBV_STATE_TRANSFER * LANES;
    struct hbv_step step = {.moisture = vec_load(run->state + HBV_STATE_SM * LANES),
                            .upper = vec_load(run->state + HBV_STATE_SUZ * LANES),
                            .lower = vec_load(run->state + HBV_STATE_SLZ * LANES)};
    for (int t = 0; t < run->step_count; t++) {
        vec rain = run->weather_stride == 0 ? vec_all(run->rain_mm[t])
                                            : vec_load(run->rain_mm + t * LANES);
        vec pet =
            run->weather_stride == 0 ? vec_all(run->pet_mm[t]) : vec_load(run->pet_mm + t * LANES);
        hbv_soil(constant, rain, pet, &step);
        hbv_respond(constant, &step);
        vec_store(run->flow_mm + t * LANES,
                  hbv_transfer(constant, transfer, run->span[0], step.q0 + (step.q1 + step.q2)));
#if LANES == 1
        if (with_columns) {
            double *column = run->column + (long)t * HBV_COLUMN_COUNT;
            column[HBV_COLUMN_SM] = step.moisture;
            column[HBV_COLUMN_SUZ] = step.upper;
            column[HBV_COLUMN_SLZ] = step.lower;
            column[HBV_COLUMN_TRANSFER] = gr_sum(transfer + 1, run->span[0] - 1);
            column[HBV_COLUMN_AE] = step.evaporation;
            column[HBV_COLUMN_RECHARGE] = step.recharge;
            column[HBV_COLUMN_PERC] = step.percolation;
            column[HBV_COLUMN_Q0] = step.q0;
            column[HBV_COLUMN_Q1] = step.q1;
            column[HBV_COLUMN_Q2] = step.q2;
        }
#else
        (void)with_columns;
#endif
    }
    vec_store(run->state + HBV_STATE_SM * LANES, step.moisture);
    vec_store(run->state + HBV_STATE_SUZ * LANES, step.upper);
    vec_store(run->state + HBV_STATE_SLZ * LANES, step.lower);
}

#endif
