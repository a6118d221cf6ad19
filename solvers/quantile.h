/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_QUANTILE_H
#define NGUON_SOLVERS_QUANTILE_H

#include "solvers/status.h"

#include <stdbool.h>

/*
 * Quantiles of samples and statistics over the members of an ensemble. Every quantile is of type 7
 * of Hyndman & Fan (1996, Am. Stat. 50:361): straight between the order statistics x_(1+(n-1)p).
 */

/** Sort in rising order. The values must not be NaN. */
void quantile_sort(double *value, int count);

/** Quantile of a sorted sample; NAN for an empty one. @param[in] probability 0..1 */
double quantile_of_sorted(const double *sorted, int count, double probability);

/** Statistics over the members of an ensemble, each with one vote. */
struct member_statistics {
    int vote_count;   /**< models, each with one vote */
    int member_count; /**< members with a figure */
    double mean;
    double median;
    double p10, p90; /**< 10 and 90 % */
    double p17, p83; /**< the "likely" range of the IPCC, 66 % */
    double minimum, maximum;
    double sign_agreement; /**< share of votes with the sign of the median (0 for a median of 0) */
};

/**
 * Statistics over members. Members of one model (same number) are averaged first, so that a model
 * with many runs has one vote like any other; members that are NAN have none.
 *
 * @param[in] value  [member_count]
 * @param[in] model  [member_count] number of the member's model, any int; NULL: each its own
 * @return STATUS_OK (no member with a figure: counts 0, figures NAN), STATUS_NOT_FINITE (a member
 *         is infinite), STATUS_MEMORY
 */
enum status member_statistics(const double *value, const int *model, int member_count,
                              struct member_statistics *out, struct error *err);

/**
 * Statistics over members of the change from one period to another: each model's mean after, less
 * (or over, minus one) its own mean before. A model without a figure in one period has no vote.
 *
 * @param[in] relative  true: change as a share of the figure before (no vote where that is 0)
 * @see member_statistics for the other arguments
 */
enum status member_change(const double *before, const double *after, const int *model,
                          int member_count, bool relative, struct member_statistics *out,
                          struct error *err);

#endif
