/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_LIBRARY_HANDLES_H
#define NGUON_LIBRARY_HANDLES_H

#include "library/nguon.h"

#include "output/run_identity.h"
#include "scenarios/forcing.h"
#include "scenarios/plan.h"
#include "scenarios/simulate.h"
#include "scenarios/simulation_values.h"

/* Private to the library: what its handles hold. */

struct nguon_basin {
    struct basin *basin;
    struct timeaxis axis;
    struct plan plan;
    struct records *records;
    char (*input_digest)[DIGEST_BYTES];
};

/** Values of a variable, and as they were when the last step had been made. */
struct shown {
    int count;
    double *value, *before;
};

struct nguon_simulation {
    const struct nguon_basin *base;
    int scenario_i;
    struct basin *seen; /**< the basin as the scenario sees it */
    struct runoff *runoff;
    struct scenario_result result;
    struct simulation_input input;
    struct simulation *simulation;
    struct overrides overrides;
    double *runoff_m3s; /**< [catchment_count] set, NAN: the basin's */
    double *set;        /**< the block of all that can be set for the steps to come */
    int set_count;
    struct shown shown[SIMULATION_VALUE_COUNT];
    char *identity;   /**< of its states */
    bool is_finished; /**< the indicators of the whole run are there */
    bool has_failed;
};

/** What the functions of the library return: the status, its message in err. */
int library_status(enum status status, const struct error *cause, struct nguon_error *err);
int library_refuse(enum status status, struct nguon_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** What the results of a run of this basin depend on. */
struct run_info library_run_info(const struct nguon_basin *basin);

/** What is set in the values into the simulation, before a step; values out of it, after one.
 *  (variables.c) */
enum status library_take_values(struct nguon_simulation *simulation, struct error *err);
void library_show_values(struct nguon_simulation *simulation);

#endif
