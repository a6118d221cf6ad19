/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/pet.h"
#include "tests/model/airgr_fixture.h"
#include "tests/support.h"

#include <stdlib.h>

/* Figures of FAO Irrigation and Drainage Paper 56 (Allen et al. 1998), by number of the example;
   the paper rounds its steps, hence the tolerances. */

static double
radians(double degrees, double minutes)
{
    return (degrees + minutes / 60.0) * 3.14159265358979323846 / 180.0;
}

static void
parts_match_the_examples_of_fao_56(void **state)
{
    (void)state;
    double kPa = pet_pressure_kPa(1800.0); /* example 2 */
    assert_close(kPa, 81.8, 0.0, 0.05);
    assert_close(pet_psychrometric_kPa(kPa), 0.054, 0.0, 0.0005);
    assert_close(0.5 * (pet_saturation_kPa(24.5) + pet_saturation_kPa(15.0)), 2.39, 0.0, 0.005);
    assert_close(pet_extraterrestrial_MJ(radians(-20, 0), 246), 32.2, 0.0, 0.05); /* example 8 */
    assert_close(pet_daylight_h(radians(-20, 0), 246), 11.7, 0.0, 0.05);          /* example 9 */
    assert_close(pet_solar_from_sunshine_MJ(radians(-22, -54), 135, 7.1), 14.5, 0.0, 0.05);
    assert_close(pet_wind_at_2m(3.2, 10.0), 2.4, 0.0, 0.05); /* example 14 */
}

static void
penman_monteith_matches_bangkok_in_april(void **state)
{
    (void)state;
    double latitude = radians(13, 44); /* example 17 */
    struct pet_day day = {.latitude_rad = latitude,
                          .altitude_m = 2.0,
                          .day_of_year = 105,
                          .min_degC = 25.6,
                          .max_degC = 34.8,
                          .vapour_kPa = 2.85,
                          .wind_ms = 2.0,
                          .solar_MJ = pet_solar_from_sunshine_MJ(latitude, 105, 8.5)};
    day.ground_MJ = 0.14 * (30.2 - 29.2);
    assert_close(pet_extraterrestrial_MJ(latitude, 105), 38.06, 0.0, 0.01);
    assert_close(pet_daylight_h(latitude, 105), 12.31, 0.0, 0.01);
    assert_close(day.solar_MJ, 22.65, 0.0, 0.01);
    assert_close(pet_net_radiation_MJ(&day, 0.23), 14.33, 0.0, 0.01);
    assert_close(pet_fao56_mm(&day), 5.716, 0.0, 0.0015);
}

static void
penman_monteith_matches_uccle_in_july(void **state)
{
    (void)state;
    double latitude = radians(50, 48); /* example 18 */
    double vapour = 0.5 * (pet_saturation_kPa(12.3) * 0.84 + pet_saturation_kPa(21.5) * 0.63);
    struct pet_day day = {.latitude_rad = latitude,
                          .altitude_m = 100.0,
                          .day_of_year = 187,
                          .min_degC = 12.3,
                          .max_degC = 21.5,
                          .vapour_kPa = vapour,
                          .wind_ms = 2.078,
                          .solar_MJ = pet_solar_from_sunshine_MJ(latitude, 187, 9.25)};
    assert_close(vapour, 1.409, 0.0, 0.0015);
    assert_close(pet_net_radiation_MJ(&day, 0.23), 13.28, 0.0, 0.01);
    assert_close(pet_fao56_mm(&day), 3.880, 0.0, 0.0015);
}

static void
temperature_alone_matches_lyon_in_july(void **state)
{
    (void)state;
    double latitude = radians(45, 43); /* example 20 */
    struct pet_day day = {.latitude_rad = latitude,
                          .altitude_m = 200.0,
                          .day_of_year = 196,
                          .min_degC = 14.8,
                          .max_degC = 26.6,
                          .vapour_kPa = (double)NAN,
                          .wind_ms = (double)NAN,
                          .solar_MJ = (double)NAN,
                          .range_coefficient = 0.16};
    assert_close(pet_hargreaves_mm(latitude, 196, 14.8, 26.6, 0.0023), 5.033, 0.0, 0.0015);
    assert_close(pet_fao56_mm(&day), 4.56, 0.0, 0.005);
}

/* The FAO's own monthly figures of a humid tropical coast, latitude as its station Cabinda. */
static void
penman_monteith_follows_a_tropical_coast(void **state)
{
    (void)state;
    if (!airgr_is_there())
        skip();
    struct sheet sheet = sheet_read("../pet/cabinda_fao_ET0.csv");
    double worst = 0.0, year_mm = 0.0, expected_year_mm = 0.0;
    for (int m = 0; m < 12; m++) {
        double min = strtod(sheet_text(&sheet, m, "Tmin"), NULL);
        double max = strtod(sheet_text(&sheet, m, "Tmax"), NULL);
        double humidity = strtod(sheet_text(&sheet, m, "RH"), NULL) / 100.0;
        double saturation = 0.5 * (pet_saturation_kPa(min) + pet_saturation_kPa(max));
        struct pet_day day = {.latitude_rad = radians(-5, -33),
                              .altitude_m = 20.0,
                              .day_of_year = (int)(30.4 * m + 15),
                              .min_degC = min,
                              .max_degC = max,
                              .vapour_kPa = humidity * saturation,
                              .wind_ms = strtod(sheet_text(&sheet, m, "U2"), NULL),
                              .solar_MJ = strtod(sheet_text(&sheet, m, "Rs"), NULL)};
        double month_mm = pet_fao56_mm(&day) * days_in_month(2001, m + 1);
        double expected_mm = strtod(sheet_text(&sheet, m, "ET0"), NULL);
        year_mm += month_mm;
        expected_year_mm += expected_mm;
        worst = fmax(worst, fabs(month_mm / expected_mm - 1.0));
    }
    assert_true(worst < 0.07); /* monthly means for days of a month, rounded */
    assert_close(year_mm, expected_year_mm, 0.03, 0.0);
    sheet_finish(&sheet);
}

static void
oudin_matches_the_reference_series(void **state)
{
    (void)state;
    if (!airgr_is_there())
        skip();
    struct sheet sheet = sheet_read("ref_PE_Oudin.csv");
    double *day = sheet_numbers(&sheet, "jd"), *degC = sheet_numbers(&sheet, "T_C");
    double *north = sheet_numbers(&sheet, "PE_lat0p8rad");
    double *tropic = sheet_numbers(&sheet, "PE_lat21deg_Tplus14");
    for (int i = 0; i < sheet.row_count; i++) {
        struct date date;
        assert_true(date_parse(sheet.cell[(i + 1) * sheet.column_count], &date));
        assert_int_equal(pet_day_of_year(date), (int)day[i]);
        assert_close(pet_oudin_mm(0.8, (int)day[i], degC[i]), north[i], 0.0, 1e-12);
        assert_close(pet_oudin_mm(radians(21, 0), (int)day[i], degC[i] + 14.0), tropic[i], 0.0,
                     1e-12);
    }
    free(day);
    free(degC);
    free(north);
    free(tropic);
    sheet_finish(&sheet);
}

/* Open water takes in more sun than grass, and dry wind more than still air. */
static void
open_water_evaporates_more_than_grass_in_calm_sun(void **state)
{
    (void)state;
    struct pet_day day = {.latitude_rad = radians(21, 0),
                          .altitude_m = 10.0,
                          .day_of_year = 196,
                          .min_degC = 26.0,
                          .max_degC = 33.0,
                          .vapour_kPa = 2.9,
                          .wind_ms = 1.5,
                          .solar_MJ = 20.0};
    double calm = pet_open_water_mm(&day);
    assert_true(calm > pet_fao56_mm(&day));
    /* the equation itself, from its parts */
    double slope = pet_slope_kPa(29.5), gamma = pet_psychrometric_kPa(pet_pressure_kPa(10.0));
    double deficit = 0.5 * (pet_saturation_kPa(26.0) + pet_saturation_kPa(33.0)) - 2.9;
    double expected = (slope * 0.408 * pet_net_radiation_MJ(&day, 0.08) +
                       gamma * (1.313 + 1.381 * 1.5) * deficit) /
                      (slope + gamma);
    assert_close(calm, expected, 1e-12, 0.0);
    day.wind_ms = 6.0;
    assert_true(pet_open_water_mm(&day) > calm);
    assert_close(pet_from_pan_mm(6.0, 0.7), 4.2, 1e-12, 0.0);
}

static void
hours_share_the_day_among_them(void **state)
{
    (void)state;
    static const double latitudes[] = {0.0, 0.366, 1.2, -1.3};
    for (int i = 0; i < 4; i++)
        for (int day = 1; day <= 366; day += 73) {
            double sum = 0.0;
            for (int hour = 0; hour < 24; hour++) {
                double share = pet_hour_share(latitudes[i], day, hour);
                assert_true(share >= 0.0);
                assert_close(share, pet_hour_share(latitudes[i], day, 23 - hour), 1e-9, 1e-12);
                sum += share;
            }
            assert_close(sum, 1.0, 1e-12, 0.0);
        }
    assert_true(pet_hour_share(0.366, 172, 2) == 0.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_match_the_examples_of_fao_56),
        cmocka_unit_test(penman_monteith_matches_bangkok_in_april),
        cmocka_unit_test(penman_monteith_matches_uccle_in_july),
        cmocka_unit_test(temperature_alone_matches_lyon_in_july),
        cmocka_unit_test(penman_monteith_follows_a_tropical_coast),
        cmocka_unit_test(oudin_matches_the_reference_series),
        cmocka_unit_test(open_water_evaporates_more_than_grass_in_calm_sun),
        cmocka_unit_test(hours_share_the_day_among_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
