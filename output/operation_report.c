/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include "output/svg.h"

static const char style[] =
    "body{font:15px/1.45 sans-serif;color:#222;max-width:1100px;margin:1.5em auto;padding:0 1em}"
    "table{border-collapse:collapse;font-size:13px;margin:.6em 0 1.4em}"
    "th,td{border-bottom:1px solid #ddd;padding:.2em .7em;text-align:left;white-space:nowrap}"
    "th{border-bottom:2px solid #888}.n{text-align:right}svg{max-width:100%;height:auto}"
    "div{overflow-x:auto}.small{font-size:12px;color:#555}";

static void
put_paragraph(FILE *out, const char *label, const char *text)
{
    fprintf(out, "<p class=\"small\"><b>%s</b> ", label);
    svg_escape(out, text);
    fputs("</p>\n", out);
}

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
    fputs("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>", out);
    svg_escape(out, name);
    fprintf(out, "</title><style>%s</style></head><body>\n<h1>", style);
    svg_escape(out, name);
    fprintf(out, "</h1>\n<p>%s to %s, %d steps of %g h, gates set every %g min</p>\n",
            instant_format(request->start_s, from, sizeof from),
            instant_format(end_s, to, sizeof to), request->step_count, request->step_s / 3600.0,
            request->control_s / 60.0);
    put_paragraph(out, "Inflow:", results->inflow_text);
    bool good = operation_draw(out, results);
    good = put_tables(out, results) && good;
    put_paragraph(out, "Command:", results->command);
    put_paragraph(out, "Program:", results->version);
    fputs("</body></html>\n", out);
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
