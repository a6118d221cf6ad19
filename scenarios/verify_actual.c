/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify_private.h"

#include <math.h>

/* The decisions of the step as values of the program's columns, and what they leave of its rows. */

double
verify_program_activity(const struct verifier *verifier, int row, double *size_m3)
{
    double sum_m3 = 0.0;
    *size_m3 = 0.0;
    for (int e = 0; e < verifier->entry_count; e++) {
        const struct balance_entry *entry = &verifier->entry[e];
        if (entry->row != row)
            continue;
        sum_m3 += entry->value * verifier->actual[entry->column];
        *size_m3 += fabs(entry->value * verifier->actual[entry->column]);
    }
    return sum_m3;
}

double
verify_program_rest(const struct verifier *verifier, int row, double *size_m3)
{
    double known_m3 = -verifier->row_lower[row];
    double sum_m3 = verify_program_activity(verifier, row, size_m3);
    *size_m3 += fabs(known_m3);
    return known_m3 + sum_m3;
}

/* The column that closes a node's upper row, after all others. */
static void
take_rest(struct verifier *verifier, int column, int node_i, double sign)
{
    double size_m3;
    if (column > 0)
        verifier->actual[column] =
            sign * verify_program_rest(verifier, verifier->row_in[node_i], &size_m3);
}

static void
take_storages(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    const struct columns *column = &verifier->column;
    double *actual = verifier->actual;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct lake_limits *lake = &verifier->limits.lake[r];
        actual[column->lake[r]] = outcome->lake_end_m3[r];
        actual[column->base[r]] = fmin(outcome->lake_end_m3[r], lake->base_m3);
        actual[column->reserve[r]] = fmin(outcome->lake_end_m3[r], lake->reserve_m3);
        actual[column->carry[r]] = fmin(outcome->lake_end_m3[r], lake->carry_m3);
        actual[column->target[r]] = fmin(outcome->lake_end_m3[r], lake->target_m3);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        actual[column->ground[a]] = outcome->aquifer_end_m3[a];
        actual[column->ground_base[a]] =
            fmin(outcome->aquifer_end_m3[a], basin->aquifer[a].minimum_storage_m3);
        double drawn_m3 = 0.0;
        for (int l = 0; l < basin->link_count; l++)
            if (basin->link[l].from == basin->aquifer[a].node_i && !basin->link[l].is_spill)
                drawn_m3 += outcome->link_flow_m3[l];
        actual[column->free[a]] = fmin(drawn_m3, verifier->limits.ground[a].free_m3);
        actual[column->reserved[a]] = drawn_m3 - actual[column->free[a]];
    }
}

void
verify_program_take_actual(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    const struct columns *column = &verifier->column;
    double *actual = verifier->actual;
    for (int j = 0; j <= column->count; j++)
        actual[j] = 0.0;
    for (int l = 0; l < basin->link_count; l++) {
        actual[column->link[l]] = outcome->link_flow_m3[l];
        if (column->minimum[l] > 0)
            actual[column->minimum[l]] =
                fmin(outcome->link_flow_m3[l], verifier->limits.link[l].minimum_m3);
    }
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++)
            actual[column->part[d][part]] = outcome->supplied_m3[d][part];
    take_storages(verifier, outcome);
    for (int s = 0; s < basin->source_count; s++)
        take_rest(verifier, column->source[s], basin->source[s].node_i, -1.0);
    for (int p = 0; p < basin->passage_count; p++)
        take_rest(verifier, column->works[p], basin->passage[p].node_i, 1.0);
    for (int a = 0; a < basin->aquifer_count; a++)
        take_rest(verifier, column->rejected[a], basin->aquifer[a].node_i, 1.0);
    verify_rules_take_actual(verifier, outcome);
}
