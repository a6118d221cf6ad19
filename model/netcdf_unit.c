/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_unit.h"

#include "model/units.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <udunits2.h>

/*
 * The kinds of quantity, in the order in which they are tried. UDUNITS converts also between a
 * unit and its reciprocal, which is refused below.
 */
static const struct {
    const char *unit;
    enum dimension dimension;
    double scale; /* from the unit to what is stored */
    bool per_interval;
} kind_table[] = {
    {"m s-1", DIMENSION_SPEED, 1.0, false},
    {"kg m-2 s-1", DIMENSION_SPEED, 1e-3, false}, /* water of 1000 kg/m3 */
    {"kg m-2", DIMENSION_SPEED, 1e-3, true},
    {"degC", DIMENSION_TEMPERATURE, 1.0, false},
    {"m3 s-1", DIMENSION_FLOW, 1.0, false},
    {"m", DIMENSION_LENGTH, 1.0, false},
    {"kg m-3", DIMENSION_SALINITY, 1.0, false},
    {"1", DIMENSION_NONE, 1.0, false},
};

enum { KIND_COUNT = sizeof kind_table / sizeof kind_table[0] };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static ut_system *unit_system;
static ut_unit *kind_unit[KIND_COUNT];

/* Read the unit database once for the process; it is kept until the process ends. */
static void
initialise(void)
{
    ut_set_error_message_handler(ut_ignore);
    ut_system *system = ut_read_xml(NULL);
    for (int i = 0; system != NULL && i < KIND_COUNT; i++) {
        kind_unit[i] = ut_parse(system, kind_table[i].unit, UT_ASCII);
        if (kind_unit[i] == NULL)
            return;
    }
    unit_system = system;
}

static void
initialise_locked(void)
{
    udunits_lock();
    initialise();
    udunits_unlock();
}

/* Take away the rounding of a chain of prefixes: 0.001 for 0.0010000000000000002. */
static double
tidy(double value)
{
    const double rounding = 1e-14;
    double digits = 12.0 - ceil(log10(fabs(value)));
    if (value == 0.0 || !(digits > -300.0 && digits < 300.0))
        return value;
    double power = pow(10.0, digits);
    double near = round(value * power) / power;
    return fabs(near - value) <= rounding * fabs(value) ? near : value;
}

static bool
is_amount(const char *standard_name, const char *cell_methods)
{
    return strstr(cell_methods, "time: sum") != NULL ||
           strstr(standard_name, "precipitation_amount") != NULL ||
           strstr(standard_name, "rainfall_amount") != NULL ||
           strstr(standard_name, "evaporation_amount") != NULL ||
           strstr(standard_name, "evapotranspiration_amount") != NULL;
}

static bool
try_kind(ut_unit *unit, int kind_i, struct netcdf_unit *out)
{
    if (!ut_are_convertible(unit, kind_unit[kind_i]))
        return false;
    cv_converter *converter = ut_get_converter(unit, kind_unit[kind_i]);
    if (converter == NULL)
        return false;
    double zero = cv_convert_double(converter, 0.0);
    double one = cv_convert_double(converter, 1.0);
    cv_free(converter);
    if (!isfinite(zero) || !isfinite(one) || one == zero)
        return false;
    *out = (struct netcdf_unit){.dimension = kind_table[kind_i].dimension,
                                .scale = tidy((one - zero) * kind_table[kind_i].scale),
                                .offset = tidy(zero * kind_table[kind_i].scale),
                                .per_interval = kind_table[kind_i].per_interval};
    return true;
}

static enum status
parse_locked(const char *text, bool amount, struct netcdf_unit *out, struct error *err)
{
    ut_unit *unit = ut_parse(unit_system, text, UT_UTF8);
    if (unit == NULL)
        return error_set(err, STATUS_INPUT, "its unit '%.60s' is not known", text);
    bool found = false;
    for (int i = 0; i < KIND_COUNT && !found; i++)
        found = try_kind(unit, i, out);
    ut_free(unit);
    if (!found)
        return error_set(err, STATUS_INPUT,
                         "its unit '%.60s' is that of no quantity used here: a rain or evaporation "
                         "rate, a temperature, a flow, a level, a salinity or a share",
                         text);
    if (out->dimension == DIMENSION_LENGTH && amount) {
        out->dimension = DIMENSION_SPEED;
        out->per_interval = true;
    }
    return STATUS_OK;
}

enum status
netcdf_unit_parse(const char *unit, const char *standard_name, const char *cell_methods,
                  struct netcdf_unit *out, struct error *err)
{
    pthread_once(&once, initialise_locked);
    if (unit_system == NULL)
        return error_set(err, STATUS_FILE, "the UDUNITS-2 unit database cannot be read");
    if (unit[0] == '\0')
        return error_set(err, STATUS_INPUT, "it has no unit; give the key 'unit'");
    udunits_lock();
    enum status status = parse_locked(unit, is_amount(standard_name, cell_methods), out, err);
    udunits_unlock();
    return status;
}
