/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_ALARM_SCORE_H
#define NGUON_SOLVERS_ALARM_SCORE_H

#include "solvers/status.h"

#include <stdbool.h>

/*
 * How well a signal warns: an alarm holds in the steps in which the signal is below a level, and is
 * right if a dry step comes soon. Steps in which the signal says nothing (NAN) count nowhere.
 */

/** Signal and truth of one scenario. */
struct alarm_record {
    int count;
    const double *value; /**< [count] NAN where it says nothing */
    const bool *dry;     /**< [count] */
};

struct alarm_options {
    int ahead; /**< steps: an alarm in step t is right if a step from t to t + ahead - 1 is dry */
    int gap;   /**< steps without dryness that part two events */
};

struct alarm_score {
    double level;
    /* steps: alarm and dry soon, alarm alone, dry soon without an alarm, neither */
    long hits, false_alarms, misses, quiet;
    double pod;    /**< probability of detection, hits / (hits + misses) */
    double pofd;   /**< probability of false detection, false / (false + quiet) */
    double far;    /**< false alarm ratio, false / (hits + false) */
    double csi;    /**< critical success index, hits / (hits + misses + false) */
    double peirce; /**< Peirce's skill score, pod - pofd */
    int event_count,
        warned_count; /**< events, and those with an alarm in the steps ahead of them */
    double mean_lead; /**< steps from the first such alarm to the event, of the warned */
    int alarm_count, false_count; /**< runs of alarm, and those with no dry step until the steps
                                       ahead of their end are over */
};

/**
 * Score one level over all records. Ratios whose denominator is 0 are NAN.
 * @see Wilks (2011), Statistical Methods in the Atmospheric Sciences, 8.2; Peirce (1884)
 */
struct alarm_score alarm_score(int record_count, const struct alarm_record *record,
                               const struct alarm_options *options, double level);

/**
 * Area under the relative operating characteristic over all levels: the chance that the signal of a
 * step before dryness is lower than that of another one, equal ones counted half (Mason & Graham
 * 2002, Q. J. R. Meteorol. Soc. 128:2145). NAN if there are no steps of either kind.
 *
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status alarm_roc_area(int record_count, const struct alarm_record *record, int ahead,
                           double *area, struct error *err);

#endif
