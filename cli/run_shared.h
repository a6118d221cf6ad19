/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_RUN_SHARED_H
#define NGUON_CLI_RUN_SHARED_H

#include "output/writer.h"
#include "scenarios/ensemble.h"

/**
 * What several ranks (cli/ranks.h) do of a run together: rank 0 sees what is kept of an earlier
 * one, then each draws scenarios until there are none and appends them to a part file of its own.
 * A stopping rule is asked after rounds of scenarios in their order. Afterwards the writer is set
 * for rank 0 to merge the parts by ensemble_run. All ranks call it alike.
 *
 * @param[in,out] settings    threads ... stopping, as for ensemble_run; the rule itself is not
 *                            changed; what verification has found in all ranks is in that of rank 0
 * @param[out]    kept_count  scenarios in the part files, as far as is known
 * @return STATUS_OK; the failure of the first rank that had one, with its number; STATUS_INPUT: a
 *         rank has read another version of a file, which is named
 */
enum status run_shared(struct writer *writer, const struct run_info *info,
                       const struct ensemble_settings *settings, int *kept_count,
                       struct error *err);

#endif
