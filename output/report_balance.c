/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/demand.h"
#include "output/report_private.h"
#include "output/svg.h"
#include "scenarios/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What flows into and out of the basin and each of its sub-systems. */

enum { TERMS_MAX = 8 };

/* One term of a balance, hm3 a year. */
struct term {
    enum word name;
    double value;
};

/* A balance: terms in and terms out. */
struct balance {
    const char *name;
    int count[2]; /**< in, out */
    struct term term[2][TERMS_MAX];
};

static void
put_term(struct balance *balance, int side, enum word name, double value)
{
    if (fabs(value) > 5e-7) /* half a cubic metre a year */
        balance->term[side][balance->count[side]++] = (struct term){name, value};
}

/* ---- the whole basin ---------------------------------------------------------------------------
 */

static double
basin_figure(struct report *report, const char *name)
{
    struct figures figures = view_figures(&report->view, name, 1);
    double mean = figures.value != NULL ? figure_mean(&report->view, &figures, 0) : 0.0;
    free(figures.value);
    return mean / 1e6 / report->view.years;
}

static struct balance
whole_basin(struct report *report)
{
    struct balance balance = {.name = report_word(report, WORD_WHOLE_BASIN)};
    double kept = basin_figure(report, "basin_storage_change_m3");
    put_term(&balance, 0, WORD_RUNOFF, basin_figure(report, "basin_inflow_m3"));
    put_term(&balance, 0, WORD_SOURCES, basin_figure(report, "basin_source_m3"));
    put_term(&balance, 0, WORD_RAIN, basin_figure(report, "basin_rain_m3"));
    put_term(&balance, 1, WORD_CONSUMED, basin_figure(report, "basin_consumption_m3"));
    put_term(&balance, 1, WORD_EVAPORATION,
             basin_figure(report, "basin_evaporation_m3") +
                 basin_figure(report, "basin_seepage_m3"));
    put_term(&balance, 1, WORD_LOSSES, basin_figure(report, "basin_loss_m3"));
    put_term(&balance, 1, WORD_TO_SEA, basin_figure(report, "basin_outflow_m3"));
    if (kept > 0.0)
        put_term(&balance, 1, WORD_TO_STORAGE, kept);
    else
        put_term(&balance, 0, WORD_FROM_STORAGE, -kept);
    return balance;
}

/* ---- sub-systems -------------------------------------------------------------------------------
 */

/* What is known of a sub-system, hm3 a year. */
struct subsystem {
    const char *name;
    double runoff, rain, imported, returned, users, evaporation, exported, sea, kept;
};

/* The sub-systems of the basin. */
struct subsystems {
    int count;
    struct subsystem *item; /**< [node_count + 1] */
    int *of;                /**< [node_count] */
    bool has_runoff;        /**< the series `inflow` was kept */
};

static void
find_subsystems(const struct basin *basin, struct subsystems *systems)
{
    for (int i = 0; i < basin->node_count; i++) {
        const char *name = basin->node[i].subsystem != NULL ? basin->node[i].subsystem : "";
        int at = 0;
        while (at < systems->count && strcmp(systems->item[at].name, name) != 0)
            at++;
        if (at == systems->count)
            systems->item[systems->count++].name = name;
        systems->of[i] = at;
    }
}

static double
mean_hm3(const struct report *report, enum report_figure which, int element)
{
    return figure_mean(&report->view, &report->figure[which], element) / 1e6 / report->view.years;
}

static void
add_links(const struct report *report, struct subsystems *systems)
{
    const struct basin *basin = report->basin;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        double volume = mean_hm3(report, FIGURE_LINK_VOLUME, l);
        int from = systems->of[link->from], to = systems->of[link->to];
        if (basin->node[link->to].kind == NODE_SEA) {
            systems->item[from].sea += volume;
        } else if (from != to) {
            systems->item[from].exported += volume;
            systems->item[to].imported += volume;
        }
    }
}

static void
add_lakes(const struct report *report, struct subsystems *systems)
{
    for (int r = 0; r < report->reservoir.count; r++) {
        struct subsystem *at = &systems->item[systems->of[report->basin->reservoir[r].node_i]];
        double rain = mean_hm3(report, FIGURE_RAIN, r);
        if (isnan(rain))
            continue;
        at->rain += rain;
        at->evaporation +=
            mean_hm3(report, FIGURE_EVAPORATION, r) + mean_hm3(report, FIGURE_SEEPAGE, r);
        double kept =
            mean_hm3(report, FIGURE_END_STORAGE, r) - mean_hm3(report, FIGURE_START_STORAGE, r);
        at->kept += isnan(kept) ? 0.0 : kept;
    }
}

/* Mean of a fraction over the run; records are not known here. */
static double
mean_fraction(const struct report *report, const struct basin *basin,
              const struct varying *fraction)
{
    enum { SAMPLES = 24 };
    struct moment moment = {&report->axis, 0, basin->run.demand_year, NULL};
    double sum = 0.0;
    if (fraction->kind == VARYING_SERIES || fraction->kind == VARYING_ABSENT)
        return 0.0;
    for (int i = 0; i < SAMPLES; i++) {
        moment.step_t = (int)((long)report->axis.step_count * i / SAMPLES);
        sum += moment_value(&moment, fraction);
    }
    return sum / SAMPLES;
}

/* Supply of one scenario to users, and what of it comes back. */
static void
add_users(const struct report *report, const struct basin *basin, int scenario_s,
          struct subsystems *systems)
{
    double to_hm3 = 1e-6 / report->view.years / report->view.shown_count;
    for (int d = 0; d < report->demand.count; d++) {
        const struct demand *demand = &basin->demand[d];
        double supply = figure(&report->figure[FIGURE_SUPPLY], scenario_s, d) * to_hm3;
        systems->item[systems->of[demand->node_i]].users += supply;
        for (int j = 0; j < demand->return_count; j++) {
            int to = demand->returns[j].node_i;
            double share = mean_fraction(report, basin, &demand->returns[j].fraction);
            if (basin->node[to].kind != NODE_SEA)
                systems->item[systems->of[to]].returned += share * supply;
        }
    }
}

static bool
add_all_users(const struct report *report, struct subsystems *systems)
{
    struct error err = {0};
    struct plan plan = {0};
    bool good = plan_expand(report->basin, &plan, &err) == STATUS_OK;
    for (int i = 0; i < report->view.shown_count && good; i++) {
        struct basin *basin = NULL;
        int s = report->view.scenario_s[i];
        good = s < plan.scenario_count &&
               plan_scenario_basin(&plan, report->basin, s, &basin, &err) == STATUS_OK;
        if (good)
            add_users(report, basin, s, systems);
        basin_destroy(basin);
    }
    plan_finish(&plan);
    return good;
}

/* Water entering at the nodes, if the file keeps it. */
static bool
add_runoff(struct report *report, struct subsystems *systems)
{
    struct series_variable series;
    int steps = report->reader.step_count;
    bool good = true;
    if (!series_open(&series, &report->reader, "inflow"))
        return true;
    float *value = malloc((size_t)steps * sizeof *value);
    good = value != NULL && series.element_count == report->basin->node_count;
    for (int n = 0; n < report->basin->node_count && good; n++)
        for (int i = 0; i < report->view.shown_count && good; i++) {
            double sum_m3 = 0.0;
            good = series_read(&series, report->view.scenario_s[i], n, value);
            for (int t = 0; t < steps && good; t++)
                sum_m3 += isnan(value[t]) ? 0.0 : (double)value[t] * report->length_s[t];
            systems->item[systems->of[n]].runoff +=
                sum_m3 / 1e6 / report->view.years / report->view.shown_count;
        }
    systems->has_runoff = good;
    free(value);
    series_close(&series);
    return good;
}

static struct balance
balance_of(const struct report *report, const struct subsystems *systems, int at)
{
    const struct subsystem *of = &systems->item[at];
    struct balance balance = {.name = of->name[0] != '\0' ? of->name
                                                          : report_word(report, WORD_NOT_NAMED)};
    double out = of->users + of->evaporation + of->exported + of->sea + of->kept;
    double in = of->runoff + of->rain + of->imported + of->returned;
    if (systems->has_runoff)
        put_term(&balance, 0, WORD_RUNOFF, of->runoff);
    else
        put_term(&balance, 0, WORD_RUNOFF_LESS, out - in);
    put_term(&balance, 0, WORD_RAIN, of->rain);
    put_term(&balance, 0, WORD_IMPORTED, of->imported);
    put_term(&balance, 0, WORD_RETURNED, of->returned);
    put_term(&balance, 1, WORD_TO_USERS, of->users);
    put_term(&balance, 1, WORD_EVAPORATION, of->evaporation);
    put_term(&balance, 1, WORD_EXPORTED, of->exported);
    put_term(&balance, 1, WORD_TO_SEA, of->sea);
    if (systems->has_runoff)
        put_term(&balance, 1, WORD_LOSSES_AQUIFERS, in - out);
    if (of->kept > 0.0)
        put_term(&balance, 1, WORD_TO_STORAGE, of->kept);
    else
        put_term(&balance, 0, WORD_FROM_STORAGE, -of->kept);
    return balance;
}

/* ---- picture and table -------------------------------------------------------------------------
 */

/* Colours that are told apart by those who see few (Okabe & Ito 2008), by the word of a term. */
static const char *
colour_of(enum word name)
{
    switch (name) {
    case WORD_RUNOFF:
    case WORD_RUNOFF_LESS:
        return "#56b4e9";
    case WORD_RAIN:
    case WORD_SOURCES:
        return "#9ad0f0";
    case WORD_TO_USERS:
    case WORD_CONSUMED:
        return "#e69f00";
    case WORD_EVAPORATION:
        return "#f0e442";
    case WORD_IMPORTED:
    case WORD_EXPORTED:
        return "#cc79a7";
    case WORD_RETURNED:
        return "#009e73";
    case WORD_TO_SEA:
        return "#8fb4d0";
    case WORD_LOSSES:
    case WORD_LOSSES_AQUIFERS:
        return "#d55e00";
    default:
        return "#bbbbbb";
    }
}

static void
put_bar(struct report *report, const struct balance *balance, int side, double total, double y)
{
    static const double left = 60.0, wide = 880.0, high = 26.0, letter = 6.2;
    double x = left;
    char text[160], number[32];
    svg_text(report->out, left - 8.0, y + 17.0, 11.0, SVG_END, "#333333",
             report_word(report, side == 0 ? WORD_WATER_IN : WORD_WATER_OUT));
    for (int i = 0; i < balance->count[side]; i++) {
        const struct term *term = &balance->term[side][i];
        double width = wide * fmax(term->value, 0.0) / total;
        const char *name = report_word(report, term->name);
        snprintf(
            text, sizeof text, "%s %s", name,
            report_number(term->value, fabs(term->value) < 9.95 ? 2 : 1, number, sizeof number));
        fputs("<g><title>", report->out);
        svg_escape(report->out, text);
        fputs("</title>", report->out);
        svg_rect(report->out, x, y, width, high, colour_of(term->name));
        const char *shown = letter * text_width(text) < width     ? text
                            : letter * text_width(number) < width ? number
                                                                  : "";
        svg_text(report->out, x + 0.5 * width, y + 17.0, 11.0, SVG_MIDDLE, "#111111", shown);
        fputs("</g>", report->out);
        x += width;
    }
}

static void
put_balance(struct report *report, const struct balance *balance)
{
    double total = 0.0;
    for (int i = 0; i < balance->count[0]; i++)
        total += fmax(balance->term[0][i].value, 0.0);
    if (!(total > 0.0))
        return;
    fputs("<figure class=\"balance\"><figcaption><b>", report->out);
    svg_escape(report->out, balance->name);
    fputs("</b></figcaption>\n", report->out);
    fputs("<svg viewBox=\"0 0 950 64\" role=\"img\" aria-label=\"", report->out);
    svg_escape(report->out, balance->name);
    fputs("\">\n", report->out);
    put_bar(report, balance, 0, total, 2.0);
    put_bar(report, balance, 1, total, 34.0);
    fputs("</svg></figure>\n", report->out);
}

static void
table_rows(struct report *report, struct table *table, const struct balance *balance)
{
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < balance->count[side]; i++) {
            table_cell(table, "%s", balance->name);
            table_cell(table, "%s",
                       report_word(report, side == 0 ? WORD_WATER_IN : WORD_WATER_OUT));
            table_cell(table, "%s", report_word(report, balance->term[side][i].name));
            table_number(table, balance->term[side][i].value);
        }
}

static void
put_subsystems(struct report *report, struct table *table)
{
    size_t count = (size_t)report->basin->node_count + 1;
    struct subsystems systems = {.item = calloc(count, sizeof *systems.item),
                                 .of = calloc(count, sizeof *systems.of)};
    bool good = systems.item != NULL && systems.of != NULL;
    if (good) {
        find_subsystems(report->basin, &systems);
        add_links(report, &systems);
        add_lakes(report, &systems);
        good = add_all_users(report, &systems) && add_runoff(report, &systems);
    }
    for (int at = 0; at < systems.count && good; at++) {
        struct balance balance = balance_of(report, &systems, at);
        put_balance(report, &balance);
        table_rows(report, table, &balance);
    }
    if (good) {
        report_paragraph(
            report, "small", WORD_BALANCE_CLOSING,
            (const char *[]){
                report_word(report, systems.has_runoff ? WORD_LOSSES_AQUIFERS : WORD_RUNOFF_LESS)});
        if (!systems.has_runoff)
            report_paragraph(report, "small", WORD_BALANCE_SAVE, NULL);
    }
    report->view.failed = report->view.failed || !good;
    free(systems.item);
    free(systems.of);
}

void
report_balance(struct report *report)
{
    static const enum word heads[] = {WORD_SUBSYSTEM, WORD_WATER_IN, WORD_BALANCE, WORD_HM3};
    struct table table;
    report_section(report, "balance", WORD_BALANCE);
    report_paragraph(report, "small", WORD_BALANCE_NOTE, NULL);
    struct balance whole = whole_basin(report);
    report_table(report, &table, sizeof heads / sizeof *heads, heads, 7U);
    put_balance(report, &whole);
    table_rows(report, &table, &whole);
    if (report->basin != NULL && report->basin->link_count == report->link.count &&
        report->basin->reservoir_count == report->reservoir.count &&
        report->basin->demand_count == report->demand.count)
        put_subsystems(report, &table);
    report_table_end(report, &table, report_word(report, WORD_BALANCE));
    report_section_end(report);
}
