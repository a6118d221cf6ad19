/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/river_routing.h"

#include <math.h>

struct river_routing
river_routing_absent(void)
{
    const double none = (double)NAN;
    return (struct river_routing){none, none, none, none, none, none, none, none, none, none};
}

int
river_routing_method_count(const struct river_routing *given)
{
    return !isnan(given->lag_s) + !isnan(given->k_s) + !isnan(given->length_m);
}

bool
river_routing_is_whole(const struct river_routing *given)
{
    if (!isnan(given->k_s))
        return !isnan(given->x);
    return isnan(given->length_m) ||
           !(isnan(given->slope) || isnan(given->width_m) || isnan(given->reference_m3s));
}

/* Every step is a whole multiple of it. */
static double
base_step_s(enum step_kind step)
{
    return step == STEP_HOURLY ? 3600.0 : 86400.0;
}

static double
shortest_step_s(enum step_kind step)
{
    static const double shortest_tenday_d = 8.0; /* the last of February */
    static const double shortest_month_d = 28.0;
    double days = step == STEP_TENDAY    ? shortest_tenday_d
                  : step == STEP_MONTHLY ? shortest_month_d
                                         : 1.0;
    return days * base_step_s(step);
}

static enum status
prepare_channel(const struct river_routing *given, double base_s, struct routing *routing,
                struct error *err)
{
    struct routing_channel channel = {.length_m = given->length_m,
                                      .slope = given->slope,
                                      .celerity_ms = given->celerity_ms,
                                      .reference_m3s = given->reference_m3s,
                                      .top_width_m = given->width_m};
    if (isnan(given->celerity_ms) == isnan(given->roughness))
        return error_set(err, STATUS_INPUT,
                         "'muskingum_cunge' needs one of celerity and roughness, not %s",
                         isnan(given->celerity_ms) ? "neither" : "both");
    if (!isnan(given->roughness)) {
        enum status status = routing_wide_channel(&channel, given->roughness, err);
        if (status != STATUS_OK)
            return status;
    }
    return routing_muskingum_cunge(routing, &channel, base_s, err);
}

static enum status
prepare(const struct river_routing *given, double shortest_s, double base_s,
        struct routing *routing, struct error *err)
{
    if (!isnan(given->lag_s))
        return routing_lag(routing, given->lag_s, shortest_s, err);
    if (!isnan(given->k_s))
        return routing_muskingum(routing, given->k_s, given->x, base_s, err);
    if (!isnan(given->length_m))
        return prepare_channel(given, base_s, routing, err);
    routing_none(routing);
    return STATUS_OK;
}

enum status
river_routing_prepare(const struct river_routing *given, enum step_kind step,
                      struct routing *routing, struct error *err)
{
    return prepare(given, shortest_step_s(step), base_step_s(step), routing, err);
}

enum status
river_routing_prepare_steps(const struct river_routing *given, double step_s,
                            struct routing *routing, struct error *err)
{
    return prepare(given, step_s, step_s, routing, err);
}
