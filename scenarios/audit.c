/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/audit.h"

#include "scenarios/network_names.h"
#include "scenarios/simulation.h"

#include <math.h>
#include <stdlib.h>

/* ---- elements ----------------------------------------------------------------------------------
 */

int
audit_first_zone(const struct basin *basin, int reservoir_r)
{
    int first = 0;
    for (int r = 0; r < reservoir_r; r++)
        first += basin->reservoir[r].zone_count;
    return first;
}

int
audit_first_return(const struct basin *basin, int demand_d)
{
    int first = 0;
    for (int d = 0; d < demand_d; d++)
        first += basin->demand[d].return_count;
    return first;
}

void
audit_find_return(const struct basin *basin, int element_i, int *demand_d, int *return_i)
{
    *demand_d = 0;
    while (element_i >= basin->demand[*demand_d].return_count)
        element_i -= basin->demand[(*demand_d)++].return_count;
    *return_i = element_i;
}

void
audit_find_split(const struct basin *basin, int element_i, int *split_s, int *place)
{
    *split_s = 0;
    while (element_i >= basin->split[*split_s].link_count)
        element_i -= basin->split[(*split_s)++].link_count;
    *place = element_i;
}

void
audit_find_blend(const struct basin *basin, int element_i, int *blend_b, int *place)
{
    *blend_b = 0;
    while (element_i >= basin->blend[*blend_b].link_count)
        element_i -= basin->blend[(*blend_b)++].link_count;
    *place = element_i;
}

enum status
audit_step_init(struct audit_step *step, const struct basin *basin)
{
    *step = (struct audit_step){0};
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        size_t count = (size_t)result_element_count(basin, audit_describe(v)->element);
        step->value[v] = calloc(count + 1, sizeof(double));
        if (step->value[v] == NULL) {
            audit_step_finish(step);
            return STATUS_MEMORY;
        }
    }
    return STATUS_OK;
}

void
audit_step_finish(struct audit_step *step)
{
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++)
        free(step->value[v]);
    *step = (struct audit_step){0};
}

/* ---- bounds ------------------------------------------------------------------------------------
 */

/* The column that a variable bounds; -1 if the variable is no bound or there is no such column. */
static int
bounded_column(const struct network *network, enum audit_variable variable, int i)
{
    switch (variable) {
    case AUDIT_LEAST_STORAGE:
    case AUDIT_BASE_BAND:
        return network->band_column[i][BAND_BASE];
    case AUDIT_RESERVE_BAND:
        return network->band_column[i][BAND_RESERVE];
    case AUDIT_CARRY_BAND:
        return network->band_column[i][BAND_CARRY];
    case AUDIT_TARGET_BAND:
        return network->band_column[i][BAND_TARGET];
    case AUDIT_HOLD_BAND:
        return network->band_column[i][BAND_HOLD];
    case AUDIT_AQUIFER_LEAST:
    case AUDIT_AQUIFER_BASE:
        return network->aquifer_band_column[i][0];
    case AUDIT_AQUIFER_UPPER:
        return network->aquifer_band_column[i][1];
    case AUDIT_AQUIFER_FREE:
        return network->aquifer_free_column[i];
    case AUDIT_AQUIFER_RESERVED:
        return network->aquifer_reserved_column[i];
    case AUDIT_NEED_FLOOR:
        return network->demand_column[i][PART_FLOOR];
    case AUDIT_NEED_HEAD:
        return network->demand_column[i][PART_HEAD];
    case AUDIT_NEED_MAIN:
        return network->demand_column[i][PART_MAIN];
    case AUDIT_NEED_CUT:
        return network->demand_column[i][PART_CUT];
    case AUDIT_LINK_LEAST:
    case AUDIT_LINK_LIMIT:
        return network->link_column[i];
    case AUDIT_LINK_MINIMUM:
        return network->link_minimum_column[i];
    case AUDIT_LICENCE_FREE:
        return network->licence_column[i];
    case AUDIT_LICENCE_RESERVED:
        return network->licence_reserved_column[i];
    case AUDIT_WORKS_LEAST:
    case AUDIT_WORKS_LIMIT:
        return network_works_column(network, i);
    default:
        return -1;
    }
}

static bool
is_lower_bound(enum audit_variable variable)
{
    return variable == AUDIT_LEAST_STORAGE || variable == AUDIT_AQUIFER_LEAST ||
           variable == AUDIT_WORKS_LEAST || variable == AUDIT_LINK_LEAST;
}

double
audit_of_allocation(const struct allocation *allocation, enum audit_variable variable,
                    int element_i)
{
    const struct network *network = allocation->network;
    if (variable == AUDIT_WATER) {
        int row_i = network->node_row[element_i];
        return row_i >= 0 ? allocation->known_m3[row_i] : (double)NAN;
    }
    int column_j = bounded_column(network, variable, element_i);
    if (column_j < 0)
        return (double)NAN;
    return is_lower_bound(variable) ? allocation->lower[column_j] : allocation->upper[column_j];
}

/* ---- taking the record -------------------------------------------------------------------------
 */

static void
keep(const struct simulation *simulation, enum audit_variable variable, int element_i, double value)
{
    simulation->result->audit[variable][(size_t)element_i * (size_t)simulation->axis->step_count +
                                        (size_t)simulation->moment.step_t] = value;
}

/* Largest volume through a link at its level, were its intake not above the water. */
static double
link_capacity_m3(const struct simulation *simulation, int link_l)
{
    const struct link *link = &simulation->basin->link[link_l];
    const struct way *way = &simulation->way[link_l];
    if (!way->open)
        return 0.0;
    double capacity_m3s = way->capacity_m3s;
    if (link->capacity.kind == VARYING_BY_LEVEL) {
        const struct node *node = &simulation->basin->node[link->from];
        capacity_m3s = varying_at(&link->capacity, simulation->axis, simulation->moment.step_t,
                                  simulation->moment.demand_year, simulation->moment.series_value,
                                  simulation->lake[node->kind_i].level_m);
    }
    return capacity_m3s > 0.0 && way->open_share > 0.0
               ? way->open_share * capacity_m3s * simulation->dt_s
               : 0.0;
}

/* Share that does not arrive in the step: lost, or still on its way. */
static double
link_shortfall(const struct way *way)
{
    return way->share < 1.0 ? 1.0 - (1.0 - way->loss) * way->share : way->loss;
}

static double
works_loss(const struct simulation *simulation, int node_i)
{
    const struct node *node = &simulation->basin->node[node_i];
    if (node->kind != NODE_PLANT && node->kind != NODE_WASTEWATER)
        return 0.0;
    return simulation->works[node->kind_i].loss;
}

static double
return_fraction(const struct simulation *simulation, int element_i)
{
    int demand_d, return_i;
    audit_find_return(simulation->basin, element_i, &demand_d, &return_i);
    return share_now(simulation, &simulation->basin->demand[demand_d].returns[return_i].fraction);
}

static double
zone_line_m3(const struct simulation *simulation, int element_i)
{
    int r = 0;
    while (element_i >= simulation->basin->reservoir[r].zone_count)
        element_i -= simulation->basin->reservoir[r++].zone_count;
    return simulation->lake[r].zone_m3[element_i];
}

static const struct works *
works_of(const struct simulation *simulation, int node_i)
{
    const struct node *node = &simulation->basin->node[node_i];
    return node->kind == NODE_PLANT ? &simulation->works[node->kind_i] : NULL;
}

/* Water of the lake above the outlet of a link, NAN if no row holds that outlet. */
static double
outlet_m3(const struct simulation *simulation, int link_l)
{
    const struct allocation *allocation = simulation->allocation;
    int draw_i = network_draw_of(allocation->network, link_l);
    if (draw_i < 0)
        return (double)NAN;
    const struct draw *draw = &allocation->network->draw[draw_i];
    return isinf(allocation->lower[draw->slack_column_j]) ? (double)INFINITY
                                                          : -allocation->known_m3[draw->row_i];
}

/* Quantities of splits, blends, outlets and turn-downs. */
static double
rule_value_now(const struct simulation *simulation, enum audit_variable variable, int element_i)
{
    const struct basin *basin = simulation->basin;
    const struct network *network = simulation->allocation->network;
    const struct works *works;
    int rule_i, place;
    switch (variable) {
    case AUDIT_LINK_OUTLET:
        return outlet_m3(simulation, element_i);
    case AUDIT_WORKS_TURN_DOWN:
        works = works_of(simulation, element_i);
        return works != NULL ? works->turn_down_m3s * simulation->dt_s : (double)NAN;
    case AUDIT_WORKS_CAPACITY:
        works = works_of(simulation, element_i);
        if (works == NULL)
            return (double)NAN;
        return works->in_service ? works->capacity_m3s * simulation->dt_s : 0.0;
    case AUDIT_SPLIT_SHARE:
        audit_find_split(basin, element_i, &rule_i, &place);
        return -network_coefficient(network, network->split_column[rule_i],
                                    network->split_row[rule_i] + place);
    case AUDIT_BLEND_EXCESS:
        audit_find_blend(basin, element_i, &rule_i, &place);
        return network_coefficient(network,
                                   network->link_column[basin->blend[rule_i].link_i[place]],
                                   network->blend_row[rule_i]);
    default:
        return audit_of_allocation(simulation->allocation, variable, element_i);
    }
}

static double
value_now(const struct simulation *simulation, enum audit_variable variable, int element_i)
{
    switch (variable) {
    case AUDIT_STORAGE_START:
        return simulation->lake[element_i].storage_m3;
    case AUDIT_AQUIFER_START:
        return simulation->ground[element_i].storage_m3;
    case AUDIT_PLAN_STAGE:
        return simulation->drought[element_i].stage;
    case AUDIT_YIELD:
        return simulation->ground[element_i].in_service ? simulation->ground[element_i].yield_m3
                                                        : 0.0;
    case AUDIT_LICENCE_LEFT:
        return simulation->ground[element_i].licence_left_m3;
    case AUDIT_LINK_WANTED:
        return simulation->way[element_i].minimum_m3;
    case AUDIT_LINK_CAPACITY:
        return link_capacity_m3(simulation, element_i);
    case AUDIT_LINK_LOSS:
        return link_shortfall(&simulation->way[element_i]);
    case AUDIT_WORKS_LOSS:
        return works_loss(simulation, element_i);
    case AUDIT_RETURN_FRACTION:
        return return_fraction(simulation, element_i);
    case AUDIT_ZONE_LINE:
        return zone_line_m3(simulation, element_i);
    default:
        return rule_value_now(simulation, variable, element_i);
    }
}

void
audit_take(const struct simulation *simulation)
{
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        int count = result_element_count(simulation->basin, audit_describe(v)->element);
        for (int i = 0; i < count; i++)
            keep(simulation, (enum audit_variable)v, i,
                 value_now(simulation, (enum audit_variable)v, i));
    }
}

/* ---- putting it back ---------------------------------------------------------------------------
 */

static void
restore_bound(const struct audit_step *step, enum audit_variable variable, int i,
              struct allocation *allocation)
{
    const struct network *network = allocation->network;
    int column_j = bounded_column(network, variable, i);
    double value = step->value[variable][i];
    if (column_j < 0)
        return;
    if (is_lower_bound(variable)) {
        allocation_bounds(allocation, column_j, value, allocation->upper[column_j]);
    } else {
        bool has_lower = variable == AUDIT_BASE_BAND || variable == AUDIT_AQUIFER_BASE ||
                         variable == AUDIT_WORKS_LIMIT || variable == AUDIT_LINK_LIMIT;
        double lower = has_lower ? allocation->lower[column_j] : 0.0;
        allocation_bounds(allocation, column_j, lower, value);
    }
}

static enum status
restore_returns(const struct audit_step *step, int demand_d, struct network *network)
{
    const struct demand *demand = &network->basin->demand[demand_d];
    int first = audit_first_return(network->basin, demand_d);
    enum status status = STATUS_OK;
    for (int i = 0; i < demand->return_count; i++) {
        int row_i = network_entry_row(network, demand->returns[i].node_i);
        if (row_i < 0)
            continue;
        double sum = 0.0;
        for (int k = 0; k < demand->return_count; k++)
            if (network_entry_row(network, demand->returns[k].node_i) == row_i)
                sum += step->value[AUDIT_RETURN_FRACTION][first + k];
        for (int part = 0; part < PART_COUNT; part++)
            if (network->demand_column[demand_d][part] >= 0)
                TRY(network_set_coefficient(network, network->demand_column[demand_d][part], row_i,
                                            sum));
    }
out:
    return status;
}

static enum status
restore_link(struct network *network, int link_l, int row_i, double coefficient)
{
    enum status status = STATUS_OK;
    int minimum_j = network->link_minimum_column[link_l];
    TRY(network_set_coefficient(network, network->link_column[link_l], row_i, coefficient));
    if (minimum_j >= 0)
        TRY(network_set_coefficient(network, minimum_j, row_i, coefficient));
out:
    return status;
}

/* What links and returns bring to a lake counts for its outlets as it does for the lake. */
static enum status
restore_outlet(struct network *network, const struct draw *draw)
{
    const struct basin *basin = network->basin;
    int node_i = basin->reservoir[draw->reservoir_r].node_i;
    int lake_row = network->node_row[node_i];
    enum status status = STATUS_OK;
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].to == node_i)
            TRY(restore_link(network, l, draw->row_i,
                             -network_coefficient(network, network->link_column[l], lake_row)));
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++) {
            int column_j = network->demand_column[d][part];
            double sum = column_j >= 0 ? network_coefficient(network, column_j, lake_row) : 0.0;
            if (sum != 0.0 ||
                (column_j >= 0 && network_coefficient(network, column_j, draw->row_i) != 0.0))
                TRY(network_set_coefficient(network, column_j, draw->row_i, -sum));
        }
out:
    return status;
}

static enum status
restore_rules(const struct audit_step *step, struct network *network)
{
    const struct basin *basin = network->basin;
    enum status status = STATUS_OK;
    int rule_i, place;
    for (int i = 0; i < result_element_count(basin, ELEMENT_SPLIT); i++) {
        audit_find_split(basin, i, &rule_i, &place);
        TRY(network_set_coefficient(network, network->split_column[rule_i],
                                    network->split_row[rule_i] + place,
                                    -step->value[AUDIT_SPLIT_SHARE][i]));
    }
    for (int i = 0; i < result_element_count(basin, ELEMENT_BLEND); i++) {
        audit_find_blend(basin, i, &rule_i, &place);
        TRY(restore_link(network, basin->blend[rule_i].link_i[place], network->blend_row[rule_i],
                         step->value[AUDIT_BLEND_EXCESS][i]));
    }
    for (int i = 0; i < network->draw_count; i++)
        TRY(restore_outlet(network, &network->draw[i]));
out:
    return status;
}

/* Bounds that rules have whatever the step, and the water above outlets; false if that is not
 * there.
 */
static bool
restore_rule_bounds(const struct audit_step *step, struct allocation *allocation)
{
    const struct network *network = allocation->network;
    const struct basin *basin = network->basin;
    const double endless = (double)INFINITY;
    for (int s = 0; s < basin->split_count; s++)
        allocation_bounds(allocation, network->split_column[s], 0.0, endless);
    for (int b = 0; b < basin->blend_count; b++) {
        allocation_bounds(allocation, network->blend_column[b], 0.0, endless);
        allocation_known(allocation, network->blend_row[b], 0.0);
    }
    for (int l = 0; l < basin->link_count; l++) {
        int draw_i = network_draw_of(network, l);
        if (draw_i < 0)
            continue;
        const struct draw *draw = &network->draw[draw_i];
        double most_m3 = step->value[AUDIT_LINK_OUTLET][l];
        bool open = isinf(most_m3);
        if (isnan(most_m3))
            return false;
        allocation_known(allocation, draw->row_i, open ? 0.0 : -most_m3);
        allocation_bounds(allocation, draw->slack_column_j, open ? -endless : 0.0, endless);
    }
    return true;
}

static enum status
restore_coefficients(const struct audit_step *step, struct network *network)
{
    const struct basin *basin = network->basin;
    enum status status = STATUS_OK;
    for (int l = 0; l < basin->link_count; l++) {
        int row_i = network->node_row[basin->link[l].to];
        if (row_i >= 0)
            TRY(restore_link(network, l, row_i, 1.0 - step->value[AUDIT_LINK_LOSS][l]));
    }
    for (int node_i = 0; node_i < basin->node_count; node_i++) {
        int column_j = network_works_column(network, node_i);
        if (column_j >= 0 && network->node_row_out[node_i] != network->node_row[node_i])
            TRY(network_set_coefficient(network, column_j, network->node_row_out[node_i],
                                        1.0 - step->value[AUDIT_WORKS_LOSS][node_i]));
    }
    for (int d = 0; d < basin->demand_count; d++)
        TRY(restore_returns(step, d, network));
    TRY(restore_rules(step, network));
out:
    return status;
}

/* A record with a bound missing, or one below the other, is not of this network. */
static enum status
check_bounds(const struct allocation *allocation, struct error *err)
{
    const struct network *network = allocation->network;
    for (int j = 0; j < network->column_count; j++)
        if (!(allocation->lower[j] <= allocation->upper[j]) || isnan(allocation->upper[j]))
            return error_set(err, STATUS_INPUT,
                             "the record of the step does not fit the basin it was made from");
    return STATUS_OK;
}

enum status
audit_restore(const struct audit_step *step, struct allocation *allocation, struct error *err)
{
    struct network *network = allocation->network;
    const struct basin *basin = network->basin;
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        int count = result_element_count(basin, audit_describe(v)->element);
        for (int i = 0; i < count; i++)
            restore_bound(step, (enum audit_variable)v, i, allocation);
    }
    for (int a = 0; a < basin->aquifer_count; a++)
        allocation_bounds(allocation, network->aquifer_rejected_column[a], 0.0, (double)INFINITY);
    for (int node_i = 0; node_i < basin->node_count; node_i++) {
        if (network->node_row[node_i] < 0)
            continue;
        if (!isfinite(step->value[AUDIT_WATER][node_i]))
            return error_set(err, STATUS_INPUT, "the record of the step lacks the water of a node");
        allocation_known(allocation, network->node_row[node_i], step->value[AUDIT_WATER][node_i]);
    }
    if (!restore_rule_bounds(step, allocation) || restore_coefficients(step, network) != STATUS_OK)
        return error_set(err, STATUS_INPUT,
                         "the record of the step does not fit the basin it was made from");
    return check_bounds(allocation, err);
}
