/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/page.h"

#include "output/svg.h"

static const char style[] =
    "body{font:15px/1.45 sans-serif;color:#222;max-width:1100px;margin:1.5em auto;padding:0 1em}"
    "table{border-collapse:collapse;font-size:13px;margin:.6em 0 1.4em}"
    "th,td{border-bottom:1px solid #ddd;padding:.2em .7em;text-align:left;white-space:nowrap}"
    "th{border-bottom:2px solid #888}.n{text-align:right}svg{max-width:100%;height:auto}"
    "div{overflow-x:auto}.small{font-size:12px;color:#555}";

void
page_begin(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>", out);
    svg_escape(out, title);
    fprintf(out, "</title><style>%s</style></head><body>\n<h1>", style);
    svg_escape(out, title);
    fputs("</h1>\n", out);
}

void
page_end(FILE *out)
{
    fputs("</body></html>\n", out);
}

void
page_paragraph(FILE *out, const char *label, const char *text)
{
    fprintf(out, "<p class=\"small\"><b>%s</b> ", label);
    svg_escape(out, text);
    fputs("</p>\n", out);
}
