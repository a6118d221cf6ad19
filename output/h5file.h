/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_H5FILE_H
#define NGUON_OUTPUT_H5FILE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * An HDF5 file that is also netCDF-4: dimension scales, creation order, text attributes, no time
 * stamps. A failure of the library is remembered in `failed`; from then on every call does nothing,
 * so that a layout is written without a check after each line.
 */

/** Dimensions of a results file. */
enum h5_dimension {
    DIMENSION_SCENARIO_AXIS,
    DIMENSION_TIME_AXIS,
    DIMENSION_BOUNDS,
    DIMENSION_RESERVOIR,
    DIMENSION_AQUIFER,
    DIMENSION_DEMAND,
    DIMENSION_LINK,
    DIMENSION_LICENCE,
    DIMENSION_NODE,
    DIMENSION_RETURN,
    DIMENSION_ZONE,
    DIMENSION_SPLIT,
    DIMENSION_BLEND,
    DIMENSION_INPUT,
    DIMENSION_FILE,
    DIMENSION_SET,
    DIMENSION_MEMBER,
    DIMENSION_GATE,
    DIMENSION_EVENT,
    DIMENSION_DROUGHT_PLAN,
    DIMENSION_DROUGHT_STAGE,
    DIMENSION_SUBSTANCE,
    DIMENSION_BAY,
    DIMENSION_CONTENT,
    DIMENSION_SECTION,
    DIMENSION_SUBSTEP,
    DIMENSION_STATE, /**< bytes; each state is its own scale */
    DIMENSION_MONTH,
    DIMENSION_YEAR,
    DIMENSION_QUANTILE,
    DIMENSION_GROUP, /**< members of an axis that have their own statistics */
    H5_DIMENSION_COUNT,
    DIMENSION_NOTHING = H5_DIMENSION_COUNT /**< a single value */
};

enum { H5_RANK_MAX = 4 };

struct h5file {
    hid_t file;
    hid_t scale[H5_DIMENSION_COUNT]; /**< dimension scales, -1 where absent */
    hsize_t length[H5_DIMENSION_COUNT];
    bool failed;
};

/** What a variable looks like. */
struct h5shape {
    int rank;
    enum h5_dimension dimension[H5_RANK_MAX];
    hsize_t chunk[H5_RANK_MAX]; /**< all 0: contiguous; else shuffled and deflated */
};

/**
 * Before any other call of the library: it prints no errors of its own, and does not try to save a
 * file at the end of the program that it could not write, which ends in a crash on a full disk.
 */
void h5file_prepare(void);

/** Create a file (an existing one is lost); failed is set when that cannot be done. */
void h5file_create(struct h5file *file, const char *path);

/** Close; failed is set if something could not be written. Safe to call twice. */
void h5file_close(struct h5file *file);

/** A group below the root, to be closed with H5Gclose; -1 on failure. */
hid_t h5file_group(struct h5file *file, const char *path);

/**
 * A variable with its dimension scales attached and its fill value (NULL: none) set, to be closed
 * with H5Dclose; -1 on failure.
 */
hid_t h5file_variable(struct h5file *file, hid_t group, const char *name, hid_t type,
                      const struct h5shape *shape, const void *fill);

/** Make the one-dimensional variable the scale of its dimension. */
void h5file_set_scale(struct h5file *file, hid_t variable, const char *name,
                      enum h5_dimension dimension);

/** A dimension without a variable of its own. */
void h5file_bare_dimension(struct h5file *file, const char *name, enum h5_dimension dimension,
                           hsize_t length);

void h5file_write(struct h5file *file, hid_t variable, hid_t memory_type, const void *data);

/** Write one row, that is all values at an index of the first dimension. */
void h5file_write_row(struct h5file *file, hid_t variable, hid_t memory_type, hsize_t row_i,
                      hsize_t row_length, const void *data);

/** Write a block of a variable of any rank, [count[0]][count[1]]... from start on. */
void h5file_write_block(struct h5file *file, hid_t variable, hid_t memory_type,
                        const hsize_t start[H5_RANK_MAX], const hsize_t count[H5_RANK_MAX],
                        const void *data);

/** Read one row likewise. */
void h5file_read_row(struct h5file *file, hid_t variable, hid_t memory_type, hsize_t row_i,
                     hsize_t row_length, void *data);

/** A variable of UTF-8 strings over one dimension or of a single one, to be closed with H5Dclose.
 */
hid_t h5file_strings(struct h5file *file, hid_t group, const char *name,
                     enum h5_dimension dimension, hsize_t length, const char *const *text);

void h5file_text_attribute(struct h5file *file, hid_t object, const char *name, const char *text);
void h5file_number_attribute(struct h5file *file, hid_t object, const char *name, hid_t type,
                             const void *value);

#endif
