/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/tide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- constituents ---------------------------------------------------------------------------- */

/* The corrections that others are made of (Schureman 1958, formulas 73-80, 149, 165, 213-235). */
enum moon_kind {
    MOON_NONE,
    MOON_MM,
    MOON_MF,
    MOON_O1,
    MOON_J1,
    MOON_OO1,
    MOON_M2,
    MOON_K1,
    MOON_K2,
    MOON_L2,
    MOON_M1,
    MOON_KINDS
};

enum { NUMBERS = 6, FACTORS = 2 };

/* Doodson's numbers of (tau, s, h, p, N' = -N, p'), where tau is the hour angle of the mean moon; a
 * turn of 90 degrees in the usual arguments; powers of the corrections (a negative power divides
 * u and multiplies f). */
struct constituent {
    const char *name, *other_name;
    int number[NUMBERS];
    int quarter_turns;
    struct {
        enum moon_kind kind;
        int power;
    } node[FACTORS];
};

static const struct constituent constituents[] = {
    {"SA", NULL, {0, 0, 1, 0, 0, 0}, 0, {{MOON_NONE, 0}}},
    {"SSA", NULL, {0, 0, 2, 0, 0, 0}, 0, {{MOON_NONE, 0}}},
    {"MM", NULL, {0, 1, 0, -1, 0, 0}, 0, {{MOON_MM, 1}}},
    {"MSF", NULL, {0, 2, -2, 0, 0, 0}, 0, {{MOON_M2, -1}}},
    {"MF", NULL, {0, 2, 0, 0, 0, 0}, 0, {{MOON_MF, 1}}},
    {"MTM", "MFM", {0, 3, 0, -1, 0, 0}, 0, {{MOON_MF, 1}}},
    {"MSQM", NULL, {0, 4, -2, 0, 0, 0}, 0, {{MOON_MF, 1}}},
    {"2Q1", NULL, {1, -3, 0, 2, 0, 0}, 1, {{MOON_O1, 1}}},
    {"SIGMA1", "SGM", {1, -3, 2, 0, 0, 0}, 1, {{MOON_O1, 1}}},
    {"Q1", NULL, {1, -2, 0, 1, 0, 0}, 1, {{MOON_O1, 1}}},
    {"RHO1", "RO1", {1, -2, 2, -1, 0, 0}, 1, {{MOON_O1, 1}}},
    {"O1", NULL, {1, -1, 0, 0, 0, 0}, 1, {{MOON_O1, 1}}},
    {"M1", NULL, {1, 0, 0, 1, 0, 0}, -1, {{MOON_M1, 1}}},
    {"CHI1", NULL, {1, 0, 2, -1, 0, 0}, -1, {{MOON_J1, 1}}},
    {"PI1", NULL, {1, 1, -3, 0, 0, 1}, 1, {{MOON_NONE, 0}}},
    {"P1", NULL, {1, 1, -2, 0, 0, 0}, 1, {{MOON_NONE, 0}}},
    {"S1", NULL, {1, 1, -1, 0, 0, 0}, 2, {{MOON_NONE, 0}}},
    {"K1", NULL, {1, 1, 0, 0, 0, 0}, -1, {{MOON_K1, 1}}},
    {"PSI1", NULL, {1, 1, 1, 0, 0, -1}, -1, {{MOON_NONE, 0}}},
    {"PHI1", NULL, {1, 1, 2, 0, 0, 0}, -1, {{MOON_NONE, 0}}},
    {"THETA1", NULL, {1, 2, -2, 1, 0, 0}, -1, {{MOON_J1, 1}}},
    {"J1", NULL, {1, 2, 0, -1, 0, 0}, -1, {{MOON_J1, 1}}},
    {"SO1", NULL, {1, 3, -2, 0, 0, 0}, -1, {{MOON_O1, -1}}},
    {"OO1", NULL, {1, 3, 0, 0, 0, 0}, -1, {{MOON_OO1, 1}}},
    {"3N2", NULL, {2, -3, 0, 3, 0, 0}, 0, {{MOON_M2, 1}}},
    {"EPS2", "EP2", {2, -3, 2, 1, 0, 0}, 0, {{MOON_M2, 1}}},
    {"2N2", NULL, {2, -2, 0, 2, 0, 0}, 0, {{MOON_M2, 1}}},
    {"MU2", NULL, {2, -2, 2, 0, 0, 0}, 0, {{MOON_M2, 1}}},
    {"N2", NULL, {2, -1, 0, 1, 0, 0}, 0, {{MOON_M2, 1}}},
    {"NU2", NULL, {2, -1, 2, -1, 0, 0}, 0, {{MOON_M2, 1}}},
    {"MA2", NULL, {2, 0, -1, 0, 0, 0}, 0, {{MOON_M2, 1}}},
    {"M2", NULL, {2, 0, 0, 0, 0, 0}, 0, {{MOON_M2, 1}}},
    {"MB2", NULL, {2, 0, 1, 0, 0, 0}, 0, {{MOON_M2, 1}}},
    {"MKS2", NULL, {2, 0, 2, 0, 0, 0}, 0, {{MOON_M2, 1}, {MOON_K2, 1}}},
    {"LAMBDA2", "LDA2", {2, 1, -2, 1, 0, 0}, 2, {{MOON_M2, 1}}},
    {"L2", NULL, {2, 1, 0, -1, 0, 0}, 2, {{MOON_L2, 1}}},
    {"T2", NULL, {2, 2, -3, 0, 0, 1}, 0, {{MOON_NONE, 0}}},
    {"S2", NULL, {2, 2, -2, 0, 0, 0}, 0, {{MOON_NONE, 0}}},
    {"R2", NULL, {2, 2, -1, 0, 0, -1}, 2, {{MOON_NONE, 0}}},
    {"K2", NULL, {2, 2, 0, 0, 0, 0}, 0, {{MOON_K2, 1}}},
    {"MO3", "2MK3", {3, -1, 0, 0, 0, 0}, 1, {{MOON_M2, 1}, {MOON_O1, 1}}},
    {"M3", NULL, {3, 0, 0, 0, 0, 0}, 0, {{MOON_M2, 0}}}, /* f = f(M2)^1.5, u = 1.5 u(M2) */
    {"SO3", NULL, {3, 1, -2, 0, 0, 0}, 1, {{MOON_O1, 1}}},
    {"MK3", NULL, {3, 1, 0, 0, 0, 0}, -1, {{MOON_M2, 1}, {MOON_K1, 1}}},
    {"SK3", NULL, {3, 3, -2, 0, 0, 0}, -1, {{MOON_K1, 1}}},
    {"N4", NULL, {4, -2, 0, 2, 0, 0}, 0, {{MOON_M2, 2}}},
    {"MN4", NULL, {4, -1, 0, 1, 0, 0}, 0, {{MOON_M2, 2}}},
    {"M4", NULL, {4, 0, 0, 0, 0, 0}, 0, {{MOON_M2, 2}}},
    {"SN4", NULL, {4, 1, -2, 1, 0, 0}, 0, {{MOON_M2, 1}}},
    {"MS4", NULL, {4, 2, -2, 0, 0, 0}, 0, {{MOON_M2, 1}}},
    {"MK4", NULL, {4, 2, 0, 0, 0, 0}, 0, {{MOON_M2, 1}, {MOON_K2, 1}}},
    {"S4", NULL, {4, 4, -4, 0, 0, 0}, 0, {{MOON_NONE, 0}}},
    {"2MN6", NULL, {6, -1, 0, 1, 0, 0}, 0, {{MOON_M2, 3}}},
    {"M6", NULL, {6, 0, 0, 0, 0, 0}, 0, {{MOON_M2, 3}}},
    {"2MS6", NULL, {6, 2, -2, 0, 0, 0}, 0, {{MOON_M2, 2}}},
    {"2MK6", NULL, {6, 2, 0, 0, 0, 0}, 0, {{MOON_M2, 2}, {MOON_K2, 1}}},
    {"2SM6", NULL, {6, 4, -4, 0, 0, 0}, 0, {{MOON_M2, 1}}},
    {"S6", NULL, {6, 6, -6, 0, 0, 0}, 0, {{MOON_NONE, 0}}},
    {"M8", NULL, {8, 0, 0, 0, 0, 0}, 0, {{MOON_M2, 4}}},
};
enum { CONSTITUENTS = sizeof constituents / sizeof *constituents };

int
tide_find_constituent(const char *name)
{
    if (strcasecmp(name, "LAM2") == 0)
        name = "LAMBDA2";
    for (int i = 0; i < CONSTITUENTS; i++)
        if (strcasecmp(name, constituents[i].name) == 0 ||
            (constituents[i].other_name != NULL &&
             strcasecmp(name, constituents[i].other_name) == 0))
            return i;
    return -1;
}

int
tide_constituent_count(void)
{
    return CONSTITUENTS;
}

const char *
tide_constituent_name(int kind_i)
{
    return constituents[kind_i].name;
}

/* ---- astronomy ------------------------------------------------------------------------------- */

static const double seconds_per_day = 86400.0, days_per_century = 36525.0;
static const double epoch_j2000_s = 946728000.0; /* 2000-01-01 12:00 UTC */

/* Mean longitudes, degrees: moon, sun, lunar perigee, lunar node, perihelion. The century's terms
 * are those of Meeus (1998); terms of the third power are below a second of time. */
struct heavens {
    double tau, s, h, p, node, perihelion;
};

static struct heavens
look_up(double instant_s)
{
    double t = (instant_s - epoch_j2000_s) / (seconds_per_day * days_per_century);
    struct heavens sky = {
        .s = 218.3164477 + t * (481267.88123421 - t * 0.0015786),
        .h = 280.46646 + t * (36000.76983 + t * 0.0003032),
        .p = 83.3532465 + t * (4069.0137287 - t * 0.0103200),
        .node = 125.0445479 + t * (-1934.1362891 + t * 0.0020754),
        .perihelion = 282.93735 + t * (1.71946 + t * 0.00046),
    };
    double day = fmod(instant_s, seconds_per_day) / seconds_per_day;
    sky.tau = 360.0 * day - 180.0 + sky.h - sky.s; /* the mean sun is overhead at noon */
    return sky;
}

static double
argument_deg(const struct constituent *kind, const struct heavens *sky)
{
    const int *n = kind->number;
    return n[0] * sky->tau + n[1] * sky->s + n[2] * sky->h + n[3] * sky->p - n[4] * sky->node +
           n[5] * sky->perihelion + 90.0 * kind->quarter_turns;
}

double
tide_speed_deg_h(int kind_i)
{
    const double s = 481267.88123421, h = 36000.76983, p = 4069.0137287, node = -1934.1362891,
                 perihelion = 1.71946, hours = 24.0 * days_per_century;
    const int *n = constituents[kind_i].number;
    return 15.0 * n[0] +
           (n[0] * (h - s) + n[1] * s + n[2] * h + n[3] * p - n[4] * node + n[5] * perihelion) /
               hours;
}

/* ---- nodes of the moon ----------------------------------------------------------------------- */

struct correction {
    double f, u_rad;
};

/* The moon's orbit against the equator: inclination I and the arcs xi and nu. */
struct orbit {
    double inclination, xi, nu, node, perigee;
};

static double
radians(double degrees)
{
    return degrees * (M_PI / 180.0);
}

static struct orbit
orbit_of(const struct heavens *sky)
{
    const double ecliptic = radians(23.452), moon = radians(5.145);
    double node = remainder(radians(sky->node), 2.0 * M_PI);
    double i = acos(cos(moon) * cos(ecliptic) - sin(moon) * sin(ecliptic) * cos(node));
    double sum =
        atan(cos(0.5 * (ecliptic - moon)) / cos(0.5 * (ecliptic + moon)) * tan(0.5 * node));
    double gap =
        atan(sin(0.5 * (ecliptic - moon)) / sin(0.5 * (ecliptic + moon)) * tan(0.5 * node));
    return (struct orbit){i, node - sum - gap, sum - gap, node, radians(sky->p)};
}

/* K1 and K2 come from moon and sun together; L2 and M1 have the perigee in them. */
static struct correction
mixed_correction(enum moon_kind kind, const struct orbit *o)
{
    double i = o->inclination, p = o->perigee - o->xi;
    double sin_i2 = sin(i) * sin(i), sin_2i = sin(2.0 * i);
    switch (kind) {
    case MOON_K1:
        return (struct correction){
            sqrt(0.8965 * sin_2i * sin_2i + 0.6001 * sin_2i * cos(o->nu) + 0.1006),
            -atan2(sin_2i * sin(o->nu), sin_2i * cos(o->nu) + 0.3347)};
    case MOON_K2:
        return (struct correction){
            sqrt(19.0444 * sin_i2 * sin_i2 + 2.7702 * sin_i2 * cos(2.0 * o->nu) + 0.0981),
            -atan2(sin_i2 * sin(2.0 * o->nu), sin_i2 * cos(2.0 * o->nu) + 0.0727)};
    case MOON_L2: {
        double t2 = pow(tan(0.5 * i), 2.0), m2 = pow(cos(0.5 * i), 4.0) / 0.9154;
        double inverse = sqrt(1.0 - 12.0 * t2 * cos(2.0 * p) + 36.0 * t2 * t2);
        double r = atan2(sin(2.0 * p), 1.0 / (6.0 * t2) - cos(2.0 * p));
        return (struct correction){m2 * inverse, 2.0 * (o->xi - o->nu) - r};
    }
    default: { /* MOON_M1 */
        double o1 = sin(i) * pow(cos(0.5 * i), 2.0) / 0.3800;
        double inverse = sqrt(2.310 + 1.435 * cos(2.0 * p));
        double q = atan2(0.483 * sin(p), cos(p));
        return (struct correction){o1 * inverse, o->xi - o->nu + q - p};
    }
    }
}

static struct correction
correction_of(enum moon_kind kind, const struct orbit *o)
{
    double i = o->inclination, sin_i2 = sin(i) * sin(i);
    switch (kind) {
    case MOON_NONE:
        return (struct correction){1.0, 0.0};
    case MOON_MM:
        return (struct correction){(2.0 / 3.0 - sin_i2) / 0.5021, 0.0};
    case MOON_MF:
        return (struct correction){sin_i2 / 0.1578, -2.0 * o->xi};
    case MOON_O1:
        return (struct correction){sin(i) * pow(cos(0.5 * i), 2.0) / 0.3800, 2.0 * o->xi - o->nu};
    case MOON_J1:
        return (struct correction){sin(2.0 * i) / 0.7214, -o->nu};
    case MOON_OO1:
        return (struct correction){sin(i) * pow(sin(0.5 * i), 2.0) / 0.0164, -2.0 * o->xi - o->nu};
    case MOON_M2:
        return (struct correction){pow(cos(0.5 * i), 4.0) / 0.9154, 2.0 * (o->xi - o->nu)};
    default:
        return mixed_correction(kind, o);
    }
}

/* The corrections of a moment, which all constituents share. */
struct moon {
    struct correction part[MOON_KINDS];
};

static void
look_at_moon(double instant_s, struct moon *moon)
{
    struct heavens sky = look_up(instant_s);
    struct orbit orbit = orbit_of(&sky);
    for (int kind = 0; kind < MOON_KINDS; kind++)
        moon->part[kind] = correction_of((enum moon_kind)kind, &orbit);
}

static struct correction
node_correction(int kind_i, const struct moon *moon)
{
    const struct constituent *kind = &constituents[kind_i];
    if (kind->node[0].kind == MOON_M2 && kind->node[0].power == 0) {
        struct correction m2 = moon->part[MOON_M2];
        return (struct correction){pow(m2.f, 1.5), 1.5 * m2.u_rad};
    }
    struct correction sum = {1.0, 0.0};
    for (int k = 0; k < FACTORS; k++) {
        struct correction one = moon->part[kind->node[k].kind];
        for (int power = abs(kind->node[k].power); power > 0; power--)
            sum.f *= one.f;
        sum.u_rad += kind->node[k].power * one.u_rad;
    }
    return sum;
}

void
tide_node_correction(int kind_i, int64_t instant_s, double *f, double *u_deg)
{
    struct moon moon;
    look_at_moon((double)instant_s, &moon);
    struct correction correction = node_correction(kind_i, &moon);
    *f = correction.f;
    *u_deg = remainder(correction.u_rad, 2.0 * M_PI) * (180.0 / M_PI);
}

/* ---- constituents of a place ----------------------------------------------------------------- */

bool
tide_add(struct tide *tide, const char *name, double amplitude_m, double phase_deg,
         enum tide_phases phases)
{
    int kind_i = tide_find_constituent(name);
    if (kind_i < 0 || tide->count >= TIDE_CONSTITUENTS_MAX)
        return false;
    for (int i = 0; i < tide->count; i++)
        if (tide->part[i].kind_i == kind_i)
            return false;
    const struct constituent *kind = &constituents[kind_i];
    if (phases == TIDE_PHASES_DOODSON) /* from midnight: tau is half a turn more */
        phase_deg += 90.0 * kind->quarter_turns - 180.0 * kind->number[0];
    tide->part[tide->count++] = (struct tide_part){kind_i, amplitude_m, phase_deg};
    return true;
}

/* ---- synthesis ------------------------------------------------------------------------------- */

void
tide_levels_m(const struct tide *tide, int64_t start_s, double interval_s, int count,
              double *level_m)
{
    for (int t = 0; t < count; t++)
        level_m[t] = tide->mean_level_m;
    struct moon moon;
    look_at_moon((double)start_s + 0.5 * interval_s * (count - 1), &moon);
    struct heavens sky = look_up((double)start_s);
    for (int i = 0; i < tide->count; i++) {
        const struct tide_part *part = &tide->part[i];
        const struct constituent *kind = &constituents[part->kind_i];
        struct correction correction = node_correction(part->kind_i, &moon);
        double amplitude_m = correction.f * part->amplitude_m;
        double lag_deg = part->phase_deg - correction.u_rad * (180.0 / M_PI);
        double angle = radians(remainder(argument_deg(kind, &sky) - lag_deg, 360.0));
        double turn = radians(tide_speed_deg_h(part->kind_i) * interval_s / 3600.0);
        double cosine = cos(angle), before = cos(angle - turn), twice = 2.0 * cos(turn);
        for (int t = 0; t < count; t++) { /* cos(a + turn) = 2 cos(turn) cos(a) - cos(a - turn) */
            level_m[t] += amplitude_m * cosine;
            double after = twice * cosine - before;
            before = cosine;
            cosine = after;
        }
    }
}

double
tide_level_m(const struct tide *tide, int64_t instant_s)
{
    double level_m;
    tide_levels_m(tide, instant_s, 0.0, 1, &level_m);
    return level_m;
}

/* Ends of a parabola through three points, the middle one an extreme among them. */
static double
extreme_of(double before, double middle, double after)
{
    double bend = before - 2.0 * middle + after, slope = 0.5 * (after - before);
    return bend != 0.0 ? middle - 0.5 * slope * slope / bend : middle;
}

struct tide_day
tide_day(const struct tide *tide, int64_t start_s)
{
    enum { POINTS = 51 }; /* every half hour of 25 h; a parabola is good to a millimetre there */
    double level_m[POINTS];
    tide_levels_m(tide, start_s, 1800.0, POINTS, level_m);
    struct tide_day day = {-INFINITY, INFINITY, 0.0};
    for (int t = 0; t < POINTS; t++) {
        double level = level_m[t], high = level, low = level;
        day.mean_m += level / POINTS;
        if (t > 0 && t + 1 < POINTS) {
            double before = level_m[t - 1], after = level_m[t + 1];
            if (level >= before && level >= after)
                high = extreme_of(before, level, after);
            if (level <= before && level <= after)
                low = extreme_of(before, level, after);
        }
        day.highest_m = fmax(day.highest_m, high);
        day.lowest_m = fmin(day.lowest_m, low);
    }
    return day;
}

struct tide_day
tide_extremes(const struct tide *tide, int first_year)
{
    int64_t start_s = date_to_seconds((struct date){first_year, 1, 1, 0});
    int64_t end_s = date_to_seconds((struct date){first_year + 19, 1, 1, 0});
    struct tide_day all = {-INFINITY, INFINITY, tide->mean_level_m};
    for (int64_t at_s = start_s; at_s < end_s; at_s += (int64_t)seconds_per_day) {
        struct tide_day day = tide_day(tide, at_s);
        all.highest_m = fmax(all.highest_m, day.highest_m);
        all.lowest_m = fmin(all.lowest_m, day.lowest_m);
    }
    return all;
}

static double
amplitude_of(const struct tide *tide, const char *name)
{
    int kind_i = tide_find_constituent(name);
    for (int i = 0; i < tide->count; i++)
        if (tide->part[i].kind_i == kind_i)
            return tide->part[i].amplitude_m;
    return 0.0;
}

double
tide_period_s(const struct tide *tide, double *form)
{
    double diurnal = amplitude_of(tide, "K1") + amplitude_of(tide, "O1");
    double semidiurnal = amplitude_of(tide, "M2") + amplitude_of(tide, "S2");
    *form = semidiurnal > 0.0 ? diurnal / semidiurnal : diurnal > 0.0 ? INFINITY : NAN;
    return *form > 1.0 ? 24.84 * 3600.0 : 12.42 * 3600.0;
}
