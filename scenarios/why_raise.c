/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reservoir.h"
#include "scenarios/why_private.h"

#include <math.h>

/* The step solved again with elements raised. */

static void
widen(struct allocation *allocation, int column_j, double extra_m3)
{
    if (column_j >= 0)
        allocation_bounds(allocation, column_j, allocation->lower[column_j],
                          allocation->upper[column_j] + extra_m3);
}

/* Links whose intake a fuller lake would cover again; the rule is that of bound_link. */
static void
open_intakes(struct study *study, int reservoir_r)
{
    const struct basin *basin = study->basin;
    const struct reservoir *reservoir = &basin->reservoir[reservoir_r];
    struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    double extra_m3 = study->extra_storage_m3[reservoir->node_i];
    double storage_m3 = study->record->value[AUDIT_STORAGE_START][reservoir_r] + extra_m3;
    double available_m3 = study->record->value[AUDIT_WATER][reservoir->node_i] + extra_m3;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        double capacity_m3 = study->record->value[AUDIT_LINK_CAPACITY][l];
        bool is_shut = !(study->record->value[AUDIT_LINK_LIMIT][l] > 0.0) &&
                       !(study->record->value[AUDIT_LINK_MINIMUM][l] > 0.0);
        if (link->from != reservoir->node_i || !is_shut || !(capacity_m3 > 0.0))
            continue;
        double lowest_m3 = isnan(link->lowest_level_m)
                               ? reservoir->dead_storage_m3
                               : reservoir_storage_m3(reservoir, link->lowest_level_m);
        if (storage_m3 > lowest_m3 || available_m3 > lowest_m3)
            allocation_bounds(allocation, network->link_column[l], 0.0, capacity_m3);
    }
}

/* Water added to a lake stands above outlets that end below it, as bound_rules has it. */
static void
raise_outlets(struct study *study, int reservoir_r)
{
    struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    int row_i = network->node_row[study->basin->reservoir[reservoir_r].node_i];
    for (int i = 0; i < network->draw_count; i++) {
        const struct draw *draw = &network->draw[i];
        if (draw->reservoir_r == reservoir_r && isfinite(allocation->lower[draw->slack_column_j]))
            allocation_known(allocation, draw->row_i,
                             -fmax(0.0, allocation->known_m3[row_i] - draw->lowest_m3));
    }
}

/* Mean of the caps of the lakes that restrict a demand, as bound_demand finds it. */
static double
cap_with_raises(const struct study *study, const struct demand *demand, bool raised)
{
    double weighted = 0.0, sum_m3 = 0.0, plain = 0.0;
    int count = 0;
    for (int i = 0; i < demand->restricted_by_count; i++) {
        int r = demand->restricted_by[i];
        const struct reservoir *reservoir = &study->basin->reservoir[r];
        const double *line_m3 =
            study->record->value[AUDIT_ZONE_LINE] + audit_first_zone(study->basin, r);
        const struct date_range *service = &study->basin->node[reservoir->node_i].in_service;
        if (!date_range_holds(service, study->question->axis, study->question->step_t,
                              study->basin->run.demand_year))
            continue;
        double storage_m3 = study->record->value[AUDIT_STORAGE_START][r];
        if (raised)
            storage_m3 += study->extra_storage_m3[reservoir->node_i];
        double cap = reservoir_class_cap(reservoir, line_m3, storage_m3, demand->class_i);
        weighted += cap * storage_m3;
        sum_m3 += storage_m3;
        plain += cap;
        count++;
    }
    if (count == 0)
        return 1.0;
    double cap = sum_m3 > 0.0 ? weighted / sum_m3 : plain / count;
    return cap < 1.0 - 1e-12 ? cap : 1.0;
}

/* What the drought plans allow, at the stages of the step whatever is raised. */
static double
cap_of_plans(const struct study *study, int demand_d)
{
    double cap = 1.0;
    for (int p = 0; p < study->basin->drought_plan_count; p++)
        cap = fmin(cap, drought_plan_cap(study->basin, p,
                                         (int)study->record->value[AUDIT_PLAN_STAGE][p], demand_d));
    return cap;
}

/* A fuller lake caps a demand less: more of its need keeps its rank. */
static void
lift_cap(struct study *study, int demand_d)
{
    const struct demand *demand = &study->basin->demand[demand_d];
    const struct audit_step *record = study->record;
    struct allocation *allocation = study->allocation;
    const int *column = allocation->network->demand_column[demand_d];
    double cut_m3 = record->value[AUDIT_NEED_CUT][demand_d];
    double plan_cap = cap_of_plans(study, demand_d);
    double cap = fmin(cap_with_raises(study, demand, true), plan_cap);
    if (!(cut_m3 > 0.0) || cap <= fmin(cap_with_raises(study, demand, false), plan_cap))
        return;
    double floor_m3 = fmax(0.0, record->value[AUDIT_NEED_FLOOR][demand_d]); /* 0 for NaN */
    double head_m3 = fmax(0.0, record->value[AUDIT_NEED_HEAD][demand_d]);
    double main_m3 = record->value[AUDIT_NEED_MAIN][demand_d];
    double need_m3 = floor_m3 + head_m3 + main_m3 + cut_m3;
    double allowed_m3 = fmin(need_m3, fmax(cap * need_m3, floor_m3));
    if (head_m3 > 0.0) /* keeps its share of what is allowed */
        head_m3 = (head_m3 + floor_m3) / (need_m3 - cut_m3) * allowed_m3 - floor_m3;
    allocation_bounds(allocation, column[PART_HEAD], 0.0, head_m3);
    allocation_bounds(allocation, column[PART_MAIN], 0.0, allowed_m3 - floor_m3 - head_m3);
    allocation_bounds(allocation, column[PART_CUT], 0.0, need_m3 - allowed_m3);
}

/* Of the water added to a storage below its lowest line, users get no more than of the rest. */
static void
raise_least(struct study *study, const struct node *node)
{
    const struct network *network = study->allocation->network;
    int column_j = -1;
    if (node->kind == NODE_RESERVOIR &&
        study->basin->reservoir[node->kind_i].emergency_for_rank < 0)
        column_j = network->band_column[node->kind_i][BAND_BASE];
    if (node->kind == NODE_AQUIFER)
        column_j = network->aquifer_band_column[node->kind_i][0];
    if (column_j < 0)
        return;
    double upper_m3 = study->allocation->upper[column_j];
    int row_i = network->node_row[node - study->basin->node];
    double known_m3 = study->allocation->known_m3[row_i];
    allocation_bounds(study->allocation, column_j, fmin(upper_m3, known_m3), upper_m3);
}

/* More capacity also lets through more of a minimum flow that it held down, as bound_link has it.
 */
static void
widen_link(struct study *study, int link_l, double extra_m3)
{
    struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    int column_j = network->link_column[link_l], minimum_j = network->link_minimum_column[link_l];
    double minimum_m3 = minimum_j >= 0 ? allocation->upper[minimum_j] : 0.0;
    double most_m3 = allocation->upper[column_j] + minimum_m3 + extra_m3;
    if (minimum_j >= 0) {
        minimum_m3 = fmin(study->record->value[AUDIT_LINK_WANTED][link_l], most_m3);
        allocation_bounds(allocation, minimum_j, 0.0, minimum_m3);
    }
    allocation_bounds(allocation, column_j, 0.0, most_m3 - minimum_m3);
}

/* Yield and licence limit the abstraction together, as bound_aquifer has it. */
static void
widen_abstraction(struct study *study, int aquifer_a)
{
    struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    const struct aquifer *aquifer = &study->basin->aquifer[aquifer_a];
    double kept_m3 = aquifer->licence_reserved_m3;
    double yield_m3 =
        study->record->value[AUDIT_YIELD][aquifer_a] + study->extra_yield_m3[aquifer->node_i];
    double left_m3 = fmax(0.0, study->record->value[AUDIT_LICENCE_LEFT][aquifer_a]) +
                     study->extra_licence_m3[aquifer->node_i];
    double free_m3 = fmin(yield_m3, fmax(0.0, left_m3 - kept_m3));
    double reserved_m3 = isinf(free_m3) ? 0.0 : fmin(yield_m3 - free_m3, fmin(left_m3, kept_m3));
    allocation_bounds(allocation, network->aquifer_free_column[aquifer_a], 0.0, free_m3);
    allocation_bounds(allocation, network->aquifer_reserved_column[aquifer_a], 0.0, reserved_m3);
}

static void
apply_raise(struct study *study, const struct why_item *raise)
{
    struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    const struct node *node = raise->node_i >= 0 ? &study->basin->node[raise->node_i] : NULL;
    switch (raise->kind) {
    case WHY_WATER:
        allocation_known(allocation, network->node_row[raise->node_i],
                         allocation->known_m3[network->node_row[raise->node_i]] + raise->extra_m3);
        study->extra_storage_m3[raise->node_i] += raise->extra_m3;
        raise_least(study, node);
        break;
    case WHY_LINK:
    case WHY_LINK_SHUT:
        widen_link(study, raise->link_l, raise->extra_m3);
        break;
    case WHY_WORKS:
    case WHY_SOURCE:
        widen(allocation, network_works_column(network, raise->node_i), raise->extra_m3);
        break;
    case WHY_YIELD:
        study->extra_yield_m3[raise->node_i] += raise->extra_m3;
        widen_abstraction(study, node->kind_i);
        break;
    case WHY_PERMIT:
        widen(allocation, network->licence_column[raise->rule_i], raise->extra_m3);
        break;
    case WHY_BLEND:
        allocation_known(allocation, network->blend_row[raise->rule_i], -raise->extra_m3);
        break;
    case WHY_TURN_DOWN: /* runs at what is wanted of it, however little */
        allocation_bounds(
            allocation, network_works_column(network, raise->node_i), 0.0,
            fmin(raise->extra_m3, study->record->value[AUDIT_WORKS_CAPACITY][raise->node_i]));
        break;
    case WHY_LICENCE:
        study->extra_licence_m3[raise->node_i] += raise->extra_m3;
        widen_abstraction(study, node->kind_i);
        break;
    default:
        break;
    }
}

/* After a much larger raise the solver's values carry the rounding of that: let it begin afresh. */
static void
forget_larger(struct study *study, const struct why_item *raise, int count)
{
    const struct network *network = study->allocation->network;
    double raised_m3 = 0.0;
    for (int i = 0; i < count; i++)
        raised_m3 += raise[i].extra_m3;
    for (int p = 0; p < network->program_count && raised_m3 < 0.1 * study->raised_m3; p++)
        lp_forget_basis(network->lp[p]);
    study->raised_m3 = raised_m3;
}

enum status
study_solve(struct study *study, const struct why_item *raise, int count, struct error *err)
{
    const struct basin *basin = study->basin;
    enum status status = audit_restore(study->record, study->allocation, err);
    if (status != STATUS_OK)
        return status;
    forget_larger(study, raise, count);
    for (int i = 0; i < basin->node_count; i++)
        study->extra_storage_m3[i] = study->extra_yield_m3[i] = study->extra_licence_m3[i] = 0.0;
    for (int i = 0; i < count; i++)
        apply_raise(study, &raise[i]);
    bool raised = false;
    for (int r = 0; r < basin->reservoir_count; r++)
        if (study->extra_storage_m3[basin->reservoir[r].node_i] > 0.0) {
            raised = true;
            open_intakes(study, r);
            raise_outlets(study, r);
        }
    for (int d = 0; d < basin->demand_count && raised; d++)
        lift_cap(study, d);
    status = allocation_solve(study->allocation);
    return status == STATUS_OK ? STATUS_OK
                               : error_set(err, status, "the step could not be solved again");
}
