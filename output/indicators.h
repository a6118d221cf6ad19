/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_INDICATORS_H
#define NGUON_OUTPUT_INDICATORS_H

#include "scenarios/result.h"

/*
 * The variables of group /indicators: one table that says where each stands in the result of a
 * scenario, what it is called in the file, and its unit.
 */

enum indicator_owner {
    OWNER_DEMAND,
    OWNER_RESERVOIR,
    OWNER_LINK,
    OWNER_LICENCE,
    OWNER_STAGE,
    OWNER_SUBSTANCE,
    OWNER_BAY,
    OWNER_FLOOD, /**< reservoirs, if any of them has flood windows */
    OWNER_BASIN,
    OWNER_SCENARIO, /**< of the scenario's run itself, known of one that failed as well */
    OWNER_COUNT
};

enum indicator_type {
    INDICATOR_DOUBLE,
    INDICATOR_INT,
    INDICATOR_LONG,
    INDICATOR_STEP /**< number of a step, in the file the time at its start; -1 is missing */
};

struct indicator {
    const char *name;
    enum indicator_owner owner;
    enum indicator_type type;
    size_t offset; /**< in struct demand_indicators ... scenario_result */
    const char *units;
    const char *long_name;
};

extern const struct indicator indicators[];
extern const int indicator_count;

/** Number of values of one scenario. */
int indicator_length(const struct basin *basin, enum indicator_owner owner);

/** Values of one scenario, [indicator_length]; steps become times in the unit of `time`. */
void indicator_values(const struct indicator *indicator, const struct scenario_result *result,
                      const struct basin *basin, const struct timeaxis *axis, double *value);

/** Number of the file's time unit at the start of a step, and that unit: days, or hours in hourly
 *  runs, since 1970-01-01. */
double time_of_step(const struct timeaxis *axis, int step_t);
const char *time_units(const struct timeaxis *axis);

#endif
