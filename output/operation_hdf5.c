/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include "output/h5file.h"

#include <math.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_STEPS = 1024, GATE_NAME = 96 };
static const double hour_s = 3600.0;

struct operation_file {
    struct h5file h5;
    const struct operation_results *results;
    double *room; /* for one variable */
};

static void
close_variable(hid_t variable)
{
    if (variable >= 0)
        H5Dclose(variable);
}

static hsize_t
shorter(hsize_t a, hsize_t b)
{
    return a < b ? a : b;
}

/* A variable by name with its meaning. */
static hid_t
begin_variable(struct operation_file *file, hid_t group, const char *name, const char *long_name,
               const char *units, const char *cell_methods, const struct h5shape *shape)
{
    static const double missing = NAN;
    hid_t variable = h5file_variable(&file->h5, group, name, H5T_NATIVE_DOUBLE, shape, &missing);
    h5file_text_attribute(&file->h5, variable, "long_name", long_name);
    h5file_text_attribute(&file->h5, variable, "units", units);
    if (cell_methods != NULL)
        h5file_text_attribute(&file->h5, variable, "cell_methods", cell_methods);
    return variable;
}

/* ---- coordinates ----------------------------------------------------------------------------- */

static void
put_time(struct operation_file *file)
{
    const struct operation_plan *plan = file->results->plan;
    const struct h5shape shape = {1, {DIMENSION_TIME_AXIS}, {0}};
    const struct h5shape bounds = {2, {DIMENSION_TIME_AXIS, DIMENSION_BOUNDS}, {0}};
    struct h5file *h5 = &file->h5;
    int steps = plan->request.step_count;
    double start_h = (double)plan->request.start_s / hour_s;
    double step_h = (double)plan->request.step_s / hour_s;
    for (int t = 0; t < steps; t++)
        file->room[t] = start_h + step_h * t;
    h5->length[DIMENSION_TIME_AXIS] = (hsize_t)steps;
    hid_t variable = h5file_variable(h5, h5->file, "time", H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_set_scale(h5, variable, "time", DIMENSION_TIME_AXIS);
    h5file_text_attribute(h5, variable, "standard_name", "time");
    h5file_text_attribute(h5, variable, "long_name", "start of the step, local clock");
    h5file_text_attribute(h5, variable, "units", "hours since 1970-01-01");
    h5file_text_attribute(h5, variable, "calendar", "proleptic_gregorian");
    h5file_text_attribute(h5, variable, "axis", "T");
    h5file_text_attribute(h5, variable, "bounds", "time_bnds");
    h5file_write(h5, variable, H5T_NATIVE_DOUBLE, file->room);
    close_variable(variable);
    h5file_bare_dimension(h5, "bnds", DIMENSION_BOUNDS, 2);
    for (int t = 0; t < steps; t++) {
        file->room[2 * t] = start_h + step_h * t;
        file->room[2 * t + 1] = start_h + step_h * (t + 1);
    }
    variable = h5file_variable(h5, h5->file, "time_bnds", H5T_NATIVE_DOUBLE, &bounds, NULL);
    h5file_write(h5, variable, H5T_NATIVE_DOUBLE, file->room);
    close_variable(variable);
}

static void
put_names(struct operation_file *file, hid_t group, const char *name, const char *long_name,
          enum h5_dimension dimension, int count, const char *const *text)
{
    if (count == 0)
        return;
    hid_t variable = h5file_strings(&file->h5, group, name, dimension, (hsize_t)count, text);
    h5file_text_attribute(&file->h5, variable, "long_name", long_name);
    if (file->h5.scale[dimension] < 0)
        h5file_set_scale(&file->h5, variable, name, dimension);
    close_variable(variable);
}

static const char *
demand_id(const struct operation_plan *plan, int draw_i)
{
    const struct basin *basin = plan->request.basin;
    return basin->node[basin->demand[plan->draw[draw_i].demand_i].node_i].id;
}

static bool
put_coordinates(struct operation_file *file)
{
    const struct operation_results *results = file->results;
    const struct operation_plan *plan = results->plan;
    size_t most =
        (size_t)results->variant_count + (size_t)plan->gate_count + (size_t)plan->draw_count + 1;
    const char **name = calloc(most, sizeof *name);
    char(*gate)[GATE_NAME] = calloc((size_t)plan->gate_count + 1, sizeof *gate);
    bool good = name != NULL && gate != NULL;
    for (int v = 0; v < results->variant_count && good; v++)
        name[v] = results->variant[v].name;
    if (good)
        put_names(file, file->h5.file, "schedule", "way of operating", DIMENSION_SCENARIO_AXIS,
                  results->variant_count, name);
    for (int g = 0; g < plan->gate_count && good; g++)
        name[g] = reservoir_gate_name(plan->reservoir, g, gate[g], sizeof gate[g]);
    if (good && results->ensemble == NULL)
        put_names(file, file->h5.file, "gate", "gate or bay of an outlet", DIMENSION_GATE,
                  plan->gate_count, name);
    for (int d = 0; d < plan->draw_count && good; d++)
        name[d] = demand_id(plan, d);
    if (good && results->ensemble == NULL)
        put_names(file, file->h5.file, "demand", "demand that draws on the lake", DIMENSION_DEMAND,
                  plan->draw_count, name);
    if (good && results->ensemble != NULL)
        put_names(file, file->h5.file, "member", "member of the inflow ensemble", DIMENSION_MEMBER,
                  results->ensemble->member_count,
                  (const char *const *)plan->request.inflow->label);
    free(name);
    free(gate);
    return good;
}

/* ---- one inflow ------------------------------------------------------------------------------ */

/* (schedule, time): from[v] at t + shift. */
static void
put_series(struct operation_file *file, const char *name, const char *long_name, const char *units,
           bool is_point, size_t offset)
{
    const struct operation_results *results = file->results;
    int steps = results->plan->request.step_count;
    const struct h5shape shape = {2,
                                  {DIMENSION_SCENARIO_AXIS, DIMENSION_TIME_AXIS},
                                  {1, shorter((hsize_t)steps, CHUNK_STEPS)}};
    for (int v = 0; v < results->variant_count; v++) {
        double *from;
        memcpy(&from, (const char *)results->run[v] + offset, sizeof from);
        for (int t = 0; t < steps; t++) {
            double value = from[t + (is_point ? 1 : 0)];
            file->room[v * steps + t] = isfinite(value) ? value : NAN;
        }
    }
    hid_t variable = begin_variable(file, file->h5.file, name, long_name, units,
                                    is_point ? "time: point" : "time: mean", &shape);
    h5file_write(&file->h5, variable, H5T_NATIVE_DOUBLE, file->room);
    close_variable(variable);
}

/* (schedule, gate, time) */
static void
put_gates(struct operation_file *file)
{
    const struct operation_results *results = file->results;
    const struct operation_plan *plan = results->plan;
    size_t steps = (size_t)plan->request.step_count, gates = (size_t)plan->gate_count;
    const struct h5shape shape = {3,
                                  {DIMENSION_SCENARIO_AXIS, DIMENSION_GATE, DIMENSION_TIME_AXIS},
                                  {1, 1, shorter(steps, CHUNK_STEPS)}};
    for (int what = 0; what < 2; what++) {
        for (size_t v = 0; v < (size_t)results->variant_count; v++)
            for (size_t g = 0; g < gates; g++)
                for (size_t t = 0; t < steps; t++)
                    file->room[(v * gates + g) * steps + t] =
                        what == 0 ? results->run[v]->gate_m3s[g * steps + t]
                                  : results->run[v]->opening[g * (steps + 1) + t + 1];
        hid_t variable = begin_variable(
            file, file->h5.file, what == 0 ? "gate_flow" : "gate_opening",
            what == 0 ? "flow of a gate"
                      : "opening of a gate at the end of the step: metres, or a share for a valve",
            what == 0 ? "m3 s-1" : "1", what == 0 ? "time: mean" : "time: point", &shape);
        h5file_write(&file->h5, variable, H5T_NATIVE_DOUBLE, file->room);
        close_variable(variable);
    }
}

/* (schedule, demand, time) */
static void
put_supply(struct operation_file *file)
{
    const struct operation_results *results = file->results;
    size_t steps = (size_t)results->plan->request.step_count;
    size_t count = (size_t)results->plan->draw_count * steps;
    const struct h5shape shape = {3,
                                  {DIMENSION_SCENARIO_AXIS, DIMENSION_DEMAND, DIMENSION_TIME_AXIS},
                                  {1, 1, shorter(steps, CHUNK_STEPS)}};
    for (size_t v = 0; v < (size_t)results->variant_count && count > 0; v++)
        memcpy(file->room + v * count, results->run[v]->draw_m3s, count * sizeof(double));
    if (count == 0)
        return;
    hid_t variable = begin_variable(file, file->h5.file, "supply",
                                    "water taken from the lake for a demand, losses on the way "
                                    "included",
                                    "m3 s-1", "time: mean", &shape);
    h5file_write(&file->h5, variable, H5T_NATIVE_DOUBLE, file->room);
    close_variable(variable);
}

/* (schedule, demand): what each demand needs of the lake and loses. */
static void
put_losses(struct operation_file *file, hid_t group)
{
    static const struct {
        const char *name, *long_name;
        size_t offset;
    } figures[] = {
        {"need_m3", "water a demand needs from the lake", offsetof(struct operation_run, need_m3)},
        {"lost_by_rule_m3", "of it cut by the zones of the lake",
         offsetof(struct operation_run, rule_cut_m3)},
        {"lost_for_water_m3", "of it missing for lack of water",
         offsetof(struct operation_run, water_cut_m3)},
    };
    const struct operation_results *results = file->results;
    const struct h5shape shape = {2, {DIMENSION_SCENARIO_AXIS, DIMENSION_DEMAND}, {0}};
    int draws = results->plan->draw_count;
    for (size_t i = 0; i < sizeof figures / sizeof *figures && draws > 0; i++) {
        for (int v = 0; v < results->variant_count; v++) {
            double *from;
            memcpy(&from, (const char *)results->run[v] + figures[i].offset, sizeof from);
            memcpy(file->room + v * draws, from, (size_t)draws * sizeof *from);
        }
        hid_t variable =
            begin_variable(file, group, figures[i].name, figures[i].long_name, "m3", NULL, &shape);
        h5file_write(&file->h5, variable, H5T_NATIVE_DOUBLE, file->room);
        close_variable(variable);
    }
}

/* The basin as it was read, and the hashes of what was read with it. */
static void
put_provenance(struct operation_file *file)
{
    const struct operation_results *results = file->results;
    const char *text = results->plan->request.basin->text;
    char basin_digest[SHA256_DIGEST_STRING_LENGTH];
    int count = results->input_count;
    hid_t group = h5file_group(&file->h5, "provenance");
    char(*digest)[SHA256_DIGEST_STRING_LENGTH] = calloc((size_t)count + 1, sizeof *digest);
    const char **shown = calloc((size_t)count + 1, sizeof *shown);
    if (digest == NULL || shown == NULL)
        file->h5.failed = true;
    SHA256Data((const uint8_t *)text, strlen(text), basin_digest);
    h5file_text_attribute(&file->h5, group, "basin_sha256", basin_digest);
    h5file_text_attribute(&file->h5, group, "version", results->version);
    h5file_text_attribute(&file->h5, group, "command", results->command);
    close_variable(h5file_strings(&file->h5, group, "basin_text", DIMENSION_NOTHING, 1, &text));
    for (int i = 0; i < count && shown != NULL && digest != NULL; i++)
        shown[i] = SHA256File(results->input_path[i], digest[i]) != NULL ? digest[i] : "unreadable";
    if (count > 0 && !file->h5.failed) {
        h5file_bare_dimension(&file->h5, "input_file", DIMENSION_INPUT, (hsize_t)count);
        put_names(file, group, "input", "file that was read", DIMENSION_INPUT, count,
                  results->input_path);
        put_names(file, group, "input_sha256", "SHA-256 of that file", DIMENSION_INPUT, count,
                  shown);
    }
    if (group >= 0)
        H5Gclose(group);
    free(digest);
    free(shown);
}

static void
put_summary(struct operation_file *file, hid_t group)
{
    static const struct {
        const char *name, *long_name, *units;
        size_t offset;
    } figures[] = {
#define FIGURE(member, text, unit) {#member, text, unit, offsetof(struct operation_summary, member)}
        FIGURE(highest_m, "highest level", "m"),
        FIGURE(highest_s, "time of the highest level, from the start of the run", "s"),
        FIGURE(lowest_m, "lowest level", "m"),
        FIGURE(end_m, "level at the end", "m"),
        FIGURE(freeboard_m, "crest of the dam less highest level", "m"),
        FIGURE(largest_outflow_m3s, "largest outflow at a moment", "m3 s-1"),
        FIGURE(largest_outflow_s, "time of the largest outflow, from the start of the run", "s"),
        FIGURE(largest_downstream_m3s, "largest mean flow of a step below the dam", "m3 s-1"),
        FIGURE(inflow_m3, "inflow", "m3"),
        FIGURE(release_m3, "water released below the dam", "m3"),
        FIGURE(spill_m3, "water spilled over crests", "m3"),
        FIGURE(overtop_m3, "water over the dam", "m3"),
        FIGURE(overtop_s, "time during which the dam is overtopped", "s"),
        FIGURE(drawn_m3, "water taken for demands", "m3"),
        FIGURE(minimum_short_m3, "water missing to the minimum release", "m3"),
        FIGURE(minimum_short_s, "time below the minimum release", "s"),
        FIGURE(schedule_cut_m3, "water asked for and not given", "m3"),
        FIGURE(balance_m3, "open water balance", "m3"),
#undef FIGURE
#define FIRST(name, rule, text)                                                                    \
    {name, "first time " text ", from the start of the run; NaN never", "s",                       \
     offsetof(struct operation_summary, first_s) + (rule) * sizeof(double)}
        FIRST("first_overtopped_s", RULE_OVERTOPPED, "the dam is overtopped"),
        FIRST("first_freeboard_s", RULE_FREEBOARD, "inside the required freeboard"),
        FIRST("first_check_level_s", RULE_CHECK_LEVEL, "above the level of the check flood"),
        FIRST("first_design_level_s", RULE_DESIGN_LEVEL, "above the level of the design flood"),
        FIRST("first_flood_limit_s", RULE_FLOOD_LIMIT, "above the flood limit"),
        FIRST("first_safe_flow_s", RULE_SAFE_FLOW, "above the safe flow below the dam"),
#undef FIRST
    };
    const struct operation_results *results = file->results;
    const struct operation_ensemble *ensemble = results->ensemble;
    int members = ensemble != NULL ? ensemble->member_count : 1;
    const struct h5shape shape = {
        ensemble != NULL ? 2 : 1, {DIMENSION_SCENARIO_AXIS, DIMENSION_MEMBER}, {0}};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        for (int run_i = 0; run_i < results->variant_count * members; run_i++) {
            const struct operation_summary *summary =
                ensemble != NULL ? &ensemble->summary[run_i] : &results->run[run_i]->summary;
            memcpy(&file->room[run_i], (const char *)summary + figures[i].offset, sizeof(double));
            if (!isfinite(file->room[run_i]))
                file->room[run_i] = NAN;
        }
        hid_t variable = begin_variable(file, group, figures[i].name, figures[i].long_name,
                                        figures[i].units, NULL, &shape);
        h5file_write(&file->h5, variable, H5T_NATIVE_DOUBLE, file->room);
        close_variable(variable);
    }
}

/* Rules broken as columns of a table. */
static void
put_events(struct operation_file *file)
{
    static const char *const names[] = {"start", "end", "size", "volume"};
    static const char *const units[] = {"s", "s", "1", "m3"};
    static const char *const meanings[] = {"from the start of the run", "from the start of the run",
                                           "greatest excess: metres for levels, m3 s-1 for flows",
                                           "water over, short or cut"};
    const struct operation_results *results = file->results;
    int count = 0;
    for (int v = 0; v < results->variant_count; v++)
        count += results->run[v]->event_count;
    const char **text = calloc(3 * (size_t)count + 1, sizeof *text);
    char(*gate)[GATE_NAME] = calloc((size_t)count + 1, sizeof *gate);
    double *value = calloc((size_t)count + 1, sizeof *value);
    hid_t group = h5file_group(&file->h5, "events");
    if (text == NULL || value == NULL || gate == NULL)
        file->h5.failed = true;
    const struct h5shape shape = {1, {DIMENSION_EVENT}, {0}};
    for (int column = -1; column < 4 && count > 0 && !file->h5.failed; column++) {
        int i = 0;
        for (int v = 0; v < results->variant_count; v++)
            for (int e = 0; e < results->run[v]->event_count; e++, i++) {
                const struct rule_event *event = &results->run[v]->event[e];
                text[i] = operation_rule_name(event->rule);
                text[count + i] = results->variant[v].name;
                text[2 * count + i] = event->gate_i < 0
                                          ? ""
                                          : reservoir_gate_name(results->plan->reservoir,
                                                                event->gate_i, gate[i], GATE_NAME);
                value[i] = column == 0   ? event->start_s
                           : column == 1 ? event->end_s
                           : column == 2 ? event->size
                                         : event->volume_m3;
            }
        if (column < 0) {
            h5file_bare_dimension(&file->h5, "event", DIMENSION_EVENT, (hsize_t)count);
            put_names(file, group, "rule", "rule broken", DIMENSION_EVENT, count, text);
            put_names(file, group, "of", "way of operating", DIMENSION_EVENT, count, text + count);
            put_names(file, group, "gate", "gate that cannot give what was asked", DIMENSION_EVENT,
                      count, text + 2 * count);
            continue;
        }
        hid_t variable = begin_variable(file, group, names[column], meanings[column], units[column],
                                        NULL, &shape);
        h5file_write(&file->h5, variable, H5T_NATIVE_DOUBLE, value);
        close_variable(variable);
    }
    if (group >= 0)
        H5Gclose(group);
    free(text);
    free(value);
    free(gate);
}

/* ---- ensembles ------------------------------------------------------------------------------- */

static void
put_members(struct operation_file *file)
{
    const struct operation_ensemble *ensemble = file->results->ensemble;
    size_t steps = (size_t)ensemble->step_count;
    size_t runs = (size_t)ensemble->variant_count * (size_t)ensemble->member_count;
    const struct h5shape shape = {
        3,
        {DIMENSION_SCENARIO_AXIS, DIMENSION_MEMBER, DIMENSION_TIME_AXIS},
        {1, shorter((hsize_t)ensemble->member_count, 64), shorter(steps, CHUNK_STEPS)}};
    float *level = calloc(runs * steps + 1, sizeof *level);
    if (level == NULL) {
        file->h5.failed = true;
        return;
    }
    for (size_t r = 0; r < runs; r++)
        memcpy(level + r * steps, ensemble->level_m + r * (steps + 1) + 1, steps * sizeof *level);
    for (int what = 0; what < 2; what++) {
        hid_t variable = h5file_variable(&file->h5, file->h5.file, what == 0 ? "level" : "release",
                                         H5T_NATIVE_FLOAT, &shape, NULL);
        h5file_text_attribute(&file->h5, variable, "long_name",
                              what == 0 ? "level of the lake at the end of the step"
                                        : "flow below the dam");
        h5file_text_attribute(&file->h5, variable, "units", what == 0 ? "m" : "m3 s-1");
        h5file_text_attribute(&file->h5, variable, "cell_methods",
                              what == 0 ? "time: point" : "time: mean");
        h5file_write(&file->h5, variable, H5T_NATIVE_FLOAT,
                     what == 0 ? level : ensemble->release_m3s);
        close_variable(variable);
    }
    free(level);
}

/* ---- the file -------------------------------------------------------------------------------- */

static void
put_all(struct operation_file *file)
{
    const struct operation_results *results = file->results;
    const struct operation_plan *plan = results->plan;
    struct h5file *h5 = &file->h5;
    h5->length[DIMENSION_SCENARIO_AXIS] = (hsize_t)results->variant_count;
    h5->length[DIMENSION_GATE] = (hsize_t)plan->gate_count;
    h5->length[DIMENSION_MEMBER] = (hsize_t)plan->request.inflow->member_count;
    h5file_text_attribute(h5, h5->file, "Conventions", "CF-1.10");
    h5file_text_attribute(h5, h5->file, "title", "Operation of a dam");
    h5file_text_attribute(h5, h5->file, "source", results->version);
    h5file_text_attribute(h5, h5->file, "reservoir",
                          plan->request.basin->node[plan->reservoir->node_i].id);
    h5file_text_attribute(h5, h5->file, "inflow", results->inflow_text);
    h5file_text_attribute(h5, h5->file, "command", results->command);
    put_time(file);
    if (!put_coordinates(file))
        h5->failed = true;
    if (results->ensemble != NULL) {
        put_members(file);
    } else {
#define RUN(member) offsetof(struct operation_run, member)
        put_series(file, "level", "level of the lake at the end of the step", "m", true,
                   RUN(level_m));
        put_series(file, "storage", "water in the lake at the end of the step", "m3", true,
                   RUN(storage_m3));
        put_series(file, "tailwater", "level below the dam at the end of the step", "m", true,
                   RUN(tailwater_m));
        put_series(file, "inflow", "inflow to the lake", "m3 s-1", false, RUN(inflow_m3s));
        put_series(file, "release", "flow below the dam", "m3 s-1", false, RUN(release_m3s));
#undef RUN
        put_supply(file);
        put_gates(file);
        put_events(file);
    }
    hid_t group = h5file_group(h5, "indicators");
    put_summary(file, group);
    if (results->ensemble == NULL)
        put_losses(file, group);
    if (group >= 0)
        H5Gclose(group);
    put_provenance(file);
}

enum status
operation_write_hdf5(const char *path, const struct operation_results *results, struct error *err)
{
    const struct operation_plan *plan = results->plan;
    struct operation_file file = {.results = results};
    size_t steps = (size_t)plan->request.step_count + 1;
    size_t members = (size_t)plan->request.inflow->member_count;
    size_t most = (size_t)results->variant_count *
                  (((size_t)plan->gate_count + (size_t)plan->draw_count + 2) * steps + members);
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.part%ld", path, (long)getpid());
    file.room = calloc(most, sizeof *file.room);
    if (file.room == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for file '%s'", path);
    h5file_create(&file.h5, temporary);
    put_all(&file);
    h5file_close(&file.h5);
    free(file.room);
    if (!file.h5.failed && rename(temporary, path) == 0)
        return STATUS_OK;
    remove(temporary);
    return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
}
