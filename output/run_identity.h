/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_RUN_IDENTITY_H
#define NGUON_OUTPUT_RUN_IDENTITY_H

#include "scenarios/result.h"

/** SHA-256 of a text in hexadecimal digits. */
enum { DIGEST_BYTES = 65 };

/** input_hash (output/input_hash.h) of every series, [series_count], to be freed; NULL without
 *  memory. */
char (*input_digests(const struct basin *basin))[DIGEST_BYTES];

/**
 * All that the results of a run depend on, in lines "what<tab>figure" (output/parts.h): program,
 * basin, changes, seed, inputs, scenarios, series kept, solver.
 * @return to be freed, or NULL without memory
 */
char *run_identity(const struct run_info *info, char (*input_digest)[DIGEST_BYTES]);

/** In words, what is another in the second of two identities, as far as there is room. */
void identity_differences(const char *before, const char *now, char *said, size_t size);

#endif
