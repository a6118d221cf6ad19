/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>

/* The key `bay` of an estuary. */

#define AT(member) .offset = offsetof(struct passage, bay.member)
#define NUMBER(unit, low, high)                                                                    \
    .kind = FIELD_NUMBER, .dimensions = 1 << (unit), .min = low, .max = high
#define VARIES(unit)                                                                               \
    .kind = FIELD_VARYING, .dimensions = 1 << (unit), .forms = FORM_ANY, .min = 0, .max = INFINITY

enum { EXCHANGES_MAX = 1000 };
static const struct field exchange_field = {.key = "exchange", VARIES(DIMENSION_FLOW)};

static const struct field bay_rows[] = {
    {"volume", NUMBER(DIMENSION_VOLUME, 0, INFINITY), AT(volume_m3),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "of the bay at mean sea level"},
    {"area", NUMBER(DIMENSION_AREA, 0, INFINITY), AT(area_m2),
     .doc = "for the tide, rain and evaporation"},
    {"initial_salinity", NUMBER(DIMENSION_SALINITY, 0, INFINITY), AT(initial_kgm3),
     .flags = FIELD_REQUIRED, .doc = "salinity at the start"},
    {"river_salinity", NUMBER(DIMENSION_SALINITY, 0, INFINITY), AT(river_kgm3),
     .fallback = "0 kg/m3", .doc = "of the water of rivers, where quality does not follow salt"},
    {"sea_salinity", VARIES(DIMENSION_SALINITY), AT(sea_salinity),
     .doc = "of the sea that it spills to or swaps water with"},
    {"rain", VARIES(DIMENSION_SPEED), AT(rain), .doc = "rain on the bay"},
    {"evaporation", VARIES(DIMENSION_SPEED), AT(evaporation), .doc = "evaporation from the bay"},
    {"tidal_range", NUMBER(DIMENSION_LENGTH, 0, INFINITY), AT(range_m),
     .doc = "mean range of the tide, which swaps water with where the bay spills to"},
    {"tidal_period", NUMBER(DIMENSION_TIME, 0, INFINITY), AT(period_s), .flags = FIELD_ABOVE_MIN,
     .fallback = "24.84 h", .doc = "period of the tide"},
    {"returns", NUMBER(DIMENSION_NONE, 0, 1), AT(returns), .flags = FIELD_BELOW_MAX,
     .fallback = "0 %", .doc = "share of the ebb that the next flood brings back"},
    {"tide", .kind = FIELD_SPECIAL, .read = read_tide, .flags = FIELD_FIXED,
     .doc = "file of constituents, or {file, station, phases}: scales tidal_range by the day"},
    {"exchange", .kind = FIELD_SPECIAL, .read = read_exchange, .flags = FIELD_FIXED,
     .doc = "{bay or sea: flow each way} of other mixing"},
    {"suits_from", NUMBER(DIMENSION_SALINITY, 0, INFINITY), AT(suits_from_kgm3),
     .fallback = "0 kg/m3", .doc = "least salinity that suits what lives in it"},
    {"suits_to", NUMBER(DIMENSION_SALINITY, 0, INFINITY), AT(suits_to_kgm3),
     .doc = "largest salinity that suits what lives in it, default any"},
};
const struct field_table bay_keys = {"bay", bay_rows, sizeof bay_rows / sizeof *bay_rows};

bool
is_bay(const struct basin *basin, int node_i)
{
    const struct node *node = &basin->node[node_i];
    return node->kind == NODE_ESTUARY && basin->passage[node->kind_i].bay.volume_m3 > 0.0;
}

void
read_exchange(struct basin_reader *reader, const struct element *element, const struct field *field,
              const struct yaml_node *value)
{
    struct bay *bay = &((struct passage *)element->base)->bay;
    if (value->kind != YAML_MAP || value->count == 0 || value->count > EXCHANGES_MAX) {
        fault(reader, value, "'%s' must be a map {bay or sea: flow}", field->key);
        return;
    }
    bay->exchange_node_i =
        arena_alloc(reader->arena, (size_t)value->count, sizeof *bay->exchange_node_i);
    bay->exchange = arena_alloc(reader->arena, (size_t)value->count, sizeof *bay->exchange);
    for (int i = 0; i < value->count && !reader->arena->failed; i++) {
        int node_i = find_node(reader, field->key, &value->key[i]);
        if (node_i >= 0 && read_varying(reader, &value->value[i], &exchange_field,
                                        &bay->exchange[bay->exchange_count]))
            bay->exchange_node_i[bay->exchange_count++] = node_i;
    }
}

static bool
touches_sea(const struct basin *basin, const struct passage *passage)
{
    bool touches = basin->node[passage->spill_to].kind == NODE_SEA;
    for (int i = 0; i < passage->bay.exchange_count; i++)
        touches = touches || basin->node[passage->bay.exchange_node_i[i]].kind == NODE_SEA;
    return touches;
}

static void
check_exchanges(struct basin_reader *reader, const struct passage *passage)
{
    const struct basin *basin = reader->basin;
    const struct yaml_node *at = node_place(reader, passage->node_i, "bay");
    const struct bay *bay = &passage->bay;
    for (int i = 0; i < bay->exchange_count; i++) {
        int other_i = bay->exchange_node_i[i];
        const struct node *other = &basin->node[other_i];
        if (other_i == passage->node_i || !(is_bay(basin, other_i) || other->kind == NODE_SEA)) {
            fault(reader, at, "'exchange' names '%s', which is no other bay and no sea", other->id);
            continue;
        }
        const struct bay *back = &basin->passage[other->kind_i].bay;
        for (int k = 0; k < back->exchange_count && other_i < passage->node_i; k++)
            if (back->exchange_node_i[k] == passage->node_i)
                fault(reader, at, "'%s' and '%s' name each other in 'exchange': one is enough",
                      basin->node[passage->node_i].id, other->id);
    }
}

static void
check_bay(struct basin_reader *reader, struct passage *passage)
{
    const struct basin *basin = reader->basin;
    const struct yaml_node *at = node_place(reader, passage->node_i, "bay");
    struct bay *bay = &passage->bay;
    if (passage->salt.mouth_area_m2 > 0.0)
        fault(reader, at, "an estuary has 'salt' along its channel or is a 'bay', not both");
    if (passage->spill_to < 0)
        return; /* a fault already */
    if (!is_bay(basin, passage->spill_to) && basin->node[passage->spill_to].kind != NODE_SEA)
        fault(reader, at, "a bay spills to another bay or to a sea; '%s' is none",
              basin->node[passage->spill_to].id);
    check_exchanges(reader, passage);
    if (touches_sea(basin, passage) && bay->sea_salinity.kind == VARYING_ABSENT)
        fault(reader, at, "'sea_salinity' is missing, though the bay meets a sea");
    if ((bay->range_m > 0.0 || bay->rain.kind != VARYING_ABSENT ||
         bay->evaporation.kind != VARYING_ABSENT) &&
        !(bay->area_m2 > 0.0))
        fault(reader, at, "'tidal_range', 'rain' and 'evaporation' of a bay need its 'area'");
    if (passage->salt.tide != NULL && !(bay->range_m > 0.0))
        fault(reader, at, "'tide' needs 'tidal_range'");
    if (bay->range_m * bay->area_m2 >= 2.0 * bay->volume_m3)
        fault(reader, at,
              "a tide of %g m on %g km2 moves %g hm3, the bay holds %g hm3 at mean sea level",
              bay->range_m, bay->area_m2 / 1e6, bay->range_m * bay->area_m2 / 1e6,
              bay->volume_m3 / 1e6);
    if (bay->suits_to_kgm3 > 0.0 && !(bay->suits_from_kgm3 < bay->suits_to_kgm3))
        fault(reader, at, "'suits_from' (%g kg/m3) is not below 'suits_to' (%g kg/m3)",
              bay->suits_from_kgm3, bay->suits_to_kgm3);
}

void
check_bays(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    basin->bay_passage_p =
        arena_alloc(reader->arena, (size_t)basin->passage_count, sizeof *basin->bay_passage_p);
    for (int p = 0; p < basin->passage_count && basin->bay_passage_p != NULL; p++)
        if (basin->passage[p].bay.volume_m3 > 0.0) {
            basin->bay_passage_p[basin->bay_count++] = p;
            check_bay(reader, &basin->passage[p]);
        }
}
