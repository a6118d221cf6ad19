/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a, 32 bits. */
static unsigned
hash_text(const char *text)
{
    unsigned hash = 2166136261u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

bool
name_index_init(struct name_index *index, struct arena *arena, int count_max)
{
    int capacity = 16;
    while (capacity < 2 * count_max)
        capacity *= 2;
    *index = (struct name_index){.capacity = capacity};
    index->name = arena_alloc(arena, (size_t)capacity, sizeof *index->name);
    index->number = arena_alloc(arena, (size_t)capacity, sizeof *index->number);
    return index->name != NULL && index->number != NULL;
}

/* Slot of the name, or the empty slot where it belongs. */
static int
find_slot(const struct name_index *index, const char *name)
{
    unsigned mask = (unsigned)index->capacity - 1;
    unsigned slot = hash_text(name) & mask;
    while (index->name[slot] != NULL && strcmp(index->name[slot], name) != 0)
        slot = (slot + 1) & mask;
    return (int)slot;
}

int
name_index_add(struct name_index *index, const char *name, int number)
{
    int slot = find_slot(index, name);
    if (index->name[slot] != NULL)
        return index->number[slot];
    index->name[slot] = name;
    index->number[slot] = number;
    index->count++;
    return -1;
}

int
name_index_find(const struct name_index *index, const char *name)
{
    if (index->count == 0)
        return -1;
    int slot = find_slot(index, name);
    return index->name[slot] != NULL ? index->number[slot] : -1;
}

static void
add_message(struct basin_reader *reader, bool is_warning, const struct yaml_node *at,
            const char *format, va_list arguments)
{
    char message[1024];
    vsnprintf(message, sizeof message, format, arguments);
    diagnostics_add(reader->diagnostics, is_warning, at->file, at->line, at->column, "%s", message);
}

void
fault(struct basin_reader *reader, const struct yaml_node *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_message(reader, false, at, format, arguments);
    va_end(arguments);
}

void
warn(struct basin_reader *reader, const struct yaml_node *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_message(reader, true, at, format, arguments);
    va_end(arguments);
}

const char *
did_you_mean(struct basin_reader *reader, const char *written, const char *const *known,
             int known_count)
{
    /* Beyond the faults that are kept, looking for names would only cost time. */
    if (reader->diagnostics->count >= DIAGNOSTICS_MAX)
        return "";
    const char *near = nearest_name(written, known, known_count);
    const char *text =
        near == NULL ? NULL : arena_format(reader->scratch, " (did you mean '%s'?)", near);
    return text != NULL ? text : "";
}

/* did_you_mean among the names of an index. */
static const char *
did_you_mean_of(struct basin_reader *reader, const char *written, const struct name_index *index)
{
    if (index->count == 0 || reader->diagnostics->count >= DIAGNOSTICS_MAX)
        return "";
    const char **known = malloc((size_t)index->count * sizeof *known);
    if (known == NULL)
        return "";
    int count = 0;
    for (int i = 0; i < index->capacity; i++)
        if (index->name[i] != NULL)
            known[count++] = index->name[i];
    const char *text = did_you_mean(reader, written, known, count);
    free(known);
    return text;
}

bool
id_is_valid(const char *id)
{
    enum { ID_MAX = 64 };
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length > 0 && length <= ID_MAX && id[length] == '\0';
}

bool
require_text(struct basin_reader *reader, const char *what, const struct yaml_node *value)
{
    if (value->kind != YAML_TEXT) {
        fault(reader, value, "'%s' must be a single value, not %s", what,
              yaml_kind_name(value->kind));
        return false;
    }
    if (value->text[0] == '\0') {
        fault(reader, value, "'%s' has no value", what);
        return false;
    }
    return true;
}

bool
require_map(struct basin_reader *reader, const char *what, const struct yaml_node *value)
{
    if (value->kind == YAML_MAP || yaml_is_empty(value))
        return true;
    fault(reader, value, "'%s' must be a map of keys and values, not %s", what,
          yaml_kind_name(value->kind));
    return false;
}

/* Number of what the value names, or -1 with a fault. */
static int
find_reference(struct basin_reader *reader, const char *what, const char *kind,
               const struct yaml_node *value, const struct name_index *index)
{
    if (!require_text(reader, what, value))
        return -1;
    int number = name_index_find(index, value->text);
    if (number < 0)
        fault(reader, value, "'%s' names %s '%s', which is not defined%s", what, kind, value->text,
              did_you_mean_of(reader, value->text, index));
    return number;
}

int
find_node(struct basin_reader *reader, const char *what, const struct yaml_node *value)
{
    return find_reference(reader, what, "node", value, &reader->node_index);
}

int
find_link(struct basin_reader *reader, const char *what, const struct yaml_node *value)
{
    return find_reference(reader, what, "link", value, &reader->link_index);
}

int
find_class(struct basin_reader *reader, const struct yaml_node *value)
{
    if (!require_text(reader, "class", value))
        return -1;
    int class_i = name_index_find(&reader->class_index, value->text);
    if (class_i < 0)
        fault(reader, value, "class '%s' stands in no rank of 'ranks'%s", value->text,
              did_you_mean_of(reader, value->text, &reader->class_index));
    return class_i;
}

int
find_series(struct basin_reader *reader, const struct yaml_node *value)
{
    return find_reference(reader, "series", "series", value, &reader->series_index);
}

int
find_profile(struct basin_reader *reader, const struct yaml_node *value)
{
    return find_reference(reader, "profile", "profile", value, &reader->profile_index);
}

int
rank_of_word(const struct basin *basin, const char *word)
{
    for (int i = 0; i < basin->rank_count; i++)
        if (strcmp(basin->rank[i].id, word) == 0)
            return i;
    for (int i = 0; i < basin->rank_count; i++)
        for (int j = 0; basin->rank[i].kind == RANK_DEMAND && j < basin->rank[i].class_count; j++)
            if (strcmp(basin->class[basin->rank[i].class_i[j]].id, word) == 0)
                return i;
    return -1;
}

int
find_rank(struct basin_reader *reader, const char *what, const struct yaml_node *value)
{
    if (!require_text(reader, what, value))
        return -1;
    int rank_i = rank_of_word(reader->basin, value->text);
    if (rank_i >= 0)
        return rank_i;
    int count = reader->basin->rank_count;
    const char **known = arena_alloc(reader->scratch, (size_t)count, sizeof *known);
    if (known == NULL)
        return -1;
    for (int i = 0; i < count; i++)
        known[i] = reader->basin->rank[i].id;
    fault(reader, value, "'%s' names rank '%s', which is not defined%s", what, value->text,
          did_you_mean(reader, value->text, known, count));
    return -1;
}

int
find_word(struct basin_reader *reader, const char *what, const struct yaml_node *value,
          const char *const *words)
{
    if (!require_text(reader, what, value))
        return -1;
    char list[256] = "";
    int count = 0;
    for (; words[count] != NULL; count++) {
        if (strcmp(words[count], value->text) == 0)
            return count;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", count > 0 ? ", " : "", words[count]);
    }
    fault(reader, value, "'%s' is '%s'; it must be %s%s%s", what, value->text,
          count > 1 ? "one of " : "", list, did_you_mean(reader, value->text, words, count));
    return -1;
}
