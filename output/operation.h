/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_OPERATION_H
#define NGUON_OUTPUT_OPERATION_H

#include "output/table.h"
#include "scenarios/operation_ensemble.h"

#include <stdio.h>

/** What `nguon operate` found, for all that shows it. */
struct operation_results {
    const struct operation_plan *plan;
    int variant_count;
    const struct operation_variant *variant;
    struct operation_run *const *run; /**< [variant_count]; NULL for an ensemble */
    const double *safe_start_m;       /**< [variant_count], or NULL; NAN none */
    double safe_limit_m;
    const struct operation_ensemble *ensemble; /**< or NULL */
    const char *inflow_text;                   /**< where the inflow comes from */
    const char *command, *version;
    int input_count;
    const char *const *input_path; /**< files that were read, but the basin's */
};

/** The figures side by side, one column a way of operating. @return false if memory ran out */
bool operation_print_figures(const struct operation_results *results, enum table_format format,
                             FILE *out);

/** Every rule broken, with start, end and size. */
bool operation_print_events(const struct operation_results *results, enum table_format format,
                            FILE *out);

/** Share of members in which each rule is broken, with its interval, and the warning time. */
bool operation_print_ensemble(const struct operation_results *results, enum table_format format,
                              FILE *out);

/** Levels and shares of members that have broken each rule, by lead time. */
bool operation_print_leads(const struct operation_results *results, enum table_format format,
                           FILE *out);

/** Share of members whose highest level lies above each of some round levels. */
bool operation_print_levels(const struct operation_results *results, enum table_format format,
                            FILE *out);

/** Heads of a table with a column for each way of operating. */
void operation_begin_table(struct table *table, const struct operation_results *results,
                           enum table_format format);

/** CSV in the columns of an operation log, all ways of operating below each other. */
enum status operation_write_log(const char *path, const struct operation_results *results,
                                struct error *err);

/** HDF5 that is also netCDF-4/CF. */
enum status operation_write_hdf5(const char *path, const struct operation_results *results,
                                 struct error *err);

/** One page to read and print: tables and picture, nothing to be fetched. */
enum status operation_write_report(const char *path, const struct operation_results *results,
                                   struct error *err);

/** Picture of levels with the lines of the lake, and of inflow and release. */
enum status operation_write_svg(const char *path, const struct operation_results *results,
                                struct error *err);

/** The same into an open file; false if memory ran out. */
bool operation_draw(FILE *out, const struct operation_results *results);

/** A file that replaces the old one only when it is whole: open, then close. */
FILE *operation_open(const char *path, char *temporary, size_t size, struct error *err);
enum status operation_close(FILE *file, const char *temporary, const char *path, struct error *err);

#endif
