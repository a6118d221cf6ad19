/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/fit_kernel.h"

#include "solvers/lanes_math.h"

/* The build compiles this file once for each width (see lanes.h). */

static inline __attribute__((always_inline)) void
add(const struct fit_run *run, enum fit_transform transform)
{
    const vec offset = vec_all(run->offset), centre = vec_all(run->centre);
    vec shifted = vec_load(run->sums + FIT_SUM_SHIFTED * LANES);
    vec squares = vec_load(run->sums + FIT_SUM_SQUARES * LANES);
    vec cross = vec_load(run->sums + FIT_SUM_CROSS * LANES);
    vec errors = vec_load(run->sums + FIT_SUM_ERRORS * LANES);
    for (int t = 0; t < run->step_count; t++) {
        double observed = run->observed[t];
        if (observed != observed)
            continue;
        vec s = vec_load(run->simulated + (long)t * LANES);
        if (transform == FIT_ROOT)
            s = vec_sqrt(s);
        else if (transform == FIT_INVERSE)
            s = vec_all(1.0) / (s + offset);
        else if (transform == FIT_LOG)
            s = vec_log(s + offset);
        vec deviation = s - centre;
        vec error = s - vec_all(observed);
        shifted = shifted + deviation;
        squares = squares + deviation * deviation;
        cross = cross + deviation * vec_all(observed - run->centre);
        errors = errors + error * error;
    }
    vec_store(run->sums + FIT_SUM_SHIFTED * LANES, shifted);
    vec_store(run->sums + FIT_SUM_SQUARES * LANES, squares);
    vec_store(run->sums + FIT_SUM_CROSS * LANES, cross);
    vec_store(run->sums + FIT_SUM_ERRORS * LANES, errors);
}

void
LANES_NAME(fit_add)(const struct fit_run *run)
{
    switch (run->transform) {
    case FIT_ROOT:
        add(run, FIT_ROOT);
        break;
    case FIT_INVERSE:
        add(run, FIT_INVERSE);
        break;
    case FIT_LOG:
        add(run, FIT_LOG);
        break;
    default:
        add(run, FIT_PLAIN);
    }
}
