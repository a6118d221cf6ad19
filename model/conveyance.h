/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CONVEYANCE_H
#define NGUON_MODEL_CONVEYANCE_H

#include "model/demand.h"

/**
 * Share of the water drawn that arrives at every node, by the way on which least is lost: the
 * product of what links and works pass on, from the nearest lake, weir, estuary, aquifer, source,
 * wastewater works or place where runoff or water from outside comes in (all of these 1).
 *
 * @param[out] gain [node_count] within 0 and 1; 0 where no link leads
 */
void conveyance_gains(const struct basin *basin, const struct moment *moment, double *gain);

/**
 * The same for water that one node gives: by links in service, spillways apart, and through no
 * lake.
 *
 * @param[out] gain [node_count] 1 at the node itself
 */
void conveyance_gains_from(const struct basin *basin, const struct moment *moment, int node_i,
                           double *gain);

#endif
