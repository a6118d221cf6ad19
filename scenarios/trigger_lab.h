/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_TRIGGER_LAB_H
#define NGUON_SCENARIOS_TRIGGER_LAB_H

#include "scenarios/result.h"
#include "solvers/alarm_score.h"

/*
 * The trigger laboratory: how well the storage of a drought plan's lakes and its indices of rain
 * and streamflow would have warned in an ensemble in which nobody acts, and what acting at each
 * level would cost and bring.
 */

/** What one level of a trigger comes to if a stage of the plan follows it alone. */
struct trigger_action {
    double cut_m3_per_year;     /**< cut by rule, mean over the scenarios */
    double lacking_m3_per_year; /**< lacking for want of water */
    double stage_share;         /**< of the steps in the stage */
    long dry_steps;             /**< steps with a shortage of the class, all scenarios */
};

struct trigger_level {
    struct alarm_score score;
    struct trigger_action action; /**< all 0 without a stage that acts */
};

struct trigger_result {
    bool is_there; /**< the plan has what this trigger looks at */
    double roc_area;
    int level_count;
    struct trigger_level *level; /**< [level_count] rising */
    int best_i; /**< level that leaves fewest dry steps, of these the one that cuts least; -1 */
};

struct trigger_lab {
    int plan_p;
    int step_count, scenario_count;
    long dry_steps; /**< with nobody acting */
    double lacking_m3_per_year;
    struct trigger_result trigger[TRIGGER_COUNT]; /**< the forecast is not looked at */
};

struct trigger_request {
    const struct basin *basin;
    const struct timeaxis *axis;
    const struct plan *plan;
    int plan_p;         /**< drought plan */
    int class_i;        /**< whose shortage makes a step dry, -1: a storage below a line does */
    double below_share; /**< of the capacity of the plan's lakes */
    double ahead_s;     /**< how long an alarm holds good */
    double gap_s;       /**< that parts two events */
    int stage;          /**< that acts, from 0; -1 none */
    int threads;        /**< 0: all processors */
};

/**
 * Storages are tried from 5 to 95 % of the capacity, indices from -2.5 to 0.5. The stage that acts
 * keeps its caps and works, those of the milder ones with them, and its least time; all its lines
 * are replaced by the level that is tried, no other stage is entered and all other plans rest.
 * Results do not depend on the number of threads.
 *
 * @return STATUS_OK; STATUS_INPUT (an index cannot be fitted, nothing is looked at); the status of
 * a scenario that fails; STATUS_MEMORY
 */
enum status trigger_lab_run(const struct trigger_request *request, struct trigger_lab *lab,
                            struct error *err);
void trigger_lab_finish(struct trigger_lab *lab);

#endif
