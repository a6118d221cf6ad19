/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library/bmi_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The Basic Model Interface on the library's own functions. */

static const char not_ready[] = "the model is not initialised";

/* ---- messages ----------------------------------------------------------------------------------
 */

int
bmi_refuse(struct Bmi *self, const char *format, ...)
{
    struct bmi_model *model = self->data;
    if (model != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(model->err.text, sizeof model->err.text, format, arguments);
        va_end(arguments);
    }
    return BMI_FAILURE;
}

struct bmi_model *
bmi_ready(struct Bmi *self)
{
    struct bmi_model *model = self->data;
    if (model != NULL && model->simulation != NULL)
        return model;
    bmi_refuse(self, "%s", not_ready);
    return NULL;
}

const char *
nguon_bmi_message(const struct Bmi *model)
{
    const struct bmi_model *data = model->data;
    return data != NULL ? data->err.text : not_ready;
}

static int
outcome(int status)
{
    return status == NGUON_OK ? BMI_SUCCESS : BMI_FAILURE;
}

/* ---- control -----------------------------------------------------------------------------------
 */

/* "basin.yaml#ID": path and scenario, unless a file has that very name. */
static int
load(struct bmi_model *model, const char *config_file)
{
    char *path = strdup(config_file);
    char *mark = path != NULL && access(path, F_OK) != 0 ? strrchr(path, '#') : NULL;
    int scenario_i = 0, status = NGUON_MEMORY;
    if (mark != NULL)
        *mark = '\0';
    if (path != NULL)
        status = nguon_basin_load(path, NULL, NULL, 0, &model->basin, &model->err);
    if (status == NGUON_OK && mark != NULL)
        scenario_i = nguon_basin_find(model->basin, NGUON_SCENARIO, mark + 1);
    if (status == NGUON_OK && scenario_i < 0) {
        snprintf(model->err.text, sizeof model->err.text, "'%s' has no scenario '%s'", path,
                 mark + 1);
        status = NGUON_USAGE;
    }
    if (status == NGUON_OK)
        status =
            nguon_simulation_begin(model->basin, scenario_i, NULL, &model->simulation, &model->err);
    free(path);
    return status;
}

/* After a failure the message stays until the next attempt or finalize. */
static int
initialize(struct Bmi *self, const char *config_file)
{
    struct bmi_model *model = self->data;
    if (model != NULL && model->simulation != NULL)
        return bmi_refuse(self, "the model is initialised already");
    if (model == NULL)
        model = self->data = calloc(1, sizeof *model);
    if (model == NULL)
        return BMI_FAILURE;
    if (config_file == NULL)
        return bmi_refuse(self, "the configuration file is a basin file; none is given");
    int status = load(model, config_file);
    if (status == NGUON_OK)
        return BMI_SUCCESS;
    nguon_basin_free(model->basin);
    model->basin = NULL;
    return BMI_FAILURE;
}

static int
update(struct Bmi *self)
{
    struct bmi_model *model = bmi_ready(self);
    if (model == NULL)
        return BMI_FAILURE;
    return outcome(nguon_simulation_step(model->simulation, &model->err));
}

static double
time_of(const struct bmi_model *model, int t)
{
    return nguon_basin_step_start_s(model->basin, t) - nguon_basin_step_start_s(model->basin, 0);
}

static int
update_until(struct Bmi *self, double then)
{
    const struct bmi_model *model = bmi_ready(self);
    if (model == NULL)
        return BMI_FAILURE;
    int t = nguon_simulation_next_step(model->simulation), to_t = t;
    int step_count = nguon_basin_step_count(model->basin);
    while (to_t < step_count && time_of(model, to_t) < then)
        to_t++;
    if (then < time_of(model, t) || then > time_of(model, step_count))
        return bmi_refuse(self, "time %g s is not between the present %g s and the end %g s", then,
                          time_of(model, t), time_of(model, step_count));
    if (!(time_of(model, to_t) <= then))
        return bmi_refuse(self, "no step ends at %.15g s; the next ends at %.15g s", then,
                          time_of(model, to_t));
    for (; t < to_t; t++)
        if (update(self) != BMI_SUCCESS)
            return BMI_FAILURE;
    return BMI_SUCCESS;
}

static int
finalize(struct Bmi *self)
{
    struct bmi_model *model = self->data;
    if (model == NULL)
        return BMI_FAILURE;
    nguon_simulation_free(model->simulation);
    nguon_basin_free(model->basin);
    free(model);
    self->data = NULL;
    return BMI_SUCCESS;
}

/* ---- names -------------------------------------------------------------------------------------
 */

static int
get_component_name(struct Bmi *self, char *name)
{
    (void)self;
    snprintf(name, BMI_MAX_COMPONENT_NAME, "nguon");
    return BMI_SUCCESS;
}

/* Names of the variables, or only their number. */
static int
list_variables(bool inputs, char **names)
{
    int count = 0;
    for (int v = 0; v < nguon_variable_count(); v++) {
        const struct nguon_variable *variable = nguon_variable_of(v);
        if (inputs && !variable->can_be_set)
            continue;
        if (names != NULL)
            snprintf(names[count], BMI_MAX_VAR_NAME, "%s", variable->standard_name);
        count++;
    }
    return count;
}

static int
get_input_item_count(struct Bmi *self, int *count)
{
    (void)self;
    *count = list_variables(true, NULL);
    return BMI_SUCCESS;
}

static int
get_output_item_count(struct Bmi *self, int *count)
{
    (void)self;
    *count = list_variables(false, NULL);
    return BMI_SUCCESS;
}

static int
get_input_var_names(struct Bmi *self, char **names)
{
    (void)self;
    list_variables(true, names);
    return BMI_SUCCESS;
}

static int
get_output_var_names(struct Bmi *self, char **names)
{
    (void)self;
    list_variables(false, names);
    return BMI_SUCCESS;
}

/* ---- variables ---------------------------------------------------------------------------------
 */

/* The variable if the model is initialised and has it, else NULL and a message. */
static const struct nguon_variable *
variable_of(struct Bmi *self, const char *name)
{
    const struct nguon_variable *variable = NULL;
    if (bmi_ready(self) != NULL)
        variable = nguon_variable_of(nguon_variable_find(name));
    if (variable == NULL && bmi_ready(self) != NULL)
        bmi_refuse(self, "there is no variable called '%s'", name != NULL ? name : "");
    return variable;
}

static enum bmi_grid
grid_of_kind(enum nguon_kind kind)
{
    switch (kind) {
    case NGUON_RESERVOIR:
        return GRID_RESERVOIR;
    case NGUON_AQUIFER:
        return GRID_AQUIFER;
    case NGUON_CATCHMENT:
        return GRID_CATCHMENT;
    case NGUON_DEMAND:
        return GRID_DEMAND;
    case NGUON_NODE:
    case NGUON_LINK:
        return GRID_NETWORK;
    default:
        return GRID_BASIN;
    }
}

static int
get_var_grid(struct Bmi *self, const char *name, int *grid)
{
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL)
        return BMI_FAILURE;
    *grid = (int)grid_of_kind(variable->kind);
    return BMI_SUCCESS;
}

static int
get_var_type(struct Bmi *self, const char *name, char *type)
{
    if (variable_of(self, name) == NULL)
        return BMI_FAILURE;
    snprintf(type, BMI_MAX_TYPE_NAME, "double");
    return BMI_SUCCESS;
}

static int
get_var_units(struct Bmi *self, const char *name, char *units)
{
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL)
        return BMI_FAILURE;
    snprintf(units, BMI_MAX_UNITS_NAME, "%s", variable->units);
    return BMI_SUCCESS;
}

static int
get_var_itemsize(struct Bmi *self, const char *name, int *size)
{
    if (variable_of(self, name) == NULL)
        return BMI_FAILURE;
    *size = (int)sizeof(double);
    return BMI_SUCCESS;
}

static int
count_of(struct Bmi *self, const struct nguon_variable *variable)
{
    const struct bmi_model *model = self->data;
    return nguon_basin_count(model->basin, variable->kind);
}

static int
get_var_nbytes(struct Bmi *self, const char *name, int *nbytes)
{
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL)
        return BMI_FAILURE;
    *nbytes = count_of(self, variable) * (int)sizeof(double);
    return BMI_SUCCESS;
}

static int
get_var_location(struct Bmi *self, const char *name, char *location)
{
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL)
        return BMI_FAILURE;
    snprintf(location, BMI_MAX_TYPE_NAME, "%s", variable->kind == NGUON_LINK ? "edge" : "node");
    return BMI_SUCCESS;
}

/* ---- time --------------------------------------------------------------------------------------
 */

static int
get_time(struct Bmi *self, int t, double *time)
{
    const struct bmi_model *model = bmi_ready(self);
    if (model == NULL)
        return BMI_FAILURE;
    *time = time_of(model, t);
    return BMI_SUCCESS;
}

static int
get_start_time(struct Bmi *self, double *time)
{
    return get_time(self, 0, time);
}

static int
get_current_time(struct Bmi *self, double *time)
{
    const struct bmi_model *model = bmi_ready(self);
    return model == NULL ? BMI_FAILURE
                         : get_time(self, nguon_simulation_next_step(model->simulation), time);
}

static int
get_end_time(struct Bmi *self, double *time)
{
    const struct bmi_model *model = bmi_ready(self);
    return model == NULL ? BMI_FAILURE : get_time(self, nguon_basin_step_count(model->basin), time);
}

static int
get_time_units(struct Bmi *self, char *units)
{
    (void)self;
    snprintf(units, BMI_MAX_UNITS_NAME, "s");
    return BMI_SUCCESS;
}

static int
get_time_step(struct Bmi *self, double *time_step)
{
    const struct bmi_model *model = bmi_ready(self);
    if (model == NULL)
        return BMI_FAILURE;
    int t = nguon_simulation_next_step(model->simulation);
    if (t == nguon_basin_step_count(model->basin))
        t--; /* after the last step that of the last */
    *time_step = time_of(model, t + 1) - time_of(model, t);
    return BMI_SUCCESS;
}

/* ---- values ------------------------------------------------------------------------------------
 */

static int
get_value_ptr(struct Bmi *self, const char *name, void **dest_ptr)
{
    const struct bmi_model *model = self->data;
    if (variable_of(self, name) == NULL)
        return BMI_FAILURE;
    *dest_ptr = nguon_simulation_values(model->simulation, name);
    return BMI_SUCCESS;
}

static int
get_value(struct Bmi *self, const char *name, void *dest)
{
    struct bmi_model *model = self->data;
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL)
        return BMI_FAILURE;
    return outcome(
        nguon_simulation_get(model->simulation, name, dest, count_of(self, variable), &model->err));
}

static int
check_indices(struct Bmi *self, const struct nguon_variable *variable, const int *inds, int count)
{
    int most = count_of(self, variable);
    for (int i = 0; i < count; i++)
        if (inds[i] < 0 || inds[i] >= most)
            return bmi_refuse(self, "%s has %d values, there is no number %d", variable->name, most,
                              inds[i]);
    return BMI_SUCCESS;
}

static int
get_value_at_indices(struct Bmi *self, const char *name, void *dest, int *inds, int count)
{
    const struct bmi_model *model = self->data;
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL || check_indices(self, variable, inds, count) != BMI_SUCCESS)
        return BMI_FAILURE;
    const double *value = nguon_simulation_values(model->simulation, name);
    double *out = dest;
    for (int i = 0; i < count; i++)
        out[i] = value[inds[i]];
    return BMI_SUCCESS;
}

static int
set_value(struct Bmi *self, const char *name, void *src)
{
    struct bmi_model *model = self->data;
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL)
        return BMI_FAILURE;
    return outcome(
        nguon_simulation_set(model->simulation, name, src, count_of(self, variable), &model->err));
}

static int
set_value_at_indices(struct Bmi *self, const char *name, int *inds, int count, void *src)
{
    struct bmi_model *model = self->data;
    const struct nguon_variable *variable = variable_of(self, name);
    if (variable == NULL || check_indices(self, variable, inds, count) != BMI_SUCCESS)
        return BMI_FAILURE;
    const double *value = src;
    for (int i = 0; i < count; i++)
        if (nguon_simulation_set_one(model->simulation, name, inds[i], value[i], &model->err) !=
            NGUON_OK)
            return BMI_FAILURE;
    return BMI_SUCCESS;
}

struct Bmi *
nguon_bmi_register(struct Bmi *model)
{
    if (model == NULL)
        return NULL;
    *model = (struct Bmi){.initialize = initialize,
                          .update = update,
                          .update_until = update_until,
                          .finalize = finalize,
                          .get_component_name = get_component_name,
                          .get_input_item_count = get_input_item_count,
                          .get_output_item_count = get_output_item_count,
                          .get_input_var_names = get_input_var_names,
                          .get_output_var_names = get_output_var_names,
                          .get_var_grid = get_var_grid,
                          .get_var_type = get_var_type,
                          .get_var_units = get_var_units,
                          .get_var_itemsize = get_var_itemsize,
                          .get_var_nbytes = get_var_nbytes,
                          .get_var_location = get_var_location,
                          .get_current_time = get_current_time,
                          .get_start_time = get_start_time,
                          .get_end_time = get_end_time,
                          .get_time_units = get_time_units,
                          .get_time_step = get_time_step,
                          .get_value = get_value,
                          .get_value_ptr = get_value_ptr,
                          .get_value_at_indices = get_value_at_indices,
                          .set_value = set_value,
                          .set_value_at_indices = set_value_at_indices};
    bmi_register_grids(model);
    return model;
}
