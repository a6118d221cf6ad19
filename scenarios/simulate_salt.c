/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>
#include <stdlib.h>

/*
 * Salt in the estuaries and the intakes that shut on it. A step takes the salinity as the last one
 * left it: the allocation sees intakes that are open for a known share of the step, then the flow
 * to the sea that it decides moves the salt. Estuaries that iterate take what the step itself
 * leaves: it is decided again until the shares stand still.
 */

static const double longest_step_s = 86400.0; /* of the unsteady model */
static const double front_kgm3[SALT_FRONTS] = {1.0, 4.0};
static const enum result_variable front_series[SALT_FRONTS] = {RESULT_SALT_FRONT_1,
                                                               RESULT_SALT_FRONT_4};

/* ---- at the start ---------------------------------------------------------------------------- */

static bool
is_intake(const struct link *link, int node_i)
{
    return link->from == node_i && isfinite(link->from_mouth_m) &&
           link->max_salinity.kind != VARYING_ABSENT;
}

/* Demands of people below the intake: those it serves without a storage between. */
static void
find_people(const struct basin *basin, struct intake *intake, bool *seen)
{
    for (int i = 0; i < basin->node_count; i++)
        seen[i] = false;
    seen[basin->link[intake->link_l].to] = true;
    for (bool moves = true; moves;) {
        moves = false;
        for (int l = 0; l < basin->link_count; l++) {
            enum node_kind kind = basin->node[basin->link[l].from].kind;
            if (!seen[basin->link[l].from] || seen[basin->link[l].to] || kind == NODE_RESERVOIR ||
                kind == NODE_AQUIFER || kind == NODE_SEA)
                continue;
            seen[basin->link[l].to] = moves = true;
        }
    }
    for (int d = 0; d < basin->demand_count; d++)
        if (seen[basin->demand[d].node_i] && basin->demand[d].population.kind != VARYING_ABSENT)
            intake->demand_d[intake->demand_count++] = d;
}

static enum status
open_intake(struct simulation *simulation, struct intake *intake, int link_l, struct error *err)
{
    const struct basin *basin = simulation->basin;
    bool *seen = arena_alloc(simulation->memory, (size_t)basin->node_count, sizeof *seen);
    *intake = (struct intake){.link_l = link_l};
    intake->demand_d =
        arena_alloc(simulation->memory, (size_t)basin->demand_count, sizeof *intake->demand_d);
    if (seen == NULL || intake->demand_d == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the estuaries");
    find_people(basin, intake, seen);
    return STATUS_OK;
}

static enum status
open_estuary(struct simulation *simulation, struct salt_water *water, int passage_p,
             struct error *err)
{
    const struct basin *basin = simulation->basin;
    const struct passage *passage = &basin->passage[passage_p];
    water->passage_p = passage_p;
    water->flow_m3s = passage->salt.initial_flow_m3s;
    water->intake =
        arena_alloc(simulation->memory, (size_t)basin->link_count, sizeof *water->intake);
    water->outlet_l =
        arena_alloc(simulation->memory, (size_t)basin->link_count, sizeof *water->outlet_l);
    water->withdrawn_m3s = arena_alloc(simulation->memory, (size_t)passage->salt.cell_count,
                                       sizeof *water->withdrawn_m3s);
    if (water->intake == NULL || water->outlet_l == NULL || water->withdrawn_m3s == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the estuaries");
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        enum status status = STATUS_OK;
        if (is_intake(link, passage->node_i))
            status = open_intake(simulation, &water->intake[water->intake_count++], l, err);
        else if (link->from == passage->node_i && link->kind == LINK_RIVER)
            water->outlet_l[water->outlet_count++] = l;
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Whatever is no intake and no estuary has no such figure. */
static void
clear_series(const struct simulation *simulation)
{
    static const enum result_variable variables[] = {
        RESULT_OPEN_SHARE,       RESULT_INTAKE_SALINITY, RESULT_SALT_FRONT_1, RESULT_SALT_FRONT_4,
        RESULT_ESTUARY_SALINITY, RESULT_SALINITY,        RESULT_CONTENT};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        float *series = simulation->result->series[variables[i]];
        int elements =
            result_element_count(simulation->basin, result_describe((int)variables[i])->element);
        size_t count = (size_t)elements * (size_t)simulation->axis->step_count;
        for (size_t k = 0; series != NULL && k < count; k++)
            series[k] = NAN;
    }
}

/* Salt that shuts no intake and that no result keeps is not followed. */
static bool
is_followed(const struct simulation *simulation, const struct passage *passage)
{
    bool kept = simulation->result->series[RESULT_ESTUARY_SALINITY] != NULL;
    for (int front = 0; front < SALT_FRONTS; front++)
        kept = kept || simulation->result->series[front_series[front]] != NULL;
    for (int l = 0; l < simulation->basin->link_count && !kept; l++)
        kept = is_intake(&simulation->basin->link[l], passage->node_i);
    return kept && passage->salt.mouth_area_m2 > 0.0;
}

enum status
salt_create(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    clear_series(simulation);
    for (int p = 0; p < basin->passage_count; p++)
        simulation->salt_count += is_followed(simulation, &basin->passage[p]);
    simulation->salt =
        arena_alloc(simulation->memory, (size_t)simulation->salt_count, sizeof *simulation->salt);
    if (simulation->salt == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the estuaries");
    for (int p = 0, i = 0; p < basin->passage_count; p++)
        if (is_followed(simulation, &basin->passage[p])) {
            enum status status = open_estuary(simulation, &simulation->salt[i++], p, err);
            if (status != STATUS_OK)
                return status;
        }
    return STATUS_OK;
}

void
salt_destroy(struct simulation *simulation)
{
    for (int i = 0; i < simulation->salt_count && simulation->salt != NULL; i++) {
        salt_transport_destroy(simulation->salt[i].transport);
        salt_transport_destroy(simulation->salt[i].ahead);
    }
}

/* ---- the state at the start of a step -------------------------------------------------------- */

static const struct salt_reach *
reach_of(const struct simulation *simulation, const struct salt_water *water)
{
    return &simulation->basin->passage[water->passage_p].salt;
}

/* The first state is the steady one of the flow before the run. */
static enum status
begin(struct simulation *simulation, struct salt_water *water, struct error *err)
{
    const struct salt_reach *salt = reach_of(simulation, water);
    estuary_set_flow(salt, water->flow_m3s, &water->view);
    water->length_m = estuary_length_m(salt, &water->view);
    if (salt->model != SALT_UNSTEADY)
        return STATUS_OK;
    enum status status = salt_transport_create(&water->view.channel, salt->length_m,
                                               salt->cell_count, &water->transport, err);
    if (status == STATUS_OK && salt->iterate > 0)
        status = salt_transport_create(&water->view.channel, salt->length_m, salt->cell_count,
                                       &water->ahead, err);
    if (status == STATUS_OK)
        salt_transport_set_steady(water->transport, &water->view.state);
    return status;
}

static struct estuary_moment
moment_of(const struct simulation *simulation, const struct salt_water *water)
{
    const struct passage *passage = &simulation->basin->passage[water->passage_p];
    const struct moment *moment = &simulation->moment;
    struct estuary_moment out = {
        .tide_share = simulation->input->records->tide_share[water->passage_p][moment->step_t],
        .mouth_kgm3 = moment_value(moment, &passage->mouth_salinity)};
    if (passage->mean_sea_level.kind != VARYING_ABSENT)
        out.sea_level_m = moment_value(moment, &passage->mean_sea_level);
    return out;
}

/* Where the mean of the tide has a salinity. */
static double
place_of(const struct salt_reach *salt, const struct salt_water *water, double salinity_kgm3)
{
    if (salt->model != SALT_UNSTEADY)
        return estuary_limit_m(&water->view, salinity_kgm3);
    return salt_transport_distance(water->transport, water->view.state.sea_kgm3, salinity_kgm3) +
           tide_shift_m(&water->view.tide, water->view.phase, TIDE_AVERAGE);
}

static double
salinity_at(const struct salt_reach *salt, const struct salt_water *water, double x_m)
{
    if (salt->model != SALT_UNSTEADY)
        return estuary_salinity_kgm3(&water->view, x_m, TIDE_AVERAGE);
    double shift_m = tide_shift_m(&water->view.tide, water->view.phase, TIDE_AVERAGE);
    return salt_transport_salinity_at(water->transport, water->view.state.sea_kgm3, x_m - shift_m);
}

/* Mean salinity of what an intake draws while it is open: the profile swings by half an excursion,
 * and the intake is open in the phases from acos(c) = pi (1 - open share) on (tide_open_share). */
static double
drawn_kgm3(const struct salt_reach *salt, const struct salt_water *water,
           const struct intake *intake, double x_m)
{
    enum { PHASES = 16 };
    double first = M_PI * (1.0 - intake->open_share), sum = 0.0;
    for (int k = 0; k < PHASES && intake->open_share > 0.0; k++) {
        double phase = first + (M_PI - first) * (k + 0.5) / PHASES;
        double shift_m = 0.5 * tide_excursion_m(&water->view.tide) * cos(phase);
        sum += salinity_at(salt, water, x_m - shift_m) / PHASES;
    }
    return intake->open_share > 0.0 ? sum : intake->salinity_kgm3;
}

static void
find_intake(struct simulation *simulation, const struct salt_water *water, struct intake *intake)
{
    const struct salt_reach *salt = reach_of(simulation, water);
    const struct link *link = &simulation->basin->link[intake->link_l];
    double limit_kgm3 = fmax(0.0, moment_value(&simulation->moment, &link->max_salinity));
    double acts_kgm3 = intake->was_shut ? link->reopen_share * limit_kgm3 : limit_kgm3;
    intake->salinity_kgm3 = salinity_at(salt, water, link->from_mouth_m);
    intake->open_share =
        tide_open_share(&water->view.tide, link->from_mouth_m, place_of(salt, water, acts_kgm3));
    intake->is_shut = !(intake->open_share > 0.0);
    if (simulation->quality != NULL)
        simulation->way[intake->link_l].sea_kgm3 =
            fmax(0.0, drawn_kgm3(salt, water, intake, link->from_mouth_m) - salt->river_kgm3);
}

/* The flow to the sea that keeps every intake fresh in the mean of the tide. */
static double
repelling_flow_m3s(const struct simulation *simulation, const struct salt_water *water)
{
    double most_m3s = 0.0;
    for (int i = 0; i < water->intake_count; i++) {
        const struct link *link = &simulation->basin->link[water->intake[i].link_l];
        double limit_kgm3 = fmax(0.0, moment_value(&simulation->moment, &link->max_salinity));
        double flow_m3s =
            estuary_repelling_flow_m3s(&water->view, link->from_mouth_m, limit_kgm3, TIDE_AVERAGE);
        if (simulation->way[water->intake[i].link_l].open && isfinite(flow_m3s))
            most_m3s = fmax(most_m3s, flow_m3s);
    }
    return most_m3s;
}

static void
ask_for_repelling(struct simulation *simulation, const struct salt_water *water)
{
    for (int i = 0; i < water->outlet_count; i++) {
        struct way *way = &simulation->way[water->outlet_l[i]];
        way->repelling_m3 = 0.0;
        if (!simulation->basin->link[water->outlet_l[i]].repels || !way->open)
            continue;
        way->repelling_m3 = repelling_flow_m3s(simulation, water) * simulation->dt_s;
        way->required_m3 = fmax(way->required_m3, way->repelling_m3);
        way->minimum_m3 = fmax(way->minimum_m3, way->repelling_m3);
    }
}

/* The steady state that stands for the one of the water. */
static void
set_view(const struct salt_reach *salt, struct salt_water *water)
{
    double flow_m3s = water->flow_m3s;
    if (salt->model == SALT_LAG)
        flow_m3s = estuary_flow_of_length_m3s(salt, &water->view, water->length_m);
    estuary_set_flow(salt, flow_m3s, &water->view);
}

enum status
salt_resume(struct simulation *simulation, struct error *err)
{
    enum status status = STATUS_OK;
    simulation->moment.step_t = 0; /* the cells are those of the channel in the first step */
    for (int i = 0; i < simulation->salt_count && status == STATUS_OK; i++) {
        struct salt_water *water = &simulation->salt[i];
        const struct salt_reach *salt = reach_of(simulation, water);
        const struct estuary_moment moment = moment_of(simulation, water);
        if (salt->model != SALT_UNSTEADY || water->transport != NULL)
            continue;
        estuary_view(salt, &moment, &water->view);
        status = begin(simulation, water, err);
    }
    return status;
}

void
salt_carry(struct simulation *simulation, struct snapshot *snapshot)
{
    for (int i = 0; i < simulation->salt_count; i++) {
        struct salt_water *water = &simulation->salt[i];
        snapshot_carry(snapshot, &water->flow_m3s, sizeof water->flow_m3s);
        snapshot_carry(snapshot, &water->length_m, sizeof water->length_m);
        for (int k = 0; k < water->intake_count; k++) {
            struct intake *intake = &water->intake[k];
            snapshot_carry(snapshot, &intake->is_shut, sizeof intake->is_shut);
            snapshot_carry(snapshot, &intake->shut_steps, sizeof intake->shut_steps);
        }
        if (water->transport != NULL)
            snapshot_carry(snapshot, salt_transport_salinity(water->transport),
                           (size_t)salt_transport_cell_count(water->transport) * sizeof(double));
    }
}

enum status
salt_look_up(struct simulation *simulation, struct error *err)
{
    for (int i = 0; i < simulation->salt_count; i++) {
        struct salt_water *water = &simulation->salt[i];
        const struct salt_reach *salt = reach_of(simulation, water);
        const struct estuary_moment moment = moment_of(simulation, water);
        estuary_view(salt, &moment, &water->view);
        if (simulation->first_step) {
            enum status status = begin(simulation, water, err);
            if (status != STATUS_OK)
                return status;
        }
        set_view(salt, water);
        for (int k = 0; k < water->intake_count; k++) {
            struct intake *intake = &water->intake[k];
            intake->was_shut = intake->is_shut;
            find_intake(simulation, water, intake);
            simulation->way[intake->link_l].open_share = intake->open_share;
        }
        ask_for_repelling(simulation, water);
        for (int front = 0; front < SALT_FRONTS; front++)
            if (simulation->result->series[front_series[front]] != NULL)
                water->front_m[front] =
                    fmin(salt->length_m, fmax(0.0, place_of(salt, water, front_kgm3[front])));
    }
    return STATUS_OK;
}

/* ---- results --------------------------------------------------------------------------------- */

void
account_shut(struct simulation *simulation, int link_l, int *shut_steps)
{
    const struct way *way = &simulation->way[link_l];
    struct link_indicators *sum = &simulation->result->link[link_l];
    int t = simulation->moment.step_t;
    if (way->open && isfinite(way->capacity_m3s))
        sum->withheld_m3 += (1.0 - way->open_share) * way->capacity_m3s * simulation->dt_s;
    sum->steps_partly_shut += way->open_share > 0.0 && way->open_share < 1.0;
    if (way->open_share > 0.0) {
        *shut_steps = 0;
        return;
    }
    sum->steps_shut++;
    if (++*shut_steps > sum->longest_shut_steps) {
        sum->longest_shut_steps = *shut_steps;
        sum->longest_shut_start = t - *shut_steps + 1;
    }
}

/* People without their water while the intake is shut, each for the share that is short. */
static double
people_short(const struct simulation *simulation, const struct intake *intake)
{
    double people = 0.0;
    for (int i = 0; i < intake->demand_count; i++) {
        const struct demand *demand = &simulation->basin->demand[intake->demand_d[i]];
        const struct want *want = &simulation->want[intake->demand_d[i]];
        double short_m3 = want->need_m3 - want->supply_m3;
        if (short_m3 > 1e-6 * want->need_m3)
            people += demand_people(demand, &simulation->moment) * short_m3 / want->need_m3;
    }
    return people;
}

static void
account_intake(struct simulation *simulation, struct intake *intake)
{
    struct link_indicators *sum = &simulation->result->link[intake->link_l];
    sum->worst_salinity_kgm3 = most_of(sum->worst_salinity_kgm3, intake->salinity_kgm3);
    account_shut(simulation, intake->link_l, &intake->shut_steps);
    if (!(simulation->way[intake->link_l].open_share < 1.0) ||
        !simulation->way[intake->link_l].open)
        return;
    double people = people_short(simulation, intake);
    sum->people_short = most_of(sum->people_short, people);
    sum->person_days_short += people * simulation->dt_s / 86400.0;
}

void
salt_account(struct simulation *simulation)
{
    for (int i = 0; i < simulation->salt_count; i++)
        for (int k = 0; k < simulation->salt[i].intake_count; k++)
            account_intake(simulation, &simulation->salt[i].intake[k]);
}

/* Salinity along all estuaries that are followed. */
static void
keep_sections(const struct simulation *simulation, keep_value *keep)
{
    const struct basin *basin = simulation->basin;
    int first = 0, salt_i = 0;
    for (int p = 0; p < basin->passage_count; p++) {
        const struct salt_reach *salt = &basin->passage[p].salt;
        if (!(salt->mouth_area_m2 > 0.0))
            continue;
        const struct salt_water *water = &simulation->salt[salt_i++];
        for (int k = 0; k < SALT_SECTIONS; k++)
            keep(simulation, RESULT_ESTUARY_SALINITY, first + k,
                 salinity_at(salt, water, salt->length_m * k / (double)(SALT_SECTIONS - 1)));
        first += SALT_SECTIONS;
    }
}

void
salt_keep(const struct simulation *simulation, keep_value *keep)
{
    if (simulation->result->series[RESULT_ESTUARY_SALINITY] != NULL)
        keep_sections(simulation, keep);
    for (int i = 0; i < simulation->salt_count; i++) {
        const struct salt_water *water = &simulation->salt[i];
        for (int front = 0; front < SALT_FRONTS; front++)
            keep(simulation, front_series[front],
                 simulation->basin->passage[water->passage_p].node_i, water->front_m[front]);
        for (int k = 0; k < water->intake_count; k++) {
            const struct intake *intake = &water->intake[k];
            keep(simulation, RESULT_OPEN_SHARE, intake->link_l,
                 simulation->way[intake->link_l].open_share);
            keep(simulation, RESULT_INTAKE_SALINITY, intake->link_l, intake->salinity_kgm3);
        }
    }
}

/* ---- what the step's flow does --------------------------------------------------------------- */

/* What left the estuary by its rivers and spills. */
static double
outflow_m3s(const struct simulation *simulation, const struct salt_water *water)
{
    double flow_m3 = 0.0;
    for (int i = 0; i < water->outlet_count; i++)
        flow_m3 += simulation->way[water->outlet_l[i]].flow_m3;
    return flow_m3 / simulation->dt_s;
}

static enum status
transport(struct simulation *simulation, struct salt_water *water, struct error *err)
{
    const struct salt_reach *salt = reach_of(simulation, water);
    double head_m3s = water->flow_m3s;
    for (int i = 0; i < salt->cell_count; i++)
        water->withdrawn_m3s[i] = 0.0;
    for (int k = 0; k < water->intake_count; k++) {
        int link_l = water->intake[k].link_l;
        double taken_m3s = fmax(0.0, simulation->way[link_l].flow_m3) / simulation->dt_s;
        int cell_i =
            salt_transport_cell_at(water->transport, simulation->basin->link[link_l].from_mouth_m);
        if (cell_i < 0) /* a scenario moved it beyond the reach */
            cell_i = salt->cell_count - 1;
        water->withdrawn_m3s[cell_i] += taken_m3s;
        head_m3s += taken_m3s;
    }
    estuary_set_flow(salt, water->flow_m3s, &water->view);
    int parts = (int)ceil(simulation->dt_s / longest_step_s);
    const struct salt_forcing forcing = {.dt_s = simulation->dt_s / parts,
                                         .dispersion_m2s = water->view.state.dispersion_m2s,
                                         .van_der_burgh = salt->van_der_burgh,
                                         .sea_kgm3 = water->view.state.sea_kgm3,
                                         .river_m3s = head_m3s,
                                         .river_kgm3 = salt->river_kgm3,
                                         .withdrawn_m3s = water->withdrawn_m3s};
    enum status status = STATUS_OK;
    struct salt_account account;
    for (int part = 0; part < parts && status == STATUS_OK; part++)
        status = salt_transport_advance(water->transport, &forcing, &account, err);
    return status;
}

static enum status
advance(struct simulation *simulation, struct salt_water *water, struct error *err)
{
    const struct salt_reach *salt = reach_of(simulation, water);
    water->flow_m3s = outflow_m3s(simulation, water);
    if (salt->model == SALT_UNSTEADY)
        return transport(simulation, water, err);
    if (salt->model == SALT_LAG) {
        estuary_set_flow(salt, water->flow_m3s, &water->view);
        water->length_m =
            estuary_lagged_length_m(salt, &water->view, water->length_m, simulation->dt_s);
    }
    return STATUS_OK;
}

enum status
salt_advance(struct simulation *simulation, struct error *err)
{
    enum status status = STATUS_OK;
    for (int i = 0; i < simulation->salt_count && status == STATUS_OK; i++)
        status = advance(simulation, &simulation->salt[i], err);
    return status;
}

/* What is left to go for the intakes of one estuary. */
static void
approach(struct simulation *simulation, const struct salt_water *ahead, double part,
         double *distance)
{
    for (int k = 0; k < ahead->intake_count; k++) {
        struct intake *intake = &ahead->intake[k], found = *intake;
        struct way *way = &simulation->way[intake->link_l];
        bool shut_by_limits = way->open_share != intake->open_share;
        find_intake(simulation, ahead, &found);
        intake->salinity_kgm3 = found.salinity_kgm3;
        double left = found.open_share - intake->open_share;
        if (shut_by_limits || !way->open)
            continue;
        *distance = fmax(*distance, fabs(left));
        if (fabs(left) <= SALT_TOLERANCE)
            continue;
        intake->open_share += part * left;
        intake->is_shut = !(intake->open_share > 0.0);
        way->open_share = intake->open_share;
    }
}

enum status
salt_approach(struct simulation *simulation, double part, double *distance, struct error *err)
{
    enum status status = STATUS_OK;
    *distance = 0.0;
    for (int i = 0; i < simulation->salt_count && status == STATUS_OK; i++) {
        struct salt_water *water = &simulation->salt[i], ahead = *water;
        const struct salt_reach *salt = reach_of(simulation, water);
        if (salt->iterate == 0)
            continue;
        ahead.transport = water->ahead;
        if (salt->model == SALT_UNSTEADY)
            salt_transport_copy(ahead.transport, water->transport);
        status = advance(simulation, &ahead, err);
        set_view(salt, &ahead);
        if (status == STATUS_OK)
            approach(simulation, &ahead, part, distance);
    }
    return status;
}
