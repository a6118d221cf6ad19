/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_SIMULATION_H
#define NGUON_SCENARIOS_SIMULATION_H

#include "model/arena.h"
#include "model/estuary.h"
#include "model/reservoir.h"
#include "scenarios/allocation.h"
#include "scenarios/drought_outlook.h"
#include "scenarios/operation_day.h"
#include "scenarios/reaches.h"
#include "scenarios/simulate.h"
#include "solvers/salt_transport.h"

struct bays;
struct quality;
struct verifier;

/*
 * Private to the simulation of one scenario: its state and the quantities of the present step.
 * Volumes are of the step, m3.
 */

/** How often a quantity has to be looked up again. */
enum refresh { REFRESH_ONCE, REFRESH_MONTH, REFRESH_STEP };

struct lake {
    bool in_service;
    double storage_m3; /**< at the start of the step; account_step moves it to the end */
    double end_m3;     /**< at the end of the step */
    double level_m;    /**< of storage_m3 */
    double area_m2;    /**< at the start, or the mean of the step if the run asks for it */
    double forced_m3;  /**< inflow that nothing decides */
    double available_m3;
    struct lake_exchange exchange;
    double flood_m3, target_m3, reserve_m3, carry_m3; /**< lines of the day */
    double *zone_m3;                                  /**< [zone_count] */
    bool restricted;
    bool in_window; /**< worked by its gates in this step (simulate_flood.c) */
    double gate_m3; /**< leaves by them in this step, NAN while that is not known */
    enum refresh flood_refresh, lines_refresh; /**< of the flood limit, of all other lines */
};

struct ground {
    bool in_service;
    double storage_m3, end_m3; /**< at the start and the end of the step */
    double abstracted_m3, rejected_m3;
    double recharge_m3;
    double licence_left_m3; /**< INFINITY without a licence */
    int licence_year;
    double yield_m3; /**< largest abstraction of the step */
};

struct want {
    double need_m3;  /**< whole need of the step */
    double plan_cap; /**< share that the drought plans allow */
    double cap;      /**< share that the zones and the plans allow */
    double allowed_m3;
    double part_m3[PART_COUNT];     /**< what each part asks for */
    double supplied_m3[PART_COUNT]; /**< what each part gets */
    double supply_m3;               /**< their sum */
    double need_m3s, floor_m3s;
    double head_share;
    double split_need_m3, split_floor_m3, split_head_share; /**< that part_m3 is made of */
    enum refresh refresh;
    double deliverable_share;
    /* the event (run of short steps) that is going on */
    int event_start; /**< step, -1 outside an event */
    double event_m3;
};

/** Where the natural flow of a link with a minimum comes from. */
struct upstream {
    int catchment_count;
    int *catchment_c;
    int *entry;     /**< [catchment_count] place of the fraction in simulation.share */
    int node_count; /**< nodes with a boundary inflow */
    int *node_i;
    int reservoir_count;
    int *reservoir_r; /**< nearest ones up the river, whose restriction limits the minimum */
};

struct way {
    bool open;
    bool is_set;               /**< its capacity is that of the overrides */
    bool is_staged, is_opened; /**< a drought plan opens it; and has done so */
    double capacity_m3s;       /**< INFINITY without a limit */
    double full_capacity_m3s;  /**< the same with the lake upstream full: for delivery */
    double loss;
    double share;      /**< of what enters, the part that arrives in the same step */
    double lowest_m3;  /**< volume of the lake upstream at the lower edge, 0 for none */
    double minimum_m3; /**< as limited by natural flow */
    double required_m3;
    double open_share;   /**< of the step, by salinity and quality; 1 but for intakes and gates */
    double sea_kgm3;     /**< what an intake draws of the sea's salt, the river's apart; else 0 */
    double repelling_m3; /**< least flow against salt; 0 but for links that repel */
    double flow_m3;
    enum refresh capacity_refresh, loss_refresh, minimum_refresh, service_refresh;
    struct upstream upstream;
};

/** Whether a plant that would run below its turn-down is off or kept at it, in the present step. */
enum turn_down { TURN_DOWN_OPEN, TURN_DOWN_OFF, TURN_DOWN_ON };

struct works {
    bool in_service;
    double capacity_m3s, loss, boundary_m3;
    double turn_down_m3s; /**< 0 without one */
    enum turn_down state;
    double flow_m3;
    enum refresh refresh;
};

struct supply {
    bool in_service;
    double available_m3; /**< forced or optional */
    double used_m3;
    enum refresh refresh;
    double capacity_m3s;
};

/** An intake that shuts on salinity. */
struct intake {
    int link_l;
    bool was_shut, is_shut; /**< throughout the last step and this one */
    double open_share;      /**< of the step */
    double salinity_kgm3;   /**< mean of the tide, at the start of the step */
    int shut_steps;         /**< that it has been shut for */
    int demand_count;
    int *demand_d; /**< people that it serves without a lake or an aquifer between */
};

enum { SALT_FRONTS = 2 };

/** An estuary that carries salt; view, front and intakes are of the start of the step. */
struct salt_water {
    int passage_p;
    struct estuary_view view;
    double flow_m3s;                  /**< to the sea in the last step */
    double length_m;                  /**< SALT_LAG */
    struct salt_transport *transport; /**< SALT_UNSTEADY */
    struct salt_transport *ahead;     /**< the same at the end of a step that is tried */
    double *withdrawn_m3s;            /**< [cell_count] */
    double front_m[SALT_FRONTS];      /**< where the mean of the tide has 1 and 4 kg/m3, if kept */
    int intake_count;
    struct intake *intake;
    int outlet_count;
    int *outlet_l; /**< rivers and spills out of the estuary */
};

/** State of a licence: what has been drawn, and what the step may draw. */
struct permit {
    int day, month, year; /**< periods that the sums belong to */
    double day_m3, month_m3, year_m3;
    double free_m3, reserved_m3; /**< INFINITY and 0 without a limit */
    double *drawn_m3;            /**< [step_capacity] ring of the steps that a window can hold */
    int step_capacity;
    int oldest_step; /**< first step of the present window */
};

/** A lake that has flood windows. */
struct flood_watch {
    int reservoir_r, spill_l;
    struct operation_day *day;
    bool was_in_window;         /**< in the step before */
    double tried_m3, routed_m3; /**< the release before the present one, and what came of it */
};

/** Where a drought plan stands. */
struct drought_watch {
    struct drought_outlook outlook;
    int stage;        /**< of the step, 0 normal */
    int entered_step; /**< since when */
    int cause;        /**< of a change in the step, enum drought_cause; 0 without one */
    int first_stage;  /**< place of its first stage among those of all plans */
};

/** The decisions of a step as the verifier takes them; no memory unless the run is verified. */
struct decisions {
    double *link_flow_m3, *link_open_share, *link_repelling_m3, *link_sea_kgm3;
    double *content; /**< [substance_count][node_count] */
    double (*supplied_m3)[PART_COUNT];
    double *lake_end_m3, *lake_area_m2, *lake_gate_m3, *aquifer_end_m3;
};

/** What a month of the year asked of the works, and what they could deliver. */
struct delivered_month {
    bool is_known;
    double *upper_m3;    /**< [column_count] bounds of the delivery */
    double *known_m3;    /**< [row_count] */
    double *coefficient; /**< [entries of the network] */
    double *share;       /**< [demand_count] */
};

struct simulation {
    const struct simulation_input *input;
    const struct basin *basin;
    const struct timeaxis *axis;
    struct allocation *allocation;
    struct allocation *delivery;                /**< the same network with water enough */
    const struct allocation *failed_allocation; /**< the one that was not solved, or NULL */
    double *plenty_m3;                          /**< [node_count] water that delivery finds there */
    struct delivered_month delivered[12];
    struct scenario_result *result;
    struct moment moment;
    double dt_s;
    int next_t;      /**< the step to come */
    bool first_step; /**< of the run: what remembers begins */
    bool is_resumed; /**< the water of a state is there, and nothing has been looked up */
    bool all_due;    /**< everything has to be looked up in this step */
    bool new_month;
    bool keeps_series; /**< some series of the results is kept */

    double *known_m3; /**< [node_count] forced water entering the node */
    struct lake *lake;
    struct ground *ground;
    struct want *want;
    struct way *way;
    struct works *works;
    struct supply *supply;
    struct reaches reaches; /**< rivers that delay their water */
    struct permit *permit;
    struct drought_watch *drought; /**< [drought_plan_count] */
    int flood_count;
    struct flood_watch *flood;
    int salt_count;
    struct salt_water *salt;
    struct quality *quality;             /**< NULL where no substance is followed */
    struct bays *bays;                   /**< NULL where there is none */
    double *share;                       /**< [sum of catchment splits] present fractions */
    double *held_m3;                     /**< [node_count] seepage that the node receives */
    double *residual_m3, *throughput_m3; /**< [node_count] scratch of the balance */
    double basin_residual_m3;            /**< of the whole basin, present step */
    enum refresh coefficient_refresh, ways_refresh; /**< the most frequent of all */
    int *turn_down_p; /**< [turn_down_count] plants that have one, in the lexical order of ids */
    int turn_down_count;
    double *level_value;       /**< scratch of settle_turn_downs: rank levels of one program */
    struct verifier *verifier; /**< NULL unless the run is verified */
    struct decisions decided;
    struct arena *memory;
};

/** fmin and fmax of numbers, for what every step does for every demand and link: the library's are
 *  calls, for the sake of NaN. */
static inline double
least_of(double a, double b)
{
    return a < b ? a : b;
}

static inline double
most_of(double a, double b)
{
    return a > b ? a : b;
}

/** Whether a quantity with this refresh has to be looked up in the present step. */
static inline bool
is_due(const struct simulation *simulation, enum refresh refresh)
{
    return simulation->all_due || refresh == REFRESH_STEP ||
           (refresh == REFRESH_MONTH && simulation->new_month);
}

/** A share of the present step, within 0 to 1. */
double share_now(const struct simulation *simulation, const struct varying *varying);

/** Whether the link is in service at both ends, outages apart. */
bool link_serves(const struct simulation *simulation, const struct link *link);

/** Quantities of step t that do not depend on storages. (simulate_inputs.c) */
void look_up_step(struct simulation *simulation, int step_t);

/** Losses and returns into the matrix where they changed. */
enum status set_coefficients(struct simulation *simulation, struct allocation *allocation);

/** Coefficients of splits, blends and outlets, and licences at the start of the step.
 *  (simulate_rules.c) */
enum status set_rule_coefficients(struct simulation *simulation, struct allocation *allocation);
void look_up_rules(struct simulation *simulation);
void bound_rules(struct simulation *simulation);
/** No licence and no level holds back what works could deliver. */
void free_rules(struct simulation *simulation);
void account_rules(struct simulation *simulation);

/** Estuaries with salt: their memory; shares of the step for which intakes are open and the flow
 *  that repels the salt, after look_up_step; then the salt moved by the step's flows.
 *  (simulate_salt.c) */
enum status salt_create(struct simulation *simulation, struct error *err);
void salt_destroy(struct simulation *simulation);
enum status salt_look_up(struct simulation *simulation, struct error *err);
enum status salt_advance(struct simulation *simulation, struct error *err);
/** Move open shares, of estuaries that iterate, a part of the way to what the salt at the end of
 *  the step as it is now decided would leave them. *distance: the largest that there was; where it
 *  is within SALT_TOLERANCE they stay as they are. (simulate_salt.c) */
enum status salt_approach(struct simulation *simulation, double part, double *distance,
                          struct error *err);
#define SALT_TOLERANCE 0.01

/** Their indicators, and their series by whoever keeps series. */
typedef void keep_value(const struct simulation *simulation, enum result_variable variable,
                        int element, double value);
void salt_account(struct simulation *simulation);
/** What an estuary remembers; salt_resume, before it is loaded, makes what the first step would. */
enum status salt_resume(struct simulation *simulation, struct error *err);
void salt_carry(struct simulation *simulation, struct snapshot *snapshot);
/** What a link that salt or quality shuts could not take; steps it has been shut for. */
void account_shut(struct simulation *simulation, int link_l, int *shut_steps);
void salt_keep(const struct simulation *simulation, keep_value *keep);

/** Drought plans: their outlook and memory; the stage of the step with its caps and the links that
 *  it opens, before those are looked up; indicators and series. (simulate_drought.c) */
enum status drought_create(struct simulation *simulation, struct error *err);
void drought_follow(struct simulation *simulation);
void drought_account(struct simulation *simulation);
void drought_keep(const struct simulation *simulation, keep_value *keep);
/** Substances: their memory; links that they shut to demands, after salt_look_up; where the step's
 *  flows took them, after check_balance; indicators, series. All do nothing where none is named.
 *  (simulate_quality.c) */
enum status quality_create(struct simulation *simulation, struct error *err);
void quality_destroy(struct simulation *simulation);
/** Before the first step; nothing in all others. */
void quality_begin(struct simulation *simulation);
void quality_look_up(struct simulation *simulation);
enum status quality_advance(struct simulation *simulation, struct error *err);
void quality_account(struct simulation *simulation);
void quality_carry(struct simulation *simulation, struct snapshot *snapshot);
void quality_keep(const struct simulation *simulation, keep_value *keep);

/** Bays: their memory; what is drawn from them, after quality_begin; their salt moved by the
 *  step's flows, after quality_advance; indicators and series. (simulate_bays.c) */
enum status bays_create(struct simulation *simulation, struct error *err);
void bays_look_up(struct simulation *simulation);
enum status bays_advance(struct simulation *simulation, struct error *err);
void bays_account_end(struct simulation *simulation);
void bays_carry(struct simulation *simulation, struct snapshot *snapshot);
void bays_keep(const struct simulation *simulation, keep_value *keep);

/** Content of a node at the end of the step; without water, of what could come. */
double quality_node_content(const struct simulation *simulation, int substance_s, int node_i);

/** Content of what a link would carry, as the step began. */
double quality_content(const struct simulation *simulation, int substance_s, int link_l);

/** Least flows limited to natural inflow where they are, once the zones of the lakes are known. */
void limit_minimum_flows(struct simulation *simulation);

/** Quantities that depend on storages, then the bounds of all columns. (simulate_bounds.c) */
void bound_step(struct simulation *simulation);

/**
 * Plants whose throughput came out below their turn-down are switched off or kept at it, whichever
 * serves the ranks better from the highest down, off where both serve alike; one after the other in
 * the lexical order of ids, each once in a step. (simulate_turn_down.c)
 */
enum status settle_turn_downs(struct simulation *simulation);

/** Deliverable share of every demand in the present month, from lakes that are full and rivers that
 *  never fail. (simulate_delivery.c) */
enum status deliver_month(struct simulation *simulation, struct error *err);

/**
 * Flood windows: their memory; which lakes are in one in the step, after look_up_step; the release
 * of their gates by the flows of the last allocation, *moved if it is not the one that allocation
 * was made with; indicators and series of the windows. (simulate_flood.c)
 */
enum status flood_create(struct simulation *simulation, struct error *err);
void flood_destroy(struct simulation *simulation);
void flood_look_up(struct simulation *simulation);
enum status flood_route(struct simulation *simulation, bool *moved, struct error *err);
void flood_account(struct simulation *simulation);
/** Where windows and gates stand between two steps. */
void flood_carry(struct simulation *simulation, struct snapshot *snapshot);

/** Results of the allocation into flows and storages at the end of the step, then the balance of
 *  every node and of the basin from these alone. (simulate_balance.c) */
void take_flows(struct simulation *simulation);
enum status check_balance(struct simulation *simulation, struct error *err);

/** The record of the step, before its storages move on. (audit.c) */
void audit_take(const struct simulation *simulation);

/** Write the linear program of a step that failed, if that is wanted, and add to the message where
 *  it is. (simulate_failure.c) */
void dump_failure(const struct simulation *simulation, struct error *err);

/** Indicators and series of the step; storages move on to its end. (simulate_account.c) */
void account_step(struct simulation *simulation);
void account_end(struct simulation *simulation);

/** Date of the present step for messages. */
const char *step_date(const struct simulation *simulation, char *buffer, size_t size);

#endif
