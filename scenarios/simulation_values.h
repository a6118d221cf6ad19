/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_SIMULATION_VALUES_H
#define NGUON_SCENARIOS_SIMULATION_VALUES_H

#include "solvers/status.h"

struct simulation;

/** What stands where between two steps; flows are those of the last step, NAN before the first. */
enum simulation_value {
    VALUE_STORAGE,         /**< [reservoir_count] m3 */
    VALUE_LEVEL,           /**< [reservoir_count] m */
    VALUE_EVAPORATION,     /**< [reservoir_count] m3/s */
    VALUE_AQUIFER_STORAGE, /**< [aquifer_count] m3 */
    VALUE_RUNOFF,          /**< [catchment_count] m3/s of the step to come; NAN after the last */
    VALUE_NEED,            /**< [demand_count] m3/s */
    VALUE_SUPPLY,          /**< [demand_count] m3/s */
    VALUE_SHORTAGE,        /**< [demand_count] m3/s, what is rounding of the need being 0 */
    VALUE_LINK_FLOW,       /**< [link_count] m3/s at the upstream end */
    VALUE_LINK_CAPACITY,   /**< [link_count] m3/s, INFINITY without one */
    VALUE_LINK_MINIMUM,    /**< [link_count] m3/s, NAN for links without a minimum flow */
    VALUE_SALINITY,        /**< [node_count] kg/m3, NAN where salt is not followed */
    VALUE_BASIN_SHORTAGE,  /**< [1] m3/s of all demands */
    SIMULATION_VALUE_COUNT
};

/** Fill out with the values of all elements. */
void simulation_values(const struct simulation *simulation, enum simulation_value value,
                       double *out);

/**
 * Another volume in a reservoir before the next step; what its water holds of substances stays in
 * proportion. The balance of the next steps begins with it.
 * @return STATUS_OK; STATUS_INPUT if it is not between 0 and the last row of the reservoir's table
 */
enum status simulation_set_storage(struct simulation *simulation, int reservoir_r,
                                   double storage_m3, struct error *err);

/** The same of an aquifer, between 0 and its capacity. */
enum status simulation_set_aquifer(struct simulation *simulation, int aquifer_a, double storage_m3,
                                   struct error *err);

#endif
