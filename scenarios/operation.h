/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_OPERATION_H
#define NGUON_SCENARIOS_OPERATION_H

#include "model/basin.h"
#include "model/inflow_file.h"
#include "model/nomograph.h"
#include "model/release_schedule.h"
#include "solvers/level_pool.h"

/*
 * What-if of one dam: a lake, its gates and what is drawn from it, carried through an inflow hour
 * by hour or finer under a release schedule. A plan holds what all runs of one question share; a
 * run is one schedule with one inflow. docs/operate.md says what each figure means.
 */

/** What an operator may break, or what happens to him. */
enum operation_rule {
    RULE_OVERTOPPED,      /**< level above the crest of the dam, m */
    RULE_FREEBOARD,       /**< level within the required freeboard, m */
    RULE_CHECK_LEVEL,     /**< level above that of the check flood, m */
    RULE_DESIGN_LEVEL,    /**< level above that of the design flood, m */
    RULE_FLOOD_LIMIT,     /**< level above the flood limit of the day, m */
    RULE_ABOVE_TABLE,     /**< level above the last row of a table, extrapolated, m */
    RULE_SAFE_FLOW,       /**< release above the safe flow below, m3/s */
    RULE_RAMP_UP,         /**< release rises faster than allowed, m3/s in an hour */
    RULE_RAMP_DOWN,       /**< likewise falls */
    RULE_MINIMUM_RELEASE, /**< release below the minimum, m3/s */
    RULE_RESTRICTION,     /**< level below the restriction line, m */
    RULE_DEAD_LEVEL,      /**< level below dead level, m */
    RULE_SCHEDULE_CUT,    /**< the lake could not give what a schedule asked, m3/s */
    RULE_COUNT
};

/** Name of a rule for people and the unit of its size. */
const char *operation_rule_name(enum operation_rule rule);
const char *operation_rule_unit(enum operation_rule rule);

/** One stretch of time in which a rule was broken. */
struct rule_event {
    enum operation_rule rule;
    int gate_i;            /**< RULE_SCHEDULE_CUT; else -1 */
    double start_s, end_s; /**< from the start of the run */
    double size;           /**< greatest excess, in the rule's unit */
    double volume_m3;      /**< overtopped, short or cut; 0 where it means nothing */
};

enum { EVENTS_MAX = 400 };

/** What a member of an ensemble has of its own. */
struct operation_case {
    struct reservoir reservoir; /**< as reservoir_copy made it */
    double start_level_m;
};

/** What is asked, the same for all schedules. */
struct operation_request {
    const struct basin *basin;
    int reservoir_i;
    const struct reservoir *reservoir; /**< NULL: that of the basin */
    int64_t start_s;                   /**< local seconds, whole minutes */
    int step_s;                        /**< of the results: 60 .. 86400, dividing a day */
    int step_count;
    int control_s; /**< gates are set again this often: at most step_s */
    double start_level_m;
    const double *start_opening; /**< [gate_count] where the gates stand; NAN, or NULL: unknown */
    bool history;                /**< commands before the start say where the gates stand */
    bool extrapolate;            /**< go on above the last rows of tables, flagged */
    bool with_supply;            /**< take the demands' water from the lake */
    enum pool_method method;
    const struct inflow_members *inflow;
    const struct operation_case *member_case; /**< [members of the inflow], or NULL */
    int schedule_count;
    const struct release_schedule *schedule; /**< [schedule_count]; none: all by rule */
    const struct nomograph *nomograph;       /**< in place of the rule of an outlet, or NULL */
    int nomograph_outlet;
};

/** How one run is operated. */
struct operation_variant {
    const char *name;
    const struct release_schedule *schedule; /**< NULL: all by rule */
    double late_s;                           /**< no gate moves before */
    const bool *jammed; /**< [gate_count] gates that stay as they are, or NULL */
};

/** A demand's draw on this lake. */
struct operation_draw {
    int demand_i, class_i, rank_i;
    double *want_m3s; /**< [hour_count] at the lake, losses on the way included */
};

/** What runs of one question share; read only while they run. */
struct operation_plan {
    struct operation_request request;
    const struct reservoir *reservoir;
    int gate_count, *gate_outlet;
    int break_count;       /**< moments between which everything is straight */
    double *break_s;       /**< [break_count] from the start of the run: first 0, last its end */
    struct timeaxis axis;  /**< hours of the whole days that hold the run (rule_line.c: tuần) */
    int64_t axis_offset_s; /**< start of the run from the start of the axis */
    int hour_count;
    double *flood_limit_m, *restriction_m, *upper_m, *minimum_m3s; /**< [hour_count], NAN if none */
    double *evaporation_ms, *rain_ms, *seepage; /**< [hour_count]; seepage 1/s or m3/s */
    double *zone_m3;                            /**< [hour_count][zone_count] */
    int draw_count;
    struct operation_draw *draw; /**< by rank, highest first */
    int part_count;              /**< gates, then the dam's crest, draws, losses */
    double freeboard_level_m;    /**< crest less the required freeboard, NAN without one */
    double dead_level_m, top_level_m, top_storage_m3, top_area_m2;
    double start_storage_m3;
    const char *extrapolate_by; /**< how a user asks to go on above tables, for messages */
    double draws_end_m3;        /**< storage below which demands draw nothing */
};

/** Figures of a run. */
struct operation_summary {
    double highest_m, highest_s, lowest_m, end_m;
    double freeboard_m; /**< crest less highest level; NAN without a dam */
    double largest_outflow_m3s, largest_outflow_s;       /**< at a moment, gates and crest */
    double largest_downstream_m3s, largest_downstream_s; /**< mean of a step */
    double largest_inflow_m3s;
    double inflow_m3, rain_m3, release_m3, spill_m3, overtop_m3, loss_m3, drawn_m3;
    double overtop_s, minimum_short_s, minimum_short_m3, schedule_cut_m3;
    double balance_m3;          /**< what does not close */
    double first_s[RULE_COUNT]; /**< first moment each rule is broken, INFINITY never */
    double extreme[RULE_COUNT]; /**< greatest size of each */
    long step_count;            /**< of the solver */
};

/** State and results of one run; made once for each thread. */
struct operation_run {
    const struct operation_plan *plan;
    const struct operation_variant *variant;
    int member_i;
    const double *upstream_m3s; /**< [step_count] what comes of dams above, even over each step;
                                     NULL: nothing */
    struct operation_summary summary;
    double *need_m3, *rule_cut_m3, *water_cut_m3; /**< [draw_count] */
    double *level_m, *storage_m3;                 /**< [step_count + 1] at step ends */
    double *inflow_m3s, *release_m3s, *drawn_m3s; /**< [step_count] means */
    double *tailwater_m;                          /**< [step_count + 1] */
    double *draw_m3s;                             /**< [draw_count][step_count] means */
    double *gate_m3s;                             /**< [gate_count][step_count] means */
    double *opening;                              /**< [gate_count][step_count + 1] */
    double *part_m3;                              /**< [part_count] */
    int event_count, dropped_count;
    struct rule_event *event; /**< [EVENTS_MAX] */
    /* private: state between intervals */
    double *work, *interval_part_m3, *release_at_m3s, *now_opening, *now_m3s;
    struct gate_motion *motion;
    double *allowed_m3s;
    int *open_event; /**< [RULE_COUNT + gate_count] */
    int inflow_hint, ramp_hint;
};

/**
 * Prepare: lines of the days, demands on the lake, moments. Fails when a series does not cover the
 * run, when the start level lies outside the table or above the dam, or the inflow does not cover
 * the run.
 */
enum status operation_plan_create(const struct operation_request *request,
                                  struct operation_plan **out, struct error *err);
void operation_plan_destroy(struct operation_plan *plan);

enum status operation_run_create(const struct operation_plan *plan, struct operation_run **out,
                                 struct error *err);
void operation_run_destroy(struct operation_run *run);

/**
 * Carry the lake through the run with one inflow.
 * @return STATUS_OK; STATUS_INPUT if the level leaves a table and extrapolate is off;
 *         STATUS_BALANCE if more than 1e-9 of the inflow is missing; failures of the solver
 * @note No allocation.
 */
enum status operation_simulate(struct operation_run *run, const struct operation_variant *variant,
                               int member_i, double start_storage_m3, struct error *err);

/** What a nomograph is made of. */
struct nomograph_request {
    int outlet_i;
    double recession_s; /**< of the inflow after its peak */
    double top_m;       /**< the lake shall stay below */
    double largest_m3s; /**< last inflow of the table */
};

/**
 * Gate settings by induced surcharge (solvers/surcharge.h): at each level and inflow the release
 * that keeps the lake below top_m if the inflow now recedes, through this outlet alone, its gates
 * alike. Levels from the sill to top_m and inflows in round steps.
 * @return STATUS_OK; STATUS_INPUT if top_m is not above the sill; nomograph_finish is due
 */
enum status operation_make_nomograph(const struct operation_plan *plan,
                                     const struct nomograph_request *wanted, struct nomograph *out,
                                     struct error *err);

/** Level of a storage, also above the table (with the area of its last row). */
double operation_level_m(const struct operation_plan *plan, double storage_m3);
double operation_storage_m3(const struct operation_plan *plan, double level_m);

/**
 * Highest start level from which the lake does not rise above limit_m, within 1 mm, by bisection
 * between dead level and the limit; NAN if it rises above it even from dead level. On STATUS_OK and
 * a number the run holds the results of that start.
 */
enum status operation_safe_start(struct operation_run *run, const struct operation_variant *variant,
                                 int member_i, double limit_m, double *level_m, struct error *err);

#endif
