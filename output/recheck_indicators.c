/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/recheck_private.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * Indicators made again from the series, where these are complete. Counts of short steps are left
 * out where a step lies so near to the threshold that single precision cannot tell.
 */

static const double short_share = 1e-6; /* as in simulate_account.c */

void
recheck_sums_start(struct recheck *recheck)
{
    const struct basin *basin = recheck->basin;
    for (int d = 0; d < basin->demand_count; d++)
        recheck->demand[d] = (struct demand_sum){.worst_share = 1.0};
    for (int r = 0; r < basin->reservoir_count; r++)
        recheck->lake[r] = (struct lake_sum){
            .least_m3 = (double)INFINITY, .most_m3 = -(double)INFINITY, .start_m3 = (double)NAN};
    for (int l = 0; l < basin->link_count; l++)
        recheck->link[l] = (struct link_sum){0};
    recheck->consumption_m3 = 0.0;
}

/* ---- in each step ------------------------------------------------------------------------------
 */

static void
add_demand(struct recheck *recheck, int step_i, int demand_d, double dt_s)
{
    struct demand_sum *sum = &recheck->demand[demand_d];
    int count = recheck->basin->demand_count;
    double need_m3s = series_at(recheck, RESULT_NEED, step_i, demand_d, count);
    double supply_m3s = series_at(recheck, RESULT_SUPPLY, step_i, demand_d, count);
    double rule_m3s = series_at(recheck, RESULT_SHORTAGE_RULE, step_i, demand_d, count);
    double water_m3s = series_at(recheck, RESULT_SHORTAGE_WATER, step_i, demand_d, count);
    double missing_m3s = rule_m3s + water_m3s;
    double share = need_m3s > 0.0 ? missing_m3s / need_m3s : 0.0;
    bool is_short = share > short_share;
    sum->need_m3 += need_m3s * dt_s;
    sum->supply_m3 += supply_m3s * dt_s;
    sum->rule_m3 += rule_m3s * dt_s;
    sum->water_m3 += water_m3s * dt_s;
    sum->with_need += need_m3s > 0.0;
    sum->worst_share = fmin(sum->worst_share, fmax(0.0, 1.0 - share));
    if (is_short)
        sum->worst_shortage_m3s = fmax(sum->worst_shortage_m3s, missing_m3s);
    sum->short_steps += is_short;
    sum->unsure = sum->unsure || fabs(share - short_share) < 1e-4 * short_share;
    sum->run = is_short ? sum->run + 1 : 0;
    sum->events += sum->run == 1;
    sum->longest = sum->run > sum->longest ? sum->run : sum->longest;
    if (!recheck->has_audit)
        return;
    double floor_m3 = audit_at(recheck, AUDIT_NEED_FLOOR, step_i, demand_d, count), back = 0.0;
    const struct demand *demand = &recheck->basin->demand[demand_d];
    int first = audit_first_return(recheck->basin, demand_d);
    for (int i = 0; i < demand->return_count; i++)
        back += audit_at(recheck, AUDIT_RETURN_FRACTION, step_i, first + i,
                         result_element_count(recheck->basin, ELEMENT_RETURN));
    sum->floor_m3 += floor_m3 > 0.0 ? floor_m3 : 0.0;
    recheck->consumption_m3 += supply_m3s * dt_s * (1.0 - back);
}

static void
add_link(struct recheck *recheck, int step_i, int link_l, double dt_s)
{
    struct link_sum *sum = &recheck->link[link_l];
    const struct link *link = &recheck->basin->link[link_l];
    const struct node *from = &recheck->basin->node[link->from];
    int count = recheck->basin->link_count;
    double flow_m3 = dt_s * series_at(recheck, RESULT_LINK_FLOW, step_i, link_l, count);
    double wanted_m3 = audit_at(recheck, AUDIT_LINK_WANTED, step_i, link_l, count);
    double open = series_at(recheck, RESULT_OPEN_SHARE, step_i, link_l, count);
    sum->volume_m3 += flow_m3;
    if (link->minimum_flow.kind != VARYING_ABSENT && wanted_m3 > 0.0) {
        sum->wanted_m3 += wanted_m3;
        sum->met_m3 += fmin(wanted_m3, flow_m3);
    }
    sum->shut += open <= 0.0;
    sum->partly += open > 0.0 && open < 1.0;
    if (from->kind != NODE_RESERVOIR)
        return;
    struct lake_sum *lake = &recheck->lake[from->kind_i];
    *(link->is_spill ? &lake->spill_m3 : &lake->release_m3) += flow_m3;
}

void
recheck_sums_add(struct recheck *recheck, int step_i)
{
    const struct basin *basin = recheck->basin;
    double dt_s = recheck->axis.dt_s[recheck->block.first_t + step_i];
    for (int d = 0; d < basin->demand_count; d++)
        add_demand(recheck, step_i, d, dt_s);
    for (int l = 0; l < basin->link_count; l++)
        add_link(recheck, step_i, l, dt_s);
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct lake_sum *sum = &recheck->lake[r];
        double end_m3 = series_at(recheck, RESULT_STORAGE, step_i, r, basin->reservoir_count);
        if (recheck->block.first_t + step_i == 0)
            sum->start_m3 =
                audit_at(recheck, AUDIT_STORAGE_START, step_i, r, basin->reservoir_count);
        sum->least_m3 = fmin(sum->least_m3, end_m3);
        sum->most_m3 = fmax(sum->most_m3, end_m3);
        sum->end_m3 = end_m3;
    }
}

/* ---- after the last ----------------------------------------------------------------------------
 */

/* An indicator of the scenario at hand; [count] values, NULL if it is not there. */
static const double *
indicator_of(struct recheck *recheck, const char *name, int count, double **whole)
{
    char path[128];
    int found;
    snprintf(path, sizeof path, "indicators/%s", name);
    *whole = reader_numbers(recheck->reader, path, &found);
    if (*whole != NULL && found == recheck->reader->scenario_count * count)
        return *whole + (long)recheck->scenario_s * count;
    check_miss(&recheck->check[RECHECK_INDICATORS], "not %s, which the file does not hold", name);
    return NULL;
}

/* A figure made again; NAN says that the series for it are not kept. */
static void
compare(struct recheck *recheck, const char *name, const char *element, double kept, double again,
        double limit)
{
    double size = isnan(kept) ? (double)NAN : fabs(kept - again);
    if (isnan(again)) {
        check_miss(&recheck->check[RECHECK_INDICATORS],
                   "not %s: the series it is made from are not kept (--save audit, all)", name);
        return;
    }
    check_enter(&recheck->check[RECHECK_INDICATORS], size, limit, "",
                "%s of '%s', scenario %s: %.9g kept, %.9g by the series", name, element,
                recheck->reader->scenario[recheck->scenario_s], kept, again);
}

/* The figure of a row of the tables below. */
struct again {
    const char *name;
    size_t offset;
    bool is_count;  /**< an int, to be the same; else within rounding */
    bool of_shorts; /**< counts short steps */
};

#define AGAIN(type, field, name, is_count, of_shorts)                                              \
    {                                                                                              \
        name, offsetof(struct type, field), is_count, of_shorts                                    \
    }

static const struct again demand_again[] = {
    AGAIN(demand_sum, need_m3, "demand_demand_m3", false, false),
    AGAIN(demand_sum, supply_m3, "demand_supply_m3", false, false),
    AGAIN(demand_sum, rule_m3, "demand_shortage_rule_m3", false, false),
    AGAIN(demand_sum, water_m3, "demand_shortage_water_m3", false, false),
    AGAIN(demand_sum, floor_m3, "demand_floor_demand_m3", false, false),
    AGAIN(demand_sum, worst_share, "demand_worst_share", false, false),
    AGAIN(demand_sum, worst_shortage_m3s, "demand_worst_shortage_m3s", false, true),
    AGAIN(demand_sum, with_need, "demand_steps_with_demand", true, false),
    AGAIN(demand_sum, short_steps, "demand_steps_short", true, true),
    AGAIN(demand_sum, events, "demand_event_count", true, true),
    AGAIN(demand_sum, longest, "demand_longest_event_steps", true, true)};

static const struct again lake_again[] = {
    AGAIN(lake_sum, start_m3, "reservoir_start_storage_m3", false, false),
    AGAIN(lake_sum, end_m3, "reservoir_end_storage_m3", false, false),
    AGAIN(lake_sum, least_m3, "reservoir_minimum_storage_m3", false, false),
    AGAIN(lake_sum, most_m3, "reservoir_maximum_storage_m3", false, false),
    AGAIN(lake_sum, spill_m3, "reservoir_spill_m3", false, false),
    AGAIN(lake_sum, release_m3, "reservoir_release_m3", false, false)};

static const struct again link_again[] = {
    AGAIN(link_sum, volume_m3, "link_volume_m3", false, false),
    AGAIN(link_sum, wanted_m3, "link_minimum_flow_m3", false, false),
    AGAIN(link_sum, met_m3, "link_minimum_flow_met_m3", false, false),
    AGAIN(link_sum, shut, "link_steps_shut", true, false),
    AGAIN(link_sum, partly, "link_steps_partly_shut", true, false)};

static void
compare_one(struct recheck *recheck, const struct again *again, const char *element,
            const void *sum, double kept)
{
    static const double sums = 1e-6; /* of series in single precision */
    const char *field = (const char *)sum + again->offset;
    double value = 0.0;
    if (again->is_count) {
        int counted;
        memcpy(&counted, field, sizeof counted);
        compare(recheck, again->name, element, kept, counted, 0.5);
        return;
    }
    memcpy(&value, field, sizeof value);
    compare(recheck, again->name, element, kept, value, sums * fabs(value) + 1e-6);
}

static void
compare_demands(struct recheck *recheck)
{
    const struct basin *basin = recheck->basin;
    for (size_t i = 0; i < sizeof demand_again / sizeof *demand_again; i++) {
        double *whole;
        const struct again *again = &demand_again[i];
        const double *kept = indicator_of(recheck, again->name, basin->demand_count, &whole);
        bool floors = again->offset == offsetof(struct demand_sum, floor_m3);
        for (int d = 0; d < basin->demand_count && kept != NULL; d++) {
            const struct demand_sum *sum = &recheck->demand[d];
            if (again->of_shorts && sum->unsure)
                continue;
            bool by_steps = again->offset >= offsetof(struct demand_sum, worst_share);
            if ((floors && !recheck->has_audit) ||
                (by_steps && isnan(sum->need_m3 + sum->rule_m3 + sum->water_m3)))
                compare(recheck, again->name, "", 0.0, (double)NAN, 0.0);
            else
                compare_one(recheck, again, basin->node[basin->demand[d].node_i].id, sum, kept[d]);
        }
        free(whole);
    }
}

static void
compare_lakes(struct recheck *recheck)
{
    const struct basin *basin = recheck->basin;
    for (size_t i = 0; i < sizeof lake_again / sizeof *lake_again; i++) {
        double *whole;
        const struct again *again = &lake_again[i];
        const double *kept = indicator_of(recheck, again->name, basin->reservoir_count, &whole);
        bool extreme = again->offset == offsetof(struct lake_sum, least_m3) ||
                       again->offset == offsetof(struct lake_sum, most_m3);
        for (int r = 0; r < basin->reservoir_count && kept != NULL; r++) {
            const struct node *node = &basin->node[basin->reservoir[r].node_i];
            bool always = node->in_service.from_s <= recheck->axis.start_s[0] &&
                          node->in_service.to_s >= recheck->axis.start_s[recheck->axis.step_count];
            if (extreme && !always) /* extremes are of the steps in service */
                continue;
            if (extreme && isinf(recheck->lake[r].least_m3))
                compare(recheck, again->name, "", 0.0, (double)NAN, 0.0);
            else
                compare_one(recheck, again, node->id, &recheck->lake[r], kept[r]);
        }
        free(whole);
    }
}

static void
compare_links(struct recheck *recheck)
{
    const struct basin *basin = recheck->basin;
    bool has_open = recheck->block.series[RESULT_OPEN_SHARE] != NULL;
    for (size_t i = 0; i < sizeof link_again / sizeof *link_again; i++) {
        double *whole;
        const struct again *again = &link_again[i];
        const double *kept = indicator_of(recheck, again->name, basin->link_count, &whole);
        bool minimum = again->offset == offsetof(struct link_sum, wanted_m3) ||
                       again->offset == offsetof(struct link_sum, met_m3);
        for (int l = 0; l < basin->link_count && kept != NULL; l++) {
            bool known = again->is_count ? has_open : !minimum || recheck->has_audit;
            if (known)
                compare_one(recheck, again, basin->link[l].id, &recheck->link[l], kept[l]);
            else if (!again->is_count || kept[l] > 0.0)
                compare(recheck, again->name, "", 0.0, (double)NAN, 0.0);
        }
        free(whole);
    }
}

/* The totals of the basin, from the indicators alone and from the series. */
static void
compare_totals(struct recheck *recheck)
{
    static const struct {
        const char *name;
        double sign;
    } term[] = {{"basin_inflow_m3", 1.0},         {"basin_source_m3", 1.0},
                {"basin_rain_m3", 1.0},           {"basin_evaporation_m3", -1.0},
                {"basin_seepage_m3", -1.0},       {"basin_loss_m3", -1.0},
                {"basin_consumption_m3", -1.0},   {"basin_outflow_m3", -1.0},
                {"basin_storage_change_m3", -1.0}};
    struct check *check = &recheck->check[RECHECK_TOTALS];
    const char *scenario = recheck->reader->scenario[recheck->scenario_s];
    double rest_m3 = 0.0, size_m3 = 0.0, *whole;
    for (size_t i = 0; i < sizeof term / sizeof *term; i++) {
        const double *kept = indicator_of(recheck, term[i].name, 1, &whole);
        double value = kept != NULL ? *kept : (double)NAN;
        rest_m3 += term[i].sign * value;
        size_m3 += fabs(value);
        if (i == 6 && recheck->has_audit && recheck->block.series[RESULT_SUPPLY] != NULL)
            compare(recheck, term[i].name, "the basin", value, recheck->consumption_m3,
                    1e-6 * fabs(recheck->consumption_m3) + 1e-3);
        free(whole);
    }
    check_enter(check, fabs(rest_m3), 1e-9 * size_m3 + 1e-6, "m3",
                "the totals of the basin, scenario %s: what comes is not what goes and what stays",
                scenario);
    const double *ratio = indicator_of(recheck, "basin_worst_residual_ratio", 1, &whole);
    if (ratio != NULL) /* beyond 1000 a run stops (simulate_balance.c) */
        check_enter(check, *ratio, 1000.0, "", "the largest residual of the run, scenario %s",
                    scenario);
    free(whole);
}

void
recheck_sums_compare(struct recheck *recheck)
{
    if (recheck->basin->demand_count > 0)
        compare_demands(recheck);
    if (recheck->basin->reservoir_count > 0)
        compare_lakes(recheck);
    if (recheck->basin->link_count > 0)
        compare_links(recheck);
    compare_totals(recheck);
}
