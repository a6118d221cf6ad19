/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_RUN_IDENTITY_H
#define NGUON_OUTPUT_RUN_IDENTITY_H

#include "output/kept.h"

/** SHA-256 of a text in hexadecimal digits. */
enum { DIGEST_BYTES = 65 };

/** input_hash (output/input_hash.h) of every input, [input_count], to be freed; NULL without
 *  memory. */
char (*input_digests(const struct basin *basin))[DIGEST_BYTES];

/**
 * All that the results of a run depend on, in lines "what<tab>figure" (output/parts.h): program,
 * basin, changes, seed, inputs, scenarios, series kept, solver.
 * @return to be freed, or NULL without memory
 */
char *run_identity(const struct run_info *info, const struct kept *kept,
                   char (*input_digest)[DIGEST_BYTES]);

/** The part of it that a state (scenarios/simulation_state.h) depends on, but for the scenario, and
 *  what a scenario is apart from its id. Both as run_identity. */
char *state_identity(const struct run_info *info, char (*input_digest)[DIGEST_BYTES]);
char *scenario_identity(const struct plan *plan, int scenario_s);

/** What differs, in words: "the seed was 1 and is 2; ...", "" where nothing does. */
void identity_differences(const char *kept, const char *now, char *said, size_t size);

#endif
