/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/level_pool.h"

#include <math.h>
#include <stdbool.h>

/* TR-BDF2 as a Runge-Kutta method: nodes 0, GAMMA, 1; weights W, W, D (Hosea & Shampine 1996). */
#define SQRT2 1.41421356237309504880
#define GAMMA (2.0 - SQRT2)
#define W (SQRT2 / 4.0)
#define D (1.0 - SQRT2 / 2.0)

enum { SOLVE_ITERATIONS = 200, BISECT_EVERY = 4 };
static const double shortest_s = 1e-6;
/* Of the step's tolerance: how near the implicit equations are solved. */
static const double solve_share = 1e-3;

/* State of one interval. */
struct advance {
    const struct level_pool *pool;
    const struct pool_interval *interval;
    struct pool_outcome *outcome;
    double storage_m3, time_s;
    double outflow_m3s; /* at time_s; its parts are the first block of pool->work */
    double slope;       /* of outflow by storage, for first guesses */
    bool bad;
};

static double
inflow_at(const struct pool_interval *interval, double time_s)
{
    double share = time_s / interval->dt_s;
    return interval->inflow_start_m3s +
           share * (interval->inflow_end_m3s - interval->inflow_start_m3s);
}

static double
outflow_at(struct advance *at, double time_s, double storage_m3, double *part_m3s)
{
    double flow = at->pool->outflow(at->pool->context, time_s, storage_m3, part_m3s);
    at->outcome->call_count++;
    if (!isfinite(flow))
        at->bad = true;
    return flow;
}

/*
 * Storage with S + a O(S) = right. The left side rises at least as fast as S, so the root lies
 * within the residual of any point: that gives a bracket at once; secants inside it, halving where
 * they do not shrink it.
 */
static double
solve(struct advance *at, double time_s, double a, double right, double guess, double near_m3,
      double *part_m3s, double *flow_m3s)
{
    double low = -INFINITY, high = INFINITY;
    double x = guess, before = NAN, residual_before = NAN, width = INFINITY;
    for (int iteration = 1; iteration <= SOLVE_ITERATIONS; iteration++) {
        double flow = outflow_at(at, time_s, x, part_m3s);
        double residual = x + a * flow - right;
        *flow_m3s = flow;
        if (at->bad || fabs(residual) <= near_m3)
            break;
        low = fmax(low, residual > 0.0 ? x - residual : x);
        high = fmin(high, residual > 0.0 ? x : x - residual);
        if (high - low <= near_m3)
            break;
        if (residual != residual_before && !isnan(before))
            at->slope = fmax(0.0, ((residual - residual_before) / (x - before) - 1.0) / a);
        double next = x - residual / (1.0 + a * at->slope);
        bool halve = iteration % BISECT_EVERY == 0 && high - low > 0.5 * width;
        if (iteration % BISECT_EVERY == 0)
            width = high - low;
        if (halve || !(next > low && next < high))
            next = low + 0.5 * (high - low);
        if (next == x || next <= low || next >= high)
            break;
        before = x;
        residual_before = residual;
        x = next;
    }
    return x;
}

/* Greatest storage inside a step by the cubic through its ends and their slopes. */
static void
note_peak(struct advance *at, double h, double s0, double rate0, double s1, double rate1)
{
    struct pool_outcome *outcome = at->outcome;
    if (s1 > outcome->highest_m3) {
        outcome->highest_m3 = s1;
        outcome->highest_s = at->time_s + h;
    }
    if (s1 < outcome->lowest_m3)
        outcome->lowest_m3 = s1;
    if (!(rate0 > 0.0 && rate1 < 0.0))
        return;
    /* S = s0 + rate0 h x + c2 x^2 + c3 x^3: the slope is zero once inside, where it turns down */
    double c2 = 3.0 * (s1 - s0) - h * (2.0 * rate0 + rate1);
    double c3 = h * (rate0 + rate1) - 2.0 * (s1 - s0);
    double root = sqrt(fmax(0.0, c2 * c2 - 3.0 * c3 * h * rate0));
    double x = h * rate0 / (root - c2); /* the root that stays finite as c3 vanishes */
    if (!(x > 0.0 && x < 1.0))
        return;
    double peak = s0 + x * (h * rate0 + x * (c2 + x * c3));
    if (peak > outcome->highest_m3) {
        outcome->highest_m3 = peak;
        outcome->highest_s = at->time_s + x * h;
    }
}

/* Take a step whose weights and stage flows are known; sums and storage move together. */
static void
accept(struct advance *at, double h, const double *weight, const double *flow, int stage_count,
       const double *stage_part[], double *part_m3)
{
    const struct pool_interval *interval = at->interval;
    double inflow0 = inflow_at(interval, at->time_s);
    double inflow1 = inflow_at(interval, at->time_s + h);
    double in_m3 = h * 0.5 * (inflow0 + inflow1); /* exact for a straight line */
    double out_m3 = 0.0;
    for (int stage = 0; stage < stage_count; stage++) {
        out_m3 += h * weight[stage] * flow[stage];
        for (int i = 0; i < at->pool->part_count; i++)
            part_m3[i] += h * weight[stage] * stage_part[stage][i];
    }
    double end_m3 = at->storage_m3 + (in_m3 - out_m3);
    double last = flow[stage_count - 1];
    note_peak(at, h, at->storage_m3, inflow0 - flow[0], end_m3, inflow1 - last);
    at->outcome->inflow_m3 += in_m3;
    at->outcome->outflow_m3 += out_m3;
    at->outcome->step_count++;
    at->storage_m3 = end_m3;
    at->time_s += h;
    at->outflow_m3s = last;
    for (int i = 0; i < at->pool->part_count; i++)
        at->pool->work[i] = stage_part[stage_count - 1][i];
    if (last > at->outcome->largest_outflow_m3s) {
        at->outcome->largest_outflow_m3s = last;
        at->outcome->largest_outflow_s = at->time_s;
    }
}

/* One step of TR-BDF2; false if its error is too large. *h is the next step to try. */
static bool
step_trbdf2(struct advance *at, double *h, double *part_m3)
{
    const struct level_pool *pool = at->pool;
    static const double weight[3] = {W, W, D};
    const double *stage_part[3] = {pool->work, pool->work + pool->part_count,
                                   pool->work + 2 * pool->part_count};
    double step = *h, t = at->time_s, s = at->storage_m3;
    double near_m3 = solve_share * pool->tolerance_m3 + 1e-15 * fabs(s);
    double in[3] = {inflow_at(at->interval, t), inflow_at(at->interval, t + GAMMA * step),
                    inflow_at(at->interval, t + step)};
    double flow[3] = {at->outflow_m3s, 0.0, 0.0};
    double right = s + D * step * (in[0] - flow[0] + in[1]);
    double middle =
        solve(at, t + GAMMA * step, D * step, right, s + GAMMA * step * (in[0] - flow[0]), near_m3,
              pool->work + pool->part_count, &flow[1]);
    right = s + step * (W * (in[0] - flow[0] + in[1] - flow[1]) + D * in[2]);
    solve(at, t + step, D * step, right, s + (middle - s) / GAMMA, near_m3,
          pool->work + 2 * pool->part_count, &flow[2]);
    if (at->bad)
        return false;
    double rate[3];
    for (int i = 0; i < 3; i++)
        rate[i] = in[i] - flow[i];
    double error = step *
                   ((4.0 * W - 1.0) / 3.0 * rate[0] - rate[1] / 3.0 + 2.0 * D / 3.0 * rate[2]) /
                   (1.0 + D * step * at->slope);
    double ratio = fabs(error) / pool->tolerance_m3;
    *h = step * fmin(5.0, fmax(0.2, 0.9 / cbrt(fmax(ratio, 1e-9))));
    if (ratio > 1.0)
        return false;
    accept(at, step, weight, flow, 3, stage_part, part_m3);
    return true;
}

/* One step of the trapezoidal rule. */
static void
step_puls(struct advance *at, double h, double *part_m3)
{
    static const double weight[2] = {0.5, 0.5};
    const struct level_pool *pool = at->pool;
    const double *stage_part[2] = {pool->work, pool->work + pool->part_count};
    double t = at->time_s, s = at->storage_m3;
    double in0 = inflow_at(at->interval, t), in1 = inflow_at(at->interval, t + h);
    double flow[2] = {at->outflow_m3s, 0.0};
    double right = s + 0.5 * h * (in0 + in1 - flow[0]);
    double near_m3 = 1e-13 * (fabs(s) + h * (fabs(in0) + fabs(in1) + flow[0]));
    solve(at, t + h, 0.5 * h, right, s + h * (in0 - flow[0]), near_m3,
          pool->work + pool->part_count, &flow[1]);
    if (!at->bad)
        accept(at, h, weight, flow, 2, stage_part, part_m3);
}

enum status
level_pool_advance(const struct level_pool *pool, const struct pool_interval *interval,
                   double *storage_m3, double *part_m3, struct pool_outcome *outcome,
                   struct error *err)
{
    struct advance at = {
        .pool = pool, .interval = interval, .outcome = outcome, .storage_m3 = *storage_m3};
    *outcome = (struct pool_outcome){.highest_m3 = *storage_m3, .lowest_m3 = *storage_m3};
    at.outflow_m3s = outflow_at(&at, 0.0, *storage_m3, pool->work);
    outcome->largest_outflow_m3s = at.outflow_m3s;
    double h = fmin(interval->dt_s, pool->longest_s);
    while (!at.bad && interval->dt_s - at.time_s > 1e-9 * interval->dt_s) {
        double left = interval->dt_s - at.time_s;
        h = fmin(h, pool->longest_s);
        if (h >= left * (1.0 - 1e-9))
            h = left;
        else if (pool->method == POOL_TRBDF2 && h > 0.5 * left)
            h = 0.5 * left; /* no sliver at the end */
        if (pool->method == POOL_PULS)
            step_puls(&at, h, part_m3);
        else if (!step_trbdf2(&at, &h, part_m3) && h < shortest_s && !at.bad)
            return error_set(err, STATUS_NO_CONVERGENCE,
                             "the storage cannot be found to %g m3 with steps of %g s",
                             pool->tolerance_m3, h);
    }
    if (at.bad)
        return error_set(err, STATUS_NOT_FINITE, "the outflow of a storage of %g m3 is no number",
                         at.storage_m3);
    *storage_m3 = at.storage_m3;
    return STATUS_OK;
}
