/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_model.h"

#include "model/diagnostics.h"
#include "model/gr.h"
#include "model/hbv.h"
#include "model/xinanjiang.h"

#include <math.h>
#include <string.h>
#include <strings.h>

extern const struct catchment_model model_gr4j, model_gr5j, model_gr6j, model_gr4h, model_gr2m,
    model_xinanjiang, model_hbv;

const struct catchment_model *const catchment_models[CATCHMENT_MODEL_COUNT] = {
    &model_gr4j, &model_gr5j, &model_gr6j, &model_gr4h, &model_gr2m, &model_xinanjiang, &model_hbv};

const struct catchment_model *
catchment_model_find(const char *name)
{
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++)
        if (strcasecmp(name, catchment_models[i]->name) == 0)
            return catchment_models[i];
    return NULL;
}

int
catchment_parameter_find(const struct catchment_model *model, const char *name)
{
    for (int i = 0; i < model->parameter_count; i++)
        if (strcasecmp(name, model->parameter[i].name) == 0)
            return i;
    return -1;
}

enum status
catchment_parameters_use(const struct catchment_model *model, const double *given, double *used,
                         struct error *err)
{
    for (int i = 0; i < model->parameter_count; i++) {
        const struct catchment_parameter *parameter = &model->parameter[i];
        if (!isfinite(given[i]))
            return error_set(err, STATUS_INPUT, "%s: %s is not a number", model->name,
                             parameter->name);
        if (given[i] < parameter->lowest)
            return error_set(err, STATUS_INPUT, "%s: %s is %g %s; it may not be below %g",
                             model->name, parameter->name, given[i], parameter->unit,
                             parameter->lowest);
        if (given[i] > parameter->most)
            return error_set(err, STATUS_INPUT, "%s: %s is %g %s; it may not be above %g",
                             model->name, parameter->name, given[i], parameter->unit,
                             parameter->most);
        used[i] = given[i] > parameter->least ? given[i] : parameter->least;
    }
    return STATUS_OK;
}

enum status
catchment_initial_check(const struct catchment_model *model, const double *initial,
                        struct error *err)
{
    for (int i = 0; i < model->initial_count; i++)
        if (!isfinite(initial[i]) || (i < 2 && !(initial[i] >= 0.0 && initial[i] <= 1.0)))
            return error_set(err, STATUS_INPUT,
                             "%s: figure %d of the initial filling is %g; the figures are %s",
                             model->name, i + 1, initial[i], model->initial_meaning);
    return STATUS_OK;
}

void
catchment_start(const struct catchment_model *model, const double *used, const double *initial,
                double *state)
{
    memset(state, 0, (size_t)model->state_count * sizeof *state);
    model->set_start(used, initial, state);
}

enum status
catchment_state_check(const struct catchment_model *model, const double *used, const double *state,
                      struct error *err)
{
    for (int i = 0; i < model->state_count; i++)
        if (!isfinite(state[i]))
            return error_set(err, STATUS_INPUT, "a figure of the state is not finite");
    const char *name = model->check_state(used, state);
    if (name != NULL)
        return error_set(err, STATUS_INPUT,
                         "the state does not fit the parameters: store %s is outside its bounds",
                         name);
    return STATUS_OK;
}

enum status
catchment_weather_check(int step_count, const double *rain_mm, const double *pet_mm,
                        struct error *err)
{
    for (int t = 0; t < step_count; t++)
        if (!(rain_mm[t] >= 0.0 && rain_mm[t] < (double)INFINITY && pet_mm[t] >= 0.0 &&
              pet_mm[t] < (double)INFINITY))
            return error_set(err, STATUS_NOT_FINITE,
                             "step %d has rain %g mm and potential evapotranspiration %g mm", t + 1,
                             rain_mm[t], pet_mm[t]);
    return STATUS_OK;
}

void
catchment_spans(const struct catchment_model *model, const double *state, int *span)
{
    for (int r = 0; r < model->register_count; r++) {
        const struct catchment_state_part *part = &model->part[model->register_part[r]];
        int held = part->count;
        while (held > span[r] && state[part->place + held - 1] == 0.0)
            held--;
        span[r] = held;
    }
}

enum status
catchment_run(const struct catchment_model *model, const double *given, double *state,
              int step_count, const double *rain_mm, const double *pet_mm, double *flow_mm,
              double *column, struct error *err)
{
    double used[CATCHMENT_PARAMETER_MAX];
    double constant[CATCHMENT_CONSTANT_MAX];
    int span[CATCHMENT_REGISTER_MAX] = {0};
    enum status status = catchment_parameters_use(model, given, used, err);
    if (status == STATUS_OK)
        status = catchment_weather_check(step_count, rain_mm, pet_mm, err);
    if (status != STATUS_OK)
        return status;
    model->set_constants(used, constant, span);
    catchment_spans(model, state, span);
    struct kernel_run run = {.step_count = step_count,
                             .rain_mm = rain_mm,
                             .pet_mm = pet_mm,
                             .constant = constant,
                             .span = span,
                             .state = state,
                             .flow_mm = flow_mm,
                             .column = column};
    if (column != NULL)
        kernel_table_1.run_columns[model->kernel](&run);
    else
        kernel_table_1.run[model->kernel](&run);
    return STATUS_OK;
}

double
catchment_storage_mm(const struct catchment_model *model, const double *column)
{
    double storage_mm = 0.0;
    for (int i = 0; i < model->shown_count; i++)
        if (model->column[i].role == COLUMN_STORE)
            storage_mm += column[model->column[i].place];
    return storage_mm;
}

double
catchment_residual_mm(const struct catchment_model *model, double rain_mm, double flow_mm,
                      const double *before, const double *column)
{
    double residual_mm = rain_mm - flow_mm;
    for (int i = 0; i < model->shown_count; i++) {
        int place = model->column[i].place;
        if (model->column[i].role == COLUMN_GAIN)
            residual_mm += column[place];
        if (model->column[i].role == COLUMN_LOSS)
            residual_mm -= column[place];
    }
    return residual_mm -
           (catchment_storage_mm(model, column) - catchment_storage_mm(model, before));
}
