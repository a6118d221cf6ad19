/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WRITER_PRIVATE_H
#define NGUON_OUTPUT_WRITER_PRIVATE_H

#include "output/encoded.h"
#include "output/h5file.h"
#include "output/parts.h"
#include "output/run_identity.h"
#include "output/writer.h"

struct writer {
    char *path, *temporary_path;
    bool resume;
    bool parts_only;        /**< no results file */
    enum parts_scope scope; /**< of the part files */
    int number, expected;   /**< of the own part file; scenarios that must be found in all */
    char *identity;
    const struct run_info *info;
    struct h5file file;
    hid_t series[RESULT_VARIABLE_COUNT]; /**< -1 where not kept */
    hid_t audit[AUDIT_VARIABLE_COUNT];   /**< -1 without an audit */
    hid_t *indicator;                    /**< [indicator_count] */
    struct encoding encoding;
    struct parts *parts;
    int taken_count; /**< scenarios of an earlier run */
    int kept_count;  /**< scenarios in the parts when they were closed */
    char (*input_digest)[DIGEST_BYTES];
    int written_count; /**< scenarios there are results of */
};

/** States of the scenarios: their group, and one of them. (writer_state.c) */
void writer_lay_out_states(struct writer *writer);
void writer_put_state(struct writer *writer, int scenario_s, const struct encoded *encoded);

/** Dimensions, coordinates, variables and provenance of an empty file. (writer_layout.c) */
void writer_lay_out(struct writer *writer);

#endif
