/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_INPUT_HASH_H
#define NGUON_OUTPUT_INPUT_HASH_H

/**
 * SHA-256 of a file as it is now; of a pattern of files that of their hashes in the order of names.
 * "unreadable" where it cannot be read. Valid until the next call in the thread.
 */
const char *input_hash(const char *path);

#endif
