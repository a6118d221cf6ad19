/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WRITER_H
#define NGUON_OUTPUT_WRITER_H

#include "scenarios/result.h"

/*
 * Results as one HDF5 file that is also netCDF-4 with CF conventions (docs/results-file.md). The
 * file grows under a temporary name beside its own and takes its name when it is whole; whatever
 * fails, an earlier file of that name stays as it was.
 */
struct writer;

/**
 * A writer for a path.
 * @return STATUS_OK; STATUS_FILE_WRITE if it is there and no ordinary file; STATUS_MEMORY
 */
enum status writer_create(const char *path, struct writer **out, struct error *err);

/** Free; an unfinished file is removed. NULL is legal. */
void writer_destroy(struct writer *writer);

/**
 * The sink through which results come. encode compresses (shuffle, deflate) in the calling thread,
 * write puts whole chunks into the file.
 * Failures are STATUS_FILE_WRITE with the file and the system's reason.
 */
struct sink writer_sink(struct writer *writer);

#endif
