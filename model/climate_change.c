/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_change.h"

#include "solvers/quantile_mapping.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_YEARS = 30, YEAR_MIN = 1600, YEAR_MAX = 9999, TEXT_MAX = 24 };

/* A factor outside these says more of a nearly dry month than of the climate. */
static const double factor_min = 0.2;
static const double factor_max = 5.0;

bool
year_span_parse(const char *text, struct year_span *out)
{
    int first = 0;
    int last = 0;
    int length = 0;
    if (!isdigit((unsigned char)text[0]) || sscanf(text, "%4d%n", &first, &length) != 1)
        return false;
    last = first;
    if (text[length] == '-' && isdigit((unsigned char)text[length + 1])) {
        int more = 0;
        if (sscanf(text + length + 1, "%4d%n", &last, &more) != 1)
            return false;
        length += 1 + more;
    }
    if (text[length] != '\0' || first < YEAR_MIN || last > YEAR_MAX || last < first)
        return false;
    *out = (struct year_span){first, last};
    return true;
}

static int64_t
year_start_s(int year)
{
    return date_to_seconds((struct date){.year = year, .month = 1, .day = 1});
}

struct year_span
record_whole_years(const struct record *record)
{
    struct year_span years = {0, 0};
    if (record->count == 0)
        return years;
    struct date first = date_from_seconds(record->start_s[0]);
    struct date last = date_from_seconds(record->start_s[record->count] - 1);
    years.first = first.year + (record->start_s[0] > year_start_s(first.year));
    years.last = last.year - (record->start_s[record->count] < year_start_s(last.year + 1));
    if (years.last < years.first)
        years = (struct year_span){0, 0};
    return years;
}

/* First interval that begins at the instant or later. */
static int
find_interval(const struct record *record, int64_t instant_s)
{
    int low = 0;
    int high = record->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (record->start_s[middle] < instant_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The intervals [from, to) of whole years, all with a figure. */
static enum status
find_years(const struct record *record, struct year_span years, int *from, int *to,
           struct error *err)
{
    char first[TEXT_MAX];
    char last[TEXT_MAX];
    if (record->count == 0 || record->start_s[0] > year_start_s(years.first) ||
        record->start_s[record->count] < year_start_s(years.last + 1))
        return error_set(
            err, STATUS_INPUT, "the record covers %s to %s, not the years %d to %d",
            record->count == 0
                ? "nothing"
                : date_format(date_from_seconds(record->start_s[0]), false, first, sizeof first),
            record->count == 0 ? "nothing"
                               : date_format(date_from_seconds(record->start_s[record->count] - 1),
                                             false, last, sizeof last),
            years.first, years.last);
    *from = find_interval(record, year_start_s(years.first));
    *to = find_interval(record, year_start_s(years.last + 1));
    for (int i = *from; i < *to; i++)
        if (isnan(record->value[i]))
            return error_set(err, STATUS_INPUT, "the record has no value on %s",
                             date_format_short(record->start_s[i], first, sizeof first));
    return STATUS_OK;
}

/* ---- means and deltas ------------------------------------------------------------------------ */

enum status
climate_monthly_means(const struct record *record, struct year_span years, double mean[12],
                      struct error *err)
{
    int from;
    int to;
    double length_s[12] = {0};
    double sum[12] = {0};
    enum status status = find_years(record, years, &from, &to, err);
    if (status != STATUS_OK)
        return status;
    for (int i = from; i < to; i++) {
        int month_i = date_from_seconds(record->start_s[i]).month - 1;
        double interval_s = (double)(record->start_s[i + 1] - record->start_s[i]);
        sum[month_i] += record->value[i] * interval_s;
        length_s[month_i] += interval_s;
    }
    for (int month_i = 0; month_i < 12; month_i++)
        mean[month_i] = sum[month_i] / length_s[month_i];
    return STATUS_OK;
}

void
climate_delta(bool ratio, const double before[12], const double after[12],
              const double observed[12], double nearly_dry, struct monthly_change *out)
{
    out->ratio = ratio;
    for (int m = 0; m < 12; m++) {
        if (!ratio) {
            out->change[m] = after[m] - before[m];
            continue;
        }
        double factor = after[m] / before[m];
        if (before[m] < nearly_dry)
            factor = observed[m] > 0.0 ? (observed[m] + after[m] - before[m]) / observed[m] : 1.0;
        out->change[m] = factor < factor_min   ? factor_min
                         : factor > factor_max ? factor_max
                                               : factor;
    }
}

/* ---- records of years ------------------------------------------------------------------------ */

static enum status
allocate_record(struct record *record, enum step_kind step, int count, struct error *err)
{
    *record = (struct record){.step = step, .count = count};
    record->start_s = malloc(((size_t)count + 1) * sizeof *record->start_s);
    record->value = malloc(((size_t)count + 1) * sizeof *record->value);
    record->line = calloc((size_t)count + 1, sizeof *record->line);
    if (record->start_s != NULL && record->value != NULL && record->line != NULL)
        return STATUS_OK;
    record_finish(record);
    return error_set(err, STATUS_MEMORY, "out of memory for a record");
}

enum status
record_copy(const struct record *record, struct record *out, struct error *err)
{
    enum status status = allocate_record(out, record->step, record->count, err);
    if (status != STATUS_OK)
        return status;
    memcpy(out->value, record->value, (size_t)record->count * sizeof *out->value);
    memcpy(out->start_s, record->start_s, ((size_t)record->count + 1) * sizeof *out->start_s);
    out->filled_count = record->filled_count;
    return STATUS_OK;
}

enum status
record_of_years(const struct record *record, struct year_span years, struct record *out,
                struct error *err)
{
    int from;
    int to;
    *out = (struct record){0};
    enum status status = find_years(record, years, &from, &to, err);
    if (status == STATUS_OK)
        status = allocate_record(out, record->step, to - from, err);
    if (status != STATUS_OK)
        return status;
    memcpy(out->value, record->value + from, (size_t)(to - from) * sizeof *out->value);
    memcpy(out->start_s, record->start_s + from, ((size_t)(to - from) + 1) * sizeof *out->start_s);
    return STATUS_OK;
}

static int
month_number(struct date date)
{
    return 12 * date.year + date.month - 1;
}

static int
month_length(int month)
{
    return days_in_month(month / 12, month % 12 + 1);
}

static int64_t
month_start_s(int month)
{
    return date_to_seconds((struct date){.year = month / 12, .month = month % 12 + 1, .day = 1});
}

/* Intervals of a step in a month. */
static int
intervals_of_month(enum step_kind step, int month)
{
    if (step == STEP_MONTHLY)
        return 1;
    if (step == STEP_TENDAY)
        return 3;
    return month_length(month) * (step == STEP_HOURLY ? 24 : 1);
}

/* Days, each hour of the day on its own, or ten days and months as a whole. */
static void
move_month(enum month_rule rule, enum step_kind step, const double *from, int from_month,
           double *to, int to_month)
{
    double old_day[31];
    double new_day[31];
    int from_days = month_length(from_month);
    int to_days = month_length(to_month);
    int per_day = step == STEP_HOURLY ? 24 : 1;
    if (step == STEP_MONTHLY || step == STEP_TENDAY) {
        int count = intervals_of_month(step, from_month);
        for (int i = 0; i < count; i++) {
            bool last = i == count - 1; /* only the last ten days differ in length */
            int before = step == STEP_TENDAY ? from_days - 20 : from_days;
            int after = step == STEP_TENDAY ? to_days - 20 : to_days;
            double ratio = rule != MONTH_STATE && last ? (double)before / after : 1.0;
            to[i] = from[i] * ratio;
        }
        return;
    }
    for (int hour = 0; hour < per_day; hour++) {
        for (int day = 0; day < from_days; day++)
            old_day[day] = from[day * per_day + hour];
        month_days_move(rule, old_day, from_days, new_day, to_days);
        for (int day = 0; day < to_days; day++)
            to[day * per_day + hour] = new_day[day];
    }
}

enum status
record_shift_years(const struct record *record, enum month_rule rule, int years, struct record *out,
                   struct error *err)
{
    *out = (struct record){0};
    if (record->count == 0)
        return error_set(err, STATUS_INPUT, "the record is empty");
    struct date first = date_from_seconds(record->start_s[0]);
    struct date last = date_from_seconds(record->start_s[record->count] - 1);
    int from_month = month_number(first);
    int month_count = month_number(last) - from_month + 1;
    int count = 0;
    if (record->start_s[0] != month_start_s(from_month) ||
        record->start_s[record->count] != month_start_s(from_month + month_count))
        return error_set(err, STATUS_INPUT, "the record does not begin and end with a month");
    if (first.year + years < YEAR_MIN || last.year + years > YEAR_MAX)
        return error_set(err, STATUS_INPUT, "the record cannot be moved by %d years", years);
    for (int m = 0; m < month_count; m++)
        count += intervals_of_month(record->step, from_month + 12 * years + m);
    enum status status = allocate_record(out, record->step, count, err);
    if (status != STATUS_OK)
        return status;
    const double *from = record->value;
    double *to = out->value;
    for (int m = from_month; m < from_month + month_count; m++) {
        move_month(rule, record->step, from, m, to, m + 12 * years);
        from += intervals_of_month(record->step, m);
        to += intervals_of_month(record->step, m + 12 * years);
    }
    out->start_s[0] = month_start_s(from_month + 12 * years);
    for (int i = 0; i < count; i++) {
        int64_t start_s = out->start_s[i];
        out->start_s[i + 1] =
            start_s + (record->step == STEP_HOURLY ? 3600
                       : record->step == STEP_DAILY
                           ? 86400
                           : period_length_s(record->step, date_from_seconds(start_s)));
    }
    return STATUS_OK;
}

/* ---- quantile methods ------------------------------------------------------------------------ */

/* Figures of one calendar month in some years. */
struct month_sample {
    double *value;
    int *interval; /* of the record each stands at */
    int count;
};

/* One correction while it is made. */
struct correcting {
    const struct climate_correction *correction;
    struct month_sample observed, historical, future;
    double *mapped;
    const struct record *future_record;
    struct record *out;
    int out_from; /* interval of future_record that is the first of out */
    struct error *err;
};

static bool
allocate_sample(struct month_sample *sample, const struct record *record)
{
    sample->value = malloc(((size_t)record->count + 1) * sizeof *sample->value);
    sample->interval = malloc(((size_t)record->count + 1) * sizeof *sample->interval);
    return sample->value != NULL && sample->interval != NULL;
}

static void
collect(struct month_sample *sample, const struct record *record, struct year_span years, int month)
{
    int from = find_interval(record, year_start_s(years.first));
    int to = find_interval(record, year_start_s(years.last + 1));
    sample->count = 0;
    for (int i = from; i < to; i++)
        if (date_from_seconds(record->start_s[i]).month == month) {
            sample->value[sample->count] = record->value[i];
            sample->interval[sample->count++] = i;
        }
}

/* Correct one month of one block. Only the years of `wanted` are kept. */
static enum status
correct_month(struct correcting *work, struct year_span block, struct year_span wanted, int month)
{
    const struct climate_correction *correction = work->correction;
    struct quantile_mapping mapping = correction->ratio ? quantile_mapping_rain(correction->trace)
                                                        : quantile_mapping_difference();
    collect(&work->future, work->future_record, block, month);
    mapping.key = correction->key;
    /* streams of three samples each, apart for each month and block */
    mapping.key.variable += 4u * (uint32_t)(month + 12 * (block.first - correction->period.first));
    struct sample observed = {work->observed.value, work->observed.count};
    struct sample historical = {work->historical.value, work->historical.count};
    struct sample future = {work->future.value, work->future.count};
    enum status status =
        correction->method == CLIMATE_QUANTILE_DELTA
            ? quantile_delta_map(&mapping, observed, historical, future, work->mapped, work->err)
            : quantile_map(&mapping, observed, historical, future, work->mapped, work->err);
    for (int i = 0; status == STATUS_OK && i < work->future.count; i++) {
        int interval = work->future.interval[i];
        if (work->future_record->start_s[interval] >= year_start_s(wanted.first))
            work->out->value[interval - work->out_from] = work->mapped[i];
    }
    return status;
}

static enum status
correct_months(struct correcting *work, const struct record *observed,
               const struct record *historical)
{
    const struct climate_correction *correction = work->correction;
    for (int month = 1; month <= 12; month++) {
        collect(&work->observed, observed, correction->reference, month);
        collect(&work->historical, historical, correction->reference, month);
        for (int year = correction->period.first; year <= correction->period.last;
             year += BLOCK_YEARS) {
            struct year_span wanted = {year, year + BLOCK_YEARS - 1};
            if (wanted.last > correction->period.last)
                wanted.last = correction->period.last;
            struct year_span block = wanted;
            if (block.first > correction->period.first)
                block.first = block.last - BLOCK_YEARS + 1;
            enum status status = correct_month(work, block, wanted, month);
            if (status != STATUS_OK)
                return status;
        }
    }
    return STATUS_OK;
}

/* Records of one step that cover the years they are used for. */
static enum status
check_records(const struct climate_correction *correction, const struct record *observed,
              const struct record *historical, const struct record *future, struct error *err)
{
    const struct {
        const char *name;
        const struct record *record;
        struct year_span years;
    } table[] = {{"the observations", observed, correction->reference},
                 {"the model's past", historical, correction->reference},
                 {"the model's future", future, correction->period}};
    if (observed->step != historical->step || observed->step != future->step)
        return error_set(err, STATUS_INPUT,
                         "observations and model differ in their step; both must be hourly, daily "
                         "or monthly");
    for (int i = 0; i < 3; i++) {
        int from;
        int to;
        struct error cause = {0};
        enum status status = find_years(table[i].record, table[i].years, &from, &to, &cause);
        if (status != STATUS_OK)
            return error_set(err, status, "%s: %s", table[i].name, cause.text);
    }
    return STATUS_OK;
}

enum status
climate_correct(const struct climate_correction *correction, const struct record *observed,
                const struct record *historical, const struct record *future, struct record *out,
                struct error *err)
{
    struct correcting work = {
        .correction = correction, .future_record = future, .out = out, .err = err};
    *out = (struct record){0};
    enum status status = check_records(correction, observed, historical, future, err);
    if (status != STATUS_OK)
        return status;
    work.mapped = malloc(((size_t)future->count + 1) * sizeof *work.mapped);
    if (!allocate_sample(&work.observed, observed) ||
        !allocate_sample(&work.historical, historical) || !allocate_sample(&work.future, future) ||
        work.mapped == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for a record"));
    TRY(record_of_years(future, correction->period, out, err));
    work.out_from = find_interval(future, year_start_s(correction->period.first));
    TRY(correct_months(&work, observed, historical));
out:
    if (status != STATUS_OK)
        record_finish(out);
    free(work.mapped);
    free(work.observed.value);
    free(work.observed.interval);
    free(work.historical.value);
    free(work.historical.interval);
    free(work.future.value);
    free(work.future.interval);
    return status;
}
