/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "output/why.h"

#include <argp.h>

enum { OPTION_DEMAND = 256, OPTION_DATE, OPTION_SCENARIO, OPTION_JSON, OPTION_VALUES };

struct why_arguments {
    const char *path;
    struct why_options options;
};

static const struct argp_option options[] = {
    {"demand", OPTION_DEMAND, "ID", 0, "the demand that was cut", 0},
    {"date", OPTION_DATE, "DATE", 0, "a day of the step, with the hour in hourly runs", 0},
    {"scenario", OPTION_SCENARIO, "ID", 0,
     "the scenario (default: where the demand lacks most on that date)", 0},
    {"values", OPTION_VALUES, NULL, 0, "also who gets one m3 more at each node", 0},
    {"json", OPTION_JSON, NULL, 0, "one JSON object in full precision", 0},
    {0}};

static const char doc[] =
    "Say why a demand was cut: what binds, who had the water, and the least extra water, storage "
    "or capacity that would have restored it. The results must have been made with "
    "`nguon run --save audit`."
    "\vExample:\n  nguon why qn.h5 --demand mong_cai_town --date 2020-03-15";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct why_arguments *why = state->input;
    switch (key) {
    case OPTION_DEMAND:
        why->options.demand = argument;
        return 0;
    case OPTION_DATE:
        why->options.date = argument;
        return 0;
    case OPTION_SCENARIO:
        why->options.scenario = argument;
        return 0;
    case OPTION_JSON:
        why->options.json = true;
        return 0;
    case OPTION_VALUES:
        why->options.values = true;
        return 0;
    case ARGP_KEY_ARG:
        if (why->path != NULL)
            argp_error(state, "'%s' is one argument too many", argument);
        why->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (why->path == NULL)
            argp_error(state, "no results file given");
        if (why->options.demand == NULL || why->options.date == NULL)
            argp_error(state, "--demand and --date are needed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
command_why(int argc, char **argv)
{
    struct why_arguments why = {0};
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &why);
    if (why_results(stdout, why.path, &why.options, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
