/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_ENCODED_H
#define NGUON_OUTPUT_ENCODED_H

#include "output/kept.h"

#include <stdint.h>
#include <sys/uio.h>

/*
 * Results of one scenario as they go to a file: series and audit as compressed chunks, and the
 * indicators. The same bytes go into a part file and, chunk by chunk, into the results file.
 */

/** One variable of a scenario in chunks: the elements of it that are kept, one after the other. */
struct encoded_column {
    int element_count;  /**< kept; 0 for none */
    int length;         /**< values of one element */
    int chunk_length;   /**< of these in one chunk */
    int chunk_count;    /**< chunks of one element */
    size_t value_size;  /**< bytes */
    size_t first_chunk; /**< among all chunks of a scenario */
    size_t first_value; /**< of statistics: among the values of all that are */
};

/** How the results of every scenario of a run are laid out. */
struct encoding {
    const struct run_info *info;
    struct kept kept;
    int column_count; /**< kept series, and after them the variables of the audit if it is kept */
    struct encoded_column *column;
    size_t chunk_total;     /**< chunks of a scenario */
    size_t indicator_total; /**< values of all indicators of a scenario */
    size_t statistic_total; /**< values of all series that go into statistics */
    int substep_width; /**< figures of a step inside a flood window; 0: none is kept, else those of
                            all such steps are the last chunk, behind their number */
};

struct encoded {
    int32_t status;    /**< enum status of the scenario */
    uint64_t *offset;  /**< [chunk_total + 1] of every column, element and time chunk, in turn; a
                            chunk without bytes is missing (NaN) throughout */
    double *indicator; /**< [indicator_total] */
    float *statistic;  /**< [statistic_total] what goes into statistics; it is also in the chunks */
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

/** @return STATUS_OK, STATUS_MEMORY, STATUS_USAGE as of kept_init */
enum status encoding_init(struct encoding *encoding, const struct run_info *info,
                          struct error *err);
void encoding_finish(struct encoding *encoding);

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

/**
 * The values of a variable as they were simulated, into [elements][step_count].
 * @return false if they are not kept as they were, or cannot be made out
 */
bool encoded_series(const struct encoding *encoding, const struct encoded *encoded, int variable,
                    float *value);

/** How many steps inside flood windows there are, and these, [substep_width][count], to be freed;
 *  NULL if they cannot be made out or memory runs out. */
size_t encoded_substep_count(const struct encoding *encoding, const struct encoded *encoded);
float *encoded_substeps(const struct encoding *encoding, const struct encoded *encoded);

#endif
