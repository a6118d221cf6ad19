/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/clock.h"
#include "scenarios/network.h"
#include "tests/scenarios/large_basin.h"
#include "tests/scenarios/run_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/*
 * Large networks with ways beyond counting: `large [WETNESS] [STEPS] [NODES ...]`. One line for
 * each size: how long reading, building and a step take, and the memory of the whole program.
 */

static long
memory_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

static void
report_size(const struct network *network)
{
    const struct program *largest = &network->program[0];
    for (int p = 1; p < network->program_count; p++)
        if (network->program[p].row_count > largest->row_count)
            largest = &network->program[p];
    printf(" %6d %6d %6d", largest->row_count, largest->column_count, largest->level_count);
}

static int
measure(const struct large_basin_options *options, const char *folder)
{
    struct test_run run;
    struct network *network = NULL;
    struct error err = {0};
    double start_s = thread_seconds();
    struct basin *basin = large_basin(options, folder);
    double read_s = thread_seconds() - start_s;
    if (!run_open(&run, basin))
        return 1;
    start_s = thread_seconds();
    if (network_create(basin, LP_SIMPLEX, &network, &err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.text);
        run_close(&run);
        return 1;
    }
    double build_s = thread_seconds() - start_s;
    printf("%6d %6d", basin->node_count, basin->link_count);
    report_size(network);
    network_destroy(network);
    start_s = thread_seconds();
    enum status status = run_simulate(&run, LP_SIMPLEX);
    double step_s = (thread_seconds() - start_s - 2.0 * build_s) / options->step_count;
    const struct basin_indicators *sum = &run.result.basin;
    printf(" %8.2f %8.2f %9.2f %9.1f %7ld %7ld\n", read_s, build_s, 1e3 * step_s,
           (double)sum->pivot_count / options->step_count, sum->fairness_step_count, memory_mib());
    fflush(stdout);
    if (status != STATUS_OK)
        fprintf(stderr, "%s\n", run.err.text);
    run_close(&run);
    return status != STATUS_OK;
}

int
main(int argc, char **argv)
{
    static const int usual[] = {100, 300, 1000, 2000};
    struct large_basin_options options = {.seed = 1,
                                          .wetness = argc > 1 ? strtod(argv[1], NULL) : 1.0,
                                          .step_count = argc > 2 ? atoi(argv[2]) : 30,
                                          .share = "fair"};
    const char *folder = folder_create();
    int failed = folder == NULL, count = argc > 3 ? argc - 3 : 4;
    puts(
        " nodes  links   rows columns levels  read s  build s   step ms pivots/step  fair     MiB");
    for (int i = 0; i < count && !failed; i++) {
        options.node_count = argc > 3 ? atoi(argv[3 + i]) : usual[i];
        failed = measure(&options, folder);
    }
    if (folder != NULL)
        folder_remove(folder);
    return failed;
}
