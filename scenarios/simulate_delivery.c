/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Shortage by works and shortage by drought are told apart by a second allocation of the same
 * network with water enough everywhere: what even that cannot bring to a demand is missing for want
 * of capacity. Demands change by month at most but for the days of the week, so once a month will
 * do.
 */

static const double plenty = 10.0; /* of all needs together, in every lake and river */

static double
plenty_m3(const struct simulation *simulation)
{
    double need_m3 = 1.0;
    for (int d = 0; d < simulation->basin->demand_count; d++)
        need_m3 += simulation->want[d].need_m3;
    return plenty * need_m3;
}

static void
fill_storages(struct simulation *simulation, double enough_m3)
{
    const struct basin *basin = simulation->basin;
    struct allocation *delivery = simulation->delivery;
    const struct network *network = delivery->network;
    for (int r = 0; r < basin->reservoir_count; r++) {
        bool stands = simulation->lake[r].in_service;
        bool full = stands && !basin->reservoir[r].reserve;
        if (stands) /* else the river passes, as fill_rivers has left it */
            simulation->plenty_m3[basin->reservoir[r].node_i] = full ? enough_m3 : 0.0;
        for (int band = 0; band < BAND_COUNT; band++)
            allocation_bounds(delivery, network->band_column[r][band], 0.0,
                              full && band == BAND_HOLD ? 2.0 * enough_m3 : 0.0);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct ground *ground = &simulation->ground[a];
        double yield_m3 = ground->in_service ? fmin(ground->yield_m3, enough_m3) : 0.0;
        simulation->plenty_m3[basin->aquifer[a].node_i] = enough_m3;
        allocation_bounds(delivery, network->aquifer_band_column[a][0], 0.0, 0.0);
        allocation_bounds(delivery, network->aquifer_band_column[a][1], 0.0, 2.0 * enough_m3);
        allocation_bounds(delivery, network->aquifer_free_column[a], 0.0, yield_m3);
        allocation_bounds(delivery, network->aquifer_reserved_column[a], 0.0, 0.0);
        allocation_bounds(delivery, network->aquifer_rejected_column[a], 0.0, (double)INFINITY);
    }
}

/* Rivers never fail: wherever water comes from outside, there is enough. */
static void
fill_rivers(struct simulation *simulation, double enough_m3)
{
    const struct basin *basin = simulation->basin;
    struct allocation *delivery = simulation->delivery;
    const struct network *network = delivery->network;
    for (int node_i = 0; node_i < basin->node_count; node_i++)
        simulation->plenty_m3[node_i] = 0.0;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++)
            simulation->plenty_m3[basin->catchment[c].to[i].node_i] = enough_m3;
    for (int p = 0; p < basin->passage_count; p++)
        if (basin->passage[p].boundary_inflow.kind != VARYING_ABSENT)
            simulation->plenty_m3[basin->passage[p].node_i] = enough_m3;
    for (int s = 0; s < basin->source_count; s++) {
        const struct source *source = &basin->source[s];
        double available_m3 = source->emergency ? 0.0 : simulation->supply[s].available_m3;
        if (source->forced)
            simulation->plenty_m3[source->node_i] = available_m3;
        allocation_bounds(delivery, network->source_column[s], 0.0, fmin(available_m3, enough_m3));
    }
}

static void
bound_delivery(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct allocation *delivery = simulation->delivery;
    const struct network *network = delivery->network;
    double enough_m3 = plenty_m3(simulation);
    fill_rivers(simulation, enough_m3);
    fill_storages(simulation, enough_m3);
    for (int node_i = 0; node_i < basin->node_count; node_i++)
        allocation_known(delivery, network->node_row[node_i], simulation->plenty_m3[node_i]);
    for (int l = 0; l < basin->link_count; l++) {
        double capacity_m3 = simulation->way[l].full_capacity_m3s * simulation->dt_s;
        bool serves = !simulation->way[l].is_staged && link_serves(simulation, &basin->link[l]);
        allocation_bounds(delivery, network->link_minimum_column[l], 0.0, 0.0);
        allocation_bounds(delivery, network->link_column[l], 0.0, serves ? capacity_m3 : 0.0);
    }
    free_rules(simulation);
    for (int p = 0; p < basin->passage_count; p++)
        allocation_bounds(delivery, network->passage_column[p], 0.0,
                          simulation->works[p].in_service
                              ? simulation->works[p].capacity_m3s * simulation->dt_s
                              : 0.0);
    for (int d = 0; d < basin->demand_count; d++) {
        const struct want *want = &simulation->want[d];
        double floor_m3 = want->floor_m3s * simulation->dt_s;
        double head_m3 =
            fmin(fmax(want->head_share * want->need_m3 - floor_m3, 0.0), want->need_m3 - floor_m3);
        const int *column = network->demand_column[d];
        allocation_bounds(delivery, column[PART_FLOOR], 0.0, floor_m3);
        allocation_bounds(delivery, column[PART_HEAD], 0.0, head_m3);
        allocation_bounds(delivery, column[PART_MAIN], 0.0,
                          fmax(0.0, want->need_m3 - floor_m3 - head_m3));
        allocation_bounds(delivery, column[PART_CUT], 0.0, 0.0);
    }
}

static void
read_delivery(struct simulation *simulation)
{
    const struct allocation *delivery = simulation->delivery;
    for (int d = 0; d < simulation->basin->demand_count; d++) {
        const int *column = delivery->network->demand_column[d];
        struct want *want = &simulation->want[d];
        double supply_m3 = 0.0;
        for (int part = 0; part < PART_COUNT; part++)
            supply_m3 += column[part] >= 0 ? delivery->value[column[part]] : 0.0;
        double share = want->need_m3 > 0.0 ? supply_m3 / want->need_m3 : 1.0;
        want->deliverable_share = share < 1.0 - 1e-9 ? share : 1.0;
    }
}

/* ---- remembered months ------------------------------------------------------------------------
 */

/* Whether this month of an earlier year asked for just the same; else it is remembered for later.
 */
static bool
is_as_before(const struct allocation *delivery, struct delivered_month *before)
{
    const struct network *network = delivery->network;
    size_t upper_size = (size_t)network->column_count * sizeof(double);
    size_t known_size = (size_t)network->row_count * sizeof(double);
    size_t coefficient_size = (size_t)network->column_start[network->column_count] * sizeof(double);
    if (before->is_known && memcmp(before->upper_m3, delivery->upper, upper_size) == 0 &&
        memcmp(before->known_m3, delivery->known_m3, known_size) == 0 &&
        memcmp(before->coefficient, network->coefficient, coefficient_size) == 0)
        return true;
    memcpy(before->upper_m3, delivery->upper, upper_size);
    memcpy(before->known_m3, delivery->known_m3, known_size);
    memcpy(before->coefficient, network->coefficient, coefficient_size);
    before->is_known = true;
    return false;
}

enum status
deliver_month(struct simulation *simulation, struct error *err)
{
    enum status status = STATUS_OK;
    int month_i = simulation->axis->month[simulation->moment.step_t] - 1;
    struct delivered_month *before = &simulation->delivered[month_i];
    int demand_count = simulation->basin->demand_count;
    TRY(set_coefficients(simulation, simulation->delivery));
    bound_delivery(simulation);
    bool as_before = is_as_before(simulation->delivery, before);
    if (as_before) {
        for (int d = 0; d < demand_count; d++)
            simulation->want[d].deliverable_share = before->share[d];
        return STATUS_OK;
    }
    status = allocation_solve(simulation->delivery);
    char date[32];
    if (status != STATUS_OK)
        simulation->failed_allocation = simulation->delivery;
    if (status != STATUS_OK)
        return error_set(err, status, "%s: the capacity of delivery has not been found",
                         step_date(simulation, date, sizeof date));
    read_delivery(simulation);
    for (int d = 0; d < demand_count; d++)
        before->share[d] = simulation->want[d].deliverable_share;
out:
    return status;
}

enum status
simulate_delivery(const struct simulation_input *input, struct delivery *delivery,
                  struct error *err)
{
    const struct basin *basin = input->basin;
    const struct timeaxis *axis = input->axis;
    const struct result_selection nothing = {0};
    struct scenario_result result = {0};
    struct simulation *simulation = NULL;
    enum status status = STATUS_OK;
    if (scenario_result_init(&result, basin, axis->step_count, &nothing) != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for the capacity of delivery");
    TRY(simulation_create(input, &result, &simulation, err));
    for (int d = 0; d < basin->demand_count; d++)
        delivery[d] = (struct delivery){.least_share = 1.0, .peak_step = -1, .least_step = -1};
    for (int t = 0; t < axis->step_count; t++) {
        if (t > 0 && axis->month[t] == axis->month[t - 1])
            continue;
        look_up_step(simulation, t);
        TRY(deliver_month(simulation, err));
        for (int d = 0; d < basin->demand_count; d++) {
            const struct want *want = &simulation->want[d];
            if (want->need_m3s > delivery[d].peak_need_m3s) {
                delivery[d].peak_need_m3s = want->need_m3s;
                delivery[d].peak_step = t;
            }
            if (want->deliverable_share < delivery[d].least_share) {
                delivery[d].least_share = want->deliverable_share;
                delivery[d].least_step = t;
                delivery[d].capacity_m3s = want->deliverable_share * want->need_m3s;
            }
        }
    }
out:
    simulation_destroy(simulation);
    scenario_result_finish(&result);
    return status;
}
