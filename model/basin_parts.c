/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

enum { TABLE_ROWS_MAX = 10000, LIST_MAX = 10000 };

/* A share 0..1 written inside a list or map. */
static const struct field share_field = {
    .key = "share", .dimensions = 1 << DIMENSION_NONE, .forms = FORM_ANY, .min = 0, .max = 1};

void
read_at(struct basin_reader *reader, const struct element *element, const struct field *field,
        const struct yaml_node *value)
{
    double at[2];
    struct error err = {0};
    if (value->kind != YAML_LIST || value->count != 2) {
        fault(reader, value, "'%s' must be [latitude, longitude] in degrees", field->key);
        return;
    }
    for (int i = 0; i < 2; i++) {
        const struct yaml_node *entry = &value->value[i];
        double limit = i == 0 ? 90.0 : 180.0;
        if (entry->kind != YAML_TEXT || number_parse(entry->text, &at[i], &err) != STATUS_OK) {
            fault(reader, entry, "'%s' must be two bare numbers in degrees", field->key);
            return;
        }
        if (fabs(at[i]) > limit) {
            fault(reader, entry, "'%s': %s '%s' is beyond %.0f degrees", field->key,
                  i == 0 ? "latitude" : "longitude", entry->text, limit);
            return;
        }
    }
    element->node->latitude_deg = at[0];
    element->node->longitude_deg = at[1];
}

void
read_flags(struct basin_reader *reader, const struct element *element, const struct field *field,
           const struct yaml_node *value)
{
    static const char letters[] = "SREM";
    if (!require_map(reader, field->key, value))
        return;
    for (int i = 0; i < value->count; i++) {
        const struct yaml_node *entry = &value->value[i];
        const char *key = value->key[i].text;
        const char *letter = entry->text[0] != '\0' ? strchr(letters, entry->text[0]) : NULL;
        char after = letter != NULL ? entry->text[1] : '\0';
        if (letter == NULL || (after != '\0' && strchr(" ,:;\t\n", after) == NULL)) {
            fault(reader, entry,
                  "flag of '%s' must begin with S (sourced), R (recalled), E (estimated) or M "
                  "(from memory)",
                  key);
            continue;
        }
        reader->basin->flag_count[letter - letters]++;
        const struct section_info *section = &section_table[element->section];
        if (strchr(key, '.') == NULL && find_key(section->table, key) == NULL)
            warn(reader, &value->key[i], "'flags' speaks of '%s', which is no key here", key);
    }
}

/* One column of a lake's table, in the unit of its place in `units`. */
static bool
read_column(struct basin_reader *reader, const struct yaml_node *table, int column_i,
            const struct yaml_node *units, int *row_count, double **out)
{
    static const struct field columns[3] = {
        {.key = "level", .dimensions = 1 << DIMENSION_LENGTH, .min = -INFINITY, .max = INFINITY},
        {.key = "area", .dimensions = 1 << DIMENSION_AREA, .min = 0, .max = INFINITY},
        {.key = "storage", .dimensions = 1 << DIMENSION_VOLUME, .min = 0, .max = INFINITY},
    };
    const struct field *column = &columns[column_i];
    const struct yaml_node *list = yaml_find(table, column->key);
    if (list == NULL || list->kind != YAML_LIST || list->count < 2 ||
        list->count > TABLE_ROWS_MAX) {
        fault(reader, list != NULL ? list : table, "'table' needs '%s', a list of 2 to %d numbers",
              column->key, TABLE_ROWS_MAX);
        return false;
    }
    if (*row_count != 0 && list->count != *row_count) {
        fault(reader, list, "'%s' has %d rows, the columns before it %d", column->key, list->count,
              *row_count);
        return false;
    }
    *row_count = list->count;
    struct unit unit;
    if (!read_unit(reader, &units->value[column_i], column, &unit))
        return false;
    double *values = arena_alloc(reader->arena, (size_t)list->count, sizeof *values);
    if (values == NULL)
        return false;
    bool good = true;
    for (int i = 0; i < list->count; i++) {
        if (!read_figure_in_unit(reader, &list->value[i], column, &unit, &values[i]))
            good = false;
        else if (good && i > 0 &&
                 (column_i == 1 ? values[i] < values[i - 1] : !(values[i] > values[i - 1]))) {
            fault(reader, &list->value[i], "'table' must rise: '%s' %s comes after %s", column->key,
                  list->value[i].text, list->value[i - 1].text);
            good = false;
        }
    }
    *out = values;
    return good;
}

void
read_table(struct basin_reader *reader, const struct element *element, const struct field *field,
           const struct yaml_node *value)
{
    static const char *const known[] = {"level", "area", "storage", "units"};
    struct reservoir *reservoir = element->base;
    if (!require_map(reader, field->key, value))
        return;
    for (int i = 0; i < value->count; i++) {
        bool is_known = false;
        for (int j = 0; j < 4; j++)
            is_known = is_known || strcmp(known[j], value->key[i].text) == 0;
        if (!is_known)
            unknown_key(reader, &value->key[i], field->key, known, 4);
    }
    const struct yaml_node *units = yaml_find(value, "units");
    if (units == NULL || units->kind != YAML_LIST || units->count != 3) {
        fault(reader, units != NULL ? units : value,
              "'table' needs 'units', a list of three such as [m, km2, hm3]");
        return;
    }
    int rows = 0;
    bool good = read_column(reader, value, 0, units, &rows, &reservoir->table_level_m);
    good = read_column(reader, value, 1, units, &rows, &reservoir->table_area_m2) && good;
    good = read_column(reader, value, 2, units, &rows, &reservoir->table_storage_m3) && good;
    if (!good)
        return;
    const struct yaml_node *first = &yaml_find(value, "storage")->value[0];
    if (reservoir->table_storage_m3[0] != 0.0) {
        fault(reader, first, "'table' must begin with the empty lake: storage 0, not %s",
              first->text);
        return;
    }
    struct error err = {0};
    if (pchip_init(&reservoir->level_of_storage, rows, reservoir->table_storage_m3,
                   reservoir->table_level_m, &err) != STATUS_OK ||
        pchip_init(&reservoir->area_of_storage, rows, reservoir->table_storage_m3,
                   reservoir->table_area_m2, &err) != STATUS_OK) {
        reader->arena->failed = err.status == STATUS_MEMORY;
        fault(reader, value, "'table': %s", err.text);
        return;
    }
    reservoir->table_count = rows;
}

/* Volume of a level by the table; false if there is no table or the level lies outside it. */
static bool
storage_of_level(const struct reservoir *reservoir, double level_m, double *storage_m3)
{
    int rows = reservoir->table_count;
    if (rows == 0 || level_m < reservoir->table_level_m[0] ||
        level_m > reservoir->table_level_m[rows - 1])
        return false;
    *storage_m3 = pchip_inverse(&reservoir->level_of_storage, level_m);
    return true;
}

bool
reservoir_derive(struct reservoir *reservoir)
{
    bool good = true;
    if (!isnan(reservoir->normal_level_m))
        good = storage_of_level(reservoir, reservoir->normal_level_m, &reservoir->capacity_m3);
    if (!isnan(reservoir->dead_level_m))
        good = storage_of_level(reservoir, reservoir->dead_level_m, &reservoir->dead_storage_m3) &&
               good;
    return good;
}

void
read_caps(struct basin_reader *reader, const struct yaml_node *value, int *count, int **class_i,
          double **cap)
{
    if (!require_map(reader, "caps", value))
        return;
    *cap = arena_alloc(reader->arena, (size_t)value->count, sizeof **cap);
    *class_i = arena_alloc(reader->arena, (size_t)value->count, sizeof **class_i);
    if (*cap == NULL || *class_i == NULL)
        return;
    for (int i = 0; i < value->count; i++) {
        struct quantity share;
        int found_i = find_class(reader, &value->key[i]);
        if (!read_figure(reader, &value->value[i], &share_field, &share) || found_i < 0)
            continue;
        (*cap)[*count] = share.value;
        (*class_i)[(*count)++] = found_i;
    }
}

static void
read_zone(struct basin_reader *reader, const struct field *line, const struct yaml_node *map,
          struct zone *zone)
{
    static const char *const known[] = {"id", "below", "caps"};
    if (map->kind != YAML_MAP) {
        fault(reader, map, "a zone is {id: ..., below: ..., caps: {...}}");
        return;
    }
    for (int i = 0; i < map->count; i++) {
        const struct yaml_node *value = &map->value[i];
        const char *key = map->key[i].text;
        if (strcmp(key, "id") == 0) {
            if (!require_text(reader, "id", value))
                continue;
            if (!id_is_valid(value->text))
                fault(reader, value, "zone id '%s' may only hold a-z, 0-9 and _", value->text);
            zone->id = arena_text(reader->arena, value->text);
        } else if (strcmp(key, "below") == 0) {
            read_varying(reader, value, line, &zone->below);
        } else if (strcmp(key, "caps") == 0) {
            read_caps(reader, value, &zone->cap_count, &zone->cap_class_i, &zone->cap);
        } else {
            unknown_key(reader, &map->key[i], "a zone", known, 3);
        }
    }
    if (yaml_find(map, "id") == NULL || yaml_find(map, "below") == NULL)
        fault(reader, map, "a zone needs 'id' and 'below'");
}

void
read_zones(struct basin_reader *reader, const struct element *element, const struct field *field,
           const struct yaml_node *value)
{
    const struct field line = {.key = "below",
                               .dimensions = 1 << DIMENSION_VOLUME | 1 << DIMENSION_LENGTH |
                                             1 << DIMENSION_NONE,
                               .forms = FORM_ANY,
                               .min = -INFINITY,
                               .max = INFINITY};
    struct reservoir *reservoir = element->base;
    if (value->kind != YAML_LIST || value->count > LIST_MAX) {
        fault(reader, value, "'%s' must be a list of zones, the highest line first", field->key);
        return;
    }
    reservoir->zone = arena_alloc(reader->arena, (size_t)value->count, sizeof *reservoir->zone);
    if (reservoir->zone == NULL)
        return;
    reservoir->zone_count = value->count;
    for (int i = 0; i < value->count; i++) {
        struct zone *zone = &reservoir->zone[i];
        read_zone(reader, &line, &value->value[i], zone);
        if (zone->id == NULL)
            zone->id = arena_format(reader->arena, "zone_%d", i + 1);
        for (int j = 0; j < i && zone->id != NULL && i < 100; j++)
            if (reservoir->zone[j].id != NULL && strcmp(reservoir->zone[j].id, zone->id) == 0)
                fault(reader, &value->value[i], "zone '%s' stands twice", zone->id);
    }
}

/* {node: share ...}; the nodes are checked with the network. */
static void
read_shares(struct basin_reader *reader, const struct field *field, const struct yaml_node *map,
            int *count, struct share **out)
{
    *out = arena_alloc(reader->arena, (size_t)map->count, sizeof **out);
    if (*out == NULL)
        return;
    for (int i = 0; i < map->count; i++) {
        struct share *share = &(*out)[*count];
        share->node_i = find_node(reader, field->key, &map->key[i]);
        struct field of_field = share_field;
        of_field.key = field->key;
        if (field->read == read_split)
            of_field.forms = FORM_CONSTANT;
        bool good = read_varying(reader, &map->value[i], &of_field, &share->fraction);
        if (share->node_i < 0)
            reader->network_broken = true;
        else if (good)
            (*count)++;
    }
}

void
read_split(struct basin_reader *reader, const struct element *element, const struct field *field,
           const struct yaml_node *value)
{
    struct catchment *catchment = element->base;
    struct yaml_node whole = {.kind = YAML_TEXT,
                              .text = "1",
                              .file = value->file,
                              .line = value->line,
                              .column = value->column};
    struct yaml_node key = *value;
    struct yaml_node single = *value;
    if (value->kind == YAML_TEXT) {
        single.key = &key;
        single.value = &whole;
        single.count = 1;
    } else if (value->kind != YAML_MAP || value->count == 0) {
        fault(reader, value, "'%s' must be a node or a split {node: share}", field->key);
        reader->network_broken = true;
        return;
    }
    read_shares(reader, field, &single, &catchment->to_count, &catchment->to);
    if (catchment->to_count != single.count)
        return;
    double sum = 0.0;
    for (int i = 0; i < catchment->to_count; i++)
        sum += catchment->to[i].fraction.value[0];
    if (fabs(sum - 1.0) > 1e-6)
        fault(reader, value, "the shares of '%s' sum to %.6g %%, not 100 %%", field->key,
              100.0 * sum);
    for (int i = 0; i < catchment->to_count && fabs(sum - 1.0) <= 1e-6; i++)
        catchment->to[i].fraction.value[0] /= sum;
}

void
read_returns(struct basin_reader *reader, const struct element *element, const struct field *field,
             const struct yaml_node *value)
{
    struct demand *demand = element->base;
    if (value->kind != YAML_MAP) {
        fault(reader, value, "'%s' must be {node: share}, not %s", field->key,
              yaml_kind_name(value->kind));
        return;
    }
    read_shares(reader, field, value, &demand->return_count, &demand->returns);
}

void
read_licence_reset(struct basin_reader *reader, const struct element *element,
                   const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct aquifer *aquifer = element->base;
    read_month_day(reader, value, &aquifer->licence_reset_month, &aquifer->licence_reset_day);
}

/* The entries of a list, or the value itself as a list of one. */
static int
entry_count(const struct yaml_node *value)
{
    return value->kind == YAML_LIST ? value->count : value->kind == YAML_TEXT ? 1 : -1;
}

static const struct yaml_node *
entry(const struct yaml_node *value, int i)
{
    return value->kind == YAML_LIST ? &value->value[i] : value;
}

void
read_class_list(struct basin_reader *reader, const struct element *element,
                const struct field *field, const struct yaml_node *value)
{
    struct source *source = element->base;
    int count = entry_count(value);
    if (count < 0 || count > LIST_MAX) {
        fault(reader, value, "'%s' must be a list of classes", field->key);
        return;
    }
    source->allowed_class_i =
        arena_alloc(reader->arena, (size_t)count, sizeof *source->allowed_class_i);
    for (int i = 0; i < count && source->allowed_class_i != NULL; i++) {
        int class_i = find_class(reader, entry(value, i));
        if (class_i >= 0)
            source->allowed_class_i[source->allowed_class_count++] = class_i;
    }
}

void
read_class_word(struct basin_reader *reader, const struct element *element,
                const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct demand *demand = element->base;
    demand->class_i = find_class(reader, value);
}

void
read_people(struct basin_reader *reader, const struct element *element, const struct field *field,
            const struct yaml_node *value)
{
    static const char *const tags[] = {"urban", "rural", "mountain", "border", "island", NULL};
    struct demand *demand = element->base;
    bool is_map = value->kind == YAML_MAP;
    int count = is_map ? value->count : entry_count(value);
    for (int i = 0; i < count; i++) {
        const struct yaml_node *word = is_map ? &value->key[i] : entry(value, i);
        int tag_i = find_word(reader, field->key, word, tags);
        if (tag_i < 0)
            continue;
        struct quantity share = {.value = 1.0 / count};
        if (is_map && !read_figure(reader, &value->value[i], &share_field, &share))
            continue;
        if ((demand->people_tags & 1u << tag_i) != 0)
            fault(reader, word, "'%s' stands twice in '%s'", tags[tag_i], field->key);
        demand->people_tags |= 1u << tag_i;
        demand->people_share[tag_i] = share.value;
    }
}

void
read_restricted_by(struct basin_reader *reader, const struct element *element,
                   const struct field *field, const struct yaml_node *value)
{
    struct demand *demand = element->base;
    int count = entry_count(value);
    if (count < 0 || count > LIST_MAX) {
        fault(reader, value, "'%s' must be a list of reservoirs", field->key);
        return;
    }
    demand->restricted_by_given = true;
    demand->restricted_by =
        arena_alloc(reader->arena, (size_t)count, sizeof *demand->restricted_by);
    for (int i = 0; i < count && demand->restricted_by != NULL; i++) {
        int node_i = find_node(reader, field->key, entry(value, i));
        if (node_i < 0)
            continue;
        const struct node *node = &reader->basin->node[node_i];
        if (node->kind != NODE_RESERVOIR)
            fault(reader, entry(value, i), "'%s' names '%s', which is a %s, not a reservoir",
                  field->key, node->id, node_kind_name(node->kind));
        else
            demand->restricted_by[demand->restricted_by_count++] = node->kind_i;
    }
}

void
read_profile_word(struct basin_reader *reader, const struct element *element,
                  const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct demand *demand = element->base;
    demand->profile_i = find_profile(reader, value);
}

void
read_outages(struct basin_reader *reader, const struct element *element, const struct field *field,
             const struct yaml_node *value)
{
    struct link *link = element->base;
    if (value->kind != YAML_LIST || value->count > LIST_MAX) {
        fault(reader, value, "'%s' must be a list of {from: DATE, to: DATE}", field->key);
        return;
    }
    link->outage = arena_alloc(reader->arena, (size_t)value->count, sizeof *link->outage);
    for (int i = 0; i < value->count && link->outage != NULL; i++)
        if (read_date_range(reader, field->key, &value->value[i],
                            &link->outage[link->outage_count]))
            link->outage_count++;
}

void
read_generate_monthly(struct basin_reader *reader, const struct element *element,
                      const struct field *field, const struct yaml_node *value)
{
    struct catchment *catchment = element->base;
    read_shares_of_year(reader, field->key, value, catchment->monthly_fraction);
}
