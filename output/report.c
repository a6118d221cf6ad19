/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report.h"

#include "output/operation.h"
#include "output/page.h"
#include "output/report_files.h"
#include "output/report_private.h"
#include "output/scorecard.h"
#include "output/show_axes.h"
#include "output/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- question ----------------------------------------------------------------------------------
 */

static void
say_period(struct report *report)
{
    const struct reader *reader = &report->reader;
    char first[32], last[32];
    enum word step = strcmp(reader->step, "hourly") == 0    ? WORD_STEP_HOURLY
                     : strcmp(reader->step, "tenday") == 0  ? WORD_STEP_TENDAY
                     : strcmp(reader->step, "monthly") == 0 ? WORD_STEP_MONTHLY
                                                            : WORD_STEP_DAILY;
    double day = 86400.0 / reader->time_unit_s;
    report_paragraph(report, "", WORD_PERIOD,
                     (const char *[]){report_time(report, reader->time[0], first, sizeof first),
                                      report_time(report, reader->time[reader->step_count] - day,
                                                  last, sizeof last),
                                      report_word(report, step)});
}

static void
say_failed(struct report *report)
{
    enum { NAMED_MAX = 10 };
    const struct reader *reader = &report->reader;
    char count[16], all[16], date[32];
    int failed_count = reader->scenario_count - report->view.shown_count, named = 0;
    if (failed_count == 0)
        return;
    snprintf(count, sizeof count, "%d", failed_count);
    snprintf(all, sizeof all, "%d", reader->scenario_count);
    report_paragraph(report, "missing", WORD_FAILED, (const char *[]){count, all});
    fputs("<ul>", report->out);
    for (int s = 0; s < reader->scenario_count && named < NAMED_MAX; s++) {
        if (isnan(report->view.failed_time[s]))
            continue;
        fputs("<li>", report->out);
        report_say(
            report, WORD_FAILED_ON,
            (const char *[]){reader->scenario[s],
                             report_time(report, report->view.failed_time[s], date, sizeof date)});
        fputs("</li>", report->out);
        named++;
    }
    fputs("</ul>\n", report->out);
    snprintf(count, sizeof count, "%d", failed_count - named);
    if (failed_count > named)
        report_paragraph(report, "small", WORD_MORE, (const char *[]){count});
}

/* The labels that an axis takes, each once. */
static void
axis_row(struct table *table, const char *id, char *const *label, int count)
{
    enum { LABELS_MAX = 24, TEXT_BYTES = 2048 };
    char text[TEXT_BYTES] = "";
    int shown = 0;
    for (int s = 0; s < count; s++) {
        int earlier = 0;
        while (strcmp(label[earlier], label[s]) != 0)
            earlier++;
        if (earlier < s)
            continue;
        size_t used = strlen(text);
        if (shown == LABELS_MAX || used + strlen(label[s]) + 8 >= sizeof text) {
            snprintf(text + used, sizeof text - used, ", ...");
            break;
        }
        snprintf(text + used, sizeof text - used, "%s%s", shown > 0 ? ", " : "", label[s]);
        shown++;
    }
    table_cell(table, "%s", id);
    table_cell(table, "%s", text);
}

static void
put_axes(struct report *report)
{
    static const enum word heads[] = {WORD_AXIS, WORD_AXIS_VALUES};
    struct show_axes axes = {0};
    struct error err = {0};
    struct table table;
    if (show_axes_open(&report->view, &axes, &err) != STATUS_OK) {
        report->view.failed = true;
        return;
    }
    if (axes.count == 0) {
        report_paragraph(report, "", WORD_NO_AXES, NULL);
    } else {
        report_table(report, &table, 2, heads, 3U);
        for (int a = 0; a < axes.count; a++)
            axis_row(&table, axes.id[a], axes.label[a], axes.scenario_count);
        report_table_end(report, &table, report_word(report, WORD_AXES));
    }
    show_axes_close(&axes);
}

void
report_question(struct report *report)
{
    char count[16];
    snprintf(count, sizeof count, "%d", report->reader.scenario_count);
    report_section(report, "question", WORD_QUESTION);
    report_paragraph(report, "lead", WORD_QUESTION_TEXT,
                     (const char *[]){count, report->reader.title});
    say_period(report);
    if (report->basin != NULL && report->basin->description != NULL) {
        fputs("<p>", report->out);
        svg_escape(report->out, report->basin->description);
        fputs("</p>\n", report->out);
    }
    put_axes(report);
    say_failed(report);
    report_section_end(report);
}

/* ---- scorecard ---------------------------------------------------------------------------------
 */

static void
score_row(struct report *report, struct table *table, const struct scorecard_row *row)
{
    static const enum word verdicts[SCORECARD_VERDICT_COUNT] = {
        WORD_VERDICT_MET,          WORD_VERDICT_MEAN,     WORD_VERDICT_MISSED,
        WORD_VERDICT_NOT_MODELLED, WORD_VERDICT_NOT_HERE, WORD_VERDICT_NO_YEAR};
    bool vietnamese = report->language == LANGUAGE_VI && row->indicator_vi[0] != '\0';
    table_cell(table, "%s", vietnamese ? row->indicator_vi : row->indicator);
    table_cell(table, "%d", row->year);
    table_cell(table, "%s %g", row->above ? ">" : "≥", 100.0 * row->target);
    table_percent(table, row->mean);
    table_percent(table, row->worst);
    table_cell(table, "%s", report_word(report, verdicts[row->verdict]));
    table_cell(table, "%s",
               row->worst_s >= 0 && row->verdict != SCORECARD_MET
                   ? report->reader.scenario[row->worst_s]
                   : "");
}

/* The targets with a figure, and how many have none. */
static void
put_scores(struct report *report, const struct scorecard_row *rows, int count)
{
    static const enum word heads[] = {WORD_TARGET, WORD_YEAR,    WORD_AIM,           WORD_MEAN,
                                      WORD_WORST,  WORD_VERDICT, WORD_WORST_SCENARIO};
    const char *targets = report->options->targets_path, *base = strrchr(targets, '/');
    struct table table;
    char rest[16], unknown[16], other_year[16];
    int without = 0, no_year = 0;
    for (int i = 0; i < count; i++) {
        without += isnan(rows[i].mean);
        no_year += rows[i].verdict == SCORECARD_NO_YEAR;
    }
    if (without < count) {
        report_table(report, &table, sizeof heads / sizeof *heads, heads, 0x61U);
        for (int i = 0; i < count; i++)
            if (!isnan(rows[i].mean))
                score_row(report, &table, &rows[i]);
        report_table_end(report, &table, report_word(report, WORD_SCORECARD));
    }
    report_paragraph(report, "small", WORD_SCORECARD_NOTE,
                     (const char *[]){base != NULL ? base + 1 : targets});
    snprintf(rest, sizeof rest, "%d", without);
    snprintf(unknown, sizeof unknown, "%d", without - no_year);
    snprintf(other_year, sizeof other_year, "%d", no_year);
    if (without > 0)
        report_paragraph(report, "small", WORD_SCORECARD_REST,
                         (const char *[]){rest, unknown, other_year});
}

void
report_scorecard(struct report *report)
{
    struct scorecard_row *rows = NULL;
    struct error err = {0};
    int count = 0;
    const char *targets = report->options->targets_path;
    report_section(report, "scorecard", WORD_SCORECARD);
    if (targets == NULL || scorecard_rows(report->reader.path, targets, "domestic", &rows, &count,
                                          &err) != STATUS_OK) {
        report_paragraph(report, "missing", WORD_SCORECARD_NONE,
                         (const char *[]){targets == NULL ? "--targets" : err.text});
    } else {
        put_scores(report, rows, count);
    }
    scorecard_rows_free(rows, count);
    report_section_end(report);
}

/* ---- about -------------------------------------------------------------------------------------
 */

static void
about_line(struct report *report, enum word label, const char *object, const char *name)
{
    char *text = reader_attribute(&report->reader, object, name);
    page_paragraph(report->out, report_word(report, label), text != NULL ? text : "-");
    free(text);
}

void
report_about(struct report *report)
{
    char text[64];
    double worst = 0.0;
    struct figures ratio = view_figures(&report->view, "basin_worst_residual_ratio", 1);
    for (int i = 0; i < report->view.shown_count; i++)
        worst = fmax(worst, figure(&ratio, report->view.scenario_s[i], 0));
    free(ratio.value);
    snprintf(text, sizeof text, "%.2g", worst);
    report_section(report, "about", WORD_ABOUT);
    about_line(report, WORD_ABOUT_COMMAND, "provenance/run", "command");
    about_line(report, WORD_ABOUT_PROGRAM, ".", "source");
    about_line(report, WORD_ABOUT_SEED, "provenance", "seed");
    about_line(report, WORD_ABOUT_BASIN, "provenance", "basin_sha256");
    page_paragraph(report->out, report_word(report, WORD_ABOUT_RESIDUAL), text);
    page_paragraph(report->out, report_word(report, WORD_ABOUT_LIBRARY),
                   "dygraphs (MIT), https://dygraphs.com");
    report_section_end(report);
}

/* ---- the page ----------------------------------------------------------------------------------
 */

static const struct {
    const char *id;
    enum word head;
    void (*put)(struct report *report);
} sections[] = {{"question", WORD_QUESTION, report_question},
                {"headline", WORD_HEADLINE, report_headline},
                {"scorecard", WORD_SCORECARD, report_scorecard},
                {"reliability", WORD_RELIABILITY, report_reliability},
                {"map", WORD_MAP, report_map},
                {"storage", WORD_STORAGE, report_storage},
                {"supply", WORD_SUPPLY, report_supply},
                {"droughts", WORD_DROUGHTS, report_droughts},
                {"salinity", WORD_SALINITY, report_salinity},
                {"dams", WORD_DAMS, report_dams},
                {"balance", WORD_BALANCE, report_balance},
                {"about", WORD_ABOUT, report_about}};
enum { SECTION_COUNT = sizeof sections / sizeof *sections };

static void
put_head(struct report *report)
{
    FILE *out = report->out;
    fputs("<header><h1>", out);
    svg_escape(out, report->reader.title);
    fprintf(out, "</h1><p>%s</p></header>\n<noscript><p class=\"missing\">%s</p></noscript>\n",
            report_word(report, WORD_REPORT), report_word(report, WORD_NO_SCRIPT));
    fprintf(out, "<div id=\"bar\"><label>%s <select id=\"picker\"><option value=\"-1\">%s</option>",
            report_word(report, WORD_PICKER), report_word(report, WORD_PICKER_ALL));
    for (int i = 0; i < report->picked_count; i++) {
        fprintf(out, "<option value=\"%d\">", i);
        svg_escape(out, report->reader.scenario[report->view.scenario_s[report->picked[i]]]);
        fputs("</option>", out);
    }
    fprintf(out, "</select></label> <button type=\"button\" id=\"print\">%s</button></div>\n",
            report_word(report, WORD_PRINT));
    fprintf(out, "<nav aria-label=\"%s\"><ol>", report_word(report, WORD_CONTENTS));
    for (int i = 0; i < SECTION_COUNT; i++)
        fprintf(out, "<li><a href=\"#%s\">%s</a></li>", sections[i].id,
                report_word(report, sections[i].head));
    fputs("</ol></nav>\n<main>\n", out);
}

static void
put_page(struct report *report)
{
    char *style = NULL;
    if (asprintf(&style, "%s%s", file_dygraph_css, file_report_css) < 0)
        style = NULL;
    report->view.failed = report->view.failed || style == NULL;
    page_open(report->out, language_code(report->language), report->reader.title, style);
    free(style);
    put_head(report);
    if (report->view.shown_count == 0) {
        report_question(report);
        report_paragraph(report, "missing", WORD_ALL_FAILED, NULL);
        report_about(report);
    } else {
        for (int i = 0; i < SECTION_COUNT; i++)
            sections[i].put(report);
    }
    fputs("</main>\n", report->out);
    report_data(report);
    fprintf(report->out, "<!-- dygraphs:\n%s\n-->\n<script>%s</script>\n<script>%s</script>\n",
            file_dygraph_licence, file_dygraph_js, file_report_js);
    page_end(report->out);
}

static enum status
write_page(struct report *report, const char *path, struct error *err)
{
    char temporary[4096];
    report->out = operation_open(path, temporary, sizeof temporary, err);
    if (report->out == NULL)
        return STATUS_FILE_WRITE;
    put_page(report);
    if (!report->view.failed)
        return operation_close(report->out, temporary, path, err);
    fclose(report->out);
    remove(temporary);
    return error_set(err, STATUS_INPUT, "'%s' is damaged, or memory ran out", report->reader.path);
}

enum status
report_write(const char *path, const char *results_path, const struct report_options *options,
             struct error *err)
{
    struct report report = {.options = options, .language = options->language};
    enum status status = report_load(&report, results_path, err);
    if (status == STATUS_OK)
        status = report_read_series(&report, err);
    if (status == STATUS_OK)
        status = write_page(&report, path, err);
    report_unload(&report);
    return status;
}
