/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/csv.h"
#include "tests/random.h"

#include "text_file.h"

#include <sys/stat.h>

enum { CELLS_MAX = 16 };

/* Rows of a text, the cells of each joined by '|' and the rows by '/'. */
static const char *
rows_of(const char *bytes, size_t size)
{
    static char joined[4096];
    struct csv_reader reader;
    size_t used = 0;
    joined[0] = '\0';
    enum csv_outcome outcome = csv_open(&reader, write_bytes(bytes, size));
    while (outcome == CSV_ROW && (outcome = csv_next(&reader)) == CSV_ROW) {
        for (int i = 0; i < reader.cell_count; i++)
            used += (size_t)snprintf(joined + used, sizeof joined - used, "%s%s", i > 0 ? "|" : "",
                                     csv_cell(&reader, i));
        used += (size_t)snprintf(joined + used, sizeof joined - used, "/");
        assert_true(used < sizeof joined);
    }
    if (outcome != CSV_END)
        snprintf(joined + used, sizeof joined - used, "!%s", reader.problem);
    csv_close(&reader);
    return joined;
}

#define ROWS(text) rows_of(text, sizeof(text) - 1)

static void
cells_are_split_as_rfc_4180_says(void **state)
{
    (void)state;
    assert_string_equal(ROWS("a,b,c\n1,2,3\n"), "a|b|c/1|2|3/");
    assert_string_equal(ROWS("a,b\r\n1,2\r\n"), "a|b/1|2/");
    assert_string_equal(ROWS("a,b\r1,2\r"), "a|b/1|2/");
    assert_string_equal(ROWS("a,b\n1,2"), "a|b/1|2/");
    assert_string_equal(ROWS("\"a,x\",b\n"), "a,x|b/");
    assert_string_equal(ROWS("\"a \"\"x\"\"\",b\n"), "a \"x\"|b/");
    assert_string_equal(ROWS("\"a\nx\",b\n"), "a\nx|b/");
    assert_string_equal(ROWS("\"a\r\nx\",b\r\n"), "a\nx|b/");
    assert_string_equal(ROWS("\"\",b\n"), "|b/");
    assert_string_equal(ROWS("a,\n"), "a|/");
    assert_string_equal(ROWS(",\n,,\n"), "|/||/");
    assert_string_equal(ROWS("\"a\"\n"), "a/");
    assert_string_equal(ROWS("\"\"\"\"\n"), "\"/");
    assert_string_equal(ROWS("a\"b,c\n"), "a\"b|c/"); /* a quote inside a plain cell is itself */
}

static void
blanks_comments_and_marks_are_left_out(void **state)
{
    (void)state;
    assert_string_equal(ROWS("\xEF\xBB\xBF"
                             "a,b\n"),
                        "a|b/");
    assert_string_equal(ROWS("# source: x, y\na,b\n# more\n1,2\n"), "a|b/1|2/");
    assert_string_equal(ROWS("\n\na,b\n\n  \n1,2\n\n"), "a|b/1|2/");
    assert_string_equal(ROWS(" a ,\tb\t\n 1 , 2 \n"), "a|b/1|2/");
    assert_string_equal(ROWS(" \"a \" , b\n"), "a |b/"); /* blanks inside quotes are kept */
    assert_string_equal(ROWS("# only a comment"), "");
    assert_string_equal(ROWS("\xEF\xBB\xBF"), "");
    assert_string_equal(ROWS("a,#b\n"), "a|#b/");
}

static void
rows_know_their_line(void **state)
{
    (void)state;
    struct csv_reader reader;
    static const char text[] = "# note\r\n\r\na,b\r\n\"x\r\ny\",2\r\n#\r\n3,4";
    assert_int_equal(csv_open(&reader, write_text(text)), CSV_ROW);
    static const int lines[] = {3, 4, 7};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(csv_next(&reader), CSV_ROW);
        assert_int_equal(reader.row_line, lines[i]);
    }
    assert_int_equal(csv_next(&reader), CSV_END);
    assert_int_equal(csv_next(&reader), CSV_END);
    csv_close(&reader);
}

static void
what_is_no_table_is_refused_in_words(void **state)
{
    (void)state;
    assert_string_equal(ROWS("a,\"b\nc"), "!the quote opened on line 1 is not closed");
    assert_string_equal(ROWS("a,b\n\"c"), "a|b/!the quote opened on line 2 is not closed");
    assert_string_equal(ROWS("\"a\"b,c\n"), "!a quoted cell goes on after its closing quote");
    assert_string_equal(ROWS("\"a\" \"b\",c\n"), "!a quoted cell goes on after its closing quote");
    assert_string_equal(ROWS("a\0b\n"), "!this is no text file: it holds the byte 0x00");
    assert_string_equal(ROWS("a,\"\x1b\"\n"), "!this is no text file: it holds the byte 0x1B");
    assert_string_equal(ROWS("#\x7f\n"), "!this is no text file: it holds the byte 0x7F");
    assert_string_equal(ROWS(""), "!the file is empty");
    assert_string_equal(ROWS("\xFF\xFE"
                             "a\0"),
                        "!this is UTF-16 text; save the file as UTF-8");
    assert_string_equal(ROWS("\xFE\xFF\0a"), "!this is UTF-16 text; save the file as UTF-8");
    assert_string_equal(ROWS("\x1f\x8b\x08"), "!this file is compressed by gzip; unpack it first");
    assert_string_equal(ROWS("PK\003\004xx"),
                        "!this is a spreadsheet or a zip file; export it as CSV");
    static const char netcdf[] =
        "!this is netCDF or HDF5, no CSV; a basin file reads it: series: {netcdf: ...}";
    assert_string_equal(ROWS("\x89HDF\r\n"), netcdf);
    assert_string_equal(ROWS("CDF\001\0"), netcdf);
    assert_string_equal(ROWS("CDF\005\0"), netcdf);
    assert_string_equal(ROWS("CDFs\n"), "CDFs/");
}

static void
only_files_are_opened(void **state)
{
    (void)state;
    struct csv_reader reader;
    assert_int_equal(csv_open(&reader, text_folder), CSV_BROKEN);
    assert_string_equal(reader.problem, "this is a directory, not a file");
    csv_close(&reader);
    assert_int_equal(csv_open(&reader, "/dev/null"), CSV_BROKEN);
    assert_string_equal(reader.problem, "this is a device or a pipe, not a file");
    csv_close(&reader);
    assert_int_equal(csv_open(&reader, "/nowhere/at/all.csv"), CSV_BROKEN);
    assert_non_null(strstr(reader.problem, "cannot open the file: No such file"));
    csv_close(&reader);
    unlink(text_path);
    assert_int_equal(mkfifo(text_path, 0600), 0); /* nobody writes: waiting would never end */
    assert_int_equal(csv_open(&reader, text_path), CSV_BROKEN);
    assert_string_equal(reader.problem, "this is a device or a pipe, not a file");
    csv_close(&reader);
    unlink(text_path);
}

static void
a_row_of_a_mebibyte_is_an_open_quote(void **state)
{
    (void)state;
    static char text[(1 << 20) + 4096];
    memset(text, 'x', sizeof text - 1);
    text[0] = '"';
    struct csv_reader reader;
    assert_int_equal(csv_open(&reader, write_bytes(text, sizeof text - 1)), CSV_ROW);
    assert_int_equal(csv_next(&reader), CSV_BROKEN);
    assert_non_null(strstr(reader.problem, "longer than 1048576 bytes"));
    csv_close(&reader);
}

/* One random cell and its RFC 4180 writing, quoted where it must be and sometimes where not. */
static size_t
random_cell(uint64_t *seed, char *cell, char *written)
{
    static const char *const pieces[] = {"a", "7", " ",  ",",  "\"",           "\n",
                                         "#", ".", "-9", "\t", "\xe1\xbb\x87", "x\"\"y"};
    size_t used = 0;
    cell[0] = '\0';
    for (int count = random_below(seed, 6); count > 0; count--)
        used += (size_t)sprintf(cell + used, "%s", pieces[random_below(seed, 12)]);
    bool blank_edge =
        used > 0 && (strchr(" \t", cell[0]) != NULL || strchr(" \t", cell[used - 1]) != NULL);
    bool quoted = blank_edge || strpbrk(cell, ",\"\n") != NULL || cell[0] == '#' || used == 0 ||
                  random_below(seed, 3) == 0;
    size_t out = 0;
    if (quoted)
        written[out++] = '"';
    for (size_t i = 0; i < used; i++) {
        if (quoted && cell[i] == '"')
            written[out++] = '"';
        written[out++] = cell[i];
    }
    if (quoted)
        written[out++] = '"';
    return out;
}

/* Rows written and read again; long enough for cells, quotes and CRLF to meet buffer ends. */
static void
what_is_written_is_read(void **state)
{
    (void)state;
    enum { ROWS = 40000, TEXT = 4 << 20 };
    static char(*cells)[40];
    static int counts[ROWS];
    char *text = malloc(TEXT);
    cells = malloc(sizeof *cells * ROWS * 5);
    assert_non_null(text);
    assert_non_null(cells);
    for (int line_end = 0; line_end < 3; line_end++) {
        static const char *const ends[] = {"\n", "\r\n", "\r"};
        uint64_t seed = 11 + (uint64_t)line_end;
        size_t size = 0;
        int cell_i = 0;
        for (int row = 0; row < ROWS; row++) {
            counts[row] = 2 + random_below(&seed, 4);
            for (int i = 0; i < counts[row]; i++) {
                size += random_cell(&seed, cells[cell_i++], text + size);
                if (i + 1 < counts[row])
                    text[size++] = ',';
            }
            size += (size_t)sprintf(text + size, "%s", ends[line_end]);
            assert_true(size < TEXT - 512);
        }
        assert_true(size > 3 * 65536);
        struct csv_reader reader;
        assert_int_equal(csv_open(&reader, write_bytes(text, size)), CSV_ROW);
        cell_i = 0;
        for (int row = 0; row < ROWS; row++) {
            assert_int_equal(csv_next(&reader), CSV_ROW);
            assert_int_equal(reader.cell_count, counts[row]);
            for (int i = 0; i < counts[row]; i++)
                assert_string_equal(csv_cell(&reader, i), cells[cell_i++]);
        }
        assert_int_equal(csv_next(&reader), CSV_END);
        csv_close(&reader);
    }
    free(cells);
    free(text);
}

static void
texts_are_shown_whole_letters_at_a_time(void **state)
{
    (void)state;
    char buffer[64];
    assert_string_equal(csv_shown("P_mm", buffer, sizeof buffer), "P_mm");
    assert_string_equal(csv_shown("Y\xc3\xaan L\xe1\xba\xadp", buffer, sizeof buffer),
                        "Y\xc3\xaan L\xe1\xba\xadp");
    assert_string_equal(csv_shown("a\x1b[31m\x7f\n", buffer, sizeof buffer), "a?[31m??");
    assert_string_equal(csv_shown("a\xc3", buffer, sizeof buffer), "a?");
    assert_string_equal(csv_shown("\xed\xa0\x80", buffer, sizeof buffer), "???"); /* surrogate */
    char longer[200];
    memset(longer, 'x', 39);
    strcpy(longer + 39, "\xe1\xba\xadp"); /* the letter would end at byte 42 */
    csv_shown(longer, buffer, sizeof buffer);
    assert_int_equal(strlen(buffer), 42);
    assert_string_equal(buffer + 39, "...");
}

static void
utf8_is_known(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "abc",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xe1\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "a\xfe"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(csv_is_utf8(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(csv_is_utf8(bad[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_split_as_rfc_4180_says),
        cmocka_unit_test(blanks_comments_and_marks_are_left_out),
        cmocka_unit_test(rows_know_their_line),
        cmocka_unit_test(what_is_no_table_is_refused_in_words),
        cmocka_unit_test(only_files_are_opened),
        cmocka_unit_test(a_row_of_a_mebibyte_is_an_open_quote),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(texts_are_shown_whole_letters_at_a_time),
        cmocka_unit_test(utf8_is_known),
    };
    return cmocka_run_group_tests(tests, make_text_folder, remove_text_folder);
}
