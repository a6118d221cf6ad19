/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SCORECARD_PRIVATE_H
#define NGUON_OUTPUT_SCORECARD_PRIVATE_H

#include "output/scorecard.h"

/** What a target is measured by. */
enum score_measure {
    SCORE_PEOPLE_SERVED,
    SCORE_PERSON_DAYS,
    SCORE_MINIMUM_FLOW,
    SCORE_WASTEWATER,
    SCORE_FOREST,
    SCORE_NOT_MODELLED,
    SCORE_MEASURE_COUNT
};

/** One row of a table of targets. */
struct target {
    char *id, *indicator, *of, *flag, *source;
    char *indicator_vi; /**< indicator in Vietnamese, "" if the table has none */
    int year;
    enum score_measure measure;
    double parameter, reliability; /**< NAN where the cell is empty; reliability 0..1 */
    bool above;                    /**< more than the target, not just as much */
    double target;                 /**< 0..1 */
};

/** Read a table. Free with targets_free, also after a fault. */
enum status targets_read(const char *path, struct target **out, int *count, struct error *err);
void targets_free(struct target *target, int count);

#endif
