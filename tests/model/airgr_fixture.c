/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/model/airgr_fixture.h"

#include "model/csv.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
folder(void)
{
    static char path[1024];
    const char *shared = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/airgr", shared != NULL ? shared : "../shared");
    return path;
}

bool
airgr_is_there(void)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/criteria.csv", folder());
    if (access(path, R_OK) == 0)
        return true;
    print_message("reference figures of airGR are not there (%s)\n", path);
    return false;
}

struct sheet
sheet_read(const char *name)
{
    struct sheet sheet = {0};
    struct csv_reader csv;
    char path[1200];
    int capacity = 0, used = 0;
    snprintf(path, sizeof path, "%s/%s", folder(), name);
    if (csv_open(&csv, path) != CSV_ROW)
        fail_msg("%s: %s", path, csv.problem);
    while (csv_next(&csv) == CSV_ROW) {
        if (sheet.column_count == 0)
            sheet.column_count = csv.cell_count;
        assert_int_equal(csv.cell_count, sheet.column_count);
        if (used + csv.cell_count > capacity) {
            capacity = capacity == 0 ? 4096 : 2 * capacity;
            sheet.cell = realloc(sheet.cell, (size_t)capacity * sizeof *sheet.cell);
            assert_non_null(sheet.cell);
        }
        for (int i = 0; i < csv.cell_count; i++)
            sheet.cell[used++] = strdup(csv_cell(&csv, i));
    }
    csv_close(&csv);
    assert_true(used > sheet.column_count);
    sheet.row_count = used / sheet.column_count - 1;
    return sheet;
}

void
sheet_finish(struct sheet *sheet)
{
    for (int i = 0; i < (sheet->row_count + 1) * sheet->column_count; i++)
        free(sheet->cell[i]);
    free(sheet->cell);
    *sheet = (struct sheet){0};
}

int
sheet_find(const struct sheet *sheet, const char *column)
{
    for (int i = 0; i < sheet->column_count; i++)
        if (strcmp(sheet->cell[i], column) == 0)
            return i;
    fail_msg("there is no column %s", column);
    return -1;
}

const char *
sheet_text(const struct sheet *sheet, int row_i, const char *column)
{
    return sheet->cell[(row_i + 1) * sheet->column_count + sheet_find(sheet, column)];
}

double *
sheet_numbers(const struct sheet *sheet, const char *column)
{
    int column_i = sheet_find(sheet, column);
    double *number = malloc((size_t)sheet->row_count * sizeof *number);
    assert_non_null(number);
    for (int row_i = 0; row_i < sheet->row_count; row_i++) {
        const char *text = sheet->cell[(row_i + 1) * sheet->column_count + column_i];
        number[row_i] = strcmp(text, "NA") == 0 ? NAN : strtod(text, NULL);
    }
    return number;
}

int
sheet_row(const struct sheet *sheet, const char *start)
{
    for (int row_i = 0; row_i < sheet->row_count; row_i++)
        if (strncmp(sheet->cell[(row_i + 1) * sheet->column_count], start, strlen(start)) == 0)
            return row_i;
    return -1;
}

struct weather
weather_read(const char *basin)
{
    char name[64];
    bool hourly = strcmp(basin, "L0123003") == 0;
    snprintf(name, sizeof name, "basin_%s_%s.csv", basin, hourly ? "hourly" : "daily");
    struct sheet sheet = sheet_read(name);
    struct weather weather = {.count = sheet.row_count,
                              .date = calloc((size_t)sheet.row_count, sizeof *weather.date),
                              .rain_mm = sheet_numbers(&sheet, "P_mm"),
                              .pet_mm = sheet_numbers(&sheet, "PE_mm"),
                              .flow_mm = sheet_numbers(&sheet, "Qobs_mm")};
    assert_non_null(weather.date);
    for (int i = 0; i < weather.count; i++)
        snprintf(weather.date[i], sizeof weather.date[i], "%s",
                 sheet.cell[(i + 1) * sheet.column_count]);
    sheet_finish(&sheet);
    return weather;
}

struct weather
weather_by_month(const struct weather *days)
{
    size_t most = (size_t)days->count;
    struct weather months = {.date = calloc(most, sizeof *months.date),
                             .rain_mm = calloc(most, sizeof(double)),
                             .pet_mm = calloc(most, sizeof(double)),
                             .flow_mm = calloc(most, sizeof(double))};
    assert_true(months.date != NULL && months.rain_mm != NULL && months.pet_mm != NULL &&
                months.flow_mm != NULL);
    for (int d = 0; d < days->count; d++) {
        if (d == 0 || strncmp(days->date[d], days->date[d - 1], 7) != 0)
            snprintf(months.date[months.count++], sizeof *months.date, "%.7s", days->date[d]);
        months.rain_mm[months.count - 1] += days->rain_mm[d];
        months.pet_mm[months.count - 1] += days->pet_mm[d];
        months.flow_mm[months.count - 1] += days->flow_mm[d];
    }
    return months;
}

void
weather_finish(struct weather *weather)
{
    free(weather->date);
    free(weather->rain_mm);
    free(weather->pet_mm);
    free(weather->flow_mm);
    *weather = (struct weather){0};
}

int
weather_row(const struct weather *weather, const char *date)
{
    for (int i = 0; i < weather->count; i++)
        if (strncmp(weather->date[i], date, strlen(date)) == 0)
            return i;
    fail_msg("there is no %s", date);
    return -1;
}

int
parse_numbers(const char *text, double *number, int most)
{
    int count = 0;
    while (*text != '\0') {
        char *end;
        assert_true(count < most);
        number[count++] = strtod(text, &end);
        text = *end == ';' ? end + 1 : end;
    }
    return count;
}
