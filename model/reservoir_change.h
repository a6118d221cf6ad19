/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_RESERVOIR_CHANGE_H
#define NGUON_MODEL_RESERVOIR_CHANGE_H

#include "model/basin.h"

/*
 * Figures of a dam that are not known for sure and are sampled: a copy of a reservoir with its own
 * outlets, of which single figures are changed.
 */

/** A copy that shares all but the outlets. @return STATUS_OK or STATUS_MEMORY */
enum status reservoir_copy(const struct reservoir *from, struct reservoir *out);
void reservoir_copy_finish(struct reservoir *copy);

/**
 * Change a figure: "dam.crest_level", "dam.wind.speed" or "outlets.spillway.width", as in the basin
 * file. Numbers without a unit are SI.
 * @return STATUS_OK; STATUS_INPUT: no such figure (with those near it), a wrong unit, out of range
 */
enum status reservoir_change(struct reservoir *copy, const char *path, const char *value,
                             struct error *err);

#endif
