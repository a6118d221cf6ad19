/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_GR4J_H
#define NGUON_MODEL_GR4J_H

#include "solvers/status.h"

enum { GR4J_UH1_LENGTH = 20, GR4J_UH2_LENGTH = 40 };

/** Parameters of GR4J (Perrin, Michel, Andréassian 2003, J. Hydrol. 279:275-289). */
struct gr4j_parameters {
    double x1_mm;   /**< capacity of the production store, > 0 */
    double x2_mm;   /**< groundwater exchange coefficient, mm/d */
    double x3_mm;   /**< capacity of the routing store, > 0 */
    double x4_d;    /**< time base of the unit hydrograph, 0.5 <= x4 < 20 */
};

/** Everything that one day hands to the next. */
struct gr4j_state {
    double production_mm;
    double routing_mm;
    double uh1_mm[GR4J_UH1_LENGTH]; /**< water under way in the first unit hydrograph */
    double uh2_mm[GR4J_UH2_LENGTH];
};

/** Fluxes of one day, mm (Perrin et al. 2003, figure 1); what the water balance needs. */
struct gr4j_fluxes {
    double actual_evaporation;
    double percolation;
    double effective_rain; /**< Pr, into the unit hydrographs */
    double q9;             /**< out of UH1 */
    double q1;             /**< out of UH2 */
    double exchange;       /**< F, potential */
    double exchange_routing; /**< F as taken by the routing store (AExch1) */
    double exchange_direct;  /**< F as taken by the direct branch (AExch2) */
    double routed_flow;      /**< Qr */
    double direct_flow;      /**< Qd */
};

/** State with stores at given fractions of X1 and X3 (0.3 and 0.5 by default) and empty UHs. */
void gr4j_state_init(struct gr4j_state *state, const struct gr4j_parameters *parameters,
                     double production_fraction, double routing_fraction);

/**
 * Run day_count days. X1, X3 below 0.01 and X4 below 0.5 are raised to those values.
 *
 * @param[in]     rain_mm, pet_mm  [day_count], mm in the day, >= 0
 * @param[out]    flow_mm          [day_count], mm in the day
 * @param[out]    fluxes           [day_count] or NULL
 * @return STATUS_OK, STATUS_INPUT (X4 >= 20, a parameter not finite), STATUS_NOT_FINITE (an input is
 *         NaN, infinite or negative: the state is then unchanged)
 */
enum status gr4j_run(const struct gr4j_parameters *parameters, struct gr4j_state *state,
                     int day_count, const double *rain_mm, const double *pet_mm, double *flow_mm,
                     struct gr4j_fluxes *fluxes, struct error *err);

#endif
