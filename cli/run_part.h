/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_RUN_PART_H
#define NGUON_CLI_RUN_PART_H

#include "output/writer.h"
#include "scenarios/ensemble.h"

/** One of several parts that a run is done in, each by a process of its own at any time. */
struct run_part {
    int number; /**< from 1; 0: the run is not divided */
    int count;
};

/** "3/16". @return false: it is none */
bool run_part_parse(const char *text, struct run_part *part);

/** How many of so many scenarios are in a part. */
int run_part_size(const struct run_part *part, int scenario_count);

/**
 * Simulate every count-th scenario, from the number-th on, into the part file of that number. What
 * is there already is kept as it is. A run with --resume merges all parts.
 * @return as ensemble_run
 */
enum status run_part(const struct run_part *part, struct writer *writer,
                     const struct run_info *info, const struct ensemble_settings *settings,
                     struct error *err);

#endif
