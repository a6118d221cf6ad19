/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How reliable each class is in its worst scenario, and how sure that is. */

static const double confidence_level = 0.95;
enum { SAMPLES = 1000, SEED = 1 }; /* of the bootstrap, as `nguon drought performance` */

enum status
report_measure_class(struct report *report, int class_g, int scenario_s, const float *need_m3s,
                     const float *supply_m3s, struct error *err)
{
    struct report_performance *worst = &report->worst[class_g];
    int steps = report->reader.step_count;
    double *need_m3 = malloc(2 * (size_t)steps * sizeof *need_m3);
    if (need_m3 == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the series");
    double *supply_m3 = need_m3 + steps;
    for (int t = 0; t < steps; t++) {
        need_m3[t] = (double)need_m3s[t] * report->length_s[t];
        supply_m3[t] = (double)supply_m3s[t] * report->length_s[t];
    }
    struct performance of = performance_measure(steps, need_m3, supply_m3, report->year);
    bool worse = worst->series_m3 == NULL || of.time_reliability < worst->of.time_reliability ||
                 (of.time_reliability <= worst->of.time_reliability &&
                  of.volume_reliability < worst->of.volume_reliability);
    if (worse) {
        free(worst->series_m3);
        *worst = (struct report_performance){scenario_s, of, need_m3};
    } else {
        free(need_m3);
    }
    return STATUS_OK;
}

/* "97.2–99.1", "-" for a run too short to tell. */
static void
interval_cell(const struct report *report, struct table *table,
              const struct report_performance *worst)
{
    struct performance_confidence limits;
    struct error err = {0};
    int steps = report->reader.step_count, block = (int)lround(cbrt(worst->of.year_count));
    enum status status = performance_bootstrap(steps, worst->series_m3, worst->series_m3 + steps,
                                               report->year, block > 0 ? block : 1, SAMPLES,
                                               confidence_level, SEED, &limits, &err);
    if (status == STATUS_OK)
        table_cell(table, "%.2f–%.2f", 100.0 * limits.time_reliability.low,
                   100.0 * limits.time_reliability.high);
    else
        table_cell(table, "-");
}

static void
performance_row(struct report *report, struct table *table, int class_g)
{
    const struct report_performance *worst = &report->worst[class_g];
    const struct performance *of = &worst->of;
    const struct reader *reader = &report->reader;
    char date[32];
    table_cell(table, "%s", report_class_name(report, report->by_class.id[class_g]));
    table_percent(table, of->time_reliability);
    interval_cell(report, table, worst);
    table_cell(table, "%d / %d", of->year_count - of->bad_year_count, of->year_count);
    table_cell(table, "%d", of->longest_first < 0 ? 0 : of->longest_last - of->longest_first + 1);
    table_cell(table, "%s",
               report_time(report,
                           of->longest_first < 0 ? (double)NAN : reader->time[of->longest_first],
                           date, sizeof date));
    table_cell(table, "%s", reader->scenario[worst->scenario_s]);
}

void
report_performance(struct report *report)
{
    static const enum word heads[] = {WORD_CLASS,      WORD_TIME_RELIABILITY, WORD_INTERVAL95,
                                      WORD_GOOD_YEARS, WORD_LONGEST,          WORD_FROM,
                                      WORD_SCENARIO};
    struct table table;
    for (int g = 0; g < report->by_class.count; g++)
        if (report->worst[g].series_m3 == NULL) /* the series were not kept */
            return;
    report_table(report, &table, sizeof heads / sizeof *heads, heads, 0x61U);
    for (int g = 0; g < report->by_class.count; g++)
        performance_row(report, &table, g);
    report_table_end(report, &table, report_word(report, WORD_PERFORMANCE));
    report_paragraph(report, "small", WORD_HEAD_YEARS_NOTE, NULL);
}
