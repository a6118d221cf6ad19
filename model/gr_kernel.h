/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_GR_KERNEL_H
#define NGUON_MODEL_GR_KERNEL_H

#include "model/catchment_kernel.h"
#include "model/gr.h"
#include "solvers/lanes_math.h"

#include <stdbool.h>

/*
 * GR4J (Perrin, Michel, Andréassian 2003, J. Hydrol. 279:275-289), GR5J (Le Moine 2008), GR6J
 * (Pushpalatha et al. 2011, J. Hydrol. 411:66-76), GR4H (Mathevet 2005; Le Moine 2008) and GR2M
 * (Mouelhi et al. 2006, J. Hydrol. 318:200-214), many catchments at once. docs/catchment-gr.md has
 * the equations.
 */

/** What tells the members of the family apart; constant at compile time in each use. */
struct gr_variant {
    enum kernel_kind kind;
    int length1, length2;     /* of the registers, 0: no such unit hydrograph */
    double percolation_scale; /* (9/4)^4 in a day, (21/4)^4 in an hour */
};

static const struct gr_variant variant_gr4j = {KERNEL_GR4J, GR_DAILY_LENGTH, 2 * GR_DAILY_LENGTH,
                                               25.62890625};
static const struct gr_variant variant_gr5j = {KERNEL_GR5J, 0, 2 * GR_DAILY_LENGTH, 25.62890625};
static const struct gr_variant variant_gr6j = {KERNEL_GR6J, GR_DAILY_LENGTH, 2 * GR_DAILY_LENGTH,
                                               25.62890625};
static const struct gr_variant variant_gr4h = {KERNEL_GR4H, GR_HOURLY_LENGTH, 2 * GR_HOURLY_LENGTH,
                                               759.69140625};

static const double gr_routed_share = 0.9;      /* of effective rain, by the routing store */
static const double gr_exponential_share = 0.4; /* of that, into the exponential store */
static const double gr_largest_ratio = 13.0;    /* beyond it tanh is 1 but for 1e-11 */

/* A day of a catchment between its parts, mm. */
struct gr_day {
    vec evaporation, stored, net_rain, percolation, effective;
    vec q9, q1, exchange, exchange1, exchange2, exchange3, routed, direct, slow;
};

/* Rain and evaporation against the production store. With th = e / (e + 2), e = exp(2 w) - 1, the
   two divisions of the published form become one. */
static inline __attribute__((always_inline)) vec
gr_production(vec store, vec x1, vec inverse_x1, vec rain, vec pet, double percolation_scale,
              struct gr_day *day)
{
    const vec one = vec_all(1.0), two = vec_all(2.0), zero = vec_all(0.0);
    vec net = rain - pet;
    vec w = vec_min(vec_max(net, -net) * inverse_x1, vec_all(gr_largest_ratio));
    vec e = vec_expm1(w + w);
    vec filling = store * inverse_x1;
    vec wet_part = x1 * (one - filling * filling);
    vec dry_part = store * (two - filling);
    vec part = vec_if_less(zero, net, wet_part, dry_part);
    vec weight = vec_if_less(zero, net, filling, one - filling);
    vec moved = part * e / ((e + two) + weight * e);
    vec stored = vec_if_less(zero, net, moved, zero);
    vec drawn = vec_if_less(zero, net, zero, vec_min(moved, store));
    store = (store + stored) - drawn;
    vec ratio = store * inverse_x1;
    vec square = ratio * ratio;
    vec left = store / vec_sqrt(vec_sqrt(one + square * square * vec_all(1.0 / percolation_scale)));
    day->net_rain = vec_max(net, zero);
    day->stored = stored;
    day->evaporation = vec_min(rain, pet) + drawn;
    day->percolation = store - left;
    day->effective = day->percolation + (day->net_rain - stored);
    return left;
}

/* One step's water into the register of water under way; what arrives in this step. */
static inline __attribute__((always_inline)) vec
gr_hydrograph(double *restrict under_way, const double *restrict ordinate, int count, vec rain)
{
    vec arrived = vec_all(0.0);
    if (count == 1) {
        arrived = vec_load(ordinate) * rain;
        vec_store(under_way, arrived);
        return arrived;
    }
    arrived = vec_load(under_way + LANES) + vec_load(ordinate) * rain;
    vec_store(under_way, arrived);
    for (int j = 1; j + 1 < count; j++)
        vec_store(under_way + j * LANES,
                  vec_load(under_way + (j + 1) * LANES) + vec_load(ordinate + j * LANES) * rain);
    vec_store(under_way + (count - 1) * LANES, vec_load(ordinate + (count - 1) * LANES) * rain);
    return arrived;
}

/* Outflow of the exponential store: X6 ln(1 + exp(Z / X6)), with its limits (Michel 2003). */
static inline __attribute__((always_inline)) vec
gr_exponential(vec *store, vec x6, vec inverse_x6)
{
    const vec bound = vec_all(33.0), limit = vec_all(7.0);
    vec a = vec_min(vec_max(*store * inverse_x6, -bound), bound);
    vec e = vec_exp(a);
    vec low = x6 * e;
    vec middle = x6 * vec_log(vec_all(1.0) + e);
    vec high = *store + x6 / e;
    vec flow = vec_if_less(limit, a, high, vec_if_less(a, -limit, low, middle));
    *store = *store - flow;
    return flow;
}

/* Exchange with the ground, the routing store, the exponential store and the direct branch. */
static inline __attribute__((always_inline)) vec
gr_routing(const struct gr_variant *variant, const double *constant, vec *routing, vec *exponential,
           struct gr_day *day)
{
    const vec one = vec_all(1.0), zero = vec_all(0.0);
    const vec inverse_x3 = vec_load(constant + GR_INVERSE_X3 * LANES);
    vec ratio = *routing * inverse_x3;
    vec to_store = day->q9;
    if (variant->kind == KERNEL_GR5J || variant->kind == KERNEL_GR6J)
        day->exchange =
            vec_load(constant + GR_X2 * LANES) * (ratio - vec_load(constant + GR_X5 * LANES));
    else
        day->exchange =
            vec_load(constant + GR_X2 * LANES) * (ratio * ratio * ratio * vec_sqrt(ratio));
    day->exchange3 = zero;
    day->slow = zero;
    if (variant->kind == KERNEL_GR6J) {
        vec share = vec_all(gr_exponential_share) * day->q9;
        to_store = day->q9 - share;
        *exponential = *exponential + (share + day->exchange);
        day->exchange3 = day->exchange;
        day->slow = gr_exponential(exponential, vec_load(constant + GR_X6 * LANES),
                                   vec_load(constant + GR_INVERSE_X6 * LANES));
    }
    vec filled = *routing + to_store;
    vec store = vec_max(filled + day->exchange, zero);
    day->exchange1 = vec_if_less(filled + day->exchange, zero, -filled, day->exchange);
    ratio = store * inverse_x3;
    vec square = ratio * ratio;
    *routing = store / vec_sqrt(vec_sqrt(one + square * square));
    day->routed = store - *routing;
    day->direct = vec_max(day->q1 + day->exchange, zero);
    day->exchange2 = vec_if_less(day->q1 + day->exchange, zero, -day->q1, day->exchange);
    return day->routed + day->direct + day->slow;
}

#if LANES == 1
static double
gr_sum(const double *value, int count)
{
    double sum = 0.0;
    for (int j = count - 1; j >= 0; j--)
        sum += value[j];
    return sum;
}

/* All stores and fluxes of the step; the first place of a register has left already. */
static void
gr_columns(const struct gr_variant *variant, const struct gr_day *day, const double store[3],
           const double *uh1, const double *uh2, const int *span, double *column)
{
    column[GR_COLUMN_PROD] = store[GR_PRODUCTION];
    column[GR_COLUMN_ROUT] = store[GR_ROUTING];
    column[GR_COLUMN_EXP] = store[GR_EXPONENTIAL];
    column[GR_COLUMN_UH1] = variant->length1 > 0 ? gr_sum(uh1 + 1, span[0] - 1) : 0.0;
    column[GR_COLUMN_UH2] = gr_sum(uh2 + 1, span[1] - 1);
    column[GR_COLUMN_PN] = day->net_rain;
    column[GR_COLUMN_PS] = day->stored;
    column[GR_COLUMN_AE] = day->evaporation;
    column[GR_COLUMN_PERC] = day->percolation;
    column[GR_COLUMN_PR] = day->effective;
    column[GR_COLUMN_Q9] = day->q9;
    column[GR_COLUMN_Q1] = day->q1;
    column[GR_COLUMN_EXCH] = day->exchange;
    column[GR_COLUMN_AEXCH1] = day->exchange1;
    column[GR_COLUMN_AEXCH2] = day->exchange2;
    column[GR_COLUMN_AEXCH] = day->exchange1 + day->exchange2 + day->exchange3;
    column[GR_COLUMN_QR] = day->routed;
    column[GR_COLUMN_QREXP] = day->slow;
    column[GR_COLUMN_QD] = day->direct;
}
#endif

static inline __attribute__((always_inline)) void
gr_run(const struct kernel_run *run, const struct gr_variant *variant, bool with_columns)
{
    const double *restrict constant = run->constant;
    const double *ordinate1 = constant + GR_ORDINATES * LANES;
    const double *ordinate2 = ordinate1 + variant->length1 * LANES;
    double *uh1 = run->state + GR_REGISTERS * LANES;
    double *uh2 = uh1 + variant->length1 * LANES;
    const int span1 = run->span[0], span2 = run->span[1];
    const vec x1 = vec_load(constant + GR_X1 * LANES);
    const vec inverse_x1 = vec_load(constant + GR_INVERSE_X1 * LANES);
    vec production = vec_load(run->state + GR_PRODUCTION * LANES);
    vec routing = vec_load(run->state + GR_ROUTING * LANES);
    vec exponential = vec_load(run->state + GR_EXPONENTIAL * LANES);
    for (int t = 0; t < run->step_count; t++) {
        struct gr_day day;
        vec rain, pet;
        if (run->weather_stride == 0) {
            rain = vec_all(run->rain_mm[t]);
            pet = vec_all(run->pet_mm[t]);
        } else {
            rain = vec_load(run->rain_mm + t * LANES);
            pet = vec_load(run->pet_mm + t * LANES);
        }
        production =
            gr_production(production, x1, inverse_x1, rain, pet, variant->percolation_scale, &day);
        if (variant->kind == KERNEL_GR5J) {
            vec arrived = gr_hydrograph(uh2, ordinate2, span2, day.effective);
            day.q9 = arrived * vec_all(gr_routed_share);
            day.q1 = arrived * vec_all(1.0 - gr_routed_share);
        } else {
            day.q9 = gr_hydrograph(uh1, ordinate1, span1, day.effective * vec_all(gr_routed_share));
            day.q1 = gr_hydrograph(uh2, ordinate2, span2,
                                   day.effective * vec_all(1.0 - gr_routed_share));
        }
        vec_store(run->flow_mm + t * LANES,
                  gr_routing(variant, constant, &routing, &exponential, &day));
#if LANES == 1
        if (with_columns)
            gr_columns(variant, &day, (double[3]){production, routing, exponential}, uh1, uh2,
                       run->span, run->column + (long)t * GR_COLUMN_COUNT);
#else
        (void)with_columns;
#endif
    }
    vec_store(run->state + GR_PRODUCTION * LANES, production);
    vec_store(run->state + GR_ROUTING * LANES, routing);
    vec_store(run->state + GR_EXPONENTIAL * LANES, exponential);
}

static inline __attribute__((always_inline)) void
gr2m_run(const struct kernel_run *run, bool with_columns)
{
    static const double routing_capacity_mm = 60.0; /* Mouelhi et al. 2006 */
    const vec one = vec_all(1.0), capacity = vec_all(routing_capacity_mm);
    const vec x1 = vec_load(run->constant + GR2M_X1 * LANES);
    const vec inverse_x1 = vec_load(run->constant + GR2M_INVERSE_X1 * LANES);
    const vec x2 = vec_load(run->constant + GR2M_X2 * LANES);
    const vec largest = vec_all(gr_largest_ratio);
    vec production = vec_load(run->state + GR_PRODUCTION * LANES);
    vec routing = vec_load(run->state + GR_ROUTING * LANES);
    for (int t = 0; t < run->step_count; t++) {
        vec rain = run->weather_stride == 0 ? vec_all(run->rain_mm[t])
                                            : vec_load(run->rain_mm + t * LANES);
        vec pet =
            run->weather_stride == 0 ? vec_all(run->pet_mm[t]) : vec_load(run->pet_mm + t * LANES);
        vec th = vec_tanh(vec_min(rain * inverse_x1, largest));
        vec wetted = (production + x1 * th) / (one + production * inverse_x1 * th);
        vec excess = (rain + production) - wetted;
        th = vec_tanh(vec_min(pet * inverse_x1, largest));
        vec dried = wetted * (one - th) / (one + (one - wetted * inverse_x1) * th);
        vec ratio = dried * inverse_x1;
        vec cube = one + ratio * ratio * ratio;
        vec left = dried * vec_exp(vec_log(cube) * vec_all(-1.0 / 3.0));
        vec percolation = dried - left;
        vec effective = excess + percolation;
        vec filled = routing + effective;
        vec exchanged = x2 * filled;
        vec flow = exchanged * exchanged / (exchanged + capacity);
        vec_store(run->flow_mm + t * LANES, flow);
#if LANES == 1
        if (with_columns) {
            double *column = run->column + (long)t * GR2M_COLUMN_COUNT;
            column[GR2M_COLUMN_PROD] = left;
            column[GR2M_COLUMN_ROUT] = exchanged - flow;
            column[GR2M_COLUMN_PN] = excess;
            column[GR2M_COLUMN_PS] = rain - excess;
            column[GR2M_COLUMN_AE] = wetted - dried;
            column[GR2M_COLUMN_PERC] = percolation;
            column[GR2M_COLUMN_PR] = effective;
            column[GR2M_COLUMN_AEXCH] = exchanged - filled;
        }
#else
        (void)with_columns;
#endif
        production = left;
        routing = exchanged - flow;
    }
    vec_store(run->state + GR_PRODUCTION * LANES, production);
    vec_store(run->state + GR_ROUTING * LANES, routing);
}

#endif
