/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "output/warning.h"

#include <stdio.h>

struct warn_run {
    const char *path;
    struct warning_options options;
};

enum { OPTION_FROM = 1200, OPTION_DAYS, OPTION_CLASS, OPTION_CSV };

static const struct argp_option options[] = {
    {"from", OPTION_FROM, "DATE", 0, "today (default: the start of the run)", 1},
    {"days", OPTION_DAYS, "N", 0, "days to look ahead (default: to the end of the run)", 1},
    {"class", OPTION_CLASS, "ID", 0, "class of the demands of people (default: domestic)", 1},
    {"csv", OPTION_CSV, NULL, 0, "as CSV, with the lines that are not crossed", 1},
    {0}};

static const char doc[] =
    "Early warning: how likely each lake falls below its lines, and people of each district run "
    "short, and how many days before, in an ensemble that begins with today's storages (`initial` "
    "of the reservoirs)."
    "\vExample:\n  nguon run examples/quang-ninh/basin.yaml -s "
    "examples/quang-ninh/scenarios/warning.yaml --set run.start=2020-01-15 --set "
    "run.end=2020-07-31 -o now.h5\n  nguon drought warn now.h5";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct warn_run *run = state->input;
    struct date date;
    switch (key) {
    case OPTION_FROM:
        if (!date_parse(argument, &date))
            argp_error(state, "--from is a date such as 2020-03-01, not '%s'", argument);
        else
            run->options.from_s = date_to_seconds(date);
        return 0;
    case OPTION_DAYS:
        run->options.day_limit = parse_whole("--days", argument, 1, 100000, state);
        return 0;
    case OPTION_CLASS:
        run->options.class_id = argument;
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
drought_warn(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct warn_run run = {.options = {.class_id = "domestic", .from_s = INT64_MIN}};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    if (warning_print(stdout, run.path, &run.options, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
