/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_RANKS_H
#define NGUON_CLI_RANKS_H

#include "solvers/status.h"

#include <stdbool.h>

/*
 * The processes of one run, which mpirun or srun has started: ranks of MPI. A program that was
 * started alone, or is built without MPI, is rank 0 of 1; nothing below does anything there.
 *
 * "Together" is said of what the main threads of all ranks must call alike.
 */

/**
 * Begin. Ranks but the first are silent from here on: what they print to standard output is lost,
 * what they say to standard error is kept for ranks_agree and ranks_tell. Together.
 * @return STATUS_OK; STATUS_USAGE: the MPI library does not allow threads; or mpirun has started
 *         several, but there is no MPI in the program
 */
enum status ranks_begin(struct error *err);

/** The MPI library, "Open MPI v4.1.4"; NULL without one. */
const char *ranks_library(void);

int ranks_count(void);
int ranks_own(void);

/**
 * Whether all ranks are well. The first that is not gives status and message to all; the message
 * names it unless it is rank 0, which then also prints what that rank has said. Together.
 */
enum status ranks_agree(enum status status, struct error *err);

/** Bytes of rank 0 to all. Together. */
void ranks_broadcast(void *bytes, size_t size);

/** Sums over the ranks, in each rank. Together. */
void ranks_add(double *value, size_t count);

/** Bytes of every rank into all[ranks][size] of rank 0. Together. */
void ranks_gather(const void *own, size_t size, void *all);

/** Rank 0 prints what the others have said since the last ranks_agree. Together. */
void ranks_tell(void);

/** Deal numbers from `first` on, each to one rank that asks. Together. */
void ranks_deal(int first);

/** The next number. Any thread may ask, one at a time. */
int ranks_draw(void);

/** Deal `last` and more from now on, to all ranks. As ranks_draw. */
void ranks_cut(int last);

/** End. @return the exit code of rank 0. Together. */
int ranks_end(int exit_code);

#endif
