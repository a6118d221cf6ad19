/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/page.h"

#include "output/report_files.h"
#include "output/svg.h"

void
page_open(FILE *out, const char *language, const char *title, const char *style)
{
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
            language);
    svg_escape(out, title);
    fprintf(out, "</title>\n<style>\n%s%s</style>\n</head><body>\n", file_page_css,
            style != NULL ? style : "");
}

void
page_begin(FILE *out, const char *title)
{
    page_open(out, "en", title, NULL);
    fputs("<h1>", out);
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
