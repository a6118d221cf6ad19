/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <hdf5.h>
#include <math.h>

/* Files for other programs, and the readers of this machine on them. */

static const char basin_text[] =
    "nguon: 1\nname: Two & a <lake>\n"
    "run: {start: 2020-01-01, end: 2020-03-31, step: daily}\n"
    "ranks: [domestic, irrigation, storage_target]\n"
    "catchments:\n  hills: {area: 60 km2, to: lake, inflow: 0.4 m3/s}\n"
    "reservoirs:\n"
    "  lake: {at: [21.1, 106.9], table: {level: [10, 20], area: [0.1, 0.2], storage: [0, 2], units:"
    " [m, km2, hm3]}, capacity: 2 hm3, initial: 50 %, spill_to: sea}\n"
    "seas:\n  sea: {at: [20.9, 107.0]}\n"
    "demands:\n"
    "  town: {name: 'Thị \"trấn\" <A>', at: [21.0, 107.0], district: Hạ Long, class: domestic,"
    " need: 0.3 m3/s}\n"
    "  mill: {class: irrigation, need: 0.5 m3/s}\n"
    "links:\n"
    "  canal: {kind: canal, from: lake, to: town}\n"
    "  pipe: {kind: pipe, from: lake, to: mill}\n"
    "scenarios:\n  axes:\n"
    "    flow: {values: [100 %, 95 %], path: catchments.hills.inflow, change: scale}\n";

static int
make_results(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", basin_text);
    return run("run basin.yaml -o out.h5 -q");
}

/* The script's check; what it needs may not be installed. */
static void
check(const char *arguments)
{
    char command[COMMAND_LENGTH];
    const char *script = getenv("NGUON_CHECK");
    assert_non_null(script);
    if (system("/usr/bin/python3 -c pass 2> err.txt") != 0) {
        print_message("skipped: python3 is not installed\n");
        skip();
    }
    snprintf(command, sizeof command, "env -u LD_PRELOAD /usr/bin/python3 %s %s", script,
             arguments);
    int result = system(command);
    if (WIFEXITED(result) && WEXITSTATUS(result) == 77)
        skip();
    assert_int_equal(result, 0);
}

static void
the_network_is_geojson(void **state)
{
    (void)state;
    assert_run("export basin.yaml --geojson plain.geojson", 0, "out.txt",
               "2 nodes and 1 links have no place (coordinates in the basin file) and no geometry: "
               "hills, mill");
    assert_run("export out.h5 --geojson full.geojson", 0, "out.txt", "hills, mill");
    check("geojson out.h5 plain.geojson full.geojson");
}

/* A copy with one value that is missing. */
static void
make_gap(void)
{
    hsize_t start[3] = {1, 7, 0}, one[3] = {1, 1, 1};
    double nothing = (double)NAN;
    assert_int_equal(system("cp out.h5 gap.h5"), 0);
    hid_t file = H5Fopen("gap.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t variable = H5Dopen2(file, "storage", H5P_DEFAULT), space = H5Dget_space(variable);
    hid_t memory = H5Screate_simple(3, one, NULL);
    assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, one, NULL) >= 0);
    assert_true(H5Dwrite(variable, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &nothing) >= 0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(variable);
    assert_true(H5Fclose(file) >= 0);
}

static void
series_are_csv_and_waterml(void **state)
{
    (void)state;
    make_gap();
    assert_run("export gap.h5 --csv s.csv --waterml s.xml --series storage:lake --series supply", 0,
               NULL, NULL);
    assert_says("s.csv", "scenario,variable,id,units,start,end,value\n"
                         "flow=100 %,storage,lake,m3,2020-01-01,2020-01-02,");
    assert_says("s.xml", "<gml:description>Two &amp; a &lt;lake&gt;</gml:description>");
    check("series gap.h5 s.csv s.xml");
}

static void
what_there_is_not_is_said(void **state)
{
    (void)state;
    assert_run("export out.h5", 2, "err.txt", "name a file by --geojson, --csv or --waterml");
    assert_run("export out.h5 --csv s.csv", 2, "err.txt", "need --series");
    assert_run("export out.h5 --csv s.csv --series storage:lak", 2, "err.txt",
               "no reservoir 'lak'; did you mean 'lake'");
    assert_run("export out.h5 --csv s.csv --series stores", 2, "err.txt", "no series 'stores'");
    assert_run("export out.h5 --csv s.csv --series supply --scenario 'flow=90 %'", 2, "err.txt",
               "no scenario 'flow=90 %'; did you mean");
    assert_run("export out.h5 --geojson none/x.geojson", 4, "err.txt", "cannot write");
    assert_run("export absent.yaml --geojson x.geojson", 2, "err.txt",
               "absent.yaml: error: there is no such file");
    assert_run("export basin.yaml --csv s.csv --series supply", 2, "err.txt", "not an HDF5 file");
}

static void
every_table_is_json(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "classes", "districts",           "demands",    "reservoirs", "links", "scenarios",
        "balance", "series:storage:lake", "members:met"};
    char files[COMMAND_LENGTH] = "json";
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char arguments[PATH_LENGTH], move[PATH_LENGTH];
        snprintf(arguments, sizeof arguments, "show out.h5 %s --json", tables[i]);
        assert_run(arguments, 0, NULL, NULL);
        snprintf(move, sizeof move, "mv out.txt table%zu.json", i);
        assert_int_equal(system(move), 0);
        snprintf(files + strlen(files), sizeof files - strlen(files), " table%zu.json", i);
    }
    assert_run("show out.h5 licences --json", 0, "out.txt", "[]"); /* it has none */
    assert_run("show out.h5 stages --json", 0, "out.txt", "[]");
    assert_run("show out.h5 --json", 0, NULL, NULL);
    assert_int_equal(system("mv out.txt all.json"), 0);
    strcat(files, " all.json");
    check(files);
}

static void
long_tables_are_paged_on_a_terminal(void **state)
{
    (void)state;
    char arguments[PATH_LENGTH];
    assert_run("show out.h5 series:storage:lake", 0, "out.txt", "2020-03-31"); /* not a terminal */
    snprintf(arguments, sizeof arguments, "pager '%s' out.h5", program);
    check(arguments);
}

static void
the_file_opens_everywhere(void **state)
{
    (void)state;
    static const struct {
        const char *there, *command;
    } reader[] = {
        {"ncdump 2>&1 | grep -q ncdump",
         "ncdump -h out.h5 | grep -q 'float storage(scenario, time, "
         "reservoir)'"},
        {"octave --no-gui --quiet --eval 'pkg load netcdf' > /dev/null 2>&1",
         "octave --no-gui --quiet --eval \"pkg load netcdf; "
         "r = @(name) ncread('out.h5', name); t = r('time'); b = r('time_bnds'); "
         "gap = r('need') - r('supply') - r('shortage_rule') - r('shortage_water'); "
         "assert(b(1, :)', t); assert(size(r('storage'), 2), numel(t)); "
         "assert(max(abs(gap(:))) < 1e-6 && max(r('need')(:)) > 0)\""},
        {"Rscript -e 'library(ncdf4)' > /dev/null 2>&1",
         "Rscript -e \"library(ncdf4); f <- nc_open('out.h5'); "
         "s <- ncvar_get(f, 'storage', collapse_degen = FALSE); "
         "kept <- ncvar_get(f, 'indicators/reservoir_minimum_storage_m3'); "
         "stopifnot(isTRUE(all.equal(c(apply(s, c(1, 3), min)), c(kept), tolerance = 1e-6)))\""}};
    for (size_t i = 0; i < sizeof reader / sizeof *reader; i++) {
        if (system(reader[i].there) != 0)
            print_message("skipped: %.10s... is not installed\n", reader[i].there);
        else if (system(reader[i].command) != 0)
            fail_msg("%s", reader[i].command);
    }
    check("engines out.h5");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_network_is_geojson),
        cmocka_unit_test(series_are_csv_and_waterml),
        cmocka_unit_test(what_there_is_not_is_said),
        cmocka_unit_test(every_table_is_json),
        cmocka_unit_test(long_tables_are_paged_on_a_terminal),
        cmocka_unit_test(the_file_opens_everywhere),
    };
    return cmocka_run_group_tests(tests, make_results, remove_folder);
}
