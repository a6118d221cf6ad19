/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"

#include "cli/command.h"
#include "model/units.h"
#include "output/catchment_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const double m2_per_km2 = 1e6;
static const double usual_hargreaves = 0.0023;

enum source_kind { SOURCE_RAIN, SOURCE_PET, SOURCE_FLOW, SOURCE_MEAN, SOURCE_MIN, SOURCE_MAX };

enum {
    OPTION_AREA = 600,
    OPTION_FROM,
    OPTION_TO,
    OPTION_WARMUP,
    OPTION_INITIAL,
    OPTION_DATE,
    OPTION_RAIN,
    OPTION_PET,
    OPTION_FLOW,
    OPTION_TEMPERATURE,
    OPTION_TMIN,
    OPTION_TMAX,
    OPTION_LATITUDE,
    OPTION_PET_METHOD,
    OPTION_HARGREAVES
};

static const struct argp_option options[] = {
    {"model", 'm', "NAME", 0,
     "gr4j, gr5j, gr6j (days), gr4h (hours), gr2m (months), xinanjiang or "
     "hbv (days)",
     1},
    {"area", OPTION_AREA, "AREA", 0, "area of the catchment, km2 or with its unit", 1},
    {"from", OPTION_FROM, "DATE", 0, "first step (default: the record's)", 2},
    {"to", OPTION_TO, "DATE", 0, "last step, included (default: the record's)", 2},
    {"warmup", OPTION_WARMUP, "N", 0,
     "steps run before --from to fill the stores; without --from, the first of the record", 2},
    {"initial", OPTION_INITIAL, "LIST", 0,
     "filling of the stores at the very start, as shares of X1 and X3 (default 0.3,0.5); a third "
     "figure, mm, is the exponential store of gr6j",
     2},
    {"date", OPTION_DATE, "COLUMN", 0, "column of the dates (default: the first, or 'date')", 3},
    {"rain", OPTION_RAIN, "COLUMN[:UNIT]", 0, "column of the rain (P_mm; mm in the interval)", 3},
    {"pet", OPTION_PET, "COLUMN[:UNIT]", 0, "column of potential evapotranspiration (PE_mm)", 3},
    {"flow", OPTION_FLOW, "COLUMN[:UNIT]", 0,
     "column of the observed flow (Qobs_mm; m3/s and L/s need --area)", 3},
    {"temperature", OPTION_TEMPERATURE, "COLUMN[:UNIT]", 0,
     "column of the mean temperature (T_C), for want of PE", 3},
    {"tmin", OPTION_TMIN, "COLUMN[:UNIT]", 0, "column of the least temperature (Tmin_C)", 3},
    {"tmax", OPTION_TMAX, "COLUMN[:UNIT]", 0, "column of the greatest temperature (Tmax_C)", 3},
    {"latitude", OPTION_LATITUDE, "DEGREES", 0, "latitude, south negative, for want of PE", 3},
    {"pet-method", OPTION_PET_METHOD, "NAME", 0, "oudin (default) or hargreaves, for want of PE",
     3},
    {"hargreaves", OPTION_HARGREAVES, "X", 0, "coefficient of Hargreaves-Samani (0.0023)", 3},
    {0}};

/* ---- small parts -------------------------------------------------------------------------------
 */

void
print_faults(struct diagnostics *diagnostics)
{
    for (int i = 0; i < diagnostics->count; i++) {
        char text[1024];
        fprintf(stderr, "%s\n", diagnostic_format(&diagnostics->item[i], text, sizeof text));
    }
    if (diagnostics->dropped_count > 0)
        fprintf(stderr, "nguon: %d more faults are not shown\n", diagnostics->dropped_count);
    diagnostics_finish(diagnostics);
}

int
parse_whole(const char *option, const char *text, int low, int high, struct argp_state *state)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || errno != 0 || value < low || value > high)
        argp_error(state, "%s takes a whole number from %d to %d, not '%s'", option, low, high,
                   text);
    return (int)value;
}

double
parse_number(const char *option, const char *text, struct argp_state *state)
{
    char *end;
    double value = strtod(text, &end);
    if (*text == '\0' || *end != '\0' || !isfinite(value))
        argp_error(state, "%s takes a number, not '%s'", option, text);
    return value;
}

char *
join_command(int argc, char **argv)
{
    size_t size = 1;
    for (int i = 0; i < argc; i++)
        size += strlen(argv[i]) + 1;
    char *text = calloc(size, 1);
    for (int i = 0; i < argc && text != NULL; i++) {
        strcat(text, i > 0 ? " " : "");
        strcat(text, argv[i]);
    }
    return text;
}

static double
parse_area(const char *text, struct argp_state *state)
{
    struct quantity quantity;
    struct error err = {0};
    if (quantity_parse(text, &quantity, &err) != STATUS_OK)
        argp_error(state, "--area: %s", err.text);
    if (quantity.has_unit && quantity.unit.dimension != DIMENSION_AREA)
        argp_error(state, "--area: '%s' is no area; write 360 or '360 km2'", text);
    double area_m2 = quantity.has_unit ? quantity.value : quantity.value * m2_per_km2;
    if (!(area_m2 > 0.0))
        argp_error(state, "--area must be above 0, not '%s'", text);
    return area_m2;
}

static const struct catchment_model *
parse_model(const char *name, struct argp_state *state)
{
    const char *known[CATCHMENT_MODEL_COUNT];
    const struct catchment_model *model = catchment_model_find(name);
    for (int i = 0; i < CATCHMENT_MODEL_COUNT; i++)
        known[i] = catchment_models[i]->name;
    const char *nearest = nearest_name(name, known, CATCHMENT_MODEL_COUNT);
    if (model == NULL && nearest != NULL)
        argp_error(state, "there is no model '%s'; did you mean '%s'?", name, nearest);
    else if (model == NULL)
        argp_error(state, "there is no model '%s': gr4j, gr5j, gr6j, gr4h, gr2m, xinanjiang, hbv",
                   name);
    return model;
}

/* "Q:m3/s" into its column and unit. */
static void
split_source(struct catchment_input *input, enum source_kind kind, struct catchment_source *out)
{
    const char *text = input->source_text[kind];
    if (text == NULL)
        return;
    char *copy = strdup(text);
    input->kept[kind] = copy;
    if (copy == NULL)
        return;
    char *colon = strrchr(copy, ':');
    out->column = copy;
    out->unit = NULL;
    if (colon != NULL && colon != copy && colon[1] != '\0') {
        *colon = '\0';
        out->unit = colon + 1;
    }
}

static void
split_sources(struct catchment_input *input)
{
    struct catchment_request *request = &input->request;
    split_source(input, SOURCE_RAIN, &request->rain);
    split_source(input, SOURCE_PET, &request->pet);
    split_source(input, SOURCE_FLOW, &request->flow);
    split_source(input, SOURCE_MEAN, &request->mean_temperature);
    split_source(input, SOURCE_MIN, &request->min_temperature);
    split_source(input, SOURCE_MAX, &request->max_temperature);
    request->pet_given = input->source_text[SOURCE_PET] != NULL;
    request->flow_given = input->source_text[SOURCE_FLOW] != NULL;
}

/* ---- options -----------------------------------------------------------------------------------
 */

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct catchment_input *input = state->input;
    struct catchment_request *request = &input->request;
    switch (key) {
    case 'm':
        input->model = parse_model(argument, state);
        return 0;
    case OPTION_AREA:
        request->area_m2 = parse_area(argument, state);
        return 0;
    case OPTION_FROM:
        input->from = argument;
        return 0;
    case OPTION_TO:
        input->to = argument;
        return 0;
    case OPTION_WARMUP:
        input->warmup_text = argument;
        return 0;
    case OPTION_INITIAL:
        input->initial_text = argument;
        return 0;
    case OPTION_DATE:
        request->date_column = argument;
        return 0;
    case OPTION_RAIN:
    case OPTION_PET:
    case OPTION_FLOW:
    case OPTION_TEMPERATURE:
    case OPTION_TMIN:
    case OPTION_TMAX:
        input->source_text[key - OPTION_RAIN] = argument;
        return 0;
    case OPTION_LATITUDE:
        request->latitude_deg = parse_number("--latitude", argument, state);
        if (!(fabs(request->latitude_deg) <= 90.0))
            argp_error(state, "--latitude is from -90 to 90 degrees, not '%s'", argument);
        return 0;
    case OPTION_PET_METHOD:
        if (strcasecmp(argument, "oudin") != 0 && strcasecmp(argument, "hargreaves") != 0)
            argp_error(state, "--pet-method is oudin or hargreaves, not '%s'", argument);
        request->pet_method = strcasecmp(argument, "oudin") == 0 ? PET_OUDIN : PET_HARGREAVES;
        return 0;
    case OPTION_HARGREAVES:
        request->hargreaves = parse_number("--hargreaves", argument, state);
        if (!(request->hargreaves > 0.0))
            argp_error(state, "--hargreaves must be above 0, not '%s'", argument);
        return 0;
    case ARGP_KEY_END:
        split_sources(input);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp catchment_argp = {options, parse_option, NULL, NULL, NULL, NULL, NULL};

void
catchment_input_init(struct catchment_input *input)
{
    *input = (struct catchment_input){.request = {.rain = {"P_mm", NULL},
                                                  .pet = {"PE_mm", NULL},
                                                  .flow = {"Qobs_mm", NULL},
                                                  .mean_temperature = {"T_C", NULL},
                                                  .min_temperature = {"Tmin_C", NULL},
                                                  .max_temperature = {"Tmax_C", NULL},
                                                  .needs_weather = true,
                                                  .latitude_deg = (double)NAN,
                                                  .hargreaves = usual_hargreaves,
                                                  .area_m2 = (double)NAN}};
}

void
catchment_input_finish(struct catchment_input *input)
{
    for (int i = 0; i < 6; i++)
        free(input->kept[i]);
}

/* ---- reading -----------------------------------------------------------------------------------
 */

/* "365", or "365 d" for a model of hours. @return steps, 0 if not given */
static enum status
parse_warmup(const struct catchment_input *input, enum step_kind step, int *warmup,
             struct error *err)
{
    static const int most = 20000000;
    char *end;
    *warmup = 0;
    if (input->warmup_text == NULL)
        return STATUS_OK;
    errno = 0;
    long value = strtol(input->warmup_text, &end, 10);
    bool good = end != input->warmup_text && errno == 0 && value >= 0 && value <= most;
    while (*end == ' ')
        end++;
    if (strcmp(end, "d") == 0 && step == STEP_HOURLY)
        value *= 24;
    else if (*end != '\0' && !(strcmp(end, "d") == 0 && step == STEP_DAILY))
        good = false;
    if (!good || value > most)
        return error_set(err, STATUS_USAGE, "--warmup takes a number of steps%s, not '%s'",
                         step == STEP_HOURLY ? " (hours), or of days as 365d" : "",
                         input->warmup_text);
    *warmup = (int)value;
    return STATUS_OK;
}

static enum status
parse_initial(struct catchment_input *input, struct error *err)
{
    const struct catchment_model *model = input->model;
    memcpy(input->initial, model->initial, sizeof input->initial);
    const char *text = input->initial_text;
    int count = 0;
    while (text != NULL) {
        char *end;
        double value = strtod(text, &end);
        if (end == text || (*end != ',' && *end != '\0') || count == model->initial_count)
            return error_set(err, STATUS_USAGE, "--initial '%s': the figures of %s are %s",
                             input->initial_text, model->name, model->initial_meaning);
        input->initial[count++] = value;
        text = *end == ',' ? end + 1 : NULL;
    }
    if (input->initial_text != NULL && count < 2)
        return error_set(err, STATUS_USAGE, "--initial '%s': the figures of %s are %s",
                         input->initial_text, model->name, model->initial_meaning);
    return catchment_initial_check(model, input->initial, err);
}

enum status
catchment_input_read(struct catchment_input *input, struct catchment_series *series,
                     struct catchment_period *period, struct error *err)
{
    struct diagnostics diagnostics;
    int warmup = 0;
    enum status status = STATUS_OK;
    if (input->model != NULL) {
        status = parse_initial(input, err);
        input->request.step = input->model->step;
    }
    if (status != STATUS_OK)
        return status;
    diagnostics_init(&diagnostics);
    status = catchment_series_read(series, &input->request, &diagnostics);
    if (status == STATUS_OK)
        status = parse_warmup(input, series->step, &warmup, err);
    if (status == STATUS_OK)
        status = catchment_period_find(series, input->from, input->to, warmup, period, err);
    if (status == STATUS_OK && input->request.needs_weather)
        status = catchment_series_check(series, period, &diagnostics);
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for the series of %s", input->request.path);
    else if (status != STATUS_OK)
        error_set(err, status, "%d fault%s in %s", diagnostics.error_count,
                  diagnostics.error_count == 1 ? "" : "s", input->request.path);
    print_faults(&diagnostics);
    return status;
}

/* ---- parameters --------------------------------------------------------------------------------
 */

/* One of "257.2" (the next in order) or "x1=257.2". */
static enum status
parse_parameter(const struct catchment_model *model, const char *text, size_t length, int order_i,
                double *parameter, bool *met, struct error *err)
{
    char copy[64], *end;
    int place = order_i;
    if (length == 0 || length >= sizeof copy)
        return error_set(err, STATUS_USAGE, "--params: '%.*s' is no number", (int)length, text);
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *equals = strchr(copy, '='), *value = copy;
    if (equals != NULL) {
        *equals = '\0';
        value = equals + 1;
        place = catchment_parameter_find(model, copy);
        if (place < 0)
            return error_set(err, STATUS_USAGE, "--params: %s has no parameter '%s'", model->name,
                             copy);
    }
    if (place >= model->parameter_count)
        return error_set(err, STATUS_USAGE, "--params: %s has %d parameters", model->name,
                         model->parameter_count);
    if (met[place])
        return error_set(err, STATUS_USAGE, "--params: %s stands twice",
                         model->parameter[place].name);
    parameter[place] = strtod(value, &end);
    if (*value == '\0' || *end != '\0' || !isfinite(parameter[place]))
        return error_set(err, STATUS_USAGE, "--params: '%s' is no number (%s of %s)", value,
                         model->parameter[place].name, model->name);
    met[place] = true;
    return STATUS_OK;
}

static enum status
parse_parameter_list(const struct catchment_model *model, const char *text, double *parameter,
                     struct error *err)
{
    bool met[CATCHMENT_PARAMETER_MAX] = {false};
    for (int i = 0;; i++) {
        size_t length = strcspn(text, ",");
        enum status status = parse_parameter(model, text, length, i, parameter, met, err);
        if (status != STATUS_OK)
            return status;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    for (int i = 0; i < model->parameter_count; i++)
        if (!met[i])
            return error_set(err, STATUS_USAGE,
                             "--params: %s of %s is missing (%d are needed, in this order: "
                             "%s first)",
                             model->parameter[i].name, model->name, model->parameter_count,
                             model->parameter[0].name);
    return STATUS_OK;
}

enum status
catchment_parameters_parse(const struct catchment_model *model, const char *text, double *parameter,
                           struct error *err)
{
    enum status status;
    if (strpbrk(text, ",=") != NULL || strspn(text, "0123456789.+-eE") == strlen(text)) {
        status = parse_parameter_list(model, text, parameter, err);
    } else {
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        status = catchment_parameters_read(text, model, parameter, &diagnostics);
        if (status != STATUS_OK)
            error_set(err, status, "no parameters can be read from '%s'", text);
        print_faults(&diagnostics);
    }
    double used[CATCHMENT_PARAMETER_MAX];
    if (status == STATUS_OK)
        status = catchment_parameters_use(model, parameter, used, err);
    for (int i = 0; i < model->parameter_count && status == STATUS_OK; i++) {
        const struct catchment_parameter *row = &model->parameter[i];
        if (used[i] != parameter[i])
            fprintf(stderr, "nguon: warning: %s of %s is raised from %g to %g %s\n", row->name,
                    model->name, parameter[i], used[i], row->unit);
        parameter[i] = used[i];
    }
    return status;
}
