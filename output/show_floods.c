/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show_private.h"

#include "scenarios/operation_ensemble.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Lakes that were worked by their gates in flood windows. */

enum flood_figure { HOURS, WINDOWS, HIGHEST, HIGHEST_TIME, RELEASE, OVER_HOURS, OVER_M3, BEYOND };
enum { FIGURE_COUNT = BEYOND + 1 };

static const char *const names[FIGURE_COUNT] = {
    "flood_hours",         "flood_window_count",        "flood_highest_level_m",
    "flood_highest_step",  "flood_largest_release_m3s", "flood_overtopped_hours",
    "flood_overtopped_m3", "flood_above_table_m"};

struct floods {
    struct view *view;
    struct figures figure[FIGURE_COUNT];
    char **id;
    int reservoir_count;
};

/* Quantile over the scenarios shown that have the figure. */
static double
quantile(const struct floods *floods, enum flood_figure which, int r, double share)
{
    const struct view *view = floods->view;
    double *value = calloc((size_t)view->shown_count + 1, sizeof *value);
    double result = (double)NAN;
    if (value == NULL) {
        floods->view->failed = true;
        return result;
    }
    size_t count = 0;
    for (int k = 0; k < view->shown_count; k++) {
        value[count] = figure(&floods->figure[which], view->scenario_s[k], r);
        count += isnan(value[count]) ? 0 : 1;
    }
    gsl_sort(value, 1, count);
    if (count > 0)
        result = gsl_stats_quantile_from_sorted_data(value, 1, count, share);
    free(value);
    return result;
}

/* The highest level of all scenarios and where and when it was. */
static void
add_highest(const struct floods *floods, struct table *table, int r)
{
    enum { CELLS = 6 };
    const struct view *view = floods->view;
    const struct figures *highest = &floods->figure[HIGHEST];
    int worst_s = -1;
    char date[32];
    for (int k = 0; k < view->shown_count; k++) {
        int s = view->scenario_s[k];
        double level_m = figure(highest, s, r);
        if (!isnan(level_m) && (worst_s < 0 || level_m > figure(highest, worst_s, r)))
            worst_s = s;
    }
    if (worst_s < 0) {
        for (int i = 0; i < CELLS; i++)
            table_cell(table, "-");
        return;
    }
    double time = figure(&floods->figure[HIGHEST_TIME], worst_s, r);
    table_cell(table, "%.2f", quantile(floods, HIGHEST, r, 0.5));
    table_cell(table, "%.2f", quantile(floods, HIGHEST, r, 0.95));
    table_cell(table, "%.2f", figure(highest, worst_s, r));
    table_cell(table, "%.2f", quantile(floods, BEYOND, r, 1.0));
    table_cell(table, "%s", reader_date(view->reader, time, date, sizeof date));
    table_cell(table, "%s", view->reader->scenario[worst_s]);
}

/* "12.0 (8.1-17.4)": how many of a hundred scenarios, and Wilson's interval at 90 %. */
static void
cell_share(struct table *table, int count, int n)
{
    double low, high;
    operation_interval(count, n, &low, &high);
    table_cell(table, "%.1f (%.1f-%.1f)", 100.0 * count / n, 100.0 * low, 100.0 * high);
}

static void
add_lake(const struct floods *floods, struct table *table, int r)
{
    struct view *view = floods->view;
    const struct figures *figures = floods->figure;
    int with_window = 0, overtopped = 0;
    for (int k = 0; k < view->shown_count; k++) {
        int s = view->scenario_s[k];
        with_window += figure(&figures[WINDOWS], s, r) > 0.0;
        overtopped += figure(&figures[OVER_HOURS], s, r) > 0.0;
    }
    table_cell(table, "%s", floods->id[r]);
    table_percent(table, (double)with_window / view->shown_count);
    table_number(table, figure_mean(view, &figures[WINDOWS], r) / view->years);
    table_number(table, figure_mean(view, &figures[HOURS], r) / view->years);
    add_highest(floods, table, r);
    table_number(table, quantile(floods, RELEASE, r, 1.0));
    cell_share(table, overtopped, view->shown_count);
    table_number(table, quantile(floods, OVER_HOURS, r, 1.0));
    table_number(table, quantile(floods, OVER_M3, r, 1.0) / 1e6);
}

void
show_floods(struct view *view)
{
    static const char *const heads[] = {"<reservoir",
                                        "scenarios with a window %",
                                        "windows a year",
                                        "hours by gates a year",
                                        "highest level, half below m",
                                        "95 % below m",
                                        "highest m",
                                        "of it beyond tables m",
                                        "<on",
                                        "<in",
                                        "largest release m3/s",
                                        "overtopped % (90 % interval)",
                                        "longest overtopped h",
                                        "most over the dam hm3"};
    struct floods floods = {.view = view, .reservoir_count = view_count(view, "reservoir")};
    char *units = reader_attribute(view->reader, "indicators/flood_hours", "units");
    if (units == NULL) {
        if (view->options->format != TABLE_JSON)
            fputs("No reservoir of the basin has the key 'flood_window'.\n", view->out);
        return;
    }
    free(units);
    for (int i = 0; i < FIGURE_COUNT; i++)
        floods.figure[i] = view_figures(view, names[i], floods.reservoir_count);
    floods.id = view_texts(view, "reservoir", floods.reservoir_count);
    if (!view->failed && view->shown_count > 0) {
        struct table table;
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int r = 0; r < floods.reservoir_count; r++)
            if (!isnan(figure(&floods.figure[HOURS], view->scenario_s[0], r)))
                add_lake(&floods, &table, r);
        view->failed = !table_print(&table, view->out) || view->failed;
    }
    for (int i = 0; i < FIGURE_COUNT; i++)
        free(floods.figure[i].value);
    texts_free(floods.id, floods.id != NULL ? floods.reservoir_count : 0);
}
