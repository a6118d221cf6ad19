/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* Sets of dimensions, as bits. */
enum {
    SHARE = 1 << DIMENSION_NONE,
    VOLUME = 1 << DIMENSION_VOLUME,
    FLOW = 1 << DIMENSION_FLOW,
    LENGTH = 1 << DIMENSION_LENGTH,
    AREA = 1 << DIMENSION_AREA,
    SPEED = 1 << DIMENSION_SPEED,
    RATE = 1 << DIMENSION_RATE,
    TIME = 1 << DIMENSION_TIME,
    SALT = 1 << DIMENSION_SALINITY,
    LINE = VOLUME | LENGTH | SHARE
};

#define AT(type, member) .offset = offsetof(struct type, member)
#define NUMBER(unit, low, high) .kind = FIELD_NUMBER, .dimensions = unit, .min = low, .max = high
#define VARIES(unit, low, high)                                                                    \
    .kind = FIELD_VARYING, .dimensions = unit, .forms = FORM_ANY, .min = low, .max = high
#define TABLE(rows, path)                                                                          \
    {                                                                                              \
        .prefix = path, .field = rows, .count = sizeof rows / sizeof rows[0]                       \
    }

static const char *const step_words[] = {"hourly", "daily", "tenday", "monthly", NULL};
static const char *const share_words[] = {"fair", "total", "order", NULL};
static const char *const area_words[] = {"start", "mean", NULL};
static const char *const lake_words[] = {"lake", "pit_lake", NULL};
static const char *const limit_words[] = {"restriction", "natural_inflow", NULL};
static const char *const calendar_words[] = {"calendar", NULL};
static const char *const link_words[] = {"river", "canal",  "pipe",   "pump",
                                         "well",  "intake", "sluice", NULL};

static const struct field run_rows[] = {
    {"start", .kind = FIELD_DATE, AT(run_settings, start), .flags = FIELD_REQUIRED | FIELD_RUN_ONLY,
     .doc = "first day"},
    {"end", .kind = FIELD_DATE, AT(run_settings, end), .flags = FIELD_REQUIRED | FIELD_RUN_ONLY,
     .doc = "last day, included"},
    {"step", .kind = FIELD_WORD, AT(run_settings, step), .words = step_words, .fallback = "daily",
     .flags = FIELD_RUN_ONLY, .doc = "length of a step"},
    {"seed", .kind = FIELD_SEED, AT(run_settings, seed), .fallback = "1", .flags = FIELD_RUN_ONLY,
     .doc = "key of the random numbers"},
    {"demand_year", .kind = FIELD_YEAR, AT(run_settings, demand_year), .words = calendar_words,
     .fallback = "calendar", .doc = "year of by-year figures, growth and in_service"},
    {"share", .kind = FIELD_WORD, AT(run_settings, share), .words = share_words, .fallback = "fair",
     .doc = "how a shortage is shared inside a rank"},
    {"evaporation_area", .kind = FIELD_WORD_BOOL, AT(run_settings, mean_area_evaporation),
     .words = area_words, .fallback = "start", .doc = "area that evaporates in a step"},
};

static const struct field node_rows[] = {
    {"name", .kind = FIELD_TEXT, AT(node, name), .flags = FIELD_OF_NODE | FIELD_FIXED,
     .doc = "name for people, default the id"},
    {"note", .kind = FIELD_TEXT, AT(node, note), .flags = FIELD_OF_NODE | FIELD_FIXED,
     .doc = "free text"},
    {"district", .kind = FIELD_TEXT, AT(node, district), .flags = FIELD_OF_NODE | FIELD_FIXED,
     .doc = "district, for totals"},
    {"subsystem", .kind = FIELD_TEXT, AT(node, subsystem), .flags = FIELD_OF_NODE | FIELD_FIXED,
     .doc = "part of the basin, for totals"},
    {"at", .kind = FIELD_SPECIAL, .read = read_at,
     .flags = FIELD_OF_NODE | FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "[latitude, longitude] in degrees"},
    {"in_service", .kind = FIELD_RANGE, AT(node, in_service), .flags = FIELD_OF_NODE,
     .doc = "{from, to}: dates between which it works"},
    {"flags", .kind = FIELD_SPECIAL, .read = read_flags,
     .flags = FIELD_OF_NODE | FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "where the figures of keys come from"},
};

static const struct field catchment_rows[] = {
    {"area", NUMBER(AREA, 0, INFINITY), AT(catchment, area_m2),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "area without the lake it flows into"},
    {"to", .kind = FIELD_SPECIAL, .read = read_split,
     .flags = FIELD_REQUIRED | FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "node that takes the water, or a fixed split {node: share}"},
    {"inflow", .kind = FIELD_SPECIAL, .read = read_inflow, AT(catchment, inflow),
     .dimensions = FLOW | SPEED, .forms = FORM_ANY, .min = 0, .max = INFINITY,
     .flags = FIELD_REQUIRED | FIELD_DERIVED | FIELD_NO_FIGURE,
     .doc = "how the runoff is found: series, generate, donor or a model (gr4j ...)"},
    {"forest", .kind = FIELD_MAP, .inside = &forest_keys, .flags = FIELD_FIXED,
     .doc = "change of the forest since the figures of the inflow"},
};

static const struct field donor_rows[] = {
    {"of", .kind = FIELD_NODE, AT(catchment, donor_node_i), .flags = FIELD_REQUIRED | FIELD_FIXED,
     .doc = "catchment whose flow, or whose model, is taken"},
    {"rain_ratio", NUMBER(SHARE, 0, 10), AT(catchment, donor_rain), .fallback = "100 %",
     .flags = FIELD_ABOVE_MIN, .doc = "annual rain here over that of the donor: scales its flow"},
    {"rain", VARIES(SPEED, 0, INFINITY), AT(catchment, rain),
     .doc = "rain here: the donor's model is run with it, in place of its flow"},
};
const struct field_table donor_keys = TABLE(donor_rows, "inflow.donor");

static const struct field forest_rows[] = {
    {"reference", NUMBER(SHARE, 0, 1), AT(catchment, forest.reference), .flags = FIELD_REQUIRED,
     .doc = "share of the area under forest that the inflow stands for"},
    {"cover", NUMBER(SHARE, 0, 1), AT(catchment, forest.cover), .flags = FIELD_REQUIRED,
     .doc = "share of the area under forest"},
    {"annual_rain", NUMBER(LENGTH, 0, 20), AT(catchment, forest.annual_rain_m),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "mean rain of a year"},
    {"quick_flow", NUMBER(SHARE, 0, 10), AT(catchment, forest.quick_flow), .fallback = "0",
     .doc = "rise of quick flow for a loss of forest, as a share of the share lost"},
};
const struct field_table forest_keys = TABLE(forest_rows, "forest");

static const struct field generate_rows[] = {
    {"mean", .kind = FIELD_VARYING, .dimensions = FLOW | SPEED, .forms = FORM_CONSTANT, .min = 0,
     .max = INFINITY, AT(catchment, mean), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN,
     .doc = "long-term mean, a depth over the area per time or a flow"},
    {"monthly", .kind = FIELD_SPECIAL, .read = read_generate_monthly,
     .flags = FIELD_REQUIRED | FIELD_FIXED, .doc = "12 shares of the year's volume in %"},
    {"cv", NUMBER(SHARE, 0, 3), AT(catchment, cv), .flags = FIELD_REQUIRED,
     .doc = "coefficient of variation of the annual flow"},
    {"lag1", NUMBER(SHARE, 0, 1), AT(catchment, lag1), .fallback = "0.4", .flags = FIELD_BELOW_MAX,
     .doc = "correlation of a month with the one before"},
    {"recession", NUMBER(TIME, 0, 1e9), AT(catchment, recession_s), .fallback = "6 d",
     .flags = FIELD_ABOVE_MIN, .doc = "e-folding time of a flood"},
    {"base", NUMBER(SHARE, 0, 1), AT(catchment, base_fraction), .fallback = "40 %",
     .doc = "share of a month's volume that is even"},
    {"region", .kind = FIELD_TEXT, AT(catchment, region), .flags = FIELD_FIXED,
     .doc = "catchments of one region share their weather"},
    {"region_correlation", NUMBER(SHARE, 0, 1), AT(catchment, region_correlation),
     .fallback = "0.8", .doc = "share of the variance common to the region"},
};

static const struct field reservoir_rows[] = {
    {"kind", .kind = FIELD_WORD_BOOL, AT(reservoir, pit_lake), .words = lake_words,
     .fallback = "lake", .flags = FIELD_FIXED, .doc = "lake or closed mine pit"},
    {"table", .kind = FIELD_SPECIAL, .read = read_table, .flags = FIELD_REQUIRED | FIELD_FIXED,
     .doc = "levels, areas and storages"},
    {"capacity", NUMBER(VOLUME, 0, INFINITY), AT(reservoir, capacity_m3), .flags = FIELD_ABOVE_MIN,
     .doc = "full supply volume"},
    {"normal_level", NUMBER(LENGTH, -INFINITY, INFINITY), AT(reservoir, normal_level_m),
     .doc = "full supply level"},
    {"dead_storage", NUMBER(VOLUME, 0, INFINITY), AT(reservoir, dead_storage_m3),
     .doc = "volume below which nothing is drawn"},
    {"dead_level", NUMBER(LENGTH, -INFINITY, INFINITY), AT(reservoir, dead_level_m),
     .doc = "level below which nothing is drawn"},
    {"initial", .kind = FIELD_VARYING, .dimensions = LINE, .forms = FORM_CONSTANT, .min = -INFINITY,
     .max = INFINITY, AT(reservoir, initial), .doc = "storage at the start, default the target"},
    {"flood_limit", VARIES(LINE, -INFINITY, INFINITY), AT(reservoir, flood_limit),
     .fallback = "100 %", .doc = "upper limit of the day"},
    {"target", VARIES(LINE, -INFINITY, INFINITY), AT(reservoir, target),
     .doc = "line that rank storage_target aims at, default the flood limit"},
    {"domestic_reserve", VARIES(LINE, -INFINITY, INFINITY), AT(reservoir, domestic_reserve),
     .doc = "total volume that rank domestic_reserve keeps"},
    {"carry_over", VARIES(LINE, -INFINITY, INFINITY), AT(reservoir, carry_over),
     .doc = "total volume that rank carry_over keeps for later"},
    {"zones", .kind = FIELD_SPECIAL, .read = read_zones, .flags = FIELD_FIXED,
     .doc = "lines below which classes are cut, the highest first"},
    {"evaporation", VARIES(SPEED, 0, INFINITY), AT(reservoir, evaporation),
     .doc = "evaporation from the lake"},
    {"rain", VARIES(SPEED, 0, INFINITY), AT(reservoir, rain), .doc = "rain on the lake"},
    {"net_evaporation", .kind = FIELD_YES_NO, AT(reservoir, net_evaporation), .fallback = "false",
     .doc = "evaporation is already net of rain"},
    {"seepage", VARIES(RATE | FLOW, 0, INFINITY), AT(reservoir, seepage),
     .doc = "loss to the ground"},
    {"seepage_to", .kind = FIELD_NODE, AT(reservoir, seepage_to), .flags = FIELD_FIXED,
     .doc = "node that receives the seepage, default none"},
    {"spill_to", .kind = FIELD_NODE, AT(reservoir, spill_to), .flags = FIELD_REQUIRED | FIELD_FIXED,
     .doc = "node that takes all surplus"},
    {"reserve", .kind = FIELD_YES_NO, AT(reservoir, reserve), .fallback = "false",
     .doc = "standby lake"},
    {"emergency_for", .kind = FIELD_RANK, AT(reservoir, emergency_for_rank),
     .doc = "rank whose users may draw below dead level or from the standby lake"},
    {"dam", .kind = FIELD_SPECIAL, .read = read_dam, .inside = &dam_keys, .flags = FIELD_FIXED,
     .doc = "crest, length and required freeboard of the dam"},
    {"design_flood", .kind = FIELD_SPECIAL, .read = read_design_flood, .inside = &design_flood_keys,
     .flags = FIELD_FIXED, .doc = "peaks by return period and shape of the design floods"},
    {"outlets", .kind = FIELD_SPECIAL, .read = read_outlets, .inside = &outlet_keys,
     .flags = FIELD_FIXED | FIELD_BY_ID,
     .doc = "{id: {kind, ...}}: spillways, bottom outlets, pipes, siphons"},
    {"flood_window", .kind = FIELD_MAP, .inside = &flood_window_keys, .flags = FIELD_FIXED,
     .doc = "when a daily run works the lake by its gates, hour by hour"},
    {"tailwater", .kind = FIELD_SPECIAL, .read = read_tailwater, .flags = FIELD_FIXED,
     .doc = "[[flow, level] ...]: level below the dam by the release"},
    {"minimum_release", VARIES(FLOW, 0, INFINITY), AT(reservoir, minimum_release),
     .doc = "least release below the dam, for nguon operate"},
    {"safe_flow", NUMBER(FLOW, 0, INFINITY), AT(reservoir, safe_flow_m3s),
     .doc = "largest flow below the dam that does no harm"},
    {"ramp_up", NUMBER(FLOW, 0, INFINITY), AT(reservoir, ramp_up_m3s),
     .doc = "largest rise of the release in an hour"},
    {"ramp_down", NUMBER(FLOW, 0, INFINITY), AT(reservoir, ramp_down_m3s),
     .doc = "largest fall of the release in an hour"},
    {"upper_line", VARIES(LINE, -INFINITY, INFINITY), AT(reservoir, upper_line),
     .doc = "upper line of the chart of regulation"},
    {"restriction_line", VARIES(LINE, -INFINITY, INFINITY), AT(reservoir, restriction_line),
     .doc = "line of the chart of regulation below which supply is restricted"},
};

#define RULE_NOTE(type)                                                                            \
    {                                                                                              \
        "note", .kind = FIELD_TEXT, AT(type, note), .flags = FIELD_FIXED, .doc = "free text"       \
    }
#define RULE_FLAGS                                                                                 \
    {                                                                                              \
        "flags", .kind = FIELD_SPECIAL, .read = read_flags,                                        \
                 .flags = FIELD_FIXED | FIELD_NO_FIGURE,                                           \
                 .doc = "where the figures of keys come from"                                      \
    }
#define SPILL_TO(is_required)                                                                      \
    {                                                                                              \
        "spill_to", .kind = FIELD_NODE, AT(passage, spill_to), .flags = FIELD_FIXED | is_required, \
                    .doc = "node that takes all surplus"                                           \
    }
#define BOUNDARY_INFLOW                                                                            \
    {                                                                                              \
        "boundary_inflow", VARIES(FLOW, 0, INFINITY), AT(passage, boundary_inflow),                \
            .doc = "water forced in from outside"                                                  \
    }
#define WORKS_CAPACITY                                                                             \
    {                                                                                              \
        "capacity", VARIES(FLOW, 0, INFINITY), AT(passage, capacity),                              \
            .doc = "largest throughput, default no limit"                                          \
    }
#define WORKS_LOSS                                                                                 \
    {                                                                                              \
        "loss", VARIES(SHARE, 0, 1), AT(passage, loss), .flags = FIELD_BELOW_MAX,                  \
                                                        .doc = "share lost in the works"           \
    }

static const struct field junction_rows[] = {SPILL_TO(0), BOUNDARY_INFLOW};
static const struct field weir_rows[] = {SPILL_TO(FIELD_REQUIRED)};
static const struct field plant_rows[] = {SPILL_TO(0),
                                          WORKS_CAPACITY,
                                          WORKS_LOSS,
                                          {"turn_down", VARIES(FLOW | SHARE, 0, INFINITY),
                                           AT(passage, turn_down),
                                           .doc = "least throughput; below it the plant is off"}};
static const struct field wastewater_rows[] = {SPILL_TO(FIELD_REQUIRED), WORKS_CAPACITY,
                                               WORKS_LOSS};
static const struct field estuary_rows[] = {
    SPILL_TO(FIELD_REQUIRED),
    BOUNDARY_INFLOW,
    {"mean_sea_level", VARIES(LENGTH, -INFINITY, INFINITY), AT(passage, mean_sea_level),
     .fallback = "0 m", .doc = "above the level that `salt` is given for, default 0"},
    {"salt", .kind = FIELD_MAP, .inside = &salt_keys, .flags = FIELD_FIXED, .doc = "of the sea"},
    {"bay", .kind = FIELD_MAP, .inside = &bay_keys, .flags = FIELD_FIXED, .doc = "a mixed bay"}};

static const struct field licence_rows[] = {
    {"yearly", VARIES(VOLUME, 0, INFINITY), AT(aquifer, licence), .flags = FIELD_REQUIRED,
     .doc = "volume of a licence year"},
    {"reset", .kind = FIELD_SPECIAL, .read = read_licence_reset, .fallback = "01-01",
     .flags = FIELD_FIXED | FIELD_NO_FIGURE, .doc = "MM-DD on which a licence year begins"},
    {"reserved", NUMBER(VOLUME, 0, INFINITY), AT(aquifer, licence_reserved_m3),
     .doc = "last part of the licence, kept for reserved_for"},
    {"reserved_for", .kind = FIELD_RANK, AT(aquifer, licence_reserved_rank),
     .doc = "rank that alone, with those above it, may use the reserved part"},
};
static const struct field_table licence_keys = TABLE(licence_rows, "licence");

static const struct field aquifer_rows[] = {
    {"capacity", NUMBER(VOLUME, 0, INFINITY), AT(aquifer, capacity_m3),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "usable volume"},
    {"initial", .kind = FIELD_VARYING, .dimensions = VOLUME | SHARE, .forms = FORM_CONSTANT,
     .min = 0, .max = INFINITY, AT(aquifer, initial), .fallback = "100 %",
     .doc = "storage at the start"},
    {"recharge", VARIES(FLOW, 0, INFINITY), AT(aquifer, recharge), .doc = "natural recharge"},
    {"yield", VARIES(FLOW, 0, INFINITY), AT(aquifer, yield),
     .doc = "largest abstraction, default no limit"},
    {"minimum_storage", NUMBER(VOLUME, 0, INFINITY), AT(aquifer, minimum_storage_m3),
     .doc = "volume below which nothing is drawn"},
    {"licence", .kind = FIELD_MAP, .inside = &licence_keys, .flags = FIELD_FIXED,
     .doc = "volume allowed in a year"},
    {"spill_to", .kind = FIELD_NODE, AT(aquifer, spill_to), .flags = FIELD_FIXED,
     .doc = "node that takes recharge above capacity, default rejected"},
};

static const struct field source_rows[] = {
    {"capacity", VARIES(FLOW, 0, INFINITY), AT(source, capacity), .flags = FIELD_REQUIRED,
     .doc = "flow available, or forced"},
    {"forced", .kind = FIELD_YES_NO, AT(source, forced), .fallback = "false", .flags = FIELD_FIXED,
     .doc = "the water comes whether used or not"},
    {"emergency", .kind = FIELD_YES_NO, AT(source, emergency), .fallback = "false",
     .flags = FIELD_FIXED, .doc = "drawn only for emergency_for"},
    {"emergency_for", .kind = FIELD_RANK, AT(source, emergency_for_rank),
     .doc = "rank whose users may draw"},
    {"classes", .kind = FIELD_SPECIAL, .read = read_class_list,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE, .doc = "classes that may use it, default all"},
    {"cost", NUMBER(SHARE, 0, INFINITY), AT(source, cost), .doc = "cost per m3, for reports"},
    {"spill_to", .kind = FIELD_NODE, AT(source, spill_to), .flags = FIELD_FIXED,
     .doc = "node that takes forced water nobody uses"},
};

static const struct field demand_rows[] = {
    {"class", .kind = FIELD_SPECIAL, .read = read_class_word,
     .flags = FIELD_REQUIRED | FIELD_FIXED | FIELD_NO_FIGURE, .doc = "class of the user"},
    {"need", VARIES(FLOW, 0, INFINITY), AT(demand, need), .flags = FIELD_DERIVED,
     .doc = "net need as a flow"},
    {"population", VARIES(1 << DIMENSION_PERSONS, 0, INFINITY), AT(demand, population),
     .flags = FIELD_SIZE, .doc = "people"},
    {"norm", VARIES(SPEED | 1 << DIMENSION_PERSON_NORM | 1 << DIMENSION_HEAD_NORM, 0, INFINITY),
     AT(demand, norm), .flags = FIELD_SIZE, .doc = "need of one person, area or head"},
    {"coverage", VARIES(SHARE, 0, 1), AT(demand, coverage), .fallback = "100 %",
     .doc = "share of the people served"},
    {"area", VARIES(AREA, 0, INFINITY), AT(demand, area), .flags = FIELD_SIZE,
     .doc = "area watered"},
    {"heads", VARIES(1 << DIMENSION_HEADS, 0, INFINITY), AT(demand, heads), .flags = FIELD_SIZE,
     .doc = "livestock"},
    {"growth", NUMBER(RATE, -1, 1), AT(demand, growth_per_year),
     .flags = FIELD_PER_YEAR | FIELD_ABOVE_MIN | FIELD_SIZE, .doc = "compound growth of the need"},
    {"growth_from", .kind = FIELD_YEAR, AT(demand, growth_base_year),
     .doc = "year the growth starts from"},
    {"temperature", VARIES(1 << DIMENSION_TEMPERATURE, -INFINITY, INFINITY),
     AT(demand, temperature), .doc = "temperature of the air, for warm_rise"},
    {"warm_above", NUMBER(1 << DIMENSION_TEMPERATURE, -INFINITY, INFINITY),
     AT(demand, warm_above_C), .fallback = "28 degC",
     .doc = "temperature above which the need rises"},
    {"warm_rise", NUMBER(1 << DIMENSION_PER_DEGREE, 0, 1), AT(demand, warm_rise_per_K),
     .doc = "rise of the need for each degree above, default none"},
    {"profile", .kind = FIELD_SPECIAL, .read = read_profile_word,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE, .doc = "profile of the year and week, default even"},
    {"floor", VARIES(1 << DIMENSION_PERSON_NORM, 0, INFINITY), AT(demand, floor_norm),
     .doc = "part of the norm that stands at rank <class>_floor"},
    {"minimum_share", VARIES(SHARE, 0, 1), AT(demand, minimum_share),
     .doc = "part of the need served at the head of its class"},
    {"weight", NUMBER(SHARE, 0, INFINITY), AT(demand, weight), .fallback = "1",
     .flags = FIELD_ABOVE_MIN, .doc = "inside a rank share/weight is made equal"},
    {"order", .kind = FIELD_INTEGER, AT(demand, order), .min = -1e9, .max = 1e9,
     .doc = "place for share: order"},
    {"people", .kind = FIELD_SPECIAL, .read = read_people, .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "urban, rural, mountain, border, island: a list or shares"},
    {"returns", .kind = FIELD_SPECIAL, .read = read_returns, .flags = FIELD_FIXED,
     .doc = "{node: share of the supply that comes back}"},
    {"max_salinity", VARIES(SALT, 0, INFINITY), AT(demand, max_salinity),
     .doc = "largest salinity it can use, default that of its class in quality.salt.limits"},
    {"min_salinity", VARIES(SALT, 0, INFINITY), AT(demand, min_salinity),
     .doc = "least salinity it can use, default that of its class in quality.salt.at_least"},
    {"blend", .kind = FIELD_YES_NO, AT(demand, blend), .flags = FIELD_FIXED,
     .doc = "its sources may mix to its limits of quality; else each must keep to them"},
    {"restricted_by", .kind = FIELD_SPECIAL, .read = read_restricted_by,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE, .doc = "reservoirs whose zones cut it"},
};

static const struct field muskingum_rows[] = {
    {"k", NUMBER(TIME, 0, 1e9), AT(link, routing.k_s), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN,
     .doc = "travel time of the reach"},
    {"x", NUMBER(SHARE, 0, 0.5), AT(link, routing.x), .flags = FIELD_REQUIRED,
     .doc = "weight of the inflow: 0 a linear reservoir, 0.5 pure translation"},
};
static const struct field_table muskingum_keys = TABLE(muskingum_rows, "routing.muskingum");

static const struct field cunge_rows[] = {
    {"length", NUMBER(LENGTH, 0, 1e7), AT(link, routing.length_m),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "length of the reach"},
    {"slope", NUMBER(SHARE, 0, 1), AT(link, routing.slope),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "slope of the bed"},
    {"width", NUMBER(LENGTH, 0, 1e5), AT(link, routing.width_m),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "width of the water at the reference flow"},
    {"reference_flow", NUMBER(FLOW, 0, 1e6), AT(link, routing.reference_m3s),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "flow that the coefficients are of"},
    {"celerity", NUMBER(SPEED, 0, 100), AT(link, routing.celerity_ms), .flags = FIELD_ABOVE_MIN,
     .doc = "speed of the flood wave at the reference flow, or give roughness"},
    {"roughness", NUMBER(SHARE, 0, 1), AT(link, routing.roughness), .flags = FIELD_ABOVE_MIN,
     .doc = "Manning's n of a wide rectangular channel, or give celerity"},
};
static const struct field_table cunge_keys = TABLE(cunge_rows, "routing.muskingum_cunge");

static const struct field routing_rows[] = {
    {"lag", NUMBER(TIME, 0, 1e9), AT(link, routing.lag_s), .flags = FIELD_ABOVE_MIN,
     .doc = "pure translation by a time"},
    {"muskingum", .kind = FIELD_MAP, .inside = &muskingum_keys, .flags = FIELD_FIXED,
     .doc = "Muskingum by k and x"},
    {"muskingum_cunge", .kind = FIELD_MAP, .inside = &cunge_keys, .flags = FIELD_FIXED,
     .doc = "Muskingum by the channel at a reference flow (Cunge 1969)"},
    {"initial", NUMBER(FLOW, 0, 1e6), AT(link, routing.initial_m3s), .fallback = "0 m3/s",
     .doc = "flow that has always run when the run begins"},
};
static const struct field_table routing_keys = TABLE(routing_rows, "routing");

static const struct field link_rows[] = {
    {"name", .kind = FIELD_TEXT, AT(link, name), .flags = FIELD_FIXED,
     .doc = "name for people, default the id"},
    {"note", .kind = FIELD_TEXT, AT(link, note), .flags = FIELD_FIXED, .doc = "free text"},
    {"kind", .kind = FIELD_WORD, AT(link, kind), .words = link_words,
     .flags = FIELD_REQUIRED | FIELD_FIXED, .doc = "kind of link"},
    {"from", .kind = FIELD_NODE, AT(link, from), .flags = FIELD_REQUIRED | FIELD_FIXED,
     .doc = "node upstream"},
    {"to", .kind = FIELD_NODE, AT(link, to), .flags = FIELD_REQUIRED | FIELD_FIXED,
     .doc = "node downstream"},
    {"capacity", .kind = FIELD_VARYING, .dimensions = FLOW, .forms = FORM_LEVEL, .min = 0,
     .max = INFINITY, AT(link, capacity), .doc = "at the upstream end, default no limit"},
    {"loss", VARIES(SHARE, 0, 1), AT(link, loss), .flags = FIELD_BELOW_MAX,
     .doc = "share lost on the way"},
    {"lowest_level", NUMBER(LENGTH, -INFINITY, INFINITY), AT(link, lowest_level_m),
     .doc = "level of the lake upstream below which it draws nothing"},
    {"minimum_flow", VARIES(FLOW, 0, INFINITY), AT(link, minimum_flow),
     .doc = "flow kept by rank minimum_flow"},
    {"limit", .kind = FIELD_WORD_BOOL, AT(link, minimum_flow_natural), .words = limit_words,
     .fallback = "restriction",
     .doc = "minimum flow at most the natural inflow: always, or only in restriction"},
    {"fills", .kind = FIELD_YES_NO, AT(link, fills), .fallback = "false",
     .doc = "a pump or well that may be used to fill storage"},
    {"from_mouth", NUMBER(LENGTH, 0, INFINITY), AT(link, from_mouth_m), .doc = "of an intake"},
    {"max_salinity", VARIES(SALT, 0, INFINITY), AT(link, max_salinity), .doc = "shuts an intake"},
    {"reopen", NUMBER(SHARE, 0, 1), AT(link, reopen_share), .flags = FIELD_ABOVE_MIN,
     .fallback = "90 %", .doc = "part of max_salinity at which it opens again"},
    {"repels", .kind = FIELD_YES_NO, AT(link, repels), .doc = "minimum_flow keeps intakes fresh"},
    {"routing", .kind = FIELD_MAP, .inside = &routing_keys, .flags = FIELD_FIXED,
     .doc = "of a river: one of lag, muskingum, muskingum_cunge; default none"},
    {"outages", .kind = FIELD_SPECIAL, .read = read_outages, .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "list of {from, to}: dates without flow"},
    {"in_service", .kind = FIELD_RANGE, AT(link, in_service),
     .doc = "{from, to}: dates between which it works"},
    {"flags", .kind = FIELD_SPECIAL, .read = read_flags, .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "where the figures of keys come from"},
};

static const struct field split_rows[] = {
    {"links", .kind = FIELD_SPECIAL, .read = read_split_links,
     .flags = FIELD_REQUIRED | FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "{link: share}: links that leave one node, in fixed proportion"},
    RULE_NOTE(split),
    RULE_FLAGS,
};

static const struct field blend_rows[] = {
    {"links", .kind = FIELD_SPECIAL, .read = read_blend_links,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "links whose share in the water that links bring to their node is limited"},
    {"content", .kind = FIELD_SPECIAL, .read = read_blend_content,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "{link: concentration}: all links that come to one node"},
    {"at_most", VARIES(SHARE | SALT, 0, INFINITY), AT(blend, at_most),
     .flags = FIELD_REQUIRED | FIELD_SIZE, .doc = "largest share, or mean concentration"},
    RULE_NOTE(blend),
    RULE_FLAGS,
};

static const struct field rolling_rows[] = {
    {"volume", VARIES(VOLUME, 0, INFINITY), AT(licence, rolling), .flags = FIELD_REQUIRED,
     .doc = "volume allowed in any window"},
    {"window", NUMBER(TIME, 0, 1e10), AT(licence, rolling_s),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN | FIELD_FIXED, .doc = "length of the window"},
};
static const struct field_table rolling_keys = TABLE(rolling_rows, "rolling");

static const struct field permit_rows[] = {
    {"links", .kind = FIELD_SPECIAL, .read = read_licence_links,
     .flags = FIELD_REQUIRED | FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "links that draw on the licence together"},
    {"daily", VARIES(VOLUME, 0, INFINITY), AT(licence, daily), .doc = "volume allowed in a day"},
    {"monthly", VARIES(VOLUME, 0, INFINITY), AT(licence, monthly),
     .doc = "volume allowed in a month"},
    {"yearly", VARIES(VOLUME, 0, INFINITY), AT(licence, yearly), .doc = "volume allowed in a year"},
    {"rolling", .kind = FIELD_MAP, .inside = &rolling_keys, .flags = FIELD_FIXED,
     .doc = "{volume, window}: volume allowed in any window of that length"},
    {"reset", .kind = FIELD_SPECIAL, .read = read_permit_reset, .fallback = "01-01",
     .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "MM-DD on which licence years begin; months begin on that day"},
    {"reserved", NUMBER(VOLUME, 0, INFINITY), AT(licence, reserved_m3),
     .doc = "last part of the year's volume, kept for reserved_for"},
    {"reserved_for", .kind = FIELD_RANK, AT(licence, reserved_rank),
     .doc = "rank that alone, with those above it, may use the reserved part"},
    RULE_NOTE(licence),
    RULE_FLAGS,
};

static const struct field_table run_keys = TABLE(run_rows, "");
static const struct field_table node_keys = TABLE(node_rows, "");
static const struct field_table catchment_keys = TABLE(catchment_rows, "");
const struct field_table generate_keys = TABLE(generate_rows, "inflow.generate");
static const struct field_table reservoir_keys = TABLE(reservoir_rows, "");
static const struct field_table junction_keys = TABLE(junction_rows, "");
static const struct field_table weir_keys = TABLE(weir_rows, "");
static const struct field_table plant_keys = TABLE(plant_rows, "");
static const struct field_table wastewater_keys = TABLE(wastewater_rows, "");
static const struct field_table estuary_keys = TABLE(estuary_rows, "");
static const struct field_table sea_keys = {"", NULL, 0};
static const struct field_table aquifer_keys = TABLE(aquifer_rows, "");
static const struct field_table source_keys = TABLE(source_rows, "");
static const struct field_table demand_keys = TABLE(demand_rows, "");
static const struct field_table link_keys = TABLE(link_rows, "");
static const struct field_table split_keys = TABLE(split_rows, "");
static const struct field_table blend_keys = TABLE(blend_rows, "");
static const struct field_table permit_keys = TABLE(permit_rows, "");

#define KEPT_IN(array, type)                                                                       \
    .array_offset = offsetof(struct basin, array),                                                 \
    .count_offset = offsetof(struct basin, array##_count), .element_size = sizeof(struct type)

const struct section_info section_table[SECTION_COUNT] = {
    [SECTION_RUN] = {"run", NODE_KIND_COUNT, .table = {&run_keys}},
    [SECTION_CATCHMENTS] = {"catchments", NODE_CATCHMENT, KEPT_IN(catchment, catchment),
                            .table = {&catchment_keys, &node_keys, &generate_keys, &donor_keys,
                                      &forest_keys, &shared_model_keys, &oudin_keys,
                                      &hargreaves_keys, &catchment_model_keys[0],
                                      &catchment_model_keys[1], &catchment_model_keys[2],
                                      &catchment_model_keys[3], &catchment_model_keys[4],
                                      &catchment_model_keys[5], &catchment_model_keys[6]}},
    [SECTION_RESERVOIRS] = {"reservoirs", NODE_RESERVOIR, KEPT_IN(reservoir, reservoir),
                            .table = {&reservoir_keys, &node_keys, &flood_window_keys}},
    [SECTION_JUNCTIONS] = {"junctions", NODE_JUNCTION, KEPT_IN(passage, passage),
                           .table = {&junction_keys, &node_keys}},
    [SECTION_WEIRS] = {"weirs", NODE_WEIR, KEPT_IN(passage, passage),
                       .table = {&weir_keys, &node_keys}},
    [SECTION_PLANTS] = {"plants", NODE_PLANT, KEPT_IN(passage, passage),
                        .table = {&plant_keys, &node_keys}},
    [SECTION_WASTEWATER] = {"wastewater", NODE_WASTEWATER, KEPT_IN(passage, passage),
                            .table = {&wastewater_keys, &node_keys}},
    [SECTION_ESTUARIES] = {"estuaries", NODE_ESTUARY, KEPT_IN(passage, passage),
                           .table = {&estuary_keys, &node_keys, &salt_keys, &bay_keys}},
    [SECTION_SEAS] = {"seas", NODE_SEA, KEPT_IN(passage, passage),
                      .table = {&sea_keys, &node_keys}},
    [SECTION_AQUIFERS] = {"aquifers", NODE_AQUIFER, KEPT_IN(aquifer, aquifer),
                          .table = {&aquifer_keys, &node_keys, &licence_keys}},
    [SECTION_SOURCES] = {"sources", NODE_SOURCE, KEPT_IN(source, source),
                         .table = {&source_keys, &node_keys}},
    [SECTION_DEMANDS] = {"demands", NODE_DEMAND, KEPT_IN(demand, demand),
                         .table = {&demand_keys, &node_keys}},
    [SECTION_LINKS] = {"links", NODE_KIND_COUNT, KEPT_IN(link, link),
                       .table = {&link_keys, &routing_keys, &muskingum_keys, &cunge_keys}},
    [SECTION_SPLITS] = {"splits", NODE_KIND_COUNT, KEPT_IN(split, split), .table = {&split_keys}},
    [SECTION_BLENDS] = {"blends", NODE_KIND_COUNT, KEPT_IN(blend, blend), .table = {&blend_keys}},
    [SECTION_LICENCES] = {"licences", NODE_KIND_COUNT, KEPT_IN(licence, licence),
                          .table = {&permit_keys, &rolling_keys}},
    [SECTION_DROUGHT_PLANS] = {"drought_plans", NODE_KIND_COUNT,
                               KEPT_IN(drought_plan, drought_plan),
                               .table = {&drought_plan_keys, &drought_index_keys,
                                         &drought_forecast_keys, &drought_flow_index_keys}},
    [SECTION_QUALITY] = {"quality", NODE_KIND_COUNT, KEPT_IN(substance, substance),
                         .table = {&substance_keys}},
};

int
section_array_count(const struct basin *basin, enum section section)
{
    if (section == SECTION_RUN)
        return 1;
    int count;
    memcpy(&count, (const char *)basin + section_table[section].count_offset, sizeof count);
    return count;
}

void *
section_element(const struct basin *basin, enum section section, int element_i)
{
    const struct section_info *info = &section_table[section];
    char *array;
    if (section == SECTION_RUN)
        memcpy(&array, &(const struct run_settings *){&basin->run}, sizeof array);
    else
        memcpy(&array, (const char *)basin + info->array_offset, sizeof array);
    return array + (size_t)element_i * info->element_size;
}

/* Every struct of a kind of node starts with its node's number. */
static int
element_node_i(const struct basin *basin, enum section section, int element_i)
{
    int node_i;
    memcpy(&node_i, section_element(basin, section, element_i), sizeof node_i);
    return node_i;
}

bool
section_holds(const struct basin *basin, enum section section, int element_i)
{
    if (section == SECTION_LINKS) /* spills belong to their node and have no keys */
        return !basin->link[element_i].is_spill;
    if (section == SECTION_BLENDS) /* those of demands are not in the file either */
        return !basin->blend[element_i].is_followed;
    if (!section_is_of_nodes(section))
        return true;
    int node_i = element_node_i(basin, section, element_i);
    return basin->node[node_i].kind == section_table[section].kind;
}

struct node *
section_node(const struct basin *basin, enum section section, int element_i)
{
    if (!section_is_of_nodes(section))
        return NULL;
    return &basin->node[element_node_i(basin, section, element_i)];
}

const char *
section_id(const struct basin *basin, enum section section, int element_i)
{
    if (section == SECTION_RUN)
        return "run";
    if (!section_is_of_nodes(section)) { /* their structs start with the id */
        char *id;
        memcpy(&id, section_element(basin, section, element_i), sizeof id);
        return id;
    }
    return basin->node[element_node_i(basin, section, element_i)].id;
}

void *
field_address(const struct basin *basin, enum section section, int element_i,
              const struct field *field)
{
    if ((field->flags & FIELD_OF_ITEM) != 0)
        return item_address(basin, section, element_i, field);
    char *base = (field->flags & FIELD_OF_NODE) != 0
                     ? (char *)section_node(basin, section, element_i)
                     : section_element(basin, section, element_i);
    return base + field->offset;
}

_Static_assert(sizeof(enum link_kind) == sizeof(int), "words are stored as int");
_Static_assert(offsetof(struct link, id) == 0, "id comes first");
_Static_assert(offsetof(struct split, id) == 0, "id comes first");
_Static_assert(offsetof(struct blend, id) == 0, "id comes first");
_Static_assert(offsetof(struct licence, id) == 0, "id comes first");
_Static_assert(offsetof(struct drought_plan, id) == 0, "id comes first");
_Static_assert(offsetof(struct substance, id) == 0, "id comes first");
_Static_assert(offsetof(struct catchment, node_i) == 0, "node_i comes first");
_Static_assert(offsetof(struct reservoir, node_i) == 0, "node_i comes first");
_Static_assert(offsetof(struct passage, node_i) == 0, "node_i comes first");
_Static_assert(offsetof(struct demand, node_i) == 0, "node_i comes first");
_Static_assert(offsetof(struct aquifer, node_i) == 0, "node_i comes first");
_Static_assert(offsetof(struct source, node_i) == 0, "node_i comes first");
