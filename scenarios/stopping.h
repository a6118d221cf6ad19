/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_STOPPING_H
#define NGUON_SCENARIOS_STOPPING_H

#include "scenarios/plan.h"
#include "scenarios/result.h"
#include "solvers/performance.h"

/*
 * When a run knows enough: "domestic.reliability ±0.5 %" ends it once the mean of a measure of a
 * class over the weather is known that well.
 *
 * What is averaged are independent draws: the points of a sample, or the members of the first axis
 * of a product, which must be that of realisations, each with the mean over all its scenarios.
 * After every whole draw, from the tenth on, the half width of the interval of Student's t at 95 %
 * is compared with the tolerance. The outcome depends on the scenarios in their order alone.
 */

enum stopping_measure {
    STOPPING_RELIABILITY, /**< share of steps without a failure */
    STOPPING_VOLUME,      /**< supply over need */
    STOPPING_ANNUAL,      /**< share of years without a failure */
    STOPPING_RESILIENCE,
    STOPPING_VULNERABILITY, /**< mean over events of the largest share that lacked in a step */
    STOPPING_MEASURE_COUNT
};

/** The measure of a name ("reliability" ... "vulnerability"). @return false: there is none */
bool stopping_measure_find(const char *name, enum stopping_measure *measure);

/** The names there are, for messages. */
extern const char stopping_measures[];

/** The measure of one that is measured. */
double stopping_measure_of(const struct performance *performance, enum stopping_measure measure);

struct stopping {
    int class_i;
    enum stopping_measure measure;
    double tolerance; /**< half width that is enough, share of 1 */
    int block;        /**< scenarios of one draw */
    const struct basin *basin;
    const struct timeaxis *axis;
    double *need_m3, *supply_m3; /**< [step_count] */
    double sum_of_block;
    int in_block, failed_in_block;
    int draw_count; /**< whole draws so far */
    double mean;    /**< of the draws */
    double squares; /**< sum of squared differences from it */
};

/**
 * Read a rule, "CLASS.MEASURE ±TOLERANCE" (+- will do); the tolerance in % or as a share.
 *
 * @return STATUS_OK; STATUS_USAGE with the reason: no such class or measure, no tolerance, or draws
 *         that are not independent; STATUS_MEMORY. Free with stopping_finish.
 */
enum status stopping_init(struct stopping *stopping, const char *text, const struct basin *basin,
                          const struct timeaxis *axis, const struct plan *plan, struct error *err);
void stopping_finish(struct stopping *stopping);

/** The measure of one scenario, NAN if nothing is known of it. One thread at a time. */
double stopping_value(struct stopping *stopping, const struct scenario_result *result);

/** Take the value of the next scenario, in order. @return whether it is enough */
bool stopping_add(struct stopping *stopping, double value);

/**
 * Half width of the 95 % interval of the mean now, NAN for fewer than two draws. While all draws
 * are alike, as where none has failed, their spread says nothing: then 1 - 0.05^(1/n), the largest
 * share of draws that n of them may all have missed (the rule of three, Hanley & Lippman-Hand 1983,
 * JAMA 249:1743), each of which may be off by the whole of a measure that lies in 0 ... 1.
 */
double stopping_half_width(const struct stopping *stopping);

/** About how many draws the tolerance asks for, by what is known now. */
double stopping_draws_wanted(const struct stopping *stopping);

#endif
