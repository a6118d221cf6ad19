/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_private.h"
#include "output/svg.h"
#include "scenarios/operation_ensemble.h"
#include "solvers/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Who runs short: headline, classes by districts, events. */

/* Sums of some demands over some scenarios, and the worst step among them. */
struct sum {
    double need_m3, supply_m3, rule_m3, water_m3, structural_m3, steps, short_steps;
    double worst_share, worst_time;
    int worst_d, worst_s;
};

static double
ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

static void
add(const struct report *report, int demand_d, int scenario_s, struct sum *sum)
{
    const struct figures *of = report->figure;
    double share = figure(&of[FIGURE_WORST_SHARE], scenario_s, demand_d);
    sum->need_m3 += figure(&of[FIGURE_NEED], scenario_s, demand_d);
    sum->supply_m3 += figure(&of[FIGURE_SUPPLY], scenario_s, demand_d);
    sum->rule_m3 += figure(&of[FIGURE_RULE], scenario_s, demand_d);
    sum->water_m3 += figure(&of[FIGURE_WATER], scenario_s, demand_d);
    sum->structural_m3 += figure(&of[FIGURE_STRUCTURAL], scenario_s, demand_d);
    sum->steps += figure(&of[FIGURE_STEPS], scenario_s, demand_d);
    sum->short_steps += figure(&of[FIGURE_SHORT], scenario_s, demand_d);
    if (share < sum->worst_share) {
        sum->worst_share = share;
        sum->worst_time = figure(&of[FIGURE_WORST_TIME], scenario_s, demand_d);
        sum->worst_d = demand_d;
        sum->worst_s = scenario_s;
    }
}

/* Demands of a class and a district (-1: any) in one scenario, or in all (-1). */
static struct sum
add_up(const struct report *report, int class_g, int district_g, int scenario_s)
{
    const struct view *view = &report->view;
    struct sum sum = {.worst_share = 1.0, .worst_time = (double)NAN, .worst_d = -1, .worst_s = -1};
    for (int d = 0; d < report->demand.count; d++) {
        if ((class_g >= 0 && report->by_class.of[d] != class_g) ||
            (district_g >= 0 && report->by_district.of[d] != district_g))
            continue;
        if (scenario_s >= 0)
            add(report, d, scenario_s, &sum);
        for (int i = 0; i < view->shown_count && scenario_s < 0; i++)
            add(report, d, view->scenario_s[i], &sum);
    }
    return sum;
}

/* ---- headline ----------------------------------------------------------------------------------
 */

/* How a class fares over the scenarios. */
struct spread {
    double mean, p10, worst; /**< share of the need supplied */
    int short_count;         /**< scenarios with a short step */
};

static struct spread
spread_of(const struct report *report, int class_g, double *sample)
{
    struct spread spread = {0};
    int count = 0;
    for (int i = 0; i < report->view.shown_count; i++) {
        struct sum one = add_up(report, class_g, -1, report->view.scenario_s[i]);
        double met = ratio(one.supply_m3, one.need_m3);
        spread.short_count += one.short_steps > 0.0;
        if (isnan(met))
            continue;
        sample[count++] = met;
        spread.mean += met;
    }
    quantile_sort(sample, count);
    spread.mean = count > 0 ? spread.mean / count : (double)NAN;
    spread.p10 = quantile_of_sorted(sample, count, 0.1);
    spread.worst = count > 0 ? sample[0] : (double)NAN;
    return spread;
}

static void
say_class(struct report *report, int class_g, const struct spread *spread)
{
    char in[32], of[32], date[32], share[32];
    const char *name = report_class_name(report, report->by_class.id[class_g]);
    struct sum sum = add_up(report, class_g, -1, -1);
    snprintf(in, sizeof in, "%d", spread->short_count);
    snprintf(of, sizeof of, "%d", report->view.shown_count);
    fputs("<li>", report->out);
    if (sum.worst_d < 0 || spread->short_count == 0)
        report_say(report, WORD_HEAD_CLASS_FULL, (const char *[]){name, of});
    else
        report_say(report, WORD_HEAD_CLASS_SHORT,
                   (const char *[]){name, in, of,
                                    report_time(report, sum.worst_time, date, sizeof date),
                                    report->demand.name[sum.worst_d],
                                    report_number(100.0 * sum.worst_share, 1, share, sizeof share),
                                    report->reader.scenario[sum.worst_s]});
    fputs("</li>\n", report->out);
}

static void
class_row(struct report *report, struct table *table, int class_g, const struct spread *spread)
{
    struct sum sum = add_up(report, class_g, -1, -1);
    double low, high, to_hm3 = 1e-6 / report->view.years / report->view.shown_count;
    operation_interval(spread->short_count, report->view.shown_count, &low, &high);
    table_cell(table, "%s", report_class_name(report, report->by_class.id[class_g]));
    table_number(table, sum.need_m3 * to_hm3);
    table_number(table, sum.supply_m3 * to_hm3);
    table_percent(table, spread->mean);
    table_percent(table, spread->p10);
    table_percent(table, spread->worst);
    table_cell(table, "%s", ""); /* the script fills in the chosen scenario */
    table_cell(table, "%d / %d", spread->short_count, report->view.shown_count);
    table_cell(table, "%.0f–%.0f", 100.0 * low, 100.0 * high);
    table_number(table, sum.rule_m3 * to_hm3);
    table_number(table, (sum.water_m3 - sum.structural_m3) * to_hm3);
    table_number(table, sum.structural_m3 * to_hm3);
    table_percent(table, ratio(sum.steps - sum.short_steps, sum.steps));
}

static void
classes(struct report *report, double *sample)
{
    static const enum word heads[] = {WORD_CLASS,     WORD_NEED,     WORD_SUPPLIED,
                                      WORD_MET,       WORD_P10,      WORD_WORST,
                                      WORD_CHOSEN,    WORD_SHORT_IN, WORD_SHORT_INTERVAL,
                                      WORD_BY_RULE,   WORD_NO_WATER, WORD_NO_WORKS,
                                      WORD_FULL_STEPS};
    struct table table;
    fputs("<ul class=\"headline\">\n", report->out);
    for (int g = 0; g < report->by_class.count; g++) {
        struct spread spread = spread_of(report, g, sample);
        say_class(report, g, &spread);
    }
    fputs("</ul>\n<div id=\"classes\">", report->out);
    report_table(report, &table, sizeof heads / sizeof *heads, heads, 1U);
    for (int g = 0; g < report->by_class.count; g++) {
        struct spread spread = spread_of(report, g, sample);
        class_row(report, &table, g, &spread);
    }
    report_table_end(report, &table, report_word(report, WORD_HEADLINE));
    fputs("</div>\n", report->out);
    report_paragraph(report, "small", WORD_HEAD_NOTE, NULL);
}

/* ---- least served ------------------------------------------------------------------------------
 */

/* Demands short at times, the least of their need first. @return how many */
static int
rank_short(const struct report *report, int *order, double *met)
{
    int count = 0;
    for (int d = 0; d < report->demand.count; d++) {
        double need_m3 = 0.0, supply_m3 = 0.0, short_steps = 0.0;
        for (int i = 0; i < report->view.shown_count; i++) {
            int s = report->view.scenario_s[i];
            need_m3 += figure(&report->figure[FIGURE_NEED], s, d);
            supply_m3 += figure(&report->figure[FIGURE_SUPPLY], s, d);
            short_steps += figure(&report->figure[FIGURE_SHORT], s, d);
        }
        met[d] = ratio(supply_m3, need_m3);
        if (!(short_steps > 0.0) || isnan(met[d]))
            continue;
        int place = count++;
        for (; place > 0 && met[order[place - 1]] > met[d]; place--)
            order[place] = order[place - 1];
        order[place] = d;
    }
    return count;
}

/* The scenario with the longest run of short steps of a demand. */
static int
longest_in(const struct report *report, int demand_d)
{
    int longest_s = report->view.scenario_s[0];
    for (int i = 1; i < report->view.shown_count; i++) {
        int s = report->view.scenario_s[i];
        if (figure(&report->figure[FIGURE_LONGEST], s, demand_d) >
            figure(&report->figure[FIGURE_LONGEST], longest_s, demand_d))
            longest_s = s;
    }
    return longest_s;
}

static const char *
district_name(const struct report *report, int demand_d)
{
    const char *name = report->district[demand_d];
    return name[0] != '\0' ? name : report_word(report, WORD_NOT_NAMED);
}

static void
short_row(struct report *report, struct table *table, int demand_d, double met)
{
    char date[32];
    double events = 0.0;
    int s = longest_in(report, demand_d);
    for (int i = 0; i < report->view.shown_count; i++)
        events += figure(&report->figure[FIGURE_EVENTS], report->view.scenario_s[i], demand_d);
    table_cell(table, "%s", report->demand.name[demand_d]);
    table_cell(table, "%s", report_class_name(report, report->class_id[demand_d]));
    table_cell(table, "%s", district_name(report, demand_d));
    table_percent(table, met);
    table_number(table, events / report->view.years / report->view.shown_count);
    table_cell(table, "%.0f", figure(&report->figure[FIGURE_LONGEST], s, demand_d));
    table_cell(table, "%s",
               report_time(report, figure(&report->figure[FIGURE_LONGEST_START], s, demand_d), date,
                           sizeof date));
    table_cell(table, "%s", report->reader.scenario[s]);
}

static void
least_served(struct report *report, const int *order, const double *met, int count)
{
    enum { SHOWN_MAX = 15 };
    static const enum word heads[] = {WORD_DEMAND,      WORD_CLASS,   WORD_DISTRICT, WORD_MET,
                                      WORD_EVENTS_YEAR, WORD_LONGEST, WORD_FROM,     WORD_SCENARIO};
    struct table table;
    char number[32];
    if (count == 0)
        return;
    report_table(report, &table, sizeof heads / sizeof *heads, heads, 0xc7U);
    for (int i = 0; i < count && i < SHOWN_MAX; i++)
        short_row(report, &table, order[i], met[order[i]]);
    report_table_end(report, &table, report_word(report, WORD_LEAST_SERVED));
    if (count > SHOWN_MAX) {
        snprintf(number, sizeof number, "%d", count - SHOWN_MAX);
        report_paragraph(report, "small", WORD_MORE, (const char *[]){number});
    }
}

void
report_headline(struct report *report)
{
    char share[32], steps[64], date[32];
    size_t demands = (size_t)report->demand.count + 1;
    double *sample = calloc((size_t)report->view.shown_count + 1, sizeof *sample);
    int *order = calloc(demands, sizeof *order);
    double *met = calloc(demands, sizeof *met);
    report_section(report, "headline", WORD_HEADLINE);
    if (sample == NULL || order == NULL || met == NULL) {
        report->view.failed = true;
    } else {
        int count = rank_short(report, order, met);
        if (count == 0) {
            report_paragraph(report, "lead", WORD_NONE_SHORT, NULL);
        } else {
            int d = order[0], s = longest_in(report, d);
            report_paragraph(
                report, "lead", WORD_HEAD_WORST,
                (const char *[]){
                    report->demand.name[d], report_class_name(report, report->class_id[d]),
                    district_name(report, d), report_number(100.0 * met[d], 1, share, sizeof share),
                    report_steps(report, figure(&report->figure[FIGURE_LONGEST], s, d), steps,
                                 sizeof steps),
                    report_time(report, figure(&report->figure[FIGURE_LONGEST_START], s, d), date,
                                sizeof date),
                    report->reader.scenario[s]});
        }
        classes(report, sample);
        report_performance(report);
        least_served(report, order, met, count);
    }
    report_section_end(report);
    free(sample);
    free(order);
    free(met);
}

/* ---- reliability -------------------------------------------------------------------------------
 */

static void
heat_cell(struct report *report, double share, int class_g, int district_g, bool met)
{
    if (isnan(share)) {
        fputs("<td></td>", report->out);
        return;
    }
    fprintf(report->out, "<td class=\"n k%d\"", report_colour(share));
    if (met)
        fprintf(report->out, " data-class=\"%d\" data-district=\"%d\"", class_g, district_g);
    if (share < 1.0 && share > 0.99995)
        fputs(">&lt;100</td>", report->out);
    else
        fprintf(report->out, ">%.2f</td>", 100.0 * share);
}

static void
heat_row(struct report *report, int district_g, bool met)
{
    const char *name =
        district_g < 0 ? report_word(report, WORD_ALL) : report->by_district.id[district_g];
    fputs("<tr><th scope=\"row\">", report->out);
    svg_escape(report->out, name[0] != '\0' ? name : report_word(report, WORD_NOT_NAMED));
    fputs("</th>", report->out);
    for (int g = 0; g <= report->by_class.count; g++) {
        int class_g = g < report->by_class.count ? g : -1;
        struct sum sum = add_up(report, class_g, district_g, -1);
        heat_cell(report,
                  met ? ratio(sum.supply_m3, sum.need_m3)
                      : ratio(sum.steps - sum.short_steps, sum.steps),
                  class_g, district_g, met);
    }
    fputs("</tr>\n", report->out);
}

static void
heat_map(struct report *report, bool met)
{
    fprintf(report->out,
            "<figure class=\"table heat\"><figcaption>%s</figcaption><div class=\"wide\" "
            "tabindex=\"0\"><table>\n<tr><th>%s</th>",
            report_word(report, met ? WORD_RELIABILITY_MET : WORD_RELIABILITY_TIME),
            report_word(report, WORD_DISTRICT));
    for (int g = 0; g < report->by_class.count; g++) {
        fputs("<th class=\"n\" scope=\"col\">", report->out);
        svg_escape(report->out, report_class_name(report, report->by_class.id[g]));
        fputs("</th>", report->out);
    }
    fprintf(report->out, "<th class=\"n\" scope=\"col\">%s</th></tr>\n",
            report_word(report, WORD_ALL));
    for (int g = 0; g < report->by_district.count; g++)
        heat_row(report, g, met);
    heat_row(report, -1, met);
    fprintf(report->out,
            "</table></div><button type=\"button\" class=\"csv\">%s</button></figure>\n",
            report_word(report, WORD_CSV));
}

void
report_reliability(struct report *report)
{
    report_section(report, "reliability", WORD_RELIABILITY);
    heat_map(report, true);
    heat_map(report, false);
    fputs("<p class=\"small ramp\">", report->out);
    static const char *const ranges[] = {"&lt; 50 %", "50–75 %", "75–90 %",
                                         "90–95 %",   "95–99 %", "&ge; 99 %"};
    for (int k = 0; k < 6; k++)
        fprintf(report->out, "<span class=\"k%d\">%s</span> ", k, ranges[k]);
    fputs("</p>\n", report->out);
    report_section_end(report);
}

/* ---- classes through time, events --------------------------------------------------------------
 */

void
report_supply(struct report *report)
{
    report_section(report, "supply", WORD_SUPPLY);
    bool any = report_charts(report, "supply") > 0;
    report_charts(report, "shortage");
    if (!any)
        report_paragraph(report, "missing", WORD_SAVE_HINT, (const char *[]){"need,supply"});
    report_section_end(report);
}

static void
event_row(struct report *report, struct table *table, const struct report_event *event)
{
    const struct reader *reader = &report->reader;
    char date[32];
    table_cell(table, "%s", report_class_name(report, report->by_class.id[event->class_g]));
    table_cell(table, "%s", report_time(report, reader->time[event->first_t], date, sizeof date));
    table_cell(table, "%s", report_time(report, reader->time[event->last_t], date, sizeof date));
    table_cell(table, "%d", event->last_t - event->first_t + 1);
    table_number(table, event->missing_m3 / 1e6);
    table_percent(table, ratio(event->missing_m3, event->need_m3));
    table_percent(table, event->deepest);
    table_cell(table, "%s", reader->scenario[event->scenario_s]);
}

void
report_droughts(struct report *report)
{
    static const enum word heads[] = {WORD_CLASS,   WORD_FROM,    WORD_TO,
                                      WORD_STEPS,   WORD_MISSING, WORD_MISSING_SHARE,
                                      WORD_DEEPEST, WORD_SCENARIO};
    struct table table;
    int count = 0;
    report_section(report, "droughts", WORD_DROUGHTS);
    for (int g = 0; g < report->by_class.count; g++)
        count += report->event_count[g];
    if (!reader_keeps(&report->reader, "need", -1) ||
        !reader_keeps(&report->reader, "supply", -1)) {
        report_paragraph(report, "missing", WORD_SAVE_HINT, (const char *[]){"need,supply"});
    } else if (count == 0) {
        report_paragraph(report, "lead", WORD_NONE_SHORT, NULL);
    } else {
        report_table(report, &table, sizeof heads / sizeof *heads, heads, 0x87U);
        for (int g = 0; g < report->by_class.count; g++)
            for (int e = 0; e < report->event_count[g]; e++)
                event_row(report, &table, &report->event[g * REPORT_EVENTS_MAX + e]);
        report_table_end(report, &table, report_word(report, WORD_DROUGHTS));
        report_paragraph(report, "small", WORD_DROUGHTS_NOTE, NULL);
    }
    report_section_end(report);
}
