/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_SALT_REACH_H
#define NGUON_MODEL_SALT_REACH_H

#include "model/tide.h"
#include "solvers/salt_intrusion.h"

/** How the salinity of an estuary answers to its flow. */
enum salt_model {
    SALT_STEADY,  /**< the steady state of each step's flow */
    SALT_LAG,     /**< its intrusion length goes to the steady one in its own time */
    SALT_UNSTEADY /**< tidally averaged transport along the channel */
};

/** The keys of `salt` of an estuary; what they mean is in docs/basin-file.md. */
struct salt_reach {
    double mouth_area_m2; /**< 0: the estuary carries no salt */
    double convergence_m; /**< 0: prismatic */
    double bend_m;        /**< where the second convergence begins; 0: none */
    double bend_convergence_m;
    double depth_m;
    double length_m; /**< of the reach that is followed */
    int cell_count;
    double river_kgm3;
    double van_der_burgh;
    enum dispersion_form form;
    double dispersion_m2s;    /**< DISPERSION_GIVEN */
    double dispersion_factor; /**< 0: as published */
    double velocity_ms;       /**< amplitude at the mean range of the tide */
    double period_s;
    struct tide *tide; /**< whose range scales the velocity; NULL: always the mean */
    enum salt_model model;
    double lag_factor;
    double initial_flow_m3s; /**< to the sea, before the run */
    int iterate; /**< rounds of a step until intakes and flow agree; 0: the state at its start */
};

#endif
