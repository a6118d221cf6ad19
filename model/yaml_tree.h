/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_YAML_TREE_H
#define NGUON_MODEL_YAML_TREE_H

#include "model/arena.h"
#include "model/diagnostics.h"
#include "solvers/status.h"

#include <stdbool.h>

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

/** A value of a YAML file that knows where it stands. */
struct yaml_node {
    enum yaml_kind kind;
    int line;   /**< 1-based */
    int column; /**< 1-based, in characters */
    const char *file;
    const char *text;        /**< YAML_TEXT: UTF-8 without NUL; else "" */
    bool plain;              /**< YAML_TEXT written without quotes */
    int count;               /**< entries of a list or map */
    struct yaml_node *key;   /**< [count] of a map, each a YAML_TEXT */
    struct yaml_node *value; /**< [count] */
};

/** Limits of what is read; beyond them a file is refused. */
enum { YAML_DEPTH_MAX = 32, YAML_NODES_MAX = 2000000, YAML_FILE_MIB_MAX = 64 };

/**
 * Read a YAML file of one document whose root is a map.
 *
 * Faults are added to diagnostics with their place: unreadable, empty or oversized file, directory,
 * text that is not UTF-8, YAML syntax, duplicate keys (with both lines), keys that are no plain
 * text, anchors, aliases, tags, several documents, nesting beyond YAML_DEPTH_MAX.
 *
 * After a duplicate key reading goes on with the first; the other faults end it.
 *
 * @param[in]  name  what the file is called in messages
 * @param[out] text  the whole text of the file
 * @param[out] root  set only on STATUS_OK
 * @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY
 */
enum status yaml_read(const char *path, const char *name, struct arena *arena, char **text,
                      struct yaml_node **root, struct diagnostics *diagnostics);

/** As yaml_read from the text of a file that has been read before. */
enum status yaml_read_text(const char *text, const char *name, struct arena *arena,
                           struct yaml_node **root, struct diagnostics *diagnostics);

/** As yaml_read from a text in memory whose root may be of any kind, such as "35 hm3". */
enum status yaml_parse(const char *text, size_t length, const char *name, struct arena *arena,
                       struct yaml_node **root, struct diagnostics *diagnostics);

/** Value of a key of a map, or NULL. */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key);

/** The key itself, for its place. */
const struct yaml_node *yaml_find_key(const struct yaml_node *map, const char *key);

/** Whether nothing was written (an empty value, ~ or null). */
bool yaml_is_empty(const struct yaml_node *node);

/** "a list", "a map", "a text". */
const char *yaml_kind_name(enum yaml_kind kind);

#endif
