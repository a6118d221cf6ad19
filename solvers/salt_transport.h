/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SALT_TRANSPORT_H
#define NGUON_SOLVERS_SALT_TRANSPORT_H

#include "solvers/salt_intrusion.h"
#include "solvers/status.h"

#include <stdbool.h>

/*
 * Tidally averaged transport of salt along a channel, x positive landward from the mouth, flow Q
 * positive to the sea:
 *
 *     d(A S)/dt = d/dx (Q S + A D dS/dx) + lateral salt - withdrawn salt,   D = D0 (s / s0)^K
 *
 * with s the salinity in excess of the river's. Finite volumes, implicit Euler in time; the flux
 * across a face is the exact one of a constant field between two cells (Scharfetter & Gummel 1969,
 * IEEE Trans. Electron Devices 16:64):
 *
 *     F = (A D / dx) [B(-P) S_left - B(P) S_right],   P = -Q dx / (A D),   B(z) = z / (e^z - 1),
 *
 * so that the matrix is an M-matrix whatever the cell Péclet number and the time step: no salinity
 * leaves the range of what was there and what comes in. Order 2 in dx, order 1 in dt. The sea is a
 * given salinity at the mouth, also while the river runs out; at the river's end the river's water
 * comes in, or, where the flow is reversed, the channel's goes out.
 */

struct salt_transport;

/** What a step is given. */
struct salt_forcing {
    double dt_s;
    double dispersion_m2s; /**< D0 at the mouth */
    double van_der_burgh;  /**< K; 0: D0 everywhere */
    double sea_kgm3;       /**< at the mouth */
    double river_m3s;      /**< at the river's end; below 0 runs landward */
    double river_kgm3;
    const double *lateral_m3s;   /**< [cell] side inflow, 0 or more; NULL: none */
    const double *lateral_kgm3;  /**< [cell] its salinity; needed with lateral_m3s */
    const double *withdrawn_m3s; /**< [cell] taken with the cell's salt, 0 or more; NULL: none */
};

/** Salt of a step, kg; stored = sea + river + lateral - withdrawn to rounding. */
struct salt_account {
    double stored_kg; /**< rise of what the channel holds */
    double sea_kg;    /**< in from the sea; below 0 out */
    double river_kg;  /**< in from the river; below 0 out */
    double lateral_kg;
    double withdrawn_kg;
    int iteration_count; /**< of the dispersion that follows the salinity */
    bool converged;      /**< to the tolerance; always where one iteration is all that is asked */
};

/**
 * Make a channel of cell_count equal cells of length_m in all, filled with river water of 0 kg/m3.
 *
 * @return STATUS_OK; STATUS_USAGE for fewer than 2 cells or a length that is not above 0;
 *         STATUS_MEMORY
 */
enum status salt_transport_create(const struct channel *channel, double length_m, int cell_count,
                                  struct salt_transport **out, struct error *err);
void salt_transport_destroy(struct salt_transport *transport);

/** Give a channel the salinities of another one made alike. */
void salt_transport_copy(struct salt_transport *transport, const struct salt_transport *from);

/** Salinity of the cells, kg/m3, [cell_count]; may be written to set a state. */
double *salt_transport_salinity(struct salt_transport *transport);
int salt_transport_cell_count(const struct salt_transport *transport);

/** Centre of a cell, m from the mouth. */
double salt_transport_place_m(const struct salt_transport *transport, int cell_i);

/** Cell that holds a place; -1 outside the channel. */
int salt_transport_cell_at(const struct salt_transport *transport, double x_m);

/** Set every cell to the steady state at its centre. */
void salt_transport_set_steady(struct salt_transport *transport,
                               const struct salt_intrusion *state);

/**
 * How closely the dispersion follows the salinity of the end of the step: up to `most` iterations
 * until no cell changes by more than tolerance_kgm3. Default: 1, the dispersion of the start.
 */
void salt_transport_set_iterations(struct salt_transport *transport, int most,
                                   double tolerance_kgm3);

/** Least dispersion, m2/s; default 1. */
void salt_transport_set_least_dispersion(struct salt_transport *transport, double least_m2s);

/**
 * Move the salt through one step.
 *
 * @return STATUS_OK; STATUS_INPUT for dt or D0 not above 0, K outside 0 ... 1, a negative salinity,
 *         side inflow or withdrawal, or figures that are not finite (nothing is changed then);
 *         STATUS_NOT_FINITE if the salinities come out so
 * @note No allocation.
 */
enum status salt_transport_advance(struct salt_transport *transport,
                                   const struct salt_forcing *forcing, struct salt_account *account,
                                   struct error *err);

/** Salinity at a place, kg/m3: straight between centres, the sea's at the mouth. */
double salt_transport_salinity_at(const struct salt_transport *transport, double sea_kgm3,
                                  double x_m);

/** Farthest place at which the salinity is a value or more, m; 0 if it is nowhere. */
double salt_transport_distance(const struct salt_transport *transport, double sea_kgm3,
                               double salinity_kgm3);

#endif
