/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_PROGRESS_H
#define NGUON_OUTPUT_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/** One line on a terminal that shows how far a run is and how long it will still take. */
struct progress {
    FILE *out; /**< NULL: quiet */
    bool drawn;
    int before_count; /**< done by an earlier run: they say nothing of the pace */
    struct timespec start, last;
};

/** Quiet if out is NULL or no terminal. */
void progress_init(struct progress *progress, FILE *out);

/** Redraw, at most ten times a second. */
void progress_update(struct progress *progress, int done_count, int total_count);

/** Clear the line. */
void progress_finish(struct progress *progress);

#endif
