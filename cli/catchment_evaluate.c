/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include "output/table.h"
#include "solvers/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_SIMULATED = 256, OPTION_CSV };

struct evaluation {
    struct catchment_input input;
    const char *parameters_text;
    const char *simulated_text;
    const char *observed_path; /**< second file, NULL: the first */
    bool csv;
    struct catchment_series simulated, observed;
};

static const struct argp_option options[] = {
    {"simulated", OPTION_SIMULATED, "COLUMN[:UNIT]", 0, "column of the simulated flow (Q_mm)", 1},
    {"params", 'p', "LIST|FILE", 0, "with --model: simulate first, with these parameters", 1},
    {"csv", OPTION_CSV, NULL, 0, "comma-separated values in full precision", 1},
    {0}};

static const char doc[] =
    "Measure how well a simulated flow fits an observed one (--flow): both are columns of one CSV "
    "file, or of two, matched by date; or the flow is simulated first (--model, --params). Steps "
    "without an observation are skipped and counted. 1/Q and log Q are of Q plus a hundredth of "
    "the "
    "mean observation."
    "\vExample:\n  nguon catchment evaluate flow.csv input.csv --from 1990-01-01";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct evaluation *run = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &run->input;
        return 0;
    case OPTION_SIMULATED:
        run->simulated_text = argument;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case 'p':
        run->parameters_text = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (run->input.request.path == NULL)
            run->input.request.path = argument;
        else if (run->observed_path == NULL)
            run->observed_path = argument;
        else
            argp_error(state, "two files at most: '%s' is one too many", argument);
        return 0;
    case ARGP_KEY_END:
        if (run->input.request.path == NULL)
            argp_error(state, "no file given");
        if ((run->input.model == NULL) != (run->parameters_text == NULL))
            argp_error(state, "--model and --params go together");
        if (run->input.model != NULL && run->observed_path != NULL)
            argp_error(state, "with --model the observed flow stands in the file of the weather");
        if (run->input.model != NULL && run->simulated_text != NULL)
            argp_error(state, "with --model there is no column of simulated flow");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- series ------------------------------------------------------------------------------------
 */

static enum status
read_flow(struct catchment_series *series, const struct catchment_request *request,
          struct error *err)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = catchment_series_read(series, request, &diagnostics);
    if (status != STATUS_OK)
        error_set(err, status, "%d fault%s in %s", diagnostics.error_count,
                  diagnostics.error_count == 1 ? "" : "s", request->path);
    print_faults(&diagnostics);
    return status;
}

/* Observations on the steps of the simulation; NaN where there is none. */
static double *
align(const struct catchment_series *to, const struct catchment_series *from)
{
    double *value = malloc((size_t)to->count * sizeof *value);
    int i = 0;
    for (int t = 0; t < to->count && value != NULL; t++) {
        while (i < from->count && from->start_s[i] < to->start_s[t])
            i++;
        bool met = i < from->count && from->start_s[i] == to->start_s[t];
        value[t] = met ? from->flow_mm[i] : (double)NAN;
    }
    return value;
}

/* Both flows from columns: run->simulated.flow_mm, and the observations on its steps. */
static enum status
read_columns(struct evaluation *run, struct catchment_period *period, double **observed,
             struct error *err)
{
    struct catchment_input *input = &run->input;
    struct catchment_request request = input->request;
    enum status status = STATUS_OK;
    char *copy = NULL;
    request.needs_weather = false;
    request.needs_flow = true;
    request.any_step = true;
    request.flow = (struct catchment_source){"Q_mm", NULL};
    if (run->simulated_text != NULL) {
        copy = strdup(run->simulated_text);
        if (copy == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory");
        char *colon = strrchr(copy, ':');
        request.flow.column = copy;
        if (colon != NULL && colon != copy && colon[1] != '\0') {
            *colon = '\0';
            request.flow.unit = colon + 1;
        }
    }
    TRY(read_flow(&run->simulated, &request, err));
    request.flow = input->request.flow;
    request.any_step = false;
    request.step = run->simulated.step;
    if (run->observed_path != NULL)
        request.path = run->observed_path;
    TRY(read_flow(&run->observed, &request, err));
    *observed = align(&run->simulated, &run->observed);
    if (*observed == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the observations"));
    TRY(catchment_period_find(&run->simulated, input->from, input->to, 0, period, err));
    for (int t = period->first; t < period->first + period->count; t++)
        if (isnan(run->simulated.flow_mm[t])) {
            char date[32];
            TRY(error_set(
                err, STATUS_INPUT, "%s:%d: column '%s' has no value for %s", input->request.path,
                run->simulated.line[t], run->simulated.flow_name,
                catchment_date(run->simulated.step, run->simulated.start_s[t], date, sizeof date)));
        }
out:
    free(copy);
    return status;
}

/* Simulate from weather; the flow takes the place of simulated.flow_mm. */
static enum status
simulate_flow(struct evaluation *run, struct catchment_period *period, double **observed,
              struct error *err)
{
    enum status status = STATUS_OK;
    const struct catchment_model *model = run->input.model;
    struct catchment_series *series = &run->simulated;
    double parameter[CATCHMENT_PARAMETER_MAX];
    static double state[CATCHMENT_STATE_MAX];
    run->input.request.needs_flow = true;
    TRY(catchment_parameters_parse(model, run->parameters_text, parameter, err));
    TRY(catchment_input_read(&run->input, series, period, err));
    *observed = series->flow_mm;
    series->flow_mm = malloc((size_t)series->count * sizeof(double));
    if (series->flow_mm == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the simulation"));
    int from = period->warmup_first;
    catchment_start(model, parameter, run->input.initial, state);
    TRY(catchment_run(model, parameter, state, period->first + period->count - from,
                      series->rain_mm + from, series->pet_mm + from, series->flow_mm + from, NULL,
                      err));
out:
    return status;
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static void
add_row(struct table *table, bool csv, enum fit_transform transform, const struct fit_score *score)
{
    const double value[] = {score->nse,   score->kge2009, score->kge2012, score->r,
                            score->alpha, score->beta,    score->gamma,   score->rmse};
    table_cell(table, "%s", fit_transform_name(transform));
    for (int i = 0; i < 8; i++)
        table_cell(table, csv ? "%.12g" : "%.4f", value[i]);
}

enum status
catchment_print_scores(int count, const double *simulated, const double *observed, bool csv,
                       struct error *err)
{
    static const char *const heads[] = {"<of",   "NSE",  "KGE",   "KGE'", "r",
                                        "alpha", "beta", "gamma", "RMSE"};
    enum status status = STATUS_OK;
    struct table table;
    int used_count = 0;
    table_init(&table, csv, 9, heads);
    for (int transform = 0; transform < FIT_TRANSFORM_COUNT; transform++) {
        struct fit_target target;
        status = fit_target_init(&target, (enum fit_transform)transform, count, observed, err);
        if (status != STATUS_OK) {
            table_discard(&table);
            return status;
        }
        struct fit_score score = fit_series(&target, simulated);
        used_count = score.used_count;
        add_row(&table, csv, (enum fit_transform)transform, &score);
        fit_target_finish(&target);
    }
    if (!csv)
        printf("%d steps, %d without an observation\n\n", count, count - used_count);
    table_print(&table, stdout);
    double simulated_sum = 0.0, observed_sum = 0.0;
    for (int t = 0; t < count; t++)
        if (!isnan(observed[t])) {
            simulated_sum += simulated[t];
            observed_sum += observed[t];
        }
    if (!csv && observed_sum > 0.0)
        printf("\nbias of the volume %+.2f %%\n", 100.0 * (simulated_sum / observed_sum - 1.0));
    return status;
}

int
catchment_evaluate(int argc, char **argv)
{
    const struct argp_child children[] = {{&catchment_argp, 0, NULL, 2}, {0}};
    struct argp parser = {options, parse_option, "SIMULATED.csv [OBSERVED.csv]", doc, children,
                          NULL,    NULL};
    struct evaluation run = {0};
    struct catchment_period period = {0};
    struct error err = {0};
    double *observed = NULL;
    catchment_input_init(&run.input);
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    enum status status = run.input.model != NULL ? simulate_flow(&run, &period, &observed, &err)
                                                 : read_columns(&run, &period, &observed, &err);
    if (status == STATUS_OK)
        status = catchment_print_scores(period.count, run.simulated.flow_mm + period.first,
                                        observed + period.first, run.csv, &err);
    if (status != STATUS_OK)
        report_failure(&err);
    free(observed);
    catchment_series_finish(&run.simulated);
    catchment_series_finish(&run.observed);
    catchment_input_finish(&run.input);
    return status_exit_code(status);
}
