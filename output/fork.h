/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_FORK_H
#define NGUON_OUTPUT_FORK_H

#include "scenarios/ensemble.h"

/*
 * A run that goes on from the states which another one has left in its results file
 * (`nguon run --save-state DATE`, then `--fork OUT.h5@DATE`).
 */
struct fork;

/**
 * Open the results file and find its states.
 *
 * @param[in] text  "OUT.h5@DATE"
 * @param[in] info  of the run that goes on; stays until fork_close
 * @param[in] rules_may_differ  only the water is taken (scenarios/simulation_state.h): basin,
 * inputs and program may be others, and a file of one scenario serves all. Else each of them must
 * be what it was, so that the run ends with the same bits as the whole.
 * @return STATUS_OK; STATUS_USAGE (no date, no such step in the run); STATUS_INPUT (no states in
 *         the file, or of another date, what differs is named); STATUS_FILE; STATUS_MEMORY
 */
enum status fork_open(const char *text, const struct run_info *info, bool rules_may_differ,
                      struct fork **out, struct error *err);
void fork_close(struct fork *fork);

/** The first step that is simulated. */
int fork_step(const struct fork *fork);

/**
 * For ensemble_settings: states by scenario id; the past is that of the results file, NaN where it
 * did not keep the series. Failures are STATUS_INPUT for a scenario that the file does not have or
 * that is of another weather, STATUS_FILE if it cannot be read.
 */
struct run_origin fork_origin(struct fork *fork);

#endif
