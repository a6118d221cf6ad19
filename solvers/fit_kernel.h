/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_FIT_KERNEL_H
#define NGUON_SOLVERS_FIT_KERNEL_H

/* What the compiled kernels that compare series take; lanes innermost (solvers/lanes.h). */

enum fit_transform { FIT_PLAIN, FIT_ROOT, FIT_INVERSE, FIT_LOG, FIT_TRANSFORM_COUNT };

/** Sums over the steps with an observation: s simulated, o observed, c the mean observation. */
enum fit_sum {
    FIT_SUM_SHIFTED, /**< s - c */
    FIT_SUM_SQUARES, /**< (s - c)^2 */
    FIT_SUM_CROSS,   /**< (s - c)(o - c) */
    FIT_SUM_ERRORS,  /**< (s - o)^2 */
    FIT_SUM_COUNT
};

/** A part of the series: the sums are added to. */
struct fit_run {
    enum fit_transform transform;
    int step_count;
    const double *simulated; /**< [step_count][lanes], not transformed */
    const double *observed;  /**< [step_count] transformed, NaN where missing */
    double offset;           /**< added to s before 1/Q and log Q */
    double centre;           /**< c */
    double *sums;            /**< [FIT_SUM_COUNT][lanes] */
};

typedef void fit_function(const struct fit_run *run);

fit_function fit_add_1;
fit_function fit_add_4; /**< needs AVX2 */
fit_function fit_add_8; /**< needs AVX-512 F, DQ and VL */

/** Kernel of a width (1, 4 or 8), NULL if this build or processor has not got it. */
fit_function *fit_kernel(int width);

/** Whether this build and processor have a width. */
int lanes_available(int width);

#endif
