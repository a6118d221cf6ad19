/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/flood_input.h"

#include "model/csv.h"
#include "model/data_file.h"
#include "model/units.h"

enum status
flood_read_peaks(const char *path, double *value, int *count, struct error *err)
{
    struct csv_reader csv;
    enum csv_outcome outcome = csv_open(&csv, path);
    enum status status = STATUS_OK;
    bool has_header = false;
    *count = 0;
    while (status == STATUS_OK && outcome == CSV_ROW && (outcome = csv_next(&csv)) == CSV_ROW) {
        const char *text = csv_cell(&csv, csv.cell_count - 1);
        char shown[64];
        struct error cause = {0};
        if (!has_header)
            has_header = true;
        else if (*count == FLOOD_YEARS_MAX)
            status = error_set(err, STATUS_INPUT, "%s: more than %d years", path, FLOOD_YEARS_MAX);
        else if (number_parse(text, &value[*count], &cause) != STATUS_OK || value[*count] < 0.0)
            status = error_set(err, STATUS_INPUT,
                               "%s:%d: '%s' is no flow; the last column holds the largest flow of "
                               "each year in m3/s",
                               path, csv.row_line, csv_shown(text, shown, sizeof shown));
        else
            (*count)++;
    }
    if (status == STATUS_OK && outcome != CSV_END)
        status = error_set(err, outcome == CSV_NO_MEMORY ? STATUS_MEMORY : STATUS_INPUT, "%s: %s",
                           path, outcome == CSV_NO_MEMORY ? "out of memory" : csv.problem);
    csv_close(&csv);
    return status;
}

enum status
flood_read_class(const char *path, const char *name, struct dam_class *out, struct error *err)
{
    static const char table[] = "dam_classes.csv";
    char found[4096];
    if (path == NULL && !data_file_find(table, found, sizeof found))
        return error_set(err, STATUS_INPUT,
                         "the table %s is not found: name it with --dam-classes, or its folder in "
                         "the environment as NGUON_DATA",
                         table);
    return dam_class_read(path != NULL ? path : found, name, out, err);
}
