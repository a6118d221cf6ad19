/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "output/table.h"
#include "scenarios/reserve.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reserve_run {
    struct basin_source source;
    struct reserve_request request;
    const char *output_path;
    bool csv;
};

enum { OPTION_PERIOD = 1180, OPTION_MONTHS, OPTION_YEARS, OPTION_CLASS, OPTION_CSV };

static const char *const need_names[RESERVE_NEED_COUNT] = {"floor", "need"};

static const struct argp_option options[] = {
    {"return-period", OPTION_PERIOD, "T", 0, "years of the dry spell (default: 50)", 1},
    {"months", OPTION_MONTHS, "N", 0, "months that it lasts (default: 9)", 1},
    {"years", OPTION_YEARS, "N", 0, "synthetic years (default and least: 10000)", 1},
    {"class", OPTION_CLASS, "ID", 0, "class of the demands of people (default: domestic)", 1},
    {"output", 'o', "FILE", 0,
     "write a scenario file that has the basin as it is, and with the reserves as rule", 1},
    {"csv", OPTION_CSV, NULL, 0, "a row for each lake or district, need and month", 1},
    {"set", 'S', "PATH=VALUE", 0, "change a figure, such as demand_year=2030", 2},
    {0}};

static const char doc[] =
    "What each lake must hold on the first of a month so that people have their floor, or all they "
    "need, through the dry spell that follows; the part of each district."
    "\vExample:\n  nguon drought reserve examples/quang-ninh/basin.yaml --return-period 50 "
    "--months 9 -o reserve.yaml\n  nguon run examples/quang-ninh/basin.yaml -s reserve.yaml";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct reserve_run *run = state->input;
    char *end;
    switch (key) {
    case OPTION_PERIOD:
        run->request.return_period = strtod(argument, &end);
        if (end == argument || *end != '\0' || !(run->request.return_period > 1.0) ||
            run->request.return_period > 1e6)
            argp_error(state, "--return-period is in years, above 1, not '%s'", argument);
        return 0;
    case OPTION_MONTHS:
        run->request.spell_months = parse_whole("--months", argument, 1, 60, state);
        return 0;
    case OPTION_YEARS:
        run->request.synthetic_years = parse_whole("--years", argument, 10000, 1000000, state);
        return 0;
    case OPTION_CLASS:
        run->request.class_id = argument;
        return 0;
    case 'o':
        run->output_path = argument;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "basin file", &run->source.path);
    default:
        return key == 'S' ? parse_basin_option(key, argument, state, &run->source)
                          : ARGP_ERR_UNKNOWN;
    }
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static const char *
name_of(const struct basin *basin, const struct lake_reserve *lake)
{
    return basin->node[basin->reservoir[lake->reservoir_r].node_i].id;
}

static double
largest(const double *month)
{
    double most = month[0];
    for (int m = 1; m < RESERVE_MONTHS; m++)
        most = fmax(most, month[m]);
    return most;
}

static enum status
finish_table(struct table *table, struct error *err)
{
    return table_print(table, stdout)
               ? STATUS_OK
               : error_set(err, STATUS_FILE_WRITE, "the table was not written");
}

static enum status
print_lakes(const struct basin *basin, const struct reserve *found, struct error *err)
{
    static const char *const heads[] = {"<lake", "<for", "dead hm3", "full", "draw m3/d", "jan",
                                        "feb",   "mar",  "apr",      "may",  "jun",       "jul",
                                        "aug",   "sep",  "oct",      "nov",  "dec",       "<"};
    struct table table;
    table_init(&table, false, 18, heads);
    for (int i = 0; i < found->lake_count; i++)
        for (int need = 0; need < RESERVE_NEED_COUNT; need++) {
            const struct lake_reserve *lake = &found->lake[i];
            const struct reservoir *reservoir = &basin->reservoir[lake->reservoir_r];
            double draw_m3d = 0.0;
            for (int m = 0; m < RESERVE_MONTHS; m++)
                draw_m3d += lake->draw_m3s[need][m] * 86400.0 / RESERVE_MONTHS;
            table_cell(&table, "%s", name_of(basin, lake));
            table_cell(&table, "%s", need_names[need]);
            table_number(&table, reservoir->dead_storage_m3 / 1e6);
            table_number(&table, reservoir->capacity_m3 / 1e6);
            table_cell(&table, "%.0f", draw_m3d);
            for (int m = 0; m < RESERVE_MONTHS; m++)
                table_number(&table, lake->reserve_m3[need][m] / 1e6);
            table_cell(&table, "%s",
                       largest(lake->reserve_m3[need]) > reservoir->capacity_m3 ? "above full"
                                                                                : "");
        }
    return finish_table(&table, err);
}

static enum status
print_districts(const struct reserve *found, struct error *err)
{
    static const char *const heads[] = {"<district", "<for", "need m3/d", "jan", "feb",
                                        "mar",       "apr",  "may",       "jun", "jul",
                                        "aug",       "sep",  "oct",       "nov", "dec"};
    struct table table;
    table_init(&table, false, 15, heads);
    for (int i = 0; i < found->district_count; i++)
        for (int need = 0; need < RESERVE_NEED_COUNT; need++) {
            const struct district_reserve *district = &found->district[i];
            double m3s = need == RESERVE_FLOOR ? district->floor_m3s : district->need_m3s;
            table_cell(&table, "%s", district->district);
            table_cell(&table, "%s", need_names[need]);
            table_cell(&table, "%.0f", m3s * 86400.0);
            for (int m = 0; m < RESERVE_MONTHS; m++)
                table_number(&table, district->active_m3[need][m] / 1e6);
        }
    return finish_table(&table, err);
}

static enum status
print_csv(const struct basin *basin, const struct reserve *found, struct error *err)
{
    static const char *const heads[] = {"kind",     "name",       "for",         "month",
                                        "draw_m3s", "volume_hm3", "capacity_hm3"};
    struct table table;
    table_init(&table, true, 7, heads);
    for (int i = 0; i < found->lake_count + found->district_count; i++)
        for (int which = 0; which < RESERVE_NEED_COUNT * RESERVE_MONTHS; which++) {
            int need = which / RESERVE_MONTHS, m = which % RESERVE_MONTHS;
            bool is_lake = i < found->lake_count;
            const struct lake_reserve *lake = is_lake ? &found->lake[i] : NULL;
            const struct district_reserve *district =
                is_lake ? NULL : &found->district[i - found->lake_count];
            table_cell(&table, "%s", is_lake ? "lake" : "district");
            table_cell(&table, "%s", is_lake ? name_of(basin, lake) : district->district);
            table_cell(&table, "%s", need_names[need]);
            table_cell(&table, "%d", m + 1);
            table_cell(&table, "%.9g",
                       is_lake                 ? lake->draw_m3s[need][m]
                       : need == RESERVE_FLOOR ? district->floor_m3s
                                               : district->need_m3s);
            table_cell(&table, "%.9g",
                       (is_lake ? lake->reserve_m3 : district->active_m3)[need][m] / 1e6);
            if (is_lake)
                table_cell(&table, "%.9g", basin->reservoir[lake->reservoir_r].capacity_m3 / 1e6);
            else
                table_cell(&table, "%s", "");
        }
    return finish_table(&table, err);
}

/* ---- the rule ---------------------------------------------------------------------------------
 */

/* Every lake's reserve as the line that rank domestic_reserve holds; never above the full lake. */
static void
write_member(FILE *file, const struct basin *basin, const struct reserve *found, int need)
{
    fprintf(file, "        %s:\n", need_names[need]);
    for (int i = 0; i < found->lake_count; i++) {
        const struct lake_reserve *lake = &found->lake[i];
        double capacity_m3 = basin->reservoir[lake->reservoir_r].capacity_m3;
        fprintf(file, "          reservoirs.%s.domestic_reserve: {monthly: [",
                name_of(basin, lake));
        for (int m = 0; m < RESERVE_MONTHS; m++)
            fprintf(file, "%s%.4g", m > 0 ? ", " : "",
                    fmin(capacity_m3, lake->reserve_m3[need][m]) / 1e6);
        fprintf(file, "], unit: hm3}\n");
    }
}

static bool
holds_reserves(const struct basin *basin)
{
    for (int i = 0; i < basin->rank_count; i++)
        if (basin->rank[i].kind == RANK_DOMESTIC_RESERVE)
            return true;
    return false;
}

static enum status
write_rule(const struct reserve_run *run, const struct basin *basin, const struct reserve *found,
           struct error *err)
{
    if (!holds_reserves(basin))
        return error_set(err, STATUS_USAGE,
                         "the ranks lack the word domestic_reserve: no lake would hold what '%s' "
                         "says",
                         run->output_path);
    FILE *file = fopen(run->output_path, "w");
    if (file == NULL)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s': %s", run->output_path,
                         strerror(errno));
    fprintf(file,
            "# What each lake holds for people on the first of a month, so that they have their "
            "floor, or all\n# they need, through %d dry months that come once in %g years "
            "(nguon drought reserve).\nscenarios:\n  axes:\n    reserve:\n      members:\n"
            "        as_it_is: {}\n",
            run->request.spell_months, run->request.return_period);
    for (int need = 0; need < RESERVE_NEED_COUNT; need++)
        write_member(file, basin, found, need);
    bool good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    return good ? STATUS_OK
                : error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", run->output_path);
}

static enum status
print_reserve(const struct reserve_run *run, const struct basin *basin, const struct reserve *found,
              struct error *err)
{
    enum status status = STATUS_OK;
    if (run->csv)
        return print_csv(basin, found, err);
    printf(
        "%s: hm3 that lakes must hold on the first of the month, dead storage included, to carry "
        "people\nthrough the %d months that follow in all but one of %g years; demand year ",
        basin->name != NULL ? basin->name : run->source.path, run->request.spell_months,
        run->request.return_period);
    if (basin->run.demand_year != 0)
        printf("%d\n\n", basin->run.demand_year);
    else
        printf("of the calendar, %d\n\n", basin->run.start.year);
    TRY(print_lakes(basin, found, err));
    puts("\nPart of each district above dead storage, hm3:\n");
    TRY(print_districts(found, err));
out:
    return status;
}

int
drought_reserve(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "BASIN", doc, NULL, NULL, NULL};
    struct reserve_run run = {.request = {.return_period = 50.0,
                                          .spell_months = 9,
                                          .synthetic_years = 10000,
                                          .class_id = "domestic"}};
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct reserve found = {0};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    enum status status = read_basin(&run.source, &basin, &axis);
    if (status != STATUS_OK)
        return status_exit_code(status);
    TRY(refuse_overwrite(run.output_path, run.source.path, &err));
    TRY(reserve_find(&found, basin, &run.request, &err));
    TRY(print_reserve(&run, basin, &found, &err));
    if (run.output_path != NULL)
        TRY(write_rule(&run, basin, &found, &err));
out:
    reserve_finish(&found);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
