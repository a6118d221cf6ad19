/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/csv.h"
#include "model/tide.h"
#include "model/units.h"

#include <string.h>

enum { SHOWN = 64 };

/* Where the columns are; -1 absent. */
struct reading {
    const char *path, *station;
    enum tide_phases phases;
    struct tide *tide;
    struct diagnostics *diagnostics;
    struct csv_reader csv;
    int name_c, amplitude_c, phase_c, station_c;
    char first_station[SHOWN]; /* where none was asked for */
};

static bool
read_header(struct reading *reading)
{
    struct csv_reader *csv = &reading->csv;
    reading->name_c = reading->amplitude_c = reading->phase_c = reading->station_c = -1;
    for (int c = 0; c < csv->cell_count; c++) {
        const char *name = csv_cell(csv, c);
        if (strcmp(name, "constituent") == 0)
            reading->name_c = c;
        else if (strcmp(name, "amp_m") == 0 || strcmp(name, "amplitude_m") == 0)
            reading->amplitude_c = c;
        else if (strcmp(name, "phase_deg") == 0)
            reading->phase_c = c;
        else if (strcmp(name, "station") == 0)
            reading->station_c = c;
    }
    if (reading->name_c >= 0 && reading->amplitude_c >= 0 && reading->phase_c >= 0)
        return true;
    diagnostics_add(reading->diagnostics, false, reading->path, csv->row_line, 0,
                    "a table of the tide needs the columns constituent, amplitude_m and phase_deg");
    return false;
}

static const char *
cell(const struct reading *reading, int column)
{
    return column >= 0 && column < reading->csv.cell_count ? csv_cell(&reading->csv, column) : "";
}

/* Whether the row is of the station that is read. */
static bool
is_wanted(struct reading *reading)
{
    if (reading->station_c < 0)
        return true;
    const char *station = cell(reading, reading->station_c);
    if (reading->station != NULL)
        return strcmp(station, reading->station) == 0;
    if (reading->first_station[0] == '\0')
        csv_shown(station, reading->first_station, sizeof reading->first_station);
    char shown[SHOWN];
    if (strcmp(csv_shown(station, shown, sizeof shown), reading->first_station) == 0)
        return true;
    diagnostics_add(reading->diagnostics, false, reading->path, reading->csv.row_line, 0,
                    "the table has several stations ('%s', '%s'): say which",
                    reading->first_station, shown);
    return false;
}

static void
read_row(struct reading *reading)
{
    if (!is_wanted(reading))
        return;
    struct diagnostics *diagnostics = reading->diagnostics;
    const char *path = reading->path, *name = cell(reading, reading->name_c);
    int line = reading->csv.row_line;
    char shown[SHOWN];
    double amplitude_m = 0.0, phase_deg = 0.0;
    struct error err = {0};
    if (number_parse(cell(reading, reading->amplitude_c), &amplitude_m, &err) != STATUS_OK ||
        !(amplitude_m >= 0.0))
        diagnostics_add(diagnostics, false, path, line, 0,
                        "amplitude '%s'; it must be a number of metres of at least 0",
                        csv_shown(cell(reading, reading->amplitude_c), shown, sizeof shown));
    else if (number_parse(cell(reading, reading->phase_c), &phase_deg, &err) != STATUS_OK)
        diagnostics_add(diagnostics, false, path, line, 0,
                        "phase '%s'; it must be a number of degrees",
                        csv_shown(cell(reading, reading->phase_c), shown, sizeof shown));
    else if (tide_find_constituent(name) < 0)
        diagnostics_add(diagnostics, false, path, line, 0, "'%s' is no constituent that is known",
                        csv_shown(name, shown, sizeof shown));
    else if (!tide_add(reading->tide, name, amplitude_m, phase_deg, reading->phases))
        diagnostics_add(diagnostics, false, path, line, 0, "constituent '%s' is there twice",
                        csv_shown(name, shown, sizeof shown));
}

static void
judge_whole(const struct reading *reading)
{
    double form;
    bool any = false;
    for (int i = 0; i < reading->tide->count; i++)
        any = any || reading->tide->part[i].amplitude_m > 0.0;
    if (!any)
        diagnostics_add(reading->diagnostics, false, reading->path, 0, 0,
                        reading->station != NULL ? "no constituents of station '%s'"
                                                 : "no constituents%s",
                        reading->station != NULL ? reading->station : "");
    else if (tide_period_s(reading->tide, &form) > 0.0 && form != form)
        diagnostics_add(reading->diagnostics, false, reading->path, 0, 0,
                        "none of K1, O1, M2 and S2 is there: the main tide is missing");
}

enum status
tide_read_csv(struct tide *tide, const char *path, const char *station, enum tide_phases phases,
              struct diagnostics *diagnostics)
{
    *tide = (struct tide){0};
    struct reading reading = {.path = path,
                              .station = station,
                              .phases = phases,
                              .tide = tide,
                              .diagnostics = diagnostics};
    int faults_before = diagnostics->error_count;
    enum csv_outcome outcome = csv_open(&reading.csv, path);
    bool has_header = false, readable = true;
    while (readable && outcome == CSV_ROW && (outcome = csv_next(&reading.csv)) == CSV_ROW) {
        if (has_header)
            read_row(&reading);
        else
            readable = read_header(&reading);
        has_header = true;
    }
    if (outcome == CSV_BROKEN)
        diagnostics_add(diagnostics, false, path, reading.csv.row_line, 0, "%s",
                        reading.csv.problem);
    csv_close(&reading.csv);
    if (outcome == CSV_NO_MEMORY)
        return STATUS_MEMORY;
    if (diagnostics->error_count == faults_before)
        judge_whole(&reading);
    return diagnostics->error_count > faults_before ? STATUS_INPUT : STATUS_OK;
}
