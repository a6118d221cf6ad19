/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/csv.h"
#include "model/netcdf_series.h"
#include "model/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Weights of a catchment over the cells of a grid, from a CSV file. */

enum { WEIGHTS_MAX = 1000000, COLUMN_COUNT = 3 };

struct weights_reader {
    struct csv_reader csv;
    const char *path;
    int column[COLUMN_COUNT]; /* latitude, longitude, weight */
    int capacity;
    struct netcdf_place *place;
    struct error *err;
};

static enum status
find_columns(struct weights_reader *reader, const char *column)
{
    static const char *const names[2][3] = {{"lat", "latitude", NULL}, {"lon", "longitude", NULL}};
    for (int i = 0; i < COLUMN_COUNT; i++)
        reader->column[i] = -1;
    for (int i = 0; i < reader->csv.cell_count; i++) {
        const char *name = csv_cell(&reader->csv, i);
        for (int k = 0; k < 2; k++)
            for (int j = 0; names[k][j] != NULL; j++)
                if (strcasecmp(name, names[k][j]) == 0)
                    reader->column[k] = i;
        if (strcmp(name, column) == 0)
            reader->column[2] = i;
    }
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (reader->column[i] < 0)
            return error_set(reader->err, STATUS_INPUT,
                             "%s:%d: there is no column '%s'; weights need lat, lon and '%s'",
                             reader->path, reader->csv.row_line,
                             i == 0   ? "lat"
                             : i == 1 ? "lon"
                                      : column,
                             column);
    return STATUS_OK;
}

static bool
grow(struct netcdf_place *place, int *capacity)
{
    size_t larger = *capacity == 0 ? 64 : 2 * (size_t)*capacity;
    double **array[COLUMN_COUNT] = {&place->weight_latitude_deg, &place->weight_longitude_deg,
                                    &place->weight};
    if (place->weight_count < *capacity)
        return true;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        double *grown = realloc(*array[i], larger * sizeof *grown);
        if (grown == NULL)
            return false;
        *array[i] = grown;
    }
    *capacity = (int)larger;
    return true;
}

static enum status
read_row(struct weights_reader *reader)
{
    static const double limit[COLUMN_COUNT] = {90.0, 540.0, INFINITY};
    struct netcdf_place *place = reader->place;
    double value[COLUMN_COUNT];
    for (int i = 0; i < COLUMN_COUNT; i++) {
        struct error cause = {0};
        char shown[64];
        const char *cell = reader->column[i] < reader->csv.cell_count
                               ? csv_cell(&reader->csv, reader->column[i])
                               : "";
        if (number_parse(cell, &value[i], &cause) != STATUS_OK || fabs(value[i]) > limit[i] ||
            (i == 2 && value[i] < 0.0))
            return error_set(reader->err, STATUS_INPUT, "%s:%d: '%s' is no %s", reader->path,
                             reader->csv.row_line, csv_shown(cell, shown, sizeof shown),
                             i == 0   ? "latitude"
                             : i == 1 ? "longitude"
                                      : "weight of 0 or more");
    }
    if (place->weight_count >= WEIGHTS_MAX)
        return error_set(reader->err, STATUS_INPUT, "%s: more than %d weights", reader->path,
                         (int)WEIGHTS_MAX);
    if (!grow(place, &reader->capacity))
        return error_set(reader->err, STATUS_MEMORY, "out of memory for %s", reader->path);
    place->weight_latitude_deg[place->weight_count] = value[0];
    place->weight_longitude_deg[place->weight_count] = value[1];
    place->weight[place->weight_count++] = value[2];
    return STATUS_OK;
}

enum status
netcdf_weights_read(struct netcdf_place *place, const char *path, const char *column,
                    struct error *err)
{
    struct weights_reader reader = {.path = path, .place = place, .err = err};
    enum status status = STATUS_OK;
    *place = (struct netcdf_place){.pick = PICK_WEIGHTS};
    enum csv_outcome outcome = csv_open(&reader.csv, path);
    if (outcome == CSV_ROW)
        outcome = csv_next(&reader.csv);
    if (outcome == CSV_END)
        status = error_set(err, STATUS_INPUT, "%s: the file is empty", path);
    if (outcome == CSV_ROW)
        status = find_columns(&reader, column);
    while (status == STATUS_OK && outcome == CSV_ROW &&
           (outcome = csv_next(&reader.csv)) == CSV_ROW)
        status = read_row(&reader);
    if (outcome == CSV_BROKEN)
        status = error_set(err, STATUS_INPUT, "%s:%d: %s", path, reader.csv.row_line,
                           reader.csv.problem);
    if (outcome == CSV_NO_MEMORY)
        status = error_set(err, STATUS_MEMORY, "out of memory for %s", path);
    if (status == STATUS_OK && place->weight_count == 0)
        status = error_set(err, STATUS_INPUT, "%s: the file has no weights", path);
    csv_close(&reader.csv);
    if (status != STATUS_OK)
        netcdf_place_finish(place);
    return status;
}

void
netcdf_place_finish(struct netcdf_place *place)
{
    free(place->weight_latitude_deg);
    free(place->weight_longitude_deg);
    free(place->weight);
    *place = (struct netcdf_place){0};
}
