/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/catchment_file.h"

#include "model/catchment_series.h"
#include "model/csv.h"
#include "output/catchment_hdf5.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* ---- text files --------------------------------------------------------------------------------
 */

enum status
text_file_open(struct text_file *file, const char *path, struct error *err)
{
    *file = (struct text_file){.out = stdout, .path = path};
    if (path == NULL)
        return STATUS_OK;
    size_t size = strlen(path) + 32;
    file->out = NULL;
    file->temporary_path = malloc(size);
    if (file->temporary_path == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for file '%s'", path);
    snprintf(file->temporary_path, size, "%s.part%ld", path, (long)getpid());
    file->out = fopen(file->temporary_path, "w");
    if (file->out != NULL)
        return STATUS_OK;
    int cause = errno;
    free(file->temporary_path);
    file->temporary_path = NULL;
    return error_set(err, STATUS_FILE_WRITE, "cannot write '%s': %s", path, strerror(cause));
}

enum status
text_file_close(struct text_file *file, bool good, struct error *err)
{
    enum status status = STATUS_OK;
    errno = 0;
    bool wrote = file->out == NULL || (fflush(file->out) == 0 && !ferror(file->out));
    if (file->path == NULL) {
        if (good && !wrote)
            status = error_set(err, STATUS_FILE_WRITE, "cannot write to standard output: %s",
                               strerror(errno));
        return status;
    }
    if (file->out != NULL)
        wrote = fclose(file->out) == 0 && wrote;
    if (file->temporary_path != NULL) {
        if (good && wrote && rename(file->temporary_path, file->path) != 0)
            wrote = false;
        if (good && !wrote)
            status = error_set(err, STATUS_FILE_WRITE, "cannot write '%s': %s", file->path,
                               strerror(errno));
        if (!good || !wrote)
            remove(file->temporary_path);
    }
    free(file->temporary_path);
    *file = (struct text_file){0};
    return status;
}

bool
is_hdf5_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcasecmp(dot, ".h5") == 0 || strcasecmp(dot, ".hdf5") == 0 ||
                           strcasecmp(dot, ".nc") == 0);
}

/* ---- series ------------------------------------------------------------------------------------
 */

static void
write_rows(FILE *out, const struct catchment_result *result)
{
    const struct catchment_model *model = result->model;
    bool has_area = !isnan(result->area_m2);
    fprintf(out, "date,Q_mm%s", has_area ? ",Q_m3s" : "");
    if (result->column != NULL) {
        fputs(",P_mm,PE_mm", out);
        for (int i = 0; i < model->shown_count; i++)
            fprintf(out, strcmp(model->column[i].unit, "1") == 0 ? ",%s" : ",%s_mm",
                    model->column[i].name);
    }
    fputc('\n', out);
    for (int t = 0; t < result->count; t++) {
        char date[32];
        double length_s = (double)(result->start_s[t + 1] - result->start_s[t]);
        fprintf(out, "%s,%.15g", catchment_date(model->step, result->start_s[t], date, sizeof date),
                result->flow_mm[t] + 0.0);
        if (has_area)
            fprintf(out, ",%.15g", result->flow_mm[t] * 1e-3 * result->area_m2 / length_s);
        if (result->column != NULL) {
            const double *column = result->column + (long)t * model->column_count;
            fprintf(out, ",%.15g,%.15g", result->rain_mm[t], result->pet_mm[t]);
            for (int i = 0; i < model->shown_count; i++)
                fprintf(out, ",%.15g", column[model->column[i].place] + 0.0); /* no -0 */
        }
        fputc('\n', out);
    }
}

enum status
catchment_result_write(const char *path, const struct catchment_result *result, struct error *err)
{
    struct text_file file;
    if (path != NULL && is_hdf5_name(path))
        return catchment_hdf5_write(path, result, err);
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    write_rows(file.out, result);
    return text_file_close(&file, true, err);
}

/* ---- rows of names and values ------------------------------------------------------------------
 */

/* Name of a figure of the state: "Prod", or "UH1_3" of a part with several. */
static void
figure_name(const struct catchment_state_part *part, int i, char *name, size_t size)
{
    if (part->count == 1)
        snprintf(name, size, "%s", part->name);
    else
        snprintf(name, size, "%s_%d", part->name, i + 1);
}

enum status
catchment_state_write(const char *path, const struct catchment_model *model,
                      const double *parameter, int64_t next_s, const double *state,
                      struct error *err)
{
    struct text_file file;
    char text[64];
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    fprintf(file.out, "name,value\nmodel,%s\nnext,%s\n", model->name,
            catchment_date(model->step, next_s, text, sizeof text));
    for (int i = 0; i < model->parameter_count; i++)
        fprintf(file.out, "%s,%.17g\n", model->parameter[i].name, parameter[i]);
    for (int p = 0; p < model->part_count; p++)
        for (int i = 0; i < model->part[p].count; i++) {
            figure_name(&model->part[p], i, text, sizeof text);
            fprintf(file.out, "%s,%.17g\n", text, state[model->part[p].place + i]);
        }
    return text_file_close(&file, true, err);
}

enum status
catchment_parameters_write(const char *path, const struct catchment_model *model,
                           const double *parameter, struct error *err)
{
    struct text_file file;
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    fprintf(file.out, "name,value,unit\nmodel,%s,\n", model->name);
    for (int i = 0; i < model->parameter_count; i++)
        fprintf(file.out, "%s,%.17g,%s\n", model->parameter[i].name, parameter[i],
                model->parameter[i].unit);
    return text_file_close(&file, true, err);
}

/* A file of names and values being read. */
enum { FAULTS_MAX = 5 }; /* a file with more is of another kind */

struct name_reader {
    const char *path;
    const struct catchment_model *model;
    struct diagnostics *diagnostics;
    struct csv_reader csv;
    bool with_state;
    struct catchment_state_file *out;
    bool has_parameter[CATCHMENT_PARAMETER_MAX];
    bool has_state[CATCHMENT_STATE_MAX];
    bool has_model, has_next;
    bool is_other_model; /* all that follows would be a fault */
    int fault_count;
};

#define READ_FAULT(reader, at_line, ...)                                                           \
    do {                                                                                           \
        (reader)->fault_count++;                                                                   \
        diagnostics_add((reader)->diagnostics, false, (reader)->path, at_line, 0, __VA_ARGS__);    \
    } while (0)

/* Where a figure of this name is kept, and whether it was met; NULL if no model has it. */
static double *
find_place(struct name_reader *reader, const char *name, bool **met)
{
    const struct catchment_model *model = reader->model;
    int parameter_i = catchment_parameter_find(model, name);
    if (parameter_i >= 0) {
        *met = &reader->has_parameter[parameter_i];
        return &reader->out->parameter[parameter_i];
    }
    for (int p = 0; p < model->part_count && reader->with_state; p++)
        for (int i = 0; i < model->part[p].count; i++) {
            char known[64];
            figure_name(&model->part[p], i, known, sizeof known);
            if (strcmp(known, name) != 0)
                continue;
            *met = &reader->has_state[model->part[p].place + i];
            return &reader->out->state[model->part[p].place + i];
        }
    return NULL;
}

static void
read_word(struct name_reader *reader, const char *name, const char *value)
{
    char shown[64];
    int line = reader->csv.row_line;
    if (strcmp(name, "model") == 0) {
        reader->has_model = true;
        reader->is_other_model = strcasecmp(value, reader->model->name) != 0;
        if (reader->is_other_model)
            READ_FAULT(reader, line, "it is of model '%s', not of '%s'",
                       csv_shown(value, shown, sizeof shown), reader->model->name);
        return;
    }
    struct date date;
    reader->has_next = true;
    if (date_parse(value, &date))
        reader->out->next_s = date_to_seconds(date);
    else
        READ_FAULT(reader, line, "'%s' is no date", csv_shown(value, shown, sizeof shown));
}

static void
read_row(struct name_reader *reader)
{
    const char *name = csv_cell(&reader->csv, 0);
    const char *value = reader->csv.cell_count > 1 ? csv_cell(&reader->csv, 1) : "";
    char shown[64], other[64];
    int line = reader->csv.row_line;
    bool *met = NULL;
    if (strcmp(name, "model") == 0 || (reader->with_state && strcmp(name, "next") == 0)) {
        read_word(reader, name, value);
        return;
    }
    double *place = find_place(reader, name, &met);
    char *end = NULL;
    double number = strtod(value, &end);
    if (place == NULL)
        READ_FAULT(reader, line, "there is no '%s' in %s", csv_shown(name, shown, sizeof shown),
                   reader->model->title);
    else if (*met)
        READ_FAULT(reader, line, "'%s' stands twice", csv_shown(name, shown, sizeof shown));
    else if (*value == '\0' || *end != '\0' || !isfinite(number))
        READ_FAULT(reader, line, "'%s' is '%s': no number", csv_shown(name, shown, sizeof shown),
                   csv_shown(value, other, sizeof other));
    if (place == NULL)
        return;
    *place = number;
    *met = true;
}

static void
report_missing(struct name_reader *reader)
{
    const struct catchment_model *model = reader->model;
    if (!reader->has_model)
        READ_FAULT(reader, 0, "there is no row 'model'");
    if (reader->with_state && !reader->has_next)
        READ_FAULT(reader, 0, "there is no row 'next' with the date of the step after it");
    for (int i = 0; i < model->parameter_count; i++)
        if (!reader->has_parameter[i])
            READ_FAULT(reader, 0, "there is no row '%s'", model->parameter[i].name);
    for (int p = 0; p < model->part_count && reader->with_state; p++)
        for (int i = 0; i < model->part[p].count; i++) {
            char name[64];
            figure_name(&model->part[p], i, name, sizeof name);
            if (!reader->has_state[model->part[p].place + i] && reader->fault_count < FAULTS_MAX)
                READ_FAULT(reader, 0, "there is no row '%s'", name);
        }
}

static enum status
read_names(struct name_reader *reader)
{
    enum csv_outcome outcome = csv_open(&reader->csv, reader->path);
    if (outcome == CSV_ROW)
        outcome = csv_next(&reader->csv);
    if (outcome == CSV_ROW &&
        (reader->csv.cell_count < 2 || strcmp(csv_cell(&reader->csv, 0), "name") != 0 ||
         strcmp(csv_cell(&reader->csv, 1), "value") != 0))
        READ_FAULT(reader, reader->csv.row_line, "the first line must be 'name,value'");
    else
        while (outcome == CSV_ROW && !reader->is_other_model && reader->fault_count < FAULTS_MAX &&
               (outcome = csv_next(&reader->csv)) == CSV_ROW)
            read_row(reader);
    if (outcome == CSV_BROKEN)
        READ_FAULT(reader, 0, "%s", reader->csv.problem);
    csv_close(&reader->csv);
    if (outcome == CSV_NO_MEMORY)
        return STATUS_MEMORY;
    if (reader->fault_count == 0)
        report_missing(reader);
    return reader->fault_count == 0 ? STATUS_OK : STATUS_INPUT;
}

enum status
catchment_state_read(const char *path, const struct catchment_model *model,
                     struct catchment_state_file *out, struct diagnostics *diagnostics)
{
    struct name_reader reader = {
        .path = path, .model = model, .diagnostics = diagnostics, .with_state = true, .out = out};
    *out = (struct catchment_state_file){0};
    return read_names(&reader);
}

enum status
catchment_parameters_read(const char *path, const struct catchment_model *model, double *parameter,
                          struct diagnostics *diagnostics)
{
    struct catchment_state_file out = {0};
    struct name_reader reader = {
        .path = path, .model = model, .diagnostics = diagnostics, .out = &out};
    enum status status = read_names(&reader);
    if (status == STATUS_OK)
        memcpy(parameter, out.parameter, sizeof(double) * (size_t)model->parameter_count);
    return status;
}
