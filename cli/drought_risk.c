/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/drought.h"

#include "output/domestic.h"

#include <stdio.h>
#include <stdlib.h>

struct risk_run {
    const char *path;
    struct risk_options options;
};

enum { OPTION_CLASS = 1170, OPTION_LITRES, OPTION_AXIS, OPTION_CSV, OPTION_JSON };

static const struct argp_option options[] = {
    {"class", OPTION_CLASS, "ID", 0, "class of the demands of people (default: domestic)", 1},
    {"litres", OPTION_LITRES, "L", 0,
     "litres a person a day below which a day is short (default: 60)", 1},
    {"axis", OPTION_AXIS, "ID", 0,
     "axis whose members are the hazards (default: drought, else the first but weather)", 1},
    {"csv", OPTION_CSV, NULL, 0, "the table as CSV", 1},
    {"json", OPTION_JSON, NULL, 0, "the same as JSON", 1},
    {0}};

static const char doc[] = "Risk of drought, hazard by people: for each member of an axis and each "
                          "district the people, in "
                          "what share of the scenarios some of them run short, how many do so "
                          "(expected, and in the worst "
                          "tenth), and their days below some litres."
                          "\vExample:\n  nguon drought risk qn.h5 --axis drought";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct risk_run *run = state->input;
    char *end;
    switch (key) {
    case OPTION_CLASS:
        run->options.class_id = argument;
        return 0;
    case OPTION_LITRES:
        run->options.litres = strtod(argument, &end);
        if (end == argument || *end != '\0' || !(run->options.litres >= 0.0) ||
            run->options.litres > 1e6)
            argp_error(state, "--litres is a number of litres a day, not '%s'", argument);
        return 0;
    case OPTION_CSV:
        run->options.format = TABLE_CSV;
        return 0;
    case OPTION_JSON:
        run->options.format = TABLE_JSON;
        return 0;
    case OPTION_AXIS:
        run->options.axis = argument;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "results file", &run->path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
drought_risk(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct risk_run run = {.options = {.class_id = "domestic", .litres = 60.0}};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    if (risk_print(stdout, run.path, &run.options, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
