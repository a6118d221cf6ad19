/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "model/data_file.h"
#include "output/compare.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_AXIS = 1290,
    OPTION_BY,
    OPTION_ALL,
    OPTION_SATISFY,
    OPTION_TARGETS,
    OPTION_CLASS,
    OPTION_CSV,
    OPTION_JSON,
    PATH_SIZE = 4096
};

static const char usual_table[] = "scorecard_quang_ninh.csv";

struct compare_run {
    struct compare_options options;
    const char **path, **satisfy; /* [argc] */
};

static const struct argp_option options[] = {
    {"axis", OPTION_AXIS, "AXIS", 0,
     "compare the members of an axis of the run, such as policy; the first is the base", 1},
    {"by", OPTION_BY, "KIND", 0,
     "only classes, districts, demands, reservoirs or targets (default: all)", 1},
    {"all", OPTION_ALL, NULL, 0, "every row, not only the largest changes", 1},
    {"satisfy", OPTION_SATISFY, "EXPR", 0,
     "a threshold for robustness, 'domestic.reliability >= 99 %'; may be given several times", 1},
    {"targets", OPTION_TARGETS, "FILE", 0,
     "table of targets (default: those of the Quảng Ninh resolution)", 1},
    {"class", OPTION_CLASS, "ID", 0, "class of the demands of people (default: domestic)", 1},
    {"csv", OPTION_CSV, NULL, 0, "one table of every figure in every scenario, as CSV", 2},
    {"json", OPTION_JSON, NULL, 0, "the same as JSON, with the notes", 2},
    {"output", 'o', "PAGE", 0, "write a page of HTML as well", 2},
    {0}};

static const char doc[] =
    "Say what changed between runs by class, district, demand, reservoir and target, the largest "
    "changes first, scenario by scenario; and how robust they are as policies: share of scenarios "
    "that keep a threshold, largest regret, rank. What the runs share is compared, the rest is "
    "listed."
    "\vExamples:\n  nguon compare today.h5 reserve.h5 --satisfy 'domestic.reliability >= 99 %'\n"
    "  nguon compare qn.h5 --axis policy -o policies.html";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct compare_run *run = state->input;
    struct compare_options *is = &run->options;
    switch (key) {
    case OPTION_AXIS:
        is->axis = argument;
        return 0;
    case OPTION_BY:
        is->by = argument;
        return 0;
    case OPTION_ALL:
        is->all = true;
        return 0;
    case OPTION_SATISFY:
        run->satisfy[is->satisfy_count++] = argument;
        return 0;
    case OPTION_TARGETS:
        is->targets_path = argument;
        return 0;
    case OPTION_CLASS:
        is->class_id = argument;
        return 0;
    case OPTION_CSV:
    case OPTION_JSON:
        is->format = key == OPTION_CSV ? TABLE_CSV : TABLE_JSON;
        return 0;
    case 'o':
        is->page_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        run->path[is->path_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        if (is->path_count == 0)
            argp_error(state, "no results file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
command_compare(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "A.h5 [B.h5 ...]", doc, NULL, NULL, NULL};
    struct compare_run run = {.options = {.class_id = "domestic"}};
    struct error err = {0};
    char buffer[PATH_SIZE];
    run.path = calloc((size_t)argc + 1, sizeof *run.path);
    run.satisfy = calloc((size_t)argc + 1, sizeof *run.satisfy);
    if (run.path == NULL || run.satisfy == NULL) {
        error_set(&err, STATUS_MEMORY, "out of memory");
    } else {
        run.options.path = run.path;
        run.options.satisfy = run.satisfy;
        argp_parse(&parser, argc, argv, 0, NULL, &run);
        if (run.options.targets_path == NULL && data_file_find(usual_table, buffer, sizeof buffer))
            run.options.targets_path = buffer;
        compare_results(stdout, &run.options, &err);
    }
    free(run.path);
    free(run.satisfy);
    return err.status == STATUS_OK ? 0 : report_failure(&err);
}
