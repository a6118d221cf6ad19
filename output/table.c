/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/table.h"

#include "output/json.h"
#include "output/svg.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int
text_width(const char *text)
{
    int width = 0;
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        bool continues = (*byte & 0xc0U) == 0x80U;
        bool combines = *byte == 0xccU || *byte == 0xcdU; /* U+0300 to U+037F: marks on a letter */
        width += !continues && !combines;
    }
    return width;
}

static void
add_cell(struct table *table, char *text)
{
    if (text != NULL && table->cell_count == table->capacity) {
        int capacity = table->capacity == 0 ? 128 : 2 * table->capacity;
        char **larger = realloc(table->cell, (size_t)capacity * sizeof *larger);
        if (larger == NULL) {
            free(text);
            text = NULL;
        } else {
            table->cell = larger;
            table->capacity = capacity;
        }
    }
    if (text == NULL)
        table->failed = true;
    else
        table->cell[table->cell_count++] = text;
}

void
table_init(struct table *table, enum table_format format, int column_count,
           const char *const *heads)
{
    *table = (struct table){.column_count = column_count, .format = format};
    for (int i = 0; i < column_count; i++)
        add_cell(table, strdup(heads[i]));
}

void
table_cell(struct table *table, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    add_cell(table, text);
}

/* Whether the table is for a machine: figures in full. */
static bool
is_plain(const struct table *table)
{
    return table->format == TABLE_CSV || table->format == TABLE_JSON;
}

static int
digits_for(double size)
{
    return size < 0.995 ? 3 : size < 99.5 ? 2 : 1;
}

void
table_number(struct table *table, double value)
{
    double size = fabs(value);
    if (!isfinite(value))
        table_cell(table, "%s", is_plain(table) ? "" : "-");
    else if (is_plain(table))
        table_cell(table, "%.9g", value + 0.0); /* no minus before a zero */
    else
        table_cell(table, "%.*f", digits_for(size), size < 0.0005 ? 0.0 : value);
}

void
table_change(struct table *table, double value)
{
    double size = fabs(value);
    if (!isfinite(value) || is_plain(table))
        table_number(table, value);
    else if (size < 0.0005)
        table_cell(table, "0");
    else
        table_cell(table, "%+.*f", digits_for(size), value);
}

void
table_percent(struct table *table, double share)
{
    if (!isfinite(share))
        table_cell(table, "%s", is_plain(table) ? "" : "-");
    else if (is_plain(table))
        table_cell(table, "%.9g", 100.0 * share);
    else if (share < 1.0 && share > 0.99995) /* short all the same */
        table_cell(table, "<100");
    else
        table_cell(table, "%.2f", 100.0 * share);
}

static void
print_csv(const struct table *table, FILE *out)
{
    for (int i = 0; i < table->cell_count; i++) {
        const char *text = table->cell[i];
        bool quote = strpbrk(text, ",\"\n") != NULL;
        if (i < table->column_count && *text == '<')
            text++;
        if (i % table->column_count > 0)
            fputc(',', out);
        if (quote)
            fputc('"', out);
        for (; *text != '\0'; text++) {
            if (*text == '"')
                fputc('"', out);
            fputc(*text, out);
        }
        if (quote)
            fputc('"', out);
        if ((i + 1) % table->column_count == 0)
            fputc('\n', out);
    }
}

static void
print_aligned(const struct table *table, FILE *out, int *width)
{
    for (int i = 0; i < table->cell_count; i++) {
        int own = text_width(table->cell[i]) - (i < table->column_count && *table->cell[i] == '<');
        if (own > width[i % table->column_count])
            width[i % table->column_count] = own;
    }
    for (int i = 0; i < table->cell_count; i++) {
        int column = i % table->column_count;
        const char *text = table->cell[i];
        bool left = *table->cell[column] == '<';
        if (i < table->column_count && left)
            text++;
        int space = width[column] - text_width(text);
        bool last = column + 1 == table->column_count;
        fprintf(out, "%s%*s%s%*s", column > 0 ? "  " : "", left ? 0 : space, "", text,
                left && !last ? space : 0, "");
        if (last)
            fputc('\n', out);
    }
}

static void
print_html(const struct table *table, FILE *out)
{
    fputs("<table>\n", out);
    for (int i = 0; i < table->cell_count; i++) {
        int column = i % table->column_count;
        bool head = i < table->column_count, left = *table->cell[column] == '<';
        const char *tag = head ? "th" : "td";
        fprintf(out, "%s<%s%s>", column == 0 ? "<tr>" : "", tag, left ? "" : " class=\"n\"");
        svg_escape(out, table->cell[i] + (head && left ? 1 : 0));
        fprintf(out, "</%s>%s", tag, column + 1 == table->column_count ? "</tr>\n" : "");
    }
    fputs("</table>\n", out);
}

/* A cell under a head that stands at the right is a number where it reads as one. */
static void
print_json_value(const char *text, bool left, FILE *out)
{
    static const char figures[] = "+-.0123456789eE";
    bool number = !left && *text != '\0' && *text != '+' && strspn(text, figures) == strlen(text);
    char *end = NULL;
    if (number && isfinite(strtod(text, &end)) && *end == '\0')
        fputs(text, out);
    else if (!left && (*text == '\0' || strcmp(text, "-") == 0 || strcmp(text, "nan") == 0))
        fputs("null", out);
    else
        json_text(out, text);
}

static void
print_json(const struct table *table, FILE *out)
{
    fputs("[", out);
    for (int i = table->column_count; i < table->cell_count; i++) {
        int column = i % table->column_count;
        const char *head = table->cell[column];
        bool left = *head == '<';
        fputs(column > 0 ? ", " : i > table->column_count ? ",\n {" : "\n {", out);
        json_text(out, head + (left ? 1 : 0));
        fputs(": ", out);
        print_json_value(table->cell[i], left, out);
        fputs(column + 1 == table->column_count ? "}" : "", out);
    }
    fputs("\n]\n", out);
}

void
table_discard(struct table *table)
{
    for (int i = 0; i < table->cell_count; i++)
        free(table->cell[i]);
    free(table->cell);
    *table = (struct table){0};
}

bool
table_print(struct table *table, FILE *out)
{
    int *width = calloc((size_t)table->column_count, sizeof *width);
    bool good = !table->failed && width != NULL;
    if (good && table->format == TABLE_CSV)
        print_csv(table, out);
    else if (good && table->format == TABLE_HTML)
        print_html(table, out);
    else if (good && table->format == TABLE_JSON)
        print_json(table, out);
    else if (good)
        print_aligned(table, out, width);
    table_discard(table);
    free(width);
    return good && !ferror(out);
}
