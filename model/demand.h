/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_DEMAND_H
#define NGUON_MODEL_DEMAND_H

#include "model/basin.h"

/** What the demand functions need to know of the moment. */
struct moment {
    const struct timeaxis *axis;
    int step_t;
    int demand_year;             /**< 0: the step's own year */
    double *const *series_value; /**< [series_count][step_count] */
};

/**
 * Net need of a demand in a step, m3/s: size (constant, people x norm x coverage, area x norm,
 * heads x norm) x growth x profile. Losses sit on links and are not part of it. Zero outside
 * in_service.
 */
double demand_need_m3s(const struct basin *basin, const struct demand *demand,
                       const struct moment *moment);

/** People whom the demand serves in a step: population x growth x coverage. */
double demand_people(const struct demand *demand, const struct moment *moment);

/**
 * The part of the need that the floor norm covers for the people served (population x coverage),
 * m3/s, at most need_m3s; 0 without a floor.
 */
double demand_floor_m3s(const struct demand *demand, const struct moment *moment, double need_m3s);

/** Value of a quantity at the moment, for quantities that do not depend on a level. */
double moment_value(const struct moment *moment, const struct varying *varying);

#endif
