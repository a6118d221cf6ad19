/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 64, SECONDS_PER_DAY = 86400 };

const struct field *
find_key(const struct field_table *const *tables, const char *key)
{
    for (; *tables != NULL; tables++)
        for (int i = 0; i < (*tables)->count; i++)
            if (strcmp((*tables)->field[i].key, key) == 0)
                return &(*tables)->field[i];
    return NULL;
}

void
unknown_key(struct basin_reader *reader, const struct yaml_node *key, const char *where,
            const char *const *known, int known_count)
{
    fault(reader, key, "unknown key '%s' in %s%s", key->text, where,
          did_you_mean(reader, key->text, known, known_count));
}

/* unknown_key with the keys of the tables. */
static void
unknown_key_of_tables(struct basin_reader *reader, const struct yaml_node *key, const char *where,
                      const struct field_table *const *tables)
{
    const char *known[KEYS_MAX];
    int known_count = 0;
    for (; *tables != NULL; tables++)
        for (int i = 0; i < (*tables)->count && known_count < KEYS_MAX; i++)
            known[known_count++] = (*tables)->field[i].key;
    unknown_key(reader, key, where, known, known_count);
}

bool
read_date(struct basin_reader *reader, const char *what, const struct yaml_node *value,
          struct date *out)
{
    if (!require_text(reader, what, value))
        return false;
    if (strlen(value->text) >= sizeof "YYYY-MM-DD" - 1 && date_parse(value->text, out))
        return true;
    fault(reader, value, "'%s' is '%s', which is not a date of the calendar (YYYY-MM-DD)", what,
          value->text);
    return false;
}

bool
read_date_range(struct basin_reader *reader, const char *what, const struct yaml_node *value,
                struct date_range *out)
{
    static const char *const known[] = {"from", "to"};
    *out = (struct date_range){.from_s = INT64_MIN, .to_s = INT64_MAX};
    if (value->kind != YAML_MAP || value->count == 0) {
        fault(reader, value, "'%s' must be {from: DATE, to: DATE}, one of the two at least", what);
        return false;
    }
    bool good = true;
    for (int i = 0; i < value->count; i++) {
        struct date date;
        const char *key = value->key[i].text;
        bool is_from = strcmp(key, "from") == 0;
        if (!is_from && strcmp(key, "to") != 0) {
            unknown_key(reader, &value->key[i], what, known, 2);
            good = false;
        } else if (!read_date(reader, key, &value->value[i], &date)) {
            good = false;
        } else if (is_from) {
            out->from_s = date_to_seconds(date);
        } else { /* the day named is included; with an hour, up to that instant */
            bool has_hour = strchr(value->value[i].text, ':') != NULL;
            out->to_s = date_to_seconds(date) + (has_hour ? 0 : SECONDS_PER_DAY);
        }
    }
    if (good && out->from_s >= out->to_s) {
        fault(reader, value, "'%s' ends before it begins", what);
        good = false;
    }
    return good;
}

bool
read_integer(struct basin_reader *reader, const struct field *field, const struct yaml_node *value,
             int *out)
{
    if (!require_text(reader, field->key, value))
        return false;
    double number;
    struct error err = {0};
    if (number_parse(value->text, &number, &err) != STATUS_OK || number != floor(number)) {
        fault(reader, value, "'%s' is '%s'; it must be a whole number", field->key, value->text);
        return false;
    }
    if (number < field->min || number > field->max) {
        fault(reader, value, "'%s' is '%s', which is out of range: it must be from %.0f to %.0f",
              field->key, value->text, field->min, field->max);
        return false;
    }
    *out = (int)number;
    return true;
}

/* A year, or the word that stands for 0. */
static bool
read_year_or_word(struct basin_reader *reader, const struct field *field,
                  const struct yaml_node *value, int *out)
{
    struct field limits = {.key = field->key, .min = 1600, .max = 9999};
    if (field->words != NULL && value->kind == YAML_TEXT &&
        strcmp(value->text, field->words[0]) == 0) {
        *out = 0;
        return true;
    }
    return read_integer(reader, &limits, value, out);
}

static bool
read_seed(struct basin_reader *reader, const struct field *field, const struct yaml_node *value,
          uint64_t *out)
{
    if (!require_text(reader, field->key, value))
        return false;
    size_t length = strlen(value->text);
    if (length > 18 || strspn(value->text, "0123456789") != length) {
        fault(reader, value, "'%s' is '%s'; it must be a whole number of at most 18 digits",
              field->key, value->text);
        return false;
    }
    *out = strtoull(value->text, NULL, 10);
    return true;
}

static bool
read_yes_no(struct basin_reader *reader, const struct field *field, const struct yaml_node *value,
            bool *out)
{
    if (!require_text(reader, field->key, value))
        return false;
    *out = strcmp(value->text, "true") == 0 || strcmp(value->text, "yes") == 0;
    if (*out || strcmp(value->text, "false") == 0 || strcmp(value->text, "no") == 0)
        return true;
    fault(reader, value, "'%s' is '%s'; it must be true or false", field->key, value->text);
    return false;
}

static void
read_word_field(struct basin_reader *reader, const struct field *field,
                const struct yaml_node *value, void *address)
{
    int choice = find_word(reader, field->key, value, field->words);
    if (choice < 0)
        return;
    if (field->kind == FIELD_WORD_BOOL)
        *(bool *)address = choice != 0;
    else
        *(int *)address = choice;
}

static void
read_number_field(struct basin_reader *reader, const struct field *field,
                  const struct yaml_node *value, double *address)
{
    struct quantity quantity;
    if (read_figure(reader, value, field, &quantity))
        *address = quantity.value * (field->per_si != 0.0 ? field->per_si : 1.0);
}

static void
read_node_field(struct basin_reader *reader, const struct field *field,
                const struct yaml_node *value, int *address)
{
    *address = find_node(reader, field->key, value);
    if (*address < 0)
        reader->network_broken = true;
}

void
read_field(struct basin_reader *reader, const struct element *element, const struct field *field,
           const struct yaml_node *value)
{
    char *base = (field->flags & FIELD_OF_NODE) != 0 ? (char *)element->node : element->base;
    void *address = base + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
        if (value->kind != YAML_TEXT)
            fault(reader, value, "'%s' must be a text, not %s", field->key,
                  yaml_kind_name(value->kind));
        else
            *(char **)address = arena_text(reader->arena, value->text);
        break;
    case FIELD_NUMBER:
        read_number_field(reader, field, value, address);
        break;
    case FIELD_VARYING:
        read_varying(reader, value, field, address);
        break;
    case FIELD_YES_NO:
        read_yes_no(reader, field, value, address);
        break;
    case FIELD_WORD:
    case FIELD_WORD_BOOL:
        read_word_field(reader, field, value, address);
        break;
    case FIELD_INTEGER:
        read_integer(reader, field, value, address);
        break;
    case FIELD_YEAR:
        read_year_or_word(reader, field, value, address);
        break;
    case FIELD_SEED:
        read_seed(reader, field, value, address);
        break;
    case FIELD_DATE:
        read_date(reader, field->key, value, address);
        break;
    case FIELD_RANGE:
        reader->depends_on_year = true;
        read_date_range(reader, field->key, value, address);
        break;
    case FIELD_NODE:
        read_node_field(reader, field, value, address);
        break;
    case FIELD_RANK:
        *(int *)address = find_rank(reader, field->key, value);
        break;
    case FIELD_MAP: {
        const struct field_table *inside[] = {field->inside, NULL};
        if (require_map(reader, field->key, value))
            read_fields(reader, element, inside, value);
        break;
    }
    case FIELD_SPECIAL:
        field->read(reader, element, field, value);
        break;
    }
}

/* What a key that is not given leaves behind: its default, or a mark of absence. */
static void
set_absent(struct basin_reader *reader, const struct element *element, const struct field *field)
{
    char *base = (field->flags & FIELD_OF_NODE) != 0 ? (char *)element->node : element->base;
    void *address = base + field->offset;
    if (field->fallback != NULL) {
        struct yaml_node value = *element->at;
        value.kind = YAML_TEXT;
        value.text = field->fallback;
        read_field(reader, element, field, &value);
    } else if (field->kind == FIELD_NODE || field->kind == FIELD_RANK) {
        *(int *)address = -1;
    } else if (field->kind == FIELD_RANGE) {
        *(struct date_range *)address = (struct date_range){INT64_MIN, INT64_MAX};
    } else if (field->kind == FIELD_NUMBER && field->dimensions == 1u << DIMENSION_LENGTH) {
        *(double *)address = NAN;
    }
}

/* Whether the `flags` of the element cover the key or the map it stands in. */
static bool
is_covered_by_flags(const struct element *element, const struct field_table *table,
                    const struct field *field)
{
    const struct yaml_node *flags = yaml_find(element->yaml, "flags");
    if (flags == NULL || flags->kind != YAML_MAP)
        return false;
    for (int i = 0; i < flags->count; i++) {
        const char *key = flags->key[i].text;
        size_t length = strlen(key);
        if (strcmp(key, field->key) == 0 ||
            (strncmp(table->prefix, key, length) == 0 &&
             (table->prefix[length] == '.' || table->prefix[length] == '\0') && length > 0))
            return true;
    }
    return false;
}

/* Count a figure that nothing says the origin of. */
static void
count_unflagged(struct basin_reader *reader, const struct element *element,
                const struct field_table *table, const struct field *field,
                const struct yaml_node *value)
{
    bool is_figure = field->kind == FIELD_NUMBER || field->kind == FIELD_VARYING ||
                     (field->kind == FIELD_SPECIAL && (field->flags & FIELD_NO_FIGURE) == 0);
    if (element->section == SECTION_RUN || !is_figure || reader->flagged > 0)
        return;
    if (value->kind == YAML_MAP && yaml_find(value, "series") != NULL)
        return; /* a record has its own source */
    if (!is_covered_by_flags(element, table, field))
        reader->basin->unflagged_count++;
}

/* "reservoirs.yen_lap", "run" or "links.t03". */
static const char *
element_name(struct basin_reader *reader, const struct element *element, const char *prefix)
{
    const char *name =
        element->section == SECTION_RUN
            ? "run"
            : arena_format(reader->scratch, "%s.%s%s%s", section_table[element->section].name,
                           element->id, prefix[0] != '\0' ? "." : "", prefix);
    return name != NULL ? name : "";
}

void
read_fields(struct basin_reader *reader, const struct element *element,
            const struct field_table *const *tables, const struct yaml_node *map)
{
    const char *name = element_name(reader, element, tables[0]->prefix);
    for (int table_i = 0; tables[table_i] != NULL; table_i++) {
        const struct field_table *table = tables[table_i];
        for (int i = 0; i < table->count; i++) {
            const struct field *field = &table->field[i];
            if (yaml_find_key(map, field->key) == NULL)
                set_absent(reader, element, field);
        }
    }
    for (int table_i = 0; tables[table_i] != NULL; table_i++) {
        const struct field_table *table = tables[table_i];
        for (int i = 0; i < table->count; i++) {
            const struct field *field = &table->field[i];
            const struct yaml_node *value = yaml_find(map, field->key);
            if (value != NULL) {
                reader->flagged = 0;
                read_field(reader, element, field, value);
                count_unflagged(reader, element, table, field, value);
            } else if ((field->flags & FIELD_REQUIRED) != 0) {
                fault(reader, element->at, "'%s' lacks the key '%s' (%s)", name, field->key,
                      field->doc);
                if (field->kind == FIELD_NODE || field->read == read_split)
                    reader->network_broken = true;
            }
        }
    }
    for (int i = 0; i < map->count; i++)
        if (find_key(tables, map->key[i].text) == NULL)
            unknown_key_of_tables(reader, &map->key[i], name, tables);
}
