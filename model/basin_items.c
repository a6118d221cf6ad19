/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* Items of lists that paths reach: zones of reservoirs, stages of drought plans. */

#define AT(type, member) .offset = offsetof(struct type, member)
#define ROWS(rows) .field = rows, .count = sizeof rows / sizeof rows[0]

enum {
    SHARE = 1 << DIMENSION_NONE,
    VOLUME = 1 << DIMENSION_VOLUME,
    TIME = 1 << DIMENSION_TIME,
    LINE = VOLUME | 1 << DIMENSION_LENGTH | SHARE
};

#define LINE_OF(key_text, type, member, units, low)                                                \
    {                                                                                              \
        key_text, .kind = FIELD_VARYING, .dimensions = units, .forms = FORM_ANY, .min = low,       \
                  .max = INFINITY, .flags = FIELD_OF_ITEM, AT(type, member)                        \
    }
#define CAP_OF(type)                                                                               \
    {                                                                                              \
        "caps", .kind = FIELD_NUMBER, .dimensions = SHARE, .min = 0, .max = 1,                     \
                .flags = FIELD_OF_ITEM | FIELD_OF_CAP, AT(type, cap)                               \
    }
#define TRIGGERS_OF(side)                                                                          \
    LINE_OF("storage", drought_stage, side[TRIGGER_STORAGE], VOLUME | SHARE, 0),                   \
        LINE_OF("spi", drought_stage, side[TRIGGER_INDEX], SHARE, -10),                            \
        LINE_OF("ssi", drought_stage, side[TRIGGER_FLOW], SHARE, -10),                             \
        LINE_OF("forecast", drought_stage, side[TRIGGER_FORECAST], VOLUME | SHARE, 0)

static const struct field zone_rows[] = {LINE_OF("below", zone, below, LINE, -INFINITY)};
static const struct field zone_cap_rows[] = {CAP_OF(zone)};
static const struct field stage_rows[] = {{"hold", .kind = FIELD_NUMBER, .dimensions = TIME,
                                           .min = 0, .max = 1e9, .flags = FIELD_OF_ITEM,
                                           AT(drought_stage, hold_s)}};
static const struct field enter_rows[] = {TRIGGERS_OF(enter)};
static const struct field leave_rows[] = {TRIGGERS_OF(leave)};
static const struct field stage_cap_rows[] = {CAP_OF(drought_stage)};

static const struct field_table zone_keys = {"", ROWS(zone_rows)};
static const struct field_table zone_cap_keys = {"caps", ROWS(zone_cap_rows)};
static const struct field_table stage_keys = {"", ROWS(stage_rows)};
static const struct field_table enter_keys = {"enter", ROWS(enter_rows)};
static const struct field_table leave_keys = {"leave", ROWS(leave_rows)};
static const struct field_table stage_cap_keys = {"caps", ROWS(stage_cap_rows)};

const struct item_info item_table[SECTION_COUNT] = {
    [SECTION_RESERVOIRS] = {"zones", {&zone_keys, &zone_cap_keys}},
    [SECTION_DROUGHT_PLANS] = {"stages", {&stage_keys, &enter_keys, &leave_keys, &stage_cap_keys}},
};

const struct field_table *
section_table_of(enum section section, int table_i)
{
    return table_i < SECTION_TABLES_MAX ? section_table[section].table[table_i]
                                        : item_table[section].table[table_i - SECTION_TABLES_MAX];
}

/* ---- items ------------------------------------------------------------------------------------
 */

int
item_count(const struct basin *basin, enum section section, int element_i)
{
    int count = section == SECTION_RESERVOIRS      ? basin->reservoir[element_i].zone_count
                : section == SECTION_DROUGHT_PLANS ? basin->drought_plan[element_i].stage_count
                                                   : 0;
    return element_i >= ITEM_ELEMENT_MAX ? 0 : count < ITEM_MAX - 1 ? count : ITEM_MAX - 1;
}

static char *
item_base(const struct basin *basin, enum section section, int element_i, int item_i)
{
    return section == SECTION_RESERVOIRS ? (char *)&basin->reservoir[element_i].zone[item_i]
                                         : (char *)&basin->drought_plan[element_i].stage[item_i];
}

const char *
item_id(const struct basin *basin, enum section section, int element_i, int item_i)
{
    char *id;
    memcpy(&id, item_base(basin, section, element_i, item_i), sizeof id);
    return id;
}

int
item_cap_count(const struct basin *basin, enum section section, int element_i, int item_i)
{
    const char *base = item_base(basin, section, element_i, item_i);
    int count = section == SECTION_RESERVOIRS
                    ? ((const struct zone *)(const void *)base)->cap_count
                    : ((const struct drought_stage *)(const void *)base)->cap_count;
    return count < CAP_MAX ? count : CAP_MAX;
}

int
item_cap(const struct basin *basin, enum section section, int element_i, int item_i, int class_i)
{
    const char *base = item_base(basin, section, element_i, item_i);
    const struct zone *zone = (const void *)base;
    const struct drought_stage *stage = (const void *)base;
    bool is_zone = section == SECTION_RESERVOIRS;
    const int *of = is_zone ? zone->cap_class_i : stage->cap_class_i;
    for (int i = 0; i < item_cap_count(basin, section, element_i, item_i); i++)
        if (of[i] == class_i)
            return i;
    return -1;
}

void *
item_address(const struct basin *basin, enum section section, int number, const struct field *field)
{
    int element_i = number & (ITEM_ELEMENT_MAX - 1);
    int item_i = (number >> 16 & (ITEM_MAX - 1)) - 1;
    char *base = item_base(basin, section, element_i, item_i) + field->offset;
    double *cap;
    if ((field->flags & FIELD_OF_CAP) == 0)
        return base;
    memcpy(&cap, base, sizeof cap);
    return cap + (number >> 23);
}

void
follow_item(struct basin *basin, enum section section, int number, const struct field *field)
{
    struct drought_stage *stage;
    if (section != SECTION_DROUGHT_PLANS || (field->flags & FIELD_OF_ITEM) == 0)
        return;
    stage = &basin->drought_plan[number & (ITEM_ELEMENT_MAX - 1)]
                 .stage[(number >> 16 & (ITEM_MAX - 1)) - 1];
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++)
        if (item_address(basin, section, number, field) == (void *)&stage->leave[trigger])
            stage->leaves_as_entered[trigger] = false;
    drought_stage_follow(stage);
}

bool
copy_items(struct basin *copy, struct arena *arena)
{
    for (int r = 0; r < copy->reservoir_count; r++) {
        struct reservoir *reservoir = &copy->reservoir[r];
        size_t count = (size_t)reservoir->zone_count;
        reservoir->zone = arena_copy(arena, reservoir->zone, count, sizeof *reservoir->zone);
        for (size_t i = 0; i < count && !arena->failed; i++)
            reservoir->zone[i].cap =
                arena_copy(arena, reservoir->zone[i].cap, (size_t)reservoir->zone[i].cap_count,
                           sizeof(double));
    }
    for (int p = 0; p < copy->drought_plan_count; p++) {
        struct drought_plan *plan = &copy->drought_plan[p];
        size_t count = (size_t)plan->stage_count;
        plan->stage = arena_copy(arena, plan->stage, count, sizeof *plan->stage);
        for (size_t i = 0; i < count && !arena->failed; i++)
            plan->stage[i].cap = arena_copy(arena, plan->stage[i].cap,
                                            (size_t)plan->stage[i].cap_count, sizeof(double));
    }
    return !arena->failed;
}

/* ---- paths ------------------------------------------------------------------------------------
 */

bool
find_item_key(struct basin_reader *reader, const char *key, const struct yaml_node *at,
              enum section section, struct item_target *out)
{
    const struct item_info *info = &item_table[section];
    size_t length = info->word != NULL ? strlen(info->word) : 0;
    const char *known[16];
    int known_count = 0;
    *out = (struct item_target){.class_i = -1};
    if (length == 0 || strncmp(key, info->word, length) != 0 || key[length] != '.')
        return true;
    const char *rest = strchr(key + length + 1, '.');
    if (rest == NULL || rest[1] == '\0') {
        fault(reader, at, "'%s': after '%s' come the id of one of them (or *) and a key", at->text,
              info->word);
        return false;
    }
    out->item =
        arena_text_part(reader->scratch, key + length + 1, (size_t)(rest - key) - length - 1);
    const char *last = strrchr(++rest, '.'), *word = last != NULL ? last + 1 : rest;
    size_t prefix_length = last != NULL ? (size_t)(last - rest) : 0;
    for (int i = 0; i < ITEM_TABLES_MAX && info->table[i] != NULL; i++)
        for (int j = 0; j < info->table[i]->count; j++) {
            const struct field *field = &info->table[i]->field[j];
            bool is_cap = (field->flags & FIELD_OF_CAP) != 0;
            known[known_count++] = field->key;
            if (strlen(info->table[i]->prefix) != prefix_length ||
                strncmp(info->table[i]->prefix, rest, prefix_length) != 0 ||
                (!is_cap && strcmp(field->key, word) != 0))
                continue;
            out->table = info->table[i];
            out->field = field;
            out->code = (SECTION_TABLES_MAX + i) << 16 | j;
            struct yaml_node class = *at;
            class.text = arena_text(reader->scratch, word);
            if (is_cap && class.text != NULL)
                out->class_i = find_class(reader, &class);
            return !is_cap || out->class_i >= 0;
        }
    fault(reader, at, "'%s': %s have no key '%s' that can be changed%s", at->text, info->word, rest,
          did_you_mean(reader, word, known, known_count));
    return false;
}
