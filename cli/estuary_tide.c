/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/estuary.h"

#include "model/tide.h"
#include "output/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct tide_options {
    const char *path, *station;
    struct date from;
    int days;
    double mean_level_m;
    enum tide_phases phases;
    bool hourly, csv;
};

enum {
    OPTION_FROM = 256,
    OPTION_STATION,
    OPTION_DAYS,
    OPTION_PHASES,
    OPTION_MEAN,
    OPTION_HOURLY,
    OPTION_CSV
};
enum { DAYS_MAX = 40000 };

static const struct argp_option option_list[] = {
    {"from", OPTION_FROM, "DATE", 0, "first day, UTC", 1},
    {"days", OPTION_DAYS, "N", 0, "how many days (default 15)", 1},
    {"hourly", OPTION_HOURLY, NULL, 0, "a level for each hour, not the day's highest and lowest",
     1},
    {"station", OPTION_STATION, "NAME", 0, "station, if the file has several", 2},
    {"phases", OPTION_PHASES, "WORD", 0, "greenwich (default) or doodson", 2},
    {"mean-level", OPTION_MEAN, "LEVEL", 0, "of the sea, '1.71 m' (default 0)", 2},
    {"csv", OPTION_CSV, NULL, 0, "the table as CSV", 2},
    {0}};

static const char doc[] =
    "Compute the tide from a table of constituents (constituent, amplitude_m, phase_deg): form, "
    "highest and lowest astronomical tide of 19 years, and levels day by day."
    "\vExample:\n  nguon estuary tide examples/estuary/hon_dau.csv --from 2026-01-01 --mean-level "
    "'1.714 m'";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct tide_options *run = state->input;
    int used = 0;
    switch (key) {
    case OPTION_FROM:
        if (!date_parse(argument, &run->from))
            argp_error(state, "--from takes a date such as 2026-01-01, not '%s'", argument);
        return 0;
    case OPTION_DAYS:
        if (sscanf(argument, "%d%n", &run->days, &used) != 1 || argument[used] != '\0' ||
            run->days < 1 || run->days > DAYS_MAX)
            argp_error(state, "--days takes a number from 1 to %d, not '%s'", DAYS_MAX, argument);
        return 0;
    case OPTION_HOURLY:
        run->hourly = true;
        return 0;
    case OPTION_STATION:
        run->station = argument;
        return 0;
    case OPTION_PHASES:
        if (strcmp(argument, "greenwich") != 0 && strcmp(argument, "doodson") != 0)
            argp_error(state, "--phases is greenwich or doodson, not '%s'", argument);
        run->phases = argument[0] == 'd' ? TIDE_PHASES_DOODSON : TIDE_PHASES_GREENWICH;
        return 0;
    case OPTION_MEAN:
        run->mean_level_m = parse_figure("--mean-level", argument, DIMENSION_LENGTH, state);
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case ARGP_KEY_ARG:
        if (run->path != NULL)
            argp_error(state, "one file at a time: '%s' is one too many", argument);
        run->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->path == NULL)
            argp_error(state, "no file of constituents given");
        if (run->from.year == 0)
            argp_error(state, "--from is needed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool
print_levels(const struct tide_options *run, const struct tide *tide)
{
    static const char *const daily[] = {"<day", "highest m", "lowest m", "range m"};
    static const char *const hourly[] = {"<time", "level m"};
    struct table table;
    char text[32];
    int64_t start_s = date_to_seconds(run->from);
    table_init(&table, run->csv, run->hourly ? 2 : 4, run->hourly ? hourly : daily);
    for (int i = 0; i < (run->hourly ? 24 * run->days : run->days); i++) {
        int64_t at_s = start_s + (int64_t)i * (run->hourly ? 3600 : 86400);
        table_cell(&table, "%s",
                   date_format(date_from_seconds(at_s), run->hourly, text, sizeof text));
        if (run->hourly) {
            table_cell(&table, "%.3f", tide_level_m(tide, at_s));
            continue;
        }
        struct tide_day day = tide_day(tide, at_s);
        table_cell(&table, "%.3f", day.highest_m);
        table_cell(&table, "%.3f", day.lowest_m);
        table_cell(&table, "%.3f", day.highest_m - day.lowest_m);
    }
    return table_print(&table, stdout);
}

int
estuary_tide(int argc, char **argv)
{
    struct tide_options run = {.days = 15};
    struct argp parser = {option_list, parse_option, "CSV", doc, NULL, NULL, NULL};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    struct diagnostics diagnostics;
    struct tide tide;
    struct error err = {0};
    diagnostics_init(&diagnostics);
    enum status status = tide_read_csv(&tide, run.path, run.station, run.phases, &diagnostics);
    print_faults(&diagnostics);
    if (status != STATUS_OK)
        return status_exit_code(status);
    tide.mean_level_m = run.mean_level_m;
    if (!run.csv) {
        double form, period_s = tide_period_s(&tide, &form);
        struct tide_day all = tide_extremes(&tide, run.from.year);
        printf("%d constituents, form number %.3g: %s, %.4g h\n", tide.count, form,
               form > 3.0    ? "diurnal"
               : form > 1.5  ? "mixed, mainly diurnal"
               : form > 0.25 ? "mixed, mainly semidiurnal"
                             : "semidiurnal",
               period_s / 3600.0);
        printf("highest and lowest of 19 years from %d: %.3f m and %.3f m\n\n", run.from.year,
               all.highest_m, all.lowest_m);
    }
    if (print_levels(&run, &tide))
        return 0;
    error_set(&err, STATUS_FILE_WRITE, "the table cannot be printed");
    return report_failure(&err);
}
