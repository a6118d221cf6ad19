/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show_private.h"

#include <math.h>
#include <stdlib.h>

/* Bays: salinity, flushing and how long they did not suit what lives in them. */

enum { MEAN, LOWEST, HIGHEST, FALL, FLUSHING, FRESH, SALT, LONGEST, START, FIGURE_COUNT };
static const char *const names[FIGURE_COUNT] = {"bay_mean_kgm3",
                                                "bay_lowest_kgm3",
                                                "bay_highest_kgm3",
                                                "bay_largest_fall_kgm3",
                                                "bay_flushing_s",
                                                "bay_steps_too_fresh",
                                                "bay_steps_too_salt",
                                                "bay_longest_too_fresh_steps",
                                                "bay_longest_too_fresh_start"};
static const char *const heads[] = {"<bay",
                                    "mean kg/m3",
                                    "lowest",
                                    "highest",
                                    "largest fall in a step",
                                    "flushed in days",
                                    "too fresh %",
                                    "too salt %",
                                    "longest too fresh, steps",
                                    "<from",
                                    "<in scenario"};

static void
bay_row(struct view *view, struct table *table, const struct figures *figures, int bay_b)
{
    double steps = (double)view->reader->step_count, least = (double)INFINITY, most = 0.0;
    double fall = 0.0;
    int worst_s = view->scenario_s[0];
    for (int i = 0; i < view->shown_count; i++) {
        int s = view->scenario_s[i];
        least = fmin(least, figure(&figures[LOWEST], s, bay_b));
        most = fmax(most, figure(&figures[HIGHEST], s, bay_b));
        fall = fmax(fall, figure(&figures[FALL], s, bay_b));
        if (figure(&figures[LONGEST], s, bay_b) > figure(&figures[LONGEST], worst_s, bay_b))
            worst_s = s;
    }
    table_number(table, figure_mean(view, &figures[MEAN], bay_b));
    table_number(table, least);
    table_number(table, most);
    table_number(table, fall);
    table_number(table, figure_mean(view, &figures[FLUSHING], bay_b) / 86400.0);
    table_percent(table, figure_mean(view, &figures[FRESH], bay_b) / steps);
    table_percent(table, figure_mean(view, &figures[SALT], bay_b) / steps);
    table_number(table, figure(&figures[LONGEST], worst_s, bay_b));
    date_cell(view, table, figure(&figures[START], worst_s, bay_b));
    table_cell(table, "%s", view->reader->scenario[worst_s]);
}

void
show_bays(struct view *view)
{
    struct figures figures[FIGURE_COUNT];
    int count = view_count(view, "bay");
    if (count == 0 || view->shown_count == 0)
        return;
    for (int i = 0; i < FIGURE_COUNT; i++)
        figures[i] = view_figures(view, names[i], count);
    char **id = view_texts(view, "bay", count);
    if (!view->failed) {
        struct table table;
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int b = 0; b < count; b++) {
            table_cell(&table, "%s", id[b]);
            bay_row(view, &table, figures, b);
        }
        if (!table_print(&table, view->out))
            view->failed = true;
    }
    for (int i = 0; i < FIGURE_COUNT; i++)
        free(figures[i].value);
    texts_free(id, id != NULL ? count : 0);
}
