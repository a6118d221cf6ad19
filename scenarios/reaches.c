/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/reaches.h"

#include <stdbool.h>
#include <string.h>

static enum status
create_reach(struct reach *reach, const struct basin *basin, int link_l, struct arena *memory,
             struct error *err)
{
    const struct river_routing *given = &basin->link[link_l].routing;
    struct error why = {0};
    reach->link_l = link_l;
    if (river_routing_prepare(given, basin->run.step, &reach->routing, &why) != STATUS_OK)
        return error_set(err, STATUS_INPUT, "links.%s.routing: %s", basin->link[link_l].id,
                         why.text);
    size_t count = (size_t)reach->routing.state_count;
    reach->state = arena_alloc(memory, count, sizeof(double));
    reach->end_state = arena_alloc(memory, count, sizeof(double));
    reach->scratch = arena_alloc(memory, count, sizeof(double));
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the reaches");
    routing_set_steady(&reach->routing, reach->state, given->initial_m3s);
    reach->start_m3 = routing_storage_m3(&reach->routing, reach->state);
    return STATUS_OK;
}

enum status
reaches_create(struct reaches *reaches, const struct basin *basin, struct arena *memory,
               struct error *err)
{
    int count = 0;
    *reaches = (struct reaches){0};
    for (int l = 0; l < basin->link_count; l++)
        count += river_routing_method_count(&basin->link[l].routing) > 0;
    if (count == 0)
        return STATUS_OK;
    reaches->reach = arena_alloc(memory, (size_t)count, sizeof *reaches->reach);
    reaches->of_link = arena_alloc(memory, (size_t)basin->link_count, sizeof *reaches->of_link);
    if (memory->failed)
        return error_set(err, STATUS_MEMORY, "out of memory for the reaches");
    for (int l = 0; l < basin->link_count; l++) {
        reaches->of_link[l] = -1;
        if (river_routing_method_count(&basin->link[l].routing) == 0)
            continue;
        enum status status = create_reach(&reaches->reach[reaches->count], basin, l, memory, err);
        if (status != STATUS_OK)
            return status;
        reaches->of_link[l] = reaches->count++;
    }
    return STATUS_OK;
}

struct reach *
reaches_find(const struct reaches *reaches, int link_l)
{
    if (reaches->count == 0 || reaches->of_link[link_l] < 0)
        return NULL;
    return &reaches->reach[reaches->of_link[link_l]];
}

void
reach_start_step(struct reach *reach, double dt_s)
{
    if (reach->step_s < dt_s || reach->step_s > dt_s) {
        reach->share = routing_share(&reach->routing, dt_s, reach->scratch);
        reach->share = reach->share < 1.0 ? reach->share : 1.0;
        if (reach->share < REACH_SHARE_LEAST)
            reach->share = 0.0;
        reach->step_s = dt_s;
    }
    reach->routed_m3 =
        routing_known_m3s(&reach->routing, reach->state, dt_s, reach->scratch) * dt_s;
    reach->known_m3 = reach->routed_m3 + reach->held_m3;
}

void
reach_pass(struct reach *reach, double inflow_m3, double dt_s)
{
    double inflow_m3s = inflow_m3 > 0.0 ? inflow_m3 / dt_s : 0.0;
    memcpy(reach->end_state, reach->state,
           (size_t)reach->routing.state_count * sizeof *reach->state);
    double passed_m3 = routing_step(&reach->routing, reach->end_state, inflow_m3s, dt_s) * dt_s;
    bool waits = !(reach->share > 0.0);
    reach->end_held_m3 = waits && passed_m3 > reach->routed_m3 ? passed_m3 - reach->routed_m3 : 0.0;
    reach->outflow_m3 = waits ? reach->known_m3 : passed_m3 + reach->held_m3;
    reach->end_m3 = routing_storage_m3(&reach->routing, reach->end_state) + reach->end_held_m3;
}

void
reach_move_on(struct reach *reach)
{
    double *state = reach->state;
    reach->state = reach->end_state;
    reach->end_state = state;
    reach->held_m3 = reach->end_held_m3;
    reach->start_m3 = reach->end_m3;
}
