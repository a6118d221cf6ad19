/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/operate_input.h"

#include "model/csv.h"
#include "model/design_flood.h"
#include "model/reservoir.h"
#include "model/units.h"
#include "solvers/flood_frequency.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, DAY_S = 86400, MINUTE_S = 60, YEARS_MAX = 1000, STEPS_MAX = 1000000 };

static void
print_faults(const struct diagnostics *diagnostics)
{
    char text[4096];
    for (int i = 0; i < diagnostics->count; i++)
        fprintf(stderr, "%s\n", diagnostic_format(&diagnostics->item[i], text, sizeof text));
    if (diagnostics->dropped_count > 0)
        fprintf(stderr, "... and %d more\n", diagnostics->dropped_count);
}

/* ---- words of the command line --------------------------------------------------------------- */

/* A figure with a unit; a bare number is in the unit of the option. */
static enum status
read_quantity(const char *option, const char *text, enum dimension dimension, double bare_scale,
              double *out, struct error *err)
{
    struct quantity quantity;
    struct error cause = {0};
    if (quantity_parse(text, &quantity, &cause) != STATUS_OK)
        return error_set(err, STATUS_USAGE, "%s '%s': %s", option, text, cause.text);
    if (quantity.has_unit && quantity.unit.dimension != dimension)
        return error_set(err, STATUS_USAGE, "%s '%s' must be %s such as %s", option, text,
                         dimension_name(dimension), dimension_example(dimension));
    *out = quantity.has_unit ? quantity.value : quantity.value * bare_scale;
    return STATUS_OK;
}

static enum status
find_reservoir(const char *id, const struct basin *basin, int *reservoir_i, struct error *err)
{
    const char *known[256];
    int known_count = 0, with_outlets = 0;
    *reservoir_i = -1;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const char *own = basin->node[basin->reservoir[r].node_i].id;
        if (known_count < 256)
            known[known_count++] = own;
        bool has_outlets = basin->reservoir[r].outlet_count > 0;
        with_outlets += has_outlets;
        if (id != NULL ? strcmp(id, own) == 0 : has_outlets)
            *reservoir_i = r;
    }
    if (id == NULL && with_outlets != 1)
        return error_set(err, STATUS_USAGE,
                         "%d reservoirs of the basin have outlets; name one with --reservoir",
                         with_outlets);
    if (*reservoir_i >= 0)
        return STATUS_OK;
    const char *near = nearest_name(id, known, known_count);
    return error_set(err, STATUS_USAGE, "the basin has no reservoir '%s'%s%s%s", id,
                     near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
                     near != NULL ? "'?)" : "");
}

static enum status
read_steps(const struct operate_options *options, struct operation_request *request,
           struct error *err)
{
    double step_s = HOUR_S, control_s;
    enum status status = STATUS_OK;
    if (options->step != NULL)
        TRY(read_quantity("--step", options->step, DIMENSION_TIME, HOUR_S, &step_s, err));
    control_s = fmin(step_s, 15.0 * MINUTE_S);
    if (options->control != NULL)
        TRY(read_quantity("--control", options->control, DIMENSION_TIME, MINUTE_S, &control_s,
                          err));
    if (!(step_s >= MINUTE_S && step_s <= DAY_S) || step_s != floor(step_s) ||
        DAY_S % (int)step_s != 0)
        return error_set(err, STATUS_USAGE,
                         "--step must be whole minutes that divide a day, from 1 min to 1 d");
    if (!(control_s >= 10.0 && control_s <= step_s))
        return error_set(err, STATUS_USAGE, "--control must be from 10 s to the step");
    request->step_s = (int)step_s;
    request->control_s = (int)control_s;
    request->method = POOL_TRBDF2;
    if (options->method != NULL && strcmp(options->method, "puls") == 0)
        request->method = POOL_PULS;
    else if (options->method != NULL && strcmp(options->method, "trbdf2") != 0)
        return error_set(err, STATUS_USAGE, "--method must be trbdf2 or puls, not '%s'",
                         options->method);
out:
    return status;
}

/* ---- inflow ---------------------------------------------------------------------------------- */

/* "T=100" or "100". */
static enum status
read_return_period(const char *text, double *years, struct error *err)
{
    struct error cause = {0};
    const char *number = strncmp(text, "T=", 2) == 0 ? text + 2 : text;
    if (number_parse(number, years, &cause) == STATUS_OK && *years > 1.0)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "--design-flood '%s' must be T=YEARS, above 1", text);
}

/* Largest flow of each year: every number of the column, or of the last one. */
static enum status
read_annual_peaks(const char *path, double *value, int *count, struct error *err)
{
    struct csv_reader csv;
    enum csv_outcome outcome = csv_open(&csv, path);
    enum status status = STATUS_OK;
    bool has_header = false;
    *count = 0;
    while (status == STATUS_OK && outcome == CSV_ROW && (outcome = csv_next(&csv)) == CSV_ROW) {
        const char *text = csv_cell(&csv, csv.cell_count - 1);
        char shown[64];
        struct error cause = {0};
        if (!has_header)
            has_header = true;
        else if (*count == YEARS_MAX)
            status = error_set(err, STATUS_INPUT, "%s: more than %d years", path, YEARS_MAX);
        else if (number_parse(text, &value[*count], &cause) != STATUS_OK || value[*count] < 0.0)
            status = error_set(err, STATUS_INPUT,
                               "%s:%d: '%s' is no flow; the last column holds the largest flow of "
                               "each year in m3/s",
                               path, csv.row_line, csv_shown(text, shown, sizeof shown));
        else
            (*count)++;
    }
    if (status == STATUS_OK && outcome != CSV_END)
        status = error_set(err, outcome == CSV_NO_MEMORY ? STATUS_MEMORY : STATUS_INPUT, "%s: %s",
                           path, outcome == CSV_NO_MEMORY ? "out of memory" : csv.problem);
    csv_close(&csv);
    return status;
}

/* Peak of the design flood from the basin's table or from annual peaks. */
static enum status
find_peak(const struct operate_options *options, const struct design_flood *flood, double years,
          double *peak_m3s, char *text, size_t size, struct error *err)
{
    if (options->peaks_path == NULL) {
        snprintf(text, size, "peak of the basin file");
        return design_flood_peak(flood, years, peak_m3s, err);
    }
    double *value = calloc(YEARS_MAX, sizeof *value);
    int count;
    enum flood_distribution distribution = FLOOD_PEARSON3;
    enum status status = STATUS_OK;
    if (value == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the annual peaks");
    if (options->distribution != NULL)
        TRY(flood_distribution_find(options->distribution, &distribution, err));
    TRY(read_annual_peaks(options->peaks_path, value, &count, err));
    TRY(flood_peak(distribution, count, value, years, peak_m3s, err));
    snprintf(text, size, "%s fitted to %d years", flood_distribution_names[distribution], count);
out:
    free(value);
    return status;
}

static enum status
make_design_flood(const struct operate_options *options, const struct operation_request *request,
                  const struct reservoir *reservoir, int64_t end_s, struct operate_input *input,
                  struct error *err)
{
    const struct design_flood *flood = &reservoir->design_flood;
    double years, peak_m3s;
    char how[128];
    enum status status = STATUS_OK;
    TRY(read_return_period(options->flood, &years, err));
    TRY(find_peak(options, flood, years, &peak_m3s, how, sizeof how, err));
    status = design_flood_hydrograph(flood, peak_m3s, request->start_s, end_s, &input->inflow);
    if (status != STATUS_OK)
        return error_set(err, status, "out of memory for the design flood");
    snprintf(input->inflow_text, sizeof input->inflow_text,
             "design flood of %g years, peak %.1f m3/s (%s), %.4g h to the peak", years, peak_m3s,
             how, flood->time_to_peak_s / HOUR_S);
out:
    return status;
}

static bool
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static enum status
read_inflow_file(const struct operate_options *options, struct operate_input *input,
                 struct error *err)
{
    struct diagnostics diagnostics;
    const char *path = options->inflow_path != NULL ? options->inflow_path : options->ensemble_path;
    diagnostics_init(&diagnostics);
    enum status status;
    if (options->inflow_path != NULL)
        status = inflow_read_csv(path, options->column != NULL ? options->column : "inflow_m3s",
                                 &input->inflow, &diagnostics);
    else if (ends_with(path, ".csv"))
        status = inflow_read_csv(path, NULL, &input->inflow, &diagnostics);
    else
        status = inflow_read_netcdf(path, options->variable, &input->inflow, &diagnostics);
    print_faults(&diagnostics);
    diagnostics_finish(&diagnostics);
    if (status != STATUS_OK)
        return error_set(err, status, "the inflow '%s' cannot be used", path);
    snprintf(input->inflow_text, sizeof input->inflow_text, "%s%s", path,
             options->inflow_path != NULL ? "" : " (ensemble)");
    return STATUS_OK;
}

/* First moment of the run and its length. */
static enum status
read_window(const struct operate_options *options, const struct basin *basin,
            struct operate_input *input, struct error *err)
{
    struct operation_request *request = &input->request;
    const struct reservoir *reservoir = &basin->reservoir[request->reservoir_i];
    bool from_file = options->flood == NULL;
    struct instant start;
    int64_t length_s;
    double hours_s = 0.0;
    request->start_s = from_file ? input->inflow.time_s[0] : date_to_seconds(basin->run.start);
    if (options->start != NULL) {
        if (!instant_parse(options->start, &start))
            return error_set(err, STATUS_USAGE, "--start '%s' is not a time (2024-09-07 13:20)",
                             options->start);
        request->start_s = start.local_s;
    }
    if (!from_file && !reservoir->design_flood.given)
        return error_set(err, STATUS_INPUT,
                         "--design-flood needs the key 'design_flood' of the reservoir "
                         "(docs/basin-file.md)");
    length_s = from_file ? input->inflow.time_s[input->inflow.time_count - 1] - request->start_s
                         : (int64_t)design_flood_hours(&reservoir->design_flood) * HOUR_S;
    if (options->hours != NULL) {
        enum status status =
            read_quantity("--hours", options->hours, DIMENSION_TIME, HOUR_S, &hours_s, err);
        if (status != STATUS_OK)
            return status;
        length_s = (int64_t)hours_s;
    }
    int64_t steps = length_s / request->step_s;
    if (steps < 1 || steps > STEPS_MAX)
        return error_set(err, STATUS_INPUT,
                         "the run would have %lld steps; it must have 1 to %d (see --start, "
                         "--hours, --step)",
                         (long long)steps, STEPS_MAX);
    request->step_count = (int)steps;
    return STATUS_OK;
}

/* ---- start level ----------------------------------------------------------------------------- */

/* Level observed at the start, straight between the observations of a CSV file. */
static enum status
read_observed_level(const char *path, int64_t start_s, double *level_m, struct error *err)
{
    struct inflow_members observed;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = inflow_read_csv(path, "level_m", &observed, &diagnostics);
    print_faults(&diagnostics);
    diagnostics_finish(&diagnostics);
    char at[24];
    int hint = 0;
    if (status != STATUS_OK)
        status = error_set(err, status, "the observed levels '%s' cannot be used", path);
    else if (start_s < observed.time_s[0] || start_s > observed.time_s[observed.time_count - 1])
        status = error_set(err, STATUS_INPUT, "'%s' has no level before and after the start, %s",
                           path, instant_format(start_s, at, sizeof at));
    else
        *level_m = inflow_at(&observed, 0, (double)start_s, &hint);
    inflow_members_finish(&observed);
    return status;
}

static enum status
read_start_level(const struct operate_options *options, const struct basin *basin,
                 struct operation_request *request, struct error *err)
{
    const struct reservoir *reservoir = &basin->reservoir[request->reservoir_i];
    if (options->start_level != NULL)
        return read_quantity("--start-level", options->start_level, DIMENSION_LENGTH, 1.0,
                             &request->start_level_m, err);
    if (options->initial_path != NULL)
        return read_observed_level(options->initial_path, request->start_s, &request->start_level_m,
                                   err);
    request->start_level_m = reservoir_level_m(reservoir, reservoir->capacity_m3);
    return STATUS_OK;
}

/* ---- schedules and ways of operating --------------------------------------------------------- */

static enum status
read_schedules(const struct operate_options *options, struct operate_input *input,
               const struct reservoir *reservoir, struct error *err)
{
    const struct operation_request *request = &input->request;
    int64_t end_s = request->start_s + (int64_t)request->step_s * request->step_count;
    struct diagnostics diagnostics;
    enum status status = STATUS_OK;
    diagnostics_init(&diagnostics);
    for (int i = 0; i < options->schedule_count && status != STATUS_MEMORY; i++) {
        struct release_schedule *schedule = &input->schedule[input->schedule_count++];
        enum status own =
            release_schedule_read(options->schedule_path[i], reservoir, schedule, &diagnostics);
        if (own == STATUS_OK)
            own = release_schedule_check_window(schedule, request->start_s, end_s, &diagnostics);
        const struct instant *zone = &input->inflow.zone;
        if (own == STATUS_OK && options->flood == NULL && schedule->has_rows &&
            (schedule->zone.has_zone != zone->has_zone || schedule->zone.zone_s != zone->zone_s)) {
            char here[16], there[16];
            diagnostics_add(&diagnostics, false, schedule->path, schedule->command[0].line, 0,
                            "time zones are mixed: the schedule is %s, the inflow %s",
                            instant_zone(&schedule->zone, here, sizeof here),
                            instant_zone(zone, there, sizeof there));
            own = STATUS_INPUT;
        }
        if (own != STATUS_OK)
            status = own;
    }
    print_faults(&diagnostics);
    diagnostics_finish(&diagnostics);
    if (status != STATUS_OK)
        return error_set(err, status, "a schedule cannot be used");
    return STATUS_OK;
}

static enum status
read_jams(const struct operate_options *options, struct operate_input *input,
          const struct reservoir *reservoir, struct error *err)
{
    int gates = reservoir_gate_count(reservoir);
    char name[96];
    if (options->jam_count == 0)
        return STATUS_OK;
    input->jammed = calloc((size_t)gates + 1, sizeof *input->jammed);
    if (input->jammed == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the gates");
    for (int j = 0; j < options->jam_count; j++) {
        bool found = false;
        for (int g = 0; g < gates; g++) {
            reservoir_gate_name(reservoir, g, name, sizeof name);
            if (strcmp(name, options->jam[j]) == 0)
                found = input->jammed[g] = true;
        }
        if (!found)
            return error_set(err, STATUS_USAGE,
                             "--jam '%s' is no gate; gates are named spillway.1, or bottom for an "
                             "outlet of one gate",
                             options->jam[j]);
    }
    return STATUS_OK;
}

static enum status
add_variant(struct operate_input *input, const char *schedule_name,
            const struct release_schedule *schedule, const char *suffix, double late_s,
            const bool *jammed, struct error *err)
{
    char name[256];
    if (input->variant_count == VARIANTS_MAX)
        return error_set(err, STATUS_USAGE, "more than %d ways of operating at once", VARIANTS_MAX);
    snprintf(name, sizeof name, "%s%s", schedule_name, suffix);
    char *kept = strdup(name);
    if (kept == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the names");
    input->variant_name[input->variant_count] = kept;
    input->variant[input->variant_count++] = (struct operation_variant){
        .name = kept, .schedule = schedule, .late_s = late_s, .jammed = jammed};
    return STATUS_OK;
}

/* Name of a schedule: its file without folder and ending. */
static void
schedule_name(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/');
    snprintf(name, size, "%s", slash != NULL ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot != NULL && dot != name)
        *dot = '\0';
}

/* Every schedule as it is; late; and with the gates that are jammed. */
static enum status
list_variants(const struct operate_options *options, struct operate_input *input, struct error *err)
{
    double late_s = 0.0;
    char name[128], late_text[64], jam_text[128] = ", jammed:";
    enum status status = STATUS_OK;
    if (options->late != NULL)
        TRY(read_quantity("--late", options->late, DIMENSION_TIME, HOUR_S, &late_s, err));
    snprintf(late_text, sizeof late_text, ", %g h late", late_s / HOUR_S);
    for (int j = 0; j < options->jam_count; j++) {
        size_t used = strlen(jam_text);
        snprintf(jam_text + used, sizeof jam_text - used, " %s", options->jam[j]);
    }
    bool by_rule = options->by_rule || input->schedule_count == 0;
    for (int i = by_rule ? -1 : 0; i < input->schedule_count; i++) {
        const struct release_schedule *schedule = i >= 0 ? &input->schedule[i] : NULL;
        snprintf(name, sizeof name, "by rule");
        if (i >= 0)
            schedule_name(options->schedule_path[i], name, sizeof name);
        TRY(add_variant(input, name, schedule, "", 0.0, NULL, err));
        if (late_s > 0.0)
            TRY(add_variant(input, name, schedule, late_text, late_s, NULL, err));
        if (input->jammed != NULL)
            TRY(add_variant(input, name, schedule, jam_text, 0.0, input->jammed, err));
    }
out:
    return status;
}

static enum status
read_safe_limit(const struct operate_options *options, const struct reservoir *reservoir,
                double *limit_m, struct error *err)
{
    *limit_m = NAN;
    if (options->safe_level == NULL)
        return STATUS_OK;
    if (options->safe_level[0] != '\0')
        return read_quantity("--safe-level", options->safe_level, DIMENSION_LENGTH, 1.0, limit_m,
                             err);
    if (!reservoir->dam.given || isnan(reservoir->dam.freeboard_m))
        return error_set(err, STATUS_USAGE,
                         "--safe-level needs a level, or the keys dam.crest_level and "
                         "dam.freeboard of the reservoir");
    *limit_m = reservoir->dam.crest_level_m - reservoir->dam.freeboard_m;
    return STATUS_OK;
}

static void
list_files(const struct operate_options *options, struct operate_input *input)
{
    const char *const single[] = {options->inflow_path, options->ensemble_path, options->peaks_path,
                                  options->initial_path};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (single[i] != NULL)
            input->file_path[input->file_count++] = single[i];
    for (int i = 0; i < options->schedule_count; i++)
        input->file_path[input->file_count++] = options->schedule_path[i];
}

enum status
operate_input_read(const struct operate_options *options, const struct basin *basin,
                   struct operate_input *input, struct error *err)
{
    struct operation_request *request = &input->request;
    enum status status = STATUS_OK;
    request->basin = basin;
    request->extrapolate = options->extrapolate;
    request->with_supply = !options->no_supply;
    request->inflow = &input->inflow;
    TRY(find_reservoir(options->reservoir, basin, &request->reservoir_i, err));
    TRY(read_steps(options, request, err));
    const struct reservoir *reservoir = &basin->reservoir[request->reservoir_i];
    if (options->flood == NULL)
        TRY(read_inflow_file(options, input, err));
    TRY(read_window(options, basin, input, err));
    if (options->flood != NULL)
        TRY(make_design_flood(options, request, reservoir,
                              request->start_s + (int64_t)request->step_s * request->step_count,
                              input, err));
    TRY(read_start_level(options, basin, request, err));
    TRY(read_schedules(options, input, reservoir, err));
    TRY(read_jams(options, input, reservoir, err));
    TRY(list_variants(options, input, err));
    TRY(read_safe_limit(options, reservoir, &input->safe_limit_m, err));
    list_files(options, input);
    request->schedule_count = input->schedule_count;
    request->schedule = input->schedule;
out:
    return status;
}

void
operate_input_finish(struct operate_input *input)
{
    inflow_members_finish(&input->inflow);
    for (int i = 0; i < input->schedule_count; i++)
        release_schedule_finish(&input->schedule[i]);
    for (int i = 0; i < input->variant_count; i++)
        free(input->variant_name[i]);
    free(input->jammed);
}
