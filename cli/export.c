/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "output/export.h"
#include "output/reader.h"

#include <argp.h>
#include <hdf5.h>
#include <stdlib.h>

enum {
    OPTION_GEOJSON = 1490,
    OPTION_CSV,
    OPTION_WATERML,
    OPTION_SERIES,
    OPTION_SCENARIO,
    UNPLACED_NAMED = 20
};

struct export_run {
    const char *path, *geojson, *csv, *waterml;
    const char **wanted; /* [argc] */
    struct export_series series;
};

static const struct argp_option options[] = {
    {"geojson", OPTION_GEOJSON, "FILE", 0,
     "the network as GeoJSON, with how each node and link fared if it is of a results file", 1},
    {"csv", OPTION_CSV, "FILE", 0, "series as tidy CSV", 1},
    {"waterml", OPTION_WATERML, "FILE", 0, "series as WaterML 2.0", 1},
    {"series", OPTION_SERIES, "WHICH", 0,
     "VARIABLE:ID, or VARIABLE for all elements; may be given several times", 2},
    {"scenario", OPTION_SCENARIO, "ID", 0, "one scenario (default: all)", 2},
    {0}};

static const char doc[] =
    "Write files for other programs: the network for a GIS, series for databases and "
    "spreadsheets."
    "\vExamples:\n  nguon export qn.h5 --geojson qn.geojson\n"
    "  nguon export qn.h5 --series storage:yen_lap --series level:yen_lap --waterml yen_lap.xml";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct export_run *run = state->input;
    switch (key) {
    case OPTION_GEOJSON:
        run->geojson = argument;
        return 0;
    case OPTION_CSV:
        run->csv = argument;
        return 0;
    case OPTION_WATERML:
        run->waterml = argument;
        return 0;
    case OPTION_SERIES:
        run->wanted[run->series.wanted_count++] = argument;
        return 0;
    case OPTION_SCENARIO:
        run->series.scenario = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->geojson == NULL && run->csv == NULL && run->waterml == NULL)
            argp_error(state, "nothing to write: name a file by --geojson, --csv or --waterml");
        if ((run->csv != NULL || run->waterml != NULL) && run->series.wanted_count == 0)
            argp_error(state, "--csv and --waterml need --series, such as storage:yen_lap");
        if (run->series.wanted_count > 0 && run->csv == NULL && run->waterml == NULL)
            argp_error(state, "--series goes with --csv or --waterml");
        return parse_path(key, argument, state, "results file or basin", &run->path);
    case ARGP_KEY_ARG:
        return parse_path(key, argument, state, "results file or basin", &run->path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void
print_unplaced(const struct export_unplaced *unplaced)
{
    if (unplaced->node_count == 0)
        return;
    printf("%d nodes and %d links have no place (coordinates in the basin file) and no geometry:",
           unplaced->node_count, unplaced->link_count);
    for (int i = 0; i < unplaced->node_count && i < UNPLACED_NAMED; i++)
        printf("%s %s", i > 0 ? "," : "", unplaced->node[i]);
    puts(unplaced->node_count > UNPLACED_NAMED ? " ..." : "");
}

/* The basin of a results file, or the one that the file is. */
static enum status
write_map(const struct export_run *run, bool is_results, struct error *err)
{
    enum status status = STATUS_OK;
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct reader reader;
    struct export_unplaced unplaced = {0};
    if (is_results) {
        TRY(reader_open(&reader, run->path, err));
        status = reader_basin(&reader, &basin, err);
        reader_close(&reader);
    } else {
        const struct basin_source source = {.path = run->path};
        status = read_basin(&source, &basin, &axis);
        if (status != STATUS_OK)
            error_set(err, status, "the basin '%s' cannot be read", run->path);
    }
    if (status == STATUS_OK)
        status = export_geojson(run->geojson, basin, is_results ? run->path : NULL, &unplaced, err);
    if (status == STATUS_OK)
        print_unplaced(&unplaced);
out:
    free(unplaced.node);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status;
}

int
command_export(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "OUT.h5|BASIN", doc, NULL, NULL, NULL};
    struct export_run run = {0};
    struct error err = {0};
    enum status status = STATUS_OK;
    run.wanted = calloc((size_t)argc + 1, sizeof *run.wanted);
    if (run.wanted == NULL)
        TRY(error_set(&err, STATUS_MEMORY, "out of memory"));
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    run.series.results_path = run.path;
    run.series.wanted = run.wanted;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    if (run.geojson != NULL)
        TRY(write_map(&run, H5Fis_hdf5(run.path) > 0, &err));
    if (run.csv != NULL)
        TRY(export_csv(run.csv, &run.series, &err));
    if (run.waterml != NULL)
        TRY(export_waterml(run.waterml, &run.series, &err));
out:
    free(run.wanted);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
