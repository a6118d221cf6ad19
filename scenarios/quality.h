/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_QUALITY_H
#define NGUON_SCENARIOS_QUALITY_H

#include "scenarios/simulation.h"
#include "solvers/mixing.h"

/*
 * Private to the substances of a simulation.
 *
 * Nodes and rivers that delay their water are mixed. What a node cannot pass on, the rounding of
 * its water balance, it keeps for the next step, so that no mass is made or lost anywhere.
 */

/** Volumes below it hold no content. */
#define QUALITY_NOISE_M3 1e-6

/** One substance; elements are the nodes, then the reaches. */
struct carried {
    const struct varying **enters_with; /**< [node_count] content of inflow, NULL: the background */
    double *mass;                       /**< [element_count] held at the end of the last step */
    double *content;                    /**< [element_count] at the end of the last step */
    double *enters, *own, *leaves;      /**< [element_count] of the present step */
};

/** A link into a demand whose water must keep to the demand's limits. */
struct gate {
    int link_l, demand_d;
    int shut_steps; /**< that it has been shut for */
};

struct quality {
    struct mixing *mixing;
    int element_count, arc_count;
    int *link_arc;                 /**< [link_count] its first arc; a reach's second one follows */
    int *return_arc, *seepage_arc; /**< [demand_count] first one; [reservoir_count], -1 for none */
    double *share;                 /**< [arc_count] */
    double *out_m3, *pass, *keeps; /**< [element_count] */
    struct carried *carried;       /**< [substance_count] */
    int salt_s;
    bool *is_known; /**< [node_count] it had water in the present step */
    bool has_limits;
    int gate_count;
    struct gate *gate;
};

/** Content of an inflow or limit in the present step; NULL: the background. */
double quality_value(const struct simulation *simulation, int substance_s,
                     const struct varying *content);

/** Where the step's water went: shares of the arcs, what passes each element. (quality_balance.c)
 */
void quality_set_passes(struct simulation *simulation);

/** What enters with it, and what the elements give of their own. */
void quality_add_inflows(struct simulation *simulation, int substance_s);

/** Mass at the end of the step, once what leaves each element is known, and the balance. */
void quality_move_mass(struct simulation *simulation, int substance_s);

#endif
