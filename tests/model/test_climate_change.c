/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_change.h"
#include "tests/random.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

/* A record of whole years with figures from a function of the date and a running number. */
static struct record
make_record(enum step_kind step, int first_year, int last_year,
            double (*figure)(struct date date, int i))
{
    struct timeaxis axis;
    struct date first = {first_year, 1, 1, 0};
    struct date last = {last_year, 12, 31, 0};
    struct record record = {.step = step};
    assert_int_equal(timeaxis_init(&axis, step, first, last, NULL), STATUS_OK);
    record.count = axis.step_count;
    record.start_s = malloc(((size_t)axis.step_count + 1) * sizeof *record.start_s);
    record.value = malloc((size_t)axis.step_count * sizeof *record.value);
    assert_true(record.start_s != NULL && record.value != NULL);
    memcpy(record.start_s, axis.start_s, ((size_t)axis.step_count + 1) * sizeof *record.start_s);
    for (int i = 0; i < axis.step_count; i++)
        record.value[i] = figure(timeaxis_date(&axis, i), i);
    timeaxis_finish(&axis);
    return record;
}

static void
spans_of_years_are_read(void **unused)
{
    static const char *const bad[] = {"",           "20",         "2041-",     "2070-2041",
                                      "2041-2070x", "x2041-2070", "1500-1600", "2041 - 2070"};
    struct year_span years;
    (void)unused;
    assert_true(year_span_parse("2041-2070", &years));
    assert_int_equal(years.first, 2041);
    assert_int_equal(years.last, 2070);
    assert_true(year_span_parse("2050", &years));
    assert_int_equal(years.last, 2050);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(year_span_parse(bad[i], &years));
}

static double
month_of(struct date date, int i)
{
    (void)i;
    return date.month + (date.year - 2000) * 0.1;
}

static void
monthly_means_are_of_whole_years(void **unused)
{
    double mean[12];
    struct error err = {0};
    (void)unused;
    for (int step = STEP_HOURLY; step <= STEP_MONTHLY; step++) {
        struct record record = make_record((enum step_kind)step, 1998, 2004, month_of);
        assert_int_equal(climate_monthly_means(&record, (struct year_span){2001, 2003}, mean, NULL),
                         STATUS_OK);
        for (int m = 0; m < 12; m++) /* each month of three years of equal length: mean of 2002 */
            assert_close(mean[m], m + 1 + 0.2, 1e-12, 0);
        struct year_span whole = record_whole_years(&record);
        assert_int_equal(whole.first, 1998);
        assert_int_equal(whole.last, 2004);
        record_finish(&record);
    }
    struct record record = make_record(STEP_DAILY, 2000, 2001, month_of);
    assert_int_equal(climate_monthly_means(&record, (struct year_span){2001, 2002}, mean, &err),
                     STATUS_INPUT);
    assert_string_equal(err.text,
                        "the record covers 2000-01-01 to 2001-12-31, not the years 2001 to 2002");
    record.count--; /* its last day is gone: 2001 is not whole */
    assert_int_equal(record_whole_years(&record).last, 2000);
    record.value[5] = NAN;
    err = (struct error){0};
    assert_int_equal(climate_monthly_means(&record, (struct year_span){2000, 2000}, mean, &err),
                     STATUS_INPUT);
    assert_string_equal(err.text, "the record has no value on 2000-01-06");
    record_finish(&record);
}

static void
deltas_are_ratios_or_differences(void **unused)
{
    double before[12], after[12], observed[12];
    struct monthly_change change;
    (void)unused;
    for (int m = 0; m < 12; m++) {
        before[m] = 2.0;
        after[m] = 2.5;
        observed[m] = 3.0;
    }
    before[1] = 0.1; /* nearly dry: + 2.4 to the observed 3.0 */
    before[2] = 0.1;
    observed[2] = 0.0; /* dry in the observations: nothing to scale */
    before[3] = 2.0;
    after[3] = 20.0; /* above the largest factor */
    after[4] = 0.0;  /* below the smallest */
    climate_delta(true, before, after, observed, 0.5, &change);
    assert_close(change.change[0], 1.25, 1e-15, 0);
    assert_close(change.change[1], 5.4 / 3.0, 1e-15, 0);
    assert_close(change.change[2], 1.0, 0, 0);
    assert_close(change.change[3], 5.0, 0, 0);
    assert_close(change.change[4], 0.2, 0, 0);
    climate_delta(false, before, after, observed, 0.5, &change);
    assert_close(change.change[1], 2.4, 1e-15, 0);
}

/* ---- corrections ----------------------------------------------------------------------------- */

static double model_bias[12];
static double model_rise[3]; /* of the blocks from 2021, 2051 and 2081 */

/* Repeats every 10 years, so that any 30 years hold the same figures. */
static double
weather(struct date date, int i)
{
    (void)i;
    uint64_t seed =
        (uint64_t)(date.year % 10 * 400 + date.month * 32 + (date.day > 28 ? 28 : date.day)) *
            2654435761u +
        1;
    random_uniform(&seed);
    return 20 + 5 * sin(date.month * 0.5) + 6 * random_uniform(&seed);
}

static double
model_past(struct date date, int i)
{
    return weather(date, i) + model_bias[date.month - 1];
}

static double
model_future(struct date date, int i)
{
    return model_past(date, i) + model_rise[(date.year - 2021) / 30];
}

/* A bias by month and a rise by block: the first goes, the second stays, to the last digit. */
static void
bias_goes_and_change_stays_by_month_and_block(void **unused)
{
    (void)unused;
    for (int m = 0; m < 12; m++)
        model_bias[m] = 3.0 * cos(m);
    model_rise[0] = 1.0;
    model_rise[1] = 2.0;
    model_rise[2] = 2.0; /* the last block is of 20 years and borrows from the one before */
    struct record observed = make_record(STEP_MONTHLY, 1985, 2020, weather);
    struct record past = make_record(STEP_MONTHLY, 1981, 2014, model_past);
    struct record future = make_record(STEP_MONTHLY, 2021, 2100, model_future);
    for (int method = 0; method < 2; method++) {
        struct climate_correction correction = {.method = (enum climate_method)method,
                                                .reference = {1985, 2014},
                                                .period = {2021, 2100}};
        struct record out;
        struct error err = {0};
        if (climate_correct(&correction, &observed, &past, &future, &out, &err) != STATUS_OK)
            fail_msg("%s", err.text);
        assert_int_equal(out.count, 960);
        assert_int_equal(out.start_s[0], future.start_s[0]);
        for (int i = 0; i < out.count; i++) {
            struct date date = date_from_seconds(out.start_s[i]);
            double right = weather(date, i) + model_rise[(date.year - 2021) / 30];
            assert_close(out.value[i], right, 1e-12, 0);
        }
        record_finish(&out);
    }
    record_finish(&observed);
    record_finish(&past);
    record_finish(&future);
}

static uint64_t rain_seed;

static double
drawn_rain(struct date date, int i)
{
    double wet = date.month >= 5 && date.month <= 10 ? 0.6 : 0.25;
    (void)i;
    return random_uniform(&rain_seed) < wet ? -15 * log(1 - random_uniform(&rain_seed)) : 0.0;
}

static double
drizzly_rain(struct date date, int i)
{
    return 0.5 * drawn_rain(date, i) + 0.3 * random_uniform(&rain_seed);
}

/* Quantile mapping of the model's own past gives the months of the observations. */
static void
rain_of_the_past_becomes_that_of_the_observations(void **unused)
{
    struct climate_correction correction = {.method = CLIMATE_QUANTILE_MAPPING,
                                            .ratio = true,
                                            .trace = 0.05,
                                            .reference = {1991, 2020},
                                            .period = {1991, 2020}};
    struct record out;
    double observed_mean[12], mean[12];
    (void)unused;
    rain_seed = 99;
    struct record observed = make_record(STEP_DAILY, 1991, 2020, drawn_rain);
    struct record model = make_record(STEP_DAILY, 1991, 2020, drizzly_rain);
    for (int method = 0; method < 2; method++) {
        correction.method = (enum climate_method)method;
        assert_int_equal(climate_correct(&correction, &observed, &model, &model, &out, NULL),
                         STATUS_OK);
        assert_int_equal(
            climate_monthly_means(&observed, correction.reference, observed_mean, NULL), STATUS_OK);
        assert_int_equal(climate_monthly_means(&out, correction.reference, mean, NULL), STATUS_OK);
        int wet[2] = {0};
        for (int i = 0; i < out.count; i++) {
            wet[0] += observed.value[i] >= 0.05;
            wet[1] += out.value[i] > 0;
        }
        assert_close(wet[1], wet[0], 0, 12); /* ties of the trace aside */
        for (int m = 0; m < 12; m++)
            assert_close(mean[m], observed_mean[m], 1e-3, 0);
        record_finish(&out);
    }
    record_finish(&observed);
    record_finish(&model);
}

static void
records_that_do_not_fit_are_named(void **unused)
{
    struct climate_correction correction = {.reference = {1991, 2020}, .period = {2041, 2070}};
    struct record out;
    struct error err = {0};
    (void)unused;
    struct record daily = make_record(STEP_DAILY, 1991, 2020, month_of);
    struct record monthly = make_record(STEP_MONTHLY, 1991, 2070, month_of);
    assert_int_equal(climate_correct(&correction, &daily, &monthly, &monthly, &out, &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "differ in their step"));
    err = (struct error){0};
    assert_int_equal(climate_correct(&correction, &daily, &daily, &daily, &out, &err),
                     STATUS_INPUT);
    assert_string_equal(err.text, "the model's future: the record covers 1991-01-01 to 2020-12-31, "
                                  "not the years 2041 to 2070");
    record_finish(&daily);
    record_finish(&monthly);
}

/* ---- other years ----------------------------------------------------------------------------- */

static void
years_move_and_months_keep_their_water(void **unused)
{
    (void)unused;
    for (int step = STEP_HOURLY; step <= STEP_MONTHLY; step++)
        for (int rule = MONTH_RAIN; rule <= MONTH_STATE; rule++) {
            struct record out;
            rain_seed = 7;
            struct record record = make_record((enum step_kind)step, 2041, 2048, drawn_rain);
            assert_int_equal(record_shift_years(&record, (enum month_rule)rule, -51, &out, NULL),
                             STATUS_OK);
            assert_int_equal(out.start_s[0], date_to_seconds((struct date){1990, 1, 1, 0}));
            assert_int_equal(out.start_s[out.count], date_to_seconds((struct date){1998, 1, 1, 0}));
            int i = 0;
            int j = 0;
            for (int month = 0; month < 96; month++) {
                double sum[2] = {0};
                double length[2] = {0};
                for (; i < record.count &&
                       date_from_seconds(record.start_s[i]).month == month % 12 + 1;
                     i++) {
                    double dt = (double)(record.start_s[i + 1] - record.start_s[i]);
                    sum[0] += record.value[i] * dt;
                    length[0] += dt;
                }
                for (; j < out.count && date_from_seconds(out.start_s[j]).month == month % 12 + 1;
                     j++) {
                    double dt = (double)(out.start_s[j + 1] - out.start_s[j]);
                    sum[1] += out.value[j] * dt;
                    length[1] += dt;
                }
                if (rule != MONTH_STATE)
                    assert_close(sum[1], sum[0], 1e-12, 1e-9);
                else if (step != STEP_TENDAY) /* ten days as such keep their own means */
                    assert_close(sum[1] / length[1], sum[0] / length[0], 1e-12, 1e-12);
            }
            assert_int_equal(j, out.count);
            record_finish(&record);
            record_finish(&out);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_of_years_are_read),
        cmocka_unit_test(monthly_means_are_of_whole_years),
        cmocka_unit_test(deltas_are_ratios_or_differences),
        cmocka_unit_test(bias_goes_and_change_stays_by_month_and_block),
        cmocka_unit_test(rain_of_the_past_becomes_that_of_the_observations),
        cmocka_unit_test(records_that_do_not_fit_are_named),
        cmocka_unit_test(years_move_and_months_keep_their_water),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
