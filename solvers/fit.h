/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_FIT_H
#define NGUON_SOLVERS_FIT_H

#include "solvers/fit_kernel.h"
#include "solvers/status.h"

/*
 * How well a simulated series fits an observed one: NSE (Nash and Sutcliffe 1970), KGE (Gupta et
 * al. 2009) and KGE' (Kling et al. 2012), of the series or of a transform that weighs low flows
 * more (Pushpalatha et al. 2012, J. Hydrol. 420-421:171-182). Steps without an observation are
 * skipped.
 */

enum fit_measure { FIT_NSE, FIT_KGE2009, FIT_KGE2012, FIT_MEASURE_COUNT };

/** The observed series, transformed once. */
struct fit_target {
    enum fit_transform transform;
    int count;         /**< steps */
    int used_count;    /**< steps with an observation */
    double *observed;  /**< [count] transformed, NaN where missing */
    double offset;     /**< added before 1/Q and log Q: a hundredth of the mean observation */
    double mean;       /**< of the transformed observations */
    double deviations; /**< sum of their squared deviations from it */
};

/** What a simulation scores. */
struct fit_score {
    int used_count;
    double nse, kge2009, kge2012;
    double r;     /**< linear correlation */
    double alpha; /**< ratio of the standard deviations */
    double gamma; /**< ratio of the coefficients of variation */
    double beta;  /**< ratio of the means */
    double rmse;
};

/**
 * @param[in] observed  [count], NaN where missing; copied
 * @return STATUS_OK, STATUS_INPUT (fewer than two observations, all of them equal, a negative or
 *         infinite one), STATUS_MEMORY
 */
enum status fit_target_init(struct fit_target *target, enum fit_transform transform, int count,
                            const double *observed, struct error *err);
void fit_target_finish(struct fit_target *target);

/**
 * Score of the sums of one lane (fit_kernel.h).
 * @param[in] sums  [FIT_SUM_COUNT] of the lane
 */
struct fit_score fit_score(const struct fit_target *target, const double *sums);

/** Score of a whole simulated series, [target->count]. */
struct fit_score fit_series(const struct fit_target *target, const double *simulated);

/** One of its figures: higher is better, 1 is perfect; -INFINITY where it is not defined. */
double fit_measure(const struct fit_score *score, enum fit_measure measure);

/** "NSE", "KGE", "KGE'"; "Q", "sqrt Q", "1/Q", "log Q". */
const char *fit_measure_name(enum fit_measure measure);
const char *fit_transform_name(enum fit_transform transform);

#endif
