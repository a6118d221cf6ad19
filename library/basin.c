/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library/handles.h"

#include "output/writer.h"
#include "scenarios/design_drought.h"
#include "scenarios/ensemble.h"

#include <gsl/gsl_errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors ------------------------------------------------------------------------------------
 */

int
library_status(enum status status, const struct error *cause, struct nguon_error *err)
{
    if (err == NULL)
        return (int)status;
    err->status = (int)status;
    err->text[0] = '\0';
    if (status != STATUS_OK)
        snprintf(err->text, sizeof err->text, "%s",
                 cause != NULL && cause->text[0] != '\0' ? cause->text : status_text(status));
    return (int)status;
}

int
library_refuse(enum status status, struct nguon_error *err, const char *format, ...)
{
    if (err != NULL) {
        va_list arguments;
        va_start(arguments, format);
        err->status = (int)status;
        vsnprintf(err->text, sizeof err->text, format, arguments);
        va_end(arguments);
    }
    return (int)status;
}

const char *
nguon_version(void)
{
    return NGUON_VERSION;
}

void
nguon_bytes_free(void *bytes)
{
    free(bytes);
}

/* ---- loading -----------------------------------------------------------------------------------
 */

/* All faults of a file, one a line. */
static void
tell_faults(const struct diagnostics *diagnostics, struct nguon_error *err)
{
    char line[2048];
    size_t used = 0;
    if (err == NULL)
        return;
    for (int i = 0; i < diagnostics->count && used + 1 < sizeof err->text; i++)
        if (!diagnostics->item[i].is_warning)
            used += (size_t)snprintf(err->text + used, sizeof err->text - used, "%s%s",
                                     used > 0 ? "\n" : "",
                                     diagnostic_format(&diagnostics->item[i], line, sizeof line));
}

static int
read_file(const char *path, const char *scenario_path, const char *const *set, int set_count,
          struct basin **out, struct nguon_error *err)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = basin_load(path, scenario_path, out, &diagnostics);
    for (int i = 0; i < set_count && status == STATUS_OK; i++)
        status = basin_set(*out, set[i], &diagnostics);
    library_status(status, NULL, err);
    if (status != STATUS_OK && diagnostics.count > 0)
        tell_faults(&diagnostics, err);
    diagnostics_finish(&diagnostics);
    return (int)status;
}

static enum status
prepare(struct nguon_basin *basin, struct error *err)
{
    enum status status = STATUS_OK;
    struct basin *read = basin->basin;
    TRY(basin_check_values(read, err));
    TRY(timeaxis_init(&basin->axis, read->run.step, read->run.start, read->run.end, err));
    TRY(design_droughts_find(read, err));
    TRY(plan_expand(read, &basin->plan, err));
    TRY(records_create(read, &basin->axis, &basin->records, err));
    basin->input_digest = input_digests(read);
    if (basin->input_digest == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the basin");
out:
    return status;
}

int
nguon_basin_load(const char *path, const char *scenario_path, const char *const *set, int set_count,
                 struct nguon_basin **out, struct nguon_error *err)
{
    struct error cause = {0};
    if (out == NULL || path == NULL || set_count < 0 || (set_count > 0 && set == NULL))
        return library_refuse(STATUS_USAGE, err,
                              "nguon_basin_load: no path, no changes or no "
                              "place for the handle");
    *out = NULL;
    gsl_set_error_handler_off(); /* it would abort; every code is looked at instead */
    struct nguon_basin *basin = calloc(1, sizeof *basin);
    if (basin == NULL)
        return library_status(STATUS_MEMORY, NULL, err);
    int status = read_file(path, scenario_path, set, set_count, &basin->basin, err);
    if (status == NGUON_OK)
        status = library_status(prepare(basin, &cause), &cause, err);
    if (status != NGUON_OK) {
        nguon_basin_free(basin);
        return status;
    }
    *out = basin;
    return NGUON_OK;
}

void
nguon_basin_free(struct nguon_basin *basin)
{
    if (basin == NULL)
        return;
    free(basin->input_digest);
    records_destroy(basin->records);
    plan_finish(&basin->plan);
    timeaxis_finish(&basin->axis);
    basin_destroy(basin->basin);
    free(basin);
}

/* ---- elements ----------------------------------------------------------------------------------
 */

int
nguon_basin_count(const struct nguon_basin *basin, enum nguon_kind kind)
{
    switch (kind) {
    case NGUON_BASIN:
        return 1;
    case NGUON_NODE:
        return basin->basin->node_count;
    case NGUON_RESERVOIR:
        return basin->basin->reservoir_count;
    case NGUON_AQUIFER:
        return basin->basin->aquifer_count;
    case NGUON_CATCHMENT:
        return basin->basin->catchment_count;
    case NGUON_DEMAND:
        return basin->basin->demand_count;
    case NGUON_LINK:
        return basin->basin->link_count;
    case NGUON_SCENARIO:
        return basin->plan.scenario_count;
    default:
        return 0;
    }
}

int
nguon_basin_node_of(const struct nguon_basin *basin, enum nguon_kind kind, int i)
{
    if (i < 0 || i >= nguon_basin_count(basin, kind))
        return -1;
    switch (kind) {
    case NGUON_NODE:
        return i;
    case NGUON_RESERVOIR:
        return basin->basin->reservoir[i].node_i;
    case NGUON_AQUIFER:
        return basin->basin->aquifer[i].node_i;
    case NGUON_CATCHMENT:
        return basin->basin->catchment[i].node_i;
    case NGUON_DEMAND:
        return basin->basin->demand[i].node_i;
    default:
        return -1;
    }
}

const char *
nguon_basin_id(const struct nguon_basin *basin, enum nguon_kind kind, int i)
{
    int node_i = nguon_basin_node_of(basin, kind, i);
    if (node_i >= 0)
        return basin->basin->node[node_i].id;
    if (i < 0 || i >= nguon_basin_count(basin, kind))
        return NULL;
    return kind == NGUON_LINK       ? basin->basin->link[i].id
           : kind == NGUON_SCENARIO ? basin->plan.scenario[i].id
                                    : basin->basin->name;
}

const char *
nguon_basin_name(const struct nguon_basin *basin, enum nguon_kind kind, int i)
{
    int node_i = nguon_basin_node_of(basin, kind, i);
    return node_i >= 0 ? basin->basin->node[node_i].name : nguon_basin_id(basin, kind, i);
}

int
nguon_basin_find(const struct nguon_basin *basin, enum nguon_kind kind, const char *id)
{
    int count = nguon_basin_count(basin, kind);
    for (int i = 0; i < count && id != NULL; i++) {
        const char *other = nguon_basin_id(basin, kind, i);
        if (other != NULL && strcmp(other, id) == 0)
            return i;
    }
    return -1;
}

bool
nguon_basin_link_ends(const struct nguon_basin *basin, int link_i, int *from, int *to)
{
    if (link_i < 0 || link_i >= basin->basin->link_count)
        return false;
    *from = basin->basin->link[link_i].from;
    *to = basin->basin->link[link_i].to;
    return true;
}

bool
nguon_basin_place(const struct nguon_basin *basin, int node_i, double *latitude, double *longitude)
{
    if (node_i < 0 || node_i >= basin->basin->node_count)
        return false;
    *latitude = basin->basin->node[node_i].latitude_deg;
    *longitude = basin->basin->node[node_i].longitude_deg;
    return true;
}

int
nguon_basin_step_count(const struct nguon_basin *basin)
{
    return basin->axis.step_count;
}

double
nguon_basin_step_start_s(const struct nguon_basin *basin, int t)
{
    int last = basin->axis.step_count;
    return (double)basin->axis.start_s[t < 0 ? 0 : t > last ? last : t];
}

/* ---- all scenarios -----------------------------------------------------------------------------
 */

struct run_info
library_run_info(const struct nguon_basin *basin)
{
    return (struct run_info){.basin = basin->basin,
                             .axis = &basin->axis,
                             .plan = &basin->plan,
                             .program_version = NGUON_VERSION,
                             .program_build = "library",
                             .solver = "simplex",
                             .command = "libnguon"};
}

int
nguon_basin_run(const struct nguon_basin *basin, const char *output_path,
                const struct nguon_run_options *options, struct nguon_error *err)
{
    static const struct nguon_run_options usual = {0};
    enum status status = STATUS_OK;
    struct error cause = {0};
    struct writer *writer = NULL;
    if (options == NULL)
        options = &usual;
    if (output_path == NULL || options->threads < 0)
        return library_refuse(STATUS_USAGE, err, "nguon_basin_run: no path, or %d threads",
                              options->threads);
    struct run_info info = library_run_info(basin);
    info.threads = options->threads;
    struct ensemble_settings settings = {.threads = options->threads,
                                         .method = LP_SIMPLEX,
                                         .progress = options->progress,
                                         .progress_context = options->context};
    TRY(result_select(options->save, &info.selection, &cause));
    TRY(writer_create(output_path, options->resume, &writer, &cause));
    struct sink sink = writer_sink(writer);
    TRY(ensemble_run(basin->basin, &basin->axis, &basin->plan, &info, &settings, &sink, &cause));
out:
    writer_destroy(writer);
    return library_status(status, &cause, err);
}
