/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_FOREST_H
#define NGUON_MODEL_FOREST_H

#include "model/timeaxis.h"

/** Forest of a catchment, and the forest that its inflow stands for; shares of its area. */
struct forest {
    double reference, cover;
    double annual_rain_m; /**< NAN: no change of the forest */
    double quick_flow;    /**< rise of quick flow for a loss of forest, share of share */
};

/**
 * Evapotranspiration of a year by the forest (Zhang, Dawes & Walker 2001, Water Resour. Res.
 * 37:701, eq. 10): a mean of forest (w 2.0, E0 1410 mm) and grass or crops (w 0.5, E0 1100 mm),
 * each P (1 + w E0/P) / (1 + w E0/P + P/E0).
 */
double forest_evapotranspiration_m(double annual_rain_m, double cover);

/** Factor on the volume of runoff, (P - ET(cover)) / (P - ET(reference)). */
double forest_runoff_factor(const struct forest *forest);

/**
 * Change a flow from the reference to the cover: its volume by forest_runoff_factor; and of steps
 * of hours and days the quick flow by 1 + quick_flow (reference - cover), at the expense of the
 * base flow, so that the volume of the run is otherwise kept. The split is the digital filter of
 * Lyne & Hollick (1979), one pass forward, 0.925 a day.
 *
 * @param[in,out] flow_m3s [step_count]
 */
void forest_change_flow(const struct forest *forest, const struct timeaxis *axis, double *flow_m3s);

#endif
