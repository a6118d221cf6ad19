/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_BASIN_H
#define NGUON_MODEL_BASIN_H

#include "model/bay.h"
#include "model/catchment_model.h"
#include "model/design_drought.h"
#include "model/diagnostics.h"
#include "model/drought_plan.h"
#include "model/forest.h"
#include "model/outlet.h"
#include "model/quality.h"
#include "model/river_routing.h"
#include "model/salt_reach.h"
#include "model/series.h"
#include "model/timeaxis.h"
#include "model/varying.h"
#include "solvers/pchip.h"
#include "solvers/status.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What a basin is, after its file has been read, checked and converted to SI. Everything here is
 * constant during a run and shared by all threads; a scenario works on its own shallow copy with
 * its changes applied (basin_apply). Arrays are in file order; results keep that order, while the
 * allocation sorts by id so that no figure depends on it. The meaning of each key of the file is in
 * docs/basin-file.md; field names here are the keys.
 */

enum node_kind {
    NODE_CATCHMENT,
    NODE_RESERVOIR,
    NODE_JUNCTION,
    NODE_WEIR,
    NODE_PLANT,
    NODE_DEMAND,
    NODE_AQUIFER,
    NODE_WASTEWATER,
    NODE_ESTUARY,
    NODE_SEA,
    NODE_SOURCE,
    NODE_KIND_COUNT
};

/** A share of water sent to a node. */
struct share {
    int node_i;
    struct varying fraction; /**< 0..1 */
};

/** What all nodes have in common. Index in basin.node is the node's number everywhere. */
struct node {
    enum node_kind kind;
    int kind_i; /**< index into the array of its kind */
    char *id;
    char *name; /**< UTF-8, defaults to id */
    char *note;
    char *district;
    char *subsystem;
    double latitude_deg; /**< NAN if not given */
    double longitude_deg;
    struct date_range in_service;
    int line; /**< where it stands in the file, for messages */
    const char *file;
};

enum inflow_kind {
    INFLOW_SERIES,
    INFLOW_MODEL,
    INFLOW_GENERATOR,
    INFLOW_DONOR /**< the flow of another catchment, by area and rain */
};

/** Where potential evapotranspiration comes from. */
enum pet_source {
    PET_GIVEN,
    PET_FROM_MEAN, /**< Oudin, from the mean temperature */
    PET_FROM_RANGE /**< Hargreaves and Samani, from the least and the greatest */
};

struct catchment {
    int node_i;
    double area_m2;
    int to_count;
    struct share *to; /**< fixed split; fractions sum to 1 */
    enum inflow_kind inflow_kind;
    struct varying inflow; /**< INFLOW_SERIES, m3/s or m/s over the area; for all kinds carries
                                the adjustments of the resulting flow */
    const struct catchment_model *model;       /**< INFLOW_MODEL */
    double parameter[CATCHMENT_PARAMETER_MAX]; /**< in the model's units */
    double initial[CATCHMENT_INITIAL_MAX];     /**< stores before the warm-up, as the model's */
    struct varying rain;                       /**< m/s */
    struct varying pet; /**< m/s; if it is computed, the adjustments of the result */
    enum pet_source pet_source;
    struct varying temperature, min_temperature, max_temperature; /**< degC, to compute it from */
    double pet_latitude_deg;                                      /**< NAN: the node's */
    double hargreaves;                                            /**< coefficient */
    double warmup_s;     /**< warm-up on the first part of the run, 1 year */
    struct varying mean; /**< INFLOW_GENERATOR: mean flow, m3/s or m/s over the area */
    double monthly_fraction[12];
    double cv, lag1, recession_s, base_fraction, region_correlation;
    char *region;
    int donor_node_i;     /**< INFLOW_DONOR; -1 */
    double donor_rain;    /**< annual rain here over that of the donor */
    struct forest forest; /**< change of the forest, annual_rain_m NAN: none */
};

/** One zone of a rule curve: applies while storage at the start of the step is below `below`. */
struct zone {
    char *id;
    struct varying below; /**< m3, m or share of capacity, by day of year */
    int cap_count;
    int *cap_class_i;
    double *cap; /**< [cap_count] allowed share of the demand, 0..1 */
};

/** Wind on the lake for the freeboard; speed_ms 0: not given. */
struct wind {
    double speed_ms;          /**< 10 m above the water, along the fetch */
    double fetch_m;           /**< length of water to the dam */
    double depth_m;           /**< mean depth along the fetch */
    double slope;             /**< of the upstream face, horizontal to vertical */
    double roughness;         /**< factor on the run-up, 1 smooth */
    double angle_deg;         /**< between wind and fetch */
    double setup_coefficient; /**< of the wind set-up */
};

/** The dam body, for safety; NAN where not given. */
struct dam {
    bool given;
    char *class; /**< of data/dam_classes.csv, NULL: not given */
    struct wind wind;
    double crest_level_m;
    double crest_length_m;    /**< overtopped length */
    double crest_coefficient; /**< m of Q = m L sqrt(2g) H^1.5 when overtopped */
    double freeboard_m;       /**< required below the crest */
    double design_level_m, check_level_m;
};

/** Design flood hydrographs: peaks by return period, and one shape. */
struct design_flood {
    bool given;
    int peak_count;
    double *return_period, *peak_m3s; /**< [peak_count] rising */
    double time_to_peak_s;
    double shape; /**< exponent of (t/tp e^(1-t/tp))^shape */
    double base_flow_m3s;
};

/**
 * When a daily run works a lake by its gates, hour by hour or finer (docs/operate.md, "From drought
 * to flood in one run"). Not given: step_s is 0.
 */
struct flood_window {
    struct varying level; /**< a day that begins at this line or above opens a window */
    double inflow_m3s;    /**< so does a day of this inflow or more; 0: no such trigger */
    double forecast_m3s;  /**< so does such a day among the coming forecast_days; 0: none */
    int forecast_days;
    struct varying until_level; /**< it ends on a day that begins at this line or below; absent: the
                                     line of level, else the flood limit ... */
    double until_inflow_m3s;    /**< ... and that has less inflow; 0: that of inflow */
    double step_s, control_s;   /**< of the results, and how often gates are set */
    int shape_count;
    double *shape;    /**< [shape_count] inflow of a day at equal times from its start to its end,
                           mean 1; none: from the days before and after */
    bool extrapolate; /**< go on above the last rows of tables */
};

struct reservoir {
    int node_i;
    bool pit_lake;
    bool reserve;           /**< standby lake: an emergency source */
    int emergency_for_rank; /**< rank whose users may draw below dead level (or a reserve
                                 lake); -1: none below dead level */
    int table_count;
    double *table_level_m, *table_area_m2, *table_storage_m3;
    struct pchip level_of_storage; /**< m of m3 */
    struct pchip area_of_storage;  /**< m2 of m3 */
    double capacity_m3;            /**< full supply storage */
    double dead_storage_m3;
    double normal_level_m;           /**< level that gave capacity_m3, NAN if a volume was given */
    double dead_level_m;             /**< level that gave dead_storage_m3, NAN likewise */
    struct varying flood_limit;      /**< upper limit of the day; the reader fills in 100 % */
    struct varying target;           /**< storage_target rank; absent: the flood limit */
    struct varying domestic_reserve; /**< rank domestic_reserve, default none */
    struct varying carry_over;       /**< rank carry_over, default none */
    struct varying evaporation;      /**< m/s from open water */
    struct varying rain;             /**< m/s on the lake */
    bool net_evaporation;   /**< evaporation is net of rain and of former land evaporation */
    struct varying seepage; /**< 1/s of the storage, or m3/s */
    int seepage_to;         /**< node that receives it, or -1: lost */
    int zone_count;
    struct zone *zone;      /**< from the highest line to the lowest */
    struct varying initial; /**< m3, m, or share of capacity; absent: target of day one */
    int spill_to;           /**< node index */
    struct flood_window flood_window;
    /* Operation of the dam (nguon operate, flood windows); other days do not use it. */
    struct dam dam;
    struct design_flood design_flood;
    int outlet_count;
    struct outlet *outlet; /**< [outlet_count] in the order of the file */
    int tailwater_count;   /**< rating below the dam: level by release */
    double *tailwater_m3s, *tailwater_m;
    struct varying minimum_release;    /**< m3/s below the dam */
    double safe_flow_m3s;              /**< the river below takes it without harm; 0: not given */
    double ramp_up_m3s, ramp_down_m3s; /**< change of the release in an hour; 0: no limit */
    struct varying upper_line;         /**< of the chart of regulation */
    struct varying restriction_line;
};

/** junctions, weirs, plants, wastewater works, estuaries and seas are flow-through nodes. */
struct passage {
    int node_i;
    struct varying capacity;  /**< plant, wastewater: largest throughput, m3/s */
    struct varying loss;      /**< plant, wastewater: share lost in the works */
    struct varying turn_down; /**< plant: least throughput but none, m3/s or share of capacity */
    struct varying boundary_inflow; /**< estuary, junction: forced water from outside, m3/s */
    int spill_to;                   /**< weir, wastewater, estuary: where surplus goes; -1 none */
    struct salt_reach salt;         /**< estuary */
    struct bay bay;                 /**< estuary */
    struct varying mouth_salinity;  /**< estuary with salt, kg/m3 */
    struct varying mean_sea_level;  /**< estuary: above the level of its shape, m; absent: 0 */
};

struct aquifer {
    int node_i;
    double capacity_m3;
    struct varying initial;  /**< m3 or share of capacity */
    struct varying recharge; /**< m3/s */
    struct varying yield;    /**< largest abstraction, m3/s */
    struct varying licence;  /**< volume per licence year, m3 */
    int licence_reset_month, licence_reset_day;
    double licence_reserved_m3; /**< last part of the licence kept for ... */
    int licence_reserved_rank;  /**< ... this rank and those above it */
    double minimum_storage_m3;
    int spill_to; /**< recharge above capacity flows there; -1: rejected, counted */
};

struct source {
    int node_i;
    struct varying capacity; /**< available, m3/s */
    bool forced;             /**< the water comes whether used or not (mine drainage) */
    bool emergency;
    int emergency_for_rank;
    int allowed_class_count;
    int *allowed_class_i; /**< empty: all; checked against the network */
    double cost;          /**< per m3, for reports only */
    int spill_to;         /**< forced surplus; -1 only if not forced */
};

enum demand_basis { DEMAND_CONSTANT, DEMAND_PEOPLE, DEMAND_AREA, DEMAND_HEADS };

enum people_tag {
    PEOPLE_URBAN = 1,
    PEOPLE_RURAL = 2,
    PEOPLE_MOUNTAIN = 4,
    PEOPLE_BORDER = 8,
    PEOPLE_ISLAND = 16
};

struct demand {
    int node_i;
    int class_i;
    enum demand_basis basis;
    struct varying need;       /**< DEMAND_CONSTANT: m3/s (may be a series or per year); for all
                                    bases carries the adjustments of the resulting need */
    struct varying population; /**< person, by year */
    struct varying norm;       /**< m3/person/s, m/s, m3/head/s */
    struct varying coverage;   /**< share of the people served, default 1 */
    struct varying area;       /**< m2 */
    struct varying heads;
    double growth_per_year; /**< compound, from growth_base_year */
    int growth_base_year;
    int profile_i;                /**< index into basin.profile, -1 flat */
    struct varying temperature;   /**< degC; absent: the need does not know warm days */
    double warm_above_C;          /**< from here on the need rises, default 28 degC */
    double warm_rise_per_K;       /**< share of the need for each degree above, default 0 */
    struct varying floor_norm;    /**< m3/person/s of the floor; absent: no floor */
    struct varying minimum_share; /**< part of the need served at the head of its class */
    double weight;                /**< inside a rank: share/weight is made equal */
    int order;                    /**< position for share: order */
    unsigned people_tags;
    double people_share[5]; /**< share of the people under each tag, in the order of the enum */
    int return_count;
    struct share *returns;       /**< shares of the water supplied that come back, same step */
    struct varying max_salinity; /**< kg/m3, of the substance salt; before the class's limit */
    struct varying min_salinity; /**< the same: the least that it can use */
    bool blend; /**< its sources may mix to its limits; else each must keep to them */
    bool restricted_by_given;
    int restricted_by_count;
    int *restricted_by; /**< reservoir indices */
};

enum link_kind {
    LINK_RIVER,
    LINK_CANAL,
    LINK_PIPE,
    LINK_PUMP,
    LINK_WELL,
    LINK_INTAKE,
    LINK_SLUICE
};

struct link {
    char *id;
    char *name;
    char *note;
    enum link_kind kind;
    bool is_spill;               /**< made from a node's spill_to, id `<node id>_spill`; line 0 */
    int from, to;                /**< node indices */
    struct varying capacity;     /**< m3/s at the upstream end; absent: no limit */
    struct varying loss;         /**< share lost on the way */
    double lowest_level_m;       /**< upstream level below which it draws nothing; NAN none */
    struct varying minimum_flow; /**< rank minimum_flow, m3/s */
    bool minimum_flow_natural;   /**< limit: natural_inflow always (else only in restriction) */
    bool fills;                  /**< a pump that may be used to fill storage */
    double from_mouth_m;         /**< intake: distance from the estuary's mouth; NAN: none */
    struct varying max_salinity; /**< intake: above it the intake is shut, kg/m3 */
    double reopen_share;         /**< of max_salinity: once shut it opens below that */
    bool repels; /**< its minimum flow is at least what keeps the estuary's intakes fresh */
    /** Of a river: how it delays and flattens flow. */
    struct river_routing routing;
    int outage_count;
    struct date_range *outage; /**< by date */
    struct date_range in_service;
    int line;
    const char *file;
};

/** Links that leave one node and share what they carry in fixed proportion. */
struct split {
    char *id;
    char *note;
    int node_i; /**< that they leave */
    int link_count;
    int *link_i;
    struct varying *share; /**< [link_count] 0..1; those of links out of service go to the others */
    int line;
    const char *file;
};

/** A limit on the mean content of the water that links bring to a node. */
struct blend {
    char *id;
    char *note;
    int node_i;            /**< where they meet */
    bool is_concentration; /**< content is kg/m3; else 1 for the links named and 0 for the others */
    bool is_followed; /**< of a demand with blend: contents are what the run finds of substance_s,
                           the limit is the demand's; content and at_most are not given */
    int substance_s, demand_d;
    enum limit_side side;
    struct varying at_most; /**< share or kg/m3 */
    int link_count;         /**< all links that come to the node */
    int *link_i;
    struct varying *content; /**< [link_count] */
    int named_count;         /**< links the file names, and what it says of them (private) */
    int *named_link_i;
    struct varying *named_content;
    int line;
    const char *file;
};

/** What a m3 of a content brings of what the limit does not allow. */
static inline double
blend_excess(const struct blend *blend, double content, double limit)
{
    return blend->is_followed && blend->side == LIMIT_LEAST ? limit - content : content - limit;
}

/** Volumes that several links may draw together, at their upstream ends. */
struct licence {
    char *id;
    char *note;
    int link_count;
    int *link_i;
    struct varying daily, monthly, yearly; /**< m3 in a period; absent: no limit */
    struct varying rolling;                /**< m3 in any window of rolling_s */
    double rolling_s;
    int reset_month, reset_day; /**< licence years begin on that date, months on that day */
    double reserved_m3;         /**< last part of the year's volume, kept for ... */
    int reserved_rank;          /**< ... this rank and those above it */
    int line;
    const char *file;
};

/** Monthly and weekly factors with mean 1. */
struct profile {
    char *id;
    double monthly[12];    /**< factor on the mean DAILY rate of the year: share_m / (days_m /
                                days_year) is applied with the true calendar if given as
                                shares of the year */
    bool monthly_is_share; /**< monthly[] are shares of the annual volume, summing to 1 */
    double weekly[7];      /**< Monday first, mean 1 */
};

struct series_input {
    char *id;
    char *path; /**< as resolved from the folder of the file that names it */
    char *column;
    enum dimension dimension;
    enum rate_basis basis;
    double scale, offset; /**< file unit -> SI */
    enum fill_rule fill;
    int line;
    const char *file;
    struct climate_series *climate; /**< read from netCDF files; NULL: from a CSV file */
    struct record record;           /**< read by basin_load */
    bool observed;                  /**< another series is corrected by it */
    bool used;                      /**< some quantity refers to it: it covers the run */
};

/** What a rank holds. */
enum rank_kind {
    RANK_FLOOR,  /**< the floor part of the demands of its classes */
    RANK_DEMAND, /**< the demands of its classes */
    RANK_MINIMUM_FLOW,
    RANK_DOMESTIC_RESERVE,
    RANK_CARRY_OVER,
    RANK_STORAGE_TARGET
};

enum share_rule { SHARE_FAIR, SHARE_TOTAL, SHARE_ORDER };

struct rank {
    char *id;
    enum rank_kind kind;
    enum share_rule share;
    bool share_given; /**< the file names it; else it follows run.share */
    int class_count;
    int *class_i;
};

struct class
{
    char *id;
    char *name;
};

enum size_save { SAVE_ALL, SAVE_NONE, SAVE_LIST };

struct run_settings {
    struct date start, end;
    enum step_kind step;
    uint64_t seed;
    int demand_year;            /**< 0: calendar (each step's own year) */
    enum share_rule share;      /**< default for ranks */
    bool mean_area_evaporation; /**< fixed-point iteration on the mean area */
};

/** One change of one key for all elements it matches, parsed when the file is read. */
struct change {
    char *path; /**< as written, for messages and results */
    enum change_operation operation;
    int section; /**< private: which section and field */
    int field;
    int element_count;
    int *element_i;           /**< indices into the array of the kind */
    struct varying value;     /**< CHANGE_SET of a varying quantity, or the number in value[0] */
    char *text;               /**< value as written */
    int choice;               /**< CHANGE_SET of a word, yes/no, year, node or rank */
    struct date_range range;  /**< CHANGE_SET of in_service */
    struct adjustment window; /**< operation and value of scale/shift, and the window */
    int line;
    const char *file;
};

struct axis_member {
    char *label;
    int realisation; /**< weather axes: realisation number; else 0 */
    int change_count;
    struct change *change;
    struct design_drought *drought; /**< of an axis of design droughts, or NULL */
};

struct axis {
    char *id;
    int member_count; /**< 0 for a range axis */
    struct axis_member *member;
    bool is_range; /**< sampled: path between low and high */
    double low, high;
    struct change range_change;    /**< value filled in for each sample */
    struct drought_design *design; /**< of its design droughts, or NULL */
};

enum combine { COMBINE_PRODUCT, COMBINE_ZIP, COMBINE_SAMPLE };
enum sample_method { SAMPLE_LATIN_HYPERCUBE, SAMPLE_SOBOL };

struct scenario_spec {
    enum combine combine;
    enum sample_method method;
    int sample_size;
    int axis_count;
    struct axis *axis;
};

/** Where one file stands in the text of a basin. */
struct basin_part {
    char *name; /**< as it was named when it was read */
    size_t start, length;
};

struct basin {
    char *name;
    char *description;
    char *path; /**< main file */
    char *text; /**< text of all files read, main first, for provenance */
    int part_count;
    struct basin_part *part; /**< [part_count] in the order read, the scenario file last */
    bool has_scenario_file;
    int set_count, set_capacity;
    char **set; /**< [set_count] assignments made by basin_set, in order */
    struct run_settings run;
    int class_count;
    struct class *class;
    int rank_count;
    struct rank *rank;
    int series_count;
    struct series_input *series;
    int profile_count;
    struct profile *profile;
    int node_count;
    struct node *node;
    int catchment_count;
    struct catchment *catchment;
    int reservoir_count;
    struct reservoir *reservoir;
    int passage_count; /**< junctions, weirs, plants, wastewater, estuaries, seas */
    struct passage *passage;
    int bay_count;
    int *bay_passage_p; /**< [bay_count] passages that are bays */
    int demand_count;
    struct demand *demand;
    int aquifer_count;
    struct aquifer *aquifer;
    int source_count;
    struct source *source;
    int link_count;
    struct link *link;
    int split_count;
    struct split *split;
    int blend_count;
    struct blend *blend;
    int licence_count;
    struct licence *licence;
    int drought_plan_count;
    struct drought_plan *drought_plan;
    int substance_count;
    struct substance *substance;
    struct scenario_spec scenarios;
    int input_count;
    char **input;        /**< files that were read besides those of the basin, or patterns of them;
                            relative        to the folder of the program, each once */
    int flag_count[4];   /**< figures flagged S, R, E, M in the file */
    int unflagged_count; /**< figures of nodes and links without a flag */
    int *node_by_id;     /**< [node_count] nodes by id (private) */
    const struct design_drought *drought; /**< of a scenario (a copy), or NULL */
    const struct drought_design *design;  /**< that it belongs to */
    bool is_copy;                   /**< tables and records belong to another basin (private) */
    struct applied_change *applied; /**< [applied_count] changes made to a copy (private) */
    int applied_count, applied_capacity;
    void *arena; /**< owner of every pointer above (private) */
};

/**
 * Read, unit-check and validate a basin file with its includes and series.
 *
 * All faults are added to diagnostics, each with file, line and column, what was read, what is
 * allowed and the nearest known name. *out is set only on STATUS_OK (warnings allowed).
 *
 * @param[in] scenario_path  file whose `scenarios` section replaces the basin's, or NULL
 * @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY
 * @see docs/basin-file.md
 */
enum status basin_load(const char *path, const char *scenario_path, struct basin **out,
                       struct diagnostics *diagnostics);

/** The texts a basin was made from, as its results keep them. */
struct basin_text {
    int file_count;
    const char *const *name; /**< [file_count] main file first, in the order they were read */
    const char *const *text; /**< [file_count] */
    bool has_scenario_file;  /**< the last one replaces the basin's scenarios */
    int set_count;
    const char *const *set; /**< [set_count] assignments of the command line, in order */
};

/**
 * The basin again from its texts alone. No file is read: records of series stay empty, so that
 * nothing that depends on them may be looked up in this basin.
 *
 * @return as basin_load
 */
enum status basin_load_text(const struct basin_text *text, struct basin **out,
                            struct diagnostics *diagnostics);

/** Free; NULL is legal. */
void basin_destroy(struct basin *basin);

/**
 * Apply `path=value` of the command line (as `set`) to the basin itself, for example
 * "reservoirs.yen_lap.domestic_reserve=35 hm3" or "demand_year=2030". Faults go to diagnostics with
 * file "--set".
 */
enum status basin_set(struct basin *basin, const char *assignment, struct diagnostics *diagnostics);

/**
 * A copy of the basin whose quantities can be changed without touching the original (text, tables
 * and records are shared; it must not outlive the original). Freed by basin_destroy.
 */
enum status basin_copy(const struct basin *basin, struct basin **out);

/** Apply one change to a copy. The change was checked when it was read, so only memory can fail,
 *  or a combination that makes no sense (two sets of one quantity). */
enum status basin_apply(struct basin *basin, const struct change *change, struct error *err);

/** Consistency that overrides can break (capacity below dead storage, shares above 1 ...). */
enum status basin_check_values(const struct basin *basin, struct error *err);

/** Whether the node is an estuary with the key `bay`. */
bool is_bay(const struct basin *basin, int node_i);

/** Index of the node or link with this id, or -1. */
int basin_find_node(const struct basin *basin, const char *id);
int basin_find_link(const struct basin *basin, const char *id);

/** Name of a node kind ("reservoir"), a link kind ("pipe"), a step kind ("daily"). */
const char *node_kind_name(enum node_kind kind);
const char *link_kind_name(enum link_kind kind);
const char *step_kind_name(enum step_kind kind);

/**
 * Value of a quantity in a step, SI (rates per month or year converted with the true calendar),
 * adjustments applied.
 *
 * @param[in] axis         the run's calendar
 * @param[in] step_t       step
 * @param[in] demand_year  year for VARYING_YEARS; 0: the step's own
 * @param[in] series_value [series_count] -> [step_count] records on the axis, NULL if no series
 * @param[in] level_m      for VARYING_BY_LEVEL
 */
double varying_at(const struct varying *varying, const struct timeaxis *axis, int step_t,
                  int demand_year, double *const *series_value, double level_m);

/** A figure found elsewhere (SI), such as a simulated inflow, with the adjustments applied. */
double varying_adjust(const struct varying *varying, const struct timeaxis *axis, int step_t,
                      double value);

/**
 * A constant as a mean over the years, SI: a rate per month or year takes the mean length of these,
 * not a step's. All adjustments hold, since such keys take none for a part of the run.
 */
double varying_long_term(const struct varying *varying);

/** Whether varying_at gives the same figure in every step whatever the level. */
bool varying_is_constant(const struct varying *varying);

/** Whether the instant lies in the range; with demand_year not 0 the instant's year is replaced. */
bool date_range_holds(const struct date_range *range, const struct timeaxis *axis, int step_t,
                      int demand_year);

#endif
