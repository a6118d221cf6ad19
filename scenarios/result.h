/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_RESULT_H
#define NGUON_SCENARIOS_RESULT_H

#include "model/basin.h"
#include "scenarios/plan.h"
#include "scenarios/simulation_state.h"

/*
 * What a simulated scenario yields, and the small interface through which it leaves. The simulation
 * knows no file format; whoever wants the results implements struct sink.
 */

/** What the last index of a series runs over. */
enum result_element {
    ELEMENT_RESERVOIR,
    ELEMENT_AQUIFER,
    ELEMENT_DEMAND,
    ELEMENT_LINK,
    ELEMENT_NODE,
    ELEMENT_RETURN,  /**< returns of all demands, one after the other */
    ELEMENT_ZONE,    /**< zones of all reservoirs, one after the other */
    ELEMENT_SPLIT,   /**< links of all splits, one after the other */
    ELEMENT_BLEND,   /**< links of all blends, one after the other */
    ELEMENT_LICENCE, /**< licences of links */
    ELEMENT_DROUGHT_PLAN,
    ELEMENT_DROUGHT_STAGE, /**< stages of all drought plans, one after the other */
    ELEMENT_CONTENT,       /**< nodes of each substance but salt, one substance after the other */
    ELEMENT_SECTION        /**< places along the estuaries that carry salt, one after the other */
};

/** Series that can be kept: name, elements, unit, cell method, CF standard name or "", long name.
 */
#define RESULT_VARIABLES(X)                                                                        \
    X(STORAGE, "storage", ELEMENT_RESERVOIR, "m3", "time: point", "",                              \
      "volume of water in the reservoir at the end of the step")                                   \
    X(LEVEL, "level", ELEMENT_RESERVOIR, "m", "time: point",                                       \
      "water_surface_height_above_reference_datum",                                                \
      "water level of the reservoir at the end of the step")                                       \
    X(AQUIFER_STORAGE, "aquifer_storage", ELEMENT_AQUIFER, "m3", "time: point", "",                \
      "volume of water in the aquifer at the end of the step")                                     \
    X(NEED, "need", ELEMENT_DEMAND, "m3 s-1", "time: mean", "", "water asked for")                 \
    X(SUPPLY, "supply", ELEMENT_DEMAND, "m3 s-1", "time: mean", "", "water supplied")              \
    X(SHORTAGE_RULE, "shortage_rule", ELEMENT_DEMAND, "m3 s-1", "time: mean", "",                  \
      "shortage because a rule-curve zone cut the demand")                                         \
    X(SHORTAGE_WATER, "shortage_water", ELEMENT_DEMAND, "m3 s-1", "time: mean", "",                \
      "shortage for lack of water or of capacity")                                                 \
    X(LINK_FLOW, "link_flow", ELEMENT_LINK, "m3 s-1", "time: mean", "",                            \
      "flow at the upstream end of the link")                                                      \
    X(INFLOW, "inflow", ELEMENT_NODE, "m3 s-1", "time: mean", "",                                  \
      "water entering the network at the node (runoff, mine drainage, recharge, boundary inflow)") \
    X(SPILL, "spill", ELEMENT_RESERVOIR, "m3 s-1", "time: mean", "", "flow over the spillway")     \
    X(EVAPORATION, "evaporation", ELEMENT_RESERVOIR, "m3 s-1", "time: mean", "",                   \
      "evaporation from the reservoir")                                                            \
    X(RAIN_ON_LAKE, "rain_on_lake", ELEMENT_RESERVOIR, "m3 s-1", "time: mean", "",                 \
      "rain on the surface of the reservoir")                                                      \
    X(SEEPAGE, "seepage", ELEMENT_RESERVOIR, "m3 s-1", "time: mean", "",                           \
      "seepage out of the reservoir")                                                              \
    X(CAP, "rule_cap", ELEMENT_DEMAND, "1", "time: mean", "",                                      \
      "share of the demand that the rule-curve zones allow")                                       \
    X(OPEN_SHARE, "open_share", ELEMENT_LINK, "1", "time: mean", "",                               \
      "share of the step for which salinity leaves an intake open")                                \
    X(INTAKE_SALINITY, "intake_salinity", ELEMENT_LINK, "kg m-3", "time: point", "",               \
      "salinity at an intake at the start of the step, mean of the tide")                          \
    X(SALT_FRONT_1, "salt_front_1", ELEMENT_NODE, "m", "time: point", "",                          \
      "distance from the mouth of an estuary at which the mean of the tide has 1 kg m-3 of salt")  \
    X(SALT_FRONT_4, "salt_front_4", ELEMENT_NODE, "m", "time: point", "",                          \
      "distance from the mouth of an estuary at which the mean of the tide has 4 kg m-3 of salt")  \
    X(ESTUARY_SALINITY, "estuary_salinity", ELEMENT_SECTION, "kg m-3", "time: point", "",          \
      "salinity along an estuary at the start of the step, mean of the tide")                      \
    X(DROUGHT_STAGE, "drought_stage", ELEMENT_DROUGHT_PLAN, "1", "time: point", "",                \
      "stage of the drought plan at the start of the step, 0 normal")                              \
    X(DROUGHT_CAUSE, "drought_cause", ELEMENT_DROUGHT_PLAN, "1", "time: point", "",                \
      "why the stage changed: 1 storage, 2 index of rain, 4 forecast, 8 index of streamflow (or "  \
      "their sum), 16 recovery")                                                                   \
    X(SALINITY, "salinity", ELEMENT_NODE, "kg m-3", "time: point", "",                             \
      "salt in the mixed water of the node at the end of the step")                                \
    X(CONTENT, "content", ELEMENT_CONTENT, "1", "time: point", "",                                 \
      "what the mixed water of the node holds of a substance at the end of the step: kg m-3 or a " \
      "share")

#define RESULT_ENUM_ENTRY(symbol, name, element, units, method, standard, text) RESULT_##symbol,
enum result_variable { RESULT_VARIABLES(RESULT_ENUM_ENTRY) RESULT_VARIABLE_COUNT };
#undef RESULT_ENUM_ENTRY

/**
 * What each step's allocation was made from (scenarios/audit.h): name, elements, unit, cell method,
 * long name. Volumes of the step, m3. Elements without such a quantity have NaN.
 */
#define AUDIT_VARIABLES(X)                                                                         \
    X(STORAGE_START, "storage_start", ELEMENT_RESERVOIR, "m3", "time: point",                      \
      "volume of water in the reservoir at the start of the step")                                 \
    X(LEAST_STORAGE, "least_storage", ELEMENT_RESERVOIR, "m3", "",                                 \
      "volume below which no user may draw the reservoir")                                         \
    X(BASE_BAND, "base_band", ELEMENT_RESERVOIR, "m3", "", "volume up to dead storage")            \
    X(RESERVE_BAND, "reserve_band", ELEMENT_RESERVOIR, "m3", "",                                   \
      "volume from dead storage up to the domestic reserve")                                       \
    X(CARRY_BAND, "carry_band", ELEMENT_RESERVOIR, "m3", "",                                       \
      "volume beyond the line below up to what is carried over")                                   \
    X(TARGET_BAND, "target_band", ELEMENT_RESERVOIR, "m3", "",                                     \
      "volume from the domestic reserve and what is carried over up to the target")                \
    X(HOLD_BAND, "hold_band", ELEMENT_RESERVOIR, "m3", "",                                         \
      "volume from the target up to the flood limit")                                              \
    X(AQUIFER_START, "aquifer_start", ELEMENT_AQUIFER, "m3", "time: point",                        \
      "volume of water in the aquifer at the start of the step")                                   \
    X(AQUIFER_LEAST, "aquifer_least", ELEMENT_AQUIFER, "m3", "",                                   \
      "volume below which no user may draw the aquifer")                                           \
    X(AQUIFER_BASE, "aquifer_base", ELEMENT_AQUIFER, "m3", "", "volume up to minimum storage")     \
    X(AQUIFER_UPPER, "aquifer_upper", ELEMENT_AQUIFER, "m3", "",                                   \
      "volume from minimum storage up to capacity")                                                \
    X(AQUIFER_FREE, "aquifer_free", ELEMENT_AQUIFER, "m3", "time: sum",                            \
      "largest abstraction by yield and the free part of the licence")                             \
    X(AQUIFER_RESERVED, "aquifer_reserved", ELEMENT_AQUIFER, "m3", "time: sum",                    \
      "largest abstraction out of the reserved part of the licence")                               \
    X(YIELD, "yield", ELEMENT_AQUIFER, "m3", "time: sum",                                          \
      "largest abstraction by yield alone, 0 out of service")                                      \
    X(LICENCE_LEFT, "licence_left", ELEMENT_AQUIFER, "m3", "time: point",                          \
      "volume left of the licence at the start of the step, infinite without one")                 \
    X(NEED_FLOOR, "need_floor", ELEMENT_DEMAND, "m3", "time: sum", "need by the floor norm")       \
    X(NEED_HEAD, "need_head", ELEMENT_DEMAND, "m3", "time: sum",                                   \
      "need of the minimum share, floor apart")                                                    \
    X(NEED_MAIN, "need_main", ELEMENT_DEMAND, "m3", "time: sum",                                   \
      "rest of the need that the zones allow")                                                     \
    X(NEED_CUT, "need_cut", ELEMENT_DEMAND, "m3", "time: sum", "need that the zones cut")          \
    X(LINK_LEAST, "link_least", ELEMENT_LINK, "m3", "time: sum",                                   \
      "volume that the gates of a lake in a flood window let out by the link, 0 for others")       \
    X(LINK_LIMIT, "link_limit", ELEMENT_LINK, "m3", "time: sum",                                   \
      "largest volume through the link, its minimum flow apart")                                   \
    X(LINK_MINIMUM, "link_minimum", ELEMENT_LINK, "m3", "time: sum",                               \
      "minimum flow, as limited by natural inflow and capacity")                                   \
    X(LINK_WANTED, "link_wanted", ELEMENT_LINK, "m3", "time: sum",                                 \
      "minimum flow, as limited by natural inflow alone")                                          \
    X(LINK_CAPACITY, "link_capacity", ELEMENT_LINK, "m3", "time: sum",                             \
      "capacity of the link as salt leaves it, 0 while closed, its lowest level apart")            \
    X(LINK_OUTLET, "link_outlet", ELEMENT_LINK, "m3", "time: sum",                                 \
      "water of the lake above the lower edge of the link, what links bring apart")                \
    X(LINK_LOSS, "link_loss", ELEMENT_LINK, "1", "", "share lost or still on the way at its end")  \
    X(WATER, "water", ELEMENT_NODE, "m3", "time: sum",                                             \
      "water at the node whatever is decided: storage at the start, inflow, rain, less "           \
      "evaporation and seepage")                                                                   \
    X(WORKS_LIMIT, "works_limit", ELEMENT_NODE, "m3", "time: sum",                                 \
      "largest throughput of a plant or works, largest draw of a source")                          \
    X(WORKS_LEAST, "works_least", ELEMENT_NODE, "m3", "time: sum",                                 \
      "throughput that a plant is kept at, its turn-down or 0")                                    \
    X(WORKS_TURN_DOWN, "works_turn_down", ELEMENT_NODE, "m3", "time: sum",                         \
      "least throughput at which a plant can run")                                                 \
    X(WORKS_CAPACITY, "works_capacity", ELEMENT_NODE, "m3", "time: sum",                           \
      "largest throughput of a plant, whether it runs or is switched off")                         \
    X(WORKS_LOSS, "works_loss", ELEMENT_NODE, "1", "", "share lost in the works")                  \
    X(RETURN_FRACTION, "return_fraction", ELEMENT_RETURN, "1", "",                                 \
      "share of the supply that comes back")                                                       \
    X(ZONE_LINE, "zone_line", ELEMENT_ZONE, "m3", "", "volume below which the zone applies")       \
    X(SPLIT_SHARE, "split_share", ELEMENT_SPLIT, "1", "",                                          \
      "share of the link in what the links of its split carry")                                    \
    X(BLEND_EXCESS, "blend_excess", ELEMENT_BLEND, "1", "",                                        \
      "content of what the link brings above the limit of the blend, of a m3 at its upstream end") \
    X(LICENCE_FREE, "licence_free", ELEMENT_LICENCE, "m3", "time: sum",                            \
      "volume that the links of the licence may draw, infinite without a limit")                   \
    X(LICENCE_RESERVED, "licence_reserved", ELEMENT_LICENCE, "m3", "time: sum",                    \
      "volume that they may draw out of its reserved part")                                        \
    X(PLAN_STAGE, "plan_stage", ELEMENT_DROUGHT_PLAN, "1", "time: point",                          \
      "stage of the drought plan, 0 normal")

#define AUDIT_ENUM_ENTRY(symbol, name, element, units, method, text) AUDIT_##symbol,
enum audit_variable { AUDIT_VARIABLES(AUDIT_ENUM_ENTRY) AUDIT_VARIABLE_COUNT };
#undef AUDIT_ENUM_ENTRY

/** Static description of an enum result_variable. */
struct result_description {
    const char *name;
    enum result_element element;
    const char *units;
    const char *cell_methods;
    const char *standard_name;
    const char *long_name;
};
const struct result_description *result_describe(int variable);

/** The same of an enum audit_variable; without a standard_name. */
const struct result_description *audit_describe(int variable);

/** Places along each estuary that estuary_salinity has, evenly from the mouth to its length. */
enum { SALT_SECTIONS = 51 };

/** The estuary (of basin.passage) of an element of ELEMENT_SECTION, and its distance from the
 * mouth. */
const struct passage *result_section(const struct basin *basin, int section_i, double *distance_m);

/** Number of elements of a basin. */
int result_element_count(const struct basin *basin, enum result_element element);

/** Which series are kept: what a simulation records, and the words that say in which form. */
struct result_selection {
    bool keep[RESULT_VARIABLE_COUNT];
    bool audit;               /**< also what every step's allocation was made from */
    const char *list;         /**< as given (scenarios/selection.h); NULL: the default */
    const char *quantiles;    /**< probabilities for statistics over scenarios; NULL: the default */
    const char *quantiles_by; /**< axis whose members have their own statistics; NULL: none */
};

/** Whether anything but indicators is kept: then steps inside flood windows are, too. */
bool result_keeps_any(const struct result_selection *selection);

/**
 * Read a list.
 * @param[in] list  "none", or words separated by commas; "all" is every series, "default" those of
 *                  NULL (storage, level, need, supply, the shortages and stages of drought plans),
 *                  "audit" these with link_flow and what every step was made from. It is kept by
 *                  address.
 * @return STATUS_OK; STATUS_USAGE names the unknown word
 */
enum status result_select(const char *list, struct result_selection *selection, struct error *err);

/** Sums and extremes of one demand over a scenario. Times are step numbers, -1 for never. */
struct demand_indicators {
    double demand_m3;
    double supply_m3;
    double shortage_rule_m3;
    double shortage_water_m3;
    double shortage_structural_m3; /**< part of shortage_water beyond the capacity of the way in */
    double floor_demand_m3;
    double floor_supply_m3;
    double worst_shortage_m3s; /**< largest shortage of one step */
    double worst_share;        /**< smallest supply/demand of one step with demand, 1 if none */
    double longest_event_m3;   /**< shortage volume of the longest event */
    int steps_with_demand;
    int steps_short; /**< supply below demand by more than 1e-6 of it */
    int steps_floor_short;
    int worst_step; /**< of worst_shortage_m3s */
    int longest_event_steps;
    int longest_event_start;
    int event_count;
};

struct reservoir_indicators {
    /* smallest, largest and lowest are NaN for a reservoir that was never in service */
    double minimum_storage_m3, maximum_storage_m3, start_storage_m3, end_storage_m3;
    double minimum_level_m;
    double inflow_m3; /**< all water entering but rain on the lake */
    double rain_m3, evaporation_m3, seepage_m3, spill_m3;
    double release_m3; /**< all links but the spillway */
    int minimum_step;
    int steps_in_zone_below_target; /**< steps that began in any zone with caps */
    int steps_below_dead;
    int steps_spilling;
    int steps_reserve_short; /**< end storage below the domestic reserve */
};

struct link_indicators {
    double volume_m3;
    double minimum_flow_m3; /**< required, as limited by natural inflow */
    double minimum_flow_met_m3;
    int steps_minimum_flow;
    int steps_minimum_flow_short;
    /* of an intake that shuts on salinity; 0 for all others */
    double withheld_m3;         /**< what its capacity could have carried while salt shut it */
    double worst_salinity_kgm3; /**< largest mean of the tide at the start of a step, NaN for other
                                   links */
    int steps_shut;             /**< steps in which it was shut throughout */
    int steps_partly_shut;      /**< steps in which it was open for a part of the tide */
    int longest_shut_steps;
    int longest_shut_start; /**< step, -1 for never */
    double people_short;    /**< most people without their water in a step that shut it, if in part:
                                 those behind it, each for the share of the need that is short */
    double person_days_short;
};

struct licence_indicators {
    double volume_m3;
    double largest_year_m3; /**< drawn in one licence year */
    int steps_exhausted;    /**< all that the licence left was drawn, or nothing was left */
};

/** What a lake with flood windows went through (docs/operate.md). */
struct flood_indicators {
    double hours;               /**< worked by its gates; NAN for a lake without windows */
    double highest_level_m;     /**< in a window, NAN without one */
    double overtopped_hours;    /**< of the dam */
    double overtopped_m3;       /**< over its crest */
    double largest_release_m3s; /**< gates and crest, in a window */
    double above_table_m;       /**< highest level beyond the last row of a table */
    int highest_step;           /**< of the highest level, -1 for never */
    int window_count;
};

/**
 * Steps inside flood windows, one row of `width` figures after the other in the order they passed:
 * enum substep_column, then the flow and the opening of each gate of all lakes with windows (NAN
 * for those of other lakes). Single precision holds the whole numbers of a row.
 */
enum substep_column {
    SUBSTEP_RESERVOIR,
    SUBSTEP_DAY,    /**< step of the run */
    SUBSTEP_NUMBER, /**< step within the day */
    SUBSTEP_LEVEL,  /**< m, at its end */
    SUBSTEP_INFLOW, /**< m3/s, mean, with rain on the lake */
    SUBSTEP_RELEASE,
    SUBSTEP_OVERTOPPING, /**< part of the release that goes over the dam */
    SUBSTEP_DRAWN,       /**< by other links than the spillway */
    SUBSTEP_GATES
};

struct substeps {
    int width;
    size_t count, capacity; /**< rows */
    float *value;           /**< [capacity][width], NULL if they are not kept */
};

/** Gates of all lakes with flood windows, and the first of a lake among them. */
int substep_gate_count(const struct basin *basin);
int substep_first_gate(const struct basin *basin, int reservoir_r);

/** Bits of a drought plan's change of stage: 1 << enum drought_trigger of the stage entered, or
 * that a stage was left. */
enum { DROUGHT_CAUSE_RECOVERY = 1 << TRIGGER_COUNT };

struct stage_indicators {
    int steps;         /**< in the stage */
    int entered_count; /**< times it was entered from a milder one */
    int first_step;    /**< of the first of them, -1 for never */
};

/** Balance of one substance over a scenario, kg, or m3 of a water that it labels. */
struct substance_indicators {
    double entered; /**< with inflows, sources, the sea's part of intakes, and by use */
    double to_sea;
    double lost; /**< with losses, seepage and rejected recharge */
    double used; /**< with the part of the supply that does not come back */
    double storage_change;
    double worst_residual_ratio; /**< largest residual of a step / its tolerance */
    int worst_residual_step;
};

/** Of one bay over a scenario. */
struct bay_indicators {
    double mean_kgm3, lowest_kgm3, highest_kgm3; /**< salinity */
    double largest_fall_kgm3;                    /**< within one step */
    int largest_fall_step;                       /**< -1 for never */
    double flushing_s; /**< its volume over the mean of all that leaves it, swapped water too */
    double
        exchanged_kg;  /**< salt above the river's that swapped water brought, less what it took */
    double carried_kg; /**< that flows brought, less what they took */
    double change_kg;  /**< rise of what the bay holds */
    double worst_residual_ratio;         /**< largest residual of a step / 1e-10 of what passed */
    int steps_too_fresh, steps_too_salt; /**< for what lives in it */
    int longest_too_fresh_steps;
    int longest_too_fresh_start; /**< step, -1 for never */
};

/** Whole-basin water balance of a scenario, m3, and how well it closes. */
struct basin_indicators {
    double inflow_m3, rain_m3, evaporation_m3, seepage_m3, loss_m3, consumption_m3, outflow_m3;
    double source_m3;           /**< drawn from optional sources */
    double catchment_rain_m3;   /**< on the catchments that run a model */
    double catchment_mean_degC; /**< by area, of those whose evapotranspiration is from temperature;
                                     NAN for none */
    double storage_change_m3;
    double worst_residual_m3;    /**< largest absolute residual of any node in any step */
    double worst_residual_ratio; /**< largest residual / its tolerance */
    int worst_residual_node_i;   /**< -1: the whole basin */
    int worst_residual_step;
    long turned_off_count; /**< plants switched off below their turn-down, each step counted */
    long kept_on_count;    /**< plants kept at their turn-down */
    long solve_count, pivot_count, fairness_step_count;
    long unsettled_area_count;  /**< steps whose mean lake areas were still moving at the cap */
    long unsettled_salt_count;  /**< steps whose open shares of intakes were */
    long unsettled_flood_count; /**< steps whose release by gates was */
};

/**
 * Results of one scenario. Series are [element][step], so that the whole history of one element is
 * contiguous; a variable not kept has NULL.
 */
struct scenario_result {
    int scenario_s;
    enum status status; /**< not STATUS_OK: the run of this scenario failed at ... */
    int failed_step;    /**< -1 if it did not */
    float *series[RESULT_VARIABLE_COUNT];
    double *audit[AUDIT_VARIABLE_COUNT];    /**< NULL without an audit */
    struct demand_indicators *demand;       /**< [demand_count] */
    struct reservoir_indicators *reservoir; /**< [reservoir_count] */
    struct link_indicators *link;           /**< [link_count] */
    struct licence_indicators *licence;     /**< [licence_count] */
    struct stage_indicators *stage;         /**< [stages of all drought plans] */
    struct substance_indicators *substance; /**< [substance_count] */
    struct bay_indicators *bay;             /**< [bay_count] */
    struct flood_indicators *flood;         /**< [reservoir_count] */
    struct substeps substeps;
    struct basin_indicators basin;
    struct simulation_state state; /**< if one was asked for, else empty */
};

/** What a sink is told before the first scenario; all pointers stay valid until end. */
struct run_info {
    const struct basin *basin;
    const struct timeaxis *axis;
    const struct plan *plan;
    struct result_selection selection;
    const char *program_version;
    const char *program_build; /**< which build of it; NULL or "" if that is not known */
    const char *solver;        /**< "simplex" or "glpk" */
    const char *command;       /**< command line, for /provenance/run */
    const char *fork;          /**< what the run goes on from, "OUT.h5@DATE", or NULL */
    int save_before_t;         /**< if not 0 the states before this step are kept */
    int threads;
};

/**
 * Where results go. encode and recall are called by worker threads, several at once; begin, write
 * and end by one at a time, write in scenario order. After a failure of any of them discard is
 * called in place of end. Each returns a status and fills err.
 */
struct sink {
    void *self;
    enum status (*begin)(void *self, const struct run_info *info, struct error *err);
    enum status (*encode)(void *self, const struct scenario_result *result, void **encoded,
                          struct error *err);
    /** Takes encoded over, whether it succeeds or not. */
    enum status (*write)(void *self, int scenario_s, void *encoded, struct error *err);
    /** Frees what encode made when the run has stopped before it could be written; NULL is legal.
     */
    void (*drop)(void *self, void *encoded);
    enum status (*end)(void *self, struct error *err);
    void (*discard)(void *self);
    /**
     * The results of a scenario that an earlier run has finished, as encode made them: *encoded is
     * NULL where there are none. The status of the scenario goes into result, and, if with_series
     * is set, the series that are kept. NULL: there is no earlier run.
     */
    enum status (*recall)(void *self, struct scenario_result *result, bool with_series,
                          void **encoded, struct error *err);
};

/** Memory for one scenario's results (one per worker). */
enum status scenario_result_init(struct scenario_result *result, const struct basin *basin,
                                 int step_count, const struct result_selection *selection);
/** One value in all series: NaN if the scenario failed, 0 before the one after it. */
void scenario_result_fill(struct scenario_result *result, const struct basin *basin, int step_count,
                          double value);
/** Indicators as before the first step; series keep their memory. */
void scenario_result_clear(struct scenario_result *result, const struct basin *basin);
void scenario_result_finish(struct scenario_result *result);

#endif
