/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/drought.h"

#include "output/domestic.h"

#include <stdio.h>
#include <stdlib.h>

struct access_run {
    const char *path;
    struct access_options options;
};

enum { OPTION_CLASS = 1160, OPTION_LITRES, OPTION_CSV };

static const struct argp_option options[] = {
    {"class", OPTION_CLASS, "ID", 0, "class of the demands of people (default: domestic)", 1},
    {"litres", OPTION_LITRES, "L", 0,
     "litres a person a day below which a day is short (default: 60)", 1},
    {"csv", OPTION_CSV, NULL, 0, "a row for each scenario and group", 1},
    {0}};

static const char doc[] =
    "Equal access to water in a run: how much of their need the districts got, and the people of "
    "towns, country, mountains, border and islands; the smallest share over the largest, and the "
    "Gini coefficient."
    "\vExample:\n  nguon drought access qn.h5";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct access_run *run = state->input;
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
        run->options.csv = true;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "results file", &run->path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
drought_access(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct access_run run = {.options = {.class_id = "domestic", .litres = 60.0}};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    if (access_print(stdout, run.path, &run.options, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
