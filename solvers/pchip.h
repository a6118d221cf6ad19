/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_PCHIP_H
#define NGUON_SOLVERS_PCHIP_H

#include "solvers/status.h"

/**
 * Monotone piecewise cubic Hermite interpolation (Fritsch & Carlson 1980, SIAM J. Numer. Anal.
 * 17:238; weighted harmonic mean slopes of Fritsch & Butland 1984, three-point ends), as most
 * packages call PCHIP. Never overshoots the data; GSL has no such method (its Steffen spline has
 * other slopes).
 */
struct pchip {
    int count;
    double *x;     /**< [count], strictly rising; begins the block that holds the three */
    double *y;     /**< [count] */
    double *slope; /**< [count] dy/dx at the points */
};

/** Copy the points and compute the slopes. @return STATUS_INPUT if count < 2 or x does not rise */
enum status pchip_init(struct pchip *pchip, int count, const double *x, const double *y,
                       struct error *err);
void pchip_finish(struct pchip *pchip);

/** Value at x; outside the points the end value (constant). hint, if not NULL, speeds repeats. */
double pchip_eval(const struct pchip *pchip, double x, int *hint);

/** Inverse of a rising table: the x in [x_0, x_last] with pchip_eval(x) = y, to 1e-14 relative. */
double pchip_inverse(const struct pchip *pchip, double y);

#endif
