/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "model/csv.h"
#include "output/synthetic_file.h"
#include "output/synthetic_report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS_USUAL = 100, YEARS_USUAL = 100, START_USUAL = 2001, WINDOW_USUAL = 7 };
enum { YEARS_FOR_BOUNDS = 2000, LAST_YEAR = 9999, MEMBERS_MAX = 1000000 };

struct generate_run {
    const char *path, *output_path, *report_path, *date_column;
    const char *site_text[FLOW_SITES_MAX];
    char *kept[FLOW_SITES_MAX]; /* texts of site_text that were split or copied */
    char *own[FLOW_SITES_MAX];  /* names found in the file */
    char *command;
    int site_count;
    bool monthly, quiet;
    struct synthetic_request request;
    struct site_series series[FLOW_SITES_MAX];
    struct synthetic_source source;
    struct synthetic_flow flow;
    struct synthetic_report report;
    struct synthetic_file file;
};

enum {
    OPTION_SITE = 1000,
    OPTION_YEARS,
    OPTION_SEED,
    OPTION_START,
    OPTION_MONTHLY,
    OPTION_WINDOW,
    OPTION_REPORT,
    OPTION_DATE,
    OPTION_LOG_MEAN,
    OPTION_LOG_SD,
    OPTION_AMPLITUDE,
    OPTION_PHASE
};

static const struct argp_option options[] = {
    {"site", OPTION_SITE, "COLUMN[:UNIT]", 0,
     "column of a site's flow (m3/s; hm3 ...), once for each site (default: all columns)", 1},
    {"method", 'm', "NAME", 0,
     "kirsch (default), par (autoregression of the months, Matalas) or knn (nearest neighbours)",
     1},
    {"members", 'n', "N", 0, "realisations (default 100)", 1},
    {"years", OPTION_YEARS, "N", 0, "years of each (default 100)", 1},
    {"seed", OPTION_SEED, "N", 0, "0 to 2^64 - 1 (default 0)", 1},
    {"start-year", OPTION_START, "YEAR", 0, "first year of the made-up calendar (default 2001)", 1},
    {"monthly", OPTION_MONTHLY, NULL, 0, "months, also from a record of days", 1},
    {"window", OPTION_WINDOW, "DAYS", 0,
     "a month's days may be copied from so many days before or after its first (default 7)", 1},
    {"log-mean", OPTION_LOG_MEAN, "X", 0, "factor of the mean of ln(m3/s)", 2},
    {"log-sd", OPTION_LOG_SD, "X", 0, "factor of the standard deviation of the logarithms", 2},
    {"amplitude", OPTION_AMPLITUDE, "X[,Y]", 0,
     "factors of the amplitudes of the year's and the half-year's harmonic", 2},
    {"phase", OPTION_PHASE, "DAYS[,DAYS]", 0, "shifts of the two harmonics, later positive", 2},
    {"output", 'o', "FILE", 0,
     "flows: CSV, or HDF5 (netCDF-4) if the name ends in .h5 or .nc, member x time x site", 3},
    {"report", OPTION_REPORT, "FILE", 0, "all statistics beside the source's, as CSV", 3},
    {"quiet", 'q', NULL, 0, "no report on the terminal", 3},
    {"date", OPTION_DATE, "COLUMN", 0, "column of the dates (default: the first, or 'date')", 3},
    {0}};

static const char doc[] =
    "Stochastic flows at one or several sites that keep the statistics of a record: season, "
    "variability, persistence, and the correlation between sites. A member is the same whatever "
    "the number of members and threads."
    "\vExample:\n  nguon drought generate gauges.csv --members 100 --years 100 --seed 1 -o s.nc "
    "--report report.csv";

/* ---- options ----------------------------------------------------------------------------------
 */

static void
parse_pair(const char *option, const char *text, double pair[2], double low, double high,
           struct argp_state *state)
{
    char copy[64], *comma;
    if (strlen(text) >= sizeof copy)
        argp_error(state, "%s takes one or two numbers, not '%s'", option, text);
    strcpy(copy, text);
    comma = strchr(copy, ',');
    if (comma != NULL)
        *comma = '\0';
    pair[0] = parse_number(option, copy, state);
    pair[1] = comma != NULL ? parse_number(option, comma + 1, state) : pair[0];
    for (int i = 0; i < 2; i++)
        if (!(pair[i] >= low && pair[i] <= high))
            argp_error(state, "%s is from %g to %g, not '%s'", option, low, high, text);
}

static uint64_t
parse_seed(const char *text, struct argp_state *state)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0)
        argp_error(state, "--seed takes a whole number from 0 to 2^64 - 1, not '%s'", text);
    return value;
}

static error_t
parse_change(int key, char *argument, struct argp_state *state)
{
    struct generate_run *run = state->input;
    struct monsoon_change *change = &run->request.change;
    double pair[2];
    switch (key) {
    case OPTION_LOG_MEAN:
        parse_pair("--log-mean", argument, pair, 0.0, 10.0, state);
        change->log_mean = pair[0];
        return 0;
    case OPTION_LOG_SD:
        parse_pair("--log-sd", argument, pair, 0.0, 10.0, state);
        change->log_sd = pair[0];
        return 0;
    case OPTION_AMPLITUDE:
        parse_pair("--amplitude", argument, change->amplitude, 0.0, 10.0, state);
        return 0;
    case OPTION_PHASE:
        parse_pair("--phase", argument, change->phase_days, -183.0, 183.0, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void
complete_options(const struct generate_run *run, struct argp_state *state)
{
    const struct synthetic_request *request = &run->request;
    if (run->path == NULL)
        argp_error(state, "no input file given");
    if (run->output_path == NULL && run->report_path == NULL)
        argp_error(state, "give -o for the flows, --report for their statistics, or both");
    if (request->start_year + request->year_count - 1 > LAST_YEAR)
        argp_error(state, "%d years from %d on go beyond the year %d: take more members of fewer",
                   request->year_count, request->start_year, LAST_YEAR);
}

static error_t
parse_count(int key, char *argument, struct argp_state *state)
{
    struct generate_run *run = state->input;
    struct synthetic_request *request = &run->request;
    switch (key) {
    case 'n':
        request->member_count = parse_whole("--members", argument, 1, MEMBERS_MAX, state);
        return 0;
    case OPTION_YEARS:
        request->year_count = parse_whole("--years", argument, 2, 8000, state);
        return 0;
    case OPTION_START:
        request->start_year = parse_whole("--start-year", argument, 1600, LAST_YEAR, state);
        return 0;
    case OPTION_WINDOW:
        request->window_days = parse_whole("--window", argument, 0, 30, state);
        return 0;
    case OPTION_SEED:
        request->seed = parse_seed(argument, state);
        return 0;
    default:
        return parse_change(key, argument, state);
    }
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    static const char *const methods[FLOW_METHOD_COUNT] = {"kirsch", "par", "knn"};
    struct generate_run *run = state->input;
    switch (key) {
    case OPTION_SITE:
        if (run->site_count == FLOW_SITES_MAX)
            argp_error(state, "at most %d sites", FLOW_SITES_MAX);
        run->site_text[run->site_count++] = argument;
        return 0;
    case 'm':
        run->request.method =
            (enum flow_method)parse_name("--method", argument, methods, FLOW_METHOD_COUNT, state);
        return 0;
    case 'o':
        run->output_path = argument;
        return 0;
    case 'q':
        run->quiet = true;
        return 0;
    case OPTION_MONTHLY:
        run->monthly = true;
        return 0;
    case OPTION_REPORT:
        run->report_path = argument;
        return 0;
    case OPTION_DATE:
        run->date_column = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (run->path != NULL)
            argp_error(state, "one input file at a time: '%s' is one too many", argument);
        run->path = argument;
        return 0;
    case ARGP_KEY_END:
        complete_options(run, state);
        return 0;
    default:
        return parse_count(key, argument, state);
    }
}

/* ---- the record -------------------------------------------------------------------------------
 */

/* All columns of the file but that of the dates. */
static enum status
list_columns(struct generate_run *run, struct error *err)
{
    struct csv_reader csv;
    enum status status = STATUS_OK;
    if (csv_open(&csv, run->path) != CSV_ROW || csv_next(&csv) != CSV_ROW)
        TRY(error_set(err, STATUS_INPUT, "%s: cannot be read: %s", run->path,
                      csv.problem[0] != '\0' ? csv.problem : "it is empty"));
    for (int i = 0; i < csv.cell_count; i++) {
        const char *name = csv_cell(&csv, i);
        bool is_date = run->date_column != NULL ? strcmp(name, run->date_column) == 0 : i == 0;
        if (is_date)
            continue;
        if (run->site_count == FLOW_SITES_MAX)
            TRY(error_set(err, STATUS_INPUT, "%s: more than %d columns: name the sites with --site",
                          run->path, FLOW_SITES_MAX));
        run->own[run->site_count] = strdup(name);
        if (run->own[run->site_count] == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory"));
        run->site_text[run->site_count] = run->own[run->site_count];
        run->site_count++;
    }
    if (run->site_count == 0)
        TRY(error_set(err, STATUS_INPUT, "%s: there is no column of flows", run->path));
out:
    csv_close(&csv);
    return status;
}

static enum status
read_sites(struct generate_run *run, struct error *err)
{
    enum status status = STATUS_OK;
    if (run->site_count == 0)
        TRY(list_columns(run, err));
    for (int s = 0; s < run->site_count; s++) {
        struct site_source source = {
            .path = run->path, .date_column = run->date_column, .usual_unit = "m3/s"};
        split_column(run->site_text[s], &run->kept[s], &source);
        TRY(read_site(&source, &run->series[s], err));
        if (run->series[s].measure != SITE_VOLUME_M3)
            TRY(error_set(err, STATUS_INPUT,
                          "%s: column '%s' must be a flow or a volume (m3/s, hm3), not '%s'",
                          run->path, source.column, source.unit));
        for (int other = 0; other < s; other++)
            if (strcmp(run->series[other].column, run->series[s].column) == 0)
                TRY(error_set(err, STATUS_USAGE, "--site %s stands twice", run->series[s].column));
    }
    TRY(synthetic_source_init(&run->source, run->site_count, run->series, err));
    run->request.daily = !run->monthly && run->source.day_count > 0;
out:
    return status;
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static void
print_head(const struct generate_run *run)
{
    const struct synthetic_request *request = &run->request;
    if (run->flow.floored_count > 0)
        fprintf(stderr,
                "nguon: warning: %d months without flow count as half of their site's least flow\n",
                run->flow.floored_count);
    if (run->flow.repaired_count > 0)
        fprintf(stderr,
                "nguon: warning: %d matrices of correlations were not positive definite (the "
                "record is short for them) and were repaired\n",
                run->flow.repaired_count);
    if (run->quiet)
        return;
    printf("%s: %d site%s, %d to %d; method %s, %d members of %d years of %s, seed %llu\n\n",
           run->path, run->source.site_count, run->source.site_count == 1 ? "" : "s",
           run->source.first_year, run->source.first_year + run->source.year_count - 1,
           flow_method_name(request->method), request->member_count, request->year_count,
           request->daily ? "days" : "months", (unsigned long long)request->seed);
    if ((long)request->member_count * request->year_count < YEARS_FOR_BOUNDS)
        printf("%ld years are few for the bounds, which hold for %d and more.\n\n",
               (long)request->member_count * request->year_count, YEARS_FOR_BOUNDS);
}

static enum status
generate(struct generate_run *run, struct error *err)
{
    const struct synthetic_label label = {run->path, "nguon " NGUON_VERSION, run->command};
    bool has_file = run->output_path != NULL;
    enum status status = STATUS_OK;
    TRY(refuse_overwrite(run->output_path, run->path, err));
    TRY(refuse_overwrite(run->report_path, run->path, err));
    TRY(read_sites(run, err));
    if (has_file)
        status = synthetic_file_open(&run->file, run->output_path, &run->flow, &run->source,
                                     &run->request, &label, err);
    if (status == STATUS_OK)
        status = synthetic_flow_generate(&run->flow, &run->source, &run->request,
                                         has_file ? synthetic_file_add : NULL, &run->file, err);
    if (has_file) {
        enum status closed = synthetic_file_close(&run->file, status == STATUS_OK, err);
        status = status == STATUS_OK ? closed : status;
    }
    TRY(status);
    print_head(run);
    TRY(synthetic_report_make(&run->report, &run->source, &run->request, &run->flow, err));
    if (run->report_path != NULL)
        TRY(synthetic_report_write(run->report_path, &run->report, &run->source, &run->request,
                                   &label, err));
    if (!run->quiet)
        synthetic_report_print(&run->report, &run->source, &run->request, &run->flow);
out:
    return status;
}

int
drought_generate(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "INPUT.csv", doc, NULL, NULL, NULL};
    struct generate_run *run = calloc(1, sizeof *run);
    struct error err = {0};
    if (run == NULL || (run->command = join_command(argc, argv)) == NULL) {
        free(run);
        return status_exit_code(STATUS_MEMORY);
    }
    run->request = (struct synthetic_request){.change = monsoon_unchanged,
                                              .member_count = MEMBERS_USUAL,
                                              .year_count = YEARS_USUAL,
                                              .start_year = START_USUAL,
                                              .window_days = WINDOW_USUAL};
    argp_parse(&parser, argc, argv, 0, NULL, run);
    enum status status = generate(run, &err);
    if (status != STATUS_OK)
        report_failure(&err);
    synthetic_report_finish(&run->report);
    synthetic_flow_finish(&run->flow);
    synthetic_source_finish(&run->source);
    for (int s = 0; s < FLOW_SITES_MAX; s++) {
        site_series_finish(&run->series[s]);
        free(run->kept[s]);
        free(run->own[s]);
    }
    free(run->command);
    free(run);
    return status_exit_code(status);
}
