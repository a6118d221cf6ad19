/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/plausible.h"
#include "tests/support.h"

#include <string.h>

/* Potential evapotranspiration of 2 to 5 mm/d and rain of 20 mm every fourth day, as they would
 * stand in other units. */

enum { DAYS = 400 };

static int64_t start_s[DAYS + 1];
static double value[DAYS];

static const char *
judge(enum plausible_kind kind, int count, double factor, double interval_s, bool is_rate)
{
    static char text[160];
    for (int t = 0; t <= count; t++)
        start_s[t] = (int64_t)(t * interval_s);
    for (int t = 0; t < count; t++)
        value[t] = factor * (kind == PLAUSIBLE_RAIN ? (t % 4 == 0 ? 20.0 : 0.0) : 2.0 + t % 4);
    struct plausible_record record = {kind, count, start_s, value, 1.0, is_rate};
    bool is_plausible = record_is_plausible(&record, text, sizeof text);
    assert_int_equal(is_plausible, text[0] == '\0');
    return text;
}

static void
figures_of_this_earth_pass(void **state)
{
    (void)state;
    assert_string_equal(judge(PLAUSIBLE_PET, DAYS, 1.0, 86400.0, false), "");
    assert_string_equal(judge(PLAUSIBLE_PET, 10, 1.0, 86400.0, false), "");
    assert_string_equal(judge(PLAUSIBLE_RAIN, DAYS, 1.0, 86400.0, false), "");
    assert_string_equal(judge(PLAUSIBLE_RAIN, 3, 20.0, 86400.0, false), ""); /* a typhoon */
    assert_string_equal(judge(PLAUSIBLE_PET, 12, 30.0, 30 * 86400.0, false), "");
    assert_string_equal(judge(PLAUSIBLE_PET, DAYS, 1 / 24.0, 3600.0, false), "");
    assert_string_equal(judge(PLAUSIBLE_PET, DAYS, 1.0, 3600.0, true), "");
    assert_string_equal(judge(PLAUSIBLE_PET, 10, 0.0, 86400.0, false), ""); /* frost */
}

static void
other_units_are_found(void **state)
{
    (void)state;
    static const double in_mm = 25.4, w_m2 = 28.4;
    assert_non_null(strstr(judge(PLAUSIBLE_PET, DAYS, 1 / in_mm, 86400.0, false), "0.138 mm/d"));
    assert_non_null(strstr(judge(PLAUSIBLE_PET, DAYS, 0.01, 86400.0, false), "mean"));
    assert_non_null(strstr(judge(PLAUSIBLE_PET, DAYS, w_m2, 86400.0, false), "99.4 mm/d"));
    assert_non_null(strstr(judge(PLAUSIBLE_PET, 10, 30.0, 86400.0, false), "150 mm in a day"));
    assert_non_null(strstr(judge(PLAUSIBLE_PET, 10, 1e-3, 86400.0, false), "no more than 0.005"));
    assert_non_null(strstr(judge(PLAUSIBLE_PET, 48, 1.0, 3600.0, false), "5 mm in an hour"));
    assert_non_null(strstr(judge(PLAUSIBLE_PET, 13, 1.0, 30 * 86400.0, false), "mean"));
    assert_non_null(strstr(judge(PLAUSIBLE_RAIN, DAYS, 1e-3, 86400.0, false), "mean rain"));
    assert_non_null(strstr(judge(PLAUSIBLE_RAIN, DAYS, 10.0, 86400.0, false), "50 mm/d"));
    assert_non_null(strstr(judge(PLAUSIBLE_RAIN, DAYS, 1 / 86400.0, 86400.0, false), "mean rain"));
}

static void
missing_figures_are_left_out(void **state)
{
    (void)state;
    char text[160];
    judge(PLAUSIBLE_PET, DAYS, 1.0, 86400.0, false);
    for (int t = 0; t < DAYS; t += 2)
        value[t] = (double)NAN;
    struct plausible_record record = {PLAUSIBLE_PET, DAYS, start_s, value, 1.0, false};
    assert_true(record_is_plausible(&record, text, sizeof text));
    record.count = 0;
    assert_true(record_is_plausible(&record, text, sizeof text));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_this_earth_pass),
        cmocka_unit_test(other_units_are_found),
        cmocka_unit_test(missing_figures_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
