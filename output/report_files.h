/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_REPORT_FILES_H
#define NGUON_OUTPUT_REPORT_FILES_H

/* Texts built in from files (output/report/embed.py). */

extern const char file_page_css[];   /**< style of all pages */
extern const char file_report_css[]; /**< and of the report */
extern const char file_report_js[];  /**< script of the report */
extern const char file_dygraph_js[]; /**< the chart library of Debian's libjs-dygraphs */
extern const char file_dygraph_css[];
extern const char file_dygraph_licence[];

#endif
