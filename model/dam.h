/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_DAM_H
#define NGUON_MODEL_DAM_H

#include "model/basin.h"

/** What wind does at a dam. */
struct wind_waves {
    double height_m, period_s; /**< significant height, and period of the peak */
    double setup_m;            /**< rise of the water towards the dam */
    double runup_m;            /**< exceeded by 2 % of the waves, above that water */
};

/**
 * Waves in deep water of limited fetch: H = 5.112e-4 U sqrt(F), T = 6.238e-2 (U F)^(1/3), at most
 * 2.482e-2 U^2 and 0.83 U, with U = 0.71 V^1.23 (US Army Shore Protection Manual 1984, chapter 3,
 * metric). Run-up R = f H min(1.65 xi, 4 - 1.5/sqrt(xi)), xi the slope over the root
 * of the steepness with the period T/1.1 (EurOtop 2007, section 5.2). Set-up k V^2 F cos(angle) /
 * (g depth), the form of TCVN 8421.
 */
struct wind_waves wind_waves(const struct wind *wind);

/** Required freeboard: set-up and run-up, if a wind is given, and `freeboard`; NAN: none. */
double dam_required_freeboard_m(const struct dam *dam);

/** Return periods of a class of dams. */
struct dam_class {
    double design_years, check_years;
    char flag[8];
};

/**
 * Find a class in a table in the form of data/dam_classes.csv.
 * @return STATUS_OK; STATUS_INPUT with file and line: no such class (and which are known), a column
 *         missing, a figure that is none, a check flood that is smaller than the design flood
 */
enum status dam_class_read(const char *path, const char *name, struct dam_class *out,
                           struct error *err);

#endif
