/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "output/table.h"
#include "scenarios/autonomy.h"
#include "scenarios/design_drought.h"
#include "solvers/quantile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct autonomy_run {
    struct basin_source source;
    struct autonomy_request request;
    const char *from;
    bool csv;
};

enum { OPTION_FROM = 1170, OPTION_DAYS, OPTION_CLASS, OPTION_PEOPLE, OPTION_CSV };

static const struct argp_option options[] = {
    {"from", OPTION_FROM, "DATE", 0, "on which every transfer fails (required)", 1},
    {"days", OPTION_DAYS, "N", 0, "days looked at (default: 365)", 1},
    {"people-only", OPTION_PEOPLE, NULL, 0, "all demands but those of people stop too", 1},
    {"class", OPTION_CLASS, "ID", 0, "class of the demands of people (default: domestic)", 1},
    {"csv", OPTION_CSV, NULL, 0, "a row for each scenario and district", 1},
    {"scenarios", 's', "FILE", 0, "scenarios of this file in place of the basin's", 2},
    {"set", 'S', "PATH=VALUE", 0, "change a figure: reservoirs.yen_lap.capacity='120 hm3'", 2},
    {0}};

static const char doc[] =
    "How many days the people of each district have water from its own lakes, rivers and wells if "
    "every link between districts that is no river, and every emergency source, fails on a date."
    "\vExample:\n  nguon drought autonomy examples/quang-ninh/basin.yaml --from 2020-03-01";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct autonomy_run *run = state->input;
    struct date date;
    switch (key) {
    case OPTION_FROM:
        if (!date_parse(argument, &date))
            argp_error(state, "--from is a date such as 2020-03-01, not '%s'", argument);
        else
            run->request.from_s = date_to_seconds(date);
        run->from = argument;
        return 0;
    case OPTION_DAYS:
        run->request.day_limit = parse_whole("--days", argument, 1, 100000, state);
        return 0;
    case OPTION_PEOPLE:
        run->request.people_only = true;
        return 0;
    case OPTION_CLASS:
        run->request.class_id = argument;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case ARGP_KEY_ARG:
        if (run->source.path != NULL)
            argp_error(state, "one basin at a time: '%s' is one too many", argument);
        run->source.path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->source.path == NULL || run->from == NULL)
            argp_error(state, run->source.path == NULL ? "no basin file given"
                                                       : "no date: --from 2020-03-01");
        return 0;
    default:
        return parse_basin_option(key, argument, state, &run->source);
    }
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static void
days_cell(struct table *table, double days, int day_limit)
{
    if (isnan(days))
        table_cell(table, "-");
    else if (isinf(days))
        table_cell(table, "all %d", day_limit);
    else
        table_cell(table, "%.0f", days);
}

/* Least and middle of the scenarios' days. */
static void
add_days(struct table *table, const struct autonomy *found, int district_i, bool of_floor,
         double *sample, int day_limit)
{
    for (int s = 0; s < found->scenario_count; s++) {
        const struct district_autonomy *one =
            &found->found[(long)s * found->district_count + district_i];
        sample[s] = of_floor ? one->floor_days : one->need_days;
    }
    if (isnan(sample[0])) { /* no floor, in any scenario */
        days_cell(table, sample[0], day_limit);
        days_cell(table, sample[0], day_limit);
        return;
    }
    quantile_sort(sample, found->scenario_count);
    days_cell(table, sample[0], day_limit);
    days_cell(table, sample[(found->scenario_count - 1) / 2], day_limit);
}

static enum status
print_table(const struct autonomy_run *run, const struct autonomy *found, const char *title,
            struct error *err)
{
    static const char *const heads[] = {
        "<district", "transfers cut",    "need m3/d", "floor: least days",
        "median",    "need: least days", "median"};
    struct table table;
    double *sample = malloc((size_t)found->scenario_count * sizeof *sample);
    if (sample == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for a table");
    printf("%s: transfers between districts%s fail on %s%s; %d scenario%s, %d days looked at\n\n",
           title, found->emergency_count > 0 ? " and emergency sources" : "", run->from,
           run->request.people_only ? ", all demands but those of people stop" : "",
           found->scenario_count, found->scenario_count == 1 ? "" : "s", run->request.day_limit);
    table_init(&table, false, 7, heads);
    for (int i = 0; i < found->district_count; i++) {
        double need_m3d = 0.0;
        for (int s = 0; s < found->scenario_count; s++)
            need_m3d += found->found[(long)s * found->district_count + i].need_m3s * 86400.0;
        table_cell(&table, "%s", found->district[i]);
        table_cell(&table, "%d", found->cut_count[i]);
        table_cell(&table, "%.0f", need_m3d / found->scenario_count);
        add_days(&table, found, i, true, sample, run->request.day_limit);
        add_days(&table, found, i, false, sample, run->request.day_limit);
    }
    free(sample);
    return table_print(&table, stdout)
               ? STATUS_OK
               : error_set(err, STATUS_FILE_WRITE, "the table was not written");
}

static enum status
print_csv(const struct autonomy *found, const struct plan *plan, struct error *err)
{
    static const char *const heads[] = {"scenario", "district",   "transfers_cut",
                                        "need_m3s", "floor_days", "need_days"};
    struct table table;
    table_init(&table, true, 6, heads);
    for (int s = 0; s < found->scenario_count; s++)
        for (int i = 0; i < found->district_count; i++) {
            const struct district_autonomy *one =
                &found->found[(long)s * found->district_count + i];
            table_cell(&table, "%s", plan->scenario[s].id);
            table_cell(&table, "%s", found->district[i]);
            table_cell(&table, "%d", found->cut_count[i]);
            table_cell(&table, "%.9g", one->need_m3s);
            for (int f = 0; f < 2; f++) {
                double days = f == 0 ? one->floor_days : one->need_days;
                if (!isfinite(days))
                    table_cell(&table, "%s", "");
                else
                    table_cell(&table, "%.9g", days);
            }
        }
    return table_print(&table, stdout)
               ? STATUS_OK
               : error_set(err, STATUS_FILE_WRITE, "the table was not written");
}

int
drought_autonomy(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "BASIN", doc, NULL, NULL, NULL};
    struct autonomy_run run = {.request = {.day_limit = 365, .class_id = "domestic"}};
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct plan plan = {0};
    struct autonomy found = {0};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    enum status status = read_basin(&run.source, &basin, &axis);
    if (status != STATUS_OK)
        return status_exit_code(status);
    TRY(design_droughts_find(basin, &err));
    TRY(plan_expand(basin, &plan, &err));
    TRY(autonomy_find(&found, basin, &plan, &run.request, &err));
    if (run.csv)
        TRY(print_csv(&found, &plan, &err));
    else
        TRY(print_table(&run, &found, basin->name != NULL ? basin->name : run.source.path, &err));
out:
    autonomy_finish(&found);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
