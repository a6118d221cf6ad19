/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WRITER_PRIVATE_H
#define NGUON_OUTPUT_WRITER_PRIVATE_H

#include "output/encoded.h"
#include "output/h5file.h"
#include "output/parts.h"
#include "output/run_identity.h"
#include "output/writer.h"
#include "solvers/cell_statistics.h"

struct writer {
    char *path, *temporary_path;
    bool resume;
    bool parts_only;        /**< no results file */
    enum parts_scope scope; /**< of the part files */
    int number, expected;   /**< of the own part file; scenarios that must be found in all */
    char *identity;
    const struct run_info *info;
    struct h5file file;
    hid_t *column;    /**< [encoding.column_count] -1 of statistics, which come at the end */
    hid_t *indicator; /**< [indicator_count] */
    struct encoding encoding;
    struct cell_statistics **statistics; /**< [kept series][group], NULL of those that have none */
    struct parts *parts;
    int taken_count; /**< scenarios of an earlier run */
    int kept_count;  /**< scenarios in the parts when they were closed */
    char (*input_digest)[DIGEST_BYTES];
    int written_count;     /**< scenarios there are results of */
    size_t *substep_count; /**< [scenario_count] steps inside flood windows of each */
};

/** States of the scenarios: their group, and one of them. (writer_state.c) */
void writer_lay_out_states(struct writer *writer);
void writer_put_state(struct writer *writer, int scenario_s, const struct encoded *encoded);

/** Dimensions, coordinates, variables and provenance of an empty file. (writer_layout.c) */
void writer_lay_out(struct writer *writer);

/** Name of the dimension an element's series run over, and of the descriptions that go with it. */
enum h5_dimension writer_dimension(enum result_element element);
const char *writer_coordinates(enum result_element element);

/** A variable of texts or numbers over one dimension. (writer_layout.c) */
void writer_put_numbers(struct writer *writer, hid_t group, const char *name, const char *long_name,
                        const char *units, enum h5_dimension dimension, const double *value);

/** The times of steps, and of months and years where a series runs over them. (writer_time.c) */
void writer_lay_out_times(struct writer *writer);

/** Dimension of the time that a series runs over. */
enum h5_dimension writer_time_dimension(enum result_period period);

/** Attributes of a kept series: long name, units, cell methods with `further` behind them. */
void writer_describe_series(struct writer *writer, hid_t variable, const struct kept_series *series,
                            const char *of, const char *further, const char *coordinates);

/** Memory for statistics over scenarios. (writer_statistics.c)
 *  @return STATUS_OK, STATUS_MEMORY */
enum status writer_statistics_init(struct writer *writer, struct error *err);
void writer_statistics_finish(struct writer *writer);

/** Add a scenario. To be called in the order of scenarios. */
void writer_statistics_add(struct writer *writer, int scenario_s, const struct encoded *encoded);

/** Dimensions of the statistics, and at the end their variables. */
void writer_lay_out_statistics(struct writer *writer);
void writer_put_statistics(struct writer *writer);

/** Group /substeps: the steps inside flood windows of all scenarios; none if there are none. Reads
 *  the scenarios back from the parts. (writer_substeps.c) */
enum status writer_substeps(struct writer *writer, struct error *err);

/** Results that are kept; NULL if there are none that are whole. */
enum status writer_read_kept(const struct writer *writer, int scenario_s, struct encoded **out,
                             struct error *err);

#endif
