/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include "model/catchment_series.h"
#include "output/catchment_file.h"
#include "scenarios/catchment_runner.h"
#include "scenarios/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The weather of a catchment of a basin in one scenario, as CSV for `nguon catchment`. */

enum { OPTION_SCENARIO = 256 };

struct weather_run {
    struct basin_source source;
    const char *catchment, *scenario, *out_path;
};

static const struct argp_option options[] = {
    {"scenario", OPTION_SCENARIO, "ID", 0, "the scenario (default: the first)", 0},
    {"scenarios", 's', "FILE", 0, "take the scenarios from this file", 0},
    {"set", 'S', "PATH=VALUE", 0, "change a figure of the basin", 0},
    {"output", 'o', "FILE", 0, "CSV file to write (default: standard output)", 0},
    {0}};

static const char doc[] =
    "Rain and potential evapotranspiration (date,P_mm,PE_mm) that the model of a catchment runs "
    "with: means of netCDF grids, corrected and changed as the scenario says, evapotranspiration "
    "from temperature. The file is an input of `nguon catchment simulate`. The catchment may be "
    "left out if only one runs a model."
    "\vExample:\n  nguon catchment weather basin.yaml hills -s projections.yaml --scenario "
    "climate=EC-Earth3/2055 -o weather.csv";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct weather_run *run = state->input;
    switch (key) {
    case OPTION_SCENARIO:
        run->scenario = argument;
        return 0;
    case 'o':
        run->out_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (run->source.path == NULL)
            run->source.path = argument;
        else if (run->catchment == NULL)
            run->catchment = argument;
        else
            argp_error(state, "one catchment at a time: '%s' is one too many", argument);
        return 0;
    case ARGP_KEY_END:
        if (run->source.path == NULL)
            argp_error(state, "no basin file given");
        return 0;
    default:
        return parse_basin_option(key, argument, state, &run->source);
    }
}

/* Place of the text among the names, or a fault that brings the nearest. */
static enum status
find_name(const char *what, const char *text, const char *const *name, int count, int *found_i,
          struct error *err)
{
    for (*found_i = 0; *found_i < count; ++*found_i)
        if (strcmp(name[*found_i], text) == 0)
            return STATUS_OK;
    const char *nearest = nearest_name(text, name, count);
    return error_set(err, STATUS_USAGE, "there is no %s '%s'%s%s%s", what, text,
                     nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?)" : "");
}

static enum status
find_catchment(const struct weather_run *run, const struct basin *basin, int *catchment_i,
               struct error *err)
{
    const char **name = calloc((size_t)basin->catchment_count + 1, sizeof *name);
    int *place = calloc((size_t)basin->catchment_count + 1, sizeof *place);
    int count = 0, found_i = 0;
    enum status status = STATUS_OK;
    if (name == NULL || place == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the catchments"));
    for (int c = 0; c < basin->catchment_count; c++) {
        if (basin->catchment[c].inflow_kind != INFLOW_MODEL)
            continue;
        place[count] = c;
        name[count++] = basin->node[basin->catchment[c].node_i].id;
    }
    if (run->catchment == NULL && count != 1)
        TRY(error_set(err, STATUS_USAGE, "%d catchments of '%s' run a model: name one", count,
                      run->source.path));
    if (run->catchment != NULL)
        TRY(find_name("catchment with a model", run->catchment, name, count, &found_i, err));
    *catchment_i = place[found_i];
out:
    free(name);
    free(place);
    return status;
}

static enum status
find_scenario(const struct weather_run *run, const struct plan *plan, int *scenario_s,
              struct error *err)
{
    *scenario_s = 0;
    if (run->scenario == NULL)
        return STATUS_OK;
    const char **name = calloc((size_t)plan->scenario_count, sizeof *name);
    if (name == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the scenarios");
    for (int s = 0; s < plan->scenario_count; s++)
        name[s] = plan->scenario[s].id;
    enum status status =
        find_name("scenario", run->scenario, name, plan->scenario_count, scenario_s, err);
    free(name);
    return status;
}

static enum status
write_weather(const struct weather_run *run, enum step_kind step, const struct timeaxis *axis,
              const double *rain_mm, const double *pet_mm, struct error *err)
{
    struct text_file file;
    enum status status = text_file_open(&file, run->out_path, err);
    if (status != STATUS_OK)
        return status;
    fputs("date,P_mm,PE_mm\n", file.out);
    for (int t = 0; t < axis->step_count; t++) {
        char date[32];
        fprintf(file.out, "%s,%.15g,%.15g\n",
                catchment_date(step, axis->start_s[t], date, sizeof date), rain_mm[t], pet_mm[t]);
    }
    return text_file_close(&file, true, err);
}

static enum status
show_weather(const struct weather_run *run, const struct basin *base, const struct timeaxis *axis,
             struct error *err)
{
    struct plan plan = {0};
    struct records *records = NULL;
    struct basin *basin = NULL;
    const struct timeaxis *steps;
    double *rain_mm = NULL, *pet_mm = NULL;
    int scenario_s, catchment_i;
    enum status status = STATUS_OK;
    TRY(find_catchment(run, base, &catchment_i, err));
    TRY(plan_expand(base, &plan, err));
    TRY(find_scenario(run, &plan, &scenario_s, err));
    TRY(plan_scenario_basin(&plan, base, scenario_s, &basin, err));
    TRY(records_create(base, axis, &records, err));
    if (basin->catchment[catchment_i].inflow_kind != INFLOW_MODEL)
        TRY(error_set(err, STATUS_USAGE, "the catchment runs no model in scenario '%s'",
                      plan.scenario[scenario_s].id));
    TRY(catchment_weather_series(basin, records, catchment_i, &steps, &rain_mm, &pet_mm, err));
    TRY(write_weather(run, basin->catchment[catchment_i].model->step, steps, rain_mm, pet_mm, err));
out:
    free(rain_mm);
    free(pet_mm);
    records_destroy(records);
    basin_destroy(basin);
    plan_finish(&plan);
    return status;
}

int
catchment_weather(int argc, char **argv)
{
    struct weather_run run = {0};
    struct argp parser = {options, parse_option, "BASIN [CATCHMENT]", doc, NULL, NULL, NULL};
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    enum status status = read_basin(&run.source, &basin, &axis);
    if (status != STATUS_OK)
        return status_exit_code(status);
    status = show_weather(&run, basin, &axis, &err);
    if (status != STATUS_OK)
        report_failure(&err);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status_exit_code(status);
}
