/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <argp.h>
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

struct verb {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct verb verbs[] = {
    {"catchment", "rainfall-runoff alone: simulate, calibrate, evaluate", command_catchment},
    {"chart", "print and draw the chart of regulation of a reservoir", command_chart},
    {"check", "validate a basin file and print what was understood", command_check},
    {"compare", "say what changed between runs, and how robust policies are", command_compare},
    {"drought", "droughts: how dry, how often, and what can still be promised", command_drought},
    {"estuary", "salt and tide of an estuary: profile, fit, tide", command_estuary},
    {"export", "write the network as GeoJSON, series as CSV or WaterML", command_export},
    {"flood", "flood peaks by return period from the largest flows of years", command_flood},
    {"operate", "try release schedules for a dam against a flood or a dry season", command_operate},
    {"plot", "draw a series of a results file", command_plot},
    {"report", "write a page about a results file, to read and print", command_report},
    {"run", "simulate every scenario of a basin into a results file", command_run},
    {"schema", "print the JSON Schema of the basin file", command_schema},
    {"scorecard", "score a run against the targets of a policy", command_scorecard},
    {"show", "print tables of a results file", command_show},
    {"verify", "check a results file again: balances, ranks, hashes", command_verify},
    {"why", "say why a demand was cut on a date, and what would have restored it", command_why},
};
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static void
print_help(FILE *out)
{
    fputs("Usage: nguon VERB ...\n\n"
          "Simulates a river basin under many scenarios: weather, inflow, reservoirs, and water\n"
          "shared in strict order of priority.\n\nVerbs:\n",
          out);
    for (int i = 0; i < VERB_COUNT; i++)
        fprintf(out, "  %-9s %s\n", verbs[i].name, verbs[i].summary);
    fputs("\n`nguon VERB --help` explains each with an example.\n"
          "Exit codes: 0 done, 2 bad usage or input, 3 numerical failure, 4 files or memory;\n"
          "128 and the number of the signal after an interrupt.\n",
          out);
}

static int
unknown_verb(const char *word)
{
    const char *known[VERB_COUNT];
    for (int i = 0; i < VERB_COUNT; i++)
        known[i] = verbs[i].name;
    const char *nearest = nearest_name(word, known, VERB_COUNT);
    fprintf(stderr, "nguon: there is no verb '%s'", word);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputs("\nTry `nguon --help`.\n", stderr);
    return 2;
}

int
main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    argp_err_exit_status = 2;
    gsl_set_error_handler_off(); /* it would abort; every code is looked at instead */
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        print_version(stdout);
        return 0;
    }
    for (int i = 0; i < VERB_COUNT; i++)
        if (strcmp(argv[1], verbs[i].name) == 0) {
            char name[32]; /* so that usage lines read "nguon run" */
            snprintf(name, sizeof name, "nguon %s", verbs[i].name);
            argv[1] = name;
            return verbs[i].run(argc - 1, argv + 1);
        }
    return unknown_verb(argv[1]);
}
