/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_XINANJIANG_KERNEL_H
#define NGUON_MODEL_XINANJIANG_KERNEL_H

#include "model/gr_kernel.h"
#include "model/xinanjiang.h"

/*
 * Xinanjiang model with three sources (Zhao 1992, J. Hydrol. 135:371-381), many catchments at once.
 * docs/catchment-xinanjiang.md has the equations.
 */

/* Net rain is split into parts of at most this depth, mm (Zhao 1992, section 3.3). */
static const double xaj_part_mm = 5.0;
/* The area that gives runoff is not taken below this share, so that depths on it stay finite. */
static const double xaj_least_area = 1e-3;

/* A step of a catchment between its parts; mm over the pervious area. */
struct xaj_step {
    vec wu, wl, wd;          /* tension water of the three layers */
    vec s, fr;               /* free water, depth over its area, and that area's share */
    vec potential, net_rain; /* K E, P - K E */
    vec evaporation, runoff, surface, inter, ground;
};

#define XAJ(name) vec_load(constant + XAJ_##name * LANES)

/* Evaporation from three layers. */
static inline __attribute__((always_inline)) void
xaj_evaporate(const double *constant, vec rain, struct xaj_step *step)
{
    const vec zero = vec_all(0.0);
    vec lm = XAJ(LM), c = XAJ(C);
    vec upper = vec_min(rain + step->wu, step->potential);
    vec need = step->potential - upper;
    vec least = c * need;
    vec lower = vec_if_less(step->wl, c * lm, vec_min(step->wl, least),
                            vec_min(need * step->wl / lm, step->wl));
    vec deep =
        vec_if_less(step->wl, c * lm, vec_min(vec_max(least - step->wl, zero), step->wd), zero);
    step->wu = vec_max(step->wu - vec_max(upper - rain, zero), zero);
    step->wl = step->wl - lower;
    step->wd = step->wd - deep;
    step->net_rain = vec_max(rain - step->potential, zero);
    step->evaporation = upper + (lower + deep);
}

/* Runoff where the tension water is full; the rest fills the layers from above. */
static inline __attribute__((always_inline)) void
xaj_saturate(const double *constant, struct xaj_step *step)
{
    const vec zero = vec_all(0.0), one = vec_all(1.0);
    vec wm = XAJ(WM), wmm = XAJ(WMM), rain = step->net_rain;
    step->runoff = zero;
    if (!vec_any_less(zero, rain))
        return; /* what follows adds nothing to a dry lane */
    vec deficit = vec_max(wm - ((step->wu + step->wl) + step->wd), zero);
    vec a = wmm * (one - vec_pow_share(vec_min(deficit / wm, one), XAJ(ROOT_B)));
    vec reached = vec_min((a + rain) / wmm, one);
    vec runoff = (rain - deficit) + wm * vec_pow_share(one - reached, XAJ(POWER_B));
    runoff = vec_min(vec_max(runoff, zero), rain);
    vec taken = rain - runoff;
    vec part = vec_min(taken, vec_max(XAJ(UM) - step->wu, zero));
    step->wu = step->wu + part;
    taken = taken - part;
    part = vec_min(taken, vec_max(XAJ(LM) - step->wl, zero));
    step->wl = step->wl + part;
    taken = taken - part;
    part = vec_min(taken, vec_max(XAJ(DM) - step->wd, zero));
    step->wd = step->wd + part;
    step->runoff = runoff + (taken - part);
}

/* What of a depth on the area that gives runoff its free water cannot hold. */
static inline __attribute__((always_inline)) vec
xaj_spill(const double *constant, vec free, vec depth)
{
    const vec zero = vec_all(0.0), one = vec_all(1.0);
    vec sm = XAJ(SM), smm = XAJ(SMM);
    vec au = smm * (one - vec_pow_share(vec_max(one - free / sm, zero), XAJ(ROOT_EX)));
    vec reached = vec_min((au + depth) / smm, one);
    vec spilled = ((depth + free) - sm) + sm * vec_pow_share(one - reached, XAJ(POWER_EX));
    return vec_min(vec_max(spilled, zero), depth);
}

/* Runoff into surface flow, interflow and groundwater flow by the store of free water. */
static inline __attribute__((always_inline)) void
xaj_divide(const double *constant, struct xaj_step *step)
{
    const vec zero = vec_all(0.0), one = vec_all(1.0);
    const int has_runoff = vec_any_less(zero, step->runoff);
    vec inter_share = XAJ(KI_SHARE), area = step->fr, count = one, outflow = XAJ(KT), depth = zero;
    int part_count = 1;
    if (has_runoff) {
        vec share = step->runoff / vec_max(step->net_rain, vec_all(1e-300));
        area = vec_if_less(zero, step->runoff, vec_max(share, vec_all(xaj_least_area)), area);
        count = vec_max(-vec_floor(step->net_rain * vec_all(-1.0 / xaj_part_mm)), one);
        count = vec_if_less(zero, step->runoff, count, one);
        part_count = (int)vec_largest(count);
        if (part_count > 1)
            outflow =
                vec_if_less(one, count, one - vec_pow_share(one - outflow, one / count), outflow);
        depth = step->runoff / (count * area);
    }
    /* what the free water of a shrunken area cannot hold drains below the surface */
    vec held = step->s * step->fr;
    vec free = vec_min(held / area, XAJ(SM));
    vec drained = vec_max(held - free * area, zero);
    vec inter = drained * inter_share;
    vec ground = drained - inter;
    vec surface = zero;
    for (int i = 0; i < part_count; i++) {
        vec spilled = has_runoff ? xaj_spill(constant, free, depth) : zero;
        vec filled = free + (depth - spilled);
        vec left = outflow * filled;
        vec to_inter = left * inter_share;
        vec turn = vec_all(i);
        surface = vec_if_less(turn, count, surface + spilled * area, surface);
        inter = vec_if_less(turn, count, inter + to_inter * area, inter);
        ground = vec_if_less(turn, count, ground + (left - to_inter) * area, ground);
        free = vec_if_less(turn, count, filled - left, free);
    }
    step->s = free;
    step->fr = area;
    step->surface = surface;
    step->inter = inter;
    step->ground = ground;
}

#if LANES == 1
/* Water of a linear reservoir whose outflow keeps the share c of itself each step. */
static double
xaj_reservoir_mm(double outflow_mm, double c)
{
    return outflow_mm * c / (1.0 - c);
}

static void
xaj_columns(const double *constant, const struct xaj_step *step, const double *state,
            const int *span, double rain_mm, double *column)
{
    double pervious = 1.0 - constant[XAJ_IM];
    double direct_mm = rain_mm < step->potential ? rain_mm : step->potential;
    column[XAJ_COLUMN_WU] = step->wu;
    column[XAJ_COLUMN_WL] = step->wl;
    column[XAJ_COLUMN_WD] = step->wd;
    column[XAJ_COLUMN_S] = step->s;
    column[XAJ_COLUMN_FR] = step->fr;
    column[XAJ_COLUMN_STORAGE] = pervious * (step->wu + step->wl + step->wd + step->s * step->fr) +
                                 xaj_reservoir_mm(state[XAJ_STATE_QI], constant[XAJ_CI]) +
                                 xaj_reservoir_mm(state[XAJ_STATE_QG], constant[XAJ_CG]) +
                                 xaj_reservoir_mm(state[XAJ_STATE_Q], constant[XAJ_CS]) +
                                 gr_sum(state + XAJ_STATE_LAG + 1, span[0] - 1);
    column[XAJ_COLUMN_AE] = pervious * step->evaporation + constant[XAJ_IM] * direct_mm;
    column[XAJ_COLUMN_R] = pervious * step->runoff + constant[XAJ_IM] * step->net_rain;
    column[XAJ_COLUMN_RS] = pervious * step->surface + constant[XAJ_IM] * step->net_rain;
    column[XAJ_COLUMN_RI] = pervious * step->inter;
    column[XAJ_COLUMN_RG] = pervious * step->ground;
    column[XAJ_COLUMN_QI] = state[XAJ_STATE_QI];
    column[XAJ_COLUMN_QG] = state[XAJ_STATE_QG];
}
#endif

static inline __attribute__((always_inline)) void
xinanjiang_run(const struct kernel_run *run, bool with_columns)
{
    const double *constant = run->constant;
    double *state = run->state;
    const vec one = vec_all(1.0), ci = XAJ(CI), cg = XAJ(CG), cs = XAJ(CS);
    const vec pervious = one - XAJ(IM);
    struct xaj_step step = {.wu = vec_load(state + XAJ_STATE_WU * LANES),
                            .wl = vec_load(state + XAJ_STATE_WL * LANES),
                            .wd = vec_load(state + XAJ_STATE_WD * LANES),
                            .s = vec_load(state + XAJ_STATE_S * LANES),
                            .fr = vec_load(state + XAJ_STATE_FR * LANES)};
    vec qi = vec_load(state + XAJ_STATE_QI * LANES), qg = vec_load(state + XAJ_STATE_QG * LANES);
    vec q = vec_load(state + XAJ_STATE_Q * LANES);
    for (int t = 0; t < run->step_count; t++) {
        vec rain = run->weather_stride == 0 ? vec_all(run->rain_mm[t])
                                            : vec_load(run->rain_mm + t * LANES);
        vec pet =
            run->weather_stride == 0 ? vec_all(run->pet_mm[t]) : vec_load(run->pet_mm + t * LANES);
        step.potential = XAJ(K) * pet;
        xaj_evaporate(constant, rain, &step);
        xaj_saturate(constant, &step);
        xaj_divide(constant, &step);
        qi = ci * qi + (one - ci) * (pervious * step.inter);
        qg = cg * qg + (one - cg) * (pervious * step.ground);
        vec direct = pervious * step.surface + XAJ(IM) * step.net_rain;
        vec arrived =
            gr_hydrograph(state + XAJ_STATE_LAG * LANES, constant + XAJ_LAG_WEIGHTS * LANES,
                          run->span[0], direct + (qi + qg));
        q = cs * q + (one - cs) * arrived;
        vec_store(run->flow_mm + t * LANES, q);
#if LANES == 1
        if (with_columns) {
            state[XAJ_STATE_QI] = qi;
            state[XAJ_STATE_QG] = qg;
            state[XAJ_STATE_Q] = q;
            xaj_columns(constant, &step, state, run->span, rain,
                        run->column + (long)t * XAJ_COLUMN_COUNT);
        }
#else
        (void)with_columns;
#endif
    }
    vec_store(state + XAJ_STATE_WU * LANES, step.wu);
    vec_store(state + XAJ_STATE_WL * LANES, step.wl);
    vec_store(state + XAJ_STATE_WD * LANES, step.wd);
    vec_store(state + XAJ_STATE_S * LANES, step.s);
    vec_store(state + XAJ_STATE_FR * LANES, step.fr);
    vec_store(state + XAJ_STATE_QI * LANES, qi);
    vec_store(state + XAJ_STATE_QG * LANES, qg);
    vec_store(state + XAJ_STATE_Q * LANES, q);
}

#endif
