/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <math.h>
#include <stdbool.h>

/* Catchments without a gauge, as a user sets them up: donors, forest, the fit of a coefficient. */

enum { DAYS = 60 };

/* Floods every nine days over a base flow, and rain that has nothing to do with them. */
static double
gauge_m3s(int day)
{
    return 2.0 + 8.0 * exp(-(day % 9) / 2.0);
}

static void
write_gauge(void)
{
    FILE *file = fopen("q.csv", "w");
    assert_non_null(file);
    fputs("date,Q,P\n", file);
    for (int t = 0; t < DAYS; t++)
        fprintf(file, "2001-%02d-%02d,%.6f,%d\n",
                t < 31   ? 1
                : t < 59 ? 2
                         : 3,
                t < 31   ? t + 1
                : t < 59 ? t - 30
                         : t - 58,
                gauge_m3s(t), t % 5 == 0 ? 30 : 0);
    fclose(file);
}

#define MODEL                                                                                      \
    "gr4j: {x1: 300 mm, x2: 0 mm/d, x3: 80 mm, x4: 1.3 d, rain: {series: rain}, pet: 3 mm/d, "     \
    "warmup: 30 d}"

static void
write_basin(const char *extra_inflow, const char *extra_key)
{
    char text[2048];
    snprintf(text, sizeof text,
             "nguon: 1\n"
             "run: {start: 2001-01-01, end: 2001-03-01}\n"
             "series:\n"
             "  q: {file: q.csv, column: Q, unit: m3/s}\n"
             "  rain: {file: q.csv, column: P, unit: mm/d}\n"
             "catchments:\n"
             "  gauge: {area: 100 km2, to: head, inflow: {series: q, scale: 1.5}}\n"
             "  model: {area: 50 km2, to: head, inflow: {" MODEL "}}\n"
             "  bare: {area: 30 km2, to: head, inflow: {%s}%s}\n"
             "junctions:\n"
             "  head:\n"
             "seas:\n"
             "  bay:\n"
             "links:\n"
             "  past: {kind: river, from: head, to: bay}\n",
             extra_inflow, extra_key);
    write_text("basin.yaml", text);
}

static void
read_inflow(const char *catchment, double *flow_m3s)
{
    char arguments[128], line[256];
    int count = 0;
    snprintf(arguments, sizeof arguments, "show out.h5 series:inflow:%s --csv", catchment);
    assert_run(arguments, 0, NULL, NULL);
    FILE *file = fopen("out.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "scenario", 8) != 0 && count < DAYS)
            flow_m3s[count++] = atof(strrchr(line, ',') + 1);
    fclose(file);
    assert_int_equal(count, DAYS);
}

/* The gauge's flow, its own correction in it, by area 30/100 and rain 110 %. */
static void
donor_gives_its_flow_by_area_and_rain(void **state)
{
    (void)state;
    double flow[DAYS];
    write_gauge();
    write_basin("donor: {of: gauge, rain_ratio: 110 %}, scale: 0.5", "");
    assert_run("run basin.yaml -o out.h5 --save inflow", 0, NULL, NULL);
    read_inflow("bare", flow);
    for (int t = 0; t < DAYS; t++)
        assert_close(flow[t], 0.5 * 1.1 * 0.3 * 1.5 * gauge_m3s(t), 1e-6, 0);
}

/* What a scenario changes of all inflows is not changed twice; of the donor's alone, not at all. */
static void
changes_of_the_donor_stay_with_it(void **state)
{
    (void)state;
    double flow[DAYS];
    write_gauge();
    write_basin("donor: {of: gauge}", "");
    FILE *file = fopen("basin.yaml", "a");
    fputs("scenarios:\n  axes:\n    dry: {values: [50 %], path: catchments.*.inflow, change: "
          "scale}\n",
          file);
    fclose(file);
    assert_run("run basin.yaml -o out.h5 --save inflow", 0, NULL, NULL);
    read_inflow("bare", flow);
    for (int t = 0; t < DAYS; t++)
        assert_close(flow[t], 0.5 * 0.3 * 1.5 * gauge_m3s(t), 1e-6, 0);
}

/* With rain of its own the donor's model runs: the same rain and the same depth of flow. */
static void
donor_lends_its_parameters(void **state)
{
    (void)state;
    double own[DAYS], donor[DAYS];
    write_gauge();
    write_basin("donor: {of: model, rain: {series: rain}}", "");
    assert_run("run basin.yaml -o out.h5 --save inflow", 0, NULL, NULL);
    read_inflow("bare", own);
    read_inflow("model", donor);
    assert_true(donor[DAYS - 1] > 0.0);
    for (int t = 0; t < DAYS; t++)
        assert_close(own[t], 0.6 * donor[t], 1e-6, 0);
}

/*
 * Zhang, Dawes & Walker 2001 at 1900 mm: forest 1900 (1 + 2 1410/1900)/(1 + 2 1410/1900 +
 * 1900/1410) = 1231.8 mm, grass 1900 (1 + 0.5 1100/1900)/(1 + 0.5 1100/1900 + 1900/1100) = 812.2
 * mm.
 */
static void
forest_changes_volume_and_quick_flow(void **state)
{
    (void)state;
    static const double trees_mm = 1231.8, grass_mm = 812.2;
    double before[DAYS], after[DAYS], sum_before = 0.0, sum_after = 0.0, peak = 0.0, low = 1e9;
    write_gauge();
    write_basin("donor: {of: gauge}",
                ", forest: {reference: 55 %, cover: 50 %, annual_rain: 1900 mm, quick_flow: 2}");
    assert_run("run basin.yaml -o out.h5 --save inflow --set catchments.bare.forest.cover=55%", 0,
               NULL, NULL);
    read_inflow("bare", before);
    assert_run("run basin.yaml -o out.h5 --save inflow", 0, NULL, NULL);
    read_inflow("bare", after);
    for (int t = 0; t < DAYS; t++) {
        assert_close(before[t], 0.3 * 1.5 * gauge_m3s(t), 1e-6, 0);
        sum_before += before[t];
        sum_after += after[t];
        peak = fmax(peak, after[t] / before[t]);
        low = fmin(low, after[t] / before[t]);
    }
    double factor =
        (1900 - 0.50 * trees_mm - 0.50 * grass_mm) / (1900 - 0.55 * trees_mm - 0.45 * grass_mm);
    assert_close(sum_after / sum_before, factor, 1e-4, 0);
    assert_true(peak > 1.02 * factor && peak <= 1.1 * factor + 1e-6); /* quick flow x 1.1 at most */
    assert_true(low < factor);
    assert_run("check basin.yaml", 0, "out.txt",
               "bare: forest 55 % -> 50 %: evapotranspiration 1043 -> 1022 mm/year (Zhang et al. "
               "2001), runoff x 1.0245, quick flow x 1.1000");
}

static void
faults_of_donors_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *inflow, *key, *fault;
    } cases[] = {
        {"donor: {of: gaug}", "", "did you mean 'gauge'"},
        {"donor: {of: head}", "", "the donor of 'bare' is 'head', a junction; it must be a "},
        {"donor: {of: bare}", "", "has itself a donor"},
        {"donor: {rain_ratio: 2}", "", "lacks the key 'of'"},
        {"donor: {of: gauge, rain: {series: rain}}", "", "its donor 'gauge' runs none"},
        {"donor: {of: model, rain: {series: rain}, rain_ratio: 90 %}", "",
         "both 'rain' and 'rain_ratio'"},
        {"donor: {of: gauge}", ", forest: {reference: 55 %, cover: 50 %}",
         "lacks the key 'annual_rain'"},
        {"donor: {of: gauge}", ", forest: {reference: 55 %, cover: 150 %, annual_rain: 1900 mm}",
         "out of range"},
    };
    write_gauge();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_basin(cases[i].inflow, cases[i].key);
        assert_run("check basin.yaml", 2, "err.txt", cases[i].fault);
        assert_says("err.txt", "basin.yaml:9:");
    }
}

/* Six tenths of the rain run off in every month; what is printed is taken by a basin file. */
/* Rain of 6 mm a day on average, said to be centimetres. */
static void
a_series_in_another_unit_is_warned_of(void **state)
{
    (void)state;
    write_gauge();
    write_basin("donor: {of: gauge}", "");
    assert_run("check basin.yaml", 0, NULL, NULL);
    char *basin = read_text("basin.yaml"), *said = read_text("err.txt");
    assert_null(strstr(said, "implausible"));
    free(said);
    char *unit = strstr(basin, "column: P, unit: mm/d");
    assert_non_null(unit);
    memcpy(unit, "column: P, unit: cm/d", strlen("column: P, unit: mm/d"));
    write_text("basin.yaml", basin);
    free(basin);
    assert_run("check basin.yaml", 0, "err.txt",
               "warning: catchment 'model', series 'rain': mean rain is 60 mm/d, which is "
               "implausible");
}

static void
coefficient_is_that_of_the_record(void **state)
{
    (void)state;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    FILE *file = fopen("gauge.csv", "w");
    fputs("date,P_mm,Qobs_mm\n", file);
    for (int year = 2001; year <= 2003; year++)
        for (int m = 0; m < 12; m++)
            for (int d = 1; d <= days[m]; d++)
                if (year < 2003 || m < 6) /* the last year is not whole */
                    fprintf(file, "%d-%02d-%02d,%d,%.2f\n", year, m + 1, d, m + year - 2000,
                            0.6 * (m + year - 2000));
    fclose(file);
    assert_run("catchment coefficient gauge.csv --rain-here 2000", 0, "out.txt",
               "2 whole years from 2001 to 2002, 1 not whole left out");
    assert_says("out.txt", "runoff coefficient 0.600 (0.60 to 0.60 by year)");
    assert_says("out.txt", "mean: 1200 mm/year");
    char text[4096], *printed = read_text("out.txt");
    snprintf(text, sizeof text,
             "nguon: 1\nrun: {start: 2001-01-01, end: 2001-12-31}\ncatchments:\n  bare:\n"
             "    area: 30 km2\n    to: bay\n    %sseas:\n  bay:\n",
             strstr(printed, "inflow: {generate"));
    char *wrapped = strstr(text, "\n  monthly");
    assert_non_null(wrapped);
    *wrapped = ' ';
    free(printed);
    write_text("basin.yaml", text);
    assert_run("check basin.yaml", 0, NULL, NULL);
    assert_run("catchment coefficient gauge.csv --csv", 0, NULL, NULL);
    printed = read_text("out.txt");
    assert_close(atof(strrchr(printed, ',') + 1), 60, 1e-9, 0);
    free(printed);
    assert_run("catchment coefficient gauge.csv --from 2001-02-01 --to 2001-12-31", 2, "err.txt",
               "no calendar year has rain and flow in every step");
    assert_run("catchment coefficient gauge.csv --flow Q", 2, "err.txt", "no column 'Q'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(donor_gives_its_flow_by_area_and_rain),
        cmocka_unit_test(changes_of_the_donor_stay_with_it),
        cmocka_unit_test(donor_lends_its_parameters),
        cmocka_unit_test(forest_changes_volume_and_quick_flow),
        cmocka_unit_test(faults_of_donors_are_named),
        cmocka_unit_test(a_series_in_another_unit_is_warned_of),
        cmocka_unit_test(coefficient_is_that_of_the_record),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
