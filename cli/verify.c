/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "output/recheck.h"

#include <argp.h>
#include <string.h>

enum { OPTION_SCENARIO = 1390, OPTION_SOLVER, OPTION_CSV, OPTION_JSON };

struct verify_run {
    const char *path;
    struct recheck_options options;
};

static const struct argp_option options[] = {
    {"scenario", OPTION_SCENARIO, "ID", 0, "one scenario (default: all)", 1},
    {"solver", OPTION_SOLVER, "NAME", 0, "simplex (default) or glpk: solves the steps again", 1},
    {"csv", OPTION_CSV, NULL, 0, "as CSV", 1},
    {"json", OPTION_JSON, NULL, 0, "as JSON", 1},
    {0}};

static const char doc[] =
    "Check a results file again without the model run: texts and inputs by their hashes, the water "
    "of every node in every step, bounds, ranks (each step is solved again from its record), "
    "indicators by the series. Most of it needs results made with `nguon run --save audit`. Ends "
    "with 0 if nothing failed, with 3 if a check failed."
    "\vExample:\n  nguon verify qn.h5";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct verify_run *run = state->input;
    switch (key) {
    case OPTION_SCENARIO:
        run->options.scenario = argument;
        return 0;
    case OPTION_SOLVER:
        if (strcmp(argument, "glpk") != 0 && strcmp(argument, "simplex") != 0)
            argp_error(state, "the solver is simplex or glpk, not '%s'", argument);
        run->options.method = strcmp(argument, "glpk") == 0 ? LP_GLPK : LP_SIMPLEX;
        return 0;
    case OPTION_CSV:
    case OPTION_JSON:
        run->options.format = key == OPTION_CSV ? TABLE_CSV : TABLE_JSON;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "results file", &run->path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
command_verify(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct verify_run run = {.options = {.method = LP_SIMPLEX, .program_version = NGUON_VERSION}};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    if (recheck_results(stdout, run.path, &run.options, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
