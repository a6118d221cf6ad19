/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_ESTUARY_H
#define NGUON_MODEL_ESTUARY_H

#include "model/basin.h"

/*
 * An estuary of the basin as solvers/salt_intrusion.h takes it: its shape at a level of the sea,
 * its tide on a day, and the steady state or the lagged one for a flow to the sea. The channel
 * begins at the mouth (x = 0) and lies landward.
 */

/** What an estuary is under in a step. */
struct estuary_moment {
    double sea_level_m; /**< above the level that the shape is given for */
    double tide_share;  /**< range of the day against the mean range */
    double mouth_kgm3;  /**< salinity at the mouth */
};

/** An estuary ready for figures. */
struct estuary_view {
    struct channel channel;
    struct estuary_tide tide;
    double root_dispersion;      /**< D0 = root_dispersion sqrt(Q); 0: D0 is given */
    enum tide_phase phase;       /**< that the profile stands for */
    struct salt_intrusion state; /**< flow_m3s and dispersion_m2s are set by estuary_set_flow */
};

/** Shape, tide and dispersion of a moment: depth and areas grow with the sea at fixed banks, A x
 *  (h + dz) / h. */
void estuary_view(const struct salt_reach *salt, const struct estuary_moment *moment,
                  struct estuary_view *view);

/** A flow to the sea, m3/s. At or below estuary_least_flow_m3s it is taken as that. */
void estuary_set_flow(const struct salt_reach *salt, double flow_m3s, struct estuary_view *view);

/** The flow below which a steady state is of no meaning: a thousandth of the area at the mouth in a
 *  second (1 mm/s). */
double estuary_least_flow_m3s(const struct salt_reach *salt);

/** Intrusion length of the present flow, m, at most the length of the reach. */
double estuary_length_m(const struct salt_reach *salt, const struct estuary_view *view);

/** The flow whose steady intrusion length is a given one: what a lagged state looks like. */
double estuary_flow_of_length_m3s(const struct salt_reach *salt, const struct estuary_view *view,
                                  double length_m);

/**
 * Move a lagged intrusion length by dL/dt = (L_eq - L) / tau, tau = V(L) / (lag Q), where V is the
 * volume of the salt reach: with u = Q L / V this is the L / (lag u) of MacCready (2007, J. Phys.
 * Oceanogr. 37:2133; the factor of 6 is of his scaling and can be changed).
 */
double estuary_lagged_length_m(const struct salt_reach *salt, const struct estuary_view *view,
                               double length_m, double dt_s);

/** Where the salinity falls to a limit in the mean of the tide, m from the mouth. */
double estuary_limit_m(const struct estuary_view *view, double limit_kgm3);

/** Salinity at a place in a phase of the tide, kg/m3. */
double estuary_salinity_kgm3(const struct estuary_view *view, double x_m, enum tide_phase phase);

/** The least flow to the sea that keeps an intake at a limit: with the tide, through all of it or
 *  in its mean. */
double estuary_repelling_flow_m3s(const struct estuary_view *view, double x_m, double limit_kgm3,
                                  enum tide_phase phase);

/** Range of the tide on each step against its mean over 19 years; 1 where no tide is given.
 *  @param[out] share  [axis->step_count] */
void estuary_tide_shares(const struct salt_reach *salt, const struct timeaxis *axis, double *share);

#endif
