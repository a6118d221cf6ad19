/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include "output/calibration_plot.h"
#include "output/catchment_file.h"
#include "output/table.h"
#include "scenarios/calibration.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_SPLIT = 256,
    OPTION_NO_SPLIT,
    OPTION_SEED,
    OPTION_THREADS,
    OPTION_RANGE,
    OPTION_FIX,
    OPTION_EVALUATIONS,
    OPTION_NEAR,
    OPTION_PLOT,
    OPTION_SETS
};

enum { RANGES_MAX = 2 * CATCHMENT_PARAMETER_MAX, EVALUATIONS_PER_PARAMETER = 40000 };

struct calibrate {
    struct catchment_input input;
    struct calibration_settings settings;
    const char *objective_text;
    const char *range_text[RANGES_MAX]; /* as written, --range and --fix */
    bool range_fixes[RANGES_MAX];
    int range_count;
    const char *split_text;
    bool no_split, quiet;
    uint64_t seed;
    int evaluations;
    double near; /* difference of the objective of near-optimal sets */
    const char *output_path, *plot_path, *sets_path;
    struct catchment_series series;
    struct catchment_period period;
    struct calibration *calibration;
    struct calibration_result best;
    struct near_optimal sets;
    struct identifiability found[CATCHMENT_PARAMETER_MAX];
    double *flow_mm;          /* [period.count] of the best set */
    double *low_mm, *high_mm; /* [period.count] span of the near-optimal sets */
};

static const struct argp_option options[] = {
    {"objective", 'O', "TEXT", 0,
     "NSE, KGE (default) or KGE2012, of Q or of a transform, KGE(sqrt), NSE(log), KGE(1/q), or a "
     "weighted mean, '0.5*KGE+0.5*KGE(1/q)'",
     1},
    {"output", 'o', "FILE", 0, "write the best parameters, for --params of simulate", 1},
    {"plot", OPTION_PLOT, "FILE", 0, "draw the calibration as SVG", 1},
    {"sets", OPTION_SETS, "FILE", 0, "write the near-optimal sets as CSV", 1},
    {"near", OPTION_NEAR, "X", 0, "sets within X of the best objective are near-optimal (0.01)", 1},
    {"split", OPTION_SPLIT, "DATE", 0,
     "first step of the second half of the split-sample test (default: the middle)", 1},
    {"no-split", OPTION_NO_SPLIT, NULL, 0, "no split-sample test", 1},
    {"range", OPTION_RANGE, "NAME=LOW:HIGH", 0, "range of a parameter; may be repeated", 1},
    {"fix", OPTION_FIX, "NAME=VALUE", 0, "keep a parameter; may be repeated", 1},
    {"seed", OPTION_SEED, "N", 0, "key of the random numbers (1)", 1},
    {"evaluations", OPTION_EVALUATIONS, "N", 0,
     "most model runs of a search (default: 40,000 for each parameter)", 1},
    {"threads", OPTION_THREADS, "N", 0, "number of threads (default: all processors)", 1},
    {"quiet", 'q', NULL, 0, "no progress", 1},
    {0}};

static const char doc[] =
    "Find the parameters of a catchment model from an observed flow (--flow), by a global search "
    "that "
    "is repeated until it finds the same optimum twice. Prints the best set, how well each "
    "parameter "
    "is found (the spread of the sets that are nearly as good), and the split-sample test of "
    "Klemeš "
    "(1986) both ways. The result does not depend on the number of threads."
    "\vExample:\n  nguon catchment calibrate --model gr4j --objective KGE --from 1986-01-01 "
    "--to 2012-12-31 --warmup 365 input.csv -o best.csv --plot fit.svg";

/* ---- options -----------------------------------------------------------------------------------
 */

static uint64_t
parse_seed(const char *text, struct argp_state *state)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0')
        argp_error(state, "--seed takes a whole number, not '%s'", text);
    return value;
}

static error_t
parse_search_option(int key, char *argument, struct argp_state *state, struct calibrate *run)
{
    switch (key) {
    case OPTION_RANGE:
    case OPTION_FIX:
        if (run->range_count == RANGES_MAX)
            argp_error(state, "more than %d ranges", RANGES_MAX);
        run->range_fixes[run->range_count] = key == OPTION_FIX;
        run->range_text[run->range_count++] = argument;
        return 0;
    case OPTION_SEED:
        run->seed = parse_seed(argument, state);
        return 0;
    case OPTION_EVALUATIONS:
        run->evaluations = parse_whole("--evaluations", argument, 100, 1000000000, state);
        return 0;
    case OPTION_THREADS:
        run->settings.threads = parse_whole("--threads", argument, 1, 4096, state);
        return 0;
    case OPTION_NEAR:
        run->near = parse_number("--near", argument, state);
        if (!(run->near > 0.0))
            argp_error(state, "--near must be above 0, not '%s'", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct calibrate *run = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &run->input;
        return 0;
    case 'O':
        run->objective_text = argument;
        return 0;
    case 'o':
        run->output_path = argument;
        return 0;
    case 'q':
        run->quiet = true;
        return 0;
    case OPTION_PLOT:
        run->plot_path = argument;
        return 0;
    case OPTION_SETS:
        run->sets_path = argument;
        return 0;
    case OPTION_SPLIT:
        run->split_text = argument;
        return 0;
    case OPTION_NO_SPLIT:
        run->no_split = true;
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
        if (run->no_split && run->split_text != NULL)
            argp_error(state, "--split and --no-split exclude each other");
        return 0;
    default:
        return parse_search_option(key, argument, state, run);
    }
}

/* "x1=100:1200" or, to fix, "x1=350". */
static enum status
set_range(struct calibrate *run, const char *text, bool fixes, struct error *err)
{
    const struct catchment_model *model = run->input.model;
    const char *option = fixes ? "--fix" : "--range";
    char name[32];
    size_t length = strcspn(text, "=");
    if (text[length] != '=' || length >= sizeof name)
        return error_set(err, STATUS_USAGE, "%s '%s': write %s", option, text,
                         fixes ? "x4=1.5" : "x1=100:1200");
    memcpy(name, text, length);
    name[length] = '\0';
    int place = catchment_parameter_find(model, name);
    if (place < 0)
        return error_set(err, STATUS_USAGE, "%s: %s has no parameter '%s'", option, model->name,
                         name);
    char *end;
    const char *figures = text + length + 1;
    struct calibration_range range = {strtod(figures, &end), 0.0};
    bool good = end != figures && isfinite(range.low);
    range.high = range.low;
    if (good && !fixes && *end == ':') {
        figures = end + 1;
        range.high = strtod(figures, &end);
        good = end != figures && isfinite(range.high) && range.high > range.low;
    } else if (!fixes) {
        good = false;
    }
    if (!good || *end != '\0')
        return error_set(err, STATUS_USAGE, "%s '%s': write %s=%s", option, text, name,
                         fixes ? "VALUE" : "LOW:HIGH, rising");
    run->settings.range[place] = range;
    return STATUS_OK;
}

static enum status
set_up(struct calibrate *run, struct error *err)
{
    enum status status = STATUS_OK;
    run->settings.model = run->input.model;
    run->settings.series = &run->series;
    TRY(objective_parse(run->objective_text, &run->settings.objective, err));
    calibration_ranges_usual(run->input.model, run->settings.range);
    for (int i = 0; i < run->range_count; i++)
        TRY(set_range(run, run->range_text[i], run->range_fixes[i], err));
    run->input.request.needs_flow = true;
    TRY(catchment_input_read(&run->input, &run->series, &run->period, err));
    memcpy(run->settings.initial, run->input.initial, sizeof run->settings.initial);
    run->settings.search = search_settings_usual(run->seed);
    run->settings.search.evaluation_max =
        run->evaluations > 0 ? run->evaluations
                             : EVALUATIONS_PER_PARAMETER * run->input.model->parameter_count;
out:
    return status;
}

/* ---- progress ----------------------------------------------------------------------------------
 */

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int number)
{
    interrupted = 1;
    signal(number, SIG_DFL); /* a second one stops at once */
}

static bool
show_progress(void *context, int evaluation_count, double best)
{
    const char *what = context;
    if (what != NULL)
        fprintf(stderr, "\r%s: %d runs, best %.6f ", what, evaluation_count, 1.0 - best);
    return !interrupted;
}

static void
clear_progress(const char *what)
{
    if (what != NULL)
        fputs("\r\033[K", stderr);
}

/* Search a period. Not finding an optimum twice is a warning: the best is still the best found. */
static enum status
search(struct calibrate *run, const struct catchment_period *period, const char *what,
       struct calibration **calibration, struct calibration_result *best, struct error *err)
{
    struct calibration_settings settings = run->settings;
    char label[96];
    const char *shown = !run->quiet && isatty(STDERR_FILENO) ? label : NULL;
    snprintf(label, sizeof label, "%s%s", run->input.model->name, what);
    settings.search.progress = show_progress;
    settings.search.progress_context = shown != NULL ? label : NULL;
    enum status status = calibration_create(&settings, period, calibration, err);
    if (status != STATUS_OK)
        return status;
    struct error cause = {0};
    status = calibration_run(*calibration, best, &cause);
    clear_progress(shown);
    if (status == STATUS_NO_CONVERGENCE) {
        fprintf(stderr, "nguon: warning:%s %s; allow more with --evaluations\n", what, cause.text);
        status = STATUS_OK;
    }
    if (status != STATUS_OK)
        error_set(err, status, "%s", cause.text);
    return status;
}

/* ---- tables ------------------------------------------------------------------------------------
 */

static const char *
period_text(const struct calibrate *run, const struct catchment_period *period, char *text,
            size_t size)
{
    const struct catchment_series *series = &run->series;
    char from[32], to[32];
    snprintf(text, size, "%s to %s",
             catchment_date(series->step, series->start_s[period->first], from, sizeof from),
             catchment_date(series->step, series->start_s[period->first + period->count - 1], to,
                            sizeof to));
    return text;
}

static void
print_head(const struct calibrate *run)
{
    char text[256], dates[80];
    printf("%s, %s: %s of %s\n%s", run->input.model->title, run->series.path,
           objective_format(&run->settings.objective, text, sizeof text), run->series.flow_name,
           period_text(run, &run->period, dates, sizeof dates));
    if (run->period.first > run->period.warmup_first)
        printf(" after %d steps of warm-up", run->period.first - run->period.warmup_first);
    printf(
        "; %d of %d steps observed\n\nbest %.6f after %d runs; %d of %d populations found it\n\n",
        calibration_observation_count(run->calibration), run->period.count, run->best.score,
        run->best.evaluation_count, run->best.agreeing_count, run->best.population_count);
}

/* What the spread says in words; shares of the searched range. */
static const char *
verdict(const struct calibrate *run, int i)
{
    const struct calibration_range *range = &run->settings.range[i];
    if (range->low == range->high)
        return "fixed";
    if (run->found[i].at_edge)
        return "at the end of its range";
    if (run->found[i].share > 0.5)
        return "hardly found";
    return run->found[i].share > 0.2 ? "loosely found" : " ";
}

static void
print_parameters(const struct calibrate *run)
{
    static const char *const heads[] = {"<parameter", "<unit", "best",     "5 %",      "95 %",
                                        "least",      "most",  "spread %", "<tied to", "<"};
    const struct catchment_model *model = run->input.model;
    struct table table;
    table_init(&table, false, 10, heads);
    for (int i = 0; i < model->parameter_count; i++) {
        const struct identifiability *found = &run->found[i];
        const double value[] = {run->best.parameter[i], found->p05, found->p95, found->least,
                                found->most};
        table_cell(&table, "%s", model->parameter[i].name);
        table_cell(&table, "%s", model->parameter[i].unit);
        for (int j = 0; j < 5; j++)
            table_cell(&table, "%.4g", value[j]);
        table_cell(&table, "%.1f", 100.0 * found->share);
        if (found->partner_i >= 0 && fabs(found->correlation) > 0.5)
            table_cell(&table, "%s (%+.2f)", model->parameter[found->partner_i].name,
                       found->correlation);
        else
            table_cell(&table, " ");
        table_cell(&table, "%s", verdict(run, i));
    }
    table_print(&table, stdout);
    printf(
        "\n5 %% to most: of %d sets within %g of the best. Spread: the middle 90 %% of them as a "
        "share of the searched range.\n\n",
        run->sets.count, run->near);
}

/* ---- split-sample test -------------------------------------------------------------------------
 */

static enum status
find_halves(const struct calibrate *run, struct catchment_period half[2], struct error *err)
{
    const struct catchment_period *whole = &run->period;
    int warmup = whole->first - whole->warmup_first;
    struct catchment_period second = {.first = whole->first + whole->count / 2};
    if (run->split_text != NULL) {
        enum status status =
            catchment_period_find(&run->series, run->split_text, NULL, 0, &second, err);
        if (status != STATUS_OK)
            return status;
    }
    int end = whole->first + whole->count;
    if (second.first <= whole->first || second.first >= end)
        return error_set(err, STATUS_USAGE, "--split %s is not inside the period",
                         run->split_text != NULL ? run->split_text : "");
    half[0] = *whole;
    half[0].count = second.first - whole->first;
    half[1] = (struct catchment_period){
        .warmup_first = second.first - warmup, .first = second.first, .count = end - second.first};
    return STATUS_OK;
}

static enum status
split_sample(struct calibrate *run, struct error *err)
{
    static const char *const heads[] = {"<calibrated on", "<validated on", "calibration",
                                        "validation"};
    struct catchment_period half[2];
    struct calibration *calibration[2] = {NULL, NULL};
    struct calibration_result best[2];
    struct table table;
    char text[256], dates[80];
    enum status status = STATUS_OK;
    TRY(find_halves(run, half, err));
    for (int i = 0; i < 2; i++)
        TRY(search(run, &half[i], i == 0 ? " first half" : " second half", &calibration[i],
                   &best[i], err));
    printf("\nSplit-sample test, %s\n\n",
           objective_format(&run->settings.objective, text, sizeof text));
    table_init(&table, false, 4, heads);
    for (int i = 0; i < 2; i++) {
        double score;
        status = calibration_score(calibration[1 - i], 1, best[i].parameter, &score, err);
        if (status != STATUS_OK) {
            table_discard(&table);
            goto out;
        }
        table_cell(&table, "%s", period_text(run, &half[i], dates, sizeof dates));
        table_cell(&table, "%s", period_text(run, &half[1 - i], dates, sizeof dates));
        table_cell(&table, "%.4f", best[i].score);
        table_cell(&table, "%.4f", score);
    }
    table_print(&table, stdout);
out:
    calibration_destroy(calibration[0]);
    calibration_destroy(calibration[1]);
    return status;
}

/* ---- the best run and its neighbours -----------------------------------------------------------
 */

enum { BAND_SETS = 64 };

/* Flow of the best set, and the span of a few dozen near-optimal ones. */
static enum status
simulate(struct calibrate *run, struct error *err)
{
    const struct catchment_model *model = run->input.model;
    int from = run->period.warmup_first, warmup = run->period.first - from;
    size_t count = (size_t)run->period.count, parameters = (size_t)model->parameter_count;
    int set_count = 1 + (run->plot_path != NULL ? BAND_SETS : 0);
    const double *rain = run->series.rain_mm + from, *pet = run->series.pet_mm + from;
    double *parameter = malloc((size_t)set_count * parameters * sizeof(double));
    double *flow_mm = malloc((size_t)set_count * count * sizeof(double));
    run->flow_mm = malloc(count * sizeof(double));
    run->low_mm = malloc(count * sizeof(double));
    run->high_mm = malloc(count * sizeof(double));
    enum status status = STATUS_OK;
    if (parameter == NULL || flow_mm == NULL || run->flow_mm == NULL || run->low_mm == NULL ||
        run->high_mm == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the simulation"));
    memcpy(parameter, run->best.parameter, parameters * sizeof(double));
    for (int s = 1; s < set_count; s++)
        memcpy(parameter + (size_t)s * parameters,
               run->sets.parameter +
                   (size_t)((long)(s - 1) * run->sets.count / BAND_SETS) * parameters,
               parameters * sizeof(double));
    struct catchment_batch batch = {.model = model,
                                    .set_count = set_count,
                                    .parameter = parameter,
                                    .initial = run->settings.initial,
                                    .step_count = warmup + run->period.count,
                                    .warmup_count = warmup,
                                    .rain_mm = &rain,
                                    .pet_mm = &pet};
    TRY(catchment_batch_run(&batch, flow_mm, err));
    memcpy(run->flow_mm, flow_mm, count * sizeof(double));
    for (size_t t = 0; t < count; t++) {
        run->low_mm[t] = run->high_mm[t] = flow_mm[t];
        for (int s = 1; s < set_count; s++) {
            run->low_mm[t] = fmin(run->low_mm[t], flow_mm[(size_t)s * count + t]);
            run->high_mm[t] = fmax(run->high_mm[t], flow_mm[(size_t)s * count + t]);
        }
    }
out:
    free(parameter);
    free(flow_mm);
    return status;
}

static enum status
write_plot(const struct calibrate *run, struct error *err)
{
    char title[256], subtitle[512], text[256], dates[80];
    int first = run->period.first;
    snprintf(title, sizeof title, "%s: %s", run->input.model->title, run->series.path);
    snprintf(subtitle, sizeof subtitle, "%s %.4f, %s, %d observed steps",
             objective_format(&run->settings.objective, text, sizeof text), run->best.score,
             period_text(run, &run->period, dates, sizeof dates),
             calibration_observation_count(run->calibration));
    struct calibration_plot plot = {.title = title,
                                    .subtitle = subtitle,
                                    .step = run->series.step,
                                    .count = run->period.count,
                                    .start_s = run->series.start_s + first,
                                    .rain_mm = run->series.rain_mm + first,
                                    .observed_mm = run->series.flow_mm + first,
                                    .simulated_mm = run->flow_mm,
                                    .low_mm = run->low_mm,
                                    .high_mm = run->high_mm,
                                    .model = run->input.model,
                                    .range = run->settings.range,
                                    .parameter = run->best.parameter,
                                    .found = run->found};
    return calibration_plot_write(run->plot_path, &plot, err);
}

static enum status
write_sets(const struct calibrate *run, struct error *err)
{
    struct text_file file;
    const struct catchment_model *model = run->input.model;
    enum status status = text_file_open(&file, run->sets_path, err);
    if (status != STATUS_OK)
        return status;
    fputs("objective", file.out);
    for (int i = 0; i < model->parameter_count; i++)
        fprintf(file.out, ",%s", model->parameter[i].name);
    for (int s = 0; s < run->sets.count; s++) {
        fprintf(file.out, "\n%.9g", run->sets.score[s]);
        for (int i = 0; i < model->parameter_count; i++)
            fprintf(file.out, ",%.9g", run->sets.parameter[(long)s * model->parameter_count + i]);
    }
    fputc('\n', file.out);
    return text_file_close(&file, true, err);
}

static enum status
calibrate(struct calibrate *run, struct error *err)
{
    enum status status = STATUS_OK;
    TRY(set_up(run, err));
    TRY(search(run, &run->period, "", &run->calibration, &run->best, err));
    TRY(calibration_near_optimal(run->calibration, &run->best, run->near, &run->sets, err));
    TRY(calibration_identify(run->calibration, &run->best, &run->sets, run->found, err));
    print_head(run);
    print_parameters(run);
    TRY(simulate(run, err));
    TRY(catchment_print_scores(run->period.count, run->flow_mm,
                               run->series.flow_mm + run->period.first, false, err));
    if (run->output_path != NULL)
        TRY(catchment_parameters_write(run->output_path, run->input.model, run->best.parameter,
                                       err));
    if (run->sets_path != NULL)
        TRY(write_sets(run, err));
    if (run->plot_path != NULL)
        TRY(write_plot(run, err));
    if (!run->no_split)
        TRY(split_sample(run, err));
out:
    return status;
}

int
catchment_calibrate(int argc, char **argv)
{
    const struct argp_child children[] = {{&catchment_argp, 0, NULL, 2}, {0}};
    struct argp parser = {options, parse_option, "INPUT.csv", doc, children, NULL, NULL};
    struct calibrate run = {.objective_text = "KGE", .seed = 1, .near = 0.01};
    struct error err = {0};
    catchment_input_init(&run.input);
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    enum status status = calibrate(&run, &err);
    fflush(stdout);
    if (status != STATUS_OK)
        report_failure(&err);
    calibration_destroy(run.calibration);
    near_optimal_finish(&run.sets);
    catchment_series_finish(&run.series);
    catchment_input_finish(&run.input);
    free(run.flow_mm);
    free(run.low_mm);
    free(run.high_mm);
    return status_exit_code(status);
}
