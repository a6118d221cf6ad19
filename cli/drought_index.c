/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/catchment_input.h"
#include "cli/command.h"
#include "cli/drought.h"

#include "output/drought_index_file.h"
#include "output/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum index_kind { INDEX_SPI, INDEX_SPEI, INDEX_SSI, INDEX_SSFI, INDEX_KIND_COUNT };
static const char *const kind_names[] = {"spi", "spei", "ssi", "ssfi"};

enum column_kind { COLUMN_RAIN, COLUMN_PET, COLUMN_BALANCE, COLUMN_FLOW, COLUMN_COUNT };

/* WMO-No. 1090 (2012), section 5: at least 20 to 30 years of data, 50 to 60 are better. */
enum { YEARS_ADVISED = 30, YEARS_USUAL_LEAST = 10, YEARS_LEAST = 4 };

/* Classes of McKee et al. (1993): moderately, severely and extremely dry. */
static const double classes[] = {-1.0, -1.5, -2.0};
enum { CLASS_COUNT = 3 };

struct index_run {
    const char *path, *output_path, *fits_path, *from, *to, *reference, *date_column;
    enum index_kind kind;
    bool kind_given, distribution_given, estimator_given, zero_given, skip_unfit, quiet;
    const char *column_text[COLUMN_COUNT];
    char *column_kept[COLUMN_COUNT];
    char *reference_kept, *command;
    char source[256];
    struct drought_index index;
    struct site_series months;
};

enum {
    OPTION_DISTRIBUTION = 700,
    OPTION_ESTIMATOR,
    OPTION_REFERENCE,
    OPTION_ZEROS,
    OPTION_CLIP,
    OPTION_LEAST_YEARS,
    OPTION_SKIP,
    OPTION_FITS,
    OPTION_FROM,
    OPTION_TO,
    OPTION_DATE,
    OPTION_RAIN,
    OPTION_PET,
    OPTION_BALANCE,
    OPTION_FLOW
};

static const struct argp_option options[] = {
    {"index", 'i', "NAME", 0,
     "spi (rain), spei (rain less potential evapotranspiration), ssi or ssfi (flow)", 1},
    {"scale", 's', "LIST", 0, "months that are summed, 1 to 48, several by commas (default 1)", 1},
    {"distribution", OPTION_DISTRIBUTION, "NAME", 0,
     "gamma (default of spi), loglogistic (default of spei and ssi), pearson3, lognormal, gev, "
     "lognormal3, pareto, weibull; best: of each calendar month the nearest in L-kurtosis",
     1},
    {"estimator", OPTION_ESTIMATOR, "NAME", 0,
     "thom (default for gamma), ub-pwm (L-moments, default for the others), pp-pwm; lognormal has "
     "log-moments",
     1},
    {"reference", OPTION_REFERENCE, "PERIOD", 0,
     "years that are fitted, 1981-2010 or 1981-06/2011-05 (default: the whole record)", 1},
    {"zeros", OPTION_ZEROS, "RULE", 0,
     "probability of a sum of 0: share (McKee, default), centre (Stagge et al.), plain (default of "
     "spei: a value like any other)",
     1},
    {"clip", OPTION_CLIP, "Z", 0, "limit of the index, -Z to Z (default 3.09), or none", 1},
    {"least-years", OPTION_LEAST_YEARS, "N", 0,
     "values that a calendar month needs to be fitted (default 10)", 1},
    {"skip-unfit", OPTION_SKIP, NULL, 0,
     "leave the cells of calendar months empty that cannot be fitted, instead of stopping", 1},
    {"output", 'o', "FILE", 0, "the index as CSV (default: standard output)", 2},
    {"fits", OPTION_FITS, "FILE", 0, "the fitted distributions as CSV", 2},
    {"from", OPTION_FROM, "DATE", 0, "first month written (default: the record's)", 2},
    {"to", OPTION_TO, "DATE", 0, "last month written (default: the record's)", 2},
    {"quiet", 'q', NULL, 0, "no summary", 2},
    {"date", OPTION_DATE, "COLUMN", 0, "column of the dates (default: the first, or 'date')", 3},
    {"rain", OPTION_RAIN, "COLUMN[:UNIT]", 0, "column of the rain (P_mm; mm in the interval)", 3},
    {"pet", OPTION_PET, "COLUMN[:UNIT]", 0, "column of potential evapotranspiration (PE_mm)", 3},
    {"balance", OPTION_BALANCE, "COLUMN[:UNIT]", 0,
     "column of rain less evapotranspiration, in place of the two", 3},
    {"flow", OPTION_FLOW, "COLUMN[:UNIT]", 0, "column of the flow (Q_m3s; m3/s, hm3, mm ...)", 3},
    {0}};

static const char doc[] =
    "Standardised drought index from a CSV file of days or months, which are summed to months. "
    "Each calendar month has a distribution of its own, fitted over the reference period."
    "\vExamples:\n  nguon drought index rain.csv --index spi --scale 1,3,12 --reference 1981-2010 "
    "-o spi.csv\n  nguon drought index gauge.csv --index ssi --flow Q:m3/s --distribution best "
    "--fits fits.csv -o ssi.csv";

/* ---- options ----------------------------------------------------------------------------------
 */

static void
parse_scales(struct index_run *run, const char *text, struct argp_state *state)
{
    struct drought_index *index = &run->index;
    char copy[256], *rest = copy, *cell;
    index->scale_count = 0;
    if (strlen(text) >= sizeof copy)
        argp_error(state, "--scale: the list is too long");
    strcpy(copy, text);
    while ((cell = strsep(&rest, ",")) != NULL) {
        int scale = parse_whole("--scale", cell, 1, SCALE_MAX, state);
        for (int i = 0; i < index->scale_count; i++)
            if (index->scale[i] == scale)
                argp_error(state, "--scale: %d stands twice", scale);
        index->scale[index->scale_count++] = scale;
    }
}

static void
parse_distribution(struct index_run *run, const char *text, struct argp_state *state)
{
    const char *known[DISTRIBUTION_COUNT + 1];
    for (int i = 0; i < DISTRIBUTION_COUNT; i++)
        known[i] = distribution_name((enum distribution)i);
    known[DISTRIBUTION_COUNT] = "best";
    int place = parse_name("--distribution", text, known, DISTRIBUTION_COUNT + 1, state);
    run->distribution_given = true;
    run->index.options.choose = place == DISTRIBUTION_COUNT;
    if (place < DISTRIBUTION_COUNT)
        run->index.options.distribution = (enum distribution)place;
}

static void
parse_estimator(struct index_run *run, const char *text, struct argp_state *state)
{
    const char *known[ESTIMATOR_COUNT];
    for (int i = 0; i < ESTIMATOR_COUNT; i++)
        known[i] = estimator_name((enum estimator)i);
    run->estimator_given = true;
    run->index.options.estimator =
        (enum estimator)parse_name("--estimator", text, known, ESTIMATOR_COUNT, state);
}

static void
parse_clip(struct index_run *run, const char *text, struct argp_state *state)
{
    double *clip = &run->index.options.clip;
    *clip = strcmp(text, "none") == 0 ? index_clip_none : parse_number("--clip", text, state);
    if (!(*clip > 0.0 && *clip <= index_clip_none))
        argp_error(state, "--clip is above 0 and at most %g, or none, not '%s'", index_clip_none,
                   text);
}

/* What the index takes where the user said nothing, and what cannot be. */
static void
complete_options(struct index_run *run, struct argp_state *state)
{
    struct index_options *chosen = &run->index.options;
    if (!run->kind_given)
        argp_error(state, "no --index given: spi, spei or ssi");
    if (!run->distribution_given)
        chosen->distribution =
            run->kind == INDEX_SPI ? DISTRIBUTION_GAMMA : DISTRIBUTION_LOGLOGISTIC;
    if (!run->estimator_given)
        chosen->estimator = chosen->choose                                   ? ESTIMATOR_LMOMENTS
                            : chosen->distribution == DISTRIBUTION_GAMMA     ? ESTIMATOR_THOM
                            : chosen->distribution == DISTRIBUTION_LOGNORMAL ? ESTIMATOR_LOG_MOMENTS
                                                                             : ESTIMATOR_LMOMENTS;
    enum distribution tested = chosen->choose ? DISTRIBUTION_GEV : chosen->distribution;
    if (!estimator_suits(chosen->estimator, tested))
        argp_error(state, "--estimator %s is not made for --distribution %s",
                   estimator_name(chosen->estimator),
                   chosen->choose ? "best" : distribution_name(tested));
    if (run->kind == INDEX_SPEI && !chosen->choose &&
        (chosen->distribution == DISTRIBUTION_GAMMA ||
         chosen->distribution == DISTRIBUTION_LOGNORMAL))
        argp_error(state,
                   "spei takes a distribution that allows negative values: loglogistic, pearson3, "
                   "gev, lognormal3, pareto, weibull or best, not %s",
                   distribution_name(chosen->distribution));
    if (run->kind == INDEX_SPEI && run->zero_given && chosen->zero_rule != ZERO_PLAIN)
        argp_error(state, "--zeros: a balance of 0 is a value like any other for spei");
    if (run->kind == INDEX_SPEI)
        chosen->zero_rule = ZERO_PLAIN;
}

/* Where an option that is kept as written goes; NULL: it is none. */
static const char **
text_of(struct index_run *run, int key)
{
    switch (key) {
    case 'o':
        return &run->output_path;
    case OPTION_REFERENCE:
        return &run->reference;
    case OPTION_FITS:
        return &run->fits_path;
    case OPTION_FROM:
        return &run->from;
    case OPTION_TO:
        return &run->to;
    case OPTION_DATE:
        return &run->date_column;
    case OPTION_RAIN:
    case OPTION_PET:
    case OPTION_BALANCE:
    case OPTION_FLOW:
        return &run->column_text[key - OPTION_RAIN];
    default:
        return NULL;
    }
}

static error_t
parse_choice(int key, char *argument, struct argp_state *state)
{
    static const char *const zero_names[] = {"share", "centre", "plain"};
    struct index_run *run = state->input;
    struct index_options *chosen = &run->index.options;
    switch (key) {
    case 'i':
        run->kind =
            (enum index_kind)parse_name("--index", argument, kind_names, INDEX_KIND_COUNT, state);
        run->kind_given = true;
        return 0;
    case 's':
        parse_scales(run, argument, state);
        return 0;
    case OPTION_DISTRIBUTION:
        parse_distribution(run, argument, state);
        return 0;
    case OPTION_ESTIMATOR:
        parse_estimator(run, argument, state);
        return 0;
    case OPTION_ZEROS:
        run->zero_given = true;
        chosen->zero_rule = (enum zero_rule)parse_name("--zeros", argument, zero_names, 3, state);
        return 0;
    case OPTION_CLIP:
        parse_clip(run, argument, state);
        return 0;
    case OPTION_LEAST_YEARS:
        chosen->least_count = parse_whole("--least-years", argument, YEARS_LEAST, 1000, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct index_run *run = state->input;
    const char **text = text_of(run, key);
    if (text != NULL) {
        *text = argument;
        return 0;
    }
    switch (key) {
    case 'q':
        run->quiet = true;
        return 0;
    case OPTION_SKIP:
        run->skip_unfit = true;
        return 0;
    case ARGP_KEY_ARG:
        if (run->path != NULL)
            argp_error(state, "one input file at a time: '%s' is one too many", argument);
        run->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (run->path == NULL)
            argp_error(state, "no input file given");
        complete_options(run, state);
        return 0;
    default:
        return parse_choice(key, argument, state);
    }
}

/* ---- reading ----------------------------------------------------------------------------------
 */

/* The months of one column. */
static enum status
read_months(struct index_run *run, enum column_kind kind, struct site_series *months,
            struct error *err)
{
    static const char *const usual[] = {"P_mm", "PE_mm", "balance_mm", "Q_m3s"};
    static const char *const unit[] = {"mm", "mm", "mm", "m3/s"};
    struct site_series series = {0};
    struct site_source source = {.path = run->path,
                                 .date_column = run->date_column,
                                 .column = usual[kind],
                                 .usual_unit = unit[kind],
                                 .may_be_negative = kind == COLUMN_BALANCE};
    enum status status = STATUS_OK;
    if (run->column_text[kind] != NULL)
        split_column(run->column_text[kind], &run->column_kept[kind], &source);
    TRY(read_site(&source, &series, err));
    if (kind != COLUMN_FLOW && series.measure != SITE_DEPTH_MM)
        TRY(error_set(err, STATUS_INPUT, "%s: column '%s' must be a depth (mm, mm/d), not '%s'",
                      run->path, source.column, source.unit));
    TRY(site_series_months(&series, months, err));
out:
    site_series_finish(&series);
    return status;
}

/* Take the evapotranspiration from the rain; both come from one file and so have its months. */
static enum status
subtract(struct site_series *rain, const struct site_series *pet, struct error *err)
{
    if (rain->count != pet->count || rain->start_s[0] != pet->start_s[0])
        return error_set(err, STATUS_INPUT, "%s: columns '%s' and '%s' cover other months",
                         rain->path, rain->column, pet->column);
    for (int t = 0; t < rain->count; t++)
        rain->value[t] -= pet->value[t];
    return STATUS_OK;
}

static enum status
read_input(struct index_run *run, struct error *err)
{
    struct site_series pet = {0};
    enum status status = STATUS_OK;
    bool is_flow = run->kind == INDEX_SSI || run->kind == INDEX_SSFI;
    enum column_kind kind = is_flow ? COLUMN_FLOW : COLUMN_RAIN;
    if (run->kind == INDEX_SPEI && run->column_text[COLUMN_BALANCE] != NULL)
        kind = COLUMN_BALANCE;
    TRY(read_months(run, kind, &run->months, err));
    if (run->kind == INDEX_SPEI && kind != COLUMN_BALANCE) {
        TRY(read_months(run, COLUMN_PET, &pet, err));
        TRY(subtract(&run->months, &pet, err));
        snprintf(run->source, sizeof run->source, "rain %.80s less evapotranspiration %.80s",
                 run->months.column, pet.column);
    } else {
        snprintf(run->source, sizeof run->source, "%s %.80s",
                 is_flow                  ? "flow, volume of the month,"
                 : kind == COLUMN_BALANCE ? "balance"
                                          : "rain",
                 run->months.column);
    }
out:
    site_series_finish(&pet);
    return status;
}

/* ---- the index --------------------------------------------------------------------------------
 */

static enum status
find_periods(struct index_run *run, struct error *err)
{
    struct drought_index *index = &run->index;
    const char *from = NULL, *to = NULL;
    enum status status = STATUS_OK;
    if (run->reference != NULL)
        TRY(split_period("--reference", run->reference, &run->reference_kept, &from, &to, err));
    TRY(site_series_period(&run->months, "--reference", from, to, &index->options.reference_first,
                           &index->options.reference_last, err));
    TRY(site_series_period(&run->months, "--from/--to", run->from, run->to, &index->first,
                           &index->last, err));
out:
    return status;
}

/* Name the calendar months that could not be fitted; an error unless they may be left out. */
static enum status
check_fits(const struct index_run *run, struct error *err)
{
    static const char *const month_names[] = {"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
    const struct drought_index *index = &run->index;
    int fault_count = 0;
    int years =
        (index->options.reference_last + 1 - index->options.reference_first) / CALENDAR_MONTHS;
    for (int s = 0; s < index->scale_count; s++)
        for (int m = 0; m < CALENDAR_MONTHS; m++) {
            const struct index_fit *fit = &index->fit[s][m];
            if (fit->fitted)
                continue;
            fault_count++;
            fprintf(stderr, "%s: %s: %s_%d of %s cannot be fitted: %s\n", index->input,
                    run->skip_unfit ? "warning" : "error", index->name, index->scale[s],
                    month_names[m], fit->fault);
        }
    if (fault_count > 0 && !run->skip_unfit)
        return error_set(err, STATUS_INPUT,
                         "%d calendar months cannot be fitted: take a longer record, reference "
                         "period or scale, or leave their cells empty with --skip-unfit",
                         fault_count);
    if (years < YEARS_ADVISED)
        fprintf(stderr,
                "nguon: warning: the reference period has %d years; %d and more are advised "
                "(WMO-No. 1090)\n",
                years, YEARS_ADVISED);
    return STATUS_OK;
}

static enum status
compute(struct index_run *run, struct error *err)
{
    struct drought_index *index = &run->index;
    int count = run->months.count;
    int8_t *month = malloc((size_t)count);
    double *sum = malloc((size_t)count * sizeof *sum);
    enum status status = STATUS_OK;
    if (month == NULL || sum == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for %d months", count));
    for (int t = 0; t < count; t++)
        month[t] = (int8_t)date_from_seconds(run->months.start_s[t]).month;
    for (int s = 0; s < index->scale_count; s++) {
        struct index_options of_scale = index->options;
        of_scale.scale = index->scale[s];
        if (of_scale.scale > count)
            TRY(error_set(err, STATUS_INPUT,
                          "a scale of %d months is longer than the record of %s (%d months)",
                          of_scale.scale, run->path, count));
        index->value[s] = malloc((size_t)count * sizeof(double));
        if (index->value[s] == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for %d months", count));
        TRY(standardised_index(count, run->months.value, month, &of_scale, sum, index->value[s],
                               index->fit[s], err));
    }
    TRY(check_fits(run, err));
out:
    free(month);
    free(sum);
    return status;
}

/* ---- the summary ------------------------------------------------------------------------------
 */

static void
print_summary(const struct index_run *run)
{
    static const char *const heads[] = {"<index", "months", "missing",  "<driest",
                                        "value",  "dry %",  "severe %", "extreme %"};
    const struct drought_index *index = &run->index;
    const struct index_options *chosen = &index->options;
    char from[32], to[32];
    struct table table;
    printf("%s of %s (%s): %s by %s, reference %s to %s\n\n", index->name, index->input,
           index->source,
           chosen->choose ? "best distribution of each calendar month"
                          : distribution_name(chosen->distribution),
           estimator_name(chosen->estimator),
           site_series_date(index->months, chosen->reference_first, from, sizeof from),
           site_series_date(index->months, chosen->reference_last, to, sizeof to));
    table_init(&table, false, 8, heads);
    for (int s = 0; s < index->scale_count; s++) {
        const double *value = index->value[s];
        int driest = -1, known = 0, below[CLASS_COUNT] = {0};
        for (int t = index->first; t <= index->last; t++) {
            if (isnan(value[t]))
                continue;
            known++;
            driest = driest < 0 || value[t] < value[driest] ? t : driest;
            for (int c = 0; c < CLASS_COUNT; c++)
                below[c] += value[t] <= classes[c];
        }
        table_cell(&table, "%s_%d", index->name, index->scale[s]);
        table_cell(&table, "%d", known);
        table_cell(&table, "%d", index->last + 1 - index->first - known);
        table_cell(&table, "%s",
                   driest < 0 ? "-" : site_series_date(index->months, driest, from, sizeof from));
        table_number(&table, driest < 0 ? (double)NAN : value[driest]);
        for (int c = 0; c < CLASS_COUNT; c++)
            table_number(&table, 100.0 * below[c] / known);
    }
    table_print(&table, stdout);
}

int
drought_index(int argc, char **argv)
{
    struct argp parser = {options, parse_option, "INPUT.csv", doc, NULL, NULL, NULL};
    struct index_run *run = calloc(1, sizeof *run);
    struct error err = {0};
    enum status status = STATUS_OK;
    if (run == NULL || (run->command = join_command(argc, argv)) == NULL) {
        free(run);
        return status_exit_code(STATUS_MEMORY);
    }
    run->index.options = (struct index_options){.clip = 3.09, .least_count = YEARS_USUAL_LEAST};
    run->index.scale_count = 1;
    run->index.scale[0] = 1;
    argp_parse(&parser, argc, argv, 0, NULL, run);
    run->index.name = kind_names[run->kind];
    run->index.input = run->path;
    run->index.source = run->source;
    run->index.version = "nguon " NGUON_VERSION;
    run->index.command = run->command;
    run->index.months = &run->months;
    TRY(refuse_overwrite(run->output_path, run->path, &err));
    TRY(refuse_overwrite(run->fits_path, run->path, &err));
    TRY(read_input(run, &err));
    TRY(find_periods(run, &err));
    TRY(compute(run, &err));
    TRY(drought_index_write(run->output_path, &run->index, &err));
    if (run->fits_path != NULL)
        TRY(drought_index_write_fits(run->fits_path, &run->index, &err));
    if (run->output_path != NULL && !run->quiet)
        print_summary(run);
out:
    if (status != STATUS_OK)
        report_failure(&err);
    for (int s = 0; s < INDEX_SCALES_MAX; s++)
        free(run->index.value[s]);
    for (int i = 0; i < COLUMN_COUNT; i++)
        free(run->column_kept[i]);
    site_series_finish(&run->months);
    free(run->reference_kept);
    free(run->command);
    free(run);
    return status_exit_code(status);
}
