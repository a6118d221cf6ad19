/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_WHY_H
#define NGUON_SCENARIOS_WHY_H

#include "scenarios/audit.h"

/*
 * Why a demand was cut in one step. The allocation is made again from its record; then the demand's
 * first short part is asked to rise while all that the ranks ahead got is kept, and no part of its
 * own rank falls below its share. That cannot be; the proof (a combination of the balances) is a
 * cut through the network, in whose units
 *
 *     supply = sum of worth x water entering the cut - sum of worth x water taken from it,
 *
 * where what enters is at its limit and what is taken is held. docs/why.md has the equations.
 */

/** What an item of a cut is. */
enum why_kind {
    /* water entering */
    WHY_WATER,      /**< at a node: storage at the start, inflow, rain, less evaporation */
    WHY_LINK,       /**< a link carries all it can */
    WHY_LINK_SHUT,  /**< a link is closed: outage, out of service, no capacity */
    WHY_LINK_LEVEL, /**< the lake stands below the lowest level of a link */
    WHY_WORKS,      /**< a plant or works passes all it can */
    WHY_YIELD,      /**< abstraction at the yield of an aquifer */
    WHY_LICENCE,    /**< abstraction at what is left of its licence */
    WHY_SOURCE,     /**< a source gives all it has */
    WHY_RETURN,     /**< water that comes back from another demand, which has all it asks for */
    WHY_SPARED,     /**< a link, source or reserved licence not used more for a goal ahead */
    WHY_PERMIT,     /**< what a licence of links leaves them */
    WHY_SPLIT,      /**< a link may not carry more than its share of a split; no volume */
    WHY_BLEND,      /**< a mix is at its limit; the volume is what exceeds it, 0 */
    WHY_OUTLET,     /**< water of a lake above the lower edge of a link */
    WHY_TURN_DOWN,  /**< a plant is off, because it could run only below its turn-down */
    /* water taken */
    WHY_DEMAND,  /**< part of a demand, of a rank ahead or of the same rank */
    WHY_FLOW,    /**< a minimum flow */
    WHY_STORAGE, /**< storage kept by a goal ahead */
    WHY_DEAD, /**< storage below the lowest line: rank_i -1 if no user may draw upon it, else kept
                   for emergencies of that rank and those above */
    WHY_KEPT_ON, /**< passed by a plant that is kept at its turn-down */
    WHY_KIND_COUNT
};

/** Whether a kind is water taken from the cut. */
static inline bool
why_is_taken(enum why_kind kind)
{
    return kind >= WHY_DEMAND;
}

/** Why a link is shut. */
enum why_shut {
    SHUT_OUTAGE,
    SHUT_SERVICE,
    SHUT_STAGE, /**< a drought plan opens it only from a later stage on */
    SHUT_SALT,
    SHUT_QUALITY, /**< its water is beyond a limit of the demand */
    SHUT_CAPACITY
};

struct why_item {
    enum why_kind kind;
    int node_i; /**< of the node, the lake, the demand; -1 for links and licences */
    int link_l; /**< -1 for nodes and licences */
    int rule_i; /**< split, blend or licence of links; else -1 */
    int part;   /**< WHY_DEMAND: enum demand_part; else -1 */
    int rank_i; /**< rank of a goal; -1 none */
    enum why_shut shut;
    double volume_m3; /**< that enters or is taken, at the element */
    double worth;     /**< m3 more for the demand of one m3 more (or less taken) here */
    /** Raise of this element alone with which the whole step, solved again, gives the demand all
     *  that lack of water cost it: extra_m3, or NAN if none does; then gain_m3 is the most it
     *  brings. Only for water entering; NAN elsewhere. WHY_LINK_LEVEL, WHY_OUTLET: storage in its
     *  lake. WHY_BLEND: excess of the mix (m3, or kg for concentrations). WHY_TURN_DOWN: throughput
     *  at which the plant would have to be able to run. */
    double extra_m3, gain_m3;
};

/** The zone of a lake that cuts the demand most. */
struct why_zone {
    int reservoir_r, zone_i;
    double cap;      /**< share it allows */
    double below_m3; /**< by how much the lake stood below its line */
    double extra_m3; /**< storage in the lake at the start that alone restores the whole supply, or
                          NAN */
};

/** A drought plan whose stage cuts the demand. */
struct why_stage {
    int plan_p;
    int stage;  /**< 1 the mildest */
    double cap; /**< share that it allows */
};

struct why_answer {
    double need_m3, supply_m3;
    double rule_m3, water_m3; /**< shortage by rule and by lack of water or of capacity */
    double part_need_m3[PART_COUNT], part_supply_m3[PART_COUNT];
    int part;   /**< the first short part, which the cut is for; -1 none */
    int rank_i; /**< its rank */
    int item_count;
    struct why_item *item; /**< first what enters, then what is taken, the largest first */
    double cut_m3;         /**< supply of the part by the cut: the sum of the items */
    int smallest_i;        /**< item of the smallest extra_m3, -1 if none restores alone */
    int zone_count;
    struct why_zone *zone; /**< of the lakes that restrict the demand, if rule_m3 > 0 */
    int stage_count;
    struct why_stage *stage; /**< of the drought plans that cut the demand, if rule_m3 > 0 */
    /** Where no item alone restores: a set of raises that does, none of which can be less. */
    int together_count;
    struct why_item *together;
};

/** What is asked. */
struct why_question {
    const struct basin *basin; /**< as the scenario sees it */
    const struct timeaxis *axis;
    int step_t;
    int demand_d;
    const struct audit_step *record;
};

/**
 * Explain the shortage of a demand in a step.
 * @return STATUS_OK, also if nothing was short (part -1); STATUS_INPUT (the record does not fit);
 *         STATUS_NUMERIC (no proof found); STATUS_MEMORY
 */
enum status why_ask(const struct why_question *question, struct why_answer *answer,
                    struct error *err);
void why_finish(struct why_answer *answer);

/** Gain of one goal from one m3 more at a node. */
struct why_value {
    int node_i;         /**< where the m3 is added */
    enum why_kind kind; /**< WHY_DEMAND, WHY_FLOW or WHY_STORAGE */
    int owner_i;        /**< node of the demand or lake; link of a minimum flow */
    int rank_i;         /**< -1: storage or cut parts after all ranks */
    double gain;        /**< m3 per m3, negative for a loss */
};

/**
 * Who gets one m3 more at each node that takes part in the demand's program: the step solved again
 * with it, against the step as it was.
 * @param[out] value  freed by the caller
 */
enum status why_values(const struct why_question *question, struct why_value **value, int *count,
                       struct error *err);

#endif
