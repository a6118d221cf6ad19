/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/pet.h"

#include <math.h>

static const double pi = 3.14159265358979323846;
static const double mm_per_MJ = 0.408;          /* 1 / latent heat of vaporisation, FAO 20 */
static const double boltzmann_MJ_K4 = 4.903e-9; /* Stefan-Boltzmann constant, MJ m-2 d-1 K-4 */
static const double albedo_grass = 0.23, albedo_water = 0.08;

static double
within(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

int
pet_day_of_year(struct date date)
{
    int day = date.day;
    for (int month = 1; month < date.month; month++)
        day += days_in_month(date.year, month);
    return day;
}

/* ---- the sun -----------------------------------------------------------------------------------
 */

static double
declination_rad(int day_of_year)
{
    return 0.409 * sin(2.0 * pi / 365.0 * day_of_year - 1.39); /* FAO 24 */
}

/* Half the day's length as an angle (FAO 25); 0 in polar night, pi in polar day. */
static double
sunset_rad(double latitude_rad, int day_of_year)
{
    return acos(within(-tan(latitude_rad) * tan(declination_rad(day_of_year)), -1.0, 1.0));
}

double
pet_extraterrestrial_MJ(double latitude_rad, int day_of_year)
{
    static const double solar_MJ_per_day = 24.0 * 60.0 * 0.0820;
    double distance = 1.0 + 0.033 * cos(2.0 * pi / 365.0 * day_of_year); /* FAO 23 */
    double declination = declination_rad(day_of_year);
    double sunset = sunset_rad(latitude_rad, day_of_year);
    return solar_MJ_per_day / pi * distance *
           (sunset * sin(latitude_rad) * sin(declination) +
            cos(latitude_rad) * cos(declination) * sin(sunset));
}

double
pet_daylight_h(double latitude_rad, int day_of_year)
{
    return 24.0 / pi * sunset_rad(latitude_rad, day_of_year);
}

/* Integral of the sine of the sun's height from noon to an hour angle. */
static double
sun_until(double latitude_rad, int day_of_year, double angle)
{
    double declination = declination_rad(day_of_year);
    double sunset = sunset_rad(latitude_rad, day_of_year);
    double until = within(angle, -sunset, sunset);
    return until * sin(latitude_rad) * sin(declination) +
           cos(latitude_rad) * cos(declination) * sin(until);
}

double
pet_hour_share(double latitude_rad, int day_of_year, int hour)
{
    double whole = 2.0 * sun_until(latitude_rad, day_of_year, pi);
    if (!(whole > 0.0))
        return 1.0 / 24.0; /* polar night: nothing to weigh by */
    double from = (hour - 12) * pi / 12.0;
    return (sun_until(latitude_rad, day_of_year, from + pi / 12.0) -
            sun_until(latitude_rad, day_of_year, from)) /
           whole;
}

/* ---- from temperature ---------------------------------------------------------------------------
 */

double
pet_oudin_mm(double latitude_rad, int day_of_year, double mean_degC)
{
    if (!(mean_degC > -5.0))
        return 0.0;
    double declination = 0.4093 * sin(day_of_year / 58.1 - 1.405);
    double product = cos(latitude_rad) * cos(declination);
    double noon = fmax(0.001, cos(latitude_rad - declination));
    double sunset = acos(within(1.0 - noon / product, -1.0, 1.0));
    double mean = fmax(0.001, noon + product * (sin(sunset) / sunset - 1.0));
    double distance = 1.0 + cos(day_of_year / 58.1) / 30.0;
    double radiation = 446.0 * sunset * mean * distance;
    return radiation * (mean_degC + 5.0) / 100.0 / 28.5;
}

double
pet_hargreaves_mm(double latitude_rad, int day_of_year, double min_degC, double max_degC,
                  double coefficient)
{
    double mean_degC = 0.5 * (min_degC + max_degC);
    double pet_mm = coefficient * mm_per_MJ * pet_extraterrestrial_MJ(latitude_rad, day_of_year) *
                    (mean_degC + 17.8) * sqrt(fmax(0.0, max_degC - min_degC));
    return fmax(0.0, pet_mm);
}

/* ---- FAO Penman-Monteith ------------------------------------------------------------------------
 */

double
pet_saturation_kPa(double degC)
{
    return 0.6108 * exp(17.27 * degC / (degC + 237.3));
}

double
pet_slope_kPa(double degC)
{
    return 4098.0 * pet_saturation_kPa(degC) / ((degC + 237.3) * (degC + 237.3));
}

double
pet_pressure_kPa(double altitude_m)
{
    return 101.3 * pow((293.0 - 0.0065 * altitude_m) / 293.0, 5.26);
}

double
pet_psychrometric_kPa(double pressure_kPa)
{
    return 0.665e-3 * pressure_kPa;
}

double
pet_solar_from_sunshine_MJ(double latitude_rad, int day_of_year, double sunshine_h)
{
    double daylight_h = pet_daylight_h(latitude_rad, day_of_year);
    double share = daylight_h > 0.0 ? fmin(1.0, sunshine_h / daylight_h) : 0.0;
    return (0.25 + 0.50 * share) * pet_extraterrestrial_MJ(latitude_rad, day_of_year);
}

double
pet_solar_from_range_MJ(double latitude_rad, int day_of_year, double min_degC, double max_degC,
                        double coefficient)
{
    double solar_MJ = coefficient * sqrt(fmax(0.0, max_degC - min_degC));
    return fmin(solar_MJ, 0.75) * pet_extraterrestrial_MJ(latitude_rad, day_of_year);
}

double
pet_wind_at_2m(double wind_ms, double height_m)
{
    return wind_ms * 4.87 / log(67.8 * height_m - 5.42);
}

static double
vapour_kPa(const struct pet_day *day)
{
    return isnan(day->vapour_kPa) ? pet_saturation_kPa(day->min_degC) : day->vapour_kPa;
}

static double
wind_ms(const struct pet_day *day)
{
    return isnan(day->wind_ms) ? 2.0 : day->wind_ms;
}

double
pet_net_radiation_MJ(const struct pet_day *day, double albedo)
{
    double outside_MJ = pet_extraterrestrial_MJ(day->latitude_rad, day->day_of_year);
    double clear_MJ = (0.75 + 2e-5 * day->altitude_m) * outside_MJ; /* FAO 37 */
    double solar_MJ = day->solar_MJ;
    if (isnan(solar_MJ))
        solar_MJ = pet_solar_from_range_MJ(day->latitude_rad, day->day_of_year, day->min_degC,
                                           day->max_degC, day->range_coefficient);
    double clearness = clear_MJ > 0.0 ? fmin(1.0, solar_MJ / clear_MJ) : 0.0;
    double max_K = day->max_degC + 273.16, min_K = day->min_degC + 273.16;
    double long_wave_MJ = boltzmann_MJ_K4 * 0.5 * (pow(max_K, 4.0) + pow(min_K, 4.0)) *
                          (0.34 - 0.14 * sqrt(vapour_kPa(day))) * (1.35 * clearness - 0.35);
    return (1.0 - albedo) * solar_MJ - long_wave_MJ;
}

static double
mean_saturation_kPa(const struct pet_day *day)
{
    return 0.5 * (pet_saturation_kPa(day->min_degC) + pet_saturation_kPa(day->max_degC));
}

double
pet_fao56_mm(const struct pet_day *day)
{
    double mean_degC = 0.5 * (day->min_degC + day->max_degC);
    double slope = pet_slope_kPa(mean_degC), wind = wind_ms(day);
    double gamma = pet_psychrometric_kPa(pet_pressure_kPa(day->altitude_m));
    double deficit_kPa = mean_saturation_kPa(day) - vapour_kPa(day);
    double available_MJ = pet_net_radiation_MJ(day, albedo_grass) - day->ground_MJ;
    double pet_mm = (mm_per_MJ * slope * available_MJ +
                     gamma * 900.0 / (mean_degC + 273.0) * wind * deficit_kPa) /
                    (slope + gamma * (1.0 + 0.34 * wind));
    return fmax(0.0, pet_mm);
}

double
pet_open_water_mm(const struct pet_day *day)
{
    double slope = pet_slope_kPa(0.5 * (day->min_degC + day->max_degC));
    double gamma = pet_psychrometric_kPa(pet_pressure_kPa(day->altitude_m));
    double deficit_kPa = mean_saturation_kPa(day) - vapour_kPa(day);
    double drying_mm = (1.313 + 1.381 * wind_ms(day)) * deficit_kPa;
    double radiation_mm = mm_per_MJ * pet_net_radiation_MJ(day, albedo_water);
    return fmax(0.0, (slope * radiation_mm + gamma * drying_mm) / (slope + gamma));
}

double
pet_from_pan_mm(double pan_mm, double coefficient)
{
    return coefficient * pan_mm;
}
