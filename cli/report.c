/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "model/data_file.h"
#include "output/report.h"

#include <argp.h>
#include <stdio.h>

struct report_run {
    const char *path, *out;
    struct report_options options;
};

enum { OPTION_LANG = 1210, OPTION_TARGETS, PATH_SIZE = 4096 };

static const char usual_table[] = "scorecard_quang_ninh.csv";

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "page to write (default: report.html)", 1},
    {"lang", OPTION_LANG, "vi|en", 0, "language of the page (default: vi)", 1},
    {"targets", OPTION_TARGETS, "FILE", 0,
     "table of targets of the scorecard (default: those of the Quảng Ninh resolution)", 1},
    {0}};

static const char doc[] =
    "Write one page about a results file, to read, zoom and print, that needs no network: who runs "
    "short, when and how surely; scorecard, reliability, map, reservoirs, droughts, salinity, dams "
    "and balance. Charts show all scenarios; one can be chosen."
    "\vExample:\n  nguon report qn.h5 -o qn.html --lang en";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct report_run *run = state->input;
    switch (key) {
    case 'o':
        run->out = argument;
        return 0;
    case OPTION_LANG:
        if (!language_find(argument, &run->options.language))
            argp_error(state, "--lang is vi or en, not '%s'", argument);
        return 0;
    case OPTION_TARGETS:
        run->options.targets_path = argument;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "results file", &run->path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
command_report(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct report_run run = {.out = "report.html",
                             .options = {.language = LANGUAGE_VI, .version = NGUON_VERSION}};
    struct error err = {0};
    char buffer[PATH_SIZE];
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    if (run.options.targets_path == NULL && data_file_find(usual_table, buffer, sizeof buffer))
        run.options.targets_path = buffer;
    if (report_write(run.out, run.path, &run.options, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
