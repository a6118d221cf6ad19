/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bench_basin.h"
#include "bench/clock.h"

#include "output/writer.h"
#include "scenarios/ensemble.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Time and memory of a whole ensemble with its results file: every scenario of a basin as many
 * times as asked for, each with weather of its own. Each measurement is a process of its own, so
 * that peak memory is that of the run.
 */

struct options {
    const char *path;
    const char *save;
    int scenarios;
    int threads; /* 0: one, then two, then all */
    bool no_file;
    bool drought; /* one year, in which half of the inflow stays away */
};

/** What a measurement in a child process sends home. */
struct measurement {
    bool good;
    int scenario_count, step_count, node_count;
    double load_seconds, run_seconds, file_mb;
};

static const struct argp_option option_table[] = {
    {"scenarios", 's', "N", 0, "number of scenarios, one realisation of the weather each (100)", 0},
    {"threads", 't', "N", 0, "measure with this number of threads only (default: 1 and all)", 0},
    {"save", 'w', "LIST", 0, "series to keep, as of nguon run (default: its default)", 0},
    {"drought", 'd', NULL, 0, "one-year droughts: the first year alone, half of its inflow", 0},
    {"no-file", 'x', NULL, 0, "throw the results away in place of writing them", 0},
    {0}};

static error_t
parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 's':
        options->scenarios = atoi(argument);
        if (options->scenarios < 1)
            argp_error(state, "--scenarios takes a number above 0");
        return 0;
    case 't':
        options->threads = atoi(argument);
        return 0;
    case 'w':
        options->save = argument;
        return 0;
    case 'd':
        options->drought = true;
        return 0;
    case 'x':
        options->no_file = true;
        return 0;
    case ARGP_KEY_ARG:
        options->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->path == NULL)
            argp_error(state, "no basin file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- measurement ------------------------------------------------------------------------------
 */

static enum status
run(const struct options *options, const struct basin *basin, int threads,
    struct measurement *measurement, struct error *err)
{
    char path[] = "/tmp/nguon_bench_results_XXXXXX";
    enum status status = STATUS_OK;
    struct plan plan = {0};
    struct timeaxis axis = {0};
    struct writer *writer = NULL;
    struct run_info info = {.basin = basin,
                            .axis = &axis,
                            .plan = &plan,
                            .program_version = "bench",
                            .solver = "simplex",
                            .command = "bench",
                            .threads = threads};
    struct ensemble_settings settings = {.threads = threads, .method = LP_SIMPLEX};
    struct sink sink = bench_sink_nothing;
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    close(descriptor);
    TRY(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, err));
    TRY(result_select(options->save, &info.selection, err));
    TRY(plan_expand(basin, &plan, err));
    TRY(writer_create(path, false, &writer, err));
    if (!options->no_file)
        sink = writer_sink(writer);
    double start = wall_seconds();
    TRY(ensemble_run(basin, &axis, &plan, &info, &settings, &sink, err));
    measurement->run_seconds = wall_seconds() - start;
    struct stat file;
    if (stat(path, &file) == 0)
        measurement->file_mb = (double)file.st_size / 1e6;
    measurement->scenario_count = plan.scenario_count;
    measurement->step_count = axis.step_count;
    measurement->node_count = basin->node_count;
out:
    writer_destroy(writer);
    unlink(path);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    return status;
}

static void
measure_here(const struct options *options, int threads, struct measurement *measurement)
{
    char scenarios[256];
    struct error err = {0};
    snprintf(scenarios, sizeof scenarios, "scenarios: {axes: {weather: {realisations: %d}%s}}\n",
             options->scenarios,
             options->drought ? ", drought: {values: [50 %], path: catchments.*.inflow, "
                                "change: scale}"
                              : "");
    double start = wall_seconds();
    struct basin *basin = bench_load(options->path, scenarios);
    measurement->load_seconds = wall_seconds() - start;
    if (basin == NULL)
        return;
    if (options->drought)
        basin->run.end = (struct date){basin->run.start.year, 12, 31, 0};
    measurement->good = run(options, basin, threads, measurement, &err) == STATUS_OK;
    if (!measurement->good)
        fprintf(stderr, "%s\n", err.text);
    basin_destroy(basin);
}

static double
seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

/* In a child process; its peak memory and processor time come with its end. */
static bool
measure(const struct options *options, int threads, struct measurement *measurement,
        double *peak_mib, double *processor_seconds)
{
    int pipe_end[2];
    struct rusage usage;
    int status;
    if (pipe(pipe_end) != 0)
        return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        measure_here(options, threads, measurement);
        bool sent = write(pipe_end[1], measurement, sizeof *measurement) == sizeof *measurement;
        _exit(sent ? 0 : 1);
    }
    close(pipe_end[1]);
    bool received =
        child > 0 && read(pipe_end[0], measurement, sizeof *measurement) == sizeof *measurement;
    close(pipe_end[0]);
    if (child > 0 && wait4(child, &status, 0, &usage) == child) {
        *peak_mib = (double)usage.ru_maxrss / 1024.0; /* Linux counts in KiB */
        *processor_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    }
    return received && measurement->good;
}

static bool
report(const struct options *options, int threads, double *seconds)
{
    struct measurement measurement = {0};
    double peak_mib = 0.0, processor_seconds = 0.0;
    if (!measure(options, threads, &measurement, &peak_mib, &processor_seconds))
        return false;
    double steps = (double)measurement.scenario_count * measurement.step_count;
    printf("%d nodes, %d scenarios x %d steps, %d thread%s: %.2f s (+ %.2f s to read the basin), "
           "processor time %.2f s, %.0f scenario-steps/s, peak %.0f MiB, file %.1f MB\n",
           measurement.node_count, measurement.scenario_count, measurement.step_count, threads,
           threads == 1 ? "" : "s", measurement.run_seconds, measurement.load_seconds,
           processor_seconds, steps / measurement.run_seconds, peak_mib, measurement.file_mb);
    *seconds = measurement.run_seconds;
    return true;
}

int
main(int argc, char **argv)
{
    static const char doc[] =
        "Time and peak memory of an ensemble with its results file.\v"
        "Examples:\n  bench/province examples/quang-ninh/basin.yaml\n"
        "  bench/province examples/quang-ninh/basin.yaml --drought --scenarios 1000";
    struct options options = {.scenarios = 100};
    struct argp parser = {option_table, parse, "BASIN", doc, NULL, NULL, NULL};
    argp_parse(&parser, argc, argv, 0, NULL, &options);
    double one, all;
    if (options.threads > 0)
        return report(&options, options.threads, &one) ? 0 : 1;
    int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (!report(&options, 1, &one) || !report(&options, processors, &all))
        return 1;
    printf("%d threads are %.2f times as fast as one\n", processors, one / all);
    return 0;
}
