/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CLIMATE_PRIVATE_H
#define NGUON_MODEL_CLIMATE_PRIVATE_H

#include "model/basin_private.h"
#include "model/climate_series.h"
#include "model/climate_table.h"

/* What the files share that read climate series and climate members; no one else includes this. */

/** One series, or the files of one variable of a member, while it is read. */
struct climate_reader {
    struct basin_reader *reader;
    const struct yaml_node *key, *map;
    const char *name; /**< for messages: "series 'rain_2055'" */
    struct series_input *series;
    struct climate_series *climate;
    bool good; /**< no fault so far */
};

/* climate_series.c: keys that both have */
void climate_read_place(struct climate_reader *one);
void climate_read_years(struct climate_reader *one, const char *key, struct year_span *out);
void climate_read_pattern(struct climate_reader *one, const char *key, struct netcdf_source *out);
/** Word of a key, or the fallback if it is absent; -1 after a fault. */
int climate_read_word(struct climate_reader *one, const char *key, const char *const *words,
                      int fallback);
/** The unit of the files or of the key `unit`, looked up in the first file of each pattern. */
void climate_read_unit(struct climate_reader *one);
void climate_read_trace(struct climate_reader *one);
/** Weights of a column of a file, in the basin's memory. */
bool climate_read_weights(struct climate_reader *one, const struct yaml_node *value,
                          const char *column, struct netcdf_place *out);
extern const char *const climate_method_words[];

/** Means of a model's months before and after, at one place; filled when records are read. */
struct climate_point {
    const struct climate_series *climate; /**< files and years; place is that of the point */
    struct netcdf_place place;
    enum fill_rule fill;
    const char *file;
    int line;
    double before[12], after[12];
    bool failed; /**< a fault is reported already */
};

/** What is to be made of a point's means once they are known. */
enum climate_job_kind {
    JOB_FACTOR, /**< ratio of the months (rain) */
    JOB_SHIFT,  /**< difference of the months (temperature) */
    JOB_WARM,   /**< 1 + coefficient x difference (evapotranspiration) */
    JOB_RUNOFF  /**< 1 + coefficient x (ratio - 1) (inflow without a model) */
};

struct climate_job {
    enum climate_job_kind kind;
    struct climate_point *point;
    double coefficient;
    int observed_i;  /**< series that is changed, for nearly dry months; -1 none */
    double *monthly; /**< [12] out: figures of a change */
};

enum weather_variable { WEATHER_RAIN, WEATHER_MEAN, WEATHER_MIN, WEATHER_MAX, WEATHER_COUNT };

/** What a member's `weather` says. */
struct weather_spec {
    struct basin_reader *reader;
    const struct yaml_node *map;
    const struct axis *axis;
    struct axis_member *member;
    int change_capacity;
    const char *name; /* for messages: "member 'ec_earth' of axis 'climate'" */
    struct climate_series *files[WEATHER_COUNT]; /* NULL: not given */
    struct series_input unit[WEATHER_COUNT];     /* dimension, scale and fill of the files */
    bool is_table; /**< of a table, or plain changes: the months are in table */
    struct climate_table_change table;
    double pet_per_degree, runoff_elasticity; /* NAN: not given */
    bool place_given;                         /* by at or box, one for all */
    const struct yaml_node *weights;          /* or by a file with a column for each node */
    int changed;                              /* quantities that the member changes */
    bool good;
};

/* climate_weather.c: reading the key */
extern const char *const weather_keys[WEATHER_COUNT];
/** Read what `weather` says into spec->files or spec->table; spec->good is false after a fault. */
void climate_read_weather(struct weather_spec *spec);
/** The elasticities, NAN where they are not given, and a table without changes. */
void climate_read_coefficients(struct weather_spec *spec);
/** A change of one variable for all months, "2 K" or "80 %". */
void climate_read_plain(struct weather_spec *spec, enum weather_variable variable,
                        const struct yaml_node *value);

#endif
