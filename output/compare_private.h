/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_COMPARE_PRIVATE_H
#define NGUON_OUTPUT_COMPARE_PRIVATE_H

#include "output/compare.h"
#include "output/show_axes.h"

/* ---- figures of a file (compare_figures.c) -----------------------------------------------------
 */

enum compared_kind {
    COMPARED_CLASS,
    COMPARED_DISTRICT,
    COMPARED_DEMAND,
    COMPARED_RESERVOIR,
    COMPARED_TARGET,
    COMPARED_KIND_COUNT
};

enum { COMPARED_FIGURES_MAX = 8, COMPARED_SHOWN = 3 };

/** One figure of a kind of element. */
struct compared_figure {
    const char *id;    /**< "met_share" in CSV and JSON */
    const char *head;  /**< "met %" */
    const char *units; /**< in CSV and JSON */
    bool is_least;     /**< of several scenarios the least; else sum of parts over sum of wholes */
};

/** What is known of a kind: its words, and its figures; the first COMPARED_SHOWN are in tables for
 *  people, the first orders them. */
struct compared_description {
    const char *plural, *singular;
    int figure_count;
    struct compared_figure figure[COMPARED_FIGURES_MAX];
};
extern const struct compared_description compared_kinds[COMPARED_KIND_COUNT];

/** A figure of one scenario, part / whole; NAN where it is not known. */
struct amount {
    double part, whole;
};

/** All elements of one kind in a file. */
struct compared_set {
    int count;
    char **id;             /**< [count] */
    struct amount *amount; /**< [scenario_count][count][figure_count] */
};

struct compared_file {
    struct reader reader;
    struct view view;
    struct show_axes axes;
    int axis_a;          /**< the axis whose members are compared, -1: none */
    double *realisation; /**< [scenario_count] */
    struct compared_set set[COMPARED_KIND_COUNT];
};

/** Texts that are told to whoever reads the comparison. */
struct notes {
    char **text;
    int count;
    bool failed; /**< out of memory */
};
void note_add(struct notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * The figures of all kinds of a file; what is missing is NAN, with a note.
 * @return STATUS_OK, STATUS_INPUT (damaged), STATUS_MEMORY
 */
enum status compared_figures_read(struct compared_file *file, const struct compare_options *options,
                                  struct notes *notes, struct error *err);
void compared_figures_free(struct compared_file *file);

/* ---- runs and pairs of scenarios (compare.c, compare_pairs.c) ----------------------------------
 */

/** How many names a note lists. */
enum { COMPARE_NAMED_MAX = 8 };

/** What is set against the other runs: a file, or a member of an axis in it. */
struct compared_run {
    struct compared_file *file;
    const char *member; /**< of the axis, NULL: all of the file */
    char *label;        /**< path, "policy=today" or both */
    char letter[8];     /**< in heads of columns */
    int *scenario_s;    /**< [pair_count] */
};

struct comparison {
    const struct compare_options *options;
    int file_count, run_count, pair_count;
    struct compared_file *file;
    struct compared_run *run;
    char **pair; /**< [pair_count] what the paired scenarios are called */
    struct notes notes;
};

/**
 * Pair the scenarios that are in all runs, with notes of the others.
 * @return STATUS_OK; STATUS_INPUT (none is in all); STATUS_MEMORY
 */
enum status compare_pair_scenarios(struct comparison *comparison, struct error *err);

/** "out of memory" */
enum status compare_no_memory(struct error *err);

/** Figure of an element over the paired scenarios, or in one pair (pair_i >= 0). */
double compared_value(const struct comparison *comparison, const struct compared_run *run,
                      enum compared_kind kind, int element, int figure_i, int pair_i);

/** Place of an id in a set, -1 if it is not there. */
int compared_find(const struct compared_set *set, const char *id);

/** Whether a kind is asked for. */
bool compared_is_wanted(const struct compare_options *options, enum compared_kind kind);

/* ---- tables (compare_tables.c) -----------------------------------------------------------------
 */

/** What changed, for people: a table a kind. */
bool compare_print_changes(FILE *out, const struct comparison *comparison, enum table_format format,
                           bool all);

/** Heads and rows of the one table for machines. */
enum { COMPARE_COLUMNS = 9 };
extern const char *const compare_heads[COMPARE_COLUMNS];
void compare_add_rows(struct table *table, const struct comparison *comparison);

/* ---- robustness (robustness.c) -----------------------------------------------------------------
 */

/** Robustness of one run by one criterion. */
struct policy_figures {
    double share;       /**< of scenarios that keep the threshold */
    double mean, worst; /**< of the measure */
    double regret;      /**< largest */
    int worst_pair, regret_pair;
    int rank_share, rank_regret; /**< 1 is the best; equals share a rank */
};

/** One threshold, and what every run makes of it. */
struct criterion {
    char *text;       /**< as given, or the name of the measure */
    char *left;       /**< what is measured */
    bool is_share;    /**< shown in % */
    bool has_limit;   /**< false: regret and rank alone */
    bool less, equal; /**< "<", and with "=" */
    double limit;
    double *value; /**< [run_count][pair_count], NAN where it is not known */
    struct policy_figures *of_run;
};

struct robustness {
    int criterion_count;
    struct criterion *criterion;
    double *joint; /**< [run_count] share of scenarios that keep all thresholds */
};

/** Whether it is asked for: by thresholds, an axis, or three runs. */
bool robustness_is_wanted(const struct comparison *comparison);

/** @return STATUS_OK; STATUS_USAGE names the fault of a threshold; STATUS_MEMORY */
enum status robustness_measure(struct comparison *comparison, struct robustness *robustness,
                               struct error *err);
void robustness_free(struct robustness *robustness);

bool robustness_print(FILE *out, const struct comparison *comparison,
                      const struct robustness *robustness, enum table_format format);
void robustness_add_rows(struct table *table, const struct comparison *comparison,
                         const struct robustness *robustness);

/** Value of a measure in each scenario of a file (criterion.c). */
struct measured {
    double *value; /**< [scenario_count] */
    bool is_share;
    double to_si; /**< a value times this is in SI, as a threshold is */
};

/**
 * Read "ID.MEASURE >= LIMIT" or "INDICATOR/ID >= LIMIT" without its left side being looked up.
 * @return STATUS_OK, STATUS_USAGE, STATUS_MEMORY
 */
enum status criterion_parse(const char *text, struct criterion *criterion, struct error *err);

/** Measure the left side in all scenarios of a file. Value freed by the caller. */
enum status criterion_measure(struct compared_file *file, const char *left,
                              struct measured *measured, struct error *err);

#endif
