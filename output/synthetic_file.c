/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/synthetic_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double seconds_per_day = 86400.0;

enum { CHUNK_STEPS_MAX = 8192 };

/* How it was made, in one line. */
static const char *
describe(const struct synthetic_request *request, char *text, size_t size)
{
    const struct monsoon_change *change = &request->change;
    int used = snprintf(text, size, "method %s, seed %llu", flow_method_name(request->method),
                        (unsigned long long)request->seed);
    if (memcmp(change, &monsoon_unchanged, sizeof *change) != 0 && used > 0)
        snprintf(text + used, size - (size_t)used,
                 ", log-mean x %g, amplitudes x %g and %g, phases %+g and %+g days, log-sd x %g",
                 change->log_mean, change->amplitude[0], change->amplitude[1],
                 change->phase_days[0], change->phase_days[1], change->log_sd);
    return text;
}

/* ---- HDF5 -------------------------------------------------------------------------------------
 */

static void
put_time(struct synthetic_file *file, double *value)
{
    const struct h5shape shape = {1, {DIMENSION_TIME_AXIS}, {0}};
    struct h5file *h5 = &file->h5;
    for (int t = 0; t < file->made->step_count; t++)
        value[t] = (double)file->made->start_s[t] / seconds_per_day;
    h5->length[DIMENSION_TIME_AXIS] = (hsize_t)file->made->step_count;
    hid_t variable = h5file_variable(h5, h5->file, "time", H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_set_scale(h5, variable, "time", DIMENSION_TIME_AXIS);
    h5file_text_attribute(h5, variable, "standard_name", "time");
    h5file_text_attribute(h5, variable, "long_name", "start of the step, of a made-up calendar");
    h5file_text_attribute(h5, variable, "units", "days since 1970-01-01");
    h5file_text_attribute(h5, variable, "calendar", "proleptic_gregorian");
    h5file_text_attribute(h5, variable, "axis", "T");
    h5file_write(h5, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
}

static void
put_members(struct synthetic_file *file, double *value)
{
    const struct h5shape shape = {1, {DIMENSION_SCENARIO_AXIS}, {0}};
    struct h5file *h5 = &file->h5;
    for (int i = 0; i < file->request->member_count; i++)
        value[i] = i;
    h5->length[DIMENSION_SCENARIO_AXIS] = (hsize_t)file->request->member_count;
    hid_t variable = h5file_variable(h5, h5->file, "member", H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_set_scale(h5, variable, "member", DIMENSION_SCENARIO_AXIS);
    h5file_text_attribute(h5, variable, "long_name", "number of the realisation");
    h5file_write(h5, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
}

static void
put_sites(struct synthetic_file *file)
{
    struct h5file *h5 = &file->h5;
    hid_t names = h5file_strings(h5, h5->file, "site", DIMENSION_NODE,
                                 (hsize_t)file->source->site_count, file->source->name);
    h5file_set_scale(h5, names, "site", DIMENSION_NODE);
    h5file_text_attribute(h5, names, "long_name", "column of the record");
    if (names >= 0)
        H5Dclose(names);
}

static enum status
begin_hdf5(struct synthetic_file *file, struct error *err)
{
    struct h5file *h5 = &file->h5;
    char text[256];
    int members = file->request->member_count;
    size_t most = (size_t)(file->made->step_count > members ? file->made->step_count : members);
    double *value = malloc(most * sizeof *value);
    if (value == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for file '%s'", file->path);
    h5file_create(h5, file->temporary_path);
    h5file_text_attribute(h5, h5->file, "Conventions", "CF-1.10");
    h5file_text_attribute(h5, h5->file, "title", "Synthetic flows");
    h5file_text_attribute(h5, h5->file, "source", file->label->version);
    h5file_text_attribute(h5, h5->file, "method", describe(file->request, text, sizeof text));
    h5file_text_attribute(h5, h5->file, "input", file->label->input);
    h5file_text_attribute(h5, h5->file, "command", file->label->command);
    put_time(file, value);
    put_members(file, value);
    put_sites(file);
    hsize_t steps = (hsize_t)file->made->step_count;
    const struct h5shape shape = {
        3,
        {DIMENSION_SCENARIO_AXIS, DIMENSION_TIME_AXIS, DIMENSION_NODE},
        {1, steps < CHUNK_STEPS_MAX ? steps : CHUNK_STEPS_MAX, (hsize_t)file->source->site_count}};
    file->flow = h5file_variable(h5, h5->file, "flow", H5T_NATIVE_FLOAT, &shape, NULL);
    h5file_text_attribute(h5, file->flow, "long_name", "generated flow");
    h5file_text_attribute(h5, file->flow, "units", "m3 s-1");
    h5file_text_attribute(h5, file->flow, "cell_methods", "time: mean");
    free(value);
    return STATUS_OK;
}

/* All steps and sites of one member. */
static void
write_slab(struct synthetic_file *file, int member_i, const float *flow_m3s)
{
    const hsize_t start[3] = {(hsize_t)member_i, 0, 0};
    const hsize_t count[3] = {1, (hsize_t)file->made->step_count,
                              (hsize_t)file->source->site_count};
    if (file->h5.failed)
        return;
    hid_t space = H5Dget_space(file->flow), memory = H5Screate_simple(3, count, NULL);
    if (space < 0 || memory < 0 ||
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dwrite(file->flow, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, flow_m3s) < 0)
        file->h5.failed = true;
    if (space >= 0)
        H5Sclose(space);
    if (memory >= 0)
        H5Sclose(memory);
}

/* ---- CSV --------------------------------------------------------------------------------------
 */

/* A name that may need quotes. */
static void
write_name(FILE *out, const char *name)
{
    bool quoted = strpbrk(name, ",\"\n") != NULL;
    fputs(quoted ? ",\"" : ",", out);
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == '"')
            fputc('"', out);
        fputc(*at, out);
    }
    if (quoted)
        fputc('"', out);
}

static void
begin_csv(struct synthetic_file *file)
{
    char text[256];
    FILE *out = file->text.out;
    fprintf(out, "# synthetic flows, m3/s, from %s, by %s\n# command: %s\n# %s\nmember,date",
            file->label->input, file->label->version, file->label->command,
            describe(file->request, text, sizeof text));
    for (int s = 0; s < file->source->site_count; s++)
        write_name(out, file->source->name[s]);
    fputc('\n', out);
}

static void
write_member(struct synthetic_file *file, int member_i, const float *flow_m3s)
{
    FILE *out = file->text.out;
    int sites = file->source->site_count;
    for (int t = 0; t < file->made->step_count; t++) {
        char date[32];
        date_format(date_from_seconds(file->made->start_s[t]), false, date, sizeof date);
        if (!file->request->daily)
            date[7] = '\0';
        fprintf(out, "%d,%s", member_i, date);
        for (int s = 0; s < sites; s++)
            fprintf(out, ",%.6g", (double)flow_m3s[(long)t * sites + s]);
        fputc('\n', out);
    }
}

/* ---- the file ---------------------------------------------------------------------------------
 */

enum status
synthetic_file_open(struct synthetic_file *file, const char *path,
                    const struct synthetic_flow *made, const struct synthetic_source *source,
                    const struct synthetic_request *request, const struct synthetic_label *label,
                    struct error *err)
{
    *file = (struct synthetic_file){
        .made = made, .source = source, .request = request, .label = label, .flow = -1};
    file->is_hdf5 = path != NULL && is_hdf5_name(path);
    if (!file->is_hdf5)
        return text_file_open(&file->text, path, err);
    size_t size = strlen(path) + 32;
    file->path = strdup(path);
    file->temporary_path = malloc(size);
    if (file->path == NULL || file->temporary_path == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for file '%s'", path);
    snprintf(file->temporary_path, size, "%s.part%ld", path, (long)getpid());
    return STATUS_OK;
}

enum status
synthetic_file_add(void *context, int member_i, const float *flow_m3s, struct error *err)
{
    struct synthetic_file *file = context;
    enum status status = STATUS_OK;
    if (!file->begun && file->is_hdf5)
        status = begin_hdf5(file, err);
    else if (!file->begun)
        begin_csv(file);
    file->begun = true;
    if (status != STATUS_OK)
        return status;
    if (!file->is_hdf5) {
        write_member(file, member_i, flow_m3s);
        return STATUS_OK;
    }
    write_slab(file, member_i, flow_m3s);
    return file->h5.failed ? error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", file->path)
                           : STATUS_OK;
}

enum status
synthetic_file_close(struct synthetic_file *file, bool good, struct error *err)
{
    enum status status = STATUS_OK;
    if (!file->is_hdf5)
        return text_file_close(&file->text, good, err);
    if (file->flow >= 0)
        H5Dclose(file->flow);
    if (file->begun) {
        h5file_close(&file->h5);
        if (good && (file->h5.failed || rename(file->temporary_path, file->path) != 0))
            status = error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", file->path);
        if (!good || status != STATUS_OK)
            remove(file->temporary_path);
    }
    free(file->path);
    free(file->temporary_path);
    return status;
}
