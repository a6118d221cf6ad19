/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/design_flood.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POINT_S = 600, HOUR_S = 3600, HOURS_MAX = 24 * 366 };
static const double end_share = 0.01;

static double
reduced(double return_period)
{
    return -log(-log1p(-1.0 / return_period));
}

enum status
design_flood_peak(const struct design_flood *flood, double return_period, double *peak_m3s,
                  struct error *err)
{
    int last = flood->peak_count - 1;
    if (return_period < flood->return_period[0] || return_period > flood->return_period[last])
        return error_set(err, STATUS_INPUT,
                         "a return period of %g years lies outside 'peaks', %g to %g years",
                         return_period, flood->return_period[0], flood->return_period[last]);
    int i = 1;
    while (return_period > flood->return_period[i])
        i++;
    double from = reduced(flood->return_period[i - 1]), to = reduced(flood->return_period[i]);
    double share = (reduced(return_period) - from) / (to - from);
    *peak_m3s = flood->peak_m3s[i - 1] + share * (flood->peak_m3s[i] - flood->peak_m3s[i - 1]);
    return STATUS_OK;
}

/* Share of the peak above base flow at a time. */
static double
rise(const struct design_flood *flood, double at_s)
{
    double x = at_s / flood->time_to_peak_s;
    return at_s > 0.0 ? exp(flood->shape * (log(x) + 1.0 - x)) : 0.0;
}

int
design_flood_hours(const struct design_flood *flood)
{
    int hours = (int)ceil(flood->time_to_peak_s / HOUR_S);
    while (hours < HOURS_MAX && rise(flood, (double)hours * HOUR_S) > end_share)
        hours++;
    return hours;
}

enum status
design_flood_hydrograph(const struct design_flood *flood, double peak_m3s, int64_t start_s,
                        int64_t end_s, struct inflow_members *out)
{
    int count = (int)((end_s - start_s + POINT_S - 1) / POINT_S) + 1;
    enum status status = inflow_allocate(out, count < 2 ? 2 : count, 1);
    if (status != STATUS_OK)
        return status;
    out->label[0] = strdup("design flood");
    if (out->label[0] == NULL)
        return STATUS_MEMORY;
    for (int i = 0; i < out->time_count; i++) {
        out->time_s[i] = start_s + (int64_t)i * POINT_S;
        out->flow_m3s[i] = flood->base_flow_m3s +
                           (peak_m3s - flood->base_flow_m3s) * rise(flood, (double)i * POINT_S);
    }
    return STATUS_OK;
}
