/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/catchment_hdf5.h"

#include "output/h5file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_STEPS = 4096 };

/* One variable over time; value[t] = from[t * stride] * factor. */
static void
put_series(struct h5file *file, const struct catchment_result *result, const char *name,
           const char *long_name, const char *units, const char *cell_methods, const double *from,
           long stride, double *value)
{
    hsize_t count = (hsize_t)result->count;
    const struct h5shape shape = {
        1, {DIMENSION_TIME_AXIS}, {count < CHUNK_STEPS ? count : CHUNK_STEPS}};
    for (long t = 0; t < result->count; t++)
        value[t] = from[t * stride];
    hid_t variable = h5file_variable(file, file->file, name, H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_text_attribute(file, variable, "long_name", long_name);
    h5file_text_attribute(file, variable, "units", units);
    h5file_text_attribute(file, variable, "cell_methods", cell_methods);
    h5file_write(file, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
}

static void
put_time(struct h5file *file, const struct catchment_result *result, double *value)
{
    const struct h5shape shape = {1, {DIMENSION_TIME_AXIS}, {0}};
    const struct h5shape bounds = {2, {DIMENSION_TIME_AXIS, DIMENSION_BOUNDS}, {0}};
    bool hours = result->model->step == STEP_HOURLY;
    double unit_s = hours ? 3600.0 : 86400.0;
    for (int t = 0; t < result->count; t++)
        value[t] = (double)result->start_s[t] / unit_s;
    file->length[DIMENSION_TIME_AXIS] = (hsize_t)result->count;
    hid_t variable = h5file_variable(file, file->file, "time", H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_set_scale(file, variable, "time", DIMENSION_TIME_AXIS);
    h5file_text_attribute(file, variable, "standard_name", "time");
    h5file_text_attribute(file, variable, "long_name", "start of the step");
    h5file_text_attribute(file, variable, "units",
                          hours ? "hours since 1970-01-01" : "days since 1970-01-01");
    h5file_text_attribute(file, variable, "calendar", "proleptic_gregorian");
    h5file_text_attribute(file, variable, "axis", "T");
    h5file_text_attribute(file, variable, "bounds", "time_bnds");
    h5file_write(file, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
    h5file_bare_dimension(file, "bnds", DIMENSION_BOUNDS, 2);
    for (int t = 0; t < result->count; t++) {
        value[2 * t] = (double)result->start_s[t] / unit_s;
        value[2 * t + 1] = (double)result->start_s[t + 1] / unit_s;
    }
    variable = h5file_variable(file, file->file, "time_bnds", H5T_NATIVE_DOUBLE, &bounds, NULL);
    h5file_write(file, variable, H5T_NATIVE_DOUBLE, value);
    if (variable >= 0)
        H5Dclose(variable);
}

static void
put_flow(struct h5file *file, const struct catchment_result *result, double *value, double *flow)
{
    put_series(file, result, "Q_mm", "flow at the outlet, depth over the catchment in the step",
               "mm", "time: sum", result->flow_mm, 1, value);
    if (isnan(result->area_m2))
        return;
    for (int t = 0; t < result->count; t++)
        flow[t] = result->flow_mm[t] * 1e-3 * result->area_m2 /
                  (double)(result->start_s[t + 1] - result->start_s[t]);
    put_series(file, result, "Q_m3s", "flow at the outlet", "m3 s-1", "time: mean", flow, 1, value);
}

static void
put_columns(struct h5file *file, const struct catchment_result *result, double *value)
{
    const struct catchment_model *model = result->model;
    put_series(file, result, "P_mm", "rain", "mm", "time: sum", result->rain_mm, 1, value);
    put_series(file, result, "PE_mm", "potential evapotranspiration", "mm", "time: sum",
               result->pet_mm, 1, value);
    for (int i = 0; i < model->shown_count; i++) {
        const struct catchment_column *column = &model->column[i];
        bool has_unit = strcmp(column->unit, "1") != 0;
        char name[64];
        snprintf(name, sizeof name, has_unit ? "%s_mm" : "%s", column->name);
        put_series(file, result, name, column->meaning, has_unit ? "mm" : "1",
                   column->role == COLUMN_STORE || !has_unit ? "time: point" : "time: sum",
                   result->column + column->place, model->column_count, value);
    }
}

static void
put_attributes(struct h5file *file, const struct catchment_result *result)
{
    char text[512] = "";
    size_t used = 0;
    const struct catchment_model *model = result->model;
    for (int i = 0; i < model->parameter_count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s=%.17g", i > 0 ? " " : "",
                                 model->parameter[i].name, result->parameter[i]);
    h5file_text_attribute(file, file->file, "Conventions", "CF-1.10");
    h5file_text_attribute(file, file->file, "title", model->title);
    h5file_text_attribute(file, file->file, "source", result->version);
    h5file_text_attribute(file, file->file, "references", model->source);
    h5file_text_attribute(file, file->file, "model", model->name);
    h5file_text_attribute(file, file->file, "parameters", text);
    h5file_text_attribute(file, file->file, "input", result->input);
    h5file_text_attribute(file, file->file, "command", result->command);
}

enum status
catchment_hdf5_write(const char *path, const struct catchment_result *result, struct error *err)
{
    struct h5file file;
    size_t size = strlen(path) + 32;
    char *temporary_path = malloc(size);
    double *value = malloc(2 * (size_t)result->count * sizeof(double));
    double *flow = malloc((size_t)result->count * sizeof(double));
    enum status status = STATUS_OK;
    if (temporary_path == NULL || value == NULL || flow == NULL) {
        status = error_set(err, STATUS_MEMORY, "out of memory for file '%s'", path);
    } else {
        snprintf(temporary_path, size, "%s.part%ld", path, (long)getpid());
        h5file_create(&file, temporary_path);
        put_attributes(&file, result);
        put_time(&file, result, value);
        put_flow(&file, result, value, flow);
        if (result->column != NULL)
            put_columns(&file, result, value);
        h5file_close(&file);
        if (file.failed || rename(temporary_path, path) != 0) {
            remove(temporary_path);
            status = error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
        }
    }
    free(temporary_path);
    free(value);
    free(flow);
    return status;
}
