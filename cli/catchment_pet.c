/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include "model/csv.h"
#include "model/pet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Potential evapotranspiration, or evaporation of open water, day by day from a weather station. */

enum pet_output { OUTPUT_OUDIN, OUTPUT_HARGREAVES, OUTPUT_FAO56, OUTPUT_OPEN_WATER, OUTPUT_PAN };
static const char *const methods[] = {"oudin", "hargreaves", "fao56", "open-water", "pan", NULL};

/* Columns of the file. */
enum {
    COLUMN_MEAN,
    COLUMN_MIN,
    COLUMN_MAX,
    COLUMN_RH_MIN,
    COLUMN_RH_MAX,
    COLUMN_VAPOUR,
    COLUMN_WIND,
    COLUMN_SUN,
    COLUMN_SOLAR,
    COLUMN_GROUND,
    COLUMN_PAN,
    COLUMN_COUNT
};
static const struct {
    const char *name;
    double low, high;
} columns[COLUMN_COUNT] = {{"T_C", -90, 60},    {"Tmin_C", -90, 60}, {"Tmax_C", -90, 60},
                           {"RHmin", 0, 100},   {"RHmax", 0, 100},   {"ea_kPa", 0, 20},
                           {"wind_ms", 0, 100}, {"sun_h", 0, 24},    {"solar_MJ", 0, 60},
                           {"G_MJ", -20, 20},   {"pan_mm", 0, 60}};

enum {
    OPTION_METHOD = 256,
    OPTION_LATITUDE,
    OPTION_ALTITUDE,
    OPTION_COASTAL,
    OPTION_WIND_HEIGHT,
    OPTION_COEFFICIENT
};

struct pet_run {
    const char *path, *out_path;
    int method;
    double latitude_deg, altitude_m, wind_height_m, coefficient;
    bool coastal;
    int column[COLUMN_COUNT]; /* place in the file, -1 none */
};

static const struct argp_option options[] = {
    {"method", OPTION_METHOD, "NAME", 0, "oudin, hargreaves, fao56, open-water or pan", 1},
    {"latitude", OPTION_LATITUDE, "DEGREES", 0, "north positive; all but pan need it", 1},
    {"altitude", OPTION_ALTITUDE, "M", 0, "of the station (0)", 1},
    {"coastal", OPTION_COASTAL, NULL, 0,
     "radiation from the range of temperature with 0.19 in place of 0.16, where it is not measured",
     1},
    {"wind-height", OPTION_WIND_HEIGHT, "M", 0, "height of wind_ms above ground (2)", 1},
    {"coefficient", OPTION_COEFFICIENT, "X", 0, "of hargreaves (0.0023) or of the pan (0.7)", 1},
    {"output", 'o', "FILE", 0, "CSV file to write (default: standard output)", 1},
    {0}};

static const char doc[] =
    "Potential evapotranspiration (oudin, hargreaves, fao56: PE_mm) or evaporation of a lake "
    "(open-water, pan: E_mm) of each day of a CSV file with a column of dates and, by name, T_C, "
    "Tmin_C, Tmax_C, RHmin, RHmax (%), ea_kPa, wind_ms, sun_h, solar_MJ, G_MJ, pan_mm. What fao56 "
    "and "
    "open-water lack is replaced as in FAO paper 56: humidity from the least temperature, wind 2 "
    "m/s, "
    "radiation from the range of temperature."
    "\vExample:\n  nguon catchment pet station.csv --method fao56 --latitude 21.0 --coastal -o "
    "pe.csv";

static int
parse_method(const char *word, struct argp_state *state)
{
    for (int i = 0; methods[i] != NULL; i++)
        if (strcmp(methods[i], word) == 0)
            return i;
    argp_error(state, "--method is oudin, hargreaves, fao56, open-water or pan, not '%s'", word);
    return 0;
}

static void
check_arguments(const struct pet_run *run, struct argp_state *state)
{
    if (run->path == NULL)
        argp_error(state, "no file given");
    if (run->method < 0)
        argp_error(state, "no --method given: oudin, hargreaves, fao56, open-water or pan");
    if (run->method != OUTPUT_PAN && !(fabs(run->latitude_deg) <= 90.0))
        argp_error(state, "--method %s needs --latitude, within 90 degrees", methods[run->method]);
    if (!(run->wind_height_m >= 0.5))
        argp_error(state, "--wind-height must be 0.5 m or more");
    if (!isnan(run->coefficient) && !(run->coefficient > 0.0))
        argp_error(state, "--coefficient must be above 0");
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct pet_run *run = state->input;
    switch (key) {
    case OPTION_METHOD:
        run->method = parse_method(argument, state);
        return 0;
    case OPTION_LATITUDE:
        run->latitude_deg = parse_number("--latitude", argument, state);
        return 0;
    case OPTION_ALTITUDE:
        run->altitude_m = parse_number("--altitude", argument, state);
        return 0;
    case OPTION_COASTAL:
        run->coastal = true;
        return 0;
    case OPTION_WIND_HEIGHT:
        run->wind_height_m = parse_number("--wind-height", argument, state);
        return 0;
    case OPTION_COEFFICIENT:
        run->coefficient = parse_number("--coefficient", argument, state);
        return 0;
    case 'o':
        run->out_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (run->path != NULL)
            argp_error(state, "'%s' is one argument too many", argument);
        run->path = argument;
        return 0;
    case ARGP_KEY_END:
        check_arguments(run, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- a day -------------------------------------------------------------------------------------
 */

static const double radians_per_degree = 3.14159265358979323846 / 180.0;

/* The figures of a row, NAN where there is none. */
static enum status
read_row(const struct pet_run *run, const struct csv_reader *csv, double *value, struct error *err)
{
    char shown[64];
    for (int i = 0; i < COLUMN_COUNT; i++) {
        int place = run->column[i];
        const char *text = place >= 0 && place < csv->cell_count ? csv_cell(csv, place) : "";
        char *end;
        value[i] = text[0] == '\0' ? (double)NAN : strtod(text, &end);
        if (text[0] == '\0')
            continue;
        if (*end != '\0' || !isfinite(value[i]))
            return error_set(err, STATUS_INPUT, "%s:%d: column '%s': '%s' is no number", run->path,
                             csv->row_line, columns[i].name, csv_shown(text, shown, sizeof shown));
        if (value[i] < columns[i].low || value[i] > columns[i].high)
            return error_set(
                err, STATUS_INPUT, "%s:%d: column '%s' is %g on %s; it must be within %g and %g",
                run->path, csv->row_line, columns[i].name, value[i],
                csv_shown(csv_cell(csv, 0), shown, sizeof shown), columns[i].low, columns[i].high);
    }
    return STATUS_OK;
}

/* The weather of a day for Penman's equations, with what was measured. */
static struct pet_day
weather_of(const struct pet_run *run, const double *value, int day_of_year)
{
    double latitude_rad = run->latitude_deg * radians_per_degree;
    struct pet_day day = {.latitude_rad = latitude_rad,
                          .altitude_m = run->altitude_m,
                          .day_of_year = day_of_year,
                          .min_degC = value[COLUMN_MIN],
                          .max_degC = value[COLUMN_MAX],
                          .vapour_kPa = value[COLUMN_VAPOUR],
                          .wind_ms = value[COLUMN_WIND],
                          .solar_MJ = value[COLUMN_SOLAR],
                          .range_coefficient = run->coastal ? 0.19 : 0.16,
                          .ground_MJ = isnan(value[COLUMN_GROUND]) ? 0.0 : value[COLUMN_GROUND]};
    if (isnan(day.vapour_kPa) && !isnan(value[COLUMN_RH_MIN] + value[COLUMN_RH_MAX]))
        day.vapour_kPa = 0.005 * (pet_saturation_kPa(day.min_degC) * value[COLUMN_RH_MAX] +
                                  pet_saturation_kPa(day.max_degC) * value[COLUMN_RH_MIN]);
    if (!isnan(day.wind_ms) && (run->wind_height_m < 2.0 || run->wind_height_m > 2.0))
        day.wind_ms = pet_wind_at_2m(day.wind_ms, run->wind_height_m);
    if (isnan(day.solar_MJ) && !isnan(value[COLUMN_SUN]))
        day.solar_MJ = pet_solar_from_sunshine_MJ(latitude_rad, day_of_year, value[COLUMN_SUN]);
    return day;
}

static double
depth_of(const struct pet_run *run, const double *value, int day_of_year)
{
    double latitude_rad = run->latitude_deg * radians_per_degree;
    bool given = !isnan(run->coefficient);
    struct pet_day day = weather_of(run, value, day_of_year);
    double mean =
        isnan(value[COLUMN_MEAN]) ? 0.5 * (day.min_degC + day.max_degC) : value[COLUMN_MEAN];
    switch ((enum pet_output)run->method) {
    case OUTPUT_OUDIN:
        return pet_oudin_mm(latitude_rad, day_of_year, mean);
    case OUTPUT_HARGREAVES:
        return pet_hargreaves_mm(latitude_rad, day_of_year, day.min_degC, day.max_degC,
                                 given ? run->coefficient : 0.0023);
    case OUTPUT_FAO56:
        return pet_fao56_mm(&day);
    case OUTPUT_OPEN_WATER:
        return pet_open_water_mm(&day);
    case OUTPUT_PAN:
        break;
    }
    return pet_from_pan_mm(value[COLUMN_PAN], given ? run->coefficient : 0.7);
}

/* What the method cannot do without. */
static enum status
require_figures(const struct pet_run *run, const struct csv_reader *csv, const double *value,
                struct error *err)
{
    bool by_range = run->method != OUTPUT_OUDIN && run->method != OUTPUT_PAN;
    bool has_range = !isnan(value[COLUMN_MIN] + value[COLUMN_MAX]);
    const char *lacking = NULL;
    char shown[64];
    if (run->method == OUTPUT_PAN && isnan(value[COLUMN_PAN]))
        lacking = "pan_mm";
    else if (run->method == OUTPUT_OUDIN && isnan(value[COLUMN_MEAN]) && !has_range)
        lacking = "T_C";
    else if (by_range && !has_range)
        lacking = isnan(value[COLUMN_MIN]) ? "Tmin_C" : "Tmax_C";
    if (lacking != NULL)
        return error_set(err, STATUS_INPUT, "%s:%d: column '%s' has no value on %s", run->path,
                         csv->row_line, lacking, csv_shown(csv_cell(csv, 0), shown, sizeof shown));
    if (value[COLUMN_MIN] > value[COLUMN_MAX])
        return error_set(err, STATUS_INPUT, "%s:%d: Tmin_C, %g, is above Tmax_C, %g", run->path,
                         csv->row_line, value[COLUMN_MIN], value[COLUMN_MAX]);
    return STATUS_OK;
}

/* ---- the file ----------------------------------------------------------------------------------
 */

static enum status
find_columns(struct pet_run *run, const struct csv_reader *csv, struct error *err)
{
    static const int needed[] = {COLUMN_MEAN, COLUMN_MIN, COLUMN_MIN, COLUMN_MIN, COLUMN_PAN};
    for (int i = 0; i < COLUMN_COUNT; i++) {
        run->column[i] = -1;
        for (int k = 0; k < csv->cell_count; k++)
            if (strcmp(csv_cell(csv, k), columns[i].name) == 0)
                run->column[i] = k;
    }
    bool has_range = run->column[COLUMN_MIN] >= 0 && run->column[COLUMN_MAX] >= 0;
    int wanted = needed[run->method];
    if (wanted == COLUMN_MIN && run->column[COLUMN_MIN] >= 0)
        wanted = COLUMN_MAX;
    if (run->column[wanted] >= 0 || (run->method == OUTPUT_OUDIN && has_range))
        return STATUS_OK;
    return error_set(err, STATUS_INPUT, "%s:%d: there is no column '%s', which %s needs", run->path,
                     csv->row_line, columns[wanted].name, methods[run->method]);
}

static enum status
convert_row(const struct pet_run *run, const struct csv_reader *csv, int64_t *last_s, FILE *out,
            struct error *err)
{
    double value[COLUMN_COUNT];
    struct date date;
    char shown[64];
    enum status status = STATUS_OK;
    if (!date_parse(csv_cell(csv, 0), &date))
        return error_set(err, STATUS_INPUT, "%s:%d: '%s' is no date: write 1991-12-31", run->path,
                         csv->row_line, csv_shown(csv_cell(csv, 0), shown, sizeof shown));
    if (date_to_seconds(date) <= *last_s)
        return error_set(err, STATUS_INPUT, "%s:%d: %s does not come after the date before it",
                         run->path, csv->row_line, csv_cell(csv, 0));
    *last_s = date_to_seconds(date);
    TRY(read_row(run, csv, value, err));
    TRY(require_figures(run, csv, value, err));
    fprintf(out, "%s,%.6g\n", csv_cell(csv, 0),
            fmax(0.0, depth_of(run, value, pet_day_of_year(date))));
out:
    return status;
}

static enum status
convert(struct pet_run *run, FILE *out, struct error *err)
{
    enum status status = STATUS_OK;
    struct csv_reader csv;
    int64_t last_s = INT64_MIN;
    enum csv_outcome outcome = csv_open(&csv, run->path);
    if (outcome == CSV_ROW)
        outcome = csv_next(&csv);
    if (outcome == CSV_ROW) {
        TRY(find_columns(run, &csv, err));
        fprintf(out, "date,%s\n", run->method >= OUTPUT_OPEN_WATER ? "E_mm" : "PE_mm");
        while ((outcome = csv_next(&csv)) == CSV_ROW)
            TRY(convert_row(run, &csv, &last_s, out, err));
    }
    if (outcome != CSV_END)
        status = error_set(err, STATUS_INPUT, "%s: %s", run->path,
                           outcome == CSV_BROKEN ? csv.problem : "the file cannot be read");
out:
    csv_close(&csv);
    return status;
}

int
catchment_pet(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "WEATHER.csv", doc, NULL, NULL, NULL};
    struct pet_run run = {.method = -1,
                          .latitude_deg = (double)NAN,
                          .wind_height_m = 2.0,
                          .coefficient = (double)NAN};
    struct error err = {0};
    char *text = NULL;
    size_t size = 0;
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    FILE *out = open_memstream(&text, &size); /* a faulty file leaves no half result */
    enum status status =
        out == NULL ? error_set(&err, STATUS_MEMORY, "out of memory") : convert(&run, out, &err);
    if (out != NULL && fclose(out) != 0 && status == STATUS_OK)
        status = error_set(&err, STATUS_MEMORY, "out of memory");
    if (status == STATUS_OK) {
        FILE *file = run.out_path != NULL ? fopen(run.out_path, "w") : stdout;
        if (file == NULL || fwrite(text, 1, size, file) != size || fflush(file) != 0)
            status = error_set(&err, STATUS_FILE_WRITE, "cannot write '%s'",
                               run.out_path != NULL ? run.out_path : "standard output");
        if (file != NULL && file != stdout)
            fclose(file);
    }
    if (status != STATUS_OK)
        report_failure(&err);
    free(text);
    return status_exit_code(status);
}
