/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/operate_input.h"

#include "model/dam.h"
#include "model/design_flood.h"
#include "model/reservoir.h"
#include "model/units.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, DAY_S = 86400, MINUTE_S = 60, STEPS_MAX = 1000000 };

void
operate_print_faults(const struct diagnostics *diagnostics)
{
    char text[4096];
    for (int i = 0; i < diagnostics->count; i++)
        fprintf(stderr, "%s\n", diagnostic_format(&diagnostics->item[i], text, sizeof text));
    if (diagnostics->dropped_count > 0)
        fprintf(stderr, "... and %d more\n", diagnostics->dropped_count);
}

/* ---- words of the command line --------------------------------------------------------------- */

enum status
operate_read_quantity(const char *option, const char *text, enum dimension dimension,
                      double bare_scale, double *out, struct error *err)
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
        TRY(operate_read_quantity("--step", options->step, DIMENSION_TIME, HOUR_S, &step_s, err));
    control_s = fmin(step_s, 15.0 * MINUTE_S);
    if (options->control != NULL)
        TRY(operate_read_quantity("--control", options->control, DIMENSION_TIME, MINUTE_S,
                                  &control_s, err));
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

/* ---- window ---------------------------------------------------------------------------------- */

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
        const struct instant *zone = &input->inflow.zone;
        char here[16], there[16];
        if (start.has_zone && (!zone->has_zone || start.zone_s != zone->zone_s))
            return error_set(err, STATUS_USAGE, "time zones are mixed: --start is %s, the %s %s",
                             instant_zone(&start, here, sizeof here),
                             from_file ? "inflow" : "design flood",
                             instant_zone(zone, there, sizeof there));
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
            operate_read_quantity("--hours", options->hours, DIMENSION_TIME, HOUR_S, &hours_s, err);
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
        enum status own = release_schedule_read_of(options->schedule_path[i], reservoir,
                                                   options->lakes, schedule, &diagnostics);
        if (own == STATUS_OK)
            own = release_schedule_check_window(
                schedule, request->history ? INT64_MIN : request->start_s, end_s, &diagnostics);
        const struct instant *zone = &input->inflow.zone; /* none of a design flood */
        if (own == STATUS_OK && schedule->has_rows &&
            (schedule->zone.has_zone != zone->has_zone || schedule->zone.zone_s != zone->zone_s)) {
            char here[16], there[16];
            diagnostics_add(&diagnostics, false, schedule->path, schedule->command[0].line, 0,
                            "time zones are mixed: the schedule is %s, the %s %s",
                            instant_zone(&schedule->zone, here, sizeof here),
                            options->flood == NULL ? "inflow" : "design flood",
                            instant_zone(zone, there, sizeof there));
            own = STATUS_INPUT;
        }
        if (own != STATUS_OK)
            status = own;
    }
    operate_print_faults(&diagnostics);
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
    if (options->jam_each) {
        input->each_jammed = calloc((size_t)(reservoir->outlet_count * gates) + 1, sizeof(bool));
        if (input->each_jammed == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for the gates");
        for (int o = 0, gate_i = 0; o < reservoir->outlet_count; o++) {
            input->each_jammed[o * gates + gate_i] = outlet_is_gated(&reservoir->outlet[o]);
            gate_i += reservoir->outlet[o].gate_count;
        }
    }
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

/* n - 1: with the first gate of each outlet jammed, one at a time. */
static enum status
add_each_jammed(struct operate_input *input, const char *name,
                const struct release_schedule *schedule, const struct reservoir *reservoir,
                struct error *err)
{
    int gates = reservoir_gate_count(reservoir);
    enum status status = STATUS_OK;
    for (int o = 0, gate_i = 0; o < reservoir->outlet_count && status == STATUS_OK; o++) {
        char gate[96], suffix[128];
        snprintf(suffix, sizeof suffix, ", jammed: %s",
                 reservoir_gate_name(reservoir, gate_i, gate, sizeof gate));
        if (outlet_is_gated(&reservoir->outlet[o]))
            status = add_variant(input, name, schedule, suffix, 0.0, input->each_jammed + o * gates,
                                 err);
        gate_i += reservoir->outlet[o].gate_count;
    }
    return status;
}

/* Every schedule as it is; late; and with the gates that are jammed. */
static enum status
list_variants(const struct operate_options *options, struct operate_input *input,
              const struct reservoir *reservoir, struct error *err)
{
    double late_s = 0.0;
    char name[128], late_text[64], jam_text[128] = ", jammed:";
    enum status status = STATUS_OK;
    if (options->late != NULL)
        TRY(operate_read_quantity("--late", options->late, DIMENSION_TIME, HOUR_S, &late_s, err));
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
        if (input->each_jammed != NULL)
            TRY(add_each_jammed(input, name, schedule, reservoir, err));
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
        return operate_read_quantity("--safe-level", options->safe_level, DIMENSION_LENGTH, 1.0,
                                     limit_m, err);
    if (!reservoir->dam.given || isnan(reservoir->dam.freeboard_m))
        return error_set(err, STATUS_USAGE,
                         "--safe-level needs a level, or the keys dam.crest_level and "
                         "dam.freeboard of the reservoir");
    *limit_m = reservoir->dam.crest_level_m - dam_required_freeboard_m(&reservoir->dam);
    return STATUS_OK;
}

static void
list_files(const struct operate_options *options, struct operate_input *input)
{
    const char *const single[] = {options->inflow_path,  options->ensemble_path,
                                  options->peaks_path,   options->initial_path,
                                  options->classes_path, options->cases_path};
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
        TRY(operate_inflow_file(options, input, err));
    TRY(read_window(options, basin, input, err));
    if (options->flood != NULL)
        TRY(operate_design_flood(options, request, reservoir,
                                 request->start_s + (int64_t)request->step_s * request->step_count,
                                 input, err));
    TRY(operate_start_level(options, basin, input, err));
    TRY(read_schedules(options, input, reservoir, err));
    TRY(read_jams(options, input, reservoir, err));
    TRY(list_variants(options, input, reservoir, err));
    TRY(read_safe_limit(options, reservoir, &input->safe_limit_m, err));
    if (options->cases_path != NULL)
        TRY(operate_cases(options, reservoir, input, err));
    list_files(options, input);
    TRY(operate_nomograph(options, reservoir, input, err));
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
    free(input->each_jammed);
    free(input->start_opening);
    nomograph_finish(&input->nomograph);
    operate_cases_finish(input);
}
