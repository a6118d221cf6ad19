/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* The keys `outlets` and `dam` of a reservoir: their own keys, and what they mean together. */

enum { OUTLETS_MAX = 100 };

#define AT(member) .offset = offsetof(struct outlet, member)
#define DAM(member) .offset = offsetof(struct dam, member)
#define NUMBER(unit, low, high)                                                                    \
    .kind = FIELD_NUMBER, .dimensions = 1 << (unit), .min = low, .max = high
#define ANY_LEVEL NUMBER(DIMENSION_LENGTH, -INFINITY, INFINITY)
#define LENGTH_ABOVE_0 NUMBER(DIMENSION_LENGTH, 0, INFINITY)
#define BARE(low, high) NUMBER(DIMENSION_NONE, low, high)

static const char *const kind_words[] = {"ogee",   "broad_crest", "sluice", "pipe",
                                         "siphon", "table",       NULL};

static const struct field outlet_rows[] = {
    {"kind", .kind = FIELD_WORD, AT(kind), .words = kind_words, .flags = FIELD_REQUIRED,
     .doc = "ogee or broad_crest spillway, sluice (bottom outlet), pipe, siphon or table"},
    {"name", .kind = FIELD_TEXT, AT(name), .doc = "name for people, default the id"},
    {"gates", .kind = FIELD_INTEGER, AT(gate_count), .min = 1, .max = 100, .fallback = "1",
     .doc = "number of equal gates or bays"},
    {"sill", ANY_LEVEL, AT(sill_m), .doc = "level of the crest, or of the floor of the inlet"},
    {"width", LENGTH_ABOVE_0, AT(width_m), .flags = FIELD_ABOVE_MIN, .doc = "width of one bay"},
    {"height", LENGTH_ABOVE_0, AT(height_m), .flags = FIELD_ABOVE_MIN,
     .doc = "largest opening of a gate; a crest without it has no gates"},
    {"coefficient", BARE(0, 2), AT(coefficient), .flags = FIELD_ABOVE_MIN,
     .doc = "crest: m of Q = m b sqrt(2g) H^1.5; sluice: mu of Q = mu b a sqrt(2g H)"},
    {"orifice_coefficient", BARE(0, 1), AT(orifice), .flags = FIELD_ABOVE_MIN,
     .doc = "mu of the flow under a gate that stands on a crest"},
    {"transition", .kind = FIELD_SPECIAL, .read = read_transition,
     .doc = "[low, high]: opening over head below which a gate governs, above which it hangs free"},
    {"pier_contraction", BARE(0, 1), AT(pier_contraction), .doc = "Kp of each pier"},
    {"abutment_contraction", BARE(0, 1), AT(abutment_contraction), .doc = "Ka of the abutments"},
    {"design_head", LENGTH_ABOVE_0, AT(design_head_m), .flags = FIELD_ABOVE_MIN,
     .doc = "head that coefficient holds for, with coefficient_by_head"},
    {"coefficient_by_head", .kind = FIELD_SPECIAL, .read = read_head_factors,
     .doc = "[[head / design head, factor] ...]"},
    {"modular_limit", BARE(0, 1), AT(modular_limit), .flags = FIELD_BELOW_MAX,
     .doc = "tailwater over head from which a crest is submerged; ogee 0, broad crest 0.8"},
    {"diameter", LENGTH_ABOVE_0, AT(diameter_m), .flags = FIELD_ABOVE_MIN,
     .doc = "inner diameter of a pipe"},
    {"loss", BARE(0, 1e6), AT(loss), .flags = FIELD_ABOVE_MIN,
     .doc = "sum of a pipe's loss coefficients, exit included"},
    {"axis", ANY_LEVEL, AT(axis_m), .doc = "level of a pipe's axis at its exit"},
    {"table", .kind = FIELD_SPECIAL, .read = read_outlet_table,
     .doc = "rating {level, flow, units} or {level, opening, flow, units}"},
    {"opening", .kind = FIELD_SPECIAL, .read = read_opening,
     .doc = "opening at the start and where nothing else says, default closed"},
    {"opening_speed", NUMBER(DIMENSION_SPEED, 0, INFINITY), AT(speed_ms), .flags = FIELD_ABOVE_MIN,
     .doc = "largest speed of a gate, default at once"},
    {"rule", .kind = FIELD_SPECIAL, .read = read_outlet_rule,
     .doc = "[[level, opening] ...]: opening where no schedule says otherwise"},
    {"gives_minimum", .kind = FIELD_YES_NO, AT(gives_minimum), .fallback = "false",
     .doc = "by rule it releases minimum_release"},
};
const struct field_table outlet_keys = {"", outlet_rows, sizeof outlet_rows / sizeof *outlet_rows};

static const struct field wind_rows[] = {
    {"speed", NUMBER(DIMENSION_SPEED, 0, 100), DAM(wind.speed_ms),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "10 m above the water"},
    {"fetch", LENGTH_ABOVE_0, DAM(wind.fetch_m), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN,
     .doc = "length of water to the dam"},
    {"depth", LENGTH_ABOVE_0, DAM(wind.depth_m), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN,
     .doc = "mean depth along the fetch"},
    {"slope", BARE(0, 100), DAM(wind.slope), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN,
     .doc = "of the upstream face, horizontal to vertical"},
    {"setup_coefficient", BARE(0, 1), DAM(wind.setup_coefficient), .flags = FIELD_REQUIRED,
     .doc = "k of set-up = k V^2 fetch cos(angle) / (g depth)"},
    {"roughness", BARE(0, 1), DAM(wind.roughness), .flags = FIELD_ABOVE_MIN, .fallback = "1",
     .doc = "factor on the run-up: 1 smooth, about 0.6 riprap"},
    {"angle", BARE(0, 90), DAM(wind.angle_deg), .fallback = "0",
     .doc = "degrees between wind and fetch"},
};
static const struct field_table wind_keys = {"", wind_rows, sizeof wind_rows / sizeof *wind_rows};

static const struct field dam_rows[] = {
    {"crest_level", ANY_LEVEL, DAM(crest_level_m), .flags = FIELD_REQUIRED,
     .doc = "level at which the dam is overtopped"},
    {"crest_length", LENGTH_ABOVE_0, DAM(crest_length_m), .flags = FIELD_ABOVE_MIN,
     .doc = "length that is overtopped"},
    {"crest_coefficient", BARE(0, 1), DAM(crest_coefficient), .flags = FIELD_ABOVE_MIN,
     .doc = "m of the flow over the crest"},
    {"freeboard", LENGTH_ABOVE_0, DAM(freeboard_m), .doc = "required below the crest"},
    {"design_level", ANY_LEVEL, DAM(design_level_m), .doc = "level of the design flood"},
    {"check_level", ANY_LEVEL, DAM(check_level_m), .doc = "level of the check flood"},
    {"class", .kind = FIELD_TEXT, DAM(class), .doc = "class in dam_classes.csv, such as II"},
    {"wind", .kind = FIELD_MAP, .inside = &wind_keys,
     .doc = "set-up and run-up of waves, added to freeboard"},
};
const struct field_table dam_keys = {"", dam_rows, sizeof dam_rows / sizeof *dam_rows};

#define FLOOD(member) .offset = offsetof(struct design_flood, member)
static const struct field design_flood_rows[] = {
    {"peaks", .kind = FIELD_SPECIAL, .read = read_flood_peaks, .flags = FIELD_REQUIRED,
     .doc = "[[return period in years, peak flow] ...]"},
    {"time_to_peak", NUMBER(DIMENSION_TIME, 0, 1e8), FLOOD(time_to_peak_s),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "from the start of the flood to its peak"},
    {"shape", BARE(0, 100), FLOOD(shape), .flags = FIELD_ABOVE_MIN, .fallback = "3.7",
     .doc = "the greater the narrower: Q/Qp = (t/tp e^(1-t/tp))^shape"},
    {"base_flow", NUMBER(DIMENSION_FLOW, 0, INFINITY), FLOOD(base_flow_m3s),
     .doc = "flow before the flood"},
};
const struct field_table design_flood_keys = {"", design_flood_rows,
                                              sizeof design_flood_rows / sizeof *design_flood_rows};

static bool
has(const struct yaml_node *map, const char *key)
{
    return yaml_find_key(map, key) != NULL;
}

/* Keys that a kind of outlet needs. */
static const char *const *
needed_keys(const struct outlet *outlet)
{
    static const char *const crest[] = {"sill", "width", "coefficient", NULL};
    static const char *const sluice[] = {"sill", "width", "height", "coefficient", NULL};
    static const char *const pipe[] = {"sill", "diameter", "loss", "axis", NULL};
    static const char *const table[] = {"table", NULL};
    switch (outlet->kind) {
    case OUTLET_OGEE:
    case OUTLET_BROAD_CREST:
        return crest;
    case OUTLET_SLUICE:
        return sluice;
    case OUTLET_PIPE:
        return pipe;
    case OUTLET_SIPHON:
    case OUTLET_TABLE:
        break;
    }
    return table;
}

/* Keys that mean nothing for a kind. */
static void
refuse_keys(struct basin_reader *reader, const struct element *element, const struct outlet *outlet)
{
    static const char *const crest_keys[] = {
        "orifice_coefficient", "transition",          "pier_contraction", "abutment_contraction",
        "design_head",         "coefficient_by_head", "modular_limit",    NULL};
    static const char *const pipe_keys[] = {"diameter", "loss", "axis", NULL};
    bool is_crest = outlet->kind == OUTLET_OGEE || outlet->kind == OUTLET_BROAD_CREST;
    bool is_rated = outlet->kind == OUTLET_SIPHON || outlet->kind == OUTLET_TABLE;
    const char *kind = kind_words[outlet->kind];
    for (int i = 0; crest_keys[i] != NULL; i++)
        if (!is_crest && has(element->yaml, crest_keys[i]))
            fault(reader, yaml_find_key(element->yaml, crest_keys[i]),
                  "'%s' goes only with an ogee or a broad crest, not with '%s'", crest_keys[i],
                  kind);
    for (int i = 0; pipe_keys[i] != NULL; i++)
        if (outlet->kind != OUTLET_PIPE && has(element->yaml, pipe_keys[i]))
            fault(reader, yaml_find_key(element->yaml, pipe_keys[i]),
                  "'%s' goes only with a pipe, not with '%s'", pipe_keys[i], kind);
    if (!is_rated && has(element->yaml, "table"))
        fault(reader, yaml_find_key(element->yaml, "table"),
              "'table' goes only with a siphon or a table, not with '%s'", kind);
    if (is_crest && !has(element->yaml, "height"))
        for (int i = 0; i < 3; i++) {
            static const char *const gate_keys[] = {"opening", "rule", "opening_speed"};
            if (has(element->yaml, gate_keys[i]))
                fault(reader, yaml_find_key(element->yaml, gate_keys[i]),
                      "'%s' needs 'height': a crest without gates is always open", gate_keys[i]);
        }
}

static void
complete_outlet(struct basin_reader *reader, const struct element *element, struct outlet *outlet)
{
    const struct yaml_node *map = element->yaml;
    if (!has(map, "kind"))
        return;
    const char *kind = kind_words[outlet->kind];
    for (const char *const *key = needed_keys(outlet); *key != NULL; key++)
        if (!has(map, *key))
            fault(reader, element->at, "'%s' is a %s and lacks the key '%s'", element->id, kind,
                  *key);
    refuse_keys(reader, element, outlet);
    bool is_crest = outlet->kind == OUTLET_OGEE || outlet->kind == OUTLET_BROAD_CREST;
    if (is_crest && has(map, "height") && !has(map, "orifice_coefficient"))
        fault(reader, element->at,
              "'%s' has gates (height) and lacks the key 'orifice_coefficient'", element->id);
    if (has(map, "coefficient_by_head") != has(map, "design_head"))
        fault(reader, element->at, "'coefficient_by_head' and 'design_head' of '%s' go together",
              element->id);
    if (!has(map, "modular_limit"))
        outlet->modular_limit = outlet->kind == OUTLET_BROAD_CREST ? 0.8 : 0.0;
    if (!has(map, "opening_speed"))
        outlet->speed_ms = NAN;
    if (outlet->gives_minimum && !outlet_is_gated(outlet))
        fault(reader, yaml_find_key(map, "gives_minimum"),
              "'gives_minimum' needs an outlet that can be closed");
    if (outlet->gives_minimum && outlet->rule_count > 0)
        fault(reader, yaml_find_key(map, "gives_minimum"),
              "'gives_minimum' and 'rule' exclude each other");
    if (outlet->kind == OUTLET_SIPHON || outlet->kind == OUTLET_TABLE) /* levels are the table's */
        outlet->sill_m = outlet->table.level_count > 0 ? outlet->table.level_m[0] : 0.0;
}

static void
read_outlet(struct basin_reader *reader, const struct element *reservoir,
            const struct yaml_node *key, const struct yaml_node *map, struct outlet *outlet)
{
    static const struct field_table *const tables[] = {&outlet_keys, NULL};
    const struct element element = {
        .section = reservoir->section,
        .element_i = reservoir->element_i,
        .id = arena_format(reader->scratch, "%s.outlets.%s", reservoir->id, key->text),
        .base = outlet,
        .node = reservoir->node,
        .at = key,
        .yaml = map};
    *outlet = (struct outlet){.transition_low = 0.5, .transition_high = 0.75};
    if (!require_map(reader, key->text, map) || element.id == NULL)
        return;
    if (!id_is_valid(key->text))
        fault(reader, key, "outlet id '%s' may only hold a-z, 0-9 and _", key->text);
    outlet->id = arena_text(reader->arena, key->text);
    read_fields(reader, &element, tables, map);
    if (outlet->name == NULL)
        outlet->name = outlet->id;
    complete_outlet(reader, &element, outlet);
}

void
read_outlets(struct basin_reader *reader, const struct element *element, const struct field *field,
             const struct yaml_node *value)
{
    struct reservoir *reservoir = element->base;
    if (!require_map(reader, field->key, value))
        return;
    if (value->count == 0 || value->count > OUTLETS_MAX) {
        fault(reader, value, "'%s' must name 1 to %d outlets", field->key, OUTLETS_MAX);
        return;
    }
    reservoir->outlet = arena_alloc(reader->arena, (size_t)value->count, sizeof *reservoir->outlet);
    if (reservoir->outlet == NULL)
        return;
    int minimum_count = 0;
    for (int i = 0; i < value->count; i++) {
        read_outlet(reader, element, &value->key[i], &value->value[i], &reservoir->outlet[i]);
        minimum_count += reservoir->outlet[i].gives_minimum;
    }
    if (minimum_count > 1)
        fault(reader, value, "only one outlet may have 'gives_minimum'");
    reservoir->outlet_count = value->count;
}

void
read_dam(struct basin_reader *reader, const struct element *element, const struct field *field,
         const struct yaml_node *value)
{
    static const struct field_table *const tables[] = {&dam_keys, NULL};
    struct dam *dam = &((struct reservoir *)element->base)->dam;
    if (!require_map(reader, field->key, value))
        return;
    struct element inner = *element;
    inner.id = arena_format(reader->scratch, "%s.dam", element->id);
    inner.base = dam;
    inner.at = value;
    inner.yaml = value;
    if (inner.id == NULL)
        return;
    read_fields(reader, &inner, tables, value);
    dam->given = true;
    if (has(value, "wind") && isnan(dam->freeboard_m))
        dam->freeboard_m = 0.0;
    if (has(value, "crest_length") != has(value, "crest_coefficient"))
        fault(reader, value, "'crest_length' and 'crest_coefficient' go together");
    if (dam->design_level_m >= dam->crest_level_m || dam->check_level_m >= dam->crest_level_m)
        fault(reader, value, "the levels of the design and check floods must lie below the crest");
}

void
read_design_flood(struct basin_reader *reader, const struct element *element,
                  const struct field *field, const struct yaml_node *value)
{
    static const struct field_table *const tables[] = {&design_flood_keys, NULL};
    struct element inner = *element;
    if (!require_map(reader, field->key, value))
        return;
    inner.id = arena_format(reader->scratch, "%s.design_flood", element->id);
    inner.base = &((struct reservoir *)element->base)->design_flood;
    inner.at = value;
    inner.yaml = value;
    if (inner.id == NULL)
        return;
    read_fields(reader, &inner, tables, value);
    ((struct design_flood *)inner.base)->given = true;
}
