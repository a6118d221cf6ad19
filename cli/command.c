/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

/* Whether a text has more lines than the terminal. */
static bool
overflows(const char *text)
{
    struct winsize screen;
    int lines = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &screen) != 0 || screen.ws_row == 0)
        return false;
    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        lines++;
    return lines >= screen.ws_row;
}

void
print_paged(const char *text)
{
    const char *pager = getenv("PAGER");
    FILE *out = NULL;
    if (pager == NULL || pager[0] == '\0')
        pager = "less";
    if (overflows(text)) {
        setenv("LESS", "FRSX", 0); /* long rows are cut, not folded; colours pass */
        void (*before)(int) = signal(SIGPIPE, SIG_IGN); /* who leaves early has seen enough */
        out = popen(pager, "w"); /* NOLINT(bugprone-command-processor, cert-env33-c) */
        bool shown = out != NULL;
        if (shown)
            fputs(text, out);
        shown = shown && pclose(out) == 0;
        signal(SIGPIPE, before);
        if (shown)
            return;
    }
    fputs(text, stdout);
}

int
report_failure(const struct error *err)
{
    fprintf(stderr, "nguon: %s\n",
            err->status == STATUS_OK ? "failed without a message" : err->text);
    return status_exit_code(err->status);
}

int
parse_path(int key, char *argument, struct argp_state *state, const char *what, const char **path)
{
    if (key == ARGP_KEY_END && *path == NULL)
        argp_error(state, "no %s given", what);
    else if (key == ARGP_KEY_ARG && *path != NULL)
        argp_error(state, "one %s at a time: '%s' is one too many", what, argument);
    else if (key == ARGP_KEY_ARG)
        *path = argument;
    return 0;
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
print_subverbs(FILE *out, const struct subverb_group *group)
{
    fprintf(out, "Usage: nguon %s VERB ...\n\n%s\n\nVerbs:\n", group->name, group->about);
    for (int i = 0; i < group->verb_count; i++)
        fprintf(out, "  %-12s %s\n", group->verb[i].name, group->verb[i].summary);
    if (group->print_more != NULL)
        group->print_more(out);
    fprintf(out, "\n`nguon %s VERB --help` explains each with an example.\n", group->name);
}

int
run_subverb(const struct subverb_group *group, int argc, char **argv)
{
    enum { VERBS_MAX = 16 };
    const char *word = argc > 1 ? argv[1] : "--help", *known[VERBS_MAX];
    int known_count = 0;
    for (; known_count < group->verb_count && known_count < VERBS_MAX; known_count++) {
        const struct subverb *verb = &group->verb[known_count];
        known[known_count] = verb->name;
        if (strcmp(word, verb->name) == 0) {
            char name[48]; /* so that usage lines read "nguon drought index" */
            snprintf(name, sizeof name, "nguon %s %s", group->name, verb->name);
            argv[1] = name;
            return verb->run(argc - 1, argv + 1);
        }
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_subverbs(argc > 1 ? stdout : stderr, group);
        return argc > 1 ? 0 : 2;
    }
    const char *nearest = nearest_name(word, known, known_count);
    fprintf(stderr, "nguon: there is no verb '%s %s'", group->name, word);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "\nTry `nguon %s --help`.\n", group->name);
    return 2;
}
