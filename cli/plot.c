/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "output/series_plot.h"

#include <argp.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTION_SCENARIO = 1220, OPTION_LANG, OPTION_PNG, PATH_SIZE = 4096 };

struct plot_run {
    const char *path, *what, *out;
    bool png;
    struct series_plot_options options;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "picture to write, .svg or .png (default: SERIES_ID.svg)", 1},
    {"png", OPTION_PNG, NULL, 0,
     "a PNG picture; needs the program rsvg-convert (Debian: librsvg2-bin)", 1},
    {"scenario", OPTION_SCENARIO, "ID", 0, "one scenario (default: bands of all)", 1},
    {"lang", OPTION_LANG, "vi|en", 0, "language of the key (default: en)", 1},
    {0}};

static const char doc[] =
    "Draw a series of a results file: the least and the largest, 10 and 90 % and the median of the "
    "scenarios, or one scenario; storage with the lines of the lake. SERIES is any that the "
    "results "
    "keep (docs/results-file.md), such as storage, level, need, supply, shortage_water, link_flow, "
    "intake_salinity."
    "\vExamples:\n  nguon plot qn.h5 storage:yen_lap\n"
    "  nguon plot qn.h5 supply:co_to_irrigation --png --lang vi";

static bool
ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct plot_run *run = state->input;
    switch (key) {
    case 'o':
        run->out = argument;
        return 0;
    case OPTION_PNG:
        run->png = true;
        return 0;
    case OPTION_SCENARIO:
        run->options.scenario = argument;
        return 0;
    case OPTION_LANG:
        if (!language_find(argument, &run->options.language))
            argp_error(state, "--lang is vi or en, not '%s'", argument);
        return 0;
    case ARGP_KEY_ARG:
        if (run->path == NULL)
            run->path = argument;
        else if (run->what == NULL)
            run->what = argument;
        else
            argp_error(state, "'%s' is one argument too many", argument);
        return 0;
    case ARGP_KEY_END:
        if (run->what == NULL)
            argp_error(state, "name a results file and a series, such as storage:yen_lap");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* A PNG picture of an SVG one, which is removed. */
static enum status
turn_to_png(const char *svg, const char *png, struct error *err)
{
    extern char **environ;
    char name[] = "rsvg-convert", to[] = "-o";
    char *arguments[] = {name, to, strdup(png), strdup(svg), NULL};
    pid_t child;
    int result = -1;
    enum status status = STATUS_OK;
    if (arguments[2] == NULL || arguments[3] == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the picture");
    else if (posix_spawnp(&child, name, NULL, NULL, arguments, environ) != 0)
        status = error_set(err, STATUS_USAGE,
                           "a PNG picture needs the program rsvg-convert (Debian: librsvg2-bin), "
                           "which is not there; leave out --png for SVG");
    else if (waitpid(child, &result, 0) < 0 || !WIFEXITED(result) || WEXITSTATUS(result) != 0)
        status = error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", png);
    free(arguments[2]);
    free(arguments[3]);
    remove(svg);
    return status;
}

int
command_plot(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5 SERIES:ID", doc, NULL, NULL, NULL};
    struct plot_run run = {0};
    struct error err = {0};
    char series[128], usual[PATH_SIZE], svg[PATH_SIZE];
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    const char *colon = strchr(run.what, ':');
    if (colon == NULL || colon == run.what || colon[1] == '\0' ||
        (size_t)(colon - run.what) >= sizeof series) {
        error_set(&err, STATUS_USAGE,
                  "a series is asked for by SERIES:ID, such as storage:yen_lap, not '%s'",
                  run.what);
        return report_failure(&err);
    }
    snprintf(series, sizeof series, "%.*s", (int)(colon - run.what), run.what);
    run.options.series = series;
    run.options.id = colon + 1;
    run.png = run.png || (run.out != NULL && ends_in(run.out, ".png"));
    snprintf(usual, sizeof usual, "%s_%s.%s", series, run.options.id, run.png ? "png" : "svg");
    const char *out = run.out != NULL ? run.out : usual;
    snprintf(svg, sizeof svg, run.png ? "%s.part%ld.svg" : "%s", out, (long)getpid());
    enum status status = series_plot_write(svg, run.path, &run.options, &err);
    if (status == STATUS_OK && run.png)
        status = turn_to_png(svg, out, &err);
    if (status != STATUS_OK)
        return report_failure(&err);
    if (run.out == NULL)
        printf("%s\n", out);
    return 0;
}
