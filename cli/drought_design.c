/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/drought.h"

#include "output/design_drought_table.h"
#include "scenarios/design_drought.h"

#include <stdio.h>

struct design_run {
    struct basin_source source;
    bool csv;
};

enum { OPTION_CSV = 1150 };

static const struct argp_option options[] = {
    {"scenarios", 's', "FILE", 0, "scenarios of this file in place of the basin's", 1},
    {"set", 'S', "PATH=VALUE", 0, "change a figure: reservoirs.yen_lap.capacity='120 hm3'", 1},
    {"csv", OPTION_CSV, NULL, 0, "as CSV", 1},
    {0}};

static const char doc[] =
    "How dry the design droughts of a basin's scenarios are (an axis `generate`), and how often "
    "such a drought comes: at least 10,000 synthetic years, with confidence intervals. `nguon run` "
    "finds the same figures before it runs them."
    "\vExample:\n  nguon drought design examples/quang-ninh/basin.yaml -s "
    "examples/quang-ninh/scenarios/design_drought.yaml";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct design_run *run = state->input;
    switch (key) {
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "basin file", &run->source.path);
    default:
        return parse_basin_option(key, argument, state, &run->source);
    }
}

int
drought_design(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "BASIN", doc, NULL, NULL, NULL};
    struct design_run run = {0};
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    enum status status = read_basin(&run.source, &basin, &axis);
    if (status != STATUS_OK)
        return status_exit_code(status);
    const struct axis *droughts = design_drought_axis(basin);
    if (droughts == NULL)
        status = error_set(&err, STATUS_INPUT,
                           "no axis of the scenarios is 'generate': there are no design droughts");
    if (status == STATUS_OK)
        status = design_droughts_find(basin, &err);
    if (status == STATUS_OK)
        status = design_drought_table(stdout, droughts, run.csv, &err);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
