/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/run_theory.h"

#include "solvers/quantile.h"

#include <stdlib.h>

/* The run that begins at a dry step. */
static struct drought_event
follow_run(int count, const double *value, const double *threshold, int first)
{
    struct drought_event event = {
        .first = first, .least = value[first], .pooled_count = 1, .interarrival = (double)NAN};
    int t = first;
    for (; t < count && value[t] < threshold[t]; t++) {
        double deficit = threshold[t] - value[t];
        event.severity += deficit;
        event.least = fmin(event.least, value[t]);
        event.largest = fmax(event.largest, deficit);
    }
    event.last = t - 1;
    event.duration = t - first;
    event.cut = first == 0 || isnan(value[first - 1]) || t == count || isnan(value[t]);
    return event;
}

/* Whether the next run belongs to the event; the excess between the two, NAN over a gap. */
static bool
belongs(const double *value, const double *threshold, const struct event_rule *rule,
        const struct drought_event *event, const struct drought_event *next, double *excess)
{
    int gap = next->first - event->last - 1;
    *excess = 0.0;
    if (rule->pool_gap <= 0 || gap > rule->pool_gap)
        return false;
    for (int t = event->last + 1; t < next->first; t++)
        *excess += value[t] - threshold[t];
    return *excess <= rule->pool_ratio * event->severity;
}

static void
pool(struct drought_event *event, const struct drought_event *next, double excess)
{
    event->last = next->last;
    event->duration = next->last - event->first + 1;
    event->severity += next->severity - excess;
    event->least = fmin(event->least, next->least);
    event->largest = fmax(event->largest, next->largest);
    event->pooled_count += next->pooled_count;
    event->cut = event->cut || next->cut;
}

int
run_events(int count, const double *value, const double *threshold, const struct event_rule *rule,
           struct drought_event *event)
{
    int pooled_count = 0, kept_count = 0;
    for (int t = 0; t < count; t++) {
        double excess;
        if (!(value[t] < threshold[t]))
            continue;
        struct drought_event next = follow_run(count, value, threshold, t);
        t = next.last;
        if (pooled_count > 0 &&
            belongs(value, threshold, rule, &event[pooled_count - 1], &next, &excess))
            pool(&event[pooled_count - 1], &next, excess);
        else
            event[pooled_count++] = next;
    }
    for (int e = 0; e < pooled_count; e++) {
        if (event[e].duration < rule->least_duration || event[e].severity < rule->least_severity ||
            event[e].least > rule->reach) /* never true for a NAN */
            continue;
        event[kept_count] = event[e];
        if (kept_count > 0)
            event[kept_count].interarrival = event[kept_count].first - event[kept_count - 1].first;
        kept_count++;
    }
    return kept_count;
}

enum status
run_thresholds(int count, const double *value, const int *season, int season_count, int half_window,
               double exceedance, double *threshold, struct error *err)
{
    double *sample = malloc(((size_t)count + 1) * sizeof *sample);
    if (sample == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d steps", count);
    for (int s = 0; s < season_count; s++) {
        int sample_count = 0;
        for (int t = 0; t < count; t++) {
            int distance = abs(season[t] - s);
            if (distance > season_count / 2)
                distance = season_count - distance;
            if (distance <= half_window && !isnan(value[t]))
                sample[sample_count++] = value[t];
        }
        quantile_sort(sample, sample_count);
        threshold[s] = quantile_of_sorted(sample, sample_count, 1.0 - exceedance);
    }
    free(sample);
    return STATUS_OK;
}
