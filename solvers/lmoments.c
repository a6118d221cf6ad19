/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/lmoments.h"

#include <math.h>

static const double plotting_shift = 0.35;

struct lmoments
lmoments_of_sorted(const double *sorted, int count, enum pwm_rule rule)
{
    double n = count, b0 = 0.0, b1 = 0.0, b2 = 0.0, b3 = 0.0;
    for (int i = 0; i < count; i++) {
        double w1, w2, w3;
        if (rule == PWM_UNBIASED) {
            w1 = i / (n - 1.0);
            w2 = w1 * (i - 1.0) / (n - 2.0);
            w3 = w2 * (i - 2.0) / (n - 3.0);
        } else {
            w1 = (i + 1.0 - plotting_shift) / n;
            w2 = w1 * w1;
            w3 = w2 * w1;
        }
        b0 += sorted[i];
        b1 += w1 * sorted[i];
        b2 += w2 * sorted[i];
        b3 += w3 * sorted[i];
    }
    b0 /= n;
    b1 /= n;
    b2 /= n;
    b3 /= n;
    struct lmoments moments = {.mean = b0, .l_scale = 2.0 * b1 - b0};
    moments.skew = (6.0 * b2 - 6.0 * b1 + b0) / moments.l_scale;
    moments.kurtosis = (20.0 * b3 - 30.0 * b2 + 12.0 * b1 - b0) / moments.l_scale;
    if (!(moments.l_scale > 0.0))
        moments.skew = moments.kurtosis = (double)NAN;
    return moments;
}
