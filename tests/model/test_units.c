/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/units.h"
#include "tests/support.h"

#include <pthread.h>
#include <string.h>

/* Figures and what they are worth in SI units, by the definitions of the units. */
static const struct {
    const char *text;
    double value;
    enum dimension dimension;
    enum rate_basis basis;
} good[] = {
    {"127.5 hm3", 1.275e8, DIMENSION_VOLUME, BASIS_SECOND},
    {"127.5 Mm3", 1.275e8, DIMENSION_VOLUME, BASIS_SECOND},
    {"127.5 MCM", 1.275e8, DIMENSION_VOLUME, BASIS_SECOND},
    {"127.5 Mm^3", 1.275e8, DIMENSION_VOLUME, BASIS_SECOND},
    {"127.5 Mm\xc2\xb3", 1.275e8, DIMENSION_VOLUME, BASIS_SECOND},
    {"127.5hm3", 1.275e8, DIMENSION_VOLUME, BASIS_SECOND},
    {"0.1275 km3", 1.275e8, DIMENSION_VOLUME, BASIS_SECOND},
    {"1.2 BCM", 1.2e9, DIMENSION_VOLUME, BASIS_SECOND},
    {"2 ML", 2e3, DIMENSION_VOLUME, BASIS_SECOND},
    {"2 acre_foot", 2466.978, DIMENSION_VOLUME, BASIS_SECOND},
    {"30000 m3/d", 30000 / 86400.0, DIMENSION_FLOW, BASIS_SECOND},
    {"30000 m3/day", 30000 / 86400.0, DIMENSION_FLOW, BASIS_SECOND},
    {"0.3 m3/s", 0.3, DIMENSION_FLOW, BASIS_SECOND},
    {"0.3 m3 s-1", 0.3, DIMENSION_FLOW, BASIS_SECOND},
    {"0.3 cms", 0.3, DIMENSION_FLOW, BASIS_SECOND},
    {"5 L/s", 0.005, DIMENSION_FLOW, BASIS_SECOND},
    {"5 MLD", 5000 / 86400.0, DIMENSION_FLOW, BASIS_SECOND},
    {"100 cfs", 2.8316846592, DIMENSION_FLOW, BASIS_SECOND},
    {"10 hm3/year", 1e7, DIMENSION_FLOW, BASIS_YEAR},
    {"10 hm3/yr", 1e7, DIMENSION_FLOW, BASIS_YEAR},
    {"1 Mm3/month", 1e6, DIMENSION_FLOW, BASIS_MONTH},
    {"5 mm/d", 0.005 / 86400, DIMENSION_SPEED, BASIS_SECOND},
    {"62 mm/month", 0.062, DIMENSION_SPEED, BASIS_MONTH},
    {"45 m3/ha/d", 0.0045 / 86400, DIMENSION_SPEED, BASIS_SECOND},
    {"5000 m3/ha/year", 0.5, DIMENSION_SPEED, BASIS_YEAR},
    {"60 L/person/d", 0.06 / 86400, DIMENSION_PERSON_NORM, BASIS_SECOND},
    {"60 L/(person d)", 0.06 / 86400, DIMENSION_PERSON_NORM, BASIS_SECOND},
    {"60 l/person/day", 0.06 / 86400, DIMENSION_PERSON_NORM, BASIS_SECOND},
    {"60 L/capita/d", 0.06 / 86400, DIMENSION_PERSON_NORM, BASIS_SECOND},
    {"50 L/head/d", 0.05 / 86400, DIMENSION_HEAD_NORM, BASIS_SECOND},
    {"41000 person", 41000, DIMENSION_PERSONS, BASIS_SECOND},
    {"2000 head", 2000, DIMENSION_HEADS, BASIS_SECOND},
    {"182 km2", 1.82e8, DIMENSION_AREA, BASIS_SECOND},
    {"8320 ha", 8.32e7, DIMENSION_AREA, BASIS_SECOND},
    {"25 %", 0.25, DIMENSION_NONE, BASIS_SECOND},
    {"25%", 0.25, DIMENSION_NONE, BASIS_SECOND},
    {"0.25", 0.25, DIMENSION_NONE, BASIS_SECOND},
    {"1 %/month", 0.01, DIMENSION_RATE, BASIS_MONTH},
    {"2 %/year", 0.02, DIMENSION_RATE, BASIS_YEAR},
    {"0.5 1/d", 0.5 / 86400, DIMENSION_RATE, BASIS_SECOND},
    {"1.7 d", 1.7 * 86400, DIMENSION_TIME, BASIS_SECOND},
    {"6 h", 21600, DIMENSION_TIME, BASIS_SECOND},
    {"-2.5 m", -2.5, DIMENSION_LENGTH, BASIS_SECOND},
    {"350 mm", 0.35, DIMENSION_LENGTH, BASIS_SECOND},
    {"1e2 m", 100, DIMENSION_LENGTH, BASIS_SECOND},
    {".5 m", 0.5, DIMENSION_LENGTH, BASIS_SECOND},
    {"0.5 g/L", 0.5, DIMENSION_SALINITY, BASIS_SECOND},
    {"250 mg/L", 0.25, DIMENSION_SALINITY, BASIS_SECOND},
    {"28.5 degC", 28.5, DIMENSION_TEMPERATURE, BASIS_SECOND},
    {"28.5 celsius", 28.5, DIMENSION_TEMPERATURE, BASIS_SECOND},
    {"300 K", 26.85, DIMENSION_TEMPERATURE, BASIS_SECOND},
    {"50 degF", 10, DIMENSION_TEMPERATURE, BASIS_SECOND},
    {"-40 degF", -40, DIMENSION_TEMPERATURE, BASIS_SECOND},
    {"2 %/K", 0.02, DIMENSION_PER_DEGREE, BASIS_SECOND},
    {"2 %/degC", 0.02, DIMENSION_PER_DEGREE, BASIS_SECOND},
};

static const struct {
    const char *text;
    const char *words;
} bad[] = {
    {"", "empty"},
    {"m3", "not a number"},
    {"nan", "not a finite number"},
    {"inf m3", "not a finite number"},
    {"-Infinity", "not a finite number"},
    {"1e400 m3", "too large"},
    {"1e308 hm3", "too large"},
    {"1,5 m3", "comma"},
    {"1 000 m3", "not grouped"},
    {"1_000 m3", "not grouped"},
    {"0x10 m", "unit"},
    {"5 xyz", "unknown unit 'xyz'"},
    {"5 hm4", "no kind of quantity"},
    {"5 hmm3", "unknown unit"},
    {"5 kWh", "unknown unit"},
    {"5 kW", "no kind of quantity"},
    {"5 degC/d", "no kind of quantity"},
    {"5 (degC)", "temperature scale"},
    {"5 rad", "cancels out"},
    {"5 m/m", "cancels out"},
    {"5 month/month", "cancels out"},
    {"5 m3/month/month", "a month or year may only stand once"},
    {"5 m3/year/month", "a month or year may only stand once"},
    {"9 months", "a month or year may only stand once"},
    {"5 Mm", "megametres"},
    {"5 Mm2", "megametres"},
    {"5 mm3", "cubic millimetres"},
    {"5 mcd", "write m3/d"},
    {"5 mcm", "hm3, Mm3 or MCM"},
    {"5 m3/a", "a year is written year"},
    {"5 ppt", "g/L"},
    {"5 m3d", "missing before 'd'"},
    {"5 m//s", "not a unit"},
    {"5 m/", "not a unit"},
    {"5 (m", "lacks a ')'"},
    {"5 m)", "not a unit"},
    {"5 ((((((((m))))))))", "not a unit"},
    {"5 m99", "bad power"},
    {"5 m^", "bad power"},
    {"5 lg(re m)", "unknown unit"},
    {"5 m since 1990", "unknown unit"},
    {"5 m [X why]", "a flag begins with"},
    {"5 m [Sourced]", "a flag begins with"},
    {"5 m]", "without a '['"},
    {"5 tri\xe1\xbb\x87u m3", "unit"},
};

static void
figures_have_their_si_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct quantity quantity;
        struct error err = {0};
        if (quantity_parse(good[i].text, &quantity, &err) != STATUS_OK)
            fail_msg("%s: %s", good[i].text, err.text);
        /* a scale with another zero is subtracted from it: last digits are lost */
        assert_close(quantity.value, good[i].value, 1e-14,
                     good[i].dimension == DIMENSION_TEMPERATURE ? 1e-12 : 0.0);
        assert_int_equal(quantity.unit.dimension, good[i].dimension);
        assert_int_equal(quantity.unit.basis, good[i].basis);
    }
}

static void
million_cubic_metres_are_exact(void **state)
{
    (void)state;
    const char *const texts[] = {"127.5 hm3", "127.5 Mm3", "127.5 MCM"};
    for (int i = 0; i < 3; i++) {
        struct quantity quantity;
        assert_int_equal(quantity_parse(texts[i], &quantity, NULL), STATUS_OK);
        assert_true(quantity.value == 1.275e8);
    }
}

static void
nonsense_is_refused_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct quantity quantity;
        struct error err = {0};
        if (quantity_parse(bad[i].text, &quantity, &err) != STATUS_INPUT)
            fail_msg("'%s' was accepted", bad[i].text);
        if (strstr(err.text, bad[i].words) == NULL)
            fail_msg("'%s': \"%s\" lacks \"%s\"", bad[i].text, err.text, bad[i].words);
    }
}

static void
flags_are_taken_off(void **state)
{
    (void)state;
    struct quantity quantity;
    assert_int_equal(quantity_parse("127.5 hm3 [S S1 S2]", &quantity, NULL), STATUS_OK);
    assert_int_equal(quantity.flag, 'S');
    assert_close(quantity.value, 1.275e8, 0.0, 0.0);
    assert_int_equal(quantity_parse("25 %[E]", &quantity, NULL), STATUS_OK);
    assert_int_equal(quantity.flag, 'E');
    assert_int_equal(quantity_parse("3 [M, my guess]", &quantity, NULL), STATUS_OK);
    assert_int_equal(quantity.flag, 'M');
    assert_false(quantity.has_unit);
    assert_int_equal(quantity_parse("3 m", &quantity, NULL), STATUS_OK);
    assert_int_equal(quantity.flag, 0);
}

static void
bare_numbers_fill_their_text(void **state)
{
    (void)state;
    double number;
    assert_int_equal(number_parse("-1.5e3", &number, NULL), STATUS_OK);
    assert_close(number, -1500.0, 0.0, 0.0);
    const char *const refused[] = {"", "1 m", "1.5.2", "1,5", "e5", "nan", "1e999", "--1", "."};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(number_parse(refused[i], &number, NULL), STATUS_INPUT);
}

static void
a_misspelt_unit_brings_a_suggestion(void **state)
{
    (void)state;
    struct unit unit;
    struct error err = {0};
    assert_int_equal(unit_parse("m3/dya", &unit, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "did you mean 'day'"));
}

static void *
parse_all(void *wrong)
{
    for (int round = 0; round < 50; round++)
        for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
            struct quantity quantity;
            if (quantity_parse(good[i].text, &quantity, NULL) != STATUS_OK ||
                quantity.unit.dimension != good[i].dimension)
                *(int *)wrong = 1;
        }
    return NULL;
}

static void
threads_may_parse_together(void **state)
{
    (void)state;
    pthread_t thread[4];
    int wrong[4] = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, parse_all, &wrong[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(wrong[i], 0);
    }
}

static void
every_dimension_has_an_example_of_itself(void **state)
{
    (void)state;
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        struct quantity quantity;
        const char *example = dimension_example((enum dimension)i);
        assert_int_equal(quantity_parse(example, &quantity, NULL), STATUS_OK);
        assert_int_equal(quantity.unit.dimension, i);
        assert_non_null(dimension_name((enum dimension)i));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_have_their_si_value),
        cmocka_unit_test(million_cubic_metres_are_exact),
        cmocka_unit_test(nonsense_is_refused_in_words),
        cmocka_unit_test(flags_are_taken_off),
        cmocka_unit_test(bare_numbers_fill_their_text),
        cmocka_unit_test(a_misspelt_unit_brings_a_suggestion),
        cmocka_unit_test(threads_may_parse_together),
        cmocka_unit_test(every_dimension_has_an_example_of_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
