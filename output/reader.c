/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/reader.h"

#include "output/h5file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static hid_t
open_variable(struct reader *reader, const char *name)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return H5Dopen2(reader->file, name, H5P_DEFAULT);
}

static hssize_t
value_count(hid_t variable)
{
    hid_t space = H5Dget_space(variable);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    return count;
}

char *
reader_attribute(struct reader *reader, const char *object, const char *name)
{
    char *text = NULL;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t attribute = H5Aopen_by_name(reader->file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0)
        return NULL;
    hid_t type = H5Aget_type(attribute);
    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0) {
        text = calloc(H5Tget_size(type) + 1, 1);
        if (text != NULL && H5Aread(attribute, type, text) < 0) {
            free(text);
            text = NULL;
        }
    }
    H5Tclose(type);
    H5Aclose(attribute);
    return text;
}

char **
reader_texts(struct reader *reader, const char *name, int *count)
{
    char **text = NULL;
    *count = 0;
    hid_t variable = open_variable(reader, name);
    if (variable < 0)
        return NULL;
    hssize_t length = value_count(variable);
    hid_t type = H5Dget_type(variable);
    if (length > 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0) {
        text = calloc((size_t)length, sizeof *text);
        if (text != NULL && H5Dread(variable, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0)
            *count = (int)length;
    }
    if (*count == 0) {
        free(text);
        text = NULL;
    }
    H5Tclose(type);
    H5Dclose(variable);
    return text;
}

void
texts_free(char **text, int count)
{
    for (int i = 0; i < count; i++)
        H5free_memory(text[i]);
    free(text);
}

double *
reader_numbers(struct reader *reader, const char *name, int *count)
{
    double *value = NULL;
    *count = 0;
    hid_t variable = open_variable(reader, name);
    if (variable < 0)
        return NULL;
    hssize_t length = value_count(variable);
    if (length > 0)
        value = calloc((size_t)length, sizeof *value);
    if (value != NULL &&
        H5Dread(variable, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0) {
        *count = (int)length;
    } else {
        free(value);
        value = NULL;
    }
    H5Dclose(variable);
    return value;
}

bool
reader_keeps(struct reader *reader, const char *name, int element_i)
{
    if (H5Lexists(reader->file, name, H5P_DEFAULT) <= 0)
        return false;
    char *kept = reader_attribute(reader, name, KEPT_ATTRIBUTE), *rest = kept;
    if (kept == NULL)
        return true;
    int count = 0;
    char *ids = element_i >= 0 ? reader_element_ids(reader, name) : NULL;
    char **id = ids != NULL ? reader_texts(reader, ids, &count) : NULL;
    bool found = false;
    for (const char *one;
         element_i >= 0 && element_i < count && !found && (one = strsep(&rest, " ")) != NULL;)
        found = strcmp(one, id[element_i]) == 0;
    texts_free(id, count);
    free(ids);
    free(kept);
    return found;
}

double *
reader_series(struct reader *reader, const char *name, int scenario_s, int element_i)
{
    hid_t variable = reader_keeps(reader, name, element_i) ? open_variable(reader, name) : -1;
    if (variable < 0)
        return NULL;
    hid_t space = H5Dget_space(variable);
    hsize_t extent[3] = {0}, start[3] = {(hsize_t)scenario_s, 0, (hsize_t)element_i};
    hsize_t length[3] = {1, (hsize_t)reader->step_count, 1}, count = length[1];
    double *value = NULL;
    if (H5Sget_simple_extent_ndims(space) == 3 &&
        H5Sget_simple_extent_dims(space, extent, NULL) == 3 && extent[1] == count &&
        start[0] < extent[0] && start[2] < extent[2]) {
        hid_t memory = H5Screate_simple(3, length, NULL); /* of the rank of the file: faster */
        value = calloc((size_t)count, sizeof *value);
        if (value == NULL ||
            H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, length, NULL) < 0 ||
            H5Dread(variable, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, value) < 0) {
            free(value);
            value = NULL;
        }
        H5Sclose(memory);
    }
    H5Sclose(space);
    H5Dclose(variable);
    return value;
}

double *
reader_step(struct reader *reader, const char *name, int scenario_s, int step_t, int *count)
{
    *count = 0;
    hid_t variable = reader_keeps(reader, name, -1) ? open_variable(reader, name) : -1;
    if (variable < 0)
        return NULL;
    hid_t space = H5Dget_space(variable);
    hsize_t extent[3] = {0}, start[3] = {(hsize_t)scenario_s, (hsize_t)step_t, 0};
    double *value = NULL;
    if (H5Sget_simple_extent_ndims(space) == 3 &&
        H5Sget_simple_extent_dims(space, extent, NULL) == 3 && start[0] < extent[0] &&
        start[1] < extent[1]) {
        hsize_t length[3] = {1, 1, extent[2]};
        hid_t memory = H5Screate_simple(1, &extent[2], NULL);
        value = calloc((size_t)extent[2] + 1, sizeof *value);
        if (value == NULL ||
            H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, length, NULL) < 0 ||
            H5Dread(variable, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, value) < 0) {
            free(value);
            value = NULL;
        }
        *count = value != NULL ? (int)extent[2] : 0;
        H5Sclose(memory);
    }
    H5Sclose(space);
    H5Dclose(variable);
    return value;
}

bool
reader_block(struct reader *reader, const char *name, int scenario_s, int first_t, int step_count,
             int element_count, double *value)
{
    hid_t variable = reader_keeps(reader, name, -1) ? open_variable(reader, name) : -1;
    if (variable < 0)
        return false;
    hid_t space = H5Dget_space(variable);
    hsize_t extent[3] = {0}, start[3] = {(hsize_t)scenario_s, (hsize_t)first_t, 0};
    hsize_t length[3] = {1, (hsize_t)step_count, (hsize_t)element_count};
    bool good = H5Sget_simple_extent_ndims(space) == 3 &&
                H5Sget_simple_extent_dims(space, extent, NULL) == 3 && start[0] < extent[0] &&
                start[1] + length[1] <= extent[1] && length[2] == extent[2];
    if (good) {
        hid_t memory = H5Screate_simple(3, length, NULL);
        good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, length, NULL) >= 0 &&
               H5Dread(variable, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, value) >= 0;
        H5Sclose(memory);
    }
    H5Sclose(space);
    H5Dclose(variable);
    return good;
}

/* The first of a variable's coordinates after the realisation is called after what it counts. */
char *
reader_element_ids(struct reader *reader, const char *series)
{
    static const char before[] = "realisation ";
    char *coordinates = reader_attribute(reader, series, "coordinates");
    char *ids = NULL;
    if (coordinates != NULL && strncmp(coordinates, before, sizeof before - 1) == 0) {
        char *name = coordinates + sizeof before - 1;
        name[strcspn(name, "_")] = '\0';
        ids = strdup(name);
    }
    free(coordinates);
    return ids;
}

const char *
reader_date(const struct reader *reader, double time, char *buffer, size_t size)
{
    if (!isfinite(time)) {
        snprintf(buffer, size, "-");
        return buffer;
    }
    struct date date = date_from_seconds((int64_t)llround(time * reader->time_unit_s));
    return date_format(date, reader->time_unit_s < 86400.0, buffer, size);
}

/* Starts of the steps and the end of the last. */
static bool
read_time(struct reader *reader, const char *name)
{
    int count;
    char bounds_name[64];
    snprintf(bounds_name, sizeof bounds_name, "%s_bnds", name);
    double *bounds = reader_numbers(reader, bounds_name, &count);
    char *units = reader_attribute(reader, name, "units");
    bool good = bounds != NULL && units != NULL && count >= 2 && count % 2 == 0;
    if (good) {
        reader->step_count = count / 2;
        reader->time_unit_s = strncmp(units, "hours", 5) == 0 ? 3600.0 : 86400.0;
        free(reader->time);
        reader->time = calloc((size_t)reader->step_count + 1, sizeof *reader->time);
        good = reader->time != NULL;
    }
    for (int t = 0; t < reader->step_count && good; t++) {
        reader->time[t] = bounds[2 * t];
        reader->time[t + 1] = bounds[2 * t + 1];
    }
    free(bounds);
    free(units);
    return good;
}

enum status
reader_take_time(struct reader *reader, const char *series, struct error *err)
{
    char *methods = reader_attribute(reader, series, "cell_methods");
    bool good = methods != NULL;
    if (good) {
        methods[strcspn(methods, ":")] = '\0'; /* "month: mean" */
        good = read_time(reader, methods);
    }
    free(methods);
    return good ? STATUS_OK
                : error_set(err, STATUS_INPUT, "'%s' is damaged: the times of %s are missing",
                            reader->path, series);
}

/* Whether the file is a results file of a format that is known here. */
static enum status
check_format(struct reader *reader, struct error *err)
{
    static const size_t name_length = sizeof RESULTS_FORMAT_NAME - 1;
    if (reader->source == NULL || strncmp(reader->source, "nguon ", 6) != 0)
        return error_set(err, STATUS_INPUT, "'%s' holds no results of nguon", reader->path);
    enum status status = STATUS_OK;
    char *format = reader_attribute(reader, ".", "format");
    if (format == NULL) /* before formats were numbered */
        return STATUS_OK;
    if (strncmp(format, RESULTS_FORMAT_NAME, name_length) != 0)
        status = error_set(err, STATUS_INPUT, "'%s' holds no results of a run but '%s'",
                           reader->path, format);
    else if (strtol(format + name_length, NULL, 10) > RESULTS_FORMAT_MAJOR)
        status = error_set(err, STATUS_INPUT,
                           "'%s' is of the newer format '%s' (written by %s); this nguon reads up "
                           "to %d.x",
                           reader->path, format, reader->source, RESULTS_FORMAT_MAJOR);
    free(format);
    return status;
}

enum status
reader_open(struct reader *reader, const char *path, struct error *err)
{
    *reader = (struct reader){.file = -1, .path = path};
    h5file_prepare();
    if (access(path, R_OK) != 0)
        return error_set(err, STATUS_FILE, "cannot read '%s': %s", path, strerror(errno));
    reader->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (reader->file < 0)
        return error_set(err, STATUS_INPUT,
                         "cannot read '%s': it is not an HDF5 file, or not a whole one", path);
    reader->source = reader_attribute(reader, ".", "source");
    reader->title = reader_attribute(reader, ".", "title");
    reader->step = reader_attribute(reader, ".", "step");
    enum status status = check_format(reader, err);
    if (status != STATUS_OK) {
        reader_close(reader);
        return status;
    }
    reader->scenario = reader_texts(reader, "scenario", &reader->scenario_count);
    if (reader->scenario == NULL || reader->title == NULL || reader->step == NULL ||
        !read_time(reader, "time")) {
        reader_close(reader);
        return error_set(err, STATUS_INPUT, "'%s' is damaged: scenarios or times are missing",
                         path);
    }
    return STATUS_OK;
}

void
reader_close(struct reader *reader)
{
    free(reader->title);
    free(reader->source);
    free(reader->step);
    free(reader->time);
    texts_free(reader->scenario, reader->scenario_count);
    if (reader->file >= 0)
        H5Fclose(reader->file);
    *reader = (struct reader){.file = -1};
}

/* ---- the basin of the results ------------------------------------------------------------------
 */

/* The texts of the files, cut out of the one that holds them all; freed by the caller. */
static char **
cut_texts(struct reader *reader, int file_count)
{
    int text_count, start_count, length_count;
    char **whole = reader_texts(reader, "provenance/basin_text", &text_count);
    double *start = reader_numbers(reader, "provenance/basin_file_start", &start_count);
    double *length = reader_numbers(reader, "provenance/basin_file_length", &length_count);
    char **text = calloc((size_t)file_count + 1, sizeof *text);
    bool good = whole != NULL && text_count == 1 && text != NULL && start != NULL &&
                length != NULL && start_count == file_count && length_count == file_count;
    double size = good ? (double)strlen(whole[0]) : 0.0;
    for (int i = 0; i < file_count && good; i++) {
        good = start[i] >= 0.0 && length[i] >= 0.0 && start[i] + length[i] <= size;
        if (good)
            text[i] = strndup(whole[0] + (size_t)start[i], (size_t)length[i]);
        good = good && text[i] != NULL;
    }
    for (int i = 0; i < file_count && !good && text != NULL; i++)
        free(text[i]);
    if (!good) {
        free(text);
        text = NULL;
    }
    texts_free(whole, text_count);
    free(start);
    free(length);
    return text;
}

static enum status
load_texts(struct reader *reader, const struct basin_text *text, struct basin **out,
           struct error *err)
{
    struct diagnostics diagnostics;
    char line[1024] = "";
    diagnostics_init(&diagnostics);
    enum status status = basin_load_text(text, out, &diagnostics);
    for (int i = 0; i < diagnostics.count && status == STATUS_INPUT && line[0] == '\0'; i++)
        if (!diagnostics.item[i].is_warning)
            diagnostic_format(&diagnostics.item[i], line, sizeof line);
    diagnostics_finish(&diagnostics);
    if (status == STATUS_MEMORY)
        return error_set(err, status, "out of memory for the basin");
    if (status != STATUS_OK)
        return error_set(err, STATUS_INPUT,
                         "the basin kept in '%s' (made by %s) cannot be read any more: %s",
                         reader->path, reader->source, line);
    return STATUS_OK;
}

enum status
reader_basin(struct reader *reader, struct basin **out, struct error *err)
{
    int file_count, set_count;
    char **name = reader_texts(reader, "provenance/basin_file", &file_count);
    char **set = reader_texts(reader, "provenance/set", &set_count);
    char *scenario_file = reader_attribute(reader, "provenance", "scenario_file");
    char **text = name != NULL ? cut_texts(reader, file_count) : NULL;
    enum status status;
    if (text == NULL) {
        status =
            error_set(err, STATUS_INPUT, "'%s' does not hold the text of its basin", reader->path);
    } else {
        struct basin_text given = {.file_count = file_count,
                                   .name = (const char *const *)name,
                                   .text = (const char *const *)text,
                                   .has_scenario_file = scenario_file != NULL &&
                                                        strcmp(scenario_file, "the last") == 0,
                                   .set_count = set_count,
                                   .set = (const char *const *)set};
        status = load_texts(reader, &given, out, err);
    }
    for (int i = 0; i < file_count && text != NULL; i++)
        free(text[i]);
    free(text);
    texts_free(name, file_count);
    texts_free(set, set_count);
    free(scenario_file);
    return status;
}
