/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/drought_yield.h"
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "model/units.h"
#include "output/drought_yield_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double m3_per_hm3 = 1e6;
static const double seconds_per_year = 365.2425 * 86400.0;
static const double mean_month_days = 365.2425 / 12.0;

enum { ARRAY_COUNT = 7 };

const char *const measure_names[RELIABILITY_KIND_COUNT] = {"time", "volume", "annual", "assurance"};

enum {
    OPTION_FLOW = 900,
    OPTION_DEMAND,
    OPTION_DEAD,
    OPTION_INITIAL,
    OPTION_RELIABILITY,
    OPTION_MEASURE,
    OPTION_PATTERN,
    OPTION_EVAPORATION,
    OPTION_SURFACE,
    OPTION_EXPONENT,
    OPTION_CURVE,
    OPTION_STORAGES,
    OPTION_FROM,
    OPTION_TO,
    OPTION_DATE,
    OPTION_MONTHLY
};

static const struct argp_option options[] = {
    {"flow", OPTION_FLOW, "COLUMN[:UNIT]", 0, "column of the inflow (Q_m3s; m3/s, hm3 ...)", 1},
    {"capacity", 'c', "VOLUME", 0, "active storage, '122.3 hm3': gives its firm yields", 1},
    {"demand", OPTION_DEMAND, "FLOW", 0,
     "mean demand, '3 m3/s' or '260000 m3/d': gives the storage it needs; with --capacity, how "
     "well it is met",
     1},
    {"reliability", OPTION_RELIABILITY, "LIST", 0,
     "reliabilities (default 1,0.98,0.95,0.9,0.85,0.8)", 1},
    {"measure", OPTION_MEASURE, "NAME", 0,
     "time (share of steps, default), volume, annual (share of years without a failure), assurance "
     "(years without a failure of n + 1)",
     1},
    {"curve", OPTION_CURVE, "FILE", 0, "storage-yield-reliability curve as CSV", 1},
    {"storages", OPTION_STORAGES, "LIST", 0,
     "storages of the curve, hm3 (default: 0.05 to 3 times the inflow of a mean year)", 1},
    {"output", 'o', "FILE", 0,
     "simulation step by step as CSV: of --demand, else of the first reliability", 1},
    {"pattern", OPTION_PATTERN, "LIST", 0,
     "12 figures: demand of the months relative to each other (default: even)", 2},
    {"initial", OPTION_INITIAL, "SHARE", 0, "storage at the start, 0 to 1 (default 1: full)", 2},
    {"dead", OPTION_DEAD, "VOLUME", 0, "storage below the active one, for the surface only", 2},
    {"evaporation", OPTION_EVAPORATION, "LIST", 0,
     "evaporation less rain on the lake, mm in the month: 1 figure or 12; with --surface", 2},
    {"surface", OPTION_SURFACE, "AREA", 0, "water surface when full, '8 km2'", 2},
    {"exponent", OPTION_EXPONENT, "X", 0,
     "surface = full surface x (storage/full)^X (default 0.667)", 2},
    {"from", OPTION_FROM, "DATE", 0, "first step (default: the record's)", 3},
    {"to", OPTION_TO, "DATE", 0, "last step (default: the record's)", 3},
    {"monthly", OPTION_MONTHLY, NULL, 0, "sum the record to months first", 3},
    {"date", OPTION_DATE, "COLUMN", 0, "column of the dates (default: the first, or 'date')", 3},
    {"quiet", 'q', NULL, 0, "no tables", 3},
    {0}};

static const char doc[] =
    "What one reservoir can promise: firm yields of a storage, the storage that a demand needs, "
    "and "
    "the curve between them, by simulation under the standard operating policy and by sequent peak."
    "\vExamples:\n  nguon drought yield inflow.csv --flow Q:m3/s --capacity '122.3 hm3' --curve "
    "curve.csv\n  nguon drought yield inflow.csv --flow Q:m3/s --demand '3 m3/s' --measure annual";

/* ---- options ----------------------------------------------------------------------------------
 */

static double
parse_quantity(const char *option, const char *text, enum dimension dimension,
               struct argp_state *state)
{
    struct quantity quantity;
    struct error err = {0};
    if (quantity_parse(text, &quantity, &err) != STATUS_OK)
        argp_error(state, "%s: %s", option, err.text);
    if (!quantity.has_unit || quantity.unit.dimension != dimension ||
        quantity.unit.basis != BASIS_SECOND)
        argp_error(state, "%s: '%s' is not %s, for example '%s'", option, text,
                   dimension_name(dimension), dimension_example(dimension));
    if (!(quantity.value >= 0.0))
        argp_error(state, "%s is 0 or more, not '%s'", option, text);
    return quantity.value;
}

static void
parse_list(const char *option, const char *text, double low, double high, struct list *list,
           struct argp_state *state)
{
    char copy[512], *rest = copy, *cell;
    list->count = 0;
    if (strlen(text) >= sizeof copy)
        argp_error(state, "%s: the list is too long", option);
    strcpy(copy, text);
    while ((cell = strsep(&rest, ",")) != NULL) {
        if (list->count == LIST_MAX)
            argp_error(state, "%s: at most %d figures", option, LIST_MAX);
        double value = parse_number(option, cell, state);
        if (!(value >= low && value <= high))
            argp_error(state, "%s: each figure is from %g to %g, not '%s'", option, low, high,
                       cell);
        list->value[list->count++] = value;
    }
}

static error_t
parse_lake(int key, char *argument, struct argp_state *state)
{
    struct yield_run *run = state->input;
    switch (key) {
    case OPTION_PATTERN:
        parse_list("--pattern", argument, 0.0, 1e6, &run->pattern, state);
        if (run->pattern.count != 12)
            argp_error(state, "--pattern has 12 figures, not %d", run->pattern.count);
        return 0;
    case OPTION_INITIAL:
        run->initial_share = parse_number("--initial", argument, state);
        if (!(run->initial_share >= 0.0 && run->initial_share <= 1.0))
            argp_error(state, "--initial is from 0 to 1, not '%s'", argument);
        return 0;
    case OPTION_DEAD:
        run->dead_m3 = parse_quantity("--dead", argument, DIMENSION_VOLUME, state);
        return 0;
    case OPTION_EVAPORATION:
        parse_list("--evaporation", argument, -2000.0, 2000.0, &run->evaporation, state);
        if (run->evaporation.count != 1 && run->evaporation.count != 12)
            argp_error(state, "--evaporation has 1 figure or 12, not %d", run->evaporation.count);
        return 0;
    case OPTION_SURFACE:
        run->surface_m2 = parse_quantity("--surface", argument, DIMENSION_AREA, state);
        return 0;
    case OPTION_EXPONENT:
        run->exponent = parse_number("--exponent", argument, state);
        if (!(run->exponent >= 0.0 && run->exponent <= 1.0))
            argp_error(state, "--exponent is from 0 to 1, not '%s'", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Where an option that is kept as written goes; NULL: it is none. */
static const char **
text_of(struct yield_run *run, int key)
{
    switch (key) {
    case 'o':
        return &run->output_path;
    case OPTION_FLOW:
        return &run->column_text;
    case OPTION_CURVE:
        return &run->curve_path;
    case OPTION_FROM:
        return &run->from;
    case OPTION_TO:
        return &run->to;
    case OPTION_DATE:
        return &run->date_column;
    default:
        return NULL;
    }
}

static void
complete_options(struct yield_run *run, struct argp_state *state)
{
    if (run->path == NULL)
        argp_error(state, "no input file given");
    if (isnan(run->capacity_m3) && isnan(run->demand_m3s) && run->curve_path == NULL)
        argp_error(state, "give --capacity, --demand or --curve");
    if ((run->evaporation.count > 0) != !isnan(run->surface_m2))
        argp_error(state, "--evaporation and --surface go together");
    if (run->reliability.count == 0 && run->kind == RELIABILITY_ASSURANCE)
        run->reliability = (struct list){5, {0.95, 0.9, 0.85, 0.8, 0.75}};
    else if (run->reliability.count == 0)
        run->reliability = (struct list){6, {1.0, 0.98, 0.95, 0.9, 0.85, 0.8}};
    if (run->output_path != NULL && isnan(run->capacity_m3))
        argp_error(state, "a simulation (-o) needs --capacity");
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct yield_run *run = state->input;
    const char **text = text_of(run, key);
    if (text != NULL) {
        *text = argument;
        return 0;
    }
    switch (key) {
    case 'c':
        run->capacity_m3 = parse_quantity("--capacity", argument, DIMENSION_VOLUME, state);
        return 0;
    case 'q':
        run->quiet = true;
        return 0;
    case OPTION_DEMAND:
        run->demand_m3s = parse_quantity("--demand", argument, DIMENSION_FLOW, state);
        return 0;
    case OPTION_RELIABILITY:
        parse_list("--reliability", argument, 1e-6, 1.0, &run->reliability, state);
        return 0;
    case OPTION_STORAGES:
        parse_list("--storages", argument, 0.0, 1e6, &run->storages, state);
        return 0;
    case OPTION_MEASURE:
        run->kind = (enum reliability_kind)parse_name("--measure", argument, measure_names,
                                                      RELIABILITY_KIND_COUNT, state);
        return 0;
    case OPTION_MONTHLY:
        run->monthly = true;
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
        return parse_lake(key, argument, state);
    }
}

/* ---- the problem ------------------------------------------------------------------------------
 */

static enum status
read_inflow(struct yield_run *run, int *last, struct error *err)
{
    struct site_source source = {.path = run->path,
                                 .date_column = run->date_column,
                                 .column = "Q_m3s",
                                 .usual_unit = "m3/s"};
    struct site_series months;
    char date[32];
    enum status status = STATUS_OK;
    if (run->column_text != NULL)
        split_column(run->column_text, &run->column_kept, &source);
    TRY(read_site(&source, &run->series, err));
    if (run->series.measure != SITE_VOLUME_M3)
        TRY(error_set(err, STATUS_INPUT,
                      "%s: column '%s' must be a flow or a volume (m3/s, hm3), not '%s'", run->path,
                      source.column, source.unit));
    if (run->monthly) {
        TRY(site_series_months(&run->series, &months, err));
        site_series_finish(&run->series);
        run->series = months;
    }
    TRY(site_series_period(&run->series, "--from/--to", run->from, run->to, &run->first, last,
                           err));
    for (int t = run->first; t <= *last; t++)
        if (isnan(run->series.value[t]))
            TRY(error_set(err, STATUS_INPUT,
                          "%s:%d: the inflow is missing on %s; a simulation needs every step "
                          "(fill it, or choose a period with --from and --to)",
                          run->path, run->series.line[t],
                          site_series_date(&run->series, t, date, sizeof date)));
out:
    return status;
}

/* Demand of each step relative to an even one, and what evaporates of a full lake. */
static void
lay_out_steps(struct yield_run *run, double *share, double *depth_m)
{
    const struct site_series *series = &run->series;
    int count = run->problem.count;
    double sum = 0.0;
    for (int t = 0; t < count; t++) {
        int64_t start_s = series->start_s[run->first + t];
        double length_s = (double)(series->start_s[run->first + t + 1] - start_s);
        struct date date = date_from_seconds(start_s);
        run->year[t] = (int16_t)date.year;
        share[t] = length_s * (run->pattern.count > 0 ? run->pattern.value[date.month - 1] : 1.0);
        sum += share[t];
        double month_mm =
            run->evaporation.count == 0
                ? 0.0
                : run->evaporation.value[run->evaporation.count == 1 ? 0 : date.month - 1];
        depth_m[t] =
            1e-3 * month_mm * length_s /
            (86400.0 * (run->evaporation.count == 1 ? mean_month_days
                                                    : days_in_month(date.year, date.month)));
    }
    for (int t = 0; t < count; t++)
        share[t] *= count / sum;
}

static enum status
set_problem(struct yield_run *run, struct error *err)
{
    int last;
    enum status status = STATUS_OK;
    TRY(read_inflow(run, &last, err));
    int count = last - run->first + 1;
    run->array = calloc((size_t)ARRAY_COUNT * (size_t)count, sizeof *run->array);
    run->year = malloc((size_t)count * sizeof *run->year);
    if (run->array == NULL || run->year == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for %d steps", count));
    double *share = run->array, *depth_m = share + count, *next = depth_m + count;
    run->trace = (struct storage_trace){next, next + count, next + 2L * count, next + 3L * count,
                                        next + 4L * count};
    run->problem =
        (struct storage_problem){.count = count,
                                 .inflow_m3 = run->series.value + run->first,
                                 .share = share,
                                 .year = run->year,
                                 .capacity_m3 = isnan(run->capacity_m3) ? 0.0 : run->capacity_m3,
                                 .dead_m3 = run->dead_m3,
                                 .evaporation_m = run->evaporation.count > 0 ? depth_m : NULL,
                                 .surface_m2 = isnan(run->surface_m2) ? 0.0 : run->surface_m2,
                                 .exponent = run->exponent};
    run->problem.initial_m3 = run->initial_share * run->problem.capacity_m3;
    double pattern_sum = 0.0;
    for (int m = 0; m < run->pattern.count; m++)
        pattern_sum += run->pattern.value[m];
    if (run->pattern.count > 0 && !(pattern_sum > 0.0))
        TRY(error_set(err, STATUS_USAGE, "--pattern: all figures are 0"));
    lay_out_steps(run, share, depth_m);
    run->mean_length_s =
        (double)(run->series.start_s[last + 1] - run->series.start_s[run->first]) / count;
out:
    return status;
}

/* ---- the curve --------------------------------------------------------------------------------
 */

static enum status
write_curve(struct yield_run *run, const struct yield_source *source, struct error *err)
{
    static const double usual[] = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0};
    double inflow_m3s = mean_inflow_m3s(run), storage_m3[LIST_MAX], yield_m3s[LIST_MAX * LIST_MAX];
    int storage_count = run->storages.count;
    for (int s = 0; s < storage_count; s++)
        storage_m3[s] = run->storages.value[s] * m3_per_hm3;
    if (storage_count == 0)
        for (; storage_count < (int)(sizeof usual / sizeof *usual); storage_count++)
            storage_m3[storage_count] = usual[storage_count] * inflow_m3s * seconds_per_year;
    struct storage_problem problem = run->problem;
    for (int s = 0; s < storage_count; s++)
        for (int r = 0; r < run->reliability.count; r++) {
            double yield_m3;
            problem.capacity_m3 = storage_m3[s];
            problem.initial_m3 = run->initial_share * storage_m3[s];
            enum status status = firm_yield(&problem, run->kind, run->reliability.value[r],
                                            &run->trace, &yield_m3, err);
            if (status != STATUS_OK)
                return status;
            yield_m3s[s * run->reliability.count + r] = yield_m3 / run->mean_length_s;
        }
    struct yield_curve curve = {
        storage_count, run->reliability.count,  storage_m3, run->reliability.value, yield_m3s,
        inflow_m3s,    measure_names[run->kind]};
    return yield_curve_write(run->curve_path, source, &curve, err);
}

/* A record of n years cannot show an assurance above n/(n + 1). */
static enum status
check_assurance(const struct yield_run *run, struct error *err)
{
    int years = 0;
    for (int t = 0; t < run->problem.count; t++)
        years += t == 0 || run->year[t] != run->year[t - 1];
    double most = years / (years + 1.0);
    for (int r = 0; r < run->reliability.count && run->kind == RELIABILITY_ASSURANCE; r++)
        if (run->reliability.value[r] > most)
            return error_set(err, STATUS_INPUT,
                             "an assurance of %g is beyond a record of %d years, which shows at "
                             "most %.4g",
                             run->reliability.value[r], years, most);
    return STATUS_OK;
}

static enum status
run_yield(struct yield_run *run, struct error *err)
{
    struct yield_source source = {run->path, NULL, "nguon " NGUON_VERSION, run->command};
    enum status status = STATUS_OK;
    TRY(refuse_overwrite(run->output_path, run->path, err));
    TRY(refuse_overwrite(run->curve_path, run->path, err));
    TRY(set_problem(run, err));
    TRY(check_assurance(run, err));
    source.column = run->series.column;
    print_yield_head(run);
    if (run->curve_path != NULL)
        TRY(write_curve(run, &source, err));
    if (isnan(run->capacity_m3) && !isnan(run->demand_m3s) && !run->quiet)
        TRY(print_storages(run, err));
    if (!isnan(run->capacity_m3) && isnan(run->demand_m3s))
        TRY(print_yields(run, err));
    if (!isnan(run->capacity_m3) && !isnan(run->demand_m3s)) {
        storage_simulate(&run->problem, run->demand_m3s * run->mean_length_s, &run->trace);
        if (!run->quiet)
            TRY(print_performance(run, err));
    }
    if (run->output_path != NULL)
        TRY(yield_trace_write(run->output_path, &source, &run->series, run->first, &run->problem,
                              &run->trace, err));
out:
    return status;
}

int
drought_yield(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "INPUT.csv", doc, NULL, NULL, NULL};
    struct yield_run *run = calloc(1, sizeof *run);
    struct error err = {0};
    if (run == NULL || (run->command = join_command(argc, argv)) == NULL) {
        free(run);
        return status_exit_code(STATUS_MEMORY);
    }
    run->capacity_m3 = run->demand_m3s = run->surface_m2 = (double)NAN;
    run->initial_share = 1.0;
    run->exponent = 2.0 / 3.0; /* of a cone or pyramid on its tip */
    argp_parse(&parser, argc, argv, 0, NULL, run);
    enum status status = run_yield(run, &err);
    if (status != STATUS_OK)
        report_failure(&err);
    site_series_finish(&run->series);
    free(run->array);
    free(run->year);
    free(run->column_kept);
    free(run->command);
    free(run);
    return status_exit_code(status);
}
