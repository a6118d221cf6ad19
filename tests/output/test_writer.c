/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/reader.h"
#include "tests/output/output_fixture.h"
#include "tests/support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCENARIO_COUNT = 6 };

/* ---- what was simulated is what is read --------------------------------------------------------
 */

struct seen {
    float *series[SCENARIO_COUNT][RESULT_VARIABLE_COUNT];
    double supply_m3[SCENARIO_COUNT];
    int step_count;
};

static void
remember(void *context, const struct scenario_result *result)
{
    struct seen *seen = context;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        int count = result_element_count(fixture_basin(), result_describe(v)->element);
        size_t size = (size_t)count * (size_t)seen->step_count * sizeof(float);
        seen->series[result->scenario_s][v] = malloc(size + 1);
        assert_non_null(seen->series[result->scenario_s][v]);
        memcpy(seen->series[result->scenario_s][v], result->series[v], size);
    }
    seen->supply_m3[result->scenario_s] = result->demand[0].supply_m3;
}

static void
every_value_comes_back(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    struct error err = {0};
    struct seen seen = {.step_count = 368};
    struct reader reader;
    fixture_path("all.h5", path);
    if (fixture_run("daily", "all", 1, path, remember, &seen, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    assert_int_equal(reader_open(&reader, path, &err), STATUS_OK);
    assert_int_equal(reader.step_count, 368);
    assert_int_equal(reader.scenario_count, SCENARIO_COUNT);
    assert_string_equal(reader.scenario[3], "weather=2,inflow=40 %");
    assert_string_equal(reader.title, "Sông \"Hai\" Hồ");
    for (int s = 0; s < SCENARIO_COUNT; s++)
        for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
            int count = result_element_count(fixture_basin(), result_describe(v)->element);
            for (int e = 0; e < count; e++) {
                double *value = reader_series(&reader, result_describe(v)->name, s, e);
                assert_non_null(value);
                for (int t = 0; t < seen.step_count; t++) {
                    float wrote = seen.series[s][v][(size_t)e * 368 + (size_t)t];
                    assert_true(isnan(wrote) ? isnan(value[t]) : (float)value[t] == wrote);
                }
                free(value);
            }
            free(seen.series[s][v]);
        }
    int count;
    double *supply = reader_numbers(&reader, "indicators/demand_supply_m3", &count);
    assert_int_equal(count, SCENARIO_COUNT * 2);
    for (int s = 0; s < SCENARIO_COUNT; s++)
        assert_true(supply[2 * s] == seen.supply_m3[s]);
    free(supply);
    reader_close(&reader);
}

/* ---- other programs read it --------------------------------------------------------------------
 */

static bool
program_exists(const char *command)
{
    char line[256];
    snprintf(line, sizeof line, "%s > /dev/null 2>&1", command);
    return system(line) == 0;
}

static char *
output_of(const char *command)
{
    size_t used = 0, capacity = 1 << 16;
    char *text = malloc(capacity);
    FILE *pipe = popen(command, "r");
    assert_non_null(text);
    assert_non_null(pipe);
    while (used + 1 < capacity) {
        size_t got = fread(text + used, 1, capacity - used - 1, pipe);
        if (got == 0)
            break;
        used += got;
    }
    text[used] = '\0';
    if (pclose(pipe) != 0) {
        print_error("%s\n", text);
        fail_msg("failed: %s", command);
    }
    return text;
}

static void
ncdump_reads_dimensions_and_units(void **state)
{
    (void)state;
    char path[PATH_LENGTH], command[2 * PATH_LENGTH];
    struct error err = {0};
    if (!program_exists("command -v ncdump")) {
        print_message("skipped: ncdump is not installed (package netcdf-bin)\n");
        skip();
    }
    fixture_path("nc.h5", path);
    assert_int_equal(fixture_run("daily", NULL, 1, path, NULL, NULL, &err), STATUS_OK);
    snprintf(command, sizeof command, "ncdump -h %s 2>&1", path);
    char *text = output_of(command);
    static const char *const wanted[] = {"scenario = 6 ;",
                                         "time = 368 ;",
                                         "bnds = 2 ;",
                                         "reservoir = 2 ;",
                                         "demand = 2 ;",
                                         "string reservoir(reservoir) ;",
                                         "float storage(scenario, time, reservoir) ;",
                                         "storage:units = \"m3\" ;",
                                         "storage:cell_methods = \"time: point\" ;",
                                         "supply:units = \"m3 s-1\" ;",
                                         "time:units = \"days since 1970-01-01 00:00:00\" ;",
                                         "time:calendar = \"proleptic_gregorian\" ;",
                                         "time:bounds = \"time_bnds\" ;",
                                         ":Conventions = \"CF-1.10\" ;",
                                         "group: indicators {",
                                         "group: provenance {",
                                         ":seed = \"7\" ;"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strstr(text, wanted[i]) == NULL) {
            print_error("%s\n", text);
            fail_msg("ncdump does not print: %s", wanted[i]);
        }
    assert_null(strstr(text, "link_flow")); /* was not asked for */
    free(text);
    snprintf(command, sizeof command, "ncdump -k %s 2>&1", path);
    text = output_of(command);
    assert_string_equal(text, "netCDF-4\n");
    free(text);
}

static const char xarray_check[] =
    "import sys, xarray, numpy\n"
    "d = xarray.open_dataset(sys.argv[1])\n"
    "assert dict(d.sizes) == {'scenario': 6, 'time': int(sys.argv[2]), 'bnds': 2, 'reservoir': 2,\n"
    "    'demand': 2, 'link': 5, 'node': 6}, d.sizes\n"
    "assert str(d.time.values[0])[:13] == sys.argv[3], d.time.values[0]\n"
    "assert str(d.time.values[-1])[:13] == sys.argv[4], d.time.values[-1]\n"
    "assert str(d.time_bnds.values[-1, 1])[:13] == '2021-01-01T00' or len(sys.argv) > 5\n"
    "assert d.storage.attrs['units'] == 'm3'\n"
    "assert d.storage.dims == ('scenario', 'time', 'reservoir')\n"
    "one = d.storage.sel(reservoir='upper_lake', scenario='weather=1,inflow=100 %')\n"
    "assert numpy.isfinite(one.values).all() and 0 <= one.min() <= one.max() <= 9e6\n"
    "assert list(d.demand_class.values) == ['domestic', 'irrigation']\n"
    "assert d.demand_name.values[0] == 'Thị trấn, \"A\"'\n"
    "assert d.reservoir_district.values[0] == 'Đông Triều'\n"
    "assert list(d.demand_people.values) == ['urban mountain', '']\n"
    "gap = d.need - d.supply - d.shortage_rule - d.shortage_water\n"
    "assert abs(gap).max() < 1e-6, abs(gap).max()\n"
    "i = xarray.open_dataset(sys.argv[1], group='indicators')\n"
    "seconds = (d.time_bnds[:, 1] - d.time_bnds[:, 0]) / numpy.timedelta64(1, 's')\n"
    "total = (d.supply.astype('f8') * seconds).sum('time').values\n"
    "assert numpy.allclose(total, i.demand_supply_m3.values, rtol=1e-6)\n"
    "assert str(i.reservoir_minimum_step.dtype).startswith('datetime64')\n"
    "p = xarray.open_dataset(sys.argv[1], group='provenance')\n"
    "assert 'upper_lake' in str(p.basin_text.values)\n"
    "print('good')\n";

static void
check_in_xarray(const char *step, int step_count, const char *first, const char *last,
                const char *more)
{
    char path[PATH_LENGTH], script[PATH_LENGTH], command[4 * PATH_LENGTH];
    struct error err = {0};
    static const char *python = NULL;
    if (python == NULL && program_exists("/usr/bin/python3 -c 'import xarray, netCDF4'"))
        python = "/usr/bin/python3";
    else if (python == NULL && program_exists("python3 -c 'import xarray, netCDF4'"))
        python = "python3";
    if (python == NULL) {
        print_message("skipped: python3-xarray and python3-netcdf4 are not installed\n");
        skip();
    }
    fixture_path("x.h5", path);
    if (fixture_run(step, NULL, 1, path, NULL, NULL, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    FILE *file = fopen(fixture_path("check.py", script), "w");
    assert_non_null(file);
    fputs(xarray_check, file);
    assert_int_equal(fclose(file), 0);
    /* the sanitizers' libraries must not be loaded into the interpreter */
    snprintf(command, sizeof command, "env -u LD_PRELOAD %s -W ignore %s %s %d %s %s %s 2>&1",
             python, script, path, step_count, first, last, more);
    char *text = output_of(command);
    assert_string_equal(text, "good\n");
    free(text);
}

static void
xarray_decodes_daily_results(void **state)
{
    (void)state;
    check_in_xarray("daily", 368, "2019-12-30T00", "2020-12-31T00", "");
}

static void
xarray_decodes_other_steps(void **state)
{
    (void)state;
    check_in_xarray("monthly", 13, "2019-12-01T00", "2020-12-01T00", "");
    check_in_xarray("tenday", 39, "2019-12-01T00", "2020-12-21T00", "");
    check_in_xarray("hourly", 22 * 24, "2019-12-30T00", "2020-01-20T23", "short");
}

/* ---- the file is a function of the input -------------------------------------------------------
 */

static char *
contents_of(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void
files_are_equal_byte_for_byte_for_any_threads(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 5};
    char path[PATH_LENGTH];
    struct error err = {0};
    char *first = NULL;
    size_t first_size = 0;
    for (size_t i = 0; i < 3; i++) {
        fixture_path("threads.h5", path);
        assert_int_equal(fixture_run("daily", "all", threads[i], path, NULL, NULL, &err),
                         STATUS_OK);
        size_t size;
        char *bytes = contents_of(path, &size);
        if (first == NULL) {
            first = bytes;
            first_size = size;
            continue;
        }
        assert_int_equal(size, first_size);
        assert_int_equal(memcmp(bytes, first, size), 0);
        free(bytes);
    }
    free(first);
}

/* ---- failures ----------------------------------------------------------------------------------
 */

static void
write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void
assert_untouched(const char *path, const char *text)
{
    size_t size;
    char *bytes = contents_of(path, &size);
    assert_int_equal(size, strlen(text));
    assert_int_equal(memcmp(bytes, text, size), 0);
    free(bytes);
}

static int
files_in_folder(void)
{
    char command[2 * PATH_LENGTH];
    snprintf(command, sizeof command, "ls -A %s | wc -l", fixture_folder);
    char *text = output_of(command);
    int count = atoi(text);
    free(text);
    return count;
}

/* A disk that is full after so many bytes, by the limit on the size of a file. */
static void
a_full_disk_leaves_earlier_results(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    static const char earlier[] = "earlier results";
    fixture_path("full.h5", path);
    write_text(path, earlier);
    struct error unused = {0};
    char other[PATH_LENGTH];
    assert_int_equal(
        fixture_run("daily", NULL, 1, fixture_path("whole.h5", other), NULL, NULL, &unused),
        STATUS_OK);
    struct stat whole;
    assert_int_equal(stat(other, &whole), 0);
    int before = files_in_folder();
    for (int part = 0; part < 8; part++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct rlimit limit = {(rlim_t)(whole.st_size * part / 8),
                                   (rlim_t)(whole.st_size * part / 8)};
            struct error err = {0};
            if (part == 0) /* the basin file itself must be written */
                limit.rlim_cur = limit.rlim_max = 4096;
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &limit);
            /* one thread: OpenMP does not survive a fork */
            enum status status = fixture_run("daily", NULL, 1, path, NULL, NULL, &err);
            bool said = strstr(err.text, path) != NULL;
            _exit(status == STATUS_FILE_WRITE && said ? 0 : 1);
        }
        int result;
        assert_int_equal(waitpid(child, &result, 0), child);
        if (!WIFEXITED(result) || WEXITSTATUS(result) != 0)
            fail_msg("with room for %d/8 of the file the run ended otherwise (%d)", part, result);
        assert_untouched(path, earlier);
        char part_path[PATH_LENGTH];
        unlink(fixture_path("full.h5.part1", part_path)); /* of what was finished, perhaps */
        assert_int_equal(files_in_folder(), before);
    }
}

static void
places_that_cannot_be_written_are_named(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    struct error err = {0};
    assert_int_equal(
        fixture_run("daily", NULL, 1, fixture_path("none/out.h5", path), NULL, NULL, &err),
        STATUS_FILE_WRITE);
    assert_non_null(strstr(err.text, "none/out.h5"));
    assert_non_null(strstr(err.text, "No such file or directory"));
    err = (struct error){0};
    assert_int_equal(fixture_run("daily", NULL, 1, fixture_folder, NULL, NULL, &err),
                     STATUS_FILE_WRITE);
    assert_non_null(strstr(err.text, "is a directory"));
}

static void
damaged_files_are_refused(void **state)
{
    (void)state;
    char path[PATH_LENGTH], part_path[PATH_LENGTH];
    struct error err = {0};
    struct reader reader;
    fixture_path("whole.h5", path);
    assert_int_equal(fixture_run("daily", NULL, 1, path, NULL, NULL, &err), STATUS_OK);
    size_t size;
    char *bytes = contents_of(path, &size);
    fixture_path("part.h5", part_path);
    for (int part = 0; part < 20; part++) {
        FILE *file = fopen(part_path, "wb");
        assert_non_null(file);
        fwrite(bytes, 1, size * (size_t)part / 20, file);
        fclose(file);
        err = (struct error){0};
        assert_int_equal(reader_open(&reader, part_path, &err), STATUS_INPUT);
        assert_non_null(strstr(err.text, "part.h5"));
    }
    free(bytes);
    assert_int_equal(reader_open(&reader, fixture_path("absent.h5", part_path), &err), STATUS_FILE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_comes_back),
        cmocka_unit_test(ncdump_reads_dimensions_and_units),
        cmocka_unit_test(xarray_decodes_daily_results),
        cmocka_unit_test(xarray_decodes_other_steps),
        cmocka_unit_test(files_are_equal_byte_for_byte_for_any_threads),
        cmocka_unit_test(a_full_disk_leaves_earlier_results),
        cmocka_unit_test(places_that_cannot_be_written_are_named),
        cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests_name("writer", tests, fixture_setup, fixture_teardown);
}
