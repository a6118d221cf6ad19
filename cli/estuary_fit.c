/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/estuary.h"

#include "model/csv.h"
#include "model/units.h"
#include "output/salt_plot.h"
#include "output/table.h"
#include "solvers/salt_fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 10000, SHOWN = 64 };

struct fit_options {
    const char *path, *distance, *salinity, *svg_path;
    char *where, *wanted; /* column, and the value its rows must have */
    double convergence_m, sea_kgm3;
};

struct fit_points {
    double x_m[POINTS_MAX], salinity_kgm3[POINTS_MAX];
    int count;
};

enum { OPTION_DISTANCE = 256, OPTION_SALINITY, OPTION_WHERE, OPTION_MOUTH, OPTION_SVG };

static const struct argp_option option_list[] = {
    {"convergence", 'a', "LENGTH", 0, "length in which the section falls to 1/e, '80 km'", 1},
    {"mouth", OPTION_MOUTH, "SALINITY", 0, "at the mouth (default: fitted with the rest)", 1},
    {"distance", OPTION_DISTANCE, "COLUMN", 0, "km from the mouth (default x_km)", 2},
    {"salinity", OPTION_SALINITY, "COLUMN", 0, "kg/m3 (default salinity_kgm3)", 2},
    {"where", OPTION_WHERE, "COLUMN=VALUE", 0, "only rows that have the value there", 2},
    {"svg", OPTION_SVG, "FILE", 0, "picture of points and profile", 2},
    {0}};

static const char doc[] =
    "Lay the steady profile of Savenije and Van der Burgh through observed salinities by least "
    "squares, and say which K the points cannot tell apart."
    "\vExample:\n  nguon estuary fit survey.csv --convergence '80 km' --where branch=Hau_River";

static void
split_where(struct fit_options *run, const char *argument, struct argp_state *state)
{
    const char *sign = strchr(argument, '=');
    if (sign == NULL || sign == argument) {
        argp_error(state, "--where is COLUMN=VALUE, not '%s'", argument);
        return;
    }
    free(run->where);
    run->where = strdup(argument);
    if (run->where == NULL)
        return;
    run->where[sign - argument] = '\0';
    run->wanted = run->where + (sign - argument) + 1;
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct fit_options *run = state->input;
    switch (key) {
    case 'a':
        run->convergence_m = parse_figure("--convergence", argument, DIMENSION_LENGTH, state);
        return 0;
    case OPTION_MOUTH:
        run->sea_kgm3 = parse_figure("--mouth", argument, DIMENSION_SALINITY, state);
        return 0;
    case OPTION_DISTANCE:
        run->distance = argument;
        return 0;
    case OPTION_SALINITY:
        run->salinity = argument;
        return 0;
    case OPTION_WHERE:
        split_where(run, argument, state);
        return 0;
    case OPTION_SVG:
        run->svg_path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (run->path != NULL)
            argp_error(state, "one file at a time: '%s' is one too many", argument);
        run->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->path == NULL)
            argp_error(state, "no file of salinities given");
        if (!(run->convergence_m > 0.0))
            argp_error(state, "--convergence is needed, and above 0");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum status
find_column(const struct csv_reader *csv, const char *path, const char *name, int *out,
            struct error *err)
{
    char shown[SHOWN];
    for (int c = 0; c < csv->cell_count; c++)
        if (strcmp(csv_cell(csv, c), name) == 0) {
            *out = c;
            return STATUS_OK;
        }
    return error_set(err, STATUS_INPUT, "%s:%d: there is no column '%s'", path, csv->row_line,
                     csv_shown(name, shown, sizeof shown));
}

static enum status
read_number(const struct csv_reader *csv, const char *path, int column, const char *name,
            double *out, struct error *err)
{
    char shown[SHOWN];
    struct error cause = {0};
    const char *text = column < csv->cell_count ? csv_cell(csv, column) : "";
    if (number_parse(text, out, &cause) == STATUS_OK)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT, "%s:%d: '%s' is '%s'; it must be a number", path,
                     csv->row_line, name, csv_shown(text, shown, sizeof shown));
}

static enum status
read_rows(struct csv_reader *csv, const struct fit_options *run, struct fit_points *points,
          struct error *err)
{
    enum status status = STATUS_OK;
    enum csv_outcome outcome = csv_next(csv);
    int x_c = -1, s_c = -1, where_c = -1;
    if (outcome != CSV_ROW)
        return error_set(err, STATUS_INPUT, "%s: %s", run->path,
                         outcome == CSV_BROKEN ? csv->problem : "the file is empty");
    TRY(find_column(csv, run->path, run->distance, &x_c, err));
    TRY(find_column(csv, run->path, run->salinity, &s_c, err));
    if (run->where != NULL)
        TRY(find_column(csv, run->path, run->where, &where_c, err));
    while ((outcome = csv_next(csv)) == CSV_ROW) {
        double x_km, salinity_kgm3;
        if (where_c >= 0 &&
            (where_c >= csv->cell_count || strcmp(csv_cell(csv, where_c), run->wanted) != 0))
            continue;
        TRY(read_number(csv, run->path, x_c, run->distance, &x_km, err));
        TRY(read_number(csv, run->path, s_c, run->salinity, &salinity_kgm3, err));
        if (points->count == POINTS_MAX)
            TRY(error_set(err, STATUS_INPUT, "%s: more than %d points", run->path, POINTS_MAX));
        points->x_m[points->count] = 1e3 * x_km;
        points->salinity_kgm3[points->count++] = salinity_kgm3;
    }
    if (outcome == CSV_BROKEN)
        status = error_set(err, STATUS_INPUT, "%s: %s", run->path, csv->problem);
out:
    return status;
}

static bool
print_fit(const struct fit_options *run, const struct fit_points *points,
          const struct salt_fit *fit)
{
    static const char *const heads[] = {"km from mouth", "observed kg/m3", "fitted kg/m3",
                                        "difference"};
    printf("%d points, convergence %.4g km: K %.2f, S0 %.4g kg/m3, intrusion length %.4g km\n",
           points->count, run->convergence_m / 1e3, fit->van_der_burgh, fit->sea_kgm3,
           fit->length_m / 1e3);
    printf("D0 A0 / Q = %.4g m; root mean square error %.3g kg/m3, NSE %.3f\n",
           fit->van_der_burgh * run->convergence_m / fit->beta, fit->rmse_kgm3, fit->nse);
    printf("K from %.2f to %.2f fits within a tenth of that error%s\n\n", fit->k_low, fit->k_high,
           fit->van_der_burgh <= salt_fit_k(0) ? "; the best lies at the edge of what is tried"
                                               : "");
    struct table table;
    table_init(&table, false, sizeof heads / sizeof *heads, heads);
    for (int i = 0; i < points->count; i++) {
        double fitted = salt_fit_salinity(fit, run->convergence_m, points->x_m[i]);
        table_number(&table, points->x_m[i] / 1e3);
        table_number(&table, points->salinity_kgm3[i]);
        table_number(&table, fitted);
        table_number(&table, fitted - points->salinity_kgm3[i]);
    }
    return table_print(&table, stdout);
}

static enum status
draw(const struct fit_options *run, const struct fit_points *points, const struct salt_fit *fit,
     struct error *err)
{
    enum { CURVE = 400 };
    double x_km[CURVE], fitted[CURVE], far_m = 0.0, point_km[POINTS_MAX];
    for (int i = 0; i < points->count; i++) {
        far_m = fmax(far_m, points->x_m[i]);
        point_km[i] = points->x_m[i] / 1e3;
    }
    for (int i = 0; i < CURVE; i++) {
        x_km[i] = 1.05e-3 * far_m * i / (CURVE - 1);
        fitted[i] = salt_fit_salinity(fit, run->convergence_m, 1e3 * x_km[i]);
    }
    const struct salt_line line = {"fitted", fitted};
    const struct salt_plot plot = {.title = run->wanted != NULL ? run->wanted : run->path,
                                   .point_count = CURVE,
                                   .x_km = x_km,
                                   .line_count = 1,
                                   .line = &line,
                                   .observed_count = points->count,
                                   .observed_x_km = point_km,
                                   .observed_kgm3 = points->salinity_kgm3};
    return salt_plot_write(run->svg_path, &plot, err);
}

int
estuary_fit(int argc, char **argv)
{
    struct fit_options run = {.distance = "x_km", .salinity = "salinity_kgm3"};
    struct argp parser = {option_list, parse_option, "CSV", doc, NULL, NULL, NULL};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    struct fit_points *points = calloc(1, sizeof *points);
    struct csv_reader csv;
    struct salt_fit fit;
    struct error err = {0};
    enum status status = STATUS_OK;
    bool is_open = points != NULL && csv_open(&csv, run.path) == CSV_ROW;
    if (points == NULL)
        TRY(error_set(&err, STATUS_MEMORY, "out of memory for the points"));
    if (!is_open)
        TRY(error_set(&err, STATUS_INPUT, "%s: %s", run.path, csv.problem));
    TRY(read_rows(&csv, &run, points, &err));
    TRY(salt_fit(points->x_m, points->salinity_kgm3, points->count, run.convergence_m, run.sea_kgm3,
                 &fit, &err));
    if (!print_fit(&run, points, &fit))
        TRY(error_set(&err, STATUS_FILE_WRITE, "the table cannot be printed"));
    if (run.svg_path != NULL)
        TRY(draw(&run, points, &fit, &err));
out:
    if (points != NULL)
        csv_close(&csv);
    free(points);
    free(run.where);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
