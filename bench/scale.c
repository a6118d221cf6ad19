/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bench_basin.h"
#include "bench/clock.h"

#include "cli/run_part.h"

#include <argp.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What one scenario costs in each stage of a run on many machines, and what that comes to for ten
 * million of them (docs/large-runs.md). One thread; processor time, so that others on the machine
 * do not matter.
 */

struct options {
    const char *path;
    const char *save;
    int scenarios, planned, cores;
    double wanted;
};

/* Of one scenario. */
struct cost {
    double plan_s, plan_bytes;
    double work_s, part_bytes;
    double merge_s, file_bytes;
    int step_count, node_count;
};

static const struct argp_option option_table[] = {
    {"scenarios", 's', "N", 0, "scenarios to simulate and merge (100)", 0},
    {"plan", 'p', "N", 0, "scenarios of the list that is measured (1000000)", 0},
    {"wanted", 'n', "N", 0, "scenarios of the run to foretell (10000000)", 0},
    {"cores", 'c', "N", 0, "processors of each machine (64)", 0},
    {"save", 'w', "LIST", 0, "series to keep, as of nguon run (default: its default)", 0},
    {0}};

static error_t
parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 's':
        options->scenarios = atoi(argument);
        return 0;
    case 'p':
        options->planned = atoi(argument);
        return 0;
    case 'n':
        options->wanted = atof(argument);
        return 0;
    case 'c':
        options->cores = atoi(argument);
        return 0;
    case 'w':
        options->save = argument;
        return 0;
    case ARGP_KEY_ARG:
        options->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->path == NULL || options->scenarios < 2 || options->planned < 1 ||
            options->cores < 1)
            argp_error(state, "a basin file, and numbers above 1");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static double
processor_seconds(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* A basin under so many scenarios of a thousand realisations of the weather. */
static struct basin *
load(const char *path, int scenario_count)
{
    char scenarios[256];
    snprintf(scenarios, sizeof scenarios,
             "scenarios: {combine: {sample: {method: latin_hypercube, size: %d}}, axes: {weather: "
             "{realisations: 1000}}}\n",
             scenario_count);
    return bench_load(path, scenarios);
}

static enum status
measure_plan(const struct options *options, struct cost *cost, struct error *err)
{
    struct basin *basin = load(options->path, options->planned);
    struct plan plan = {0};
    if (basin == NULL)
        return error_set(err, STATUS_INPUT, "cannot read the basin");
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    double start = processor_seconds();
    enum status status = plan_expand(basin, &plan, err);
    cost->plan_s = (processor_seconds() - start) / options->planned;
    cost->plan_bytes =
        (double)(mallinfo2().uordblks + mallinfo2().hblkhd - before) / options->planned;
    plan_finish(&plan);
    basin_destroy(basin);
    return status;
}

static double
file_size(const char *path, const char *end)
{
    char name[128];
    struct stat file;
    snprintf(name, sizeof name, "%s%s", path, end);
    return stat(name, &file) == 0 ? (double)file.st_size : 0.0;
}

/* When the first scenario and the last were done: what comes before and after is once in a run. */
struct stopwatch {
    double first_s, last_s;
    int count;
};

static bool
look(void *context, int done_count, int scenario_count)
{
    struct stopwatch *watch = context;
    (void)done_count;
    (void)scenario_count;
    watch->last_s = processor_seconds();
    if (watch->count++ == 0)
        watch->first_s = watch->last_s;
    return true;
}

static double
seconds_of_one(const struct stopwatch *watch)
{
    return (watch->last_s - watch->first_s) / (watch->count - 1);
}

/* The scenarios into a part file, and the part file into the results file. */
static enum status
measure_run(const struct options *options, const char *path, struct cost *cost, struct error *err)
{
    const struct run_part part = {1, 1};
    struct basin *basin = load(options->path, options->scenarios);
    struct plan plan = {0};
    struct timeaxis axis = {0};
    struct writer *writer = NULL;
    struct run_info info = {.basin = basin,
                            .axis = &axis,
                            .plan = &plan,
                            .program_version = "bench",
                            .solver = "simplex",
                            .command = "bench",
                            .threads = 1};
    struct stopwatch work = {0}, merge = {0};
    struct ensemble_settings settings = {
        .threads = 1, .method = LP_SIMPLEX, .progress = look, .progress_context = &work};
    enum status status = STATUS_OK;
    if (basin == NULL)
        return error_set(err, STATUS_INPUT, "cannot read the basin");
    TRY(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, err));
    TRY(result_select(options->save, &info.selection, err));
    TRY(plan_expand(basin, &plan, err));
    TRY(writer_create(path, true, &writer, err));
    TRY(run_part(&part, writer, &info, &settings, err));
    cost->work_s = seconds_of_one(&work);
    cost->part_bytes = file_size(path, ".part1") / options->scenarios;
    writer_merge(writer, plan.scenario_count);
    struct sink sink = writer_sink(writer);
    settings.progress_context = &merge;
    TRY(ensemble_run(basin, &axis, &plan, &info, &settings, &sink, err));
    cost->merge_s = seconds_of_one(&merge);
    cost->file_bytes = file_size(path, "") / options->scenarios;
    cost->step_count = axis.step_count;
    cost->node_count = basin->node_count;
out:
    writer_destroy(writer);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status;
}

static void
print_plan(const struct options *options, const struct cost *cost)
{
    static const int machines[] = {1, 10, 100, 1000};
    double n = options->wanted, merge_h = n * cost->merge_s / 3600.0;
    printf("%.0f scenarios: list %.1f GB and %.0f s in each rank, part files %.2f TB, results "
           "%.2f TB\n",
           n, 1e-9 * n * cost->plan_bytes, n * cost->plan_s, 1e-12 * n * cost->part_bytes,
           1e-12 * n * cost->file_bytes);
    printf("machines  work h  merge h  share merging  draws/s  MB/s into parts\n");
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        double work_s = n * cost->work_s / machines[i] / options->cores;
        printf("%8d %7.2f %8.2f %13.0f%% %8.0f %16.0f\n", machines[i], work_s / 3600.0, merge_h,
               100.0 * merge_h / (merge_h + work_s / 3600.0), n / work_s,
               1e-6 * n * cost->part_bytes / work_s);
    }
}

int
main(int argc, char **argv)
{
    static const char doc[] =
        "What a scenario costs on one processor, and a run of ten million on many machines.\v"
        "Example:\n  bench/bench_scale examples/quang-ninh/basin.yaml";
    struct options options = {.scenarios = 100, .planned = 1000000, .cores = 64, .wanted = 1e7};
    struct argp parser = {option_table, parse, "BASIN", doc, NULL, NULL, NULL};
    char folder[] = "/tmp/nguon_bench_scale_XXXXXX", path[64];
    struct cost cost = {0};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &options);
    if (mkdtemp(folder) == NULL)
        return 4;
    snprintf(path, sizeof path, "%s/r.h5", folder);
    if (measure_plan(&options, &cost, &err) == STATUS_OK &&
        measure_run(&options, path, &cost, &err) == STATUS_OK) {
        printf("%d nodes, %d steps, one thread; of one scenario:\n"
               "  list   %10.1f us %10.0f bytes in memory\n"
               "  work   %10.0f us %10.0f bytes of part file\n"
               "  merge  %10.0f us %10.0f bytes of results\n",
               cost.node_count, cost.step_count, 1e6 * cost.plan_s, cost.plan_bytes,
               1e6 * cost.work_s, cost.part_bytes, 1e6 * cost.merge_s, cost.file_bytes);
        print_plan(&options, &cost);
    }
    unlink(path);
    rmdir(folder);
    if (err.status != STATUS_OK)
        fprintf(stderr, "%s\n", err.text);
    return status_exit_code(err.status);
}
