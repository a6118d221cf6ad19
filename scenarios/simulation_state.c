/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation_state.h"

#include "scenarios/quality.h"
#include "scenarios/simulation.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { STATE_FORMAT = 1 };

#define STATE_MAGIC "ngstate\n"

/** First bytes of a state; shape, water and machine follow. */
struct state_head {
    char magic[8];
    uint32_t format;
    uint32_t crc; /**< of all that comes after it */
    int64_t step_t;
    uint64_t shape_size, water_size, machine_size;
};

/* ---- shape ------------------------------------------------------------------------------------
 */

static void
print_elements(FILE *out, const struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int i = 0; i < basin->node_count; i++)
        fprintf(out, "node %s\n", basin->node[i].id);
    for (int l = 0; l < basin->link_count; l++) {
        const struct reach *reach = reaches_find(&simulation->reaches, l);
        fprintf(out, "link %s", basin->link[l].id);
        if (reach != NULL)
            fprintf(out, " with %d figures of water on its way", reach->routing.state_count);
        fputc('\n', out);
    }
    for (int c = 0; c < basin->licence_count; c++)
        fprintf(out, "licence %s%s\n", basin->licence[c].id,
                basin->licence[c].rolling.kind != VARYING_ABSENT ? " with a rolling window" : "");
    for (int p = 0; p < basin->drought_plan_count; p++)
        fprintf(out, "drought plan %s of %d stages\n", basin->drought_plan[p].id,
                basin->drought_plan[p].stage_count);
    for (int s = 0; s < basin->substance_count; s++)
        fprintf(out, "substance %s\n", basin->substance[s].id);
    for (int b = 0; b < basin->bay_count; b++)
        fprintf(out, "bay %s\n", basin->node[basin->passage[basin->bay_passage_p[b]].node_i].id);
}

static void
print_shape(FILE *out, const struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    const struct timeaxis *axis = simulation->axis;
    char date[32];
    date_format(timeaxis_date(axis, 0), axis->step == STEP_HOURLY, date, sizeof date);
    fprintf(out, "%s steps from %s\n", step_kind_name(axis->step), date);
    print_elements(out, simulation);
    for (int i = 0; i < simulation->flood_count; i++) {
        const struct operation_plan *plan = simulation->flood[i].day->plan;
        fprintf(out, "flood windows of reservoir %s with %d gates\n",
                basin->node[plan->reservoir->node_i].id, plan->gate_count);
    }
    for (int i = 0; i < simulation->salt_count; i++) {
        const struct salt_water *water = &simulation->salt[i];
        const struct passage *passage = &basin->passage[water->passage_p];
        fprintf(out, "salt of estuary %s in %d cells\n", basin->node[passage->node_i].id,
                passage->salt.model == SALT_UNSTEADY ? passage->salt.cell_count : 0);
        for (int k = 0; k < water->intake_count; k++)
            fprintf(out, "intake %s\n", basin->link[water->intake[k].link_l].id);
    }
    for (int g = 0; simulation->quality != NULL && g < simulation->quality->gate_count; g++)
        fprintf(out, "gate %s\n", basin->link[simulation->quality->gate[g].link_l].id);
}

/* To be freed; NULL without memory. */
static char *
shape_of(const struct simulation *simulation, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (out == NULL)
        return NULL;
    print_shape(out, simulation);
    bool good = ferror(out) == 0;
    if (fclose(out) == 0 && good)
        return text;
    free(text);
    return NULL;
}

static enum status
check_shape(const struct simulation *simulation, const char *kept, size_t kept_size,
            struct error *err)
{
    size_t size = 0, same = 0;
    char *now = shape_of(simulation, &size);
    enum status status = STATUS_OK;
    if (now == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the state");
    for (size_t i = 0; i < size && i < kept_size && now[i] == kept[i]; i++)
        if (now[i] == '\n')
            same = i + 1;
    if (size != kept_size || memcmp(now, kept, size) != 0) {
        int kept_length = 0, length = 0;
        while (same + (size_t)kept_length < kept_size && kept[same + (size_t)kept_length] != '\n')
            kept_length++;
        while (same + (size_t)length < size && now[same + (size_t)length] != '\n')
            length++;
        status = error_set(err, STATUS_INPUT, "the state has %s%.*s%s where the run has %s%.*s%s",
                           kept_length > 0 ? "'" : "nothing", kept_length, kept + same,
                           kept_length > 0 ? "'" : "", length > 0 ? "'" : "nothing", length,
                           now + same, length > 0 ? "'" : "");
    }
    free(now);
    return status;
}

/* ---- water ------------------------------------------------------------------------------------
 */

#define CARRY(snapshot, place) snapshot_carry(snapshot, &(place), sizeof(place))

static void
carry_permit(struct simulation *simulation, int licence_c, struct snapshot *snapshot)
{
    struct permit *permit = &simulation->permit[licence_c];
    int *const period[] = {&permit->day, &permit->month, &permit->year, &permit->oldest_step};
    double *const sum[] = {&permit->day_m3, &permit->month_m3, &permit->year_m3};
    for (size_t i = 0; i < sizeof period / sizeof *period; i++)
        CARRY(snapshot, *period[i]);
    for (size_t i = 0; i < sizeof sum / sizeof *sum; i++)
        CARRY(snapshot, *sum[i]);
    if (permit->oldest_step < 0)
        snapshot->failed = true;
    if (simulation->basin->licence[licence_c].rolling.kind == VARYING_ABSENT)
        return;
    int first = simulation->next_t - permit->step_capacity; /* what the ring has room for */
    if (first < permit->oldest_step)
        first = permit->oldest_step;
    for (int t = permit->oldest_step; t < simulation->next_t && !snapshot->failed; t++) {
        double passed_m3 = 0.0; /* beyond a window that has become shorter */
        CARRY(snapshot, *(t < first ? &passed_m3 : &permit->drawn_m3[t % permit->step_capacity]));
    }
}

static void
carry_storages(struct simulation *simulation, struct snapshot *snapshot)
{
    const struct basin *basin = simulation->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct lake *lake = &simulation->lake[r];
        CARRY(snapshot, lake->storage_m3);
        lake->level_m = reservoir_level_m(&basin->reservoir[r], lake->storage_m3);
        lake->area_m2 = reservoir_area_m2(&basin->reservoir[r], lake->storage_m3);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        struct ground *ground = &simulation->ground[a];
        CARRY(snapshot, ground->storage_m3);
        CARRY(snapshot, ground->licence_left_m3);
        CARRY(snapshot, ground->licence_year);
    }
    for (int i = 0; i < simulation->reaches.count; i++) {
        struct reach *reach = &simulation->reaches.reach[i];
        snapshot_carry(snapshot, reach->state,
                       (size_t)reach->routing.state_count * sizeof *reach->state);
        CARRY(snapshot, reach->held_m3);
        CARRY(snapshot, reach->start_m3);
    }
}

static void
carry_indicators(struct simulation *simulation, struct snapshot *snapshot)
{
    const struct basin *basin = simulation->basin;
    struct scenario_result *result = simulation->result;
    size_t stages = (size_t)result_element_count(basin, ELEMENT_DROUGHT_STAGE);
    snapshot_carry(snapshot, result->demand, (size_t)basin->demand_count * sizeof *result->demand);
    snapshot_carry(snapshot, result->reservoir,
                   (size_t)basin->reservoir_count * sizeof *result->reservoir);
    snapshot_carry(snapshot, result->flood, (size_t)basin->reservoir_count * sizeof *result->flood);
    snapshot_carry(snapshot, result->link, (size_t)basin->link_count * sizeof *result->link);
    snapshot_carry(snapshot, result->licence,
                   (size_t)basin->licence_count * sizeof *result->licence);
    snapshot_carry(snapshot, result->stage, stages * sizeof *result->stage);
    snapshot_carry(snapshot, result->substance,
                   (size_t)basin->substance_count * sizeof *result->substance);
    snapshot_carry(snapshot, result->bay, (size_t)basin->bay_count * sizeof *result->bay);
    CARRY(snapshot, result->basin);
}

static void
carry_water(struct simulation *simulation, struct snapshot *snapshot)
{
    const struct basin *basin = simulation->basin;
    carry_storages(simulation, snapshot);
    for (int c = 0; c < basin->licence_count; c++)
        carry_permit(simulation, c, snapshot);
    for (int p = 0; p < basin->drought_plan_count; p++) {
        struct drought_watch *watch = &simulation->drought[p];
        CARRY(snapshot, watch->stage);
        CARRY(snapshot, watch->entered_step);
        if (watch->stage < 0 || watch->stage > basin->drought_plan[p].stage_count ||
            watch->entered_step < 0 || watch->entered_step >= simulation->axis->step_count)
            snapshot->failed = true;
    }
    for (int d = 0; d < basin->demand_count; d++) {
        CARRY(snapshot, simulation->want[d].event_start);
        CARRY(snapshot, simulation->want[d].event_m3);
    }
    flood_carry(simulation, snapshot);
    salt_carry(simulation, snapshot);
    quality_carry(simulation, snapshot);
    bays_carry(simulation, snapshot);
    carry_indicators(simulation, snapshot);
}

/* ---- machine ----------------------------------------------------------------------------------
 */

/* Pointers stay what they are in this simulation, and are 0 in the bytes. */
static void
carry_pointed(struct simulation *simulation, struct snapshot *snapshot)
{
    const struct basin *basin = simulation->basin;
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct lake *lake = &simulation->lake[r];
        double *zone_m3 = lake->zone_m3;
        lake->zone_m3 = NULL;
        CARRY(snapshot, *lake);
        lake->zone_m3 = zone_m3;
        snapshot_carry(snapshot, zone_m3, (size_t)basin->reservoir[r].zone_count * sizeof *zone_m3);
    }
    for (int l = 0; l < basin->link_count; l++) {
        struct way *way = &simulation->way[l];
        struct upstream upstream = way->upstream;
        memset(&way->upstream, 0, sizeof way->upstream);
        CARRY(snapshot, *way);
        way->upstream = upstream;
    }
}

static void
carry_delivered(struct simulation *simulation, struct snapshot *snapshot)
{
    const struct network *network = simulation->delivery->network;
    size_t entries = (size_t)network->column_start[network->column_count];
    for (int month_i = 0; month_i < 12; month_i++) {
        struct delivered_month *month = &simulation->delivered[month_i];
        CARRY(snapshot, month->is_known);
        snapshot_carry(snapshot, month->upper_m3, (size_t)network->column_count * sizeof(double));
        snapshot_carry(snapshot, month->known_m3, (size_t)network->row_count * sizeof(double));
        snapshot_carry(snapshot, month->coefficient, entries * sizeof(double));
        snapshot_carry(snapshot, month->share,
                       (size_t)simulation->basin->demand_count * sizeof(double));
    }
}

static void
carry_machine(struct simulation *simulation, struct snapshot *snapshot)
{
    const struct basin *basin = simulation->basin;
    carry_pointed(simulation, snapshot);
    snapshot_carry(snapshot, simulation->want,
                   (size_t)basin->demand_count * sizeof *simulation->want);
    snapshot_carry(snapshot, simulation->works,
                   (size_t)basin->passage_count * sizeof *simulation->works);
    snapshot_carry(snapshot, simulation->supply,
                   (size_t)basin->source_count * sizeof *simulation->supply);
    snapshot_carry(snapshot, simulation->ground,
                   (size_t)basin->aquifer_count * sizeof *simulation->ground);
    carry_delivered(simulation, snapshot);
    allocation_carry(simulation->allocation, snapshot);
    allocation_carry(simulation->delivery, snapshot);
}

/* ---- states -----------------------------------------------------------------------------------
 */

static size_t
count(struct simulation *simulation,
      void (*carry)(struct simulation *simulation, struct snapshot *snapshot))
{
    struct snapshot snapshot = {.mode = SNAPSHOT_COUNT};
    carry(simulation, &snapshot);
    return snapshot.place;
}

static uint32_t
crc_of(const struct simulation_state *state)
{
    size_t after = offsetof(struct state_head, crc) + sizeof(uint32_t);
    return (uint32_t)crc32_z(0, state->bytes + after, state->size - after);
}

static enum status
check_use(const struct simulation *simulation, struct error *err)
{
    if (simulation->input->method != LP_SIMPLEX)
        return error_set(err, STATUS_USAGE,
                         "a state needs the simplex solver: GLPK's own cannot be kept");
    return STATUS_OK;
}

enum status
simulation_state_save(struct simulation *simulation, struct simulation_state *out,
                      struct error *err)
{
    size_t shape_size = 0;
    enum status status = STATUS_OK;
    char *shape = NULL;
    TRY(check_use(simulation, err));
    if (simulation->next_t == 0)
        TRY(error_set(err, STATUS_USAGE, "there is no state before the first step"));
    shape = shape_of(simulation, &shape_size);
    struct state_head head = {.magic = STATE_MAGIC,
                              .format = STATE_FORMAT,
                              .step_t = simulation->next_t,
                              .shape_size = shape_size,
                              .water_size = count(simulation, carry_water),
                              .machine_size = count(simulation, carry_machine)};
    size_t size = sizeof head + shape_size + head.water_size + head.machine_size;
    unsigned char *bytes = shape != NULL ? realloc(out->bytes, size) : NULL;
    if (bytes == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the state"));
    *out = (struct simulation_state){simulation->next_t, size, bytes};
    struct snapshot snapshot = {.mode = SNAPSHOT_SAVE, .bytes = bytes, .size = size};
    CARRY(&snapshot, head);
    snapshot_carry(&snapshot, shape, shape_size);
    carry_water(simulation, &snapshot);
    carry_machine(simulation, &snapshot);
    head.crc = crc_of(out);
    memcpy(bytes, &head, sizeof head);
out:
    free(shape);
    return status;
}

bool
simulation_state_of(unsigned char *bytes, size_t size, struct simulation_state *out)
{
    struct state_head head;
    *out = (struct simulation_state){0, size, bytes};
    if (size < sizeof head)
        return false;
    memcpy(&head, bytes, sizeof head);
    size_t rest = size - sizeof head;
    if (memcmp(head.magic, STATE_MAGIC, sizeof head.magic) != 0 || head.step_t < 1 ||
        head.step_t > INT32_MAX || head.shape_size > rest ||
        head.water_size > rest - head.shape_size ||
        head.machine_size != rest - head.shape_size - head.water_size || crc_of(out) != head.crc)
        return false;
    out->step_t = (int)head.step_t;
    return true;
}

/* Bring the part of a state into the simulation; false if it has another length. */
static bool
load(struct simulation *simulation,
     void (*carry)(struct simulation *simulation, struct snapshot *snapshot), unsigned char *bytes,
     size_t size)
{
    struct snapshot snapshot = {.mode = SNAPSHOT_LOAD, .bytes = bytes, .size = size};
    carry(simulation, &snapshot);
    return !snapshot.failed && snapshot.place == size;
}

/* Nothing but water is known: the next step looks everything up and solves afresh. */
static void
forget_machine(struct simulation *simulation)
{
    simulation->is_resumed = true;
    allocation_forget(simulation->allocation);
    allocation_forget(simulation->delivery);
    for (int month_i = 0; month_i < 12; month_i++)
        simulation->delivered[month_i].is_known = false;
}

static enum status
check_state(const struct simulation *simulation, const struct simulation_state *state,
            struct state_head *head, struct error *err)
{
    struct simulation_state copy;
    enum status status = check_use(simulation, err);
    if (status != STATUS_OK)
        return status;
    if (simulation->verifier != NULL)
        return error_set(err, STATUS_USAGE,
                         "a run that starts from a state cannot be verified; verify the whole run");
    if (!simulation_state_of(state->bytes, state->size, &copy))
        return error_set(err, STATUS_INPUT, "the state is damaged, or it is none");
    memcpy(head, state->bytes, sizeof *head);
    if (head->format != STATE_FORMAT)
        return error_set(err, STATUS_INPUT, "the state is of another version of nguon");
    if (head->step_t > simulation->axis->step_count)
        return error_set(err, STATUS_INPUT, "the state is of a date after the run");
    return check_shape(simulation, (const char *)state->bytes + sizeof *head,
                       (size_t)head->shape_size, err);
}

enum status
simulation_state_load(struct simulation *simulation, const struct simulation_state *state,
                      bool only_water, struct error *err)
{
    enum status status = STATUS_OK;
    struct state_head head;
    TRY(check_state(simulation, state, &head, err));
    TRY(salt_resume(simulation, err));
    unsigned char *water = state->bytes + sizeof head + head.shape_size;
    int before_t = simulation->next_t;
    simulation->next_t = (int)head.step_t;
    bool good = load(simulation, carry_water, water, (size_t)head.water_size);
    if (good && !only_water)
        good = load(simulation, carry_machine, water + head.water_size, (size_t)head.machine_size);
    if (!good) {
        simulation->next_t = before_t;
        TRY(error_set(err, STATUS_INPUT,
                      "the state is of another version of nguon, or of another run"));
    }
    simulation->is_resumed = false;
    if (only_water)
        forget_machine(simulation);
    simulation->result->status = STATUS_OK;
    simulation->result->failed_step = -1;
out:
    return status;
}

void
simulation_state_finish(struct simulation_state *state)
{
    free(state->bytes);
    *state = (struct simulation_state){0};
}
