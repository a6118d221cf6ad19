/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include <stdio.h>

/* `nguon catchment`: rainfall-runoff alone, by verbs of its own. */

static const struct subverb verbs[] = {
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

static void
print_models(FILE *out)
{
    fputs("\nModels, with their parameters in order:\n", out);
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++) {
        const struct catchment_model *model = catchment_models[i];
        fprintf(out, "  %-11s %s:", model->name, model->title);
        for (int p = 0; p < model->parameter_count; p++)
            fprintf(out, " %s", model->parameter[p].name);
        fputc('\n', out);
    }
}

int
command_catchment(int argc, char **argv)
{
    static const struct subverb_group group = {"catchment", "Rainfall-runoff models.", verbs,
                                               sizeof verbs / sizeof *verbs, print_models};
    return run_subverb(&group, argc, argv);
}
