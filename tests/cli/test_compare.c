/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <hdf5.h>
#include <math.h>

/* `nguon compare`: figures by hand, by another reader, and runs that do not fit each other. */

/* A town that asks for 0.2 m3/s and a mill for 0.1 m3/s of a well; a lake that feeds fields. */
static const char basin_text[] =
    "nguon: 1\nname: Wells & <lakes>\n"
    "run: {start: 2021-01-01, end: 2022-12-31, step: monthly}\n"
    "ranks: [domestic, industry, irrigation, services, storage_target]\n"
    "sources:\n  well: {capacity: 0.25 m3/s}\n"
    "catchments:\n"
    "  hills: {area: 20 km2, to: lake, inflow: {generate: {mean: 600 mm/year, cv: 0.3, lag1: 0.3,"
    " recession: 6 d, base: 40 %%, region: r, region_correlation: 0.5, monthly: [2, 2, 3, 5, 8, 15,"
    " 20, 20, 13, 6, 4, 2]}}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 10], area: [1, 1], storage: [0, 10], units: [m, km2, hm3]},"
    " capacity: 8 hm3, initial: 50 %%, spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "demands:\n"
    "  town: {class: domestic, district: Hạ Long, need: 0.2 m3/s}\n"
    "  mill: {class: industry, need: 0.1 m3/s}\n"
    "  fields: {class: irrigation, need: 0.35 m3/s}\n"
    "%s"
    "links:\n"
    "  main: {kind: pipe, from: well, to: town}\n"
    "  pipe: {kind: pipe, from: well, to: mill}\n"
    "  canal: {kind: canal, from: lake, to: fields}\n"
    "%s"
    "scenarios:\n  axes:\n"
    "    weather: {realisations: 3}\n"
    "    well: {values: [0.25 m3/s, 0.1 m3/s, 0.26 m3/s], path: sources.well.capacity}\n";

static void
make_run(const char *name, const char *demand, const char *link, const char *more)
{
    char text[4096], arguments[512];
    snprintf(text, sizeof text, basin_text, demand, link);
    write_text("basin.yaml", text);
    snprintf(arguments, sizeof arguments, "run basin.yaml -o %s -q %s", name, more);
    assert_run(arguments, 0, NULL, NULL);
}

/* Of the well's 0.25 m3/s the mill gets 0.05 of 0.1; of 0.1 nothing, and the town half; of 0.26
   0.06. With a pipe of 0.03 m3/s it gets 0.03 of the first and the last. */
static void
changes_are_those_by_hand(void **state)
{
    (void)state;
    make_run("a.h5", "", "", "");
    make_run("b.h5", "", "", "--set 'links.pipe.capacity=0.03 m3/s'");
    assert_run("compare a.h5 b.h5 --csv", 0, NULL, NULL);
    assert_says("out.txt", "class,industry,met_share,%,all,b.h5,36.6666667,20,-16.6666667\n");
    assert_says("out.txt", "demand,mill,met_share,%,\"weather=2,well=0.25 m3/s\",b.h5,50,30,-20\n");
    assert_says("out.txt", "class,domestic,met_share,%,all,b.h5,83.3333333,83.3333333,0\n");
    assert_says("out.txt", "class,domestic,full_share,%,all,b.h5,66.6666667,66.6666667,0\n");
    assert_says("out.txt", "class,domestic,worst_share,%,all,b.h5,50,50,0\n");
    assert_says("out.txt", "district,Hạ Long,met_share,%,all,b.h5,83.3333333,");
    assert_run(
        "compare a.h5 b.h5", 0, "out.txt",
        "industry    36.67  20.00  -16.67            0.00  0.00       0            0.00  0.00  "
        "     0   -30.00  weather=1,well=0.26 m3/s");
    assert_says("out.txt", "By reservoir nothing changes.");
    assert_run("compare a.h5 b.h5 --by districts --all", 0, "out.txt", "Hạ Long");
}

/* The runs are files, members of an axis, and both; regret by hand. */
static void
robustness_is_that_by_hand(void **state)
{
    (void)state;
    static const char satisfy[] = "--satisfy 'met/mill >= 40 %' --satisfy 'town.volume > 50 %' ";
    char arguments[512];
    snprintf(arguments, sizeof arguments, "compare a.h5 b.h5 %s --csv", satisfy);
    assert_run(arguments, 0, NULL, NULL);
    assert_says("out.txt",
                "robustness,met/mill >= 40 %,satisficing_share,1,all,a.h5,,0.666666667,");
    assert_says("out.txt", "robustness,met/mill >= 40 %,satisficing_share,1,all,b.h5,,0,");
    assert_says("out.txt", "robustness,met/mill >= 40 %,satisficing_rank,1,all,b.h5,,2,");
    assert_says("out.txt", "maximum_regret,1,\"weather=1,well=0.26 m3/s\",b.h5,,0.3,");
    assert_says("out.txt", "town.volume > 50 %,satisficing_share,1,all,b.h5,,0.666666667,");
    assert_says("out.txt", "robustness,all together,satisficing_share,1,all,a.h5,,0.666666667,");
    assert_run("compare a.h5 --axis well --satisfy 'met/mill >= 50 %' --csv", 0, "out.txt",
               "robustness,met/mill >= 50 %,satisficing_share,1,all,well=0.1 m3/s,,0,");
    assert_says("out.txt", "regret_rank,1,all,well=0.26 m3/s,,1,");
    assert_says("out.txt", "regret_rank,1,all,well=0.1 m3/s,,3,");
    assert_run("compare a.h5 b.h5 --axis well --by classes", 0, "out.txt",
               "F: b.h5, well=0.26 m3/s");
    /* a threshold in its own unit, of a figure in the unit of the file */
    assert_run("compare a.h5 b.h5 --satisfy 'reservoir_maximum_storage_m3/lake <= 8 hm3' --csv", 0,
               "out.txt", "satisficing_share,1,all,a.h5,,1,");
    assert_run("compare a.h5 b.h5 --satisfy 'reservoir_maximum_storage_m3/lake < 8 hm3' --csv", 0,
               "out.txt", "satisficing_share,1,all,a.h5,,0");
}

static void
another_reader_finds_the_same(void **state)
{
    (void)state;
    static const char satisfy[] =
        "--satisfy 'domestic.reliability >= 90 %' --satisfy 'met/industry > 50 %' --csv";
    char arguments[512], command[1024];
    const char *script = getenv("NGUON_CHECK");
    assert_non_null(script);
    if (system("/usr/bin/python3 -c 'import xarray, netCDF4' 2> err.txt") != 0) {
        print_message("skipped: python3-xarray and python3-netcdf4 are not installed\n");
        skip();
    }
    for (int axis = 0; axis < 2; axis++) {
        const char *runs = axis ? "a.h5 --axis well" : "a.h5 b.h5";
        snprintf(arguments, sizeof arguments, "compare %s %s", runs, satisfy);
        assert_run(arguments, 0, NULL, NULL);
        snprintf(command, sizeof command, "env -u LD_PRELOAD /usr/bin/python3 %s %s out.txt",
                 script, runs);
        assert_int_equal(system(command), 0);
    }
    assert_run("compare a.h5 b.h5 --json", 0, NULL, NULL);
    assert_int_equal(
        system("env -u LD_PRELOAD /usr/bin/python3 -c 'import json; d = json.load(open("
               "\"out.txt\")); assert d[\"runs\"] == [\"a.h5\", \"b.h5\"]; assert "
               "any(r[\"change\"] is not None and abs(r[\"change\"] + 16.6666667) < "
               "1e-6 for r in d[\"rows\"])'"),
        0);
}

static void
a_page_shows_all_and_runs_no_script(void **state)
{
    (void)state;
    assert_run("compare a.h5 b.h5 -o page.html --satisfy 'met/mill >= 40 %'", 0, NULL, NULL);
    assert_says("page.html", "(Wells &amp; &lt;lakes&gt;)");
    assert_says("page.html", "<h2>By reservoir</h2>");
    assert_says("page.html", "<td>industry</td><td class=\"n\">36.67</td><td class=\"n\">20.00");
    assert_says("page.html", "Savage 1951");
    assert_run("compare a.h5 b.h5 -o none/page.html", 4, "err.txt",
               "cannot write 'none/page.html'");
}

static void
unlike_runs_share_what_they_can(void **state)
{
    (void)state;
    make_run("more.h5", "  school: {class: services, need: 0.01 m3/s}\n",
             "  third: {kind: pipe, from: well, to: school}\n",
             "--set run.start=2022-01-01 --set 'links.pipe.capacity=0.03 m3/s'");
    assert_run("compare a.h5 more.h5", 0, "out.txt", "only in 'more.h5': demand school");
    assert_says("out.txt", "only in 'more.h5': class services");
    assert_says("out.txt", "calendars differ: 'a.h5' runs from 2021-01-01 to 2023-01-01 in monthly "
                           "steps, 'more.h5' from 2022-01-01 to 2023-01-01");
    assert_says("out.txt", "industry    36.67");
    write_text("fewer.yaml", "scenarios:\n  axes:\n    weather: {realisations: 2}\n"
                             "    well: {values: [0.25 m3/s], path: sources.well.capacity}\n");
    assert_run("run basin.yaml -s fewer.yaml -o fewer.h5 -q", 0, NULL, NULL);
    assert_run("compare a.h5 fewer.h5", 0, "out.txt", "2 scenarios in all runs");
    assert_says("out.txt", "7 of 9 scenarios of A are not in all runs: 'weather=1,well=0.1 m3/s");
    write_text("other.yaml", "scenarios:\n  axes:\n    pipe: {values: [1 m3/s, 2 m3/s], path: "
                             "links.pipe.capacity}\n");
    assert_run("run basin.yaml -s other.yaml -o other.h5 -q", 0, NULL, NULL);
    assert_run("compare a.h5 other.h5", 2, "err.txt", "have no scenario in common");
    write_text("strange.yaml",
               "nguon: 1\nname: Strange\nrun: {start: 2021-01-01, end: 2021-12-31, "
               "step: monthly}\nseas:\n  sea: {}\nsources:\n  s: {capacity: 1 m3/s}\ndemands:\n"
               "  d: {class: irrigation, need: 1 m3/s}\n"
               "links:\n  l: {kind: pipe, from: s, to: d}\n"
               "scenarios:\n  axes:\n    weather: {realisations: 3}\n"
               "    well: {values: [0.25 m3/s], path: sources.s.capacity}\n");
    assert_run("run strange.yaml -o strange.h5 -q", 0, NULL, NULL);
    assert_run("compare a.h5 strange.h5 --by demands", 2, "err.txt", "no demands in common");
    assert_run("compare a.h5 strange.h5", 0, "out.txt", "only in 'a.h5': reservoir lake");
}

/* Another unit, a missing variable and a failed scenario in a copy of a file. */
static void
damage(void)
{
    hid_t file = H5Fopen("bad.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    assert_true(H5Adelete_by_name(file, "indicators/reservoir_spill_m3", "units", H5P_DEFAULT) >=
                0);
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, 3);
    hid_t attribute = H5Acreate_by_name(file, "indicators/reservoir_spill_m3", "units", type, space,
                                        H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, type, "ft3") >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    assert_true(H5Ldelete(file, "indicators/demand_worst_share", H5P_DEFAULT) >= 0);
    hid_t failed = H5Dopen2(file, "indicators/basin_failed_step", H5P_DEFAULT);
    double time[9];
    for (int s = 0; s < 9; s++)
        time[s] = s == 4 ? 18628.0 : (double)NAN;
    assert_true(H5Dwrite(failed, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, time) >= 0);
    H5Dclose(failed);
    assert_true(H5Fclose(file) >= 0);
}

static void
what_does_not_fit_is_said(void **state)
{
    (void)state;
    assert_int_equal(system("cp b.h5 bad.h5"), 0);
    damage();
    assert_run("compare a.h5 bad.h5", 0, "out.txt",
               "'bad.h5' has reservoir_spill_m3 in 'ft3', not in 'm3'");
    assert_says("out.txt", "has no demand_worst_share: figures made from it are not compared");
    assert_says("out.txt", "1 scenario failed in a run and is left out");
    assert_says("out.txt", "8 scenarios in all runs");
    make_run("none.h5", "", "", "--save none");
    assert_run("compare a.h5 none.h5 --satisfy 'met/mill >= 40 %'", 0, "out.txt", "met/mill >= 40");
    assert_run("compare a.h5 none.h5 --satisfy 'domestic.annual >= 40 %'", 2, "err.txt",
               "'none.h5' does not keep the series need and supply");
    assert_run("compare a.h5", 2, "err.txt", "there is nothing to compare 'a.h5' with");
    assert_run("compare", 2, "err.txt", "no results file given");
    assert_run("compare a.h5 b.h5 --by demand", 2, "err.txt", "did you mean 'demands'");
    assert_run("compare a.h5 --axis wel", 2, "err.txt", "it has weather, well");
    assert_run("compare a.h5 b.h5 --satisfy 'domestic.reliable > 1 %'", 2, "err.txt",
               ".resilience");
    assert_run("compare a.h5 b.h5 --satisfy 'towns.volume > 1 %'", 2, "err.txt", "'towns'");
    assert_run("compare a.h5 b.h5 --satisfy 'domestic.volume 1 %'", 2, "err.txt",
               "is no threshold");
    assert_run("compare a.h5 basin.yaml", 2, "err.txt", "not an HDF5 file");
    assert_run("compare a.h5 absent.h5", 4, "err.txt", "cannot read 'absent.h5'");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_those_by_hand),
        cmocka_unit_test(robustness_is_that_by_hand),
        cmocka_unit_test(another_reader_finds_the_same),
        cmocka_unit_test(a_page_shows_all_and_runs_no_script),
        cmocka_unit_test(unlike_runs_share_what_they_can),
        cmocka_unit_test(what_does_not_fit_is_said),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
