/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/compare_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Tables of what changed: for people one a kind with the largest changes first, for machines one
 * for all. */

enum { ROWS_SHOWN = 12 };

/* An element in one run against the first. */
struct change_row {
    int run_r;
    int element[2]; /* in the first run and in this */
    double value[COMPARED_SHOWN][2];
    double largest; /* change of the first figure in one scenario */
    int largest_pair;
    bool changed, known; /* a figure differs; a figure is known of one run at least */
    int order;           /* as in the file */
};

static double
change_of(const struct change_row *row, int figure_i)
{
    return row->value[figure_i][1] - row->value[figure_i][0];
}

/* Below it a change is the rounding of tables, in hundredths of a percent or thousandths of hm3. */
static const double no_change = 5e-4;

static struct change_row
measure_row(const struct comparison *comparison, enum compared_kind kind, int run_r, int element,
            int other)
{
    const struct compared_run *run[2] = {&comparison->run[0], &comparison->run[run_r]};
    struct change_row row = {.run_r = run_r, .element = {element, other}, .largest = (double)NAN};
    for (int i = 0; i < COMPARED_SHOWN && i < compared_kinds[kind].figure_count; i++) {
        for (int side = 0; side < 2; side++)
            row.value[i][side] =
                compared_value(comparison, run[side], kind, row.element[side], i, -1);
        bool known[2] = {!isnan(row.value[i][0]), !isnan(row.value[i][1])};
        row.known = row.known || known[0] || known[1];
        row.changed = row.changed || known[0] != known[1] || fabs(change_of(&row, i)) >= no_change;
    }
    for (int p = 0; p < comparison->pair_count; p++) {
        double change = compared_value(comparison, run[1], kind, other, 0, p) -
                        compared_value(comparison, run[0], kind, element, 0, p);
        if (isnan(row.largest) || fabs(change) > fabs(row.largest)) {
            row.largest = change;
            row.largest_pair = p;
        }
    }
    return row;
}

/* The larger change of the first figure first, then of the next; a figure that is not known is no
 * change. */
static int
compare_rows(const void *a, const void *b)
{
    const struct change_row *one = a, *other = b;
    for (int i = 0; i < COMPARED_SHOWN; i++) {
        double size[2] = {fabs(change_of(one, i)), fabs(change_of(other, i))};
        for (int side = 0; side < 2; side++)
            if (isnan(size[side]))
                size[side] = 0.0;
        if (size[0] > size[1] || size[0] < size[1])
            return size[0] > size[1] ? -1 : 1;
    }
    return one->order - other->order;
}

/* Rows of a kind, sorted; NULL when out of memory. */
static struct change_row *
make_rows(const struct comparison *comparison, enum compared_kind kind, int *count)
{
    const struct compared_set *first = &comparison->run[0].file->set[kind];
    size_t most = (size_t)first->count * (size_t)comparison->run_count;
    struct change_row *row = calloc(most + 1, sizeof *row);
    *count = 0;
    for (int i = 0; i < first->count && row != NULL; i++)
        for (int r = 1; r < comparison->run_count; r++) {
            int other = compared_find(&comparison->run[r].file->set[kind], first->id[i]);
            if (other < 0)
                continue;
            row[*count] = measure_row(comparison, kind, r, i, other);
            row[*count].order = *count;
            *count += row[*count].known;
        }
    if (row != NULL)
        qsort(row, (size_t)*count, sizeof *row, compare_rows);
    return row;
}

static void
begin_table(struct table *table, const struct comparison *comparison, enum compared_kind kind,
            enum table_format format)
{
    const struct compared_description *is = &compared_kinds[kind];
    char name[64], first[COMPARED_SHOWN][64];
    const char *heads[3 * COMPARED_SHOWN + 4];
    int column = 0;
    const char *letter = comparison->run_count == 2 ? comparison->run[1].letter : "run";
    snprintf(name, sizeof name, "<%s", is->singular);
    heads[column++] = name;
    if (comparison->run_count > 2)
        heads[column++] = "<run";
    for (int i = 0; i < COMPARED_SHOWN && i < is->figure_count; i++) {
        snprintf(first[i], sizeof first[i], "%s A", is->figure[i].head);
        heads[column++] = first[i];
        heads[column++] = letter;
        heads[column++] = "change";
    }
    heads[column++] = "largest";
    heads[column++] = "<in scenario";
    table_init(table, format, column, heads);
}

static void
add_change_row(struct table *table, const struct comparison *comparison, enum compared_kind kind,
               const struct change_row *row)
{
    table_cell(table, "%s", comparison->run[0].file->set[kind].id[row->element[0]]);
    if (comparison->run_count > 2)
        table_cell(table, "%s", comparison->run[row->run_r].letter);
    for (int i = 0; i < COMPARED_SHOWN && i < compared_kinds[kind].figure_count; i++) {
        for (int side = 0; side < 2; side++)
            if (strcmp(compared_kinds[kind].figure[i].units, "%") == 0)
                table_percent(table, row->value[i][side] / 100.0);
            else
                table_number(table, row->value[i][side]);
        table_change(table, change_of(row, i));
    }
    table_change(table, row->largest);
    table_cell(table, "%s",
               fabs(row->largest) >= no_change ? comparison->pair[row->largest_pair] : "-");
}

static bool
print_kind(FILE *out, const struct comparison *comparison, enum compared_kind kind,
           enum table_format format, bool all)
{
    struct table table;
    int count, shown = 0, unchanged = 0;
    struct change_row *row = make_rows(comparison, kind, &count);
    bool good = row != NULL;
    if (!good || count == 0) {
        free(row);
        return good;
    }
    if (format == TABLE_HTML)
        fprintf(out, "<h2>By %s</h2>\n<div>", compared_kinds[kind].singular);
    else
        fputs("\n", out);
    begin_table(&table, comparison, kind, format);
    for (int i = 0; i < count; i++) {
        unchanged += !row[i].changed;
        if (!all && (!row[i].changed || shown == ROWS_SHOWN))
            continue;
        add_change_row(&table, comparison, kind, &row[i]);
        shown++;
    }
    free(row);
    if (shown > 0)
        good = table_print(&table, out);
    else
        table_discard(&table);
    if (format == TABLE_HTML)
        fputs("</div>\n", out);
    else if (!all && unchanged == count)
        fprintf(out, "By %s nothing changes.\n", compared_kinds[kind].singular);
    else if (!all && shown + unchanged < count)
        fprintf(out, "... and %d more that change, %d that do not: --all\n",
                count - shown - unchanged, unchanged);
    else if (!all && unchanged > 0)
        fprintf(out, "%d without a change: --all\n", unchanged);
    return good;
}

bool
compare_print_changes(FILE *out, const struct comparison *comparison, enum table_format format,
                      bool all)
{
    bool good = true;
    for (int kind = 0; kind < COMPARED_KIND_COUNT && good; kind++)
        if (compared_is_wanted(comparison->options, (enum compared_kind)kind))
            good = print_kind(out, comparison, (enum compared_kind)kind, format, all);
    return good;
}

/* ---- for machines ------------------------------------------------------------------------------
 */

const char *const compare_heads[COMPARE_COLUMNS] = {
    "<kind", "<id", "<figure", "<units", "<scenario", "<run", "first", "value", "change"};

static void
add_figure_rows(struct table *table, const struct comparison *comparison, enum compared_kind kind,
                const int *element, int run_r, int figure_i)
{
    const struct compared_description *is = &compared_kinds[kind];
    for (int p = -1; p < comparison->pair_count; p++) {
        double first =
            compared_value(comparison, &comparison->run[0], kind, element[0], figure_i, p);
        double value =
            compared_value(comparison, &comparison->run[run_r], kind, element[1], figure_i, p);
        table_cell(table, "%s", is->singular);
        table_cell(table, "%s", comparison->run[0].file->set[kind].id[element[0]]);
        table_cell(table, "%s", is->figure[figure_i].id);
        table_cell(table, "%s", is->figure[figure_i].units);
        table_cell(table, "%s", p < 0 ? "all" : comparison->pair[p]);
        table_cell(table, "%s", comparison->run[run_r].label);
        table_number(table, first);
        table_number(table, value);
        table_number(table, value - first);
    }
}

void
compare_add_rows(struct table *table, const struct comparison *comparison)
{
    for (int kind = 0; kind < COMPARED_KIND_COUNT; kind++) {
        const struct compared_set *first = &comparison->run[0].file->set[kind];
        if (!compared_is_wanted(comparison->options, (enum compared_kind)kind))
            continue;
        for (int i = 0; i < first->count; i++)
            for (int r = 1; r < comparison->run_count; r++) {
                int element[2] = {i,
                                  compared_find(&comparison->run[r].file->set[kind], first->id[i])};
                for (int figure = 0; figure < compared_kinds[kind].figure_count && element[1] >= 0;
                     figure++)
                    add_figure_rows(table, comparison, (enum compared_kind)kind, element, r,
                                    figure);
            }
    }
}
