/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/json.h"
#include "output/report_private.h"
#include "output/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The figures that the script draws charts in, and the data it draws them from. */

static const int digits = 5;

/* Least and largest of a line, times the factor of the chart; NAN without values. */
static double
extreme(const struct report_chart *chart, int line, bool largest)
{
    double found = (double)NAN;
    for (int b = 0; b < chart->band.bucket_count; b++) {
        double at = chart->band.line[line][b] * chart->to_unit;
        if (!isnan(at) && !(largest ? found >= at : found <= at))
            found = at;
    }
    return found;
}

/* What a chart shows, in a sentence, for those who do not see it. */
static void
describe(struct report *report, const struct report_chart *chart)
{
    char least[32], largest[32], capacity[32], share[32];
    double low = extreme(chart, BAND_MIN, false), high = extreme(chart, BAND_MAX, true);
    report_number(low, 3, least, sizeof least);
    report_number(high, 3, largest, sizeof largest);
    if (strcmp(chart->kind, "storage") == 0 && chart->line_count > 0) {
        double full = chart->line[0][0];
        report_number(full, 2, capacity, sizeof capacity);
        report_number(100.0 * low / full, 1, share, sizeof share);
        report_say(report, WORD_STORAGE_CHART,
                   (const char *[]){chart->title, capacity, least, share, largest});
    } else {
        report_say(report,
                   strcmp(chart->kind, "salinity") == 0 ? WORD_SALINITY_CHART : WORD_SUPPLY_CHART,
                   (const char *[]){chart->title, least, largest});
    }
}

static void
put_button(struct report *report, const char *act, const char *sign, enum word label)
{
    fprintf(report->out, "<button type=\"button\" data-act=\"%s\" aria-label=\"%s\">%s</button>",
            act, report_word(report, label), sign);
}

static void
put_figure(struct report *report, int chart_c)
{
    const struct report_chart *chart = &report->chart[chart_c];
    const char *title[] = {chart->title};
    fprintf(report->out, "<figure class=\"chart\" data-chart=\"%d\"><figcaption><b>", chart_c);
    if (strcmp(chart->kind, "supply") == 0)
        report_say(report, WORD_SUPPLY_OF, title);
    else if (strcmp(chart->kind, "shortage") == 0)
        report_say(report, WORD_SHORTAGE_OF, title);
    else if (strcmp(chart->kind, "salinity") == 0)
        report_say(report, WORD_SALINITY_OF, title);
    else
        svg_escape(report->out, chart->title);
    fprintf(report->out,
            "</b>, %s</figcaption>\n<div class=\"plot\" tabindex=\"0\" role=\"img\" "
            "aria-label=\"",
            chart->units);
    describe(report, chart);
    fputs("\"></div><div class=\"key\" aria-live=\"polite\"></div>\n<p class=\"small\">",
          report->out);
    describe(report, chart);
    fputs("</p><div class=\"acts\">", report->out);
    put_button(report, "in", "+", WORD_ZOOM_IN);
    put_button(report, "out", "\xe2\x88\x92", WORD_ZOOM_OUT);
    put_button(report, "reset", "\xe2\x86\x94", WORD_RESET);
    fprintf(report->out, "<button type=\"button\" data-act=\"csv\">%s</button></div></figure>\n",
            report_word(report, WORD_CSV));
}

int
report_charts(struct report *report, const char *kind)
{
    int count = 0;
    for (int c = 0; c < report->chart_count; c++)
        if (strcmp(report->chart[c].kind, kind) == 0) {
            if (count++ == 0)
                fputs("<div class=\"charts\">\n", report->out);
            put_figure(report, c);
        }
    if (count > 0)
        fputs("</div>\n", report->out);
    return count;
}

/* ---- data --------------------------------------------------------------------------------------
 */

static void
put_scaled(FILE *out, int count, const double *value, double factor)
{
    fputc('[', out);
    for (int i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', out);
        json_number(out, value[i] * factor, digits);
    }
    fputc(']', out);
}

/* Least, mean and largest of the scenarios that can be chosen, coarsely. */
static void
put_detail(const struct report *report, const struct report_chart *chart)
{
    static const char *const names[] = {"least", "mean", "largest"};
    static const int detail_digits = 4;
    const struct band *band = &chart->band;
    fprintf(report->out, ",\n \"every\":%d", band->detail_every);
    for (int k = 0; k < 3; k++) {
        fprintf(report->out, ",\n \"%s\":[", names[k]);
        for (int i = 0; i < report->picked_count; i++) {
            const float *row =
                band->detail[k] + (size_t)report->picked[i] * (size_t)band->detail_count;
            fputs(i > 0 ? ",\n[" : "[", report->out);
            for (int d = 0; d < band->detail_count; d++) {
                if (d > 0)
                    fputc(',', report->out);
                json_number(report->out, (double)row[d] * chart->to_unit, detail_digits);
            }
            fputc(']', report->out);
        }
        fputc(']', report->out);
    }
}

static void
put_chart(const struct report *report, const struct report_chart *chart)
{
    static const char *const names[BAND_LINE_COUNT] = {"min", "p10", "p50", "p90", "max"};
    FILE *out = report->out;
    fputs("{\"kind\":", out);
    json_text(out, chart->kind);
    fputs(",\"title\":", out);
    json_text(out, chart->title);
    fputs(",\"units\":", out);
    json_text(out, chart->units);
    for (int i = 0; i < BAND_LINE_COUNT; i++) {
        fprintf(out, ",\n \"%s\":", names[i]);
        put_scaled(out, chart->band.bucket_count, chart->band.line[i], chart->to_unit);
    }
    fputs(",\n \"lines\":[", out);
    for (int l = 0; l < chart->line_count; l++) {
        fputs(l > 0 ? ",\n{\"name\":" : "{\"name\":", out);
        json_text(out, chart->line_name[l]);
        fprintf(out, ",\"role\":%d,\"value\":", (int)chart->role[l]);
        json_numbers(out, chart->band.bucket_count, chart->line[l], digits);
        fputc('}', out);
    }
    fputc(']', out);
    put_detail(report, chart);
    fputc('}', out);
}

/* Starts of the buckets, milliseconds since 1970. */
static void
put_times(const struct report *report)
{
    const struct reader *reader = &report->reader;
    int steps = report->chart_count > 0 ? report->chart[0].band.bucket_steps : 1;
    fputs("\"time\":[", report->out);
    for (int t = 0; t < reader->step_count; t += steps)
        fprintf(report->out, "%s%.0f", t > 0 ? "," : "",
                reader->time[t] * reader->time_unit_s * 1000.0);
    fputs("],\n", report->out);
}

/* Shares of the need met: of each demand and of each class, for all and for one scenario. */
static void
put_shares(const struct report *report)
{
    const struct view *view = &report->view;
    fputs("\"met\":[", report->out);
    for (int i = 0; i < report->picked_count; i++) {
        int s = view->scenario_s[report->picked[i]];
        fputs(i > 0 ? ",\n[" : "[", report->out);
        for (int d = 0; d < report->demand.count; d++) {
            double need = figure(&report->figure[FIGURE_NEED], s, d);
            if (d > 0)
                fputc(',', report->out);
            json_number(report->out,
                        need > 0.0 ? figure(&report->figure[FIGURE_SUPPLY], s, d) / need
                                   : (double)NAN,
                        digits);
        }
        fputc(']', report->out);
    }
    fputs("],\n\"need\":[", report->out);
    for (int i = 0; i < report->picked_count; i++) {
        int s = view->scenario_s[report->picked[i]];
        fputs(i > 0 ? ",\n[" : "[", report->out);
        for (int d = 0; d < report->demand.count; d++) {
            if (d > 0)
                fputc(',', report->out);
            json_number(report->out, figure(&report->figure[FIGURE_NEED], s, d) / 1e6, digits);
        }
        fputc(']', report->out);
    }
    fputs("],\n\"group\":[[", report->out);
    for (int d = 0; d < report->demand.count; d++)
        fprintf(report->out, "%s%d", d > 0 ? "," : "", report->by_class.of[d]);
    fputs("],[", report->out);
    for (int d = 0; d < report->demand.count; d++)
        fprintf(report->out, "%s%d", d > 0 ? "," : "", report->by_district.of[d]);
    fputs("]],\n", report->out);
}

void
report_data(struct report *report)
{
    static const enum word said[] = {WORD_BAND_ALL, WORD_BAND_80, WORD_MEDIAN,     WORD_SCENARIO,
                                     WORD_MEAN,     WORD_CSV,     WORD_PICKER_ALL, WORD_CHART_KEYS};
    FILE *out = report->out;
    fputs("<script type=\"application/json\" id=\"data\">{\n\"language\":", out);
    json_text(out, language_code(report->language));
    fputs(",\n\"title\":", out);
    json_text(out, report->reader.title);
    fprintf(out, ",\"hourly\":%s", report->reader.time_unit_s < 86400.0 ? "true" : "false");
    fputs(",\n\"words\":{", out);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        fputs(i > 0 ? "," : "", out);
        json_text(out, word_key(said[i]));
        fputc(':', out);
        json_text(out, report_word(report, said[i]));
    }
    fputs("},\n\"scenario\":[", out);
    for (int i = 0; i < report->picked_count; i++) {
        fputs(i > 0 ? "," : "", out);
        json_text(out, report->reader.scenario[report->view.scenario_s[report->picked[i]]]);
    }
    fputs("],\n", out);
    put_times(report);
    put_shares(report);
    fputs("\"chart\":[", out);
    for (int c = 0; c < report->chart_count; c++) {
        fputs(c > 0 ? ",\n" : "", out);
        put_chart(report, &report->chart[c]);
    }
    fputs("]}\n</script>\n", out);
}
