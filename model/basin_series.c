/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const fill_words[] = {"none", "zero", "previous", "interpolate", "climatology", NULL};

char *
path_beside(struct basin_reader *reader, const struct yaml_node *value)
{
    const char *slash = value->file != NULL ? strrchr(value->file, '/') : NULL;
    int length = slash != NULL && value->text[0] != '/' ? (int)(slash + 1 - value->file) : 0;
    return arena_format(reader->arena, "%.*s%s", length, length > 0 ? value->file : "",
                        value->text);
}

void
note_input(struct basin_reader *reader, char *path)
{
    struct basin *basin = reader->basin;
    for (int i = 0; i < basin->input_count; i++)
        if (strcmp(basin->input[i], path) == 0)
            return;
    char **grown = arena_grow(reader->arena, basin->input, basin->input_count,
                              &reader->input_capacity, sizeof *grown);
    if (grown == NULL)
        return;
    basin->input = grown;
    basin->input[basin->input_count++] = path;
}

char *
resolve_path(struct basin_reader *reader, const struct yaml_node *value)
{
    char *path = path_beside(reader, value);
    if (path != NULL)
        note_input(reader, path);
    return path;
}

bool
read_series_unit(struct basin_reader *reader, const struct yaml_node *value,
                 struct series_input *series)
{
    static const struct field any = {.key = "unit", .dimensions = (1u << DIMENSION_COUNT) - 1};
    struct unit unit;
    if (!read_unit(reader, value, &any, &unit))
        return false;
    series->dimension = unit.dimension;
    series->basis = unit.basis;
    series->scale = unit.scale;
    series->offset = unit.offset;
    return true;
}

static void
read_one_series(struct basin_reader *reader, const struct yaml_node *key,
                const struct yaml_node *map, struct series_input *series)
{
    static const char *const known[] = {"file", "column", "unit", "fill"};
    if (map->kind != YAML_MAP) {
        fault(reader, map, "series '%s' must be {file: ..., column: ..., unit: ...}", key->text);
        return;
    }
    if (yaml_find_key(map, "netcdf") != NULL) {
        read_climate_series(reader, key, map, series);
        return;
    }
    bool good = true;
    for (int i = 0; i < map->count; i++) {
        const char *name = map->key[i].text;
        const struct yaml_node *value = &map->value[i];
        if (strcmp(name, "file") == 0) {
            good = require_text(reader, "file", value) && good;
            series->path = resolve_path(reader, value);
        } else if (strcmp(name, "column") == 0) {
            good = require_text(reader, "column", value) && good;
            series->column = arena_text(reader->arena, value->text);
        } else if (strcmp(name, "unit") == 0) {
            good = read_series_unit(reader, value, series) && good;
        } else if (strcmp(name, "fill") == 0) {
            int fill = find_word(reader, "fill", value, fill_words);
            series->fill = fill < 0 ? FILL_NONE : (enum fill_rule)fill;
        } else {
            unknown_key(reader, &map->key[i], "a series", known, 4);
        }
    }
    for (int i = 0; i < 3; i++)
        if (yaml_find(map, known[i]) == NULL) {
            fault(reader, key, "series '%s' lacks the key '%s'", key->text, known[i]);
            good = false;
        }
    series->file = good ? arena_text(reader->arena, key->file) : NULL;
}

/* Whether the id is good and new; adds it to the index. */
static bool
declare(struct basin_reader *reader, const char *what, const struct yaml_node *key,
        struct name_index *index, int number)
{
    if (!id_is_valid(key->text)) {
        fault(reader, key, "%s id '%s' may only hold a-z, 0-9 and _", what, key->text);
        return false;
    }
    if (name_index_add(index, key->text, number) < 0)
        return true;
    fault(reader, key, "%s '%s' is defined twice", what, key->text);
    return false;
}

void
read_series(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    int count = count_entries(reader, "series");
    basin->series = arena_alloc(reader->arena, (size_t)count, sizeof *basin->series);
    if (basin->series == NULL || !name_index_init(&reader->series_index, reader->scratch, count))
        return;
    int file_i = 0;
    int entry_i = -1;
    const struct yaml_node *key;
    const struct yaml_node *value;
    while (next_entry(reader, "series", &file_i, &entry_i, &key, &value)) {
        if (!declare(reader, "series", key, &reader->series_index, basin->series_count))
            continue;
        struct series_input *series = &basin->series[basin->series_count++];
        series->id = arena_text(reader->arena, key->text);
        series->line = key->line;
        read_one_series(reader, key, value, series);
    }
}

bool
read_shares_of_year(struct basin_reader *reader, const char *what, const struct yaml_node *value,
                    double *fraction)
{
    double sum = 0.0;
    if (!read_bare_list(reader, what, value, 12, fraction))
        return false;
    for (int i = 0; i < 12; i++)
        sum += fraction[i];
    if (!(fabs(sum - 100.0) <= 0.5 + 1e-9)) {
        fault(reader, value, "the 12 shares of '%s' sum to %.6g %%, not 100 %%", what, sum);
        return false;
    }
    for (int i = 0; i < 12; i++)
        fraction[i] /= sum;
    return true;
}

/* Factors whose mean is about 1, made exactly 1. */
static void
read_factors(struct basin_reader *reader, const char *what, const struct yaml_node *value,
             int count, double *factor)
{
    const double tolerance = 0.05;
    double sum = 0.0;
    if (!read_bare_list(reader, what, value, count, factor))
        return;
    for (int i = 0; i < count; i++)
        sum += factor[i];
    if (!(fabs(sum / count - 1.0) <= tolerance)) {
        fault(reader, value, "the %d factors of '%s' have mean %.6g, not about 1", count, what,
              sum / count);
        return;
    }
    for (int i = 0; i < count; i++)
        factor[i] *= count / sum;
}

static void
read_profile(struct basin_reader *reader, const struct yaml_node *key, const struct yaml_node *map,
             struct profile *profile)
{
    static const char *const known[] = {"monthly", "monthly_factors", "weekly"};
    for (int i = 0; i < 12; i++)
        profile->monthly[i] = 1.0;
    for (int i = 0; i < 7; i++)
        profile->weekly[i] = 1.0;
    if (map->kind != YAML_MAP || map->count == 0) {
        fault(reader, map->kind == YAML_MAP ? key : map,
              "profile '%s' must be {monthly: [...]}, {monthly_factors: [...]} or {weekly: [...]}",
              key->text);
        return;
    }
    for (int i = 0; i < map->count; i++) {
        const char *name = map->key[i].text;
        const struct yaml_node *value = &map->value[i];
        if (strcmp(name, "monthly") == 0)
            profile->monthly_is_share = read_shares_of_year(reader, name, value, profile->monthly);
        else if (strcmp(name, "monthly_factors") == 0)
            read_factors(reader, name, value, 12, profile->monthly);
        else if (strcmp(name, "weekly") == 0)
            read_factors(reader, name, value, 7, profile->weekly);
        else
            unknown_key(reader, &map->key[i], "a profile", known, 3);
    }
    if (yaml_find(map, "monthly") != NULL && yaml_find(map, "monthly_factors") != NULL)
        fault(reader, key, "profile '%s' has both 'monthly' and 'monthly_factors'", key->text);
}

void
read_profiles(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    int count = count_entries(reader, "profiles");
    basin->profile = arena_alloc(reader->arena, (size_t)count, sizeof *basin->profile);
    if (basin->profile == NULL || !name_index_init(&reader->profile_index, reader->scratch, count))
        return;
    int file_i = 0;
    int entry_i = -1;
    const struct yaml_node *key;
    const struct yaml_node *value;
    while (next_entry(reader, "profiles", &file_i, &entry_i, &key, &value)) {
        if (!declare(reader, "profile", key, &reader->profile_index, basin->profile_count))
            continue;
        struct profile *profile = &basin->profile[basin->profile_count++];
        profile->id = arena_text(reader->arena, key->text);
        read_profile(reader, key, value, profile);
    }
}

/* A key of a record's values that breaks the limits of the quantity it is used for. */
static void
check_use_range(const struct series_input *series, const struct series_use *use,
                struct diagnostics *diagnostics)
{
    const struct record *record = &series->record;
    for (int i = 0; i < record->count; i++) {
        if (isnan(record->value[i]) || value_in_range(use->field, record->value[i]))
            continue;
        char date[24];
        char range[128];
        date_format_short(record->start_s[i], date, sizeof date);
        diagnostics_add(
            diagnostics, false, use->at->file, use->at->line, use->at->column,
            "'%s': series '%s' is %g in the file's unit on %s, which is out of range: "
            "it must be %s",
            use->field->key, series->id, (record->value[i] - series->offset) / series->scale, date,
            range_text(use->field, series->dimension, record->value[i], range, sizeof range));
        return;
    }
}

/* Each record used covers the calendar; the fault stands where it is first used, or at run_at. */
static void
check_cover(struct basin_reader *reader, const struct timeaxis *axis, double *value,
            const struct yaml_node *run_at)
{
    const struct basin *basin = reader->basin;
    for (int i = 0; i < basin->series_count; i++) {
        const struct series_input *series = &basin->series[i];
        struct error cover = {0};
        if (!series->used || series->record.count == 0 ||
            record_on_axis(&series->record, axis, value, &cover) == STATUS_OK)
            continue;
        const struct yaml_node *at = run_at;
        for (int j = 0; j < reader->use_count; j++)
            if (reader->use[j].series_i == i) {
                at = reader->use[j].at;
                break;
            }
        fault(reader, at, "series '%s' does not serve the run: %s", series->id, cover.text);
    }
}

void
check_calendar(struct basin_reader *reader, const struct yaml_node *run_at)
{
    const struct run_settings *run = &reader->basin->run;
    struct timeaxis axis = {0};
    struct error err = {0};
    enum status status = timeaxis_init(&axis, run->step, run->start, run->end, &err);
    double *value = NULL;
    if (status == STATUS_OK) {
        value = malloc((size_t)axis.step_count * sizeof *value);
        reader->arena->failed = reader->arena->failed || value == NULL;
    } else if (status == STATUS_MEMORY) {
        reader->arena->failed = true;
    } else {
        fault(reader, run_at, "run: %s", err.text);
    }
    if (value != NULL)
        check_cover(reader, &axis, value, run_at);
    free(value);
    timeaxis_finish(&axis);
}

void
read_records(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    for (int i = 0; i < reader->use_count; i++)
        basin->series[reader->use[i].series_i].used = true;
    mark_observed_series(reader);
    for (int i = 0; i < basin->series_count; i++) {
        struct series_input *series = &basin->series[i];
        if (series->file == NULL || series->path == NULL)
            continue;
        if (!series->used && !series->observed)
            diagnostics_add(reader->diagnostics, true, series->file, series->line, 0,
                            "series '%s' is not used", series->id);
        if (series->column == NULL || reader->given != NULL)
            continue;
        if (record_read_csv(&series->record, series->path, series->column, series->scale,
                            series->offset, series->fill, reader->diagnostics) == STATUS_MEMORY)
            reader->arena->failed = true;
    }
    if (reader->given == NULL) /* records are not read again from the texts of results */
        read_climate_records(reader);
    for (int i = 0; i < reader->use_count; i++)
        check_use_range(&basin->series[reader->use[i].series_i], &reader->use[i],
                        reader->diagnostics);
    check_catchment_models(reader);
    const struct yaml_node *run = find_section(reader, "run");
    const struct yaml_node *end = run != NULL ? yaml_find(run, "end") : NULL;
    if (basin->run.start.year != 0 && basin->run.end.year != 0)
        check_calendar(reader, end != NULL ? end : run);
}
