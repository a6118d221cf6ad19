/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/drought_events_file.h"

#include "output/catchment_file.h"

#include <math.h>

static const double m3_per_hm3 = 1e6;

const char *
step_unit(enum step_kind step)
{
    static const char *const names[] = {"hours", "days", "tendays", "months"};
    return names[step];
}

const char *
severity_unit(enum site_measure measure)
{
    static const char *const units[] = {"mm", "hm3", "1"};
    return units[measure];
}

double
severity_divisor(enum site_measure measure)
{
    return measure == SITE_VOLUME_M3 ? m3_per_hm3 : 1.0;
}

static void
write_fits(FILE *out, const struct drought_frequency *frequency)
{
    const struct copula *copula = &frequency->copula;
    char name[64];
    fprintf(out, "# mean inter-arrival time: %.12g years\n", frequency->interarrival);
    fprintf(out, "# duration: %s; largest distance from the sample %.4g\n",
            marginal_name(&frequency->duration, name, sizeof name), frequency->duration.distance);
    fprintf(out, "# severity: %s; largest distance from the sample %.4g\n",
            marginal_name(&frequency->severity, name, sizeof name), frequency->severity.distance);
    fprintf(out, "# copula: %s", copula_name(copula->family));
    if (!isnan(copula->theta))
        fprintf(out, ", theta %.12g", copula->theta);
    fprintf(out, ", Kendall's tau %.12g; root mean square distance %.4g\n", copula->tau,
            copula->distance);
}

static void
write_head(FILE *out, const struct drought_events *events)
{
    const struct event_rule *rule = events->rule;
    fprintf(out, "# droughts of %s, column %s, by %s\n# command: %s\n# threshold: %s\n",
            events->input, events->series->column, events->version, events->command,
            events->threshold_text);
    if (!isnan(rule->reach))
        fprintf(out, "# kept: events that come down to %g\n", rule->reach);
    if (rule->pool_gap > 0)
        fprintf(out,
                "# pooled: parts at most %d %s apart, if the excess between is at most %g of the "
                "deficit before\n",
                rule->pool_gap, step_unit(events->series->step), rule->pool_ratio);
    if (events->frequency != NULL)
        write_fits(out, events->frequency);
}

static void
write_event(FILE *out, const struct drought_events *events, const struct drought_event *event)
{
    const struct site_series *series = events->series;
    double divisor = severity_divisor(series->measure);
    char from[32], to[32];
    fprintf(out, "%s,%s,%d,%.12g,%.12g,%.12g,", site_series_date(series, event->first, from, 32),
            site_series_date(series, event->last, to, 32), event->duration,
            event->severity / divisor, event->severity / divisor / event->duration,
            event->largest / divisor);
    if (series->measure == SITE_NUMBER)
        fprintf(out, "%.12g,", event->least);
    if (!isnan(event->interarrival))
        fprintf(out, "%.0f", event->interarrival);
    fprintf(out, ",%d,%s", event->pooled_count, event->cut ? "yes" : "no");
    if (events->frequency != NULL) {
        struct return_periods periods =
            drought_return_periods(events->frequency, event->duration, event->severity);
        fprintf(out, ",%.6g,%.6g,%.6g,%.6g", periods.duration, periods.severity, periods.both,
                periods.either);
    }
    fputc('\n', out);
}

enum status
drought_events_write(const char *path, const struct drought_events *events, struct error *err)
{
    struct text_file file;
    enum site_measure measure = events->series->measure;
    const char *step = step_unit(events->series->step), *unit = severity_unit(measure);
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    write_head(file.out, events);
    if (measure == SITE_NUMBER)
        fprintf(file.out, "start,end,duration_%s,severity,intensity,largest_deficit,min", step);
    else
        fprintf(file.out, "start,end,duration_%s,severity_%s,intensity_%s,largest_deficit_%s", step,
                unit, unit, unit);
    fprintf(file.out, ",interarrival_%s,parts,cut_by_record", step);
    if (events->frequency != NULL)
        fputs(",T_duration_years,T_severity_years,T_both_years,T_either_years", file.out);
    fputc('\n', file.out);
    for (int e = 0; e < events->count; e++)
        write_event(file.out, events, &events->event[e]);
    return text_file_close(&file, true, err);
}
