/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulate.h"

#include "scenarios/simulation.h"
#include "scenarios/simulation_state.h"
#include "scenarios/verify.h"

#include <math.h>

enum { AREA_ROUNDS_MAX = 20 };
static const double area_tolerance = 1e-9;

const char *
step_date(const struct simulation *simulation, char *buffer, size_t size)
{
    const struct timeaxis *axis = simulation->axis;
    return date_format(timeaxis_date(axis, simulation->moment.step_t), axis->step == STEP_HOURLY,
                       buffer, size);
}

/* Rounds of routing and allocation at most; two are the rule. */
enum { FLOOD_ROUNDS_MAX = 12 };

/* Solve the step for its present bounds; a failure names the date and a node of the program. */
static enum status
solve_step(struct simulation *simulation, struct error *err)
{
    struct allocation *allocation = simulation->allocation;
    bound_step(simulation);
    enum status status = allocation_solve(allocation);
    simulation->result->basin.solve_count++;
    if (status == STATUS_OK && simulation->turn_down_count > 0)
        status = settle_turn_downs(simulation);
    if (status == STATUS_OK) {
        take_flows(simulation);
        return STATUS_OK;
    }
    simulation->failed_allocation = allocation;
    const struct network *network = allocation->network;
    const struct basin *basin = simulation->basin;
    const char *near = "";
    for (int node_i = 0; node_i < basin->node_count; node_i++)
        if (network->node_row[node_i] >= 0 &&
            network->row_program[network->node_row[node_i]] == allocation->failed_program) {
            near = basin->node[node_i].id;
            break;
        }
    char date[32];
    return error_set(err, status, "%s: the allocation of the part of the basin with '%s' has %s",
                     step_date(simulation, date, sizeof date), near,
                     status == STATUS_INFEASIBLE ? "no solution" : "not been solved");
}

/*
 * A step with lakes that are worked by their gates: what leaves by them follows from what else the
 * lake takes in and gives, and the allocation from what leaves by them. The first allocation leaves
 * their release free; then both are made in turn until the release stands.
 */
static enum status
solve_with_floods(struct simulation *simulation, struct error *err)
{
    enum status status = solve_step(simulation, err);
    bool moved = simulation->flood_count > 0;
    for (int round = 0; status == STATUS_OK && moved && round < FLOOD_ROUNDS_MAX; round++) {
        status = flood_route(simulation, &moved, err);
        if (status == STATUS_OK && moved)
            status = solve_step(simulation, err);
    }
    simulation->result->basin.unsettled_flood_count += moved;
    return status;
}

/* The lakes' mean area of the step from their storage at its end, or a part of the way to it; the
 * largest relative distance that there was. */
static double
approach_mean_areas(struct simulation *simulation, double part)
{
    double distance = 0.0;
    for (int r = 0; r < simulation->basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &simulation->basin->reservoir[r];
        struct lake *lake = &simulation->lake[r];
        double mean_m2 = 0.5 * (reservoir_area_m2(reservoir, lake->storage_m3) +
                                reservoir_area_m2(reservoir, lake->end_m3));
        if (mean_m2 > 0.0)
            distance = fmax(distance, fabs(mean_m2 - lake->area_m2) / mean_m2);
        lake->area_m2 += part * (mean_m2 - lake->area_m2);
    }
    return distance;
}

/*
 * Evaporation and rain by the mean area of the step, which the step itself decides. Where the
 * rounds do not come nearer they go half of the way, a quarter ... There may be no such area, since
 * what a step decides can jump from one lake to another: then the last round stands and is counted.
 */
static enum status
iterate_area(struct simulation *simulation, struct error *err)
{
    double last = (double)INFINITY, part = 1.0;
    for (int round = 0; round < AREA_ROUNDS_MAX; round++) {
        double distance = approach_mean_areas(simulation, part);
        if (distance < area_tolerance)
            return STATUS_OK;
        if (distance > 0.5 * last)
            part *= 0.5;
        last = distance;
        enum status status = solve_with_floods(simulation, err);
        if (status != STATUS_OK)
            return status;
    }
    simulation->result->basin.unsettled_area_count++;
    return STATUS_OK;
}

static enum status
decide_step(struct simulation *simulation, struct error *err)
{
    enum status status = solve_with_floods(simulation, err);
    if (status == STATUS_OK && simulation->basin->run.mean_area_evaporation)
        status = iterate_area(simulation, err);
    return status;
}

/* Most rounds that an estuary asks for; 0 where none iterates. */
static int
salt_rounds(const struct simulation *simulation)
{
    int most = 0;
    for (int i = 0; i < simulation->salt_count; i++) {
        int rounds = simulation->basin->passage[simulation->salt[i].passage_p].salt.iterate;
        most = rounds > most ? rounds : most;
    }
    return most;
}

/*
 * Open shares of intakes by the salt at the end of the step. The more is open the more is taken,
 * and the saltier it gets: rounds that do not come nearer go half of the way, a quarter ... Where
 * there is no such share, because what a step decides can jump, the last round stands and is
 * counted.
 */
static enum status
iterate_salt(struct simulation *simulation, struct error *err)
{
    enum status status = STATUS_OK;
    double last = (double)INFINITY, part = 1.0;
    int most = salt_rounds(simulation);
    for (int round = 0; round < most; round++) {
        double distance;
        TRY(salt_approach(simulation, part, &distance, err));
        if (distance <= SALT_TOLERANCE)
            goto out;
        if (distance > 0.5 * last)
            part *= 0.5;
        last = distance;
        TRY(decide_step(simulation, err));
    }
    simulation->result->basin.unsettled_salt_count += most > 0;
out:
    return status;
}

/* Hand what the step decided to the verifier. */
static void
verify_step(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    const struct decisions *decided = &simulation->decided;
    for (int l = 0; l < basin->link_count; l++) {
        decided->link_flow_m3[l] = simulation->way[l].flow_m3;
        decided->link_open_share[l] = simulation->way[l].open_share;
        decided->link_repelling_m3[l] = simulation->way[l].repelling_m3;
        decided->link_sea_kgm3[l] = simulation->way[l].sea_kgm3;
    }
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++)
            decided->supplied_m3[d][part] = simulation->want[d].supplied_m3[part];
    for (int r = 0; r < basin->reservoir_count; r++) {
        decided->lake_end_m3[r] = simulation->lake[r].end_m3;
        decided->lake_area_m2[r] = simulation->lake[r].area_m2;
        decided->lake_gate_m3[r] =
            simulation->lake[r].in_window ? simulation->lake[r].gate_m3 : (double)NAN;
    }
    for (int a = 0; a < basin->aquifer_count; a++)
        decided->aquifer_end_m3[a] = simulation->ground[a].end_m3;
    for (int s = 0; s < basin->substance_count; s++)
        for (int i = 0; i < basin->node_count; i++)
            decided->content[s * basin->node_count + i] = quality_node_content(simulation, s, i);
    const struct step_outcome outcome = {.step_t = simulation->moment.step_t,
                                         .link_flow_m3 = decided->link_flow_m3,
                                         .link_open_share = decided->link_open_share,
                                         .link_repelling_m3 = decided->link_repelling_m3,
                                         .link_sea_kgm3 = decided->link_sea_kgm3,
                                         .content = decided->content,
                                         .supplied_m3 =
                                             (const double(*)[PART_COUNT])decided->supplied_m3,
                                         .lake_end_m3 = decided->lake_end_m3,
                                         .lake_area_m2 = decided->lake_area_m2,
                                         .lake_gate_m3 = decided->lake_gate_m3,
                                         .aquifer_end_m3 = decided->aquifer_end_m3};
    verifier_step(simulation->verifier, &outcome);
}

static enum status
simulate_step(struct simulation *simulation, int step_t, struct error *err)
{
    enum status status = STATUS_OK;
    look_up_step(simulation, step_t);
    TRY(salt_look_up(simulation, err));
    quality_begin(simulation);
    bays_look_up(simulation);
    quality_look_up(simulation);
    TRY(set_coefficients(simulation, simulation->allocation));
    if (simulation->new_month)
        TRY(deliver_month(simulation, err));
    flood_look_up(simulation);
    TRY(decide_step(simulation, err));
    TRY(iterate_salt(simulation, err));
    TRY(check_balance(simulation, err));
    TRY(quality_advance(simulation, err));
    TRY(bays_advance(simulation, err));
    if (simulation->verifier != NULL)
        verify_step(simulation);
    if (simulation->result->audit[0] != NULL)
        audit_take(simulation);
    account_step(simulation);
    TRY(salt_advance(simulation, err));
out:
    return status;
}

enum status
simulation_step(struct simulation *simulation, struct error *err)
{
    struct scenario_result *result = simulation->result;
    int t = simulation->next_t;
    result->status = simulate_step(simulation, t, err);
    if (result->status == STATUS_OK) {
        simulation->next_t = t + 1;
        return STATUS_OK;
    }
    result->failed_step = t;
    if (result->status != STATUS_INPUT) /* a table ended the run, not an allocation */
        dump_failure(simulation, err);
    return result->status;
}

int
simulation_next_step(const struct simulation *simulation)
{
    return simulation->next_t;
}

void
simulation_end(struct simulation *simulation)
{
    account_end(simulation);
}

/* Begin where the input says. */
static enum status
start(const struct simulation_input *input, struct scenario_result *result, struct simulation **out,
      struct error *err)
{
    enum status status = simulation_create(input, result, out, err);
    if (status == STATUS_OK && input->from != NULL)
        status = simulation_state_load(*out, input->from, input->from_water, err);
    return status;
}

enum status
simulate(const struct simulation_input *input, struct scenario_result *result, struct error *err)
{
    struct simulation *simulation = NULL;
    enum status status = start(input, result, &simulation, err);
    while (status == STATUS_OK) {
        if (input->save_before_t > 0 && simulation->next_t == input->save_before_t)
            TRY(simulation_state_save(simulation, &result->state, err));
        if (simulation->next_t == input->axis->step_count)
            break;
        status = simulation_step(simulation, err);
    }
out:
    result->status = status;
    if (status == STATUS_OK)
        simulation_end(simulation);
    simulation_destroy(simulation);
    return status;
}
