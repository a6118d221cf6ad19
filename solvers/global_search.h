/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_GLOBAL_SEARCH_H
#define NGUON_SOLVERS_GLOBAL_SEARCH_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Global minimum of a function in a box, and a sample of all points that are nearly as good. The
 * function is asked for many points at once, so that the caller may spread them over lanes and
 * threads; random numbers are keyed by seed and place (philox.h), so that nothing depends on how it
 * does that.
 */

enum { SEARCH_DIMENSION_MAX = 64 };

/**
 * Values of the function, to be minimised; infinities are legal, NaN is not.
 * @param[in]  point  [count][dimension], inside the box
 * @param[out] value  [count]
 * @return anything but STATUS_OK ends the search with that status
 */
typedef enum status search_function(void *context, int count, const double *point, double *value,
                                    struct error *err);

struct search_problem {
    int dimension;            /**< 1 .. SEARCH_DIMENSION_MAX */
    const double *low, *high; /**< [dimension] low < high */
    search_function *evaluate;
    void *context;
};

struct search_settings {
    uint64_t seed;
    int population_size;    /**< 0: ten times the dimension, at least 40 */
    int evaluation_max;     /**< over all populations */
    double value_tolerance; /**< a population has converged when its values differ by less */
    double agree_tolerance; /**< two populations have found the same minimum */
    int population_max;     /**< populations tried until two agree, at least 1 */
    /** Called after every generation; false ends the search. May be NULL. */
    bool (*progress)(void *context, int evaluation_count, double best);
    void *progress_context;
};

/** Usual settings: 200,000 evaluations, 1e-9, 1e-6, up to six populations. */
struct search_settings search_settings_usual(uint64_t seed);

struct search_result {
    double point[SEARCH_DIMENSION_MAX];
    double value;
    int evaluation_count;
    int population_count; /**< tried */
    int agreeing_count;   /**< of these, how many reached the minimum within agree_tolerance */
};

/**
 * Differential evolution (Storn and Price 1997, J. Global Optim. 11:341-359; rand/1/bin, crossover
 * 0.9, scale drawn from 0.5 to 0.9 for each trial), each population polished by the simplex method
 * of Nelder and Mead (1965) with its moves tried side by side. Independent populations are tried
 * until two of them find the best minimum at one place, or three find its value.
 *
 * @return STATUS_OK; STATUS_NO_CONVERGENCE if the evaluations ran out before two agreed (the result
 *         is the best found); STATUS_INTERRUPTED; STATUS_MEMORY; what the function returned
 */
enum status global_search(const struct search_problem *problem,
                          const struct search_settings *settings, struct search_result *result,
                          struct error *err);

/**
 * CMA-ES, the evolution strategy with covariance matrix adaptation (Hansen 2016, The CMA evolution
 * strategy: a tutorial, arXiv:1604.00772; populations of 4 + 3 ln n, doubled with each restart as
 * in Auger and Hansen 2005, IEEE CEC:1769-1776). It needs far fewer evaluations than differential
 * evolution where each is dear. Only the order of the values counts.
 *
 * @param[in] settings  value_tolerance and agree_tolerance are not looked at; population_max is the
 *                      number of populations tried until the evaluations run out
 * @return STATUS_OK; STATUS_INTERRUPTED; STATUS_MEMORY; what the function returned
 */
enum status covariance_search(const struct search_problem *problem,
                              const struct search_settings *settings, struct search_result *result,
                              struct error *err);

/**
 * Sample the points whose value is at most `level`, evenly over the box, with an ensemble of chains
 * that move along differences of each other (ter Braak 2006, Stat. Comput. 16:239-249, with a
 * target that is even inside the level set; the halves of the ensemble move in turn).
 *
 * @param[in]  best          a point with value <= level
 * @param[in]  chain_count   even, at least twice the dimension plus 2
 * @param[in]  round_count   rounds kept; as many before them are thrown away
 * @param[out] point, value  [chain_count * round_count][dimension]; [chain_count * round_count]
 */
enum status level_set_sample(const struct search_problem *problem, const double *best, double level,
                             int chain_count, int round_count, uint64_t seed, double *point,
                             double *value, struct error *err);

#endif
