/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SALT_INTRUSION_H
#define NGUON_SOLVERS_SALT_INTRUSION_H

/*
 * Steady salt intrusion into an estuary whose cross-section narrows exponentially, in one or more
 * segments (Savenije 1993, J. Hydrol. 148:203; Savenije 2012, Salinity and Tides in Alluvial
 * Estuaries, ch. 5). x is the distance from the mouth, positive landward, m; the freshwater flow Q
 * runs to the sea and is above zero. With the salinity in excess of the river's, s:
 *
 *     ds/dx = -s Q / (A D),   dD/dx = -K Q / A   (Van der Burgh),   D / D0 = (s / s0)^K
 *
 * so that with J(x) = integral of dx / A from the mouth
 *
 *     D = D0 - K Q J(x),      s = s0 (D / D0)^(1/K),    s = s0 exp(-Q J / D0) for K = 0.
 */

enum { CHANNEL_SEGMENTS_MAX = 8 };

/** A stretch from `from_m` on; A = area_m2 exp(-(x - from_m) / convergence_m). */
struct channel_segment {
    double from_m; /**< 0 for the first, rising */
    double area_m2;
    double convergence_m; /**< INFINITY: prismatic; below 0: widens landward */
};

struct channel {
    int segment_count; /**< 1 ... CHANNEL_SEGMENTS_MAX */
    struct channel_segment segment[CHANNEL_SEGMENTS_MAX];
};

/** Area of the cross-section, m2. x_m below 0 goes on with the first segment. */
double channel_area_m2(const struct channel *channel, double x_m);

/** J(x) = integral of dx / A from 0 to x, 1/m. */
double channel_resistance(const struct channel *channel, double x_m);

/** Where J reaches a figure, m; INFINITY if a channel that widens landward never gets there. */
double channel_distance(const struct channel *channel, double resistance);

/** Volume from the mouth to x, m3. */
double channel_volume_m3(const struct channel *channel, double x_m);

/** A steady state. */
struct salt_intrusion {
    double flow_m3s;       /**< Q, above 0 */
    double dispersion_m2s; /**< D0 at the mouth, above 0 */
    double van_der_burgh;  /**< K, 0 ... 1 */
    double sea_kgm3;       /**< salinity at the mouth */
    double river_kgm3;     /**< of the river's water, below the sea's */
};

/** Salinity at a distance from the mouth, kg/m3: the river's beyond the toe. */
double salt_intrusion_salinity(const struct channel *channel, const struct salt_intrusion *state,
                               double x_m);

/** Dispersion at a distance, m2/s: 0 beyond the toe. */
double salt_intrusion_dispersion(const struct channel *channel, const struct salt_intrusion *state,
                                 double x_m);

/** Where the salinity falls to a value, m: 0 if the mouth is fresher, INFINITY if it never does (no
 *  flow, or a value not above the river's with K = 0). */
double salt_intrusion_distance(const struct channel *channel, const struct salt_intrusion *state,
                               double salinity_kgm3);

/** Intrusion length: where D falls to 0, m; INFINITY for K = 0 or no flow. */
double salt_intrusion_length(const struct channel *channel, const struct salt_intrusion *state);

/* ---- tide and dispersion --------------------------------------------------------------------- */

/** Dispersion at the mouth, from what. */
enum dispersion_form {
    DISPERSION_GIVEN,         /**< as it stands; profile of the tidal average */
    DISPERSION_TIDAL_AVERAGE, /**< c h sqrt(g h N), c = 26 (Van der Burgh 1972; Savenije 2012, eq.
                                   5.67); profile of the tidal average */
    DISPERSION_HIGH_WATER     /**< c (E v h / a) sqrt(N_R), c = 1400, without E / a in a prismatic
                                   channel (eq. 5.70); profile at high-water slack */
};

struct estuary_tide {
    double depth_m;      /**< h, mean of the salt reach */
    double velocity_ms;  /**< v, amplitude of the tidal velocity at the mouth */
    double period_s;     /**< T: 12.42 h or 24.84 h or what the constituents say */
    double density_step; /**< (rho_sea - rho_river) / rho_river, about 0.025 at sea */
};

/** Tidal excursion E = v T / pi, m. */
double tide_excursion_m(const struct estuary_tide *tide);

/** Canter-Cremers' number N = pi Q / (A0 v): the river's water in a tide against the flood volume.
 */
double tide_canter_cremers(const struct estuary_tide *tide, double mouth_area_m2, double flow_m3s);

/** Estuarine Richardson number N_R = (drho / rho) (g h / v2) N. */
double tide_richardson(const struct estuary_tide *tide, double mouth_area_m2, double flow_m3s);

/** Coefficient c of a predictive form as published: 26 or 1400. */
double dispersion_coefficient(enum dispersion_form form);

/** D0 = c' sqrt(Q) by a predictive form: the factor c', m2/s per sqrt(m3/s). */
double dispersion_per_root_flow(enum dispersion_form form, double coefficient,
                                const struct channel *channel, const struct estuary_tide *tide);

/** Van der Burgh's K = 4.38 h^0.36 B^-0.21 b^-0.14, with the width B at the mouth and its
 *  convergence length b (Savenije 2005), kept between 0.01 and 0.99. */
double van_der_burgh_of_shape(double depth_m, double width_m, double width_convergence_m);

/** Where in the tide a profile stands. */
enum tide_phase { TIDE_LOW_WATER = -1, TIDE_AVERAGE = 0, TIDE_HIGH_WATER = 1 };

/** How far a profile of one phase lies landward of another, m: S_to(x) = S_from(x - shift). */
double tide_shift_m(const struct estuary_tide *tide, enum tide_phase from, enum tide_phase to);

/**
 * The least flow that keeps the salinity at a place at or below a limit, m3/s: the inverse of
 * salt_intrusion_distance, for a fixed D0 or, where root_dispersion is above 0, for D0 =
 * root_dispersion sqrt(Q).
 *
 * @return 0 if the sea itself is fresh enough; INFINITY at the mouth (x_m <= 0) or if the limit is
 *         at or below the river's salinity and K is 0
 */
double salt_repelling_flow_m3s(const struct channel *channel, const struct salt_intrusion *state,
                               double root_dispersion, double x_m, double limit_kgm3);

/** Share of the tide during which an intake is fresh, if the salinity limit swings by half an
 *  excursion about its mean place: f = 1 - acos(c) / pi, c = (x_intake - x_limit) / (E / 2) held to
 *  -1 ... 1. */
double tide_open_share(const struct estuary_tide *tide, double intake_m, double limit_m);

#endif
