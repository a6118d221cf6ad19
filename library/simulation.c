/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library/handles.h"

#include "output/indicators.h"
#include "scenarios/simulation_state.h"
#include "solvers/snapshot.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- life --------------------------------------------------------------------------------------
 */

static enum status
out_of_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the simulation");
}

static enum status
allocate(struct nguon_simulation *simulation, struct error *err)
{
    const struct basin *seen = simulation->seen;
    int catchments = seen->catchment_count, demands = seen->demand_count, links = seen->link_count;
    simulation->set_count = catchments + demands + 2 * links;
    simulation->set = calloc((size_t)simulation->set_count + 1, sizeof(double));
    if (simulation->set == NULL)
        return out_of_memory(err);
    for (int i = 0; i < simulation->set_count; i++)
        simulation->set[i] = (double)NAN;
    simulation->runoff_m3s = simulation->set;
    simulation->overrides =
        (struct overrides){.need_m3s = simulation->set + catchments,
                           .capacity_m3s = simulation->set + catchments + demands,
                           .minimum_m3s = simulation->set + catchments + demands + links};
    for (int v = 0; v < SIMULATION_VALUE_COUNT; v++) {
        struct shown *shown = &simulation->shown[v];
        shown->count = nguon_basin_count(simulation->base, nguon_variable_of(v)->kind);
        shown->value = calloc((size_t)shown->count + 1, sizeof(double));
        shown->before = calloc((size_t)shown->count + 1, sizeof(double));
        if (shown->value == NULL || shown->before == NULL)
            return out_of_memory(err);
    }
    return STATUS_OK;
}

/* What its states depend on. */
static enum status
identify(struct nguon_simulation *simulation, struct error *err)
{
    const struct nguon_basin *base = simulation->base;
    struct run_info info = library_run_info(base);
    char *run = state_identity(&info, base->input_digest);
    char *scenario = scenario_identity(&base->plan, simulation->scenario_i);
    const char *id = base->plan.scenario[simulation->scenario_i].id;
    size_t size = strlen(id) + 32;
    if (run != NULL && scenario != NULL)
        simulation->identity = calloc(strlen(run) + strlen(scenario) + size, 1);
    if (simulation->identity != NULL) {
        strcpy(simulation->identity, run);
        strcat(simulation->identity, scenario);
        strcat(simulation->identity, "the scenario\t");
        strcat(simulation->identity, id);
        strcat(simulation->identity, "\n");
    }
    free(run);
    free(scenario);
    return simulation->identity != NULL ? STATUS_OK : out_of_memory(err);
}

static enum status
begin(struct nguon_simulation *simulation, const char *save, struct error *err)
{
    const struct nguon_basin *base = simulation->base;
    struct result_selection selection;
    enum status status = STATUS_OK;
    TRY(result_select(save != NULL ? save : "none", &selection, err));
    TRY(plan_scenario_basin(&base->plan, base->basin, simulation->scenario_i, &simulation->seen,
                            err));
    TRY(runoff_create(base->basin, base->records, &simulation->runoff, err));
    TRY(runoff_compute(simulation->runoff, base->basin, simulation->seen, base->records,
                       base->plan.scenario[simulation->scenario_i].realisation, err));
    if (scenario_result_init(&simulation->result, base->basin, base->axis.step_count, &selection) !=
        STATUS_OK)
        TRY(out_of_memory(err));
    scenario_result_fill(&simulation->result, base->basin, base->axis.step_count, (double)NAN);
    TRY(allocate(simulation, err));
    TRY(identify(simulation, err));
    simulation->input = (struct simulation_input){.basin = simulation->seen,
                                                  .axis = &base->axis,
                                                  .records = base->records,
                                                  .runoff = simulation->runoff,
                                                  .method = LP_SIMPLEX,
                                                  .overrides = &simulation->overrides};
    TRY(simulation_create(&simulation->input, &simulation->result, &simulation->simulation, err));
    library_show_values(simulation);
out:
    return status;
}

int
nguon_simulation_begin(const struct nguon_basin *basin, int scenario_i, const char *save,
                       struct nguon_simulation **out, struct nguon_error *err)
{
    struct error cause = {0};
    *out = NULL;
    if (scenario_i < 0 || scenario_i >= basin->plan.scenario_count)
        return library_refuse(STATUS_USAGE, err, "there are %d scenarios, there is no number %d",
                              basin->plan.scenario_count, scenario_i);
    struct nguon_simulation *simulation = calloc(1, sizeof *simulation);
    if (simulation == NULL)
        return library_status(STATUS_MEMORY, NULL, err);
    simulation->base = basin;
    simulation->scenario_i = scenario_i;
    enum status status = begin(simulation, save, &cause);
    if (status != STATUS_OK)
        nguon_simulation_free(simulation);
    else
        *out = simulation;
    return library_status(status, &cause, err);
}

void
nguon_simulation_free(struct nguon_simulation *simulation)
{
    if (simulation == NULL)
        return;
    simulation_destroy(simulation->simulation);
    scenario_result_finish(&simulation->result);
    runoff_destroy(simulation->runoff);
    basin_destroy(simulation->seen);
    for (int v = 0; v < SIMULATION_VALUE_COUNT; v++) {
        free(simulation->shown[v].value);
        free(simulation->shown[v].before);
    }
    free(simulation->set);
    free(simulation->identity);
    free(simulation);
}

/* ---- steps -------------------------------------------------------------------------------------
 */

int
nguon_simulation_next_step(const struct nguon_simulation *simulation)
{
    return simulation_next_step(simulation->simulation);
}

/* The runoff of a step where it is set, or what was there before. */
static void
put_runoff(struct nguon_simulation *simulation, int t, const double *runoff_m3s)
{
    for (int c = 0; c < simulation->seen->catchment_count; c++)
        if (!isnan(simulation->runoff_m3s[c]))
            simulation->runoff->flow_m3s[c][t] = runoff_m3s[c];
}

int
nguon_simulation_step(struct nguon_simulation *simulation, struct nguon_error *err)
{
    struct error cause = {0};
    enum status status = STATUS_OK;
    int t = simulation_next_step(simulation->simulation);
    if (t >= simulation->base->axis.step_count)
        return library_refuse(STATUS_USAGE, err, "the run has %d steps, and all have been made", t);
    if (simulation->has_failed)
        return library_refuse(STATUS_USAGE, err, "a step has failed: restore an earlier state");
    TRY(library_take_values(simulation, &cause));
    double *kept = simulation->shown[VALUE_RUNOFF].before; /* filled again after the step */
    for (int c = 0; c < simulation->seen->catchment_count; c++)
        kept[c] = simulation->runoff->flow_m3s[c][t];
    put_runoff(simulation, t, simulation->runoff_m3s);
    status = simulation_step(simulation->simulation, &cause);
    put_runoff(simulation, t, kept);
    simulation->has_failed = status != STATUS_OK;
    library_show_values(simulation);
out:
    return library_status(status, &cause, err);
}

/* ---- results -----------------------------------------------------------------------------------
 */

int
nguon_simulation_series(const struct nguon_simulation *simulation, const char *name, int element_i,
                        double *value, int count, struct nguon_error *err)
{
    const struct nguon_basin *base = simulation->base;
    int step_count = base->axis.step_count, variable = 0;
    while (variable < RESULT_VARIABLE_COUNT &&
           (name == NULL || strcmp(result_describe(variable)->name, name) != 0))
        variable++;
    if (variable == RESULT_VARIABLE_COUNT || simulation->result.series[variable] == NULL)
        return library_refuse(STATUS_USAGE, err, "the series '%s' is not kept",
                              name != NULL ? name : "");
    int elements = result_element_count(base->basin, result_describe(variable)->element);
    if (element_i < 0 || element_i >= elements || count != step_count)
        return library_refuse(STATUS_USAGE, err,
                              "%s is kept of %d elements over %d steps; there is no number %d, or "
                              "no room for them in %d",
                              name, elements, step_count, element_i, count);
    const float *series =
        simulation->result.series[variable] + (size_t)element_i * (size_t)step_count;
    int done = simulation_next_step(simulation->simulation);
    for (int t = 0; t < step_count; t++)
        value[t] = t < done ? (double)series[t] : (double)NAN;
    return NGUON_OK;
}

int
nguon_simulation_indicator(struct nguon_simulation *simulation, const char *name, double *value,
                           int size, int *count, struct nguon_error *err)
{
    const struct nguon_basin *base = simulation->base;
    int i = 0;
    while (i < indicator_count && (name == NULL || strcmp(indicators[i].name, name) != 0))
        i++;
    if (i == indicator_count)
        return library_refuse(STATUS_USAGE, err, "there is no indicator called '%s'",
                              name != NULL ? name : "");
    if (simulation_next_step(simulation->simulation) < base->axis.step_count)
        return library_refuse(STATUS_USAGE, err,
                              "indicators are of the whole run: steps are to be made yet");
    *count = indicator_length(base->basin, indicators[i].owner);
    if (*count > size)
        return library_refuse(STATUS_USAGE, err, "%s has %d values, there is room for %d", name,
                              *count, size);
    if (!simulation->is_finished)
        simulation_end(simulation->simulation);
    simulation->is_finished = true;
    indicator_values(&indicators[i], &simulation->result, base->basin, &base->axis, value);
    return NGUON_OK;
}

/* ---- states ------------------------------------------------------------------------------------
 */

static const char state_magic[8] = "nglib 1\n";

/* The head of the bytes: magic, length of the identity, identity, what is set. */
static void
carry_head(struct nguon_simulation *simulation, struct snapshot *snapshot)
{
    uint64_t length = strlen(simulation->identity);
    char magic[sizeof state_magic];
    memcpy(magic, state_magic, sizeof magic);
    snapshot_carry(snapshot, magic, sizeof magic);
    snapshot_carry(snapshot, &length, sizeof length);
    snapshot_carry(snapshot, simulation->identity, (size_t)length);
    snapshot_carry(snapshot, simulation->set, (size_t)simulation->set_count * sizeof(double));
}

int
nguon_simulation_save(struct nguon_simulation *simulation, void **bytes, size_t *size,
                      struct nguon_error *err)
{
    struct error cause = {0};
    struct simulation_state state = {0};
    struct snapshot counted = {.mode = SNAPSHOT_COUNT};
    enum status status = STATUS_OK;
    *bytes = NULL;
    *size = 0;
    if (simulation->has_failed || simulation->is_finished)
        return library_refuse(STATUS_USAGE, err,
                              "there is no state after a failed step or after "
                              "the indicators of the run");
    TRY(library_take_values(simulation, &cause));
    TRY(simulation_state_save(simulation->simulation, &state, &cause));
    carry_head(simulation, &counted);
    unsigned char *out = malloc(counted.place + state.size);
    if (out == NULL)
        TRY(out_of_memory(&cause));
    struct snapshot head = {.mode = SNAPSHOT_SAVE, .bytes = out, .size = counted.place};
    carry_head(simulation, &head);
    memcpy(out + counted.place, state.bytes, state.size);
    *bytes = out;
    *size = counted.place + state.size;
out:
    simulation_state_finish(&state);
    return library_status(status, &cause, err);
}

/* Whether the bytes begin as those of this simulation do; the place after that. */
static enum status
check_head(const struct nguon_simulation *simulation, const unsigned char *bytes, size_t size,
           size_t *place, struct error *err)
{
    uint64_t length = 0;
    size_t before = sizeof state_magic + sizeof length;
    size_t set_size = (size_t)simulation->set_count * sizeof(double);
    if (size >= before)
        memcpy(&length, bytes + sizeof state_magic, sizeof length);
    if (size < before || memcmp(bytes, state_magic, sizeof state_magic) != 0 ||
        length > size - before)
        return error_set(err, STATUS_INPUT, "these bytes are no state of a simulation");
    char *identity = strndup((const char *)bytes + before, (size_t)length);
    char said[1200] = "";
    if (identity == NULL)
        return out_of_memory(err);
    identity_differences(identity, simulation->identity, said, sizeof said);
    free(identity);
    if (said[0] != '\0')
        return error_set(err, STATUS_INPUT, "the state is of another simulation: %s", said);
    if (set_size > size - before - length)
        return error_set(err, STATUS_INPUT, "these bytes are no state of a simulation");
    *place = before + (size_t)length;
    return STATUS_OK;
}

/* Steps that this simulation has not made have no series. */
static void
forget_series(struct nguon_simulation *simulation, int from_t, int to_t)
{
    const struct nguon_basin *base = simulation->base;
    size_t step_count = (size_t)base->axis.step_count;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        int elements = result_element_count(base->basin, result_describe(v)->element);
        for (int e = 0; e < elements && simulation->result.series[v] != NULL; e++)
            for (int t = from_t; t < to_t; t++)
                simulation->result.series[v][(size_t)e * step_count + (size_t)t] = NAN;
    }
}

int
nguon_simulation_restore(struct nguon_simulation *simulation, const void *bytes, size_t size,
                         struct nguon_error *err)
{
    struct error cause = {0};
    size_t place = 0, set_size = (size_t)simulation->set_count * sizeof(double);
    enum status status = STATUS_OK;
    unsigned char *copy = NULL;
    int before_t = simulation_next_step(simulation->simulation);
    TRY(check_head(simulation, bytes, size, &place, &cause));
    copy = malloc(size + 1);
    if (copy == NULL)
        TRY(out_of_memory(&cause));
    memcpy(copy, bytes, size);
    struct simulation_state state;
    if (!simulation_state_of(copy + place + set_size, size - place - set_size, &state))
        TRY(error_set(&cause, STATUS_INPUT, "the state is damaged"));
    TRY(simulation_state_load(simulation->simulation, &state, false, &cause));
    memcpy(simulation->set, copy + place, set_size);
    forget_series(simulation, before_t, state.step_t);
    simulation->has_failed = simulation->is_finished = false;
    library_show_values(simulation);
out:
    free(copy);
    return library_status(status, &cause, err);
}
