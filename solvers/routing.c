/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/routing.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/*
 * State of a lag: pairs (flow m3/s, length s) of past steps, the newest first.
 * State of Muskingum: flow into the first sub-reach, then out of each, in the last sub-step.
 */

enum { LAG_ENTRIES_MAX = 10000, SPLIT_MAX = 1000 };

/* Rounding allowed where a split stands exactly on a limit. */
static const double split_tolerance = 1e-9;

/* A flow that is none: its water is less than one atom in the age of the Earth. */
static const double nothing_m3s = 1e-200;

void
routing_none(struct routing *routing)
{
    *routing = (struct routing){.method = ROUTING_NONE};
}

enum status
routing_lag(struct routing *routing, double lag_s, double shortest_s, struct error *err)
{
    if (!(lag_s >= 0.0) || !isfinite(lag_s))
        return error_set(err, STATUS_INPUT, "the lag is %g s; it must be 0 or more", lag_s);
    double entries = ceil(lag_s / shortest_s - split_tolerance);
    if (entries > LAG_ENTRIES_MAX)
        return error_set(err, STATUS_INPUT, "the lag of %g s is more than %d steps", lag_s,
                         LAG_ENTRIES_MAX);
    routing_none(routing);
    if (lag_s == 0.0)
        return STATUS_OK;
    routing->method = ROUTING_LAG;
    routing->base_s = shortest_s;
    routing->lag_s = lag_s;
    routing->entry_count = (int)entries;
    routing->state_count = 2 * routing->entry_count;
    return STATUS_OK;
}

/*
 * Least number of sub-steps that makes the coefficients of a sub-reach 0 or more, 0 if none. A
 * negative x always has one: C2 then bounds x instead (see routing_muskingum_cunge).
 */
static int
find_substeps(double k_s, double x, double base_s)
{
    double least = ceil(base_s / (2.0 * k_s * (1.0 - x)) - split_tolerance);
    double most = x > 0.0 ? floor(base_s / (2.0 * k_s * x) + split_tolerance) : SPLIT_MAX;
    least = least < 1.0 ? 1.0 : least;
    return least <= most && least <= SPLIT_MAX ? (int)least : 0;
}

/* A rounding below zero that the tolerance of the split lets through. */
static double
coefficient(double numerator, double denominator)
{
    return numerator > 0.0 ? numerator / denominator : 0.0;
}

static void
set_muskingum(struct routing *routing, int reach_count, int substep_count, double k_s, double x,
              double base_s)
{
    double dt_s = base_s / substep_count;
    double denominator = 2.0 * k_s * (1.0 - x) + dt_s;
    *routing = (struct routing){.method = ROUTING_MUSKINGUM,
                                .base_s = base_s,
                                .reach_count = reach_count,
                                .substeps_per_base = substep_count,
                                .substep_s = dt_s,
                                .k_s = k_s,
                                .x = x,
                                .state_count = reach_count + 1};
    routing->c1 = coefficient(dt_s - 2.0 * k_s * x, denominator);
    routing->c2 = coefficient(dt_s + 2.0 * k_s * x, denominator);
    routing->c3 = coefficient(2.0 * k_s * (1.0 - x) - dt_s, denominator);
}

enum status
routing_muskingum(struct routing *routing, double k_s, double x, double base_s, struct error *err)
{
    if (!(k_s > 0.0) || !isfinite(k_s))
        return error_set(err, STATUS_INPUT, "k is %g s; it must be above 0", k_s);
    if (!(x >= 0.0 && x <= 0.5))
        return error_set(err, STATUS_INPUT, "x is %g; it must be 0 to 0.5", x);
    for (int reaches = 1; reaches <= SPLIT_MAX; reaches++) {
        int substeps = find_substeps(k_s / reaches, x, base_s);
        if (substeps == 0)
            continue;
        set_muskingum(routing, reaches, substeps, k_s / reaches, x, base_s);
        return STATUS_OK;
    }
    return error_set(err, STATUS_INPUT,
                     "k of %g s with x of %g needs more than %d sub-reaches; for x near 0.5 give "
                     "the lag instead",
                     k_s, x, (int)SPLIT_MAX);
}

enum status
routing_muskingum_cunge(struct routing *routing, const struct routing_channel *channel,
                        double base_s, struct error *err)
{
    const struct {
        const char *name;
        double value;
    } figures[] = {{"length", channel->length_m},
                   {"slope", channel->slope},
                   {"celerity", channel->celerity_ms},
                   {"reference flow", channel->reference_m3s},
                   {"top width", channel->top_width_m}};
    for (int i = 0; i < 5; i++)
        if (!(figures[i].value > 0.0) || !isfinite(figures[i].value))
            return error_set(err, STATUS_INPUT, "the %s is %g; it must be above 0", figures[i].name,
                             figures[i].value);
    double unit_flow_m2s = channel->reference_m3s / channel->top_width_m;
    for (int reaches = 1; reaches <= SPLIT_MAX; reaches++) {
        double dx_m = channel->length_m / reaches;
        double diffusion = unit_flow_m2s / (channel->slope * channel->celerity_ms * dx_m);
        double x = 0.5 * (1.0 - diffusion);
        int substeps = find_substeps(dx_m / channel->celerity_ms, x, base_s);
        if (substeps == 0)
            continue;
        double x_least = -0.5 * channel->celerity_ms * base_s / substeps / dx_m; /* D <= 1 + C */
        x = x < x_least ? x_least : x;
        set_muskingum(routing, reaches, substeps, dx_m / channel->celerity_ms, x, base_s);
        return STATUS_OK;
    }
    return error_set(err, STATUS_INPUT,
                     "no split up to %d sub-reaches routes this channel: it is %g m long and its "
                     "wave runs %g m in a step",
                     (int)SPLIT_MAX, channel->length_m, channel->celerity_ms * base_s);
}

enum status
routing_wide_channel(struct routing_channel *channel, double roughness_n, struct error *err)
{
    if (!(roughness_n > 0.0) || !isfinite(roughness_n))
        return error_set(err, STATUS_INPUT, "the roughness is %g; it must be above 0", roughness_n);
    double unit_flow_m2s = channel->reference_m3s / channel->top_width_m;
    double depth_m = pow(unit_flow_m2s * roughness_n / sqrt(channel->slope), 0.6);
    channel->celerity_ms = 5.0 / 3.0 * unit_flow_m2s / depth_m;
    return STATUS_OK;
}

void
routing_set_steady(const struct routing *routing, double *state, double flow_m3s)
{
    for (int i = 0; i < routing->state_count; i++)
        state[i] = routing->method == ROUTING_LAG && i % 2 == 1 ? routing->base_s : flow_m3s;
}

/* ---- lag ------------------------------------------------------------------------------------- */

/* Length of the overlap of [from, to] with [low, high]. */
static double
overlap_s(double from_s, double to_s, double low_s, double high_s)
{
    double begin_s = from_s > low_s ? from_s : low_s;
    double end_s = to_s < high_s ? to_s : high_s;
    return end_s > begin_s ? end_s - begin_s : 0.0;
}

/* Water that entered in past steps and leaves within [from, to] after now, m3. */
static double
lag_leaving_m3(const struct routing *routing, const double *state, double from_s, double to_s)
{
    double volume_m3 = 0.0;
    double leaves_until_s = routing->lag_s; /* when the last drop of the entry leaves */
    for (int i = 0; i < routing->entry_count; i++) {
        double length_s = state[2 * i + 1];
        volume_m3 +=
            state[2 * i] * overlap_s(leaves_until_s - length_s, leaves_until_s, from_s, to_s);
        leaves_until_s -= length_s;
    }
    return volume_m3;
}

static double
lag_share(const struct routing *routing, double dt_s)
{
    return routing->lag_s < dt_s ? 1.0 - routing->lag_s / dt_s : 0.0;
}

static double
lag_step(const struct routing *routing, double *state, double inflow_m3s, double dt_s)
{
    double outflow_m3s =
        lag_leaving_m3(routing, state, 0.0, dt_s) / dt_s + lag_share(routing, dt_s) * inflow_m3s;
    memmove(state + 2, state, (size_t)(routing->state_count - 2) * sizeof *state);
    state[0] = inflow_m3s;
    state[1] = dt_s;
    return outflow_m3s;
}

/* ---- Muskingum ------------------------------------------------------------------------------- */

static double
muskingum_step(const struct routing *routing, double *restrict state, double inflow_m3s,
               double dt_s)
{
    int substep_count = (int)lround(dt_s / routing->base_s) * routing->substeps_per_base;
    int reach_count = routing->reach_count;
    double sum = 0.0;
    for (int j = 0; j < substep_count; j++) {
        double in = inflow_m3s;
        double in_before = state[0];
        state[0] = in;
        for (int n = 1; n <= reach_count; n++) {
            double out_before = state[n];
            state[n] = routing->c1 * in + routing->c2 * in_before + routing->c3 * out_before;
            in = state[n];
            in_before = out_before;
        }
        sum += state[reach_count];
    }
    for (int n = 0; n <= reach_count; n++) /* a drained reach must not creep through subnormals */
        state[n] = state[n] > nothing_m3s ? state[n] : 0.0;
    return sum / substep_count;
}

/*
 * The storage whose change is exactly the mean inflow less the mean outflow of a sub-step: that of
 * k (x I + (1 - x) O) between two instants, moved by half a sub-step.
 */
static double
muskingum_storage_m3(const struct routing *routing, const double *state)
{
    double half_s = 0.5 * routing->substep_s;
    double of_inflow_s = routing->k_s * routing->x + half_s;
    double of_outflow_s = routing->k_s * (1.0 - routing->x) - half_s;
    double storage_m3 = 0.0;
    for (int n = 1; n <= routing->reach_count; n++)
        storage_m3 += of_inflow_s * state[n - 1] + of_outflow_s * state[n];
    return storage_m3;
}

/* ---- any method ------------------------------------------------------------------------------ */

double
routing_share(const struct routing *routing, double dt_s, double *scratch)
{
    if (routing->method == ROUTING_NONE)
        return 1.0;
    if (routing->method == ROUTING_LAG)
        return lag_share(routing, dt_s);
    memset(scratch, 0, (size_t)routing->state_count * sizeof *scratch);
    return muskingum_step(routing, scratch, 1.0, dt_s);
}

double
routing_known_m3s(const struct routing *routing, const double *state, double dt_s, double *scratch)
{
    if (routing->method == ROUTING_NONE)
        return 0.0;
    if (routing->method == ROUTING_LAG)
        return lag_leaving_m3(routing, state, 0.0, dt_s) / dt_s;
    memcpy(scratch, state, (size_t)routing->state_count * sizeof *scratch);
    return muskingum_step(routing, scratch, 0.0, dt_s);
}

double
routing_storage_m3(const struct routing *routing, const double *state)
{
    if (routing->method == ROUTING_NONE)
        return 0.0;
    if (routing->method == ROUTING_LAG)
        return lag_leaving_m3(routing, state, 0.0, routing->lag_s);
    return muskingum_storage_m3(routing, state);
}

double
routing_step(const struct routing *routing, double *state, double inflow_m3s, double dt_s)
{
    if (routing->method == ROUTING_NONE)
        return inflow_m3s;
    if (routing->method == ROUTING_LAG)
        return lag_step(routing, state, inflow_m3s, dt_s);
    return muskingum_step(routing, state, inflow_m3s, dt_s);
}
