/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/recheck_private.h"

#include "model/reservoir.h"

#include <math.h>

/*
 * What a step must keep whatever was decided: every drop that enters a node leaves it or is stored,
 * nothing beyond its bounds, each step beginning where the last ended. Made from the series and the
 * record of the step alone; the balance follows the links of the basin, not the linear programs.
 */

/* Limits beside rounding: the run itself bears a millionth of what passes (simulate_balance.c). */
static const double flow_share = 1e-6, least_m3 = 1e-3;

static const struct node *
node_of(const struct recheck *recheck, int node_i)
{
    return &recheck->basin->node[node_i];
}

/* Enter a difference of volumes, with its place only where it matters. */
static void
enter_m3(struct recheck *recheck, enum recheck_id id, double size_m3, double limit_m3, int step_i,
         const char *kind, const char *element, const char *what)
{
    char place[256] = "";
    struct check *check = &recheck->check[id];
    if (check_is_news(check, size_m3, limit_m3))
        recheck_place(recheck, recheck->block.first_t + step_i, place, sizeof place);
    check_enter(check, size_m3, limit_m3, id == RECHECK_FINITE || id == RECHECK_SALT ? "" : "m3",
                "%s '%s', %s: %s", kind, element, place, what);
}

/* ---- demands -----------------------------------------------------------------------------------
 */

static void
step_demands(struct recheck *recheck, int step_i, double dt_s)
{
    const struct basin *basin = recheck->basin;
    int count = basin->demand_count;
    const double *const *series = (const double *const *)recheck->block.series;
    if (series[RESULT_NEED] == NULL || series[RESULT_SUPPLY] == NULL)
        return;
    for (int d = 0; d < count; d++) {
        const char *id = node_of(recheck, basin->demand[d].node_i)->id;
        double need_m3 = dt_s * series_at(recheck, RESULT_NEED, step_i, d, count);
        double supply_m3 = dt_s * series_at(recheck, RESULT_SUPPLY, step_i, d, count);
        double rule_m3 = dt_s * series_at(recheck, RESULT_SHORTAGE_RULE, step_i, d, count);
        double water_m3 = dt_s * series_at(recheck, RESULT_SHORTAGE_WATER, step_i, d, count);
        double limit_m3 = flow_share * need_m3 + 1e-9;
        enter_m3(recheck, RECHECK_FINITE, isfinite(need_m3) && isfinite(supply_m3) ? 0.0 : 1.0, 0.5,
                 step_i, "demand", id, "its need or supply is no number");
        enter_m3(recheck, RECHECK_BOUNDS, fmax(0.0, -supply_m3), limit_m3, step_i, "demand", id,
                 "supply below nothing");
        enter_m3(recheck, RECHECK_BOUNDS, fmax(0.0, supply_m3 - need_m3), limit_m3, step_i,
                 "demand", id, "supply above the need");
        if (series[RESULT_SHORTAGE_RULE] != NULL && series[RESULT_SHORTAGE_WATER] != NULL)
            enter_m3(recheck, RECHECK_SHORTAGE, fabs(need_m3 - supply_m3 - rule_m3 - water_m3),
                     limit_m3, step_i, "demand", id, "need is not supply and shortage");
        if (!recheck->has_audit)
            continue;
        double parts_m3 = 0.0;
        for (int v = AUDIT_NEED_FLOOR; v <= AUDIT_NEED_CUT; v++) {
            double part_m3 = audit_at(recheck, (enum audit_variable)v, step_i, d, count);
            parts_m3 += part_m3 > 0.0 ? part_m3 : 0.0;
        }
        enter_m3(recheck, RECHECK_BOUNDS, fabs(need_m3 - parts_m3), limit_m3, step_i, "demand", id,
                 "the parts of its need are not the need");
    }
}

/* ---- lakes and aquifers ------------------------------------------------------------------------
 */

static double
record(const struct recheck *recheck, enum audit_variable variable, int step_i, int r)
{
    double value = audit_at(recheck, variable, step_i, r, recheck->basin->reservoir_count);
    return isnan(value) ? 0.0 : value; /* a band that a lake does not have */
}

static void
step_level(struct recheck *recheck, int step_i, int r, double storage_m3)
{
    const struct reservoir *reservoir = &recheck->basin->reservoir[r];
    double level_m = series_at(recheck, RESULT_LEVEL, step_i, r, recheck->basin->reservoir_count);
    double slack_m3 = single_precision * storage_m3;
    double limit_m = single_precision * fabs(level_m) + 1e-6 +
                     reservoir_level_m(reservoir, storage_m3 + slack_m3) -
                     reservoir_level_m(reservoir, storage_m3 - slack_m3);
    double size_m = fabs(level_m - reservoir_level_m(reservoir, storage_m3));
    struct check *check = &recheck->check[RECHECK_LEVELS];
    char place[256] = "";
    if (check_is_news(check, size_m, limit_m))
        recheck_place(recheck, recheck->block.first_t + step_i, place, sizeof place);
    check_enter(check, size_m, limit_m, "m",
                "reservoir '%s', %s: the level is not that of the storage by its table",
                node_of(recheck, reservoir->node_i)->id, place);
}

static void
step_lakes(struct recheck *recheck, int step_i)
{
    const struct basin *basin = recheck->basin;
    if (recheck->block.series[RESULT_STORAGE] == NULL)
        return;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const char *id = node_of(recheck, basin->reservoir[r].node_i)->id;
        double end_m3 = series_at(recheck, RESULT_STORAGE, step_i, r, basin->reservoir_count);
        double limit_m3 = single_precision * fabs(end_m3) + least_m3;
        enter_m3(recheck, RECHECK_FINITE, isfinite(end_m3) ? 0.0 : 1.0, 0.5, step_i, "reservoir",
                 id, "its storage is no number");
        enter_m3(recheck, RECHECK_BOUNDS, fmax(0.0, -end_m3), limit_m3, step_i, "reservoir", id,
                 "storage below nothing");
        if (recheck->block.series[RESULT_LEVEL] != NULL)
            step_level(recheck, step_i, r, end_m3);
        if (recheck->has_audit) {
            double start_m3 = record(recheck, AUDIT_STORAGE_START, step_i, r), most_m3 = 0.0;
            for (int v = AUDIT_BASE_BAND; v <= AUDIT_HOLD_BAND; v++)
                most_m3 += record(recheck, (enum audit_variable)v, step_i, r);
            double water_m3 = audit_at(recheck, AUDIT_WATER, step_i, basin->reservoir[r].node_i,
                                       basin->node_count);
            limit_m3 += flow_share * fabs(water_m3 - start_m3);
            double low_m3 = record(recheck, AUDIT_LEAST_STORAGE, step_i, r);
            enter_m3(recheck, RECHECK_BOUNDS, fmax(0.0, low_m3 - end_m3), limit_m3, step_i,
                     "reservoir", id, "storage below the least that users leave");
            enter_m3(recheck, RECHECK_BOUNDS, fmax(0.0, end_m3 - most_m3), limit_m3, step_i,
                     "reservoir", id, "storage above the flood limit");
            double before_m3 = recheck->lake_end_m3[r];
            if (!isnan(before_m3))
                enter_m3(recheck, RECHECK_STORAGE, fabs(start_m3 - before_m3),
                         single_precision * fabs(before_m3) + least_m3, step_i, "reservoir", id,
                         "the step does not begin with the storage that the last one ended with");
        }
        recheck->lake_end_m3[r] = end_m3;
    }
}

static void
step_aquifers(struct recheck *recheck, int step_i)
{
    const struct basin *basin = recheck->basin;
    int count = basin->aquifer_count;
    for (int a = 0; a < count; a++) {
        const char *id = node_of(recheck, basin->aquifer[a].node_i)->id;
        double end_m3 = series_at(recheck, RESULT_AQUIFER_STORAGE, step_i, a, count);
        double start_m3 = audit_at(recheck, AUDIT_AQUIFER_START, step_i, a, count);
        double before_m3 = recheck->ground_end_m3[a];
        if (recheck->has_audit && !isnan(before_m3))
            enter_m3(recheck, RECHECK_STORAGE, fabs(start_m3 - before_m3),
                     single_precision * fabs(before_m3) + least_m3, step_i, "aquifer", id,
                     "the step does not begin with the storage that the last one ended with");
        recheck->ground_end_m3[a] = end_m3;
    }
}

/* ---- links and works ---------------------------------------------------------------------------
 */

static void
step_links(struct recheck *recheck, int step_i, double dt_s)
{
    const struct basin *basin = recheck->basin;
    int count = basin->link_count;
    if (recheck->block.series[RESULT_LINK_FLOW] == NULL)
        return;
    for (int l = 0; l < count; l++) {
        const char *id = basin->link[l].id;
        double flow_m3 = dt_s * series_at(recheck, RESULT_LINK_FLOW, step_i, l, count);
        double limit_m3 = flow_share * fabs(flow_m3) + least_m3;
        enter_m3(recheck, RECHECK_FINITE, isfinite(flow_m3) ? 0.0 : 1.0, 0.5, step_i, "link", id,
                 "its flow is no number");
        enter_m3(recheck, RECHECK_BOUNDS, fmax(0.0, -flow_m3), limit_m3, step_i, "link", id,
                 "flow below nothing");
        if (!recheck->has_audit)
            continue;
        double most_m3 = audit_at(recheck, AUDIT_LINK_LIMIT, step_i, l, count);
        double minimum_m3 = audit_at(recheck, AUDIT_LINK_MINIMUM, step_i, l, count);
        most_m3 += minimum_m3 > 0.0 ? minimum_m3 : 0.0;
        enter_m3(recheck, RECHECK_BOUNDS, isinf(most_m3) ? 0.0 : fmax(0.0, flow_m3 - most_m3),
                 limit_m3, step_i, "link", id, "flow above what the link may carry");
    }
}

/* ---- salt --------------------------------------------------------------------------------------
 */

static void
step_salt(struct recheck *recheck, int step_i)
{
    const struct basin *basin = recheck->basin;
    int links = basin->link_count, nodes = basin->node_count;
    for (int l = 0; l < links && recheck->block.series[RESULT_OPEN_SHARE] != NULL; l++) {
        double open = series_at(recheck, RESULT_OPEN_SHARE, step_i, l, links);
        double flow = series_at(recheck, RESULT_LINK_FLOW, step_i, l, links);
        if (isnan(open))
            continue;
        enter_m3(recheck, RECHECK_SALT, fmax(fmax(0.0, -open), open - 1.0), 1e-6, step_i, "intake",
                 basin->link[l].id, "the share that it is open is not within 0 and 1");
        if (!isnan(flow) && open <= 0.0)
            enter_m3(recheck, RECHECK_SALT, flow, 1e-9, step_i, "intake", basin->link[l].id,
                     "it takes water while salt shuts it");
    }
    for (int l = 0; l < links && recheck->block.series[RESULT_INTAKE_SALINITY] != NULL; l++) {
        double salinity_kgm3 = series_at(recheck, RESULT_INTAKE_SALINITY, step_i, l, links);
        if (!isnan(salinity_kgm3))
            enter_m3(recheck, RECHECK_SALT, fmax(0.0, -salinity_kgm3), 1e-9, step_i, "intake",
                     basin->link[l].id, "salinity below nothing");
    }
    for (int n = 0; n < nodes && recheck->block.series[RESULT_SALT_FRONT_1] != NULL &&
                    recheck->block.series[RESULT_SALT_FRONT_4] != NULL;
         n++) {
        double one_m = series_at(recheck, RESULT_SALT_FRONT_1, step_i, n, nodes);
        double four_m = series_at(recheck, RESULT_SALT_FRONT_4, step_i, n, nodes);
        if (!isnan(one_m) && !isnan(four_m))
            enter_m3(recheck, RECHECK_SALT, fmax(0.0, four_m - one_m), 1e-3, step_i, "estuary",
                     basin->node[n].id, "4 kg/m3 reach further than 1 kg/m3");
    }
}

/* ---- the balance of every node -----------------------------------------------------------------
 */

enum precision { IN_DOUBLE, IN_SINGLE };

static void
moves(struct recheck *recheck, int node_i, double volume_m3, enum precision precision)
{
    recheck->node_m3[node_i] += volume_m3;
    recheck->node_size_m3[node_i] += fabs(volume_m3);
    recheck->node_single_m3[node_i] += precision == IN_SINGLE ? fabs(volume_m3) : 0.0;
}

/* What enters a node; works lose their share of it. */
static void
enters(struct recheck *recheck, int step_i, int node_i, double volume_m3, enum precision precision)
{
    double loss = audit_at(recheck, AUDIT_WORKS_LOSS, step_i, node_i, recheck->basin->node_count);
    moves(recheck, node_i, volume_m3 * (1.0 - (loss > 0.0 ? loss : 0.0)), precision);
}

static void
add_flows(struct recheck *recheck, int step_i, double dt_s)
{
    const struct basin *basin = recheck->basin;
    int links = basin->link_count, returns = result_element_count(basin, ELEMENT_RETURN);
    for (int l = 0; l < links; l++) {
        double flow_m3 = dt_s * series_at(recheck, RESULT_LINK_FLOW, step_i, l, links);
        double loss = audit_at(recheck, AUDIT_LINK_LOSS, step_i, l, links);
        if (basin->link[l].is_spill) /* before the works, which lose nothing of it */
            enters(recheck, step_i, basin->link[l].from, -flow_m3, IN_SINGLE);
        else
            moves(recheck, basin->link[l].from, -flow_m3, IN_SINGLE);
        enters(recheck, step_i, basin->link[l].to, flow_m3 * (1.0 - loss), IN_SINGLE);
    }
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        double supply_m3 = dt_s * series_at(recheck, RESULT_SUPPLY, step_i, d, basin->demand_count);
        int first = audit_first_return(basin, d);
        moves(recheck, demand->node_i, -supply_m3, IN_SINGLE);
        for (int i = 0; i < demand->return_count; i++)
            enters(recheck, step_i, demand->returns[i].node_i,
                   supply_m3 * audit_at(recheck, AUDIT_RETURN_FRACTION, step_i, first + i, returns),
                   IN_SINGLE);
    }
}

/* Largest residual that rounding and the run's own tolerance explain. */
static double
closure_limit_m3(const struct recheck *recheck, int node_i, double storage_m3)
{
    double passes_m3 = fmax(0.0, recheck->node_size_m3[node_i] - 2.0 * storage_m3);
    return single_precision * recheck->node_single_m3[node_i] + flow_share * passes_m3 + least_m3;
}

/* An aquifer may refuse water once it is full, an optional source gives what is taken of it. */
static double
unexplained_m3(const struct recheck *recheck, int step_i, int node_i)
{
    const struct basin *basin = recheck->basin;
    const struct node *node = &basin->node[node_i];
    double rest_m3 = recheck->node_m3[node_i];
    if (node->kind == NODE_SOURCE && !basin->source[node->kind_i].forced) {
        double most_m3 = audit_at(recheck, AUDIT_WORKS_LIMIT, step_i, node_i, basin->node_count);
        return fmax(fmax(0.0, rest_m3), -rest_m3 - most_m3);
    }
    if (node->kind == NODE_AQUIFER && basin->aquifer[node->kind_i].spill_to < 0) {
        double end_m3 = recheck->ground_end_m3[node->kind_i];
        double full_m3 = basin->aquifer[node->kind_i].capacity_m3;
        if (end_m3 >= full_m3 * (1.0 - flow_share))
            return fmax(0.0, -rest_m3);
    }
    return fabs(rest_m3);
}

static void
step_closure(struct recheck *recheck, int step_i, double dt_s)
{
    const struct basin *basin = recheck->basin;
    int lakes = basin->reservoir_count;
    for (int n = 0; n < basin->node_count; n++) {
        double water_m3 = audit_at(recheck, AUDIT_WATER, step_i, n, basin->node_count);
        recheck->node_m3[n] = recheck->node_size_m3[n] = recheck->node_single_m3[n] = 0.0;
        if (!isnan(water_m3))
            enters(recheck, step_i, n, water_m3, IN_DOUBLE);
    }
    add_flows(recheck, step_i, dt_s);
    for (int r = 0; r < lakes; r++)
        moves(recheck, basin->reservoir[r].node_i,
              -series_at(recheck, RESULT_STORAGE, step_i, r, lakes), IN_SINGLE);
    for (int a = 0; a < basin->aquifer_count; a++)
        moves(recheck, basin->aquifer[a].node_i, -recheck->ground_end_m3[a], IN_SINGLE);
    for (int n = 0; n < basin->node_count; n++) {
        const struct node *node = &basin->node[n];
        double storage_m3 = 0.0;
        if (node->kind == NODE_SEA || node->kind == NODE_CATCHMENT)
            continue;
        if (node->kind == NODE_RESERVOIR)
            storage_m3 = recheck->lake_end_m3[node->kind_i];
        if (node->kind == NODE_AQUIFER)
            storage_m3 = recheck->ground_end_m3[node->kind_i];
        if (node->kind == NODE_AQUIFER && isnan(storage_m3)) {
            check_miss(&recheck->check[RECHECK_CLOSURE],
                       "not of aquifers: their storage is not kept (--save audit,aquifer_storage)");
            continue;
        }
        enter_m3(recheck, RECHECK_CLOSURE, unexplained_m3(recheck, step_i, n),
                 closure_limit_m3(recheck, n, storage_m3), step_i, "node", node->id,
                 "what enters is not what leaves and what is stored");
    }
}

void
recheck_step(struct recheck *recheck, int step_i)
{
    double dt_s = recheck->axis.dt_s[recheck->block.first_t + step_i];
    double *const *series = recheck->block.series;
    step_demands(recheck, step_i, dt_s);
    step_links(recheck, step_i, dt_s);
    step_lakes(recheck, step_i);
    step_aquifers(recheck, step_i);
    step_salt(recheck, step_i);
    if (recheck->has_audit && series[RESULT_LINK_FLOW] != NULL &&
        (series[RESULT_SUPPLY] != NULL || recheck->basin->demand_count == 0) &&
        (series[RESULT_STORAGE] != NULL || recheck->basin->reservoir_count == 0))
        step_closure(recheck, step_i, dt_s);
}
