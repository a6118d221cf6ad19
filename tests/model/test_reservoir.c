/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reservoir.h"
#include "tests/random.h"
#include "tests/support.h"

#include <string.h>

/* A lake like Yên Lập: levels m, areas m2, storages m3. */
enum { ROWS = 6 };
static const double table_level_m[ROWS] = {5, 11, 19.7, 24, 29.5, 32};
static const double table_area_m2[ROWS] = {0, 2e6, 5e6, 7e6, 9e6, 11e6};
static const double table_storage_m3[ROWS] = {0, 9.5e6, 40e6, 72e6, 127.5e6, 150e6};

static struct reservoir lake;
static struct timeaxis axis;

static int
make_lake(void **state)
{
    (void)state;
    const struct date first = {.year = 2020, .month = 1, .day = 1};
    const struct date last = {.year = 2020, .month = 12, .day = 31};
    lake =
        (struct reservoir){.table_count = ROWS, .capacity_m3 = 127.5e6, .dead_storage_m3 = 9.5e6};
    return pchip_init(&lake.level_of_storage, ROWS, table_storage_m3, table_level_m, NULL) ==
                       STATUS_OK &&
                   pchip_init(&lake.area_of_storage, ROWS, table_storage_m3, table_area_m2, NULL) ==
                       STATUS_OK &&
                   timeaxis_init(&axis, STEP_DAILY, first, last, NULL) == STATUS_OK
               ? 0
               : -1;
}

static int
drop_lake(void **state)
{
    (void)state;
    pchip_finish(&lake.level_of_storage);
    pchip_finish(&lake.area_of_storage);
    timeaxis_finish(&axis);
    return 0;
}

static struct varying
constant(double *value, enum dimension dimension)
{
    return (struct varying){
        .kind = VARYING_CONSTANT, .dimension = dimension, .count = 1, .value = value};
}

static struct moment
moment_of(int step_t)
{
    return (struct moment){.axis = &axis, .step_t = step_t};
}

static void
levels_and_storages_undo_each_other(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 20000; i++) {
        double storage_m3 = 150e6 * random_uniform(&seed);
        double level_m = reservoir_level_m(&lake, storage_m3);
        assert_close(reservoir_storage_m3(&lake, level_m), storage_m3, 1e-12, 1e-5);
        level_m = 5 + 27 * random_uniform(&seed);
        assert_close(reservoir_level_m(&lake, reservoir_storage_m3(&lake, level_m)), level_m, 1e-14,
                     0);
    }
    for (int i = 0; i < ROWS; i++) {
        assert_close(reservoir_level_m(&lake, table_storage_m3[i]), table_level_m[i], 0, 0);
        assert_close(reservoir_area_m2(&lake, table_storage_m3[i]), table_area_m2[i], 1e-15, 0);
        assert_close(reservoir_storage_m3(&lake, table_level_m[i]), table_storage_m3[i], 1e-14, 0);
    }
    assert_close(reservoir_level_m(&lake, -1), 5, 0, 0); /* beyond the table its ends hold */
    assert_close(reservoir_level_m(&lake, 1e12), 32, 0, 0);
    assert_close(reservoir_storage_m3(&lake, 99), 150e6, 0, 0);
    assert_close(reservoir_area_m2(&lake, 0), 0, 0, 0);
}

static void
levels_and_areas_rise_with_the_storage(void **state)
{
    (void)state;
    double level_m = 5, area_m2 = 0;
    for (int i = 1; i <= 15000; i++) {
        double storage_m3 = 1e4 * i;
        assert_true(reservoir_level_m(&lake, storage_m3) > level_m);
        assert_true(reservoir_area_m2(&lake, storage_m3) > area_m2);
        level_m = reservoir_level_m(&lake, storage_m3);
        area_m2 = reservoir_area_m2(&lake, storage_m3);
    }
}

static void
lines_are_volumes_levels_or_shares_of_capacity(void **state)
{
    (void)state;
    struct moment moment = moment_of(0);
    static const struct {
        enum dimension dimension;
        double figure, storage_m3;
    } cases[] = {
        {DIMENSION_VOLUME, 80e6, 80e6},
        {DIMENSION_VOLUME, 200e6, 127.5e6},
        {DIMENSION_VOLUME, -1, 0},
        {DIMENSION_LENGTH, 19.7, 40e6},
        {DIMENSION_LENGTH, 32, 127.5e6},
        {DIMENSION_LENGTH, 1, 0},
        {DIMENSION_NONE, 0.4, 0.4 * 127.5e6},
        {DIMENSION_NONE, 1, 127.5e6},
        {DIMENSION_NONE, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double figure = cases[i].figure;
        struct varying line = constant(&figure, cases[i].dimension);
        assert_close(reservoir_line_m3(&lake, &line, &moment), cases[i].storage_m3, 1e-13, 0);
    }
    /* by day of the year: half way between 1 January (80 hm3) and 1 July (60 hm3), 182 days */
    double days[] = {1, 183}, lines_m3[] = {80e6, 60e6};
    struct varying curve = {.kind = VARYING_CURVE,
                            .dimension = DIMENSION_VOLUME,
                            .count = 2,
                            .x = days,
                            .value = lines_m3};
    moment = moment_of(91); /* 1 April, day 92 */
    assert_close(reservoir_line_m3(&lake, &curve, &moment), 70e6, 1e-14, 0);
}

static void
rain_evaporation_and_seepage_are_those_of_the_day(void **state)
{
    (void)state;
    double evaporation = 0.005 / 86400, rain = 0.012 / 86400, share = 0.01, flow = 0.2;
    struct reservoir open = lake;
    struct moment moment = moment_of(40); /* 10 February 2020, of 29 days */
    open.evaporation = constant(&evaporation, DIMENSION_SPEED);
    struct lake_exchange exchange = reservoir_exchange(&open, &moment, 40e6, 5e6, 0);
    assert_close(exchange.rain_m3, 0, 0, 0);
    assert_close(exchange.evaporation_m3, 25000, 1e-14, 0);
    assert_close(exchange.seepage_m3, 0, 0, 0);
    open.rain = constant(&rain, DIMENSION_SPEED);
    open.seepage = constant(&share, DIMENSION_RATE);
    open.seepage.basis = BASIS_MONTH;
    exchange = reservoir_exchange(&open, &moment, 40e6, 5e6, 1e5);
    assert_close(exchange.rain_m3, 60000, 1e-14, 0);
    assert_close(exchange.evaporation_m3, 25000, 1e-14, 0);
    assert_close(exchange.seepage_m3, 40e6 * 0.01 / 29, 1e-14, 0);
    open.seepage = constant(&flow, DIMENSION_FLOW);
    exchange = reservoir_exchange(&open, &moment, 40e6, 5e6, 1e5);
    assert_close(exchange.seepage_m3, 0.2 * 86400, 1e-14, 0);
}

static void
no_more_leaves_than_there_is(void **state)
{
    (void)state;
    uint64_t seed = 21;
    int emptied = 0;
    for (int i = 0; i < 20000; i++) {
        double evaporation = 1e-7 * random_uniform(&seed), rain = 1e-7 * random_uniform(&seed);
        double seepage = random_uniform(&seed);
        struct reservoir open = lake;
        struct moment moment = moment_of(random_below(&seed, 366));
        open.evaporation = constant(&evaporation, DIMENSION_SPEED);
        if (i % 2 == 0)
            open.rain = constant(&rain, DIMENSION_SPEED);
        if (i % 3 > 0)
            open.seepage = constant(&seepage, i % 3 == 1 ? DIMENSION_FLOW : DIMENSION_RATE);
        double storage_m3 = i % 5 == 0 ? 0 : exp(20 * random_uniform(&seed));
        double inflow_m3 = i % 7 == 0 ? 0 : 1e4 * random_uniform(&seed);
        struct lake_exchange exchange =
            reservoir_exchange(&open, &moment, storage_m3, 5e6 * random_uniform(&seed), inflow_m3);
        double water_m3 = storage_m3 + inflow_m3 + exchange.rain_m3;
        assert_true(exchange.evaporation_m3 >= 0 && exchange.evaporation_m3 <= water_m3);
        assert_true(exchange.seepage_m3 >= 0);
        assert_true(exchange.evaporation_m3 + exchange.seepage_m3 <= water_m3 * (1 + 1e-15));
        emptied += exchange.evaporation_m3 == water_m3;
    }
    assert_true(emptied > 100);
}

static void
what_is_shifted_below_nothing_is_nothing(void **state)
{
    (void)state;
    double figure = 0.002 / 86400;
    struct reservoir open = lake;
    struct moment moment = moment_of(0);
    open.evaporation = constant(&figure, DIMENSION_SPEED);
    open.evaporation.adjustment_count = 1;
    open.evaporation.adjustment[0] = (struct adjustment){.operation = CHANGE_SHIFT,
                                                         .value = -0.003 / 86400,
                                                         .from_s = INT64_MIN,
                                                         .to_s = INT64_MAX,
                                                         .month_mask = 0xfff};
    open.rain = open.evaporation;
    open.seepage = open.evaporation;
    open.seepage.dimension = DIMENSION_FLOW;
    struct lake_exchange exchange = reservoir_exchange(&open, &moment, 40e6, 5e6, 0);
    assert_close(exchange.rain_m3, 0, 0, 0);
    assert_close(exchange.evaporation_m3, 0, 0, 0);
    assert_close(exchange.seepage_m3, 0, 0, 0);
}

static void
zones_cap_the_classes_below_their_line(void **state)
{
    (void)state;
    int upper_class[] = {3, 5}, lower_class[] = {3, 5};
    double upper_cap[] = {0.7, 0.9}, lower_cap[] = {0.4, 1.0};
    struct zone zones[] = {{.cap_count = 0},
                           {.cap_count = 2, .cap_class_i = upper_class, .cap = upper_cap},
                           {.cap_count = 2, .cap_class_i = lower_class, .cap = lower_cap}};
    const double lines_m3[] = {90e6, 60e6, 30e6};
    struct reservoir zoned = lake;
    zoned.zone = zones;
    zoned.zone_count = 3;
    static const struct {
        double storage_m3;
        int class_i;
        double cap;
        bool restricted;
    } cases[] = {
        {95e6, 3, 1, false},  {70e6, 3, 1, false}, /* below a line without caps */
        {60e6, 3, 1, true}, /* on the line: caps do not hold, restriction does */
        {59e6, 3, 0.7, true}, {59e6, 5, 0.9, true},
        {59e6, 4, 1, true},                         /* a class that no zone names */
        {29e6, 3, 0.4, true}, {29e6, 5, 0.9, true}, /* the smaller of both zones */
        {0, 3, 0.4, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double storage_m3 = cases[i].storage_m3;
        assert_close(reservoir_class_cap(&zoned, lines_m3, storage_m3, cases[i].class_i),
                     cases[i].cap, 0, 0);
        assert_true(reservoir_in_restriction(&zoned, lines_m3, storage_m3) == cases[i].restricted);
    }
    assert_close(reservoir_class_cap(&lake, NULL, 0, 3), 1, 0, 0);
    assert_false(reservoir_in_restriction(&lake, NULL, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_and_storages_undo_each_other),
        cmocka_unit_test(levels_and_areas_rise_with_the_storage),
        cmocka_unit_test(lines_are_volumes_levels_or_shares_of_capacity),
        cmocka_unit_test(rain_evaporation_and_seepage_are_those_of_the_day),
        cmocka_unit_test(no_more_leaves_than_there_is),
        cmocka_unit_test(what_is_shifted_below_nothing_is_nothing),
        cmocka_unit_test(zones_cap_the_classes_below_their_line),
    };
    return cmocka_run_group_tests(tests, make_lake, drop_lake);
}
