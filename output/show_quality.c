/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show_private.h"

#include <stdlib.h>

/* Where the substances that water carries come from and go to, means over the scenarios. */

void
show_quality(struct view *view)
{
    static const char *const heads[] = {
        "<substance", "entered t/year",        "to sea", "lost", "used",
        "stored",     "worst residual / limit"};
    static const char *const names[] = {
        "substance_entered", "substance_to_sea",         "substance_lost",
        "substance_used",    "substance_storage_change", "substance_worst_residual_ratio"};
    enum { FIGURES = sizeof names / sizeof *names };
    struct figures figures[FIGURES];
    int count = view_count(view, "substance");
    if (count == 0)
        return;
    for (int i = 0; i < FIGURES; i++)
        figures[i] = view_figures(view, names[i], count);
    char **id = view_texts(view, "substance", count);
    if (!view->failed) {
        struct table table;
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int s = 0; s < count; s++) {
            table_cell(&table, "%s", id[s]);
            for (int i = 0; i < FIGURES - 1; i++)
                table_number(&table, figure_mean(view, &figures[i], s) / 1e3 / view->years);
            double worst = 0.0;
            for (int scenario_s = view->first_s; scenario_s < view->end_s; scenario_s++)
                if (figure(&figures[FIGURES - 1], scenario_s, s) > worst)
                    worst = figure(&figures[FIGURES - 1], scenario_s, s);
            table_number(&table, worst);
        }
        if (!table_print(&table, view->out))
            view->failed = true;
    }
    for (int i = 0; i < FIGURES; i++)
        free(figures[i].value);
    texts_free(id, id != NULL ? count : 0);
}
