/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_private.h"
#include "output/svg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sentences, sections and tables of the report. */

const char *
report_word(const struct report *report, enum word word)
{
    return word_text(report->language, word);
}

void
report_say(struct report *report, enum word word, const char *const *given)
{
    for (const char *c = report_word(report, word); *c != '\0'; c++) {
        if (c[0] == '{' && c[1] >= '1' && c[1] <= '9' && c[2] == '}') {
            svg_escape(report->out, given[c[1] - '1']);
            c += 2;
        } else {
            fputc(*c, report->out);
        }
    }
}

void
report_paragraph(struct report *report, const char *style, enum word word, const char *const *given)
{
    fprintf(report->out, "<p class=\"%s\">", style);
    report_say(report, word, given);
    fputs("</p>\n", report->out);
}

void
report_section(struct report *report, const char *id, enum word head)
{
    fprintf(report->out, "<section id=\"%s\">\n<h2>%s</h2>\n", id, report_word(report, head));
}

void
report_section_end(struct report *report)
{
    fputs("</section>\n", report->out);
}

void
report_table(struct report *report, struct table *table, int count, const enum word *heads,
             unsigned left_mask)
{
    enum { HEADS_MAX = 20, HEAD_BYTES = 80 };
    char text[HEADS_MAX][HEAD_BYTES];
    const char *head[HEADS_MAX];
    for (int i = 0; i < count && i < HEADS_MAX; i++) {
        snprintf(text[i], HEAD_BYTES, "%s%s", (left_mask >> i & 1U) != 0 ? "<" : "",
                 report_word(report, heads[i]));
        head[i] = text[i];
    }
    table_init(table, TABLE_HTML, count, head);
}

void
report_table_end(struct report *report, struct table *table, const char *caption)
{
    fputs("<figure class=\"table\"><figcaption>", report->out);
    svg_escape(report->out, caption);
    fputs("</figcaption><div class=\"wide\" tabindex=\"0\">\n", report->out);
    report->view.failed = !table_print(table, report->out) || report->view.failed;
    fprintf(report->out, "</div><button type=\"button\" class=\"csv\">%s</button></figure>\n",
            report_word(report, WORD_CSV));
}

const char *
report_class_name(const struct report *report, const char *id)
{
    static const struct {
        const char *id;
        enum word word;
    } known[] = {{"domestic", WORD_CLASS_domestic},     {"industry", WORD_CLASS_industry},
                 {"tourism", WORD_CLASS_tourism},       {"aquaculture", WORD_CLASS_aquaculture},
                 {"irrigation", WORD_CLASS_irrigation}, {"livestock", WORD_CLASS_livestock}};
    for (int c = 0; report->basin != NULL && c < report->basin->class_count; c++) {
        const struct class *class = &report->basin->class[c];
        if (strcmp(class->id, id) == 0 && class->name != NULL && strcmp(class->name, id) != 0)
            return class->name;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].id, id) == 0)
            return report_word(report, known[i].word);
    return id[0] != '\0' ? id : report_word(report, WORD_NOT_NAMED);
}

const char *
report_number(double value, int digits, char *buffer, size_t size)
{
    if (!isfinite(value))
        snprintf(buffer, size, "-");
    else
        snprintf(buffer, size, "%.*f", digits, value + 0.0);
    return buffer;
}

const char *
report_time(const struct report *report, double time, char *buffer, size_t size)
{
    return reader_date(&report->reader, time, buffer, size);
}

const char *
report_steps(const struct report *report, double steps, char *buffer, size_t size)
{
    const char *step = report->reader.step;
    enum word unit = strcmp(step, "hourly") == 0    ? WORD_UNIT_HOURS
                     : strcmp(step, "tenday") == 0  ? WORD_UNIT_TENDAYS
                     : strcmp(step, "monthly") == 0 ? WORD_UNIT_MONTHS
                                                    : WORD_UNIT_DAYS;
    snprintf(buffer, size, "%.0f %s", steps, report_word(report, unit));
    return buffer;
}

int
report_colour(double share)
{
    static const double least[] = {0.5, 0.75, 0.9, 0.95, 0.99};
    int colour = 0;
    while (colour < 5 && share >= least[colour])
        colour++;
    return colour;
}
