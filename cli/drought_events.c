/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "model/units.h"
#include "output/drought_events_file.h"
#include "output/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double mm_per_m = 1000.0;

/* Fewer events say nothing of a distribution of two parameters. */
enum { EVENTS_LEAST = 8, WINDOW_USUAL = 15, DAYS_OF_YEAR = 366 };

enum season_kind { SEASON_YEAR, SEASON_MONTH, SEASON_DAY };
static const char *const season_names[] = {"year", "month", "day"};

struct events_run {
    const char *path, *output_path, *date_column, *column_text, *reference, *threshold;
    char *column_kept, *reference_kept, *command;
    enum season_kind season;
    int window;
    bool quiet, monthly, without_fits;
    double least_severity;
    struct event_rule rule;
    enum copula_family copula;
    struct marginal duration, severity;
    struct site_series series;
    double *limit; /* [count] threshold of each step, in the unit of the amounts */
    struct drought_event *event;
    int event_count;
    char threshold_text[160];
    struct drought_frequency frequency;
    bool has_frequency;
};

enum {
    OPTION_BY = 800,
    OPTION_WINDOW,
    OPTION_REFERENCE,
    OPTION_REACH,
    OPTION_POOL_GAP,
    OPTION_POOL_RATIO,
    OPTION_LEAST_DURATION,
    OPTION_LEAST_SEVERITY,
    OPTION_DURATION,
    OPTION_SEVERITY,
    OPTION_COPULA,
    OPTION_NO_FREQUENCY,
    OPTION_DATE,
    OPTION_MONTHLY
};

static const struct argp_option options[] = {
    {"column", 'c', "COLUMN[:UNIT]", 0,
     "column of the series: an index without a unit, or a flow, volume or depth with one", 1},
    {"threshold", 't', "LIMIT", 0,
     "a number (of an index), a quantity ('12.5 m3/s', '40 mm'), or Q80: what is exceeded 80 % of "
     "the time",
     1},
    {"by", OPTION_BY, "SEASON", 0,
     "Q80 of the whole year (default), of each calendar month, or of each day with --window", 1},
    {"window", OPTION_WINDOW, "DAYS", 0, "days on either side for --by day (default 15)", 1},
    {"reference", OPTION_REFERENCE, "PERIOD", 0,
     "years that Q80 is found in, 1981-2010 (default: the whole record)", 1},
    {"monthly", OPTION_MONTHLY, NULL, 0, "sum the record to months first", 1},
    {"reach", OPTION_REACH, "Z", 0,
     "keep only events of an index that come down to Z (McKee: --threshold 0 --reach -1)", 2},
    {"pool-gap", OPTION_POOL_GAP, "N", 0, "pool events at most N steps apart (default 0: never)",
     2},
    {"pool-ratio", OPTION_POOL_RATIO, "X", 0,
     "... if the excess between is at most this share of the deficit before (default 0.1)", 2},
    {"least-duration", OPTION_LEAST_DURATION, "N", 0, "drop shorter events", 2},
    {"least-severity", OPTION_LEAST_SEVERITY, "X", 0, "drop events of a smaller severity (hm3, mm)",
     2},
    {"duration", OPTION_DURATION, "NAME", 0,
     "distribution of durations: geometric (default), exponential, gamma, lognormal, weibull ...",
     3},
    {"severity", OPTION_SEVERITY, "NAME", 0,
     "distribution of severities: gamma (default), exponential, lognormal, weibull ...", 3},
    {"copula", OPTION_COPULA, "NAME", 0,
     "gumbel, clayton, frank, independence, or best (default): the nearest to the sample", 3},
    {"no-frequency", OPTION_NO_FREQUENCY, NULL, 0, "only the events, no return periods", 3},
    {"output", 'o', "FILE", 0, "the events as CSV (default: standard output)", 4},
    {"quiet", 'q', NULL, 0, "no summary", 4},
    {"date", OPTION_DATE, "COLUMN", 0, "column of the dates (default: the first, or 'date')", 4},
    {0}};

static const char doc[] =
    "Droughts as runs below a threshold: duration, severity, intensity and inter-arrival time of "
    "each, with the return periods of its duration, its severity, both, and either."
    "\vExamples:\n  nguon drought events spi.csv --column spi_3 --threshold 0 --reach -1 -o e.csv\n"
    "  nguon drought events gauge.csv --column Q:m3/s --threshold Q80 --by day --pool-gap 5 "
    "-o e.csv";

/* ---- options ----------------------------------------------------------------------------------
 */

static void
parse_marginal(const char *option, const char *text, struct marginal *marginal,
               struct argp_state *state)
{
    const char *known[DISTRIBUTION_COUNT + 2] = {"exponential", "geometric"};
    for (int i = 0; i < DISTRIBUTION_COUNT; i++)
        known[i + 2] = distribution_name((enum distribution)i);
    int place = parse_name(option, text, known, DISTRIBUTION_COUNT + 2, state);
    *marginal = (struct marginal){.kind = (enum marginal_kind)place};
    if (place < 2)
        return;
    marginal->kind = MARGINAL_FITTED;
    marginal->distribution = (enum distribution)(place - 2);
    marginal->estimator = marginal->distribution == DISTRIBUTION_GAMMA       ? ESTIMATOR_THOM
                          : marginal->distribution == DISTRIBUTION_LOGNORMAL ? ESTIMATOR_LOG_MOMENTS
                                                                             : ESTIMATOR_LMOMENTS;
}

static error_t
parse_rule(int key, char *argument, struct argp_state *state)
{
    static const char *const copulas[] = {"gumbel", "clayton", "frank", "independence", "best"};
    struct events_run *run = state->input;
    struct event_rule *rule = &run->rule;
    switch (key) {
    case OPTION_REACH:
        rule->reach = parse_number("--reach", argument, state);
        return 0;
    case OPTION_POOL_GAP:
        rule->pool_gap = parse_whole("--pool-gap", argument, 0, 10000, state);
        return 0;
    case OPTION_POOL_RATIO:
        rule->pool_ratio = parse_number("--pool-ratio", argument, state);
        if (rule->pool_ratio < 0.0)
            argp_error(state, "--pool-ratio is 0 or more, not '%s'", argument);
        return 0;
    case OPTION_LEAST_DURATION:
        rule->least_duration = parse_whole("--least-duration", argument, 1, 100000, state);
        return 0;
    case OPTION_LEAST_SEVERITY:
        run->least_severity = parse_number("--least-severity", argument, state);
        return 0;
    case OPTION_DURATION:
        parse_marginal("--duration", argument, &run->duration, state);
        return 0;
    case OPTION_SEVERITY:
        parse_marginal("--severity", argument, &run->severity, state);
        if (run->severity.kind == MARGINAL_GEOMETRIC)
            argp_error(state, "--severity: a geometric distribution is of whole steps");
        return 0;
    case OPTION_COPULA:
        run->copula = (enum copula_family)parse_name("--copula", argument, copulas,
                                                     COPULA_FAMILY_COUNT + 1, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct events_run *run = state->input;
    switch (key) {
    case 'c':
        run->column_text = argument;
        return 0;
    case 't':
        run->threshold = argument;
        return 0;
    case 'o':
        run->output_path = argument;
        return 0;
    case 'q':
        run->quiet = true;
        return 0;
    case OPTION_BY:
        run->season = (enum season_kind)parse_name("--by", argument, season_names, 3, state);
        return 0;
    case OPTION_WINDOW:
        run->window = parse_whole("--window", argument, 0, 180, state);
        return 0;
    case OPTION_REFERENCE:
        run->reference = argument;
        return 0;
    case OPTION_MONTHLY:
        run->monthly = true;
        return 0;
    case OPTION_NO_FREQUENCY:
        run->without_fits = true;
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
        if (run->path == NULL || run->column_text == NULL || run->threshold == NULL)
            argp_error(state, "no %s given",
                       run->path == NULL          ? "input file"
                       : run->column_text == NULL ? "--column"
                                                  : "--threshold");
        return 0;
    default:
        return parse_rule(key, argument, state);
    }
}

/* ---- thresholds -------------------------------------------------------------------------------
 */

static enum status
read_input(struct events_run *run, struct error *err)
{
    struct site_source source = {
        .path = run->path, .date_column = run->date_column, .may_be_negative = true};
    struct site_series months;
    enum status status = STATUS_OK;
    split_column(run->column_text, &run->column_kept, &source);
    if (source.unit != NULL)
        source.may_be_negative = false;
    TRY(read_site(&source, &run->series, err));
    if (run->monthly) {
        TRY(site_series_months(&run->series, &months, err));
        site_series_finish(&run->series);
        run->series = months;
    }
    run->limit = malloc((size_t)run->series.count * sizeof *run->limit);
    run->event = malloc(((size_t)run->series.count / 2 + 1) * sizeof *run->event);
    if (run->limit == NULL || run->event == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the events of %s", run->path));
out:
    return status;
}

static double
length_s(const struct site_series *series, int t)
{
    return (double)(series->start_s[t + 1] - series->start_s[t]);
}

/* A threshold that is a number or a quantity. */
static enum status
set_fixed(struct events_run *run, struct error *err)
{
    const struct site_series *series = &run->series;
    struct quantity quantity;
    enum status status = quantity_parse(run->threshold, &quantity, err);
    if (status != STATUS_OK)
        return status;
    enum dimension dimension = quantity.has_unit ? quantity.unit.dimension : DIMENSION_NONE;
    bool is_rate = dimension == DIMENSION_FLOW || dimension == DIMENSION_SPEED;
    bool good = series->measure == SITE_NUMBER ? !quantity.has_unit
                : series->measure == SITE_VOLUME_M3
                    ? dimension == DIMENSION_FLOW || dimension == DIMENSION_VOLUME
                    : dimension == DIMENSION_SPEED || dimension == DIMENSION_LENGTH;
    if (!good || (is_rate && quantity.unit.basis != BASIS_SECOND))
        return error_set(err, STATUS_USAGE, "--threshold '%s' does not suit column '%s': %s",
                         run->threshold, series->column,
                         series->measure == SITE_NUMBER      ? "it has no unit, write a bare number"
                         : series->measure == SITE_VOLUME_M3 ? "write '12.5 m3/s' or '30 hm3'"
                                                             : "write '40 mm' or '2 mm/d'");
    double scale = series->measure == SITE_DEPTH_MM ? mm_per_m : 1.0;
    for (int t = 0; t < series->count; t++)
        run->limit[t] = quantity.value * scale * (is_rate ? length_s(series, t) : 1.0);
    snprintf(run->threshold_text, sizeof run->threshold_text, "%.100s", run->threshold);
    return STATUS_OK;
}

static int
season_of(const struct events_run *run, int t)
{
    struct date date = date_from_seconds(run->series.start_s[t]);
    return run->season == SEASON_YEAR    ? 0
           : run->season == SEASON_MONTH ? date.month - 1
                                         : day_of_leap_year(date.month, date.day) - 1;
}

/* A threshold from the duration curve, of rates so that months of other lengths compare. */
static enum status
set_exceeded(struct events_run *run, double exceedance, int first, int last, struct error *err)
{
    const struct site_series *series = &run->series;
    int count = series->count;
    int season_count = run->season == SEASON_YEAR ? 1 : run->season == SEASON_MONTH ? 12 : 366;
    double of_season[DAYS_OF_YEAR];
    double *rate = malloc((size_t)count * sizeof *rate);
    int *season = malloc((size_t)count * sizeof *season);
    enum status status = STATUS_OK;
    bool is_number = series->measure == SITE_NUMBER;
    if (rate == NULL || season == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the thresholds of %s", run->path));
    for (int t = 0; t < count; t++) {
        rate[t] = series->value[t] / (is_number ? 1.0 : length_s(series, t));
        season[t] = season_of(run, t);
    }
    TRY(run_thresholds(last - first + 1, rate + first, season + first, season_count,
                       run->season == SEASON_DAY ? run->window : 0, exceedance, of_season, err));
    for (int t = 0; t < count; t++) {
        run->limit[t] = of_season[season[t]] * (is_number ? 1.0 : length_s(series, t));
        if (isnan(run->limit[t])) {
            char date[32];
            TRY(error_set(err, STATUS_INPUT,
                          "the reference period has no values for the threshold of %s",
                          site_series_date(series, t, date, sizeof date)));
        }
    }
out:
    free(rate);
    free(season);
    return status;
}

static enum status
set_threshold(struct events_run *run, struct error *err)
{
    static const char *const what[] = {"the year", "each calendar month", "each day"};
    const char *from = NULL, *to = NULL;
    char first_date[32], last_date[32], *end;
    int first, last;
    enum status status = STATUS_OK;
    if (run->threshold[0] != 'Q' && run->threshold[0] != 'q')
        return set_fixed(run, err);
    double percent = strtod(run->threshold + 1, &end);
    if (run->threshold[1] == '\0' || *end != '\0' || !(percent > 0.0 && percent < 100.0))
        return error_set(err, STATUS_USAGE,
                         "--threshold '%s': write Q80 for what is exceeded 80 %% of the time",
                         run->threshold);
    if (run->season == SEASON_DAY && run->series.step > STEP_DAILY)
        return error_set(err, STATUS_USAGE, "--by day needs daily values, %s has %s", run->path,
                         step_unit(run->series.step));
    if (run->reference != NULL)
        TRY(split_period("--reference", run->reference, &run->reference_kept, &from, &to, err));
    TRY(site_series_period(&run->series, "--reference", from, to, &first, &last, err));
    TRY(set_exceeded(run, percent / 100.0, first, last, err));
    snprintf(run->threshold_text, sizeof run->threshold_text, "Q%g of %s, %s to %s", percent,
             what[run->season], site_series_date(&run->series, first, first_date, 32),
             site_series_date(&run->series, last, last_date, 32));
out:
    return status;
}

/* ---- frequency --------------------------------------------------------------------------------
 */

static enum status
fit_frequency(struct events_run *run, struct error *err)
{
    struct drought_frequency *frequency = &run->frequency;
    const struct site_series *series = &run->series;
    int count = run->event_count;
    if (count < EVENTS_LEAST) {
        fprintf(stderr, "nguon: warning: %d events are too few for return periods, %d are needed\n",
                count, EVENTS_LEAST);
        return STATUS_OK;
    }
    double *sample = malloc(2 * (size_t)count * sizeof *sample), *severity = sample + count;
    enum status status = STATUS_OK;
    if (sample == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d events", count);
    for (int e = 0; e < count; e++) {
        sample[e] = run->event[e].duration;
        severity[e] = run->event[e].severity;
    }
    *frequency = (struct drought_frequency){
        .event_count = count, .duration = run->duration, .severity = run->severity};
    frequency->interarrival = (double)(series->start_s[run->event[count - 1].first] -
                                       series->start_s[run->event[0].first]) /
                              (365.2425 * 86400.0) / (count - 1);
    struct error cause = {0};
    status = marginal_fit(&frequency->duration, count, sample, &cause);
    if (status == STATUS_INPUT)
        TRY(error_set(err, status, "the durations of %d events cannot be fitted: %s", count,
                      cause.text));
    TRY(status);
    status = marginal_fit(&frequency->severity, count, severity, &cause);
    if (status == STATUS_INPUT)
        TRY(error_set(err, status, "the severities of %d events cannot be fitted: %s", count,
                      cause.text));
    TRY(status);
    TRY(copula_fit(&frequency->copula, run->copula, count, sample, severity, err));
    if (frequency->copula.tau <= 0.0)
        fprintf(stderr,
                "nguon: warning: durations and severities do not rise together (tau %.3g): they "
                "are taken as independent\n",
                frequency->copula.tau);
    run->has_frequency = true;
out:
    free(sample);
    return status;
}

/* ---- the summary ------------------------------------------------------------------------------
 */

static void
print_levels(const struct events_run *run)
{
    static const double years[] = {2.0, 5.0, 10.0, 20.0, 50.0, 100.0};
    const struct drought_frequency *frequency = &run->frequency;
    const char *heads[] = {"T years", NULL, NULL, "T of both", "T of either"};
    char duration[40], severity[40], name[64], other[64];
    struct table table;
    snprintf(duration, sizeof duration, "duration %s", step_unit(run->series.step));
    snprintf(severity, sizeof severity, "severity %s", severity_unit(run->series.measure));
    heads[1] = duration;
    heads[2] = severity;
    printf("\nA drought every %.2f years. Durations %s, severities %s,\n%s copula of Kendall's tau "
           "%.2f. What comes once in T years on average, each by itself:\n\n",
           frequency->interarrival, marginal_name(&frequency->duration, name, sizeof name),
           marginal_name(&frequency->severity, other, sizeof other),
           copula_name(frequency->copula.family), frequency->copula.tau);
    table_init(&table, false, 5, heads);
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
        double p = 1.0 - frequency->interarrival / years[i];
        if (p <= 0.0)
            continue;
        double d = marginal_quantile(&frequency->duration, p);
        double s = marginal_quantile(&frequency->severity, p);
        struct return_periods periods = drought_return_periods(frequency, d, s);
        table_cell(&table, "%g", years[i]);
        table_number(&table, d);
        table_number(&table, s / severity_divisor(run->series.measure));
        table_number(&table, periods.both);
        table_number(&table, periods.either);
    }
    table_print(&table, stdout);
}

static void
print_summary(const struct events_run *run)
{
    double duration = 0.0, severity = 0.0, divisor = severity_divisor(run->series.measure);
    int worst = 0, longest = 0, cut_count = 0;
    char from[32], to[32];
    for (int e = 0; e < run->event_count; e++) {
        const struct drought_event *event = &run->event[e];
        duration += (double)event->duration / run->event_count;
        severity += event->severity / run->event_count / divisor;
        worst = event->severity > run->event[worst].severity ? e : worst;
        longest = event->duration > run->event[longest].duration ? e : longest;
        cut_count += event->cut;
    }
    printf("%s, column %s below %s: %d events", run->path, run->series.column, run->threshold_text,
           run->event_count);
    if (run->event_count == 0) {
        puts("");
        return;
    }
    const char *unit = run->series.measure == SITE_NUMBER ? "" : severity_unit(run->series.measure);
    printf(", %d cut by the record\nmean duration %.3f %s, mean severity %.4g %s\n", cut_count,
           duration, step_unit(run->series.step), severity, unit);
    const struct drought_event *event = &run->event[longest];
    printf("longest: %s to %s, %d %s\n",
           site_series_date(&run->series, event->first, from, sizeof from),
           site_series_date(&run->series, event->last, to, sizeof to), event->duration,
           step_unit(run->series.step));
    event = &run->event[worst];
    printf("most severe: %s to %s, %.4g %s\n",
           site_series_date(&run->series, event->first, from, sizeof from),
           site_series_date(&run->series, event->last, to, sizeof to), event->severity / divisor,
           unit);
    if (run->has_frequency)
        print_levels(run);
}

static enum status
find_events(struct events_run *run, struct error *err)
{
    enum status status = STATUS_OK;
    TRY(refuse_overwrite(run->output_path, run->path, err));
    TRY(read_input(run, err));
    TRY(set_threshold(run, err));
    run->rule.least_severity = run->least_severity * severity_divisor(run->series.measure);
    run->event_count =
        run_events(run->series.count, run->series.value, run->limit, &run->rule, run->event);
    if (!run->without_fits)
        TRY(fit_frequency(run, err));
    struct drought_events events = {.input = run->path,
                                    .version = "nguon " NGUON_VERSION,
                                    .command = run->command,
                                    .threshold_text = run->threshold_text,
                                    .series = &run->series,
                                    .rule = &run->rule,
                                    .count = run->event_count,
                                    .event = run->event,
                                    .frequency = run->has_frequency ? &run->frequency : NULL};
    TRY(drought_events_write(run->output_path, &events, err));
    if (run->output_path != NULL && !run->quiet)
        print_summary(run);
out:
    return status;
}

int
drought_events(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "INPUT.csv", doc, NULL, NULL, NULL};
    struct events_run *run = calloc(1, sizeof *run);
    struct error err = {0};
    if (run == NULL || (run->command = join_command(argc, argv)) == NULL) {
        free(run);
        return status_exit_code(STATUS_MEMORY);
    }
    run->window = WINDOW_USUAL;
    run->rule = (struct event_rule){.reach = (double)NAN, .pool_ratio = 0.1};
    run->copula = COPULA_FAMILY_COUNT;
    run->duration.kind = MARGINAL_GEOMETRIC; /* steps are whole */
    run->severity = (struct marginal){
        MARGINAL_FITTED, DISTRIBUTION_GAMMA, ESTIMATOR_THOM, 0.0, {DISTRIBUTION_GAMMA, {0.0}}, 0.0};
    argp_parse(&parser, argc, argv, 0, NULL, run);
    enum status status = find_events(run, &err);
    if (status != STATUS_OK)
        report_failure(&err);
    site_series_finish(&run->series);
    free(run->limit);
    free(run->event);
    free(run->column_kept);
    free(run->reference_kept);
    free(run->command);
    free(run);
    return status_exit_code(status);
}
