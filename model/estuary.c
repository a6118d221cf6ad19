/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/estuary.h"

#include <math.h>

static const double least_velocity_ms = 1e-3; /* of the flow at the mouth */
static const double least_tide_share = 0.05;  /* the sea is never quite still */

void
estuary_view(const struct salt_reach *salt, const struct estuary_moment *moment,
             struct estuary_view *view)
{
    double depth_m = salt->depth_m + moment->sea_level_m;
    double wider = depth_m / salt->depth_m;
    *view = (struct estuary_view){0};
    struct channel *channel = &view->channel;
    double first_m = salt->convergence_m > 0.0 ? salt->convergence_m : (double)INFINITY;
    channel->segment[channel->segment_count++] =
        (struct channel_segment){0.0, wider * salt->mouth_area_m2, first_m};
    if (salt->bend_m > 0.0) {
        double second_m =
            salt->bend_convergence_m > 0.0 ? salt->bend_convergence_m : (double)INFINITY;
        channel->segment[channel->segment_count++] = (struct channel_segment){
            salt->bend_m, wider * salt->mouth_area_m2 * exp(-salt->bend_m / first_m), second_m};
    }
    view->tide = (struct estuary_tide){
        .depth_m = depth_m,
        .velocity_ms = salt->velocity_ms * fmax(least_tide_share, moment->tide_share),
        .period_s = salt->period_s,
        /* sea water is 0.77 kg/m3 denser for each kg/m3 of salt (UNESCO 1981, at 20 degC) */
        .density_step = 0.77e-3 * fmax(0.0, moment->mouth_kgm3 - salt->river_kgm3)};
    view->phase = salt->form == DISPERSION_HIGH_WATER ? TIDE_HIGH_WATER : TIDE_AVERAGE;
    if (salt->form != DISPERSION_GIVEN) {
        double coefficient = salt->dispersion_factor > 0.0 ? salt->dispersion_factor
                                                           : dispersion_coefficient(salt->form);
        view->root_dispersion =
            dispersion_per_root_flow(salt->form, coefficient, channel, &view->tide);
    }
    view->state = (struct salt_intrusion){.dispersion_m2s = salt->dispersion_m2s,
                                          .van_der_burgh = salt->van_der_burgh,
                                          .sea_kgm3 = fmax(moment->mouth_kgm3, salt->river_kgm3),
                                          .river_kgm3 = salt->river_kgm3};
}

double
estuary_least_flow_m3s(const struct salt_reach *salt)
{
    return least_velocity_ms * salt->mouth_area_m2;
}

void
estuary_set_flow(const struct salt_reach *salt, double flow_m3s, struct estuary_view *view)
{
    double least_m3s = estuary_least_flow_m3s(salt);
    view->state.flow_m3s = flow_m3s > least_m3s ? flow_m3s : least_m3s;
    if (view->root_dispersion > 0.0)
        view->state.dispersion_m2s = view->root_dispersion * sqrt(view->state.flow_m3s);
}

double
estuary_length_m(const struct salt_reach *salt, const struct estuary_view *view)
{
    if (!(view->state.sea_kgm3 > view->state.river_kgm3))
        return 0.0;
    double length_m = salt_intrusion_length(&view->channel, &view->state);
    return length_m < salt->length_m ? length_m : salt->length_m;
}

double
estuary_flow_of_length_m3s(const struct salt_reach *salt, const struct estuary_view *view,
                           double length_m)
{
    double resistance =
        salt->van_der_burgh * channel_resistance(&view->channel, fmax(length_m, 1.0));
    if (view->root_dispersion > 0.0)
        return pow(view->root_dispersion / resistance, 2.0);
    return view->state.dispersion_m2s / resistance;
}

double
estuary_lagged_length_m(const struct salt_reach *salt, const struct estuary_view *view,
                        double length_m, double dt_s)
{
    double steady_m = estuary_length_m(salt, view);
    double volume_m3 = channel_volume_m3(&view->channel, fmax(length_m, 1.0));
    double time_s = volume_m3 / (salt->lag_factor * view->state.flow_m3s);
    return steady_m + (length_m - steady_m) * exp(-dt_s / time_s);
}

double
estuary_limit_m(const struct estuary_view *view, double limit_kgm3)
{
    if (!(view->state.sea_kgm3 > view->state.river_kgm3))
        return limit_kgm3 < view->state.sea_kgm3 ? (double)INFINITY : -(double)INFINITY;
    if (limit_kgm3 < view->state.river_kgm3)
        return (double)INFINITY;
    if (limit_kgm3 >= view->state.sea_kgm3)
        return -(double)INFINITY;
    return salt_intrusion_distance(&view->channel, &view->state, limit_kgm3) +
           tide_shift_m(&view->tide, view->phase, TIDE_AVERAGE);
}

double
estuary_salinity_kgm3(const struct estuary_view *view, double x_m, enum tide_phase phase)
{
    double shifted_m = x_m - tide_shift_m(&view->tide, view->phase, phase);
    return salt_intrusion_salinity(&view->channel, &view->state, shifted_m);
}

double
estuary_repelling_flow_m3s(const struct estuary_view *view, double x_m, double limit_kgm3,
                           enum tide_phase phase)
{
    double shifted_m = x_m - tide_shift_m(&view->tide, view->phase, phase);
    return salt_repelling_flow_m3s(&view->channel, &view->state, view->root_dispersion, shifted_m,
                                   limit_kgm3);
}

/* Mean range of the days of a step. */
static double
range_of_step(const struct tide *tide, int64_t start_s, int64_t end_s)
{
    double sum_m = 0.0;
    int days = 0;
    for (int64_t at_s = start_s; at_s < end_s; at_s += 86400, days++) {
        struct tide_day day = tide_day(tide, at_s);
        sum_m += day.highest_m - day.lowest_m;
    }
    return sum_m / days;
}

void
estuary_tide_shares(const struct salt_reach *salt, const struct timeaxis *axis, double *share)
{
    int64_t last_day = INT64_MIN;
    double mean_m = 1.0, range_m = 1.0;
    if (salt->tide != NULL) {
        int year = timeaxis_date(axis, 0).year;
        mean_m = range_of_step(salt->tide, date_to_seconds((struct date){year, 1, 1, 0}),
                               date_to_seconds((struct date){year + 19, 1, 1, 0}));
    }
    for (int t = 0; t < axis->step_count; t++) {
        int64_t day = axis->start_s[t] - ((axis->start_s[t] % 86400) + 86400) % 86400;
        if (salt->tide != NULL && day != last_day)
            range_m = axis->step == STEP_HOURLY
                          ? range_of_step(salt->tide, day, day + 86400)
                          : range_of_step(salt->tide, axis->start_s[t], axis->start_s[t + 1]);
        last_day = day;
        share[t] = range_m / mean_m;
    }
}
