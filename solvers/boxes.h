/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_BOXES_H
#define NGUON_SOLVERS_BOXES_H

#include "solvers/status.h"

/**
 * Mixed boxes that give each other of what they hold, through a step of steady flows:
 *
 *     dc/dt = A c + b,   A[i][j] >= 0 for i != j,   b >= 0,
 *
 * exact whatever the length of the step: exp(A t) as a series of terms that are all 0 or more
 * (uniformisation; Jensen 1953, Skand. Aktuarietidskr. 36:87), so that no content leaves the range
 * of what was there and what comes in.
 *
 * @param[in]     count  boxes
 * @param[in]     rate   [count][count] A, 1/s
 * @param[in]     gain   [count] b, content/s
 * @param[in]     dt_s   length of the step, 0 or more
 * @param[in,out] value  [count] c
 * @param[out]    mean   [count] of c through the step, so that c_end - c = (A mean + b) dt
 * @param[out]    room   [2 * count] scratch
 * @return STATUS_OK; STATUS_INPUT, nothing changed, for a rate between boxes or a gain below 0,
 *         figures that are not finite, or a box that is filled more than 1e7 times in the step
 */
enum status boxes_advance(int count, const double *rate, const double *gain, double dt_s,
                          double *value, double *mean, double *room);

#endif
