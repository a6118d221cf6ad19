/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_INPUT_HASH_H
#define NGUON_OUTPUT_INPUT_HASH_H

#include "model/basin.h"

/**
 * SHA-256 of the file of a series as it is now; of several files that of their hashes in the order
 * of names. "unreadable" where it cannot be read. Valid until the next call in the thread.
 */
const char *input_hash(const struct basin *basin, int series_i);

#endif
