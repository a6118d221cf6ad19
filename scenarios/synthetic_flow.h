/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_SYNTHETIC_FLOW_H
#define NGUON_SCENARIOS_SYNTHETIC_FLOW_H

#include "model/site_series.h"
#include "solvers/flow_days.h"
#include "solvers/flow_statistics.h"
#include "solvers/stochastic_flow.h"

#include <stdbool.h>

/** What is generated. */
struct synthetic_request {
    enum flow_method method;
    struct monsoon_change change;
    uint64_t seed;
    int member_count;
    int year_count; /**< years of each member */
    int start_year; /**< of the calendar of the members */
    bool daily;     /**< spread over days; the record must have days */
    int window_days;
};

/** The record as the generator needs it: whole calendar years, flows in m3/s. */
struct synthetic_source {
    int site_count, first_year, year_count, day_count;
    const char *name[FLOW_SITES_MAX];
    double *month_m3s; /**< [year_count * MONTHS][site_count] */
    double *day_m3s;   /**< [day_count][site_count], NULL for a record of months */
};

/**
 * Take the whole calendar years of series that share their steps.
 * @return STATUS_OK; STATUS_INPUT (not days or months, no whole year, a missing value with its
 *         line and date); STATUS_MEMORY
 */
enum status synthetic_source_init(struct synthetic_source *source, int site_count,
                                  const struct site_series *series, struct error *err);
void synthetic_source_finish(struct synthetic_source *source);

/**
 * Called for each member in order, from one thread.
 * @param[in] flow_m3s  [step_count][site_count]
 */
typedef enum status synthetic_sink(void *context, int member_i, const float *flow_m3s,
                                   struct error *err);

/** What was generated, in months, and how it compares. Free with synthetic_flow_finish. */
struct synthetic_flow {
    int step_count;   /**< of a member */
    int64_t *start_s; /**< [step_count + 1] */
    int repaired_count, floored_count;
    double *month_m3s; /**< [member_count][year_count * MONTHS][site_count] */
    float *week_m3s;   /**< [member_count][year_count][site_count] least mean of 7 days of each
                            year; NULL for months */
    double *source_week_m3s; /**< [years of the source][site_count]; likewise */
};

/**
 * Generate all members in parallel and hand them to the sink. The figures are the same for any
 * number of threads and members.
 *
 * @param[in] sink  NULL: nothing is kept but the months
 */
enum status synthetic_flow_generate(struct synthetic_flow *out,
                                    const struct synthetic_source *source,
                                    const struct synthetic_request *request, synthetic_sink *sink,
                                    void *context, struct error *err);
void synthetic_flow_finish(struct synthetic_flow *flow);

/** Source and synthetic flows side by side. */
struct synthetic_report {
    struct flow_statistics source, synthetic;
};

/** Statistics of both; droughts are below what the source exceeds 80 % of the time. */
enum status synthetic_report_make(struct synthetic_report *report,
                                  const struct synthetic_source *source,
                                  const struct synthetic_request *request,
                                  const struct synthetic_flow *flow, struct error *err);
void synthetic_report_finish(struct synthetic_report *report);

#endif
