/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"
#include "tests/model/netcdf_fixture.h"

#include <math.h>
#include <stdbool.h>

/* netCDF files of a basin as a user meets them: what is wrong is named with file, variable, date
 * and the line of the basin file. */

static const double latitude[] = {20, 21, 22};
static const double longitude[] = {105, 106, 107, 108};

static double
some_rain(int time_t, int row, int column)
{
    (void)row;
    (void)column;
    return (1.0 + time_t % 5) / 86400.0; /* kg m-2 s-1: 1 to 5 mm/d */
}

static double
some_more_rain(int time_t, int row, int column)
{
    return 2.0 * some_rain(time_t, row, column);
}

static double
rain_with_a_gap(int time_t, int row, int column)
{
    return time_t == 9 ? (double)NAN : some_rain(time_t, row, column);
}

static double
rain_below_nothing(int time_t, int row, int column)
{
    return time_t == 12 ? -some_rain(time_t, row, column) : some_rain(time_t, row, column);
}

static struct netcdf_fixture
usual(void)
{
    return (struct netcdf_fixture){.path = "pr.nc",
                                   .calendar = "standard",
                                   .time_count = 31,
                                   .time_first = 0.5,
                                   .row_count = 3,
                                   .column_count = 4,
                                   .latitude = latitude,
                                   .longitude = longitude,
                                   .figure = some_rain};
}

static void
write_basin(const char *series)
{
    char text[2048];
    snprintf(text, sizeof text,
             "nguon: 1\n"
             "run: {start: 2000-01-01, end: 2000-01-31}\n"
             "series:\n"
             "  rain: {%s}\n"
             "catchments:\n"
             "  hills: {area: 86.4 km2, to: bay, inflow: {series: rain}}\n"
             "seas:\n"
             "  bay:\n",
             series);
    write_text("basin.yaml", text);
}

static const char usual_series[] = "netcdf: \"pr*.nc\", variable: pr, at: [21, 106]";

/* 1 to 5 mm/d over 86.4 km2 are 1 to 5 m3/s. */
static void
rain_of_a_file_becomes_flow(void **state)
{
    (void)state;
    struct netcdf_fixture fixture = usual();
    netcdf_fixture_write(&fixture);
    write_basin(usual_series);
    assert_run("run basin.yaml -o out.h5 --save inflow", 0, NULL, NULL);
    assert_run("show out.h5 series:inflow:hills --csv", 0, "out.txt", "base,2000-01-03,3\n");
    assert_says("out.txt", "base,2000-01-31,1\n");
}

static void
expect_fault(const struct netcdf_fixture *fixture, const char *series, const char *message)
{
    netcdf_fixture_write(fixture);
    write_basin(series);
    assert_run("run basin.yaml -o out.h5", 2, "err.txt", message);
    assert_says("err.txt", "basin.yaml:");
}

static void
bad_files_are_named(void **state)
{
    (void)state;
    struct netcdf_fixture fixture = usual();
    expect_fault(&fixture, "netcdf: \"pr.nc\", variable: prc, at: [21, 106]",
                 "pr.nc: there is no variable 'prc' (did you mean 'pr'?)");
    expect_fault(&fixture, "netcdf: \"pr.nc\", variable: pr, at: [31, 106]", "31");
    assert_says("err.txt", "pr.nc");
    expect_fault(&fixture, "netcdf: \"pr.nc\", variable: pr, box: [21, 107, 23, 110]", "pr.nc");
    expect_fault(&fixture, "netcdf: \"tas.nc\", variable: pr, at: [21, 106]",
                 "there is no file 'tas.nc'");
    expect_fault(&fixture, "netcdf: \"pr.nc\", variable: pr", "at");
    fixture = usual();
    fixture.calendar = "lunar";
    expect_fault(&fixture, usual_series, "lunar");
    assert_says("err.txt", "pr.nc: variable 'pr'");
    fixture = usual();
    fixture.unit = "xyzzy";
    expect_fault(&fixture, usual_series, "xyzzy");
    fixture = usual();
    fixture.time_count = 20;
    expect_fault(&fixture, usual_series, "2000-01-21");
    fixture = usual();
    fixture.figure = rain_with_a_gap;
    expect_fault(&fixture, usual_series, "2000-01-10");
    assert_says("err.txt", "variable 'pr' has no figure");
    fixture = usual();
    fixture.figure = rain_below_nothing;
    expect_fault(&fixture, usual_series, "2000-01-13");
}

static void
a_file_cut_off_is_refused(void **state)
{
    (void)state;
    struct netcdf_fixture fixture = usual();
    for (int format = 0; format < 2; format++) {
        fixture.format = format;
        netcdf_fixture_write(&fixture);
        struct stat about;
        assert_int_equal(stat("pr.nc", &about), 0);
        assert_int_equal(truncate("pr.nc", about.st_size - 9), 0);
        write_basin(usual_series);
        assert_run("run basin.yaml -o out.h5", 2, "err.txt", "cut off");
        assert_says("err.txt", "basin.yaml:");
        assert_says("err.txt", "pr.nc");
    }
}

static const char model_basin[] =
    "nguon: 1\n"
    "run: {start: 2000-01-01, end: 2000-01-31}\n"
    "series:\n"
    "  rain: {netcdf: \"pr.nc\", variable: pr, at: [21, 106]}\n"
    "catchments:\n"
    "  hills: {area: 86.4 km2, to: bay, inflow: {gr4j: {x1: 300 mm, x2: 0.5 mm/d, x3: 80 mm,\n"
    "          x4: 1.3 d, rain: {series: rain}, pet: 3 mm/d, warmup: 0 d}}}\n"
    "  bare: {area: 10 km2, to: bay, inflow: 1 m3/s}\n"
    "seas:\n"
    "  bay:\n"
    "scenarios:\n"
    "  axes:\n"
    "    wet: {values: [100 %, 80 %], path: weather.rain}\n";

/* Numbers in column `column` (0 the first) of the lines of a CSV file that begin with `start`. */
static int
read_numbers(const char *path, const char *start, int column, double *number, int most)
{
    char line[256];
    int count = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *cell = line;
        if (strncmp(line, start, strlen(start)) != 0 || count == most)
            continue;
        for (int i = 0; i < column && cell != NULL; i++)
            cell = strchr(cell, ',') + 1;
        number[count++] = strtod(cell, NULL);
    }
    fclose(file);
    return count;
}

/* What `catchment weather` prints makes `catchment simulate` give the flow of the run. */
static void
weather_of_a_scenario_gives_its_flow(void **state)
{
    (void)state;
    double rain_mm[32], pet_mm[32], alone_mm[32], of_run_m3s[32];
    struct netcdf_fixture fixture = usual();
    netcdf_fixture_write(&fixture);
    write_text("basin.yaml", model_basin);
    assert_run("run basin.yaml -o out.h5 --save inflow -q", 0, NULL, NULL);
    assert_run("catchment weather basin.yaml hills --scenario 'wet=80 %' -o weather.csv", 0, NULL,
               NULL);
    assert_int_equal(read_numbers("weather.csv", "2000-", 1, rain_mm, 32), 31);
    assert_int_equal(read_numbers("weather.csv", "2000-", 2, pet_mm, 32), 31);
    assert_run("catchment simulate -m gr4j -p 300,0.5,80,1.3 weather.csv", 0, NULL, NULL);
    assert_int_equal(read_numbers("out.txt", "2000-", 1, alone_mm, 32), 31);
    assert_run("show out.h5 series:inflow:hills --csv", 0, NULL, NULL);
    assert_int_equal(read_numbers("out.txt", "wet=80", 2, of_run_m3s, 32), 31);
    for (int t = 0; t < 31; t++) {
        assert_close(rain_mm[t], 0.8 * (1 + t % 5), 1e-6, 0);
        assert_close(pet_mm[t], 3, 1e-12, 0);
        assert_close(of_run_m3s[t], alone_mm[t], 1e-6, 0); /* 86.4 km2: a mm a day is 1 m3/s */
    }
    assert_run("catchment weather basin.yaml", 0, "out.txt",
               "date,P_mm,PE_mm\n2000-01-01,0.9999999");
    assert_run("catchment weather basin.yaml bare", 2, "err.txt",
               "there is no catchment with a model 'bare'");
    assert_run("catchment weather basin.yaml hils", 2, "err.txt", "did you mean 'hills'?");
    assert_run("catchment weather basin.yaml --scenario wet=80", 2, "err.txt", "'wet=80 %'");
    assert_run("catchment weather", 2, "err.txt", "no basin file given");
    assert_run("catchment weather basin.yaml -o nowhere/w.csv", 4, "err.txt", "nowhere/w.csv");
}

/* Files of a pattern, and the weights of their cells, are hashed as well. */
static void
files_that_change_are_named(void **state)
{
    (void)state;
    static const char weights[] = "lat,lon,weight\n21,106,3\n21,107,1\n";
    struct netcdf_fixture fixture = usual();
    netcdf_fixture_write(&fixture);
    write_text("w.csv", weights);
    write_basin("netcdf: \"pr*.nc\", variable: pr, weights: w.csv");
    assert_run("run basin.yaml -o hashed.h5 -q", 0, NULL, NULL);
    assert_run("verify hashed.h5", 0, "out.txt", "inputs by their hashes");
    assert_run("run basin.yaml -o half.h5 -q --part 1/1", 0, NULL, NULL);
    write_text("w.csv", "lat,lon,weight\n21,106,1\n21,107,1\n");
    assert_run("verify hashed.h5", 3, "out.txt",
               "FAILED inputs by their hashes: input 'w.csv' has SHA-256");
    assert_run("run basin.yaml -o half.h5 -q --resume", 2, "err.txt",
               "the input w.csv has changed");
    write_text("w.csv", weights);
    assert_run("verify hashed.h5", 0, NULL, NULL);
    fixture.figure = some_more_rain;
    netcdf_fixture_write(&fixture);
    assert_run("verify hashed.h5", 3, "out.txt",
               "FAILED inputs by their hashes: input 'pr*.nc' has SHA-256");
    assert_run("run basin.yaml -o half.h5 -q --resume", 2, "err.txt",
               "the input pr*.nc has changed");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rain_of_a_file_becomes_flow),
        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(a_file_cut_off_is_refused),
        cmocka_unit_test(files_that_change_are_named),
        cmocka_unit_test(weather_of_a_scenario_gives_its_flow),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
