/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_TABLE_H
#define NGUON_OUTPUT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

/** How a table is printed. The first two are also false and true of an option --csv. */
enum table_format {
    TABLE_TEXT, /**< for the terminal, columns as wide as they need to be */
    TABLE_CSV,  /**< RFC 4180 */
    TABLE_HTML, /**< a table element */
    TABLE_JSON  /**< an array of objects, keys the heads; null for a missing figure (RFC 8259) */
};

/** A table of texts. Widths are counted in letters, so that Vietnamese names line up. */
struct table {
    int column_count;
    enum table_format format;
    char **cell; /**< [cell_count], row by row; the first row the heads */
    int cell_count, capacity;
    bool failed; /**< out of memory: cells are lost and table_print says so */
};

/** Heads of the columns; those that begin with '<' stand at the left, without the '<'. */
void table_init(struct table *table, enum table_format format, int column_count,
                const char *const *heads);

/** The next cell, row by row. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A number with a sensible count of digits after the point for its size, "-" if not finite. */
void table_number(struct table *table, double value);

/** A share as a percentage, "-" if not finite. */
void table_percent(struct table *table, double share);

/** Print and free. @return false if memory ran out or nothing could be written */
bool table_print(struct table *table, FILE *out);

/** Free without printing. */
void table_discard(struct table *table);

/** A change of a figure, with its sign, as table_number. */
void table_change(struct table *table, double value);

/** Columns that a UTF-8 text takes on a terminal. */
int text_width(const char *text);

#endif
