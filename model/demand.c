/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/demand.h"

#include <math.h>

static const double seconds_per_day = 86400.0;

double
moment_value(const struct moment *moment, const struct varying *varying)
{
    return varying_at(varying, moment->axis, moment->step_t, moment->demand_year,
                      moment->series_value, NAN);
}

/* Mean factor of the days of a step, which may be part of a day or hold whole weeks. */
static double
weekly_factor(const struct profile *profile, const struct timeaxis *axis, int step_t)
{
    int weekday = axis->weekday[step_t];
    int day_count = (int)(axis->dt_s[step_t] / seconds_per_day);
    if (day_count <= 1)
        return profile->weekly[weekday];
    double sum = 0.0;
    for (int day = 0; day < day_count; day++)
        sum += profile->weekly[(weekday + day) % 7];
    return sum / day_count;
}

/* Factor on the mean rate of the year: shares of the annual volume use the true month lengths. */
static double
profile_factor(const struct profile *profile, const struct moment *moment)
{
    const struct timeaxis *axis = moment->axis;
    int t = moment->step_t;
    double factor = profile->monthly[axis->month[t] - 1];
    if (profile->monthly_is_share)
        factor *= (double)axis->days_in_year[t] / (double)axis->days_in_month[t];
    return factor * weekly_factor(profile, axis, t);
}

static double
growth_factor(const struct demand *demand, const struct moment *moment)
{
    if (demand->growth_per_year == 0.0)
        return 1.0;
    int year = moment->demand_year != 0 ? moment->demand_year : moment->axis->year[moment->step_t];
    return pow(1.0 + demand->growth_per_year, year - demand->growth_base_year);
}

/* Warm days raise the need: off unless temperature and warm_rise are given. */
static double
warm_factor(const struct demand *demand, const struct moment *moment)
{
    if (demand->temperature.kind == VARYING_ABSENT || demand->warm_rise_per_K == 0.0)
        return 1.0;
    double above_K = moment_value(moment, &demand->temperature) - demand->warm_above_C;
    return above_K > 0.0 ? 1.0 + demand->warm_rise_per_K * above_K : 1.0;
}

double
demand_need_m3s(const struct basin *basin, const struct demand *demand, const struct moment *moment)
{
    const struct node *node = &basin->node[demand->node_i];
    if (!date_range_holds(&node->in_service, moment->axis, moment->step_t, moment->demand_year))
        return 0.0;
    double need_m3s = 0.0;
    switch (demand->basis) {
    case DEMAND_CONSTANT:
        need_m3s = moment_value(moment, &demand->need);
        break;
    case DEMAND_PEOPLE:
        need_m3s = moment_value(moment, &demand->population) * moment_value(moment, &demand->norm);
        if (demand->coverage.kind != VARYING_ABSENT)
            need_m3s *= moment_value(moment, &demand->coverage);
        break;
    case DEMAND_AREA:
        need_m3s = moment_value(moment, &demand->area) * moment_value(moment, &demand->norm);
        break;
    case DEMAND_HEADS:
        need_m3s = moment_value(moment, &demand->heads) * moment_value(moment, &demand->norm);
        break;
    }
    need_m3s *= growth_factor(demand, moment);
    if (demand->profile_i >= 0)
        need_m3s *= profile_factor(&basin->profile[demand->profile_i], moment);
    need_m3s *= warm_factor(demand, moment);
    if (demand->basis != DEMAND_CONSTANT) /* else the need itself carries its changes */
        need_m3s = varying_adjust(&demand->need, moment->axis, moment->step_t, need_m3s);
    return need_m3s > 0.0 ? need_m3s : 0.0;
}

double
demand_people(const struct demand *demand, const struct moment *moment)
{
    double people = moment_value(moment, &demand->population) * growth_factor(demand, moment);
    if (demand->coverage.kind != VARYING_ABSENT) /* those not served draw elsewhere */
        people *= moment_value(moment, &demand->coverage);
    return people;
}

double
demand_floor_m3s(const struct demand *demand, const struct moment *moment, double need_m3s)
{
    if (demand->floor_norm.kind == VARYING_ABSENT || demand->population.kind == VARYING_ABSENT)
        return 0.0;
    double floor_m3s = moment_value(moment, &demand->floor_norm) * demand_people(demand, moment);
    return floor_m3s < need_m3s ? floor_m3s : need_m3s;
}
