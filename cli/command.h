/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_COMMAND_H
#define NGUON_CLI_COMMAND_H

#include "model/basin.h"

#include <stdio.h>

/*
 * One function a verb; each parses its own options (argp), says what went wrong on standard error
 * and returns the exit code: 0 done, 2 bad usage or input, 3 numerical failure, 4 files or memory;
 * 128 and the number of the signal after an interrupt.
 */
int command_catchment(int argc, char **argv);
int command_chart(int argc, char **argv);
int command_check(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_drought(int argc, char **argv);
int command_estuary(int argc, char **argv);
int command_export(int argc, char **argv);
int command_flood(int argc, char **argv);
int command_operate(int argc, char **argv);
int command_plot(int argc, char **argv);
int command_report(int argc, char **argv);
int command_run(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_scorecard(int argc, char **argv);
int command_show(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_why(int argc, char **argv);

/** Version, formats, and what the program was built from. */
void print_version(FILE *out);

/** A verb below a verb, such as `nguon estuary tide`. */
struct subverb {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
};

/** Verbs that stand together below one. */
struct subverb_group {
    const char *name, *about;
    const struct subverb *verb;
    int verb_count;
    void (*print_more)(FILE *out); /**< further help, or NULL */
};

/** Run the one that the first argument names, or print the help of the group. @return exit code */
int run_subverb(const struct subverb_group *group, int argc, char **argv);

enum { SETS_MAX = 64 };

/** What a basin is read from: files and command line. */
struct basin_source {
    const char *path;
    const char *scenario_path; /**< NULL: the basin's own */
    const char *set[SETS_MAX]; /**< "path=value", in order */
    int set_count;
};

/**
 * Read the basin with the changes of the command line, its calendar built. Faults and warnings go
 * to standard error.
 */
enum status read_basin(const struct basin_source *source, struct basin **basin,
                       struct timeaxis *axis);

/** Print a text to the terminal, through $PAGER (less) if it is longer than the screen. */
void print_paged(const char *text);

/** "nguon: message" on standard error; the exit code for it. */
int report_failure(const struct error *err);

/** The one file that a verb takes: a second is refused, and at the end that there was none. For
 *  ARGP_KEY_ARG and ARGP_KEY_END. @return 0 */
struct argp_state;
int parse_path(int key, char *argument, struct argp_state *state, const char *what,
               const char **path);

/** The options of several verbs, for argp: -s FILE, --set PATH=VALUE. @return 0 or ARGP_ERR_UNKNOWN
 */
int parse_basin_option(int key, char *argument, struct argp_state *state,
                       struct basin_source *source);

#endif
