/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_RIVER_ROUTING_H
#define NGUON_MODEL_RIVER_ROUTING_H

#include "model/timeaxis.h"
#include "solvers/routing.h"

#include <stdbool.h>

/** What the file says of the routing of a river; figures that are not given are NAN. */
struct river_routing {
    double lag_s;                  /**< lag */
    double k_s, x;                 /**< muskingum */
    double length_m, slope;        /**< muskingum_cunge */
    double width_m, reference_m3s; /**< muskingum_cunge */
    double celerity_ms, roughness; /**< muskingum_cunge, one of them */
    double initial_m3s;            /**< flow that has always run when the run begins */
};

/** Nothing is given: water arrives in the step in which it leaves. */
struct river_routing river_routing_absent(void);

/** Number of methods that are given: 0 where there is no routing, 1 where all is well. */
int river_routing_method_count(const struct river_routing *given);

/** Whether the method has all the figures that it must have. */
bool river_routing_is_whole(const struct river_routing *given);

/**
 * Make a reach ready for the steps of a run (docs/routing.md).
 *
 * @param[in] given  with one method
 * @return STATUS_OK; STATUS_INPUT with a message that names the key if the figures do not go
 *         together
 */
enum status river_routing_prepare(const struct river_routing *given, enum step_kind step,
                                  struct routing *routing, struct error *err);

/** The same for equal steps of any length. */
enum status river_routing_prepare_steps(const struct river_routing *given, double step_s,
                                        struct routing *routing, struct error *err);

#endif
