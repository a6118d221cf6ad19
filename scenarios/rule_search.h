/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_RULE_SEARCH_H
#define NGUON_SCENARIOS_RULE_SEARCH_H

#include "scenarios/foresight.h"
#include "scenarios/result.h"

/*
 * Search of rules: figures of a basin are varied within bounds, every candidate is run through the
 * same scenarios (common random numbers), and CMA-ES looks for the best one
 * (solvers/global_search.h). Results do not depend on the number of threads.
 */

/**
 * What is varied: assignments as of --set, in whose values LOW..HIGH stands for a figure that is
 * searched for and N*LOW..HIGH for a list of N of them:
 * "reservoirs.lake.target={monthly: [12*20..80], unit: hm3}".
 */
struct rule_space {
    int assignment_count;
    char **path, **value; /**< [assignment_count] value with its bounds as written */
    int variable_count;
    int *first_variable; /**< [assignment_count + 1] */
    double *low, *high;  /**< [variable_count] */
};

/** Add one assignment. @return STATUS_OK; STATUS_USAGE with the reason; STATUS_MEMORY */
enum status rule_space_add(struct rule_space *space, const char *text, struct error *err);
void rule_space_finish(struct rule_space *space);

/** The value of an assignment with its figures in place, to be freed; NULL: no memory. */
char *rule_space_value(const struct rule_space *space, int assignment_a, const double *point);

/** How the figures of the scenarios become one. */
enum rule_statistic { RULE_MEAN, RULE_WORST, RULE_QUANTILE };

/** A figure of a scenario, and what is asked of it over the scenarios. */
struct rule_measure {
    const char *text;
    /** Called by several threads at once. NAN: the scenario has no such figure; it is left out. */
    double (*of)(const void *context, const struct scenario_result *result);
    const void *context;
    enum rule_statistic statistic;
    double quantile;
    bool low_is_good; /**< the worst is the largest */
    bool has_limit;   /**< of a constraint */
    double limit;     /**< at most if low_is_good, else at least */
};

struct rule_search_request {
    const struct basin *basin;
    const struct timeaxis *axis;
    const struct plan *plan;
    const struct rule_space *space;
    struct result_selection selection; /**< series that the measures need */
    int measure_count;                 /**< the objective first, then the constraints */
    const struct rule_measure *measure;
    uint64_t seed;
    int seed_count;
    int evaluation_max; /**< candidates tried with each seed */
    int population;     /**< of the search; 0: as the method has it */
    int threads;        /**< 0: all processors */
    bool (*progress)(void *context, int done_count, int all_count); /**< candidates; may be NULL */
    void *progress_context;
};

/** What one set of rules comes to. */
struct rule_outcome {
    double *point;   /**< [variable_count], NULL for the basin as it is */
    double *measure; /**< [measure_count] over the scenarios */
    bool feasible;   /**< all constraints hold */
    int evaluation_count;
};

struct rule_search_result {
    struct rule_outcome baseline;
    struct rule_outcome *seed; /**< [seed_count] best of each */
    int seed_count;
    int best_i;        /**< among the seeds */
    int failed_count;  /**< candidates that no basin could be made of, or that were not solved */
    char failure[256]; /**< of the first of them */
};

/**
 * Search from seed_count independent starts. A candidate that keeps the constraints is better than
 * one that does not; of two that do not the one that misses them by less (Deb 2000, Comput. Methods
 * Appl. Mech. Eng. 186:311-338).
 *
 * @return STATUS_OK; STATUS_USAGE (a path that changes the weather); STATUS_INPUT;
 *         STATUS_INTERRUPTED; STATUS_MEMORY
 */
enum status rule_search(const struct rule_search_request *request,
                        struct rule_search_result *result, struct error *err);
void rule_search_finish(struct rule_search_result *result);

/**
 * The objective with perfect foresight: its statistic over the bounds of the scenarios.
 *
 * @param[in]  linear         what it is worth, and what lakes must hold (scenarios/foresight.h)
 * @param[in]  share_of_need  the objective is a share of the need of the demands with a worth
 * @param[out] block_months   months that the bound takes together
 */
enum status rule_foresight(const struct rule_search_request *request,
                           const struct foresight_request *linear, bool share_of_need,
                           double *bound, int *block_months, struct error *err);

/** A statistic over the scenarios; NAN values are left out. Reorders value. */
double rule_statistic_of(const struct rule_measure *measure, int count, double *value);

#endif
