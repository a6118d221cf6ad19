/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_FLOW_STATISTICS_H
#define NGUON_SOLVERS_FLOW_STATISTICS_H

#include "solvers/stochastic_flow.h"

/** Monthly flows as one or more sequences of equal length, which nothing links. */
struct flow_sample {
    int sequence_count, year_count, site_count; /**< years of each sequence */
    const double *flow; /**< [sequence_count][year_count * MONTHS][site_count] */
};

/** What must be alike in a record and what is generated from it. */
struct flow_statistics {
    int site_count;
    double *mean, *sd, *skew;  /**< [MONTHS][site_count] of the flows */
    double *log_mean, *log_sd; /**< [MONTHS][site_count] */
    double *lag1;              /**< [MONTHS][site_count] of the logarithms, with the month before */
    double *cross;             /**< [MONTHS][site_count][site_count] of the logarithms */
    double *annual_mean, *annual_sd, *annual_lag1; /**< [site_count] */
    double *q90, *q95; /**< [site_count] monthly flow that is exceeded 90 and 95 % of the time */
    double *drought_mean, *drought_longest; /**< [site_count] months below the threshold: mean over
                                               events, and longest in a stretch of years (mean) */
};

/**
 * Statistics of a sample. Free with flow_statistics_finish.
 *
 * @param[in] floor      [site_count] smallest flow whose logarithm is taken
 * @param[in] threshold  [MONTHS][site_count] below which a month is in drought
 * @param[in] stretch    years of the stretches for the longest drought, at most year_count
 */
enum status flow_statistics_compute(struct flow_statistics *out, const struct flow_sample *sample,
                                    const double *floor, const double *threshold, int stretch,
                                    struct error *err);
void flow_statistics_finish(struct flow_statistics *statistics);

/** Flow of each month that is exceeded 80 % of the time. @param[out] threshold [MONTHS][site] */
enum status flow_thresholds(const struct flow_sample *sample, double *threshold, struct error *err);

#endif
