/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_private.h"

#include <math.h>
#include <netcdf.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_PER_DAY = 86400, TIMES_MAX = 20000000 };

bool
netcdf_is_time(int file_id, int variable_id)
{
    char text[NETCDF_TEXT_MAX];
    if (netcdf_text(file_id, variable_id, "units", text, sizeof text) &&
        strstr(text, " since ") != NULL)
        return true;
    if (netcdf_text(file_id, variable_id, "axis", text, sizeof text) && strcmp(text, "T") == 0)
        return true;
    return netcdf_text(file_id, variable_id, "standard_name", text, sizeof text) &&
           strcmp(text, "time") == 0;
}

/* The dimension of the variable whose coordinate is time; its coordinate variable. */
static int
find_time(struct netcdf_variable *variable)
{
    for (int d = 0; d < variable->rank; d++) {
        char name[NC_MAX_NAME + 1];
        int dimension_id;
        if (nc_inq_dimname(variable->file_id, variable->dimension_id[d], name) != NC_NOERR)
            continue;
        int coordinate = netcdf_find_variable(variable->file_id, name, 1, &dimension_id);
        if (coordinate < 0 || !netcdf_is_time(variable->file_id, coordinate))
            continue;
        variable->time_d = d;
        return coordinate;
    }
    return -1;
}

static enum status
read_time_unit(struct netcdf_variable *variable, int coordinate, struct netcdf_time_unit *unit,
               struct error *err)
{
    char text[NETCDF_TEXT_MAX];
    struct error cause = {0};
    enum status status = STATUS_OK;
    variable->calendar = CALENDAR_STANDARD; /* CF: the default */
    if (netcdf_text(variable->file_id, coordinate, "calendar", text, sizeof text))
        status = netcdf_calendar_parse(text, &variable->calendar, &cause);
    if (status == STATUS_OK &&
        !netcdf_text(variable->file_id, coordinate, "units", text, sizeof text))
        status = error_set(&cause, STATUS_INPUT, "the time axis has no units");
    if (status == STATUS_OK)
        status = netcdf_time_unit_parse(text, variable->calendar, unit, &cause);
    return status == STATUS_OK ? status : netcdf_fail(variable, err, status, "%s", cause.text);
}

/* The first and last instant of each figure where the file states them. */
static bool
read_bounds(struct netcdf_variable *variable, int coordinate, const struct netcdf_time_unit *unit)
{
    char name[NETCDF_TEXT_MAX];
    int dimension_id[2];
    size_t pair = 0;
    if (!netcdf_text(variable->file_id, coordinate, "bounds", name, sizeof name))
        return false;
    int bounds = netcdf_find_variable(variable->file_id, name, 2, dimension_id);
    if (bounds < 0 || nc_inq_dimlen(variable->file_id, dimension_id[1], &pair) != NC_NOERR ||
        pair != 2 || dimension_id[0] != variable->dimension_id[variable->time_d])
        return false;
    double *value = malloc(2 * (size_t)variable->time_count * sizeof *value);
    bool good = value != NULL && nc_get_var_double(variable->file_id, bounds, value) == NC_NOERR;
    for (int t = 0; good && t < variable->time_count; t++) {
        good = fabs(value[2 * t]) < 1e12 && fabs(value[2 * t + 1]) < 1e12;
        variable->start_s[t] = good ? netcdf_instant_s(unit, value[2 * t]) : 0;
        variable->end_s[t] = good ? netcdf_instant_s(unit, value[2 * t + 1]) : 0;
        good = good && variable->end_s[t] > variable->start_s[t];
    }
    free(value);
    return good;
}

static int64_t
floor_to(int64_t instant_s, int64_t length_s)
{
    int64_t rest = instant_s % length_s;
    return instant_s - (rest < 0 ? rest + length_s : rest);
}

/* First instant of the month that holds one. */
static int64_t
month_start(enum netcdf_calendar calendar, int64_t instant_s, int months_on)
{
    struct netcdf_date date =
        netcdf_date_of(calendar, floor_to(instant_s, SECONDS_PER_DAY) / SECONDS_PER_DAY);
    date.day = 1;
    date.month += months_on;
    if (date.month > 12) {
        date.month = 1;
        date.year++;
    }
    return netcdf_day_number(calendar, date) * SECONDS_PER_DAY;
}

/* The commonest distance of neighbours. */
static int64_t
usual_step(const int64_t *instant_s, int count)
{
    int64_t best = 0;
    int best_count = 0;
    for (int tried = 1; tried < count && tried < 64; tried++) {
        int64_t step = instant_s[tried] - instant_s[tried - 1];
        int found = 0;
        for (int t = 1; t < count && t < 512; t++)
            found += instant_s[t] - instant_s[t - 1] == step;
        if (found > best_count) {
            best_count = found;
            best = step;
        }
    }
    return best;
}

/*
 * Without bounds the interval follows from the spacing of the times: a figure of a day or month is
 * that of the day or month that holds its time; one of hours begins at its time, or is centred on
 * it where all times stand in the middle of whole intervals.
 */
static void
guess_bounds(struct netcdf_variable *variable)
{
    int64_t step_s = usual_step(variable->start_s, variable->time_count);
    bool monthly = step_s >= 28 * SECONDS_PER_DAY && step_s <= 31 * SECONDS_PER_DAY;
    if (step_s <= 0)
        step_s = SECONDS_PER_DAY;
    for (int t = 0; t < variable->time_count; t++) {
        int64_t instant_s = variable->start_s[t];
        if (monthly) {
            variable->start_s[t] = month_start(variable->calendar, instant_s, 0);
            variable->end_s[t] = month_start(variable->calendar, instant_s, 1);
        } else if (step_s >= SECONDS_PER_DAY) {
            variable->start_s[t] = floor_to(instant_s, SECONDS_PER_DAY);
            variable->end_s[t] = variable->start_s[t] + step_s;
        } else {
            int64_t rest = instant_s - floor_to(instant_s, step_s);
            variable->start_s[t] = instant_s - (2 * rest == step_s ? rest : 0);
            variable->end_s[t] = variable->start_s[t] + step_s;
        }
    }
}

static enum status
check_rising(const struct netcdf_variable *variable, struct error *err)
{
    for (int t = 1; t < variable->time_count; t++) {
        char before[32];
        char after[32];
        if (variable->start_s[t] >= variable->end_s[t - 1])
            continue;
        return netcdf_fail(
            variable, err, STATUS_INPUT, "its times do not rise: entry %d is of %s, entry %d of %s",
            t,
            netcdf_instant_text(variable->calendar, variable->start_s[t - 1], before,
                                sizeof before),
            t + 1,
            netcdf_instant_text(variable->calendar, variable->start_s[t], after, sizeof after));
    }
    return STATUS_OK;
}

static enum status
read_values(struct netcdf_variable *variable, int coordinate, const struct netcdf_time_unit *unit,
            struct error *err)
{
    double *value = malloc((size_t)variable->time_count * sizeof *value);
    if (value == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", variable->path);
    int status = nc_get_var_double(variable->file_id, coordinate, value);
    int bad = -1;
    for (int t = 0; status == NC_NOERR && t < variable->time_count; t++) {
        if (!(fabs(value[t]) < 1e12) && bad < 0)
            bad = t;
        variable->start_s[t] = bad < 0 ? netcdf_instant_s(unit, value[t]) : 0;
    }
    free(value);
    if (status != NC_NOERR)
        return netcdf_library_fail(variable, err, status, "its times cannot be read");
    if (bad >= 0)
        return netcdf_fail(variable, err, STATUS_INPUT, "entry %d of its time axis is no time",
                           bad + 1);
    return STATUS_OK;
}

enum status
netcdf_read_times(struct netcdf_variable *variable, struct error *err)
{
    struct netcdf_time_unit unit;
    enum status status = STATUS_OK;
    int coordinate = find_time(variable);
    if (coordinate < 0)
        return netcdf_fail(variable, err, STATUS_INPUT, "it has no time axis");
    TRY(read_time_unit(variable, coordinate, &unit, err));
    size_t count = variable->length[variable->time_d];
    if (count == 0 || count > TIMES_MAX)
        return netcdf_fail(variable, err, STATUS_INPUT,
                           "its time axis has %zu entries; 1 to %d are read", count,
                           (int)TIMES_MAX);
    variable->time_count = (int)count;
    variable->start_s = calloc(count, sizeof *variable->start_s);
    variable->end_s = calloc(count, sizeof *variable->end_s);
    if (variable->start_s == NULL || variable->end_s == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", variable->path);
    if (!read_bounds(variable, coordinate, &unit)) {
        TRY(read_values(variable, coordinate, &unit, err));
        guess_bounds(variable);
    }
    TRY(check_rising(variable, err));
out:
    return status;
}
