/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include "solvers/stochastic_flow.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The axis of design droughts: generate: {return_period: [...], duration: ..., onset: ...}. */

enum {
    DURATION_MAX = 60,
    DESIGN_MEMBERS_MAX = 10000,
    SYNTHETIC_YEARS_MIN = 10000,
    SYNTHETIC_YEARS_MAX = 1000000
};

static const char *const month_names[] = {"january",   "february", "march",    "april",
                                          "may",       "june",     "july",     "august",
                                          "september", "october",  "november", "december"};

/* The axis while it is read. */
struct design_reader {
    struct basin_reader *reader;
    const struct yaml_node *map;
    struct axis *axis;
    struct drought_design *design;
    enum drought_size size;
    int figure_count, duration_count, onset_count;
    double *figure;
    char **figure_label;
    int *duration, *onset;
    int year; /* 0: the last that fits */
    const struct yaml_node *also;
    bool with_normal;
};

/* A single value as a list of one. */
static const struct yaml_node *
entry_of(const struct yaml_node *value, int i)
{
    return value->kind == YAML_LIST ? &value->value[i] : value;
}

static int
entry_count(const struct yaml_node *value)
{
    return value->kind == YAML_LIST ? value->count : 1;
}

static bool
read_years(struct design_reader *design, const struct yaml_node *entry, int i)
{
    struct error err = {0};
    double *years = &design->figure[i];
    if (number_parse(entry->text, years, &err) != STATUS_OK || !(*years > 1.0)) {
        fault(design->reader, entry, "'return_period' is in years, above 1, such as 50, not '%s'",
              entry->text);
        return false;
    }
    design->figure_label[i] = arena_format(design->reader->arena, "T%g", *years);
    return true;
}

static bool
read_share(struct design_reader *design, const struct yaml_node *entry, int i)
{
    bool assured = design->size == DROUGHT_ASSURANCE;
    const struct field field = {.key = assured ? "assurance" : "share",
                                .dimensions = 1u << DIMENSION_NONE,
                                .flags = assured ? FIELD_ABOVE_MIN | FIELD_BELOW_MAX : 0,
                                .min = 0.0,
                                .max = 1.0};
    struct quantity quantity;
    if (!read_figure(design->reader, entry, &field, &quantity) ||
        !figure_in_range(design->reader, entry, &field, quantity.value))
        return false;
    design->figure[i] = quantity.value;
    design->figure_label[i] =
        arena_format(design->reader->arena, assured ? "P%g" : "%g%%", quantity.value * 100.0);
    return true;
}

/* return_period, assurance or share: one of them. */
static bool
read_sizes(struct design_reader *design)
{
    static const char *const keys[] = {"return_period", "assurance", "share"};
    const struct yaml_node *value = NULL;
    for (int i = 0; i < 3; i++) {
        const struct yaml_node *found = yaml_find(design->map, keys[i]);
        if (found == NULL)
            continue;
        if (value != NULL) {
            fault(design->reader, found, "'%s' and '%s' both say how dry: give one",
                  keys[design->size], keys[i]);
            return false;
        }
        value = found;
        design->size = (enum drought_size)i;
    }
    if (value == NULL || entry_count(value) == 0) {
        fault(design->reader, design->map,
              "'generate' needs one of return_period, assurance and share, with a figure or more");
        return false;
    }
    size_t count = (size_t)entry_count(value);
    design->figure = arena_alloc(design->reader->scratch, count, sizeof *design->figure);
    design->figure_label =
        arena_alloc(design->reader->scratch, count, sizeof *design->figure_label);
    if (design->figure == NULL || design->figure_label == NULL)
        return false;
    bool good = true;
    for (int i = 0; i < (int)count; i++) {
        const struct yaml_node *entry = entry_of(value, i);
        good = require_text(design->reader, keys[design->size], entry) &&
               (design->size == DROUGHT_RETURN_PERIOD ? read_years(design, entry, i)
                                                      : read_share(design, entry, i)) &&
               good;
    }
    design->figure_count = (int)count;
    return good;
}

/* "9 months" or "1 month"; -1 if it is not. */
static int
parse_duration(const char *text)
{
    char *end;
    long months = strtol(text, &end, 10);
    if (end == text || months < 1 || months > DURATION_MAX ||
        (strcmp(end, " months") != 0 && strcmp(end, " month") != 0))
        return -1;
    return (int)months;
}

/* "november", "nov" or 11; -1 if it is none. */
static int
parse_month(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end != text && *end == '\0')
        return number >= 1 && number <= MONTHS ? (int)number : -1;
    for (int i = 0; i < MONTHS; i++)
        if (strcmp(text, month_names[i]) == 0 ||
            (strlen(text) == 3 && strncmp(text, month_names[i], 3) == 0))
            return i + 1;
    return -1;
}

/* A required list of whole numbers that a function understands. */
static bool
read_list(struct design_reader *design, const char *key, int (*parse)(const char *),
          const char *wanted, int **out, int *out_count)
{
    const struct yaml_node *value = yaml_find(design->map, key);
    if (value == NULL || entry_count(value) == 0) {
        fault(design->reader, design->map, "'generate' lacks the key '%s', %s", key, wanted);
        return false;
    }
    *out_count = entry_count(value);
    *out = arena_alloc(design->reader->scratch, (size_t)*out_count, sizeof **out);
    if (*out == NULL)
        return false;
    for (int i = 0; i < *out_count; i++) {
        const struct yaml_node *entry = entry_of(value, i);
        if (!require_text(design->reader, key, entry))
            return false;
        (*out)[i] = parse(entry->text);
        if ((*out)[i] < 0) {
            fault(design->reader, entry, "'%s' is '%s'; it must be %s", key, entry->text, wanted);
            return false;
        }
    }
    return true;
}

/* '*' or a list of catchments. */
static bool
read_region(struct design_reader *design, const char *id, const struct yaml_node *value,
            struct drought_region *region)
{
    struct basin_reader *reader = design->reader;
    const struct basin *basin = reader->basin;
    bool all = value->kind == YAML_TEXT && strcmp(value->text, "*") == 0;
    int count = all ? basin->catchment_count : value->count;
    if ((!all && value->kind != YAML_LIST) || count == 0) {
        fault(reader, value, "'catchments' must be '*' or a list of catchments%s",
              count == 0 && all ? ", and this basin has none" : "");
        return false;
    }
    region->id = arena_text(reader->arena, id);
    region->catchment_c = arena_alloc(reader->arena, (size_t)count, sizeof *region->catchment_c);
    bool *seen = arena_alloc(reader->scratch, (size_t)basin->catchment_count + 1, sizeof *seen);
    if (region->catchment_c == NULL || seen == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        int catchment_c = i;
        if (!all) {
            int node_i = find_node(reader, "catchments", &value->value[i]);
            if (node_i < 0)
                return false;
            if (basin->node[node_i].kind != NODE_CATCHMENT) {
                fault(reader, &value->value[i], "'%s' is no catchment", value->value[i].text);
                return false;
            }
            catchment_c = basin->node[node_i].kind_i;
        }
        if (seen[catchment_c]) {
            fault(reader, &value->value[i], "'%s' stands twice", value->value[i].text);
            return false;
        }
        seen[catchment_c] = true;
        region->catchment_c[region->catchment_count++] = catchment_c;
    }
    return true;
}

/* catchments: '*', a list, or a map of named lists. */
static bool
read_regions(struct design_reader *design)
{
    static const struct yaml_node everywhere = {.kind = YAML_TEXT, .text = "*"};
    const struct yaml_node *value = yaml_find(design->map, "catchments");
    value = value != NULL ? value : &everywhere;
    bool named = value->kind == YAML_MAP;
    size_t count = named ? (size_t)value->count : 1;
    design->design->region =
        arena_alloc(design->reader->arena, count + 1, sizeof *design->design->region);
    if (design->design->region == NULL)
        return false;
    if (count == 0)
        fault(design->reader, value, "'catchments' is empty");
    for (int i = 0; i < (int)count; i++) {
        if (named && !id_is_valid(value->key[i].text)) {
            fault(design->reader, &value->key[i], "'%s' may only hold a-z, 0-9 and _",
                  value->key[i].text);
            return false;
        }
        if (!read_region(design, named ? value->key[i].text : "", named ? &value->value[i] : value,
                         &design->design->region[i]))
            return false;
        design->design->region_count++;
    }
    return count > 0;
}

/* year, record, synthetic_years, method, also, normal. */
static bool
read_settings(struct design_reader *design)
{
    static const struct field year = {.key = "year", .min = 1600, .max = 9999};
    static const struct field years = {
        .key = "synthetic_years", .min = SYNTHETIC_YEARS_MIN, .max = SYNTHETIC_YEARS_MAX};
    static const char *const methods[] = {"kirsch", "par", "knn", NULL};
    static const char *const yes_no[] = {"false", "true", NULL};
    const struct yaml_node *map = design->map;
    const struct yaml_node *value = yaml_find(map, "year");
    bool good = value == NULL || read_integer(design->reader, &year, value, &design->year);
    value = yaml_find(map, "synthetic_years");
    good = (value == NULL ||
            read_integer(design->reader, &years, value, &design->design->synthetic_years)) &&
           good;
    value = yaml_find(map, "record");
    if (value != NULL &&
        (value->kind != YAML_TEXT || !year_span_parse(value->text, &design->design->record))) {
        fault(design->reader, value, "'record' must be a span of years such as 1991-2020");
        good = false;
    }
    value = yaml_find(map, "method");
    int method = value == NULL ? 0 : find_word(design->reader, "method", value, methods);
    design->design->method = method;
    value = yaml_find(map, "normal");
    int normal = value == NULL ? 0 : find_word(design->reader, "normal", value, yes_no);
    design->with_normal = normal == 1;
    design->also = yaml_find(map, "also");
    if (design->also != NULL && design->also->kind != YAML_LIST) {
        fault(design->reader, design->also,
              "'also' must be a list of paths, such as [reservoirs.*.rain]");
        good = false;
    }
    return good && method >= 0 && normal >= 0;
}

/* The instant at which a month begins; months count on past december. */
static int64_t
month_start_s(int year, int month)
{
    int months = year * MONTHS + month - 1;
    return date_to_seconds((struct date){months / MONTHS, months % MONTHS + 1, 1, 0});
}

/* Put the drought into the run: in the year given, or in the last that has room for it. */
static bool
place_drought(struct design_reader *design, struct design_drought *drought)
{
    const struct run_settings *run = &design->reader->basin->run;
    int64_t start_s = date_to_seconds(run->start);
    int64_t end_s = date_to_seconds(run->end) + 86400;
    int first_year = design->year != 0 ? design->year : run->start.year;
    for (int year = design->year != 0 ? design->year : run->end.year; year >= first_year; year--) {
        drought->from_s = month_start_s(year, drought->onset_month);
        drought->to_s = month_start_s(year, drought->onset_month + drought->duration_months);
        if (drought->from_s >= start_s && drought->to_s <= end_s)
            return true;
    }
    fault(design->reader, design->map, "%d months from %s on do not fit into the run%s",
          drought->duration_months, month_names[drought->onset_month - 1],
          design->year != 0 ? " in that year" : "");
    return false;
}

/* What else shares the drought: scaled by its share once that is known. */
static bool
read_also(struct design_reader *design, const struct design_drought *drought,
          struct axis_member *member)
{
    int count = design->also != NULL ? design->also->count : 0;
    struct adjustment window = {
        .from_s = drought->from_s, .to_s = drought->to_s, .month_mask = 0xfff};
    member->change = arena_alloc(design->reader->arena, (size_t)count + 1, sizeof *member->change);
    for (int i = 0; i < count && member->change != NULL; i++) {
        const struct yaml_node *path = &design->also->value[i];
        struct yaml_node one = *path;
        one.kind = YAML_TEXT;
        one.text = "1";
        if (!require_text(design->reader, "also", path) ||
            !read_change(design->reader, path->text, path, &one, CHANGE_SCALE, &window,
                         &member->change[member->change_count]))
            return false;
        member->change_count++;
    }
    return member->change != NULL;
}

static bool
add_member(struct design_reader *design, int figure_i, int duration, int onset, int region_r)
{
    struct drought_design *all = design->design;
    struct design_drought *drought = &all->drought[all->drought_count];
    struct axis_member *member = &design->axis->member[design->axis->member_count];
    double none = (double)NAN;
    *drought = (struct design_drought){.size = design->size,
                                       .figure = design->figure[figure_i],
                                       .onset_month = onset,
                                       .duration_months = duration,
                                       .region_r = region_r,
                                       .mean_m3s = none,
                                       .volume_m3 = none,
                                       .share = none,
                                       .years = none,
                                       .years_low = none,
                                       .years_high = none,
                                       .record_low = none,
                                       .record_high = none,
                                       .driest_share = none};
    const char *region = all->region[region_r].id;
    member->label =
        arena_format(design->reader->arena, "%s_%dm_%.3s%s%s", design->figure_label[figure_i],
                     duration, month_names[onset - 1], region[0] != '\0' ? "_" : "", region);
    member->drought = drought;
    if (member->label == NULL || !place_drought(design, drought) ||
        !read_also(design, drought, member))
        return false;
    all->drought_count++;
    design->axis->member_count++;
    return true;
}

/* Size x duration x onset x region, the last fastest. */
static void
add_members(struct design_reader *design)
{
    struct drought_design *all = design->design;
    double product = (double)design->figure_count * design->duration_count * design->onset_count *
                     all->region_count;
    if (product > DESIGN_MEMBERS_MAX) {
        fault(design->reader, design->map, "'generate' makes %.0f droughts, more than %d", product,
              DESIGN_MEMBERS_MAX);
        return;
    }
    size_t count = (size_t)product;
    struct arena *arena = design->reader->arena;
    all->drought = arena_alloc(arena, count, sizeof *all->drought);
    design->axis->member = arena_alloc(arena, count + 1, sizeof *design->axis->member);
    if (all->drought == NULL || design->axis->member == NULL)
        return;
    if (design->with_normal)
        design->axis->member[design->axis->member_count++].label = arena_text(arena, "normal");
    for (int f = 0; f < design->figure_count; f++)
        for (int d = 0; d < design->duration_count; d++)
            for (int o = 0; o < design->onset_count; o++)
                for (int r = 0; r < all->region_count; r++)
                    if (!add_member(design, f, design->duration[d], design->onset[o], r))
                        return;
}

void
read_design_droughts(struct basin_reader *reader, const struct yaml_node *map, struct axis *axis)
{
    static const char *const known[] = {"return_period", "assurance",  "share",  "duration",
                                        "onset",         "catchments", "year",   "also",
                                        "record",        "method",     "normal", "synthetic_years"};
    enum { KNOWN_COUNT = sizeof known / sizeof *known };
    if (!require_map(reader, "generate", map) || map->kind != YAML_MAP)
        return;
    int faults = reader->diagnostics->error_count;
    for (int i = 0; i < map->count; i++) {
        int known_i = 0;
        while (known_i < KNOWN_COUNT && strcmp(known[known_i], map->key[i].text) != 0)
            known_i++;
        if (known_i == KNOWN_COUNT)
            unknown_key(reader, &map->key[i], "generate", known, KNOWN_COUNT);
    }
    struct design_reader design = {.reader = reader, .map = map, .axis = axis};
    design.design = arena_alloc(reader->arena, 1, sizeof *design.design);
    if (design.design == NULL)
        return;
    design.design->synthetic_years = SYNTHETIC_YEARS_MIN;
    bool good = read_sizes(&design);
    good = read_list(&design, "duration", parse_duration,
                     "a number of months from 1 to 60, such as '9 months'", &design.duration,
                     &design.duration_count) &&
           good;
    good = read_list(&design, "onset", parse_month, "a month, such as november", &design.onset,
                     &design.onset_count) &&
           good;
    good = read_settings(&design) && good;
    if (!reader->network_broken && read_regions(&design) && good &&
        reader->diagnostics->error_count == faults)
        add_members(&design);
    axis->design = design.design;
    check_axis_labels(reader, axis, map);
}
