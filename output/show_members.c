/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show_axes.h"
#include "output/svg.h"

#include "solvers/quantile.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Statistics over the members of an axis (docs/climate.md): one model one vote, the spread, and the
 * change from the first member or from one set of members to another.
 */

/* One line of the table. */
struct ensemble_row {
    char group[SHOW_GROUP_BYTES];
    bool is_change;
    double reference; /* figure of the first member, NAN for none */
    struct member_statistics statistics;
};

struct members_view {
    struct view *view;
    const struct show_axes *axes;
    const struct show_indicator *indicator;
    int axis_a;
    const char *from, *to; /* patterns of labels, or NULL: from the first member to all others */
    struct ensemble_row *row;
    int row_count;
    /* scratch, [scenario_count] */
    int *member_s, *model;
    double *before, *after;
};

static const char *
label_of(const struct members_view *members, int s)
{
    return members->axes->label[members->axis_a][s];
}

static bool
same_model(const char *a, const char *b)
{
    size_t length = strcspn(a, "/");
    return length == strcspn(b, "/") && strncmp(a, b, length) == 0;
}

static bool
is_before(const struct members_view *members, int s)
{
    if (members->from != NULL)
        return fnmatch(members->from, label_of(members, s), 0) == 0;
    return strcmp(label_of(members, s), members->axes->label[members->axis_a][0]) == 0;
}

static bool
is_after(const struct members_view *members, int s)
{
    if (members->to != NULL)
        return fnmatch(members->to, label_of(members, s), 0) == 0;
    return !is_before(members, s);
}

static bool
in_group(const struct members_view *members, int s, const char *group)
{
    char own[SHOW_GROUP_BYTES];
    return strcmp(show_axes_group(members->axes, s, members->axis_a, -1, own), group) == 0;
}

/* Mean of the members before that are of one model; if no model has both, of all of them. */
static double
mean_before(const struct members_view *members, const char *group, const char *label)
{
    double sum = 0.0, sum_all = 0.0;
    int count = 0, count_all = 0, model_count = 0;
    const char *first = NULL;
    for (int i = 0; i < members->view->shown_count; i++) {
        int s = members->view->scenario_s[i];
        if (!is_before(members, s) || !in_group(members, s, group))
            continue;
        bool same = same_model(label_of(members, s), label);
        sum += same ? members->indicator->value[s] : 0.0;
        count += same;
        sum_all += members->indicator->value[s];
        count_all++;
        if (first == NULL || !same_model(first, label_of(members, s)))
            model_count++;
        first = label_of(members, s);
    }
    if (count > 0)
        return sum / count;
    return model_count == 1 ? sum_all / count_all : (double)NAN; /* one reference for all */
}

/* The two lines of a group: the figures of the members, and their change. */
static enum status
add_group(struct members_view *members, const char *group, struct error *err)
{
    enum status status = STATUS_OK;
    int count = 0;
    for (int i = 0; i < members->view->shown_count; i++) {
        int s = members->view->scenario_s[i];
        if (!is_after(members, s) || !in_group(members, s, group))
            continue;
        int model = 0;
        while (model < count &&
               !same_model(label_of(members, members->member_s[model]), label_of(members, s)))
            model++;
        members->member_s[count] = s;
        members->model[count] = model;
        members->after[count] = members->indicator->value[s];
        members->before[count] = mean_before(members, group, label_of(members, s));
        count++;
    }
    for (int change = 0; change < 2; change++) {
        struct ensemble_row *row = &members->row[members->row_count++];
        snprintf(row->group, sizeof row->group, "%s", group);
        row->is_change = change == 1;
        row->reference = count > 0 ? members->before[0] : (double)NAN;
        for (int i = 1; i < count; i++) /* there is one reference only if all have the same */
            if (!(members->before[i] >= row->reference && members->before[i] <= row->reference))
                row->reference = (double)NAN;
        TRY(change == 0
                ? member_statistics(members->after, members->model, count, &row->statistics, err)
                : member_change(members->before, members->after, members->model, count, false,
                                &row->statistics, err));
    }
out:
    return status;
}

static enum status
add_groups(struct members_view *members, struct error *err)
{
    enum status status = STATUS_OK;
    const struct view *view = members->view;
    for (int i = 0; i < view->shown_count; i++) {
        char group[SHOW_GROUP_BYTES];
        bool known = false;
        show_axes_group(members->axes, view->scenario_s[i], members->axis_a, -1, group);
        for (int k = 0; k < members->row_count && !known; k++)
            known = strcmp(members->row[k].group, group) == 0;
        if (!known)
            TRY(add_group(members, group, err));
    }
out:
    return status;
}

/* ---- table and picture -------------------------------------------------------------------------
 */

static void
print_table(struct members_view *members)
{
    static const char *const heads[] = {"<of",    "<figure", "models", "members",      "reference",
                                        "median", "10 %",    "90 %",   "17 %",         "83 %",
                                        "mean",   "least",   "most",   "sign agrees %"};
    struct view *view = members->view;
    struct table table;
    double scale = members->indicator->is_share ? 100.0 : 1.0;
    if (view->options->format == TABLE_TEXT)
        fprintf(view->out, "%s%s%s, over the members of %s; one model one vote\n\n",
                members->indicator->title, members->indicator->units[0] != '\0' ? ", " : "",
                members->indicator->units, members->axes->id[members->axis_a]);
    table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
    for (int i = 0; i < members->row_count; i++) {
        const struct ensemble_row *row = &members->row[i];
        const struct member_statistics *of = &row->statistics;
        table_cell(&table, "%s", row->group);
        table_cell(&table, "%s", row->is_change ? "change" : "value");
        table_cell(&table, "%d", of->vote_count);
        table_cell(&table, "%d", of->member_count);
        table_number(&table, row->is_change ? (double)NAN : scale * row->reference);
        const double figures[] = {of->median, of->p10,  of->p90,     of->p17,
                                  of->p83,    of->mean, of->minimum, of->maximum};
        for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
            table_number(&table, scale * figures[k]);
        table_percent(&table, row->is_change ? of->sign_agreement : (double)NAN);
    }
    view->failed = !table_print(&table, view->out) || view->failed;
}

static const char ink[] = "#333333", likely_colour[] = "#7fb2dd", wide_colour[] = "#1f6fb4",
                  dot_colour[] = "#8c8c8c", reference_colour[] = "#c0392b";

static void
draw_group(FILE *out, const struct members_view *members, const struct ensemble_row *row,
           const struct svg_axis *y, double x)
{
    const struct member_statistics *of = &row->statistics;
    double scale = members->indicator->is_share ? 100.0 : 1.0;
    double top = svg_place(y, scale * of->p83), bottom = svg_place(y, scale * of->p17);
    double median = svg_place(y, scale * of->median);
    if (of->vote_count == 0)
        return;
    svg_line(out, x, svg_place(y, scale * of->p10), x, svg_place(y, scale * of->p90), wide_colour,
             2.0);
    svg_rect(out, x - 16.0, top, 32.0, fmax(bottom - top, 0.5), likely_colour);
    svg_line(out, x - 16.0, median, x + 16.0, median, wide_colour, 3.0);
    for (int i = 0; i < members->view->shown_count; i++) {
        int s = members->view->scenario_s[i];
        if (is_after(members, s) && in_group(members, s, row->group))
            svg_circle(out, x + 26.0, svg_place(y, scale * members->indicator->value[s]), 2.5,
                       dot_colour);
    }
    if (isfinite(row->reference)) {
        double at = svg_place(y, scale * row->reference);
        svg_line(out, x - 30.0, at, x + 34.0, at, reference_colour, 2.0);
    }
    svg_text(out, x, 430.0, 11.0, SVG_MIDDLE, ink, row->group);
}

static void
draw(FILE *out, const struct members_view *members)
{
    double low = (double)INFINITY, high = -(double)INFINITY;
    double scale = members->indicator->is_share ? 100.0 : 1.0;
    int group_count = members->row_count / 2;
    double width = fmax(520.0, 120.0 + 140.0 * group_count);
    for (int i = 0; i < members->view->shown_count; i++) {
        double value = scale * members->indicator->value[members->view->scenario_s[i]];
        low = fmin(low, value);
        high = fmax(high, value);
    }
    double margin = high > low ? 0.06 * (high - low) : fmax(0.01 * fabs(high), 1.0);
    struct svg_axis y = {low - margin, high + margin, 410.0, 60.0, false};
    struct svg_axis x = {0.0, 1.0, 80.0, width - 20.0, false};
    char label[256];
    snprintf(label, sizeof label, "%s%s%s", members->indicator->title,
             members->indicator->units[0] != '\0' ? ", " : "", members->indicator->units);
    svg_begin(out, width, 470.0, label);
    svg_text(out, 80.0, 24.0, 14.0, SVG_START, ink, label);
    svg_text(out, 80.0, 42.0, 11.0, SVG_START, ink,
             "median, 17-83 % (box), 10-90 % (line), members (dots), reference (red)");
    svg_frame(out, &x, &y, false, "", label);
    for (int k = 0; k < group_count; k++)
        draw_group(out, members, &members->row[2 * k], &y,
                   80.0 + (width - 100.0) * (k + 0.5) / group_count);
    svg_end(out);
}

static enum status
write_picture(const struct members_view *members, const char *path, struct error *err)
{
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    draw(out, members);
    bool broken = ferror(out) != 0;
    if (fclose(out) != 0 || broken)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    return STATUS_OK;
}

void
show_climate(struct view *view)
{
    static const char *const heads[] = {"<label", "rain", "warming"};
    struct table table;
    struct figures rain = view_figures(view, "basin_catchment_rain_m3", 1);
    struct figures mean = view_figures(view, "basin_catchment_mean_degC", 1);
    int first = view->scenario_s[0];
    if (!view->failed) {
        if (view->options->format == TABLE_TEXT)
            fputs("Rain in % of that of the first scenario, warming in K above it\n\n", view->out);
        table_init(&table, view->options->format, 3, heads);
        for (int i = 0; i < view->shown_count; i++) {
            int s = view->scenario_s[i];
            table_cell(&table, "%s", view->reader->scenario[s]);
            table_percent(&table, figure(&rain, first, 0) > 0.0
                                      ? figure(&rain, s, 0) / figure(&rain, first, 0)
                                      : (double)NAN);
            table_number(&table, figure(&mean, s, 0) - figure(&mean, first, 0));
        }
        view->failed = !table_print(&table, view->out) || view->failed;
    }
    free(rain.value);
    free(mean.value);
}

/* ---- the request -------------------------------------------------------------------------------
 */

static enum status
allocate(struct members_view *members, struct error *err)
{
    size_t count = (size_t)members->view->reader->scenario_count;
    members->row = calloc(2 * count, sizeof *members->row);
    members->member_s = calloc(count, sizeof(int));
    members->model = calloc(count, sizeof(int));
    members->before = calloc(count, sizeof(double));
    members->after = calloc(count, sizeof(double));
    if (members->row == NULL || members->member_s == NULL || members->model == NULL ||
        members->before == NULL || members->after == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the members");
    return STATUS_OK;
}

static enum status
require_members(const struct members_view *members, struct error *err)
{
    int before = 0, after = 0;
    for (int i = 0; i < members->view->shown_count; i++) {
        before += is_before(members, members->view->scenario_s[i]);
        after += is_after(members, members->view->scenario_s[i]);
    }
    if (members->from != NULL && before == 0)
        return error_set(err, STATUS_USAGE, "no member of %s is called like '%s'",
                         members->axes->id[members->axis_a], members->from);
    if (after == 0)
        return error_set(err, STATUS_USAGE,
                         members->to != NULL ? "no member of %s is called like '%s'"
                                             : "axis %s has no member but the first, '%s'",
                         members->axes->id[members->axis_a],
                         members->to != NULL ? members->to
                                             : members->axes->label[members->axis_a][0]);
    return STATUS_OK;
}

enum status
show_members(struct view *view, const char *what, struct error *err)
{
    enum status status = STATUS_OK;
    struct show_axes axes = {0};
    struct show_indicator indicator = {0};
    struct members_view members = {.view = view, .axes = &axes, .indicator = &indicator};
    char *copy = strdup(what), *rest = copy, *word[4] = {NULL};
    if (copy == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the members");
    for (int i = 0; i < 4 && rest != NULL; i++)
        word[i] = strsep(&rest, ":");
    if (word[0][0] == '\0' || rest != NULL || (word[2] != NULL) != (word[3] != NULL))
        TRY(error_set(
            err, STATUS_USAGE,
            "statistics over members are asked for by members:INDICATOR[:AXIS[:FROM:TO]], "
            "such as members:met/domestic:climate"));
    TRY(show_axes_open(view, &axes, err));
    const char *axis = word[1] != NULL && word[1][0] != '\0' ? word[1] : NULL;
    if (axis == NULL)
        axis =
            axes.count > 0 && show_axes_find(&axes, "climate", NULL) < 0 ? axes.id[0] : "climate";
    members.axis_a = show_axes_find(&axes, axis, err);
    members.from = word[2];
    members.to = word[3];
    if (members.axis_a < 0)
        TRY(STATUS_USAGE);
    TRY(show_indicator_find(view, word[0], &indicator, err));
    TRY(require_members(&members, err));
    TRY(allocate(&members, err));
    TRY(add_groups(&members, err));
    print_table(&members);
    if (view->options->svg != NULL)
        TRY(write_picture(&members, view->options->svg, err));
out:
    free(members.row);
    free(members.member_s);
    free(members.model);
    free(members.before);
    free(members.after);
    free(indicator.value);
    show_axes_close(&axes);
    free(copy);
    return status;
}
