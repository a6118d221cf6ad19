/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_RUN_WORDS_H
#define NGUON_CLI_RUN_WORDS_H

#include "scenarios/plan.h"
#include "scenarios/stopping.h"
#include "scenarios/verify.h"

/** What --verify has found. */
void print_verification(const struct timeaxis *axis, const struct plan *plan,
                        const struct verification *found);

/** What the rule of --until came to after so many scenarios. */
void print_stopping(const struct stopping *stopping, const char *rule, int scenario_count);

#endif
