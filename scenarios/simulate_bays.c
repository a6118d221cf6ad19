/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"
#include "solvers/boxes.h"

#include <math.h>

/*
 * Bays: mixed boxes of salt between the rivers and the sea. Each follows the salinity in excess of
 * what rivers bring, which passes with their water; the flows of the step carry it on and swapped
 * water mixes it, exactly through the step (solvers/boxes.h).
 */

static const double throughput_tolerance = 1e-10, noise_kg = 1e-6;

/** Water that takes its salt from a bay, or from outside at a given content, to a bay or away. */
struct movement {
    int from, to; /* bays, -1 outside */
    double flow_m3s, outside_kgm3;
    bool swaps; /* part of an exchange without net flow */
};

struct bay_water {
    double excess_kgm3; /* at the end of the last step, above the river's */
    double salinity_kgm3;
    double air_m3s;  /* rain less evaporation, of this bay and of those that spill through it */
    double sea_kgm3; /* of the sea beside it, above the river's */
    int fresh_steps; /* that it has been too fresh for */
    double sum_kgm3s, moved_m3;
};

struct bays {
    struct bay_water *water; /* [bay_count] */
    int *of_node;            /* [node_count] bay of the node, -1 */
    int movement_count;
    struct movement *movement;
    double *rate, *gain, *excess, *mean, *room; /* as boxes_advance takes them */
};

/* ---- memory ---------------------------------------------------------------------------------- */

enum status
bays_create(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    size_t count = (size_t)basin->bay_count, most = 0;
    if (count == 0)
        return STATUS_OK;
    for (int b = 0; b < basin->bay_count; b++)
        most += 4 + 2 * (size_t)basin->passage[basin->bay_passage_p[b]].bay.exchange_count;
    for (int l = 0; l < basin->link_count; l++)
        most += is_bay(basin, basin->link[l].from);
    struct arena *memory = simulation->memory;
    struct bays *bays = arena_alloc(memory, 1, sizeof *bays);
    if (bays == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the bays");
    bays->water = arena_alloc(memory, count, sizeof *bays->water);
    bays->of_node = arena_alloc(memory, (size_t)basin->node_count, sizeof *bays->of_node);
    bays->movement = arena_alloc(memory, most, sizeof *bays->movement);
    bays->rate = arena_alloc(memory, count * count, sizeof(double));
    bays->gain = arena_alloc(memory, count, sizeof(double));
    bays->excess = arena_alloc(memory, count, sizeof(double));
    bays->mean = arena_alloc(memory, count, sizeof(double));
    bays->room = arena_alloc(memory, 2 * count, sizeof(double));
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the bays");
    for (int i = 0; i < basin->node_count; i++)
        bays->of_node[i] = -1;
    for (int b = 0; b < basin->bay_count; b++)
        bays->of_node[basin->passage[basin->bay_passage_p[b]].node_i] = b;
    simulation->bays = bays;
    return STATUS_OK;
}

static const struct passage *
passage_of(const struct simulation *simulation, int bay_b)
{
    return &simulation->basin->passage[simulation->basin->bay_passage_p[bay_b]];
}

/* ---- the start of a step --------------------------------------------------------------------- */

/* Salinity of what rivers have brought, which the bay passes on as it comes. */
static double
river_kgm3(const struct simulation *simulation, int bay_b)
{
    int salt_s = substance_salt(simulation->basin);
    const struct passage *passage = passage_of(simulation, bay_b);
    return salt_s >= 0 ? quality_node_content(simulation, salt_s, passage->node_i)
                       : passage->bay.river_kgm3;
}

void
bays_look_up(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct bays *bays = simulation->bays;
    if (bays == NULL)
        return;
    for (int b = 0; b < basin->bay_count && simulation->first_step; b++) {
        struct bay_water *water = &bays->water[b];
        water->salinity_kgm3 = passage_of(simulation, b)->bay.initial_kgm3;
        water->excess_kgm3 = fmax(0.0, water->salinity_kgm3 - river_kgm3(simulation, b));
    }
    for (int l = 0; l < basin->link_count && simulation->quality != NULL; l++) {
        int b = bays->of_node[basin->link[l].from];
        enum node_kind to = basin->node[basin->link[l].to].kind;
        if (b >= 0 && to != NODE_SEA && bays->of_node[basin->link[l].to] < 0)
            simulation->way[l].sea_kgm3 = bays->water[b].excess_kgm3;
    }
}

/* ---- the end of a step ----------------------------------------------------------------------- */

static void
move(struct bays *bays, int from, int to, double flow_m3s, double outside_kgm3, bool swaps)
{
    if (flow_m3s > 0.0)
        bays->movement[bays->movement_count++] =
            (struct movement){from, to, flow_m3s, outside_kgm3, swaps};
}

/* Water that a bay and its neighbour, another bay or the sea, swap. */
static void
swap(struct simulation *simulation, int bay_b, int other_node_i, double flow_m3s)
{
    struct bays *bays = simulation->bays;
    int other = bays->of_node[other_node_i];
    move(bays, bay_b, other, flow_m3s, 0.0, true);
    move(bays, other, bay_b, flow_m3s, bays->water[bay_b].sea_kgm3, true);
}

static void
swap_waters(struct simulation *simulation, int bay_b)
{
    const struct passage *passage = passage_of(simulation, bay_b);
    const struct bay *bay = &passage->bay;
    double share =
        simulation->input->records
            ->tide_share[simulation->basin->bay_passage_p[bay_b]][simulation->moment.step_t];
    double prism_m3s = bay->area_m2 * bay->range_m * share / bay->period_s;
    swap(simulation, bay_b, passage->spill_to, (1.0 - bay->returns) * prism_m3s);
    for (int i = 0; i < bay->exchange_count; i++)
        swap(simulation, bay_b, bay->exchange_node_i[i],
             moment_value(&simulation->moment, &bay->exchange[i]));
}

/* Rain and evaporation, on the way down to the sea: a surplus leaves, what lacks comes in. */
static void
add_air(struct simulation *simulation, int bay_b)
{
    const struct bay *bay = &passage_of(simulation, bay_b)->bay;
    double air_m3s = (moment_value(&simulation->moment, &bay->rain) -
                      moment_value(&simulation->moment, &bay->evaporation)) *
                     bay->area_m2;
    for (int b = bay_b; b >= 0; b = simulation->bays->of_node[passage_of(simulation, b)->spill_to])
        simulation->bays->water[b].air_m3s += air_m3s;
}

static void
find_movements(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct bays *bays = simulation->bays;
    bays->movement_count = 0;
    for (int b = 0; b < basin->bay_count; b++) {
        const struct varying *sea = &passage_of(simulation, b)->bay.sea_salinity;
        bays->water[b].air_m3s = 0.0;
        bays->water[b].sea_kgm3 =
            sea->kind == VARYING_ABSENT
                ? 0.0
                : fmax(0.0, moment_value(&simulation->moment, sea) - river_kgm3(simulation, b));
    }
    for (int b = 0; b < basin->bay_count; b++)
        add_air(simulation, b);
    for (int b = 0; b < basin->bay_count; b++) {
        double air_m3s = bays->water[b].air_m3s;
        int next = bays->of_node[passage_of(simulation, b)->spill_to];
        move(bays, b, next, air_m3s, 0.0, false);
        move(bays, next, b, -air_m3s, bays->water[b].sea_kgm3, false);
        swap_waters(simulation, b);
    }
    for (int l = 0; l < basin->link_count; l++) {
        int from = bays->of_node[basin->link[l].from];
        if (from >= 0)
            move(bays, from, bays->of_node[basin->link[l].to],
                 simulation->way[l].flow_m3 / simulation->dt_s, 0.0, false);
    }
}

static void
set_rates(struct simulation *simulation)
{
    struct bays *bays = simulation->bays;
    int count = simulation->basin->bay_count;
    for (int b = 0; b < count; b++) {
        bays->excess[b] = bays->water[b].excess_kgm3;
        bays->gain[b] = 0.0;
        for (int k = 0; k < count; k++)
            bays->rate[b * count + k] = 0.0;
    }
    for (int m = 0; m < bays->movement_count; m++) {
        const struct movement *is = &bays->movement[m];
        if (is->from >= 0)
            bays->rate[is->from * count + is->from] -=
                is->flow_m3s / passage_of(simulation, is->from)->bay.volume_m3;
        if (is->to < 0)
            continue;
        double part = is->flow_m3s / passage_of(simulation, is->to)->bay.volume_m3;
        if (is->from >= 0)
            bays->rate[is->to * count + is->from] += part;
        else
            bays->gain[is->to] += part * is->outside_kgm3;
    }
}

/* ---- figures --------------------------------------------------------------------------------- */

/* Where the salt of one bay went in the step, against what it holds now. */
static void
account_salt(struct simulation *simulation, int bay_b)
{
    struct bays *bays = simulation->bays;
    struct bay_water *water = &bays->water[bay_b];
    struct bay_indicators *sum = &simulation->result->bay[bay_b];
    double exchanged_kg = 0.0, carried_kg = 0.0, passed_kg = 0.0, dt_s = simulation->dt_s;
    for (int m = 0; m < bays->movement_count; m++) {
        const struct movement *is = &bays->movement[m];
        if (is->from != bay_b && is->to != bay_b)
            continue;
        double content_kgm3 = is->from >= 0 ? bays->mean[is->from] : is->outside_kgm3;
        double mass_kg = is->flow_m3s * content_kgm3 * dt_s * (is->to == bay_b ? 1.0 : -1.0);
        *(is->swaps ? &exchanged_kg : &carried_kg) += mass_kg;
        passed_kg += fabs(mass_kg);
        if (is->from == bay_b)
            water->moved_m3 += is->flow_m3s * dt_s;
    }
    double volume_m3 = passage_of(simulation, bay_b)->bay.volume_m3;
    double change_kg = (bays->excess[bay_b] - water->excess_kgm3) * volume_m3;
    double held_kg = 1e-14 * bays->excess[bay_b] * volume_m3;
    double tolerance_kg = fmax(throughput_tolerance * passed_kg, fmax(held_kg, noise_kg));
    sum->exchanged_kg += exchanged_kg;
    sum->carried_kg += carried_kg;
    sum->change_kg += change_kg;
    sum->worst_residual_ratio =
        fmax(sum->worst_residual_ratio, fabs(change_kg - exchanged_kg - carried_kg) / tolerance_kg);
}

static void
account_salinity(struct simulation *simulation, int bay_b, double before_kgm3)
{
    const struct bay *bay = &passage_of(simulation, bay_b)->bay;
    struct bay_water *water = &simulation->bays->water[bay_b];
    struct bay_indicators *sum = &simulation->result->bay[bay_b];
    double now_kgm3 = water->salinity_kgm3;
    int t = simulation->moment.step_t;
    water->sum_kgm3s +=
        (simulation->bays->mean[bay_b] + now_kgm3 - water->excess_kgm3) * simulation->dt_s;
    sum->lowest_kgm3 = fmin(sum->lowest_kgm3, now_kgm3);
    sum->highest_kgm3 = fmax(sum->highest_kgm3, now_kgm3);
    if (before_kgm3 - now_kgm3 > sum->largest_fall_kgm3) {
        sum->largest_fall_kgm3 = before_kgm3 - now_kgm3;
        sum->largest_fall_step = t;
    }
    sum->steps_too_salt += bay->suits_to_kgm3 > 0.0 && now_kgm3 > bay->suits_to_kgm3;
    if (!(now_kgm3 < bay->suits_from_kgm3)) {
        water->fresh_steps = 0;
        return;
    }
    sum->steps_too_fresh++;
    if (++water->fresh_steps > sum->longest_too_fresh_steps) {
        sum->longest_too_fresh_steps = water->fresh_steps;
        sum->longest_too_fresh_start = t - water->fresh_steps + 1;
    }
}

enum status
bays_advance(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    struct bays *bays = simulation->bays;
    if (bays == NULL)
        return STATUS_OK;
    find_movements(simulation);
    set_rates(simulation);
    char date[32];
    if (boxes_advance(basin->bay_count, bays->rate, bays->gain, simulation->dt_s, bays->excess,
                      bays->mean, bays->room) != STATUS_OK)
        return error_set(err, STATUS_NOT_FINITE,
                         "%s: the bays cannot be mixed: one is filled more than 1e7 times in the "
                         "step, or a flow is not a number",
                         step_date(simulation, date, sizeof date));
    for (int b = 0; b < basin->bay_count; b++) {
        struct bay_water *water = &bays->water[b];
        double before_kgm3 = water->salinity_kgm3;
        account_salt(simulation, b);
        water->excess_kgm3 = bays->excess[b];
        water->salinity_kgm3 = bays->excess[b] + river_kgm3(simulation, b);
        account_salinity(simulation, b, before_kgm3);
    }
    return STATUS_OK;
}

void
bays_account_end(struct simulation *simulation)
{
    const struct timeaxis *axis = simulation->axis;
    double length_s = (double)(axis->start_s[axis->step_count] - axis->start_s[0]);
    for (int b = 0; b < simulation->basin->bay_count; b++) {
        const struct bay_water *water = &simulation->bays->water[b];
        struct bay_indicators *sum = &simulation->result->bay[b];
        sum->mean_kgm3 = water->sum_kgm3s / length_s;
        sum->flushing_s = passage_of(simulation, b)->bay.volume_m3 * length_s / water->moved_m3;
    }
}

void
bays_carry(struct simulation *simulation, struct snapshot *snapshot)
{
    if (simulation->bays != NULL)
        snapshot_carry(snapshot, simulation->bays->water,
                       (size_t)simulation->basin->bay_count * sizeof *simulation->bays->water);
}

void
bays_keep(const struct simulation *simulation, keep_value *keep)
{
    for (int b = 0; b < simulation->basin->bay_count; b++)
        keep(simulation, RESULT_SALINITY, passage_of(simulation, b)->node_i,
             simulation->bays->water[b].salinity_kgm3);
}
