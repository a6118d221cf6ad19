/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_LEVEL_POOL_H
#define NGUON_SOLVERS_LEVEL_POOL_H

#include "solvers/status.h"

/*
 * Level-pool routing: dS/dt = I(t) - O(t, S) for one lake whose outflow O does not fall when the
 * storage S rises. Inflow is a straight line inside an interval. Volumes in and out are summed by
 * the same quadrature that moves the storage, so that mass closes to rounding whatever the step.
 */

/**
 * Outflow at a moment, m3/s, 0 or more and not falling with storage.
 *
 * @param[in]  time_s     seconds from the start of the interval
 * @param[out] part_m3s   [part_count] its parts; their sum is the value returned
 */
typedef double pool_outflow(void *context, double time_s, double storage_m3, double *part_m3s);

enum pool_method {
    /**
     * TR-BDF2 (Bank et al. 1985, IEEE Trans. CAD 4:436; Hosea & Shampine 1996, Appl. Numer. Math.
     * 20:21): order 2, L-stable, so that a gate that empties a small lake in seconds does no harm;
     * steps are chosen by the embedded error of order 3.
     */
    POOL_TRBDF2,
    /** Modified Puls: 2S/dt + O = I + I' + 2S'/dt - O' (Chow, Maidment & Mays 1988, eq. 8.2.3), the
     *  trapezoidal rule, in steps of longest_s exactly. */
    POOL_PULS
};

struct level_pool {
    enum pool_method method;
    pool_outflow *outflow;
    void *context;
    int part_count;
    double *work;        /**< [3 * part_count] */
    double tolerance_m3; /**< POOL_TRBDF2: error of storage allowed in a step */
    double longest_s;    /**< longest step within an interval */
};

/** One interval of straight inflow. */
struct pool_interval {
    double dt_s;
    double inflow_start_m3s, inflow_end_m3s;
};

/** What happened in an interval. */
struct pool_outcome {
    double inflow_m3, outflow_m3;
    double highest_m3, highest_s; /**< greatest storage, and when (between steps by the cubic) */
    double lowest_m3;
    double largest_outflow_m3s, largest_outflow_s;
    long step_count, call_count;
};

/**
 * Move a lake through an interval.
 *
 * @param[in,out] storage_m3  at the start in, at the end out: start + inflow_m3 - outflow_m3
 * @param[in,out] part_m3     [part_count] volume of each part is added
 * @return STATUS_OK; STATUS_NOT_FINITE if the outflow is no number; STATUS_NO_CONVERGENCE if the
 *         tolerance asks for steps below a millionth of a second
 * @note No allocation. Safe from several threads with different pools.
 */
enum status level_pool_advance(const struct level_pool *pool, const struct pool_interval *interval,
                               double *storage_m3, double *part_m3, struct pool_outcome *outcome,
                               struct error *err);

#endif
