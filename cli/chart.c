/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "output/chart.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chart_options {
    struct basin_source source;
    const char *reservoir, *svg_path;
    bool csv;
};

enum { OPTION_SVG = 256, OPTION_CSV };

static const struct argp_option option_list[] = {
    {"reservoir", 'r', "ID", 0, "the lake (default: the only one)", 1},
    {"svg", OPTION_SVG, "FILE", 0, "picture of the chart", 1},
    {"csv", OPTION_CSV, NULL, 0, "the table as CSV", 1},
    {"set", 'S', "PATH=VALUE", 0, "change a figure of the basin", 1},
    {0}};

static const char doc[] =
    "Print the chart of regulation of a reservoir by ten-day period: flood limit, upper and "
    "restriction lines, normal and dead level, minimum release."
    "\vExample:\n  nguon chart examples/red-river/basin.yaml -r hoa_binh --svg hoa_binh.svg";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct chart_options *run = state->input;
    switch (key) {
    case 'r':
        run->reservoir = argument;
        return 0;
    case OPTION_SVG:
        run->svg_path = argument;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case 'S':
        return parse_basin_option(key, argument, state, &run->source);
    case ARGP_KEY_ARG:
        if (run->source.path != NULL)
            argp_error(state, "one basin file at a time: '%s' is one too many", argument);
        run->source.path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->source.path == NULL)
            argp_error(state, "no basin file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum status
find_reservoir(const struct basin *basin, const char *id, const struct reservoir **out,
               struct error *err)
{
    if (id == NULL && basin->reservoir_count != 1)
        return error_set(err, STATUS_USAGE,
                         "the basin has %d reservoirs; name one with --reservoir",
                         basin->reservoir_count);
    for (int r = 0; r < basin->reservoir_count; r++) {
        *out = &basin->reservoir[r];
        if (id == NULL || strcmp(id, basin->node[(*out)->node_i].id) == 0)
            return STATUS_OK;
    }
    return error_set(err, STATUS_USAGE, "the basin has no reservoir '%s'", id);
}

static enum status
show_chart(const struct chart_options *run, const struct basin *basin, struct error *err)
{
    const struct reservoir *reservoir = NULL;
    struct chart *chart = calloc(1, sizeof *chart);
    enum status status = STATUS_OK;
    if (chart == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the chart");
    TRY(find_reservoir(basin, run->reservoir, &reservoir, err));
    TRY(chart_fill(basin, reservoir, chart, err));
    if (run->svg_path != NULL)
        TRY(chart_write_svg(run->svg_path, basin->node[reservoir->node_i].name, chart, err));
    if (!chart_print(chart, run->csv, stdout))
        status = error_set(err, STATUS_FILE_WRITE, "the table cannot be printed");
out:
    free(chart);
    return status;
}

int
command_chart(int argc, char **argv)
{
    struct chart_options run = {0};
    struct argp parser = {option_list, parse_option, "BASIN", doc, NULL, NULL, NULL};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    struct basin *basin;
    struct timeaxis axis = {0};
    struct error err = {0};
    enum status status = read_basin(&run.source, &basin, &axis);
    int exit_code = status_exit_code(status);
    if (status == STATUS_OK && show_chart(&run, basin, &err) != STATUS_OK)
        exit_code = report_failure(&err);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return exit_code;
}
