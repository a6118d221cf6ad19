/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/indicators.h"

#include <math.h>
#include <stddef.h>

#define DEMAND(field, type, units, text)                                                           \
    {                                                                                              \
        "demand_" #field, OWNER_DEMAND, type, offsetof(struct demand_indicators, field), units,    \
            text                                                                                   \
    }
#define RESERVOIR(field, type, units, text)                                                        \
    {                                                                                              \
        "reservoir_" #field, OWNER_RESERVOIR, type, offsetof(struct reservoir_indicators, field),  \
            units, text                                                                            \
    }
#define LINK(field, type, units, text)                                                             \
    {                                                                                              \
        "link_" #field, OWNER_LINK, type, offsetof(struct link_indicators, field), units, text     \
    }
#define LICENCE(field, type, units, text)                                                          \
    {                                                                                              \
        "licence_" #field, OWNER_LICENCE, type, offsetof(struct licence_indicators, field), units, \
            text                                                                                   \
    }
#define STAGE(field, type, units, text)                                                            \
    {                                                                                              \
        "stage_" #field, OWNER_STAGE, type, offsetof(struct stage_indicators, field), units, text  \
    }
#define SUBSTANCE(field, type, units, text)                                                        \
    {                                                                                              \
        "substance_" #field, OWNER_SUBSTANCE, type, offsetof(struct substance_indicators, field),  \
            units, text                                                                            \
    }
#define BAY(field, type, units, text)                                                              \
    {                                                                                              \
        "bay_" #field, OWNER_BAY, type, offsetof(struct bay_indicators, field), units, text        \
    }
#define FLOOD(field, type, units, text)                                                            \
    {                                                                                              \
        "flood_" #field, OWNER_FLOOD, type, offsetof(struct flood_indicators, field), units, text  \
    }
#define BASIN(field, type, units, text)                                                            \
    {                                                                                              \
        "basin_" #field, OWNER_BASIN, type, offsetof(struct basin_indicators, field), units, text  \
    }

const struct indicator indicators[] = {
    DEMAND(demand_m3, INDICATOR_DOUBLE, "m3", "water asked for"),
    DEMAND(supply_m3, INDICATOR_DOUBLE, "m3", "water supplied"),
    DEMAND(shortage_rule_m3, INDICATOR_DOUBLE, "m3", "shortage because a zone cut the demand"),
    DEMAND(shortage_water_m3, INDICATOR_DOUBLE, "m3", "shortage for lack of water or of capacity"),
    DEMAND(shortage_structural_m3, INDICATOR_DOUBLE, "m3",
           "part of shortage_water that even full lakes and rivers could not deliver"),
    DEMAND(floor_demand_m3, INDICATOR_DOUBLE, "m3", "water asked for by the floor norm"),
    DEMAND(floor_supply_m3, INDICATOR_DOUBLE, "m3", "water supplied to the floor norm"),
    DEMAND(worst_shortage_m3s, INDICATOR_DOUBLE, "m3 s-1", "largest shortage of one step"),
    DEMAND(worst_share, INDICATOR_DOUBLE, "1", "smallest share of the demand met in one step"),
    DEMAND(longest_event_m3, INDICATOR_DOUBLE, "m3", "shortage in the longest run of short steps"),
    DEMAND(steps_with_demand, INDICATOR_INT, "1", "steps with a demand"),
    DEMAND(steps_short, INDICATOR_INT, "1", "steps short by more than 1e-6 of the demand"),
    DEMAND(steps_floor_short, INDICATOR_INT, "1", "steps with the floor norm short"),
    DEMAND(worst_step, INDICATOR_STEP, "", "time of the largest shortage"),
    DEMAND(longest_event_steps, INDICATOR_INT, "1", "steps of the longest run of short steps"),
    DEMAND(longest_event_start, INDICATOR_STEP, "", "start of the longest run of short steps"),
    DEMAND(event_count, INDICATOR_INT, "1", "runs of short steps"),
    RESERVOIR(minimum_storage_m3, INDICATOR_DOUBLE, "m3", "smallest volume at the end of a step"),
    RESERVOIR(maximum_storage_m3, INDICATOR_DOUBLE, "m3", "largest volume at the end of a step"),
    RESERVOIR(start_storage_m3, INDICATOR_DOUBLE, "m3", "volume at the start of the run"),
    RESERVOIR(end_storage_m3, INDICATOR_DOUBLE, "m3", "volume at the end of the run"),
    RESERVOIR(minimum_level_m, INDICATOR_DOUBLE, "m", "lowest level at the end of a step"),
    RESERVOIR(inflow_m3, INDICATOR_DOUBLE, "m3", "water entering but for rain on the lake"),
    RESERVOIR(rain_m3, INDICATOR_DOUBLE, "m3", "rain on the lake"),
    RESERVOIR(evaporation_m3, INDICATOR_DOUBLE, "m3", "evaporation"),
    RESERVOIR(seepage_m3, INDICATOR_DOUBLE, "m3", "seepage"),
    RESERVOIR(spill_m3, INDICATOR_DOUBLE, "m3", "water over the spillway"),
    RESERVOIR(release_m3, INDICATOR_DOUBLE, "m3", "water out by all other links"),
    RESERVOIR(minimum_step, INDICATOR_STEP, "", "time of the smallest volume"),
    RESERVOIR(steps_in_zone_below_target, INDICATOR_INT, "1",
              "steps that began in a zone that caps demands"),
    RESERVOIR(steps_below_dead, INDICATOR_INT, "1", "steps that ended below dead storage"),
    RESERVOIR(steps_spilling, INDICATOR_INT, "1", "steps with spill"),
    RESERVOIR(steps_reserve_short, INDICATOR_INT, "1",
              "steps that ended below the domestic reserve"),
    LINK(volume_m3, INDICATOR_DOUBLE, "m3", "water through the link, at its upstream end"),
    LINK(minimum_flow_m3, INDICATOR_DOUBLE, "m3", "minimum flow asked for"),
    LINK(minimum_flow_met_m3, INDICATOR_DOUBLE, "m3", "minimum flow kept"),
    LINK(steps_minimum_flow, INDICATOR_INT, "1", "steps with a minimum flow"),
    LINK(steps_minimum_flow_short, INDICATOR_INT, "1", "steps below the minimum flow"),
    LINK(withheld_m3, INDICATOR_DOUBLE, "m3", "water that an intake could not take for salt"),
    LINK(worst_salinity_kgm3, INDICATOR_DOUBLE, "kg m-3",
         "largest salinity at an intake that shuts on it, mean of the tide"),
    LINK(steps_shut, INDICATOR_INT, "1", "steps in which salt shut an intake"),
    LINK(steps_partly_shut, INDICATOR_INT, "1",
         "steps in which salt shut an intake for a part of the tide"),
    LINK(longest_shut_steps, INDICATOR_INT, "1", "longest run of steps with the intake shut"),
    LINK(longest_shut_start, INDICATOR_STEP, "", "start of that run"),
    LINK(people_short, INDICATOR_DOUBLE, "1",
         "most people without water in a step with the intake shut, each for the share short"),
    LINK(person_days_short, INDICATOR_DOUBLE, "day", "their days"),
    LICENCE(volume_m3, INDICATOR_DOUBLE, "m3", "water drawn on the licence"),
    LICENCE(largest_year_m3, INDICATOR_DOUBLE, "m3", "largest volume drawn in a licence year"),
    LICENCE(steps_exhausted, INDICATOR_INT, "1", "steps in which nothing was left of the licence"),
    STAGE(steps, INDICATOR_INT, "1", "steps in the stage of the drought plan"),
    STAGE(entered_count, INDICATOR_INT, "1", "times it was entered from a milder one"),
    STAGE(first_step, INDICATOR_STEP, "", "time at which it was first entered so"),
    SUBSTANCE(entered, INDICATOR_DOUBLE, "kg",
              "mass that came with inflows, by use and out of the sea at intakes; m3 of a label"),
    SUBSTANCE(to_sea, INDICATOR_DOUBLE, "kg", "mass to the sea"),
    SUBSTANCE(lost, INDICATOR_DOUBLE, "kg", "mass lost with losses, seepage, rejected recharge"),
    SUBSTANCE(used, INDICATOR_DOUBLE, "kg", "mass in the supply that does not come back"),
    SUBSTANCE(storage_change, INDICATOR_DOUBLE, "kg", "change of the mass in all storages"),
    SUBSTANCE(worst_residual_ratio, INDICATOR_DOUBLE, "1",
              "largest residual of a step over its limit, 1e-10 of what passes"),
    SUBSTANCE(worst_residual_step, INDICATOR_STEP, "", "its time"),
    BAY(mean_kgm3, INDICATOR_DOUBLE, "kg m-3", "mean salinity of the bay"),
    BAY(lowest_kgm3, INDICATOR_DOUBLE, "kg m-3", "lowest salinity at the end of a step"),
    BAY(highest_kgm3, INDICATOR_DOUBLE, "kg m-3", "highest salinity at the end of a step"),
    BAY(largest_fall_kgm3, INDICATOR_DOUBLE, "kg m-3", "largest fall of salinity in one step"),
    BAY(largest_fall_step, INDICATOR_STEP, "", "time of the largest fall"),
    BAY(flushing_s, INDICATOR_DOUBLE, "s",
        "volume over the mean of all water that leaves the bay, swapped water included"),
    BAY(exchanged_kg, INDICATOR_DOUBLE, "kg",
        "salt above the river's that swapped water brought, less what it took"),
    BAY(carried_kg, INDICATOR_DOUBLE, "kg",
        "salt above the river's that flows brought, less what they took"),
    BAY(change_kg, INDICATOR_DOUBLE, "kg", "rise of the salt that the bay holds"),
    BAY(worst_residual_ratio, INDICATOR_DOUBLE, "1",
        "largest residual of the salt of a step against 1e-10 of what passed"),
    BAY(steps_too_fresh, INDICATOR_INT, "1", "steps that end below the range that suits"),
    BAY(steps_too_salt, INDICATOR_INT, "1", "steps that end above the range that suits"),
    BAY(longest_too_fresh_steps, INDICATOR_INT, "1", "longest run of steps too fresh"),
    BAY(longest_too_fresh_start, INDICATOR_STEP, "", "start of the longest run too fresh"),
    FLOOD(hours, INDICATOR_DOUBLE, "h",
          "time that the lake was worked by its gates, missing if it has no flood windows"),
    FLOOD(window_count, INDICATOR_INT, "1", "flood windows that were opened"),
    FLOOD(highest_level_m, INDICATOR_DOUBLE, "m",
          "highest level in a flood window, missing without one"),
    FLOOD(highest_step, INDICATOR_STEP, "", "start of the step with it"),
    FLOOD(largest_release_m3s, INDICATOR_DOUBLE, "m3 s-1",
          "largest release by gates and over the dam in a flood window"),
    FLOOD(overtopped_hours, INDICATOR_DOUBLE, "h", "time that the dam was overtopped"),
    FLOOD(overtopped_m3, INDICATOR_DOUBLE, "m3", "water over the dam"),
    FLOOD(above_table_m, INDICATOR_DOUBLE, "m",
          "highest level beyond the last row of a table (extrapolate: true)"),
    BASIN(inflow_m3, INDICATOR_DOUBLE, "m3", "runoff, boundary and forced inflow, recharge"),
    BASIN(source_m3, INDICATOR_DOUBLE, "m3", "water drawn from sources"),
    BASIN(rain_m3, INDICATOR_DOUBLE, "m3", "rain on the lakes"),
    BASIN(evaporation_m3, INDICATOR_DOUBLE, "m3", "evaporation from the lakes"),
    BASIN(seepage_m3, INDICATOR_DOUBLE, "m3", "seepage lost"),
    BASIN(loss_m3, INDICATOR_DOUBLE, "m3", "losses in links and works"),
    BASIN(consumption_m3, INDICATOR_DOUBLE, "m3", "supply that does not come back"),
    BASIN(outflow_m3, INDICATOR_DOUBLE, "m3", "water to the sea, or refused by full aquifers"),
    BASIN(storage_change_m3, INDICATOR_DOUBLE, "m3", "change of all storages"),
    BASIN(catchment_rain_m3, INDICATOR_DOUBLE, "m3", "rain on the catchments that run a model"),
    BASIN(catchment_mean_degC, INDICATOR_DOUBLE, "degC",
          "mean temperature of the catchments whose evapotranspiration is from it, by area"),
    BASIN(worst_residual_m3, INDICATOR_DOUBLE, "m3",
          "residual of the water balance nearest to its limit"),
    BASIN(worst_residual_ratio, INDICATOR_DOUBLE, "1", "that residual over its limit"),
    BASIN(worst_residual_node_i, INDICATOR_INT, "1", "its node, -1 for the whole basin"),
    BASIN(worst_residual_step, INDICATOR_STEP, "", "its time"),
    BASIN(turned_off_count, INDICATOR_LONG, "1",
          "plants switched off below their turn-down, once for every step"),
    BASIN(kept_on_count, INDICATOR_LONG, "1",
          "plants kept at their turn-down, once for every step"),
    BASIN(solve_count, INDICATOR_LONG, "1", "allocations solved"),
    BASIN(pivot_count, INDICATOR_LONG, "1", "pivots of the simplex method"),
    BASIN(fairness_step_count, INDICATOR_LONG, "1", "steps in which a rank was shared fairly"),
    BASIN(unsettled_area_count, INDICATOR_LONG, "1",
          "steps whose mean lake areas did not settle (run.evaporation_area: mean)"),
    BASIN(unsettled_salt_count, INDICATOR_LONG, "1",
          "steps whose open shares of intakes did not settle (salt.iterate)"),
    BASIN(unsettled_flood_count, INDICATOR_LONG, "1",
          "steps whose release by gates did not settle (flood windows)"),
    {"basin_failed_step", OWNER_SCENARIO, INDICATOR_STEP,
     offsetof(struct scenario_result, failed_step), "",
     "time of the step that failed; all else of the scenario is missing then"},
};
const int indicator_count = sizeof indicators / sizeof *indicators;

int
indicator_length(const struct basin *basin, enum indicator_owner owner)
{
    switch (owner) {
    case OWNER_DEMAND:
        return basin->demand_count;
    case OWNER_RESERVOIR:
        return basin->reservoir_count;
    case OWNER_LINK:
        return basin->link_count;
    case OWNER_LICENCE:
        return basin->licence_count;
    case OWNER_STAGE:
        return result_element_count(basin, ELEMENT_DROUGHT_STAGE);
    case OWNER_SUBSTANCE:
        return basin->substance_count;
    case OWNER_BAY:
        return basin->bay_count;
    case OWNER_FLOOD:
        return substep_gate_count(basin) > 0 ? basin->reservoir_count : 0;
    case OWNER_BASIN:
    case OWNER_SCENARIO:
    case OWNER_COUNT:
        break;
    }
    return 1;
}

static const char *
owner_of(const struct scenario_result *result, enum indicator_owner owner, int i)
{
    switch (owner) {
    case OWNER_DEMAND:
        return (const char *)&result->demand[i];
    case OWNER_RESERVOIR:
        return (const char *)&result->reservoir[i];
    case OWNER_LINK:
        return (const char *)&result->link[i];
    case OWNER_SCENARIO:
        return (const char *)result;
    case OWNER_LICENCE:
        return (const char *)&result->licence[i];
    case OWNER_STAGE:
        return (const char *)&result->stage[i];
    case OWNER_SUBSTANCE:
        return (const char *)&result->substance[i];
    case OWNER_BAY:
        return (const char *)&result->bay[i];
    case OWNER_FLOOD:
        return (const char *)&result->flood[i];
    case OWNER_BASIN:
    case OWNER_COUNT:
        break;
    }
    return (const char *)&result->basin;
}

void
indicator_values(const struct indicator *indicator, const struct scenario_result *result,
                 const struct basin *basin, const struct timeaxis *axis, double *value)
{
    int count = indicator_length(basin, indicator->owner);
    for (int i = 0; i < count; i++) {
        const void *field = owner_of(result, indicator->owner, i) + indicator->offset;
        if (result->status != STATUS_OK && indicator->owner != OWNER_SCENARIO) {
            value[i] = (double)NAN; /* the scenario failed */
            continue;
        }
        switch (indicator->type) {
        case INDICATOR_DOUBLE:
            value[i] = *(const double *)field;
            break;
        case INDICATOR_INT:
            value[i] = *(const int *)field;
            break;
        case INDICATOR_LONG:
            value[i] = (double)*(const long *)field;
            break;
        case INDICATOR_STEP:
            value[i] =
                *(const int *)field < 0 ? (double)NAN : time_of_step(axis, *(const int *)field);
            break;
        }
    }
}

double
time_of_step(const struct timeaxis *axis, int step_t)
{
    return (double)axis->start_s[step_t] / (axis->step == STEP_HOURLY ? 3600.0 : 86400.0);
}

const char *
time_units(const struct timeaxis *axis)
{
    return axis->step == STEP_HOURLY ? "hours since 1970-01-01 00:00:00"
                                     : "days since 1970-01-01 00:00:00";
}
