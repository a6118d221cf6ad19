/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_CALIBRATION_H
#define NGUON_SCENARIOS_CALIBRATION_H

#include "model/catchment_lanes.h"
#include "model/catchment_series.h"
#include "solvers/fit.h"
#include "solvers/global_search.h"

/*
 * Parameters of a catchment model from an observed flow: the best set by global search, all sets
 * that are nearly as good, and the split-sample test. Parameter sets run side by side in lanes and
 * threads; no figure depends on how many of either there are.
 */

enum { OBJECTIVE_TERM_MAX = 8 };

/** One part of an objective. */
struct objective_term {
    double weight; /**< > 0 */
    enum fit_measure measure;
    enum fit_transform transform;
};

/** Weighted mean of measures; 1 is perfect. */
struct objective {
    int term_count;
    struct objective_term term[OBJECTIVE_TERM_MAX];
};

/**
 * Read "KGE", "NSE(sqrt)", "0.5*KGE + 0.5*KGE(1/Q)": measures nse, kge (or kge2009), kge2012 (or
 * kge'), of q, sqrt, inverse (or 1/q) and log.
 * @return STATUS_OK, STATUS_USAGE
 */
enum status objective_parse(const char *text, struct objective *objective, struct error *err);

/** The objective as objective_parse reads it. Buffer of >= 256 bytes. */
const char *objective_format(const struct objective *objective, char *buffer, size_t size);

/** Ranges of the search; equal ends fix a parameter. */
struct calibration_range {
    double low, high;
};

struct calibration_settings {
    const struct catchment_model *model;
    const struct catchment_series *series; /**< with weather and flow */
    double initial[CATCHMENT_INITIAL_MAX];
    struct objective objective;
    struct calibration_range range[CATCHMENT_PARAMETER_MAX];
    struct search_settings search;
    int threads; /**< 0: all processors */
    int width;   /**< lanes, 0: the widest */
};

/** Ranges of the model's table. */
void calibration_ranges_usual(const struct catchment_model *model, struct calibration_range *range);

/** Workspaces of the threads and the observations of a period. */
struct calibration;

/**
 * @return STATUS_OK, STATUS_INPUT (too few observations in the period, a range that is empty or out
 *         of the model's limits, weather missing), STATUS_MEMORY
 */
enum status calibration_create(const struct calibration_settings *settings,
                               const struct catchment_period *period, struct calibration **out,
                               struct error *err);
void calibration_destroy(struct calibration *calibration);

/** Observations used and steps of the period. */
int calibration_observation_count(const struct calibration *calibration);

/** Number of parameters that are searched. */
int calibration_free_count(const struct calibration *calibration);

/** Objective of parameter sets, [count][parameter_count] -> [count]; -INFINITY where undefined. */
enum status calibration_score(struct calibration *calibration, int count, const double *parameter,
                              double *score, struct error *err);

struct calibration_result {
    double parameter[CATCHMENT_PARAMETER_MAX];
    double score;
    int evaluation_count;
    int population_count, agreeing_count; /**< see search_result */
};

/**
 * Best parameter set.
 * @return STATUS_OK, STATUS_NO_CONVERGENCE (the result is the best found), STATUS_INTERRUPTED ...
 */
enum status calibration_run(struct calibration *calibration, struct calibration_result *result,
                            struct error *err);

/** Sets whose score is within `tolerance` of the best. */
struct near_optimal {
    int count;
    double *parameter; /**< [count][parameter_count] */
    double *score;     /**< [count] */
};

/** Sample them evenly in the space of the search (level_set_sample). */
enum status calibration_near_optimal(struct calibration *calibration,
                                     const struct calibration_result *best, double tolerance,
                                     struct near_optimal *out, struct error *err);
void near_optimal_finish(struct near_optimal *sets);

/** What the sets say of one parameter. */
struct identifiability {
    double least, p05, median, p95, most;
    double share; /**< of the searched range, in its scale, that the middle 90 % of the sets span */
    int partner_i;      /**< parameter most correlated with it over the sets, -1 none */
    double correlation; /**< with the partner, in the scale of the search */
    bool at_edge;       /**< the best lies at an end of the searched range */
};

/** @param[out] out  [parameter_count]; fixed ones have share 0 */
enum status calibration_identify(const struct calibration *calibration,
                                 const struct calibration_result *best,
                                 const struct near_optimal *sets, struct identifiability *out,
                                 struct error *err);

/** A figure in the scale of the search and back. */
double search_scaled(enum search_scale scale, double value);
double search_unscaled(enum search_scale scale, double scaled);

#endif
