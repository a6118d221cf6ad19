/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_PARTS_H
#define NGUON_OUTPUT_PARTS_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

/*
 * Finished scenarios of a run that has not ended: append-only part files beside the results file,
 * NAME.part1, and one more for each further process.
 *
 * A file is a head, which says in words of which run it is, and one frame for each scenario. All
 * carry their length and CRC-32s, so that what a kill or a power cut has torn, or a disk has
 * changed, is found and left out. Every few seconds what has been written is brought to the disk.
 */
struct parts;

enum { PART_PIECES_MAX = 8 };

/** Which part files a process sees to. */
enum parts_scope {
    PARTS_ALL, /**< all there are: a process alone */
    PARTS_OWN  /**< only that which it appends to: one of several at the same time */
};

/**
 * Open the part files of a results file and find what is in them.
 *
 * @param[in] identity  lines "what<tab>figure" of all that a result depends on. A figure that is a
 *                      digest begins with '#' and is not shown.
 * @param[in] number    of the file that this process appends to, from 1
 * @param[in] scope     whether others are looked at
 * @param[in] resume    whether to go on with what is there; else a file with scenarios is refused
 * @return STATUS_OK; STATUS_USAGE with the reason in words: there are scenarios of an earlier run,
 *         they are of another run (what differs is named), a file is no part file, or another
 *         process is writing it; STATUS_FILE_WRITE; STATUS_FILE; STATUS_MEMORY
 */
enum status parts_open(const char *path, const char *identity, int scenario_count, int number,
                       enum parts_scope scope, bool resume, struct parts **out, struct error *err);

/** Close; the files stay if there are scenarios in them and they are wanted. NULL is legal. */
void parts_close(struct parts *parts, bool wanted);

/** How many scenarios are kept. */
int parts_count(const struct parts *parts);

bool parts_keep(const struct parts *parts, int scenario_s);

/**
 * Bytes of a scenario, to be freed by the caller; NULL if it is not kept or is damaged, from when
 * on it counts as not kept. Several threads may read, each another scenario.
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status parts_read(struct parts *parts, int scenario_s, unsigned char **bytes, size_t *size,
                       struct error *err);

/**
 * Append a scenario, given in up to PART_PIECES_MAX pieces. Several threads may do so. After a
 * failure the file ends as before.
 * @return STATUS_OK, STATUS_FILE_WRITE with the system's reason
 */
enum status parts_append(struct parts *parts, int scenario_s, const struct iovec *piece,
                         int piece_count, struct error *err);

#endif
