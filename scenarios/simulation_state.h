/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_SIMULATION_STATE_H
#define NGUON_SCENARIOS_SIMULATION_STATE_H

#include "solvers/status.h"

#include <stdbool.h>
#include <stddef.h>

struct simulation;

/**
 * All that a simulation remembers between two steps, as bytes that know their own length and
 * checksum. They have three parts:
 *
 * - the shape: ids of the elements that remember something, start and step of the run;
 * - the water: storages, aquifers, water on its way in rivers, salt and other substances, what
 *   licences have seen, stages of drought plans, intakes that are shut, shortages that go on, and
 *   the indicators so far. It means the same under other rules;
 * - the machine: what has been looked up and the solver's bases, as this build lays it out. With it
 *   the run goes on as the whole one does, bit for bit.
 *
 * What the state does not hold is the series of the results before it.
 */
struct simulation_state {
    int step_t; /**< the step that comes next, 1 or more; 0: no state */
    size_t size;
    unsigned char *bytes; /**< [size] owned */
};

/**
 * The state between two steps. Memory that out has is used again.
 *
 * @return STATUS_OK; STATUS_USAGE before the first step, or if the solver is GLPK, whose bases
 *         cannot be kept; STATUS_MEMORY
 */
enum status simulation_state_save(struct simulation *simulation, struct simulation_state *out,
                                  struct error *err);

/**
 * Go on from a state, whatever the simulation has done before. The indicators become those of the
 * state; series that are kept are left as they are.
 *
 * Whole states belong to the same basin, inputs, scenario and build: the caller sees to that (the
 * lengths would differ, at best). With only_water the rules may be others than they were: elements,
 * start and step of the run must be the same, its end need not. Then all is looked up afresh and
 * the solver begins without a basis. A rolling licence remembers no further back than it did.
 *
 * @return STATUS_OK; STATUS_INPUT with the first element that differs, or if the bytes are damaged,
 *         none of ours, of another version, or of a step beyond the run; STATUS_USAGE if the run is
 *         verified, or not by the simplex method; STATUS_MEMORY. Nothing is changed by a refusal
 *         but of a whole state whose lengths differ: that simulation can only be destroyed.
 */
enum status simulation_state_load(struct simulation *simulation,
                                  const struct simulation_state *state, bool only_water,
                                  struct error *err);

/** Bytes of a file or of another process as a state. @return false if they are none */
bool simulation_state_of(unsigned char *bytes, size_t size, struct simulation_state *out);

/** Free the bytes; the struct may be used again. */
void simulation_state_finish(struct simulation_state *state);

#endif
