/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include "output/page.h"

static bool
put_tables(FILE *out, const struct operation_results *results)
{
    int events = 0, dropped = 0;
    bool good = true;
    if (results->ensemble != NULL) {
        fputs("<h2>The members</h2>\n<div>", out);
        good = operation_print_ensemble(results, TABLE_HTML, out);
        fputs("</div>\n<h2>Levels</h2>\n<div>", out);
        good = operation_print_levels(results, TABLE_HTML, out) && good;
        fputs("</div>\n<h2>By lead time</h2>\n<div>", out);
        good = operation_print_leads(results, TABLE_HTML, out) && good;
        fputs("</div>\n", out);
        return good;
    }
    for (int v = 0; v < results->variant_count; v++) {
        events += results->run[v]->event_count;
        dropped += results->run[v]->dropped_count;
    }
    fputs("<h2>Side by side</h2>\n<div>", out);
    good = operation_print_figures(results, TABLE_HTML, out);
    fputs("</div>\n<h2>Rules broken</h2>\n<div>", out);
    if (events == 0)
        fputs("<p>No rule is broken.</p>", out);
    else
        good = operation_print_events(results, TABLE_HTML, out) && good;
    if (dropped > 0)
        fprintf(out, "<p>%d more are not listed.</p>", dropped);
    fputs("</div>\n", out);
    return good;
}

static bool
put_page(FILE *out, const struct operation_results *results)
{
    const struct operation_plan *plan = results->plan;
    const struct operation_request *request = &plan->request;
    const char *name = request->basin->node[plan->reservoir->node_i].name;
    char from[24], to[24];
    int64_t end_s = request->start_s + (int64_t)request->step_s * request->step_count;
    page_begin(out, name);
    fprintf(out, "<p>%s to %s, %d steps of %g h, gates set every %g min</p>\n",
            instant_format(request->start_s, from, sizeof from),
            instant_format(end_s, to, sizeof to), request->step_count, request->step_s / 3600.0,
            request->control_s / 60.0);
    page_paragraph(out, "Inflow:", results->inflow_text);
    bool good = operation_draw(out, results);
    good = put_tables(out, results) && good;
    page_paragraph(out, "Command:", results->command);
    page_paragraph(out, "Program:", results->version);
    page_end(out);
    return good;
}

enum status
operation_write_report(const char *path, const struct operation_results *results, struct error *err)
{
    char temporary[4096];
    FILE *out = operation_open(path, temporary, sizeof temporary, err);
    if (out == NULL)
        return STATUS_FILE_WRITE;
    bool good = put_page(out, results);
    enum status status = operation_close(out, temporary, path, err);
    return good ? status : error_set(err, STATUS_MEMORY, "out of memory for the report");
}
