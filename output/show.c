/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/json.h"
#include "output/series_kept.h"
#include "output/show_private.h"

#include "model/diagnostics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct figures
view_figures(struct view *view, const char *name, int count)
{
    char path[128];
    int found;
    snprintf(path, sizeof path, "indicators/%s", name);
    struct figures figures = {reader_numbers(view->reader, path, &found), 0};
    int scenario_count = view->reader->scenario_count;
    figures.count = found / scenario_count;
    if (figures.value == NULL || found % scenario_count != 0 ||
        (count > 0 && figures.count != count)) {
        free(figures.value);
        figures.value = NULL;
        view->failed = true;
    }
    return figures;
}

double
figure_mean(const struct view *view, const struct figures *figures, int element)
{
    double sum = 0.0;
    for (int i = 0; i < view->shown_count; i++)
        sum += figure(figures, view->scenario_s[i], element);
    return sum / view->shown_count;
}

char **
view_texts(struct view *view, const char *name, int count)
{
    int found;
    if (count == 0) /* a basin without such elements has no such variable */
        return NULL;
    char **text = reader_texts(view->reader, name, &found);
    if (found == count && text != NULL)
        return text;
    texts_free(text, found);
    view->failed = true;
    return NULL;
}

int
view_count(struct view *view, const char *ids)
{
    int count;
    char **text = reader_texts(view->reader, ids, &count);
    texts_free(text, count);
    return count;
}

/* ---- head and balance --------------------------------------------------------------------------
 */

static void
show_head(struct view *view)
{
    struct reader *reader = view->reader;
    char first[32], last[32];
    char *seed = reader_attribute(reader, "provenance", "seed");
    double day = 86400.0 / reader->time_unit_s;
    fprintf(view->out, "%s: %s to %s, %s steps, ", reader->title,
            reader_date(reader, reader->time[0], first, sizeof first),
            reader_date(reader, reader->time[reader->step_count] - day, last, sizeof last),
            reader->step);
    if (view->options->scenario != NULL)
        fprintf(view->out, "scenario %s", view->options->scenario);
    else
        fprintf(view->out, "%d scenario%s", reader->scenario_count,
                reader->scenario_count == 1 ? "" : "s");
    fprintf(view->out, ", seed %s\n", seed != NULL ? seed : "unknown");
    free(seed);
}

static void
show_worst_residual(struct view *view)
{
    struct figures residual = view_figures(view, "basin_worst_residual_m3", 1);
    struct figures ratio = view_figures(view, "basin_worst_residual_ratio", 1);
    struct figures node = view_figures(view, "basin_worst_residual_node_i", 1);
    struct figures time = view_figures(view, "basin_worst_residual_step", 1);
    int node_count, worst = view->scenario_s[0];
    char **name = reader_texts(view->reader, "node", &node_count);
    if (!view->failed) {
        char date[32];
        for (int i = 0; i < view->shown_count; i++)
            if (figure(&ratio, view->scenario_s[i], 0) > figure(&ratio, worst, 0))
                worst = view->scenario_s[i];
        int node_i = (int)figure(&node, worst, 0);
        fprintf(view->out,
                "Largest residual of the balance of any node in any step: %.1e m3, %.2g of its "
                "limit\n(%s, %s, scenario %s)\n",
                figure(&residual, worst, 0), figure(&ratio, worst, 0),
                node_i >= 0 && node_i < node_count ? name[node_i] : "whole basin",
                reader_date(view->reader, figure(&time, worst, 0), date, sizeof date),
                view->reader->scenario[worst]);
    }
    texts_free(name, node_count);
    free(residual.value);
    free(ratio.value);
    free(node.value);
    free(time.value);
}

/* Steps that were not a plain solution, if there were any. */
static void
show_exceptions(struct view *view)
{
    static const struct {
        const char *name, *text;
    } line[] = {{"basin_turned_off_count", "Plants off below their turn-down, steps and plants"},
                {"basin_kept_on_count", "Plants kept at their turn-down, steps and plants"},
                {"basin_unsettled_area_count", "Steps whose mean lake area did not settle"},
                {"basin_unsettled_salt_count", "Steps whose intakes and salt did not settle"}};
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        struct figures figures = view_figures(view, line[i].name, 1);
        double sum = 0.0;
        for (int s = 0; s < view->shown_count; s++)
            sum += figure(&figures, view->scenario_s[s], 0);
        if (sum > 0.0)
            fprintf(view->out, "%s: %.0f in all scenarios\n", line[i].text, sum);
        free(figures.value);
    }
}

static void
show_balance(struct view *view)
{
    static const struct {
        const char *name, *text;
        int sign;
    } term[] = {{"basin_inflow_m3", "runoff and forced inflow", 1},
                {"basin_source_m3", "drawn from sources", 1},
                {"basin_rain_m3", "rain on lakes", 1},
                {"basin_evaporation_m3", "evaporation from lakes", -1},
                {"basin_seepage_m3", "seepage lost", -1},
                {"basin_loss_m3", "losses in links and works", -1},
                {"basin_consumption_m3", "consumed by users", -1},
                {"basin_outflow_m3", "to the sea", -1},
                {"basin_storage_change_m3", "kept in storage", -1}};
    static const char *const heads[] = {"<water balance", "hm3/year"};
    struct table table;
    double rest = 0.0;
    table_init(&table, view->options->format, 2, heads);
    for (size_t i = 0; i < sizeof term / sizeof *term; i++) {
        struct figures figures = view_figures(view, term[i].name, 1);
        if (!view->failed) {
            double value = term[i].sign * figure_mean(view, &figures, 0) / view->years / 1e6;
            rest += value;
            table_cell(&table, "%s", term[i].text);
            table_number(&table, value);
        }
        free(figures.value);
    }
    table_cell(&table, "residual");
    table_cell(&table, "%.1e", fabs(rest));
    view->failed = !table_print(&table, view->out) || view->failed;
    if (view->options->format == TABLE_TEXT && !view->failed)
        show_worst_residual(view);
    if (view->options->format == TABLE_TEXT && !view->failed)
        show_exceptions(view);
}

/* ---- series ------------------------------------------------------------------------------------
 */

int
view_find_text(char *const *text, int count, const char *wanted, const char **nearest)
{
    for (int i = 0; i < count; i++)
        if (strcmp(text[i], wanted) == 0)
            return i;
    *nearest = nearest_name(wanted, (const char *const *)text, count);
    return -1;
}

enum status
view_not_found(const char *what, const char *wanted, const char *nearest, struct error *err)
{
    if (nearest == NULL)
        return error_set(err, STATUS_USAGE, "the results hold no %s '%s'", what, wanted);
    return error_set(err, STATUS_USAGE, "the results hold no %s '%s'; did you mean '%s'?", what,
                     wanted, nearest);
}

static void
print_series(struct view *view, const char *variable, const char *id, int element)
{
    static const char *const heads[] = {"<scenario", "<start", NULL};
    const struct reader *reader = view->reader;
    char *units = reader_attribute(view->reader, variable, "units");
    char *value_head = NULL;
    struct table table;
    if (asprintf(&value_head, "%s %s %s", id, variable, units != NULL ? units : "") < 0)
        value_head = NULL;
    free(units);
    if (value_head == NULL) {
        view->failed = true;
        return;
    }
    const char *head[] = {heads[0], heads[1], value_head};
    table_init(&table, view->options->format, 3, head);
    for (int i = 0; i < view->shown_count && !view->failed; i++) {
        int s = view->scenario_s[i];
        double *value = reader_series(view->reader, variable, s, element);
        view->failed = value == NULL;
        for (int t = 0; value != NULL && t < reader->step_count; t++) {
            char date[32];
            table_cell(&table, "%s", reader->scenario[s]);
            table_cell(&table, "%s", reader_date(reader, reader->time[t], date, sizeof date));
            table_cell(&table, "%.9g", value[t]);
        }
        free(value);
    }
    view->failed = !table_print(&table, view->out) || view->failed;
    free(value_head);
}

/* series:VARIABLE:ID */
static enum status
show_series(struct view *view, const char *what, struct error *err)
{
    const char *colon = strchr(what, ':');
    if (colon == NULL || colon == what || colon[1] == '\0')
        return error_set(err, STATUS_USAGE,
                         "a series is asked for by series:VARIABLE:ID, such as "
                         "series:storage:yen_lap");
    enum status status = STATUS_OK;
    char *variable = strndup(what, (size_t)(colon - what)), *ids = NULL;
    char **text = NULL;
    int count = 0;
    if (variable == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for a series");
    ids = reader_element_ids(view->reader, variable);
    if (ids == NULL) {
        status = series_not_kept(view->reader, variable, NULL, err);
        goto out;
    }
    text = reader_texts(view->reader, ids, &count);
    const char *nearest = NULL;
    int element = view_find_text(text, count, colon + 1, &nearest);
    if (element < 0)
        status = view_not_found(ids, colon + 1, nearest, err);
    else if (!reader_keeps(view->reader, variable, element))
        status = series_not_kept(view->reader, variable, colon + 1, err);
    else
        status = reader_take_time(view->reader, variable, err);
    if (status == STATUS_OK)
        print_series(view, variable, colon + 1, element);
out:
    free(variable);
    free(ids);
    texts_free(text, count);
    return status;
}

/* ---- all tables --------------------------------------------------------------------------------
 */

static void
show_classes(struct view *view)
{
    show_groups(view, "<class", "demand_class");
}

static void
show_districts(struct view *view)
{
    show_groups(view, "<district", "demand_district");
}

/* The scenarios that failed, the first of them by name. */
static void
show_failed(struct view *view)
{
    enum { NAMED_MAX = 10 };
    int failed_count = view->end_s - view->first_s - view->shown_count, named_count = 0;
    if (failed_count == 0)
        return;
    fprintf(view->out, "%d of %d scenario%s failed; there are no results of\n", failed_count,
            view->end_s - view->first_s, view->end_s - view->first_s == 1 ? "" : "s");
    for (int s = view->first_s; s < view->end_s && named_count < NAMED_MAX; s++) {
        char date[32];
        if (isnan(view->failed_time[s]))
            continue;
        fprintf(view->out, "  %s, failed on %s\n", view->reader->scenario[s],
                reader_date(view->reader, view->failed_time[s], date, sizeof date));
        named_count++;
    }
    if (failed_count > named_count)
        fprintf(view->out, "  ... and %d more: nguon show %s scenarios\n",
                failed_count - named_count, view->reader->path);
}

static const struct {
    const char *name;
    void (*show)(struct view *view);
} tables[] = {{"classes", show_classes},   {"districts", show_districts},
              {"demands", show_demands},   {"reservoirs", show_reservoirs},
              {"links", show_links},       {"intakes", show_intakes},
              {"licences", show_licences}, {"scenarios", show_scenarios},
              {"balance", show_balance},   {"climate", show_climate},
              {"stages", show_stages},     {"quality", show_quality},
              {"bays", show_bays},         {"floods", show_floods}};
enum { TABLE_COUNT = sizeof tables / sizeof *tables };

/* A table as JSON; one that the basin has nothing for is an empty array. */
static void
show_json(struct view *view, int table_i)
{
    FILE *out = view->out;
    char *text = NULL;
    size_t size = 0;
    view->out = open_memstream(&text, &size);
    if (view->out == NULL) {
        view->failed = true;
    } else {
        tables[table_i].show(view);
        fclose(view->out);
        fputs(size > 0 ? text : "[]\n", out);
    }
    free(text);
    view->out = out;
}

/* All tables as one JSON object. */
static void
show_all_json(struct view *view)
{
    fputs("{\"title\": ", view->out);
    json_text(view->out, view->reader->title);
    fprintf(view->out, ",\n\"failed_scenarios\": %d",
            view->end_s - view->first_s - view->shown_count);
    for (int i = 0; i < TABLE_COUNT && view->shown_count > 0; i++) {
        fprintf(view->out, ",\n\"%s\": ", tables[i].name);
        show_json(view, i);
    }
    fputs("}\n", view->out);
}

static void
show_overview(struct view *view)
{
    if (view->options->format == TABLE_JSON) {
        show_all_json(view);
        return;
    }
    show_head(view);
    show_failed(view);
    if (view->shown_count == 0)
        return;
    fputs("\n", view->out);
    show_classes(view);
    fputs("\n", view->out);
    show_districts(view);
    fputs("\n", view->out);
    show_shortest(view);
    fputs("\n", view->out);
    show_reservoirs(view);
    fputs("\n", view->out);
    if (view_count(view, "licence") > 0) {
        show_licences(view);
        fputs("\n", view->out);
    }
    if (view_count(view, "stage") > 0) {
        show_stage_times(view);
        fputs("\n", view->out);
    }
    show_balance(view);
}

static enum status
choose_scenario(struct view *view, struct error *err)
{
    const char *nearest = NULL;
    view->first_s = 0;
    view->end_s = view->reader->scenario_count;
    if (view->options->scenario == NULL)
        return STATUS_OK;
    view->first_s = view_find_text(view->reader->scenario, view->reader->scenario_count,
                                   view->options->scenario, &nearest);
    if (view->first_s < 0)
        return view_not_found("scenario", view->options->scenario, nearest, err);
    view->end_s = view->first_s + 1;
    return STATUS_OK;
}

/* Leave out what failed; a table of nothing else is an error. */
static enum status
leave_out_failed(struct view *view, struct error *err)
{
    struct reader *reader = view->reader;
    int count;
    char date[32];
    view->failed_time = reader_numbers(reader, "indicators/basin_failed_step", &count);
    view->scenario_s = calloc((size_t)reader->scenario_count, sizeof *view->scenario_s);
    if (view->scenario_s == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the tables");
    if (view->failed_time == NULL || count != reader->scenario_count)
        return error_set(err, STATUS_INPUT, "'%s' is damaged: part of the results is missing",
                         reader->path);
    for (int s = view->first_s; s < view->end_s; s++)
        if (isnan(view->failed_time[s]))
            view->scenario_s[view->shown_count++] = s;
    if (view->shown_count > 0 || view->options->what == NULL)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT, "scenario '%s' failed on %s: there are no results of it",
                     reader->scenario[view->first_s],
                     reader_date(reader, view->failed_time[view->first_s], date, sizeof date));
}

static enum status
show_what(struct view *view, struct error *err)
{
    const char *what = view->options->what;
    const char *known[TABLE_COUNT];
    if (what == NULL) {
        show_overview(view);
        return STATUS_OK;
    }
    if (strncmp(what, "series:", 7) == 0)
        return show_series(view, what + 7, err);
    if (strncmp(what, "members:", 8) == 0)
        return show_members(view, what + 8, err);
    if (strncmp(what, "surface:", 8) == 0)
        return show_surface(view, what + 8, err);
    for (int i = 0; i < TABLE_COUNT; i++) {
        known[i] = tables[i].name;
        if (strcmp(tables[i].name, what) == 0) {
            if (view->options->format == TABLE_JSON)
                show_json(view, i);
            else
                tables[i].show(view);
            return STATUS_OK;
        }
    }
    const char *nearest = nearest_name(what, known, TABLE_COUNT);
    return error_set(
        err, STATUS_USAGE,
        "there is no table '%s'%s%s%s; there are classes, districts, demands, "
        "reservoirs, links, intakes, bays, licences, stages, quality, floods, scenarios, "
        "balance, "
        "climate, "
        "series:VARIABLE:ID, "
        "members:INDICATOR and surface:INDICATOR:AXIS:AXIS",
        what, nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
        nearest != NULL ? "'?" : "");
}

enum status
show_results(FILE *out, const char *path, const struct show_options *options, struct error *err)
{
    struct reader reader;
    struct view view = {.reader = &reader, .options = options, .out = out};
    enum status status = reader_open(&reader, path, err);
    if (status != STATUS_OK)
        return status;
    view.years =
        (reader.time[reader.step_count] - reader.time[0]) * reader.time_unit_s / seconds_per_year;
    TRY(choose_scenario(&view, err));
    TRY(leave_out_failed(&view, err));
    TRY(show_what(&view, err));
    if (fflush(out) != 0 || ferror(out))
        status = error_set(err, STATUS_FILE_WRITE, "cannot write the tables");
    else if (view.failed)
        status =
            error_set(err, STATUS_INPUT, "'%s' is damaged: part of the results is missing", path);
out:
    free(view.scenario_s);
    free(view.failed_time);
    reader_close(&reader);
    return status;
}
