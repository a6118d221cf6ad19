/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/warning.h"

#include "model/demand.h"
#include "model/reservoir.h"
#include "output/reader.h"
#include "output/table.h"
#include "scenarios/plan.h"
#include "solvers/quantile.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double short_share = 1e-6;
static const double level = 0.95;

/* A line of a lake, or the people of a district. */
struct watch {
    const char *what, *line; /* "yen_lap", "restriction"; a district, "people short" */
    int reservoir_r;         /* -1: people */
    int zone_z;              /* of the reservoir; -1 domestic reserve, -2 dead storage */
    double *lead_days;       /* [scenario_count] INFINITY: never, NAN: the scenario failed */
};

struct warning {
    const struct warning_options *options;
    struct reader reader;
    struct basin *base;
    struct plan plan;
    struct timeaxis axis;
    int first_t, end_t; /* steps that are looked at */
    int watch_count, left_out_count;
    struct watch *watch;
    double *lead_days;             /* of all watches */
    double *need_m3s, *supply_m3s; /* [step_count] */
};

/* ---- what is watched --------------------------------------------------------------------------
 */

/* Add a line unless it is absent or follows a record that the file does not hold. */
static void
add_line(struct warning *warning, int reservoir_r, int zone_z, const char *name,
         const struct varying *line)
{
    const struct basin *basin = warning->base;
    if (line != NULL && line->kind == VARYING_ABSENT)
        return;
    if (line != NULL && line->kind == VARYING_SERIES) {
        warning->left_out_count++;
        return;
    }
    warning->watch[warning->watch_count++] =
        (struct watch){.what = basin->node[basin->reservoir[reservoir_r].node_i].id,
                       .line = name,
                       .reservoir_r = reservoir_r,
                       .zone_z = zone_z};
}

static bool
is_of_people(const struct warning *warning, int demand_d)
{
    const struct basin *basin = warning->base;
    return strcmp(basin->class[basin->demand[demand_d].class_i].id, warning->options->class_id) ==
           0;
}

static const char *
district_of(const struct basin *basin, int demand_d)
{
    const char *name = basin->node[basin->demand[demand_d].node_i].district;
    return name != NULL ? name : "-";
}

static void
add_district(struct warning *warning, const char *name)
{
    for (int i = 0; i < warning->watch_count; i++)
        if (warning->watch[i].reservoir_r < 0 && strcmp(warning->watch[i].what, name) == 0)
            return;
    warning->watch[warning->watch_count++] =
        (struct watch){.what = name, .line = "people short", .reservoir_r = -1};
}

static enum status
list_watches(struct warning *warning)
{
    const struct basin *basin = warning->base;
    size_t most = (size_t)basin->demand_count + 1;
    for (int r = 0; r < basin->reservoir_count; r++)
        most += 2 + (size_t)basin->reservoir[r].zone_count;
    warning->watch = calloc(most, sizeof *warning->watch);
    if (warning->watch == NULL)
        return STATUS_MEMORY;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *lake = &basin->reservoir[r];
        for (int z = 0; z < lake->zone_count; z++)
            add_line(warning, r, z, lake->zone[z].id, &lake->zone[z].below);
        add_line(warning, r, -1, "domestic reserve", &lake->domestic_reserve);
        if (lake->dead_storage_m3 > 0.0)
            add_line(warning, r, -2, "dead storage", NULL);
    }
    for (int d = 0; d < basin->demand_count; d++)
        if (is_of_people(warning, d))
            add_district(warning, district_of(basin, d));
    size_t scenarios = (size_t)warning->reader.scenario_count;
    warning->lead_days = calloc((size_t)warning->watch_count * scenarios + 1, sizeof(double));
    if (warning->lead_days == NULL)
        return STATUS_MEMORY;
    for (int i = 0; i < warning->watch_count; i++)
        warning->watch[i].lead_days = warning->lead_days + (size_t)i * scenarios;
    return STATUS_OK;
}

/* ---- crossings --------------------------------------------------------------------------------
 */

static double
days_until(const struct warning *warning, int step_t)
{
    return (double)(warning->axis.start_s[step_t] - warning->axis.start_s[warning->first_t]) /
           86400.0;
}

static double
line_now(const struct watch *watch, const struct reservoir *lake, const struct moment *moment)
{
    if (watch->zone_z >= 0)
        return reservoir_line_m3(lake, &lake->zone[watch->zone_z].below, moment);
    if (watch->zone_z == -1)
        return reservoir_line_m3(lake, &lake->domestic_reserve, moment);
    return lake->dead_storage_m3;
}

/* Storages are kept in single precision: what stands on a line is not below it. */
static double
first_below(const struct warning *warning, const struct watch *watch, const struct basin *basin,
            const double *storage_m3)
{
    const struct reservoir *lake = &basin->reservoir[watch->reservoir_r];
    const struct date_range *in_service = &basin->node[lake->node_i].in_service;
    struct moment moment = {.axis = &warning->axis, .demand_year = basin->run.demand_year};
    if (isnan(storage_m3[warning->first_t]))
        return (double)NAN;
    for (int t = warning->first_t; t < warning->end_t; t++) {
        moment.step_t = t;
        if (date_range_holds(in_service, moment.axis, t, moment.demand_year) &&
            storage_m3[t] < (1.0 - short_share) * line_now(watch, lake, &moment))
            return days_until(warning, t);
    }
    return (double)INFINITY;
}

/* Need and supply of the people of a district, all steps. */
static enum status
read_people(struct warning *warning, const char *district, int scenario_s, struct error *err)
{
    struct reader *reader = &warning->reader;
    size_t size = (size_t)reader->step_count * sizeof(double);
    memset(warning->need_m3s, 0, size);
    memset(warning->supply_m3s, 0, size);
    for (int d = 0; d < warning->base->demand_count; d++) {
        if (!is_of_people(warning, d) || strcmp(district_of(warning->base, d), district) != 0)
            continue;
        double *need = reader_series(reader, "need", scenario_s, d);
        double *supply = reader_series(reader, "supply", scenario_s, d);
        bool kept = need != NULL && supply != NULL;
        for (int t = 0; t < reader->step_count && kept; t++) {
            warning->need_m3s[t] += need[t];
            warning->supply_m3s[t] += supply[t];
        }
        free(need);
        free(supply);
        if (!kept)
            return error_set(
                err, STATUS_USAGE,
                "'%s' keeps no series 'need' and 'supply'; run with the default --save",
                reader->path);
    }
    return STATUS_OK;
}

static double
first_short(const struct warning *warning)
{
    if (isnan(warning->need_m3s[warning->first_t]))
        return (double)NAN;
    for (int t = warning->first_t; t < warning->end_t; t++)
        if (warning->supply_m3s[t] < (1.0 - short_share) * warning->need_m3s[t])
            return days_until(warning, t);
    return (double)INFINITY;
}

static enum status
watch_scenario(struct warning *warning, const struct basin *basin, int scenario_s,
               struct error *err)
{
    enum status status = STATUS_OK;
    double *storage_m3 = NULL;
    int read_r = -1;
    for (int i = 0; i < warning->watch_count; i++) {
        struct watch *watch = &warning->watch[i];
        if (watch->reservoir_r < 0) {
            TRY(read_people(warning, watch->what, scenario_s, err));
            watch->lead_days[scenario_s] = first_short(warning);
            continue;
        }
        if (read_r != watch->reservoir_r) {
            free(storage_m3);
            read_r = watch->reservoir_r;
            storage_m3 = reader_series(&warning->reader, "storage", scenario_s, read_r);
        }
        if (storage_m3 == NULL)
            TRY(error_set(err, STATUS_USAGE,
                          "'%s' keeps no series 'storage'; run with the default --save",
                          warning->reader.path));
        watch->lead_days[scenario_s] = first_below(warning, watch, basin, storage_m3);
    }
out:
    free(storage_m3);
    return status;
}

/* ---- tables -----------------------------------------------------------------------------------
 */

/* How a line fares over the scenarios. */
struct outlook {
    int known_count, crossed_count;
    double low, high; /* 95 % interval of the probability (Wilson 1927) */
    double earliest, median;
};

static struct outlook
look_at(const struct watch *watch, int scenario_count, double *sample)
{
    struct outlook is = {.earliest = (double)NAN, .median = (double)NAN};
    for (int s = 0; s < scenario_count; s++) {
        is.known_count += !isnan(watch->lead_days[s]);
        if (isfinite(watch->lead_days[s]))
            sample[is.crossed_count++] = watch->lead_days[s];
    }
    double n = is.known_count, p = is.crossed_count / n;
    double z = gsl_cdf_ugaussian_Pinv(0.5 + 0.5 * level);
    double middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    double half = z / (1.0 + z * z / n) * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    is.low = fmax(0.0, middle - half);
    is.high = fmin(1.0, middle + half);
    if (is.crossed_count > 0) {
        quantile_sort(sample, is.crossed_count);
        is.earliest = sample[0];
        is.median = quantile_of_sorted(sample, is.crossed_count, 0.5);
    }
    return is;
}

static void
add_row(struct table *table, const struct warning *warning, const struct watch *watch,
        const struct outlook *is)
{
    bool csv = warning->options->csv;
    table_cell(table, "%s", watch->what);
    table_cell(table, "%s", watch->line);
    table_cell(table, csv ? "%d" : "%d of", is->crossed_count);
    table_cell(table, "%d", is->known_count);
    const double shares[] = {(double)is->crossed_count / is->known_count, is->low, is->high};
    for (int i = 0; i < 3; i++)
        if (csv)
            table_cell(table, "%.9g", shares[i]);
        else
            table_percent(table, shares[i]);
    const double days[] = {is->earliest, is->median};
    for (int i = 0; i < 2; i++)
        if (isnan(days[i]))
            table_cell(table, csv ? "%s" : "-", "");
        else
            table_cell(table, "%.0f", days[i]);
}

static enum status
print_outlook(FILE *out, const struct warning *warning, struct error *err)
{
    static const char *const heads[] = {"<of", "<line",       "crossed in",  "", "%", "from",
                                        "to",  "first, days", "median, days"};
    static const char *const csv_heads[] = {"of",        "line",        "crossed",
                                            "scenarios", "probability", "low",
                                            "high",      "first_days",  "median_days"};
    const struct reader *reader = &warning->reader;
    bool csv = warning->options->csv;
    int quiet = 0;
    struct table table;
    char from[32], to[32];
    double *sample = malloc(((size_t)reader->scenario_count + 1) * sizeof *sample);
    if (sample == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the warnings");
    date_format(timeaxis_date(&warning->axis, warning->first_t), false, from, sizeof from);
    date_format(date_from_seconds(warning->axis.start_s[warning->end_t] - 1), false, to, sizeof to);
    if (!csv)
        fprintf(out, "%s: %d scenario%s from %s to %s; days from the first, 95 %% intervals\n\n",
                reader->title != NULL ? reader->title : reader->path, reader->scenario_count,
                reader->scenario_count == 1 ? "" : "s", from, to);
    table_init(&table, csv, 9, csv ? csv_heads : heads);
    for (int i = 0; i < warning->watch_count; i++) {
        struct outlook is = look_at(&warning->watch[i], reader->scenario_count, sample);
        if (is.crossed_count > 0 || csv)
            add_row(&table, warning, &warning->watch[i], &is);
        quiet += is.crossed_count == 0;
    }
    free(sample);
    if (!table_print(&table, out))
        return error_set(err, STATUS_FILE_WRITE, "the table was not written");
    if (!csv)
        fprintf(out, "\n%d other lines are crossed in no scenario\n", quiet);
    if (!csv && warning->left_out_count > 0)
        fprintf(out, "%d lines follow a record and are left out\n", warning->left_out_count);
    return STATUS_OK;
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static enum status
find_steps(struct warning *warning, struct error *err)
{
    const struct timeaxis *axis = &warning->axis;
    int64_t from_s = warning->options->from_s;
    warning->first_t = from_s == INT64_MIN ? 0 : timeaxis_find(axis, from_s);
    if (warning->first_t < 0)
        return error_set(err, STATUS_USAGE, "the date to look ahead from is not in the run");
    warning->end_t = axis->step_count;
    if (warning->options->day_limit > 0) {
        int64_t end_s =
            axis->start_s[warning->first_t] + (int64_t)86400 * warning->options->day_limit;
        while (warning->end_t > warning->first_t + 1 && axis->start_s[warning->end_t] > end_s)
            warning->end_t--;
    }
    return STATUS_OK;
}

static enum status
open_warning(struct warning *warning, struct error *err)
{
    enum status status = STATUS_OK;
    TRY(reader_basin(&warning->reader, &warning->base, err));
    const struct run_settings *run = &warning->base->run;
    TRY(plan_expand(warning->base, &warning->plan, err));
    TRY(timeaxis_init(&warning->axis, run->step, run->start, run->end, err));
    if (warning->plan.scenario_count < warning->reader.scenario_count ||
        warning->axis.step_count != warning->reader.step_count)
        TRY(error_set(err, STATUS_INPUT, "the basin kept in '%s' is not that of its results",
                      warning->reader.path));
    TRY(find_steps(warning, err));
    TRY(list_watches(warning));
    warning->need_m3s = calloc(2 * (size_t)warning->axis.step_count + 1, sizeof(double));
    if (warning->need_m3s == NULL)
        TRY(STATUS_MEMORY);
    warning->supply_m3s = warning->need_m3s + warning->axis.step_count;
out:
    return status;
}

enum status
warning_print(FILE *out, const char *path, const struct warning_options *options, struct error *err)
{
    struct warning warning = {.options = options};
    struct basin *basin = NULL;
    enum status status = reader_open(&warning.reader, path, err);
    if (status != STATUS_OK)
        return status;
    TRY(open_warning(&warning, err));
    for (int s = 0; s < warning.reader.scenario_count; s++) {
        TRY(plan_scenario_basin(&warning.plan, warning.base, s, &basin, err));
        TRY(watch_scenario(&warning, basin, s, err));
        basin_destroy(basin);
        basin = NULL;
    }
    TRY(print_outlook(out, &warning, err));
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for '%s'", path);
    basin_destroy(basin);
    free(warning.watch);
    free(warning.lead_days);
    free(warning.need_m3s);
    plan_finish(&warning.plan);
    timeaxis_finish(&warning.axis);
    basin_destroy(warning.base);
    reader_close(&warning.reader);
    return status;
}
