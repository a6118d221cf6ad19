/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/series.h"

#include "model/csv.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    LISTED_MAX = 5,        /* faults of one kind that are listed one by one */
    RECORD_MAX = 20000000, /* steps, as many as a run may have */
    ABSENT_MAX = 1000000,  /* intervals without a row: a century of hours */
    STEP_KIND_COUNT = 4,
    SECONDS_PER_HOUR = 3600,
    SECONDS_PER_DAY = 86400
};

#define MISSING_CODE (-9999.0)
/* A cell that has been reported already: neither a figure nor a gap. */
#define REPORTED HUGE_VAL

/* Kinds of faults that may stand on many rows. */
enum fault_kind { FAULT_WIDTH, FAULT_DATE, FAULT_ORDER, FAULT_NUMBER, FAULT_STEP, FAULT_GAP };

static const char *const fault_summary[] = {
    [FAULT_WIDTH] = "rows have another number of cells than the first line",
    [FAULT_DATE] = "rows have no date that can be read",
    [FAULT_ORDER] = "rows do not come after the row before them",
    [FAULT_NUMBER] = "cells are no numbers",
    [FAULT_STEP] = "rows stand off the regular interval",
    [FAULT_GAP] = "gaps"};

enum { FAULT_KIND_COUNT = FAULT_GAP + 1 };

/* A file being read: its rows with a date, in rising order. */
struct reading {
    struct csv_reader csv;
    const char *path, *column;
    const char *date_column; /* NULL: found by its name or place */
    struct diagnostics *diagnostics;
    double scale, offset;
    locale_t locale; /* "C", so that the decimal point does not depend on the host program */
    int date_i, value_i, column_count;
    int64_t *start_s;
    double *value;
    int *line;
    int row_count, row_capacity;
    int fault_count[FAULT_KIND_COUNT];
};

/* ---- faults ---------------------------------------------------------------------------------- */

/* A fault of the whole file or of one line that cannot recur. */
#define FILE_FAULT(reading, line, ...)                                                             \
    diagnostics_add((reading)->diagnostics, false, (reading)->path, line, 0, __VA_ARGS__)

/* A fault that many rows may have: true if this one is to be listed. */
static bool
is_listed(struct reading *reading, enum fault_kind kind)
{
    return reading->fault_count[kind]++ < LISTED_MAX;
}

static int
fault_total(const struct reading *reading)
{
    int total = 0;
    for (int kind = 0; kind < FAULT_KIND_COUNT; kind++)
        total += reading->fault_count[kind];
    return total;
}

static void
summarise_faults(const struct reading *reading)
{
    for (int kind = 0; kind < FAULT_KIND_COUNT; kind++)
        if (reading->fault_count[kind] > LISTED_MAX)
            FILE_FAULT(reading, 0, "%d more %s", reading->fault_count[kind] - LISTED_MAX,
                       fault_summary[kind]);
}

/* ---- the first line -------------------------------------------------------------------------- */

static bool
is_date_name(const char *name)
{
    return strcasecmp(name, "date") == 0 || strcasecmp(name, "time") == 0 ||
           strcasecmp(name, "datetime") == 0;
}

static bool
find_date_column(struct reading *reading)
{
    const struct csv_reader *csv = &reading->csv;
    char shown[64];
    reading->date_i = 0;
    for (int i = 0; i < csv->cell_count && reading->date_column != NULL; i++) {
        reading->date_i = i;
        if (strcmp(csv_cell(csv, i), reading->date_column) == 0)
            return true;
    }
    if (reading->date_column != NULL) {
        FILE_FAULT(reading, csv->row_line, "there is no column '%s' for the dates",
                   csv_shown(reading->date_column, shown, sizeof shown));
        return false;
    }
    if (is_date_name(csv_cell(csv, 0)))
        return true;
    for (int i = 1; i < csv->cell_count; i++) {
        if (!is_date_name(csv_cell(csv, i)))
            continue;
        if (reading->date_i != 0) {
            FILE_FAULT(
                reading, csv->row_line, "columns %d and %d are both named as dates ('%s' and '%s')",
                reading->date_i + 1, i + 1, csv_cell(csv, reading->date_i), csv_cell(csv, i));
            return false;
        }
        reading->date_i = i;
    }
    return true;
}

/* Say that the column is not there, with the nearest name or the likely cause. */
static void
report_no_column(struct reading *reading)
{
    const struct csv_reader *csv = &reading->csv;
    char wanted[64];
    char nearest[64];
    csv_shown(reading->column, wanted, sizeof wanted);
    const char **names = malloc((size_t)csv->cell_count * sizeof *names);
    const char *near = NULL;
    for (int i = 0; i < csv->cell_count && names != NULL; i++)
        names[i] = csv_cell(csv, i);
    if (names != NULL)
        near = nearest_name(reading->column, names, csv->cell_count);
    if (csv->cell_count == 1 && strpbrk(csv_cell(csv, 0), ";\t") != NULL)
        FILE_FAULT(reading, csv->row_line,
                   "there is no column '%s': the cells are separated by %s, not by commas", wanted,
                   strchr(csv_cell(csv, 0), ';') != NULL ? "semicolons" : "tabs");
    else if (near != NULL)
        FILE_FAULT(reading, csv->row_line, "there is no column '%s' (did you mean '%s'?)", wanted,
                   csv_shown(near, nearest, sizeof nearest));
    else
        FILE_FAULT(reading, csv->row_line,
                   "there is no column '%s' among the %d columns of '%s'...", wanted,
                   csv->cell_count, csv_shown(csv_cell(csv, 0), nearest, sizeof nearest));
    free(names);
}

static bool
read_names(struct reading *reading)
{
    const struct csv_reader *csv = &reading->csv;
    char shown[64];
    reading->column_count = csv->cell_count;
    reading->value_i = -1;
    if (!find_date_column(reading))
        return false;
    for (int i = 0; i < csv->cell_count; i++) {
        if (!csv_is_utf8(csv_cell(csv, i)))
            diagnostics_add(reading->diagnostics, true, reading->path, csv->row_line, 0,
                            "the name of column %d, '%s', is not UTF-8", i + 1,
                            csv_shown(csv_cell(csv, i), shown, sizeof shown));
        if (strcmp(csv_cell(csv, i), reading->column) != 0)
            continue;
        if (reading->value_i >= 0) {
            FILE_FAULT(reading, csv->row_line, "columns %d and %d are both named '%s'",
                       reading->value_i + 1, i + 1,
                       csv_shown(reading->column, shown, sizeof shown));
            return false;
        }
        reading->value_i = i;
    }
    if (reading->value_i < 0)
        report_no_column(reading);
    else if (reading->value_i == reading->date_i)
        FILE_FAULT(reading, csv->row_line, "column '%s' holds the dates, not the values",
                   csv_shown(reading->column, shown, sizeof shown));
    return reading->value_i >= 0 && reading->value_i != reading->date_i;
}

/* ---- the rows -------------------------------------------------------------------------------- */

static bool
is_missing(const char *text)
{
    return *text == '\0' || strcasecmp(text, "NA") == 0 || strcasecmp(text, "NaN") == 0;
}

/* The figure of the row's cell, in the unit of its use; NaN where missing. */
static double
read_value(struct reading *reading, int64_t start_s)
{
    const char *text = csv_cell(&reading->csv, reading->value_i);
    if (is_missing(text))
        return NAN;
    /* strtod also takes hexadecimals, "inf" and "nan(...)", which no record means. */
    char *end = NULL;
    bool is_plain = text[strspn(text, "0123456789+-.eE")] == '\0';
    double raw = is_plain ? strtod_l(text, &end, reading->locale) : 0.0;
    bool is_number = is_plain && *end == '\0';
    if (is_number && raw == MISSING_CODE)
        return NAN;
    double value = raw * reading->scale + reading->offset;
    if (is_number && isfinite(value))
        return value;
    char shown[64], date[24];
    if (is_listed(reading, FAULT_NUMBER))
        FILE_FAULT(reading, reading->csv.row_line, "column '%s', %s: '%s' is %s", reading->column,
                   date_format_short(start_s, date, sizeof date),
                   csv_shown(text, shown, sizeof shown),
                   is_number                   ? "beyond all figures"
                   : strchr(text, ',') != NULL ? "no number (the decimal sign is a point)"
                                               : "no number");
    return REPORTED;
}

static enum status
keep_row(struct reading *reading, int64_t start_s, double value)
{
    if (reading->row_count == reading->row_capacity) {
        int capacity = reading->row_capacity == 0 ? 1024 : 2 * reading->row_capacity;
        size_t count = (size_t)capacity;
        int64_t *starts = realloc(reading->start_s, count * sizeof *starts);
        if (starts != NULL)
            reading->start_s = starts;
        double *values = realloc(reading->value, count * sizeof *values);
        if (values != NULL)
            reading->value = values;
        int *lines = realloc(reading->line, count * sizeof *lines);
        if (lines != NULL)
            reading->line = lines;
        if (starts == NULL || values == NULL || lines == NULL)
            return STATUS_MEMORY;
        reading->row_capacity = capacity;
    }
    reading->start_s[reading->row_count] = start_s;
    reading->value[reading->row_count] = value;
    reading->line[reading->row_count] = reading->csv.row_line;
    reading->row_count++;
    return STATUS_OK;
}

static enum status
read_row(struct reading *reading)
{
    const struct csv_reader *csv = &reading->csv;
    if (csv->cell_count != reading->column_count) {
        if (is_listed(reading, FAULT_WIDTH))
            FILE_FAULT(reading, csv->row_line, "the row has %d cells, the first line has %d",
                       csv->cell_count, reading->column_count);
        return STATUS_OK;
    }
    struct date date;
    if (!date_parse(csv_cell(csv, reading->date_i), &date)) {
        char shown[64];
        if (is_listed(reading, FAULT_DATE))
            FILE_FAULT(reading, csv->row_line,
                       "'%s' is no date: write 1991-12-31, 1991-12 or 1991-12-31 07:00",
                       csv_shown(csv_cell(csv, reading->date_i), shown, sizeof shown));
        return STATUS_OK;
    }
    int64_t start_s = date_to_seconds(date);
    double value = read_value(reading, start_s);
    int last = reading->row_count - 1;
    if (last >= 0 && start_s <= reading->start_s[last]) {
        char now[24];
        if (is_listed(reading, FAULT_ORDER))
            FILE_FAULT(reading, csv->row_line, "%s %s of line %d",
                       date_format_short(start_s, now, sizeof now),
                       start_s == reading->start_s[last] ? "repeats the date"
                                                         : "is before the date",
                       reading->line[last]);
        return STATUS_OK;
    }
    return keep_row(reading, start_s, value);
}

/* Read the file. @return STATUS_INPUT if nothing more can be said about it */
static enum status
read_rows(struct reading *reading)
{
    enum csv_outcome outcome = csv_open(&reading->csv, reading->path);
    if (outcome == CSV_ROW)
        outcome = csv_next(&reading->csv);
    if (outcome == CSV_END)
        FILE_FAULT(reading, 0, "the file has no line with the names of the columns");
    if (outcome == CSV_ROW && !read_names(reading))
        return STATUS_INPUT;
    while (outcome == CSV_ROW && (outcome = csv_next(&reading->csv)) == CSV_ROW) {
        if (read_row(reading) != STATUS_OK)
            return STATUS_MEMORY;
        if (reading->row_count > RECORD_MAX) {
            FILE_FAULT(reading, reading->csv.row_line, "the file has more than %d rows",
                       (int)RECORD_MAX);
            return STATUS_INPUT;
        }
    }
    if (outcome == CSV_NO_MEMORY)
        return STATUS_MEMORY;
    if (outcome == CSV_BROKEN)
        FILE_FAULT(reading, reading->csv.row_line, "%s", reading->csv.problem);
    return outcome == CSV_END && reading->column_count > 0 ? STATUS_OK : STATUS_INPUT;
}

/* ---- the interval ---------------------------------------------------------------------------- */

/* Whether a period of this kind may begin at the instant. */
static bool
begins_period(enum step_kind step, int64_t instant_s)
{
    if (step == STEP_HOURLY || step == STEP_DAILY)
        return true;
    struct date date = date_from_seconds(instant_s);
    bool on_tenday = date.day == 1 || date.day == 11 || date.day == 21;
    return date.hour == 0 && (step == STEP_TENDAY ? on_tenday : date.day == 1);
}

static int64_t
next_start(enum step_kind step, int64_t start_s)
{
    if (step == STEP_HOURLY)
        return start_s + SECONDS_PER_HOUR;
    if (step == STEP_DAILY)
        return start_s + SECONDS_PER_DAY;
    return start_s + period_length_s(step, date_from_seconds(start_s));
}

/* The interval that most neighbouring rows have; the shorter one in a tie. */
static bool
find_step(struct reading *reading, enum step_kind *step)
{
    int count[STEP_KIND_COUNT] = {0};
    for (int i = 1; i < reading->row_count; i++)
        for (int kind = 0; kind < STEP_KIND_COUNT; kind++)
            if (begins_period((enum step_kind)kind, reading->start_s[i - 1]) &&
                next_start((enum step_kind)kind, reading->start_s[i - 1]) == reading->start_s[i])
                count[kind]++;
    int best = 0;
    for (int kind = 1; kind < STEP_KIND_COUNT; kind++)
        if (count[kind] > count[best])
            best = kind;
    *step = (enum step_kind)best;
    if (count[best] > 0)
        return true;
    if (fault_total(reading) > 0) /* rows that could not be read are told already */
        return false;
    char first[24], second[24];
    if (reading->row_count == 0)
        FILE_FAULT(reading, 0, "the file has no row with a date");
    else if (reading->row_count == 1)
        FILE_FAULT(reading, reading->line[0],
                   "the only row is of %s: the interval is found from two dates or more",
                   date_format_short(reading->start_s[0], first, sizeof first));
    else
        FILE_FAULT(reading, reading->line[1],
                   "the interval from %s to %s is none that is read: an hour, a day, ten days (on "
                   "day 1, 11 and 21) or a month (on day 1)",
                   date_format_short(reading->start_s[0], first, sizeof first),
                   date_format_short(reading->start_s[1], second, sizeof second));
    return false;
}

/* Place of the instant among the periods counted from the record's start, -1 if between two. */
static int64_t
period_index(enum step_kind step, int64_t origin_s, int64_t instant_s)
{
    if (step == STEP_HOURLY || step == STEP_DAILY) {
        int64_t length_s = step == STEP_HOURLY ? SECONDS_PER_HOUR : SECONDS_PER_DAY;
        int64_t since_s = instant_s - origin_s;
        return since_s % length_s == 0 ? since_s / length_s : -1;
    }
    if (!begins_period(step, instant_s))
        return -1;
    struct date from = date_from_seconds(origin_s);
    struct date to = date_from_seconds(instant_s);
    int64_t months = (int64_t)(to.year - from.year) * 12 + to.month - from.month;
    return step == STEP_MONTHLY ? months : 3 * months + (to.day - from.day) / 10;
}

/* Whether the intervals up to end_i are no more than rows can have been meant for. One date with a
 * wrong digit would otherwise stretch a short file over millions of intervals. */
static bool
fits_rows(struct reading *reading, int64_t end_i)
{
    if (end_i - reading->row_count < ABSENT_MAX)
        return true;
    int widest = 1;
    for (int i = 2; i < reading->row_count; i++)
        if (reading->start_s[i] - reading->start_s[i - 1] >
            reading->start_s[widest] - reading->start_s[widest - 1])
            widest = i;
    char before[24], after[24];
    FILE_FAULT(reading, reading->line[widest],
               "the dates leave more than %d intervals without a row, most of them between %s and "
               "%s: is one of these dates wrong?",
               (int)ABSENT_MAX,
               date_format_short(reading->start_s[widest - 1], before, sizeof before),
               date_format_short(reading->start_s[widest], after, sizeof after));
    return false;
}

/* Lay the rows on the regular intervals from the first to the last; NaN where there is no row. */
static enum status
place_rows(struct reading *reading, struct record *record)
{
    int last = reading->row_count - 1;
    int first = 0; /* a row that begins no period cannot be the origin of ten days or months */
    while (first < last && !begins_period(record->step, reading->start_s[first]))
        first++;
    int64_t origin_s = reading->start_s[first];
    int64_t end_i = 0;
    for (int i = 0; i <= last; i++) {
        int64_t index = i < first ? -1 : period_index(record->step, origin_s, reading->start_s[i]);
        char date[24];
        if (index > end_i)
            end_i = index;
        if (index < 0 && is_listed(reading, FAULT_STEP))
            FILE_FAULT(reading, reading->line[i], "%s stands off the interval of the other rows",
                       date_format_short(reading->start_s[i], date, sizeof date));
    }
    if (!fits_rows(reading, end_i))
        return STATUS_INPUT;
    size_t count = (size_t)end_i + 1;
    record->start_s = malloc((count + 1) * sizeof *record->start_s);
    record->value = malloc(count * sizeof *record->value);
    record->line = calloc(count, sizeof *record->line);
    if (record->start_s == NULL || record->value == NULL || record->line == NULL)
        return STATUS_MEMORY;
    record->count = (int)count;
    record->start_s[0] = origin_s;
    for (int i = 0; i < record->count; i++) {
        record->value[i] = NAN;
        record->start_s[i + 1] = next_start(record->step, record->start_s[i]);
    }
    for (int i = first; i <= last; i++) {
        int64_t index = period_index(record->step, origin_s, reading->start_s[i]);
        if (index < 0)
            continue;
        record->value[index] = reading->value[i];
        record->line[index] = reading->line[i];
    }
    return STATUS_OK;
}

/* ---- gaps ------------------------------------------------------------------------------------ */

/* Line of the first row at the instant or later. */
static int
line_of(const struct reading *reading, int64_t instant_s)
{
    int low = 0;
    int high = reading->row_count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (reading->start_s[middle] < instant_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low < reading->row_count ? reading->line[low] : 0;
}

static void
report_gap(void *context, const struct record *record, int from, int to, const char *reason)
{
    struct reading *reading = context;
    char first[24], last[24];
    if (!is_listed(reading, FAULT_GAP))
        return;
    FILE_FAULT(reading, line_of(reading, record->start_s[from]),
               "column '%s' has no value from %s to %s (%d missing)%s", reading->column,
               date_format_short(record->start_s[from], first, sizeof first),
               date_format_short(record->start_s[to - 1], last, sizeof last), to - from, reason);
}

/* ---- the record ------------------------------------------------------------------------------ */

static enum status
make_record(struct reading *reading, struct record *record, enum fill_rule fill)
{
    enum status status = read_rows(reading);
    if (status == STATUS_OK && !find_step(reading, &record->step))
        status = STATUS_INPUT;
    if (status == STATUS_OK)
        status = place_rows(reading, record);
    /* Where rows could not be read or placed, their absence is no gap of the record. */
    bool all_placed =
        reading->fault_count[FAULT_WIDTH] == 0 && reading->fault_count[FAULT_DATE] == 0 &&
        reading->fault_count[FAULT_ORDER] == 0 && reading->fault_count[FAULT_STEP] == 0;
    if (status == STATUS_OK && all_placed)
        record_fill(record, fill, reading->offset, report_gap, reading);
    if (status == STATUS_OK && fault_total(reading) > 0)
        status = STATUS_INPUT;
    record->largest = -(double)INFINITY;
    for (int i = 0; i < record->count; i++)
        record->largest = fmax(record->largest, record->value[i]); /* leaves NaN aside */
    summarise_faults(reading);
    return status;
}

enum status
record_read_csv(struct record *record, const char *path, const char *column, double scale,
                double offset, enum fill_rule fill, struct diagnostics *diagnostics)
{
    return record_read_csv_dated(record, path, NULL, column, scale, offset, fill, diagnostics);
}

enum status
record_read_csv_dated(struct record *record, const char *path, const char *date_column,
                      const char *column, double scale, double offset, enum fill_rule fill,
                      struct diagnostics *diagnostics)
{
    *record = (struct record){0};
    struct reading reading = {.csv = {.descriptor = -1},
                              .path = path,
                              .column = column,
                              .date_column = date_column,
                              .diagnostics = diagnostics,
                              .scale = scale,
                              .offset = offset,
                              .locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0)};
    enum status status = STATUS_MEMORY;
    if (reading.locale != (locale_t)0)
        status = make_record(&reading, record, fill);
    if (status == STATUS_MEMORY)
        FILE_FAULT(&reading, 0, "no memory for the record");
    if (status != STATUS_OK)
        record_finish(record);
    if (reading.locale != (locale_t)0)
        freelocale(reading.locale);
    csv_close(&reading.csv);
    free(reading.start_s);
    free(reading.value);
    free(reading.line);
    return status;
}

void
record_finish(struct record *record)
{
    free(record->start_s);
    free(record->value);
    free(record->line);
    *record = (struct record){0};
}

/* ---- on the run's calendar ------------------------------------------------------------------- */

static enum status
report_uncovered(const struct record *record, int64_t start_s, struct error *err)
{
    char step[24];
    char first[24], last[24];
    if (record->count == 0)
        return error_set(err, STATUS_INPUT, "the record is empty");
    /* the last moment of a record of whole days is a day, not its last hour */
    int64_t end_s = record->start_s[record->count];
    bool whole_days = record->step != STEP_HOURLY && end_s % SECONDS_PER_DAY == 0;
    date_format(date_from_seconds(end_s - 1), !whole_days, last, sizeof last);
    return error_set(err, STATUS_INPUT, "it has no value for %s (it covers %s to %s)",
                     date_format_short(start_s, step, sizeof step),
                     date_format_short(record->start_s[0], first, sizeof first), last);
}

enum status
record_on_axis(const struct record *record, const struct timeaxis *axis, double *value,
               struct error *err)
{
    int i = 0;
    for (int step_t = 0; step_t < axis->step_count; step_t++) {
        int64_t from_s = axis->start_s[step_t];
        int64_t to_s = axis->start_s[step_t + 1];
        if (record->count == 0 || from_s < record->start_s[0] ||
            to_s > record->start_s[record->count])
            return report_uncovered(record, from_s, err);
        while (record->start_s[i + 1] <= from_s)
            i++;
        double sum = 0.0;
        int j = i;
        for (; j < record->count && record->start_s[j] < to_s; j++) {
            int64_t begin_s = record->start_s[j] > from_s ? record->start_s[j] : from_s;
            int64_t end_s = record->start_s[j + 1] < to_s ? record->start_s[j + 1] : to_s;
            sum += record->value[j] * (double)(end_s - begin_s);
        }
        /* One interval for the whole step: its figure, with no rounding. */
        value[step_t] = j == i + 1 ? record->value[i] : sum / axis->dt_s[step_t];
        if (isnan(value[step_t]))
            return error_set(err, STATUS_INPUT, "it has no value for %s",
                             date_format_short(from_s, (char[24]){0}, 24));
    }
    return STATUS_OK;
}
