/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WRITER_H
#define NGUON_OUTPUT_WRITER_H

#include "scenarios/result.h"

/*
 * Results as one HDF5 file that is also netCDF-4 with CF conventions (docs/results-file.md).
 *
 * Every scenario that is finished goes into a part file (output/parts.h) at once, and into NAME.tmp
 * in the order of scenarios; that takes the name when it is whole, and the part file goes. Whatever
 * fails, an earlier file of the name stays as it was, and the part file with what is finished.
 */
struct writer;

/**
 * A writer for a path.
 * @param[in] resume  whether to take over the scenarios of an earlier run that did not end
 * @return STATUS_OK; STATUS_FILE_WRITE if it is there and no ordinary file; STATUS_MEMORY
 */
enum status writer_create(const char *path, bool resume, struct writer **out, struct error *err);

/** Free; an unfinished file is removed. NULL is legal. */
void writer_destroy(struct writer *writer);

/**
 * What the writer keeps and what the run depends on, with the inputs as they are now; nothing if
 * that has been done. begin does it as well.
 * @return STATUS_OK; STATUS_USAGE for a selection that the basin does not have; STATUS_MEMORY
 */
enum status writer_prepare(struct writer *writer, const struct run_info *info, struct error *err);

/** The identity of the run (output/run_identity.h), once that is done; valid as long as the writer.
 */
const char *writer_identity(const struct writer *writer);

/**
 * A run of several processes (cli/ranks.h) uses a writer in three ways, one after the other, each
 * from begin to end or discard. writer_survey: to look at all part files; writer_share: to append
 * to one of its own, of this number from 1; in neither is there a results file. writer_merge: as a
 * process alone that resumes; begin fails with STATUS_FILE if less than `expected` scenarios are
 * found.
 */
void writer_survey(struct writer *writer);
void writer_share(struct writer *writer, int number);
void writer_merge(struct writer *writer, int expected);

/** Whether a scenario is in the part files that the writer sees. */
bool writer_keeps(const struct writer *writer, int scenario_s);

/**
 * The sink through which results come. encode compresses (shuffle, deflate) in the calling thread
 * and appends to the part file, write puts whole chunks into the results file.
 * Failures are STATUS_FILE_WRITE with the file and the system's reason; those of the part files at
 * the beginning are said in output/parts.h.
 */
struct sink writer_sink(struct writer *writer);

/** Scenarios that were taken over from an earlier run. */
int writer_taken_count(const struct writer *writer);

/** Scenarios in the part files: during the run, or left there by one that did not end. */
int writer_kept_count(const struct writer *writer);

#endif
