/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_CATCHMENT_RUNNER_H
#define NGUON_SCENARIOS_CATCHMENT_RUNNER_H

#include "scenarios/forcing.h"

/*
 * Rainfall-runoff models of a basin's catchments. Catchments of one model run side by side in
 * lanes, each with its own weather; a catchment's figures do not depend on its neighbours.
 */

/** Workspace of one thread. */
struct catchment_runner;

/** @return STATUS_OK, STATUS_MEMORY */
enum status catchment_runner_create(const struct basin *basin, const struct records *records,
                                    struct catchment_runner **out, struct error *err);
void catchment_runner_destroy(struct catchment_runner *runner);

/**
 * Flow of some catchments, first over the warm-up of each, then over the run. Nothing is allocated.
 *
 * @param[in]  catchment_i  [count] all with INFLOW_MODEL
 * @param[out] flow_m3s     [catchment_count] -> [step_count]; those of catchment_i are filled
 * @param[out] weather      [catchment_count] likewise
 * @return STATUS_OK, STATUS_INPUT (parameters that a scenario spoilt), STATUS_NOT_FINITE; the
 * message names the catchment
 */
enum status catchment_runner_run(struct catchment_runner *runner, const struct basin *basin,
                                 const struct records *records, const int *catchment_i, int count,
                                 double *const *flow_m3s, struct catchment_weather *weather,
                                 struct error *err);

/**
 * The weather that the model of a catchment runs with, changes of the scenario included.
 *
 * @param[in]  catchment_i  one with INFLOW_MODEL
 * @param[out] axis         the model's steps; of the records
 * @param[out] rain_mm, pet_mm  [axis->step_count] in the step; to be freed, also after a failure
 * @return STATUS_OK, STATUS_NOT_FINITE, STATUS_MEMORY
 */
enum status catchment_weather_series(const struct basin *basin, const struct records *records,
                                     int catchment_i, const struct timeaxis **axis,
                                     double **rain_mm, double **pet_mm, struct error *err);

#endif
