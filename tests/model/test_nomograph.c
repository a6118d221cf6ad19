/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/nomograph.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char gates_id[] = "gates";
static const struct outlet gates = {
    .id = gates_id, .kind = OUTLET_OGEE, .gate_count = 3, .height_m = 6};
static char path[] = "/tmp/nguon_nomograph_XXXXXX";

static void
write_table(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
openings_are_straight_between_levels_and_inflows(void **unused)
{
    (void)unused;
    struct nomograph sheet;
    write_table("# a sheet\nlevel_m,0,200,600\n28,0,0.4,1.2\n30,1,2,6\n");
    assert_int_equal(nomograph_read(path, &gates, &sheet, NULL), STATUS_OK);
    assert_close(nomograph_opening(&sheet, 28, 200), 0.4, 1e-12, 0);
    assert_close(nomograph_opening(&sheet, 29, 200), 1.2, 1e-12, 0);
    /* a quarter of the way from 200 to 600, and of that from 28 to 30: 0.6, 3.0 */
    assert_close(nomograph_opening(&sheet, 28.5, 300), 0.6 + 0.25 * (3.0 - 0.6), 1e-12, 0);
    assert_close(nomograph_opening(&sheet, 10, 1e4), 1.2, 1e-12, 0);
    assert_close(nomograph_opening(&sheet, 40, 0), 1.0, 1e-12, 0);
    nomograph_finish(&sheet);
}

static void
one_row_and_one_column_will_do(void **unused)
{
    (void)unused;
    struct nomograph sheet;
    write_table("level_m,100\n28,1.5\n");
    assert_int_equal(nomograph_read(path, &gates, &sheet, NULL), STATUS_OK);
    assert_close(nomograph_opening(&sheet, 27, 50), 1.5, 0, 0);
    assert_close(nomograph_opening(&sheet, 29, 500), 1.5, 0, 0);
    nomograph_finish(&sheet);
}

static void
what_is_written_reads_the_same(void **unused)
{
    (void)unused;
    struct nomograph sheet, again;
    write_table("level_m,0,200\n28.25,0,0.4\n30,1,2.125\n");
    assert_int_equal(nomograph_read(path, &gates, &sheet, NULL), STATUS_OK);
    assert_int_equal(nomograph_write(path, &sheet, NULL), STATUS_OK);
    assert_int_equal(nomograph_read(path, &gates, &again, NULL), STATUS_OK);
    assert_int_equal(again.level_count, 2);
    assert_int_equal(again.inflow_count, 2);
    for (int i = 0; i < 4; i++)
        assert_close(again.opening[i], sheet.opening[i], 0, 0);
    assert_close(again.level_m[0], 28.25, 0, 0);
    nomograph_finish(&sheet);
    nomograph_finish(&again);
    struct error err = {0};
    assert_int_equal(nomograph_write("/no/such/folder/x.csv", &sheet, &err), STATUS_FILE_WRITE);
}

static void
bad_sheets_are_refused_with_their_row(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", "empty"},
        {"level,0\n28,0\n", ":1: the first row must be level_m"},
        {"level_m\n28\n", ":1: the first row must be level_m"},
        {"level_m,0,0\n28,0,0\n", ":1: the inflows do not rise"},
        {"level_m,0,x\n28,0,0\n", ":1: 'x' is no number"},
        {"level_m,0,9\n28,0\n", ":2: 2 cells, but 3 columns"},
        {"level_m,0\n28,0\n28,1\n", ":3: the levels do not rise"},
        {"level_m,0\n28,6.5\n", ":2: an opening of 6.5; 'gates' opens from 0 to 6"},
        {"level_m,0\n28,-1\n", ":2: an opening of -1"},
        {"level_m,0\n", "holds no level"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nomograph sheet;
        struct error err = {0};
        write_table(cases[i].text);
        assert_int_equal(nomograph_read(path, &gates, &sheet, &err), STATUS_INPUT);
        if (strstr(err.text, cases[i].wanted) == NULL)
            fail_msg("'%s' does not say '%s'", err.text, cases[i].wanted);
        nomograph_finish(&sheet);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openings_are_straight_between_levels_and_inflows),
        cmocka_unit_test(one_row_and_one_column_will_do),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(bad_sheets_are_refused_with_their_row),
    };
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        return 1;
    close(descriptor);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
