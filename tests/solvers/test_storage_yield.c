/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/storage_yield.h"
#include "tests/solvers/reference_file.h"
#include "tests/support.h"

#include "solvers/philox.h"

#include <gsl/gsl_errno.h>

#include <stdbool.h>

enum { STEPS_MAX = REFERENCE_MAX };

static double inflow[STEPS_MAX], share[STEPS_MAX], demand[STEPS_MAX], supply[STEPS_MAX];
static double storage[STEPS_MAX], spill[STEPS_MAX], evaporation[STEPS_MAX], depth[STEPS_MAX];
static int16_t year[STEPS_MAX];
static const struct storage_trace trace = {demand, supply, storage, spill, evaporation};
static struct error err;

static struct storage_problem
problem_of(int count, double capacity)
{
    for (int t = 0; t < count; t++) {
        share[t] = 1.0;
        year[t] = (int16_t)(t / 12);
    }
    return (struct storage_problem){.count = count,
                                    .inflow_m3 = inflow,
                                    .share = share,
                                    .year = year,
                                    .capacity_m3 = capacity,
                                    .initial_m3 = capacity};
}

/* The 912 months of the reference, Mm3; its figures are of the R package reservoir 1.1.5. */
static int
read_inflow(void)
{
    int count = reference_column("reservoir/resX_inflow.csv", 2, inflow);
    if (count == 0) {
        print_message("skipped: reservoir/resX_inflow.csv is not there\n");
        skip();
    }
    assert_int_equal(count, 912);
    return count;
}

static double
mean_of(int count, const double *value)
{
    double sum = 0.0;
    for (int t = 0; t < count; t++)
        sum += value[t];
    return sum / count;
}

/* ---- reference --------------------------------------------------------------------------------
 */

static void
sequent_peak_matches_r(void **state)
{
    (void)state;
    static const double of_mean[] = {0.3, 0.5, 0.6, 0.7, 0.8};
    static const double expected[] = {179.2318, 663.4811, 968.1572, 1272.833, 1774.410};
    int count = read_inflow();
    double mean = mean_of(count, inflow);
    assert_close(mean, 160.3558, 1e-6, 0.0);
    for (int i = 0; i < 5; i++) {
        for (int t = 0; t < count; t++)
            demand[t] = of_mean[i] * mean;
        assert_close(sequent_peak(count, inflow, demand).capacity_m3, expected[i], 1e-6, 0.0);
    }
}

/* The reference stops its bisection at 0.01. */
static void
firm_yields_match_r(void **state)
{
    (void)state;
    static const double reliability[] = {1.0, 0.98, 0.95, 0.9, 0.8};
    static const double expected[] = {29.03782, 37.19802, 42.88691, 50.23965, 61.15254};
    int count = read_inflow();
    struct storage_problem problem = problem_of(count, 61.9);
    for (int i = 0; i < 5; i++) {
        double yield;
        assert_int_equal(
            firm_yield(&problem, RELIABILITY_TIME, reliability[i], &trace, &yield, &err),
            STATUS_OK);
        assert_close(yield, expected[i], 0.0, 0.011);
    }
}

static void
storages_for_a_yield_match_r(void **state)
{
    (void)state;
    static const double reliability[] = {1.0, 0.95, 0.9};
    static const double expected[] = {3199.263, 1106.450, 804.6859};
    int count = read_inflow();
    struct storage_problem problem = problem_of(count, 61.9);
    for (int i = 0; i < 3; i++) {
        double capacity;
        assert_int_equal(storage_for_yield(&problem, 0.9 * mean_of(count, inflow), RELIABILITY_TIME,
                                           reliability[i], &trace, &capacity, &err),
                         STATUS_OK);
        assert_close(capacity, expected[i], 1e-4, 0.0);
    }
}

static void
performance_matches_r(void **state)
{
    (void)state;
    int count = read_inflow();
    struct storage_problem problem = problem_of(count, 61.9);
    storage_simulate(&problem, 0.5 * mean_of(count, inflow), &trace);
    struct performance of = performance_measure(count, demand, supply, year);
    assert_close(of.annual_reliability, 0.03947368, 0.0, 1e-8);
    assert_close(of.time_reliability, 0.6754386, 0.0, 1e-7);
    assert_close(of.volume_reliability, 0.8287848, 0.0, 1e-7);
    assert_close(of.resilience, 0.2533784, 0.0, 1e-7);
    assert_close(of.vulnerability_peak, 0.6461459, 0.0, 1e-7);
}

static void
simulation_matches_r_step_by_step(void **state)
{
    (void)state;
    static double expected[4][STEPS_MAX];
    int count = read_inflow();
    struct storage_problem problem = problem_of(count, 61.9);
    for (int i = 0; i < 4; i++)
        assert_int_equal(reference_column("reservoir/ref_simRes_SOP_0p9.csv", 2 + i, expected[i]),
                         count);
    storage_simulate(&problem, 0.9 * mean_of(count, inflow), &trace);
    for (int t = 0; t < count; t++) {
        assert_close(supply[t], expected[2][t], 1e-9, 1e-9);
        assert_close(spill[t], expected[3][t], 1e-9, 1e-9);
        if (t > 0)
            assert_close(storage[t - 1], expected[1][t], 1e-9, 1e-9);
    }
}

/* ---- by hand ----------------------------------------------------------------------------------
 */

/* Loucks & van Beek (2017), Water Resource Systems Planning and Management, section 11.5. */
static void
sequent_peak_of_the_textbook(void **state)
{
    (void)state;
    static const double flow[] = {1, 3, 3, 5, 8, 6, 7, 2, 1};
    for (int t = 0; t < 9; t++)
        demand[t] = 3.5;
    struct sequent_peak peak = sequent_peak(9, flow, demand);
    assert_close(peak.capacity_m3, 7.5, 1e-15, 0.0);
    assert_int_equal(peak.critical_first, 7); /* 2 and 1, then from the beginning 1, 3, 3 */
    assert_int_equal(peak.critical_last, 2);
    for (int t = 0; t < 9; t++)
        demand[t] = 4.1;
    assert_true(isinf(sequent_peak(9, flow, demand).capacity_m3)); /* mean inflow is 4 */
}

/* Demand 10 of five steps: supply 10, 4, 7, 10, 5 in two years. */
static void
performance_by_hand(void **state)
{
    (void)state;
    static const double asked[] = {10, 10, 10, 10, 10}, given[] = {10, 4, 7, 10, 5};
    static const int16_t years[] = {1, 1, 1, 2, 2};
    struct performance of = performance_measure(5, asked, given, years);
    assert_close(of.time_reliability, 0.4, 1e-15, 0.0);
    assert_close(of.volume_reliability, 0.72, 1e-15, 0.0);
    assert_close(of.annual_reliability, 0.0, 0.0, 0.0);
    assert_close(of.resilience, 2.0 / 3.0, 1e-15, 0.0);
    assert_close(of.vulnerability_peak, (0.6 + 0.5) / 2.0, 1e-15, 0.0);
    assert_close(of.vulnerability_mean, (9.0 / 20.0 + 0.5) / 2.0, 1e-15, 0.0);
    assert_close(of.shortage_index, 100.0 / 2.0 * (0.09 + 0.0625), 1e-14, 0.0);
    assert_close(of.sustainability_loucks, 0.4 * 2.0 / 3.0 * 0.45, 1e-14, 0.0);
    assert_close(of.sustainability_sandoval, cbrt(0.12), 1e-14, 0.0);
    assert_int_equal(of.longest_first, 1);
    assert_int_equal(of.longest_last, 2);
    assert_close(of.deepest_m3, 9.0, 1e-15, 0.0);
    assert_int_equal(of.deepest_first, 1);
}

static void
steps_without_a_demand_do_not_count(void **state)
{
    (void)state;
    static const double asked[] = {10, 0, 10, 0}, given[] = {5, 0, 5, 0};
    static const int16_t years[] = {1, 1, 1, 2};
    struct performance of = performance_measure(4, asked, given, years);
    assert_int_equal(of.step_count, 2);
    assert_int_equal(of.event_count, 1); /* the step between does not end the drought */
    assert_int_equal(of.year_count, 1);
    static const double none[4] = {0};
    of = performance_measure(4, none, none, years);
    assert_close(of.time_reliability, 1.0, 0.0, 0.0);
    assert_true(isfinite(of.sustainability_sandoval) && isfinite(of.shortage_index));
}

/* ---- properties -------------------------------------------------------------------------------
 */

static int
make_inflow(uint64_t seed)
{
    struct philox_key key = {.seed = seed};
    for (uint32_t t = 0; t < 600; t++)
        inflow[t] = -20.0 * (1.2 + sin(t * 0.5235987755982988)) * log(philox_uniform(&key, t));
    return 600;
}

/* Without a failure allowed, the simulation asks for the storage that sequent peak finds, if it
   begins full and the critical stretch does not go round the end. */
static void
simulation_and_sequent_peak_agree(void **state)
{
    (void)state;
    int agreed = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        int count = make_inflow(seed);
        struct storage_problem problem = problem_of(count, 0.0);
        double yield = 0.7 * mean_of(count, inflow), capacity;
        storage_for_yield(&problem, yield, RELIABILITY_TIME, 1.0, &trace, &capacity, &err);
        for (int t = 0; t < count; t++)
            demand[t] = yield;
        struct sequent_peak peak = sequent_peak(count, inflow, demand);
        if (peak.critical_first <= peak.critical_last) {
            assert_close(capacity, peak.capacity_m3, 1e-6, 0.0); /* a failure is 1e-6 */
            agreed++;
        }
    }
    assert_true(agreed >= 5);
}

static void
yield_and_storage_invert_each_other(void **state)
{
    (void)state;
    for (int kind = 0; kind < RELIABILITY_KIND_COUNT; kind++)
        for (double reliability = 0.7; reliability < 0.96; reliability += 0.1) {
            int count = make_inflow(3);
            double mean = mean_of(count, inflow), before = 0.0;
            for (double capacity = 2.0 * mean; capacity < 20.0 * mean; capacity *= 2.0) {
                struct storage_problem problem = problem_of(count, capacity);
                double yield, back;
                assert_int_equal(firm_yield(&problem, (enum reliability_kind)kind, reliability,
                                            &trace, &yield, &err),
                                 STATUS_OK);
                assert_true(yield > before);
                before = yield;
                struct performance of = performance_measure(count, demand, supply, year);
                assert_true(reliability_of(&of, (enum reliability_kind)kind) >=
                            reliability - 1e-11);
                storage_simulate(&problem, yield * 1.0001, &trace);
                of = performance_measure(count, demand, supply, year);
                assert_true(reliability_of(&of, (enum reliability_kind)kind) < reliability);
                assert_int_equal(storage_for_yield(&problem, yield, (enum reliability_kind)kind,
                                                   reliability, &trace, &back, &err),
                                 STATUS_OK);
                /* the least storage for it: no more than was there, and no less will do */
                assert_true(back <= capacity * (1.0 + 1e-6));
                problem.capacity_m3 = problem.initial_m3 = back * (1.0 - 1e-6);
                storage_simulate(&problem, yield, &trace);
                of = performance_measure(count, demand, supply, year);
                assert_true(reliability_of(&of, (enum reliability_kind)kind) < reliability);
            }
        }
}

static void
water_balance_closes_with_evaporation(void **state)
{
    (void)state;
    int count = make_inflow(5);
    struct storage_problem problem = problem_of(count, 150.0);
    for (int t = 0; t < count; t++)
        depth[t] = 0.1 * sin(t); /* rain on the lake where below 0 */
    problem.evaporation_m = depth;
    problem.surface_m2 = 60.0;
    problem.exponent = 0.7;
    problem.dead_m3 = 20.0;
    storage_simulate(&problem, 25.0, &trace);
    double before = problem.initial_m3;
    for (int t = 0; t < count; t++) {
        assert_close(before + inflow[t] - evaporation[t] - supply[t] - spill[t], storage[t], 1e-12,
                     1e-9);
        assert_true(storage[t] >= 0.0 && storage[t] <= 150.0 && spill[t] >= 0.0 &&
                    supply[t] <= demand[t] + 1e-12);
        before = storage[t];
    }
    for (int t = 0; t < count; t++)
        depth[t] = 0.2;
    double dry, wet;
    assert_int_equal(firm_yield(&problem, RELIABILITY_TIME, 0.95, &trace, &dry, &err), STATUS_OK);
    problem.evaporation_m = NULL;
    assert_int_equal(firm_yield(&problem, RELIABILITY_TIME, 0.95, &trace, &wet, &err), STATUS_OK);
    assert_true(dry < wet);
}

static void
no_inflow_yields_nothing(void **state)
{
    (void)state;
    double yield, capacity;
    for (int t = 0; t < 24; t++)
        inflow[t] = 0.0;
    struct storage_problem problem = problem_of(24, 100.0);
    problem.initial_m3 = 0.0;
    assert_int_equal(firm_yield(&problem, RELIABILITY_TIME, 0.9, &trace, &yield, &err), STATUS_OK);
    assert_close(yield, 0.0, 0.0, 0.0);
    assert_int_equal(
        storage_for_yield(&problem, 5.0, RELIABILITY_TIME, 0.9, &trace, &capacity, &err),
        STATUS_OK);
    assert_true(isinf(capacity));
}

/* ---- confidence -------------------------------------------------------------------------------
 */

/* Independent years that fail with probability 0.2 in their one step: the interval of a share of
   400 years is 0.2 -+ 1.96 sqrt(0.2 0.8/400), and it holds the true one nearly always. */
static void
intervals_have_the_width_of_a_binomial(void **state)
{
    (void)state;
    int inside = 0;
    double width = 0.0;
    for (int trial = 0; trial < 40; trial++) {
        struct philox_key key = {.seed = 99, .realisation = (uint32_t)trial};
        struct performance_confidence found;
        for (uint32_t t = 0; t < 400; t++) {
            demand[t] = 1.0;
            supply[t] = philox_uniform(&key, t) < 0.2 ? 0.5 : 1.0;
            year[t] = (int16_t)t;
        }
        assert_int_equal(
            performance_bootstrap(400, demand, supply, year, 1, 400, 0.95, 1, &found, &err),
            STATUS_OK);
        inside += found.time_reliability.low <= 0.8 && found.time_reliability.high >= 0.8;
        width += (found.time_reliability.high - found.time_reliability.low) / 40.0;
    }
    assert_close(width, 2.0 * 1.96 * sqrt(0.16 / 400.0), 0.08, 0.0);
    assert_true(inside >= 34);
}

static void
short_records_have_no_interval(void **state)
{
    (void)state;
    struct performance_confidence found;
    problem_of(48, 1.0);
    for (int t = 0; t < 48; t++)
        demand[t] = supply[t] = 1.0;
    assert_int_equal(performance_bootstrap(48, demand, supply, year, 1, 100, 0.95, 1, &found, &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "4 years are too few"));
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequent_peak_matches_r),
        cmocka_unit_test(firm_yields_match_r),
        cmocka_unit_test(storages_for_a_yield_match_r),
        cmocka_unit_test(performance_matches_r),
        cmocka_unit_test(simulation_matches_r_step_by_step),
        cmocka_unit_test(sequent_peak_of_the_textbook),
        cmocka_unit_test(performance_by_hand),
        cmocka_unit_test(steps_without_a_demand_do_not_count),
        cmocka_unit_test(simulation_and_sequent_peak_agree),
        cmocka_unit_test(yield_and_storage_invert_each_other),
        cmocka_unit_test(water_balance_closes_with_evaporation),
        cmocka_unit_test(no_inflow_yields_nothing),
        cmocka_unit_test(intervals_have_the_width_of_a_binomial),
        cmocka_unit_test(short_records_have_no_interval),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
