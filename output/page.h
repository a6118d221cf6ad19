/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_PAGE_H
#define NGUON_OUTPUT_PAGE_H

#include <stdio.h>

/** Begin a page of HTML that needs nothing from elsewhere, with its title as first heading. */
void page_begin(FILE *out, const char *title);

/** The same without the heading. @param[in] language  "en", "vi"; @param[in] style  further style
 *  sheet, or NULL */
void page_open(FILE *out, const char *language, const char *title, const char *style);

void page_end(FILE *out);

/** A small paragraph with a bold label. */
void page_paragraph(FILE *out, const char *label, const char *text);

#endif
