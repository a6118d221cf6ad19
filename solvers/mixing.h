/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_MIXING_H
#define NGUON_SOLVERS_MIXING_H

#include "solvers/status.h"

/*
 * What flows carry through a network of mixed nodes in one step. Arcs are fixed, the share of a
 * node's outgoing mass that each arc brings to its end changes with the flows. With y the mass that
 * leaves a node in the step,
 *
 *     y[n] = own[n] + pass[n] (enters[n] + sum over arcs a into n of share[a] y[from of a]),
 *
 * pass in 0 ... 1 being the part of what enters that leaves again in the step, and own what leaves
 * of the mass that the node held before. Nodes are taken downstream, those that lie on a common
 * cycle of arcs with a share above 0 are solved together.
 */

struct mixing_arc {
    int from, to;
};

struct mixing;

/** @return STATUS_OK, STATUS_MEMORY */
enum status mixing_create(int node_count, int arc_count, const struct mixing_arc *arc,
                          struct mixing **out, struct error *err);
void mixing_destroy(struct mixing *mixing);

/** The order of nodes for a step: call it before mixing_solve whenever a share goes to or from 0.
 *  @param[in] share  [arc_count] 0 ... 1; those of one node sum to 1 at most */
void mixing_order(struct mixing *mixing, const double *share);

/**
 * Solve for y. No memory is allocated but for a cycle that is longer than any before.
 *
 * On a cycle pass is held to 1 - 1e-12: mass that would go round for ever stays where it is, which
 * the caller, who keeps what does not leave, finds in its account.
 *
 * @param[in]  enters  [node_count] mass that enters from outside
 * @param[out] leaves  [node_count] y
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status mixing_solve(struct mixing *mixing, const double *share, const double *pass,
                         const double *own, const double *enters, double *leaves);

/** Add to each node what the arcs bring it of what leaves others. */
void mixing_add_arrivals(const struct mixing *mixing, const double *share, const double *leaves,
                         double *sum);

/**
 * A mixed storage through a step of steady flows: exact for V(t) between its two volumes,
 *
 *     d(V C)/dt = L - q C,    M_end = keeps M_start + stays L dt.
 *
 * Air takes and gives water without mass, so that V falls without q: then C rises.
 *
 * @param[in]  start_m3, end_m3  volumes
 * @param[in]  leaves_m3         volume that leaves with the water's own content
 * @param[out] keeps             part of the first mass that is there at the end
 * @param[out] stays             part of what enters, evenly through the step, that is
 */
void mixing_storage(double start_m3, double end_m3, double leaves_m3, double *keeps, double *stays);

#endif
