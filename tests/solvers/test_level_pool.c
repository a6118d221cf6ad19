/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/level_pool.h"
#include "tests/solvers/reference_file.h"
#include "tests/support.h"

#include <stdbool.h>

enum { PARTS = 2 };

static double work[3 * PARTS];

/* O = S / k, in two parts. */
static double
linear(void *context, double time_s, double storage_m3, double *part_m3s)
{
    double flow = storage_m3 / *(double *)context;
    (void)time_s;
    part_m3s[0] = 0.25 * flow;
    part_m3s[1] = 0.75 * flow;
    return flow;
}

/* Weir over a prism of area 1 m2 times context[0]: O = c h^1.5, h = S / area. */
struct prism {
    double area_m2, c;
};

static double
weir(void *context, double time_s, double storage_m3, double *part_m3s)
{
    const struct prism *prism = context;
    double h = storage_m3 / prism->area_m2;
    (void)time_s;
    part_m3s[0] = h > 0.0 ? prism->c * h * sqrt(h) : 0.0;
    part_m3s[1] = 0.0;
    return part_m3s[0];
}

/* A constant draw that ends with the water: all of it above a film, a share of the film. */
static double
constant(void *context, double time_s, double storage_m3, double *part_m3s)
{
    double want = *(double *)context;
    (void)time_s;
    part_m3s[0] = 0.0;
    part_m3s[1] = storage_m3 <= 0.0 ? 0.0 : fmin(want, storage_m3 / 10.0);
    return part_m3s[1];
}

static struct level_pool
make_pool(enum pool_method method, pool_outflow *outflow, void *context, double longest_s)
{
    return (struct level_pool){.method = method,
                               .outflow = outflow,
                               .context = context,
                               .part_count = PARTS,
                               .work = work,
                               .tolerance_m3 = 1e-3,
                               .longest_s = longest_s};
}

/* Storage of a linear reservoir with inflow a + b t: S = k a - k^2 b + k b t + C exp(-t/k). */
static double
linear_exact(double k, double a, double b, double start, double t)
{
    double c = start - (k * a - k * k * b);
    return k * a - k * k * b + k * b * t + c * exp(-t / k);
}

static double
linear_error(enum pool_method method, double longest_s)
{
    double k = 7200.0, storage = 5e5, part[PARTS] = {0};
    struct pool_outcome outcome;
    struct level_pool pool = make_pool(method, linear, &k, longest_s);
    pool.tolerance_m3 = 1e9; /* the step is longest_s */
    const struct pool_interval interval = {36000.0, 20.0, 140.0};
    assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                     STATUS_OK);
    assert_close(storage, 5e5 + outcome.inflow_m3 - outcome.outflow_m3, 1e-13, 0);
    assert_close(part[0] + part[1], outcome.outflow_m3, 1e-13, 0);
    assert_close(part[1], 3.0 * part[0], 1e-13, 0);
    return storage - linear_exact(k, 20.0, 120.0 / 36000.0, 5e5, 36000.0);
}

static void
error_falls_with_the_square_of_the_step(void **unused)
{
    (void)unused;
    for (int method = 0; method < 2; method++) {
        double before = linear_error((enum pool_method)method, 3600.0);
        for (double step = 1800.0; step > 100.0; step /= 2.0) {
            double error = linear_error((enum pool_method)method, step);
            double order = log2(fabs(before / error));
            if (step < 1000.0)
                assert_close(order, 2.0, 0.0, 0.06);
            before = error;
        }
    }
}

static void
tolerance_bounds_the_error(void **unused)
{
    (void)unused;
    double before = INFINITY;
    for (double tolerance = 100.0; tolerance > 1e-4; tolerance /= 10.0) {
        double k = 7200.0, storage = 5e5, part[PARTS] = {0};
        struct pool_outcome outcome;
        struct level_pool pool = make_pool(POOL_TRBDF2, linear, &k, INFINITY);
        pool.tolerance_m3 = tolerance;
        const struct pool_interval interval = {36000.0, 20.0, 140.0};
        assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                         STATUS_OK);
        double error = fabs(storage - linear_exact(k, 20.0, 120.0 / 36000.0, 5e5, 36000.0));
        assert_true(error < 8.0 * pow(tolerance, 2.0 / 3.0)); /* order 2, steps by order 3 */
        assert_true(error < before);
        before = error;
    }
}

/* Emptying over a weir without inflow: 1/sqrt(h) = 1/sqrt(h0) + c t / (2 A). */
static void
weir_empties_as_its_closed_form(void **unused)
{
    (void)unused;
    struct prism prism = {2e5, 40.0};
    double storage = 4.0 * prism.area_m2, part[PARTS] = {0};
    struct level_pool pool = make_pool(POOL_TRBDF2, weir, &prism, INFINITY);
    pool.tolerance_m3 = 1e-4;
    const struct pool_interval interval = {3600.0, 0.0, 0.0};
    for (int hour = 1; hour <= 48; hour++) {
        struct pool_outcome outcome;
        assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                         STATUS_OK);
        double root = 1.0 / (0.5 + prism.c * 3600.0 * hour / (2.0 * prism.area_m2));
        assert_close(storage / prism.area_m2, root * root, 0, 3e-7);
    }
    assert_close(storage + part[0], 4.0 * prism.area_m2, 1e-13, 0);
}

static void
constant_draw_empties_the_lake_and_no_more(void **unused)
{
    (void)unused;
    double want = 5.0, storage = 20000.0, part[PARTS] = {0}, in_m3 = 0.0;
    struct level_pool pool = make_pool(POOL_TRBDF2, constant, &want, INFINITY);
    const struct pool_interval interval = {3600.0, 1.0, 1.0};
    struct pool_outcome outcome;
    assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                     STATUS_OK);
    assert_close(storage, 20000.0 - 4.0 * 3600.0, 1e-12, 0);
    in_m3 += outcome.inflow_m3;
    for (int hour = 0; hour < 20; hour++) {
        assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                         STATUS_OK);
        in_m3 += outcome.inflow_m3;
        assert_true(outcome.lowest_m3 > -1e-3);
    }
    assert_close(storage, 10.0, 1e-6, 0); /* what 1 m3/s in holds up of the film */
    assert_close(20000.0 + in_m3 - part[1], storage, 0, 20000.0 * 1e-9);
}

/* A lake that a gate empties in a second, held to a hundred hours in one call. */
static void
stiff_lake_follows_its_inflow(void **unused)
{
    (void)unused;
    double k = 1.0, storage = 11.0, part[PARTS] = {0};
    struct pool_outcome outcome;
    struct level_pool pool = make_pool(POOL_TRBDF2, linear, &k, INFINITY);
    const struct pool_interval interval = {360000.0, 10.0, 50.0};
    assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                     STATUS_OK);
    assert_close(storage, 50.0, 1e-4, 0);
    assert_true(outcome.step_count < 400);
}

/* The top of a flood between two steps, against the exact course of the linear reservoir. */
static void
peak_between_steps_is_found(void **unused)
{
    (void)unused;
    double k = 20000.0, storage = 4e5, part[PARTS] = {0};
    struct pool_outcome outcome;
    struct level_pool pool = make_pool(POOL_TRBDF2, linear, &k, INFINITY);
    pool.tolerance_m3 = 0.1;
    const struct pool_interval interval = {7200.0, 40.0, 0.0};
    assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                     STATUS_OK);
    double b = -40.0 / 7200.0, highest = 0.0, at = 0.0;
    for (double t = 0.0; t <= 7200.0; t += 0.5) {
        double s = linear_exact(k, 40.0, b, 4e5, t);
        if (s > highest) {
            highest = s;
            at = t;
        }
    }
    assert_close(outcome.highest_m3, highest, 1e-5, 0);
    assert_close(outcome.highest_s, at, 0, 60.0);
}

static void
no_number_is_an_error(void **unused)
{
    (void)unused;
    double k = NAN, storage = 4e5, part[PARTS] = {0};
    struct pool_outcome outcome;
    struct error err = {0};
    struct level_pool pool = make_pool(POOL_TRBDF2, linear, &k, INFINITY);
    const struct pool_interval interval = {7200.0, 40.0, 0.0};
    assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, &err),
                     STATUS_NOT_FINITE);
    assert_non_null(strstr(err.text, "no number"));
}

/* ---- Chow, Maidment & Mays 1988, example 8.2.1 and table 8.2: an acre with vertical walls ---- */

static const double foot_flow[] = {0,   3,   8,   17,  30,  43,  60,  78,  97,  117, 137,
                                   156, 173, 190, 205, 218, 231, 242, 253, 264, 275};

/* The book's rating, straight between its rows of half a foot; cubic feet throughout. */
static double
chow_rating(void *context, double time_s, double storage, double *part)
{
    (void)context;
    (void)time_s;
    double rows = storage / 21780.0;
    int row = rows < 0.0 ? 0 : rows >= 20.0 ? 19 : (int)rows;
    part[0] = storage <= 0.0
                  ? 0.0
                  : foot_flow[row] + (rows - row) * (foot_flow[row + 1] - foot_flow[row]);
    part[1] = 0.0;
    return part[0];
}

/* Outflow after each 10 minutes by the method, in steps of step_s. */
static void
route_chow(enum pool_method method, double step_s, double *outflow)
{
    double storage = 0.0, part[PARTS] = {0}, in_m3 = 0.0;
    struct level_pool pool = make_pool(method, chow_rating, NULL, step_s);
    pool.tolerance_m3 = 1e-2;
    for (int j = 1; j <= 21; j++) {
        struct pool_outcome outcome;
        double before = j <= 7 ? 60.0 * (j - 1) : fmax(0.0, 360.0 - 40.0 * (j - 7));
        double after = j <= 6 ? 60.0 * j : fmax(0.0, 360.0 - 40.0 * (j - 6));
        const struct pool_interval interval = {600.0, before, after};
        assert_int_equal(level_pool_advance(&pool, &interval, &storage, part, &outcome, NULL),
                         STATUS_OK);
        in_m3 += outcome.inflow_m3;
        outflow[j - 1] = pool.work[0];
        assert_close(in_m3 - part[0], storage, 0, 1e-9 * in_m3);
    }
}

static void
puls_gives_the_figures_of_chow_8_2(void **unused)
{
    /* printed in the book, cfs: table 8.2.2 */
    static const double book[] = {2.4, 17.1, 61.1, 123.2, 182.2, 230.3, 259.3, 270.0, 267.4};
    double outflow[21];
    (void)unused;
    route_chow(POOL_PULS, 600.0, outflow);
    for (int j = 0; j < 9; j++)
        assert_close(outflow[j], book[j], 0, 0.06);
}

static void
puls_gives_the_reference_column_of_chow_8_2(void **unused)
{
    static double expected[REFERENCE_MAX];
    double outflow[21];
    (void)unused;
    int count = reference_column("routing/levelpool_chow_82.csv", 5, expected);
    if (count == 0) {
        print_message("reference/routing is not there: skipped\n");
        skip();
    }
    assert_int_equal(count, 21);
    route_chow(POOL_PULS, 600.0, outflow);
    for (int j = 0; j < count; j++)
        assert_close(outflow[j], expected[j], 1e-7, 0);
}

/* With short steps both methods meet; the peak of the table is off by what its step costs. */
static void
both_methods_meet_on_chow_8_2(void **unused)
{
    double puls[21], trbdf2[21];
    (void)unused;
    route_chow(POOL_PULS, 1.0, puls);
    route_chow(POOL_TRBDF2, 600.0, trbdf2);
    for (int j = 0; j < 21; j++)
        assert_close(trbdf2[j], puls[j], 0, 1e-3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_falls_with_the_square_of_the_step),
        cmocka_unit_test(tolerance_bounds_the_error),
        cmocka_unit_test(weir_empties_as_its_closed_form),
        cmocka_unit_test(constant_draw_empties_the_lake_and_no_more),
        cmocka_unit_test(stiff_lake_follows_its_inflow),
        cmocka_unit_test(peak_between_steps_is_found),
        cmocka_unit_test(no_number_is_an_error),
        cmocka_unit_test(puls_gives_the_figures_of_chow_8_2),
        cmocka_unit_test(puls_gives_the_reference_column_of_chow_8_2),
        cmocka_unit_test(both_methods_meet_on_chow_8_2),
    };
    return cmocka_run_group_tests_name("level_pool", tests, NULL, NULL);
}
