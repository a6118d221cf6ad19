/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/reader.h"
#include "output/show.h"
#include "output/table.h"
#include "tests/output/output_fixture.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

static char path[PATH_LENGTH];

static int
make_results(void **state)
{
    struct error err = {0};
    if (fixture_setup(state) != 0)
        return -1;
    fixture_path("show.h5", path);
    return fixture_run("daily", NULL, 1, path, NULL, NULL, &err) == STATUS_OK ? 0 : -1;
}

/* What show prints; freed by the caller. Inlined, gcc 12 takes the text for a local variable. */
static __attribute__((noinline)) char *
shown(const char *what, const char *scenario, bool csv, enum status expected, struct error *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    struct show_options options = {
        .what = what, .scenario = scenario, .format = csv ? TABLE_CSV : TABLE_TEXT};
    enum status status = show_results(out, path, &options, err);
    fclose(out);
    if (status != expected)
        fail_msg("status %d: %s", status, err->text);
    return text;
}

/* The figure in a column of the row that begins with `row`, from CSV without quoted commas. */
static double
cell(const char *csv, const char *row, const char *head)
{
    const char *end = strchr(csv, '\n'), *at = csv;
    int column = 0;
    size_t length = strlen(head);
    while (at < end && !(strncmp(at, head, length) == 0 && strchr(",\n", at[length]) != NULL)) {
        at += strcspn(at, ",\n") + 1;
        column++;
    }
    assert_true(at < end);
    for (at = strchr(csv, '\n') + 1; *at != '\0'; at = strchr(at, '\n') + 1)
        if (strncmp(at, row, strlen(row)) == 0 && at[strlen(row)] == ',')
            break;
    assert_true(*at != '\0');
    for (int i = 0; i < column; i++)
        at += strcspn(at, ",") + 1;
    return strtod(at, NULL);
}

/* Sums of the kept series, against the tables made from the indicators. */
static void
tables_agree_with_the_series(void **state)
{
    (void)state;
    struct error err = {0};
    struct reader reader;
    double need_m3 = 0.0, supply_m3 = 0.0, lowest_m3 = INFINITY;
    assert_int_equal(reader_open(&reader, path, &err), STATUS_OK);
    for (int s = 0; s < reader.scenario_count; s++) {
        double *need = reader_series(&reader, "need", s, 1);
        double *supply = reader_series(&reader, "supply", s, 1);
        double *storage = reader_series(&reader, "storage", s, 0);
        for (int t = 0; t < reader.step_count; t++) {
            need_m3 += need[t] * 86400.0;
            supply_m3 += supply[t] * 86400.0;
            lowest_m3 = fmin(lowest_m3, storage[t]);
        }
        free(need);
        free(supply);
        free(storage);
    }
    double to_hm3_per_year = 365.2425 / reader.step_count / reader.scenario_count / 1e6;
    char *csv = shown("classes", NULL, true, STATUS_OK, &err);
    assert_close(cell(csv, "irrigation", "need hm3/y"), need_m3 * to_hm3_per_year, 1e-6, 0);
    assert_close(cell(csv, "irrigation", "supply"), supply_m3 * to_hm3_per_year, 1e-6, 0);
    assert_close(cell(csv, "irrigation", "met %"), 100 * supply_m3 / need_m3, 1e-6, 0);
    assert_close(cell(csv, "all", "need hm3/y"),
                 cell(csv, "irrigation", "need hm3/y") + cell(csv, "domestic", "need hm3/y"), 1e-8,
                 0);
    assert_close(cell(csv, "irrigation", "need hm3/y") - cell(csv, "irrigation", "supply"),
                 cell(csv, "irrigation", "cut by rule") + cell(csv, "irrigation", "no water") +
                     cell(csv, "irrigation", "no works"),
                 1e-7, 0);
    free(csv);
    csv = shown("reservoirs", NULL, true, STATUS_OK, &err);
    assert_close(cell(csv, "upper_lake", "lowest hm3"), lowest_m3 / 1e6, 1e-6, 0);
    assert_close(cell(csv, "upper_lake", "capacity hm3"), 9.0, 1e-12, 0);
    free(csv);
    csv = shown("balance", NULL, true, STATUS_OK, &err);
    assert_true(fabs(cell(csv, "residual", "hm3/year")) < 1e-9);
    free(csv);
    reader_close(&reader);
}

static void
one_scenario_is_one_part_of_all(void **state)
{
    (void)state;
    struct error err = {0};
    char *all = shown("scenarios", NULL, true, STATUS_OK, &err);
    char *one = shown("classes", "weather=2,inflow=40 %", true, STATUS_OK, &err);
    const char *line = strstr(all, "\"weather=2,inflow=40 %\",");
    assert_non_null(line);
    double need = strtod(line + strlen("\"weather=2,inflow=40 %\","), NULL);
    assert_close(cell(one, "all", "need hm3/y"), need, 1e-8, 0);
    free(all);
    free(one);
}

static void
the_overview_names_what_a_planner_asks_for(void **state)
{
    (void)state;
    struct error err = {0};
    static const char *const wanted[] = {
        "Sông \"Hai\" Hồ: 2019-12-30 to 2020-12-31, daily steps, 6 scenarios, seed 7",
        "class",
        "Đông Triều",
        "upper_lake",
        "weather=",
        "lowest hm3",
        "domestic ",
        "runoff and forced inflow",
        "residual"};
    char *text = shown(NULL, NULL, false, STATUS_OK, &err);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("the overview does not print: %s\n%s", wanted[i], text);
    free(text);
}

static void
a_series_is_printed_with_dates(void **state)
{
    (void)state;
    struct error err = {0};
    char *text =
        shown("series:storage:upper_lake", "weather=1,inflow=100 %", true, STATUS_OK, &err);
    assert_non_null(strstr(text, "scenario,start,upper_lake storage m3\n"));
    assert_non_null(strstr(text, "\"weather=1,inflow=100 %\",2019-12-30,"));
    assert_non_null(strstr(text, "\"weather=1,inflow=100 %\",2020-02-29,"));
    int lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 369);
    free(text);
}

static void
mistaken_words_are_put_right(void **state)
{
    (void)state;
    static const struct {
        const char *what, *scenario, *says;
    } bad[] = {{"clases", NULL, "did you mean 'classes'"},
               {"series:storage", NULL, "series:VARIABLE:ID"},
               {"series:stores:upper_lake", NULL, "no series 'stores'"},
               {"series:storage:uper_lake", NULL, "did you mean 'upper_lake'"},
               {"series:link_flow:river", NULL, "no series 'link_flow'"},
               {"classes", "weather=2,inflow=40%", "did you mean 'weather=2,inflow=40 %'"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        free(shown(bad[i].what, bad[i].scenario, false, STATUS_USAGE, &err));
        if (strstr(err.text, bad[i].says) == NULL)
            fail_msg("'%s' does not say: %s", err.text, bad[i].says);
    }
}

/* ---- tables ------------------------------------------------------------------------------------
 */

static char *
printed(struct table *table)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(table_print(table, out));
    fclose(out);
    return text;
}

static void
columns_line_up_in_letters(void **state)
{
    (void)state;
    static const char *const heads[] = {"<place", "share %"};
    struct table table;
    table_init(&table, false, 2, heads);
    table_cell(&table, "Đông Triều");
    table_percent(&table, 0.99999);
    table_cell(&table, "E\xcc\x82"); /* a letter and its mark */
    table_percent(&table, 1.0);
    char *text = printed(&table);
    assert_string_equal(text, "place       share %\n"
                              "Đông Triều     <100\n"
                              "E\xcc\x82            100.00\n");
    free(text);
}

static void
csv_quotes_what_needs_it(void **state)
{
    (void)state;
    static const char *const heads[] = {"<a, b", "c"};
    struct table table;
    table_init(&table, true, 2, heads);
    table_cell(&table, "say \"no\"");
    table_number(&table, 1.0 / 3.0);
    table_cell(&table, "two\nlines");
    table_number(&table, NAN);
    char *text = printed(&table);
    assert_string_equal(text, "\"a, b\",c\n\"say \"\"no\"\"\",0.333333333\n\"two\nlines\",\n");
    free(text);
}

/* Gives the results another root attribute `format`. */
static void
set_format(const char *text)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    assert_true(file >= 0 && H5Tset_size(type, strlen(text)) >= 0);
    H5Adelete(file, "format");
    hid_t attribute = H5Acreate2(file, "format", type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0 && H5Awrite(attribute, type, text) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    assert_true(H5Fclose(file) >= 0);
}

static void
files_of_other_formats_are_refused(void **state)
{
    (void)state;
    struct error err = {0};
    struct reader reader;
    set_format("nguon-results 1.9"); /* something was added: still understood */
    assert_int_equal(reader_open(&reader, path, &err), STATUS_OK);
    reader_close(&reader);
    set_format("nguon-results 2.0");
    assert_int_equal(reader_open(&reader, path, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "newer format 'nguon-results 2.0'"));
    set_format("nguon-drought-index 1.0");
    err = (struct error){0};
    assert_int_equal(reader_open(&reader, path, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "no results of a run"));
    set_format(RESULTS_FORMAT);
    assert_int_equal(reader_open(&reader, path, &err), STATUS_OK);
    reader_close(&reader);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_agree_with_the_series),
        cmocka_unit_test(one_scenario_is_one_part_of_all),
        cmocka_unit_test(the_overview_names_what_a_planner_asks_for),
        cmocka_unit_test(a_series_is_printed_with_dates),
        cmocka_unit_test(mistaken_words_are_put_right),
        cmocka_unit_test(columns_line_up_in_letters),
        cmocka_unit_test(csv_quotes_what_needs_it),
        cmocka_unit_test(files_of_other_formats_are_refused),
    };
    return cmocka_run_group_tests_name("show", tests, make_results, fixture_teardown);
}
