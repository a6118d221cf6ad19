/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/alarm_score.h"

#include <math.h>
#include <stdlib.h>

static double
ratio(long part, long whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

/* Whether the signal speaks and is below the level. */
static bool
is_alarm(const struct alarm_record *record, int t, double level)
{
    return record->value[t] < level;
}

/* Steps of the four kinds; from the last step back, so that the next dry one is known. */
static void
count_steps(const struct alarm_record *record, int ahead, double level, struct alarm_score *score)
{
    int next_dry = record->count + ahead;
    for (int t = record->count - 1; t >= 0; t--) {
        next_dry = record->dry[t] ? t : next_dry;
        bool soon = next_dry - t < ahead, alarm = is_alarm(record, t, level);
        if (isnan(record->value[t]))
            continue;
        score->hits += alarm && soon;
        score->false_alarms += alarm && !soon;
        score->misses += !alarm && soon;
        score->quiet += !alarm && !soon;
    }
}

/* Events, and the first alarm in the steps ahead of each. */
static void
count_events(const struct alarm_record *record, const struct alarm_options *options, double level,
             struct alarm_score *score)
{
    int last_dry = -options->gap - 1;
    for (int t = 0; t < record->count; t++) {
        if (!record->dry[t])
            continue;
        bool begins = t - last_dry > options->gap;
        last_dry = t;
        if (!begins)
            continue;
        score->event_count++;
        for (int s = t > options->ahead ? t - options->ahead : 0; s < t; s++)
            if (is_alarm(record, s, level)) {
                score->warned_count++;
                score->mean_lead += t - s;
                break;
            }
    }
}

/* Runs of alarm, and whether a dry step comes until the steps ahead of their end are over. */
static void
count_alarms(const struct alarm_record *record, int ahead, double level, struct alarm_score *score)
{
    for (int t = 0; t < record->count;) {
        if (!is_alarm(record, t, level)) {
            t++;
            continue;
        }
        int end = t;
        bool right = false;
        while (end < record->count && is_alarm(record, end, level))
            end++;
        for (int s = t; s < record->count && s < end - 1 + ahead; s++)
            right = right || record->dry[s];
        score->alarm_count++;
        score->false_count += !right;
        t = end;
    }
}

struct alarm_score
alarm_score(int record_count, const struct alarm_record *record,
            const struct alarm_options *options, double level)
{
    struct alarm_score score = {.level = level};
    for (int i = 0; i < record_count; i++) {
        count_steps(&record[i], options->ahead, level, &score);
        count_events(&record[i], options, level, &score);
        count_alarms(&record[i], options->ahead, level, &score);
    }
    score.pod = ratio(score.hits, score.hits + score.misses);
    score.pofd = ratio(score.false_alarms, score.false_alarms + score.quiet);
    score.far = ratio(score.false_alarms, score.hits + score.false_alarms);
    score.csi = ratio(score.hits, score.hits + score.misses + score.false_alarms);
    score.peirce = score.pod - score.pofd;
    score.mean_lead = score.warned_count > 0 ? score.mean_lead / score.warned_count : (double)NAN;
    return score;
}

/* A step of the curve: its signal, and whether it is dry soon. */
struct step {
    double value;
    bool soon;
};

static int
compare_steps(const void *left, const void *right)
{
    const struct step *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

enum status
alarm_roc_area(int record_count, const struct alarm_record *record, int ahead, double *area,
               struct error *err)
{
    size_t most = 1, count = 0;
    for (int i = 0; i < record_count; i++)
        most += (size_t)record[i].count;
    struct step *step = calloc(most, sizeof *step);
    if (step == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the scores of a trigger");
    for (int i = 0; i < record_count; i++) {
        int next_dry = record[i].count + ahead;
        for (int t = record[i].count - 1; t >= 0; t--) {
            next_dry = record[i].dry[t] ? t : next_dry;
            if (!isnan(record[i].value[t]))
                step[count++] = (struct step){record[i].value[t], next_dry - t < ahead};
        }
    }
    qsort(step, count, sizeof *step, compare_steps);
    double pairs = 0.0, soon_below = 0.0, soon_all = 0.0;
    for (size_t i = 0; i < count;) {
        size_t end = i;
        double soon = 0.0;
        while (end < count && !(step[end].value > step[i].value))
            soon += step[end++].soon;
        double others = (double)(end - i) - soon;
        pairs += others * (soon_below + 0.5 * soon);
        soon_below += soon;
        i = end;
    }
    soon_all = soon_below;
    double other_all = (double)count - soon_all;
    *area = soon_all > 0.0 && other_all > 0.0 ? pairs / (soon_all * other_all) : (double)NAN;
    free(step);
    return STATUS_OK;
}
