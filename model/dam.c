/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/dam.h"

#include "model/csv.h"
#include "model/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double gravity_ms2 = 9.80665;

struct wind_waves
wind_waves(const struct wind *wind)
{
    struct wind_waves waves = {0};
    if (!(wind->speed_ms > 0.0))
        return waves;
    double stress = 0.71 * pow(wind->speed_ms, 1.23);
    double fetch_m = wind->fetch_m;
    waves.height_m = fmin(5.112e-4 * stress * sqrt(fetch_m), 2.482e-2 * stress * stress);
    waves.period_s = fmin(6.238e-2 * cbrt(stress * fetch_m), 0.83 * stress);
    double period_s = waves.period_s / 1.1;
    double length_m = gravity_ms2 * period_s * period_s / (2.0 * M_PI);
    double breaker = 1.0 / (wind->slope * sqrt(waves.height_m / length_m));
    waves.runup_m =
        wind->roughness * waves.height_m * fmin(1.65 * breaker, 4.0 - 1.5 / sqrt(breaker));
    waves.setup_m = wind->setup_coefficient * wind->speed_ms * wind->speed_ms * fetch_m *
                    cos(wind->angle_deg * M_PI / 180.0) / (gravity_ms2 * wind->depth_m);
    return waves;
}

double
dam_required_freeboard_m(const struct dam *dam)
{
    struct wind_waves waves = wind_waves(&dam->wind);
    return dam->freeboard_m + waves.setup_m + waves.runup_m;
}

enum { COLUMN_CLASS, COLUMN_DESIGN, COLUMN_CHECK, COLUMN_FLAG, COLUMN_COUNT };

/* Places of the columns in the first row. */
static bool
find_columns(const struct csv_reader *csv, int *column)
{
    static const char *const names[] = {"class", "design_years", "check_years", "flag"};
    for (int c = 0; c < COLUMN_COUNT; c++) {
        column[c] = -1;
        for (int i = 0; i < csv->cell_count; i++)
            if (strcmp(csv_cell(csv, i), names[c]) == 0)
                column[c] = i;
        if (column[c] < 0)
            return false;
    }
    return true;
}

static enum status
read_class(const char *path, const struct csv_reader *csv, const int *column, struct dam_class *out,
           struct error *err)
{
    double years[2];
    for (int i = 0; i < 2; i++) {
        const char *text = csv_cell(csv, column[COLUMN_DESIGN + i]);
        struct error cause = {0};
        char shown[64];
        if (number_parse(text, &years[i], &cause) != STATUS_OK || !(years[i] > 1.0))
            return error_set(err, STATUS_INPUT, "%s:%d: '%s' is no return period in years", path,
                             csv->row_line, csv_shown(text, shown, sizeof shown));
    }
    if (years[1] < years[0])
        return error_set(err, STATUS_INPUT,
                         "%s:%d: the check flood, %g years, is less rare than the design flood",
                         path, csv->row_line, years[1]);
    *out = (struct dam_class){years[0], years[1], ""};
    snprintf(out->flag, sizeof out->flag, "%s", csv_cell(csv, column[COLUMN_FLAG]));
    return STATUS_OK;
}

enum status
dam_class_read(const char *path, const char *name, struct dam_class *out, struct error *err)
{
    struct csv_reader csv;
    int column[COLUMN_COUNT];
    char known[256] = "";
    enum status status = STATUS_OK;
    bool found = false, has_header = false;
    enum csv_outcome outcome = csv_open(&csv, path);
    while (status == STATUS_OK && !found && outcome == CSV_ROW &&
           (outcome = csv_next(&csv)) == CSV_ROW) {
        if (!has_header) {
            has_header = true;
            if (!find_columns(&csv, column))
                status = error_set(err, STATUS_INPUT,
                                   "%s:%d: the columns class, design_years, check_years and flag "
                                   "are needed",
                                   path, csv.row_line);
            continue;
        }
        if (csv.cell_count <= column[COLUMN_FLAG] || csv.cell_count <= column[COLUMN_CHECK] ||
            csv.cell_count <= column[COLUMN_DESIGN] || csv.cell_count <= column[COLUMN_CLASS]) {
            status = error_set(err, STATUS_INPUT, "%s:%d: cells are missing", path, csv.row_line);
            continue;
        }
        const char *own = csv_cell(&csv, column[COLUMN_CLASS]);
        found = strcmp(own, name) == 0;
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "", own);
        if (found)
            status = read_class(path, &csv, column, out, err);
    }
    if (status == STATUS_OK && (outcome == CSV_BROKEN || outcome == CSV_NO_MEMORY))
        status = error_set(err, outcome == CSV_BROKEN ? STATUS_INPUT : STATUS_MEMORY, "%s: %s",
                           path, outcome == CSV_BROKEN ? csv.problem : "out of memory");
    else if (status == STATUS_OK && !found)
        status = error_set(err, STATUS_INPUT, "%s knows no class '%s'; it has %s", path, name,
                           known[0] != '\0' ? known : "none");
    csv_close(&csv);
    return status;
}
