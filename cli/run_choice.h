/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_RUN_CHOICE_H
#define NGUON_CLI_RUN_CHOICE_H

#include "scenarios/plan.h"

/**
 * Keep those scenarios of a plan that an earlier run was lowest or highest in.
 *
 * @param[in] choice  "least:50:basin_inflow_m3" or "most:N:MEASURE", a measure of compare_measure
 * @param[in] past    "OUT.h5@DATE", the results to measure
 * @return STATUS_OK; STATUS_USAGE (not such a choice, fewer scenarios than that); STATUS_INPUT (a
 *         scenario chosen that the run does not have); as compare_measure
 */
enum status run_choose(const char *choice, const char *past, struct plan *plan, struct error *err);

#endif
