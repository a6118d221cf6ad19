/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_file.h"

#include "model/diagnostics.h"
#include "model/netcdf_classic.h"
#include "model/netcdf_private.h"

#include <errno.h>
#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- messages -------------------------------------------------------------------------------- */

enum status
netcdf_fail(const struct netcdf_variable *variable, struct error *err, enum status status,
            const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (variable->name[0] == '\0')
        return error_set(err, status, "%s: %s", variable->path, text);
    return error_set(err, status, "%s: variable '%s': %s", variable->path, variable->name, text);
}

enum status
netcdf_library_fail(const struct netcdf_variable *variable, struct error *err, int library_status,
                    const char *doing)
{
    if (library_status == NC_ENOMEM)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", variable->path);
    if (library_status > 0) /* of the system */
        return netcdf_fail(variable, err, STATUS_FILE, "%s: %s", doing, strerror(library_status));
    return netcdf_fail(variable, err, STATUS_INPUT, "%s: %s", doing, nc_strerror(library_status));
}

/* ---- attributes ------------------------------------------------------------------------------ */

bool
netcdf_text(int file_id, int variable_id, const char *attribute, char *buffer, size_t size)
{
    nc_type type;
    size_t length;
    buffer[0] = '\0';
    if (nc_inq_att(file_id, variable_id, attribute, &type, &length) != NC_NOERR || length == 0)
        return false;
    if (type == NC_STRING && length == 1) {
        char *text = NULL;
        if (nc_get_att_string(file_id, variable_id, attribute, &text) != NC_NOERR)
            return false;
        snprintf(buffer, size, "%s", text != NULL ? text : "");
        nc_free_string(1, &text);
        return true;
    }
    if (type != NC_CHAR)
        return false;
    char *text = calloc(length + 1, 1);
    bool good = text != NULL && nc_get_att_text(file_id, variable_id, attribute, text) == NC_NOERR;
    if (good)
        snprintf(buffer, size, "%s", text);
    free(text);
    return good;
}

bool
netcdf_number(int file_id, int variable_id, const char *attribute, double *out)
{
    nc_type type;
    size_t length;
    char text[NETCDF_TEXT_MAX];
    if (nc_inq_att(file_id, variable_id, attribute, &type, &length) != NC_NOERR || length == 0)
        return false;
    if (type == NC_CHAR || type == NC_STRING) {
        char *end;
        if (!netcdf_text(file_id, variable_id, attribute, text, sizeof text))
            return false;
        *out = strtod(text, &end);
        return end != text && *end == '\0';
    }
    double *value = calloc(length, sizeof *value);
    bool good =
        value != NULL && nc_get_att_double(file_id, variable_id, attribute, value) == NC_NOERR;
    if (good)
        *out = value[0];
    free(value);
    return good;
}

int
netcdf_find_variable(int file_id, const char *name, int rank, int *dimension_id)
{
    int variable_id;
    int found_rank;
    if (nc_inq_varid(file_id, name, &variable_id) != NC_NOERR ||
        nc_inq_varndims(file_id, variable_id, &found_rank) != NC_NOERR || found_rank != rank ||
        nc_inq_vardimid(file_id, variable_id, dimension_id) != NC_NOERR)
        return -1;
    return variable_id;
}

/* ---- the variable ---------------------------------------------------------------------------- */

/* Why a file could not be opened: it is no netCDF, or it is cut off. */
static enum status
open_file(struct netcdf_variable *variable, struct error *err)
{
    struct stat about;
    struct error cause = {0};
    if (stat(variable->path, &about) != 0)
        return netcdf_fail(variable, err, STATUS_INPUT, "cannot be read: %s", strerror(errno));
    if (!S_ISREG(about.st_mode))
        return netcdf_fail(variable, err, STATUS_INPUT, "this is no file");
    if (netcdf_classic_check(variable->path, &cause) != STATUS_OK)
        return netcdf_fail(variable, err, cause.status, "%s", cause.text);
    int status = nc_open(variable->path, NC_NOWRITE, &variable->file_id);
    if (status == NC_NOERR)
        return STATUS_OK;
    variable->file_id = -1;
    if (status == NC_EHDFERR)
        return netcdf_fail(
            variable, err, STATUS_INPUT,
            "the netCDF-4 file of %jd bytes cannot be read: it is cut off or damaged",
            (intmax_t)about.st_size);
    if (status == NC_ENOTNC)
        return netcdf_fail(variable, err, STATUS_INPUT, "this is no netCDF file");
    return netcdf_library_fail(variable, err, status, "cannot be opened");
}

static enum status
no_such_variable(struct netcdf_variable *variable, struct error *err)
{
    enum { LISTED_MAX = 64 };
    static const char blank[NC_MAX_NAME + 1];
    char wanted[NETCDF_TEXT_MAX];
    char names[LISTED_MAX][NETCDF_TEXT_MAX];
    const char *known[LISTED_MAX];
    int count = 0;
    int variable_count = 0;
    nc_inq_nvars(variable->file_id, &variable_count);
    for (int i = 0; i < variable_count && count < LISTED_MAX; i++) {
        char name[sizeof blank];
        if (nc_inq_varname(variable->file_id, i, name) != NC_NOERR)
            continue;
        snprintf(names[count], sizeof names[count], "%.*s", NETCDF_TEXT_MAX - 1, name);
        known[count] = names[count];
        count++;
    }
    snprintf(wanted, sizeof wanted, "%s", variable->name);
    variable->name[0] = '\0';
    const char *near = nearest_name(wanted, known, count);
    return netcdf_fail(variable, err, STATUS_INPUT, "there is no variable '%s'%s%s%s", wanted,
                       near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
                       near != NULL ? "'?)" : "");
}

static enum status
read_shape(struct netcdf_variable *variable, struct error *err)
{
    int id = variable->file_id;
    int rank;
    if (nc_inq_varid(id, variable->name, &variable->variable_id) != NC_NOERR)
        return no_such_variable(variable, err);
    int status = nc_inq_varndims(id, variable->variable_id, &rank);
    if (status != NC_NOERR)
        return netcdf_library_fail(variable, err, status, "cannot be read");
    if (rank > NETCDF_RANK_MAX)
        return netcdf_fail(variable, err, STATUS_INPUT, "it has %d dimensions; at most %d are read",
                           rank, NETCDF_RANK_MAX);
    variable->rank = rank;
    status = nc_inq_vardimid(id, variable->variable_id, variable->dimension_id);
    for (int d = 0; d < rank && status == NC_NOERR; d++)
        status = nc_inq_dimlen(id, variable->dimension_id[d], &variable->length[d]);
    if (status != NC_NOERR)
        return netcdf_library_fail(variable, err, status, "its dimensions cannot be read");
    return STATUS_OK;
}

/* The fill value that the library itself uses for a type, where the file states none. */
static bool
default_fill(nc_type type, double *out)
{
    static const struct {
        nc_type type;
        double fill;
    } table[] = {
        {NC_SHORT, NC_FILL_SHORT},   {NC_INT, NC_FILL_INT},       {NC_FLOAT, (double)NC_FILL_FLOAT},
        {NC_DOUBLE, NC_FILL_DOUBLE}, {NC_USHORT, NC_FILL_USHORT}, {NC_UINT, NC_FILL_UINT},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].type == type) {
            *out = table[i].fill;
            return true;
        }
    return false;
}

static void
add_missing(struct netcdf_variable *variable, double value)
{
    variable->missing[variable->missing_count++] =
        variable->is_single ? (double)(float)value : value;
}

/* Packing, fill values and the range that is valid (CF 1.10, sections 2.5.1 and 8.1). */
static enum status
read_packing(struct netcdf_variable *variable, struct error *err)
{
    int id = variable->file_id;
    int variable_id = variable->variable_id;
    nc_type type;
    double value;
    int status = nc_inq_vartype(id, variable_id, &type);
    if (status != NC_NOERR)
        return netcdf_library_fail(variable, err, status, "its type cannot be read");
    if (type == NC_CHAR || type == NC_STRING || type > NC_STRING)
        return netcdf_fail(variable, err, STATUS_INPUT, "it holds no numbers");
    variable->is_single = type == NC_FLOAT;
    variable->packed_scale = 1.0;
    netcdf_number(id, variable_id, "scale_factor", &variable->packed_scale);
    netcdf_number(id, variable_id, "add_offset", &variable->packed_offset);
    if (!isfinite(variable->packed_scale) || variable->packed_scale == 0.0 ||
        !isfinite(variable->packed_offset))
        return netcdf_fail(variable, err, STATUS_INPUT, "scale_factor or add_offset is no number");
    if (netcdf_number(id, variable_id, "_FillValue", &value) || default_fill(type, &value))
        add_missing(variable, value);
    if (netcdf_number(id, variable_id, "missing_value", &value))
        add_missing(variable, value);
    variable->valid_min = -INFINITY;
    variable->valid_max = INFINITY;
    netcdf_number(id, variable_id, "valid_min", &variable->valid_min);
    netcdf_number(id, variable_id, "valid_max", &variable->valid_max);
    size_t length = 0;
    double range[2];
    if (nc_inq_attlen(id, variable_id, "valid_range", &length) == NC_NOERR && length == 2 &&
        nc_get_att_double(id, variable_id, "valid_range", range) == NC_NOERR) {
        variable->valid_min = range[0];
        variable->valid_max = range[1];
    }
    return STATUS_OK;
}

/* Every dimension that is neither time nor of the grid has one entry. */
static enum status
check_other_dimensions(const struct netcdf_variable *variable, struct error *err)
{
    for (int d = 0; d < variable->rank; d++) {
        char name[NC_MAX_NAME + 1] = "";
        if (d == variable->time_d || d == variable->row_d || d == variable->column_d ||
            variable->length[d] == 1)
            continue;
        nc_inq_dimname(variable->file_id, variable->dimension_id[d], name);
        return netcdf_fail(variable, err, STATUS_INPUT,
                           "its dimension '%.60s' has %zu entries and is neither time nor a "
                           "latitude or longitude; select one entry first",
                           name, variable->length[d]);
    }
    return STATUS_OK;
}

enum status
netcdf_variable_open(const char *path, const char *name, struct netcdf_variable *out,
                     struct error *err)
{
    *out = (struct netcdf_variable){.file_id = -1, .time_d = -1, .row_d = -1, .column_d = -1};
    if (strlen(path) >= sizeof out->path || strlen(name) >= sizeof out->name)
        return error_set(err, STATUS_INPUT, "the name of file or variable is too long: %.200s",
                         path);
    snprintf(out->path, sizeof out->path, "%s", path);
    enum status status = open_file(out, err); /* the file is at fault, not a variable */
    if (status != STATUS_OK)
        return status;
    snprintf(out->name, sizeof out->name, "%s", name);
    TRY(read_shape(out, err));
    netcdf_text(out->file_id, out->variable_id, "units", out->unit, sizeof out->unit);
    netcdf_text(out->file_id, out->variable_id, "standard_name", out->standard_name,
                sizeof out->standard_name);
    netcdf_text(out->file_id, out->variable_id, "cell_methods", out->cell_methods,
                sizeof out->cell_methods);
    TRY(read_packing(out, err));
    TRY(netcdf_read_times(out, err));
    TRY(netcdf_read_grid(out, err));
    TRY(check_other_dimensions(out, err));
out:
    return status;
}

void
netcdf_variable_close(struct netcdf_variable *variable)
{
    if (variable->file_id >= 0)
        nc_close(variable->file_id);
    free(variable->grid.latitude_deg);
    free(variable->grid.longitude_deg);
    free(variable->start_s);
    free(variable->end_s);
    *variable = (struct netcdf_variable){.file_id = -1};
}

/* ---- figures --------------------------------------------------------------------------------- */

static double
unpack(const struct netcdf_variable *variable, double stored)
{
    if (!isfinite(stored) || stored < variable->valid_min || stored > variable->valid_max)
        return NAN;
    for (int i = 0; i < variable->missing_count; i++)
        if (stored == variable->missing[i])
            return NAN;
    return stored * variable->packed_scale + variable->packed_offset;
}

/* Bring figures in the file's order of dimensions into that of time, row and column. */
static void
reorder(const struct netcdf_variable *variable, const size_t *count, const ptrdiff_t *place,
        const double *stored, double *value)
{
    size_t index[NETCDF_RANK_MAX] = {0};
    ptrdiff_t to = 0;
    for (size_t i = 0;; i++) {
        value[to] = stored[i];
        int d = variable->rank - 1;
        while (d >= 0 && ++index[d] == count[d]) {
            to -= (ptrdiff_t)(count[d] - 1) * place[d];
            index[d--] = 0;
        }
        if (d < 0)
            return;
        to += place[d];
    }
}

/* Whether time, row and column stand in this order in the file. */
static bool
is_in_order(const struct netcdf_variable *variable)
{
    int row_d = variable->row_d < 0 ? variable->time_d : variable->row_d;
    int column_d = variable->column_d < 0 ? row_d : variable->column_d;
    return variable->time_d <= row_d && row_d <= column_d;
}

enum status
netcdf_read_block(const struct netcdf_variable *variable, const struct netcdf_block *block,
                  double *value, struct error *err)
{
    size_t start[NETCDF_RANK_MAX] = {0};
    size_t count[NETCDF_RANK_MAX];
    ptrdiff_t place[NETCDF_RANK_MAX]; /* distance in value of neighbours along the dimension */
    size_t total = block->time_count * block->row_count * block->column_count;
    for (int d = 0; d < variable->rank; d++) {
        count[d] = 1;
        place[d] = 1;
        if (d == variable->time_d) {
            start[d] = block->time_from;
            count[d] = block->time_count;
            place[d] = (ptrdiff_t)(block->row_count * block->column_count);
        } else if (d == variable->row_d) {
            start[d] = block->row_from;
            count[d] = block->row_count;
            place[d] = (ptrdiff_t)block->column_count;
        } else if (d == variable->column_d) {
            start[d] = block->column_from;
            count[d] = block->column_count;
        }
    }
    if (total == 0)
        return STATUS_OK;
    double *stored = is_in_order(variable) ? value : malloc(total * sizeof *stored);
    if (stored == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", variable->path);
    int status = nc_get_vara_double(variable->file_id, variable->variable_id, start, count, stored);
    if (stored != value) {
        if (status == NC_NOERR)
            reorder(variable, count, place, stored, value);
        free(stored);
    }
    if (status != NC_NOERR && status != NC_ERANGE)
        return netcdf_library_fail(variable, err, status, "its figures cannot be read");
    for (size_t i = 0; i < total; i++)
        value[i] = unpack(variable, value[i]);
    return STATUS_OK;
}
