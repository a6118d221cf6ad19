/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CSV_H
#define NGUON_MODEL_CSV_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Reads a CSV file row by row (RFC 4180: quoted cells may hold commas, doubled quotes and line
 * ends). A UTF-8 byte order mark is skipped; lines end with LF, CRLF or CR; blank lines and lines
 * that begin with '#' are left out; blanks around a cell are trimmed. Memory does not grow with the
 * file, only with its longest row.
 */
struct csv_reader {
    int descriptor;
    char *buffer;
    size_t buffer_at, buffer_filled;
    bool after_cr; /**< the last byte was CR: a LF that follows belongs to it */
    int line;      /**< line of the next byte, 1-based */
    int row_line;  /**< line on which the row of csv_next began */
    char *text;    /**< cells of the row, each ended by 0 */
    size_t text_used, text_capacity;
    size_t *cell; /**< start of each cell in text */
    int cell_count, cell_capacity;
    char problem[160]; /**< what is wrong, after CSV_BROKEN or a failed csv_open */
};

enum csv_outcome {
    CSV_ROW,    /**< row_line, cell_count and csv_cell hold a row */
    CSV_END,    /**< no further row */
    CSV_BROKEN, /**< not a text file, or an open quote: nothing further can be read */
    CSV_NO_MEMORY
};

/**
 * Open a regular file; csv_close is due in every case.
 * @return CSV_ROW, CSV_BROKEN or CSV_NO_MEMORY
 */
enum csv_outcome csv_open(struct csv_reader *reader, const char *path);
enum csv_outcome csv_next(struct csv_reader *reader);
const char *csv_cell(const struct csv_reader *reader, int cell_i);
void csv_close(struct csv_reader *reader);

/**
 * A text from a file made fit for a message: cut after about 40 bytes at a letter's end, with '?'
 * for control bytes and for bytes that are no UTF-8. Buffer of >= 64 bytes.
 */
const char *csv_shown(const char *text, char *buffer, size_t size);

/** Whether the text is well-formed UTF-8. */
bool csv_is_utf8(const char *text);

#endif
