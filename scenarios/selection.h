/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_SELECTION_H
#define NGUON_SCENARIOS_SELECTION_H

#include "scenarios/result.h"

/*
 * The words that say what of a run is kept: [quantiles:][PERIOD[-HOW]:]WHAT[:WHERE], such as
 * "storage", "link_flow:canal", "monthly:supply:irrigation", "quantiles:storage:yen_lap".
 */

/** Over what time the values of a series are put together. */
enum result_period { PERIOD_STEP, PERIOD_MONTH, PERIOD_YEAR, PERIOD_COUNT };

/** How: as the cell method of the variable asks (mean of a mean, the end of what is of an instant,
 *  sum of a sum), or as said. */
enum result_how { HOW_USUAL, HOW_MEAN, HOW_SUM, HOW_MIN, HOW_MAX, HOW_COUNT };

/** "monthly", "yearly"; "" for steps. */
const char *result_period_word(enum result_period period);

/** "mean", "sum", "min", "max"; "" for the usual one. */
const char *result_how_word(enum result_how how);

/** What one word asks for. */
struct kept_word {
    bool keep[RESULT_VARIABLE_COUNT]; /**< variables that WHAT stands for */
    bool audit;
    bool is_one;     /**< WHAT is the name of one variable */
    bool statistics; /**< over the scenarios, in place of the series of each */
    enum result_period period;
    enum result_how how;
    const char *where; /**< id, kind, class or district of the elements; NULL: all */
    size_t where_length;
};

/**
 * Take the next word off a list.
 * @param[in,out] list  moved behind the word; NULL after the last. Not "none".
 * @return STATUS_OK; STATUS_USAGE with what was found and what is known
 */
enum status kept_word_next(const char **list, struct kept_word *word, struct error *err);

#endif
