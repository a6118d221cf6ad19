/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_ROUTING_H
#define NGUON_SOLVERS_ROUTING_H

#include "solvers/status.h"

/*
 * Linear routing of flow through a river reach. Flows are means over steps, steady inside a step.
 * All methods are linear, so that the mean outflow of a step is
 *     outflow = known + share * inflow,
 * where `known` is water already on its way and `share`, in [0,1], is the part of the step's own
 * inflow that leaves in the same step. Water is conserved to rounding.
 */

enum routing_method {
    ROUTING_NONE,     /**< inflow leaves in the same step */
    ROUTING_LAG,      /**< pure translation by any time, also a fraction of a step */
    ROUTING_MUSKINGUM /**< also Muskingum-Cunge, which is Muskingum with k and x from the channel */
};

/** A reach made ready for its steps; constant, shared by all threads. */
struct routing {
    enum routing_method method;
    double base_s;         /**< every step is a whole multiple of it */
    double lag_s;          /**< ROUTING_LAG */
    int entry_count;       /**< ROUTING_LAG: past steps that are remembered */
    int reach_count;       /**< ROUTING_MUSKINGUM: equal sub-reaches in a row */
    int substeps_per_base; /**< ROUTING_MUSKINGUM */
    double substep_s;
    double k_s; /**< of one sub-reach */
    double x;
    double c1, c2, c3; /**< on inflow now, inflow before, outflow before; all >= 0 */
    int state_count;   /**< doubles of state that the caller keeps for the reach */
};

/** A wide channel for Muskingum-Cunge. */
struct routing_channel {
    double length_m;
    double slope;         /**< of the bed, m/m */
    double celerity_ms;   /**< of the flood wave, dQ/dA at the reference flow */
    double reference_m3s; /**< reference flow */
    double top_width_m;   /**< width of the water at the reference flow */
};

/** No routing. */
void routing_none(struct routing *routing);

/**
 * Lag by a time.
 *
 * @param[in] shortest_s  shortest step of the run
 * @return STATUS_OK; STATUS_INPUT if lag_s is negative, not finite, or more than 10000 steps
 */
enum status routing_lag(struct routing *routing, double lag_s, double shortest_s,
                        struct error *err);

/**
 * Muskingum (McCarthy 1938; Chow, Maidment & Mays 1988, eq. 8.4.7 to 8.4.10): storage
 * S = k (x I + (1 - x) O). Where 2 k x <= dt <= 2 k (1 - x) fails for the whole reach and base_s,
 * the reach is cut into the least number of equal sub-reaches and base_s into the least number of
 * sub-steps that make all three coefficients 0 or more, so that no flow is negative or rings.
 *
 * @param[in] k_s     travel time, > 0
 * @param[in] x       weight of the inflow, 0 <= x <= 0.5
 * @param[in] base_s  greatest common length of the run's steps: 3600 for hours, 86400 else
 * @return STATUS_OK; STATUS_INPUT if k or x is out of range, or if x is so near 0.5 that no split
 *         up to 1000 x 1000 will do (a lag is then meant)
 */
enum status routing_muskingum(struct routing *routing, double k_s, double x, double base_s,
                              struct error *err);

/**
 * Muskingum-Cunge with constant coefficients at a reference flow (Cunge 1969, J. Hydraul. Res.
 * 7:205; Ponce 1989, eq. 9-62 to 9-66): k = dx / c, x = (1 - D) / 2, D = q / (S0 c dx) with
 * q = Q / B, of each of the least number of sub-reaches dx that gives coefficients of 0 or more
 * (Courant number C = c dt / dx: C + D >= 1 and C - D <= 1). D is cut at 1 + C: a channel so flat
 * that its wave would run upstream gets the strongest damping that the method has without negative
 * flows. Constant coefficients conserve water, variable ones do not (Todini 2007, HESS 11:1645).
 */
enum status routing_muskingum_cunge(struct routing *routing, const struct routing_channel *channel,
                                    double base_s, struct error *err);

/**
 * Celerity and top width of a wide rectangular channel at a flow: normal depth by Manning,
 * c = 5/3 Q / A (Ponce 1989, eq. 9-17).
 *
 * @param[in,out] channel      length, slope, reference flow and top width in; celerity out
 * @param[in]     roughness_n  Manning's n, s/m^(1/3)
 */
enum status routing_wide_channel(struct routing_channel *channel, double roughness_n,
                                 struct error *err);

/** State of a reach through which the same flow has always run. */
void routing_set_steady(const struct routing *routing, double *state, double flow_m3s);

/** Share of a step's inflow that leaves in the same step, 0..1. @param scratch [state_count] */
double routing_share(const struct routing *routing, double dt_s, double *scratch);

/** Mean outflow of a step of water already in the reach, m3/s. @param scratch [state_count] */
double routing_known_m3s(const struct routing *routing, const double *state, double dt_s,
                         double *scratch);

/** Water in the reach, m3. */
double routing_storage_m3(const struct routing *routing, const double *state);

/**
 * Advance the reach by a step of steady inflow.
 * @return mean outflow of the step, m3/s: known + share * inflow
 */
double routing_step(const struct routing *routing, double *state, double inflow_m3s, double dt_s);

#endif
