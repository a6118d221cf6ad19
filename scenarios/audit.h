/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_AUDIT_H
#define NGUON_SCENARIOS_AUDIT_H

#include "scenarios/allocation.h"
#include "scenarios/result.h"

/*
 * The record from which the allocation of any step can be made again and explained: what the step
 * allowed, element by element, in double precision. The network itself follows from the basin.
 * One table (AUDIT_VARIABLES in result.h) names the variables; here they are taken from an
 * allocation and put back into one.
 */

/** The record of one step: value[variable][element]. */
struct audit_step {
    double *value[AUDIT_VARIABLE_COUNT];
};

/** Memory for the record of a step. @return STATUS_OK, STATUS_MEMORY */
enum status audit_step_init(struct audit_step *step, const struct basin *basin);
void audit_step_finish(struct audit_step *step);

/** What the allocation itself holds of a variable (bounds, known water, coefficients); NAN where
 *  the element has no such column. */
double audit_of_allocation(const struct allocation *allocation, enum audit_variable variable,
                           int element_i);

/**
 * Bounds, known water and coefficients of a recorded step back into an allocation of the same
 * basin; allocation_solve then finds the very shares of that step.
 * @return STATUS_OK; STATUS_INPUT if the record does not fit the basin
 */
enum status audit_restore(const struct audit_step *step, struct allocation *allocation,
                          struct error *err);

/** The demand and the place among its returns of an element of kind ELEMENT_RETURN. */
void audit_find_return(const struct basin *basin, int element_i, int *demand_d, int *return_i);

/** The split or blend of an element of kind ELEMENT_SPLIT or ELEMENT_BLEND, the place of its link.
 */
void audit_find_split(const struct basin *basin, int element_i, int *split_s, int *place);
void audit_find_blend(const struct basin *basin, int element_i, int *blend_b, int *place);

/** First element of kind ELEMENT_ZONE, or ELEMENT_RETURN, of a reservoir or demand. */
int audit_first_zone(const struct basin *basin, int reservoir_r);
int audit_first_return(const struct basin *basin, int demand_d);

#endif
