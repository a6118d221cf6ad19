/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/inflow_file.h"

#include "model/csv.h"
#include "model/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 64, MEMBERS_MAX = 100000 };

enum status
inflow_allocate(struct inflow_members *out, int time_count, int member_count)
{
    *out = (struct inflow_members){.time_count = time_count, .member_count = member_count};
    out->time_s = calloc((size_t)time_count + 1, sizeof *out->time_s);
    out->flow_m3s = calloc((size_t)time_count * (size_t)member_count + 1, sizeof *out->flow_m3s);
    out->label = calloc((size_t)member_count + 1, sizeof *out->label);
    return out->time_s != NULL && out->flow_m3s != NULL && out->label != NULL ? STATUS_OK
                                                                              : STATUS_MEMORY;
}

void
inflow_members_finish(struct inflow_members *inflow)
{
    for (int m = 0; m < inflow->member_count && inflow->label != NULL; m++)
        free(inflow->label[m]);
    free(inflow->label);
    free(inflow->time_s);
    free(inflow->flow_m3s);
    *inflow = (struct inflow_members){0};
}

double
inflow_at(const struct inflow_members *inflow, int member_i, double at_s, int *hint)
{
    const double *flow = inflow->flow_m3s + (size_t)member_i * (size_t)inflow->time_count;
    int last = inflow->time_count - 1;
    int i = *hint;
    if (i > 0 && at_s < (double)inflow->time_s[i])
        i = 0;
    while (i + 1 < last && at_s >= (double)inflow->time_s[i + 1])
        i++;
    *hint = i;
    double from_s = (double)inflow->time_s[i], to_s = (double)inflow->time_s[i + 1];
    return flow[i] + (at_s - from_s) / (to_s - from_s) * (flow[i + 1] - flow[i]);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

struct inflow_reader {
    struct csv_reader csv;
    const char *path;
    struct inflow_members *out;
    struct diagnostics *diagnostics;
    int time_column;
    int *column;     /* [member_count] */
    int capacity;    /* rows that there is room for */
    double *by_time; /* [capacity][member_count] */
};

static void bad(struct inflow_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
bad(struct inflow_reader *reader, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    diagnostics_add(reader->diagnostics, false, reader->path, reader->csv.row_line, 0, "%s", text);
}

/* Which columns hold the times and the members. */
static enum status
read_header(struct inflow_reader *reader, const char *wanted)
{
    struct inflow_members *out = reader->out;
    int cells = reader->csv.cell_count;
    reader->column = calloc((size_t)cells + 1, sizeof *reader->column);
    out->label = calloc((size_t)cells + 1, sizeof *out->label);
    const char **names = calloc((size_t)cells + 1, sizeof *names);
    enum status status =
        reader->column == NULL || out->label == NULL || names == NULL ? STATUS_MEMORY : STATUS_OK;
    for (int c = 0; c < cells && status == STATUS_OK; c++) {
        names[c] = csv_cell(&reader->csv, c);
        if (strcmp(names[c], "time") == 0)
            reader->time_column = c;
    }
    for (int c = 0; c < cells && status == STATUS_OK; c++) {
        bool is_wanted = wanted == NULL || strcmp(names[c], wanted) == 0;
        if (c == reader->time_column || !is_wanted || out->member_count == MEMBERS_MAX)
            continue;
        reader->column[out->member_count] = c;
        out->label[out->member_count] = strdup(names[c]);
        if (out->label[out->member_count++] == NULL)
            status = STATUS_MEMORY;
    }
    if (status == STATUS_OK && out->member_count == 0) {
        const char *near = wanted != NULL ? nearest_name(wanted, names, cells) : NULL;
        bad(reader, "there is no column '%s' of inflows%s%s%s", wanted != NULL ? wanted : "*",
            near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
            near != NULL ? "'?)" : "");
        status = STATUS_INPUT;
    }
    free(names);
    return status;
}

static enum status
grow(struct inflow_reader *reader)
{
    struct inflow_members *out = reader->out;
    if (out->time_count < reader->capacity)
        return STATUS_OK;
    int capacity = reader->capacity > 0 ? 2 * reader->capacity : 512;
    int64_t *time_s = realloc(out->time_s, (size_t)capacity * sizeof *time_s);
    if (time_s == NULL)
        return STATUS_MEMORY;
    out->time_s = time_s;
    double *by_time =
        realloc(reader->by_time, (size_t)capacity * (size_t)out->member_count * sizeof *by_time);
    if (by_time == NULL)
        return STATUS_MEMORY;
    reader->by_time = by_time;
    reader->capacity = capacity;
    return STATUS_OK;
}

static bool
read_time(struct inflow_reader *reader, struct instant *instant)
{
    struct inflow_members *out = reader->out;
    char shown[SHOWN], first[16], here[16], before[24];
    const char *text = reader->time_column < reader->csv.cell_count
                           ? csv_cell(&reader->csv, reader->time_column)
                           : "";
    if (!instant_parse(text, instant)) {
        bad(reader, "'%s' is not a time (2024-09-07 13:20, with +07:00 or Z if wanted)",
            csv_shown(text, shown, sizeof shown));
        return false;
    }
    if (out->time_count == 0) {
        out->zone = *instant;
        out->has_zone = instant->has_zone;
    }
    if (instant->has_zone != out->zone.has_zone || instant->zone_s != out->zone.zone_s) {
        bad(reader, "time zones are mixed: '%s' is %s, the first row %s",
            csv_shown(text, shown, sizeof shown), instant_zone(instant, here, sizeof here),
            instant_zone(&out->zone, first, sizeof first));
        return false;
    }
    if (out->time_count > 0 && instant->local_s <= out->time_s[out->time_count - 1]) {
        bad(reader, "the times do not rise: '%s' comes after %s",
            csv_shown(text, shown, sizeof shown),
            instant_format(out->time_s[out->time_count - 1], before, sizeof before));
        return false;
    }
    return true;
}

static enum status
read_row(struct inflow_reader *reader)
{
    struct inflow_members *out = reader->out;
    struct instant instant;
    char shown[SHOWN];
    if (!read_time(reader, &instant))
        return STATUS_OK; /* the fault is noted; go on */
    if (grow(reader) != STATUS_OK)
        return STATUS_MEMORY;
    double *flow = reader->by_time + (size_t)out->time_count * (size_t)out->member_count;
    for (int m = 0; m < out->member_count; m++) {
        struct error err = {0};
        int c = reader->column[m];
        const char *text = c < reader->csv.cell_count ? csv_cell(&reader->csv, c) : "";
        if (number_parse(text, &flow[m], &err) == STATUS_OK && flow[m] >= 0.0)
            continue;
        bad(reader, "inflow '%s' is '%s'; it must be a number of at least 0 m3/s", out->label[m],
            csv_shown(text, shown, sizeof shown));
        break;
    }
    out->time_s[out->time_count++] = instant.local_s;
    return STATUS_OK;
}

/* From rows of times to rows of members. */
static enum status
turn(struct inflow_reader *reader)
{
    struct inflow_members *out = reader->out;
    size_t times = (size_t)out->time_count, members = (size_t)out->member_count;
    out->flow_m3s = calloc(times * members + 1, sizeof *out->flow_m3s);
    if (out->flow_m3s == NULL)
        return STATUS_MEMORY;
    for (size_t t = 0; t < times; t++)
        for (size_t m = 0; m < members; m++)
            out->flow_m3s[m * times + t] = reader->by_time[t * members + m];
    return STATUS_OK;
}

enum status
inflow_read_csv(const char *path, const char *column, struct inflow_members *out,
                struct diagnostics *diagnostics)
{
    *out = (struct inflow_members){0};
    struct inflow_reader reader = {.path = path, .out = out, .diagnostics = diagnostics};
    int faults_before = diagnostics->error_count;
    enum csv_outcome outcome = csv_open(&reader.csv, path);
    enum status status = STATUS_OK;
    bool has_header = false;
    while (status == STATUS_OK && outcome == CSV_ROW &&
           (outcome = csv_next(&reader.csv)) == CSV_ROW) {
        status = has_header ? read_row(&reader) : read_header(&reader, column);
        has_header = true;
    }
    if (outcome == CSV_BROKEN)
        bad(&reader, "%s", reader.csv.problem);
    else if (outcome == CSV_NO_MEMORY)
        status = STATUS_MEMORY;
    else if (status == STATUS_OK && out->time_count < 2)
        bad(&reader, "an inflow needs a heading line and at least two times");
    csv_close(&reader.csv);
    if (status == STATUS_OK && diagnostics->error_count > faults_before)
        status = STATUS_INPUT;
    if (status == STATUS_OK)
        status = turn(&reader);
    free(reader.column);
    free(reader.by_time);
    return status;
}
