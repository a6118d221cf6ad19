/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/mixing.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double most_on_cycle = 1.0 - 1e-12;

struct mixing {
    int node_count, arc_count;
    struct mixing_arc *arc;
    int *start, *incoming; /**< arcs into each node: incoming[start[n] ... start[n + 1]] */
    /* the order: nodes of one component stand together, upstream ones first */
    int *order, *component_end; /**< [node_count] */
    int component_count;
    /* scratch of the search */
    int *number, *low, *stack, *path, *next;
    bool *on_stack;
    /* cycles */
    int *place; /**< [node_count] of a node in its component, -1 outside the present one */
    int capacity;
    double *matrix, *right;
};

void
mixing_destroy(struct mixing *mixing)
{
    if (mixing == NULL)
        return;
    void *const owned[] = {
        mixing->arc,           mixing->start,  mixing->incoming, mixing->order, mixing->number,
        mixing->component_end, mixing->low,    mixing->stack,    mixing->path,  mixing->next,
        mixing->place,         mixing->matrix, mixing->on_stack, mixing->right};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(mixing);
}

static int *
ints(int count)
{
    return calloc((size_t)count + 1, sizeof(int));
}

enum status
mixing_create(int node_count, int arc_count, const struct mixing_arc *arc, struct mixing **out,
              struct error *err)
{
    struct mixing *mixing = calloc(1, sizeof *mixing);
    *out = NULL;
    if (mixing == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the mixing of waters");
    mixing->node_count = node_count;
    mixing->arc_count = arc_count;
    mixing->arc = calloc((size_t)arc_count + 1, sizeof *mixing->arc);
    mixing->on_stack = calloc((size_t)node_count + 1, sizeof *mixing->on_stack);
    int **const by_node[] = {&mixing->start, &mixing->order,         &mixing->number,
                             &mixing->low,   &mixing->component_end, &mixing->stack,
                             &mixing->path,  &mixing->next,          &mixing->place};
    bool good = mixing->arc != NULL && mixing->on_stack != NULL;
    for (size_t i = 0; i < sizeof by_node / sizeof *by_node; i++)
        good = (*by_node[i] = ints(node_count + 1)) != NULL && good;
    good = (mixing->incoming = ints(arc_count)) != NULL && good;
    if (!good) {
        mixing_destroy(mixing);
        return error_set(err, STATUS_MEMORY, "out of memory for the mixing of waters");
    }
    for (int a = 0; a < arc_count; a++) {
        mixing->arc[a] = arc[a];
        mixing->start[arc[a].to + 1]++;
    }
    for (int n = 0; n < node_count; n++) {
        mixing->start[n + 1] += mixing->start[n];
        mixing->next[n] = mixing->start[n];
        mixing->place[n] = -1;
    }
    for (int a = 0; a < arc_count; a++)
        mixing->incoming[mixing->next[arc[a].to]++] = a;
    *out = mixing;
    return STATUS_OK;
}

/* ---- order: Tarjan's components, found from each node upstream ------------------------------- */

/* A node above the one at the end of the path that has not been seen, -1 if there is none left. */
static int
unseen_above(struct mixing *mixing, const double *share, int node_n)
{
    while (mixing->next[node_n] < mixing->start[node_n + 1]) {
        int arc_a = mixing->incoming[mixing->next[node_n]++];
        int above = mixing->arc[arc_a].from;
        if (!(share[arc_a] > 0.0))
            continue;
        if (mixing->number[above] == 0)
            return above;
        if (mixing->on_stack[above] && mixing->number[above] < mixing->low[node_n])
            mixing->low[node_n] = mixing->number[above];
    }
    return -1;
}

/* All components that are reached from a node and have not been found before. */
static void
search_from(struct mixing *mixing, const double *share, int first_n, int *seen, int *found)
{
    int depth = 0, stacked = 0;
    mixing->path[depth++] = first_n;
    while (depth > 0) {
        int n = mixing->path[depth - 1];
        if (mixing->number[n] == 0) {
            mixing->number[n] = mixing->low[n] = ++*seen;
            mixing->stack[stacked++] = n;
            mixing->on_stack[n] = true;
            mixing->next[n] = mixing->start[n];
        }
        int above = unseen_above(mixing, share, n);
        if (above >= 0) {
            mixing->path[depth++] = above;
            continue;
        }
        depth--;
        if (depth > 0 && mixing->low[n] < mixing->low[mixing->path[depth - 1]])
            mixing->low[mixing->path[depth - 1]] = mixing->low[n];
        if (mixing->low[n] != mixing->number[n])
            continue;
        for (int member = -1; member != n;) {
            member = mixing->stack[--stacked];
            mixing->on_stack[member] = false;
            mixing->order[(*found)++] = member;
        }
        mixing->component_end[mixing->component_count++] = *found;
    }
}

void
mixing_order(struct mixing *mixing, const double *share)
{
    int seen = 0, found = 0;
    mixing->component_count = 0;
    for (int n = 0; n < mixing->node_count; n++)
        mixing->number[n] = 0;
    for (int n = 0; n < mixing->node_count; n++)
        if (mixing->number[n] == 0)
            search_from(mixing, share, n, &seen, &found);
}

/* ---- masses ---------------------------------------------------------------------------------- */

/* Gauss without a search for pivots: in every column the diagonal outweighs the rest, since no more
 * leaves a node than enters it. */
static void
eliminate(double *matrix, double *right, int count)
{
    for (int k = 0; k < count; k++)
        for (int i = k + 1; i < count; i++) {
            double factor = matrix[i * count + k] / matrix[k * count + k];
            if (factor == 0.0)
                continue;
            for (int j = k + 1; j < count; j++)
                matrix[i * count + j] -= factor * matrix[k * count + j];
            right[i] -= factor * right[k];
        }
    for (int k = count - 1; k >= 0; k--) {
        for (int j = k + 1; j < count; j++)
            right[k] -= matrix[k * count + j] * right[j];
        right[k] /= matrix[k * count + k];
    }
}

static bool
grow(struct mixing *mixing, int count)
{
    if (count <= mixing->capacity)
        return true;
    double *matrix = realloc(mixing->matrix, (size_t)count * (size_t)count * sizeof *matrix);
    if (matrix != NULL)
        mixing->matrix = matrix;
    double *right = realloc(mixing->right, (size_t)count * sizeof *right);
    if (right != NULL)
        mixing->right = right;
    if (matrix == NULL || right == NULL)
        return false;
    mixing->capacity = count;
    return true;
}

/* Nodes order[first] ... order[end - 1], which all lie on common cycles. */
static bool
solve_cycle(struct mixing *mixing, int first, int end, const double *share, const double *pass,
            const double *own, const double *enters, double *leaves)
{
    int count = end - first;
    if (!grow(mixing, count))
        return false;
    for (int i = 0; i < count; i++)
        mixing->place[mixing->order[first + i]] = i;
    for (int i = 0; i < count * count; i++)
        mixing->matrix[i] = 0.0;
    for (int i = 0; i < count; i++) {
        int n = mixing->order[first + i];
        double part = pass[n] < most_on_cycle ? pass[n] : most_on_cycle;
        double known = enters[n];
        mixing->matrix[i * count + i] += 1.0;
        for (int k = mixing->start[n]; k < mixing->start[n + 1]; k++) {
            int a = mixing->incoming[k], above = mixing->arc[a].from;
            if (!(share[a] > 0.0))
                continue;
            if (mixing->place[above] >= 0)
                mixing->matrix[i * count + mixing->place[above]] -= part * share[a];
            else
                known += share[a] * leaves[above];
        }
        mixing->right[i] = own[n] + part * known;
    }
    eliminate(mixing->matrix, mixing->right, count);
    for (int i = 0; i < count; i++) {
        leaves[mixing->order[first + i]] = mixing->right[i];
        mixing->place[mixing->order[first + i]] = -1;
    }
    return true;
}

/* Whether water leaves the node and comes straight back. */
static bool
is_loop(const struct mixing *mixing, const double *share, int node_n)
{
    for (int k = mixing->start[node_n]; k < mixing->start[node_n + 1]; k++)
        if (mixing->arc[mixing->incoming[k]].from == node_n && share[mixing->incoming[k]] > 0.0)
            return true;
    return false;
}

enum status
mixing_solve(struct mixing *mixing, const double *share, const double *pass, const double *own,
             const double *enters, double *leaves)
{
    int first = 0;
    for (int c = 0; c < mixing->component_count; first = mixing->component_end[c++]) {
        int n = mixing->order[first];
        if (mixing->component_end[c] - first > 1 || is_loop(mixing, share, n)) {
            if (!solve_cycle(mixing, first, mixing->component_end[c], share, pass, own, enters,
                             leaves))
                return STATUS_MEMORY;
            continue;
        }
        double sum = enters[n];
        for (int k = mixing->start[n]; k < mixing->start[n + 1]; k++) {
            int a = mixing->incoming[k];
            if (share[a] > 0.0)
                sum += share[a] * leaves[mixing->arc[a].from];
        }
        leaves[n] = own[n] + pass[n] * sum;
    }
    return STATUS_OK;
}

void
mixing_add_arrivals(const struct mixing *mixing, const double *share, const double *leaves,
                    double *sum)
{
    for (int a = 0; a < mixing->arc_count; a++)
        if (share[a] > 0.0)
            sum[mixing->arc[a].to] += share[a] * leaves[mixing->arc[a].from];
}

void
mixing_storage(double start_m3, double end_m3, double leaves_m3, double *keeps, double *stays)
{
    double rise_m3 = end_m3 - start_m3, enters_m3 = leaves_m3 + rise_m3;
    *keeps = *stays = 1.0;
    if (!(leaves_m3 > 0.0))
        return; /* all mass stays */
    if (!(start_m3 > 0.0) || !(end_m3 > 1e-15 * start_m3)) {
        /* it fills from nothing, empties, or stands empty: nothing of the first mass is left */
        *keeps = 0.0;
        *stays = end_m3 > 0.0 ? end_m3 / enters_m3 : 0.0;
        return;
    }
    /* turns: integral of dt / V, steady flows being 1 / step; volume is linear in time */
    double ratio = rise_m3 / start_m3;
    double turns = fabs(ratio) > 1e-8 ? log1p(ratio) / rise_m3 : (1.0 - 0.5 * ratio) / start_m3;
    double mixed = enters_m3 * turns;
    *keeps = exp(-leaves_m3 * turns);
    if (fabs(mixed) < 1e-3) /* V_end (1 - exp(-mixed)) / enters by its series */
        *stays = end_m3 * turns * (1.0 - mixed / 2.0 * (1.0 - mixed / 3.0 * (1.0 - mixed / 4.0)));
    else
        *stays = (end_m3 - start_m3 * *keeps) / enters_m3;
}
