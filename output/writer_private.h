/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WRITER_PRIVATE_H
#define NGUON_OUTPUT_WRITER_PRIVATE_H

#include "output/h5file.h"
#include "output/writer.h"

struct writer {
    char *path, *temporary_path;
    const struct run_info *info;
    struct h5file file;
    hid_t series[RESULT_VARIABLE_COUNT]; /**< -1 where not kept */
    hid_t audit[AUDIT_VARIABLE_COUNT];   /**< -1 without an audit */
    hid_t *indicator;                    /**< [indicator_count] */
    int chunk_steps;                     /**< steps of one chunk of a series */
    int chunk_count;                     /**< chunks over time */
    int written_count;                   /**< scenarios there are results of */
};

/** Dimensions, coordinates, variables and provenance of an empty file. (writer_layout.c) */
void writer_lay_out(struct writer *writer);

#endif
