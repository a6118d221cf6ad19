/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_TIDE_H
#define NGUON_MODEL_TIDE_H

#include "model/diagnostics.h"
#include "model/timeaxis.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The tide by harmonic synthesis:
 *
 *     h(t) = z0 + sum of f_i H_i cos(V_i(t) + u_i - g_i)
 *
 * V is the astronomical argument from the mean longitudes of moon and sun (Meeus 1998, Astronomical
 * Algorithms, ch. 25 and 47) at Greenwich; f and u are the corrections for the 18.6 years of the
 * lunar nodes (Schureman 1958, Manual of Harmonic Analysis and Prediction of Tides, U.S. Coast and
 * Geodetic Survey SP 98). Times are UTC, so that phases must be those for Greenwich.
 */

enum { TIDE_CONSTITUENTS_MAX = 96 };

/** What a table's phases mean. */
enum tide_phases {
    TIDE_PHASES_GREENWICH, /**< the usual lag g behind V + u at Greenwich */
    TIDE_PHASES_DOODSON    /**< lag behind the sum of Doodson's numbers alone, without its multiples
                                of a quarter turn, the lunar day counted from midnight */
};

struct tide {
    double mean_level_m; /**< z0 */
    int count;
    struct tide_part {
        int kind_i; /**< of the constituents that are known */
        double amplitude_m, phase_deg;
    } part[TIDE_CONSTITUENTS_MAX];
};

/** A constituent that is known by its name, or -1; upper and lower case are the same, and RHO1 =
 *  RO1, LAMBDA2 = LDA2 = LAM2, SGM = SIGMA1, MTM = MFM, EP2 = EPS2. */
int tide_find_constituent(const char *name);
int tide_constituent_count(void);
const char *tide_constituent_name(int kind_i);

/** Speed, degrees in an hour, from the rates of the mean longitudes in 2000. */
double tide_speed_deg_h(int kind_i);

/** f and u of a constituent at a moment (seconds since 1970-01-01 00:00 UTC), u in degrees. */
void tide_node_correction(int kind_i, int64_t instant_s, double *f, double *u_deg);

/** Add a constituent. @return false if it is not known, given twice, or there is no room */
bool tide_add(struct tide *tide, const char *name, double amplitude_m, double phase_deg,
              enum tide_phases phases);

/**
 * Read constituents of a station from a CSV file with the columns `constituent`, `amp_m` or
 * `amplitude_m`, `phase_deg`, and, if there are several stations, `station`.
 *
 * @param[in] station  NULL: the only one of the file
 * @return STATUS_OK, STATUS_INPUT (all faults are in diagnostics with their lines: constituents
 * that are not known or named twice, amplitudes below 0, a station that is not there, no diurnal or
 * semidiurnal one at all), STATUS_MEMORY
 */
enum status tide_read_csv(struct tide *tide, const char *path, const char *station,
                          enum tide_phases phases, struct diagnostics *diagnostics);

/** Level at a moment, m. */
double tide_level_m(const struct tide *tide, int64_t instant_s);

/** Levels at equal times, [count]; node corrections are those of the middle. */
void tide_levels_m(const struct tide *tide, int64_t start_s, double interval_s, int count,
                   double *level_m);

/** A day's tide. */
struct tide_day {
    double highest_m, lowest_m;
    double mean_m;
};

/** Highest and lowest level of the 25 h from an instant (a turn of the tide and more, diurnal
 *  or not), to about a millimetre. */
struct tide_day tide_day(const struct tide *tide, int64_t start_s);

/** Highest and lowest astronomical tide: extremes of the days of 19 years from the start of a year.
 */
struct tide_day tide_extremes(const struct tide *tide, int first_year);

/**
 * Period of the tide that matters for excursion: 24.84 h where the diurnal constituents K1 + O1
 * outweigh M2 + S2 (form number above 1), else 12.42 h. The form number itself goes to *form, NAN
 * if none is there.
 */
double tide_period_s(const struct tide *tide, double *form);

#endif
