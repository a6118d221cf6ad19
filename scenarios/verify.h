/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_VERIFY_H
#define NGUON_SCENARIOS_VERIFY_H

#include "scenarios/network.h"
#include "scenarios/simulate.h"

/*
 * A second opinion on every step of a run. The verifier works out what the step allowed from the
 * basin itself (not from the rows and bounds of the allocation), solves it with GLPK rank by rank
 * with the ranks above fixed, and compares. Then it probes the decisions as they stand: whether a
 * rank could have had more water that went to a lower one or nowhere, and whether a demand's share
 * could have been raised at the cost of none that is as small.
 */

/** What a step decided, volumes in m3, indices as in the basin. */
struct step_outcome {
    int step_t;
    const double *link_flow_m3;    /**< [link_count] at the upstream end */
    const double *link_open_share; /**< [link_count] share of the step that an intake or a
                                        gate of quality is open, 1 for other links */
    const double *link_sea_kgm3; /**< [link_count] salt of the sea in what an intake draws, or 0 */
    const double *content;       /**< [substance_count][node_count] at the end, NULL without any */
    const double *link_repelling_m3;         /**< [link_count] least flow against salt, or 0 */
    const double (*supplied_m3)[PART_COUNT]; /**< [demand_count] */
    const double *lake_end_m3;               /**< [reservoir_count] storage at the end */
    const double *lake_area_m2;              /**< [reservoir_count] used if it is the step's mean */
    const double *lake_gate_m3;              /**< [reservoir_count] released by the gates of a lake
                                                  that is worked by them, NAN for others */
    const double *aquifer_end_m3;            /**< [aquifer_count] storage at the end */
};

/** The largest of a kind of difference and where it was. */
struct verified_worst {
    double size; /**< relative: of a need, or of the volume that a goal could have */
    int scenario_s, step_t;
    char where[112];
};

/** What all steps of one scenario, or of several, came to. */
struct verification {
    long step_count;      /**< steps solved again */
    long goal_count;      /**< ranks, and goals between and after them, compared */
    long invariant_count; /**< ranks probed for water that went elsewhere */
    long fairness_count;  /**< demands of short ranks probed for a larger share */
    long unsolved_count;  /**< programs that GLPK could not solve; nothing was compared there */
    struct verified_worst difference; /**< decisions against the reference */
    struct verified_worst violation;  /**< of the step's limits and balances by the decisions */
    struct verified_worst invariant;  /**< what a rank could still have got */
    struct verified_worst unfairness; /**< by how much a share could still be raised */
};

/** What is tolerated of difference, violation and invariant, and of unfairness. */
#define VERIFY_TOLERANCE 1e-7
#define VERIFY_FAIRNESS_TOLERANCE 1e-6

/** Whether everything stayed within the tolerances and was solved. */
bool verification_passed(const struct verification *verification);

/** Add what another scenario came to. */
void verification_add(struct verification *sum, const struct verification *more);

/** Name the scenario in all that was found. */
void verification_set_scenario(struct verification *verification, int scenario_s);

struct verifier;

/**
 * Prepare for one scenario, at its first state. GLPK keeps its memory by thread: create, use and
 * destroy a verifier in one and the same thread.
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status verifier_create(const struct simulation_input *input, struct verifier **out,
                            struct error *err);
void verifier_destroy(struct verifier *verifier);

/** Verify the next step, then take its end as the start of the one after. */
void verifier_step(struct verifier *verifier, const struct step_outcome *outcome);

/** What has been found so far. */
const struct verification *verifier_result(const struct verifier *verifier);

#endif
