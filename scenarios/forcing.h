/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_FORCING_H
#define NGUON_SCENARIOS_FORCING_H

#include "model/basin.h"

/*
 * Water from outside: the records of the basin on the run's calendar (read once, shared by all
 * threads), and the runoff of every catchment for one weather realisation.
 */

/** Records on the run's steps, and day by day where a rainfall-runoff model needs days. */
struct records {
    const struct timeaxis *axis;
    struct timeaxis day_axis; /**< the days of the run; empty if no catchment runs a model */
    double **on_steps;        /**< [series_count][step_count], NULL if unused */
    double **on_days;         /**< [series_count][day_count], on_steps itself for a daily run */
    double **tide_share;      /**< [passage_count][step_count] range of the tide against its mean,
                                   NULL but for estuaries with salt */
    int passage_count;
    int series_count;
};

/** @return STATUS_OK, STATUS_INPUT (a record does not cover the run), STATUS_MEMORY */
enum status records_create(const struct basin *basin, const struct timeaxis *axis,
                           struct records **out, struct error *err);
void records_destroy(struct records *records);

/** The weather that a model was run with, for the ensemble's tables. */
struct catchment_weather {
    double rain_m3;   /**< on its area over the run */
    double mean_degC; /**< of the temperatures its evapotranspiration is from, NAN if it is given */
};

/**
 * Runoff of the catchments. Model and generator output is kept between scenarios of the same
 * realisation, so that scenarios that differ in policy only do not pay for weather again.
 */
struct runoff {
    int catchment_count;
    double **flow_m3s;      /**< [catchment_count][step_count] of the present scenario */
    double **model_m3s;     /**< [catchment_count][step_count] before changes of the scenario */
    int *model_realisation; /**< [catchment_count] what model_m3s holds, 0 nothing */
    int *due_i;             /**< [catchment_count] models to be run, scratch */
    struct catchment_weather *weather; /**< [catchment_count] of the models' last run */
    struct catchment_runner *runner;
};

enum status runoff_create(const struct basin *basin, const struct records *records,
                          struct runoff **out, struct error *err);
void runoff_destroy(struct runoff *runoff);

/**
 * Fill flow_m3s for one scenario.
 *
 * A model runs on its own steps: first over the first `warmup` of the run's weather to fill its
 * stores, then over the run. Of a model of days, hours hold the flow of their day, ten-day periods
 * and months take the mean of theirs. Changes of the scenario act on the resulting flow, which
 * never falls below zero.
 *
 * @param[in] base      the basin of the file
 * @param[in] scenario  its copy with the scenario's changes
 */
enum status runoff_compute(struct runoff *runoff, const struct basin *base,
                           const struct basin *scenario, const struct records *records,
                           int realisation, struct error *err);

#endif
