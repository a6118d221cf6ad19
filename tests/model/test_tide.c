/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/tide.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Published speeds, published datums, the two corrections for the nodes that books give, and the
 * same station from two tables with different phases. */

static const struct {
    const char *name;
    double speed_deg_h;
} speeds[] = {
    /* National Ocean Service's table */
    {"M2", 28.984104},   {"S2", 30.0},       {"N2", 28.43973},   {"K1", 15.041069},
    {"M4", 57.96821},    {"O1", 13.943035},  {"M6", 86.95232},   {"MK3", 44.025173},
    {"S4", 60.0},        {"MN4", 57.423832}, {"NU2", 28.512583}, {"S6", 90.0},
    {"MU2", 27.968208},  {"2N2", 27.895355}, {"OO1", 16.139101}, {"LAM2", 29.455626},
    {"S1", 15.0},        {"M1", 14.496694},  {"J1", 15.5854435}, {"MM", 0.5443747},
    {"SSA", 0.0821373},  {"SA", 0.0410686},  {"MSF", 1.0158958}, {"MF", 1.0980331},
    {"RHO1", 13.471515}, {"Q1", 13.398661},  {"T2", 29.958933},  {"R2", 30.041067},
    {"2Q1", 12.854286},  {"P1", 14.958931},  {"M3", 43.476156},  {"L2", 29.528479},
    {"2MK3", 42.92714},  {"K2", 30.082138},  {"M8", 115.93642},  {"MS4", 58.984104}};

static void
speeds_are_the_published_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++) {
        int kind_i = tide_find_constituent(speeds[i].name);
        assert_true(kind_i >= 0);
        assert_close(tide_speed_deg_h(kind_i), speeds[i].speed_deg_h, 0, 1e-5); /* five decimals */
    }
    assert_int_equal(tide_find_constituent("Z9"), -1);
    assert_int_equal(tide_find_constituent("rho1"), tide_find_constituent("RO1"));
}

/* The series in the node's longitude of Doodson and Warburg (1941) as Pugh (1987, table 4:3) has
 * it. */
static void
node_corrections_agree_with_the_series(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double f0, f1, f2, u1, u2;
    } series[] = {{"MM", 1.000, -0.130, 0.0, 0.0, 0.0},     {"MF", 1.043, 0.414, 0.0, -23.7, 2.7},
                  {"O1", 1.009, 0.187, -0.015, 10.8, -1.3}, {"K1", 1.006, 0.115, -0.009, -8.9, 0.7},
                  {"J1", 1.013, 0.168, -0.017, -12.9, 1.3}, {"M2", 1.000, -0.037, 0.0, -2.1, 0.0},
                  {"K2", 1.024, 0.286, 0.008, -17.7, 0.7}};
    for (int year = 1990; year < 2030; year++) {
        int64_t instant_s = date_to_seconds((struct date){year, 7, 1, 0});
        double century = (double)(instant_s - 946728000) / (86400.0 * 36525.0);
        double node = (125.0445 - 1934.1363 * century) * M_PI / 180.0;
        for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
            double f, u_deg;
            tide_node_correction(tide_find_constituent(series[i].name), instant_s, &f, &u_deg);
            assert_close(f, series[i].f0 + series[i].f1 * cos(node) + series[i].f2 * cos(2 * node),
                         0, 0.012);
            assert_close(u_deg, series[i].u1 * sin(node) + series[i].u2 * sin(2 * node), 0, 0.6);
        }
    }
}

/* L2 and M1 as sums of their lines (Doodson 1928; Pugh 1987, table 4:3). */
static void
perigee_corrections_agree_with_the_lines(void **state)
{
    (void)state;
    for (int month = 0; month < 240; month++) {
        int64_t instant_s = date_to_seconds((struct date){1995 + month / 12, month % 12 + 1, 1, 0});
        double century = (double)(instant_s - 946728000) / (86400.0 * 36525.0), f, u_deg;
        double n = (125.0445 - 1934.1363 * century) * M_PI / 180.0;
        double p = (83.3532 + 4069.0137 * century) * M_PI / 180.0;
        double c = 1 - 0.2505 * cos(2 * p) - 0.1102 * cos(2 * p - n) - 0.0156 * cos(2 * p - 2 * n) -
                   0.0370 * cos(n);
        double s = -0.2505 * sin(2 * p) - 0.1102 * sin(2 * p - n) - 0.0156 * sin(2 * p - 2 * n) -
                   0.0370 * sin(n);
        tide_node_correction(tide_find_constituent("L2"), instant_s, &f, &u_deg);
        assert_close(f * cos(u_deg * M_PI / 180), c, 0, 0.06);
        assert_close(f * sin(u_deg * M_PI / 180), s, 0, 0.06);
    }
}

/* ---- Hòn Dấu --------------------------------------------------------------------------------- */

/* TICON-4 (Hart-Davis et al. 2025, CC BY 4.0), station Hon Dau; datums of the same set. */
static const struct {
    const char *name;
    double amplitude_m, phase_deg;
} hon_dau[] = {{"M2", 0.0587, 197.8}, {"N2", 0.0104, 227.6},   {"S2", 0.0440, 254.4},
               {"K2", 0.0238, 224.9}, {"2N2", 0.0109, 201.8},  {"K1", 0.7039, 347.2},
               {"P1", 0.2251, 341.6}, {"O1", 0.7858, 290.7},   {"Q1", 0.1643, 262.9},
               {"M1", 0.0051, 141.9}, {"M4", 0.0058, 203.5},   {"MM", 0.0114, 329.5},
               {"MF", 0.0364, 354.3}, {"SA", 0.1123, 190.5},   {"SSA", 0.0583, 59.0},
               {"J1", 0.0175, 355.2}, {"L2", 0.0054, 293.2},   {"2Q1", 0.0213, 18.6},
               {"OO1", 0.0258, 68.2}, {"RHO1", 0.0217, 261.0}, {"SIGMA1", 0.0072, 137.4},
               {"S1", 0.0123, 163.1}, {"MU2", 0.0080, 199.7},  {"M3", 0.0071, 194.0}};

static struct tide
tide_of_hon_dau(void)
{
    struct tide tide = {.mean_level_m = 1.714};
    for (size_t i = 0; i < sizeof hon_dau / sizeof *hon_dau; i++)
        assert_true(tide_add(&tide, hon_dau[i].name, hon_dau[i].amplitude_m, hon_dau[i].phase_deg,
                             TIDE_PHASES_GREENWICH));
    return tide;
}

static void
extremes_are_the_published_datums(void **state)
{
    (void)state;
    struct tide tide = tide_of_hon_dau();
    struct tide_day all = tide_extremes(&tide, 2007);
    double form;
    print_message("    highest %.3f m, lowest %.3f m\n", all.highest_m, all.lowest_m);
    assert_close(all.highest_m, 3.846, 0, 0.10); /* HAT */
    assert_close(all.lowest_m, -0.383, 0, 0.10); /* LAT */
    assert_close(tide_period_s(&tide, &form), 24.84 * 3600, 0, 0);
    assert_true(form > 10.0);
}

/* The range goes from spring to neap and back in 13.66 days where the tide is diurnal. */
static void
spring_and_neap_come_in_a_fortnight(void **state)
{
    (void)state;
    struct tide tide = tide_of_hon_dau();
    int64_t start_s = date_to_seconds((struct date){2020, 3, 1, 0});
    enum { DAYS = 273 }; /* twenty fortnights */
    double c = 0.0, s = 0.0, mean = 0.0, range_m[DAYS];
    for (int d = 0; d < DAYS; d++) {
        struct tide_day day = tide_day(&tide, start_s + 86400 * d);
        range_m[d] = day.highest_m - day.lowest_m;
        mean += range_m[d] / DAYS;
    }
    for (int d = 0; d < DAYS; d++) {
        c += (range_m[d] - mean) * cos(2 * M_PI * d / 13.6608) * 2 / DAYS;
        s += (range_m[d] - mean) * sin(2 * M_PI * d / 13.6608) * 2 / DAYS;
    }
    assert_true(hypot(c, s) > 0.8);
    assert_true(mean > 1.5 && mean < 3.0);
}

/* Another analysis of the same gauge whose phases leave out the multiples of a quarter turn. */
static void
two_conventions_give_the_same_tide(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double amplitude_m, phase_deg;
    } other[] = {{"M2", 0.064, 198.25},  {"K1", 0.7101, 255.81}, {"O1", 0.8134, 20.19},
                 {"S2", 0.0464, 253.74}, {"N2", 0.0065, 242.34}, {"P1", 0.2356, 70.57},
                 {"K2", 0.0189, 221.81}, {"Q1", 0.1631, 350.21}};
    struct tide a = {0}, b = {0};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        assert_true(tide_add(&b, other[i].name, other[i].amplitude_m, other[i].phase_deg,
                             TIDE_PHASES_DOODSON));
        for (size_t k = 0; k < sizeof hon_dau / sizeof *hon_dau; k++)
            if (strcmp(hon_dau[k].name, other[i].name) == 0)
                assert_true(tide_add(&a, hon_dau[k].name, hon_dau[k].amplitude_m,
                                     hon_dau[k].phase_deg, TIDE_PHASES_GREENWICH));
    }
    int64_t start_s = date_to_seconds((struct date){1995, 1, 1, 0});
    double square = 0.0, power = 0.0;
    for (int hour = 0; hour < 8760; hour++) {
        double x = tide_level_m(&a, start_s + 3600 * hour);
        square += pow(x - tide_level_m(&b, start_s + 3600 * hour), 2) / 8760;
        power += x * x / 8760;
    }
    print_message("    %.3f m of %.3f m\n", sqrt(square), sqrt(power));
    assert_true(sqrt(square) < 0.1 * sqrt(power));
}

static void
a_level_of_one_line_is_a_cosine(void **state)
{
    (void)state;
    struct tide tide = {.mean_level_m = 2.0};
    assert_true(tide_add(&tide, "S2", 1.5, 60.0, TIDE_PHASES_GREENWICH));
    assert_false(tide_add(&tide, "s2", 1.5, 60.0, TIDE_PHASES_GREENWICH));
    assert_false(tide_add(&tide, "no", 1.5, 60.0, TIDE_PHASES_GREENWICH));
    int64_t noon_s = date_to_seconds((struct date){2021, 5, 17, 12});
    for (int hour = 0; hour < 24; hour++)
        assert_close(tide_level_m(&tide, noon_s + 3600 * hour),
                     2.0 + 1.5 * cos((30.0 * hour - 60.0) * M_PI / 180), 0, 1e-9);
    struct tide_day day = tide_day(&tide, noon_s);
    assert_close(day.highest_m, 3.5, 0, 1e-3);
    assert_close(day.lowest_m, 0.5, 0, 1e-3);
}

/* Every fault of a table is named with its line. */
static void
tables_are_read_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *station, *message;
    } cases[] = {
        {"constituent,amplitude_m,phase_deg\nK1,0.7,347\nO1,0.8,291\n", NULL, NULL},
        {"station,constituent,amp_m,phase_deg\na,K1,1,2\nb,K1,3,4\n", "b", NULL},
        {"station,constituent,amp_m,phase_deg\na,K1,1,2\nb,K1,3,4\n", NULL, "several stations"},
        {"station,constituent,amp_m,phase_deg\na,K1,1,2\n", "c", "no constituents of station 'c'"},
        {"constituent,amp_m,phase_deg\nK1,-1,2\n", NULL, "amplitude '-1'"},
        {"constituent,amp_m,phase_deg\nK1,1,north\n", NULL, "phase 'north'"},
        {"constituent,amp_m,phase_deg\nZ9,1,2\n", NULL, "'Z9' is no constituent"},
        {"constituent,amp_m,phase_deg\nK1,1,2\nk1,1,2\n", NULL, "'k1' is there twice"},
        {"constituent,amp_m,phase_deg\nM4,0.1,2\n", NULL, "the main tide is missing"},
        {"name,amp_m,phase_deg\nM4,0.1,2\n", NULL, "needs the columns"},
        {"", NULL, "the file is empty"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[] = "/tmp/nguon-tide-XXXXXX", text[512] = "";
        int descriptor = mkstemp(path);
        FILE *file = fdopen(descriptor, "w");
        assert_non_null(file);
        fputs(cases[i].text, file);
        fclose(file);
        struct diagnostics found;
        struct tide tide;
        diagnostics_init(&found);
        enum status status =
            tide_read_csv(&tide, path, cases[i].station, TIDE_PHASES_GREENWICH, &found);
        if (found.count > 0)
            diagnostic_format(&found.item[0], text, sizeof text);
        if (cases[i].message == NULL)
            assert_int_equal(status, STATUS_OK);
        else {
            assert_int_equal(status, STATUS_INPUT);
            if (strstr(text, cases[i].message) == NULL)
                fail_msg("'%s' is not in '%s'", cases[i].message, text);
        }
        diagnostics_finish(&found);
        remove(path);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speeds_are_the_published_ones),
        cmocka_unit_test(node_corrections_agree_with_the_series),
        cmocka_unit_test(perigee_corrections_agree_with_the_lines),
        cmocka_unit_test(extremes_are_the_published_datums),
        cmocka_unit_test(spring_and_neap_come_in_a_fortnight),
        cmocka_unit_test(two_conventions_give_the_same_tide),
        cmocka_unit_test(tables_are_read_or_refused),
        cmocka_unit_test(a_level_of_one_line_is_a_cosine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
