/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "output/show.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_CSV = 256, OPTION_JSON, OPTION_SCENARIO, OPTION_SVG, OPTION_OVERLAY };

struct show_arguments {
    const char *path;
    struct show_options options;
};

static const struct argp_option options[] = {
    {"csv", OPTION_CSV, NULL, 0, "comma-separated values in full precision", 0},
    {"json", OPTION_JSON, NULL, 0, "the same as JSON", 0},
    {"scenario", OPTION_SCENARIO, "ID", 0, "one scenario (default: all together)", 0},
    {"svg", OPTION_SVG, "FILE", 0, "draw the members or the surface", 0},
    {"overlay", OPTION_OVERLAY, "CSV", 0,
     "projections laid over a surface: columns called after its axes, and label", 0},
    {0}};

static const char doc[] =
    "Print tables of a results file. WHAT is classes, districts, demands, reservoirs, links, "
    "intakes, bays, "
    "licences, stages, quality, floods, scenarios, balance, climate, series:VARIABLE:ID, "
    "members:INDICATOR[:AXIS[:FROM:TO]] "
    "(statistics over "
    "the "
    "members of an axis) or surface:INDICATOR:AXIS:AXIS[:THRESHOLD] (response surface); without it "
    "an overview is printed. Volumes are "
    "means "
    "over the scenarios; the worst step is that of any of them."
    "\vExample:\n  nguon show qn.h5 series:storage:yen_lap --csv > yen_lap.csv";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct show_arguments *show = state->input;
    switch (key) {
    case OPTION_CSV:
        show->options.format = TABLE_CSV;
        return 0;
    case OPTION_JSON:
        show->options.format = TABLE_JSON;
        return 0;
    case OPTION_SCENARIO:
        show->options.scenario = argument;
        return 0;
    case OPTION_SVG:
        show->options.svg = argument;
        return 0;
    case OPTION_OVERLAY:
        show->options.overlay = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (show->path == NULL)
            show->path = argument;
        else if (show->options.what == NULL)
            show->options.what = argument;
        else
            argp_error(state, "'%s' is one argument too many", argument);
        return 0;
    case ARGP_KEY_END:
        if (show->path == NULL)
            argp_error(state, "no results file given");
        const char *what = show->options.what != NULL ? show->options.what : "";
        bool surface = strncmp(what, "surface:", 8) == 0;
        if (show->options.svg != NULL && !surface && strncmp(what, "members:", 8) != 0)
            argp_error(state, "--svg goes with members: or surface:");
        if (show->options.overlay != NULL && !surface)
            argp_error(state, "--overlay goes with surface:");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
command_show(int argc, char **argv)
{
    struct show_arguments show = {0};
    struct argp parser = {options, parse_option, "OUT.h5 [WHAT]", doc, NULL, NULL, NULL};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &show);
    char *text = NULL;
    size_t size = 0;
    bool paged = show.options.format == TABLE_TEXT && isatty(STDOUT_FILENO);
    FILE *out = paged ? open_memstream(&text, &size) : stdout;
    if (out == NULL)
        out = stdout;
    enum status status = show_results(out, show.path, &show.options, &err);
    if (out != stdout) {
        fclose(out);
        if (status == STATUS_OK && text != NULL)
            print_paged(text);
        free(text);
    }
    return status == STATUS_OK ? 0 : report_failure(&err);
}
