/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CLIMATE_TABLE_H
#define NGUON_MODEL_CLIMATE_TABLE_H

#include "solvers/status.h"

#include <stdbool.h>

/** Which figure of a row is taken. */
enum climate_estimate { ESTIMATE_CENTRAL, ESTIMATE_LOW, ESTIMATE_HIGH };

/** Rows of a table of changes to look for. */
struct climate_table_query {
    const char *path; /**< CSV file in the form of data/climate_change.csv */
    const char *id, *scenario, *period;
    enum climate_estimate estimate;
};

/** What the rows say; months that no row covers keep factor 1 and shift 0. */
struct climate_table_change {
    bool has_rain, has_temperature, has_sea_level;
    double rain_factor[12];
    double temperature_K[12];
    double sea_level_m;
    int flag_count[4]; /**< rows used with flag S, R, E, M */
};

/**
 * Read the changes of a source, scenario and period. Rain is in %, temperature in K or degC, sea
 * level in cm, m or mm.
 *
 * @return STATUS_OK; STATUS_INPUT with file and line: no such row (with what is there), a column
 *         missing, a figure or unit that makes no sense, two rows for one month, an estimate that
 *         the row does not have; STATUS_MEMORY
 */
enum status climate_table_read(const struct climate_table_query *query,
                               struct climate_table_change *out, struct error *err);

#endif
