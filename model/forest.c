/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/forest.h"

#include <math.h>

static const double filter_per_day = 0.925; /* Lyne & Hollick 1979; Nathan & McMahon 1990 */

/* Zhang, Dawes & Walker 2001, eq. 8, as a share of the rain. */
static double
evaporated_share(double rain_mm, double water_use, double potential_mm)
{
    double held = 1.0 + water_use * potential_mm / rain_mm;
    return held / (held + rain_mm / potential_mm);
}

double
forest_evapotranspiration_m(double annual_rain_m, double cover)
{
    double rain_mm = 1e3 * annual_rain_m;
    double trees = evaporated_share(rain_mm, 2.0, 1410.0);
    double grass = evaporated_share(rain_mm, 0.5, 1100.0);
    return annual_rain_m * (cover * trees + (1.0 - cover) * grass);
}

double
forest_runoff_factor(const struct forest *forest)
{
    double rain_m = forest->annual_rain_m;
    return (rain_m - forest_evapotranspiration_m(rain_m, forest->cover)) /
           (rain_m - forest_evapotranspiration_m(rain_m, forest->reference));
}

/* The next quick flow of the filter, from nothing to all of the flow. */
static double
quick_flow(double filter, double quick_before, double flow_before, double flow)
{
    double quick = filter * quick_before + 0.5 * (1.0 + filter) * (flow - flow_before);
    return quick < 0.0 ? 0.0 : quick < flow ? quick : flow;
}

void
forest_change_flow(const struct forest *forest, const struct timeaxis *axis, double *flow_m3s)
{
    double volume = forest_runoff_factor(forest);
    double rise = forest->quick_flow * (forest->reference - forest->cover);
    if (axis->step > STEP_DAILY)
        rise = 0.0; /* a longer step holds quick and base flow alike */
    double filter = axis->step == STEP_HOURLY ? pow(filter_per_day, 1.0 / 24.0) : filter_per_day;
    double quick = 0.0, before = axis->step_count > 0 ? flow_m3s[0] : 0.0;
    double quick_sum = 0.0, base_sum = 0.0;
    for (int t = 0; t < axis->step_count; t++) {
        quick = quick_flow(filter, quick, before, flow_m3s[t]);
        before = flow_m3s[t];
        quick_sum += quick;
        base_sum += flow_m3s[t] - quick;
    }
    /* neither part may fall below nothing */
    rise = rise > -1.0 ? rise : -1.0;
    double fall = base_sum > 0.0 ? rise * quick_sum / base_sum : 0.0;
    if (fall > 1.0) {
        rise /= fall;
        fall = 1.0;
    }
    if (!(base_sum > 0.0))
        rise = 0.0;
    quick = 0.0;
    before = axis->step_count > 0 ? flow_m3s[0] : 0.0;
    for (int t = 0; t < axis->step_count; t++) {
        double flow = flow_m3s[t];
        quick = quick_flow(filter, quick, before, flow);
        before = flow;
        flow_m3s[t] = volume * (quick * (1.0 + rise) + (flow - quick) * (1.0 - fall));
    }
}
