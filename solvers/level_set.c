/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/global_search.h"

#include "solvers/philox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double long_jump_share = 0.1; /* of moves that take the whole difference */
static const double jitter_share = 1e-5;   /* of the box, so that no direction is shut out */

/* Bisection steps along an axis to the edge of the level set. */
enum { EDGE_STEPS = 12 };

struct ensemble {
    const struct search_problem *problem;
    double level;
    int chain_count;
    struct philox_key key;
    uint32_t draw_i;
    double *member, *value;
    double *proposal, *proposal_value; /* [chain_count / 2] */
};

static double
draw(struct ensemble *ensemble)
{
    return philox_uniform(&ensemble->key, ensemble->draw_i++);
}

/* How far the level set reaches from the best point along each half axis, found by bisection of all
   of them together; as shares of the way to the wall. */
static enum status
find_edges(struct ensemble *ensemble, const double *best, double *reach, struct error *err)
{
    const struct search_problem *problem = ensemble->problem;
    int dimension = problem->dimension, count = 2 * dimension;
    enum status status = STATUS_OK;
    double low[2 * SEARCH_DIMENSION_MAX] = {0}, value[2 * SEARCH_DIMENSION_MAX];
    double *point = malloc(sizeof(double) * (size_t)(count * dimension));
    if (point == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the search");
    for (int i = 0; i < count; i++)
        reach[i] = 1.0;
    for (int step = 0; step < EDGE_STEPS && status == STATUS_OK; step++) {
        for (int i = 0; i < count; i++) {
            int d = i / 2;
            double middle = step == 0 ? 1.0 : 0.5 * (low[i] + reach[i]);
            double wall = i % 2 == 0 ? problem->low[d] : problem->high[d];
            memcpy(point + i * dimension, best, sizeof(double) * (size_t)dimension);
            point[i * dimension + d] = best[d] + middle * (wall - best[d]);
        }
        status = problem->evaluate(problem->context, count, point, value, err);
        for (int i = 0; i < count && status == STATUS_OK; i++) {
            double middle = step == 0 ? 1.0 : 0.5 * (low[i] + reach[i]);
            if (value[i] <= ensemble->level)
                low[i] = middle;
            else
                reach[i] = middle;
        }
    }
    memcpy(reach, low, sizeof(double) * (size_t)count);
    free(point);
    return status;
}

/* First members: half the way to the edge along single axes, the rest at the best point. */
static enum status
place_members(struct ensemble *ensemble, const double *best, struct error *err)
{
    const struct search_problem *problem = ensemble->problem;
    int dimension = problem->dimension;
    double reach[2 * SEARCH_DIMENSION_MAX];
    enum status status = find_edges(ensemble, best, reach, err);
    for (int i = 0; i < ensemble->chain_count && status == STATUS_OK; i++) {
        double *member = ensemble->member + i * dimension;
        int axis = i % (2 * dimension), d = axis / 2;
        double wall = axis % 2 == 0 ? problem->low[d] : problem->high[d];
        memcpy(member, best, sizeof(double) * (size_t)dimension);
        member[d] += draw(ensemble) * reach[axis] * (wall - best[d]);
    }
    if (status == STATUS_OK)
        status = problem->evaluate(problem->context, ensemble->chain_count, ensemble->member,
                                   ensemble->value, err);
    for (int i = 0; i < ensemble->chain_count && status == STATUS_OK; i++) {
        if (ensemble->value[i] <= ensemble->level)
            continue;
        /* the set is not one piece along this axis: start from the best */
        memcpy(ensemble->member + i * dimension, best, sizeof(double) * (size_t)dimension);
        status = problem->evaluate(problem->context, 1, best, &ensemble->value[i], err);
    }
    return status;
}

/* Move one half of the chains by differences of the other half. */
static enum status
move_half(struct ensemble *ensemble, int half_i, struct error *err)
{
    const struct search_problem *problem = ensemble->problem;
    int dimension = problem->dimension, half = ensemble->chain_count / 2;
    double *moving = ensemble->member + half_i * half * dimension;
    const double *other = ensemble->member + (1 - half_i) * half * dimension;
    double usual = 2.38 / sqrt(2.0 * dimension);
    for (int i = 0; i < half; i++) {
        int a = (int)(draw(ensemble) * half), b = (int)(draw(ensemble) * (half - 1));
        b += b >= a;
        double length = draw(ensemble) < long_jump_share ? 1.0 : usual * 2.0 * draw(ensemble);
        for (int d = 0; d < dimension; d++) {
            double range = problem->high[d] - problem->low[d];
            double jitter = jitter_share * range * (2.0 * draw(ensemble) - 1.0);
            ensemble->proposal[i * dimension + d] =
                moving[i * dimension + d] +
                length * (other[a * dimension + d] - other[b * dimension + d]) + jitter;
        }
    }
    /* a point outside the box is asked for at the chain's own place and then refused */
    for (int i = 0; i < half; i++) {
        bool is_inside = true;
        double *proposal = ensemble->proposal + i * dimension;
        for (int d = 0; d < dimension; d++)
            is_inside =
                is_inside && proposal[d] >= problem->low[d] && proposal[d] <= problem->high[d];
        if (!is_inside)
            memcpy(proposal, moving + i * dimension, sizeof(double) * (size_t)dimension);
    }
    enum status status = problem->evaluate(problem->context, half, ensemble->proposal,
                                           ensemble->proposal_value, err);
    for (int i = 0; i < half && status == STATUS_OK; i++) {
        if (!(ensemble->proposal_value[i] <= ensemble->level))
            continue;
        memcpy(moving + i * dimension, ensemble->proposal + i * dimension,
               sizeof(double) * (size_t)dimension);
        ensemble->value[half_i * half + i] = ensemble->proposal_value[i];
    }
    return status;
}

static enum status
run_chains(struct ensemble *ensemble, int round_count, double *point, double *value,
           struct error *err)
{
    enum status status = STATUS_OK;
    size_t dimension = (size_t)ensemble->problem->dimension;
    size_t chains = (size_t)ensemble->chain_count;
    for (int round = -round_count; round < round_count; round++) {
        TRY(move_half(ensemble, 0, err));
        TRY(move_half(ensemble, 1, err));
        if (round < 0)
            continue;
        memcpy(point + (size_t)round * chains * dimension, ensemble->member,
               chains * dimension * sizeof(double));
        memcpy(value + (size_t)round * chains, ensemble->value, chains * sizeof(double));
    }
out:
    return status;
}

enum status
level_set_sample(const struct search_problem *problem, const double *best, double level,
                 int chain_count, int round_count, uint64_t seed, double *point, double *value,
                 struct error *err)
{
    struct ensemble ensemble = {.problem = problem,
                                .level = level,
                                .chain_count = chain_count,
                                .key = {.seed = seed, .site = philox_hash("level set")}};
    size_t count = (size_t)chain_count, dimension = (size_t)problem->dimension;
    ensemble.member = malloc(count * dimension * sizeof(double));
    ensemble.value = malloc(count * sizeof(double));
    ensemble.proposal = malloc(count * dimension * sizeof(double));
    ensemble.proposal_value = malloc(count * sizeof(double));
    enum status status = STATUS_MEMORY;
    if (ensemble.member != NULL && ensemble.value != NULL && ensemble.proposal != NULL &&
        ensemble.proposal_value != NULL)
        status = place_members(&ensemble, best, err);
    else
        error_set(err, STATUS_MEMORY, "out of memory for the search");
    if (status == STATUS_OK)
        status = run_chains(&ensemble, round_count, point, value, err);
    free(ensemble.member);
    free(ensemble.value);
    free(ensemble.proposal);
    free(ensemble.proposal_value);
    return status;
}
