/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/csv.h"
#include "model/units.h"
#include "output/scorecard_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum column {
    COLUMN_ID,
    COLUMN_INDICATOR,
    COLUMN_YEAR,
    COLUMN_MEASURE,
    COLUMN_OF,
    COLUMN_PARAMETER,
    COLUMN_RELIABILITY,
    COLUMN_RELATION,
    COLUMN_TARGET,
    COLUMN_FLAG,
    COLUMN_SOURCE,
    COLUMN_NEEDED_COUNT,
    COLUMN_INDICATOR_VI = COLUMN_NEEDED_COUNT, /* may be left out */
    COLUMN_COUNT
};

static const char *const column_names[COLUMN_COUNT] = {
    "id",          "indicator", "year",   "measure", "of",     "parameter",
    "reliability", "relation",  "target", "flag",    "source", "indicator_vi"};

static const char *const measure_names[SCORE_MEASURE_COUNT] = {
    "people_served",        "person_days",  "minimum_flow",
    "wastewater_collected", "forest_cover", "not_modelled"};

struct targets_reader {
    const char *path;
    struct csv_reader csv;
    int column[COLUMN_COUNT];
    struct error *err;
};

static enum status fault(struct targets_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum status
fault(struct targets_reader *reader, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_set(reader->err, STATUS_INPUT, "%s:%d: %s", reader->path, reader->csv.row_line,
                     text);
}

static const char *
cell(const struct targets_reader *reader, enum column column)
{
    int i = reader->column[column];
    return i >= 0 && i < reader->csv.cell_count ? csv_cell(&reader->csv, i) : "";
}

static enum status
find_columns(struct targets_reader *reader)
{
    for (int c = 0; c < COLUMN_COUNT; c++) {
        reader->column[c] = -1;
        for (int i = 0; i < reader->csv.cell_count; i++)
            if (strcmp(csv_cell(&reader->csv, i), column_names[c]) == 0)
                reader->column[c] = i;
        if (reader->column[c] < 0 && c < COLUMN_NEEDED_COUNT)
            return fault(reader, "there is no column '%s'", column_names[c]);
    }
    return STATUS_OK;
}

/* A number within its limits; NAN for an empty cell if that is allowed. */
static enum status
read_number(struct targets_reader *reader, enum column column, bool may_be_empty, double least,
            double most, double *out)
{
    struct error unused = {0};
    char shown[64];
    const char *text = cell(reader, column);
    *out = (double)NAN;
    if (text[0] == '\0' && may_be_empty)
        return STATUS_OK;
    if (number_parse(text, out, &unused) != STATUS_OK || *out < least || *out > most)
        return fault(reader, "'%s' is '%s'; it must be a number from %g to %g",
                     column_names[column], csv_shown(text, shown, sizeof shown), least, most);
    return STATUS_OK;
}

static enum status
read_measure(struct targets_reader *reader, struct target *target)
{
    char shown[64];
    const char *text = cell(reader, COLUMN_MEASURE);
    int i = 0;
    while (i < SCORE_MEASURE_COUNT && strcmp(text, measure_names[i]) != 0)
        i++;
    if (i == SCORE_MEASURE_COUNT) {
        const char *nearest = nearest_name(text, measure_names, SCORE_MEASURE_COUNT);
        return fault(reader, "there is no measure '%s'%s%s%s", csv_shown(text, shown, sizeof shown),
                     nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?)" : "");
    }
    target->measure = (enum score_measure)i;
    bool needs_parameter = target->measure == SCORE_PERSON_DAYS ||
                           target->measure == SCORE_MINIMUM_FLOW ||
                           target->measure == SCORE_WASTEWATER;
    bool needs_reliability =
        target->measure == SCORE_PEOPLE_SERVED || target->measure == SCORE_MINIMUM_FLOW;
    if (needs_parameter && isnan(target->parameter))
        return fault(reader, "measure '%s' needs a parameter", text);
    if (needs_reliability && isnan(target->reliability))
        return fault(reader, "measure '%s' needs a reliability", text);
    return STATUS_OK;
}

static enum status
read_target(struct targets_reader *reader, struct target *target)
{
    enum status status = STATUS_OK;
    double year;
    char **texts[] = {&target->id,   &target->indicator, &target->of,
                      &target->flag, &target->source,    &target->indicator_vi};
    static const enum column columns[] = {COLUMN_ID,   COLUMN_INDICATOR, COLUMN_OF,
                                          COLUMN_FLAG, COLUMN_SOURCE,    COLUMN_INDICATOR_VI};
    for (int i = 0; i < 6; i++)
        if ((*texts[i] = strdup(cell(reader, columns[i]))) == NULL)
            TRY(error_set(reader->err, STATUS_MEMORY, "out of memory for '%s'", reader->path));
    TRY(read_number(reader, COLUMN_YEAR, false, 1600, 9999, &year));
    TRY(read_number(reader, COLUMN_PARAMETER, true, 0, 1e9, &target->parameter));
    TRY(read_number(reader, COLUMN_RELIABILITY, true, 0, 100, &target->reliability));
    TRY(read_number(reader, COLUMN_TARGET, false, 0, 100, &target->target));
    target->year = (int)year;
    target->reliability /= 100.0;
    target->target /= 100.0;
    TRY(read_measure(reader, target));
    target->above = strcmp(cell(reader, COLUMN_RELATION), "above") == 0;
    if (!target->above && strcmp(cell(reader, COLUMN_RELATION), "at_least") != 0)
        TRY(fault(reader, "'relation' is at_least or above"));
out:
    return status;
}

enum status
targets_read(const char *path, struct target **out, int *count, struct error *err)
{
    struct targets_reader reader = {.path = path, .err = err};
    enum status status = STATUS_OK;
    enum csv_outcome outcome = csv_open(&reader.csv, path);
    *out = NULL;
    *count = 0;
    if (outcome == CSV_ROW)
        outcome = csv_next(&reader.csv);
    if (outcome == CSV_ROW)
        TRY(find_columns(&reader));
    while (outcome == CSV_ROW && (outcome = csv_next(&reader.csv)) == CSV_ROW) {
        struct target *grown = realloc(*out, ((size_t)*count + 1) * sizeof **out);
        if (grown == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for '%s'", path));
        *out = grown;
        grown[*count] = (struct target){0};
        TRY(read_target(&reader, &grown[(*count)++]));
    }
    if (outcome == CSV_BROKEN)
        TRY(error_set(err, STATUS_INPUT, "%s: %s", path, reader.csv.problem));
    if (outcome == CSV_NO_MEMORY)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for '%s'", path));
    if (*count == 0)
        TRY(error_set(err, STATUS_INPUT, "%s: no targets", path));
out:
    csv_close(&reader.csv);
    return status;
}

void
targets_free(struct target *target, int count)
{
    for (int i = 0; i < count; i++) {
        free(target[i].id);
        free(target[i].indicator);
        free(target[i].of);
        free(target[i].flag);
        free(target[i].source);
        free(target[i].indicator_vi);
    }
    free(target);
}
