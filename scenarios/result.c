/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/result.h"

#include "model/release_schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct result_description description[RESULT_VARIABLE_COUNT] = {
#define DESCRIBE(symbol, name, element, units, method, standard, text)                             \
    {name, element, units, method, standard, text},
    RESULT_VARIABLES(DESCRIBE)
#undef DESCRIBE
};

static const struct result_description audit_description[AUDIT_VARIABLE_COUNT] = {
#define DESCRIBE(symbol, name, element, units, method, text)                                       \
    {name, element, units, method, "", text},
    AUDIT_VARIABLES(DESCRIBE)
#undef DESCRIBE
};

const struct result_description *
audit_describe(int variable)
{
    return &audit_description[variable];
}

const struct result_description *
result_describe(int variable)
{
    return &description[variable];
}

const struct passage *
result_section(const struct basin *basin, int section_i, double *distance_m)
{
    const struct passage *passage = basin->passage;
    for (int before = section_i / SALT_SECTIONS;; passage++)
        if (passage->salt.mouth_area_m2 > 0.0 && before-- == 0)
            break;
    *distance_m =
        passage->salt.length_m * (section_i % SALT_SECTIONS) / (double)(SALT_SECTIONS - 1);
    return passage;
}

int
result_element_count(const struct basin *basin, enum result_element element)
{
    int count = 0;
    switch (element) {
    case ELEMENT_RESERVOIR:
        return basin->reservoir_count;
    case ELEMENT_AQUIFER:
        return basin->aquifer_count;
    case ELEMENT_DEMAND:
        return basin->demand_count;
    case ELEMENT_LINK:
        return basin->link_count;
    case ELEMENT_NODE:
        return basin->node_count;
    case ELEMENT_RETURN:
        for (int d = 0; d < basin->demand_count; d++)
            count += basin->demand[d].return_count;
        break;
    case ELEMENT_ZONE:
        for (int r = 0; r < basin->reservoir_count; r++)
            count += basin->reservoir[r].zone_count;
        break;
    case ELEMENT_SPLIT:
        for (int s = 0; s < basin->split_count; s++)
            count += basin->split[s].link_count;
        break;
    case ELEMENT_BLEND:
        for (int b = 0; b < basin->blend_count; b++)
            count += basin->blend[b].link_count;
        break;
    case ELEMENT_LICENCE:
        return basin->licence_count;
    case ELEMENT_DROUGHT_PLAN:
        return basin->drought_plan_count;
    case ELEMENT_DROUGHT_STAGE:
        for (int p = 0; p < basin->drought_plan_count; p++)
            count += basin->drought_plan[p].stage_count;
        break;
    case ELEMENT_SECTION:
        for (int p = 0; p < basin->passage_count; p++)
            count += basin->passage[p].salt.mouth_area_m2 > 0.0 ? SALT_SECTIONS : 0;
        break;
    case ELEMENT_CONTENT:
        count = basin->substance_count - (substance_salt(basin) >= 0);
        return count * basin->node_count;
    }
    return count;
}

/* A lake whose windows are given has gates. */
static int
window_gate_count(const struct reservoir *reservoir)
{
    return reservoir->flood_window.step_s > 0.0 ? reservoir_gate_count(reservoir) : 0;
}

int
substep_first_gate(const struct basin *basin, int reservoir_r)
{
    int count = 0;
    for (int r = 0; r < reservoir_r; r++)
        count += window_gate_count(&basin->reservoir[r]);
    return count;
}

int
substep_gate_count(const struct basin *basin)
{
    return substep_first_gate(basin, basin->reservoir_count);
}

/* Room for every day of every lake in a window; only what is used becomes memory. */
static bool
init_substeps(struct substeps *substeps, const struct basin *basin, int step_count)
{
    static const double day_s = 86400.0;
    *substeps = (struct substeps){.width = SUBSTEP_GATES + 2 * substep_gate_count(basin)};
    for (int r = 0; r < basin->reservoir_count; r++)
        if (basin->reservoir[r].flood_window.step_s > 0.0)
            substeps->capacity +=
                (size_t)step_count * (size_t)(day_s / basin->reservoir[r].flood_window.step_s);
    if (substeps->capacity == 0)
        return true;
    substeps->value = calloc(substeps->capacity * (size_t)substeps->width, sizeof *substeps->value);
    return substeps->value != NULL;
}

bool
result_keeps_any(const struct result_selection *selection)
{
    bool any = selection->audit;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
        any = any || selection->keep[v];
    return any;
}

enum status
scenario_result_init(struct scenario_result *result, const struct basin *basin, int step_count,
                     const struct result_selection *selection)
{
    *result = (struct scenario_result){.scenario_s = -1, .failed_step = -1};
    bool good = true;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        size_t count = (size_t)result_element_count(basin, description[v].element);
        if (!selection->keep[v])
            continue;
        result->series[v] = calloc(count * (size_t)step_count + 1, sizeof(float));
        good = good && result->series[v] != NULL;
    }
    for (int v = 0; v < AUDIT_VARIABLE_COUNT && selection->audit; v++) {
        size_t count = (size_t)result_element_count(basin, audit_description[v].element);
        result->audit[v] = calloc(count * (size_t)step_count + 1, sizeof(double));
        good = good && result->audit[v] != NULL;
    }
    result->demand = calloc((size_t)basin->demand_count + 1, sizeof *result->demand);
    result->reservoir = calloc((size_t)basin->reservoir_count + 1, sizeof *result->reservoir);
    result->link = calloc((size_t)basin->link_count + 1, sizeof *result->link);
    result->licence = calloc((size_t)basin->licence_count + 1, sizeof *result->licence);
    result->stage = calloc((size_t)result_element_count(basin, ELEMENT_DROUGHT_STAGE) + 1,
                           sizeof *result->stage);
    result->substance = calloc((size_t)basin->substance_count + 1, sizeof *result->substance);
    result->bay = calloc((size_t)basin->bay_count + 1, sizeof *result->bay);
    result->flood = calloc((size_t)basin->reservoir_count + 1, sizeof *result->flood);
    good = good && result->flood != NULL;
    if (result_keeps_any(selection))
        good = good && init_substeps(&result->substeps, basin, step_count);
    if (good && result->bay != NULL && result->substance != NULL && result->demand != NULL &&
        result->reservoir != NULL && result->link != NULL && result->licence != NULL &&
        result->stage != NULL)
        return STATUS_OK;
    scenario_result_finish(result);
    return STATUS_MEMORY;
}

void
scenario_result_clear(struct scenario_result *result, const struct basin *basin)
{
    result->state.step_t = 0;
    result->status = STATUS_OK;
    result->failed_step = -1;
    for (int d = 0; d < basin->demand_count; d++)
        result->demand[d] = (struct demand_indicators){
            .worst_share = 1.0, .worst_step = -1, .longest_event_start = -1};
    for (int r = 0; r < basin->reservoir_count; r++)
        result->reservoir[r] = (struct reservoir_indicators){.minimum_storage_m3 = (double)INFINITY,
                                                             .minimum_step = -1};
    for (int l = 0; l < basin->link_count; l++)
        result->link[l] = (struct link_indicators){
            .longest_shut_start = -1,
            .worst_salinity_kgm3 = isnan(basin->link[l].from_mouth_m) ? (double)NAN : 0.0};
    for (int c = 0; c < basin->licence_count; c++)
        result->licence[c] = (struct licence_indicators){0};
    for (int s = 0; s < result_element_count(basin, ELEMENT_DROUGHT_STAGE); s++)
        result->stage[s] = (struct stage_indicators){.first_step = -1};
    for (int s = 0; s < basin->substance_count; s++)
        result->substance[s] = (struct substance_indicators){.worst_residual_step = -1};
    for (int b = 0; b < basin->bay_count; b++)
        result->bay[b] = (struct bay_indicators){.largest_fall_step = -1,
                                                 .longest_too_fresh_start = -1,
                                                 .lowest_kgm3 = (double)INFINITY};
    for (int r = 0; r < basin->reservoir_count; r++)
        result->flood[r] =
            (struct flood_indicators){.highest_level_m = -(double)INFINITY, .highest_step = -1};
    result->substeps.count = 0;
    result->basin = (struct basin_indicators){.worst_residual_node_i = -1};
}

void
scenario_result_fill(struct scenario_result *result, const struct basin *basin, int step_count,
                     double value)
{
    result->state.step_t = 0;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        size_t count = (size_t)result_element_count(basin, description[v].element);
        for (size_t i = 0; result->series[v] != NULL && i < count * (size_t)step_count; i++)
            result->series[v][i] = (float)value;
    }
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        size_t count = (size_t)result_element_count(basin, audit_description[v].element);
        for (size_t i = 0; result->audit[v] != NULL && i < count * (size_t)step_count; i++)
            result->audit[v][i] = value;
    }
    result->substeps.count = 0;
}

void
scenario_result_finish(struct scenario_result *result)
{
    simulation_state_finish(&result->state);
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
        free(result->series[v]);
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++)
        free(result->audit[v]);
    free(result->demand);
    free(result->reservoir);
    free(result->link);
    free(result->licence);
    free(result->stage);
    free(result->substance);
    free(result->bay);
    free(result->flood);
    free(result->substeps.value);
    *result = (struct scenario_result){0};
}
