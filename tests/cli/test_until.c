/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <gsl/gsl_cdf.h>
#include <stdbool.h>

/* `nguon run --until`: it stops where Student's t says, and its file is the beginning of a whole
   run's. */

enum { DRAWS = 60, POLICIES = 2, LINE = 1024 };

static const char basin_text[] =
    "nguon: 1\nname: Until\nrun: {start: 2001-01-01, end: 2004-12-31, step: monthly, seed: 3}\n"
    "catchments:\n"
    "  hills: {area: 60 km2, to: lake, inflow: {generate: {mean: 1.0 m3/s, monthly: "
    "[3, 3, 4, 5, 8, 13, 17, 17, 12, 8, 6, 4], cv: 0.4, lag1: 0.5, recession: 8 d, base: 60 %}}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 20], area: [1, 1], storage: [0, 9], units: [m, km2, hm3]}, "
    "capacity: 9 hm3, spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "demands:\n"
    "  town: {class: domestic, need: 0.3 m3/s}\n"
    "  fields: {class: irrigation, need: 0.6 m3/s}\n"
    "links:\n"
    "  main: {kind: pipe, from: lake, to: town}\n"
    "  canal: {kind: canal, from: lake, to: fields}\n"
    "scenarios:\n"
    "  axes:\n"
    "    weather: {realisations: 60}\n"
    "    need: {values: [100 %, 120 %], path: demands.fields.need, change: scale}\n";

/* Rows of `nguon drought performance` of the class. @return their number */
static int
read_rows(const char *path, char row[][LINE])
{
    FILE *file = fopen(path, "r");
    int count = 0;
    assert_non_null(file);
    while (count < DRAWS * POLICIES && fgets(row[count], LINE, file) != NULL)
        count += strstr(row[count], ",irrigation,") != NULL;
    fclose(file);
    return count;
}

/* time_reliability is the eighth figure after the group. */
static double
reliability_of(const char *row)
{
    const char *at = strstr(row, ",irrigation,") + strlen(",irrigation,");
    for (int i = 0; i < 7; i++)
        at = strchr(at, ',') + 1;
    return strtod(at, NULL);
}

/* The first count of draws, from ten on, whose mean is known to the tolerance. */
static int
draws_wanted(char row[][LINE], double tolerance, double *half)
{
    double value[DRAWS];
    for (int n = 1; n <= DRAWS; n++) {
        double mean = 0.0, sum = 0.0;
        value[n - 1] = 0.0;
        for (int p = 0; p < POLICIES; p++)
            value[n - 1] += reliability_of(row[(n - 1) * POLICIES + p]) / POLICIES;
        if (n < 10)
            continue;
        for (int i = 0; i < n; i++)
            mean += value[i] / n;
        for (int i = 0; i < n; i++)
            sum += (value[i] - mean) * (value[i] - mean);
        *half = gsl_cdf_tdist_Pinv(0.975, n - 1) * sqrt(sum / (n - 1) / n);
        if (*half <= tolerance)
            return n;
    }
    return -1;
}

static void
a_run_ends_when_it_knows_enough(void **state)
{
    (void)state;
    static char whole[DRAWS * POLICIES][LINE], early[DRAWS * POLICIES][LINE];
    double half;
    write_text("u.yaml", basin_text);
    assert_run("run u.yaml -o whole.h5 -q", 0, NULL, NULL);
    assert_run("drought performance whole.h5 --csv --samples 0", 0, NULL, NULL);
    assert_int_equal(read_rows("out.txt", whole), DRAWS * POLICIES);
    int wanted = draws_wanted(whole, 0.045, &half);
    assert_true(wanted > 10 && wanted < DRAWS);
    for (int threads = 1; threads <= 3; threads += 2) {
        char arguments[256], said[64];
        snprintf(arguments, sizeof arguments,
                 "run u.yaml -o early.h5 --threads %d --until 'irrigation.reliability ±4.5 %%'",
                 threads);
        snprintf(said, sizeof said, "after %d draws of the weather", wanted);
        assert_run(arguments, 0, "out.txt", said);
        assert_run("drought performance early.h5 --csv --samples 0", 0, NULL, NULL);
        assert_int_equal(read_rows("out.txt", early), wanted * POLICIES);
        for (int i = 0; i < wanted * POLICIES; i++)
            assert_string_equal(early[i], whole[i]);
    }
    /* the tables of the file, and what needs the basin kept in it */
    assert_run("show early.h5 scenarios", 0, "out.txt", "weather=1,need=120 %");
    assert_run("drought access early.h5", 0, "out.txt", "class domestic");
}

static void
a_run_that_does_not_know_enough_says_so(void **state)
{
    (void)state;
    assert_run("run u.yaml -o all.h5 --until 'irrigation.reliability +-0.01 %'", 0, "out.txt",
               "not known to ±0.01 %");
    assert_run("drought performance all.h5 --csv --samples 0", 0, "out.txt", "weather=60");
}

/* No draw fails: that ten have not is no proof that none will. */
static void
a_class_that_never_fails_is_not_known_at_once(void **state)
{
    (void)state;
    assert_run("run u.yaml -o town.h5 --set demands.town.need='0.001 m3/s' --until "
               "'domestic.reliability ±1 %'",
               0, "out.txt", "after 60 draws");
    assert_says("out.txt", "not known to ±1 %; some 299 draws would do");
    assert_run("run u.yaml -o town.h5 --set demands.town.need='0.001 m3/s' --until "
               "'domestic.reliability ±10 %'",
               0, "out.txt", "100 % ±9.81 % after 29 draws");
}

static void
bad_rules_are_refused(void **state)
{
    (void)state;
    assert_run("run u.yaml -o x.h5 --until 'irigation.reliability ±1 %'", 2, "err.txt",
               "did you mean 'irrigation'");
    assert_run("run u.yaml -o x.h5 --until 'irrigation.luck ±1 %'", 2, "err.txt",
               "one of .reliability");
    assert_run("run u.yaml -o x.h5 --until 'irrigation.reliability'", 2, "err.txt",
               "has no tolerance");
    assert_run("run u.yaml -o x.h5 --until 'irrigation.reliability ±1 m3'", 2, "err.txt",
               "has no tolerance");
    assert_run("run u.yaml -o x.h5 --save none --until 'irrigation.reliability ±1 %'", 2, "err.txt",
               "need and supply");
    write_text("one.yaml", "scenarios: {axes: {need: {values: [100 %, 120 %], path: "
                           "demands.fields.need, change: scale}}}\n");
    assert_run("run u.yaml -s one.yaml -o x.h5 --until 'irrigation.reliability ±1 %'", 2, "err.txt",
               "axis of realisations the first");
    assert_int_not_equal(access("x.h5", F_OK), 0);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_ends_when_it_knows_enough),
        cmocka_unit_test(a_run_that_does_not_know_enough_says_so),
        cmocka_unit_test(a_class_that_never_fails_is_not_known_at_once),
        cmocka_unit_test(bad_rules_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
