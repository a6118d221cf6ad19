/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/series.h"

#include <math.h>

/* Filling the gaps of a record, wherever it was read from. */

struct filling {
    struct record *record;
    enum fill_rule fill;
    double zero;
    double mean[12]; /* of the calendar months */
    record_gap_report *report;
    void *context;
};

static double
middle_s(const struct record *record, int i)
{
    return 0.5 * ((double)record->start_s[i] + (double)record->start_s[i + 1]);
}

static void
interpolate(struct record *record, int from, int to)
{
    double before_s = middle_s(record, from - 1);
    double span_s = middle_s(record, to) - before_s;
    double before = record->value[from - 1];
    double rise = record->value[to] - before;
    for (int i = from; i < to; i++)
        record->value[i] = before + rise * ((middle_s(record, i) - before_s) / span_s);
}

/* Means by calendar month of what was recorded; NaN for a month without a value. */
static void
monthly_means(const struct record *record, double mean[12])
{
    double sum[12] = {0};
    int count[12] = {0};
    for (int i = 0; i < record->count; i++) {
        if (isnan(record->value[i]))
            continue;
        int month_i = date_from_seconds(record->start_s[i]).month - 1;
        sum[month_i] += record->value[i];
        count[month_i]++;
    }
    for (int month_i = 0; month_i < 12; month_i++)
        mean[month_i] = count[month_i] > 0 ? sum[month_i] / count[month_i] : NAN;
}

/* Fill value[from..to) by the rule, or say why it cannot. */
static void
fill_gap(struct filling *filling, int from, int to)
{
    struct record *record = filling->record;
    enum fill_rule fill = filling->fill;
    bool at_edge = from == 0 || (fill == FILL_INTERPOLATE && to == record->count);
    if (fill == FILL_NONE) {
        filling->report(filling->context, record, from, to, "");
        return;
    }
    if ((fill == FILL_PREVIOUS || fill == FILL_INTERPOLATE) && at_edge) {
        filling->report(filling->context, record, from, to,
                        fill == FILL_PREVIOUS ? ", and nothing before to hold on"
                                              : ", and nothing on one side to draw a line from");
        return;
    }
    bool filled = true;
    for (int i = from; i < to && fill != FILL_INTERPOLATE; i++) {
        if (fill == FILL_ZERO)
            record->value[i] = filling->zero;
        else if (fill == FILL_PREVIOUS)
            record->value[i] = record->value[from - 1];
        else
            record->value[i] = filling->mean[date_from_seconds(record->start_s[i]).month - 1];
        filled = filled && !isnan(record->value[i]);
    }
    if (fill == FILL_INTERPOLATE)
        interpolate(record, from, to);
    if (!filled)
        filling->report(filling->context, record, from, to,
                        ", and a calendar month of it has no value at all");
    record->filled_count += to - from;
}

void
record_fill(struct record *record, enum fill_rule fill, double zero, record_gap_report *report,
            void *context)
{
    if (fill == FILL_KEEP)
        return;
    struct filling filling = {record, fill, zero, {0}, report, context};
    monthly_means(record, filling.mean);
    for (int from = 0; from < record->count; from++) {
        if (!isnan(record->value[from]))
            continue;
        int to = from;
        while (to < record->count && isnan(record->value[to]))
            to++;
        fill_gap(&filling, from, to);
        from = to;
    }
}
