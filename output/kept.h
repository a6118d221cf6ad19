/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_KEPT_H
#define NGUON_OUTPUT_KEPT_H

#include "scenarios/selection.h"

/*
 * What of a run is kept, as it stands in the results file: which elements of which variable, by
 * step or by month or year, of each scenario or as statistics over them.
 */

enum { KEPT_NAME_BYTES = 64, QUANTILES_MAX = 99 };

/** Months or years of a run, or its steps: the time that a kept series runs over. */
struct kept_time {
    int count;
    int *first_t; /**< [count + 1] step with which each begins */
};

/** One kept series. */
struct kept_series {
    int variable; /**< enum result_variable */
    enum result_period period;
    enum result_how how; /**< never HOW_USUAL with a period but for the value at its end */
    bool statistics;
    char name[KEPT_NAME_BYTES]; /**< of the variable in the file, "supply_monthly" */
    const char *units;
    int element_count, kept_count;
    bool *is_kept; /**< [element_count] */
};

struct kept {
    int count;
    struct kept_series *series; /**< those of each scenario first, in the order of the variables */
    struct kept_time time[PERIOD_COUNT];
    int quantile_count;
    double quantile[QUANTILES_MAX]; /**< probabilities */
    int by_axis;                    /**< axis whose members have their own statistics, or -1 */
    int group_count;                /**< these members, or 1 */
};

/**
 * @return STATUS_OK; STATUS_USAGE if the selection names an element, an axis or a probability that
 *         is not there; STATUS_MEMORY
 */
enum status kept_init(struct kept *kept, const struct run_info *info, struct error *err);
void kept_finish(struct kept *kept);

/** Which statistics a scenario belongs to, from 0. */
int kept_group(const struct kept *kept, const struct plan *plan, int scenario_s);

/** Values of one element by step as they are kept. @param[out] out  [time.count] */
void kept_values(const struct kept *kept, const struct kept_series *series,
                 const struct timeaxis *axis, const float *step_value, float *out);

/** "storage", "storage_monthly:yen_lap,...": what is kept, for people, to be freed; NULL without
 *  memory. */
char *kept_text(const struct kept *kept, const struct run_info *info);

/** Id of an element. Valid until the next call. */
const char *kept_element_id(const struct basin *basin, enum result_element element, int i);

/** Ids of the elements that are kept, separated by blanks, to be freed; NULL without memory. */
char *kept_ids(const struct kept_series *series, const struct basin *basin);

#endif
