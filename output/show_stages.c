/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show_private.h"

#include "scenarios/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stages of drought plans: how long each held, and the date of every change. */

/* Name of a plan's stage, 0 normal, among "plan/stage" of all plans in their order. */
static const char *
stage_name(char *const *id, int count, const char *plan, int stage)
{
    size_t length = strlen(plan);
    if (stage == 0)
        return "normal";
    for (int i = 0; i < count; i++)
        if (strncmp(id[i], plan, length) == 0 && id[i][length] == '/' && --stage == 0)
            return id[i] + length + 1;
    return "?";
}

static const char *
cause_text(int cause, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    if (cause == DROUGHT_CAUSE_RECOVERY)
        return "recovery";
    for (int trigger = 0; trigger < TRIGGER_COUNT && used < size; trigger++)
        if ((cause & 1 << trigger) != 0)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     drought_trigger_words[trigger]);
    return text;
}

void
show_stage_times(struct view *view)
{
    static const char *const heads[] = {"<stage", "time %", "times entered a year",
                                        "scenarios with it %"};
    struct table table;
    int count = view_count(view, "stage");
    if (count == 0)
        return;
    struct figures steps = view_figures(view, "stage_steps", count);
    struct figures entered = view_figures(view, "stage_entered_count", count);
    char **id = view_texts(view, "stage", count);
    if (!view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int i = 0; i < count; i++) {
            int with = 0;
            for (int k = 0; k < view->shown_count; k++)
                with += figure(&steps, view->scenario_s[k], i) > 0.0;
            table_cell(&table, "%s", id[i]);
            table_percent(&table, figure_mean(view, &steps, i) / view->reader->step_count);
            table_number(&table, figure_mean(view, &entered, i) / view->years);
            table_percent(&table, (double)with / view->shown_count);
        }
        view->failed = !table_print(&table, view->out) || view->failed;
    }
    free(steps.value);
    free(entered.value);
    texts_free(id, id != NULL ? count : 0);
}

/* The changes of one plan in one scenario. */
static void
add_changes(struct view *view, struct table *table, int scenario_s, int plan_p, const char *plan,
            char *const *stage, int stage_count)
{
    const struct reader *reader = view->reader;
    double *now = reader_series(view->reader, "drought_stage", scenario_s, plan_p);
    double *cause = reader_series(view->reader, "drought_cause", scenario_s, plan_p);
    int before = 0;
    view->failed = view->failed || now == NULL || cause == NULL;
    for (int t = 0; t < reader->step_count && !view->failed; t++) {
        char date[32], text[64];
        int after = (int)now[t];
        if (after == before)
            continue;
        table_cell(table, "%s", reader->scenario[scenario_s]);
        table_cell(table, "%s", reader_date(reader, reader->time[t], date, sizeof date));
        table_cell(table, "%s", plan);
        table_cell(table, "%s", stage_name(stage, stage_count, plan, before));
        table_cell(table, "%s", stage_name(stage, stage_count, plan, after));
        table_cell(table, "%s", cause_text((int)cause[t], text, sizeof text));
        before = after;
    }
    free(now);
    free(cause);
}

void
show_stages(struct view *view)
{
    static const char *const heads[] = {"<scenario", "<date", "<plan", "<from", "<to", "<cause"};
    struct table table;
    int plan_count = view_count(view, "plan"), stage_count = view_count(view, "stage");
    char **plan = view_texts(view, "plan", plan_count);
    char **stage = view_texts(view, "stage", stage_count);
    char *units = reader_attribute(view->reader, "drought_stage", "units");
    if (plan_count == 0 && view->options->format != TABLE_JSON)
        fputs("The basin has no drought plan.\n", view->out);
    if (view->options->format == TABLE_TEXT && plan_count > 0) {
        show_stage_times(view);
        fputs(units != NULL ? "\n"
                            : "\nRun with --save drought_stage,drought_cause (they are kept "
                              "by default) for the dates of changes.\n",
              view->out);
    }
    if (units != NULL && !view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int i = 0; i < view->shown_count; i++)
            for (int p = 0; p < plan_count; p++)
                add_changes(view, &table, view->scenario_s[i], p, plan[p], stage, stage_count);
        view->failed = !table_print(&table, view->out) || view->failed;
    }
    free(units);
    texts_free(plan, plan_count);
    texts_free(stage, stage_count);
}
