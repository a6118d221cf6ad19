/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/json.h"

#include <math.h>
#include <stdbool.h>

/* Bytes of the UTF-8 sequence that begins here, 0 if there is none (RFC 3629). */
static int
sequence_length(const unsigned char *c)
{
    static const struct {
        unsigned char first, last, second_low, second_high;
        int length;
    } form[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        if (c[0] < form[i].first || c[0] > form[i].last)
            continue;
        if (form[i].length > 1 && (c[1] < form[i].second_low || c[1] > form[i].second_high))
            return 0;
        for (int k = 2; k < form[i].length; k++)
            if ((c[k] & 0xc0U) != 0x80U)
                return 0;
        return form[i].length;
    }
    return 0;
}

/* Whether U+2028 or U+2029 begins here: ends of lines in script. */
static bool
ends_line(const unsigned char *c)
{
    return c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9);
}

void
json_text(FILE *out, const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    fputc('"', out);
    while (*c != '\0') {
        int length = sequence_length(c);
        if (length == 0) {
            fputs("\\ufffd", out);
            length = 1;
        } else if (*c == '"' || *c == '\\') {
            fprintf(out, "\\%c", *c);
        } else if (*c < 0x20 || *c == 0x7f || *c == '<' || *c == '>' || *c == '&' || *c == '\'') {
            fprintf(out, "\\u%04x", *c);
        } else if (length == 3 && ends_line(c)) {
            fprintf(out, "\\u20%02x", c[2] - 0x80);
        } else {
            fwrite(c, 1, (size_t)length, out);
        }
        c += length;
    }
    fputc('"', out);
}

void
json_number(FILE *out, double value, int digits)
{
    if (isfinite(value))
        fprintf(out, "%.*g", digits, value + 0.0); /* no minus before a zero */
    else
        fputs("null", out);
}

void
json_numbers(FILE *out, int count, const double *value, int digits)
{
    fputc('[', out);
    for (int i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', out);
        json_number(out, value[i], digits);
    }
    fputc(']', out);
}
