/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_DESIGN_FLOOD_H
#define NGUON_MODEL_DESIGN_FLOOD_H

#include "model/basin.h"
#include "model/inflow_file.h"

/**
 * Peak of a return period by the table, straight in the reduced variate -ln(-ln(1 - 1/T)) of
 * Gumbel's paper.
 * @return STATUS_OK; STATUS_INPUT outside the table
 */
enum status design_flood_peak(const struct design_flood *flood, double return_period,
                              double *peak_m3s, struct error *err);

/** Time after which the flood has fallen to 1 % of its peak above base flow, whole hours. */
int design_flood_hours(const struct design_flood *flood);

/**
 * Hydrograph Q = Qb + (Qp - Qb) (t/tp e^(1 - t/tp))^shape, a gamma curve (USDA NRCS, National
 * Engineering Handbook part 630, chapter 16), as one member at every ten minutes; base flow before
 * start_s + 0 and the curve from there to end_s.
 */
enum status design_flood_hydrograph(const struct design_flood *flood, double peak_m3s,
                                    int64_t start_s, int64_t end_s, struct inflow_members *out);

#endif
