/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/drought_search.h"
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "output/progress.h"
#include "output/rule_measure.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_VARY = 1260,
    OPTION_MAXIMISE,
    OPTION_MINIMISE,
    OPTION_CONSTRAINT,
    OPTION_SEEDS,
    OPTION_SEED,
    OPTION_EVALUATIONS,
    OPTION_POPULATION,
    OPTION_THREADS,
    OPTION_NO_BOUND,
    OPTION_CSV,
    OPTION_JSON
};
enum { CONSTRAINTS_MAX = 16 };

struct search_run {
    struct basin_source source;
    struct rule_space space;
    struct error err; /**< of an option */
    const char *objective, *constraint[CONSTRAINTS_MAX];
    int constraint_count;
    bool minimise, no_bound;
    uint64_t seed;
    int seed_count, evaluation_max, population, threads;
    const char *output_path;
    enum table_format format;
    char *command;
};

static const struct argp_option options[] = {
    {"vary", OPTION_VARY, "PATH=VALUE", 0,
     "a figure to be searched for stands as LOW..HIGH in the value, a list of them as N*LOW..HIGH: "
     "reservoirs.lake.target='{monthly: [12*20..80], unit: hm3}' (repeatable)",
     1},
    {"maximise", OPTION_MAXIMISE, "MEASURE", 0,
     "[mean|worst|p10] domestic.reliability, .volume, .annual, .resilience, .vulnerability, "
     ".shortage_index of a class, district, demand or all; INDICATOR/ID of the results; or "
     "benefit(FILE)",
     1},
    {"minimise", OPTION_MINIMISE, "MEASURE", 0, "likewise", 1},
    {"constraint", OPTION_CONSTRAINT, "MEASURE>=LIMIT", 0,
     "what must hold, with >= or <= (repeatable)", 1},
    {"seeds", OPTION_SEEDS, "N", 0, "searches from independent starts (3)", 2},
    {"seed", OPTION_SEED, "N", 0, "the first of them (1)", 2},
    {"evaluations", OPTION_EVALUATIONS, "N", 0, "candidates that each search tries (500)", 2},
    {"population", OPTION_POPULATION, "N", 0,
     "candidates of a generation (4 + 3 ln n, doubled at each restart)", 2},
    {"threads", OPTION_THREADS, "N", 0, "number of threads (default: all processors)", 2},
    {"no-bound", OPTION_NO_BOUND, NULL, 0, "without the bound by perfect foresight", 2},
    {"output", 'o', "FILE", 0, "write a scenario file with the basin as it is and the best rules",
     3},
    {"csv", OPTION_CSV, NULL, 0, "as CSV", 3},
    {"json", OPTION_JSON, NULL, 0, "as JSON", 3},
    {"scenarios", 's', "FILE", 0, "take the scenarios from this file", 4},
    {"set", 'S', "PATH=VALUE", 0, "change a figure", 4},
    {0}};

static const char doc[] =
    "Search for rules: lines, zones, stages, reserves and other figures of the basin, the same "
    "scenarios for every candidate. Prints the rules as they are, the best of every search, and "
    "what perfect foresight could reach."
    "\vExample:\n  nguon drought search examples/one-reservoir/basin.yaml --vary "
    "reservoirs.lake.zones.restriction.caps.irrigation='20..100 %' --minimise "
    "irrigation.shortage_index --constraint 'worst domestic.reliability >= 99 %' -o best.yaml";

static error_t
parse_objective(struct search_run *run, bool minimise, const char *text, struct argp_state *state)
{
    if (run->objective != NULL)
        argp_error(state, "there is one objective; what else must hold is a --constraint");
    run->objective = text;
    run->minimise = minimise;
    return 0;
}

static error_t
parse_search(int key, char *argument, struct argp_state *state)
{
    struct search_run *run = state->input;
    switch (key) {
    case OPTION_SEEDS:
        run->seed_count = parse_whole("--seeds", argument, 1, 1000, state);
        return 0;
    case OPTION_SEED:
        run->seed = (uint64_t)parse_whole("--seed", argument, 0, 1000000000, state);
        return 0;
    case OPTION_EVALUATIONS:
        run->evaluation_max = parse_whole("--evaluations", argument, 10, 1000000, state);
        return 0;
    case OPTION_POPULATION:
        run->population = parse_whole("--population", argument, 4, 512, state);
        return 0;
    case OPTION_THREADS:
        run->threads = parse_whole("--threads", argument, 1, 4096, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct search_run *run = state->input;
    switch (key) {
    case OPTION_VARY:
        if (rule_space_add(&run->space, argument, &run->err) != STATUS_OK)
            argp_error(state, "%s", run->err.text);
        return 0;
    case OPTION_MAXIMISE:
    case OPTION_MINIMISE:
        return parse_objective(run, key == OPTION_MINIMISE, argument, state);
    case OPTION_CONSTRAINT:
        if (run->constraint_count == CONSTRAINTS_MAX)
            argp_error(state, "--constraint stands more than %d times", CONSTRAINTS_MAX);
        else
            run->constraint[run->constraint_count++] = argument;
        return 0;
    case OPTION_NO_BOUND:
        run->no_bound = true;
        return 0;
    case OPTION_CSV:
        run->format = TABLE_CSV;
        return 0;
    case OPTION_JSON:
        run->format = TABLE_JSON;
        return 0;
    case 'o':
        run->output_path = argument;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        if (key == ARGP_KEY_END && (run->objective == NULL || run->space.variable_count == 0))
            argp_error(state, "give --vary and one of --maximise and --minimise");
        return parse_path(key, argument, state, "basin file", &run->source.path);
    default:
        break;
    }
    error_t unknown = parse_search(key, argument, state);
    return unknown == 0 ? 0 : parse_basin_option(key, argument, state, &run->source);
}

/* ---- the search -------------------------------------------------------------------------------
 */

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int number)
{
    interrupted = number;
    signal(number, SIG_DFL);
}

static bool
show_progress(void *context, int done_count, int all_count)
{
    progress_update(context, done_count < all_count ? done_count : all_count, all_count);
    return !interrupted;
}

/* The objective, then the constraints. */
static enum status
read_measures(const struct search_run *run, const struct basin *basin, const struct timeaxis *axis,
              struct rule_search_request *request, struct rule_measure *measure, struct error *err)
{
    enum status status = STATUS_OK;
    measure[0].low_is_good = run->minimise;
    TRY(measure_read(run->minimise ? "--minimise" : "--maximise", run->objective, false, basin,
                     axis, &measure[0], &request->selection, err));
    for (int i = 0; i < run->constraint_count; i++)
        TRY(measure_read("--constraint", run->constraint[i], true, basin, axis, &measure[i + 1],
                         &request->selection, err));
    request->measure = measure;
    request->measure_count = run->constraint_count + 1;
out:
    return status;
}

/* The bound by perfect foresight, or why there is none. */
static enum status
find_bound(const struct search_run *run, const struct rule_search_request *request,
           struct search_report *report, struct error *why)
{
    size_t demands = (size_t)request->basin->demand_count + 1;
    size_t links = (size_t)request->basin->link_count + 1;
    size_t lakes = (size_t)request->basin->reservoir_count;
    double(*worth)[12] = calloc(demands + links, sizeof *worth);
    double *held_m3 = calloc(2 * lakes + 1, sizeof *held_m3);
    bool is_share = false;
    enum status status = STATUS_OK;
    report->no_bound = "not asked for";
    if (worth == NULL || held_m3 == NULL)
        TRY(error_set(why, STATUS_MEMORY, "out of memory"));
    if (run->no_bound)
        goto out;
    report->no_bound = "only the volume of a group and benefit(FILE) are linear";
    if (!measure_is_linear(&request->measure[0], worth, worth + demands, &is_share))
        goto out;
    for (size_t i = 0; i < 2 * lakes; i++)
        held_m3[i] = (double)NAN;
    for (int m = 1; m < request->measure_count; m++)
        measure_holds_storage(&request->measure[m], request->plan->scenario_count, held_m3,
                              held_m3 + lakes);
    const struct foresight_request linear = {.demand_worth = (const double(*)[12])worth,
                                             .link_worth = (const double(*)[12])(worth + demands),
                                             .least_m3 = held_m3,
                                             .end_m3 = held_m3 + lakes};
    status = rule_foresight(request, &linear, is_share, &report->bound, &report->bound_months, why);
    report->has_bound = status == STATUS_OK;
    report->no_bound = why->text;
out:
    free(worth);
    free(held_m3);
    return status == STATUS_MEMORY ? status : STATUS_OK;
}

static enum status
search(const struct search_run *run, const struct basin *basin, const struct timeaxis *axis,
       struct error *err)
{
    struct plan plan = {0};
    struct rule_measure measure[CONSTRAINTS_MAX + 1] = {{0}};
    struct rule_search_result result = {0};
    struct progress progress;
    struct error why = {0};
    struct rule_search_request request = {.basin = basin,
                                          .axis = axis,
                                          .plan = &plan,
                                          .space = &run->space,
                                          .seed = run->seed,
                                          .seed_count = run->seed_count,
                                          .evaluation_max = run->evaluation_max,
                                          .population = run->population,
                                          .threads = run->threads,
                                          .progress = show_progress,
                                          .progress_context = &progress};
    char objective[512];
    struct search_report report = {
        .request = &request, .result = &result, .objective = objective, .command = run->command};
    enum status status = STATUS_OK;
    snprintf(objective, sizeof objective, "%s %s", run->minimise ? "minimise" : "maximise",
             run->objective);
    TRY(plan_expand(basin, &plan, err));
    TRY(read_measures(run, basin, axis, &request, measure, err));
    progress_init(&progress, stderr);
    status = rule_search(&request, &result, err);
    progress_finish(&progress);
    TRY(status);
    TRY(find_bound(run, &request, &report, &why));
    TRY(search_print(stdout, &report, run->format, err));
    if (run->output_path != NULL)
        TRY(search_write(run->output_path, &report, err));
out:
    rule_search_finish(&result);
    for (int i = 0; i <= run->constraint_count; i++)
        measure_free(&measure[i]);
    plan_finish(&plan);
    return status;
}

int
drought_search(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "BASIN", doc, NULL, NULL, NULL};
    struct search_run run = {.seed = 1, .seed_count = 3, .evaluation_max = 500};
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct error err = {0};
    run.command = join_command(argc, argv);
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    enum status status = read_basin(&run.source, &basin, &axis);
    if (status != STATUS_OK) {
        rule_space_finish(&run.space);
        free(run.command);
        return status_exit_code(status);
    }
    signal(SIGINT, on_interrupt);
    TRY(refuse_overwrite(run.output_path, run.source.path, &err));
    TRY(search(&run, basin, &axis, &err));
out:
    timeaxis_finish(&axis);
    basin_destroy(basin);
    rule_space_finish(&run.space);
    free(run.command);
    if (status == STATUS_OK)
        return 0;
    int exit_code = report_failure(&err);
    return status == STATUS_INTERRUPTED ? 128 + interrupted : exit_code;
}
