/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_ENCODED_H
#define NGUON_OUTPUT_ENCODED_H

#include "scenarios/result.h"

#include <stdint.h>
#include <sys/uio.h>

/*
 * Results of one scenario as they go to a file: series and audit as compressed chunks, and the
 * indicators. The same bytes go into a part file and, chunk by chunk, into the results file.
 */

/** Series and, after them, the variables of the audit are numbered on. */
enum { KEPT_COUNT = RESULT_VARIABLE_COUNT + AUDIT_VARIABLE_COUNT };

/** How the results of every scenario of a run are laid out. */
struct encoding {
    const struct run_info *info;
    int chunk_steps;          /**< steps of one chunk */
    int chunk_count;          /**< chunks over time of one element */
    int elements[KEPT_COUNT]; /**< of every variable, 0 if it is not kept */
    size_t chunk_total;       /**< chunks of a scenario */
    size_t indicator_total;   /**< values of all indicators of a scenario */
};

struct encoded {
    int32_t status;    /**< enum status of the scenario */
    uint64_t *offset;  /**< [chunk_total + 1] of every variable, element and time chunk, in turn */
    double *indicator; /**< [indicator_total] */
    unsigned char *bytes; /**< [used] the chunks, then the state as its size and one chunk */
    size_t used, capacity;
};

/** A state as one chunk (deflate). */
struct encoded_state {
    size_t raw_size; /**< 0: there is none */
    const unsigned char *chunk;
    size_t size;
};
struct encoded_state encoded_state(const struct encoding *encoding, const struct encoded *encoded);

void encoding_init(struct encoding *encoding, const struct run_info *info);

/** Compress. @return STATUS_OK, STATUS_MEMORY */
enum status encoded_make(const struct encoding *encoding, const struct scenario_result *result,
                         struct encoded **out, struct error *err);
void encoded_destroy(struct encoded *encoded);

/** The same as bytes, in pieces that point into it. @return how many, at most ENCODED_PIECES */
enum { ENCODED_PIECES = 4 };
int encoded_pieces(const struct encoding *encoding, const struct encoded *encoded,
                   struct iovec piece[ENCODED_PIECES]);

/**
 * Out of these bytes again.
 * @param[out] out  NULL if they are not the results of a scenario
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status encoded_read(const struct encoding *encoding, const unsigned char *bytes, size_t size,
                         struct encoded **out, struct error *err);

/** The values of a series as they were, into [elements][step_count]. @return false if they cannot
 *  be made out */
bool encoded_series(const struct encoding *encoding, const struct encoded *encoded, int variable,
                    float *value);

#endif
