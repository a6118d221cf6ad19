/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_BENCH_CLOCK_H
#define NGUON_BENCH_CLOCK_H

#include <time.h>

static inline double
clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/** Processor time of this thread, s. */
static inline double
thread_seconds(void)
{
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

/** Time on the wall, s. */
static inline double
wall_seconds(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

#endif
