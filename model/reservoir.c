/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reservoir.h"

#include <math.h>

double
reservoir_level_m(const struct reservoir *reservoir, double storage_m3)
{
    return pchip_eval(&reservoir->level_of_storage, storage_m3, NULL);
}

double
reservoir_area_m2(const struct reservoir *reservoir, double storage_m3)
{
    return pchip_eval(&reservoir->area_of_storage, storage_m3, NULL);
}

double
reservoir_storage_m3(const struct reservoir *reservoir, double level_m)
{
    return pchip_inverse(&reservoir->level_of_storage, level_m);
}

double
reservoir_line_m3(const struct reservoir *reservoir, const struct varying *line,
                  const struct moment *moment)
{
    double value = moment_value(moment, line);
    double storage_m3 = value;
    if (line->dimension == DIMENSION_LENGTH)
        storage_m3 = reservoir_storage_m3(reservoir, value);
    else if (line->dimension == DIMENSION_NONE)
        storage_m3 = value * reservoir->capacity_m3;
    if (storage_m3 < 0.0)
        return 0.0;
    return storage_m3 < reservoir->capacity_m3 ? storage_m3 : reservoir->capacity_m3;
}

/* A quantity that a shift may have brought below nothing. */
static double
amount(const struct moment *moment, const struct varying *varying)
{
    double value = moment_value(moment, varying);
    return value > 0.0 ? value : 0.0;
}

struct lake_exchange
reservoir_exchange(const struct reservoir *reservoir, const struct moment *moment,
                   double storage_m3, double area_m2, double inflow_m3)
{
    double dt_s = moment->axis->dt_s[moment->step_t];
    struct lake_exchange exchange = {0};
    if (reservoir->rain.kind != VARYING_ABSENT)
        exchange.rain_m3 = amount(moment, &reservoir->rain) * area_m2 * dt_s;
    double available_m3 = storage_m3 + inflow_m3 + exchange.rain_m3;
    if (reservoir->evaporation.kind != VARYING_ABSENT) {
        double wanted_m3 = amount(moment, &reservoir->evaporation) * area_m2 * dt_s;
        exchange.evaporation_m3 = wanted_m3 < available_m3 ? wanted_m3 : available_m3;
    }
    available_m3 -= exchange.evaporation_m3;
    if (reservoir->seepage.kind != VARYING_ABSENT) {
        double rate = amount(moment, &reservoir->seepage);
        double wanted_m3 =
            reservoir->seepage.dimension == DIMENSION_RATE ? rate * storage_m3 * dt_s : rate * dt_s;
        exchange.seepage_m3 = wanted_m3 < available_m3 ? wanted_m3 : available_m3;
    }
    return exchange;
}

double
reservoir_class_cap(const struct reservoir *reservoir, const double *zone_line_m3,
                    double storage_m3, int class_i)
{
    double cap = 1.0;
    for (int zone_i = 0; zone_i < reservoir->zone_count; zone_i++) {
        if (storage_m3 >= zone_line_m3[zone_i])
            continue;
        const struct zone *zone = &reservoir->zone[zone_i];
        for (int cap_i = 0; cap_i < zone->cap_count; cap_i++)
            if (zone->cap_class_i[cap_i] == class_i && zone->cap[cap_i] < cap)
                cap = zone->cap[cap_i];
    }
    return cap;
}

bool
reservoir_in_restriction(const struct reservoir *reservoir, const double *zone_line_m3,
                         double storage_m3)
{
    for (int zone_i = 0; zone_i < reservoir->zone_count; zone_i++)
        if (reservoir->zone[zone_i].cap_count > 0 && storage_m3 <= zone_line_m3[zone_i])
            return true;
    return false;
}
