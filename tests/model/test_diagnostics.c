/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/diagnostics.h"
#include "tests/random.h"
#include "tests/support.h"

#include <string.h>

static void
faults_keep_their_order_and_place(void **state)
{
    (void)state;
    struct diagnostics diagnostics;
    char text[256];
    diagnostics_init(&diagnostics);
    diagnostics_add(&diagnostics, false, "a.yaml", 12, 18, "node '%s' is not defined", "lowr");
    diagnostics_add(&diagnostics, true, "b.csv", 3, 0, "odd");
    diagnostics_add(&diagnostics, false, NULL, 0, 7, "bad");
    assert_int_equal(diagnostics.count, 3);
    assert_int_equal(diagnostics.error_count, 2);
    assert_string_equal(diagnostic_format(&diagnostics.item[0], text, sizeof text),
                        "a.yaml:12:18: error: node 'lowr' is not defined");
    assert_string_equal(diagnostic_format(&diagnostics.item[1], text, sizeof text),
                        "b.csv:3: warning: odd");
    assert_string_equal(diagnostic_format(&diagnostics.item[2], text, sizeof text), ": error: bad");
    assert_string_equal(diagnostic_format(&diagnostics.item[0], text, 10), "a.yaml:12");
    diagnostics_finish(&diagnostics);
    assert_int_equal(diagnostics.count, 0);
    assert_null(diagnostics.item);
}

static void
what_a_file_holds_cannot_steer_the_terminal(void **state)
{
    (void)state;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    diagnostics_add(&diagnostics, false, "a.yaml", 1, 1, "'%s' is no key",
                    "\x1b[2Jx\ny\x7f\t\xe1\xbb\x87");
    assert_string_equal(diagnostics.item[0].message, "'?[2Jx?y??\xe1\xbb\x87' is no key");
    diagnostics_finish(&diagnostics);
}

static void
faults_beyond_the_most_are_counted(void **state)
{
    (void)state;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    for (int i = 0; i < 1000; i++)
        diagnostics_add(&diagnostics, i % 2 == 1, "a", i, 1, "number %d", i);
    assert_int_equal(diagnostics.count, DIAGNOSTICS_MAX);
    assert_int_equal(diagnostics.error_count, 500);
    assert_int_equal(diagnostics.dropped_count, 1000 - DIAGNOSTICS_MAX);
    assert_string_equal(diagnostics.item[DIAGNOSTICS_MAX - 1].message, "number 199");
    diagnostics_finish(&diagnostics);
}

static void
the_nearest_name_is_found(void **state)
{
    (void)state;
    static const char *const known[] = {"capacity", "dead_storage", "dead_level",
                                        "spill_to", "rain",         "Y\xc3\xaan L\xe1\xba\xadp"};
    static const struct {
        const char *written, *nearest;
    } cases[] = {
        {"capacity", "capacity"},
        {"capcity", "capacity"},   /* left out */
        {"cappacity", "capacity"}, /* put in */
        {"capasity", "capacity"},  /* replaced */
        {"cpaacity", "capacity"},  /* exchanged */
        {"kapasiti", NULL},        /* three mistakes in eight letters */
        {"dead_levels", "dead_level"},
        {"dead_storag", "dead_storage"},
        {"spil_t", "spill_to"}, /* two in six */
        {"rane", NULL},         /* two in four */
        {"rian", "rain"},
        {"r", NULL},
        {"", NULL},
        {"Yen L\xe1\xba\xadp", "Y\xc3\xaan L\xe1\xba\xadp"}, /* an accent is one letter */
        {"Yen Lap", "Y\xc3\xaan L\xe1\xba\xadp"},
        {"\xff\xfe", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = nearest_name(cases[i].written, known, 6);
        if (cases[i].nearest == NULL)
            assert_null(found);
        else
            assert_string_equal(found, cases[i].nearest);
    }
    static const char *const ties[] = {"abcdx", "abcdy", "abcde"};
    assert_string_equal(nearest_name("abcdz", ties, 3), "abcdx");
    assert_string_equal(nearest_name("abcde", ties, 3), "abcde");
    assert_null(nearest_name("abc", ties, 0));
    char longest[200];
    memset(longest, 'x', sizeof longest - 1);
    longest[199] = '\0';
    const char *const longer[] = {longest, "xx"};
    assert_null(nearest_name(longest, longer, 2));
    assert_string_equal(nearest_name("xx", longer, 2), "xx");
}

/* Distance by its definition, over all ways to edit; restricted to one edit in each place. */
static int
distance(const char *a, const char *b)
{
    if (*a == '\0' || *b == '\0')
        return (int)(strlen(a) + strlen(b));
    int best = distance(a + 1, b + 1) + (*a != *b);
    int other = distance(a + 1, b) + 1;
    best = other < best ? other : best;
    other = distance(a, b + 1) + 1;
    best = other < best ? other : best;
    if (a[1] != '\0' && b[1] != '\0' && a[0] == b[1] && a[1] == b[0]) {
        other = distance(a + 2, b + 2) + 1;
        best = other < best ? other : best;
    }
    return best;
}

static void
nearness_is_the_number_of_mistakes(void **state)
{
    (void)state;
    uint64_t seed = 13;
    for (int i = 0; i < 3000; i++) {
        char words[4][8];
        const char *known[3];
        for (int w = 0; w < 4; w++) {
            int length = 1 + random_below(&seed, 6);
            for (int k = 0; k < length; k++)
                words[w][k] = (char)('a' + random_below(&seed, 3));
            words[w][length] = '\0';
            if (w > 0)
                known[w - 1] = words[w];
        }
        int length = (int)strlen(words[0]);
        int limit = length / 3 > 1 ? length / 3 : 1;
        const char *wanted = NULL;
        int least = limit + 1;
        for (int k = 0; k < 3; k++)
            if (distance(words[0], known[k]) < least) {
                least = distance(words[0], known[k]);
                wanted = known[k];
            }
        assert_ptr_equal(nearest_name(words[0], known, 3), wanted);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_keep_their_order_and_place),
        cmocka_unit_test(what_a_file_holds_cannot_steer_the_terminal),
        cmocka_unit_test(faults_beyond_the_most_are_counted),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(nearness_is_the_number_of_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
