/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/writer_private.h"

#include "model/release_schedule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Steps inside flood windows. They are as many as the floods of a scenario, so they stand one after
 * the other in one dimension, each with its scenario, reservoir and time: the indexed ragged array
 * of the CF conventions.
 */

enum { CHUNK_ROWS = 4096 };

static const float missing = NAN;

/* Variables made from one column of the rows. */
static const struct {
    const char *name;
    enum substep_column column;
    const char *units, *cell_methods, *long_name;
} plain[] = {
    {"level", SUBSTEP_LEVEL, "m", "time: point", "water level at the end of the step"},
    {"inflow", SUBSTEP_INFLOW, "m3 s-1", "time: mean",
     "water entering the reservoir, with rain on it"},
    {"release", SUBSTEP_RELEASE, "m3 s-1", "time: mean", "release by gates and over the dam"},
    {"overtopping", SUBSTEP_OVERTOPPING, "m3 s-1", "time: mean", "flow over the dam"},
    {"drawn", SUBSTEP_DRAWN, "m3 s-1", "time: mean", "water drawn by other links"},
};
enum { PLAIN_COUNT = sizeof plain / sizeof *plain };

/* The group while it is written. */
struct substep_group {
    struct writer *writer;
    hid_t group;
    hid_t time, scenario, reservoir, plain[PLAIN_COUNT], flow, opening;
    hsize_t total, written;
};

/* ---- layout ----------------------------------------------------------------------------------
 */

static hid_t
variable(struct substep_group *group, const char *name, hid_t type, int rank, const char *units,
         const char *long_name)
{
    struct h5file *file = &group->writer->file;
    const bool is_float = H5Tequal(type, H5T_NATIVE_FLOAT) > 0;
    hsize_t chunk = group->total < CHUNK_ROWS ? group->total : CHUNK_ROWS;
    const struct h5shape shape = {rank, {DIMENSION_SUBSTEP, DIMENSION_GATE}, {chunk, 1}};
    hid_t made =
        h5file_variable(file, group->group, name, type, &shape, is_float ? &missing : NULL);
    h5file_text_attribute(file, made, "long_name", long_name);
    if (units[0] != '\0')
        h5file_text_attribute(file, made, "units", units);
    if (is_float)
        h5file_text_attribute(file, made, "coordinates", "time scenario_index reservoir_index");
    return made;
}

/* "yen_lap.spillway.1" of every gate of the lakes with windows. */
static void
name_gates(struct substep_group *group)
{
    struct h5file *file = &group->writer->file;
    const struct basin *basin = group->writer->info->basin;
    int count = substep_gate_count(basin), gate = 0;
    char **name = calloc((size_t)count, sizeof *name);
    bool good = name != NULL;
    for (int r = 0; r < basin->reservoir_count && good; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        int own = reservoir->flood_window.step_s > 0.0 ? reservoir_gate_count(reservoir) : 0;
        for (int g = 0; g < own && good; g++, gate++) {
            int number, outlet = reservoir_gate_outlet(reservoir, g, &number);
            char text[256];
            snprintf(text, sizeof text, "%s.%s.%d", basin->node[reservoir->node_i].id,
                     reservoir->outlet[outlet].id, number);
            good = (name[gate] = strdup(text)) != NULL;
        }
    }
    if (good) {
        hid_t made = h5file_strings(file, group->group, "gate", DIMENSION_GATE, (hsize_t)count,
                                    (const char *const *)name);
        h5file_text_attribute(file, made, "long_name", "reservoir, outlet and number of the gate");
        h5file_set_scale(file, made, "gate", DIMENSION_GATE);
        if (made >= 0)
            H5Dclose(made);
    }
    file->failed = file->failed || !good;
    for (int g = 0; g < count && name != NULL; g++)
        free(name[g]);
    free(name);
}

static void
lay_out(struct substep_group *group)
{
    struct h5file *file = &group->writer->file;
    h5file_bare_dimension(file, "substep", DIMENSION_SUBSTEP, group->total);
    group->group = h5file_group(file, "substeps");
    name_gates(group);
    group->time = variable(group, "time", H5T_NATIVE_DOUBLE, 1, "hours since 1970-01-01 00:00:00",
                           "start of the step");
    h5file_text_attribute(file, group->time, "calendar", "proleptic_gregorian");
    h5file_text_attribute(file, group->time, "standard_name", "time");
    group->scenario =
        variable(group, "scenario_index", H5T_NATIVE_INT32, 1, "", "place of the scenario, from 0");
    h5file_text_attribute(file, group->scenario, "instance_dimension", "scenario");
    group->reservoir = variable(group, "reservoir_index", H5T_NATIVE_INT32, 1, "",
                                "place of the reservoir, from 0");
    h5file_text_attribute(file, group->reservoir, "instance_dimension", "reservoir");
    for (int i = 0; i < PLAIN_COUNT; i++) {
        group->plain[i] =
            variable(group, plain[i].name, H5T_NATIVE_FLOAT, 1, plain[i].units, plain[i].long_name);
        h5file_text_attribute(file, group->plain[i], "cell_methods", plain[i].cell_methods);
    }
    group->flow =
        variable(group, "gate_flow", H5T_NATIVE_FLOAT, 2, "m3 s-1", "mean flow of the gate");
    h5file_text_attribute(file, group->flow, "cell_methods", "time: mean");
    group->opening = variable(group, "gate_opening", H5T_NATIVE_FLOAT, 2, "",
                              "opening at the end of the step: m, or the share of a valve");
    h5file_text_attribute(file, group->opening, "cell_methods", "time: point");
}

static void
close_group(struct substep_group *group)
{
    const hid_t whole[] = {group->time, group->scenario, group->reservoir, group->flow,
                           group->opening};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (whole[i] > 0)
            H5Dclose(whole[i]);
    for (int i = 0; i < PLAIN_COUNT; i++)
        if (group->plain[i] > 0)
            H5Dclose(group->plain[i]);
    if (group->group > 0)
        H5Gclose(group->group);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

/* The rows of a scenario, [width][count]. */
static bool
write_rows(struct substep_group *group, int scenario_s, const float *row, hsize_t count)
{
    struct h5file *file = &group->writer->file;
    const struct basin *basin = group->writer->info->basin;
    const struct timeaxis *axis = group->writer->info->axis;
    hsize_t start[H5_RANK_MAX] = {group->written};
    const hsize_t size[H5_RANK_MAX] = {count, 1, 1};
    double *hours = calloc(count, sizeof *hours);
    int32_t *place = calloc(2 * count, sizeof *place);
    bool good = hours != NULL && place != NULL;
    for (hsize_t i = 0; i < count && good; i++) {
        int r = (int)row[SUBSTEP_RESERVOIR * count + i], day = (int)row[SUBSTEP_DAY * count + i];
        double at_s = (double)axis->start_s[day] + basin->reservoir[r].flood_window.step_s *
                                                       (double)row[SUBSTEP_NUMBER * count + i];
        hours[i] = at_s / 3600.0;
        place[i] = scenario_s;
        place[count + i] = r;
    }
    if (good) {
        h5file_write_block(file, group->time, H5T_NATIVE_DOUBLE, start, size, hours);
        h5file_write_block(file, group->scenario, H5T_NATIVE_INT32, start, size, place);
        h5file_write_block(file, group->reservoir, H5T_NATIVE_INT32, start, size, place + count);
        for (int i = 0; i < PLAIN_COUNT; i++)
            h5file_write_block(file, group->plain[i], H5T_NATIVE_FLOAT, start, size,
                               row + plain[i].column * count);
        int gates = substep_gate_count(basin);
        for (int g = 0; g < gates; g++) {
            const float *flow = row + (hsize_t)(SUBSTEP_GATES + g) * count;
            start[1] = (hsize_t)g;
            h5file_write_block(file, group->flow, H5T_NATIVE_FLOAT, start, size, flow);
            h5file_write_block(file, group->opening, H5T_NATIVE_FLOAT, start, size,
                               flow + (hsize_t)gates * count);
        }
    }
    free(hours);
    free(place);
    group->written += count;
    return good;
}

enum status
writer_substeps(struct writer *writer, struct error *err)
{
    struct substep_group group = {.writer = writer};
    enum status status = STATUS_OK;
    int scenario_count = writer->info->plan->scenario_count;
    struct encoded *encoded = NULL;
    for (int s = 0; s < scenario_count; s++)
        group.total += writer->substep_count[s];
    if (group.total == 0)
        return STATUS_OK;
    lay_out(&group);
    for (int s = 0; s < scenario_count; s++) {
        if (writer->substep_count[s] == 0)
            continue;
        TRY(writer_read_kept(writer, s, &encoded, err));
        float *row = encoded != NULL ? encoded_substeps(&writer->encoding, encoded) : NULL;
        bool good = row != NULL && write_rows(&group, s, row, writer->substep_count[s]);
        free(row);
        encoded_destroy(encoded);
        encoded = NULL;
        if (!good)
            TRY(error_set(err, STATUS_FILE, "cannot read back the flood windows of scenario '%s'",
                          writer->info->plan->scenario[s].id));
    }
out:
    close_group(&group);
    return status;
}
