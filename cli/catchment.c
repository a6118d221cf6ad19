/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include "model/diagnostics.h"

#include <stdio.h>
#include <string.h>

/* `nguon catchment`: rainfall-runoff alone, by verbs of its own. */

struct catchment_verb {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct catchment_verb verbs[] = {
    {"simulate", "flow from rain and potential evapotranspiration", catchment_simulate},
    {"calibrate", "parameters from an observed flow, with their identifiability",
     catchment_calibrate},
    {"evaluate", "how well a simulated flow fits an observed one", catchment_evaluate},
    {"coefficient", "runoff coefficient and monthly shares of a gauge, for a catchment without one",
     catchment_coefficient},
    {"pet", "potential evapotranspiration, or evaporation of a lake, from a weather station",
     catchment_pet},
    {"weather",
     "rain and evapotranspiration of a catchment of a basin, from netCDF and projections",
     catchment_weather},
};
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static void
print_help(FILE *out)
{
    fputs("Usage: nguon catchment VERB ...\n\nRainfall-runoff models alone.\n"
          "\nVerbs:\n",
          out);
    for (int i = 0; i < VERB_COUNT; i++)
        fprintf(out, "  %-11s %s\n", verbs[i].name, verbs[i].summary);
    fputs("\nModels, with their parameters in order:\n", out);
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++) {
        const struct catchment_model *model = catchment_models[i];
        fprintf(out, "  %-11s %s:", model->name, model->title);
        for (int p = 0; p < model->parameter_count; p++)
            fprintf(out, " %s", model->parameter[p].name);
        fputc('\n', out);
    }
    fputs("\n`nguon catchment VERB --help` explains each with an example.\n", out);
}

int
command_catchment(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "--help";
    for (int i = 0; i < VERB_COUNT; i++)
        if (strcmp(word, verbs[i].name) == 0) {
            char name[48]; /* so that usage lines read "nguon catchment simulate" */
            snprintf(name, sizeof name, "nguon catchment %s", verbs[i].name);
            argv[1] = name;
            return verbs[i].run(argc - 1, argv + 1);
        }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help(argc > 1 ? stdout : stderr);
        return argc > 1 ? 0 : 2;
    }
    const char *known[VERB_COUNT];
    for (int i = 0; i < VERB_COUNT; i++)
        known[i] = verbs[i].name;
    const char *nearest = nearest_name(word, known, VERB_COUNT);
    fprintf(stderr, "nguon: there is no verb 'catchment %s'", word);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputs("\nTry `nguon catchment --help`.\n", stderr);
    return 2;
}
