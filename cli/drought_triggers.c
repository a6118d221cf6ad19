/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "output/table.h"
#include "scenarios/trigger_lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_PLAN = 1300,
    OPTION_CLASS,
    OPTION_BELOW,
    OPTION_AHEAD,
    OPTION_GAP,
    OPTION_STAGE,
    OPTION_THREADS,
    OPTION_CSV,
    OPTION_JSON
};

struct trigger_run {
    struct basin_source source;
    const char *plan, *class, *stage;
    double below_percent; /**< NAN: shortages of the class */
    int ahead_days, gap_days, threads;
    enum table_format format;
};

static const struct argp_option options[] = {
    {"plan", OPTION_PLAN, "ID", 0, "drought plan whose lakes and indices are tried (the first)", 1},
    {"class", OPTION_CLASS, "ID", 0, "drought is when this class is short (domestic)", 1},
    {"below", OPTION_BELOW, "PERCENT", 0,
     "or when the lakes of the plan hold less than this share of their capacity", 1},
    {"ahead", OPTION_AHEAD, "DAYS", 0, "for how long an alarm holds good (90)", 1},
    {"gap", OPTION_GAP, "DAYS", 0, "without drought that part two events (30)", 1},
    {"act", OPTION_STAGE, "STAGE", 0,
     "run each level too with this stage of the plan following it alone: what acting costs", 1},
    {"threads", OPTION_THREADS, "N", 0, "number of threads (default: all processors)", 1},
    {"csv", OPTION_CSV, NULL, 0, "as CSV", 2},
    {"json", OPTION_JSON, NULL, 0, "as JSON", 2},
    {"scenarios", 's', "FILE", 0, "take the scenarios from this file", 3},
    {"set", 'S', "PATH=VALUE", 0, "change a figure", 3},
    {0}};

static const char doc[] =
    "The trigger laboratory: how well storage, SPI and SSI of a drought plan would have warned of "
    "the shortages of an ensemble in which nobody acts (lead time, detection, false alarms, ROC), "
    "and with --act what acting at each level cuts and saves."
    "\vExample:\n  nguon drought triggers examples/quang-ninh/drought_plan.yaml --plan yen_lap "
    "--class irrigation --act alert";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct trigger_run *run = state->input;
    switch (key) {
    case OPTION_PLAN:
        run->plan = argument;
        return 0;
    case OPTION_CLASS:
        run->class = argument;
        return 0;
    case OPTION_BELOW:
        run->below_percent = parse_number("--below", argument, state);
        if (!(run->below_percent > 0.0) || run->below_percent > 100.0)
            argp_error(state, "--below is a percentage up to 100, not '%s'", argument);
        return 0;
    case OPTION_AHEAD:
        run->ahead_days = parse_whole("--ahead", argument, 1, 3660, state);
        return 0;
    case OPTION_GAP:
        run->gap_days = parse_whole("--gap", argument, 1, 3660, state);
        return 0;
    case OPTION_STAGE:
        run->stage = argument;
        return 0;
    case OPTION_THREADS:
        run->threads = parse_whole("--threads", argument, 1, 4096, state);
        return 0;
    case OPTION_CSV:
        run->format = TABLE_CSV;
        return 0;
    case OPTION_JSON:
        run->format = TABLE_JSON;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "basin file", &run->source.path);
    default:
        return parse_basin_option(key, argument, state, &run->source);
    }
}

/* ---- what is asked for ------------------------------------------------------------------------
 */

static enum status
find_names(const struct trigger_run *run, const struct basin *basin,
           struct trigger_request *request, struct error *err)
{
    request->plan_p = request->class_i = request->stage = -1;
    if (basin->drought_plan_count == 0)
        return error_set(err, STATUS_USAGE, "'%s' has no drought plans", run->source.path);
    for (int p = basin->drought_plan_count - 1; p >= 0; p--)
        if (run->plan == NULL || strcmp(basin->drought_plan[p].id, run->plan) == 0)
            request->plan_p = p;
    if (request->plan_p < 0)
        return error_set(err, STATUS_USAGE, "--plan: there is no drought plan '%s'", run->plan);
    for (int c = 0; c < basin->class_count && isnan(run->below_percent); c++)
        if (strcmp(basin->class[c].id, run->class) == 0)
            request->class_i = c;
    if (request->class_i < 0 && isnan(run->below_percent))
        return error_set(err, STATUS_USAGE, "--class: there is no class '%s'", run->class);
    const struct drought_plan *plan = &basin->drought_plan[request->plan_p];
    for (int s = 0; s < plan->stage_count && run->stage != NULL; s++)
        if (strcmp(plan->stage[s].id, run->stage) == 0)
            request->stage = s;
    if (run->stage != NULL && request->stage < 0)
        return error_set(err, STATUS_USAGE, "--act: plan '%s' has no stage '%s'", plan->id,
                         run->stage);
    return STATUS_OK;
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static const double m3_per_hm3 = 1e6;

static void
percent_or_index(struct table *table, int trigger, double level)
{
    if (trigger == TRIGGER_STORAGE)
        table_cell(table, "%.0f %%", 100.0 * level);
    else
        table_cell(table, "%.2f", level);
}

/* One row of a level. */
static void
level_row(struct table *table, int trigger, const struct trigger_level *level, bool acts,
          bool is_best, double days_per_step)
{
    const struct alarm_score *score = &level->score;
    long all = score->hits + score->false_alarms + score->misses + score->quiet;
    percent_or_index(table, trigger, score->level);
    table_percent(table, (double)(score->hits + score->false_alarms) / (double)all);
    table_percent(table, score->pod);
    table_percent(table, score->far);
    table_number(table, score->csi);
    table_number(table, score->peirce);
    table_cell(table, "%d of %d", score->warned_count, score->event_count);
    table_number(table, score->mean_lead * days_per_step);
    table_cell(table, "%d of %d", score->false_count, score->alarm_count);
    if (!acts)
        return;
    table_number(table, level->action.cut_m3_per_year / m3_per_hm3);
    table_number(table, level->action.lacking_m3_per_year / m3_per_hm3);
    table_cell(table, "%ld", level->action.dry_steps);
    table_cell(table, "%s", is_best ? "least cost" : "");
}

static enum status
print_trigger(const struct trigger_request *request, const struct trigger_result *result,
              int trigger, double days_per_step, struct error *err)
{
    static const char *const heads[] = {
        "level",         "alarm %",     "POD %",      "FAR %",        "CSI",
        "Peirce",        "warned",      "lead, days", "false alarms", "cut hm3/y",
        "lacking hm3/y", "steps short", "<"};
    struct table table;
    bool acts = request->stage >= 0;
    printf("%s: ROC area ", drought_trigger_words[trigger]);
    printf(isnan(result->roc_area) ? "-\n" : "%.3f\n", result->roc_area);
    table_init(&table, TABLE_TEXT, acts ? 13 : 9, heads);
    for (int i = 0; i < result->level_count; i++)
        level_row(&table, trigger, &result->level[i], acts, i == result->best_i, days_per_step);
    if (!table_print(&table, stdout))
        return error_set(err, STATUS_FILE_WRITE, "the table was not written");
    putchar('\n');
    return STATUS_OK;
}

/* A row for each trigger and level, for machines. */
static enum status
print_rows(const struct trigger_request *request, const struct trigger_lab *lab,
           enum table_format format, double days_per_step, struct error *err)
{
    static const char *const heads[] = {
        "trigger",     "level",     "hits",   "false_alarms", "misses",       "quiet",
        "pod",         "far",       "csi",    "peirce",       "roc_area",     "events",
        "warned",      "lead_days", "alarms", "false_runs",   "cut_hm3_year", "lacking_hm3_year",
        "steps_short", "least_cost"};
    struct table table;
    table_init(&table, format, 20, heads);
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++)
        for (int i = 0; i < lab->trigger[trigger].level_count; i++) {
            const struct trigger_result *result = &lab->trigger[trigger];
            const struct alarm_score *score = &result->level[i].score;
            const struct trigger_action *action = &result->level[i].action;
            const double figures[] = {score->pod, score->far, score->csi, score->peirce,
                                      result->roc_area};
            table_cell(&table, "%s", drought_trigger_words[trigger]);
            table_cell(&table, "%.6g", score->level);
            table_cell(&table, "%ld", score->hits);
            table_cell(&table, "%ld", score->false_alarms);
            table_cell(&table, "%ld", score->misses);
            table_cell(&table, "%ld", score->quiet);
            for (int f = 0; f < 5; f++)
                if (isnan(figures[f]))
                    table_cell(&table, "%s", "");
                else
                    table_cell(&table, "%.9g", figures[f]);
            table_cell(&table, "%d", score->event_count);
            table_cell(&table, "%d", score->warned_count);
            if (score->warned_count > 0)
                table_cell(&table, "%.9g", score->mean_lead * days_per_step);
            else
                table_cell(&table, "%s", "");
            table_cell(&table, "%d", score->alarm_count);
            table_cell(&table, "%d", score->false_count);
            if (request->stage >= 0) {
                table_cell(&table, "%.9g", action->cut_m3_per_year / m3_per_hm3);
                table_cell(&table, "%.9g", action->lacking_m3_per_year / m3_per_hm3);
                table_cell(&table, "%ld", action->dry_steps);
                table_cell(&table, "%d", i == result->best_i);
            } else {
                for (int f = 0; f < 4; f++)
                    table_cell(&table, "%s", "");
            }
        }
    return table_print(&table, stdout)
               ? STATUS_OK
               : error_set(err, STATUS_FILE_WRITE, "the table was not written");
}

static enum status
print_lab(const struct trigger_run *run, const struct trigger_request *request,
          const struct trigger_lab *lab, struct error *err)
{
    const struct basin *basin = request->basin;
    const struct timeaxis *axis = request->axis;
    double days_per_step =
        (double)(axis->start_s[axis->step_count] - axis->start_s[0]) / 86400.0 / axis->step_count;
    enum status status = STATUS_OK;
    if (run->format != TABLE_TEXT)
        return print_rows(request, lab, run->format, days_per_step, err);
    printf("%s, plan %s: %d scenarios in which nobody acts; ",
           basin->name != NULL ? basin->name : run->source.path,
           basin->drought_plan[request->plan_p].id, lab->scenario_count);
    if (request->class_i >= 0)
        printf("%s is short in %ld of %ld steps", run->class, lab->dry_steps,
               (long)lab->step_count * lab->scenario_count);
    else
        printf("the lakes are below %g %% in %ld of %ld steps", run->below_percent, lab->dry_steps,
               (long)lab->step_count * lab->scenario_count);
    printf(", %.4g hm3 a year lack\nAn alarm is right if that comes within %d days. ",
           lab->lacking_m3_per_year / m3_per_hm3, run->ahead_days);
    puts(request->stage >= 0
             ? "Cut, lacking and short: with the stage following that level alone.\n"
             : "\n");
    for (int trigger = 0; trigger < TRIGGER_COUNT && status == STATUS_OK; trigger++)
        if (lab->trigger[trigger].is_there)
            status = print_trigger(request, &lab->trigger[trigger], trigger, days_per_step, err);
    return status;
}

int
drought_triggers(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "BASIN", doc, NULL, NULL, NULL};
    struct trigger_run run = {
        .class = "domestic", .below_percent = (double)NAN, .ahead_days = 90, .gap_days = 30};
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct plan plan = {0};
    struct trigger_lab lab = {0};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    enum status status = read_basin(&run.source, &basin, &axis);
    if (status != STATUS_OK)
        return status_exit_code(status);
    struct trigger_request request = {.basin = basin,
                                      .axis = &axis,
                                      .plan = &plan,
                                      .below_share = 0.01 * run.below_percent,
                                      .ahead_s = 86400.0 * run.ahead_days,
                                      .gap_s = 86400.0 * run.gap_days,
                                      .threads = run.threads};
    TRY(find_names(&run, basin, &request, &err));
    TRY(plan_expand(basin, &plan, &err));
    TRY(trigger_lab_run(&request, &lab, &err));
    TRY(print_lab(&run, &request, &lab, &err));
out:
    trigger_lab_finish(&lab);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
