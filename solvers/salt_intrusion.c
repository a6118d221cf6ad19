/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/salt_intrusion.h"

#include <math.h>
#include <stddef.h>

static const double gravity_ms2 = 9.81;

static const struct channel_segment *
segment_at(const struct channel *channel, double x_m)
{
    int i = channel->segment_count - 1;
    while (i > 0 && channel->segment[i].from_m > x_m)
        i--;
    return &channel->segment[i];
}

double
channel_area_m2(const struct channel *channel, double x_m)
{
    const struct channel_segment *segment = segment_at(channel, x_m);
    return segment->area_m2 * exp(-(x_m - segment->from_m) / segment->convergence_m);
}

/* Integral of dx / A over a length from the start of a segment. */
static double
resistance_of(const struct channel_segment *segment, double length_m)
{
    double a_m = segment->convergence_m;
    if (isinf(a_m))
        return length_m / segment->area_m2;
    return a_m / segment->area_m2 * expm1(length_m / a_m);
}

/* Length of a segment, INFINITY for the last. */
static double
length_of(const struct channel *channel, int i)
{
    if (i + 1 >= channel->segment_count)
        return INFINITY;
    return channel->segment[i + 1].from_m - channel->segment[i].from_m;
}

double
channel_resistance(const struct channel *channel, double x_m)
{
    double sum = 0.0;
    for (int i = 0; i < channel->segment_count; i++) {
        const struct channel_segment *segment = &channel->segment[i];
        double length_m = fmin(x_m - segment->from_m, length_of(channel, i));
        if (i > 0 && length_m <= 0.0)
            break;
        sum += resistance_of(segment, length_m);
    }
    return sum;
}

double
channel_distance(const struct channel *channel, double resistance)
{
    double rest = resistance;
    const struct channel_segment *segment = NULL;
    for (int i = 0; i < channel->segment_count; i++) {
        segment = &channel->segment[i];
        double whole = i + 1 < channel->segment_count
                           ? resistance_of(segment, length_of(channel, i))
                           : INFINITY;
        if (rest <= whole)
            break;
        rest -= whole;
    }
    double a_m = segment->convergence_m;
    if (isinf(a_m))
        return segment->from_m + rest * segment->area_m2;
    double part = rest * segment->area_m2 / a_m;
    return part > -1.0 ? segment->from_m + a_m * log1p(part) : INFINITY;
}

double
channel_volume_m3(const struct channel *channel, double x_m)
{
    double sum = 0.0;
    for (int i = 0; i < channel->segment_count; i++) {
        const struct channel_segment *segment = &channel->segment[i];
        double length_m = fmin(x_m - segment->from_m, length_of(channel, i));
        double a_m = segment->convergence_m;
        if (length_m <= 0.0)
            break;
        sum += segment->area_m2 * (isinf(a_m) ? length_m : -a_m * expm1(-length_m / a_m));
    }
    return sum;
}

/* ---- steady state ---------------------------------------------------------------------------- */

/* (D / D0)^(1/K) where D = D0 (1 - K z), whatever K. */
static double
share_of_sea(double k, double z)
{
    if (k * z >= 1.0)
        return 0.0;
    return exp(k > 0.0 ? log1p(-k * z) / k : -z);
}

static double
decay(const struct channel *channel, const struct salt_intrusion *state, double x_m)
{
    return state->flow_m3s * channel_resistance(channel, x_m) / state->dispersion_m2s;
}

double
salt_intrusion_salinity(const struct channel *channel, const struct salt_intrusion *state,
                        double x_m)
{
    if (x_m <= 0.0)
        return state->sea_kgm3;
    return state->river_kgm3 + (state->sea_kgm3 - state->river_kgm3) *
                                   share_of_sea(state->van_der_burgh, decay(channel, state, x_m));
}

double
salt_intrusion_dispersion(const struct channel *channel, const struct salt_intrusion *state,
                          double x_m)
{
    double left = 1.0 - state->van_der_burgh * decay(channel, state, fmax(0.0, x_m));
    return state->dispersion_m2s * fmax(0.0, left);
}

/* z at which the share of the sea has fallen to a value: (1 - share^K) / K, or -ln(share). */
static double
decay_at(double k, double share)
{
    if (share <= 0.0)
        return k > 0.0 ? 1.0 / k : INFINITY;
    return k > 0.0 ? -expm1(k * log(share)) / k : -log(share);
}

static double
share_of(const struct salt_intrusion *state, double salinity_kgm3)
{
    return (salinity_kgm3 - state->river_kgm3) / (state->sea_kgm3 - state->river_kgm3);
}

double
salt_intrusion_distance(const struct channel *channel, const struct salt_intrusion *state,
                        double salinity_kgm3)
{
    double share = share_of(state, salinity_kgm3);
    if (share >= 1.0)
        return 0.0;
    double resistance =
        decay_at(state->van_der_burgh, share) * state->dispersion_m2s / state->flow_m3s;
    return isfinite(resistance) ? channel_distance(channel, resistance) : INFINITY;
}

double
salt_intrusion_length(const struct channel *channel, const struct salt_intrusion *state)
{
    return salt_intrusion_distance(channel, state, state->river_kgm3);
}

/* ---- tide and dispersion --------------------------------------------------------------------- */

double
tide_excursion_m(const struct estuary_tide *tide)
{
    return tide->velocity_ms * tide->period_s / M_PI;
}

double
tide_canter_cremers(const struct estuary_tide *tide, double mouth_area_m2, double flow_m3s)
{
    return M_PI * flow_m3s / (mouth_area_m2 * tide->velocity_ms);
}

double
tide_richardson(const struct estuary_tide *tide, double mouth_area_m2, double flow_m3s)
{
    return tide->density_step * gravity_ms2 * tide->depth_m /
           (tide->velocity_ms * tide->velocity_ms) *
           tide_canter_cremers(tide, mouth_area_m2, flow_m3s);
}

double
dispersion_coefficient(enum dispersion_form form)
{
    return form == DISPERSION_HIGH_WATER ? 1400.0 : 26.0;
}

double
dispersion_per_root_flow(enum dispersion_form form, double coefficient,
                         const struct channel *channel, const struct estuary_tide *tide)
{
    double area_m2 = channel->segment[0].area_m2, a_m = channel->segment[0].convergence_m;
    double h_m = tide->depth_m;
    if (form == DISPERSION_TIDAL_AVERAGE)
        return coefficient * h_m *
               sqrt(gravity_ms2 * h_m * tide_canter_cremers(tide, area_m2, 1.0));
    double converging = isinf(a_m) ? 1.0 : tide_excursion_m(tide) / fabs(a_m);
    return coefficient * converging * tide->velocity_ms * h_m *
           sqrt(tide_richardson(tide, area_m2, 1.0));
}

double
van_der_burgh_of_shape(double depth_m, double width_m, double width_convergence_m)
{
    double k = 4.38 * pow(depth_m, 0.36) * pow(width_m, -0.21) * pow(width_convergence_m, -0.14);
    return fmin(0.99, fmax(0.01, k));
}

double
tide_shift_m(const struct estuary_tide *tide, enum tide_phase from, enum tide_phase to)
{
    return 0.5 * (to - from) * tide_excursion_m(tide);
}

double
salt_repelling_flow_m3s(const struct channel *channel, const struct salt_intrusion *state,
                        double root_dispersion, double x_m, double limit_kgm3)
{
    double share = share_of(state, limit_kgm3);
    if (share >= 1.0)
        return 0.0;
    if (!(x_m > 0.0))
        return INFINITY;
    double per_flow =
        decay_at(state->van_der_burgh, share) / channel_resistance(channel, x_m); /* Q / D0 */
    return root_dispersion > 0.0 ? pow(root_dispersion * per_flow, 2.0)
                                 : state->dispersion_m2s * per_flow;
}

double
tide_open_share(const struct estuary_tide *tide, double intake_m, double limit_m)
{
    double half_m = 0.5 * tide_excursion_m(tide), gap_m = intake_m - limit_m;
    if (!(half_m > 0.0))
        return gap_m > 0.0 ? 1.0 : 0.0;
    return 1.0 - acos(fmin(1.0, fmax(-1.0, gap_m / half_m))) / M_PI;
}
