/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_OPERATION_DAY_H
#define NGUON_SCENARIOS_OPERATION_DAY_H

#include "scenarios/operation.h"

/*
 * One day of a lake within a daily run, worked by its gates as `nguon operate` works it: gates by
 * their rules, level-pool routing, the dam overtopped if it comes to that. What the day brings and
 * takes is handed over as daily figures; volumes in and out are theirs to rounding.
 */

/** A day's water, as the run knows it. */
struct day_water {
    int64_t start_s;      /**< local seconds */
    double start_m3;      /**< storage */
    double direct_m3s[3]; /**< mean runoff into the lake of the day before, the day, the next */
    double steady_m3s;    /**< other water that enters, even over the day; with rain on the lake */
    double drawn_m3s;     /**< by all links but the spillway, even over the day */
    double lost_m3s;      /**< evaporation and seepage */
    double flood_limit_m; /**< of the day, for the rules broken */
    double minimum_m3s;   /**< release that a gate with gives_minimum keeps; NAN: none */
};

struct operation_day {
    struct operation_plan *plan;
    struct operation_run *run; /**< results of the last day passed */
    struct inflow_members inflow;
    struct operation_variant variant;
    double *opening; /**< [gate_count] where the gates stand as a day begins */
    double *shape;   /**< [knots] share of the mean at each, NULL without an inflow_shape */
};

/** For a lake with a flood window. @return STATUS_OK, STATUS_MEMORY */
enum status operation_day_create(const struct basin *basin, int reservoir_i,
                                 struct operation_day **out, struct error *err);
void operation_day_destroy(struct operation_day *day);

/** Gates as their outlets' `opening` has them: before the first day of a window. */
void operation_day_set_gates(struct operation_day *day);

/**
 * Pass a day. `opening` stays as it was, so that a day may be tried again with other water;
 * operation_day_keep_gates then leaves the gates where the day has brought them.
 *
 * The runoff of the day is straight between its start, noon and end. At either end it is the mean
 * of the two days that meet there, but at most twice the smaller; noon is what makes the day's
 * mean its own. With `inflow_shape` it is the day's mean times that shape.
 *
 * @return as operation_simulate
 * @note No allocation.
 */
enum status operation_day_pass(struct operation_day *day, const struct day_water *water,
                               struct error *err);
void operation_day_keep_gates(struct operation_day *day);

/** Volume that left by the gates and over the dam in the last day passed, m3. */
double operation_day_release_m3(const struct operation_day *day);

#endif
