/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/surface.h"

#include "model/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Response surfaces (docs/climate.md): an indicator over a grid of two axes, the line on which it
 * crosses a threshold, and projections laid over it.
 */

/* ---- the grid ----------------------------------------------------------------------------------
 */

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The number that a label of an axis begins with, "80 %" or "2 K". */
static enum status
number_of_label(const struct show_axes *axes, int axis_a, int s, double *number, struct error *err)
{
    const char *label = axes->label[axis_a][s];
    char *end;
    *number = strtod(label, &end);
    if (end != label && isfinite(*number))
        return STATUS_OK;
    return error_set(err, STATUS_USAGE,
                     "a response surface needs axes of numbers: axis %s has a member '%s'",
                     axes->id[axis_a], label);
}

/* The different numbers of an axis, rising. */
static enum status
numbers_of_axis(const struct view *view, const struct show_axes *axes, int axis_a, double *number,
                int *count, struct error *err)
{
    *count = 0;
    for (int i = 0; i < view->shown_count; i++) {
        double value;
        enum status status = number_of_label(axes, axis_a, view->scenario_s[i], &value, err);
        if (status != STATUS_OK)
            return status;
        bool known = false;
        for (int k = 0; k < *count; k++)
            known = known || !(number[k] < value || number[k] > value);
        if (!known)
            number[(*count)++] = value;
    }
    qsort(number, (size_t)*count, sizeof *number, compare_doubles);
    if (*count < 2)
        return error_set(err, STATUS_USAGE, "axis %s has one value only: a surface needs two",
                         axes->id[axis_a]);
    return STATUS_OK;
}

static int
place_of(const double *number, int count, double value)
{
    int place = 0;
    while (place < count && (number[place] < value || number[place] > value))
        place++;
    return place;
}

/* Figures of the scenarios of a group on the grid, NAN where there is none. */
static enum status
fill_grid(struct surface *surface, const struct view *view, const struct show_axes *axes,
          const int *axis_a, const struct show_indicator *indicator, struct error *err)
{
    enum status status = STATUS_OK;
    for (int i = 0; i < surface->x_count * surface->y_count; i++)
        surface->value[i] = (double)NAN;
    for (int i = 0; i < view->shown_count; i++) {
        int s = view->scenario_s[i];
        char group[SHOW_GROUP_BYTES];
        double x, y;
        if (strcmp(show_axes_group(axes, s, axis_a[0], axis_a[1], group), surface->group) != 0)
            continue;
        TRY(number_of_label(axes, axis_a[0], s, &x, err));
        TRY(number_of_label(axes, axis_a[1], s, &y, err));
        surface->value[place_of(surface->y, surface->y_count, y) * surface->x_count +
                       place_of(surface->x, surface->x_count, x)] =
            indicator->value[s] * (indicator->is_share ? 100.0 : 1.0);
    }
out:
    return status;
}

double
surface_at(const struct surface *surface, double x, double y)
{
    int i = 0, j = 0;
    if (!(x >= surface->x[0] && x <= surface->x[surface->x_count - 1] && y >= surface->y[0] &&
          y <= surface->y[surface->y_count - 1]))
        return (double)NAN;
    while (i < surface->x_count - 2 && surface->x[i + 1] < x)
        i++;
    while (j < surface->y_count - 2 && surface->y[j + 1] < y)
        j++;
    double u = (x - surface->x[i]) / (surface->x[i + 1] - surface->x[i]);
    double v = (y - surface->y[j]) / (surface->y[j + 1] - surface->y[j]);
    const double *low = surface->value + j * surface->x_count + i, *high = low + surface->x_count;
    return (1.0 - v) * ((1.0 - u) * low[0] + u * low[1]) + v * ((1.0 - u) * high[0] + u * high[1]);
}

/* ---- tables ------------------------------------------------------------------------------------
 */

static bool
has_threshold(const struct surface *surface)
{
    return !isnan(surface->threshold);
}

static void
print_grid(struct view *view, const struct surface *surface)
{
    char corner[192];
    char **head = calloc((size_t)surface->x_count + 1, sizeof *head);
    struct table table;
    snprintf(corner, sizeof corner, "%s \\ %s", surface->y_name, surface->x_name);
    if (head == NULL) {
        view->failed = true;
        return;
    }
    head[0] = corner;
    for (int i = 0; i < surface->x_count; i++)
        if (asprintf(&head[i + 1], "%.6g", surface->x[i]) < 0)
            head[i + 1] = NULL;
    table_init(&table, false, surface->x_count + 1, (const char *const *)head);
    for (int j = 0; j < surface->y_count; j++) {
        table_cell(&table, "%.6g", surface->y[j]);
        for (int i = 0; i < surface->x_count; i++) {
            double value = surface->value[j * surface->x_count + i];
            table_cell(&table, isnan(value) ? "-" : "%.2f%s", value,
                       has_threshold(surface) && value < surface->threshold ? "*" : " ");
        }
    }
    view->failed = !table_print(&table, view->out) || view->failed;
    for (int i = 1; i <= surface->x_count; i++)
        free(head[i]);
    free(head);
}

/* Where each row crosses the threshold. */
static void
print_line(struct view *view, const struct surface *surface)
{
    const char *heads[] = {surface->y_name, surface->x_name, "<falls below"};
    struct table table;
    fprintf(view->out, "\nThe line on which it crosses %g\n", surface->threshold);
    table_init(&table, false, 3, heads);
    for (int j = 0; j < surface->y_count; j++) {
        const double *value = surface->value + j * surface->x_count;
        int crossings = 0;
        for (int i = 0; i + 1 < surface->x_count; i++) {
            double a = value[i] - surface->threshold, b = value[i + 1] - surface->threshold;
            if (!((a < 0.0) != (b < 0.0)) || isnan(a) || isnan(b))
                continue;
            crossings++;
            table_cell(&table, "%.6g", surface->y[j]);
            table_cell(&table, "%.4g",
                       surface->x[i] + (surface->x[i + 1] - surface->x[i]) * a / (a - b));
            table_cell(&table, "%s", a < 0.0 ? "to the left" : "to the right");
        }
        if (crossings > 0)
            continue;
        table_cell(&table, "%.6g", surface->y[j]);
        table_cell(&table, "-");
        table_cell(&table, "%s", value[0] < surface->threshold ? "everywhere" : "nowhere");
    }
    view->failed = !table_print(&table, view->out) || view->failed;
}

static const char *
point_outcome(const struct surface *surface, double value)
{
    if (isnan(value))
        return "outside the grid";
    if (!has_threshold(surface))
        return "";
    return value < surface->threshold ? "broken" : "kept";
}

static void
print_points(struct view *view, const struct surface *surface)
{
    const char *heads[] = {"<projection", surface->x_name, surface->y_name, surface->name,
                           "<target"};
    struct table table;
    int broken = 0, inside = 0;
    fputs("\nProjections on the surface\n", view->out);
    table_init(&table, false, 5, heads);
    for (int i = 0; i < surface->point_count; i++) {
        const struct surface_point *point = &surface->point[i];
        double value = surface_at(surface, point->x, point->y);
        inside += !isnan(value);
        broken += value < surface->threshold;
        table_cell(&table, "%s", point->label);
        table_cell(&table, "%.6g", point->x);
        table_cell(&table, "%.6g", point->y);
        table_number(&table, value);
        table_cell(&table, "%s", point_outcome(surface, value));
    }
    view->failed = !table_print(&table, view->out) || view->failed;
    if (has_threshold(surface))
        fprintf(view->out, "%d of %d projections inside the grid break the target\n", broken,
                inside);
}

/* Tidy: a row for each node of the grid, point of the line and projection. */
static void
csv_rows(struct table *table, const struct surface *surface)
{
    for (int j = 0; j < surface->y_count; j++)
        for (int i = 0; i < surface->x_count; i++) {
            table_cell(table, "%s", surface->group);
            table_cell(table, "grid");
            table_number(table, surface->x[i]);
            table_number(table, surface->y[j]);
            table_number(table, surface->value[j * surface->x_count + i]);
        }
    for (int k = 0; k < surface->segment_count; k++)
        for (int end = 0; end < 2; end++) {
            table_cell(table, "%s", surface->group);
            table_cell(table, "line %d", k + 1);
            table_number(table, surface->segment[k].x[end]);
            table_number(table, surface->segment[k].y[end]);
            table_number(table, surface->threshold);
        }
    for (int i = 0; i < surface->point_count; i++) {
        table_cell(table, "%s", surface->group);
        table_cell(table, "%s", surface->point[i].label);
        table_number(table, surface->point[i].x);
        table_number(table, surface->point[i].y);
        table_number(table, surface_at(surface, surface->point[i].x, surface->point[i].y));
    }
}

static void
print_surface(struct view *view, const struct surface *surface, struct table *csv)
{
    if (view->options->format != TABLE_TEXT) {
        csv_rows(csv, surface);
        return;
    }
    fprintf(view->out, "%s: %s%s\n", surface->name, surface->group,
            has_threshold(surface) ? "; * below the threshold" : "");
    print_grid(view, surface);
    if (has_threshold(surface))
        print_line(view, surface);
    if (surface->point_count > 0)
        print_points(view, surface);
}

/* ---- projections -------------------------------------------------------------------------------
 */

static int
find_head(const struct csv_reader *csv, const char *name)
{
    for (int i = 0; i < csv->cell_count; i++)
        if (strcmp(csv_cell(csv, i), name) == 0)
            return i;
    return -1;
}

/* A number of a cell, its unit or percent sign left out. */
static bool
number_of_cell(const struct csv_reader *csv, int column, double *number)
{
    char *end;
    const char *text = column < csv->cell_count ? csv_cell(csv, column) : "";
    *number = strtod(text, &end);
    return end != text && isfinite(*number);
}

static enum status
add_point(struct surface *surface, const struct csv_reader *csv, const char *path,
          const int *column, struct error *err)
{
    struct surface_point point;
    char shown[64];
    for (int k = 0; k < 2; k++) {
        double *number = k == 0 ? &point.x : &point.y;
        if (!number_of_cell(csv, column[k], number))
            return error_set(err, STATUS_INPUT, "%s:%d: column '%s' holds '%s', which is no number",
                             path, csv->row_line, k == 0 ? surface->x_name : surface->y_name,
                             csv_shown(column[k] < csv->cell_count ? csv_cell(csv, column[k]) : "",
                                       shown, sizeof shown));
    }
    if (surface->point_count == SURFACE_POINTS_MAX)
        return error_set(err, STATUS_INPUT, "%s:%d: more than %d projections", path, csv->row_line,
                         (int)SURFACE_POINTS_MAX);
    snprintf(point.label, sizeof point.label, "%s",
             column[2] >= 0 && column[2] < csv->cell_count ? csv_cell(csv, column[2]) : "point");
    surface->point[surface->point_count++] = point;
    return STATUS_OK;
}

/* A CSV file with columns called after the two axes, and perhaps `label`. */
static enum status
read_points(struct surface *surface, const char *path, struct error *err)
{
    enum status status = STATUS_OK;
    struct csv_reader csv;
    enum csv_outcome outcome = csv_open(&csv, path);
    if (outcome == CSV_ROW)
        outcome = csv_next(&csv);
    int column[3] = {-1, -1, -1};
    if (outcome == CSV_ROW) {
        column[0] = find_head(&csv, surface->x_name);
        column[1] = find_head(&csv, surface->y_name);
        column[2] = find_head(&csv, "label");
        for (int k = 0; k < 2; k++)
            if (column[k] < 0)
                TRY(error_set(err, STATUS_INPUT, "%s: there is no column '%s'", path,
                              k == 0 ? surface->x_name : surface->y_name));
        while ((outcome = csv_next(&csv)) == CSV_ROW)
            TRY(add_point(surface, &csv, path, column, err));
    }
    if (outcome != CSV_END)
        status = error_set(err, STATUS_INPUT, "%s: %s", path,
                           outcome == CSV_BROKEN ? csv.problem : "the file cannot be read");
out:
    csv_close(&csv);
    return status;
}

/* ---- the request -------------------------------------------------------------------------------
 */

static enum status
show_groups_of(struct view *view, const struct show_axes *axes, const int *axis_a,
               const struct show_indicator *indicator, struct surface *surface, struct error *err)
{
    static const char *const heads[] = {"<of", "<what", "x", "y", "value"};
    enum status status = STATUS_OK;
    struct table csv;
    char last[SHOW_GROUP_BYTES] = "";
    bool first = true;
    table_init(&csv, view->options->format, 5, heads);
    for (int i = 0; i < view->shown_count; i++) {
        bool known = false;
        show_axes_group(axes, view->scenario_s[i], axis_a[0], axis_a[1], surface->group);
        for (int k = 0; k < i && !known; k++)
            known = strcmp(show_axes_group(axes, view->scenario_s[k], axis_a[0], axis_a[1], last),
                           surface->group) == 0;
        if (known)
            continue;
        TRY(fill_grid(surface, view, axes, axis_a, indicator, err));
        surface_find_line(surface);
        if (!first && view->options->format == TABLE_TEXT)
            fputs("\n", view->out);
        print_surface(view, surface, &csv);
        if (first && view->options->svg != NULL)
            TRY(surface_draw(surface, view->options->svg, err));
        first = false;
    }
out:
    if (view->options->format != TABLE_TEXT && status == STATUS_OK)
        view->failed = !table_print(&csv, view->out) || view->failed;
    else
        table_discard(&csv);
    return status;
}

static enum status
allocate(struct surface *surface, int scenario_count, struct error *err)
{
    size_t count = (size_t)scenario_count;
    surface->x = calloc(count, sizeof(double));
    surface->y = calloc(count, sizeof(double));
    surface->point = calloc(SURFACE_POINTS_MAX, sizeof *surface->point);
    if (surface->x == NULL || surface->y == NULL || surface->point == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the surface");
    return STATUS_OK;
}

static enum status
allocate_grid(struct surface *surface, struct error *err)
{
    size_t cells = (size_t)surface->x_count * (size_t)surface->y_count;
    surface->value = calloc(cells + 1, sizeof(double));
    surface->segment = calloc(2 * cells + 1, sizeof *surface->segment);
    if (surface->value == NULL || surface->segment == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the surface");
    return STATUS_OK;
}

static enum status
read_threshold(const char *word, const struct show_indicator *indicator, double *threshold,
               struct error *err)
{
    char *end;
    *threshold = (double)NAN;
    if (word == NULL)
        return STATUS_OK;
    *threshold = strtod(word, &end);
    bool percent = end != word && strcmp(end, "%") == 0;
    if (end == word || (*end != '\0' && !percent) || !isfinite(*threshold))
        return error_set(err, STATUS_USAGE, "the threshold '%s' is no number", word);
    if (indicator->is_share && !percent)
        *threshold *= 100.0;
    return STATUS_OK;
}

enum status
show_surface(struct view *view, const char *what, struct error *err)
{
    enum status status = STATUS_OK;
    struct show_axes axes = {0};
    struct show_indicator indicator = {0};
    struct surface surface = {0};
    int axis_a[2] = {-1, -1};
    char *copy = strdup(what), *rest = copy, *word[4] = {NULL};
    if (copy == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the surface");
    for (int i = 0; i < 4 && rest != NULL; i++)
        word[i] = strsep(&rest, ":");
    if (word[0][0] == '\0' || rest != NULL || word[2] == NULL)
        TRY(error_set(err, STATUS_USAGE,
                      "a response surface is asked for by surface:INDICATOR:AXIS:AXIS[:THRESHOLD], "
                      "such as surface:met/domestic:rain:warming:0.95"));
    TRY(show_axes_open(view, &axes, err));
    TRY(show_indicator_find(view, word[0], &indicator, err));
    for (int k = 0; k < 2; k++) {
        axis_a[k] = show_axes_find(&axes, word[1 + k], err);
        if (axis_a[k] < 0)
            TRY(STATUS_USAGE);
    }
    if (axis_a[0] == axis_a[1])
        TRY(error_set(err, STATUS_USAGE, "a response surface needs two different axes"));
    TRY(read_threshold(word[3], &indicator, &surface.threshold, err));
    snprintf(surface.name, sizeof surface.name, "%s%s%s", indicator.title,
             indicator.units[0] != '\0' ? ", " : "", indicator.units);
    surface.x_name = axes.id[axis_a[0]];
    surface.y_name = axes.id[axis_a[1]];
    TRY(allocate(&surface, view->reader->scenario_count, err));
    TRY(numbers_of_axis(view, &axes, axis_a[0], surface.x, &surface.x_count, err));
    TRY(numbers_of_axis(view, &axes, axis_a[1], surface.y, &surface.y_count, err));
    TRY(allocate_grid(&surface, err));
    if (view->options->overlay != NULL)
        TRY(read_points(&surface, view->options->overlay, err));
    TRY(show_groups_of(view, &axes, axis_a, &indicator, &surface, err));
out:
    free(surface.x);
    free(surface.y);
    free(surface.value);
    free(surface.segment);
    free(surface.point);
    free(indicator.value);
    show_axes_close(&axes);
    free(copy);
    return status;
}
