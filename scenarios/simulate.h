/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_SIMULATE_H
#define NGUON_SCENARIOS_SIMULATE_H

#include "scenarios/forcing.h"
#include "scenarios/result.h"
#include "solvers/lp.h"

struct simulation;
struct simulation_state;
struct verification;

/** Figures of a step in place of the basin's, from whoever steps a simulation; NAN: the basin's.
 *  They are looked at in every step. */
struct overrides {
    double *need_m3s;     /**< [demand_count] */
    double *capacity_m3s; /**< [link_count] */
    double *minimum_m3s;  /**< [link_count] of links that have a minimum flow */
};

/** What one scenario is simulated from; nothing of it is changed. */
struct simulation_input {
    const struct basin *basin; /**< as the scenario sees it */
    const struct timeaxis *axis;
    const struct records *records;
    const struct runoff *runoff;
    enum lp_method method;
    struct verification *verification; /**< if not NULL every step is verified (scenarios/verify.h)
                                            and what was found is added here */
    const char *dump_prefix; /**< if not NULL the linear program of a step that fails is written to
                                  this and the date and ".lp" */
    const struct simulation_state *from; /**< if not NULL the run goes on from there, see below */
    bool from_water; /**< only its water is taken: the rules may be others than they were */
    const struct overrides *overrides; /**< NULL: none; a verified run takes none */
    int save_before_t; /**< if not 0 the state before this step goes into the result */
};

/**
 * Simulate one scenario from the first step to the last.
 *
 * Fills result (indicators and the series that have memory). The water balance of every node is
 * checked at every step against max(1e-9 x throughput, 1e-14 x storage, 1e-6 m3), from link flows
 * and storages and apart from the allocation's own rows; the largest residual is in the result's
 * indicators, and one a thousand times the limit ends the simulation.
 *
 * @return STATUS_OK; STATUS_BALANCE, STATUS_INFEASIBLE, STATUS_NO_CONVERGENCE with
 *         result->failed_step and a message that names node, date and the file with the linear
 *         program; STATUS_MEMORY
 */
enum status simulate(const struct simulation_input *input, struct scenario_result *result,
                     struct error *err);

/**
 * The same step by step: simulation_create, then simulation_step until simulation_next_step is the
 * axis' step_count, then simulation_end, which fills what of the indicators needs the whole run.
 * Input and result stay the caller's, and where they are, until simulation_destroy. Nothing is
 * allocated by a step. simulate.c; states between steps are in scenarios/simulation_state.h.
 */
enum status simulation_create(const struct simulation_input *input, struct scenario_result *result,
                              struct simulation **out, struct error *err);
/** One step. After a failure (as those of simulate) the simulation can only be destroyed, or be
 *  given an earlier state. */
enum status simulation_step(struct simulation *simulation, struct error *err);
/** The step that comes next, from 0. */
int simulation_next_step(const struct simulation *simulation);
void simulation_end(struct simulation *simulation);
/** Free; what a verified run has found is added to the input's verification. NULL is legal. */
void simulation_destroy(struct simulation *simulation);

/** What can reach a demand through the works as they are, were there water enough everywhere. */
struct delivery {
    double peak_need_m3s; /**< largest need among the months of the run */
    int peak_step;        /**< first step of that month */
    double least_share;   /**< smallest deliverable share of the need of any month, 1 if whole */
    int least_step;
    double capacity_m3s; /**< what is delivered in the month of least_share */
};

/**
 * Deliverable share of every demand, all demands drawing at once by rank and share rule, in the
 * first step of every month of the run, from lakes that are full and rivers that never fail.
 *
 * @param[out] delivery [demand_count]
 */
enum status simulate_delivery(const struct simulation_input *input, struct delivery *delivery,
                              struct error *err);

#endif
