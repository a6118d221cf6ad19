/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_DROUGHT_YIELD_H
#define NGUON_CLI_DROUGHT_YIELD_H

#include "model/site_series.h"
#include "solvers/storage_yield.h"

/* What `nguon drought yield` reads and what it prints. */

enum { LIST_MAX = 32 };

struct list {
    int count;
    double value[LIST_MAX];
};

struct yield_run {
    const char *path, *output_path, *curve_path, *date_column, *column_text, *from, *to;
    char *column_kept, *command;
    enum reliability_kind kind;
    bool monthly, quiet;
    double capacity_m3, demand_m3s, dead_m3, initial_share, surface_m2, exponent; /* NAN: none */
    struct list reliability, pattern, evaporation, storages; /* storages in hm3 */
    struct site_series series;
    int first;
    double mean_length_s;
    struct storage_problem problem;
    struct storage_trace trace;
    double *array; /* [ARRAY_COUNT][count] */
    int16_t *year;
};

extern const char *const measure_names[RELIABILITY_KIND_COUNT];

/** Mean inflow of the steps that are simulated. */
double mean_inflow_m3s(const struct yield_run *run);

void print_yield_head(const struct yield_run *run);

/** Firm yields of the capacity; the trace is left of the first reliability. */
enum status print_yields(struct yield_run *run, struct error *err);

/** Storages that the demand needs. */
enum status print_storages(struct yield_run *run, struct error *err);

/** How well the demand is met by the trace, with intervals where the record allows them. */
enum status print_performance(const struct yield_run *run, struct error *err);

#endif
