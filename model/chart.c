/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/chart.h"

#include "model/reservoir.h"

#include <math.h>

enum { LEAP_YEAR = 2024 };

const char *
chart_line_name(enum chart_line line)
{
    static const char *const names[CHART_LINE_COUNT] = {"flood limit", "upper line",
                                                        "restriction line"};
    return names[line];
}

/* One quantity day by day; levels where it is a line. */
static enum status
fill_days(const struct basin *basin, const struct reservoir *reservoir, const char *key,
          const struct varying *varying, const struct timeaxis *axis, bool is_line, double *out,
          struct error *err)
{
    if (varying->kind == VARYING_SERIES)
        return error_set(err, STATUS_INPUT,
                         "'%s' of '%s' is a record: a chart needs a line by day of the year", key,
                         basin->node[reservoir->node_i].id);
    for (int day = 0; day < CHART_DAYS; day++) {
        const struct moment moment = {axis, day, basin->run.demand_year, NULL};
        out[day] = NAN;
        if (varying->kind == VARYING_ABSENT)
            continue;
        out[day] = moment_value(&moment, varying);
        if (is_line && varying->dimension != DIMENSION_LENGTH)
            out[day] = reservoir_level_m(reservoir, reservoir_line_m3(reservoir, varying, &moment));
    }
    return STATUS_OK;
}

static enum status
check_order(const struct basin *basin, const struct reservoir *reservoir, const struct chart *chart,
            const struct timeaxis *axis, struct error *err)
{
    for (int day = 0; day < CHART_DAYS; day++)
        if (chart->level_m[CHART_RESTRICTION][day] > chart->level_m[CHART_UPPER][day] + 1e-9)
            return error_set(err, STATUS_INPUT,
                             "the restriction line of '%s' lies above its upper line on %02d-%02d: "
                             "%g m and %g m",
                             basin->node[reservoir->node_i].id, axis->month[day], axis->day[day],
                             chart->level_m[CHART_RESTRICTION][day],
                             chart->level_m[CHART_UPPER][day]);
    return STATUS_OK;
}

enum status
chart_fill(const struct basin *basin, const struct reservoir *reservoir, struct chart *out,
           struct error *err)
{
    struct timeaxis axis = {0};
    const struct varying *const lines[CHART_LINE_COUNT] = {
        &reservoir->flood_limit, &reservoir->upper_line, &reservoir->restriction_line};
    static const char *const keys[CHART_LINE_COUNT] = {"flood_limit", "upper_line",
                                                       "restriction_line"};
    enum status status = timeaxis_init(&axis, STEP_DAILY, (struct date){LEAP_YEAR, 1, 1, 0},
                                       (struct date){LEAP_YEAR, 12, 31, 0}, err);
    for (int i = 0; i < CHART_LINE_COUNT && status == STATUS_OK; i++)
        status = fill_days(basin, reservoir, keys[i], lines[i], &axis, true, out->level_m[i], err);
    if (status == STATUS_OK)
        status = fill_days(basin, reservoir, "minimum_release", &reservoir->minimum_release, &axis,
                           false, out->minimum_m3s, err);
    out->normal_m = reservoir_level_m(reservoir, reservoir->capacity_m3);
    out->dead_m = reservoir_level_m(reservoir, reservoir->dead_storage_m3);
    if (status == STATUS_OK)
        status = check_order(basin, reservoir, out, &axis, err);
    timeaxis_finish(&axis);
    return status;
}
