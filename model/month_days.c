/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/month_days.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Whole days: each falls on the day that holds its middle. */
static void
move_rain(const double *from, int from_count, double *to, int to_count)
{
    int last_to = -1;
    for (int i = 0; i < from_count; i++) {
        int day = (2 * i + 1) * to_count / (2 * from_count);
        for (int dry = last_to + 1; dry < day; dry++) /* no day falls on it */
            to[dry] = isnan(from[i]) || (i > 0 && isnan(from[i - 1])) ? NAN : 0.0;
        to[day] = day == last_to ? to[day] + from[i] : from[i];
        last_to = day;
    }
}

/* Days of other length over the same month: what each new day covers of the old ones. */
static void
spread(const double *from, int from_count, double *to, int to_count, bool keep_mean)
{
    double ratio = (double)from_count / to_count;
    for (int day = 0; day < to_count; day++) {
        double begin = (double)(day * from_count) / to_count;
        double end = (double)((day + 1) * from_count) / to_count;
        double sum = 0.0;
        for (int i = (int)begin; i < from_count && i < end; i++) {
            double low = i > begin ? i : begin;
            double high = i + 1 < end ? i + 1 : end;
            sum += from[i] * (high - low);
        }
        to[day] = keep_mean ? sum / ratio : sum;
    }
}

void
month_days_move(enum month_rule rule, const double *from, int from_count, double *to, int to_count)
{
    if (from_count == to_count)
        memcpy(to, from, (size_t)to_count * sizeof *to);
    else if (rule == MONTH_RAIN)
        move_rain(from, from_count, to, to_count);
    else
        spread(from, from_count, to, to_count, rule == MONTH_STATE);
}
