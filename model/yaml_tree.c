/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/yaml_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

static const size_t file_bytes_max = (size_t)YAML_FILE_MIB_MAX << 20;

/* State of reading one file; `stopped` once a fault makes the rest meaningless. */
struct tree_reader {
    yaml_parser_t parser;
    const char *name;
    struct arena *arena;
    struct diagnostics *diagnostics;
    int node_count;
    bool faulty;
    bool stopped;
};

static void
add_fault(struct tree_reader *reader, yaml_mark_t mark, const char *message)
{
    reader->faulty = true;
    diagnostics_add(reader->diagnostics, false, reader->name, (int)mark.line + 1,
                    (int)mark.column + 1, "%s", message);
}

static void
stop(struct tree_reader *reader, yaml_mark_t mark, const char *message)
{
    add_fault(reader, mark, message);
    reader->stopped = true;
}

/* Next event, or false when libyaml finds a fault. */
static bool
next_event(struct tree_reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    yaml_parser_t *parser = &reader->parser;
    reader->faulty = reader->stopped = true;
    if (parser->error == YAML_MEMORY_ERROR) {
        reader->arena->failed = true;
        return false;
    }
    const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
    if (parser->error == YAML_READER_ERROR)
        diagnostics_add(reader->diagnostics, false, reader->name, (int)parser->mark.line + 1,
                        (int)parser->mark.column + 1, "not a UTF-8 text at byte %zu: %s",
                        parser->problem_offset + 1, problem);
    else if (parser->context != NULL)
        diagnostics_add(reader->diagnostics, false, reader->name,
                        (int)parser->problem_mark.line + 1, (int)parser->problem_mark.column + 1,
                        "not valid YAML: %s (%s that began in line %d)", problem, parser->context,
                        (int)parser->context_mark.line + 1);
    else
        diagnostics_add(reader->diagnostics, false, reader->name,
                        (int)parser->problem_mark.line + 1, (int)parser->problem_mark.column + 1,
                        "not valid YAML: %s", problem);
    return false;
}

static void read_value(struct tree_reader *reader, yaml_event_t *event, int depth,
                       struct yaml_node *node);

/* What every value starts with: its place, and the refusal of anchors, tags and excess. */
static void
begin_value(struct tree_reader *reader, const yaml_event_t *event, int depth,
            struct yaml_node *node)
{
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    node->file = reader->name;
    node->text = "";
    if (depth > YAML_DEPTH_MAX)
        stop(reader, event->start_mark, "nested more than 32 levels deep");
    if (++reader->node_count > YAML_NODES_MAX)
        stop(reader, event->start_mark, "the file holds more than 2000000 values");
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor != NULL)
        stop(reader, event->start_mark, "anchors ('&') are not allowed; write the value out");
    else if (tag != NULL)
        stop(reader, event->start_mark, "tags ('!') are not allowed; write the value without");
}

static void
read_list(struct tree_reader *reader, int depth, struct yaml_node *node)
{
    int capacity = 0;
    while (!reader->stopped) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return;
        }
        struct yaml_node *grown =
            arena_grow(reader->arena, node->value, node->count, &capacity, sizeof *grown);
        if (grown == NULL) {
            yaml_event_delete(&event);
            reader->stopped = true;
            return;
        }
        node->value = grown;
        read_value(reader, &event, depth + 1, &node->value[node->count++]);
    }
}

/* Order of keys for the search of duplicates: by text, then by place in the file. */
static int
compare_keys(const void *left, const void *right)
{
    const struct yaml_node *const *a = left;
    const struct yaml_node *const *b = right;
    int order = strcmp((*a)->text, (*b)->text);
    if (order != 0)
        return order;
    return *a < *b ? -1 : *a > *b;
}

/* Report every key that stands twice; all but the first are left out of the map. */
static void
reject_duplicates(struct tree_reader *reader, struct yaml_node *map)
{
    if (map->count < 2)
        return;
    size_t count = (size_t)map->count;
    const struct yaml_node **sorted = malloc(count * sizeof *sorted);
    if (sorted == NULL) {
        reader->arena->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = &map->key[i];
    qsort(sorted, count, sizeof *sorted, compare_keys);
    const struct yaml_node *first = sorted[0];
    for (size_t i = 1; i < count; i++) {
        if (strcmp(first->text, sorted[i]->text) != 0) {
            first = sorted[i];
            continue;
        }
        diagnostics_add(reader->diagnostics, false, reader->name, sorted[i]->line,
                        sorted[i]->column, "key '%s' stands twice; it is already in line %d",
                        first->text, first->line);
        map->key[sorted[i] - map->key].text = NULL;
    }
    free(sorted);
    int kept = 0;
    for (int i = 0; i < map->count; i++) {
        if (map->key[i].text == NULL)
            continue;
        map->key[kept] = map->key[i];
        map->value[kept++] = map->value[i];
    }
    map->count = kept;
}

/* Read one key of a map into *key; false at the end of the map. */
static bool
read_key(struct tree_reader *reader, int depth, struct yaml_node *key)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return false;
    if (event.type == YAML_MAPPING_END_EVENT) {
        yaml_event_delete(&event);
        return false;
    }
    if (event.type != YAML_SCALAR_EVENT && event.type != YAML_ALIAS_EVENT) {
        stop(reader, event.start_mark, "a key must be a plain word");
        yaml_event_delete(&event);
        return false;
    }
    read_value(reader, &event, depth, key);
    return !reader->stopped;
}

static void
read_map(struct tree_reader *reader, int depth, struct yaml_node *node)
{
    int key_capacity = 0;
    int value_capacity = 0;
    for (;;) {
        struct yaml_node key = {0};
        if (!read_key(reader, depth + 1, &key))
            break;
        struct yaml_node *keys =
            arena_grow(reader->arena, node->key, node->count, &key_capacity, sizeof *keys);
        struct yaml_node *values =
            arena_grow(reader->arena, node->value, node->count, &value_capacity, sizeof *values);
        if (keys == NULL || values == NULL) {
            reader->stopped = true;
            return;
        }
        node->key = keys;
        node->value = values;
        node->key[node->count] = key;
        yaml_event_t event;
        if (!next_event(reader, &event))
            break;
        read_value(reader, &event, depth + 1, &node->value[node->count]);
        node->count++;
        if (reader->stopped)
            break;
    }
    reject_duplicates(reader, node);
}

/* Read the value that begins with event, which is released here. */
static void
read_value(struct tree_reader *reader, yaml_event_t *event, int depth, struct yaml_node *node)
{
    begin_value(reader, event, depth, node);
    yaml_event_type_t type = event->type;
    if (type == YAML_ALIAS_EVENT) {
        stop(reader, event->start_mark,
             "aliases ('*') are not allowed; write the value out "
             "(a path with '*' needs quotes)");
    } else if (type == YAML_SCALAR_EVENT && !reader->stopped) {
        const char *bytes = (const char *)event->data.scalar.value;
        size_t length = event->data.scalar.length;
        node->kind = YAML_TEXT;
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (memchr(bytes, '\0', length) != NULL)
            stop(reader, event->start_mark, "a text holds a NUL character");
        char *copy = arena_text_part(reader->arena, bytes, length);
        node->text = copy != NULL ? copy : "";
        if (copy == NULL)
            reader->stopped = true;
    }
    yaml_event_delete(event);
    if (reader->stopped)
        return;
    if (type == YAML_SEQUENCE_START_EVENT) {
        node->kind = YAML_LIST;
        read_list(reader, depth, node);
    } else if (type == YAML_MAPPING_START_EVENT) {
        node->kind = YAML_MAP;
        read_map(reader, depth, node);
    }
}

/* Stream start, document start, one value, document end, stream end. */
static void
read_document(struct tree_reader *reader, struct yaml_node *root)
{
    yaml_event_t event;
    bool seen = false;
    while (!reader->stopped && next_event(reader, &event)) {
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_END_EVENT) {
            yaml_event_delete(&event);
        } else if (type == YAML_DOCUMENT_START_EVENT) {
            if (seen)
                stop(reader, event.start_mark, "a second document begins; a file holds one");
            yaml_event_delete(&event);
        } else {
            seen = true;
            read_value(reader, &event, 1, root);
        }
    }
    if (!seen && !reader->faulty && !reader->arena->failed) {
        yaml_mark_t start = {0};
        stop(reader, start, "the file is empty");
    }
}

enum status
yaml_parse(const char *text, size_t length, const char *name, struct arena *arena,
           struct yaml_node **root, struct diagnostics *diagnostics)
{
    struct tree_reader reader = {.name = name, .arena = arena, .diagnostics = diagnostics};
    struct yaml_node *node = arena_alloc(arena, 1, sizeof *node);
    if (node == NULL || !yaml_parser_initialize(&reader.parser))
        return STATUS_MEMORY;
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
    read_document(&reader, node);
    yaml_parser_delete(&reader.parser);
    if (arena->failed)
        return STATUS_MEMORY;
    if (reader.faulty)
        return STATUS_INPUT;
    *root = node;
    return STATUS_OK;
}

/* Fault of a file as a whole. */
static enum status
file_fault(struct diagnostics *diagnostics, const char *name, const char *problem)
{
    diagnostics_add(diagnostics, false, name, 0, 0, "%s", problem);
    return STATUS_INPUT;
}

/* Read everything from an open file, up to one byte more than is allowed. */
static enum status
read_all(int descriptor, size_t size_hint, const char *name, struct arena *arena, char **text,
         size_t *length, struct diagnostics *diagnostics)
{
    size_t size = 0;
    size_t room = size_hint + 1;
    char *bytes = malloc(room + 1);
    enum status status = STATUS_OK;
    while (bytes != NULL) {
        ssize_t got = read(descriptor, bytes + size, room - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            status = file_fault(diagnostics, name, strerror(errno));
        if (got <= 0)
            break;
        size += (size_t)got;
        if (size > file_bytes_max) {
            status = file_fault(diagnostics, name, "the file is larger than 64 MiB");
            break;
        }
        if (size == room) {
            room *= 2;
            char *grown = realloc(bytes, room + 1);
            if (grown == NULL)
                free(bytes);
            bytes = grown;
        }
    }
    *text = bytes != NULL && status == STATUS_OK ? arena_text_part(arena, bytes, size) : NULL;
    *length = size;
    free(bytes);
    return status == STATUS_OK && *text == NULL ? STATUS_MEMORY : status;
}

static enum status
read_file(const char *path, const char *name, struct arena *arena, char **text, size_t *length,
          struct diagnostics *diagnostics)
{
    /* Not to wait for ever where nobody writes into a named pipe; one that is written to is read.
     */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return file_fault(diagnostics, name,
                          errno == ENOENT ? "there is no such file" : strerror(errno));
    struct stat info;
    enum status status = STATUS_OK;
    if (fstat(descriptor, &info) != 0 || fcntl(descriptor, F_SETFL, O_RDONLY) != 0)
        status = file_fault(diagnostics, name, strerror(errno));
    else if (S_ISDIR(info.st_mode))
        status = file_fault(diagnostics, name, "this is a folder, not a file");
    else if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
        status = file_fault(diagnostics, name, "this is not a regular file");
    else if (S_ISREG(info.st_mode) && (uintmax_t)info.st_size > file_bytes_max)
        status = file_fault(diagnostics, name, "the file is larger than 64 MiB");
    if (status == STATUS_OK)
        status = read_all(descriptor, S_ISREG(info.st_mode) ? (size_t)info.st_size : 4096, name,
                          arena, text, length, diagnostics);
    close(descriptor);
    return status;
}

/* The root must be a map of sections. */
static enum status
parse_file(const char *text, size_t length, const char *name, struct arena *arena,
           struct yaml_node **root, struct diagnostics *diagnostics)
{
    struct yaml_node *node = NULL;
    enum status status = yaml_parse(text, length, name, arena, &node, diagnostics);
    if (status != STATUS_OK)
        return status;
    if (node->kind != YAML_MAP) {
        diagnostics_add(diagnostics, false, name, node->line, node->column,
                        "the file must be a map of sections (such as 'nguon: 1'), not %s",
                        yaml_kind_name(node->kind));
        return STATUS_INPUT;
    }
    *root = node;
    return STATUS_OK;
}

enum status
yaml_read_text(const char *text, const char *name, struct arena *arena, struct yaml_node **root,
               struct diagnostics *diagnostics)
{
    return parse_file(text, strlen(text), name, arena, root, diagnostics);
}

enum status
yaml_read(const char *path, const char *name, struct arena *arena, char **text,
          struct yaml_node **root, struct diagnostics *diagnostics)
{
    size_t length = 0;
    enum status status = read_file(path, name, arena, text, &length, diagnostics);
    if (status != STATUS_OK)
        return status;
    const unsigned char *bytes = (const unsigned char *)*text;
    if (length >= 2 &&
        ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff))) {
        diagnostics_add(diagnostics, false, name, 1, 1,
                        "the file is UTF-16 text; save it as UTF-8");
        return STATUS_INPUT;
    }
    return parse_file(*text, length, name, arena, root, diagnostics);
}

const struct yaml_node *
yaml_find(const struct yaml_node *map, const char *key)
{
    for (int i = 0; i < map->count && map->kind == YAML_MAP; i++)
        if (strcmp(map->key[i].text, key) == 0)
            return &map->value[i];
    return NULL;
}

const struct yaml_node *
yaml_find_key(const struct yaml_node *map, const char *key)
{
    for (int i = 0; i < map->count && map->kind == YAML_MAP; i++)
        if (strcmp(map->key[i].text, key) == 0)
            return &map->key[i];
    return NULL;
}

bool
yaml_is_empty(const struct yaml_node *node)
{
    return node->kind == YAML_TEXT && node->plain &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
            strcmp(node->text, "null") == 0);
}

const char *
yaml_kind_name(enum yaml_kind kind)
{
    return kind == YAML_MAP ? "a map" : kind == YAML_LIST ? "a list" : "a text";
}
