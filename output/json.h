/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_JSON_H
#define NGUON_OUTPUT_JSON_H

#include <stdio.h>

/*
 * JSON (RFC 8259) that may also stand inside a script element of a page: the signs that could end
 * the element or a line of script are written as \u escapes.
 */

/** A text in quotes. Bytes that are not UTF-8 become U+FFFD. */
void json_text(FILE *out, const char *text);

/** A number with so many significant digits, null if it is not finite. */
void json_number(FILE *out, double value, int digits);

/** A list of numbers. */
void json_numbers(FILE *out, int count, const double *value, int digits);

#endif
