/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_RULE_MEASURE_H
#define NGUON_OUTPUT_RULE_MEASURE_H

#include "scenarios/rule_search.h"

/*
 * The figures that a search of rules looks at, by their names:
 *
 *     [mean|worst|pNN] GROUP.MEASURE     reliability, volume, annual, resilience, vulnerability,
 *                                        shortage_index of a class, a district, a demand or `all`
 *     [mean|worst|pNN] INDICATOR/ID      of the results, such as reservoir_minimum_storage_m3/lake
 *     [mean|worst|pNN] benefit(FILE)     sum over links and demands of what an hm3 is worth in each
 *                                        month, by a CSV file month,ID,ID ...
 *
 * A constraint has `>= LIMIT` or `<= LIMIT` behind it.
 */

struct measure_of_scenario;

/**
 * Read one. The objective needs `maximise` or `minimise` in its caller's hands; a constraint its
 * limit in the text.
 *
 * @param[in]  option     for messages, "--maximise"
 * @param[out] of         to be freed with measure_free, context of the measure
 * @param[out] selection  the series it needs are added
 */
enum status measure_read(const char *option, const char *text, bool is_constraint,
                         const struct basin *basin, const struct timeaxis *axis,
                         struct rule_measure *measure, struct result_selection *selection,
                         struct error *err);
void measure_free(struct rule_measure *measure);

/**
 * What a unit of every demand's supply and of every link's flow adds to the measure, if it is a sum
 * of those (volume of a group, benefit): for a bound by perfect foresight.
 *
 * @param[out] demand_worth, link_worth  [count][12] by month, per m3
 * @param[out] share_of_need             the sum is over all need of these demands, as a share
 * @return false: it is none
 */
bool measure_is_linear(const struct rule_measure *measure, double (*demand_worth)[12],
                       double (*link_worth)[12], bool *share_of_need);

/**
 * Raise what lakes must hold by a constraint that says so in every scenario: smallest or end
 * storage of a lake, at least, with one scenario or the statistic `worst`.
 *
 * @param[in,out] least_m3, end_m3  [reservoir_count] NAN none
 * @return false: the constraint says no such thing
 */
bool measure_holds_storage(const struct rule_measure *measure, int scenario_count, double *least_m3,
                           double *end_m3);

#endif
