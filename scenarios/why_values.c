/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/why_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Who gets one m3 more at a node: the step solved again with it, against the step as it was. */

static const double gain_zero = 1e-6; /* m3 of one m3: less is rounding */

/* Rank of the first goal that wants a column, -1 if none before the last rank. */
static int
rank_of_column(const struct network *network, int column_j)
{
    for (int i = 0; i < network->term_count; i++)
        if (network->term[i].column_j == column_j && network->term[i].cost < 0.0)
            return network->term[i].rank_i;
    return -1;
}

struct value_list {
    struct why_value *value;
    int count, capacity;
    bool failed;
};

static void
add_value(struct value_list *list, int first, const struct why_value *value)
{
    for (int i = first; i < list->count; i++) {
        struct why_value *other = &list->value[i];
        if (other->kind == value->kind && other->owner_i == value->owner_i &&
            other->rank_i == value->rank_i) {
            other->gain += value->gain;
            return;
        }
    }
    if (list->count == list->capacity) {
        int capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        struct why_value *larger = realloc(list->value, (size_t)capacity * sizeof *larger);
        if (larger == NULL) {
            list->failed = true;
            return;
        }
        list->value = larger;
        list->capacity = capacity;
    }
    list->value[list->count++] = *value;
}

/* What the columns of one program gained, by goal. */
static void
compare(const struct study *study, const double *before, int program_p, int node_i,
        struct value_list *list)
{
    const struct network *network = study->allocation->network;
    const struct program *program = &network->program[program_p];
    int first = list->count;
    for (int local_j = 0; local_j < program->column_count; local_j++) {
        int j = program->column_of[local_j];
        const struct column_meaning *meaning = &study->meaning[j];
        struct why_value value = {.node_i = node_i,
                                  .owner_i = meaning->node_i,
                                  .gain = study->allocation->value[j] - before[j]};
        if (meaning->kind == COLUMN_PART) {
            value.kind = WHY_DEMAND;
        } else if (meaning->kind == COLUMN_MINIMUM) {
            value.kind = WHY_FLOW;
            value.owner_i = meaning->element_i;
        } else if (meaning->kind == COLUMN_BAND || meaning->kind == COLUMN_GROUND) {
            value.kind = WHY_STORAGE;
        } else {
            continue;
        }
        value.rank_i = rank_of_column(network, j);
        if (value.gain != 0.0)
            add_value(list, first, &value);
    }
    int kept = first;
    for (int i = first; i < list->count; i++)
        if (fabs(list->value[i].gain) > gain_zero)
            list->value[kept++] = list->value[i];
    list->count = kept;
}

enum status
why_values(const struct why_question *question, struct why_value **value, int *count,
           struct error *err)
{
    struct study study;
    struct value_list list = {0};
    double *before = NULL;
    enum status status = STATUS_OK;
    *value = NULL;
    *count = 0;
    TRY(study_open(&study, question, err));
    const struct network *network = study.allocation->network;
    size_t size = (size_t)network->column_count * sizeof *before;
    before = malloc(size + sizeof *before);
    if (before == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the values of water"));
    memcpy(before, study.allocation->value, size);
    int own_row = network->node_row[question->basin->demand[question->demand_d].node_i];
    int program_p = network->row_program[own_row];
    for (int node_i = 0; node_i < question->basin->node_count && !list.failed; node_i++) {
        int row_i = network->node_row[node_i];
        if (row_i < 0 || network->row_program[row_i] != program_p)
            continue;
        struct why_item raise = {
            .kind = WHY_WATER, .node_i = node_i, .link_l = -1, .rule_i = -1, .extra_m3 = 1.0};
        /* where a m3 more has no way out, it has no value either */
        if (study_solve(&study, &raise, 1, NULL) == STATUS_OK)
            compare(&study, before, program_p, node_i, &list);
    }
    if (list.failed)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the values of water"));
    *value = list.value;
    *count = list.count;
    list.value = NULL;
out:
    free(list.value);
    free(before);
    study_close(&study);
    return status;
}
