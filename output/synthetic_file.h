/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SYNTHETIC_FILE_H
#define NGUON_OUTPUT_SYNTHETIC_FILE_H

#include "output/catchment_file.h"
#include "output/h5file.h"
#include "scenarios/synthetic_flow.h"

/** What a file of generated flows says of itself. */
struct synthetic_label {
    const char *input, *version, *command;
};

/** A file of generated flows that members are added to: CSV, or HDF5 that is netCDF-4. */
struct synthetic_file {
    const struct synthetic_source *source;
    const struct synthetic_request *request;
    const struct synthetic_label *label;
    const struct synthetic_flow *made; /**< its calendar is there before the first member */
    bool is_hdf5, begun;
    char *path, *temporary_path;
    struct text_file text;
    struct h5file h5;
    hid_t flow;
};

/**
 * Prepare a file; nothing is written before the first member.
 *
 * @param[in] path  NULL: standard output
 * @param[in] made  what synthetic_flow_generate will fill
 */
enum status synthetic_file_open(struct synthetic_file *file, const char *path,
                                const struct synthetic_flow *made,
                                const struct synthetic_source *source,
                                const struct synthetic_request *request,
                                const struct synthetic_label *label, struct error *err);

/** A synthetic_sink; its context is a struct synthetic_file. */
enum status synthetic_file_add(void *context, int member_i, const float *flow_m3s,
                               struct error *err);

/** Close, and take the final name if all went well; else nothing is left behind. */
enum status synthetic_file_close(struct synthetic_file *file, bool good, struct error *err);

#endif
