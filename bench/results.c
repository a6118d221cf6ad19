/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bench_basin.h"
#include "bench/clock.h"

#include "output/h5file.h"
#include "output/writer.h"
#include "scenarios/ensemble.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What writing costs. In turn, so that a busy machine slows all alike: a run whose results are
 * thrown away, one that keeps indicators alone, one that keeps all series, and the series of that
 * file written by HDF5 itself with the same chunks and compression. One thread, processor time.
 */

enum { ROUNDS_MAX = 100, SERIES_MAX = RESULT_VARIABLE_COUNT };

enum what { NOTHING, INDICATORS, EVERYTHING, PLAIN, WHAT_COUNT };

static char folder[] = "/tmp/nguon_bench_results_XXXXXX";

/* ---- runs --------------------------------------------------------------------------------------
 */

/* @return processor seconds, or below 0 */
static double
run(const struct basin *basin, enum what what, const char *path)
{
    enum status status = STATUS_OK;
    struct error err = {0};
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
    struct ensemble_settings settings = {.threads = 1, .method = LP_SIMPLEX};
    struct sink sink = bench_sink_nothing;
    double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    TRY(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, &err));
    TRY(result_select(what == EVERYTHING ? "all" : "none", &info.selection, &err));
    TRY(plan_expand(basin, &plan, &err));
    if (what != NOTHING) {
        TRY(writer_create(path, false, &writer, &err));
        sink = writer_sink(writer);
    }
    TRY(ensemble_run(basin, &axis, &plan, &info, &settings, &sink, &err));
out:
    writer_destroy(writer);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    if (status != STATUS_OK)
        fprintf(stderr, "%s\n", err.text);
    return status == STATUS_OK ? clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start : -1.0;
}

/* ---- the same by HDF5 alone -------------------------------------------------------------------
 */

struct series {
    const char *name;
    hsize_t length[3];
    float *value;
};

/* @return how many series the file has */
static int
read_series(const char *path, struct series series[SERIES_MAX])
{
    int count = 0;
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        struct series *one = &series[count];
        one->name = result_describe(v)->name;
        if (H5Lexists(file, one->name, H5P_DEFAULT) <= 0)
            continue;
        hid_t variable = H5Dopen2(file, one->name, H5P_DEFAULT);
        hid_t space = H5Dget_space(variable);
        H5Sget_simple_extent_dims(space, one->length, NULL);
        one->value = malloc(one->length[0] * one->length[1] * one->length[2] * sizeof(float));
        if (one->value != NULL &&
            H5Dread(variable, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, one->value) >= 0)
            count++;
        H5Sclose(space);
        H5Dclose(variable);
    }
    H5Fclose(file);
    return count;
}

/* One scenario of a variable at a time, as a program would that calls the library as it goes. */
static bool
write_one(hid_t file, const struct series *one)
{
    const hsize_t chunk[3] = {1, one->length[1], 1};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 3, chunk);
    H5Pset_shuffle(creation);
    H5Pset_deflate(creation, 1);
    hid_t space = H5Screate_simple(3, one->length, NULL);
    hid_t variable =
        H5Dcreate2(file, one->name, H5T_NATIVE_FLOAT, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    const hsize_t count[3] = {1, one->length[1], one->length[2]};
    hid_t memory = H5Screate_simple(3, count, NULL);
    bool good = variable >= 0;
    for (hsize_t s = 0; s < one->length[0] && good; s++) {
        const hsize_t start[3] = {s, 0, 0};
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
        good = H5Dwrite(variable, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT,
                        one->value + s * one->length[1] * one->length[2]) >= 0;
    }
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(variable);
    H5Pclose(creation);
    return good;
}

static double
write_plainly(const char *path, const char *plain_path)
{
    struct series series[SERIES_MAX] = {0};
    int count = read_series(path, series);
    double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    hid_t file = H5Fcreate(plain_path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    bool good = file >= 0 && count > 0;
    for (int i = 0; i < count && good; i++)
        good = write_one(file, &series[i]);
    good = H5Fclose(file) >= 0 && good;
    double seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    for (int i = 0; i < SERIES_MAX; i++)
        free(series[i].value);
    return good ? seconds : -1.0;
}

/* ---- measurement ------------------------------------------------------------------------------
 */

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
megabytes(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? (double)file.st_size / 1e6 : 0.0;
}

static bool
measure(const struct basin *basin, int rounds, double median[WHAT_COUNT],
        double size_mb[WHAT_COUNT])
{
    static double seconds[WHAT_COUNT][ROUNDS_MAX];
    char path[WHAT_COUNT][64];
    bool good = true;
    for (int w = 0; w < WHAT_COUNT; w++)
        snprintf(path[w], sizeof path[w], "%s/%d.h5", folder, w);
    for (int r = 0; r < rounds && good; r++) {
        for (int w = NOTHING; w < PLAIN && good; w++)
            good = (seconds[w][r] = run(basin, (enum what)w, path[w])) >= 0.0;
        seconds[PLAIN][r] = good ? write_plainly(path[EVERYTHING], path[PLAIN]) : -1.0;
        good = seconds[PLAIN][r] >= 0.0;
    }
    for (int w = 0; w < WHAT_COUNT; w++) {
        qsort(seconds[w], (size_t)rounds, sizeof(double), by_size);
        median[w] = seconds[w][rounds / 2];
        size_mb[w] = megabytes(path[w]);
        unlink(path[w]);
    }
    return good;
}

int
main(int argc, char **argv)
{
    char scenarios[256];
    double seconds[WHAT_COUNT], size_mb[WHAT_COUNT];
    int count = argc > 2 ? atoi(argv[2]) : 10, rounds = argc > 3 ? atoi(argv[3]) : 5;
    if (argc < 2 || count < 1 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "Usage: bench_results BASIN [SCENARIOS [ROUNDS]]\n");
        return 2;
    }
    h5file_prepare();
    snprintf(scenarios, sizeof scenarios, "scenarios: {axes: {weather: {realisations: %d}}}\n",
             count);
    struct basin *basin = bench_load(argv[1], scenarios);
    if (basin == NULL || mkdtemp(folder) == NULL)
        return 1;
    bool good = measure(basin, rounds, seconds, size_mb);
    basin_destroy(basin);
    rmdir(folder);
    if (!good)
        return 1;
    printf("%d scenarios, processor time of one thread, median of %d\n", count, rounds);
    printf("nothing kept          %8.3f s\n", seconds[NOTHING]);
    printf("indicators kept       %8.3f s  %8.2f MB  %.3f of nothing kept\n", seconds[INDICATORS],
           size_mb[INDICATORS], seconds[INDICATORS] / seconds[NOTHING]);
    printf("all series kept       %8.3f s  %8.2f MB\n", seconds[EVERYTHING], size_mb[EVERYTHING]);
    printf("  of it writing       %8.3f s            %.3f of HDF5 alone\n",
           seconds[EVERYTHING] - seconds[NOTHING],
           (seconds[EVERYTHING] - seconds[NOTHING]) / seconds[PLAIN]);
    printf("the same by HDF5      %8.3f s  %8.2f MB  the run takes %.3f of it\n", seconds[PLAIN],
           size_mb[PLAIN], seconds[EVERYTHING] / seconds[PLAIN]);
    return 0;
}
