/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_OPERATE_INPUT_H
#define NGUON_CLI_OPERATE_INPUT_H

#include "cli/command.h"
#include "model/inflow_file.h"
#include "model/release_schedule.h"
#include "model/reservoir_change.h"
#include "output/operation.h"
#include "scenarios/operation_cascade.h"

enum { SCHEDULES_MAX = 16, JAMS_MAX = 16, VARIANTS_MAX = 48, CASE_COLUMNS_MAX = 64 };
enum { FILES_MAX = SCHEDULES_MAX + 8 };

/** The words of the command line of `nguon operate`. */
struct operate_options {
    struct basin_source source;
    const char *reservoir; /**< the one at hand, NULL the only one with outlets */
    const char *reservoir_list[CASCADE_LAKES_MAX];
    int reservoir_count;
    const struct schedule_lakes *lakes; /**< that a schedule may name; NULL: one alone */
    const char *schedule_path[SCHEDULES_MAX];
    int schedule_count;
    bool by_rule; /**< also without a schedule */
    const char *inflow_path, *column, *ensemble_path, *variable;
    const char *flood, *peaks_path, *distribution, *classes_path, *cases_path;
    const char *nomograph, *nomograph_made, *recession, *surcharge_top;
    const char *start_level_list[CASCADE_LAKES_MAX]; /**< as given, "ID=LEVEL" for several */
    int start_level_count;
    const char *start_level, *initial_path, *start, *hours, *step, *control, *method, *late;
    const char *safe_level; /**< "" for the crest less the freeboard */
    const char *jam[JAMS_MAX];
    int jam_count;
    bool jam_each; /**< also with one gate of each outlet jammed */
    bool extrapolate, no_supply, csv;
    const char *output_path, *log_path, *svg_path, *report_path;
};

/** What they mean, ready to be run. */
struct operate_input {
    struct operation_request request;
    struct inflow_members inflow;
    struct release_schedule schedule[SCHEDULES_MAX];
    int schedule_count;
    bool *jammed;      /**< [gate_count], NULL if none */
    bool *each_jammed; /**< [outlet_count][gate_count]: the first gate of each, or NULL */
    struct nomograph nomograph;
    double *start_opening; /**< [gate_count] or NULL */
    int case_count;
    struct operation_case *member_case; /**< [case_count] or NULL */
    struct operation_variant variant[VARIANTS_MAX];
    char *variant_name[VARIANTS_MAX];
    int variant_count;
    char inflow_text[512];
    double safe_limit_m;              /**< NAN: not asked */
    const char *file_path[FILES_MAX]; /**< files that were read, but the basin's */
    int file_count;
};

/**
 * Understand the options and read the files they name. Faults of files go to standard error.
 * operate_input_finish is due in every case.
 */
enum status operate_input_read(const struct operate_options *options, const struct basin *basin,
                               struct operate_input *input, struct error *err);
/** operate_inflow.c: the inflow from a file of one or of members, and the design flood. */
enum status operate_inflow_file(const struct operate_options *options, struct operate_input *input,
                                struct error *err);
enum status operate_design_flood(const struct operate_options *options,
                                 const struct operation_request *request,
                                 const struct reservoir *reservoir, int64_t end_s,
                                 struct operate_input *input, struct error *err);

/** operate_start.c: level and gates at the start; what each member has of its own. */
enum status operate_start_level(const struct operate_options *options, const struct basin *basin,
                                struct operate_input *input, struct error *err);
enum status operate_cases(const struct operate_options *options, const struct reservoir *reservoir,
                          struct operate_input *input, struct error *err);
void operate_cases_finish(struct operate_input *input);

/** operate_nomograph.c: read or make the nomograph that is asked for. */
enum status operate_nomograph(const struct operate_options *options,
                              const struct reservoir *reservoir, struct operate_input *input,
                              struct error *err);

/** A figure with a unit; a bare number is in units of bare_scale. */
enum status operate_read_quantity(const char *option, const char *text, enum dimension dimension,
                                  double bare_scale, double *out, struct error *err);

/** Faults of files on standard error. */
void operate_print_faults(const struct diagnostics *diagnostics);

void operate_input_finish(struct operate_input *input);

/** operate.c: what one lake came to, as files and as tables; false if they cannot be printed. */
enum status operate_write_files(const struct operate_options *options,
                                const struct operation_results *results, struct error *err);
bool operate_print_tables(const struct operate_options *options,
                          const struct operation_results *results);

/** operate_cascade.c: several dams of one river system. */
enum status operate_cascade(const struct operate_options *options, const struct basin *basin,
                            const char *command, struct error *err);

#endif
