/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include "output/catchment_file.h"
#include "output/table.h"
#include "solvers/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_STATES = 256, OPTION_SAVE_STATE, OPTION_LOAD_STATE };

struct simulation {
    struct catchment_input input;
    const char *parameters_text;
    const char *output_path;
    const char *save_path, *load_path;
    bool with_states, quiet;
    char *command;
    struct catchment_series series;
    struct catchment_period period;
    double parameter[CATCHMENT_PARAMETER_MAX];
    double state[CATCHMENT_STATE_MAX];
    double *flow_mm, *column;
};

static const struct argp_option options[] = {
    {"params", 'p', "LIST|FILE", 0,
     "parameters in the model's order (257.2,1.01,88.2,2.21), by name (x1=257.2,...), or a file "
     "that calibrate wrote",
     1},
    {"output", 'o', "FILE", 0,
     "results: CSV, or HDF5 (netCDF-4) if the name ends in .h5 or .nc (default: CSV to standard "
     "output)",
     1},
    {"states", OPTION_STATES, NULL, 0, "also write every store and flux", 1},
    {"save-state", OPTION_SAVE_STATE, "FILE", 0, "keep the stores at the end for a hot start", 1},
    {"load-state", OPTION_LOAD_STATE, "FILE", 0, "begin from kept stores", 1},
    {"quiet", 'q', NULL, 0, "no summary", 1},
    {0}};

static const char doc[] =
    "Simulate the flow of a catchment. The CSV file has a column of dates and columns P_mm and "
    "PE_mm (depths in the interval); others are named by options. A finer file is summed to the "
    "model's steps. The result holds `date,Q_mm`, and `Q_m3s` with --area."
    "\vExample:\n  nguon catchment simulate --model gr4j --params 257.238,1.012,88.235,2.208 "
    "--area 360 --from 1990-01-01 --to 1999-12-31 --warmup 365 input.csv -o flow.csv";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct simulation *run = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &run->input;
        return 0;
    case 'p':
        run->parameters_text = argument;
        return 0;
    case 'o':
        run->output_path = argument;
        return 0;
    case 'q':
        run->quiet = true;
        return 0;
    case OPTION_STATES:
        run->with_states = true;
        return 0;
    case OPTION_SAVE_STATE:
        run->save_path = argument;
        return 0;
    case OPTION_LOAD_STATE:
        run->load_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (run->input.request.path != NULL)
            argp_error(state, "one input file at a time: '%s' is one too many", argument);
        run->input.request.path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->input.request.path == NULL)
            argp_error(state, "no input file given");
        if (run->input.model == NULL)
            argp_error(state, "no --model given");
        if (run->parameters_text == NULL)
            argp_error(state, "no --params given");
        if (run->load_path != NULL &&
            (run->input.warmup_text != NULL || run->input.initial_text != NULL))
            argp_error(state, "--load-state begins from kept stores: leave out --warmup and "
                              "--initial");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- hot starts --------------------------------------------------------------------------------
 */

static enum status
load_state(struct simulation *run, struct error *err)
{
    struct catchment_state_file *kept = calloc(1, sizeof *kept);
    struct diagnostics diagnostics;
    const struct catchment_model *model = run->input.model;
    char kept_date[32], date[32];
    if (kept == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the state");
    diagnostics_init(&diagnostics);
    enum status status = catchment_state_read(run->load_path, model, kept, &diagnostics);
    print_faults(&diagnostics);
    if (status != STATUS_OK)
        error_set(err, status, "no state can be read from '%s'", run->load_path);
    if (status == STATUS_OK) {
        struct error cause = {0};
        int64_t first_s = run->series.start_s[run->period.first];
        memcpy(run->state, kept->state, sizeof run->state);
        if (kept->next_s != first_s)
            fprintf(stderr,
                    "nguon: warning: the state of '%s' is for the start of %s, the run begins on "
                    "%s\n",
                    run->load_path,
                    catchment_date(model->step, kept->next_s, kept_date, sizeof kept_date),
                    catchment_date(model->step, first_s, date, sizeof date));
        for (int i = 0; i < model->parameter_count; i++)
            if (kept->parameter[i] != run->parameter[i])
                fprintf(stderr,
                        "nguon: warning: the state of '%s' was left by a run with %s %.9g, not "
                        "%.9g\n",
                        run->load_path, model->parameter[i].name, kept->parameter[i],
                        run->parameter[i]);
        status = catchment_state_check(model, run->parameter, run->state, &cause);
        if (status != STATUS_OK)
            error_set(err, status, "%s: %s", run->load_path, cause.text);
    }
    free(kept);
    return status;
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static enum status
simulate(struct simulation *run, struct error *err)
{
    const struct catchment_model *model = run->input.model;
    const struct catchment_series *series = &run->series;
    int first = run->period.first, count = run->period.count;
    int from = run->period.warmup_first, warmup = first - from;
    enum status status = STATUS_OK;
    int most = warmup > count ? warmup : count;
    run->flow_mm = malloc((size_t)most * sizeof(double));
    /* the last step of the warm-up stands before the columns, for the balance */
    run->column = calloc((size_t)count + 1, (size_t)model->column_count * sizeof(double));
    if (run->flow_mm == NULL || run->column == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the simulation"));
    catchment_start(model, run->parameter, run->input.initial, run->state);
    if (run->load_path != NULL)
        TRY(load_state(run, err));
    if (warmup > 0)
        TRY(catchment_run(model, run->parameter, run->state, warmup - 1, series->rain_mm + from,
                          series->pet_mm + from, run->flow_mm, NULL, err));
    if (warmup > 0)
        TRY(catchment_run(model, run->parameter, run->state, 1, series->rain_mm + first - 1,
                          series->pet_mm + first - 1, run->flow_mm, run->column, err));
    TRY(catchment_run(model, run->parameter, run->state, count, series->rain_mm + first,
                      series->pet_mm + first, run->flow_mm, run->column + model->column_count,
                      err));
out:
    return status;
}

static bool
is_same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return a != NULL && b != NULL && stat(a, &of_a) == 0 && stat(b, &of_b) == 0 &&
           of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

static enum status
write_results(const struct simulation *run, struct error *err)
{
    const struct catchment_model *model = run->input.model;
    int first = run->period.first, count = run->period.count;
    struct catchment_result result = {.model = model,
                                      .parameter = run->parameter,
                                      .input = run->input.request.path,
                                      .command = run->command,
                                      .version = "nguon " NGUON_VERSION,
                                      .count = count,
                                      .start_s = run->series.start_s + first,
                                      .flow_mm = run->flow_mm,
                                      .area_m2 = run->input.request.area_m2,
                                      .column = run->with_states ? run->column + model->column_count
                                                                 : NULL,
                                      .rain_mm = run->series.rain_mm + first,
                                      .pet_mm = run->series.pet_mm + first};
    enum status status = catchment_result_write(run->output_path, &result, err);
    if (status == STATUS_OK && run->save_path != NULL)
        status = catchment_state_write(run->save_path, model, run->parameter,
                                       run->series.start_s[first + count], run->state, err);
    return status;
}

/* ---- the summary -------------------------------------------------------------------------------
 */

static double
sum_column(const struct simulation *run, enum column_role role)
{
    const struct catchment_model *model = run->input.model;
    double sum = 0.0;
    for (int t = 1; t <= run->period.count; t++)
        for (int i = 0; i < model->shown_count; i++)
            if (model->column[i].role == role)
                sum += run->column[(long)t * model->column_count + model->column[i].place];
    return sum;
}

static double
sum_series(const double *value, int count)
{
    double sum = 0.0;
    for (int t = 0; t < count; t++)
        sum += value[t];
    return sum;
}

static void
print_balance(const struct simulation *run)
{
    static const char *const heads[] = {"<water", "mm", "mm/year"};
    const struct catchment_series *series = &run->series;
    const struct catchment_model *model = run->input.model;
    int first = run->period.first, count = run->period.count;
    double years =
        (double)(series->start_s[first + count] - series->start_s[first]) / (365.2425 * 86400.0);
    double rain = sum_series(series->rain_mm + first, count);
    double flow = sum_series(run->flow_mm, count);
    double gain = sum_column(run, COLUMN_GAIN), loss = sum_column(run, COLUMN_LOSS);
    const char *names[] = {"rain",
                           "potential evapotranspiration",
                           "actual evapotranspiration",
                           "exchange with the ground",
                           "flow",
                           "change of the stores"};
    double values[] = {rain, sum_series(series->pet_mm + first, count),
                       loss, gain,
                       flow, rain + gain - loss - flow};
    struct table table;
    table_init(&table, false, 3, heads);
    for (int i = 0; i < 6; i++) {
        if (i == 3 && model->kernel >= KERNEL_XINANJIANG)
            continue; /* these two exchange nothing */
        table_cell(&table, "%s", names[i]);
        table_cell(&table, "%.1f", values[i]);
        table_cell(&table, "%.1f", values[i] / years);
    }
    table_print(&table, stdout);
}

static void
print_fit(const struct simulation *run)
{
    struct fit_target target;
    const double *observed = run->series.flow_mm;
    int count = run->period.count;
    if (observed == NULL ||
        fit_target_init(&target, FIT_PLAIN, count, observed + run->period.first, NULL) != STATUS_OK)
        return;
    struct fit_score score = fit_series(&target, run->flow_mm);
    printf("\nAgainst %s, %d of %d steps: NSE %.6f, KGE %.6f, KGE' %.6f\n", run->series.flow_name,
           score.used_count, count, score.nse, score.kge2009, score.kge2012);
    fit_target_finish(&target);
}

static void
print_summary(const struct simulation *run)
{
    static const char *const names[] = {"hours", "days", "periods", "months"};
    const struct catchment_series *series = &run->series;
    const struct catchment_period *period = &run->period;
    char from[32], to[32];
    printf("%s, %s: %d %s from %s to %s", run->input.model->title, series->path, period->count,
           names[series->step],
           catchment_date(series->step, series->start_s[period->first], from, sizeof from),
           catchment_date(series->step, series->start_s[period->first + period->count - 1], to,
                          sizeof to));
    if (period->first > period->warmup_first)
        printf(", after %d of warm-up", period->first - period->warmup_first);
    if (series->pet_computed)
        printf(", potential evapotranspiration by %s",
               run->input.request.pet_method == PET_OUDIN ? "Oudin" : "Hargreaves-Samani");
    puts("\n");
    print_balance(run);
    print_fit(run);
}

int
catchment_simulate(int argc, char **argv)
{
    const struct argp_child children[] = {{&catchment_argp, 0, NULL, 2}, {0}};
    struct argp parser = {options, parse_option, "INPUT.csv", doc, children, NULL, NULL};
    struct simulation *run = calloc(1, sizeof *run);
    struct error err = {0};
    enum status status = STATUS_OK;
    if (run == NULL || (run->command = join_command(argc, argv)) == NULL) {
        free(run);
        return status_exit_code(STATUS_MEMORY);
    }
    catchment_input_init(&run->input);
    argp_parse(&parser, argc, argv, 0, NULL, run);
    if (is_same_file(run->output_path, run->input.request.path))
        TRY(error_set(&err, STATUS_USAGE, "the results would overwrite the input '%s'",
                      run->output_path));
    TRY(catchment_parameters_parse(run->input.model, run->parameters_text, run->parameter, &err));
    TRY(catchment_input_read(&run->input, &run->series, &run->period, &err));
    TRY(simulate(run, &err));
    TRY(write_results(run, &err));
    if (run->output_path != NULL && !run->quiet)
        print_summary(run);
out:
    if (status != STATUS_OK)
        report_failure(&err);
    catchment_series_finish(&run->series);
    catchment_input_finish(&run->input);
    free(run->flow_mm);
    free(run->column);
    free(run->command);
    free(run);
    return status_exit_code(status);
}
