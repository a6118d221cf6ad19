/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/operate_input.h"

#include "model/design_flood.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `nguon operate` for several dams of one river system: `--reservoir A --reservoir B ...`. */

enum { PATH_BYTES = 4096 };
static const double per_hm3 = 1e-6;

/* One of the dams and all that it is asked. */
struct operated {
    const char *id;
    struct operate_options options;
    char file[4][PATH_BYTES]; /* results, picture, report, log */
    struct operate_input input;
    struct operation_plan *plan;
    struct operation_run *run[VARIANTS_MAX];
};

struct dams {
    const struct operate_options *options;
    int count;
    struct operated *dam;
    const struct operation_plan *plan[CASCADE_LAKES_MAX];
    struct cascade cascade;
    struct cascade_summary summary[VARIANTS_MAX];
    char hours[32];
};

/* ---- what is asked ----------------------------------------------------------------------------
 */

static enum status
refuse_options(const struct operate_options *options, struct error *err)
{
    const struct {
        bool given;
        const char *name;
    } single[] = {
        {options->ensemble_path != NULL, "--ensemble"},
        {options->cases_path != NULL, "--cases"},
        {options->safe_level != NULL, "--safe-level"},
        {options->nomograph != NULL, "--nomograph"},
        {options->nomograph_made != NULL, "--make-nomograph"},
        {options->initial_path != NULL, "--initial"},
        {options->peaks_path != NULL, "--annual-peaks"},
        {options->jam_count > 0 || options->jam_each, "--jam"},
        {options->column != NULL, "--column"},
    };
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (single[i].given)
            return error_set(err, STATUS_USAGE, "%s goes with one reservoir, not with several",
                             single[i].name);
    for (int i = 0; i < options->reservoir_count; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(options->reservoir_list[i], options->reservoir_list[k]) == 0)
                return error_set(err, STATUS_USAGE, "--reservoir '%s' is given twice",
                                 options->reservoir_list[i]);
    return STATUS_OK;
}

/* "upper=28.4" among the start levels; NULL if the dam has none. */
static const char *
start_level_of(const struct operate_options *options, const char *id)
{
    size_t length = strlen(id);
    for (int i = 0; i < options->start_level_count; i++)
        if (strncmp(options->start_level_list[i], id, length) == 0 &&
            options->start_level_list[i][length] == '=')
            return options->start_level_list[i] + length + 1;
    return NULL;
}

static enum status
check_start_levels(const struct operate_options *options, struct error *err)
{
    for (int i = 0; i < options->start_level_count; i++) {
        const char *text = options->start_level_list[i];
        bool known = false;
        for (int k = 0; k < options->reservoir_count; k++)
            known = known || (start_level_of(options, options->reservoir_list[k]) != NULL &&
                              strncmp(text, options->reservoir_list[k],
                                      strlen(options->reservoir_list[k])) == 0);
        if (!known)
            return error_set(err, STATUS_USAGE,
                             "--start-level '%s' must be ID=LEVEL with one of the reservoirs, "
                             "such as %s=28.4",
                             text, options->reservoir_list[0]);
    }
    return STATUS_OK;
}

/* "log.csv" of dam upper: "log-upper.csv". */
static const char *
own_path(const char *path, const char *id, char *buffer)
{
    if (path == NULL)
        return NULL;
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (dot == NULL || (slash != NULL && dot < slash))
        dot = path + strlen(path);
    snprintf(buffer, PATH_BYTES, "%.*s-%s%s", (int)(dot - path), path, id, dot);
    return buffer;
}

/* The run is as long as the longest of the design floods. */
static const char *
longest_flood(struct dams *dams, const struct basin *basin)
{
    int hours = 0;
    if (dams->options->flood == NULL || dams->options->hours != NULL)
        return dams->options->hours;
    for (int i = 0; i < dams->count; i++) {
        int node_i = basin_find_node(basin, dams->dam[i].id);
        if (node_i < 0 || basin->node[node_i].kind != NODE_RESERVOIR)
            continue; /* said where it is read */
        const struct reservoir *lake = &basin->reservoir[basin->node[node_i].kind_i];
        int own = lake->design_flood.given ? (int)design_flood_hours(&lake->design_flood) : 0;
        hours = own > hours ? own : hours;
    }
    snprintf(dams->hours, sizeof dams->hours, "%d", hours > 0 ? hours : 1);
    return dams->hours;
}

static enum status
read_dam(struct dams *dams, const struct basin *basin, const struct schedule_lakes *lakes,
         int dam_i, struct error *err)
{
    struct operated *dam = &dams->dam[dam_i];
    enum status status = STATUS_OK;
    dam->options = *dams->options;
    dam->options.reservoir = dam->options.column = dam->id;
    dam->options.lakes = lakes;
    dam->options.start_level = start_level_of(dams->options, dam->id);
    dam->options.hours = longest_flood(dams, basin);
    dam->options.output_path = own_path(dams->options->output_path, dam->id, dam->file[0]);
    dam->options.svg_path = own_path(dams->options->svg_path, dam->id, dam->file[1]);
    dam->options.report_path = own_path(dams->options->report_path, dam->id, dam->file[2]);
    dam->options.log_path = own_path(dams->options->log_path, dam->id, dam->file[3]);
    TRY(operate_input_read(&dam->options, basin, &dam->input, err));
    TRY(operation_plan_create(&dam->input.request, &dam->plan, err));
    dams->plan[dam_i] = dam->plan;
out:
    dam->options.lakes = NULL;
    return status;
}

static enum status
read_dams(struct dams *dams, const struct basin *basin, struct error *err)
{
    enum status status = STATUS_OK;
    TRY(refuse_options(dams->options, err));
    TRY(check_start_levels(dams->options, err));
    for (int i = 0; i < dams->count; i++) {
        const struct schedule_lakes lakes = {dams->count, dams->options->reservoir_list, i};
        struct error cause = {0};
        status = read_dam(dams, basin, &lakes, i, &cause);
        if (status != STATUS_OK)
            return error_set(err, status, "%s: %s", dams->dam[i].id, cause.text);
    }
out:
    return status;
}

/* ---- runs -------------------------------------------------------------------------------------
 */

static enum status
run_dams(struct dams *dams, struct error *err)
{
    enum status status = STATUS_OK;
    TRY(cascade_init(&dams->cascade, dams->plan, dams->count, err));
    for (int v = 0; v < dams->dam[0].input.variant_count; v++) {
        struct operation_run *run[CASCADE_LAKES_MAX];
        const struct operation_variant *variant[CASCADE_LAKES_MAX];
        for (int i = 0; i < dams->count; i++) {
            TRY(operation_run_create(dams->plan[i], &dams->dam[i].run[v], err));
            run[i] = dams->dam[i].run[v];
            variant[i] = &dams->dam[i].input.variant[v];
        }
        TRY(cascade_simulate(&dams->cascade, run, variant, &dams->summary[v], err));
    }
out:
    return status;
}

/* ---- results ----------------------------------------------------------------------------------
 */

/* A figure of a dam in every way of operating. */
static void
put_figure(struct table *table, const struct operated *dam, const char *what, size_t offset)
{
    table_cell(table, "%s: %s", dam->id, what);
    for (int v = 0; v < dam->input.variant_count; v++) {
        double figure;
        memcpy(&figure, (const char *)&dam->run[v]->summary + offset, sizeof figure);
        table_number(table, figure);
    }
}

/* The dams side by side, from the top down, then where the water of all of them meets. */
static bool
print_common(const struct dams *dams)
{
    const struct operation_results columns = {.variant_count = dams->dam[0].input.variant_count,
                                              .variant = dams->dam[0].input.variant};
    const struct operation_request *request = &dams->plan[0]->request;
    struct table table;
    char at[24];
    operation_begin_table(&table, &columns, dams->options->csv ? TABLE_CSV : TABLE_TEXT);
    for (int k = 0; k < dams->count; k++) {
        const struct operated *dam = &dams->dam[dams->cascade.order[k]];
        put_figure(&table, dam, "highest level, m", offsetof(struct operation_summary, highest_m));
        if (dam->plan->reservoir->dam.given)
            put_figure(&table, dam, "freeboard left, m",
                       offsetof(struct operation_summary, freeboard_m));
        put_figure(&table, dam, "largest outflow, m3/s",
                   offsetof(struct operation_summary, largest_outflow_m3s));
        put_figure(&table, dam, "largest inflow, m3/s",
                   offsetof(struct operation_summary, largest_inflow_m3s));
    }
    if (dams->cascade.common_node_i >= 0) {
        table_cell(&table, "largest flow at '%s', mean of a step, m3/s",
                   request->basin->node[dams->cascade.common_node_i].id);
        for (int v = 0; v < columns.variant_count; v++)
            table_number(&table, dams->summary[v].largest_m3s);
        table_cell(&table, "  from");
        for (int v = 0; v < columns.variant_count; v++)
            table_cell(&table, "%s",
                       instant_format(request->start_s + (int64_t)dams->summary[v].largest_s, at,
                                      sizeof at));
    }
    table_cell(&table, "in the rivers at the end, hm3");
    for (int v = 0; v < columns.variant_count; v++)
        table_number(&table, dams->summary[v].on_the_way_m3 * per_hm3);
    table_cell(&table, "lost in the rivers, hm3");
    for (int v = 0; v < columns.variant_count; v++)
        table_number(&table, dams->summary[v].lost_m3 * per_hm3);
    return table_print(&table, stdout);
}

static enum status
show_dams(const struct dams *dams, const char *command, struct error *err)
{
    enum status status = STATUS_OK;
    bool printed = print_common(dams) && putchar('\n') >= 0;
    for (int k = 0; k < dams->count; k++) {
        const struct operated *dam = &dams->dam[dams->cascade.order[k]];
        const struct operation_results results = {.plan = dam->plan,
                                                  .variant_count = dam->input.variant_count,
                                                  .variant = dam->input.variant,
                                                  .run = dam->run,
                                                  .safe_limit_m = NAN,
                                                  .inflow_text = dam->input.inflow_text,
                                                  .command = command,
                                                  .input_count = dam->input.file_count,
                                                  .input_path = dam->input.file_path,
                                                  .version = "nguon " NGUON_VERSION};
        TRY(operate_write_files(&dam->options, &results, err));
        if (dams->options->csv)
            printf("%s\n", dam->id);
        printed = printed && operate_print_tables(&dam->options, &results) &&
                  (k + 1 == dams->count || putchar('\n') >= 0);
    }
    if (!printed)
        status = error_set(err, STATUS_FILE_WRITE, "the tables cannot be printed");
out:
    return status;
}

enum status
operate_cascade(const struct operate_options *options, const struct basin *basin,
                const char *command, struct error *err)
{
    struct dams dams = {.options = options, .count = options->reservoir_count};
    enum status status = STATUS_OK;
    dams.dam = calloc((size_t)dams.count, sizeof *dams.dam);
    if (dams.dam == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the dams");
    for (int i = 0; i < dams.count; i++)
        dams.dam[i].id = options->reservoir_list[i];
    TRY(read_dams(&dams, basin, err));
    TRY(run_dams(&dams, err));
    TRY(show_dams(&dams, command, err));
out:
    cascade_finish(&dams.cascade);
    for (int i = 0; i < dams.count; i++) {
        for (int v = 0; v < VARIANTS_MAX; v++)
            operation_run_destroy(dams.dam[i].run[v]);
        operation_plan_destroy(dams.dam[i].plan);
        operate_input_finish(&dams.dam[i].input);
    }
    free(dams.dam);
    return status;
}
