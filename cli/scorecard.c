/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "model/data_file.h"
#include "output/scorecard.h"

#include <argp.h>
#include <stdio.h>

struct scorecard_run {
    const char *path, *targets_path, *class_id;
    bool csv;
};

enum { OPTION_TARGETS = 1190, OPTION_CLASS, OPTION_CSV, PATH_SIZE = 4096 };

static const char usual_table[] = "scorecard_quang_ninh.csv";

static const struct argp_option options[] = {
    {"targets", OPTION_TARGETS, "FILE", 0,
     "table of targets (default: those of the Quảng Ninh resolution)", 1},
    {"class", OPTION_CLASS, "ID", 0, "class of the demands of people (default: domestic)", 1},
    {"csv", OPTION_CSV, NULL, 0, "as CSV, with flags and sources", 1},
    {0}};

static const char doc[] =
    "Score a run against targets of policy, each in the scenarios of its year: mean, worst, and "
    "whether it is met in all of them; `not modelled` where it is out of reach."
    "\vExample:\n  nguon scorecard qn.h5";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct scorecard_run *run = state->input;
    switch (key) {
    case OPTION_TARGETS:
        run->targets_path = argument;
        return 0;
    case OPTION_CLASS:
        run->class_id = argument;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "results file", &run->path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
command_scorecard(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5", doc, NULL, NULL, NULL};
    struct scorecard_run run = {.class_id = "domestic"};
    struct error err = {0};
    char buffer[PATH_SIZE];
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    if (run.targets_path == NULL) {
        if (!data_file_find(usual_table, buffer, sizeof buffer)) {
            error_set(
                &err, STATUS_FILE,
                "the table of targets '%s' is not found; name one by --targets, or its folder in "
                "the environment as NGUON_DATA",
                usual_table);
            return report_failure(&err);
        }
        run.targets_path = buffer;
    }
    if (scorecard_print(stdout, run.path, run.targets_path, run.class_id, run.csv, &err) !=
        STATUS_OK)
        return report_failure(&err);
    return 0;
}
