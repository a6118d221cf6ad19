/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/arena.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *older;
    size_t used;
    size_t size;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena *
arena_create(void)
{
    return calloc(1, sizeof(struct arena));
}

void
arena_destroy(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct arena_block *block = arena->newest; block != NULL;) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    free(arena);
}

/* A fresh block of at least size bytes; large pieces get a block of their own. */
static struct arena_block *
add_block(struct arena *arena, size_t size)
{
    size_t block_size = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE;
    struct arena_block *block = calloc(1, sizeof *block + block_size);
    if (block == NULL)
        return NULL;
    block->size = block_size;
    if (block_size == BLOCK_SIZE || arena->newest == NULL) {
        block->older = arena->newest;
        arena->newest = block;
    } else { /* keep filling the block that still has room */
        block->older = arena->newest->older;
        arena->newest->older = block;
    }
    return block;
}

void *
arena_alloc(struct arena *arena, size_t count, size_t size)
{
    if (arena->failed)
        return NULL;
    if (size != 0 && count > (SIZE_MAX / 2) / size) {
        arena->failed = true;
        return NULL;
    }
    size_t wanted = (count * size + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    struct arena_block *block = arena->newest;
    if (block == NULL || block->size - block->used < wanted)
        block = add_block(arena, wanted);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    void *piece = block->bytes + block->used;
    block->used += wanted;
    return piece;
}

void *
arena_copy(struct arena *arena, const void *source, size_t count, size_t size)
{
    void *copy = arena_alloc(arena, count, size);
    if (copy != NULL && count > 0 && size > 0)
        memcpy(copy, source, count * size);
    return copy;
}

char *
arena_text_part(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1, 1);
    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

char *
arena_text(struct arena *arena, const char *text)
{
    return arena_text_part(arena, text, strlen(text));
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1, 1);
    if (text == NULL) {
        arena->failed = true;
        return NULL;
    }
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void *
arena_grow(struct arena *arena, void *list, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return list;
    if (count > INT_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    int new_capacity = count < 4 ? 4 : 2 * count;
    unsigned char *grown = arena_alloc(arena, (size_t)new_capacity, size);
    if (grown == NULL)
        return NULL;
    if (count > 0)
        memcpy(grown, list, (size_t)count * size);
    *capacity = new_capacity;
    return grown;
}
