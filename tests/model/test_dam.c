/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/dam.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 12 m/s over 2.5 km, worked by hand: U = 0.71 x 21.251 = 15.089; H = 5.112e-4 x 15.089 x 50. */
static void
waves_by_hand(void **unused)
{
    (void)unused;
    const struct wind wind = {.speed_ms = 12,
                              .fetch_m = 2500,
                              .depth_m = 15,
                              .slope = 3,
                              .roughness = 0.75,
                              .setup_coefficient = 2e-6};
    struct wind_waves waves = wind_waves(&wind);
    assert_close(waves.height_m, 0.38567, 1e-4, 0);
    assert_close(waves.period_s, 2.0921, 1e-4, 0); /* 6.238e-2 x 37722^(1/3) */
    /* L = 9.80665 x 1.9019^2 / 2 pi = 5.6456; xi = 1 / (3 x sqrt(0.38567 / 5.6456)) = 1.2753 */
    assert_close(waves.runup_m, 0.75 * 0.38567 * 1.65 * 1.27534, 1e-4, 0);
    assert_close(waves.setup_m, 2e-6 * 144 * 2500 / (9.80665 * 15), 1e-12, 0);
    const struct dam dam = {.given = true, .freeboard_m = 0.3, .wind = wind};
    assert_close(dam_required_freeboard_m(&dam), 0.3 + 0.60867 + 0.004895, 1e-4, 0);
}

/* A steep smooth face: the run-up is bound by surging waves, 4 - 1.5 / sqrt(xi). */
static void
steep_faces_are_bound_by_surging_waves(void **unused)
{
    (void)unused;
    const struct wind wind = {.speed_ms = 20,
                              .fetch_m = 3000,
                              .depth_m = 10,
                              .slope = 1,
                              .roughness = 1,
                              .angle_deg = 60,
                              .setup_coefficient = 2e-6};
    struct wind_waves waves = wind_waves(&wind);
    /* H 0.79191, L 9.69194: xi = 3.49838; 4 - 1.5 / 1.87040 = 3.19803 < 1.65 x 3.498 */
    assert_close(waves.runup_m, 0.79191 * 3.19803, 1e-4, 0);
    assert_close(waves.setup_m, 0.5 * 2e-6 * 400 * 3000 / (9.80665 * 10), 1e-9, 0);
}

/* Over a long water the waves are those of a fully developed sea. */
static void
waves_do_not_outgrow_the_wind(void **unused)
{
    (void)unused;
    const struct wind wind = {
        .speed_ms = 3, .fetch_m = 1e6, .depth_m = 50, .slope = 3, .roughness = 1};
    double stress = 0.71 * pow(3, 1.23);
    assert_close(wind_waves(&wind).height_m, 2.482e-2 * stress * stress, 1e-12, 0);
    assert_close(wind_waves(&wind).period_s, 0.83 * stress, 1e-12, 0);
}

static void
no_wind_asks_for_nothing(void **unused)
{
    (void)unused;
    const struct dam dam = {.given = true, .freeboard_m = 0.7}, none = {.freeboard_m = NAN};
    assert_close(dam_required_freeboard_m(&dam), 0.7, 0, 0);
    assert_true(isnan(dam_required_freeboard_m(&none)));
}

static void
write_table(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
assert_refused(const char *path, const char *text, const char *wanted)
{
    struct dam_class class;
    struct error err = {0};
    write_table(path, text);
    assert_int_equal(dam_class_read(path, "II", &class, &err), STATUS_INPUT);
    if (strstr(err.text, wanted) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, wanted);
}

static void
classes_are_those_of_the_table(void **unused)
{
    (void)unused;
    char path[] = "/tmp/nguon_classes_XXXXXX";
    struct dam_class class;
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    write_table(path, "# note\nflag,class,check_years,design_years\nM,I,1000,200\nS,II,500,100\n");
    assert_int_equal(dam_class_read(path, "II", &class, NULL), STATUS_OK);
    assert_close(class.design_years, 100, 0, 0);
    assert_close(class.check_years, 500, 0, 0);
    assert_string_equal(class.flag, "S");
    assert_refused(path, "class,design_years,check_years,flag\nI,200,1000,M\n",
                   "knows no class 'II'; it has I");
    assert_refused(path, "class,design_years,flag\nII,200,M\n", ":1: the columns class");
    assert_refused(path, "class,design_years,check_years,flag\nII,1 %,500,M\n",
                   ":2: '1 %' is no return period");
    assert_refused(path, "class,design_years,check_years,flag\nII,200,100,M\n",
                   "is less rare than the design flood");
    assert_refused(path, "class,design_years,check_years,flag\nII,200\n", ":2: cells are missing");
    unlink(path);
    assert_int_equal(dam_class_read(path, "II", &class, NULL), STATUS_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_by_hand),
        cmocka_unit_test(steep_faces_are_bound_by_surging_waves),
        cmocka_unit_test(waves_do_not_outgrow_the_wind),
        cmocka_unit_test(no_wind_asks_for_nothing),
        cmocka_unit_test(classes_are_those_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
