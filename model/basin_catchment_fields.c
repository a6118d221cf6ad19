/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>

/*
 * The keys below `inflow` of a catchment: one table of parameters for each rainfall-runoff model,
 * in the order of the model's own table, and what all of them share.
 */

enum {
    SHARE = 1 << DIMENSION_NONE,
    LENGTH = 1 << DIMENSION_LENGTH,
    SPEED = 1 << DIMENSION_SPEED,
    TIME = 1 << DIMENSION_TIME,
    TEMPERATURE = 1 << DIMENSION_TEMPERATURE
};

#define UNLIMITED INFINITY

#define PER_DAY 86400e3 /* m/s -> mm/d */
#define PER_HOUR 3600e3 /* m/s -> mm/h */
#define IN_MM 1e3       /* m -> mm */
#define IN_DAYS (1 / 86400.0)
#define IN_HOURS (1 / 3600.0)
#define DAYS 86400.0

#define PARAMETER(place, unit, low, high, factor)                                                  \
    .kind = FIELD_NUMBER, .dimensions = unit, .min = low, .max = high, .per_si = factor,           \
    .offset = offsetof(struct catchment, parameter[place])
#define INITIAL(place, unit, low, high, factor)                                                    \
    .kind = FIELD_NUMBER, .dimensions = unit, .min = low, .max = high, .per_si = factor,           \
    .offset = offsetof(struct catchment, initial[place])
#define TABLE(rows, path)                                                                          \
    {                                                                                              \
        .prefix = path, .field = rows, .count = sizeof rows / sizeof rows[0]                       \
    }

#define X1                                                                                         \
    {                                                                                              \
        "x1", PARAMETER(0, LENGTH, 0, UNLIMITED, IN_MM),                                           \
            .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "capacity of the production store"   \
    }
#define X2(factor)                                                                                 \
    {                                                                                              \
        "x2", PARAMETER(1, SPEED, -UNLIMITED, UNLIMITED, factor), .flags = FIELD_REQUIRED,         \
                                                                  .doc = "groundwater exchange"    \
    }
#define X3                                                                                         \
    {                                                                                              \
        "x3", PARAMETER(2, LENGTH, 0, UNLIMITED, IN_MM),                                           \
            .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "capacity of the routing store"      \
    }
#define X4(most, factor)                                                                           \
    {                                                                                              \
        "x4", PARAMETER(3, TIME, 0.5 / (factor), (most) / (factor), factor),                       \
            .flags = FIELD_REQUIRED | FIELD_BELOW_MAX, .doc = "time base of the unit hydrograph"   \
    }
#define X5                                                                                         \
    {                                                                                              \
        "x5", PARAMETER(4, SHARE, -UNLIMITED, UNLIMITED, 1), .flags = FIELD_REQUIRED,              \
                                                             .doc = "threshold of the exchange"    \
    }
#define FILLING(key_, place, usual, text)                                                          \
    {                                                                                              \
        key_, INITIAL(place, SHARE, 0, 1, 1), .fallback = usual, .doc = text                       \
    }
#define GR_FILLINGS                                                                                \
    FILLING("production", 0, "30 %", "production store filled at the start of the warm-up"),       \
        FILLING("routing", 1, "50 %", "routing store filled at the start of the warm-up")

static const struct field gr4j_rows[] = {X1, X2(PER_DAY), X3, X4(20, IN_DAYS), GR_FILLINGS};
static const struct field gr5j_rows[] = {X1, X2(PER_DAY), X3, X4(20, IN_DAYS), X5, GR_FILLINGS};
static const struct field gr6j_rows[] = {
    X1,
    X2(PER_DAY),
    X3,
    X4(20, IN_DAYS),
    X5,
    {"x6", PARAMETER(5, LENGTH, 0, UNLIMITED, IN_MM), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN,
     .doc = "capacity of the exponential store"},
    GR_FILLINGS,
    {"exponential", INITIAL(2, LENGTH, -UNLIMITED, UNLIMITED, IN_MM), .fallback = "0 mm",
     .doc = "exponential store at the start of the warm-up"},
};
static const struct field gr4h_rows[] = {X1, X2(PER_HOUR), X3, X4(480, IN_HOURS), GR_FILLINGS};
static const struct field gr2m_rows[] = {
    X1,
    {"x2", PARAMETER(1, SHARE, 0, UNLIMITED, 1), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN,
     .doc = "share of the routed water that stays, above 1 where it gains"},
    FILLING("production", 0, "30 %", "production store filled at the start of the warm-up"),
    FILLING("routing", 1, "50 %", "routing store at the start of the warm-up, as a part of x2 mm"),
};

#define PLAIN(key_, place, low, high, text)                                                        \
    {                                                                                              \
        key_, PARAMETER(place, SHARE, low, high, 1), .flags = FIELD_REQUIRED, .doc = text          \
    }
#define DEPTH(key_, place, low, text)                                                              \
    {                                                                                              \
        key_, PARAMETER(place, LENGTH, low, UNLIMITED, IN_MM), .flags = FIELD_REQUIRED,            \
                                                               .doc = text                         \
    }
#define LASTING(key_, place, low, high, text)                                                      \
    {                                                                                              \
        key_, PARAMETER(place, TIME, (low)*DAYS, (high)*DAYS, IN_DAYS), .flags = FIELD_REQUIRED,   \
                                                                        .doc = text                \
    }

static const struct field xinanjiang_rows[] = {
    PLAIN("k", 0, 0, 10, "potential evapotranspiration over the figure given"),
    PLAIN("b", 1, 0.01, 10, "exponent of the tension water capacity curve"),
    PLAIN("im", 2, 0, 1, "impervious share of the catchment"),
    DEPTH("um", 3, 0, "capacity of the upper layer"),
    DEPTH("lm", 4, 1e-4, "capacity of the lower layer"),
    DEPTH("dm", 5, 0, "capacity of the deep layer"),
    PLAIN("c", 6, 0, 1, "evapotranspiration of the deep layer"),
    DEPTH("sm", 7, 1e-4, "capacity of free water"),
    PLAIN("ex", 8, 0.01, 10, "exponent of the free water capacity curve"),
    PLAIN("ki", 9, 0, 1, "share of free water into interflow, a day"),
    PLAIN("kg", 10, 0, 1, "share of free water into groundwater, a day"),
    PLAIN("cs", 11, 0, 0.99999, "recession of the channel network, a day"),
    LASTING("l", 12, 0, 29, "lag of the channel network"),
    PLAIN("ci", 13, 0, 0.99999, "recession of interflow, a day"),
    PLAIN("cg", 14, 0, 0.99999, "recession of groundwater flow, a day"),
    FILLING("tension", 0, "50 %", "tension water filled at the start of the warm-up"),
    FILLING("free", 1, "50 %", "free water filled at the start of the warm-up"),
    {"groundwater", INITIAL(2, SPEED, 0, UNLIMITED, PER_DAY), .fallback = "0.1 mm/d",
     .doc = "groundwater flow at the start of the warm-up"},
};

static const struct field hbv_rows[] = {
    PLAIN("lp", 0, 1e-3, UNLIMITED, "share of fc from which evapotranspiration is potential"),
    DEPTH("fc", 1, 1e-5, "capacity of soil moisture"),
    PLAIN("beta", 2, 1e-3, 100, "exponent of runoff generation"),
    LASTING("k0", 3, 0, UNLIMITED, "storage coefficient of very fast flow"),
    LASTING("k1", 4, 1, UNLIMITED, "storage coefficient of fast flow"),
    LASTING("k2", 5, 1, UNLIMITED, "storage coefficient of slow flow"),
    DEPTH("lsuz", 6, 0, "upper zone storage above which very fast flow begins"),
    {"cperc", PARAMETER(7, SPEED, 0, UNLIMITED, PER_DAY), .flags = FIELD_REQUIRED,
     .doc = "largest percolation"},
    LASTING("bmax", 8, 1, 50, "base of the transfer triangle at low flow"),
    PLAIN("croute", 9, 0, UNLIMITED, "shortening of the base with flow, d2/mm"),
    FILLING("moisture", 0, "50 %", "soil moisture filled at the start of the warm-up"),
    FILLING("upper", 1, "5 %", "upper zone at the start of the warm-up, as a part of lsuz"),
    {"lower", INITIAL(2, LENGTH, 0, UNLIMITED, IN_MM), .fallback = "2.5 mm",
     .doc = "lower zone at the start of the warm-up"},
};

static const struct field model_rows[] = {
    {"rain", .kind = FIELD_VARYING, .dimensions = SPEED, .forms = FORM_ANY, .min = 0,
     .max = UNLIMITED, .offset = offsetof(struct catchment, rain), .flags = FIELD_REQUIRED,
     .doc = "rain on the catchment"},
    {"pet", .kind = FIELD_SPECIAL, .read = read_pet, .dimensions = SPEED, .forms = FORM_ANY,
     .min = 0, .max = UNLIMITED, .offset = offsetof(struct catchment, pet),
     .flags = FIELD_REQUIRED | FIELD_DERIVED,
     .doc = "potential evapotranspiration, given or from temperature (oudin, hargreaves)"},
    {"warmup", .kind = FIELD_NUMBER, .dimensions = TIME, .min = 0, .max = 1e10,
     .offset = offsetof(struct catchment, warmup_s), .fallback = "365 d",
     .doc = "length of the run's first part that is run beforehand"},
};

#define DEGREES(key_, member, text)                                                                \
    {                                                                                              \
        key_, .kind = FIELD_VARYING, .dimensions = TEMPERATURE, .forms = FORM_ANY, .min = -90,     \
              .max = 60, .offset = offsetof(struct catchment, member), .flags = FIELD_REQUIRED,    \
              .doc = text                                                                          \
    }
#define LATITUDE                                                                                   \
    {                                                                                              \
        "latitude", .kind = FIELD_NUMBER, .dimensions = SHARE, .min = -90, .max = 90,              \
                    .offset = offsetof(struct catchment, pet_latitude_deg), .flags = FIELD_FIXED,  \
                    .doc = "latitude in degrees, default that of the catchment's `at`"             \
    }

static const struct field oudin_rows[] = {
    DEGREES("temperature", temperature, "mean temperature of the air"), LATITUDE};
static const struct field hargreaves_rows[] = {
    DEGREES("min", min_temperature, "least temperature of the day"),
    DEGREES("max", max_temperature, "greatest temperature of the day"),
    LATITUDE,
    {"coefficient", .kind = FIELD_NUMBER, .dimensions = SHARE, .min = 0, .max = 1,
     .offset = offsetof(struct catchment, hargreaves), .fallback = "0.0023",
     .flags = FIELD_ABOVE_MIN, .doc = "coefficient, to be calibrated in humid coasts"},
};

/* In the order of catchment_models. */
const struct field_table catchment_model_keys[CATCHMENT_MODEL_COUNT] = {
    TABLE(gr4j_rows, "inflow.gr4j"), TABLE(gr5j_rows, "inflow.gr5j"),
    TABLE(gr6j_rows, "inflow.gr6j"), TABLE(gr4h_rows, "inflow.gr4h"),
    TABLE(gr2m_rows, "inflow.gr2m"), TABLE(xinanjiang_rows, "inflow.xinanjiang"),
    TABLE(hbv_rows, "inflow.hbv"),
};
const struct field_table shared_model_keys = TABLE(model_rows, "inflow." MODEL_WORD);
const struct field_table oudin_keys = TABLE(oudin_rows, "inflow." MODEL_WORD ".pet.oudin");
const struct field_table hargreaves_keys =
    TABLE(hargreaves_rows, "inflow." MODEL_WORD ".pet.hargreaves");
