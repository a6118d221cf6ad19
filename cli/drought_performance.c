/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "output/performance_table.h"

#include <stdio.h>

enum { SAMPLES_USUAL = 1000 };

struct performance_run {
    const char *path;
    struct performance_options options;
};

enum { OPTION_BY = 1100, OPTION_SCENARIO, OPTION_CSV, OPTION_SAMPLES, OPTION_BLOCK };

static const struct argp_option options[] = {
    {"by", OPTION_BY, "GROUP", 0, "demand, class (default), district or all", 1},
    {"scenario", OPTION_SCENARIO, "ID", 0, "one scenario (default: all)", 1},
    {"csv", OPTION_CSV, NULL, 0, "a row for each scenario and group, with 95 % intervals", 1},
    {"samples", OPTION_SAMPLES, "N", 0,
     "bootstrap samples for the intervals (default 1000; 0: none)", 1},
    {"block-years", OPTION_BLOCK, "N", 0,
     "years that are drawn together (default: the cube root of the years)", 1},
    {0}};

static const char doc[] =
    "How well the demands of a run were met: reliability, resilience and vulnerability, from the "
    "series need and supply of a results file."
    "\vExample:\n  nguon drought performance qn.h5 --by district --csv > performance.csv";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    static const char *const groups[GROUP_COUNT] = {"demand", "class", "district", "all"};
    struct performance_run *run = state->input;
    switch (key) {
    case OPTION_BY:
        run->options.group =
            (enum performance_group)parse_name("--by", argument, groups, GROUP_COUNT, state);
        return 0;
    case OPTION_SCENARIO:
        run->options.scenario = argument;
        return 0;
    case OPTION_CSV:
        run->options.csv = true;
        return 0;
    case OPTION_SAMPLES:
        run->options.sample_count = parse_whole("--samples", argument, 0, 1000000, state);
        return 0;
    case OPTION_BLOCK:
        run->options.block_years = parse_whole("--block-years", argument, 1, 1000, state);
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "results file", &run->path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
drought_performance(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct performance_run run = {.options = {.group = GROUP_CLASS, .sample_count = SAMPLES_USUAL}};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    if (performance_print(stdout, run.path, &run.options, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
