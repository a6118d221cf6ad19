/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_DIAGNOSTICS_H
#define NGUON_MODEL_DIAGNOSTICS_H

#include "solvers/status.h"

#include <stdbool.h>

/** One fault of an input file, placed. */
struct diagnostic {
    char *file;
    int line;   /**< 1-based; 0 when the fault is of the whole file */
    int column; /**< 1-based; 0 when unknown */
    bool is_warning;
    char *message;
};

/** Every fault found, in the order found; the reader goes on after each as far as it can. */
struct diagnostics {
    struct diagnostic *item;
    int count;
    int capacity;
    int error_count;   /**< faults that are not warnings, dropped ones included */
    int dropped_count; /**< faults beyond DIAGNOSTICS_MAX, counted and not kept */
};

enum { DIAGNOSTICS_MAX = 200 };

void diagnostics_init(struct diagnostics *diagnostics);
void diagnostics_finish(struct diagnostics *diagnostics);
void diagnostics_add(struct diagnostics *diagnostics, bool is_warning, const char *file, int line,
                     int column, const char *format, ...) __attribute__((format(printf, 6, 7)));

/** "file:line:column: error: message" of one item into a buffer; an unknown place is left out. */
const char *diagnostic_format(const struct diagnostic *item, char *buffer, size_t size);

/**
 * The known name nearest to what was written, or NULL: restricted Damerau-Levenshtein distance of
 * at most a third of the length, at least one, counted in UTF-8 letters. Ties go to the first in
 * the list.
 */
const char *nearest_name(const char *written, const char *const *known, int known_count);

#endif
