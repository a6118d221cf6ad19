/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/nomograph.h"

#include "model/csv.h"
#include "model/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_MAX = 1000, INFLOWS_MAX = 1000, SHOWN = 64 };

enum status
nomograph_allocate(struct nomograph *out, int level_count, int inflow_count)
{
    size_t levels = (size_t)level_count, inflows = (size_t)inflow_count;
    *out = (struct nomograph){.level_count = level_count, .inflow_count = inflow_count};
    out->level_m = calloc(levels + inflows + levels * inflows + 1, sizeof *out->level_m);
    if (out->level_m == NULL)
        return STATUS_MEMORY;
    out->inflow_m3s = out->level_m + levels;
    out->opening = out->inflow_m3s + inflows;
    return STATUS_OK;
}

void
nomograph_finish(struct nomograph *nomograph)
{
    free(nomograph->level_m);
    *nomograph = (struct nomograph){0};
}

/* Row before a figure and the share of the way to the next, within the table. */
static int
find_row(int count, const double *x, double at, double *share)
{
    int i = 0;
    while (i + 2 < count && at > x[i + 1])
        i++;
    *share = count > 1 ? fmax(0.0, fmin(1.0, (at - x[i]) / (x[i + 1] - x[i]))) : 0.0;
    return i;
}

double
nomograph_opening(const struct nomograph *nomograph, double level_m, double inflow_m3s)
{
    double up, along;
    int columns = nomograph->inflow_count;
    int row = find_row(nomograph->level_count, nomograph->level_m, level_m, &up);
    int column = find_row(columns, nomograph->inflow_m3s, inflow_m3s, &along);
    const double *low = nomograph->opening + row * columns + column;
    const double *high = nomograph->level_count > 1 ? low + columns : low;
    int next = columns > 1 ? 1 : 0;
    double below = low[0] + along * (low[next] - low[0]);
    double above = high[0] + along * (high[next] - high[0]);
    return below + up * (above - below);
}

/* A row as numbers; *count cells from the first_cell on. */
static enum status
read_numbers(const char *path, const struct csv_reader *csv, int first_cell, double *out,
             struct error *err)
{
    for (int i = first_cell; i < csv->cell_count; i++) {
        struct error cause = {0};
        char shown[SHOWN];
        if (number_parse(csv_cell(csv, i), &out[i - first_cell], &cause) != STATUS_OK)
            return error_set(err, STATUS_INPUT, "%s:%d: '%s' is no number", path, csv->row_line,
                             csv_shown(csv_cell(csv, i), shown, sizeof shown));
    }
    return STATUS_OK;
}

static enum status
read_inflows(const char *path, const struct csv_reader *csv, struct nomograph *out,
             struct error *err)
{
    if (strcmp(csv_cell(csv, 0), "level_m") != 0 || csv->cell_count < 2 ||
        csv->cell_count > INFLOWS_MAX)
        return error_set(err, STATUS_INPUT,
                         "%s:%d: the first row must be level_m and then inflows in m3/s", path,
                         csv->row_line);
    if (nomograph_allocate(out, LEVELS_MAX, csv->cell_count - 1) != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for '%s'", path);
    out->level_count = 0;
    enum status status = read_numbers(path, csv, 1, out->inflow_m3s, err);
    for (int i = 1; i < out->inflow_count && status == STATUS_OK; i++)
        if (out->inflow_m3s[i] <= out->inflow_m3s[i - 1])
            status =
                error_set(err, STATUS_INPUT, "%s:%d: the inflows do not rise", path, csv->row_line);
    return status;
}

static enum status
read_level(const char *path, const struct csv_reader *csv, const struct outlet *outlet,
           struct nomograph *out, struct error *err)
{
    double row[INFLOWS_MAX] = {0};
    int r = out->level_count;
    if (csv->cell_count != out->inflow_count + 1 || r == LEVELS_MAX)
        return error_set(err, STATUS_INPUT, "%s:%d: %d cells, but %d columns", path, csv->row_line,
                         csv->cell_count, out->inflow_count + 1);
    enum status status = read_numbers(path, csv, 0, row, err);
    if (status != STATUS_OK)
        return status;
    if (r > 0 && row[0] <= out->level_m[r - 1])
        return error_set(err, STATUS_INPUT, "%s:%d: the levels do not rise", path, csv->row_line);
    for (int i = 1; i < csv->cell_count; i++)
        if (!(row[i] >= 0.0 && row[i] <= outlet_full_opening(outlet)))
            return error_set(err, STATUS_INPUT, "%s:%d: an opening of %g; '%s' opens from 0 to %g",
                             path, csv->row_line, row[i], outlet->id, outlet_full_opening(outlet));
    out->level_m[r] = row[0];
    memcpy(out->opening + r * out->inflow_count, row + 1, (size_t)out->inflow_count * sizeof *row);
    out->level_count++;
    return STATUS_OK;
}

enum status
nomograph_read(const char *path, const struct outlet *outlet, struct nomograph *out,
               struct error *err)
{
    struct csv_reader csv;
    enum csv_outcome outcome = csv_open(&csv, path);
    enum status status = STATUS_OK;
    *out = (struct nomograph){0};
    while (status == STATUS_OK && outcome == CSV_ROW && (outcome = csv_next(&csv)) == CSV_ROW)
        status = out->level_m == NULL ? read_inflows(path, &csv, out, err)
                                      : read_level(path, &csv, outlet, out, err);
    if (status == STATUS_OK && outcome != CSV_END)
        status = error_set(err, outcome == CSV_NO_MEMORY ? STATUS_MEMORY : STATUS_INPUT, "%s: %s",
                           path, outcome == CSV_NO_MEMORY ? "out of memory" : csv.problem);
    else if (status == STATUS_OK && out->level_count == 0)
        status = error_set(err, STATUS_INPUT, "%s holds no level", path);
    csv_close(&csv);
    return status;
}

enum status
nomograph_write(const char *path, const struct nomograph *nomograph, struct error *err)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    fputs("level_m", file);
    for (int i = 0; i < nomograph->inflow_count; i++)
        fprintf(file, ",%g", nomograph->inflow_m3s[i]);
    fputc('\n', file);
    for (int r = 0; r < nomograph->level_count; r++) {
        fprintf(file, "%g", nomograph->level_m[r]);
        for (int i = 0; i < nomograph->inflow_count; i++)
            fprintf(file, ",%.3f", nomograph->opening[r * nomograph->inflow_count + i]);
        fputc('\n', file);
    }
    bool good = !ferror(file);
    good = fclose(file) == 0 && good;
    return good ? STATUS_OK : error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
}
