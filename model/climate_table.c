/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_table.h"

#include "model/csv.h"
#include "model/diagnostics.h"
#include "model/units.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
    COLUMN_ID,
    COLUMN_SCENARIO,
    COLUMN_PERIOD,
    COLUMN_VARIABLE,
    COLUMN_MONTHS,
    COLUMN_CENTRAL,
    COLUMN_LOW,
    COLUMN_HIGH,
    COLUMN_UNIT,
    COLUMN_FLAG,
    COLUMN_SOURCE,
    COLUMN_COUNT
};

static const char *const column_names[COLUMN_COUNT] = {"id",     "scenario", "period", "variable",
                                                       "months", "central",  "low",    "high",
                                                       "unit",   "flag",     "source"};

enum { NEAR_MAX = 400, ALL_MONTHS = 0xfff };

struct table_reader {
    const struct climate_table_query *query;
    struct csv_reader csv;
    int column[COLUMN_COUNT];
    struct climate_table_change *out;
    unsigned rain_months, temperature_months; /* that a row covers already */
    bool id_seen, scenario_seen;
    char near[NEAR_MAX]; /* periods or scenarios that are there for what was asked */
    struct error *err;
};

static const char *
cell(const struct table_reader *reader, enum column column)
{
    int i = reader->column[column];
    return i < reader->csv.cell_count ? csv_cell(&reader->csv, i) : "";
}

static enum status row_fault(struct table_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum status
row_fault(struct table_reader *reader, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_set(reader->err, STATUS_INPUT, "%s:%d: %s", reader->query->path,
                     reader->csv.row_line, text);
}

static enum status
find_columns(struct table_reader *reader)
{
    for (int c = 0; c < COLUMN_COUNT; c++) {
        reader->column[c] = -1;
        for (int i = 0; i < reader->csv.cell_count; i++)
            if (strcmp(csv_cell(&reader->csv, i), column_names[c]) == 0)
                reader->column[c] = i;
        if (reader->column[c] < 0)
            return row_fault(reader, "there is no column '%s'", column_names[c]);
    }
    return STATUS_OK;
}

/* Months as bits: "1-12", "11;12;1", "11-2" (over the new year). */
static bool
read_months(const char *text, unsigned *out)
{
    *out = 0;
    for (const char *at = text;;) {
        char *end;
        long first = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : 0;
        if (first < 1 || first > 12)
            return false;
        long last = first;
        if (*end == '-') {
            at = end + 1;
            last = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : 0;
            if (last < 1 || last > 12)
                return false;
        }
        for (long m = first;; m = m % 12 + 1) {
            *out |= 1u << (m - 1);
            if (m == last)
                break;
        }
        if (*end == '\0')
            return true;
        if (*end != ';')
            return false;
        at = end + 1;
    }
}

/* The figure of the row in the unit wanted: a factor, K or m. */
static enum status
read_figure(struct table_reader *reader, double *out)
{
    static const struct {
        const char *variable, *unit;
        double scale;
    } units[] = {{"rain", "%", 0.01},       {"temperature", "K", 1.0}, {"temperature", "degC", 1.0},
                 {"sea_level", "cm", 0.01}, {"sea_level", "m", 1.0},   {"sea_level", "mm", 0.001}};
    static const enum column columns[] = {COLUMN_CENTRAL, COLUMN_LOW, COLUMN_HIGH};
    enum column column = columns[reader->query->estimate];
    const char *variable = cell(reader, COLUMN_VARIABLE);
    if (cell(reader, column)[0] == '\0')
        return row_fault(reader, "the row has no figure '%s'; take 'estimate: central'",
                         column_names[column]);
    if (number_parse(cell(reader, column), out, NULL) != STATUS_OK)
        return row_fault(reader, "'%.40s' is no number", cell(reader, column));
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(variable, units[i].variable) == 0 &&
            strcmp(cell(reader, COLUMN_UNIT), units[i].unit) == 0) {
            *out *= units[i].scale;
            return STATUS_OK;
        }
    return row_fault(reader,
                     "variable '%.40s' in '%.40s': read are rain in %%, temperature in K or degC "
                     "and sea_level in cm, m or mm",
                     variable, cell(reader, COLUMN_UNIT));
}

/* Note the figure of a row for its months; a month has one row. */
static enum status
take_months(struct table_reader *reader, unsigned months, unsigned *taken, double *figure,
            double value)
{
    if ((*taken & months) != 0)
        return row_fault(reader, "a second row for %s of a month that has one",
                         cell(reader, COLUMN_VARIABLE));
    *taken |= months;
    for (int m = 0; m < 12; m++)
        if ((months & 1u << m) != 0)
            figure[m] = value;
    return STATUS_OK;
}

static enum status
take_row(struct table_reader *reader)
{
    static const char letters[] = "SREM";
    struct climate_table_change *out = reader->out;
    const char *variable = cell(reader, COLUMN_VARIABLE);
    const char *flag = cell(reader, COLUMN_FLAG);
    unsigned months;
    double value = 0.0;
    enum status status = STATUS_OK;
    if (flag[0] == '\0' || flag[1] != '\0' || strchr(letters, flag[0]) == NULL)
        return row_fault(reader, "the flag '%.10s' is none of S, R, E and M", flag);
    if (cell(reader, COLUMN_SOURCE)[0] == '\0')
        return row_fault(reader, "the row has no source");
    if (!read_months(cell(reader, COLUMN_MONTHS), &months))
        return row_fault(reader, "'%.40s' are no months: write 1-12, 5-10 or 11;12;1",
                         cell(reader, COLUMN_MONTHS));
    TRY(read_figure(reader, &value));
    if (strcmp(variable, "rain") == 0) {
        if (value < -1.0)
            return row_fault(reader, "rain cannot fall by more than 100 %%");
        TRY(take_months(reader, months, &reader->rain_months, out->rain_factor, 1.0 + value));
        out->has_rain = true;
    } else if (strcmp(variable, "temperature") == 0) {
        TRY(take_months(reader, months, &reader->temperature_months, out->temperature_K, value));
        out->has_temperature = true;
    } else {
        if (out->has_sea_level || months != ALL_MONTHS)
            return row_fault(reader, "sea level has one row, for months 1-12");
        out->sea_level_m = value;
        out->has_sea_level = true;
    }
    out->flag_count[strchr(letters, flag[0]) - letters]++;
out:
    return status;
}

/* Add a word to what is there, once. */
static void
note_near(struct table_reader *reader, const char *word)
{
    size_t used = strlen(reader->near);
    if (strstr(reader->near, word) == NULL)
        snprintf(reader->near + used, sizeof reader->near - used, "%s%s", used > 0 ? ", " : "",
                 word);
}

/* Whether the row is asked for; if not, what of it would be known. */
static bool
is_wanted(struct table_reader *reader)
{
    const struct climate_table_query *query = reader->query;
    if (strcmp(cell(reader, COLUMN_ID), query->id) != 0) {
        if (!reader->id_seen)
            note_near(reader, cell(reader, COLUMN_ID));
        return false;
    }
    if (!reader->id_seen)
        reader->near[0] = '\0';
    reader->id_seen = true;
    if (strcmp(cell(reader, COLUMN_SCENARIO), query->scenario) != 0) {
        if (!reader->scenario_seen)
            note_near(reader, cell(reader, COLUMN_SCENARIO));
        return false;
    }
    if (!reader->scenario_seen)
        reader->near[0] = '\0';
    reader->scenario_seen = true;
    if (strcmp(cell(reader, COLUMN_PERIOD), query->period) == 0)
        return true;
    note_near(reader, cell(reader, COLUMN_PERIOD));
    return false;
}

static enum status
read_rows(struct table_reader *reader)
{
    enum csv_outcome outcome = csv_open(&reader->csv, reader->query->path);
    enum status status = STATUS_OK;
    int found = 0;
    if (outcome == CSV_ROW)
        outcome = csv_next(&reader->csv);
    if (outcome == CSV_ROW)
        status = find_columns(reader);
    while (status == STATUS_OK && outcome == CSV_ROW &&
           (outcome = csv_next(&reader->csv)) == CSV_ROW)
        if (is_wanted(reader)) {
            status = take_row(reader);
            found++;
        }
    if (status != STATUS_OK)
        return status;
    if (outcome == CSV_NO_MEMORY)
        return error_set(reader->err, STATUS_MEMORY, "out of memory for %s", reader->query->path);
    if (outcome == CSV_BROKEN)
        return error_set(reader->err, STATUS_INPUT, "%s: %s", reader->query->path,
                         reader->csv.problem);
    if (found > 0)
        return STATUS_OK;
    const struct climate_table_query *query = reader->query;
    return error_set(reader->err, STATUS_INPUT, "%s: there is no %s '%s'; there are %s",
                     query->path,
                     reader->scenario_seen ? "period"
                     : reader->id_seen     ? "scenario"
                                           : "id",
                     reader->scenario_seen ? query->period
                     : reader->id_seen     ? query->scenario
                                           : query->id,
                     reader->near[0] != '\0' ? reader->near : "no rows");
}

enum status
climate_table_read(const struct climate_table_query *query, struct climate_table_change *out,
                   struct error *err)
{
    struct table_reader reader = {.query = query, .out = out, .err = err};
    *out = (struct climate_table_change){0};
    for (int m = 0; m < 12; m++)
        out->rain_factor[m] = 1.0;
    enum status status = read_rows(&reader);
    csv_close(&reader.csv);
    return status;
}
