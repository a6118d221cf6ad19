/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_diagnostics(const struct diagnostics *diagnostics)
{
    char text[4096];
    for (int i = 0; i < diagnostics->count; i++)
        fprintf(stderr, "%s\n", diagnostic_format(&diagnostics->item[i], text, sizeof text));
    if (diagnostics->dropped_count > 0)
        fprintf(stderr, "... and %d more\n", diagnostics->dropped_count);
    if (diagnostics->error_count > 0)
        fprintf(stderr, "nguon: %d error%s\n", diagnostics->error_count,
                diagnostics->error_count == 1 ? "" : "s");
}

enum status
read_basin(const struct basin_source *source, struct basin **basin, struct timeaxis *axis)
{
    struct diagnostics diagnostics;
    struct error err = {0};
    diagnostics_init(&diagnostics);
    *basin = NULL;
    enum status status = basin_load(source->path, source->scenario_path, basin, &diagnostics);
    for (int i = 0; i < source->set_count && status == STATUS_OK; i++)
        status = basin_set(*basin, source->set[i], &diagnostics);
    print_diagnostics(&diagnostics);
    diagnostics_finish(&diagnostics);
    if (status == STATUS_OK) {
        status = basin_check_values(*basin, &err);
        if (status == STATUS_OK)
            status = timeaxis_init(axis, (*basin)->run.step, (*basin)->run.start, (*basin)->run.end,
                                   &err);
        if (status != STATUS_OK)
            report_failure(&err);
    } else if (status == STATUS_MEMORY) {
        fputs("nguon: out of memory\n", stderr);
    }
    if (status != STATUS_OK) {
        basin_destroy(*basin);
        *basin = NULL;
    }
    return status;
}

int
report_failure(const struct error *err)
{
    fprintf(stderr, "nguon: %s\n",
            err->status == STATUS_OK ? "failed without a message" : err->text);
    return status_exit_code(err->status);
}

int
parse_basin_option(int key, char *argument, struct argp_state *state, struct basin_source *source)
{
    switch (key) {
    case 's':
        source->scenario_path = argument;
        return 0;
    case 'S':
        if (source->set_count == SETS_MAX)
            argp_error(state, "more than %d changes by --set; put them into a scenario file",
                       SETS_MAX);
        else
            source->set[source->set_count++] = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void
print_subverbs(FILE *out, const char *group, const char *about, const struct subverb *verb,
               int verb_count)
{
    fprintf(out, "Usage: nguon %s VERB ...\n\n%s\n\nVerbs:\n", group, about);
    for (int i = 0; i < verb_count; i++)
        fprintf(out, "  %-12s %s\n", verb[i].name, verb[i].summary);
    fprintf(out, "\n`nguon %s VERB --help` explains each with an example.\n", group);
}

int
run_subverb(const char *group, const char *about, const struct subverb *verb, int verb_count,
            int argc, char **argv)
{
    enum { VERBS_MAX = 16 };
    const char *word = argc > 1 ? argv[1] : "--help", *known[VERBS_MAX];
    for (int i = 0; i < verb_count && i < VERBS_MAX; i++) {
        known[i] = verb[i].name;
        if (strcmp(word, verb[i].name) == 0) {
            char name[48]; /* so that usage lines read "nguon drought index" */
            snprintf(name, sizeof name, "nguon %s %s", group, verb[i].name);
            argv[1] = name;
            return verb[i].run(argc - 1, argv + 1);
        }
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_subverbs(argc > 1 ? stdout : stderr, group, about, verb, verb_count);
        return argc > 1 ? 0 : 2;
    }
    const char *nearest = nearest_name(word, known, verb_count);
    fprintf(stderr, "nguon: there is no verb '%s %s'", group, word);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "\nTry `nguon %s --help`.\n", group);
    return 2;
}
