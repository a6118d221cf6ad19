/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/*
 * A plant runs at its turn-down or above, or not at all. A linear program cannot say so; the step
 * is solved without the gap first, and plants that came out in it are settled one by one.
 */

static const double gap_tolerance = 1e-9; /* of the turn-down, at both ends of the gap */
static const double level_tolerance = 1e-9;

static bool
is_in_gap(const struct simulation *simulation, int passage_p)
{
    const struct works *works = &simulation->works[passage_p];
    const struct allocation *allocation = simulation->allocation;
    int column_j = allocation->network->passage_column[passage_p];
    double least_m3 = works->turn_down_m3s * simulation->dt_s;
    double flow_m3 = allocation->value[column_j];
    return works->state == TURN_DOWN_OPEN && flow_m3 > least_m3 * gap_tolerance &&
           flow_m3 < least_m3 * (1.0 - gap_tolerance);
}

static enum status
solve_with(struct simulation *simulation, int passage_p, enum turn_down state)
{
    struct works *works = &simulation->works[passage_p];
    struct allocation *allocation = simulation->allocation;
    double least_m3 = 0.0, most_m3 = 0.0;
    if (state == TURN_DOWN_ON) {
        least_m3 = works->turn_down_m3s * simulation->dt_s;
        most_m3 = works->capacity_m3s * simulation->dt_s;
    }
    works->state = state;
    allocation_bounds(allocation, allocation->network->passage_column[passage_p], least_m3,
                      most_m3);
    simulation->result->basin.solve_count++;
    return allocation_solve(allocation);
}

/* Whether what has just been solved serves the ranks of the plant's program better than the values
 * kept, at the highest rank where they differ. */
static bool
serves_better(const struct simulation *simulation, int program_p, const double *kept)
{
    const struct network *network = simulation->allocation->network;
    for (int level = 0; level < network->program[program_p].rank_level_count; level++) {
        double size;
        double value = lp_level_value(network->lp[program_p], level, &size);
        double slack = level_tolerance * fmax(size, fmax(fabs(value), fabs(kept[level])));
        if (fabs(value - kept[level]) > slack)
            return value < kept[level];
    }
    return false;
}

/* What the ranks of the plant's program have come to. */
static void
keep_levels(struct simulation *simulation, int program_p)
{
    const struct network *network = simulation->allocation->network;
    double size;
    for (int level = 0; level < network->program[program_p].rank_level_count; level++)
        simulation->level_value[level] = lp_level_value(network->lp[program_p], level, &size);
}

/* A plant that an earlier one depends on can neither be off nor run: then none that was settled
 * runs, which is always possible, since no water is forced through plants with a turn-down. */
static enum status
switch_off(struct simulation *simulation, int passage_p)
{
    for (int i = 0; i < simulation->turn_down_count; i++) {
        int other_p = simulation->turn_down_p[i];
        if (simulation->works[other_p].state != TURN_DOWN_ON)
            continue;
        simulation->works[other_p].state = TURN_DOWN_OFF;
        allocation_bounds(simulation->allocation,
                          simulation->allocation->network->passage_column[other_p], 0.0, 0.0);
    }
    return solve_with(simulation, passage_p, TURN_DOWN_OFF);
}

/* Off if that is no worse than running at the turn-down; what a plant cannot do is no choice. */
static enum status
settle(struct simulation *simulation, int passage_p)
{
    const struct works *works = &simulation->works[passage_p];
    const struct network *network = simulation->allocation->network;
    int program_p = network->column_program[network->passage_column[passage_p]];
    enum status off = solve_with(simulation, passage_p, TURN_DOWN_OFF), on = STATUS_INFEASIBLE;
    if (off == STATUS_OK)
        keep_levels(simulation, program_p);
    else if (off != STATUS_INFEASIBLE)
        return off;
    if (works->turn_down_m3s <= works->capacity_m3s)
        on = solve_with(simulation, passage_p, TURN_DOWN_ON);
    if (on == STATUS_OK &&
        (off != STATUS_OK || serves_better(simulation, program_p, simulation->level_value)))
        return STATUS_OK;
    if (on != STATUS_OK && on != STATUS_INFEASIBLE)
        return on;
    return off == STATUS_OK ? solve_with(simulation, passage_p, TURN_DOWN_OFF)
                            : switch_off(simulation, passage_p);
}

enum status
settle_turn_downs(struct simulation *simulation)
{
    for (int i = 0; i < simulation->turn_down_count; i++)
        simulation->works[simulation->turn_down_p[i]].state = TURN_DOWN_OPEN;
    for (int i = 0; i < simulation->turn_down_count; i++) {
        if (!is_in_gap(simulation, simulation->turn_down_p[i]))
            continue;
        enum status status = settle(simulation, simulation->turn_down_p[i]);
        if (status != STATUS_OK)
            return status;
        i = -1; /* the step is another one: look at all plants again */
    }
    return STATUS_OK;
}
