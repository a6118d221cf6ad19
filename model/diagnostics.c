/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/diagnostics.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 16,
    NAME_LENGTH_MAX = 128 /* longer words are no misspelt names */
};

void
diagnostics_init(struct diagnostics *diagnostics)
{
    *diagnostics = (struct diagnostics){0};
}

void
diagnostics_finish(struct diagnostics *diagnostics)
{
    for (int i = 0; i < diagnostics->count; i++) {
        free(diagnostics->item[i].file);
        free(diagnostics->item[i].message);
    }
    free(diagnostics->item);
    *diagnostics = (struct diagnostics){0};
}

/* Room for one more item; false beyond DIAGNOSTICS_MAX or without memory. */
static bool
reserve(struct diagnostics *diagnostics)
{
    if (diagnostics->count < diagnostics->capacity)
        return true;
    if (diagnostics->count >= DIAGNOSTICS_MAX)
        return false;
    int capacity = diagnostics->capacity == 0 ? FIRST_CAPACITY : 2 * diagnostics->capacity;
    if (capacity > DIAGNOSTICS_MAX)
        capacity = DIAGNOSTICS_MAX;
    struct diagnostic *item = realloc(diagnostics->item, (size_t)capacity * sizeof *item);
    if (item == NULL)
        return false;
    diagnostics->item = item;
    diagnostics->capacity = capacity;
    return true;
}

/* A text from a file may hold bytes that steer a terminal: they are shown as '?'. */
static void
blunt(char *text)
{
    for (char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = '?';
}

void
diagnostics_add(struct diagnostics *diagnostics, bool is_warning, const char *file, int line,
                int column, const char *format, ...)
{
    if (!is_warning)
        diagnostics->error_count++;
    if (!reserve(diagnostics)) {
        diagnostics->dropped_count++;
        return;
    }
    struct diagnostic item = {.line = line, .column = column, .is_warning = is_warning};
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&item.message, format, arguments) < 0)
        item.message = NULL;
    va_end(arguments);
    item.file = strdup(file != NULL ? file : "");
    if (item.message == NULL || item.file == NULL) {
        free(item.message);
        free(item.file);
        diagnostics->dropped_count++;
        return;
    }
    blunt(item.message);
    blunt(item.file);
    diagnostics->item[diagnostics->count++] = item;
}

const char *
diagnostic_format(const struct diagnostic *item, char *buffer, size_t size)
{
    char place[32] = "";
    if (item->line > 0 && item->column > 0)
        snprintf(place, sizeof place, ":%d:%d", item->line, item->column);
    else if (item->line > 0)
        snprintf(place, sizeof place, ":%d", item->line);
    snprintf(buffer, size, "%s%s: %s: %s", item->file, place,
             item->is_warning ? "warning" : "error", item->message);
    return buffer;
}

/* ---- names ----------------------------------------------------------------------------------- */

/*
 * Letters of a UTF-8 text as numbers, so that an accent counts as one mistake; a byte that begins
 * no whole letter stands for itself. The count, or NAME_LENGTH_MAX + 1 if there are more.
 */
static int
letters_of(const char *text, uint32_t letter[NAME_LENGTH_MAX])
{
    int count = 0;
    for (const char *at = text; *at != '\0';) {
        if (count == NAME_LENGTH_MAX)
            return NAME_LENGTH_MAX + 1;
        unsigned char head = (unsigned char)*at++;
        int tail_count = head >= 0xF0 ? 3 : head >= 0xE0 ? 2 : head >= 0xC0 ? 1 : 0;
        uint32_t value = head;
        for (; tail_count > 0 && ((unsigned char)*at & 0xC0) == 0x80; tail_count--)
            value = value << 8 | (unsigned char)*at++;
        letter[count++] = value;
    }
    return count;
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

/*
 * Restricted Damerau-Levenshtein distance: insertion, deletion, replacement and exchange of
 * neighbours cost 1 each (Boytsov 2011, ACM J. Exp. Algorithmics 16, section 2.1).
 */
static int
name_distance(const uint32_t *a, int a_count, const uint32_t *b, int b_count)
{
    int rows[3][NAME_LENGTH_MAX + 1];
    int *before = rows[0];
    int *above = rows[1];
    int *row = rows[2];
    for (int j = 0; j <= b_count; j++)
        above[j] = j;
    for (int i = 1; i <= a_count; i++) {
        row[0] = i;
        for (int j = 1; j <= b_count; j++) {
            int replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        int *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b_count];
}

const char *
nearest_name(const char *written, const char *const *known, int known_count)
{
    uint32_t letter[NAME_LENGTH_MAX];
    uint32_t other[NAME_LENGTH_MAX];
    int count = letters_of(written, letter);
    if (count > NAME_LENGTH_MAX)
        return NULL;
    int limit = count / 3 > 1 ? count / 3 : 1;
    const char *nearest = NULL;
    for (int i = 0; i < known_count; i++) {
        int other_count = letters_of(known[i], other);
        if (other_count > NAME_LENGTH_MAX || abs(other_count - count) > limit)
            continue;
        int distance = name_distance(letter, count, other, other_count);
        if (distance > limit)
            continue;
        nearest = known[i];
        limit = distance - 1;
        if (limit < 0)
            break;
    }
    return nearest;
}
