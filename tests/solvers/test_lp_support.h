/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TEST_LP_SUPPORT_H
#define NGUON_TEST_LP_SUPPORT_H

#include "solvers/lp.h"

#include <stdint.h>

/* Random linear programs and independent checks of what a backend says about them. */

/** Deterministic random numbers (splitmix64, Steele et al. 2014). */
struct random {
    uint64_t state;
};

double random_uniform(struct random *random, double low, double high);
int random_below(struct random *random, int count);
bool random_chance(struct random *random, double probability);

/** One LP with its present bounds, and what the generator has to know to change it. */
struct sample {
    struct lp_problem problem;
    int *column_start;
    int *row_index;
    double *coefficient;
    double *cost;
    int *step_count;
    double *step_cost;
    double *lower;
    double *upper;
    double *rhs;
    double unit;   /**< typical volume */
    bool has_free; /**< some column has no bounds: its value need not be unique */
    int nonzero_count;
    int *copied_row;         /**< [row_count] row that this one repeats, or -1 */
    unsigned char *is_spill; /**< [column_count] always open above */
};

struct sample_shape {
    int node_count;
    int arc_count;
    int side_count; /**< rows over a few columns, with a bounded slack */
    int copy_count; /**< rows that repeat another one */
    int level_count;
    double unit;
    double spread;   /**< decades of the volumes inside one LP */
    bool tie_free;   /**< generic costs on the last level */
    bool degenerate; /**< equal bounds, many zeros */
    bool sides_stay; /**< later bounds are infinite where the first ones were */
    bool plain;      /**< no losses: entries of -1 and 1 only */
    bool stepped;    /**< some columns cost more step by step */
    bool may_fail;   /**< no spills, demands that cannot always be met */
};

/** Any of the above, small. */
struct sample_shape sample_shape_draw(struct random *random);

/** A network of nodes with stores, demands, spills and losses on arcs. */
void sample_create(struct sample *sample, const struct sample_shape *shape, struct random *random);
void sample_destroy(struct sample *sample);

/** Draw new bounds and right-hand sides for some of the columns and rows. */
void sample_change(struct sample *sample, const struct sample_shape *shape, double part,
                   struct random *random);

/** Hand bounds and right-hand sides to an object. */
void sample_load(const struct sample *sample, struct lp *lp);

/** Objective of a level; size receives the sum of its absolute terms. */
double sample_objective(const struct sample *sample, int level, const double *x, double *size);

/** Largest violation of a row or bound, relative to its terms or a small volume. */
double sample_violation(const struct sample *sample, const double *x);

/** By how much the value exceeds what the bounds allow, per unit of the largest multiplier. */
double sample_certificate_gap(const struct sample *sample,
                              const struct lp_certificate *certificate);

/** The combination is one of the rows and the bounds keep its left side below its value. */
bool sample_certificate_holds(const struct sample *sample,
                              const struct lp_certificate *certificate);

/** lp_create, or the test fails. */
struct lp *test_lp_create(const struct lp_problem *problem, enum lp_method method);

/* test_lp_cases.c */
void levels_are_strict_whatever_the_sizes(void **state);
void certificate_names_what_is_short(void **state);
void sides_that_open_and_close_are_followed(void **state);
void steps_fill_side_by_side(void **state);
void bad_input_is_refused(void **state);
void written_files_are_read_back(void **state);
void threads_may_use_glpk_at_once(void **state);

#endif
