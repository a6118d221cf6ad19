/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/estuary.h"

#include "model/demand.h"
#include "model/estuary.h"
#include "output/salt_plot.h"
#include "output/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct profile_options {
    struct basin_source source;
    const char *estuary, *svg_path;
    double flow_m3s, sea_level_m, mouth_kgm3, tide_share; /* NAN: as the basin has it */
    bool csv;
};

enum { OPTION_FLOW = 256, OPTION_SEA_LEVEL, OPTION_MOUTH, OPTION_TIDE, OPTION_SVG, OPTION_CSV };

static const struct argp_option option_list[] = {
    {"estuary", 'e', "ID", 0, "the estuary (default: the only one with salt)", 1},
    {"flow", OPTION_FLOW, "FLOW", 0, "to the sea, for example '5 m3/s' (default initial_flow)", 1},
    {"sea-level", OPTION_SEA_LEVEL, "LEVEL", 0, "above the level of the shape, '22 cm'", 1},
    {"mouth", OPTION_MOUTH, "SALINITY", 0, "at the mouth (default: that of the run's first step)",
     1},
    {"tide", OPTION_TIDE, "SHARE", 0, "range of the tide against its mean (default 1)", 1},
    {"svg", OPTION_SVG, "FILE", 0, "picture of the profile", 2},
    {"csv", OPTION_CSV, NULL, 0, "tables as CSV", 2},
    {"set", 'S', "PATH=VALUE", 0, "change a figure of the basin", 2},
    {0}};

static const char doc[] =
    "Print the steady salinity along an estuary of a basin for a flow to the sea: at low water, in "
    "the mean of the tide and at high water; and for each of its intakes the share of the tide for "
    "which it is open and the flow that would keep it fresh."
    "\vExample:\n  nguon estuary profile examples/estuary/basin.yaml --flow '4 m3/s' --sea-level "
    "'50 cm'";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct profile_options *run = state->input;
    switch (key) {
    case 'e':
        run->estuary = argument;
        return 0;
    case OPTION_FLOW:
        run->flow_m3s = parse_figure("--flow", argument, DIMENSION_FLOW, state);
        if (!(run->flow_m3s > 0.0))
            argp_error(state, "--flow must be above 0: a steady state needs a flow to the sea");
        return 0;
    case OPTION_SEA_LEVEL:
        run->sea_level_m = parse_figure("--sea-level", argument, DIMENSION_LENGTH, state);
        return 0;
    case OPTION_MOUTH:
        run->mouth_kgm3 = parse_figure("--mouth", argument, DIMENSION_SALINITY, state);
        return 0;
    case OPTION_TIDE:
        run->tide_share = parse_figure("--tide", argument, DIMENSION_NONE, state);
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
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "basin file", &run->source.path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum status
find_estuary(const struct basin *basin, const char *id, const struct passage **out,
             struct error *err)
{
    int count = 0;
    for (int p = 0; p < basin->passage_count; p++) {
        const struct passage *passage = &basin->passage[p];
        if (!(passage->salt.mouth_area_m2 > 0.0) ||
            (id != NULL && strcmp(basin->node[passage->node_i].id, id) != 0))
            continue;
        *out = passage;
        count++;
    }
    if (count == 1)
        return STATUS_OK;
    if (id != NULL)
        return error_set(err, STATUS_USAGE, "the basin has no estuary '%s' with 'salt'", id);
    return error_set(err, STATUS_USAGE, "the basin has %d estuaries with 'salt'; %s", count,
                     count > 0 ? "name one with --estuary" : "nothing to show");
}

/* A level of the sea that leaves no water is refused. */
static enum status
make_view(const struct profile_options *run, const struct basin *basin, const struct timeaxis *axis,
          const struct passage *passage, struct estuary_view *view, struct error *err)
{
    const struct salt_reach *salt = &passage->salt;
    const struct moment moment = {axis, 0, basin->run.demand_year, NULL};
    struct estuary_moment at = {.sea_level_m = run->sea_level_m,
                                .tide_share = run->tide_share,
                                .mouth_kgm3 = run->mouth_kgm3};
    if (isnan(at.mouth_kgm3) && passage->mouth_salinity.kind == VARYING_SERIES)
        return error_set(err, STATUS_USAGE, "the salinity at the mouth is a record: give --mouth");
    if (isnan(at.mouth_kgm3))
        at.mouth_kgm3 = moment_value(&moment, &passage->mouth_salinity);
    if (isnan(at.sea_level_m) && passage->mean_sea_level.kind == VARYING_CONSTANT)
        at.sea_level_m = moment_value(&moment, &passage->mean_sea_level);
    if (isnan(at.sea_level_m))
        at.sea_level_m = 0.0;
    if (!(salt->depth_m + at.sea_level_m > 0.0))
        return error_set(err, STATUS_USAGE,
                         "a sea level of %g m leaves no water: the depth is %g m", at.sea_level_m,
                         salt->depth_m);
    if (!(at.mouth_kgm3 > salt->river_kgm3))
        return error_set(err, STATUS_USAGE,
                         "the mouth (%g kg/m3) is no saltier than the river (%g kg/m3)",
                         at.mouth_kgm3, salt->river_kgm3);
    estuary_view(salt, &at, view);
    estuary_set_flow(salt, isnan(run->flow_m3s) ? salt->initial_flow_m3s : run->flow_m3s, view);
    return STATUS_OK;
}

static void
print_figures(const struct basin *basin, const struct passage *passage,
              const struct estuary_view *view)
{
    double area_m2 = view->channel.segment[0].area_m2, flow_m3s = view->state.flow_m3s;
    printf("%s: flow to the sea %.4g m3/s, salinity %.4g kg/m3 at the mouth, %.3g of the river\n",
           basin->node[passage->node_i].name, flow_m3s, view->state.sea_kgm3,
           view->state.river_kgm3);
    printf("depth %.3g m, area at the mouth %.4g m2; tide of %.4g h, velocity %.3g m/s, excursion "
           "%.3g km\n",
           view->tide.depth_m, area_m2, view->tide.period_s / 3600.0, view->tide.velocity_ms,
           tide_excursion_m(&view->tide) / 1e3);
    printf("Canter-Cremers %.3g, Richardson %.3g, dispersion at the mouth %.4g m2/s, K %.3g\n",
           tide_canter_cremers(&view->tide, area_m2, flow_m3s),
           tide_richardson(&view->tide, area_m2, flow_m3s), view->state.dispersion_m2s,
           view->state.van_der_burgh);
    printf("intrusion length %.4g km in the mean of the tide; 4 kg/m3 at %.4g km, 1 kg/m3 at %.4g "
           "km\n\n",
           (salt_intrusion_length(&view->channel, &view->state) +
            tide_shift_m(&view->tide, view->phase, TIDE_AVERAGE)) /
               1e3,
           estuary_limit_m(view, 4.0) / 1e3, estuary_limit_m(view, 1.0) / 1e3);
}

static bool
print_profile(const struct salt_reach *salt, const struct estuary_view *view, bool csv)
{
    static const char *const heads[] = {"km from mouth", "area m2", "low water kg/m3", "mean kg/m3",
                                        "high water kg/m3"};
    enum { ROWS = 20 };
    struct table table;
    table_init(&table, csv, sizeof heads / sizeof *heads, heads);
    for (int i = 0; i <= ROWS; i++) {
        double x_m = salt->length_m * i / ROWS;
        table_number(&table, x_m / 1e3);
        table_number(&table, channel_area_m2(&view->channel, x_m));
        for (int phase = TIDE_LOW_WATER; phase <= TIDE_HIGH_WATER; phase++)
            table_number(&table, estuary_salinity_kgm3(view, x_m, (enum tide_phase)phase));
    }
    return table_print(&table, stdout);
}

static bool
print_intakes(const struct basin *basin, const struct passage *passage, const struct timeaxis *axis,
              const struct estuary_view *view, bool csv)
{
    static const char *const heads[] = {
        "<intake",          "at km",  "limit kg/m3",       "mean kg/m3",
        "limit lies at km", "open %", "repels, mean m3/s", "repels, high water m3/s"};
    const struct moment moment = {axis, 0, basin->run.demand_year, NULL};
    struct table table;
    table_init(&table, csv, sizeof heads / sizeof *heads, heads);
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        if (link->from != passage->node_i || isnan(link->from_mouth_m) ||
            link->max_salinity.kind == VARYING_SERIES)
            continue;
        double limit_kgm3 = moment_value(&moment, &link->max_salinity);
        double place_m = estuary_limit_m(view, limit_kgm3);
        table_cell(&table, "%s", link->id);
        table_number(&table, link->from_mouth_m / 1e3);
        table_number(&table, limit_kgm3);
        table_number(&table, estuary_salinity_kgm3(view, link->from_mouth_m, TIDE_AVERAGE));
        table_number(&table, place_m / 1e3);
        table_percent(&table, tide_open_share(&view->tide, link->from_mouth_m, place_m));
        table_number(
            &table, estuary_repelling_flow_m3s(view, link->from_mouth_m, limit_kgm3, TIDE_AVERAGE));
        table_number(&table, estuary_repelling_flow_m3s(view, link->from_mouth_m, limit_kgm3,
                                                        TIDE_HIGH_WATER));
    }
    if (table.cell_count == table.column_count) {
        table_discard(&table);
        return true;
    }
    fputc('\n', stdout);
    return table_print(&table, stdout);
}

static enum status
draw(const char *path, const char *title, const struct salt_reach *salt,
     const struct estuary_view *view, struct error *err)
{
    enum { POINTS = 400 };
    double x_km[POINTS], s[3][POINTS];
    for (int i = 0; i < POINTS; i++) {
        double x_m = salt->length_m * i / (POINTS - 1);
        x_km[i] = x_m / 1e3;
        for (int k = 0; k < 3; k++)
            s[k][i] = estuary_salinity_kgm3(view, x_m, (enum tide_phase)(k - 1));
    }
    const struct salt_line lines[] = {{"low water", s[0]}, {"mean", s[1]}, {"high water", s[2]}};
    const struct salt_plot plot = {
        .title = title, .point_count = POINTS, .x_km = x_km, .line_count = 3, .line = lines};
    return salt_plot_write(path, &plot, err);
}

int
estuary_profile(int argc, char **argv)
{
    struct profile_options run = {
        .flow_m3s = NAN, .sea_level_m = NAN, .mouth_kgm3 = NAN, .tide_share = 1.0};
    struct argp parser = {option_list, parse_option, "BASIN", doc, NULL, NULL, NULL};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    struct basin *basin;
    struct timeaxis axis = {0};
    struct error err = {0};
    const struct passage *passage = NULL;
    struct estuary_view view = {0};
    enum status status = read_basin(&run.source, &basin, &axis);
    if (status != STATUS_OK)
        return status_exit_code(status);
    TRY(find_estuary(basin, run.estuary, &passage, &err));
    TRY(make_view(&run, basin, &axis, passage, &view, &err));
    if (!run.csv)
        print_figures(basin, passage, &view);
    if (!print_profile(&passage->salt, &view, run.csv) ||
        !print_intakes(basin, passage, &axis, &view, run.csv))
        TRY(error_set(&err, STATUS_FILE_WRITE, "the tables cannot be printed"));
    if (run.svg_path != NULL)
        TRY(draw(run.svg_path, basin->node[passage->node_i].name, &passage->salt, &view, &err));
out:
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
