/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_RESULT_H
#define NGUON_SCENARIOS_RESULT_H

#include "model/basin.h"
#include "scenarios/plan.h"

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
    ELEMENT_NODE
};

/** Series that can be kept: name, elements, unit, cell method, CF standard name or "", long name. */
#define RESULT_VARIABLES(X)                                                                        \
    X(STORAGE, "storage", ELEMENT_RESERVOIR, "m3", "time: point", "",                              \
      "volume of water in the reservoir at the end of the step")                                   \
    X(LEVEL, "level", ELEMENT_RESERVOIR, "m", "time: point", "",                                   \
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
      "share of the demand that the rule-curve zones allow")

#define RESULT_ENUM_ENTRY(symbol, name, element, units, method, standard, text) RESULT_##symbol,
enum result_variable { RESULT_VARIABLES(RESULT_ENUM_ENTRY) RESULT_VARIABLE_COUNT };
#undef RESULT_ENUM_ENTRY

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

/** Number of elements of a basin. */
int result_element_count(const struct basin *basin, enum result_element element);

/** Which series are kept. */
struct result_selection {
    bool keep[RESULT_VARIABLE_COUNT];
};

/** "all", "none", or a comma-separated list of variable names. NULL: the default (storage, level,
 *  need, supply, shortage_rule, shortage_water). @return STATUS_USAGE names the unknown word */
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
    double worst_shortage_m3s;     /**< largest shortage of one step */
    double worst_share;            /**< smallest supply/demand of one step with demand, 1 if none */
    double longest_event_m3;       /**< shortage volume of the longest event */
    int steps_with_demand;
    int steps_short;               /**< supply below demand by more than 1e-6 of it */
    int steps_floor_short;
    int worst_step;                /**< of worst_shortage_m3s */
    int longest_event_steps;
    int longest_event_start;
    int event_count;
};

struct reservoir_indicators {
    /* smallest, largest and lowest are NaN for a reservoir that was never in service */
    double minimum_storage_m3, maximum_storage_m3, start_storage_m3, end_storage_m3;
    double minimum_level_m;
    double inflow_m3;              /**< all water entering but rain on the lake */
    double rain_m3, evaporation_m3, seepage_m3, spill_m3;
    double release_m3;             /**< all links but the spillway */
    int minimum_step;
    int steps_in_zone_below_target; /**< steps that began in any zone with caps */
    int steps_below_dead;
    int steps_spilling;
    int steps_reserve_short;       /**< end storage below the domestic reserve */
};

struct link_indicators {
    double volume_m3;
    double minimum_flow_m3;        /**< required, as limited by natural inflow */
    double minimum_flow_met_m3;
    int steps_minimum_flow;
    int steps_minimum_flow_short;
};

/** Whole-basin water balance of a scenario, m3, and how well it closes. */
struct basin_indicators {
    double inflow_m3, rain_m3, evaporation_m3, seepage_m3, loss_m3, consumption_m3, outflow_m3;
    double source_m3;              /**< drawn from optional sources */
    double storage_change_m3;
    double worst_residual_m3;      /**< largest absolute residual of any node in any step */
    double worst_residual_ratio;   /**< largest residual / its tolerance (engine limit 1) */
    int worst_residual_node_i;     /**< -1: the whole basin */
    int worst_residual_step;
    long solve_count, pivot_count, fairness_step_count;
};

/**
 * Results of one scenario. Series are [element][step], so that the whole history of one element is
 * contiguous; a variable not kept has NULL.
 */
struct scenario_result {
    int scenario_s;
    enum status status;            /**< not STATUS_OK: the run of this scenario failed at ... */
    int failed_step;
    float *series[RESULT_VARIABLE_COUNT];
    struct demand_indicators *demand;       /**< [demand_count] */
    struct reservoir_indicators *reservoir; /**< [reservoir_count] */
    struct link_indicators *link;           /**< [link_count] */
    struct basin_indicators basin;
};

/** What a sink is told before the first scenario; all pointers stay valid until end. */
struct run_info {
    const struct basin *basin;
    const struct timeaxis *axis;
    const struct plan *plan;
    struct result_selection selection;
    const char *program_version;
    const char *solver;            /**< "simplex" or "glpk" */
    const char *command;           /**< command line, for /provenance/run */
    int threads;
};

/**
 * Where results go. encode is called by worker threads, several at once; begin, write and end by one
 * at a time, write in scenario order. After a failure of any of them discard is called in place of
 * end. Each returns a status and fills err.
 */
struct sink {
    void *self;
    enum status (*begin)(void *self, const struct run_info *info, struct error *err);
    enum status (*encode)(void *self, const struct scenario_result *result, void **encoded,
                          struct error *err);
    /** Takes encoded over, whether it succeeds or not. */
    enum status (*write)(void *self, int scenario_s, void *encoded, struct error *err);
    /** Frees what encode made when the run has stopped before it could be written; NULL is legal. */
    void (*drop)(void *self, void *encoded);
    enum status (*end)(void *self, struct error *err);
    void (*discard)(void *self);
};

/** Memory for one scenario's results (one per worker). */
enum status scenario_result_init(struct scenario_result *result, const struct basin *basin,
                                 int step_count, const struct result_selection *selection);
/** Indicators as before the first step; series keep their memory. */
void scenario_result_clear(struct scenario_result *result, const struct basin *basin);
void scenario_result_finish(struct scenario_result *result);

#endif
