/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_MONTHLY_RUNOFF_H
#define NGUON_SCENARIOS_MONTHLY_RUNOFF_H

#include "model/basin.h"
#include "solvers/stochastic_flow.h"

/** Runoff of the catchments of a basin as the means of months of whole calendar years. */
struct monthly_runoff {
    int first_year, year_count, catchment_count;
    double *flow_m3s; /**< [catchment_count][year_count * MONTHS] */
};

/** Days of each month, February with its part of leap years. */
extern const double month_days_mean[MONTHS];

/**
 * Runoff of the file's own weather (realisation 1), without changes of the forest.
 *
 * @param[in] record  years; {0, 0}: the whole calendar years of the run
 * @return STATUS_OK; STATUS_INPUT (fewer than 5 years, records that do not cover them);
 *         STATUS_MEMORY
 */
enum status monthly_runoff_read(struct monthly_runoff *out, const struct basin *basin,
                                struct year_span record, struct error *err);
void monthly_runoff_finish(struct monthly_runoff *runoff);

/** A monthly flow, and what years are generated from it. */
struct monthly_source {
    const char *name; /**< for messages */
    enum flow_method method;
    uint64_t seed;
    int year_count;
    const double *flow_m3s; /**< [year_count * MONTHS] */
};

/**
 * Synthetic years in one sequence.
 * @param[out] flow_m3s  [year_count * MONTHS]
 * @return as flow_model_fit
 */
enum status monthly_flow_generate(const struct monthly_source *source, uint32_t member,
                                  int year_count, double *flow_m3s, struct error *err);

#endif
