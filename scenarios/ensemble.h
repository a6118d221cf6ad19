/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_ENSEMBLE_H
#define NGUON_SCENARIOS_ENSEMBLE_H

#include "scenarios/result.h"
#include "solvers/lp.h"

struct stopping;
struct team;
struct verification;

/**
 * What the scenarios of a run go on from, where that is not their first step. Both functions are
 * called by worker threads, several at once, and fill err.
 */
struct run_origin {
    void *self;
    bool from_water; /**< see struct simulation_input */
    /** The state of a scenario; out's memory is used again. */
    enum status (*state)(void *self, int scenario_s, struct simulation_state *out,
                         struct error *err);
    /** The series before the state into result, once the scenario has been simulated from there. */
    enum status (*past)(void *self, struct scenario_result *result, int before_t,
                        struct error *err);
};

/** How a run is carried out; none of it changes a result. */
struct ensemble_settings {
    int threads; /**< 0: all processors */
    enum lp_method method;
    /** Called by one thread at a time after each finished scenario; NULL for none. Returning false
     *  stops the run (STATUS_INTERRUPTED). */
    bool (*progress)(void *context, int done_count, int scenario_count);
    void *progress_context;
    struct verification *verification; /**< if not NULL every step is verified (scenarios/verify.h)
                                            and what was found in all scenarios is added here */
    bool go_on; /**< after a scenario whose step failed: its results are NaN, the next is begun */
    /** Called by one thread at a time for each such scenario; NULL for none. */
    void (*failed)(void *context, const char *message);
    struct stopping *stopping; /**< if not NULL, asked after every scenario, in order, whether it is
                                    enough; series need and supply must be kept */
    int *scenario_count;       /**< with it: how many scenarios there are results of */
    const struct run_origin *origin; /**< NULL: the beginning; info->fork must name it */
    const char *dump_path;           /**< the linear program of a failed step goes to this and
                                          ".failed-<scenario>-<date>.lp"; NULL for none */
};

/**
 * Simulate every scenario of the plan and hand the results to the sink in scenario order.
 *
 * One thread carries one scenario through all its steps. Results are identical for any number of
 * threads. The first failing scenario stops the run; its error names scenario and date. With go_on
 * a scenario that failed numerically does not: the sink gets its results as NaN and is ended as
 * ever, and the status of the first one is returned with a message that counts them. A stopping
 * rule ends the run early and well: the sink is ended after fewer scenarios than the plan has.
 */
enum status ensemble_run(const struct basin *basin, const struct timeaxis *axis,
                         const struct plan *plan, const struct run_info *info,
                         const struct ensemble_settings *settings, struct sink *sink,
                         struct error *err);

/** How this process and others share the scenarios of a run. */
struct team {
    void *self;
    /** The next scenario of this process, -1 if there is none in this round. One thread at a time.
     */
    int (*next)(void *self);
    /** A scenario is finished, of which the stopping rule, if there is one, measures `value`. One
     *  thread at a time. */
    void (*done)(void *self, int scenario_s, double value);
    /** This process has failed: no further scenarios. As next. */
    void (*stop)(void *self);
    /** The end of a round: whether all processes are well (status and error of the first that is
     *  not are those of all), and whether there is another. */
    bool (*another_round)(void *self, enum status *status, struct error *err);
};

/**
 * Simulate the scenarios that this process gets of a team, in rounds and in any order. The sink
 * begins, encodes and is discarded; it need not know write and end. A scenario that failed is
 * handled as in ensemble_run; with go_on its status is not told here but when it is recalled.
 */
enum status ensemble_share(const struct run_info *info, const struct ensemble_settings *settings,
                           struct sink *sink, const struct team *team, struct error *err);

#endif
