/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/network_build.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of a network's memory, freed together. */
struct block {
    struct block *next;
};

void *
network_alloc(struct network *network, size_t count, size_t size)
{
    struct block *block = calloc(1, sizeof *block + 64 + (count + 1) * size);
    if (block == NULL)
        return NULL;
    block->next = network->memory;
    network->memory = block;
    return (char *)block + 64;
}

void
network_destroy(struct network *network)
{
    if (network == NULL)
        return;
    for (int p = 0; network->lp != NULL && p < network->program_count; p++)
        lp_destroy(network->lp[p]);
    for (struct block *block = network->memory; block != NULL;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(network);
}

/* Room for one more element of a growing array. */
static void *
grow(struct builder *builder, void *array, int count, int *capacity, size_t size)
{
    if (count < *capacity && array != NULL)
        return array;
    int wanted = *capacity == 0 ? 256 : *capacity * 2;
    void *larger = realloc(array, (size_t)wanted * size);
    if (larger == NULL) {
        builder->failed = true;
        return array;
    }
    *capacity = wanted;
    return larger;
}

int
builder_column(struct builder *builder)
{
    int column_j = builder->network->column_count;
    builder->column_start =
        grow(builder, builder->column_start, column_j + 1, &builder->column_capacity, sizeof(int));
    if (builder->failed)
        return 0;
    builder->column_start[column_j] = builder->entry_count;
    builder->column_start[column_j + 1] = builder->entry_count;
    builder->network->column_count++;
    return column_j;
}

void
builder_entry(struct builder *builder, int row_i, double coefficient)
{
    if (builder->failed)
        return;
    int column_j = builder->network->column_count - 1;
    for (int k = builder->column_start[column_j]; k < builder->entry_count; k++)
        if (builder->row_index[k] == row_i) {
            builder->coefficient[k] += coefficient;
            return;
        }
    int capacity = builder->entry_capacity;
    builder->row_index =
        grow(builder, builder->row_index, builder->entry_count, &capacity, sizeof(int));
    builder->coefficient = grow(builder, builder->coefficient, builder->entry_count,
                                &builder->entry_capacity, sizeof(double));
    if (builder->failed)
        return;
    builder->row_index[builder->entry_count] = row_i;
    builder->coefficient[builder->entry_count] = coefficient;
    builder->entry_count++;
    builder->column_start[column_j + 1] = builder->entry_count;
}

static void
add_cost(struct builder *builder, struct cost_entry entry)
{
    builder->cost = grow(builder, builder->cost, builder->cost_count, &builder->cost_capacity,
                         sizeof *builder->cost);
    if (!builder->failed)
        builder->cost[builder->cost_count++] = entry;
}

void
builder_cost(struct builder *builder, long key, int column_j, double cost)
{
    add_cost(builder,
             (struct cost_entry){.key = key, .column_j = column_j, .cost = cost, .step_count = 1});
}

void
builder_steps(struct builder *builder, long key, int column_j, double cost, int step_count)
{
    add_cost(builder, (struct cost_entry){.key = key,
                                          .column_j = column_j,
                                          .cost = cost,
                                          .step_cost = cost,
                                          .step_count = step_count});
}

void
builder_group(struct builder *builder, long key, int column_j, int rank_i, double weight,
              enum share_rule share)
{
    builder_cost(builder, key, column_j, -1.0);
    builder->group = grow(builder, builder->group, builder->group_count, &builder->group_capacity,
                          sizeof *builder->group);
    if (!builder->failed)
        builder->group[builder->group_count++] =
            (struct group_entry){key, column_j, rank_i, weight, share};
}

static int
find_root(int *parent, int row_i)
{
    while (parent[row_i] != row_i) {
        parent[row_i] = parent[parent[row_i]];
        row_i = parent[row_i];
    }
    return row_i;
}

/* Rows that share a column belong together; programs are numbered by their first row. */
static bool
find_programs(struct builder *builder)
{
    struct network *network = builder->network;
    int *parent = network_alloc(network, (size_t)network->row_count, sizeof *parent);
    int *number = network_alloc(network, (size_t)network->row_count, sizeof *number);
    if (parent == NULL || number == NULL)
        return false;
    for (int i = 0; i < network->row_count; i++) {
        parent[i] = i;
        number[i] = -1;
    }
    for (int j = 0; j < network->column_count; j++)
        for (int k = network->column_start[j] + 1; k < network->column_start[j + 1]; k++) {
            int a = find_root(parent, network->row_index[network->column_start[j]]);
            int b = find_root(parent, network->row_index[k]);
            if (a < b)
                parent[b] = a;
            else
                parent[a] = b;
        }
    for (int i = 0; i < network->row_count; i++) {
        int root = find_root(parent, i);
        if (number[root] < 0)
            number[root] = network->program_count++;
        network->row_program[i] = number[root];
    }
    return true;
}

static bool
number_locals(struct network *network)
{
    network->program =
        network_alloc(network, (size_t)network->program_count, sizeof *network->program);
    network->lp = network_alloc(network, (size_t)network->program_count, sizeof *network->lp);
    if (network->program == NULL || network->lp == NULL)
        return false;
    for (int i = 0; i < network->row_count; i++)
        network->row_local[i] = network->program[network->row_program[i]].row_count++;
    for (int j = 0; j < network->column_count; j++) {
        int p = network->row_program[network->row_index[network->column_start[j]]];
        network->column_program[j] = p;
        network->column_local[j] = network->program[p].column_count++;
    }
    for (int p = 0; p < network->program_count; p++) {
        struct program *program = &network->program[p];
        program->row_of = network_alloc(network, (size_t)program->row_count, sizeof(int));
        program->column_of = network_alloc(network, (size_t)program->column_count, sizeof(int));
        if (program->row_of == NULL || program->column_of == NULL)
            return false;
    }
    for (int i = 0; i < network->row_count; i++)
        network->program[network->row_program[i]].row_of[network->row_local[i]] = i;
    for (int j = 0; j < network->column_count; j++)
        network->program[network->column_program[j]].column_of[network->column_local[j]] = j;
    return true;
}

static int
compare_costs(const void *a, const void *b)
{
    const struct cost_entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->column_j > y->column_j) - (x->column_j < y->column_j);
}

static int
compare_groups(const void *a, const void *b)
{
    const struct group_entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->column_j > y->column_j) - (x->column_j < y->column_j);
}

/* What lp_create is given, gathered for one program. */
struct draft {
    int *start, *row, *step_count;
    double *coefficient, *cost, *step_cost;
};

static bool
draft_init(struct draft *draft, const struct builder *builder, const struct program *program)
{
    size_t columns = (size_t)program->column_count, entries = (size_t)builder->entry_count;
    size_t costs = columns * (size_t)program->level_count;
    draft->start = calloc(columns + 1, sizeof *draft->start);
    draft->row = calloc(entries + 1, sizeof *draft->row);
    draft->coefficient = calloc(entries + 1, sizeof *draft->coefficient);
    draft->step_count = calloc(columns + 1, sizeof *draft->step_count);
    draft->cost = calloc(costs + 1, sizeof *draft->cost);
    draft->step_cost = calloc(costs + 1, sizeof *draft->step_cost);
    return draft->start != NULL && draft->row != NULL && draft->coefficient != NULL &&
           draft->step_count != NULL && draft->cost != NULL && draft->step_cost != NULL;
}

static void
draft_finish(struct draft *draft)
{
    free(draft->start);
    free(draft->row);
    free(draft->coefficient);
    free(draft->step_count);
    free(draft->cost);
    free(draft->step_cost);
}

static void
draft_columns(struct draft *draft, const struct network *network, const struct program *program)
{
    for (int local_j = 0; local_j < program->column_count; local_j++) {
        int j = program->column_of[local_j];
        int entry = draft->start[local_j];
        for (int k = network->column_start[j]; k < network->column_start[j + 1]; k++) {
            draft->row[entry] = network->row_local[network->row_index[k]];
            draft->coefficient[entry++] = network->coefficient[k];
        }
        draft->start[local_j + 1] = entry;
        draft->step_count[local_j] = 1;
    }
}

/* The costs are sorted by key: a new key is a new level. */
static void
draft_costs(struct draft *draft, const struct builder *builder, int p)
{
    const struct network *network = builder->network;
    int level = -1;
    long last_key = -1;
    for (int i = 0; i < builder->cost_count; i++) {
        const struct cost_entry *entry = &builder->cost[i];
        if (network->column_program[entry->column_j] != p)
            continue;
        if (entry->key != last_key)
            level++;
        last_key = entry->key;
        int local_j = network->column_local[entry->column_j];
        size_t place = (size_t)level * (size_t)network->program[p].column_count + (size_t)local_j;
        draft->cost[place] += entry->cost;
        draft->step_cost[place] += entry->step_cost;
        if (entry->step_count > 1)
            draft->step_count[local_j] = entry->step_count;
    }
}

/* The local level of a key in a program: how many smaller keys the program has. */
static int
level_of_key(const struct builder *builder, int p, long key)
{
    int level = 0;
    long last_key = -1;
    for (int i = 0; i < builder->cost_count && builder->cost[i].key < key; i++)
        if (builder->network->column_program[builder->cost[i].column_j] == p &&
            builder->cost[i].key != last_key) {
            last_key = builder->cost[i].key;
            level++;
        }
    return level;
}

/* One program's share of the collected matrix and costs, as the solver wants them. */
static enum status
create_program(struct builder *builder, int p, enum lp_method method, struct error *err)
{
    enum status status = STATUS_MEMORY;
    struct network *network = builder->network;
    struct program *program = &network->program[p];
    struct draft draft;
    program->level_count = level_of_key(builder, p, LONG_MAX);
    program->rank_level_count = level_of_key(builder, p, after_rank_key(builder->basin, 0));
    if (!draft_init(&draft, builder, program)) {
        error_set(err, status, "out of memory for the allocation");
        goto out;
    }
    draft_columns(&draft, network, program);
    draft_costs(&draft, builder, p);
    struct lp_problem problem = {.row_count = program->row_count,
                                 .column_count = program->column_count,
                                 .level_count = program->level_count,
                                 .column_start = draft.start,
                                 .row_index = draft.row,
                                 .coefficient = draft.coefficient,
                                 .cost = draft.cost,
                                 .step_count = draft.step_count,
                                 .step_cost = draft.step_cost};
    status = lp_create(&problem, method, &network->lp[p], err);
out:
    draft_finish(&draft);
    return status;
}

static bool
create_groups(struct builder *builder)
{
    struct network *network = builder->network;
    size_t count = (size_t)builder->group_count;
    network->group = network_alloc(network, count, sizeof *network->group);
    if (network->group == NULL)
        return false;
    for (int p = 0; p < network->program_count; p++) {
        struct use_group *group = NULL;
        long last_key = -1;
        network->program[p].first_group = network->group_count;
        for (int i = 0; i < builder->group_count; i++) {
            const struct group_entry *entry = &builder->group[i];
            if (network->column_program[entry->column_j] != p)
                continue;
            if (entry->key != last_key) {
                group = &network->group[network->group_count++];
                group->program_p = p;
                group->level = level_of_key(builder, p, entry->key);
                group->share = entry->share;
                group->rank_i = entry->rank_i;
                group->column_j = network_alloc(network, count, sizeof(int));
                group->weight = network_alloc(network, count, sizeof(double));
                if (group->column_j == NULL || group->weight == NULL)
                    return false;
                last_key = entry->key;
            }
            group->column_j[group->part_count] = entry->column_j;
            group->weight[group->part_count++] = entry->weight;
        }
        network->program[p].group_count = network->group_count - network->program[p].first_group;
    }
    return true;
}

/* What each goal makes of its columns, for those who explain a result. */
static bool
keep_terms(struct builder *builder)
{
    struct network *network = builder->network;
    network->term = network_alloc(network, (size_t)builder->cost_count, sizeof *network->term);
    int *level = calloc((size_t)network->program_count + 1, sizeof *level);
    long *last_key = calloc((size_t)network->program_count + 1, sizeof *last_key);
    bool good = network->term != NULL && level != NULL && last_key != NULL;
    for (int p = 0; p < network->program_count && good; p++)
        level[p] = -1;
    for (int i = 0; i < builder->cost_count && good; i++) {
        const struct cost_entry *entry = &builder->cost[i];
        int p = network->column_program[entry->column_j];
        if (level[p] < 0 || entry->key != last_key[p])
            level[p]++;
        last_key[p] = entry->key;
        long rank_i = entry->key / KEY_RANK_SPAN;
        network->term[network->term_count++] =
            (struct goal_term){p, level[p], rank_i < builder->basin->rank_count ? (int)rank_i : -1,
                               entry->column_j, entry->cost};
    }
    free(level);
    free(last_key);
    return good;
}

/* Take the growing arrays over into the network's own memory. */
static bool
keep_matrix(struct builder *builder)
{
    struct network *network = builder->network;
    size_t columns = (size_t)network->column_count, entries = (size_t)builder->entry_count;
    network->column_start = network_alloc(network, columns + 1, sizeof(int));
    network->row_index = network_alloc(network, entries, sizeof(int));
    network->coefficient = network_alloc(network, entries, sizeof(double));
    network->row_program = network_alloc(network, (size_t)network->row_count, sizeof(int));
    network->row_local = network_alloc(network, (size_t)network->row_count, sizeof(int));
    network->column_program = network_alloc(network, columns, sizeof(int));
    network->column_local = network_alloc(network, columns, sizeof(int));
    if (network->column_start == NULL || network->row_index == NULL ||
        network->coefficient == NULL || network->row_program == NULL ||
        network->row_local == NULL || network->column_program == NULL ||
        network->column_local == NULL)
        return false;
    if (columns > 0) {
        memcpy(network->column_start, builder->column_start, (columns + 1) * sizeof(int));
        memcpy(network->row_index, builder->row_index, entries * sizeof(int));
        memcpy(network->coefficient, builder->coefficient, entries * sizeof(double));
    }
    return true;
}

enum status
builder_split(struct builder *builder, enum lp_method method, struct error *err)
{
    struct network *network = builder->network;
    if (!keep_matrix(builder) || !find_programs(builder) || !number_locals(network))
        return error_set(err, STATUS_MEMORY, "out of memory for the network");
    if (builder->cost_count > 0)
        qsort(builder->cost, (size_t)builder->cost_count, sizeof *builder->cost, compare_costs);
    if (builder->group_count > 0)
        qsort(builder->group, (size_t)builder->group_count, sizeof *builder->group, compare_groups);
    if (!create_groups(builder) || !keep_terms(builder))
        return error_set(err, STATUS_MEMORY, "out of memory for the network");
    for (int p = 0; p < network->program_count; p++) {
        enum status status = create_program(builder, p, method, err);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status
network_set_coefficient(struct network *network, int column_j, int row_i, double coefficient)
{
    for (int k = network->column_start[column_j]; k < network->column_start[column_j + 1]; k++) {
        if (network->row_index[k] != row_i)
            continue;
        if (network->coefficient[k] == coefficient)
            return STATUS_OK;
        network->coefficient[k] = coefficient;
        return lp_set_coefficient(network->lp[network->column_program[column_j]],
                                  network->row_local[row_i], network->column_local[column_j],
                                  coefficient);
    }
    return STATUS_INPUT;
}

double
network_coefficient(const struct network *network, int column_j, int row_i)
{
    for (int k = network->column_start[column_j]; k < network->column_start[column_j + 1]; k++)
        if (network->row_index[k] == row_i)
            return network->coefficient[k];
    return 0.0;
}
