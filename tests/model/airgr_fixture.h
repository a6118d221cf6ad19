/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_AIRGR_FIXTURE_H
#define NGUON_TESTS_MODEL_AIRGR_FIXTURE_H

#include <stdbool.h>

/* Reference figures of the package airGR 1.7.6, read from the folder shared beside the sources. */

/** A CSV file in memory. */
struct sheet {
    int row_count, column_count;
    char **cell; /**< [row_count + 1][column_count], the first row the names */
};

/** Whether the folder is there; tests skip otherwise. */
bool airgr_is_there(void);

/** Read a file of the folder, the test fails if it cannot. */
struct sheet sheet_read(const char *name);
void sheet_finish(struct sheet *sheet);

/** Place of a column, the test fails if there is none. */
int sheet_find(const struct sheet *sheet, const char *column);

/** A column as numbers, NaN for NA; to be freed. */
double *sheet_numbers(const struct sheet *sheet, const char *column);

/** A cell of a row (0 the first after the names). */
const char *sheet_text(const struct sheet *sheet, int row_i, const char *column);

/** First row whose first column begins with the text, -1 if none. */
int sheet_row(const struct sheet *sheet, const char *start);

/** Weather and flow of a basin. */
struct weather {
    int count;
    char (*date)[20];
    double *rain_mm, *pet_mm, *flow_mm;
};

/** "L0123001": days, or "L0123003": hours. */
struct weather weather_read(const char *basin);

/** Sums by month, as GR2M takes them; a month with a missing flow has none. */
struct weather weather_by_month(const struct weather *days);
void weather_finish(struct weather *weather);

/** Row of the first date that begins with the text, the test fails if there is none. */
int weather_row(const struct weather *weather, const char *date);

/** "1;2.5" into numbers. @return how many */
int parse_numbers(const char *text, double *number, int most);

#endif
