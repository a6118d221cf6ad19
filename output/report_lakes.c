/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reservoir.h"
#include "output/report_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lakes: storage against the rule curves, dam safety; intakes that shut on salt. */

static double
mean_of(const struct report *report, enum report_figure which, int element)
{
    return figure_mean(&report->view, &report->figure[which], element);
}

/* Scenario with the least (or the largest) of a figure; -1 where none has one. */
static int
extreme_in(const struct report *report, enum report_figure which, int element, bool largest)
{
    int found_s = -1;
    double found = 0.0;
    for (int i = 0; i < report->view.shown_count; i++) {
        int s = report->view.scenario_s[i];
        double value = figure(&report->figure[which], s, element);
        if (isnan(value) || (found_s >= 0 && (largest ? value <= found : value >= found)))
            continue;
        found = value;
        found_s = s;
    }
    return found_s;
}

/* ---- storage -----------------------------------------------------------------------------------
 */

static void
storage_row(struct report *report, struct table *table, int reservoir_r)
{
    char date[32];
    double steps = report->reader.step_count, to_hm3 = 1e-6 / report->view.years;
    int s = extreme_in(report, FIGURE_LEAST_STORAGE, reservoir_r, false);
    table_cell(table, "%s", report->reservoir.name[reservoir_r]);
    table_number(table, report->capacity_m3[reservoir_r] / 1e6);
    table_number(table, s < 0
                            ? (double)NAN
                            : figure(&report->figure[FIGURE_LEAST_STORAGE], s, reservoir_r) / 1e6);
    table_cell(table, "%s",
               report_time(report,
                           s < 0 ? (double)NAN
                                 : figure(&report->figure[FIGURE_LEAST_TIME], s, reservoir_r),
                           date, sizeof date));
    table_cell(table, "%s", s < 0 ? "-" : report->reader.scenario[s]);
    table_number(table, mean_of(report, FIGURE_INFLOW, reservoir_r) * to_hm3);
    table_number(table, mean_of(report, FIGURE_SPILL, reservoir_r) * to_hm3);
    table_percent(table, mean_of(report, FIGURE_IN_ZONE, reservoir_r) / steps);
    table_percent(table, mean_of(report, FIGURE_RESERVE_SHORT, reservoir_r) / steps);
}

/* Whether a line of some lake comes from a record. */
static bool
has_record_line(const struct basin *basin)
{
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *lake = &basin->reservoir[r];
        if (lake->flood_limit.kind == VARYING_SERIES || lake->target.kind == VARYING_SERIES ||
            lake->domestic_reserve.kind == VARYING_SERIES)
            return true;
        for (int z = 0; z < lake->zone_count; z++)
            if (lake->zone[z].below.kind == VARYING_SERIES)
                return true;
    }
    return false;
}

static void
say_buckets(struct report *report)
{
    const struct band *band = &report->chart[0].band;
    char steps[16], coarse[16], all[16], some[16];
    snprintf(steps, sizeof steps, "%d", band->bucket_steps);
    snprintf(coarse, sizeof coarse, "%d", band->bucket_steps * band->detail_every);
    report_paragraph(report, "small", WORD_BUCKET_NOTE, (const char *[]){steps, coarse});
    if (report->picked_count == report->view.shown_count)
        return;
    snprintf(all, sizeof all, "%d", report->view.shown_count);
    snprintf(some, sizeof some, "%d", report->picked_count);
    report_paragraph(report, "small", WORD_PICKER_NOTE, (const char *[]){all, some});
}

void
report_storage(struct report *report)
{
    static const enum word heads[] = {WORD_RESERVOIR, WORD_CAPACITY, WORD_LOWEST,
                                      WORD_ON,        WORD_SCENARIO, WORD_INFLOW,
                                      WORD_SPILL,     WORD_IN_ZONE,  WORD_RESERVE_SHORT};
    struct table table;
    report_section(report, "storage", WORD_STORAGE);
    if (report->reservoir.count == 0) {
        report_paragraph(report, "missing", WORD_NO_DAMS, NULL);
        report_section_end(report);
        return;
    }
    report_table(report, &table, sizeof heads / sizeof *heads, heads, 0x19U);
    for (int r = 0; r < report->reservoir.count; r++)
        storage_row(report, &table, r);
    report_table_end(report, &table, report_word(report, WORD_STORAGE));
    if (H5Lexists(report->reader.file, "storage", H5P_DEFAULT) <= 0) {
        report_paragraph(report, "missing", WORD_SAVE_HINT, (const char *[]){"storage"});
    } else {
        report_paragraph(report, "small", WORD_STORAGE_NOTE,
                         (const char *[]){report_word(report, WORD_CHART_KEYS)});
        say_buckets(report);
        if (report->basin != NULL)
            report_paragraph(report, "small", WORD_CURVES_SCENARIO,
                             (const char *[]){report->reader.scenario[report->view.scenario_s[0]]});
        if (report->basin != NULL && has_record_line(report->basin))
            report_paragraph(report, "small", WORD_CURVES_SERIES, NULL);
        report_charts(report, "storage");
    }
    report_section_end(report);
}

/* ---- dams --------------------------------------------------------------------------------------
 */

/* What the highest level breaks. */
static enum word
breach_of(const struct reservoir *lake, double level_m, double below_dead)
{
    if (level_m > lake->dam.crest_level_m)
        return WORD_BREACH_CREST;
    if (level_m > lake->dam.check_level_m)
        return WORD_BREACH_CHECK;
    if (level_m > lake->dam.design_level_m)
        return WORD_BREACH_DESIGN;
    return below_dead > 0.0 ? WORD_BREACH_DEAD : WORD_BREACH_NONE;
}

static void
dam_row(struct report *report, struct table *table, int reservoir_r)
{
    static const struct reservoir unknown = {
        .dam = {.crest_level_m = NAN, .design_level_m = NAN, .check_level_m = NAN}};
    bool known = report->basin != NULL && reservoir_r < report->basin->reservoir_count;
    const struct reservoir *lake = known ? &report->basin->reservoir[reservoir_r] : &unknown;
    int s = extreme_in(report, FIGURE_LARGEST_STORAGE, reservoir_r, true);
    double level_m = (double)NAN, full_m = (double)NAN, below_dead = 0.0;
    for (int i = 0; i < report->view.shown_count; i++)
        below_dead +=
            figure(&report->figure[FIGURE_BELOW_DEAD], report->view.scenario_s[i], reservoir_r);
    if (known && s >= 0)
        level_m = reservoir_level_m(
            lake, figure(&report->figure[FIGURE_LARGEST_STORAGE], s, reservoir_r));
    if (known)
        full_m = reservoir_level_m(lake, lake->capacity_m3);
    table_cell(table, "%s", report->reservoir.name[reservoir_r]);
    table_number(table, level_m);
    table_cell(table, "%s", s < 0 ? "-" : report->reader.scenario[s]);
    table_number(table, full_m);
    table_number(table, known && lake->dam.given ? lake->dam.design_level_m : (double)NAN);
    table_number(table, known && lake->dam.given ? lake->dam.check_level_m : (double)NAN);
    table_number(table, known && lake->dam.given ? lake->dam.crest_level_m : (double)NAN);
    table_percent(table, mean_of(report, FIGURE_SPILLING, reservoir_r) / report->reader.step_count);
    table_cell(table, "%.0f", below_dead);
    table_cell(table, "%s",
               report_word(report, breach_of(known && lake->dam.given ? lake : &unknown, level_m,
                                             below_dead)));
}

void
report_dams(struct report *report)
{
    static const enum word heads[] = {
        WORD_RESERVOIR,   WORD_HIGHEST,     WORD_SCENARIO, WORD_FULL_LEVEL, WORD_DESIGN_LEVEL,
        WORD_CHECK_LEVEL, WORD_CREST_LEVEL, WORD_SPILLING, WORD_BELOW_DEAD, WORD_BREACH};
    struct table table;
    report_section(report, "dams", WORD_DAMS);
    if (report->reservoir.count == 0) {
        report_paragraph(report, "missing", WORD_NO_DAMS, NULL);
    } else {
        report_table(report, &table, sizeof heads / sizeof *heads, heads, 0x205U);
        for (int r = 0; r < report->reservoir.count; r++)
            dam_row(report, &table, r);
        report_table_end(report, &table, report_word(report, WORD_DAMS));
        report_paragraph(report, "small", WORD_DAMS_NOTE, NULL);
    }
    report_section_end(report);
}

/* ---- intakes -----------------------------------------------------------------------------------
 */

static double
mean_of_intake(const struct report *report, enum report_figure which, int link_l)
{
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < report->view.shown_count; i++) {
        int s = report->view.scenario_s[i];
        if (isnan(figure(&report->figure[FIGURE_SALINITY], s, link_l)))
            continue;
        sum += figure(&report->figure[which], s, link_l);
        count++;
    }
    return sum / count;
}

static void
intake_row(struct report *report, struct table *table, int link_l, int saltiest_s)
{
    char date[32];
    double steps = report->reader.step_count;
    int s = extreme_in(report, FIGURE_LONGEST_SHUT, link_l, true);
    const char *name = report->basin != NULL && report->basin->link[link_l].name != NULL
                           ? report->basin->link[link_l].name
                           : report->link.id[link_l];
    table_cell(table, "%s", name);
    table_cell(table, "%s", report->link_from[link_l]);
    table_percent(table, mean_of_intake(report, FIGURE_SHUT, link_l) / steps);
    table_percent(table, mean_of_intake(report, FIGURE_PARTLY, link_l) / steps);
    table_number(table, mean_of_intake(report, FIGURE_WITHHELD, link_l) / 1e6 / report->view.years);
    table_number(table, figure(&report->figure[FIGURE_SALINITY], saltiest_s, link_l));
    table_number(table, figure(&report->figure[FIGURE_LONGEST_SHUT], s, link_l));
    table_cell(table, "%s",
               report_time(report, figure(&report->figure[FIGURE_LONGEST_SHUT_START], s, link_l),
                           date, sizeof date));
    table_cell(table, "%s", report->reader.scenario[s]);
}

void
report_salinity(struct report *report)
{
    static const enum word heads[] = {WORD_INTAKE,       WORD_ESTUARY,  WORD_SHUT,
                                      WORD_PARTLY_SHUT,  WORD_WITHHELD, WORD_WORST_SALINITY,
                                      WORD_LONGEST_SHUT, WORD_FROM,     WORD_SCENARIO};
    struct table table;
    int count = 0;
    report_section(report, "salinity", WORD_SALINITY);
    report_table(report, &table, sizeof heads / sizeof *heads, heads, 0x183U);
    for (int l = 0; l < report->link.count; l++) {
        int s = extreme_in(report, FIGURE_SALINITY, l, true);
        if (s < 0)
            continue;
        intake_row(report, &table, l, s);
        count++;
    }
    if (count == 0) {
        table_discard(&table);
        report_paragraph(report, "missing", WORD_NO_INTAKES, NULL);
    } else {
        report_table_end(report, &table, report_word(report, WORD_SALINITY));
        if (report_charts(report, "salinity") == 0)
            report_paragraph(report, "missing", WORD_SAVE_HINT,
                             (const char *[]){"intake_salinity"});
    }
    report_section_end(report);
}
