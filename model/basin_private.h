/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_BASIN_PRIVATE_H
#define NGUON_MODEL_BASIN_PRIVATE_H

#include "model/arena.h"
#include "model/basin.h"
#include "model/basin_fields.h"
#include "model/units.h"
#include "model/yaml_tree.h"

/** What the files that read, check and change basins share; no one else includes this. */

/** Finds a number by name. */
struct name_index {
    int count;
    int capacity; /**< a power of two */
    const char **name;
    int *number;
};

bool name_index_init(struct name_index *index, struct arena *arena, int count_max);
/** @return the number already stored under the name, or -1 after adding it */
int name_index_add(struct name_index *index, const char *name, int number);
int name_index_find(const struct name_index *index, const char *name);

/** Largest figure of any kind, in SI: the oceans hold 1.3e18 m3. */
#define FIGURE_MAX 1e18

/** One place of the file that uses a series, to be checked when its record is read. */
struct series_use {
    int series_i;
    const struct yaml_node *at;
    const struct field *field;
};

/** Files read, in order; each is read once. */
struct basin_file {
    char *name; /**< as shown in messages */
    char *real_path;
    char *folder; /**< of name, with the final '/', or "" */
    char *text;
    const struct yaml_node *root;
    int parent_i; /**< file that includes it, -1 for the main file */
};

struct climate_job;
struct climate_point;

struct basin_reader {
    struct basin *basin;
    struct arena *arena;   /**< the basin's */
    struct arena *scratch; /**< trees and indexes, freed after reading */
    struct diagnostics *diagnostics;
    struct basin_file *file;
    int file_count, file_capacity;
    struct name_index node_index, link_index, series_index, profile_index, class_index;
    const struct yaml_node **node_yaml; /**< [node_count] */
    const struct yaml_node **node_key;
    const struct yaml_node **link_yaml; /**< [file_link_count] */
    const struct yaml_node **link_key;
    int file_link_count; /**< links of the file; those after are spills */
    const struct yaml_node **rule_yaml[SECTION_COUNT]; /**< of splits to drought plans */
    const struct yaml_node **rule_key[SECTION_COUNT];
    struct series_use *use;
    int use_count, use_capacity;
    int flagged;                    /**< flags met in the key being read */
    bool depends_on_year;           /**< some figure needs run.demand_year */
    bool unreadable;                /**< a file could not be read: the rest would make no sense */
    char *scenario_text;            /**< of the scenario file */
    const struct basin_text *given; /**< texts in place of files, or NULL */
    bool network_broken;            /**< a node or an end of a link is missing: paths say nothing */
    bool by_command;                /**< reading --set */
    int input_capacity;             /**< of basin.input */
    int series_capacity;            /**< of basin.series, once climate members add to it */
    struct climate_point **climate_point;
    int climate_point_count, climate_point_capacity;
    struct climate_job *climate_job;
    int climate_job_count, climate_job_capacity;
};

/** One node, link or settings block while it is read. */
struct element {
    enum section section;
    int element_i;
    const char *id;
    void *base;
    struct node *node;            /**< NULL for links and run */
    const struct yaml_node *at;   /**< its id, for the place in messages */
    const struct yaml_node *yaml; /**< its keys */
};

/* basin_names.c: faults and references */
void fault(struct basin_reader *reader, const struct yaml_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void warn(struct basin_reader *reader, const struct yaml_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** " (did you mean 'x'?)" for the nearest of the names, or "". */
const char *did_you_mean(struct basin_reader *reader, const char *written, const char *const *known,
                         int known_count);
bool id_is_valid(const char *id);
bool require_text(struct basin_reader *reader, const char *what, const struct yaml_node *value);
bool require_map(struct basin_reader *reader, const char *what, const struct yaml_node *value);
int find_node(struct basin_reader *reader, const char *what, const struct yaml_node *value);
int find_link(struct basin_reader *reader, const char *what, const struct yaml_node *value);
int find_class(struct basin_reader *reader, const struct yaml_node *value);
int find_rank(struct basin_reader *reader, const char *what, const struct yaml_node *value);
int find_series(struct basin_reader *reader, const struct yaml_node *value);
int find_profile(struct basin_reader *reader, const struct yaml_node *value);
int find_word(struct basin_reader *reader, const char *what, const struct yaml_node *value,
              const char *const *words);
int rank_of_word(const struct basin *basin, const char *word);

/* basin_quality.c: substances, and limits on mixes that follow them */
field_reader read_substance_content, read_substance_initial, read_substance_limits,
    read_substance_least;
void complete_substance(struct basin_reader *reader, const struct element *element,
                        int substance_s);
void add_followed_blends(struct basin_reader *reader);
void check_quality(struct basin_reader *reader);

/* basin_salt.c: estuaries that carry salt, and their intakes */
field_reader read_tide;
void check_salt(struct basin_reader *reader);

/* basin_bay.c: estuaries that are bays */
field_reader read_exchange;
void check_bays(struct basin_reader *reader);

/* basin_quantity.c: figures and varying quantities */
bool read_figure(struct basin_reader *reader, const struct yaml_node *value,
                 const struct field *field, struct quantity *out);
bool read_figure_in_unit(struct basin_reader *reader, const struct yaml_node *value,
                         const struct field *field, const struct unit *unit, double *out);
bool read_unit(struct basin_reader *reader, const struct yaml_node *value,
               const struct field *field, struct unit *out);
bool read_bare_list(struct basin_reader *reader, const char *what, const struct yaml_node *value,
                    int count, double *out);
bool figure_in_range(struct basin_reader *reader, const struct yaml_node *at,
                     const struct field *field, double value);
bool value_in_range(const struct field *field, double value);
/** What a value should have been: "at least 0 m3 and below 5 m3". */
const char *range_text(const struct field *field, enum dimension dimension, double value,
                       char *buffer, size_t size);
const char *expected_text(unsigned dimensions, char *buffer, size_t size);
bool figure_has_dimension(struct basin_reader *reader, const struct yaml_node *at,
                          const struct field *field, const struct quantity *quantity);

/* basin_varying.c */
bool read_varying(struct basin_reader *reader, const struct yaml_node *value,
                  const struct field *field, struct varying *out);
bool read_month_day(struct basin_reader *reader, const struct yaml_node *value, int *month,
                    int *day);

/* basin_value.c: one key, by its kind */
void read_fields(struct basin_reader *reader, const struct element *element,
                 const struct field_table *const *tables, const struct yaml_node *map);
void read_field(struct basin_reader *reader, const struct element *element,
                const struct field *field, const struct yaml_node *value);
bool read_date(struct basin_reader *reader, const char *what, const struct yaml_node *value,
               struct date *out);
bool read_date_range(struct basin_reader *reader, const char *what, const struct yaml_node *value,
                     struct date_range *out);
bool read_integer(struct basin_reader *reader, const struct field *field,
                  const struct yaml_node *value, int *out);
const struct field *find_key(const struct field_table *const *tables, const char *key);
void unknown_key(struct basin_reader *reader, const struct yaml_node *key, const char *where,
                 const char *const *known, int known_count);

/* basin_parts.c: special keys */
field_reader read_at, read_flags, read_table, read_zones, read_inflow, read_pet, read_split,
    read_licence_reset, read_class_list, read_class_word, read_people, read_returns,
    read_restricted_by, read_profile_word, read_outages, read_generate_monthly;
bool reservoir_derive(struct reservoir *reservoir);
/** {class: share}; *count is what was read whole. */
void read_caps(struct basin_reader *reader, const struct yaml_node *value, int *count,
               int **class_i, double **cap);

/* basin_outlets.c, basin_outlet_parts.c: the dam and its outlets */
field_reader read_outlets, read_dam, read_design_flood, read_flood_peaks, read_tailwater,
    read_opening, read_outlet_table, read_outlet_rule, read_head_factors, read_transition,
    read_inflow_shape;
/** [[x, y] ...] with rising x; false with faults. */
bool read_pairs(struct basin_reader *reader, const char *what, const struct yaml_node *list,
                const struct field *x_field, const struct field *y_field, int *count, double **x,
                double **y);
/* basin_rules.c: splits, blends and licences of links; drought plans */
field_reader read_split_links, read_blend_links, read_blend_content, read_licence_links,
    read_permit_reset;
/** Room for them and their places in the file. */
bool allocate_rules(struct basin_reader *reader);
/** Read them, once all links are known. */
void read_rules(struct basin_reader *reader);
/** Where a key of one stands, or the element itself. */
const struct yaml_node *rule_place(const struct basin_reader *reader, enum section section,
                                   int element_i, const char *key);
/** Whether a split, blend or licence limits what the link carries. */
bool link_is_ruled(const struct basin *basin, int link_l);

/* basin_drought_plan.c */
void complete_drought_plan(struct basin_reader *reader, const struct element *element);

/* basin_complete.c */
void complete_element(struct basin_reader *reader, const struct element *element);

/* basin_ranks.c */
void read_ranks(struct basin_reader *reader, const struct yaml_node *value);

/* basin_sections.c: the parts of the file, once all files are read */
/** Read the keys of one element against the tables of its section. */
void read_element(struct basin_reader *reader, const struct element *element);
void read_sections(struct basin_reader *reader);
/** `nguon: 1`, required in the main file. */
void check_version(struct basin_reader *reader, const struct yaml_node *root, bool is_required);
/** Figures by year mean nothing until run.demand_year is chosen. */
void check_demand_year(struct basin_reader *reader);
const struct yaml_node *find_section(struct basin_reader *reader, const char *name);
/** The next entry of a section over all files; *file_i and *entry_i start at 0 and -1. */
/** Value of an id in a section that is a map of ids, or NULL. */
const struct yaml_node *find_map_entry(struct basin_reader *reader, const char *section,
                                       const char *id);
bool next_entry(struct basin_reader *reader, const char *section, int *file_i, int *entry_i,
                const struct yaml_node **key, const struct yaml_node **value);
int count_entries(struct basin_reader *reader, const char *section);

/* climate_weather.c, climate_member.c: climate projections as members of an axis */
/** Read the key `weather` of a member and add its changes. */
void read_weather(struct basin_reader *reader, const struct axis *axis, struct axis_member *member,
                  const struct yaml_node *map);
/** One value of an axis of values with the path weather.rain or weather.temperature. */
bool read_weather_value(struct basin_reader *reader, const struct axis *axis,
                        struct axis_member *member, const struct yaml_node *axis_map,
                        const struct yaml_node *value);
/** Label of a member that is written as {netcdf: ...} in a list. */
char *weather_label(struct basin_reader *reader, const struct yaml_node *map);

/* climate_series.c, climate_records.c: series from netCDF files */
/** Read {netcdf: ..., variable: ...}; series->file stays NULL after a fault. */
void read_climate_series(struct basin_reader *reader, const struct yaml_node *key,
                         const struct yaml_node *map, struct series_input *series);
/** Find and mark the series that others, which are used, are corrected by. */
void mark_observed_series(struct basin_reader *reader);
/** Read the files of all such series that are used, once each, and correct what is asked for. */
void read_climate_records(struct basin_reader *reader);

/* basin_series.c */
extern const char *const fill_words[];
/** Path of a file named in a basin file: relative to the folder of that file. */
char *path_beside(struct basin_reader *reader, const struct yaml_node *value);
/** The basin depends on a file, or those of a pattern. */
void note_input(struct basin_reader *reader, char *path);
/** path_beside of an input, which is noted. */
char *resolve_path(struct basin_reader *reader, const struct yaml_node *value);
bool read_series_unit(struct basin_reader *reader, const struct yaml_node *value,
                      struct series_input *series);
void read_series(struct basin_reader *reader);
bool read_shares_of_year(struct basin_reader *reader, const char *what,
                         const struct yaml_node *value, double *fraction);
void read_profiles(struct basin_reader *reader);
void read_records(struct basin_reader *reader);
/** The run's calendar, and that every record used covers it. */
void check_calendar(struct basin_reader *reader, const struct yaml_node *run_at);

/** Called for each fault: the element, the key it is best shown at (or NULL), and what is wrong. */
typedef void limit_report(void *context, enum section section, int element_i, const char *key,
                          const char *message);

/* basin_check.c, basin_flow.c: the network */
/** Where a key of a node or link stands, or the element itself. */
const struct yaml_node *node_place(const struct basin_reader *reader, int node_i, const char *key);
const struct yaml_node *link_place(const struct basin_reader *reader, int link_i, const char *key);
void check_network(struct basin_reader *reader);
/** Whether a line is known without records or the run's years. */
bool line_is_rule(const struct varying *line);
/** What only the records tell, once they have been read. */
void check_records(struct basin_reader *reader);
void check_flow(struct basin_reader *reader);
/** A limit_report of a fault at the place of its key; the context is the reader. */
limit_report report_at_key;
/** That forced water has a way to a sea, which scenarios can close. @return false: no memory */
bool check_forced_water(const struct basin *basin, limit_report *report, void *context);

/* basin_limits.c: values against each other */
void check_limits(const struct basin *basin, limit_report *report, void *context);
/**
 * Every figure within the limits of its key, as changed by scale, shift and --set; only those of
 * records, or those of records as far as they have been read and all others.
 */
void check_ranges(const struct basin *basin, bool records_only, limit_report *report,
                  void *context);

/** Whether the keys of a table mean something for a catchment: those of a model, if it runs it. */
bool catchment_table_holds(const struct catchment *catchment, const struct field_table *table);

/** Whether the first length bytes of a path are the prefix, MODEL_WORD being any model's name. */
bool prefix_matches(const char *prefix, const char *path, size_t length);

/** Faults of models in catchments: their step, their warm-up, a place for computed evaporation. */
/** Catchments with a donor take its model where they have rain of their own. */
void adopt_donors(struct basin_reader *reader);
void check_catchment_models(struct basin_reader *reader);

/** Whether the keys of a table mean something for an element (those of gr4j only for gr4j). */
bool table_holds(const struct basin *basin, enum section section, int element_i,
                 const struct field_table *table);

/* basin_change.c, basin_axes.c */
bool read_change(struct basin_reader *reader, const char *path, const struct yaml_node *at,
                 const struct yaml_node *value, enum change_operation operation,
                 const struct adjustment *window, struct change *out);
/** Whether a path names something that can be changed; if not, one fault. */
bool check_path(struct basin_reader *reader, const struct yaml_node *path);
const struct field *change_field(const struct change *change, const struct field_table **table);
bool field_varies(const struct field *field);
void read_scenarios(struct basin_reader *reader, const struct yaml_node *value);
bool read_window(struct basin_reader *reader, const struct yaml_node *map, struct adjustment *out);
/** No two members of an axis have one label. */
void check_axis_labels(struct basin_reader *reader, const struct axis *axis,
                       const struct yaml_node *at);

/* basin_items.c: items of lists that paths reach by their id */
/** What the key of a path names inside an item. */
struct item_target {
    const char *item; /**< its id, "*" for all, NULL: the key is none of an item */
    const struct field_table *table;
    const struct field *field;
    int code;    /**< of the field, for struct change */
    int class_i; /**< whose cap, -1 for other keys */
};
/** Take "stages.ITEM.enter.storage" apart. @return false: a fault was reported */
bool find_item_key(struct basin_reader *reader, const char *key, const struct yaml_node *at,
                   enum section section, struct item_target *out);
/** Own items for a copy of a basin. */
bool copy_items(struct basin *copy, struct arena *arena);

/* basin_drought.c */
/** The key `generate` of an axis: design droughts as its members. */
void read_design_droughts(struct basin_reader *reader, const struct yaml_node *map,
                          struct axis *axis);

/* basin_read.c */
bool reader_init(struct basin_reader *reader, struct basin *basin, struct diagnostics *diagnostics);
bool reader_index(struct basin_reader *reader);
void reader_finish(struct basin_reader *reader);

#endif
