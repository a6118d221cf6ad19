/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/solvers/lanes_probe.h"

#include "solvers/lanes_math.h"

static vec
probe_one(enum probe probe, vec x, vec y)
{
    switch (probe) {
    case PROBE_EXPM1:
        return vec_expm1(x);
    case PROBE_EXP:
        return vec_exp(x);
    case PROBE_TANH:
        return vec_tanh(x);
    case PROBE_LOG:
        return vec_log(x);
    case PROBE_POW:
        return vec_pow_share(x, y);
    default:
        return vec_floor(x);
    }
}

void
LANES_NAME(lanes_probe)(enum probe probe, int count, const double *x, const double *y, double *out)
{
    for (int i = 0; i < count; i += LANES) {
        vec a, b, result;
        memcpy(&a, x + i, sizeof a);
        memcpy(&b, y + i, sizeof b);
        result = probe_one(probe, a, b);
        memcpy(out + i, &result, sizeof result);
    }
}
