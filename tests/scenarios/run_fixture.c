/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
run_open(struct test_run *run, struct basin *basin)
{
    return run_open_keeping(run, basin, "all");
}

bool
run_open_keeping(struct test_run *run, struct basin *basin, const char *save)
{
    *run = (struct test_run){.basin = basin};
    struct result_selection selection;
    if (basin == NULL || result_select(save, &selection, &run->err) != STATUS_OK ||
        timeaxis_init(&run->axis, basin->run.step, basin->run.start, basin->run.end, &run->err) !=
            STATUS_OK ||
        records_create(basin, &run->axis, &run->records, &run->err) != STATUS_OK ||
        runoff_create(basin, run->records, &run->runoff, &run->err) != STATUS_OK ||
        runoff_compute(run->runoff, basin, basin, run->records, 1, &run->err) != STATUS_OK ||
        scenario_result_init(&run->result, basin, run->axis.step_count, &selection) != STATUS_OK) {
        fprintf(stderr, "%s\n", run->err.text);
        run_close(run);
        return false;
    }
    return true;
}

void
run_close(struct test_run *run)
{
    scenario_result_finish(&run->result);
    runoff_destroy(run->runoff);
    records_destroy(run->records);
    timeaxis_finish(&run->axis);
    basin_destroy(run->basin);
    *run = (struct test_run){0};
}

enum status
run_simulate(struct test_run *run, enum lp_method method)
{
    struct simulation_input input = {.basin = run->basin,
                                     .axis = &run->axis,
                                     .records = run->records,
                                     .runoff = run->runoff,
                                     .method = method,
                                     .verification = run->verification};
    return simulate(&input, &run->result, &run->err);
}

double
run_series(const struct test_run *run, enum result_variable variable, int element, int t)
{
    return (double)
        run->result.series[variable][(size_t)element * (size_t)run->axis.step_count + (size_t)t];
}

static bool
write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fputs(text, file);
    return fclose(file) == 0;
}

struct basin *
basin_of_text(const char *folder, const char *text, const char *weather)
{
    char path[512];
    struct basin *basin = NULL;
    if (!write_file(folder, "basin.yaml", text) ||
        (weather != NULL && !write_file(folder, "weather.csv", weather)))
        return NULL;
    snprintf(path, sizeof path, "%s/basin.yaml", folder);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    if (basin_load(path, NULL, &basin, &diagnostics) != STATUS_OK) {
        char line[2048];
        for (int i = 0; i < diagnostics.count; i++)
            fprintf(stderr, "%s\n", diagnostic_format(&diagnostics.item[i], line, sizeof line));
    }
    diagnostics_finish(&diagnostics);
    return basin;
}

const char *
folder_create(void)
{
    static char folder[256];
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/nguon-test-XXXXXX", base != NULL ? base : "/tmp");
    return mkdtemp(folder);
}

void
folder_remove(const char *folder)
{
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char path[768];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(directory);
    rmdir(folder);
}

struct seed_range
seed_range_of(int argc, char **argv, uint64_t default_count)
{
    struct seed_range range = {.first = 1, .count = default_count};
    const char *count = getenv("NGUON_TEST_NETWORKS");
    if (count != NULL)
        range.count = strtoull(count, NULL, 10);
    if (argc > 1 && strcmp(argv[1], "rich") == 0) {
        range.rich = true;
        argc--;
        argv++;
    }
    if (argc > 1) {
        range.first = strtoull(argv[1], NULL, 10);
        range.count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    }
    return range;
}
