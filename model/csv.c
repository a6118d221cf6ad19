/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 1 << 16,
    ROW_SIZE_MAX = 1 << 20, /* a longer row is an open quote or no table at all */
    END_OF_FILE = -1,
    UNREADABLE = -2, /* the problem is set */
    NO_MEMORY = -3,
    SHOWN_SIZE_MAX = 40,
    CDF_LATEST = 5 /* CDF-1, CDF-2 and CDF-5 are the classic formats of netCDF */
};

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool
refill(struct csv_reader *reader)
{
    ssize_t got;
    do
        got = read(reader->descriptor, reader->buffer, BUFFER_SIZE);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        snprintf(reader->problem, sizeof reader->problem, "cannot read the file: %s",
                 strerror(errno));
    reader->buffer_at = 0;
    reader->buffer_filled = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

/* The next byte as it stands in the file. */
static int
raw_byte(struct csv_reader *reader)
{
    if (reader->buffer_at == reader->buffer_filled) {
        if (!refill(reader))
            return UNREADABLE;
        if (reader->buffer_filled == 0)
            return END_OF_FILE;
    }
    return (unsigned char)reader->buffer[reader->buffer_at++];
}

/* The next byte of text: every line end is one '\n', control bytes are refused. */
static int
next_byte(struct csv_reader *reader)
{
    int byte = raw_byte(reader);
    if (reader->after_cr && byte == '\n')
        byte = raw_byte(reader);
    reader->after_cr = byte == '\r';
    if (byte == '\r')
        byte = '\n';
    if (byte == '\n' && reader->line < INT_MAX)
        reader->line++;
    if ((byte >= 0 && byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7F) {
        snprintf(reader->problem, sizeof reader->problem,
                 "this is no text file: it holds the byte 0x%02X", (unsigned)byte);
        return UNREADABLE;
    }
    return byte;
}

/* Byte order marks and the beginnings of files that people mistake for CSV. */
static enum csv_outcome
check_beginning(struct csv_reader *reader)
{
    if (!refill(reader))
        return CSV_BROKEN;
    const unsigned char *head = (const unsigned char *)reader->buffer;
    size_t size = reader->buffer_filled;
    const char *problem = NULL;
    if (size == 0)
        problem = "the file is empty";
    else if (size >= 2 &&
             ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)))
        problem = "this is UTF-16 text; save the file as UTF-8";
    else if (size >= 2 && head[0] == 0x1F && head[1] == 0x8B)
        problem = "this file is compressed by gzip; unpack it first";
    else if (size >= 4 && memcmp(head, "PK\003\004", 4) == 0)
        problem = "this is a spreadsheet or a zip file; export it as CSV";
    else if (size >= 4 && (memcmp(head, "\x89HDF", 4) == 0 ||
                           (memcmp(head, "CDF", 3) == 0 && head[3] <= CDF_LATEST)))
        problem = "this is netCDF or HDF5, no CSV; a basin file reads it: series: {netcdf: ...}";
    if (problem != NULL) {
        snprintf(reader->problem, sizeof reader->problem, "%s", problem);
        return CSV_BROKEN;
    }
    if (size >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0)
        reader->buffer_at = 3;
    return CSV_ROW;
}

enum csv_outcome
csv_open(struct csv_reader *reader, const char *path)
{
    *reader = (struct csv_reader){.descriptor = -1, .line = 1, .row_line = 0};
    /* Not to wait for ever on a named pipe: only regular files are read. */
    reader->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (reader->descriptor < 0 || fstat(reader->descriptor, &about) != 0) {
        snprintf(reader->problem, sizeof reader->problem, "cannot open the file: %s",
                 strerror(errno));
        return CSV_BROKEN;
    }
    if (!S_ISREG(about.st_mode)) {
        snprintf(reader->problem, sizeof reader->problem, "this is %s, not a file",
                 S_ISDIR(about.st_mode) ? "a directory" : "a device or a pipe");
        return CSV_BROKEN;
    }
    reader->buffer = malloc(BUFFER_SIZE);
    return reader->buffer == NULL ? CSV_NO_MEMORY : check_beginning(reader);
}

void
csv_close(struct csv_reader *reader)
{
    if (reader->descriptor >= 0)
        close(reader->descriptor);
    free(reader->buffer);
    free(reader->text);
    free(reader->cell);
    *reader = (struct csv_reader){.descriptor = -1};
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Add a byte to the row's text. @return 0, UNREADABLE or NO_MEMORY */
static int
put_byte(struct csv_reader *reader, int byte)
{
    if (reader->text_used == reader->text_capacity) {
        if (reader->text_used >= ROW_SIZE_MAX) {
            snprintf(reader->problem, sizeof reader->problem,
                     "the row is longer than %d bytes: a quote is not closed, or this is no table",
                     (int)ROW_SIZE_MAX);
            return UNREADABLE;
        }
        size_t capacity = reader->text_capacity == 0 ? 256 : 2 * reader->text_capacity;
        char *text = realloc(reader->text, capacity);
        if (text == NULL)
            return NO_MEMORY;
        reader->text = text;
        reader->text_capacity = capacity;
    }
    reader->text[reader->text_used++] = (char)byte;
    return 0;
}

static int
begin_cell(struct csv_reader *reader)
{
    if (reader->cell_count == reader->cell_capacity) {
        int capacity = reader->cell_capacity == 0 ? 16 : 2 * reader->cell_capacity;
        size_t *cell = realloc(reader->cell, (size_t)capacity * sizeof *cell);
        if (cell == NULL)
            return NO_MEMORY;
        reader->cell = cell;
        reader->cell_capacity = capacity;
    }
    reader->cell[reader->cell_count++] = reader->text_used;
    return 0;
}

static bool
ends_cell(int byte)
{
    return byte == ',' || byte == '\n' || byte < 0;
}

/* The rest of a cell whose opening quote has been read. @return the byte that ended the cell */
static int
quoted_cell(struct csv_reader *reader)
{
    int opened_line = reader->line;
    for (;;) {
        int byte = next_byte(reader);
        if (byte == '"') {
            byte = next_byte(reader);
            if (byte != '"') { /* else it is a quote written twice */
                while (byte == ' ' || byte == '\t')
                    byte = next_byte(reader);
                if (ends_cell(byte))
                    return byte;
                snprintf(reader->problem, sizeof reader->problem,
                         "a quoted cell goes on after its closing quote");
                return UNREADABLE;
            }
        }
        if (byte == END_OF_FILE) {
            snprintf(reader->problem, sizeof reader->problem,
                     "the quote opened on line %d is not closed", opened_line);
            return UNREADABLE;
        }
        if (byte < 0)
            return byte;
        int put = put_byte(reader, byte);
        if (put < 0)
            return put;
    }
}

static int
plain_cell(struct csv_reader *reader, int byte)
{
    size_t start = reader->text_used;
    for (; !ends_cell(byte); byte = next_byte(reader)) {
        int put = put_byte(reader, byte);
        if (put < 0)
            return put;
    }
    while (reader->text_used > start && (reader->text[reader->text_used - 1] == ' ' ||
                                         reader->text[reader->text_used - 1] == '\t'))
        reader->text_used--;
    return byte;
}

/* Cells of a row whose first byte has been read. @return '\n', END_OF_FILE or a failure */
static int
read_cells(struct csv_reader *reader, int byte)
{
    for (;;) {
        int begun = begin_cell(reader);
        if (begun < 0)
            return begun;
        while (byte == ' ' || byte == '\t')
            byte = next_byte(reader);
        byte = byte == '"' ? quoted_cell(reader) : plain_cell(reader, byte);
        if (byte < END_OF_FILE)
            return byte;
        int put = put_byte(reader, '\0');
        if (put < 0)
            return put;
        if (byte != ',')
            return byte;
        byte = next_byte(reader);
    }
}

enum csv_outcome
csv_next(struct csv_reader *reader)
{
    for (;;) {
        reader->row_line = reader->line;
        reader->text_used = 0;
        reader->cell_count = 0;
        int byte = next_byte(reader);
        if (byte == END_OF_FILE)
            return CSV_END;
        if (byte == '#') {
            while (byte >= 0 && byte != '\n')
                byte = next_byte(reader);
            if (byte >= END_OF_FILE)
                continue;
        } else {
            byte = read_cells(reader, byte);
        }
        if (byte == NO_MEMORY)
            return CSV_NO_MEMORY;
        if (byte == UNREADABLE)
            return CSV_BROKEN;
        bool is_blank = reader->cell_count == 1 && reader->text[0] == '\0';
        if (!is_blank)
            return CSV_ROW;
    }
}

const char *
csv_cell(const struct csv_reader *reader, int cell_i)
{
    return reader->text + reader->cell[cell_i];
}

/* ---- texts in messages ----------------------------------------------------------------------- */

/*
 * Length of the UTF-8 letter at the place, 0 if there is none: the well-formed sequences of the
 * Unicode Standard, table 3-7.
 */
static size_t
letter_size(const unsigned char *at)
{
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t size = 0;
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xC2 && at[0] <= 0xDF)
        size = 2;
    else if (at[0] >= 0xE0 && at[0] <= 0xEF)
        size = 3;
    else if (at[0] >= 0xF0 && at[0] <= 0xF4)
        size = 4;
    if (at[0] == 0xE0)
        low = 0xA0;
    else if (at[0] == 0xED)
        high = 0x9F;
    else if (at[0] == 0xF0)
        low = 0x90;
    else if (at[0] == 0xF4)
        high = 0x8F;
    for (size_t i = 1; i < size; i++) {
        if (at[i] < low || at[i] > high)
            return 0;
        low = 0x80;
        high = 0xBF;
    }
    return size;
}

const char *
csv_shown(const char *text, char *buffer, size_t size)
{
    size_t used = 0;
    size_t limit = size - 4 < SHOWN_SIZE_MAX ? size - 4 : SHOWN_SIZE_MAX;
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        size_t letter = letter_size(at);
        size_t wanted = letter == 0 ? 1 : letter;
        if (used + wanted > limit) {
            memcpy(buffer + used, "...", 3);
            used += 3;
            break;
        }
        if (letter == 0 || *at < ' ' || *at == 0x7F)
            buffer[used] = '?';
        else
            memcpy(buffer + used, at, letter);
        used += wanted;
        at += wanted;
    }
    buffer[used] = '\0';
    return buffer;
}

bool
csv_is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        size_t letter = letter_size(at);
        if (letter == 0)
            return false;
        at += letter;
    }
    return true;
}
