/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_PET_H
#define NGUON_MODEL_PET_H

#include "model/timeaxis.h"
#include "solvers/status.h"

/*
 * Potential evapotranspiration and open-water evaporation of a day, mm. Latitudes are in radians,
 * north positive; day_of_year is 1 to 366 of the date's own year; temperatures are in degC, vapour
 * pressures in kPa, wind in m/s at 2 m above ground, radiation in MJ m-2 d-1. FAO means Allen et
 * al. 1998, FAO Irrigation and Drainage Paper 56; its equation numbers are given.
 */

/** 1 on 1 January, 365 or 366 on 31 December. */
int pet_day_of_year(struct date date);

/* ---- the sun -----------------------------------------------------------------------------------
 */

/** Extraterrestrial radiation (FAO 21). Polar day and night are taken into account. */
double pet_extraterrestrial_MJ(double latitude_rad, int day_of_year);

/** Hours from sunrise to sunset (FAO 34). */
double pet_daylight_h(double latitude_rad, int day_of_year);

/**
 * Share of the day's sun that falls into an hour, from the height of the sun; the 24 shares sum to
 * one. For spreading a day's potential evapotranspiration over hours, noon between hours 11 and 12.
 */
double pet_hour_share(double latitude_rad, int day_of_year, int hour);

/* ---- from temperature ---------------------------------------------------------------------------
 */

/**
 * Oudin et al. 2005, J. Hydrol. 303:290-306, in the form of the package airGR (radiation after
 * Morton 1983): Ge (T + 5) / 100 / 28.5, none below -5 degC.
 */
double pet_oudin_mm(double latitude_rad, int day_of_year, double mean_degC);

/**
 * Hargreaves and Samani 1985 (FAO 52). In humid coasts it gives too much: calibrate the
 * coefficient.
 * @param[in] coefficient  usually 0.0023
 */
double pet_hargreaves_mm(double latitude_rad, int day_of_year, double min_degC, double max_degC,
                         double coefficient);

/* ---- FAO Penman-Monteith ------------------------------------------------------------------------
 */

/** Saturation vapour pressure over water (FAO 11). */
double pet_saturation_kPa(double degC);

/** Slope of the saturation vapour pressure curve, kPa/degC (FAO 13). */
double pet_slope_kPa(double degC);

/** Pressure of the air at an altitude (FAO 7), and the psychrometric constant, kPa/degC (FAO 8). */
double pet_pressure_kPa(double altitude_m);
double pet_psychrometric_kPa(double pressure_kPa);

/** Solar radiation from hours of sunshine (FAO 35, Ångström with 0.25 and 0.50). */
double pet_solar_from_sunshine_MJ(double latitude_rad, int day_of_year, double sunshine_h);

/** Solar radiation from the range of temperature (FAO 50): 0.16 inland, 0.19 near a coast. */
double pet_solar_from_range_MJ(double latitude_rad, int day_of_year, double min_degC,
                               double max_degC, double coefficient);

/** Wind at 2 m from that at another height (FAO 47). */
double pet_wind_at_2m(double wind_ms, double height_m);

/** Weather of a day. NAN for what was not measured: the FAO's substitutes stand in. */
struct pet_day {
    double latitude_rad;
    double altitude_m;
    int day_of_year;
    double min_degC, max_degC;
    double vapour_kPa;        /**< actual; NAN: saturation at min_degC */
    double wind_ms;           /**< at 2 m; NAN: 2 m/s */
    double solar_MJ;          /**< NAN: from the range of temperature */
    double range_coefficient; /**< for that: 0.16 inland, 0.19 near a coast */
    double ground_MJ;         /**< heat into the ground, 0 for a day */
};

/** Net radiation of a surface of this albedo (FAO 37 to 40). */
double pet_net_radiation_MJ(const struct pet_day *day, double albedo);

/** Reference evapotranspiration of grass (FAO 6). */
double pet_fao56_mm(const struct pet_day *day);

/**
 * Evaporation of open water (Penman 1948 with the wind function of 1948, 1.313 + 1.381 u2 mm/d/kPa;
 * McMahon et al. 2013, HESS 17:1331, equation 12), albedo 0.08, without heat stored in the water.
 */
double pet_open_water_mm(const struct pet_day *day);

/** Evaporation of a lake from that of a pan: coefficient x depth; 0.7 for a year of a class A pan.
 */
double pet_from_pan_mm(double pan_mm, double coefficient);

#endif
