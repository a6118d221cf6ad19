/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/inflow_file.h"

#include "model/netcdf_calendar.h"
#include "model/netcdf_unit.h"

#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 256 };

struct ensemble_file {
    int file, variable, time_variable;
    int time_d; /* which of the two dimensions is time */
    size_t length[2];
    char name[NC_MAX_NAME + 1];
    const char *path;
    struct diagnostics *diagnostics;
};

static enum status refuse(const struct ensemble_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum status
refuse(const struct ensemble_file *file, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    diagnostics_add(file->diagnostics, false, file->path, 0, 0, "%s", text);
    return STATUS_INPUT;
}

/* A text attribute, "" if it has none. */
static void
text_attribute(int file, int variable, const char *name, char *text)
{
    nc_type type;
    size_t length;
    text[0] = '\0';
    if (nc_inq_att(file, variable, name, &type, &length) != NC_NOERR)
        return;
    if (type == NC_CHAR && length < TEXT_MAX) {
        if (nc_get_att_text(file, variable, name, text) == NC_NOERR)
            text[length] = '\0';
    } else if (type == NC_STRING && length == 1) {
        char *string = NULL;
        if (nc_get_att_string(file, variable, name, &string) == NC_NOERR && string != NULL) {
            snprintf(text, TEXT_MAX, "%s", string);
            nc_free_string(1, &string);
        }
    }
}

/* Whether a variable has time and one more dimension; fills in where. */
static bool
is_ensemble(struct ensemble_file *file, int variable)
{
    int rank, dimension[NC_MAX_VAR_DIMS];
    if (nc_inq_varndims(file->file, variable, &rank) != NC_NOERR || rank != 2 ||
        nc_inq_vardimid(file->file, variable, dimension) != NC_NOERR)
        return false;
    for (int d = 0; d < 2; d++) {
        char name[NC_MAX_NAME + 1], units[TEXT_MAX];
        int coordinate;
        if (nc_inq_dim(file->file, dimension[d], name, &file->length[d]) != NC_NOERR)
            return false;
        if (nc_inq_varid(file->file, name, &coordinate) != NC_NOERR)
            continue;
        text_attribute(file->file, coordinate, "units", units);
        if (strstr(units, " since ") == NULL)
            continue;
        file->time_d = d;
        file->time_variable = coordinate;
        file->variable = variable;
        nc_inq_dimlen(file->file, dimension[1 - d], &file->length[1 - d]);
        nc_inq_varname(file->file, variable, file->name);
        return true;
    }
    return false;
}

static enum status
find_variable(struct ensemble_file *file, const char *name)
{
    int count = 0, found = 0, variable, match = -1;
    if (name != NULL) {
        if (nc_inq_varid(file->file, name, &variable) != NC_NOERR)
            return refuse(file, "there is no variable '%s'", name);
        if (!is_ensemble(file, variable))
            return refuse(file, "variable '%s' has not two dimensions of which one is time", name);
        return STATUS_OK;
    }
    nc_inq_nvars(file->file, &count);
    for (variable = 0; variable < count; variable++) {
        char own[NC_MAX_NAME + 1];
        nc_inq_varname(file->file, variable, own);
        if (strstr(own, "bnds") != NULL || strstr(own, "bounds") != NULL ||
            !is_ensemble(file, variable))
            continue;
        found++;
        match = variable;
    }
    if (found != 1)
        return refuse(file, "%d variables have members and a time; name one with --variable",
                      found);
    return is_ensemble(file, match) ? STATUS_OK : STATUS_INPUT;
}

static enum status
read_times(struct ensemble_file *file, struct inflow_members *out)
{
    char units[TEXT_MAX], calendar_name[TEXT_MAX];
    enum netcdf_calendar calendar = CALENDAR_STANDARD;
    struct netcdf_time_unit unit;
    struct error err = {0};
    text_attribute(file->file, file->time_variable, "units", units);
    text_attribute(file->file, file->time_variable, "calendar", calendar_name);
    if (calendar_name[0] != '\0' &&
        netcdf_calendar_parse(calendar_name, &calendar, &err) != STATUS_OK)
        return refuse(file, "%s", err.text);
    if (!netcdf_calendar_is_real(calendar))
        return refuse(file, "a forecast in the calendar '%s' has no real dates", calendar_name);
    if (netcdf_time_unit_parse(units, calendar, &unit, &err) != STATUS_OK)
        return refuse(file, "%s", err.text);
    double *value = calloc((size_t)out->time_count, sizeof *value);
    if (value == NULL)
        return STATUS_MEMORY;
    enum status status = STATUS_OK;
    if (nc_get_var_double(file->file, file->time_variable, value) != NC_NOERR)
        status = refuse(file, "the times cannot be read");
    /* day numbers of the calendar to those of the run */
    int64_t origin_s = 86400 * netcdf_day_number(calendar, (struct netcdf_date){1970, 1, 1});
    for (int t = 0; t < out->time_count && status == STATUS_OK; t++) {
        out->time_s[t] = netcdf_instant_s(&unit, value[t]) - origin_s;
        if (t > 0 && out->time_s[t] <= out->time_s[t - 1])
            status = refuse(file, "the times do not rise at number %d", t + 1);
    }
    free(value);
    return status;
}

static enum status
read_flows(struct ensemble_file *file, struct inflow_members *out)
{
    size_t times = (size_t)out->time_count, members = (size_t)out->member_count;
    char units[TEXT_MAX];
    struct netcdf_unit unit;
    struct error err = {0};
    text_attribute(file->file, file->variable, "units", units);
    if (netcdf_unit_parse(units, "", "", &unit, &err) != STATUS_OK)
        return refuse(file, "variable '%s': %s", file->name, err.text);
    if (unit.dimension != DIMENSION_FLOW)
        return refuse(file, "variable '%s' is in '%s', not a flow such as m3 s-1", file->name,
                      units);
    double *value = calloc(times * members, sizeof *value);
    if (value == NULL)
        return STATUS_MEMORY;
    enum status status = STATUS_OK;
    if (nc_get_var_double(file->file, file->variable, value) != NC_NOERR)
        status = refuse(file, "variable '%s' cannot be read", file->name);
    for (size_t m = 0; m < members && status == STATUS_OK; m++) {
        char label[32];
        snprintf(label, sizeof label, "%zu", m + 1);
        out->label[m] = strdup(label);
        if (out->label[m] == NULL)
            status = STATUS_MEMORY;
        for (size_t t = 0; t < times && status == STATUS_OK; t++) {
            double flow = value[file->time_d == 0 ? t * members + m : m * times + t];
            out->flow_m3s[m * times + t] = flow * unit.scale;
            if (!(flow >= 0.0 && flow < 1e12))
                status = refuse(file,
                                "variable '%s': member %zu, time %zu is %g; it must be a "
                                "number of at least 0",
                                file->name, m + 1, t + 1, flow);
        }
    }
    free(value);
    return status;
}

enum status
inflow_read_netcdf(const char *path, const char *name, struct inflow_members *out,
                   struct diagnostics *diagnostics)
{
    struct ensemble_file file = {.path = path, .diagnostics = diagnostics};
    *out = (struct inflow_members){0};
    int code = nc_open(path, NC_NOWRITE, &file.file);
    if (code != NC_NOERR)
        return refuse(&file, "not a netCDF file that can be read: %s", nc_strerror(code));
    enum status status = find_variable(&file, name);
    if (status == STATUS_OK && file.length[file.time_d] < 2)
        status = refuse(&file, "variable '%s' has fewer than two times", file.name);
    if (status == STATUS_OK)
        status =
            inflow_allocate(out, (int)file.length[file.time_d], (int)file.length[1 - file.time_d]);
    if (status == STATUS_OK)
        status = read_times(&file, out);
    if (status == STATUS_OK)
        status = read_flows(&file, out);
    nc_close(file.file);
    return status;
}
