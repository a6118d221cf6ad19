/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin.h"
#include "model/arena.h"

#include <math.h>
#include <string.h>

static const double seconds_per_day = 86400.0;

const char *
node_kind_name(enum node_kind kind)
{
    static const char *const names[NODE_KIND_COUNT] = {
        [NODE_CATCHMENT] = "catchment", [NODE_RESERVOIR] = "reservoir",
        [NODE_JUNCTION] = "junction",   [NODE_WEIR] = "weir",
        [NODE_PLANT] = "plant",         [NODE_DEMAND] = "demand",
        [NODE_AQUIFER] = "aquifer",     [NODE_WASTEWATER] = "wastewater works",
        [NODE_ESTUARY] = "estuary",     [NODE_SEA] = "sea",
        [NODE_SOURCE] = "source",
    };
    return kind < NODE_KIND_COUNT ? names[kind] : "?";
}

const char *
link_kind_name(enum link_kind kind)
{
    static const char *const names[] = {"river", "canal",  "pipe",  "pump",
                                        "well",  "intake", "sluice"};
    return kind <= LINK_SLUICE ? names[kind] : "?";
}

const char *
step_kind_name(enum step_kind kind)
{
    static const char *const names[] = {"hourly", "daily", "tenday", "monthly"};
    return kind <= STEP_MONTHLY ? names[kind] : "?";
}

void
basin_destroy(struct basin *basin)
{
    if (basin == NULL)
        return;
    for (int i = 0; i < basin->series_count && !basin->is_copy; i++)
        record_finish(&basin->series[i].record);
    for (int i = 0; i < basin->reservoir_count && !basin->is_copy; i++) {
        pchip_finish(&basin->reservoir[i].level_of_storage);
        pchip_finish(&basin->reservoir[i].area_of_storage);
    }
    arena_destroy(basin->arena); /* holds the basin itself */
}

int
basin_find_node(const struct basin *basin, const char *id)
{
    int low = 0;
    int high = basin->node_count - 1;
    while (low <= high) {
        int middle = low + (high - low) / 2;
        int order = strcmp(id, basin->node[basin->node_by_id[middle]].id);
        if (order == 0)
            return basin->node_by_id[middle];
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

int
basin_find_link(const struct basin *basin, const char *id)
{
    for (int i = 0; i < basin->link_count; i++)
        if (strcmp(basin->link[i].id, id) == 0)
            return i;
    return -1;
}

/* Straight between points, constant outside. */
static double
interpolate(const struct varying *varying, double x)
{
    const double *px = varying->x;
    int last = varying->count - 1;
    if (x <= px[0])
        return varying->value[0];
    if (x >= px[last])
        return varying->value[last];
    int i = 1;
    while (px[i] < x)
        i++;
    double share = (x - px[i - 1]) / (px[i] - px[i - 1]);
    return varying->value[i - 1] + share * (varying->value[i] - varying->value[i - 1]);
}

/* Value of a cyclic curve on a day of the leap year (366 days). */
static double
curve_at(const struct varying *varying, double day)
{
    const double *x = varying->x;
    const double *value = varying->value;
    const double cycle = 366.0;
    int last = varying->count - 1;
    int next = 0;
    while (next <= last && x[next] <= day)
        next++;
    int before = next > 0 ? next - 1 : last;
    if (varying->stepped || last == 0)
        return value[before];
    int after = next <= last ? next : 0;
    double span = x[after] - x[before];
    double gone = day - x[before];
    if (span <= 0.0)
        span += cycle;
    if (gone < 0.0)
        gone += cycle;
    return value[before] + gone / span * (value[after] - value[before]);
}

/* A figure per month or year as a figure per second of the step's month or year. */
static double
per_second(double value, enum rate_basis basis, const struct timeaxis *axis, int step_t)
{
    if (basis == BASIS_MONTH)
        return value / (axis->days_in_month[step_t] * seconds_per_day);
    if (basis == BASIS_YEAR)
        return value / (axis->days_in_year[step_t] * seconds_per_day);
    return value;
}

double
varying_adjust(const struct varying *varying, const struct timeaxis *axis, int step_t, double value)
{
    for (int i = 0; i < varying->adjustment_count; i++) {
        const struct adjustment *adjustment = &varying->adjustment[i];
        int64_t start_s = axis->start_s[step_t];
        if (start_s < adjustment->from_s || start_s >= adjustment->to_s ||
            (adjustment->month_mask & 1u << (axis->month[step_t] - 1)) == 0)
            continue;
        double figure = adjustment->monthly != NULL ? adjustment->monthly[axis->month[step_t] - 1]
                                                    : adjustment->value;
        if (adjustment->operation == CHANGE_SCALE) {
            value *= figure;
            continue;
        }
        figure = per_second(figure, adjustment->basis, axis, step_t);
        value = adjustment->operation == CHANGE_SET ? figure : value + figure;
    }
    return value;
}

double
varying_at(const struct varying *varying, const struct timeaxis *axis, int step_t, int demand_year,
           double *const *series_value, double level_m)
{
    double value = 0.0;
    switch (varying->kind) {
    case VARYING_ABSENT:
        return 0.0;
    case VARYING_CONSTANT:
        value = varying->value[0];
        break;
    case VARYING_MONTHLY:
        value = varying->value[axis->month[step_t] - 1];
        break;
    case VARYING_CURVE:
        value = curve_at(varying, axis->day_of_year[step_t]);
        break;
    case VARYING_YEARS:
        value = interpolate(varying, demand_year != 0 ? demand_year : axis->year[step_t]);
        break;
    case VARYING_SERIES:
        value = series_value[varying->series_i][step_t];
        break;
    case VARYING_BY_LEVEL:
        value = interpolate(varying, level_m);
        break;
    }
    if (varying->basis != BASIS_SECOND)
        value = per_second(value, varying->basis, axis, step_t);
    return varying->adjustment_count == 0 ? value : varying_adjust(varying, axis, step_t, value);
}

double
varying_long_term(const struct varying *varying)
{
    static const double days_per_year = 365.2425;
    static const double months_per_year = 12.0;
    double seconds[] = {[BASIS_SECOND] = 1.0,
                        [BASIS_MONTH] = days_per_year / months_per_year * seconds_per_day,
                        [BASIS_YEAR] = days_per_year * seconds_per_day};
    double value = varying->value[0] / seconds[varying->basis];
    for (int i = 0; i < varying->adjustment_count; i++) {
        const struct adjustment *adjustment = &varying->adjustment[i];
        double figure = adjustment->value / seconds[adjustment->basis];
        if (adjustment->operation == CHANGE_SCALE)
            value *= adjustment->value;
        else
            value = adjustment->operation == CHANGE_SET ? figure : value + figure;
    }
    return value;
}

bool
varying_is_constant(const struct varying *varying)
{
    if (varying->kind == VARYING_ABSENT)
        return true;
    if (varying->kind != VARYING_CONSTANT || varying->basis != BASIS_SECOND)
        return false;
    for (int i = 0; i < varying->adjustment_count; i++) {
        const struct adjustment *adjustment = &varying->adjustment[i];
        if (adjustment->from_s != INT64_MIN || adjustment->to_s != INT64_MAX ||
            adjustment->month_mask != 0xfff || adjustment->monthly != NULL ||
            (adjustment->operation != CHANGE_SCALE && adjustment->basis != BASIS_SECOND))
            return false;
    }
    return true;
}

bool
date_range_holds(const struct date_range *range, const struct timeaxis *axis, int step_t,
                 int demand_year)
{
    if (range->from_s == INT64_MIN && range->to_s == INT64_MAX)
        return true;
    int64_t instant_s = axis->start_s[step_t];
    if (demand_year != 0) {
        struct date date = timeaxis_date(axis, step_t);
        int day_max = days_in_month(demand_year, date.month);
        date.year = demand_year;
        date.day = date.day < day_max ? date.day : day_max;
        instant_s = date_to_seconds(date);
    }
    return instant_s >= range->from_s && instant_s < range->to_s;
}
