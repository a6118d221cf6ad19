/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/allocation.h"

#include <math.h>

enum part_state {
    STATE_FREE,    /**< its share may still rise */
    STATE_BLOCKED, /**< the same, but the last certificate holds it down */
    STATE_FIXED    /**< its volume is final */
};

enum { TRIES_MAX = 1000 };

/* One rank of one program while its shares are found. */
struct race {
    struct allocation *allocation;
    const struct use_group *group;
    struct lp *lp;
    double *cap; /**< [column] largest volume that the part can ever have, m3 */
    int *state;  /**< [column] enum part_state */
};

static double
need_m3(const struct race *race, int i)
{
    return race->allocation->upper[race->group->column_j[i]];
}

/* Volume of a part when the common share (volume / need / weight) is `share`. */
static double
volume_at(const struct race *race, int i, double share)
{
    int j = race->group->column_j[i];
    double volume_m3 = share * race->group->weight[i] * need_m3(race, i);
    return volume_m3 < race->cap[j] ? volume_m3 : race->cap[j];
}

/* No solution that is optimal for the ranks above may be left: fix what they determine. */
static void
hold_ranks_above(struct race *race)
{
    const struct network *network = race->allocation->network;
    const struct program *program = &network->program[race->group->program_p];
    const double *value = lp_values(race->lp);
    for (int local_j = 0; local_j < program->column_count; local_j++)
        if (lp_is_held(race->lp, local_j, race->group->level))
            allocation_hold(race->allocation, program->column_of[local_j], value[local_j],
                            value[local_j]);
}

/* A part that the ranks above leave no choice keeps the volume at which it is held. */
static bool
start_race(struct race *race)
{
    bool any = false;
    for (int i = 0; i < race->group->part_count; i++) {
        int j = race->group->column_j[i];
        double lower_m3, upper_m3;
        lp_get_bounds(race->lp, race->allocation->network->column_local[j], &lower_m3, &upper_m3);
        race->cap[j] = upper_m3;
        race->state[j] = lower_m3 < upper_m3 ? STATE_FREE : STATE_FIXED;
        any = any || race->state[j] == STATE_FREE;
    }
    return any;
}

static double
largest_share(const struct race *race)
{
    double share = 0.0;
    for (int i = 0; i < race->group->part_count; i++)
        if (race->state[race->group->column_j[i]] != STATE_FIXED &&
            1.0 / race->group->weight[i] > share)
            share = 1.0 / race->group->weight[i];
    return share;
}

static void
demand_share(struct race *race, double share)
{
    for (int i = 0; i < race->group->part_count; i++) {
        int j = race->group->column_j[i];
        if (race->state[j] != STATE_FIXED)
            allocation_hold(race->allocation, j, volume_at(race, i, share), need_m3(race, i));
    }
}

/*
 * The volume of the solution itself, which the share gives but for the solver's tolerance: 1e-9 of
 * a large lake is much water to a hotel. What the next pass holds was found beside it, so that a
 * volume from anywhere else might leave no solution at all.
 */
static void
fix_part(struct race *race, int i)
{
    int j = race->group->column_j[i];
    double most_m3 = need_m3(race, i);
    double volume_m3 = lp_values(race->lp)[race->allocation->network->column_local[j]];
    volume_m3 = volume_m3 < 0.0 ? 0.0 : volume_m3 < most_m3 ? volume_m3 : most_m3;
    race->state[j] = STATE_FIXED;
    race->cap[j] = volume_m3;
    allocation_hold(race->allocation, j, volume_m3, volume_m3);
}

/* What a certificate says of the race. */
struct limit {
    double budget_m3; /**< sum of |multiplier| x volume that the free parts may have together */
    int part_count;   /**< free parts that it holds down */
    int only_part;    /**< the one, if part_count is 1 */
};

static struct limit
read_certificate(const struct race *race, const struct lp_certificate *certificate)
{
    struct allocation *allocation = race->allocation;
    const struct network *network = allocation->network;
    const struct program *program = &network->program[race->group->program_p];
    struct limit limit = {.only_part = -1};
    double attainable_m3 = 0.0;
    for (int local_j = 0; local_j < program->column_count; local_j++) {
        double multiplier = certificate->multiplier[local_j];
        if (multiplier == 0.0)
            continue;
        double lower_m3, upper_m3;
        lp_get_bounds(race->lp, local_j, &lower_m3, &upper_m3);
        attainable_m3 += multiplier * (multiplier > 0.0 ? upper_m3 : lower_m3);
    }
    for (int i = 0; i < race->group->part_count; i++) {
        int j = race->group->column_j[i];
        double multiplier = certificate->multiplier[network->column_local[j]];
        if (race->state[j] == STATE_FIXED || multiplier >= 0.0)
            continue;
        double lower_m3, upper_m3;
        lp_get_bounds(race->lp, network->column_local[j], &lower_m3, &upper_m3);
        attainable_m3 -= multiplier * lower_m3;
        limit.part_count++;
        limit.only_part = i;
    }
    limit.budget_m3 = attainable_m3 - certificate->value;
    if (limit.budget_m3 < 0.0)
        limit.budget_m3 = 0.0;
    return limit;
}

/* Share at which the parts held down just use up the budget: water-filling over their caps. */
static double
share_of_budget(const struct race *race, const struct lp_certificate *certificate, double budget_m3)
{
    const struct network *network = race->allocation->network;
    double share = 0.0;
    for (int round = 0; round <= race->group->part_count; round++) {
        double capped_m3 = 0.0, slope_m3 = 0.0;
        for (int i = 0; i < race->group->part_count; i++) {
            int j = race->group->column_j[i];
            double multiplier = -certificate->multiplier[network->column_local[j]];
            if (race->state[j] == STATE_FIXED || multiplier <= 0.0)
                continue;
            double full_m3 = race->group->weight[i] * need_m3(race, i);
            if (round > 0 && share * full_m3 >= race->cap[j])
                capped_m3 += multiplier * race->cap[j];
            else
                slope_m3 += multiplier * full_m3;
        }
        if (slope_m3 <= 0.0)
            break;
        double next = (budget_m3 - capped_m3) / slope_m3;
        if (round > 0 && next <= share)
            break;
        share = next > 0.0 ? next : 0.0;
    }
    return share;
}

static void
mark_blocked(struct race *race, const struct lp_certificate *certificate)
{
    const struct network *network = race->allocation->network;
    for (int i = 0; i < race->group->part_count; i++) {
        int j = race->group->column_j[i];
        if (race->state[j] != STATE_FIXED)
            race->state[j] = certificate->multiplier[network->column_local[j]] < 0.0 ? STATE_BLOCKED
                                                                                     : STATE_FREE;
    }
}

/*
 * Largest common share of the free parts. On return the program is optimal at *share, and the parts
 * that the last failed try proved to hold it down are marked, none if *blocked is false.
 */
static enum lp_outcome
find_share(struct race *race, struct lp_certificate *certificate, double *share, bool *blocked)
{
    *share = largest_share(race);
    *blocked = false;
    for (int try_i = 0; try_i < TRIES_MAX; try_i++) {
        demand_share(race, *share);
        enum lp_outcome outcome = lp_solve(race->lp, certificate);
        if (outcome != LP_INFEASIBLE)
            return outcome;
        struct limit limit = read_certificate(race, certificate);
        if (limit.part_count == 0)
            return LP_FAILED;
        if (limit.part_count == 1 && !*blocked) {
            /* Nothing but fixed water holds this part down: a limit whatever the others get. */
            int j = race->group->column_j[limit.only_part];
            double multiplier =
                -certificate->multiplier[race->allocation->network->column_local[j]];
            double cap_m3 = limit.budget_m3 / multiplier;
            race->cap[j] = cap_m3 < race->cap[j] ? cap_m3 : race->cap[j] * (1.0 - 1e-12);
            continue;
        }
        double next = share_of_budget(race, certificate, limit.budget_m3);
        *share = next < *share * (1.0 - 1e-12) ? next : *share * (1.0 - 1e-12);
        *blocked = true;
        mark_blocked(race, certificate); /* the next try may write over the certificate */
    }
    return LP_FAILED;
}

enum lp_outcome
fairness_solve(struct allocation *allocation, const struct use_group *group)
{
    struct race race = {allocation, group, allocation->network->lp[group->program_p],
                        allocation->cap, allocation->state};
    struct lp_certificate certificate = {.multiplier = allocation->multiplier};
    hold_ranks_above(&race);
    bool any = start_race(&race);
    enum lp_outcome outcome = LP_OPTIMAL;
    while (any && outcome == LP_OPTIMAL) {
        double share;
        bool blocked;
        outcome = find_share(&race, &certificate, &share, &blocked);
        if (outcome != LP_OPTIMAL)
            break;
        any = false;
        for (int i = 0; i < group->part_count; i++) {
            int j = group->column_j[i];
            if (race.state[j] == STATE_FIXED)
                continue;
            if (!blocked || race.state[j] == STATE_BLOCKED)
                fix_part(&race, i);
            else
                any = true;
        }
    }
    return outcome;
}
