/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_RUN_THEORY_H
#define NGUON_SOLVERS_RUN_THEORY_H

#include "solvers/status.h"

#include <math.h>
#include <stdbool.h>

/*
 * Droughts as runs below a threshold (Yevjevich 1967), pooled by the inter-event criterion of
 * Tallaksen & van Lanen (2004, Hydrological Drought, section 5.4).
 */

/** A run below the threshold. */
struct drought_event {
    int first, last;     /**< steps, both included */
    int duration;        /**< steps from first to last */
    double severity;     /**< sum of threshold - value; less the excess between pooled parts */
    double least;        /**< smallest value */
    double largest;      /**< largest threshold - value */
    int pooled_count;    /**< runs that were pooled, at least 1 */
    bool cut;            /**< it touches an end of the record or a missing value */
    double interarrival; /**< steps since the event before began; NAN for the first */
};

struct event_rule {
    double reach;       /**< an event must come down to this value (McKee et al. 1993); NAN: none */
    int pool_gap;       /**< parts at most this many steps apart are pooled ...; 0: never */
    double pool_ratio;  /**< ... if the excess between is at most this share of the severity */
    int least_duration; /**< shorter events are dropped after pooling */
    double least_severity; /**< smaller ones likewise */
};

/**
 * Events of a series.
 *
 * @param[in]  value      [count], NAN where missing
 * @param[in]  threshold  [count]; a step is dry if value < threshold
 * @param[out] event      [(count + 1)/2] in order of time
 * @return number of events
 */
int run_events(int count, const double *value, const double *threshold,
               const struct event_rule *rule, struct drought_event *event);

/**
 * Thresholds from a duration curve: the value that is exceeded with a probability, for each season.
 *
 * @param[in]  season        [count] 0 .. season_count - 1 of each step
 * @param[in]  half_window   seasons on either side that count as well, around the year
 * @param[in]  exceedance    0.8 for Q80
 * @param[out] threshold     [season_count] quantile of type 7 at 1 - exceedance; NAN without values
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status run_thresholds(int count, const double *value, const int *season, int season_count,
                           int half_window, double exceedance, double *threshold,
                           struct error *err);

#endif
