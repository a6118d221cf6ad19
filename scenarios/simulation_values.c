/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation_values.h"

#include "scenarios/quality.h"
#include "scenarios/simulation.h"

#include <math.h>

static const double rounding_share = 1e-9; /* less of a need missing is rounding */

static double
shortage_m3s(const struct simulation *simulation, int demand_d)
{
    const struct want *want = &simulation->want[demand_d];
    double missing_m3 = want->need_m3 - want->supply_m3;
    return missing_m3 > rounding_share * want->need_m3 ? missing_m3 / simulation->dt_s : 0.0;
}

static double
value_of_reservoir(const struct simulation *simulation, enum simulation_value value, int r)
{
    const struct lake *lake = &simulation->lake[r];
    switch (value) {
    case VALUE_STORAGE:
        return lake->storage_m3;
    case VALUE_LEVEL:
        return lake->level_m;
    default:
        return lake->exchange.evaporation_m3 / simulation->dt_s;
    }
}

static double
value_of_demand(const struct simulation *simulation, enum simulation_value value, int d)
{
    const struct want *want = &simulation->want[d];
    switch (value) {
    case VALUE_NEED:
        return want->need_m3s;
    case VALUE_SUPPLY:
        return want->supply_m3 / simulation->dt_s;
    default:
        return shortage_m3s(simulation, d);
    }
}

static double
value_of_link(const struct simulation *simulation, enum simulation_value value, int l)
{
    const struct way *way = &simulation->way[l];
    switch (value) {
    case VALUE_LINK_FLOW:
        return way->flow_m3 / simulation->dt_s;
    case VALUE_LINK_CAPACITY:
        return way->capacity_m3s;
    default:
        return simulation->basin->link[l].minimum_flow.kind == VARYING_ABSENT
                   ? (double)NAN
                   : way->minimum_m3 / simulation->dt_s;
    }
}

static double
value_of_node(const struct simulation *simulation, int node_i)
{
    const struct quality *quality = simulation->quality;
    return quality != NULL && quality->salt_s >= 0
               ? quality_node_content(simulation, quality->salt_s, node_i)
               : (double)NAN;
}

static double
value_of_catchment(const struct simulation *simulation, int c)
{
    int t = simulation->next_t;
    return t < simulation->axis->step_count ? simulation->input->runoff->flow_m3s[c][t]
                                            : (double)NAN;
}

static double
basin_shortage_m3s(const struct simulation *simulation)
{
    double sum_m3s = 0.0;
    for (int d = 0; d < simulation->basin->demand_count; d++)
        sum_m3s += shortage_m3s(simulation, d);
    return sum_m3s;
}

static double
value_of(const struct simulation *simulation, enum simulation_value value, int element)
{
    bool is_state = value == VALUE_STORAGE || value == VALUE_LEVEL ||
                    value == VALUE_AQUIFER_STORAGE || value == VALUE_RUNOFF;
    if (!is_state && simulation->next_t == 0)
        return (double)NAN;
    switch (value) {
    case VALUE_STORAGE:
    case VALUE_LEVEL:
    case VALUE_EVAPORATION:
        return value_of_reservoir(simulation, value, element);
    case VALUE_AQUIFER_STORAGE:
        return simulation->ground[element].storage_m3;
    case VALUE_RUNOFF:
        return value_of_catchment(simulation, element);
    case VALUE_NEED:
    case VALUE_SUPPLY:
    case VALUE_SHORTAGE:
        return value_of_demand(simulation, value, element);
    case VALUE_SALINITY:
        return value_of_node(simulation, element);
    case VALUE_BASIN_SHORTAGE:
        return basin_shortage_m3s(simulation);
    default:
        return value_of_link(simulation, value, element);
    }
}

static int
element_count(const struct basin *basin, enum simulation_value value)
{
    switch (value) {
    case VALUE_STORAGE:
    case VALUE_LEVEL:
    case VALUE_EVAPORATION:
        return basin->reservoir_count;
    case VALUE_AQUIFER_STORAGE:
        return basin->aquifer_count;
    case VALUE_RUNOFF:
        return basin->catchment_count;
    case VALUE_NEED:
    case VALUE_SUPPLY:
    case VALUE_SHORTAGE:
        return basin->demand_count;
    case VALUE_SALINITY:
        return basin->node_count;
    case VALUE_BASIN_SHORTAGE:
        return 1;
    default:
        return basin->link_count;
    }
}

void
simulation_values(const struct simulation *simulation, enum simulation_value value, double *out)
{
    int count = element_count(simulation->basin, value);
    for (int i = 0; i < count; i++)
        out[i] = value_of(simulation, value, i);
}

/* ---- changes ----------------------------------------------------------------------------------
 */

/* The masses of a node's new volume at the contents it has. */
static void
carry_contents(struct simulation *simulation, int node_i, double storage_m3)
{
    struct quality *quality = simulation->quality;
    for (int s = 0; quality != NULL && s < simulation->basin->substance_count; s++)
        quality->carried[s].mass[node_i] = storage_m3 * quality->carried[s].content[node_i];
}

static enum status
check_volume(const struct simulation *simulation, int node_i, double storage_m3, double most_m3,
             struct error *err)
{
    if (storage_m3 >= 0.0 && storage_m3 <= most_m3)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT, "'%s' holds from 0 to %g m3, not %g m3",
                     simulation->basin->node[node_i].id, most_m3, storage_m3);
}

enum status
simulation_set_storage(struct simulation *simulation, int reservoir_r, double storage_m3,
                       struct error *err)
{
    const struct reservoir *reservoir = &simulation->basin->reservoir[reservoir_r];
    struct lake *lake = &simulation->lake[reservoir_r];
    double most_m3 = reservoir->table_count > 0
                         ? reservoir->table_storage_m3[reservoir->table_count - 1]
                         : reservoir->capacity_m3;
    enum status status = STATUS_OK;
    TRY(check_volume(simulation, reservoir->node_i, storage_m3, most_m3, err));
    lake->storage_m3 = storage_m3;
    lake->level_m = reservoir_level_m(reservoir, storage_m3);
    lake->area_m2 = reservoir_area_m2(reservoir, storage_m3);
    carry_contents(simulation, reservoir->node_i, storage_m3);
out:
    return status;
}

enum status
simulation_set_aquifer(struct simulation *simulation, int aquifer_a, double storage_m3,
                       struct error *err)
{
    const struct aquifer *aquifer = &simulation->basin->aquifer[aquifer_a];
    enum status status = STATUS_OK;
    TRY(check_volume(simulation, aquifer->node_i, storage_m3, aquifer->capacity_m3, err));
    simulation->ground[aquifer_a].storage_m3 = storage_m3;
    carry_contents(simulation, aquifer->node_i, storage_m3);
out:
    return status;
}
