/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_DROUGHT_OUTLOOK_H
#define NGUON_SCENARIOS_DROUGHT_OUTLOOK_H

#include "model/arena.h"
#include "scenarios/simulate.h"

/** What a drought plan looks at that no decision of the run changes, by step; NULL where the plan
 *  does not look at it. */
struct drought_outlook {
    double *index;      /**< [step_count] standardised index of the last month that had ended at the
                             start of the step, NAN before there is one */
    double *flow_index; /**< [step_count] likewise, of streamflow */
    double *ahead_m3;   /**< [step_count] inflow of the time ahead, NAN where that goes beyond the
                             run */
    double *normal_m3;  /**< [step_count] normal inflow of the same time, NAN if none is given */
};

/**
 * Work out the index and the forecast of a plan for all steps of a scenario.
 *
 * The index is that of `nguon drought index --index spi` as it stands by default (gamma
 * distribution by Thom's estimator, McKee et al. 1993 for months without rain, within +-3.09) of
 * the monthly rain of the run. It is fitted to the rain of the reference years as recorded; changes
 * of the scenario act on what is compared with them. The index of streamflow is that of `nguon
 * drought index --index ssi` (log-logistic distribution by L-moments) of a series, likewise, or of
 * the runoff of the scenario to the plan's lakes, fitted to itself. The forecast is the plan's own
 * series, or the runoff to come of all catchments whose water runs to the plan's lakes by rivers
 * and spillways.
 *
 * @return STATUS_OK; STATUS_INPUT (a calendar month cannot be fitted); STATUS_MEMORY
 */
enum status drought_outlook_create(const struct simulation_input *input,
                                   const struct drought_plan *plan, struct arena *memory,
                                   struct drought_outlook *out, struct error *err);

/** What of a catchment's runoff runs to the lakes of the plan: 1 for each target that lies above
 *  one of them by rivers and spillways. @param[out] reaches [node_count] */
void drought_outlook_nodes(const struct basin *basin, const struct drought_plan *plan,
                           bool *reaches);

#endif
