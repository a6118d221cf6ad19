/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_AUTONOMY_H
#define NGUON_SCENARIOS_AUTONOMY_H

#include "model/basin.h"
#include "scenarios/plan.h"

/*
 * Local autonomy ("4 tại chỗ"): how long the people of each district have water from the district's
 * own lakes, rivers, wells and works if every transfer between districts and every emergency
 * source (boats, tankers) fails on a date. The basin is simulated as ever up to the date, then on
 * without them.
 */

struct autonomy_request {
    int64_t from_s;       /**< transfers fail at this instant, the start of a step */
    int day_limit;        /**< days looked at, so long the run lasts */
    const char *class_id; /**< the demands of people, "domestic" */
    bool people_only;     /**< all other demands stop on that date too */
};

/** One district in one scenario. */
struct district_autonomy {
    double need_m3s;   /**< of the people in the first step */
    double floor_days; /**< until their floor is short; INFINITY: not within the days looked at;
                            NAN: they have no floor */
    double need_days;  /**< until their whole need is short */
};

/** What was found; free with autonomy_finish. */
struct autonomy {
    int district_count;
    const char **district; /**< [district_count] of the demands of people, in file order */
    int *cut_count;        /**< [district_count] transfers that come into the district */
    int emergency_count;   /**< emergency sources that fail with them */
    int scenario_count;
    struct district_autonomy *found; /**< [scenario_count][district_count] */
};

/**
 * Whether a link is a transfer: no river or spillway, between nodes of two districts. A node
 * without a district has that of the nodes whose links, but for rivers, lead to it, if they agree;
 * what has none after that, such as an aquifer, belongs to whoever draws on it.
 *
 * @param[in] district  [node_count] from find_districts
 */
bool link_is_transfer(const struct link *link, const char *const *district);

/** District of each node, NULL for none. @param[out] district [node_count] */
void find_districts(const struct basin *basin, const char **district);

/**
 * @return STATUS_OK; STATUS_USAGE (no such class, a date outside the run); what records,
 *         runoff or the simulation of a scenario return
 */
enum status autonomy_find(struct autonomy *out, const struct basin *basin, const struct plan *plan,
                          const struct autonomy_request *request, struct error *err);
void autonomy_finish(struct autonomy *autonomy);

#endif
