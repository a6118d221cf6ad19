/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_ALLOCATION_H
#define NGUON_SCENARIOS_ALLOCATION_H

#include "scenarios/network.h"

/*
 * Sharing the water of one step: bounds and known volumes in, volumes of every column out. The rank
 * order is the lexicographic objective of the programs; inside a rank that cannot be met in full
 * the shares are made max-min fair (leximin) by fairness_solve.
 *
 * Bounds and known volumes stay as they are until they are changed: a step hands over what is new
 * and is told what has moved.
 */

struct allocation {
    struct network *network;
    double *lower, *upper; /**< [column_count] bounds of the step, m3 */
    double *value;         /**< [column_count] result, m3 */
    double *known_m3;      /**< [row_count] water that enters the row whatever is decided, m3 */
    int *moved;            /**< [column_count] columns whose value changed in the last solve */
    bool *is_moved;        /**< [column_count] 1 for columns in that list */
    int moved_count;
    int *waiting;     /**< [column_count] columns whose bounds the solver does not have */
    bool *is_waiting; /**< [column_count] 1 for columns in that list */
    int waiting_count;
    int *group_of;         /**< [column_count] group of the column, -1 if none */
    bool *group_changed;   /**< [group_count] to be looked at again */
    bool *group_short;     /**< [group_count] short, as found when it was last looked at */
    bool *program_changed; /**< [program_count] some group of it is to be looked at */
    /* scratch of the fairness passes, sized for the largest program and group */
    double *multiplier;
    double *cap;
    int *state;
    long fairness_count; /**< steps in which some rank was short and shared out */
    bool fairness_used;
    int failed_program; /**< after a failure */
};

enum status allocation_create(const struct basin *basin, enum lp_method method,
                              struct allocation **out, struct error *err);
void allocation_destroy(struct allocation *allocation);

/** What allocation_bounds and allocation_known do when there is something new. */
void allocation_change_bounds(struct allocation *allocation, int column_j, double lower_m3,
                              double upper_m3);
void allocation_change_known(struct allocation *allocation, int row_i, double volume_m3);

/** Bounds of one column for this and later steps; -1 as column is ignored. */
static inline void
allocation_bounds(struct allocation *allocation, int column_j, double lower_m3, double upper_m3)
{
    if (column_j >= 0 &&
        (allocation->lower[column_j] != lower_m3 || allocation->upper[column_j] != upper_m3))
        allocation_change_bounds(allocation, column_j, lower_m3, upper_m3);
}

/** Water that enters a row in this and later steps; -1 as row is ignored. */
static inline void
allocation_known(struct allocation *allocation, int row_i, double volume_m3)
{
    if (row_i >= 0 && allocation->known_m3[row_i] != volume_m3)
        allocation_change_known(allocation, row_i, volume_m3);
}

/**
 * Solve every program for the present bounds and known volumes; value[] holds the result, moved[]
 * the columns whose value has changed.
 * @return STATUS_OK, STATUS_INFEASIBLE or STATUS_NO_CONVERGENCE with failed_program set
 */
enum status allocation_solve(struct allocation *allocation);

/**
 * Max-min fair shares of one group whose rank is short: raise the smallest share (volume / need /
 * weight) as far as it goes, fix what blocks it, raise the next. Needs an optimal program; leaves
 * it optimal with the group's columns fixed. Discrete Newton on the common share: each infeasible
 * try gives a certificate, and the certificate the next lower share (Radzik 1998, "Fractional
 * combinatorial optimization").
 */
enum lp_outcome fairness_solve(struct allocation *allocation, const struct use_group *group);

/** All that changes, of the solver too (solvers/snapshot.h). LP_SIMPLEX only. */
void allocation_carry(struct allocation *allocation, struct snapshot *snapshot);

/** Throw the bases away: the next solve depends on its bounds and known volumes alone. */
void allocation_forget(struct allocation *allocation);

/** Bounds for the solver only, until the end of this step. */
void allocation_hold(struct allocation *allocation, int column_j, double lower_m3, double upper_m3);

#endif
