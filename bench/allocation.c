/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bench_basin.h"
#include "bench/clock.h"
#include "bench/trace.h"

#include "scenarios/simulation.h"

#include <argp.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Speed of the allocation, alone and inside a whole run, against bare GLPK. See docs/speed.md for
 * what the columns mean.
 */

enum { SIZES_MAX = 16, PASSES_PER_THREAD = 2 };

/* A measurement is the best of some rounds, each repeated until it has lasted a while. */
static int round_count = 3;
static double least_seconds = 0.3;

struct options {
    int size[SIZES_MAX];
    int size_count;
    int years, regulated_years;
    int glpk_steps;
    bool kind[BENCH_KIND_COUNT];
    bool regulated;
};

static const struct argp_option option_table[] = {
    {"sizes", 'n', "LIST", 0, "numbers of reservoirs (default 1,4,12,30,100)", 0},
    {"kinds", 'k', "LIST", 0, "free, gains, dry, regulated, or several (default all)", 0},
    {"years", 'y', "N", 0, "years of days (default 30; the 53-node system 100)", 0},
    {"quick", 'q', NULL, 0, "each measurement once and no threads: for profilers", 0},
    {"glpk-steps", 'g', "N", 0,
     "steps given to GLPK, fewer for more than 12 reservoirs; 0: none "
     "(default 2000)",
     0},
    {0}};

static void
parse_sizes(char *text, struct options *options, struct argp_state *state)
{
    options->size_count = 0;
    for (char *word = strtok(text, ","); word != NULL; word = strtok(NULL, ",")) {
        int size = atoi(word);
        if (size < 1 || size > 1000 || options->size_count == SIZES_MAX)
            argp_error(state, "'%s' is no number of reservoirs (1 to 1000)", word);
        options->size[options->size_count++] = size;
    }
}

static void
parse_kinds(char *text, struct options *options, struct argp_state *state)
{
    memset(options->kind, 0, sizeof options->kind);
    options->regulated = false;
    for (char *word = strtok(text, ","); word != NULL; word = strtok(NULL, ",")) {
        bool known = strcmp(word, "regulated") == 0;
        options->regulated = options->regulated || known;
        for (int kind = 0; kind < BENCH_KIND_COUNT; kind++)
            if (strcmp(word, bench_kind_name((enum bench_kind)kind)) == 0)
                known = options->kind[kind] = true;
        if (!known)
            argp_error(state, "there is no kind '%s'", word);
    }
}

static error_t
parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'n':
        parse_sizes(argument, options, state);
        return 0;
    case 'k':
        parse_kinds(argument, options, state);
        return 0;
    case 'y':
        options->years = options->regulated_years = atoi(argument);
        if (options->years < 1 || options->years > 400)
            argp_error(state, "--years takes 1 to 400");
        return 0;
    case 'q':
        round_count = 1;
        least_seconds = 0.0;
        return 0;
    case 'g':
        options->glpk_steps = atoi(argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- one basin with its weather ---------------------------------------------------------------
 */

struct scene {
    struct basin *basin;
    struct timeaxis axis;
    struct records *records;
    struct runoff *runoff;
    struct simulation_input input;
};

static bool
scene_init(struct scene *scene, struct basin *basin)
{
    struct error err = {0};
    enum status status = STATUS_OK;
    *scene = (struct scene){.basin = basin};
    if (basin == NULL)
        return false;
    TRY(timeaxis_init(&scene->axis, basin->run.step, basin->run.start, basin->run.end, &err));
    TRY(records_create(basin, &scene->axis, &scene->records, &err));
    TRY(runoff_create(basin, scene->records, &scene->runoff, &err));
    TRY(runoff_compute(scene->runoff, basin, basin, scene->records, 1, &err));
    scene->input = (struct simulation_input){.basin = basin,
                                             .axis = &scene->axis,
                                             .records = scene->records,
                                             .runoff = scene->runoff,
                                             .method = LP_SIMPLEX};
out:
    if (status != STATUS_OK)
        fprintf(stderr, "%s\n", err.text);
    return status == STATUS_OK;
}

static void
scene_finish(struct scene *scene)
{
    runoff_destroy(scene->runoff);
    records_destroy(scene->records);
    timeaxis_finish(&scene->axis);
    basin_destroy(scene->basin);
}

/* ---- measurements -----------------------------------------------------------------------------
 */

/* One whole scenario with its indicators; false after a message. */
static bool
run_whole(const struct scene *scene)
{
    const struct result_selection nothing = {0};
    struct scenario_result result = {0};
    struct error err = {0};
    enum status status =
        scenario_result_init(&result, scene->basin, scene->axis.step_count, &nothing);
    if (status == STATUS_OK)
        status = simulate(&scene->input, &result, &err);
    scenario_result_finish(&result);
    if (status != STATUS_OK)
        fprintf(stderr, "%s\n", err.text);
    return status == STATUS_OK;
}

static bool
run_allocation(const struct trace *trace)
{
    struct replay replay;
    return trace_replay(trace, trace->step_count, &replay);
}

/* Steps a second of the allocation alone on one thread: best of the rounds, in processor time. */
static double
allocation_rate(const struct trace *trace, struct replay *best)
{
    double rate = 0.0;
    for (int round = 0; round < round_count; round++) {
        double seconds = 0.0, steps = 0.0;
        while (steps == 0.0 || seconds < least_seconds) {
            if (!trace_replay(trace, trace->step_count, best))
                return NAN;
            seconds += best->seconds;
            steps += best->step_count;
        }
        rate = fmax(rate, steps / seconds);
    }
    return rate;
}

static double
whole_rate(const struct scene *scene)
{
    double rate = 0.0;
    for (int round = 0; round < round_count; round++) {
        double start = thread_seconds(), steps = 0.0, seconds = 0.0;
        while (steps == 0.0 || seconds < least_seconds) {
            if (!run_whole(scene))
                return NAN;
            steps += scene->axis.step_count;
            seconds = thread_seconds() - start;
        }
        rate = fmax(rate, steps / seconds);
    }
    return rate;
}

/* Gain in time on the wall by all threads, each with scenarios of its own, over one thread. */
static double
thread_gain(const struct scene *scene, const struct trace *trace, double expected_rate)
{
    int threads = omp_get_num_procs();
    double steps = scene->axis.step_count;
    if (!(least_seconds > 0.0))
        return NAN;
    int passes = (int)ceil(least_seconds * expected_rate / steps) * PASSES_PER_THREAD;
    double gain = 0.0;
    for (int round = 0; round < round_count; round++) {
        double start = wall_seconds();
        for (int i = 0; i < passes; i++)
            if (!(trace != NULL ? run_allocation(trace) : run_whole(scene)))
                return NAN;
        double one = wall_seconds() - start;
        start = wall_seconds();
#pragma omp parallel for schedule(static, 1) num_threads(threads)
        for (int i = 0; i < passes * threads; i++)
            (void)(trace != NULL ? run_allocation(trace) : run_whole(scene));
        gain = fmax(gain, threads * one / (wall_seconds() - start));
    }
    return gain;
}

static int
glpk_steps(const struct options *options, int size, int step_count)
{
    int steps = size <= 12 ? options->glpk_steps : options->glpk_steps * 12 / size;
    return steps < step_count ? steps : step_count;
}

static void
measure_glpk(const struct options *options, int size, const struct trace *trace)
{
    struct replay ours = {0}, glpk = {0};
    int steps = glpk_steps(options, size, trace->step_count);
    if (steps < 1) {
        printf("       -      -      -       -\n");
        return;
    }
    bool good = trace_replay_glpk(trace, steps, &glpk);
    double seconds = INFINITY;
    for (int round = 0; round < round_count && good; round++) {
        good = trace_replay(trace, steps, &ours);
        seconds = fmin(seconds, ours.seconds);
    }
    if (good)
        printf(" %7.0f %6d %6.1f %7.0e\n", steps / glpk.seconds, steps, glpk.seconds / seconds,
               glpk.worst_difference);
    else
        printf("  failed\n");
}

static int
link_columns(const struct basin *basin)
{
    struct allocation *allocation;
    struct error err;
    if (allocation_create(basin, LP_SIMPLEX, &allocation, &err) != STATUS_OK)
        return 0;
    int count = allocation->network->column_count;
    allocation_destroy(allocation);
    return count;
}

static bool
measure(const struct options *options, enum bench_kind kind, int size)
{
    struct scene scene;
    bool good = scene_init(&scene, bench_basin(kind, size, options->years));
    struct trace *trace = good ? trace_record(&scene.input) : NULL;
    if (trace != NULL) {
        struct replay replay;
        double rate = allocation_rate(trace, &replay);
        double whole = whole_rate(&scene);
        printf("%-6s %4d %7d %9.0f %5.2f %6.2f %5.1f %5.1f %9.0f %5.2f", bench_kind_name(kind),
               size, link_columns(scene.basin), rate, thread_gain(&scene, trace, rate),
               replay.pivots, 100.0 * replay.fairness_share,
               100.0 * trace->short_count / trace->step_count, whole,
               thread_gain(&scene, NULL, whole));
        fflush(stdout);
        measure_glpk(options, size, trace);
        fflush(stdout);
    }
    trace_destroy(trace);
    scene_finish(&scene);
    return trace != NULL;
}

static bool
measure_regulated(const struct options *options)
{
    struct scene scene;
    bool good = scene_init(&scene, bench_regulated(options->regulated_years));
    if (good) {
        double rate = whole_rate(&scene);
        printf("\nregulated system of %d nodes, %d years of days, one thread: %.3g node-steps/s "
               "(%.0f steps/s, whole run)\n",
               scene.basin->node_count, options->regulated_years, rate * scene.basin->node_count,
               rate);
    }
    scene_finish(&scene);
    return good;
}

int
main(int argc, char **argv)
{
    static const char doc[] =
        "Speed of the allocation step and of whole runs, against bare GLPK.\v"
        "Columns: columns of the programs; steps/s of the allocation alone on one thread, the gain "
        "of all threads; pivots per step; % of steps with a fairness pass; % of steps with a short "
        "demand; steps/s of the whole run on one thread, the gain of all threads; GLPK: steps/s, "
        "steps solved, how many times slower than ours on the same steps, largest relative "
        "difference of a step's total supply.";
    struct options options = {.size = {1, 4, 12, 30, 100},
                              .size_count = 5,
                              .years = 30,
                              .regulated_years = 100,
                              .glpk_steps = 2000,
                              .kind = {true, true, true},
                              .regulated = true};
    struct argp parser = {option_table, parse, NULL, doc, NULL, NULL, NULL};
    argp_parse(&parser, argc, argv, 0, NULL, &options);
    bool good = true;
    printf("%d threads\n", omp_get_num_procs());
    printf("                    allocation alone                      whole run         GLPK\n");
    printf("kind      N columns   steps/s  gain pivots fair%% short   steps/s  gain steps/s  steps "
           "slower  differs\n");
    for (int kind = 0; kind < BENCH_KIND_COUNT; kind++)
        for (int i = 0; i < options.size_count && options.kind[kind]; i++)
            good = measure(&options, (enum bench_kind)kind, options.size[i]) && good;
    if (options.regulated)
        good = measure_regulated(&options) && good;
    return good ? 0 : 1;
}
