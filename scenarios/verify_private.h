/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_VERIFY_PRIVATE_H
#define NGUON_SCENARIOS_VERIFY_PRIVATE_H

#include "model/arena.h"
#include "model/reservoir.h"
#include "scenarios/drought_outlook.h"
#include "scenarios/reaches.h"
#include "scenarios/verify.h"

#include <glpk.h>
#include <gsl/gsl_permutation.h>

/* ---- what a step allows (verify_inputs.c) -----------------------------------------------------
 */

struct lake_limits {
    bool in_service, restricted;
    double least_m3, base_m3, reserve_m3, carry_m3, target_m3, flood_m3; /**< rising lines */
    double available_m3; /**< storage and known water */
    double received_m3;  /**< seepage of other lakes */
    double seepage_m3;
};

struct link_limits {
    double most_m3, minimum_m3, gain;
    double gate_m3; /**< least flow: what the gates of a lake in a flood window let out */
};

struct works_limits {
    double most_m3, gain;
    double turn_down_m3; /**< least throughput but none */
};

struct ground_limits {
    double available_m3, least_m3, free_m3, reserved_m3;
};

/** The quantities of one step, from the basin and the storages at its start. */
struct step_limits {
    double *inflow_m3; /**< [node_count] water that comes whatever is decided, storages apart */
    struct lake_limits *lake;
    struct link_limits *link;
    struct works_limits *works; /**< [passage_count] */
    struct ground_limits *ground;
    double *source_m3;             /**< [source_count] largest draw, 0 if forced */
    double (*part_m3)[PART_COUNT]; /**< [demand_count] what each part asks for */
    double volume_m3;              /**< all water and all needs: the size of the step */
};

/** State of a scenario at the start of a step, as the verifier follows it. */
struct verified_state {
    double *lake_m3, *ground_m3; /**< storages */
    double *licence_left_m3;     /**< [aquifer_count] INFINITY without a licence */
    int *licence_year;
    struct reaches reaches;
    double *drawn_m3; /**< [licence_count][step_count] on each licence of links */
};

/** Substances as the verifier follows them; elements are nodes, then reaches. */
struct verified_quality {
    int element_count;
    double *content, *mass; /**< [substance_count][element_count] at the start of the step */
    double *in_m3, *out_m3, *start_m3, *end_m3; /**< [element_count] volumes of the step */
    double *enters, *leaves;                    /**< mass that enters, content of what leaves */
    double *matrix;
    gsl_permutation *permutation;
    double worst; /**< largest relative difference of a content, at ... */
    int worst_i;
};

/** Lakes next above each link by rivers, and whether a node lies above it. */
struct natural_waters {
    bool *is_above;  /**< [link_count][node_count] */
    bool *restricts; /**< [link_count][reservoir_count] */
};

/** A drought plan as the verifier follows it. */
struct verified_plan {
    struct drought_outlook outlook;
    bool *reaches; /**< [node_count] whether water runs from the node to its lakes */
    int stage;
    int64_t since_s; /**< start of the step in which it came into the stage */
};

/* ---- goals in the order they are served (verify_goals.c) --------------------------------------
 */

struct goal {
    const char *name;
    int rank_i;   /**< -1 after all ranks */
    bool is_fair; /**< leximin of the shares; else the sum of sign x column */
    bool is_use;  /**< what it serves is a rank of the basin, probed for the invariant */
    int count;
    int *column;
    double *sign;    /**< 1 to have much of it, -1 to have little */
    double *weight;  /**< is_fair */
    const char **id; /**< of the demand, link or lake */
    int row;         /**< sum of sign x column */
    int first_share_row;
};

/** Lines of a lake, from the bottom. */
enum verified_line { LINE_BASE, LINE_RESERVE, LINE_CARRY, LINE_TARGET, LINE_FULL, LINE_COUNT };

/** Columns of the program, 1-based, 0 for none. */
struct columns {
    int *link, *minimum;
    int *lake, *base, *reserve, *carry, *target;
    int *ground, *ground_base, *free, *reserved, *rejected;
    int *works, *source;
    int *licence; /**< what is drawn of the reserved part of a licence */
    int (*part)[PART_COUNT];
    int share; /**< the common share of a fair goal */
    int count;
    const char **what, **id; /**< [count + 1] for reports */
};

/** An entry of the balance rows. */
struct balance_entry {
    int row, column;
    double value;
};

struct verifier {
    const struct simulation_input *input;
    const struct basin *basin;
    struct moment moment;
    const struct step_outcome *outcome; /**< of the step that is verified */
    struct arena *memory;
    struct verified_state state;
    struct natural_waters natural;
    struct verified_plan *drought; /**< [drought_plan_count] */
    struct verified_quality quality;
    struct step_limits limits;
    struct columns column;
    int *row_in, *row_out; /**< [node_count] 1-based balance rows, 0 for none */
    int row_count, balance_row_count;
    int first_rule_row; /**< rows from here to balance_row_count are those of rules of links */
    struct balance_entry *entry, *loaded; /**< of this step and as GLPK has them */
    int entry_count, loaded_count;
    int goal_count, goal_capacity;
    struct goal *goal;
    bool carry_first;            /**< what is carried over ranks above the reserve */
    bool (*counted)[LINE_COUNT]; /**< [reservoir_count] lines that the goals so far count */
    glp_prob *program;
    double *lower, *upper;         /**< [column_count + 1] bounds of the step */
    double *row_lower, *row_upper; /**< [row_count + 1] */
    double *actual;                /**< [column_count + 1] what the step decided */
    bool *settled;                 /**< [column_count + 1] scratch of a fair goal */
    double unit_m3;                /**< volumes are divided by it: a power of two */
    int *index;                    /**< scratch of GLPK calls */
    double *number;
    struct verification result;
};

enum status verify_inputs_create(struct verifier *verifier);
void verify_inputs_step(struct verifier *verifier, const struct step_outcome *outcome);
void verify_inputs_advance(struct verifier *verifier, const struct step_outcome *outcome);

/* What links have to keep together, and how low a lake may be drawn by each. (verify_rules.c) */
enum status verify_rules_create(struct verifier *verifier);
size_t verify_rules_row_count(const struct basin *basin);
size_t verify_rules_entry_count(const struct basin *basin);
void verify_rules_number(struct verifier *verifier);
void verify_rules_columns(struct verifier *verifier);
void verify_rules_enter(struct verifier *verifier);
void verify_rules_limit(struct verifier *verifier);
void verify_rules_take_actual(struct verifier *verifier, const struct step_outcome *outcome);
void verify_rules_advance(struct verifier *verifier, const struct step_outcome *outcome);

/* Drought plans: their stages of the step, what they allow a demand, whether they leave a link
 * open. (verify_drought.c) */
enum status verify_drought_create(struct verifier *verifier);
void verify_drought_step(struct verifier *verifier);
double verify_drought_cap(const struct verifier *verifier, int demand_d);
bool verify_drought_opens(const struct verifier *verifier, int link_l);
/** Substances: contents at the start of a step, links that they shut, and those of its end.
 *  (verify_quality.c) */
enum status verify_quality_create(struct verifier *verifier);
void verify_quality_finish(struct verifier *verifier);
void verify_quality_start(struct verifier *verifier);
bool verify_quality_opens(const struct verifier *verifier, int link_l);
double verify_quality_content(const struct verifier *verifier, int substance_s, int link_l);
double verify_quality_limit(const struct verifier *verifier, const struct blend *blend);
void verify_quality_advance(struct verifier *verifier, const struct step_outcome *outcome);

/** Shared by the files above: volume at the lower edge of a link that leaves a lake, 0 for none. */
double verify_edge_m3(const struct verifier *verifier, const struct link *link);
bool verify_link_is_open(const struct verifier *verifier, const struct link *link);
int verify_new_row(struct verifier *verifier);
int verify_new_column(struct verifier *verifier, const char *what, const char *id);
void verify_enter(struct verifier *verifier, int row, int column, double value);

bool verify_goals_create(struct verifier *verifier);

bool verify_program_create(struct verifier *verifier);
void verify_program_load(struct verifier *verifier);
void verify_program_take_actual(struct verifier *verifier, const struct step_outcome *outcome);
/** What the decisions leave of a balance row, m3, and the sum of its absolute terms. */
double verify_program_rest(const struct verifier *verifier, int row, double *size_m3);
/** Sum of a row's terms as decided, m3, and the sum of their absolute values. */
double verify_program_activity(const struct verifier *verifier, int row, double *size_m3);
/** Back to the bounds of the step, nothing held. */
void verify_program_reset(struct verifier *verifier);
/** false if GLPK fails; the objective is set by the caller. */
bool verify_program_solve(struct verifier *verifier);
/** The same in rational arithmetic from the basis of the last solve; false if it takes too long. */
bool verify_program_solve_exactly(struct verifier *verifier);
/** Keep exactly the optima of the last solve. */
void verify_program_hold(struct verifier *verifier);
void verify_program_bound(struct verifier *verifier, int column, double lower_m3, double upper_m3);
void verify_program_bound_row(struct verifier *verifier, int row, double lower_m3, double upper_m3);
void verify_program_aim(struct verifier *verifier, const struct goal *goal);

#endif
