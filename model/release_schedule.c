/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/release_schedule.h"

#include "model/csv.h"
#include "model/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_TIME,
    COLUMN_GATE,
    COLUMN_MODE,
    COLUMN_OPENING,
    COLUMN_PERCENT,
    COLUMN_FLOW,
    COLUMN_RESERVOIR,
    COLUMNS
};
enum { NAME_MAX_BYTES = 80, SHOWN = 64 };

struct schedule_reader {
    struct csv_reader csv;
    struct release_schedule *schedule;
    const struct reservoir *reservoir;
    const struct schedule_lakes *lakes; /* NULL: of this reservoir alone */
    struct diagnostics *diagnostics;
    int column[COLUMNS]; /* -1 where absent */
};

static void bad(struct schedule_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
bad(struct schedule_reader *reader, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    diagnostics_add(reader->diagnostics, false, reader->schedule->path, reader->csv.row_line, 0,
                    "%s", text);
}

/* ---- gates ----------------------------------------------------------------------------------- */

int
reservoir_gate_count(const struct reservoir *reservoir)
{
    int count = 0;
    for (int i = 0; i < reservoir->outlet_count; i++)
        count += reservoir->outlet[i].gate_count;
    return count;
}

int
reservoir_gate_outlet(const struct reservoir *reservoir, int gate_i, int *number)
{
    int outlet_i = 0;
    while (gate_i >= reservoir->outlet[outlet_i].gate_count)
        gate_i -= reservoir->outlet[outlet_i++].gate_count;
    *number = gate_i + 1;
    return outlet_i;
}

const char *
reservoir_gate_name(const struct reservoir *reservoir, int gate_i, char *buffer, size_t size)
{
    int number;
    const struct outlet *outlet =
        &reservoir->outlet[reservoir_gate_outlet(reservoir, gate_i, &number)];
    if (outlet->gate_count == 1)
        snprintf(buffer, size, "%s", outlet->id);
    else
        snprintf(buffer, size, "%s.%d", outlet->id, number);
    return buffer;
}

/* The gates a name means: the first and how many; 0 with a fault. */
static int
find_gates(struct schedule_reader *reader, const char *name, int *first)
{
    const struct reservoir *reservoir = reader->reservoir;
    char known[NAME_MAX_BYTES], shown[SHOWN];
    *first = 0;
    for (int i = 0; i < reservoir->outlet_count; i++) {
        const struct outlet *outlet = &reservoir->outlet[i];
        if (strcmp(name, outlet->id) == 0)
            return outlet->gate_count;
        for (int gate = 1; gate <= outlet->gate_count; gate++, (*first)++) {
            snprintf(known, sizeof known, "%s.%d", outlet->id, gate);
            if (strcmp(name, known) == 0)
                return 1;
        }
    }
    const char **names = calloc((size_t)reservoir->outlet_count + 1, sizeof *names);
    for (int i = 0; i < reservoir->outlet_count && names != NULL; i++)
        names[i] = reservoir->outlet[i].id;
    const char *near = names != NULL ? nearest_name(name, names, reservoir->outlet_count) : NULL;
    bad(reader, "there is no gate or outlet '%s'%s%s%s", csv_shown(name, shown, sizeof shown),
        near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
        near != NULL ? "'?)" : "; gates are named spillway.1, spillway.2 ...");
    free(names);
    return 0;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static const char *
cell(const struct schedule_reader *reader, int column)
{
    int i = reader->column[column];
    return i >= 0 && i < reader->csv.cell_count ? csv_cell(&reader->csv, i) : "";
}

static bool
read_header(struct schedule_reader *reader)
{
    static const char *const all_names[] = {
        "time", "gate", "outlet", "mode", "opening_m", "opening_percent", "flow_m3s", "reservoir"};
    static const int columns[] = {COLUMN_TIME,    COLUMN_GATE,    COLUMN_GATE, COLUMN_MODE,
                                  COLUMN_OPENING, COLUMN_PERCENT, COLUMN_FLOW, COLUMN_RESERVOIR};
    const char *const *names = all_names;
    const int name_count = (int)(sizeof all_names / sizeof *all_names) - (reader->lakes == NULL);
    bool good = true;
    for (int i = 0; i < COLUMNS; i++)
        reader->column[i] = -1;
    for (int c = 0; c < reader->csv.cell_count; c++) {
        const char *text = csv_cell(&reader->csv, c);
        char shown[SHOWN];
        int found = -1;
        for (int i = 0; i < name_count; i++)
            if (strcmp(text, names[i]) == 0)
                found = i;
        if (strcmp(text, "remark") == 0 || text[0] == '\0')
            continue;
        if (found < 0 || reader->column[columns[found]] >= 0) {
            const char *near = nearest_name(text, names, name_count);
            bad(reader,
                "column '%s' is %s%s%s; a schedule has time, gate (or outlet), mode, "
                "opening_m, opening_percent, flow_m3s and remark",
                csv_shown(text, shown, sizeof shown), found < 0 ? "unknown" : "there twice",
                found < 0 && near != NULL ? ", did you mean " : "",
                found < 0 && near != NULL ? near : "");
            good = false;
        } else {
            reader->column[columns[found]] = c;
        }
    }
    if (good && (reader->column[COLUMN_TIME] < 0 || reader->column[COLUMN_GATE] < 0 ||
                 (reader->column[COLUMN_OPENING] < 0 && reader->column[COLUMN_PERCENT] < 0 &&
                  reader->column[COLUMN_FLOW] < 0))) {
        bad(reader, "a schedule needs the columns time, gate (or outlet), and one at least of "
                    "opening_m, opening_percent, flow_m3s");
        good = false;
    }
    return good;
}

/* The one figure of a row. */
static bool
read_value(struct schedule_reader *reader, const struct outlet *outlet, struct command *command)
{
    static const char *const names[] = {"opening_m", "opening_percent", "flow_m3s"};
    int found = -1;
    char shown[SHOWN];
    for (int i = 0; i < 3; i++) {
        if (cell(reader, COLUMN_OPENING + i)[0] == '\0')
            continue;
        if (found >= 0) {
            bad(reader, "both %s and %s are given; a row has one figure", names[found], names[i]);
            return false;
        }
        found = i;
    }
    if (found < 0) {
        bad(reader, "no opening and no flow is given; to go back to the rule write the word rule");
        return false;
    }
    const char *text = cell(reader, COLUMN_OPENING + found);
    if (strcmp(text, "rule") == 0) {
        command->kind = COMMAND_RULE;
        return true;
    }
    struct error err = {0};
    double full = outlet_full_opening(outlet);
    if (number_parse(text, &command->value, &err) != STATUS_OK || command->value < 0.0) {
        bad(reader, "%s is '%s'; it must be a number of at least 0, or the word rule", names[found],
            csv_shown(text, shown, sizeof shown));
        return false;
    }
    command->kind = found == 2 ? COMMAND_FLOW : COMMAND_OPENING;
    if (found == 0 && !outlet_opens_in_metres(outlet)) {
        bad(reader, "'%s' is a valve: its opening stands in column opening_percent", outlet->id);
        return false;
    }
    if (found == 1)
        command->value *= full / 100.0;
    if (found < 2 && command->value > full * (1.0 + 1e-9)) {
        bad(reader, "%s is %s, above the gate's height: '%s' opens to %g%s", names[found], text,
            outlet->id, found == 0 ? full : 100.0, found == 0 ? " m" : " %");
        return false;
    }
    return true;
}

static bool
read_time(struct schedule_reader *reader, int64_t *at_s)
{
    struct release_schedule *schedule = reader->schedule;
    struct instant instant;
    char shown[SHOWN], first[16], here[16];
    const char *text = cell(reader, COLUMN_TIME);
    if (!instant_parse(text, &instant)) {
        bad(reader, "'%s' is not a time (2024-09-07 13:20, with +07:00 or Z if wanted)",
            csv_shown(text, shown, sizeof shown));
        return false;
    }
    if (!schedule->has_rows)
        schedule->zone = instant;
    schedule->has_rows = true;
    if (instant.has_zone != schedule->zone.has_zone || instant.zone_s != schedule->zone.zone_s) {
        bad(reader, "time zones are mixed: '%s' is %s, the first row %s",
            csv_shown(text, shown, sizeof shown), instant_zone(&instant, here, sizeof here),
            instant_zone(&schedule->zone, first, sizeof first));
        return false;
    }
    *at_s = instant.local_s;
    return true;
}

static bool
add_command(struct release_schedule *schedule, const struct command *command)
{
    if (schedule->count == schedule->capacity) {
        int capacity = schedule->capacity > 0 ? 2 * schedule->capacity : 64;
        struct command *grown =
            realloc(schedule->command, (size_t)capacity * sizeof *schedule->command);
        if (grown == NULL)
            return false;
        schedule->command = grown;
        schedule->capacity = capacity;
    }
    schedule->command[schedule->count++] = *command;
    return true;
}

/* Which of the reservoirs the row is for, and its gate without the reservoir's id; -1 for none. */
static int
find_lake(const struct schedule_reader *reader, const char **gate)
{
    const struct schedule_lakes *lakes = reader->lakes;
    const char *named = cell(reader, COLUMN_RESERVOIR);
    for (int i = 0; i < lakes->count; i++) {
        size_t length = strlen(lakes->id[i]);
        bool before = strncmp(*gate, lakes->id[i], length) == 0 && (*gate)[length] == '.';
        if (named[0] != '\0' ? strcmp(named, lakes->id[i]) != 0 : !before)
            continue;
        if (before)
            *gate += length + 1;
        return i;
    }
    return -1;
}

/* Whether the row is for the reservoir that is read for. */
static bool
is_own_row(struct schedule_reader *reader, const char **gate)
{
    char known[256] = "", shown[SHOWN];
    const struct schedule_lakes *lakes = reader->lakes;
    int lake_i = lakes != NULL ? find_lake(reader, gate) : 0;
    if (lakes == NULL || (lake_i >= 0 && lake_i == lakes->own))
        return true;
    if (lake_i >= 0 || lakes->own != 0)
        return false;
    for (int i = 0; i < lakes->count; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", lakes->id[i]);
    }
    const char *named = cell(reader, COLUMN_RESERVOIR);
    bad(reader,
        "'%s' names none of the reservoirs %s; write %s.spillway.1, or the column reservoir",
        csv_shown(named[0] != '\0' ? named : *gate, shown, sizeof shown), known, lakes->id[0]);
    return false;
}

/* One row; false only if memory ran out. */
static bool
read_row(struct schedule_reader *reader)
{
    struct command command = {.line = reader->csv.row_line};
    const char *gate = cell(reader, COLUMN_GATE);
    int first, number;
    if (!is_own_row(reader, &gate))
        return true;
    int count = find_gates(reader, gate, &first);
    bool timed = read_time(reader, &command.at_s);
    if (count == 0)
        return true;
    const struct outlet *outlet =
        &reader->reservoir->outlet[reservoir_gate_outlet(reader->reservoir, first, &number)];
    if (!outlet_is_gated(outlet)) {
        bad(reader, "'%s' is a free crest: it has no gate to be set", outlet->id);
        return true;
    }
    const char *mode = cell(reader, COLUMN_MODE);
    command.linear = strcmp(mode, "linear") == 0;
    if (!command.linear && mode[0] != '\0' && strcmp(mode, "step") != 0) {
        char shown[SHOWN];
        bad(reader, "mode is '%s'; it must be step or linear",
            csv_shown(mode, shown, sizeof shown));
        return true;
    }
    if (!read_value(reader, outlet, &command) || !timed)
        return true;
    if (command.kind == COMMAND_FLOW)
        command.value /= count;
    for (int i = 0; i < count; i++) {
        command.gate_i = first + i;
        if (!add_command(reader->schedule, &command))
            return false;
    }
    return true;
}

/* By gate, then by the line of the file. */
static int
compare_commands(const void *a, const void *b)
{
    const struct command *first = a, *second = b;
    if (first->gate_i != second->gate_i)
        return first->gate_i < second->gate_i ? -1 : 1;
    return first->line < second->line ? -1 : first->line > second->line;
}

/* What the commands of a gate mean together. */
static void
check_order(struct schedule_reader *reader)
{
    struct release_schedule *schedule = reader->schedule;
    char name[NAME_MAX_BYTES];
    for (int i = 1; i < schedule->count; i++) {
        const struct command *before = &schedule->command[i - 1], *here = &schedule->command[i];
        if (before->gate_i != here->gate_i)
            continue;
        reader->csv.row_line = here->line;
        reservoir_gate_name(reader->reservoir, here->gate_i, name, sizeof name);
        if (here->at_s <= before->at_s)
            bad(reader,
                "the times of '%s' do not rise: line %d comes before with the same or a "
                "later time",
                name, before->line);
        else if (before->linear && before->kind != here->kind)
            bad(reader, "'%s' cannot go straight from %s (line %d) to %s", name,
                before->kind == COMMAND_FLOW      ? "a flow"
                : before->kind == COMMAND_OPENING ? "an opening"
                                                  : "its rule",
                before->line,
                here->kind == COMMAND_FLOW      ? "a flow"
                : here->kind == COMMAND_OPENING ? "an opening"
                                                : "its rule");
    }
}

/* Where the commands of each gate begin. */
static bool
index_gates(struct release_schedule *schedule)
{
    schedule->first = calloc((size_t)schedule->gate_count + 1, sizeof *schedule->first);
    if (schedule->first == NULL)
        return false;
    int i = 0;
    for (int gate_i = 0; gate_i <= schedule->gate_count; gate_i++) {
        while (i < schedule->count && schedule->command[i].gate_i < gate_i)
            i++;
        schedule->first[gate_i] = i;
    }
    return true;
}

static enum status
read_rows(struct schedule_reader *reader)
{
    enum csv_outcome outcome = csv_open(&reader->csv, reader->schedule->path);
    bool has_header = false, good_header = false;
    while (outcome == CSV_ROW && (outcome = csv_next(&reader->csv)) == CSV_ROW) {
        if (!has_header)
            good_header = read_header(reader);
        else if (good_header && !read_row(reader))
            outcome = CSV_NO_MEMORY;
        has_header = true;
    }
    if (outcome == CSV_BROKEN)
        bad(reader, "%s", reader->csv.problem);
    else if (outcome == CSV_END && !has_header)
        bad(reader, "the file is empty; a schedule needs a heading line");
    csv_close(&reader->csv);
    return outcome == CSV_NO_MEMORY ? STATUS_MEMORY : STATUS_OK;
}

enum status
release_schedule_read(const char *path, const struct reservoir *reservoir,
                      struct release_schedule *out, struct diagnostics *diagnostics)
{
    return release_schedule_read_of(path, reservoir, NULL, out, diagnostics);
}

enum status
release_schedule_read_of(const char *path, const struct reservoir *reservoir,
                         const struct schedule_lakes *lakes, struct release_schedule *out,
                         struct diagnostics *diagnostics)
{
    *out = (struct release_schedule){.path = strdup(path),
                                     .gate_count = reservoir_gate_count(reservoir)};
    struct schedule_reader reader = {
        .schedule = out, .reservoir = reservoir, .lakes = lakes, .diagnostics = diagnostics};
    int faults_before = diagnostics->error_count;
    if (out->path == NULL)
        return STATUS_MEMORY;
    enum status status = read_rows(&reader);
    if (status == STATUS_OK && out->count > 0)
        qsort(out->command, (size_t)out->count, sizeof *out->command, compare_commands);
    if (status == STATUS_OK)
        check_order(&reader);
    if (status == STATUS_OK && !index_gates(out))
        status = STATUS_MEMORY;
    if (status == STATUS_OK && diagnostics->error_count > faults_before)
        status = STATUS_INPUT;
    return status;
}

void
release_schedule_finish(struct release_schedule *schedule)
{
    free(schedule->path);
    free(schedule->command);
    free(schedule->first);
    *schedule = (struct release_schedule){0};
}

enum status
release_schedule_check_window(const struct release_schedule *schedule, int64_t start_s,
                              int64_t end_s, struct diagnostics *diagnostics)
{
    char at[24], start[24], end[24];
    int line = 0;
    enum status status = STATUS_OK;
    for (int i = 0; i < schedule->count; i++) {
        const struct command *command = &schedule->command[i];
        if ((command->at_s >= start_s && command->at_s <= end_s) || command->line == line)
            continue;
        line = command->line;
        diagnostics_add(
            diagnostics, false, schedule->path, line, 0, "%s lies outside the run, %s to %s",
            instant_format(command->at_s, at, sizeof at),
            instant_format(start_s, start, sizeof start), instant_format(end_s, end, sizeof end));
        status = STATUS_INPUT;
    }
    return status;
}

enum command_kind
release_schedule_at(const struct release_schedule *schedule, int gate_i, double at_s, double *value)
{
    *value = 0.0;
    if (schedule == NULL || schedule->first == NULL)
        return COMMAND_RULE;
    int low = schedule->first[gate_i], end = schedule->first[gate_i + 1];
    int found = -1;
    for (int high = end; low < high;) { /* the last command not after the instant */
        int middle = low + (high - low) / 2;
        if ((double)schedule->command[middle].at_s <= at_s) {
            found = middle;
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (found < 0)
        return COMMAND_RULE;
    const struct command *command = &schedule->command[found];
    *value = command->value;
    if (command->linear && found + 1 < end) {
        const struct command *next = command + 1;
        double share = (at_s - (double)command->at_s) / (double)(next->at_s - command->at_s);
        *value += share * (next->value - command->value);
    }
    return command->kind;
}
