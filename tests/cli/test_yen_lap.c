/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* examples/yen-lap/check with the real program: it says so where the weather is absent, closes the
   balance and prints every observed point. */

enum { TEXT_BYTES = 1 << 16, LINE_BYTES = 1024, EXIT_NOT_HERE = 77 };

static const char *program, *example, *shared;

static int
find_all(void **state)
{
    (void)state;
    program = getenv("NGUON_PROGRAM");
    example = getenv("NGUON_EXAMPLE");
    shared = getenv("NGUON_SHARED");
    if (program == NULL || example == NULL || shared == NULL) {
        print_error("NGUON_PROGRAM, NGUON_EXAMPLE and NGUON_SHARED are not all set\n");
        return -1;
    }
    return 0;
}

/* Run the check on this folder of shared data; text gets all that it printed. */
static int
check(const char *folder, char *text)
{
    char command[LINE_BYTES];
    snprintf(command, sizeof command, "'%s/check' '%s' --nguon '%s' 2>&1", example, folder,
             program);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(text, 1, TEXT_BYTES - 1, pipe);
    text[length] = '\0';
    int result = pclose(pipe);
    assert_true(WIFEXITED(result));
    return WEXITSTATUS(result);
}

static void
absent_weather_is_said_and_nothing_is_checked(void **state)
{
    (void)state;
    char *text = calloc(TEXT_BYTES, 1);
    assert_non_null(text);
    assert_int_equal(check("/no/such/folder", text), EXIT_NOT_HERE);
    assert_non_null(strstr(text, "/no/such/folder/data/daily_hoabinh/chinh_hoabinh_daily.csv"));
    assert_non_null(strstr(text, "Nothing was checked"));
    free(text);
}

/* The figure after the last of these words, NAN if they are not there. */
static double
figure_after(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    return at != NULL ? strtod(at + strlen(words), NULL) : NAN;
}

/* Each row of observed.csv stands in both tables that could hold it. */
static void
assert_every_point_is_printed(const char *text)
{
    char path[LINE_BYTES], line[LINE_BYTES], *field[4];
    int point_count = 0;
    snprintf(path, sizeof path, "%s/observed.csv", example);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] < '0' || line[0] > '9')
            continue;
        char *rest = line;
        for (int i = 0; i < 4; i++)
            field[i] = strsep(&rest, ",");
        char wanted[LINE_BYTES];
        double level_m = strtod(field[1], NULL), volume_hm3 = strtod(field[2], NULL);
        int length = snprintf(wanted, sizeof wanted, "%s  observed ", field[0]);
        length +=
            field[1][0] == '\0'
                ? snprintf(wanted + length, sizeof wanted - (size_t)length, "     - m ")
                : snprintf(wanted + length, sizeof wanted - (size_t)length, "%6.2f m ", level_m);
        if (field[2][0] == '\0')
            snprintf(wanted + length, sizeof wanted - (size_t)length, "     - hm3 [%s]", field[3]);
        else
            snprintf(wanted + length, sizeof wanted - (size_t)length, "%6.1f hm3 [%s]", volume_hm3,
                     field[3]);
        bool in_drought = strcmp(field[0], "2020-08-31") <= 0;
        if (in_drought && strstr(text, wanted) == NULL)
            fail_msg("the check does not print: %s\n%s", wanted, text);
        snprintf(wanted, sizeof wanted, "\n%s   ", field[0]);
        if (strstr(text, wanted) == NULL)
            fail_msg("no line of the envelope for %s\n%s", field[0], text);
        point_count++;
    }
    fclose(file);
    assert_true(point_count >= 8);
}

static void
every_observed_point_is_printed_and_the_balance_closes(void **state)
{
    (void)state;
    char *text = calloc(TEXT_BYTES, 1);
    assert_non_null(text);
    int code = check(shared, text);
    if (code == EXIT_NOT_HERE) {
        print_message("skipped: %s", text);
        free(text);
        skip();
    }
    if (code != 0)
        fail_msg("the check ended with %d:\n%s", code, text);
    assert_every_point_is_printed(text);
    /* float32 series of a lake of 127 hm3 over 400 days: 1e-7 of some 300 hm3 that pass */
    const char *gap = "largest gap of a scenario summed from the saved series";
    assert_true(figure_after(text, gap) < 1e-3);
    const char *second = strstr(text, gap);
    assert_non_null(second);
    assert_true(figure_after(second + strlen(gap), gap) < 1e-3);
    assert_true(figure_after(text, "of any node in any step: ") < 1.0);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_weather_is_said_and_nothing_is_checked),
        cmocka_unit_test(every_observed_point_is_printed_and_the_balance_closes),
    };
    return cmocka_run_group_tests(tests, find_all, NULL);
}
