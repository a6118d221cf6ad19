/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"

#include "output/table.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Runoff coefficient and shares of the months of a gauged catchment, and the `inflow: {generate:}`
 * that they give a catchment without a gauge.
 */

enum { OPTION_RAIN_HERE = 256, OPTION_CSV, YEARS_MAX = 400 };

struct coefficient_run {
    struct catchment_input input;
    double rain_here_mm; /* NAN: that of the gauged catchment */
    bool csv;
    struct catchment_series flow, rain;
};

static const struct argp_option options[] = {
    {"rain-here", OPTION_RAIN_HERE, "MM", 0,
     "mean annual rain of the catchment without a gauge (default: that of the gauged one)", 1},
    {"csv", OPTION_CSV, NULL, 0, "comma-separated values in full precision", 1},
    {0}};

static const char doc[] =
    "Runoff coefficient, shares of the months and variation of the years of a gauged catchment, "
    "from "
    "its rain (--rain) and flow (--flow), by whole calendar years; and the lines of a basin file "
    "that give them to a catchment without a gauge."
    "\vExample:\n  nguon catchment coefficient gauge.csv --rain-here 2100";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct coefficient_run *run = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &run->input;
        return 0;
    case OPTION_RAIN_HERE:
        run->rain_here_mm = parse_number("--rain-here", argument, state);
        if (!(run->rain_here_mm > 0.0))
            argp_error(state, "--rain-here must be above 0");
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case ARGP_KEY_ARG:
        if (run->input.request.path != NULL)
            argp_error(state, "'%s' is one argument too many", argument);
        run->input.request.path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->input.request.path == NULL)
            argp_error(state, "no file given");
        if (run->input.model != NULL)
            argp_error(state, "there is no model in it");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- years -------------------------------------------------------------------------------------
 */

/* A calendar year with both figures in every step. */
struct gauged_year {
    int year;
    double rain_mm[12], flow_mm[12];
};

struct gauged_years {
    int count, left_out; /* years that are not whole */
    struct gauged_year year[YEARS_MAX];
};

static enum status
read_column(struct catchment_series *series, struct catchment_request request,
            struct catchment_source source, struct error *err)
{
    struct diagnostics diagnostics;
    request.needs_weather = false;
    request.needs_flow = true;
    request.flow = source;
    diagnostics_init(&diagnostics);
    enum status status = catchment_series_read(series, &request, &diagnostics);
    if (status != STATUS_OK)
        error_set(err, status, "%d fault%s in %s", diagnostics.error_count,
                  diagnostics.error_count == 1 ? "" : "s", request.path);
    print_faults(&diagnostics);
    return status;
}

/* Sums of the months of the years that are whole; both series have the same steps. */
static void
sum_years(const struct coefficient_run *run, int from, int count, struct gauged_years *years)
{
    const struct catchment_series *flow = &run->flow;
    double covered_s = 0.0;
    struct gauged_year sum = {.year = INT32_MIN};
    for (int t = from; t <= from + count; t++) {
        bool at_end = t == from + count;
        struct date date = date_from_seconds(flow->start_s[t]);
        if (at_end || date.year != sum.year) {
            double year_s = (is_leap_year(sum.year) ? 366.0 : 365.0) * 86400.0;
            bool whole = covered_s >= year_s - 0.5;
            if (whole && years->count < YEARS_MAX)
                years->year[years->count++] = sum;
            else if (sum.year != INT32_MIN)
                years->left_out++;
            sum = (struct gauged_year){.year = date.year};
            covered_s = 0.0;
        }
        if (at_end || isnan(flow->flow_mm[t]) || isnan(run->rain.flow_mm[t]))
            continue;
        covered_s += (double)(flow->start_s[t + 1] - flow->start_s[t]);
        sum.flow_mm[date.month - 1] += flow->flow_mm[t];
        sum.rain_mm[date.month - 1] += run->rain.flow_mm[t];
    }
}

/* What the years have in common. */
struct fitted {
    double rain_mm, flow_mm; /* of a mean year */
    double coefficient, least, most;
    double cv, lag1;
    double month_rain_mm[12], month_flow_mm[12];
};

/* Correlation of a month with the one before, the mean and the deviation of each month taken out.
 */
static double
month_correlation(const struct gauged_years *years)
{
    double *value = malloc(((size_t)years->count * 12 + 1) * sizeof *value);
    size_t count = (size_t)years->count * 12;
    double lag1 = (double)NAN;
    if (value == NULL)
        return lag1;
    for (int m = 0; m < 12; m++) {
        for (int y = 0; y < years->count; y++)
            value[12 * y + m] = years->year[y].flow_mm[m];
        double mean = gsl_stats_mean(value + m, 12, (size_t)years->count);
        double sd = years->count > 1 ? gsl_stats_sd(value + m, 12, (size_t)years->count) : 0.0;
        for (int y = 0; y < years->count; y++)
            value[12 * y + m] = sd > 0.0 ? (value[12 * y + m] - mean) / sd : 0.0;
    }
    if (years->count > 2)
        lag1 = gsl_stats_correlation(value, 1, value + 1, 1, count - 1);
    free(value);
    return lag1;
}

static void
fit(const struct gauged_years *years, struct fitted *fitted)
{
    double flow_mm[YEARS_MAX];
    *fitted = (struct fitted){.least = (double)INFINITY, .most = -(double)INFINITY};
    for (int y = 0; y < years->count; y++) {
        double rain_mm = 0.0;
        flow_mm[y] = 0.0;
        for (int m = 0; m < 12; m++) {
            flow_mm[y] += years->year[y].flow_mm[m];
            rain_mm += years->year[y].rain_mm[m];
            fitted->month_flow_mm[m] += years->year[y].flow_mm[m] / years->count;
            fitted->month_rain_mm[m] += years->year[y].rain_mm[m] / years->count;
        }
        fitted->rain_mm += rain_mm / years->count;
        fitted->flow_mm += flow_mm[y] / years->count;
        fitted->least = fmin(fitted->least, flow_mm[y] / rain_mm);
        fitted->most = fmax(fitted->most, flow_mm[y] / rain_mm);
    }
    fitted->coefficient = fitted->flow_mm / fitted->rain_mm;
    fitted->cv = years->count > 1 ? gsl_stats_sd(flow_mm, 1, (size_t)years->count) / fitted->flow_mm
                                  : (double)NAN;
    fitted->lag1 = month_correlation(years);
}

/* ---- output ------------------------------------------------------------------------------------
 */

static bool
print_months(const struct fitted *fitted, bool csv)
{
    static const char *const heads[] = {"month", "rain mm", "flow mm", "share of the year %",
                                        "flow / rain %"};
    struct table table;
    table_init(&table, csv, 5, heads);
    for (int m = 0; m < 12; m++) {
        table_cell(&table, "%d", m + 1);
        table_number(&table, fitted->month_rain_mm[m]);
        table_number(&table, fitted->month_flow_mm[m]);
        table_percent(&table, fitted->month_flow_mm[m] / fitted->flow_mm);
        table_percent(&table, fitted->month_flow_mm[m] / fitted->month_rain_mm[m]);
    }
    return table_print(&table, stdout);
}

/* Shares in hundredths of a per cent that sum to 100 %. */
static void
print_shares(const struct fitted *fitted)
{
    int rest = 10000;
    double left_mm = fitted->flow_mm;
    for (int m = 0; m < 12; m++) {
        int share = left_mm > 0.0 ? (int)lround(rest * fitted->month_flow_mm[m] / left_mm) : 0;
        if (m == 11)
            share = rest;
        printf("%s%.2f", m > 0 ? ", " : "", 0.01 * share);
        rest -= share;
        left_mm -= fitted->month_flow_mm[m];
    }
}

static void
print_lines(const struct fitted *fitted, double rain_here_mm)
{
    printf("\ninflow: {generate: {mean: %.0f mm/year, cv: %.2f, lag1: %.2f,\n  monthly: [",
           fitted->coefficient * rain_here_mm, isnan(fitted->cv) ? 0.3 : fitted->cv,
           isnan(fitted->lag1) || fitted->lag1 < 0.0 ? 0.0 : fmin(fitted->lag1, 0.99));
    print_shares(fitted);
    printf("]}}\n");
}

static enum status
print_fit(const struct coefficient_run *run, const struct gauged_years *years, struct error *err)
{
    struct fitted fitted;
    fit(years, &fitted);
    if (!(fitted.rain_mm > 0.0) || !(fitted.flow_mm > 0.0))
        return error_set(err, STATUS_INPUT, "%s: the whole years have no %s",
                         run->input.request.path, fitted.rain_mm > 0.0 ? "flow" : "rain");
    double rain_here_mm = isnan(run->rain_here_mm) ? fitted.rain_mm : run->rain_here_mm;
    if (!run->csv) {
        printf("%d whole years from %d to %d", years->count, years->year[0].year,
               years->year[years->count - 1].year);
        printf(years->left_out > 0 ? ", %d not whole left out\n" : "\n", years->left_out);
        printf("rain %.0f mm/year, flow %.0f mm/year: runoff coefficient %.3f (%.2f to %.2f by "
               "year)\n",
               fitted.rain_mm, fitted.flow_mm, fitted.coefficient, fitted.least, fitted.most);
        printf("variation of the years %.2f, correlation of a month with the one before %.2f\n\n",
               fitted.cv, fitted.lag1);
    }
    if (!print_months(&fitted, run->csv))
        return error_set(err, STATUS_MEMORY, "out of memory for the table");
    if (!run->csv) {
        if (fitted.coefficient > 1.0)
            fprintf(stderr,
                    "nguon: more flows off than it rains: are the units, or --area, right?\n");
        print_lines(&fitted, rain_here_mm);
    }
    return STATUS_OK;
}

int
catchment_coefficient(int argc, char **argv)
{
    const struct argp_child children[] = {{&catchment_argp, 0, NULL, 2}, {0}};
    struct argp parser = {options, parse_option, "INPUT.csv", doc, children, NULL, NULL};
    struct coefficient_run run = {.rain_here_mm = (double)NAN};
    struct catchment_period period = {0};
    struct error err = {0};
    enum status status = STATUS_OK;
    struct gauged_years *years = calloc(1, sizeof *years);
    catchment_input_init(&run.input);
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    struct catchment_request request = run.input.request;
    if (years == NULL)
        TRY(error_set(&err, STATUS_MEMORY, "out of memory for the years"));
    request.any_step = true;
    TRY(read_column(&run.flow, request, run.input.request.flow, &err));
    request.any_step = false;
    request.step = run.flow.step;
    TRY(read_column(&run.rain, request, run.input.request.rain, &err));
    if (run.rain.count != run.flow.count || run.rain.start_s[0] != run.flow.start_s[0])
        TRY(error_set(&err, STATUS_INPUT, "%s: rain and flow do not have the same steps",
                      run.input.request.path));
    TRY(catchment_period_find(&run.flow, run.input.from, run.input.to, 0, &period, &err));
    sum_years(&run, period.first, period.count, years);
    if (years->count == 0)
        TRY(error_set(&err, STATUS_INPUT,
                      "%s: no calendar year has rain and flow in every step of it",
                      run.input.request.path));
    TRY(print_fit(&run, years, &err));
out:
    if (status != STATUS_OK)
        report_failure(&err);
    free(years);
    catchment_series_finish(&run.flow);
    catchment_series_finish(&run.rain);
    catchment_input_finish(&run.input);
    return status_exit_code(status);
}
