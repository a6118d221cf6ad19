/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_ARENA_H
#define NGUON_MODEL_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Memory that is given out piece by piece and freed all at once. When the system has none left,
 * every request from then on returns NULL and `failed` stays true, so that a reader may give up
 * wherever it is and its caller learns why.
 */
struct arena {
    struct arena_block *newest;
    bool failed;
};

/** A new empty arena, or NULL if out of memory. */
struct arena *arena_create(void);

/** Free everything the arena gave out; NULL is legal. */
void arena_destroy(struct arena *arena);

/** count zeroed elements, aligned for any type; NULL if out of memory, never NULL for count 0. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/** A copy of count elements. */
void *arena_copy(struct arena *arena, const void *source, size_t count, size_t size);

/** A copy of a text, of its first length bytes, or a formatted text. */
char *arena_text(struct arena *arena, const char *text);
char *arena_text_part(struct arena *arena, const char *text, size_t length);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Room for one element more in a list of count elements; returns the list, moved if it was full, or
 * NULL if out of memory (the old list stays valid). The new element is zeroed.
 */
void *arena_grow(struct arena *arena, void *list, int count, int *capacity, size_t size);

#endif
