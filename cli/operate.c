/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/operate_input.h"

#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_START = 256,
    OPTION_HOURS,
    OPTION_STEP,
    OPTION_CONTROL,
    OPTION_METHOD,
    OPTION_LATE,
    OPTION_JAM,
    OPTION_SAFE,
    OPTION_EXTRAPOLATE,
    OPTION_NO_SUPPLY,
    OPTION_CSV,
    OPTION_LOG,
    OPTION_SVG,
    OPTION_REPORT,
    OPTION_COLUMN,
    OPTION_VARIABLE,
    OPTION_PEAKS,
    OPTION_CLASSES,
    OPTION_CASES,
    OPTION_NOMOGRAPH,
    OPTION_MAKE_NOMOGRAPH,
    OPTION_RECESSION,
    OPTION_SURCHARGE,
    OPTION_DISTRIBUTION,
    OPTION_INITIAL,
    OPTION_BY_RULE
};

static const struct argp_option option_list[] = {
    {"reservoir", 'r', "ID", 0,
     "the lake (default: the only one with outlets); given several times, dams of one river system",
     1},
    {"schedule", 'a', "FILE", 0, "release schedule, CSV; may be given several times", 1},
    {"by-rule", OPTION_BY_RULE, NULL, 0, "also without a schedule, by the rules of the outlets", 1},
    {"inflow", 'i', "FILE", 0,
     "inflow, CSV with time and inflow_m3s; of several dams with a column named as each", 2},
    {"column", OPTION_COLUMN, "NAME", 0, "column of the inflow (default: inflow_m3s)", 2},
    {"design-flood", 'd', "T=YEARS", 0,
     "inflow: the basin's design flood; design or check for that of the dam's class", 2},
    {"dam-classes", OPTION_CLASSES, "FILE", 0, "table of the classes of dams", 2},
    {"annual-peaks", OPTION_PEAKS, "FILE", 0,
     "peak of the design flood from largest flows of years (last column of a CSV file)", 2},
    {"distribution", OPTION_DISTRIBUTION, "NAME", 0,
     "pearson3 (default), gev, gumbel or log_normal, fitted by L-moments", 2},
    {"ensemble", 'e', "FILE", 0, "inflow: members of a forecast, netCDF or CSV", 2},
    {"variable", OPTION_VARIABLE, "NAME", 0, "variable of the netCDF file", 2},
    {"cases", OPTION_CASES, "FILE", 0,
     "figures of the dam for each member, CSV with member, dam.crest_level, "
     "outlets.spillway.width, start_level ...",
     2},
    {"start-level", 'l', "LEVEL", 0,
     "level at the start (default: full); of several dams ID=LEVEL, once for each", 3},
    {"initial", OPTION_INITIAL, "FILE", 0,
     "level at the start from observations, CSV with time "
     "and level_m",
     3},
    {"start", OPTION_START, "TIME", 0, "first moment (default: that of the inflow)", 3},
    {"hours", OPTION_HOURS, "N", 0, "length of the run (default: that of the inflow)", 3},
    {"step", OPTION_STEP, "TIME", 0, "step of the results, 1 h", 3},
    {"control", OPTION_CONTROL, "TIME", 0, "how often gates are set, 15 min", 3},
    {"late", OPTION_LATE, "TIME", 0, "also with gates that do not move before this time", 4},
    {"jam", OPTION_JAM, "GATE", 0,
     "also with this gate jammed; may be given several times; each: with one gate of each outlet",
     4},
    {"safe-level", OPTION_SAFE, "LEVEL", OPTION_ARG_OPTIONAL,
     "start from the highest level from which LEVEL (default: crest less freeboard) is kept", 4},
    {"nomograph", OPTION_NOMOGRAPH, "OUTLET=FILE", 0,
     "gates by level and inflow, CSV, in place of the rule of the outlet", 4},
    {"make-nomograph", OPTION_MAKE_NOMOGRAPH, "OUTLET=FILE", 0,
     "write such a table by induced surcharge, and run with it", 4},
    {"recession", OPTION_RECESSION, "TIME", 0, "of the inflow after its peak, for that table", 4},
    {"surcharge-to", OPTION_SURCHARGE, "LEVEL", 0,
     "the lake shall stay below (default: crest less freeboard)", 4},
    {"extrapolate", OPTION_EXTRAPOLATE, NULL, 0, "go on above the last rows of tables, flagged", 4},
    {"no-supply", OPTION_NO_SUPPLY, NULL, 0, "leave out the demands", 4},
    {"method", OPTION_METHOD, "NAME", 0, "trbdf2 (default) or puls", 4},
    {"output", 'o', "FILE", 0, "results, HDF5 that is netCDF-4/CF", 5},
    {"log", OPTION_LOG, "FILE", 0, "operation log, CSV", 5},
    {"report", OPTION_REPORT, "FILE", 0, "one page with tables and picture, HTML", 5},
    {"svg", OPTION_SVG, "FILE", 0, "picture of levels and flows", 5},
    {"csv", OPTION_CSV, NULL, 0, "tables as CSV", 5},
    {"set", 'S', "PATH=VALUE", 0, "change a figure of the basin", 5},
    {0}};

static const char doc[] =
    "Try release schedules for a dam against an inflow, side by side: levels, freeboard, outflows, "
    "water lost, who loses supply, and every rule broken."
    "\vExample:\n  nguon operate examples/dam/basin.yaml --schedule examples/dam/early.csv "
    "--schedule examples/dam/late.csv --inflow examples/dam/storm.csv --start-level 28.4";

static error_t
parse_file_option(int key, char *argument, struct operate_options *run)
{
    switch (key) {
    case 'i':
        run->inflow_path = argument;
        return 0;
    case 'd':
        run->flood = argument;
        return 0;
    case 'e':
        run->ensemble_path = argument;
        return 0;
    case OPTION_COLUMN:
        run->column = argument;
        return 0;
    case OPTION_VARIABLE:
        run->variable = argument;
        return 0;
    case OPTION_NOMOGRAPH:
        run->nomograph = argument;
        return 0;
    case OPTION_MAKE_NOMOGRAPH:
        run->nomograph_made = argument;
        return 0;
    case OPTION_CASES:
        run->cases_path = argument;
        return 0;
    case OPTION_CLASSES:
        run->classes_path = argument;
        return 0;
    case OPTION_PEAKS:
        run->peaks_path = argument;
        return 0;
    case OPTION_DISTRIBUTION:
        run->distribution = argument;
        return 0;
    case OPTION_INITIAL:
        run->initial_path = argument;
        return 0;
    case 'o':
        run->output_path = argument;
        return 0;
    case OPTION_REPORT:
        run->report_path = argument;
        return 0;
    case OPTION_LOG:
        run->log_path = argument;
        return 0;
    case OPTION_SVG:
        run->svg_path = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_word_option(int key, char *argument, struct operate_options *run)
{
    switch (key) {
    case OPTION_START:
        run->start = argument;
        return 0;
    case OPTION_HOURS:
        run->hours = argument;
        return 0;
    case OPTION_STEP:
        run->step = argument;
        return 0;
    case OPTION_CONTROL:
        run->control = argument;
        return 0;
    case OPTION_METHOD:
        run->method = argument;
        return 0;
    case OPTION_RECESSION:
        run->recession = argument;
        return 0;
    case OPTION_SURCHARGE:
        run->surcharge_top = argument;
        return 0;
    case OPTION_LATE:
        run->late = argument;
        return 0;
    case OPTION_SAFE:
        run->safe_level = argument != NULL ? argument : "";
        return 0;
    case OPTION_BY_RULE:
        run->by_rule = true;
        return 0;
    case OPTION_EXTRAPOLATE:
        run->extrapolate = true;
        return 0;
    case OPTION_NO_SUPPLY:
        run->no_supply = true;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    default:
        return parse_file_option(key, argument, run);
    }
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct operate_options *run = state->input;
    switch (key) {
    case 'a':
        if (run->schedule_count == SCHEDULES_MAX)
            argp_error(state, "more than %d schedules", SCHEDULES_MAX);
        run->schedule_path[run->schedule_count++] = argument;
        return 0;
    case 'r':
        if (run->reservoir_count == CASCADE_LAKES_MAX)
            argp_error(state, "more than %d reservoirs", CASCADE_LAKES_MAX);
        run->reservoir_list[run->reservoir_count++] = run->reservoir = argument;
        return 0;
    case 'l':
        if (run->start_level_count == CASCADE_LAKES_MAX)
            argp_error(state, "more than %d start levels", CASCADE_LAKES_MAX);
        run->start_level_list[run->start_level_count++] = run->start_level = argument;
        return 0;
    case OPTION_JAM:
        if (strcmp(argument, "each") == 0) {
            run->jam_each = true;
            return 0;
        }
        if (run->jam_count == JAMS_MAX)
            argp_error(state, "more than %d jammed gates", JAMS_MAX);
        run->jam[run->jam_count++] = argument;
        return 0;
    case 'S':
        return parse_basin_option(key, argument, state, &run->source);
    case ARGP_KEY_ARG:
        if (run->source.path != NULL)
            argp_error(state, "one basin file at a time: '%s' is one too many", argument);
        run->source.path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->source.path == NULL)
            argp_error(state, "no basin file given");
        if ((run->inflow_path != NULL) + (run->flood != NULL) + (run->ensemble_path != NULL) != 1)
            argp_error(state, "give one of --inflow, --design-flood and --ensemble");
        if (run->ensemble_path != NULL && (run->log_path != NULL || run->safe_level != NULL))
            argp_error(state, "--log and --safe-level go with one inflow, not with an ensemble");
        if (run->start_level_count > 1 && run->reservoir_count < 2)
            argp_error(state, "one --start-level goes with one reservoir");
        if (run->start_level != NULL && run->initial_path != NULL)
            argp_error(state, "--start-level and --initial exclude each other");
        if (run->cases_path != NULL && run->ensemble_path == NULL)
            argp_error(state, "--cases goes with --ensemble");
        if (run->nomograph != NULL && run->nomograph_made != NULL)
            argp_error(state, "--nomograph and --make-nomograph exclude each other");
        if (run->peaks_path != NULL && run->flood == NULL)
            argp_error(state, "--annual-peaks goes with --design-flood");
        return 0;
    default:
        return parse_word_option(key, argument, run);
    }
}

/* The command line as one text, for the results. */
static char *
join_words(int argc, char **argv)
{
    size_t size = 1;
    for (int i = 0; i < argc; i++)
        size += strlen(argv[i]) + 1;
    char *text = calloc(size, 1);
    for (int i = 0; i < argc && text != NULL; i++) {
        strcat(text, argv[i]);
        if (i + 1 < argc)
            strcat(text, " ");
    }
    return text;
}

/* ---- one inflow ------------------------------------------------------------------------------ */

static enum status
run_variants(const struct operation_plan *plan, const struct operate_input *input,
             struct operation_run **run, double *safe_start_m, struct error *err)
{
    for (int v = 0; v < input->variant_count; v++) {
        struct error cause = {0};
        enum status status = operation_run_create(plan, &run[v], err);
        if (status != STATUS_OK)
            return status;
        safe_start_m[v] = NAN;
        if (!isnan(input->safe_limit_m))
            status = operation_safe_start(run[v], &input->variant[v], 0, input->safe_limit_m,
                                          &safe_start_m[v], &cause);
        if (status == STATUS_OK && isnan(safe_start_m[v]))
            status =
                operation_simulate(run[v], &input->variant[v], 0, plan->start_storage_m3, &cause);
        if (status != STATUS_OK)
            return error_set(err, status, "%s: %s", input->variant[v].name, cause.text);
    }
    return STATUS_OK;
}

enum status
operate_write_files(const struct operate_options *options, const struct operation_results *results,
                    struct error *err)
{
    enum status status = STATUS_OK;
    if (options->output_path != NULL)
        TRY(operation_write_hdf5(options->output_path, results, err));
    if (options->svg_path != NULL)
        TRY(operation_write_svg(options->svg_path, results, err));
    if (options->report_path != NULL)
        TRY(operation_write_report(options->report_path, results, err));
    if (options->log_path != NULL)
        TRY(operation_write_log(options->log_path, results, err));
out:
    return status;
}

bool
operate_print_tables(const struct operate_options *options, const struct operation_results *results)
{
    const struct operation_plan *plan = results->plan;
    const struct operation_request *request = &plan->request;
    char from[24], to[24];
    int64_t end_s = request->start_s + (int64_t)request->step_s * request->step_count;
    if (!options->csv)
        printf("%s, %s to %s, %d steps of %g h\ninflow: %s\n\n",
               request->basin->node[plan->reservoir->node_i].name,
               instant_format(request->start_s, from, sizeof from),
               instant_format(end_s, to, sizeof to), request->step_count, request->step_s / 3600.0,
               results->inflow_text);
    if (results->ensemble != NULL)
        return operation_print_ensemble(results, options->csv, stdout) && putchar('\n') >= 0 &&
               operation_print_levels(results, options->csv, stdout) && putchar('\n') >= 0 &&
               operation_print_leads(results, options->csv, stdout);
    if (!operation_print_figures(results, options->csv, stdout))
        return false;
    bool any = false;
    for (int v = 0; v < results->variant_count; v++)
        any = any || results->run[v]->event_count > 0;
    putchar('\n');
    if (!any) {
        if (!options->csv)
            puts("No rule is broken.");
        return true;
    }
    return operation_print_events(results, options->csv, stdout);
}

static enum status
operate(const struct operate_options *options, const struct basin *basin, const char *command,
        struct error *err)
{
    struct operate_input input = {0};
    struct operation_plan *plan = NULL;
    struct operation_ensemble *ensemble = NULL;
    struct operation_run *run[VARIANTS_MAX] = {NULL};
    double safe_start_m[VARIANTS_MAX];
    enum status status = STATUS_OK;
    TRY(operate_input_read(options, basin, &input, err));
    TRY(operation_plan_create(&input.request, &plan, err));
    if (options->ensemble_path != NULL)
        TRY(operation_ensemble_run(plan, input.variant, input.variant_count, &ensemble, err));
    else
        TRY(run_variants(plan, &input, run, safe_start_m, err));
    const struct operation_results results = {.plan = plan,
                                              .variant_count = input.variant_count,
                                              .variant = input.variant,
                                              .run = run,
                                              .safe_start_m =
                                                  isnan(input.safe_limit_m) ? NULL : safe_start_m,
                                              .safe_limit_m = input.safe_limit_m,
                                              .ensemble = ensemble,
                                              .inflow_text = input.inflow_text,
                                              .command = command,
                                              .input_count = input.file_count,
                                              .input_path = input.file_path,
                                              .version = "nguon " NGUON_VERSION};
    TRY(operate_write_files(options, &results, err));
    if (!operate_print_tables(options, &results))
        status = error_set(err, STATUS_FILE_WRITE, "the tables cannot be printed");
out:
    for (int v = 0; v < input.variant_count; v++)
        operation_run_destroy(run[v]);
    operation_ensemble_destroy(ensemble);
    operation_plan_destroy(plan);
    operate_input_finish(&input);
    return status;
}

int
command_operate(int argc, char **argv)
{
    struct operate_options run = {0};
    struct argp parser = {option_list, parse_option, "BASIN", doc, NULL, NULL, NULL};
    char *command = join_words(argc, argv);
    if (command == NULL)
        return 4;
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    struct basin *basin;
    struct timeaxis axis = {0};
    struct error err = {0};
    enum status status = read_basin(&run.source, &basin, &axis);
    int exit_code = status_exit_code(status);
    if (status == STATUS_OK) {
        status = run.reservoir_count > 1 ? operate_cascade(&run, basin, command, &err)
                                         : operate(&run, basin, command, &err);
        exit_code = status == STATUS_OK ? 0 : report_failure(&err);
    }
    timeaxis_finish(&axis);
    basin_destroy(basin);
    free(command);
    return exit_code;
}
