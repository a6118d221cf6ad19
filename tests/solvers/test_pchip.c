/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/pchip.h"
#include "tests/random.h"
#include "tests/support.h"

#include <gsl/gsl_interp.h>
#include <string.h>

/* Tables and figures of scipy.interpolate.PchipInterpolator, SciPy 1.10.1. */
static const struct {
    int count;
    double x[5], y[5];
    double at[6][2];
} scipy_tables[] = {
    {5,
     {0, 9.5, 40, 127.5, 150},
     {5, 11, 19.7, 29.5, 32},
     {{21.428571428571427, 15.321030185667123},
      {42.857142857142854, 20.183119446703969},
      {64.285714285714278, 23.195717722269968},
      {85.714285714285708, 25.461963085434498},
      {107.14285714285714, 27.448062793323473},
      {128.57142857142856, 29.619401644901199}}},
    {5,
     {0, 1, 2, 4, 7},
     {0, 0, 3, 3, 10},
     {{1, 0}, {2, 3}, {3, 3}, {4, 3}, {5, 3.9851851851851849}, {6, 6.5259259259259261}}},
    {2,
     {0, 2},
     {1, 5},
     {{0.2857142857142857, 1.5714285714285714},
      {0.5714285714285714, 2.1428571428571428},
      {0.8571428571428571, 2.7142857142857144},
      {1.1428571428571428, 3.2857142857142856},
      {1.4285714285714284, 3.8571428571428568},
      {1.7142857142857142, 4.4285714285714288}}},
    {3,
     {0, 1, 3},
     {0, 10, 11},
     {{0.42857142857142855, 5.6672954896244203},
      {0.8571428571428571, 9.5652546732978898},
      {1.2857142857142856, 10.277653918710342},
      {1.7142857142857142, 10.604098782370089},
      {2.1428571428571428, 10.828674326873605},
      {2.5714285714285712, 10.958326187617903}}},
    {5,
     {0, 1, 3, 4.5, 6},
     {1, 4, 2, 2.5, -1},
     {{0.8571428571428571, 3.9096209912536439},
      {1.7142857142857142, 3.4169096209912535},
      {2.5714285714285712, 2.2361516034985427},
      {3.4285714285714284, 2.0991253644314867},
      {4.2857142857142856, 2.4723032069970845},
      {5.1428571428571423, 1.6997084548104968}}},
};

enum { TABLE_COUNT = sizeof scipy_tables / sizeof scipy_tables[0], POINTS = 12 };

static void
figures_are_those_of_scipy(void **state)
{
    (void)state;
    for (int i = 0; i < TABLE_COUNT; i++) {
        struct pchip pchip;
        assert_int_equal(
            pchip_init(&pchip, scipy_tables[i].count, scipy_tables[i].x, scipy_tables[i].y, NULL),
            STATUS_OK);
        for (int j = 0; j < 6; j++)
            assert_close(pchip_eval(&pchip, scipy_tables[i].at[j][0], NULL),
                         scipy_tables[i].at[j][1], 1e-14, 1e-14);
        pchip_finish(&pchip);
    }
}

/* A table with uneven steps over decades; levels that rise, are flat in places, or go anywhere. */
static void
random_table(uint64_t *seed, int kind, double *x, double *y)
{
    x[0] = -50 + 100 * random_uniform(seed);
    y[0] = -5 + 10 * random_uniform(seed);
    for (int i = 1; i < POINTS; i++) {
        x[i] = x[i - 1] + exp(-7 + 14 * random_uniform(seed));
        double rise = exp(-7 + 14 * random_uniform(seed));
        if (kind == 1 && random_below(seed, 3) == 0)
            rise = 0.0;
        if (kind == 2 && random_below(seed, 2) == 0)
            rise = -rise;
        y[i] = y[i - 1] + rise;
    }
}

static void
the_curve_passes_the_points_and_never_leaves_their_range(void **state)
{
    (void)state;
    uint64_t seed = 1980;
    for (int table = 0; table < 1500; table++) {
        double x[POINTS], y[POINTS];
        struct pchip pchip;
        random_table(&seed, table % 3, x, y);
        assert_int_equal(pchip_init(&pchip, POINTS, x, y, NULL), STATUS_OK);
        for (int i = 0; i < POINTS; i++)
            assert_close(pchip_eval(&pchip, x[i], NULL), y[i], 1e-15, 0);
        for (int i = 0; i + 1 < POINTS; i++) {
            double last = y[i];
            for (int j = 1; j <= 64; j++) {
                double value = pchip_eval(&pchip, x[i] + (x[i + 1] - x[i]) * j / 64.0, NULL);
                /* between two points it goes one way, but for the last digit */
                double slack = 4e-16 * fmax(fabs(y[i]), fabs(y[i + 1]));
                assert_true(y[i] <= y[i + 1] ? value >= last - slack : value <= last + slack);
                assert_true(value >= fmin(y[i], y[i + 1]) - slack);
                assert_true(value <= fmax(y[i], y[i + 1]) + slack);
                last = value;
            }
        }
        pchip_finish(&pchip);
    }
}

static void
slopes_meet_at_the_points(void **state)
{
    (void)state;
    uint64_t seed = 77;
    for (int table = 0; table < 300; table++) {
        double x[POINTS], y[POINTS];
        struct pchip pchip;
        random_table(&seed, table % 3, x, y);
        assert_int_equal(pchip_init(&pchip, POINTS, x, y, NULL), STATUS_OK);
        for (int i = 1; i + 1 < POINTS; i++) {
            double h = 1e-5 * fmin(x[i] - x[i - 1], x[i + 1] - x[i]);
            double before = (y[i] - pchip_eval(&pchip, x[i] - h, NULL)) / h;
            double after = (pchip_eval(&pchip, x[i] + h, NULL) - y[i]) / h;
            double steepest = fmax(fabs((y[i] - y[i - 1]) / (x[i] - x[i - 1])),
                                   fabs((y[i + 1] - y[i]) / (x[i + 1] - x[i])));
            double noise = 1e-15 * (fabs(y[i]) + fabs(x[i]) * steepest) / h;
            assert_close(before, after, 0, 3e-4 * steepest + 10 * noise);
        }
        pchip_finish(&pchip);
    }
}

/* Steffen's spline of GSL is monotone too: on a smooth curve both come near it, ever closer. */
static void
smooth_curves_are_met_as_well_as_by_steffen(void **state)
{
    (void)state;
    double error[2][2];
    for (int fine = 0; fine < 2; fine++) {
        int count = fine != 0 ? 81 : 41;
        double x[81], y[81];
        for (int i = 0; i < count; i++) {
            x[i] = 3.0 * i / (count - 1);
            y[i] = exp(0.7 * x[i]) + x[i];
        }
        struct pchip pchip;
        assert_int_equal(pchip_init(&pchip, count, x, y, NULL), STATUS_OK);
        gsl_interp *steffen = gsl_interp_alloc(gsl_interp_steffen, (size_t)count);
        gsl_interp_accel *accel = gsl_interp_accel_alloc();
        gsl_interp_init(steffen, x, y, (size_t)count);
        error[fine][0] = error[fine][1] = 0.0;
        for (int i = 0; i <= 3000; i++) {
            double at = 3.0 * i / 3000.0;
            double truth = exp(0.7 * at) + at;
            error[fine][0] = fmax(error[fine][0], fabs(pchip_eval(&pchip, at, NULL) - truth));
            error[fine][1] =
                fmax(error[fine][1], fabs(gsl_interp_eval(steffen, x, y, at, accel) - truth));
        }
        gsl_interp_accel_free(accel);
        gsl_interp_free(steffen);
        pchip_finish(&pchip);
    }
    assert_true(error[0][0] <= 2.0 * error[0][1]);
    assert_true(error[1][0] <= 2.0 * error[1][1]);
    assert_true(error[1][0] < error[0][0] / 3.5); /* second order at least */
}

static void
a_straight_table_stays_straight(void **state)
{
    (void)state;
    static const double x[] = {-3, -1, 0, 0.5, 10};
    double y[5];
    struct pchip pchip;
    for (int i = 0; i < 5; i++)
        y[i] = 4.0 - 2.5 * x[i];
    assert_int_equal(pchip_init(&pchip, 5, x, y, NULL), STATUS_OK);
    for (double at = -3; at <= 10; at += 0.037)
        assert_close(pchip_eval(&pchip, at, NULL), 4.0 - 2.5 * at, 1e-14, 1e-13);
    pchip_finish(&pchip);
}

static void
outside_the_points_the_end_value_holds(void **state)
{
    (void)state;
    static const double x[] = {0, 1, 2}, y[] = {5, 7, 20};
    struct pchip pchip;
    assert_int_equal(pchip_init(&pchip, 3, x, y, NULL), STATUS_OK);
    assert_close(pchip_eval(&pchip, -1e300, NULL), 5, 0, 0);
    assert_close(pchip_eval(&pchip, 2.0000001, NULL), 20, 0, 0);
    assert_close(pchip_eval(&pchip, (double)INFINITY, NULL), 20, 0, 0);
    assert_true(isnan(pchip_eval(&pchip, NAN, NULL)));
    assert_close(pchip_inverse(&pchip, 4.9), 0, 0, 0);
    assert_close(pchip_inverse(&pchip, 20.1), 2, 0, 0);
    assert_true(isnan(pchip_inverse(&pchip, NAN)));
    pchip_finish(&pchip);
    pchip_finish(&pchip); /* twice does no harm */
}

static void
the_inverse_undoes_the_curve(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int table = 0; table < 1000; table++) {
        double x[POINTS], y[POINTS];
        struct pchip pchip;
        random_table(&seed, 0, x, y);
        assert_int_equal(pchip_init(&pchip, POINTS, x, y, NULL), STATUS_OK);
        double height = y[POINTS - 1] - y[0];
        for (int i = 0; i < 60; i++) {
            double level = y[0] + height * random_uniform(&seed);
            double at = pchip_inverse(&pchip, level);
            assert_true(at >= x[0] && at <= x[POINTS - 1]);
            /* as near as the place can be told: its last digit times the steepest slope */
            int k = 0;
            while (k + 2 < POINTS && x[k + 1] <= at)
                k++;
            double steepest = 3.0 * (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
            double digit = 2.3e-16 * (fabs(at) * steepest + fabs(level));
            assert_close(pchip_eval(&pchip, at, NULL), level, 0, 4.0 * digit);
        }
        for (int i = 0; i < POINTS; i++)
            assert_close(pchip_inverse(&pchip, y[i]), x[i], 1e-14, 1e-14);
        pchip_finish(&pchip);
    }
}

static void
a_hint_changes_no_figure(void **state)
{
    (void)state;
    uint64_t seed = 4;
    double x[POINTS], y[POINTS];
    struct pchip pchip;
    int hint = -7;
    random_table(&seed, 0, x, y);
    assert_int_equal(pchip_init(&pchip, POINTS, x, y, NULL), STATUS_OK);
    for (int i = 0; i < 20000; i++) {
        double at = x[0] + 1.2 * (x[POINTS - 1] - x[0]) * (random_uniform(&seed) - 0.1);
        if (i % 5 == 0)
            at = x[random_below(&seed, POINTS)];
        if (i % 7 == 0)
            hint = random_below(&seed, 40) - 20;
        assert_true(pchip_eval(&pchip, at, &hint) == pchip_eval(&pchip, at, NULL));
    }
    pchip_finish(&pchip);
}

static void
tables_that_are_none_are_refused(void **state)
{
    (void)state;
    static const struct {
        int count;
        double x[3], y[3];
        const char *words;
    } bad[] = {
        {1, {0}, {0}, "at least 2 points, not 1"},
        {0, {0}, {0}, "at least 2 points, not 0"},
        {3, {0, 1, 1}, {0, 1, 2}, "must rise: point 2 is at 1, point 3 at 1"},
        {3, {0, 2, 1}, {0, 1, 2}, "must rise"},
        {3, {0, NAN, 1}, {0, 1, 2}, "point 2 of the table, (nan, 1), is not finite"},
        {3, {0, 1, 2}, {0, 1, (double)INFINITY}, "point 3 of the table, (2, inf), is not finite"},
        {2, {0, 1e-300}, {0, 1e300}, "too close for their difference"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct pchip pchip;
        struct error err = {0};
        assert_int_equal(pchip_init(&pchip, bad[i].count, bad[i].x, bad[i].y, &err), STATUS_INPUT);
        if (strstr(err.text, bad[i].words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, bad[i].words);
        assert_null(pchip.x);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_those_of_scipy),
        cmocka_unit_test(the_curve_passes_the_points_and_never_leaves_their_range),
        cmocka_unit_test(slopes_meet_at_the_points),
        cmocka_unit_test(smooth_curves_are_met_as_well_as_by_steffen),
        cmocka_unit_test(a_straight_table_stays_straight),
        cmocka_unit_test(outside_the_points_the_end_value_holds),
        cmocka_unit_test(the_inverse_undoes_the_curve),
        cmocka_unit_test(a_hint_changes_no_figure),
        cmocka_unit_test(tables_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
