/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/recheck_private.h"

#include <math.h>
#include <string.h>

/*
 * Whether each rank had what it could have: the step is solved again from its record, and the
 * shares that the ranks give are compared with what was supplied. Shares are unique, so a demand
 * with less stood back for one with more.
 */

static double
value_of(const struct allocation *allocation, int column_j)
{
    return column_j >= 0 ? fmax(0.0, allocation->value[column_j]) : 0.0;
}

/* Rank of the main part of a demand, -1 without one. */
static int
rank_of(const struct recheck *recheck, int demand_d)
{
    const struct network *network = recheck->allocation->network;
    int column_j = network->demand_column[demand_d][PART_MAIN];
    for (int g = 0; g < network->group_count; g++)
        for (int i = 0; i < network->group[g].part_count; i++)
            if (network->group[g].column_j[i] == column_j)
                return network->group[g].rank_i;
    return -1;
}

static const char *
rank_name(const struct recheck *recheck, int demand_d)
{
    int rank_i = rank_of(recheck, demand_d);
    return rank_i >= 0 ? recheck->basin->rank[rank_i].id : "none";
}

static double
again_m3(const struct recheck *recheck, int demand_d)
{
    double sum_m3 = 0.0;
    for (int part = 0; part < PART_COUNT; part++)
        sum_m3 += value_of(recheck->allocation,
                           recheck->allocation->network->demand_column[demand_d][part]);
    return sum_m3;
}

/* The demand that has most beyond what its rank gives it, -1 for none. */
static int
gainer(const struct recheck *recheck, const double *supply_m3s, double dt_s)
{
    int most_d = -1;
    double most_m3 = 0.0;
    for (int d = 0; d < recheck->basin->demand_count; d++) {
        double gain_m3 = supply_m3s[d] * dt_s - again_m3(recheck, d);
        if (gain_m3 > most_m3) {
            most_m3 = gain_m3;
            most_d = d;
        }
    }
    return most_d;
}

static void
compare_supply(struct recheck *recheck, int step_i, double dt_s)
{
    struct check *check = &recheck->check[RECHECK_RANKS];
    const struct basin *basin = recheck->basin;
    int count = basin->demand_count;
    const double *supply_m3s = recheck->block.series[RESULT_SUPPLY] + (long)step_i * count;
    for (int d = 0; d < count; d++) {
        double supply_m3 = supply_m3s[d] * dt_s, should_m3 = again_m3(recheck, d);
        double need_m3 = dt_s * series_at(recheck, RESULT_NEED, step_i, d, count);
        double size_m3 = fabs(supply_m3 - should_m3);
        double limit_m3 = 1e-6 * (isnan(need_m3) ? should_m3 : need_m3) + 1e-6;
        char place[256] = "", whom[256] = "";
        if (check_is_news(check, size_m3, limit_m3)) {
            int most_d = gainer(recheck, supply_m3s, dt_s);
            recheck_place(recheck, recheck->block.first_t + step_i, place, sizeof place);
            if (most_d >= 0 && most_d != d && size_m3 > limit_m3 && supply_m3 < should_m3)
                snprintf(whom, sizeof whom, "; '%s' (rank %s) has more than its rank gives it",
                         basin->node[basin->demand[most_d].node_i].id, rank_name(recheck, most_d));
        }
        check_enter(check, size_m3, limit_m3, "m3",
                    "demand '%s' (rank %s), %s: %.6g m3 supplied, %.6g m3 by the ranks%s",
                    basin->node[basin->demand[d].node_i].id,
                    size_m3 > limit_m3 ? rank_name(recheck, d) : "", place, supply_m3, should_m3,
                    whom);
    }
}

/* Flows and storages are unique as well: ties go by the goals after all ranks. */
static void
compare_decisions(struct recheck *recheck, int step_i, double dt_s)
{
    struct check *check = &recheck->check[RECHECK_DECISIONS];
    const struct basin *basin = recheck->basin;
    const struct allocation *allocation = recheck->allocation;
    const struct network *network = allocation->network;
    char place[256] = "";
    int links = basin->link_count, lakes = basin->reservoir_count;
    for (int l = 0; l < links && recheck->block.series[RESULT_LINK_FLOW] != NULL; l++) {
        double flow_m3 = dt_s * series_at(recheck, RESULT_LINK_FLOW, step_i, l, links);
        double should_m3 = value_of(allocation, network->link_column[l]) +
                           value_of(allocation, network->link_minimum_column[l]);
        double size_m3 = fabs(flow_m3 - should_m3), limit_m3 = 1e-6 * should_m3 + 1e-3;
        if (check_is_news(check, size_m3, limit_m3))
            recheck_place(recheck, recheck->block.first_t + step_i, place, sizeof place);
        check_enter(check, size_m3, limit_m3, "m3",
                    "link '%s', %s: %.6g m3 kept, %.6g m3 by the step solved again",
                    basin->link[l].id, place, flow_m3, should_m3);
    }
    for (int r = 0; r < lakes && recheck->block.series[RESULT_STORAGE] != NULL; r++) {
        double end_m3 = series_at(recheck, RESULT_STORAGE, step_i, r, lakes), should_m3 = 0.0;
        for (int band = 0; band < BAND_COUNT; band++)
            should_m3 += value_of(allocation, network->band_column[r][band]);
        double size_m3 = fabs(end_m3 - should_m3);
        double limit_m3 = single_precision * should_m3 + 1e-3;
        if (check_is_news(check, size_m3, limit_m3))
            recheck_place(recheck, recheck->block.first_t + step_i, place, sizeof place);
        check_enter(check, size_m3, limit_m3, "m3",
                    "reservoir '%s', %s: %.8g m3 kept, %.8g m3 by the step solved again",
                    basin->node[basin->reservoir[r].node_i].id, place, end_m3, should_m3);
    }
}

enum status
recheck_ranks(struct recheck *recheck, int step_i, struct error *err)
{
    struct audit_step step = {0};
    struct error cause = {0};
    const struct basin *basin = recheck->basin;
    double dt_s = recheck->axis.dt_s[recheck->block.first_t + step_i];
    double nothing = 0.0;
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        int count = result_element_count(basin, audit_describe(v)->element);
        double *value = recheck->block.audit[v];
        step.value[v] = value != NULL ? value + (long)step_i * count : &nothing;
    }
    enum status status = audit_restore(&step, recheck->allocation, &cause);
    if (status == STATUS_OK)
        status = allocation_solve(recheck->allocation);
    if (status == STATUS_MEMORY)
        return error_set(err, status, "out of memory for the step solved again");
    if (status != STATUS_OK) {
        char place[256];
        recheck_place(recheck, recheck->block.first_t + step_i, place, sizeof place);
        check_enter(&recheck->check[RECHECK_RANKS], 1.0, 0.5, "",
                    "%s: the step cannot be solved from its record: %s", place,
                    cause.text[0] != '\0' ? cause.text : status_text(status));
        return STATUS_OK;
    }
    if (recheck->block.series[RESULT_SUPPLY] != NULL)
        compare_supply(recheck, step_i, dt_s);
    compare_decisions(recheck, step_i, dt_s);
    return STATUS_OK;
}
