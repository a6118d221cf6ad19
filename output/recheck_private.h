/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_RECHECK_PRIVATE_H
#define NGUON_OUTPUT_RECHECK_PRIVATE_H

#include "output/reader.h"
#include "output/recheck.h"
#include "scenarios/audit.h"
#include "scenarios/plan.h"

/* ---- checks (recheck.c) ------------------------------------------------------------------------
 */

enum recheck_id {
    RECHECK_TEXT,
    RECHECK_INPUTS,
    RECHECK_PROGRAM,
    RECHECK_SEED,
    RECHECK_SCENARIOS,
    RECHECK_CALENDAR,
    RECHECK_FINITE,
    RECHECK_SHORTAGE,
    RECHECK_BOUNDS,
    RECHECK_LEVELS,
    RECHECK_STORAGE,
    RECHECK_CLOSURE,
    RECHECK_RANKS,
    RECHECK_DECISIONS,
    RECHECK_INDICATORS,
    RECHECK_TOTALS,
    RECHECK_SALT,
    RECHECK_COUNT
};

enum { RECHECK_TOLD_MAX = 5 };

struct check {
    long count;        /**< comparisons made */
    long failed_count; /**< of them beyond the limit */
    double worst;      /**< largest difference over its limit */
    double size;       /**< that difference */
    char unit[12];
    char where[320];
    char *told[RECHECK_TOLD_MAX]; /**< the first failures */
    char missing[320];            /**< why (part of) it was not made; "" if all of it was */
};

/** A block of steps of one scenario, [step][element]; NULL for what the file does not keep. */
struct step_block {
    int first_t, count, capacity;
    double *series[RESULT_VARIABLE_COUNT];
    double *audit[AUDIT_VARIABLE_COUNT];
};

struct demand_sum {
    double need_m3, supply_m3, rule_m3, water_m3, floor_m3;
    double worst_share, worst_shortage_m3s;
    int with_need, short_steps, events, longest, run;
    bool unsure; /**< a step is so near to being short that single precision cannot tell */
};

struct lake_sum {
    double least_m3, most_m3, start_m3, end_m3, spill_m3, release_m3;
};

struct link_sum {
    double volume_m3, wanted_m3, met_m3;
    int shut, partly;
};

struct recheck {
    const struct recheck_options *options;
    struct reader *reader;
    struct basin *base; /**< of the file; NULL if its text cannot be read */
    struct plan plan;
    struct timeaxis axis;
    struct check check[RECHECK_COUNT];
    bool has_audit;
    bool failed_memory;
    /* the scenario at hand */
    int scenario_s;
    struct basin *basin;
    struct allocation *allocation;
    struct step_block block;
    double *lake_end_m3;            /**< [reservoir_count] storage at the end of the step before */
    double *ground_end_m3;          /**< [aquifer_count] likewise, NAN if unknown */
    double *node_m3, *node_size_m3; /**< [node_count] balance of a node, sum of its terms */
    double *node_single_m3;         /**< [node_count] sum of the terms kept in single precision */
    struct demand_sum *demand;
    struct lake_sum *lake;
    struct link_sum *link;
    double consumption_m3;
};

/** Single precision keeps this share of a figure, twice over. */
static const double single_precision = 1.2e-7;

/**
 * Enter one comparison: a difference and its limit, and where it was. What is NAN counts as beyond
 * the limit.
 */
void check_enter(struct check *check, double size, double limit, const char *unit,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/** Say why part of a check is not made; the first reason stays. */
void check_miss(struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** "2020-03-01, scenario demand=2030" of a step of the scenario at hand. Buffer of >= 256. */
const char *recheck_place(const struct recheck *recheck, int step_t, char *buffer, size_t size);

/** Whether a difference is worth the words: beyond the limit, or the worst so far. */
static inline bool
check_is_news(const struct check *check, double size, double limit)
{
    return !(size <= limit * (check->worst > 1.0 ? 1.0 : check->worst));
}

/* ---- texts and hashes (recheck_origin.c) -------------------------------------------------------
 */

/** What the results were made from; loads the basin where its text can still be read. */
enum status recheck_origin(struct recheck *recheck, struct error *err);

/* ---- steps (recheck_steps.c, recheck_ranks.c) --------------------------------------------------
 */

/** Value of a series or of the record of a step, by element; NAN where there is none. */
static inline double
series_at(const struct recheck *recheck, enum result_variable variable, int step_i, int element_i,
          int count)
{
    const double *value = recheck->block.series[variable];
    return value != NULL ? value[(long)step_i * count + element_i] : __builtin_nan("");
}

static inline double
audit_at(const struct recheck *recheck, enum audit_variable variable, int step_i, int element_i,
         int count)
{
    const double *value = recheck->block.audit[variable];
    return value != NULL ? value[(long)step_i * count + element_i] : __builtin_nan("");
}

/** Balances, bounds and storages of a step of the block. */
void recheck_step(struct recheck *recheck, int step_i);

/** The step solved again from its record. */
enum status recheck_ranks(struct recheck *recheck, int step_i, struct error *err);

/* ---- indicators (recheck_indicators.c) ---------------------------------------------------------
 */

/** Before the first step of a scenario, in each step, and after the last. */
void recheck_sums_start(struct recheck *recheck);
void recheck_sums_add(struct recheck *recheck, int step_i);
void recheck_sums_compare(struct recheck *recheck);

#endif
