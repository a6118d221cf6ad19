/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library/handles.h"

#include <math.h>
#include <string.h>

/* The variables of the library: the values of a simulation under names with units. */

static const struct nguon_variable variables[SIMULATION_VALUE_COUNT] = {
    [VALUE_STORAGE] = {"storage", "reservoir_water__volume", "m3", "water in the reservoir",
                       NGUON_RESERVOIR, true},
    [VALUE_LEVEL] = {"level", "reservoir_water_surface__elevation", "m", "level of the reservoir",
                     NGUON_RESERVOIR, false},
    [VALUE_EVAPORATION] = {"evaporation", "reservoir_water__evaporation_volume_flow_rate", "m3 s-1",
                           "evaporation from the reservoir", NGUON_RESERVOIR, false},
    [VALUE_AQUIFER_STORAGE] = {"aquifer_storage", "aquifer_water__volume", "m3",
                               "water in the aquifer", NGUON_AQUIFER, true},
    [VALUE_RUNOFF] = {"runoff", "catchment_outlet_water__volume_flow_rate", "m3 s-1",
                      "runoff of the catchment in the step to come", NGUON_CATCHMENT, true},
    [VALUE_NEED] = {"need", "demand_water__required_volume_flow_rate", "m3 s-1", "water asked for",
                    NGUON_DEMAND, true},
    [VALUE_SUPPLY] = {"supply", "demand_water__supplied_volume_flow_rate", "m3 s-1",
                      "water supplied", NGUON_DEMAND, false},
    [VALUE_SHORTAGE] = {"shortage", "demand_water__shortage_volume_flow_rate", "m3 s-1",
                        "water asked for and not supplied", NGUON_DEMAND, false},
    [VALUE_LINK_FLOW] = {"link_flow", "channel_water__volume_flow_rate", "m3 s-1",
                         "flow at the upstream end of the link", NGUON_LINK, false},
    [VALUE_LINK_CAPACITY] = {"link_capacity", "channel_water__max_of_volume_flow_rate", "m3 s-1",
                             "largest flow of the link: how far its gate is open", NGUON_LINK,
                             true},
    [VALUE_LINK_MINIMUM] = {"link_minimum", "channel_water__min_of_volume_flow_rate", "m3 s-1",
                            "least flow of a link that has one, at its rank", NGUON_LINK, true},
    [VALUE_SALINITY] = {"salinity", "node_water_salt__mass_concentration", "kg m-3",
                        "salt in the water of the node, where it is followed", NGUON_NODE, false},
    [VALUE_BASIN_SHORTAGE] = {"basin_shortage", "basin_water__shortage_volume_flow_rate", "m3 s-1",
                              "water that all demands together lack", NGUON_BASIN, false},
};

int
nguon_variable_count(void)
{
    return SIMULATION_VALUE_COUNT;
}

const struct nguon_variable *
nguon_variable_of(int i)
{
    return i >= 0 && i < SIMULATION_VALUE_COUNT ? &variables[i] : NULL;
}

int
nguon_variable_find(const char *name)
{
    for (int i = 0; i < SIMULATION_VALUE_COUNT && name != NULL; i++)
        if (strcmp(variables[i].name, name) == 0 || strcmp(variables[i].standard_name, name) == 0)
            return i;
    return -1;
}

/* ---- out of the simulation ---------------------------------------------------------------------
 */

/* What is set stands in place of what the last step saw. */
static void
show_set(const double *set, double *value, int count)
{
    for (int i = 0; i < count; i++)
        if (!isnan(set[i]))
            value[i] = set[i];
}

void
library_show_values(struct nguon_simulation *simulation)
{
    for (int v = 0; v < SIMULATION_VALUE_COUNT; v++) {
        struct shown *shown = &simulation->shown[v];
        simulation_values(simulation->simulation, (enum simulation_value)v, shown->value);
        if (v == VALUE_RUNOFF)
            show_set(simulation->runoff_m3s, shown->value, shown->count);
        else if (v == VALUE_NEED)
            show_set(simulation->overrides.need_m3s, shown->value, shown->count);
        else if (v == VALUE_LINK_CAPACITY)
            show_set(simulation->overrides.capacity_m3s, shown->value, shown->count);
        else if (v == VALUE_LINK_MINIMUM)
            show_set(simulation->overrides.minimum_m3s, shown->value, shown->count);
        memcpy(shown->before, shown->value, (size_t)shown->count * sizeof *shown->value);
    }
}

/* ---- into it -----------------------------------------------------------------------------------
 */

static const char *
id_of(const struct nguon_simulation *simulation, int variable, int i)
{
    return nguon_basin_id(simulation->base, variables[variable].kind, i);
}

static enum status
set_figure(struct nguon_simulation *simulation, int variable, int i, double value,
           struct error *err)
{
    struct overrides *overrides = &simulation->overrides;
    bool has_minimum = variable != VALUE_LINK_MINIMUM ||
                       simulation->seen->link[i].minimum_flow.kind != VARYING_ABSENT;
    if (!has_minimum && !isnan(value))
        return error_set(err, STATUS_INPUT, "link '%s' has no minimum_flow that could be set",
                         id_of(simulation, variable, i));
    bool may_be_infinite = variable == VALUE_LINK_CAPACITY;
    if (!isnan(value) && (value < 0.0 || (isinf(value) && !may_be_infinite)))
        return error_set(err, STATUS_INPUT, "%s of '%s' cannot be %g %s", variables[variable].name,
                         id_of(simulation, variable, i), value, variables[variable].units);
    double *set = variable == VALUE_RUNOFF          ? simulation->runoff_m3s
                  : variable == VALUE_NEED          ? overrides->need_m3s
                  : variable == VALUE_LINK_CAPACITY ? overrides->capacity_m3s
                                                    : overrides->minimum_m3s;
    set[i] = value;
    return STATUS_OK;
}

/* One value, from either way in. */
static enum status
take_value(struct nguon_simulation *simulation, int variable, int i, double value,
           struct error *err)
{
    switch (variable) {
    case VALUE_STORAGE:
        return simulation_set_storage(simulation->simulation, i, value, err);
    case VALUE_AQUIFER_STORAGE:
        return simulation_set_aquifer(simulation->simulation, i, value, err);
    default:
        return set_figure(simulation, variable, i, value, err);
    }
}

/* Show a value that has been taken over; one that was given back is the basin's again after the
 * next step. */
static void
show_taken(struct nguon_simulation *simulation, int variable, int i, double value)
{
    struct shown *shown = &simulation->shown[variable];
    if (variable == VALUE_RUNOFF && isnan(value))
        simulation_values(simulation->simulation, VALUE_RUNOFF, shown->before);
    else
        shown->before[i] = value;
    shown->value[i] = shown->before[i];
    if (variable == VALUE_STORAGE) {
        simulation_values(simulation->simulation, VALUE_LEVEL,
                          simulation->shown[VALUE_LEVEL].value);
    }
}

enum status
library_take_values(struct nguon_simulation *simulation, struct error *err)
{
    for (int v = 0; v < SIMULATION_VALUE_COUNT; v++) {
        const struct shown *shown = &simulation->shown[v];
        for (int i = 0; i < shown->count && variables[v].can_be_set; i++) {
            double value = shown->value[i];
            if (memcmp(&value, &shown->before[i], sizeof value) == 0)
                continue;
            enum status status = take_value(simulation, v, i, value, err);
            if (status != STATUS_OK)
                return status;
            show_taken(simulation, v, i, value);
        }
    }
    return STATUS_OK;
}

/* ---- calls -------------------------------------------------------------------------------------
 */

static int
find_variable(const char *name, int *variable, struct nguon_error *err)
{
    *variable = nguon_variable_find(name);
    if (*variable >= 0)
        return NGUON_OK;
    return library_refuse(STATUS_USAGE, err, "there is no variable called '%s'",
                          name != NULL ? name : "");
}

static int
check_count(const struct nguon_simulation *simulation, int variable, int count,
            struct nguon_error *err)
{
    int wanted = simulation->shown[variable].count;
    if (count == wanted)
        return NGUON_OK;
    return library_refuse(STATUS_USAGE, err, "%s has %d values, not %d", variables[variable].name,
                          wanted, count);
}

int
nguon_simulation_get(const struct nguon_simulation *simulation, const char *name, double *value,
                     int count, struct nguon_error *err)
{
    int variable, status = find_variable(name, &variable, err);
    if (status == NGUON_OK)
        status = check_count(simulation, variable, count, err);
    if (status == NGUON_OK)
        memcpy(value, simulation->shown[variable].value, (size_t)count * sizeof *value);
    return status;
}

double *
nguon_simulation_values(struct nguon_simulation *simulation, const char *name)
{
    int variable = nguon_variable_find(name);
    return variable >= 0 ? simulation->shown[variable].value : NULL;
}

int
nguon_simulation_set_one(struct nguon_simulation *simulation, const char *name, int i, double value,
                         struct nguon_error *err)
{
    struct error cause = {0};
    int variable, status = find_variable(name, &variable, err);
    if (status != NGUON_OK)
        return status;
    if (!variables[variable].can_be_set)
        return library_refuse(STATUS_USAGE, err, "%s is a result: it cannot be set", name);
    if (i < 0 || i >= simulation->shown[variable].count)
        return library_refuse(STATUS_USAGE, err, "%s has %d values, there is no number %d", name,
                              simulation->shown[variable].count, i);
    enum status taken = take_value(simulation, variable, i, value, &cause);
    if (taken == STATUS_OK)
        show_taken(simulation, variable, i, value);
    return library_status(taken, &cause, err);
}

int
nguon_simulation_set(struct nguon_simulation *simulation, const char *name, const double *value,
                     int count, struct nguon_error *err)
{
    int variable, status = find_variable(name, &variable, err);
    if (status == NGUON_OK)
        status = check_count(simulation, variable, count, err);
    for (int i = 0; i < count && status == NGUON_OK; i++) {
        /* links without a minimum flow keep the NAN that they show */
        bool is_absent = variable == VALUE_LINK_MINIMUM && isnan(value[i]) &&
                         isnan(simulation->shown[variable].value[i]);
        if (!is_absent)
            status = nguon_simulation_set_one(simulation, name, i, value[i], err);
    }
    return status;
}
