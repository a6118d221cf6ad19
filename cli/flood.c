/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "cli/flood_input.h"
#include "output/table.h"
#include "solvers/lmoments.h"

#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Flood frequency: peaks by return period from the largest flows of years, and those of a class. */

struct flood_options {
    const char *peaks_path, *class, *classes_path;
    bool csv;
};

enum { OPTION_CLASS = 256, OPTION_CLASSES, OPTION_CSV, DISTRIBUTIONS = 4, PERIODS = 10 };

static const struct argp_option option_list[] = {
    {"class", OPTION_CLASS, "NAME", 0, "also the design and check floods of a class of dams", 1},
    {"dam-classes", OPTION_CLASSES, "FILE", 0, "table of the classes (default: the program's)", 1},
    {"csv", OPTION_CSV, NULL, 0, "tables as CSV", 1},
    {0}};

static const char doc[] =
    "Print flood peaks by return period, fitted to the largest flows of years (the last column of "
    "a CSV file) by L-moments: Pearson III, GEV, Gumbel, and log-normal."
    "\vExample:\n  nguon flood peaks.csv --class II";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct flood_options *run = state->input;
    switch (key) {
    case OPTION_CLASS:
        run->class = argument;
        return 0;
    case OPTION_CLASSES:
        run->classes_path = argument;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "file of peaks", &run->peaks_path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int
compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* One return period, a column a distribution; what cannot be fitted is "-". */
static void
put_period(struct table *table, const char *name, double years, const double *peak, int count)
{
    table_cell(table, "%s%g", name, years);
    for (int d = 0; d < DISTRIBUTIONS; d++) {
        double value;
        enum status status =
            flood_peak((enum flood_distribution)d, count, peak, years, &value, NULL);
        table_number(table, status == STATUS_OK ? value : NAN);
    }
}

static enum status
print_floods(const struct flood_options *run, struct error *err)
{
    static const double periods[PERIODS] = {2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000};
    static double peak[FLOOD_YEARS_MAX];
    const char *const heads[] = {"<return period, years", "pearson3", "gev", "gumbel",
                                 "log_normal"};
    struct dam_class class = {0};
    struct table table;
    double first;
    int count;
    enum status status = STATUS_OK;
    TRY(flood_read_peaks(run->peaks_path, peak, &count, err));
    TRY(flood_peak(FLOOD_GUMBEL, count, peak, 2.0, &first, err)); /* too few, or all alike */
    if (run->class != NULL)
        TRY(flood_read_class(run->classes_path, run->class, &class, err));
    qsort(peak, (size_t)count, sizeof *peak, compare_doubles);
    struct lmoments moments = lmoments_of_sorted(peak, count, PWM_UNBIASED);
    if (!run->csv)
        printf("%d years, largest %g; L-moments: mean %.6g, L-scale %.6g, L-skewness %.4f, "
               "L-kurtosis %.4f\n\n",
               count, peak[count - 1], moments.mean, moments.l_scale, moments.skew,
               moments.kurtosis);
    table_init(&table, run->csv, 1 + DISTRIBUTIONS, heads);
    for (int i = 0; i < PERIODS; i++)
        put_period(&table, "", periods[i], peak, count);
    if (run->class != NULL) {
        put_period(&table, "design flood: ", class.design_years, peak, count);
        put_period(&table, "check flood: ", class.check_years, peak, count);
    }
    if (!table_print(&table, stdout))
        return error_set(err, STATUS_FILE_WRITE, "the table cannot be printed");
    if (run->class != NULL && strcmp(class.flag, "S") != 0 && !run->csv)
        printf("\nThe return periods of class %s are flagged '%s': confirm them before use.\n",
               run->class, class.flag);
out:
    return status;
}

int
command_flood(int argc, char **argv)
{
    struct flood_options run = {0};
    struct argp parser = {option_list, parse_option, "PEAKS.csv", doc, NULL, NULL, NULL};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    return print_floods(&run, &err) == STATUS_OK ? 0 : report_failure(&err);
}
