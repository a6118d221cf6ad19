/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/demand.h"
#include "tests/support.h"

#include <stdlib.h>

static const double day_s = 86400.0;

/* A basin of one demand, built by hand. */
static struct node node;
static struct profile profile;
static struct basin basin;
static struct demand demand;

static int
reset(void **state)
{
    (void)state;
    node = (struct node){.kind = NODE_DEMAND, .in_service = {INT64_MIN, INT64_MAX}};
    profile = (struct profile){.monthly_is_share = false};
    for (int m = 0; m < 12; m++)
        profile.monthly[m] = 1.0;
    for (int d = 0; d < 7; d++)
        profile.weekly[d] = 1.0;
    basin = (struct basin){.node = &node, .node_count = 1, .profile = &profile, .profile_count = 1};
    demand = (struct demand){.profile_i = -1, .weight = 1};
    return 0;
}

static struct varying
constant(double *value, enum dimension dimension)
{
    return (struct varying){
        .kind = VARYING_CONSTANT, .dimension = dimension, .count = 1, .value = value};
}

static void
make_axis(struct timeaxis *axis, enum step_kind step, int from_year, int to_year)
{
    struct date first = {.year = from_year, .month = 1, .day = 1};
    struct date last = {.year = to_year, .month = 12, .day = 31};
    assert_int_equal(timeaxis_init(axis, step, first, last, NULL), STATUS_OK);
}

static double
need_at(const struct timeaxis *axis, int step_t, int demand_year)
{
    struct moment moment = {.axis = axis, .step_t = step_t, .demand_year = demand_year};
    return demand_need_m3s(&basin, &demand, &moment);
}

static double
floor_at(const struct timeaxis *axis, int step_t, int demand_year)
{
    struct moment moment = {.axis = axis, .step_t = step_t, .demand_year = demand_year};
    return demand_floor_m3s(&demand, &moment, demand_need_m3s(&basin, &demand, &moment));
}

static double
volume(const struct timeaxis *axis, int demand_year)
{
    double sum_m3 = 0.0;
    for (int t = 0; t < axis->step_count; t++)
        sum_m3 += need_at(axis, t, demand_year) * axis->dt_s[t];
    return sum_m3;
}

static void
sizes_are_people_area_heads_or_a_flow(void **state)
{
    (void)state;
    struct timeaxis axis;
    double people = 41000, norm = 0.12 / day_s, coverage = 0.9;
    double area_m2 = 8320e4, depth = 0.0045 / day_s, heads = 2000, drink = 0.05 / day_s;
    double flow = 0.3;
    make_axis(&axis, STEP_DAILY, 2020, 2020);
    demand.basis = DEMAND_PEOPLE;
    demand.population = constant(&people, DIMENSION_PERSONS);
    demand.norm = constant(&norm, DIMENSION_PERSON_NORM);
    assert_close(need_at(&axis, 0, 0), 4920 / day_s, 1e-14, 0);
    demand.coverage = constant(&coverage, DIMENSION_NONE);
    assert_close(need_at(&axis, 0, 0), 4428 / day_s, 1e-14, 0);
    demand.basis = DEMAND_AREA;
    demand.area = constant(&area_m2, DIMENSION_AREA);
    demand.norm = constant(&depth, DIMENSION_SPEED);
    assert_close(need_at(&axis, 0, 0), 374400 / day_s, 1e-14, 0);
    demand.basis = DEMAND_HEADS;
    demand.heads = constant(&heads, DIMENSION_HEADS);
    demand.norm = constant(&drink, DIMENSION_HEAD_NORM);
    assert_close(need_at(&axis, 0, 0), 100 / day_s, 1e-14, 0);
    demand.basis = DEMAND_CONSTANT;
    demand.need = constant(&flow, DIMENSION_FLOW);
    assert_close(need_at(&axis, 0, 0), 0.3, 0, 0);
    timeaxis_finish(&axis);
}

static void
needs_grow_from_their_year(void **state)
{
    (void)state;
    struct timeaxis axis;
    double flow = 2.0;
    make_axis(&axis, STEP_MONTHLY, 2020, 2030);
    demand.need = constant(&flow, DIMENSION_FLOW);
    demand.growth_per_year = 0.02;
    demand.growth_base_year = 2022;
    assert_close(need_at(&axis, 0, 2022), 2.0, 0, 0);
    assert_close(need_at(&axis, 0, 2023), 2.04, 1e-15, 0);
    assert_close(need_at(&axis, 0, 2030),
                 2.0 * 1.02 * 1.02 * 1.02 * 1.02 * 1.02 * 1.02 * 1.02 * 1.02, 1e-14, 0);
    assert_close(need_at(&axis, 0, 2021), 2.0 / 1.02, 1e-15, 0);
    /* calendar: the step's own year */
    assert_close(need_at(&axis, 24, 0), 2.0, 0, 0);
    assert_close(need_at(&axis, 12 * 9 + 11, 0), 2.0 * pow(1.02, 7), 1e-14, 0);
    timeaxis_finish(&axis);
}

static void
figures_by_year_follow_the_demand_year(void **state)
{
    (void)state;
    struct timeaxis axis;
    double years[] = {2022, 2030}, people[] = {41000, 50000}, norm = 0.1 / day_s;
    make_axis(&axis, STEP_DAILY, 1991, 1992);
    demand.basis = DEMAND_PEOPLE;
    demand.population = (struct varying){.kind = VARYING_YEARS,
                                         .dimension = DIMENSION_PERSONS,
                                         .count = 2,
                                         .x = years,
                                         .value = people};
    demand.norm = constant(&norm, DIMENSION_PERSON_NORM);
    assert_close(need_at(&axis, 0, 2022), 4100 / day_s, 1e-14, 0);
    assert_close(need_at(&axis, 0, 2025), (41000 + 9000 * 3 / 8.0) * 0.1 / day_s, 1e-14, 0);
    assert_close(need_at(&axis, 0, 2050), 5000 / day_s, 1e-14, 0);
    assert_close(need_at(&axis, 0, 0), 4100 / day_s, 1e-14, 0); /* 1991: constant before */
    timeaxis_finish(&axis);
}

static void
shares_of_the_year_sum_to_the_volume_of_the_year(void **state)
{
    (void)state;
    static const double percent[12] = {7.8, 7.2, 7.9, 8.1, 8.7, 9.0, 9.3, 9.0, 8.6, 8.4, 8.0, 8.0};
    double flow = 0.5;
    demand.need = constant(&flow, DIMENSION_FLOW);
    demand.profile_i = 0;
    profile.monthly_is_share = true;
    for (int m = 0; m < 12; m++)
        profile.monthly[m] = percent[m] / 100.0;
    for (int year = 2019; year <= 2020; year++)
        for (int kind = 0; kind < 4; kind++) {
            struct timeaxis axis;
            make_axis(&axis, (enum step_kind)kind, year, year);
            double days = year == 2020 ? 366 : 365;
            assert_close(volume(&axis, 0), 0.5 * days * day_s, 1e-12, 0);
            double january_m3 = 0.0;
            for (int t = 0; axis.month[t] == 1; t++)
                january_m3 += need_at(&axis, t, 0) * axis.dt_s[t];
            assert_close(january_m3, 0.078 * 0.5 * days * day_s, 1e-12, 0);
            timeaxis_finish(&axis);
        }
}

static void
weeks_repeat_from_monday(void **state)
{
    (void)state;
    struct timeaxis axis;
    double flow = 1.0;
    static const double factors[7] = {1.1, 1.0, 1.0, 1.0, 1.0, 1.2, 0.7};
    make_axis(&axis, STEP_DAILY, 2020, 2020);
    demand.need = constant(&flow, DIMENSION_FLOW);
    demand.profile_i = 0;
    for (int d = 0; d < 7; d++)
        profile.weekly[d] = factors[d];
    /* 6 January 2020 was a Monday */
    for (int t = 5; t < 366; t++)
        assert_close(need_at(&axis, t, 0), factors[(t - 5) % 7], 1e-15, 0);
    timeaxis_finish(&axis);
}

/* Days of a month have the need of their own weekday, whatever the step of the run. */
static void
longer_steps_hold_the_weeks_inside_them(void **state)
{
    (void)state;
    struct timeaxis days;
    double flow = 1.0;
    static const double factors[7] = {0.5, 0.8, 1.0, 1.1, 1.2, 1.6, 0.8};
    demand.need = constant(&flow, DIMENSION_FLOW);
    demand.profile_i = 0;
    for (int d = 0; d < 7; d++)
        profile.weekly[d] = factors[d];
    make_axis(&days, STEP_DAILY, 2019, 2020);
    for (int kind = 0; kind < 4; kind++) {
        struct timeaxis axis;
        make_axis(&axis, (enum step_kind)kind, 2019, 2020);
        for (int t = 0; t < axis.step_count; t++) {
            int from_d = timeaxis_find(&days, axis.start_s[t]);
            int to_d = timeaxis_find(&days, axis.start_s[t + 1] - 1);
            double sum = 0.0;
            for (int d = from_d; d <= to_d; d++)
                sum += need_at(&days, d, 0);
            assert_close(need_at(&axis, t, 0), sum / (to_d - from_d + 1), 1e-14, 0);
        }
        timeaxis_finish(&axis);
    }
    timeaxis_finish(&days);
}

static void
the_floor_is_a_part_of_the_need_of_those_served(void **state)
{
    (void)state;
    struct timeaxis axis;
    double people = 10000, norm = 0.12 / day_s, floor_norm = 0.06 / day_s, coverage = 0.8;
    make_axis(&axis, STEP_DAILY, 2020, 2020);
    demand.basis = DEMAND_PEOPLE;
    demand.population = constant(&people, DIMENSION_PERSONS);
    demand.norm = constant(&norm, DIMENSION_PERSON_NORM);
    assert_close(floor_at(&axis, 0, 0), 0, 0, 0); /* no floor is given */
    demand.floor_norm = constant(&floor_norm, DIMENSION_PERSON_NORM);
    assert_close(floor_at(&axis, 0, 0), 600 / day_s, 1e-14, 0);
    demand.growth_per_year = 0.1;
    demand.growth_base_year = 2020;
    assert_close(floor_at(&axis, 0, 2021), 660 / day_s, 1e-14, 0);
    demand.coverage = constant(&coverage, DIMENSION_NONE);
    assert_close(floor_at(&axis, 0, 2020), 480 / day_s, 1e-14, 0);
    assert_close(floor_at(&axis, 0, 2020), 0.5 * need_at(&axis, 0, 2020), 1e-14, 0);
    /* never above the need */
    demand.profile_i = 0;
    profile.monthly[0] = 0.3;
    assert_close(floor_at(&axis, 0, 2020), need_at(&axis, 0, 2020), 0, 0);
    /* people beside a flow, for the floor */
    double flow = 0.05;
    demand.basis = DEMAND_CONSTANT;
    demand.profile_i = -1;
    demand.need = constant(&flow, DIMENSION_FLOW);
    assert_close(floor_at(&axis, 0, 2020), 480 / day_s, 1e-14, 0);
    demand.population = (struct varying){.kind = VARYING_ABSENT};
    assert_close(floor_at(&axis, 0, 2020), 0, 0, 0);
    timeaxis_finish(&axis);
}

static void
out_of_service_nothing_is_needed(void **state)
{
    (void)state;
    struct timeaxis axis;
    double flow = 1.0;
    make_axis(&axis, STEP_DAILY, 2020, 2020);
    demand.need = constant(&flow, DIMENSION_FLOW);
    node.in_service.from_s = axis.start_s[10];
    node.in_service.to_s = axis.start_s[20];
    for (int t = 0; t < 30; t++)
        assert_close(need_at(&axis, t, 0), t >= 10 && t < 20, 0, 0);
    assert_close(need_at(&axis, 15, 2021), 0, 0, 0); /* the same day of another demand year */
    timeaxis_finish(&axis);
}

static void
changes_act_on_the_resulting_need(void **state)
{
    (void)state;
    struct timeaxis axis;
    double people = 10000, norm = 0.12 / day_s, flow = 2.0;
    make_axis(&axis, STEP_DAILY, 2020, 2020);
    const struct adjustment scale = {.operation = CHANGE_SCALE,
                                     .value = 0.8,
                                     .from_s = INT64_MIN,
                                     .to_s = INT64_MAX,
                                     .month_mask = 1};
    const struct adjustment shift = {.operation = CHANGE_SHIFT,
                                     .value = -5,
                                     .from_s = axis.start_s[5],
                                     .to_s = axis.start_s[6],
                                     .month_mask = 0xfff};
    demand.basis = DEMAND_PEOPLE;
    demand.population = constant(&people, DIMENSION_PERSONS);
    demand.norm = constant(&norm, DIMENSION_PERSON_NORM);
    demand.need.adjustment_count = 2;
    demand.need.adjustment[0] = scale;
    demand.need.adjustment[1] = shift;
    assert_close(need_at(&axis, 0, 0), 960 / day_s, 1e-14, 0);
    assert_close(need_at(&axis, 5, 0), 0, 0, 0); /* never below nothing */
    assert_close(need_at(&axis, 31, 0), 1200 / day_s, 1e-14, 0);
    demand.basis = DEMAND_CONSTANT;
    demand.need.kind = VARYING_CONSTANT;
    demand.need.count = 1;
    demand.need.value = &flow;
    assert_close(need_at(&axis, 0, 0), 1.6, 1e-15, 0); /* once, not twice */
    timeaxis_finish(&axis);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sizes_are_people_area_heads_or_a_flow, reset),
        cmocka_unit_test_setup(needs_grow_from_their_year, reset),
        cmocka_unit_test_setup(figures_by_year_follow_the_demand_year, reset),
        cmocka_unit_test_setup(shares_of_the_year_sum_to_the_volume_of_the_year, reset),
        cmocka_unit_test_setup(weeks_repeat_from_monday, reset),
        cmocka_unit_test_setup(longer_steps_hold_the_weeks_inside_them, reset),
        cmocka_unit_test_setup(the_floor_is_a_part_of_the_need_of_those_served, reset),
        cmocka_unit_test_setup(out_of_service_nothing_is_needed, reset),
        cmocka_unit_test_setup(changes_act_on_the_resulting_need, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
