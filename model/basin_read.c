/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 1000, INCLUDE_DEPTH_MAX = 16 };

bool
reader_init(struct basin_reader *reader, struct basin *basin, struct diagnostics *diagnostics)
{
    *reader = (struct basin_reader){.basin = basin,
                                    .arena = basin->arena,
                                    .scratch = arena_create(),
                                    .diagnostics = diagnostics};
    return reader->scratch != NULL;
}

void
reader_finish(struct basin_reader *reader)
{
    arena_destroy(reader->scratch);
}

bool
reader_index(struct basin_reader *reader)
{
    const struct basin *basin = reader->basin;
    struct arena *scratch = reader->scratch;
    if (!name_index_init(&reader->node_index, scratch, basin->node_count) ||
        !name_index_init(&reader->series_index, scratch, basin->series_count) ||
        !name_index_init(&reader->class_index, scratch, basin->class_count) ||
        !name_index_init(&reader->profile_index, scratch, basin->profile_count))
        return false;
    for (int i = 0; i < basin->node_count; i++)
        name_index_add(&reader->node_index, basin->node[i].id, i);
    for (int i = 0; i < basin->series_count; i++)
        name_index_add(&reader->series_index, basin->series[i].id, i);
    for (int i = 0; i < basin->class_count; i++)
        name_index_add(&reader->class_index, basin->class[i].id, i);
    for (int i = 0; i < basin->profile_count; i++)
        name_index_add(&reader->profile_index, basin->profile[i].id, i);
    return true;
}

/* The part of a path up to its last '/', that included. */
static char *
folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return arena_text_part(arena, path, slash == NULL ? 0 : (size_t)(slash - path) + 1);
}

/* Path without symbolic links and dots, in the scratch arena; NULL with errno. */
static char *
real_path(struct basin_reader *reader, const char *path)
{
    if (reader->given != NULL)
        return arena_text(reader->scratch, path);
    char *real = realpath(path, NULL);
    if (real == NULL)
        return NULL;
    char *copy = arena_text(reader->scratch, real);
    free(real);
    return copy;
}

static void read_includes(struct basin_reader *reader, int file_i, int depth);

/* The tree of a file, or of its text among those given. */
static enum status
read_tree(struct basin_reader *reader, const char *path, const char *name, char **text,
          struct yaml_node **root)
{
    const struct basin_text *given = reader->given;
    if (given == NULL)
        return yaml_read(path, name, reader->scratch, text, root, reader->diagnostics);
    for (int i = 0; i < given->file_count; i++) {
        if (strcmp(given->name[i], path) != 0)
            continue;
        *text = arena_text(reader->scratch, given->text[i]);
        return *text == NULL
                   ? STATUS_MEMORY
                   : yaml_read_text(*text, name, reader->scratch, root, reader->diagnostics);
    }
    diagnostics_add(reader->diagnostics, false, name, 0, 0, "the text of the file was not kept");
    return STATUS_INPUT;
}

/* Read one file and those it includes; parent_i is -1 for the main file. */
static void
read_file(struct basin_reader *reader, const char *name, char *real, int parent_i, int depth)
{
    struct basin_file *grown = arena_grow(reader->scratch, reader->file, reader->file_count,
                                          &reader->file_capacity, sizeof *grown);
    if (grown == NULL)
        return;
    reader->file = grown;
    int file_i = reader->file_count;
    struct basin_file file = {.name = arena_text(reader->arena, name),
                              .real_path = real,
                              .folder = folder_of(reader->scratch, name),
                              .parent_i = parent_i};
    struct yaml_node *root = NULL;
    if (file.name == NULL || file.folder == NULL)
        return;
    enum status status = read_tree(reader, name, file.name, &file.text, &root);
    if (status == STATUS_MEMORY)
        reader->arena->failed = true;
    if (status != STATUS_OK) {
        reader->unreadable = true;
        return;
    }
    file.root = root;
    reader->file[file_i] = file;
    reader->file_count++;
    read_includes(reader, file_i, depth);
}

/* "a.yaml -> b.yaml -> a.yaml" for a file that includes one of those it is included by. */
static const char *
include_chain(struct basin_reader *reader, int from_i, int to_i)
{
    const char *chain = reader->file[to_i].name;
    for (int i = from_i; i >= 0 && chain != NULL; i = reader->file[i].parent_i) {
        chain = arena_format(reader->scratch, "%s -> %s", reader->file[i].name, chain);
        if (i == to_i)
            break;
    }
    return chain != NULL ? chain : "";
}

static bool
is_ancestor(const struct basin_reader *reader, int file_i, int ancestor_i)
{
    for (; file_i >= 0; file_i = reader->file[file_i].parent_i)
        if (file_i == ancestor_i)
            return true;
    return false;
}

/* One entry of `include`. */
static void
include_file(struct basin_reader *reader, int file_i, const struct yaml_node *value, int depth)
{
    if (!require_text(reader, "include", value))
        return;
    char *path = arena_format(reader->scratch, "%s%s", reader->file[file_i].folder, value->text);
    if (path == NULL)
        return;
    const char *root_folder = folder_of(reader->scratch, reader->file[0].real_path);
    char *real = value->text[0] == '/' ? NULL : real_path(reader, path);
    if (value->text[0] == '/') {
        fault(reader, value, "include '%s' must be relative to the folder of this file",
              value->text);
    } else if (real == NULL || root_folder == NULL) {
        fault(reader, value, "cannot include '%s': %s", value->text,
              errno == ENOENT ? "there is no such file" : strerror(errno));
    } else if (strncmp(real, root_folder, strlen(root_folder)) != 0) {
        fault(reader, value, "include '%s' leaves the folder of the main file", value->text);
    } else if (depth >= INCLUDE_DEPTH_MAX || reader->file_count >= FILES_MAX) {
        fault(reader, value, "include '%s': more than %d files deep or %d in all", value->text,
              INCLUDE_DEPTH_MAX, FILES_MAX);
    } else {
        for (int i = 0; i < reader->file_count; i++) {
            if (strcmp(reader->file[i].real_path, real) != 0)
                continue;
            if (is_ancestor(reader, file_i, i))
                fault(reader, value, "include runs in a circle: %s",
                      include_chain(reader, file_i, i));
            else
                fault(reader, value, "'%s' is included twice", value->text);
            reader->unreadable = true;
            return;
        }
        read_file(reader, path, real, file_i, depth + 1);
        return;
    }
    reader->unreadable = true;
}

static void
read_includes(struct basin_reader *reader, int file_i, int depth)
{
    const struct yaml_node *include = yaml_find(reader->file[file_i].root, "include");
    if (include == NULL)
        return;
    if (include->kind == YAML_TEXT)
        include_file(reader, file_i, include, depth);
    else if (include->kind == YAML_MAP)
        fault(reader, include, "'include' must be a file or a list of files, not a map");
    for (int i = 0; include->kind == YAML_LIST && i < include->count; i++)
        include_file(reader, file_i, &include->value[i], depth);
}

/* The `scenarios` section: that of the scenario file if there is one. */
static const struct yaml_node *
find_scenarios(struct basin_reader *reader, const char *scenario_path)
{
    static const char *const known[] = {"nguon", "name", "description", "scenarios"};
    if (scenario_path == NULL)
        return find_section(reader, "scenarios");
    struct yaml_node *root = NULL;
    char *name = arena_text(reader->arena, scenario_path);
    if (name == NULL)
        return NULL;
    enum status status = read_tree(reader, scenario_path, name, &reader->scenario_text, &root);
    if (status == STATUS_MEMORY)
        reader->arena->failed = true;
    if (status != STATUS_OK)
        return NULL;
    for (int i = 0; i < root->count; i++) {
        bool is_known = false;
        for (int j = 0; j < 4; j++)
            is_known = is_known || strcmp(root->key[i].text, known[j]) == 0;
        if (!is_known)
            unknown_key(reader, &root->key[i], "a scenario file", known, 4);
    }
    check_version(reader, root, false);
    const struct yaml_node *scenarios = yaml_find(root, "scenarios");
    if (scenarios == NULL)
        fault(reader, root, "the file lacks the section 'scenarios'");
    return scenarios;
}

/* Add one file to the text of the basin, under a line with its name unless it is the first. */
static char *
join_text(struct basin *basin, char *end, const char *name, const char *text)
{
    if (basin->part_count > 0)
        end = stpcpy(stpcpy(stpcpy(end, "\n# file: "), name), "\n");
    struct basin_part *part = &basin->part[basin->part_count++];
    part->name = arena_text(basin->arena, name);
    part->start = (size_t)(end - basin->text);
    part->length = strlen(text);
    return stpcpy(end, text);
}

/* The text of all files for provenance. */
static void
join_texts(struct basin_reader *reader, const char *scenario_path)
{
    struct basin *basin = reader->basin;
    size_t size = 1;
    for (int i = 0; i < reader->file_count; i++)
        size += strlen(reader->file[i].text) + strlen(reader->file[i].name) + 16;
    if (reader->scenario_text != NULL)
        size += strlen(reader->scenario_text) + strlen(scenario_path) + 16;
    basin->text = arena_alloc(reader->arena, size, 1);
    basin->part = arena_alloc(reader->arena, (size_t)reader->file_count + 1, sizeof *basin->part);
    if (basin->text == NULL || basin->part == NULL)
        return;
    char *end = basin->text;
    for (int i = 0; i < reader->file_count; i++)
        end = join_text(basin, end, reader->file[i].name, reader->file[i].text);
    if (reader->scenario_text != NULL)
        join_text(basin, end, scenario_path, reader->scenario_text);
    basin->has_scenario_file = reader->scenario_text != NULL;
}

/* All of a basin once its files are trees: parts, network, scenarios, records. */
static void
read_basin(struct basin_reader *reader, const char *scenario_path)
{
    read_sections(reader);
    if (reader->arena->failed || reader->scratch->failed)
        return;
    check_network(reader);
    if (!reader->network_broken)
        check_flow(reader);
    const struct yaml_node *scenarios = find_scenarios(reader, scenario_path);
    if (scenarios != NULL)
        read_scenarios(reader, scenarios);
    check_demand_year(reader);
    read_records(reader);
    check_records(reader);
    join_texts(reader, scenario_path);
}

static enum status
load(const char *path, const char *scenario_path, const struct basin_text *given,
     struct basin **out, struct diagnostics *diagnostics)
{
    int errors_before = diagnostics->error_count;
    struct arena *arena = arena_create();
    struct basin *basin = arena == NULL ? NULL : arena_alloc(arena, 1, sizeof *basin);
    if (basin == NULL) {
        arena_destroy(arena);
        return STATUS_MEMORY;
    }
    basin->arena = arena;
    basin->path = arena_text(arena, path);
    struct basin_reader reader;
    if (!reader_init(&reader, basin, diagnostics)) {
        basin_destroy(basin);
        return STATUS_MEMORY;
    }
    reader.given = given;
    char *real = real_path(&reader, path); /* if it fails, reading says why */
    read_file(&reader, path, real != NULL ? real : basin->path, -1, 0);
    if (!reader.unreadable && !arena->failed && !reader.scratch->failed)
        read_basin(&reader, scenario_path);
    bool failed = arena->failed || reader.scratch->failed;
    reader_finish(&reader);
    enum status status = failed                                     ? STATUS_MEMORY
                         : diagnostics->error_count > errors_before ? STATUS_INPUT
                                                                    : STATUS_OK;
    if (status == STATUS_OK)
        *out = basin;
    else
        basin_destroy(basin);
    return status;
}

enum status
basin_load(const char *path, const char *scenario_path, struct basin **out,
           struct diagnostics *diagnostics)
{
    return load(path, scenario_path, NULL, out, diagnostics);
}

enum status
basin_load_text(const struct basin_text *text, struct basin **out, struct diagnostics *diagnostics)
{
    struct basin *basin = NULL;
    const char *scenarios = text->has_scenario_file ? text->name[text->file_count - 1] : NULL;
    enum status status = load(text->name[0], scenarios, text, &basin, diagnostics);
    for (int i = 0; i < text->set_count && status == STATUS_OK; i++)
        status = basin_set(basin, text->set[i], diagnostics);
    if (status == STATUS_OK)
        *out = basin;
    else
        basin_destroy(basin);
    return status;
}
